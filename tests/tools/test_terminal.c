/* Sizes, counts, durations, names and tables as people read them. */
#include "support/support.h"

#include "terminal.h"

#include <stdio.h>
#include <stdlib.h>

static void test_terminal__sizes(void **state) {
    (void)state;
    assert_string_equal("0 B", tool_size(0).text);
    assert_string_equal("1023 B", tool_size(1023).text);
    assert_string_equal("1.0 KB", tool_size(1024).text);
    assert_string_equal("400.0 KB", tool_size(409600).text);
    assert_string_equal("1.0 MB", tool_size(1024 * 1024 - 1).text);
    assert_string_equal("16384.0 PB", tool_size(UINT64_MAX).text);
}

static void test_terminal__counts(void **state) {
    (void)state;
    assert_string_equal("0", tool_count(0).text);
    assert_string_equal("999", tool_count(999).text);
    assert_string_equal("1,000", tool_count(1000).text);
    assert_string_equal("18,446,744,073,709,551,615", tool_count(UINT64_MAX).text);
}

static void test_terminal__durations(void **state) {
    (void)state;
    assert_string_equal("0 ns", tool_duration(0).text);
    assert_string_equal("999 ns", tool_duration(999).text);
    assert_string_equal("1.00 µs", tool_duration(1000).text);
    assert_string_equal("10.0 µs", tool_duration(9996).text);
    assert_string_equal("100 µs", tool_duration(99960).text);
    assert_string_equal("1.00 ms", tool_duration(999600).text);
    assert_string_equal("3600 s", tool_duration(3600000000000u).text);
}

static void test_terminal__names_cannot_steer_the_terminal(void **state) {
    (void)state;
    assert_string_equal("photos", tool_name(pte_str("photos")).text);
    assert_string_equal("a\\x1B[2J", tool_name(pte_str("a\033[2J")).text);
    assert_string_equal("a\\x00b", tool_name(pte_view("a\0b", 3)).text);
    assert_string_equal("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…",
                        tool_name(pte_str("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")).text);
    uint8_t controls[400];
    memset(controls, 1, sizeof controls);
    tool_text shown = tool_name(pte_view(controls, sizeof controls));
    assert_true(strlen(shown.text) < sizeof shown.text);
    memset(controls, 0x80, sizeof controls); /* not UTF-8: no character ever ends */
    shown = tool_name(pte_view(controls, sizeof controls));
    assert_true(strlen(shown.text) < sizeof shown.text);
}

static void test_terminal__tables_align_by_characters(void **state) {
    (void)state;
    char *text = NULL;
    size_t len = 0;
    FILE *stream = open_memstream(&text, &len);
    assert_non_null(stream);
    tool_terminal terminal = tool_terminal_of(stream, false);
    assert_false(terminal.colour);
    assert_false(terminal.interactive);
    tool_table table = {.alignments = "lrl"};
    tool_table_add(&table, (const char *const[]){"NAME", "N", "WHAT"});
    tool_table_add(&table, (const char *const[]){"Søren", "1,000", "x"});
    assert_true(tool_table_print(&table, &terminal, 2));
    tool_table_clean_up(&table);
    fclose(stream);
    assert_string_equal("  NAME       N  WHAT\n  Søren  1,000  x\n", text);
    free(text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_terminal__sizes),
        cmocka_unit_test(test_terminal__counts),
        cmocka_unit_test(test_terminal__durations),
        cmocka_unit_test(test_terminal__names_cannot_steer_the_terminal),
        cmocka_unit_test(test_terminal__tables_align_by_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
