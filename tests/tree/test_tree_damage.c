/*
 * Structures that no version of the tree writes, made with LMDB's own calls: the check names each
 * of them, the other calls report MDB_CORRUPTED where they come upon one, and all of them end.
 */
#include "tree_store.h"

#include <stdio.h>
#include <stdlib.h>

enum { LAYER_P = 1, LAYER_DEEP_LAST = 7, NEXT_ID = 8, FREE_ID = 100, STEPS_MAX = 10000 };

typedef struct place {
    tree_store *store;
    MDB_txn *txn;
} place;

static pte_bytes run_of(char byte, size_t len) {
    static uint8_t rooms[256][PTE__KEY_MAX + 1];
    uint8_t *room = rooms[(uint8_t)byte];
    memset(room, byte, PTE__KEY_MAX + 1);
    return pte_view(room, len);
}

/*
 * The sound state: in tree 0 the whole keys o and q, two long keys of p in layer 1, and the longest
 * key there is, of d, in layers 2 to 7.
 */
static void fill(tree_store *store) {
    MDB_txn *txn = tree_store_begin(store, 0);
    pte__tree tree = tree_store_tree(store, 0, txn);
    pte_bytes keys[] = {run_of('o', 1), run_of('q', 1), run_of('p', 600), run_of('p', 602),
                        run_of('d', PTE__KEY_MAX)};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        assert_int_equal(0, pte__tree_put(&tree, keys[i], pte_str("value"), 0));
    }
    assert_int_equal(3, tree_store_check_sound(store, txn));
    assert_int_equal(0, mdb_txn_commit(txn));
}

/* ---- Raw rows ---- */

static void raw_put(place at, MDB_dbi dbi, const void *key, size_t key_len, const void *value,
                    size_t value_len) {
    MDB_val k = {key_len, (void *)key};
    MDB_val v = {value_len, (void *)value};
    assert_int_equal(0, mdb_put(at.txn, dbi, &k, &v, 0));
}

static void id_bytes(uint8_t bytes[8], uint64_t id) {
    for (int i = 7; i >= 0; i--, id >>= 8) {
        bytes[i] = (uint8_t)id;
    }
}

/* A base tree's entry under 503 times byte and one more. */
static void put_base_marker(place at, unsigned tree, char byte, uint8_t last, const void *value,
                            size_t value_len) {
    uint8_t key[504];
    memset(key, byte, sizeof key);
    key[503] = last;
    raw_put(at, at.store->bases[tree], key, sizeof key, value, value_len);
}

static void put_base_marker_to(place at, unsigned tree, char byte, uint64_t id) {
    uint8_t value[8];
    id_bytes(value, id);
    put_base_marker(at, tree, byte, 0, value, sizeof value);
}

/* An entry of `long` whose rest is a byte repeated. */
static void put_in_layer(place at, uint64_t id, char byte, size_t rest, const void *value,
                         size_t value_len) {
    uint8_t key[511];
    id_bytes(key, id);
    memset(key + 8, byte, rest);
    raw_put(at, at.store->layers, key, 8 + rest, value, value_len);
}

static void put_layer_marker(place at, uint64_t from, char byte, uint8_t last, uint64_t to) {
    uint8_t key[504];
    uint8_t value[8];
    id_bytes(key, from);
    memset(key + 8, byte, 495);
    key[503] = last;
    id_bytes(value, to);
    raw_put(at, at.store->layers, key, sizeof key, value, sizeof value);
}

static void delete_layer(place at, uint64_t id) {
    uint8_t prefix[8];
    id_bytes(prefix, id);
    MDB_cursor *cursor;
    assert_int_equal(0, mdb_cursor_open(at.txn, at.store->layers, &cursor));
    for (;;) {
        MDB_val key = {sizeof prefix, prefix};
        MDB_val value;
        int result = mdb_cursor_get(cursor, &key, &value, MDB_SET_RANGE);
        if (result != 0 || memcmp(key.mv_data, prefix, sizeof prefix) != 0) {
            break;
        }
        assert_int_equal(0, mdb_cursor_del(cursor, 0));
    }
    mdb_cursor_close(cursor);
}

