#include "engine_side.h"
#include "writers.h"

#include <inttypes.h>
#include <stdlib.h>

#include <pocketable/engine/read.h>
#include <pocketable/engine/table.h>
#include <pocketable/engine/write.h>

static pte_bytes index_name(void) {
    return pte_str("inverted");
}

static pte_status create_tables(bench_engine *engine, pte_error *error) {
    pte_key_attribute pk = {pte_str("PK"), PTE_TYPE_S};
    pte_key_attribute sk = {pte_str("SK"), PTE_TYPE_S};
    pte_index_spec inverted = {
        .name = index_name(), .hash = {sk}, .hash_count = 1, .range = {pk}, .range_count = 1};
    pte_table_spec spec = {.name = engine->tables[BENCH_PLAIN], .hash = pk, .range = sk};
    pte_status status = pte_table_create(engine->env, &spec, error);
    if (status != PTE_OK) {
        return status;
    }
    spec.name = engine->tables[BENCH_PHOTOS];
    spec.indexes = &inverted;
    spec.index_count = 1;
    return pte_table_create(engine->env, &spec, error);
}

pte_status bench_engine_attach(bench_engine *engine, pte_env *env, pte_bytes photos,
                               pte_error *error) {
    *engine = (bench_engine){.env = env, .tables[BENCH_PHOTOS] = photos};
    return pte_builder_create(&engine->builder, NULL, error);
}

void bench_engine_detach(bench_engine *engine) {
    pte_builder_destroy(engine->builder);
    *engine = (bench_engine){0};
}

static pte_status engine_open(void **self, const char *folder, pte_durability durability,
                              pte_error *error) {
    pte_env_options options = {.durability = durability};
    pte_env *env = NULL;
    bench_engine *engine = calloc(1, sizeof *engine);
    *self = engine;
    if (engine == NULL) {
        return bench_fail(error, PTE_OUT_OF_MEMORY, 0, "no memory");
    }
    pte_status status = pte_env_open(&env, folder, &options, error);
    if (status == PTE_OK) {
        status = bench_engine_attach(engine, env, pte_str("photos"), error);
    }
    engine->tables[BENCH_PLAIN] = pte_str("plain");
    return status != PTE_OK ? status : create_tables(engine, error);
}

static void engine_close(void *self) {
    bench_engine *engine = self;
    if (engine != NULL) {
        pte_env_close(engine->env);
        bench_engine_detach(engine);
        free(engine);
    }
}

static pte_scalar pk_of(const bench_row *row) {
    return (pte_scalar){PTE_TYPE_S, pte_view(row->pk, BENCH_PK_BYTES)};
}

static pte_scalar sk_of(const bench_row *row) {
    return (pte_scalar){PTE_TYPE_S, pte_view(row->sk, BENCH_SK_BYTES)};
}

