/*
 * Threads that read, write, copy, fill indexes, expire, make and drop tables and reclaim, all on
 * one handle at once. Every snapshot must agree with itself, and at the end the totals are exact.
 */
#include "support/bank.h"

#include <pocketable/engine/changes.h>
#include <pocketable/engine/check.h>
#include <pocketable/engine/table.h>
#include <pocketable/engine/upkeep.h>
#include <pocketable/engine/write.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    ROUNDS = 120, /* of each thread; the readers go on until the others are done */
    COPIES = 6,
    SESSIONS = 5, /* items a batch */
    COLOURED = 30,
    PATH_BYTES = 4200,
};

static const int64_t START_MS = 1600000000000;

/* What all threads share. */
typedef struct crowd {
    pte_env *env;
    char *folder; /* for copies */
    pthread_mutex_t mutex;
    bool failed;           /* with the mutex, as all below */
    test_trouble trouble;  /* the first */
    unsigned busy_writers; /* threads that have not done their rounds yet */
    int64_t now_s;         /* the expiry's clock */
    uint64_t sessions_put;
    uint64_t sessions_expired;
    uint64_t added;
    uint64_t won;
    unsigned copies;
} crowd;

typedef struct worker {
    crowd *all;
    const char *name;
    bool (*play)(struct worker *w, test_trouble *trouble);
    bool reads; /* goes on until all writers are done */
    test_random random;
    uint64_t round;
    pthread_t thread;
} worker;

static uint64_t below(worker *w, uint64_t bound) {
    return test_random_below(&w->random, bound);
}

static void add(worker *w, uint64_t *total, uint64_t amount) {
    pthread_mutex_lock(&w->all->mutex);
    *total += amount;
    pthread_mutex_unlock(&w->all->mutex);
}

/* ---- Writers of the bank ---- */

static bool play_teller(worker *w, test_trouble *trouble) {
    bool won = false;
    switch (below(w, 3)) {
    case 0:
        return bank_transfer(w->all->env, &w->random, trouble);
    case 1:
        if (!bank_compete(&won, w->all->env, w->name, trouble)) {
            return false;
        }
        add(w, &w->all->won, won ? 1 : 0);
        return true;
    default:
        if (!bank_add(w->all->env, w->name, trouble)) {
            return false;
        }
        add(w, &w->all->added, 1);
        return true;
    }
}

/* ---- Readers ---- */

/* What a description says in a snapshot, and what a scan of it gives. */
static bool count_agrees(pte_read *read, const char *table, test_trouble *trouble) {
    pte_error error;
    const pte_table_info *info;
    pte_cursor *cursor;
    pte_item item;
    const pte_scan scan = {.table = pte_str(table)};
    pte_status status = pte_table_describe(&info, read, pte_str(table), &error);
    if (status == PTE_TABLE_NOT_FOUND) {
        return true;
    }
    NEED_OK(status);
    uint64_t said = info->items;
    NEED_OK(pte_scan_open(&cursor, read, &scan, &error));
    while ((status = pte_cursor_next(&item, cursor, &error)) == PTE_OK) {
    }
    NEED_STATUS(PTE_END, status);
    NEED(pte_cursor_items(cursor) == said, "%s says %llu items, a scan gives %zu", table,
         (unsigned long long)said, pte_cursor_items(cursor));
    return true;
}

static bool changes_agree(pte_read *read, test_trouble *trouble) {
    pte_error error;
    pte_change change;
    pte_status status;
    uint64_t last;
    uint64_t after = 0;
    NEED_OK(pte_change_last(&last, read, &error));
    while ((status = pte_change_next(&change, read, after, &error)) == PTE_OK) {
        NEED(after == 0 || change.sequence == after + 1, "change %llu comes after %llu",
             (unsigned long long)change.sequence, (unsigned long long)after);
        after = change.sequence;
    }
    NEED_STATUS(PTE_END, status);
    NEED(after == 0 || after == last, "the log ends at %llu, the last change is %llu",
         (unsigned long long)after, (unsigned long long)last);
    return true;
}

