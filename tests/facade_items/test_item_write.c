/*
 * Tests of PutItem, UpdateItem and DeleteItem: conditions, what they return, what they refuse and
 * in which order. Rules: API_PutItem, API_UpdateItem, API_DeleteItem; the texts and the order of
 * checks are the service's, which its documentation does not tell.
 */
#include "facade_items/facade.h"

#include <stdio.h>
#include <stdlib.h>

#define KEY "'pk':{'S':'a'},'sk':{'S':'b'}"
#define PUT(item) "{'TableName':'tab','Item':{" KEY item "}"
#define WITH_KEY "{'TableName':'tab','Key':{" KEY "}"
#define FAILED "The conditional request failed"

static void expect_item(facade *f, const char *item) {
    char *expected = NULL;
    assert_true(asprintf(&expected, item == NULL ? "{}" : "{'Item':{" KEY "%s}}", item) >= 0);
    facade_gives(f, expected, "GetItem", WITH_KEY ",'ConsistentRead':true}");
    free(expected);
}

static void test_item_write__put_replaces_the_whole_item(void **state) {
    facade *f = *state;
    facade_gives(f, "{}", "PutItem", PUT(",'x':{'N':'1'}") "}");
    facade_gives(f, "{}", "PutItem", PUT(",'y':{'S':'2'}") "}");
    expect_item(f, ",'y':{'S':'2'}");
    facade_gives(f, "{}", "DeleteItem", WITH_KEY "}");
    facade_gives(f, "{}", "DeleteItem", WITH_KEY "}"); /* deleting is idempotent */
    expect_item(f, NULL);
}

/* API_PutItem and API_DeleteItem, ReturnValues */
static void test_item_write__all_old_is_the_item_before(void **state) {
    facade *f = *state;
    facade_gives(f, "{}", "PutItem", PUT(",'x':{'N':'1'}") ",'ReturnValues':'ALL_OLD'}");
    facade_gives(f, "{'Attributes':{" KEY ",'x':{'N':'1'}}}", "PutItem",
                 PUT("") ",'ReturnValues':'ALL_OLD'}");
    facade_gives(f, "{}", "PutItem", PUT(",'x':{'N':'2'}") ",'ReturnValues':'NONE'}");
    facade_gives(f, "{'Attributes':{" KEY ",'x':{'N':'2'}}}", "DeleteItem",
                 WITH_KEY ",'ReturnValues':'ALL_OLD'}");
    facade_gives(f, "{}", "DeleteItem", WITH_KEY ",'ReturnValues':'ALL_OLD'}");
    static const char *const OTHERS[] = {"ALL_NEW", "UPDATED_OLD", "UPDATED_NEW"};
    for (size_t i = 0; i < 3; i++) {
        facade_refuses(f, "ReturnValues can only be ALL_OLD or NONE", "PutItem",
                       PUT("") ",'ReturnValues':'%s'}", OTHERS[i]);
        facade_refuses(f, "ReturnValues can only be ALL_OLD or NONE", "DeleteItem",
                       WITH_KEY ",'ReturnValues':'%s'}", OTHERS[i]);
    }
}

/* API_UpdateItem, ReturnValues */
static void test_item_write__update_returns_what_is_asked(void **state) {
    facade *f = *state;
    static const char update[] =
        WITH_KEY ",'UpdateExpression':'SET x = :x','ExpressionAttributeValues':{':x':{'N':'%d'}},"
                 "'ReturnValues':'%s'}";
    facade_gives(f, "{}", "UpdateItem", update, 1, "ALL_OLD");
    facade_gives(f, "{'Attributes':{" KEY ",'x':{'N':'1'}}}", "UpdateItem", update, 2, "ALL_OLD");
    facade_gives(f, "{'Attributes':{" KEY ",'x':{'N':'3'}}}", "UpdateItem", update, 3, "ALL_NEW");
    facade_gives(f, "{'Attributes':{'x':{'N':'3'}}}", "UpdateItem", update, 4, "UPDATED_OLD");
    facade_gives(f, "{'Attributes':{'x':{'N':'5'}}}", "UpdateItem", update, 5, "UPDATED_NEW");
    facade_gives(f, "{}", "UpdateItem", update, 6, "NONE");
    facade_does(f, "DeleteItem", WITH_KEY "}");
    facade_gives(f, "{}", "UpdateItem", update, 1, "UPDATED_OLD");
}

