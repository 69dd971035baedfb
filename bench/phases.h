/* What is measured in each mode: the steps, in their order, on all sides in turn. */
#ifndef BENCH_PHASES_H
#define BENCH_PHASES_H

#include "report.h"

#include <signal.h>

/* What a run is. */
typedef struct bench_settings {
    uint64_t items;
    size_t operations; /* of a slice of writes or queries */
    size_t slices;
    size_t durable_operations;
    uint64_t seed;
    const char *folder;        /* for what is on disk */
    const char *memory_folder; /* for what is in memory */
    const char *modes;
    const char *only;  /* NULL: all operations */
    const char *spoil; /* "side:operation" to expect wrong answers of, NULL: none */
    const char *json;  /* NULL: none */
} bench_settings;

/* Names of the modes, in the order in which they run; ends in NULL. The group of each in reports.
 */
extern const char *const bench_modes[];
extern const char *const bench_groups[];

/*
 * Runs one mode in folders of its own below the settings' and adds to the report. *stop other than
 * 0 ends it between two slices with STOPPED. Errors: those of all sides, STOPPED, LIMIT, IO.
 */
PTE_CHECKED pte_status bench_run_mode(bench_report *report, size_t mode,
                                      const bench_settings *settings,
                                      const volatile sig_atomic_t *stop, pte_error *error);

#endif
