/* LMDB's result codes as statuses of ours. */
#ifndef PTE_STORE_LMDB_ERROR_H
#define PTE_STORE_LMDB_ERROR_H

#include "base/error.h"

/*
 * Fills error for LMDB's code rc (not 0) that came while doing what the message says, and returns
 * the status: OUT_OF_MEMORY, DATABASE_FULL, BUSY, NOT_A_DATABASE, WRONG_VERSION, CORRUPT or IO.
 */
pte_status pte__fail_lmdb(pte_error *error, int rc, const char *doing);

#endif
