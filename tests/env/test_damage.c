/*
 * Damaged values in files whose trees are whole: through LMDB and in the file itself. Whatever is
 * then asked for is answered rightly or with CORRUPT, in the time it should take; nothing crashes.
 */
#include "env/folders.h"
#include "faults/database.h"

#include <pocketable/engine/changes.h>
#include <pocketable/engine/check.h>
#include <pocketable/engine/upkeep.h>

#include <lmdb.h>
#include <stdlib.h>

enum { ITEMS = 12, ROWS_MAX = 100000 };

static void make_database(const char *path) {
    pte_env *env;
    pte_error error;
    pte_env_options options = database_options(PTE_RELAXED, NULL);
    OK(pte_env_open(&env, path, &options, &error));
    database_create_table(env);
    for (unsigned i = 0; i < ITEMS; i++) {
        database_put(env,
                     &(database_item){.number = i, .content_bytes = 60, .long_keys = i % 4 == 0});
    }
    pte_table_change change = {.add_index = database_late_index()};
    OK(pte_table_alter(env, pte_str(DATABASE_TABLE), &change, &error));
    pte_backfill_progress progress;
    OK(pte_backfill_step(&progress, env, pte_str(DATABASE_TABLE), 5, &error));
    pte_table_spec other = *database_table();
    other.name = pte_str("dropped");
    OK(pte_table_create(env, &other, &error));
    OK(pte_table_drop(env, other.name, &error));
    pte_env_close(env);
}

/* Statuses that an undamaged database gives too, and CORRUPT. A changed key or definition makes
 * refusals of all kinds; none of the machine's. */
static void allow(pte_status status, const pte_error *error) {
    if (status == PTE_IO || status == PTE_OUT_OF_MEMORY || status == PTE_BUSY ||
        status == PTE_DATABASE_FULL || status == PTE_READ_ONLY) {
        fail_msg("%s: %s", pte_status_name(status), error->message);
    }
}

static void walk(pte_read *read, pte_cursor *cursor, pte_status status, pte_error *error) {
    pte_item item;
    size_t rows = 0;
    (void)read;
    while (status == PTE_OK && (status = pte_cursor_next(&item, cursor, error)) == PTE_OK) {
        size_t size;
        allow(pte_item_size_bytes(&size, &item, error), error);
        allow(pte_item_validate(&item, error), error);
        assert_in_range(++rows, 0, ROWS_MAX);
    }
    allow(status, error);
    pte_cursor_close(cursor);
}

static void read_all(pte_env *env) {
    static const char *const INDEXES[] = {"", "by-a", "by-b", "by-a-and-b", "local", "late"};
    pte_error error;
    pte_read *read;
    pte_cursor *cursor;
    const pte_table_info *info;
    pte_change change;
    uint64_t last;
    pte_bytes table = pte_str(DATABASE_TABLE);
    pte_status status = pte_read_begin(&read, env, &error);
    allow(status, &error);
    if (status != PTE_OK) {
        assert_null(read);
        return;
    }
    allow(pte_table_describe(&info, read, table, &error), &error);
    allow(pte_change_last(&last, read, &error), &error);
    for (unsigned i = 0; i < ITEMS; i++) {
        char texts[2][DATABASE_KEY_BYTES_MAX + 1];
        pte_item item;
        database_item asked = {.number = i, .long_keys = i % 4 == 0};
        pte_key key = database_key(texts, &asked);
        allow(pte_read_item(&item, read, table, &key, &error), &error);
        pte_query query = {
            .table = table, .hash = {key.hash}, .hash_count = 1, .descending = i % 2 != 0};
        status = pte_query_open(&cursor, read, &query, &error);
        walk(read, cursor, status, &error);
    }
    for (size_t i = 0; i < sizeof INDEXES / sizeof INDEXES[0]; i++) {
        pte_scan scan = {.table = table, .index = pte_str(INDEXES[i])};
        status = pte_scan_open(&cursor, read, &scan, &error);
        walk(read, cursor, status, &error);
    }
    status = PTE_OK;
    size_t rows = 0;
    for (uint64_t after = 0; status == PTE_OK; after = change.sequence) {
        status = pte_change_next(&change, read, after, &error);
        assert_true(status != PTE_OK || change.sequence > after);
        assert_in_range(++rows, 0, ROWS_MAX);
    }
    allow(status, &error);
    pte_read_end(read);
}

