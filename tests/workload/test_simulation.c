/*
 * Each rule of the simulation against cases that were computed by hand, with the page that states
 * the rule, and invariants on random arrivals.
 */
#include "support/support.h"

#include "design.h"
#include "workload/simulation.h"

#include <stdlib.h>

enum { PLACES_MAX = 8 };

typedef struct test_world {
    wl_workload workload;
    wl_capacity capacities[PLACES_MAX];
    wl_simulation *simulation;
} test_world;

static void begin(test_world *world) {
    world->simulation = wl_simulation_new(&world->workload, world->capacities);
    assert_non_null(world->simulation);
}

static void end(test_world *world) {
    assert_false(wl_simulation_failed(world->simulation));
    wl_simulation_destroy(world->simulation);
}

static wl_capacity provisioned(double read_units, double write_units) {
    return (wl_capacity){.mode = WL_PROVISIONED,
                         .provisioned = {.read_units = read_units, .write_units = write_units}};
}

/* One table of so many units with all of its burst saved up. */
static test_world table_of(double read_units, double write_units) {
    test_world world = {0};
    design_table(&world.workload, "photos");
    world.capacities[0] = provisioned(read_units, write_units);
    return world;
}

static wl_demand reading(uint64_t hash, double units) {
    return (wl_demand){.key_hash = hash, .key = "a", .read_units = units};
}

static wl_demand writing(uint64_t hash, double units) {
    return (wl_demand){.key_hash = hash, .key = "a", .write_units = units};
}

static bool offer_all(test_world *world, double time_s, const wl_demand *demands, size_t count,
                      wl_throttle *why) {
    wl_arrival arrival = {.time_s = time_s, .demands = demands, .demand_count = count};
    return wl_simulation_offer(world->simulation, &arrival, why);
}

static wl_throttle_reason offer(test_world *world, double time_s, wl_demand demand) {
    wl_throttle why;
    bool admitted = offer_all(world, time_s, &demand, 1, &why);
    assert_int_equal(admitted, why.reason == WL_THROTTLE_NONE);
    return why.reason;
}

/* Offers rate demands a second from one second to before another; how many were admitted. */
static uint64_t offer_steadily(test_world *world, uint64_t from_s, uint64_t to_s, unsigned rate,
                               wl_demand demand) {
    uint64_t admitted = 0;
    for (uint64_t second = from_s; second < to_s; second++) {
        for (unsigned i = 0; i < rate; i++) {
            double time_s = (double)second + (double)i / rate;
            admitted += offer(world, time_s, demand) == WL_THROTTLE_NONE;
        }
    }
    return admitted;
}

/* ---- provisioned capacity ---- */

/* AWS's example: https://repost.aws/knowledge-center/dynamodb-spiky-workloads-short-intervals */
static void test_simulation__150_units_saved_up_for_300_s_last_900_s_at_200(void **state) {
    (void)state;
    test_world world = table_of(150, 1);
    begin(&world);
    assert_int_equal(900 * 200, offer_steadily(&world, 0, 900, 200, reading(7, 1)));
    assert_int_equal(150, offer_steadily(&world, 900, 901, 200, reading(7, 1)));
    const wl_throttle *first = wl_simulation_first(world.simulation);
    assert_int_equal(WL_THROTTLE_TABLE, first->reason);
    assert_int_equal(WL_THROTTLE_TABLE, first->limit);
    assert_false(first->write);
    assert_string_equal("a", first->key);
    assert_true(first->time_s == 900.75);
    assert_true(first->rate == 200);
    end(&world);
}

static void test_simulation__without_burst_a_second_gives_what_is_provisioned(void **state) {
    (void)state;
    test_world world = table_of(10, 4);
    world.capacities[0].no_burst = true;
    begin(&world);
    assert_int_equal(40, offer_steadily(&world, 0, 4, 10, reading(7, 1)));
    assert_int_equal(WL_THROTTLE_TABLE, offer(&world, 3.95, reading(7, 0.5)));
    /* The writes of these four seconds have been saved up: 16, and 4 of this one. */
    assert_int_equal(20, offer_steadily(&world, 4, 5, 30, writing(7, 1)));
    end(&world);
}

