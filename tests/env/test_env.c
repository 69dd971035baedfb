/* Opening and refusing, the options, the figures, syncing and copying. */
#include "env/folders.h"
#include "faults/database.h"
#include "faults/mounts.h"

#include <pocketable/engine/changes.h>
#include <pocketable/engine/upkeep.h>

#include <errno.h>
#include <lmdb.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static bool can_mount;

static const database_item AN_ITEM = {.number = 5, .content_bytes = 100};

typedef struct fixture {
    char *folder;
    char path[FOLDERS_PATH_MAX]; /* in it, for a database */
} fixture;

static int set_up(void **state) {
    fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    f->folder = test_folder_make();
    folders_path(f->path, f->folder, "db");
    *state = f;
    return 0;
}

static int tear_down(void **state) {
    fixture *f = *state;
    test_folder_remove(f->folder);
    free(f);
    return 0;
}

static pte_env *open_ok(const char *path, const pte_env_options *options) {
    pte_env *env;
    pte_error error;
    OK(pte_env_open(&env, path, options, &error));
    return env;
}

static void expect_refused(const char *path, const pte_env_options *options, pte_status expected) {
    pte_env *env = (pte_env *)(uintptr_t)1;
    pte_error error;
    EXPECT(expected, pte_env_open(&env, path, options, &error));
    assert_null(env);
    assert_int_equal(error.status, expected);
    assert_true(strlen(error.message) > strlen(pte_status_text(expected)) + 2);
    /* The detail is optional. */
    assert_int_equal(pte_env_open(&env, path, options, NULL), expected);
    assert_null(env);
}

/* A database with a few items, closed. */
static void make_database(const char *path) {
    pte_env_options options = database_options(PTE_RELAXED, NULL);
    pte_env *env = open_ok(path, &options);
    database_create_table(env);
    for (unsigned i = 0; i < 60; i++) {
        database_put(env, &(database_item){.number = i,
                                           .content_bytes = i == 7 ? 20000 : 100,
                                           .long_keys = i % 9 == 0});
    }
    database_put(env, &AN_ITEM);
    pte_env_close(env);
}

static void remove_lock(const char *path) {
    char lock[FOLDERS_PATH_MAX];
    folders_path(lock, path, "lock.mdb");
    (void)unlink(lock);
}

/* --- paths --- */

static void test_env_open__refuses_bad_paths(void **state) {
    fixture *f = *state;
    char path[8192];
    expect_refused(NULL, NULL, PTE_INVALID_ARGUMENT);
    expect_refused("", NULL, PTE_INVALID_ARGUMENT);
    memset(path, 'x', sizeof path);
    path[0] = '/';
    path[sizeof path - 1] = '\0';
    expect_refused(path, NULL, PTE_INVALID_ARGUMENT);
    expect_refused(path, &(pte_env_options){.durability = PTE_MEMORY}, PTE_INVALID_ARGUMENT);
    /* Longer than a name may be, but not than a path. */
    path[300] = '\0';
    expect_refused(path, NULL, PTE_IO);
    folders_path(path, f->path, "no parent");
    expect_refused(path, NULL, PTE_IO);
    expect_refused(path, &(pte_env_options){.durability = PTE_MEMORY}, PTE_IO);
    pte_env *env;
    pte_error error;
    EXPECT(PTE_IO, pte_env_open(&env, path, NULL, &error));
    assert_int_equal(error.os_error, ENOENT);
    assert_int_equal(folders_count(f->folder), 0);
}

static void test_env_open__refuses_a_file(void **state) {
    fixture *f = *state;
    folders_write(f->folder, "db", "text", 4);
    folders_state before = folders_look(f->folder);
    expect_refused(f->path, NULL, PTE_NOT_A_DATABASE);
    folders_expect_untouched(f->folder, &before);
}

static void test_env_open__refuses_a_folder_of_other_files(void **state) {
    fixture *f = *state;
    folders_write(f->folder, "letter.txt", "Dear", 4);
    folders_state before = folders_look(f->folder);
    expect_refused(f->folder, NULL, PTE_NOT_A_DATABASE);
    assert_int_equal(folders_count(f->folder), 1);
    folders_expect_untouched(f->folder, &before);
}

