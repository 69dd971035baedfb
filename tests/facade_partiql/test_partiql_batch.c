/* BatchExecuteStatement: ql-reference.multiplestatements.batching, and measured on the service. */
#include "statements.h"

#define RUN(w, more, ...)                                                                          \
    do {                                                                                           \
        static const char *const list[] = {__VA_ARGS__};                                           \
        ql_batch(w, more, sizeof list / sizeof *list, list);                                       \
    } while (0)

static void test_partiql_batch__reads(void **state) {
    facade *w = *state;
    ql_put(w, "tab", "{'pk':{'S':'1'},'v':{'M':{'x':{'N':'1'}}}}");
    ql_put(w, "num", "{'pk':{'S':'1'},'sk':{'N':'1'}}");
    RUN(w, "'ReturnConsumedCapacity':'TOTAL'", "SELECT v.x FROM tab WHERE pk = '1'",
        "SELECT * FROM tab WHERE pk = '2'\t'ConsistentRead':true",
        "SELECT * FROM num WHERE pk IN ['1'] AND sk = 1", "SELECT * FROM num WHERE pk = '1'",
        "SELECT * FROM tab WHERE pk = '3' AND v = 1", "SELECT * FROM none WHERE pk = '1'",
        "SELECT * FROM glob.gsi WHERE gp = '1'", "SELECT COUNT(*) FROM tab");
    ql_answers(
        w, 200,
        "{'Responses':[{'TableName':'tab','Item':{'x':{'N':'1'}}},{'TableName':'tab'},"
        "{'TableName':'num','Item':{'pk':{'S':'1'},'sk':{'N':'1'}}},"
        "{'Error':{'Code':'ValidationError','Message':'Select statements within "
        "BatchExecuteStatement must specify the primary key in the where clause.'}},"
        "{'Error':{'Code':'ValidationError','Message':'Select statements within "
        "BatchExecuteStatement must specify the primary key in the where clause.'}},"
        "{'Error':{'Code':'ResourceNotFound','Message':'Requested resource not found'}},"
        "{'Error':{'Code':'ValidationError','Message':'Select statements within "
        "BatchExecuteStatement must specify the primary key in the where clause.'}},"
        "{'Error':{'Code':'ValidationError','Message':'Unexpected path component at 1:8:5'}}],"
        "'ConsumedCapacity':[{'TableName':'tab','CapacityUnits':1.5},{'TableName':'num',"
        "'CapacityUnits':0.5},{'TableName':'glob','CapacityUnits':0.0}]}");
}

static void test_partiql_batch__writes(void **state) {
    static const char FAILING_UPDATE[] = "UPDATE tab SET n = 9 WHERE pk = 'x' AND n = 2"
                                         "\t'ReturnValuesOnConditionCheckFailure':'ALL_OLD'";
    facade *w = *state;
    ql_put(w, "tab", "{'pk':{'S':'w'},'n':{'N':'1'}}");
    ql_put(w, "tab", "{'pk':{'S':'x'},'n':{'N':'1'}}");
    ql_put(w, "tab", "{'pk':{'S':'y'}}");
    RUN(w, NULL, "UPDATE tab SET n = n + 1 WHERE pk = 'w' RETURNING MODIFIED NEW *", FAILING_UPDATE,
        "INSERT INTO tab VALUE {'pk':'y'}", "INSERT INTO tab VALUE {'pk':'z'}",
        "DELETE FROM tab WHERE pk = 'gone' RETURNING ALL OLD *", "UPDATE tab SET pk = 1",
        "UPDATE tab SET pk = 'q' WHERE pk = 'p'",
        "DELETE FROM tab WHERE pk = 'gone' RETURNING ALL NEW *",
        "UPDATE tab SET a = ? WHERE pk = 'v'\t'Parameters':[{'SS':[]}]",
        "EXISTS(SELECT * FROM tab WHERE pk = 'a' AND b = 1)");
    ql_answers(
        w, 200,
        "{'Responses':[{'TableName':'tab','Item':{'n':{'N':'2'}}},"
        "{'Error':{'Code':'ConditionalCheckFailed','Item':{'pk':{'S':'x'},'n':{'N':'1'}},"
        "'Message':'The conditional request failed'},'TableName':'tab'},"
        "{'Error':{'Code':'DuplicateItem','Message':'Duplicate primary key exists in table'},"
        "'TableName':'tab'},{'TableName':'tab'},{'TableName':'tab'},"
        "{'Error':{'Code':'ValidationError','Message':'Where clause does not contain a mandatory "
        "equality on all key attributes'}},"
        "{'Error':{'Code':'ValidationError','Message':'One or more parameter values were invalid: "
        "Cannot update attribute pk. This attribute is part of the key'}},"
        "{'Error':{'Code':'ValidationError','Message':'Invalid returning clause: RETURNING ALL NEW "
        "*. Only RETURNING ALL OLD * is allowed in DELETE statements.'}},"
        "{'Error':{'Code':'ValidationError','Message':'One or more parameter values were invalid: "
        "An string set  may not be empty'}},"
        "{'Error':{'Code':'ValidationError','Message':'EXISTS can only be used in "
        "ExecuteTransaction write requests.'}}]}");
    facade_has(w, "tab", "{'pk':{'S':'z'}}", "{'pk':{'S':'z'}}");
    facade_has(w, "tab", "{'pk':{'S':'w'}}", "{'pk':{'S':'w'},'n':{'N':'2'}}");
}

static void refused(facade *w, const char *message) {
    assert_int_equal(w->status, 400);
    facade_shows(w, "#ValidationException");
    facade_shows(w, message);
}

static void test_partiql_batch__refuses_as_a_whole(void **state) {
    facade *w = *state;
    static const char select[] = "SELECT * FROM tab WHERE pk = 'a'";
    RUN(w, NULL, select, "DELETE FROM tab WHERE pk = 'b'");
    refused(w, "Read and write requests together in the same batch is not supported.");
    RUN(w, NULL, select, select);
    refused(w, "Provided list of item keys contains duplicates");
    RUN(w, NULL, "DELETE FROM tab WHERE pk = 'a'", "INSERT INTO tab VALUE {'pk':'a'}");
    refused(w, "Provided list of item keys contains duplicates");
    facade_has(w, "tab", "{'pk':{'S':'a'}}", NULL);
    ql_batch(w, NULL, 0, NULL);
    refused(w, "failed to satisfy constraint: Member must have length greater than or equal to 1");
    const char *many[26];
    for (size_t i = 0; i < 26; i++) {
        many[i] = select;
    }
    ql_batch(w, NULL, 26, many);
    refused(w, "failed to satisfy constraint: Member must have length less than or equal to 25");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_partiql_batch__reads),
        cmocka_unit_test(test_partiql_batch__writes),
        cmocka_unit_test(test_partiql_batch__refuses_as_a_whole),
    };
    return cmocka_run_group_tests(tests, world_setup, facade_teardown);
}
