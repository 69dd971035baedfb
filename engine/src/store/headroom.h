/*
 * Headroom: the file of a database on disk is kept a little longer than LMDB has used of it.
 *
 * A commit whose pages lie behind the file's end makes the file system change the file's size and
 * extents and write its journal, within the fdatasync that the writers wait for. Pages in a part
 * that was written before, with zeros, cost only themselves: measured with eight writers inserting,
 * a commit takes four fifths of the time.
 *
 * And where the disk is full, what is left of it is what changes that free something need: LMDB
 * copies pages before it frees others. room.h sees to it that no other change takes it.
 *
 * Used under LMDB's writer lock only, so no other process can be about to write there.
 */
#ifndef PTE_STORE_HEADROOM_H
#define PTE_STORE_HEADROOM_H

#include "base/error.h"

#include <lmdb.h>

typedef struct pte__headroom {
    bool wanted;
    bool refused;      /* the file could not be made as long as it should be */
    size_t file_bytes; /* the file has at least this length */
} pte__headroom;

/* To be called when a write transaction has just begun. A failure is none: LMDB meets it itself. */
void pte__headroom_keep(pte__headroom *headroom, MDB_env *lmdb, size_t page_bytes);

#endif
