/* Planning one operation, and carrying a plan out. */
#include "write/plan.h"

#include "base/endian.h"
#include "table/change_record.h"
#include "table/image.h"
#include "table/stream_row.h"

/* What planning one operation works with. */
typedef struct work {
    pte__plan *plan;
    const pte__planner *planner;
    const pte_op *op;
    pte__extract old_extract;
    pte__extract new_extract;
    const pte__extract *old_item; /* NULL: there is none */
    const pte__extract *new_item; /* NULL: there will be none */
    pte_bytes old_image;
    pte_bytes new_image;
    bool changes; /* something is to be done */
} work;

pte_status pte__plan_add(pte__plan *plan, const pte__planner *planner,
                         const pte__mutation *mutation, pte_error *error) {
    pte__mutation *added = pte__arena_alloc(planner->arena, sizeof *added);
    if (added == NULL) {
        return pte__fail_memory(error);
    }
    *added = *mutation;
    added->next = NULL;
    *plan->last = added;
    plan->last = &added->next;
    return PTE_OK;
}

static pte_status extract(pte__extract *out, const work *w, const pte_item *item,
                          pte_error *error) {
    return pte__extract_item(out, w->planner->arena, w->plan->schema, item, error);
}

static pte_status extract_old(work *w, const pte_item *old, pte_error *error) {
    return pte__extract_stored(&w->old_extract, w->planner->arena, w->plan->schema, old, error);
}

/* Keeps the hash value as a stored item has it: numbers in their canonical text. */
static pte_status keep_hash_value(work *w, pte_scalar hash, pte_error *error) {
    char text[PTE_NUMBER_TEXT_MAX];
    pte_bytes value;
    pte_status status = pte__scalar_stored(&value, text, hash, error);
    if (status != PTE_OK) {
        return status;
    }
    w->plan->hash_value = pte__arena_copy(w->planner->arena, value);
    return w->plan->hash_value.data != NULL ? PTE_OK : pte__fail_memory(error);
}

/* The item's key: from the item itself for a put, else as given. */
static pte_status plan_key(work *w, pte_error *error) {
    pte_key given = w->op->key;
    pte_status status = PTE_OK;
    if (w->op->kind == PTE_PUT) {
        status = extract(&w->new_extract, w, &w->op->item, error);
        if (status == PTE_OK) {
            given = pte__extract_key(&w->new_extract);
        }
    }
    pte__key key;
    if (status == PTE_OK) {
        status = pte__table_key(&key, w->plan->schema, w->planner->writer->env->store.hash_secret,
                                &given, error);
    }
    if (status == PTE_OK) {
        w->plan->key = pte__arena_copy(w->planner->arena, pte__key_view(&key));
        status = w->plan->key.data != NULL ? keep_hash_value(w, given.hash, error)
                                           : pte__fail_memory(error);
    }
    return status;
}

/*
 * Reads the item as it is. Its image is a view of the map, and so good until the first change; the
 * whole planning comes before that.
 */
static pte_status read_old(work *w, pte_item *old, pte_error *error) {
    pte_status status =
        pte__txn_get(&w->old_image, w->planner->txn, PTE__DB_ITEMS, w->plan->key, error);
    if (status != PTE_OK) {
        *old = (pte_item){0};
        return status == PTE_NOT_FOUND ? PTE_OK : status;
    }
    status = pte__image_item(old, w->old_image, error);
    if (status == PTE_OK && !pte__image_begins_with(old, &w->plan->hash_value, 1, NULL)) {
        status = pte__fail(error, PTE_HASH_COLLISION,
                           "another partition key's item has the key of this one");
    }
    return status;
}

static bool needs_old_extract(const work *w) {
    const pte_table_info *info = &w->plan->schema->info;
    return info->index_count != 0 || info->spec.changes != PTE_CHANGES_OFF ||
           w->plan->schema->ttl_slot != PTE__SLOT_NONE;
}

