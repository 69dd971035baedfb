#include "engine_side.h"
#include "answers.h"
#include "measure.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>

#include <pocketable/engine/read.h>
#include <pocketable/engine/table.h>
#include <pocketable/engine/write.h>

enum { THREADS_MAX = 64 };

static pte_bytes table_name(bench_table table) {
    return table == BENCH_PHOTOS ? pte_str("photos") : pte_str("plain");
}

static pte_bytes index_name(void) {
    return pte_str("inverted");
}

static pte_status create_tables(pte_env *env, pte_error *error) {
    pte_key_attribute pk = {pte_str("PK"), PTE_TYPE_S};
    pte_key_attribute sk = {pte_str("SK"), PTE_TYPE_S};
    pte_index_spec inverted = {
        .name = index_name(), .hash = {sk}, .hash_count = 1, .range = {pk}, .range_count = 1};
    pte_table_spec spec = {.name = table_name(BENCH_PLAIN), .hash = pk, .range = sk};
    pte_status status = pte_table_create(env, &spec, error);
    if (status != PTE_OK) {
        return status;
    }
    spec.name = table_name(BENCH_PHOTOS);
    spec.indexes = &inverted;
    spec.index_count = 1;
    return pte_table_create(env, &spec, error);
}

pte_status bench_engine_open(bench_engine *engine, const char *folder, pte_durability durability,
                             pte_error *error) {
    pte_env_options options = {.durability = durability};
    *engine = (bench_engine){0};
    pte_status status = pte_env_open(&engine->env, folder, &options, error);
    return status != PTE_OK ? status : create_tables(engine->env, error);
}

void bench_engine_close(bench_engine *engine) {
    pte_env_close(engine->env);
    *engine = (bench_engine){0};
}

static pte_scalar pk_of(const bench_row *row) {
    return (pte_scalar){PTE_TYPE_S, pte_view(row->pk, BENCH_PK_BYTES)};
}

static pte_scalar sk_of(const bench_row *row) {
    return (pte_scalar){PTE_TYPE_S, pte_view(row->sk, BENCH_SK_BYTES)};
}

pte_status bench_engine_get(bench_engine *engine, const bench_batch *batch, pte_error *error) {
    pte_bytes table = table_name(batch->table);
    for (size_t i = 0; i < batch->count; i++) {
        const bench_row *row = &batch->rows[i];
        pte_key key = {pk_of(row), sk_of(row)};
        pte_read *read = NULL;
        pte_item item;
        pte_status status = pte_read_begin(&read, engine->env, error);
        if (status == PTE_OK) {
            status = pte_read_item(&item, read, table, &key, error);
        }
        bool right = status == PTE_OK && bench_answer_is(batch, row, item.encoded);
        pte_read_end(read);
        if (status > PTE_NOT_FOUND) {
            return status;
        }
        if (!right) {
            return bench_wrong(error, "engine: get", row->number);
        }
    }
    return PTE_OK;
}

/* Reads one query to its end. */
static pte_status run_query(pte_read *read, const pte_query *query, bench_ten *ten,
                            pte_error *error) {
    pte_cursor *cursor = NULL;
    pte_item item;
    pte_status status = pte_query_open(&cursor, read, query, error);
    while (status == PTE_OK) {
        status = pte_cursor_next(&item, cursor, error);
        if (status == PTE_OK) {
            bench_ten_add(ten, item.encoded);
        }
    }
    return status == PTE_END ? PTE_OK : status;
}

static pte_status query_all(bench_engine *engine, const bench_batch *batch, bool index,
                            pte_error *error) {
    pte_query query = {.table = table_name(batch->table), .hash_count = 1};
    query.index = index ? index_name() : query.index;
    for (size_t i = 0; i < batch->count; i++) {
        const bench_row *row = &batch->rows[i];
        bench_ten ten = bench_ten_of(batch, row);
        pte_read *read = NULL;
        query.hash[0] = index ? sk_of(row) : pk_of(row);
        pte_status status = pte_read_begin(&read, engine->env, error);
        if (status == PTE_OK) {
            status = run_query(read, &query, &ten, error);
        }
        pte_read_end(read);
        if (status != PTE_OK) {
            return status;
        }
        if (!bench_ten_right(&ten)) {
            return bench_wrong(error, "engine: query", row->number);
        }
    }
    return PTE_OK;
}

pte_status bench_engine_query(bench_engine *engine, const bench_batch *batch, pte_error *error) {
    return query_all(engine, batch, false, error);
}

pte_status bench_engine_index_query(bench_engine *engine, const bench_batch *batch,
                                    pte_error *error) {
    return query_all(engine, batch, true, error);
}

static pte_item item_of(const bench_batch *batch, size_t at) {
    const uint8_t *encoded = batch->rows[at].stored + BENCH_HEADER_BYTES;
    return (pte_item){pte_view(encoded, batch->stored_bytes - BENCH_HEADER_BYTES),
                      batch->rows[at].size_bytes};
}

