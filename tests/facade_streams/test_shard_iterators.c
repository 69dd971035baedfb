/*
 * Shard iterators: where each type begins, how long they are good, and what is none.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_GetShardIterator.html
 */
#include "facade_streams/streams.h"

/* A table with a stream and one busy partition. */
typedef struct world {
    facade f;
    char *arn;
    char *shard_id;
    int shard;
    int written;
} world;

static void put_next(world *w) {
    facade_does(&w->f, "PutItem", "{'TableName':'tab','Item':{'pk':{'S':'a'},'n':{'N':'%d'}}}",
                w->written++);
}

static int set_up(void **state) {
    world *w = calloc(1, sizeof *w);
    assert_non_null(w);
    facade_open(&w->f, NULL);
    streams_make(&w->f, "tab", "NEW_IMAGE");
    w->arn = streams_arn(&w->f, "tab");
    put_next(w);
    w->shard = streams_shard_of_one(&w->f, w->arn);
    w->shard_id = streams_shard(&w->f, w->arn, w->shard);
    *state = w;
    return 0;
}

static int tear_down(void **state) {
    world *w = *state;
    free(w->arn);
    free(w->shard_id);
    facade_close(&w->f);
    free(w);
    return 0;
}

/* The numbers n of the records that an iterator gives: "0 1 2". */
static void expect_numbers(world *w, const char *type, const char *sequence, const char *numbers) {
    char found[200] = "";
    char *iterator = streams_iterator(&w->f, w->arn, w->shard, type, sequence);
    (void)streams_page(&w->f, &iterator, 1000);
    for (const char *at = w->f.answer; (at = strstr(at, "\"n\":{\"N\":\"")) != NULL; at++) {
        size_t len = strlen(found);
        snprintf(found + len, sizeof found - len, "%s%d", len == 0 ? "" : " ",
                 atoi(at + strlen("\"n\":{\"N\":\"")));
    }
    assert_string_equal(found, numbers);
    free(iterator);
}

static void test_shard_iterators__begin_where_their_type_says(void **state) {
    world *w = *state;
    put_next(w);
    put_next(w);
    expect_numbers(w, "TRIM_HORIZON", NULL, "0 1 2");
    expect_numbers(w, "LATEST", NULL, "");
    expect_numbers(w, "AT_SEQUENCE_NUMBER", "100000000000000000002", "1 2");
    expect_numbers(w, "AFTER_SEQUENCE_NUMBER", "100000000000000000002", "2");
    expect_numbers(w, "AFTER_SEQUENCE_NUMBER", "100000000000000000003", "");
    /* The shard's StartingSequenceNumber is good for both. */
    expect_numbers(w, "AT_SEQUENCE_NUMBER", "100000000000000000000", "0 1 2");
    expect_numbers(w, "AFTER_SEQUENCE_NUMBER", "100000000000000000000", "0 1 2");
    /* LATEST: "Start reading just after the most recent stream record in the shard". */
    char *latest = streams_iterator(&w->f, w->arn, w->shard, "LATEST", NULL);
    put_next(w);
    assert_int_equal(streams_page(&w->f, &latest, 10), 1);
    assert_int_equal(streams_page(&w->f, &latest, 10), 0);
    put_next(w);
    assert_int_equal(streams_page(&w->f, &latest, 10), 1);
    free(latest);
}

/* An iterator is not used up: the same gives the same again. */
static void test_shard_iterators__can_be_used_again(void **state) {
    world *w = *state;
    char *iterator = streams_iterator(&w->f, w->arn, w->shard, "TRIM_HORIZON", NULL);
    for (int i = 0; i < 3; i++) {
        char *copy = strdup(iterator);
        assert_int_equal(streams_page(&w->f, &copy, 10), 1);
        free(copy);
    }
    free(iterator);
}