static bool look(worker *w, pte_read *read, test_trouble *trouble) {
    static const char *const tables[] = {"bank", "sessions", "coloured", "brief"};
    bank_state state;
    bank_state again;
    if (!bank_check(&state, read, trouble) || !count_agrees(read, tables[below(w, 4)], trouble) ||
        (below(w, 4) == 0 && !changes_agree(read, trouble)) || !bank_check(&again, read, trouble)) {
        return false;
    }
    NEED(memcmp(&state, &again, sizeof state) == 0, "a snapshot that changes");
    return true;
}

static bool play_reader(worker *w, test_trouble *trouble) {
    pte_error error;
    pte_read *read;
    pte_env_info info;
    NEED_OK(pte_read_begin(&read, w->all->env, &error));
    bool well = look(w, read, trouble);
    pte_read_end(read);
    if (!well || below(w, 4) != 0) {
        return well;
    }
    NEED_OK(pte_env_describe(&info, w->all->env, &error));
    NEED(info.tables >= 3, "%llu tables", (unsigned long long)info.tables);
    return true;
}

/* ---- Items with a time to live, in batches ---- */

static pte_status build_session(pte_item *item, pte_builder *builder, uint64_t round, size_t number,
                                int64_t until_s, pte_error *error) {
    char text[48];
    snprintf(text, sizeof text, "%llu-%zu", (unsigned long long)round, number);
    pte_builder_add_string(builder, "id", text);
    snprintf(text, sizeof text, "%lld", (long long)until_s);
    pte_builder_add_number(builder, "until", text);
    return pte_builder_item(item, builder, error);
}

static bool put_sessions(worker *w, int64_t now_s, test_trouble *trouble) {
    pte_error error;
    pte_op ops[SESSIONS];
    pte_builder *builders[SESSIONS] = {0};
    pte_status status = PTE_OK;
    for (size_t i = 0; i < SESSIONS && status == PTE_OK; i++) {
        ops[i] = (pte_op){.kind = PTE_PUT, .table = pte_str("sessions")};
        status = pte_builder_create(&builders[i], NULL, &error);
        if (status == PTE_OK) {
            status = build_session(&ops[i].item, builders[i], w->round, i,
                                   now_s + (int64_t)below(w, 20), &error);
        }
    }
    if (status == PTE_OK) {
        status = pte_write_batch(w->all->env, ops, SESSIONS, &error);
    }
    for (size_t i = 0; i < SESSIONS; i++) {
        pte_builder_destroy(builders[i]);
    }
    NEED_OK(status);
    add(w, &w->all->sessions_put, SESSIONS);
    return true;
}

static int64_t clock_s(worker *w, int64_t step) {
    pthread_mutex_lock(&w->all->mutex);
    int64_t now_s = w->all->now_s += step;
    pthread_mutex_unlock(&w->all->mutex);
    return now_s;
}

static bool play_sessions(worker *w, test_trouble *trouble) {
    return put_sessions(w, clock_s(w, 1), trouble);
}

static bool play_expiry(worker *w, test_trouble *trouble) {
    pte_error error;
    size_t expired;
    size_t trimmed;
    NEED_OK(pte_expire(&expired, w->all->env, clock_s(w, 0), 1 + below(w, 8), &error));
    add(w, &w->all->sessions_expired, expired);
    NEED_OK(pte_changes_trim(&trimmed, w->all->env, INT64_MAX, 1 + below(w, 3), &error));
    return true;
}

/* ---- Definitions ---- */

static const pte_index_spec BY_COLOUR = {
    .name = {(const uint8_t *)"by_colour", 9},
    .hash = {{{(const uint8_t *)"colour", 6}, PTE_TYPE_S}},
    .hash_count = 1,
};

