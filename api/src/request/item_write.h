/*
 * One item's write: what PutItem, UpdateItem, DeleteItem and the elements of TransactWriteItems
 * have in common, from the request's members to the engine's operation and its callbacks.
 */
#ifndef PT_REQUEST_ITEM_WRITE_H
#define PT_REQUEST_ITEM_WRITE_H

#include "expression/expression.h"
#include "request/capacity.h"
#include "request/key.h"

/* Lives in the call's arena from run to finish. */
typedef struct pt__item_write {
    pt__call *call;
    pte_op_kind kind;
    pt__table table;
    pt__key key;                /* all but PUT */
    pte_item item;              /* PUT */
    pt__condition *condition;   /* NULL: none */
    pt__update *update;         /* UPDATE; NULL: nothing is changed */
    pte_builder *builder;       /* UPDATE: the new item */
    bool old_wanted;            /* keep the old item when it succeeds */
    bool old_wanted_on_failure; /* and when its condition does not hold */

    /* Out, once the engine has run it. In the call's arena. */
    pte_item old_item;   /* encoded.len 0: there was none, or it was not wanted */
    pte_item new_item;   /* PUT and UPDATE */
    pt__failure failure; /* what a callback found (an update that cannot be applied) */
    pte_effects effects;
} pt__item_write;

/* Sets op up to carry the write out; write must stay where it is. */
void pt__item_write_op(pte_op *op, pt__item_write *write);

#endif