static void test_env_open__takes_what_a_stopped_opening_has_left(void **state) {
    static const char *const LEFT[] = {"data.mdb", "lock.mdb", "data.mdb.partial"};
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        char *folder = test_folder_make();
        folders_write(folder, LEFT[i], "some pages", i == 2 ? 10 : 0);
        pte_env *env = open_ok(folder, NULL);
        database_create_table(env);
        database_put(env, &AN_ITEM);
        pte_env_close(env);
        env = open_ok(folder, NULL);
        assert_true(database_has(env, &AN_ITEM));
        pte_env_close(env);
        test_folder_remove(folder);
    }
}

static void test_env_open__must_exist(void **state) {
    fixture *f = *state;
    pte_env_options options = {.must_exist = true};
    expect_refused(f->path, &options, PTE_IO);
    assert_int_equal(folders_count(f->folder), 0);
    expect_refused(f->folder, &options, PTE_NOT_A_DATABASE);
    assert_int_equal(folders_count(f->folder), 0);
    assert_int_equal(mkdir(f->path, 0777), 0);
    folders_write(f->path, "data.mdb", "", 0);
    expect_refused(f->path, &options, PTE_NOT_A_DATABASE);
    expect_refused(f->path, &(pte_env_options){.read_only = true}, PTE_NOT_A_DATABASE);
    pte_env_close(open_ok(f->path, NULL));
    pte_env_close(open_ok(f->path, &options));
}

/* --- data files of others, and damaged ones --- */

/* Puts one row into the sub-database of that name (NULL: the main one). */
static void raw_put(const char *path, const char *db, const char *name, const void *bytes,
                    size_t len) {
    MDB_env *env;
    MDB_txn *txn;
    MDB_dbi dbi;
    MDB_val key = {strlen(name), (void *)(uintptr_t)name};
    MDB_val value = {len, (void *)(uintptr_t)bytes};
    assert_int_equal(mdb_env_create(&env), 0);
    assert_int_equal(mdb_env_set_maxdbs(env, 20), 0);
    assert_int_equal(mdb_env_open(env, path, 0, 0666), 0);
    assert_int_equal(mdb_txn_begin(env, NULL, 0, &txn), 0);
    assert_int_equal(mdb_dbi_open(txn, db, MDB_CREATE, &dbi), 0);
    assert_int_equal(mdb_put(txn, dbi, &key, &value, 0), 0);
    assert_int_equal(mdb_txn_commit(txn), 0);
    mdb_env_close(env);
}

static void expect_refused_untouched(const char *path, pte_status expected) {
    for (int round = 0; round < 2; round++) {
        folders_state before = folders_look(path);
        expect_refused(path, NULL, expected);
        expect_refused(path, &(pte_env_options){.must_exist = true}, expected);
        expect_refused(path, &(pte_env_options){.read_only = true}, expected);
        folders_expect_untouched(path, &before);
        if (round == 0) {
            remove_lock(path);
        }
    }
    /* Not even a lock file was made. */
    assert_int_equal(folders_count(path), 1);
}

static void test_env_open__refuses_other_lmdb_databases(void **state) {
    static const char *const DBS[] = {NULL, "meta", "stuff"};
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        char *folder = test_folder_make();
        raw_put(folder, DBS[i], "meta", "value", 5);
        expect_refused_untouched(folder, PTE_NOT_A_DATABASE);
        test_folder_remove(folder);
    }
}

static void test_env_open__refuses_other_versions(void **state) {
    fixture *f = *state;
    make_database(f->path);
    raw_put(f->path, "meta", "format", "pocketable\0\0\0\3", 14);
    expect_refused_untouched(f->path, PTE_WRONG_VERSION);
    raw_put(f->path, "meta", "format", "pocketable\0\0\0\1", 14);
    expect_refused_untouched(f->path, PTE_WRONG_VERSION);
    raw_put(f->path, "meta", "format", "pocketable\0\0\0", 13);
    expect_refused_untouched(f->path, PTE_NOT_A_DATABASE);
    raw_put(f->path, "meta", "format", "pocketabel\0\0\0\2", 14);
    expect_refused_untouched(f->path, PTE_NOT_A_DATABASE);
    raw_put(f->path, "meta", "format", "pocketable\0\0\0\2", 14);
    pte_env_close(open_ok(f->path, NULL));
    raw_put(f->path, "meta", "secret", "short", 5);
    expect_refused(f->path, NULL, PTE_CORRUPT);
}

