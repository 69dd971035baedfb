/*
 * Tests of codec/keycode.h: keys sort as DynamoDB sorts the values, alone and one behind another.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Query.html ("results are sorted
 * ... numeric order ... order of UTF-8 bytes")
 */
#include "random_item.h"

#include "codec/keycode.h"

#include <stdio.h>
#include <stdlib.h>

#define CONTENT_MAX ((size_t)24)

/* A value with its content in itself. */
typedef struct content {
    pte_scalar scalar;
    uint8_t bytes[CONTENT_MAX];
    pte_number number;
} content;

/* Contents of few and telling bytes, so that prefixes and zeros come up all the time. */
static void random_content(content *c, pte_type type, test_random *random) {
    static const uint8_t bytes[] = {0x00, 0x00, 0x01, 0x61, 0xFE, 0xFF};
    size_t len = test_random_below(random, 7);
    if (type == PTE_TYPE_N) {
        len = (size_t)snprintf((char *)c->bytes, CONTENT_MAX, "%se%d",
                               test_random_below(random, 2) ? "1.25" : "-12",
                               (int)test_random_below(random, 7) - 3);
        pte_error error;
        OK(pte_number_parse(&c->number, pte_view(c->bytes, len), &error));
    } else {
        for (size_t i = 0; i < len; i++) {
            c->bytes[i] = bytes[test_random_below(random, sizeof bytes)];
        }
    }
    c->scalar = (pte_scalar){type, pte_view(c->bytes, len)};
}

static int sign(int order) {
    return (order > 0) - (order < 0);
}

static int compare_contents(const content *a, const content *b) {
    return sign(a->scalar.type == PTE_TYPE_N ? pte_number_compare(&a->number, &b->number)
                                             : pte_bytes_compare(a->scalar.bytes, b->scalar.bytes));
}

static pte_type random_type(test_random *random) {
    return (pte_type)(PTE_TYPE_S + test_random_below(random, 3));
}

static void test_keycode__plain_sorts_by_value(void **state) {
    (void)state;
    test_random random = {test_seed(31)};
    for (int i = 0; i < 50000; i++) {
        pte_error error;
        content a;
        content b;
        uint8_t a_key[PTE__KEYCODE_PLAIN_MAX(CONTENT_MAX)];
        uint8_t b_key[PTE__KEYCODE_PLAIN_MAX(CONTENT_MAX)];
        size_t a_len;
        size_t b_len;
        pte_type type = random_type(&random);
        random_content(&a, type, &random);
        random_content(&b, type, &random);
        OK(pte__keycode_plain(a_key, &a_len, a.scalar, &error));
        OK(pte__keycode_plain(b_key, &b_len, b.scalar, &error));
        assert_int_equal(compare_contents(&a, &b),
                         sign(pte_bytes_compare(pte_view(a_key, a_len), pte_view(b_key, b_len))));
    }
}

static void test_keycode__plain_strings_are_their_content(void **state) {
    (void)state;
    pte_error error;
    uint8_t key[PTE__KEYCODE_PLAIN_MAX(5)];
    size_t len;
    OK(pte__keycode_plain(key, &len, pte_b("a\0b\xFF", 4), &error));
    assert_true(pte_bytes_equal(pte_view("a\0b\xFF", 4), pte_view(key, len)));
    OK(pte__keycode_plain(key, &len, (pte_scalar){PTE_TYPE_S, {NULL, 0}}, &error));
    assert_int_equal(0, len);
}

/* The bytes are a format on disk. */
static void test_keycode__delimited_bytes_are_as_documented(void **state) {
    (void)state;
    pte_error error;
    uint8_t key[PTE__KEYCODE_DELIMITED_MAX(5)];
    size_t len;
    OK(pte__keycode_delimited(key, &len, pte_b("a\0b\0", 4), &error));
    assert_true(pte_bytes_equal(pte_view("a\0\xFF"
                                         "b\0\xFF\0\0",
                                         8),
                                pte_view(key, len)));
    OK(pte__keycode_delimited(key, &len, pte_s(""), &error));
    assert_true(pte_bytes_equal(pte_view("\0\0", 2), pte_view(key, len)));
    OK(pte__keycode_delimited(key, &len, pte_n("12"), &error));
    assert_true(pte_bytes_equal(pte_view("\x03\x83\x0D\x00", 4), pte_view(key, len)));
}

