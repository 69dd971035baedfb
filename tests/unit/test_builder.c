/*
 * Tests of builder.h: canonical bytes, exact sizes, every refusal, limits, failing memory.
 * Rules of items:
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
 */
#include "fault_allocator.h"
#include "random_item.h"

#include "codec/wire.h"

#include <stdio.h>
#include <stdlib.h>

static pte_builder *new_builder(void) {
    pte_error error;
    pte_builder *builder;
    OK(pte_builder_create(&builder, NULL, &error));
    return builder;
}

static pte_item built(pte_builder *builder) {
    pte_error error;
    pte_item item;
    OK(pte_builder_item(&item, builder, &error));
    return item;
}

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

/* --- refusals --- */

static const pte_bytes null_bytes = {NULL, 1};
static const char nines[] = "999999999999999999999999999999999999999";

static void name_and(pte_builder *b, const char *name) {
    pte_builder_name(b, pte_str(name));
}

static void value_without_name(pte_builder *b) {
    pte_builder_string(b, pte_str("x"));
}
static void name_without_value(pte_builder *b) {
    name_and(b, "x");
}
static void two_names(pte_builder *b) {
    name_and(b, "x");
    name_and(b, "y");
}
static void name_in_list(pte_builder *b) {
    name_and(b, "x");
    pte_builder_begin(b, PTE_TYPE_L);
    name_and(b, "x");
}
static void map_value_without_name(pte_builder *b) {
    name_and(b, "x");
    pte_builder_begin(b, PTE_TYPE_M);
    pte_builder_null(b);
}
static void map_name_without_value(pte_builder *b) {
    name_and(b, "x");
    pte_builder_begin(b, PTE_TYPE_M);
    name_and(b, "y");
    pte_builder_end(b);
}
static void end_without_begin(pte_builder *b) {
    pte_builder_end(b);
}
static void left_open(pte_builder *b) {
    name_and(b, "x");
    pte_builder_begin(b, PTE_TYPE_L);
}
static void begin_scalar(pte_builder *b) {
    name_and(b, "x");
    pte_builder_begin(b, PTE_TYPE_S);
}
static void begin_unnamed(pte_builder *b) {
    pte_builder_begin(b, PTE_TYPE_M);
}
static void number_in_string_set(pte_builder *b) {
    name_and(b, "x");
    pte_builder_begin(b, PTE_TYPE_SS);
    pte_builder_number(b, pte_str("1"));
}
static void string_in_binary_set(pte_builder *b) {
    name_and(b, "x");
    pte_builder_begin(b, PTE_TYPE_BS);
    pte_builder_string(b, pte_str("1"));
}
static void list_in_set(pte_builder *b) {
    name_and(b, "x");
    pte_builder_begin(b, PTE_TYPE_NS);
    pte_builder_begin(b, PTE_TYPE_L);
}
static void null_in_set(pte_builder *b) {
    name_and(b, "x");
    pte_builder_begin(b, PTE_TYPE_NS);
    pte_builder_null(b);
}
static void scalar_of_other_type(pte_builder *b) {
    name_and(b, "x");
    pte_builder_scalar(b, (pte_scalar){PTE_TYPE_BOOL, {NULL, 0}});
}
static void null_name(pte_builder *b) {
    pte_builder_name(b, null_bytes);
}
static void null_text(pte_builder *b) {
    name_and(b, "x");
    pte_builder_string(b, null_bytes);
}
static void null_number(pte_builder *b) {
    name_and(b, "x");
    pte_builder_number(b, null_bytes);
}
static void null_data(pte_builder *b) {
    name_and(b, "x");
    pte_builder_binary(b, null_bytes);
}
static void null_value(pte_builder *b) {
    name_and(b, "x");
    pte_builder_value(b, NULL);
}
static void absent_value(pte_builder *b) {
    pte_value value = {0};
    name_and(b, "x");
    pte_builder_value(b, &value);
}
static void null_c_strings(pte_builder *b) {
    pte_builder_add_string(b, "x", NULL);
}
static void null_c_name(pte_builder *b) {
    pte_builder_add_number(b, NULL, "1");
}
static void bad_number(pte_builder *b) {
    pte_builder_add_number(b, "x", "1x");
}
static void large_number(pte_builder *b) {
    pte_builder_add_number(b, "x", "1e126");
}
static void small_number(pte_builder *b) {
    pte_builder_add_number(b, "x", "1e-131");
}
static void long_number(pte_builder *b) {
    pte_builder_add_number(b, "x", nines);
}
static void bad_string(pte_builder *b) {
    pte_builder_add_string(b, "x", "\xFF");
}
static void bad_name(pte_builder *b) {
    pte_builder_add_string(b, "\xFF", "x");
}
static void empty_set(pte_builder *b) {
    name_and(b, "x");
    pte_builder_begin(b, PTE_TYPE_SS);
    pte_builder_end(b);
}
static void duplicates_in_a_row(pte_builder *b) {
    name_and(b, "x");
    pte_builder_begin(b, PTE_TYPE_SS);
    pte_builder_string(b, pte_str("a"));
    pte_builder_string(b, pte_str("a"));
    pte_builder_end(b);
}
static void duplicates_apart(pte_builder *b) {
    name_and(b, "x");
    pte_builder_begin(b, PTE_TYPE_BS);
    pte_builder_binary(b, pte_str("b"));
    pte_builder_binary(b, pte_str("a"));
    pte_builder_binary(b, pte_str("b"));
    pte_builder_end(b);
}
/* 1000 and 1e3 are one number. */
static void duplicate_numbers(pte_builder *b) {
    name_and(b, "x");
    pte_builder_begin(b, PTE_TYPE_NS);
    pte_builder_number(b, pte_str("1000"));
    pte_builder_number(b, pte_str("1e3"));
    pte_builder_end(b);
}
static void duplicate_numbers_apart(pte_builder *b) {
    name_and(b, "x");
    pte_builder_begin(b, PTE_TYPE_NS);
    pte_builder_number(b, pte_str("0.0"));
    pte_builder_number(b, pte_str("-1"));
    pte_builder_number(b, pte_str("-0"));
    pte_builder_end(b);
}
static void nested_names_twice(pte_builder *b) {
    name_and(b, "x");
    pte_builder_begin(b, PTE_TYPE_M);
    pte_builder_add_string(b, "b", "");
    pte_builder_add_string(b, "a", "");
    pte_builder_add_string(b, "b", "");
    pte_builder_end(b);
}
static void malformed_value(pte_builder *b) {
    pte_value value = {.type = PTE_TYPE_L, .encoded = pte_view("\x92\xC0", 2)};
    name_and(b, "x");
    pte_builder_value(b, &value);
}
static void value_and_more(pte_builder *b) {
    pte_value value = {.type = PTE_TYPE_NULL, .encoded = pte_view("\xC0\xC0", 2)};
    name_and(b, "x");
    pte_builder_value(b, &value);
}