/* "A shard iterator expires 15 minutes after it is returned to the requester." */
static void test_shard_iterators__expire(void **state) {
    world *w = *state;
    char *iterator = streams_iterator(&w->f, w->arn, w->shard, "TRIM_HORIZON", NULL);
    w->f.now_ms += 15 * MINUTE_MS;
    char *next = strdup(iterator);
    assert_int_equal(streams_page(&w->f, &next, 10), 1);
    w->f.now_ms += 1;
    facade_fails(&w->f, "ExpiredIteratorException", "The shard iterator has expired", "GetRecords",
                 "{'ShardIterator':'%s'}", iterator);
    assert_int_equal(streams_page(&w->f, &next, 10), 0); /* given 15 minutes later */
    free(next);
    free(iterator);
}

/* Streams.html: 24 hours. API_streams_GetShardIterator, TrimmedDataAccessException, both cases. */
static void test_shard_iterators__do_not_reach_what_is_trimmed(void **state) {
    world *w = *state;
    static const char TRIMMED[] = "The data you are trying to access has been trimmed";
    w->f.now_ms += 1000;
    put_next(w);
    w->f.now_ms += 24 * HOUR_MS - 1000;
    streams_upkeep(&w->f);
    expect_numbers(w, "TRIM_HORIZON", NULL, "0 1"); /* just 24 hours old */
    char *early = streams_iterator(&w->f, w->arn, w->shard, "TRIM_HORIZON", NULL);
    char *behind =
        streams_iterator(&w->f, w->arn, w->shard, "AFTER_SEQUENCE_NUMBER", "100000000000000000001");
    w->f.now_ms += 1;
    streams_upkeep(&w->f);
    expect_numbers(w, "TRIM_HORIZON", NULL, "1");
    facade_fails(&w->f, "TrimmedDataAccessException", TRIMMED, "GetRecords",
                 "{'ShardIterator':'%s'}", early);
    assert_int_equal(streams_page(&w->f, &behind, 10), 1);
    facade_fails(&w->f, "TrimmedDataAccessException", TRIMMED, "GetShardIterator",
                 "{'StreamArn':'%s','ShardId':'%s','ShardIteratorType':'AT_SEQUENCE_NUMBER',"
                 "'SequenceNumber':'100000000000000000001'}",
                 w->arn, w->shard_id);
    facade_fails(&w->f, "TrimmedDataAccessException", TRIMMED, "GetShardIterator",
                 "{'StreamArn':'%s','ShardId':'%s','ShardIteratorType':'AFTER_SEQUENCE_NUMBER',"
                 "'SequenceNumber':'100000000000000000000'}",
                 w->arn, w->shard_id);
    expect_numbers(w, "AT_SEQUENCE_NUMBER", "100000000000000000002", "1");
    expect_numbers(w, "AFTER_SEQUENCE_NUMBER", "100000000000000000001", "1");
    free(early);
    free(behind);
}

/* A forged or damaged iterator: DynamoDB Local says so as AWS's Alternator-verified type is. */
static void test_shard_iterators__must_be_ours(void **state) {
    world *w = *state;
    char *iterator = streams_iterator(&w->f, w->arn, w->shard, "TRIM_HORIZON", NULL);
    size_t len = strlen(iterator);
    for (size_t i = 0; i < len; i++) {
        char *forged = strdup(iterator);
        forged[i] = forged[i] == 'B' ? 'C' : 'B';
        facade_refuses(&w->f, "Invalid ShardIterator", "GetRecords", "{'ShardIterator':'%s'}",
                       forged);
        forged[i] = '\0'; /* and cut there */
        if (i != 0) {
            facade_refuses(&w->f, "Invalid ShardIterator", "GetRecords", "{'ShardIterator':'%s'}",
                           forged);
        }
        free(forged);
    }
    /* That of another database. */
    facade other = {.now_ms = 0};
    facade_open(&other, NULL);
    streams_make(&other, "tab", "NEW_IMAGE");
    char *arn = streams_arn(&other, "tab");
    assert_string_equal(arn, w->arn);
    facade_refuses(&other, "Invalid ShardIterator", "GetRecords", "{'ShardIterator':'%s'}",
                   iterator);
    facade_close(&other);
    free(arn);
    free(iterator);
}

