/* Traces and the search for the first throttle, against answers that can be computed. */
#include "support/support.h"

#include "design.h"
#include "workload/trace.h"

#include <math.h>

/* ---- traces ---- */

static void add_numbered(wl_trace *trace, uint64_t number) {
    char key[32];
    snprintf(key, sizeof key, "key %u", (unsigned)number);
    wl_demand demands[2] = {{.key_hash = number, .key = key, .read_units = 1},
                            {.key_hash = number, .request = 1, .write_units = 2}};
    assert_true(wl_trace_add(trace, (size_t)number % 7, demands, 2));
}

static void test_pressure__a_trace_keeps_calls_whole_and_copies_keys(void **state) {
    (void)state;
    wl_trace *trace = wl_trace_new(10);
    for (uint64_t i = 0; i < 10; i++) {
        add_numbered(trace, i);
    }
    char long_key[300];
    memset(long_key, 'x', sizeof long_key);
    long_key[sizeof long_key - 1] = '\0';
    assert_int_equal(10, trace->count);
    for (size_t i = 0; i < 10; i++) {
        const wl__trace_call *call = &trace->calls[i];
        char key[32];
        snprintf(key, sizeof key, "key %u", (unsigned)i);
        assert_int_equal(i, call->pattern % 7 + (i >= 7 ? 7 : 0));
        assert_int_equal(2, call->demand_count);
        assert_string_equal(key, call->demands[0].key);
        assert_string_equal("", call->demands[1].key);
        assert_int_equal(1, wl__trace_request_len(call, 0));
        assert_int_equal(1, wl__trace_request_len(call, 1));
    }
    wl_trace_destroy(trace);
    trace = wl_trace_new(4);
    wl_demand demand = {.key = long_key};
    assert_true(wl_trace_add(trace, 0, &demand, 1));
    assert_int_equal(95, strlen(trace->calls[0].demands[0].key));
    assert_true(wl_trace_add(trace, 0, NULL, 0)); /* a call that took nothing */
    wl_trace_destroy(trace);
    wl_trace_destroy(NULL);
}

/* However many are added: evenly spaced, in order, at least half of the room is used. */
static void test_pressure__a_trace_is_an_even_sample(void **state) {
    (void)state;
    for (uint64_t added = 1; added < 300; added++) {
        wl_trace *trace = wl_trace_new(16);
        for (uint64_t i = 0; i < added; i++) {
            add_numbered(trace, i);
        }
        assert_true(trace->count <= 16 && (trace->count >= 8 || trace->count == added));
        for (size_t i = 0; i < trace->count; i++) {
            assert_int_equal(i * trace->stride, trace->calls[i].demands[0].key_hash);
        }
        assert_true((trace->count) * trace->stride >= added);
        wl_trace_destroy(trace);
    }
}

/* Calls that touch very many keys, as scans do, take no more memory than others. */
static void test_pressure__a_trace_has_room_for_so_many_demands(void **state) {
    enum { CALLS = 2000, EACH = 1000 };
    (void)state;
    static wl_demand demands[EACH];
    wl_trace *trace = wl_trace_new(CALLS);
    for (uint64_t i = 0; i < CALLS; i++) {
        demands[0].key_hash = i;
        assert_true(wl_trace_add(trace, 0, demands, EACH));
        assert_int_equal(trace->count * EACH, trace->demand_count);
        assert_true(trace->demand_count <= WL__TRACE_DEMANDS_MAX + EACH);
    }
    assert_true(trace->demand_count >= WL__TRACE_DEMANDS_MAX / 2);
    for (size_t i = 0; i < trace->count; i++) {
        assert_int_equal(i * trace->stride, trace->calls[i].demands[0].key_hash);
    }
    assert_true(trace->count * trace->stride >= CALLS);
    wl_trace_destroy(trace);
}

/* ---- the search ---- */

typedef struct pressure_case {
    wl_workload workload;
    sample_results *sample;
    wl_trace *trace;
    wl_pressure pressure;
    unsigned rates_told;
} pressure_case;

static pressure_case fixture_new(double rate) {
    pressure_case made = {.workload.rate = rate};
    design_table(&made.workload, "photos");
    return made;
}

static void told(void *ctx, double rate) {
    assert_true(rate > 0);
    (*(unsigned *)ctx)++;
}

static void find(pressure_case *fixture, wl_mode mode) {
    assert_true(wl_pressure_find(&fixture->pressure, &fixture->sample->results, fixture->trace,
                                 mode, 60, told, &fixture->rates_told));
    const wl_pressure *found = &fixture->pressure;
    assert_int_equal(mode, found->mode);
    for (size_t i = 0; i < found->rate_count; i++) {
        assert_true(i == 0 || found->rates[i - 1].rate < found->rates[i].rate);
        /* Only the last one throttles. */
        assert_int_equal(found->rates[i].throttled > 0,
                         found->rate_max < HUGE_VAL && i + 1 == found->rate_count);
        assert_int_equal(found->rates[i].first.reason != WL_THROTTLE_NONE,
                         found->rates[i].throttled > 0);
    }
    if (found->rate_count > 1 && found->rate_max < HUGE_VAL) {
        assert_true(found->rates[found->rate_count - 2].rate == found->rate_max);
    }
}

