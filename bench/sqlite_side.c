/*
 * SQLite, as what a C programmer would take instead: the same table, the same index, the same
 * durability. What makes it a fair pick:
 *   - The item is one blob under its two keys in a table WITHOUT ROWID, so that a look-up is one
 *     descent of one tree, as here.
 *   - The inverted index has the blob too (as ProjectionType ALL has), so that a query through it
 *     need not go to the table. It is SQLite's own index: one statement keeps both.
 *   - Statements are prepared once. A single write is one statement in its own transaction; an
 *     update is one, by a function that changes the blob where it lies.
 *   - Durable: a write-ahead log with synchronous=FULL, which waits for the disk at every commit
 *     (fdatasync before the acknowledgement; NORMAL would not). Relaxed: the same with OFF. Memory:
 *     a database ":memory:", with its journal, as a statement may fail there too.
 *   - It maps its file, as LMDB does, and keeps its own default of 2 MB of pages beside: with more,
 *     puts of new items become slower by far, since 3.40 walks all pages that it keeps at the
 *     commit that follows when pages were split. A database ":memory:" keeps them all and pays
 *     that; a file on a tmpfs instead was slower at nearly everything else.
 *   - Locking stays NORMAL: several processes may open the database, as they may ours.
 *   - Connections are of one thread each and open without mutexes.
 */
#include "answers.h"
#include "side.h"
#include "writers.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

enum { BUSY_TIMEOUT_MS = 60 * 1000 };

typedef enum statement {
    GET = 0,
    QUERY,
    INDEX_QUERY,
    SCAN,
    PUT,
    INSERT, /* fails where it is there */
    UPDATE,
    EXISTS,
    BEGIN,
    COMMIT,
    STATEMENTS
} statement;

static const char *const texts[STATEMENTS] = {
    [GET] = "SELECT item FROM photos WHERE pk = ?1 AND sk = ?2",
    [QUERY] = "SELECT item FROM photos WHERE pk = ?1 ORDER BY sk",
    [INDEX_QUERY] = "SELECT item FROM photos WHERE sk = ?2 ORDER BY pk",
    [SCAN] = "SELECT item FROM photos WHERE (pk, sk) > (?1, ?2) ORDER BY pk, sk LIMIT ?3",
    [PUT] = "INSERT OR REPLACE INTO photos VALUES (?1, ?2, ?3)",
    [INSERT] = "INSERT INTO photos VALUES (?1, ?2, ?3)",
    [UPDATE] = "UPDATE photos SET item = updated(item, ?3, ?4) WHERE pk = ?1 AND sk = ?2",
    [EXISTS] = "SELECT 1 FROM photos WHERE pk = ?1 AND sk = ?2",
    [BEGIN] = "BEGIN IMMEDIATE",
    [COMMIT] = "COMMIT",
};

static const char schema[] =
    "CREATE TABLE photos (pk TEXT NOT NULL, sk TEXT NOT NULL, item BLOB NOT NULL,"
    " PRIMARY KEY (pk, sk)) WITHOUT ROWID;"
    "CREATE INDEX inverted ON photos (sk, pk, item);";

typedef struct connection {
    sqlite3 *database;
    sqlite3_stmt *statements[STATEMENTS];
} connection;

typedef struct bench_sqlite {
    char name[4096]; /* of the file, or ":memory:" */
    pte_durability durability;
    connection connections[BENCH_WRITERS_MAX]; /* one a thread */
    size_t views_at;                           /* the maker's, for the function updated */
    bench_pass pass;
    uint64_t scanned;
} bench_sqlite;

static pte_status fail(pte_error *error, const connection *c, const char *doing) {
    return bench_fail(error, PTE_IO, 0, "SQLite: %s: %s", doing, sqlite3_errmsg(c->database));
}

/* ---- opening ---- */

/* updated(item, added, digest): the blob's next version. */
static void updated(sqlite3_context *context, int count, sqlite3_value **values) {
    const bench_sqlite *self = sqlite3_user_data(context);
    uint8_t room[1024];
    size_t len = (size_t)sqlite3_value_bytes(values[0]);
    (void)count;
    if (len > sizeof room || len < self->views_at + BENCH_VIEWS_DIGITS + BENCH_DIGEST_BYTES ||
        sqlite3_value_bytes(values[2]) != BENCH_DIGEST_BYTES) {
        sqlite3_result_error(context, "not an item", -1);
        return;
    }
    memcpy(room, sqlite3_value_blob(values[0]), len);
    bench_item_update(room, len, self->views_at, sqlite3_value_int64(values[1]),
                      sqlite3_value_blob(values[2]));
    sqlite3_result_blob(context, room, (int)len, SQLITE_TRANSIENT);
}

