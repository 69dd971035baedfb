/*
 * What an answer of DynamoDB's says of its cost: the capacity of the table and of each index, how
 * many items were looked at and came, or which exception. Read by yajl as events, so that an answer
 * of a megabyte takes no memory.
 */
#ifndef WORKLOAD_ANSWER_H
#define WORKLOAD_ANSWER_H

#include "workload/results.h"

#include <pocketable.h>

enum { WL__CHARGES_MAX = 100 * (1 + WL_INDEXES_MAX) }; /* a transaction may name 100 tables */

/* Units of one place. */
typedef struct wl__charge {
    size_t place;
    wl_units units;
} wl__charge;

/* Filled anew by each reading. */
typedef struct wl__answer {
    int status;
    wl__charge charges[WL__CHARGES_MAX]; /* a place once or more */
    size_t charge_count;
    uint64_t returned; /* items, in whatever member they come */
    bool counts;       /* Count and ScannedCount are there: it is a page */
    uint64_t scanned;
    uint64_t unprocessed;  /* keys and items of a batch that are to be sent again */
    char exception[64];    /* without its prefix; "" where status is 200 */
    char message[240];     /* of the exception, cut */
    char table_error[256]; /* a table or index that the workload does not have; "" */
} wl__answer;

/* writes: units that are not said to be of one kind are write units. False: it is not JSON, or
 * there is no memory. */
bool wl__answer_read(wl__answer *answer, const wl_workload *workload, const pt_reply *reply,
                     bool writes);

#endif
