/*
 * Writing JSON: the bodies of requests, item by item and template by template, and JSON laid out
 * for people. Any failure is remembered in the text and seen at the end, so that calls need no
 * checks. Calls yajl for trees that were read.
 */
#ifndef QUICK_PHOTOS_JSON_H
#define QUICK_PHOTOS_JSON_H

#include <pocketable/engine/value.h>

#include <yajl/yajl_tree.h>

enum { QP_JSON_BYTES_MAX = 16 * 1024 * 1024 }; /* no request of DynamoDB's may be longer */

/* A growing text that ends in a zero. {0} is an empty one. One thread at a time. */
typedef struct qp_json {
    char *text; /* NULL while nothing has been written */
    size_t len;
    size_t capacity;
    bool failed; /* no memory, too long, or a value that could not be written */
} qp_json;

/* Empties the text and forgets failures; keeps the memory. */
void qp_json_reset(qp_json *json);
void qp_json_clean_up(qp_json *json);
pte_bytes qp_json_bytes(const qp_json *json);

/* Appends text as it is. */
void qp_json_raw(qp_json *json, const char *text);
void qp_json_raw_bytes(qp_json *json, pte_bytes text);
/* Appends a string in quotes, escaped. text: UTF-8. */
void qp_json_string(qp_json *json, pte_bytes text);

/* What qp_json_fill puts in: texts, ended by NULL. */
#define QP_VALUES(...) ((const char *const[]){__VA_ARGS__, NULL})

/*
 * Appends a template in which ' stands for " and each ? for the next of the values, as a string.
 * There must be as many values as there are ?.
 */
void qp_json_fill(qp_json *json, const char *pattern, const char *const *values);

/* Appends an item in DynamoDB's JSON: {"PK": {"S": ...}, ...}. Types: S, N, M, L. */
void qp_json_item(qp_json *json, const pte_item *item);

/* Appends what was read: on one line, or for people, broken where a line would pass 78 columns. */
void qp_json_tree(qp_json *json, yajl_val tree);
void qp_json_pretty(qp_json *json, yajl_val tree, unsigned indent);

#endif