static void test_env_open__refuses_files_that_are_no_data(void **state) {
    fixture *f = *state;
    static const size_t LENS[] = {1, 15, 16, 19, 20, 21, 100, 4095, 4096, 4097, 8191, 8192, 20000};
    static uint8_t bytes[20000];
    assert_int_equal(mkdir(f->path, 0777), 0);
    for (int fill = 0; fill < 2; fill++) {
        memset(bytes, fill == 0 ? 0 : 'a', sizeof bytes);
        for (size_t i = 0; i < sizeof LENS / sizeof LENS[0]; i++) {
            folders_write(f->path, "data.mdb", bytes, LENS[i]);
            expect_refused_untouched(f->path, PTE_NOT_A_DATABASE);
        }
    }
}

/* Bytes that are damaged may be seen as such, or not be needed. */
static void expect_right_or_corrupt(pte_status status, const pte_error *error) {
    if (status != PTE_OK && status != PTE_NOT_FOUND && status != PTE_TABLE_NOT_FOUND &&
        status != PTE_CORRUPT) {
        fail_msg("%s in a damaged file: %s", pte_status_name(status), error->message);
    }
}

/* Reads and writes a database that may be damaged. */
static void use_damaged(pte_env *env) {
    pte_error error;
    pte_read *read;
    OK(pte_read_begin(&read, env, &error));
    for (unsigned i = 0; i < 60; i++) {
        char texts[2][DATABASE_KEY_BYTES_MAX + 1];
        pte_item found;
        database_item item = {.number = i, .long_keys = i % 9 == 0};
        pte_key key = database_key(texts, &item);
        expect_right_or_corrupt(pte_read_item(&found, read, pte_str(DATABASE_TABLE), &key, &error),
                                &error);
    }
    pte_read_end(read);
    pte_status status = database_try_put(env, &AN_ITEM, &error);
    if (status != PTE_READ_ONLY) {
        expect_right_or_corrupt(status, &error);
    }
}

/*
 * In a process of its own: where a whole page of a tree is missing, LMDB may stop it by an
 * assertion of its own (abort). What must not be is a read past the end of the file (SIGBUS).
 */
static void open_cut_off(const char *folder, const pte_env_options *options, size_t *opened,
                         size_t *refused) {
    int result;
    pid_t child = fork();
    if (child == 0) {
        pte_env *env;
        pte_status status = pte_env_open(&env, folder, options, NULL);
        if (status == PTE_OK) {
            use_damaged(env);
            pte_env_close(env);
        }
        _exit((int)status);
    }
    assert_int_equal(waitpid(child, &result, 0), child);
    if (WIFSIGNALED(result)) {
        assert_int_equal(WTERMSIG(result), SIGABRT);
        ++*opened;
        return;
    }
    ++*(WEXITSTATUS(result) == PTE_OK ? opened : refused);
    assert_true(WEXITSTATUS(result) == PTE_OK || WEXITSTATUS(result) == PTE_NOT_A_DATABASE ||
                WEXITSTATUS(result) == PTE_CORRUPT);
}

static void test_env_open__survives_files_that_are_cut_off(void **state) {
    fixture *f = *state;
    size_t len;
    size_t opened = 0;
    size_t refused = 0;
    make_database(f->path);
    uint8_t *bytes = folders_read(f->path, "data.mdb", &len);
    for (size_t cut = 1; cut < len; cut += cut < 300 ? 13 : cut < 9000 ? 509 : 4096 - 7) {
        char *folder = test_folder_make();
        folders_write(folder, "data.mdb", bytes, cut);
        open_cut_off(folder, &(pte_env_options){.read_only = true}, &opened, &refused);
        open_cut_off(folder, &(pte_env_options){.durability = PTE_RELAXED}, &opened, &refused);
        test_folder_remove(folder);
    }
    assert_true(opened > 0 && refused > 0);
    free(bytes);
}

/* --- options --- */

static bool no_random(void *ctx, uint8_t *bytes, size_t len) {
    (void)ctx;
    (void)bytes;
    (void)len;
    return false;
}

