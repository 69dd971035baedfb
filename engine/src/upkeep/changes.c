/* Reading the change log: streams, their shards, and all of it in order. */
#include <pocketable/engine/changes.h>

#include "read/read.h"
#include "store/lmdb_error.h"
#include "store/store_format.h"
#include "table/image.h"
#include "upkeep/changes.h"

/* ---- records ---- */

int pte__change_first(pte__change_key *key, MDB_val *record, const pte__store *store, MDB_txn *txn,
                      const pte__change_key *from) {
    uint8_t bytes[PTE__CHANGE_KEY_BYTES];
    (void)pte__change_key_encode(bytes, from);
    MDB_val found = {sizeof bytes, bytes};
    int rc = pte__store_first(&found, record, txn, store->dbi[PTE__DB_CHANGES]);
    if (rc == 0 && !pte__change_key_decode(key, pte_view(found.mv_data, found.mv_size))) {
        return MDB_CORRUPTED;
    }
    return rc;
}

bool pte__change_same_shard(const pte__change_key *a, const pte__change_key *b) {
    return a->stream_id == b->stream_id && a->shard == b->shard;
}

static int first_from(pte__change_key *key, MDB_val *record, const pte_read *read,
                      const pte__change_key *from) {
    return pte__change_first(key, record, &read->env->store, read->base.txn, from);
}

static pte_status image_of(pte_item *item, pte_bytes image, pte_error *error) {
    *item = (pte_item){0};
    return image.len == 0 ? PTE_OK : pte__image_item(item, image, error);
}

