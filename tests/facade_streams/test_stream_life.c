/*
 * Streams begin, end, are listed and described.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html
 */
#include "facade_streams/streams.h"

static void put(facade *f, const char *table, const char *pk) {
    facade_does(f, "PutItem", "{'TableName':'%s','Item':{'pk':{'S':'%s'}}}", table, pk);
}

/* API_streams_DescribeStream, API_streams_StreamDescription */
static void test_stream_life__is_described(void **state) {
    facade *f = *state;
    streams_make(f, "tab", "NEW_IMAGE");
    char *arn = streams_arn(f, "tab");
    assert_string_equal(arn, "arn:aws:dynamodb:us-east-1:000000000000:table/tab/stream/"
                             "2026-11-23T09:24:36.608");
    facade_gives(
        f,
        "{'StreamDescription':{'StreamArn':'arn:aws:dynamodb:us-east-1:000000000000:table/tab/"
        "stream/2026-11-23T09:24:36.608','StreamLabel':'2026-11-23T09:24:36.608',"
        "'StreamStatus':'ENABLED','StreamViewType':'NEW_IMAGE',"
        "'CreationRequestDateTime':1795425876.608,'TableName':'tab','KeySchema':["
        "{'AttributeName':'pk','KeyType':'HASH'}],'Shards':["
        "{'ShardId':'shardId-00000001795425876608-00000000','SequenceNumberRange':{"
        "'StartingSequenceNumber':'100000000000000000000'}},"
        "{'ShardId':'shardId-00000001795425876608-40000000','SequenceNumberRange':{"
        "'StartingSequenceNumber':'100000000000000000000'}},"
        "{'ShardId':'shardId-00000001795425876608-80000000','SequenceNumberRange':{"
        "'StartingSequenceNumber':'100000000000000000000'}},"
        "{'ShardId':'shardId-00000001795425876608-c0000000','SequenceNumberRange':{"
        "'StartingSequenceNumber':'100000000000000000000'}}]}}",
        "DescribeStream", "{'StreamArn':'%s'}", arn);
    free(arn);
}

/* A namespace of an access key has streams of its own, whose ARNs name the region alone. */
static void test_stream_life__an_owner_has_its_own(void **state) {
    facade *f = *state;
    f->owner = "AKIDEXAMPLE";
    streams_make(f, "tab", "KEYS_ONLY");
    char *arn = streams_arn(f, "tab");
    facade_gives(f,
                 "{'Streams':[{'StreamArn':'arn:aws:dynamodb:us-east-1:000000000000:table/tab/"
                 "stream/2026-11-23T09:24:36.608','TableName':'tab',"
                 "'StreamLabel':'2026-11-23T09:24:36.608'}]}",
                 "ListStreams", "{}");
    put(f, "tab", "a");
    assert_int_equal(streams_count(f, arn), 1);
    f->owner = NULL;
    facade_gives(f, "{'Streams':[]}", "ListStreams", "{}");
    facade_fails(f, "ResourceNotFoundException", NULL, "DescribeStream", "{'StreamArn':'%s'}", arn);
    free(arn);
}

static void test_stream_life__shards_are_paged(void **state) {
    facade *f = *state;
    streams_make(f, "tab", "KEYS_ONLY");
    char *arn = streams_arn(f, "tab");
    char *last = strdup("shardId-00000000000000000000-00000000"); /* need not be one that is */
    for (int i = 0; i < STREAM_SHARDS; i++) {
        char *id = streams_shard(f, arn, i);
        facade_does(f, "DescribeStream",
                    "{'StreamArn':'%s','Limit':1,'ExclusiveStartShardId':'%s'}", arn, last);
        char *found = streams_text(f, "ShardId");
        assert_string_equal(found, id);
        free(found);
        free(last);
        last = id;
        if (i + 1 < STREAM_SHARDS) {
            char *text = facade_body("'LastEvaluatedShardId':'%s'", id);
            facade_shows(f, text);
            free(text);
        } else {
            facade_hides(f, "LastEvaluatedShardId");
        }
    }
    facade_does(f, "DescribeStream", "{'StreamArn':'%s','ExclusiveStartShardId':'%s'}", arn, last);
    facade_shows(f, "'Shards':[]");
    facade_does(f, "DescribeStream",
                "{'StreamArn':'%s','ShardFilter':{'Type':'CHILD_SHARDS','ShardId':'%s'}}", arn,
                last);
    facade_shows(f, "'Shards':[]"); /* none has children */
    free(last);
    free(arn);
}

