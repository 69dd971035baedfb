/*
 * The registry: every operation that is answered, once. Each lives in a file of its own, or with
 * those of its family.
 */
#ifndef PT_OPERATION_OPERATION_H
#define PT_OPERATION_OPERATION_H

#include "request/call.h"

/* The operation with this name, or NULL. */
const pt__operation *pt__operation_find(pte_bytes name);

#define PT__OPERATIONS(X)                                                                          \
    X(batch_execute_statement)                                                                     \
    X(batch_get_item)                                                                              \
    X(batch_write_item)                                                                            \
    X(create_table)                                                                                \
    X(delete_item)                                                                                 \
    X(delete_table)                                                                                \
    X(describe_endpoints)                                                                          \
    X(describe_limits)                                                                             \
    X(describe_table)                                                                              \
    X(execute_statement)                                                                           \
    X(execute_transaction)                                                                         \
    X(get_item)                                                                                    \
    X(list_tables)                                                                                 \
    X(put_item)                                                                                    \
    X(query)                                                                                       \
    X(scan)                                                                                        \
    X(transact_get_items)                                                                          \
    X(transact_write_items)                                                                        \
    X(update_item)                                                                                 \
    X(update_table)

#define PT__OPERATION_EXTERN(name) extern const pt__operation pt__##name##_operation;
PT__OPERATIONS(PT__OPERATION_EXTERN)
#undef PT__OPERATION_EXTERN

#endif
