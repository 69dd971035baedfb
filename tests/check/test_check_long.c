/* Damage among the keys that are too long for one LMDB key. */
#include "damaged.h"

enum { MARKER_BYTES = 504 };

/* The marker of the long keys of an id. */
static void find_marker(damaged *d, pte__db db, uint32_t id, raw_entry *marker) {
    MDB_cursor *cursor;
    MDB_val key;
    MDB_val value;
    assert_int_equal(0, mdb_cursor_open(d->txn, d->dbi[db], &cursor));
    int rc = mdb_cursor_get(cursor, &key, &value, MDB_FIRST);
    while (rc == 0 &&
           (key.mv_size != MARKER_BYTES || ((const uint8_t *)key.mv_data)[3] != (uint8_t)id)) {
        rc = mdb_cursor_get(cursor, &key, &value, MDB_NEXT);
    }
    assert_int_equal(0, rc);
    marker->key_len = key.mv_size;
    marker->value_len = value.mv_size;
    memcpy(marker->key, key.mv_data, key.mv_size);
    memcpy(marker->value, value.mv_data, value.mv_size);
    mdb_cursor_close(cursor);
}

static void test_check_long__reports_an_orphan_layer(void **state) {
    (void)state;
    static damaged d;
    raw_entry marker;
    damaged_open(&d);
    find_marker(&d, PTE__DB_ITEMS, d.ids->long_table, &marker);
    raw_remove(&d, PTE__DB_ITEMS, &marker);
    damaged_check(&d);
    damaged_expect(&d, "long: no marker names layer", NULL);
    damaged_expect(&d, "meta, table \"long\": the counters say 9 of", "found were 3 of", NULL);
    damaged_expect(&d, "index \"by-range\"", "the entry is of no item of the table", NULL);
    damaged_close(&d);
}

static void test_check_long__names_the_tree_and_goes_on_behind_a_bad_marker(void **state) {
    (void)state;
    static const struct {
        pte__db db;
        const char *name;
    } TREES[] = {
        {PTE__DB_ITEMS, "items: "}, {PTE__DB_INDEX, "index: "}, {PTE__DB_EXPIRY, "expiry: "}};
    for (size_t i = 0; i < 3; i++) {
        static damaged d;
        raw_entry marker;
        damaged_open(&d);
        const uint32_t owners[] = {d.ids->long_table, d.ids->by_range, d.ids->long_ttl};
        find_marker(&d, TREES[i].db, owners[i], &marker);
        memset(marker.value, 0, 8);
        raw_store(&d, TREES[i].db, &marker);
        damaged_check(&d);
        damaged_expect(&d, TREES[i].name, "is a marker that names no layer", NULL);
        /* The walk has met the tables behind it. */
        assert_int_equal(4, d.report.tables);
        if (i == 0) {
            assert_int_equal(SAMPLE_ORDERS + SAMPLE_PLAIN + SAMPLE_FILLING + 3, d.report.items);
        } else {
            damaged_expect(&d, "table \"long\"", "the item's entry is missing", NULL);
        }
        damaged_close(&d);
    }
}

static void test_check_long__goes_on_behind_a_layer_without_entries(void **state) {
    (void)state;
    static damaged d;
    raw_entry marker;
    damaged_open(&d);
    find_marker(&d, PTE__DB_ITEMS, d.ids->long_table, &marker);
    marker.value[0] = 1; /* a layer far away */
    raw_store(&d, PTE__DB_ITEMS, &marker);
    /* What stands behind it is still seen. */
    raw_put_id(&d, PTE__DB_ITEMS, "", d.ids->unknown, pte_str("x"));
    damaged_check(&d);
    damaged_expect(&d, "items: ", "which has no entries", NULL);
    damaged_expect(&d, "items, key 0x000003e7: id 999 is neither", NULL);
    damaged_close(&d);
}

/* A layer that hangs from itself, by more markers than one: the walk must not go round. */
static void test_check_long__ends_in_layers_that_go_round(void **state) {
    (void)state;
    static damaged d;
    raw_entry marker;
    uint8_t inner[MARKER_BYTES];
    damaged_open(&d);
    find_marker(&d, PTE__DB_ITEMS, d.ids->long_table, &marker);
    for (int i = 0; i < 20; i++) {
        memset(inner, 'a' + i, sizeof inner);
        memcpy(inner, marker.value, 8);
        inner[MARKER_BYTES - 1] = 0;
        raw_put(&d, PTE__DB_LONG, pte_view(inner, sizeof inner), pte_view(marker.value, 8));
    }
    damaged_check(&d);
    damaged_expect(&d, "long: the marker ", "which another one names too", NULL);
    damaged_expect(&d, "items: a walk was given up after 16 damaged places", NULL);
    damaged_close(&d);
}

static void test_check_long__reports_long_keys_where_none_belong(void **state) {
    (void)state;
    static const pte__db DBS[] = {PTE__DB_META, PTE__DB_CATALOG, PTE__DB_CHANGES};
    static const char *const NAMES[] = {"meta, key 0x", "catalog, key 0x", "changes, key 0x"};
    static damaged d;
    uint8_t key[MARKER_BYTES];
    memset(key, 'q', sizeof key);
    damaged_open(&d);
    for (size_t i = 0; i < 3; i++) {
        raw_put(&d, DBS[i], pte_view(key, sizeof key), pte_view("\0\0\0\0\0\0\0\1", 8));
    }
    damaged_check(&d);
    for (size_t i = 0; i < 3; i++) {
        damaged_expect(&d, NAMES[i], NULL);
    }
    damaged_expect_lines(&d, 3);
    damaged_close(&d);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_check_long__reports_an_orphan_layer),
        cmocka_unit_test(test_check_long__names_the_tree_and_goes_on_behind_a_bad_marker),
        cmocka_unit_test(test_check_long__goes_on_behind_a_layer_without_entries),
        cmocka_unit_test(test_check_long__ends_in_layers_that_go_round),
        cmocka_unit_test(test_check_long__reports_long_keys_where_none_belong),
    };
    return cmocka_run_group_tests(tests, damaged_group_setup, damaged_group_teardown);
}
