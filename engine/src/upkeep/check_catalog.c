/* The catalog: every row for itself, and tables, owners and retired ids against each other. */
#include "upkeep/check.h"

#include "base/endian.h"

static pte__check_place place_of(const pte__schema *schema) {
    return (pte__check_place){.db = "catalog", .table = schema->info.spec.name};
}

/* An id that a table says it has: given, owned by the table as that, not another's. */
static pte_status check_id(pte__check *check, const pte__check_place *place, uint32_t id,
                           pte__id_kind kind) {
    uint8_t key[PTE__CATALOG_KEY_MAX];
    pte_bytes row;
    bool found;
    if (id == 0 || id > check->last_id) {
        pte__check_problem(check, place, "id %u was never given, the last one is %llu",
                           (unsigned)id, (unsigned long long)check->last_id);
    }
    pte_status status =
        pte__check_get(&row, &found, check, PTE__DB_CATALOG, pte__catalog_owner_key(key, id));
    if (status != PTE_OK) {
        return status;
    }
    if (!found) {
        pte__check_problem(check, place, "id %u has no owner row", (unsigned)id);
    } else if (row.len < 1 || row.data[0] != (uint8_t)kind ||
               !pte_bytes_equal(pte_view(row.data + 1, row.len - 1), place->table)) {
        pte__check_problem(check, place, "the owner row of id %u names another kind or table (%s)",
                           (unsigned)id, pte__check_quote(row).text);
    }
    return PTE_OK;
}

/* Whether the definition is one that tables can have. */
static bool check_spec(pte__check *check, const pte__schema *schema) {
    const pte_table_info *info = &schema->info;
    pte__check_place place = place_of(schema);
    pte_error cause;
    pte_status status = pte__schema_check(&info->spec, &cause);
    for (size_t i = 0; i < info->index_count && status == PTE_OK; i++) {
        const pte_index_spec *spec = &info->indexes[i].spec;
        status = pte__schema_check_index(spec, &info->spec, &cause);
        for (size_t j = 0; j < i && status == PTE_OK; j++) {
            status = pte__schema_check_types(spec, &info->indexes[j].spec, &cause);
            if (pte_bytes_equal(spec->name, info->indexes[j].spec.name)) {
                pte__check_problem(check, &place, "two indexes are named %s",
                                   pte__check_quote(spec->name).text);
            }
        }
    }
    bool valid = status == PTE_OK;
    if (!valid) {
        pte__check_problem(check, &place, "%s", cause.message);
    }
    if ((info->spec.ttl_attribute.len != 0) != (schema->ttl_id != 0)) {
        pte__check_problem(check, &place,
                           "time to live has a name and no id, or an id and no name");
    }
    if (info->version > check->generation) {
        pte__check_problem(check, &place, "its version is %llu, above the generation %llu",
                           (unsigned long long)info->version,
                           (unsigned long long)check->generation);
    }
    return valid;
}

/* What the row would be if it were written now: there is nothing else in it. */
static pte_status check_form(pte__check *check, const pte__schema *schema) {
    pte_builder *builder;
    pte_bytes row;
    pte_error cause;
    pte_status status = pte_builder_create(&builder, &check->env->store.allocator, check->error);
    if (status != PTE_OK) {
        return status;
    }
    status = pte__schema_row(&row, builder, &schema->info, schema->ttl_id, &cause);
    pte__check_place place = place_of(schema);
    if (status == PTE_OUT_OF_MEMORY) {
        status = pte__fail_memory(check->error);
    } else {
        if (status != PTE_OK) {
            pte__check_problem(check, &place, "%s", cause.message);
        } else if (!pte_bytes_equal(row, schema->row)) {
            pte__check_problem(check, &place,
                               "its row holds more than a definition, or not in the "
                               "form that definitions have");
        }
        status = PTE_OK;
    }
    pte_builder_destroy(builder);
    return status;
}

/* The ids of a table, each for itself and against those before it. */
static pte_status check_ids(pte__check *check, const pte__schema *schema) {
    const pte_table_info *info = &schema->info;
    pte__check_place place = place_of(schema);
    pte_status status = check_id(check, &place, info->id, PTE__ID_TABLE);
    for (size_t i = 0; i < info->index_count && status == PTE_OK; i++) {
        place.index = info->indexes[i].spec.name;
        status = check_id(check, &place, info->indexes[i].id, PTE__ID_INDEX);
        for (size_t j = 0; j < i; j++) {
            if (info->indexes[i].id == info->indexes[j].id) {
                pte__check_problem(check, &place, "its id %u is also that of index %s",
                                   (unsigned)info->indexes[i].id,
                                   pte__check_quote(info->indexes[j].spec.name).text);
            }
        }
    }
    place.index = (pte_bytes){0};
    place.expiry = true;
    if (status == PTE_OK && schema->ttl_id != 0) {
        status = check_id(check, &place, schema->ttl_id, PTE__ID_EXPIRY);
    }
    return status;
}

