/*
 * Quick Photos as an application of DynamoDB's API, through a door: requests that are sent, answers
 * that are read, pages and batches that are followed to their end. What patterns.h is for the
 * engine.
 */
#ifndef QUICK_PHOTOS_JSON_APP_H
#define QUICK_PHOTOS_JSON_APP_H

#include "quick_photos/answers.h"
#include "quick_photos/door.h"

/* {0} with a door is ready. One thread at a time. */
typedef struct qp_json_app {
    qp_door *door;
    uint64_t time_ns; /* spent in the door: from a request's text to its answer's */
    qp_json answers;  /* of the last function called: the answers' bodies, a line each */
    bool records;     /* keep a transcript: requests and answers, laid out for people */
    qp_json transcript;
    qp_json request, keys; /* private: the body at hand, and keys for a batch */
} qp_json_app;

void qp_json_app_clean_up(qp_json_app *app);

/*
 * The functions below send what they are named after, and set the app's time and answers to what
 * that took and brought. Errors: those of the door; CALLBACK_FAILED (the database refused; its
 * exception and message are the error's); CORRUPT (an answer that makes no sense); OUT_OF_MEMORY.
 */
PTE_CHECKED pte_status qp_json_create_table(qp_json_app *app, pte_error *error);
/* BatchWriteItem, 25 at a time, and again what is left unprocessed. */
PTE_CHECKED pte_status qp_json_load(qp_json_app *app, const pte_item *items, size_t count,
                                    qp_answer *answer, pte_error *error);
PTE_CHECKED pte_status qp_json_add_index(qp_json_app *app, pte_error *error);
/* DescribeTable until the table and its indexes are ACTIVE, for a minute at most. */
PTE_CHECKED pte_status qp_json_await_active(qp_json_app *app, pte_error *error);
/* DeleteTable, and DescribeTable until it is gone. */
PTE_CHECKED pte_status qp_json_delete_table(qp_json_app *app, pte_error *error);

/* A step of the script. A refusal is an answer here, not a failure. */
PTE_CHECKED pte_status qp_json_perform(qp_json_app *app, const qp_scene *scene, size_t step,
                                       qp_answer *answer, pte_error *error);

#endif
