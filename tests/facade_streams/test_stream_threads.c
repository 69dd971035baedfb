/*
 * Writers on many threads: each change is in the stream once, and those of one key are in one
 * shard, in the order in which they were made. A reader that follows meanwhile sees the same.
 */
#include "facade_streams/streams.h"

#include <pthread.h>
#include <stdatomic.h>

enum { WRITERS = 6, KEYS = 40, ROUNDS = 150 };

typedef struct writer {
    facade *f;
    test_random random;
    atomic_int *left; /* writers that are still at work */
} writer;

/* Adds one to a key's number: the old image of each change is then the new one of the last. */
static void *write_some(void *ctx) {
    writer *w = ctx;
    for (int i = 0; i < ROUNDS; i++) {
        pt_reply reply;
        char *body = facade_body("{'TableName':'tab','Key':{'pk':{'S':'%d'}},"
                                 "'UpdateExpression':'ADD n :n',"
                                 "'ExpressionAttributeValues':{':n':{'N':'1'}}}",
                                 (int)test_random_below(&w->random, KEYS));
        pt_call(&reply, w->f->database, pte_str("UpdateItem"), pte_str(body));
        free(body);
        if (reply.status != 200) { /* cmocka may not be used on other threads */
            fprintf(stderr, "%d %s\n", reply.status, (const char *)reply.body.data);
            abort();
        }
        pt_reply_clean_up(&reply);
    }
    atomic_fetch_sub(w->left, 1);
    return NULL;
}

typedef struct seen {
    int shard[KEYS]; /* -1: none yet */
    int number[KEYS];
    int total;
    char last[STREAM_SHARDS][32]; /* sequence number */
} seen;

static void see(void *ctx, int shard, const char *record) {
    seen *s = ctx;
    int key = atoi(strstr(record, "\"pk\":{\"S\":\"") + strlen("\"pk\":{\"S\":\""));
    const char *new_image = strstr(record, "\"NewImage\":");
    int number = atoi(strstr(new_image, "\"n\":{\"N\":\"") + strlen("\"n\":{\"N\":\""));
    const char *sequence =
        strstr(record, "\"SequenceNumber\":\"") + strlen("\"SequenceNumber\":\"");
    assert_in_range(key, 0, KEYS - 1);
    assert_true(s->shard[key] == -1 || s->shard[key] == shard);
    assert_int_equal(number, s->number[key] + 1);
    assert_true(strncmp(sequence, s->last[shard], 21) > 0);
    s->shard[key] = shard;
    s->number[key] = number;
    s->total++;
    memcpy(s->last[shard], sequence, 21);
}

static void init(seen *s) {
    *s = (seen){.total = 0};
    for (int i = 0; i < KEYS; i++) {
        s->shard[i] = -1;
    }
}

/* One more page of each shard. */
static int follow(facade *f, char **iterators, seen *s) {
    int count = 0;
    for (int shard = 0; shard < STREAM_SHARDS; shard++) {
        count += streams_page(f, &iterators[shard], 50);
        const char *at = strstr(f->answer, "{\"eventID\":");
        while (at != NULL) {
            const char *end = strstr(at + 1, "{\"eventID\":");
            char *record = end != NULL ? strndup(at, (size_t)(end - at)) : strdup(at);
            see(s, shard, record);
            free(record);
            at = end;
        }
    }
    return count;
}

static void test_stream_threads__keep_the_order_of_each_key(void **state) {
    facade *f = *state;
    pthread_t threads[WRITERS];
    writer writers[WRITERS];
    seen followed;
    seen replayed;
    atomic_int left = WRITERS;
    uint64_t seed = test_seed(20261130);
    char *iterators[STREAM_SHARDS];
    streams_make(f, "tab", "NEW_AND_OLD_IMAGES");
    char *arn = streams_arn(f, "tab");
    for (int shard = 0; shard < STREAM_SHARDS; shard++) {
        iterators[shard] = streams_iterator(f, arn, shard, "LATEST", NULL);
    }
    for (int i = 0; i < WRITERS; i++) {
        writers[i] = (writer){.f = f, .random = {seed + (uint64_t)i}, .left = &left};
        assert_int_equal(pthread_create(&threads[i], NULL, write_some, &writers[i]), 0);
    }
    init(&followed);
    while (atomic_load(&left) != 0) {
        (void)follow(f, iterators, &followed);
    }
    for (int i = 0; i < WRITERS; i++) {
        pthread_join(threads[i], NULL);
    }
    while (follow(f, iterators, &followed) != 0) {
    }
    assert_int_equal(followed.total, WRITERS * ROUNDS);
    init(&replayed);
    streams_each(f, arn, see, &replayed);
    assert_memory_equal(&replayed, &followed, sizeof replayed);
    /* Forty keys are not all in one shard. */
    int shards = 0;
    for (int shard = 0; shard < STREAM_SHARDS; shard++) {
        shards += replayed.last[shard][0] != '\0';
        free(iterators[shard]);
    }
    assert_true(shards > 1);
    free(arn);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_stream_threads__keep_the_order_of_each_key,
                                        facade_setup_empty, facade_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
