/* Group commit. */
#include "store/committer.h"

#include "base/deadline.h"
#include "store/lmdb_error.h"

enum {
    GROUP_REQUESTS_MAX = 1024,
    GROUP_BYTES_MAX = 8 * 1024 * 1024,
    /* In memory a commit is nearly free, and room is claimed for the worst case: small groups. */
    MEMORY_GROUP_REQUESTS_MAX = 16,
    WAIT_NS_MAX = 1000000,
    GROW_WAIT_MS = 2000, /* for snapshots to end; longer would look like a deadlock */
    GROUPS_BETWEEN_READER_CHECKS = 1024,
};

pte_status pte__committer_init(pte__committer *committer, pte__store *store,
                               const pte__committer_hooks *hooks, pte_error *error) {
    *committer = (pte__committer){.store = store, .hooks = *hooks, .expected = 1};
    committer->last = &committer->first;
    if (pthread_mutex_init(&committer->mutex, NULL) != 0) {
        return pte__fail_memory(error);
    }
    if (!pte__timed_cond_init(&committer->arrived)) {
        pthread_mutex_destroy(&committer->mutex);
        return pte__fail_memory(error);
    }
    if (pthread_cond_init(&committer->settled, NULL) != 0) {
        pthread_cond_destroy(&committer->arrived);
        pthread_mutex_destroy(&committer->mutex);
        return pte__fail_memory(error);
    }
    return PTE_OK;
}

void pte__committer_clean_up(pte__committer *committer) {
    pthread_cond_destroy(&committer->settled);
    pthread_cond_destroy(&committer->arrived);
    pthread_mutex_destroy(&committer->mutex);
}

/* Requests that are run together, in the order they came. */
typedef struct pte__group {
    pte__request *first;
    pte__request **last; /* of the list: where the next one goes */
    size_t count;
    size_t callers; /* of them, those that a caller waits for */
    size_t bytes;
    bool closed; /* takes no more */
    bool waited; /* for latecomers, who may come until the deadline */
    struct timespec deadline;
} pte__group;

/* Moves what waits to the group's end, as far as it has room. Locked. */
static void take_waiting(pte__committer *committer, pte__group *group) {
    size_t requests_max =
        committer->store->durability == PTE_MEMORY ? MEMORY_GROUP_REQUESTS_MAX : GROUP_REQUESTS_MAX;
    while (committer->first != NULL && group->count < requests_max &&
           group->bytes < GROUP_BYTES_MAX) {
        pte__request *request = committer->first;
        committer->first = request->next;
        committer->waiting--;
        if (request->settle != NULL) {
            committer->taken++;
        } else {
            committer->callers--;
            group->callers++;
        }
        request->next = NULL;
        *group->last = request;
        group->last = &request->next;
        group->count++;
        group->bytes += request->weight;
    }
    if (committer->first == NULL) {
        committer->last = &committer->first;
    }
}

/*
 * Waits a moment for the writers of the last group to come again, if they are likely to: a commit
 * that takes a disk's time should carry all of them, not one now and the others next. Half a
 * commit's time at most, and never for a lone writer. What has come is run meanwhile. A group that
 * nobody waits for waits for nobody: who submits queues all there is before it has it run. Gives
 * the first request that has come, NULL if the group is to be committed.
 */
static pte__request *take_latecomers(pte__committer *committer, pte__group *group) {
    if (group->closed || committer->store->durability != PTE_DURABLE || group->callers == 0 ||
        group->callers >= committer->expected) {
        return NULL;
    }
    if (!group->waited) {
        int64_t wait_ns = committer->commit_ns / 2;
        group->deadline = pte__deadline_in(wait_ns < WAIT_NS_MAX ? wait_ns : WAIT_NS_MAX);
        group->waited = true;
    }
    pte__request **from = group->last;
    int timed_out = 0;
    pthread_mutex_lock(&committer->mutex);
    while (committer->waiting == 0 && timed_out == 0) {
        committer->awaiting = true;
        timed_out =
            pthread_cond_timedwait(&committer->arrived, &committer->mutex, &group->deadline);
    }
    committer->awaiting = false;
    take_waiting(committer, group);
    pthread_mutex_unlock(&committer->mutex);
    group->closed = timed_out != 0;
    return *from;
}