static void test_env_open__refuses_bad_options(void **state) {
    fixture *f = *state;
    pte_allocator none = {NULL, NULL};
    expect_refused(f->path, &(pte_env_options){.durability = (pte_durability)3},
                   PTE_INVALID_ARGUMENT);
    expect_refused(f->path, &(pte_env_options){.allocator = &none}, PTE_INVALID_ARGUMENT);
    expect_refused(f->path, &(pte_env_options){.durability = PTE_MEMORY, .read_only = true},
                   PTE_READ_ONLY);
    assert_int_equal(folders_count(f->folder), 0);
    pte_error error;
    EXPECT(PTE_INVALID_ARGUMENT, pte_env_open(NULL, f->path, NULL, &error));
}

static void test_env_open__needs_randomness_to_create(void **state) {
    fixture *f = *state;
    pte_env_options options = {.random = no_random};
    expect_refused(f->path, &options, PTE_IO);
    /* Nothing stays in the way, and an existing database needs none. */
    pte_env_close(open_ok(f->path, NULL));
    pte_env_close(open_ok(f->path, &options));
}

static void test_env_open__readers_max(void **state) {
    fixture *f = *state;
    enum { READERS = 5 };
    pte_error error;
    pte_env_info info;
    pte_read *reads[READERS + 1];
    pte_env *env = open_ok(f->path, &(pte_env_options){.readers_max = READERS});
    for (int round = 0; round < 3; round++) {
        for (size_t i = 0; i < READERS; i++) {
            OK(pte_read_begin(&reads[i], env, &error));
        }
        EXPECT(PTE_BUSY, pte_read_begin(&reads[READERS], env, &error));
        assert_null(reads[READERS]);
        EXPECT(PTE_BUSY, pte_env_describe(&info, env, &error));
        pte_read_end(reads[0]);
        OK(pte_read_begin(&reads[0], env, &error));
        for (size_t i = 0; i < READERS; i++) {
            pte_read_end(reads[i]);
        }
    }
    OK(pte_env_describe(&info, env, &error));
    assert_int_equal(info.readers_max, READERS);
    pte_env_close(env);
}

static void test_env_open__twice_is_busy(void **state) {
    fixture *f = *state;
    make_database(f->path);
    for (int way = 0; way < 4; way++) {
        bool first_reads = way / 2 != 0;
        bool second_reads = way % 2 != 0;
        pte_env *env = open_ok(f->path, &(pte_env_options){.read_only = first_reads});
        expect_refused(f->path, &(pte_env_options){.read_only = second_reads}, PTE_BUSY);
        assert_true(database_has(env, &AN_ITEM));
        if (!first_reads) {
            database_put(env, &(database_item){.number = 300, .content_bytes = 10});
        }
        database_expect_sound(env);
        pte_env_close(env);
    }
}

static void expect_no_writes(pte_env *env) {
    pte_error error;
    char texts[2][DATABASE_KEY_BYTES_MAX + 1];
    size_t done = 1;
    pte_backfill_progress progress;
    pte_table_change change = {.set_user_data = true};
    pte_key key = database_key(texts, &AN_ITEM);
    pte_bytes table = pte_str(DATABASE_TABLE);
    pte_table_spec spec = *database_table();
    spec.name = pte_str("another");
    EXPECT(PTE_READ_ONLY, database_try_put(env, &AN_ITEM, &error));
    EXPECT(PTE_READ_ONLY, pte_delete(env, table, &key, &error));
    EXPECT(PTE_READ_ONLY, pte_table_create(env, &spec, &error));
    EXPECT(PTE_READ_ONLY, pte_table_drop(env, table, &error));
    EXPECT(PTE_READ_ONLY, pte_table_alter(env, table, &change, &error));
    EXPECT(PTE_READ_ONLY, pte_backfill_step(&progress, env, table, 1, &error));
    EXPECT(PTE_READ_ONLY, pte_backfill(env, table, NULL, NULL, &error));
    EXPECT(PTE_READ_ONLY, pte_expire(&done, env, 99999, 1, &error));
    EXPECT(PTE_READ_ONLY, pte_reclaim(&done, env, 1, &error));
    EXPECT(PTE_READ_ONLY, pte_changes_trim(&done, env, 1, 1, &error));
    assert_int_equal(done, 0);
}

