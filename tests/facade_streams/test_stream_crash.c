/*
 * A process writes to a table with a stream, and turns streams on and off, until SIGKILL at a
 * random moment. Whatever was committed then, replaying the streams from the beginning gives
 * exactly the table, and the checker finds nothing. PTE_SEED and PTE_ROUNDS change the run.
 */
#include "facade_streams/streams.h"
#include "support/process.h"

enum { KEYS = 60, ROUNDS = 25, RUN_US_MAX = 60000, TURN_EVERY = 40 };

/* ---- the writer ---- */

static void call(pt_database *database, const char *operation, char *body) {
    pt_reply reply;
    pt_call(&reply, database, pte_str(operation), pte_str(body));
    if (reply.status != 200) {
        fprintf(stderr, "%s %s: %d %s\n", operation, body, reply.status,
                (const char *)reply.body.data);
        abort();
    }
    pt_reply_clean_up(&reply);
    free(body);
}

static char *action(test_random *random) {
    int key = (int)test_random_below(random, KEYS);
    int number = (int)test_random_below(random, 1000000);
    return test_random_below(random, 3) == 0
               ? facade_body("{'Delete':{'TableName':'tab','Key':{'pk':{'S':'%d'}}}}", key)
               : facade_body("{'Put':{'TableName':'tab','Item':{'pk':{'S':'%d'},'n':{'N':'%d'}}}}",
                             key, number);
}

/* Single writes and transactions of two; now and then a new stream takes over. */
static void write_step(pt_database *database, test_random *random, int step) {
    if (step % TURN_EVERY == TURN_EVERY - 1) {
        call(database, "UpdateTable",
             facade_body("{'TableName':'tab','StreamSpecification':{'StreamEnabled':false}}"));
        call(database, "UpdateTable",
             facade_body("{'TableName':'tab','StreamSpecification':{'StreamEnabled':true,"
                         "'StreamViewType':'NEW_AND_OLD_IMAGES'}}"));
        return;
    }
    if (step % 3 != 0) {
        char *one = action(random);
        call(database, "TransactWriteItems", facade_body("{'TransactItems':[%s]}", one));
        free(one);
        return;
    }
    int key = (int)test_random_below(random, KEYS - 1);
    int number = (int)test_random_below(random, 1000000);
    call(database, "TransactWriteItems",
         facade_body("{'TransactItems':[{'Put':{'TableName':'tab','Item':{'pk':{'S':'%d'},"
                     "'n':{'N':'%d'}}}},{'Put':{'TableName':'tab','Item':{'pk':{'S':'%d'},"
                     "'n':{'N':'%d'}}}}]}",
                     key, number, key + 1, number));
}

static int write_for_ever(const char *path, uint64_t seed) {
    test_process_bind();
    pt_database *database;
    pte_error error;
    pt_options options = {.engine.durability = PTE_RELAXED};
    test_random random = {seed};
    if (pt_open(&database, path, &options, &error) != PTE_OK) {
        fprintf(stderr, "%s\n", error.message);
        return 1;
    }
    for (int step = 0;; step++) {
        write_step(database, &random, step);
    }
}

/* ---- the replay ---- */

typedef struct replay {
    int number[KEYS]; /* -1: there is no item */
    int records;
} replay;

static int number_behind(const char *text, const char *name) {
    const char *at = text != NULL ? strstr(text, name) : NULL;
    return at != NULL ? atoi(at + strlen(name)) : -1;
}

static void apply(void *ctx, int shard, const char *record) {
    replay *r = ctx;
    (void)shard;
    int key = number_behind(record, "\"pk\":{\"S\":\"");
    const char *old_image = strstr(record, "\"OldImage\":");
    char *new_part =
        strndup(record, old_image != NULL ? (size_t)(old_image - record) : strlen(record));
    int number = number_behind(strstr(new_part, "\"NewImage\":"), "\"n\":{\"N\":\"");
    assert_in_range(key, 0, KEYS - 1);
    /* What it was before is what the records before have made of it: none is missing. */
    assert_int_equal(number_behind(old_image, "\"n\":{\"N\":\""), r->number[key]);
    assert_int_equal(strstr(record, "\"REMOVE\"") != NULL, number == -1);
    assert_int_equal(strstr(record, "\"INSERT\"") != NULL, r->number[key] == -1);
    r->number[key] = number;
    r->records++;
    free(new_part);
}