/* Runs requests, up to the end of their list. Stops at the first that spoils the transaction. */
static pte_status run_requests(pte__request *requests, pte__write_txn *txn, pte_error *error) {
    for (pte__request *request = requests; request != NULL; request = request->next) {
        uint64_t before = txn->changes;
        request->status = request->run(request, txn, error);
        if (request->status != PTE_OK &&
            (txn->changes != before || pte__is_of_machine(request->status))) {
            return request->status;
        }
        if (request->status != PTE_OK && request->error != NULL) {
            *request->error = *error;
        }
    }
    return PTE_OK;
}

/* Commits what was changed, or ends a transaction in which nothing was, or that failed. */
static pte_status end_transaction(pte__committer *committer, pte__write_txn *txn, pte_status status,
                                  pte_error *error) {
    if (status == PTE_OK && txn->changes != 0) {
        status = committer->hooks.finish(committer->hooks.ctx, txn, error);
    }
    bool commit = status == PTE_OK && txn->changes != 0;
    if (commit) {
        bool timed = committer->store->durability == PTE_DURABLE;
        int64_t started_ns = timed ? pte__now_ns() : 0;
        int rc = pte__store_commit(committer->store, txn->lmdb);
        committer->commit_ns = timed ? pte__now_ns() - started_ns : 0;
        if (rc != 0) {
            status = pte__fail_lmdb(error, rc, "committing");
        }
    } else {
        mdb_txn_abort(txn->lmdb);
    }
    committer->hooks.end(committer->hooks.ctx, txn, commit && status == PTE_OK);
    pte__store_end_write(committer->store);
    return status;
}

/*
 * Runs the requests of a group in one transaction, and those that come while it still takes some.
 * OK: the transaction ended well, each request has its own status. Otherwise nothing of it is kept,
 * and *grow says whether a larger map might help.
 */
static pte_status run_together(pte__committer *committer, pte__group *group, bool *grow,
                               pte_error *error) {
    pte__write_txn txn = {.store = committer->store};
    *grow = false;
    error->os_error = 0;
    pte_status status = pte__store_begin_write(&txn.lmdb, committer->store, error);
    if (status != PTE_OK) {
        return status;
    }
    committer->hooks.begin(committer->hooks.ctx, &txn);
    pte__request *requests = group->first;
    while (requests != NULL && status == PTE_OK) {
        status = run_requests(requests, &txn, error);
        requests = status == PTE_OK ? take_latecomers(committer, group) : NULL;
    }
    status = end_transaction(committer, &txn, status, error);
    *grow = status == PTE_DATABASE_FULL && error->os_error == MDB_MAP_FULL;
    return status;
}

/* The same, again with a larger map for as long as that is what it lacks; for each it may wait. */
static pte_status run_growing(pte__committer *committer, pte__group *group, unsigned wait_ms,
                              pte_error *error) {
    for (;;) {
        bool grow;
        pte_status status = run_together(committer, group, &grow, error);
        if (!grow) {
            return status;
        }
        pte_error grow_error;
        pte_status grown = pte__store_grow(committer->store, wait_ms, &grow_error);
        if (grown != PTE_OK) {
            if (grown == PTE_BUSY) {
                *error = grow_error;
                return grown;
            }
            return status;
        }
    }
}

static void fail_request(pte__request *request, pte_status status, const pte_error *error) {
    request->status = status;
    if (request->error != NULL) {
        *request->error = *error;
    }
}

/* Runs a request in a transaction of its own. */
static pte_status run_once_alone(pte__committer *committer, pte__request *request,
                                 unsigned wait_ms) {
    pte_error error;
    pte__group alone = {.first = request, .closed = true};
    pte__request *next = request->next;
    request->next = NULL;
    pte_status status = run_growing(committer, &alone, wait_ms, &error);
    if (status != PTE_OK) {
        fail_request(request, status, &error);
    }
    request->next = next;
    return status;
}

/* A request has failed by itself; of its parts some may do. Snapshots are waited for once. */
static void run_parts(pte__committer *committer, pte__request *request, unsigned wait_ms) {
    while (request->next_part != NULL && request->next_part(request)) {
        wait_ms = request->status == PTE_BUSY ? 0 : wait_ms;
        (void)run_once_alone(committer, request, wait_ms);
    }
}

