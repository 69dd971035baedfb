/* Two reports side by side: differences by hand, on the terminal and as a page. */
#include "support/support.h"

#include "workload/compare.h"
#include "workload/sample.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct reports_world {
    char *folder;
    char a[300], b[300];
} reports_world;

static void write_report(const test_sample *sample, const char *path) {
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(wl_report_write_json(&sample->report, file));
    assert_int_equal(0, fclose(file));
}

static int set_up(void **state) {
    reports_world *world = calloc(1, sizeof *world);
    assert_non_null(world);
    world->folder = test_folder_make();
    snprintf(world->a, sizeof world->a, "%s/a.json", world->folder);
    snprintf(world->b, sizeof world->b, "%s/b.json", world->folder);
    test_sample a, b;
    sample_make(&a);
    sample_make_other(&b);
    write_report(&a, world->a);
    write_report(&b, world->b);
    sample_clean_up(&a);
    sample_clean_up(&b);
    *state = world;
    return 0;
}

static int tear_down(void **state) {
    reports_world *world = *state;
    test_folder_remove(world->folder);
    free(world);
    return 0;
}

/* What is printed; the caller frees it. */
static char *compare(const char *a, const char *b, FILE *html) {
    char *text = NULL;
    size_t len = 0;
    FILE *stream = open_memstream(&text, &len);
    assert_non_null(stream);
    tool_terminal terminal = tool_terminal_of(stream, true);
    wl_complaint complaint;
    if (!wl_compare(a, b, &terminal, html, &complaint)) {
        fail_msg("%s: %s", complaint.file, complaint.message);
    }
    fclose(stream);
    return text;
}

/* The line that begins with this, blanks made one each, within the part that a heading begins. */
static void expect_line(const char *text, const char *heading, const char *expected) {
    const char *at = strstr(text, heading);
    assert_non_null(at);
    const char *end = strstr(at, "\n\n");
    char line[400];
    while (at != NULL && (end == NULL || at < end)) {
        size_t len = 0;
        for (at += strspn(at, " "); *at != '\n' && *at != '\0' && len + 1 < sizeof line; at++) {
            if (*at != ' ' || (at[1] != ' ' && at[1] != '\n')) {
                line[len++] = *at;
            }
        }
        line[len] = '\0';
        if (strcmp(line, expected) == 0) {
            return;
        }
        at = *at == '\n' ? at + 1 : NULL;
    }
    fail_msg("no line \"%s\" under \"%s\"", expected, heading);
}

static void test_compare__figures_by_hand(void **state) {
    reports_world *world = *state;
    char *text = compare(world->a, world->b, NULL);
    expect_line(text, "The whole design",
                "cost on demand $1,140.91 $1,200.00 +$59.09 +5.18 % A better");
    expect_line(text, "The whole design",
                "cost provisioned $211.81 $100.50 -$111.31 -52.55 % B better");
    expect_line(text, "The whole design", "highest rate on demand 1,600 any B better");
    expect_line(text, "The whole design", "highest rate provisioned 400 –");
    expect_line(text, "The whole design", "assertions that fail 1 0 -1 -100 % B better");
    expect_line(text, "1 view", "read units 1.5 0.5 -1 -66.67 % B better");
    expect_line(text, "1 view", "round trips 1 1 =");
    expect_line(text, "1 view", "in process p99 69.5 µs 34.8 µs -34.8 µs -50 % B better");
    expect_line(text, "2 like", "write units 4 5 +1 +25 % A better");
    expect_line(text, "2 like", "write amplification 4 2.5 -1.5 -37.5 % B better");
    expect_line(text, "3 export events (only A)", "read units 12.51 –");
    expect_line(text, "3 query events (only B)", "read units – 12.51");
    free(text);
}

static void test_compare__a_report_with_itself(void **state) {
    reports_world *world = *state;
    char *text = compare(world->a, world->a, NULL);
    assert_null(strstr(text, "better"));
    assert_null(strstr(text, "only"));
    assert_null(strchr(text, '+'));
    free(text);
}

static void test_compare__lines_are_narrow(void **state) {
    reports_world *world = *state;
    test_sample nasty;
    sample_make_nasty(&nasty);
    write_report(&nasty, world->b);
    sample_clean_up(&nasty);
    char *text = compare(world->a, world->b, NULL);
    for (char *line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n")) {
        assert_true(tool_columns(line) <= 100);
        assert_null(strchr(line, '\033'));
    }
    free(text);
}

static void test_compare__different_rates_are_said(void **state) {
    reports_world *world = *state;
    test_sample other;
    sample_make_other(&other);
    other.cost.rate = 400;
    write_report(&other, world->b);
    sample_clean_up(&other);
    char *text = compare(world->a, world->b, NULL);
    assert_non_null(strstr(text, WL__PRICED_DIFFERENTLY));
    free(text);
    text = compare(world->a, world->a, NULL);
    assert_null(strstr(text, WL__PRICED_DIFFERENTLY));
    free(text);
}

