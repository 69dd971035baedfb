/*
 * How far the filling of an index or expiry list has come, in `meta`:
 *
 *   key    "backfill:" | id (4)
 *   value  items done (8, big-endian) | key in `items` of the last one done
 *
 * Apart from the catalog row, so that a step does not change the table's definition.
 */
#ifndef PTE_WRITE_BACKFILL_PLACE_H
#define PTE_WRITE_BACKFILL_PLACE_H

#include "store/write_txn.h"
#include "table/entry.h"

/* done 0 and an empty key where filling has not begun. Errors: CORRUPT, IO. */
PTE_CHECKED pte_status pte__backfill_place_get(uint64_t *done, pte__key *last,
                                               const pte__write_txn *txn, uint32_t id,
                                               pte_error *error);
PTE_CHECKED pte_status pte__backfill_place_put(pte__write_txn *txn, uint32_t id, uint64_t done,
                                               pte_bytes last, pte_error *error);
PTE_CHECKED pte_status pte__backfill_place_drop(pte__write_txn *txn, uint32_t id, pte_error *error);

#endif
