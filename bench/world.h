/* One mode under way: the sides' stores, what they work with, and one timed slice of them. */
#ifndef BENCH_WORLD_H
#define BENCH_WORLD_H

#include <limits.h>
#include <signal.h>

#include "disk.h"
#include "phases.h"
#include "side.h"

typedef struct bench_world {
    const char *group;
    const bench_settings *settings;
    bench_report *report;
    const volatile sig_atomic_t *stop;
    char folder[PATH_MAX / 2];
    bench_maker maker;
    bench_batch batch;
    void *stores[BENCH_STORES]; /* what each side has opened */
    bench_disk disk;
} bench_world;

/* One operation, measured on all sides that have it. */
typedef struct bench_step {
    const char *operation;
    bench_op op;
    bench_use use;
    bench_table table;
    size_t factor; /* operations a slice, in units of the settings'; 0: all items over all slices */
    size_t rows;   /* of the batch, that one operation takes */
    double engine_target; /* engine to LMDB; 0: none, as in the next */
    double json_target;   /* JSON to LMDB */
    double sqlite_target; /* SQLite to engine, at least */
    const char *note;     /* NULL: none */
} bench_step;

PTE_CHECKED pte_status bench_world_open(bench_world *world, pte_durability durability,
                                        size_t batch_capacity, uint64_t items_max,
                                        pte_error *error);
void bench_world_close(bench_world *world);

/* STOPPED where a signal asks for it. */
PTE_CHECKED pte_status bench_world_check_stop(const bench_world *world, pte_error *error);

/* Fills the batch and runs one step's slice on all sides that take part; the order of the sides
 * turns from slice to slice. */
PTE_CHECKED pte_status bench_world_slice(bench_world *world, const bench_step *step,
                                         size_t operations, bench_result *result, size_t slice,
                                         pte_error *error);

/* As many slices as the settings say, of operations each (0: all items over all slices), as a new
 * result of the report. */
PTE_CHECKED pte_status bench_world_run(bench_world *world, const bench_step *step,
                                       size_t operations, pte_error *error);

/* Reads everything on all sides and compares: the check of all writes, and it warms all. */
PTE_CHECKED pte_status bench_world_verify(bench_world *world, pte_error *error);

/* Whether a side takes part in work on a table. */
bool bench_world_has(const bench_world *world, size_t side, bench_table table);

#endif
