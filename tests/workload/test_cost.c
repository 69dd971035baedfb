/* Costs against sums made by hand, with round prices. */
#include "support/support.h"

#include "design.h"
#include "workload/cost.h"

#include <math.h>

/* A million reads $1, a million writes $10; a read unit's hour $0.01, a write unit's $0.1. */
static wl_prices round_prices(void) {
    return (wl_prices){.read_million = 1,
                       .write_million = 10,
                       .read_unit_hour = 0.01,
                       .write_unit_hour = 0.1,
                       .storage_gb_month = 2,
                       .infrequent_read_million = 3,
                       .infrequent_write_million = 30,
                       .infrequent_read_unit_hour = 0.03,
                       .infrequent_write_unit_hour = 0.3,
                       .infrequent_storage_gb_month = 0.5,
                       .hours_month = 100};
}

static void assert_dollars(double expected, double found) {
    if (fabs(expected - found) > 1e-9 * fmax(1, fabs(expected))) {
        fail_msg("$%.9g expected, found $%.9g", expected, found);
    }
}

/*
 * 100 calls a second, 100 hours a month: 36 million calls.
 * reads (3 of 4): 1.5 read units a call of the table, 0.5 of the global index.
 * writes (1 of 4): 2 write units of the table, 1 of the global, 3 of the local index.
 */
static wl_workload photos(void) {
    wl_workload workload = {.rate = 100};
    design_table(&workload, "photos");
    design_index(&workload, "global", false);
    design_index(&workload, "local", true);
    design_pattern(&workload, "reads", 0.75);
    design_pattern(&workload, "writes", 0.25);
    return workload;
}

static sample_results *photos_results(const wl_workload *workload) {
    sample_results *made = sample_new(workload);
    made->patterns[0].calls = 10;
    made->units[0][0].read = 15;
    made->units[0][1].read = 5;
    made->patterns[1].calls = 4;
    made->units[1][0].write = 8;
    made->units[1][1].write = 4;
    made->units[1][2].write = 12;
    /* With 100 bytes an item: 3, 1 and 0.5 GB. */
    made->places[0].items = 1000000;
    made->places[0].bytes = 2900000000;
    made->places[1].items = 500000;
    made->places[1].bytes = 950000000;
    made->places[2].items = 500000;
    made->places[2].bytes = 450000000;
    return made;
}

/* https://aws.amazon.com/dynamodb/pricing/on-demand/ */
static void test_cost__on_demand_is_units_of_a_month(void **state) {
    (void)state;
    wl_workload workload = photos();
    sample_results *made = photos_results(&workload);
    wl_prices prices = round_prices();
    wl_cost cost;
    assert_true(wl_cost_of(&cost, &made->results, &prices, 0.7));
    /* 27 million reads, 9 million writes. */
    assert_dollars(27 * 1.5, cost.places[0].on_demand_read);
    assert_dollars(9 * 2 * 10, cost.places[0].on_demand_write);
    assert_dollars(27 * 0.5, cost.places[1].on_demand_read);
    assert_dollars(9 * 10, cost.places[1].on_demand_write);
    assert_dollars(0, cost.places[2].on_demand_read);
    assert_dollars(9 * 3 * 10, cost.places[2].on_demand_write);
    assert_dollars(54, cost.patterns[0]);
    assert_dollars(54, cost.pattern_reads[0]);
    assert_dollars(540, cost.patterns[1]);
    assert_dollars(0, cost.pattern_reads[1]);
    assert_dollars(6, cost.places[0].storage);
    assert_dollars(2, cost.places[1].storage);
    assert_dollars(1, cost.places[2].storage);
    assert_dollars(9, cost.storage);
    assert_dollars(54 + 540 + 9, cost.on_demand);
    assert_true(cost.rate == 100);
    wl_cost_clean_up(&cost);
    sample_destroy(made);
}

