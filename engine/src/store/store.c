/* Opening and closing LMDB's environment, and the size of its map. */
#include "store/store.h"

#include "base/endian.h"
#include "store/lmdb_error.h"
#include "store/store_format.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
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
    FOLLOW_WAIT_MS = 2000, /* for snapshots to end; longer would look like a deadlock */
    IDLE_READERS_MAX = 16,
};

/*
 * Not MDB_WRITEMAP for a relaxed database, though its writes would be two to three times as fast:
 * LMDB 0.9.24, compiled without a barrier before the transaction's number is stored (x86), may
 * store parts of its newest root record after it. A process that is killed in between leaves the
 * new number with an old root: an acknowledged write is lost, and changes after it end in an
 * assertion of LMDB's. The one write() of a root record is whole or absent.
 */
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
    if (rc == EACCES || rc == EROFS) {
        return pte__fail_os(error, rc, "%s (its " PTE__LOCK_FILE " is written to even by readers)",
                            store->home.path);
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
 * also be whole.) Allocating the last byte never makes a file shorter, even if another process is
 * writing; ftruncate could.
 */
static pte_status fill_up_short_file(const pte__store *store, pte_error *error) {
    MDB_envinfo info;
    struct stat found;
    if (mdb_env_info(store->lmdb, &info) != 0 || fstat(store->home.mark_fd, &found) != 0) {
        return pte__fail_os(error, errno, "%s", store->home.path);
    }
    off_t used = (off_t)((info.me_last_pgno + 1) * store->page_bytes);
    if (found.st_size >= used) {
        return PTE_OK;
    }
    int rc = posix_fallocate(store->home.mark_fd, used - 1, 1);
    if (rc == EBADF) {
        return pte__fail(error, PTE_CORRUPT,
                         "%s/" PTE__DATA_FILE " has %lld bytes, its header says %lld; it may be "
                         "whole, which opening it for writing would show",
                         store->home.path, (long long)found.st_size, (long long)used);
    }
    return rc == 0 ? PTE_OK : pte__fail_os(error, rc, "%s", store->home.path);
}

/*
 * Whether the format is ours is looked at in an environment that takes no locks and writes nothing,
 * so that what is refused stays untouched; a short file must be filled up first.
 */
static pte_status expect_format(pte__store *store, const pte_env_options *options,
                                pte_error *error) {
    if (store->home.fresh) {
        return PTE_OK;
    }
    unsigned flags = MDB_RDONLY | (store->home.locked_before ? 0 : MDB_NOLOCK);
    pte_status status = open_lmdb(store, options, flags, error);
    if (status == PTE_OK) {
        status = fill_up_short_file(store, error);
        if (status == PTE_OK) {
            status = pte__store_check_format(store, error);
        }
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
    if (status == PTE_OK && store->durability == PTE_MEMORY) {
        pte__home_unlink(&store->home); /* at once: what kills the process now leaves nothing */
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
        .headroom = {.wanted = options->durability != PTE_MEMORY},
        .reader_class = *reader_class,
    };
    pte_status status = pte__gate_init(&store->gate, error);
    if (status != PTE_OK) {
        return status;
    }
    status = enter_home(store, path, options, error);
    if (status == PTE_OK) {
        status = open_environment(store, options, error);
        if (store->durability == PTE_MEMORY && status != PTE_OK) {
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

/*
 * Maps the file anew with more bytes; the gate is closed. LMDB gives up its old mapping first and
 * cannot go back to it, so whether there is room is found out before.
 */
static int remap(pte__store *store, size_t map_bytes) {
    void *probe =
        mmap(NULL, map_bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (probe == MAP_FAILED) {
        return ENOMEM;
    }
    (void)munmap(probe, map_bytes);
    int rc = mdb_env_set_mapsize(store->lmdb, map_bytes);
    store->map_lost = rc != 0;
    return rc;
}

/*
 * Another process has written behind the end of our map: doubles that until it is in. (The other's
 * map may be larger still, too large for us.) Not inside the gate.
 */
static pte_status follow_map(pte__store *store, pte_error *error) {
    if (!pte__gate_close(&store->gate, FOLLOW_WAIT_MS)) {
        return pte__fail(error, PTE_BUSY,
                         "another process has enlarged the map, and a snapshot of this one stays "
                         "open, so it cannot follow");
    }
    MDB_envinfo info;
    int rc = mdb_env_info(store->lmdb, &info);
    if (rc == 0) {
        size_t map_bytes = info.me_mapsize;
        while (map_bytes / store->page_bytes <= info.me_last_pgno && map_bytes <= SIZE_MAX / 2) {
            map_bytes *= 2;
        }
        rc = map_bytes != info.me_mapsize ? remap(store, map_bytes) : 0;
    }
    pte__gate_open(&store->gate);
    return rc == 0 ? PTE_OK : pte__fail_lmdb(error, rc, "enlarging the map");
}

pte_status pte__store_grow(pte__store *store, unsigned wait_ms, pte_error *error) {
    MDB_envinfo info;
    if (store->map_fixed || store->durability == PTE_MEMORY ||
        mdb_env_info(store->lmdb, &info) != 0 || info.me_mapsize > SIZE_MAX / 2) {
        return pte__fail(error, PTE_DATABASE_FULL, "the map has no free page left");
    }
    if (!pte__gate_close(&store->gate, wait_ms)) {
        return pte__fail(error, PTE_BUSY,
                         "the map must grow, and cannot while a snapshot of this process is open");
    }
    int rc = remap(store, info.me_mapsize * 2);
    pte__gate_open(&store->gate);
    return rc == 0 ? PTE_OK : pte__fail_lmdb(error, MDB_MAP_FULL, "enlarging the map");
}

/* Begins or renews a read transaction, once. */
static int begin_read(pte__store *store, pte__reader *reader) {
    if (PTE__UNLIKELY(store->map_lost)) {
        return ENOMEM;
    }
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
        store->idle_count--;
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
    bool keep = store->idle_count < IDLE_READERS_MAX;
    if (PTE__LIKELY(keep)) {
        reader->next = store->idle_readers;
        store->idle_readers = reader;
        store->idle_count++;
    }
    pte__gate_unlock(&store->gate);
    if (PTE__UNLIKELY(!keep)) {
        free_reader(store, reader);
    }
}

/* A write transaction has begun. On disk room is looked after only while there is no more of it. */
static void keep_room(pte__store *store) {
    const pte__headroom *headroom = &store->headroom;
    pte__headroom_keep(&store->headroom, store->lmdb, store->page_bytes);
    if (headroom->wanted && (headroom->refused || store->room.needed)) {
        pte__room_of_file(&store->room, store->lmdb, headroom->refused, headroom->file_bytes);
    }
    pte__room_begin(&store->room, store->lmdb);
}

pte_status pte__store_begin_write(MDB_txn **txn, pte__store *store, pte_error *error) {
    for (;;) {
        pte__gate_enter(&store->gate);
        pte__home_take_turn(&store->home);
        int rc = store->map_lost ? ENOMEM : mdb_txn_begin(store->lmdb, NULL, 0, txn);
        if (rc == 0) {
            keep_room(store);
            return PTE_OK;
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

int pte__store_first(MDB_val *key, MDB_val *value, MDB_txn *txn, MDB_dbi db) {
    MDB_cursor *cursor;
    int rc = mdb_cursor_open(txn, db, &cursor);
    if (rc == 0) {
        rc = mdb_cursor_get(cursor, key, value, MDB_SET_RANGE);
        mdb_cursor_close(cursor);
    }
    return rc;
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