/* What a stream that is gone leaves of its iterators. */
static void test_shard_iterators__of_a_forgotten_stream(void **state) {
    world *w = *state;
    w->f.now_ms += 1;
    facade_does(&w->f, "DeleteTable", "{'TableName':'tab'}");
    w->f.now_ms += 24 * HOUR_MS;
    char *iterator = streams_iterator(&w->f, w->arn, w->shard, "TRIM_HORIZON", NULL);
    w->f.now_ms += 1;
    streams_upkeep(&w->f);
    streams_upkeep(&w->f);
    facade_fails(&w->f, "ResourceNotFoundException", NULL, "GetRecords", "{'ShardIterator':'%s'}",
                 iterator);
    free(iterator);
}

/* In the order and words of Alternator's tests and DynamoDB Local. */
static void test_shard_iterators__refusals(void **state) {
    world *w = *state;
    static const char *const TYPES[] = {"AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER"};
    static const char *const OTHERS[] = {"TRIM_HORIZON", "LATEST"};
    static const char *const BAD[] = {"100000000000000000002", "99999999999999999999999",
                                      "000000000000000000001", "10000000000000000000x",
                                      "199999999999999999999"};
    for (size_t i = 0; i < 2; i++) {
        facade_refuses(&w->f, "One or more parameter values were invalid: Invalid SequenceNumber",
                       "GetShardIterator",
                       "{'StreamArn':'%s','ShardId':'%s','ShardIteratorType':'%s'}", w->arn,
                       w->shard_id, TYPES[i]);
        facade_refuses(&w->f,
                       "One or more parameter values were invalid: SequenceNumber should not be "
                       "passed for this iterator type",
                       "GetShardIterator",
                       "{'StreamArn':'%s','ShardId':'%s','ShardIteratorType':'%s',"
                       "'SequenceNumber':'100000000000000000001'}",
                       w->arn, w->shard_id, OTHERS[i]);
        for (size_t j = 0; j < sizeof BAD / sizeof BAD[0]; j++) {
            facade_refuses(&w->f, "Invalid SequenceNumber for the shard", "GetShardIterator",
                           "{'StreamArn':'%s','ShardId':'%s','ShardIteratorType':'%s',"
                           "'SequenceNumber':'%s'}",
                           w->arn, w->shard_id, TYPES[i], BAD[j]);
        }
    }
    facade_fails(&w->f, "ResourceNotFoundException",
                 "Requested resource not found: Shard does not exist", "GetShardIterator",
                 "{'StreamArn':'%s','ShardId':'shardId-00000001795425876608-00000001',"
                 "'ShardIteratorType':'LATEST'}",
                 w->arn);
    facade_refuses(&w->f, "Invalid StreamArn", "GetShardIterator",
                   "{'StreamArn':'no arn, but a text that is long enough for one',"
                   "'ShardId':'%s','ShardIteratorType':'LATEST'}",
                   w->shard_id);
    facade_refuses(&w->f,
                   "1 validation error detected: Value 'SOME' at 'shardIteratorType' failed to "
                   "satisfy constraint: Member must satisfy enum value set: "
                   "[AFTER_SEQUENCE_NUMBER, LATEST, AT_SEQUENCE_NUMBER, TRIM_HORIZON]",
                   "GetShardIterator",
                   "{'StreamArn':'%s','ShardId':'%s','ShardIteratorType':'SOME'}", w->arn,
                   w->shard_id);
    facade_refuses(&w->f,
                   "1 validation error detected: Value null at 'shardIterator' failed to satisfy "
                   "constraint: Member must not be null",
                   "GetRecords", "{}");
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(test_shard_iterators__##name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(begin_where_their_type_says),
        TEST(can_be_used_again),
        TEST(expire),
        TEST(do_not_reach_what_is_trimmed),
        TEST(must_be_ours),
        TEST(of_a_forgotten_stream),
        TEST(refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
