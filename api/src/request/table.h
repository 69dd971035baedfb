/*
 * The table that a request is about: found by name or ARN, its keys and indexes as the request
 * needs them.
 */
#ifndef PT_REQUEST_TABLE_H
#define PT_REQUEST_TABLE_H

#include "request/call.h"
#include "shape/arn.h"

/* Good until the call's end, after the snapshot too. */
typedef struct pt__table {
    pte_bytes name;             /* DynamoDB's, without the namespace */
    pte_bytes engine_name;      /* "<region>/<name>" */
    const pte_table_info *info; /* names, keys, indexes with ids and states; counts only where the
                                   finder says so */
} pt__table;

/*
 * The table's name in a request's TableName, which is a name or the ARN of a table in the request's
 * region: views name_or_arn. Fails: VALIDATION (an ARN of another region, of no table),
 * ACCESS_DENIED (an ARN of another account), INTERNAL.
 */
PTE_CHECKED pt__exception pt__table_name(pte_bytes *name, pt__call *call, pte_bytes name_or_arn);

/* "<region>/<name>" of a name, or of the name in an ARN of a table, for the engine. In the arena.
 * Fails: as pt__table_name. */
PTE_CHECKED pt__exception pt__table_engine_name(pte_bytes *engine_name, pt__call *call,
                                                pte_bytes name_or_arn);

/*
 * Finds a table by a request's TableName (a name or an ARN). Opens the call's snapshot if need be
 * and leaves it open. info is without counts. Fails: RESOURCE_NOT_FOUND ("Requested
 * resource not found"), VALIDATION, ACCESS_DENIED, INTERNAL.
 */
PTE_CHECKED pt__exception pt__table_find(pt__table *table, pt__call *call, pte_bytes name_or_arn);

/* The same for the operations on tables themselves: info with all there is, and in AWS's words for
 * them ("Requested resource not found: Table: X not found"). */
PTE_CHECKED pt__exception pt__table_find_itself(pt__table *table, pt__call *call,
                                                pte_bytes name_or_arn);

/* The index with this name, NULL if the table has none. */
const pte_index_info *pt__table_index(const pt__table *table, pte_bytes name);
const pte_index_info *pt__table_index_by_id(const pt__table *table, uint32_t id);

/* The ARN, in the arena; len 0 without memory. */
pte_bytes pt__table_arn(pt__call *call, pte_bytes name);

#endif
