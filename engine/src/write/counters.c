/* The counts of the tables that a transaction touches. */
#include "write/counters.h"

/* The counts of a table, read if this transaction has not touched them yet. */
static pte_status counts_of(pte__counts **counts, pte__counters *counters,
                            const pte__write_txn *txn, uint32_t table_id, pte_error *error) {
    for (size_t i = counters->table_count; i-- > 0;) {
        if (counters->tables[i].table_id == table_id) {
            *counts = &counters->tables[i];
            return PTE_OK;
        }
    }
    if (counters->table_count == counters->table_capacity) {
        const pte_allocator *allocator = &txn->store->allocator;
        size_t capacity = counters->table_capacity == 0 ? 4 : counters->table_capacity * 2;
        pte__counts *tables = allocator->reallocate(allocator->ctx, counters->tables,
                                                    counters->table_capacity * sizeof *tables,
                                                    capacity * sizeof *tables);
        if (tables == NULL) {
            return pte__fail_memory(error);
        }
        counters->tables = tables;
        counters->table_capacity = capacity;
    }
    *counts = &counters->tables[counters->table_count];
    pte_status status = pte__counts_read(*counts, txn->store, txn->lmdb, table_id, error);
    if (status == PTE_OK) {
        counters->table_count++;
    }
    return status;
}

pte_status pte__counters_add(pte__counters *counters, const pte__write_txn *txn, uint32_t table_id,
                             pte__tally tally, pte_error *error) {
    pte__counts *counts;
    if (tally.entries == 0 && tally.bytes == 0) {
        return PTE_OK;
    }
    pte_status status = counts_of(&counts, counters, txn, table_id, error);
    if (status != PTE_OK) {
        return status;
    }
    size_t at = 0;
    while (at < counts->count && counts->each[at].id != tally.id) {
        at++;
    }
    if (at == counts->count) {
        if (at == PTE__COUNTS_MAX) {
            return pte__fail(error, PTE_CORRUPT, "table id %u has too many counts",
                             (unsigned)table_id);
        }
        counts->each[counts->count++] = (pte__count){.id = tally.id};
    }
    /* Wraps round in a damaged database; the checker reports it. */
    counts->each[at].entries += (uint64_t)(int64_t)tally.entries;
    counts->each[at].bytes += (uint64_t)tally.bytes;
    counts->changed = true;
    return PTE_OK;
}

pte_status pte__counters_entries(uint64_t *entries, pte__counters *counters,
                                 const pte__write_txn *txn, uint32_t table_id, pte_error *error) {
    pte__counts *counts;
    *entries = 0;
    pte_status status = counts_of(&counts, counters, txn, table_id, error);
    if (status == PTE_OK) {
        *entries = pte__counts_of(counts, table_id).entries;
    }
    return status;
}

pte_status pte__counters_drop(pte__counters *counters, const pte__write_txn *txn, uint32_t table_id,
                              uint32_t id, pte_error *error) {
    pte__counts *counts;
    pte_status status = counts_of(&counts, counters, txn, table_id, error);
    for (size_t i = 0; status == PTE_OK && i < counts->count; i++) {
        if (counts->each[i].id == id) {
            counts->each[i] = counts->each[--counts->count];
            counts->changed = true;
        }
    }
    return status;
}

pte_status pte__counters_drop_table(pte__counters *counters, pte__write_txn *txn, uint32_t table_id,
                                    pte_error *error) {
    uint8_t key[PTE__COUNT_KEY_BYTES];
    for (size_t i = 0; i < counters->table_count; i++) {
        if (counters->tables[i].table_id == table_id) {
            counters->tables[i] = counters->tables[--counters->table_count];
            break;
        }
    }
    return pte__txn_delete(NULL, txn, PTE__DB_META, pte__counts_key(key, table_id), error);
}

pte_status pte__counters_flush(pte__counters *counters, pte__write_txn *txn, pte_error *error) {
    pte_status status = PTE_OK;
    for (size_t i = 0; i < counters->table_count && status == PTE_OK; i++) {
        const pte__counts *counts = &counters->tables[i];
        if (counts->changed) {
            uint8_t key[PTE__COUNT_KEY_BYTES];
            uint8_t value[PTE__COUNTS_MAX * PTE__COUNT_BYTES];
            status = pte__txn_put(txn, PTE__DB_META, pte__counts_key(key, counts->table_id),
                                  pte__counts_encode(value, counts), error);
        }
    }
    counters->table_count = 0;
    return status;
}

void pte__counters_forget(pte__counters *counters) {
    counters->table_count = 0;
}

void pte__counters_clean_up(pte__counters *counters, const pte_allocator *allocator) {
    pte__free(allocator, counters->tables, counters->table_capacity * sizeof *counters->tables);
    *counters = (pte__counters){0};
}