/* An update's new item must have the key that the operation names. */
static pte_status expect_same_key(const work *w, pte_error *error) {
    pte_key given = pte__extract_key(&w->new_extract);
    pte__key key;
    pte_status status = pte__table_key(&key, w->plan->schema,
                                       w->planner->writer->env->store.hash_secret, &given, error);
    /* Equal keys have equal hashes, not always equal hash attributes. */
    if (status == PTE_OK &&
        (!pte_bytes_equal(pte__key_view(&key), w->plan->key) ||
         !pte_bytes_equal(w->new_extract.slots[PTE__SLOT_HASH].value.bytes, w->plan->hash_value))) {
        status = pte__fail(error, PTE_KEY_CHANGED, "table \"%.*s\"",
                           PTE__SHOW(w->plan->schema->info.spec.name));
    }
    return status;
}

/*
 * What a callback refuses with fails the operation. The error is cleared before a callback runs, so
 * one that says no more than its status gets that status' text, and never what was there before.
 */
static pte_status refused(pte_status status, const char *callback, pte_error *error) {
    if (error->status == status && error->message[0] != '\0') {
        return status;
    }
    return pte__fail(error, status, "the operation's %s callback answered so", callback);
}

static pte_status run_change(work *w, const pte_item *old, pte_error *error) {
    pte_item item = {0};
    pte_change_result result = PTE_CHANGE_NONE;
    *error = (pte_error){0};
    pte_status status = w->op->change(w->op->ctx, old, &item, &result, error);
    if (status != PTE_OK) {
        return refused(status, "change", error);
    }
    switch (result) {
    case PTE_CHANGE_NONE:
        w->changes = false;
        return PTE_OK;
    case PTE_CHANGE_REMOVE:
        w->changes = old != NULL;
        return PTE_OK;
    case PTE_CHANGE_REPLACE:
        break;
    default:
        return pte__fail(error, PTE_CALLBACK_FAILED, "%d is no pte_change_result", (int)result);
    }
    status = extract(&w->new_extract, w, &item, error);
    if (status == PTE_OK) {
        status = expect_same_key(w, error);
    }
    w->new_item = &w->new_extract;
    w->changes = true;
    return status;
}

/* Evaluates the condition and decides what becomes of the item. */
static pte_status decide(work *w, const pte_item *old, pte_error *error) {
    if (w->op->condition != NULL) {
        *error = (pte_error){0};
        pte_status status = w->op->condition(w->op->ctx, old, error);
        if (status != PTE_OK) {
            return refused(status, "condition", error);
        }
    }
    switch (w->op->kind) {
    case PTE_PUT:
        w->new_item = &w->new_extract;
        w->changes = true;
        break;
    case PTE_DELETE:
        w->changes = old != NULL;
        break;
    case PTE_UPDATE:
        return run_change(w, old, error);
    case PTE_CHECK:
        w->changes = false;
        break;
    }
    return PTE_OK;
}

/* Item size: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html */
static pte_status plan_item(work *w, pte_error *error) {
    pte_status status = PTE_OK;
    if (w->new_item != NULL) {
        size_t size_bytes = w->new_item->item.size_bytes;
        if (size_bytes > PTE_ITEM_BYTES_MAX) {
            return pte__fail(error, PTE_ITEM_TOO_LARGE, "%zu bytes were found, %d are allowed",
                             size_bytes, (int)PTE_ITEM_BYTES_MAX);
        }
        status = pte__image_all(&w->new_image, w->planner->arena, w->new_item,
                                &w->plan->schema->leading, error);
    }
    if (status != PTE_OK || pte_bytes_equal(w->new_image, w->old_image)) {
        w->changes = false; /* equal items are equal bytes */
        return status;
    }
    uint32_t id = w->plan->schema->info.id;
    int64_t old_bytes = w->old_image.len != 0 ? (int64_t)pte__image_size_bytes(w->old_image) : 0;
    int64_t new_bytes = w->new_item != NULL ? (int64_t)w->new_item->item.size_bytes : 0;
    pte__mutation mutation = {
        .db = PTE__DB_ITEMS,
        .remove = w->new_item == NULL,
        .key = w->plan->key,
        .value = w->new_image,
        .tally = {id, (w->new_item != NULL) - (w->old_image.len != 0), new_bytes - old_bytes},
    };
    return pte__plan_add(w->plan, w->planner, &mutation, error);
}

