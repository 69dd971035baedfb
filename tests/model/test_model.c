/*
 * Random histories against the model: whatever is asked of the engine is asked of a plain in-memory
 * model too, and both must answer the same.
 *
 *     test_model [history]        one history, or all of them
 *     PTE_SEED=n PTE_OPS=n        repeat a failure; run longer
 *     PTE_CHECK_EVERY=n           let pte_check look after every n steps, to find the step at fault
 *
 * Built a second time against an engine whose partition hash has only a few values
 * (MODEL_WEAK_HASH), so that keys collide all the time: a write may then be refused with
 * HASH_COLLISION, but nothing may ever be served or overwritten in another key's place.
 */
#include "admin.h"
#include "writes.h"

#include <stdio.h>
#include <stdlib.h>

#ifndef MODEL_WEAK_HASH
#define MODEL_WEAK_HASH 0
#endif

/* A step's weights, in the order of WORLD_STEPS. */
#define WRITES(put, delete, update, copy, transaction, batch)                                      \
    [STEP_PUT] = put, [STEP_DELETE] = delete, [STEP_UPDATE] = update, [STEP_COPY] = copy,          \
    [STEP_TRANSACTION] = transaction, [STEP_BATCH] = batch
#define READS(get, query, scan, describe, changes)                                                 \
    [STEP_GET] = get, [STEP_QUERY] = query, [STEP_SCAN] = scan, [STEP_DESCRIBE] = describe,        \
    [STEP_CHANGES] = changes
#define TABLES(table, alter, backfill)                                                             \
    [STEP_TABLE] = table, [STEP_ALTER] = alter, [STEP_BACKFILL] = backfill
#define UPKEEP(expire, reclaim, trim, reopen, check)                                               \
    [STEP_EXPIRE] = expire, [STEP_RECLAIM] = reclaim, [STEP_TRIM] = trim, [STEP_REOPEN] = reopen,  \
    [STEP_CHECK] = check
#define SNAPSHOTS(hold, held, release)                                                             \
    [STEP_HOLD] = hold, [STEP_HELD] = held, [STEP_RELEASE] = release

static const world_history histories[] = {
#if MODEL_WEAK_HASH
    {"memory",
     20000,
     PTE_MEMORY,
     WORLD_KEYS_MIXED,
     4,
     {WRITES(4000, 1000, 1200, 200, 600, 500), READS(1000, 800, 120, 60, 100), TABLES(6, 15, 80),
      UPKEEP(20, 60, 20, 1, 10), SNAPSHOTS(20, 100, 10)}},
    {"relaxed",
     15000,
     PTE_RELAXED,
     WORLD_KEYS_LONG,
     4,
     {WRITES(4000, 1000, 1200, 200, 600, 500), READS(1000, 800, 120, 60, 100), TABLES(6, 15, 80),
      UPKEEP(20, 60, 20, 5, 10), SNAPSHOTS(20, 100, 10)}},
#else
    {"memory",
     35000,
     PTE_MEMORY,
     WORLD_KEYS_SHORT,
     5,
     {WRITES(3000, 1000, 1200, 200, 400, 400), READS(800, 800, 80, 60, 100), TABLES(4, 12, 60),
      UPKEEP(15, 60, 20, 1, 8), SNAPSHOTS(20, 100, 10)}},
    {"long-keys",
     25000,
     PTE_MEMORY,
     WORLD_KEYS_LONG,
     3,
     {WRITES(3000, 1200, 800, 200, 300, 300), READS(800, 1200, 120, 40, 60), TABLES(4, 10, 60),
      UPKEEP(15, 60, 20, 0, 8), SNAPSHOTS(20, 100, 10)}},
    {"relaxed",
     30000,
     PTE_RELAXED,
     WORLD_KEYS_MIXED,
     5,
     {WRITES(3000, 1000, 1200, 200, 400, 400), READS(800, 600, 60, 60, 100), TABLES(4, 12, 60),
      UPKEEP(15, 60, 20, 10, 8), SNAPSHOTS(20, 100, 10)}},
    {"durable",
     5000,
     PTE_DURABLE,
     WORLD_KEYS_MIXED,
     4,
     {WRITES(3000, 1000, 1200, 200, 600, 800), READS(800, 600, 60, 60, 100), TABLES(4, 12, 60),
      UPKEEP(15, 60, 20, 20, 8), SNAPSHOTS(20, 100, 10)}},
    {"indexes",
     25000,
     PTE_MEMORY,
     WORLD_KEYS_MIXED,
     3,
     {WRITES(3000, 800, 1000, 200, 200, 200), READS(300, 1600, 120, 100, 40), TABLES(6, 100, 300),
      UPKEEP(5, 60, 20, 0, 8), SNAPSHOTS(10, 100, 5)}},
    {"transactions",
     30000,
     PTE_RELAXED,
     WORLD_KEYS_SHORT,
     5,
     {WRITES(400, 100, 300, 50, 3000, 1500), READS(300, 200, 30, 40, 150), TABLES(3, 8, 40),
      UPKEEP(10, 40, 20, 3, 5), SNAPSHOTS(20, 60, 10)}},
    {"upkeep",
     30000,
     PTE_RELAXED,
     WORLD_KEYS_MIXED,
     7,
     {WRITES(3000, 300, 700, 200, 200, 1000), READS(300, 200, 60, 80, 200), TABLES(80, 60, 200),
      UPKEEP(200, 300, 150, 10, 20), SNAPSHOTS(20, 60, 10)}},
    {"queries",
     25000,
     PTE_MEMORY,
     WORLD_KEYS_LONG,
     4,
     {WRITES(1200, 200, 300, 50, 100, 200), READS(500, 4000, 300, 20, 20), TABLES(6, 6, 60),
      UPKEEP(3, 20, 20, 0, 4), SNAPSHOTS(20, 600, 10)}},
#endif
};
enum { HISTORIES = sizeof histories / sizeof *histories };

