/*
 * One request under way: its body, its memory, what it reads and writes, its answer. Every part of
 * the facade above the expressions works on a pt__call. One thread at a time; while a write of it
 * is queued the committing thread has it.
 */
#ifndef PT_REQUEST_CALL_H
#define PT_REQUEST_CALL_H

#include "json/json.h"
#include "json/out.h"

#include <pocketable.h>
#include <pocketable/engine/builder.h>
#include <pocketable/engine/read.h>
#include <pocketable/engine/table.h>
#include <pocketable/engine/write.h>

typedef struct pt__operation pt__operation;

typedef struct pt__call {
    pte_env *env;
    const pt_options *options;       /* of the database */
    struct pt__in_flight *in_flight; /* items that writes under way are about (in_flight.h); NULL:
                                        conflicts are not asked for */
    struct pt__tokens *tokens;       /* of the database (token.h) */
    const pt__operation *operation; /* kept, as is its shape: the next request's is likely the same;
                                       NULL: none yet, or an unknown one */
    const struct pt__shape *shape;
    pte_bytes region;
    pte_bytes space; /* what the names of its tables begin with before '/': "region[@owner]" */
    pt__json_parser parser; /* kept from request to request */
    const pt__json *body;

    pte__arena arena; /* everything of this request */
    pt__failure failure;
    pte_builder *scratch; /* for short-lived items; whoever uses it is done before calling others */
    pt__out out;          /* the answer */

    pte_read *read;                          /* the snapshot, if one is open; see pt__call_read */
    struct pt__call_definition *definitions; /* private: those of pt__call_definition */

    /* A write's operations, left by the operation's run for whoever commits it. */
    pte_op *ops;
    size_t op_count; /* 0: the request has nothing to write */
    bool batch;      /* pte_write_batch's rules, else pte_write's */
    void *state;     /* the operation's own, in the arena, from run to finish */

    const struct pt__in_flight_id
        *held; /* private to in_flight.c: what the call has entered there */
    size_t held_count;
    bool held_by_transaction;

    struct pt__call_builders *builders; /* private: all of them, and the first not in use */
    struct pt__call_builders *free_builders;
} pt__call;

/*
 * One of AWS's operations. run validates, reads, and either writes the answer or leaves a write;
 * finish (of those that write) turns the write's outcome into the answer. finish may run on
 * another thread than run.
 */
struct pt__operation {
    const char *name;
    pt__exception (*run)(pt__call *call);
    pt__exception (*finish)(pt__call *call, pte_status status, const pte_error *error);
};

/* options: borrowed as long as the call. Errors: OUT_OF_MEMORY. */
PTE_CHECKED pte_status pt__call_init(pt__call *call, pte_env *env, const pt_options *options,
                                     pte_error *error);
/* Ready for the next request; keeps memory of ordinary size. */
void pt__call_reset(pt__call *call);
void pt__call_clean_up(pt__call *call);

/* An item builder whose items live as long as the call. NULL without memory; the call owns it. */
pte_builder *pt__call_builder(pt__call *call);

/* Opens the call's snapshot unless it is open. It must be ended before a write is left or made.
 * Fails: INTERNAL. */
PTE_CHECKED pt__exception pt__call_read(pt__call *call);
void pt__call_end_read(pt__call *call);

/*
 * The definition of an engine's table as the call's snapshot, which must be open, has it: without
 * counts, and good until the call's end, as a write begins only after the snapshot has ended.
 * Errors: as pte_table_definition.
 */
PTE_CHECKED pte_status pt__call_definition(const pte_table_info **info, pt__call *call,
                                           pte_bytes engine_name, pte_error *error);

/* Ends what a call has of the engine's: its snapshot, its definitions. */
void pt__call_let_go(pt__call *call);

/* "<region>/<text>" in the arena, the name of something within the call's namespace.
 * Fails: INTERNAL. */
PTE_CHECKED pt__exception pt__call_in_region(pte_bytes *joined, pt__call *call, pte_bytes text);

/*
 * Whether what pt__refuse_request says of this call from now on has the prefix of mid-2026, where
 * that style of errors was asked for. Of PutItem, UpdateItem, DeleteItem and BatchGetItem it has;
 * of others (Transact*, and what reads, but for Query's Select) it has not, which is how a call
 * begins.
 */
void pt__call_prefix_errors(pt__call *call, bool prefixed);

/* Milliseconds since 1970, by the clock of the database's options. */
int64_t pt__now_ms(const pt_options *options);
int64_t pt__call_now_ms(const pt__call *call);

#endif
