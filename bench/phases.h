/* What is measured in each mode: the steps, in their order, on both sides in turn. */
#ifndef BENCH_PHASES_H
#define BENCH_PHASES_H

#include "measure.h"

enum { BENCH_WRITERS = 8 };

/* Names of the modes, in the order in which they run; ends in NULL. */
extern const char *const bench_modes[];

/*
 * Runs one mode in folders of its own below the settings' and adds to the report. *stop other than
 * 0 ends it between two slices with STOPPED. Errors: those of both sides, STOPPED, LIMIT, IO.
 */
PTE_CHECKED pte_status bench_run_mode(bench_report *report, const char *mode,
                                      const bench_settings *settings, const volatile int *stop,
                                      pte_error *error);

#endif
