/* What growth does to costs: of items (growth_items.c) and of tables (growth_tables.c). */
#ifndef BENCH_GROWTH_H
#define BENCH_GROWTH_H

#include "report.h"

#include <signal.h>

enum { BENCH_GROWTH_ITEMS_MIN = 10000 }; /* what the larger sizes are compared with */

/* The places of the sides in the report: what has grown, next to what has not. */
enum { BENCH_GROWN_ENGINE = 0, BENCH_GROWN_JSON, BENCH_SMALL_ENGINE, BENCH_SMALL_JSON };

typedef struct bench_growth_settings {
    uint64_t items_max;
    uint64_t tables_max;
    size_t operations; /* of a slice */
    size_t slices;
    uint64_t seed;
    const char *folder;
    const char *json; /* NULL: none */
} bench_growth_settings;

/* Names of groups in the report. */
extern const char bench_growth_of_items[];
extern const char bench_growth_of_tables[];
extern const char bench_growth_load[];

/* Both add to the report. *stop other than 0 ends them with STOPPED. Errors: the sides'. */
PTE_CHECKED pte_status bench_grow_items(bench_report *report, const bench_growth_settings *settings,
                                        const volatile sig_atomic_t *stop, pte_error *error);
PTE_CHECKED pte_status bench_grow_tables(bench_report *report,
                                         const bench_growth_settings *settings,
                                         const volatile sig_atomic_t *stop, pte_error *error);

/* The ratios of both kinds: grown to small, for the engine and for JSON. target 0: none. */
void bench_growth_compare(bench_result *result, double target);

/* "name, 10,000,000 things" with the number in groups of three. Borrowed by a report until its end,
 * so it is kept in the report's own room: a static table of the caller's. */
void bench_growth_name(char *text, size_t bytes, const char *name, uint64_t number,
                       const char *things);

#endif
