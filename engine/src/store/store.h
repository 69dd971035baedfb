/*
 * The store: LMDB's environment with its fixed set of sub-databases, the size of its map, and the
 * pool of read transactions. Above it nobody opens, sizes or locks anything.
 *
 * Locks, in the order they are taken: committer, gate. Neither is held during a callback.
 */
#ifndef PTE_STORE_STORE_H
#define PTE_STORE_STORE_H

#include "base/memory.h"
#include "store/gate.h"
#include "store/headroom.h"
#include "store/home.h"
#include "store/room.h"
#include "store/tree.h"

#include <pocketable/engine/env.h>

#include <lmdb.h>

enum {
    PTE__FORMAT_VERSION = 2,
    PTE__HASH_SECRET_BYTES = 192, /* XXH3 takes 136 or more */
};

/* The sub-databases, opened once. X(symbol, name in LMDB). */
#define PTE__DB_MAP(X)                                                                             \
    X(META, "meta")                                                                                \
    X(CATALOG, "catalog")                                                                          \
    X(ITEMS, "items")                                                                              \
    X(INDEX, "index")                                                                              \
    X(CHANGES, "changes")                                                                          \
    X(EXPIRY, "expiry")                                                                            \
    X(LONG, "long")

typedef enum pte__db {
#define PTE__DB_ENUM(symbol, name) PTE__DB_##symbol,
    PTE__DB_MAP(PTE__DB_ENUM)
#undef PTE__DB_ENUM
        PTE__DB_COUNT
} pte__db;

/*
 * A pooled read transaction. The layer above embeds it at the start of its own struct, whose size
 * and clean-up it tells the store; the rest of that struct is zero when it is made.
 */
typedef struct pte__reader {
    MDB_txn *txn;
    struct pte__reader *next; /* in the pool */
} pte__reader;

typedef struct pte__reader_class {
    size_t size;
    void (*clean_up)(pte__reader *reader); /* before its transaction is aborted */
} pte__reader_class;

typedef struct pte__store {
    pte_allocator allocator;
    MDB_env *lmdb;
    MDB_dbi dbi[PTE__DB_COUNT];
    pte_durability durability;
    bool read_only;
    bool map_fixed; /* the caller set map_bytes_max: do not grow past it */
    bool map_lost;  /* mapping it anew has failed: LMDB must not touch it again; set in the gate */
    size_t page_bytes;
    uint8_t hash_secret[PTE__HASH_SECRET_BYTES];
    pte__home home;
    pte__gate gate;
    pte__room room;         /* memory */
    pte__headroom headroom; /* durable */
    pte__reader_class reader_class;
    pte__reader *idle_readers; /* the gate's mutex guards them */
    size_t idle_count;
} pte__store;

/*
 * Opens the database as pte_env_open says. store is the caller's, {0} before.
 * Errors: those of pte_env_open.
 */
PTE_CHECKED pte_status pte__store_open(pte__store *store, const char *path,
                                       const pte_env_options *options,
                                       const pte__reader_class *reader_class, pte_error *error);
void pte__store_close(pte__store *store);

static inline pte__tree pte__store_tree(const pte__store *store, MDB_txn *txn, pte__db db) {
    return (pte__tree){txn, store->dbi[db], store->dbi[PTE__DB_LONG]};
}

/*
 * Takes a read transaction from the pool (or makes one) and renews it.
 * Errors: OUT_OF_MEMORY, BUSY (every slot is taken), IO.
 */
PTE_CHECKED pte_status pte__reader_acquire(pte__reader **reader, pte__store *store,
                                           pte_error *error);
void pte__reader_release(pte__store *store, pte__reader *reader);

/*
 * The first entry at or behind *key, in a transaction of either kind: key and value view the map.
 * LMDB's result, which is MDB_NOTFOUND behind the last entry.
 */
int pte__store_first(MDB_val *key, MDB_val *value, MDB_txn *txn, MDB_dbi db);

/*
 * Begins LMDB's write transaction, inside the gate; follows the map's size if another process made
 * it larger. Ends with pte__store_end_write after commit or abort.
 * Errors: IO, BUSY, OUT_OF_MEMORY.
 */
PTE_CHECKED pte_status pte__store_begin_write(MDB_txn **txn, pte__store *store, pte_error *error);

/*
 * Commits, whatever comes of it the transaction ends; LMDB's result. A write that the file system
 * cut short, which LMDB reports as EIO, gives the reason if that is a lack of room.
 */
int pte__store_commit(const pte__store *store, MDB_txn *txn);
void pte__store_end_write(pte__store *store);

/*
 * Doubles the map, where the caller set no limit and the address space allows, when all snapshots
 * have ended, for which it waits wait_ms. Not inside the gate.
 * Errors: DATABASE_FULL, BUSY (a snapshot stays open).
 */
PTE_CHECKED pte_status pte__store_grow(pte__store *store, unsigned wait_ms, pte_error *error);

#endif
