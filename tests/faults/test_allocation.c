/*
 * Every public call that allocates, run with its first allocation failing, its second, and so on
 * until it gets through: the status says so, outputs are empty, nothing leaks, the database is as
 * before the call or as after it, the checker finds nothing, and the same call then succeeds.
 *
 * Argument: which memory fails, and whether once or from then on.
 */
#include "faults/allocation_scenarios.h"
#include "faults/memory_faults.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static memory_fault fault_of_run; /* fail_at is filled in */

static void end_world(allocation_world *world) {
    allocation_world_end(world);
    assert_int_equal(memory_live_bytes(), 0);
}

/* A snapshot from before a write would show the old state. */
static database_dump dump(allocation_world *world) {
    return database_take(world->env);
}

/* The state before and after the call where nothing fails. */
static void take_reference(const allocation_scenario *scenario, database_dump *before,
                           database_dump *after) {
    pte_error error;
    allocation_world *world = allocation_world_make(scenario);
    *before = dump(world);
    OK(scenario->run(world, &error));
    *after = dump(world);
    database_expect_sound(world->env);
    end_world(world);
}

static void expect_as(const database_dump *expected, allocation_world *world, const char *when,
                      const allocation_scenario *scenario, size_t fail_at) {
    database_dump found = dump(world);
    bool as_expected = scenario->in_parts ? database_dump_alike(expected, &found)
                                          : database_dump_equal(expected, &found);
    if (!as_expected) {
        fail_msg("%s, allocation %zu: not as %s", scenario->name, fail_at, when);
    }
    database_dump_free(&found);
    database_expect_sound(world->env);
}

/* One call with the fault. False when it got through without meeting it. */
static bool run_once(const allocation_scenario *scenario, size_t fail_at,
                     const database_dump *before, const database_dump *after) {
    pte_error error = {0};
    memory_fault fault = fault_of_run;
    fault.fail_at = fail_at;
    allocation_world *world = allocation_world_make(scenario);
    memory_arm(&fault);
    pte_status status = scenario->run(world, &error);
    bool met = memory_disarm();
    if (status != PTE_OK) {
        if (!met || status != PTE_OUT_OF_MEMORY) {
            fail_msg("%s, allocation %zu: %s (%s)", scenario->name, fail_at,
                     pte_status_name(status), error.message);
        }
        assert_int_equal(error.status, status);
        assert_true(strlen(error.message) > strlen(pte_status_text(status)));
        if (!scenario->in_parts) {
            expect_as(before, world, "before", scenario, fail_at);
        } else {
            database_expect_sound(world->env);
        }
        OK(scenario->run(world, &error));
    }
    expect_as(after, world, "after", scenario, fail_at);
    end_world(world);
    return met;
}

/* How many allocations the scenario makes. */
static size_t run_scenario(const allocation_scenario *scenario) {
    enum { ALLOCATIONS_MAX = 2000 };
    database_dump before;
    database_dump after;
    take_reference(scenario, &before, &after);
    size_t fail_at = 1;
    while (run_once(scenario, fail_at, &before, &after)) {
        fail_at++;
        assert_in_range(fail_at, 1, ALLOCATIONS_MAX);
    }
    printf("%-24s %zu allocations\n", scenario->name, fail_at - 1);
    database_dump_free(&before);
    database_dump_free(&after);
    return fail_at - 1;
}

static void test_allocation__calls_survive_it(void **state) {
    size_t allocations = 0;
    (void)state;
    for (size_t i = 0; i < ALLOCATION_SCENARIO_COUNT; i++) {
        allocations += run_scenario(&ALLOCATION_SCENARIOS[i]);
    }
    /* Or the faults do not reach what they are meant for. */
    assert_in_range(allocations, 100, SIZE_MAX);
}

/* --- opening --- */

typedef struct opening {
    const char *name;
    pte_durability durability;
    bool existing;
    bool read_only;
} opening;

static void make_database(const char *home) {
    pte_env *env;
    pte_error error;
    pte_env_options options = database_options(PTE_RELAXED, NULL);
    OK(pte_env_open(&env, home, &options, &error));
    database_create_table(env);
    database_put(env, &(database_item){.number = 1, .content_bytes = 10});
    pte_env_close(env);
}

