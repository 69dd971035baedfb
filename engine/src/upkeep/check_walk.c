/*
 * Reading the database for the checker: look-ups and walks that step over what is damaged, and
 * progress.
 *
 * A walk ends whatever the bytes say: LMDB's order is onward, a tree's depth is bounded, and a walk
 * steps over damage only so often.
 */
#include "upkeep/check.h"

#include "base/endian.h"
#include "store/lmdb_error.h"

enum {
    PROGRESS_ENTRIES = 4096, /* between two calls of on_progress */
    DAMAGES_MAX = 16,        /* that one walk steps over: layers may go round in many ways */
};

static const char *const DB_NAMES[PTE__DB_COUNT] = {
#define DB_NAME(symbol, name) name,
    PTE__DB_MAP(DB_NAME)
#undef DB_NAME
};

pte_status pte__check_cause(pte__check *check, pte_status status, const pte_error *cause) {
    if (status == PTE_OK || status == PTE_CORRUPT || status == PTE_TABLE_NOT_FOUND) {
        return PTE_OK;
    }
    if (check->error != NULL) {
        *check->error = *cause;
    }
    return status;
}

pte_status pte__check_damage(pte__check *check, int rc, const char *db) {
    pte_error cause;
    pte_status status = pte__fail_lmdb(&cause, rc, db);
    if (status == PTE_CORRUPT) {
        pte__check_place place = {.db = db};
        pte__check_problem(check, &place, "cannot be read: %s", mdb_strerror(rc));
    }
    return pte__check_cause(check, status, &cause);
}

pte_status pte__check_progress(pte__check *check, uint64_t entries) {
    uint64_t before = check->done / PROGRESS_ENTRIES;
    check->done += entries;
    if (check->done / PROGRESS_ENTRIES == before || check->options.on_progress == NULL) {
        return PTE_OK;
    }
    uint64_t done = check->done < check->total ? check->done : check->total;
    if (!check->options.on_progress(check->options.ctx, done, check->total)) {
        return pte__fail(check->error, PTE_STOPPED, "after %llu entries",
                         (unsigned long long)check->done);
    }
    return PTE_OK;
}

/* Damage in a tree. That of its layers is reported once, by the check of the layers. */
static pte_status tree_damage(pte__check *check, int rc, pte__db db) {
    if (rc == MDB_CORRUPTED && check->layers_broken) {
        return PTE_OK;
    }
    return pte__check_damage(check, rc, DB_NAMES[db]);
}

pte_status pte__check_get(pte_bytes *value, bool *found, pte__check *check, pte__db db,
                          pte_bytes key) {
    pte__tree tree = pte__store_tree(&check->env->store, check->txn, db);
    int rc = pte__tree_get(&tree, key, value);
    *found = rc == 0;
    return rc == 0 || rc == MDB_NOTFOUND ? PTE_OK : tree_damage(check, rc, db);
}

static pte_status report_damage(pte__check *check, int rc, pte__db db) {
    if (++check->damages < DAMAGES_MAX) {
        return tree_damage(check, rc, db);
    }
    pte__check_place place = {.db = DB_NAMES[db]};
    pte__check_problem(check, &place, "a walk was given up after %d damaged places",
                       (int)DAMAGES_MAX);
    return PTE_OK;
}

/* The end of a move: goes on behind damage. */
static pte_status settle(bool *found, pte__check *check, pte__db db, int rc) {
    pte_status status = PTE_OK;
    while (rc == MDB_CORRUPTED && status == PTE_OK && check->damages < DAMAGES_MAX) {
        status = report_damage(check, rc, db);
        if (check->damages < DAMAGES_MAX) {
            rc = pte__tree_cursor_next(&check->cursor);
        }
    }
    *found = rc == 0 && status == PTE_OK;
    if (rc != 0 && rc != MDB_NOTFOUND && rc != MDB_CORRUPTED && status == PTE_OK) {
        status = tree_damage(check, rc, db);
    }
    return status;
}

pte_status pte__check_seek(bool *found, pte__check *check, pte__db db, pte_bytes lower) {
    pte__tree tree = pte__store_tree(&check->env->store, check->txn, db);
    check->damages = 0;
    int rc = pte__tree_cursor_open(&check->cursor, &tree);
    if (rc != 0) {
        *found = false;
        return tree_damage(check, rc, db);
    }
    pte_status status = settle(found, check, db, pte__tree_cursor_seek(&check->cursor, lower));
    if (*found && pte_bytes_compare(check->cursor.key, lower) < 0) {
        *found = false; /* what LMDB could not read was at the very beginning */
    }
    return status;
}

pte_status pte__check_next(bool *found, pte__check *check, pte__db db) {
    return settle(found, check, db, pte__tree_cursor_next(&check->cursor));
}

pte_status pte__check_range(pte__check *check, pte__db db, uint32_t id, pte__check_visit visit,
                            void *ctx) {
    uint8_t lower[PTE__ID_BYTES];
    bool found;
    pte__put_u32(lower, id);
    pte_status status = pte__check_seek(&found, check, db, pte_view(lower, sizeof lower));
    while (status == PTE_OK && found && check->cursor.key.len >= sizeof lower &&
           memcmp(check->cursor.key.data, lower, sizeof lower) == 0) {
        status = visit(ctx, check->cursor.key, check->cursor.value);
        pte__arena_reset(&check->arena);
        if (status == PTE_OK) {
            status = pte__check_progress(check, 1);
        }
        if (status == PTE_OK) {
            status = pte__check_next(&found, check, db);
        }
    }
    return status;
}

pte_status pte__check_rows(pte__check *check, pte__db db, pte__check_visit visit, void *ctx) {
    MDB_cursor *cursor;
    MDB_val key;
    MDB_val value;
    int rc = mdb_cursor_open(check->txn, check->env->store.dbi[db], &cursor);
    if (rc != 0) {
        return pte__check_damage(check, rc, DB_NAMES[db]);
    }
    pte_status status = PTE_OK;
    rc = mdb_cursor_get(cursor, &key, &value, MDB_FIRST);
    while (rc == 0 && status == PTE_OK) {
        status =
            visit(ctx, pte_view(key.mv_data, key.mv_size), pte_view(value.mv_data, value.mv_size));
        if (status == PTE_OK) {
            status = pte__check_progress(check, 1);
        }
        rc = mdb_cursor_get(cursor, &key, &value, MDB_NEXT);
    }
    mdb_cursor_close(cursor);
    if (status == PTE_OK && rc != 0 && rc != MDB_NOTFOUND) {
        status = pte__check_damage(check, rc, DB_NAMES[db]);
    }
    return status;
}