/* Whether no other table owns the table's id, so that what lies under it is this one's. */
static pte_status owns_items(bool *owns, pte__check *check, const pte__schema *schema) {
    uint8_t key[PTE__CATALOG_KEY_MAX];
    pte_bytes row;
    pte_status status = pte__check_get(&row, owns, check, PTE__DB_CATALOG,
                                       pte__catalog_owner_key(key, schema->info.id));
    *owns = *owns && row.len > 1 &&
            pte_bytes_equal(pte_view(row.data + 1, row.len - 1), schema->info.spec.name);
    return status;
}

static pte_status check_definition(pte__check *check, const pte__schema *schema) {
    check->report->indexes += schema->info.index_count;
    bool valid = check_spec(check, schema);
    pte_status status = check_form(check, schema);
    if (status == PTE_OK) {
        status = check_ids(check, schema);
    }
    if (status == PTE_OK) {
        status = pte__check_stream_of(check, schema);
    }
    bool owns = false;
    if (status == PTE_OK) {
        status = owns_items(&owns, check, schema);
    }
    if (status == PTE_OK && owns && valid) {
        status = pte__check_table(check, schema);
    }
    return status;
}

static pte_status check_table_row(pte__check *check, pte_bytes name, pte_bytes row) {
    pte__check_place place = {.db = "catalog", .table = name};
    pte_error cause;
    pte__schema *schema;
    pte_item item = {.encoded = row};
    check->report->tables++;
    pte_status status = pte_item_validate(&item, &cause);
    if (status == PTE_OK && (name.len == 0 || name.len > PTE_TABLE_NAME_BYTES_MAX)) {
        status = pte__fail(&cause, PTE_CORRUPT, "a table's name of %zu bytes", name.len);
    }
    if (status == PTE_OK) {
        status = pte__schema_parse(&schema, &check->env->store.allocator, name, row, &cause);
    }
    if (status == PTE_OUT_OF_MEMORY) {
        return pte__fail_memory(check->error);
    }
    if (status != PTE_OK) {
        pte__check_problem(check, &place, "%s", cause.message);
        return PTE_OK;
    }
    status = check_definition(check, schema);
    pte__schema_release(schema);
    return status;
}

static pte_status check_owner_row(pte__check *check, const pte__check_place *place, uint32_t id) {
    pte__check_id found;
    pte_status status = pte__check_id_of(&found, check, id);
    if (status == PTE_OK && found.state != PTE__CHECK_LIVE) {
        pte__check_problem(check, place, "the owner of id %u is no table that has it",
                           (unsigned)id);
    }
    return status;
}

static bool is_kind(uint8_t byte) {
    return byte == PTE__ID_TABLE || byte == PTE__ID_INDEX || byte == PTE__ID_EXPIRY;
}

static pte_status check_retired_row(pte__check *check, const pte__check_place *place, uint32_t id,
                                    pte_bytes row) {
    uint8_t key[PTE__CATALOG_KEY_MAX];
    pte_bytes owner;
    bool owned;
    if (row.len != 1 || !is_kind(row.data[0])) {
        pte__check_problem(check, place, "retired id %u is of no known kind", (unsigned)id);
    }
    if (id == 0 || id > check->last_id) {
        pte__check_problem(check, place, "retired id %u was never given, the last one is %llu",
                           (unsigned)id, (unsigned long long)check->last_id);
    }
    pte_status status =
        pte__check_get(&owner, &owned, check, PTE__DB_CATALOG, pte__catalog_owner_key(key, id));
    if (status == PTE_OK && owned) {
        pte__check_problem(check, place, "id %u is retired and has an owner", (unsigned)id);
    }
    return status;
}

static pte_status visit_row(void *ctx, pte_bytes key, pte_bytes row) {
    pte__check *check = ctx;
    pte__check_place place = {.db = "catalog", .key = key};
    uint8_t kind = key.len != 0 ? key.data[0] : 0;
    if (kind == 't') {
        return check_table_row(check, pte_view(key.data + 1, key.len - 1), row);
    }
    if (kind == 's') {
        return pte__check_stream_row(check, key, row);
    }
    if ((kind == 'o' || kind == 'r') && key.len == 1 + PTE__ID_BYTES) {
        uint32_t id = pte__get_u32(key.data + 1);
        return kind == 'o' ? check_owner_row(check, &place, id)
                           : check_retired_row(check, &place, id, row);
    }
    pte__check_problem(check, &place, "there is no such row (%s)", pte__check_quote(key).text);
    return PTE_OK;
}

pte_status pte__check_catalog(pte__check *check) {
    return pte__check_rows(check, PTE__DB_CATALOG, visit_row, check);
}
