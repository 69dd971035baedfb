/*
 * Running a workload: its tables are made and its items loaded, then its calls are made in process,
 * where every request is accounted for, and over HTTP, where only the time is taken.
 *
 * What belongs to accounts is done outside of the time that is measured: making the request,
 * reading the answer, and looks at the items below. Memory does not grow with the number of calls.
 */
#ifndef WORKLOAD_RUN_H
#define WORKLOAD_RUN_H

#include "quick_photos/door.h"
#include "workload/pressure.h"
#include "workload/traffic.h"

#include <signal.h>

enum { WL_CONNECTIONS_MAX = 256 };

typedef struct wl_run_options {
    uint64_t calls;       /* at most */
    double seconds;       /* at most, of the clock; 0: no limit */
    unsigned connections; /* over HTTP, each with a thread; 0 is 1 */
    double speed;         /* of a recording: 1 as it came, 2 twice as fast; 0: without pauses */
    /* Told now and then, on the caller's thread. NULL: nobody is. */
    void (*on_progress)(void *ctx, const char *what, uint64_t done, uint64_t total);
    void *ctx;
    /* Not 0: the run ends, by a complaint. Looked at between calls. NULL: nobody ends it. */
    const volatile sig_atomic_t *stop;
} wl_run_options;

/*
 * Makes the tables and puts the entities' items into them. *seconds: how long the items took.
 * False: *complaint (a table is there already, a request was refused, the way failed, no memory).
 */
bool wl_run_tables(const wl_workload *workload, qp_door *door, wl_complaint *complaint);
bool wl_run_load(double *seconds, const wl_workload *workload, qp_door *door,
                 const wl_run_options *options, wl_complaint *complaint);
/* Deletes the tables. */
void wl_run_drop(const wl_workload *workload, qp_door *door);

/*
 * Makes calls in process and fills results but for what is stored and what HTTP takes. trace may be
 * NULL. database: nobody else writes to it meanwhile.
 * False: *complaint (no memory; the recording is damaged; or the first call of a pattern is refused
 * in a way that says that the file is wrong, which names the pattern's line).
 */
bool wl_run_in_process(wl_results *results, wl_trace *trace, wl_traffic *traffic, qp_door *door,
                       pt_database *database, const wl_run_options *options,
                       wl_complaint *complaint);

/* Makes calls of 127.0.0.1's port and adds their times to results->patterns[].http. */
bool wl_run_http(wl_results *results, wl_traffic *traffic, uint16_t port, const char *region,
                 const wl_run_options *options, wl_complaint *complaint);

/* Walks over all that is stored: counts, sizes and collections of each place. */
bool wl_run_measure(wl_results *results, pt_database *database, const char *region,
                    const wl_run_options *options, wl_complaint *complaint);

/* Fills the complaint and returns false; line 0: the file as a whole. */
bool wl__run_fails(wl_complaint *complaint, const wl_workload *workload, size_t line,
                   const char *format, ...) __attribute__((format(printf, 4, 5)));
uint64_t wl__now_ns(void); /* monotonic */
/* Whether somebody ends the run; then a complaint. */
bool wl__run_stopped(const wl_run_options *options, const wl_workload *workload,
                     wl_complaint *complaint);
/* How many calls there will be, as far as is known. */
uint64_t wl__run_total(const wl_run_options *options, uint64_t start_ns, uint64_t done);
/* The time so many seconds later; UINT64_MAX where that is farther than the clock goes. */
uint64_t wl__run_after(uint64_t start_ns, double seconds);
/* Sleeps until a call of a recording is due; speed 0: not at all. */
void wl__run_wait(uint64_t start_ns, double due_s, double speed);

#endif
