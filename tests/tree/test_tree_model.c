/*
 * Random histories of two trees that share their layers, held against a model: a sorted table of
 * every key that may occur, and for each tree which of them are there with what value. The keys
 * crowd around the lengths where a tree begins a new level, and share long prefixes.
 */
#include "tree_store.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    KEYS_MAX = 6000,
    TREES = 2,
    VALUE_BYTES_MAX = 400 * 1024,
    VALUE_STARTS = 64 * 1024,
    OPERATIONS = 120 * 1000, /* of each of the two histories */
};

typedef struct model_key {
    uint8_t *data; /* owned */
    size_t len;
} model_key;

typedef struct model_value {
    bool present;
    uint32_t start; /* in the pool of bytes */
    uint32_t len;
} model_value;

typedef struct history {
    tree_store store;
    test_random random;
    model_key keys[KEYS_MAX]; /* sorted, each once */
    size_t key_count;
    model_value now[TREES][KEYS_MAX];
    model_value committed[TREES][KEYS_MAX];
    uint8_t pool[VALUE_STARTS + VALUE_BYTES_MAX];
    MDB_txn *txn;
    MDB_txn *reader; /* reset between uses */
    pte__tree_cursor reading;
} history;

static uint64_t below(history *h, uint64_t bound) {
    return test_random_below(&h->random, bound);
}

/* ---- Keys ---- */

static const size_t edges[] = {
    1, 503, 503 + 495, 503 + 2 * 495, 503 + 3 * 495, 503 + 4 * 495, 503 + 5 * 495, PTE__KEY_MAX};
enum { EDGES = sizeof edges / sizeof edges[0] };

static void add_key(history *h, const uint8_t *data, size_t len) {
    if (len == 0 || len > PTE__KEY_MAX || h->key_count == KEYS_MAX) {
        return;
    }
    uint8_t *copy = malloc(len);
    assert_non_null(copy);
    memcpy(copy, data, len);
    h->keys[h->key_count++] = (model_key){copy, len};
}

/* One byte repeated, of every length about every edge: each a prefix of the next. */
static void add_runs(history *h) {
    static const uint8_t bytes[] = {0x00, 'm', 0xFF};
    uint8_t data[PTE__KEY_MAX];
    for (size_t b = 0; b < sizeof bytes; b++) {
        memset(data, bytes[b], sizeof data);
        for (size_t e = 0; e < EDGES; e++) {
            for (size_t len = edges[e] < 7 ? 1 : edges[e] - 6; len <= edges[e] + 4; len++) {
                add_key(h, data, len);
            }
        }
    }
}

/* Runs with other bytes about an edge, where markers begin and end. */
static void add_near_edges(history *h, size_t count) {
    static const uint8_t bytes[] = {0x00, 0x01, 'm', 0xFE, 0xFF};
    uint8_t data[PTE__KEY_MAX + 16];
    for (size_t i = 0; i < count; i++) {
        memset(data, bytes[below(h, 3) * 2], sizeof data);
        size_t edge = edges[below(h, EDGES)];
        for (unsigned changes = (unsigned)below(h, 4); changes > 0; changes--) {
            size_t at = edges[below(h, EDGES)] + below(h, 5);
            data[at < 3 ? 0 : at - 3] = bytes[below(h, sizeof bytes)];
        }
        add_key(h, data, edge + below(h, 9) - (edge < 5 ? 0 : 4));
    }
}

/* Many keys below one prefix, so that a layer has many pages. */
static void add_crowd(history *h, size_t prefix_len, size_t rest_max, size_t count) {
    uint8_t data[PTE__KEY_MAX];
    memset(data, 'c', sizeof data);
    for (size_t i = 0; i < count; i++) {
        size_t rest = 1 + below(h, rest_max);
        test_random_fill(&h->random, data + prefix_len, rest);
        add_key(h, data, prefix_len + rest);
    }
}

static int compare_keys(const void *a, const void *b) {
    const model_key *x = a;
    const model_key *y = b;
    return pte_bytes_compare(pte_view(x->data, x->len), pte_view(y->data, y->len));
}

