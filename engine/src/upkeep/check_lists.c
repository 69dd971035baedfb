/*
 * What is made of a table's items: index entries and expiry entries.
 *
 * Every item's entry is looked up, and every list's entries are counted. An entry's key ends in its
 * item's key, so no two items share one: if there are as many entries as items were found to have,
 * there is no other. Only where there are more is each of them traced back to its item.
 */
#include "upkeep/check.h"

#include "base/endian.h"
#include "codec/keycode.h"
#include "table/image.h"
#include "write/backfill_place.h"

/* A walk over the entries of a list. */
typedef struct entries {
    pte__check *check;
    pte__check_list *list;
} entries;

static pte__db db_of(const pte__check_list *list) {
    return list->index != NULL ? PTE__DB_INDEX : PTE__DB_EXPIRY;
}

static pte__check_place place_of(const pte__check_list *list) {
    pte__check_place place = {.table = list->schema->info.spec.name, .expiry = list->index == NULL};
    if (list->index != NULL) {
        place.index = list->index->info->spec.name;
    }
    return place;
}

pte_status pte__check_list_init(pte__check_list *list, pte__check *check, const pte__schema *schema,
                                const pte__index *index) {
    *list = (pte__check_list){.schema = schema, .index = index};
    list->id = index != NULL ? index->info->id : schema->ttl_id;
    list->filling =
        (index != NULL ? index->info->state : schema->info.ttl_state) == PTE_INDEX_CREATING;
    if (!list->filling) {
        return PTE_OK;
    }
    list->place = pte__arena_alloc(&check->table_arena, sizeof *list->place);
    if (list->place == NULL) {
        return pte__fail_memory(check->error);
    }
    uint64_t done;
    pte_error cause;
    const pte__write_txn snapshot = {.lmdb = check->txn, .store = &check->env->store};
    pte_status status = pte__backfill_place_get(&done, list->place, &snapshot, list->id, &cause);
    return pte__check_cause(check, status, &cause); /* the check of `meta` reports damage */
}

/* The key of an item's entry; *present is false where it has none. */
static void entry_key(pte__key *key, bool *present, const pte__check_list *list,
                      const pte__check *check, const pte__extract *item, pte_bytes base) {
    if (list->index == NULL) {
        *present = pte__expiry_key(key, item, base);
        return;
    }
    pte_status status =
        pte__index_key(key, present, item, list->index, check->env->store.hash_secret, base, NULL);
    *present = status == PTE_OK && *present;
}

static pte_status compare_value(const pte__check_list *list, pte__check *check,
                                const pte__check_place *place, pte_bytes found) {
    pte_bytes expected = {0};
    pte_status status = PTE_OK;
    if (list->index != NULL) {
        status =
            pte__image_projected(&expected, &check->arena, place->item, list->index, check->error);
    }
    if (status != PTE_OK || pte_bytes_equal(expected, found)) {
        return status;
    }
    size_t at = 0;
    while (at < expected.len && at < found.len && expected.data[at] == found.data[at]) {
        at++;
    }
    pte__check_problem(check, place,
                       "the entry's value is not what the item gives: %zu bytes were expected, %zu "
                       "were found, which differ from byte %zu on",
                       expected.len, found.len, at);
    return PTE_OK;
}

pte_status pte__check_list_item(pte__check_list *list, pte__check *check, const pte__extract *item,
                                pte_bytes base) {
    pte__key key;
    pte_bytes value;
    bool found = false;
    entry_key(&key, &found, list, check, item, base);
    if (!found) {
        return PTE_OK;
    }
    pte_status status = pte__check_get(&value, &found, check, db_of(list), pte__key_view(&key));
    if (status != PTE_OK) {
        return status;
    }
    pte__check_place place = place_of(list);
    place.item = item;
    if (found) {
        list->accounted++;
        return compare_value(list, check, &place, value);
    }
    bool due = !list->filling ||
               (list->place->len != 0 && pte_bytes_compare(base, pte__key_view(list->place)) <= 0);
    if (due) {
        pte__check_problem(check, &place, "the item's entry is missing");
    }
    return PTE_OK;
}

static pte_status count_entry(void *ctx, pte_bytes key, pte_bytes value) {
    const entries *walk = ctx;
    (void)key;
    walk->list->entries++;
    if (walk->list->index != NULL && value.len >= PTE__IMAGE_HEAD_BYTES) {
        walk->list->bytes += pte__image_size_bytes(value);
    }
    return PTE_OK;
}

/* Where the base key begins in an entry's key; false if the key is not made that way. */
static bool base_start(size_t *start, const pte__check_list *list, pte_bytes key) {
    uint8_t content[PTE__KEY_MAX];
    size_t at = PTE__ID_BYTES + 8;
    if (list->index != NULL) {
        const pte_index_spec *spec = &list->index->info->spec;
        at = PTE__PREFIX_BYTES;
        for (size_t i = 0; i < spec->range_count; i++) {
            size_t len;
            size_t used;
            if (key.len < at || pte__keycode_read_delimited(
                                    content, &len, &used, spec->range[i].type,
                                    pte_view(key.data + at, key.len - at), NULL) != PTE_OK) {
                return false;
            }
            at += used;
        }
    }
    *start = at;
    return key.len >= at + PTE__PARTITION_BYTES;
}

/* An entry's item is there; says if it does not account for the entry. */
static void compare_key(const entries *walk, pte__check_place *place, const pte__extract *item,
                        pte_bytes base) {
    pte__key key;
    bool present;
    place->item = item;
    entry_key(&key, &present, walk->list, walk->check, item, base);
    if (!present) {
        pte__check_problem(walk->check, place, "the item should have no entry");
    } else if (!pte_bytes_equal(pte__key_view(&key), place->key)) {
        pte__check_problem(walk->check, place, "the item's entry belongs under another key");
    }
}

static pte_status trace_entry(void *ctx, pte_bytes key, pte_bytes value) {
    const entries *walk = ctx;
    const pte__schema *schema = walk->list->schema;
    pte__check_place place = place_of(walk->list);
    place.key = key;
    (void)value;
    size_t start;
    if (!base_start(&start, walk->list, key)) {
        pte__check_problem(walk->check, &place, "no key of an entry is made like this one");
        return PTE_OK;
    }
    pte__key base = {.len = 0};
    pte__key_add_id(&base, schema->info.id);
    pte__key_add_bytes(&base, pte_view(key.data + start, key.len - start));
    pte_bytes image;
    bool found;
    pte_status status =
        pte__check_get(&image, &found, walk->check, PTE__DB_ITEMS, pte__key_view(&base));
    if (status != PTE_OK || !found) {
        if (status == PTE_OK) {
            pte__check_problem(walk->check, &place, "the entry is of no item of the table");
        }
        return status;
    }
    pte__extract item;
    pte_error cause;
    bool good;
    status = pte__check_extract(&item, &good, walk->check, schema, image, &cause);
    if (status == PTE_OK && good) {
        compare_key(walk, &place, &item, pte__key_view(&base));
    } else if (status == PTE_OK) {
        pte__check_problem(walk->check, &place, "the entry is of an item that is damaged");
    }
    return status;
}

pte_status pte__check_list_entries(pte__check_list *list, pte__check *check) {
    entries walk = {check, list};
    pte_status status = pte__check_range(check, db_of(list), list->id, count_entry, &walk);
    uint64_t *reported =
        list->index != NULL ? &check->report->index_entries : &check->report->expiry_entries;
    *reported += list->entries;
    if (status == PTE_OK && list->entries != list->accounted) {
        status = pte__check_range(check, db_of(list), list->id, trace_entry, &walk);
    }
    return status;
}
