/* Tests of value.h: finding, walking and measuring in place; damaged bytes. */
#include "random_item.h"

#include <stdlib.h>

/* An attribute of every type; "m" nests. */
static void add_every_type(pte_builder *b) {
    pte_builder_name(b, pte_str("b"));
    pte_builder_binary(b, pte_view("\0\xFF", 2));
    pte_builder_name(b, pte_str("bool"));
    pte_builder_boolean(b, true);
    pte_builder_name(b, pte_str("bs"));
    pte_builder_begin(b, PTE_TYPE_BS);
    pte_builder_binary(b, pte_view("\0", 1));
    pte_builder_binary(b, pte_view("\x80", 1));
    pte_builder_end(b);
    pte_builder_name(b, pte_str("l"));
    pte_builder_begin(b, PTE_TYPE_L);
    pte_builder_string(b, pte_str("first"));
    pte_builder_null(b);
    pte_builder_end(b);
    pte_builder_name(b, pte_str("m"));
    pte_builder_begin(b, PTE_TYPE_M);
    pte_builder_add_number(b, "deep", "-1.5");
    pte_builder_add_string(b, "text", "x");
    pte_builder_end(b);
    pte_builder_add_number(b, "n", "100");
    pte_builder_name(b, pte_str("ns"));
    pte_builder_begin(b, PTE_TYPE_NS);
    pte_builder_number(b, pte_str("-1"));
    pte_builder_number(b, pte_str("10"));
    pte_builder_end(b);
    pte_builder_name(b, pte_str("null"));
    pte_builder_null(b);
    pte_builder_add_string(b, "s", "caf\xC3\xA9");
    pte_builder_name(b, pte_str("ss"));
    pte_builder_begin(b, PTE_TYPE_SS);
    pte_builder_string(b, pte_str("a"));
    pte_builder_string(b, pte_str("bb"));
    pte_builder_end(b);
}

static void test_value__types_have_dynamodbs_names(void **state) {
    (void)state;
    static const char *const names[] = {"NONE", "S", "N",  "B",  "BOOL", "NULL",
                                        "M",    "L", "SS", "NS", "BS"};
    for (int type = 0; type <= PTE_TYPE_BS; type++) {
        assert_string_equal(names[type], pte_type_name((pte_type)type));
    }
    assert_string_equal("NONE", pte_type_name((pte_type)99));
    assert_string_equal("NONE", pte_type_name((pte_type)-1));
}

static void test_value__find_gives_every_type(void **state) {
    (void)state;
    pte_error error;
    pte_builder *b = new_builder();
    pte_value value;
    add_every_type(b);
    pte_item item = built(b);
    static const struct {
        const char *name;
        pte_type type;
        const char *bytes; /* for scalars */
        size_t len;
        uint32_t count;
    } cases[] = {
        {"b", PTE_TYPE_B, "\0\xFF", 2, 0},      {"bool", PTE_TYPE_BOOL, NULL, 0, 0},
        {"bs", PTE_TYPE_BS, NULL, 0, 2},        {"l", PTE_TYPE_L, NULL, 0, 2},
        {"m", PTE_TYPE_M, NULL, 0, 2},          {"n", PTE_TYPE_N, "100", 3, 0},
        {"ns", PTE_TYPE_NS, NULL, 0, 2},        {"null", PTE_TYPE_NULL, NULL, 0, 0},
        {"s", PTE_TYPE_S, "caf\xC3\xA9", 5, 0}, {"ss", PTE_TYPE_SS, NULL, 0, 2},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        OK(pte_item_find(&value, &item, pte_str(cases[i].name), &error));
        assert_int_equal(cases[i].type, value.type);
        assert_int_equal(cases[i].count, value.count);
        assert_int_equal(cases[i].type == PTE_TYPE_BOOL, value.boolean);
        if (cases[i].bytes != NULL) {
            assert_true(pte_bytes_equal(pte_view(cases[i].bytes, cases[i].len), value.bytes));
        }
        pte_value again;
        OK(pte_value_decode(&again, value.encoded, &error));
        assert_true(pte_bytes_equal(value.encoded, again.encoded));
        assert_ptr_equal(value.bytes.data, again.bytes.data);
        assert_int_equal(value.type, again.type);
    }
    OK(pte_item_find(&value, &item, pte_str("ab"), &error));
    assert_int_equal(PTE_TYPE_NONE, value.type);
    OK(pte_item_find(&value, &item, pte_view(NULL, 0), &error));
    assert_int_equal(PTE_TYPE_NONE, value.type);
    pte_builder_destroy(b);
}

