/*
 * pocketable: DynamoDB's operations in process, JSON in and JSON out.
 *
 *     pt_database *db; pt_reply reply; pte_error e;
 *     if (pt_open(&db, NULL, NULL, &e)) return puts(e.message), 1;      // NULL: in memory
 *     pt_call(&reply, db, pte_str("ListTables"), pte_str("{}"));
 *     printf("%d %.*s\n", reply.status, (int)reply.body.len, (const char *)reply.body.data);
 *     pt_reply_clean_up(&reply);
 *     pt_close(db);
 *
 * The same code answers over HTTP (pocketable/server.h). Nothing here starts a thread. Pointers
 * must not be NULL except where it is said.
 */
#ifndef POCKETABLE_H
#define POCKETABLE_H

#include <pocketable/engine/env.h>
#include <pocketable/engine/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/* An open database. Any number of threads may use it at once. */
typedef struct pt_database pt_database;

/*
 * How errors are worded. In mid-2026 the service began to put "1 validation error detected: "
 * before more of what it finds wrong with PutItem, UpdateItem, DeleteItem, BatchGetItem and a
 * Query's Select: expressions, their names and values, sets, NULL, ReturnValues.
 */
typedef enum pt_error_style {
    PT_ERRORS_2026_05 = 0, /* before that */
    PT_ERRORS_2026_08,     /* since */
} pt_error_style;

typedef struct pt_options {
    /* How the store below is opened; its durability is PTE_MEMORY where pt_open's path is NULL. */
    pte_env_options engine;

    /*
     * Answer TransactionConflictException and TransactionInProgressException where requests on one
     * item overlap in time, as AWS does; otherwise they wait for one another.
     */
    bool transaction_conflicts;

    /* Somebody calls pt_upkeep regularly, so that no request does such work on its way. */
    bool upkeep_elsewhere;

    pt_error_style error_style;
} pt_options;

/*
 * Opens the database in directory path (made if need be), or a fresh one in memory if path is NULL.
 * options may be NULL (durable on disk). The caller owns *database.
 * Errors: those of pte_env_open.
 */
PTE_API PTE_CHECKED pte_status pt_open(pt_database **database, const char *path,
                                       const pt_options *options, pte_error *error);

/* Closes; NULL is allowed. No call may be under way and every pt_exchange must be destroyed. */
PTE_API void pt_close(pt_database *database);

/* The engine's handle below, for typed access to the same items. Views until pt_close. A table is
 * known there as "<region>/<table name>". */
PTE_API pte_env *pt_database_env(pt_database *database);

/* ---- one call ---- */

typedef struct pt_reply {
    int status;     /* HTTP's: 200, 400, 500 */
    pte_bytes body; /* JSON, owned by the reply, from malloc; a zero stands behind it */
} pt_reply;

/*
 * Calls an operation by its name in region us-east-1 and waits for the answer. Errors of any kind
 * are answers, in DynamoDB's form ({"__type": ..., "message": ...}); even without memory there is
 * one. The caller cleans the reply up. Any thread.
 */
PTE_API void pt_call(pt_reply *reply, pt_database *database, pte_bytes operation, pte_bytes body);

/* Frees the body. A reply of zeros is allowed. */
PTE_API void pt_reply_clean_up(pt_reply *reply);

/* ---- many calls, and calls that do not wait ---- */

/*
 * One request and its answer at a time; keeps its memory from one to the next. A thread or a
 * connection that makes many calls has one. One thread at a time.
 */
typedef struct pt_exchange pt_exchange;

typedef struct pt_request {
    pte_bytes operation; /* "PutItem" */
    pte_bytes body;      /* JSON; borrowed until the answer is there, as is the region */
    pte_bytes region;    /* the namespace; empty: us-east-1; else pt_region_is_valid */
    pte_bytes owner;     /* with the region the namespace, not in ARNs; empty: nobody's own; else
                            pt_owner_is_valid. Borrowed, too */
} pt_request;

/* Whether a request may be of this region: letters, digits, '-' and '_', 1 to 64 of them. */
PTE_API bool pt_region_is_valid(pte_bytes region);
/* Whether somebody may have tables of his own in a valid region: the same characters, at least one,
 * with the region's at most 143. */
PTE_API bool pt_owner_is_valid(pte_bytes owner, pte_bytes region);

/* Errors: INVALID_ARGUMENT, OUT_OF_MEMORY. */
PTE_API PTE_CHECKED pte_status pt_exchange_create(pt_exchange **exchange, pt_database *database,
                                                  pte_error *error);
/* NULL is allowed. Not while a request is under way. */
PTE_API void pt_exchange_destroy(pt_exchange *exchange);

/* Runs a request and waits. The reply views the exchange until its next request or its end. */
PTE_API pt_reply pt_exchange_run(pt_exchange *exchange, const pt_request *request);

/* Forgets the answer, and frees what an exchange that waits for its next request need not keep. Not
 * while a request is under way. */
PTE_API void pt_exchange_rest(pt_exchange *exchange);

/*
 * Starts a request. True: it is answered. False: it is a write that has been queued with others;
 * done will be called when it is answered, on the thread that runs the queue (pt_run_queued), and
 * must not block. Either way the answer is then had by pt_exchange_reply.
 */
PTE_API PTE_CHECKED bool pt_exchange_start(pt_exchange *exchange, const pt_request *request,
                                           void (*done)(void *ctx), void *ctx);
/* Status 0 and no body: nothing has been answered yet. */
PTE_API pt_reply pt_exchange_reply(const pt_exchange *exchange);

/* Runs the writes that pt_exchange_start has queued, in as few commits as can be. Any thread. */
PTE_API void pt_run_queued(pt_database *database);

/* ---- upkeep ---- */

/*
 * Does a bounded piece of the work that goes on beside requests: fills new indexes, removes
 * items whose time to live is over, reclaims the space of dropped tables, trims streams to 24
 * hours, forgets old tokens of transactions. *more: call again soon. Any thread.
 * Errors: READ_ONLY, DATABASE_FULL, BUSY, IO, OUT_OF_MEMORY, CORRUPT.
 */
PTE_API PTE_CHECKED pte_status pt_upkeep(bool *more, pt_database *database, pte_error *error);

#ifdef __cplusplus
}
#endif
#endif
