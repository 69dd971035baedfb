/*
 * Definitions as catalog rows. A row is an item of the engine's own making (FORMAT.md lists its
 * attributes), so there is one codec, and `pocketable info` could show it as it is.
 */
#include "table/schema.h"

#include <inttypes.h>
#include <stdio.h>

static void add_u64(pte_builder *b, const char *name, uint64_t number) {
    char text[24];
    snprintf(text, sizeof text, "%" PRIu64, number);
    pte_builder_add_number(b, name, text);
}

static void add_attribute(pte_builder *b, pte_key_attribute attribute) {
    pte_builder_begin(b, PTE_TYPE_M);
    pte_builder_name(b, pte_str("name"));
    pte_builder_string(b, attribute.name);
    add_u64(b, "type", attribute.type);
    pte_builder_end(b);
}

static void add_attributes(pte_builder *b, const char *name, const pte_key_attribute *attributes,
                           size_t count) {
    pte_builder_name(b, pte_str(name));
    pte_builder_begin(b, PTE_TYPE_L);
    for (size_t i = 0; i < count; i++) {
        add_attribute(b, attributes[i]);
    }
    pte_builder_end(b);
}

static void add_bytes(pte_builder *b, const char *name, pte_bytes bytes) {
    pte_builder_name(b, pte_str(name));
    pte_builder_binary(b, bytes);
}

static void add_index(pte_builder *b, const pte_index_info *index) {
    const pte_index_spec *spec = &index->spec;
    pte_builder_begin(b, PTE_TYPE_M);
    pte_builder_name(b, pte_str("name"));
    pte_builder_string(b, spec->name);
    add_u64(b, "id", index->id);
    add_u64(b, "kind", spec->kind);
    add_u64(b, "state", index->state);
    add_attributes(b, "hash", spec->hash, spec->hash_count);
    add_attributes(b, "range", spec->range, spec->range_count);
    add_u64(b, "projection", spec->projection);
    pte_builder_name(b, pte_str("include"));
    pte_builder_begin(b, PTE_TYPE_L);
    for (size_t i = 0; i < spec->include_count; i++) {
        pte_builder_string(b, spec->include[i]);
    }
    pte_builder_end(b);
    add_bytes(b, "user data", spec->user_data);
    pte_builder_end(b);
}

pte_status pte__schema_row(pte_bytes *row, pte_builder *b, const pte_table_info *info,
                           uint32_t ttl_id, pte_error *error) {
    const pte_table_spec *spec = &info->spec;
    pte_builder_reset(b);
    add_u64(b, "id", info->id);
    add_u64(b, "version", info->version);
    add_attributes(b, "hash", &spec->hash, 1);
    add_attributes(b, "range", &spec->range, spec->range.name.len != 0 ? 1 : 0);
    add_u64(b, "changes", spec->changes);
    add_u64(b, "stream id", info->stream_id);
    add_u64(b, "stream shards", spec->change_shards);
    add_u64(b, "stream begun", (uint64_t)info->stream_begun_ms);
    pte_builder_name(b, pte_str("ttl attribute"));
    pte_builder_string(b, spec->ttl_attribute);
    add_u64(b, "ttl id", ttl_id);
    add_u64(b, "ttl state", info->ttl_state);
    pte_builder_name(b, pte_str("indexes"));
    pte_builder_begin(b, PTE_TYPE_L);
    for (size_t i = 0; i < info->index_count; i++) {
        add_index(b, &info->indexes[i]);
    }
    pte_builder_end(b);
    add_bytes(b, "user data", spec->user_data);
    pte_item item;
    pte_error cause;
    pte_status status = pte_builder_item(&item, b, &cause);
    *row = item.encoded;
    if (status == PTE_OK || status == PTE_OUT_OF_MEMORY || status == PTE_LIMIT) {
        if (status != PTE_OK && error != NULL) {
            *error = cause;
        }
        return status;
    }
    return pte__fail(error, PTE_INVALID_SCHEMA, "%s", cause.message);
}