static int configure(connection *c, bench_sqlite *self) {
    static const char *const settings[] = {
        [PTE_DURABLE] = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;",
        [PTE_RELAXED] = "PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF;",
        [PTE_MEMORY] = "PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF;",
    };
    int code = sqlite3_busy_timeout(c->database, BUSY_TIMEOUT_MS);
    if (code == SQLITE_OK) {
        code = sqlite3_exec(c->database, settings[self->durability], NULL, NULL, NULL);
    }
    if (code == SQLITE_OK) { /* cut to the most that it was built to map */
        code = sqlite3_exec(c->database, "PRAGMA mmap_size = 1099511627776", NULL, NULL, NULL);
    }
    if (code == SQLITE_OK) {
        code =
            sqlite3_create_function(c->database, "updated", 3, SQLITE_UTF8 | SQLITE_DETERMINISTIC,
                                    self, updated, NULL, NULL);
    }
    return code;
}

/* Opens connection number at, the first of all with the tables. */
static pte_status connect_to(bench_sqlite *self, unsigned at, pte_error *error) {
    connection *c = &self->connections[at];
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    int code = sqlite3_open_v2(self->name, &c->database, flags, NULL);
    if (code == SQLITE_OK) {
        code = configure(c, self);
    }
    if (code == SQLITE_OK && at == 0) {
        code = sqlite3_exec(c->database, schema, NULL, NULL, NULL);
    }
    for (size_t i = 0; code == SQLITE_OK && i < STATEMENTS; i++) {
        code = sqlite3_prepare_v3(c->database, texts[i], -1, SQLITE_PREPARE_PERSISTENT,
                                  &c->statements[i], NULL);
    }
    return code == SQLITE_OK ? PTE_OK : fail(error, c, "open");
}

static pte_status prepare_writers(void *given, unsigned writers, pte_error *error) {
    bench_sqlite *self = given;
    pte_status status = PTE_OK;
    for (unsigned i = 0; status == PTE_OK && i < writers && i < BENCH_WRITERS_MAX; i++) {
        if (self->connections[i].database == NULL) {
            status = connect_to(self, i, error);
        }
    }
    return status;
}

static pte_status sqlite_open(void **given, const char *folder, pte_durability durability,
                              pte_error *error) {
    bench_sqlite *self = calloc(1, sizeof *self);
    *given = self;
    if (self == NULL) {
        return bench_fail(error, PTE_OUT_OF_MEMORY, 0, "no memory");
    }
    self->durability = durability;
    if (durability == PTE_MEMORY) {
        snprintf(self->name, sizeof self->name, ":memory:");
    } else {
        snprintf(self->name, sizeof self->name, "%s/data.sqlite", folder);
    }
    return prepare_writers(self, 1, error);
}

static void sqlite_close(void *given) {
    bench_sqlite *self = given;
    for (size_t i = 0; self != NULL && i < BENCH_WRITERS_MAX; i++) {
        for (size_t j = 0; j < STATEMENTS; j++) {
            sqlite3_finalize(self->connections[i].statements[j]);
        }
        sqlite3_close(self->connections[i].database);
    }
    free(self);
}

static pte_status sqlite_prepare(void *given, bench_op op, const bench_batch *batch,
                                 pte_error *error) {
    bench_sqlite *self = given;
    (void)op;
    (void)error;
    self->views_at = batch->maker->views_at;
    return PTE_OK;
}

/* ---- statements ---- */

/* Binds keys; nothing is copied. Failures show when the statement runs: keys are NOT NULL. */
static sqlite3_stmt *bind_keys(connection *c, statement which, const uint8_t *pk,
                               const uint8_t *sk) {
    sqlite3_stmt *s = c->statements[which];
    (void)sqlite3_bind_text(s, 1, (const char *)pk, BENCH_PK_BYTES, SQLITE_STATIC);
    if (sqlite3_bind_parameter_count(s) > 1) {
        (void)sqlite3_bind_text(s, 2, (const char *)sk, BENCH_SK_BYTES, SQLITE_STATIC);
    }
    return s;
}

static pte_bytes item_in(sqlite3_stmt *s) {
    const void *blob = sqlite3_column_blob(s, 0);
    return pte_view(blob, (size_t)sqlite3_column_bytes(s, 0));
}

/* Runs a statement that gives no rows. */
static int run(sqlite3_stmt *s) {
    int code = sqlite3_step(s);
    (void)sqlite3_reset(s);
    return code == SQLITE_DONE ? SQLITE_OK : code == SQLITE_OK ? SQLITE_ERROR : code;
}

static int put_row(connection *c, statement which, const bench_batch *batch, const bench_row *row) {
    sqlite3_stmt *s = bind_keys(c, which, row->pk, row->sk);
    int code = sqlite3_bind_blob(s, 3, row->stored + BENCH_HEADER_BYTES,
                                 (int)(batch->stored_bytes - BENCH_HEADER_BYTES), SQLITE_STATIC);
    return code == SQLITE_OK ? run(s) : code;
}

