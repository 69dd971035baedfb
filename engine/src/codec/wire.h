/*
 * The msgpack that items are made of, head by head. FORMAT.md has the table.
 *
 *   S str   B bin   BOOL true/false   NULL nil   M map (names are str)   L array
 *   N   ext type 1, payload the canonical text
 *   SS  ext type 2, payload array of str, sorted by bytes
 *   NS  ext type 3, payload array of ext type 1, sorted by value
 *   BS  ext type 4, payload array of bin, sorted by bytes
 *
 * Lengths always have the shortest head that msgpack has for them.
 */
#ifndef PTE_CODEC_WIRE_H
#define PTE_CODEC_WIRE_H

#include "base/error.h"

#include <pocketable/engine/value.h>

enum {
    PTE__EXT_N = 1,
    PTE__EXT_SS = 2,
    PTE__EXT_NS = 3,
    PTE__EXT_BS = 4,
    PTE__HEAD_MAX = 6, /* ext 32: C9, length 4, type */
};

/* One msgpack head read in place. */
typedef struct pte__head {
    pte_type type;      /* of the value that begins here */
    uint8_t head_bytes; /* of the head itself; for sets that of the ext and of the array in it */
    bool boolean;
    uint32_t count;       /* M, L, sets: elements (a map's pairs count once) */
    size_t payload_bytes; /* S, N, B and sets: bytes behind the head; M and L: 0, not known */
} pte__head;

/*
 * Reads the head at the start of bytes; false if none of ours stands there, if it is not the
 * shortest, or if bytes ends within the head or the payload. A container's count is no more than
 * the bytes behind its head can hold; the elements of a set are not looked at.
 */
static inline bool pte__wire_head(pte__head *head, pte_bytes bytes);

/*
 * Length of the whole value at the start of bytes, nested ones included; 0 if it is not well
 * formed, ends early or nests deeper than PTE_NESTING_MAX. Iterative.
 */
static inline size_t pte__wire_skip(pte_bytes bytes);

/* Reads a name (str) at the start of bytes, *used its whole length; false if none stands there. */
static inline bool pte__wire_name(pte_bytes *name, size_t *used, pte_bytes bytes);

/* Reads a map's head at the start of bytes. */
bool pte__wire_map(uint32_t *count, size_t *used, pte_bytes bytes);

/* Write heads (by msgpack-c) to out, PTE__HEAD_MAX bytes of room; return their length. */
size_t pte__wire_put_map(uint8_t *out, uint32_t count);
size_t pte__wire_put_array(uint8_t *out, uint32_t count);
size_t pte__wire_put_str(uint8_t *out, uint32_t len);
size_t pte__wire_put_bin(uint8_t *out, uint32_t len);
size_t pte__wire_put_ext(uint8_t *out, uint32_t len, uint8_t ext_type);
size_t pte__wire_put_bool(uint8_t *out, bool value);
size_t pte__wire_put_nil(uint8_t *out);

/* Below: the commonest cases of the readers, inline, as the read path lives on them. */

enum { PTE__FIXSTR = 0xA0, PTE__FIXSTR_MASK = 0xE0, PTE__FIXEXT_1 = 0xD4, PTE__FIXEXT_16 = 0xD8 };

/* The readers for everything else. */
bool pte__wire_head_any(pte__head *head, pte_bytes bytes);
bool pte__wire_name_any(pte_bytes *name, size_t *used, pte_bytes bytes);
size_t pte__wire_skip_container(pte_bytes bytes);

/* What stands behind the first so many bytes. */
static inline pte_bytes pte__wire_behind(pte_bytes bytes, size_t len) {
    return pte_view(bytes.data + len, bytes.len - len);
}

static inline bool pte__wire_is_container(pte_type type) {
    return type == PTE_TYPE_M || type == PTE_TYPE_L;
}

/* What the elements of a set are; NONE for M and L, whose elements are anything. */
static inline pte_type pte__wire_element_type(pte_type container) {
    return container == PTE_TYPE_SS   ? PTE_TYPE_S
           : container == PTE_TYPE_NS ? PTE_TYPE_N
           : container == PTE_TYPE_BS ? PTE_TYPE_B
                                      : PTE_TYPE_NONE;
}

static inline bool pte__wire_head(pte__head *head, pte_bytes bytes) {
    if (PTE__UNLIKELY(bytes.len == 0)) {
        return false;
    }
    uint8_t first = bytes.data[0];
    if ((first & PTE__FIXSTR_MASK) == PTE__FIXSTR) {
        size_t payload = first & (uint8_t)~PTE__FIXSTR_MASK;
        *head = (pte__head){.type = PTE_TYPE_S, .head_bytes = 1, .payload_bytes = payload};
        return PTE__LIKELY(payload < bytes.len);
    }
    if (first >= PTE__FIXEXT_1 && first <= PTE__FIXEXT_16 && bytes.len > 2 &&
        bytes.data[1] == PTE__EXT_N) {
        size_t payload = (size_t)1 << (first - PTE__FIXEXT_1);
        *head = (pte__head){.type = PTE_TYPE_N, .head_bytes = 2, .payload_bytes = payload};
        return PTE__LIKELY(payload <= bytes.len - 2);
    }
    pte__head other = {.type = PTE_TYPE_NONE}; /* so that the caller's can stay in registers */
    bool read = pte__wire_head_any(&other, bytes);
    *head = other;
    return read;
}

static inline bool pte__wire_name(pte_bytes *name, size_t *used, pte_bytes bytes) {
    if (PTE__UNLIKELY(bytes.len == 0)) {
        return false;
    }
    uint8_t first = bytes.data[0];
    if (PTE__UNLIKELY((first & PTE__FIXSTR_MASK) != PTE__FIXSTR)) {
        pte_bytes other_name = {NULL, 0}; /* so that the caller's can stay in registers */
        size_t other_used = 0;
        bool read = pte__wire_name_any(&other_name, &other_used, bytes);
        *name = other_name;
        *used = other_used;
        return read;
    }
    size_t payload = first & (uint8_t)~PTE__FIXSTR_MASK;
    *name = pte_view(bytes.data + 1, payload);
    *used = payload + 1;
    return PTE__LIKELY(payload < bytes.len);
}

static inline size_t pte__wire_skip(pte_bytes bytes) {
    pte__head head;
    if (PTE__UNLIKELY(!pte__wire_head(&head, bytes))) {
        return 0;
    }
    return pte__wire_is_container(head.type) ? pte__wire_skip_container(bytes)
                                             : head.head_bytes + head.payload_bytes;
}

#endif