/* https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/burst-adaptive-capacity.html */
static void test_simulation__burst_fills_again_and_holds_300_seconds_at_most(void **state) {
    (void)state;
    test_world world = table_of(2, 1);
    begin(&world);
    /* 300 × 2 saved and the second's 2. */
    assert_int_equal(602, offer_steadily(&world, 0, 1, 700, reading(7, 1)));
    /* Nothing was left, so the 9 idle seconds give 18, and this one 2. */
    assert_int_equal(20, offer_steadily(&world, 10, 11, 50, reading(7, 1)));
    /* 1,000 idle seconds give no more than 600. */
    assert_int_equal(602, offer_steadily(&world, 1011, 1012, 700, reading(7, 1)));
    end(&world);
}

static void test_simulation__reads_and_writes_are_counted_apart(void **state) {
    (void)state;
    test_world world = table_of(1, 1);
    world.capacities[0].no_burst = true;
    begin(&world);
    assert_int_equal(WL_THROTTLE_NONE, offer(&world, 0, reading(7, 1)));
    assert_int_equal(WL_THROTTLE_TABLE, offer(&world, 0, reading(7, 0.5)));
    assert_int_equal(WL_THROTTLE_NONE, offer(&world, 0, writing(7, 1)));
    assert_int_equal(WL_THROTTLE_TABLE, offer(&world, 0, writing(7, 1)));
    assert_true(wl_simulation_first(world.simulation)->write == false);
    end(&world);
}

/* As many parts as there are in ten units are admitted, and no more. */
static void world_check_parts(double part) {
    test_world world = table_of(10, 1);
    world.capacities[0].no_burst = true;
    begin(&world);
    unsigned parts = (unsigned)(10 / part + 0.5);
    assert_int_equal(parts, offer_steadily(&world, 0, 1, parts + 5, reading(7, part)));
    end(&world);
}

/* Ten units dealt out to three keys come to 10.000000000000002 or so. */
static void test_simulation__parts_of_units_come_to_the_whole(void **state) {
    (void)state;
    world_check_parts(1.0 / 3);
    world_check_parts(0.1);
    world_check_parts(1.0 / 49);
}

/* ---- partitions ---- */

static void test_simulation__partitions_come_from_throughput_and_from_size(void **state) {
    (void)state;
    static const struct {
        wl_capacity capacity;
        size_t partitions;
    } cases[] = {
        {{.mode = WL_PROVISIONED, .provisioned = {1, 1}}, 1},
        {{.mode = WL_PROVISIONED, .provisioned = {1500, 500}}, 1},
        {{.mode = WL_PROVISIONED, .provisioned = {1501, 500}}, 2},
        {{.mode = WL_PROVISIONED, .provisioned = {3000, 2000}}, 3},
        {{.mode = WL_PROVISIONED, .provisioned = {1, 1}, .bytes = 10737418240u}, 1},
        {{.mode = WL_PROVISIONED, .provisioned = {1, 1}, .bytes = 10737418241u}, 2},
        {{.mode = WL_ON_DEMAND}, 4},
        {{.mode = WL_ON_DEMAND, .bytes = 10 * 10737418240u}, 10},
        {{.mode = WL_ON_DEMAND, .warm = {30000, 4000}}, 10},
        {{.mode = WL_ON_DEMAND, .bytes = UINT64_MAX}, 16384},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        test_world world = table_of(1, 1);
        world.capacities[0] = cases[i].capacity;
        begin(&world);
        assert_int_equal(cases[i].partitions,
                         wl_simulation_place(world.simulation, 0).partitions_start);
        end(&world);
    }
}

/* https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/throttling-key-range-limit-exceeded-mitigation.html
 */
static void test_simulation__a_partition_gives_3000_reads_and_1000_writes_a_second(void **state) {
    (void)state;
    test_world world = table_of(9000, 3000); /* burst does not lift a partition's ceiling */
    begin(&world);
    assert_int_equal(3000, offer_steadily(&world, 0, 1, 4000, reading(7, 1)));
    assert_int_equal(1000, offer_steadily(&world, 1, 2, 2000, writing(7, 1)));
    const wl_throttle *first = wl_simulation_first(world.simulation);
    assert_int_equal(WL_THROTTLE_PARTITION, first->reason);
    assert_false(first->write);
    /* Another partition is not touched by that. */
    assert_int_equal(3000, offer_steadily(&world, 2, 3, 3000, reading(UINT64_MAX, 1)));
    end(&world);
}

