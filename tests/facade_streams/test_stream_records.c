/*
 * What records say, and which there are.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_StreamRecord.html
 */
#include "facade_streams/streams.h"

#include <pocketable/engine/table.h>

/* The records of a stream, in the order of their sequence numbers over all shards. */
typedef struct records {
    char *text[100];
    size_t count;
} records;

static int by_sequence(const void *a, const void *b) {
    static const char NAME[] = "\"SequenceNumber\":";
    return strncmp(strstr(*(char *const *)a, NAME), strstr(*(char *const *)b, NAME), 40);
}

static void keep(void *ctx, int shard, const char *record) {
    records *all = ctx;
    (void)shard;
    assert_true(all->count < 100);
    all->text[all->count++] = strdup(record);
}

static records read_all(facade *f, const char *table) {
    records all = {.count = 0};
    char *arn = streams_arn(f, table);
    streams_each(f, arn, keep, &all);
    free(arn);
    qsort(all.text, all.count, sizeof all.text[0], by_sequence);
    return all;
}

static void forget(records *all) {
    for (size_t i = 0; i < all->count; i++) {
        free(all->text[i]);
    }
}

static void expect_in(const char *record, const char *text) {
    char *part = facade_body("%s", text);
    if (strstr(record, part) == NULL) {
        fail_msg("expected %s in %s", part, record);
    }
    free(part);
}

/* The whole of one, with the sizes of the developer guide's example: a key Id and a Message of 9,
 * then 21 characters make records of 26, 59 and 38 bytes
 * (https://docs.aws.amazon.com/lambda/latest/dg/with-ddb-example.html). */
static void test_stream_records__are_whole(void **state) {
    facade *f = *state;
    facade_does(f, "CreateTable",
                "{'TableName':'tab','BillingMode':'PAY_PER_REQUEST','AttributeDefinitions':["
                "{'AttributeName':'Id','AttributeType':'N'}],'KeySchema':[{'AttributeName':'Id',"
                "'KeyType':'HASH'}],'StreamSpecification':{'StreamEnabled':true,"
                "'StreamViewType':'NEW_AND_OLD_IMAGES'}}");
    facade_does(f, "PutItem",
                "{'TableName':'tab','Item':{'Id':{'N':'101'},'Message':{'S':'New item!'}}}");
    f->now_ms += 1500;
    facade_does(f, "PutItem",
                "{'TableName':'tab','Item':{'Id':{'N':'101'},"
                "'Message':{'S':'This item has changed'}}}");
    facade_does(f, "DeleteItem", "{'TableName':'tab','Key':{'Id':{'N':'101'}}}");
    records all = read_all(f, "tab");
    assert_int_equal(all.count, 3);
    expect_in(all.text[0],
              "'eventName':'INSERT','eventVersion':'1.1','eventSource':'aws:dynamodb',"
              "'awsRegion':'us-east-1','dynamodb':{'ApproximateCreationDateTime':1795425876,"
              "'Keys':{'Id':{'N':'101'}},'NewImage':{'Id':{'N':'101'},'Message':{'S':'New item!'}},"
              "'SequenceNumber':'100000000000000000001','SizeBytes':26,"
              "'StreamViewType':'NEW_AND_OLD_IMAGES'}}");
    expect_in(all.text[1],
              "'eventName':'MODIFY','eventVersion':'1.1','eventSource':'aws:dynamodb',"
              "'awsRegion':'us-east-1','dynamodb':{'ApproximateCreationDateTime':1795425878,"
              "'Keys':{'Id':{'N':'101'}},'NewImage':{'Id':{'N':'101'},"
              "'Message':{'S':'This item has changed'}},'OldImage':{'Id':{'N':'101'},"
              "'Message':{'S':'New item!'}},'SequenceNumber':'100000000000000000002',"
              "'SizeBytes':59,'StreamViewType':'NEW_AND_OLD_IMAGES'}}");
    expect_in(all.text[2],
              "'eventName':'REMOVE','eventVersion':'1.1','eventSource':'aws:dynamodb',"
              "'awsRegion':'us-east-1','dynamodb':{'ApproximateCreationDateTime':1795425878,"
              "'Keys':{'Id':{'N':'101'}},'OldImage':{'Id':{'N':'101'},"
              "'Message':{'S':'This item has changed'}},'SequenceNumber':'100000000000000000003',"
              "'SizeBytes':38,'StreamViewType':'NEW_AND_OLD_IMAGES'}}");
    /* eventIDs are 32 digits, and no two are the same. */
    for (size_t i = 0; i < 3; i++) {
        const char *id = all.text[i] + strlen("{\"eventID\":\"");
        assert_int_equal(strspn(id, "0123456789abcdef"), 32);
        assert_true(i == 0 || strncmp(all.text[i], all.text[0], 44) != 0);
    }
    forget(&all);
}

