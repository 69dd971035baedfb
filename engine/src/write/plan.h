/*
 * One operation as a list of changes to make: planned in full, with its conditions evaluated and
 * its input checked, before the first change is made. So a refused operation needs no undoing.
 */
#ifndef PTE_WRITE_PLAN_H
#define PTE_WRITE_PLAN_H

#include "table/entry.h"
#include "table/extract.h"
#include "write/writer.h"

#include <pocketable/engine/changes.h>
#include <pocketable/engine/write.h>

/* A key to be put or removed in one sub-database, and what that counts. */
typedef struct pte__mutation {
    struct pte__mutation *next;
    pte__db db;
    bool remove;
    pte_bytes key;
    pte_bytes value;
    pte__tally tally; /* of a removal: only if the key was there */
} pte__mutation;

/* All in the arena it is planned in, but for the schema's reference. Starts as {0}. */
typedef struct pte__plan {
    pte__schema *schema;
    pte_bytes key;        /* of the item, in `items` */
    pte_bytes hash_value; /* of its hash attribute, as it is stored */
    pte__mutation *first;
    pte__mutation **last;
    pte_bytes change_record; /* len 0: none */
    pte_effects *effects;    /* the operation's, NULL: not wanted */
} pte__plan;

/* Where a plan is made and what for. */
typedef struct pte__planner {
    pte__writer *writer;
    const pte__write_txn *txn;
    pte__arena *arena;
    bool by_expiry; /* the changes are expiry's, not a caller's */
} pte__planner;

/*
 * Plans op. Only reads; on failure nothing has to be undone. The plan must be cleaned up either
 * way. Errors: those of pte_write for a single operation.
 */
PTE_CHECKED pte_status pte__plan_op(pte__plan *plan, const pte__planner *planner, const pte_op *op,
                                    pte_error *error);

/* Makes the changes. A failure leaves the transaction to be aborted. Errors: as pte__txn_put. */
PTE_CHECKED pte_status pte__plan_apply(const pte__plan *plan, pte__writer *writer,
                                       pte__write_txn *txn, pte_error *error);

void pte__plan_clean_up(pte__plan *plan);

/* Adds a change to the plan. Errors: OUT_OF_MEMORY. */
PTE_CHECKED pte_status pte__plan_add(pte__plan *plan, const pte__planner *planner,
                                     const pte__mutation *mutation, pte_error *error);

/*
 * Adds what indexes and expiry need when old becomes new (either NULL: absent), and notes it in
 * the plan's effects.
 * Errors: INDEX_KEY_TYPE, INDEX_KEY_SIZE, INDEX_KEY_EMPTY (of the new item), OUT_OF_MEMORY,
 * CORRUPT, IO.
 */
PTE_CHECKED pte_status pte__plan_indexes(pte__plan *plan, const pte__planner *planner,
                                         const pte__extract *old_item, const pte__extract *new_item,
                                         pte_error *error);

/* Only checks the item's index keys: for one that is equal to the old one. Errors: the same. */
PTE_CHECKED pte_status pte__plan_check_indexes(const pte__plan *plan, const pte__planner *planner,
                                               const pte__extract *item, pte_error *error);

/* Notes in the plan's effects how a stored item (NULL: none) that stays as it is lies in the
 * indexes. Errors: CORRUPT, IO. */
PTE_CHECKED pte_status pte__plan_note_unchanged(const pte__plan *plan, const pte__planner *planner,
                                                const pte__extract *item, pte_error *error);

/* Takes back what effects (NULL is allowed) say. */
static inline void pte__effects_clear(pte_effects *effects) {
    if (PTE__UNLIKELY(effects != NULL)) {
        effects->old_bytes = 0;
        effects->new_bytes = 0;
        effects->index_count = 0;
    }
}

#endif
