/*
 * Operations as one request to the committer: a transaction, or a part of a batch. What the calls
 * that wait for it (write.c) and those that do not (submit.c) have in common.
 */
#ifndef PTE_WRITE_REQUEST_H
#define PTE_WRITE_REQUEST_H

#include "write/plan.h"

typedef struct pte__write_request {
    pte__request base;
    pte__writer *writer;
    pte_op *ops;
    size_t count;
    bool atomic;
    size_t failed; /* how many operations were refused */
    size_t first_failed;
    pte_error first_error;
} pte__write_request;

/* What every write call refuses. Errors: INVALID_ARGUMENT. */
PTE_CHECKED pte_status pte__write_check(const pte_env *env, const pte_op *ops, size_t count,
                                        pte_error *error);

/*
 * Makes request, with its ops, count and atomic, ready to be committed. error: where to tell why it
 * failed as a whole; may be NULL.
 */
void pte__write_prepare(pte__write_request *request, pte_env *env, pte_error *error);

/* Gives all operations a status, and clears their effects. */
void pte__write_set_all(pte_op *ops, size_t count, pte_status status);

/*
 * What pte_write says of an atomic request that was run, with the status that the committer gave
 * it. *error has been filled if that is not OK; may be NULL.
 */
PTE_CHECKED pte_status pte__write_outcome(const pte__write_request *request, pte_status status,
                                          pte_error *error);

/* What a batch has come to so far. */
typedef struct pte__batch_result {
    pte_status status; /* of the first operation that failed */
    pte_error *error;  /* the caller's, may be NULL */
} pte__batch_result;

/*
 * Adds what became of a request with the batch's operations from offset on, which the committer
 * gave this status; error is what it told if that is not OK.
 */
void pte__batch_add(pte__batch_result *result, const pte__write_request *request, pte_status status,
                    const pte_error *error, size_t offset);

#endif
