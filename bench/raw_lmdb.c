#include "raw_lmdb.h"
#include "answers.h"
#include "measure.h"

#include <stdio.h>
#include <unistd.h>

static pte_status fail(pte_error *error, int code, const char *doing) {
    return bench_fail(error, code == MDB_MAP_FULL ? PTE_DATABASE_FULL : PTE_IO, code,
                      "raw LMDB: %s", doing);
}

/* The engine's flags for each durability. */
static unsigned flags_of(pte_durability durability) {
    switch (durability) {
    case PTE_MEMORY:
        return MDB_NOTLS | MDB_WRITEMAP | MDB_NOSYNC;
    case PTE_RELAXED:
        return MDB_NOTLS | MDB_NOSYNC;
    case PTE_DURABLE:
        break;
    }
    return MDB_NOTLS;
}

static int open_trees(bench_raw *raw) {
    static const char *const names[] = {"items",  "index", "catalog", "changes",
                                        "expiry", "long",  "meta"};
    MDB_txn *txn = NULL;
    int code = mdb_txn_begin(raw->env, NULL, 0, &txn);
    for (size_t i = 0; code == 0 && i < sizeof names / sizeof *names; i++) {
        MDB_dbi tree;
        code = mdb_dbi_open(txn, names[i], MDB_CREATE, &tree);
        raw->items = i == 0 ? tree : raw->items;
        raw->index = i == 1 ? tree : raw->index;
    }
    if (code != 0) {
        mdb_txn_abort(txn);
        return code;
    }
    return mdb_txn_commit(txn);
}

static int open_reader(bench_raw *raw) {
    int code = mdb_txn_begin(raw->env, NULL, MDB_RDONLY, &raw->read);
    if (code == 0) {
        code = mdb_cursor_open(raw->read, raw->items, &raw->cursors[0]);
    }
    if (code == 0) {
        code = mdb_cursor_open(raw->read, raw->index, &raw->cursors[1]);
    }
    if (code == 0) {
        mdb_txn_reset(raw->read);
    }
    return code;
}

/* As the engine does in memory: nothing is left behind, however the program ends. */
static void unlink_files(const char *folder) {
    char path[4096];
    snprintf(path, sizeof path, "%s/data.mdb", folder);
    (void)unlink(path);
    snprintf(path, sizeof path, "%s/lock.mdb", folder);
    (void)unlink(path);
}

pte_status bench_raw_open(bench_raw *raw, const char *folder, pte_durability durability,
                          size_t map_bytes, pte_error *error) {
    *raw = (bench_raw){0};
    int code = mdb_env_create(&raw->env);
    if (code == 0) {
        code = mdb_env_set_maxdbs(raw->env, 7);
    }
    if (code == 0) {
        code = mdb_env_set_mapsize(raw->env, map_bytes);
    }
    if (code == 0) {
        code = mdb_env_open(raw->env, folder, flags_of(durability), 0600);
    }
    if (code == 0 && durability == PTE_MEMORY) {
        unlink_files(folder);
    }
    if (code == 0) {
        code = open_trees(raw);
    }
    if (code == 0) {
        code = open_reader(raw);
    }
    return code == 0 ? PTE_OK : fail(error, code, "open");
}

void bench_raw_close(bench_raw *raw) {
    for (size_t i = 0; i < 2; i++) {
        if (raw->cursors[i] != NULL) {
            mdb_cursor_close(raw->cursors[i]);
        }
    }
    mdb_txn_abort(raw->read);
    if (raw->env != NULL) {
        mdb_env_close(raw->env);
    }
    *raw = (bench_raw){0};
}

static pte_bytes without_header(MDB_val value) {
    size_t header = value.mv_size < BENCH_HEADER_BYTES ? value.mv_size : BENCH_HEADER_BYTES;
    return pte_view((const uint8_t *)value.mv_data + header, value.mv_size - header);
}

pte_status bench_raw_get(bench_raw *raw, const bench_batch *batch, pte_error *error) {
    for (size_t i = 0; i < batch->count; i++) {
        const bench_row *row = &batch->rows[i];
        MDB_val key = {BENCH_ITEM_KEY_BYTES, (void *)row->item_key};
        MDB_val value;
        int code = mdb_txn_renew(raw->read);
        if (code == 0) {
            code = mdb_get(raw->read, raw->items, &key, &value);
        }
        bool right = code == 0 && bench_answer_is(batch, row, without_header(value));
        mdb_txn_reset(raw->read);
        if (code != 0) {
            return fail(error, code, "get");
        }
        if (!right) {
            return bench_wrong(error, "raw LMDB: get", row->number);
        }
    }
    return PTE_OK;
}

/* Reads the ten entries with this prefix and sees that no eleventh has it. */
static int query(MDB_cursor *cursor, const uint8_t *prefix, bench_ten *ten) {
    MDB_val key = {BENCH_PREFIX_BYTES, (void *)prefix};
    MDB_val value;
    int code = mdb_cursor_get(cursor, &key, &value, MDB_SET_RANGE);
    while (code == 0 && key.mv_size >= BENCH_PREFIX_BYTES &&
           memcmp(key.mv_data, prefix, BENCH_PREFIX_BYTES) == 0) {
        bench_ten_add(ten, without_header(value));
        code = mdb_cursor_get(cursor, &key, &value, MDB_NEXT);
    }
    return code == MDB_NOTFOUND ? 0 : code;
}