static void test_value__find_goes_into_maps(void **state) {
    (void)state;
    pte_error error;
    pte_builder *b = new_builder();
    pte_value map;
    pte_value value;
    add_every_type(b);
    pte_item item = built(b);
    OK(pte_item_find(&map, &item, pte_str("m"), &error));
    OK(pte_value_find(&value, &map, pte_str("text"), &error));
    assert_true(pte_bytes_equal(pte_str("x"), value.bytes));
    OK(pte_value_find(&value, &map, pte_str("s"), &error));
    assert_int_equal(PTE_TYPE_NONE, value.type);
    OK(pte_value_find(&map, &map, pte_str("deep"), &error)); /* one for both */
    assert_true(pte_bytes_equal(pte_str("-1.5"), map.bytes));
    EXPECT(PTE_INVALID_ARGUMENT, pte_value_find(&value, &map, pte_str("x"), &error));
    assert_int_equal(PTE_TYPE_NONE, value.type);
    /* The item as a value. */
    OK(pte_item_value(&map, &item, &error));
    assert_int_equal(10, map.count);
    assert_true(pte_bytes_equal(item.encoded, map.encoded));
    OK(pte_value_find(&value, &map, pte_str("n"), &error));
    assert_int_equal(PTE_TYPE_N, value.type);
    pte_builder_destroy(b);
}

static void test_value__a_walk_gives_every_element_once(void **state) {
    (void)state;
    static const char *const names[] = {"b", "bool", "bs", "l", "m", "n", "ns", "null", "s", "ss"};
    pte_error error;
    pte_builder *b = new_builder();
    pte_iter iter;
    pte_bytes name;
    pte_value value;
    add_every_type(b);
    pte_item item = built(b);
    OK(pte_item_iterate(&iter, &item, &error));
    for (size_t i = 0; i < 10; i++) {
        pte_value found;
        OK(pte_iter_next(&iter, &name, &value, &error));
        assert_true(pte_bytes_equal(pte_str(names[i]), name));
        OK(pte_item_find(&found, &item, name, &error));
        assert_ptr_equal(found.encoded.data, value.encoded.data);
    }
    pte_iter end = iter;
    for (int i = 0; i < 2; i++) {
        EXPECT(PTE_END, pte_iter_next(&end, &name, &value, &error));
        assert_int_equal(PTE_TYPE_NONE, value.type);
        assert_int_equal(0, name.len);
    }
    pte_builder_destroy(b);
}

static void test_value__set_elements_come_as_scalars(void **state) {
    (void)state;
    static const struct {
        const char *name;
        pte_type type;
        const char *elements[2];
        size_t lens[2];
    } cases[] = {{"ss", PTE_TYPE_S, {"a", "bb"}, {1, 2}},
                 {"ns", PTE_TYPE_N, {"-1", "10"}, {2, 2}},
                 {"bs", PTE_TYPE_B, {"\0", "\x80"}, {1, 1}}};
    pte_error error;
    pte_builder *b = new_builder();
    add_every_type(b);
    pte_item item = built(b);
    for (size_t i = 0; i < 3; i++) {
        pte_iter iter;
        pte_value set;
        pte_value element;
        OK(pte_item_find(&set, &item, pte_str(cases[i].name), &error));
        OK(pte_value_iterate(&iter, &set, &error));
        for (size_t k = 0; k < 2; k++) {
            pte_bytes name = pte_str("left over");
            OK(pte_iter_next(&iter, k == 0 ? &name : NULL, &element, &error));
            assert_true(k == 1 || name.len == 0);
            assert_int_equal(cases[i].type, element.type);
            assert_true(
                pte_bytes_equal(pte_view(cases[i].elements[k], cases[i].lens[k]), element.bytes));
        }
        EXPECT(PTE_END, pte_iter_next(&iter, NULL, &element, &error));
        EXPECT(PTE_INVALID_ARGUMENT, pte_value_iterate(&iter, &element, &error));
    }
    pte_builder_destroy(b);
}

/*
 * Sizes by hand. "The size of a string is its number of UTF-8 bytes ... a set is the sum of its
 * elements ... a List or Map needs 3 bytes, plus 1 an element, plus its contents":
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
 */
