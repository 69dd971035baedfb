/*
 * Views of items and values: finding, walking and decoding over the bytes in place. Everything
 * here trusts nothing but the length of what it is given.
 */
#include <pocketable/engine/value.h>

#include "codec/wire.h"

const char *pte_type_name(pte_type type) {
    static const char *const names[] = {
        [PTE_TYPE_NONE] = "NONE", [PTE_TYPE_S] = "S",       [PTE_TYPE_N] = "N",
        [PTE_TYPE_B] = "B",       [PTE_TYPE_BOOL] = "BOOL", [PTE_TYPE_NULL] = "NULL",
        [PTE_TYPE_M] = "M",       [PTE_TYPE_L] = "L",       [PTE_TYPE_SS] = "SS",
        [PTE_TYPE_NS] = "NS",     [PTE_TYPE_BS] = "BS",
    };
    size_t index = (size_t)type;
    return names[index < sizeof names / sizeof *names ? index : PTE_TYPE_NONE];
}

static pte_status corrupt(pte_error *error, const char *what) {
    return pte__fail(error, PTE_CORRUPT, "%s is not well formed", what);
}

/* Reads the value at the start of bytes. */
static inline bool decode(pte_value *value, pte_bytes bytes) {
    pte__head head;
    if (PTE__UNLIKELY(!pte__wire_head(&head, bytes))) {
        return false;
    }
    size_t used = head.head_bytes + head.payload_bytes;
    if (pte__wire_is_container(head.type)) {
        used = pte__wire_skip_container(bytes);
        if (used == 0) {
            return false;
        }
    }
    value->type = head.type;
    value->boolean = head.boolean;
    value->count = head.count;
    value->bytes = pte_view(bytes.data + head.head_bytes, used - head.head_bytes);
    value->encoded = pte_view(bytes.data, used);
    return true;
}

/* Finds name among count pairs; false if the bytes before it are not well formed. */
static bool find(pte_value *value, pte_bytes pairs, uint32_t count, pte_bytes name) {
    pte_bytes rest = pairs;
    for (uint32_t i = 0; i < count; i++) {
        pte_bytes found;
        size_t used;
        if (PTE__UNLIKELY(!pte__wire_name(&found, &used, rest))) {
            return false;
        }
        rest = pte__wire_behind(rest, used);
        if (pte_bytes_equal(found, name)) {
            return decode(value, rest);
        }
        used = pte__wire_skip(rest);
        if (PTE__UNLIKELY(used == 0)) {
            return false;
        }
        rest = pte__wire_behind(rest, used);
    }
    return true;
}

pte_status pte_item_find(pte_value *value, const pte_item *item, pte_bytes name, pte_error *error) {
    uint32_t count;
    size_t used;
    *value = (pte_value){0};
    if (!pte__wire_map(&count, &used, item->encoded) ||
        !find(value, pte__wire_behind(item->encoded, used), count, name)) {
        return corrupt(error, "an item");
    }
    return PTE_OK;
}

pte_status pte_value_find(pte_value *value, const pte_value *map, pte_bytes name,
                          pte_error *error) {
    pte_value in = *map; /* value and map may be one */
    *value = (pte_value){0};
    if (in.type != PTE_TYPE_M) {
        return pte__fail(error, PTE_INVALID_ARGUMENT, "a value of type %s has no names",
                         pte_type_name(in.type));
    }
    return find(value, in.bytes, in.count, name) ? PTE_OK : corrupt(error, "a map");
}

pte_status pte_item_value(pte_value *value, const pte_item *item, pte_error *error) {
    uint32_t count;
    size_t used;
    *value = (pte_value){0};
    if (!pte__wire_map(&count, &used, item->encoded)) {
        return corrupt(error, "an item");
    }
    *value = (pte_value){
        .type = PTE_TYPE_M,
        .count = count,
        .bytes = pte__wire_behind(item->encoded, used),
        .encoded = item->encoded,
    };
    return PTE_OK;
}

pte_status pte_value_decode(pte_value *value, pte_bytes bytes, pte_error *error) {
    *value = (pte_value){0};
    return decode(value, bytes) ? PTE_OK : corrupt(error, "a value");
}

pte_status pte_item_iterate(pte_iter *iter, const pte_item *item, pte_error *error) {
    uint32_t count;
    size_t used;
    *iter = (pte_iter){0};
    if (!pte__wire_map(&count, &used, item->encoded)) {
        return corrupt(error, "an item");
    }
    *iter = (pte_iter){pte__wire_behind(item->encoded, used), count, PTE_TYPE_M};
    return PTE_OK;
}

pte_status pte_value_iterate(pte_iter *iter, const pte_value *value, pte_error *error) {
    *iter = (pte_iter){0};
    switch (value->type) {
    case PTE_TYPE_M:
    case PTE_TYPE_L:
    case PTE_TYPE_SS:
    case PTE_TYPE_NS:
    case PTE_TYPE_BS:
        *iter = (pte_iter){value->bytes, value->count, value->type};
        return PTE_OK;
    default:
        return pte__fail(error, PTE_INVALID_ARGUMENT, "a value of type %s has no elements",
                         pte_type_name(value->type));
    }
}

/* The next element's name and value; false if they are not well formed. */
static bool take_element(pte_iter *iter, pte_bytes *name, pte_value *value) {
    if (iter->container == PTE_TYPE_M) {
        size_t used;
        if (!pte__wire_name(name, &used, iter->rest)) {
            return false;
        }
        iter->rest = pte__wire_behind(iter->rest, used);
    }
    if (!decode(value, iter->rest)) {
        return false;
    }
    pte_type expected = pte__wire_element_type(iter->container);
    if (expected != PTE_TYPE_NONE && value->type != expected) {
        return false;
    }
    iter->rest = pte__wire_behind(iter->rest, value->encoded.len);
    iter->remaining--;
    return true;
}

pte_status pte_iter_next(pte_iter *iter, pte_bytes *name, pte_value *value, pte_error *error) {
    pte_bytes found = {0};
    if (iter->remaining != 0) {
        if (PTE__LIKELY(take_element(iter, &found, value))) {
            if (name != NULL) {
                *name = found;
            }
            return PTE_OK;
        }
    }
    *value = (pte_value){0};
    if (name != NULL) {
        *name = (pte_bytes){0};
    }
    if (iter->remaining != 0 || iter->rest.len != 0) {
        return corrupt(error, iter->remaining != 0 ? "an element" : "the end of a container");
    }
    return PTE_END;
}
