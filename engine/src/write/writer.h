/*
 * What the write layer keeps from one transaction to the next, and within one: the catalog's
 * generation, the change log's sequence, counts, scratch memory. One for each pte_env; used under
 * the committer only, by whoever leads.
 */
#ifndef PTE_WRITE_WRITER_H
#define PTE_WRITE_WRITER_H

#include "table/env.h"
#include "write/counters.h"

enum { PTE__WRITER_MEMO = 8 };

typedef struct pte__writer {
    pte_env *env;
    pte__arena arena;    /* for the request that is running */
    pte__arena op_arena; /* for the operation of it that is running */
    pte__counters counters;
    uint64_t generation;  /* of the catalog, as the transaction has it */
    uint64_t sequence;    /* of the newest change record, likewise */
    bool catalog_changed; /* by this transaction: the cache must not see it before the commit */
    bool sequence_changed;
    bool reclaim; /* dropped tables or indexes have entries left */
    size_t txn_id;
    /* What the last commit of this process left: right if the next transaction follows it. */
    size_t known_txn_id;
    uint64_t known_generation;
    uint64_t known_sequence;
    uint64_t reclaim_generation;         /* at which reclaim was looked up */
    pte__schema *memo[PTE__WRITER_MEMO]; /* recent schemas, right at memo_generation */
    uint64_t memo_generation;
    pte_status begin_status; /* what went wrong when the transaction began; told by the first op */
    pte_error begin_error;
} pte__writer;

/* Errors: OUT_OF_MEMORY. */
PTE_CHECKED pte_status pte__writer_create(pte__writer **writer, pte_env *env, pte_error *error);
void pte__writer_destroy(pte__writer *writer);

/* The committer's hooks for it. */
pte__committer_hooks pte__writer_hooks(pte__writer *writer);

/* To be called first by every request: OK, or why the transaction cannot be used. */
PTE_CHECKED pte_status pte__writer_ready(const pte__writer *writer, pte_error *error);

/*
 * The schema of a table in the transaction under way, with a reference that the caller owns.
 * Errors: TABLE_NOT_FOUND, CORRUPT, IO, OUT_OF_MEMORY.
 */
PTE_CHECKED pte_status pte__writer_schema(pte__schema **schema, pte__writer *writer,
                                          const pte__write_txn *txn, pte_bytes name,
                                          pte_error *error);

/* The generation to write a changed definition at; it is stored before the commit. */
uint64_t pte__writer_next_generation(pte__writer *writer);

/* A fresh id for a table, index or expiry list. Errors: LIMIT, as pte__txn_put. */
PTE_CHECKED pte_status pte__writer_next_id(uint32_t *id, pte__write_txn *txn, pte_error *error);

#endif
