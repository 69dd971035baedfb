/*
 * Order-preserving bytes of key attributes. FORMAT.md has the byte tables.
 *
 * Two forms:
 *   plain       S and B as they are, N as pte_number_encode_key. The last part of a key.
 *   delimited   S and B with every 00 doubled to 00 FF and closed by 00 00; N as in plain (it ends
 *               itself). What may be followed by more: no delimited form is a prefix of another,
 *               and the order of concatenations is the order of the parts from left to right.
 */
#ifndef PTE_CODEC_KEYCODE_H
#define PTE_CODEC_KEYCODE_H

#include "base/error.h"

#include <pocketable/engine/value.h>

/* Longest encodings of len bytes of content; callers size their buffers by them. */
#define PTE__KEYCODE_PLAIN_MAX(len) ((len) > PTE_NUMBER_KEY_MAX ? (len) : PTE_NUMBER_KEY_MAX)
#define PTE__KEYCODE_DELIMITED_MAX(len)                                                            \
    ((len)*2 + 2 > PTE_NUMBER_KEY_MAX ? (len)*2 + 2 : PTE_NUMBER_KEY_MAX)

/*
 * Write the encoding of scalar (S, N or B; N is any valid number text) to out, which has room for
 * the macro's value above, and set *used. Errors: NUMBER_* (only for N). No checks of size or type.
 */
PTE_CHECKED pte_status pte__keycode_plain(uint8_t *out, size_t *used, pte_scalar scalar,
                                          pte_error *error);
PTE_CHECKED pte_status pte__keycode_delimited(uint8_t *out, size_t *used, pte_scalar scalar,
                                              pte_error *error);

/*
 * Writes what every delimited encoding of a value (S or B) that begins with prefix begins with: the
 * content escaped, not closed. Room: PTE__KEYCODE_DELIMITED_MAX(prefix.len).
 */
void pte__keycode_delimited_prefix(uint8_t *out, size_t *used, pte_bytes prefix);

/*
 * Reads one delimited encoding of a type at the start of bytes: sets *used to its length in bytes
 * and writes the content (N: canonical text) to out, at least max(bytes.len, PTE_NUMBER_TEXT_MAX)
 * bytes of room, *out_len set. Errors: CORRUPT.
 */
PTE_CHECKED pte_status pte__keycode_read_delimited(uint8_t *out, size_t *out_len, size_t *used,
                                                   pte_type type, pte_bytes bytes,
                                                   pte_error *error);

#endif
