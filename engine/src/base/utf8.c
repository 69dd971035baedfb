/*
 * Validation of UTF-8. Most text is ASCII, so that is what the loop is made for; everything else
 * goes through one table-like function, a character at a time.
 */
#include "base/utf8.h"

#include "base/error.h"

/*
 * The well-formed sequences (RFC 3629, section 4); the second byte's range depends on the first:
 *
 *   first      second     third      fourth
 *   00..7F
 *   C2..DF     80..BF
 *   E0         A0..BF     80..BF
 *   E1..EC     80..BF     80..BF
 *   ED         80..9F     80..BF               (A0..BF would be surrogates)
 *   EE..EF     80..BF     80..BF
 *   F0         90..BF     80..BF     80..BF
 *   F1..F3     80..BF     80..BF     80..BF
 *   F4         80..8F     80..BF     80..BF    (90..BF would be above U+10FFFF)
 */
static bool continues(uint8_t byte) {
    return (byte & 0xC0) == 0x80;
}

/* Length of the character (not ASCII) at the start of at, 0 if none is well formed there. */
static size_t character_bytes(const uint8_t *at, size_t len) {
    uint8_t first = at[0];
    if (first < 0xC2 || first > 0xF4) {
        return 0;
    }
    size_t needed = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    if (len < needed || !continues(at[1])) {
        return 0;
    }
    if ((first == 0xE0 && at[1] < 0xA0) || (first == 0xED && at[1] > 0x9F) ||
        (first == 0xF0 && at[1] < 0x90) || (first == 0xF4 && at[1] > 0x8F)) {
        return 0;
    }
    for (size_t i = 2; i < needed; i++) {
        if (!continues(at[i])) {
            return 0;
        }
    }
    return needed;
}

static bool eight_are_ascii(const uint8_t *at) {
    uint64_t eight;
    memcpy(&eight, at, sizeof eight);
    return (eight & 0x8080808080808080u) == 0;
}

static bool four_are_ascii(const uint8_t *at) {
    uint32_t four;
    memcpy(&four, at, sizeof four);
    return (four & 0x80808080u) == 0;
}

/* Whether a whole text is ASCII. The last eight (or four) bytes may overlap those before them, so
 * that there is no odd rest. */
static bool is_ascii(pte_bytes text) {
    const uint8_t *data = text.data;
    size_t len = text.len;
    if (len >= 8) {
        for (size_t at = 0; at < len - 8; at += 8) {
            if (!eight_are_ascii(data + at)) {
                return false;
            }
        }
        return eight_are_ascii(data + len - 8);
    }
    if (len >= 4) {
        return four_are_ascii(data) && four_are_ascii(data + len - 4);
    }
    uint8_t bits = 0;
    for (size_t at = 0; at < len; at++) {
        bits |= data[at];
    }
    return bits < 0x80;
}

bool pte__utf8_valid(pte_bytes text) {
    if (PTE__LIKELY(is_ascii(text))) {
        return true;
    }
    size_t at = 0;
    while (at < text.len) {
        if (text.len - at >= 8 && eight_are_ascii(text.data + at)) {
            at += 8;
        } else if (text.data[at] < 0x80) {
            at++;
        } else {
            size_t used = character_bytes(text.data + at, text.len - at);
            if (used == 0) {
                return false;
            }
            at += used;
        }
    }
    return true;
}
