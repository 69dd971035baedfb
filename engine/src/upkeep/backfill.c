/*
 * Filling new indexes and expiry lists with the items that a table already holds, in steps.
 *
 * Writes maintain what is CREATING from the moment it is in the table's definition, for the whole
 * table. So a step only has to look at each item once, in key order, and to add the entry that is
 * not there yet; whatever is written behind or before it meanwhile is right by itself.
 */
#include <pocketable/engine/upkeep.h>

#include "store/lmdb_error.h"
#include "table/entry.h"
#include "table/image.h"
#include "write/backfill_place.h"
#include "write/definition.h"
#include "write/writer.h"

typedef struct step_request {
    pte__request base;
    pte__writer *writer;
    pte_bytes table;
    size_t items_max;
    pte_backfill_progress progress;
} step_request;

/* What is being filled: an index, or (index NULL) the expiry list. */
typedef struct target {
    const pte__index *index;
    uint32_t id;
} target;

/* The first there is; *count says how many there are. */
static target find_target(size_t *count, const pte__schema *schema) {
    target found = {NULL, schema->ttl_id};
    *count = 0;
    for (size_t i = 0; i < schema->info.index_count; i++) {
        if (schema->info.indexes[i].state == PTE_INDEX_CREATING && (*count)++ == 0) {
            found = (target){&schema->indexes[i], schema->info.indexes[i].id};
        }
    }
    if (schema->ttl_slot != PTE__SLOT_NONE && schema->info.ttl_state == PTE_INDEX_CREATING) {
        ++*count;
    }
    return found;
}

/* One step under way. */
typedef struct step {
    pte__writer *writer;
    pte__write_txn *txn;
    const pte__schema *schema;
    target target;
    bool is_last; /* nothing else of the table is CREATING */
    uint64_t done;
    pte__key last; /* the key in `items` of the last item done; len 0: none */
} step;

static pte_status add_index_entry(const step *s, const pte__extract *extract, pte_bytes base,
                                  pte_error *error) {
    pte__key key;
    bool present;
    pte_bytes value;
    pte_status status = pte__index_key(&key, &present, extract, s->target.index,
                                       s->writer->env->store.hash_secret, base, error);
    if (status == PTE_INDEX_KEY_TYPE || status == PTE_INDEX_KEY_SIZE ||
        status == PTE_INDEX_KEY_EMPTY || (status == PTE_OK && !present)) {
        return PTE_OK; /* left out */
    }
    if (status == PTE_OK) {
        status = pte__txn_get(&value, s->txn, PTE__DB_INDEX, pte__key_view(&key), error);
    }
    if (status != PTE_NOT_FOUND) {
        return status; /* a write has put it there */
    }
    pte_bytes image;
    status = pte__image_projected(&image, &s->writer->op_arena, extract, s->target.index, error);
    if (status == PTE_OK) {
        status = pte__txn_put(s->txn, PTE__DB_INDEX, pte__key_view(&key), image, error);
    }
    if (status == PTE_OK) {
        pte__tally tally = {s->target.id, 1, (int64_t)pte__image_size_bytes(image)};
        status = pte__counters_add(&s->writer->counters, s->txn, s->schema->info.id, tally, error);
    }
    return status;
}

static pte_status add_expiry_entry(const step *s, const pte__extract *extract, pte_bytes base,
                                   pte_error *error) {
    pte__key key;
    if (!pte__expiry_key(&key, extract, base)) {
        return PTE_OK;
    }
    return pte__txn_put(s->txn, PTE__DB_EXPIRY, pte__key_view(&key), (pte_bytes){0}, error);
}

/* Takes one item in. Its key and image are views until the first change. */
static pte_status take_in(step *s, pte_bytes base, pte_bytes image, pte_error *error) {
    pte_item item;
    pte__extract extract;
    s->last.len = 0;
    pte__key_add_bytes(&s->last, base);
    s->done++;
    pte_bytes copy = pte__arena_copy(&s->writer->op_arena, image);
    if (copy.data == NULL) {
        return pte__fail_memory(error);
    }
    pte_status status = pte__image_item(&item, copy, error);
    if (status == PTE_OK) {
        status = pte__extract_item(&extract, &s->writer->op_arena, s->schema, &item, error);
    }
    if (status == PTE_OK) {
        status = s->target.index != NULL
                     ? add_index_entry(s, &extract, pte__key_view(&s->last), error)
                     : add_expiry_entry(s, &extract, pte__key_view(&s->last), error);
    }
    return status;
}

/* The range of items that are still to be looked at. */
static void remaining_range(pte__key *lower, pte__key *upper, const step *s) {
    lower->len = 0;
    upper->len = 0;
    pte__key_add_id(upper, s->schema->info.id + 1);
    if (s->last.len == 0) {
        pte__key_add_id(lower, s->schema->info.id);
    } else {
        pte__key_add_bytes(lower, pte__key_view(&s->last));
        pte__key_after(lower);
    }
}

/*
 * Takes up to items_max items in; *finished if none is left. LMDB's cursor on `items` stays right
 * while other trees change.
 */
