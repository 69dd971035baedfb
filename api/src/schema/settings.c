/*
 * Settings to bytes and back: a table with a row for each member. May call the engine's builder and
 * its reading of items.
 */
#include "schema/settings.h"

#include <inttypes.h>
#include <stdio.h>

enum { SETTINGS_VERSION = 1 };

typedef enum row_type { ROW_INTEGER, ROW_TRUTH, ROW_TEXT } row_type;

typedef struct settings_row {
    const char *name;
    row_type type;
    size_t offset;
} settings_row;

#define INTEGER(name, member)                                                                      \
    { name, ROW_INTEGER, offsetof(STRUCT, member) }
#define TRUTH(name, member)                                                                        \
    { name, ROW_TRUTH, offsetof(STRUCT, member) }
#define TEXT(name, member)                                                                         \
    { name, ROW_TEXT, offsetof(STRUCT, member) }

#define STRUCT pt__throughput
static const settings_row THROUGHPUT_ROWS[] = {
    INTEGER("ReadUnits", read_units),
    INTEGER("WriteUnits", write_units),
    INTEGER("DecreasesToday", decreases_today),
    INTEGER("IncreasedMs", increased_ms),
    INTEGER("DecreasedMs", decreased_ms),
    INTEGER("ReadUnitsMax", read_units_max),
    INTEGER("WriteUnitsMax", write_units_max),
    INTEGER("WarmReadUnits", warm_read_units),
    INTEGER("WarmWriteUnits", warm_write_units),
};
#undef STRUCT

#define STRUCT pt__table_settings
static const settings_row TABLE_ROWS[] = {
    INTEGER("CreatedMs", created_ms),
    TRUTH("OnDemand", on_demand),
    INTEGER("OnDemandSinceMs", on_demand_since_ms),
    TRUTH("InfrequentAccess", infrequent_access),
    TRUTH("ClassGiven", class_given),
    INTEGER("ClassChangedMs", class_changed_ms),
    TRUTH("DeletionProtection", deletion_protection),
    TRUTH("Kms", kms),
    TEXT("KmsKeyArn", kms_key_arn),
    TEXT("Tags", tags),
    TEXT("ResourcePolicy", resource_policy.document),
    INTEGER("ResourcePolicyMs", resource_policy.revision_ms),
    TEXT("StreamPolicy", stream_policy.document),
    INTEGER("StreamPolicyMs", stream_policy.revision_ms),
    INTEGER("StreamPolicyLabelMs", stream_policy_label_ms),
};
#undef STRUCT

enum {
    THROUGHPUT_ROW_COUNT = sizeof THROUGHPUT_ROWS / sizeof THROUGHPUT_ROWS[0],
    TABLE_ROW_COUNT = sizeof TABLE_ROWS / sizeof TABLE_ROWS[0],
};

/* ---- to bytes ---- */

static void add_integer(pte_builder *builder, const char *name, int64_t value) {
    char text[24];
    snprintf(text, sizeof text, "%" PRId64, value);
    pte_builder_add_number(builder, name, text);
}

static void add_row(pte_builder *builder, const settings_row *row, const void *member) {
    switch (row->type) {
    case ROW_INTEGER:
        if (*(const int64_t *)member != 0) {
            add_integer(builder, row->name, *(const int64_t *)member);
        }
        break;
    case ROW_TRUTH:
        if (*(const bool *)member) {
            pte_builder_name(builder, pte_str(row->name));
            pte_builder_boolean(builder, true);
        }
        break;
    case ROW_TEXT:
        if (((const pte_bytes *)member)->len != 0) {
            pte_builder_name(builder, pte_str(row->name));
            pte_builder_string(builder, *(const pte_bytes *)member);
        }
        break;
    }
}

static void add_rows(pte_builder *builder, const settings_row *rows, size_t count,
                     const void *from) {
    for (size_t i = 0; i < count; i++) {
        add_row(builder, &rows[i], (const char *)from + rows[i].offset);
    }
}

