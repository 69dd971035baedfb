/*
 * Where a run's calls come from: the mix of a workload's patterns, drawn by their shares from a
 * seed, or a recording. A traffic is shared by callers, one a thread, and gives each call once.
 */
#ifndef WORKLOAD_TRAFFIC_H
#define WORKLOAD_TRAFFIC_H

#include "workload/workload.h"

/* Internally locked. */
typedef struct wl_traffic wl_traffic;

/*
 * The mix: first each pattern that has a share once, so that a short run leaves none out, then by
 * their shares. The same seed gives the same calls in the same order. The workload is borrowed
 * until destroy. NULL without memory.
 */
wl_traffic *wl_traffic_of_mix(const wl_workload *workload, uint64_t seed);
/* NULL is allowed. No caller may be left. */
void wl_traffic_destroy(wl_traffic *traffic);
const wl_workload *wl_traffic_workload(const wl_traffic *traffic);
/* What went wrong, if calls ended before their time; NULL: nothing. */
const wl_complaint *wl_traffic_trouble(wl_traffic *traffic);

/* One thread at a time. */
typedef struct wl_caller wl_caller;
/* NULL without memory. */
wl_caller *wl_caller_new(wl_traffic *traffic);
void wl_caller_destroy(wl_caller *caller);

/* Begins the next call, which is of this pattern. False: there is none. */
bool wl_caller_begin(size_t *pattern, wl_caller *caller);
/* When the call is due, in seconds from the first; 0: at once. */
double wl_caller_due(const wl_caller *caller);
/*
 * The call's next request, as wl_call_next: views until the next of either. A zero stands behind
 * the body. False: no more, or *failed: no memory, or the request cannot be made.
 */
bool wl_caller_next(const char **operation, pte_bytes *body, bool *failed, wl_caller *caller,
                    pte_bytes answer);

#endif
