/* One walk over an item that finds every attribute that matters. */
#include "table/extract.h"

#include "codec/wire.h"

#include <stdlib.h>

static pte_status not_an_item(pte_error *error) {
    return pte__fail(error, PTE_CORRUPT, "an item of the engine's own making was expected");
}

/* The attribute at the start of rest. */
static bool read_pair(pte_bytes *pair, pte_bytes *name, pte_bytes *value, pte_bytes rest) {
    size_t name_bytes;
    if (!pte__wire_name(name, &name_bytes, rest)) {
        return false;
    }
    size_t value_bytes = pte__wire_skip(pte__wire_behind(rest, name_bytes));
    *value = (pte_bytes){rest.data + name_bytes, value_bytes};
    *pair = (pte_bytes){rest.data, name_bytes + value_bytes};
    return value_bytes != 0;
}

static pte_status fill_slot(pte__extract *extract, uint16_t slot, pte_bytes pair, pte_bytes value,
                            pte_error *error) {
    pte__pair *found = &extract->slots[slot];
    if (found->encoded.len != 0) {
        return pte__fail(error, PTE_CORRUPT, "attribute \"%.*s\" stands twice in an item",
                         PTE__SHOW(extract->schema->names[slot]));
    }
    found->encoded = pair;
    return pte_value_decode(&found->value, value, error);
}

/* Takes the attribute at the start of *rest off it, into its slot if it has one. */
static pte_status take_pair(pte_bytes *name, uint16_t *slot, pte__extract *extract, pte_bytes *rest,
                            pte_error *error) {
    pte_bytes pair;
    pte_bytes value;
    if (!read_pair(&pair, name, &value, *rest)) {
        return not_an_item(error);
    }
    *rest = pte__wire_behind(*rest, pair.len);
    *slot = pte__schema_slot(extract->schema, *name);
    return *slot != PTE__SLOT_NONE ? fill_slot(extract, *slot, pair, value, error) : PTE_OK;
}

/* Walks the attributes; *ordered says whether their names, the table's keys aside, rise. */
static pte_status walk(pte__extract *extract, bool *ordered, pte_error *error) {
    const pte__schema *schema = extract->schema;
    pte_bytes rest = extract->pairs;
    pte_bytes last = {0};
    *ordered = true;
    for (uint32_t i = 0; i < extract->count; i++) {
        pte_bytes name;
        uint16_t slot;
        pte_status status = take_pair(&name, &slot, extract, &rest, error);
        if (status != PTE_OK) {
            return status;
        }
        if (slot >= schema->leading.count) {
            *ordered = *ordered && (last.data == NULL || pte_bytes_compare(last, name) < 0);
            last = name;
        }
    }
    return rest.len == 0 ? PTE_OK : not_an_item(error);
}

typedef struct named_pair {
    pte_bytes name;
    pte_bytes pair;
} named_pair;

static int compare_named(const void *a, const void *b) {
    return pte_bytes_compare(((const named_pair *)a)->name, ((const named_pair *)b)->name);
}

/* A copy of the item with its attributes in order, for items that came from an index's image. */
static pte_status order_pairs(pte__extract *extract, pte__arena *arena, pte_error *error) {
    size_t count = extract->count;
    named_pair *named = pte__arena_alloc(arena, count * sizeof *named);
    uint8_t *copy = pte__arena_alloc(arena, extract->pairs.len);
    if (named == NULL || copy == NULL) {
        return pte__fail_memory(error);
    }
    pte_bytes rest = extract->pairs;
    for (size_t i = 0; i < count; i++) {
        pte_bytes value;
        if (!read_pair(&named[i].pair, &named[i].name, &value, rest)) {
            return not_an_item(error);
        }
        rest = pte__wire_behind(rest, named[i].pair.len);
    }
    qsort(named, count, sizeof *named, compare_named);
    size_t len = 0;
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && pte_bytes_equal(named[i - 1].name, named[i].name)) {
            return pte__fail(error, PTE_CORRUPT, "attribute \"%.*s\" stands twice in an item",
                             PTE__SHOW(named[i].name));
        }
        memcpy(copy + len, named[i].pair.data, named[i].pair.len);
        len += named[i].pair.len;
    }
    extract->pairs = (pte_bytes){copy, len};
    return PTE_OK;
}

/* Takes the item's head apart and makes the slots, all empty. */
static pte_status begin(pte__extract *extract, pte__arena *arena, const pte__schema *schema,
                        const pte_item *item, pte_error *error) {
    size_t head_bytes;
    *extract = (pte__extract){.schema = schema, .item = *item};
    if (item->encoded.data == NULL || item->encoded.len == 0) {
        return pte__fail(error, PTE_INVALID_ARGUMENT, "an item was expected, none was found");
    }
    if (!pte__wire_map(&extract->count, &head_bytes, item->encoded)) {
        return not_an_item(error);
    }
    extract->pairs = (pte_bytes){item->encoded.data + head_bytes, item->encoded.len - head_bytes};
    if (item->size_bytes == 0) {
        pte_status status = pte_item_size_bytes(&extract->item.size_bytes, item, error);
        if (status != PTE_OK) {
            return status;
        }
    }
    size_t slots_bytes = schema->name_count * sizeof *extract->slots;
    extract->slots = pte__arena_alloc(arena, slots_bytes);
    if (extract->slots == NULL) {
        return pte__fail_memory(error);
    }
    memset(extract->slots, 0, slots_bytes);
    return PTE_OK;
}

pte_status pte__extract_item(pte__extract *extract, pte__arena *arena, const pte__schema *schema,
                             const pte_item *item, pte_error *error) {
    bool ordered;
    pte_status status = begin(extract, arena, schema, item, error);
    if (status == PTE_OK) {
        status = walk(extract, &ordered, error);
    }
    if (status == PTE_OK && !ordered) {
        status = order_pairs(extract, arena, error);
        if (status == PTE_OK) {
            memset(extract->slots, 0, schema->name_count * sizeof *extract->slots);
            status = walk(extract, &ordered, error);
        }
    }
    return status;
}

pte_status pte__extract_stored(pte__extract *extract, pte__arena *arena, const pte__schema *schema,
                               const pte_item *item, pte_error *error) {
    pte_status status = begin(extract, arena, schema, item, error);
    pte_bytes rest = extract->pairs;
    size_t missing = schema->name_count;
    for (uint32_t i = 0; status == PTE_OK && i < extract->count && missing != 0; i++) {
        pte_bytes name;
        uint16_t slot = PTE__SLOT_NONE;
        status = take_pair(&name, &slot, extract, &rest, error);
        missing -= slot != PTE__SLOT_NONE;
    }
    return status;
}