static void test_value__sizes_are_dynamodbs(void **state) {
    (void)state;
    static const struct {
        const char *name;
        size_t size;
    } cases[] = {
        {"b", 2},
        {"bool", 1},
        {"bs", 1 + 1},
        {"l", 3 + (1 + 5) + (1 + 1)},
        {"m", 3 + (1 + 4 + 4) + (1 + 4 + 1)}, /* deep: -1.5 is 1 + 1 + 1 + 1 */
        {"n", 2},
        {"ns", 3 + 2},
        {"null", 1},
        {"s", 5},
        {"ss", 1 + 2},
    };
    pte_error error;
    pte_builder *b = new_builder();
    add_every_type(b);
    pte_item item = built(b);
    size_t total = 0;
    size_t size;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        pte_value value;
        OK(pte_item_find(&value, &item, pte_str(cases[i].name), &error));
        OK(pte_value_size_bytes(&size, &value, &error));
        assert_int_equal(cases[i].size, size);
        total += strlen(cases[i].name) + size;
    }
    assert_int_equal(total, item.size_bytes);
    OK(pte_item_size_bytes(&size, &item, &error));
    assert_int_equal(total, size);
    /* As a map the item would need 3 more, and 1 an attribute. */
    pte_value map;
    OK(pte_item_value(&map, &item, &error));
    OK(pte_value_size_bytes(&size, &map, &error));
    assert_int_equal(total + 3 + 10, size);
    pte_builder_destroy(b);
}

static void test_value__an_empty_item_has_no_size(void **state) {
    (void)state;
    pte_error error;
    pte_item item = {pte_view("\x80", 1), 0};
    pte_iter iter;
    pte_value value;
    size_t size = 1;
    OK(pte_item_size_bytes(&size, &item, &error));
    assert_int_equal(0, size);
    OK(pte_item_iterate(&iter, &item, &error));
    EXPECT(PTE_END, pte_iter_next(&iter, NULL, &value, &error));
}

/* Bytes that are not what they should be, and what notices. */
static void test_value__damage_is_noticed_where_it_is_met(void **state) {
    (void)state;
    static const struct {
        const char *bytes;
        size_t len;
    } no_items[] = {{"", 0}, {"\x90", 1}, {"\xA1x", 2}, {"\x81", 1}, {"\xDF\xFF\xFF\xFF\xFF", 5}};
    pte_error error;
    pte_value value;
    pte_iter iter;
    size_t size;
    for (size_t i = 0; i < sizeof no_items / sizeof *no_items; i++) {
        pte_item item = {pte_view(no_items[i].bytes, no_items[i].len), 0};
        EXPECT(PTE_CORRUPT, pte_item_find(&value, &item, pte_str("a"), &error));
        EXPECT(PTE_CORRUPT, pte_item_value(&value, &item, &error));
        EXPECT(PTE_CORRUPT, pte_item_iterate(&iter, &item, &error));
        EXPECT(PTE_CORRUPT, pte_item_size_bytes(&size, &item, &error));
    }
    static const struct {
        const char *bytes;
        size_t len;
    } bad_elements[] = {
        {"\x81\xC0\xC0", 3}, /* the name is no string */
        {"\x81\xA1"
         "a\xC1",
         4}, /* no value */
        {"\x81\xA1"
         "a\xC0\xC0",
         5}, /* bytes behind the last */
        {"\x81\xA1"
         "a\x91\xC1",
         5}, /* a bad element in a list */
        {"\x81\xA1"
         "a\x81\xC0\xC0",
         6}, /* a bad name in a map */
    };
    for (size_t i = 0; i < sizeof bad_elements / sizeof *bad_elements; i++) {
        pte_item item = {pte_view(bad_elements[i].bytes, bad_elements[i].len), 0};
        pte_status status;
        OK(pte_item_iterate(&iter, &item, &error));
        do {
            status = pte_iter_next(&iter, NULL, &value, &error);
        } while (status == PTE_OK);
        assert_int_equal(PTE_CORRUPT, status);
        assert_int_equal(PTE_TYPE_NONE, value.type);
        EXPECT(PTE_CORRUPT, pte_item_size_bytes(&size, &item, &error));
    }
}

