/*
 * Tests of builder.h: canonical bytes and exact sizes. What is refused is in
 * test_builder_refusals.c, limits and memory are in test_builder_limits.c.
 */
#include "random_item.h"

#include "codec/wire.h"

#include <stdio.h>

static void assert_bytes(const char *expected, size_t len, pte_bytes bytes) {
    assert_int_equal(len, bytes.len);
    assert_memory_equal(expected, bytes.data, len);
}

/* The bytes are a format on disk. */
static void test_builder__bytes_are_as_documented(void **state) {
    (void)state;
    pte_builder *b = new_builder();
    assert_bytes("\x80", 1, built(b).encoded);
    pte_builder_reset(b);
    pte_builder_add_string(b, "s", "x");
    assert_bytes("\x81\xA1"
                 "s\xA1"
                 "x",
                 5, built(b).encoded);
    pte_builder_reset(b);
    pte_builder_add_number(b, "n", "+1.50e1");
    assert_bytes("\x81\xA1"
                 "n\xD5\x01"
                 "15",
                 7, built(b).encoded);
    pte_builder_reset(b);
    pte_builder_name(b, pte_str("t"));
    pte_builder_begin(b, PTE_TYPE_NS);
    pte_builder_number(b, pte_str("10"));
    pte_builder_number(b, pte_str("9"));
    pte_builder_end(b);
    assert_bytes("\x81\xA1"
                 "t\xD7\x03\x92\xD4\x01"
                 "9\xD5\x01"
                 "10",
                 13, built(b).encoded);
    pte_builder_reset(b);
    pte_builder_name(b, pte_str("l"));
    pte_builder_begin(b, PTE_TYPE_L);
    pte_builder_boolean(b, false);
    pte_builder_boolean(b, true);
    pte_builder_null(b);
    pte_builder_binary(b, pte_view("\xFF", 1));
    pte_builder_begin(b, PTE_TYPE_M);
    pte_builder_end(b);
    pte_builder_end(b);
    assert_bytes("\x81\xA1"
                 "l\x95\xC2\xC3\xC0\xC4\x01\xFF\x80",
                 11, built(b).encoded);
    pte_builder_destroy(b);
}

/* Attributes, nested names and set elements in any order give the same bytes. */
static void add_shuffled(pte_builder *b, test_random *random, int depth) {
    enum { COUNT = 40 };
    int order[COUNT];
    for (int i = 0; i < COUNT; i++) {
        int other = (int)test_random_below(random, (uint64_t)i + 1);
        order[i] = order[other];
        order[other] = i;
    }
    for (int i = 0; i < COUNT; i++) {
        char name[16];
        snprintf(name, sizeof name, "name-%d", order[i]);
        pte_builder_name(b, pte_str(name));
        if (order[i] == 7 && depth > 0) {
            pte_builder_begin(b, PTE_TYPE_M);
            add_shuffled(b, random, depth - 1);
            pte_builder_end(b);
        } else {
            pte_builder_number(b, pte_str(name + 5));
        }
    }
}

static void add_shuffled_sets(pte_builder *b, test_random *random) {
    static const pte_type sets[] = {PTE_TYPE_SS, PTE_TYPE_NS, PTE_TYPE_BS};
    for (size_t s = 0; s < 3; s++) {
        pte_builder_name(b, pte_str(pte_type_name(sets[s])));
        pte_builder_begin(b, sets[s]);
        unsigned first = (unsigned)test_random_below(random, 101);
        unsigned step = 1 + (unsigned)test_random_below(random, 100); /* 101 is prime */
        for (unsigned i = 0; i < 101; i++) {
            char text[16];
            int len = snprintf(text, sizeof text, "%d", (int)((first + i * step) % 101) - 50);
            pte_builder_scalar(
                b, (pte_scalar){pte__wire_element_type(sets[s]), pte_view(text, (size_t)len)});
        }
        pte_builder_end(b);
    }
}

