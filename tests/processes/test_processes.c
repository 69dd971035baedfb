/*
 * Three processes write, read and make and drop tables and indexes in one database at once, while a
 * fourth that does the same is killed and started again. Every snapshot of every process must agree
 * with itself, and at the end the totals are exact.
 */
#include "support/bank.h"
#include "support/process.h"

#include <pocketable/engine/check.h>
#include <pocketable/engine/table.h>
#include <pocketable/engine/upkeep.h>
#include <pocketable/engine/write.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    WORKERS = 3,
    ROUNDS = 3000, /* of each worker */
    KILLS = 20,
    LIFE_US_MAX = 80 * 1000,
    HELD_MAX = 4, /* snapshots that the victim keeps open */
    OWN_ITEMS = 12,
    WAIT_US_MAX = 100 * 1000 * 1000,
};

/* What a process has done, as far as it was acknowledged. */
typedef struct totals {
    uint64_t added;
    uint64_t won;
} totals;

typedef enum report_kind { REPORT_TOTALS, REPORT_TROUBLE } report_kind;
typedef struct report {
    uint64_t kind;
    totals done;
} report;

/* ---- In the children ---- */

typedef struct actor {
    pte_env *env;
    const char *name;
    test_random random;
    totals done;
    pte_read *held[HELD_MAX];
    test_trouble *trouble;
} actor;

static uint64_t below(actor *a, uint64_t bound) {
    return test_random_below(&a->random, bound);
}

static bool say(report_kind kind, totals done) {
    report said = {kind, done};
    return test_pipe_write(STDOUT_FILENO, &said, sizeof said);
}

static const pte_index_spec BY_COLOUR = {
    .name = {(const uint8_t *)"by_colour", 9},
    .hash = {{{(const uint8_t *)"colour", 6}, PTE_TYPE_S}},
    .hash_count = 1,
};

static pte_status create_table(actor *a, const char *name, bool indexed, pte_error *error) {
    const pte_table_spec spec = {.name = pte_str(name),
                                 .hash = {pte_str("id"), PTE_TYPE_S},
                                 .indexes = &BY_COLOUR,
                                 .index_count = indexed ? 1 : 0};
    return pte_table_create(a->env, &spec, error);
}

static pte_status put_coloured(actor *a, const char *table, uint64_t number, pte_error *error) {
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
        status = pte_put(a->env, pte_str(table), &item, error);
    }
    pte_builder_destroy(builder);
    return status;
}

/* How many items of a table are red, by its index; the status of the query if there is none. */
static pte_status count_red(uint64_t *count, actor *a, const char *table, pte_error *error) {
    pte_read *read;
    pte_cursor *cursor;
    const pte_query query = {
        .table = pte_str(table), .index = BY_COLOUR.name, .hash = {pte_s("red")}, .hash_count = 1};
    *count = 0;
    pte_status status = pte_read_begin(&read, a->env, error);
    if (status != PTE_OK) {
        return status;
    }
    status = pte_query_open(&cursor, read, &query, error);
    while (status == PTE_OK) {
        pte_item item;
        status = pte_cursor_next(&item, cursor, error);
        *count += status == PTE_OK ? 1 : 0;
    }
    pte_read_end(read);
    return status == PTE_END ? PTE_OK : status;
}

/* A table that nobody else touches: what becomes of it is certain, whatever others do to theirs. */
static bool use_own_table(actor *a) {
    test_trouble *trouble = a->trouble;
    pte_error error;
    uint64_t red;
    char name[32];
    snprintf(name, sizeof name, "own-%s", a->name);
    NEED_OK(create_table(a, name, true, &error));
    NEED_STATUS(PTE_TABLE_EXISTS, create_table(a, name, true, &error));
    for (uint64_t i = 0; i < OWN_ITEMS; i++) {
        NEED_OK(put_coloured(a, name, i, &error));
    }
    NEED_OK(count_red(&red, a, name, &error));
    NEED(red == OWN_ITEMS / 2, "a new table has %llu red items, not %d", (unsigned long long)red,
         OWN_ITEMS / 2);
    const pte_table_change drop_index = {.drop_index = BY_COLOUR.name};
    NEED_OK(pte_table_alter(a->env, pte_str(name), &drop_index, &error));
    NEED_STATUS(PTE_INDEX_NOT_FOUND, count_red(&red, a, name, &error));
    const pte_table_change add_index = {.add_index = &BY_COLOUR};
    NEED_OK(pte_table_alter(a->env, pte_str(name), &add_index, &error));
    NEED_STATUS(PTE_INDEX_BACKFILLING, count_red(&red, a, name, &error));
    NEED_OK(pte_backfill(a->env, pte_str(name), NULL, NULL, &error));
    NEED_OK(count_red(&red, a, name, &error));
    NEED(red == OWN_ITEMS / 2, "a filled index has %llu red items, not %d", (unsigned long long)red,
         OWN_ITEMS / 2);
    NEED_OK(pte_table_drop(a->env, pte_str(name), &error));
    NEED_STATUS(PTE_TABLE_NOT_FOUND, put_coloured(a, name, 0, &error));
    return true;
}