/* API_UpdateItem: without an expression an item that is missing is made of its key alone. */
static void test_item_write__an_update_without_expression_makes_the_item(void **state) {
    facade *f = *state;
    facade_gives(f, "{'Attributes':{" KEY "}}", "UpdateItem",
                 WITH_KEY ",'ReturnValues':'ALL_NEW'}");
    expect_item(f, "");
    facade_does(f, "PutItem", PUT(",'x':{'N':'1'}") "}");
    facade_gives(f, "{'Attributes':{" KEY ",'x':{'N':'1'}}}", "UpdateItem",
                 WITH_KEY ",'ReturnValues':'ALL_NEW'}");
    facade_gives(f, "{'Attributes':{" KEY ",'x':{'N':'1'}}}", "UpdateItem",
                 WITH_KEY ",'ReturnValues':'ALL_OLD'}");
    facade_gives(f, "{}", "UpdateItem", WITH_KEY ",'ReturnValues':'UPDATED_NEW'}");
    expect_item(f, ",'x':{'N':'1'}");
}

/* Measured on the service: removing alone makes no item; setting does. */
static void test_item_write__removing_alone_makes_no_item(void **state) {
    facade *f = *state;
    facade_gives(f, "{}", "UpdateItem", WITH_KEY ",'UpdateExpression':'REMOVE x'}");
    expect_item(f, NULL);
    facade_does(f, "PutItem", PUT(",'x':{'N':'1'}") "}");
    facade_gives(f, "{}", "UpdateItem", WITH_KEY ",'UpdateExpression':'REMOVE x'}");
    expect_item(f, "");
}

/* API_UpdateItem: "You cannot use UpdateItem to update any primary key attributes." */
static void test_item_write__a_key_cannot_be_updated(void **state) {
    facade *f = *state;
    static const char message[] = "One or more parameter values were invalid: Cannot update "
                                  "attribute %s. This attribute is part of the key";
    static const char *const KEYS[] = {"pk", "sk"};
    for (size_t i = 0; i < 2; i++) {
        char text[200];
        snprintf(text, sizeof text, message, KEYS[i]);
        facade_refuses(f, text, "UpdateItem", WITH_KEY ",'UpdateExpression':'REMOVE %s'}", KEYS[i]);
        facade_refuses(f, text, "UpdateItem",
                       WITH_KEY ",'UpdateExpression':'SET %s = :v',"
                                "'ExpressionAttributeValues':{':v':{'S':'a'}}}",
                       KEYS[i]);
    }
}

static void test_item_write__a_condition_decides(void **state) {
    facade *f = *state;
    static const char absent[] = ",'ConditionExpression':'attribute_not_exists(pk)'";
    static const char present[] = ",'ConditionExpression':'attribute_exists(pk)'";
    facade_fails(f, "ConditionalCheckFailedException", FAILED, "PutItem", PUT("%s") "%s}", "",
                 present);
    facade_fails(f, "ConditionalCheckFailedException", FAILED, "DeleteItem", WITH_KEY "%s}",
                 present);
    facade_fails(f, "ConditionalCheckFailedException", FAILED, "UpdateItem", WITH_KEY "%s}",
                 present);
    expect_item(f, NULL);
    facade_does(f, "PutItem", PUT("%s") "%s}", ",'x':{'N':'1'}", absent);
    facade_fails(f, "ConditionalCheckFailedException", FAILED, "PutItem", PUT("%s") "%s}", "",
                 absent);
    facade_does(f, "UpdateItem",
                WITH_KEY "%s,'UpdateExpression':'SET x = :x',"
                         "'ExpressionAttributeValues':{':x':{'N':'2'}}}",
                present);
    expect_item(f, ",'x':{'N':'2'}");
    facade_does(f, "DeleteItem", WITH_KEY "%s}", present);
    expect_item(f, NULL);
}