static bool keeps_old(pte_change_images images) {
    return images == PTE_CHANGES_OLD_IMAGE || images == PTE_CHANGES_NEW_AND_OLD_IMAGES;
}

static bool keeps_new(pte_change_images images) {
    return images == PTE_CHANGES_NEW_IMAGE || images == PTE_CHANGES_NEW_AND_OLD_IMAGES;
}

static pte_status plan_change_record(work *w, pte_error *error) {
    const pte__schema *schema = w->plan->schema;
    const pte_env *env = w->planner->writer->env;
    pte_change_images images = schema->info.spec.changes;
    pte__change_record record = {
        .kind = w->new_item == NULL   ? PTE_CHANGE_DELETE
                : w->old_item == NULL ? PTE_CHANGE_INSERT
                                      : PTE_CHANGE_MODIFY,
        .by_expiry = w->planner->by_expiry,
        .table_id = schema->info.id,
        .time_ms = env->now_ms(env->now_ctx),
        .old_image = keeps_old(images) ? w->old_image : (pte_bytes){0},
        .new_image = keeps_new(images) ? w->new_image : (pte_bytes){0},
    };
    pte_status status = pte__image_some(&record.keys_image, w->planner->arena,
                                        w->new_item != NULL ? w->new_item : w->old_item,
                                        &schema->leading, NULL, 0, error);
    if (status == PTE_OK) {
        status = pte__change_encode(&w->plan->change_record, w->planner->arena, &record, error);
    }
    return status;
}

static pte_status plan_changes(work *w, const pte_item *old, pte_error *error) {
    pte_status status = plan_item(w, error);
    if (status == PTE_OK && !w->changes && w->new_item != NULL) {
        /* It may have been stored before the index was there, which leaves such an item out. */
        return pte__plan_check_indexes(w->plan, w->planner, w->new_item, error);
    }
    if (status != PTE_OK || !w->changes) {
        return status;
    }
    if (old != NULL && needs_old_extract(w)) {
        status = extract_old(w, old, error);
        w->old_item = &w->old_extract;
    }
    if (status == PTE_OK) {
        status = pte__plan_indexes(w->plan, w->planner, w->old_item, w->new_item, error);
    }
    if (status == PTE_OK && w->plan->schema->info.spec.changes != PTE_CHANGES_OFF) {
        status = plan_change_record(w, error);
    }
    return status;
}

/* Completes the effects of an operation that goes ahead. */
static pte_status note_effects(work *w, const pte_item *old, pte_error *error) {
    pte_effects *effects = w->plan->effects;
    size_t index_count = w->plan->schema->info.index_count;
    pte_status status = PTE_OK;
    if (w->changes) {
        effects->new_bytes = w->new_item != NULL ? w->new_item->item.size_bytes : 0;
    } else {
        const pte__extract *item = w->new_item; /* NULL, or equal to the old one */
        if (item == NULL && old != NULL && index_count != 0) {
            status = extract_old(w, old, error);
            item = &w->old_extract;
        }
        if (status == PTE_OK) {
            status = pte__plan_note_unchanged(w->plan, w->planner, item, error);
        }
        effects->new_bytes = status == PTE_OK ? effects->old_bytes : 0;
    }
    effects->index_count = status == PTE_OK ? index_count : 0;
    return status;
}

