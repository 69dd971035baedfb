/*
 * What the tree promises of single calls: the lengths at which a key changes its form, what each
 * call costs in LMDB calls, and what a failing LMDB call leaves. The linker puts the functions
 * below between the tree and LMDB (--wrap).
 */
#include "tree_store.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- LMDB, counted and made to fail ---- */

static struct {
    unsigned get, put, del, cursor_open, cursor_get, cursor_put, cursor_del, realloc;
} calls;
static unsigned fail_from; /* this call and those after it fail; 0: none */
static unsigned fail_only; /* this call fails */
static unsigned calls_made;
static int failure;

static bool fails(unsigned *count) {
    ++*count;
    ++calls_made;
    return (fail_from != 0 && calls_made >= fail_from) || calls_made == fail_only;
}

static void reset_calls(void) {
    memset(&calls, 0, sizeof calls);
    calls_made = 0;
    fail_from = 0;
    fail_only = 0;
}

#define WRAP(name, parameters, arguments)                                                          \
    int __real_mdb_##name parameters;                                                              \
    int __wrap_mdb_##name parameters;                                                              \
    int __wrap_mdb_##name parameters {                                                             \
        return fails(&calls.name) ? failure : __real_mdb_##name arguments;                         \
    }
WRAP(get, (MDB_txn * txn, MDB_dbi dbi, MDB_val *key, MDB_val *value), (txn, dbi, key, value))
WRAP(put, (MDB_txn * txn, MDB_dbi dbi, MDB_val *key, MDB_val *value, unsigned flags),
     (txn, dbi, key, value, flags))
WRAP(del, (MDB_txn * txn, MDB_dbi dbi, MDB_val *key, MDB_val *value), (txn, dbi, key, value))
WRAP(cursor_open, (MDB_txn * txn, MDB_dbi dbi, MDB_cursor **cursor), (txn, dbi, cursor))
WRAP(cursor_get, (MDB_cursor * cursor, MDB_val *key, MDB_val *value, MDB_cursor_op op),
     (cursor, key, value, op))
WRAP(cursor_put, (MDB_cursor * cursor, MDB_val *key, MDB_val *value, unsigned flags),
     (cursor, key, value, flags))
WRAP(cursor_del, (MDB_cursor * cursor, unsigned flags), (cursor, flags))

void *__real_realloc(void *memory, size_t size);
void *__wrap_realloc(void *memory, size_t size);
void *__wrap_realloc(void *memory, size_t size) {
    if (fails(&calls.realloc)) {
        failure = ENOMEM;
        return NULL;
    }
    return __real_realloc(memory, size);
}

/* ---- A store with one tree in a write transaction ---- */

typedef struct fixture {
    tree_store store;
    MDB_txn *txn;
    pte__tree tree;
    pte__tree_cursor cursor;
} fixture;

static int set_up(void **state) {
    fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    reset_calls();
    tree_store_make(&f->store);
    f->txn = tree_store_begin(&f->store, 0);
    f->tree = tree_store_tree(&f->store, 0, f->txn);
    *state = f;
    return 0;
}

static int tear_down(void **state) {
    fixture *f = *state;
    reset_calls();
    pte__tree_cursor_clean_up(&f->cursor);
    mdb_txn_abort(f->txn);
    tree_store_remove(&f->store);
    free(f);
    return 0;
}

static void next_transaction(fixture *f, unsigned flags) {
    pte__tree_cursor_clean_up(&f->cursor);
    assert_int_equal(0, mdb_txn_commit(f->txn));
    f->txn = tree_store_begin(&f->store, flags);
    f->tree = tree_store_tree(&f->store, 0, f->txn);
}

/* len times a byte; a view until the next call with the same byte. */
static pte_bytes run_of(char byte, size_t len) {
    static uint8_t rooms[256][PTE__KEY_MAX + 1];
    uint8_t *room = rooms[(uint8_t)byte];
    memset(room, byte, PTE__KEY_MAX + 1);
    return pte_view(room, len);
}

static void put(fixture *f, pte_bytes key, const char *value) {
    assert_int_equal(0, pte__tree_put(&f->tree, key, pte_str(value), 0));
}

static void expect_stored(fixture *f, pte_bytes key, const char *value) {
    pte_bytes found;
    assert_int_equal(0, pte__tree_get(&f->tree, key, &found));
    assert_true(pte_bytes_equal(pte_str(value), found));
}