/* What was read then must not have changed. */
static void look_at_held(world *w) {
    world_held *held = &w->held[world_below(w, WORLD_HELD_MAX)];
    if (held->read == NULL) {
        return;
    }
    reads_state state = {held->read, &held->then};
    world_log(w, "look at a snapshot");
    if (held->viewed != NULL) {
        bridge_expect(w, &held->view, held->viewed, "an item viewed earlier");
    }
    switch (world_below(w, 8)) {
    case 0:
        reads_random_scan(w, &state);
        break;
    case 1:
        reads_changes(w, &state, true);
        break;
    case 2:
        reads_describe(w, &state, &held->then.tables[world_below(w, held->then.table_count)]);
        break;
    case 3:
    case 4:
        reads_random_query(w, &state);
        break;
    default:
        reads_random_get(w, &state);
        break;
    }
}

static void look(world *w, world_step step) {
    pte_error error;
    reads_state state = {.m = &w->m};
    WORLD_OK(w, pte_read_begin(&state.read, w->env, &error));
    if (step == STEP_GET) {
        reads_random_get(w, &state);
    } else if (step == STEP_QUERY) {
        reads_random_query(w, &state);
    } else if (step == STEP_SCAN) {
        reads_random_scan(w, &state);
    } else if (step == STEP_DESCRIBE) {
        reads_describe(w, &state, &w->m.tables[world_below(w, w->m.table_count)]);
    } else {
        reads_changes(w, &state, world_once_in(w, 10));
    }
    pte_read_end(state.read);
}

static void look_at_everything(world *w) {
    pte_error error;
    reads_state state = {.m = &w->m};
    WORLD_OK(w, pte_read_begin(&state.read, w->env, &error));
    reads_everything(w, &state);
    reads_changes(w, &state, true);
    pte_read_end(state.read);
    world_check(w);
}

static void take_step(world *w, world_step step) {
    static void (*const simple[WORLD_STEP_COUNT])(world *) = {
        [STEP_PUT] = writes_put,
        [STEP_DELETE] = writes_delete,
        [STEP_UPDATE] = writes_update,
        [STEP_COPY] = writes_copy,
        [STEP_TRANSACTION] = writes_transaction,
        [STEP_BATCH] = writes_batch,
        [STEP_TABLE] = admin_table,
        [STEP_ALTER] = admin_alter,
        [STEP_BACKFILL] = admin_backfill,
        [STEP_EXPIRE] = admin_expire,
        [STEP_TRIM] = admin_trim,
        [STEP_HELD] = look_at_held,
        [STEP_CHECK] = look_at_everything,
    };
    if (simple[step] != NULL) {
        simple[step](w);
    } else if (step == STEP_QUERY && world_once_in(w, 25)) {
        reads_query_deleting(w);
    } else if (step == STEP_RECLAIM) {
        admin_reclaim(w, world_once_in(w, 10));
    } else if (step == STEP_REOPEN) {
        world_log(w, "reopen");
        world_reopen(w);
    } else if (step == STEP_HOLD) {
        world_hold(w, world_below(w, WORLD_HELD_MAX));
    } else if (step == STEP_RELEASE) {
        world_release(w, world_below(w, WORLD_HELD_MAX));
    } else {
        look(w, step);
    }
}