static void expect_table(facade *f, const replay *r) {
    int found = 0;
    facade_does(f, "Scan", "{'TableName':'tab'}");
    for (const char *at = f->answer; (at = strstr(at, "\"pk\":{\"S\":\"")) != NULL; at++) {
        int key = number_behind(at, "\"pk\":{\"S\":\"");
        assert_int_equal(number_behind(at, "\"n\":{\"N\":\""), r->number[key]);
        found++;
    }
    for (int i = 0; i < KEYS; i++) {
        found -= r->number[i] != -1;
    }
    assert_int_equal(found, 0);
}

/* All streams of the table, oldest first. Between turning off and on nothing is written. */
static int replay_all(facade *f) {
    replay r = {.records = 0};
    char after[400] = "";
    for (int i = 0; i < KEYS; i++) {
        r.number[i] = -1;
    }
    for (;;) {
        facade_does(f, "ListStreams", "{'TableName':'tab','Limit':1%s}", after);
        if (strstr(f->answer, "StreamArn") == NULL) {
            break;
        }
        char *arn = streams_text(f, "StreamArn");
        streams_each(f, arn, apply, &r);
        snprintf(after, sizeof after, ",'ExclusiveStartStreamArn':'%s'", arn);
        free(arn);
    }
    expect_table(f, &r);
    return r.records;
}

static void on_problem(void *ctx, const char *problem) {
    (void)ctx;
    fprintf(stderr, "pte_check: %s\n", problem);
}

/* The writer of a round goes on where that of the last was killed. The stream that it finds off, it
 * would not turn on: the test does. */
static void test_stream_crash__streams_agree_with_the_table(void **state) {
    (void)state;
    uint64_t seed = test_seed((uint64_t)test_now_us());
    test_random random = {seed};
    const char *rounds_text = getenv("PTE_ROUNDS");
    int rounds = rounds_text != NULL ? atoi(rounds_text) : ROUNDS;
    char *path = test_folder_make();
    facade f = {.now_ms = 0};
    int records = 0;
    facade_open(&f, path);
    streams_make(&f, "tab", "NEW_AND_OLD_IMAGES");
    for (int round = 0; round < rounds; round++) {
        facade_close(&f);
        char number[32];
        snprintf(number, sizeof number, "%llu", (unsigned long long)test_random_next(&random));
        const char *const arguments[] = {"write", path, number, NULL};
        test_process child;
        test_process_start(&child, arguments);
        test_sleep_us((int64_t)test_random_below(&random, RUN_US_MAX));
        test_process_kill(&child);
        facade_open(&f, path);
        pte_error error;
        pte_check_report report;
        const pte_check_options options = {.on_problem = on_problem};
        OK(pte_check(&report, pt_database_env(f.database), &options, &error));
        assert_int_equal(report.problems, 0);
        records = replay_all(&f);
        char *arn = streams_arn(&f, "tab");
        if (strstr(f.answer, "StreamSpecification") == NULL) {
            streams_turn(&f, "tab", "NEW_AND_OLD_IMAGES");
        }
        free(arn);
    }
    print_message("%d records after %d kills\n", records, rounds);
    assert_true(records > rounds);
    facade_close(&f);
    test_folder_remove(path);
}

int main(int argc, char **argv) {
    if (argc == 4 && strcmp(argv[1], "write") == 0) {
        return write_for_ever(argv[2], strtoull(argv[3], NULL, 10));
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_stream_crash__streams_agree_with_the_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
