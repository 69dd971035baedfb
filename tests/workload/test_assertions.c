/* Assertions: every form true and false, and what is said about malformed ones. */
#include "support/support.h"

#include "design.h"
#include "workload/assertions.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

typedef struct judged {
    wl_workload workload;
    sample_results *sample;
    wl_cost cost;
    wl_pressure on_demand;
    wl_pressure provisioned;
    bool no_provisioned;
} judged;

static void add_keys(wl_top *top, double first, double second) {
    assert_true(wl_top_add(top, pte_str("USER#ann"), first));
    assert_true(wl_top_add(top, pte_str("USER#bob"), second));
}

static void fill_patterns(sample_results *made) {
    wl_pattern_result *pattern = &made->patterns[0];
    pattern->calls = 4;
    pattern->round_trips = 8;
    pattern->pages = 6;
    pattern->items_examined = 40;
    pattern->items_returned = 10;
    pattern->items_written = 2;
    pattern->request_bytes = 4 * 1536;
    pattern->response_bytes = 4 * 2048;
    pattern->failures[0] = (wl_failure){"ValidationException", 1};
    pattern->failures[1] = (wl_failure){"others", 1};
    pattern->failure_count = 2;
    pattern->units[0] = (wl_units){.read = 5, .write = 8};
    pattern->units[1] = (wl_units){.read = 1, .write = 4};
    for (unsigned i = 0; i < 100; i++) {
        wl_histogram_add(&pattern->in_process, 2000000);
    }
    wl_histogram_add(&pattern->http, 5000000);
}

/* Table photos with the indexes by-date (global) and by-size (local), table users with by-date. */
static void judged_init(judged *made) {
    *made = (judged){.workload.rate = 100};
    wl_workload *workload = &made->workload;
    design_table(workload, "photos");
    design_index(workload, "by-date", false);
    design_index(workload, "by-size", true);
    design_table(workload, "users");
    design_index(workload, "by-date", false);
    workload->tables[1].on_demand = false;
    design_pattern(workload, "7 view photos", 0.5);
    design_pattern(workload, "8 never called", 0.25);
    design_pattern(workload, "8 never called either", 0.25);
    made->sample = sample_new(workload);
    fill_patterns(made->sample);
    wl_place_result *photos = &made->sample->places[0];
    photos->items = 1000;
    photos->bytes = 3 * 1024 * 1024;
    photos->largest_item_bytes = 100 * 1024;
    photos->queries = 12;
    photos->units = (wl_units){.read = 5, .write = 8};
    made->sample->places[1].units.write = 4;
    made->sample->places[2].units.write = 8;
    add_keys(&photos->hot_reads, 3, 1);
    add_keys(&photos->hot_writes, 1, 1);
    add_keys(&photos->collections, 2048, 1024);
    wl_prices prices = {.read_million = 1,
                        .write_million = 1,
                        .read_unit_hour = 1,
                        .write_unit_hour = 1,
                        .hours_month = 1};
    assert_true(wl_cost_of(&made->cost, &made->sample->results, &prices, 1));
    made->on_demand.rate_max = 500;
    made->provisioned.rate_max = 80;
}

static void judged_destroy(judged *made) {
    wl_cost_clean_up(&made->cost);
    sample_destroy(made->sample);
}

static wl_verdict verdict_of(judged *made, const char *text) {
    made->workload.assertions[0] = (wl_assertion){.text = text, .line = 9};
    made->workload.assertion_count = 1;
    wl_complaint complaint = {0};
    if (!wl_assertion_check(&made->workload, &made->workload.assertions[0], &complaint)) {
        fail_msg("%s: %s", text, complaint.message);
    }
    wl_verdict verdict;
    wl_assertions_judge(&verdict, &made->sample->results, &made->cost, &made->on_demand,
                        made->no_provisioned ? NULL : &made->provisioned);
    assert_ptr_equal(verdict.assertion, &made->workload.assertions[0]);
    return verdict;
}

