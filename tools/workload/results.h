/*
 * What a run has measured. Filled by run.c; read by the simulation's set-up, costs, advice, the
 * reports, the comparison and the assertions. All of it is bounded, however long the run is.
 */
#ifndef WORKLOAD_RESULTS_H
#define WORKLOAD_RESULTS_H

#include "workload/histogram.h"
#include "workload/top.h"
#include "workload/workload.h"

/* Capacity units: exact, as sums of halves. */
typedef struct wl_units {
    double read;
    double write;
} wl_units;

enum { WL_FAILURES_MAX = 16 };

/* An exception's name without its prefix, "ConditionalCheckFailedException", and how often. */
typedef struct wl_failure {
    char name[64];
    uint64_t count;
} wl_failure;

typedef struct wl_pattern_result {
    uint64_t calls;
    uint64_t round_trips; /* requests */
    uint64_t write_trips; /* of these, those that write */
    uint64_t write_trips_refused;
    uint64_t pages; /* of queries and scans */
    uint64_t items_examined;
    uint64_t items_returned;
    uint64_t items_written;
    uint64_t request_bytes;
    uint64_t response_bytes;
    wl_units *units; /* for each place; of all calls together */
    wl_units strong; /* of the read units: those that ConsistentRead or transactions doubled */
    double
        refused; /* write units of conditions that failed: AWS charges them to the table and no
                    answer says them, so they are not in units. By the rule of
                    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/WorkingWithItems.html
                    #WorkingWithItems.ConditionalUpdate */
    size_t refused_place;                 /* the table that was last charged for one */
    wl_failure failures[WL_FAILURES_MAX]; /* answers that are no 200; the last row is "others" */
    size_t failure_count;
    wl_histogram in_process; /* nanoseconds of a whole call */
    wl_histogram http;       /* count 0: not measured */
    bool scans;              /* a step is a Scan (or a PartiQL statement that comes to one) */
    bool filters;
} wl_pattern_result;

/* Item sizes in steps: [0] up to 1 KB, [1] up to 2 KB, ..., the last: above. */
enum { WL_SIZE_STEPS = 401 };

typedef struct wl_place_result {
    uint64_t items; /* at the end of the run */
    uint64_t bytes; /* sum of the items' sizes by DynamoDB's rule, without the 100 an item */
    uint64_t largest_item_bytes;
    uint64_t sizes[WL_SIZE_STEPS];
    wl_top collections; /* partition keys by bytes: item collections (tables with local indexes:
                           AWS's limit of 10 GB) */
    wl_units units;     /* of the whole run */
    wl_top hot_reads;   /* partition keys by read units */
    wl_top hot_writes;  /* partition keys by write units */
    uint64_t queries;   /* requests that read it (an index that nobody reads is unused) */
} wl_place_result;

typedef struct wl_results {
    const wl_workload *workload;
    uint64_t seed;
    uint64_t calls;
    double seconds;              /* of the measured calls in process, without making them */
    double load_seconds;         /* of loading */
    char ended_early[500];       /* why not all calls over HTTP were made; empty: they were */
    wl_pattern_result *patterns; /* wl_pattern_count */
    wl_place_result *places;     /* wl_place_count */
} wl_results;

/* All zeros, for this workload, which is borrowed until clean up. False: no memory. */
bool wl_results_init(wl_results *results, const wl_workload *workload);
/* Zeros are allowed. */
void wl_results_clean_up(wl_results *results);

#endif
