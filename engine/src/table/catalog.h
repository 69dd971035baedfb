/*
 * The catalog: rows in the sub-database of that name, and this process's cache of them as schemas.
 *
 *   't' | table name       the table's row (schema_row.c)
 *   's' | table name | begun (8)   a stream of changes of a table of that name (stream_row.h)
 *   'o' | id (4)           owner of an id in use: its kind (1) | table name
 *   'r' | id (4)           an id that was dropped and whose entries are to be reclaimed: kind (1)
 *
 * Every change of a definition raises the number "generation" in `meta`, and the row's version is
 * the generation that it was written at. A cached schema that was checked at generation g is right
 * for every snapshot from its version to g, and for later ones once it was compared with the row
 * again; so no snapshot, of whatever process, is served a stale definition.
 */
#ifndef PTE_TABLE_CATALOG_H
#define PTE_TABLE_CATALOG_H

#include "store/store.h"
#include "table/schema.h"

#include <pthread.h>

/* What an id stands for: where its entries lie. */
typedef enum pte__id_kind {
    PTE__ID_TABLE = 't',
    PTE__ID_INDEX = 'i',
    PTE__ID_EXPIRY = 'e',
} pte__id_kind;

enum { PTE__STREAM_TIME_BYTES = 8 };
enum { PTE__CATALOG_KEY_MAX = 1 + PTE_TABLE_NAME_BYTES_MAX + PTE__STREAM_TIME_BYTES };

/* Keys of catalog rows; out has PTE__CATALOG_KEY_MAX bytes. name is not longer than allowed. */
pte_bytes pte__catalog_table_key(uint8_t *out, pte_bytes name);
pte_bytes pte__catalog_stream_key(uint8_t *out, pte_bytes name, int64_t begun_ms);
pte_bytes pte__catalog_owner_key(uint8_t *out, uint32_t id);
pte_bytes pte__catalog_retired_key(uint8_t *out, uint32_t id);

/* The sub-database that the entries of an id lie in. */
pte__db pte__id_db(pte__id_kind kind);

typedef struct pte__catalog_entry pte__catalog_entry;

/* Internally locked (its own mutex, nothing else is taken under it). */
typedef struct pte__catalog {
    pte_allocator allocator;
    pthread_mutex_t mutex;
    pte__catalog_entry **buckets;
    size_t bucket_count;
    size_t entry_count;
    size_t known_txn_id;       /* this process's newest commit, 0: none yet */
    uint64_t known_generation; /* at that */
} pte__catalog;

/* Errors: OUT_OF_MEMORY. */
PTE_CHECKED pte_status pte__catalog_init(pte__catalog *catalog, const pte_allocator *allocator,
                                         pte_error *error);
void pte__catalog_clean_up(pte__catalog *catalog);

/*
 * The schema of a table as txn sees it, whose generation the caller read in it; the caller owns a
 * reference. Not for a transaction that has changed the catalog itself.
 * Errors: TABLE_NOT_FOUND, CORRUPT, IO, OUT_OF_MEMORY.
 */
PTE_CHECKED pte_status pte__catalog_find(pte__schema **schema, pte__catalog *catalog,
                                         const pte__store *store, MDB_txn *txn, uint64_t generation,
                                         pte_bytes name, pte_error *error);

/* The same without the cache, for a transaction that has. */
PTE_CHECKED pte_status pte__catalog_read(pte__schema **schema, const pte__catalog *catalog,
                                         const pte__store *store, MDB_txn *txn, pte_bytes name,
                                         pte_error *error);

/* Takes note of the generation that a commit of this process left; most snapshots are of such. */
void pte__catalog_note_generation(pte__catalog *catalog, size_t txn_id, uint64_t generation);

/* Whether the generation of a transaction is the noted one: it is given. */
bool pte__catalog_known_generation(uint64_t *generation, pte__catalog *catalog, size_t txn_id);

/* Forgets what is cached of a table that was dropped, so that the names of dropped tables do not
 * pile up. It may be cached again, for snapshots that still have it. */
void pte__catalog_forget(pte__catalog *catalog, pte_bytes name);

#endif
