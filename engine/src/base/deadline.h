/*
 * Waiting for a bounded time, by the clock that nobody sets: with the other one a wait would last
 * as long as the clock was put back.
 */
#ifndef PTE_BASE_DEADLINE_H
#define PTE_BASE_DEADLINE_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

enum { PTE__NS_A_SECOND = 1000000000 };

static inline int64_t pte__now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * PTE__NS_A_SECOND + now.tv_nsec;
}

/* What pthread_cond_timedwait takes, for a condition variable made by pte__timed_cond_init. */
static inline struct timespec pte__deadline_in(int64_t wait_ns) {
    int64_t deadline_ns = pte__now_ns() + wait_ns;
    return (struct timespec){.tv_sec = (time_t)(deadline_ns / PTE__NS_A_SECOND),
                             .tv_nsec = (long)(deadline_ns % PTE__NS_A_SECOND)};
}

/* Makes a condition variable whose deadlines are those above. False: no resources for one. */
static inline bool pte__timed_cond_init(pthread_cond_t *cond) {
    pthread_condattr_t attributes;
    if (pthread_condattr_init(&attributes) != 0) {
        return false;
    }
    bool made = pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC) == 0 &&
                pthread_cond_init(cond, &attributes) == 0;
    pthread_condattr_destroy(&attributes);
    return made;
}

#endif
