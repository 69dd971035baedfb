/* The gate that transactions pass. */
#include "store/gate.h"

#include "base/deadline.h"

pte_status pte__gate_init(pte__gate *gate, pte_error *error) {
    *gate = (pte__gate){0};
    if (pthread_mutex_init(&gate->mutex, NULL) != 0) {
        return pte__fail_memory(error);
    }
    if (!pte__timed_cond_init(&gate->changed)) {
        pthread_mutex_destroy(&gate->mutex);
        return pte__fail_memory(error);
    }
    return PTE_OK;
}

void pte__gate_clean_up(pte__gate *gate) {
    pthread_cond_destroy(&gate->changed);
    pthread_mutex_destroy(&gate->mutex);
}

void pte__gate_lock_and_enter(pte__gate *gate) {
    pthread_mutex_lock(&gate->mutex);
    while (gate->closed) {
        pthread_cond_wait(&gate->changed, &gate->mutex);
    }
    gate->inside++;
}

void pte__gate_lock_and_leave(pte__gate *gate) {
    pthread_mutex_lock(&gate->mutex);
    gate->inside--;
    if (gate->closed && gate->inside == 0) {
        pthread_cond_broadcast(&gate->changed);
    }
}

void pte__gate_unlock(pte__gate *gate) {
    pthread_mutex_unlock(&gate->mutex);
}

void pte__gate_enter(pte__gate *gate) {
    pte__gate_lock_and_enter(gate);
    pte__gate_unlock(gate);
}

void pte__gate_leave(pte__gate *gate) {
    pte__gate_lock_and_leave(gate);
    pte__gate_unlock(gate);
}

bool pte__gate_is_alone(pte__gate *gate) {
    pthread_mutex_lock(&gate->mutex);
    bool alone = gate->inside == 1;
    pthread_mutex_unlock(&gate->mutex);
    return alone;
}

bool pte__gate_close(pte__gate *gate, unsigned wait_ms) {
    struct timespec deadline = pte__deadline_in((int64_t)wait_ms * 1000000);
    int timed_out = 0;
    pthread_mutex_lock(&gate->mutex);
    while (gate->closed && timed_out == 0) {
        timed_out = pthread_cond_timedwait(&gate->changed, &gate->mutex, &deadline);
    }
    bool mine = !gate->closed;
    if (mine) {
        gate->closed = true;
        while (gate->inside != 0 && timed_out == 0) {
            timed_out = pthread_cond_timedwait(&gate->changed, &gate->mutex, &deadline);
        }
        if (gate->inside != 0) {
            mine = false;
            gate->closed = false;
            pthread_cond_broadcast(&gate->changed);
        }
    }
    pthread_mutex_unlock(&gate->mutex);
    return mine;
}

void pte__gate_open(pte__gate *gate) {
    pthread_mutex_lock(&gate->mutex);
    gate->closed = false;
    pthread_cond_broadcast(&gate->changed);
    pthread_mutex_unlock(&gate->mutex);
}
