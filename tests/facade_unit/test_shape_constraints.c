/*
 * Tests of shape/shape.h: broken constraints, in the service's words and order. Where a test names
 * no other source: dynalite's validation tests, published captures of the service's answers of
 * October 2026, and the constraints of each member in the API reference.
 */
#include "request.h"

#include "shape/shape.h"

#include <stdio.h>
#include <stdlib.h>

#define ONE "1 validation error detected: "
#define AT(value, path) "Value " value " at '" path "' failed to satisfy constraint: "
#define NULL_AT(path) AT("null", path) "Member must not be null"
#define PATTERN "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+"
#define LONGER(n) "Member must have length greater than or equal to " n
#define SHORTER(n) "Member must have length less than or equal to " n
#define MORE(n) "Member must have value greater than or equal to " n
#define LESS(n) "Member must have value less than or equal to " n
#define WORDS(words) "Member must satisfy enum value set: [" words "]"
#define CAPACITY WORDS("INDEXES, TOTAL, NONE")
#define METRICS WORDS("SIZE, NONE")
#define VALUES WORDS("ALL_NEW, UPDATED_OLD, ALL_OLD, NONE, UPDATED_NEW")
#define OPERATORS                                                                                  \
    WORDS("IN, NULL, BETWEEN, LT, NOT_CONTAINS, EQ, GT, NOT_NULL, NE, LE, BEGINS_WITH, GE, "       \
          "CONTAINS")

/* message NULL: nothing is broken. */
static void expect(const char *operation, const char *text, const char *message) {
    request r;
    request_init(&r, NULL);
    const pt__shape *shape = shape_of(pte_str(operation));
    assert_non_null(shape);
    const pt__json *body = request_read(&r, text);
    assert_int_equal(PT__OK, pt__shape_check_types(shape, body, &r.failure));
    request_expect(&r, message == NULL ? PT__OK : PT__VALIDATION, message,
                   pt__shape_check_constraints(shape, body, &r.failure));
    request_clean_up(&r);
}

#define KEY "'Key':{'a':{'S':'x'}}"
#define ITEM "'Item':{'a':{'S':'x'}}"

static void test_constraints__a_table_name_is_reported_alone(void **state) {
    (void)state;
    expect("PutItem", "{" ITEM "}", ONE NULL_AT("tableName"));
    expect("PutItem", "{'TableName':null," ITEM "}", ONE NULL_AT("tableName"));
    expect("PutItem", "{'TableName':'','ReturnValues':'x'}", ONE AT("''", "tableName") LONGER("1"));
    expect("PutItem", "{'TableName':'bad table!@#','ReturnValues':'x'}",
           ONE AT("'bad table!@#'", "tableName") PATTERN);
    expect("PutItem", "{'TableName':'a'," ITEM "}", NULL);
    expect("Query", "{'TableName':'a;'}", ONE AT("'a;'", "tableName") PATTERN);
}

static void expect_name_of(const char *operation, const char *prefix, size_t len,
                           const char *constraint) {
    char name[1200];
    char text[1300];
    char message[1400];
    snprintf(name, sizeof name, "%s", prefix);
    memset(name + strlen(prefix), 'a', len - strlen(prefix));
    name[len] = '\0';
    snprintf(text, sizeof text, "{'TableName':'%s'," KEY "}", name);
    snprintf(message, sizeof message, ONE AT("'%s'", "tableName") "%s", name,
             constraint == NULL ? "" : constraint);
    expect(operation, text, constraint == NULL ? NULL : message);
}

/* An operation on a table that exists takes its ARN.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_GetItem.html */
static void test_constraints__a_table_name_may_be_an_arn(void **state) {
    (void)state;
    expect_name_of("GetItem", "", 255, NULL);
    expect_name_of("GetItem", "", 256, SHORTER("255"));
    expect_name_of("GetItem", "arn:aws:dynamodb:us-east-1:000000000000:table/", 256, NULL);
    expect_name_of("GetItem", "arn:aws:dynamodb:us-east-1:000000000000:table/", 1024, NULL);
    expect_name_of("GetItem", "arn:aws:dynamodb:us-east-1:000000000000:table/", 1025,
                   SHORTER("1024"));
}

