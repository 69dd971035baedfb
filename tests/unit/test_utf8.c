/* Tests of base/utf8.h against RFC 3629's definition, by way of code points. */
#include "random_item.h"

#include "base/utf8.h"

#include <stdlib.h>

enum { CODE_POINT_MAX = 0x10FFFF };

static size_t encode(uint8_t out[4], uint32_t point) {
    if (point < 0x80) {
        out[0] = (uint8_t)point;
        return 1;
    }
    size_t len = point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    static const uint8_t first[] = {0, 0, 0xC0, 0xE0, 0xF0};
    for (size_t i = len - 1; i > 0; i--) {
        out[i] = (uint8_t)(0x80 | (point & 0x3F));
        point >>= 6;
    }
    out[0] = (uint8_t)(first[len] | point);
    return len;
}

/* The definition the other way round: four bytes are valid if they begin with the encoding of some
 * code point and so does the rest. valid_by_list is filled from all code points. */
static bool *valid_two_bytes;
static bool *valid_three_bytes;

static void fill_lists(void) {
    valid_two_bytes = calloc(1u << 16, sizeof(bool));
    valid_three_bytes = calloc(1u << 24, sizeof(bool));
    assert_non_null(valid_two_bytes);
    assert_non_null(valid_three_bytes);
    for (uint32_t point = 0x80; point <= 0xFFFF; point++) {
        uint8_t out[4];
        size_t len = encode(out, point);
        if (point >= 0xD800 && point <= 0xDFFF) {
            continue;
        }
        if (len == 2) {
            valid_two_bytes[out[0] << 8 | out[1]] = true;
        } else {
            valid_three_bytes[out[0] << 16 | out[1] << 8 | out[2]] = true;
        }
    }
}

static void test_utf8__every_code_point_but_surrogates_is_valid(void **state) {
    (void)state;
    for (uint32_t point = 0; point <= CODE_POINT_MAX; point++) {
        uint8_t out[4];
        size_t len = encode(out, point);
        bool surrogate = point >= 0xD800 && point <= 0xDFFF;
        if (pte__utf8_valid(pte_view(out, len)) == surrogate) {
            fail_msg("U+%04X", point);
        }
    }
    for (uint32_t point = CODE_POINT_MAX + 1; point < 0x200000; point++) {
        uint8_t out[4];
        assert_false(pte__utf8_valid(pte_view(out, encode(out, point))));
    }
}

/* All texts of up to three bytes: whatever is no sequence of code points is refused, overlong forms
 * among it. */
static void test_utf8__every_short_text_is_judged_rightly(void **state) {
    (void)state;
    for (uint32_t text = 0; text < 1u << 24; text++) {
        const uint8_t bytes[3] = {(uint8_t)(text >> 16), (uint8_t)(text >> 8), (uint8_t)text};
        bool one = bytes[0] < 0x80;
        bool last = bytes[2] < 0x80;
        bool expected = (one && bytes[1] < 0x80 && last) ||
                        (one && valid_two_bytes[text & 0xFFFF]) ||
                        (valid_two_bytes[text >> 8] && last) || valid_three_bytes[text];
        if (pte__utf8_valid(pte_view(bytes, 3)) != expected) {
            fail_msg("%06X", text);
        }
    }
    for (uint32_t text = 0; text < 1u << 16; text++) {
        const uint8_t bytes[2] = {(uint8_t)(text >> 8), (uint8_t)text};
        bool expected = (bytes[0] < 0x80 && bytes[1] < 0x80) || valid_two_bytes[text];
        assert_int_equal(expected, pte__utf8_valid(pte_view(bytes, 2)));
    }
    for (unsigned text = 0; text < 256; text++) {
        const uint8_t byte = (uint8_t)text;
        assert_int_equal(text < 0x80, pte__utf8_valid(pte_view(&byte, 1)));
    }
    assert_true(pte__utf8_valid(pte_view(NULL, 0)));
}

/* Every first two bytes of a text of four, with continuation bytes at both ends of their range and
 * just outside it. */
static void test_utf8__four_byte_texts_are_judged_rightly(void **state) {
    (void)state;
    static const uint8_t thirds[] = {0x7F, 0x80, 0xBF, 0xC0};
    for (unsigned first = 0xF0; first <= 0xFF; first++) {
        for (unsigned rest = 0; rest < 256 * 16; rest++) {
            const uint8_t bytes[4] = {(uint8_t)first, (uint8_t)(rest / 16), thirds[rest / 4 % 4],
                                      thirds[rest % 4]};
            uint32_t point = (first & 7u) << 18 | (bytes[1] & 0x3Fu) << 12 |
                             (bytes[2] & 0x3Fu) << 6 | (bytes[3] & 0x3Fu);
            uint8_t again[4];
            bool expected = point >= 0x10000 && point <= CODE_POINT_MAX && first < 0xF8 &&
                            encode(again, point) == 4 && memcmp(again, bytes, 4) == 0;
            assert_int_equal(expected, pte__utf8_valid(pte_view(bytes, 4)));
        }
    }
}

/* The loop takes bytes in groups; a bad or cut character is found wherever it stands. */
static void test_utf8__characters_are_found_at_every_place(void **state) {
    (void)state;
    for (size_t before = 0; before < 40; before++) {
        for (size_t after = 0; after < 20; after++) {
            uint8_t text[64];
            memset(text, 'x', sizeof text);
            memcpy(text + before, "\xF0\x9F\x98\x80", 4);
            uint8_t *exact = exact_copy(pte_view(text, before + 4 + after));
            assert_true(pte__utf8_valid(pte_view(exact, before + 4 + after)));
            exact[before + 3] = 'x';
            assert_false(pte__utf8_valid(pte_view(exact, before + 4 + after)));
            free(exact);
        }
        for (size_t cut = 1; cut < 4; cut++) {
            uint8_t text[64];
            memset(text, 'x', sizeof text);
            memcpy(text + before, "\xF0\x9F\x98\x80", 4);
            uint8_t *exact = exact_copy(pte_view(text, before + cut));
            assert_false(pte__utf8_valid(pte_view(exact, before + cut)));
            free(exact);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_utf8__every_code_point_but_surrogates_is_valid),
        cmocka_unit_test(test_utf8__every_short_text_is_judged_rightly),
        cmocka_unit_test(test_utf8__four_byte_texts_are_judged_rightly),
        cmocka_unit_test(test_utf8__characters_are_found_at_every_place),
    };
    fill_lists();
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    free(valid_two_bytes);
    free(valid_three_bytes);
    return failed;
}
