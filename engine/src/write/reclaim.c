/* Removing the entries of what was dropped. */
#include "write/reclaim.h"

#include "base/endian.h"
#include "store/lmdb_error.h"

#include <pocketable/engine/upkeep.h>

#include <errno.h>

enum {
    /* What a commit does on the side: a drop of a small table is done at once, and a large one is
     * reclaimed over as many commits as it has parts of this size, each a little slower. */
    ENTRIES_A_COMMIT = 64,
};

pte_status pte__reclaim_retire(pte__write_txn *txn, uint32_t id, pte__id_kind kind,
                               pte_error *error) {
    uint8_t key[PTE__CATALOG_KEY_MAX];
    uint8_t value = (uint8_t)kind;
    pte_status status =
        pte__txn_delete(NULL, txn, PTE__DB_CATALOG, pte__catalog_owner_key(key, id), error);
    if (status == PTE_OK) {
        status = pte__txn_put(txn, PTE__DB_CATALOG, pte__catalog_retired_key(key, id),
                              pte_view(&value, 1), error);
    }
    return status;
}

/* The first retired id; NOT_FOUND if there is none. */
static pte_status first_retired(uint32_t *id, pte__id_kind *kind, const pte__write_txn *txn,
                                pte_error *error) {
    uint8_t lower[PTE__CATALOG_KEY_MAX];
    pte_bytes seek = pte__catalog_retired_key(lower, 0);
    MDB_val key = {seek.len, lower};
    MDB_val value;
    pte_status status = PTE_NOT_FOUND;
    int rc = pte__store_first(&key, &value, txn->lmdb, txn->store->dbi[PTE__DB_CATALOG]);
    if (rc == 0 && ((const uint8_t *)key.mv_data)[0] == seek.data[0]) {
        status = PTE_OK;
        if (key.mv_size != seek.len || value.mv_size != 1) {
            status = pte__fail(error, PTE_CORRUPT, "the catalog's row of a retired id");
        } else {
            *id = pte__get_u32((const uint8_t *)key.mv_data + 1);
            *kind = (pte__id_kind)((const uint8_t *)value.mv_data)[0];
        }
    } else if (rc != 0 && rc != MDB_NOTFOUND) {
        status = pte__fail_lmdb(error, rc, "reading the catalog");
    }
    return status;
}

static pte_status reclaim_id(size_t *reclaimed, pte__write_txn *txn, uint32_t id, pte__id_kind kind,
                             size_t entries_max, pte_error *error) {
    uint8_t lower[4];
    uint8_t upper[4];
    pte__put_u32(lower, id);
    pte__put_u32(upper, id + 1); /* ids end below 2^32 - 1 */
    pte_status status =
        pte__txn_delete_range(reclaimed, txn, pte__id_db(kind), pte_view(lower, sizeof lower),
                              pte_view(upper, sizeof upper), entries_max, error);
    if (status == PTE_OK && *reclaimed < entries_max) {
        uint8_t key[PTE__CATALOG_KEY_MAX];
        status =
            pte__txn_delete(NULL, txn, PTE__DB_CATALOG, pte__catalog_retired_key(key, id), error);
    }
    return status;
}

pte_status pte__reclaim_entries(size_t *reclaimed, pte__writer *writer, pte__write_txn *txn,
                                size_t entries_max, pte_error *error) {
    *reclaimed = 0;
    writer->reclaim = true;
    while (*reclaimed < entries_max) {
        uint32_t id;
        pte__id_kind kind;
        size_t done;
        pte_status status = first_retired(&id, &kind, txn, error);
        if (status == PTE_NOT_FOUND) {
            writer->reclaim = false;
            break;
        }
        done = 0;
        if (status == PTE_OK) {
            status = reclaim_id(&done, txn, id, kind, entries_max - *reclaimed, error);
        }
        *reclaimed += done;
        if (status != PTE_OK) {
            return status;
        }
    }
    writer->reclaim_generation = writer->generation;
    return PTE_OK;
}

/* Whether there was only no room to remove more, which is found out before a change and spoils
 * nothing (store/room.h). LMDB's own lack of room has another number. */
static bool lacked_room(pte_status status, const pte_error *error) {
    return status == PTE_DATABASE_FULL && error->os_error == ENOSPC;
}

pte_status pte__reclaim_some(pte__writer *writer, pte__write_txn *txn, pte_error *error) {
    size_t reclaimed;
    pte_status status = pte__reclaim_entries(&reclaimed, writer, txn, ENTRIES_A_COMMIT, error);
    return lacked_room(status, error) ? PTE_OK : status;
}

typedef struct reclaim_request {
    pte__request base;
    pte__writer *writer;
    size_t entries_max;
    size_t reclaimed;
    bool lacked_room; /* for more than it has reclaimed */
} reclaim_request;

static pte_status run_reclaim(pte__request *base, pte__write_txn *txn, pte_error *error) {
    reclaim_request *request = (reclaim_request *)base;
    request->lacked_room = false;
    pte_status status = pte__writer_ready(request->writer, error);
    if (status != PTE_OK) {
        return status;
    }
    status = pte__reclaim_entries(&request->reclaimed, request->writer, txn, request->entries_max,
                                  error);
    if (lacked_room(status, error) && request->reclaimed != 0) {
        request->lacked_room = true;
        return PTE_OK;
    }
    return status;
}

pte_status pte_reclaim(size_t *reclaimed, pte_env *env, size_t entries_max, pte_error *error) {
    if (reclaimed != NULL) {
        *reclaimed = 0;
    }
    if (reclaimed == NULL || env == NULL || entries_max == 0) {
        return pte__fail(error, PTE_INVALID_ARGUMENT,
                         "reclaimed and env must not be NULL, entries_max not 0");
    }
    reclaim_request request = {.base = {.run = run_reclaim, .error = error}, .writer = env->writer};
    pte_status status;
    do {
        request.entries_max = entries_max - *reclaimed;
        status = pte__commit(&env->committer, &request.base);
        *reclaimed += status == PTE_OK ? request.reclaimed : 0;
    } while (status == PTE_OK && request.lacked_room && *reclaimed < entries_max);
    return status;
}
