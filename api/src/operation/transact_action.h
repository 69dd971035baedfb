/*
 * One element of TransactWriteItems: a Put, Update, Delete or ConditionCheck, read, checked against
 * its table, and made an operation of the engine's.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItem.html
 */
#ifndef PT_OPERATION_TRANSACT_ACTION_H
#define PT_OPERATION_TRANSACT_ACTION_H

#include "request/item_write.h"
#include "request/table_uses.h"
#include "request/token.h"

/* In the call's arena from run to finish. */
typedef struct pt__transact_action {
    pt__item_write write;
    const pt__json *json; /* what stands under "Put" and the like */
    pte_item given;       /* Item or Key */
    size_t payload_bytes; /* what counts against the 4 MB of a transaction */
    pt__table_use *use;
} pt__transact_action;

/*
 * Reads an element, as far as that goes without its table, and adds what it means to the
 * fingerprint. Fails: VALIDATION, SERIALIZATION, INTERNAL, all of which refuse the request.
 */
PTE_CHECKED pt__exception pt__transact_action_read(pt__transact_action *action,
                                                   pt__fingerprint *fingerprint, pt__call *call,
                                                   const pt__json *element);

/*
 * Checks the key (or the item to put) against the table. What cancels the transaction goes into
 * *reason, as long as it has none; it is then no failure. Fails: VALIDATION (an empty key, a
 * condition that goes into a key), INTERNAL, which refuse the request.
 */
PTE_CHECKED pt__exception pt__transact_action_check(pt__transact_action *action,
                                                    pt__failure *reason, pt__call *call);

/* The key, once checked. */
pte_key pt__transact_action_key(const pt__transact_action *action);

#endif
