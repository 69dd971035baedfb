/*
 * What PutItem, UpdateItem and DeleteItem share: the parameters all have, and the answer.
 */
#ifndef PT_OPERATION_SINGLE_WRITE_H
#define PT_OPERATION_SINGLE_WRITE_H

#include "request/item_write.h"
#include "request/parameters.h"

/* A call's state, from run to finish. */
typedef struct pt__single_write {
    pt__item_write write;
    pt__expressions expressions;
    pte_op op;
} pt__single_write;

/* Makes the state, after looking at which parameters are given and reading the placeholders.
 * Fails: VALIDATION, SERIALIZATION, INTERNAL. */
PTE_CHECKED pt__exception pt__single_write_new(pt__single_write **state, pt__call *call,
                                               pte_op_kind kind, const pt__parameters *parameters);

/* ReturnValues of PutItem and DeleteItem. Fails: VALIDATION. */
PTE_CHECKED pt__exception pt__return_values_check(pt__call *call);

/* Compiles ConditionExpression, if there is one, the last expression of the request.
 * Fails: VALIDATION, INTERNAL. */
PTE_CHECKED pt__exception pt__single_write_condition(pt__single_write *state, pt__call *call);

/* Leaves the write to the call's caller. Fails: VALIDATION, INTERNAL. */
PTE_CHECKED pt__exception pt__single_write_leave(pt__single_write *state, pt__call *call);

/* Says all that can be said without the table: makes the state, and *key, the item of Key. */
typedef pt__exception (*pt__single_write_read_fn)(pt__single_write **state, pte_item *key,
                                                  pt__call *call);

/* The run of operations that name an item by its Key. Fails: as read_request, RESOURCE_NOT_FOUND,
 * VALIDATION, INTERNAL. */
PTE_CHECKED pt__exception pt__single_write_run_by_key(pt__call *call,
                                                      pt__single_write_read_fn read_request);

/* The operations' finish. */
PTE_CHECKED pt__exception pt__single_write_finish(pt__call *call, pte_status status,
                                                  const pte_error *error);

#endif
