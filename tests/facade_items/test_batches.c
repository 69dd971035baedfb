/*
 * Tests of BatchGetItem and BatchWriteItem.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html
 */
#include "facade_items/facade.h"

#include <stdio.h>
#include <stdlib.h>

#define HASH_ARN "arn:aws:dynamodb:us-east-1:000000000000:table/hash"
#define DUPLICATES "Provided list of item keys contains duplicates"

static void put_sized(facade *f, const char *key, int bytes) {
    char *text = facade_repeat('x', (size_t)bytes);
    facade_does(f, "PutItem", "{'TableName':'hash','Item':{'pk':{'S':'%s'},'x':{'S':'%s'}}}", key,
                text);
    free(text);
}

static void expect_count(facade *f, const char *table, int count) {
    pt_reply reply = facade_send(f, "Scan", "{'TableName':'%s','Select':'COUNT'}", table);
    assert_int_equal(reply.status, 200);
    assert_int_equal((int)facade_number(reply, "Count"), count);
}

static void test_batches__several_tables_are_written_and_read(void **state) {
    facade *f = *state;
    facade_gives(f, "{'UnprocessedItems':{}}", "BatchWriteItem",
                 "{'RequestItems':{'hash':[{'PutRequest':{'Item':{'pk':{'S':'a'},'v':{'S':'1'}}}},"
                 "{'PutRequest':{'Item':{'pk':{'S':'b'}}}}],"
                 "'num':[{'PutRequest':{'Item':{'pk':{'N':'1.0'},'sk':{'B':'AA=='}}}}]}}");
    facade_gives(f, "{'UnprocessedItems':{}}", "BatchWriteItem",
                 "{'RequestItems':{'hash':[{'DeleteRequest':{'Key':{'pk':{'S':'b'}}}},"
                 "{'DeleteRequest':{'Key':{'pk':{'S':'none'}}}}]}}");
    facade_gives(f,
                 "{'Responses':{'hash':[{'pk':{'S':'a'},'v':{'S':'1'}}],"
                 "'num':[{'pk':{'N':'1'},'sk':{'B':'AA=='}}],'tab':[]},'UnprocessedKeys':{}}",
                 "BatchGetItem",
                 "{'RequestItems':{'hash':{'Keys':[{'pk':{'S':'b'}},{'pk':{'S':'a'}}]},"
                 "'num':{'Keys':[{'pk':{'N':'1'},'sk':{'B':'AA=='}}]},"
                 "'tab':{'Keys':[{'pk':{'S':'a'},'sk':{'S':'b'}}]}}}");
}

/* API_BatchGetItem: a table is named by its name or its ARN, and answered for by the same. */
static void test_batches__a_table_is_named_by_its_arn(void **state) {
    facade *f = *state;
    facade_gives(f, "{'UnprocessedItems':{}}", "BatchWriteItem",
                 "{'RequestItems':{'" HASH_ARN "':[{'PutRequest':{'Item':{'pk':{'S':'a'}}}}]}}");
    facade_gives(f,
                 "{'Responses':{'" HASH_ARN "':[{'pk':{'S':'a'}}]},'UnprocessedKeys':{},"
                 "'ConsumedCapacity':[{'TableName':'hash','CapacityUnits':0.5}]}",
                 "BatchGetItem",
                 "{'RequestItems':{'" HASH_ARN
                 "':{'Keys':[{'pk':{'S':'a'}}]}},'ReturnConsumedCapacity':'TOTAL'}");
    facade_refuses(f, DUPLICATES, "BatchWriteItem",
                   "{'RequestItems':{'" HASH_ARN "':[{'PutRequest':{'Item':{'pk':{'S':'a'}}}}],"
                   "'hash':[{'DeleteRequest':{'Key':{'pk':{'S':'a'}}}}]}}");
    facade_refuses(f, DUPLICATES, "BatchGetItem",
                   "{'RequestItems':{'" HASH_ARN "':{'Keys':[{'pk':{'S':'a'}}]},"
                   "'hash':{'Keys':[{'pk':{'S':'a'}}]}}}");
}

