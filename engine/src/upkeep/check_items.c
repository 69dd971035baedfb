/* The items of a table, held against their keys, sizes, order, indexes and counters. */
#include "upkeep/check.h"

#include "table/counts.h"
#include "table/image.h"

/* A table being checked. */
typedef struct table {
    pte__check *check;
    const pte__schema *schema;
    pte__check_list *lists; /* of each index, then of the expiry */
    size_t list_count;
    uint64_t items;
    uint64_t bytes;
} table;

pte_status pte__check_extract(pte__extract *extract, bool *good, pte__check *check,
                              const pte__schema *schema, pte_bytes image, pte_error *cause) {
    pte_item item;
    pte_status status = pte__image_item(&item, image, cause);
    if (status == PTE_OK) {
        status = pte_item_validate(&item, cause);
    }
    if (status == PTE_OK) {
        item.size_bytes = 0; /* to be computed, not believed */
        status = pte__extract_item(extract, &check->arena, schema, &item, cause);
    }
    *good = status == PTE_OK;
    return status == PTE_OUT_OF_MEMORY ? pte__fail_memory(check->error) : PTE_OK;
}

static void check_size(const table *t, const pte__check_place *place, pte_bytes image) {
    size_t stated = pte__image_size_bytes(image);
    size_t computed = place->item->item.size_bytes;
    if (stated != computed) {
        pte__check_problem(t->check, place, "the size stated is %zu bytes, by the rule it is %zu",
                           stated, computed);
    }
    if (computed > PTE_ITEM_BYTES_MAX) {
        pte__check_problem(t->check, place, "the size is %zu bytes, at most %d are allowed",
                           computed, (int)PTE_ITEM_BYTES_MAX);
    }
}

/* The key attributes first, the rest by name. */
static pte_status check_order(const table *t, const pte__check_place *place, pte_bytes image) {
    pte_bytes expected;
    pte_status status = pte__image_all(&expected, &t->check->arena, place->item,
                                       &t->schema->leading, t->check->error);
    if (status != PTE_OK) {
        return status;
    }
    bool equal = image.len == expected.len &&
                 memcmp(image.data + PTE__IMAGE_HEAD_BYTES, expected.data + PTE__IMAGE_HEAD_BYTES,
                        image.len - PTE__IMAGE_HEAD_BYTES) == 0;
    if (!equal) {
        pte__check_problem(t->check, place, "the attributes are not in their order");
    }
    return PTE_OK;
}

/* Whether the item lies where its key attributes say. */
static bool check_key(const table *t, const pte__check_place *place) {
    pte_key given = pte__extract_key(place->item);
    pte__key key;
    pte_error cause;
    pte_status status =
        pte__table_key(&key, t->schema, t->check->env->store.hash_secret, &given, &cause);
    if (status != PTE_OK) {
        pte__check_problem(t->check, place, "%s", cause.message);
        return false;
    }
    if (!pte_bytes_equal(pte__key_view(&key), place->key)) {
        pte__check_problem(t->check, place, "the item belongs under another key");
        return false;
    }
    return true;
}

static pte_status visit_item(void *ctx, pte_bytes key, pte_bytes image) {
    table *t = ctx;
    pte__check *check = t->check;
    pte__extract extract;
    pte_error cause;
    bool good;
    pte__check_place place = {.db = "items", .table = t->schema->info.spec.name, .key = key};
    check->report->items++;
    t->items++;
    pte_status status = pte__check_extract(&extract, &good, check, t->schema, image, &cause);
    if (status != PTE_OK || !good) {
        if (status == PTE_OK) {
            pte__check_problem(check, &place, "%s", cause.message);
        }
        return status;
    }
    t->bytes += extract.item.size_bytes;
    place.item = &extract;
    if (!check_key(t, &place)) {
        return PTE_OK;
    }
    place.key = (pte_bytes){0};
    check_size(t, &place, image);
    status = check_order(t, &place, image);
    for (size_t i = 0; i < t->list_count && status == PTE_OK; i++) {
        status = pte__check_list_item(&t->lists[i], check, &extract, key);
    }
    return status;
}

static pte_status init_lists(table *t) {
    const pte__schema *schema = t->schema;
    t->list_count = schema->info.index_count + (schema->ttl_slot != PTE__SLOT_NONE ? 1 : 0);
    t->lists = pte__arena_alloc(&t->check->table_arena, t->list_count * sizeof *t->lists);
    if (t->lists == NULL) {
        return pte__fail_memory(t->check->error);
    }
    pte_status status = PTE_OK;
    for (size_t i = 0; i < t->list_count && status == PTE_OK; i++) {
        const pte__index *index = i < schema->info.index_count ? &schema->indexes[i] : NULL;
        status = pte__check_list_init(&t->lists[i], t->check, schema, index);
    }
    return status;
}

static void compare_count(const table *t, const pte__check_place *place, const pte__count *stated,
                          uint64_t entries, uint64_t bytes) {
    if (stated->entries != entries || stated->bytes != bytes) {
        pte__check_problem(t->check, place,
                           "the counters say %llu of %llu bytes, found were %llu of %llu bytes",
                           (unsigned long long)stated->entries, (unsigned long long)stated->bytes,
                           (unsigned long long)entries, (unsigned long long)bytes);
    }
}

static pte_status check_counts(const table *t) {
    pte__counts counts;
    pte_error cause;
    pte__check_place place = {.db = "meta", .table = t->schema->info.spec.name};
    pte_status status =
        pte__counts_read(&counts, &t->check->env->store, t->check->txn, t->schema->info.id, &cause);
    if (status != PTE_OK) {
        return pte__check_cause(t->check, status, &cause); /* the check of `meta` reports it */
    }
    pte__count stated = pte__counts_of(&counts, t->schema->info.id);
    compare_count(t, &place, &stated, t->items, t->bytes);
    for (size_t i = 0; i < t->list_count; i++) {
        const pte__check_list *list = &t->lists[i];
        if (list->index != NULL) {
            place.index = list->index->info->spec.name;
            stated = pte__counts_of(&counts, list->id);
            compare_count(t, &place, &stated, list->entries, list->bytes);
        }
    }
    return PTE_OK;
}

pte_status pte__check_table(pte__check *check, const pte__schema *schema) {
    table t = {.check = check, .schema = schema};
    pte_status status = init_lists(&t);
    if (status == PTE_OK) {
        status = pte__check_range(check, PTE__DB_ITEMS, schema->info.id, visit_item, &t);
    }
    for (size_t i = 0; i < t.list_count && status == PTE_OK; i++) {
        status = pte__check_list_entries(&t.lists[i], check);
    }
    if (status == PTE_OK) {
        status = check_counts(&t);
    }
    pte__arena_reset(&check->table_arena);
    return status;
}
