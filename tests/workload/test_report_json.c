/* A report as JSON: what is written is read back exactly, and what is no report is refused. */
#include "support/support.h"

#include "workload/report_read.h"
#include "workload/sample.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct reports_world {
    char *folder;
    char path[300];
    test_sample sample;
} reports_world;

static int set_up(void **state) {
    reports_world *world = calloc(1, sizeof *world);
    assert_non_null(world);
    world->folder = test_folder_make();
    snprintf(world->path, sizeof world->path, "%s/report.json", world->folder);
    sample_make(&world->sample);
    *state = world;
    return 0;
}

static int tear_down(void **state) {
    reports_world *world = *state;
    sample_clean_up(&world->sample);
    test_folder_remove(world->folder);
    free(world);
    return 0;
}

static void write_report(const reports_world *world) {
    FILE *file = fopen(world->path, "w");
    assert_non_null(file);
    assert_true(wl_report_write_json(&world->sample.report, file));
    assert_int_equal(0, fclose(file));
}

static void write_text(const reports_world *world, const char *text, size_t len) {
    FILE *file = fopen(world->path, "w");
    assert_non_null(file);
    assert_int_equal(len, fwrite(text, 1, len, file));
    assert_int_equal(0, fclose(file));
}

/* The caller frees it. */
static char *load(const reports_world *world) {
    FILE *file = fopen(world->path, "r");
    assert_non_null(file);
    char *text = calloc(1, 200000);
    assert_non_null(text);
    size_t len = fread(text, 1, 199999, file);
    assert_true(len > 0 && len < 199999);
    fclose(file);
    return text;
}

static wl__summary read_back(const reports_world *world) {
    wl__summary summary;
    wl_complaint complaint;
    if (!wl__summary_read(&summary, world->path, &complaint)) {
        fail_msg("%s:%zu:%zu: %s", complaint.file, complaint.line, complaint.column,
                 complaint.message);
    }
    return summary;
}

static double figure(const wl__figure *figures, const wl__subject *subject, const char *label) {
    for (size_t i = 0; figures[i].label != NULL; i++) {
        if (strcmp(figures[i].label, label) == 0) {
            return subject->figures[i];
        }
    }
    fail_msg("no figure %s", label);
    return 0;
}

/* Equal to the last bit. */
static void expect(double expected, double found, const char *label) {
    if (expected != found) {
        fail_msg("%s: expected %.17g, found %.17g", label, expected, found);
    }
}

#define PATTERN(expected, number, label)                                                           \
    expect(expected, figure(wl__pattern_figures, &summary.patterns[number], label), label)
#define PLACE(expected, number, label)                                                             \
    expect(expected, figure(wl__place_figures, &summary.places[number], label), label)
#define WHOLE(expected, label)                                                                     \
    expect(expected, figure(wl__whole_figures, &summary.whole, label), label)

static void test_report_json__figures_are_read_back(void **state) {
    reports_world *world = *state;
    write_report(world);
    wl__summary summary = read_back(world);
    assert_string_equal("Sample", summary.name);
    assert_string_equal("pocketable 0.1.0", summary.made_by);
    assert_string_equal("2026-11-30 12:00 UTC", summary.made_at);
    expect(500, summary.rate, "rate");
    assert_int_equal(SAMPLE_PATTERNS, summary.pattern_count);
    assert_string_equal("2 like a photo", summary.patterns[SAMPLE_LIKE].name);
    PATTERN(1.5, SAMPLE_VIEW, "read units"); /* (700 + 350) / 700 */
    PATTERN(0, SAMPLE_VIEW, "write units");
    PATTERN(20, SAMPLE_VIEW, "items examined");
    PATTERN(300, SAMPLE_VIEW, "bytes sent");
    PATTERN(4, SAMPLE_LIKE, "write units"); /* (250 + 500 + 250) / 250 */
    PATTERN(4, SAMPLE_LIKE, "write amplification");
    PATTERN(10.0 / 250, SAMPLE_LIKE, "failures");
    PATTERN(862.33, SAMPLE_LIKE, "cost on demand");
    PATTERN(12.51, SAMPLE_EXPORT, "read units"); /* 625.5 / 50 */
    assert_true(isnan(figure(wl__pattern_figures, &summary.patterns[SAMPLE_EXPORT], "HTTP p50")));
    assert_int_equal(SAMPLE_PLACES, summary.place_count);
    assert_string_equal("photos/by-date", summary.places[SAMPLE_BY_DATE].name);
    PLACE(1e10, SAMPLE_EVENTS, "stored");
    PLACE(361.36, SAMPLE_PHOTOS, "cost on demand"); /* 156.05 + 205.31 */
    WHOLE(1140.915, "cost on demand");
    WHOLE(1600, "highest rate on demand");
    WHOLE(20, "throttled at target, provisioned");
    WHOLE(1, "assertions that fail");
    wl__summary_clean_up(&summary);
}

