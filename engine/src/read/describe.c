/* Descriptions of tables, and their names in order. */
#include "read/read.h"

#include "store/lmdb_error.h"
#include "table/counts.h"

#include <pocketable/engine/table.h>

/* A copy of the schema's description with the counts of the snapshot. */
static pte_status describe(const pte_table_info **out, pte_read *read, pte__schema *schema,
                           pte_error *error) {
    pte__counts counts;
    pte_status status =
        pte__counts_read(&counts, &read->env->store, read->base.txn, schema->info.id, error);
    if (status != PTE_OK) {
        return status;
    }
    read->arena_used = true;
    pte_table_info *info = pte__arena_alloc(&read->arena, sizeof *info);
    pte_index_info *indexes =
        pte__arena_alloc(&read->arena, schema->info.index_count * sizeof *indexes);
    if (info == NULL || indexes == NULL) {
        return pte__fail_memory(error);
    }
    *info = schema->info;
    info->items = pte__counts_of(&counts, info->id).entries;
    info->size_bytes = pte__counts_of(&counts, info->id).bytes;
    for (size_t i = 0; i < info->index_count; i++) {
        indexes[i] = schema->info.indexes[i];
        indexes[i].entries = pte__counts_of(&counts, indexes[i].id).entries;
        indexes[i].size_bytes = pte__counts_of(&counts, indexes[i].id).bytes;
    }
    info->indexes = indexes;
    *out = info;
    return PTE_OK;
}

/* The table's schema as the snapshot has it. *info is made empty. */
static pte_status find_schema(pte__schema **schema, const pte_table_info **info, pte_read *read,
                              pte_bytes name, pte_error *error) {
    if (info != NULL) {
        *info = NULL;
    }
    if (info == NULL || read == NULL) {
        return pte__fail(error, PTE_INVALID_ARGUMENT, "info and read must not be NULL");
    }
    return pte__read_schema(schema, read, name, error);
}

pte_status pte_table_describe(const pte_table_info **info, pte_read *read, pte_bytes name,
                              pte_error *error) {
    pte__schema *schema;
    pte_status status = find_schema(&schema, info, read, name, error);
    if (status == PTE_OK) {
        /* What is told of it must outlive what the read remembers. */
        status = pte__read_keep_schema(read, pte__schema_reference(schema), error);
    }
    return status == PTE_OK ? describe(info, read, schema, error) : status;
}

pte_status pte_table_definition(const pte_table_info **info, pte_read *read, pte_bytes name,
                                pte_error *error) {
    pte__schema *schema;
    pte_status status = find_schema(&schema, info, read, name, error);
    if (status == PTE_OK) {
        *info = &pte__schema_reference(schema)->info;
    }
    return status;
}

void pte_table_definition_release(const pte_table_info *info) {
    if (info != NULL) {
        /* What pte_table_definition gave lies in its schema. */
        pte__schema_release((pte__schema *)((uintptr_t)info - offsetof(pte__schema, info)));
    }
}

pte_status pte_table_next(pte_bytes *name, pte_read *read, pte_bytes after, pte_error *error) {
    if (name == NULL || read == NULL || after.len > PTE_TABLE_NAME_BYTES_MAX) {
        return pte__fail(error, PTE_INVALID_ARGUMENT,
                         "name and read must not be NULL, after has at most %d bytes",
                         (int)PTE_TABLE_NAME_BYTES_MAX);
    }
    *name = (pte_bytes){0};
    uint8_t lower[PTE__CATALOG_KEY_MAX + 1];
    pte_bytes key = pte__catalog_table_key(lower, after);
    lower[key.len++] = 0; /* the next name in order */
    MDB_val found = {key.len, lower};
    MDB_val value;
    int rc =
        pte__store_first(&found, &value, read->base.txn, read->env->store.dbi[PTE__DB_CATALOG]);
    if (rc == 0 && ((const uint8_t *)found.mv_data)[0] == lower[0]) {
        *name = pte_view((const uint8_t *)found.mv_data + 1, found.mv_size - 1);
        return PTE_OK;
    }
    return rc == 0 || rc == MDB_NOTFOUND ? PTE_END
                                         : pte__fail_lmdb(error, rc, "reading the catalog");
}