static pte_status put_rows(bench_engine *engine, const bench_batch *batch, size_t from, size_t to,
                           pte_error *error) {
    pte_bytes table = table_name(batch->table);
    pte_status status = PTE_OK;
    for (size_t i = from; status == PTE_OK && i < to; i++) {
        pte_item item = item_of(batch, i);
        status = pte_put(engine->env, table, &item, error);
    }
    return status;
}

pte_status bench_engine_put(bench_engine *engine, const bench_batch *batch, pte_error *error) {
    return put_rows(engine, batch, 0, batch->count, error);
}

pte_status bench_engine_load(bench_engine *engine, const bench_batch *batch, pte_error *error) {
    pte_op ops[BENCH_LOAD_PER_COMMIT];
    pte_bytes table = table_name(batch->table);
    pte_status status = PTE_OK;
    for (size_t i = 0; status == PTE_OK && i < batch->count;) {
        size_t count = 0;
        for (; count < BENCH_LOAD_PER_COMMIT && i < batch->count; count++, i++) {
            ops[count] = (pte_op){.kind = PTE_PUT, .table = table, .item = item_of(batch, i)};
        }
        status = pte_write_batch(engine->env, ops, count, error);
    }
    return status;
}

/* One writer of bench_engine_put_threads. */
typedef struct writer {
    pthread_t thread;
    bench_engine *engine;
    const bench_batch *batch;
    size_t from;
    size_t to;
    pte_status status;
    pte_error error;
} writer;

static void *write_share(void *given) {
    writer *self = given;
    self->status = put_rows(self->engine, self->batch, self->from, self->to, &self->error);
    return NULL;
}

pte_status bench_engine_put_threads(bench_engine *engine, const bench_batch *batch,
                                    unsigned threads, pte_error *error) {
    writer writers[THREADS_MAX];
    pte_status status = PTE_OK;
    unsigned started = 0;
    for (; started < threads && started < THREADS_MAX; started++) {
        writer *one = &writers[started];
        one->engine = engine;
        one->batch = batch;
        one->from = batch->count * started / threads;
        one->to = batch->count * (started + 1) / threads;
        int code = pthread_create(&one->thread, NULL, write_share, one);
        if (code != 0) {
            status = bench_fail(error, PTE_IO, code, "cannot start thread %u", started);
            break;
        }
    }
    for (unsigned i = 0; i < started; i++) {
        pthread_join(writers[i].thread, NULL);
        if (status == PTE_OK && writers[i].status != PTE_OK) {
            status = writers[i].status;
            *error = writers[i].error;
        }
    }
    return status;
}

pte_status bench_engine_commits(uint64_t *commits, bench_engine *engine, pte_error *error) {
    pte_env_info info = {0};
    pte_status status = pte_env_describe(&info, engine->env, error);
    *commits = info.groups;
    return status;
}

static pte_status verify_walk(pte_read *read, const bench_maker *maker, bench_table table,
                              bool index, pte_error *error) {
    pte_scan scan = {.table = table_name(table)};
    scan.index = index ? index_name() : scan.index;
    pte_cursor *cursor = NULL;
    pte_item item;
    bench_census census = {0};
    pte_status status = bench_census_init(&census, maker, table, error);
    if (status == PTE_OK) {
        status = pte_scan_open(&cursor, read, &scan, error);
    }
    while (status == PTE_OK) {
        status = pte_cursor_next(&item, cursor, error);
        if (status == PTE_OK) {
            bench_census_add(&census, item.encoded);
        }
    }
    if (status == PTE_END) {
        status = bench_census_finish(&census, index ? "engine: index" : "engine: items", error);
    }
    bench_census_clean_up(&census);
    return status;
}

static pte_status verify_counts(pte_read *read, const bench_maker *maker, bench_table table,
                                pte_error *error) {
    const pte_table_info *info;
    pte_status status = pte_table_describe(&info, read, table_name(table), error);
    if (status != PTE_OK) {
        return status;
    }
    uint64_t expected = maker->counts[table];
    uint64_t entries = info->index_count == 0 ? expected : info->indexes[0].entries;
    if (info->items != expected || entries != expected) {
        return bench_fail(error, PTE_CORRUPT, 0,
                          "engine, table %d: counts %" PRIu64 " items and %" PRIu64
                          " index entries, expected %" PRIu64,
                          (int)table, info->items, entries, expected);
    }
    return PTE_OK;
}

pte_status bench_engine_verify(bench_engine *engine, const bench_maker *maker, pte_error *error) {
    pte_read *read = NULL;
    pte_status status = pte_read_begin(&read, engine->env, error);
    for (int table = 0; status == PTE_OK && table < BENCH_TABLES; table++) {
        status = verify_counts(read, maker, (bench_table)table, error);
        if (status == PTE_OK) {
            status = verify_walk(read, maker, (bench_table)table, false, error);
        }
    }
    if (status == PTE_OK) {
        status = verify_walk(read, maker, BENCH_PHOTOS, true, error);
    }
    pte_read_end(read);
    return status;
}
