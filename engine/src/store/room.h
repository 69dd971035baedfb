/*
 * Room on the file system for a database in memory.
 *
 * Such a database is written through the map (MDB_WRITEMAP), where a full file system is no error
 * of a system call but a SIGBUS. So its pages are allocated before they are written: a transaction
 * says how many pages it may need at most before each change, and gets DATABASE_FULL where the file
 * system has no room. Other databases are written by pwrite, which reports that itself; for them
 * everything here is a no-op. Used under the committer only.
 */
#ifndef PTE_STORE_ROOM_H
#define PTE_STORE_ROOM_H

#include "base/error.h"

#include <lmdb.h>

typedef struct pte__room {
    bool needed;
    int fd; /* LMDB's own, borrowed */
    size_t page_bytes;
    size_t map_pages;
    size_t allocated_pages; /* from the start of the file */
    /* Of the transaction under way: */
    size_t first_pages;    /* used when it began, and what the commit itself needs */
    size_t overflow_pages; /* asked for, for values that do not fit into a tree's pages */
    size_t claimed_pages;  /* the end of what it may reach, at most */
} pte__room;

/* Errors: DATABASE_FULL, IO. */
PTE_CHECKED pte_status pte__room_init(pte__room *room, MDB_env *lmdb, pte_error *error);

/* A write transaction begins. Errors: DATABASE_FULL. */
PTE_CHECKED pte_status pte__room_begin(pte__room *room, MDB_env *lmdb, pte_error *error);

/* Before a change that makes at most so many pages in trees and for one value. The common case. */
static inline bool pte__room_has(pte__room *room, size_t tree_pages, size_t overflow_pages) {
    room->overflow_pages += overflow_pages;
    room->claimed_pages += tree_pages + overflow_pages;
    return PTE__LIKELY(room->claimed_pages <= room->allocated_pages);
}

/*
 * The other case. live_pages: all pages of all trees now. A transaction's new tree pages are among
 * them, or were and are used again before the file grows; so it can reach no further than that many
 * pages, and sums of worst cases need not be believed.
 * Errors: DATABASE_FULL, IO.
 */
PTE_CHECKED pte_status pte__room_make(pte__room *room, size_t live_pages, size_t tree_pages,
                                      pte_error *error);

#endif
