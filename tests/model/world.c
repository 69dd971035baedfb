/* Opening, reopening and closing a history's database; snapshots. */
#include "world.h"

#include "generate.h"

#include <stdio.h>
#include <stdlib.h>

static int64_t now_ms(void *ctx) {
    const world *w = ctx;
    return w->now_ms;
}

static bool engine_random(void *ctx, uint8_t *bytes, size_t len) {
    world *w = ctx;
    test_random_fill(&w->engine_random, bytes, len);
    return true;
}

static void open_env(world *w) {
    pte_error error;
    pte_env_options options = {
        .durability = w->durability,
        .map_bytes_max = (size_t)1 << 30,
        .now_ms = now_ms,
        .now_ctx = w,
        .random = engine_random,
        .random_ctx = w,
    };
    WORLD_OK(
        w, pte_env_open(&w->env, w->durability == PTE_MEMORY ? NULL : w->folder, &options, &error));
}

world *world_create(const world_history *history, uint64_t seed, uint64_t steps, bool weak) {
    pte_error error;
    world *w = model_alloc(sizeof *w);
    w->history = history;
    w->seed = seed;
    w->steps = steps;
    w->weak = weak;
    w->random.state = seed;
    w->engine_random.state = seed ^ 0x5EC4E7;
    w->now_ms = (int64_t)1700000000 * 1000;
    w->durability = history->durability;
    w->m.table_count = history->tables;
    const char *every = getenv("PTE_CHECK_EVERY");
    w->check_every = every != NULL ? strtoull(every, NULL, 0) : 0;
    w->folder = test_folder_make();
    gen_pools(w);
    for (size_t i = 0; i < WORLD_OPS_MAX; i++) {
        WORLD_OK(w, pte_builder_create(&w->builders[i], NULL, &error));
    }
    WORLD_OK(w, pte_builder_create(&w->key_builder, NULL, &error));
    WORLD_OK(w, pte_builder_create(&w->start_builder, NULL, &error));
    for (size_t i = 0; i < history->tables; i++) {
        snprintf(w->m.tables[i].name, MODEL_NAME_MAX, "table-%c", (char)('a' + (i * 5) % 7));
    }
    open_env(w);
    return w;
}

static void order_clean_up(world_order *order) {
    for (size_t i = 0; i < order->count; i++) {
        model_item_release(order->items[i]);
    }
    free(order->items);
    *order = (world_order){0};
}

void world_destroy(world *w) {
    if (w == NULL) {
        return;
    }
    for (size_t i = 0; i < WORLD_HELD_MAX; i++) {
        world_release(w, i);
    }
    pte_env_close(w->env);
    for (size_t i = 0; i < WORLD_OPS_MAX; i++) {
        pte_builder_destroy(w->builders[i]);
    }
    pte_builder_destroy(w->key_builder);
    pte_builder_destroy(w->start_builder);
    for (size_t i = 0; i < MODEL_TABLES_MAX; i++) {
        order_clean_up(&w->orders[i]);
    }
    model_clean_up(&w->m);
    gen_pools_clean_up(w);
    test_folder_remove(w->folder);
    free(w);
}

/* A new database in memory: nothing survived. */
static void forget(world *w) {
    for (size_t i = 0; i < w->m.table_count; i++) {
        model_table_clear(&w->m.tables[i]);
    }
    (void)model_trim(&w->m, INT64_MAX, SIZE_MAX);
    w->m.last_sequence = 0;
    w->newest_id = 0;
    for (size_t i = 0; i < MODEL_TABLES_MAX; i++) {
        order_clean_up(&w->orders[i]);
    }
}

void world_reopen(world *w) {
    for (size_t i = 0; i < WORLD_HELD_MAX; i++) {
        world_release(w, i);
    }
    pte_env_close(w->env);
    w->env = NULL;
    if (w->durability == PTE_MEMORY) {
        forget(w);
    } else if (w->history->durability == PTE_RELAXED) {
        w->durability = world_once_in(w, 8) ? PTE_DURABLE : PTE_RELAXED;
    }
    open_env(w);
}

void world_release(world *w, size_t slot) {
    world_held *held = &w->held[slot];
    pte_read_end(held->read);
    model_clean_up(&held->then);
    model_item_release(held->viewed);
    *held = (world_held){0};
}

void world_hold(world *w, size_t slot) {
    pte_error error;
    world_release(w, slot);
    world_held *held = &w->held[slot];
    WORLD_OK(w, pte_read_begin(&held->read, w->env, &error));
    model_copy(&held->then, &w->m);
    const model_table *table = &held->then.tables[world_below(w, held->then.table_count)];
    if (table->count == 0) {
        return;
    }
    model_item *item = table->items[world_below(w, table->count)];
    gen_key_text text;
    pte_key key = gen_key(w, table, item, &text);
    WORLD_OK(w, pte_read_item(&held->view, held->read, pte_str(table->name), &key, &error));
    held->viewed = model_item_hold(item);
}

static void on_problem(void *ctx, const char *problem) {
    world_log(ctx, "problem: %s", problem);
}

void world_check(world *w) {
    pte_error error;
    pte_check_report report;
    pte_check_options options = {.on_problem = on_problem, .ctx = w};
    WORLD_OK(w, pte_check(&report, w->env, &options, &error));
    if (report.problems != 0) {
        world_fail(w, "pte_check found %llu problems", (unsigned long long)report.problems);
    }
    uint64_t tables = 0;
    for (size_t i = 0; i < w->m.table_count; i++) {
        tables += w->m.tables[i].exists ? 1 : 0;
    }
    if (report.tables != tables || report.change_records != w->m.change_count) {
        world_fail(w, "pte_check counts %llu tables and %llu change records, not %llu and %zu",
                   (unsigned long long)report.tables, (unsigned long long)report.change_records,
                   (unsigned long long)tables, w->m.change_count);
    }
}
