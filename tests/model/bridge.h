/*
 * Between the model's items and the engine's: building with pte_builder, reading with pte_iter,
 * comparing in place.
 */
#ifndef TESTS_MODEL_BRIDGE_H
#define TESTS_MODEL_BRIDGE_H

#include "generate.h"

/* Builds an item in a builder, attributes and elements in any order, numbers written in any way. */
pte_item bridge_build(world *w, pte_builder *builder, const model_item *item);

/* Reads an engine's value or item; false if it is not well formed. The caller cleans up. */
bool bridge_read_value(model_value *out, const pte_value *value);
model_item *bridge_read_item(const pte_item *item); /* NULL if it is not well formed */

/* Whether the engine's item is the model's: the same attributes, canonical inside. */
bool bridge_same(const pte_item *item, const model_item *expected);

/* Fails unless the engine's item is the model's, valid and of the right size. what says where it
 * came from. */
void bridge_expect(world *w, const pte_item *item, const model_item *expected, const char *what);

/* The model's item that has the key attributes of the engine's item, or NULL. */
model_item *bridge_find(const model_table *table, const pte_item *item);

/* The engine's shape of the model's schema; views of table (and of the space given). */
typedef struct bridge_index_space {
    pte_bytes include[4];
} bridge_index_space;
typedef struct bridge_table_space {
    pte_index_spec indexes[MODEL_INDEXES_MAX];
    bridge_index_space includes[MODEL_INDEXES_MAX];
} bridge_table_space;
pte_key_attribute bridge_key(const model_key *key);
pte_index_spec bridge_index(const model_index *index, bridge_index_space *space);
pte_table_spec bridge_table(const model_table *table, bridge_table_space *space);

#endif
