/*
 * The engine's side, by its public calls alone: typed keys and items in, views out.
 */
#ifndef BENCH_ENGINE_SIDE_H
#define BENCH_ENGINE_SIDE_H

#include "answers.h"
#include "side.h"

typedef struct bench_engine {
    pte_env *env;
    pte_bytes tables[BENCH_TABLES]; /* their names */
    pte_builder *builder;           /* of updated items and start keys */
    bench_pass pass;
    uint64_t scanned;
} bench_engine;

/* Measures a database that is somebody else's and has a table photos with the index inverted:
 * borrows env and the name. Errors: the builder's. Detach it in any case. */
PTE_CHECKED pte_status bench_engine_attach(bench_engine *engine, pte_env *env, pte_bytes photos,
                                           pte_error *error);
void bench_engine_detach(bench_engine *engine);

/* How many groups of writes there were. Errors: the engine's. */
PTE_CHECKED pte_status bench_engine_commits(uint64_t *commits, bench_engine *engine,
                                            pte_error *error);

#endif
