/*
 * What a request names: the items, or the range, that it reads or writes, each with its table or
 * index. Looks at the request's JSON alone.
 */
#ifndef WORKLOAD_REQUEST_H
#define WORKLOAD_REQUEST_H

#include "workload/workload.h"

#include <yajl/yajl_tree.h>

/* The most that DynamoDB takes in one request: 100 keys, actions or statements. */
enum { WL__PARTS_MAX = 100 };

typedef enum wl__touch_kind {
    WL__READ_ITEM,
    WL__WRITE_ITEM,
    WL__CHECK_ITEM, /* a transaction's ConditionCheck: costs as a write */
    WL__QUERY,
    WL__SCAN,
    WL__STATEMENT, /* PartiQL's */
} wl__touch_kind;

typedef struct wl__touch {
    wl__touch_kind kind;
    size_t place;  /* the table's, or the index's of a query or scan */
    yajl_val item; /* has the table's key attributes: the Key or the Item; NULL for ranges */
    bool strong;   /* read consistently, or in a transaction */
} wl__touch;

typedef struct wl__request {
    const char *operation;
    yajl_val body; /* owned */
    bool writes;   /* the operation writes items */
    bool transacts;
    bool ranges;  /* Query or Scan */
    bool scans;   /* Scan, or a statement that names no partition key */
    bool filters; /* throws away some of what it reads */
    wl__touch parts[WL__PARTS_MAX];
    size_t part_count;
} wl__request;

/* Reads a request: its body ends in a zero. A request that DynamoDB would refuse has fewer parts,
 * or none. False: the body is not JSON, or there is no memory; clean up even then. */
bool wl__request_read(wl__request *request, const wl_workload *workload, const char *operation,
                      const char *body);
void wl__request_clean_up(wl__request *request);

/* The table, and the index or "", that a PartiQL statement names first. False: none is seen. */
bool wl__statement_names(char table[256], char index[256], bool *writes, const char *statement);

/* A member of an object; NULL if there is none. */
yajl_val wl__yajl_member(yajl_val object, const char *name);
/* A member that is a string; NULL if there is none. */
const char *wl__yajl_text(yajl_val object, const char *name);

/*
 * Appends the partition key of a place as text for people, from an item's AttributeValues: strings
 * and binaries as they stand, numbers in canonical form, several attributes with " | " between.
 * False: the item lacks an attribute of it.
 */
bool wl__json_key(wl_text *text, wl_place place, yajl_val item);
/* The same from the key condition of a query. */
bool wl__query_key(wl_text *text, wl_place place, yajl_val query);
/* One value of a partition key. */
void wl__key_value(wl_text *text, pte_type type, pte_bytes bytes);
/* The hash attributes of a place. */
const wl_key *wl__hash_of(wl_place place);

#endif
