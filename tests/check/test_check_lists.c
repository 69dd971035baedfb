/* Damaged indexes, expiry lists and counters. */
#include "damaged.h"

#include "base/endian.h"

enum { ENTRY_TIME = 4 }; /* where the seconds begin in the key of an expiry entry */

static void test_check_lists__reports_a_missing_entry(void **state) {
    (void)state;
    static damaged d;
    raw_entry entry;
    damaged_open(&d);
    raw_find_of(&d, PTE__DB_INDEX, d.ids->by_status, "note of order 7", &entry);
    raw_remove(&d, PTE__DB_INDEX, &entry);
    damaged_check(&d);
    damaged_expect(&d,
                   "table \"orders\", index \"by-status\", item {\"pk\": \"customer-3\", "
                   "\"sk\": 7}: the item's entry is missing",
                   NULL);
    damaged_expect(&d, "meta, table \"orders\", index \"by-status\": the counters say 20 of",
                   "found were 19 of", NULL);
    damaged_expect_lines(&d, 2);
    damaged_close(&d);
}

static void test_check_lists__reports_entries_of_no_item(void **state) {
    (void)state;
    static damaged d;
    raw_entry item;
    damaged_open(&d);
    raw_find_of(&d, PTE__DB_ITEMS, d.ids->orders, "note of order 8", &item);
    raw_remove(&d, PTE__DB_ITEMS, &item);
    damaged_check(&d);
    static const char *const INDEXES[] = {"by-status", "by-day", "some"};
    for (size_t i = 0; i < 3; i++) {
        damaged_expect(&d, INDEXES[i], "key 0x", "the entry is of no item of the table", NULL);
    }
    damaged_expect(&d, "table \"orders\", time to live, key 0x",
                   "the entry is of no item of the table", NULL);
    damaged_expect(&d, "meta, table \"orders\": the counters say 24 of", NULL);
    damaged_expect_lines(&d, 5);
    damaged_close(&d);
}

static void test_check_lists__reports_entries_of_a_damaged_item(void **state) {
    (void)state;
    static damaged d;
    raw_entry item;
    damaged_open(&d);
    raw_find_of(&d, PTE__DB_ITEMS, d.ids->orders, "note of order 7", &item);
    item.value_len = 30;
    raw_store(&d, PTE__DB_ITEMS, &item);
    damaged_check(&d);
    damaged_expect(&d, "index \"by-day\", key 0x", "of an item that is damaged", NULL);
    /* The item, its entries in three indexes, the size of the table. */
    damaged_expect_lines(&d, 5);
    damaged_close(&d);
}

static void test_check_lists__reports_an_entry_under_another_key(void **state) {
    (void)state;
    static damaged d;
    raw_entry entry;
    damaged_open(&d);
    raw_find_of(&d, PTE__DB_INDEX, d.ids->by_day, "2024-01-08", &entry);
    raw_remove(&d, PTE__DB_INDEX, &entry);
    entry.key[4 + 16] = '3'; /* 3024-01-08 */
    raw_store(&d, PTE__DB_INDEX, &entry);
    damaged_check(&d);
    damaged_expect(&d,
                   "index \"by-day\", item {\"pk\": \"customer-3\", \"sk\": 7}: the item's "
                   "entry is missing",
                   NULL);
    damaged_expect(&d, "index \"by-day\", item {\"pk\": \"customer-3\", \"sk\": 7}, key 0x",
                   "belongs under another key", NULL);
    damaged_expect_lines(&d, 2);
    damaged_close(&d);
}

