/*
 * The raw side: the least that a program of LMDB's does for the same work. Two trees of keys and
 * values made beforehand, one look-up, one put an item and one an index entry; no schema, no check
 * of what was there before (but where the operation is one), no counts.
 *
 * So that it pays for what every LMDB database of this shape pays, it opens as many named
 * sub-databases as the engine does, keeps its read transaction and cursor and renews them, and uses
 * the environment flags that the engine has for the same durability.
 */
#include "answers.h"
#include "measure.h"
#include "side.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <lmdb.h>

typedef struct bench_raw {
    MDB_env *env;
    MDB_dbi items;
    MDB_dbi index;
    MDB_txn *read;          /* reset between operations */
    MDB_cursor *cursors[2]; /* of items, of index; bound to read */
    bench_pass pass;
    uint64_t scanned;
} bench_raw;

/* The map: more than any run needs, as the size costs nothing, but where address space is short
 * (valgrind) as much as there is. */
enum { MAP_BITS_MAX = sizeof(size_t) > 4 ? 36 : 30, MAP_BITS_MIN = 28 };

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

static int open_environment(bench_raw *raw, const char *folder, pte_durability durability,
                            size_t map_bytes) {
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
    if (code != 0 && raw->env != NULL) {
        mdb_env_close(raw->env);
        raw->env = NULL;
    }
    return code;
}

