/* The n-th allocation fails, n rising until none does: an error, nothing lost, outputs empty. */
#include "support/allocations.h"
#include "support/support.h"

#include "design.h"
#include "workload/cost.h"
#include "workload/trace.h"

#include <stdlib.h>
#include <string.h>

/* Runs with 0, 1, 2, ... allocations until it succeeds; how many it needed. */
static int needed(bool (*run)(void *ctx), void *ctx) {
    for (int count = 0;; count++) {
        test_allocations_fail((size_t)count + 1, true);
        bool good = run(ctx);
        bool short_of = test_allocations_succeed();
        if (good) {
            return count;
        }
        assert_true(short_of && count < 1000);
    }
}

static wl_workload design(void) {
    wl_workload workload = {.rate = 100};
    design_table(&workload, "photos");
    design_index(&workload, "by-date", false);
    design_index(&workload, "by-size", true);
    design_pattern(&workload, "1 reads", 1);
    return workload;
}

static bool run_cost(void *ctx) {
    wl_prices prices = wl_prices_built_in();
    wl_cost cost;
    bool good = wl_cost_of(&cost, ctx, &prices, 0.7);
    assert_true(good || (cost.places == NULL && cost.patterns == NULL));
    wl_cost_clean_up(&cost);
    return good;
}

static void test_judging_faults__costs(void **state) {
    (void)state;
    wl_workload workload = design();
    sample_results *made = sample_new(&workload);
    assert_int_equal(4, needed(run_cost, &made->results));
    sample_destroy(made);
}

static bool run_prices(void *ctx) {
    (void)ctx;
    wl_prices prices = {.read_million = 42};
    wl_complaint complaint;
    bool good = wl_prices_read(&prices, PRICES_FILE, &complaint);
    assert_true(good ||
                (prices.read_million == 42 && strcmp("out of memory", complaint.message) == 0));
    return good;
}

static void test_judging_faults__prices(void **state) {
    (void)state;
    assert_true(needed(run_prices, NULL) >= 1);
}

/* Fills a trace of two calls; the second time round one is let go for the third. */
static bool run_trace(void *ctx) {
    (void)ctx;
    wl_trace *trace = wl_trace_new(2);
    bool good = trace != NULL;
    wl_demand demands[2] = {{.key = "a"}, {.key = "b"}};
    for (size_t i = 0; good && i < 6; i++) {
        size_t before = trace->count;
        good = wl_trace_add(trace, 0, demands, 2);
        assert_true(good || trace->count == before);
    }
    wl_trace_destroy(trace);
    return good;
}

static void test_judging_faults__traces(void **state) {
    (void)state;
    assert_int_equal(6, needed(run_trace, NULL)); /* two, and the calls 0, 1, 2 and 4 */
}

/* One partition that splits again and again, so that the room for partitions must grow. */
static bool run_splits(void *ctx) {
    const wl_workload *workload = ctx;
    wl_capacity capacities[3] = {0};
    for (size_t i = 0; i < 3; i++) {
        capacities[i].provisioned = (wl_throughput){.read_units = 1, .write_units = 40000};
        capacities[i].mode = WL_PROVISIONED;
    }
    capacities[0].provisioned.write_units = 900;
    wl_simulation *simulation = wl_simulation_new(workload, capacities);
    if (simulation == NULL) {
        return false;
    }
    for (unsigned i = 0; i < 310 * 8; i++) {
        wl_demand demand = {.key_hash = (uint64_t)i << 53, .write_units = 110};
        wl_arrival arrival = {.time_s = i / 8.0, .demands = &demand, .demand_count = 1};
        (void)wl_simulation_offer(simulation, &arrival, NULL);
    }
    wl_simulated_place place = wl_simulation_place(simulation, 0);
    bool good = !wl_simulation_failed(simulation);
    assert_int_equal(1, place.partitions_start);
    assert_int_equal(good ? 2 : 1, place.partitions_end);
    wl_simulation_destroy(simulation);
    return good;
}

static void test_judging_faults__splits(void **state) {
    (void)state;
    wl_workload workload = design();
    /* The simulation, its places, the partitions of two, and the split. */
    assert_int_equal(5, needed(run_splits, &workload));
}

typedef struct pressure_case {
    sample_results *sample;
    wl_trace *trace;
} pressure_case;

static bool run_pressure(void *ctx) {
    pressure_case *given = ctx;
    static wl_pressure pressure;
    return wl_pressure_find(&pressure, &given->sample->results, given->trace, WL_ON_DEMAND, 2, NULL,
                            NULL);
}

static void test_judging_faults__pressure(void **state) {
    (void)state;
    wl_workload workload = design();
    pressure_case given = {.sample = sample_new(&workload), .trace = wl_trace_new(4)};
    wl_demand demands[2] = {{.key_hash = 5, .write_units = 400},
                            {.key_hash = 5, .write_units = 400, .request = 1}};
    assert_true(wl_trace_add(given.trace, 0, demands, 2));
    assert_true(needed(run_pressure, &given) > 10);
    wl_trace_destroy(given.trace);
    sample_destroy(given.sample);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_judging_faults__costs),
        cmocka_unit_test(test_judging_faults__prices),
        cmocka_unit_test(test_judging_faults__traces),
        cmocka_unit_test(test_judging_faults__splits),
        cmocka_unit_test(test_judging_faults__pressure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