static void put_next_id(place at, const void *value, size_t value_len) {
    static const uint8_t zeros[8];
    raw_put(at, at.store->layers, zeros, sizeof zeros, value, value_len);
}

/* ---- Damages ---- */

static void marker_value_short(place at) {
    put_base_marker(at, 0, 'p', 0, "\0\0\0\0\0\0\1", 7);
}

static void marker_value_long(place at) {
    put_base_marker(at, 0, 'p', 0, "\0\0\0\0\0\0\0\1\0", 9);
}

static void marker_value_empty(place at) {
    put_base_marker(at, 0, 'p', 0, NULL, 0);
}

static void marker_of_layer_0(place at) {
    put_base_marker_to(at, 0, 'p', 0);
}

static void marker_of_absent_layer(place at) {
    put_base_marker_to(at, 0, 'p', FREE_ID);
    delete_layer(at, LAYER_P);
}

static void layer_without_entries(place at) {
    delete_layer(at, LAYER_P);
}

static void last_layer_without_entries(place at) {
    put_base_marker_to(at, 0, 'p', UINT64_MAX);
    delete_layer(at, LAYER_P);
}

static void last_layer_in_use(place at) {
    put_base_marker_to(at, 0, 'p', UINT64_MAX);
    delete_layer(at, LAYER_P);
    put_in_layer(at, UINT64_MAX, 'p', 97, "v", 1);
}

static void inner_layer_without_entries(place at) {
    put_layer_marker(at, LAYER_P, 'p', 0, FREE_ID);
}

static void inner_marker_of_layer_0(place at) {
    put_layer_marker(at, LAYER_P, 'p', 0, 0);
}

static void marker_byte_wrong(place at) {
    uint8_t id[8];
    id_bytes(id, LAYER_P);
    put_base_marker(at, 0, 'p', 1, id, sizeof id);
}

static void base_key_too_long(place at) {
    uint8_t key[505];
    memset(key, 'p', 503);
    memset(key + 503, 0, 2);
    raw_put(at, at.store->bases[0], key, sizeof key, "12345678", 8);
}

static void inner_marker_byte_wrong(place at) {
    put_layer_marker(at, LAYER_P, 'p', 1, LAYER_P);
}

static void long_key_too_long(place at) {
    put_in_layer(at, LAYER_P, 'p', 498, "v", 1);
}

static void circle_below_a_tree(place at) {
    put_layer_marker(at, LAYER_P, 'p', 0, LAYER_P);
}

static void circle_of_nothing_else(place at) {
    delete_layer(at, LAYER_P);
    put_layer_marker(at, LAYER_P, 'p', 0, LAYER_P);
}

static void circle_out_of_trees(place at) {
    uint8_t next[8];
    id_bytes(next, FREE_ID + 2);
    put_next_id(at, next, sizeof next);
    put_layer_marker(at, FREE_ID, 'x', 0, FREE_ID + 1);
    put_layer_marker(at, FREE_ID + 1, 'x', 0, FREE_ID);
}

static void layer_without_marker(place at) {
    uint8_t next[8];
    id_bytes(next, UINT64_MAX);
    put_next_id(at, next, sizeof next);
    put_in_layer(at, FREE_ID, 'x', 3, "v", 1);
}

static void layer_named_by_two_trees(place at) {
    put_base_marker_to(at, 1, 'p', LAYER_P);
}

static void layer_named_twice_by_one_tree(place at) {
    put_base_marker_to(at, 0, 'r', LAYER_P);
}

static void entry_of_layer_0(place at) {
    put_in_layer(at, 0, 'x', 3, "v", 1);
}

static void entry_without_rest(place at) {
    put_in_layer(at, LAYER_P, 'p', 0, "v", 1);
}

static void entry_without_layer(place at) {
    raw_put(at, at.store->layers, "x", 1, "v", 1);
}