/* ---- Lengths ---- */

static void test_tree__stores_a_key_in_as_many_levels_as_its_length_needs(void **state) {
    fixture *f = *state;
    static const struct {
        size_t len;
        size_t layers; /* that the key needs when it is alone */
    } cases[] = {{1, 0},           {502, 0},
                 {503, 0},         {504, 1},
                 {505, 1},         {997, 1},
                 {998, 1},         {999, 2},
                 {1492, 2},        {1493, 2},
                 {1494, 3},        {2978, 5},
                 {2979, 6},        {PTE__KEY_MAX - 1, 6},
                 {PTE__KEY_MAX, 6}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        pte_bytes key = run_of('k', cases[i].len);
        size_t next_id_row = i > 2;
        put(f, key, "v");
        expect_stored(f, key, "v");
        assert_int_equal(1, tree_store_entries(f->txn, f->tree.base));
        assert_int_equal(cases[i].layers + (cases[i].layers > 0 || next_id_row),
                         tree_store_entries(f->txn, f->tree.layers));
        assert_int_equal(cases[i].layers > 0, tree_store_check_sound(&f->store, f->txn));
        assert_int_equal(0, pte__tree_delete(&f->tree, key));
        assert_int_equal(0, tree_store_entries(f->txn, f->tree.base));
    }
    assert_int_equal(1, tree_store_entries(f->txn, f->tree.layers)); /* the next layer id */
}

static void test_tree__refuses_keys_that_are_empty_or_too_long(void **state) {
    fixture *f = *state;
    pte_bytes long_key = run_of('k', PTE__KEY_MAX + 1);
    pte_bytes keys[] = {pte_view(NULL, 0), long_key};
    for (size_t i = 0; i < 2; i++) {
        pte_bytes value = pte_str("old");
        assert_int_equal(MDB_BAD_VALSIZE, pte__tree_put(&f->tree, keys[i], pte_str("v"), 0));
        assert_int_equal(MDB_BAD_VALSIZE, pte__tree_get(&f->tree, keys[i], &value));
        assert_null(value.data);
        assert_int_equal(0, value.len);
        assert_int_equal(MDB_BAD_VALSIZE, pte__tree_delete(&f->tree, keys[i]));
    }
    size_t deleted = 7;
    put(f, run_of('k', 3), "v");
    assert_int_equal(MDB_BAD_VALSIZE, pte__tree_delete_range(&f->tree, pte_view(NULL, 0), long_key,
                                                             SIZE_MAX, &deleted));
    assert_int_equal(0, deleted);
    assert_int_equal(MDB_BAD_VALSIZE, pte__tree_delete_range(&f->tree, long_key, pte_view(NULL, 0),
                                                             SIZE_MAX, &deleted));
    assert_int_equal(0, pte__tree_cursor_open(&f->cursor, &f->tree));
    assert_int_equal(MDB_BAD_VALSIZE, pte__tree_cursor_seek(&f->cursor, long_key));
    assert_int_equal(MDB_BAD_VALSIZE, pte__tree_cursor_seek_before(&f->cursor, long_key));
    assert_int_equal(1, tree_store_entries(f->txn, f->tree.base));
}

static void test_tree__keeps_values_apart_of_keys_that_are_prefixes_of_each_other(void **state) {
    fixture *f = *state;
    char text[16];
    for (size_t len = 495; len <= 1505; len++) {
        snprintf(text, sizeof text, "%zu", len);
        put(f, run_of('\0', len), text);
    }
    assert_int_equal(MDB_KEYEXIST,
                     pte__tree_put(&f->tree, run_of('\0', 1200), pte_str("x"), MDB_NOOVERWRITE));
    assert_int_equal(0, pte__tree_delete(&f->tree, run_of('\0', 504)));
    assert_int_equal(MDB_NOTFOUND, pte__tree_delete(&f->tree, run_of('\0', 504)));
    assert_int_equal(0, pte__tree_cursor_open(&f->cursor, &f->tree));
    int result = pte__tree_cursor_seek(&f->cursor, run_of('\0', 495));
    for (size_t len = 495; len <= 1505; len++) {
        if (len == 504) {
            continue;
        }
        snprintf(text, sizeof text, "%zu", len);
        expect_stored(f, run_of('\0', len), text);
        assert_int_equal(0, result);
        assert_int_equal(len, f->cursor.key.len);
        assert_true(pte_bytes_equal(pte_str(text), f->cursor.value));
        result = pte__tree_cursor_next(&f->cursor);
    }
    assert_int_equal(MDB_NOTFOUND, result);
    assert_int_equal(1001, tree_store_check_sound(&f->store, f->txn));
}