static const struct refusal {
    const char *what;
    void (*call)(pte_builder *b);
    pte_status status;
} refusals[] = {
#define REFUSAL(call, status)                                                                      \
    { #call, call, PTE_##status }
    REFUSAL(value_without_name, INVALID_ARGUMENT),
    REFUSAL(name_without_value, INVALID_ARGUMENT),
    REFUSAL(two_names, INVALID_ARGUMENT),
    REFUSAL(name_in_list, INVALID_ARGUMENT),
    REFUSAL(map_value_without_name, INVALID_ARGUMENT),
    REFUSAL(map_name_without_value, INVALID_ARGUMENT),
    REFUSAL(end_without_begin, INVALID_ARGUMENT),
    REFUSAL(left_open, INVALID_ARGUMENT),
    REFUSAL(begin_scalar, INVALID_ARGUMENT),
    REFUSAL(begin_unnamed, INVALID_ARGUMENT),
    REFUSAL(number_in_string_set, INVALID_ARGUMENT),
    REFUSAL(string_in_binary_set, INVALID_ARGUMENT),
    REFUSAL(list_in_set, INVALID_ARGUMENT),
    REFUSAL(null_in_set, INVALID_ARGUMENT),
    REFUSAL(scalar_of_other_type, INVALID_ARGUMENT),
    REFUSAL(null_name, INVALID_ARGUMENT),
    REFUSAL(null_text, INVALID_ARGUMENT),
    REFUSAL(null_number, INVALID_ARGUMENT),
    REFUSAL(null_data, INVALID_ARGUMENT),
    REFUSAL(null_value, INVALID_ARGUMENT),
    REFUSAL(absent_value, INVALID_ARGUMENT),
    REFUSAL(null_c_strings, INVALID_ARGUMENT),
    REFUSAL(null_c_name, INVALID_ARGUMENT),
    REFUSAL(bad_number, NUMBER_SYNTAX),
    REFUSAL(large_number, NUMBER_OVERFLOW),
    REFUSAL(small_number, NUMBER_UNDERFLOW),
    REFUSAL(long_number, NUMBER_PRECISION),
    REFUSAL(bad_string, INVALID_UTF8),
    REFUSAL(bad_name, INVALID_UTF8),
    REFUSAL(empty_set, EMPTY_SET),
    REFUSAL(duplicates_in_a_row, DUPLICATE_ELEMENT),
    REFUSAL(duplicates_apart, DUPLICATE_ELEMENT),
    REFUSAL(duplicate_numbers, DUPLICATE_ELEMENT),
    REFUSAL(duplicate_numbers_apart, DUPLICATE_ELEMENT),
    REFUSAL(nested_names_twice, DUPLICATE_NAME),
    REFUSAL(malformed_value, CORRUPT),
    REFUSAL(value_and_more, CORRUPT),
#undef REFUSAL
};

/* Each as the third attribute: its status and position stay whatever comes after, and the builder
 * is as new once it is reset. */
static void test_builder__the_first_failure_is_kept(void **state) {
    (void)state;
    pte_builder *b = new_builder();
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        pte_error error;
        pte_item item = {pte_str("left over"), 9};
        pte_builder_reset(b);
        pte_builder_add_string(b, "1", "first");
        pte_builder_add_string(b, "2", "second");
        refusals[i].call(b);
        bool at_end = refusals[i].call == left_open || refusals[i].call == name_without_value;
        if (!at_end) {
            pte_builder_add_number(b, "later", "no number either");
            pte_builder_end(b);
        }
        pte_status status = pte_builder_item(&item, b, &error);
        if (status != refusals[i].status) {
            fail_msg("%s: %s", refusals[i].what, pte_status_name(status));
        }
        assert_int_equal(status, error.status);
        assert_int_equal(2, error.position);
        assert_null(item.encoded.data);
        assert_int_equal(0, item.size_bytes);
        assert_int_equal(status, pte_builder_item(&item, b, NULL));
        pte_builder_reset(b);
        pte_builder_add_string(b, "a", "b");
        assert_int_equal(5, built(b).encoded.len);
    }
    pte_builder_destroy(b);
}

