/*
 * UpdateTable. The answer shows the table as AWS does while it changes: UPDATING, with the old
 * throughput; the next request finds it changed. A new index is CREATING until the table's items
 * are in it; those of a small table are before the answer is given.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTable.html
 */
#include "operation/operation.h"
#include "operation/stream.h"
#include "operation/table_alter.h"
#include "operation/table_change.h"
#include "operation/table_definition.h"
#include "operation/table_description.h"
#include "operation/table_load.h"
#include "operation/table_options.h"
#include "operation/table_throughput.h"
#include "schema/backfill.h"

/* What an alteration of the table has beside it. */
typedef struct update {
    pt__table_settings old;
    pte_change_images changes;
    int64_t stream_begun_ms; /* of one that the change has begun */
    pt__index_change index;
    pte_index_spec added; /* if index.create */
} update;

static pt__exception check_in_use(pt__call *call, const pt__table *table) {
    const pte_index_info *creating = pt__table_creating_index(table);
    if (creating != NULL && pt__json_member(call->body, "OnDemandThroughput") != NULL) {
        return pt__refuse(&call->failure, PT__RESOURCE_IN_USE,
                          "Attempt to change a resource which is still in use: OnDemandThroughput "
                          "cannot be updated while index creation is in progress for indexes: "
                          "[%.*s]",
                          PT__SHOW(creating->spec.name));
    }
    return PT__OK;
}

static pt__exception read_added(pt__alteration *a, pt__call *call) {
    update *u = a->ctx;
    pt__throughput throughput;
    pt__exception exception =
        pt__index_definition_read(&u->added, call, u->index.create, a->table.info);
    if (exception == PT__OK) {
        exception = pt__throughput_of_added_index(&throughput, call, u->index.create, u->added.name,
                                                  a->settings.on_demand);
    }
    return exception == PT__OK ? pt__table_settings_set_index(&a->settings, u->added.name,
                                                              &throughput, &call->failure)
                               : exception;
}

/* The whole change, from the request and the table as it is. */
static pt__exception prepare(pt__alteration *a, pt__call *call) {
    update *u = a->ctx;
    const pte_table_info *info = a->table.info;
    *u = (update){.changes = info->spec.changes};
    /* Decoded once more, since changing settings changes what they point to. */
    pt__exception exception =
        pt__table_settings_decode(&u->old, info->spec.user_data, &call->failure);
    if (exception == PT__OK) {
        exception = pt__change_check_indexes(&u->index, call, &a->table);
    }
    if (exception == PT__OK) {
        exception = check_in_use(call, &a->table);
    }
    if (exception == PT__OK) {
        exception = pt__throughput_update(&a->settings, call, info);
    }
    if (exception == PT__OK) {
        exception = pt__options_update(&a->settings, &u->changes, call, a->table.name);
    }
    if (exception == PT__OK && u->index.drop != NULL) {
        pt__table_settings_drop_index(&a->settings, pt__json_string(u->index.drop, "IndexName"));
    }
    if (exception == PT__OK && u->index.create != NULL) {
        exception = read_added(a, call);
    }
    a->change = (pte_table_change){
        .add_index = u->index.create != NULL ? &u->added : NULL,
        .drop_index = pt__json_string(u->index.drop, "IndexName"),
        .set_user_data = true,
        .set_changes = u->changes != info->spec.changes,
        .changes = u->changes,
        .change_shards = PT__STREAM_SHARDS,
        .stream_begun_ms = &u->stream_begun_ms,
    };
    return exception;
}

/* The table with the index that was added behind its others. */
static const pte_table_info *info_with(pt__call *call, const pt__alteration *a) {
    const update *u = a->ctx;
    const pte_table_info *old = a->table.info;
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
static pt__exception settings_shown(pt__table_settings *shown, pt__call *call,
                                    const pt__alteration *a) {
    const update *u = a->ctx;
    *shown = a->settings;
    shown->on_demand = u->old.on_demand;
    shown->on_demand_since_ms = u->old.on_demand_since_ms;
    shown->throughput = u->old.throughput;
    shown->throughput.read_units_max = a->settings.throughput.read_units_max;
    shown->throughput.write_units_max = a->settings.throughput.write_units_max;
    shown->indexes = u->old.indexes;
    shown->index_count = u->old.index_count;
    if (u->index.create == NULL) {
        return PT__OK;
    }
    pt__throughput throughput = pt__table_settings_index(&a->settings, u->added.name);
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

static pt__exception describe(pt__call *call, pt__alteration *a) {
    const update *u = a->ctx;
    pt__table_settings shown;
    pt__exception exception = settings_shown(&shown, call, a);
    const pte_table_info *info = info_with(call, a);
    if (exception != PT__OK || info == NULL) {
        return exception != PT__OK ? exception : pt__refuse_memory(&call->failure);
    }
    a->table.info = info;
    pt__description description = {
        .form = PT__UPDATED,
        .table = &a->table,
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
    update u;
    pt__alteration a = {.further = true, .ctx = &u};
    pt__exception exception = pt__options_check_local(call);
    if (exception == PT__OK) {
        exception = pt__change_check_request(call);
    }
    if (exception == PT__OK) {
        exception = pt__table_alter(&a, call, pt__json_string(call->body, "TableName"), prepare);
    }
    if (exception != PT__OK) {
        return exception;
    }
    if (u.index.create != NULL) {
        pt__backfill_begin(call->env, a.table.engine_name, call->options->upkeep_elsewhere);
    }
    return describe(call, &a);
}

const pt__operation pt__update_table_operation = {.name = "UpdateTable", .run = run};
