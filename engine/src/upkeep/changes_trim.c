/*
 * Trimming the change log: the oldest records of all shards first, and streams that have ended and
 * are empty.
 */
#include <pocketable/engine/changes.h>

#include "store/lmdb_error.h"
#include "table/change_record.h"
#include "table/stream_row.h"
#include "write/writer.h"

/* A stream with something to trim; in the writer's arena. */
typedef struct trimmed_stream {
    struct trimmed_stream *next;
    pte_bytes key; /* in the catalog */
    pte_stream_info info;
    bool changed; /* records of it were removed */
} trimmed_stream;

/* A shard's oldest record that is old enough. */
typedef struct trimmed_shard {
    struct trimmed_shard *next;
    trimmed_stream *stream;
    pte__change_key oldest;
} trimmed_shard;

typedef struct trim_request {
    pte__request base;
    pte__writer *writer;
    int64_t before_ms;
    size_t records_max;
    size_t trimmed;
    trimmed_stream *streams;
    trimmed_shard *shards;
} trim_request;

/* The oldest record of a shard; NOT_FOUND if it has none. *old: it is to be trimmed. */
static pte_status oldest_of(pte__change_key *oldest, bool *old, const trim_request *request,
                            const pte__write_txn *txn, const pte__change_key *from,
                            pte_error *error) {
    uint8_t bytes[PTE__CHANGE_KEY_BYTES];
    MDB_cursor *cursor;
    *old = false;
    int rc = mdb_cursor_open(txn->lmdb, txn->store->dbi[PTE__DB_CHANGES], &cursor);
    if (rc != 0) {
        return pte__fail_lmdb(error, rc, "reading a change");
    }
    (void)pte__change_key_encode(bytes, from);
    MDB_val found = {sizeof bytes, bytes};
    MDB_val value;
    rc = mdb_cursor_get(cursor, &found, &value, MDB_SET_RANGE);
    mdb_cursor_close(cursor);
    if (rc == 0 && !pte__change_key_decode(oldest, pte_view(found.mv_data, found.mv_size))) {
        rc = MDB_CORRUPTED;
    }
    if (rc == MDB_NOTFOUND ||
        (rc == 0 && (oldest->stream_id != from->stream_id || oldest->shard != from->shard))) {
        return PTE_NOT_FOUND;
    }
    if (rc != 0) {
        return pte__fail_lmdb(error, rc, "reading a change");
    }
    pte__change_record record;
    pte_status status = pte__change_decode(&record, pte_view(value.mv_data, value.mv_size), error);
    *old = status == PTE_OK && record.time_ms < request->before_ms;
    return status;
}

static pte_status note_shard(trim_request *request, trimmed_stream *stream,
                             const pte__change_key *oldest, pte_error *error) {
    trimmed_shard *shard = pte__arena_alloc(&request->writer->arena, sizeof *shard);
    if (shard == NULL) {
        return pte__fail_memory(error);
    }
    *shard = (trimmed_shard){.next = request->shards, .stream = stream, .oldest = *oldest};
    request->shards = shard;
    return PTE_OK;
}

/* Looks at what there is of a stream: notes old records, or that it can be forgotten. */
static pte_status look_at(trim_request *request, const pte__write_txn *txn, trimmed_stream *stream,
                          bool *forget, pte_error *error) {
    pte_status status = PTE_OK;
    const pte_stream_info *info = &stream->info;
    *forget = info->ended_ms != 0 && info->ended_ms < request->before_ms;
    for (unsigned i = 0; i < info->shards && status == PTE_OK; i++) {
        const pte__change_key from = {info->id, i, 0};
        pte__change_key oldest;
        bool old;
        status = oldest_of(&oldest, &old, request, txn, &from, error);
        *forget = *forget && status == PTE_NOT_FOUND;
        if (status == PTE_NOT_FOUND) {
            status = PTE_OK;
        } else if (status == PTE_OK && old) {
            status = note_shard(request, stream, &oldest, error);
        }
    }
    return status;
}

