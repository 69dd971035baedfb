/*
 * The side of DynamoDB's JSON, in process: requests whose bodies were written before the clock
 * starts, pt_exchange_run, answers that are read where they lie.
 */
#ifndef BENCH_JSON_SIDE_H
#define BENCH_JSON_SIDE_H

#include <pocketable.h>

#include "answers.h"
#include "json_text.h"
#include "side.h"
#include "writers.h"

typedef struct bench_json {
    pt_database *database;
    pt_exchange *exchanges[BENCH_WRITERS_MAX]; /* one a thread; NULL until it is wanted */
    bench_text bodies;                         /* of all requests of a batch, one after another */
    size_t *ends;                              /* where each ends */
    size_t count;
    size_t capacity;
    size_t item_bytes; /* of any item as JSON */
    bench_pass pass;
    bench_text start_key; /* of the next page of a scan */
    uint64_t scanned;
} bench_json;

/* What CreateTable is given for the table photos with its inverted index. */
extern const char bench_json_create_table[];

#endif