static void entry_of_one_zero(place at) {
    raw_put(at, at.store->layers, "", 1, "v", 1);
}

static void next_id_missing(place at) {
    static const uint8_t zeros[8];
    MDB_val key = {sizeof zeros, (void *)zeros};
    assert_int_equal(0, mdb_del(at.txn, at.store->layers, &key, NULL));
}

static void next_id_short(place at) {
    put_next_id(at, "\0\0\0\0\0\0\10", 7);
}

static void next_id_zero(place at) {
    put_next_id(at, "\0\0\0\0\0\0\0\0", 8);
}

static void next_id_behind(place at) {
    uint8_t next[8];
    id_bytes(next, LAYER_DEEP_LAST);
    put_next_id(at, next, sizeof next);
}

static void key_above_the_longest(place at) {
    put_in_layer(at, LAYER_DEEP_LAST, 'd', PTE__KEY_MAX - (503 + 5 * 495) + 1, "v", 1);
}

static void too_many_layers(place at) {
    uint8_t next[8];
    id_bytes(next, FREE_ID + 1);
    put_next_id(at, next, sizeof next);
    put_layer_marker(at, LAYER_DEEP_LAST, 'd', 0, FREE_ID);
    put_in_layer(at, FREE_ID, 'd', 3, "v", 1);
}

/* ---- Calls ---- */

enum {
    GET = 1 << 0,
    PUT = 1 << 1,
    PUT_NEW = 1 << 2, /* a key that needs a layer of its own */
    DELETE = 1 << 3,
    RANGE = 1 << 4,
    SEEK = 1 << 5,
    SEEK_BEFORE = 1 << 6,
    FORWARD = 1 << 7,
    BACKWARD = 1 << 8,
    WALKS = RANGE | FORWARD | BACKWARD,
    KEYS = GET | PUT | DELETE | SEEK | SEEK_BEFORE,
};

/* Walks everything; ends the test if that does not end. */
static int walk(pte__tree_cursor *cursor, bool onward) {
    pte_bytes end = {NULL, 0};
    int result =
        onward ? pte__tree_cursor_seek(cursor, end) : pte__tree_cursor_seek_before(cursor, end);
    for (unsigned steps = 0; result == 0; steps++) {
        assert_in_range(steps, 0, STEPS_MAX);
        result = onward ? pte__tree_cursor_next(cursor) : pte__tree_cursor_previous(cursor);
    }
    assert_int_equal(0, cursor->key.len + cursor->value.len);
    return result;
}

static int run_call(const pte__tree *tree, unsigned call, pte_bytes key) {
    pte_bytes found;
    size_t deleted;
    pte__tree_cursor cursor = {0};
    int result = pte__tree_cursor_open(&cursor, tree);
    assert_int_equal(0, result);
    switch (call) {
    case GET:
        result = pte__tree_get(tree, key, &found);
        break;
    case PUT:
        result = pte__tree_put(tree, key, pte_str("v"), 0);
        break;
    case PUT_NEW:
        result = pte__tree_put(tree, run_of('n', 504), pte_str("v"), 0);
        break;
    case DELETE:
        result = pte__tree_delete(tree, key);
        break;
    case RANGE:
        result =
            pte__tree_delete_range(tree, pte_view(NULL, 0), pte_view(NULL, 0), SIZE_MAX, &deleted);
        assert_true(result == 0 || deleted == 0);
        break;
    case SEEK:
        result = pte__tree_cursor_seek(&cursor, key);
        break;
    case SEEK_BEFORE:
        result = pte__tree_cursor_seek_before(&cursor, key);
        break;
    default:
        result = walk(&cursor, call == FORWARD);
        break;
    }
    pte__tree_cursor_clean_up(&cursor);
    return result;
}

typedef struct damage {
    const char *name;
    void (*make)(place at);
    const char *problem; /* that the check must name */
    unsigned problems;   /* how many it must find; a layer that lost its marker is one more */
    unsigned corrupted;  /* the calls that must report it; others must not */
    size_t key_len;      /* of the key of p that is used; 0: 600 */
} damage;