/* The position of a name that stands twice is that of the second attribute, however they came. */
static void test_builder__names_that_stand_twice_are_refused(void **state) {
    (void)state;
    static const struct {
        const char *names[4];
        size_t position;
    } cases[] = {
        {{"a", "b", "c", "c"}, 3}, {{"a", "a", "b", "c"}, 1}, {{"b", "a", "b", "c"}, 2},
        {{"c", "b", "a", "b"}, 3}, {{"c", "a", "b", "a"}, 3}, {{"", "x", "", "y"}, 2},
    };
    pte_builder *b = new_builder();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        pte_error error;
        pte_item item;
        pte_builder_reset(b);
        for (size_t k = 0; k < 4; k++) {
            pte_builder_add_string(b, cases[i].names[k], "value");
        }
        EXPECT(PTE_DUPLICATE_NAME, pte_builder_item(&item, b, &error));
        assert_int_equal(cases[i].position, error.position);
    }
    pte_builder_destroy(b);
}

static void test_builder__null_handles_are_refused(void **state) {
    (void)state;
    pte_error error;
    pte_item item;
    pte_builder *b = new_builder();
    EXPECT(PTE_INVALID_ARGUMENT, pte_builder_create(NULL, NULL, &error));
    EXPECT(PTE_INVALID_ARGUMENT, pte_builder_item(NULL, b, &error));
    EXPECT(PTE_INVALID_ARGUMENT, pte_builder_item(&item, NULL, &error));
    pte_builder_add_string(NULL, "a", "b");
    pte_builder_add_number(NULL, "a", "1");
    pte_builder_name(NULL, pte_str("a"));
    pte_builder_null(NULL);
    pte_builder_boolean(NULL, true);
    pte_builder_binary(NULL, pte_str("a"));
    pte_builder_decimal(NULL, NULL);
    pte_builder_value(NULL, NULL);
    pte_builder_scalar(NULL, (pte_scalar){PTE_TYPE_M, {NULL, 0}});
    pte_builder_begin(NULL, PTE_TYPE_M);
    pte_builder_end(NULL);
    pte_builder_reset(NULL);
    pte_builder_destroy(NULL);
    pte_builder_destroy(b);
}

