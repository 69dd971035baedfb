/*
 * Trimming the change log: the oldest records of all shards first, and streams that have ended and
 * are empty.
 */
#include <pocketable/engine/changes.h>

#include "store/lmdb_error.h"
#include "store/store_format.h"
#include "upkeep/changes.h"
#include "write/writer.h"

enum { FEWER = 8 }; /* a part of the records is tried where there was no room for trimming all */

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
    bool lacked_room;   /* for more of them in this commit */
    bool short_of_room; /* there is none to spare */
    trimmed_stream *streams;
    trimmed_shard *shards;
} trim_request;

/* A row that is looked at, as it lies in the map. */
typedef struct row_view {
    pte_bytes key;
    pte_bytes row;
} row_view;

/* The oldest record of a shard; NOT_FOUND if it has none. *old: it is to be trimmed. */
static pte_status oldest_of(pte__change_key *oldest, bool *old, const trim_request *request,
                            const pte__write_txn *txn, const pte__change_key *from,
                            pte_error *error) {
    MDB_val value;
    *old = false;
    int rc = pte__change_first(oldest, &value, txn->store, txn->lmdb, from);
    if (rc == MDB_NOTFOUND || (rc == 0 && !pte__change_same_shard(oldest, from))) {
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

/* Copies a stream's row, whose shards are to be trimmed. */
static pte_status note_stream(trim_request *request, const row_view *found, pte_error *error) {
    pte__arena *arena = &request->writer->arena;
    trimmed_stream *stream = pte__arena_alloc(arena, sizeof *stream);
    pte_bytes key = pte__arena_copy(arena, found->key);
    pte_bytes row = pte__arena_copy(arena, found->row);
    if (stream == NULL || key.data == NULL || row.data == NULL) {
        return pte__fail_memory(error);
    }
    *stream = (trimmed_stream){.next = request->streams, .key = key};
    request->streams = stream;
    return pte__stream_decode(&stream->info, key, row, error);
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
static pte_status look_at(bool *forget, trim_request *request, const pte__write_txn *txn,
                          const row_view *found, pte_error *error) {
    pte_stream_info info;
    bool noted = false;
    pte_status status = pte__stream_decode(&info, found->key, found->row, error);
    *forget = info.ended_ms != 0 && info.ended_ms < request->before_ms;
    for (unsigned i = 0; i < info.shards && status == PTE_OK; i++) {
        const pte__change_key from = {info.id, i, 0};
        pte__change_key oldest;
        bool old;
        status = oldest_of(&oldest, &old, request, txn, &from, error);
        *forget = *forget && status == PTE_NOT_FOUND;
        if (status == PTE_OK && old && !noted) {
            status = note_stream(request, found, error);
            noted = true;
        }
        if (status == PTE_OK && old) {
            status = note_shard(request, request->streams, &oldest, error);
        }
        status = status == PTE_NOT_FOUND ? PTE_OK : status;
    }
    return status;
}

/* Looks at every stream. What can be forgotten is, up to records_max of them. */
static pte_status look(trim_request *request, pte__write_txn *txn, pte_error *error) {
    uint8_t from[PTE__CATALOG_KEY_MAX + 1] = {'s'};
    size_t from_len = 1;
    size_t forgotten = 0;
    pte_status status = PTE_OK;
    while (status == PTE_OK) {
        row_view found;
        bool forget = false;
        status = pte__stream_first(&found.key, &found.row, txn->store, txn->lmdb,
                                   pte_view(from, from_len), error);
        if (status == PTE_OK) {
            status = look_at(&forget, request, txn, &found, error);
        }
        if (status == PTE_OK) { /* its key was read, so that it is not too long; then the next */
            memcpy(from, found.key.data, found.key.len);
            from[found.key.len] = 0;
            from_len = found.key.len + 1;
        }
        if (status == PTE_OK && forget && forgotten < request->records_max) {
            forgotten++;
            status =
                pte__txn_delete(NULL, txn, PTE__DB_CATALOG, pte_view(from, from_len - 1), error);
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
    request->lacked_room = false;
    request->short_of_room = txn->store->room.needed;
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
        if (status == PTE_DATABASE_FULL && request->trimmed != 0) {
            request->lacked_room = true;
            status = PTE_OK;
            break;
        }
    }
    if (status == PTE_OK) {
        status = finish(request, txn, error);
    }
    pte__arena_reset(&request->writer->arena);
    return status;
}

/* LMDB uses pages again only from the second commit after the one that freed them on: where others
 * wait for room this is the first, which changes nothing. */
static pte_status run_nothing(pte__request *base, pte__write_txn *txn, pte_error *error) {
    uint64_t sequence;
    (void)base;
    pte_status status = pte__txn_number(&sequence, txn, PTE__META_SEQUENCE, error);
    return status == PTE_OK ? pte__txn_put_number(txn, PTE__META_SEQUENCE, sequence, error)
                            : status;
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
    trim_request request = {
        .base = {.run = run_trim, .error = error}, .writer = env->writer, .before_ms = before_ms};
    pte_status status;
    size_t at_once = records_max;
    bool again;
    do {
        size_t left = records_max - *trimmed;
        request.records_max = at_once < left ? at_once : left;
        status = pte__commit(&env->committer, &request.base);
        *trimmed += status == PTE_OK ? request.trimmed : 0;
        again = status == PTE_OK && *trimmed < records_max &&
                (request.lacked_room || request.trimmed == request.records_max);
        if (status == PTE_DATABASE_FULL && at_once > 1) {
            at_once = at_once / FEWER != 0 ? at_once / FEWER : 1;
            again = true;
        }
    } while (again);
    if (status == PTE_OK && *trimmed != 0 && request.short_of_room) {
        pte__request nothing = {.run = run_nothing};
        (void)!pte__commit(&env->committer, &nothing); /* no harm if even that has no room */
    }
    return status;
}
