/* The registry of shapes. */
#include "shape/shape_table.h"

/* DescribeEndpoints and DescribeLimits take nothing. */
static const pt__shape NO_MEMBERS = {.kind = PT__KIND_STRUCT, .type = ""};

/* clang-format off */
static const pt__row OPERATIONS[] = {
    PT__ROW("BatchExecuteStatement", pt__shape_batch_execute_statement, 0),
    PT__ROW("BatchGetItem",       pt__shape_batch_get_item,       0),
    PT__ROW("BatchWriteItem",     pt__shape_batch_write_item,     0),
    PT__ROW("CreateTable",        pt__shape_create_table,         0),
    PT__ROW("DeleteItem",         pt__shape_delete_item,          0),
    PT__ROW("DeleteTable",        pt__shape_delete_table,         0),
    PT__ROW("DescribeEndpoints",  NO_MEMBERS,                     0),
    PT__ROW("DescribeLimits",     NO_MEMBERS,                     0),
    PT__ROW("DescribeTable",      pt__shape_describe_table,       0),
    PT__ROW("ExecuteStatement",   pt__shape_execute_statement,    0),
    PT__ROW("ExecuteTransaction", pt__shape_execute_transaction,  0),
    PT__ROW("GetItem",            pt__shape_get_item,             0),
    PT__ROW("ListTables",         pt__shape_list_tables,          0),
    PT__ROW("PutItem",            pt__shape_put_item,             0),
    PT__ROW("Query",              pt__shape_query,                0),
    PT__ROW("Scan",               pt__shape_scan,                 0),
    PT__ROW("TransactGetItems",   pt__shape_transact_get_items,   0),
    PT__ROW("TransactWriteItems", pt__shape_transact_write_items, 0),
    PT__ROW("UpdateItem",         pt__shape_update_item,          0),
    PT__ROW("UpdateTable",        pt__shape_update_table,         0),
};
/* clang-format on */

static const pt__shape REGISTRY = PT__STRUCT("", OPERATIONS);

const pt__row *pt__shape_row(const pt__shape *structure, pte_bytes name) {
    for (size_t i = 0; i < structure->row_count; i++) {
        if (pte_bytes_equal(structure->rows[i].name, name)) {
            return &structure->rows[i];
        }
    }
    return NULL;
}

const pt__shape *pt__shape_of(pte_bytes operation) {
    const pt__row *row = pt__shape_row(&REGISTRY, operation);
    return row == NULL ? NULL : row->shape;
}