static void test_env_open__read_only(void **state) {
    fixture *f = *state;
    char copy[FOLDERS_PATH_MAX];
    pte_error error;
    pte_env_info info;
    make_database(f->path);
    folders_state before = folders_look(f->path);
    pte_env *env = open_ok(f->path, &(pte_env_options){.read_only = true});
    assert_true(database_has(env, &AN_ITEM));
    expect_no_writes(env);
    database_expect_sound(env);
    OK(pte_env_describe(&info, env, &error));
    assert_true(info.read_only);
    OK(pte_env_sync(env, &error));
    folders_path(copy, f->folder, "copy");
    OK(pte_env_copy(env, copy, NULL, &error));
    pte_env_close(env);
    folders_expect_untouched(f->path, &before);
}

static void test_env_open__on_a_read_only_disk(void **state) {
    fixture *f = *state;
    pte_error error;
    pte_env *env;
    if (!can_mount) {
        skip();
    }
    make_database(f->path);
    for (int round = 0; round < 2; round++) {
        mounts_read_only(f->path);
        env = open_ok(f->path, &(pte_env_options){.read_only = true});
        assert_true(database_has(env, &AN_ITEM));
        database_expect_sound(env);
        expect_no_writes(env);
        pte_env_close(env);
        EXPECT(PTE_IO, pte_env_open(&env, f->path, NULL, &error));
        assert_int_equal(error.os_error, EROFS);
        mounts_end(f->path);
        remove_lock(f->path); /* the second time there is none */
    }
    char *empty = test_folder_make();
    mounts_read_only(empty);
    expect_refused(empty, NULL, PTE_IO);
    expect_refused(empty, &(pte_env_options){.durability = PTE_MEMORY}, PTE_IO);
    mounts_end(empty);
    test_folder_remove(empty);
}

/* --- durability --- */

static void test_env__memory_leaves_no_files(void **state) {
    fixture *f = *state;
    int ready[2];
    pte_env_options options = database_options(PTE_MEMORY, NULL);
    pte_env *env = open_ok(f->folder, &options);
    assert_int_equal(folders_count(f->folder), 0);
    database_create_table(env);
    database_put(env, &AN_ITEM);
    assert_true(database_has(env, &AN_ITEM));
    pte_env_close(env);
    assert_int_equal(folders_count(f->folder), 0);

    assert_int_equal(pipe(ready), 0);
    pid_t child = fork();
    if (child == 0) {
        pte_env *killed;
        bool open = pte_env_open(&killed, f->folder, &options, NULL) == PTE_OK;
        ssize_t written = write(ready[1], open ? "y" : "n", 1);
        pause();
        _exit(written == 1 ? 0 : 1);
    }
    char answer = '?';
    assert_int_equal(read(ready[0], &answer, 1), 1);
    assert_int_equal(kill(child, SIGKILL), 0);
    assert_int_equal(waitpid(child, NULL, 0), child);
    assert_int_equal(answer, 'y');
    assert_int_equal(folders_count(f->folder), 0);
    close(ready[0]);
    close(ready[1]);
}

static void test_env__what_was_acknowledged_is_there_again(void **state) {
    pte_error error;
    (void)state;
    for (pte_durability mode = PTE_DURABLE; mode <= PTE_RELAXED; mode++) {
        char *folder = test_folder_make();
        pte_env_options options = {.durability = mode};
        pte_env *env = open_ok(folder, &options);
        database_create_table(env);
        database_put(env, &AN_ITEM);
        OK(pte_env_sync(env, &error));
        database_dump before = database_take(env);
        pte_env_close(env);
        env = open_ok(folder, &options);
        database_dump after = database_take(env);
        assert_true(database_dump_equal(&before, &after));
        database_dump_free(&before);
        database_dump_free(&after);
        pte_env_close(env);
        test_folder_remove(folder);
    }
}

static void test_env__two_processes_share_a_database(void **state) {
    fixture *f = *state;
    pte_error error;
    unsigned freed;
    database_item other = {.number = 70, .content_bytes = 33};
    make_database(f->path);
    pte_env *env = open_ok(f->path, NULL);
    pid_t child = fork();
    if (child == 0) {
        pte_env *own;
        bool done = pte_env_open(&own, f->path, NULL, &error) == PTE_OK &&
                    database_has(own, &AN_ITEM) && database_try_put(own, &other, &error) == PTE_OK;
        _exit(done ? 0 : 1); /* with its slot of a reader taken */
    }
    int status = -1;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_true(database_has(env, &other));
    database_put(env, &(database_item){.number = 71, .content_bytes = 33});
    OK(pte_env_free_stale_readers(&freed, env, &error));
    assert_int_equal(freed, 1);
    OK(pte_env_free_stale_readers(&freed, env, &error));
    assert_int_equal(freed, 0);
    database_expect_sound(env);
    pte_env_close(env);
}

