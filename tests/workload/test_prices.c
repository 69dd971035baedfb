/* The built-in prices are those of the file, and what is wrong with a file is said with its line.
 */
#include "support/support.h"

#include "workload/cost.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void assert_prices_equal(const wl_prices *a, const wl_prices *b) {
    assert_string_equal(a->source, b->source);
    assert_string_equal(a->date, b->date);
    assert_string_equal(a->region, b->region);
    assert_memory_equal(&a->read_million, &b->read_million,
                        sizeof *a - offsetof(wl_prices, read_million));
}

static void test_prices__the_built_in_ones_are_the_files(void **state) {
    (void)state;
    wl_prices built_in = wl_prices_built_in();
    wl_prices read;
    wl_complaint complaint;
    assert_true(wl_prices_read(&read, PRICES_FILE, &complaint));
    assert_prices_equal(&built_in, &read);
    /* https://aws.amazon.com/dynamodb/pricing/on-demand/ and /provisioned/, us-east-1 */
    assert_true(built_in.read_million == 0.125 && built_in.write_million == 0.625);
    assert_true(built_in.read_unit_hour == 0.00013 && built_in.write_unit_hour == 0.00065);
    assert_true(built_in.storage_gb_month == 0.25 && built_in.storage_free_gb == 0);
    assert_true(built_in.infrequent_read_million == 0.155);
    assert_true(built_in.infrequent_write_million == 0.78);
    assert_true(built_in.infrequent_read_unit_hour == 0.00016);
    assert_true(built_in.infrequent_write_unit_hour == 0.00081);
    assert_true(built_in.infrequent_storage_gb_month == 0.1);
    assert_true(built_in.hours_month == 730);
    assert_string_equal("us-east-1", built_in.region);
    assert_int_equal(10, strlen(built_in.date));
    assert_non_null(strstr(built_in.source, "https://"));
}

#define TEXTS "source: s\ndate: d\nregion: r\n"
#define NUMBERS                                                                                    \
    "read_million: 1\nwrite_million: 2\nread_unit_hour: 3e-1\nwrite_unit_hour: 4\n"                \
    "storage_gb_month: 5\nstorage_free_gb: 6\ninfrequent_read_million: 7\n"                        \
    "infrequent_write_million: 8\ninfrequent_read_unit_hour: 9\n"                                  \
    "infrequent_write_unit_hour: 10\ninfrequent_storage_gb_month: 11\n"

static bool read_text(wl_prices *prices, const char *text, size_t len, wl_complaint *complaint) {
    char *folder = test_folder_make();
    char path[4200];
    snprintf(path, sizeof path, "%s/prices.yaml", folder);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(len, fwrite(text, 1, len, file));
    fclose(file);
    bool good = wl_prices_read(prices, path, complaint);
    assert_string_equal(path, complaint->file);
    complaint->file = NULL;
    test_folder_remove(folder);
    return good;
}

static void test_prices__a_users_file_in_any_order(void **state) {
    (void)state;
    static const char text[] = "# mine\nhours_month: 744\n" NUMBERS TEXTS;
    wl_prices prices;
    wl_complaint complaint;
    assert_true(read_text(&prices, text, sizeof text - 1, &complaint));
    wl_prices expected = {"s", "d", "r", 1, 2, 0.3, 4, 5, 6, 7, 8, 9, 10, 11, 744};
    assert_prices_equal(&expected, &prices);
    /* The longest region, and all that a workload's file may have: a mark, quotes, an alias. */
    static const char other[] = "\xEF\xBB\xBFsource: s\ndate: &d d\n"
                                "\"region\": 0123456789-0123456789-012345678\n"
                                "hours_month: &h 744\n" NUMBERS;
    assert_true(read_text(&prices, other, sizeof other - 1, &complaint));
    assert_string_equal("0123456789-0123456789-012345678", prices.region);
}

