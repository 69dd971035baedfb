/*
 * Room on the file system: for a database in memory always, for one on disk while its disk is full.
 *
 * A database in memory is written through the map (MDB_WRITEMAP), where a full file system is no
 * error of a system call but a SIGBUS. So its pages are allocated before they are written: a
 * transaction says how many pages it may need at most before each change, and gets DATABASE_FULL
 * where the file system has no room. When that has none, two things still go on: changes that free
 * something have a slack that others leave to them, and others go on if LMDB has enough free pages
 * for them that no snapshot can need. Databases on disk are written by pwrite, which reports a full
 * disk itself; for them everything here is a no-op until their headroom cannot be renewed, and what
 * is left of it is then given to changes as said. Used under the committer only.
 */
#ifndef PTE_STORE_ROOM_H
#define PTE_STORE_ROOM_H

#include "base/error.h"

#include <lmdb.h>

typedef struct pte__room {
    bool needed;
    bool of_file; /* on disk: nobody but its headroom makes the file longer */
    int fd;       /* LMDB's own, borrowed */
    size_t page_bytes;
    size_t map_pages;
    size_t allocated_pages; /* from the start of the file */
    /* Of the transaction under way: */
    size_t first_pages;    /* used when it began, and what the commit itself needs */
    size_t slack_pages;    /* left to changes that free something */
    size_t overflow_pages; /* asked for, for values that do not fit into a tree's pages */
    size_t claimed_pages;  /* the end of what it may reach, at most */
} pte__room;

/* What a change may need at most, and what is known when it does. */
typedef struct pte__room_claim {
    size_t tree_pages;
    size_t overflow_pages;
    bool frees;        /* it may use the slack */
    size_t live_pages; /* all pages of all trees now */
    bool alone;        /* no snapshot is open */
} pte__room_claim;

/* Errors: DATABASE_FULL, IO. */
PTE_CHECKED pte_status pte__room_init(pte__room *room, MDB_env *lmdb, pte_error *error);

/* For a database on disk whose file has this length: whether it is needed now. */
void pte__room_of_file(pte__room *room, MDB_env *lmdb, bool needed, size_t file_bytes);

/* A write transaction begins. */
void pte__room_begin(pte__room *room, MDB_env *lmdb);

/* Whether there is room for a change without further ado: the common case. live_pages and alone are
 * not looked at. */
static inline bool pte__room_has(pte__room *room, const pte__room_claim *claim) {
    room->overflow_pages += claim->overflow_pages;
    room->claimed_pages += claim->tree_pages + claim->overflow_pages;
    size_t slack = claim->frees ? 0 : room->slack_pages;
    return PTE__LIKELY(room->claimed_pages + slack <= room->allocated_pages);
}

/*
 * The other case. A transaction's new tree pages are among the live ones, or were and are used
 * again before the file grows; so it can reach no further than that many pages, and sums of worst
 * cases need not be believed.
 * Errors: DATABASE_FULL, IO.
 */
PTE_CHECKED pte_status pte__room_make(pte__room *room, MDB_txn *txn, const pte__room_claim *claim,
                                      pte_error *error);

#endif
