/*
 * Writing TableDescriptions. Members that AWS leaves out are left out: what was never set, and of
 * the answer to CreateTable what only later answers have.
 */
#include "operation/table_description.h"

#include "operation/stream.h"
#include "operation/table_throughput.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- keys ---- */

enum { DEFINITIONS_ROOM = 2 + PTE_INDEXES_MAX * 2 * PTE_KEY_ATTRIBUTES_MAX };

static int compare_attributes(const void *a, const void *b) {
    return pte_bytes_compare(((const pte_key_attribute *)a)->name,
                             ((const pte_key_attribute *)b)->name);
}

static size_t collect(pte_key_attribute *all, size_t count, const pte_key_attribute *more,
                      size_t more_count) {
    for (size_t i = 0; i < more_count; i++) {
        if (more[i].name.len != 0) {
            all[count++] = more[i];
        }
    }
    return count;
}

/* Every key attribute of the table and of its indexes once, by name, as AWS lists them. */
static void encode_definitions(pt__out *out, const pte_table_info *info) {
    pte_key_attribute all[DEFINITIONS_ROOM];
    size_t count = collect(all, 0, &info->spec.hash, 1);
    count = collect(all, count, &info->spec.range, 1);
    for (size_t i = 0; i < info->index_count; i++) {
        const pte_index_spec *spec = &info->indexes[i].spec;
        count = collect(all, count, spec->hash, spec->hash_count);
        count = collect(all, count, spec->range, spec->range_count);
    }
    qsort(all, count, sizeof all[0], compare_attributes);
    pt__out_name(out, "AttributeDefinitions");
    pt__out_array(out);
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || !pte_bytes_equal(all[i].name, all[i - 1].name)) {
            pt__out_object(out);
            pt__out_member_string(out, "AttributeName", all[i].name);
            pt__out_member_text(out, "AttributeType", pte_type_name(all[i].type));
            pt__out_object_end(out);
        }
    }
    pt__out_array_end(out);
}

static void encode_key_elements(pt__out *out, const pte_key_attribute *attributes, size_t count,
                                const char *type) {
    for (size_t i = 0; i < count; i++) {
        pt__out_object(out);
        pt__out_member_string(out, "AttributeName", attributes[i].name);
        pt__out_member_text(out, "KeyType", type);
        pt__out_object_end(out);
    }
}

static void encode_key_schema(pt__out *out, const pte_key_attribute *hash, size_t hash_count,
                              const pte_key_attribute *range, size_t range_count) {
    pt__out_name(out, "KeySchema");
    pt__out_array(out);
    encode_key_elements(out, hash, hash_count, "HASH");
    encode_key_elements(out, range, range_count, "RANGE");
    pt__out_array_end(out);
}

/* ---- times, throughput ---- */

static void encode_time(pt__out *out, const char *name, int64_t ms) {
    if (ms != 0) {
        pt__out_name(out, name);
        pt__out_milliseconds(out, ms);
    }
}

static void encode_provisioned(pt__out *out, const pt__throughput *throughput, int64_t now_ms) {
    pt__out_name(out, "ProvisionedThroughput");
    pt__out_object(out);
    encode_time(out, "LastIncreaseDateTime", throughput->increased_ms);
    encode_time(out, "LastDecreaseDateTime", throughput->decreased_ms);
    pt__out_member_integer(out, "NumberOfDecreasesToday",
                           pt__throughput_decreases(throughput, now_ms));
    pt__out_member_integer(out, "ReadCapacityUnits", throughput->read_units);
    pt__out_member_integer(out, "WriteCapacityUnits", throughput->write_units);
    pt__out_object_end(out);
}

