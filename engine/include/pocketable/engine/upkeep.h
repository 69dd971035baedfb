/*
 * Work that goes on beside reads and writes, in bounded steps that the caller asks for: filling new
 * indexes, expiring items, reclaiming the space of what was dropped. The engine starts no thread.
 */
#ifndef POCKETABLE_ENGINE_UPKEEP_H
#define POCKETABLE_ENGINE_UPKEEP_H

#include <pocketable/engine/env.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct pte_backfill_progress {
    uint64_t items_done;  /* of the table, by this and earlier steps of the index at hand */
    uint64_t items_total; /* in the table now */
    bool finished;        /* nothing of the table is CREATING any more */
} pte_backfill_progress;

/*
 * Takes up to items_max existing items of a table into what is CREATING (an index or time to live)
 * in one commit, and makes it ACTIVE when all are in. Items whose index key has the wrong type, is
 * empty or too long are left out, as on AWS. Several threads and processes may do this at once; a
 * crash loses no more than the step.
 * Errors: INVALID_ARGUMENT, TABLE_NOT_FOUND, READ_ONLY, DATABASE_FULL, BUSY, IO, OUT_OF_MEMORY,
 * CORRUPT. Any thread.
 */
PTE_API PTE_CHECKED pte_status pte_backfill_step(pte_backfill_progress *progress, pte_env *env,
                                                 pte_bytes table, size_t items_max,
                                                 pte_error *error);

/* Steps until finished. on_progress may be NULL; returning false stops with STOPPED.
 * Errors: as pte_backfill_step, STOPPED. Any thread. */
PTE_API PTE_CHECKED pte_status pte_backfill(pte_env *env, pte_bytes table,
                                            bool (*on_progress)(void *ctx,
                                                                const pte_backfill_progress *now),
                                            void *ctx, pte_error *error);

/*
 * Deletes up to items_max items whose time to live lies before now_s (seconds since 1970), in one
 * commit, with change records marked by_expiry. *expired says how many; fewer than items_max means
 * that none is left. The TTL attribute counts if it is a number of whole or broken seconds, after 0
 * and not more than five years before now_s (AWS leaves older ones alone).
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/howitworks-ttl.html
 * Errors: as pte_backfill_step, without TABLE_NOT_FOUND. Any thread.
 */
PTE_API PTE_CHECKED pte_status pte_expire(size_t *expired, pte_env *env, int64_t now_s,
                                          size_t items_max, pte_error *error);

/*
 * Removes up to entries_max entries of dropped tables and indexes in one commit (in several where
 * memory is nearly full). *reclaimed says how many, also where it fails; after a success fewer than
 * entries_max means that none is left.
 * Errors: as pte_backfill_step, without TABLE_NOT_FOUND. Any thread.
 */
PTE_API PTE_CHECKED pte_status pte_reclaim(size_t *reclaimed, pte_env *env, size_t entries_max,
                                           pte_error *error);

#ifdef __cplusplus
}
#endif
#endif
