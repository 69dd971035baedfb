/*
 * AttributesToGet.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/LegacyConditionalParameters.AttributesToGet.html
 */
#include "facade_legacy/legacy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEY "'Key':{'pk':{'S':'p'},'sk':{'S':'s'}}"
#define GET "{'TableName':'tab'," KEY ",'AttributesToGet':%s}"
#define PART "{'RequestItems':{'tab':{'Keys':[{'pk':{'S':'p'},'sk':{'S':'s'}}],%s}}}"

static void put(facade *f) {
    facade_does(f, "PutItem",
                "{'TableName':'tab','Item':{'pk':{'S':'p'},'sk':{'S':'s'},'a':{'N':'1'},"
                "'m':{'M':{'x':{'N':'2'}}},'m.x':{'S':'y'},'gp':{'S':'g'},'gs':{'N':'1'},"
                "'ls':{'S':'l'}}}");
}

/* Names are names: no paths, reserved words are allowed. */
static void test_legacy_names__what_is_shown(void **state) {
    facade *f = *state;
    put(f);
    facade_gives(f, "{'Item':{'pk':{'S':'p'},'a':{'N':'1'}}}", "GetItem", GET,
                 "['a','nothing','pk','name']");
    facade_gives(f, "{'Item':{'m.x':{'S':'y'}}}", "GetItem", GET, "['m.x','a[0]']");
    facade_gives(f, "{'Item':{'m':{'M':{'x':{'N':'2'}}}}}", "GetItem", GET, "['m']");
    facade_gives(f, "{'Item':{}}", "GetItem", GET, "['nothing']");
    facade_gives(f, "{'Responses':{'tab':[{'a':{'N':'1'}}]},'UnprocessedKeys':{}}", "BatchGetItem",
                 PART, "'AttributesToGet':['a']");
    facade_gives(f, "{'Items':[{'a':{'N':'1'}}],'Count':1,'ScannedCount':1}", "Scan",
                 "{'TableName':'tab','AttributesToGet':['a']}");
    facade_gives(f, "{'Items':[{'a':{'N':'1'}}],'Count':1,'ScannedCount':1}", "Scan",
                 "{'TableName':'tab','AttributesToGet':['a'],'Select':'SPECIFIC_ATTRIBUTES'}");
    facade_gives(f, "{'Items':[{'sk':{'S':'s'}}],'Count':1,'ScannedCount':1}", "Query",
                 "{'TableName':'tab','AttributesToGet':['sk'],'KeyConditions':{'pk':"
                 "{'ComparisonOperator':'EQ','AttributeValueList':[{'S':'p'}]}}}");
}

/* LSI.html and GSI.html: a local index fetches what it lacks, a global one cannot. */
static void test_legacy_names__of_indexes(void **state) {
    facade *f = *state;
    put(f);
    facade_gives(f, "{'Items':[{'a':{'N':'1'}}],'Count':1,'ScannedCount':1}", "Scan",
                 "{'TableName':'tab','IndexName':'l_keys','AttributesToGet':['a']}");
    facade_gives(f, "{'Items':[{'gs':{'N':'1'}}],'Count':1,'ScannedCount':1}", "Scan",
                 "{'TableName':'tab','IndexName':'g_keys','AttributesToGet':['gs']}");
    facade_refuses(f, INVALID "Global secondary index g_keys does not project [a]", "Scan",
                   "{'TableName':'tab','IndexName':'g_keys','AttributesToGet':['a']}");
}