/* Twice a partition's ceiling is provisioned: what it throttles is left to the other partitions. */
static void world_check_vain(wl_demand hot, wl_demand other, unsigned ceiling) {
    test_world world = table_of(6000, 2000);
    world.capacities[0].no_burst = true;
    begin(&world);
    assert_int_equal(ceiling, offer_steadily(&world, 0, 1, 2 * ceiling, hot));
    assert_int_equal(ceiling, offer_steadily(&world, 0, 1, ceiling, other));
    end(&world);
}

static void test_simulation__a_hot_partition_takes_nothing_of_its_table_in_vain(void **state) {
    (void)state;
    world_check_vain(writing(7, 1), writing(UINT64_MAX, 1), 1000);
    world_check_vain(reading(7, 1), reading(UINT64_MAX, 1), 3000);
}

/* https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/burst-adaptive-capacity.html */
static void test_simulation__one_partition_may_take_all_that_its_table_has(void **state) {
    (void)state;
    test_world world = table_of(100, 100);
    world.capacities[0].no_burst = true;
    world.capacities[0].bytes = 4 * 10737418240u; /* four partitions, 25 units each if shared out */
    begin(&world);
    assert_int_equal(4, wl_simulation_place(world.simulation, 0).partitions_start);
    assert_int_equal(100, offer_steadily(&world, 0, 1, 100, reading(7, 1)));
    assert_int_equal(0, offer_steadily(&world, 0, 1, 1, reading(UINT64_MAX, 1)));
    end(&world);
}

/* Two keys of one partition with 1,500 reads a second each: neither is too much alone. */
static void test_simulation__a_hot_partition_is_split_between_its_keys(void **state) {
    (void)state;
    test_world world = table_of(3000, 1);
    world.capacities[0].provisioned.read_units = 8000;
    begin(&world);
    assert_int_equal(3, wl_simulation_place(world.simulation, 0).partitions_start);
    for (uint64_t second = 0; second < 302; second++) {
        uint64_t admitted = 0;
        for (unsigned i = 0; i < 2000; i++) {
            double time_s = (double)second + i / 2000.0;
            admitted += offer(&world, time_s, reading(100, 1)) == WL_THROTTLE_NONE;
            admitted += offer(&world, time_s, reading(200, 1)) == WL_THROTTLE_NONE;
        }
        assert_int_equal(second < 300 ? 3000 : 4000, admitted); /* WL__HEAT_SECONDS */
    }
    assert_int_equal(4, wl_simulation_place(world.simulation, 0).partitions_end);
    end(&world);
}

static void heat_one_key(test_world *world, uint64_t seconds, bool sort_keys) {
    for (uint64_t second = 0; second < seconds; second++) {
        for (unsigned i = 0; i < 1200; i++) {
            wl_demand demand = writing(100, 1);
            demand.sort_hash = sort_keys ? i : 0;
            (void)offer(world, (double)second + i / 1200.0, demand);
        }
    }
}

static void test_simulation__a_key_cannot_be_split_from_itself(void **state) {
    (void)state;
    test_world world = table_of(1, 2000);
    begin(&world);
    heat_one_key(&world, 700, false);
    assert_int_equal(3, wl_simulation_place(world.simulation, 0).partitions_end);
    assert_int_equal(1000, offer_steadily(&world, 700, 701, 1200, writing(100, 1)));
    end(&world);
}

static void test_simulation__a_collection_is_split_by_its_sort_key(void **state) {
    (void)state;
    test_world world = table_of(1, 2000);
    begin(&world);
    heat_one_key(&world, 305, true);
    wl_simulated_place place = wl_simulation_place(world.simulation, 0);
    assert_int_equal(3, place.partitions_start);
    assert_int_equal(4, place.partitions_end);
    assert_true(place.write_peak == 1200);
    end(&world);
}

/* https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/burst-adaptive-capacity.html:
 * no split within an item collection where the table has a local index. */
static void test_simulation__but_not_with_a_local_index(void **state) {
    (void)state;
    test_world world = table_of(1, 2000);
    size_t index = design_index(&world.workload, "by-date", true);
    begin(&world);
    heat_one_key(&world, 700, true);
    assert_int_equal(3, wl_simulation_place(world.simulation, 0).partitions_end);
    assert_true(wl_simulation_place(world.simulation, 0).write_peak == 1000);
    assert_int_equal(3, wl_simulation_place(world.simulation, index).partitions_end);
    end(&world);
}

