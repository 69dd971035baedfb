/*
 * Conflicts between requests that overlap in time, where they are asked for
 * (pt_options.transaction_conflicts). A write that is queued and not yet run is under way.
 * Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html,
 * transaction conflict handling.
 */
#include "facade_transactions/world.h"

#include <stdio.h>
#include <stdlib.h>

#define W "TransactWriteItems"
#define ONGOING "Transaction is ongoing for the item"
#define CONFLICT "{'Code':'TransactionConflict','Message':'" ONGOING "'}"
#define NONE "{'Code':'None'}"
#define PUTS(token, one, other)                                                                    \
    "{" token "'TransactItems':[{'Put':{'TableName':'tab','Item':{'pk':{'S':'" one "'}}}},"        \
    "{'Put':{'TableName':'tab','Item':{'pk':{'S':'" other "'}}}}]}"
#define PUT(key) "{'TableName':'tab','Item':{'pk':{'S':'" key "'}}}"
#define GETS                                                                                       \
    "{'TransactItems':[{'Get':{'TableName':'tab','Key':{'pk':{'S':'x'}}}},"                        \
    "{'Get':{'TableName':'tab','Key':{'pk':{'S':'a'}}}}]}"

/* One request that is under way. */
typedef struct pending {
    pt_exchange *exchange;
    char *body;
    int done;
} pending;

static void on_done(void *ctx) {
    ((pending *)ctx)->done++;
}

static void begin(pending *p, facade *w, const char *operation, const char *body) {
    pte_error error;
    *p = (pending){.body = facade_body("%s", body)};
    OK(pt_exchange_create(&p->exchange, w->database, &error));
    pt_request request = {.operation = pte_str(operation), .body = pte_str(p->body)};
    assert_false(pt_exchange_start(p->exchange, &request, on_done, p));
}

/* Runs what is queued, and expects this one to be answered well. */
static void end(pending *p, facade *w, int status) {
    pt_run_queued(w->database);
    assert_int_equal(p->done, 1);
    assert_int_equal(pt_exchange_reply(p->exchange).status, status);
    pt_exchange_destroy(p->exchange);
    free(p->body);
}

static int setup(void **state) {
    facade *w = calloc(1, sizeof *w);
    assert_non_null(w);
    w->options.transaction_conflicts = true;
    world_open(w, NULL);
    *state = w;
    return 0;
}

/* Nobody is in the way any more: the item can be written in every way. */
static void expect_free(facade *w) {
    facade_gives(w, "{}", W, PUTS("", "a", "b"));
    facade_gives(w, "{}", "PutItem", PUT("a"));
    facade_gives(w, NULL, "TransactGetItems", GETS);
}

static void test_conflicts__single_writes_meet_a_transaction(void **state) {
    facade *w = *state;
    pending p;
    begin(&p, w, W, PUTS("", "a", "b"));
    facade_fails(w, "TransactionConflictException", ONGOING, "PutItem", PUT("a"));
    facade_fails(w, "TransactionConflictException", ONGOING, "DeleteItem",
                 "{'TableName':'tab','Key':{'pk':{'S':'b'}}}");
    facade_fails(w, "TransactionConflictException", ONGOING, "UpdateItem",
                 "{'TableName':'tab','Key':{'pk':{'S':'a'}},'UpdateExpression':'REMOVE v'}");
    /* Another item, and the same key in another table, are not in the way. */
    pending other;
    begin(&other, w, "PutItem", PUT("c"));
    pending table;
    begin(&table, w, "PutItem", "{'TableName':'glob','Item':{'pk':{'S':'a'}}}");
    pt_run_queued(w->database);
    end(&table, w, 200);
    end(&other, w, 200);
    end(&p, w, 200);
    expect_free(w);
}

static void test_conflicts__transactions_meet_a_transaction(void **state) {
    facade *w = *state;
    pending p;
    begin(&p, w, W, PUTS("", "a", "b"));
    facade_cancels(w, "None, TransactionConflict", NONE "," CONFLICT, W, PUTS("", "c", "a"));
    facade_cancels(w, "None, TransactionConflict", NONE "," CONFLICT, "TransactGetItems", GETS);
    /* What was refused has entered nothing. */
    pending c;
    begin(&c, w, "PutItem", PUT("c"));
    pt_run_queued(w->database);
    end(&c, w, 200);
    end(&p, w, 200);
    expect_free(w);
}

/* A transactional read conflicts with any write; writes that are no transactions do not conflict
 * with one another, and a batch with nothing. */
