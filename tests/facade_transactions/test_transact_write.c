/*
 * TransactWriteItems: what is done, what refuses the request, what cancels the transaction.
 * Sources: API_TransactWriteItems and
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html; words of
 * refusals, and their order where the documentation is silent, are DynamoDB Local's.
 */
#include "facade_transactions/world.h"

#include <stdio.h>
#include <stdlib.h>

#define W "TransactWriteItems"
#define NONE "{'Code':'None'}"
#define FAILED "{'Code':'ConditionalCheckFailed','Message':'The conditional request failed'}"
#define INVALID(message) "{'Code':'ValidationError','Message':'" message "'}"
#define SCHEMA "The provided key element does not match the schema"
#define PUT(table, item) "{'Put':{'TableName':'" table "','Item':" item "}}"
#define DELETE(table, key) "{'Delete':{'TableName':'" table "','Key':" key "}}"

enum { PAYLOAD_BYTES_MAX = 4 * 1024 * 1024, ACTIONS_MAX = 100 };

/* ---- what is done ---- */

static void test_transact_write__does_all_four_actions(void **state) {
    facade *w = *state;
    facade_gives(w, "{}", "PutItem", "{'TableName':'tab','Item':{'pk':{'S':'u'},'n':{'N':'1'}}}");
    facade_gives(w, "{}", "PutItem", "{'TableName':'tab','Item':{'pk':{'S':'d'}}}");
    facade_gives(
        w, "{}", W,
        "{'TransactItems':[" PUT(
            "num",
            "{'pk':{'S':'p'},'sk':{'N':'1.0'}}") ","
                                                 "{'Update':{'TableName':'tab','Key':{'pk':{'S':'u'"
                                                 "}},"
                                                 "'UpdateExpression':'SET #n = #n + "
                                                 ":one','ConditionExpression':'#n = :one',"
                                                 "'ExpressionAttributeNames':{'#n':'n'},"
                                                 "'ExpressionAttributeValues':{':one':{'N':'1'}}}}"
                                                 "," DELETE(
                                                     "tab",
                                                     "{'pk':{'S':'d'}}") ","
                                                                         "{'ConditionCheck':{'"
                                                                         "TableName':'tab','Key':{'"
                                                                         "pk':{'S':'none'}},"
                                                                         "'ConditionExpression':'"
                                                                         "attribute_not_exists(pk)'"
                                                                         "}}]}");
    facade_has(w, "num", "{'pk':{'S':'p'},'sk':{'N':'1'}}", "{'pk':{'S':'p'},'sk':{'N':'1'}}");
    facade_has(w, "tab", "{'pk':{'S':'u'}}", "{'pk':{'S':'u'},'n':{'N':'2'}}");
    facade_has(w, "tab", "{'pk':{'S':'d'}}", NULL);
    facade_has(w, "tab", "{'pk':{'S':'none'}}", NULL);
}

static void test_transact_write__takes_a_table_by_its_arn(void **state) {
    facade *w = *state;
    facade_fails(w, "ValidationException",
                 "Transaction request cannot include multiple operations on one item", W,
                 "{'TransactItems':[" PUT("tab", "{'pk':{'S':'a'}}") "," PUT(
                     "arn:aws:dynamodb:us-east-1:000000000000:table/tab", "{'pk':{'S':'a'}}") "]}");
    facade_gives(w, "{}", W,
                 "{'TransactItems':[" PUT("tab", "{'pk':{'S':'a'}}") "," PUT(
                     "arn:aws:dynamodb:us-east-1:000000000000:table/tab", "{'pk':{'S':'b'}}") "]}");
    facade_has(w, "tab", "{'pk':{'S':'b'}}", "{'pk':{'S':'b'}}");
}

/* ---- what cancels ---- */