static void test_tree__does_not_use_a_layer_id_again(void **state) {
    fixture *f = *state;
    uint64_t before = 0;
    for (int i = 0; i < 3; i++) {
        put(f, run_of('k', 600), "v");
        assert_int_equal(0, pte__tree_cursor_open(&f->cursor, &f->tree));
        assert_int_equal(0, pte__tree_cursor_seek(&f->cursor, run_of('k', 1)));
        assert_true(f->cursor.layer_ids[1] > before);
        before = f->cursor.layer_ids[1];
        pte__tree_cursor_clean_up(&f->cursor);
        assert_int_equal(0, pte__tree_delete(&f->tree, run_of('k', 600)));
        next_transaction(f, 0);
    }
}

/* ---- Cost ---- */

static void test_tree__makes_one_lmdb_call_for_a_short_key(void **state) {
    fixture *f = *state;
    pte_bytes key = run_of('k', PTE__TREE_WHOLE_MAX);
    reset_calls();
    put(f, key, "v");
    assert_int_equal(1, calls.put);
    expect_stored(f, key, "v");
    assert_int_equal(1, calls.get);
    assert_int_equal(0, pte__tree_delete(&f->tree, key));
    assert_int_equal(1, calls.del);
    assert_int_equal(3, calls_made);
}

static void test_tree_cursor__makes_one_lmdb_call_a_move_among_short_keys(void **state) {
    fixture *f = *state;
    put(f, run_of('a', PTE__TREE_WHOLE_MAX), "v");
    put(f, run_of('b', 1), "v");
    assert_int_equal(0, pte__tree_cursor_open(&f->cursor, &f->tree));
    reset_calls();
    assert_int_equal(0, pte__tree_cursor_seek(&f->cursor, run_of('a', 1)));
    assert_int_equal(1, calls_made);
    assert_int_equal(0, pte__tree_cursor_next(&f->cursor));
    assert_int_equal(2, calls_made);
    assert_int_equal(0, pte__tree_cursor_previous(&f->cursor));
    assert_int_equal(3, calls_made);
    assert_int_equal(3, calls.cursor_get);
    /* The key is where LMDB has it: behind it in the page stands its value. */
    assert_ptr_equal(f->cursor.key.data + f->cursor.key.len, f->cursor.value.data);
}

static void test_tree_cursor__opens_again_without_allocating(void **state) {
    fixture *f = *state;
    put(f, run_of('a', 20), "v");
    put(f, run_of('k', PTE__KEY_MAX), "v");
    next_transaction(f, MDB_RDONLY);
    reset_calls();
    for (int i = 0; i < 4; i++) {
        assert_int_equal(0, pte__tree_cursor_open(&f->cursor, &f->tree));
        assert_int_equal(0, pte__tree_cursor_seek(&f->cursor, run_of('a', 20)));
        assert_int_equal(0, pte__tree_cursor_next(&f->cursor));
        assert_true(pte_bytes_equal(run_of('k', PTE__KEY_MAX), f->cursor.key));
        if (i == 0) {
            /* One LMDB cursor a level, and none before it is needed. */
            assert_int_equal(PTE__TREE_LAYERS_MAX, calls.cursor_open);
            reset_calls();
        }
        assert_int_equal(0, calls.cursor_open);
        mdb_txn_reset(f->txn);
        assert_int_equal(0, mdb_txn_renew(f->txn));
    }
}

static void test_tree_cursor__sees_what_a_renewed_transaction_sees(void **state) {
    fixture *f = *state;
    put(f, run_of('k', 600), "old");
    next_transaction(f, MDB_RDONLY);
    assert_int_equal(0, pte__tree_cursor_open(&f->cursor, &f->tree));
    assert_int_equal(0, pte__tree_cursor_seek(&f->cursor, run_of('k', 1)));
    mdb_txn_reset(f->txn);
    MDB_txn *writing = tree_store_begin(&f->store, 0);
    pte__tree tree = tree_store_tree(&f->store, 0, writing);
    assert_int_equal(0, pte__tree_put(&tree, run_of('k', 600), pte_str("new"), 0));
    assert_int_equal(0, mdb_txn_commit(writing));
    assert_int_equal(0, mdb_txn_renew(f->txn));
    assert_int_equal(0, pte__tree_cursor_open(&f->cursor, &f->tree));
    assert_int_equal(0, pte__tree_cursor_seek(&f->cursor, run_of('k', 1)));
    assert_true(pte_bytes_equal(pte_str("new"), f->cursor.value));
}

