/* The public writes that do not wait: a submission is a request that lies in the caller's memory.
 */
#include "write/request.h"

/* What is kept in a submission while it is under way. */
typedef struct submitted {
    pte__write_request request;
    pte_submission *submission;
    pte__batch_result result; /* of a batch */
    size_t alone; /* operations of a batch that were run each by itself; 0: it ran as a whole */
} submitted;

_Static_assert(sizeof(submitted) <= PTE_SUBMISSION_RESERVED_BYTES, "it has room");
_Static_assert(_Alignof(submitted) <= _Alignof(pte_submission), "it may lie there");

static submitted *submitted_in(pte_submission *submission) {
    return (submitted *)(void *)&submission->reserved;
}

/* Adds what the part that has just run of a batch came to. */
static void add_part(submitted *s) {
    size_t offset = s->alone != 0 ? s->alone - 1 : 0;
    pte__batch_add(&s->result, &s->request, s->request.base.status, &s->request.first_error,
                   offset);
}

/* A batch that failed as a whole: its operations one by one. */
static bool next_operation(pte__request *base) {
    submitted *s = (submitted *)base;
    if (s->submission->count < 2 || s->alone == s->submission->count) {
        return false;
    }
    if (s->alone != 0) {
        add_part(s);
    }
    s->request.ops = s->submission->ops + s->alone++;
    s->request.count = 1;
    return true;
}

static void settle(pte__request *base) {
    submitted *s = (submitted *)base;
    pte_submission *submission = s->submission;
    if (submission->batch) {
        add_part(s);
        submission->status = s->result.status;
    } else {
        submission->status = pte__write_outcome(&s->request, base->status, &submission->error);
    }
    submission->done(submission);
}

static pte_status check(const pte_env *env, const pte_submission *submission, pte_error *error) {
    if (submission == NULL || submission->done == NULL) {
        return pte__fail(error, PTE_INVALID_ARGUMENT, "submission and its done must not be NULL");
    }
    if (submission->batch && submission->count > PTE_SUBMITTED_BATCH_OPS_MAX) {
        return pte__fail(error, PTE_INVALID_ARGUMENT,
                         "a submitted batch has at most %d operations, %zu were found",
                         (int)PTE_SUBMITTED_BATCH_OPS_MAX, submission->count);
    }
    return pte__write_check(env, submission->ops, submission->count, error);
}

pte_status pte_submit(pte_env *env, pte_submission *submission, pte_error *error) {
    pte_status status = check(env, submission, error);
    if (status != PTE_OK) {
        return status;
    }
    submitted *s = submitted_in(submission);
    *s = (submitted){
        .request = {.ops = submission->ops,
                    .count = submission->count,
                    .atomic = !submission->batch},
        .submission = submission,
        .result = {.status = PTE_OK, .error = &submission->error},
    };
    s->request.base.next_part = submission->batch ? next_operation : NULL;
    s->request.base.settle = settle;
    /* A part of a batch tells why it failed where it tells why its first operation did: never both.
     * The submission's own error is the first part's that has one. */
    pte__write_prepare(&s->request, env,
                       submission->batch ? &s->request.first_error : &submission->error);
    status = pte__commit_later(&env->committer, &s->request.base, error);
    if (status != PTE_OK) {
        pte__write_set_all(submission->ops, submission->count, status);
        submission->status = status;
    }
    return status;
}

void pte_run_submitted(pte_env *env) {
    if (env != NULL) {
        pte__commit_submitted(&env->committer);
    }
}
