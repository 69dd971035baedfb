/* Damaged items: each of them is named with what was expected and what was found. */
#include "damaged.h"

static void add_pair(pte_builder *b, const char *pk, const char *sk) {
    if (pk != NULL) {
        pte_builder_add_string(b, "pk", pk);
    }
    if (sk != NULL) {
        pte_builder_add_number(b, "sk", sk);
    }
}

static pte_builder *builder(void) {
    pte_error error;
    pte_builder *b;
    OK(pte_builder_create(&b, NULL, &error));
    return b;
}

static void test_check_items__reports_a_wrong_size(void **state) {
    (void)state;
    static damaged d;
    raw_entry item;
    damaged_open(&d);
    raw_find_of(&d, PTE__DB_ITEMS, d.ids->orders, "note of order 7", &item);
    item.value[3]++;
    raw_store(&d, PTE__DB_ITEMS, &item);
    damaged_check(&d);
    damaged_expect(&d, "items, table \"orders\", item {\"pk\": \"customer-3\", \"sk\": 7}: ",
                   "the size stated is", NULL);
    damaged_expect_lines(&d, 1);
    damaged_close(&d);
}

static void test_check_items__reports_a_cut_image_at_every_length(void **state) {
    (void)state;
    static damaged d;
    raw_entry item;
    damaged_open(&d);
    raw_find_of(&d, PTE__DB_ITEMS, d.ids->plain, "plain-2", &item);
    for (size_t len = item.value_len; len-- > 0;) {
        item.value_len = len;
        raw_store(&d, PTE__DB_ITEMS, &item);
        damaged_check(&d);
        damaged_expect(&d, "items, table \"plain\", key 0x", "no version of this library", NULL);
        /* And the counters: its size is not known. */
        damaged_expect_lines(&d, 2);
        damaged_reopen(&d);
    }
    damaged_check(&d);
    damaged_close(&d);
}

/* The item is projected as a whole, so that no change of it can go unnoticed. */
static void test_check_items__reports_a_change_of_any_byte(void **state) {
    (void)state;
    static damaged d;
    static const uint8_t CHANGES[] = {0x01, 0x80};
    raw_entry item;
    damaged_open(&d);
    raw_find_of(&d, PTE__DB_ITEMS, d.ids->orders, "note of order 7", &item);
    for (size_t i = 0; i < item.value_len * sizeof CHANGES; i++) {
        uint8_t *byte = &item.value[i / sizeof CHANGES];
        *byte ^= CHANGES[i % sizeof CHANGES];
        raw_store(&d, PTE__DB_ITEMS, &item);
        damaged_check(&d);
        *byte ^= CHANGES[i % sizeof CHANGES];
        damaged_expect(&d, "table \"orders\"", NULL);
        damaged_reopen(&d);
    }
    raw_store(&d, PTE__DB_ITEMS, &item);
    damaged_check(&d);
    damaged_expect_lines(&d, 0);
    damaged_close(&d);
}

static void test_check_items__reports_an_item_under_another_key(void **state) {
    (void)state;
    static damaged d;
    raw_entry item;
    damaged_open(&d);
    raw_find_of(&d, PTE__DB_ITEMS, d.ids->plain, "plain-1", &item);
    raw_remove(&d, PTE__DB_ITEMS, &item);
    item.key[10] ^= 1;
    raw_store(&d, PTE__DB_ITEMS, &item);
    damaged_check(&d);
    damaged_expect(&d, "table \"plain\", item {\"pk\": \"plain-1\"}, key 0x",
                   "belongs under another key", NULL);
    damaged_expect_lines(&d, 1);
    damaged_close(&d);
}

static void test_check_items__reports_attributes_out_of_order(void **state) {
    (void)state;
    static damaged d;
    raw_entry item;
    damaged_open(&d);
    raw_find_of(&d, PTE__DB_ITEMS, d.ids->plain, "plain-1", &item);
    pte_builder *b = builder(); /* "list" stands before "pk" by name, the key behind it */
    pte_builder_add_string(b, "pk", "plain-1");
    pte_builder_name(b, pte_str("list"));
    pte_builder_begin(b, PTE_TYPE_L);
    pte_builder_boolean(b, true);
    pte_builder_null(b);
    pte_builder_end(b);
    raw_put(&d, PTE__DB_ITEMS, pte_view(item.key, item.key_len), raw_image(b));
    damaged_check(&d);
    damaged_expect(&d, "item {\"pk\": \"plain-1\"}: the attributes are not in their order", NULL);
    damaged_expect_lines(&d, 1);
    pte_builder_destroy(b);
    damaged_close(&d);
}