/* API_StreamSpecification: a stream that was turned off cannot be turned on again, a new one has
 * another descriptor. Streams.html: the old one stays for 24 hours. */
static void test_stream_life__ends_and_stays(void **state) {
    facade *f = *state;
    streams_make(f, "tab", "KEYS_ONLY");
    char *first = streams_arn(f, "tab");
    put(f, "tab", "a");
    f->now_ms += 5;
    streams_turn(f, "tab", NULL);
    facade_hides(f, "StreamSpecification");
    put(f, "tab", "b"); /* in no stream */
    facade_does(f, "DescribeTable", "{'TableName':'tab'}");
    facade_shows(f, "'LatestStreamLabel':'2026-11-23T09:24:36.608'");
    facade_hides(f, "StreamSpecification");
    facade_does(f, "DescribeStream", "{'StreamArn':'%s'}", first);
    facade_shows(f, "'StreamStatus':'DISABLED'");
    facade_shows(f, "{'StartingSequenceNumber':'100000000000000000000','EndingSequenceNumber':"
                    "'100000000000000000001'}");
    assert_int_equal(streams_count(f, first), 1);
    streams_turn(f, "tab", "NEW_IMAGE"); /* at the same moment */
    facade_shows(f, "'LatestStreamLabel':'2026-11-23T09:24:36.613'");
    char *second = streams_arn(f, "tab");
    assert_string_not_equal(first, second);
    put(f, "tab", "c");
    put(f, "tab", "d");
    assert_int_equal(streams_count(f, first), 1);
    assert_int_equal(streams_count(f, second), 2);
    free(first);
    free(second);
}

/* A reader of a shard that has ended is told so by the lack of a next iterator
 * (API_streams_GetRecords, NextShardIterator). */
static void test_stream_life__iterators_end_with_it(void **state) {
    facade *f = *state;
    streams_make(f, "tab", "KEYS_ONLY");
    char *arn = streams_arn(f, "tab");
    put(f, "tab", "a");
    int shard = streams_shard_of_one(f, arn);
    char *iterator = streams_iterator(f, arn, shard, "TRIM_HORIZON", NULL);
    char *idle = streams_iterator(f, arn, (shard + 1) % STREAM_SHARDS, "LATEST", NULL);
    assert_int_equal(streams_page(f, &idle, 10), 0);
    assert_non_null(idle);
    streams_turn(f, "tab", NULL);
    assert_int_equal(streams_page(f, &idle, 10), 0);
    assert_null(idle);
    assert_int_equal(streams_page(f, &iterator, 1), 1);
    assert_non_null(iterator); /* the page was full, so this is not known to be the end */
    assert_int_equal(streams_page(f, &iterator, 1), 0);
    assert_null(iterator);
    free(arn);
}

static void test_stream_life__survives_its_table(void **state) {
    facade *f = *state;
    streams_make(f, "tab", "KEYS_ONLY");
    char *first = streams_arn(f, "tab");
    put(f, "tab", "a");
    facade_does(f, "DeleteTable", "{'TableName':'tab'}");
    facade_does(f, "DescribeStream", "{'StreamArn':'%s'}", first);
    facade_shows(f, "'StreamStatus':'DISABLED'");
    assert_int_equal(streams_count(f, first), 1);
    streams_make(f, "tab", "KEYS_ONLY"); /* at the same moment */
    char *second = streams_arn(f, "tab");
    assert_string_not_equal(first, second);
    assert_int_equal(streams_count(f, second), 0);
    facade_does(f, "ListStreams", "{'TableName':'tab'}");
    facade_shows(f, first);
    facade_shows(f, second);
    free(first);
    free(second);
}

/* What has ended is forgotten with its last record, 24 hours later. */
static void test_stream_life__is_forgotten(void **state) {
    facade *f = *state;
    streams_make(f, "tab", "KEYS_ONLY");
    char *arn = streams_arn(f, "tab");
    put(f, "tab", "a");
    f->now_ms += HOUR_MS;
    streams_turn(f, "tab", NULL);
    f->now_ms += 24 * HOUR_MS;
    streams_upkeep(f); /* the record is older than a day, the end is not */
    assert_int_equal(streams_count(f, arn), 0);
    f->now_ms += 1;
    streams_upkeep(f);
    facade_fails(f, "ResourceNotFoundException", NULL, "DescribeStream", "{'StreamArn':'%s'}", arn);
    facade_gives(f, "{'Streams':[]}", "ListStreams", "{}");
    facade_does(f, "DescribeTable", "{'TableName':'tab'}");
    facade_shows(f, arn);
    /* Its label is not used again, even where the clock was put back. */
    f->now_ms -= 30 * HOUR_MS;
    streams_turn(f, "tab", "KEYS_ONLY");
    char *next = streams_arn(f, "tab");
    assert_true(strcmp(next, arn) > 0);
    free(next);
    free(arn);
}

