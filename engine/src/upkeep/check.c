/* The checker: one snapshot, its parts in their order, the report. */
#include "upkeep/check.h"

#include "store/lmdb_error.h"

#include <errno.h>

static uint64_t entries_of(const pte__check *check) {
    uint64_t total = 0;
    for (int db = 0; db < PTE__DB_COUNT; db++) {
        MDB_stat stat;
        if (mdb_stat(check->txn, check->env->store.dbi[db], &stat) == 0) {
            total += stat.ms_entries;
        }
    }
    return total;
}

/* The trees are numbered in the lines of the check of the layers. */
static const struct {
    pte__db db;
    const char *name;
} TREES[] = {{PTE__DB_ITEMS, "items"}, {PTE__DB_INDEX, "index"}, {PTE__DB_EXPIRY, "expiry"}};
enum { TREE_COUNT = sizeof TREES / sizeof TREES[0] };

static void on_layer_problem(void *ctx, const char *problem) {
    pte__check *check = ctx;
    pte__check_place place = {.db = "long keys"};
    static const char PREFIX[] = "tree 0: ";
    if (strncmp(problem, PREFIX, 5) == 0 && problem[5] >= '0' && problem[5] < '0' + TREE_COUNT) {
        place.db = TREES[problem[5] - '0'].name;
        problem += sizeof PREFIX - 1;
    } else if (strncmp(problem, "long: ", 6) == 0) {
        place.db = "long";
        problem += 6;
    }
    pte__check_problem(check, &place, "%s", problem);
    check->layers_broken = true;
}

static pte_status check_layers(pte__check *check) {
    pte__tree trees[TREE_COUNT];
    for (size_t i = 0; i < TREE_COUNT; i++) {
        trees[i] = pte__store_tree(&check->env->store, check->txn, TREES[i].db);
    }
    int rc = pte__tree_check_layers(trees, TREE_COUNT, &check->report->long_keys, on_layer_problem,
                                    check);
    return rc == 0 ? PTE_OK : pte__check_damage(check, rc, "long");
}

static pte_status check_all(pte__check *check) {
    check->total = entries_of(check);
    pte_status status = check_layers(check);
    if (status == PTE_OK) {
        status = pte__check_meta(check);
    }
    if (status == PTE_OK) {
        status = pte__check_catalog(check);
    }
    if (status == PTE_OK) {
        status = pte__check_ids(check);
    }
    if (status == PTE_OK) {
        status = pte__check_changes(check);
    }
    return status;
}

static void clean_up(pte__check *check) {
    pte__tree_cursor_clean_up(&check->cursor);
    pte__schema_release(check->schema);
    pte__arena_clean_up(&check->arena);
    pte__arena_clean_up(&check->table_arena);
    pte__arena_clean_up(&check->stream_arena);
}

pte_status pte_check(pte_check_report *report, pte_env *env, const pte_check_options *options,
                     pte_error *error) {
    if (report != NULL) {
        *report = (pte_check_report){0};
    }
    if (report == NULL || env == NULL) {
        return pte__fail(error, PTE_INVALID_ARGUMENT, "report and env must not be NULL");
    }
    pte__store *store = &env->store;
    pte__check *check = pte__alloc(&store->allocator, sizeof *check);
    if (check == NULL) {
        return pte__fail_memory(error);
    }
    memset(check, 0, sizeof *check);
    check->env = env;
    check->report = report;
    check->error = error;
    check->arena.allocator = store->allocator;
    check->table_arena.allocator = store->allocator;
    check->stream_arena.allocator = store->allocator;
    if (options != NULL) {
        check->options = *options;
    }
    pte__reader *reader;
    pte_status status = pte__reader_acquire(&reader, store, error);
    if (status == PTE_OK) {
        check->txn = reader->txn;
        status = check_all(check);
        clean_up(check);
        pte__reader_release(store, reader);
    }
    pte__free(&store->allocator, check, sizeof *check);
    if (status != PTE_OK) {
        *report = (pte_check_report){0};
    }
    return status;
}