/* The figure is as expected: what holds of it does, and what does not hold does not. */
static void assert_figure(judged *made, const char *what, double figure, double scale,
                          const char *unit) {
    static const struct {
        const char *comparison;
        bool below, equal, above; /* whether it holds for a limit below the figure, ... */
    } cases[] = {
        {"<=", false, true, true},  {"at most", false, true, true},
        {"<", false, false, true},  {"below", false, false, true},
        {">=", true, true, false},  {"at least", true, true, false},
        {">", true, false, false},  {"above", true, false, false},
        {"==", false, true, false}, {"exactly", false, true, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (int step = -1; step <= 1; step++) {
            char text[200];
            double limit = figure * (1 + 0.125 * step);
            snprintf(text, sizeof text, "%s %s %.12g%s", what, cases[i].comparison, limit / scale,
                     unit);
            wl_verdict verdict = verdict_of(made, text);
            bool expected = step < 0 ? cases[i].below : step == 0 ? cases[i].equal : cases[i].above;
            if (verdict.holds != expected) {
                fail_msg("%s: %s", text, verdict.text);
            }
            assert_true(fabs(verdict.found - figure) <= 1e-9 * figure);
            assert_true(fabs(verdict.limit - limit) <= 1e-9 * limit);
        }
    }
}

static void test_assertions__of_patterns(void **state) {
    (void)state;
    judged made;
    judged_init(&made);
    assert_figure(&made, "pattern 7 read units", 1.5, 1, "");
    assert_figure(&made, "pattern 7 read units per call", 1.5, 1, " RCU");
    assert_figure(&made, "pattern \"7 view photos\" write units per call", 3, 1, " WCU");
    assert_figure(&made, "pattern '7 view photos' read units on table photos", 1.25, 1, "");
    assert_figure(&made, "pattern 7 write units per call on index by-date of photos", 1, 1, "");
    assert_figure(&made, "pattern 7 read units on index by-date of photos", 0.25, 1, "RCU");
    assert_figure(&made, "pattern 7 costs", 1.5, 1, " RCU");
    assert_figure(&made, "pattern 7 costs", 3, 1, " WCU");
    assert_figure(&made, "pattern 7 costs on table photos", 2, 1, " WCU");
    assert_figure(&made, "pattern 7 round trips per call", 2, 1, "");
    assert_figure(&made, "pattern 7 pages", 1.5, 1, "");
    assert_figure(&made, "pattern 7 items examined per call", 10, 1, "");
    assert_figure(&made, "pattern 7 items returned per call", 2.5, 1, "");
    assert_figure(&made, "pattern 7 items written", 0.5, 1, "");
    assert_figure(&made, "pattern 7 efficiency", 0.25, 0.01, " %");
    assert_figure(&made, "pattern 7 efficiency", 0.25, 1, "");
    assert_figure(&made, "pattern 7 request bytes per call", 1536, 1024, " KB");
    assert_figure(&made, "pattern 7 response bytes", 2048, 1, " B");
    assert_figure(&made, "pattern 7 failures", 0.25, 0.01, "%");
    /* 50 calls a second for 3,600 s at $1 a million units. */
    assert_figure(&made, "pattern 7 monthly cost", 0.18 * 4.5, 1, " $");
    assert_figure(&made, "pattern 7 costs", 0.18 * 4.5, 1, "$");
    judged_destroy(&made);
}

/* A histogram is within 1.6 % of the true duration. */
static void test_assertions__of_latencies(void **state) {
    (void)state;
    judged made;
    judged_init(&made);
    static const struct {
        const char *text;
        bool holds;
    } cases[] = {
        {"pattern 7 p50 in process <= 2.04 ms", true},
        {"pattern 7 p50 in process <= 1.95 ms", false},
        {"pattern 7 p99.9 in process >= 1950us", true},
        {"pattern 7 p99.9 in process >= 2040 us", false},
        {"pattern 7 p99 over HTTP < 0.0051 s", true},
        {"pattern 7 p99 over HTTP < 0.0049 s", false},
        {"pattern 7 p100 over HTTP > 4900000 ns", true},
        {"pattern 7 p100 over HTTP > 5100000 ns", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        wl_verdict verdict = verdict_of(&made, cases[i].text);
        if (verdict.holds != cases[i].holds) {
            fail_msg("%s: %s", cases[i].text, verdict.text);
        }
    }
    judged_destroy(&made);
}

static void test_assertions__of_tables_and_indexes(void **state) {
    (void)state;
    judged made;
    judged_init(&made);
    assert_figure(&made, "table photos write amplification", 2.5, 1, "");
    assert_figure(&made, "table photos hottest key share of reads", 0.75, 0.01, " %");
    assert_figure(&made, "table photos hottest key share of writes", 0.5, 1, "");
    assert_figure(&made, "table photos largest item", 102400, 1024, " KB");
    assert_figure(&made, "table photos largest collection", 2048, 1, "");
    assert_figure(&made, "table photos items", 1000, 1, "");
    assert_figure(&made, "table photos size", 3145728, 1048576, " MB");
    assert_figure(&made, "table photos size", 3145728, 1073741824, "GB");
    assert_figure(&made, "table photos queries", 12, 1, "");
    /* 50 × 1.25 reads and 50 × 2 writes a second for 3,600 s, at $1 a million. */
    assert_figure(&made, "table photos monthly cost", 0.225 + 0.36, 1, " $");
    assert_figure(&made, "table photos monthly cost on demand", 0.585, 1, "$");
    /* 63 and 100 units for an hour at $1. */
    assert_figure(&made, "table photos monthly cost provisioned", 163, 1, "");
    assert_figure(&made, "index by-date of photos monthly cost", 0.045 + 0.18, 1, "");
    /* As it is billed: users is provisioned, its index has one unit of each. */
    assert_figure(&made, "index by-date of users monthly cost", 2, 1, "");
    judged_destroy(&made);
}

static void test_assertions__of_the_workload(void **state) {
    (void)state;
    judged made;
    judged_init(&made);
    assert_figure(&made, "workload monthly cost", 0.585 + 0.225 + 4, 1, " $");
    assert_figure(&made, "workload monthly cost on demand", 0.81, 1, "");
    assert_figure(&made, "workload monthly cost provisioned", 163 + 63 + 4, 1, "");
    assert_figure(&made, "workload rate without throttling", 80, 1, " a second");
    assert_figure(&made, "workload rate without throttling provisioned", 80, 1, "");
    assert_figure(&made, "workload rate without throttling on demand", 500, 1, "");
    made.no_provisioned = true;
    assert_figure(&made, "workload rate without throttling", 500, 1, "");
    made.on_demand.rate_max = HUGE_VAL;
    wl_verdict verdict = verdict_of(&made, "workload rate without throttling >= 1000000");
    assert_true(verdict.holds);
    assert_string_equal("workload rate without throttling >= 1000000: no limit found, at least "
                        "1e+06 a second",
                        verdict.text);
    judged_destroy(&made);
}

static void test_assertions__texts_say_what_was_found(void **state) {
    (void)state;
    judged made;
    judged_init(&made);
    assert_string_equal("pattern 7 costs at most 1 RCU: 1.5 RCU, at most 1 RCU",
                        verdict_of(&made, "pattern 7 costs at most 1 RCU").text);
    /* One table of each way to be billed. */
    assert_string_equal("workload monthly cost <= $5: $4.81 ($0.81 on demand, $4.00 provisioned), "
                        "at most $5.00",
                        verdict_of(&made, "workload monthly cost <= $5").text);
    assert_string_equal("workload monthly cost on demand <= $5: $0.81, at most $5.00",
                        verdict_of(&made, "workload monthly cost on demand <= $5").text);
    assert_string_equal("pattern 7 efficiency > 30 %: 25 %, above 30 %",
                        verdict_of(&made, "pattern 7 efficiency > 30 %").text);
    assert_string_equal("  pattern   7 pages<1 : 1.5, below 1",
                        verdict_of(&made, "  pattern   7 pages<1 ").text);
    char longest[400] = "pattern 7 pages <= 1";
    memset(longest + 20, ' ', 300);
    assert_true(strlen(verdict_of(&made, longest).text) < 240);
    made.workload.tables[1].on_demand = true;
    made.cost.mixed = false;
    assert_string_equal("workload monthly cost <= $5: $0.81, at most $5.00",
                        verdict_of(&made, "workload monthly cost <= $5").text);
    judged_destroy(&made);
}

/* What was not measured does not hold, whatever is said about it. */
static void test_assertions__what_was_not_measured_does_not_hold(void **state) {
    (void)state;
    static const char *const texts[] = {
        "pattern \"8 never called\" read units >= 0",
        "pattern \"8 never called\" efficiency >= 0",
        "pattern \"8 never called\" p99 in process >= 0 ms",
        "pattern \"8 never called\" p99 over HTTP <= 5 ms",
        "pattern \"8 never called\" failures <= 100 %",
        "table users write amplification <= 9",
        "table users hottest key share of reads <= 100 %",
        "table users largest collection <= 10 GB",
        "workload rate without throttling provisioned >= 0",
    };
    judged made;
    judged_init(&made);
    made.no_provisioned = true;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        wl_verdict verdict = verdict_of(&made, texts[i]);
        assert_false(verdict.holds);
        assert_non_null(strstr(verdict.text, ": not measured"));
        assert_true(verdict.found == 0);
    }
    made.cost.rate = 0; /* no target: no month */
    assert_false(verdict_of(&made, "workload monthly cost <= $100").holds);
    assert_false(verdict_of(&made, "table photos monthly cost <= $100").holds);
    assert_false(verdict_of(&made, "pattern 7 monthly cost <= $100").holds);
    judged_destroy(&made);
}

static void assert_not_measured(judged *made, const char *text, const char *why) {
    wl_verdict verdict = verdict_of(made, text);
    if (verdict.holds || strstr(verdict.text, why) == NULL) {
        fail_msg("%s", verdict.text);
    }
}

/* No answer says what refused requests took: what is 0 of them was not measured. */
static void test_assertions__what_was_refused_was_not_measured(void **state) {
    (void)state;
    judged made;
    judged_init(&made);
    wl_pattern_result *pattern = &made.sample->patterns[0];
    /* Reads that went well, and writes that all failed. */
    pattern->units[0].write = pattern->units[1].write = 0;
    pattern->items_written = 0;
    pattern->write_trips = pattern->write_trips_refused = 2;
    assert_not_measured(&made, "pattern 7 write units <= 0",
                        ": not measured, all its writes were refused");
    assert_not_measured(&made, "pattern 7 costs at most 0 WCU", ", all its writes were refused");
    assert_not_measured(&made, "pattern 7 items written == 0", ", all its writes were refused");
    assert_figure(&made, "pattern 7 read units", 1.5, 1, "");
    assert_figure(&made, "pattern 7 failures", 0.25, 1, "");
    pattern->write_trips_refused = 1;
    assert_true(verdict_of(&made, "pattern 7 write units <= 0").holds);
    pattern->write_trips = pattern->write_trips_refused = 0; /* it does not write */
    assert_true(verdict_of(&made, "pattern 7 write units <= 0").holds);
    /* Reads that all failed. */
    pattern->failures[0].count = 7;
    assert_not_measured(&made, "pattern 7 read units <= 9", ", all its reads were refused");
    assert_not_measured(&made, "pattern 7 items returned <= 99", ", all its reads were refused");
    assert_not_measured(&made, "pattern 7 pages <= 9", ", all its reads were refused");
    assert_not_measured(&made, "pattern 7 monthly cost <= $9", ", all its requests were refused");
    /* Of conditions that failed it is known. */
    pattern->refused = 8;
    assert_true(verdict_of(&made, "pattern 7 monthly cost <= $9").holds);
    judged_destroy(&made);
}

static void test_assertions__nothing_is_measured_without_calls_or_items(void **state) {
    (void)state;
    judged made;
    judged_init(&made);
    assert_not_measured(&made, "table users largest item <= 1 KB", ": not measured");
    assert_true(verdict_of(&made, "table users items <= 0").holds);
    made.sample->patterns[0].calls = 0;
    assert_not_measured(&made, "workload monthly cost <= $100", ": not measured");
    assert_not_measured(&made, "table photos monthly cost <= $100", ": not measured");
    assert_not_measured(&made, "workload rate without throttling >= 1", ": not measured");
    judged_destroy(&made);
}

static void test_assertions__malformed_ones_are_refused_with_their_line(void **state) {
    (void)state;
    static const struct {
        const char *text;
        const char *expected; /* the beginning, and ... */
        const char *found;    /* ... the end of what is said */
    } cases[] = {
        {"", "expected pattern, table, index or workload", ", found the end"},
        {"patterns 7 pages < 1", "expected pattern, table, index or workload",
         ", found \"patterns 7 pages < 1\""},
        {"pattern", "expected the first word of a pattern's name, or its name in quotes",
         ", found the end"},
        {"pattern 9 pages < 1", "expected the first word of a pattern's name", "\"9 pages < 1\""},
        {"pattern \"7 view pages < 1", "expected the first word of a pattern's name",
         "\"\"7 view pages < 1\""},
        {"pattern 8 pages < 1", "expected the name of one pattern, in quotes (there are several)",
         "\"8 pages < 1\""},
        {"table phots items < 1", "expected the name of a table of the workload",
         "\"phots items < 1\""},
        {"index by-name items < 1", "expected the name of an index of the workload",
         "\"by-name items < 1\""},
        {"index by-date items < 1", "expected the index's table too", "\"by-date items < 1\""},
        {"index by-date of phots items < 1", "expected the name of a table of the workload",
         "\"phots items < 1\""},
        {"index by-size of users items < 1", "expected the name of an index of the workload",
         "\"by-size of users items < 1\""},
        {"pattern 7 speed < 1", "expected one of: read units, write units, costs, round trips",
         "p99 over HTTP, found \"speed < 1\""},
        {"pattern 7 write amplification < 1", "expected one of: ", "\"write amplification < 1\""},
        {"index by-size write amplification < 1",
         "expected one of: ", "\"write amplification < 1\""},
        {"table photos p99 in process < 1 ms", "expected one of: ", "\"p99 in process < 1 ms\""},
        {"workload pages < 1", "expected one of: ", "\"pages < 1\""},
        {"pattern 7 p99 < 1 ms", "expected in process or over HTTP", "\"< 1 ms\""},
        {"pattern 7 p999 in process < 1 ms", "expected a quantile from p0 to p100, as p99.9",
         "\"p999 in process < 1 ms\""},
        {"pattern 7 p0 in process < 1 ms", "expected a quantile", "\"p0 in process < 1 ms\""},
        {"pattern 7 p9x in process < 1 ms", "expected a quantile", "\"p9x in process < 1 ms\""},
        {"pattern 7 read units on photos < 1", "expected table or index", "\"photos < 1\""},
        {"pattern 7 pages on table photos < 1", "expected <=, <, >=, >, ==, at most",
         "\"on table photos < 1\""},
        {"pattern 7 pages 1",
         "expected <=, <, >=, >, ==, at most, below, at least, above or exactly", "\"1\""},
        {"pattern 7 pages is 1", "expected <=, <", "\"is 1\""},
        {"pattern 7 pages <", "expected a number that is not negative", ", found the end"},
        {"pattern 7 pages < -1", "expected a number that is not negative", "\"-1\""},
        {"pattern 7 pages < many", "expected a number that is not negative", "\"many\""},
        {"pattern 7 pages < 1e999", "expected a number that is not negative", "\"1e999\""},
        {"pattern 7 pages < .", "expected a number that is not negative", "\".\""},
        {"pattern 7 pages < 1 RCU", "expected nothing behind the number", "\"RCU\""},
        {"pattern 7 pages < $1", "expected nothing behind the number", "\"$1\""},
        {"pattern 7 pages < 1 and more", "expected nothing behind the number", "\"and more\""},
        {"pattern 7 read units < 1 WCU", "expected RCU or nothing behind the number", "\"WCU\""},
        {"pattern 7 write units < 1 RCU", "expected WCU or nothing behind the number", "\"RCU\""},
        {"pattern 7 costs < 1", "expected RCU, WCU or $ with the number", ", found the end"},
        {"pattern 7 costs < 1 KB", "expected RCU, WCU or $ with the number", "\"KB\""},
        {"pattern 7 costs < 1 hour", "expected RCU, WCU or $ and then the end", "\"hour\""},
        {"pattern 7 costs on table photos < $1", "expected RCU, WCU or $ with the number",
         "\"$1\""},
        {"pattern 7 efficiency < 1 B", "expected % or nothing behind the number", "\"B\""},
        {"pattern 7 p99 in process < 1", "expected ns, us, ms or s behind the number",
         ", found the end"},
        {"pattern 7 p99 in process < 1 minute", "expected ns, us, ms or s behind the number",
         "\"minute\""},
        {"table photos largest item < 1 TB", "expected B, KB, MB, GB or nothing behind the number",
         "\"TB\""},
        {"workload monthly cost < 1 EUR", "expected $ or nothing with the number", "\"EUR\""},
        {"workload monthly cost < $1 $", "expected $ or nothing with the number", "\"$\""},
        {"workload rate without throttling > 1 a minute",
         "expected \"a second\" or nothing behind the number", "\"a minute\""},
    };
    judged made;
    judged_init(&made);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        wl_assertion assertion = {.text = cases[i].text, .line = 40 + i};
        wl_complaint complaint = {0};
        assert_false(wl_assertion_check(&made.workload, &assertion, &complaint));
        assert_int_equal(40 + i, complaint.line);
        size_t len = strlen(complaint.message);
        size_t end = strlen(cases[i].found);
        if (strncmp(complaint.message, cases[i].expected, strlen(cases[i].expected)) != 0 ||
            len < end || strcmp(complaint.message + len - end, cases[i].found) != 0) {
            fail_msg("%s: %s", cases[i].text, complaint.message);
        }
    }
    judged_destroy(&made);
}

