/*
 * Exact counts and sizes of tables and indexes, as they lie in `meta`:
 *
 *   key    "count:" | table id (4)
 *   value  for the table and each of its indexes: id (4) | entries (8) | bytes (8), big-endian
 *
 * A count that is 0 and was never anything else has no place there.
 */
#ifndef PTE_TABLE_COUNTS_H
#define PTE_TABLE_COUNTS_H

#include "store/store.h"

#include <pocketable/engine/schema.h>

enum {
    PTE__COUNT_KEY_BYTES = 6 + 4,
    PTE__COUNT_BYTES = 20,
    /* The table, its indexes, and one that is dropped and one that is added at once. */
    PTE__COUNTS_MAX = 3 + PTE_INDEXES_MAX,
};

typedef struct pte__count {
    uint32_t id;
    uint64_t entries;
    uint64_t bytes;
} pte__count;

/* The counts of one table. */
typedef struct pte__counts {
    uint32_t table_id;
    bool changed;
    size_t count;
    pte__count each[PTE__COUNTS_MAX];
} pte__counts;

pte_bytes pte__counts_key(uint8_t key[PTE__COUNT_KEY_BYTES], uint32_t table_id);

/* Reads those of a table. Errors: CORRUPT, IO. */
PTE_CHECKED pte_status pte__counts_read(pte__counts *counts, const pte__store *store, MDB_txn *txn,
                                        uint32_t table_id, pte_error *error);

/* The sums over all tables: items, and entries of all indexes. Cost: linear in the tables.
 * Errors: CORRUPT, IO, OUT_OF_MEMORY. */
PTE_CHECKED pte_status pte__counts_sum(uint64_t *items, uint64_t *index_entries,
                                       const pte__store *store, MDB_txn *txn, pte_error *error);

/* Writes the row's value to out, PTE__COUNTS_MAX * PTE__COUNT_BYTES of room. */
pte_bytes pte__counts_encode(uint8_t *out, const pte__counts *counts);

/* The count of an id; a zero one if there is none yet. */
pte__count pte__counts_of(const pte__counts *counts, uint32_t id);

#endif
