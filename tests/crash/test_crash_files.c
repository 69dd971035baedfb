/*
 * Processes killed while they make a database or copy one: what they leave is a whole database, or
 * none that any open takes for one and that stands in nobody's way.
 */
#include "support/process.h"
#include "support/support.h"

#include <pocketable/engine/builder.h>
#include <pocketable/engine/check.h>
#include <pocketable/engine/table.h>
#include <pocketable/engine/write.h>

#include <lmdb.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    MAKE_KILLS = 120,
    COPY_KILLS = 60,
    START_US_MAX = 60 * 1000 * 1000,
    ITEMS = 1200,
    PAD_BYTES = 3000,
    PATH_BYTES = 4200,
};

typedef struct files_test {
    char *folder;
    test_random random;
    test_process child;
} files_test;

static int set_up(void **state) {
    files_test *test = calloc(1, sizeof *test);
    assert_non_null(test);
    test->folder = test_folder_make();
    test->random = (test_random){test_seed(20240608)};
    *state = test;
    return 0;
}

static int tear_down(void **state) {
    files_test *test = *state;
    test_process_kill(&test->child);
    test_folder_remove(test->folder);
    free(test);
    return 0;
}

/* ---- The children ---- */

/* Says that it begins, and that it is done. */
static void say(char what) {
    (void)test_pipe_write(STDOUT_FILENO, &what, 1);
}

static int fail_child(const pte_error *error) {
    fprintf(stderr, "%s\n", error->message);
    return 1;
}

/* Makes a database, and closes it again. */
static int maker_main(const char *path) {
    pte_env *env;
    pte_error error;
    const pte_env_options options = {.durability = PTE_RELAXED};
    say('b');
    if (pte_env_open(&env, path, &options, &error) != PTE_OK) {
        return fail_child(&error);
    }
    say('d');
    pte_env_close(env);
    _exit(0); /* no look for leaks, in which a kill makes noise */
}

static int copier_main(const char *path, const char *target, bool compact) {
    pte_env *env;
    pte_error error;
    const pte_copy_options options = {.compact = compact};
    if (pte_env_open(&env, path, NULL, &error) != PTE_OK) {
        return fail_child(&error);
    }
    say('b');
    if (pte_env_copy(env, target, &options, &error) != PTE_OK) {
        return fail_child(&error);
    }
    say('d');
    pte_env_close(env);
    _exit(0); /* no look for leaks, in which a kill makes noise */
}

/* ---- Their parent ---- */

/*
 * Starts a child and kills it up to life_us after it has begun; *done says whether it had said that
 * it was done, and *life_us how long that took.
 */
static void kill_after(files_test *test, const char *const *arguments, int64_t life_us,
                       bool *done) {
    char said;
    test_process_start(&test->child, arguments);
    assert_int_equal(test_pipe_read(test->child.out, &said, 1, test_now_us() + START_US_MAX), 1);
    test_sleep_us(life_us);
    kill(test->child.pid, SIGKILL);
    *done = test_pipe_read(test->child.out, &said, 1, test_now_us() + START_US_MAX) == 1;
    int status = test_process_wait(&test->child);
    assert_true(status == 128 + SIGKILL || (*done && status == 0));
}

/* How long a child takes that is left alone. */
static int64_t measure(files_test *test, const char *const *arguments) {
    char said;
    test_process_start(&test->child, arguments);
    assert_int_equal(test_pipe_read(test->child.out, &said, 1, test_now_us() + START_US_MAX), 1);
    int64_t began_us = test_now_us();
    assert_int_equal(test_pipe_read(test->child.out, &said, 1, test_now_us() + START_US_MAX), 1);
    int64_t took_us = test_now_us() - began_us;
    assert_int_equal(test_process_wait(&test->child), 0);
    return took_us;
}

static void expect_sound(pte_env *env) {
    pte_error error;
    pte_check_report report;
    OK(pte_check(&report, env, NULL, &error));
    assert_int_equal(report.problems, 0);
}