static void test_check_items__reports_missing_and_mistyped_keys(void **state) {
    (void)state;
    static damaged d;
    raw_entry item;
    pte_builder *b = builder();
    damaged_open(&d);
    raw_find_of(&d, PTE__DB_ITEMS, d.ids->orders, "note of order 0", &item);
    add_pair(b, "customer-0", NULL);
    raw_put(&d, PTE__DB_ITEMS, pte_view(item.key, item.key_len), raw_image(b));
    raw_find_of(&d, PTE__DB_ITEMS, d.ids->orders, "note of order 1", &item);
    pte_builder_reset(b);
    add_pair(b, NULL, "1");
    pte_builder_add_number(b, "pk", "5");
    raw_put(&d, PTE__DB_ITEMS, pte_view(item.key, item.key_len), raw_image(b));
    raw_find_of(&d, PTE__DB_ITEMS, d.ids->orders, "note of order 2", &item);
    pte_builder_reset(b);
    add_pair(b, NULL, "2");
    pte_builder_name(b, pte_str("pk"));
    pte_builder_boolean(b, true);
    raw_put(&d, PTE__DB_ITEMS, pte_view(item.key, item.key_len), raw_image(b));
    damaged_check(&d);
    damaged_expect(&d, "item {\"pk\": \"customer-0\", \"sk\": absent}",
                   "\"sk\" of type N was expected", NULL);
    damaged_expect(&d, "item {\"pk\": of type BOOL, \"sk\": 2}", "BOOL was found", NULL);
    damaged_expect(&d, "item {\"pk\": 5, \"sk\": 1}", "\"pk\" of type S was expected", NULL);
    pte_builder_destroy(b);
    damaged_close(&d);
}

/* https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html: 400 KB */
static void test_check_items__reports_an_item_above_the_limit(void **state) {
    (void)state;
    static damaged d;
    static uint8_t bytes[PTE_ITEM_BYTES_MAX];
    for (size_t above = 0; above < 2; above++) {
        raw_entry item;
        pte_builder *b = builder();
        damaged_open(&d);
        raw_find_of(&d, PTE__DB_ITEMS, d.ids->plain, "plain-1", &item);
        pte_builder_add_string(b, "pk", "plain-1");
        pte_builder_name(b, pte_str("z"));
        pte_builder_binary(b, pte_view(bytes, PTE_ITEM_BYTES_MAX - 10 + above));
        raw_put(&d, PTE__DB_ITEMS, pte_view(item.key, item.key_len), raw_image(b));
        damaged_check(&d);
        if (above != 0) {
            damaged_expect(&d,
                           "item {\"pk\": \"plain-1\"}: the size is 409601 bytes, at most "
                           "409600",
                           NULL);
        }
        damaged_expect(&d, "meta, table \"plain\": the counters say", NULL);
        damaged_expect_lines(&d, 1 + above);
        pte_builder_destroy(b);
        damaged_close(&d);
    }
}

static void test_check_items__reports_entries_of_unknown_ids(void **state) {
    (void)state;
    static damaged d;
    damaged_open(&d);
    raw_put_id(&d, PTE__DB_ITEMS, "", d.ids->unknown, pte_str("x"));
    raw_put_id(&d, PTE__DB_INDEX, "", d.ids->unknown + 1, pte_str("x"));
    raw_put_id(&d, PTE__DB_EXPIRY, "", d.ids->unknown + 2, pte_str(""));
    raw_put_id(&d, PTE__DB_EXPIRY, "", UINT32_MAX, pte_str(""));
    damaged_check(&d);
    damaged_expect(&d, "items, key 0x000003e7: id 999 is neither", NULL);
    damaged_expect(&d, "index, key 0x000003e8: id 1000 is neither", NULL);
    damaged_expect(&d, "expiry, key 0x000003e9: id 1001 is neither", NULL);
    damaged_expect(&d, "expiry, key 0xffffffff: id 4294967295 is neither", NULL);
    damaged_expect_lines(&d, 4);
    damaged_close(&d);
}

