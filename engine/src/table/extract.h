/*
 * One walk over an item that finds every attribute a table's keys, indexes and time to live are
 * made of, and that makes sure the item is one map with ordered, distinct names.
 */
#ifndef PTE_TABLE_EXTRACT_H
#define PTE_TABLE_EXTRACT_H

#include "base/memory.h"
#include "table/schema.h"

/* An attribute of an item: its bytes, name and value together. encoded.len 0: absent. */
typedef struct pte__pair {
    pte_bytes encoded;
    pte_value value; /* type PTE_TYPE_NONE: absent */
} pte__pair;

typedef struct pte__extract {
    const pte__schema *schema;
    pte_item item;   /* size known */
    pte_bytes pairs; /* the attributes, behind the map's head */
    uint32_t count;
    pte__pair *slots; /* schema->name_count of them, in the arena */
} pte__extract;

/*
 * Walks item. The extract and its views live as long as the arena and the item's bytes.
 * Errors: INVALID_ARGUMENT (no item at all), CORRUPT (not a well-formed one, a name twice),
 * OUT_OF_MEMORY.
 */
PTE_CHECKED pte_status pte__extract_item(pte__extract *extract, pte__arena *arena,
                                         const pte__schema *schema, const pte_item *item,
                                         pte_error *error);

/*
 * The same of an item that is a view of a table's stored image, whose attributes are in order: the
 * walk ends with the last attribute that matters, for many tables the second of all.
 * Errors: as above, but for what stands behind.
 */
PTE_CHECKED pte_status pte__extract_stored(pte__extract *extract, pte__arena *arena,
                                           const pte__schema *schema, const pte_item *item,
                                           pte_error *error);

#endif
