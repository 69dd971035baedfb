/*
 * The raw side: the least that a program of LMDB's does for the same work. Two trees of keys and
 * values made beforehand, one look-up, one put an item and one an index entry; no schema, no check
 * of what was there before, no counts.
 *
 * So that it pays for what every LMDB database of this shape pays, it opens as many named
 * sub-databases as the engine does, keeps its read transaction and cursor and renews them, and uses
 * the environment flags that the engine has for the same durability.
 */
#ifndef BENCH_RAW_LMDB_H
#define BENCH_RAW_LMDB_H

#include <lmdb.h>

#include <pocketable/engine/env.h>

#include "items.h"

typedef struct bench_raw {
    MDB_env *env;
    MDB_dbi items;
    MDB_dbi index;
    MDB_txn *read;          /* reset between operations */
    MDB_cursor *cursors[2]; /* of items, of index; bound to read */
} bench_raw;

/* Opens an empty database in folder, which exists. Errors: IO, DATABASE_FULL. Close it in any case.
 */
PTE_CHECKED pte_status bench_raw_open(bench_raw *raw, const char *folder, pte_durability durability,
                                      size_t map_bytes, pte_error *error);
void bench_raw_close(bench_raw *raw);

/* One for each row of the batch; answers are checked. Errors: IO, CORRUPT (a wrong answer). */
PTE_CHECKED pte_status bench_raw_get(bench_raw *raw, const bench_batch *batch, pte_error *error);
PTE_CHECKED pte_status bench_raw_query(bench_raw *raw, const bench_batch *batch, pte_error *error);
PTE_CHECKED pte_status bench_raw_index_query(bench_raw *raw, const bench_batch *batch,
                                             pte_error *error);

/* Put each row in a transaction of its own; a thousand in one; or, with the rows shared out as
 * between that many threads, one of each share in one. PHOTOS with its index entry. */
PTE_CHECKED pte_status bench_raw_put(bench_raw *raw, const bench_batch *batch, pte_error *error);
PTE_CHECKED pte_status bench_raw_load(bench_raw *raw, const bench_batch *batch, pte_error *error);
PTE_CHECKED pte_status bench_raw_put_shares(bench_raw *raw, const bench_batch *batch, size_t shares,
                                            pte_error *error);

/* Reads everything and checks that it is what the maker says. */
PTE_CHECKED pte_status bench_raw_verify(bench_raw *raw, const bench_maker *maker, pte_error *error);

#endif
