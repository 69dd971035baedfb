/*
 * Base64. The texts and their order are the service's, as dynalite's serialization tests pin them
 * ("dectected" is how it is spelled there).
 */
#include "json/base64.h"

enum { PADDING = 64, INVALID = 65 };

static const char DIGITS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static void encode_three(uint8_t *text, const uint8_t *data) {
    uint32_t bits = (uint32_t)data[0] << 16 | (uint32_t)data[1] << 8 | data[2];
    text[0] = (uint8_t)DIGITS[bits >> 18];
    text[1] = (uint8_t)DIGITS[bits >> 12 & 63];
    text[2] = (uint8_t)DIGITS[bits >> 6 & 63];
    text[3] = (uint8_t)DIGITS[bits & 63];
}

void pt__base64_encode(uint8_t *text, pte_bytes data) {
    size_t whole = data.len - data.len % 3;
    for (size_t i = 0; i < whole; i += 3, text += 4) {
        encode_three(text, data.data + i);
    }
    if (whole != data.len) { /* one or two are left */
        uint8_t last[3] = {data.data[whole], whole + 2 == data.len ? data.data[whole + 1] : 0, 0};
        encode_three(text, last);
        text[2] = whole + 2 == data.len ? text[2] : (uint8_t)'=';
        text[3] = (uint8_t)'=';
    }
}

/* The six bits of a character. */
static uint32_t bits_of(uint8_t c) {
    if (c >= 'A' && c <= 'Z') {
        return (uint32_t)(c - 'A');
    }
    if (c >= 'a' && c <= 'z') {
        return (uint32_t)(c - 'a' + 26);
    }
    if (c >= '0' && c <= '9') {
        return (uint32_t)(c - '0' + 52);
    }
    return c == '+' ? 62 : c == '/' ? 63 : c == '=' ? PADDING : INVALID;
}

/* How many characters of padding end the text: 0, 1 or 2. */
static size_t padding_of(pte_bytes text) {
    size_t padding = 0;
    while (padding < 2 && padding < text.len && text.data[text.len - 1 - padding] == '=') {
        padding++;
    }
    return padding;
}

static pt__exception refuse_character(uint8_t c, pt__failure *failure) {
    return pt__refuse(failure, PT__SERIALIZATION, "Invalid Base64 character: '%c'", c);
}

pt__exception pt__base64_check(pte_bytes text, pt__failure *failure) {
    if (text.len % 4 != 0) {
        return pt__refuse(failure, PT__SERIALIZATION,
                          "Base64 encoded length is expected a multiple of 4 bytes but found: %zu",
                          text.len);
    }
    size_t padding = padding_of(text);
    size_t len = text.len - padding;
    bool padded_inside = false;
    for (size_t i = 0; i < len; i++) {
        uint32_t bits = bits_of(text.data[i]);
        padded_inside = padded_inside || bits == PADDING;
        if (bits == INVALID) {
            return refuse_character(text.data[i], failure);
        }
    }
    /* Bits that no byte is made of must be 0. */
    uint32_t left_over = padding == 0 ? 0 : padding == 1 ? 3 : 15;
    if (padding != 0 && (bits_of(text.data[len - 1]) & left_over) != 0) {
        return pt__refuse(failure, PT__SERIALIZATION,
                          "Invalid last non-pad Base64 character dectected");
    }
    return padded_inside ? refuse_character('=', failure) : PT__OK;
}

pt__exception pt__base64_decode(pte_bytes *data, pte_bytes text, pt__failure *failure) {
    *data = (pte_bytes){NULL, 0};
    pt__exception exception = pt__base64_check(text, failure);
    if (exception != PT__OK) {
        return exception;
    }
    size_t len = text.len / 4 * 3 - padding_of(text);
    uint8_t *bytes = pte__arena_alloc(failure->arena, text.len / 4 * 3);
    if (bytes == NULL) {
        return pt__refuse_memory(failure);
    }
    uint8_t *at = bytes;
    for (size_t i = 0; i < text.len; i += 4) {
        const uint8_t *four = text.data + i;
        uint32_t word = (bits_of(four[0]) & 63) << 18 | (bits_of(four[1]) & 63) << 12 |
                        (bits_of(four[2]) & 63) << 6 | (bits_of(four[3]) & 63);
        *at++ = (uint8_t)(word >> 16);
        *at++ = (uint8_t)(word >> 8);
        *at++ = (uint8_t)word;
    }
    *data = pte_view(bytes, len);
    return PT__OK;
}
