/*
 * A transaction of writes once its actions are read and checked: TransactWriteItems' and
 * ExecuteTransaction's common way, from the actions to the answer.
 */
#ifndef PT_OPERATION_TRANSACT_WRITE_H
#define PT_OPERATION_TRANSACT_WRITE_H

#include "operation/transact_action.h"

/* In the call's arena from run to finish. */
typedef struct pt__transaction {
    pt__transact_action *actions;
    size_t count;
    pt__table_uses uses;
    pte_op *ops;      /* of the actions, then the token's: room for one more than count */
    pt__token *token; /* NULL: none was given */
    bool responds;    /* the answer has Responses */
} pt__transaction;

/* Refuses two actions on one item. Fails: VALIDATION, INTERNAL. */
PTE_CHECKED pt__exception pt__transaction_check_duplicates(pt__call *call,
                                                           const pt__transaction *t);

/* Leaves the write to the call's caller. Fails: TRANSACTION_CANCELED, TRANSACTION_IN_PROGRESS,
 * VALIDATION, INTERNAL. */
PTE_CHECKED pt__exception pt__transaction_leave(pt__transaction *t, pt__call *call);

/* The operations' finish. */
PTE_CHECKED pt__exception pt__transaction_finish(pt__call *call, pte_status status,
                                                 const pte_error *error);

#endif
