/*
 * TransactGetItems. Source: API_TransactGetItems; words and the order of refusals are DynamoDB
 * Local's where the documentation is silent.
 */
#include "facade_transactions/world.h"

#include <stdio.h>
#include <stdlib.h>

#define G "TransactGetItems"
#define GET(table, key) "{'Get':{'TableName':'" table "','Key':" key "}}"
#define SCHEMA "The provided key element does not match the schema"

static void put(facade *w, const char *table, const char *item) {
    facade_gives(w, "{}", "PutItem", "{'TableName':'%s','Item':%s}", table, item);
}

static void test_transact_get__answers_in_order(void **state) {
    facade *w = *state;
    put(w, "tab", "{'pk':{'S':'a'},'v':{'N':'1'}}");
    put(w, "num", "{'pk':{'S':'a'},'sk':{'N':'1'}}");
    facade_gives(
        w,
        "{'Responses':[{'Item':{'pk':{'S':'a'},'sk':{'N':'1'}}},{},"
        "{'Item':{'v':{'N':'1'}}}]}",
        G,
        "{'TransactItems':[" GET("num", "{'pk':{'S':'a'},'sk':{'N':'1.0'}}") "," GET(
            "tab", "{'pk':{'S':'none'}}") ","
                                          "{'Get':{'TableName':'tab','Key':{'pk':{'S':'a'}}"
                                          ",'ProjectionExpression':'#v',"
                                          "'ExpressionAttributeNames':{'#v':'v'}}}]}");
    facade_gives(w, "{'Responses':[{'Item':{}}]}", G,
                 "{'TransactItems':[{'Get':{'TableName':'tab','Key':{'pk':{'S':'a'}},"
                 "'ProjectionExpression':'nothing'}}]}");
}

/* transaction-apis, capacity: two strongly consistent reads for each item, found or not. */
static void test_transact_get__costs_twice(void **state) {
    facade *w = *state;
    char *value = facade_repeat('x', 4096);
    char *item = facade_body("{'pk':{'S':'a'},'v':{'S':'%s'}}", value);
    put(w, "tab", item);
    facade_gives(
        w,
        "{'ConsumedCapacity':[{'TableName':'tab','CapacityUnits':6.0,"
        "'ReadCapacityUnits':6.0,'Table':{'CapacityUnits':6.0,'ReadCapacityUnits':6.0}},"
        "{'TableName':'glob','CapacityUnits':2.0,'ReadCapacityUnits':2.0,"
        "'Table':{'CapacityUnits':2.0,'ReadCapacityUnits':2.0}}],"
        "'Responses':[{'Item':{}},{},{}]}",
        G,
        "{'ReturnConsumedCapacity':'INDEXES','TransactItems':["
        "{'Get':{'TableName':'tab','Key':{'pk':{'S':'a'}},'ProjectionExpression':'w'}}," GET(
            "glob", "{'pk':{'S':'a'}}") "," GET("tab", "{'pk':{'S':'b'}}") "]}");
    free(item);
    free(value);
}

static void test_transact_get__keys_that_do_not_fit_cancel(void **state) {
    facade *w = *state;
    facade_cancels(w, "None, ValidationError, None",
                   "{'Code':'None'},{'Code':'ValidationError','Message':'" SCHEMA "'},"
                   "{'Code':'None'}",
                   G,
                   "{'TransactItems':[" GET("tab", "{'pk':{'S':'a'}}") "," GET(
                       "tab", "{'pk':{'N':'1'}}") "," GET("tab", "{'x':{'S':'1'}}") "]}");
    facade_cancels(w, "ValidationError", "{'Code':'ValidationError','Message':'" SCHEMA "'}", G,
                   "{'TransactItems':[" GET("tab", "{'pk':{'B':''}}") "]}");
}

static void test_transact_get__refuses(void **state) {
    facade *w = *state;
    facade_fails(
        w, "ValidationException",
        "One or more parameter values are not valid. The AttributeValue for a key "
        "attribute cannot contain an empty string value. Key: pk",
        G,
        "{'TransactItems':[" GET("tab", "{'pk':{'S':'a'}}") "," GET("tab", "{'pk':{'S':''}}") "]}");
    facade_fails(w, "ValidationException",
                 "Transaction request cannot include multiple operations on one item", G,
                 "{'TransactItems':[" GET("num", "{'pk':{'S':'a'},'sk':{'N':'1'}}") "," GET(
                     "num", "{'pk':{'S':'a'},'sk':{'N':'1.0'}}") "]}");
    facade_fails(w, "ResourceNotFoundException", "Requested resource not found", G,
                 "{'TransactItems':[" GET("nowhere", "{'pk':{'S':'a'}}") "]}");
    facade_fails(w, "ValidationException",
                 "ExpressionAttributeNames can only be specified when using expressions", G,
                 "{'TransactItems':[{'Get':{'TableName':'tab','Key':{'pk':{'S':'a'}},"
                 "'ExpressionAttributeNames':{'#a':'b'}}}]}");
    facade_fails(w, "ValidationException", NULL, G, "{'TransactItems':[]}");
}

/* Whether count gets are answered. */
static bool answers(facade *w, int count) {
    char *body = malloc((size_t)count * 80 + 40);
    size_t len = (size_t)sprintf(body, "{\"TransactItems\":[");
    for (int i = 0; i < count; i++) {
        len += (size_t)sprintf(body + len,
                               "%s{\"Get\":{\"TableName\":\"tab\",\"Key\":{\"pk\":{\"S\":\"%03d\"}}"
                               "}}",
                               i == 0 ? "" : ",", i);
    }
    strcpy(body + len, "]}");
    facade_run(w, G, body);
    free(body);
    return w->status == 200;
}

/* API_TransactGetItems: "up to 100 items", "exceeded 4 MB". */
static void test_transact_get__answers_100_items_of_4_mb(void **state) {
    facade *w = *state;
    assert_true(answers(w, 100));
    assert_false(answers(w, 101));
    enum { ITEMS = 11 };
    size_t total = 4 * 1024 * 1024;
    for (int i = 0; i < ITEMS; i++) {
        /* 6 bytes of names and key; the last item fills up what is left. */
        size_t len = i < ITEMS - 1 ? 400000 : total - 10 * 400006 - 6;
        char *value = facade_repeat('x', len);
        char *item = facade_body("{'pk':{'S':'%03d'},'v':{'S':'%s'}}", i, value);
        put(w, "tab", item);
        free(item);
        free(value);
    }
    assert_true(answers(w, ITEMS));
    put(w, "tab", "{'pk':{'S':'011'}}");
    assert_false(answers(w, ITEMS + 1));
}

#define TEST(name)                                                                                 \
    cmocka_unit_test_setup_teardown(test_transact_get__##name, world_setup, facade_teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(answers_in_order),
        TEST(costs_twice),
        TEST(keys_that_do_not_fit_cancel),
        TEST(refuses),
        TEST(answers_100_items_of_4_mb),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