static void test_builder__the_order_of_calls_does_not_show(void **state) {
    (void)state;
    test_random random = {test_seed(71)};
    pte_builder *b = new_builder();
    pte_builder *first = new_builder();
    add_shuffled(first, &random, 2);
    add_shuffled_sets(first, &random);
    pte_item expected = built(first);
    for (int i = 0; i < 200; i++) {
        pte_error error;
        pte_builder_reset(b);
        add_shuffled_sets(b, &random);
        add_shuffled(b, &random, 2);
        pte_item item = built(b);
        assert_true(pte_bytes_equal(expected.encoded, item.encoded));
        assert_int_equal(expected.size_bytes, item.size_bytes);
        OK(pte_item_validate(&item, &error));
    }
    pte_builder_destroy(first);
    pte_builder_destroy(b);
}

/* Also at the item's own level: its names ascend, whatever order they came in. */
static void test_builder__names_ascend_by_bytes(void **state) {
    (void)state;
    static const char *const ascending[] = {"", "A", "Aa", "B", "a", "aa", "b", "\xC3\xA9"};
    pte_error error;
    pte_builder *b = new_builder();
    for (size_t i = 8; i > 0; i--) {
        pte_builder_name(b, pte_str(ascending[i - 1]));
        pte_builder_null(b);
    }
    pte_item item = built(b);
    pte_iter iter;
    pte_bytes name;
    pte_value value;
    OK(pte_item_iterate(&iter, &item, &error));
    for (size_t i = 0; i < 8; i++) {
        OK(pte_iter_next(&iter, &name, &value, &error));
        assert_true(pte_bytes_equal(pte_str(ascending[i]), name));
    }
    EXPECT(PTE_END, pte_iter_next(&iter, &name, &value, &error));
    pte_builder_destroy(b);
}

/* Heads grow past 15 and 65,535 elements; what stands before and behind must not suffer. */
static void test_builder__containers_of_every_count_are_right(void **state) {
    (void)state;
    static const uint32_t counts[] = {0, 1, 2, 3, 14, 15, 16, 17, 255, 256, 65535, 65536};
    static const pte_type types[] = {PTE_TYPE_M, PTE_TYPE_L, PTE_TYPE_SS, PTE_TYPE_NS, PTE_TYPE_BS};
    pte_builder *b = new_builder();
    for (size_t i = 0; i < sizeof counts / sizeof *counts * 5; i++) {
        pte_error error;
        pte_type type = types[i % 5];
        uint32_t count = counts[i / 5];
        pte_value value;
        if (count == 0 && type != PTE_TYPE_M && type != PTE_TYPE_L) {
            continue;
        }
        pte_builder_reset(b);
        pte_builder_add_string(b, "a", "before");
        pte_builder_name(b, pte_str("b"));
        pte_builder_begin(b, type);
        for (uint32_t k = 0; k < count; k++) {
            char text[16];
            int len = snprintf(text, sizeof text, "%u", k + 100000);
            if (type == PTE_TYPE_M) {
                pte_builder_name(b, pte_view(text, (size_t)len));
                pte_builder_null(b);
            } else {
                pte_type element = pte__wire_element_type(type);
                pte_builder_scalar(b, (pte_scalar){element != PTE_TYPE_NONE ? element : PTE_TYPE_S,
                                                   pte_view(text, (size_t)len)});
            }
        }
        pte_builder_end(b);
        pte_builder_add_string(b, "c", "behind");
        pte_item item = built(b);
        OK(pte_item_validate(&item, &error));
        OK(pte_item_find(&value, &item, pte_str("a"), &error));
        assert_true(pte_bytes_equal(pte_str("before"), value.bytes));
        OK(pte_item_find(&value, &item, pte_str("b"), &error));
        assert_int_equal(type, value.type);
        assert_int_equal(count, value.count);
        OK(pte_item_find(&value, &item, pte_str("c"), &error));
        assert_true(pte_bytes_equal(pte_str("behind"), value.bytes));
    }
    pte_builder_destroy(b);
}