static void test_check_lists__reports_an_entry_that_should_not_be(void **state) {
    (void)state;
    static damaged d;
    raw_entry item;
    pte_error error;
    pte_builder *b;
    OK(pte_builder_create(&b, NULL, &error));
    damaged_open(&d);
    /* Order 7 without the attributes that put it into indexes, and with a status of type N. */
    raw_find_of(&d, PTE__DB_ITEMS, d.ids->orders, "note of order 7", &item);
    pte_builder_add_string(b, "pk", "customer-3");
    pte_builder_add_number(b, "sk", "7");
    pte_builder_add_number(b, "status", "1");
    raw_put(&d, PTE__DB_ITEMS, pte_view(item.key, item.key_len), raw_image(b));
    damaged_check(&d);
    damaged_expect(&d, "index \"by-status\", item {\"pk\": \"customer-3\", \"sk\": 7}, key 0x",
                   "the item should have no entry", NULL);
    damaged_expect(&d, "index \"by-day\"", "the item should have no entry", NULL);
    damaged_expect(&d, "index \"some\"", "the item should have no entry", NULL);
    pte_builder_destroy(b);
    damaged_close(&d);
}

static void test_check_lists__reports_keys_that_are_no_entries(void **state) {
    (void)state;
    static damaged d;
    damaged_open(&d);
    raw_put_id(&d, PTE__DB_INDEX, "", d.ids->some, pte_str("x"));
    raw_put_id(&d, PTE__DB_EXPIRY, "", d.ids->orders_ttl, pte_str(""));
    damaged_check(&d);
    damaged_expect(&d, "index \"some\", key 0x", "no key of an entry is made like this", NULL);
    damaged_expect(&d, "time to live, key 0x", "no key of an entry is made like this", NULL);
    damaged_close(&d);
}

static void test_check_lists__reports_a_change_of_any_projected_byte(void **state) {
    (void)state;
    static damaged d;
    raw_entry entry;
    damaged_open(&d);
    raw_find_of(&d, PTE__DB_INDEX, d.ids->some, "note of order 7", &entry);
    for (size_t i = 0; i < entry.value_len; i++) {
        entry.value[i] ^= 0x20;
        raw_store(&d, PTE__DB_INDEX, &entry);
        damaged_check(&d);
        entry.value[i] ^= 0x20;
        damaged_expect(&d,
                       "table \"orders\", index \"some\", item {\"pk\": \"customer-3\", "
                       "\"sk\": 7}: the entry's value is not what the item gives",
                       NULL);
        damaged_reopen(&d);
    }
    entry.value_len--;
    raw_store(&d, PTE__DB_INDEX, &entry);
    damaged_check(&d);
    damaged_expect(&d, "index \"some\"", "bytes were expected", NULL);
    damaged_expect_lines(&d, 1);
    damaged_close(&d);
}

static void test_check_lists__reports_damage_of_expiry(void **state) {
    (void)state;
    static damaged d;
    raw_entry entry;
    damaged_open(&d);
    raw_find_of(&d, PTE__DB_EXPIRY, d.ids->orders_ttl, "", &entry); /* the earliest: order 0 */
    raw_remove(&d, PTE__DB_EXPIRY, &entry);
    damaged_check(&d);
    damaged_expect(&d,
                   "table \"orders\", time to live, item {\"pk\": \"customer-0\", \"sk\": 0}: "
                   "the item's entry is missing",
                   NULL);
    damaged_expect_lines(&d, 1);
    damaged_reopen(&d);
    entry.key[ENTRY_TIME + 7] ^= 1;
    raw_store(&d, PTE__DB_EXPIRY, &entry);
    damaged_check(&d);
    damaged_expect(&d, "time to live, item {\"pk\": \"customer-0\", \"sk\": 0}, key 0x",
                   "belongs under another key", NULL);
    damaged_expect_lines(&d, 2);
    damaged_reopen(&d);
    raw_remove(&d, PTE__DB_EXPIRY, &entry);
    entry.key[ENTRY_TIME + 7] ^= 1;
    entry.value[0] = 'x';
    entry.value_len = 1;
    raw_store(&d, PTE__DB_EXPIRY, &entry);
    damaged_check(&d);
    damaged_expect(&d,
                   "time to live, item {\"pk\": \"customer-0\", \"sk\": 0}: the entry's value "
                   "is not",
                   "0 bytes were expected, 1 were found", NULL);
    damaged_expect_lines(&d, 1);
    damaged_close(&d);
}