/* API_PutItem, ReturnValuesOnConditionCheckFailure and ConditionalCheckFailedException's Item */
static void test_item_write__a_failed_condition_shows_the_item(void **state) {
    facade *f = *state;
    facade_does(f, "PutItem", PUT(",'x':{'N':'1'}") "}");
    static const struct {
        const char *operation;
        const char *request;
    } WRITES[] = {{"PutItem", PUT("")}, {"DeleteItem", WITH_KEY}, {"UpdateItem", WITH_KEY}};
    for (size_t i = 0; i < 3; i++) {
        pt_reply reply = facade_send(f, WRITES[i].operation, "%s%s", WRITES[i].request,
                                     ",'ConditionExpression':'attribute_not_exists(pk)',"
                                     "'ReturnValuesOnConditionCheckFailure':'ALL_OLD'}");
        assert_string_equal((const char *)reply.body.data,
                            "{\"__type\":\"com.amazonaws.dynamodb.v20120810#"
                            "ConditionalCheckFailedException\",\"message\":\"" FAILED
                            "\",\"Item\":{\"pk\":{\"S\":\"a\"},\"sk\":{\"S\":\"b\"},"
                            "\"x\":{\"N\":\"1\"}}}");
        reply = facade_send(f, WRITES[i].operation, "%s%s", WRITES[i].request,
                            ",'ConditionExpression':'attribute_not_exists(pk)',"
                            "'ReturnValuesOnConditionCheckFailure':'NONE'}");
        assert_null(strstr((const char *)reply.body.data, "Item"));
    }
    /* Nothing to show where there is no item. */
    pt_reply reply = facade_send(f, "DeleteItem", "%s",
                                 "{'TableName':'hash','Key':{'pk':{'S':'none'}},"
                                 "'ConditionExpression':'attribute_exists(pk)',"
                                 "'ReturnValuesOnConditionCheckFailure':'ALL_OLD'}");
    assert_int_equal(reply.status, 400);
    assert_null(strstr((const char *)reply.body.data, "Item"));
}

/* https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html: 400 KB, names
 * and values. */
static void test_item_write__an_item_has_at_most_400_kb(void **state) {
    facade *f = *state;
    /* pk, a, sk, b and x take 7 bytes. */
    char *text = facade_repeat('x', PTE_ITEM_BYTES_MAX);
    int fits = PTE_ITEM_BYTES_MAX - 7;
    facade_does(f, "PutItem", PUT(",'x':{'S':'%.*s'}") "}", fits, text);
    facade_refuses(f, "Item size has exceeded the maximum allowed size", "PutItem",
                   PUT(",'x':{'S':'%.*s'}") "}", fits + 1, text);
    /* An update is measured with what it would take itself: 3 bytes and 19 for its action. */
    static const char update[] = WITH_KEY ",'UpdateExpression':'SET x = :x',"
                                          "'ExpressionAttributeValues':{':x':{'S':'%.*s'}}}";
    int updated = PTE_ITEM_BYTES_MAX - 1 - 3 - 19;
    facade_does(f, "UpdateItem", update, updated, text);
    facade_refuses(f, "Item size to update has exceeded the maximum allowed size", "UpdateItem",
                   update, updated + 1, text);
    free(text);
}