static void test_report_json__quantiles_are_the_histograms(void **state) {
    reports_world *world = *state;
    write_report(world);
    wl__summary summary = read_back(world);
    const wl_histogram *times = &world->sample.results.patterns[SAMPLE_LIKE].http;
    PATTERN((double)wl_histogram_quantile(times, 0.5), SAMPLE_LIKE, "HTTP p50");
    PATTERN((double)wl_histogram_quantile(times, 0.95), SAMPLE_LIKE, "HTTP p95");
    PATTERN((double)wl_histogram_quantile(times, 0.99), SAMPLE_LIKE, "HTTP p99");
    PATTERN((double)wl_histogram_quantile(times, 0.999), SAMPLE_LIKE, "HTTP p99.9");
    wl__summary_clean_up(&summary);
}

static void test_report_json__numbers_lose_no_bit(void **state) {
    reports_world *world = *state;
    test_random random = {test_seed(6)};
    for (int i = 0; i < 100; i++) {
        double number = 0;
        while (!isfinite(number) || number == 0) {
            test_random_fill(&random, &number, sizeof number);
        }
        world->sample.cost.storage = number;
        world->sample.cost.on_demand = 0.1 + 0.2;
        write_report(world);
        wl__summary summary = read_back(world);
        WHOLE(number, "cost of storage in both");
        WHOLE(0.1 + 0.2, "cost on demand");
        wl__summary_clean_up(&summary);
    }
}

/* 2^53 + 1 is no double. */
static void test_report_json__counts_are_whole(void **state) {
    reports_world *world = *state;
    world->sample.results.patterns[SAMPLE_VIEW].calls = 9007199254740993;
    world->sample.results.places[SAMPLE_EVENTS].bytes = UINT64_MAX;
    write_report(world);
    char *text = load(world);
    assert_non_null(strstr(text, "\"calls\": 9007199254740993,"));
    assert_non_null(strstr(text, "\"bytes\": 18446744073709551615,"));
    free(text);
}

static void test_report_json__what_is_not_known_is_null(void **state) {
    reports_world *world = *state;
    world->sample.report.provisioned = NULL;
    world->sample.on_demand.rate_max = HUGE_VAL;
    world->sample.on_demand.at_target = (wl_rate_result){0};
    world->sample.cost.rate = 0;
    write_report(world);
    wl__summary summary = read_back(world);
    WHOLE(HUGE_VAL, "highest rate on demand");
    assert_true(isnan(figure(wl__whole_figures, &summary.whole, "highest rate provisioned")));
    assert_true(isnan(figure(wl__whole_figures, &summary.whole, "cost provisioned")));
    assert_true(isnan(figure(wl__whole_figures, &summary.whole, "throttled at target, on demand")));
    assert_true(isnan(figure(wl__place_figures, &summary.places[0], "cost provisioned")));
    assert_true(isnan(summary.rate));
    wl__summary_clean_up(&summary);
}

static void test_report_json__texts_of_a_workload(void **state) {
    reports_world *world = *state;
    sample_clean_up(&world->sample);
    sample_make_nasty(&world->sample);
    write_report(world);
    wl__summary summary = read_back(world);
    assert_string_equal("<script>alert(1)</script> & \"co\" 'x'\x01", summary.name);
    assert_string_equal("]]><b>&amp; \x1b[2J \xEF\xBF\xBD( \xEF\xBF\xBD\xEF\xBF\xBD",
                        summary.patterns[SAMPLE_LIKE].name);
    wl__summary_clean_up(&summary);
}

/* ---- what is refused ---- */

static void expect_refusal(const reports_world *world, size_t line, const char *message) {
    wl__summary summary;
    wl_complaint complaint;
    assert_false(wl__summary_read(&summary, world->path, &complaint));
    assert_string_equal(world->path, complaint.file);
    if (strstr(complaint.message, message) == NULL) {
        fail_msg("expected \"%s\", found \"%s\"", message, complaint.message);
    }
    assert_int_equal(line, complaint.line);
}

