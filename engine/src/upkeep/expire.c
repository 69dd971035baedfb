/* Time to live: deleting items whose time has come, found in `expiry`, not by scans. */
#include <pocketable/engine/upkeep.h>

#include "base/endian.h"
#include "store/lmdb_error.h"
#include "table/image.h"
#include "write/plan.h"

enum {
    TIME_BYTES = 8,
    /* AWS leaves items alone whose time is longer ago than this. */
    SECONDS_MAX_AGO = 5 * 365 * 24 * 3600,
};

typedef struct expire_request {
    pte__request base;
    pte__writer *writer;
    int64_t now_s;
    size_t items_max;
    size_t expired;
} expire_request;

/* Looking for what is due: one expiry list after the other, each from its oldest entry that counts.
 */
typedef struct search {
    const expire_request *request;
    pte__write_txn *txn;
    pte__key place; /* the next entry is at or behind it */
} search;

static uint64_t oldest_that_counts(const expire_request *request) {
    return request->now_s > SECONDS_MAX_AGO ? (uint64_t)(request->now_s - SECONDS_MAX_AGO) : 0;
}

static void move_to(search *s, uint32_t id, uint64_t seconds) {
    s->place.len = 0;
    pte__key_add_id(&s->place, id);
    pte__put_u64(s->place.bytes + s->place.len, seconds);
    s->place.len += TIME_BYTES;
}

/* The first entry at or behind the place; NOT_FOUND at the end of all lists. */
static pte_status seek(pte__key *found, const search *s, pte_error *error) {
    const pte_allocator *allocator = &s->txn->store->allocator;
    pte__tree_cursor *cursor = pte__alloc(allocator, sizeof *cursor);
    if (cursor == NULL) {
        return pte__fail_memory(error);
    }
    memset(cursor, 0, sizeof *cursor);
    pte__tree tree = pte__store_tree(s->txn->store, s->txn->lmdb, PTE__DB_EXPIRY);
    int rc = pte__tree_cursor_open(cursor, &tree);
    if (rc == 0) {
        rc = pte__tree_cursor_seek(cursor, pte__key_view(&s->place));
    }
    found->len = 0;
    if (rc == 0) {
        pte__key_add_bytes(found, cursor->key);
    }
    pte__tree_cursor_clean_up(cursor);
    pte__free(allocator, cursor, sizeof *cursor);
    if (rc == 0 || rc == MDB_NOTFOUND) {
        return rc == 0 ? PTE_OK : PTE_NOT_FOUND;
    }
    return pte__fail_lmdb(error, rc, "reading the expiry lists");
}

/* The next due entry, its place left behind it; NOT_FOUND if there is none. */
static pte_status next_due(pte__key *entry, search *s, pte_error *error) {
    for (;;) {
        pte_status status = seek(entry, s, error);
        if (status != PTE_OK) {
            return status;
        }
        if (entry->len < PTE__ID_BYTES + TIME_BYTES + PTE__PARTITION_BYTES) {
            return pte__fail(error, PTE_CORRUPT, "an expiry entry's key has %zu bytes", entry->len);
        }
        uint32_t id = pte__get_u32(entry->bytes);
        uint64_t seconds = pte__get_u64(entry->bytes + PTE__ID_BYTES);
        uint64_t oldest = oldest_that_counts(s->request);
        if (seconds < oldest) {
            move_to(s, id, oldest);
        } else if (seconds >= (uint64_t)s->request->now_s) {
            move_to(s, id + 1, 0);
        } else {
            s->place.len = 0;
            pte__key_add_bytes(&s->place, pte__key_view(entry));
            pte__key_after(&s->place);
            return PTE_OK;
        }
    }
}

/* The table whose list has that id; NOT_FOUND if it is retired. */
static pte_status owner_of(pte_bytes *table, const search *s, uint32_t id, pte_error *error) {
    uint8_t key[PTE__CATALOG_KEY_MAX];
    pte_bytes row;
    pte_status status =
        pte__txn_get(&row, s->txn, PTE__DB_CATALOG, pte__catalog_owner_key(key, id), error);
    if (status == PTE_OK) {
        if (row.len < 1 || row.data[0] != PTE__ID_EXPIRY) {
            return pte__fail(error, PTE_CORRUPT, "the owner of expiry id %u", (unsigned)id);
        }
        *table = (pte_bytes){row.data + 1, row.len - 1};
    }
    return status;
}

