/* What makes a database ours. */
#include "store/store_format.h"

#include "base/endian.h"
#include "store/lmdb_error.h"

#include <errno.h>
#include <stdio.h>
#include <sys/random.h>
#include <unistd.h>

/*
 * meta row   value
 * "format"   "pocketable" | version (4, big-endian)
 * "secret"   192 random bytes, the key of the partition hash
 */
static const char FORMAT_ROW[] = "format";
static const char SECRET_ROW[] = "secret";
static const char FORMAT_NAME[] = "pocketable";
enum { FORMAT_NAME_BYTES = sizeof FORMAT_NAME - 1, FORMAT_ROW_BYTES = FORMAT_NAME_BYTES + 4 };

static const char *const DB_NAMES[PTE__DB_COUNT] = {
#define DB_NAME(symbol, name) name,
    PTE__DB_MAP(DB_NAME)
#undef DB_NAME
};

static MDB_val val_of(const void *data, size_t len) {
    return (MDB_val){len, (void *)(uintptr_t)data};
}

static int get_row(MDB_txn *txn, MDB_dbi meta, const char *name, MDB_val *value) {
    MDB_val key = val_of(name, strlen(name));
    return mdb_get(txn, meta, &key, value);
}

static pte_status not_ours(const pte__store *store, pte_error *error) {
    return pte__fail(error, PTE_NOT_A_DATABASE,
                     "%s holds an LMDB database that something else has made", store->home.path);
}

static pte_status check_format_row(const pte__store *store, MDB_txn *txn, MDB_dbi meta,
                                   pte_error *error) {
    MDB_val row;
    int rc = get_row(txn, meta, FORMAT_ROW, &row);
    if (rc == MDB_NOTFOUND ||
        (rc == 0 && (row.mv_size != FORMAT_ROW_BYTES ||
                     memcmp(row.mv_data, FORMAT_NAME, FORMAT_NAME_BYTES) != 0))) {
        return not_ours(store, error);
    }
    if (rc != 0) {
        return pte__fail_lmdb(error, rc, "reading the format row");
    }
    uint32_t version = pte__get_u32((const uint8_t *)row.mv_data + FORMAT_NAME_BYTES);
    if (version != PTE__FORMAT_VERSION) {
        return pte__fail(error, PTE_WRONG_VERSION,
                         "%s is of format version %u, this library reads and writes version %d",
                         store->home.path, (unsigned)version, (int)PTE__FORMAT_VERSION);
    }
    return PTE_OK;
}

/*
 * Whether the transaction sees no sub-database and no row at all. (mdb_env_stat is no answer: it
 * looks at the newest commit in the file, and one that another process is just finishing is in the
 * file a moment before a snapshot shows it.)
 */
static pte_status look_whether_empty(bool *empty, const pte__store *store, MDB_txn *txn,
                                     pte_error *error) {
    MDB_dbi names;
    MDB_stat stat = {0};
    int rc = mdb_dbi_open(txn, NULL, 0, &names);
    if (rc == 0) {
        rc = mdb_stat(txn, names, &stat);
    }
    *empty = rc == 0 && stat.ms_entries == 0;
    return rc == 0 ? PTE_OK : pte__fail_lmdb(error, rc, store->home.path);
}

static pte_status check_format(const pte__store *store, MDB_txn *txn, pte_error *error) {
    bool empty;
    pte_status status = look_whether_empty(&empty, store, txn, error);
    if (status != PTE_OK || empty) {
        return status;
    }
    MDB_dbi meta;
    int rc = mdb_dbi_open(txn, DB_NAMES[PTE__DB_META], 0, &meta);
    if (rc == MDB_NOTFOUND || rc == MDB_INCOMPATIBLE) {
        return not_ours(store, error);
    }
    return rc == 0 ? check_format_row(store, txn, meta, error)
                   : pte__fail_lmdb(error, rc, store->home.path);
}

pte_status pte__store_check_format(pte__store *store, pte_error *error) {
    MDB_txn *txn;
    int rc = mdb_txn_begin(store->lmdb, NULL, MDB_RDONLY, &txn);
    if (rc != 0) {
        return pte__fail_lmdb(error, rc, store->home.path);
    }
    pte_status status = check_format(store, txn, error);
    mdb_txn_abort(txn);
    return status;
}

static bool fill_random(const pte_env_options *options, uint8_t *bytes, size_t len) {
    if (options->random != NULL) {
        return options->random(options->random_ctx, bytes, len);
    }
    size_t filled = 0;
    while (filled < len) {
        ssize_t got = getrandom(bytes + filled, len - filled, 0);
        if (got <= 0 && errno != EINTR) {
            return false;
        }
        filled += got > 0 ? (size_t)got : 0;
    }
    return true;
}

