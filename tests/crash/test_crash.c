/*
 * A writer is killed at random moments, again and again, and what it leaves is looked at: the
 * checker finds nothing, everything that was acknowledged is there, and what was under way is whole
 * or absent. See stream.h for what it writes and how its parent knows what must be there.
 *
 *     test_crash durable | relaxed
 */
#include "support/process.h"

#include "stream.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    KILLS = 200,
    LIFE_US_MAX = 40 * 1000, /* after a writer has begun to open the database */
    LAST_ATOMS = 200,        /* of the writer that is not killed */
    START_US_MAX = 60 * 1000 * 1000,
};

typedef enum report_kind {
    REPORT_STARTED,  /* the database is about to be opened */
    REPORT_POSITION, /* all atoms before number are acknowledged */
    REPORT_TROUBLE,  /* text follows */
} report_kind;

typedef struct report {
    uint64_t kind;
    uint64_t number;
} report;

static int64_t read_clock(void *ctx) {
    return *(const int64_t *)ctx;
}

static pte_status open_database(pte_env **env, const char *folder, bool durable, int64_t *clock_ms,
                                pte_error *error) {
    pte_env_options options = {.durability = durable ? PTE_DURABLE : PTE_RELAXED,
                               .now_ms = read_clock,
                               .now_ctx = clock_ms};
    return pte_env_open(env, folder, &options, error);
}

/* ---- The writer ---- */

static bool say(report_kind kind, uint64_t number) {
    report said = {kind, number};
    return test_pipe_write(STDOUT_FILENO, &said, sizeof said);
}

static bool write_groups(crash_world *world, pte_env *env, int64_t *clock_ms, uint64_t end,
                         test_trouble *trouble) {
    static crash_atom atoms[CRASH_BATCH_MAX];
    static crash_world after;
    while (world->next < end) {
        size_t count = crash_group_make(atoms, &after, world);
        if (!crash_carry_out(env, clock_ms, atoms, count, world, trouble)) {
            return false;
        }
        *world = after;
        NEED(say(REPORT_POSITION, world->next), "the parent is gone");
    }
    return true;
}

static bool be_writer(const char *folder, bool durable, crash_world *world, const uint64_t upto,
                      uint64_t end, test_trouble *trouble) {
    int64_t clock_ms = world->now_ms;
    pte_env *env;
    pte_error error;
    NEED(say(REPORT_STARTED, 0), "the parent is gone");
    NEED_OK(open_database(&env, folder, durable, &clock_ms, &error));
    bool well = crash_settle(world, upto, env, &clock_ms, trouble) &&
                say(REPORT_POSITION, world->next) &&
                write_groups(world, env, &clock_ms, end, trouble);
    pte_env_close(env);
    return well;
}

/* writer FOLDER MODE SEED FROM UPTO END */
static int writer_main(char **arguments) {
    static crash_world world;
    static test_trouble trouble;
    test_process_bind();
    crash_world_start(&world, strtoull(arguments[2], NULL, 10));
    crash_world_replay(&world, strtoull(arguments[3], NULL, 10));
    bool durable = strcmp(arguments[1], "durable") == 0;
    if (be_writer(arguments[0], durable, &world, strtoull(arguments[4], NULL, 10),
                  strtoull(arguments[5], NULL, 10), &trouble)) {
        return 0;
    }
    (void)say(REPORT_TROUBLE, 0);
    (void)test_pipe_write(STDOUT_FILENO, &trouble, sizeof trouble);
    return 1;
}

/* ---- Its parent ---- */

typedef struct crash_test {
    const char *mode;
    char *folder;
    uint64_t seed;
    test_random random;
    test_process writer;
    crash_world world; /* what is known to be in the database */
    uint64_t upto;     /* as many atoms may be in it */
    unsigned kills;
    unsigned found_whole; /* of what was under way and not acknowledged */
    unsigned found_absent;
    unsigned kinds[CRASH_KINDS]; /* acknowledged */
} crash_test;

static void start_writer(crash_test *test, uint64_t end) {
    char numbers[4][24];
    const uint64_t given[] = {test->seed, test->world.next, test->upto, end};
    for (size_t i = 0; i < 4; i++) {
        snprintf(numbers[i], sizeof numbers[i], "%llu", (unsigned long long)given[i]);
    }
    const char *arguments[] = {"writer",   test->folder, test->mode, numbers[0],
                               numbers[1], numbers[2],   numbers[3], NULL};
    test_process_start(&test->writer, arguments);
}