static void make_keys(history *h) {
    add_runs(h);
    add_near_edges(h, 1500);
    add_crowd(h, 0, 40, 1200);
    add_crowd(h, 0, 503, 300);
    add_crowd(h, 503, 3, 200);
    add_crowd(h, 503, 495, 600);
    add_crowd(h, 503, 900, 300);
    add_crowd(h, 503 + 495, 495, 500);
    add_crowd(h, 503 + 2 * 495 - 2, 600, 300);
    add_crowd(h, 503 + 5 * 495, PTE__KEY_MAX - 503 - 5 * 495, 200);
    qsort(h->keys, h->key_count, sizeof h->keys[0], compare_keys);
    size_t kept = 0;
    for (size_t i = 0; i < h->key_count; i++) {
        if (kept != 0 && compare_keys(&h->keys[kept - 1], &h->keys[i]) == 0) {
            free(h->keys[i].data);
        } else {
            h->keys[kept++] = h->keys[i];
        }
    }
    h->key_count = kept;
}

static pte_bytes key_at(const history *h, size_t i) {
    return pte_view(h->keys[i].data, h->keys[i].len);
}

/* The number of the first key >= a key; key_count if there is none. */
static size_t rank(const history *h, pte_bytes key) {
    size_t from = 0;
    size_t to = h->key_count;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (pte_bytes_compare(key_at(h, middle), key) < 0) {
            from = middle + 1;
        } else {
            to = middle;
        }
    }
    return from;
}

/* Keys of the model, and now and then others close by. room: PTE__KEY_MAX bytes. */
static pte_bytes any_key(history *h, uint8_t *room) {
    size_t i = below(h, h->key_count);
    pte_bytes key = key_at(h, i);
    if (below(h, 4) != 0) {
        return key;
    }
    memcpy(room, key.data, key.len);
    size_t len = key.len;
    if (below(h, 2) == 0) {
        len = 1 + below(h, len);
    } else if (len < PTE__KEY_MAX) {
        room[len++] = below(h, 2) == 0 ? 0x00 : 0xFF;
    }
    room[below(h, len)] = (uint8_t)below(h, 256);
    return pte_view(room, len);
}

/* ---- Comparing ---- */

static pte_bytes bytes_of(const history *h, const model_value *value) {
    return pte_view(h->pool + value->start, value->len);
}

static void expect_bytes(pte_bytes expected, pte_bytes found) {
    assert_int_equal(expected.len, found.len);
    assert_true(pte_bytes_equal(expected, found));
}

/* The first key there from number i on, or the last one before number i; -1 if there is none. */
static long there_from(const history *h, const model_value *values, size_t i) {
    while (i < h->key_count && !values[i].present) {
        i++;
    }
    return i < h->key_count ? (long)i : -1;
}

static long there_before(const model_value *values, size_t i) {
    while (i > 0 && !values[i - 1].present) {
        i--;
    }
    return (long)i - 1;
}

static void expect_at(const history *h, const model_value *values, long at, int result,
                      const pte__tree_cursor *cursor) {
    assert_int_equal(at < 0 ? MDB_NOTFOUND : 0, result);
    if (at >= 0) {
        expect_bytes(key_at(h, (size_t)at), cursor->key);
        expect_bytes(bytes_of(h, &values[at]), cursor->value);
    } else {
        assert_int_equal(0, cursor->key.len + cursor->value.len);
    }
}

/* Seeks somewhere and wanders about. */
static void wander(history *h, pte__tree_cursor *cursor, const model_value *values) {
    uint8_t room[PTE__KEY_MAX];
    pte_bytes key = below(h, 30) == 0 ? pte_view(NULL, 0) : any_key(h, room);
    long at;
    int result;
    if (below(h, 2) == 0) {
        at = there_from(h, values, key.len == 0 ? 0 : rank(h, key));
        result = pte__tree_cursor_seek(cursor, key);
    } else {
        at = there_before(values, key.len == 0 ? h->key_count : rank(h, key));
        result = pte__tree_cursor_seek_before(cursor, key);
    }
    expect_at(h, values, at, result, cursor);
    uint64_t mostly = below(h, 3);
    for (uint64_t steps = below(h, 12); steps > 0 && at >= 0; steps--) {
        bool onward = mostly == 0 ? below(h, 2) == 0 : mostly == 1;
        at = onward ? there_from(h, values, (size_t)at + 1) : there_before(values, (size_t)at);
        result = onward ? pte__tree_cursor_next(cursor) : pte__tree_cursor_previous(cursor);
        expect_at(h, values, at, result, cursor);
    }
}