/* API_StreamSpecification, StreamViewType */
static void test_stream_records__have_the_images_asked_for(void **state) {
    facade *f = *state;
    static const struct {
        const char *type;
        bool has_new;
        bool has_old;
    } TYPES[] = {
        {"KEYS_ONLY", false, false},
        {"NEW_IMAGE", true, false},
        {"OLD_IMAGE", false, true},
        {"NEW_AND_OLD_IMAGES", true, true},
    };
    for (size_t t = 0; t < 4; t++) {
        char *name = facade_body("tab%zu", t);
        streams_make(f, name, TYPES[t].type);
        static const char *const BODIES[] = {
            "{'TableName':'%s','Key':{'pk':{'S':'a'}},'UpdateExpression':'SET n = :n',"
            "'ExpressionAttributeValues':{':n':{'N':'1'}}}",
            "{'TableName':'%s','Key':{'pk':{'S':'a'}},'UpdateExpression':'SET n = :n',"
            "'ExpressionAttributeValues':{':n':{'N':'2'}}}",
        };
        for (size_t i = 0; i < 2; i++) {
            char *body = facade_body(BODIES[i], name); /* NOLINT: the formats are above */
            facade_does(f, "UpdateItem", "%s", body);
            free(body);
        }
        facade_does(f, "DeleteItem", "{'TableName':'%s','Key':{'pk':{'S':'a'}}}", name);
        records all = read_all(f, name);
        assert_int_equal(all.count, 3);
        for (size_t i = 0; i < 3; i++) {
            expect_in(all.text[i], "'Keys':{'pk':{'S':'a'}}");
            assert_int_equal(strstr(all.text[i], "\"NewImage\"") != NULL,
                             TYPES[t].has_new && i < 2);
            assert_int_equal(strstr(all.text[i], "\"OldImage\"") != NULL,
                             TYPES[t].has_old && i > 0);
            expect_in(all.text[i], TYPES[t].type);
        }
        if (TYPES[t].has_new) {
            expect_in(all.text[1], "'NewImage':{'pk':{'S':'a'},'n':{'N':'2'}}");
        }
        if (TYPES[t].has_old) {
            expect_in(all.text[1], "'OldImage':{'pk':{'S':'a'},'n':{'N':'1'}}");
            expect_in(all.text[2], "'OldImage':{'pk':{'S':'a'},'n':{'N':'2'}}");
        }
        forget(&all);
        free(name);
    }
}

/* Streams.html: "If you perform a PutItem or UpdateItem operation that does not change any data in
 * an item, DynamoDB Streams does not write a stream record for that operation." */
