/* Opening, reopening and closing a history's database; snapshots; the report of a failure. */
#include "world.h"

#include "generate.h"

#include <stdio.h>
#include <stdlib.h>

uint64_t world_below(world *w, uint64_t bound) {
    return test_random_below(&w->random, bound);
}

bool world_once_in(world *w, uint64_t times) {
    return test_random_below(&w->random, times) == 0;
}

const char *world_step_name(world_step step) {
    static const char *const names[] = {
#define WORLD_STEP_TEXT(name) #name,
        WORLD_STEPS(WORLD_STEP_TEXT)
#undef WORLD_STEP_TEXT
    };
    return step < WORLD_STEP_COUNT ? names[step] : "?";
}

void world_log(world *w, const char *format, ...) {
    char *line = w->log[w->log_next++ % WORLD_LOG_LINES];
    va_list arguments;
    va_start(arguments, format);
    int used = snprintf(line, sizeof w->log[0], "%llu: ", (unsigned long long)w->step);
    vsnprintf(line + used, sizeof w->log[0] - (size_t)used, format, arguments);
    va_end(arguments);
}

void world_fail(world *w, const char *format, ...) {
    char message[4096];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    size_t from = w->log_next > WORLD_LOG_LINES ? w->log_next - WORLD_LOG_LINES : 0;
    print_error("the last steps:\n");
    for (size_t i = from; i < w->log_next; i++) {
        print_error("  %s\n", w->log[i % WORLD_LOG_LINES]);
    }
    print_error("history %s, PTE_SEED=%llu, step %llu of %llu (PTE_OPS=%llu is enough):\n  %s\n",
                w->history->name, (unsigned long long)w->seed, (unsigned long long)w->step,
                (unsigned long long)w->steps, (unsigned long long)w->step + 1, message);
    fail();
    abort(); /* fail does not return */
}

void world_expect_at(world *w, pte_status expected, pte_status status, const pte_error *error,
                     const char *call, int line) {
    if (status == expected) {
        return;
    }
    bool detailed = status > PTE_NOT_FOUND && error->status == status;
    world_fail(w, "line %d: %s: expected %s, found %s%s%s", line, call, pte_status_name(expected),
               pte_status_name(status), detailed ? ": " : "", detailed ? error->message : "");
}

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
