/* The workload of the sample, without a file. */
#ifndef TESTS_WORKLOAD_SAMPLE_WORKLOAD_H
#define TESTS_WORKLOAD_SAMPLE_WORKLOAD_H

#include "workload/workload.h"

struct wl_workload {
    const char *name;
    double rate;
    wl_table tables[2];
    wl_pattern patterns[3];
    wl_assertion assertions[2];
    wl_place places[4];
};

/* The caller frees it. nasty: see sample.h. */
wl_workload *sample_workload(bool nasty);

#endif