/* Any words, cut anywhere: refused or read, never more. */
static void test_assertions__any_words_are_read_or_refused(void **state) {
    (void)state;
    static const char *const words[] = {
        "pattern", "7",   "table", "photos", "index", "by-date", "of",  "read",  "units",  "per",
        "call",    "on",  "<=",    "<",      ">",     "=",       "1.5", "RCU",   "%",      "$",
        "costs",   "p99", "in",    "\"",     "'",     "process", "at",  "most",  "over",   "HTTP",
        "8",       "ms",  "size",  "rate",   "items", "monthly", "a",   "below", "without"};
    test_random random = {test_seed(6020)};
    judged made;
    judged_init(&made);
    unsigned good = 0;
    for (unsigned i = 0; i < 200000; i++) {
        char text[200] = "pattern 7 read units <= 1.5 RCU";
        size_t len = test_random_below(&random, 3) * 10;
        for (uint64_t n = test_random_below(&random, 7); n > 0; n--) {
            const char *word = words[test_random_below(&random, sizeof words / sizeof *words)];
            len += (size_t)snprintf(text + len, sizeof text - len, "%s%s", word,
                                    test_random_below(&random, 5) == 0 ? "" : " ");
        }
        wl_assertion assertion = {.text = text};
        wl_complaint complaint = {0};
        bool read = wl_assertion_check(&made.workload, &assertion, &complaint);
        good += read;
        assert_true(read == (complaint.message[0] == '\0'));
        if (read) {
            (void)verdict_of(&made, text);
        }
    }
    assert_true(good > 100);
    judged_destroy(&made);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_assertions__of_patterns),
        cmocka_unit_test(test_assertions__of_latencies),
        cmocka_unit_test(test_assertions__of_tables_and_indexes),
        cmocka_unit_test(test_assertions__of_the_workload),
        cmocka_unit_test(test_assertions__texts_say_what_was_found),
        cmocka_unit_test(test_assertions__what_was_not_measured_does_not_hold),
        cmocka_unit_test(test_assertions__what_was_refused_was_not_measured),
        cmocka_unit_test(test_assertions__nothing_is_measured_without_calls_or_items),
        cmocka_unit_test(test_assertions__malformed_ones_are_refused_with_their_line),
        cmocka_unit_test(test_assertions__any_words_are_read_or_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
