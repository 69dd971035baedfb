/* A thread with a flag; see worker.h. Calls nothing of the rest of the server. */
#include "http/worker.h"

#include <errno.h>
#include <stdint.h>
#include <time.h>

enum { MS_PER_S = 1000, NS_PER_MS = 1000 * 1000, NS_PER_S = 1000 * 1000 * 1000 };

static struct timespec after_ms(unsigned ms) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    time.tv_sec += ms / MS_PER_S;
    time.tv_nsec += (long)(ms % MS_PER_S) * NS_PER_MS;
    if (time.tv_nsec >= NS_PER_S) {
        time.tv_sec++;
        time.tv_nsec -= NS_PER_S;
    }
    return time;
}

/* Sleeps until there is something to do; the mutex is held. False: the thread shall end. */
static bool wait_for_work(pt__worker *worker) {
    struct timespec until = after_ms(worker->period_ms);
    int waited = 0;
    worker->asleep = true;
    while (!worker->wanted && !worker->stopping && waited != ETIMEDOUT) {
        waited = worker->period_ms == 0
                     ? pthread_cond_wait(&worker->changed, &worker->mutex)
                     : pthread_cond_timedwait(&worker->changed, &worker->mutex, &until);
    }
    worker->asleep = false;
    worker->wanted = false;
    return !worker->stopping;
}

static void *run(void *ctx) {
    pt__worker *worker = ctx;
    pthread_mutex_lock(&worker->mutex);
    while (wait_for_work(worker)) {
        pthread_mutex_unlock(&worker->mutex);
        bool again = worker->work(worker->ctx);
        pthread_mutex_lock(&worker->mutex);
        worker->wanted = worker->wanted || again;
    }
    pthread_mutex_unlock(&worker->mutex);
    return NULL;
}

static int init_condition(pthread_cond_t *condition) {
    pthread_condattr_t attributes;
    int error = pthread_condattr_init(&attributes);
    if (error != 0) {
        return error;
    }
    error = pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    if (error == 0) {
        error = pthread_cond_init(condition, &attributes);
    }
    pthread_condattr_destroy(&attributes);
    return error;
}

int pt__worker_start(pt__worker *worker) {
    int error = pthread_mutex_init(&worker->mutex, NULL);
    if (error != 0) {
        return error;
    }
    error = init_condition(&worker->changed);
    if (error != 0) {
        pthread_mutex_destroy(&worker->mutex);
        return error;
    }
    error = pthread_create(&worker->thread, NULL, run, worker);
    if (error != 0) {
        pthread_cond_destroy(&worker->changed);
        pthread_mutex_destroy(&worker->mutex);
        return error;
    }
    worker->started = true;
    return 0;
}

void pt__worker_kick(pt__worker *worker) {
    pthread_mutex_lock(&worker->mutex);
    worker->wanted = true;
    if (worker->asleep) {
        pthread_cond_signal(&worker->changed);
    }
    pthread_mutex_unlock(&worker->mutex);
}

void pt__worker_stop(pt__worker *worker) {
    if (!worker->started) {
        return;
    }
    pthread_mutex_lock(&worker->mutex);
    worker->stopping = true;
    pthread_cond_signal(&worker->changed);
    pthread_mutex_unlock(&worker->mutex);
    pthread_join(worker->thread, NULL);
    pthread_cond_destroy(&worker->changed);
    pthread_mutex_destroy(&worker->mutex);
    worker->started = false;
}