/* --- figures --- */

static void test_env_describe__figures(void **state) {
    fixture *f = *state;
    pte_error error;
    pte_env_info info;
    pte_read *read;
    pte_env_options options = database_options(PTE_RELAXED, NULL);
    options.map_bytes_max = 8 << 20;
    pte_env *env = open_ok(f->path, &options);
    OK(pte_env_describe(&info, env, &error));
    assert_int_equal(info.tables + info.items + info.index_entries + info.long_rows, 0);
    assert_int_equal(info.groups, 0);
    database_create_table(env);
    for (unsigned i = 0; i < 10; i++) {
        database_put(env, &(database_item){.number = i, .content_bytes = 50});
    }
    OK(pte_read_begin(&read, env, &error));
    OK(pte_env_describe(&info, env, &error));
    assert_int_equal(info.format_version, 2);
    assert_int_equal(info.durability, PTE_RELAXED);
    assert_false(info.read_only);
    assert_int_equal(info.map_bytes, 8 << 20);
    assert_in_range(info.page_bytes, 4096, 65536);
    assert_in_range(info.used_bytes, 10 * info.page_bytes, info.map_bytes);
    assert_in_range(info.free_bytes, 1, info.used_bytes);
    assert_int_equal(info.readers_max, 1000);
    assert_in_range(info.readers_used, 2, 10);
    assert_in_range(info.last_transaction, 12, 20);
    assert_int_equal(info.tables, 1);
    assert_int_equal(info.items, 10);
    assert_int_equal(info.index_entries, 4 * 10);
    assert_int_equal(info.expiry_entries, 10);
    assert_int_equal(info.change_records, 10);
    assert_int_equal(info.long_rows, 0);
    assert_int_equal(info.groups, 11);
    assert_int_equal(info.grouped_writes, 11);
    assert_int_equal(info.retired, 0);
    pte_read_end(read);
    OK(pte_table_drop(env, pte_str(DATABASE_TABLE), &error));
    OK(pte_env_describe(&info, env, &error));
    assert_int_equal(info.tables, 0);
    pte_env_close(env);
}

/* --- copies --- */

static void expect_copy(const char *path, const database_dump *expected) {
    pte_env *env = open_ok(path, NULL);
    database_dump found = database_take(env);
    assert_true(database_dump_equal(expected, &found));
    database_dump_free(&found);
    database_expect_sound(env);
    database_put(env, &(database_item){.number = 500, .content_bytes = 10});
    pte_env_close(env);
}

static void test_env_copy__equals_the_original(void **state) {
    fixture *f = *state;
    char path[FOLDERS_PATH_MAX];
    pte_error error;
    make_database(f->path);
    pte_env *env = open_ok(f->path, NULL);
    database_dump dump = database_take(env);
    for (int compact = 0; compact <= 1; compact++) {
        pte_copy_options options = {.compact = compact != 0};
        folders_path(path, f->folder, compact != 0 ? "compact" : "plain");
        OK(pte_env_copy(env, path, &options, &error));
        assert_int_equal(folders_count(path), 1);
        expect_copy(path, &dump);
        /* Where a killed copy has left its part. */
        char *there = test_folder_make();
        folders_write(there, "data.mdb.partial", "abc", 3);
        OK(pte_env_copy(env, there, NULL, &error));
        assert_int_equal(folders_count(there), 1);
        expect_copy(there, &dump);
        test_folder_remove(there);
    }
    database_dump_free(&dump);
    pte_env_close(env);
    env = open_ok(NULL, &(pte_env_options){.durability = PTE_MEMORY});
    database_create_table(env);
    database_put(env, &AN_ITEM);
    dump = database_take(env);
    folders_path(path, f->folder, "of memory");
    OK(pte_env_copy(env, path, NULL, &error));
    expect_copy(path, &dump);
    database_dump_free(&dump);
    pte_env_close(env);
}

