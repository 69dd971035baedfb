/* Exact counts and sizes of tables and indexes, as they lie in `meta`. */
#include "table/counts.h"

#include "base/endian.h"
#include "store/lmdb_error.h"

pte_bytes pte__counts_key(uint8_t key[PTE__COUNT_KEY_BYTES], uint32_t table_id) {
    memcpy(key, "count:", 6);
    pte__put_u32(key + 6, table_id);
    return (pte_bytes){key, PTE__COUNT_KEY_BYTES};
}

pte_status pte__counts_read(pte__counts *counts, const pte__store *store, MDB_txn *txn,
                            uint32_t table_id, pte_error *error) {
    uint8_t key[PTE__COUNT_KEY_BYTES];
    pte_bytes row = {0};
    pte__tree tree = pte__store_tree(store, txn, PTE__DB_META);
    int rc = pte__tree_get(&tree, pte__counts_key(key, table_id), &row);
    counts->table_id = table_id;
    counts->changed = false;
    counts->count = 0;
    if (rc == MDB_NOTFOUND) {
        return PTE_OK;
    }
    if (rc != 0) {
        return pte__fail_lmdb(error, rc, "reading a table's counts");
    }
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