static pte_status create(pte_env *env, const char *name, const pte_index_spec *index,
                         const char *ttl, pte_error *error) {
    const pte_table_spec spec = {.name = pte_str(name),
                                 .hash = {pte_str("id"), PTE_TYPE_S},
                                 .indexes = index,
                                 .index_count = index != NULL ? 1 : 0,
                                 .changes = PTE_CHANGES_NEW_AND_OLD_IMAGES,
                                 .ttl_attribute = pte_str(ttl)};
    return pte_table_create(env, &spec, error);
}

static pte_status put_coloured(pte_env *env, const char *table, uint64_t number, pte_error *error) {
    char id[32];
    pte_item item;
    pte_builder *builder;
    pte_status status = pte_builder_create(&builder, NULL, error);
    if (status != PTE_OK) {
        return status;
    }
    snprintf(id, sizeof id, "%llu", (unsigned long long)number);
    pte_builder_add_string(builder, "id", id);
    pte_builder_add_string(builder, "colour", number % 2 == 0 ? "red" : "blue");
    status = pte_builder_item(&item, builder, error);
    if (status == PTE_OK) {
        status = pte_put(env, pte_str(table), &item, error);
    }
    pte_builder_destroy(builder);
    return status;
}

static bool red_agree(pte_read *read, test_trouble *trouble) {
    pte_error error;
    pte_item item;
    pte_cursor *cursor;
    pte_status status;
    const pte_query query = {.table = pte_str("coloured"),
                             .index = BY_COLOUR.name,
                             .hash = {pte_s("red")},
                             .hash_count = 1};
    NEED_OK(pte_query_open(&cursor, read, &query, &error));
    while ((status = pte_cursor_next(&item, cursor, &error)) == PTE_OK) {
    }
    NEED_STATUS(PTE_END, status);
    NEED(pte_cursor_items(cursor) == COLOURED / 2, "%zu items are red, not %d",
         pte_cursor_items(cursor), COLOURED / 2);
    return true;
}

/* Adds an index to a table that has items, fills it, looks through it, drops it. */
static bool play_indexer(worker *w, test_trouble *trouble) {
    pte_error error;
    pte_read *read;
    pte_backfill_progress progress = {.finished = false};
    const pte_table_change adding = {.add_index = &BY_COLOUR};
    const pte_table_change dropping = {.drop_index = BY_COLOUR.name};
    NEED_OK(pte_table_alter(w->all->env, pte_str("coloured"), &adding, &error));
    while (!progress.finished) {
        NEED_OK(pte_backfill_step(&progress, w->all->env, pte_str("coloured"), 7, &error));
    }
    NEED_OK(pte_read_begin(&read, w->all->env, &error));
    bool well = red_agree(read, trouble);
    pte_read_end(read);
    if (well) {
        NEED_OK(pte_table_alter(w->all->env, pte_str("coloured"), &dropping, &error));
    }
    return well;
}

/* Makes a table, fills it, drops it; its space is reclaimed by itself, and a little here. */
static bool play_creator(worker *w, test_trouble *trouble) {
    pte_error error;
    size_t reclaimed;
    NEED_OK(create(w->all->env, "brief", &BY_COLOUR, "", &error));
    for (uint64_t i = 0; i < 5; i++) {
        NEED_OK(put_coloured(w->all->env, "brief", i, &error));
    }
    NEED_OK(pte_table_drop(w->all->env, pte_str("brief"), &error));
    NEED_STATUS(PTE_TABLE_NOT_FOUND, put_coloured(w->all->env, "brief", 0, &error));
    NEED_OK(pte_reclaim(&reclaimed, w->all->env, 1 + below(w, 4), &error));
    return true;
}

/* ---- Copies, and the check ---- */