/* https://aws.amazon.com/dynamodb/pricing/provisioned/ */
static void test_cost__provisioned_is_units_of_the_target_rate_and_room(void **state) {
    (void)state;
    wl_workload workload = photos();
    sample_results *made = photos_results(&workload);
    wl_prices prices = round_prices();
    wl_cost cost;
    assert_true(wl_cost_of(&cost, &made->results, &prices, 0.5));
    /* Table: 75 × 1.5 = 112.5 reads a second; 25 × (2 + 3) = 125 writes with the local index's. */
    assert_true(cost.places[0].provision.read_units == 225);
    assert_true(cost.places[0].provision.write_units == 250);
    assert_dollars(225 * 0.01 * 100, cost.places[0].provisioned_read);
    assert_dollars(250 * 0.1 * 100, cost.places[0].provisioned_write);
    /* Index: 37.5 reads and 25 writes a second. */
    assert_true(cost.places[1].provision.read_units == 75);
    assert_true(cost.places[1].provision.write_units == 50);
    assert_true(cost.places[2].provision.write_units == 0);
    assert_dollars(0, cost.places[2].provisioned_write);
    assert_dollars(225 + 2500 + 75 + 500 + 9, cost.provisioned);
    assert_dollars(54 + 540 + 9, cost.billed);
    assert_false(cost.mixed);
    wl_cost_clean_up(&cost);
    /* Another table that is provisioned, for which nothing is asked. */
    design_table(&workload, "idle");
    workload.tables[1].on_demand = false;
    workload.tables[1].provisioned = (wl_throughput){.read_units = 1, .write_units = 2};
    assert_true(wl_cost_of(&cost, &made->results, &prices, 0.5));
    assert_true(cost.mixed);
    assert_dollars(54 + 540 + 9 + 1 + 20, cost.billed);
    wl_cost_clean_up(&cost);
    workload.table_count--;
    /* 112.5 / 0.7 = 160.7: whole units. */
    assert_true(wl_cost_of(&cost, &made->results, &prices, 0.7));
    assert_true(cost.places[0].provision.read_units == 161);
    wl_cost_clean_up(&cost);
    sample_destroy(made);
}

static void test_cost__a_table_that_says_its_units_has_these(void **state) {
    (void)state;
    wl_workload workload = photos();
    workload.tables[0].provisioned = (wl_throughput){.read_units = 10, .write_units = 20};
    workload.patterns[0].share = 0; /* nothing reads: an index has at least one unit */
    workload.patterns[0].rate = 0;
    workload.patterns[1].share = 1;
    sample_results *made = photos_results(&workload);
    made->patterns[0].calls = 0;
    wl_prices prices = round_prices();
    wl_cost cost;
    assert_true(wl_cost_of(&cost, &made->results, &prices, 0.7));
    assert_true(cost.places[0].provision.read_units == 10);
    assert_true(cost.places[0].provision.write_units == 20);
    assert_true(cost.places[1].provision.read_units == 1);
    wl_cost_clean_up(&cost);
    sample_destroy(made);
}

static void test_cost__the_infrequent_class_has_prices_of_its_own(void **state) {
    (void)state;
    wl_workload workload = photos();
    workload.tables[0].infrequent_access = true;
    sample_results *made = photos_results(&workload);
    wl_prices prices = round_prices();
    prices.storage_free_gb = 25; /* only of the other class */
    wl_cost cost;
    assert_true(wl_cost_of(&cost, &made->results, &prices, 0.5));
    assert_dollars(27 * 1.5 * 3, cost.places[0].on_demand_read);
    assert_dollars(9 * 2 * 30, cost.places[0].on_demand_write);
    assert_dollars(225 * 0.03 * 100, cost.places[0].provisioned_read);
    assert_dollars(50 * 0.3 * 100, cost.places[1].provisioned_write);
    assert_dollars(4.5 * 0.5, cost.storage);
    wl_cost_clean_up(&cost);
    sample_destroy(made);
}

