/*
 * Measuring: clocks, slices, medians, and the report as a table and as JSON. Knows nothing of what
 * is measured.
 *
 * Both sides of a comparison do the same work in alternating slices, and the median slice counts,
 * so that what else the machine does falls on both and on neither's result.
 */
#ifndef BENCH_MEASURE_H
#define BENCH_MEASURE_H

#include <stdio.h>

#include <pocketable/engine/status.h>

enum {
    BENCH_SLICES_MAX = 200,
    BENCH_RESULTS_MAX = 64,
};

/* Fills error and returns status. os_error: errno or LMDB's code, 0 where neither is the cause. */
__attribute__((__format__(__printf__, 4, 5))) pte_status
bench_fail(pte_error *error, pte_status status, int os_error, const char *format, ...);

/* Wall time, and the processor time of all threads of the process, since some moment. */
typedef struct bench_time {
    double wall_ns;
    double cpu_ns;
} bench_time;
bench_time bench_now(void);

/* Times of one operation, one for each slice. */
typedef struct bench_series {
    size_t count;
    double wall_ns[BENCH_SLICES_MAX];
    double cpu_ns[BENCH_SLICES_MAX];
} bench_series;

/* Adds a slice that began at start and ends now and did operations operations. */
void bench_series_add(bench_series *series, bench_time start, size_t operations);

/* The value that the fraction (0 to 1) of all is at most; 0 for none. */
double bench_quantile(const double *values, size_t count, double fraction);

/* How a result is compared. */
typedef enum bench_kind {
    BENCH_COST_RATIO = 0, /* engine's time over raw's; at most target */
    BENCH_COST_ALONE,     /* engine only, or raw only */
    BENCH_SPEEDUP,        /* base's time over engine's; at least target */
} bench_kind;

typedef struct bench_result {
    const char *mode;
    const char *operation;
    bench_kind kind;
    double target;     /* 0: none */
    size_t operations; /* of the first slice */
    double per_commit; /* the engine's writes in a commit, over all slices; 0: not a write */
    bench_series raw;  /* BENCH_SPEEDUP: what is compared with */
    bench_series engine;
} bench_result;

typedef struct bench_report {
    size_t count;
    bench_result results[BENCH_RESULTS_MAX];
    uint64_t answers_checked;
} bench_report;

/* A new result of the report, zeroed but for its names. Errors: LIMIT. */
PTE_CHECKED pte_status bench_report_add(bench_result **result, bench_report *report,
                                        const char *mode, const char *operation, pte_error *error);

/* The median of the ratios (see bench_kind) of every two slices; 0 where a side is missing. */
double bench_result_ratio(const bench_result *result);

/* Prints the results of one mode, or nothing if there are none. */
void bench_report_print(const bench_report *report, const char *mode, FILE *out);

/* Prints how many operations a second the results of one mode come to. */
void bench_report_print_rates(const bench_report *report, const char *mode, FILE *out);

/* What a run was: goes into the JSON as it is. */
typedef struct bench_settings {
    uint64_t items;
    size_t operations; /* of a slice of writes or queries */
    size_t slices;
    size_t durable_operations;
    uint64_t seed;
    const char *folder;        /* for what is on disk */
    const char *memory_folder; /* for what is in memory */
    const char *modes;
    const char *only; /* NULL: all operations */
    const char *json; /* NULL: none */
} bench_settings;

/* Writes everything to settings->json. Errors: IO. */
PTE_CHECKED pte_status bench_report_write(const bench_report *report,
                                          const bench_settings *settings, pte_error *error);

/* "Intel(R) ... x 2": what the run ran on; text has room for bytes bytes. */
void bench_machine(char *text, size_t bytes);

#endif
