/*
 * UpdateTable. The answer shows the table as AWS does while it changes: UPDATING, with the old
 * throughput; the next request finds it changed. A new index is CREATING until the table's items
 * are in it; those of a small table are before the answer is given.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTable.html
 */
#include "operation/operation.h"
#include "operation/stream.h"
#include "operation/table_change.h"
#include "operation/table_definition.h"
#include "operation/table_description.h"
#include "operation/table_load.h"
#include "operation/table_options.h"
#include "operation/table_throughput.h"
#include "schema/backfill.h"

/* Others may change the table between reading it and changing it; then it is read again. */
enum { TRIES_MAX = 100 };

typedef struct update {
    pt__table table;
    pt__table_settings old;
    pt__table_settings settings;
    pte_change_images changes;
    int64_t stream_begun_ms; /* of one that the change has begun */
    pt__index_change index;
    pte_index_spec added; /* if index.create */
} update;

static pt__exception check_in_use(pt__call *call, const update *u) {
    const pte_index_info *creating = pt__table_creating_index(&u->table);
    if (creating != NULL && pt__json_member(call->body, "OnDemandThroughput") != NULL) {
        return pt__refuse(&call->failure, PT__RESOURCE_IN_USE,
                          "Attempt to change a resource which is still in use: OnDemandThroughput "
                          "cannot be updated while index creation is in progress for indexes: "
                          "[%.*s]",
                          PT__SHOW(creating->spec.name));
    }
    return PT__OK;
}

static pt__exception read_added(update *u, pt__call *call) {
    pt__throughput throughput;
    pt__exception exception =
        pt__index_definition_read(&u->added, call, u->index.create, u->table.info);
    if (exception == PT__OK) {
        exception = pt__throughput_of_added_index(&throughput, call, u->index.create, u->added.name,
                                                  u->settings.on_demand);
    }
    return exception == PT__OK ? pt__table_settings_set_index(&u->settings, u->added.name,
                                                              &throughput, &call->failure)
                               : exception;
}

/* The whole change, from the request and the table as it is. */
static pt__exception prepare(update *u, pt__call *call) {
    pt__exception exception = pt__table_load_further(&u->table, &u->old, call);
    if (exception == PT__OK) { /* apart, since changing it changes what it points to */
        exception =
            pt__table_settings_decode(&u->settings, u->table.info->spec.user_data, &call->failure);
    }
    if (exception == PT__OK) {
        exception = pt__change_check_indexes(&u->index, call, &u->table);
    }
    if (exception == PT__OK) {
        exception = check_in_use(call, u);
    }
    if (exception == PT__OK) {
        exception = pt__throughput_update(&u->settings, call, u->table.info);
    }
    if (exception == PT__OK) {
        u->changes = u->table.info->spec.changes;
        exception = pt__options_update(&u->settings, &u->changes, call, u->table.name);
    }
    if (exception == PT__OK && u->index.drop != NULL) {
        pt__table_settings_drop_index(&u->settings, pt__json_string(u->index.drop, "IndexName"));
    }
    return exception == PT__OK && u->index.create != NULL ? read_added(u, call) : exception;
}

