/* Stored images. */
#include "table/image.h"

#include "codec/wire.h"

static uint8_t *put_head(uint8_t *to, size_t size_bytes, uint32_t count) {
    to[0] = PTE__IMAGE_VERSION;
    to[1] = (uint8_t)(size_bytes >> 16);
    to[2] = (uint8_t)(size_bytes >> 8);
    to[3] = (uint8_t)size_bytes;
    return to + PTE__IMAGE_HEAD_BYTES + pte__wire_put_map(to + PTE__IMAGE_HEAD_BYTES, count);
}

static uint8_t *put_bytes(uint8_t *to, const uint8_t *from, size_t len) {
    if (len != 0) {
        memcpy(to, from, len);
    }
    return to + len;
}

/* The leading attributes that are there, in the order in which they stand in the item. */
static size_t leading_in_place(const uint8_t *starts[PTE__LEADING_MAX],
                               size_t lens[PTE__LEADING_MAX], const pte__extract *extract,
                               const pte__leading *leading) {
    size_t count = 0;
    for (size_t i = 0; i < leading->count; i++) {
        pte_bytes pair = extract->slots[leading->slots[i]].encoded;
        if (pair.len == 0) {
            continue;
        }
        size_t at = count++;
        while (at > 0 && starts[at - 1] > pair.data) {
            starts[at] = starts[at - 1];
            lens[at] = lens[at - 1];
            at--;
        }
        starts[at] = pair.data;
        lens[at] = pair.len;
    }
    return count;
}

pte_status pte__image_all(pte_bytes *image, pte__arena *arena, const pte__extract *extract,
                          const pte__leading *leading, pte_error *error) {
    uint8_t *start =
        pte__arena_alloc(arena, PTE__IMAGE_HEAD_BYTES + PTE__HEAD_MAX + extract->pairs.len);
    if (start == NULL) {
        return pte__fail_memory(error);
    }
    uint8_t *to = put_head(start, extract->item.size_bytes, extract->count);
    for (size_t i = 0; i < leading->count; i++) {
        pte_bytes pair = extract->slots[leading->slots[i]].encoded;
        to = put_bytes(to, pair.data, pair.len);
    }
    /* The runs between the leading ones. */
    const uint8_t *starts[PTE__LEADING_MAX];
    size_t lens[PTE__LEADING_MAX];
    size_t count = leading_in_place(starts, lens, extract, leading);
    const uint8_t *from = extract->pairs.data;
    for (size_t i = 0; i < count; i++) {
        to = put_bytes(to, from, (size_t)(starts[i] - from));
        from = starts[i] + lens[i];
    }
    to = put_bytes(to, from, (size_t)(extract->pairs.data + extract->pairs.len - from));
    *image = (pte_bytes){start, (size_t)(to - start)};
    return PTE_OK;
}

/* Adds what a slot's attribute counts toward the size. */
static pte_status add_size(size_t *size_bytes, const pte__extract *extract, uint16_t slot,
                           pte_error *error) {
    size_t value_bytes;
    pte_status status = pte_value_size_bytes(&value_bytes, &extract->slots[slot].value, error);
    if (status == PTE_OK) {
        *size_bytes += extract->schema->names[slot].len + value_bytes;
    }
    return status;
}

static pte_status measure(size_t *size_bytes, size_t *len, uint32_t *count,
                          const pte__extract *extract, const uint16_t *slots, size_t slot_count,
                          pte_error *error) {
    for (size_t i = 0; i < slot_count; i++) {
        size_t pair_len = extract->slots[slots[i]].encoded.len;
        if (pair_len != 0) {
            pte_status status = add_size(size_bytes, extract, slots[i], error);
            if (status != PTE_OK) {
                return status;
            }
            *len += pair_len;
            ++*count;
        }
    }
    return PTE_OK;
}

