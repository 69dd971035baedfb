/* A batch's rows shared out between threads that write at once. */
#ifndef BENCH_WRITERS_H
#define BENCH_WRITERS_H

#include "items.h"

enum { BENCH_WRITERS_MAX = 64 };

/* Writes the rows from first to before end, as writer number at. */
typedef pte_status bench_write_share_fn(void *self, const bench_batch *batch, unsigned at,
                                        size_t first, size_t end, pte_error *error);

/* Runs write on as many threads and waits for all. Errors: IO (no thread), the first of write's. */
PTE_CHECKED pte_status bench_write_at_once(bench_write_share_fn *write, void *self,
                                           const bench_batch *batch, unsigned writers,
                                           pte_error *error);

#endif
