/*
 * KeyConditions, and QueryFilter beside them.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/LegacyConditionalParameters.KeyConditions.html
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/LegacyConditionalParameters.QueryFilter.html
 * The texts and their order are verified against the service by independent suites.
 */
#include "facade_legacy/legacy.h"

#include <stdio.h>

#define EQ(name, value) "'" name "':{'ComparisonOperator':'EQ','AttributeValueList':[" value "]}"
#define PK EQ("pk", "{'S':'p'}")
#define QUERY "{'TableName':'tab','KeyConditions':{%s}"

static void test_legacy_keys__refusals(void **state) {
    facade *f = *state;
    static const char length[] = "Conditions can be of length 1 or 2 only";
    static const char unsupported[] = "Query key condition not supported";
    static const char missed_pk[] = "Query condition missed key schema element: pk";
    static const char missed_sk[] = "Query condition missed key schema element: sk";
    static const char type[] = INVALID "Condition parameter type does not match schema type";
    static const struct {
        const char *conditions;
        const char *message;
    } rows[] = {
        {"", length},
        {PK "," EQ("sk", "{'S':'a'}") "," EQ("a", "{'S':'a'}"), length},
        {EQ("sk", "{'S':'a'}"), missed_pk},
        {EQ("a", "{'S':'a'}") "," EQ("b", "{'S':'a'}"), missed_pk},
        {PK "," EQ("a", "{'S':'a'}"), missed_sk},
        {EQ("pk", "{'N':'1'}"), type},
        {PK "," EQ("sk", "{'N':'1'}"), type},
        {EQ("pk", "{'SS':['a']}"), type},
        {"'pk':{'ComparisonOperator':'LT','AttributeValueList':[{'S':'a'}]}", unsupported},
        {"'pk':{'ComparisonOperator':'LT','AttributeValueList':[{'N':'1'}]}", type},
        {"'pk':{'ComparisonOperator':'BEGINS_WITH','AttributeValueList':[{'S':'a'}]}", unsupported},
        {"'pk':{'ComparisonOperator':'EQ'}",
         INVALID "Invalid number of argument(s) for the EQ ComparisonOperator"},
        {PK ",'sk':{'ComparisonOperator':'BEGINS_WITH','AttributeValueList':[{'N':'1'}]}",
         INVALID "ComparisonOperator BEGINS_WITH is not valid for N AttributeValue type"},
        {PK ",'sk':{'ComparisonOperator':'BETWEEN','AttributeValueList':[{'S':'b'},{'S':'a'}]}",
         "The BETWEEN condition was provided a range where the lower bound is greater than the "
         "upper bound"},
        {EQ("pk", "{'S':''}"), "One or more parameter values are not valid. The AttributeValue for "
                               "a key attribute cannot "
                               "contain an empty string value. Key: pk"},
        {"'':{'ComparisonOperator':'NULL'}", "Empty attribute name"},
        /* DynamoDB Local; not documented */
        {"'pk':null", "The filter condition for an attribute cannot be null: pk"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        facade_refuses(f, rows[i].message, "Query", QUERY "}", rows[i].conditions);
    }
    facade_refuses(f, unsupported, "Query", "{'TableName':'hash','KeyConditions':{%s}}",
                   PK "," EQ("a", "{'S':'a'}"));
    facade_refuses(f,
                   "Either the KeyConditions or KeyConditionExpression parameter must be specified "
                   "in the request.",
                   "Query", "{'TableName':'tab'}");
}

static void test_legacy_keys__operators_that_no_key_can_have(void **state) {
    facade *f = *state;
    static const char *const rows[] = {
        "'ComparisonOperator':'NULL'",
        "'ComparisonOperator':'NOT_NULL'",
        "'ComparisonOperator':'NE','AttributeValueList':[{'S':'a'}]",
        "'ComparisonOperator':'CONTAINS','AttributeValueList':[{'S':'a'}]",
        "'ComparisonOperator':'NOT_CONTAINS','AttributeValueList':[{'N':'1'}]",
        "'ComparisonOperator':'IN','AttributeValueList':[{'S':'a'}]",
    };
    static const char message[] = "Attempted conditional constraint is not an indexable operation";
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        facade_refuses(f, message, "Query", "{'TableName':'tab','KeyConditions':{'pk':{%s}}}",
                       rows[i]);
        facade_refuses(f, message, "Query",
                       "{'TableName':'tab','KeyConditions':{" PK ",'sk':{%s}}}", rows[i]);
    }
}

