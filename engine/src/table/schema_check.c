/* What a definition must be. DynamoDB's own limits on counts are the facade's. */
#include "table/schema.h"

static bool is_key_type(pte_type type) {
    return type == PTE_TYPE_S || type == PTE_TYPE_N || type == PTE_TYPE_B;
}

static pte_status check_name(pte_bytes name, size_t bytes_max, const char *what, pte_error *error) {
    if (name.len == 0 || name.len > bytes_max || name.data == NULL) {
        return pte__fail(error, PTE_INVALID_SCHEMA, "%s has 1 to %zu bytes, %zu were found", what,
                         bytes_max, name.len);
    }
    return PTE_OK;
}

static pte_status check_attribute(pte_key_attribute attribute, const char *what, pte_error *error) {
    pte_status status = check_name(attribute.name, PTE_KEY_NAME_BYTES_MAX, what, error);
    if (status == PTE_OK && !is_key_type(attribute.type)) {
        status = pte__fail(error, PTE_INVALID_SCHEMA,
                           "key attribute \"%.*s\" is of type S, N or B, %s was found",
                           PTE__SHOW(attribute.name), pte_type_name(attribute.type));
    }
    return status;
}

/* One name has one type, in the table's key and in all indexes. */
static pte_status check_same_type(pte_key_attribute a, pte_key_attribute b, pte_error *error) {
    if (pte_bytes_equal(a.name, b.name) && a.type != b.type) {
        return pte__fail(error, PTE_INVALID_SCHEMA,
                         "key attribute \"%.*s\" is of type %s in one key and %s in another",
                         PTE__SHOW(a.name), pte_type_name(a.type), pte_type_name(b.type));
    }
    return PTE_OK;
}

static pte_status check_attributes(const pte_index_spec *index, const pte_table_spec *table,
                                   pte_error *error) {
    pte_key_attribute all[2 * PTE_KEY_ATTRIBUTES_MAX];
    size_t count = 0;
    if (index->kind == PTE_INDEX_LOCAL && index->hash_count == 0) {
        all[count++] = table->hash; /* left out, and part of the key all the same */
    }
    for (size_t i = 0; i < index->hash_count; i++) {
        all[count++] = index->hash[i];
    }
    for (size_t i = 0; i < index->range_count; i++) {
        all[count++] = index->range[i];
    }
    for (size_t i = 0; i < count; i++) {
        pte_status status = check_attribute(all[i], "an index key attribute's name", error);
        if (status == PTE_OK) {
            status = check_same_type(all[i], table->hash, error);
        }
        if (status == PTE_OK) {
            status = check_same_type(all[i], table->range, error);
        }
        for (size_t j = 0; j < i && status == PTE_OK; j++) {
            if (pte_bytes_equal(all[i].name, all[j].name)) {
                status = pte__fail(error, PTE_INVALID_SCHEMA,
                                   "attribute \"%.*s\" stands twice in the key of one index",
                                   PTE__SHOW(all[i].name));
            }
        }
        if (status != PTE_OK) {
            return status;
        }
    }
    return PTE_OK;
}

static pte_status check_type_in(pte_key_attribute attribute, const pte_key_attribute *others,
                                size_t count, pte_error *error) {
    pte_status status = PTE_OK;
    for (size_t i = 0; i < count && status == PTE_OK; i++) {
        status = check_same_type(attribute, others[i], error);
    }
    return status;
}

pte_status pte__schema_check_types(const pte_index_spec *a, const pte_index_spec *b,
                                   pte_error *error) {
    pte_status status = PTE_OK;
    for (size_t i = 0; i < a->hash_count + a->range_count && status == PTE_OK; i++) {
        pte_key_attribute attribute = i < a->hash_count ? a->hash[i] : a->range[i - a->hash_count];
        status = check_type_in(attribute, b->hash, b->hash_count, error);
        if (status == PTE_OK) {
            status = check_type_in(attribute, b->range, b->range_count, error);
        }
    }
    return status;
}

static pte_status check_projection(const pte_index_spec *index, pte_error *error) {
    bool include = index->projection == PTE_PROJECT_INCLUDE;
    if (include != (index->include_count != 0) || index->include_count > PTE_INCLUDES_MAX ||
        (include && index->include == NULL)) {
        return pte__fail(error, PTE_INVALID_SCHEMA,
                         "index \"%.*s\": 1 to %d attributes go with the projection INCLUDE and "
                         "with no other, %zu were found",
                         PTE__SHOW(index->name), (int)PTE_INCLUDES_MAX, index->include_count);
    }
    for (size_t i = 0; i < index->include_count; i++) {
        pte_status status = check_name(index->include[i], PTE_NAME_BYTES_MAX,
                                       "the name of a projected attribute", error);
        if (status != PTE_OK) {
            return status;
        }
    }
    return PTE_OK;
}

