/*
 * What one process does, another sees with the next thing that it does: definitions of tables,
 * space that a dead reader held, a larger map. And one process cannot open a database twice.
 */
#include "remote.h"

#include <pocketable/engine/check.h>

#include <signal.h>
#include <stdio.h>
#include <unistd.h>

enum {
    SCHEMA_STEPS = 400,
    LARGE_ITEMS = 160, /* of nearly 400 KB: more than REMOTE_ADDRESS_BYTES */
    CHURN = 60,
    PATH_BYTES = 4200,
};

typedef struct share_test {
    char *folder;
    test_random random;
    remote actors[3]; /* the first is this process */
} share_test;

static int set_up(void **state) {
    static share_test test;
    test = (share_test){.folder = test_folder_make(), .random = {test_seed(20240610)}};
    *state = &test;
    return 0;
}

static int tear_down(void **state) {
    share_test *test = *state;
    for (size_t i = 0; i < 3; i++) {
        test_process_kill(&test->actors[i].process);
    }
    for (size_t i = 0; i < test->actors[0].held_count; i++) {
        pte_read_end(test->actors[0].held[i]);
    }
    pte_env_close(test->actors[0].env);
    test_folder_remove(test->folder);
    return 0;
}

static void start(share_test *test, size_t count, remote_opening opening) {
    for (size_t i = 1; i < count; i++) {
        remote_start(&test->actors[i]);
    }
    for (size_t i = 0; i < count; i++) {
        REMOTE_OK(&test->actors[i], REMOTE_OPEN, test->folder, opening);
    }
}

static void expect_sound(share_test *test) {
    pte_error error;
    pte_check_report report;
    OK(pte_check(&report, test->actors[0].env, NULL, &error));
    assert_int_equal(report.problems, 0);
}

/* ---- Definitions ---- */

/* What the table is now, as the test has told its actors. */
typedef struct known {
    bool exists;
    bool numeric; /* its key */
    bool indexed;
    uint64_t items;
} known;

static void change_definition(share_test *test, known *now, remote *who) {
    uint64_t drawn = test_random_below(&test->random, 3);
    if (!now->exists) {
        *now = (known){.exists = true, .numeric = drawn == 0};
        REMOTE_OK(who, REMOTE_CREATE, "t", now->numeric ? 1 : 0);
    } else if (drawn == 0) {
        *now = (known){0};
        REMOTE_OK(who, REMOTE_DROP, "t", 0);
    } else {
        now->indexed = !now->indexed;
        REMOTE_OK(who, now->indexed ? REMOTE_ADD_INDEX : REMOTE_DROP_INDEX, "t", 0);
    }
}

static void expect_known_by_writing(known *now, remote *who) {
    if (!now->exists) {
        REMOTE_EXPECT(PTE_TABLE_NOT_FOUND, who, REMOTE_PUT_S, "t", 1);
        REMOTE_EXPECT(PTE_TABLE_NOT_FOUND, who, REMOTE_DROP, "t", 1);
        return;
    }
    now->items++;
    REMOTE_EXPECT(PTE_TABLE_EXISTS, who, REMOTE_CREATE, "t", 0);
    REMOTE_EXPECT(now->numeric ? PTE_KEY_TYPE : PTE_OK, who, REMOTE_PUT_S, "t", now->items);
    REMOTE_EXPECT(now->numeric ? PTE_OK : PTE_KEY_TYPE, who, REMOTE_PUT_N, "t", now->items);
}

