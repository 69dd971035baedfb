/*
 * Streams without memory: allocation N fails, N rising until the operation succeeds. Each failure
 * is an answer, what there was is there, and nothing leaks.
 */
#include "facade_streams/streams.h"

static fault_allocator fault;
static pte_allocator allocator;

static int set_up(void **state) {
    facade *f = calloc(1, sizeof *f);
    assert_non_null(f);
    fault = (fault_allocator){.calls = 0};
    allocator = fault_allocator_of(&fault);
    f->options.engine.allocator = &allocator;
    facade_open(f, NULL);
    streams_make(f, "tab", "NEW_AND_OLD_IMAGES");
    for (int i = 0; i < 20; i++) {
        facade_does(f, "PutItem", "{'TableName':'tab','Item':{'pk':{'S':'%d'}}}", i);
    }
    *state = f;
    return 0;
}

static int tear_down(void **state) {
    facade *f = *state;
    facade_close(f);
    free(f);
    assert_int_equal(fault.live_bytes, 0);
    return 0;
}

/* Runs it with fresh buffers until no allocation fails; how many did. */
static size_t run_with_faults(facade *f, const char *operation, const char *body, bool keep) {
    size_t failures = 0;
    fault.keep_failing = keep;
    for (size_t n = 1;; n++) {
        (void)facade_run_failing(f, &fault, n, operation, body);
        if (fault.calls < n) {
            assert_int_equal(f->status, 200);
            return failures;
        }
        assert_true(f->status == 200 || f->status == 500);
        failures += f->status == 500;
    }
}

static void test_stream_memory__reads(void **state) {
    facade *f = *state;
    char *arn = streams_arn(f, "tab");
    char *shard = streams_shard(f, arn, 1);
    char *iterator = streams_iterator(f, arn, 1, "TRIM_HORIZON", NULL);
    char *bodies[] = {
        facade_body("{'TableName':'tab','ExclusiveStartStreamArn':'%s'}", arn),
        facade_body("{'StreamArn':'%s'}", arn),
        facade_body("{'StreamArn':'%s','ShardId':'%s','ShardIteratorType':'LATEST'}", arn, shard),
        facade_body("{'ShardIterator':'%s'}", iterator),
    };
    static const char *const OPERATIONS[] = {"ListStreams", "DescribeStream", "GetShardIterator",
                                             "GetRecords"};
    for (size_t i = 0; i < 4; i++) {
        for (int keep = 0; keep < 2; keep++) {
            assert_true(run_with_faults(f, OPERATIONS[i], bodies[i], keep != 0) > 0);
        }
        free(bodies[i]);
    }
    assert_int_equal(streams_count(f, arn), 20);
    free(arn);
    free(shard);
    free(iterator);
}

/* A table whose stream is turned off and on: it has the one or the other, and one that goes on. */
static void test_stream_memory__turning_on_and_off(void **state) {
    facade *f = *state;
    pte_error error;
    for (size_t n = 1, quiet = 0; quiet < 2; n++) {
        bool on = strstr(facade_call(f, "DescribeTable", "{'TableName':'tab'}"),
                         "StreamSpecification") != NULL;
        char *body = facade_body(on ? "{'TableName':'tab','StreamSpecification':{"
                                      "'StreamEnabled':false}}"
                                    : "{'TableName':'tab','StreamSpecification':{"
                                      "'StreamEnabled':true,'StreamViewType':'KEYS_ONLY'}}");
        fault.keep_failing = false;
        (void)facade_run_failing(f, &fault, n / 2 + 1, "UpdateTable", body);
        quiet = fault.calls < n / 2 + 1 ? quiet + 1 : 0;
        free(body);
        assert_true(f->status == 200 || f->status == 500);
        char *arn = streams_arn(f, "tab");
        bool now = strstr(f->answer, "StreamSpecification") != NULL;
        assert_true(now != on || f->status == 200);
        facade_does(f, "DescribeStream", "{'StreamArn':'%s'}", arn);
        facade_shows(f, now ? "'ENABLED'" : "'DISABLED'");
        free(arn);
    }
    pte_check_report report;
    OK(pte_check(&report, pt_database_env(f->database), NULL, &error));
    assert_int_equal(report.problems, 0);
}

/* Trimming that fails trims nothing, or what it says. */
static void test_stream_memory__trimming(void **state) {
    facade *f = *state;
    pte_error error;
    char *arn = streams_arn(f, "tab");
    f->now_ms += 24 * HOUR_MS + 1;
    for (size_t n = 1;; n++) {
        bool more;
        fault.calls = 0;
        fault.fail_at = n;
        fault.keep_failing = false;
        pte_status status = pt_upkeep(&more, f->database, &error);
        bool failed = fault.calls >= n;
        fault.fail_at = 0;
        if (!failed) {
            OK(status);
            break;
        }
        assert_true(status == PTE_OK || status == PTE_OUT_OF_MEMORY);
        int left = streams_count(f, arn);
        assert_true(left == 0 || (left == 20 && status != PTE_OK));
    }
    assert_int_equal(streams_count(f, arn), 0);
    free(arn);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(test_stream_memory__##name, set_up, tear_down)
    const struct CMUnitTest tests[] = {TEST(reads), TEST(turning_on_and_off), TEST(trimming)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
