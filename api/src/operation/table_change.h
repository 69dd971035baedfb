/*
 * UpdateTable's request, checked: what may stand together, and each change of a global index
 * against the table.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTable.html
 */
#ifndef PT_OPERATION_TABLE_CHANGE_H
#define PT_OPERATION_TABLE_CHANGE_H

#include "request/table.h"

/* Without knowing the table. Fails: VALIDATION, LIMIT_EXCEEDED. */
PTE_CHECKED pt__exception pt__change_check_request(pt__call *call);

/* The one index that the request makes, or drops; NULL where there is none. */
typedef struct pt__index_change {
    const pt__json *create;
    const pt__json *drop;
} pt__index_change;

/*
 * GlobalSecondaryIndexUpdates against the table. Fails: VALIDATION, LIMIT_EXCEEDED (one index is
 * made or dropped at a time, 20 at most), RESOURCE_NOT_FOUND, RESOURCE_IN_USE.
 */
PTE_CHECKED pt__exception pt__change_check_indexes(pt__index_change *change, pt__call *call,
                                                   const pt__table *table);

#endif
