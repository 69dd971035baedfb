/* Opening and closing LMDB's environment, and the size of its map. */
#include "store/store.h"

#include "base/endian.h"
#include "store/lmdb_error.h"
#include "store/store_format.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#if SIZE_MAX > UINT32_MAX
static const size_t MAP_BYTES_WANTED = (size_t)1 << 40; /* only address space: the file is small */
static const size_t MEMORY_MAP_BYTES_WANTED = (size_t)1 << 36;
#else
static const size_t MAP_BYTES_WANTED = (size_t)1 << 28;
static const size_t MEMORY_MAP_BYTES_WANTED = (size_t)1 << 28;
#endif

enum {
    MAP_BYTES_MIN = 1 << 20,
    READERS_DEFAULT = 1000,
    GROW_WAIT_MS = 2000, /* for snapshots to end; longer would look like a deadlock */
};

static unsigned lmdb_flags(const pte__store *store) {
    unsigned flags = MDB_NOTLS;
    switch (store->durability) {
    case PTE_DURABLE:
        break;
    case PTE_RELAXED:
        flags |= MDB_NOSYNC;
        break;
    case PTE_MEMORY:
        flags |= MDB_NOSYNC | MDB_WRITEMAP;
        break;
    }
    return store->read_only ? flags | MDB_RDONLY : flags;
}

static int open_with_map(pte__store *store, unsigned readers_max, size_t map_bytes,
                         unsigned extra_flags) {
    int rc = mdb_env_create(&store->lmdb);
    if (rc != 0) {
        store->lmdb = NULL;
        return rc;
    }
    rc = mdb_env_set_maxdbs(store->lmdb, PTE__DB_COUNT);
    if (rc == 0) {
        rc = mdb_env_set_maxreaders(store->lmdb, readers_max);
    }
    if (rc == 0) {
        rc = mdb_env_set_mapsize(store->lmdb, map_bytes);
    }
    if (rc == 0) {
        rc = mdb_env_open(store->lmdb, store->home.path, lmdb_flags(store) | extra_flags, 0666);
    }
    if (rc != 0) {
        mdb_env_close(store->lmdb);
        store->lmdb = NULL;
    }
    return rc;
}

static unsigned readers_max_of(const pte_env_options *options) {
    return options->readers_max != 0 ? options->readers_max : READERS_DEFAULT;
}

/* Reserves as much of the address space as is wanted, or half of that, and so on. */
static pte_status open_lmdb(pte__store *store, const pte_env_options *options, unsigned extra_flags,
                            pte_error *error) {
    unsigned readers_max = readers_max_of(options);
    size_t map_bytes = options->map_bytes_max;
    if (!store->map_fixed) {
        map_bytes = store->durability == PTE_MEMORY ? MEMORY_MAP_BYTES_WANTED : MAP_BYTES_WANTED;
    }
    int rc = open_with_map(store, readers_max, map_bytes, extra_flags);
    while (!store->map_fixed && map_bytes > MAP_BYTES_MIN &&
           (rc == ENOMEM || rc == EFBIG || rc == EINVAL)) {
        map_bytes /= 2;
        rc = open_with_map(store, readers_max, map_bytes, extra_flags);
    }
    if (rc != 0) {
        return pte__fail_lmdb(error, rc, store->home.path);
    }
    MDB_stat stat;
    (void)mdb_env_stat(store->lmdb, &stat);
    store->page_bytes = stat.ms_psize;
    return PTE_OK;
}

/*
 * A data file that is shorter than its own header says was cut off. Reading past its end would be a
 * SIGBUS; made as long as it should be, the missing pages read as zeros, which LMDB and the engine
 * report as damage. (LMDB may leave a few unused pages at the end unwritten, so a short file can
 * also be whole.)
 */
static pte_status fill_up_short_file(pte__store *store, pte_error *error) {
    MDB_envinfo info;
    struct stat found;
    int fd;
    if (mdb_env_info(store->lmdb, &info) != 0 || mdb_env_get_fd(store->lmdb, &fd) != 0 ||
        fstat(fd, &found) != 0) {
        return pte__fail_os(error, errno, "%s", store->home.path);
    }
    off_t used = (off_t)((info.me_last_pgno + 1) * store->page_bytes);
    if (found.st_size < used && ftruncate(fd, used) != 0) {
        return pte__fail_os(error, errno, "%s", store->home.path);
    }
    return PTE_OK;
}

/*
 * Whether the format is ours is looked at in an environment that takes no locks and writes nothing,
 * so that what is refused stays untouched.
 */