static size_t line_of(const char *text, const char *at) {
    size_t line = 1;
    for (; text < at; text++) {
        line += *text == '\n';
    }
    return line;
}

/* Replaces the first occurrence and expects the complaint at its line. */
static void expect_damage_refused(const reports_world *world, const char *what, const char *by,
                                  size_t more_lines, const char *message) {
    write_report(world);
    char *text = load(world);
    char *at = strstr(text, what);
    assert_non_null(at);
    size_t line = line_of(text, at) + more_lines;
    char *damaged = calloc(1, strlen(text) + strlen(by) + 1);
    assert_non_null(damaged);
    snprintf(damaged, strlen(text) + strlen(by) + 1, "%.*s%s%s", (int)(at - text), text, by,
             at + strlen(what));
    write_text(world, damaged, strlen(damaged));
    expect_refusal(world, line, message);
    free(damaged);
    free(text);
}

static void test_report_json__damage_is_refused_with_its_line(void **state) {
    reports_world *world = *state;
    expect_damage_refused(world, "\"calls\": 700,", "\"calls\": 700", 1, "expected JSON, found");
    expect_damage_refused(world, "\"calls\": 700", "\"calls\": \"700\"", 0,
                          "expected a number as \"calls\", found a string");
    expect_damage_refused(world, "\"rate_max\": 1600", "\"rate_max\": true", 0,
                          "expected a number as \"rate_max\", found true or false");
    expect_damage_refused(world, "\"seed\": 7", "\"seed\": 1e999", 0, "a double's range");
    expect_damage_refused(world, "\"version\": 1", "\"version\": 2", 0,
                          "expected version 1, found 2");
    expect_damage_refused(world, "pocketable bench report", "other", 0,
                          "expected \"pocketable bench report\" as \"format\", found \"other\"");
    expect_damage_refused(world, "\"patterns\": [", "\"patterns\": [3, ", 0,
                          "expected an object in \"patterns\", found a number");
    expect_damage_refused(world, "2 like", "2 \\u0000like", 0, "without zeros");
}

static void test_report_json__no_report_at_all(void **state) {
    reports_world *world = *state;
    write_text(world, "", 0);
    expect_refusal(world, 1, "expected JSON");
    write_text(world, "[1,\n2]", 6);
    expect_refusal(world, 1, "expected an object, found an array");
    write_text(world, "{\"format\":\n 1}", 14);
    expect_refusal(world, 2, "expected a string as \"format\", found a number");
    write_text(world, "{}", 2);
    expect_refusal(world, 1, "expected \"format\" in this object, found none");
    /* What misses a member is told by where it begins. */
    static const char without[] = "{\"format\": \"pocketable bench report\",\n \"version\": 1,\n"
                                  " \"workload\":\n {}}";
    write_text(world, without, sizeof without - 1);
    expect_refusal(world, 4, "expected \"name\" in this object, found none");
    char deep[1000];
    memset(deep, '[', sizeof deep);
    deep[10] = '\n';
    write_text(world, deep, sizeof deep);
    expect_refusal(world, 2, "nest deeper");
    assert_int_equal(0, remove(world->path));
    expect_refusal(world, 0, strerror(ENOENT));
}

/* Whichever byte is the last one that is there. */
static void test_report_json__a_part_of_a_report(void **state) {
    reports_world *world = *state;
    write_report(world);
    char *text = load(world);
    size_t len = strlen(text);
    for (size_t kept = 0; kept + 2 < len; kept += 1 + kept / 97) {
        write_text(world, text, kept);
        wl__summary summary;
        wl_complaint complaint;
        assert_false(wl__summary_read(&summary, world->path, &complaint));
        assert_true(complaint.line >= 1);
    }
    free(text);
}

static void test_report_json__a_full_disk_is_told(void **state) {
    reports_world *world = *state;
    FILE *full = fopen("/dev/full", "w");
    assert_non_null(full);
    assert_false(wl_report_write_json(&world->sample.report, full));
    assert_int_equal(ENOSPC, errno);
    fclose(full);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(test_report_json__##name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(figures_are_read_back),
        TEST(quantiles_are_the_histograms),
        TEST(numbers_lose_no_bit),
        TEST(counts_are_whole),
        TEST(what_is_not_known_is_null),
        TEST(texts_of_a_workload),
        TEST(damage_is_refused_with_its_line),
        TEST(no_report_at_all),
        TEST(a_part_of_a_report),
        TEST(a_full_disk_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
