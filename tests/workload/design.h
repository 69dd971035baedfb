/*
 * A workload made by hand in memory, without a file: what it consists of is answered by this
 * folder's design.c instead of the reader's code. For tests of what needs no items and no requests.
 */
#ifndef TESTS_WORKLOAD_DESIGN_H
#define TESTS_WORKLOAD_DESIGN_H

#include "workload/results.h"

struct wl_workload {
    double rate;
    wl_table tables[4];
    size_t table_count;
    wl_pattern patterns[8];
    size_t pattern_count;
    wl_assertion assertions[64];
    size_t assertion_count;
};

/* Adds a table that is on demand; its place. */
size_t design_table(wl_workload *workload, const char *name);
/* Adds an index to the last table; its place. */
size_t design_index(wl_workload *workload, const char *name, bool local);
size_t design_pattern(wl_workload *workload, const char *name, double share);

/* Empty results of a workload. */
typedef struct sample_results {
    wl_results results;
    wl_pattern_result patterns[8];
    wl_place_result places[32];
    wl_units units[8][32];
} sample_results;

/* On the heap, since histograms are large; the caller calls sample_destroy. */
sample_results *sample_new(const wl_workload *workload);
void sample_destroy(sample_results *made);

#endif