static void test_constraints__operations_on_tables_need_a_name(void **state) {
    (void)state;
    static const char *const OPERATIONS[] = {"CreateTable", "DescribeTable", "UpdateTable",
                                             "DeleteTable"};
    for (size_t i = 0; i < sizeof OPERATIONS / sizeof *OPERATIONS; i++) {
        expect(OPERATIONS[i], "{}",
               "The parameter 'TableName' is required but was not present in the request");
    }
    expect("CreateTable", "{'TableName':'ab'}", ONE AT("'ab'", "tableName") LONGER("3"));
    expect("CreateTable", "{'TableName':'abc;'}", ONE AT("'abc;'", "tableName") PATTERN);
    expect("CreateTable", "{'TableName':'arn:aws:x'}", ONE AT("'arn:aws:x'", "tableName") PATTERN);
    expect("DescribeTable", "{'TableName':'ab'}", NULL);
    expect("DescribeTable", "{'TableName':''}", ONE AT("''", "tableName") LONGER("1"));
}

/* PutItem lists all of its bad words, UpdateItem the first. */
static void test_constraints__words_are_listed(void **state) {
    (void)state;
    expect("PutItem",
           "{'TableName':'abc','ReturnConsumedCapacity':'hi','ReturnItemCollectionMetrics':'hi',"
           "'ReturnValues':'hi'}",
           "4 validation errors detected: " AT("'hi'", "returnConsumedCapacity") CAPACITY
           "; " NULL_AT("item") "; " AT("'hi'", "returnValues") VALUES
           "; " AT("'hi'", "returnItemCollectionMetrics") METRICS);
    expect("UpdateItem",
           "{'TableName':'abc','ReturnConsumedCapacity':'hi','ReturnItemCollectionMetrics':'hi',"
           "'ReturnValues':'hi'," KEY "}",
           ONE AT("'hi'", "returnConsumedCapacity") CAPACITY);
    expect("UpdateItem", "{'TableName':'abc','ReturnValues':'hi'," KEY "}",
           ONE AT("'hi'", "returnValues") VALUES);
    expect("PutItem", "{'TableName':'abc','ReturnValues':'all_old'," ITEM "}",
           ONE AT("'all_old'", "returnValues") VALUES);
    expect("PutItem", "{'TableName':'abc','ReturnValues':''," ITEM "}",
           ONE AT("''", "returnValues") VALUES);
    expect("PutItem", "{'TableName':'abc','ReturnValues':'ALL_NEW, ALL_OLD'," ITEM "}",
           ONE AT("'ALL_NEW, ALL_OLD'", "returnValues") VALUES);
    static const char *const GOOD[] = {"ALL_NEW", "UPDATED_OLD", "ALL_OLD", "NONE", "UPDATED_NEW"};
    for (size_t i = 0; i < sizeof GOOD / sizeof *GOOD; i++) {
        char text[128];
        snprintf(text, sizeof text, "{'TableName':'abc','ReturnValues':'%s'," ITEM "}", GOOD[i]);
        expect("PutItem", text, NULL);
    }
    expect("DeleteItem", "{}",
           "2 validation errors detected: " NULL_AT("tableName") "; " NULL_AT("key"));
}

