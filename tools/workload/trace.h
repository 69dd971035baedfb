/* A sample of a run's calls in their order, for the simulation: see pressure.h. */
#ifndef WORKLOAD_TRACE_H
#define WORKLOAD_TRACE_H

#include "workload/pressure.h"

/* Of all calls, some 50 MB with their keys; few calls that touch very many keys are a sample, too.
 */
enum { WL__TRACE_DEMANDS_MAX = 400000 };

/* One call. Its demands stand by request, so that a request's are next to each other. */
typedef struct wl__trace_call {
    size_t pattern;
    size_t demand_count;
    wl_demand *demands; /* one block, with the keys' texts behind them */
} wl__trace_call;

/* Whole calls: each stride-th of those that were added. */
struct wl_trace {
    wl__trace_call *calls;
    size_t count;
    size_t calls_max;
    size_t demand_count; /* of all calls; at most one call's above the most */
    uint64_t stride;
    uint64_t added;
};

/* How many demands from first on belong to the same request. */
size_t wl__trace_request_len(const wl__trace_call *call, size_t first);

#endif
