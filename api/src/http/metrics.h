/*
 * Counts of what a loop has served. Each loop has its own and alone writes them; any thread may
 * read, so that counting takes no lock and shares no cache line.
 */
#ifndef PT_HTTP_METRICS_H
#define PT_HTTP_METRICS_H

#include <pocketable/engine/status.h>

#include <stdatomic.h>
#include <stdio.h>

enum {
    PT__METRICS_OPERATIONS_MAX = 64,
    PT__METRICS_BUCKETS = 18, /* with the one that has no end */
    PT__METRICS_TYPES_MAX = 48,
    PT__METRICS_TYPE_BYTES_MAX = 64,
};

/* Why a request was refused before it came to the database. */
typedef enum pt__refused {
    PT__REFUSED_HOST = 0,
    PT__REFUSED_ORIGIN,
    PT__REFUSED_HEADERS,
    PT__REFUSED_BODY,
    PT__REFUSED_SLOW,
    PT__REFUSED_COUNT,
} pt__refused;

typedef _Atomic uint64_t pt__metric;

typedef struct pt__metrics_operation {
    pt__metric requests;
    pt__metric ns; /* of all, from the last byte in to the answer's first */
    pt__metric buckets[PT__METRICS_BUCKETS];
    pt__metric errors[PT__METRICS_TYPES_MAX + 1]; /* by type; the last: of no type that has room */
} pt__metrics_operation;

/* Starts as zeros. */
typedef struct pt__metrics {
    size_t last; /* the operation of the last request, which is likely the next one's; private */
    pt__metric connections;         /* that there have been */
    pt__metric bytes_in, bytes_out; /* of bodies, as they went over the wire */
    pt__metric refused[PT__REFUSED_COUNT];
    /* The types of errors, as they came up; a name stays once it is counted here. */
    _Atomic size_t type_count;
    char types[PT__METRICS_TYPES_MAX][PT__METRICS_TYPE_BYTES_MAX];
    pt__metrics_operation operations[PT__METRICS_OPERATIONS_MAX];
} pt__metrics;

/* An answer's facts. */
typedef struct pt__served {
    pte_bytes operation; /* as asked for */
    pte_bytes error;     /* its type without namespace; empty: none */
    size_t bytes_in, bytes_out;
    uint64_t ns;
} pt__served;

/* By the loop's thread. */
void pt__metrics_count(pt__metrics *metrics, const pt__served *served);
void pt__metrics_refused(pt__metrics *metrics, pt__refused why);
void pt__metrics_connected(pt__metrics *metrics);

/* The place of an operation of DynamoDB's, from 1 on; 0: any other text. */
size_t pt__metrics_operation_index(pte_bytes operation);

/* Writes all that is counted, of several loops together, as Prometheus' text format. Any thread.
 * https://prometheus.io/docs/instrumenting/exposition_formats/ */
void pt__metrics_write(FILE *out, pt__metrics *const *all, size_t count);

#endif
