/* Beginning and ending a table's stream of changes. */
#include "write/stream.h"

#include "base/endian.h"
#include "store/lmdb_error.h"
#include "table/stream_row.h"

static bool begins_with(const MDB_val *key, pte_bytes prefix) {
    return key->mv_size >= prefix.len && memcmp(key->mv_data, prefix.data, prefix.len) == 0;
}

/*
 * When the latest stream under the table's name began, 0 if none is kept. Rows of longer names may
 * lie between those of the name; they are passed over.
 */
static pte_status latest_begun(int64_t *begun_ms, const pte__write_txn *txn, pte_bytes name,
                               pte_error *error) {
    uint8_t bytes[PTE__CATALOG_KEY_MAX];
    pte_bytes upper = pte__catalog_stream_key(bytes, name, INT64_MAX);
    pte_bytes prefix = pte_view(bytes, upper.len - PTE__STREAM_TIME_BYTES);
    MDB_cursor *cursor;
    *begun_ms = 0;
    int rc = mdb_cursor_open(txn->lmdb, txn->store->dbi[PTE__DB_CATALOG], &cursor);
    if (rc != 0) {
        return pte__fail_lmdb(error, rc, "reading the catalog");
    }
    MDB_val key = {upper.len, bytes};
    MDB_val value;
    /* There is a row behind it: that of a table, or the end. */
    rc = mdb_cursor_get(cursor, &key, &value, MDB_SET_RANGE);
    if (rc == 0 || rc == MDB_NOTFOUND) {
        rc = mdb_cursor_get(cursor, &key, &value, rc == 0 ? MDB_PREV : MDB_LAST);
    }
    while (rc == 0 && begins_with(&key, prefix) && key.mv_size != upper.len) {
        rc = mdb_cursor_get(cursor, &key, &value, MDB_PREV);
    }
    if (rc == 0 && begins_with(&key, prefix)) {
        *begun_ms = (int64_t)pte__get_u64((const uint8_t *)key.mv_data + prefix.len);
    }
    mdb_cursor_close(cursor);
    return rc == 0 || rc == MDB_NOTFOUND ? PTE_OK
                                         : pte__fail_lmdb(error, rc, "reading the catalog");
}

static int64_t later(int64_t a, int64_t b) {
    return a > b ? a : b;
}

pte_status pte__stream_begin(pte_table_info *info, pte__writer *writer, pte__write_txn *txn,
                             pte_error *error) {
    int64_t before_ms;
    uint32_t id = 0;
    unsigned shards = info->spec.change_shards != 0 ? info->spec.change_shards : 1;
    pte_status status = latest_begun(&before_ms, txn, info->spec.name, error);
    if (status == PTE_OK) {
        status = pte__writer_next_id(&id, txn, error);
    }
    if (status != PTE_OK) {
        return status;
    }
    before_ms = later(before_ms, info->stream_begun_ms);
    if (before_ms == INT64_MAX) {
        return pte__fail(error, PTE_LIMIT, "streams of table \"%.*s\" by time",
                         PTE__SHOW(info->spec.name));
    }
    pte_stream_info stream = {
        .id = id,
        .table_id = info->id,
        .hash = info->spec.hash,
        .range = info->spec.range,
        .images = info->spec.changes,
        .shards = shards,
        .begun_ms = later(writer->env->now_ms(writer->env->now_ctx), before_ms + 1),
        .begun_after = writer->sequence,
    };
    for (unsigned i = 0; i < shards; i++) {
        stream.trimmed[i] = stream.begun_after;
    }
    info->spec.change_shards = shards;
    info->stream_id = id;
    info->stream_begun_ms = stream.begun_ms;
    uint8_t key[PTE__CATALOG_KEY_MAX];
    uint8_t row[PTE__STREAM_ROW_MAX];
    return pte__txn_put(txn, PTE__DB_CATALOG,
                        pte__catalog_stream_key(key, info->spec.name, stream.begun_ms),
                        pte__stream_encode(row, &stream), error);
}

pte_status pte__stream_end(pte_table_info *info, const pte__writer *writer, pte__write_txn *txn,
                           pte_error *error) {
    uint8_t key_bytes[PTE__CATALOG_KEY_MAX];
    uint8_t row_bytes[PTE__STREAM_ROW_MAX];
    if (info->stream_id == 0) {
        return PTE_OK;
    }
    pte_stream_info stream;
    pte_bytes row;
    pte_bytes key = pte__catalog_stream_key(key_bytes, info->spec.name, info->stream_begun_ms);
    pte_status status = pte__txn_get(&row, txn, PTE__DB_CATALOG, key, error);
    if (status == PTE_NOT_FOUND) {
        return pte__fail(error, PTE_CORRUPT, "the stream of table \"%.*s\" has no row",
                         PTE__SHOW(info->spec.name));
    }
    if (status == PTE_OK) {
        status = pte__stream_decode(&stream, key, row, error);
    }
    if (status != PTE_OK) {
        return status;
    }
    stream.ended_ms = later(writer->env->now_ms(writer->env->now_ctx), stream.begun_ms);
    stream.ended_at = writer->sequence;
    info->stream_id = 0;
    info->spec.change_shards = 0;
    return pte__txn_put(txn, PTE__DB_CATALOG, key, pte__stream_encode(row_bytes, &stream), error);
}