static void test_transact_write__tells_every_failed_condition(void **state) {
    facade *w = *state;
    facade_gives(w, "{}", "PutItem", "{'TableName':'tab','Item':{'pk':{'S':'x'},'v':{'N':'1'}}}");
    facade_cancels(
        w, "ConditionalCheckFailed, None, ConditionalCheckFailed, ConditionalCheckFailed",
        "{'Code':'ConditionalCheckFailed','Item':{'pk':{'S':'x'},'v':{'N':'1'}},"
        "'Message':'The conditional request failed'}," NONE "," FAILED "," FAILED,
        W,
        "{'TransactItems':["
        "{'Put':{'TableName':'tab','Item':{'pk':{'S':'x'}},"
        "'ConditionExpression':'attribute_not_exists(pk)',"
        "'ReturnValuesOnConditionCheckFailure':'ALL_OLD'}}," PUT(
            "tab",
            "{'pk':{'S':'never'}}") ","
                                    "{'Delete':{'TableName':'tab','Key':{'pk':{'S':'y'}},"
                                    "'ConditionExpression':'attribute_exists(pk)',"
                                    "'ReturnValuesOnConditionCheckFailure':'ALL_OLD'}},"
                                    "{'ConditionCheck':{'TableName':'tab','Key':{'pk':{'S':'z'}},"
                                    "'ConditionExpression':'v = "
                                    ":v','ExpressionAttributeValues':{':v':{'N':'1'}}}}]}");
    facade_has(w, "tab", "{'pk':{'S':'never'}}", NULL);
}

/* One action is cancelled like many. */
static void test_transact_write__cancels_a_transaction_of_one(void **state) {
    facade *w = *state;
    facade_cancels(w, "ConditionalCheckFailed", FAILED, W,
                   "{'TransactItems':[{'Put':{'TableName':'tab','Item':{'pk':{'S':'x'}},"
                   "'ConditionExpression':'attribute_exists(pk)'}}]}");
}

static void test_transact_write__keys_that_do_not_fit_cancel(void **state) {
    facade *w = *state;
    static const char *const actions[][2] = {
        {PUT("tab", "{'pk':{'N':'5'}}"), "One or more parameter values were invalid: Type mismatch "
                                         "for key pk expected: S actual: N"},
        {PUT("tab", "{'a':{'N':'5'}}"),
         "One or more parameter values were invalid: Missing the key pk in the item"},
        {PUT("glob", "{'pk':{'S':'a'},'gp':{'N':'1'}}"),
         "One or more parameter values were invalid: Type mismatch for Index Key gp Expected: S "
         "Actual: N IndexName: gsi"},
        {DELETE("tab", "{'pk':{'N':'5'}}"), SCHEMA},
        {DELETE("tab", "{'pk':{'S':'a'},'x':{'S':'b'}}"), SCHEMA},
        {DELETE("num", "{'pk':{'S':'a'}}"), SCHEMA},
        {"{'Update':{'TableName':'tab','Key':{'pk':{'N':''}},'UpdateExpression':'REMOVE a'}}",
         NULL},
        {"{'Update':{'TableName':'tab','Key':{'pk':{'S':'a'}},'UpdateExpression':'SET pk = :a',"
         "'ExpressionAttributeValues':{':a':{'S':'b'}}}}",
         "One or more parameter values were invalid: Cannot update attribute pk. This attribute is "
         "part of the key"},
        {"{'Update':{'TableName':'tab','Key':{'pk':{'S':'a'}},'UpdateExpression':'SET a = b'}}",
         "The provided expression refers to an attribute that does not exist in the item"},
        {"{'Update':{'TableName':'glob','Key':{'pk':{'S':'a'}},'UpdateExpression':'SET gp = :n',"
         "'ExpressionAttributeValues':{':n':{'N':'1'}}}}",
         "One or more parameter values were invalid: Type mismatch for Index Key gp Expected: S "
         "Actual: N IndexName: gsi"},
    };
    for (size_t i = 0; i < sizeof actions / sizeof actions[0]; i++) {
        if (actions[i][1] == NULL) {
            facade_fails(w, "ValidationException", NULL, W, "{'TransactItems':[%s]}",
                         actions[i][0]);
            continue;
        }
        char reasons[512];
        snprintf(reasons, sizeof reasons, NONE "," INVALID("%s"), actions[i][1]);
        facade_cancels(w, "None, ValidationError", reasons, W, "{'TransactItems':[%s,%s]}",
                       PUT("tab", "{'pk':{'S':'never'}}"), actions[i][0]);
        facade_has(w, "tab", "{'pk':{'S':'never'}}", NULL);
    }
}

