/* Opening and closing: the parts of a pte_env in their order. */
#include "read/read.h"
#include "store/lmdb_error.h"
#include "table/partition.h"
#include "write/writer.h"

#include <time.h>

static int64_t system_now_ms(void *ctx) {
    (void)ctx;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static pte_status check_options(const char *path, const pte_env_options *options,
                                pte_error *error) {
    if ((unsigned)options->durability > PTE_MEMORY) {
        return pte__fail(error, PTE_INVALID_ARGUMENT, "%d is no pte_durability",
                         (int)options->durability);
    }
    if (path == NULL && options->durability != PTE_MEMORY) {
        return pte__fail(error, PTE_INVALID_ARGUMENT, "path must not be NULL");
    }
    if (options->allocator != NULL && options->allocator->reallocate == NULL) {
        return pte__fail(error, PTE_INVALID_ARGUMENT, "an allocator needs its function");
    }
    if (options->readers_max > PTE_READERS_MAX) {
        return pte__fail(error, PTE_INVALID_ARGUMENT, "at most %d readers, %u were asked for",
                         (int)PTE_READERS_MAX, options->readers_max);
    }
    if (options->read_only && options->durability == PTE_MEMORY) {
        return pte__fail(error, PTE_READ_ONLY, "a database in memory is always new");
    }
    return PTE_OK;
}

/* Everything above the store. What was made before a failure is undone by close_parts. */
static pte_status open_parts(pte_env *env, const pte_env_options *options, pte_error *error) {
    env->now_ms = options->now_ms != NULL ? options->now_ms : system_now_ms;
    env->now_ctx = options->now_ctx;
    pte_status status = pte__catalog_init(&env->catalog, &env->store.allocator, error);
    if (status == PTE_OK) {
        status = pte__writer_create(&env->writer, env, error);
    }
    if (status == PTE_OK) {
        pte__committer_hooks hooks = pte__writer_hooks(env->writer);
        status = pte__committer_init(&env->committer, &env->store, &hooks, error);
    }
    return status;
}

static void close_parts(pte_env *env) {
    if (env->committer.store != NULL) {
        pte__committer_clean_up(&env->committer);
    }
    pte__writer_destroy(env->writer);
    /* Pooled snapshots hold schemas of the catalog's, so the store goes first. */
    pte__store_close(&env->store);
    pte__catalog_clean_up(&env->catalog);
}

pte_status pte_env_open(pte_env **out, const char *path, const pte_env_options *given,
                        pte_error *error) {
    static const pte_env_options defaults = {.durability = PTE_DURABLE};
    const pte_env_options *options = given != NULL ? given : &defaults;
    if (out == NULL) {
        return pte__fail(error, PTE_INVALID_ARGUMENT, "env must not be NULL");
    }
    *out = NULL;
    pte_status status = check_options(path, options, error);
    if (status != PTE_OK) {
        return status;
    }
    const pte_allocator allocator = pte__allocator_of(options->allocator);
    pte_env *env = pte__alloc(&allocator, sizeof *env);
    if (env == NULL) {
        return pte__fail_memory(error);
    }
    memset(env, 0, sizeof *env);
    status = pte__store_open(&env->store, path, options, &PTE__READ_CLASS, error);
    if (status == PTE_OK) {
        status = open_parts(env, options, error);
        if (status != PTE_OK) {
            close_parts(env);
        }
    }
    if (status != PTE_OK) {
        pte__free(&allocator, env, sizeof *env);
        return status;
    }
    *out = env;
    return PTE_OK;
}

void pte_env_close(pte_env *env) {
    if (env != NULL) {
        const pte_allocator allocator = env->store.allocator;
        close_parts(env);
        pte__free(&allocator, env, sizeof *env);
    }
}

void pte_env_seal(uint8_t *seal, const pte_env *env, pte_bytes bytes) {
    /* Two parts, as no table's partition key has. */
    const pte_bytes parts[] = {pte_str("seal"), bytes};
    pte__partition_hash(seal, env->store.hash_secret, parts, 2);
}

pte_status pte_env_sync(pte_env *env, pte_error *error) {
    if (env == NULL) {
        return pte__fail(error, PTE_INVALID_ARGUMENT, "env must not be NULL");
    }
    if (env->store.durability != PTE_RELAXED || env->store.read_only) {
        return PTE_OK;
    }
    int rc = mdb_env_sync(env->store.lmdb, 1);
    return rc == 0 ? PTE_OK : pte__fail_lmdb(error, rc, "flushing to the disk");
}

pte_status pte_env_free_stale_readers(unsigned *freed, pte_env *env, pte_error *error) {
    if (freed == NULL || env == NULL) {
        return pte__fail(error, PTE_INVALID_ARGUMENT, "freed and env must not be NULL");
    }
    int dead = 0;
    int rc = mdb_reader_check(env->store.lmdb, &dead);
    *freed = rc == 0 ? (unsigned)dead : 0;
    return rc == 0 ? PTE_OK : pte__fail_lmdb(error, rc, "freeing the slots of dead readers");
}