static void test_prices__errors_have_their_line(void **state) {
    (void)state;
    static const struct {
        const char *text;
        size_t line;
        size_t column;
        const char *message;
    } cases[] = {
        {"", 0, 0, "expected a mapping of prices, found an empty file"},
        {"- 1\n", 1, 1, "expected a mapping (prices), found a list"},
        {TEXTS NUMBERS, 1, 1, "expected hours_month, found no such price"},
        {TEXTS "hours_month: 730\n", 1, 1, "expected read_million, found no such price"},
        {TEXTS "read_millions: 1\n", 4, 1,
         "unknown key of prices \"read_millions\"; did you mean \"read_million\"?"},
        {TEXTS "date: x\n", 4, 1, "expected each key once, found \"date\" again (first in line 2)"},
        {TEXTS "read_million: cheap\n", 4, 15,
         "expected a number from 0 to 1e+12, found \"cheap\""},
        {TEXTS "read_million: -1\n", 4, 15, "expected a number from 0 to 1e+12, found \"-1\""},
        {TEXTS "read_million: 1.2.3\n", 4, 15,
         "expected a number from 0 to 1e+12, found \"1.2.3\""},
        {TEXTS "read_million: 1e999\n", 4, 15,
         "expected a number from 0 to 1e+12, found \"1e999\""},
        {TEXTS "read_million: nan\n", 4, 15, "expected a number from 0 to 1e+12, found \"nan\""},
        {TEXTS "read_million:\n", 4, 14, "expected a number from 0 to 1e+12, found nothing"},
        {TEXTS "read_million: [1]\n", 4, 15, "expected a number from 0 to 1e+12, found a list"},
        {TEXTS "[1]: 2\n", 4, 1, "expected a text as a key of a mapping, found a list"},
        {"source: s\ndate: d\nregion: \"01234567890123456789012345678901\"\n", 3, 9,
         "expected a text of at most 31 bytes for region, found 32"},
        {"source: s\ndate: \"\"\n", 2, 7, "expected a text (date), found \"\""},
        {"source: s\ndate: \"a\\0b\"\n", 2, 7, "expected a text (date), found \"a\""},
        {TEXTS NUMBERS "hours_month: 730\n---\na: 1\n", 16, 1,
         "expected one document, found a second one"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        wl_prices prices = {.read_million = 42};
        wl_complaint complaint;
        assert_false(read_text(&prices, cases[i].text, strlen(cases[i].text), &complaint));
        assert_string_equal(cases[i].message, complaint.message);
        assert_int_equal(cases[i].line, complaint.line);
        assert_int_equal(cases[i].column, complaint.column);
        assert_true(prices.read_million == 42); /* as it was */
    }
}

static void test_prices__yaml_that_cannot_be_read(void **state) {
    (void)state;
    wl_prices prices;
    wl_complaint complaint;
    static const char text[] = TEXTS "read_million: \"1\n";
    assert_false(read_text(&prices, text, sizeof text - 1, &complaint));
    assert_non_null(strstr(complaint.message, "not YAML: while scanning a quoted scalar"));
    assert_int_equal(5, complaint.line);
}

static void test_prices__files_that_cannot_be_read(void **state) {
    (void)state;
    wl_prices prices;
    wl_complaint complaint;
    assert_false(wl_prices_read(&prices, "/nowhere/prices.yaml", &complaint));
    assert_string_equal("cannot be read: No such file or directory", complaint.message);
    assert_int_equal(0, complaint.line);
    assert_false(wl_prices_read(&prices, "/", &complaint));
    assert_string_equal("cannot be read to its end", complaint.message);
    char *large = malloc(65537);
    assert_non_null(large);
    memset(large, '#', 65537);
    assert_false(read_text(&prices, large, 65537, &complaint));
    assert_string_equal("expected at most 64 KB, found more", complaint.message);
    free(large);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_prices__the_built_in_ones_are_the_files),
        cmocka_unit_test(test_prices__a_users_file_in_any_order),
        cmocka_unit_test(test_prices__errors_have_their_line),
        cmocka_unit_test(test_prices__yaml_that_cannot_be_read),
        cmocka_unit_test(test_prices__files_that_cannot_be_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