/* Everything, in both directions. Returns how many long keys there are. */
static uint64_t walk_all(const history *h, pte__tree_cursor *cursor, const model_value *values) {
    uint64_t long_keys = 0;
    int result = pte__tree_cursor_seek(cursor, pte_view(NULL, 0));
    for (long at = there_from(h, values, 0);; at = there_from(h, values, (size_t)at + 1)) {
        expect_at(h, values, at, result, cursor);
        if (at < 0) {
            break;
        }
        long_keys += cursor->key.len > PTE__TREE_WHOLE_MAX;
        result = pte__tree_cursor_next(cursor);
    }
    result = pte__tree_cursor_seek_before(cursor, pte_view(NULL, 0));
    for (long at = there_before(values, h->key_count);; at = there_before(values, (size_t)at)) {
        expect_at(h, values, at, result, cursor);
        if (at < 0) {
            return long_keys;
        }
        result = pte__tree_cursor_previous(cursor);
    }
}

/* ---- Operations ---- */

static void do_put(history *h, const pte__tree *tree, model_value *values, unsigned flags) {
    static const uint32_t bounds[] = {1, 20, 60, 200, 1600, 5000};
    size_t i = below(h, h->key_count);
    uint32_t bound = bounds[below(h, sizeof bounds / sizeof bounds[0])];
    if (below(h, 500) == 0) {
        bound = VALUE_BYTES_MAX + 1;
    }
    model_value value = {true, (uint32_t)below(h, VALUE_STARTS), (uint32_t)below(h, bound)};
    bool refused = values[i].present && flags == MDB_NOOVERWRITE;
    assert_int_equal(refused ? MDB_KEYEXIST : 0,
                     pte__tree_put(tree, key_at(h, i), bytes_of(h, &value), flags));
    if (!refused) {
        values[i] = value;
    }
}

static void do_get(history *h, const pte__tree *tree, const model_value *values) {
    uint8_t room[PTE__KEY_MAX];
    pte_bytes key = any_key(h, room);
    pte_bytes found;
    size_t i = rank(h, key);
    bool there = i < h->key_count && values[i].present && pte_bytes_compare(key_at(h, i), key) == 0;
    assert_int_equal(there ? 0 : MDB_NOTFOUND, pte__tree_get(tree, key, &found));
    expect_bytes(there ? bytes_of(h, &values[i]) : pte_view(NULL, 0), found);
}

static void do_delete(history *h, const pte__tree *tree, model_value *values) {
    uint8_t room[PTE__KEY_MAX];
    pte_bytes key = any_key(h, room);
    size_t i = rank(h, key);
    bool there = i < h->key_count && values[i].present && pte_bytes_compare(key_at(h, i), key) == 0;
    assert_int_equal(there ? 0 : MDB_NOTFOUND, pte__tree_delete(tree, key));
    if (there) {
        values[i].present = false;
    }
}

static void do_delete_range(history *h, const pte__tree *tree, model_value *values) {
    uint8_t lower_room[PTE__KEY_MAX];
    uint8_t upper_room[PTE__KEY_MAX];
    pte_bytes lower = below(h, 20) == 0 ? pte_view(NULL, 0) : any_key(h, lower_room);
    pte_bytes upper = below(h, 20) == 0 ? pte_view(NULL, 0) : any_key(h, upper_room);
    size_t from = lower.len == 0 ? 0 : rank(h, lower);
    if (below(h, 3) != 0) { /* mostly a short range */
        size_t span = below(h, 80);
        upper = from + span < h->key_count ? key_at(h, from + span) : upper;
    }
    size_t to = upper.len == 0 ? h->key_count : rank(h, upper);
    size_t max = below(h, 3) == 0 ? SIZE_MAX : below(h, 120);
    size_t expected = 0;
    for (size_t i = from; i < to && expected < max; i++) {
        expected += values[i].present;
        values[i].present = false;
    }
    size_t deleted;
    assert_int_equal(0, pte__tree_delete_range(tree, lower, upper, max, &deleted));
    assert_int_equal(expected, deleted);
}

static void do_wander(history *h, const pte__tree *tree, const model_value *values) {
    pte__tree_cursor cursor = {0};
    assert_int_equal(0, pte__tree_cursor_open(&cursor, tree));
    wander(h, &cursor, values);
    pte__tree_cursor_clean_up(&cursor);
}

