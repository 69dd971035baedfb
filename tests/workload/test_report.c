/* The report on the terminal, and the texts and figures that all its forms share. */
#include "support/support.h"

#include "workload/figures.h"
#include "workload/sample.h"
#include "workload/sample_workload.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* What is printed; the caller frees it. */
static char *print(const wl_report *report, bool colour) {
    char *text = NULL;
    size_t len = 0;
    FILE *stream = open_memstream(&text, &len);
    assert_non_null(stream);
    tool_terminal terminal = {.stream = stream, .colour = colour};
    wl_report_print(report, &terminal);
    fclose(stream);
    return text;
}

/* REPORT_GOLDEN is a file that `make_sample` has written and a person has read. */
static void test_report__the_sample(void **state) {
    (void)state;
    test_sample sample;
    sample_make(&sample);
    char *text = print(&sample.report, false);
    char *golden = calloc(1, 100000);
    FILE *file = fopen(REPORT_GOLDEN, "r");
    assert_true(golden != NULL && file != NULL);
    size_t len = fread(golden, 1, 99999, file);
    assert_true(len > 1000);
    fclose(file);
    assert_string_equal(golden, text);
    free(golden);
    free(text);
    sample_clean_up(&sample);
}

static void expect_narrow_and_harmless(char *text) {
    for (char *line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n")) {
        if (tool_columns(line) > 100) {
            fail_msg("%zu columns: %s", tool_columns(line), line);
        }
        for (const char *at = line; *at != '\0'; at++) {
            assert_true((unsigned char)*at >= 0x20 && *at != 0x7F);
        }
    }
}

static void test_report__texts_of_a_workload_cannot_steer(void **state) {
    (void)state;
    test_sample sample;
    sample_make_nasty(&sample);
    char *text = print(&sample.report, false);
    expect_narrow_and_harmless(text);
    free(text);
    sample_clean_up(&sample);
}