static pte_status query_all(bench_raw *raw, const bench_batch *batch, bool index,
                            pte_error *error) {
    MDB_cursor *cursor = raw->cursors[index];
    for (size_t i = 0; i < batch->count; i++) {
        const bench_row *row = &batch->rows[i];
        bench_ten ten = bench_ten_of(batch, row);
        int code = mdb_txn_renew(raw->read);
        if (code == 0) {
            code = mdb_cursor_renew(raw->read, cursor);
        }
        if (code == 0) {
            code = query(cursor, index ? row->index_key : row->item_key, &ten);
        }
        mdb_txn_reset(raw->read);
        if (code != 0) {
            return fail(error, code, "query");
        }
        if (!bench_ten_right(&ten)) {
            return bench_wrong(error, "raw LMDB: query", row->number);
        }
    }
    return PTE_OK;
}

pte_status bench_raw_query(bench_raw *raw, const bench_batch *batch, pte_error *error) {
    return query_all(raw, batch, false, error);
}

pte_status bench_raw_index_query(bench_raw *raw, const bench_batch *batch, pte_error *error) {
    return query_all(raw, batch, true, error);
}

static int put_row(bench_raw *raw, MDB_txn *txn, const bench_batch *batch, const bench_row *row) {
    MDB_val key = {BENCH_ITEM_KEY_BYTES, (void *)row->item_key};
    MDB_val value = {batch->stored_bytes, (void *)row->stored};
    int code = mdb_put(txn, raw->items, &key, &value, 0);
    if (code != 0 || batch->table != BENCH_PHOTOS) {
        return code;
    }
    key = (MDB_val){BENCH_INDEX_KEY_BYTES, (void *)row->index_key};
    return mdb_put(txn, raw->index, &key, &value, 0);
}

/* One commit: count rows from the first on, step apart. */
static pte_status put_in_one_commit(bench_raw *raw, const bench_batch *batch, size_t first,
                                    size_t count, size_t step, pte_error *error) {
    MDB_txn *txn = NULL;
    int code = mdb_txn_begin(raw->env, NULL, 0, &txn);
    for (size_t i = 0; code == 0 && i < count; i++) {
        code = put_row(raw, txn, batch, &batch->rows[first + i * step]);
    }
    if (code != 0) {
        mdb_txn_abort(txn);
        return fail(error, code, "put");
    }
    code = mdb_txn_commit(txn);
    return code == 0 ? PTE_OK : fail(error, code, "commit");
}

pte_status bench_raw_put(bench_raw *raw, const bench_batch *batch, pte_error *error) {
    pte_status status = PTE_OK;
    for (size_t i = 0; status == PTE_OK && i < batch->count; i++) {
        status = put_in_one_commit(raw, batch, i, 1, 1, error);
    }
    return status;
}

pte_status bench_raw_load(bench_raw *raw, const bench_batch *batch, pte_error *error) {
    pte_status status = PTE_OK;
    for (size_t i = 0; status == PTE_OK && i < batch->count; i += BENCH_LOAD_PER_COMMIT) {
        size_t rest = batch->count - i;
        size_t count = rest < BENCH_LOAD_PER_COMMIT ? rest : BENCH_LOAD_PER_COMMIT;
        status = put_in_one_commit(raw, batch, i, count, 1, error);
    }
    return status;
}

pte_status bench_raw_put_shares(bench_raw *raw, const bench_batch *batch, size_t shares,
                                pte_error *error) {
    size_t share = batch->count / shares;
    pte_status status = PTE_OK;
    for (size_t i = 0; status == PTE_OK && i < share; i++) {
        status = put_in_one_commit(raw, batch, i, shares, share, error);
    }
    return status;
}

/* Reads one tree. Its keys begin with the id of the table (the index: of PHOTOS). */
static int verify_tree(MDB_cursor *cursor, bench_census *census, bool index) {
    MDB_val key;
    MDB_val value;
    int code = mdb_cursor_get(cursor, &key, &value, MDB_FIRST);
    while (code == 0) {
        const uint8_t *id = key.mv_data;
        bench_table table = !index && id[3] == BENCH_PLAIN + 1 ? BENCH_PLAIN : BENCH_PHOTOS;
        bench_census_add(&census[table], without_header(value));
        code = mdb_cursor_get(cursor, &key, &value, MDB_NEXT);
    }
    return code == MDB_NOTFOUND ? 0 : code;
}

static pte_status verify(bench_raw *raw, const bench_maker *maker, bool index, pte_error *error) {
    bench_census census[BENCH_TABLES] = {{0}};
    pte_status status = PTE_OK;
    for (int table = 0; status == PTE_OK && table < BENCH_TABLES; table++) {
        status = bench_census_init(&census[table], maker, (bench_table)table, error);
    }
    int code = status == PTE_OK ? mdb_txn_renew(raw->read) : 0;
    if (status == PTE_OK && code == 0) {
        code = mdb_cursor_renew(raw->read, raw->cursors[index]);
        code = code != 0 ? code : verify_tree(raw->cursors[index], census, index);
        mdb_txn_reset(raw->read);
    }
    if (code != 0) {
        status = fail(error, code, "walk");
    }
    for (int table = index ? BENCH_PHOTOS : 0; status == PTE_OK && table < BENCH_TABLES; table++) {
        status = bench_census_finish(&census[table], index ? "raw LMDB: index" : "raw LMDB: items",
                                     error);
    }
    for (int table = 0; table < BENCH_TABLES; table++) {
        bench_census_clean_up(&census[table]);
    }
    return status;
}

pte_status bench_raw_verify(bench_raw *raw, const bench_maker *maker, pte_error *error) {
    pte_status status = verify(raw, maker, false, error);
    return status != PTE_OK ? status : verify(raw, maker, true, error);
}
