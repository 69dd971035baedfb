/* The catalog's rows of streams, and what tables say of theirs. */
#include "upkeep/check.h"

#include "table/stream_row.h"

static pte_status remember(pte__check *check, const pte_stream_info *info) {
    pte__check_stream *stream = pte__arena_alloc(&check->stream_arena, sizeof *stream);
    if (stream == NULL) {
        return pte__fail_memory(check->error);
    }
    *stream = (pte__check_stream){.next = check->streams, .info = *info};
    stream->info.table = (pte_bytes){0};
    stream->info.hash.name = (pte_bytes){0};
    stream->info.range.name = (pte_bytes){0};
    check->streams = stream;
    return PTE_OK;
}

const pte_stream_info *pte__check_stream_find(pte__check *check, uint32_t id) {
    for (pte__check_stream **at = &check->streams; *at != NULL; at = &(*at)->next) {
        pte__check_stream *found = *at;
        if (found->info.id == id) {
            *at = found->next;
            found->next = check->streams;
            check->streams = found;
            return &found->info;
        }
    }
    return NULL;
}

static void check_numbers(pte__check *check, const pte__check_place *place,
                          const pte_stream_info *info) {
    if (info->id == 0 || info->id > check->last_id || info->table_id == 0 ||
        info->table_id > check->last_id) {
        pte__check_problem(check, place, "stream id %u or its table id %u was never given",
                           (unsigned)info->id, (unsigned)info->table_id);
    }
    bool ended = info->ended_ms != 0;
    uint64_t newest = ended ? info->ended_at : check->sequence;
    if (newest > check->sequence || info->begun_after > newest || info->begun_ms <= 0 ||
        (ended ? info->ended_ms < info->begun_ms : info->ended_at != 0)) {
        pte__check_problem(check, place, "the stream's beginning and end do not fit each other");
    }
    for (unsigned i = 0; i < info->shards; i++) {
        if (info->trimmed[i] < info->begun_after || info->trimmed[i] > newest) {
            pte__check_problem(check, place,
                               "shard %u was trimmed up to %llu, outside of the stream", i,
                               (unsigned long long)info->trimmed[i]);
        }
    }
}

/* One that goes on is that of the table that there is. */
static pte_status check_table(pte__check *check, const pte__check_place *place,
                              const pte_stream_info *info) {
    const pte__schema *schema;
    bool exists;
    if (info->ended_ms != 0) {
        return PTE_OK;
    }
    pte_status status = pte__check_schema(&schema, &exists, check, info->table);
    if (status != PTE_OK) {
        return status;
    }
    if (!exists || (schema != NULL && schema->info.stream_id != info->id)) {
        pte__check_problem(check, place, "stream id %u goes on and no table has it",
                           (unsigned)info->id);
    }
    return PTE_OK;
}

pte_status pte__check_stream_row(pte__check *check, pte_bytes key, pte_bytes row) {
    pte__check_place place = {.db = "catalog", .key = key};
    pte_stream_info info;
    pte_error cause;
    if (pte__stream_decode(&info, key, row, &cause) != PTE_OK) {
        pte__check_problem(check, &place, "%s", cause.message);
        return PTE_OK;
    }
    place = (pte__check_place){.db = "catalog", .table = info.table};
    check_numbers(check, &place, &info);
    if (pte__check_stream_find(check, info.id) != NULL) {
        pte__check_problem(check, &place, "stream id %u is also another's", (unsigned)info.id);
        return PTE_OK;
    }
    pte_status status = check_table(check, &place, &info);
    return status == PTE_OK ? remember(check, &info) : status;
}

pte_status pte__check_stream_of(pte__check *check, const pte__schema *schema) {
    const pte_table_info *table = &schema->info;
    pte__check_place place = {.db = "catalog", .table = table->spec.name};
    bool on = table->spec.changes != PTE_CHANGES_OFF;
    if (on != (table->stream_id != 0) || on != (table->spec.change_shards != 0) ||
        (on && table->stream_begun_ms == 0)) {
        pte__check_problem(check, &place, "changes are on without a stream, or off with one");
        return PTE_OK;
    }
    if (!on) {
        return PTE_OK;
    }
    uint8_t bytes[PTE__CATALOG_KEY_MAX];
    pte_bytes key = pte__catalog_stream_key(bytes, table->spec.name, table->stream_begun_ms);
    pte_bytes row;
    bool found;
    pte_stream_info info = {0};
    pte_status status = pte__check_get(&row, &found, check, PTE__DB_CATALOG, key);
    if (status != PTE_OK) {
        return status;
    }
    /* A row that cannot be read is reported where the rows are. */
    if (found && pte__stream_decode(&info, key, row, NULL) != PTE_OK) {
        return PTE_OK;
    }
    if (!found || info.id != table->stream_id || info.table_id != table->id || info.ended_ms != 0 ||
        info.images != table->spec.changes || info.shards != table->spec.change_shards) {
        pte__check_problem(check, &place, "the row of its stream, id %u, is %s",
                           (unsigned)table->stream_id, found ? "another's" : "missing");
    }
    return PTE_OK;
}