/* Verified, but for the empty name, which is DynamoDB Local's. */
static void test_legacy_names__refusals(void **state) {
    facade *f = *state;
    static const char again[] = INVALID "Duplicate value in attribute name: b";
    static const char empty[] =
        "1 validation error detected: Value '[]' at 'attributesToGet' failed "
        "to satisfy constraint: Member must have length greater than or "
        "equal to 1";
    facade_refuses(f, again, "GetItem", GET, "['c','b','a','b','a','c']");
    facade_refuses(f, again, "Scan", "{'TableName':'tab','AttributesToGet':['b','b']}");
    facade_refuses(f, again, "Query", "{'TableName':'tab','AttributesToGet':['b','b']}");
    facade_refuses(f, again, "BatchGetItem", PART, "'AttributesToGet':['b','b']");
    facade_refuses(f, empty, "GetItem", GET, "[]");
    facade_refuses(f, empty, "Scan", "{'TableName':'tab','AttributesToGet':[]}");
    facade_refuses(f, "Empty attribute name", "GetItem", GET, "['a','']");
    facade_refuses(f, "ExpressionAttributeNames can only be specified when using expressions",
                   "GetItem",
                   "{'TableName':'tab'," KEY ",'AttributesToGet':['a'],"
                   "'ExpressionAttributeNames':{'#a':'a'}}");
    static const char mixed[] = "Can not use both expression and non-expression parameters in the "
                                "same request: Non-expression parameters: {AttributesToGet} "
                                "Expression parameters: {ProjectionExpression}";
    facade_refuses(f, mixed, "GetItem",
                   "{'TableName':'tab'," KEY
                   ",'AttributesToGet':['a'],'ProjectionExpression':'a'}");
    facade_refuses(f, mixed, "BatchGetItem", PART,
                   "'AttributesToGet':['a'],'ProjectionExpression':'a'");
    /* DynamoDB Local: the tables' parts are one request. */
    facade_refuses(f, mixed, "BatchGetItem",
                   "{'RequestItems':{'tab':{'Keys':[{'pk':{'S':'p'},'sk':{'S':'s'}}],"
                   "'AttributesToGet':['a']},'hash':{'Keys':[{'pk':{'S':'p'}}],"
                   "'ProjectionExpression':'a'}}}");
}

/* API_Query, Select */
static void test_legacy_names__with_select(void **state) {
    facade *f = *state;
    static const char *const rows[][2] = {
        {"ALL_ATTRIBUTES", "ALL_ATTRIBUTES"},
        {"COUNT", "only the Count"},
        {"ALL_PROJECTED_ATTRIBUTES", "ALL_PROJECTED_ATTRIBUTES"},
    };
    char message[128];
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        snprintf(message, sizeof message,
                 "Cannot specify the AttributesToGet when choosing to get %s", rows[i][1]);
        facade_refuses(f, message, "Scan",
                       "{'TableName':'tab','AttributesToGet':['a'],'Select':'%s'}", rows[i][0]);
    }
}

/* What is left over says what was asked for. */
static void test_legacy_names__of_what_is_left(void **state) {
    facade *f = *state;
    enum { ITEMS = 45, BYTES = 380000 };
    char *text = facade_repeat('x', BYTES);
    char keys[ITEMS * 24] = "";
    for (unsigned i = 0; i < ITEMS; i++) {
        facade_does(f, "PutItem", "{'TableName':'hash','Item':{'pk':{'S':'%u'},'a':{'S':'%s'}}}", i,
                    text);
        snprintf(keys + strlen(keys), sizeof keys - strlen(keys), "%s{'pk':{'S':'%u'}}",
                 i == 0 ? "" : ",", i);
    }
    free(text);
    pt_reply reply =
        facade_send(f, "BatchGetItem",
                    "{'RequestItems':{'hash':{'Keys':[%s],'AttributesToGet':['pk','q']}}}", keys);
    assert_int_equal(reply.status, 200);
    assert_non_null(strstr((const char *)reply.body.data, "{\"pk\":{\"S\":\"44\"}}],"
                                                          "\"AttributesToGet\":[\"pk\",\"q\"]}}"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, facade_setup, facade_teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_legacy_names__what_is_shown),   TEST(test_legacy_names__of_indexes),
        TEST(test_legacy_names__refusals),        TEST(test_legacy_names__with_select),
        TEST(test_legacy_names__of_what_is_left),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
