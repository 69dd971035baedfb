/*
 * The engine's side, by its public calls alone: typed keys and items in, views out.
 */
#ifndef BENCH_ENGINE_SIDE_H
#define BENCH_ENGINE_SIDE_H

#include <pocketable/engine/env.h>

#include "items.h"

typedef struct bench_engine {
    pte_env *env;
} bench_engine;

/* Opens an empty database with both tables. Errors: the engine's. Close it in any case. */
PTE_CHECKED pte_status bench_engine_open(bench_engine *engine, const char *folder,
                                         pte_durability durability, pte_error *error);
void bench_engine_close(bench_engine *engine);

/* One for each row of the batch; answers are checked. Errors: the engine's, CORRUPT (a wrong
 * answer). */
PTE_CHECKED pte_status bench_engine_get(bench_engine *engine, const bench_batch *batch,
                                        pte_error *error);
PTE_CHECKED pte_status bench_engine_query(bench_engine *engine, const bench_batch *batch,
                                          pte_error *error);
PTE_CHECKED pte_status bench_engine_index_query(bench_engine *engine, const bench_batch *batch,
                                                pte_error *error);

/* pte_put for each row; pte_write_batch for each thousand. */
PTE_CHECKED pte_status bench_engine_put(bench_engine *engine, const bench_batch *batch,
                                        pte_error *error);
PTE_CHECKED pte_status bench_engine_load(bench_engine *engine, const bench_batch *batch,
                                         pte_error *error);

/* The rows shared out between that many threads, each of which loops over its own with pte_put. */
PTE_CHECKED pte_status bench_engine_put_threads(bench_engine *engine, const bench_batch *batch,
                                                unsigned threads, pte_error *error);

/* How many commits there were. Errors: the engine's. */
PTE_CHECKED pte_status bench_engine_commits(uint64_t *commits, bench_engine *engine,
                                            pte_error *error);

/* Reads everything and checks that it and the engine's counts are what the maker says. */
PTE_CHECKED pte_status bench_engine_verify(bench_engine *engine, const bench_maker *maker,
                                           pte_error *error);

#endif