/* API_streams_ListStreams */
static void test_stream_life__is_listed(void **state) {
    facade *f = *state;
    char *arns[5];
    static const char *const NAMES[] = {"aa", "aab", "aab", "ab", "b.b"};
    facade_gives(f, "{'Streams':[]}", "ListStreams", "{}");
    for (int i = 0; i < 5; i++) {
        if (i == 2) {
            streams_turn(f, NAMES[i], NULL);
            streams_turn(f, NAMES[i], "OLD_IMAGE");
        } else {
            char *name = strlen(NAMES[i]) > 2 ? strdup(NAMES[i]) : facade_body("%s-", NAMES[i]);
            streams_make(f, name, "OLD_IMAGE");
            free(name);
        }
    }
    static const char *const TABLES[] = {"aa-", "aab", "aab", "ab-", "b.b"};
    for (int i = 0; i < 5; i++) {
        arns[i] = streams_arn(f, TABLES[i]);
    }
    facade_does(f, "ListStreams", "{'TableName':'aab','Limit':1}");
    free(arns[1]);
    arns[1] = streams_text(f, "StreamArn");
    facade_shows(f, "'LastEvaluatedStreamArn':");
    facade_gives(f, NULL, "ListStreams", "{'TableName':'aab','ExclusiveStartStreamArn':'%s'}",
                 arns[1]);
    facade_shows(f, arns[2]);
    facade_hides(f, "LastEvaluatedStreamArn");
    facade_gives(f, "{'Streams':[]}", "ListStreams", "{'TableName':'nonesuch'}");
    /* One by one, all of them, in the order of their tables and ages. */
    char *after = strdup("");
    for (int i = 0; i < 5; i++) {
        facade_does(f, "ListStreams", "{'Limit':1%s}", after);
        char *expected =
            facade_body("{'Streams':[{'StreamArn':'%s','TableName':'%s',", arns[i], TABLES[i]);
        facade_shows(f, expected);
        free(expected);
        free(after);
        after = facade_body(",'ExclusiveStartStreamArn':'%s'", arns[i]);
        i < 4 ? facade_shows(f, "LastEvaluated") : facade_hides(f, "LastEvaluated");
    }
    facade_gives(f, "{'Streams':[]}", "ListStreams", "{'Limit':1%s}", after);
    free(after);
    for (int i = 0; i < 5; i++) {
        free(arns[i]);
    }
}

static pt_reply run_in(facade *f, const char *region, const char *operation, const char *format,
                       const char *value) {
    char *body = facade_body(format, value); /* NOLINT: the formats are below */
    pt_request request = {
        .operation = pte_str(operation), .body = pte_str(body), .region = pte_str(region)};
    pt_reply reply = pt_exchange_run(f->exchange, &request);
    free(body);
    return reply;
}

/* A region's streams are not those of another. */
static void test_stream_life__belongs_to_its_region(void **state) {
    facade *f = *state;
    streams_make(f, "tab", "KEYS_ONLY");
    put(f, "tab", "a");
    char *arn = streams_arn(f, "tab");
    char *iterator = streams_iterator(f, arn, 0, "TRIM_HORIZON", NULL);
    pt_reply reply = run_in(f, "eu-west-2", "ListStreams", "%s", "{}");
    assert_string_equal((const char *)reply.body.data, "{\"Streams\":[]}");
    reply = run_in(f, "eu-west-2", "DescribeStream", "{'StreamArn':'%s'}", arn);
    assert_int_equal(reply.status, 400);
    assert_non_null(strstr((const char *)reply.body.data, "ResourceNotFoundException"));
    reply = run_in(f, "eu-west-2", "GetRecords", "{'ShardIterator':'%s'}", iterator);
    assert_int_equal(reply.status, 400);
    assert_non_null(strstr((const char *)reply.body.data, "ResourceNotFoundException"));
    free(iterator);
    free(arn);
}

