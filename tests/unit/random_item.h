/* Random items, and walks over them that tests of several modules share. */
#ifndef TESTS_RANDOM_ITEM_H
#define TESTS_RANDOM_ITEM_H

#include "support/support.h"

#include <pocketable/engine/builder.h>

pte_builder *new_builder(void);

/* The item; the test ends if it cannot be made. */
pte_item built(pte_builder *builder);

/* pte_builder_name of a C string. */
void name_and(pte_builder *builder, const char *name);

/* Adds up to attributes_max attributes of all types, nested up to levels deep, to an empty builder.
 * Names come in random order. */
void random_item_add(pte_builder *builder, test_random *random, unsigned attributes_max,
                     unsigned levels);

/* Adds value by taking it apart and building it again, element by element. */
void rebuild_value(pte_builder *builder, const pte_value *value);

/* A copy in a block of exactly len bytes, so that AddressSanitizer sees every byte read past its
 * end. The caller frees it. */
uint8_t *exact_copy(pte_bytes bytes);

/* Runs every reading function over the bytes, as an item and as a value, and follows every element;
 * they may fail, but not crash. */
void read_everything(pte_bytes bytes);

#endif
