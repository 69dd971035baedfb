/*
 * What else a table is told besides its keys and its throughput: stream, encryption, class,
 * deletion protection, tags, resource policy.
 */
#ifndef PT_OPERATION_TABLE_OPTIONS_H
#define PT_OPERATION_TABLE_OPTIONS_H

#include "request/call.h"
#include "schema/settings.h"

/* CreateTable: from the body. *changes is what the change log is to keep. In the arena.
 * Fails: VALIDATION, INTERNAL. */
PTE_CHECKED pt__exception pt__options_of_new_table(pt__table_settings *settings,
                                                   pte_change_images *changes, pt__call *call);

/* UpdateTable: the same over what the table has; *changes is the present one before. */
PTE_CHECKED pt__exception pt__options_update(pt__table_settings *settings,
                                             pte_change_images *changes, pt__call *call,
                                             pte_bytes table_name);

/* What only AWS's replicas could do (global tables, vector indexes). Fails: VALIDATION. */
PTE_CHECKED pt__exception pt__options_check_local(pt__call *call);

#endif
