/*
 * DeleteTable. The answer says DELETING; the table is gone for the next request.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DeleteTable.html
 */
#include "operation/operation.h"
#include "operation/table_description.h"
#include "operation/table_load.h"

static pt__exception check(pt__call *call, const pt__table *table,
                           const pt__table_settings *settings) {
    if (settings->deletion_protection) {
        return pt__refuse(&call->failure, PT__VALIDATION,
                          "Resource cannot be deleted as it is currently protected against "
                          "deletion. Disable deletion protection first.");
    }
    if (pt__table_creating_index(table) != NULL) {
        return pt__refuse(&call->failure, PT__RESOURCE_IN_USE,
                          "Attempt to change a resource which is still in use: Cannot delete table "
                          "while indexes are being created, updated, or deleted.");
    }
    return PT__OK;
}

static pt__exception drop(pt__call *call, const pt__table *table) {
    pte_error error;
    pt__call_end_read(call);
    pte_status status = pte_table_drop(call->env, table->engine_name, &error);
    if (status == PTE_TABLE_NOT_FOUND) { /* somebody was faster */
        return pt__refuse(&call->failure, PT__RESOURCE_NOT_FOUND,
                          "Requested resource not found: Table: %.*s not found",
                          PT__SHOW(table->name));
    }
    return status == PTE_OK ? PT__OK : pt__refuse_engine(&call->failure, status, &error);
}

static pt__exception run(pt__call *call) {
    pt__table table;
    pt__table_settings settings;
    pt__exception exception = pt__table_load_further(&table, &settings, call);
    if (exception == PT__OK) {
        exception = check(call, &table, &settings);
    }
    if (exception == PT__OK) {
        exception = drop(call, &table);
    }
    if (exception == PT__OK) {
        pt__description description = {.form = PT__DELETED, .table = &table, .settings = &settings};
        pt__table_description_encode(call, &description);
    }
    return exception;
}

const pt__operation pt__delete_table_operation = {.name = "DeleteTable", .run = run};
