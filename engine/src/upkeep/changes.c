/* Reading and trimming the change log. */
#include <pocketable/engine/changes.h>

#include "base/endian.h"
#include "read/read.h"
#include "store/lmdb_error.h"
#include "store/store_format.h"
#include "table/change_record.h"
#include "table/image.h"
#include "write/writer.h"

/* The first record whose sequence is at least the given one; MDB_NOTFOUND if there is none. */
static int first_from(uint64_t *sequence, MDB_val *record, MDB_txn *txn, MDB_dbi changes,
                      uint64_t from) {
    uint8_t bytes[PTE__CHANGE_KEY_BYTES];
    MDB_cursor *cursor;
    int rc = mdb_cursor_open(txn, changes, &cursor);
    if (rc != 0) {
        return rc;
    }
    pte__put_u64(bytes, from);
    MDB_val key = {sizeof bytes, bytes};
    rc = mdb_cursor_get(cursor, &key, record, MDB_SET_RANGE);
    mdb_cursor_close(cursor);
    if (rc == 0 && key.mv_size != sizeof bytes) {
        return MDB_CORRUPTED;
    }
    if (rc == 0) {
        *sequence = pte__get_u64(key.mv_data);
    }
    return rc;
}

static pte_status image_of(pte_item *item, pte_bytes image, pte_error *error) {
    *item = (pte_item){0};
    return image.len == 0 ? PTE_OK : pte__image_item(item, image, error);
}

static pte_status fill(pte_change *change, uint64_t sequence, pte_bytes bytes, pte_error *error) {
    pte__change_record record;
    pte_status status = pte__change_decode(&record, bytes, error);
    if (status != PTE_OK) {
        return status;
    }
    *change = (pte_change){.sequence = sequence,
                           .time_ms = record.time_ms,
                           .table_id = record.table_id,
                           .kind = record.kind,
                           .by_expiry = record.by_expiry};
    status = pte__image_item(&change->keys, record.keys_image, error);
    if (status == PTE_OK) {
        status = image_of(&change->old_image, record.old_image, error);
    }
    if (status == PTE_OK) {
        status = image_of(&change->new_image, record.new_image, error);
    }
    return status;
}

pte_status pte_change_next(pte_change *change, pte_read *read, uint64_t after, pte_error *error) {
    if (change == NULL || read == NULL) {
        return pte__fail(error, PTE_INVALID_ARGUMENT, "change and read must not be NULL");
    }
    *change = (pte_change){0};
    if (after == UINT64_MAX) {
        return PTE_END;
    }
    uint64_t sequence = 0;
    MDB_val record;
    int rc = first_from(&sequence, &record, read->base.txn, read->env->store.dbi[PTE__DB_CHANGES],
                        after + 1);
    if (rc != 0) {
        return rc == MDB_NOTFOUND ? PTE_END : pte__fail_lmdb(error, rc, "reading a change");
    }
    pte_status status = fill(change, sequence, pte_view(record.mv_data, record.mv_size), error);
    if (status != PTE_OK) {
        *change = (pte_change){0};
    }
    return status;
}

pte_status pte_change_last(uint64_t *sequence, pte_read *read, pte_error *error) {
    if (sequence == NULL || read == NULL) {
        return pte__fail(error, PTE_INVALID_ARGUMENT, "sequence and read must not be NULL");
    }
    return pte__meta_number(sequence, &read->env->store, read->base.txn, PTE__META_SEQUENCE, error);
}

typedef struct trim_request {
    pte__request base;
    pte__writer *writer;
    int64_t before_ms;
    size_t records_max;
    size_t trimmed;
} trim_request;

/* Removes the oldest record if it is old enough; *removed says whether. */
static pte_status trim_one(bool *removed, const trim_request *request, pte__write_txn *txn,
                           pte_error *error) {
    uint64_t sequence = 0;
    MDB_val bytes;
    *removed = false;
    int rc = first_from(&sequence, &bytes, txn->lmdb, txn->store->dbi[PTE__DB_CHANGES], 0);
    if (rc != 0) {
        return rc == MDB_NOTFOUND ? PTE_OK : pte__fail_lmdb(error, rc, "reading a change");
    }
    pte__change_record record;
    pte_status status = pte__change_decode(&record, pte_view(bytes.mv_data, bytes.mv_size), error);
    if (status != PTE_OK || record.time_ms >= request->before_ms) {
        return status;
    }
    uint8_t key[PTE__CHANGE_KEY_BYTES];
    pte__put_u64(key, sequence);
    return pte__txn_delete(removed, txn, PTE__DB_CHANGES, pte_view(key, sizeof key), error);
}

static pte_status run_trim(pte__request *base, pte__write_txn *txn, pte_error *error) {
    trim_request *request = (trim_request *)base;
    request->trimmed = 0;
    pte_status status = pte__writer_ready(request->writer, error);
    bool removed = true;
    while (status == PTE_OK && removed && request->trimmed < request->records_max) {
        status = trim_one(&removed, request, txn, error);
        request->trimmed += removed ? 1 : 0;
    }
    return status;
}

pte_status pte_changes_trim(size_t *trimmed, pte_env *env, int64_t before_ms, size_t records_max,
                            pte_error *error) {
    if (trimmed != NULL) {
        *trimmed = 0;
    }
    if (trimmed == NULL || env == NULL || records_max == 0) {
        return pte__fail(error, PTE_INVALID_ARGUMENT,
                         "trimmed and env must not be NULL, records_max not 0");
    }
    trim_request request = {.base = {.run = run_trim, .error = error},
                            .writer = env->writer,
                            .before_ms = before_ms,
                            .records_max = records_max};
    pte_status status = pte__commit(&env->committer, &request.base);
    *trimmed = status == PTE_OK ? request.trimmed : 0;
    return status;
}
