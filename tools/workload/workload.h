/*
 * A workload: the tables of a design, the items of its entities, and its access patterns as
 * DynamoDB requests with placeholders, read from one YAML file (docs: tools/workload/README.md).
 *
 * A workload is immutable once read. What is made from it depends on nothing but the file, the seed
 * and a number: the n-th item of an entity, the n-th call of a pattern.
 */
#ifndef WORKLOAD_WORKLOAD_H
#define WORKLOAD_WORKLOAD_H

#include <pocketable/engine/value.h>

#include <stdio.h>

typedef struct wl_workload wl_workload;

enum {
    WL_TABLES_MAX = 64,
    WL_INDEXES_MAX = 25, /* of a table: DynamoDB's 20 global and 5 local ones */
    WL_ENTITIES_MAX = 256,
    WL_PATTERNS_MAX = 256,
    WL_STEPS_MAX = 16, /* requests of one call of a pattern */
    WL_ASSERTIONS_MAX = 1024,
    WL_KEY_ATTRIBUTES_MAX = 4,
};

/* What was wrong with a file, for people: where, what was expected, what was found. */
typedef struct wl_complaint {
    const char *file;
    size_t line; /* from 1; 0: the file as a whole */
    size_t column;
    char message[500]; /* "expected ..., found ..." */
} wl_complaint;

typedef struct wl_key {
    const char *names[WL_KEY_ATTRIBUTES_MAX];
    size_t count;
} wl_key;

/* Capacity units a second; 0 and 0: not said, or on demand. */
typedef struct wl_throughput {
    double read_units;
    double write_units;
} wl_throughput;

typedef enum wl_projection {
    WL_PROJECT_ALL = 0,
    WL_PROJECT_KEYS_ONLY,
    WL_PROJECT_INCLUDE
} wl_projection;

typedef struct wl_index {
    const char *name;
    bool local;
    wl_key hash;
    wl_key range;
    wl_projection projection;
    wl_throughput provisioned; /* global ones of a provisioned table */
} wl_index;

typedef struct wl_table {
    const char *name;
    pte_bytes create_table; /* the request's body, JSON */
    bool on_demand;
    bool infrequent_access; /* TableClass */
    wl_throughput provisioned;
    wl_key hash;
    wl_key range;
    wl_index indexes[WL_INDEXES_MAX];
    size_t index_count;
} wl_table;

/*
 * Where capacity is used: a table or one of its indexes. Places are numbered over the whole
 * workload: a table's own place first, its indexes behind it.
 */
typedef struct wl_place {
    size_t table; /* number */
    const wl_table *of;
    const wl_index *index; /* NULL: the table itself */
} wl_place;

typedef struct wl_entity {
    const char *name;
    size_t table;
    uint64_t count; /* items that are loaded before anything is measured */
    size_t line;    /* of the file, for messages */
} wl_entity;

typedef struct wl_pattern {
    const char *name; /* "5 view recent photos for user" */
    double share;     /* of all calls: the shares of all patterns add up to 1 */
    double rate;      /* calls a second at the target rate; 0: no target is set */
    size_t step_count;
    bool writes; /* any step is a write */
    size_t line;
} wl_pattern;

/* A number that a report knows, compared with a limit; see assertions.h. */
typedef struct wl_assertion {
    const char *text; /* as in the file */
    size_t line;
} wl_assertion;

/*
 * Reads a workload. The caller destroys it. False: *complaint says why (its file is path).
 * Reads path whole: at most 16 MB.
 */
bool wl_workload_read(wl_workload **workload, const char *path, wl_complaint *complaint);
/* Another seed than the file's; before anything is made of the workload. */
void wl_workload_set_seed(wl_workload *workload, uint64_t seed);
/* Another rate of all patterns together than the file's. */
void wl_workload_set_rate(wl_workload *workload, double rate);
/* NULL is allowed. */
void wl_workload_destroy(wl_workload *workload);

const char *wl_workload_name(const wl_workload *workload);
const char *wl_workload_path(const wl_workload *workload);
uint64_t wl_workload_seed(const wl_workload *workload);
/* Calls a second of all patterns together at the target rate; 0: the file sets none. */
double wl_workload_rate(const wl_workload *workload);

size_t wl_table_count(const wl_workload *workload);
const wl_table *wl_table_at(const wl_workload *workload, size_t number);
size_t wl_entity_count(const wl_workload *workload);
const wl_entity *wl_entity_at(const wl_workload *workload, size_t number);
size_t wl_pattern_count(const wl_workload *workload);
const wl_pattern *wl_pattern_at(const wl_workload *workload, size_t number);
size_t wl_assertion_count(const wl_workload *workload);
const wl_assertion *wl_assertion_at(const wl_workload *workload, size_t number);
size_t wl_place_count(const wl_workload *workload);
wl_place wl_place_at(const wl_workload *workload, size_t number);
/* The place of a table (index NULL) or index by name; false: there is none. */
bool wl_place_find(size_t *number, const wl_workload *workload, pte_bytes table, pte_bytes index);

/* ---- what is made from it ---- */

/* A growing text, {0} at first; wl_text_clean_up frees it. One thread at a time. */
typedef struct wl_text {
    char *data;
    size_t len;
    size_t capacity;
    bool failed; /* no memory */
} wl_text;
void wl_text_clean_up(wl_text *text);

/*
 * Writes item number n (from 0) of an entity as a map of AttributeValues, in JSON; json is emptied
 * first. Two items may have the same key, as two people may follow each other by chance: such a
 * pair must not be in one BatchWriteItem. No memory, or more than 32 MB: json->failed.
 */
void wl_item_make(wl_text *json, const wl_workload *workload, size_t entity, uint64_t n);

/*
 * One call of a pattern under way: its placeholders have their values. One thread at a time.
 */
typedef struct wl_call wl_call;
/* NULL without memory. Reused from call to call. */
wl_call *wl_call_new(const wl_workload *workload);
void wl_call_destroy(wl_call *call);

/* Begins call number n of a pattern. */
void wl_call_begin(wl_call *call, size_t pattern, uint64_t n);

/*
 * The next request of the call: *operation, and the body in body (emptied first), with
 * "ReturnConsumedCapacity": "INDEXES" in it. answer: the body of the answer to the request before
 * (views for this call), or of a page of it, for steps that are made from it; empty at the first.
 * False: the call has no more requests, or body->failed: no memory, or more than 32 MB. After an
 * answer that is an exception there are no more. Where a call has several requests, an answer is
 * looked through for what decides on the next; where it has one, not at all. A step that asks for
 * all pages is repeated with ExclusiveStartKey as long as the answer has a LastEvaluatedKey;
 * unprocessed keys and items of batches are sent again. A step that is made from a list of more
 * elements than one request takes is sent in parts, which count as further pages of it; made from
 * none, the call ends.
 */
bool wl_call_next(const char **operation, wl_text *body, wl_call *call, pte_bytes answer);

/* Which step (from 0) the last request belongs to, and whether it was a further page of it. */
size_t wl_call_step(const wl_call *call);
bool wl_call_is_page(const wl_call *call);

#endif
