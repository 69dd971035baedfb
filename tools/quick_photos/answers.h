/*
 * Reading DynamoDB's answers: what came, what it cost, or why it was refused. Calls yajl.
 */
#ifndef QUICK_PHOTOS_ANSWERS_H
#define QUICK_PHOTOS_ANSWERS_H

#include "quick_photos/json.h"
#include "quick_photos/script.h"

#include <pocketable.h>

/* One answer, or the sum of several. */
typedef struct qp_answer {
    int status; /* HTTP's, of the last */
    qp_tally tally;
    size_t half_units; /* capacity: units go by halves */
    bool costs;        /* the capacity was said */

    /* Where the last was refused; "" where not. */
    char exception[64]; /* "ConditionalCheckFailedException" */
    char message[256];
    size_t reason_count; /* of a transaction */
    char reasons[QP_OPERATIONS_MAX][40];
    char found_timestamp[QP_TIMESTAMP_BYTES]; /* of the item in the way, as in qp_app */
} qp_answer;

/*
 * Parses a reply; *tree is owned by the caller, who frees it with yajl_tree_free. Adds to *answer
 * what it says. Errors: CORRUPT (not JSON, or not what DynamoDB answers).
 */
PTE_CHECKED pte_status qp_answer_add(qp_answer *answer, yajl_val *tree, const pt_reply *reply,
                                     pte_error *error);

/* Appends the keys of the users that the friendships of a query's answer name as followed, each
 * after a comma but the first in keys. */
void qp_answer_followed_keys(qp_json *keys, yajl_val tree);

/* DescribeTable's answer: the table is ACTIVE, and so are all of its indexes. */
bool qp_answer_is_active(yajl_val tree);

/* A member that is an object with something in it; NULL: there is none. */
yajl_val qp_answer_member(yajl_val tree, const char *name);

#endif
