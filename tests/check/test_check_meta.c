/* Damaged rows of `meta`. */
#include "damaged.h"

#include "base/endian.h"

static void counts_of(damaged *d, uint32_t id, raw_entry *counts) {
    uint8_t key[10] = "count:";
    pte__put_u32(key + 6, id);
    raw_find(d, PTE__DB_META, pte_view(key, sizeof key), "", counts);
}

static void test_check_meta__reports_unknown_rows(void **state) {
    (void)state;
    static damaged d;
    damaged_open(&d);
    raw_put(&d, PTE__DB_META, pte_str("colour"), pte_str("blue"));
    raw_put(&d, PTE__DB_META, pte_str("count:"), pte_str(""));
    damaged_check(&d);
    damaged_expect(&d, "meta, key 0x", "there is no such row (\"colour\")", NULL);
    damaged_expect(&d, "meta, key 0x", "there is no such row (\"count:\")", NULL);
    damaged_expect_lines(&d, 2);
    damaged_close(&d);
}

static void test_check_meta__reports_numbers_that_are_none(void **state) {
    (void)state;
    static const char *const NUMBERS[] = {"last id", "generation", "sequence"};
    for (size_t i = 0; i < 3; i++) {
        static damaged d;
        damaged_open(&d);
        raw_put(&d, PTE__DB_META, pte_str(NUMBERS[i]), pte_str("123"));
        damaged_check(&d);
        damaged_expect(&d, "meta: the number \"", NUMBERS[i], "has 3 bytes, 8 were expected", NULL);
        damaged_expect_lines(&d, 1);
        damaged_close(&d);
    }
}

static void test_check_meta__reports_counts_of_no_table(void **state) {
    (void)state;
    static damaged d;
    const uint32_t others[] = {999, 0, 0};
    damaged_open(&d);
    for (size_t i = 0; i < 3; i++) {
        uint32_t id = i == 0 ? others[0] : i == 1 ? d.ids->gone : d.ids->by_day;
        raw_put_id(&d, PTE__DB_META, "count:", id, pte_str(""));
    }
    damaged_check(&d);
    damaged_expect(&d, "meta: there are counts of table id 999, which is no table's", NULL);
    damaged_expect_lines(&d, 3);
    damaged_close(&d);
}

static void test_check_meta__reports_counts_of_ids_not_of_the_table(void **state) {
    (void)state;
    static damaged d;
    raw_entry counts;
    damaged_open(&d);
    counts_of(&d, d.ids->orders, &counts);
    memset(counts.value + counts.value_len, 0, 20);
    pte__put_u32(counts.value + counts.value_len, d.ids->plain);
    counts.value_len += 20;
    memcpy(counts.value + counts.value_len, counts.value, 20);
    counts.value_len += 20;
    raw_store(&d, PTE__DB_META, &counts);
    damaged_check(&d);
    damaged_expect(&d, "meta, table \"orders\": counted is id", "which is not of the table", NULL);
    damaged_expect(&d, "meta, table \"orders\": id", "is counted twice", NULL);
    damaged_expect_lines(&d, 2);
    damaged_close(&d);
}

static void test_check_meta__reports_counts_that_are_cut(void **state) {
    (void)state;
    static damaged d;
    raw_entry counts;
    damaged_open(&d);
    counts_of(&d, d.ids->orders, &counts);
    counts.value_len--;
    raw_store(&d, PTE__DB_META, &counts);
    damaged_check(&d);
    damaged_expect(&d, "meta: ", "the counts of table id", "have 79 bytes", NULL);
    damaged_expect_lines(&d, 1);
    damaged_close(&d);
}

static void test_check_meta__reports_backfill_places_out_of_place(void **state) {
    (void)state;
    static damaged d;
    damaged_open(&d);
    raw_put_id(&d, PTE__DB_META, "backfill:", d.ids->by_day, pte_str(""));
    raw_put_id(&d, PTE__DB_META, "backfill:", d.ids->filling, pte_str(""));
    raw_put_id(&d, PTE__DB_META, "backfill:", d.ids->unknown, pte_str(""));
    raw_put_id(&d, PTE__DB_META, "backfill:", d.ids->filling_ttl, pte_str("cut"));
    damaged_check(&d);
    damaged_expect(&d, "meta: there is a backfill place of id 999, which is not being filled",
                   NULL);
    damaged_expect(&d, "meta: the backfill place of id", "(3 bytes) is no count and key", NULL);
    damaged_expect_lines(&d, 4);
    damaged_close(&d);
}

static void test_check_meta__reports_a_backfill_place_in_another_table(void **state) {
    (void)state;
    static damaged d;
    raw_entry place;
    damaged_open(&d);
    raw_find(&d, PTE__DB_META, pte_str("backfill:"), "", &place);
    pte__put_u32(place.value + 8, d.ids->plain);
    raw_store(&d, PTE__DB_META, &place);
    damaged_check(&d);
    damaged_expect(&d, "meta: the backfill place of id", "is no count and key of an item", NULL);
    damaged_expect_lines(&d, 1);
    damaged_close(&d);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_check_meta__reports_unknown_rows),
        cmocka_unit_test(test_check_meta__reports_numbers_that_are_none),
        cmocka_unit_test(test_check_meta__reports_counts_of_no_table),
        cmocka_unit_test(test_check_meta__reports_counts_of_ids_not_of_the_table),
        cmocka_unit_test(test_check_meta__reports_counts_that_are_cut),
        cmocka_unit_test(test_check_meta__reports_backfill_places_out_of_place),
        cmocka_unit_test(test_check_meta__reports_a_backfill_place_in_another_table),
    };
    return cmocka_run_group_tests(tests, damaged_group_setup, damaged_group_teardown);
}
