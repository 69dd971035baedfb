/* Catalog rows and their cache. */
#include "table/catalog.h"

#include "base/endian.h"
#include "store/lmdb_error.h"

#include <stdlib.h>
#include <xxhash.h>

enum { BUCKETS_MIN = 64, ENTRIES_MAX = 20000 };

struct pte__catalog_entry {
    pte__catalog_entry *next; /* in its bucket */
    uint64_t hash;
    uint64_t checked; /* the newest generation that the schema was compared at */
    pte__schema *schema;
};

static pte_bytes key_of(uint8_t *out, char kind, const void *rest, size_t len) {
    out[0] = (uint8_t)kind;
    if (len != 0) {
        memcpy(out + 1, rest, len);
    }
    return (pte_bytes){out, len + 1};
}

static pte_bytes id_key(uint8_t *out, char kind, uint32_t id) {
    uint8_t bytes[4];
    pte__put_u32(bytes, id);
    return key_of(out, kind, bytes, sizeof bytes);
}

pte_bytes pte__catalog_table_key(uint8_t *out, pte_bytes name) {
    return key_of(out, 't', name.data, name.len);
}

pte_bytes pte__catalog_stream_key(uint8_t *out, pte_bytes name, int64_t begun_ms) {
    pte_bytes key = key_of(out, 's', name.data, name.len);
    pte__put_u64(out + key.len, (uint64_t)begun_ms);
    key.len += PTE__STREAM_TIME_BYTES;
    return key;
}

pte_bytes pte__catalog_owner_key(uint8_t *out, uint32_t id) {
    return id_key(out, 'o', id);
}

pte_bytes pte__catalog_retired_key(uint8_t *out, uint32_t id) {
    return id_key(out, 'r', id);
}

pte__db pte__id_db(pte__id_kind kind) {
    switch (kind) {
    case PTE__ID_INDEX:
        return PTE__DB_INDEX;
    case PTE__ID_EXPIRY:
        return PTE__DB_EXPIRY;
    case PTE__ID_TABLE:
        break;
    }
    return PTE__DB_ITEMS;
}

pte_status pte__catalog_init(pte__catalog *catalog, const pte_allocator *allocator,
                             pte_error *error) {
    *catalog = (pte__catalog){.allocator = *allocator, .bucket_count = BUCKETS_MIN};
    size_t size = BUCKETS_MIN * sizeof(pte__catalog_entry *);
    catalog->buckets = pte__alloc(allocator, size);
    if (catalog->buckets == NULL) {
        return pte__fail_memory(error);
    }
    memset(catalog->buckets, 0, size);
    if (pthread_mutex_init(&catalog->mutex, NULL) != 0) {
        pte__free(allocator, catalog->buckets, size);
        catalog->buckets = NULL;
        return pte__fail_memory(error);
    }
    return PTE_OK;
}

static void forget_all(pte__catalog *catalog) {
    for (size_t i = 0; i < catalog->bucket_count; i++) {
        while (catalog->buckets[i] != NULL) {
            pte__catalog_entry *entry = catalog->buckets[i];
            catalog->buckets[i] = entry->next;
            pte__schema_release(entry->schema);
            pte__free(&catalog->allocator, entry, sizeof *entry);
        }
    }
    catalog->entry_count = 0;
}

void pte__catalog_clean_up(pte__catalog *catalog) {
    if (catalog->buckets != NULL) {
        forget_all(catalog);
        pte__free(&catalog->allocator, catalog->buckets,
                  catalog->bucket_count * sizeof(pte__catalog_entry *));
        catalog->buckets = NULL;
        pthread_mutex_destroy(&catalog->mutex);
    }
}

/* The place of a name's entry: it is there, or NULL is. Locked. */
static pte__catalog_entry **place_of(const pte__catalog *catalog, pte_bytes name, uint64_t hash) {
    pte__catalog_entry **place = &catalog->buckets[hash & (catalog->bucket_count - 1)];
    while (*place != NULL &&
           ((*place)->hash != hash || !pte_bytes_equal((*place)->schema->info.spec.name, name))) {
        place = &(*place)->next;
    }
    return place;
}

/* Twice the buckets, if there is memory for them; without it the chains are longer. Locked. */
static void widen(pte__catalog *catalog) {
    size_t count = catalog->bucket_count * 2;
    pte__catalog_entry **buckets =
        pte__alloc(&catalog->allocator, count * sizeof(pte__catalog_entry *));
    if (buckets == NULL) {
        return;
    }
    memset(buckets, 0, count * sizeof(pte__catalog_entry *));
    for (size_t i = 0; i < catalog->bucket_count; i++) {
        while (catalog->buckets[i] != NULL) {
            pte__catalog_entry *entry = catalog->buckets[i];
            catalog->buckets[i] = entry->next;
            entry->next = buckets[entry->hash & (count - 1)];
            buckets[entry->hash & (count - 1)] = entry;
        }
    }
    pte__free(&catalog->allocator, catalog->buckets,
              catalog->bucket_count * sizeof(pte__catalog_entry *));
    catalog->buckets = buckets;
    catalog->bucket_count = count;
}

/* The cached schema, if it is known to be right at generation; with a reference. Locked. */
static pte__schema *cached_at(const pte__catalog *catalog, pte_bytes name, uint64_t hash,
                              uint64_t generation) {
    const pte__catalog_entry *entry = *place_of(catalog, name, hash);
    bool right =
        entry != NULL && generation <= entry->checked && generation >= entry->schema->info.version;
    return right ? pte__schema_reference(entry->schema) : NULL;
}