static uint64_t sum_of_weights(const world *w) {
    uint64_t sum = 0;
    for (size_t i = 0; i < WORLD_STEP_COUNT; i++) {
        sum += w->history->weights[i];
    }
    return sum;
}

static world_step choose_step(world *w) {
    uint64_t at = world_below(w, sum_of_weights(w));
    size_t step = 0;
    while (at >= w->history->weights[step]) {
        at -= w->history->weights[step++];
    }
    return (world_step)step;
}

/* A history that met no refusals or pages proves nothing about them. */
static void expect_coverage(world *w) {
    static const pte_status met[] = {PTE_OK,
                                     PTE_CONDITION_FAILED,
                                     PTE_CALLBACK_FAILED,
                                     PTE_TRANSACTION_CANCELLED,
                                     PTE_KEY_MISSING,
                                     PTE_KEY_TYPE,
                                     PTE_KEY_SIZE,
                                     PTE_KEY_EMPTY,
                                     PTE_KEY_CHANGED,
                                     PTE_INDEX_KEY_TYPE,
                                     PTE_INDEX_KEY_SIZE,
                                     PTE_INDEX_KEY_EMPTY,
                                     PTE_TABLE_NOT_FOUND};
    printf("%llu steps, %llu pages, %llu rows, %llu collisions\n", (unsigned long long)w->steps,
           (unsigned long long)w->pages, (unsigned long long)w->rows,
           (unsigned long long)w->statuses[PTE_HASH_COLLISION]);
    if (w->steps < 5000) {
        return;
    }
    for (size_t i = 0; i < sizeof met / sizeof *met; i++) {
        if (w->statuses[met[i]] == 0) {
            world_fail(w, "no write was answered %s", pte_status_name(met[i]));
        }
    }
    uint64_t sum = sum_of_weights(w);
    for (size_t i = 0; i < WORLD_STEP_COUNT; i++) {
        bool many = w->history->weights[i] * w->steps / sum >= 20;
        if (many && w->done[i] == 0) {
            world_fail(w, "no step %s was made", world_step_name((world_step)i));
        }
    }
    if (w->weak != (w->statuses[PTE_HASH_COLLISION] > 0)) {
        world_fail(w, "%llu collisions", (unsigned long long)w->statuses[PTE_HASH_COLLISION]);
    }
}

static void finish(world *w) {
    look_at_everything(w);
    admin_backfill_all(w);
    admin_reclaim(w, true);
    look_at_everything(w);
    if (w->durability != PTE_MEMORY) {
        world_reopen(w);
        look_at_everything(w);
    }
    expect_coverage(w);
}

static void test_model__agrees_with_the_engine(void **state) {
    world *w = *state;
    admin_make_tables(w);
    for (w->step = 0; w->step < w->steps; w->step++) {
        world_step step = choose_step(w);
        w->done[step]++;
        w->now_ms += (int64_t)world_below(w, 100);
        take_step(w, step);
        if (w->check_every != 0 && w->step % w->check_every == 0) {
            world_check(w);
        }
    }
    finish(w);
}

static int set_up(void **state) {
    const world_history *history = *state;
    const char *ops = getenv("PTE_OPS");
    uint64_t seed = test_seed(20240229);
    uint64_t steps = ops != NULL ? strtoull(ops, NULL, 0) : history->steps;
    *state = world_create(history, seed, steps, MODEL_WEAK_HASH != 0);
    return 0;
}

static int tear_down(void **state) {
    world_destroy(*state);
    return 0;
}

int main(int argc, char **argv) {
    int failed = 0;
    bool known = false;
    for (size_t i = 0; i < HISTORIES; i++) {
        if (argc > 1 && strcmp(argv[1], histories[i].name) != 0) {
            continue;
        }
        known = true;
        const struct CMUnitTest tests[] = {
            {histories[i].name, test_model__agrees_with_the_engine, set_up, tear_down,
             (void *)(uintptr_t)&histories[i]},
        };
        failed += cmocka_run_group_tests(tests, NULL, NULL);
    }
    if (!known) {
        fprintf(stderr, "no history \"%s\"\n", argv[1]);
        return 2;
    }
    return failed;
}