#define D(name) #name, name

static const damage damages[] = {
    {D(marker_value_short), "names no layer", 2, KEYS | WALKS, 0},
    {D(marker_value_long), "names no layer", 2, KEYS | WALKS, 0},
    {D(marker_value_empty), "names no layer", 2, KEYS | WALKS, 0},
    {D(marker_of_layer_0), "names no layer", 2, KEYS | WALKS, 0},
    {D(marker_of_absent_layer), "names layer 100, which has no entries", 1, KEYS | WALKS, 0},
    {D(layer_without_entries), "names layer 1, which has no entries", 1, KEYS | WALKS, 0},
    {D(layer_without_entries), "names layer 1, which has no entries", 1, KEYS | WALKS, 1500},
    {D(last_layer_without_entries), "has no entries", 1, KEYS | WALKS, 0},
    {D(last_layer_in_use), "the next layer id is 8, but layer 18446744073709551615", 1, PUT_NEW, 0},
    {D(inner_layer_without_entries), "long: the marker", 1, KEYS | WALKS, 1100},
    {D(inner_layer_without_entries), "long: the marker", 1, KEYS | WALKS, 1600},
    {D(inner_marker_of_layer_0), "names no layer", 1, KEYS | WALKS, 1100},
    {D(marker_byte_wrong), "tree 0: the entry", 1, WALKS, 0},
    {D(base_key_too_long), "(505 bytes) is longer than a whole one", 1, WALKS, 0},
    {D(inner_marker_byte_wrong), "is neither whole nor a marker", 1, WALKS, 0},
    {D(long_key_too_long), "is neither whole nor a marker", 1, WALKS, 0},
    {D(circle_below_a_tree), "names layer 1, which another one names too", 1, WALKS, 0},
    {D(circle_of_nothing_else), "names layer 1, which another one names too", 1, WALKS | SEEK,
     503 + 495 + 200},
    {D(circle_out_of_trees), "2 layers name each other in a circle", 1, 0, 0},
    {D(layer_without_marker), "no marker names layer 100", 1, PUT_NEW, 0},
    {D(layer_named_by_two_trees), "tree 1: the marker", 1, 0, 0},
    {D(layer_named_twice_by_one_tree), "names layer 1, which another one names too", 1, RANGE, 0},
    {D(entry_of_layer_0), "lies in no layer", 1, 0, 0},
    {D(entry_without_rest), "lies in no layer", 1, WALKS | SEEK_BEFORE, 0},
    {D(entry_without_layer), "lies in no layer", 1, PUT_NEW, 0},
    {D(entry_of_one_zero), "lies in no layer", 1, 0, 0},
    {D(next_id_missing), "the row with the next layer id is missing", 1, PUT_NEW, 0},
    {D(next_id_short), "the row with the next layer id holds none", 1, PUT_NEW, 0},
    {D(next_id_zero), "the row with the next layer id holds none", 1, PUT_NEW, 0},
    {D(next_id_behind), "the next layer id is 7, but layer 7 is in use", 1, PUT_NEW, 0},
    {D(key_above_the_longest), "longer than 3204 bytes", 1, WALKS, 0},
    {D(too_many_layers), "too many layers", 1, WALKS, 0},
};