static void add_indexes(pte_builder *builder, const pt__table_settings *settings) {
    if (settings->index_count == 0) {
        return;
    }
    pte_builder_name(builder, pte_str("Indexes"));
    pte_builder_begin(builder, PTE_TYPE_M);
    for (size_t i = 0; i < settings->index_count; i++) {
        pte_builder_name(builder, settings->indexes[i].name);
        pte_builder_begin(builder, PTE_TYPE_M);
        add_rows(builder, THROUGHPUT_ROWS, THROUGHPUT_ROW_COUNT, &settings->indexes[i].throughput);
        pte_builder_end(builder);
    }
    pte_builder_end(builder);
}

pt__exception pt__table_settings_encode(pte_bytes *data, pte_builder *builder,
                                        const pt__table_settings *settings, pt__failure *failure) {
    *data = (pte_bytes){NULL, 0};
    pte_builder_reset(builder);
    add_integer(builder, "Version", SETTINGS_VERSION);
    if (settings->table_id[0] != '\0') {
        pte_builder_add_string(builder, "TableId", settings->table_id);
    }
    add_rows(builder, TABLE_ROWS, TABLE_ROW_COUNT, settings);
    add_rows(builder, THROUGHPUT_ROWS, THROUGHPUT_ROW_COUNT, &settings->throughput);
    add_indexes(builder, settings);
    pte_item item;
    pte_error error;
    pte_status status = pte_builder_item(&item, builder, &error);
    if (status != PTE_OK) {
        return pt__refuse_engine(failure, status, &error);
    }
    *data = item.encoded;
    return PT__OK;
}

/* ---- and back ---- */

static pt__exception damaged(pt__failure *failure, const char *what) {
    return pt__refuse(failure, PT__INTERNAL, "The settings of the table are damaged: %s", what);
}

/* A whole number within int64_t, in the canonical text of numbers. */
static bool parse_integer(int64_t *value, pte_bytes text) {
    bool negative = text.len != 0 && text.data[0] == '-';
    size_t i = negative ? 1 : 0;
    int64_t sum = 0;
    if (i == text.len) {
        return false;
    }
    for (; i < text.len; i++) {
        int digit = text.data[i] - '0';
        if (digit < 0 || digit > 9 || sum > (INT64_MAX - digit) / 10) {
            return false;
        }
        sum = sum * 10 + digit;
    }
    *value = negative ? -sum : sum;
    return true;
}

static bool read_row(const settings_row *row, void *member, const pte_value *value) {
    switch (row->type) {
    case ROW_INTEGER:
        return value->type == PTE_TYPE_N && parse_integer(member, value->bytes);
    case ROW_TRUTH:
        *(bool *)member = value->boolean;
        return value->type == PTE_TYPE_BOOL;
    case ROW_TEXT:
        *(pte_bytes *)member = value->bytes;
        return value->type == PTE_TYPE_S;
    }
    return false;
}

static pt__exception read_rows(const settings_row *rows, size_t count, void *to,
                               const pte_value *map, pt__failure *failure) {
    for (size_t i = 0; i < count; i++) {
        pte_value value;
        pte_error error;
        pte_status status = pte_value_find(&value, map, pte_str(rows[i].name), &error);
        bool good = status == PTE_OK && (value.type == PTE_TYPE_NONE ||
                                         read_row(&rows[i], (char *)to + rows[i].offset, &value));
        if (!good) {
            return damaged(failure, rows[i].name);
        }
    }
    return PT__OK;
}

static pt__exception read_indexes(pt__table_settings *settings, const pte_value *map,
                                  pt__failure *failure) {
    pte_value all;
    pte_error error;
    if (pte_value_find(&all, map, pte_str("Indexes"), &error) != PTE_OK) {
        return damaged(failure, "Indexes");
    }
    if (all.type == PTE_TYPE_NONE) {
        return PT__OK;
    }
    if (all.type != PTE_TYPE_M || all.count > PTE_INDEXES_MAX) {
        return damaged(failure, "Indexes");
    }
    settings->indexes = pte__arena_alloc(failure->arena, all.count * sizeof *settings->indexes);
    if (settings->indexes == NULL) {
        return pt__refuse_memory(failure);
    }
    pte_iter iter;
    pt__index_settings index = {.name = {NULL, 0}};
    pte_value value;
    pte_status status = pte_value_iterate(&iter, &all, &error);
    while (status == PTE_OK &&
           (status = pte_iter_next(&iter, &index.name, &value, &error)) == PTE_OK) {
        index.throughput = (pt__throughput){0};
        if (value.type != PTE_TYPE_M) {
            return damaged(failure, "Indexes");
        }
        pt__exception exception =
            read_rows(THROUGHPUT_ROWS, THROUGHPUT_ROW_COUNT, &index.throughput, &value, failure);
        if (exception != PT__OK) {
            return exception;
        }
        settings->indexes[settings->index_count++] = index;
    }
    return status == PTE_END ? PT__OK : damaged(failure, "Indexes");
}