/* A table that everybody makes, fills, changes and drops. */
static bool use_common_table(actor *a) {
    test_trouble *trouble = a->trouble;
    static const char name[] = "common";
    const pte_table_change changes[] = {{.drop_index = BY_COLOUR.name}, {.add_index = &BY_COLOUR}};
    pte_error error;
    pte_backfill_progress progress;
    uint64_t red;
    pte_status status;
    switch (below(a, 6)) {
    case 0:
        status = create_table(a, name, below(a, 2) == 0, &error);
        NEED(status == PTE_TABLE_EXISTS || status == PTE_OK, "create: %s", error.message);
        break;
    case 1:
        status = below(a, 3) == 0 ? pte_table_drop(a->env, pte_str(name), &error) : PTE_OK;
        NEED(status == PTE_TABLE_NOT_FOUND || status == PTE_OK, "drop: %s", error.message);
        break;
    case 2:
        status = pte_table_alter(a->env, pte_str(name), &changes[below(a, 2)], &error);
        NEED(status == PTE_TABLE_NOT_FOUND || status == PTE_INDEX_NOT_FOUND ||
                 status == PTE_INDEX_EXISTS || status == PTE_OK,
             "alter: %s", error.message);
        break;
    case 3:
        status = pte_backfill_step(&progress, a->env, pte_str(name), 5, &error);
        NEED(status == PTE_TABLE_NOT_FOUND || status == PTE_OK, "backfill: %s", error.message);
        break;
    case 4:
        status = count_red(&red, a, name, &error);
        NEED(status == PTE_TABLE_NOT_FOUND || status == PTE_INDEX_NOT_FOUND ||
                 status == PTE_INDEX_BACKFILLING || status == PTE_OK,
             "query: %s", error.message);
        break;
    default:
        status = put_coloured(a, name, below(a, 40), &error);
        NEED(status == PTE_TABLE_NOT_FOUND || status == PTE_OK, "put: %s", error.message);
        break;
    }
    return true;
}

static bool keep_up(actor *a) {
    test_trouble *trouble = a->trouble;
    pte_error error;
    size_t reclaimed;
    unsigned freed;
    pte_env_info info;
    NEED_OK(pte_reclaim(&reclaimed, a->env, 20, &error));
    NEED_OK(pte_env_free_stale_readers(&freed, a->env, &error));
    NEED_OK(pte_env_describe(&info, a->env, &error));
    NEED(info.tables >= 1, "the bank is gone");
    return true;
}

static bool play(actor *a) {
    bank_state state;
    bool won = false;
    bool well;
    switch (below(a, 16)) {
    case 0:
        return use_own_table(a);
    case 1:
    case 2:
    case 3:
        return use_common_table(a);
    case 4:
        return keep_up(a);
    case 5:
    case 6:
        return bank_check_now(&state, a->env, a->trouble);
    case 7:
    case 8:
    case 9:
        return bank_transfer(a->env, &a->random, a->trouble);
    case 10:
    case 11:
    case 12:
        well = bank_compete(&won, a->env, a->name, a->trouble);
        a->done.won += won ? 1 : 0;
        return well;
    default:
        well = bank_add(a->env, a->name, a->trouble);
        a->done.added += well ? 1 : 0;
        return well;
    }
}

static bool work(actor *a) {
    for (int i = 0; i < ROUNDS; i++) {
        if (!play(a)) {
            return false;
        }
    }
    return true;
}

