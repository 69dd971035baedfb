/* A table and its settings, and the piece of backfill that asking for them may do. */
#include "operation/table_load.h"

#include "schema/backfill.h"

pt__exception pt__table_load(pt__table *table, pt__table_settings *settings, pt__call *call) {
    pt__exception exception =
        pt__table_find_itself(table, call, pt__json_string(call->body, "TableName"));
    return exception == PT__OK
               ? pt__table_settings_decode(settings, table->info->spec.user_data, &call->failure)
               : exception;
}

const pte_index_info *pt__table_creating_index(const pt__table *table) {
    for (size_t i = 0; i < table->info->index_count; i++) {
        if (table->info->indexes[i].state == PTE_INDEX_CREATING) {
            return &table->info->indexes[i];
        }
    }
    return NULL;
}

pt__exception pt__table_load_further(pt__table *table, pt__table_settings *settings,
                                     pt__call *call) {
    pt__exception exception = pt__table_load(table, settings, call);
    bool filling = exception == PT__OK && (pt__table_creating_index(table) != NULL ||
                                           table->info->ttl_state == PTE_INDEX_CREATING);
    if (!filling || call->options->upkeep_elsewhere || call->options->engine.read_only) {
        return exception;
    }
    bool finished;
    pte_error error;
    pt__call_end_read(call);
    pte_status status = pt__backfill_piece(&finished, call->env, table->engine_name,
                                           PT__BACKFILL_ITEMS_MAX, &error);
    return status == PTE_OK ? pt__table_load(table, settings, call)
                            : pt__refuse_engine(&call->failure, status, &error);
}