static void write_all(pte_env *env) {
    pte_error error;
    size_t done;
    pte_backfill_progress progress;
    pte_bytes table = pte_str(DATABASE_TABLE);
    pte_table_change change = {.set_user_data = true, .user_data = pte_str("x")};
    for (unsigned i = 0; i < ITEMS; i += 3) {
        database_item item = {
            .number = i, .version = 1, .content_bytes = 50, .long_keys = i % 4 == 0};
        allow(database_try_put(env, &item, &error), &error);
        char texts[2][DATABASE_KEY_BYTES_MAX + 1];
        item.number++;
        item.long_keys = item.number % 4 == 0;
        pte_key key = database_key(texts, &item);
        allow(pte_delete(env, table, &key, &error), &error);
    }
    allow(pte_backfill_step(&progress, env, table, 100, &error), &error);
    allow(pte_expire(&done, env, 1005, 100, &error), &error);
    allow(pte_changes_trim(&done, env, INT64_MAX, 5, &error), &error);
    allow(pte_table_alter(env, table, &change, &error), &error);
    allow(pte_reclaim(&done, env, 100, &error), &error);
    allow(pte_table_drop(env, table, &error), &error);
    allow(pte_reclaim(&done, env, 1000, &error), &error);
}

/* Opens it and uses everything; the number of problems the checker found before that. */
static uint64_t use(const char *path) {
    pte_env *env;
    pte_error error;
    pte_check_report report = {0};
    pte_env_options options = database_options(PTE_RELAXED, NULL);
    pte_status status = pte_env_open(&env, path, &options, &error);
    if (status != PTE_OK) {
        assert_true(status == PTE_CORRUPT || status == PTE_NOT_A_DATABASE ||
                    status == PTE_WRONG_VERSION);
        return 1;
    }
    OK(pte_check(&report, env, NULL, &error));
    read_all(env);
    write_all(env);
    pte_check_report after;
    OK(pte_check(&after, env, NULL, &error));
    pte_env_close(env);
    return report.problems;
}

typedef enum damage {
    DAMAGE_BIT,
    DAMAGE_BYTE,
    DAMAGE_HEAD, /* the first byte */
    DAMAGE_SHORTER,
    DAMAGE_EMPTY,
    DAMAGE_LONGER,
    DAMAGE_KINDS,
} damage;

/* Changes bytes; returns the new length. bytes has room for one more. */
static size_t spoil(uint8_t *bytes, size_t len, damage kind, test_random *random) {
    size_t at = len != 0 ? test_random_below(random, len) : 0;
    switch (kind) {
    case DAMAGE_BIT:
        bytes[at] ^= (uint8_t)(1u << test_random_below(random, 8));
        return len;
    case DAMAGE_BYTE:
        bytes[at] = (uint8_t)test_random_next(random);
        return len;
    case DAMAGE_HEAD:
        bytes[0] = (uint8_t)test_random_next(random);
        return len;
    case DAMAGE_SHORTER:
        return at;
    case DAMAGE_EMPTY:
        return 0;
    case DAMAGE_LONGER:
    case DAMAGE_KINDS:
        break;
    }
    bytes[len] = (uint8_t)test_random_next(random);
    return len + 1;
}