static bool copy_agrees(const char *path, test_trouble *trouble) {
    pte_error error;
    pte_env *copy;
    pte_check_report report;
    bank_state state;
    const pte_env_options options = {.durability = PTE_RELAXED, .must_exist = true};
    NEED_OK(pte_env_open(&copy, path, &options, &error));
    pte_status status = pte_check(&report, copy, NULL, &error);
    bool well = bank_check_now(&state, copy, trouble);
    pte_env_close(copy);
    NEED_OK(status);
    NEED(report.problems == 0, "the check of a copy finds %llu problems",
         (unsigned long long)report.problems);
    return well;
}

static bool play_copier(worker *w, test_trouble *trouble) {
    pte_error error;
    char path[PATH_BYTES];
    const pte_copy_options options = {.compact = w->round % 2 == 1};
    if (w->round >= COPIES) {
        return true;
    }
    snprintf(path, sizeof path, "%s/copy-%llu", w->all->folder, (unsigned long long)w->round);
    NEED_OK(pte_env_copy(w->all->env, path, &options, &error));
    if (!copy_agrees(path, trouble)) {
        return false;
    }
    pthread_mutex_lock(&w->all->mutex);
    w->all->copies++;
    pthread_mutex_unlock(&w->all->mutex);
    return true;
}

static bool play_checker(worker *w, test_trouble *trouble) {
    pte_error error;
    pte_check_report report;
    NEED_OK(pte_check(&report, w->all->env, NULL, &error));
    NEED(report.problems == 0, "the check finds %llu problems",
         (unsigned long long)report.problems);
    return true;
}

/* ---- The crowd ---- */

static bool goes_on(worker *w) {
    pthread_mutex_lock(&w->all->mutex);
    bool more = w->reads ? w->all->busy_writers > 0 : w->round < ROUNDS;
    more = more && !w->all->failed;
    pthread_mutex_unlock(&w->all->mutex);
    return more;
}

static void *run(void *argument) {
    worker *w = argument;
    test_trouble trouble;
    bool well = true;
    for (w->round = 0; well && goes_on(w); w->round++) {
        well = w->play(w, &trouble);
    }
    pthread_mutex_lock(&w->all->mutex);
    if (!well && !w->all->failed) {
        w->all->failed = true;
        snprintf(w->all->trouble.text, sizeof w->all->trouble.text, "%s, round %llu: %.700s",
                 w->name, (unsigned long long)w->round, trouble.text);
    }
    w->all->busy_writers -= w->reads ? 0 : 1;
    pthread_mutex_unlock(&w->all->mutex);
    return NULL;
}

/* No other thread is about. */
static void fill(crowd *all) {
    pte_error error;
    OK(create(all->env, "sessions", NULL, "until", &error));
    OK(create(all->env, "coloured", NULL, "", &error));
    for (uint64_t i = 0; i < COLOURED; i++) {
        OK(put_coloured(all->env, "coloured", i, &error));
    }
    if (!bank_create(all->env, &all->trouble)) {
        fail_msg("%s", all->trouble.text);
    }
}

static void run_crowd(crowd *all, uint64_t seed) {
    worker workers[] = {
        {.name = "reader-1", .play = play_reader, .reads = true},
        {.name = "reader-2", .play = play_reader, .reads = true},
        {.name = "checker", .play = play_checker, .reads = true},
        {.name = "teller-1", .play = play_teller},
        {.name = "teller-2", .play = play_teller},
        {.name = "teller-3", .play = play_teller},
        {.name = "sessions", .play = play_sessions},
        {.name = "expiry", .play = play_expiry},
        {.name = "indexer", .play = play_indexer},
        {.name = "creator", .play = play_creator},
        {.name = "copier", .play = play_copier},
    };
    enum { WORKERS = sizeof workers / sizeof workers[0] };
    for (size_t i = 0; i < WORKERS; i++) {
        all->busy_writers += workers[i].reads ? 0 : 1;
    }
    for (size_t i = 0; i < WORKERS; i++) {
        workers[i].all = all;
        workers[i].random = (test_random){seed + i * 1000003};
        assert_int_equal(pthread_create(&workers[i].thread, NULL, run, &workers[i]), 0);
    }
    for (size_t i = 0; i < WORKERS; i++) {
        pthread_join(workers[i].thread, NULL);
    }
    if (all->failed) {
        fail_msg("%s", all->trouble.text);
    }
    print_message("%llu and %llu looks at snapshots, %llu checks, %u copies; %llu items expired\n",
                  (unsigned long long)workers[0].round, (unsigned long long)workers[1].round,
                  (unsigned long long)workers[2].round, all->copies,
                  (unsigned long long)all->sessions_expired);
}

