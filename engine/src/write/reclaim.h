/* Removing the entries of dropped tables, indexes and expiry lists, a few at a time. */
#ifndef PTE_WRITE_RECLAIM_H
#define PTE_WRITE_RECLAIM_H

#include "write/writer.h"

/* Notes that an id's entries are to be reclaimed. Errors: as pte__txn_put. */
PTE_CHECKED pte_status pte__reclaim_retire(pte__write_txn *txn, uint32_t id, pte__id_kind kind,
                                           pte_error *error);

/* Removes up to entries_max entries, oldest ids first; *reclaimed says how many.
 * Errors: as pte__txn_delete, CORRUPT. */
PTE_CHECKED pte_status pte__reclaim_entries(size_t *reclaimed, pte__writer *writer,
                                            pte__write_txn *txn, size_t entries_max,
                                            pte_error *error);

/* What every commit does of it while there is something to reclaim. Errors: the same. */
PTE_CHECKED pte_status pte__reclaim_some(pte__writer *writer, pte__write_txn *txn,
                                         pte_error *error);

#endif