static bool open_once(const opening *how, const memory_fault *fault) {
    pte_env *env = (pte_env *)(uintptr_t)1;
    pte_error error = {0};
    char *home = test_folder_make();
    if (how->existing) {
        make_database(home);
    }
    pte_env_options options = database_options(how->durability, memory_allocator());
    options.read_only = how->read_only;
    memory_arm(fault);
    pte_status status = pte_env_open(&env, home, &options, &error);
    bool met = memory_disarm();
    if (status != PTE_OK) {
        if (!met || status != PTE_OUT_OF_MEMORY) {
            fail_msg("%s, allocation %zu: %s", how->name, fault->fail_at, error.message);
        }
        assert_null(env);
        assert_int_equal(memory_live_bytes(), 0);
        OK(pte_env_open(&env, home, &options, &error));
    }
    if (!how->existing) {
        database_create_table(env);
        database_put(env, &(database_item){.number = 1, .content_bytes = 10});
    }
    assert_true(database_has(env, &(database_item){.number = 1, .content_bytes = 10}));
    database_expect_sound(env);
    pte_env_close(env);
    assert_int_equal(memory_live_bytes(), 0);
    test_folder_remove(home);
    return met;
}

static void test_allocation__opening_survives_it(void **state) {
    static const opening OPENINGS[] = {
        {"in memory", PTE_MEMORY, false, false},
        {"new", PTE_DURABLE, false, false},
        {"existing", PTE_DURABLE, true, false},
        {"read-only", PTE_DURABLE, true, true},
    };
    (void)state;
    for (size_t i = 0; i < sizeof OPENINGS / sizeof OPENINGS[0]; i++) {
        memory_fault fault = fault_of_run;
        fault.fail_at = 1;
        while (open_once(&OPENINGS[i], &fault)) {
            fault.fail_at++;
        }
        assert_true(fault.fail_at > 1);
        printf("open %-19s %zu allocations\n", OPENINGS[i].name, fault.fail_at - 1);
    }
}

/* --- builders: memory of the engine's only --- */

static bool build_once(const memory_fault *fault) {
    enum { ELEMENTS = 80 };
    pte_builder *builder = NULL;
    pte_error error = {0};
    pte_item item = {{(const uint8_t *)"", 1}, 1};
    memory_arm(fault);
    pte_status status = pte_builder_create(&builder, memory_allocator(), &error);
    if (status != PTE_OK) {
        assert_null(builder);
    }
    for (int attempt = 0; status == PTE_OK && attempt < 1; attempt++) {
        pte_builder_name(builder, pte_str("set"));
        pte_builder_begin(builder, PTE_TYPE_NS);
        for (unsigned i = ELEMENTS; i > 0; i--) {
            char text[8];
            snprintf(text, sizeof text, "%u", i);
            pte_builder_number(builder, pte_str(text));
        }
        pte_builder_end(builder);
        status = pte_builder_item(&item, builder, &error);
        if (status != PTE_OK) {
            assert_int_equal(item.encoded.len, 0);
            assert_int_equal(item.size_bytes, 0);
        }
    }
    bool met = memory_disarm();
    assert_int_equal(status, met ? PTE_OUT_OF_MEMORY : PTE_OK);
    if (met && builder != NULL) {
        pte_builder_reset(builder);
        pte_builder_add_string(builder, "name", "value");
        OK(pte_builder_item(&item, builder, &error));
    }
    pte_builder_destroy(builder);
    assert_int_equal(memory_live_bytes(), 0);
    return met;
}

static void test_allocation__builders_survive_it(void **state) {
    memory_fault fault = fault_of_run;
    (void)state;
    fault.fail_at = 1;
    while (build_once(&fault)) {
        fault.fail_at++;
    }
    assert_true(fault.source != MEMORY_OF_ENGINE || fault.fail_at > 2);
}

int main(int argc, char **argv) {
    static const struct {
        const char *name;
        memory_fault fault;
    } RUNS[] = {
        {"engine_once", {MEMORY_OF_ENGINE, 0, false}},
        {"engine_on", {MEMORY_OF_ENGINE, 0, true}},
        {"lmdb_once", {MEMORY_OF_LMDB, 0, false}},
        {"lmdb_on", {MEMORY_OF_LMDB, 0, true}},
    };
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_allocation__calls_survive_it),
        cmocka_unit_test(test_allocation__opening_survives_it),
        cmocka_unit_test(test_allocation__builders_survive_it),
    };
    for (size_t i = 0; i < sizeof RUNS / sizeof RUNS[0]; i++) {
        if (argc == 2 && strcmp(argv[1], RUNS[i].name) == 0) {
            fault_of_run = RUNS[i].fault;
            return cmocka_run_group_tests_name(argv[1], tests, NULL, NULL);
        }
    }
    fprintf(stderr, "usage: test_allocation engine_once|engine_on|lmdb_once|lmdb_on\n");
    return 2;
}