static void fill(facade *f) {
    for (int i = 0; i < 20; i++) {
        facade_does(f, "PutItem",
                    "{'TableName':'tab','Item':{'pk':{'S':'p'},'sk':{'S':'%02d'},'n':{'N':'%d'},"
                    "'ls':{'S':'l%d'},'gp':{'S':'g'},'gs':{'N':'%d'}}}",
                    i, i, i % 3, -i);
    }
}

static void expect_count(facade *f, int count, const char *index, const char *condition,
                         const char *more) {
    pt_reply reply =
        facade_send(f, "Query", "{'TableName':'tab'%s,'Select':'COUNT','KeyConditions':{%s}%s}",
                    index, condition, more);
    if (reply.status != 200 || (int)facade_number(reply, "Count") != count) {
        fail_msg("%s%s: %.500s", condition, more, (const char *)reply.body.data);
    }
}

#define RANGE(op, values) ",'sk':{'ComparisonOperator':'" op "','AttributeValueList':[" values "]}"

static void test_legacy_keys__ranges(void **state) {
    facade *f = *state;
    fill(f);
    expect_count(f, 20, "", PK, "");
    expect_count(f, 1, "", PK RANGE("EQ", "{'S':'07'}"), "");
    expect_count(f, 7, "", PK RANGE("LT", "{'S':'07'}"), "");
    expect_count(f, 8, "", PK RANGE("LE", "{'S':'07'}"), "");
    expect_count(f, 12, "", PK RANGE("GT", "{'S':'07'}"), "");
    expect_count(f, 13, "", PK RANGE("GE", "{'S':'07'}"), "");
    expect_count(f, 3, "", PK RANGE("BETWEEN", "{'S':'07'},{'S':'09'}"), "");
    expect_count(f, 10, "", PK RANGE("BEGINS_WITH", "{'S':'1'}"), "");
    expect_count(f, 0, "", EQ("pk", "{'S':'q'}"), "");
    /* the order of members does not matter */
    expect_count(f, 1, "", EQ("sk", "{'S':'07'}") "," PK, "");
    expect_count(f, 7, ",'IndexName':'l_all'", PK "," EQ("ls", "{'S':'l1'}"), "");
    expect_count(f, 3, ",'IndexName':'g_all'",
                 EQ("gp", "{'S':'g'}") ",'gs':{'ComparisonOperator':'LT','AttributeValueList':"
                                       "[{'N':'-16'}]}",
                 "");
    facade_refuses(f, "Query condition missed key schema element: gp", "Query",
                   "{'TableName':'tab','IndexName':'g_all','KeyConditions':{" PK "}}");
    facade_refuses(f, "Query condition missed key schema element: ls", "Query",
                   "{'TableName':'tab','IndexName':'l_all','KeyConditions':{%s}}",
                   PK "," EQ("sk", "{'S':'07'}"));
    facade_refuses(f, "Conditions can be of length 1 or 2 only", "Query",
                   "{'TableName':'tab','IndexName':'l_all','KeyConditions':{%s}}",
                   PK "," EQ("ls", "{'S':'07'}") "," EQ("sk", "{'S':'07'}"));
}

