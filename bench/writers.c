#include "writers.h"
#include "measure.h"

#include <pthread.h>

typedef struct writer {
    pthread_t thread;
    bench_write_share_fn *write;
    void *self;
    const bench_batch *batch;
    unsigned at;
    size_t first;
    size_t end;
    pte_status status;
    pte_error error;
} writer;

static void *write_share(void *given) {
    writer *w = given;
    w->status = w->write(w->self, w->batch, w->at, w->first, w->end, &w->error);
    return NULL;
}

pte_status bench_write_at_once(bench_write_share_fn *write, void *self, const bench_batch *batch,
                               unsigned writers, pte_error *error) {
    writer all[BENCH_WRITERS_MAX];
    pte_status status = PTE_OK;
    unsigned started = 0;
    for (; started < writers && started < BENCH_WRITERS_MAX; started++) {
        writer *one = &all[started];
        *one = (writer){.write = write, .self = self, .batch = batch, .at = started};
        one->first = batch->count * started / writers;
        one->end = batch->count * (started + 1) / writers;
        int code = pthread_create(&one->thread, NULL, write_share, one);
        if (code != 0) {
            status = bench_fail(error, PTE_IO, code, "cannot start thread %u", started);
            break;
        }
    }
    for (unsigned i = 0; i < started; i++) {
        pthread_join(all[i].thread, NULL);
        if (status == PTE_OK && all[i].status != PTE_OK) {
            status = all[i].status;
            *error = all[i].error;
        }
    }
    return status;
}
