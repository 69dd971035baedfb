/*
 * A write transaction as the layers above see it: puts and deletes by sub-database, with errors of
 * ours and room made before each change.
 */
#ifndef PTE_STORE_WRITE_TXN_H
#define PTE_STORE_WRITE_TXN_H

#include "store/store.h"

typedef struct pte__write_txn {
    MDB_txn *lmdb;
    pte__store *store;
    uint64_t changes; /* how many were begun: a failure after the first means abort */
} pte__write_txn;

/* Value of a key in *value: a view until the next change. Errors: NOT_FOUND, CORRUPT, IO. */
PTE_CHECKED pte_status pte__txn_get(pte_bytes *value, const pte__write_txn *txn, pte__db db,
                                    pte_bytes key, pte_error *error);

/* Errors: DATABASE_FULL, OUT_OF_MEMORY, CORRUPT, IO. The transaction must then be aborted. */
PTE_CHECKED pte_status pte__txn_put(pte__write_txn *txn, pte__db db, pte_bytes key, pte_bytes value,
                                    pte_error *error);

/* A key that is absent is fine: *found says whether it was there; it may be NULL.
 * Errors: as put. */
PTE_CHECKED pte_status pte__txn_delete(bool *found, pte__write_txn *txn, pte__db db, pte_bytes key,
                                       pte_error *error);

/* Deletes up to max keys from lower (included) to upper (not included), as pte__tree_delete_range.
 * Errors: as put. */
PTE_CHECKED pte_status pte__txn_delete_range(size_t *deleted, pte__write_txn *txn, pte__db db,
                                             pte_bytes lower, pte_bytes upper, size_t max,
                                             pte_error *error);

/* Numbers of `meta` (store_format.h). Errors: as get, without NOT_FOUND; as put. */
PTE_CHECKED pte_status pte__txn_number(uint64_t *number, const pte__write_txn *txn,
                                       const char *name, pte_error *error);
PTE_CHECKED pte_status pte__txn_put_number(pte__write_txn *txn, const char *name, uint64_t number,
                                           pte_error *error);

#endif