static void test_simulation__a_pause_ends_heat(void **state) {
    (void)state;
    test_world world = table_of(1, 2000);
    begin(&world);
    heat_one_key(&world, 299, true);
    for (uint64_t second = 301; second < 599; second++) {
        for (uint64_t i = 0; i < 10; i++) {
            wl_demand demand = writing(100, 90);
            demand.sort_hash = i;
            (void)offer(&world, (double)second + 0.1 * (double)i, demand);
        }
    }
    assert_int_equal(3, wl_simulation_place(world.simulation, 0).partitions_end);
    end(&world);
}

/* ---- on demand ---- */

static test_world table_on_demand(void) {
    test_world world = table_of(0, 0);
    world.capacities[0] = (wl_capacity){.mode = WL_ON_DEMAND};
    return world;
}

/* A key of each quarter of the hashes: a new table's four partitions take part alike. */
static uint64_t admitted_evenly(test_world *world, uint64_t second, unsigned each, bool write) {
    uint64_t admitted = 0;
    for (unsigned i = 0; i < each; i++) {
        for (uint64_t quarter = 0; quarter < 4; quarter++) {
            uint64_t hash = quarter << 62 | 12345;
            wl_demand demand = write ? writing(hash, 1) : reading(hash, 1);
            double time_s = (double)second + (double)i / each;
            admitted += offer(world, time_s, demand) == WL_THROTTLE_NONE;
        }
    }
    return admitted;
}

/* https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html */
static void test_simulation__a_new_on_demand_table_takes_4000_writes_and_12000_reads(void **state) {
    (void)state;
    test_world world = table_on_demand();
    begin(&world);
    assert_int_equal(4000, admitted_evenly(&world, 0, 1000, true));
    assert_int_equal(12000, admitted_evenly(&world, 1, 3000, false));
    assert_int_equal(0, wl_simulation_throttled(world.simulation));
    assert_int_equal(WL_THROTTLE_NONE, offer(&world, 2, writing(7, 1000)));
    assert_int_equal(WL_THROTTLE_PARTITION, offer(&world, 2, writing(7, 1)));
    end(&world);
}

static void
test_simulation__on_demand_takes_twice_the_previous_peak_after_30_minutes(void **state) {
    (void)state;
    test_world world = table_on_demand();
    world.capacities[0].warm = (wl_throughput){.read_units = 100, .write_units = 4000};
    begin(&world);
    assert_int_equal(100, admitted_evenly(&world, 30, 25, false));
    assert_int_equal(0, wl_simulation_throttled(world.simulation));
    assert_int_equal(100, admitted_evenly(&world, 31, 50, false)); /* 200 are not yet taken */
    assert_int_equal(WL_THROTTLE_ON_DEMAND, wl_simulation_first(world.simulation)->reason);
    assert_int_equal(100, admitted_evenly(&world, 1859, 100, false));
    /* From 1,860 s on the first minute's peak of 100 is 30 minutes old. */
    assert_int_equal(200, admitted_evenly(&world, 1860, 100, false));
    assert_int_equal(200, admitted_evenly(&world, 3659, 100, false));
    assert_int_equal(400, admitted_evenly(&world, 3720, 200, false));
    /* What was reached once is reached again: days later it is still twice the 400. */
    assert_int_equal(800, admitted_evenly(&world, 400000, 400, false));
    end(&world);
}

/* ---- indexes ---- */

static test_world table_with_index(double index_writes) {
    test_world world = table_of(100, 100);
    design_index(&world.workload, "by-date", false);
    world.capacities[0].no_burst = true;
    world.capacities[1] = provisioned(100, index_writes);
    world.capacities[1].no_burst = true;
    return world;
}