static void test_compare__signs_and_percent(void **state) {
    (void)state;
    const wl__figure less = {.kind = WL__FIGURE_NUMBER, .better = WL__BETTER_LESS};
    const wl__figure more = {.kind = WL__FIGURE_RATE, .better = WL__BETTER_MORE};
    const wl__figure neither = {.kind = WL__FIGURE_NUMBER};
    wl__difference difference = wl__difference_of(&less, 4, 5);
    assert_true(difference.absolute == 1 && difference.percent == 25);
    assert_int_equal(WL__B_WORSE, difference.verdict);
    assert_int_equal(WL__B_BETTER, wl__difference_of(&more, 4, 5).verdict);
    assert_int_equal(WL__DIFFERENT, wl__difference_of(&neither, 4, 5).verdict);
    assert_int_equal(WL__SAME, wl__difference_of(&less, 4, 4).verdict);
    difference = wl__difference_of(&less, 0, 5);
    assert_true(difference.absolute == 5 && isnan(difference.percent));
    difference = wl__difference_of(&less, -4, -5);
    assert_true(difference.absolute == -1 && difference.percent == -25);
    difference = wl__difference_of(&more, HUGE_VAL, 5);
    assert_true(isnan(difference.absolute) && difference.verdict == WL__B_WORSE);
    assert_int_equal(WL__SAME, wl__difference_of(&more, HUGE_VAL, HUGE_VAL).verdict);
    difference = wl__difference_of(&less, (double)NAN, 5);
    assert_true(isnan(difference.absolute) && difference.verdict == WL__SAME);
    assert_true(difference.worth_showing);
    assert_false(wl__difference_of(&less, 0, 0).worth_showing);
    assert_false(wl__difference_of(&less, 0, (double)NAN).worth_showing);
}

/* Two subjects of one name are paired in their order. */
static void test_compare__pairs(void **state) {
    (void)state;
    const wl__subject a[] = {{.name = "x"}, {.name = "y"}, {.name = "x"}};
    const wl__subject b[] = {{.name = "z"}, {.name = "x"}, {.name = "x"}};
    wl__pair *pairs;
    size_t count;
    assert_true(wl__pairs_of(&pairs, &count, a, 3, b, 3));
    assert_int_equal(4, count);
    assert_true(pairs[0].a == &a[0] && pairs[0].b == &b[1]);
    assert_true(pairs[1].a == &a[1] && pairs[1].b == NULL);
    assert_true(pairs[2].a == &a[2] && pairs[2].b == &b[2]);
    assert_true(pairs[3].a == NULL && pairs[3].b == &b[0]);
    free(pairs);
}

static void test_compare__damage_names_its_file(void **state) {
    reports_world *world = *state;
    FILE *file = fopen(world->b, "w");
    assert_non_null(file);
    fputs("{\n\n\"format\" 1}", file);
    fclose(file);
    tool_terminal terminal = tool_terminal_of(stdout, true);
    wl_complaint complaint;
    assert_false(wl_compare(world->a, world->b, &terminal, NULL, &complaint));
    assert_string_equal(world->b, complaint.file);
    assert_int_equal(3, complaint.line);
    assert_false(wl_compare(world->b, world->a, &terminal, NULL, &complaint));
    assert_string_equal(world->b, complaint.file);
}

static void test_compare__a_full_disk_is_told(void **state) {
    reports_world *world = *state;
    FILE *full = fopen("/dev/full", "w");
    FILE *null = fopen("/dev/null", "w");
    assert_true(full != NULL && null != NULL);
    tool_terminal terminal = tool_terminal_of(null, true);
    wl_complaint complaint;
    assert_false(wl_compare(world->a, world->b, &terminal, full, &complaint));
    assert_string_equal("the page", complaint.file);
    assert_string_equal(strerror(ENOSPC), complaint.message);
    fclose(full);
    full = fopen("/dev/full", "w");
    assert_non_null(full);
    terminal = tool_terminal_of(full, true);
    assert_false(wl_compare(world->a, world->b, &terminal, NULL, &complaint));
    assert_string_equal("the terminal", complaint.file);
    fclose(full);
    fclose(null);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(test_compare__##name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(figures_by_hand),
        TEST(a_report_with_itself),
        TEST(lines_are_narrow),
        TEST(different_rates_are_said),
        TEST(damage_names_its_file),
        TEST(a_full_disk_is_told),
        cmocka_unit_test(test_compare__signs_and_percent),
        cmocka_unit_test(test_compare__pairs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
