/* What the programs have alike: options of a command line, and a run that signals stop. */
#ifndef BENCH_OPTIONS_H
#define BENCH_OPTIONS_H

#include "report.h"

#include <signal.h>

/* One option that takes a value; where it goes, exactly one of the three. */
typedef struct bench_option {
    const char *name;
    const char **text;
    uint64_t *number;
    size_t *size;
    uint64_t low; /* of a number */
    uint64_t high;
} bench_option;

typedef struct bench_program {
    const char *name;
    const char *help;
    const bench_option *options;
    size_t option_count;
    const char *const *quick; /* what --quick stands for: names and values in turn, then NULL */
} bench_program;

/* Reads a command line. Whether the program goes on; else it ends, with *exit_status. */
bool bench_options_read(int *exit_status, const bench_program *program, int count, char **texts);

/* settings: as given to bench_program_run. *stop: becomes 1 when the run shall end. */
typedef pte_status bench_program_run_fn(bench_report *report, const void *settings,
                                        const volatile sig_atomic_t *stop, pte_error *error);

/*
 * Runs with a report of its own, and tells of an error; the program's exit status. SIGINT and
 * SIGTERM set *stop instead of ending the program, so that files are removed before it ends.
 */
int bench_program_run(const char *name, bench_program_run_fn *run, const void *settings);

#endif
