/*
 * Tests of builder.h: everything it refuses, and that the first failure is kept.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
 */
#include "random_item.h"

static const pte_bytes null_bytes = {NULL, 1};
static const char nines[] = "999999999999999999999999999999999999999";

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

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_builder__the_first_failure_is_kept),
        cmocka_unit_test(test_builder__names_that_stand_twice_are_refused),
        cmocka_unit_test(test_builder__null_handles_are_refused),
        cmocka_unit_test(test_builder__an_item_is_closed_once),
        cmocka_unit_test(test_builder__empty_values_are_allowed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
