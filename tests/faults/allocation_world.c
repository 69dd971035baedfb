#include "faults/allocation_scenarios.h"

#include "faults/memory_faults.h"

#include <stdio.h>
#include <stdlib.h>

static void fill(pte_env *env) {
    database_create_table(env);
    for (unsigned i = 0; i < ALLOCATION_ITEMS; i++) {
        database_put(env, &(database_item){.number = i, .content_bytes = 40});
    }
    database_put(
        env, &(database_item){.number = ALLOCATION_ITEMS, .content_bytes = 40, .long_keys = true});
}

static void reopen(allocation_world *world, pte_durability durability) {
    pte_error error;
    pte_env_options options = database_options(durability, memory_allocator());
    OK(pte_env_open(&world->env, durability == PTE_MEMORY ? NULL : world->home, &options, &error));
}

allocation_world *allocation_world_make(const allocation_scenario *scenario) {
    pte_error error;
    pte_durability durability = scenario->durable ? PTE_RELAXED : PTE_MEMORY;
    allocation_world *world = calloc(1, sizeof *world);
    assert_non_null(world);
    world->home = test_folder_make();
    for (size_t i = 0; i < ALLOCATION_OPS; i++) {
        OK(pte_builder_create(&world->builders[i], NULL, &error));
    }
    reopen(world, durability);
    if (!scenario->empty) {
        fill(world->env);
    }
    if (scenario->durable) {
        /* Opened again, so that nothing is cached. */
        pte_env_close(world->env);
        reopen(world, durability);
    }
    if (scenario->prepare != NULL) {
        scenario->prepare(world);
    }
    if (scenario->reads) {
        OK(pte_read_begin(&world->read, world->env, &error));
    }
    return world;
}

void allocation_world_end(allocation_world *world) {
    pte_read_end(world->read);
    pte_env_close(world->env);
    for (size_t i = 0; i < ALLOCATION_OPS; i++) {
        pte_builder_destroy(world->builders[i]);
    }
    test_folder_remove(world->home);
    free(world);
}
