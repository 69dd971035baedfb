/* The rows of `meta`: only known ones, of the right form, of ids that there are. */
#include "upkeep/check.h"

#include "base/endian.h"
#include "store/store_format.h"
#include "table/counts.h"

static bool has_name(pte_bytes key, const char *name) {
    return pte_bytes_equal(key, pte_str(name));
}

/* Whether a key is prefix and an id. */
static bool has_prefix(uint32_t *id, pte_bytes key, const char *prefix) {
    size_t len = strlen(prefix);
    if (key.len != len + PTE__ID_BYTES || memcmp(key.data, prefix, len) != 0) {
        return false;
    }
    *id = pte__get_u32(key.data + len);
    return true;
}

static void check_number(pte__check *check, uint64_t *number, const char *name, pte_bytes value) {
    pte__check_place place = {.db = "meta"};
    if (value.len != sizeof *number) {
        pte__check_problem(check, &place, "the number \"%s\" has %zu bytes, 8 were expected", name,
                           value.len);
        *number = UINT64_MAX; /* so that not everything is above it */
    }
}

/* One count of a table's row; others: those before it. */
static void check_count(pte__check *check, const pte__check_place *place, const pte__schema *schema,
                        const pte__counts *counts, size_t at) {
    uint32_t id = counts->each[at].id;
    bool known = id == schema->info.id;
    for (size_t i = 0; i < schema->info.index_count && !known; i++) {
        known = id == schema->info.indexes[i].id;
    }
    if (!known) {
        pte__check_problem(check, place, "counted is id %u, which is not of the table",
                           (unsigned)id);
    }
    for (size_t i = 0; i < at; i++) {
        if (counts->each[i].id == id) {
            pte__check_problem(check, place, "id %u is counted twice", (unsigned)id);
            return;
        }
    }
}

static pte_status check_counts(pte__check *check, uint32_t id) {
    pte__check_id found;
    pte__counts counts;
    pte_error cause;
    pte__check_place place = {.db = "meta"};
    pte_status status = pte__check_id_of(&found, check, id);
    if (status != PTE_OK) {
        return status;
    }
    if (found.state != PTE__CHECK_LIVE || found.kind != PTE__ID_TABLE) {
        pte__check_problem(check, &place, "there are counts of table id %u, which is no table's",
                           (unsigned)id);
        return PTE_OK;
    }
    status = pte__counts_read(&counts, &check->env->store, check->txn, id, &cause);
    if (status != PTE_OK) {
        pte__check_problem(check, &place, "%s", cause.message);
        return pte__check_cause(check, status, &cause);
    }
    if (found.schema != NULL) {
        place.table = found.schema->info.spec.name;
        for (size_t i = 0; i < counts.count; i++) {
            check_count(check, &place, found.schema, &counts, i);
        }
    }
    return PTE_OK;
}

static bool is_creating(const pte__check_id *id) {
    if (id->state != PTE__CHECK_LIVE || id->kind == PTE__ID_TABLE) {
        return false;
    }
    if (id->schema == NULL) {
        return true; /* cannot be told */
    }
    return (id->index != NULL ? id->index->info->state : id->schema->info.ttl_state) ==
           PTE_INDEX_CREATING;
}

static pte_status check_backfill(pte__check *check, uint32_t id, pte_bytes value) {
    pte__check_id found;
    pte__check_place place = {.db = "meta"};
    pte_status status = pte__check_id_of(&found, check, id);
    if (status != PTE_OK) {
        return status;
    }
    if (!is_creating(&found)) {
        pte__check_problem(check, &place,
                           "there is a backfill place of id %u, which is not being "
                           "filled",
                           (unsigned)id);
    } else if (value.len < 8 + PTE__PREFIX_BYTES || value.len > 8 + PTE__KEY_MAX ||
               (found.schema != NULL && pte__get_u32(value.data + 8) != found.schema->info.id)) {
        pte__check_problem(check, &place,
                           "the backfill place of id %u (%zu bytes) is no count and "
                           "key of an item of its table",
                           (unsigned)id, value.len);
    }
    return PTE_OK;
}

static pte_status visit_row(void *ctx, pte_bytes key, pte_bytes value) {
    pte__check *check = ctx;
    uint32_t id;
    if (has_prefix(&id, key, "count:")) {
        return check_counts(check, id);
    }
    if (has_prefix(&id, key, "backfill:")) {
        return check_backfill(check, id, value);
    }
    if (has_name(key, PTE__META_LAST_ID)) {
        check_number(check, &check->last_id, PTE__META_LAST_ID, value);
    } else if (has_name(key, PTE__META_GENERATION)) {
        check_number(check, &check->generation, PTE__META_GENERATION, value);
    } else if (has_name(key, PTE__META_SEQUENCE)) {
        check_number(check, &check->sequence, PTE__META_SEQUENCE, value);
    } else if (!has_name(key, "format") && !has_name(key, "secret")) { /* looked at when opened */
        pte__check_place place = {.db = "meta", .key = key};
        pte__check_problem(check, &place, "there is no such row (%s)", pte__check_quote(key).text);
    }
    return PTE_OK;
}

/* A number that others are held against; 0 where it is not there or not readable. */
static pte_status read_number(uint64_t *number, pte__check *check, const char *name) {
    pte_error cause;
    pte_status status = pte__meta_number(number, &check->env->store, check->txn, name, &cause);
    return pte__check_cause(check, status, &cause);
}

pte_status pte__check_meta(pte__check *check) {
    pte_status status = read_number(&check->last_id, check, PTE__META_LAST_ID);
    if (status == PTE_OK) {
        status = read_number(&check->generation, check, PTE__META_GENERATION);
    }
    if (status == PTE_OK) {
        status = read_number(&check->sequence, check, PTE__META_SEQUENCE);
    }
    return status == PTE_OK ? pte__check_rows(check, PTE__DB_META, visit_row, check) : status;
}