static void test_builder__an_item_is_closed_once(void **state) {
    (void)state;
    static void (*const later[])(pte_builder *) = {value_without_name, name_without_value,
                                                   end_without_begin, begin_unnamed};
    pte_builder *b = new_builder();
    for (size_t i = 0; i < sizeof later / sizeof *later; i++) {
        pte_error error;
        pte_item item;
        pte_builder_reset(b);
        pte_builder_add_string(b, "b", "x");
        pte_builder_add_string(b, "a", "x");
        pte_item first = built(b);
        pte_item second = built(b);
        assert_ptr_equal(first.encoded.data, second.encoded.data);
        assert_int_equal(first.encoded.len, second.encoded.len);
        assert_int_equal(first.size_bytes, second.size_bytes);
        later[i](b);
        EXPECT(PTE_INVALID_ARGUMENT, pte_builder_item(&item, b, &error));
    }
    pte_builder_destroy(b);
}

/* Empty strings and binaries are values like others. */
static void test_builder__empty_values_are_allowed(void **state) {
    (void)state;
    pte_error error;
    pte_builder *b = new_builder();
    pte_value value;
    name_and(b, "s");
    pte_builder_string(b, (pte_bytes){NULL, 0});
    name_and(b, "b");
    pte_builder_binary(b, (pte_bytes){NULL, 0});
    pte_builder_name(b, (pte_bytes){NULL, 0});
    pte_builder_begin(b, PTE_TYPE_SS);
    pte_builder_string(b, pte_str(""));
    pte_builder_end(b);
    pte_item item = built(b);
    OK(pte_item_validate(&item, &error));
    assert_int_equal(2, item.size_bytes);
    OK(pte_item_find(&value, &item, pte_str(""), &error));
    assert_int_equal(PTE_TYPE_SS, value.type);
    OK(pte_item_find(&value, &item, pte_str("b"), &error));
    assert_int_equal(PTE_TYPE_B, value.type);
    assert_int_equal(0, value.bytes.len);
    pte_builder_destroy(b);
}

/* --- limits --- */

/* levels containers inside one another, an attribute's value, with or without a set inside. */
static pte_status build_nested(pte_builder *b, unsigned levels, bool maps, bool set) {
    pte_item item;
    pte_builder_reset(b);
    name_and(b, "deep");
    for (unsigned i = 0; i < levels; i++) {
        pte_builder_begin(b, maps ? PTE_TYPE_M : PTE_TYPE_L);
        if (maps) {
            name_and(b, "x");
        }
    }
    if (set) {
        pte_builder_begin(b, PTE_TYPE_SS);
        pte_builder_string(b, pte_str("x"));
        pte_builder_end(b);
    } else {
        pte_builder_null(b);
    }
    for (unsigned i = 0; i < levels; i++) {
        pte_builder_end(b);
    }
    return pte_builder_item(&item, b, NULL);
}

