/* What a write changes in indexes and expiry: only what differs. */
#include "table/image.h"
#include "write/plan.h"

/* An item's entry in one index, or none. */
typedef struct entry {
    bool present;
    pte__key key;
} entry;

static pte_status copy_key(pte_bytes *copy, const pte__planner *planner, const pte__key *key,
                           pte_error *error) {
    *copy = pte__arena_copy(planner->arena, pte__key_view(key));
    return copy->data != NULL ? PTE_OK : pte__fail_memory(error);
}

static pte_status entry_of(entry *found, const pte__plan *plan, const pte__planner *planner,
                           const pte__index *index, const pte__extract *item, pte_error *error) {
    found->present = false;
    if (item == NULL) {
        return PTE_OK;
    }
    return pte__index_key(&found->key, &found->present, item, index,
                          planner->writer->env->store.hash_secret, plan->key, error);
}

/* Whether a failure means that an item, already stored, is not in the index. */
static bool is_left_out(pte_status status) {
    return status == PTE_INDEX_KEY_TYPE || status == PTE_INDEX_KEY_SIZE ||
           status == PTE_INDEX_KEY_EMPTY;
}

/*
 * The entry of the item as it is stored. One with a bad key was left out by the backfill, and in an
 * index that is still being filled an entry may not be there yet.
 */
static pte_status old_entry_of(entry *found, const pte__plan *plan, const pte__planner *planner,
                               const pte__index *index, const pte__extract *item,
                               pte_error *error) {
    pte_status status = entry_of(found, plan, planner, index, item, error);
    if (is_left_out(status)) {
        found->present = false;
        return PTE_OK;
    }
    if (status == PTE_OK && found->present && index->info->state == PTE_INDEX_CREATING) {
        pte_bytes value;
        status =
            pte__txn_get(&value, planner->txn, PTE__DB_INDEX, pte__key_view(&found->key), error);
        if (status == PTE_NOT_FOUND) {
            found->present = false;
            return PTE_OK;
        }
    }
    return status;
}

/* Whether both items have the same attributes at these slots, byte by byte. */
static bool same_slots(const pte__extract *a, const pte__extract *b, const uint16_t *slots,
                       size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (!pte_bytes_equal(a->slots[slots[i]].encoded, b->slots[slots[i]].encoded)) {
            return false;
        }
    }
    return true;
}

/*
 * Whether the index projects the same of both items, whose keys in it are equal. The items differ:
 * an unchanged one is not planned. Equal keys have equal hashes, not always equal hash attributes.
 */
static bool same_projection(const pte__index *index, const pte__extract *a, const pte__extract *b) {
    if (!same_slots(a, b, index->hash_slots, index->info->spec.hash_count)) {
        return false;
    }
    switch (index->info->spec.projection) {
    case PTE_PROJECT_KEYS_ONLY:
        return true;
    case PTE_PROJECT_INCLUDE:
        return same_slots(a, b, index->include_slots, index->include_count);
    case PTE_PROJECT_ALL:
        break;
    }
    return false;
}

/* What becomes of an item's entry in one index. */
typedef struct passage {
    const pte__index *index;
    const pte__extract *old_item; /* NULL: it is not in the index */
    const pte__extract *new_item; /* NULL: it will not be */
    const pte__key *old_key;
    const pte__key *new_key;
    size_t old_bytes; /* of what is projected */
    size_t new_bytes;
    bool stays;   /* under the same key */
    bool removes; /* the old entry */
    bool puts;    /* the new one */
} passage;

static void note_effect(const pte__plan *plan, const passage *p) {
    if (PTE__UNLIKELY(plan->effects != NULL)) {
        plan->effects->indexes[p->index - plan->schema->indexes] = (pte_index_effect){
            .index_id = p->index->info->id,
            .kind = p->index->info->spec.kind,
            .old_bytes = p->old_bytes,
            .new_bytes = p->new_bytes,
            .removed = p->removes,
            .put = p->puts,
        };
    }
}

static pte_status plan_removal(pte__plan *plan, const pte__planner *planner, const passage *p,
                               pte_error *error) {
    pte__mutation mutation = {.db = PTE__DB_INDEX,
                              .remove = true,
                              .tally = {p->index->info->id, -1, -(int64_t)p->old_bytes}};
    pte_status status = copy_key(&mutation.key, planner, p->old_key, error);
    return status == PTE_OK ? pte__plan_add(plan, planner, &mutation, error) : status;
}

static pte_status plan_entry(pte__plan *plan, const pte__planner *planner, passage *p,
                             pte_error *error) {
    pte__mutation mutation = {.db = PTE__DB_INDEX};
    pte_status status =
        pte__image_projected(&mutation.value, planner->arena, p->new_item, p->index, error);
    if (status == PTE_OK) {
        status = copy_key(&mutation.key, planner, p->new_key, error);
    }
    if (status != PTE_OK) {
        return status;
    }
    p->new_bytes = pte__image_size_bytes(mutation.value);
    int64_t more = (int64_t)p->new_bytes - (p->stays ? (int64_t)p->old_bytes : 0);
    mutation.tally = (pte__tally){p->index->info->id, p->stays ? 0 : 1, more};
    return pte__plan_add(plan, planner, &mutation, error);
}