/* Spoils the value of one row of a sub-database. */
static void spoil_row(const char *path, const char *db, test_random *random) {
    static uint8_t bytes[1 << 16];
    MDB_env *env;
    MDB_txn *txn;
    MDB_dbi dbi;
    MDB_cursor *cursor;
    MDB_stat stat;
    MDB_val key;
    MDB_val value;
    assert_int_equal(mdb_env_create(&env), 0);
    assert_int_equal(mdb_env_set_maxdbs(env, 20), 0);
    assert_int_equal(mdb_env_open(env, path, MDB_NOSYNC, 0666), 0);
    assert_int_equal(mdb_txn_begin(env, NULL, 0, &txn), 0);
    assert_int_equal(mdb_dbi_open(txn, db, 0, &dbi), 0);
    assert_int_equal(mdb_stat(txn, dbi, &stat), 0);
    assert_true(stat.ms_entries > 0);
    assert_int_equal(mdb_cursor_open(txn, dbi, &cursor), 0);
    for (uint64_t at = test_random_below(random, stat.ms_entries) + 1; at > 0; at--) {
        assert_int_equal(mdb_cursor_get(cursor, &key, &value, MDB_NEXT), 0);
    }
    assert_in_range(value.mv_size, 0, sizeof bytes - 1);
    memcpy(bytes, value.mv_data, value.mv_size);
    value.mv_size =
        spoil(bytes, value.mv_size, (damage)test_random_below(random, DAMAGE_KINDS), random);
    value.mv_data = bytes;
    assert_int_equal(mdb_cursor_put(cursor, &key, &value, MDB_CURRENT), 0);
    mdb_cursor_close(cursor);
    assert_int_equal(mdb_txn_commit(txn), 0);
    mdb_env_close(env);
}

static void test_damage__rows(void **state) {
    enum { ROUNDS = 60 };
    static const char *const DBS[] = {"meta",    "catalog", "items", "index",
                                      "changes", "long",    "expiry"};
    test_random random = {test_seed(20240611)};
    size_t len;
    uint64_t found = 0;
    (void)state;
    char *original = test_folder_make();
    make_database(original);
    uint8_t *bytes = folders_read(original, "data.mdb", &len);
    for (size_t db = 0; db < sizeof DBS / sizeof DBS[0]; db++) {
        for (int round = 0; round < ROUNDS; round++) {
            char *folder = test_folder_make();
            folders_write(folder, "data.mdb", bytes, len);
            spoil_row(folder, DBS[db], &random);
            found += use(folder) != 0;
            test_folder_remove(folder);
        }
    }
    /* Bytes of content that are changed into other content cannot be noticed; most can. */
    assert_in_range(found, 7 * ROUNDS / 3, 7 * ROUNDS);
    free(bytes);
    test_folder_remove(original);
}

/* The place of the n-th occurrence of a text in the file, or len. */
static size_t find(const uint8_t *bytes, size_t len, const char *text, size_t n) {
    size_t text_len = strlen(text);
    for (size_t i = 0; i + text_len <= len; i++) {
        if (memcmp(bytes + i, text, text_len) == 0 && n-- == 0) {
            return i;
        }
    }
    return len;
}

/* In the file itself, in and around the values of items, index entries and change records. */
static void test_damage__bytes_of_the_file(void **state) {
    enum { ROUNDS = 300 };
    static const char *const NEAR[] = {"content", "ttl", "small", "late", "kept for"};
    test_random random = {test_seed(20240612)};
    size_t len;
    size_t damaged = 0;
    (void)state;
    char *original = test_folder_make();
    make_database(original);
    uint8_t *bytes = folders_read(original, "data.mdb", &len);
    uint8_t *copy = malloc(len);
    assert_non_null(copy);
    for (int round = 0; round < ROUNDS; round++) {
        const char *near = NEAR[test_random_below(&random, sizeof NEAR / sizeof NEAR[0])];
        size_t at = find(bytes, len, near, test_random_below(&random, 60));
        /* The values' own bytes: what stands right before, at and behind the text. */
        size_t from = at + test_random_below(&random, strlen(near) + 3) - 1;
        if (at == len) {
            continue;
        }
        memcpy(copy, bytes, len);
        copy[from] = (uint8_t)test_random_next(&random);
        char *folder = test_folder_make();
        folders_write(folder, "data.mdb", copy, len);
        (void)use(folder);
        test_folder_remove(folder);
        damaged++;
    }
    assert_true(damaged > ROUNDS / 4);
    free(copy);
    free(bytes);
    test_folder_remove(original);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_damage__rows),
        cmocka_unit_test(test_damage__bytes_of_the_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
