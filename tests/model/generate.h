/*
 * Random schemas, keys, items and questions. Keys come from small pools, so that histories meet the
 * same items again and again; the pools are where the lengths and bytes at boundaries are.
 */
#ifndef TESTS_MODEL_GENERATE_H
#define TESTS_MODEL_GENERATE_H

#include "world.h"

/* Fills and empties the world's pools. */
void gen_pools(world *w);
void gen_pools_clean_up(world *w);

/* A new value, sometimes nested, never with more than 4 levels. */
model_value gen_value(world *w, unsigned depth);

/* A key for a table, now and then one with a fault. The caller cleans both up; range is of type
 * NONE for a table without. */
void gen_key_values(world *w, const model_table *table, model_value *hash, model_value *range);

/* A new item for a table under the key, now and then with a faulty index key or too large. The
 * caller releases it. */
model_item *gen_item(world *w, const model_table *table, const model_value *hash,
                     const model_value *range);

/* Numbers of a key written in some way, for as long as the engine's call needs them. */
typedef struct gen_key_text {
    char hash[MODEL_NUMBER_TEXT_MAX];
    char range[MODEL_NUMBER_TEXT_MAX];
} gen_key_text;

/* A value as the engine's scalar: a view of value, or of text where a number is written anew. */
pte_scalar gen_scalar(world *w, const model_value *value, char text[MODEL_NUMBER_TEXT_MAX]);
/* The key of an item. */
pte_key gen_key(world *w, const model_table *table, const model_item *item, gen_key_text *text);

/* Makes up a table's key, settings and indexes; not its name and id. */
void gen_schema(world *w, model_table *table);
/* Makes up an index for a table, not its name. kind LOCAL only for tables with a range key. */
void gen_index(world *w, const model_table *table, model_index *index, pte_index_kind kind);

/* A question to a table that has items in the index (NULL: the table); false if there are none. Its
 * values belong to the model's items and the world's pools. */
bool gen_query(world *w, const model_table *table, const model_index *index, model_query *query);

#endif
