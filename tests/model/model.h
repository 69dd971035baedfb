/*
 * A plain in-memory model of what the engine must do: items as lists of attributes, tables as
 * sorted vectors, indexes worked out anew from the items whenever they are asked for. It shares
 * with the engine the types that its headers need (statuses, byte views, enums) and no code.
 *
 * Items do not change once they are in a table, so a snapshot of the whole model is a copy of
 * vectors of counted references. One thread at a time; running out of memory ends the test.
 */
#ifndef TESTS_MODEL_MODEL_H
#define TESTS_MODEL_MODEL_H

#include "model_value.h"

#include <pocketable/engine/changes.h>
#include <pocketable/engine/schema.h>

enum { MODEL_INDEXES_MAX = 6, MODEL_TABLES_MAX = 8, MODEL_NAME_MAX = 24, MODEL_FAULTS_MAX = 16 };

/* A key attribute; name NULL: none. Names are static strings. */
typedef struct model_key {
    const char *name;
    pte_type type;
} model_key;

typedef struct model_index {
    char name[MODEL_NAME_MAX];
    pte_index_kind kind;
    model_key hash[PTE_KEY_ATTRIBUTES_MAX];
    size_t hash_count;
    model_key range[PTE_KEY_ATTRIBUTES_MAX];
    size_t range_count;
    pte_projection projection;
    const char *include[4];
    size_t include_count;
    bool creating;
} model_index;

typedef struct model_table {
    bool exists;
    char name[MODEL_NAME_MAX];
    uint32_t id;
    model_key hash;
    model_key range;
    model_index indexes[MODEL_INDEXES_MAX];
    size_t index_count;
    pte_change_images changes;
    const char *ttl; /* NULL: off */
    char user_data[MODEL_NAME_MAX];
    bool ttl_creating;
    model_item **items; /* sorted by hash, then range */
    size_t count;
    size_t capacity;
} model_table;

typedef struct model_change {
    uint64_t sequence; /* 0 until it was seen in the engine */
    int64_t time_ms;
    uint32_t table_id;
    pte_change_kind kind;
    bool by_expiry;
    model_item *keys;
    model_item *old_image; /* NULL where not kept or absent */
    model_item *new_image;
} model_change;

typedef struct model {
    model_table tables[MODEL_TABLES_MAX];
    size_t table_count; /* slots; a slot may hold no table */
    model_change *changes;
    size_t change_count;
    size_t change_capacity;
    uint64_t last_sequence; /* of the newest change ever seen */
} model;

/* The statuses that a write may fail with; none: it must succeed. */
typedef struct model_faults {
    size_t count;
    pte_status list[MODEL_FAULTS_MAX];
} model_faults;

void model_faults_add(model_faults *faults, pte_status status);
bool model_faults_has(const model_faults *faults, pte_status status);

/* A deep enough copy, and its end. {0} may be cleaned up. */
void model_copy(model *to, const model *from);
void model_clean_up(model *m);

/* Takes the items out of a table and marks it as absent. */
void model_table_clear(model_table *table);

/* Order of two items of a table, or of two key values (range may be NULL in a table without). */
int model_item_order(const model_table *table, const model_item *a, const model_item *b);

/* The item under a key, NULL if there is none or if the key is no key of this table. */
model_item *model_get(const model_table *table, const model_value *hash, const model_value *range);

/* Makes new_item stand where old_item stood (either may be NULL, not both), and records the change.
 * Holds references of its own. An item replaced by an equal one is no change. */
void model_apply(model *m, model_table *table, model_item *old_item, model_item *new_item,
                 int64_t time_ms, bool by_expiry);

/* What is wrong with a key given beside an item; a value NULL or of type NONE is missing. */
void model_check_key(model_faults *faults, const model_table *table, const model_value *hash,
                     const model_value *range);
/* What is wrong with an item as the new content of a table: key, index keys, size. */
void model_check_item(model_faults *faults, const model_table *table, const model_item *item);

/* Whether another item than that of this key has the same sort key, so that weak hashes may
 * collide. */
bool model_may_collide(const model_table *table, const model_value *hash, const model_value *range);

model_index *model_index_named(model_table *table, const char *name);
/* Whether the item has an entry in the index. */
bool model_index_takes(const model_index *index, const model_item *item);
/* The item's key attributes, with those of the index unless that is NULL. The caller releases. */
model_item *model_key_item(const model_table *table, const model_index *index,
                           const model_item *item);
/* What the index (NULL: the table) shows of an item it takes. The caller releases. */
model_item *model_project(const model_table *table, const model_index *index, model_item *item);

/* Number and sum of sizes of an index's entries. */
void model_index_totals(const model_table *table, const model_index *index, uint64_t *entries,
                        uint64_t *size_bytes);

/* Whether pte_expire at now_s must delete the item. */
bool model_expires(const model_table *table, const model_item *item, int64_t now_s);

/* Forgets the oldest changes older than before_ms, at most max; how many. */
size_t model_trim(model *m, int64_t before_ms, size_t max);

/* A question to one partition, in the model's own values (borrowed). */
typedef struct model_query {
    const model_table *table;
    const model_index *index; /* NULL: the table */
    const model_value *hash[PTE_KEY_ATTRIBUTES_MAX];
    const model_value *range[PTE_KEY_ATTRIBUTES_MAX];
    size_t range_count;
    pte_range_op op;
    const model_value *upper;
    bool descending;
} model_query;

/* Items of the table, borrowed, in an order of the maker's. */
typedef struct model_list {
    model_item **items;
    size_t count;
} model_list;

void model_list_clean_up(model_list *list);

/* The base items that answer the query, in order; ties stand next to each other. */
void model_select(model_list *list, const model_query *query);
/* All items that the index (NULL: the table) shows, in the table's order. */
void model_select_all(model_list *list, const model_table *table, const model_index *index);

/* Order of two base items in one partition of the index (NULL: the table). */
int model_range_order(const model_table *table, const model_index *index, const model_item *a,
                      const model_item *b);
/* Whether two base items are in one partition of the index (NULL: the table). */
bool model_same_partition(const model_table *table, const model_index *index, const model_item *a,
                          const model_item *b);

#endif