static void test_keycode__the_worst_content_fits_its_room(void **state) {
    (void)state;
    pte_error error;
    uint8_t zeros[1024] = {0};
    uint8_t *key = malloc(PTE__KEYCODE_DELIMITED_MAX(sizeof zeros));
    size_t len;
    assert_non_null(key);
    OK(pte__keycode_delimited(key, &len, pte_b(zeros, sizeof zeros), &error));
    assert_int_equal(PTE__KEYCODE_DELIMITED_MAX(sizeof zeros), len);
    free(key);
}

static void test_keycode__bad_numbers_are_refused(void **state) {
    (void)state;
    pte_error error;
    uint8_t key[PTE__KEYCODE_DELIMITED_MAX(8)];
    size_t len = 9;
    EXPECT(PTE_NUMBER_SYNTAX, pte__keycode_plain(key, &len, pte_n("1x"), &error));
    assert_int_equal(0, len);
    EXPECT(PTE_NUMBER_OVERFLOW, pte__keycode_delimited(key, &len, pte_n("1e126"), &error));
    assert_int_equal(0, len);
}

static void test_keycode__delimited_round_trips(void **state) {
    (void)state;
    test_random random = {test_seed(32)};
    for (int i = 0; i < 50000; i++) {
        pte_error error;
        content c;
        uint8_t key[PTE__KEYCODE_DELIMITED_MAX(CONTENT_MAX) + 4];
        uint8_t out[PTE_NUMBER_TEXT_MAX];
        size_t len;
        size_t out_len;
        size_t used;
        random_content(&c, random_type(&random), &random);
        OK(pte__keycode_delimited(key, &len, c.scalar, &error));
        test_random_fill(&random, key + len, 4);
        OK(pte__keycode_read_delimited(out, &out_len, &used, c.scalar.type, pte_view(key, len + 4),
                                       &error));
        assert_int_equal(len, used);
        if (c.scalar.type == PTE_TYPE_N) {
            char text[PTE_NUMBER_TEXT_MAX];
            size_t text_len = pte_number_format(&c.number, text);
            assert_true(pte_bytes_equal(pte_view(text, text_len), pte_view(out, out_len)));
        } else {
            assert_true(pte_bytes_equal(c.scalar.bytes, pte_view(out, out_len)));
        }
    }
}

/* Two or three parts of given types: the order of the bytes is the order of the parts from left to
 * right, the last one in either form. */
static void test_keycode__concatenations_sort_from_left_to_right(void **state) {
    (void)state;
    test_random random = {test_seed(33)};
    for (int i = 0; i < 50000; i++) {
        pte_error error;
        uint8_t keys[2][3 * PTE__KEYCODE_DELIMITED_MAX(CONTENT_MAX)];
        size_t lens[2] = {0, 0};
        int expected = 0;
        size_t parts = 2 + test_random_below(&random, 2);
        bool last_plain = test_random_below(&random, 2) != 0;
        for (size_t part = 0; part < parts; part++) {
            content contents[2];
            pte_type type = random_type(&random);
            for (int side = 0; side < 2; side++) {
                size_t used;
                random_content(&contents[side], type, &random);
                if (test_random_below(&random, 2) != 0 && side == 1) {
                    contents[1] = contents[0]; /* equal parts, so that the next ones decide */
                    contents[1].scalar.bytes.data = contents[1].bytes;
                }
                OK((last_plain && part + 1 == parts ? pte__keycode_plain : pte__keycode_delimited)(
                    keys[side] + lens[side], &used, contents[side].scalar, &error));
                lens[side] += used;
            }
            expected = expected != 0 ? expected : compare_contents(&contents[0], &contents[1]);
        }
        assert_int_equal(expected, sign(pte_bytes_compare(pte_view(keys[0], lens[0]),
                                                          pte_view(keys[1], lens[1]))));
    }
}

