/*
 * Memory of statements: wherever it runs out there is an answer, nothing leaks and nothing is done
 * by halves.
 */
#include "statements.h"

#include <stdlib.h>
#include <string.h>

typedef struct request {
    const char *operation;
    const char *list; /* NULL: one statement */
    const char *more;
    const char *statements[4];
    size_t count;
    int status;
} request;

static const request REQUESTS[] = {
    {"ExecuteStatement",
     NULL,
     "'Limit':1,'ReturnConsumedCapacity':'INDEXES'",
     {"SELECT m.x, l[0] FROM num WHERE pk IN ['a', 'b'] AND (sk = 1 OR sk > 2) AND NOT (n = "
      "'it''s' "
      "OR size(m) > 3) ORDER BY pk DESC"},
     1,
     200},
    {"ExecuteStatement",
     NULL,
     "'Parameters':[{'S':'a'}]",
     {"UPDATE num SET n = n + 1 - 2, m.y = {'a':[1,<<1,2>>]} REMOVE l[0] SET ss = set_add(ss, "
      "<<'x'>>) WHERE pk = ? AND sk = 1 AND n >= 0 RETURNING MODIFIED NEW *"},
     1,
     200},
    {"ExecuteStatement",
     NULL,
     "'ReturnConsumedCapacity':'TOTAL'",
     {"DELETE FROM num WHERE pk = 'gone' AND sk = 1 AND n = 1 RETURNING ALL OLD *"},
     1,
     200},
    {"ExecuteStatement",
     NULL,
     NULL,
     {"INSERT INTO tab VALUE {'pk':'there','x':[{'y':-1.5}]}"},
     1,
     400},
    {"BatchExecuteStatement",
     "Statements",
     "'ReturnConsumedCapacity':'TOTAL'",
     {"SELECT m.x FROM num WHERE pk = 'a' AND sk = 1", "SELECT * FROM none WHERE pk = 'a'",
      "SELECT * FROM tab WHERE pk = 'q'"},
     3,
     200},
    {"BatchExecuteStatement",
     "Statements",
     NULL,
     {"UPDATE num SET z = 1 WHERE pk = 'a' AND sk = 1", "DELETE FROM num WHERE pk = 'b' AND x",
      "INSERT INTO tab VALUE {'pk':'there'}"},
     3,
     200},
    {"ExecuteTransaction",
     "TransactStatements",
     NULL,
     {"SELECT m.x FROM num WHERE pk = 'a' AND sk = 1", "SELECT * FROM tab WHERE pk = 'q'"},
     2,
     200},
    {"ExecuteTransaction",
     "TransactStatements",
     "'ReturnConsumedCapacity':'TOTAL'",
     {"UPDATE num SET z = 1 WHERE pk = 'a' AND sk = 1",
      "EXISTS(SELECT * FROM tab WHERE pk = 'there' AND z IS MISSING)"},
     2,
     200},
    {"ExecuteTransaction",
     "TransactStatements",
     NULL,
     {"UPDATE num SET z = 1 WHERE pk = 'a' AND sk = 1", "INSERT INTO tab VALUE {'pk':'there'}"},
     2,
     400},
};

static char *body_of(const request *q) {
    return q->list == NULL ? ql_member(q->statements[0], q->more)
                           : ql_list(q->list, q->more, q->count, q->statements);
}

static void check(facade *w, fault_allocator *fault, const request *q) {
    char *body = body_of(q);
    size_t at = 1;
    bool more = true;
    while (more) {
        int status = facade_run_failing(w, fault, at, q->operation, body).status;
        more = fault->calls >= at; /* it came to the one that fails */
        if (!more && status != q->status) {
            fail_msg("%s: %d", body, status);
        }
        assert_true(status == q->status || (more && status == 500));
        assert_true(++at < 2000);
    }
    assert_true(at > 1);
    free(body);
}

static void test_partiql_memory__runs_out_without_harm(void **state) {
    (void)state;
    for (int i = 0; i < 2; i++) {
        fault_allocator fault = {.keep_failing = i == 0};
        pte_allocator allocator = fault_allocator_of(&fault);
        facade w = {.options = {.engine = {.allocator = &allocator}}};
        world_open(&w, NULL);
        ql_put(&w, "num",
               "{'pk':{'S':'a'},'sk':{'N':'1'},'n':{'N':'100000'},'m':{'M':{'x':{'S':'x'}}},'l':{"
               "'L':[{'S':'l'}]}}");
        ql_put(&w, "num", "{'pk':{'S':'b'},'sk':{'N':'3'}}");
        ql_put(&w, "tab", "{'pk':{'S':'there'}}");
        for (size_t q = 0; q < sizeof REQUESTS / sizeof *REQUESTS; q++) {
            check(&w, &fault, &REQUESTS[q]);
        }
        facade_has(&w, "tab", "{'pk':{'S':'there'}}", "{'pk':{'S':'there'}}");
        facade_close(&w);
        assert_int_equal(fault.live_bytes, 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_partiql_memory__runs_out_without_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