static pt__exception read_identity(pt__table_settings *settings, const pte_value *map,
                                   pt__failure *failure) {
    pte_value version;
    pte_value id;
    pte_error error;
    int64_t number = 0;
    if (pte_value_find(&version, map, pte_str("Version"), &error) != PTE_OK ||
        version.type != PTE_TYPE_N || !parse_integer(&number, version.bytes) || number < 1) {
        return damaged(failure, "Version");
    }
    if (pte_value_find(&id, map, pte_str("TableId"), &error) != PTE_OK) {
        return damaged(failure, "TableId");
    }
    if (id.type == PTE_TYPE_NONE) {
        return PT__OK;
    }
    if (id.type != PTE_TYPE_S || id.bytes.len != PT__TABLE_ID_BYTES) {
        return damaged(failure, "TableId");
    }
    memcpy(settings->table_id, id.bytes.data, id.bytes.len);
    return PT__OK;
}

static pt__exception read_all(pt__table_settings *settings, pte_bytes data, pt__failure *failure) {
    pte_item item = {.encoded = data};
    pte_value map;
    pte_error error;
    if (pte_item_validate(&item, &error) != PTE_OK ||
        pte_item_value(&map, &item, &error) != PTE_OK) {
        return damaged(failure, "not an item");
    }
    pt__exception exception = read_identity(settings, &map, failure);
    if (exception == PT__OK) {
        exception = read_rows(TABLE_ROWS, TABLE_ROW_COUNT, settings, &map, failure);
    }
    if (exception == PT__OK) {
        exception =
            read_rows(THROUGHPUT_ROWS, THROUGHPUT_ROW_COUNT, &settings->throughput, &map, failure);
    }
    return exception == PT__OK ? read_indexes(settings, &map, failure) : exception;
}

pt__exception pt__table_settings_decode(pt__table_settings *settings, pte_bytes data,
                                        pt__failure *failure) {
    *settings = (pt__table_settings){.on_demand = data.len == 0};
    pt__exception exception = data.len == 0 ? PT__OK : read_all(settings, data, failure);
    if (exception != PT__OK) {
        *settings = (pt__table_settings){.on_demand = false};
    }
    return exception;
}

/* ---- indexes ---- */

static pt__index_settings *find_index(const pt__table_settings *settings, pte_bytes name) {
    for (size_t i = 0; i < settings->index_count; i++) {
        if (pte_bytes_equal(settings->indexes[i].name, name)) {
            return &settings->indexes[i];
        }
    }
    return NULL;
}

pt__throughput pt__table_settings_index(const pt__table_settings *settings, pte_bytes name) {
    const pt__index_settings *index = find_index(settings, name);
    return index == NULL ? (pt__throughput){0} : index->throughput;
}

pt__exception pt__table_settings_set_index(pt__table_settings *settings, pte_bytes name,
                                           const pt__throughput *throughput, pt__failure *failure) {
    pt__index_settings *index = find_index(settings, name);
    if (index == NULL) {
        size_t count = settings->index_count;
        pt__index_settings *more =
            pte__arena_alloc(failure->arena, (count + 1) * sizeof *settings->indexes);
        if (more == NULL) {
            return pt__refuse_memory(failure);
        }
        if (count != 0) {
            memcpy(more, settings->indexes, count * sizeof *more);
        }
        settings->indexes = more;
        settings->index_count = count + 1;
        index = &more[count];
        index->name = name;
    }
    index->throughput = *throughput;
    return PT__OK;
}

void pt__table_settings_drop_index(pt__table_settings *settings, pte_bytes name) {
    pt__index_settings *index = find_index(settings, name);
    if (index != NULL) {
        *index = settings->indexes[--settings->index_count];
    }
}