/* "DynamoDB supports nested attributes up to 32 levels deep":
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html */
static void test_builder__nesting_ends_at_32_levels(void **state) {
    (void)state;
    pte_builder *b = new_builder();
    for (unsigned levels = 31; levels <= 33; levels++) {
        for (int kind = 0; kind < 4; kind++) {
            pte_status expected = levels <= 32 ? PTE_OK : PTE_NESTING_TOO_DEEP;
            assert_int_equal(expected, build_nested(b, levels, kind % 2 != 0, kind / 2 != 0));
            if (expected == PTE_OK) {
                pte_error error;
                pte_item item = built(b);
                OK(pte_item_validate(&item, &error));
            }
        }
    }
    pte_builder_destroy(b);
}

/* The depth of a copied value counts from where it is put. */
static void test_builder__copies_count_towards_nesting(void **state) {
    (void)state;
    pte_error error;
    pte_builder *from = new_builder();
    pte_builder *b = new_builder();
    for (unsigned levels = 0; levels <= 32; levels++) {
        pte_value value;
        assert_int_equal(PTE_OK, build_nested(from, levels, levels % 2 != 0, true));
        pte_item source = built(from);
        OK(pte_item_find(&value, &source, pte_str("deep"), &error));
        for (unsigned above = 0; above <= 32; above++) {
            pte_item item;
            pte_builder_reset(b);
            name_and(b, "x");
            for (unsigned i = 0; i < above; i++) {
                pte_builder_begin(b, PTE_TYPE_L);
            }
            pte_builder_value(b, &value);
            for (unsigned i = 0; i < above; i++) {
                pte_builder_end(b);
            }
            EXPECT(above + levels <= 32 ? PTE_OK : PTE_NESTING_TOO_DEEP,
                   pte_builder_item(&item, b, &error));
        }
        /* A whole item as a map is one level more. */
        pte_item item;
        OK(pte_item_value(&value, &source, &error));
        pte_builder_reset(b);
        name_and(b, "x");
        pte_builder_value(b, &value);
        EXPECT(levels < 32 ? PTE_OK : PTE_NESTING_TOO_DEEP, pte_builder_item(&item, b, &error));
    }
    pte_builder_destroy(b);
    pte_builder_destroy(from);
}

/* Names have at most 65,535 bytes, as measured on the service. */
static void test_builder__names_end_at_65535_bytes(void **state) {
    (void)state;
    pte_error error;
    pte_builder *b = new_builder();
    pte_item item;
    pte_value value;
    char *name = malloc(65536);
    assert_non_null(name);
    memset(name, 'n', 65536);
    pte_builder_name(b, pte_view(name, 65535));
    pte_builder_null(b);
    item = built(b);
    OK(pte_item_validate(&item, &error));
    OK(pte_item_find(&value, &item, pte_view(name, 65535), &error));
    assert_int_equal(PTE_TYPE_NULL, value.type);
    pte_builder_reset(b);
    pte_builder_name(b, pte_view(name, 65536));
    EXPECT(PTE_NAME_TOO_LONG, pte_builder_item(&item, b, &error));
    free(name);
    pte_builder_destroy(b);
}

/* 400 KB is refused where items are written, not here. */
static void test_builder__an_item_of_400_kb_is_built(void **state) {
    (void)state;
    pte_error error;
    pte_builder *b = new_builder();
    char *text = malloc(PTE_ITEM_BYTES_MAX);
    assert_non_null(text);
    memset(text, 't', PTE_ITEM_BYTES_MAX);
    for (size_t over = 0; over < 2; over++) {
        pte_value value;
        pte_builder_reset(b);
        pte_builder_add_string(b, "pk", "key");
        name_and(b, "text");
        pte_builder_string(b, pte_view(text, PTE_ITEM_BYTES_MAX - 9 + over));
        pte_item item = built(b);
        assert_int_equal(PTE_ITEM_BYTES_MAX + over, item.size_bytes);
        OK(pte_item_validate(&item, &error));
        OK(pte_item_find(&value, &item, pte_str("text"), &error));
        assert_int_equal(PTE_ITEM_BYTES_MAX - 9 + over, value.bytes.len);
    }
    free(text);
    pte_builder_destroy(b);
}