static void test_keycode__a_prefix_is_what_longer_values_begin_with(void **state) {
    (void)state;
    test_random random = {test_seed(34)};
    for (int i = 0; i < 50000; i++) {
        pte_error error;
        content value;
        content prefix;
        uint8_t key[PTE__KEYCODE_DELIMITED_MAX(CONTENT_MAX)];
        uint8_t begin[PTE__KEYCODE_DELIMITED_MAX(CONTENT_MAX)];
        size_t key_len;
        size_t begin_len;
        random_content(&value, PTE_TYPE_B, &random);
        random_content(&prefix, PTE_TYPE_B, &random);
        prefix.scalar.bytes.len = test_random_below(&random, prefix.scalar.bytes.len + 1);
        pte_bytes v = value.scalar.bytes;
        pte_bytes p = prefix.scalar.bytes;
        bool expected = p.len <= v.len && pte_bytes_equal(p, pte_view(v.data, p.len));
        OK(pte__keycode_delimited(key, &key_len, value.scalar, &error));
        pte__keycode_delimited_prefix(begin, &begin_len, p);
        bool begins = begin_len <= key_len && memcmp(key, begin, begin_len) == 0;
        assert_int_equal(expected, begins);
    }
}

/* A changed or missing byte is refused or gives another value; never the same, never a crash. */
static void test_keycode__mutations_are_noticed(void **state) {
    (void)state;
    test_random random = {test_seed(35)};
    for (int i = 0; i < 3000; i++) {
        pte_error error;
        content c;
        uint8_t key[PTE__KEYCODE_DELIMITED_MAX(CONTENT_MAX)];
        uint8_t plain[PTE_NUMBER_TEXT_MAX];
        uint8_t out[PTE_NUMBER_TEXT_MAX];
        size_t len;
        size_t plain_len;
        size_t out_len;
        size_t used;
        random_content(&c, random_type(&random), &random);
        OK(pte__keycode_delimited(key, &len, c.scalar, &error));
        OK(pte__keycode_read_delimited(plain, &plain_len, &used, c.scalar.type, pte_view(key, len),
                                       &error));
        for (size_t at = 0; at < len; at++) {
            uint8_t *exact = exact_copy(pte_view(key, len));
            exact[at] ^= (uint8_t)(1 + test_random_below(&random, 255));
            if (pte__keycode_read_delimited(out, &out_len, &used, c.scalar.type,
                                            pte_view(exact, len), NULL) == PTE_OK) {
                assert_false(pte_bytes_equal(pte_view(plain, plain_len), pte_view(out, out_len)));
            } else {
                assert_int_equal(0, out_len);
                assert_int_equal(0, used);
            }
            free(exact);
            exact = exact_copy(pte_view(key, at));
            EXPECT(PTE_CORRUPT, pte__keycode_read_delimited(out, &out_len, &used, c.scalar.type,
                                                            pte_view(exact, at), &error));
            free(exact);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keycode__plain_sorts_by_value),
        cmocka_unit_test(test_keycode__plain_strings_are_their_content),
        cmocka_unit_test(test_keycode__delimited_bytes_are_as_documented),
        cmocka_unit_test(test_keycode__the_worst_content_fits_its_room),
        cmocka_unit_test(test_keycode__bad_numbers_are_refused),
        cmocka_unit_test(test_keycode__delimited_round_trips),
        cmocka_unit_test(test_keycode__concatenations_sort_from_left_to_right),
        cmocka_unit_test(test_keycode__a_prefix_is_what_longer_values_begin_with),
        cmocka_unit_test(test_keycode__mutations_are_noticed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
