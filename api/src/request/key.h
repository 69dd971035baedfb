/*
 * Keys in requests: Key of GetItem and the like, and the key attributes of an item to put, checked
 * against the table in AWS's words.
 */
#ifndef PT_REQUEST_KEY_H
#define PT_REQUEST_KEY_H

#include "request/table.h"

/* A table key as the engine takes it, and as an item of just the key attributes. In the arena. */
typedef struct pt__key {
    pte_key key;
    pte_item item;
} pt__key;

/* The attributes of a Key as they were given. Views the request and the arena. */
typedef struct pt__given_key {
    size_t count;
    pte_bytes names[2]; /* of the first ones, as a key has no more */
    pte_value values[2];
} pt__given_key;

/*
 * Decodes a Key and checks it against the table. Fails: VALIDATION ("The provided key element does
 * not match the schema", empty and oversized values, number syntax), SERIALIZATION, INTERNAL.
 */
PTE_CHECKED pt__exception pt__key_decode(pt__key *key, pt__call *call, const pt__table *table,
                                         const pt__json *json);

/*
 * Decodes an Item to put and checks its size, its key and its index keys. Views the call.
 * Fails: VALIDATION ("Missing the key pk in the item", "Type mismatch for key pk expected: S
 * actual: N", ...), SERIALIZATION, INTERNAL.
 */
PTE_CHECKED pt__exception pt__put_item_decode(pte_item *item, pt__call *call,
                                              const pt__table *table, const pt__json *json);

/*
 * The same steps apart, for operations that decode before they look the table up. An item (which
 * may be large) lies in a builder of the call's, a key in its arena.
 */
PTE_CHECKED pt__exception pt__item_decode_into_call(pte_item *item, pt__call *call,
                                                    const pt__json *json);
PTE_CHECKED pt__exception pt__key_item_decode(pte_item *item, pt__call *call, const pt__json *json);
PTE_CHECKED pt__exception pt__item_size_check(pt__call *call, const pte_item *item);
PTE_CHECKED pt__exception pt__key_check(pt__key *key, pt__call *call, const pt__table *table,
                                        const pte_item *item);
PTE_CHECKED pt__exception pt__put_item_check(pt__call *call, const pt__table *table,
                                             const pte_item *item);

/* The same steps for operations that need of a Key no item: those that read. */
PTE_CHECKED pt__exception pt__given_key_decode(pt__given_key *given, pt__call *call,
                                               const pt__json *json);
PTE_CHECKED pt__exception pt__given_key_check(pte_key *key, pt__call *call, const pt__table *table,
                                              const pt__given_key *given);

/* The index key attributes of a new item: types, empty values, sizes. update: in the words of
 * UpdateItem. Any thread. Fails: VALIDATION, INTERNAL. */
PTE_CHECKED pt__exception pt__index_keys_check(pt__failure *failure, const pt__table *table,
                                               const pte_item *item, bool update);

/* The table key in an item that has one (of the engine's making, or checked). Views the item.
 * Fails: INTERNAL. */
PTE_CHECKED pt__exception pt__key_of_item(pte_key *key, pt__call *call, const pt__table *table,
                                          const pte_item *item);

/*
 * AWS's words for what the engine refused at the last moment: the table was dropped meanwhile, or
 * changed so that what was checked no longer holds. Fails always: VALIDATION, RESOURCE_NOT_FOUND,
 * INTERNAL.
 */
PTE_CHECKED pt__exception pt__refuse_write(pt__failure *failure, pte_status status,
                                           const pte_error *error);

/* Whether two checked keys of one table are the same item's. */
bool pt__key_equal(const pte_key *a, const pte_key *b);

/* Writes the key attributes of a table (and index, NULL: none) out of an item as a map of
 * AttributeValues: LastEvaluatedKey. A damaged item makes out fail. */
void pt__key_encode(pt__out *out, const pt__table *table, const pte_index_info *index,
                    const pte_item *item);

/* An attribute of a key: named by the table or the index as one. */
bool pt__key_has(const pt__table *table, const pte_index_info *index, pte_bytes name);

/*
 * Checks what has the type of its key attribute already: not empty, not too long (the second
 * checks the size alone). range_bytes: of the range attributes so far, to which this one is added;
 * NULL for a hash attribute. Fails: VALIDATION, with prefix before AWS's words.
 */
PTE_CHECKED pt__exception pt__key_value_check(pt__failure *failure, const char *prefix,
                                              pte_bytes name, const pte_value *value,
                                              size_t *range_bytes);
PTE_CHECKED pt__exception pt__key_size_check(pt__failure *failure, const char *prefix,
                                             pte_scalar value, size_t *range_bytes);

/* Whether one of these attributes is in the item with its type, but empty: in a transaction that
 * refuses the request, where other keys that do not fit cancel it. */
bool pt__key_has_empty(const pte_item *item, const pte_key_attribute *attributes, size_t count);

#endif