static void fixture_destroy(pressure_case *fixture) {
    wl_trace_destroy(fixture->trace);
    sample_destroy(fixture->sample);
}

/* The highest rate without a throttle is as computed, or at most 2 % below. */
static void assert_rate(double expected, double found) {
    if (found > expected * 1.0001 || found < expected * 0.98) {
        fail_msg("%g calls a second are possible, found %g", expected, found);
    }
}

/* One key, 2 write units a call: a partition's 1,000 are reached at 500 calls a second. */
static void test_pressure__one_key_breaks_at_its_partitions_ceiling(void **state) {
    (void)state;
    pressure_case made = fixture_new(100);
    made.sample = sample_new(&made.workload);
    made.trace = wl_trace_new(100);
    wl_demand demand = {.key_hash = 5, .key = "USER#ann", .write_units = 2};
    assert_true(wl_trace_add(made.trace, 3, &demand, 1));
    find(&made, WL_ON_DEMAND);
    assert_rate(500, made.pressure.rate_max);
    assert_int_equal(WL_THROTTLE_PARTITION, made.pressure.first.reason);
    assert_string_equal("USER#ann", made.pressure.first.key);
    assert_int_equal(3, made.pressure.first.pattern);
    assert_true(made.pressure.first.write);
    assert_true(made.pressure.first.rate > made.pressure.rate_max);
    assert_true(made.pressure.at_target.rate == 100);
    assert_int_equal(6000, made.pressure.at_target.admitted);
    assert_int_equal(0, made.pressure.at_target.throttled);
    assert_true(made.rates_told >= made.pressure.rate_count);
    fixture_destroy(&made);
}

/* Keys all over: a new on-demand table takes 4,000 write units, here of 1 a call. */
static void test_pressure__even_keys_break_at_the_tables_limit(void **state) {
    (void)state;
    pressure_case made = fixture_new(0);
    made.sample = sample_new(&made.workload);
    made.trace = wl_trace_new(1024);
    for (uint64_t i = 0; i < 1024; i++) {
        wl_demand demand = {.key_hash = i % 4 << 62 | i, .write_units = 1};
        assert_true(wl_trace_add(made.trace, 0, &demand, 1));
    }
    find(&made, WL_ON_DEMAND);
    assert_rate(4000, made.pressure.rate_max);
    assert_true(made.pressure.at_target.rate == 0);
    fixture_destroy(&made);
}

/* 40 write units provisioned, 1 a call; its index has 10. */
static void test_pressure__a_small_index_breaks_a_provisioned_table(void **state) {
    (void)state;
    pressure_case made = fixture_new(1000);
    size_t index = design_index(&made.workload, "by-date", false);
    made.workload.tables[0].on_demand = false;
    made.workload.tables[0].provisioned = (wl_throughput){.read_units = 50, .write_units = 40};
    made.workload.tables[0].indexes[0].provisioned =
        (wl_throughput){.read_units = 50, .write_units = 10};
    made.sample = sample_new(&made.workload);
    made.trace = wl_trace_new(100);
    wl_demand demands[2] = {{.key_hash = 5, .write_units = 1},
                            {.place = index, .key_hash = 9, .key = "2026", .write_units = 1}};
    assert_true(wl_trace_add(made.trace, 0, demands, 2));
    find(&made, WL_PROVISIONED);
    assert_rate(10, made.pressure.rate_max);
    assert_int_equal(WL_THROTTLE_INDEX, made.pressure.first.reason);
    assert_int_equal(WL_THROTTLE_TABLE, made.pressure.first.limit);
    assert_int_equal(index, made.pressure.first.place);
    assert_string_equal("2026", made.pressure.first.key);
    assert_true(made.pressure.at_target.throttled > 50000);
    /* On demand the same design takes 1,000. */
    find(&made, WL_ON_DEMAND);
    assert_rate(1000, made.pressure.rate_max);
    fixture_destroy(&made);
}

/* An index that says no units of its own has its table's. */
static void test_pressure__an_index_without_units_has_its_tables(void **state) {
    (void)state;
    pressure_case made = fixture_new(10);
    size_t index = design_index(&made.workload, "by-date", false);
    made.workload.tables[0].provisioned = (wl_throughput){.read_units = 50, .write_units = 40};
    made.sample = sample_new(&made.workload);
    made.trace = wl_trace_new(100);
    wl_demand demand = {.place = index, .key_hash = 9, .read_units = 0.5};
    assert_true(wl_trace_add(made.trace, 0, &demand, 1));
    find(&made, WL_PROVISIONED);
    assert_rate(100, made.pressure.rate_max);
    assert_int_equal(WL_THROTTLE_TABLE, made.pressure.first.reason);
    fixture_destroy(&made);
}

