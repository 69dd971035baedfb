/* The public writes that wait: one operation, a transaction, a batch. */
#include "write/request.h"

enum {
    /* A batch is cut into requests of this size: no commit is unbounded. */
    BATCH_OPS_MAX = 1000,
    BATCH_BYTES_MAX = 4 * 1024 * 1024,
    /* In memory a commit costs next to nothing, and room for the worst case is claimed for each. */
    MEMORY_BATCH_OPS_MAX = 64,
};

/* Runs one request. A status other than OK means that it failed as a whole. */
static pte_status run(pte__write_request *request, pte_env *env, pte_error *error) {
    pte__write_prepare(request, env, error);
    return pte__commit(&env->committer, &request->base);
}

pte_status pte_write(pte_env *env, pte_op *ops, size_t count, pte_error *error) {
    pte_status status = pte__write_check(env, ops, count, error);
    if (status != PTE_OK || count == 0) {
        return status;
    }
    pte__write_request request = {.ops = ops, .count = count, .atomic = true};
    status = run(&request, env, error);
    return pte__write_outcome(&request, status, error);
}

/* How many of the operations make the next request. */
static size_t next_part(const pte_env *env, const pte_op *ops, size_t count) {
    size_t ops_max = env->store.durability == PTE_MEMORY ? MEMORY_BATCH_OPS_MAX : BATCH_OPS_MAX;
    size_t bytes = 0;
    size_t part = 0;
    while (part < count && part < ops_max && bytes < BATCH_BYTES_MAX) {
        bytes += ops[part++].item.encoded.len;
    }
    return part;
}

/*
 * One part of a batch; an operation that spoils the commit is found by running each alone. They are
 * requests of their own, so that others come in between: it may be 1,000 commits.
 */
static void write_part(pte__batch_result *result, pte_env *env, pte_op *ops, size_t count,
                       size_t offset) {
    pte_error error;
    pte__write_request request = {.ops = ops, .count = count};
    pte_status status = run(&request, env, &error);
    if (status == PTE_OK || count == 1) {
        pte__batch_add(result, &request, status, &error, offset);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        pte__write_request alone = {.ops = ops + i, .count = 1};
        status = run(&alone, env, &error);
        pte__batch_add(result, &alone, status, &error, offset + i);
    }
}

pte_status pte_write_batch(pte_env *env, pte_op *ops, size_t count, pte_error *error) {
    pte_status status = pte__write_check(env, ops, count, error);
    if (status != PTE_OK) {
        return status;
    }
    pte__batch_result result = {.status = PTE_OK, .error = error};
    for (size_t done = 0; done < count;) {
        size_t part = next_part(env, ops + done, count - done);
        write_part(&result, env, ops + done, part, done);
        done += part;
    }
    return result.status;
}

pte_status pte_put(pte_env *env, pte_bytes table, const pte_item *item, pte_error *error) {
    if (item == NULL) {
        return pte__fail(error, PTE_INVALID_ARGUMENT, "item must not be NULL");
    }
    pte_op op = {.kind = PTE_PUT, .table = table, .item = *item};
    return pte_write(env, &op, 1, error);
}

pte_status pte_delete(pte_env *env, pte_bytes table, const pte_key *key, pte_error *error) {
    if (key == NULL) {
        return pte__fail(error, PTE_INVALID_ARGUMENT, "key must not be NULL");
    }
    pte_op op = {.kind = PTE_DELETE, .table = table, .key = *key};
    return pte_write(env, &op, 1, error);
}
