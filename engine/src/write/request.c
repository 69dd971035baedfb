/* Running operations as one request, and what became of them. */
#include "write/request.h"

#include <stdlib.h>

void pte__write_set_all(pte_op *ops, size_t count, pte_status status) {
    for (size_t i = 0; i < count; i++) {
        ops[i].status = status;
        pte__effects_clear(ops[i].effects);
    }
}

static void note(pte__write_request *request, size_t at, pte_status status,
                 const pte_error *error) {
    request->ops[at].status = status;
    if (status != PTE_OK) {
        if (request->failed == 0 || at < request->first_failed) {
            request->first_failed = at;
            request->first_error = *error;
        }
        request->failed++;
    }
}

/*
 * Operations one after the other. Each is planned when those before it are done, and a refused one
 * has changed nothing.
 */
static pte_status run_each(pte__write_request *request, pte__write_txn *txn, pte_error *error) {
    pte__planner planner = {
        .writer = request->writer, .txn = txn, .arena = &request->writer->op_arena};
    for (size_t i = 0; i < request->count; i++) {
        pte__plan plan;
        pte_status status = pte__plan_op(&plan, &planner, &request->ops[i], error);
        note(request, i, status, error);
        if (status == PTE_OK) {
            status = pte__plan_apply(&plan, request->writer, txn, error);
        } else if (!pte__is_of_machine(status)) {
            status = PTE_OK;
        }
        pte__plan_clean_up(&plan);
        pte__arena_reset(&request->writer->op_arena);
        if (status != PTE_OK) {
            return status; /* spoils the transaction */
        }
    }
    return PTE_OK;
}

/* By key, and of equal keys the earlier operation first. */
static int compare_plans(const void *a, const void *b) {
    const pte__plan *one = *(const pte__plan *const *)a;
    const pte__plan *other = *(const pte__plan *const *)b;
    int order = pte_bytes_compare(one->key, other->key);
    return order != 0 ? order : (one > other) - (one < other);
}

/* Refuses the later of two operations whose items would have one key in `items`. */
static void refuse_later(pte__write_request *request, const pte__plan *plans, const pte__plan *a,
                         const pte__plan *b, pte_error *error) {
    size_t later = (size_t)((a > b ? a : b) - plans);
    size_t earlier = (size_t)((a > b ? b : a) - plans);
    if (request->ops[later].status != PTE_OK) {
        return;
    }
    bool same = pte_bytes_equal(a->schema->info.spec.name, b->schema->info.spec.name) &&
                pte_bytes_equal(a->hash_value, b->hash_value);
    note(request, later,
         pte__fail(error, same ? PTE_DUPLICATE_ITEM : PTE_HASH_COLLISION, "operations %zu and %zu",
                   earlier, later),
         error);
}

/* No two operations of a transaction may name one item. */
static pte_status refuse_duplicates(pte__write_request *request, const pte__plan *plans,
                                    pte_error *error) {
    const pte__plan **sorted =
        pte__arena_alloc(&request->writer->arena, request->count * sizeof(pte__plan *));
    size_t count = 0;
    if (sorted == NULL) {
        return pte__fail_memory(error);
    }
    for (size_t i = 0; i < request->count; i++) {
        if (plans[i].key.len != 0) {
            sorted[count++] = &plans[i];
        }
    }
    qsort(sorted, count, sizeof(pte__plan *), compare_plans);
    for (size_t i = 1; i < count; i++) {
        if (pte_bytes_equal(sorted[i - 1]->key, sorted[i]->key)) {
            refuse_later(request, plans, sorted[i - 1], sorted[i], error);
        }
    }
    return PTE_OK;
}

