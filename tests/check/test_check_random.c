/*
 * Random damage all over a database: the check ends, stays within memory that is its own, and
 * finds something wherever damage cannot pass for sound data.
 */
#include "damaged.h"

enum { ROUNDS = 250, DAMAGES_MAX = 4 };

/* A random entry of a random sub-database; false if that one has none. */
static bool pick(damaged *d, test_random *random, pte__db *db, raw_entry *entry) {
    MDB_cursor *cursor;
    MDB_val key;
    MDB_val value;
    MDB_stat stat;
    *db = (pte__db)test_random_below(random, PTE__DB_COUNT);
    assert_int_equal(0, mdb_stat(d->txn, d->dbi[*db], &stat));
    if (stat.ms_entries == 0) {
        return false;
    }
    assert_int_equal(0, mdb_cursor_open(d->txn, d->dbi[*db], &cursor));
    uint64_t steps = test_random_below(random, stat.ms_entries);
    assert_int_equal(0, mdb_cursor_get(cursor, &key, &value, MDB_FIRST));
    while (steps-- > 0) {
        assert_int_equal(0, mdb_cursor_get(cursor, &key, &value, MDB_NEXT));
    }
    entry->key_len = key.mv_size;
    entry->value_len = value.mv_size;
    memcpy(entry->key, key.mv_data, key.mv_size);
    memcpy(entry->value, value.mv_data, value.mv_size);
    mdb_cursor_close(cursor);
    /* Without these rows it is not opened at all. */
    return *db != PTE__DB_META ||
           (memcmp(entry->key, "format", 6) != 0 && memcmp(entry->key, "secret", 6) != 0);
}

static void damage_bytes(test_random *random, uint8_t *bytes, size_t *len, size_t len_max) {
    switch (test_random_below(random, 4)) {
    case 0: /* cut */
        *len = test_random_below(random, *len + 1);
        break;
    case 1: { /* grow */
        size_t more = 1 + test_random_below(random, 8);
        if (*len + more <= len_max) {
            test_random_fill(random, bytes + *len, more);
            *len += more;
        }
        break;
    }
    default: /* change a byte */
        if (*len != 0) {
            bytes[test_random_below(random, *len)] ^= (uint8_t)(1 + test_random_below(random, 255));
        }
    }
}

static void damage_once(damaged *d, test_random *random) {
    pte__db db;
    raw_entry entry = {0};
    if (!pick(d, random, &db, &entry)) {
        return;
    }
    switch (test_random_below(random, 4)) {
    case 0:
        raw_remove(d, db, &entry);
        break;
    case 1:
        damage_bytes(random, entry.key, &entry.key_len, sizeof entry.key);
        if (entry.key_len != 0) {
            raw_store(d, db, &entry);
        }
        break;
    default:
        damage_bytes(random, entry.value, &entry.value_len, sizeof entry.value);
        raw_store(d, db, &entry);
    }
}

static void test_check_random__ends_whatever_it_meets(void **state) {
    (void)state;
    static damaged d;
    test_random random = {test_seed(20240301)};
    unsigned noticed = 0;
    for (unsigned round = 0; round < ROUNDS; round++) {
        damaged_open(&d);
        uint64_t damages = 1 + test_random_below(&random, DAMAGES_MAX);
        while (damages-- > 0) {
            damage_once(&d, &random);
        }
        damaged_check(&d);
        noticed += d.report.problems != 0 ? 1 : 0;
        damaged_close(&d);
    }
    /* Not where it hits what is retired, or an attribute of which nothing is made. */
    assert_true(noticed > ROUNDS * 6 / 10);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_check_random__ends_whatever_it_meets),
    };
    return cmocka_run_group_tests(tests, damaged_group_setup, damaged_group_teardown);
}
