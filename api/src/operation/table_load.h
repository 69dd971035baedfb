/*
 * The table that an operation on tables is about, with its settings.
 */
#ifndef PT_OPERATION_TABLE_LOAD_H
#define PT_OPERATION_TABLE_LOAD_H

#include "request/table.h"
#include "schema/settings.h"

/* Finds the body's TableName. Leaves the call's snapshot open.
 * Fails: RESOURCE_NOT_FOUND, VALIDATION, ACCESS_DENIED, INTERNAL. */
PTE_CHECKED pt__exception pt__table_load(pt__table *table, pt__table_settings *settings,
                                         pt__call *call);

/*
 * The same, but a bounded piece of the filling of new indexes is done first where there is any,
 * unless somebody else sees to it (pt_options.upkeep_elsewhere): whoever asks again and again for a
 * table's state also brings it forward, without a thread.
 */
PTE_CHECKED pt__exception pt__table_load_further(pt__table *table, pt__table_settings *settings,
                                                 pt__call *call);

/* An index that is being made, NULL if there is none. */
const pte_index_info *pt__table_creating_index(const pt__table *table);

#endif