/* *again: somebody changed the table meanwhile. */
static pt__exception alter(bool *again, update *u, pt__call *call) {
    pte_bytes user_data;
    pt__exception exception =
        pt__table_settings_encode(&user_data, call->scratch, &u->settings, &call->failure);
    if (exception != PT__OK) {
        return exception;
    }
    pte_table_change change = {
        .expected_version = u->table.info->version,
        .add_index = u->index.create != NULL ? &u->added : NULL,
        .drop_index = pt__json_string(u->index.drop, "IndexName"),
        .set_user_data = true,
        .user_data = user_data,
        .set_changes = u->changes != u->table.info->spec.changes,
        .changes = u->changes,
        .change_shards = PT__STREAM_SHARDS,
        .stream_begun_ms = &u->stream_begun_ms,
    };
    pte_error error;
    pt__call_end_read(call);
    pte_status status = pte_table_alter(call->env, u->table.engine_name, &change, &error);
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

/* The table with the index that was added behind its others. */
static const pte_table_info *info_with(pt__call *call, const update *u) {
    const pte_table_info *old = u->table.info;
    bool more = u->index.create != NULL;
    pte_table_info *info = pte__arena_alloc(&call->arena, sizeof *info);
    pte_index_info *indexes =
        pte__arena_alloc(&call->arena, (old->index_count + 1) * sizeof *indexes);
    if (info == NULL || indexes == NULL) {
        return NULL;
    }
    *info = *old;
    info->spec.changes = u->changes;
    if (u->stream_begun_ms != 0) {
        info->stream_begun_ms = u->stream_begun_ms;
    }
    if (old->index_count != 0) {
        memcpy(indexes, old->indexes, old->index_count * sizeof *indexes);
    }
    indexes[old->index_count] = (pte_index_info){.spec = u->added, .state = PTE_INDEX_CREATING};
    info->indexes = indexes;
    info->index_count = old->index_count + more;
    return info;
}

/* What is shown at once, and the throughput as it was. */
static pt__exception settings_shown(pt__table_settings *shown, pt__call *call, const update *u) {
    *shown = u->settings;
    shown->on_demand = u->old.on_demand;
    shown->on_demand_since_ms = u->old.on_demand_since_ms;
    shown->throughput = u->old.throughput;
    shown->throughput.read_units_max = u->settings.throughput.read_units_max;
    shown->throughput.write_units_max = u->settings.throughput.write_units_max;
    shown->indexes = u->old.indexes;
    shown->index_count = u->old.index_count;
    if (u->index.create == NULL) {
        return PT__OK;
    }
    pt__throughput throughput = pt__table_settings_index(&u->settings, u->added.name);
    return pt__table_settings_set_index(shown, u->added.name, &throughput, &call->failure);
}

/* The rest (maxima, warm throughput, encryption, class, throughput of indexes) AWS changes while
 * the table stays ACTIVE. */
static bool stays_active(const pt__call *call, const update *u) {
    static const char *const members[] = {"ProvisionedThroughput", "BillingMode",
                                          "StreamSpecification", "DeletionProtectionEnabled"};
    bool active = u->index.create == NULL && u->index.drop == NULL;
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
        active = active && pt__json_member(call->body, members[i]) == NULL;
    }
    return active;
}

static pt__exception describe(pt__call *call, update *u) {
    pt__table_settings shown;
    pt__exception exception = settings_shown(&shown, call, u);
    const pte_table_info *info = info_with(call, u);
    if (exception != PT__OK || info == NULL) {
        return exception != PT__OK ? exception : pt__refuse_memory(&call->failure);
    }
    u->table.info = info;
    pt__description description = {
        .form = PT__UPDATED,
        .table = &u->table,
        .settings = &shown,
        .creating = pt__json_string(u->index.create, "IndexName"),
        .deleting = pt__json_string(u->index.drop, "IndexName"),
        .index_updates = pt__json_member(call->body, "GlobalSecondaryIndexUpdates"),
        .active = stays_active(call, u),
    };
    pt__table_description_encode(call, &description);
    return PT__OK;
}

static pt__exception run(pt__call *call) {
    update *u = pte__arena_alloc(&call->arena, sizeof *u);
    if (u == NULL) {
        return pt__refuse_memory(&call->failure);
    }
    pt__exception exception = pt__options_check_local(call);
    if (exception == PT__OK) {
        exception = pt__change_check_request(call);
    }
    bool again = true;
    for (int i = 0; i < TRIES_MAX && again && exception == PT__OK; i++) {
        *u = (update){.changes = PTE_CHANGES_OFF};
        exception = prepare(u, call);
        if (exception == PT__OK) {
            exception = alter(&again, u, call);
        }
    }
    if (exception == PT__OK && again) {
        return pt__refuse(&call->failure, PT__RESOURCE_IN_USE,
                          "Attempt to change a resource which is still in use: Table is being "
                          "updated: %.*s",
                          PT__SHOW(u->table.name));
    }
    if (exception == PT__OK && u->index.create != NULL) {
        pt__backfill_begin(call->env, u->table.engine_name, call->options->upkeep_elsewhere);
    }
    return exception == PT__OK ? describe(call, u) : exception;
}

const pt__operation pt__update_table_operation = {.name = "UpdateTable", .run = run};
