/* The state of the write layer, and the committer's hooks. */
#include "write/writer.h"

#include "store/store_format.h"
#include "write/reclaim.h"

pte_status pte__writer_create(pte__writer **out, pte_env *env, pte_error *error) {
    pte__writer *writer = pte__alloc(&env->store.allocator, sizeof *writer);
    *out = writer;
    if (writer == NULL) {
        return pte__fail_memory(error);
    }
    *writer = (pte__writer){.env = env};
    writer->arena.allocator = env->store.allocator;
    writer->op_arena.allocator = env->store.allocator;
    return PTE_OK;
}

static void forget_memo(pte__writer *writer) {
    for (size_t i = 0; i < PTE__WRITER_MEMO; i++) {
        pte__schema_release(writer->memo[i]);
        writer->memo[i] = NULL;
    }
}

void pte__writer_destroy(pte__writer *writer) {
    if (writer != NULL) {
        const pte_allocator allocator = writer->env->store.allocator;
        forget_memo(writer);
        pte__arena_clean_up(&writer->arena);
        pte__arena_clean_up(&writer->op_arena);
        pte__counters_clean_up(&writer->counters, &allocator);
        pte__free(&allocator, writer, sizeof *writer);
    }
}

static pte_status look_up_numbers(pte__writer *writer, const pte__write_txn *txn,
                                  pte_error *error) {
    pte_status status = pte__txn_number(&writer->generation, txn, PTE__META_GENERATION, error);
    if (status == PTE_OK) {
        status = pte__txn_number(&writer->sequence, txn, PTE__META_SEQUENCE, error);
    }
    return status;
}

static void begin(void *ctx, pte__write_txn *txn) {
    pte__writer *writer = ctx;
    writer->catalog_changed = false;
    writer->sequence_changed = false;
    writer->begin_status = PTE_OK;
    writer->generation = writer->known_generation;
    writer->sequence = writer->known_sequence;
    writer->txn_id = mdb_txn_id(txn->lmdb);
    if (PTE__UNLIKELY(writer->txn_id != writer->known_txn_id + 1)) {
        writer->begin_status = look_up_numbers(writer, txn, &writer->begin_error);
    }
    if (PTE__UNLIKELY(writer->memo_generation != writer->generation)) {
        forget_memo(writer);
        writer->memo_generation = writer->generation;
    }
}

static pte_status finish(void *ctx, pte__write_txn *txn, pte_error *error) {
    pte__writer *writer = ctx;
    pte_status status = pte__counters_flush(&writer->counters, txn, error);
    if (status == PTE_OK && writer->sequence_changed) {
        status = pte__txn_put_number(txn, PTE__META_SEQUENCE, writer->sequence, error);
    }
    if (status == PTE_OK && writer->catalog_changed) {
        status = pte__txn_put_number(txn, PTE__META_GENERATION, writer->generation, error);
    }
    /* Last, as it may use up what room there is. */
    bool reclaim = writer->catalog_changed || writer->reclaim ||
                   writer->reclaim_generation != writer->generation;
    return status == PTE_OK && reclaim ? pte__reclaim_some(writer, txn, error) : status;
}

static void end(void *ctx, pte__write_txn *txn, bool committed) {
    pte__writer *writer = ctx;
    if (committed) {
        writer->known_txn_id = writer->txn_id;
        writer->known_generation = writer->generation;
        writer->known_sequence = writer->sequence;
        pte__catalog_note_generation(&writer->env->catalog, writer->txn_id, writer->generation);
    } else {
        pte__counters_forget(&writer->counters);
        if (txn->changes != 0) {
            writer->reclaim_generation = UINT64_MAX; /* to be looked up again */
        }
    }
}

pte__committer_hooks pte__writer_hooks(pte__writer *writer) {
    return (pte__committer_hooks){begin, finish, end, writer};
}

pte_status pte__writer_ready(const pte__writer *writer, pte_error *error) {
    if (PTE__UNLIKELY(writer->begin_status != PTE_OK)) {
        *error = writer->begin_error;
    }
    return writer->begin_status;
}

pte_status pte__writer_schema(pte__schema **schema, pte__writer *writer, const pte__write_txn *txn,
                              pte_bytes name, pte_error *error) {
    pte_env *env = writer->env;
    if (writer->catalog_changed) {
        return pte__catalog_read(schema, &env->catalog, &env->store, txn->lmdb, name, error);
    }
    unsigned last = name.len != 0 ? name.data[name.len - 1] : 0;
    pte__schema **memo = &writer->memo[(name.len + last) % PTE__WRITER_MEMO];
    if (*memo != NULL && pte_bytes_equal((*memo)->info.spec.name, name)) {
        *schema = pte__schema_reference(*memo);
        return PTE_OK;
    }
    pte_status status = pte__catalog_find(schema, &env->catalog, &env->store, txn->lmdb,
                                          writer->generation, name, error);
    if (status == PTE_OK) {
        pte__schema_release(*memo);
        *memo = pte__schema_reference(*schema);
    }
    return status;
}

uint64_t pte__writer_next_generation(pte__writer *writer) {
    if (!writer->catalog_changed) {
        writer->catalog_changed = true;
        writer->generation++;
    }
    return writer->generation;
}

pte_status pte__writer_next_id(uint32_t *id, pte__write_txn *txn, pte_error *error) {
    uint64_t last;
    pte_status status = pte__txn_number(&last, txn, PTE__META_LAST_ID, error);
    if (status != PTE_OK) {
        return status;
    }
    /* The range that ends above the last id must have an end. */
    if (last >= UINT32_MAX - 1) {
        return pte__fail(error, PTE_LIMIT, "all 2^32 ids of tables and indexes were used");
    }
    *id = (uint32_t)last + 1;
    return pte__txn_put_number(txn, PTE__META_LAST_ID, last + 1, error);
}
