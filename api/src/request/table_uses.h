/*
 * The tables of a request that names many, each found once, and what each is charged.
 */
#ifndef PT_REQUEST_TABLE_USES_H
#define PT_REQUEST_TABLE_USES_H

#include "request/capacity.h"

typedef struct pt__table_use {
    pt__table table;
    pte_bytes given;    /* as the request named it first: a name or an ARN */
    pt__charge *charge; /* linked in the order of first use */
    struct pt__table_use *next;
} pt__table_use;

/* Starts as zeros; all of it in the call's arena. */
typedef struct pt__table_uses {
    pt__table_use *first;
    pt__table_use *last;
} pt__table_uses;

/* The use of this table, found by pt__table_find at the first time; two names for one table give
 * one use. Fails: as pt__table_find. */
PTE_CHECKED pt__exception pt__table_use_find(pt__table_use **use, pt__table_uses *uses,
                                             pt__call *call, pte_bytes name_or_arn);

/* The member "ConsumedCapacity", if it is wanted: a list, each table once. split: as in
 * pt__capacity_form. */
void pt__table_uses_encode_capacity(pt__call *call, const pt__table_uses *uses, bool split);

#endif
