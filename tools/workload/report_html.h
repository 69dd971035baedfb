/* The parts of a report's page; each writes its sections. False: no memory. */
#ifndef WORKLOAD_REPORT_HTML_H
#define WORKLOAD_REPORT_HTML_H

#include "workload/figures.h"
#include "workload/html_charts.h"

/* A page being written. */
typedef struct wl__page {
    FILE *file;
    const wl_report *report;
    const wl_results *results;
    const wl_workload *workload;
    size_t pattern_count, place_count;
} wl__page;

bool wl__page_patterns(const wl__page *page); /* latency, calls, capacity */
bool wl__page_heat(const wl__page *page);
bool wl__page_sizes(const wl__page *page);
bool wl__page_throttling(const wl__page *page);
bool wl__page_cost(const wl__page *page);

tool_text wl__page_duration(double time_ns); /* for axes */
void wl__page_pattern_label(char label[400], const wl__page *page, size_t number);

#endif