static void test_tree_cursor__moves_between_trees_and_kinds_of_transaction(void **state) {
    fixture *f = *state;
    pte__tree other = tree_store_tree(&f->store, 1, f->txn);
    put(f, run_of('k', 600), "first");
    assert_int_equal(0, pte__tree_put(&other, run_of('k', 600), pte_str("second"), 0));
    next_transaction(f, MDB_RDONLY);
    other = tree_store_tree(&f->store, 1, f->txn);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(0, pte__tree_cursor_open(&f->cursor, &f->tree));
        assert_int_equal(0, pte__tree_cursor_seek(&f->cursor, run_of('k', 1)));
        assert_true(pte_bytes_equal(pte_str("first"), f->cursor.value));
        assert_int_equal(0, pte__tree_cursor_open(&f->cursor, &other));
        assert_int_equal(0, pte__tree_cursor_seek(&f->cursor, run_of('k', 1)));
        assert_true(pte_bytes_equal(pte_str("second"), f->cursor.value));
    }
    /* The end of a read-only transaction may come before clean_up, or an opening elsewhere. */
    mdb_txn_abort(f->txn);
    f->txn = tree_store_begin(&f->store, 0);
    f->tree = tree_store_tree(&f->store, 0, f->txn);
    assert_int_equal(0, pte__tree_cursor_open(&f->cursor, &f->tree));
    assert_int_equal(0, pte__tree_cursor_seek(&f->cursor, run_of('k', 1)));
    assert_true(pte_bytes_equal(pte_str("first"), f->cursor.value));
}

static void test_tree_delete_range__deletes_without_looking_keys_up(void **state) {
    fixture *f = *state;
    uint8_t key[600];
    for (unsigned i = 0; i < 200; i++) {
        memset(key, 'k', sizeof key);
        key[i % 2 == 0 ? 20 : 590] = (uint8_t)i;
        put(f, pte_view(key, i % 2 == 0 ? 40 : 600), "v");
    }
    size_t deleted;
    reset_calls();
    assert_int_equal(0, pte__tree_delete_range(&f->tree, pte_view(NULL, 0), pte_view(NULL, 0),
                                               SIZE_MAX, &deleted));
    assert_int_equal(200, deleted);
    assert_int_equal(200 + 1, calls.cursor_del); /* and one marker */
    assert_int_equal(0, calls.get + calls.put + calls.del);
    /* A step a key; besides, the first seek and what entering and leaving the layer needs. */
    assert_in_range(calls.cursor_get, 200, 200 + 8);
}

/* ---- Failing LMDB calls ---- */

static pte_bytes fault_key(unsigned i) {
    static const size_t lens[] = {40, 600, 601, 1100, PTE__KEY_MAX};
    return run_of((char)('a' + i), lens[i % 5]);
}
enum { FAULT_KEYS = 10 };

static int run_put(fixture *f) {
    return pte__tree_put(&f->tree, run_of('z', 2500), pte_str("v"), 0);
}

static int run_put_beside(fixture *f) {
    return pte__tree_put(&f->tree, run_of('d', 1500), pte_str("v"), MDB_NOOVERWRITE);
}

static int run_get(fixture *f) {
    pte_bytes value = pte_str("old");
    int result = pte__tree_get(&f->tree, fault_key(4), &value);
    assert_int_equal(result == 0, value.len != 0);
    return result;
}

static int run_get_absent(fixture *f) {
    pte_bytes value = pte_str("old");
    int result = pte__tree_get(&f->tree, run_of('d', 1101), &value);
    assert_int_equal(0, value.len);
    return result == MDB_NOTFOUND ? 0 : result;
}

static int run_delete(fixture *f) {
    return pte__tree_delete(&f->tree, fault_key(4));
}

static int run_delete_range(fixture *f) {
    size_t deleted = 7;
    int result =
        pte__tree_delete_range(&f->tree, run_of('b', 2), run_of('i', 2), SIZE_MAX, &deleted);
    assert_int_equal(result == 0 ? 7 : 0, deleted);
    return result;
}