/* One of the victim's snapshots ends, and is begun again: each is old when the kill comes. */
static bool hold_snapshot(actor *a) {
    test_trouble *trouble = a->trouble;
    pte_error error;
    bank_state state;
    uint64_t at = below(a, HELD_MAX);
    if (a->held[at] != NULL && !bank_check(&state, a->held[at], trouble)) {
        return false;
    }
    pte_read_end(a->held[at]);
    NEED_OK(pte_read_begin(&a->held[at], a->env, &error));
    return true;
}

/* Writes until it is killed; says what it finds that it has done, then every step. */
static bool suffer(actor *a) {
    test_trouble *trouble = a->trouble;
    char own[32];
    pte_error error;
    if (!bank_added_by(&a->done.added, a->env, a->name, trouble) ||
        !bank_won_by(&a->done.won, a->env, a->name, trouble)) {
        return false;
    }
    snprintf(own, sizeof own, "own-%s", a->name);
    pte_status status = pte_table_drop(a->env, pte_str(own), &error);
    NEED(status == PTE_OK || status == PTE_TABLE_NOT_FOUND, "drop: %s", error.message);
    while (say(REPORT_TOTALS, a->done)) {
        if (!hold_snapshot(a) || !play(a)) {
            return false;
        }
    }
    return true;
}

/* actor NAME FOLDER SEED */
static int actor_main(char **arguments) {
    static test_trouble trouble;
    actor a = {
        .name = arguments[0], .random = {strtoull(arguments[2], NULL, 10)}, .trouble = &trouble};
    pte_error error;
    const pte_env_options options = {.durability = PTE_RELAXED, .must_exist = true};
    test_process_bind();
    bool well = pte_env_open(&a.env, arguments[1], &options, &error) == PTE_OK;
    if (!well) {
        (void)test_trouble_at(&trouble, __FILE__, __LINE__, "opening: %s", error.message);
    } else {
        well = strcmp(a.name, "victim") == 0 ? suffer(&a) : work(&a);
        for (size_t i = 0; i < HELD_MAX; i++) {
            pte_read_end(a.held[i]);
        }
        pte_env_close(a.env);
    }
    (void)say(well ? REPORT_TOTALS : REPORT_TROUBLE, a.done);
    if (!well) {
        (void)test_pipe_write(STDOUT_FILENO, &trouble, sizeof trouble);
    }
    return well ? 0 : 1;
}

/* ---- Their parent ---- */

typedef struct processes_test {
    char *folder;
    test_random random;
    test_process workers[WORKERS];
    char names[WORKERS][16];
    test_process victim;
    totals acknowledged; /* by the victim */
    unsigned unacknowledged;
} processes_test;

static int set_up(void **state) {
    static processes_test test;
    test = (processes_test){.folder = test_folder_make(), .random = {test_seed(20240609)}};
    *state = &test;
    return 0;
}

static int tear_down(void **state) {
    processes_test *test = *state;
    for (size_t i = 0; i < WORKERS; i++) {
        test_process_kill(&test->workers[i]);
    }
    test_process_kill(&test->victim);
    test_folder_remove(test->folder);
    return 0;
}

static void start(processes_test *test, test_process *process, const char *name) {
    char seed[24];
    snprintf(seed, sizeof seed, "%llu", (unsigned long long)test_random_next(&test->random));
    const char *arguments[] = {"actor", name, test->folder, seed, NULL};
    test_process_start(process, arguments);
}

/* False at the deadline, and when the process has ended. */
static bool listen(report *got, test_process *process, const char *name, int64_t deadline_us) {
    static test_trouble trouble;
    if (test_pipe_read(process->out, got, sizeof *got, deadline_us) != 1) {
        return false;
    }
    if (got->kind == REPORT_TROUBLE) {
        (void)test_pipe_read(process->out, &trouble, sizeof trouble, deadline_us + WAIT_US_MAX);
        fail_msg("%s says: %s", name, trouble.text);
    }
    return true;
}

/* A counter as it is found, when it was at acknowledged and one step may have been under way. */
static void expect_step(uint64_t found, uint64_t acknowledged) {
    if (found < acknowledged || found > acknowledged + 1) {
        fail_msg("the victim's counter is %llu; %llu were acknowledged before it was killed",
                 (unsigned long long)found, (unsigned long long)acknowledged);
    }
}