static void test_constraints__query_and_scan(void **state) {
    (void)state;
    expect(
        "Query",
        "{'TableName':'abc','ReturnConsumedCapacity':'hi','AttributesToGet':[],"
        "'IndexName':'abc;','Select':'hi','Limit':-1,'KeyConditions':{'a':{}},"
        "'ConditionalOperator':'AN','QueryFilter':{'a':{},'b':{'ComparisonOperator':''}}}",
        "9 validation errors detected: " AT("'hi'", "select")
            WORDS("SPECIFIC_ATTRIBUTES, COUNT, ALL_ATTRIBUTES, ALL_PROJECTED_ATTRIBUTES") "; " AT(
                "'abc;'", "indexName") PATTERN "; " AT("'hi'", "returnConsumedCapacity") CAPACITY
        "; " NULL_AT("queryFilter.a.member.comparisonOperator") "; " AT(
            "''", "queryFilter.b.member.comparisonOperator") OPERATORS
        "; " AT("'AN'", "conditionalOperator") WORDS("OR, AND") "; " AT("'[]'", "attributesToGet")
            LONGER("1") "; Value at 'Limit' failed to satisfy constraint: " MORE("1") "; " NULL_AT(
                "keyConditions.a.member.comparisonOperator"));
    expect("Query", "{'TableName':'abc','Limit':0}",
           ONE "Value at 'Limit' failed to satisfy constraint: " MORE("1"));
    expect("Scan", "{'TableName':'abc','Limit':0}", ONE AT("'0'", "limit") MORE("1"));
    expect("Scan", "{'TableName':'abc','Segment':-1,'TotalSegments':0}",
           "2 validation errors detected: " AT("'0'", "totalSegments")
               MORE("1") "; " AT("'-1'", "segment") MORE("0"));
    expect("Scan", "{'TableName':'abc','Segment':1000000,'TotalSegments':1000001}",
           "2 validation errors detected: " AT("'1000001'", "totalSegments")
               LESS("1000000") "; " AT("'1000000'", "segment") LESS("999999"));
    expect("Scan", "{'TableName':'abc','Segment':0,'TotalSegments':1}", NULL);
    expect("Query", "{'TableName':'abc','IndexName':''}",
           "2 validation errors detected: " AT("''", "indexName") PATTERN "; " AT("''", "indexName")
               LONGER("3"));
    expect("Scan", "{'TableName':'abc','Select':'count'}",
           ONE AT("'count'", "select")
               WORDS("SPECIFIC_ATTRIBUTES, COUNT, ALL_ATTRIBUTES, ALL_PROJECTED_ATTRIBUTES"));
}

static void test_constraints__not_more_than_ten_are_listed(void **state) {
    (void)state;
    char text[2048] = "{'TableName':'abc','ScanFilter':{";
    char message[4096] = "10 validation errors detected: ";
    for (int i = 0; i < 12; i++) {
        snprintf(text + strlen(text), 64, "%s'n%d':{}", i == 0 ? "" : ",", i);
        if (i < 10) {
            snprintf(message + strlen(message), 256,
                     "%s" NULL_AT("scanFilter.n%d.member."
                                  "comparisonOperator"),
                     i == 0 ? "" : "; ", i);
        }
    }
    expect("Scan", strcat(text, "}}"), message);
}

