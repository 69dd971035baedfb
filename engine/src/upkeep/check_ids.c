/* Ids: what the catalog says of one, and entries whose id it does not know. */
#include "upkeep/check.h"

#include "base/endian.h"

pte_status pte__check_schema(const pte__schema **schema, bool *exists, pte__check *check,
                             pte_bytes name) {
    *schema = NULL;
    if (check->schema == NULL || !pte_bytes_equal(check->schema->info.spec.name, name)) {
        pte__schema_release(check->schema);
        check->schema = NULL;
        pte_error cause;
        pte_status status = pte__catalog_read(&check->schema, &check->env->catalog,
                                              &check->env->store, check->txn, name, &cause);
        if (exists != NULL) {
            *exists = status != PTE_TABLE_NOT_FOUND;
        }
        if (status != PTE_OK) {
            check->schema = NULL;
            return pte__check_cause(check, status, &cause);
        }
    } else if (exists != NULL) {
        *exists = true;
    }
    *schema = check->schema;
    return PTE_OK;
}

/* Whether a table has that id, and as what. */
static bool has_id(pte__check_id *found, uint32_t id) {
    const pte__schema *schema = found->schema;
    switch (found->kind) {
    case PTE__ID_TABLE:
        return schema->info.id == id;
    case PTE__ID_EXPIRY:
        return schema->ttl_id == id;
    case PTE__ID_INDEX:
        break;
    }
    for (size_t i = 0; i < schema->info.index_count && found->kind == PTE__ID_INDEX; i++) {
        if (schema->info.indexes[i].id == id) {
            found->index = &schema->indexes[i];
            return true;
        }
    }
    return false;
}

pte_status pte__check_id_of(pte__check_id *found, pte__check *check, uint32_t id) {
    uint8_t key[PTE__CATALOG_KEY_MAX];
    pte_bytes row;
    bool is_there;
    *found = (pte__check_id){.state = PTE__CHECK_UNKNOWN};
    pte_status status =
        pte__check_get(&row, &is_there, check, PTE__DB_CATALOG, pte__catalog_owner_key(key, id));
    if (status == PTE_OK && is_there && row.len > 1) {
        bool exists;
        found->kind = (pte__id_kind)row.data[0];
        status =
            pte__check_schema(&found->schema, &exists, check, pte_view(row.data + 1, row.len - 1));
        bool live = found->schema != NULL ? has_id(found, id) : exists;
        found->state = live ? PTE__CHECK_LIVE : PTE__CHECK_UNKNOWN;
    }
    if (status == PTE_OK && found->state == PTE__CHECK_UNKNOWN) {
        status = pte__check_get(&row, &is_there, check, PTE__DB_CATALOG,
                                pte__catalog_retired_key(key, id));
        if (is_there && row.len == 1) {
            *found =
                (pte__check_id){.state = PTE__CHECK_RETIRED, .kind = (pte__id_kind)row.data[0]};
        }
    }
    return status;
}

/* The key that check->cursor stands on; *id: its id. */
static pte_status check_id(uint32_t *id, pte__check *check, pte__db db, const char *name) {
    pte__check_id found;
    pte__check_place place = {.db = name, .key = check->cursor.key};
    if (check->cursor.key.len < PTE__ID_BYTES) {
        pte__check_problem(check, &place,
                           "an id (%d bytes) and more were expected, %zu bytes were "
                           "found",
                           (int)PTE__ID_BYTES, check->cursor.key.len);
        return PTE_OK;
    }
    *id = pte__get_u32(check->cursor.key.data);
    pte_status status = pte__check_id_of(&found, check, *id);
    if (status != PTE_OK) {
        return status;
    }
    if (found.state == PTE__CHECK_UNKNOWN) {
        pte__check_problem(check, &place, "id %u is neither that of a table nor retired",
                           (unsigned)*id);
    } else if (pte__id_db(found.kind) != db) {
        pte__check_problem(check, &place, "id %u stands for something else ('%c')", (unsigned)*id,
                           found.kind);
    }
    return PTE_OK;
}

/* Goes from id to id, so that it costs a few seeks for each, however many entries they have. */
static pte_status check_db(pte__check *check, pte__db db, const char *name) {
    bool found;
    pte_status status = pte__check_seek(&found, check, db, (pte_bytes){0});
    while (status == PTE_OK && found) {
        uint32_t id = 0;
        bool whole = check->cursor.key.len >= PTE__ID_BYTES;
        status = check_id(&id, check, db, name);
        if (status != PTE_OK || id == UINT32_MAX) {
            break;
        }
        if (whole) {
            uint8_t lower[PTE__ID_BYTES];
            pte__put_u32(lower, id + 1);
            status = pte__check_seek(&found, check, db, pte_view(lower, sizeof lower));
        } else {
            status = pte__check_next(&found, check, db);
        }
    }
    return status;
}

pte_status pte__check_ids(pte__check *check) {
    pte_status status = check_db(check, PTE__DB_ITEMS, "items");
    if (status == PTE_OK) {
        status = check_db(check, PTE__DB_INDEX, "index");
    }
    return status == PTE_OK ? check_db(check, PTE__DB_EXPIRY, "expiry") : status;
}