pte_status pte__image_some(pte_bytes *image, pte__arena *arena, const pte__extract *extract,
                           const pte__leading *leading, const uint16_t *others, size_t other_count,
                           pte_error *error) {
    size_t size_bytes = 0;
    size_t len = PTE__IMAGE_HEAD_BYTES + PTE__HEAD_MAX;
    uint32_t count = 0;
    pte_status status =
        measure(&size_bytes, &len, &count, extract, leading->slots, leading->count, error);
    if (status == PTE_OK) {
        status = measure(&size_bytes, &len, &count, extract, others, other_count, error);
    }
    if (status != PTE_OK) {
        return status;
    }
    uint8_t *start = pte__arena_alloc(arena, len);
    if (start == NULL) {
        return pte__fail_memory(error);
    }
    uint8_t *to = put_head(start, size_bytes, count);
    for (size_t i = 0; i < leading->count; i++) {
        pte_bytes pair = extract->slots[leading->slots[i]].encoded;
        to = put_bytes(to, pair.data, pair.len);
    }
    for (size_t i = 0; i < other_count; i++) {
        pte_bytes pair = extract->slots[others[i]].encoded;
        to = put_bytes(to, pair.data, pair.len);
    }
    *image = (pte_bytes){start, (size_t)(to - start)};
    return PTE_OK;
}

pte_status pte__image_projected(pte_bytes *image, pte__arena *arena, const pte__extract *extract,
                                const pte__index *index, pte_error *error) {
    switch (index->info->spec.projection) {
    case PTE_PROJECT_ALL:
        return pte__image_all(image, arena, extract, &index->leading, error);
    case PTE_PROJECT_KEYS_ONLY:
        return pte__image_some(image, arena, extract, &index->leading, NULL, 0, error);
    case PTE_PROJECT_INCLUDE:
        break;
    }
    return pte__image_some(image, arena, extract, &index->leading, index->include_slots,
                           index->include_count, error);
}

pte_status pte__image_projected_bytes(size_t *size_bytes, const pte__extract *extract,
                                      const pte__index *index, pte_error *error) {
    const pte__leading *leading = &index->leading;
    size_t len = 0;
    uint32_t count = 0;
    *size_bytes = 0;
    if (index->info->spec.projection == PTE_PROJECT_ALL) {
        *size_bytes = extract->item.size_bytes;
        return PTE_OK;
    }
    pte_status status =
        measure(size_bytes, &len, &count, extract, leading->slots, leading->count, error);
    if (status == PTE_OK && index->info->spec.projection == PTE_PROJECT_INCLUDE) {
        status = measure(size_bytes, &len, &count, extract, index->include_slots,
                         index->include_count, error);
    }
    return status;
}

pte_status pte__image_refuse(pte_item *item, pte_bytes image, pte_error *error) {
    *item = (pte_item){0};
    return pte__fail(error, PTE_CORRUPT, "a stored item has no head (%zu bytes in all)", image.len);
}

bool pte__image_begins_with(const pte_item *item, const pte_bytes *values, size_t count,
                            pte_bytes *prefix) {
    uint32_t pairs;
    size_t used;
    if (!pte__wire_map(&pairs, &used, item->encoded) || pairs < count) {
        return false;
    }
    pte_bytes rest = {item->encoded.data + used, item->encoded.len - used};
    const uint8_t *start = rest.data;
    for (size_t i = 0; i < count; i++) {
        pte_bytes name;
        pte__head head;
        if (!pte__wire_name(&name, &used, rest)) {
            return false;
        }
        rest = (pte_bytes){rest.data + used, rest.len - used};
        if (!pte__wire_head(&head, rest) || head.payload_bytes != values[i].len ||
            memcmp(rest.data + head.head_bytes, values[i].data, values[i].len) != 0) {
            return false;
        }
        used = head.head_bytes + head.payload_bytes;
        rest = (pte_bytes){rest.data + used, rest.len - used};
    }
    if (prefix != NULL) {
        *prefix = (pte_bytes){start, (size_t)(rest.data - start)};
    }
    return true;
}
