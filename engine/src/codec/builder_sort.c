/*
 * Sorting the elements of a map or set that came out of order. Not the common case, so nothing is
 * kept for it while the elements come: they are found again by a walk. Stable merge sort (short
 * runs by insertion), so the cost is bounded for any input, in the builder's own scratch memory.
 *
 *   scratch   entries | entries, for merging | NS: key bytes of each number | elements in order
 */
#include "codec/builder_internal.h"

#include "base/checked.h"
#include "codec/wire.h"

enum { RUN = 16 };

typedef struct entry {
    const uint8_t *key; /* in out; for numbers in scratch */
    uint32_t key_len;
    uint32_t at; /* of the element (a map's: of its name) in the body */
    uint32_t len;
} entry;

typedef struct parts {
    entry *entries;
    entry *merged;
    uint8_t *number_keys;
    uint8_t *elements;
} parts;

static pte_status reserve(parts *p, pte_builder *b, const pte__frame *frame, size_t body_len,
                          pte_error *error) {
    size_t entries_len;
    size_t keys_len = 0;
    size_t total;
    bool fits = pte__multiply(&entries_len, frame->count, sizeof(entry)) &&
                (frame->type != PTE_TYPE_NS ||
                 pte__multiply(&keys_len, frame->count, PTE_NUMBER_KEY_MAX)) &&
                pte__multiply(&total, entries_len, 2) && pte__add(&total, total, keys_len) &&
                pte__add(&total, total, body_len);
    if (!fits) {
        return pte__fail(error, PTE_LIMIT, "%u elements are too many to sort", frame->count);
    }
    b->scratch.len = 0;
    pte_status status =
        pte__buffer_reserve(&b->scratch, &b->allocator, total, PTE_BUILDER_BYTES_MAX, error);
    if (status == PTE_OK) {
        /* The allocator's blocks are aligned for any type, and the entries come first. */
        p->entries = (void *)b->scratch.data;
        p->merged = p->entries + frame->count;
        p->number_keys = (uint8_t *)(p->merged + frame->count);
        p->elements = p->number_keys + keys_len;
    }
    return status;
}

static entry read_name(pte_bytes rest) {
    pte_bytes name = {NULL, 0};
    size_t used = 0;
    bool read = pte__wire_name(&name, &used, rest);
    size_t value = read ? pte__wire_skip(pte_view(rest.data + used, rest.len - used)) : 0;
    return (entry){name.data, (uint32_t)name.len, 0, (uint32_t)(used + value)};
}

static entry read_element(pte_bytes rest, uint8_t *number_key) {
    pte__head head = {.type = PTE_TYPE_NONE};
    bool read = pte__wire_head(&head, rest);
    entry e = {rest.data + head.head_bytes, (uint32_t)head.payload_bytes, 0,
               (uint32_t)(head.head_bytes + head.payload_bytes)};
    if (read && head.type == PTE_TYPE_N) {
        pte_number number;
        /* Formatted by the builder itself, so it parses. */
        if (pte_number_parse(&number, pte_view(e.key, e.key_len), NULL) == PTE_OK) {
            e.key_len = (uint32_t)pte_number_encode_key(&number, number_key);
            e.key = number_key;
        }
    }
    return e;
}

static void find_entries(parts *p, const pte__frame *frame, pte_bytes body) {
    size_t at = 0;
    for (uint32_t i = 0; i < frame->count; i++) {
        pte_bytes rest = pte_view(body.data + at, body.len - at);
        entry e = frame->type == PTE_TYPE_M
                      ? read_name(rest)
                      : read_element(rest, p->number_keys + (size_t)i * PTE_NUMBER_KEY_MAX);
        e.at = (uint32_t)at;
        p->entries[i] = e;
        at += e.len;
    }
}

static int compare(const entry *a, const entry *b) {
    return pte_bytes_compare(pte_view(a->key, a->key_len), pte_view(b->key, b->key_len));
}

static void sort_run(entry *entries, size_t count) {
    for (size_t i = 1; i < count; i++) {
        entry moving = entries[i];
        size_t to = i;
        for (; to > 0 && compare(&entries[to - 1], &moving) > 0; to--) {
            entries[to] = entries[to - 1];
        }
        entries[to] = moving;
    }
}

static void merge(entry *to, const entry *from, size_t middle, size_t end) {
    size_t left = 0;
    size_t right = middle;
    for (size_t i = 0; i < end; i++) {
        bool take_left = right == end || (left < middle && compare(&from[left], &from[right]) <= 0);
        to[i] = from[take_left ? left++ : right++];
    }
}

static size_t smaller(size_t a, size_t b) {
    return a < b ? a : b;
}

/* Leaves the sorted entries in p->entries. */
static void sort(parts *p, size_t count) {
    for (size_t at = 0; at < count; at += RUN) {
        sort_run(p->entries + at, smaller(RUN, count - at));
    }
    for (size_t width = RUN; width < count; width *= 2) {
        for (size_t at = 0; at < count; at += 2 * width) {
            size_t end = smaller(2 * width, count - at);
            merge(p->merged + at, p->entries + at, smaller(width, end), end);
        }
        entry *swapped = p->entries;
        p->entries = p->merged;
        p->merged = swapped;
    }
}

/* The sort is stable, so of two equal ones the later element is the second. */
static pte_status check_duplicates(const parts *p, const pte__frame *frame, uint32_t *duplicate,
                                   pte_error *error) {
    for (uint32_t i = 1; i < frame->count; i++) {
        const entry *later = &p->entries[i];
        if (compare(later - 1, later) != 0) {
            continue;
        }
        *duplicate = 0;
        for (uint32_t k = 0; k < frame->count; k++) {
            *duplicate += p->entries[k].at < later->at;
        }
        if (frame->type == PTE_TYPE_M) {
            return pte__fail(error, PTE_DUPLICATE_NAME, "\"%.*s\"",
                             PTE__SHOW(pte_view(later->key, later->key_len)));
        }
        return pte__fail(error, PTE_DUPLICATE_ELEMENT, "element %u of a set", *duplicate);
    }
    return PTE_OK;
}

pte_status pte__builder_sort(pte_builder *b, const pte__frame *frame, uint32_t *duplicate,
                             pte_error *error) {
    uint8_t *body = b->out.data + frame->body;
    size_t body_len = b->out.len - frame->body;
    parts p = {0};
    *duplicate = 0;
    pte_status status = reserve(&p, b, frame, body_len, error);
    if (status != PTE_OK) {
        return status;
    }
    find_entries(&p, frame, pte_view(body, body_len));
    sort(&p, frame->count);
    status = check_duplicates(&p, frame, duplicate, error);
    if (status != PTE_OK) {
        return status;
    }
    uint8_t *to = p.elements;
    for (uint32_t i = 0; i < frame->count; i++) {
        memcpy(to, body + p.entries[i].at, p.entries[i].len);
        to += p.entries[i].len;
    }
    memcpy(body, p.elements, body_len);
    return PTE_OK;
}