static void test_value__damaged_sets_are_noticed(void **state) {
    (void)state;
    static const struct {
        const char *bytes;
        size_t len;
    } cases[] = {
        {"\xD5\x02\x91\xC0", 4}, /* SS of a NULL */
        {"\xD6\x04\x91\xA1"
         "ab",
         6}, /* BS of a string, and a byte too much */
        {"\xD6\x03\x91\xD4\x01"
         "x",
         6}, /* NS of what is no number */
        {"\xD6\x02\x91\xA1"
         "ab",
         6}, /* SS with a byte too much */
        {"\xD6\x02\x92\xA1"
         "aA",
         6}, /* SS that ends early */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        pte_error error;
        pte_value set;
        size_t size;
        OK(pte_value_decode(&set, pte_view(cases[i].bytes, cases[i].len), &error));
        EXPECT(PTE_CORRUPT, pte_value_size_bytes(&size, &set, &error));
        assert_int_equal(0, size);
    }
    pte_error error;
    pte_value set;
    pte_value element;
    pte_iter iter;
    OK(pte_value_decode(&set, pte_view("\xD5\x02\x91\xC0", 4), &error));
    OK(pte_value_iterate(&iter, &set, &error));
    EXPECT(PTE_CORRUPT, pte_iter_next(&iter, NULL, &element, &error));
    OK(pte_value_decode(&set,
                        pte_view("\xD6\x02\x91\xA1"
                                 "ab",
                                 6),
                        &error));
    OK(pte_value_iterate(&iter, &set, &error));
    OK(pte_iter_next(&iter, NULL, &element, &error));
    EXPECT(PTE_CORRUPT, pte_iter_next(&iter, NULL, &element, &error));
}

static void test_value__nesting_is_followed_to_32_levels(void **state) {
    (void)state;
    for (unsigned levels = 31; levels <= 33; levels++) {
        uint8_t bytes[64] = {0x81, 0xA1, 'a'};
        size_t len = 3;
        pte_error error;
        pte_value value;
        size_t size;
        memset(bytes + len, 0x91, levels);
        len += levels;
        bytes[len++] = 0xC0;
        pte_item item = {pte_view(bytes, len), 0};
        pte_status expected = levels <= PTE_NESTING_MAX ? PTE_OK : PTE_CORRUPT;
        EXPECT(expected, pte_item_find(&value, &item, pte_str("a"), &error));
        EXPECT(expected, pte_value_decode(&value, pte_view(bytes + 3, len - 3), &error));
        EXPECT(expected, pte_item_size_bytes(&size, &item, &error));
        EXPECT(expected, pte_item_validate(&item, &error));
        if (expected == PTE_OK) {
            assert_int_equal(1 + (size_t)levels * 4 + 1, size);
        }
    }
}

/* Cut at every byte, a valid item is never valid, and nothing is read behind the cut. */
static void test_value__cut_items_are_read_within_their_bounds(void **state) {
    (void)state;
    test_random random = {test_seed(51)};
    pte_builder *b = new_builder();
    for (int i = 0; i < 12; i++) {
        pte_error error;
        pte_builder_reset(b);
        random_item_add(b, &random, 5, 3);
        pte_item item = built(b);
        size_t step = 1 + item.encoded.len / 2000;
        for (size_t cut = 0; cut < item.encoded.len; cut += step) {
            uint8_t *exact = exact_copy(pte_view(item.encoded.data, cut));
            pte_item part = {pte_view(exact, cut), 0};
            size_t size;
            EXPECT(PTE_CORRUPT, pte_item_validate(&part, &error));
            EXPECT(PTE_CORRUPT, pte_item_size_bytes(&size, &part, &error));
            read_everything(part.encoded);
            free(exact);
        }
    }
    pte_builder_destroy(b);
}

static void test_value__changed_items_are_read_within_their_bounds(void **state) {
    (void)state;
    test_random random = {test_seed(52)};
    pte_builder *b = new_builder();
    for (int i = 0; i < 300; i++) {
        pte_builder_reset(b);
        random_item_add(b, &random, 4, 2);
        pte_item item = built(b);
        for (int k = 0; k < 30; k++) {
            uint8_t *exact = exact_copy(item.encoded);
            for (size_t n = 1 + test_random_below(&random, 3); n > 0; n--) {
                exact[test_random_below(&random, item.encoded.len)] =
                    (uint8_t)test_random_next(&random);
            }
            read_everything(pte_view(exact, item.encoded.len));
            free(exact);
        }
    }
    pte_builder_destroy(b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_value__types_have_dynamodbs_names),
        cmocka_unit_test(test_value__find_gives_every_type),
        cmocka_unit_test(test_value__find_goes_into_maps),
        cmocka_unit_test(test_value__a_walk_gives_every_element_once),
        cmocka_unit_test(test_value__set_elements_come_as_scalars),
        cmocka_unit_test(test_value__sizes_are_dynamodbs),
        cmocka_unit_test(test_value__an_empty_item_has_no_size),
        cmocka_unit_test(test_value__damage_is_noticed_where_it_is_met),
        cmocka_unit_test(test_value__damaged_sets_are_noticed),
        cmocka_unit_test(test_value__nesting_is_followed_to_32_levels),
        cmocka_unit_test(test_value__cut_items_are_read_within_their_bounds),
        cmocka_unit_test(test_value__changed_items_are_read_within_their_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
