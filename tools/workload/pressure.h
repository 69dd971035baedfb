/*
 * Where a design breaks: the workload's calls, as they were recorded by a run, offered to the
 * simulation at rising rates until the first throttle.
 */
#ifndef WORKLOAD_PRESSURE_H
#define WORKLOAD_PRESSURE_H

#include "workload/simulation.h"

enum { WL_RATES_MAX = 64 };

/* One simulated rate. */
typedef struct wl_rate_result {
    double rate; /* calls a second */
    uint64_t admitted;
    uint64_t throttled;
    wl_throttle first;
} wl_rate_result;

typedef struct wl_pressure {
    wl_mode mode;
    wl_rate_result at_target;           /* rate 0: there is none, or none that is simulated */
    wl_rate_result rates[WL_RATES_MAX]; /* rising; the last is the first that throttles, if any */
    size_t rate_count;
    double rate_max;   /* the highest rate without a throttle; HUGE_VAL: none throttled */
    wl_throttle first; /* what throttles first above it, and why */
} wl_pressure;

/* The demands of a run's calls in their order, sampled so that memory is bounded: whole calls. */
typedef struct wl_trace wl_trace;
wl_trace *wl_trace_new(size_t calls_max);
void wl_trace_destroy(wl_trace *trace);
/* One call of a pattern with the demands of its requests, in their order (each demand says its
 * request: the requests of a call follow each other, each is admitted by itself); false: no memory.
 */
bool wl_trace_add(wl_trace *trace, size_t pattern, const wl_demand *demands, size_t count);

/* Simulates the trace, repeated as long as simulated_s, in the given mode: provisioned capacities
 * are those of the workload's tables. on_rate (may be NULL) is told of each rate that is done. */
bool wl_pressure_find(wl_pressure *pressure, const wl_results *results, const wl_trace *trace,
                      wl_mode mode, double simulated_s, void (*on_rate)(void *ctx, double rate),
                      void *ctx);

#endif
