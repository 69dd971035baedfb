/*
 * Quick Photos as DynamoDB's requests: for its table and for each step of the script the body that
 * any SDK would send. Written to be read. Asks ReturnConsumedCapacity of all that say what they
 * cost.
 */
#ifndef QUICK_PHOTOS_REQUESTS_H
#define QUICK_PHOTOS_REQUESTS_H

#include "quick_photos/json.h"
#include "quick_photos/script.h"

enum {
    QP_BATCH_WRITE_MAX = 25, /* API_BatchWriteItem */
    QP_BATCH_GET_MAX = 100,  /* API_BatchGetItem */
};

/* Each appends a body to json, which remembers a failure. */
void qp_request_create_table(qp_json *json);
void qp_request_add_index(qp_json *json);
void qp_request_of_table(qp_json *json); /* DescribeTable, DeleteTable */
/* BatchWriteItem: count is at most QP_BATCH_WRITE_MAX. */
void qp_request_put_batch(qp_json *json, const pte_item *items, size_t count);
/* Batches whose RequestItems is JSON already: of keys of users, or what was left unprocessed. */
void qp_request_batch(qp_json *json, pte_bytes request_items);

/* The key of a user's item, {"PK": ..., "SK": ...}. */
void qp_request_user_key(qp_json *json, const char *username);

/* How a step of the script is sent. Its body is written with the app's first builder. */
typedef struct qp_json_step {
    const char *operation;
    void (*write)(qp_json *json, const qp_scene *scene);
} qp_json_step;

extern const qp_json_step qp_json_steps[QP_STEPS];

#endif
