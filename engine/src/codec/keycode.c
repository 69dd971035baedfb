/*
 * Key attributes as order-preserving bytes.
 *
 *   plain       S, B   the content
 *               N      as in number_key.c
 *   delimited   S, B   the content with every 00 written as 00 FF, then 00 00
 *               N      as in number_key.c
 *
 * The closing 00 00 sorts before everything that could stand there instead: a content byte, or the
 * 00 FF of a zero. So a value stands before those that it is a prefix of, whatever follows it.
 */
#include "codec/keycode.h"

enum { ESCAPE = 0x00, ESCAPED_ZERO = 0xFF, CLOSE = 0x00 };

static void copy(uint8_t *out, pte_bytes bytes) {
    if (bytes.len != 0) {
        memcpy(out, bytes.data, bytes.len);
    }
}

static pte_status put_number(uint8_t *out, size_t *used, pte_bytes text, pte_error *error) {
    pte_number number;
    pte_status status = pte_number_parse(&number, text, error);
    *used = status == PTE_OK ? pte_number_encode_key(&number, out) : 0;
    return status;
}

pte_status pte__keycode_plain(uint8_t *out, size_t *used, pte_scalar scalar, pte_error *error) {
    if (scalar.type == PTE_TYPE_N) {
        return put_number(out, used, scalar.bytes, error);
    }
    copy(out, scalar.bytes);
    *used = scalar.bytes.len;
    return PTE_OK;
}

void pte__keycode_delimited_prefix(uint8_t *out, size_t *used, pte_bytes prefix) {
    uint8_t *to = out;
    pte_bytes rest = prefix;
    while (rest.len != 0) {
        const uint8_t *zero = memchr(rest.data, 0, rest.len);
        size_t run = zero != NULL ? (size_t)(zero - rest.data) + 1 : rest.len;
        memcpy(to, rest.data, run);
        to += run;
        if (zero != NULL) {
            *to++ = ESCAPED_ZERO;
        }
        rest = pte_view(rest.data + run, rest.len - run);
    }
    *used = (size_t)(to - out);
}

pte_status pte__keycode_delimited(uint8_t *out, size_t *used, pte_scalar scalar, pte_error *error) {
    if (scalar.type == PTE_TYPE_N) {
        return put_number(out, used, scalar.bytes, error);
    }
    pte__keycode_delimited_prefix(out, used, scalar.bytes);
    out[(*used)++] = ESCAPE;
    out[(*used)++] = CLOSE;
    return PTE_OK;
}

static pte_status read_number(uint8_t *out, size_t *out_len, size_t *used, pte_bytes bytes,
                              pte_error *error) {
    pte_number number;
    pte_status status = pte_number_decode_key(&number, used, bytes, error);
    *out_len = status == PTE_OK ? pte_number_format(&number, (char *)out) : 0;
    return status;
}

pte_status pte__keycode_read_delimited(uint8_t *out, size_t *out_len, size_t *used, pte_type type,
                                       pte_bytes bytes, pte_error *error) {
    if (type == PTE_TYPE_N) {
        return read_number(out, out_len, used, bytes, error);
    }
    *out_len = 0;
    *used = 0;
    uint8_t *to = out;
    pte_bytes rest = bytes;
    while (rest.len != 0) {
        const uint8_t *zero = memchr(rest.data, ESCAPE, rest.len);
        size_t run = zero != NULL ? (size_t)(zero - rest.data) : rest.len;
        if (rest.len - run < 2) {
            break;
        }
        memcpy(to, rest.data, run);
        to += run;
        uint8_t code = rest.data[run + 1];
        rest = pte_view(rest.data + run + 2, rest.len - run - 2);
        if (code == CLOSE) {
            *out_len = (size_t)(to - out);
            *used = bytes.len - rest.len;
            return PTE_OK;
        }
        if (code != ESCAPED_ZERO) {
            break;
        }
        *to++ = 0;
    }
    return pte__fail(error, PTE_CORRUPT, "a key part is not closed");
}