static pte_status expect_format(pte__store *store, const pte_env_options *options,
                                pte_error *error) {
    if (store->home.fresh) {
        return PTE_OK;
    }
    unsigned flags = MDB_RDONLY | (store->home.locked_before ? 0 : MDB_NOLOCK);
    pte_status status = open_lmdb(store, options, flags, error);
    if (status == PTE_OK) {
        status = pte__store_check_format(store, error);
        mdb_env_close(store->lmdb);
        store->lmdb = NULL;
    }
    return status;
}

static pte_status open_environment(pte__store *store, const pte_env_options *options,
                                   pte_error *error) {
    pte_status status = expect_format(store, options, error);
    if (status == PTE_OK && !store->read_only) {
        status = pte__home_reserve_lock(&store->home, readers_max_of(options), error);
    }
    if (status == PTE_OK) {
        status = open_lmdb(store, options, 0, error);
    }
    if (status == PTE_OK && store->durability != PTE_MEMORY && !store->read_only) {
        status = fill_up_short_file(store, error);
    }
    if (status == PTE_OK && store->durability == PTE_MEMORY) {
        status = pte__room_init(&store->room, store->lmdb, error);
    }
    if (status == PTE_OK) {
        int dead = 0;
        (void)mdb_reader_check(store->lmdb, &dead);
        status = pte__store_open_format(store, options, error);
    }
    return status;
}

static pte_status enter_home(pte__store *store, const char *path, const pte_env_options *options,
                             pte_error *error) {
    if (store->durability == PTE_MEMORY) {
        return pte__home_enter_memory(&store->home, path, error);
    }
    return pte__home_enter(&store->home, path, options->must_exist, options->read_only, error);
}

pte_status pte__store_open(pte__store *store, const char *path, const pte_env_options *options,
                           const pte__reader_class *reader_class, pte_error *error) {
    *store = (pte__store){
        .allocator = pte__allocator_of(options->allocator),
        .durability = options->durability,
        .read_only = options->read_only,
        .map_fixed = options->map_bytes_max != 0,
        .home = {.mark_fd = -1},
        .headroom = {.wanted = options->durability == PTE_DURABLE},
        .reader_class = *reader_class,
    };
    pte_status status = pte__gate_init(&store->gate, error);
    if (status != PTE_OK) {
        return status;
    }
    status = enter_home(store, path, options, error);
    if (status == PTE_OK) {
        status = open_environment(store, options, error);
        if (store->durability == PTE_MEMORY) {
            pte__home_unlink(&store->home);
        }
    }
    if (status != PTE_OK) {
        pte__home_abandon(&store->home);
        pte__store_close(store);
    }
    return status;
}

static void free_reader(pte__store *store, pte__reader *reader) {
    store->reader_class.clean_up(reader);
    mdb_txn_abort(reader->txn);
    pte__free(&store->allocator, reader, store->reader_class.size);
}

void pte__store_close(pte__store *store) {
    while (store->idle_readers != NULL) {
        pte__reader *reader = store->idle_readers;
        store->idle_readers = reader->next;
        free_reader(store, reader);
    }
    if (store->lmdb != NULL) {
        mdb_env_close(store->lmdb);
        store->lmdb = NULL;
    }
    pte__home_leave(&store->home);
    pte__gate_clean_up(&store->gate);
}

/* Another process made the map larger than ours: follow it. Not inside the gate. */
static pte_status follow_map(pte__store *store, pte_error *error) {
    if (!pte__gate_close(&store->gate, GROW_WAIT_MS)) {
        return pte__fail(error, PTE_BUSY,
                         "another process has enlarged the map, and a snapshot of this one stays "
                         "open, so it cannot follow");
    }
    int rc = mdb_env_set_mapsize(store->lmdb, 0);
    pte__gate_open(&store->gate);
    return rc == 0 ? PTE_OK : pte__fail_lmdb(error, rc, "enlarging the map");
}

pte_status pte__store_grow(pte__store *store, pte_error *error) {
    MDB_envinfo info;
    if (store->map_fixed || store->durability == PTE_MEMORY ||
        mdb_env_info(store->lmdb, &info) != 0 || info.me_mapsize > SIZE_MAX / 2) {
        return pte__fail(error, PTE_DATABASE_FULL, "the map has no free page left");
    }
    if (!pte__gate_close(&store->gate, GROW_WAIT_MS)) {
        return pte__fail(error, PTE_BUSY,
                         "the map must grow, and cannot while a snapshot of this process is open");
    }
    int rc = mdb_env_set_mapsize(store->lmdb, info.me_mapsize * 2);
    if (rc != 0) {
        /* LMDB has unmapped the file by now; the old size was there a moment ago. */
        (void)mdb_env_set_mapsize(store->lmdb, info.me_mapsize);
    }
    pte__gate_open(&store->gate);
    return rc == 0 ? PTE_OK : pte__fail_lmdb(error, MDB_MAP_FULL, "enlarging the map");
}