static void test_cost__free_storage_is_taken_off(void **state) {
    (void)state;
    wl_workload workload = photos();
    sample_results *made = photos_results(&workload);
    wl_prices prices = round_prices();
    prices.storage_free_gb = 1.5; /* a third of 4.5 */
    wl_cost cost;
    assert_true(wl_cost_of(&cost, &made->results, &prices, 0.5));
    assert_dollars(6, cost.storage);
    assert_dollars(4, cost.places[0].storage);
    wl_cost_clean_up(&cost);
    prices.storage_free_gb = 25;
    assert_true(wl_cost_of(&cost, &made->results, &prices, 0.5));
    assert_dollars(0, cost.storage);
    wl_cost_clean_up(&cost);
    sample_destroy(made);
}

/* 2 GB of each class, of which half a standard one is free. */
static void test_cost__free_storage_is_the_standard_classs(void **state) {
    (void)state;
    wl_workload workload = {.rate = 1};
    design_table(&workload, "standard");
    design_table(&workload, "infrequent");
    workload.tables[1].infrequent_access = true;
    sample_results *made = sample_new(&workload);
    made->places[0].bytes = made->places[1].bytes = 2000000000;
    wl_prices prices = round_prices();
    prices.storage_free_gb = 0.5;
    wl_cost cost;
    assert_true(wl_cost_of(&cost, &made->results, &prices, 0.5));
    assert_dollars(1.5 * 2, cost.places[0].storage);
    assert_dollars(2 * 0.5, cost.places[1].storage);
    wl_cost_clean_up(&cost);
    sample_destroy(made);
}

static void test_cost__without_a_target_a_million_calls_are_priced(void **state) {
    (void)state;
    wl_workload workload = photos();
    workload.rate = workload.patterns[0].rate = workload.patterns[1].rate = 0;
    sample_results *made = photos_results(&workload);
    wl_prices prices = round_prices();
    wl_cost cost;
    assert_true(wl_cost_of(&cost, &made->results, &prices, 0.5));
    assert_dollars(0.75 * 2, cost.patterns[0]);
    assert_dollars(0.25 * 6 * 10, cost.patterns[1]);
    assert_dollars(1.5 + 15 + 9, cost.on_demand);
    assert_dollars(9, cost.provisioned);
    assert_true(cost.rate == 0);
    wl_cost_clean_up(&cost);
    sample_destroy(made);
}

/* https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/WorkingWithItems.html */
static void test_cost__failed_conditions_are_charged_to_the_table(void **state) {
    (void)state;
    wl_workload workload = photos();
    sample_results *made = photos_results(&workload);
    made->patterns[1].refused = 2; /* half a unit a call */
    wl_prices prices = round_prices();
    wl_cost cost;
    assert_true(wl_cost_of(&cost, &made->results, &prices, 0.5));
    assert_dollars(9 * 2.5 * 10, cost.places[0].on_demand_write);
    assert_dollars(9 * 10, cost.places[1].on_demand_write);
    assert_true(cost.places[0].provision.write_units == 275);
    wl_cost_clean_up(&cost);
    sample_destroy(made);
}

static void test_cost__a_pattern_that_was_never_called_costs_nothing(void **state) {
    (void)state;
    wl_workload workload = photos();
    sample_results *made = sample_new(&workload);
    wl_prices prices = wl_prices_built_in();
    wl_cost cost;
    assert_true(wl_cost_of(&cost, &made->results, &prices, 0.7));
    assert_true(cost.on_demand == 0 && cost.patterns[0] == 0);
    wl_cost_clean_up(&cost);
    sample_destroy(made);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cost__on_demand_is_units_of_a_month),
        cmocka_unit_test(test_cost__provisioned_is_units_of_the_target_rate_and_room),
        cmocka_unit_test(test_cost__a_table_that_says_its_units_has_these),
        cmocka_unit_test(test_cost__the_infrequent_class_has_prices_of_its_own),
        cmocka_unit_test(test_cost__free_storage_is_taken_off),
        cmocka_unit_test(test_cost__free_storage_is_the_standard_classs),
        cmocka_unit_test(test_cost__without_a_target_a_million_calls_are_priced),
        cmocka_unit_test(test_cost__failed_conditions_are_charged_to_the_table),
        cmocka_unit_test(test_cost__a_pattern_that_was_never_called_costs_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