/* As measured on the service: equal numbers are duplicates for writes; for reads only what is
 * written the same is. */
static void test_batches__duplicates(void **state) {
    facade *f = *state;
    facade_refuses(
        f, DUPLICATES, "BatchWriteItem",
        "{'RequestItems':{'num':[{'PutRequest':{'Item':{'pk':{'N':'1000'},'sk':{'B':'AA=='}}}},"
        "{'DeleteRequest':{'Key':{'sk':{'B':'AA=='},'pk':{'N':'1e3'}}}}]}}");
    facade_does(f, "PutItem", "{'TableName':'num','Item':{'pk':{'N':'1000'},'sk':{'B':'AA=='}}}");
    facade_gives(f,
                 "{'Responses':{'num':[{'pk':{'N':'1000'},'sk':{'B':'AA=='}}]},"
                 "'UnprocessedKeys':{},"
                 "'ConsumedCapacity':[{'TableName':'num','CapacityUnits':0.5}]}",
                 "BatchGetItem",
                 "{'RequestItems':{'num':{'Keys':[{'pk':{'N':'1000'},'sk':{'B':'AA=='}},"
                 "{'pk':{'N':'1e3'},'sk':{'B':'AA=='}}]}},'ReturnConsumedCapacity':'TOTAL'}");
    facade_refuses(f, DUPLICATES, "BatchGetItem",
                   "{'RequestItems':{'num':{'Keys':[{'pk':{'N':'1e3'},'sk':{'B':'AA=='}},"
                   "{'sk':{'B':'AA=='},'pk':{'N':'1e3'}}]}}}");
}

