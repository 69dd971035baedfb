/*
 * What every form of a report shows and no other part computes: figures of a call, of a second at
 * the target rate, and texts for people. One thread at a time.
 */
#ifndef WORKLOAD_FIGURES_H
#define WORKLOAD_FIGURES_H

#include "workload/report.h"

enum { WL__HOT_MAX = 10 };

/* What a partition gives, and with it a key.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html */
#define WL__READ_UNITS_MAX 3000.0
#define WL__WRITE_UNITS_MAX 1000.0
/* https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html */
#define WL__ITEM_BYTES_MAX (400.0 * 1024)
/* https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/LSI.html (item collections) */
#define WL__COLLECTION_BYTES_MAX (10.0 * 1024 * 1024 * 1024)

/* ---- figures ---- */

double wl__per_call(const wl_pattern_result *pattern, double total); /* 0 without calls */
/* Of all places together, of all calls together. */
wl_units wl__units_of(const wl_results *results, size_t pattern);
/* Units written by tables and indexes for each that the tables alone wrote; NAN: they wrote none.
 */
double wl__amplification(const wl_results *results, size_t pattern); /* SIZE_MAX: of all calls */
uint64_t wl__failures_of(const wl_pattern_result *pattern);
/* What the whole run's total is a second at the target rate; NAN: there is no target. */
double wl__per_second(const wl_results *results, double total);
/* In percent; NAN where nothing was offered. */
double wl__throttled_percent(const wl_rate_result *rate);

typedef struct wl__hot_key {
    size_t place;
    wl_top_key key;
    double share;      /* of all units of its place */
    double per_second; /* at the target rate; NAN: there is no target */
} wl__hot_key;

typedef enum wl__heat { WL__HOT_READS, WL__HOT_WRITES, WL__LARGE_COLLECTIONS } wl__heat;

/* The heaviest keys of all places, the heaviest first; returns how many. SIZE_MAX: no memory. */
size_t wl__hottest(wl__hot_key keys[WL__HOT_MAX], const wl_results *results, wl__heat by);

/* ---- texts ---- */

/* The names of table and index are of 255 characters at most. */
typedef struct wl__name {
    char text[600];
} wl__name;

wl__name wl__place_name(const wl_workload *workload, size_t number); /* "photos/by-date" */
/* For a terminal: what could steer it and what is no UTF-8 shows as '?'; longer than so many
 * columns (at least 2) it ends in an ellipsis. */
wl__name wl__plain(const char *text, size_t columns);

/* A place's name in so many columns (at least 12): a table's name gives way to its index's, and
 * what is too long loses its middle, since names differ at their ends more often. */
wl__name wl__place_plain(const wl_workload *workload, size_t number, size_t columns);

tool_text wl__number(double number);   /* "1,234", "0.5", "12.25", "0.000123"; NAN is "–" */
tool_text wl__money(double dollars);   /* "$1,234.56" */
tool_text wl__price(double dollars);   /* of one unit or of many: not rounded, "$0.00013" */
tool_text wl__percent(double percent); /* "12.5 %", "<0.01 %" */
tool_text wl__rate_text(double rate);  /* HUGE_VAL: "any" */

const char *wl__mode_text(wl_mode mode);
typedef struct wl__sentences {
    char text[2400];
} wl__sentences;

/* What throttles first, and why. */
wl__sentences wl__pressure_text(const wl_pressure *pressure, const wl_workload *workload);
/* "a month at 500 calls a second" */
tool_text wl__cost_span(const wl_cost *cost);

/*
 * The length of the UTF-8 character that text begins with; 0 if there is none. Text ends in a zero.
 */
size_t wl__character(const char *text);

#endif
