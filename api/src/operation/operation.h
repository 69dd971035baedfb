/*
 * The registry: every operation that is answered, once. Each lives in a file of its own, or with
 * those of its family, as pt__<name>_operation; its shape is pt__shape_<name>.
 */
#ifndef PT_OPERATION_OPERATION_H
#define PT_OPERATION_OPERATION_H

#include "request/call.h"
#include "shape/shape.h"

/* The operation with this name, or NULL. *shape: what its requests may look like, or NULL. */
const pt__operation *pt__operation_find(const pt__shape **shape, pte_bytes name);

/* In the order of their names, by which they are searched. */
#define PT__OPERATIONS(X)                                                                          \
    X(batch_execute_statement)                                                                     \
    X(batch_get_item)                                                                              \
    X(batch_write_item)                                                                            \
    X(create_table)                                                                                \
    X(delete_item)                                                                                 \
    X(delete_resource_policy)                                                                      \
    X(delete_table)                                                                                \
    X(describe_continuous_backups)                                                                 \
    X(describe_endpoints)                                                                          \
    X(describe_limits)                                                                             \
    X(describe_stream)                                                                             \
    X(describe_table)                                                                              \
    X(describe_time_to_live)                                                                       \
    X(execute_statement)                                                                           \
    X(execute_transaction)                                                                         \
    X(get_item)                                                                                    \
    X(get_records)                                                                                 \
    X(get_resource_policy)                                                                         \
    X(get_shard_iterator)                                                                          \
    X(list_streams)                                                                                \
    X(list_tables)                                                                                 \
    X(list_tags_of_resource)                                                                       \
    X(put_item)                                                                                    \
    X(put_resource_policy)                                                                         \
    X(query)                                                                                       \
    X(scan)                                                                                        \
    X(tag_resource)                                                                                \
    X(transact_get_items)                                                                          \
    X(transact_write_items)                                                                        \
    X(untag_resource)                                                                              \
    X(update_item)                                                                                 \
    X(update_table)                                                                                \
    X(update_time_to_live)

#define PT__OPERATION_EXTERN(name)                                                                 \
    extern const pt__operation pt__##name##_operation;                                             \
    extern const pt__shape pt__shape_##name;
PT__OPERATIONS(PT__OPERATION_EXTERN)
#undef PT__OPERATION_EXTERN

#endif