static void make_table(pte_env *env) {
    pte_error error;
    const pte_index_spec by_part = {.name = pte_str("by_part"),
                                    .hash = {{pte_str("part"), PTE_TYPE_S}},
                                    .hash_count = 1,
                                    .projection = PTE_PROJECT_KEYS_ONLY};
    const pte_table_spec spec = {.name = pte_str("table"),
                                 .hash = {pte_str("pk"), PTE_TYPE_S},
                                 .indexes = &by_part,
                                 .index_count = 1};
    OK(pte_table_create(env, &spec, &error));
}

static void put_items(pte_env *env, int from, int to) {
    static const char pad[PAD_BYTES];
    pte_builder *builder;
    pte_error error;
    OK(pte_builder_create(&builder, NULL, &error));
    for (int i = from; i < to; i++) {
        char text[16];
        pte_item item;
        pte_builder_reset(builder);
        snprintf(text, sizeof text, "%d", i);
        pte_builder_add_string(builder, "pk", text);
        snprintf(text, sizeof text, "%d", i % 10);
        pte_builder_add_string(builder, "part", text);
        pte_builder_name(builder, pte_str("pad"));
        pte_builder_binary(builder, pte_view(pad, sizeof pad));
        OK(pte_builder_item(&item, builder, &error));
        OK(pte_put(env, pte_str("table"), &item, &error));
    }
    pte_builder_destroy(builder);
}

/* ---- Making a database ---- */

static void expect_usable(const char *path) {
    pte_env *env;
    pte_error error;
    const pte_env_options options = {.durability = PTE_RELAXED};
    OK(pte_env_open(&env, path, &options, &error));
    expect_sound(env);
    make_table(env);
    put_items(env, 0, 3);
    expect_sound(env);
    pte_env_close(env);
}

/* Killed again and again in one folder, then in the next. */
static void test_crash_files__make_a_database_anew_after_a_kill(void **state) {
    files_test *test = *state;
    char path[PATH_BYTES];
    unsigned kills = 0;
    unsigned done_count = 0;
    bool done;
    snprintf(path, sizeof path, "%s/measured", test->folder);
    const char *arguments[] = {"maker", path, NULL};
    int64_t takes_us = measure(test, arguments);
    for (int i = 0; i < MAKE_KILLS; i++) {
        uint64_t again = test_random_below(&test->random, 3);
        snprintf(path, sizeof path, "%s/made-%d", test->folder, i);
        for (uint64_t j = 0; j <= again; j++) {
            kill_after(test, arguments,
                       (int64_t)test_random_below(&test->random, (uint64_t)takes_us * 3 / 2),
                       &done);
            done_count += done ? 1 : 0;
            kills++;
        }
        expect_usable(path);
    }
    print_message("making takes %lld us; %u of %u times it was done before the kill\n",
                  (long long)takes_us, done_count, kills);
    assert_true(done_count < kills);
}

/*
 * LMDB begins a file with two pages, which a kill may cut to one or none; then comes the commit
 * that makes the database ours. All these beginnings hold nothing, so they must not stand in the
 * way.
 */
static void test_crash_files__make_a_database_over_a_beginning(void **state) {
    files_test *test = *state;
    for (int pages = 0; pages <= 2; pages += 2) {
        char path[PATH_BYTES];
        char file[PATH_BYTES + 16];
        MDB_env *lmdb;
        MDB_stat stat;
        snprintf(path, sizeof path, "%s/cut-%d", test->folder, pages);
        snprintf(file, sizeof file, "%s/data.mdb", path);
        assert_int_equal(mkdir(path, 0777), 0);
        assert_int_equal(mdb_env_create(&lmdb), 0);
        assert_int_equal(mdb_env_open(lmdb, path, 0, 0666), 0);
        assert_int_equal(mdb_env_stat(lmdb, &stat), 0);
        mdb_env_close(lmdb);
        assert_int_equal(truncate(file, (off_t)stat.ms_psize * pages), 0);
        expect_usable(path);
    }
}

/* ---- Copying one ---- */

