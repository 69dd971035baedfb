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
    pt__key key;              /* all but PUT */
    pte_item item;            /* PUT */
    pt__condition *condition; /* NULL: none */
    pt__update *update;       /* UPDATE; NULL: nothing is changed */
    pte_builder *builder;     /* UPDATE: the new item; set by pt__item_write_op */
    bool is_insert;  /* PUT whose condition is that there is no such item: PartiQL's INSERT */
    bool old_wanted; /* keep the old item when it succeeds */
    bool old_wanted_on_failure; /* and when its condition does not hold */

    /* Out, once the engine has run it. In the call's arena (new_item: in item, builder). */
    pte_item old_item;   /* encoded.len 0: there was none, or it was not wanted */
    pte_item new_item;   /* PUT and UPDATE; encoded.len 0: there is none */
    pt__failure failure; /* what a callback found (an update that cannot be applied) */
    pte_effects effects;
} pt__item_write;

/*
 * Sets op up to carry the write out; write must stay where it is. Fails: VALIDATION (an update that
 * names an attribute of the key, or a part of an index's), INTERNAL.
 */
PTE_CHECKED pt__exception pt__item_write_op(pte_op *op, pt__item_write *write);

/*
 * Why the operation of a write failed, given its status (and error, where it is known): what its
 * callback found, the condition (with the old item, if wanted), or what the engine said. failure
 * is filled. Fails always.
 */
PTE_CHECKED pt__exception pt__item_write_failure(pt__failure *failure, const pt__item_write *write,
                                                 pte_status status, const pte_error *error);

/* Adds to the charge what the write cost, also if its condition did not hold. */
void pt__item_write_charge(pt__charge *charge, const pt__item_write *write, unsigned factor);

/* Writes the ConsumedCapacity of a request that is this one write, if it is wanted. Fails:
 * INTERNAL.
 */
PTE_CHECKED pt__exception pt__item_write_encode_capacity(pt__call *call,
                                                         const pt__item_write *write);

/* The write's key attributes, as an item that has at least these. */
const pte_item *pt__item_write_key(const pt__item_write *write);

/* Whether a table has item collections that are limited and measured: it has a local index. */
bool pt__item_collections(const pt__table *table);

/* Writes an ItemCollectionMetrics: the collection of the item (or of a key). */
void pt__item_collection_encode(pt__out *out, const pt__table *table, const pte_item *item);

#endif
