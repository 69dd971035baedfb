/* Strings of JSON: yajl reads back what was escaped, and no more than has to be is. */
#include "json_escape.h"

#include "support/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <yajl/yajl_tree.h>

/* With quotes around it, and how many pieces it came in. */
static size_t escape(char *string, size_t size, pte_bytes text) {
    json_escaping rest = {.text = text};
    size_t pieces = 0, len = 1;
    string[0] = '"';
    for (pte_bytes piece = json_escape_next(&rest); piece.len != 0;
         piece = json_escape_next(&rest)) {
        assert_true(piece.len < size - len - 2);
        memcpy(string + len, piece.data, piece.len);
        len += piece.len;
        pieces++;
    }
    string[len] = '"';
    string[len + 1] = '\0';
    return pieces;
}

static void test_json_escape__only_what_has_to_be(void **state) {
    (void)state;
    char string[100];
    assert_int_equal(5, escape(string, sizeof string, pte_view("a\"\\\n\x1f", 5)));
    assert_string_equal("\"a\\\"\\\\\\n\\u001f\"", string);
    assert_int_equal(1, escape(string, sizeof string, pte_str("/\x7f\xc3\xa9\xf0\x9f\x98\x80 '")));
    assert_string_equal("\"/\x7f\xc3\xa9\xf0\x9f\x98\x80 '\"", string);
    assert_int_equal(0, escape(string, sizeof string, (pte_bytes){0}));
    assert_string_equal("\"\"", string);
    assert_int_equal(2, escape(string, sizeof string, pte_view("\0\0", 2)));
    assert_string_equal("\"\\u0000\\u0000\"", string);
}

/* Bytes of one to four of UTF-8, at random. */
static void test_json_escape__is_read_back(void **state) {
    (void)state;
    static const char *const characters[] = {"\"", "\\", "\n",   "\t",       "\x01",        "\x1f",
                                             " ",  "a",  "\x7f", "\xc3\xa9", "\xef\xbf\xbd"};
    test_random random = {test_seed(7)};
    for (unsigned i = 0; i < 2000; i++) {
        char text[64] = "", string[400], why[100];
        for (uint64_t n = test_random_below(&random, 12); n > 0; n--) {
            strcat(text, characters[test_random_below(&random, 11)]);
        }
        escape(string, sizeof string, pte_str(text));
        yajl_val read = yajl_tree_parse(string, why, sizeof why);
        assert_true(YAJL_IS_STRING(read));
        assert_string_equal(text, YAJL_GET_STRING(read));
        yajl_tree_free(read);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_json_escape__only_what_has_to_be),
        cmocka_unit_test(test_json_escape__is_read_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
