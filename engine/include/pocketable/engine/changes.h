/*
 * The change log: what was changed in tables that ask for it (pte_table_spec.changes), in the
 * order of the commits, written in the transaction of the change.
 */
#ifndef POCKETABLE_ENGINE_CHANGES_H
#define POCKETABLE_ENGINE_CHANGES_H

#include <pocketable/engine/read.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum pte_change_kind {
    PTE_CHANGE_INSERT = 1,
    PTE_CHANGE_MODIFY,
    PTE_CHANGE_DELETE,
} pte_change_kind;

typedef struct pte_change {
    uint64_t sequence; /* from 1, rising over all tables, never used twice */
    int64_t time_ms;   /* when it was made, by the clock of pte_env_options */
    uint32_t table_id; /* pte_table_info.id; the table may be gone */
    pte_change_kind kind;
    bool by_expiry;     /* deleted by pte_expire, not by a caller */
    pte_item keys;      /* always */
    pte_item old_image; /* encoded.len 0 where not kept or absent */
    pte_item new_image;
} pte_change;

/*
 * The first record whose sequence is above after, or END. Views until pte_read_end.
 * Errors: END, INVALID_ARGUMENT, CORRUPT, IO.
 */
PTE_API PTE_CHECKED pte_status pte_change_next(pte_change *change, pte_read *read, uint64_t after,
                                               pte_error *error);

/* The sequence of the newest change ever made in the snapshot, 0 before the first. Trimming does
 * not lower it. Errors: INVALID_ARGUMENT, CORRUPT, IO. */
PTE_API PTE_CHECKED pte_status pte_change_last(uint64_t *sequence, pte_read *read,
                                               pte_error *error);

/*
 * Removes records older than before_ms, oldest first, at most records_max of them in one commit.
 * *trimmed says how many; fewer than records_max means that none is left to trim.
 * Errors: INVALID_ARGUMENT, READ_ONLY, DATABASE_FULL, BUSY, IO, OUT_OF_MEMORY, CORRUPT. Any thread.
 */
PTE_API PTE_CHECKED pte_status pte_changes_trim(size_t *trimmed, pte_env *env, int64_t before_ms,
                                                size_t records_max, pte_error *error);

#ifdef __cplusplus
}
#endif
#endif