static void expect_known_by_reading(const known *now, remote *who) {
    remote_verb get = now->numeric ? REMOTE_GET_N : REMOTE_GET_S;
    if (!now->exists) {
        REMOTE_EXPECT(PTE_TABLE_NOT_FOUND, who, REMOTE_GET_S, "t", 1);
        REMOTE_EXPECT(PTE_TABLE_NOT_FOUND, who, REMOTE_COUNT, "t", 0);
        return;
    }
    REMOTE_EXPECT(now->items > 0 ? PTE_OK : PTE_NOT_FOUND, who, get, "t", now->items);
    REMOTE_EXPECT(PTE_NOT_FOUND, who, get, "t", now->items + 1);
    REMOTE_EXPECT(PTE_KEY_TYPE, who, now->numeric ? REMOTE_GET_S : REMOTE_GET_N, "t", 1);
    if (now->indexed) {
        assert_int_equal(REMOTE_OK(who, REMOTE_COUNT, "t", 0), now->items);
    } else {
        REMOTE_EXPECT(PTE_INDEX_NOT_FOUND, who, REMOTE_COUNT, "t", 0);
    }
}

static void test_processes_share__definitions_at_once(void **state) {
    share_test *test = *state;
    known now = {0};
    start(test, 3, REMOTE_AS_USUAL);
    for (int i = 0; i < SCHEMA_STEPS; i++) {
        remote *who = &test->actors[test_random_below(&test->random, 3)];
        switch (test_random_below(&test->random, 3)) {
        case 0:
            change_definition(test, &now, who);
            break;
        case 1:
            expect_known_by_writing(&now, who);
            break;
        default:
            expect_known_by_reading(&now, who);
            break;
        }
    }
    expect_sound(test);
}

/* ---- Readers that die ---- */

/* Replaces one large item over and over; gives how much of the map has ever been in use. */
static uint64_t churn(remote *who) {
    for (int i = 0; i < CHURN; i++) {
        REMOTE_OK(who, REMOTE_PUT_LARGE, "t", 1);
    }
    return REMOTE_OK(who, REMOTE_USED_BYTES, "", 0);
}

static void test_processes_share__what_a_dead_reader_held(void **state) {
    share_test *test = *state;
    pte_error error;
    unsigned freed;
    remote *here = &test->actors[0];
    remote *reader = &test->actors[1];
    start(test, 2, REMOTE_AS_USUAL);
    REMOTE_OK(here, REMOTE_CREATE, "t", 0);
    (void)churn(here);
    uint64_t base = churn(here);
    assert_int_equal(churn(here), base); /* freed pages are used again */
    uint64_t readers = REMOTE_OK(here, REMOTE_READERS_USED, "", 0);
    for (int i = 0; i < REMOTE_HELD_MAX; i++) {
        REMOTE_OK(reader, REMOTE_HOLD, "", 0);
    }
    assert_int_equal(REMOTE_OK(here, REMOTE_READERS_USED, "", 0), readers + REMOTE_HELD_MAX);
    uint64_t pinned = churn(here);
    assert_true(pinned > base + CHURN / 2 * (uint64_t)390000);

    OK(pte_env_free_stale_readers(&freed, here->env, &error));
    assert_int_equal(freed, 0); /* a slow reader is none that died */
    test_process_kill(&reader->process);
    OK(pte_env_free_stale_readers(&freed, here->env, &error));
    assert_int_equal(freed, REMOTE_HELD_MAX);
    assert_int_equal(REMOTE_OK(here, REMOTE_READERS_USED, "", 0), readers);
    assert_int_equal(churn(here), pinned);
    expect_sound(test);
}

/* ---- The map ---- */

static void put_large(remote *who, uint64_t from, uint64_t to) {
    for (uint64_t i = from; i < to; i++) {
        REMOTE_OK(who, REMOTE_PUT_LARGE, "t", i);
    }
}

/*
 * All begin with a map as small as their address space was; what one writes makes it grow. Another
 * follows when it reads, a third when it writes.
 */