/* As measured on the service: of validation errors only the first is told. */
static void test_transact_write__tells_the_first_validation_error_only(void **state) {
    facade *w = *state;
    facade_cancels(w, "None, ValidationError, None", NONE "," INVALID(SCHEMA) "," NONE, W,
                   "{'TransactItems':[" PUT("tab", "{'pk':{'S':'a'}}") "," DELETE(
                       "tab", "{'pk':{'N':'1'}}") "," DELETE("tab", "{'pk':{'N':'2'}}") "]}");
    facade_cancels(w, "ConditionalCheckFailed, ValidationError, None",
                   FAILED
                   "," INVALID("The provided expression refers to an attribute that does not "
                               "exist in the item") "," NONE,
                   W,
                   "{'TransactItems':[{'ConditionCheck':{'TableName':'tab','Key':{'pk':{'S':'c'}},"
                   "'ConditionExpression':'attribute_exists(pk)'}},"
                   "{'Update':{'TableName':'tab','Key':{'pk':{'S':'a'}},"
                   "'UpdateExpression':'SET a = b'}},"
                   "{'Update':{'TableName':'tab','Key':{'pk':{'S':'b'}},"
                   "'UpdateExpression':'SET a = b'}}]}");
}

/* API_TransactWriteItems: "an item size becomes too large". */
static void test_transact_write__an_item_that_grows_too_large_cancels(void **state) {
    facade *w = *state;
    char *large = facade_repeat('x', 400000);
    char *more = facade_repeat('y', 20000);
    facade_gives(w, "{}", "PutItem", "{'TableName':'tab','Item':{'pk':{'S':'a'},'v':{'S':'%s'}}}",
                 large);
    facade_cancels(
        w, "ValidationError", INVALID("Item size to update has exceeded the maximum allowed size"),
        W,
        "{'TransactItems':[{'Update':{'TableName':'tab','Key':{'pk':{'S':'a'}},"
        "'UpdateExpression':'SET w = :w','ExpressionAttributeValues':{':w':{'S':'%s'}}}}]}",
        more);
    facade_fails(
        w, "ValidationException", "Item size has exceeded the maximum allowed size", W,
        "{'TransactItems':[{'Put':{'TableName':'tab','Item':{'pk':{'S':'a'},'v':{'S':'%s'},"
        "'w':{'S':'%s'}}}}]}",
        large, more);
    free(large);
    free(more);
}

/* ---- what refuses ---- */

#define EMPTY "The AttributeValue for a key attribute cannot contain an empty string value."

static void test_transact_write__refuses_requests_that_are_not_well_formed(void **state) {
    facade *w = *state;
    static const char *const actions[][2] = {
        {PUT("tab", "{'pk':{'S':''}}"),
         "One or more parameter values are not valid. " EMPTY " Key: pk"},
        {DELETE("tab", "{'pk':{'S':''}}"),
         "One or more parameter values are not valid. " EMPTY " Key: pk"},
        {PUT("glob", "{'pk':{'S':'a'},'gp':{'S':''}}"),
         "One or more parameter values are not valid. A value specified for a secondary index key "
         "is not supported. " EMPTY " IndexName: gsi, IndexKey: gp"},
        {"{}", "Invalid Request: TransactWriteRequest should contain Delete or Put or Update "
               "request"},
        {"{'Put':{'TableName':'tab','Item':{'pk':{'S':'a'}}},"
         "'Delete':{'TableName':'tab','Key':{'pk':{'S':'b'}}}}",
         "TransactItems can only contain one of Check, Put, Update or Delete"},
        {"{'Put':{'TableName':'tab','Item':{'pk':{'S':'a'}},'ConditionExpression':'a = :q'}}",
         "Invalid ConditionExpression: An expression attribute value used in expression is not "
         "defined; attribute value: :q"},
        {"{'Put':{'TableName':'tab','Item':{'pk':{'S':'a'}},"
         "'ExpressionAttributeValues':{':q':{'S':'a'}}}}",
         "ExpressionAttributeValues can only be specified when using expressions: "
         "ConditionExpression is null"},
        {"{'Put':{'TableName':'tab','Item':{'pk':{'S':'a'}},'ConditionExpression':'a = :q',"
         "'ExpressionAttributeValues':{':q':{'S':'a'},':r':{'S':'a'}}}}",
         "Value provided in ExpressionAttributeValues unused in expressions: keys: {:r}"},
    };
    for (size_t i = 0; i < sizeof actions / sizeof actions[0]; i++) {
        facade_fails(w, "ValidationException", actions[i][1], W, "{'TransactItems':[%s,%s]}",
                     PUT("tab", "{'pk':{'S':'never'}}"), actions[i][0]);
        facade_has(w, "tab", "{'pk':{'S':'never'}}", NULL);
    }
    facade_fails(w, "ResourceNotFoundException", "Requested resource not found", W,
                 "{'TransactItems':[" PUT("tab", "{'pk':{'S':'never'}}") "," PUT(
                     "nowhere", "{'pk':{'S':'a'}}") "]}");
}