static void expect_damage(tree_store *store, const damage *wrong) {
    static const unsigned all_calls[] = {GET,  PUT,         PUT_NEW, DELETE,  RANGE,
                                         SEEK, SEEK_BEFORE, FORWARD, BACKWARD};
    MDB_txn *txn = tree_store_begin(store, 0);
    wrong->make((place){store, txn});
    assert_int_equal(0, mdb_txn_commit(txn));
    txn = tree_store_begin(store, MDB_RDONLY);
    tree_problems problems;
    (void)tree_store_check(store, txn, &problems);
    mdb_txn_abort(txn);
    if (problems.count != wrong->problems || strstr(problems.all, wrong->problem) == NULL) {
        fail_msg("%s: the check found %u problems:\n%s", wrong->name, problems.count, problems.all);
    }
    for (size_t i = 0; i < sizeof all_calls / sizeof all_calls[0]; i++) {
        txn = tree_store_begin(store, 0);
        pte__tree tree = tree_store_tree(store, 0, txn);
        pte_bytes key = run_of('p', wrong->key_len == 0 ? 600 : wrong->key_len);
        int result = run_call(&tree, all_calls[i], key);
        mdb_txn_abort(txn);
        bool expected = (wrong->corrupted & all_calls[i]) != 0;
        if ((result == MDB_CORRUPTED) != expected) {
            fail_msg("%s: call %x gave %d (%s)", wrong->name, all_calls[i], result,
                     mdb_strerror(result));
        }
    }
}

static void test_tree__reports_damage(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof damages / sizeof damages[0]; i++) {
        tree_store store;
        tree_store_make(&store);
        fill(&store);
        expect_damage(&store, &damages[i]);
        tree_store_remove(&store);
    }
}

static void damage_at_random(place at, test_random *random) {
    static const char bytes[] = {'p', 'd'};
    char byte = bytes[test_random_below(random, 2)];
    uint64_t from = test_random_below(random, NEXT_ID + 1);
    uint64_t to = test_random_below(random, NEXT_ID + 1);
    switch (test_random_below(random, 4)) {
    case 0:
        put_layer_marker(at, from, byte, (uint8_t)test_random_below(random, 2), to);
        break;
    case 1:
        put_base_marker_to(at, 0, byte, to);
        break;
    case 2:
        delete_layer(at, from);
        break;
    default:
        put_in_layer(at, from, byte, test_random_below(random, 503), "12345678",
                     test_random_below(random, 9));
        break;
    }
}

/* Whether the reading calls, at a key and over everything, came upon damage. */
static bool run_all_but_range(const pte__tree *tree, pte_bytes key) {
    static const unsigned reads[] = {GET, SEEK, SEEK_BEFORE, FORWARD, BACKWARD};
    static const unsigned writes[] = {PUT_NEW, PUT, DELETE};
    bool read_failed = false;
    for (size_t i = 0; i < sizeof reads / sizeof reads[0]; i++) {
        int result = run_call(tree, reads[i], key);
        assert_true(result == 0 || result == MDB_NOTFOUND || result == MDB_CORRUPTED);
        read_failed = read_failed || result == MDB_CORRUPTED;
    }
    for (size_t i = 0; i < sizeof writes / sizeof writes[0]; i++) {
        int result = run_call(tree, writes[i], key);
        assert_true(result == 0 || result == MDB_NOTFOUND || result == MDB_CORRUPTED);
    }
    return read_failed;
}

/* Markers and layers that name and lose each other at random: all calls end, and what a reader
 * stumbles over, the check has seen. */
static void test_tree__ends_on_random_damage(void **state) {
    (void)state;
    test_random random = {test_seed(5)};
    tree_store store;
    tree_store_make(&store);
    fill(&store);
    for (unsigned round = 0; round < 3000; round++) {
        MDB_txn *txn = tree_store_begin(&store, 0);
        for (uint64_t changes = 1 + test_random_below(&random, 4); changes > 0; changes--) {
            damage_at_random((place){&store, txn}, &random);
        }
        tree_problems problems;
        (void)tree_store_check(&store, txn, &problems);
        pte__tree tree = tree_store_tree(&store, 0, txn);
        size_t len = 1 + test_random_below(&random, PTE__KEY_MAX);
        pte_bytes key = run_of(test_random_below(&random, 2) == 0 ? 'p' : 'd', len);
        assert_true(!run_all_but_range(&tree, key) || problems.count != 0);
        int result = run_call(&tree, RANGE, key);
        assert_true(result == 0 || result == MDB_CORRUPTED);
        mdb_txn_abort(txn);
    }
    tree_store_remove(&store);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tree__reports_damage),
        cmocka_unit_test(test_tree__ends_on_random_damage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
