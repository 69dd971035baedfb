/*
 * Simple commands on a database, carried out here or by another process that waits for them: so
 * that a test knows exactly which process does what, after what.
 */
#ifndef PROCESSES_REMOTE_H
#define PROCESSES_REMOTE_H

#include "support/process.h"
#include "support/support.h"

#include <pocketable/engine/read.h>

enum { REMOTE_HELD_MAX = 4, REMOTE_ADDRESS_BYTES = 56 * 1024 * 1024 };

typedef enum remote_verb {
    REMOTE_OPEN, /* number: remote_opening */
    REMOTE_CLOSE,
    REMOTE_CREATE, /* number: 0 for a key of type S, 1 for N */
    REMOTE_DROP,
    REMOTE_ADD_INDEX, /* and fills it */
    REMOTE_DROP_INDEX,
    REMOTE_PUT_S,     /* an item whose key is the text of number */
    REMOTE_PUT_N,     /* an item whose key is number */
    REMOTE_PUT_LARGE, /* as PUT_S, with nearly 400 KB */
    REMOTE_GET_S,
    REMOTE_GET_N,
    REMOTE_COUNT,        /* answer: items by a query of the index */
    REMOTE_HOLD,         /* begins a snapshot and keeps it */
    REMOTE_MAP_BYTES,    /* answer */
    REMOTE_USED_BYTES,   /* answer */
    REMOTE_READERS_USED, /* answer */
    REMOTE_LEAVE,
} remote_verb;

typedef enum remote_opening {
    REMOTE_AS_USUAL,
    REMOTE_SHORT_OF_ADDRESSES, /* little address space while it opens, the usual afterwards */
} remote_opening;

typedef struct remote_command {
    uint32_t verb;
    uint64_t number;
    char name[256]; /* of the table; or the folder */
} remote_command;

typedef struct remote_answer {
    int32_t status;
    uint64_t number;
    pte_error error;
} remote_answer;

/* A process that carries commands out: this one if process.pid is 0. */
typedef struct remote {
    test_process process;
    pte_env *env; /* of this process */
    pte_read *held[REMOTE_HELD_MAX];
    size_t held_count;
} remote;

/* Starts a process that waits for commands. */
void remote_start(remote *r);

/* Tells it to carry one out; cmocka's failure if it is gone. */
remote_answer remote_tell(remote *r, remote_verb verb, const char *name, uint64_t number);

/* The same, with the expected status. */
uint64_t remote_expect_at(pte_status expected, remote *r, remote_verb verb, const char *name,
                          uint64_t number, const char *file, int line);
#define REMOTE_EXPECT(expected, r, verb, name, number)                                             \
    remote_expect_at((expected), (r), (verb), (name), (number), __FILE__, __LINE__)
#define REMOTE_OK(r, verb, name, number) REMOTE_EXPECT(PTE_OK, r, verb, name, number)

/* What the process's main does. */
int remote_main(void);

#endif
