/* Snapshots, and looking single items up. */
#include "read/read.h"

#include "store/lmdb_error.h"
#include "store/store_format.h"
#include "table/image.h"

typedef struct pte__kept_schema {
    struct pte__kept_schema *next;
    pte__schema *schema;
} pte__kept_schema;

static void forget_memo(pte_read *read) {
    for (size_t i = 0; i < PTE__READ_MEMO; i++) {
        pte__schema_release(read->memo[i]);
        read->memo[i] = NULL;
    }
}

static void clean_up(pte__reader *reader) {
    pte_read *read = (pte_read *)reader;
    if (read->env == NULL) {
        return; /* it never began */
    }
    forget_memo(read);
    pte__cursors_close(read);
    pte__cursors_free(read);
    pte__arena_clean_up(&read->arena);
}

const pte__reader_class PTE__READ_CLASS = {sizeof(pte_read), clean_up};

/* The catalog's generation; looked up only in a snapshot of another transaction than the last. */
static pte_status find_generation(pte_read *read, pte_error *error) {
    size_t txn_id = mdb_txn_id(read->base.txn);
    if (PTE__LIKELY(read->txn_id == txn_id)) {
        return PTE_OK;
    }
    pte_status status = PTE_OK;
    if (!pte__catalog_known_generation(&read->generation, &read->env->catalog, txn_id)) {
        status = pte__meta_number(&read->generation, &read->env->store, read->base.txn,
                                  PTE__META_GENERATION, error);
    }
    read->txn_id = status == PTE_OK ? txn_id : 0;
    if (status == PTE_OK && read->memo_generation != read->generation) {
        forget_memo(read);
        read->memo_generation = read->generation;
    }
    return status;
}

pte_status pte_read_begin(pte_read **out, pte_env *env, pte_error *error) {
    pte__reader *reader;
    if (out != NULL) {
        *out = NULL;
    }
    if (out == NULL || env == NULL) {
        return pte__fail(error, PTE_INVALID_ARGUMENT, "read and env must not be NULL");
    }
    pte_status status = pte__reader_acquire(&reader, &env->store, error);
    if (status != PTE_OK) {
        return status;
    }
    pte_read *read = (pte_read *)reader;
    if (read->env == NULL) {
        read->env = env;
        read->arena.allocator = env->store.allocator;
    }
    status = find_generation(read, error);
    if (status != PTE_OK) {
        pte_read_end(read);
        return status;
    }
    *out = read;
    return PTE_OK;
}

void pte_read_end(pte_read *read) {
    if (read == NULL) {
        return;
    }
    pte__cursors_close(read);
    for (; read->kept != NULL; read->kept = read->kept->next) {
        pte__schema_release(read->kept->schema);
    }
    if (read->arena_used) {
        pte__arena_reset(&read->arena);
        read->arena_used = false;
    }
    pte__reader_release(&read->env->store, &read->base);
}

pte_status pte__read_schema(pte__schema **schema, pte_read *read, pte_bytes name,
                            pte_error *error) {
    unsigned last = name.len != 0 ? name.data[name.len - 1] : 0;
    pte__schema **memo = &read->memo[(name.len + last) % PTE__READ_MEMO];
    *schema = *memo;
    if (PTE__LIKELY(*memo != NULL && pte_bytes_equal((*memo)->info.spec.name, name))) {
        return PTE_OK;
    }
    pte_env *env = read->env;
    pte_status status = pte__catalog_find(schema, &env->catalog, &env->store, read->base.txn,
                                          read->generation, name, error);
    if (status == PTE_OK) {
        pte__schema_release(*memo);
        *memo = *schema;
    }
    return status;
}

pte_status pte__read_keep_schema(pte_read *read, pte__schema *schema, pte_error *error) {
    read->arena_used = true;
    pte__kept_schema *kept = pte__arena_alloc(&read->arena, sizeof *kept);
    if (kept == NULL) {
        pte__schema_release(schema);
        return pte__fail_memory(error);
    }
    *kept = (pte__kept_schema){read->kept, schema};
    read->kept = kept;
    return PTE_OK;
}

static pte_status get(pte_item *item, pte_read *read, const pte__schema *schema,
                      const pte_key *given, pte_error *error) {
    pte__key key;
    pte_status status = pte__table_key(&key, schema, read->env->store.hash_secret, given, error);
    if (status != PTE_OK) {
        return status;
    }
    pte_bytes image;
    pte__tree tree = pte__read_tree(read, PTE__DB_ITEMS);
    int rc = pte__tree_get(&tree, pte__key_view(&key), &image);
    if (rc != 0) {
        return rc == MDB_NOTFOUND ? PTE_NOT_FOUND : pte__fail_lmdb(error, rc, "reading an item");
    }
    char text[PTE_NUMBER_TEXT_MAX];
    pte_bytes hash_value;
    status = pte__image_item(item, image, error);
    if (status == PTE_OK) {
        status = pte__scalar_stored(&hash_value, text, given->hash, error);
    }
    /* Another partition key with the same hash has this place, so this one's item cannot be. */
    if (status == PTE_OK && PTE__UNLIKELY(!pte__image_begins_with(item, &hash_value, 1, NULL))) {
        status = PTE_NOT_FOUND;
    }
    return status;
}

pte_status pte_read_item(pte_item *item, pte_read *read, pte_bytes table, const pte_key *key,
                         pte_error *error) {
    if (item == NULL || read == NULL || key == NULL) {
        return pte__fail(error, PTE_INVALID_ARGUMENT, "item, read and key must not be NULL");
    }
    pte__schema *schema;
    *item = (pte_item){0};
    pte_status status = pte__read_schema(&schema, read, table, error);
    if (status == PTE_OK) {
        status = get(item, read, schema, key, error);
    }
    if (status != PTE_OK) {
        *item = (pte_item){0};
    }
    return status;
}
