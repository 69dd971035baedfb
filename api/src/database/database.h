/*
 * An open database: the engine below, a pool of exchanges, what requests share.
 */
#ifndef PT_DATABASE_DATABASE_H
#define PT_DATABASE_DATABASE_H

#include "request/call.h"

#include <pthread.h>

struct pt_database {
    pte_env *env;
    pt_options options;
    pthread_mutex_t mutex; /* guards what follows */
    pt_exchange *idle;     /* exchanges of pt_call, to be used again */
};

#endif
