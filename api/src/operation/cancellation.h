/*
 * TransactionCanceledException: why a transaction was cancelled, action by action.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
 */
#ifndef PT_OPERATION_CANCELLATION_H
#define PT_OPERATION_CANCELLATION_H

#include "request/call.h"

/*
 * One reason for each action, in their order; all zeros: none of its own ("None"). In the call's
 * arena. NULL without memory.
 */
pt__failure *pt__cancellation_new(pt__call *call, size_t count);

/*
 * Fills the call's failure. Of validation errors only the first is told, as measured on the
 * service; the others are "None". Fails always: TRANSACTION_CANCELED, INTERNAL.
 */
PTE_CHECKED pt__exception pt__cancellation_refuse(pt__call *call, const pt__failure *reasons,
                                                  size_t count);

/* Cancels for conflicts with requests under way. Fails always: TRANSACTION_CANCELED, INTERNAL. */
PTE_CHECKED pt__exception pt__cancellation_conflicts(pt__call *call, const bool *in_the_way,
                                                     size_t count);

#endif
