/*
 * What a history runs in: a database, its model, the pools that keys are drawn from, snapshots held
 * open, and the reporting of the first difference.
 *
 * Every failure ends the test with the seed, the step's number, the last steps and what differed.
 */
#ifndef TESTS_MODEL_WORLD_H
#define TESTS_MODEL_WORLD_H

#include "model.h"

#include "support/support.h"

#include <pocketable/engine.h>

enum {
    WORLD_OPS_MAX = 10,   /* operations of one write */
    WORLD_HELD_MAX = 3,   /* snapshots held open */
    WORLD_LOG_LINES = 24, /* steps shown on failure */
    WORLD_HASHES = 10,    /* values in the pools */
    WORLD_RANGES = 28,
    WORLD_ATTRIBUTES = 7, /* attributes that indexes may have as keys */
    WORLD_ATTRIBUTE_VALUES = 6,
};

/* The lengths of keys. */
typedef enum world_keys { WORLD_KEYS_SHORT = 0, WORLD_KEYS_LONG, WORLD_KEYS_MIXED } world_keys;

/* What a step does; each history gives every one of them a weight. */
#define WORLD_STEPS(X)                                                                             \
    X(PUT)                                                                                         \
    X(DELETE)                                                                                      \
    X(UPDATE)                                                                                      \
    X(COPY)                                                                                        \
    X(TRANSACTION)                                                                                 \
    X(BATCH)                                                                                       \
    X(GET)                                                                                         \
    X(QUERY)                                                                                       \
    X(SCAN)                                                                                        \
    X(DESCRIBE)                                                                                    \
    X(CHANGES)                                                                                     \
    X(TABLE)                                                                                       \
    X(ALTER)                                                                                       \
    X(BACKFILL)                                                                                    \
    X(EXPIRE)                                                                                      \
    X(RECLAIM)                                                                                     \
    X(TRIM)                                                                                        \
    X(REOPEN)                                                                                      \
    X(HOLD)                                                                                        \
    X(HELD)                                                                                        \
    X(RELEASE)                                                                                     \
    X(CHECK)

typedef enum world_step {
#define WORLD_STEP_ENUM(name) STEP_##name,
    WORLD_STEPS(WORLD_STEP_ENUM)
#undef WORLD_STEP_ENUM
        WORLD_STEP_COUNT
} world_step;

typedef struct world_history {
    const char *name;
    uint64_t steps;
    pte_durability durability;
    world_keys keys;
    size_t tables;
    unsigned weights[WORLD_STEP_COUNT];
} world_history;

/* A snapshot held open, and the model as it was then. */
typedef struct world_held {
    pte_read *read;
    model then;
    pte_item view; /* an item as it was read then, and what it was */
    model_item *viewed;
} world_held;

/* The order in which a table's last scan gave its items. */
typedef struct world_order {
    uint32_t table_id;
    model_item **items; /* held */
    size_t count;
} world_order;

typedef struct world {
    const world_history *history;
    bool weak; /* the engine is built with hashes that collide */
    uint64_t seed;
    uint64_t step;
    uint64_t steps;
    uint64_t check_every; /* pte_check after so many steps; 0: only where a history says so */
    test_random random;
    test_random engine_random; /* the engine's own randomness */
    int64_t now_ms;

    char *folder;
    pte_env *env;
    pte_durability durability;
    model m;
    uint32_t newest_id;
    world_held held[WORLD_HELD_MAX];
    world_order orders[MODEL_TABLES_MAX];

    model_value hashes[3][WORLD_HASHES]; /* S, N, B */
    model_value ranges[3][WORLD_RANGES];
    model_value attributes[WORLD_ATTRIBUTES][WORLD_ATTRIBUTE_VALUES];
    pte_builder *builders[WORLD_OPS_MAX];
    pte_builder *key_builder;
    pte_builder *start_builder;

    uint64_t done[WORLD_STEP_COUNT];
    uint64_t statuses[128]; /* how often a write ended so */
    uint64_t pages;
    uint64_t rows;
    char log[WORLD_LOG_LINES][200];
    size_t log_next;
} world;

/* Makes the world of a history with its empty database. */
world *world_create(const world_history *history, uint64_t seed, uint64_t steps, bool weak);
void world_destroy(world *w);

/* Closes the database (held snapshots end) and opens it again; a database in memory is a new one.
 */
void world_reopen(world *w);

/* Holds a new snapshot in a slot, lets go of the one there. */
void world_hold(world *w, size_t slot);
void world_release(world *w, size_t slot);

/* Below bound, which is above 0; and true once in so many times. */
uint64_t world_below(world *w, uint64_t bound);
bool world_once_in(world *w, uint64_t times);

/* Adds a line to what a failure shows. */
void world_log(world *w, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Ends the test. */
_Noreturn void world_fail(world *w, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Fails unless status is as expected. */
void world_expect_at(world *w, pte_status expected, pte_status status, const pte_error *error,
                     const char *call, int line);
#define WORLD_EXPECT(w, expected, call)                                                            \
    world_expect_at((w), (expected), (call), &error, #call, __LINE__)
/* In a function that has a pte_error called error. */
#define WORLD_OK(w, call) WORLD_EXPECT(w, PTE_OK, call)

/* pte_check must find nothing. */
void world_check(world *w);

const char *world_step_name(world_step step);

#endif