/* Remembers a schema that was read at generation; no harm is done if there is no memory. Locked. */
static void remember(pte__catalog *catalog, pte__schema *schema, uint64_t hash,
                     uint64_t generation) {
    if (catalog->entry_count >= ENTRIES_MAX) {
        forget_all(catalog); /* names of dropped tables would pile up otherwise */
    }
    pte__catalog_entry **place = place_of(catalog, schema->info.spec.name, hash);
    pte__catalog_entry *entry = *place;
    if (entry != NULL && entry->checked >= generation) {
        return; /* it is newer than this snapshot */
    }
    if (entry == NULL) {
        entry = pte__alloc(&catalog->allocator, sizeof *entry);
        if (entry == NULL) {
            return;
        }
        *entry = (pte__catalog_entry){.hash = hash};
        *place = entry;
        catalog->entry_count++;
    } else {
        pte__schema_release(entry->schema);
    }
    entry->schema = pte__schema_reference(schema);
    entry->checked = generation;
    if (catalog->entry_count > catalog->bucket_count) {
        widen(catalog);
    }
}

/* The cached schema of any generation whose row equals this one; with a reference. Locked. */
static pte__schema *cached_row(pte__catalog *catalog, pte_bytes name, uint64_t hash,
                               uint64_t generation, pte_bytes row) {
    pte__catalog_entry *entry = *place_of(catalog, name, hash);
    if (entry == NULL || !pte_bytes_equal(entry->schema->row, row)) {
        return NULL;
    }
    if (entry->checked < generation) {
        entry->checked = generation;
    }
    return pte__schema_reference(entry->schema);
}

void pte__catalog_note_generation(pte__catalog *catalog, size_t txn_id, uint64_t generation) {
    pthread_mutex_lock(&catalog->mutex);
    catalog->known_txn_id = txn_id;
    catalog->known_generation = generation;
    pthread_mutex_unlock(&catalog->mutex);
}

bool pte__catalog_known_generation(uint64_t *generation, pte__catalog *catalog, size_t txn_id) {
    pthread_mutex_lock(&catalog->mutex);
    bool known = catalog->known_txn_id == txn_id;
    if (known) {
        *generation = catalog->known_generation;
    }
    pthread_mutex_unlock(&catalog->mutex);
    return known;
}

void pte__catalog_forget(pte__catalog *catalog, pte_bytes name) {
    pthread_mutex_lock(&catalog->mutex);
    pte__catalog_entry **place = place_of(catalog, name, XXH3_64bits(name.data, name.len));
    pte__catalog_entry *entry = *place;
    if (entry != NULL) {
        *place = entry->next;
        catalog->entry_count--;
        pte__schema_release(entry->schema);
        pte__free(&catalog->allocator, entry, sizeof *entry);
    }
    pthread_mutex_unlock(&catalog->mutex);
}

static pte_status read_row(pte_bytes *row, const pte__store *store, MDB_txn *txn, pte_bytes name,
                           pte_error *error) {
    uint8_t bytes[PTE__CATALOG_KEY_MAX];
    int rc = MDB_NOTFOUND;
    if (name.len != 0 && name.len <= PTE_TABLE_NAME_BYTES_MAX) {
        pte__tree tree = pte__store_tree(store, txn, PTE__DB_CATALOG);
        rc = pte__tree_get(&tree, pte__catalog_table_key(bytes, name), row);
    }
    if (rc == MDB_NOTFOUND) {
        return pte__fail(error, PTE_TABLE_NOT_FOUND, "\"%.*s\"", PTE__SHOW(name));
    }
    return rc == 0 ? PTE_OK : pte__fail_lmdb(error, rc, "reading the catalog");
}

pte_status pte__catalog_read(pte__schema **schema, const pte__catalog *catalog,
                             const pte__store *store, MDB_txn *txn, pte_bytes name,
                             pte_error *error) {
    pte_bytes row;
    *schema = NULL;
    pte_status status = read_row(&row, store, txn, name, error);
    if (status != PTE_OK) {
        return status;
    }
    return pte__schema_parse(schema, &catalog->allocator, name, row, error);
}

pte_status pte__catalog_find(pte__schema **schema, pte__catalog *catalog, const pte__store *store,
                             MDB_txn *txn, uint64_t generation, pte_bytes name, pte_error *error) {
    uint64_t hash = XXH3_64bits(name.data, name.len);
    pthread_mutex_lock(&catalog->mutex);
    *schema = cached_at(catalog, name, hash, generation);
    pthread_mutex_unlock(&catalog->mutex);
    if (PTE__LIKELY(*schema != NULL)) {
        return PTE_OK;
    }
    pte_bytes row;
    pte_status status = read_row(&row, store, txn, name, error);
    if (status != PTE_OK) {
        return status;
    }
    pthread_mutex_lock(&catalog->mutex);
    *schema = cached_row(catalog, name, hash, generation, row);
    pthread_mutex_unlock(&catalog->mutex);
    if (*schema != NULL) {
        return PTE_OK;
    }
    status = pte__schema_parse(schema, &catalog->allocator, name, row, error);
    if (status == PTE_OK) {
        pthread_mutex_lock(&catalog->mutex);
        remember(catalog, *schema, hash, generation);
        pthread_mutex_unlock(&catalog->mutex);
    }
    return status;
}