static pte_status plan_all(pte__write_request *request, pte__plan *plans, pte__write_txn *txn,
                           pte_error *error) {
    pte__planner planner = {
        .writer = request->writer, .txn = txn, .arena = &request->writer->arena};
    pte__write_set_all(request->ops, request->count, PTE_OK);
    for (size_t i = 0; i < request->count; i++) {
        pte_status status = pte__plan_op(&plans[i], &planner, &request->ops[i], error);
        if (pte__is_of_machine(status) && status != PTE_CORRUPT) {
            return status;
        }
        note(request, i, status, error);
        if (status == PTE_CORRUPT) {
            return PTE_OK; /* LMDB may refuse to read on */
        }
    }
    return refuse_duplicates(request, plans, error);
}

/* All operations or none: planned in full before the first change. */
static pte_status run_all(pte__write_request *request, pte__write_txn *txn, pte_error *error) {
    size_t size = request->count * sizeof(pte__plan);
    pte__plan *plans = pte__arena_alloc(&request->writer->arena, size);
    if (plans == NULL) {
        return pte__fail_memory(error);
    }
    memset(plans, 0, size);
    pte_status status = plan_all(request, plans, txn, error);
    for (size_t i = 0; i < request->count && status == PTE_OK && request->failed == 0; i++) {
        status = pte__plan_apply(&plans[i], request->writer, txn, error);
    }
    for (size_t i = 0; i < request->count; i++) {
        pte__plan_clean_up(&plans[i]);
    }
    return status;
}

static pte_status run_write(pte__request *base, pte__write_txn *txn, pte_error *error) {
    pte__write_request *request = (pte__write_request *)base;
    request->failed = 0;
    pte_status status = pte__writer_ready(request->writer, error);
    if (status == PTE_OK) {
        status = request->atomic && request->count > 1 ? run_all(request, txn, error)
                                                       : run_each(request, txn, error);
    }
    pte__arena_reset(&request->writer->arena);
    return status;
}

pte_status pte__write_check(const pte_env *env, const pte_op *ops, size_t count, pte_error *error) {
    if (env == NULL || (ops == NULL && count != 0)) {
        return pte__fail(error, PTE_INVALID_ARGUMENT, "env and ops must not be NULL");
    }
    if (count > SIZE_MAX / 2 / sizeof(pte__plan)) {
        return pte__fail(error, PTE_INVALID_ARGUMENT, "%zu operations at once", count);
    }
    return PTE_OK;
}

void pte__write_prepare(pte__write_request *request, pte_env *env, pte_error *error) {
    request->base.run = run_write;
    request->base.error = error;
    request->writer = env->writer;
    for (size_t i = 0; i < request->count; i++) {
        request->base.weight += request->ops[i].item.encoded.len + 64;
    }
}

static void give_first_error(const pte__write_request *request, size_t offset, pte_error *error) {
    if (error != NULL) {
        *error = request->first_error;
        error->position = offset + request->first_failed;
    }
}

pte_status pte__write_outcome(const pte__write_request *request, pte_status status,
                              pte_error *error) {
    if (status != PTE_OK) {
        pte__write_set_all(request->ops, request->count, status);
        return status;
    }
    if (request->failed == 0) {
        return PTE_OK;
    }
    pte_status first = request->ops[request->first_failed].status;
    give_first_error(request, 0, error);
    if (request->count == 1) {
        return first;
    }
    if (error != NULL) {
        error->status = PTE_TRANSACTION_CANCELLED;
    }
    return PTE_TRANSACTION_CANCELLED;
}

void pte__batch_add(pte__batch_result *result, const pte__write_request *request, pte_status status,
                    const pte_error *error, size_t offset) {
    if (status != PTE_OK) {
        pte__write_set_all(request->ops, request->count, status);
    }
    if (result->status != PTE_OK) {
        return;
    }
    if (status != PTE_OK) {
        result->status = status;
        if (result->error != NULL) {
            *result->error = *error;
            result->error->position = offset;
        }
    } else if (request->failed != 0) {
        result->status = request->ops[request->first_failed].status;
        give_first_error(request, offset, result->error);
    }
}
