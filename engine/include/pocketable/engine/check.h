/*
 * The checker: walks a snapshot of everything and proves that catalog, items, indexes, expiry,
 * change log and long keys agree. It changes nothing and reads and writes may go on meanwhile.
 */
#ifndef POCKETABLE_ENGINE_CHECK_H
#define POCKETABLE_ENGINE_CHECK_H

#include <pocketable/engine/env.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct pte_check_report {
    uint64_t tables;
    uint64_t indexes;
    uint64_t items;
    uint64_t index_entries;
    uint64_t expiry_entries;
    uint64_t change_records;
    uint64_t long_keys;
    uint64_t problems; /* 0: everything agrees */
} pte_check_report;

typedef struct pte_check_options {
    /* One line for each disagreement, naming the place; views until it returns. May be NULL. */
    void (*on_problem)(void *ctx, const char *problem);
    /* Now and then, entries done of all; false stops with STOPPED. May be NULL. */
    bool (*on_progress)(void *ctx, uint64_t done, uint64_t total);
    void *ctx;
} pte_check_options;

/*
 * Checks. OK means that the walk was made, not that nothing was found: see report->problems.
 * options may be NULL. Memory: bounded. Cost: a walk over everything, a look-up in each index for
 * every item, and, where an index has other entries than those, one in the table for every entry.
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY, IO, BUSY, STOPPED. Any thread.
 */
PTE_API PTE_CHECKED pte_status pte_check(pte_check_report *report, pte_env *env,
                                         const pte_check_options *options, pte_error *error);

#ifdef __cplusplus
}
#endif
#endif