/* Keys of several attributes: as in key condition expressions. */
static void test_legacy_keys__of_several_attributes(void **state) {
    facade *f = *state;
#define MULTI "{'TableName':'multi','IndexName':'multi_g','Select':'COUNT','KeyConditions':{%s}}"
#define HASH EQ("h1", "{'S':'a'}") "," EQ("h2", "{'N':'1'}")
    facade_does(f, "PutItem",
                "{'TableName':'multi','Item':{'pk':{'S':'p'},'h1':{'S':'a'},'h2':{'N':'1'},"
                "'r1':{'S':'b'},'r2':{'N':'2'}}}");
    facade_gives(f, "{'Count':1,'ScannedCount':1}", "Query", MULTI, HASH);
    facade_gives(f, "{'Count':1,'ScannedCount':1}", "Query", MULTI,
                 HASH "," EQ("r1", "{'S':'b'}") ",'r2':{'ComparisonOperator':'BETWEEN',"
                                                "'AttributeValueList':[{'N':'1'},{'N':'2'}]}");
    facade_refuses(f, "Query condition missed key schema element: h2", "Query", MULTI,
                   EQ("h1", "{'S':'a'}"));
    facade_refuses(f, "Query condition missed key schema element: r1", "Query", MULTI,
                   HASH "," EQ("r2", "{'N':'2'}"));
    facade_refuses(f, "Query key condition not supported", "Query", MULTI,
                   HASH ",'r1':{'ComparisonOperator':'LT','AttributeValueList':[{'S':'b'}]}," EQ(
                       "r2", "{'N':'2'}"));
    facade_refuses(f, "Query key condition not supported", "Query", MULTI,
                   HASH
                   "," EQ("r1", "{'S':'b'}") "," EQ("r2", "{'N':'2'}") "," EQ("x", "{'N':'2'}"));
}

#define FILTER(name, op, values)                                                                   \
    "'" name "':{'ComparisonOperator':'" op "','AttributeValueList':[" values "]}"

static void test_legacy_keys__with_filters(void **state) {
    facade *f = *state;
    fill(f);
    facade_gives(f, "{'Count':5,'ScannedCount':20}", "Query",
                 QUERY ",'Select':'COUNT','QueryFilter':{" FILTER("n", "LT", "{'N':'5'}") "}}", PK);
    facade_gives(f, "{'Count':3,'ScannedCount':20}", "Query",
                 QUERY ",'Select':'COUNT','ConditionalOperator':'OR','QueryFilter':{" FILTER(
                     "n", "LT", "{'N':'2'}") "," FILTER("gs", "EQ", "{'N':'-9'}") "}}",
                 PK);
    static const char key_filter[] = "QueryFilter can only contain non-primary key attributes: "
                                     "Primary key attribute: ";
    char message[128];
    static const char *const keys[] = {"pk", "sk"};
    for (unsigned i = 0; i < 2; i++) {
        snprintf(message, sizeof message, "%s%s", key_filter, keys[i]);
        facade_refuses(f, message, "Query",
                       QUERY ",'QueryFilter':{'%s':{'ComparisonOperator':'NOT_NULL'}}}", PK,
                       keys[i]);
    }
    /* A filter of the table's key is one like others on an index. */
    facade_gives(f, "{'Count':1,'ScannedCount':20}", "Query",
                 "{'TableName':'tab','IndexName':'g_all','Select':'COUNT','KeyConditions':{%s},"
                 "'QueryFilter':{" FILTER("sk", "EQ", "{'S':'07'}") "}}",
                 EQ("gp", "{'S':'g'}"));
    facade_refuses(f,
                   INVALID "Secondary index g_keys does not project one or more filter attributes: "
                           "[n]",
                   "Query",
                   "{'TableName':'tab','IndexName':'g_keys','KeyConditions':{%s},"
                   "'QueryFilter':{" FILTER("n", "EQ", "{'N':'7'}") "}}",
                   EQ("gp", "{'S':'g'}"));
}

/* https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/LegacyConditionalParameters.html
 * KeyConditions may stand beside FilterExpression and ProjectionExpression, alone of all. */