static int walk(fixture *f, int first, int (*move)(pte__tree_cursor *cursor)) {
    unsigned found = 0;
    int result = first;
    while (result == 0) {
        found++;
        assert_int_not_equal(0, f->cursor.key.len);
        result = move(&f->cursor);
    }
    assert_int_equal(0, f->cursor.key.len + f->cursor.value.len);
    if (result == MDB_NOTFOUND) {
        assert_int_equal(FAULT_KEYS - 1, found);
        return 0;
    }
    return result;
}

static int run_forward(fixture *f) {
    int result = pte__tree_cursor_open(&f->cursor, &f->tree);
    result = result == 0 ? pte__tree_cursor_seek(&f->cursor, run_of('b', 600)) : result;
    return walk(f, result, pte__tree_cursor_next);
}

static int run_backward(fixture *f) {
    int result = pte__tree_cursor_open(&f->cursor, &f->tree);
    result = result == 0 ? pte__tree_cursor_seek_before(&f->cursor, run_of('j', 3000)) : result;
    return walk(f, result, pte__tree_cursor_previous);
}

static void ignore_problem(void *ctx, const char *problem) {
    (void)ctx;
    (void)problem;
}

static int run_check(fixture *f) {
    uint64_t long_keys = 7;
    int result = pte__tree_check_layers(&f->tree, 1, &long_keys, ignore_problem, NULL);
    assert_int_equal(result == 0 ? FAULT_KEYS - 2 : 0, long_keys);
    return result;
}

/* Makes call number n of an operation fail, n rising until it succeeds; LeakSanitizer looks on. */
static void run_with_faults(fixture *f, int (*operation)(fixture *f), bool from_then_on) {
    for (unsigned n = 1;; n++) {
        next_transaction(f, 0);
        reset_calls();
        *(from_then_on ? &fail_from : &fail_only) = n;
        failure = n % 2 == 0 ? MDB_MAP_FULL : ENOMEM;
        int result = operation(f);
        bool reached = calls_made >= n;
        reset_calls();
        pte__tree_cursor_clean_up(&f->cursor);
        if (!reached) {
            assert_int_equal(0, result);
            assert_true(n > 1);
            return;
        }
        assert_int_equal(failure, result);
        mdb_txn_abort(f->txn);
        f->txn = tree_store_begin(&f->store, 0);
        f->tree = tree_store_tree(&f->store, 0, f->txn);
        for (unsigned i = 0; i < FAULT_KEYS; i++) {
            expect_stored(f, fault_key(i), "v");
        }
        tree_store_check_sound(&f->store, f->txn);
    }
}

static void test_tree__reports_every_failure_of_lmdb(void **state) {
    fixture *f = *state;
    static int (*const operations[])(fixture * f) = {
        run_get, run_get_absent, run_forward, run_backward,     run_check,
        run_put, run_put_beside, run_delete,  run_delete_range,
    };
    for (size_t i = 0; i < sizeof operations / sizeof operations[0]; i++) {
        for (unsigned from_then_on = 0; from_then_on < 2; from_then_on++) {
            size_t deleted;
            assert_int_equal(0, pte__tree_delete_range(&f->tree, pte_view(NULL, 0),
                                                       pte_view(NULL, 0), SIZE_MAX, &deleted));
            for (unsigned k = 0; k < FAULT_KEYS; k++) {
                put(f, fault_key(k), "v");
            }
            run_with_faults(f, operations[i], from_then_on != 0);
        }
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_tree__stores_a_key_in_as_many_levels_as_its_length_needs),
        TEST(test_tree__refuses_keys_that_are_empty_or_too_long),
        TEST(test_tree__keeps_values_apart_of_keys_that_are_prefixes_of_each_other),
        TEST(test_tree__does_not_use_a_layer_id_again),
        TEST(test_tree__makes_one_lmdb_call_for_a_short_key),
        TEST(test_tree_cursor__makes_one_lmdb_call_a_move_among_short_keys),
        TEST(test_tree_cursor__opens_again_without_allocating),
        TEST(test_tree_cursor__sees_what_a_renewed_transaction_sees),
        TEST(test_tree_cursor__moves_between_trees_and_kinds_of_transaction),
        TEST(test_tree_delete_range__deletes_without_looking_keys_up),
        TEST(test_tree__reports_every_failure_of_lmdb),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