/* API_TransactWriteItems: "no two actions can target the same item". */
static void test_transact_write__refuses_two_actions_on_one_item(void **state) {
    facade *w = *state;
    static const char message[] =
        "Transaction request cannot include multiple operations on one item";
    facade_fails(w, "ValidationException", message, W,
                 "{'TransactItems':[" PUT("tab", "{'pk':{'S':'a'}}") "," PUT(
                     "glob", "{'pk':{'S':'a'}}") "," DELETE("tab", "{'pk':{'S':'a'}}") "]}");
    facade_fails(w, "ValidationException", message, W,
                 "{'TransactItems':[" PUT("num", "{'pk':{'S':'a'},'sk':{'N':'1000'}}") "," DELETE(
                     "num", "{'pk':{'S':'a'},'sk':{'N':'1e3'}}") "]}");
    facade_gives(w, "{}", W,
                 "{'TransactItems':[" PUT("num", "{'pk':{'S':'a'},'sk':{'N':'1000'}}") "," DELETE(
                     "num", "{'pk':{'S':'a'},'sk':{'N':'1001'}}") "]}");
}

/* count puts into tab, as a request; the caller frees it. */
static char *puts_of(size_t count) {
    char *body = malloc(64 * (count + 1));
    size_t len = (size_t)sprintf(body, "{\"TransactItems\":[");
    for (size_t i = 0; i < count; i++) {
        len += (size_t)sprintf(body + len,
                               "%s{\"Put\":{\"TableName\":\"tab\",\"Item\":{\"pk\":{\"S\":\"%zu\"}}"
                               "}}",
                               i == 0 ? "" : ",", i);
    }
    strcpy(body + len, "]}");
    return body;
}

/* API_TransactWriteItems, TransactItems: 1 to 100. */
static void test_transact_write__takes_100_actions_and_not_101(void **state) {
    facade *w = *state;
    char *body = puts_of(ACTIONS_MAX + 1);
    facade_run(w, W, body);
    assert_int_equal(w->status, 400);
    assert_non_null(strstr(w->answer, "Member must have length less than or equal to 100"));
    free(body);
    facade_has(w, "tab", "{'pk':{'S':'0'}}", NULL);
    body = puts_of(ACTIONS_MAX);
    facade_run(w, W, body);
    assert_int_equal(w->status, 200);
    free(body);
    facade_has(w, "tab", "{'pk':{'S':'99'}}", "{'pk':{'S':'99'}}");
    facade_fails(w, "ValidationException", NULL, W, "{'TransactItems':[]}");
}

/* transaction-apis: "The aggregate size of the items in the transaction cannot exceed 4 MB"; that
 * of the request, as DynamoDB Local counts it: items, keys, expressions and their values. */
static void test_transact_write__takes_4_mb_and_no_more(void **state) {
    facade *w = *state;
    static const size_t large = 400000; /* and 5 bytes of names and key, in each of ten */
    size_t rest = PAYLOAD_BYTES_MAX - 10 * (large + 5) - 5;
    char *value = facade_repeat('x', large);
    for (size_t over = 0; over < 2; over++) {
        char *last = facade_repeat('y', rest + over);
        char *body = malloc(10 * (large + 100) + rest + 200);
        size_t len = (size_t)sprintf(body, "{\"TransactItems\":[");
        for (int i = 0; i < 10; i++) {
            len +=
                (size_t)sprintf(body + len,
                                "{\"Put\":{\"TableName\":\"tab\",\"Item\":{\"pk\":{\"S\":\"m%d\"}"
                                ",\"v\":{\"S\":\"%s\"}}}},",
                                i, value);
        }
        sprintf(body + len,
                "{\"Put\":{\"TableName\":\"tab\",\"Item\":{\"pk\":{\"S\":\"mm\"},\"v\":{\"S\":"
                "\"%s\"}}}}]}",
                last);
        facade_run(w, W, body);
        assert_int_equal(w->status, over == 0 ? 200 : 400);
        if (over != 0) {
            facade_shows(w, "Transaction payload size cannot exceed 4MB. Payload Size: 4194305");
        }
        free(body);
        free(last);
    }
    free(value);
    /* What is deleted does not count. */
    facade_gives(w, "{}", W,
                 "{'TransactItems':[" DELETE("tab", "{'pk':{'S':'m0'}}") "," DELETE(
                     "tab", "{'pk':{'S':'m1'}}") "," DELETE("tab", "{'pk':{'S':'m2'}}") "]}");
}