static pte_status take_items_in(bool *finished, step *s, size_t items_max, pte_error *error) {
    pte__key lower;
    pte__key upper;
    pte__tree_cursor *cursor = pte__alloc(&s->writer->env->store.allocator, sizeof *cursor);
    if (cursor == NULL) {
        return pte__fail_memory(error);
    }
    memset(cursor, 0, sizeof *cursor);
    remaining_range(&lower, &upper, s);
    pte__tree tree = pte__store_tree(s->txn->store, s->txn->lmdb, PTE__DB_ITEMS);
    int rc = pte__tree_cursor_open(cursor, &tree);
    if (rc == 0) {
        rc = pte__tree_cursor_seek(cursor, pte__key_view(&lower));
    }
    pte_status status = PTE_OK;
    *finished = false;
    for (size_t i = 0; i < items_max && rc == 0 && status == PTE_OK && !*finished; i++) {
        if (pte_bytes_compare(cursor->key, pte__key_view(&upper)) >= 0) {
            *finished = true;
            break;
        }
        status = take_in(s, cursor->key, cursor->value, error);
        pte__arena_reset(&s->writer->op_arena);
        if (status == PTE_OK) {
            /* By key, not by the cursor's place: entries with long keys change a tree it is in. */
            remaining_range(&lower, &upper, s);
            rc = pte__tree_cursor_seek(cursor, pte__key_view(&lower));
        }
    }
    pte__tree_cursor_clean_up(cursor);
    pte__free(&s->writer->env->store.allocator, cursor, sizeof *cursor);
    if (rc != 0 && rc != MDB_NOTFOUND && status == PTE_OK) {
        return pte__fail_lmdb(error, rc, "reading items");
    }
    *finished = *finished || rc == MDB_NOTFOUND;
    return status;
}

static pte_status run_target(step_request *request, step *s, pte_error *error) {
    bool finished = false;
    pte_status status = pte__backfill_place_get(&s->done, &s->last, s->txn, s->target.id, error);
    if (status == PTE_OK) {
        status = take_items_in(&finished, s, request->items_max, error);
    }
    if (status != PTE_OK) {
        return status;
    }
    request->progress.items_done = s->done;
    if (!finished) {
        return pte__backfill_place_put(s->txn, s->target.id, s->done, pte__key_view(&s->last),
                                       error);
    }
    request->progress.finished = s->is_last;
    status = pte__backfill_place_drop(s->txn, s->target.id, error);
    return status == PTE_OK
               ? pte__definition_activate(s->writer, s->txn, s->schema, s->target.id, error)
               : status;
}

static pte_status run_step(pte__request *base, pte__write_txn *txn, pte_error *error) {
    step_request *request = (step_request *)base;
    pte__schema *schema = NULL;
    target found;
    request->progress = (pte_backfill_progress){0};
    pte_status status = pte__writer_ready(request->writer, error);
    if (status == PTE_OK) {
        status = pte__writer_schema(&schema, request->writer, txn, request->table, error);
    }
    if (status == PTE_OK) {
        status = pte__counters_entries(&request->progress.items_total, &request->writer->counters,
                                       txn, schema->info.id, error);
    }
    size_t count = 0;
    if (status == PTE_OK) {
        found = find_target(&count, schema);
        request->progress.items_done = request->progress.items_total;
        request->progress.finished = count == 0;
    }
    if (status == PTE_OK && count != 0) {
        step s = {.writer = request->writer,
                  .txn = txn,
                  .schema = schema,
                  .target = found,
                  .is_last = count == 1};
        status = run_target(request, &s, error);
    }
    pte__schema_release(schema);
    pte__arena_reset(&request->writer->arena);
    return status;
}

pte_status pte_backfill_step(pte_backfill_progress *progress, pte_env *env, pte_bytes table,
                             size_t items_max, pte_error *error) {
    if (progress != NULL) {
        *progress = (pte_backfill_progress){0};
    }
    if (progress == NULL || env == NULL || items_max == 0) {
        return pte__fail(error, PTE_INVALID_ARGUMENT,
                         "progress and env must not be NULL, items_max not 0");
    }
    step_request request = {.base = {.run = run_step, .error = error},
                            .writer = env->writer,
                            .table = table,
                            .items_max = items_max};
    pte_status status = pte__commit(&env->committer, &request.base);
    if (status == PTE_OK) {
        *progress = request.progress;
    }
    return status;
}

pte_status pte_backfill(pte_env *env, pte_bytes table,
                        bool (*on_progress)(void *ctx, const pte_backfill_progress *now), void *ctx,
                        pte_error *error) {
    enum { STEP_ITEMS = 1000, MEMORY_STEP_ITEMS = 64 };
    if (env == NULL) {
        return pte__fail(error, PTE_INVALID_ARGUMENT, "env must not be NULL");
    }
    size_t items = env->store.durability == PTE_MEMORY ? MEMORY_STEP_ITEMS : STEP_ITEMS;
    for (;;) {
        pte_backfill_progress progress;
        pte_status status = pte_backfill_step(&progress, env, table, items, error);
        if (status != PTE_OK) {
            return status;
        }
        if (on_progress != NULL && !on_progress(ctx, &progress)) {
            return pte__fail(error, PTE_STOPPED, "after %llu items",
                             (unsigned long long)progress.items_done);
        }
        if (progress.finished) {
            return PTE_OK;
        }
    }
}
