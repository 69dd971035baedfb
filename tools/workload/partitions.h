/*
 * The partitions of a table or a global index: ranges of hash values, each with AWS's ceiling, that
 * split where they are hot.
 *
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.Partitions.html
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/burst-adaptive-capacity.html
 */
#ifndef WORKLOAD_PARTITIONS_H
#define WORKLOAD_PARTITIONS_H

#include "workload/allowance.h"

#include <stddef.h>

enum {
    /* Units a second of a partition (bp-partition-key-design). */
    WL__PARTITION_READ_UNITS = 3000,
    WL__PARTITION_WRITE_UNITS = 1000,
    /* No more are modelled: 160 TB of data, or 400 times the default quota of a table. */
    WL__PARTITIONS_MAX = 16384,
    /* AWS says "sustained" and documents no figure: after so many hot seconds in a row, where hot
     * is so many hundredths of a ceiling. Both are assumptions. */
    WL__HEAT_SECONDS = 300,
    WL__HEAT_PERCENT = 80,
    /* Arrivals since it became hot that are remembered to find where to split. */
    WL__SAMPLES = 64,
};

/* Where an item lies: first by its partition key's hash, then by its sort key's. */
typedef struct wl__position {
    uint64_t hash;
    uint64_t sort;
} wl__position;

typedef struct wl__sample {
    wl__position position;
    double weight; /* in parts of a partition's ceiling */
} wl__sample;

typedef struct wl__partition {
    wl__position start; /* to the next one's start */
    wl__allowance read;
    wl__allowance write;
    double read_wanted; /* in this second, admitted or not */
    double write_wanted;
    unsigned heat;                   /* hot seconds in a row */
    uint64_t arrivals;               /* since it became hot */
    wl__sample samples[WL__SAMPLES]; /* of these, each as likely as any other */
} wl__partition;

typedef struct wl__partitions {
    wl__partition *list; /* by start */
    size_t count;
    size_t capacity;
} wl__partitions;

/* count equal ranges, from 1 to WL__PARTITIONS_MAX. False: no memory. */
bool wl__partitions_init(wl__partitions *partitions, size_t count);
void wl__partitions_clean_up(wl__partitions *partitions);

/* The partition of a position: valid until the next wl__partitions_want. */
wl__partition *wl__partitions_find(wl__partitions *partitions, wl__position position);

/* Goes on to the second in the partition of the position and notes that so much is wanted of it;
 * a partition that was hot for long enough is split first. False: no memory for a split. */
bool wl__partitions_want(wl__partitions *partitions, wl__position position, uint64_t second,
                         double read_units, double write_units);

#endif