static void test_builder__an_item_of_many_attributes_is_right(void **state) {
    (void)state;
    pte_error error;
    pte_builder *b = new_builder();
    for (int i = 99999; i >= 0; i--) {
        char name[16];
        snprintf(name, sizeof name, "%05d", i);
        pte_builder_name(b, pte_str(name));
        pte_builder_null(b);
    }
    pte_item item = built(b);
    size_t size;
    OK(pte_item_validate(&item, &error));
    OK(pte_item_size_bytes(&size, &item, &error));
    assert_int_equal(100000 * 6, size);
    assert_int_equal(size, item.size_bytes);
    pte_builder_destroy(b);
}

/*
 * Sizes by hand, of whole items: names and values in UTF-8 bytes, 3 for a map or list and 1 for
 * each of its elements.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
 */
static void test_builder__sizes_are_dynamodbs(void **state) {
    (void)state;
    pte_builder *b = new_builder();
    assert_int_equal(0, built(b).size_bytes);
    pte_builder_reset(b);
    pte_builder_add_string(b, "pk", "abc");
    pte_builder_add_number(b, "price", "-12.345"); /* 1 + 1 + 2 + 1 */
    pte_builder_name(b, pte_str("na\xC3\xAFve"));
    pte_builder_boolean(b, true);
    assert_int_equal((2 + 3) + (5 + 5) + (6 + 1), built(b).size_bytes);
    pte_builder_reset(b);
    pte_builder_name(b, pte_str("m"));
    pte_builder_begin(b, PTE_TYPE_M);
    pte_builder_name(b, pte_str("list"));
    pte_builder_begin(b, PTE_TYPE_L);
    pte_builder_number(b, pte_str("1000"));
    pte_builder_begin(b, PTE_TYPE_L);
    pte_builder_end(b);
    pte_builder_begin(b, PTE_TYPE_SS);
    pte_builder_string(b, pte_str("x"));
    pte_builder_string(b, pte_str("yz"));
    pte_builder_end(b);
    pte_builder_end(b);
    pte_builder_end(b);
    /* m: 1 + (3 + 1 + 4 + list); list: 3 + (1 + 2) + (1 + 3) + (1 + 3) */
    assert_int_equal(1 + 3 + 1 + 4 + 3 + 3 + 4 + 4, built(b).size_bytes);
    pte_builder_destroy(b);
}

static void test_builder__its_size_is_that_of_a_walk(void **state) {
    (void)state;
    test_random random = {test_seed(72)};
    pte_builder *b = new_builder();
    for (int i = 0; i < 1000; i++) {
        pte_error error;
        size_t size;
        pte_builder_reset(b);
        random_item_add(b, &random, 8, 3);
        pte_item item = built(b);
        OK(pte_item_size_bytes(&size, &item, &error));
        assert_int_equal(item.size_bytes, size);
    }
    pte_builder_destroy(b);
}

/* Item by item, attributes copied whole and attributes taken apart both give the same item. */
static void test_builder__copies_are_the_same_bytes(void **state) {
    (void)state;
    test_random random = {test_seed(73)};
    pte_builder *b = new_builder();
    pte_builder *copied = new_builder();
    pte_builder *rebuilt = new_builder();
    for (int i = 0; i < 500; i++) {
        pte_error error;
        pte_iter iter;
        pte_bytes name;
        pte_value value;
        pte_builder_reset(b);
        pte_builder_reset(copied);
        pte_builder_reset(rebuilt);
        random_item_add(b, &random, 8, 3);
        pte_item item = built(b);
        OK(pte_item_iterate(&iter, &item, &error));
        while (pte_iter_next(&iter, &name, &value, &error) == PTE_OK) {
            pte_builder_name(copied, name);
            pte_builder_value(copied, &value);
            pte_builder_name(rebuilt, name);
            rebuild_value(rebuilt, &value);
        }
        assert_true(pte_bytes_equal(item.encoded, built(copied).encoded));
        assert_true(pte_bytes_equal(item.encoded, built(rebuilt).encoded));
        assert_int_equal(item.size_bytes, built(copied).size_bytes);
        assert_int_equal(item.size_bytes, built(rebuilt).size_bytes);
    }
    pte_builder_destroy(rebuilt);
    pte_builder_destroy(copied);
    pte_builder_destroy(b);
}