/* https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html */
static void test_item_write__an_update_checks_index_keys(void **state) {
    facade *f = *state;
    char *text = facade_repeat('x', 1025);
    static const char update[] = WITH_KEY ",'UpdateExpression':'SET %s = :v',"
                                          "'ExpressionAttributeValues':{':v':{'%s':'%.*s'}}}";
    facade_refuses(f,
                   "One or more parameter values were invalid: Type mismatch for Index Key ls "
                   "Expected: S Actual: N IndexName: l_all",
                   "UpdateItem", update, "ls", "N", 1, "1");
    facade_refuses(f,
                   "One or more parameter values are not valid. The update expression attempted to "
                   "update a secondary index key to a value that is not supported. The "
                   "AttributeValue for a key attribute cannot contain an empty string value.",
                   "UpdateItem", update, "gp", "S", 0, "");
    facade_refuses(f,
                   "One or more parameter values were invalid: Aggregated size of all range keys "
                   "has exceeded the size limit of 1024 bytes",
                   "UpdateItem", update, "ls", "S", 1025, text);
    facade_does(f, "UpdateItem", update, "ls", "S", 1024, text);
    free(text);
}

/* API_PutItem, ReturnItemCollectionMetrics: only of tables with local indexes. */
static void test_item_write__collection_metrics_are_of_tables_with_local_indexes(void **state) {
    facade *f = *state;
    static const char metrics[] = "{'ItemCollectionMetrics':{'ItemCollectionKey':{'pk':{'S':'a'}},"
                                  "'SizeEstimateRangeGB':[0.0,1.0]}}";
    facade_gives(f, metrics, "PutItem", PUT("") ",'ReturnItemCollectionMetrics':'SIZE'}");
    facade_gives(f, metrics, "UpdateItem", WITH_KEY ",'ReturnItemCollectionMetrics':'SIZE'}");
    facade_gives(f, metrics, "DeleteItem", WITH_KEY ",'ReturnItemCollectionMetrics':'SIZE'}");
    facade_gives(f, "{}", "PutItem", PUT("") ",'ReturnItemCollectionMetrics':'NONE'}");
    facade_gives(f, "{}", "PutItem",
                 "{'TableName':'hash','Item':{'pk':{'S':'a'}},"
                 "'ReturnItemCollectionMetrics':'SIZE'}");
}

/* LegacyConditionalParameters: the two kinds may not be mixed. */
static void test_item_write__expressions_and_legacy_parameters_do_not_mix(void **state) {
    facade *f = *state;
    facade_refuses(f,
                   "Can not use both expression and non-expression parameters in the same request: "
                   "Non-expression parameters: {Expected, ConditionalOperator} Expression "
                   "parameters: {ConditionExpression}",
                   "PutItem",
                   PUT("") ",'Expected':{'a':{'Exists':false}},'ConditionalOperator':'AND',"
                           "'ConditionExpression':'attribute_exists(a)'}");
    facade_refuses(f,
                   "Can not use both expression and non-expression parameters in the same request: "
                   "Non-expression parameters: {AttributeUpdates} Expression parameters: "
                   "{UpdateExpression}",
                   "UpdateItem",
                   WITH_KEY ",'AttributeUpdates':{'a':{'Action':'DELETE'}},"
                            "'UpdateExpression':'REMOVE a'}");
}

/* The service looks at the request itself before it looks the table up, and at the table before it
 * looks at keys. */
static void test_item_write__what_is_wrong_is_told_in_the_services_order(void **state) {
    facade *f = *state;
    char *text = facade_repeat('x', PTE_ITEM_BYTES_MAX);
    static const char values[] = ",'ExpressionAttributeValues':{':a':{'S':'a'}}";
    static const char unknown[] = "{'TableName':'nope','Item':{'pk':{'SS':['a']}}";
    facade_fails(f, "ResourceNotFoundException", "Requested resource not found", "PutItem", "%s}",
                 unknown);
    facade_refuses(f,
                   "ExpressionAttributeValues can only be specified when using expressions: "
                   "ConditionExpression is null",
                   "PutItem", "%s%s,'ReturnValues':'ALL_NEW'}", unknown, values);
    facade_refuses(f, "ReturnValues can only be ALL_OLD or NONE", "PutItem",
                   "{'TableName':'nope','Item':{'pk':{'S':'%s'}},'ReturnValues':'ALL_NEW'}", text);
    facade_refuses(f, "Item size has exceeded the maximum allowed size", "PutItem",
                   "{'TableName':'nope','Item':{'pk':{'S':'%s'}},'ConditionExpression':'a ='}",
                   text);
    facade_fails(f, "ResourceNotFoundException", NULL, "UpdateItem",
                 "{'TableName':'nope','Key':{},'UpdateExpression':'REMOVE pk'}");
    facade_fails(f, "ResourceNotFoundException", NULL, "DeleteItem",
                 "{'TableName':'nope','Key':{}}");
    facade_refuses(f, "The provided key element does not match the schema", "UpdateItem",
                   "{'TableName':'tab','Key':{},'UpdateExpression':'REMOVE pk'}");
    free(text);
}

