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

/*
 * Runs the requests of a list in one transaction. OK: the transaction ended well, each request has
 * its own status. Otherwise nothing of it is kept, and *grow says whether a larger map might help.
 */
static pte_status run_together(pte__committer *committer, pte__request *requests, bool *grow,
                               pte_error *error) {
    pte__write_txn txn = {.store = committer->store};
    *grow = false;
    error->os_error = 0;
    pte_status status = pte__store_begin_write(&txn.lmdb, committer->store, error);
    if (status != PTE_OK) {
        return status;
    }
    committer->hooks.begin(committer->hooks.ctx, &txn);
    for (pte__request *request = requests; request != NULL; request = request->next) {
        uint64_t before = txn.changes;
        request->status = request->run(request, &txn, error);
        if (request->status != PTE_OK && txn.changes != before) {
            status = request->status;
            break;
        }
        if (request->status != PTE_OK && request->error != NULL) {
            *request->error = *error;
        }
    }
    if (status == PTE_OK && txn.changes != 0) {
        status = committer->hooks.finish(committer->hooks.ctx, &txn, error);
    }
    bool commit = status == PTE_OK && txn.changes != 0;
    if (commit) {
        int rc = mdb_txn_commit(txn.lmdb);
        if (rc != 0) {
            status = pte__fail_lmdb(error, rc, "committing");
        }
    } else {
        mdb_txn_abort(txn.lmdb);
    }
    committer->hooks.end(committer->hooks.ctx, &txn, commit && status == PTE_OK);
    pte__store_end_write(committer->store);
    *grow = status == PTE_DATABASE_FULL && error->os_error == MDB_MAP_FULL;
    return status;
}

/* The same, again with a larger map for as long as that is what it lacks. */
static pte_status run_growing(pte__committer *committer, pte__request *requests, pte_error *error) {
    for (;;) {
        bool grow;
        pte_status status = run_together(committer, requests, &grow, error);
        if (!grow) {
            return status;
        }
        pte_error grow_error;
        pte_status grown = pte__store_grow(committer->store, &grow_error);
        if (grown != PTE_OK) {
            if (grown == PTE_BUSY) {
                *error = grow_error;
                return grown;
            }
            return status;
        }
    }
}

static void run_alone(pte__committer *committer, pte__request *request) {
    pte_error error;
    pte__request *next = request->next;
    request->next = NULL;
    pte_status status = run_growing(committer, request, &error);
    if (status != PTE_OK) {
        request->status = status;
        if (request->error != NULL) {
            *request->error = error;
        }
    }
    request->next = next;
}

static void run_group(pte__committer *committer, pte__request *requests) {
    if (requests->next == NULL) {
        run_alone(committer, requests);
        return;
    }
    pte_error error;
    if (run_growing(committer, requests, &error) == PTE_OK) {
        return;
    }
    for (pte__request *request = requests; request != NULL; request = request->next) {
        run_alone(committer, request);
    }
}

/*
 * Waits a moment for the writers of the last group to come again, if they are likely to: a commit
 * that takes a disk's time should carry all of them, not one now and the others next. Half a
 * commit's time at most, and never for a lone writer. Locked.
 */
static void await_group(pte__committer *committer) {
    if (committer->store->durability != PTE_DURABLE || committer->waiting >= committer->expected) {
        return;
    }
    int64_t wait_ns = committer->commit_ns / 2;
    if (wait_ns > WAIT_NS_MAX) {
        wait_ns = WAIT_NS_MAX;
    }
    struct timespec deadline = pte__deadline_in(wait_ns);
    int timed_out = 0;
    while (committer->waiting < committer->expected && timed_out == 0) {
        timed_out = pthread_cond_timedwait(&committer->arrived, &committer->mutex, &deadline);
    }
}

/* Takes the requests of the next group off the queue. Locked. */
static pte__request *take_group(pte__committer *committer, size_t *count) {
    size_t requests_max =
        committer->store->durability == PTE_MEMORY ? MEMORY_GROUP_REQUESTS_MAX : GROUP_REQUESTS_MAX;
    pte__request *group = committer->first;
    pte__request **end = &committer->first;
    size_t bytes = 0;
    *count = 0;
    while (*end != NULL && *count < requests_max && bytes < GROUP_BYTES_MAX) {
        bytes += (*end)->weight;
        end = &(*end)->next;
        ++*count;
    }
    pte__request *rest = *end;
    *end = NULL;
    committer->first = rest;
    if (rest == NULL) {
        committer->last = &committer->first;
    }
    committer->waiting -= *count;
    return group;
}

/* Runs one group. Locked before, not after. */
static void lead(pte__committer *committer, const pte__request *own) {
    size_t count;
    committer->led = true;
    await_group(committer);
    pte__request *group = take_group(committer, &count);
    pthread_mutex_unlock(&committer->mutex);

    bool timed = committer->store->durability == PTE_DURABLE;
    int64_t started_ns = timed ? pte__now_ns() : 0;
    run_group(committer, group);
    if (committer->groups % GROUPS_BETWEEN_READER_CHECKS == GROUPS_BETWEEN_READER_CHECKS - 1) {
        int dead;
        (void)mdb_reader_check(committer->store->lmdb, &dead);
    }

    pthread_mutex_lock(&committer->mutex);
    committer->groups++;
    committer->grouped += count;
    committer->commit_ns = timed ? pte__now_ns() - started_ns : 0;
    committer->expected = count + committer->waiting;
    committer->led = false;
    bool alone = group == own && group->next == NULL && committer->waiting == 0;
    while (group != NULL) {
        pte__request *request = group;
        group = request->next; /* before its caller can go away */
        request->done = true;
    }
    pthread_mutex_unlock(&committer->mutex);
    if (!alone) {
        pthread_cond_broadcast(&committer->settled);
    }
}

pte_status pte__commit(pte__committer *committer, pte__request *request) {
    if (committer->store->read_only) {
        return pte__fail(request->error, PTE_READ_ONLY, "a write needs it open for writing");
    }
    request->done = false;
    request->next = NULL;
    pthread_mutex_lock(&committer->mutex);
    *committer->last = request;
    committer->last = &request->next;
    committer->waiting++;
    if (committer->led && committer->waiting >= committer->expected) {
        pthread_cond_signal(&committer->arrived);
    }
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
