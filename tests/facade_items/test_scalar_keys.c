/*
 * Paths may not go into key attributes, of the table or of an index. The words are verified against
 * the service by independent suites ("Key: a" and "IndexKey: d", of projections, filters and
 * updates); where they stand in the order of checks is DynamoDB Local's.
 */
#include "facade_items/facade.h"

#define REFUSED                                                                                    \
    "Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: "
#define KEY "'TableName':'tab','Key':{'pk':{'S':'a'},'sk':{'S':'b'}}"
#define ITEM "'TableName':'tab','Item':{'pk':{'S':'a'},'sk':{'S':'b'}}"
#define VALUE "'ExpressionAttributeValues':{':v':{'S':'a'}}"
#define OF_PK "'KeyConditionExpression':'pk = :v'," VALUE

static void test_scalar_keys__reads(void **state) {
    facade *f = *state;
    static const char *const paths[][2] = {
        {"pk.x", "Key: pk"},
        {"sk[0]", "Key: sk"},
        {"ls.x", "IndexKey: ls"},
        {"gs[1].x", "IndexKey: gs"},
        {"x, sk.a, pk.b", "Key: pk"},
        {"gp.a, pk.b", "Key: pk"},
        {"gs.a, gp.b", "IndexKey: gp"},
    };
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        char message[256];
        const char *path = paths[i][0];
        snprintf(message, sizeof message, "%s%s", REFUSED, paths[i][1]);
        facade_refuses(f, message, "GetItem", "{" KEY ",'ProjectionExpression':'%s'}", path);
        facade_refuses(f, message, "Scan", "{'TableName':'tab','ProjectionExpression':'%s'}", path);
        facade_refuses(f, message, "Query",
                       "{'TableName':'tab'," OF_PK ",'ProjectionExpression':'%s'}", path);
        facade_refuses(f, message, "BatchGetItem",
                       "{'RequestItems':{'tab':{'Keys':[{'pk':{'S':'a'},'sk':{'S':'b'}}],"
                       "'ProjectionExpression':'%s'}}}",
                       path);
        facade_refuses(f, message, "TransactGetItems",
                       "{'TransactItems':[{'Get':{" KEY ",'ProjectionExpression':'%s'}}]}", path);
    }
    facade_does(f, "GetItem", "{" KEY ",'ProjectionExpression':'pk, gp, x.pk, y[0]'}");
}

static void test_scalar_keys__filters(void **state) {
    facade *f = *state;
    facade_refuses(f, REFUSED "Key: sk", "Scan",
                   "{'TableName':'tab','FilterExpression':'attribute_exists(x) OR sk.a = pk'}");
    facade_refuses(f, REFUSED "IndexKey: gp", "Scan",
                   "{'TableName':'tab','FilterExpression':'size(gp[0]) > size(x)'}");
    facade_refuses(f, REFUSED "IndexKey: ls", "Scan",
                   "{'TableName':'tab','IndexName':'g_all','FilterExpression':'begins_with(ls.a,"
                   " :v)'," VALUE "}");
    /* Before it is said that a filter has no key attributes; the filter before the projection. */
    facade_refuses(f, REFUSED "Key: sk", "Query",
                   "{'TableName':'tab'," OF_PK
                   ",'FilterExpression':'sk.a = :v','ProjectionExpression':'pk.a'}");
    /* A query's start key is looked at later, a scan's earlier. */
    facade_refuses(f, REFUSED "Key: sk", "Query",
                   "{'TableName':'tab'," OF_PK ",'FilterExpression':'sk.a = :v',"
                   "'ExclusiveStartKey':{'pk':{'S':'a'}}}");
    facade_refuses(f,
                   "The provided starting key is invalid: The provided key element does not match "
                   "the schema",
                   "Scan",
                   "{'TableName':'tab','FilterExpression':'sk.a = pk',"
                   "'ExclusiveStartKey':{'pk':{'S':'a'}}}");
}

static void test_scalar_keys__writes(void **state) {
    facade *f = *state;
    facade_refuses(f, REFUSED "Key: pk", "PutItem",
                   "{" ITEM ",'ConditionExpression':'attribute_exists(pk.a)'}");
    facade_refuses(f, REFUSED "IndexKey: gp", "DeleteItem",
                   "{" KEY ",'ConditionExpression':'attribute_exists(gp.a)'}");
    /* The key of the request, then the condition, then what is updated. */
    facade_refuses(f, "The provided key element does not match the schema", "DeleteItem",
                   "{'TableName':'tab','Key':{'pk':{'N':'1'},'sk':{'S':'b'}},"
                   "'ConditionExpression':'attribute_exists(gp.a)'}");
    facade_refuses(f, REFUSED "Key: pk", "UpdateItem",
                   "{" KEY ",'UpdateExpression':'SET sk = :v',"
                   "'ConditionExpression':'attribute_exists(pk.a)'," VALUE "}");
    facade_refuses(f,
                   "One or more parameter values were invalid: Cannot update attribute pk. This "
                   "attribute is part of the key",
                   "UpdateItem", "{" KEY ",'UpdateExpression':'SET pk.a = :v'," VALUE "}");
    facade_refuses(f, REFUSED "IndexKey: gs", "UpdateItem",
                   "{" KEY ",'UpdateExpression':'SET gs.a = :v'," VALUE "}");
    facade_refuses(f, REFUSED "IndexKey: ls", "UpdateItem",
                   "{" KEY ",'UpdateExpression':'REMOVE ls[0]'}");
    facade_refuses(f, REFUSED "Key: pk", "UpdateItem",
                   "{" KEY ",'UpdateExpression':'SET x = if_not_exists(y, pk.a)'}");
}

/* As in DynamoDB Local: a condition refuses the request; an update cancels, as the key's would. */
static void test_scalar_keys__transactions(void **state) {
    facade *f = *state;
    facade_refuses(f, REFUSED "Key: pk", "TransactWriteItems",
                   "{'TransactItems':[{'Put':{" ITEM
                   ",'ConditionExpression':'attribute_exists(pk.a)'}}]}");
    facade_fails(f, "TransactionCanceledException", NULL, "TransactWriteItems",
                 "{'TransactItems':[{'Update':{" KEY ",'UpdateExpression':'SET gp.a = :v'," VALUE
                 "}}]}");
    assert_non_null(strstr(f->answer, "\"Message\":\"" REFUSED "IndexKey: gp\""));
}

int main(void) {
#define TEST(name)                                                                                 \
    cmocka_unit_test_setup_teardown(test_scalar_keys__##name, facade_setup, facade_teardown)
    const struct CMUnitTest tests[] = {TEST(reads), TEST(filters), TEST(writes),
                                       TEST(transactions)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
