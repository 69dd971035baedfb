/*
 * Filling new indexes (and a new time to live) of one table in a bounded piece.
 */
#ifndef PT_SCHEMA_BACKFILL_H
#define PT_SCHEMA_BACKFILL_H

#include <pocketable/engine/upkeep.h>

/* What one piece takes in at most, and how much of it in one commit, so that writes of others need
 * not wait for the whole. A request whose thread others wait for does no more than a step. */
enum { PT__BACKFILL_ITEMS_MAX = 10000, PT__BACKFILL_STEP_ITEMS_MAX = 1000 };

/*
 * Takes up to items_max items (rounded up to whole steps) of the table into what is CREATING.
 * *finished: nothing of the table is CREATING any more, or the table is gone. No snapshot may be
 * open. Errors: those of pte_backfill_step but TABLE_NOT_FOUND. Any thread.
 */
PTE_CHECKED pte_status pt__backfill_piece(bool *finished, pte_env *env, pte_bytes table,
                                          size_t items_max, pte_error *error);

/* The first piece, within the request that made something CREATING: a step where upkeep does the
 * rest elsewhere, a whole piece otherwise. What fails is not lost, as the next piece will say so.
 */
void pt__backfill_begin(pte_env *env, pte_bytes table, bool upkeep_elsewhere);

#endif