static pte_status check_op(const pte_op *op, pte_error *error) {
    bool kind_fits = (op->kind == PTE_PUT && op->change == NULL) ||
                     (op->kind == PTE_DELETE && op->change == NULL) ||
                     (op->kind == PTE_UPDATE && op->change != NULL) ||
                     (op->kind == PTE_CHECK && op->change == NULL && op->condition != NULL);
    if (!kind_fits) {
        return pte__fail(error, PTE_INVALID_ARGUMENT,
                         "an operation is PUT, DELETE, UPDATE with change, or CHECK with "
                         "condition; kind %d was found with%s change and with%s condition",
                         (int)op->kind, op->change != NULL ? "" : "out",
                         op->condition != NULL ? "" : "out");
    }
    return PTE_OK;
}

pte_status pte__plan_op(pte__plan *plan, const pte__planner *planner, const pte_op *op,
                        pte_error *error) {
    *plan = (pte__plan){0};
    plan->last = &plan->first;
    plan->effects = op->effects;
    pte__effects_clear(op->effects);
    work w = {.plan = plan, .planner = planner, .op = op};
    pte_item old;
    pte_status status = check_op(op, error);
    if (status == PTE_OK) {
        status = pte__writer_schema(&plan->schema, planner->writer, planner->txn, op->table, error);
    }
    if (status == PTE_OK && op->table_id != 0 && op->table_id != plan->schema->info.id) {
        status = pte__fail(error, PTE_TABLE_NOT_FOUND, "table \"%.*s\" was made anew",
                           PTE__SHOW(op->table));
    }
    if (status == PTE_OK) {
        status = plan_key(&w, error);
    }
    if (status == PTE_OK) {
        status = read_old(&w, &old, error);
    }
    const pte_item *found = w.old_image.len != 0 ? &old : NULL;
    if (status == PTE_OK) {
        if (PTE__UNLIKELY(op->effects != NULL) && found != NULL) {
            op->effects->old_bytes = pte__image_size_bytes(w.old_image);
        }
        status = decide(&w, found, error);
    }
    if (status == PTE_OK && w.changes) {
        status = plan_changes(&w, found, error);
    }
    if (status == PTE_OK && PTE__UNLIKELY(op->effects != NULL) && op->kind != PTE_CHECK) {
        status = note_effects(&w, found, error);
    }
    return status;
}

static pte_status apply_mutation(const pte__mutation *mutation, const pte__plan *plan,
                                 pte__writer *writer, pte__write_txn *txn, pte_error *error) {
    bool counts = true;
    pte_status status;
    if (mutation->remove) {
        status = pte__txn_delete(&counts, txn, mutation->db, mutation->key, error);
    } else {
        status = pte__txn_put(txn, mutation->db, mutation->key, mutation->value, error);
    }
    if (status == PTE_OK && counts && mutation->tally.id != 0) {
        status = pte__counters_add(&writer->counters, txn, plan->schema->info.id, mutation->tally,
                                   error);
    }
    return status;
}

pte_status pte__plan_apply(const pte__plan *plan, pte__writer *writer, pte__write_txn *txn,
                           pte_error *error) {
    pte_status status = PTE_OK;
    for (const pte__mutation *mutation = plan->first; mutation != NULL && status == PTE_OK;
         mutation = mutation->next) {
        status = apply_mutation(mutation, plan, writer, txn, error);
    }
    if (status == PTE_OK && plan->change_record.len != 0) {
        const pte_table_info *info = &plan->schema->info;
        uint8_t bytes[PTE__CHANGE_KEY_BYTES];
        writer->sequence_changed = true;
        pte__change_key key = {
            .stream_id = info->stream_id,
            .shard = pte__stream_shard(plan->key.data + PTE__ID_BYTES, info->spec.change_shards),
            .sequence = ++writer->sequence,
        };
        status = pte__txn_put(txn, PTE__DB_CHANGES, pte__change_key_encode(bytes, &key),
                              plan->change_record, error);
    }
    return status;
}

void pte__plan_clean_up(pte__plan *plan) {
    pte__schema_release(plan->schema);
    plan->schema = NULL;
}
