/*
 * What makes a database ours: the format row, the hash secret, and the rows of `meta` that are
 * simple numbers.
 */
#ifndef PTE_STORE_STORE_FORMAT_H
#define PTE_STORE_STORE_FORMAT_H

#include "store/store.h"

/* Rows of `meta` whose value is one big-endian u64; an absent row is 0. */
#define PTE__META_LAST_ID "last id"
#define PTE__META_GENERATION "generation"
#define PTE__META_SEQUENCE "sequence"

/*
 * Reads store->lmdb, opened in any way, and says whether it is a database of this version, or one
 * that nothing was written to yet.
 * Errors: NOT_A_DATABASE, WRONG_VERSION, CORRUPT, IO.
 */
PTE_CHECKED pte_status pte__store_check_format(pte__store *store, pte_error *error);

/* Opens the sub-databases, making them in a database that is new, and reads the hash secret.
 * Errors: those of pte_env_open. */
PTE_CHECKED pte_status pte__store_open_format(pte__store *store, const pte_env_options *options,
                                              pte_error *error);

/* Reads one of the numbers above. Errors: CORRUPT, IO. */
PTE_CHECKED pte_status pte__meta_number(uint64_t *number, const pte__store *store, MDB_txn *txn,
                                        const char *name, pte_error *error);

#endif