static void test_check_items__reports_entries_of_ids_of_another_kind(void **state) {
    (void)state;
    static damaged d;
    damaged_open(&d);
    raw_put_id(&d, PTE__DB_ITEMS, "", d.ids->by_day, pte_str("x"));
    raw_put_id(&d, PTE__DB_INDEX, "", d.ids->gone, pte_str("x"));
    damaged_check(&d);
    damaged_expect(&d, "items, key 0x", "stands for something else ('i')", NULL);
    damaged_expect(&d, "index, key 0x", "stands for something else ('t')", NULL);
    damaged_expect_lines(&d, 2);
    damaged_close(&d);
}

static void test_check_items__reports_keys_shorter_than_an_id(void **state) {
    (void)state;
    static damaged d;
    damaged_open(&d);
    raw_put(&d, PTE__DB_ITEMS, pte_view("\0", 1), pte_str("x"));
    raw_put(&d, PTE__DB_ITEMS, pte_view("\0\0\1", 3), pte_str("x"));
    raw_put(&d, PTE__DB_INDEX, pte_view("\xFF", 1), pte_str("x"));
    damaged_check(&d);
    damaged_expect(&d, "items, key 0x00: ", "1 bytes were found", NULL);
    damaged_expect(&d, "items, key 0x000001: ", "3 bytes were found", NULL);
    damaged_expect(&d, "index, key 0xff: ", "1 bytes were found", NULL);
    damaged_expect_lines(&d, 3);
    damaged_close(&d);
}

static void test_check_items__leaves_retired_ones_alone(void **state) {
    (void)state;
    static damaged d;
    raw_entry item;
    damaged_open(&d);
    raw_find_of(&d, PTE__DB_ITEMS, d.ids->gone, "", &item);
    item.value_len = 1;
    raw_store(&d, PTE__DB_ITEMS, &item);
    damaged_check(&d);
    damaged_expect_lines(&d, 0);
    damaged_close(&d);
}

static void test_check_items__shows_keys_on_one_readable_line(void **state) {
    (void)state;
    static damaged d;
    raw_entry item;
    char pk[400];
    memset(pk, 'k', sizeof pk - 1);
    pk[sizeof pk - 1] = '\0';
    memcpy(pk, "a\n\"\\\x7F\xC3\xA4", 7);
    pte_builder *b = builder();
    damaged_open(&d);
    raw_find_of(&d, PTE__DB_ITEMS, d.ids->plain, "plain-1", &item);
    pte_builder_add_string(b, "pk", pk);
    raw_put(&d, PTE__DB_ITEMS, pte_view(item.key, item.key_len), raw_image(b));
    damaged_check(&d);
    damaged_expect(&d, "{\"pk\": \"a\\x0a\\\"\\\\\\x7f\\xc3\\xa4kkk", "kkk\"...}, key 0x", NULL);
    pte_builder_destroy(b);
    damaged_close(&d);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_check_items__reports_a_wrong_size),
        cmocka_unit_test(test_check_items__reports_a_cut_image_at_every_length),
        cmocka_unit_test(test_check_items__reports_a_change_of_any_byte),
        cmocka_unit_test(test_check_items__reports_an_item_under_another_key),
        cmocka_unit_test(test_check_items__reports_attributes_out_of_order),
        cmocka_unit_test(test_check_items__reports_missing_and_mistyped_keys),
        cmocka_unit_test(test_check_items__reports_an_item_above_the_limit),
        cmocka_unit_test(test_check_items__reports_entries_of_unknown_ids),
        cmocka_unit_test(test_check_items__reports_entries_of_ids_of_another_kind),
        cmocka_unit_test(test_check_items__reports_keys_shorter_than_an_id),
        cmocka_unit_test(test_check_items__leaves_retired_ones_alone),
        cmocka_unit_test(test_check_items__shows_keys_on_one_readable_line),
    };
    return cmocka_run_group_tests(tests, damaged_group_setup, damaged_group_teardown);
}