static void encode_maxima(pt__out *out, const pt__throughput *throughput) {
    if (throughput->read_units_max == 0 && throughput->write_units_max == 0) {
        return;
    }
    pt__out_name(out, "OnDemandThroughput");
    pt__out_object(out);
    if (throughput->read_units_max != 0) {
        pt__out_member_integer(out, "MaxReadRequestUnits", throughput->read_units_max);
    }
    if (throughput->write_units_max != 0) {
        pt__out_member_integer(out, "MaxWriteRequestUnits", throughput->write_units_max);
    }
    pt__out_object_end(out);
}

/* Always there on AWS; a table of another maker has none set, and so the least there is. */
static void encode_warm(pt__out *out, const pt__throughput *throughput, bool on_demand) {
    int64_t reads = throughput->warm_read_units;
    int64_t writes = throughput->warm_write_units;
    pt__out_name(out, "WarmThroughput");
    pt__out_object(out);
    pt__out_member_integer(out, "ReadUnitsPerSecond",
                           reads == 0 && on_demand ? PT__ON_DEMAND_READ_UNITS : reads);
    pt__out_member_integer(out, "WriteUnitsPerSecond",
                           writes == 0 && on_demand ? PT__ON_DEMAND_WRITE_UNITS : writes);
    pt__out_member_text(out, "Status", "ACTIVE");
    pt__out_object_end(out);
}

/* ---- indexes ---- */

static void encode_projection(pt__out *out, const pte_index_spec *spec) {
    static const char *const types[] = {[PTE_PROJECT_ALL] = "ALL",
                                        [PTE_PROJECT_KEYS_ONLY] = "KEYS_ONLY",
                                        [PTE_PROJECT_INCLUDE] = "INCLUDE"};
    pt__out_name(out, "Projection");
    pt__out_object(out);
    pt__out_member_text(out, "ProjectionType", types[spec->projection]);
    if (spec->include_count != 0) {
        pt__out_name(out, "NonKeyAttributes");
        pt__out_array(out);
        for (size_t i = 0; i < spec->include_count; i++) {
            pt__out_string(out, spec->include[i]);
        }
        pt__out_array_end(out);
    }
    pt__out_object_end(out);
}

static bool is_updating(const pt__description *d, pte_bytes name) {
    const pt__json *first = d->index_updates == NULL ? NULL : d->index_updates->first;
    for (const pt__json *one = first; one != NULL; one = one->next) {
        const pt__json *update = pt__json_member(one, "Update");
        if (update != NULL && pte_bytes_equal(pt__json_string(update, "IndexName"), name)) {
            return true;
        }
    }
    return false;
}

/* Backfilling is there only while an index that UpdateTable added is made: false in the answer to
 * the request, true as long as items are taken in. */
static void encode_status(pt__out *out, const pt__description *d, const pte_index_info *index) {
    pte_bytes name = index->spec.name;
    bool begun = d->creating.len != 0 && pte_bytes_equal(d->creating, name);
    bool filling = index->state == PTE_INDEX_CREATING;
    const char *status = "ACTIVE";
    if (d->deleting.len != 0 && pte_bytes_equal(d->deleting, name)) {
        status = "DELETING";
    } else if (d->form == PT__CREATED || begun || filling) {
        status = "CREATING";
    } else if (is_updating(d, name)) {
        status = "UPDATING";
    }
    pt__out_member_text(out, "IndexStatus", status);
    if (d->form != PT__CREATED && strcmp(status, "CREATING") == 0) {
        pt__out_name(out, "Backfilling");
        pt__out_boolean(out, !begun);
    }
}

static void encode_index_arn(pt__out *out, pt__call *call, pte_bytes table_arn, pte_bytes name) {
    static const char between[] = "/index/";
    size_t len = table_arn.len + sizeof between - 1 + name.len;
    char *text = pte__arena_alloc(&call->arena, len + 1);
    if (text == NULL) {
        out->failed = true;
        return;
    }
    snprintf(text, len + 1, "%.*s%s%.*s", PT__SHOW(table_arn), between, PT__SHOW(name));
    pt__out_member_string(out, "IndexArn", pte_view(text, len));
}

