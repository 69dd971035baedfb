/* Reports are read, compared and written with memory that fails: one call of it, or all from one
 * on. */
#include "support/allocations.h"
#include "support/support.h"

#include "workload/sample.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

static void write_report(const test_sample *sample, const char *path) {
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(wl_report_write_json(&sample->report, file));
    assert_int_equal(0, fclose(file));
}

/* Rising, until there is a run without a failure; a failure is told or makes no difference to what
 * is compared. Leaks are AddressSanitizer's to find. */
static void compare_in_loop(const char *a, const char *b, bool keep) {
    FILE *null = fopen("/dev/null", "w");
    assert_non_null(null);
    tool_terminal terminal = {.stream = null};
    size_t refused = 0, step = 1;
    for (size_t at = 1;; at += step) {
        wl_complaint complaint = {0};
        test_allocations_fail(at, keep);
        bool good = wl_compare(a, b, &terminal, null, &complaint);
        if (!test_allocations_succeed()) {
            assert_true(good);
            break;
        }
        assert_true(good || complaint.message[0] != '\0');
        refused += !good;
        step = at / 200 + 1; /* the first ones all */
    }
    assert_true(refused > 100);
    fclose(null);
}

static void test_report_memory__comparing(void **state) {
    (void)state;
    char *folder = test_folder_make();
    char a[300], b[300];
    snprintf(a, sizeof a, "%s/a.json", folder);
    snprintf(b, sizeof b, "%s/b.json", folder);
    test_sample sample;
    sample_make(&sample);
    write_report(&sample, a);
    sample_clean_up(&sample);
    sample_make_other(&sample);
    write_report(&sample, b);
    sample_clean_up(&sample);
    compare_in_loop(a, b, false);
    compare_in_loop(a, b, true);
    test_folder_remove(folder);
}

static void write_in_loop(bool (*write)(const wl_report *report, FILE *file)) {
    test_sample sample;
    sample_make(&sample);
    FILE *null = fopen("/dev/null", "w");
    assert_non_null(null);
    size_t refused = 0;
    for (size_t at = 1;; at++) {
        test_allocations_fail(at, false);
        errno = 0;
        bool good = write(&sample.report, null);
        if (!test_allocations_succeed()) {
            assert_true(good);
            break;
        }
        assert_true(good || errno == ENOMEM);
        refused += !good;
    }
    assert_true(refused > 5);
    fclose(null);
    sample_clean_up(&sample);
}

static void test_report_memory__writing_json(void **state) {
    (void)state;
    write_in_loop(wl_report_write_json);
}

static void test_report_memory__writing_a_page(void **state) {
    (void)state;
    write_in_loop(wl_report_write_html);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_report_memory__comparing),
        cmocka_unit_test(test_report_memory__writing_json),
        cmocka_unit_test(test_report_memory__writing_a_page),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