static void test_builder__it_stops_at_its_ceiling(void **state) {
    (void)state;
    enum { PIECE = 4 << 20 };
    pte_error error;
    pte_item item;
    pte_builder *b = new_builder();
    char *data = calloc(1, PIECE);
    assert_non_null(data);
    name_and(b, "x");
    pte_builder_begin(b, PTE_TYPE_L);
    for (int i = 0; i < PTE_BUILDER_BYTES_MAX / PIECE - 1; i++) {
        pte_builder_binary(b, pte_view(data, PIECE));
    }
    pte_builder_end(b);
    assert_true(built(b).encoded.len < PTE_BUILDER_BYTES_MAX);
    pte_builder_reset(b);
    name_and(b, "x");
    pte_builder_begin(b, PTE_TYPE_L);
    for (int i = 0; i < PTE_BUILDER_BYTES_MAX / PIECE; i++) {
        pte_builder_binary(b, pte_view(data, PIECE));
    }
    pte_builder_end(b);
    EXPECT(PTE_LIMIT, pte_builder_item(&item, b, &error));
    pte_builder_reset(b);
    name_and(b, "x");
    pte_builder_binary(b, pte_view(data, SIZE_MAX));
    EXPECT(PTE_LIMIT, pte_builder_item(&item, b, &error));
    free(data);
    pte_builder_destroy(b);
}

/* --- memory --- */

/* Something of everything: every call, long enough to grow, out of order on all levels. */
static void add_everything(pte_builder *b, const pte_value *copied) {
    char text[600];
    memset(text, 't', sizeof text);
    pte_builder_add_string(b, "z", "x");
    pte_builder_add_number(b, "y", "1.5");
    name_and(b, "x");
    pte_builder_begin(b, PTE_TYPE_M);
    name_and(b, "z");
    pte_builder_binary(b, pte_view(text, sizeof text));
    name_and(b, "a");
    pte_builder_begin(b, PTE_TYPE_NS);
    for (int i = 40; i > 0; i--) {
        int len = snprintf(text, sizeof text, "%d", i);
        pte_builder_number(b, pte_view(text, (size_t)len));
    }
    pte_builder_end(b);
    pte_builder_end(b);
    name_and(b, "w");
    pte_builder_begin(b, PTE_TYPE_L);
    for (int i = 0; i < 300; i++) {
        pte_builder_boolean(b, i % 2 != 0);
        pte_builder_null(b);
        pte_builder_value(b, copied);
    }
    pte_builder_end(b);
}

static pte_status build_everything(pte_builder **b, fault_allocator *fault, pte_item *item) {
    pte_value copied = {.type = PTE_TYPE_S, .encoded = pte_str("\xA5value")};
    pte_allocator allocator = fault_allocator_of(fault);
    pte_status status = pte_builder_create(b, &allocator, NULL);
    if (status == PTE_OK) {
        add_everything(*b, &copied);
        status = pte_builder_item(item, *b, NULL);
    }
    return status;
}

/* Fails every allocation in turn, once and from then on. A builder that lived through it is reset
 * and makes the same item as one that never failed. */
static void test_builder__failed_allocations_are_survived(void **state) {
    (void)state;
    pte_value copied = {.type = PTE_TYPE_S, .encoded = pte_str("\xA5value")};
    fault_allocator never = {0};
    pte_builder *expected_builder;
    pte_item expected;
    assert_int_equal(PTE_OK, build_everything(&expected_builder, &never, &expected));
    size_t failures = 0;
    for (int keep_failing = 0; keep_failing < 2; keep_failing++) {
        for (size_t at = 1;; at++) {
            fault_allocator fault = {.fail_at = at, .keep_failing = keep_failing != 0};
            pte_builder *b = (pte_builder *)&fault;
            pte_item item = {0};
            pte_status status = build_everything(&b, &fault, &item);
            if (status == PTE_OK) {
                assert_true(fault.calls < at);
                pte_builder_destroy(b);
                break;
            }
            failures++;
            assert_int_equal(PTE_OUT_OF_MEMORY, status);
            assert_null(item.encoded.data);
            if (b != NULL) {
                fault.fail_at = 0;
                pte_builder_reset(b);
                add_everything(b, &copied);
                assert_true(pte_bytes_equal(expected.encoded, built(b).encoded));
            }
            pte_builder_destroy(b);
            assert_int_equal(0, fault.live_bytes);
        }
    }
    assert_true(failures >= 2 * 5); /* the builder, its buffer and its growth, the scratch */
    pte_builder_destroy(expected_builder);
    assert_int_equal(0, never.live_bytes);
}