/* ---- capacity and metrics ---- */

/* transaction-apis, capacity: two writes for each on the table, once on its indexes. */
static void test_transact_write__shows_what_it_costs(void **state) {
    facade *w = *state;
    static const char actions[] = "'TransactItems':[" PUT(
        "glob",
        "{'pk':{'S':'a'},'gp':{'S':'b'}}") ","
                                           "{'ConditionCheck':{'TableName':'tab','Key':{'pk':{'S':'"
                                           "a'}},"
                                           "'ConditionExpression':'attribute_not_exists(pk)'}}]";
    facade_gives(w,
                 "{'ConsumedCapacity':[{'TableName':'glob','CapacityUnits':3.0,"
                 "'WriteCapacityUnits':3.0,'Table':{'CapacityUnits':2.0,'WriteCapacityUnits':2.0},"
                 "'GlobalSecondaryIndexes':{'gsi':{'CapacityUnits':1.0,'WriteCapacityUnits':1.0}}},"
                 "{'TableName':'tab','CapacityUnits':2.0,'WriteCapacityUnits':2.0,"
                 "'Table':{'CapacityUnits':2.0,'WriteCapacityUnits':2.0}}]}",
                 W, "{%s,'ReturnConsumedCapacity':'INDEXES'}", actions);
    facade_gives(w, "{}", "DeleteItem", "{'TableName':'glob','Key':{'pk':{'S':'a'}}}");
    facade_gives(w,
                 "{'ConsumedCapacity':[{'TableName':'glob','CapacityUnits':3.0,"
                 "'WriteCapacityUnits':3.0},{'TableName':'tab','CapacityUnits':2.0,"
                 "'WriteCapacityUnits':2.0}]}",
                 W, "{%s,'ReturnConsumedCapacity':'TOTAL'}", actions);
}

/* API_TransactWriteItems, ItemCollectionMetrics: of tables with local indexes. */
static void test_transact_write__shows_each_collection_once(void **state) {
    facade *w = *state;
    static const char request[] = "{'ReturnItemCollectionMetrics':'SIZE','TransactItems':["
                                  "{'Put':{'TableName':'local','Item':{'pk':{'S':'a'},"
                                  "'sk':{'S':'1'}}}},"
                                  "{'Put':{'TableName':'tab','Item':{'pk':{'S':'a'}}}},"
                                  "{'Put':{'TableName':'local','Item':{'pk':{'S':'b'},"
                                  "'sk':{'S':'1'}}}},"
                                  "{'Delete':{'TableName':'local','Key':{'pk':{'S':'a'},"
                                  "'sk':{'S':'2'}}}},"
                                  "{'ConditionCheck':{'TableName':'local',"
                                  "'Key':{'pk':{'S':'c'},'sk':{'S':'1'}},"
                                  "'ConditionExpression':'attribute_not_exists(pk)'}}]}";
    facade_gives(w,
                 "{'ItemCollectionMetrics':{'local':[{'ItemCollectionKey':{'pk':{'S':'a'}},"
                 "'SizeEstimateRangeGB':[0.0,1.0]},{'ItemCollectionKey':{'pk':{'S':'b'}},"
                 "'SizeEstimateRangeGB':[0.0,1.0]}]}}",
                 W, request);
}

#define TEST(name)                                                                                 \
    cmocka_unit_test_setup_teardown(test_transact_write__##name, world_setup, facade_teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(does_all_four_actions),
        TEST(takes_a_table_by_its_arn),
        TEST(tells_every_failed_condition),
        TEST(cancels_a_transaction_of_one),
        TEST(keys_that_do_not_fit_cancel),
        TEST(tells_the_first_validation_error_only),
        TEST(an_item_that_grows_too_large_cancels),
        TEST(refuses_requests_that_are_not_well_formed),
        TEST(refuses_two_actions_on_one_item),
        TEST(takes_100_actions_and_not_101),
        TEST(takes_4_mb_and_no_more),
        TEST(shows_what_it_costs),
        TEST(shows_each_collection_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