/* https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/gsi-throttling.html */
static void test_simulation__a_global_index_pushes_back_on_its_tables_writes(void **state) {
    (void)state;
    test_world world = table_with_index(1);
    begin(&world);
    wl_demand demands[2] = {writing(7, 1), writing(9, 1)};
    demands[1].place = 1;
    demands[1].key = "index key";
    wl_throttle why;
    assert_true(offer_all(&world, 0, demands, 2, &why));
    assert_false(offer_all(&world, 0.5, demands, 2, &why));
    assert_int_equal(WL_THROTTLE_INDEX, why.reason);
    assert_int_equal(WL_THROTTLE_TABLE, why.limit);
    assert_int_equal(1, why.place);
    assert_true(why.write);
    assert_string_equal("index key", why.key);
    /* The table has given nothing to the write that was throttled: 99 are left. */
    assert_int_equal(99, offer_steadily(&world, 0, 1, 120, writing(7, 1)));
    end(&world);
}

static void test_simulation__an_index_that_cannot_be_read_does_not_hinder_its_table(void **state) {
    (void)state;
    test_world world = table_with_index(100);
    world.capacities[1].provisioned.read_units = 1;
    begin(&world);
    wl_demand read = reading(7, 1);
    read.place = 1;
    assert_int_equal(WL_THROTTLE_NONE, offer(&world, 0, read));
    assert_int_equal(WL_THROTTLE_TABLE, offer(&world, 0, read));
    assert_int_equal(WL_THROTTLE_NONE, offer(&world, 0, reading(7, 1)));
    assert_int_equal(WL_THROTTLE_NONE, offer(&world, 0, writing(7, 1)));
    end(&world);
}

static void test_simulation__a_hot_key_of_an_index_pushes_back_too(void **state) {
    (void)state;
    test_world world = table_with_index(5000);
    world.capacities[0].provisioned.write_units = 5000;
    begin(&world);
    wl_throttle why = {0};
    for (uint64_t i = 0; i < 1001; i++) {
        wl_demand demands[2] = {writing(i << 54, 1), writing(9, 1)}; /* spread over the table */
        demands[1].place = 1;
        assert_int_equal(i < 1000, offer_all(&world, 0.5, demands, 2, &why));
    }
    assert_int_equal(WL_THROTTLE_INDEX, why.reason);
    assert_int_equal(WL_THROTTLE_PARTITION, why.limit);
    end(&world);
}

/* https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/LSI.html */
static void test_simulation__a_local_index_uses_its_tables_capacity(void **state) {
    (void)state;
    test_world world = table_of(10, 10);
    design_index(&world.workload, "by-date", true);
    world.capacities[0].no_burst = true;
    begin(&world);
    wl_demand demands[2] = {writing(7, 1), writing(7, 1)};
    demands[1].place = 1;
    wl_throttle why;
    for (unsigned i = 0; i < 5; i++) {
        assert_true(offer_all(&world, 0, demands, 2, &why));
    }
    assert_false(offer_all(&world, 0, demands, 2, &why));
    assert_int_equal(WL_THROTTLE_TABLE, why.reason);
    assert_true(wl_simulation_place(world.simulation, 0).write_admitted == 5);
    assert_true(wl_simulation_place(world.simulation, 1).write_admitted == 5);
    end(&world);
}

/* ---- invariants on random arrivals ---- */

enum { ARRIVALS = 40000, DEMANDS_MAX = 4 };

typedef struct random_arrivals {
    wl_arrival list[ARRIVALS];
    wl_demand demands[ARRIVALS][DEMANDS_MAX];
} random_arrivals;

static random_arrivals *arrivals_of(uint64_t seed) {
    random_arrivals *made = calloc(1, sizeof *made);
    assert_non_null(made);
    test_random random = {seed};
    double time_s = 0;
    for (size_t i = 0; i < ARRIVALS; i++) {
        size_t count = 1 + test_random_below(&random, DEMANDS_MAX);
        for (size_t j = 0; j < count; j++) {
            uint64_t number = test_random_below(&random, 30);
            made->demands[i][j] =
                (wl_demand){.place = test_random_below(&random, 3),
                            .key_hash = number * number * 0x9E3779B97F4A7C15u,
                            .sort_hash = test_random_below(&random, 5),
                            .read_units = (double)test_random_below(&random, 20) / 2,
                            .write_units = (double)test_random_below(&random, 4)};
        }
        /* Gaps from nothing to minutes. */
        time_s += test_random_below(&random, 4000) == 0
                      ? (double)test_random_below(&random, 400)
                      : (double)test_random_below(&random, 1000) / 20000;
        made->list[i] = (wl_arrival){
            .time_s = time_s, .pattern = i % 5, .demands = made->demands[i], .demand_count = count};
    }
    return made;
}