/* Pads an item so that memory runs out at every byte of it, the place where a longer head moves its
 * elements included. */
static void test_builder__memory_may_fail_at_every_byte(void **state) {
    (void)state;
    static const char padding[300];
    size_t failures = 0;
    for (size_t pad = 0; pad < sizeof padding; pad++) {
        fault_allocator fault = {.fail_at = 3}; /* the builder, its buffer, its first growth */
        pte_allocator allocator = fault_allocator_of(&fault);
        pte_error error;
        pte_builder *b;
        pte_item item;
        OK(pte_builder_create(&b, &allocator, &error));
        name_and(b, "a");
        pte_builder_binary(b, pte_view(padding, pad));
        name_and(b, "b");
        for (int level = 0; level < 2; level++) {
            pte_builder_begin(b, PTE_TYPE_L);
            for (int i = 0; i < 16; i++) {
                pte_builder_null(b);
            }
        }
        pte_builder_end(b);
        pte_builder_end(b);
        pte_status status = pte_builder_item(&item, b, &error);
        if (status != PTE_OK) {
            failures++;
            assert_int_equal(PTE_OUT_OF_MEMORY, status);
            assert_int_equal(3, fault.calls);
        } else {
            OK(pte_item_validate(&item, &error));
        }
        pte_builder_destroy(b);
        assert_int_equal(0, fault.live_bytes);
    }
    assert_true(failures > 0 && failures < sizeof padding);
}

/* Reset keeps the memory, so the second item needs none; names in order need nothing for sorting.
 */
static void test_builder__memory_is_kept_and_not_wasted(void **state) {
    (void)state;
    pte_error error;
    fault_allocator fault = {0};
    pte_allocator allocator = fault_allocator_of(&fault);
    pte_builder *b;
    OK(pte_builder_create(&b, &allocator, &error));
    size_t created = fault.calls;
    pte_builder_add_string(b, "a", "in");
    pte_builder_add_string(b, "b", "order");
    (void)built(b);
    assert_int_equal(created, fault.calls);
    pte_builder_reset(b);
    pte_builder_add_string(b, "b", "not in");
    pte_builder_add_string(b, "a", "order");
    (void)built(b);
    size_t sorted = fault.calls;
    assert_true(sorted > created);
    for (int i = 0; i < 3; i++) {
        pte_builder_reset(b);
        pte_builder_add_string(b, "b", "not in");
        pte_builder_add_string(b, "a", "order");
        (void)built(b);
        assert_int_equal(sorted, fault.calls);
    }
    pte_builder_destroy(b);
    assert_int_equal(0, fault.live_bytes);
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
        cmocka_unit_test(test_builder__the_first_failure_is_kept),
        cmocka_unit_test(test_builder__names_that_stand_twice_are_refused),
        cmocka_unit_test(test_builder__null_handles_are_refused),
        cmocka_unit_test(test_builder__an_item_is_closed_once),
        cmocka_unit_test(test_builder__empty_values_are_allowed),
        cmocka_unit_test(test_builder__nesting_ends_at_32_levels),
        cmocka_unit_test(test_builder__copies_count_towards_nesting),
        cmocka_unit_test(test_builder__names_end_at_65535_bytes),
        cmocka_unit_test(test_builder__an_item_of_400_kb_is_built),
        cmocka_unit_test(test_builder__it_stops_at_its_ceiling),
        cmocka_unit_test(test_builder__failed_allocations_are_survived),
        cmocka_unit_test(test_builder__memory_may_fail_at_every_byte),
        cmocka_unit_test(test_builder__memory_is_kept_and_not_wasted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