static void test_stream_records__are_of_changes_only(void **state) {
    facade *f = *state;
    streams_make(f, "tab", "KEYS_ONLY");
    facade_does(f, "PutItem", "{'TableName':'tab','Item':{'pk':{'S':'a'},'n':{'N':'1'}}}");
    facade_does(f, "PutItem", "{'TableName':'tab','Item':{'n':{'N':'1.0'},'pk':{'S':'a'}}}");
    facade_does(f, "UpdateItem",
                "{'TableName':'tab','Key':{'pk':{'S':'a'}},'UpdateExpression':'SET n = :n',"
                "'ExpressionAttributeValues':{':n':{'N':'1'}}}");
    facade_does(f, "DeleteItem", "{'TableName':'tab','Key':{'pk':{'S':'b'}}}");
    facade_fails(f, "ConditionalCheckFailedException", NULL, "PutItem",
                 "{'TableName':'tab','Item':{'pk':{'S':'a'}},"
                 "'ConditionExpression':'attribute_not_exists(pk)'}");
    /* Alternator's tests: REMOVE on a missing item makes none, an empty update makes the item. */
    facade_does(f, "UpdateItem",
                "{'TableName':'tab','Key':{'pk':{'S':'c'}},'UpdateExpression':'REMOVE n'}");
    facade_does(f, "UpdateItem", "{'TableName':'tab','Key':{'pk':{'S':'d'}}}");
    records all = read_all(f, "tab");
    assert_int_equal(all.count, 2);
    expect_in(all.text[0], "'Keys':{'pk':{'S':'a'}}");
    expect_in(all.text[1], "'Keys':{'pk':{'S':'d'}}");
    forget(&all);
}

/* All or none of a transaction, and what batches write. */
static void test_stream_records__of_transactions_and_batches(void **state) {
    facade *f = *state;
    streams_make(f, "tab", "NEW_IMAGE");
    facade_does(f, "TransactWriteItems",
                "{'TransactItems':[{'Put':{'TableName':'tab','Item':{'pk':{'S':'a'}}}},"
                "{'Put':{'TableName':'tab','Item':{'pk':{'S':'b'}}}}]}");
    facade_fails(f, "TransactionCanceledException", NULL, "TransactWriteItems",
                 "{'TransactItems':[{'Put':{'TableName':'tab','Item':{'pk':{'S':'c'}}}},"
                 "{'Put':{'TableName':'tab','Item':{'pk':{'S':'a'}},"
                 "'ConditionExpression':'attribute_not_exists(pk)'}}]}");
    facade_does(f, "BatchWriteItem",
                "{'RequestItems':{'tab':[{'DeleteRequest':{'Key':{'pk':{'S':'a'}}}},"
                "{'PutRequest':{'Item':{'pk':{'S':'d'}}}}]}}");
    records all = read_all(f, "tab");
    assert_int_equal(all.count, 4);
    expect_in(all.text[0], "'INSERT'");
    expect_in(all.text[1], "'INSERT'");
    assert_non_null(strstr(all.text[2], "REMOVE") != NULL ? all.text[2]
                                                          : strstr(all.text[3], "REMOVE"));
    forget(&all);
}

/* time-to-live-ttl-streams.html: a deletion by the service says whose it is. */
static void test_stream_records__of_expiry_say_so(void **state) {
    facade *f = *state;
    const pte_table_spec spec = {
        .name = pte_str("us-east-1/tab"),
        .hash = {pte_str("pk"), PTE_TYPE_S},
        .changes = PTE_CHANGES_OLD_IMAGE,
        .change_shards = STREAM_SHARDS,
        .ttl_attribute = pte_str("ttl"),
    };
    facade_create(f, &spec);
    facade_does(f, "PutItem", "{'TableName':'tab','Item':{'pk':{'S':'a'},'ttl':{'N':'%d'}}}",
                FACADE_START_S + 10);
    facade_does(f, "PutItem", "{'TableName':'tab','Item':{'pk':{'S':'b'}}}");
    facade_does(f, "DeleteItem", "{'TableName':'tab','Key':{'pk':{'S':'b'}}}");
    f->now_ms += 12000;
    streams_upkeep(f);
    records all = read_all(f, "tab");
    assert_int_equal(all.count, 4);
    assert_null(strstr(all.text[2], "userIdentity"));
    expect_in(all.text[3], "'eventName':'REMOVE'");
    expect_in(all.text[3], "'OldImage':{'pk':{'S':'a'},");
    expect_in(all.text[3], "},'userIdentity':{'PrincipalId':'dynamodb.amazonaws.com',"
                           "'Type':'Service'}}");
    forget(&all);
}