static pte_status plan_passage(pte__plan *plan, const pte__planner *planner, passage *p,
                               pte_error *error) {
    pte_status status = PTE_OK;
    bool differs = p->removes || p->puts;
    if (p->old_item != NULL && (differs || plan->effects != NULL)) {
        status = pte__image_projected_bytes(&p->old_bytes, p->old_item, p->index, error);
    }
    p->new_bytes = p->stays ? p->old_bytes : 0;
    if (status == PTE_OK && p->removes) {
        status = plan_removal(plan, planner, p, error);
    }
    if (status == PTE_OK && p->puts) {
        status = plan_entry(plan, planner, p, error);
    }
    note_effect(plan, p);
    return status;
}

static pte_status plan_index(pte__plan *plan, const pte__planner *planner, const pte__index *index,
                             const pte__extract *old_item, const pte__extract *new_item,
                             pte_error *error) {
    entry old_entry;
    entry new_entry;
    pte_status status = old_entry_of(&old_entry, plan, planner, index, old_item, error);
    if (status == PTE_OK) {
        status = entry_of(&new_entry, plan, planner, index, new_item, error);
    }
    if (status != PTE_OK) {
        return status;
    }
    bool stays = old_entry.present && new_entry.present &&
                 pte_bytes_equal(pte__key_view(&old_entry.key), pte__key_view(&new_entry.key));
    passage p = {
        .index = index,
        .old_item = old_entry.present ? old_item : NULL,
        .new_item = new_entry.present ? new_item : NULL,
        .old_key = &old_entry.key,
        .new_key = &new_entry.key,
        .stays = stays,
        .removes = old_entry.present && !stays,
        .puts = new_entry.present && !(stays && same_projection(index, old_item, new_item)),
    };
    return plan_passage(plan, planner, &p, error);
}

static pte_status plan_expiry(pte__plan *plan, const pte__planner *planner,
                              const pte__extract *old_item, const pte__extract *new_item,
                              pte_error *error) {
    pte__key old_key;
    pte__key new_key;
    bool was = old_item != NULL && pte__expiry_key(&old_key, old_item, plan->key);
    bool is = new_item != NULL && pte__expiry_key(&new_key, new_item, plan->key);
    bool stays = was && is && pte_bytes_equal(pte__key_view(&old_key), pte__key_view(&new_key));
    pte_status status = PTE_OK;
    if (was && !stays) {
        pte__mutation mutation = {.db = PTE__DB_EXPIRY, .remove = true};
        status = copy_key(&mutation.key, planner, &old_key, error);
        if (status == PTE_OK) {
            status = pte__plan_add(plan, planner, &mutation, error);
        }
    }
    /* While the list is being filled an old entry may be missing, so it is put again. */
    bool filling = plan->schema->info.ttl_state == PTE_INDEX_CREATING;
    if (status == PTE_OK && is && (!stays || filling)) {
        pte__mutation mutation = {.db = PTE__DB_EXPIRY};
        status = copy_key(&mutation.key, planner, &new_key, error);
        if (status == PTE_OK) {
            status = pte__plan_add(plan, planner, &mutation, error);
        }
    }
    return status;
}

pte_status pte__plan_indexes(pte__plan *plan, const pte__planner *planner,
                             const pte__extract *old_item, const pte__extract *new_item,
                             pte_error *error) {
    pte_status status = PTE_OK;
    for (size_t i = 0; i < plan->schema->info.index_count && status == PTE_OK; i++) {
        status = plan_index(plan, planner, &plan->schema->indexes[i], old_item, new_item, error);
    }
    if (status == PTE_OK && plan->schema->ttl_slot != PTE__SLOT_NONE) {
        status = plan_expiry(plan, planner, old_item, new_item, error);
    }
    return status;
}

pte_status pte__plan_check_indexes(const pte__plan *plan, const pte__planner *planner,
                                   const pte__extract *item, pte_error *error) {
    pte_status status = PTE_OK;
    for (size_t i = 0; i < plan->schema->info.index_count && status == PTE_OK; i++) {
        entry unused;
        status = entry_of(&unused, plan, planner, &plan->schema->indexes[i], item, error);
    }
    return status;
}

pte_status pte__plan_note_unchanged(const pte__plan *plan, const pte__planner *planner,
                                    const pte__extract *item, pte_error *error) {
    pte_status status = PTE_OK;
    for (size_t i = 0; i < plan->schema->info.index_count && status == PTE_OK; i++) {
        entry found;
        passage p = {.index = &plan->schema->indexes[i]};
        status = old_entry_of(&found, plan, planner, p.index, item, error);
        if (status == PTE_OK && found.present) {
            status = pte__image_projected_bytes(&p.old_bytes, item, p.index, error);
            p.new_bytes = p.old_bytes;
        }
        note_effect(plan, &p);
    }
    return status;
}
