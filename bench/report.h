/*
 * Results of sides that did the same work, as a table for people and as JSON for bench/compare.
 *
 * All sides do the same work in alternating slices, and the median slice counts, so that what else
 * the machine does falls on all of them and on nobody's result.
 */
#ifndef BENCH_REPORT_H
#define BENCH_REPORT_H

#include <stdio.h>

#include "measure.h"

enum {
    BENCH_RESULTS_MAX = 100,
    BENCH_RATIOS_MAX = 5,
    BENCH_SKIPPED_MAX = 8,
};

/* Who is measured. A program uses the places it wants and names them in its report. */
enum { BENCH_SIDES_MAX = 5 };

typedef struct bench_result bench_result;

/* What is to be reached: the quotient of two sides' figures, as they are shown. */
typedef struct bench_ratio {
    unsigned of;
    unsigned to;
    double target;                 /* 0: none */
    bool at_least;                 /* else at most */
    const bench_result *to_result; /* where to is in another result; NULL: in the same */
    const char *to_name;           /* its name then */
} bench_ratio;

struct bench_result {
    const char *group; /* "in process, memory" */
    const char *operation;
    const char *note;  /* NULL: none */
    bool rates;        /* shown as operations a second, not as the time of one */
    size_t operations; /* of the first slice */
    double per_commit; /* the engine's writes in a commit, over all slices; 0: unknown */
    uint64_t checked;  /* answers */
    bench_series sides[BENCH_SIDES_MAX];
    size_t ratio_count;
    bench_ratio ratios[BENCH_RATIOS_MAX];
};

/* A single figure that is not a time. */
typedef struct bench_figure {
    const char *group;
    char operation[64];
    const char *unit;               /* "bytes", "ms", "1/s", "us" */
    bool more;                      /* more is better */
    double values[BENCH_SIDES_MAX]; /* 0: not measured */
    double target;                  /* in its unit, at most; 0: none */
    unsigned target_side;           /* whose */
} bench_figure;

typedef struct bench_report {
    const char *part;
    const char *side_names[BENCH_SIDES_MAX];
    size_t count;
    bench_result results[BENCH_RESULTS_MAX];
    size_t figure_count;
    bench_figure figures[BENCH_RESULTS_MAX];
    size_t skipped_count;
    const char *skipped[BENCH_SKIPPED_MAX][2]; /* what, why */
    uint64_t answers_checked;
} bench_report;

/* A new result of the report, zeroed but for its names, which are borrowed. Errors: LIMIT. */
PTE_CHECKED pte_status bench_report_add(bench_result **result, bench_report *report,
                                        const char *group, const char *operation, pte_error *error);
/* A figure likewise; operation is copied. */
PTE_CHECKED pte_status bench_report_figure(bench_figure **figure, bench_report *report,
                                           const char *group, const char *operation,
                                           const char *unit, pte_error *error);
/* That something could not be had. Beyond BENCH_SKIPPED_MAX it is forgotten. Borrows both. */
void bench_report_skip(bench_report *report, const char *what, const char *why);
/* Adds a ratio, if there is room. */
void bench_result_compare(bench_result *result, bench_ratio ratio);

/* Prints the results and figures of one group, or nothing if there are none. */
void bench_report_print(const bench_report *report, const char *group, FILE *out);

/* One setting of a run. */
typedef struct bench_setting {
    const char *name;
    const char *text; /* NULL: the number is meant */
    uint64_t number;
} bench_setting;

/* Writes everything as JSON to the file path. Errors: IO. */
PTE_CHECKED pte_status bench_report_write(const bench_report *report, const char *path,
                                          const bench_setting *settings, size_t setting_count,
                                          pte_error *error);

#endif