static void test_constraints__tables(void **state) {
    (void)state;
    expect(
        "CreateTable", "{'TableName':'abc'}",
        "2 validation errors detected: " NULL_AT("attributeDefinitions") "; " NULL_AT("keySchema"));
    expect("CreateTable",
           "{'TableName':'abc','AttributeDefinitions':[{}],'KeySchema':[],"
           "'ProvisionedThroughput':{'ReadCapacityUnits':-1,'WriteCapacityUnits':0}}",
           "5 validation errors detected: " NULL_AT("attributeDefinitions.1.member.attributeType") "; " NULL_AT(
               "attributeDefinitions.1.member.attributeName") "; " AT("'0'", "provisionedThroughput"
                                                                             ".writeCapacityUnits")
               MORE("1") "; " AT("'-1'", "provisionedThroughput.readCapacityUnits")
                   MORE("1") "; " AT("'[]'", "keySchema") LONGER("1"));
    expect("CreateTable",
           "{'TableName':'abc','AttributeDefinitions':[],'KeySchema':[{'KeyType':'HASH'},"
           "{'AttributeName':'a'},{'KeyType':'Woop','AttributeName':'a'}]}",
           "4 validation errors detected: " AT(
               "'[KeySchemaElement(keyType=HASH), KeySchemaElement(attributeName=a), "
               "KeySchemaElement(keyType=Woop, attributeName=a)]'",
               "keySchema")
               SHORTER("2") "; " NULL_AT("keySchema.1.member.attributeName") "; " NULL_AT(
                   "keySchema.2.member.keyType") "; " AT("'Woop'", "keySchema.3.member.keyType")
                   WORDS("HASH, RANGE"));
#define GOOD_TABLE                                                                                 \
    "'TableName':'abc','AttributeDefinitions':[{'AttributeName':'a','AttributeType':'S'}],"        \
    "'KeySchema':[{'AttributeName':'a','KeyType':'HASH'}]"
    expect("CreateTable", "{" GOOD_TABLE "}", NULL);
    expect("CreateTable", "{" GOOD_TABLE ",'BillingMode':''}",
           ONE AT("''", "billingMode") WORDS("PROVISIONED, PAY_PER_REQUEST"));
    expect("CreateTable", "{" GOOD_TABLE ",'SSESpecification':{'KMSMasterKeyId':''}}",
           ONE AT("''", "sSESpecification.kMSMasterKeyId") LONGER("1"));
    expect("CreateTable",
           "{" GOOD_TABLE ",'StreamSpecification':{'StreamEnabled':true,'StreamViewType':''}}",
           ONE AT("''", "streamSpecification.streamViewType")
               WORDS("OLD_IMAGE, KEYS_ONLY, NEW_AND_OLD_IMAGES, NEW_IMAGE"));
    expect("CreateTable",
           "{" GOOD_TABLE ",'GlobalSecondaryIndexes':[{'IndexName':'','Projection':{},"
           "'KeySchema':[{'AttributeName':'a','KeyType':'HASH'}]}]}",
           "2 validation errors detected: " AT("''", "globalSecondaryIndexes.1.member.indexName")
               LONGER("3") "; " AT("''", "globalSecondaryIndexes.1.member.indexName") PATTERN);
    expect(
        "UpdateTable",
        "{'TableName':'abc','GlobalSecondaryIndexUpdates':[{'Update':{'IndexName':'a',"
        "'ProvisionedThroughput':{}}},{'Update':{'IndexName':'abc;'}},{'Delete':{}}]}",
        "5 validation errors detected: " AT("'a'", "globalSecondaryIndexUpdates.1.member.update."
                                                   "indexName")
            LONGER("3") "; " NULL_AT(
                "globalSecondaryIndexUpdates.1.member.update.provisionedThroughput."
                "writeCapacityUnits") "; " NULL_AT("globalSecondaryIndexUpdates.1.member.update."
                                                   "provisionedThroughput."
                                                   "readCapacityUnits") "; " AT("'abc;'",
                                                                                "globalSecondaryInd"
                                                                                "e"
                                                                                "xUpdates.2.member."
                                                                                "update.indexName")
                PATTERN "; " NULL_AT("globalSecondaryIndexUpdates.3.member.delete.indexName"));
    expect("ListTables", "{'Limit':0}", ONE AT("'0'", "limit") MORE("1"));
    expect("ListTables", "{'Limit':101}", ONE AT("'101'", "limit") LESS("100"));
    expect("ListTables", "{'ExclusiveStartTableName':''}",
           "2 validation errors detected: " AT("''", "exclusiveStartTableName") PATTERN
           "; " AT("''", "exclusiveStartTableName") LONGER("3"));
}

