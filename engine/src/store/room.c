/* Room on the file system. */
#include "store/room.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

enum {
    /* What a commit itself writes: the sub-databases' records, the list of free pages. */
    COMMIT_PAGES = 48,
    /* And where many pages become free at once, their numbers, 8 bytes each: a page for every 512
     * of all there are. LMDB may write the list again when it has grown, and what is added is on
     * it. */
    PAGES_A_LIST_PAGE = 512 / 4,
    /* More than is asked for, so that it is not asked often: this, or an eighth of what there is.
     */
    STEP_PAGES_MIN = 64,
    /* For the trees' pages of changes that free something when there is no room. */
    SLACK_PAGES = 128,
};

static size_t used_pages(MDB_env *lmdb) {
    MDB_envinfo info;
    return mdb_env_info(lmdb, &info) == 0 ? info.me_last_pgno + 1 : 0;
}

static int allocate(const pte__room *room, size_t pages) {
    if (room->of_file) {
        return ENOSPC;
    }
    off_t from = (off_t)(room->allocated_pages * room->page_bytes);
    off_t len = (off_t)((pages - room->allocated_pages) * room->page_bytes);
    int rc;
    do {
        rc = posix_fallocate(room->fd, from, len);
    } while (rc == EINTR);
    return rc;
}

static size_t within_map(const pte__room *room, size_t pages) {
    return pages < room->map_pages ? pages
                                   : room->map_pages; /* LMDB itself refuses to go further */
}

/* Allocates so many pages, and a step more where the file system has it; 0 or an errno. */
static int allocate_up_to(pte__room *room, size_t pages) {
    size_t needed = within_map(room, pages);
    if (needed <= room->allocated_pages) {
        return 0;
    }
    size_t step =
        room->allocated_pages / 8 > STEP_PAGES_MIN ? room->allocated_pages / 8 : STEP_PAGES_MIN;
    size_t wanted = within_map(room, needed + step);
    int rc = allocate(room, wanted);
    if (rc == ENOSPC) {
        wanted = needed;
        rc = allocate(room, wanted);
    }
    if (rc == 0) {
        room->allocated_pages = wanted;
    }
    return rc;
}

pte_status pte__room_init(pte__room *room, MDB_env *lmdb, pte_error *error) {
    MDB_stat stat;
    MDB_envinfo info;
    int rc = mdb_env_get_fd(lmdb, &room->fd);
    if (rc != 0 || mdb_env_stat(lmdb, &stat) != 0 || mdb_env_info(lmdb, &info) != 0) {
        return pte__fail(error, PTE_IO, "the database in memory cannot be measured");
    }
    room->needed = true;
    room->page_bytes = stat.ms_psize;
    room->map_pages = info.me_mapsize / stat.ms_psize;
    room->allocated_pages = 0;
    pte__room_begin(room, lmdb);
    rc = allocate_up_to(room, room->first_pages + room->slack_pages);
    return rc == 0 ? PTE_OK : pte__fail_os(error, rc, "no room for a database in memory");
}

void pte__room_of_file(pte__room *room, MDB_env *lmdb, bool needed, size_t file_bytes) {
    MDB_stat stat;
    MDB_envinfo info;
    room->of_file = true;
    room->needed = needed && mdb_env_get_fd(lmdb, &room->fd) == 0 &&
                   mdb_env_stat(lmdb, &stat) == 0 && mdb_env_info(lmdb, &info) == 0;
    if (room->needed) {
        room->page_bytes = stat.ms_psize;
        room->map_pages = info.me_mapsize / stat.ms_psize;
        room->allocated_pages = file_bytes / stat.ms_psize;
    }
}

void pte__room_begin(pte__room *room, MDB_env *lmdb) {
    if (!room->needed) {
        return;
    }
    size_t used = used_pages(lmdb);
    size_t commit = COMMIT_PAGES + used / PAGES_A_LIST_PAGE;
    room->first_pages = used + commit;
    room->slack_pages = commit + SLACK_PAGES;
    room->overflow_pages = 0;
    room->claimed_pages = room->first_pages;
}

/* The sum of the counts that the rows of LMDB's list of free pages begin with, for those that
 * became free before the last commit. */
static size_t sum_free_pages(MDB_txn *snapshot) {
    size_t pages = 0;
    MDB_cursor *cursor;
    MDB_val key;
    MDB_val value;
    if (mdb_cursor_open(snapshot, 0, &cursor) != 0) {
        return 0;
    }
    while (mdb_cursor_get(cursor, &key, &value, MDB_NEXT) == 0) {
        size_t freed_by;
        size_t count;
        memcpy(&freed_by, key.mv_data, sizeof freed_by);
        memcpy(&count, value.mv_data, sizeof count);
        pages += freed_by < mdb_txn_id(snapshot) ? count : 0;
    }
    mdb_cursor_close(cursor);
    return pages;
}

/*
 * Free pages that the write transaction under way may use where no snapshot is open. LMDB shows the
 * list, its sub-database 0, to a transaction that only reads; one that begins now pins nothing that
 * the writer could use.
 */
static size_t free_pages(MDB_txn *txn) {
    MDB_txn *snapshot;
    if (mdb_txn_begin(mdb_txn_env(txn), NULL, MDB_RDONLY, &snapshot) != 0) {
        return 0;
    }
    size_t pages = sum_free_pages(snapshot);
    mdb_txn_abort(snapshot);
    return pages;
}

/*
 * Whether the claim can be met from within the file. Values that need several pages in a row, and
 * the commit, are still taken to go behind its end.
 */
static bool fits_inside(const pte__room *room, MDB_txn *txn, const pte__room_claim *claim) {
    size_t end = room->first_pages + room->overflow_pages;
    size_t single = room->claimed_pages - end;
    size_t free = claim->alone ? free_pages(txn) : 0;
    if (claim->frees) {
        end += single > free ? single - free : 0;
    } else if (single + COMMIT_PAGES > free) {
        return false;
    }
    return end <= room->allocated_pages;
}

pte_status pte__room_make(pte__room *room, MDB_txn *txn, const pte__room_claim *claim,
                          pte_error *error) {
    size_t reach = room->first_pages + room->overflow_pages + claim->live_pages + claim->tree_pages;
    if (reach < room->claimed_pages) {
        room->claimed_pages = reach;
    }
    size_t needed = room->claimed_pages + (claim->frees ? 0 : room->slack_pages);
    int rc = allocate_up_to(room, needed);
    if (room->of_file && claim->frees) {
        return PTE_OK; /* worst cases may not fit where the change does, and no harm is done */
    }
    if (rc == 0 || (rc == ENOSPC && fits_inside(room, txn, claim))) {
        return PTE_OK;
    }
    room->claimed_pages -= claim->tree_pages + claim->overflow_pages;
    room->overflow_pages -= claim->overflow_pages;
    return pte__fail_os(error, rc, "no room for %zu more bytes",
                        (within_map(room, needed) - room->allocated_pages) * room->page_bytes);
}
