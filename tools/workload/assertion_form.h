/*
 * What an assertion says, once it is read.
 *
 *     assertion = subject figure operator limit
 *     subject   = "workload"
 *               | "pattern" NAME        the first word of the pattern's name, or all of it in
 * quotes | "table" NAME | "index" NAME ["of" TABLE] figure    = words of the table in
 * assertion_form.c; of a pattern's, units and items may be followed by "per call", and units by
 * "on" and a table or an index; "p99" or any other quantile is followed by "in process" or "over
 * HTTP" operator  = "<=" | "<" | ">=" | ">" | "==" | "at most" | "below" | "at least" | "above" |
 * "exactly" limit     = NUMBER with the figure's unit: RCU, WCU, %, B, KB, MB, GB (1,024 bytes
 * each), ns, us, ms, s, $ (before or behind), "a second"
 *
 *     pattern 7 read units per call <= 1.5
 *     pattern 7 costs at most 1.5 RCU
 *     pattern "5 view recent photos for user" p99 over HTTP < 2 ms
 *     table quick-photos write amplification <= 2.2
 *     index by-date of photos hottest key share of writes below 20 %
 *     workload monthly cost <= $120
 */
#ifndef WORKLOAD_ASSERTION_FORM_H
#define WORKLOAD_ASSERTION_FORM_H

#include "workload/assertions.h"

typedef enum wl__subject {
    WL__OF_WORKLOAD = 1,
    WL__OF_PATTERN = 2,
    WL__OF_TABLE = 4,
    WL__OF_INDEX = 8,
} wl__subject;

typedef enum wl__unit {
    WL__NUMBER,
    WL__RCU,
    WL__WCU,
    WL__SHARE, /* 0 to 1 */
    WL__BYTES,
    WL__NANOSECONDS,
    WL__DOLLARS,
    WL__PER_SECOND,
} wl__unit;

typedef enum wl__figure {
    WL__READ_UNITS,
    WL__WRITE_UNITS,
    WL__COSTS, /* one of the two above, or MONTHLY_COST, by the limit's unit: never in a form */
    WL__ROUND_TRIPS,
    WL__PAGES,
    WL__ITEMS_EXAMINED,
    WL__ITEMS_RETURNED,
    WL__ITEMS_WRITTEN,
    WL__EFFICIENCY, /* returned of examined */
    WL__REQUEST_BYTES,
    WL__RESPONSE_BYTES,
    WL__FAILURES, /* of round trips */
    WL__LATENCY,
    WL__MONTHLY_COST, /* as the tables are billed */
    WL__MONTHLY_COST_ON_DEMAND,
    WL__MONTHLY_COST_PROVISIONED,
    WL__WRITE_AMPLIFICATION,
    WL__HOTTEST_READS,
    WL__HOTTEST_WRITES,
    WL__LARGEST_ITEM,
    WL__LARGEST_COLLECTION,
    WL__ITEMS,
    WL__SIZE,
    WL__QUERIES,
    WL__RATE, /* the highest without throttling, as the tables are billed */
    WL__RATE_ON_DEMAND,
    WL__RATE_PROVISIONED,
} wl__figure;

typedef enum wl__operator {
    WL__AT_MOST,
    WL__BELOW,
    WL__AT_LEAST,
    WL__ABOVE,
    WL__EXACTLY,
} wl__operator;

typedef struct wl__form {
    wl__subject subject;
    size_t pattern;
    size_t place; /* the table or index; of a pattern: what its units are on, SIZE_MAX: all */
    wl__figure figure;
    wl__unit unit;
    double quantile; /* LATENCY: 0.99 */
    bool http;
    wl__operator comparison;
    double limit; /* in bytes, nanoseconds, parts of 1 */
} wl__form;

/* Reads text. False: message says what was expected and what was found. */
bool wl__form_read(wl__form *form, const wl_workload *workload, const char *text, char *message,
                   size_t message_size);

#endif