/* An element of one set may be copied into another, where it finds its place. */
static void test_builder__elements_are_copied_into_sets_in_order(void **state) {
    (void)state;
    static const pte_type sets[] = {PTE_TYPE_SS, PTE_TYPE_NS, PTE_TYPE_BS};
    pte_error error;
    pte_builder *from = new_builder();
    pte_builder *b = new_builder();
    for (size_t s = 0; s < 3; s++) {
        pte_value set;
        pte_value element;
        pte_iter iter;
        pte_builder_reset(from);
        pte_builder_name(from, pte_str("set"));
        pte_builder_begin(from, sets[s]);
        pte_type type = pte__wire_element_type(sets[s]);
        pte_builder_scalar(from, (pte_scalar){type, pte_str("2")});
        pte_builder_scalar(from, (pte_scalar){type, pte_str("3")});
        pte_builder_end(from);
        pte_item item = built(from);
        OK(pte_item_find(&set, &item, pte_str("set"), &error));
        OK(pte_value_iterate(&iter, &set, &error));
        pte_builder_reset(b);
        pte_builder_name(b, pte_str("set"));
        pte_builder_begin(b, sets[s]);
        pte_builder_scalar(b, (pte_scalar){type, pte_str("4")});
        while (pte_iter_next(&iter, NULL, &element, &error) == PTE_OK) {
            pte_builder_value(b, &element);
        }
        pte_builder_end(b);
        item = built(b);
        OK(pte_item_validate(&item, &error));
        pte_builder_reset(b);
        pte_builder_name(b, pte_str("set"));
        pte_builder_begin(b, sets[s]);
        pte_builder_scalar(b, (pte_scalar){type, pte_str("2")});
        OK(pte_value_iterate(&iter, &set, &error));
        OK(pte_iter_next(&iter, NULL, &element, &error));
        pte_builder_value(b, &element);
        EXPECT(PTE_DUPLICATE_ELEMENT, pte_builder_item(&item, b, &error));
    }
    pte_builder_destroy(b);
    pte_builder_destroy(from);
}

static void test_builder__decimals_are_written_canonically(void **state) {
    (void)state;
    pte_error error;
    pte_builder *b = new_builder();
    pte_number number;
    OK(pte_number_parse(&number, pte_str("-12.50"), &error));
    pte_builder_name(b, pte_str("n"));
    pte_builder_decimal(b, &number);
    assert_bytes("\x81\xA1"
                 "n\xC7\x05\x01"
                 "-12.5",
                 11, built(b).encoded);
    static const pte_number bad[] = {
        {.negative = true},
        {.exponent = 1},
        {.digit_count = 1, .digits = {0}},
        {.digit_count = 2, .digits = {1, 0}},
        {.digit_count = 2, .digits = {0, 1}},
        {.digit_count = 1, .digits = {10}},
        {.digit_count = 3, .digits = {1, 10, 1}},
        {.digit_count = 39, .digits = {1}},
        {.digit_count = 1, .exponent = 126, .digits = {1}},
        {.digit_count = 1, .exponent = -131, .digits = {1}},
    };
    for (size_t i = 0; i <= sizeof bad / sizeof *bad; i++) {
        pte_item item;
        pte_builder_reset(b);
        pte_builder_name(b, pte_str("n"));
        pte_builder_decimal(b, i == 0 ? NULL : &bad[i - 1]);
        EXPECT(PTE_INVALID_ARGUMENT, pte_builder_item(&item, b, &error));
    }
    pte_builder_destroy(b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_builder__bytes_are_as_documented),
        cmocka_unit_test(test_builder__the_order_of_calls_does_not_show),
        cmocka_unit_test(test_builder__names_ascend_by_bytes),
        cmocka_unit_test(test_builder__containers_of_every_count_are_right),
        cmocka_unit_test(test_builder__an_item_of_many_attributes_is_right),
        cmocka_unit_test(test_builder__sizes_are_dynamodbs),
        cmocka_unit_test(test_builder__its_size_is_that_of_a_walk),
        cmocka_unit_test(test_builder__copies_are_the_same_bytes),
        cmocka_unit_test(test_builder__elements_are_copied_into_sets_in_order),
        cmocka_unit_test(test_builder__decimals_are_written_canonically),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