/* The item that an entry stands for, copied into the writer's arena; NOT_FOUND if it is gone. */
static pte_status item_of(pte_item *item, const pte__schema *schema, const pte__key *entry,
                          const search *s, pte_error *error) {
    pte__key key;
    pte_bytes image;
    key.len = 0;
    pte__key_add_id(&key, schema->info.id);
    size_t head = PTE__ID_BYTES + TIME_BYTES;
    pte__key_add_bytes(&key, (pte_bytes){entry->bytes + head, entry->len - head});
    pte_status status = pte__txn_get(&image, s->txn, PTE__DB_ITEMS, pte__key_view(&key), error);
    if (status == PTE_OK) {
        image = pte__arena_copy(&s->request->writer->arena, image);
        status = image.data != NULL ? pte__image_item(item, image, error) : pte__fail_memory(error);
    }
    return status;
}

static pte_status delete_item(const pte__schema *schema, const pte_item *item, const search *s,
                              pte_error *error) {
    pte__writer *writer = s->request->writer;
    pte__extract extract;
    pte_status status = pte__extract_item(&extract, &writer->arena, schema, item, error);
    if (status != PTE_OK) {
        return status;
    }
    pte__planner planner = {
        .writer = writer, .txn = s->txn, .arena = &writer->op_arena, .by_expiry = true};
    pte_op op = {
        .kind = PTE_DELETE, .table = schema->info.spec.name, .key = pte__extract_key(&extract)};
    pte__plan plan;
    status = pte__plan_op(&plan, &planner, &op, error);
    if (status == PTE_OK) {
        status = pte__plan_apply(&plan, writer, s->txn, error);
    }
    pte__plan_clean_up(&plan);
    pte__arena_reset(&writer->op_arena);
    return status;
}

/* Deletes the item of a due entry; *deleted says whether there was one. */
static pte_status expire_entry(bool *deleted, const pte__key *entry, const search *s,
                               pte_error *error) {
    pte_bytes table;
    pte__schema *schema = NULL;
    pte_item item;
    *deleted = false;
    pte_status status = owner_of(&table, s, pte__get_u32(entry->bytes), error);
    if (status == PTE_OK) {
        status = pte__writer_schema(&schema, s->request->writer, s->txn, table, error);
        if (status == PTE_TABLE_NOT_FOUND) {
            status = pte__fail(error, PTE_CORRUPT,
                               "expiry id %u belongs to table \"%.*s\", which "
                               "is not there",
                               (unsigned)pte__get_u32(entry->bytes), PTE__SHOW(table));
        }
    }
    if (status == PTE_OK) {
        status = item_of(&item, schema, entry, s, error);
    }
    if (status == PTE_OK) {
        status = delete_item(schema, &item, s, error);
        *deleted = status == PTE_OK;
    }
    pte__schema_release(schema);
    /* A retired list's entries are the reclaimer's. */
    return status == PTE_NOT_FOUND ? PTE_OK : status;
}

static pte_status run_expire(pte__request *base, pte__write_txn *txn, pte_error *error) {
    expire_request *request = (expire_request *)base;
    search s;
    s.request = request;
    s.txn = txn;
    s.place.len = 0;
    request->expired = 0;
    pte_status status = pte__writer_ready(request->writer, error);
    if (status == PTE_OK && request->now_s > 0) {
        move_to(&s, 0, 0);
        while (status == PTE_OK && request->expired < request->items_max) {
            pte__key entry;
            bool deleted;
            status = next_due(&entry, &s, error);
            if (status == PTE_OK) {
                status = expire_entry(&deleted, &entry, &s, error);
                request->expired += deleted ? 1 : 0;
            }
            pte__arena_reset(&request->writer->arena);
        }
    }
    return status == PTE_NOT_FOUND ? PTE_OK : status;
}

pte_status pte_expire(size_t *expired, pte_env *env, int64_t now_s, size_t items_max,
                      pte_error *error) {
    if (expired != NULL) {
        *expired = 0;
    }
    if (expired == NULL || env == NULL || items_max == 0) {
        return pte__fail(error, PTE_INVALID_ARGUMENT,
                         "expired and env must not be NULL, items_max not 0");
    }
    expire_request request = {.base = {.run = run_expire, .error = error},
                              .writer = env->writer,
                              .now_s = now_s,
                              .items_max = items_max};
    pte_status status = pte__commit(&env->committer, &request.base);
    *expired = status == PTE_OK ? request.expired : 0;
    return status;
}