static int update_row(connection *c, const bench_row *row) {
    sqlite3_stmt *s = bind_keys(c, UPDATE, row->pk, row->sk);
    int code = sqlite3_bind_int64(s, 3, row->views_added);
    if (code == SQLITE_OK) {
        code = sqlite3_bind_blob(s, 4, row->digest, BENCH_DIGEST_BYTES, SQLITE_STATIC);
    }
    code = code == SQLITE_OK ? run(s) : code;
    return code == SQLITE_OK && sqlite3_changes(c->database) != 1 ? SQLITE_NOTFOUND : code;
}

/* ---- reads ---- */

static pte_status sqlite_get(void *given, const bench_batch *batch, pte_error *error) {
    connection *c = &((bench_sqlite *)given)->connections[0];
    for (size_t i = 0; i < batch->count; i++) {
        const bench_row *row = &batch->rows[i];
        sqlite3_stmt *s = bind_keys(c, GET, row->pk, row->sk);
        int code = sqlite3_step(s);
        bool right = code == SQLITE_ROW && bench_answer_is(batch, row, item_in(s));
        (void)sqlite3_reset(s);
        if (code != SQLITE_ROW && code != SQLITE_DONE) {
            return fail(error, c, "get");
        }
        if (!right) {
            return bench_wrong(error, "SQLite: get", row->number);
        }
    }
    return PTE_OK;
}

static pte_status query_all(void *given, const bench_batch *batch, statement which,
                            pte_error *error) {
    connection *c = &((bench_sqlite *)given)->connections[0];
    for (size_t i = 0; i < batch->count; i++) {
        const bench_row *row = &batch->rows[i];
        bench_ten ten = bench_ten_of(batch, row);
        sqlite3_stmt *s = bind_keys(c, which, row->pk, row->sk);
        int code;
        while ((code = sqlite3_step(s)) == SQLITE_ROW) {
            bench_ten_add(&ten, item_in(s));
        }
        (void)sqlite3_reset(s);
        if (code != SQLITE_DONE) {
            return fail(error, c, "query");
        }
        if (!bench_ten_right(&ten)) {
            return bench_wrong(error, "SQLite: query", row->number);
        }
    }
    return PTE_OK;
}

static pte_status sqlite_query(void *given, const bench_batch *batch, pte_error *error) {
    return query_all(given, batch, QUERY, error);
}

static pte_status sqlite_index_query(void *given, const bench_batch *batch, pte_error *error) {
    return query_all(given, batch, INDEX_QUERY, error);
}

/* Reads the next page of the table. *end: it ends with it. */
static int scan_page(bench_sqlite *self, const bench_batch *batch, bool *end) {
    uint8_t pk[BENCH_PK_BYTES] = {0};
    uint8_t sk[BENCH_SK_BYTES] = {0};
    size_t rest = bench_page_items(batch);
    if (self->pass.begun) {
        bench_keys_of(pk, sk, self->pass.last);
    }
    sqlite3_stmt *s = bind_keys(&self->connections[0], SCAN, pk, sk);
    int code = sqlite3_bind_int64(s, 3, (sqlite3_int64)rest);
    while (code == SQLITE_OK || code == SQLITE_ROW) {
        code = sqlite3_step(s);
        if (code == SQLITE_ROW) {
            bench_pass_add(&self->pass, batch, item_in(s));
            self->scanned++;
            rest--;
        }
    }
    (void)sqlite3_reset(s);
    *end = rest > 0;
    return code == SQLITE_DONE ? SQLITE_OK : code;
}

static pte_status sqlite_scan(void *given, const bench_batch *batch, pte_error *error) {
    bench_sqlite *self = given;
    self->scanned = 0;
    for (size_t i = 0; i < batch->count; i++) {
        bool end;
        if (scan_page(self, batch, &end) != SQLITE_OK) {
            return fail(error, &self->connections[0], "scan");
        }
        if (!bench_pass_page(&self->pass, batch, end)) {
            return bench_wrong(error, "SQLite: scan up to", self->pass.last);
        }
    }
    return PTE_OK;
}

static uint64_t sqlite_scanned(void *given) {
    return ((bench_sqlite *)given)->scanned;
}

/* ---- writes ---- */

static pte_status put_share(void *given, const bench_batch *batch, unsigned at, size_t first,
                            size_t end, pte_error *error) {
    connection *c = &((bench_sqlite *)given)->connections[at];
    for (size_t i = first; i < end; i++) {
        if (put_row(c, PUT, batch, &batch->rows[i]) != SQLITE_OK) {
            return fail(error, c, "put");
        }
    }
    return PTE_OK;
}