static void run_group(pte__committer *committer, pte__group *group) {
    pte_error error;
    pte_status status = run_growing(committer, group, GROW_WAIT_MS, &error);
    if (status == PTE_OK) {
        return;
    }
    /* Whoever holds a snapshot open has been waited for once. */
    unsigned wait_ms = status == PTE_BUSY ? 0 : GROW_WAIT_MS;
    if (group->count == 1) {
        fail_request(group->first, status, &error);
        run_parts(committer, group->first, wait_ms);
        return;
    }
    for (pte__request *request = group->first; request != NULL; request = request->next) {
        if (run_once_alone(committer, request, wait_ms) != PTE_OK) {
            run_parts(committer, request, wait_ms);
        }
    }
}

/*
 * Lets the callers of a group's requests go, and gives the submitted ones as a list. A request may
 * be gone as soon as the lock is. Locked.
 */
static pte__request *release(const pte__group *group) {
    pte__request *submitted = NULL;
    pte__request **last = &submitted;
    for (pte__request *request = group->first; request != NULL; request = request->next) {
        if (request->settle != NULL) {
            *last = request;
            last = &request->next;
        } else {
            request->done = true;
        }
    }
    *last = NULL;
    return submitted;
}

static void settle(pte__request *requests) {
    while (requests != NULL) {
        pte__request *request = requests;
        requests = request->next; /* before it goes away */
        request->settle(request);
    }
}

/* The first place of groups_of whose size is not below count. */
static size_t size_place(size_t count) {
    size_t place = 0;
    while (place + 1 < PTE_GROUP_SIZES && count > (size_t)1 << place) {
        place++;
    }
    return place;
}

/* Runs one group. own: of the caller's, NULL where it has none. Locked before, not after. */
static void lead(pte__committer *committer, const pte__request *own) {
    pte__group group = {0};
    group.last = &group.first;
    committer->led = true;
    take_waiting(committer, &group);
    pthread_mutex_unlock(&committer->mutex);

    run_group(committer, &group);
    if (committer->groups % GROUPS_BETWEEN_READER_CHECKS == GROUPS_BETWEEN_READER_CHECKS - 1) {
        int dead;
        (void)mdb_reader_check(committer->store->lmdb, &dead);
    }

    pthread_mutex_lock(&committer->mutex);
    committer->groups++;
    committer->grouped += group.count;
    committer->groups_of[size_place(group.count)]++;
    if (group.callers != 0) {
        committer->expected = group.callers + committer->callers;
    }
    committer->led = false;
    bool alone = own != NULL && group.first == own && own->next == NULL && committer->waiting == 0;
    pte__request *submitted = release(&group);
    pthread_mutex_unlock(&committer->mutex);
    if (!alone) {
        pthread_cond_broadcast(&committer->settled);
    }
    settle(submitted);
}

/* Locked. */
static void enqueue(pte__committer *committer, pte__request *request) {
    request->next = NULL;
    *committer->last = request;
    committer->last = &request->next;
    committer->waiting++;
    if (committer->awaiting) {
        pthread_cond_signal(&committer->arrived);
    }
}

pte_status pte__commit(pte__committer *committer, pte__request *request) {
    if (committer->store->read_only) {
        return pte__fail(request->error, PTE_READ_ONLY, "a write needs it open for writing");
    }
    request->done = false;
    pthread_mutex_lock(&committer->mutex);
    committer->callers++;
    enqueue(committer, request);
    while (!request->done) {
        if (committer->led) {
            pthread_cond_wait(&committer->settled, &committer->mutex);
        } else {
            lead(committer, request);
            pthread_mutex_lock(&committer->mutex);
        }
    }
    pthread_mutex_unlock(&committer->mutex);
    return request->status;
}

pte_status pte__commit_later(pte__committer *committer, pte__request *request, pte_error *error) {
    if (committer->store->read_only) {
        return pte__fail(error, PTE_READ_ONLY, "a write needs it open for writing");
    }
    pthread_mutex_lock(&committer->mutex);
    committer->submitted++;
    enqueue(committer, request);
    pthread_mutex_unlock(&committer->mutex);
    return PTE_OK;
}

void pte__commit_submitted(pte__committer *committer) {
    pthread_mutex_lock(&committer->mutex);
    const uint64_t submitted = committer->submitted;
    while (committer->taken < submitted) {
        if (committer->led) {
            pthread_cond_wait(&committer->settled, &committer->mutex);
        } else {
            lead(committer, NULL);
            pthread_mutex_lock(&committer->mutex);
        }
    }
    pthread_mutex_unlock(&committer->mutex);
}
