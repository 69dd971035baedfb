/* Exact counts and sizes of tables and indexes, as they lie in `meta`. */
#include "table/counts.h"

#include "base/endian.h"
#include "store/lmdb_error.h"

pte_bytes pte__counts_key(uint8_t key[PTE__COUNT_KEY_BYTES], uint32_t table_id) {
    memcpy(key, "count:", 6);
    pte__put_u32(key + 6, table_id);
    return (pte_bytes){key, PTE__COUNT_KEY_BYTES};
}

static pte_status decode(pte__counts *counts, uint32_t table_id, pte_bytes row, pte_error *error) {
    counts->table_id = table_id;
    counts->changed = false;
    counts->count = 0;
    if (row.len % PTE__COUNT_BYTES != 0 || row.len / PTE__COUNT_BYTES > PTE__COUNTS_MAX) {
        return pte__fail(error, PTE_CORRUPT, "the counts of table id %u have %zu bytes",
                         (unsigned)table_id, row.len);
    }
    for (; counts->count < row.len / PTE__COUNT_BYTES; counts->count++) {
        const uint8_t *from = row.data + counts->count * PTE__COUNT_BYTES;
        counts->each[counts->count] =
            (pte__count){pte__get_u32(from), pte__get_u64(from + 4), pte__get_u64(from + 12)};
    }
    return PTE_OK;
}

pte_status pte__counts_read(pte__counts *counts, const pte__store *store, MDB_txn *txn,
                            uint32_t table_id, pte_error *error) {
    uint8_t key[PTE__COUNT_KEY_BYTES];
    pte_bytes row = {0};
    pte__tree tree = pte__store_tree(store, txn, PTE__DB_META);
    int rc = pte__tree_get(&tree, pte__counts_key(key, table_id), &row);
    if (rc != 0 && rc != MDB_NOTFOUND) {
        return pte__fail_lmdb(error, rc, "reading a table's counts");
    }
    return decode(counts, table_id, row, error);
}

static bool is_counts_key(const MDB_val *key) {
    return key->mv_size == PTE__COUNT_KEY_BYTES && memcmp(key->mv_data, "count:", 6) == 0;
}

pte_status pte__counts_sum(uint64_t *items, uint64_t *index_entries, const pte__store *store,
                           MDB_txn *txn, pte_error *error) {
    uint8_t first[PTE__COUNT_KEY_BYTES];
    pte_bytes lower = pte__counts_key(first, 0);
    MDB_val key = {lower.len, first};
    MDB_val row;
    MDB_cursor *cursor;
    pte_status status = PTE_OK;
    *items = 0;
    *index_entries = 0;
    int rc = mdb_cursor_open(txn, store->dbi[PTE__DB_META], &cursor);
    if (rc != 0) {
        return pte__fail_lmdb(error, rc, "reading the counts");
    }
    rc = mdb_cursor_get(cursor, &key, &row, MDB_SET_RANGE);
    while (rc == 0 && is_counts_key(&key) && status == PTE_OK) {
        pte__counts counts;
        uint32_t table_id = pte__get_u32((const uint8_t *)key.mv_data + 6);
        status = decode(&counts, table_id, pte_view(row.mv_data, row.mv_size), error);
        for (size_t i = 0; i < counts.count; i++) {
            *(counts.each[i].id == table_id ? items : index_entries) += counts.each[i].entries;
        }
        rc = mdb_cursor_get(cursor, &key, &row, MDB_NEXT);
    }
    mdb_cursor_close(cursor);
    if (status == PTE_OK && rc != 0 && rc != MDB_NOTFOUND) {
        status = pte__fail_lmdb(error, rc, "reading the counts");
    }
    return status;
}

pte_bytes pte__counts_encode(uint8_t *out, const pte__counts *counts) {
    for (size_t i = 0; i < counts->count; i++) {
        uint8_t *to = out + i * PTE__COUNT_BYTES;
        pte__put_u32(to, counts->each[i].id);
        pte__put_u64(to + 4, counts->each[i].entries);
        pte__put_u64(to + 12, counts->each[i].bytes);
    }
    return (pte_bytes){out, counts->count * PTE__COUNT_BYTES};
}

pte__count pte__counts_of(const pte__counts *counts, uint32_t id) {
    for (size_t i = 0; i < counts->count; i++) {
        if (counts->each[i].id == id) {
            return counts->each[i];
        }
    }
    return (pte__count){.id = id};
}
