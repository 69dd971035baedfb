/* Beginning and ending a table's stream of changes, in the transaction that does so. */
#ifndef PTE_WRITE_STREAM_H
#define PTE_WRITE_STREAM_H

#include "write/writer.h"

/*
 * Begins a stream for a table whose definition will say info; sets what info says of streams.
 * Errors: LIMIT, CORRUPT, as pte__txn_put.
 */
PTE_CHECKED pte_status pte__stream_begin(pte_table_info *info, pte__writer *writer,
                                         pte__write_txn *txn, pte_error *error);

/* Ends the table's stream, if one goes on. Errors: CORRUPT, as pte__txn_put. */
PTE_CHECKED pte_status pte__stream_end(pte_table_info *info, const pte__writer *writer,
                                       pte__write_txn *txn, pte_error *error);

#endif