/* A table, a global and a local index, with capacities that the arrivals exceed. */
static test_world random_world(test_random *random) {
    test_world world = table_of(20 + (double)test_random_below(random, 200),
                                10 + (double)test_random_below(random, 50));
    design_index(&world.workload, "global", false);
    design_index(&world.workload, "local", true);
    world.capacities[1] = provisioned(10 + (double)test_random_below(random, 200),
                                      10 + (double)test_random_below(random, 50));
    world.capacities[0].no_burst = test_random_below(random, 2) == 0;
    return world;
}

/* Whole seconds that have begun give units each, and 300 of them may have been saved up before. */
static double most(const wl_capacity *capacity, double units, double time_s) {
    double burst = capacity->no_burst ? 0 : 300 * units;
    return ((double)(uint64_t)time_s + 1) * units + burst;
}

static void test_simulation__no_token_appears_from_nowhere(void **state) {
    (void)state;
    test_random random = {test_seed(6001)};
    uint64_t throttled = 0;
    for (unsigned run = 0; run < 8; run++) {
        random_arrivals *arrivals = arrivals_of(test_random_next(&random));
        test_world world = random_world(&random);
        begin(&world);
        double wanted_reads = 0;
        double wanted_writes = 0;
        for (size_t i = 0; i < ARRIVALS; i++) {
            (void)wl_simulation_offer(world.simulation, &arrivals->list[i], NULL);
            wl_simulated_place places[3];
            double reads = 0;
            double writes = 0;
            for (size_t j = 0; j < 3; j++) {
                places[j] = wl_simulation_place(world.simulation, j);
                reads += places[j].read_admitted + places[j].read_throttled;
                writes += places[j].write_admitted + places[j].write_throttled;
            }
            for (size_t j = 0; j < arrivals->list[i].demand_count; j++) {
                wanted_reads += arrivals->demands[i][j].read_units;
                wanted_writes += arrivals->demands[i][j].write_units;
            }
            /* What was asked for was either given or refused. */
            assert_true(reads == wanted_reads && writes == wanted_writes);
            double time_s = arrivals->list[i].time_s;
            const wl_capacity *table = &world.capacities[0];
            const wl_capacity *global = &world.capacities[1];
            assert_true(places[0].read_admitted + places[2].read_admitted <=
                        most(table, table->provisioned.read_units, time_s));
            assert_true(places[0].write_admitted + places[2].write_admitted <=
                        most(table, table->provisioned.write_units, time_s));
            assert_true(places[1].read_admitted <=
                        most(global, global->provisioned.read_units, time_s));
            assert_true(places[1].write_admitted <=
                        most(global, global->provisioned.write_units, time_s));
        }
        assert_int_equal(ARRIVALS, wl_simulation_admitted(world.simulation) +
                                       wl_simulation_throttled(world.simulation));
        throttled += wl_simulation_throttled(world.simulation);
        assert_true(wl_simulation_admitted(world.simulation) > 0);
        end(&world);
        free(arrivals);
    }
    assert_true(throttled > ARRIVALS / 10);
}

static void test_simulation__the_same_arrivals_give_the_same_answer(void **state) {
    (void)state;
    uint64_t seed = test_seed(6002);
    random_arrivals *arrivals = arrivals_of(seed);
    bool answers[ARRIVALS];
    for (unsigned run = 0; run < 2; run++) {
        test_random random = {seed};
        test_world world = random_world(&random);
        begin(&world);
        for (size_t i = 0; i < ARRIVALS; i++) {
            bool admitted = wl_simulation_offer(world.simulation, &arrivals->list[i], NULL);
            if (run == 0) {
                answers[i] = admitted;
            }
            assert_int_equal(answers[i], admitted);
        }
        end(&world);
    }
    free(arrivals);
}

static double first_throttle_s(test_world *world, const random_arrivals *arrivals) {
    begin(world);
    double time_s = 1e300;
    for (size_t i = 0; i < ARRIVALS && time_s == 1e300; i++) {
        if (!wl_simulation_offer(world->simulation, &arrivals->list[i], NULL)) {
            time_s = arrivals->list[i].time_s;
        }
    }
    end(world);
    return time_s;
}

