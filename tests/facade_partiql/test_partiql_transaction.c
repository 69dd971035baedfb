/* ExecuteTransaction: ql-reference.multiplestatements.transactions, and measured on the service. */
#include "statements.h"

#define RUN(w, more, ...)                                                                          \
    do {                                                                                           \
        static const char *const list[] = {__VA_ARGS__};                                           \
        ql_transact(w, more, sizeof list / sizeof *list, list);                                    \
    } while (0)

#define CANCELLED "Transaction cancelled, please refer cancellation reasons for specific reasons ["

static void refused(facade *w, const char *message) {
    facade_shows(w, "#ValidationException");
    facade_shows(w, message);
    assert_int_equal(w->status, 400);
}

static void cancelled(facade *w, const char *codes) {
    facade_shows(w, "#TransactionCanceledException");
    facade_shows(w, CANCELLED);
    facade_shows(w, codes);
    assert_int_equal(w->status, 400);
}

static void test_partiql_transaction__reads(void **state) {
    facade *w = *state;
    ql_put(w, "tab", "{'pk':{'S':'r'},'a':{'S':'x'},'b':{'S':'y'}}");
    RUN(w, "'ReturnConsumedCapacity':'TOTAL'", "SELECT b FROM tab WHERE pk = 'r'",
        "SELECT * FROM tab WHERE pk IN ['none'] AND pk = 'none'");
    ql_answers(w, 200,
               "{'Responses':[{'Item':{'b':{'S':'y'}}},{}],'ConsumedCapacity':[{'TableName':'tab',"
               "'CapacityUnits':4.0,'ReadCapacityUnits':4.0}]}");
    RUN(w, NULL, "SELECT * FROM tab WHERE pk = 'r'", "SELECT a FROM tab WHERE pk = 'r'");
    refused(w, "\"message\":\"Transaction request cannot include multiple operations on one item");
    RUN(w, NULL, "SELECT * FROM tab WHERE pk = 'r' AND a = 'x'");
    refused(w, "Validation failed in TransactStatements[0]: Select statements within "
               "ExecuteTransaction must specify the primary key in the where clause.");
    RUN(w, NULL, "SELECT * FROM tab WHERE pk = 'r'", "SELECT * FROM glob.gsi WHERE gp = 'x'");
    refused(w, "Validation failed in TransactStatements[1]: Reads on indices are not supported "
               "within transactions.");
    RUN(w, NULL, "SELECT * FROM tab WHERE pk = 'r'", "SELECT * FROM tab WHERE pk = 1");
    cancelled(w, "[None, ValidationError]");
    facade_shows(w, "'Message':'The provided key element does not match the schema'");
    RUN(w, NULL, "SELECT * FROM tab WHERE pk = 'r'", "SELECT * FROM none.idx WHERE pk = 'x'");
    cancelled(w, "[None, ResourceNotFound]");
    facade_shows(w, "{'Code':'None'},{'Code':'ResourceNotFound','Message':'Requested resource not "
                    "found'}");
}

static void test_partiql_transaction__writes(void **state) {
    facade *w = *state;
    ql_put(w, "tab", "{'pk':{'S':'u'},'n':{'N':'1'}}");
    ql_put(w, "tab", "{'pk':{'S':'d'}}");
    ql_put(w, "tab", "{'pk':{'S':'e'},'free':{'S':'x'}}");
    RUN(w, "'ReturnConsumedCapacity':'TOTAL'", "INSERT INTO num VALUE {'pk':'t','sk':1}",
        "UPDATE tab SET n = n + 1 WHERE pk = 'u' AND n = 1", "DELETE FROM tab WHERE pk = 'd'",
        "EXISTS(SELECT * FROM tab WHERE pk = 'e' AND taken IS MISSING)");
    ql_answers(w, 200,
               "{'Responses':[],'ConsumedCapacity':[{'TableName':'num','CapacityUnits':2.0,"
               "'WriteCapacityUnits':2.0},{'TableName':'tab','CapacityUnits':6.0,"
               "'WriteCapacityUnits':6.0}]}");
    facade_has(w, "tab", "{'pk':{'S':'u'}}", "{'pk':{'S':'u'},'n':{'N':'2'}}");
    facade_has(w, "tab", "{'pk':{'S':'d'}}", NULL);
    facade_has(w, "num", "{'pk':{'S':'t'},'sk':{'N':'1'}}", "{'pk':{'S':'t'},'sk':{'N':'1'}}");
}

