/*
 * A deterministic simulation of DynamoDB's admission: how provisioned and on-demand tables and
 * their global indexes throttle when the workload's requests arrive at a rate. Time is the
 * arrivals', no clock is read, the same arrivals give the same answer.
 *
 * Sources and what is modelled, each with its page, are listed in simulation.c.
 */
#ifndef WORKLOAD_SIMULATION_H
#define WORKLOAD_SIMULATION_H

#include "workload/results.h"

typedef enum wl_mode { WL_PROVISIONED, WL_ON_DEMAND } wl_mode;

/* What a place is given. */
typedef struct wl_capacity {
    wl_mode mode;
    wl_throughput provisioned; /* PROVISIONED */
    wl_throughput warm;        /* ON_DEMAND: what it takes at the start; zeros: a new table's */
    uint64_t bytes;            /* stored: decides the number of partitions at the start */
    bool no_burst;             /* PROVISIONED: starts without unused capacity of the past */
} wl_capacity;

/* A part of a request: what it takes of one partition key of one place. */
typedef struct wl_demand {
    size_t place;
    uint64_t key_hash;  /* of the whole partition key, by a hash that is good in all its bits */
    uint64_t sort_hash; /* of the sort key it begins at: where a collection may be split; 0: none */
    const char *key;    /* for people; copied */
    double read_units;  /* of this key: a part of what the request takes */
    double write_units;
    size_t request; /* which request of its call, from 0: for wl_trace_add */
} wl_demand;

typedef struct wl_arrival {
    double time_s; /* never less than the one before */
    size_t pattern;
    const wl_demand *demands; /* of one request: it is admitted whole or throttled whole */
    size_t demand_count;
} wl_arrival;

typedef enum wl_throttle_reason {
    WL_THROTTLE_NONE = 0,
    WL_THROTTLE_TABLE,     /* provisioned throughput of the table or index exceeded */
    WL_THROTTLE_PARTITION, /* KeyRangeThroughputExceeded: 3,000 RCU or 1,000 WCU of a partition */
    WL_THROTTLE_ON_DEMAND, /* twice the previous peak exceeded */
    WL_THROTTLE_INDEX,     /* a global index pushes back on its table's writes */
} wl_throttle_reason;

typedef struct wl_throttle {
    wl_throttle_reason reason;
    wl_throttle_reason limit; /* which limit was met: as reason, but for INDEX the index's own */
    double time_s;
    size_t place;
    size_t pattern;
    bool write;
    char key[96];
    double rate; /* arrivals a second at that moment */
} wl_throttle;

typedef struct wl_simulated_place {
    double read_admitted, read_throttled; /* units */
    double write_admitted, write_throttled;
    size_t partitions_start, partitions_end; /* splits for heat */
    double read_peak, write_peak;            /* units of the busiest second */
} wl_simulated_place;

typedef struct wl_simulation wl_simulation;

/* capacities: one for each place. NULL without memory. */
wl_simulation *wl_simulation_new(const wl_workload *workload, const wl_capacity *capacities);
void wl_simulation_destroy(wl_simulation *simulation);
/* Whether the request is admitted; *throttle (may be NULL) says why not. */
bool wl_simulation_offer(wl_simulation *simulation, const wl_arrival *arrival,
                         wl_throttle *throttle);
/* The first request that was throttled; reason NONE: none was. */
const wl_throttle *wl_simulation_first(const wl_simulation *simulation);
wl_simulated_place wl_simulation_place(const wl_simulation *simulation, size_t place);
uint64_t wl_simulation_admitted(const wl_simulation *simulation);
uint64_t wl_simulation_throttled(const wl_simulation *simulation);
/* There was no memory for a split, so that what came after it is not to be trusted. */
bool wl_simulation_failed(const wl_simulation *simulation);

#endif
