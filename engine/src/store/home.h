/*
 * The directory a database lives in: whether it may be opened, where a database in memory puts its
 * files for a moment, and the mark that a process has it open.
 */
#ifndef PTE_STORE_HOME_H
#define PTE_STORE_HOME_H

#include "base/error.h"

enum { PTE__HOME_PATH_MAX = 4096 };

#define PTE__DATA_FILE "data.mdb"
#define PTE__LOCK_FILE "lock.mdb"
#define PTE__PARTIAL_FILE "data.mdb.partial"

typedef struct pte__home {
    char path[PTE__HOME_PATH_MAX];
    int mark_fd;        /* holds the mark; -1: none */
    bool fresh;         /* there is no data yet */
    bool locked_before; /* LMDB's lock file was there: another process may be using the database */
} pte__home;

/*
 * Looks at directory path, making it if it is missing (unless must_exist), and says whether it may
 * be opened: it is empty, or its data file is one of LMDB's. Nothing else is changed.
 * Errors: INVALID_ARGUMENT (path too long), IO, NOT_A_DATABASE, BUSY (open in this process).
 */
PTE_CHECKED pte_status pte__home_enter(pte__home *home, const char *path, bool must_exist,
                                       bool read_only, pte_error *error);

/* Makes a directory for a database in memory, below parent or, if that is NULL or "", where memory
 * is fastest. Errors: INVALID_ARGUMENT, IO. */
PTE_CHECKED pte_status pte__home_enter_memory(pte__home *home, const char *parent,
                                              pte_error *error);

/*
 * Reserves disk space for LMDB's lock file with so many readers. LMDB writes it through a map,
 * where a full disk is a SIGBUS. Errors: DATABASE_FULL, IO.
 */
PTE_CHECKED pte_status pte__home_reserve_lock(const pte__home *home, unsigned readers_max,
                                              pte_error *error);

/*
 * After an open that failed: empties a data file that was made and whose head could not be written
 * in full, so that it is not taken for something else's when there is room.
 */
void pte__home_abandon(const pte__home *home);

/* Unlinks the files and the directory of a database in memory; they live on while open. */
void pte__home_unlink(pte__home *home);

/*
 * Waits for this process's turn to write, and ends it. LMDB's own lock keeps writers apart; this
 * one keeps them from waiting for that. For where a process is killed between giving LMDB's mutex
 * back and waking who waits for it, and a third takes it in between, nobody ever wakes the waiter:
 * the kernel does so only if the mutex is still free. A lock of the kernel's own has no such gap.
 * Where there are no such locks, and in memory, both do nothing.
 */
void pte__home_take_turn(const pte__home *home);
void pte__home_end_turn(const pte__home *home);

/* Gives the mark back. A home that was never entered must be {.mark_fd = -1}. */
void pte__home_leave(pte__home *home);

#endif
