/* See table_alter.h. Calls the engine's catalog. */
#include "operation/table_alter.h"

#include "operation/table_load.h"

enum { TRIES_MAX = 100 };

static pt__exception load(pt__alteration *a, pt__call *call, pte_bytes name_or_arn) {
    *a = (pt__alteration){.further = a->further, .ctx = a->ctx};
    if (a->further) {
        return pt__table_load_further(&a->table, &a->settings, call);
    }
    pt__exception exception = pt__table_find_itself(&a->table, call, name_or_arn);
    return exception == PT__OK ? pt__table_settings_decode(
                                     &a->settings, a->table.info->spec.user_data, &call->failure)
                               : exception;
}

/* *again: somebody changed the table meanwhile. */
static pt__exception alter(bool *again, pt__alteration *a, pt__call *call) {
    pt__exception exception = PT__OK;
    if (a->change.set_user_data) {
        exception = pt__table_settings_encode(&a->change.user_data, call->scratch, &a->settings,
                                              &call->failure);
    }
    if (exception != PT__OK) {
        return exception;
    }
    pte_error error;
    a->change.expected_version = a->table.info->version;
    pt__call_end_read(call);
    pte_status status = pte_table_alter(call->env, a->table.engine_name, &a->change, &error);
    *again = status == PTE_TABLE_CHANGED || status == PTE_TABLE_NOT_FOUND;
    if (status == PTE_OK || *again) {
        return PT__OK;
    }
    if (status == PTE_INVALID_SCHEMA) {
        return pt__refuse(&call->failure, PT__VALIDATION,
                          "One or more parameter values were invalid: %s", error.message);
    }
    return pt__refuse_engine(&call->failure, status, &error);
}

pt__exception pt__table_alter(pt__alteration *alteration, pt__call *call, pte_bytes name_or_arn,
                              pt__exception (*prepare)(pt__alteration *alteration,
                                                       pt__call *call)) {
    bool again = true;
    pt__exception exception = PT__OK;
    for (int i = 0; i < TRIES_MAX && again && exception == PT__OK; i++) {
        pt__call_end_read(call);
        again = false;
        exception = load(alteration, call, name_or_arn);
        if (exception == PT__OK) {
            exception = prepare(alteration, call);
        }
        if (exception == PT__OK && !alteration->nothing) {
            exception = alter(&again, alteration, call);
        }
    }
    pt__call_end_read(call);
    if (exception == PT__OK && again) {
        return pt__refuse(&call->failure, PT__RESOURCE_IN_USE,
                          "Attempt to change a resource which is still in use: Table is being "
                          "updated: %.*s",
                          PT__SHOW(alteration->table.name));
    }
    return exception;
}
