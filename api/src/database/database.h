/*
 * An open database: the engine below, a pool of exchanges, what requests share.
 */
#ifndef PT_DATABASE_DATABASE_H
#define PT_DATABASE_DATABASE_H

#include "request/call.h"
#include "request/in_flight.h"
#include "request/token.h"

#include <pthread.h>

struct pt_database {
    pte_env *env;
    pt_options options;
    pt__in_flight *in_flight; /* NULL: conflicts are not asked for */
    pt__tokens tokens;
    pthread_mutex_t mutex; /* guards what follows */
    pt_exchange *idle;     /* exchanges of pt_call, to be used again */
    size_t idle_count;
    uint8_t upkeep_after[PTE_TABLE_NAME_BYTES_MAX]; /* the table that pt_upkeep goes on behind */
    size_t upkeep_after_len;
};

struct pt_exchange {
    pt_database *database;
    pt__call call;
    pt_reply reply;
    bool rested;               /* and so ready for a request as it is */
    pte_submission submission; /* of the request that is queued, and whom to tell */
    void (*done)(void *ctx);
    void *done_ctx;
    pt_exchange *next; /* in the database's pool */
};

/* The answer when there is no memory for one. */
extern const char pt__out_of_memory_body[];

#endif