/* How many counters the tellers have made. */
static uint64_t count_counters(crowd *all) {
    static const char *const tellers[] = {"teller-1", "teller-2", "teller-3"};
    uint64_t count = 2; /* shared, tally */
    for (size_t i = 0; i < 3; i++) {
        uint64_t added;
        uint64_t won;
        assert_true(bank_added_by(&added, all->env, tellers[i], &all->trouble));
        assert_true(bank_won_by(&won, all->env, tellers[i], &all->trouble));
        count += (added > 0 ? 1u : 0) + (won > 0 ? 1u : 0);
    }
    return count;
}

static void expect_totals(crowd *all) {
    pte_error error;
    pte_check_report report;
    pte_env_info info;
    bank_state state;
    size_t left = 1;
    while (left > 0) {
        OK(pte_expire(&left, all->env, all->now_s + 1000, 100, &error));
        all->sessions_expired += left;
    }
    for (left = 1; left > 0;) {
        OK(pte_reclaim(&left, all->env, 1000, &error));
    }
    OK(pte_check(&report, all->env, NULL, &error));
    assert_int_equal(report.problems, 0);
    if (!bank_check_now(&state, all->env, &all->trouble)) {
        fail_msg("%s", all->trouble.text);
    }
    assert_int_equal(state.shared, all->added);
    assert_int_equal(state.tally, all->won);
    OK(pte_env_describe(&info, all->env, &error));
    assert_int_equal(all->sessions_put, ROUNDS * SESSIONS);
    assert_int_equal(all->sessions_expired, all->sessions_put);
    assert_int_equal(info.tables, 3);
    assert_int_equal(info.retired, 0);
    assert_int_equal(info.expiry_entries, 0);
    assert_int_equal(info.items, COLOURED + BANK_ACCOUNTS + count_counters(all));
    assert_int_equal(info.index_entries, BANK_ACCOUNTS);
    assert_int_equal(all->copies, COPIES);
    assert_true(all->won > 0);
}

static int64_t frozen_clock(void *ctx) {
    (void)ctx;
    return START_MS;
}

static void test_together(crowd *all, pte_durability durability) {
    pte_error error;
    uint64_t seed = test_seed(20240611);
    char path[PATH_BYTES];
    const pte_env_options options = {.durability = durability, .now_ms = frozen_clock};
    snprintf(path, sizeof path, "%s/database", all->folder);
    all->now_s = START_MS / 1000;
    OK(pte_env_open(&all->env, durability == PTE_MEMORY ? NULL : path, &options, &error));
    fill(all);
    run_crowd(all, seed);
    expect_totals(all);
}

static void test_threads__together_in_memory(void **state) {
    test_together(*state, PTE_MEMORY);
}

static void test_threads__together_relaxed(void **state) {
    test_together(*state, PTE_RELAXED);
}

static void test_threads__together_durable(void **state) {
    test_together(*state, PTE_DURABLE);
}

static int set_up(void **state) {
    crowd *all = calloc(1, sizeof *all);
    assert_non_null(all);
    pthread_mutex_init(&all->mutex, NULL);
    all->folder = test_folder_make();
    *state = all;
    return 0;
}

static int tear_down(void **state) {
    crowd *all = *state;
    pte_env_close(all->env);
    pthread_mutex_destroy(&all->mutex);
    test_folder_remove(all->folder);
    free(all);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_threads__together_in_memory, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_threads__together_relaxed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_threads__together_durable, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