static void test_partiql_transaction__is_cancelled(void **state) {
    facade *w = *state;
    ql_put(w, "tab", "{'pk':{'S':'c'},'n':{'N':'1'}}");
    RUN(w, NULL, "INSERT INTO tab VALUE {'pk':'c'}", "INSERT INTO tab VALUE {'pk':'never'}",
        "UPDATE tab SET n = 1 WHERE pk = 'none'",
        "EXISTS(SELECT * FROM num WHERE pk = 'none' AND sk = 1 AND n IS MISSING)");
    cancelled(w, "[DuplicateItem, None, ConditionalCheckFailed, ConditionalCheckFailed]");
    facade_has(w, "tab", "{'pk':{'S':'never'}}", NULL);
    RUN(w, NULL,
        "UPDATE tab SET n = 5 WHERE pk = 'c' AND n = 7"
        "\t'ReturnValuesOnConditionCheckFailure':'ALL_OLD'");
    cancelled(w, "'Item':{'pk':{'S':'c'},'n':{'N':'1'}}");
    /* Measured: what does not name one item cancels. */
    RUN(w, NULL, "UPDATE num SET a = 1 WHERE pk = 'x'",
        "UPDATE num SET a = 1 WHERE pk IN ['x'] AND sk = 1",
        "UPDATE num SET a = 1 WHERE pk = 'x' AND sk = 1 AND pk = 'y'",
        "UPDATE num SET a = 1 WHERE pk = 'x' AND sk = '1'",
        "UPDATE num SET a = 1 WHERE pk = 'x' AND sk = 1", "INSERT INTO num VALUE {'pk':'x'}");
    /* Of validation errors only the first is told, as of TransactWriteItems. */
    cancelled(w, "[ValidationError, None, None, None, None, None]");
    facade_shows(w, "The provided key element does not match the schema");
    RUN(w, NULL, "UPDATE none SET a = 1 WHERE pk = 'x' RETURNING ALL NEW *",
        "DELETE FROM none WHERE pk = 'x'");
    cancelled(w, "[ResourceNotFound, ResourceNotFound]");
}

static void test_partiql_transaction__is_refused(void **state) {
    facade *w = *state;
    static const char update[] = "UPDATE tab SET a = 1 WHERE pk = 'x'";
    RUN(w, NULL, update, update);
    refused(w, "Transaction request cannot include multiple operations on one item");
    RUN(w, NULL, update, "SELECT * FROM tab WHERE pk = 'y'");
    refused(w, "ExecuteTransaction API does not support both read and write operations in the same "
               "request.");
    RUN(w, NULL, "UPDATE none SET a = 1 WHERE pk = 'x'",
        "UPDATE tab SET a = 1 WHERE pk = 'x' RETURNING ALL NEW *");
    refused(w, "Validation failed in TransactStatements[1]: RETURNING clause is not supported in "
               "ExecuteTransaction.");
    RUN(w, NULL, update, "EXISTS(SELECT * FROM tab WHERE pk = 'y')");
    refused(w, "Validation failed in TransactStatements[1]: EXISTS() must contain a single item "
               "read with additional condition");
    RUN(w, NULL, update, "INSERT INTO tab VALUE {'pk':'y','x':[<<>>]}");
    refused(w, "Validation failed in TransactStatements[1]: Empty bags are not supported");
    RUN(w, NULL, update, "UPDATE tab SET a = ? WHERE pk = 'y'\t'Parameters':[{'SS':['a','a']}]");
    refused(w, "\"message\":\"One or more parameter values were invalid: Input collection [a, a] "
               "contains duplicates.");
    ql_transact(w, NULL, 0, NULL);
    refused(w, "failed to satisfy constraint: Member must have length greater than or equal to 1");
    facade_has(w, "tab", "{'pk':{'S':'x'}}", NULL);
}

/* API_ExecuteTransaction, ClientRequestToken; the capacity is measured. */
static void test_partiql_transaction__tokens(void **state) {
    facade *w = *state;
    static const char more[] = "'ClientRequestToken':'t1','ReturnConsumedCapacity':'TOTAL'";
    ql_put(w, "tab", "{'pk':{'S':'tok'},'n':{'N':'0'}}");
    RUN(w, more, "UPDATE tab SET n = n + ? WHERE pk = 'tok'\t'Parameters':[{'N':'1'}]");
    facade_shows(w, "'WriteCapacityUnits':2.0");
    RUN(w, more, "UPDATE tab SET n = n + ? WHERE pk = 'tok'\t'Parameters':[{'N':'1.0'}]");
    ql_answers(w, 200,
               "{'Responses':[],'ConsumedCapacity':[{'TableName':'tab','CapacityUnits':2.0,"
               "'ReadCapacityUnits':2.0}]}");
    facade_has(w, "tab", "{'pk':{'S':'tok'}}", "{'pk':{'S':'tok'},'n':{'N':'1'}}");
    RUN(w, more, "UPDATE tab SET n = n + ? WHERE pk = 'tok'\t'Parameters':[{'N':'2'}]");
    facade_shows(w, "#IdempotentParameterMismatchException");
    RUN(w, "'ClientRequestToken':'t2'", "INSERT INTO tab VALUE {'pk':'tok'}");
    cancelled(w, "[DuplicateItem]");
}

/* Measured: EXISTS takes the first of two values for a key, and then does not hold. */
static void test_partiql_transaction__exists(void **state) {
    facade *w = *state;
    ql_put(w, "tab", "{'pk':{'S':'ex'},'flag':{'S':'right'}}");
    RUN(w, NULL, "EXISTS(SELECT * FROM tab WHERE pk = 'ex' AND pk = 'other' AND flag = 'right')",
        "INSERT INTO tab VALUE {'pk':'ex2'}");
    cancelled(w, "[ConditionalCheckFailed, None]");
    RUN(w, NULL, "EXISTS(SELECT * FROM tab WHERE (pk = 'ex' AND flag = 'right'))");
    ql_answers(w, 200, "{'Responses':[]}");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_partiql_transaction__reads),
        cmocka_unit_test(test_partiql_transaction__writes),
        cmocka_unit_test(test_partiql_transaction__is_cancelled),
        cmocka_unit_test(test_partiql_transaction__is_refused),
        cmocka_unit_test(test_partiql_transaction__tokens),
        cmocka_unit_test(test_partiql_transaction__exists),
    };
    return cmocka_run_group_tests(tests, world_setup, facade_teardown);
}