/* puts: of 100 operations; it rises and falls so that trees grow and shrink. */
static void do_any(history *h, uint64_t puts) {
    unsigned number = (unsigned)below(h, TREES);
    pte__tree tree = tree_store_tree(&h->store, number, h->txn);
    model_value *values = h->now[number];
    uint64_t dice = below(h, 100);
    if (dice < puts) {
        do_put(h, &tree, values, below(h, 5) == 0 ? MDB_NOOVERWRITE : 0);
    } else if (dice < 70) {
        do_delete(h, &tree, values);
    } else if (dice < 80) {
        do_get(h, &tree, values);
    } else if (dice == 80) {
        do_delete_range(h, &tree, values);
    } else {
        do_wander(h, &tree, values);
    }
}

/* ---- Histories ---- */

/* The pooled reader sees what was committed, through cursors that are only renewed. */
static void read_committed(history *h, bool everything) {
    assert_int_equal(0, mdb_txn_renew(h->reader));
    uint64_t long_keys = 0;
    for (unsigned number = 0; number < TREES; number++) {
        pte__tree tree = tree_store_tree(&h->store, number, h->reader);
        assert_int_equal(0, pte__tree_cursor_open(&h->reading, &tree));
        wander(h, &h->reading, h->committed[number]);
        if (everything) {
            long_keys += walk_all(h, &h->reading, h->committed[number]);
        }
    }
    uint64_t checked = tree_store_check_sound(&h->store, h->reader);
    if (everything) {
        assert_int_equal(long_keys, checked);
    }
    mdb_txn_reset(h->reader);
}

static void start_reader(history *h) {
    h->reader = tree_store_begin(&h->store, MDB_RDONLY);
    mdb_txn_reset(h->reader);
}

static void stop_reader(history *h) {
    mdb_txn_abort(h->reader);
    pte__tree_cursor_clean_up(&h->reading);
}

static void end_transaction(history *h, unsigned transaction) {
    if (below(h, 6) == 0) {
        mdb_txn_abort(h->txn);
        memcpy(h->now, h->committed, sizeof h->now);
    } else {
        assert_int_equal(0, mdb_txn_commit(h->txn));
        memcpy(h->committed, h->now, sizeof h->now);
        read_committed(h, transaction % 50 == 0);
    }
    if (transaction % 200 == 199) {
        stop_reader(h);
        tree_store_reopen(&h->store);
        start_reader(h);
    }
}

/* Emptied trees leave nothing but the row with the next layer id. */
static void empty_all(history *h) {
    h->txn = tree_store_begin(&h->store, 0);
    for (unsigned number = 0; number < TREES; number++) {
        pte__tree tree = tree_store_tree(&h->store, number, h->txn);
        size_t expected = 0;
        for (size_t i = 0; i < h->key_count; i++) {
            expected += h->now[number][i].present;
        }
        size_t deleted;
        assert_int_equal(0, pte__tree_delete_range(&tree, pte_view(NULL, 0), pte_view(NULL, 0),
                                                   SIZE_MAX, &deleted));
        assert_int_equal(expected, deleted);
        assert_int_equal(0, tree_store_entries(h->txn, tree.base));
    }
    assert_int_equal(1, tree_store_entries(h->txn, h->store.layers));
    assert_int_equal(0, tree_store_check_sound(&h->store, h->txn));
    assert_int_equal(0, mdb_txn_commit(h->txn));
}

static void run_history(uint64_t seed, unsigned batch_max) {
    history *h = calloc(1, sizeof *h);
    assert_non_null(h);
    h->random.state = test_seed(seed);
    tree_store_make(&h->store);
    make_keys(h);
    test_random_fill(&h->random, h->pool, sizeof h->pool);
    start_reader(h);
    unsigned transaction = 0;
    for (unsigned done = 0; done < OPERATIONS;) {
        h->txn = tree_store_begin(&h->store, 0);
        for (uint64_t left = 1 + below(h, batch_max); left > 0; left--, done++) {
            do_any(h, done / 10000 % 2 == 0 ? 55 : 25);
        }
        end_transaction(h, transaction++);
    }
    read_committed(h, true);
    stop_reader(h);
    empty_all(h);
    tree_store_remove(&h->store);
    for (size_t i = 0; i < h->key_count; i++) {
        free(h->keys[i].data);
    }
    free(h);
}

static void test_tree__agrees_with_a_model_in_small_transactions(void **state) {
    (void)state;
    run_history(1, 120);
}

static void test_tree__agrees_with_a_model_in_large_transactions(void **state) {
    (void)state;
    run_history(2, 4000);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tree__agrees_with_a_model_in_small_transactions),
        cmocka_unit_test(test_tree__agrees_with_a_model_in_large_transactions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