static void test_stream_life__refusals(void **state) {
    facade *f = *state;
    streams_make(f, "tab", "KEYS_ONLY");
    static const char *const BAD[] = {
        "arn:aws:dynamodb:us-east-1:000000000000:table/tab",
        "arn:aws:dynamodb:us-east-1:000000000000:table/tab/index/x",
        "arn:aws:sqs:us-east-1:000000000000:table/tab/stream/2026-11-23T09:24:36.608",
        "no arn at all, but a text that is long enough",
    };
    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) {
        /* Alternator's test_describe_nonexistent_stream; the text is DynamoDB Local's. */
        facade_refuses(f, "Invalid StreamArn", "DescribeStream", "{'StreamArn':'%s'}", BAD[i]);
        facade_refuses(f, "Invalid StreamArn", "ListStreams", "{'ExclusiveStartStreamArn':'%s'}",
                       BAD[i]);
    }
    static const char *const UNKNOWN[] = {
        "arn:aws:dynamodb:us-east-1:000000000000:table/tab/stream/2026-11-23T09:24:36.609",
        "arn:aws:dynamodb:us-east-1:000000000000:table/tab/stream/2026-11-23T09:24:36.6080",
        "arn:aws:dynamodb:us-east-1:000000000000:table/tab/stream/2026-11-31T09:24:36.608",
        "arn:aws:dynamodb:us-east-1:000000000000:table/tab/stream/x",
        "arn:aws:dynamodb:us-east-1:000000000000:table/other/stream/2026-11-23T09:24:36.608",
        "arn:aws:dynamodb:us-east-2:000000000000:table/tab/stream/2026-11-23T09:24:36.608",
        "arn:aws:dynamodb:us-east-1:000000000001:table/tab/stream/2026-11-23T09:24:36.608",
    };
    for (size_t i = 0; i < sizeof UNKNOWN / sizeof UNKNOWN[0]; i++) {
        char *message =
            facade_body("Requested resource not found: Stream: %s not found", UNKNOWN[i]);
        facade_fails(f, "ResourceNotFoundException", message, "DescribeStream",
                     "{'StreamArn':'%s'}", UNKNOWN[i]);
        free(message);
    }
    facade_refuses(f,
                   "1 validation error detected: Value null at 'streamArn' failed to satisfy "
                   "constraint: Member must not be null",
                   "DescribeStream", "{}");
    facade_refuses(f,
                   "1 validation error detected: Value '0' at 'limit' failed to satisfy "
                   "constraint: Member must have value greater than or equal to 1",
                   "ListStreams", "{'Limit':0}");
    facade_refuses(f,
                   "One or more parameter values were invalid: Limit cannot be greater than the "
                   "maximum allowed size: 100",
                   "ListStreams", "{'Limit':101}");
    facade_refuses(f,
                   "One or more parameter values were invalid: Limit cannot be greater than the "
                   "maximum: 100",
                   "DescribeStream", "{'StreamArn':'%s','Limit':101}", UNKNOWN[0]);
}

/* A table's stream, and an ended one, are there after the database was closed. */
static void test_stream_life__is_kept(void **state) {
    (void)state;
    facade f = {.now_ms = 0};
    char *path = test_folder_make();
    facade_open(&f, path);
    streams_make(&f, "tab", "KEYS_ONLY");
    put(&f, "tab", "a");
    char *first = streams_arn(&f, "tab");
    streams_turn(&f, "tab", NULL);
    streams_turn(&f, "tab", "KEYS_ONLY");
    put(&f, "tab", "b");
    char *second = streams_arn(&f, "tab");
    char *iterator = streams_iterator(&f, second, 0, "TRIM_HORIZON", NULL);
    facade_close(&f);
    facade_open(&f, path);
    assert_int_equal(streams_count(&f, first), 1);
    assert_int_equal(streams_count(&f, second), 1);
    (void)streams_page(&f, &iterator, 10); /* also good with the database opened anew */
    free(iterator);
    free(first);
    free(second);
    facade_close(&f);
    test_folder_remove(path);
}

int main(void) {
#define TEST(name)                                                                                 \
    cmocka_unit_test_setup_teardown(test_stream_life__##name, facade_setup_empty, facade_teardown)
    const struct CMUnitTest tests[] = {
        TEST(is_described),
        TEST(shards_are_paged),
        TEST(ends_and_stays),
        TEST(iterators_end_with_it),
        TEST(survives_its_table),
        TEST(is_forgotten),
        TEST(is_listed),
        TEST(belongs_to_its_region),
        TEST(an_owner_has_its_own),
        TEST(refusals),
        cmocka_unit_test(test_stream_life__is_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
