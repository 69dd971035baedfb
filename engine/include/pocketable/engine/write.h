/*
 * Writing: single operations, transactions and batches, all through one committer; by calls that
 * wait, or submitted by callers that do not (pte_submit).
 *
 * Whoever comes first runs everything that waits in one LMDB transaction, commits once and wakes
 * the others (group commit). So callbacks may run on another thread than the one that called, and
 * more than once: they must depend only on their arguments and ctx, start afresh at each call, and
 * must not call the engine except for values, items and builders.
 *
 * Acknowledged means: when a call here returns OK, the write is kept as the durability mode says.
 * Any other status means that nothing of it is kept.
 */
#ifndef POCKETABLE_ENGINE_WRITE_H
#define POCKETABLE_ENGINE_WRITE_H

#include <pocketable/engine/env.h>
#include <pocketable/engine/read.h>
#include <pocketable/engine/schema.h>
#include <pocketable/engine/value.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum pte_op_kind {
    PTE_PUT = 1, /* replaces the item, or makes it */
    PTE_DELETE,  /* removes the item, if it is there */
    PTE_UPDATE,  /* lets change make the new item from the old one */
    PTE_CHECK,   /* condition only */
} pte_op_kind;

/* What a pte_change_fn wants done. */
typedef enum pte_change_result {
    PTE_CHANGE_NONE = 0, /* leave everything as it is */
    PTE_CHANGE_REPLACE,  /* *item is the new item */
    PTE_CHANGE_REMOVE,
} pte_change_result;

/*
 * Decides whether the operation goes ahead. old is the item as it is, NULL where there is none; it
 * views until the callback returns. Returns OK, or CONDITION_FAILED, or another status that the
 * operation then fails with (fill error in that case; it is never NULL here).
 */
typedef pte_status (*pte_condition_fn)(void *ctx, const pte_item *old, pte_error *error);

/*
 * Makes the new item. *item must stay valid until the whole write call returns (a builder of the
 * caller's that nothing resets meanwhile does). Its key attributes must be those of the operation.
 * Any status but OK makes the operation fail with it.
 */
typedef pte_status (*pte_change_fn)(void *ctx, const pte_item *old, pte_item *item,
                                    pte_change_result *result, pte_error *error);

/* What an operation does to its item's entry in one index. */
typedef struct pte_index_effect {
    uint32_t index_id; /* pte_index_info.id */
    pte_index_kind kind;
    size_t old_bytes; /* the projected item's size before, 0: it was not in the index */
    size_t new_bytes; /* after, 0: it is not in the index */
    bool removed; /* the old entry is taken out: it leaves the index, or its key there changes */
    bool put;     /* an entry is written: it enters, moves, or its projection changes */
} pte_index_effect;

/*
 * What an operation does, in sizes by DynamoDB's rule; for those who account for capacity. Where it
 * changes nothing (an update that leaves the item as it is, a put of the same item), new sizes are
 * the old ones. A CHECK gives old_bytes only, and so does an operation that fails once the old item
 * is known, as by its condition. All zero where it fails before, or where the whole call does.
 * Operations of a cancelled transaction that did not fail themselves say what they would have done.
 */
typedef struct pte_effects {
    size_t old_bytes;   /* the item's size before, 0: there was none */
    size_t new_bytes;   /* after, 0: there is none */
    size_t index_count; /* the table's indexes, in the order of pte_table_info.indexes */
    pte_index_effect indexes[PTE_INDEXES_MAX]; /* only index_count of them are filled */
} pte_effects;

typedef struct pte_op {
    pte_op_kind kind;
    pte_bytes table;
    pte_item item; /* PUT: the item, from a builder or from the engine; borrowed for the call */
    pte_key key;   /* DELETE, UPDATE, CHECK */
    pte_condition_fn condition; /* NULL: none; CHECK must have one */
    pte_change_fn change;       /* UPDATE only */
    void *ctx;                  /* for both */
    uint32_t table_id;    /* pte_table_info.id of the table that is meant; 0: any of that name. One
                             that was made anew since is not it: TABLE_NOT_FOUND */
    pte_status status;    /* out: how this operation fared */
    pte_effects *effects; /* out: the caller's, NULL: not wanted */
} pte_op;