/* The first stream's row behind a key, copied; NOT_FOUND behind the last. */
static pte_status next_stream(trimmed_stream *stream, const trim_request *request,
                              const pte__write_txn *txn, pte_bytes after, pte_error *error) {
    uint8_t bytes[PTE__CATALOG_KEY_MAX + 1];
    MDB_cursor *cursor;
    int rc = mdb_cursor_open(txn->lmdb, txn->store->dbi[PTE__DB_CATALOG], &cursor);
    if (rc != 0) {
        return pte__fail_lmdb(error, rc, "reading the catalog");
    }
    if (after.len != 0) {
        memcpy(bytes, after.data, after.len);
    }
    bytes[after.len] = 0;
    MDB_val found = {after.len + 1, bytes};
    MDB_val row;
    rc = mdb_cursor_get(cursor, &found, &row, MDB_SET_RANGE);
    mdb_cursor_close(cursor);
    if (rc == MDB_NOTFOUND || (rc == 0 && ((const uint8_t *)found.mv_data)[0] != bytes[0])) {
        return PTE_NOT_FOUND;
    }
    if (rc != 0) {
        return pte__fail_lmdb(error, rc, "reading the catalog");
    }
    pte__arena *arena = &request->writer->arena;
    stream->key = pte__arena_copy(arena, pte_view(found.mv_data, found.mv_size));
    pte_bytes copy = pte__arena_copy(arena, pte_view(row.mv_data, row.mv_size));
    return stream->key.data != NULL && copy.data != NULL
               ? pte__stream_decode(&stream->info, stream->key, copy, error)
               : pte__fail_memory(error);
}

/* Looks at every stream. What can be forgotten is, up to records_max of them. */
static pte_status look(trim_request *request, pte__write_txn *txn, pte_error *error) {
    static const uint8_t FIRST[] = {'s'};
    pte_bytes after = pte_view(FIRST, sizeof FIRST);
    size_t forgotten = 0;
    pte_status status = PTE_OK;
    while (status == PTE_OK) {
        trimmed_stream *stream = pte__arena_alloc(&request->writer->arena, sizeof *stream);
        if (stream == NULL) {
            return pte__fail_memory(error);
        }
        *stream = (trimmed_stream){.next = request->streams};
        status = next_stream(stream, request, txn, after, error);
        bool forget = false;
        if (status == PTE_OK) {
            after = stream->key;
            request->streams = stream;
            status = look_at(request, txn, stream, &forget, error);
        }
        if (status == PTE_OK && forget && forgotten < request->records_max) {
            forgotten++;
            status = pte__txn_delete(NULL, txn, PTE__DB_CATALOG, stream->key, error);
        }
    }
    return status == PTE_NOT_FOUND ? PTE_OK : status;
}

/* The shard with the oldest record of all; NULL if no record is old enough. */
static trimmed_shard **oldest_shard(trim_request *request) {
    trimmed_shard **oldest = NULL;
    for (trimmed_shard **at = &request->shards; *at != NULL; at = &(*at)->next) {
        if (oldest == NULL || (*at)->oldest.sequence < (*oldest)->oldest.sequence) {
            oldest = at;
        }
    }
    return oldest;
}

/* Removes a shard's oldest record and moves the shard on. */
static pte_status remove_oldest(trimmed_shard **at, trim_request *request, pte__write_txn *txn,
                                pte_error *error) {
    trimmed_shard *shard = *at;
    uint8_t bytes[PTE__CHANGE_KEY_BYTES];
    bool removed;
    bool old = false;
    pte_status status = pte__txn_delete(&removed, txn, PTE__DB_CHANGES,
                                        pte__change_key_encode(bytes, &shard->oldest), error);
    if (status == PTE_OK) {
        const pte__change_key from = shard->oldest;
        shard->stream->info.trimmed[from.shard] = from.sequence;
        shard->stream->changed = true;
        request->trimmed++;
        status = oldest_of(&shard->oldest, &old, request, txn, &from, error);
    }
    if (!old) {
        *at = shard->next;
    }
    return status == PTE_NOT_FOUND ? PTE_OK : status;
}

/* What was trimmed is said in the streams' rows. */
static pte_status finish(trim_request *request, pte__write_txn *txn, pte_error *error) {
    pte_status status = PTE_OK;
    for (const trimmed_stream *stream = request->streams; stream != NULL && status == PTE_OK;
         stream = stream->next) {
        uint8_t row[PTE__STREAM_ROW_MAX];
        if (stream->changed) {
            status = pte__txn_put(txn, PTE__DB_CATALOG, stream->key,
                                  pte__stream_encode(row, &stream->info), error);
        }
    }
    return status;
}

static pte_status run_trim(pte__request *base, pte__write_txn *txn, pte_error *error) {
    trim_request *request = (trim_request *)base;
    request->trimmed = 0;
    request->streams = NULL;
    request->shards = NULL;
    pte_status status = pte__writer_ready(request->writer, error);
    if (status == PTE_OK) {
        status = look(request, txn, error);
    }
    while (status == PTE_OK && request->trimmed < request->records_max) {
        trimmed_shard **oldest = oldest_shard(request);
        if (oldest == NULL) {
            break;
        }
        status = remove_oldest(oldest, request, txn, error);
    }
    if (status == PTE_OK) {
        status = finish(request, txn, error);
    }
    pte__arena_reset(&request->writer->arena);
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
