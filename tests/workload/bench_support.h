/* A workload with a database of its own in memory, for tests that run it. Failures end the test. */
#ifndef TESTS_BENCH_SUPPORT_H
#define TESTS_BENCH_SUPPORT_H

#include "support/support.h"

#include "workload/run.h"

#include <stdio.h>
#include <stdlib.h>
#include <yajl/yajl_tree.h>

/* Zeros before it is opened. */
typedef struct bench {
    wl_workload *workload;
    pt_database *database;
    qp_door door;
    wl_results results;
    bool has_results;
    double load_seconds;
} bench;

/* Reads the workload, makes its tables and loads its items. */
void bench_open_file(bench *b, const char *path);
void bench_open_text(bench *b, const char *yaml);
void bench_close(bench *b);

/* Runs so many calls of the mix; the results are new at the first run, and added to then. */
void bench_run(bench *b, uint64_t seed, uint64_t calls);
void bench_measure(bench *b);

/* Equal but for rounding. */
void bench_near(double expected, double found);

#endif