/* Begins or renews a read transaction, once. */
static int begin_read(pte__store *store, pte__reader *reader) {
    if (reader->txn != NULL) {
        return mdb_txn_renew(reader->txn);
    }
    return mdb_txn_begin(store->lmdb, NULL, MDB_RDONLY, &reader->txn);
}

/* An idle reader, or NULL where a new one must be made; inside the gate. */
static pte__reader *enter_with_idle(pte__store *store) {
    pte__gate_lock_and_enter(&store->gate);
    pte__reader *reader = store->idle_readers;
    if (reader != NULL) {
        store->idle_readers = reader->next;
    }
    pte__gate_unlock(&store->gate);
    return reader;
}

static pte__reader *make_reader(pte__store *store) {
    pte__reader *reader = pte__alloc(&store->allocator, store->reader_class.size);
    if (reader != NULL) {
        memset(reader, 0, store->reader_class.size);
    }
    return reader;
}

/* What can be done about a transaction that did not begin: OK to try again. Outside the gate. */
static pte_status recover_read(pte__store *store, int rc, bool *checked, pte_error *error) {
    if (rc == MDB_MAP_RESIZED) {
        return follow_map(store, error);
    }
    if (rc == MDB_READERS_FULL && !*checked) {
        int dead = 0;
        (void)mdb_reader_check(store->lmdb, &dead);
        *checked = true;
        return PTE_OK;
    }
    return pte__fail_lmdb(error, rc, "beginning a snapshot");
}

pte_status pte__reader_acquire(pte__reader **out, pte__store *store, pte_error *error) {
    *out = NULL;
    pte__reader *reader = enter_with_idle(store);
    if (PTE__UNLIKELY(reader == NULL)) {
        reader = make_reader(store);
        if (reader == NULL) {
            pte__gate_leave(&store->gate);
            return pte__fail_memory(error);
        }
    }
    bool checked = false;
    int rc = begin_read(store, reader);
    while (PTE__UNLIKELY(rc != 0)) {
        pte__gate_leave(&store->gate);
        pte_status status = recover_read(store, rc, &checked, error);
        if (status != PTE_OK) {
            free_reader(store, reader);
            return status;
        }
        pte__gate_enter(&store->gate);
        rc = begin_read(store, reader);
    }
    *out = reader;
    return PTE_OK;
}

void pte__reader_release(pte__store *store, pte__reader *reader) {
    mdb_txn_reset(reader->txn);
    pte__gate_lock_and_leave(&store->gate);
    reader->next = store->idle_readers;
    store->idle_readers = reader;
    pte__gate_unlock(&store->gate);
}

pte_status pte__store_begin_write(MDB_txn **txn, pte__store *store, pte_error *error) {
    for (;;) {
        pte__gate_enter(&store->gate);
        pte__home_take_turn(&store->home);
        int rc = mdb_txn_begin(store->lmdb, NULL, 0, txn);
        if (rc == 0) {
            pte__headroom_keep(&store->headroom, store->lmdb, store->page_bytes);
            pte_status status = pte__room_begin(&store->room, store->lmdb, error);
            if (status != PTE_OK) {
                mdb_txn_abort(*txn);
                *txn = NULL;
                pte__store_end_write(store);
            }
            return status;
        }
        *txn = NULL;
        pte__store_end_write(store);
        if (rc != MDB_MAP_RESIZED) {
            return pte__fail_lmdb(error, rc, "beginning a write");
        }
        pte_status status = follow_map(store, error);
        if (status != PTE_OK) {
            return status;
        }
    }
}

/* Why the file system may have cut a write short: it, or a limit on file sizes, has no room. */
static int cause_of_short_write(const pte__store *store) {
    struct stat found;
    int fd;
    if (mdb_env_get_fd(store->lmdb, &fd) != 0 || fstat(fd, &found) != 0) {
        return EIO;
    }
    int rc = posix_fallocate(fd, found.st_size, (off_t)store->page_bytes);
    return rc == ENOSPC || rc == EFBIG || rc == EDQUOT ? rc : EIO;
}

int pte__store_commit(const pte__store *store, MDB_txn *txn) {
    int rc = mdb_txn_commit(txn);
    return rc == EIO ? cause_of_short_write(store) : rc;
}

void pte__store_end_write(pte__store *store) {
    pte__home_end_turn(&store->home);
    pte__gate_leave(&store->gate);
}
