/*
 * DynamoDB's size of values and items, found in one walk over the bytes. The walk keeps a small
 * stack of its own; nothing here recurses.
 */
#include "codec/measure.h"

#include "codec/wire.h"

typedef struct level {
    uint32_t remaining;
    bool named;
} level;

static pte_bytes from(pte_bytes bytes, size_t at) {
    return pte_view(bytes.data + at, bytes.len - at);
}

/* Size of a string, number or binary, whose payload is given. */
static bool scalar_size(size_t *size, pte_type type, pte_bytes payload) {
    pte_number number;
    if (type != PTE_TYPE_N) {
        *size = payload.len;
        return true;
    }
    if (pte_number_parse(&number, payload, NULL) != PTE_OK) {
        return false;
    }
    *size = pte_number_size_bytes(&number);
    return true;
}

/* Size of a set: the sum of its elements, which must fill the payload. */
static bool set_size(size_t *size, const pte__head *set, pte_bytes payload) {
    size_t at = 0;
    *size = 0;
    for (uint32_t i = 0; i < set->count; i++) {
        pte__head head;
        size_t element;
        if (!pte__wire_head(&head, from(payload, at)) ||
            head.type != pte__wire_element_type(set->type) ||
            !scalar_size(&element, head.type,
                         pte_view(payload.data + at + head.head_bytes, head.payload_bytes))) {
            return false;
        }
        *size += element;
        at += head.head_bytes + head.payload_bytes;
    }
    return at == payload.len;
}

static bool leaf_size(size_t *size, const pte__head *head, pte_bytes payload) {
    switch (head->type) {
    case PTE_TYPE_BOOL:
    case PTE_TYPE_NULL:
        *size = PTE__SIZE_FLAG;
        return true;
    case PTE_TYPE_SS:
    case PTE_TYPE_NS:
    case PTE_TYPE_BS:
        return set_size(size, head, payload);
    default:
        return scalar_size(size, head->type, payload);
    }
}

/* Adds the size of one head and what follows it, up to a container's first element; *at moves on.
 */
static bool take_head(pte__measured *measured, pte__head *head, pte_bytes bytes) {
    size_t at = measured->encoded_bytes;
    if (!pte__wire_head(head, from(bytes, at))) {
        return false;
    }
    size_t size = PTE__SIZE_CONTAINER + (size_t)PTE__SIZE_ELEMENT * head->count;
    if (!pte__wire_is_container(head->type) &&
        !leaf_size(&size, head,
                   pte_view(bytes.data + at + head->head_bytes, head->payload_bytes))) {
        return false;
    }
    measured->size_bytes += size;
    measured->encoded_bytes = at + head->head_bytes + head->payload_bytes;
    return true;
}

static bool take_name(pte__measured *measured, pte_bytes bytes) {
    pte_bytes name;
    size_t used;
    if (!pte__wire_name(&name, &used, from(bytes, measured->encoded_bytes))) {
        return false;
    }
    measured->size_bytes += name.len;
    measured->encoded_bytes += used;
    return true;
}

bool pte__measure(pte__measured *measured, pte_bytes bytes, unsigned depth_max) {
    level levels[PTE_NESTING_MAX + 1];
    unsigned depth = 0;
    *measured = (pte__measured){0};
    for (bool first = true; first || depth != 0; first = false) {
        if (depth != 0) {
            levels[depth - 1].remaining--;
            if (levels[depth - 1].named && !take_name(measured, bytes)) {
                return false;
            }
        }
        pte__head head;
        if (!take_head(measured, &head, bytes)) {
            return false;
        }
        if (first) {
            measured->count = head.count;
        }
        if (pte__wire_is_container(head.type)) {
            if (depth == depth_max) {
                return false;
            }
            levels[depth++] = (level){head.count, head.type == PTE_TYPE_M};
            measured->depth = depth > measured->depth ? depth : measured->depth;
        }
        while (depth != 0 && levels[depth - 1].remaining == 0) {
            depth--;
        }
    }
    return true;
}

pte_status pte_value_size_bytes(size_t *size_bytes, const pte_value *value, pte_error *error) {
    pte__measured measured;
    *size_bytes = 0;
    /* One level more than a value may have, as the value may be an item. */
    if (!pte__measure(&measured, value->encoded, PTE_NESTING_MAX + 1) ||
        measured.encoded_bytes != value->encoded.len) {
        return pte__fail(error, PTE_CORRUPT, "a value is not well formed");
    }
    *size_bytes = measured.size_bytes;
    return PTE_OK;
}

pte_status pte_item_size_bytes(size_t *size_bytes, const pte_item *item, pte_error *error) {
    *size_bytes = 0;
    pte__measured measured;
    uint32_t count;
    size_t used;
    if (!pte__wire_map(&count, &used, item->encoded) ||
        !pte__measure(&measured, item->encoded, PTE_NESTING_MAX + 1) ||
        measured.encoded_bytes != item->encoded.len) {
        return pte__fail(error, PTE_CORRUPT, "an item is not well formed");
    }
    /* An item counts like a map, but for what a map counts for itself. */
    *size_bytes =
        measured.size_bytes - PTE__SIZE_CONTAINER - (size_t)PTE__SIZE_ELEMENT * measured.count;
    return PTE_OK;
}
