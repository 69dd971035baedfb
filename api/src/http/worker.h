/*
 * A thread that works when it is asked to, and from time to time by itself if it shall.
 */
#ifndef PT_HTTP_WORKER_H
#define PT_HTTP_WORKER_H

#include <pthread.h>
#include <stdbool.h>

typedef struct pt__worker {
    bool (*work)(void *ctx); /* true: work again at once */
    void *ctx;
    unsigned period_ms; /* 0: only when asked */

    /* Private. */
    pthread_t thread;
    pthread_mutex_t mutex; /* guards what follows */
    pthread_cond_t changed;
    bool wanted;
    bool asleep;
    bool stopping;
    bool started;
} pt__worker;

/* Starts the thread; the worker's first three members are set, the others zero. Returns an errno.
 */
int pt__worker_start(pt__worker *worker);

/* Asks for work: it begins after this call, at least once. Any thread. */
void pt__worker_kick(pt__worker *worker);

/* Lets what is under way end, then ends the thread. A worker that was not started is allowed. */
void pt__worker_stop(pt__worker *worker);

#endif