static pte_status sqlite_put(void *given, const bench_batch *batch, pte_error *error) {
    return put_share(given, batch, 0, 0, batch->count, error);
}

static pte_status sqlite_put_at_once(void *given, const bench_batch *batch, unsigned writers,
                                     pte_error *error) {
    return bench_write_at_once(put_share, given, batch, writers, error);
}

static pte_status sqlite_update(void *given, const bench_batch *batch, pte_error *error) {
    connection *c = &((bench_sqlite *)given)->connections[0];
    for (size_t i = 0; i < batch->count; i++) {
        if (update_row(c, &batch->rows[i]) != SQLITE_OK) {
            return fail(error, c, "update");
        }
    }
    return PTE_OK;
}

/* All rows, so many in a transaction. */
static pte_status put_by(void *given, const bench_batch *batch, size_t by, pte_error *error) {
    connection *c = &((bench_sqlite *)given)->connections[0];
    for (size_t i = 0; i < batch->count; i += by) {
        size_t end = batch->count - i < by ? batch->count : i + by;
        int code = run(c->statements[BEGIN]);
        for (size_t j = i; code == SQLITE_OK && j < end; j++) {
            code = put_row(c, PUT, batch, &batch->rows[j]);
        }
        if (code != SQLITE_OK || run(c->statements[COMMIT]) != SQLITE_OK) {
            return fail(error, c, "batch");
        }
    }
    return PTE_OK;
}

static pte_status sqlite_batch(void *given, const bench_batch *batch, pte_error *error) {
    return put_by(given, batch, BENCH_BATCH_ITEMS, error);
}

static pte_status sqlite_load(void *given, const bench_batch *batch, pte_error *error) {
    return put_by(given, batch, BENCH_LOAD_PER_COMMIT, error);
}

static int exists(connection *c, const bench_row *row) {
    sqlite3_stmt *s = bind_keys(c, EXISTS, row->pk, row->sk);
    int code = sqlite3_step(s);
    (void)sqlite3_reset(s);
    return code == SQLITE_ROW ? SQLITE_OK : code == SQLITE_DONE ? SQLITE_NOTFOUND : code;
}

static pte_status sqlite_transact(void *given, const bench_batch *batch, pte_error *error) {
    connection *c = &((bench_sqlite *)given)->connections[0];
    for (size_t i = 0; i + 2 < batch->count; i += BENCH_TRANSACT_ITEMS) {
        const bench_row *rows = &batch->rows[i];
        int code = run(c->statements[BEGIN]);
        if (code == SQLITE_OK) {
            code = put_row(c, INSERT, batch, &rows[0]);
        }
        if (code == SQLITE_OK) {
            code = update_row(c, &rows[1]);
        }
        if (code == SQLITE_OK) {
            code = exists(c, &rows[2]);
        }
        if (code != SQLITE_OK || run(c->statements[COMMIT]) != SQLITE_OK) {
            return fail(error, c, "transaction");
        }
    }
    return PTE_OK;
}

/* ---- the check ---- */

static pte_status verify(bench_sqlite *self, bench_maker *maker, const char *text,
                         const char *where, pte_error *error) {
    connection *c = &self->connections[0];
    sqlite3_stmt *s = NULL;
    bench_census census = {0};
    pte_status status = bench_census_init(&census, maker, BENCH_PHOTOS, error);
    int code = sqlite3_prepare_v2(c->database, text, -1, &s, NULL);
    while (status == PTE_OK && (code == SQLITE_OK || code == SQLITE_ROW)) {
        code = sqlite3_step(s);
        if (code == SQLITE_ROW) {
            bench_census_add(&census, item_in(s));
        }
    }
    if (status == PTE_OK) {
        status = code == SQLITE_DONE ? bench_census_finish(&census, where, error)
                                     : fail(error, c, "walk");
    }
    sqlite3_finalize(s);
    bench_census_clean_up(&census);
    return status;
}

static pte_status sqlite_verify(void *given, bench_maker *maker, pte_error *error) {
    pte_status status =
        verify(given, maker, "SELECT item FROM photos ORDER BY pk, sk", "SQLite: items", error);
    return status != PTE_OK
               ? status
               : verify(given, maker, "SELECT item FROM photos INDEXED BY inverted WHERE sk > ''",
                        "SQLite: index", error);
}

const bench_side bench_sqlite_side = {
    .name = "sqlite",
    .open = sqlite_open,
    .close = sqlite_close,
    .prepare = sqlite_prepare,
    .run = {sqlite_get, sqlite_query, sqlite_index_query, sqlite_scan, sqlite_put, sqlite_update,
            sqlite_transact, sqlite_batch, sqlite_load},
    .scanned = sqlite_scanned,
    .prepare_writers = prepare_writers,
    .put_at_once = sqlite_put_at_once,
    .verify = sqlite_verify,
};