/* Names of key attributes are measured as Java measures: in UTF-16. */
static void test_constraints__lengths_are_utf16(void **state) {
    (void)state;
    static const struct {
        const char *character;
        int allowed;
    } ROWS[] = {{"x", 255}, {"\xC3\xA9", 255}, {"\xE2\x82\xAC", 255}, {"\xF0\x9F\x98\x80", 127}};
    for (size_t i = 0; i < 2 * sizeof ROWS / sizeof *ROWS; i++) {
        int len = ROWS[i / 2].allowed + (int)(i % 2);
        char name[1100] = "";
        for (int c = 0; c < len; c++) {
            strcat(name, ROWS[i / 2].character);
        }
        char text[1300];
        char message[1300];
        snprintf(text, sizeof text,
                 "{'TableName':'abc','AttributeDefinitions':[{'AttributeType':'S',"
                 "'AttributeName':'%s'}]}",
                 name);
        snprintf(message, sizeof message,
                 ONE AT("'%s'", "attributeDefinitions.1.member.attributeName") SHORTER("255"),
                 name);
        expect("UpdateTable", text, i % 2 == 0 ? NULL : message);
    }
}

/* count times text, with commas. */
static char *repeated(const char *before, const char *text, size_t count, const char *after) {
    char *whole = malloc(strlen(before) + count * (strlen(text) + 1) + strlen(after) + 1);
    assert_non_null(whole);
    strcpy(whole, before);
    char *at = whole + strlen(before);
    for (size_t i = 0; i < count; i++) {
        at += sprintf(at, "%s%s", i == 0 ? "" : ",", text);
    }
    strcpy(at, after);
    return whole;
}

static void test_constraints__batches(void **state) {
    (void)state;
    expect("BatchGetItem", "{}", ONE NULL_AT("requestItems"));
    expect("BatchGetItem", "{'RequestItems':{}}",
           "The requestItems parameter is required for BatchGetItem");
    expect("BatchWriteItem", "{'RequestItems':{}}",
           "The requestItems parameter is required for BatchWriteItem");
    expect("BatchGetItem", "{'RequestItems':{'abc':{}}}",
           ONE NULL_AT("requestItems.abc.member.keys"));
    char *keys = repeated("{'RequestItems':{'abc':{'Keys':[", "{'a':{'S':'x'}}", 100, "]}}}");
    expect("BatchGetItem", keys, NULL);
    free(keys);
    keys = repeated("{'RequestItems':{'abc':{'Keys':[", "{'a':{'S':'x'}}", 101, "]}}}");
    expect("BatchGetItem", keys,
           ONE
           "Value at 'RequestItems.abc.member.Keys' failed to satisfy constraint: " SHORTER("100"));
    free(keys);
    expect(
        "BatchWriteItem",
        "{'RequestItems':{'aa;':[{'PutRequest':{},'DeleteRequest':{}}]},"
        "'ReturnConsumedCapacity':'hi','ReturnItemCollectionMetrics':'hi'}",
        "5 validation errors detected: " AT("'hi'", "returnConsumedCapacity") CAPACITY
        "; " AT("'hi'", "returnItemCollectionMetrics") METRICS
        "; " AT("'{aa;=[WriteRequest(putRequest=PutRequest(), deleteRequest=DeleteRequest())]}'", "requestItems") "Map keys must satisfy constraint: [" SHORTER(
            "255") ", " LONGER("1") ", " PATTERN
                                    "]; " NULL_AT("requestItems.aa;.member.1.member.deleteRequest."
                                                  "key") "; " NULL_AT("requestItems.aa;.member.1."
                                                                      "member.putRequest.item"));
    expect("BatchWriteItem", "{'RequestItems':{'abc':[]}}",
           ONE AT("'{abc=[]}'", "requestItems") "Map value must satisfy constraint: [" SHORTER(
               "25") ", " LONGER("1") "]");
    char *writes = repeated("{'RequestItems':{'abc':[", "{'DeleteRequest':{" KEY "}}", 25, "]}}");
    expect("BatchWriteItem", writes, NULL);
    free(writes);
}

