/* Reports are read, compared and written with memory that fails: one call of it, or all from one
 * on. The linker leads malloc and its relatives here (see CMakeLists.txt). */
#include "support/support.h"

#include "workload/sample.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

static size_t calls, fail_at; /* fail_at 0: none */
static bool keep_failing, failed;

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *memory, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *memory, size_t size);

static bool fails(void) {
    calls++;
    bool now = fail_at != 0 && (calls == fail_at || (keep_failing && calls > fail_at));
    failed = failed || now;
    return now;
}

void *__wrap_malloc(size_t size) {
    return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size) {
    return fails() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *memory, size_t size) {
    return fails() ? NULL : __real_realloc(memory, size);
}

static void arm(size_t at, bool keep) {
    calls = 0;
    fail_at = at;
    keep_failing = keep;
    failed = false;
}

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
        arm(at, keep);
        bool good = wl_compare(a, b, &terminal, null, &complaint);
        fail_at = 0;
        if (!failed) {
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
        arm(at, false);
        errno = 0;
        bool good = write(&sample.report, null);
        fail_at = 0;
        if (!failed) {
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