/*
 * Runs count operations, all or none (TransactWriteItems). All conditions are evaluated before
 * anything is changed, every failure is reported in its status, operations without a failure of
 * their own keep OK. No two may name the same item.
 *
 * Errors: TRANSACTION_CANCELLED (count above 1, at least one operation failed; error is that of the
 * first, its position the operation's index); for count 1 the operation's own:
 * INVALID_ARGUMENT, TABLE_NOT_FOUND, KEY_MISSING, KEY_TYPE, KEY_SIZE, KEY_EMPTY, KEY_CHANGED,
 * INDEX_KEY_TYPE, INDEX_KEY_SIZE, INDEX_KEY_EMPTY, ITEM_TOO_LARGE, NUMBER_*, CONDITION_FAILED,
 * CALLBACK_FAILED and whatever a callback returns, DUPLICATE_ITEM, HASH_COLLISION, CORRUPT.
 * For the whole: INVALID_ARGUMENT, READ_ONLY, DATABASE_FULL, BUSY, IO, OUT_OF_MEMORY.
 * count 0 is OK and does nothing.
 */
PTE_API PTE_CHECKED pte_status pte_write(pte_env *env, pte_op *ops, size_t count, pte_error *error);

/*
 * Runs count operations, each on its own (BatchWriteItem): in order, together in few commits (each
 * of up to 1,000 operations and 4 MB; in memory of 64), every one with its own status, none undone
 * for the failure of another. An operation sees what those before it did.
 *
 * Errors: the status of the first operation that failed (position: its index), if any did;
 * operations that were not tried have that of the whole.
 */
PTE_API PTE_CHECKED pte_status pte_write_batch(pte_env *env, pte_op *ops, size_t count,
                                               pte_error *error);

enum {
    PTE_SUBMITTED_BATCH_OPS_MAX = 64,
    PTE_SUBMISSION_RESERVED_BYTES = 640,
};

/*
 * A write whose caller does not wait. The caller's; it and all that its operations point to must
 * stay valid and in place, untouched, until done is called.
 */
typedef struct pte_submission {
    pte_op *ops;
    size_t count; /* batch: at most PTE_SUBMITTED_BATCH_OPS_MAX */
    bool batch;   /* as pte_write_batch, but in one commit; else as pte_write */
    /*
     * Called once, when the write is acknowledged or has failed and status, error and every
     * operation's status say so. On the thread that ran the group, which may be one that waits for
     * its own write or one in pte_run_submitted; no lock of the engine is held. It must not block
     * or wait for a write. It may call pte_submit, and may free or use again the submission.
     */
    void (*done)(struct pte_submission *submission);
    void *ctx;         /* the caller's; the engine does not read it */
    pte_status status; /* out: what pte_write or pte_write_batch would have returned */
    pte_error error;   /* out: what it would have told */
    union {
        uint64_t number;
        void *pointer;
        unsigned char bytes[PTE_SUBMISSION_RESERVED_BYTES];
    } reserved; /* the engine's; needs not be cleared */
} pte_submission;

/*
 * Queues a write and returns at once. It is run by whoever runs a group next: a call that waits for
 * its own write, or pte_run_submitted; nobody else does, so call that after one or more
 * submissions. Those of one thread are run in the order they were submitted. Any thread, also in
 * done.
 * Errors (done is then not called): INVALID_ARGUMENT, READ_ONLY.
 */
PTE_API PTE_CHECKED pte_status pte_submit(pte_env *env, pte_submission *submission,
                                          pte_error *error);

/*
 * Runs groups until nothing that was submitted before the call waits any more. What is queued
 * meanwhile is taken along, but not waited for: what a done submits may need another call. While
 * another thread runs a group it waits for its turn; on return a group of another thread's may
 * still be at work on the last submissions, so only done says that one is done. Not in a callback.
 * Any thread. NULL does nothing.
 */
PTE_API void pte_run_submitted(pte_env *env);

/* pte_write of one operation without callbacks. Errors: as pte_write. */
PTE_API PTE_CHECKED pte_status pte_put(pte_env *env, pte_bytes table, const pte_item *item,
                                       pte_error *error);
PTE_API PTE_CHECKED pte_status pte_delete(pte_env *env, pte_bytes table, const pte_key *key,
                                          pte_error *error);

#ifdef __cplusplus
}
#endif
#endif