static void test_constraints__too_many_writes_are_shown(void **state) {
    (void)state;
    char *writes = repeated("{'RequestItems':{'abc':[", "{'DeleteRequest':{" KEY "}}", 26, "]}}");
    const char *shown = "WriteRequest(deleteRequest=DeleteRequest(key={a=AttributeValue(s=x)}))";
    char message[4096] = ONE "Value '{abc=[";
    for (int i = 0; i < 26; i++) {
        strcat(strcat(message, i == 0 ? "" : ", "), shown);
    }
    strcat(message, "]}' at 'requestItems' failed to satisfy constraint: Map value must satisfy "
                    "constraint: [" SHORTER("25") ", " LONGER("1") "]");
    expect("BatchWriteItem", writes, message);
    free(writes);
}

static void test_constraints__transactions(void **state) {
    (void)state;
    expect("TransactWriteItems", "{'TransactItems':[]}",
           ONE AT("'[]'", "transactItems") LONGER("1"));
    expect("TransactGetItems", "{'TransactItems':[]}", ONE AT("'[]'", "transactItems") LONGER("1"));
    expect("TransactGetItems", "{'TransactItems':[{}]}", ONE NULL_AT("transactItems.1.member.get"));
    expect(
        "TransactWriteItems",
        "{'TransactItems':[{'Put':{'TableName':'abc',"
        "'ReturnValuesOnConditionCheckFailure':'BOGUS'," ITEM "}},{'Update':{" KEY "}}]}",
        "3 validation errors detected: " AT(
            "'BOGUS'", "transactItems.1.member.put.returnValuesOnConditionCheckFailure")
            WORDS("ALL_OLD, NONE") "; " NULL_AT(
                "transactItems.2.member.update.tableName") "; " NULL_AT("transactItems.2.member."
                                                                        "update.updateExpression"));
    expect("TransactWriteItems",
           "{'TransactItems':[{'Delete':{'TableName':'abc'," KEY "}}],"
           "'ClientRequestToken':'1234567890123456789012345678901234567'}",
           ONE AT("'1234567890123456789012345678901234567'", "clientRequestToken") SHORTER("36"));
    char *many = repeated("{'TransactItems':[", "{'Get':{'TableName':'abc'," KEY "}}", 100, "]}");
    expect("TransactGetItems", many, NULL);
    free(many);
}

static void test_constraints__failed_allocations_are_reported(void **state) {
    (void)state;
    size_t failures = 0;
    for (size_t at = 1;; at++) {
        request r;
        request_init(&r, NULL);
        const pt__json *body =
            request_read(&r, "{'TableName':'abc','Select':'hi','ScanFilter':{'a':{},'b':{}}}");
        fault_allocator fault = {.fail_at = at};
        pte__arena arena = {.allocator = fault_allocator_of(&fault)};
        pt__failure failure = {.arena = &arena};
        pt__exception exception =
            pt__shape_check_constraints(shape_of(pte_str("Scan")), body, &failure);
        pte__arena_clean_up(&arena);
        request_clean_up(&r);
        assert_int_equal(0, fault.live_bytes);
        if (exception == PT__VALIDATION) {
            break;
        }
        assert_int_equal(PT__INTERNAL, exception);
        failures++;
    }
    assert_true(failures > 2);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_constraints__a_table_name_is_reported_alone),
        cmocka_unit_test(test_constraints__a_table_name_may_be_an_arn),
        cmocka_unit_test(test_constraints__operations_on_tables_need_a_name),
        cmocka_unit_test(test_constraints__words_are_listed),
        cmocka_unit_test(test_constraints__query_and_scan),
        cmocka_unit_test(test_constraints__not_more_than_ten_are_listed),
        cmocka_unit_test(test_constraints__tables),
        cmocka_unit_test(test_constraints__lengths_are_utf16),
        cmocka_unit_test(test_constraints__batches),
        cmocka_unit_test(test_constraints__too_many_writes_are_shown),
        cmocka_unit_test(test_constraints__transactions),
        cmocka_unit_test(test_constraints__failed_allocations_are_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