static void test_legacy_keys__beside_expressions(void **state) {
    facade *f = *state;
    fill(f);
    facade_gives(f, "{'Count':5,'ScannedCount':20}", "Query",
                 QUERY ",'Select':'COUNT','FilterExpression':'n < :n',"
                       "'ExpressionAttributeValues':{':n':{'N':'5'}}}",
                 PK);
    facade_gives(f, "{'Items':[{'n':{'N':'7'}}],'Count':1,'ScannedCount':1}", "Query",
                 QUERY ",'ProjectionExpression':'n'}", PK RANGE("EQ", "{'S':'07'}"));
    facade_refuses(f,
                   "Filter Expression can only contain non-primary key attributes: Primary key "
                   "attribute: sk",
                   "Query",
                   QUERY ",'FilterExpression':'sk < :n',"
                         "'ExpressionAttributeValues':{':n':{'S':'5'}}}",
                   PK);
    facade_refuses(
        f, "Value provided in ExpressionAttributeValues unused in expressions: keys: {:u}", "Query",
        QUERY ",'FilterExpression':'n < :n',"
              "'ExpressionAttributeValues':{':n':{'N':'5'},':u':{'N':'5'}}}",
        EQ("sk", "{'S':'a'}"));
    facade_refuses(f,
                   "ExpressionAttributeValues can only be specified when using expressions: "
                   "FilterExpression and KeyConditionExpression are null",
                   "Query", QUERY ",'ExpressionAttributeValues':{':n':{'N':'5'}}}", PK);
    static const char mixed[] = "Can not use both expression and non-expression parameters in the "
                                "same request: Non-expression parameters: {%s} Expression "
                                "parameters: {%s}";
    static const struct {
        const char *more;
        const char *legacy;
        const char *expressions;
    } rows[] = {
        {"'KeyConditionExpression':'pk = :n','QueryFilter':{},'ConditionalOperator':'AND',"
         "'FilterExpression':'n = :n','ProjectionExpression':'n'",
         "QueryFilter, ConditionalOperator, KeyConditions",
         "ProjectionExpression, FilterExpression, KeyConditionExpression"},
        {"'KeyConditionExpression':'pk = :n'", "KeyConditions", "KeyConditionExpression"},
        {"'FilterExpression':'n = :n','AttributesToGet':['n']", "AttributesToGet",
         "FilterExpression"},
        {"'ProjectionExpression':'n','QueryFilter':{}", "QueryFilter", "ProjectionExpression"},
    };
    char message[512];
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        snprintf(message, sizeof message, mixed, rows[i].legacy, rows[i].expressions);
        facade_refuses(f, message, "Query", QUERY ",%s}", PK, rows[i].more);
    }
}

static void test_legacy_keys__pages(void **state) {
    facade *f = *state;
    fill(f);
    facade_gives(f,
                 "{'Items':[{'n':{'N':'19'}},{'n':{'N':'18'}}],'Count':2,'ScannedCount':2,"
                 "'LastEvaluatedKey':{'pk':{'S':'p'},'sk':{'S':'18'}}}",
                 "Query", QUERY ",'AttributesToGet':['n'],'Limit':2,'ScanIndexForward':false}", PK);
    facade_gives(f,
                 "{'Items':[{'n':{'N':'17'}}],'Count':1,'ScannedCount':1,"
                 "'LastEvaluatedKey':{'pk':{'S':'p'},'sk':{'S':'17'}}}",
                 "Query",
                 QUERY ",'AttributesToGet':['n'],'Limit':1,'ScanIndexForward':false,"
                       "'ExclusiveStartKey':{'pk':{'S':'p'},'sk':{'S':'18'}}}",
                 PK);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, facade_setup, facade_teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_legacy_keys__refusals),
        TEST(test_legacy_keys__operators_that_no_key_can_have),
        TEST(test_legacy_keys__ranges),
        TEST(test_legacy_keys__of_several_attributes),
        TEST(test_legacy_keys__with_filters),
        TEST(test_legacy_keys__beside_expressions),
        TEST(test_legacy_keys__pages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
