/* Describing an environment. */
#include "read/read.h"
#include "store/lmdb_error.h"
#include "table/counts.h"

static uint64_t entries(const pte_read *read, pte__db db) {
    MDB_stat stat;
    int rc = mdb_stat(read->base.txn, read->env->store.dbi[db], &stat);
    return rc == 0 ? stat.ms_entries : 0;
}

/* Counts the catalog's rows of a kind, by the first byte of their keys. */
static pte_status count_rows(uint64_t *count, const pte_read *read, uint8_t kind,
                             pte_error *error) {
    MDB_cursor *cursor;
    *count = 0;
    int rc = mdb_cursor_open(read->base.txn, read->env->store.dbi[PTE__DB_CATALOG], &cursor);
    if (rc != 0) {
        return pte__fail_lmdb(error, rc, "reading the catalog");
    }
    MDB_val key = {1, &kind};
    MDB_val value;
    rc = mdb_cursor_get(cursor, &key, &value, MDB_SET_RANGE);
    while (rc == 0 && ((const uint8_t *)key.mv_data)[0] == kind) {
        ++*count;
        rc = mdb_cursor_get(cursor, &key, &value, MDB_NEXT);
    }
    mdb_cursor_close(cursor);
    return rc == 0 || rc == MDB_NOTFOUND ? PTE_OK
                                         : pte__fail_lmdb(error, rc, "reading the catalog");
}

/* Pages on LMDB's own list of free ones, its sub-database 0: arrays of page numbers that begin
 * with their count. */
static pte_status free_pages(size_t *pages, const pte_read *read, pte_error *error) {
    MDB_cursor *cursor;
    MDB_val key;
    MDB_val value;
    *pages = 0;
    int rc = mdb_cursor_open(read->base.txn, 0, &cursor);
    if (rc != 0) {
        return pte__fail_lmdb(error, rc, "reading the list of free pages");
    }
    while ((rc = mdb_cursor_get(cursor, &key, &value, MDB_NEXT)) == 0) {
        size_t count;
        if (value.mv_size < sizeof count) {
            rc = MDB_CORRUPTED;
            break;
        }
        memcpy(&count, value.mv_data, sizeof count);
        *pages += count;
    }
    mdb_cursor_close(cursor);
    return rc == MDB_NOTFOUND ? PTE_OK
                              : pte__fail_lmdb(error, rc, "reading the list of free pages");
}

static int count_reader(const char *line, void *ctx) {
    unsigned *count = ctx;
    size_t blanks = strspn(line, " ");
    *count += line[blanks] >= '0' && line[blanks] <= '9' ? 1 : 0; /* it begins with a process id */
    return 0;
}

/* LMDB's own number of readers never falls; its list has the slots that somebody has now. */
static unsigned readers_used(MDB_env *lmdb) {
    unsigned count = 0;
    (void)mdb_reader_list(lmdb, count_reader, &count);
    return count;
}

static void describe_store(pte_env_info *info, const pte_read *read) {
    const pte__store *store = &read->env->store;
    MDB_envinfo map;
    (void)mdb_env_info(store->lmdb, &map);
    info->format_version = PTE__FORMAT_VERSION;
    info->durability = store->durability;
    info->read_only = store->read_only;
    info->map_bytes = map.me_mapsize;
    info->used_bytes = (map.me_last_pgno + 1) * store->page_bytes;
    info->page_bytes = store->page_bytes;
    info->readers_max = map.me_maxreaders;
    info->readers_used = readers_used(store->lmdb);
    info->last_transaction = mdb_txn_id(read->base.txn);
    info->expiry_entries = entries(read, PTE__DB_EXPIRY);
    info->change_records = entries(read, PTE__DB_CHANGES);
    info->long_rows = entries(read, PTE__DB_LONG);
}

pte_status pte_env_describe(pte_env_info *info, pte_env *env, pte_error *error) {
    if (info == NULL || env == NULL) {
        return pte__fail(error, PTE_INVALID_ARGUMENT, "info and env must not be NULL");
    }
    *info = (pte_env_info){0};
    pte_read *read;
    pte_status status = pte_read_begin(&read, env, error);
    if (status != PTE_OK) {
        return status;
    }
    describe_store(info, read);
    size_t pages;
    status = free_pages(&pages, read, error);
    info->free_bytes = pages * info->page_bytes;
    if (status == PTE_OK) {
        status = count_rows(&info->tables, read, 't', error);
    }
    if (status == PTE_OK) {
        status = count_rows(&info->retired, read, 'r', error);
    }
    if (status == PTE_OK) {
        status =
            pte__counts_sum(&info->items, &info->index_entries, &env->store, read->base.txn, error);
    }
    pte_read_end(read);
    if (status != PTE_OK) {
        *info = (pte_env_info){0};
        return status;
    }
    pthread_mutex_lock(&env->committer.mutex);
    info->groups = env->committer.groups;
    info->grouped_writes = env->committer.grouped;
    memcpy(info->groups_of, env->committer.groups_of, sizeof info->groups_of);
    pthread_mutex_unlock(&env->committer.mutex);
    if (status != PTE_OK) {
        *info = (pte_env_info){0};
    }
    return status;
}
