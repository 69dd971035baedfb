/*
 * Heads of msgpack: written by msgpack-c, read in place by code of our own, which checks every
 * length against the bytes that are there and refuses heads that are not the shortest.
 *
 *   first byte    then                 type        shortest for
 *   80..8F                             M           up to 15 elements
 *   90..9F                             L           up to 15
 *   A0..BF                             S           up to 31 bytes
 *   C0                                 NULL
 *   C2, C3                             BOOL        false, true
 *   C4, C5, C6    length 1, 2, 4       B           any
 *   C7, C8, C9    length 1, 2, 4, ext  N, SS...    not 1, 2, 4, 8 or 16 bytes
 *   D4..D8        ext                  N, SS...    1, 2, 4, 8, 16 bytes
 *   D9, DA, DB    length 1, 2, 4       S           above 31 bytes
 *   DC, DD        count 2, 4           L           above 15
 *   DE, DF        count 2, 4           M           above 15
 */
#include "codec/wire.h"

#include "base/endian.h"

#include <msgpack/pack.h>

enum { FIX_COUNT_MAX = 15, FIX_STR_MAX = 31 };

/*
 * Reads the big-endian number of width bytes behind the first byte; false if it is not there, or if
 * it fits a shorter head: one of half the width, or one that holds up to fixed_max in itself.
 */
static bool read_number(uint32_t *value, pte_bytes bytes, unsigned width, uint32_t fixed_max) {
    if (bytes.len < 1 + (size_t)width) {
        return false;
    }
    switch (width) {
    case 1:
        *value = bytes.data[1];
        return fixed_max == 0 || *value > fixed_max;
    case 2:
        *value = pte__get_u16(bytes.data + 1);
        return *value > (fixed_max == FIX_COUNT_MAX ? FIX_COUNT_MAX : UINT8_MAX);
    default:
        *value = pte__get_u32(bytes.data + 1);
        return *value > UINT16_MAX;
    }
}

/* A str or bin with its length in width bytes. */
static bool read_text(pte__head *head, pte_bytes bytes, pte_type type, unsigned width) {
    uint32_t len;
    if (!read_number(&len, bytes, width, type == PTE_TYPE_S ? FIX_STR_MAX : 0)) {
        return false;
    }
    *head = (pte__head){.type = type, .head_bytes = (uint8_t)(1 + width), .payload_bytes = len};
    return len <= bytes.len - head->head_bytes;
}

/* A map or array of count elements; every one takes a byte, a pair two. */
static bool read_counted(pte__head *head, pte_bytes bytes, pte_type type, uint32_t count,
                         unsigned head_bytes) {
    *head = (pte__head){.type = type, .head_bytes = (uint8_t)head_bytes, .count = count};
    size_t room = bytes.len - head_bytes;
    return count <= (type == PTE_TYPE_M ? room / 2 : room);
}

/* A map or array with its count in width bytes. */
static bool read_container(pte__head *head, pte_bytes bytes, pte_type type, unsigned width) {
    uint32_t count;
    return read_number(&count, bytes, width, FIX_COUNT_MAX) &&
           read_counted(head, bytes, type, count, 1 + width);
}

/* bytes are not empty. */
static bool read_array(pte__head *head, pte_bytes bytes) {
    uint8_t first = bytes.data[0];
    if ((first & 0xF0) == 0x90) {
        return read_counted(head, bytes, PTE_TYPE_L, first & 0x0F, 1);
    }
    return (first == 0xDC || first == 0xDD) &&
           read_container(head, bytes, PTE_TYPE_L, first == 0xDC ? 2 : 4);
}

/* A number, or a set, whose payload is an array: its head becomes part of the set's. */
static bool read_ext(pte__head *head, pte_bytes bytes, unsigned head_bytes, uint32_t len) {
    static const pte_type sets[] = {
        [PTE__EXT_SS] = PTE_TYPE_SS, [PTE__EXT_NS] = PTE_TYPE_NS, [PTE__EXT_BS] = PTE_TYPE_BS};
    if (bytes.len < head_bytes || len > bytes.len - head_bytes || len == 0) {
        return false;
    }
    uint8_t ext = bytes.data[head_bytes - 1];
    *head =
        (pte__head){.type = PTE_TYPE_N, .head_bytes = (uint8_t)head_bytes, .payload_bytes = len};
    if (ext == PTE__EXT_N) {
        return len <= PTE_NUMBER_TEXT_MAX;
    }
    pte__head array;
    if (ext < PTE__EXT_SS || ext > PTE__EXT_BS ||
        !read_array(&array, pte_view(bytes.data + head_bytes, len))) {
        return false;
    }
    head->type = sets[ext];
    head->count = array.count;
    head->head_bytes = (uint8_t)(head->head_bytes + array.head_bytes);
    head->payload_bytes -= array.head_bytes;
    return true;
}

static bool read_long_ext(pte__head *head, pte_bytes bytes, unsigned width) {
    uint32_t len;
    if (!read_number(&len, bytes, width, 0)) {
        return false;
    }
    bool fixed = len == 1 || len == 2 || len == 4 || len == 8 || len == 16;
    return !fixed && read_ext(head, bytes, width + 2, len);
}

