/* Room on the file system for a database in memory. */
#include "store/room.h"

#include <errno.h>
#include <fcntl.h>

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
};

static size_t used_pages(MDB_env *lmdb) {
    MDB_envinfo info;
    return mdb_env_info(lmdb, &info) == 0 ? info.me_last_pgno + 1 : 0;
}

static int allocate(const pte__room *room, size_t pages) {
    off_t from = (off_t)(room->allocated_pages * room->page_bytes);
    off_t len = (off_t)((pages - room->allocated_pages) * room->page_bytes);
    int rc;
    do {
        rc = posix_fallocate(room->fd, from, len);
    } while (rc == EINTR);
    return rc;
}

/* Allocates up to the claim, and a step more where the file system has it. */
static pte_status allocate_claim(pte__room *room, pte_error *error) {
    /* Never past the map: LMDB itself refuses to go there. */
    size_t needed = room->claimed_pages < room->map_pages ? room->claimed_pages : room->map_pages;
    if (needed <= room->allocated_pages) {
        return PTE_OK;
    }
    size_t step =
        room->allocated_pages / 8 > STEP_PAGES_MIN ? room->allocated_pages / 8 : STEP_PAGES_MIN;
    size_t wanted = needed + step < room->map_pages ? needed + step : room->map_pages;
    int rc = allocate(room, wanted);
    if (rc == ENOSPC) {
        wanted = needed;
        rc = allocate(room, wanted);
    }
    if (rc != 0) {
        return pte__fail_os(error, rc, "no room for %zu more bytes of a database in memory",
                            (needed - room->allocated_pages) * room->page_bytes);
    }
    room->allocated_pages = wanted;
    return PTE_OK;
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
    return pte__room_begin(room, lmdb, error);
}

pte_status pte__room_begin(pte__room *room, MDB_env *lmdb, pte_error *error) {
    if (!room->needed) {
        return PTE_OK;
    }
    size_t used = used_pages(lmdb);
    room->first_pages = used + COMMIT_PAGES + used / PAGES_A_LIST_PAGE;
    room->overflow_pages = 0;
    room->claimed_pages = room->first_pages;
    return allocate_claim(room, error);
}

pte_status pte__room_make(pte__room *room, size_t live_pages, size_t tree_pages, pte_error *error) {
    size_t reach = room->first_pages + room->overflow_pages + live_pages + tree_pages;
    if (reach < room->claimed_pages) {
        room->claimed_pages = reach;
    }
    return allocate_claim(room, error);
}