static pte_status fill(pte_change *change, const pte__change_key *key, const MDB_val *value,
                       pte_error *error) {
    pte__change_record record;
    pte_status status =
        pte__change_decode(&record, pte_view(value->mv_data, value->mv_size), error);
    if (status != PTE_OK) {
        return status;
    }
    *change = (pte_change){.sequence = key->sequence,
                           .stream_id = key->stream_id,
                           .shard = key->shard,
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
    if (status != PTE_OK) {
        *change = (pte_change){0};
    }
    return status;
}

pte_status pte_stream_change(pte_change *change, pte_read *read, uint32_t stream_id, unsigned shard,
                             uint64_t after, pte_error *error) {
    if (change == NULL || read == NULL || shard >= PTE_SHARDS_MAX) {
        return pte__fail(error, PTE_INVALID_ARGUMENT,
                         "change and read must not be NULL, shard below %d", (int)PTE_SHARDS_MAX);
    }
    *change = (pte_change){0};
    if (after == UINT64_MAX) {
        return PTE_END;
    }
    pte__change_key key;
    MDB_val record;
    const pte__change_key from = {stream_id, shard, after + 1};
    int rc = first_from(&key, &record, read, &from);
    if (rc == MDB_NOTFOUND || (rc == 0 && !pte__change_same_shard(&key, &from))) {
        return PTE_END;
    }
    return rc == 0 ? fill(change, &key, &record, error)
                   : pte__fail_lmdb(error, rc, "reading a change");
}

/* The next shard's first place; false if there is none. */
static bool next_shard(pte__change_key *place) {
    if (place->shard == UINT8_MAX && place->stream_id == UINT32_MAX) {
        return false;
    }
    place->stream_id += place->shard == UINT8_MAX ? 1 : 0;
    place->shard = place->shard == UINT8_MAX ? 0 : place->shard + 1;
    place->sequence = 0;
    return true;
}

/* The oldest record above after, of whatever shard: each is looked into once. */
static int first_of_all(pte__change_key *oldest, MDB_val *record, pte_read *read, uint64_t after) {
    pte__change_key place = {0};
    bool more = true;
    oldest->sequence = 0;
    while (more) {
        pte__change_key key;
        MDB_val found;
        int rc = first_from(&key, &found, read, &place);
        if (rc == 0 && key.sequence <= after) { /* of a shard that was not looked into yet */
            place = key;
            place.sequence = after + 1;
            rc = first_from(&key, &found, read, &place);
        } else if (rc == 0) {
            place = key;
        }
        if (rc != 0) {
            return rc == MDB_NOTFOUND && oldest->sequence != 0 ? 0 : rc;
        }
        if (pte__change_same_shard(&key, &place)) {
            if (oldest->sequence == 0 || key.sequence < oldest->sequence) {
                *oldest = key;
                *record = found;
            }
            more = next_shard(&place);
        } else {
            place = (pte__change_key){key.stream_id, key.shard, 0};
        }
    }
    return oldest->sequence != 0 ? 0 : MDB_NOTFOUND;
}

pte_status pte_change_next(pte_change *change, pte_read *read, uint64_t after, pte_error *error) {
    if (change == NULL || read == NULL) {
        return pte__fail(error, PTE_INVALID_ARGUMENT, "change and read must not be NULL");
    }
    *change = (pte_change){0};
    if (after == UINT64_MAX) {
        return PTE_END;
    }
    pte__change_key key;
    MDB_val record = {0, NULL};
    int rc = first_of_all(&key, &record, read, after);
    if (rc != 0) {
        return rc == MDB_NOTFOUND ? PTE_END : pte__fail_lmdb(error, rc, "reading a change");
    }
    return fill(change, &key, &record, error);
}

pte_status pte_change_last(uint64_t *sequence, pte_read *read, pte_error *error) {
    if (sequence == NULL || read == NULL) {
        return pte__fail(error, PTE_INVALID_ARGUMENT, "sequence and read must not be NULL");
    }
    return pte__meta_number(sequence, &read->env->store, read->base.txn, PTE__META_SEQUENCE, error);
}

/* ---- streams ---- */

pte_status pte__stream_first(pte_bytes *key, pte_bytes *row, const pte__store *store, MDB_txn *txn,
                             pte_bytes from, pte_error *error) {
    MDB_val found = {from.len, (void *)(uintptr_t)from.data};
    MDB_val value;
    int rc = pte__store_first(&found, &value, txn, store->dbi[PTE__DB_CATALOG]);
    if (rc == MDB_NOTFOUND || (rc == 0 && ((const uint8_t *)found.mv_data)[0] != from.data[0])) {
        return PTE_NOT_FOUND;
    }
    if (rc != 0) {
        return pte__fail_lmdb(error, rc, "reading the catalog");
    }
    *key = pte_view(found.mv_data, found.mv_size);
    *row = pte_view(value.mv_data, value.mv_size);
    return PTE_OK;
}

/* The first stream whose key is at or behind the given one; END if there is none. */
static pte_status stream_from(pte_stream_info *info, const pte_read *read, pte_bytes from,
                              pte_error *error) {
    pte_bytes key;
    pte_bytes row;
    pte_status status =
        pte__stream_first(&key, &row, &read->env->store, read->base.txn, from, error);
    if (status == PTE_NOT_FOUND) {
        return PTE_END;
    }
    return status == PTE_OK ? pte__stream_decode(info, key, row, error) : status;
}

static pte_status check_arguments(pte_stream_info *info, const pte_read *read, pte_bytes table,
                                  int64_t begun_ms, pte_error *error) {
    if (info != NULL) {
        *info = (pte_stream_info){0};
    }
    if (info == NULL || read == NULL || table.len > PTE_TABLE_NAME_BYTES_MAX || begun_ms < 0) {
        return pte__fail(error, PTE_INVALID_ARGUMENT,
                         "info and read must not be NULL, table has at most %d bytes, begun_ms is "
                         "not negative",
                         (int)PTE_TABLE_NAME_BYTES_MAX);
    }
    return PTE_OK;
}

pte_status pte_stream_next(pte_stream_info *info, pte_read *read, pte_bytes table, int64_t begun_ms,
                           pte_error *error) {
    uint8_t bytes[PTE__CATALOG_KEY_MAX + 1];
    pte_status status = check_arguments(info, read, table, begun_ms, error);
    if (status != PTE_OK) {
        return status;
    }
    pte_bytes key = pte__catalog_stream_key(bytes, table, begun_ms);
    bytes[key.len++] = 0; /* the next key in order */
    return stream_from(info, read, key, error);
}

pte_status pte_stream_find(pte_stream_info *info, pte_read *read, pte_bytes table, int64_t begun_ms,
                           pte_error *error) {
    uint8_t bytes[PTE__CATALOG_KEY_MAX];
    pte_status status = check_arguments(info, read, table, begun_ms, error);
    if (status != PTE_OK) {
        return status;
    }
    status = stream_from(info, read, pte__catalog_stream_key(bytes, table, begun_ms), error);
    bool found =
        status == PTE_OK && info->begun_ms == begun_ms && pte_bytes_equal(info->table, table);
    if (status == PTE_END || (status == PTE_OK && !found)) {
        *info = (pte_stream_info){0};
        return PTE_NOT_FOUND;
    }
    return status;
}