static pte_status engine_get(void *self, const bench_batch *batch, pte_error *error) {
    bench_engine *engine = self;
    pte_bytes table = engine->tables[batch->table];
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
    pte_query query = {.table = engine->tables[batch->table], .hash_count = 1};
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

static pte_status engine_query(void *self, const bench_batch *batch, pte_error *error) {
    return query_all(self, batch, false, error);
}

static pte_status engine_index_query(void *self, const bench_batch *batch, pte_error *error) {
    return query_all(self, batch, true, error);
}

/* The key of an item, as a page after it is asked for. */
static pte_status start_key(pte_item *key, pte_builder *builder, uint64_t number,
                            pte_error *error) {
    uint8_t pk[BENCH_PK_BYTES];
    uint8_t sk[BENCH_SK_BYTES];
    bench_keys_of(pk, sk, number);
    pte_builder_reset(builder);
    pte_builder_name(builder, pte_str("PK"));
    pte_builder_string(builder, pte_view(pk, sizeof pk));
    pte_builder_name(builder, pte_str("SK"));
    pte_builder_string(builder, pte_view(sk, sizeof sk));
    return pte_builder_item(key, builder, error);
}

/* Reads the next page. END: the table ends with it; PAGE_FULL: it goes on. */
static pte_status scan_page(bench_engine *engine, pte_read *read, const bench_batch *batch,
                            pte_error *error) {
    pte_scan scan = {.table = engine->tables[batch->table], .bytes_max = 1024 * 1024};
    pte_item start;
    pte_item item;
    pte_cursor *cursor = NULL;
    pte_status status = PTE_OK;
    if (engine->pass.begun) {
        status = start_key(&start, engine->builder, engine->pass.last, error);
        scan.exclusive_start = &start;
    }
    if (status == PTE_OK) {
        status = pte_scan_open(&cursor, read, &scan, error);
    }
    while (status == PTE_OK) {
        status = pte_cursor_next(&item, cursor, error);
        if (status == PTE_OK) {
            bench_pass_add(&engine->pass, batch, item.encoded);
            engine->scanned++;
        }
    }
    return status;
}

static pte_status engine_scan(void *self, const bench_batch *batch, pte_error *error) {
    bench_engine *engine = self;
    engine->scanned = 0;
    for (size_t i = 0; i < batch->count; i++) {
        pte_read *read = NULL;
        pte_status status = pte_read_begin(&read, engine->env, error);
        if (status == PTE_OK) {
            status = scan_page(engine, read, batch, error);
        }
        pte_read_end(read);
        if (status != PTE_END && status != PTE_PAGE_FULL) {
            return status;
        }
        if (!bench_pass_page(&engine->pass, batch, status == PTE_END)) {
            return bench_wrong(error, "engine: scan up to", engine->pass.last);
        }
    }
    return PTE_OK;
}

static uint64_t engine_scanned(void *self) {
    return ((bench_engine *)self)->scanned;
}

/* ---- writes ---- */

static pte_item item_of(const bench_batch *batch, size_t at) {
    const uint8_t *encoded = batch->rows[at].stored + BENCH_HEADER_BYTES;
    return (pte_item){pte_view(encoded, batch->stored_bytes - BENCH_HEADER_BYTES),
                      batch->rows[at].size_bytes};
}

static pte_status put_rows(void *self, const bench_batch *batch, unsigned at, size_t first,
                           size_t end, pte_error *error) {
    bench_engine *engine = self;
    pte_bytes table = engine->tables[batch->table];
    pte_status status = PTE_OK;
    (void)at;
    for (size_t i = first; status == PTE_OK && i < end; i++) {
        pte_item item = item_of(batch, i);
        status = pte_put(engine->env, table, &item, error);
    }
    return status;
}

static pte_status engine_put(void *self, const bench_batch *batch, pte_error *error) {
    return put_rows(self, batch, 0, 0, batch->count, error);
}

static pte_status engine_put_at_once(void *self, const bench_batch *batch, unsigned writers,
                                     pte_error *error) {
    return bench_write_at_once(put_rows, self, batch, writers, error);
}

/* All rows, so many in a pte_write_batch. */
static pte_status put_by(bench_engine *engine, const bench_batch *batch, size_t by,
                         pte_error *error) {
    pte_op ops[BENCH_LOAD_PER_COMMIT];
    pte_bytes table = engine->tables[batch->table];
    pte_status status = PTE_OK;
    for (size_t i = 0; status == PTE_OK && i < batch->count;) {
        size_t count = 0;
        for (; count < by && i < batch->count; count++, i++) {
            ops[count] = (pte_op){.kind = PTE_PUT, .table = table, .item = item_of(batch, i)};
        }
        status = pte_write_batch(engine->env, ops, count, error);
    }
    return status;
}

static pte_status engine_batch(void *self, const bench_batch *batch, pte_error *error) {
    return put_by(self, batch, BENCH_BATCH_ITEMS, error);
}

static pte_status engine_load(void *self, const bench_batch *batch, pte_error *error) {
    return put_by(self, batch, BENCH_LOAD_PER_COMMIT, error);
}

/* What an update does: views becomes a sum, xdigest a value, the rest stays. */
typedef struct change {
    pte_builder *builder;
    pte_number added;
    pte_bytes digest;
} change;

static pte_status add_to(pte_builder *builder, const pte_value *views, const pte_number *added,
                         pte_error *error) {
    pte_number number;
    pte_status status = pte_number_parse(&number, views->bytes, error);
    if (status == PTE_OK) {
        status = pte_number_add(&number, &number, added, error);
    }
    if (status == PTE_OK) {
        pte_builder_decimal(builder, &number);
    }
    return status;
}

static pte_status change_item(void *ctx, const pte_item *old, pte_item *item,
                              pte_change_result *result, pte_error *error) {
    const change *c = ctx;
    pte_iter iter;
    pte_bytes name;
    pte_value value;
    if (old == NULL) {
        return bench_fail(error, PTE_CORRUPT, 0, "engine: nothing there to update");
    }
    pte_builder_reset(c->builder);
    pte_status status = pte_item_iterate(&iter, old, error);
    while (status == PTE_OK && (status = pte_iter_next(&iter, &name, &value, error)) == PTE_OK) {
        pte_builder_name(c->builder, name);
        if (pte_bytes_equal(name, pte_str("views"))) {
            status = add_to(c->builder, &value, &c->added, error);
        } else if (pte_bytes_equal(name, pte_str("xdigest"))) {
            pte_builder_binary(c->builder, c->digest);
        } else {
            pte_builder_value(c->builder, &value);
        }
    }
    *result = PTE_CHANGE_REPLACE;
    return status != PTE_END ? status : pte_builder_item(item, c->builder, error);
}

static pte_status update_op(pte_op *op, change *made, bench_engine *engine,
                            const bench_batch *batch, const bench_row *row, pte_error *error) {
    char text[32];
    snprintf(text, sizeof text, "%" PRId64, row->views_added);
    made->builder = engine->builder;
    made->digest = pte_view(row->digest, BENCH_DIGEST_BYTES);
    *op = (pte_op){.kind = PTE_UPDATE,
                   .table = engine->tables[batch->table],
                   .key = {pk_of(row), sk_of(row)},
                   .change = change_item,
                   .ctx = made};
    return pte_number_parse(&made->added, pte_str(text), error);
}

static pte_status engine_update(void *self, const bench_batch *batch, pte_error *error) {
    pte_status status = PTE_OK;
    for (size_t i = 0; status == PTE_OK && i < batch->count; i++) {
        change made;
        pte_op op;
        bench_engine *engine = self;
        status = update_op(&op, &made, engine, batch, &batch->rows[i], error);
        if (status == PTE_OK) {
            status = pte_write(engine->env, &op, 1, error);
        }
    }
    return status;
}

static pte_status is_absent(void *ctx, const pte_item *old, pte_error *error) {
    (void)ctx;
    return old == NULL ? PTE_OK : bench_fail(error, PTE_CONDITION_FAILED, 0, "it is there");
}

static pte_status is_present(void *ctx, const pte_item *old, pte_error *error) {
    (void)ctx;
    return old != NULL ? PTE_OK : bench_fail(error, PTE_CONDITION_FAILED, 0, "it is not there");
}

static pte_status engine_transact(void *self, const bench_batch *batch, pte_error *error) {
    bench_engine *engine = self;
    pte_bytes table = engine->tables[batch->table];
    pte_status status = PTE_OK;
    for (size_t i = 0; status == PTE_OK && i + 2 < batch->count; i += BENCH_TRANSACT_ITEMS) {
        const bench_row *checked = &batch->rows[i + 2];
        change made;
        pte_op ops[BENCH_TRANSACT_ITEMS] = {
            {.kind = PTE_PUT, .table = table, .item = item_of(batch, i), .condition = is_absent},
            {0},
            {.kind = PTE_CHECK,
             .table = table,
             .key = {pk_of(checked), sk_of(checked)},
             .condition = is_present},
        };
        status = update_op(&ops[1], &made, engine, batch, &batch->rows[i + 1], error);
        if (status == PTE_OK) {
            status = pte_write(engine->env, ops, BENCH_TRANSACT_ITEMS, error);
        }
    }
    return status;
}

/* ---- figures and checks ---- */

pte_status bench_engine_commits(uint64_t *commits, bench_engine *engine, pte_error *error) {
    pte_env_info info = {0};
    pte_status status = pte_env_describe(&info, engine->env, error);
    *commits = info.groups;
    return status;
}

static pte_status verify_walk(pte_read *read, pte_bytes name, bench_maker *maker, bench_table table,
                              bool index, pte_error *error) {
    pte_scan scan = {.table = name};
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

static pte_status verify_counts(pte_read *read, pte_bytes name, const bench_maker *maker,
                                bench_table table, pte_error *error) {
    const pte_table_info *info;
    pte_status status = pte_table_describe(&info, read, name, error);
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

static pte_status engine_verify(void *self, bench_maker *maker, pte_error *error) {
    bench_engine *engine = self;
    pte_read *read = NULL;
    pte_status status = pte_read_begin(&read, engine->env, error);
    for (int table = 0; status == PTE_OK && table < BENCH_TABLES; table++) {
        pte_bytes name = engine->tables[table];
        if (name.len == 0) {
            continue; /* an attached database has no such table */
        }
        status = verify_counts(read, name, maker, (bench_table)table, error);
        if (status == PTE_OK) {
            status = verify_walk(read, name, maker, (bench_table)table, false, error);
        }
    }
    if (status == PTE_OK) {
        status = verify_walk(read, engine->tables[BENCH_PHOTOS], maker, BENCH_PHOTOS, true, error);
    }
    pte_read_end(read);
    return status;
}

const bench_side bench_engine_side = {
    .name = "engine",
    .plain = true,
    .open = engine_open,
    .close = engine_close,
    .run = {engine_get, engine_query, engine_index_query, engine_scan, engine_put, engine_update,
            engine_transact, engine_batch, engine_load},
    .scanned = engine_scanned,
    .put_at_once = engine_put_at_once,
    .verify = engine_verify,
};
