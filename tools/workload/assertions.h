/*
 * Assertions of a workload file: "pattern 7 costs at most 1.5 RCU". The grammar and the list of
 * figures that can be asserted are in assertions.c and in the page of documentation.
 */
#ifndef WORKLOAD_ASSERTIONS_H
#define WORKLOAD_ASSERTIONS_H

#include "workload/cost.h"
#include "workload/pressure.h"

typedef struct wl_verdict {
    const wl_assertion *assertion;
    bool holds;
    double found; /* the figure */
    double limit;
    char text[360]; /* "pattern 7: 2.0 RCU, at most 1.5" */
} wl_verdict;

/* Checks an assertion's form when the file is read. False: *complaint says what is expected. */
bool wl_assertion_check(const wl_workload *workload, const wl_assertion *assertion,
                        wl_complaint *complaint);

/* One verdict for each assertion, in their order; the caller has made room. */
void wl_assertions_judge(wl_verdict *verdicts, const wl_results *results, const wl_cost *cost,
                         const wl_pressure *on_demand, const wl_pressure *provisioned);

#endif
