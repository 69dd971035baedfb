/*
 * Items as they lie in the database below a run: read through the engine, beside the requests that
 * are measured, where a request does not say what an account needs. Calls the engine.
 */
#ifndef WORKLOAD_STORED_H
#define WORKLOAD_STORED_H

#include "workload/results.h"

#include <pocketable/engine/read.h>

#include <yajl/yajl_tree.h>

/* Names of tables below the facade. */
typedef struct wl__store {
    pte_env *env;
    const char *region;
    const wl_workload *workload;
} wl__store;

enum { WL__STORED_NAME_BYTES = 400 };

/* "region/table" */
pte_bytes wl__stored_name(char name[WL__STORED_NAME_BYTES], const wl__store *store,
                          const wl_table *table);

/*
 * Looks up the item with the key that an item in JSON has; views until the snapshot ends. False:
 * there is none, or it could not be read.
 */
bool wl__stored_item(pte_item *item, pte_read *read, const wl__store *store, const wl_table *table,
                     yajl_val key);

/* Appends the partition key of a place as wl__json_key does. False: the item is not in the place.
 */
bool wl__stored_key(wl_text *text, wl_place place, const pte_item *item);

/* A hash of the range attributes that an item has in a place; 0: there are none. */
uint64_t wl__stored_sort_hash(wl_place place, const pte_item *item);
/* The same of the table's from an item or key in JSON. */
uint64_t wl__json_sort_hash(wl_place place, yajl_val item);

/* Makes the item, of key attributes, that a start key in JSON says; false: it says none. */
bool wl__stored_start(pte_item *item, pte_builder *builder, yajl_val start);

/* The size by DynamoDB's rule of an item in JSON. */
size_t wl__json_item_bytes(yajl_val item);

#endif