/* Names as long as DynamoDB allows, and figures as large as they get. */
static void test_report__wide_figures_stay_narrow(void **state) {
    (void)state;
    test_sample sample;
    char name[256], word[400];
    memset(name, 'n', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    memset(word, 'w', sizeof word - 1);
    word[sizeof word - 1] = '\0';
    sample_make(&sample);
    sample.workload->tables[0].name = name;
    sample.workload->tables[0].indexes[0].name = name;
    sample.workload->patterns[0].name = word;
    memcpy(sample.advice.pieces[0].text, word, sizeof word);
    wl_pattern_result *view = &sample.results.patterns[SAMPLE_VIEW];
    view->calls = 10000000;
    view->items_examined = 999999 * view->calls;
    view->request_bytes = view->response_bytes = 1023 * 1024 * view->calls;
    sample.cost.patterns[SAMPLE_VIEW] = 1234567.89;
    sample.cost.places[SAMPLE_PHOTOS].on_demand_read = 123456.78;
    char *text = print(&sample.report, false);
    expect_narrow_and_harmless(text);
    free(text);
    sample_clean_up(&sample);
}

static void test_report__colour_only_where_wanted(void **state) {
    (void)state;
    test_sample sample;
    sample_make(&sample);
    char *plain = print(&sample.report, false);
    char *coloured = print(&sample.report, true);
    assert_null(strchr(plain, '\033'));
    assert_non_null(strstr(coloured, "\033[31m  FAILS  \033[0m"));
    free(plain);
    free(coloured);
    sample_clean_up(&sample);
}

static void test_report__without_a_target_rate(void **state) {
    (void)state;
    test_sample sample;
    sample_make(&sample);
    sample.workload->rate = sample.cost.rate = 0;
    sample.on_demand.at_target = (wl_rate_result){0};
    sample.report.provisioned = NULL;
    sample.report.verdict_count = 0;
    sample.advice.count = 0;
    char *text = print(&sample.report, false);
    assert_non_null(strstr(text, "no target rate"));
    assert_non_null(strstr(text, "for a million calls; storage a month"));
    assert_non_null(strstr(text, "provisioned –"));
    assert_null(strstr(text, "At the target"));
    assert_null(strstr(text, "Assertions"));
    assert_null(strstr(text, "Advice"));
    free(text);
    sample_clean_up(&sample);
}

static void test_report__a_page_on_a_full_disk_is_told(void **state) {
    (void)state;
    test_sample sample;
    sample_make(&sample);
    FILE *full = fopen("/dev/full", "w");
    assert_non_null(full);
    assert_false(wl_report_write_html(&sample.report, full));
    assert_int_equal(ENOSPC, errno);
    fclose(full);
    sample_clean_up(&sample);
}

/* ---- figures ---- */

static void test_report__figures_by_hand(void **state) {
    (void)state;
    test_sample sample;
    sample_make(&sample);
    const wl_results *results = &sample.results;
    assert_true(wl__units_of(results, SAMPLE_LIKE).write == 1000);
    assert_true(wl__amplification(results, SAMPLE_LIKE) == 4);
    assert_true(isnan(wl__amplification(results, SAMPLE_VIEW)));
    assert_true(wl__amplification(results, SIZE_MAX) == 4);
    assert_true(wl__per_second(results, 400) == 200);
    assert_true(wl__throttled_percent(&sample.provisioned.at_target) == 20);
    wl__hot_key keys[WL__HOT_MAX];
    assert_int_equal(5, wl__hottest(keys, results, WL__HOT_READS));
    assert_string_equal("e-1", keys[0].key.text);
    assert_string_equal("USER#ann", keys[2].key.text);
    assert_int_equal(SAMPLE_PHOTOS, keys[2].place);
    assert_true(keys[2].per_second == 200 && keys[2].share == 400.0 / 950);
    sample_clean_up(&sample);
}

static void test_report__the_hottest_of_many(void **state) {
    (void)state;
    test_sample sample;
    sample_make(&sample);
    for (int i = 0; i < 30; i++) {
        char key[20];
        snprintf(key, sizeof key, "key %d", i);
        assert_true(
            wl_top_add(&sample.results.places[SAMPLE_EVENTS].hot_writes, pte_str(key), 1000 + i));
    }
    wl__hot_key keys[WL__HOT_MAX];
    assert_int_equal(WL__HOT_MAX, wl__hottest(keys, &sample.results, WL__HOT_WRITES));
    for (int i = 0; i < WL__HOT_MAX; i++) {
        assert_true(keys[i].key.weight == 1029 - i);
    }
    sample_clean_up(&sample);
}

static void test_report__numbers(void **state) {
    (void)state;
    assert_string_equal("0", wl__number(0).text);
    assert_string_equal("1.5", wl__number(1.5).text);
    assert_string_equal("12.25", wl__number(12.25).text);
    assert_string_equal("999.9", wl__number(999.9).text);
    assert_string_equal("1,234,568", wl__number(1234567.8).text);
    assert_string_equal("-1,000", wl__number(-1000).text);
    assert_string_equal("-100", wl__number(-100).text);
    assert_string_equal("0.0123", wl__number(0.01234).text);
    assert_string_equal("1e+15", wl__number(1e15).text);
    assert_string_equal("–", wl__number((double)NAN).text);
    assert_string_equal("$0.00", wl__money(0).text);
    assert_string_equal("$1,234.56", wl__money(1234.56).text);
    assert_string_equal("$1,234,568", wl__money(1234567.89).text);
    assert_string_equal("$0.00125", wl__money(0.00125).text);
    assert_string_equal("-$2.50", wl__money(-2.5).text);
    assert_string_equal("$0.00013", wl__price(0.00013).text);
    assert_string_equal("$0.125", wl__price(0.125).text);
    assert_string_equal("$1.00", wl__price(1).text);
    assert_string_equal("12.5 %", wl__percent(12.5).text);
    assert_string_equal("0 %", wl__percent(0).text);
    assert_string_equal("0.01 %", wl__percent(0.01).text);
    assert_string_equal("<0.01 %", wl__percent(0.0099).text);
    assert_string_equal("any", wl__rate_text(HUGE_VAL).text);
}

/* RFC 3629, section 4: what is a character, and what only looks like one. */
static void test_report__characters(void **state) {
    (void)state;
    assert_int_equal(0, wl__character(""));
    assert_int_equal(1, wl__character("a"));
    assert_int_equal(2, wl__character("\xC3\xA9"));
    assert_int_equal(3, wl__character("\xE2\x82\xAC"));
    assert_int_equal(4, wl__character("\xF0\x9F\x98\x80"));
    static const char *const bad[] = {"\x80",
                                      "\xC0\x80",
                                      "\xC3",
                                      "\xC3(",
                                      "\xE0\x80\x80",
                                      "\xED\xA0\x80",
                                      "\xE2\x82",
                                      "\xF0\x80\x80\x80",
                                      "\xF4\x90\x80\x80",
                                      "\xF5\x80\x80\x80",
                                      "\xFF"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(0, wl__character(bad[i]));
    }
}

static void test_report__plain_texts(void **state) {
    (void)state;
    assert_string_equal("ab", wl__plain("ab", 2).text);
    assert_string_equal("a…", wl__plain("abc", 2).text);
    assert_string_equal("éé…", wl__plain("éééé", 3).text);
    assert_string_equal("a?[2J?\xC2\xA0", wl__plain("a\033[2J\xC2\x9B\xC2\xA0", 20).text);
    char long_text[3000];
    memset(long_text, 'x', sizeof long_text - 1);
    long_text[sizeof long_text - 1] = '\0';
    assert_true(strlen(wl__plain(long_text, 2000).text) < sizeof(wl__name));
}

/* Of a long name the index's part stays. */
static void test_report__names_of_places(void **state) {
    (void)state;
    test_sample sample;
    sample_make(&sample);
    const wl_workload *workload = sample.workload;
    assert_string_equal("photos/by-likes", wl__place_plain(workload, SAMPLE_BY_LIKES, 15).text);
    assert_string_equal("ph…os/by-likes", wl__place_plain(workload, SAMPLE_BY_LIKES, 14).text);
    assert_string_equal("ph…s/by-…kes", wl__place_plain(workload, SAMPLE_BY_LIKES, 12).text);
    assert_string_equal("photos", wl__place_plain(workload, SAMPLE_PHOTOS, 12).text);
    sample_clean_up(&sample);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_report__the_sample),
        cmocka_unit_test(test_report__texts_of_a_workload_cannot_steer),
        cmocka_unit_test(test_report__wide_figures_stay_narrow),
        cmocka_unit_test(test_report__colour_only_where_wanted),
        cmocka_unit_test(test_report__without_a_target_rate),
        cmocka_unit_test(test_report__a_page_on_a_full_disk_is_told),
        cmocka_unit_test(test_report__figures_by_hand),
        cmocka_unit_test(test_report__the_hottest_of_many),
        cmocka_unit_test(test_report__numbers),
        cmocka_unit_test(test_report__characters),
        cmocka_unit_test(test_report__plain_texts),
        cmocka_unit_test(test_report__names_of_places),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
