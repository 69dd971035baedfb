/*
 * What BatchGetItem and BatchWriteItem share: the keys of many items in many tables, of which no
 * two may be the same.
 */
#ifndef PT_OPERATION_BATCH_H
#define PT_OPERATION_BATCH_H

#include "request/key.h"
#include "request/table_uses.h"

/* An item by its table and its key. Views both. */
typedef struct pt__batch_key {
    pt__table_use *use;
    pte_key key; /* numbers in the form in which items have them */
} pt__batch_key;

/* The first of count keys that is this one; NULL: none. */
const pt__batch_key *pt__batch_key_find(const pt__batch_key *keys, size_t count,
                                        const pt__batch_key *key);

/* Fails always: VALIDATION, INTERNAL. */
PTE_CHECKED pt__exception pt__batch_refuse_duplicates(pt__call *call);

#endif
