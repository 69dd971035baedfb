/*
 * A run's report: on the terminal, as JSON (which can be read back for comparison), and as one HTML
 * page that needs nothing else.
 */
#ifndef WORKLOAD_REPORT_H
#define WORKLOAD_REPORT_H

#include "terminal.h"
#include "workload/advice.h"
#include "workload/assertions.h"

/* All that there is to report. Borrowed. */
typedef struct wl_report {
    const wl_results *results;
    const wl_prices *prices;
    const wl_cost *cost;
    const wl_pressure *on_demand;
    const wl_pressure *provisioned; /* NULL: no table is provisioned */
    const wl_advice *advice;
    const wl_verdict *verdicts; /* of the assertions */
    size_t verdict_count;
    const char *made_by; /* "pocketable 0.1.0" */
    const char *made_at; /* "2026-11-30 12:00 UTC" */
} wl_report;

/* What stands before results.ended_early. */
#define WL_ENDED_EARLY "Not all was measured, the run ended early: "

void wl_report_print(const wl_report *report, const tool_terminal *terminal);
/* False: not everything could be written (errno). */
bool wl_report_write_json(const wl_report *report, FILE *file);
bool wl_report_write_html(const wl_report *report, FILE *file);

/*
 * Two reports side by side, from their JSON: two designs, or two runs of one. On the terminal and,
 * if html is not NULL, as a page. False: *complaint says what is wrong with a file.
 */
bool wl_compare(const char *path_a, const char *path_b, const tool_terminal *terminal, FILE *html,
                wl_complaint *complaint);

#endif
