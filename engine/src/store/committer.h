/*
 * The committer: every write of this process goes through it, one LMDB transaction at a time.
 *
 * Callers queue requests. Whoever finds no leader leads: it takes all that wait, runs them in one
 * transaction, commits once, and wakes their callers (group commit); then the next one waiting
 * leads. A submitted request has no caller that waits: it lies in the queue until somebody leads
 * who does, or who was asked to, and is settled by a callback. A request that fails after it began
 * to change something spoils the transaction: it is aborted and its requests are run again, each in
 * a transaction of its own, so that the failure hurts only the one. There is no thread of the
 * engine's own.
 */
#ifndef PTE_STORE_COMMITTER_H
#define PTE_STORE_COMMITTER_H

#include "store/write_txn.h"

#include <pthread.h>

typedef struct pte__request pte__request;
struct pte__request {
    /*
     * Runs the request in txn, under the committer, perhaps on another thread than its caller's and
     * perhaps more than once; it must start afresh each time. A status other than OK before the
     * first change (txn->changes) is a refusal and leaves the transaction good, unless it is one of
     * the machine's.
     */
    pte_status (*run)(pte__request *request, pte__write_txn *txn, pte_error *error);
    /*
     * NULL: there are no parts. Called when the request has failed as a whole and by itself: makes
     * it ready to run its first part, each in a transaction of its own; then, with that one's
     * status, the next. False: there is none left. Under the committer.
     */
    bool (*next_part)(pte__request *request);
    /*
     * Of a submitted request: called when status is final, outside the committer, on the thread
     * that led. The request is the callback's. NULL where a caller waits.
     */
    void (*settle)(pte__request *request);
    size_t weight;    /* bytes of input, so that groups stay bounded */
    pte_error *error; /* the caller's, may be NULL */

    pte_status status; /* set by the committer, as all below */
    bool done;
    pte__request *next;
};

/* What the layer above does around each transaction; ctx is its own. */
typedef struct pte__committer_hooks {
    void (*begin)(void *ctx, pte__write_txn *txn);
    /* Before the commit, if anything was changed; may change more. */
    pte_status (*finish)(void *ctx, pte__write_txn *txn, pte_error *error);
    /* How it ended. */
    void (*end)(void *ctx, pte__write_txn *txn, bool committed);
    void *ctx;
} pte__committer_hooks;

typedef struct pte__committer {
    pte__store *store;
    pte__committer_hooks hooks;
    pthread_mutex_t mutex;
    pthread_cond_t arrived; /* a request that the leader waits for */
    pthread_cond_t settled; /* a group is done, and somebody may have to lead */
    pte__request *first;    /* the queue */
    pte__request **last;
    size_t waiting;     /* in the queue */
    size_t callers;     /* of those waiting, requests that a caller waits for */
    uint64_t submitted; /* requests without, ever; and how many of them have left the queue */
    uint64_t taken;
    bool led;
    bool awaiting;     /* the leader waits for more */
    size_t expected;   /* callers that the next group may have, by what the last one had */
    int64_t commit_ns; /* how long the last commit took */
    uint64_t groups;   /* commits, and the requests in them, since it was opened */
    uint64_t grouped;
    uint64_t groups_of[PTE_GROUP_SIZES]; /* by size, as in pte_env_info */
} pte__committer;

/* Errors: OUT_OF_MEMORY. */
PTE_CHECKED pte_status pte__committer_init(pte__committer *committer, pte__store *store,
                                           const pte__committer_hooks *hooks, pte_error *error);
void pte__committer_clean_up(pte__committer *committer);

/*
 * Runs a request and waits until it is committed or has failed; returns its status.
 * Errors: READ_ONLY, what run returns, DATABASE_FULL, BUSY, IO, OUT_OF_MEMORY.
 */
PTE_CHECKED pte_status pte__commit(pte__committer *committer, pte__request *request);

/*
 * Queues a request that has settle and returns; whoever leads next runs it. The request stays where
 * it is until it is settled. Errors: READ_ONLY (it is not queued).
 */
PTE_CHECKED pte_status pte__commit_later(pte__committer *committer, pte__request *request,
                                         pte_error *error);

/* Leads, or lets others lead, until every request submitted before the call has left the queue; a
 * group of another thread's may still be at work on the last of them. */
void pte__commit_submitted(pte__committer *committer);

#endif