static bool read_plain(pte__head *head, pte_type type, bool boolean) {
    *head = (pte__head){.type = type, .head_bytes = 1, .boolean = boolean};
    return true;
}

bool pte__wire_head_any(pte__head *head, pte_bytes bytes) {
    uint8_t first = bytes.data[0];
    switch (first) {
    case 0xC0:
        return read_plain(head, PTE_TYPE_NULL, false);
    case 0xC2:
    case 0xC3:
        return read_plain(head, PTE_TYPE_BOOL, first == 0xC3);
    case 0xC4:
    case 0xC5:
    case 0xC6:
        return read_text(head, bytes, PTE_TYPE_B, 1u << (first - 0xC4));
    case 0xC7:
    case 0xC8:
    case 0xC9:
        return read_long_ext(head, bytes, 1u << (first - 0xC7));
    case 0xD4:
    case 0xD5:
    case 0xD6:
    case 0xD7:
    case 0xD8:
        return read_ext(head, bytes, 2, 1u << (first - 0xD4));
    case 0xD9:
    case 0xDA:
    case 0xDB:
        return read_text(head, bytes, PTE_TYPE_S, 1u << (first - 0xD9));
    case 0xDE:
    case 0xDF:
        return read_container(head, bytes, PTE_TYPE_M, first == 0xDE ? 2 : 4);
    default:
        return (first & 0xF0) == 0x80 ? read_counted(head, bytes, PTE_TYPE_M, first & 0x0F, 1)
                                      : read_array(head, bytes);
    }
}

bool pte__wire_name_any(pte_bytes *name, size_t *used, pte_bytes bytes) {
    pte__head head;
    if (!pte__wire_head(&head, bytes) || head.type != PTE_TYPE_S ||
        head.payload_bytes > PTE_NAME_BYTES_MAX) {
        return false;
    }
    *name = pte_view(bytes.data + head.head_bytes, head.payload_bytes);
    *used = head.head_bytes + head.payload_bytes;
    return true;
}

bool pte__wire_map(uint32_t *count, size_t *used, pte_bytes bytes) {
    pte__head head;
    if (!pte__wire_head(&head, bytes) || head.type != PTE_TYPE_M) {
        return false;
    }
    *count = head.count;
    *used = head.head_bytes;
    return true;
}

size_t pte__wire_skip_container(pte_bytes bytes) {
    struct {
        uint32_t remaining;
        bool named;
    } levels[PTE_NESTING_MAX];
    size_t depth = 0;
    size_t at = 0;
    do {
        if (depth != 0) {
            levels[depth - 1].remaining--;
        }
        pte__head head;
        if (!pte__wire_head(&head, pte_view(bytes.data + at, bytes.len - at))) {
            return 0;
        }
        at += head.head_bytes + head.payload_bytes;
        if (pte__wire_is_container(head.type)) {
            if (depth == PTE_NESTING_MAX) {
                return 0;
            }
            levels[depth].remaining = head.count;
            levels[depth].named = head.type == PTE_TYPE_M;
            depth++;
        }
        while (depth != 0 && levels[depth - 1].remaining == 0) {
            depth--;
        }
        if (depth != 0 && levels[depth - 1].named) {
            pte_bytes name;
            size_t used;
            if (!pte__wire_name(&name, &used, pte_view(bytes.data + at, bytes.len - at))) {
                return 0;
            }
            at += used;
        }
    } while (depth != 0);
    return at;
}

static int append(void *to, const char *bytes, size_t len) {
    uint8_t **at = to;
    memcpy(*at, bytes, len);
    *at += len;
    return 0;
}

/* A packer on the stack, the place that it writes at, and nothing to free. append cannot fail, so
 * the packing calls' results say nothing. */
#define PACK(call)                                                                                 \
    uint8_t *at = out;                                                                             \
    msgpack_packer packer;                                                                         \
    msgpack_packer_init(&packer, &at, append);                                                     \
    (void)(call);                                                                                  \
    return (size_t)(at - out)

size_t pte__wire_put_map(uint8_t *out, uint32_t count) {
    PACK(msgpack_pack_map(&packer, count));
}

size_t pte__wire_put_array(uint8_t *out, uint32_t count) {
    PACK(msgpack_pack_array(&packer, count));
}

size_t pte__wire_put_str(uint8_t *out, uint32_t len) {
    PACK(msgpack_pack_str(&packer, len));
}

size_t pte__wire_put_bin(uint8_t *out, uint32_t len) {
    PACK(msgpack_pack_bin(&packer, len));
}

size_t pte__wire_put_ext(uint8_t *out, uint32_t len, uint8_t ext_type) {
    PACK(msgpack_pack_ext(&packer, len, (int8_t)ext_type));
}

size_t pte__wire_put_bool(uint8_t *out, bool value) {
    PACK(value ? msgpack_pack_true(&packer) : msgpack_pack_false(&packer));
}

size_t pte__wire_put_nil(uint8_t *out) {
    PACK(msgpack_pack_nil(&packer));
}