static pte_status raw_open(void **self, const char *folder, pte_durability durability,
                           pte_error *error) {
    bench_raw *raw = calloc(1, sizeof *raw);
    *self = raw;
    if (raw == NULL) {
        return bench_fail(error, PTE_OUT_OF_MEMORY, 0, "no memory");
    }
    int code = EINVAL;
    for (int bits = MAP_BITS_MAX; code != 0 && bits >= MAP_BITS_MIN; bits--) {
        code = open_environment(raw, folder, durability, (size_t)1 << bits);
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

static void raw_close(void *self) {
    bench_raw *raw = self;
    if (raw == NULL) {
        return;
    }
    for (size_t i = 0; i < 2; i++) {
        if (raw->cursors[i] != NULL) {
            mdb_cursor_close(raw->cursors[i]);
        }
    }
    mdb_txn_abort(raw->read);
    if (raw->env != NULL) {
        mdb_env_close(raw->env);
    }
    free(raw);
}

static pte_bytes without_header(MDB_val value) {
    size_t header = value.mv_size < BENCH_HEADER_BYTES ? value.mv_size : BENCH_HEADER_BYTES;
    return pte_view((const uint8_t *)value.mv_data + header, value.mv_size - header);
}

static pte_status raw_get(void *self, const bench_batch *batch, pte_error *error) {
    bench_raw *raw = self;
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

static pte_status raw_query(void *self, const bench_batch *batch, pte_error *error) {
    return query_all(self, batch, false, error);
}

static pte_status raw_index_query(void *self, const bench_batch *batch, pte_error *error) {
    return query_all(self, batch, true, error);
}

/* Reads the next page of the table. *end: it ends with it. */
static int scan_page(bench_raw *raw, const bench_batch *batch, bool *end) {
    MDB_cursor *cursor = raw->cursors[0];
    uint8_t first[BENCH_ITEM_KEY_BYTES] = {0, 0, 0, (uint8_t)(batch->table + 1)};
    MDB_val key = {raw->pass.begun ? BENCH_ITEM_KEY_BYTES : 4, first};
    MDB_val value;
    size_t rest = bench_page_items(batch);
    if (raw->pass.begun) {
        bench_item_key_of(first, batch->table, raw->pass.last);
    }
    int code = mdb_cursor_get(cursor, &key, &value, MDB_SET_RANGE);
    if (code == 0 && raw->pass.begun) {
        code = mdb_cursor_get(cursor, &key, &value, MDB_NEXT);
    }
    while (code == 0 && rest > 0 && memcmp(key.mv_data, first, 4) == 0) {
        bench_pass_add(&raw->pass, batch, without_header(value));
        raw->scanned++;
        rest--;
        code = rest > 0 ? mdb_cursor_get(cursor, &key, &value, MDB_NEXT) : 0;
    }
    *end = rest > 0;
    return code == MDB_NOTFOUND ? 0 : code;
}

static pte_status raw_scan(void *self, const bench_batch *batch, pte_error *error) {
    bench_raw *raw = self;
    raw->scanned = 0;
    for (size_t i = 0; i < batch->count; i++) {
        bool end = false;
        int code = mdb_txn_renew(raw->read);
        if (code == 0) {
            code = mdb_cursor_renew(raw->read, raw->cursors[0]);
        }
        if (code == 0) {
            code = scan_page(raw, batch, &end);
        }
        mdb_txn_reset(raw->read);
        if (code != 0) {
            return fail(error, code, "scan");
        }
        if (!bench_pass_page(&raw->pass, batch, end)) {
            return bench_wrong(error, "raw LMDB: scan up to", raw->pass.last);
        }
    }
    return PTE_OK;
}

static uint64_t raw_scanned(void *self) {
    return ((bench_raw *)self)->scanned;
}

static int put_value(bench_raw *raw, MDB_txn *txn, const bench_batch *batch, const bench_row *row,
                     MDB_val value, unsigned flags) {
    MDB_val key = {BENCH_ITEM_KEY_BYTES, (void *)row->item_key};
    int code = mdb_put(txn, raw->items, &key, &value, flags);
    if (code != 0 || batch->table != BENCH_PHOTOS) {
        return code;
    }
    key = (MDB_val){BENCH_INDEX_KEY_BYTES, (void *)row->index_key};
    return mdb_put(txn, raw->index, &key, &value, 0);
}

static int put_row(bench_raw *raw, MDB_txn *txn, const bench_batch *batch, const bench_row *row) {
    return put_value(raw, txn, batch, row, (MDB_val){batch->stored_bytes, (void *)row->stored}, 0);
}

static int update_row(bench_raw *raw, MDB_txn *txn, const bench_batch *batch,
                      const bench_row *row) {
    uint8_t room[1024];
    MDB_val key = {BENCH_ITEM_KEY_BYTES, (void *)row->item_key};
    MDB_val value;
    int code = mdb_get(txn, raw->items, &key, &value);
    if (code != 0) {
        return code;
    }
    if (value.mv_size != batch->stored_bytes || value.mv_size > sizeof room) {
        return MDB_CORRUPTED;
    }
    memcpy(room, value.mv_data, value.mv_size);
    bench_item_update(room + BENCH_HEADER_BYTES, value.mv_size - BENCH_HEADER_BYTES,
                      batch->maker->views_at, row->views_added, row->digest);
    return put_value(raw, txn, batch, row, (MDB_val){value.mv_size, room}, 0);
}

/* Ends a transaction that was begun, in whichever way code says. */
static pte_status end_write(MDB_txn *txn, int code, const char *doing, pte_error *error) {
    if (code != 0) {
        mdb_txn_abort(txn);
        return fail(error, code, doing);
    }
    code = mdb_txn_commit(txn);
    return code == 0 ? PTE_OK : fail(error, code, "commit");
}

/* Puts the rows first, first + step, ..., count of them, in one transaction. */
static pte_status put_in_one_commit(bench_raw *raw, const bench_batch *batch, size_t first,
                                    size_t count, size_t step, pte_error *error) {
    MDB_txn *txn = NULL;
    int code = mdb_txn_begin(raw->env, NULL, 0, &txn);
    for (size_t i = 0; code == 0 && i < count; i++) {
        code = put_row(raw, txn, batch, &batch->rows[first + i * step]);
    }
    return end_write(txn, code, "put", error);
}

/* All rows, so many in a transaction. */
static pte_status put_by(void *self, const bench_batch *batch, size_t by, pte_error *error) {
    pte_status status = PTE_OK;
    for (size_t i = 0; status == PTE_OK && i < batch->count; i += by) {
        size_t rest = batch->count - i;
        status = put_in_one_commit(self, batch, i, rest < by ? rest : by, 1, error);
    }
    return status;
}

static pte_status raw_put(void *self, const bench_batch *batch, pte_error *error) {
    return put_by(self, batch, 1, error);
}

static pte_status raw_batch(void *self, const bench_batch *batch, pte_error *error) {
    return put_by(self, batch, BENCH_BATCH_ITEMS, error);
}

static pte_status raw_load(void *self, const bench_batch *batch, pte_error *error) {
    return put_by(self, batch, BENCH_LOAD_PER_COMMIT, error);
}

static pte_status raw_update(void *self, const bench_batch *batch, pte_error *error) {
    bench_raw *raw = self;
    pte_status status = PTE_OK;
    for (size_t i = 0; status == PTE_OK && i < batch->count; i++) {
        MDB_txn *txn = NULL;
        int code = mdb_txn_begin(raw->env, NULL, 0, &txn);
        if (code == 0) {
            code = update_row(raw, txn, batch, &batch->rows[i]);
        }
        status = end_write(txn, code, "update", error);
    }
    return status;
}

static pte_status raw_transact(void *self, const bench_batch *batch, pte_error *error) {
    bench_raw *raw = self;
    pte_status status = PTE_OK;
    for (size_t i = 0; status == PTE_OK && i + 2 < batch->count; i += BENCH_TRANSACT_ITEMS) {
        const bench_row *rows = &batch->rows[i];
        MDB_txn *txn = NULL;
        MDB_val key = {BENCH_ITEM_KEY_BYTES, (void *)rows[2].item_key};
        MDB_val value = {batch->stored_bytes, (void *)rows[0].stored};
        int code = mdb_txn_begin(raw->env, NULL, 0, &txn);
        if (code == 0) {
            code = put_value(raw, txn, batch, &rows[0], value, MDB_NOOVERWRITE);
        }
        if (code == 0) {
            code = update_row(raw, txn, batch, &rows[1]);
        }
        if (code == 0) {
            code = mdb_get(txn, raw->items, &key, &value);
        }
        status = end_write(txn, code, "transaction", error);
    }
    return status;
}

/* LMDB has no group commit: what the writers put at about the same time goes into one commit. */
static pte_status raw_put_at_once(void *self, const bench_batch *batch, unsigned writers,
                                  pte_error *error) {
    size_t share = batch->count / writers;
    pte_status status = PTE_OK;
    for (size_t i = 0; status == PTE_OK && i < share; i++) {
        status = put_in_one_commit(self, batch, i, writers, share, error);
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

static pte_status verify(bench_raw *raw, bench_maker *maker, bool index, pte_error *error) {
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

static pte_status raw_verify(void *self, bench_maker *maker, pte_error *error) {
    pte_status status = verify(self, maker, false, error);
    return status != PTE_OK ? status : verify(self, maker, true, error);
}

const bench_side bench_lmdb_side = {
    .name = "lmdb",
    .plain = true,
    .open = raw_open,
    .close = raw_close,
    .run = {raw_get, raw_query, raw_index_query, raw_scan, raw_put, raw_update, raw_transact,
            raw_batch, raw_load},
    .scanned = raw_scanned,
    .put_at_once = raw_put_at_once,
    .verify = raw_verify,
};