static void encode_index(pt__call *call, const pt__description *d, const pte_index_info *index,
                         pte_bytes table_arn) {
    pt__out *out = &call->out;
    const pte_index_spec *spec = &index->spec;
    pt__out_object(out);
    pt__out_member_string(out, "IndexName", spec->name);
    bool local = spec->kind == PTE_INDEX_LOCAL;
    encode_key_schema(out, local ? &d->table->info->spec.hash : spec->hash,
                      local ? 1 : spec->hash_count, spec->range, spec->range_count);
    encode_projection(out, spec);
    if (!local) {
        pt__throughput throughput = pt__table_settings_index(d->settings, spec->name);
        encode_status(out, d, index);
        encode_provisioned(out, &throughput, pt__call_now_ms(call));
        encode_maxima(out, &throughput);
        if (d->form != PT__CREATED) {
            encode_warm(out, &throughput, d->settings->on_demand);
        }
    }
    pt__out_member_integer(out, "IndexSizeBytes", (int64_t)index->size_bytes);
    pt__out_member_integer(out, "ItemCount", (int64_t)index->entries);
    encode_index_arn(out, call, table_arn, spec->name);
    pt__out_object_end(out);
}

static void encode_indexes(pt__call *call, const pt__description *d, pte_index_kind kind,
                           pte_bytes table_arn) {
    const pte_table_info *info = d->table->info;
    bool any = false;
    for (size_t i = 0; i < info->index_count; i++) {
        if (info->indexes[i].spec.kind != kind) {
            continue;
        }
        if (!any) {
            pt__out_name(&call->out, kind == PTE_INDEX_GLOBAL ? "GlobalSecondaryIndexes"
                                                              : "LocalSecondaryIndexes");
            pt__out_array(&call->out);
            any = true;
        }
        encode_index(call, d, &info->indexes[i], table_arn);
    }
    if (any) {
        pt__out_array_end(&call->out);
    }
}

/* ---- streams and the rest ---- */

/* The label and the ARN of the latest stream stay when it is turned off. */
static void encode_stream(pt__call *call, const pt__description *d) {
    pt__out *out = &call->out;
    pte_change_images images = d->table->info->spec.changes;
    if (images != PTE_CHANGES_OFF) {
        pt__out_name(out, "StreamSpecification");
        pt__out_object(out);
        pt__out_name(out, "StreamEnabled");
        pt__out_boolean(out, true);
        pt__out_member_text(out, "StreamViewType", pt__stream_view_type(images));
        pt__out_object_end(out);
    }
    int64_t begun_ms = d->table->info->stream_begun_ms;
    if (begun_ms == 0) {
        return;
    }
    char label[PT__STREAM_LABEL_ROOM];
    pt__stream_label(label, begun_ms);
    pte_bytes arn = pt__stream_arn(call, d->table->name, begun_ms);
    out->failed = out->failed || arn.len == 0;
    pt__out_member_text(out, "LatestStreamLabel", label);
    pt__out_member_string(out, "LatestStreamArn", arn);
}

static void encode_billing(pt__out *out, const pt__description *d) {
    const pt__table_settings *settings = d->settings;
    if (!settings->on_demand && settings->on_demand_since_ms == 0) {
        return;
    }
    pt__out_name(out, "BillingModeSummary");
    pt__out_object(out);
    pt__out_member_text(out, "BillingMode",
                        settings->on_demand ? "PAY_PER_REQUEST" : "PROVISIONED");
    if (d->form != PT__CREATED) {
        encode_time(out, "LastUpdateToPayPerRequestDateTime", settings->on_demand_since_ms);
    }
    pt__out_object_end(out);
}

