/* The counts of the tables that a transaction touches (table/counts.h), written once at its end. */
#ifndef PTE_WRITE_COUNTERS_H
#define PTE_WRITE_COUNTERS_H

#include "store/write_txn.h"
#include "table/counts.h"

/* Starts as {0}. Under the committer only. */
typedef struct pte__counters {
    pte__counts *tables;
    size_t table_count;
    size_t table_capacity;
} pte__counters;

/* What a change adds to a count; both signs. */
typedef struct pte__tally {
    uint32_t id; /* of the table or index; 0: counts nothing */
    int32_t entries;
    int64_t bytes;
} pte__tally;

/* Adds. Errors: OUT_OF_MEMORY, CORRUPT, IO. */
PTE_CHECKED pte_status pte__counters_add(pte__counters *counters, const pte__write_txn *txn,
                                         uint32_t table_id, pte__tally tally, pte_error *error);

/* How many items a table has in the transaction. Errors: as add. */
PTE_CHECKED pte_status pte__counters_entries(uint64_t *entries, pte__counters *counters,
                                             const pte__write_txn *txn, uint32_t table_id,
                                             pte_error *error);

/* Forgets the count of an index that is dropped. Errors: as add. */
PTE_CHECKED pte_status pte__counters_drop(pte__counters *counters, const pte__write_txn *txn,
                                          uint32_t table_id, uint32_t id, pte_error *error);

/* Removes the row of a table that is dropped. Errors: as pte__txn_delete. */
PTE_CHECKED pte_status pte__counters_drop_table(pte__counters *counters, pte__write_txn *txn,
                                                uint32_t table_id, pte_error *error);

/* Writes what was changed and forgets all. Errors: as pte__txn_put. */
PTE_CHECKED pte_status pte__counters_flush(pte__counters *counters, pte__write_txn *txn,
                                           pte_error *error);

/* Forgets all: the transaction was aborted. */
void pte__counters_forget(pte__counters *counters);
void pte__counters_clean_up(pte__counters *counters, const pte_allocator *allocator);

#endif