static void kill_victim(processes_test *test) {
    report got;
    start(test, &test->victim, "victim");
    assert_true(listen(&got, &test->victim, "the victim", test_now_us() + WAIT_US_MAX));
    expect_step(got.done.added, test->acknowledged.added);
    expect_step(got.done.won, test->acknowledged.won);
    test->unacknowledged += got.done.added != test->acknowledged.added ? 1 : 0;
    test->unacknowledged += got.done.won != test->acknowledged.won ? 1 : 0;
    test->acknowledged = got.done;
    int64_t deadline_us = test_now_us() + (int64_t)test_random_below(&test->random, LIFE_US_MAX);
    while (listen(&got, &test->victim, "the victim", deadline_us)) {
        test->acknowledged = got.done;
    }
    kill(test->victim.pid, SIGKILL);
    while (listen(&got, &test->victim, "the victim", test_now_us() + WAIT_US_MAX)) {
        test->acknowledged = got.done;
    }
    assert_int_equal(test_process_wait(&test->victim), 128 + SIGKILL);
}

static void open_bank(pte_env **env, processes_test *test, bool create) {
    static test_trouble trouble;
    pte_error error;
    const pte_env_options options = {.durability = PTE_RELAXED, .must_exist = !create};
    OK(pte_env_open(env, test->folder, &options, &error));
    if (create && !bank_create(*env, &trouble)) {
        fail_msg("%s", trouble.text);
    }
}

static void expect_totals(processes_test *test, pte_env *env, totals workers) {
    static test_trouble trouble;
    pte_error error;
    pte_check_report checked;
    bank_state bank;
    totals victim;
    OK(pte_check(&checked, env, NULL, &error));
    assert_int_equal(checked.problems, 0);
    if (!bank_check_now(&bank, env, &trouble) ||
        !bank_added_by(&victim.added, env, "victim", &trouble) ||
        !bank_won_by(&victim.won, env, "victim", &trouble)) {
        fail_msg("%s", trouble.text);
    }
    expect_step(victim.added, test->acknowledged.added);
    expect_step(victim.won, test->acknowledged.won);
    assert_int_equal(bank.shared, workers.added + victim.added);
    assert_int_equal(bank.tally, workers.won + victim.won);
    print_message("workers added %llu and won %llu; the victim %llu and %llu in %d lives, of which "
                  "%u were not acknowledged\n",
                  (unsigned long long)workers.added, (unsigned long long)workers.won,
                  (unsigned long long)victim.added, (unsigned long long)victim.won, (int)KILLS,
                  test->unacknowledged);
    assert_true(workers.added > 0 && workers.won > 0 && victim.added > 0);
}

/* What a worker says at its end, and what its own items say. */
static void finish_worker(processes_test *test, size_t at, pte_env *env, totals *sum) {
    static test_trouble trouble;
    report got;
    totals found;
    const char *name = test->names[at];
    assert_true(listen(&got, &test->workers[at], name, test_now_us() + WAIT_US_MAX));
    assert_int_equal(test_process_wait(&test->workers[at]), 0);
    if (!bank_added_by(&found.added, env, name, &trouble) ||
        !bank_won_by(&found.won, env, name, &trouble)) {
        fail_msg("%s", trouble.text);
    }
    assert_int_equal(found.added, got.done.added);
    assert_int_equal(found.won, got.done.won);
    sum->added += found.added;
    sum->won += found.won;
}

static void test_processes__agree_while_one_is_killed(void **state) {
    processes_test *test = *state;
    totals sum = {0};
    pte_env *env;
    open_bank(&env, test, true);
    pte_env_close(env);
    for (size_t i = 0; i < WORKERS; i++) {
        snprintf(test->names[i], sizeof test->names[i], "worker-%zu", i);
        start(test, &test->workers[i], test->names[i]);
    }
    for (int i = 0; i < KILLS; i++) {
        kill_victim(test);
    }
    open_bank(&env, test, false);
    for (size_t i = 0; i < WORKERS; i++) {
        finish_worker(test, i, env, &sum);
    }
    expect_totals(test, env, sum);
    pte_env_close(env);
}

int main(int argc, char **argv) {
    if (argc == 5 && strcmp(argv[1], "actor") == 0) {
        return actor_main(argv + 2);
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_processes__agree_while_one_is_killed, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