/* The last request is wrong; those before it are not carried out. */
static void test_batches__nothing_is_written_when_anything_is_wrong(void **state) {
    facade *f = *state;
    static const struct {
        const char *request;
        const char *message;
    } CASES[] = {
        {"{'PutRequest':{'Item':{'pk':{'N':'1'}}}}",
         "The provided key element does not match the schema"},
        {"{'PutRequest':{'Item':{'v':{'N':'1'}}}}",
         "The provided key element does not match the schema"},
        {"{'DeleteRequest':{'Key':{'pk':{'S':'b'},'sk':{'S':'c'}}}}",
         "The provided key element does not match the schema"},
        {"{'DeleteRequest':{'Key':{'pk':{'S':'a'}}}}", DUPLICATES},
        {"{}", "Supplied AttributeValue has more than one datatypes set, must contain exactly one "
               "of the supported datatypes"},
        {"null", "Supplied AttributeValue has more than one datatypes set, must contain exactly "
                 "one of the supported datatypes"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        facade_refuses(f, CASES[i].message, "BatchWriteItem",
                       "{'RequestItems':{'hash':[{'PutRequest':{'Item':{'pk':{'S':'a'}}}},%s]}}",
                       CASES[i].request);
    }
    facade_fails(f, "ResourceNotFoundException", "Requested resource not found", "BatchWriteItem",
                 "{'RequestItems':{'hash':[{'PutRequest':{'Item':{'pk':{'S':'a'}}}}],"
                 "'nothing':[{'PutRequest':{'Item':{'pk':{'S':'a'}}}}]}}");
    expect_count(f, "hash", 0);
}

/* A null where a table's part should be is a mistake, not an empty part. */
static void test_batches__a_part_is_not_null(void **state) {
    facade *f = *state;
    facade_refuses(f, "The batch write request list for a table cannot be null or empty: hash",
                   "BatchWriteItem", "{'RequestItems':{'hash':null}}");
    facade_refuses(f,
                   "1 validation error detected: Value null at 'requestItems.hash.member.keys' "
                   "failed to satisfy constraint: Member must not be null",
                   "BatchGetItem", "{'RequestItems':{'hash':null}}");
}

/* CapacityUnitCalculations, BatchGetItem: each item is rounded before they are added; what is not
 * there is a read of the least. */
static void test_batches__reads_are_rounded_one_by_one(void **state) {
    facade *f = *state;
    static const char get[] = "{'RequestItems':{'hash':{'ConsistentRead':%s,"
                              "'Keys':[{'pk':{'S':'a'}},{'pk':{'S':'b'}},{'pk':{'S':'none'}}],"
                              "'ProjectionExpression':'pk'}},'ReturnConsumedCapacity':'TOTAL'}";
    put_sized(f, "a", 100);
    put_sized(f, "b", 4100);
    pt_reply reply = facade_send(f, "BatchGetItem", get, "false");
    assert_true(facade_number(reply, "CapacityUnits") == 2.0);
    reply = facade_send(f, "BatchGetItem", get, "true");
    assert_true(facade_number(reply, "CapacityUnits") == 4.0);
}

/* API_BatchWriteItem, ItemCollectionMetrics: of tables with local indexes; a collection once. */
static void test_batches__writes_are_accounted_for(void **state) {
    facade *f = *state;
    facade_gives(
        f,
        "{'UnprocessedItems':{},'ItemCollectionMetrics':{'tab':["
        "{'ItemCollectionKey':{'pk':{'S':'a'}},'SizeEstimateRangeGB':[0.0,1.0]},"
        "{'ItemCollectionKey':{'pk':{'S':'b'}},'SizeEstimateRangeGB':[0.0,1.0]}]},"
        "'ConsumedCapacity':[{'TableName':'hash','CapacityUnits':1.0,'Table':{'CapacityUnits':1.0}}"
        ",{'TableName':'tab','CapacityUnits':4.0,'Table':{'CapacityUnits':3.0},"
        "'GlobalSecondaryIndexes':{'g_inc':{'CapacityUnits':1.0}}}]}",
        "BatchWriteItem",
        "{'ReturnConsumedCapacity':'INDEXES','ReturnItemCollectionMetrics':'SIZE','RequestItems':{"
        "'hash':[{'PutRequest':{'Item':{'pk':{'S':'a'}}}}],"
        "'tab':[{'PutRequest':{'Item':{'pk':{'S':'a'},'sk':{'S':'1'},'gp':{'S':'g'}}}},"
        "{'DeleteRequest':{'Key':{'pk':{'S':'a'},'sk':{'S':'2'}}}},"
        "{'PutRequest':{'Item':{'pk':{'S':'b'},'sk':{'S':'1'}}}}]}}");
    facade_gives(f, "{'UnprocessedItems':{}}", "BatchWriteItem",
                 "{'ReturnItemCollectionMetrics':'SIZE','RequestItems':{"
                 "'hash':[{'PutRequest':{'Item':{'pk':{'S':'a'}}}}]}}");
}

/* API_BatchGetItem: at most 16 MB: 41 items of 400,000 bytes and not 42. What is left over can be
 * sent again as it is. The items given are 98 units of 4 KB each. */
static void test_batches__what_is_too_much_is_left_unprocessed(void **state) {
    facade *f = *state;
    enum { ITEMS = 43 };
    char keys[ITEMS * 32] = "";
    for (int i = 0; i < ITEMS; i++) {
        char key[16];
        snprintf(key, sizeof key, "%02d", i);
        put_sized(f, key, 400000);
        snprintf(keys + strlen(keys), sizeof keys - strlen(keys), "%s{'pk':{'S':'%s'}}",
                 i == 0 ? "" : ",", key);
    }
    pt_reply reply = facade_send(
        f, "BatchGetItem",
        "{'RequestItems':{'hash':{'Keys':[%s],'ConsistentRead':true,'ProjectionExpression':'#p',"
        "'ExpressionAttributeNames':{'#p':'pk'}},"
        "'num':{'Keys':[{'pk':{'N':'1'},'sk':{'B':'AA=='}},{'pk':{'N':'1.0'},'sk':{'B':'AA=='}}]}},"
        "'ReturnConsumedCapacity':'TOTAL'}",
        keys);
    static const char left[] =
        "],\"num\":[]},\"UnprocessedKeys\":{\"hash\":{\"Keys\":[{\"pk\":{\"S\":\"41\"}},"
        "{\"pk\":{\"S\":\"42\"}}],\"ConsistentRead\":true,\"ProjectionExpression\":\"#p\","
        "\"ExpressionAttributeNames\":{\"#p\":\"pk\"}},"
        "\"num\":{\"Keys\":[{\"pk\":{\"N\":\"1\"},\"sk\":{\"B\":\"AA==\"}}]}},"
        "\"ConsumedCapacity\":[{\"TableName\":\"hash\",\"CapacityUnits\":4018.0}";
    const char *body = (const char *)reply.body.data;
    assert_int_equal(reply.status, 200);
    const char *last = strstr(body, "{\"pk\":{\"S\":\"40\"}}");
    assert_non_null(last);
    assert_int_equal(strncmp(strchr(last, ']'), left, strlen(left)), 0);
}

/* API_BatchWriteItem, UnprocessedItems: what could not be written for want of room comes back as it
 * was sent, in the order of the request; what was written is charged and told of. If nothing could,
 * the request fails. */
static void test_batches__what_finds_no_room_is_unprocessed(void **state) {
    (void)state;
    facade f = {.options = {.engine = {.map_bytes_max = 4 * 1024 * 1024}}};
    facade_open(&f, NULL);
    facade_does(&f, "CreateTable",
                "{'TableName':'hash','BillingMode':'PAY_PER_REQUEST',"
                "'AttributeDefinitions':[{'AttributeName':'pk','AttributeType':'S'}],"
                "'KeySchema':[{'AttributeName':'pk','KeyType':'HASH'}]}");
    char *big = facade_repeat('x', 390000);
    int puts = 0;
    while (facade_send(&f, "PutItem",
                       "{'TableName':'hash','Item':{'pk':{'S':'%d'},'x':{'S':'%s'}}}", puts, big)
               .status == 200) {
        assert_true(++puts < 100);
    }
    assert_int_equal(f.status, 500);
    assert_true(puts > 2);
    char *expected = facade_body("{'UnprocessedItems':{'hash':[{'PutRequest':{'Item':{"
                                 "'pk':{'S':'big'},'x':{'S':'%s'}}}}]},'ConsumedCapacity':["
                                 "{'TableName':'hash','CapacityUnits':2.0}]}",
                                 big);
    facade_gives(&f, expected, "BatchWriteItem",
                 "{'ReturnConsumedCapacity':'TOTAL','RequestItems':{'hash':["
                 "{'PutRequest':{'Item':{'pk':{'S':'a'}}}},"
                 "{'PutRequest':{'Item':{'pk':{'S':'big'},'x':{'S':'%s'}}}},"
                 "{'DeleteRequest':{'Key':{'pk':{'S':'none'}}}}]}}",
                 big);
    facade_has(&f, "hash", "{'pk':{'S':'a'}}", "{'pk':{'S':'a'}}");
    facade_has(&f, "hash", "{'pk':{'S':'big'}}", NULL);
    pt_reply reply = facade_send(&f, "BatchWriteItem",
                                 "{'RequestItems':{'hash':[{'PutRequest':{'Item':{'pk':{'S':'big'},"
                                 "'x':{'S':'%s'}}}}]}}",
                                 big);
    assert_int_equal(reply.status, 500);
    facade_shows(&f, "#InternalServerError'");
    free(expected);
    free(big);
    facade_close(&f);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, facade_setup, facade_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_batches__several_tables_are_written_and_read),
        TEST(test_batches__a_table_is_named_by_its_arn),
        TEST(test_batches__duplicates),
        TEST(test_batches__nothing_is_written_when_anything_is_wrong),
        TEST(test_batches__a_part_is_not_null),
        TEST(test_batches__reads_are_rounded_one_by_one),
        TEST(test_batches__writes_are_accounted_for),
        TEST(test_batches__what_is_too_much_is_left_unprocessed),
        cmocka_unit_test(test_batches__what_finds_no_room_is_unprocessed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
