/* Items of the model as the engine's, and back. */
#ifndef CRASH_ITEMS_H
#define CRASH_ITEMS_H

#include "stream.h"

#include <pocketable/engine/builder.h>
#include <pocketable/engine/read.h>

/* Which attributes beside the key an item has. */
enum {
    CRASH_HAS_N = 1,
    CRASH_HAS_C = 2,
    CRASH_HAS_G = 4,
    CRASH_HAS_V = 8,
    CRASH_HAS_TTL = 16,
    CRASH_HAS_PAD = 32,
    CRASH_HAS_ALL = 63,
};

/* A key's texts, and the key itself: views of them. Plain data, but not to be moved. */
typedef struct crash_key {
    char partition[CRASH_TEXT_MAX];
    char sort[CRASH_TEXT_MAX];
    pte_key key;
} crash_key;
void crash_key_set(crash_key *key, crash_table_no table, uint32_t incarnation, uint32_t slot);

/* Builds the item into builder, which is reset first; a view until it is reset again. */
pte_status crash_item_build(pte_item *out, pte_builder *builder, const crash_key *key,
                            const crash_item *item, pte_error *error);

/* What an item of the engine's says; masks tells which attributes it has. */
typedef struct crash_found {
    crash_table_no table;
    uint32_t incarnation;
    uint32_t slot;
    unsigned has;
    crash_item item;
} crash_found;
bool crash_item_read(crash_found *found, const pte_item *item, test_trouble *trouble);

/* The attributes that an item of the model has. */
unsigned crash_item_has(const crash_item *item);

/* Whether found is the item, as far as the attributes in mask go, and has no other. */
bool crash_item_is(const crash_found *found, const crash_item *item, unsigned mask,
                   test_trouble *trouble);

#endif
