/* What is run with memory failing: every public call that allocates. */
#ifndef TESTS_FAULTS_ALLOCATION_SCENARIOS_H
#define TESTS_FAULTS_ALLOCATION_SCENARIOS_H

#include "faults/database.h"

enum { ALLOCATION_ITEMS = 24, ALLOCATION_OPS = 6 };

/* A database and what a scenario needs, made before memory fails. */
typedef struct allocation_world {
    char *home; /* a folder of its own */
    pte_env *env;
    pte_read *read; /* of scenarios that read */
    pte_builder *builders[ALLOCATION_OPS];
    pte_item items[ALLOCATION_OPS];
    char texts[ALLOCATION_OPS][2][DATABASE_KEY_BYTES_MAX + 1];
    pte_op ops[ALLOCATION_OPS];
    size_t op_count;
} allocation_world;

typedef struct allocation_scenario {
    const char *name;
    /* In a database with ALLOCATION_ITEMS items and one long-keyed one. May be NULL. */
    void (*prepare)(allocation_world *world);
    /* The call under test. Checks what it gives: empty where it failed. */
    pte_status (*run)(allocation_world *world, pte_error *error);
    bool reads;    /* world->read is open */
    bool durable;  /* in world->home; else in memory */
    bool in_parts; /* a failure may come after a part that is kept */
    bool empty;    /* no table, no items */
} allocation_scenario;

extern const allocation_scenario ALLOCATION_SCENARIOS[];
extern const size_t ALLOCATION_SCENARIO_COUNT;

/* Makes a world in which the scenario can run; ended by the other. */
allocation_world *allocation_world_make(const allocation_scenario *scenario);
void allocation_world_end(allocation_world *world);

#endif