static void test_processes_share__a_map_that_grows(void **state) {
    share_test *test = *state;
    uint64_t before[3];
    start(test, 3, REMOTE_SHORT_OF_ADDRESSES);
    REMOTE_OK(&test->actors[0], REMOTE_CREATE, "t", 0);
    for (size_t i = 0; i < 3; i++) {
        before[i] = REMOTE_OK(&test->actors[i], REMOTE_MAP_BYTES, "", 0);
        assert_true(before[i] <= REMOTE_ADDRESS_BYTES);
    }
    put_large(&test->actors[1], 0, LARGE_ITEMS);
    uint64_t used = REMOTE_OK(&test->actors[1], REMOTE_USED_BYTES, "", 0);
    assert_true(used > REMOTE_ADDRESS_BYTES);
    assert_true(REMOTE_OK(&test->actors[1], REMOTE_MAP_BYTES, "", 0) > before[1]);

    REMOTE_OK(&test->actors[0], REMOTE_GET_S, "t", LARGE_ITEMS - 1);
    assert_true(REMOTE_OK(&test->actors[0], REMOTE_MAP_BYTES, "", 0) > before[0]);
    put_large(&test->actors[2], LARGE_ITEMS, 2 * LARGE_ITEMS);
    put_large(&test->actors[0], 2 * LARGE_ITEMS, 2 * LARGE_ITEMS + 3);
    REMOTE_OK(&test->actors[1], REMOTE_GET_S, "t", 2 * LARGE_ITEMS + 2);
    expect_sound(test);
}

/* ---- One process, one handle ---- */

static void test_processes_share__a_database_but_not_within_a_process(void **state) {
    share_test *test = *state;
    char link[PATH_BYTES];
    pte_error error;
    pte_env *again;
    const pte_env_options read_only = {.read_only = true};
    snprintf(link, sizeof link, "%s-link", test->folder);
    start(test, 2, REMOTE_AS_USUAL);
    REMOTE_OK(&test->actors[0], REMOTE_CREATE, "t", 0);
    assert_int_equal(symlink(test->folder, link), 0);
    EXPECT(PTE_BUSY, pte_env_open(&again, test->folder, NULL, &error));
    assert_null(again);
    pte_status by_link = pte_env_open(&again, link, NULL, &error);
    (void)unlink(link);
    EXPECT(PTE_BUSY, by_link);
    EXPECT(PTE_BUSY, pte_env_open(&again, test->folder, &read_only, &error));
    /* The refused opens have not taken the locks of the open one away. */
    REMOTE_OK(&test->actors[0], REMOTE_HOLD, "", 0);
    REMOTE_OK(&test->actors[1], REMOTE_CLOSE, "", 0);
    REMOTE_OK(&test->actors[1], REMOTE_OPEN, test->folder, REMOTE_AS_USUAL);
    uint64_t readers = REMOTE_OK(&test->actors[1], REMOTE_READERS_USED, "", 0);
    assert_true(readers >= 2);
    REMOTE_OK(&test->actors[0], REMOTE_CLOSE, "", 0);
    REMOTE_OK(&test->actors[0], REMOTE_OPEN, test->folder, REMOTE_AS_USUAL);
    REMOTE_OK(&test->actors[0], REMOTE_PUT_S, "t", 1);
    REMOTE_OK(&test->actors[1], REMOTE_GET_S, "t", 1);
    /* Two that only read are two as well. */
    REMOTE_OK(&test->actors[0], REMOTE_CLOSE, "", 0);
    OK(pte_env_open(&test->actors[0].env, test->folder, &read_only, &error));
    EXPECT(PTE_BUSY, pte_env_open(&again, test->folder, &read_only, &error));
    EXPECT(PTE_BUSY, pte_env_open(&again, test->folder, NULL, &error));
    REMOTE_OK(&test->actors[0], REMOTE_GET_S, "t", 1);
}

int main(int argc, char **argv) {
    if (argc == 2 && strcmp(argv[1], "remote") == 0) {
        return remote_main();
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_processes_share__definitions_at_once, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_processes_share__what_a_dead_reader_held, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_processes_share__a_map_that_grows, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_processes_share__a_database_but_not_within_a_process,
                                        set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