/* Other tables' records are in other streams, whatever their number. */
static void test_stream_records__of_other_tables_do_not_count(void **state) {
    facade *f = *state;
    streams_make(f, "busy", "KEYS_ONLY");
    streams_make(f, "idle", "KEYS_ONLY");
    for (int i = 0; i < 300; i++) {
        facade_does(f, "PutItem", "{'TableName':'busy','Item':{'pk':{'S':'%d'}}}", i);
        if (i % 100 == 50) {
            facade_does(f, "PutItem",
                        "{'TableName':'idle','Item':{'pk':{'S':'one'},"
                        "'n':{'N':'%d'}}}",
                        i);
        }
    }
    char *busy = streams_arn(f, "busy");
    char *idle = streams_arn(f, "idle");
    assert_int_equal(streams_count(f, busy), 300);
    assert_int_equal(streams_count(f, idle), 3);
    free(busy);
    free(idle);
}

/* API_streams_GetRecords: pages of Limit records, 1,000 and 1 MB at most. */
static void test_stream_records__come_in_pages(void **state) {
    facade *f = *state;
    streams_make(f, "tab", "NEW_IMAGE");
    char *arn = streams_arn(f, "tab");
    facade_does(f, "PutItem", "{'TableName':'tab','Item':{'pk':{'S':'a'}}}");
    int shard = streams_shard_of_one(f, arn);
    for (int i = 1; i < 1005; i++) {
        facade_does(f, "PutItem", "{'TableName':'tab','Item':{'pk':{'S':'a'},'n':{'N':'%d'}}}", i);
    }
    char *iterator = streams_iterator(f, arn, shard, "TRIM_HORIZON", NULL);
    assert_int_equal(streams_page(f, &iterator, 3), 3);
    facade_does(f, "GetRecords", "{'ShardIterator':'%s'}", iterator); /* no limit of its own */
    char *next = streams_text(f, "NextShardIterator");
    assert_int_equal(streams_page(f, &next, 1000), 2);
    free(next);
    assert_int_equal(streams_page(f, &iterator, 1000), 1000);
    assert_int_equal(streams_page(f, &iterator, 1000), 2);
    assert_int_equal(streams_page(f, &iterator, 1000), 0);
    facade_refuses(f,
                   "One or more parameter values were invalid: Limit should be less than or equal "
                   "to 1000",
                   "GetRecords", "{'ShardIterator':'%s','Limit':1001}", iterator);
    /* Four records of 300,000 bytes and some: three are a megabyte at most. */
    char *text = facade_repeat('x', 300000);
    for (int i = 0; i < 4; i++) {
        facade_does(f, "PutItem",
                    "{'TableName':'tab','Item':{'pk':{'S':'a'},'n':{'N':'%d'},'s':{'S':'%s'}}}", i,
                    text);
    }
    assert_int_equal(streams_page(f, &iterator, 1000), 3);
    assert_int_equal(streams_page(f, &iterator, 1000), 1);
    free(text);
    free(iterator);
    free(arn);
}

int main(void) {
#define TEST(name)                                                                                 \
    cmocka_unit_test_setup_teardown(test_stream_records__##name, facade_setup_empty,               \
                                    facade_teardown)
    const struct CMUnitTest tests[] = {
        TEST(are_whole),           TEST(have_the_images_asked_for),
        TEST(are_of_changes_only), TEST(of_transactions_and_batches),
        TEST(of_expiry_say_so),    TEST(of_other_tables_do_not_count),
        TEST(come_in_pages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