/* Ten requests of 200 units: 2,000 of one partition, of one call after another. */
static void test_pressure__the_requests_of_a_call_are_admitted_one_by_one(void **state) {
    (void)state;
    pressure_case made = fixture_new(0.25);
    made.sample = sample_new(&made.workload);
    made.trace = wl_trace_new(4);
    wl_demand demands[10] = {{0}};
    for (size_t i = 0; i < 10; i++) {
        demands[i] = (wl_demand){.key_hash = 5, .read_units = 200, .request = i};
    }
    assert_true(wl_trace_add(made.trace, 0, demands, 10));
    find(&made, WL_ON_DEMAND);
    assert_true(made.pressure.rate_max >= 1 && made.pressure.rate_max <= 1.5);
    assert_int_equal(15, made.pressure.at_target.admitted);
    fixture_destroy(&made);
}

/* 400 requests of 12 units, 4,800 in all: by the time that the last ones come two seconds have
 * given 3,000 each. */
static void test_pressure__the_requests_of_a_call_follow_each_other(void **state) {
    (void)state;
    pressure_case made = fixture_new(0.25);
    made.sample = sample_new(&made.workload);
    made.trace = wl_trace_new(4);
    wl_demand demands[400];
    for (size_t i = 0; i < 400; i++) {
        demands[i] = (wl_demand){.key_hash = 5, .read_units = 12, .request = i};
    }
    assert_true(wl_trace_add(made.trace, 0, demands, 400));
    find(&made, WL_ON_DEMAND);
    assert_int_equal(15, made.pressure.at_target.admitted);
    assert_int_equal(0, made.pressure.at_target.throttled);
    fixture_destroy(&made);
}

static void test_pressure__calls_that_take_nothing_never_throttle(void **state) {
    (void)state;
    pressure_case made = fixture_new(0);
    made.sample = sample_new(&made.workload);
    made.trace = wl_trace_new(4);
    find(&made, WL_ON_DEMAND);
    assert_true(made.pressure.rate_max == HUGE_VAL && made.pressure.rate_count == 0);
    wl_demand demand = {.key_hash = 5};
    assert_true(wl_trace_add(made.trace, 0, &demand, 1));
    find(&made, WL_ON_DEMAND);
    assert_true(made.pressure.rate_max == HUGE_VAL);
    assert_int_equal(WL_THROTTLE_NONE, made.pressure.first.reason);
    fixture_destroy(&made);
}

/* More than a partition ever gives in a second: no rate is low enough. */
static void test_pressure__a_request_that_is_too_large_breaks_at_any_rate(void **state) {
    (void)state;
    pressure_case made = fixture_new(0);
    made.sample = sample_new(&made.workload);
    made.trace = wl_trace_new(4);
    wl_demand demand = {.key_hash = 5, .write_units = 1001};
    assert_true(wl_trace_add(made.trace, 0, &demand, 1));
    find(&made, WL_ON_DEMAND);
    assert_true(made.pressure.rate_max == 0);
    assert_int_equal(1, made.pressure.rate_count);
    assert_int_equal(WL_THROTTLE_PARTITION, made.pressure.first.reason);
    fixture_destroy(&made);
}

static void test_pressure__the_same_trace_gives_the_same_answer(void **state) {
    (void)state;
    test_random random = {test_seed(6010)};
    pressure_case made = fixture_new(300);
    design_index(&made.workload, "by-date", false);
    made.sample = sample_new(&made.workload);
    made.trace = wl_trace_new(500);
    for (unsigned i = 0; i < 2000; i++) {
        wl_demand demands[3];
        for (size_t j = 0; j < 3; j++) {
            demands[j] = (wl_demand){.place = test_random_below(&random, 2),
                                     .key_hash = test_random_next(&random),
                                     .read_units = (double)test_random_below(&random, 9) / 2,
                                     .write_units = (double)test_random_below(&random, 3),
                                     .request = j / 2};
        }
        assert_true(wl_trace_add(made.trace, i % 3, demands, 3));
    }
    find(&made, WL_ON_DEMAND);
    wl_pressure first = made.pressure;
    find(&made, WL_ON_DEMAND);
    assert_memory_equal(&first, &made.pressure, sizeof first);
    assert_true(first.rate_max > 100 && first.rate_max < 4000);
    fixture_destroy(&made);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pressure__a_trace_keeps_calls_whole_and_copies_keys),
        cmocka_unit_test(test_pressure__a_trace_is_an_even_sample),
        cmocka_unit_test(test_pressure__a_trace_has_room_for_so_many_demands),
        cmocka_unit_test(test_pressure__one_key_breaks_at_its_partitions_ceiling),
        cmocka_unit_test(test_pressure__even_keys_break_at_the_tables_limit),
        cmocka_unit_test(test_pressure__a_small_index_breaks_a_provisioned_table),
        cmocka_unit_test(test_pressure__an_index_without_units_has_its_tables),
        cmocka_unit_test(test_pressure__the_requests_of_a_call_are_admitted_one_by_one),
        cmocka_unit_test(test_pressure__the_requests_of_a_call_follow_each_other),
        cmocka_unit_test(test_pressure__calls_that_take_nothing_never_throttle),
        cmocka_unit_test(test_pressure__a_request_that_is_too_large_breaks_at_any_rate),
        cmocka_unit_test(test_pressure__the_same_trace_gives_the_same_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
