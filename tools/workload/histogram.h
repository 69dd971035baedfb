/*
 * A histogram of durations with a bounded error: 64 buckets for each power of two, so a quantile is
 * within 1.6 % of the true one. 0 to 2^40 ns (18 minutes); more counts as that. Merging is adding.
 */
#ifndef WORKLOAD_HISTOGRAM_H
#define WORKLOAD_HISTOGRAM_H

#include <stdint.h>

enum { WL_HISTOGRAM_BUCKETS = 64 * 36 };

/* Starts as zeros. */
typedef struct wl_histogram {
    uint64_t count;
    uint64_t sum_ns;
    uint64_t min_ns;
    uint64_t max_ns;
    uint32_t buckets[WL_HISTOGRAM_BUCKETS];
} wl_histogram;

void wl_histogram_add(wl_histogram *histogram, uint64_t duration_ns);
/* The duration that the fraction (0.999) of all is not above; 0 where there are none. */
uint64_t wl_histogram_quantile(const wl_histogram *histogram, double fraction);
/* Adds all that is in from. */
void wl_histogram_merge(wl_histogram *histogram, const wl_histogram *from);

#endif
