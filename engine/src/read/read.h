/* What a pte_read is: a pooled read transaction, recent schemas, and the cursors it lends. */
#ifndef PTE_READ_READ_H
#define PTE_READ_READ_H

#include "table/entry.h"
#include "table/env.h"

#include <pocketable/engine/read.h>

enum { PTE__READ_MEMO = 4 };

struct pte_read {
    pte__reader base; /* first: the store makes and pools these */
    pte_env *env;
    uint64_t generation;               /* of the catalog, in this snapshot */
    size_t txn_id;                     /* that generation was read at; 0: none yet */
    pte__schema *memo[PTE__READ_MEMO]; /* recent schemas, right at memo_generation */
    uint64_t memo_generation;
    pte_cursor *open_cursors;
    pte_cursor *idle_cursors; /* kept for the next query */
    pte__arena arena;         /* descriptions; reset at the end */
    bool arena_used;
    struct pte__kept_schema *kept; /* that descriptions view into; in the arena */
};

/* What the store's pool has to know of it. */
extern const pte__reader_class PTE__READ_CLASS;

/*
 * The schema of a table in the snapshot: valid until the snapshot ends or many other tables were
 * asked for; callers that keep it take a reference.
 * Errors: TABLE_NOT_FOUND, CORRUPT, IO, OUT_OF_MEMORY.
 */
PTE_CHECKED pte_status pte__read_schema(pte__schema **schema, pte_read *read, pte_bytes name,
                                        pte_error *error);

static inline pte__tree pte__read_tree(const pte_read *read, pte__db db) {
    return pte__store_tree(&read->env->store, read->base.txn, db);
}

/* Takes over a reference until the snapshot ends. Errors: OUT_OF_MEMORY (it is released). */
PTE_CHECKED pte_status pte__read_keep_schema(pte_read *read, pte__schema *schema, pte_error *error);

/* Frees all idle cursors (cursor.c). */
void pte__cursors_free(pte_read *read);

/* Puts all open cursors among the idle ones (cursor.c). */
void pte__cursors_close(pte_read *read);

#endif
