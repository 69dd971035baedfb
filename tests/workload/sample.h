/*
 * Results made by hand, for tests of what is computed from results: a table with a global and a
 * local index, and one with neither, with three access patterns. All figures are in sample.c.
 * One thread at a time.
 */
#ifndef TESTS_WORKLOAD_SAMPLE_H
#define TESTS_WORKLOAD_SAMPLE_H

#include "workload/report.h"

/* The places: numbers of the sample's workload. */
enum { SAMPLE_PHOTOS, SAMPLE_BY_DATE, SAMPLE_BY_LIKES, SAMPLE_EVENTS, SAMPLE_PLACES };
enum { SAMPLE_VIEW, SAMPLE_LIKE, SAMPLE_EXPORT, SAMPLE_PATTERNS };

typedef struct test_sample {
    wl_workload *workload;
    wl_results results;
    wl_prices prices;
    wl_cost cost;
    wl_pressure on_demand;
    wl_pressure provisioned;
    wl_advice advice;
    wl_verdict verdicts[2];
    wl_report report; /* of all of these; tests change it as they like */
} test_sample;

/* Ends the test without memory. In the nasty one all names, keys and texts that a workload may
 * choose have markup, quotes and control characters in them. */
void sample_make(test_sample *sample);
/* Another design of the same application: see sample.c for what differs. */
void sample_make_other(test_sample *sample);
void sample_make_nasty(test_sample *sample);
void sample_clean_up(test_sample *sample);

#endif
