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

/* Reads the head at the start of bytes; false if none of ours stands there, or if bytes ends within
 * the head or the payload. Inline-worthy: the read path lives on it. */
bool pte__wire_head(pte__head *head, pte_bytes bytes);

/* Length of the whole value at the start of bytes, nested ones included; 0 if it is not well
 * formed, ends early or nests deeper than PTE_NESTING_MAX. Iterative. */
size_t pte__wire_skip(pte_bytes bytes);

/* Reads a name (str) at the start of bytes, *used its whole length; false if none stands there. */
bool pte__wire_name(pte_bytes *name, size_t *used, pte_bytes bytes);

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

#endif
