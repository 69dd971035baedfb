/*
 * The gate that transactions pass, so that the map can be resized when none is under way: LMDB
 * demands that of each process. Internally locked (one mutex, taken last).
 */
#ifndef PTE_STORE_GATE_H
#define PTE_STORE_GATE_H

#include "base/error.h"

#include <pthread.h>

typedef struct pte__gate {
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    size_t inside;
    bool closed;
} pte__gate;

/* Errors: OUT_OF_MEMORY. */
PTE_CHECKED pte_status pte__gate_init(pte__gate *gate, pte_error *error);
void pte__gate_clean_up(pte__gate *gate);

/* Goes in, after waiting while the gate is closed. */
void pte__gate_enter(pte__gate *gate);
void pte__gate_leave(pte__gate *gate);

/* The same in two parts, so that what is done between them needs no lock of its own: the gate's
 * mutex is held from the first to pte__gate_unlock. */
void pte__gate_lock_and_enter(pte__gate *gate);
void pte__gate_lock_and_leave(pte__gate *gate);
void pte__gate_unlock(pte__gate *gate);

/* Whether nobody but the caller is inside. */
bool pte__gate_is_alone(pte__gate *gate);

/* Closes the gate when nobody is inside. False if somebody still is after wait_ms. */
bool pte__gate_close(pte__gate *gate, unsigned wait_ms);
void pte__gate_open(pte__gate *gate);

#endif