/* Applies what is acknowledged, and finds out what may be under way. */
static void advance(crash_test *test, uint64_t position) {
    static crash_atom atoms[CRASH_BATCH_MAX];
    static crash_world after;
    crash_atom atom;
    assert_true(position >= test->world.next);
    while (test->world.next < position) {
        crash_atom_make(&atom, &test->world);
        crash_atom_apply(&test->world, &atom);
        test->kinds[atom.kind]++;
    }
    test->upto = position + crash_group_make(atoms, &after, &test->world);
}

static void take_report(crash_test *test, const report *got) {
    static test_trouble trouble;
    if (got->kind == REPORT_TROUBLE) {
        (void)test_pipe_read(test->writer.out, &trouble, sizeof trouble,
                             test_now_us() + START_US_MAX);
        fail_msg("after %u kills the writer says: %s", test->kills, trouble.text);
    }
    if (got->kind == REPORT_POSITION) {
        advance(test, got->number);
    }
}

/* Takes reports until the deadline, or the writer's end. */
static void listen_until(crash_test *test, int64_t deadline_us) {
    report got;
    while (test_pipe_read(test->writer.out, &got, sizeof got, deadline_us) == 1) {
        take_report(test, &got);
    }
}

/* Lets a writer live for a moment. */
static void kill_one(crash_test *test) {
    report got;
    start_writer(test, UINT64_MAX);
    assert_int_equal(
        test_pipe_read(test->writer.out, &got, sizeof got, test_now_us() + START_US_MAX), 1);
    assert_int_equal(got.kind, REPORT_STARTED);
    int64_t life_us = (int64_t)test_random_below(&test->random, LIFE_US_MAX);
    listen_until(test, test_now_us() + life_us);
    kill(test->writer.pid, SIGKILL);
    listen_until(test, test_now_us() + START_US_MAX); /* what was in the pipe */
    int status = test_process_wait(&test->writer);
    assert_int_equal(status, 128 + SIGKILL);
    test->kills++;
}

/* Opens what the writer left. */
static void look(crash_test *test) {
    static test_trouble trouble;
    pte_error error;
    pte_env *env;
    int64_t clock_ms = test->world.now_ms;
    uint64_t acknowledged = test->world.next;
    OK(open_database(&env, test->folder, strcmp(test->mode, "durable") == 0, &clock_ms, &error));
    bool well = crash_settle(&test->world, test->upto, env, &clock_ms, &trouble);
    pte_env_close(env);
    if (!well) {
        fail_msg("after %u kills: %s", test->kills, trouble.text);
    }
    test->found_whole += test->world.next > acknowledged ? 1 : 0;
    test->found_absent += test->world.next == acknowledged ? 1 : 0;
    test->upto = test->world.next;
}

static int set_up(void **state) {
    crash_test *test = *state;
    test->folder = test_folder_make();
    return 0;
}

static int tear_down(void **state) {
    crash_test *test = *state;
    test_process_kill(&test->writer);
    test_folder_remove(test->folder);
    return 0;
}

static void expect_variety(const crash_test *test) {
    print_message("%u kills, %llu operations; under way: %u whole, %u absent\n", test->kills,
                  (unsigned long long)test->world.next, test->found_whole, test->found_absent);
    for (int kind = 0; kind < CRASH_KINDS; kind++) {
        print_message("  %s: %u\n", crash_kind_name((crash_kind)kind), test->kinds[kind]);
        if (test->kinds[kind] == 0) {
            fail_msg("no operation of kind \"%s\" was acknowledged",
                     crash_kind_name((crash_kind)kind));
        }
    }
    assert_true(test->found_absent > 0);
}

static void test_crash__leaves_what_was_acknowledged(void **state) {
    crash_test *test = *state;
    test->seed = test_seed(20240607);
    test->random = (test_random){test->seed};
    crash_world_start(&test->world, test->seed);
    while (test->kills < KILLS) {
        kill_one(test);
        if (test_random_below(&test->random, 3) != 0) {
            look(test); /* else the next writer is the first to open it */
        }
    }
    start_writer(test, test->world.next + LAST_ATOMS);
    listen_until(test, test_now_us() + START_US_MAX);
    assert_int_equal(test_process_wait(&test->writer), 0);
    test->upto = test->world.next;
    look(test);
    expect_variety(test);
}

int main(int argc, char **argv) {
    static crash_test test;
    if (argc == 8 && strcmp(argv[1], "writer") == 0) {
        return writer_main(argv + 2);
    }
    if (argc != 2 || (strcmp(argv[1], "durable") != 0 && strcmp(argv[1], "relaxed") != 0)) {
        fprintf(stderr, "usage: test_crash durable | relaxed\n");
        return 2;
    }
    test.mode = argv[1];
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate_setup_teardown(test_crash__leaves_what_was_acknowledged, set_up,
                                                 tear_down, &test),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