/* Of an index that is being filled entries may be missing, but not before the place it has come to;
 * and what is there must be right. */
static void test_check_lists__knows_how_far_an_index_is_filled(void **state) {
    (void)state;
    static damaged d;
    raw_entry entry;
    damaged_open(&d);
    raw_find_of(&d, PTE__DB_INDEX, d.ids->by_kind, "", &entry);
    raw_remove(&d, PTE__DB_INDEX, &entry);
    damaged_check(&d);
    damaged_expect(&d, "table \"filling\", index \"by-kind\", item {\"pk\": \"filling-",
                   "the item's entry is missing", NULL);
    damaged_expect(&d, "index \"by-kind\": the counters say 4 of", "found were 3 of", NULL);
    damaged_expect_lines(&d, 2);
    damaged_reopen(&d);
    /* As if nothing had been looked at. */
    raw_delete_id(&d, PTE__DB_META, "backfill:", d.ids->by_kind);
    damaged_check(&d);
    damaged_expect(&d, "index \"by-kind\": the counters say 4 of", NULL);
    damaged_expect_lines(&d, 1);
    damaged_reopen(&d);
    entry.value[entry.value_len - 1] ^= 1;
    raw_store(&d, PTE__DB_INDEX, &entry);
    damaged_check(&d);
    damaged_expect(&d, "index \"by-kind\", item {\"pk\": \"filling-", "value is not what", NULL);
    damaged_expect_lines(&d, 1);
    damaged_close(&d);
}

static void test_check_lists__reports_wrong_counters(void **state) {
    (void)state;
    static damaged d;
    raw_entry counts;
    damaged_open(&d);
    uint8_t key[10] = "count:";
    pte__put_u32(key + 6, d.ids->orders);
    raw_find(&d, PTE__DB_META, pte_view(key, sizeof key), "", &counts);
    assert_int_equal(4 * 20, counts.value_len);
    for (size_t i = 0; i < 4; i++) {
        counts.value[i * 20 + 11]++;        /* entries */
        counts.value[i * 20 + 12 + 4] ^= 1; /* bytes */
    }
    raw_store(&d, PTE__DB_META, &counts);
    damaged_check(&d);
    damaged_expect(&d, "meta, table \"orders\": the counters say 25 of", "found were 24 of", NULL);
    damaged_expect(&d, "index \"by-status\": the counters say 21 of", "found were 20 of", NULL);
    damaged_expect(&d, "index \"by-day\": the counters say 25 of", "found were 24 of", NULL);
    damaged_expect(&d, "index \"some\": the counters say 25 of", "found were 24 of", NULL);
    damaged_expect_lines(&d, 4);
    damaged_reopen(&d);
    raw_remove(&d, PTE__DB_META, &counts);
    damaged_check(&d);
    damaged_expect(&d, "meta, table \"orders\": the counters say 0 of 0 bytes", NULL);
    damaged_expect_lines(&d, 4);
    damaged_close(&d);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_check_lists__reports_a_missing_entry),
        cmocka_unit_test(test_check_lists__reports_entries_of_no_item),
        cmocka_unit_test(test_check_lists__reports_entries_of_a_damaged_item),
        cmocka_unit_test(test_check_lists__reports_an_entry_under_another_key),
        cmocka_unit_test(test_check_lists__reports_an_entry_that_should_not_be),
        cmocka_unit_test(test_check_lists__reports_keys_that_are_no_entries),
        cmocka_unit_test(test_check_lists__reports_a_change_of_any_projected_byte),
        cmocka_unit_test(test_check_lists__reports_damage_of_expiry),
        cmocka_unit_test(test_check_lists__knows_how_far_an_index_is_filled),
        cmocka_unit_test(test_check_lists__reports_wrong_counters),
    };
    return cmocka_run_group_tests(tests, damaged_group_setup, damaged_group_teardown);
}