static pte_status write_format(pte__store *store, MDB_txn *txn, const pte_env_options *options,
                               pte_error *error) {
    uint8_t format[FORMAT_ROW_BYTES];
    memcpy(format, FORMAT_NAME, FORMAT_NAME_BYTES);
    pte__put_u32(format + FORMAT_NAME_BYTES, PTE__FORMAT_VERSION);
    uint8_t secret[PTE__HASH_SECRET_BYTES];
    if (!fill_random(options, secret, sizeof secret)) {
        return pte__fail(error, PTE_IO, "no random bytes for the key of the partition hash");
    }
    MDB_val key = val_of(FORMAT_ROW, strlen(FORMAT_ROW));
    MDB_val value = val_of(format, sizeof format);
    int rc = mdb_put(txn, store->dbi[PTE__DB_META], &key, &value, 0);
    if (rc == 0) {
        key = val_of(SECRET_ROW, strlen(SECRET_ROW));
        value = val_of(secret, sizeof secret);
        rc = mdb_put(txn, store->dbi[PTE__DB_META], &key, &value, 0);
    }
    return rc == 0 ? PTE_OK : pte__fail_lmdb(error, rc, "writing the format row");
}

static pte_status read_secret(pte__store *store, MDB_txn *txn, pte_error *error) {
    MDB_val row;
    int rc = get_row(txn, store->dbi[PTE__DB_META], SECRET_ROW, &row);
    if (rc != 0 || row.mv_size != PTE__HASH_SECRET_BYTES) {
        return pte__fail(error, PTE_CORRUPT, "the hash secret of %s is missing or cut off",
                         store->home.path);
    }
    memcpy(store->hash_secret, row.mv_data, PTE__HASH_SECRET_BYTES);
    return PTE_OK;
}

static pte_status open_dbis(pte__store *store, MDB_txn *txn, unsigned flags, pte_error *error) {
    for (int db = 0; db < PTE__DB_COUNT; db++) {
        int rc = mdb_dbi_open(txn, DB_NAMES[db], flags, &store->dbi[db]);
        if (rc == MDB_NOTFOUND) {
            return pte__fail(error, PTE_CORRUPT, "%s has no sub-database \"%s\"", store->home.path,
                             DB_NAMES[db]);
        }
        if (rc != 0) {
            return pte__fail_lmdb(error, rc, store->home.path);
        }
    }
    return PTE_OK;
}

/* Opens what is there, and writes nothing; *empty says that nothing is, and nothing is opened. */
static pte_status open_existing(bool *empty, pte__store *store, pte_error *error) {
    MDB_txn *txn;
    int rc = mdb_txn_begin(store->lmdb, NULL, MDB_RDONLY, &txn);
    if (rc != 0) {
        return pte__fail_lmdb(error, rc, store->home.path);
    }
    pte_status status = look_whether_empty(empty, store, txn, error);
    if (status == PTE_OK && !*empty) {
        status = open_dbis(store, txn, 0, error);
        if (status == PTE_OK) {
            status = check_format_row(store, txn, store->dbi[PTE__DB_META], error);
        }
        if (status == PTE_OK) {
            status = read_secret(store, txn, error);
        }
    }
    if (status != PTE_OK) {
        mdb_txn_abort(txn);
        return status;
    }
    /* Committing a read-only transaction keeps the handles it opened. */
    rc = mdb_txn_commit(txn);
    return rc == 0 ? PTE_OK : pte__fail_lmdb(error, rc, store->home.path);
}

static pte_status make_format(pte__store *store, const pte_env_options *options, pte_error *error) {
    MDB_txn *txn;
    int rc = mdb_txn_begin(store->lmdb, NULL, 0, &txn);
    if (rc != 0) {
        return pte__fail_lmdb(error, rc, store->home.path);
    }
    /* Another process may have made it while this one waited for its turn to write. */
    bool empty;
    pte_status status = look_whether_empty(&empty, store, txn, error);
    if (status == PTE_OK && empty) {
        status = open_dbis(store, txn, MDB_CREATE, error);
        if (status == PTE_OK) {
            status = write_format(store, txn, options, error);
        }
    }
    if (status != PTE_OK) {
        mdb_txn_abort(txn);
        return status;
    }
    rc = pte__store_commit(store, txn);
    return rc == 0 ? PTE_OK : pte__fail_lmdb(error, rc, store->home.path);
}

pte_status pte__store_open_format(pte__store *store, const pte_env_options *options,
                                  pte_error *error) {
    bool empty = false;
    pte_status status = open_existing(&empty, store, error);
    if (status != PTE_OK || !empty) {
        return status;
    }
    if (store->read_only || options->must_exist) {
        return pte__fail(error, PTE_NOT_A_DATABASE, "%s is empty", store->home.path);
    }
    status = make_format(store, options, error);
    return status == PTE_OK ? open_existing(&empty, store, error) : status;
}

pte_status pte__meta_number(uint64_t *number, const pte__store *store, MDB_txn *txn,
                            const char *name, pte_error *error) {
    MDB_val row;
    *number = 0;
    int rc = get_row(txn, store->dbi[PTE__DB_META], name, &row);
    if (rc == MDB_NOTFOUND) {
        return PTE_OK;
    }
    if (rc != 0) {
        return pte__fail_lmdb(error, rc, "reading the database's counters");
    }
    if (row.mv_size != sizeof *number) {
        return pte__fail(error, PTE_CORRUPT, "the counter \"%s\" has %zu bytes, 8 were expected",
                         name, row.mv_size);
    }
    *number = pte__get_u64(row.mv_data);
    return PTE_OK;
}
