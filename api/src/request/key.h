/*
 * Keys in requests: Key of GetItem and the like, the key attributes of an item to put, and
 * ExclusiveStartKey, checked against the table in AWS's words.
 */
#ifndef PT_REQUEST_KEY_H
#define PT_REQUEST_KEY_H

#include "request/table.h"

/* A table key as the engine takes it, and as an item of just the key attributes. In the arena. */
typedef struct pt__key {
    pte_key key;
    pte_item item;
} pt__key;

/*
 * Decodes a Key and checks it against the table. Fails: VALIDATION ("The provided key element does
 * not match the schema", empty and oversized values, number syntax), SERIALIZATION, INTERNAL.
 */
PTE_CHECKED pt__exception pt__key_decode(pt__key *key, pt__call *call, const pt__table *table,
                                         const pt__json *json);

/*
 * Decodes an Item to put and checks its key, its index keys and its size. In the arena.
 * Fails: VALIDATION ("Missing the key pk in the item", "Type mismatch for key pk expected: S
 * actual: N", ...), SERIALIZATION, INTERNAL.
 */
PTE_CHECKED pt__exception pt__put_item_decode(pte_item *item, pt__call *call,
                                              const pt__table *table, const pt__json *json);

/* The same two steps apart, for operations that decode before they look the table up. */
PTE_CHECKED pt__exception pt__item_decode_into_call(pte_item *item, pt__call *call,
                                                    const pt__json *json);
PTE_CHECKED pt__exception pt__key_check(pt__key *key, pt__call *call, const pt__table *table,
                                        const pte_item *item);
PTE_CHECKED pt__exception pt__put_item_check(pt__call *call, const pt__table *table,
                                             const pte_item *item);

/* AWS's words for what the engine refused at the last moment (an updated item's index key, its
 * size, ...). Fails always: VALIDATION, RESOURCE_NOT_FOUND, INTERNAL. */
PTE_CHECKED pt__exception pt__refuse_write(pt__call *call, const pt__table *table,
                                           pte_status status, const pte_error *error);

/* Writes the key attributes of a table (and index, NULL: none) out of an item as a map of
 * AttributeValues: LastEvaluatedKey. */
void pt__key_encode(pt__out *out, const pt__table *table, const pte_index_info *index,
                    const pte_item *item);

#endif