static void test_conflicts__reads_meet_any_write(void **state) {
    facade *w = *state;
    static const char *const writes[][2] = {
        {"PutItem", PUT("a")},
        {"UpdateItem", "{'TableName':'tab','Key':{'pk':{'S':'a'}},'UpdateExpression':'REMOVE v'}"},
        {"DeleteItem", "{'TableName':'tab','Key':{'pk':{'S':'a'}}}"},
        {"BatchWriteItem", "{'RequestItems':{'tab':[{'PutRequest':{'Item':{'pk':{'S':'a'}}}}]}}"},
    };
    for (size_t i = 0; i < sizeof writes / sizeof writes[0]; i++) {
        pending one;
        pending other;
        begin(&one, w, writes[i][0], writes[i][1]);
        begin(&other, w, "PutItem", PUT("a"));
        facade_cancels(w, "None, TransactionConflict", NONE "," CONFLICT, "TransactGetItems", GETS);
        facade_gives(w, NULL, "GetItem", "{'TableName':'tab','Key':{'pk':{'S':'a'}}}");
        pt_run_queued(w->database);
        end(&one, w, 200);
        end(&other, w, 200);
        expect_free(w);
    }
}

static void test_conflicts__batches_are_not_refused(void **state) {
    facade *w = *state;
    pending p;
    begin(&p, w, W, PUTS("", "a", "b"));
    pending batch;
    begin(&batch, w, "BatchWriteItem",
          "{'RequestItems':{'tab':[{'DeleteRequest':{'Key':{'pk':{'S':'a'}}}}]}}");
    pt_run_queued(w->database);
    end(&batch, w, 200);
    end(&p, w, 200);
    expect_free(w);
}

/* API_TransactWriteItems, TransactionInProgressException. */
static void test_conflicts__a_token_is_in_progress(void **state) {
    facade *w = *state;
    pending p;
    begin(&p, w, W, PUTS("'ClientRequestToken':'t',", "a", "b"));
    facade_fails(w, "TransactionInProgressException", NULL, W,
                 PUTS("'ClientRequestToken':'t',", "a", "b"));
    facade_fails(w, "TransactionInProgressException", NULL, W,
                 PUTS("'ClientRequestToken':'t',", "c", "d"));
    end(&p, w, 200);
    facade_gives(w, "{}", W, PUTS("'ClientRequestToken':'t',", "a", "b"));
    facade_fails(w, "IdempotentParameterMismatchException", NULL, W,
                 PUTS("'ClientRequestToken':'t',", "c", "d"));
    expect_free(w);
}

/* However it ends: a failed condition, a cancelled transaction. */
static void test_conflicts__end_with_the_request(void **state) {
    facade *w = *state;
    static const char *const writes[][2] = {
        {"PutItem", "{'TableName':'tab','Item':{'pk':{'S':'a'}},"
                    "'ConditionExpression':'attribute_exists(v)'}"},
        {W, "{'TransactItems':[{'Put':{'TableName':'tab','Item':{'pk':{'S':'b'}}}},"
            "{'ConditionCheck':{'TableName':'tab','Key':{'pk':{'S':'a'}},"
            "'ConditionExpression':'attribute_exists(v)'}}]}"},
    };
    for (size_t i = 0; i < 2; i++) {
        pending p;
        begin(&p, w, writes[i][0], writes[i][1]);
        facade_fails(w, "TransactionCanceledException", NULL, "TransactGetItems", GETS);
        end(&p, w, 400);
        expect_free(w);
    }
}

/* Many at once: what is kept of them grows, and each is found and released by itself. */
static void test_conflicts__are_told_among_thousands(void **state) {
    enum { MANY = 3000 };
    facade *w = *state;
    pending *all = calloc(MANY, sizeof *all);
    for (int i = 0; i < MANY; i++) {
        char body[160];
        snprintf(body, sizeof body,
                 "{'TransactItems':[{'Put':{'TableName':'tab','Item':{'pk':{'S':'m%d'}}}}]}", i);
        begin(&all[i], w, W, body);
    }
    for (int i = 0; i < MANY; i += 7) {
        facade_fails(w, "TransactionConflictException", ONGOING, "PutItem",
                     "{'TableName':'tab','Item':{'pk':{'S':'m%d'}}}", i);
    }
    pt_run_queued(w->database);
    for (int i = 0; i < MANY; i++) {
        end(&all[i], w, 200);
    }
    for (int i = 0; i < MANY; i += 7) {
        facade_gives(w, "{}", "PutItem", "{'TableName':'tab','Item':{'pk':{'S':'m%d'}}}", i);
    }
    free(all);
}

/* Without the option requests wait for one another instead. */
static void test_conflicts__are_not_told_unasked(void **state) {
    (void)state;
    facade w = {.now_ms = 0};
    pending p;
    world_open(&w, NULL);
    begin(&p, &w, W, PUTS("'ClientRequestToken':'t',", "a", "b"));
    facade_gives(&w, NULL, "TransactGetItems", GETS);
    facade_gives(&w, "{}", "PutItem", PUT("a"));
    facade_gives(&w, "{}", W, PUTS("'ClientRequestToken':'t',", "a", "b"));
    end(&p, &w, 200);
    facade_close(&w);
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_conflicts__##name, setup, facade_teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(single_writes_meet_a_transaction),
        TEST(transactions_meet_a_transaction),
        TEST(reads_meet_any_write),
        TEST(batches_are_not_refused),
        TEST(a_token_is_in_progress),
        TEST(end_with_the_request),
        TEST(are_told_among_thousands),
        cmocka_unit_test(test_conflicts__are_not_told_unasked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
