/*
 * ExclusiveStartKey of Query and Scan: the key attributes of the table, and of the index if one is
 * read. The texts are the service's; its documentation (API_Query) does not list them.
 */
#ifndef PT_OPERATION_START_KEY_H
#define PT_OPERATION_START_KEY_H

#include "request/key.h"

/* Decodes the member, if there is one, into the arena (*item is else empty).
 * Fails: VALIDATION, SERIALIZATION, INTERNAL. */
PTE_CHECKED pt__exception pt__start_key_decode(pte_item *item, pt__call *call);

/* Checks its attributes against the table and the index (NULL: none); scan: in Scan's words.
 * Fails: VALIDATION, INTERNAL. */
PTE_CHECKED pt__exception pt__start_key_check(pt__call *call, const pt__table *table,
                                              const pte_index_info *index, const pte_item *item,
                                              bool scan);

/* Checks that it is a key that the query could have met. Fails: VALIDATION, INTERNAL. */
PTE_CHECKED pt__exception pt__start_key_in_query(pt__call *call, const pte_item *item,
                                                 const pte_key_attribute *hash,
                                                 const pte_key_attribute *range,
                                                 const pte_query *query);

#endif
