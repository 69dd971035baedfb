/*
 * A side: one way to do the operations that are measured, on a store of its own. All sides get the
 * same batches of rows and check their answers themselves.
 */
#ifndef BENCH_SIDE_H
#define BENCH_SIDE_H

#include <pocketable/engine/env.h>

#include "items.h"
#include "report.h"

typedef enum bench_op {
    BENCH_OP_GET = 0,
    BENCH_OP_QUERY,
    BENCH_OP_INDEX_QUERY,
    BENCH_OP_SCAN, /* pages of 1 MB, on from the last; as many as there are rows */
    BENCH_OP_PUT,
    BENCH_OP_UPDATE,   /* views becomes a sum, xdigest a value */
    BENCH_OP_TRANSACT, /* of three rows each: a new item if it is not there, an update, a check */
    BENCH_OP_BATCH,    /* puts of 25 rows each; the last may have fewer */
    BENCH_OP_LOAD,     /* puts of 1,000 rows each */
    BENCH_OPS
} bench_op;

/* Does an operation for each row of the batch, or for each of its threes, and so on. */
typedef pte_status bench_run_fn(void *self, const bench_batch *batch, pte_error *error);

typedef struct bench_side {
    const char *name;
    bool plain; /* has the table without an index too */

    /* Opens an empty store in folder, which exists. *self is to be closed in any case. */
    PTE_CHECKED pte_status (*open)(void **self, const char *folder, pte_durability durability,
                                   pte_error *error);
    void (*close)(void *self);

    /* What is not measured: makes what run will need of the batch. NULL: nothing. */
    PTE_CHECKED pte_status (*prepare)(void *self, bench_op op, const bench_batch *batch,
                                      pte_error *error);
    bench_run_fn *run[BENCH_OPS]; /* errors: the store's, CORRUPT (a wrong answer) */

    /* How many items the last run of BENCH_OP_SCAN read. */
    uint64_t (*scanned)(void *self);

    /* Puts the rows, shared out between that many writers at once. Begin with prepare_writers
     * (NULL: nothing), which is not measured. */
    PTE_CHECKED pte_status (*prepare_writers)(void *self, unsigned writers, pte_error *error);
    PTE_CHECKED pte_status (*put_at_once)(void *self, const bench_batch *batch, unsigned writers,
                                          pte_error *error);

    /* Reads everything and checks that it is what the maker says. */
    PTE_CHECKED pte_status (*verify)(void *self, bench_maker *maker, pte_error *error);
} bench_side;

/* The places of the sides in a report. DISK is what the disk does without any of them. */
enum { BENCH_LMDB = 0, BENCH_ENGINE, BENCH_JSON, BENCH_SQLITE, BENCH_STORES, BENCH_DISK = 4 };

extern const bench_side bench_lmdb_side;
extern const bench_side bench_engine_side;
extern const bench_side bench_json_side;
extern const bench_side bench_sqlite_side; /* only where SQLite was found */

/* The sides, in their places; NULL for SQLite where it was not found. */
extern const bench_side *const bench_sides[BENCH_STORES];

/* Names the sides in an empty report, and says which there are not. */
void bench_name_sides(bench_report *report);

#endif