static pte_status check_local(const pte_index_spec *index, const pte_table_spec *table,
                              pte_error *error) {
    bool own_hash =
        index->hash_count == 0 ||
        (index->hash_count == 1 && pte_bytes_equal(index->hash[0].name, table->hash.name));
    if (table->range.name.len == 0 || !own_hash || index->range_count != 1) {
        return pte__fail(error, PTE_INVALID_SCHEMA,
                         "local index \"%.*s\" needs a table with a range key, that table's hash "
                         "key, and one range attribute",
                         PTE__SHOW(index->name));
    }
    return PTE_OK;
}

pte_status pte__schema_check_index(const pte_index_spec *index, const pte_table_spec *table,
                                   pte_error *error) {
    pte_status status = check_name(index->name, PTE_INDEX_NAME_BYTES_MAX, "an index's name", error);
    if (status != PTE_OK) {
        return status;
    }
    bool local = index->kind == PTE_INDEX_LOCAL;
    if ((!local && index->kind != PTE_INDEX_GLOBAL) || index->hash_count > PTE_KEY_ATTRIBUTES_MAX ||
        index->range_count > PTE_KEY_ATTRIBUTES_MAX || (!local && index->hash_count == 0) ||
        (unsigned)index->projection > PTE_PROJECT_INCLUDE) {
        return pte__fail(error, PTE_INVALID_SCHEMA,
                         "index \"%.*s\" has a kind, a projection, 1 to %d hash and 0 to %d range "
                         "attributes; kind %d, projection %d, %zu and %zu were found",
                         PTE__SHOW(index->name), (int)PTE_KEY_ATTRIBUTES_MAX,
                         (int)PTE_KEY_ATTRIBUTES_MAX, (int)index->kind, (int)index->projection,
                         index->hash_count, index->range_count);
    }
    if (index->user_data.len > PTE_USER_DATA_BYTES_MAX) {
        return pte__fail(error, PTE_INVALID_SCHEMA, "user data has at most %d bytes",
                         (int)PTE_USER_DATA_BYTES_MAX);
    }
    if (local) {
        status = check_local(index, table, error);
    }
    if (status == PTE_OK) {
        status = check_attributes(index, table, error);
    }
    return status == PTE_OK ? check_projection(index, error) : status;
}

static pte_status check_indexes(const pte_table_spec *spec, pte_error *error) {
    if (spec->index_count > PTE_INDEXES_MAX || (spec->index_count != 0 && spec->indexes == NULL)) {
        return pte__fail(error, PTE_INVALID_SCHEMA,
                         "a table has at most %d indexes, %zu were found", (int)PTE_INDEXES_MAX,
                         spec->index_count);
    }
    for (size_t i = 0; i < spec->index_count; i++) {
        pte_status status = pte__schema_check_index(&spec->indexes[i], spec, error);
        for (size_t j = 0; j < i && status == PTE_OK; j++) {
            if (pte_bytes_equal(spec->indexes[i].name, spec->indexes[j].name)) {
                status = pte__fail(error, PTE_INVALID_SCHEMA, "two indexes are named \"%.*s\"",
                                   PTE__SHOW(spec->indexes[i].name));
            } else {
                status = pte__schema_check_types(&spec->indexes[i], &spec->indexes[j], error);
            }
        }
        if (status != PTE_OK) {
            return status;
        }
    }
    return PTE_OK;
}

pte_status pte__schema_check(const pte_table_spec *spec, pte_error *error) {
    pte_status status = check_name(spec->name, PTE_TABLE_NAME_BYTES_MAX, "a table's name", error);
    if (status == PTE_OK) {
        status = check_attribute(spec->hash, "the hash attribute's name", error);
    }
    if (status == PTE_OK && spec->range.name.len != 0) {
        status = check_attribute(spec->range, "the range attribute's name", error);
        if (status == PTE_OK && pte_bytes_equal(spec->hash.name, spec->range.name)) {
            status = pte__fail(error, PTE_INVALID_SCHEMA,
                               "the hash and the range attribute are both named \"%.*s\"",
                               PTE__SHOW(spec->hash.name));
        }
    }
    if (status != PTE_OK) {
        return status;
    }
    if ((unsigned)spec->changes > PTE_CHANGES_NEW_AND_OLD_IMAGES) {
        return pte__fail(error, PTE_INVALID_SCHEMA, "%d is no pte_change_images",
                         (int)spec->changes);
    }
    if (spec->change_shards > PTE_SHARDS_MAX) {
        return pte__fail(error, PTE_INVALID_SCHEMA, "a stream has at most %d shards",
                         (int)PTE_SHARDS_MAX);
    }
    if (spec->ttl_attribute.len > PTE_KEY_NAME_BYTES_MAX ||
        spec->user_data.len > PTE_USER_DATA_BYTES_MAX) {
        return pte__fail(error, PTE_INVALID_SCHEMA,
                         "the TTL attribute's name has at most %d bytes, user data %d",
                         (int)PTE_KEY_NAME_BYTES_MAX, (int)PTE_USER_DATA_BYTES_MAX);
    }
    return check_indexes(spec, error);
}
