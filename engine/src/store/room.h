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
    size_t allocated_pages; /* from the start of the file */
    size_t map_pages;
    size_t claimed_pages; /* by the transaction under way: end of what it may reach */
} pte__room;

/* Errors: DATABASE_FULL, IO. */
PTE_CHECKED pte_status pte__room_init(pte__room *room, MDB_env *lmdb, pte_error *error);

/* A write transaction begins. */
void pte__room_begin(pte__room *room, MDB_env *lmdb);

/*
 * Makes sure of pages more. Errors: DATABASE_FULL, IO.
 */
PTE_CHECKED pte_status pte__room_claim_slowly(pte__room *room, size_t pages, pte_error *error);

PTE_CHECKED static inline pte_status pte__room_claim(pte__room *room, size_t pages,
                                                     pte_error *error) {
    if (!room->needed) {
        return PTE_OK;
    }
    room->claimed_pages += pages;
    if (PTE__LIKELY(room->claimed_pages <= room->allocated_pages)) {
        return PTE_OK;
    }
    return pte__room_claim_slowly(room, pages, error);
}

#endif