static void test_simulation__more_capacity_never_throttles_earlier(void **state) {
    (void)state;
    test_random random = {test_seed(6003)};
    for (unsigned run = 0; run < 20; run++) {
        random_arrivals *arrivals = arrivals_of(test_random_next(&random));
        test_world world = random_world(&random);
        double before_s = 0;
        for (unsigned step = 0; step < 10; step++) {
            double now_s = first_throttle_s(&world, arrivals);
            assert_true(now_s >= before_s);
            before_s = now_s;
            wl_capacity *more = &world.capacities[test_random_below(&random, 2)];
            more->provisioned.read_units += (double)test_random_below(&random, 100);
            more->provisioned.write_units += (double)test_random_below(&random, 50);
        }
        free(arrivals);
    }
}

/* A partition never gives more in a second than its ceiling, however it is split: keys that cannot
 * be split get no more than one partition's. */
static void test_simulation__no_key_gets_more_than_a_partitions_ceiling(void **state) {
    (void)state;
    test_random random = {test_seed(6004)};
    test_world world = table_of(40000, 40000);
    design_index(&world.workload, "local", true);
    begin(&world);
    for (uint64_t second = 0; second < 1300; second++) {
        double taken[4] = {0};
        for (unsigned i = 0; i < 1200; i++) {
            uint64_t key = test_random_below(&random, 8) / 2 % 4; /* four keys of one partition */
            double units = 1 + (double)test_random_below(&random, 8) / 2;
            wl_demand demand = writing(key, units);
            demand.sort_hash = i;
            if (offer(&world, (double)second + i / 1200.0, demand) == WL_THROTTLE_NONE) {
                taken[key] += units;
            }
        }
        double sum = 0;
        for (size_t key = 0; key < 4; key++) {
            assert_true(taken[key] <= 1000);
            sum += taken[key];
        }
        /* One partition, then more and more of them. */
        assert_true(second >= 300 || sum <= 1000);
        assert_true(second < 1200 || sum > 3000);
    }
    end(&world);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_simulation__150_units_saved_up_for_300_s_last_900_s_at_200),
        cmocka_unit_test(test_simulation__without_burst_a_second_gives_what_is_provisioned),
        cmocka_unit_test(test_simulation__burst_fills_again_and_holds_300_seconds_at_most),
        cmocka_unit_test(test_simulation__reads_and_writes_are_counted_apart),
        cmocka_unit_test(test_simulation__parts_of_units_come_to_the_whole),
        cmocka_unit_test(test_simulation__partitions_come_from_throughput_and_from_size),
        cmocka_unit_test(test_simulation__a_partition_gives_3000_reads_and_1000_writes_a_second),
        cmocka_unit_test(test_simulation__a_hot_partition_takes_nothing_of_its_table_in_vain),
        cmocka_unit_test(test_simulation__one_partition_may_take_all_that_its_table_has),
        cmocka_unit_test(test_simulation__a_hot_partition_is_split_between_its_keys),
        cmocka_unit_test(test_simulation__a_key_cannot_be_split_from_itself),
        cmocka_unit_test(test_simulation__a_collection_is_split_by_its_sort_key),
        cmocka_unit_test(test_simulation__but_not_with_a_local_index),
        cmocka_unit_test(test_simulation__a_pause_ends_heat),
        cmocka_unit_test(test_simulation__a_new_on_demand_table_takes_4000_writes_and_12000_reads),
        cmocka_unit_test(test_simulation__on_demand_takes_twice_the_previous_peak_after_30_minutes),
        cmocka_unit_test(test_simulation__a_global_index_pushes_back_on_its_tables_writes),
        cmocka_unit_test(test_simulation__an_index_that_cannot_be_read_does_not_hinder_its_table),
        cmocka_unit_test(test_simulation__a_hot_key_of_an_index_pushes_back_too),
        cmocka_unit_test(test_simulation__a_local_index_uses_its_tables_capacity),
        cmocka_unit_test(test_simulation__no_token_appears_from_nowhere),
        cmocka_unit_test(test_simulation__the_same_arrivals_give_the_same_answer),
        cmocka_unit_test(test_simulation__more_capacity_never_throttles_earlier),
        cmocka_unit_test(test_simulation__no_key_gets_more_than_a_partitions_ceiling),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
