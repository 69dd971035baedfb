/*
 * Where records of the change log and rows of streams lie: what reading and trimming share. Both
 * look in a transaction of either kind.
 */
#ifndef PTE_UPKEEP_CHANGES_H
#define PTE_UPKEEP_CHANGES_H

#include "store/store.h"
#include "table/change_record.h"
#include "table/stream_row.h"

/* The first record at or behind a place, whatever shard it is of: record views the map. LMDB's
 * result: MDB_NOTFOUND if there is none, MDB_CORRUPTED if its key is no place. */
int pte__change_first(pte__change_key *key, MDB_val *record, const pte__store *store, MDB_txn *txn,
                      const pte__change_key *from);

bool pte__change_same_shard(const pte__change_key *a, const pte__change_key *b);

/* The first row of a stream at or behind a key of one: both view the map. Errors: NOT_FOUND,
 * CORRUPT, IO, OUT_OF_MEMORY. */
PTE_CHECKED pte_status pte__stream_first(pte_bytes *key, pte_bytes *row, const pte__store *store,
                                         MDB_txn *txn, pte_bytes from, pte_error *error);

#endif