/* What a failed call leaves behind must not show in the next. */
static void test_item_write__a_failure_is_forgotten_by_the_next_request(void **state) {
    facade *f = *state;
    facade_does(f, "PutItem", PUT(",'x':{'N':'1'}") "}");
    for (int i = 0; i < 3; i++) {
        facade_fails(f, "ConditionalCheckFailedException", FAILED, "DeleteItem",
                     WITH_KEY ",'ConditionExpression':'attribute_exists(nothing)',"
                              "'ReturnValuesOnConditionCheckFailure':'ALL_OLD'}");
        facade_refuses(f, NULL, "PutItem", "{'TableName':'tab','Item':{}}");
        expect_item(f, ",'x':{'N':'1'}");
    }
}

/* Writes that were queued together see one another, in order, and each has its own answer. */
static void on_done(void *ctx) {
    ++*(int *)ctx;
}

static void test_item_write__queued_writes_decide_one_after_the_other(void **state) {
    enum { COUNT = 5 };
    facade *f = *state;
    pt_exchange *exchanges[COUNT];
    char bodies[COUNT][256];
    int done = 0;
    pte_error error;
    for (int i = 0; i < COUNT; i++) {
        OK(pt_exchange_create(&exchanges[i], f->database, &error));
        snprintf(bodies[i], sizeof bodies[i],
                 "{\"TableName\":\"hash\",\"Item\":{\"pk\":{\"S\":\"q\"},"
                 "\"n\":{\"N\":\"%d\"}},\"ReturnValuesOnConditionCheckFailure\":\"ALL_OLD\","
                 "\"ConditionExpression\":\"attribute_not_exists(pk)\"}",
                 i);
        pt_request request = {.operation = pte_str("PutItem"), .body = pte_str(bodies[i])};
        assert_false(pt_exchange_start(exchanges[i], &request, on_done, &done));
    }
    pt_run_queued(f->database);
    assert_int_equal(done, COUNT);
    for (int i = 0; i < COUNT; i++) {
        pt_reply reply = pt_exchange_reply(exchanges[i]);
        const char *body = (const char *)reply.body.data;
        assert_int_equal(reply.status, i == 0 ? 200 : 400);
        /* The others are shown the item that the first has put. */
        assert_true(i == 0 || strstr(body, "\"n\":{\"N\":\"0\"}") != NULL);
        pt_exchange_destroy(exchanges[i]);
    }
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, facade_setup, facade_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_item_write__put_replaces_the_whole_item),
        TEST(test_item_write__all_old_is_the_item_before),
        TEST(test_item_write__update_returns_what_is_asked),
        TEST(test_item_write__an_update_without_expression_makes_the_item),
        TEST(test_item_write__removing_alone_makes_no_item),
        TEST(test_item_write__a_key_cannot_be_updated),
        TEST(test_item_write__a_condition_decides),
        TEST(test_item_write__a_failed_condition_shows_the_item),
        TEST(test_item_write__an_item_has_at_most_400_kb),
        TEST(test_item_write__an_update_checks_index_keys),
        TEST(test_item_write__collection_metrics_are_of_tables_with_local_indexes),
        TEST(test_item_write__expressions_and_legacy_parameters_do_not_mix),
        TEST(test_item_write__what_is_wrong_is_told_in_the_services_order),
        TEST(test_item_write__queued_writes_decide_one_after_the_other),
        TEST(test_item_write__a_failure_is_forgotten_by_the_next_request),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