static void expect_copy(const char *target) {
    pte_env *env;
    pte_env_info info;
    pte_error error;
    const pte_env_options options = {.must_exist = true};
    OK(pte_env_open(&env, target, &options, &error));
    expect_sound(env);
    OK(pte_env_describe(&info, env, &error));
    assert_int_equal(info.items, ITEMS);
    assert_int_equal(info.index_entries, ITEMS);
    pte_env_close(env);
}

/* What a killed copy leaves is refused by an open, and the next copy goes there. */
static void expect_refused(const char *target) {
    bool folder_made = access(target, F_OK) == 0; /* else the kill came before that */
    pte_status expected = folder_made ? PTE_NOT_A_DATABASE : PTE_IO;
    pte_env *env = NULL;
    pte_error error;
    const pte_env_options must_exist = {.must_exist = true};
    const pte_env_options read_only = {.read_only = true};
    EXPECT(expected, pte_env_open(&env, target, &must_exist, &error));
    assert_null(env);
    EXPECT(expected, pte_env_open(&env, target, &read_only, &error));
    assert_null(env);
    char file[PATH_BYTES + 16];
    snprintf(file, sizeof file, "%s/data.mdb", target);
    assert_int_not_equal(access(file, F_OK), 0);
    assert_int_equal(access(target, F_OK) == 0, folder_made);
}

static void fill(const char *path) {
    pte_env *env;
    pte_error error;
    const pte_env_options options = {.durability = PTE_RELAXED};
    OK(pte_env_open(&env, path, &options, &error));
    make_table(env);
    put_items(env, 0, ITEMS);
    pte_env_close(env);
}

static void kill_copy(files_test *test, const char *source, int number, bool compact,
                      int64_t takes_us, unsigned *wholes) {
    char target[PATH_BYTES];
    char file[PATH_BYTES + 16];
    bool done;
    snprintf(target, sizeof target, "%s/copy-%d", test->folder, number);
    snprintf(file, sizeof file, "%s/data.mdb", target);
    const char *arguments[] = {"copier", source, target, compact ? "compact" : "plain", NULL};
    kill_after(test, arguments,
               (int64_t)test_random_below(&test->random, (uint64_t)takes_us * 5 / 4), &done);
    if (access(file, F_OK) != 0) {
        assert_false(done);
        expect_refused(target);
        (void)measure(test, arguments); /* the next copy finds its way */
    } else {
        ++*wholes;
    }
    expect_copy(target);
    char *copied = strdup(target);
    test_folder_remove(copied);
}

static void test_crash_files__leave_a_whole_copy_or_none(void **state) {
    files_test *test = *state;
    char source[PATH_BYTES];
    char target[PATH_BYTES];
    unsigned wholes = 0;
    int64_t takes_us[2];
    snprintf(source, sizeof source, "%s/source", test->folder);
    fill(source);
    for (int compact = 0; compact < 2; compact++) {
        snprintf(target, sizeof target, "%s/measured-%d", test->folder, compact);
        const char *arguments[] = {"copier", source, target, compact ? "compact" : "plain", NULL};
        takes_us[compact] = measure(test, arguments);
        expect_copy(target);
    }
    for (int i = 0; i < COPY_KILLS; i++) {
        kill_copy(test, source, i, i % 2 == 1, takes_us[i % 2], &wholes);
    }
    print_message("copies take %lld and %lld us; %u of %d were whole\n", (long long)takes_us[0],
                  (long long)takes_us[1], wholes, COPY_KILLS);
    assert_true(wholes < COPY_KILLS);
    expect_copy(source);
}

int main(int argc, char **argv) {
    if (argc == 3 && strcmp(argv[1], "maker") == 0) {
        test_process_bind();
        return maker_main(argv[2]);
    }
    if (argc == 5 && strcmp(argv[1], "copier") == 0) {
        test_process_bind();
        return copier_main(argv[2], argv[3], strcmp(argv[4], "compact") == 0);
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_crash_files__make_a_database_anew_after_a_kill, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_crash_files__make_a_database_over_a_beginning, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_crash_files__leave_a_whole_copy_or_none, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
