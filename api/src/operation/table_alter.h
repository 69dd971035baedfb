/*
 * Changing what is kept of a table, from what it is at that moment: if somebody else changes it
 * meanwhile, it is read again and the change is prepared anew.
 */
#ifndef PT_OPERATION_TABLE_ALTER_H
#define PT_OPERATION_TABLE_ALTER_H

#include "request/table.h"
#include "schema/settings.h"

typedef struct pt__alteration {
    pt__table table;
    pt__table_settings settings; /* as they are; prepare changes them */
    pte_table_change change;     /* zeros; set_user_data stores settings */
    bool nothing;                /* set by prepare: the table stays as it is */
    bool further;                /* of the caller: the table is loaded by pt__table_load_further */
    void *ctx;                   /* so */
} pt__alteration;

/*
 * Runs prepare on the table with this name, perhaps more than once, and makes the change that it
 * leaves. alteration has what is the caller's set, the rest is overwritten. The call's snapshot is
 * ended. Fails: what prepare fails with; RESOURCE_NOT_FOUND ("... Table: X not found"), VALIDATION,
 * ACCESS_DENIED, RESOURCE_IN_USE (others kept changing it), INTERNAL.
 */
PTE_CHECKED pt__exception pt__table_alter(pt__alteration *alteration, pt__call *call,
                                          pte_bytes name_or_arn,
                                          pt__exception (*prepare)(pt__alteration *alteration,
                                                                   pt__call *call));

#endif