static void test_env_copy__refuses_bad_targets(void **state) {
    fixture *f = *state;
    char path[8192];
    pte_error error;
    make_database(f->path);
    pte_env *env = open_ok(f->path, NULL);
    folders_state before = folders_look(f->path);
    EXPECT(PTE_INVALID_ARGUMENT, pte_env_copy(env, f->path, NULL, &error));
    folders_expect_untouched(f->path, &before);
    char *other = test_folder_make();
    folders_write(other, "letter.txt", "Dear", 4);
    EXPECT(PTE_INVALID_ARGUMENT, pte_env_copy(env, other, NULL, &error));
    assert_int_equal(folders_count(other), 1);
    folders_path(path, other, "letter.txt");
    EXPECT(PTE_IO, pte_env_copy(env, path, NULL, &error));
    assert_int_equal(error.os_error, ENOTDIR);
    folders_path(path, other, "no/parent");
    EXPECT(PTE_IO, pte_env_copy(env, path, NULL, &error));
    assert_int_equal(error.os_error, ENOENT);
    EXPECT(PTE_INVALID_ARGUMENT, pte_env_copy(env, "", NULL, &error));
    memset(path, '/', sizeof path);
    path[sizeof path - 1] = '\0';
    EXPECT(PTE_INVALID_ARGUMENT, pte_env_copy(env, path, NULL, &error));
    assert_true(database_has(env, &AN_ITEM));
    test_folder_remove(other);
    pte_env_close(env);
}

typedef struct busy_writer {
    pte_env *env;
    atomic_bool stop;
    unsigned written;
} busy_writer;

static void *write_on(void *ctx) {
    busy_writer *w = ctx;
    pte_error error;
    while (!w->stop) {
        database_item item = {.number = 1000 + w->written, .content_bytes = 200};
        if (database_try_put(w->env, &item, &error) != PTE_OK) {
            break;
        }
        w->written++;
    }
    return NULL;
}

/* A copy has all items up to one moment: the first so many of those written one after another. */
static void test_env_copy__while_it_is_written(void **state) {
    fixture *f = *state;
    pte_error error;
    pthread_t thread;
    pte_env_info info;
    pte_env *env = open_ok(f->path, &(pte_env_options){.durability = PTE_RELAXED});
    database_create_table(env);
    busy_writer writer = {.env = env};
    assert_int_equal(pthread_create(&thread, NULL, write_on, &writer), 0);
    for (int i = 0; i < 6; i++) {
        char name[16];
        char path[FOLDERS_PATH_MAX];
        snprintf(name, sizeof name, "copy%d", i);
        folders_path(path, f->folder, name);
        OK(pte_env_copy(env, path, &(pte_copy_options){.compact = i % 2 != 0}, &error));
        pte_env *copy = open_ok(path, NULL);
        database_expect_sound(copy);
        OK(pte_env_describe(&info, copy, &error));
        for (unsigned item = 0; item < info.items; item++) {
            assert_true(
                database_has(copy, &(database_item){.number = 1000 + item, .content_bytes = 200}));
        }
        pte_env_close(copy);
    }
    writer.stop = true;
    pthread_join(thread, NULL);
    assert_true(writer.written > 10);
    pte_env_close(env);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_env_open__refuses_bad_paths),
        TEST(test_env_open__refuses_a_file),
        TEST(test_env_open__refuses_a_folder_of_other_files),
        TEST(test_env_open__takes_what_a_stopped_opening_has_left),
        TEST(test_env_open__must_exist),
        TEST(test_env_open__refuses_other_lmdb_databases),
        TEST(test_env_open__refuses_other_versions),
        TEST(test_env_open__refuses_files_that_are_no_data),
        TEST(test_env_open__survives_files_that_are_cut_off),
        TEST(test_env_open__refuses_bad_options),
        TEST(test_env_open__needs_randomness_to_create),
        TEST(test_env_open__readers_max),
        TEST(test_env_open__twice_is_busy),
        TEST(test_env_open__read_only),
        TEST(test_env_open__on_a_read_only_disk),
        TEST(test_env__memory_leaves_no_files),
        TEST(test_env__what_was_acknowledged_is_there_again),
        TEST(test_env__two_processes_share_a_database),
        TEST(test_env_describe__figures),
        TEST(test_env_copy__equals_the_original),
        TEST(test_env_copy__refuses_bad_targets),
        TEST(test_env_copy__while_it_is_written),
    };
    can_mount = mounts_enter("a read-only disk");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
