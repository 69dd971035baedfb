/*
 * The work beside requests, in bounded pieces: a piece of one table's backfill, some items
 * whose time to live is over (and tokens of transactions), some of the records of streams that are
 * older than a day, and some of the space of what was dropped. A place is kept between the pieces,
 * so that a database of many tables is not looked through anew for each.
 */
#include "database/database.h"
#include "schema/backfill.h"

#include <pocketable/engine/changes.h>

enum {
    RECLAIM_ENTRIES_MAX = 1000,
    EXPIRE_ITEMS_MAX = 1000,
    TRIM_RECORDS_MAX = 1000,
    TABLES_LOOKED_AT_MAX = 1000,
    /* https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html */
    STREAM_RETENTION_MS = 24 * 60 * 60 * 1000,
};

typedef struct place {
    uint8_t name[PTE_TABLE_NAME_BYTES_MAX];
    size_t len;
} place;

static void set_place(place *at, pte_bytes name) {
    at->len = name.len;
    if (name.len != 0) {
        memcpy(at->name, name.data, name.len);
    }
}

static bool is_filling(const pte_table_info *info) {
    bool filling = info->ttl_state == PTE_INDEX_CREATING;
    for (size_t i = 0; i < info->index_count; i++) {
        filling = filling || info->indexes[i].state == PTE_INDEX_CREATING;
    }
    return filling;
}

/*
 * Looks for a table with something to fill after *at, at a bounded number of tables; *at moves to
 * the last one that has nothing. OK: *table is one. END: there is none after *at. NOT_FOUND: not
 * among those looked at.
 */
static pte_status look(place *table, place *at, pte_env *env, pte_error *error) {
    pte_read *read;
    pte_status status = pte_read_begin(&read, env, error);
    if (status != PTE_OK) {
        return status;
    }
    for (int i = 0; i < TABLES_LOOKED_AT_MAX && status == PTE_OK; i++) {
        const pte_table_info *info;
        pte_bytes name;
        status = pte_table_next(&name, read, pte_view(at->name, at->len), error);
        if (status == PTE_OK) {
            status = pte_table_describe(&info, read, name, error);
        }
        if (status == PTE_OK && is_filling(info)) {
            set_place(table, name);
            goto out;
        }
        if (status == PTE_OK) {
            set_place(at, name);
        }
    }
    status = status == PTE_OK ? PTE_NOT_FOUND : status;
out:
    pte_read_end(read);
    return status;
}

/* A piece of the backfill of the next table that has one. *more: there may be another. */
static pte_status backfill(bool *more, pt_database *database, pte_error *error) {
    place at;
    place table;
    bool finished = false;
    pthread_mutex_lock(&database->mutex);
    set_place(&at, pte_view(database->upkeep_after, database->upkeep_after_len));
    pthread_mutex_unlock(&database->mutex);
    pte_status status = look(&table, &at, database->env, error);
    *more = status != PTE_END;
    if (status == PTE_OK) {
        status = pt__backfill_piece(&finished, database->env, pte_view(table.name, table.len),
                                    PT__BACKFILL_ITEMS_MAX, error);
        at = finished ? table : at;
    } else if (status == PTE_END) {
        at.len = 0; /* from the start the next time */
    }
    pthread_mutex_lock(&database->mutex);
    memcpy(database->upkeep_after, at.name, at.len);
    database->upkeep_after_len = at.len;
    pthread_mutex_unlock(&database->mutex);
    return status == PTE_END || status == PTE_NOT_FOUND ? PTE_OK : status;
}

static bool goes_on(pte_status status) {
    return status == PTE_OK || status == PTE_DATABASE_FULL;
}

/* The first failure counts, and its error. */
static pte_status first(pte_status before, pte_status now) {
    return before != PTE_OK ? before : now;
}

static pte_error *error_unless(pte_status failed, pte_error *error) {
    return failed == PTE_OK ? error : NULL;
}

pte_status pt_upkeep(bool *more, pt_database *database, pte_error *error) {
    size_t reclaimed = 0;
    size_t expired = 0;
    size_t trimmed = 0;
    int64_t now_ms = pt__now_ms(&database->options);
    bool filling = false;
    *more = false;
    /* What frees room comes first, and a step that has none does not keep the others from it. */
    pte_status status = pte_reclaim(&reclaimed, database->env, RECLAIM_ENTRIES_MAX, error);
    if (goes_on(status)) {
        status =
            first(status, pte_changes_trim(&trimmed, database->env, now_ms - STREAM_RETENTION_MS,
                                           TRIM_RECORDS_MAX, error_unless(status, error)));
    }
    if (goes_on(status)) {
        status = first(status, pte_expire(&expired, database->env, now_ms / 1000, EXPIRE_ITEMS_MAX,
                                          error_unless(status, error)));
    }
    if (status == PTE_OK) {
        status = backfill(&filling, database, error);
    }
    *more = status == PTE_OK && (filling || reclaimed == RECLAIM_ENTRIES_MAX ||
                                 expired == EXPIRE_ITEMS_MAX || trimmed == TRIM_RECORDS_MAX);
    return status;
}