static void encode_class(pt__out *out, const pt__table_settings *settings) {
    if (!settings->class_given) {
        return;
    }
    pt__out_name(out, "TableClassSummary");
    pt__out_object(out);
    pt__out_member_text(out, "TableClass",
                        settings->infrequent_access ? "STANDARD_INFREQUENT_ACCESS" : "STANDARD");
    encode_time(out, "LastUpdateDateTime", settings->class_changed_ms);
    pt__out_object_end(out);
}

static void encode_encryption(pt__out *out, const pt__table_settings *settings) {
    if (!settings->kms) {
        return;
    }
    pt__out_name(out, "SSEDescription");
    pt__out_object(out);
    pt__out_member_text(out, "Status", "ENABLED");
    pt__out_member_text(out, "SSEType", "KMS");
    pt__out_member_string(out, "KMSMasterKeyArn", settings->kms_key_arn);
    pt__out_object_end(out);
}

/* The id that the table was given, else (another maker's) one made of the engine's. */
static void encode_table_id(pt__out *out, const pt__description *d) {
    char made[PT__TABLE_ID_BYTES + 1];
    const char *id = d->settings->table_id;
    if (id[0] == '\0') {
        snprintf(made, sizeof made, "00000000-0000-4000-8000-%012lx",
                 (unsigned long)d->table->info->id);
        id = made;
    }
    pt__out_member_text(out, "TableId", id);
}

/* ---- the whole ---- */

static void encode_members(pt__call *call, const pt__description *d, pte_bytes arn) {
    static const char *const statuses[] = {[PT__DESCRIBED] = "ACTIVE",
                                           [PT__CREATED] = "CREATING",
                                           [PT__UPDATED] = "UPDATING",
                                           [PT__DELETED] = "DELETING"};
    pt__out *out = &call->out;
    const pte_table_info *info = d->table->info;
    bool deleted = d->form == PT__DELETED;
    if (!deleted) {
        encode_definitions(out, info);
    }
    pt__out_member_string(out, "TableName", d->table->name);
    if (!deleted) {
        encode_key_schema(out, &info->spec.hash, 1, &info->spec.range,
                          info->spec.range.name.len != 0 ? 1 : 0);
    }
    pt__out_member_text(out, "TableStatus", d->active ? "ACTIVE" : statuses[d->form]);
    if (!deleted) {
        pt__out_name(out, "CreationDateTime");
        pt__out_milliseconds(out, d->settings->created_ms);
    }
    encode_provisioned(out, &d->settings->throughput, pt__call_now_ms(call));
    pt__out_member_integer(out, "TableSizeBytes", (int64_t)info->size_bytes);
    pt__out_member_integer(out, "ItemCount", (int64_t)info->items);
    pt__out_member_string(out, "TableArn", arn);
    encode_table_id(out, d);
    encode_billing(out, d);
    if (!deleted) {
        encode_indexes(call, d, PTE_INDEX_LOCAL, arn);
        encode_indexes(call, d, PTE_INDEX_GLOBAL, arn);
    }
    encode_stream(call, d);
    encode_encryption(out, d->settings);
    encode_class(out, d->settings);
    pt__out_name(out, "DeletionProtectionEnabled");
    pt__out_boolean(out, d->settings->deletion_protection);
    encode_maxima(out, &d->settings->throughput);
    if (d->form == PT__DESCRIBED || d->form == PT__UPDATED ||
        (d->form == PT__CREATED && pt__json_member(call->body, "WarmThroughput") != NULL)) {
        encode_warm(out, &d->settings->throughput, d->settings->on_demand);
    }
}

void pt__table_description_encode(pt__call *call, const pt__description *description) {
    pt__out *out = &call->out;
    pte_bytes arn = pt__table_arn(call, description->table->name);
    if (arn.len == 0) {
        out->failed = true;
        return;
    }
    pt__out_object(out);
    pt__out_name(out, description->form == PT__DESCRIBED ? "Table" : "TableDescription");
    pt__out_object(out);
    encode_members(call, description, arn);
    pt__out_object_end(out);
    pt__out_object_end(out);
}
