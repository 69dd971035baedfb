/* Changes of definitions that other modules of the engine make. */
#ifndef PTE_WRITE_DEFINITION_H
#define PTE_WRITE_DEFINITION_H

#include "write/writer.h"

/*
 * Makes what is CREATING under that id (an index or the expiry list) ACTIVE.
 * Errors: OUT_OF_MEMORY, as pte__txn_put.
 */
PTE_CHECKED pte_status pte__definition_activate(pte__writer *writer, pte__write_txn *txn,
                                                const pte__schema *schema, uint32_t id,
                                                pte_error *error);

#endif
