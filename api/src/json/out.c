/*
 * Writing JSON. The last byte tells whether a comma is due: none after "{", "[", ":" or at the
 * start. May call the engine's base.
 */
#include "json/out.h"

#include "json/base64.h"

#include <inttypes.h>
#include <stdio.h>

enum { OUT_KEPT_BYTES_MAX = 1024 * 1024 }; /* what a reset keeps */

void pt__out_reset(pt__out *out) {
    out->buffer.len = 0;
    out->failed = false;
    if (out->buffer.capacity > OUT_KEPT_BYTES_MAX) {
        pte__buffer_clean_up(&out->buffer, &out->allocator);
    }
}

void pt__out_clean_up(pt__out *out) {
    pte__buffer_clean_up(&out->buffer, &out->allocator);
    out->failed = false;
}

/* Whether there is room for len more bytes. */
static bool reserve(pt__out *out, size_t len) {
    if (PTE__LIKELY(!out->failed && out->buffer.capacity - out->buffer.len >= len)) {
        return true;
    }
    if (!out->failed) {
        out->failed = pte__buffer_reserve(&out->buffer, &out->allocator, len, PT__OUT_BYTES_MAX,
                                          NULL) != PTE_OK;
    }
    return !out->failed;
}

static void put(pt__out *out, uint8_t byte) {
    out->buffer.data[out->buffer.len++] = byte;
}

static void put_bytes(pt__out *out, const void *data, size_t len) {
    if (len != 0) {
        memcpy(out->buffer.data + out->buffer.len, data, len);
        out->buffer.len += len;
    }
}

/* Room for a value of len bytes, behind a comma if one is due. */
static bool begin(pt__out *out, size_t len) {
    if (!reserve(out, len + 1)) {
        return false;
    }
    uint8_t last = out->buffer.len == 0 ? '[' : out->buffer.data[out->buffer.len - 1];
    if (last != '{' && last != '[' && last != ':') {
        put(out, ',');
    }
    return true;
}

static void put_value(pt__out *out, const char *text, size_t len) {
    if (begin(out, len)) {
        put_bytes(out, text, len);
    }
}

static void end(pt__out *out, uint8_t bracket) {
    if (reserve(out, 1)) {
        put(out, bracket);
    }
}

void pt__out_object(pt__out *out) {
    put_value(out, "{", 1);
}

void pt__out_object_end(pt__out *out) {
    end(out, '}');
}

void pt__out_array(pt__out *out) {
    put_value(out, "[", 1);
}

void pt__out_array_end(pt__out *out) {
    end(out, ']');
}

void pt__out_name(pt__out *out, const char *name) {
    size_t len = strlen(name);
    if (begin(out, len + 3)) {
        put(out, '"');
        put_bytes(out, name, len);
        put_bytes(out, "\":", 2);
    }
}

/* What a byte is written as behind a backslash: 0 as it is, 'u' as \u00XX. RFC 8259, section 7. */
static uint8_t escape_of(uint8_t byte) {
    static const uint8_t ESCAPES[256] = {
        'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'b',         't',           'n', 'u',
        'f', 'r', 'u', 'u', 'u', 'u', 'u', 'u', 'u',         'u',           'u', 'u',
        'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', ['"'] = '"', ['\\'] = '\\',
    };
    return ESCAPES[byte];
}

static void put_escaped(pt__out *out, uint8_t byte, uint8_t escape) {
    static const char HEX[] = "0123456789abcdef";
    put(out, '\\');
    put(out, escape);
    if (escape == 'u') {
        put_bytes(out, "00", 2);
        put(out, (uint8_t)HEX[byte >> 4]);
        put(out, (uint8_t)HEX[byte & 15]);
    }
}

/* Sixteen bytes at once, by whatever the compiler has for that. */
typedef uint8_t sixteen __attribute__((vector_size(16)));

/* Not 0 where a byte needs an escape. */
static inline sixteen marks_of(sixteen bytes) {
    return (sixteen)((bytes < 0x20) | (bytes == '"') | (bytes == '\\'));
}

static inline bool has_marks(sixteen marks) {
    uint64_t halves[2];
    memcpy(halves, &marks, sizeof halves);
    return (halves[0] | halves[1]) != 0;
}

/* Fewer than eight bytes, in the low part of what is returned; blanks in the rest of it. */
static inline uint64_t copy_few(uint8_t *to, const uint8_t *from, size_t len) {
    uint64_t bytes = 0;
    if (len >= 4) {
        uint32_t ends[2];
        memcpy(&ends[0], from, 4);
        memcpy(&ends[1], from + len - 4, 4);
        memcpy(to, &ends[0], 4);
        memcpy(to + len - 4, &ends[1], 4);
        return ends[0] | (uint64_t)ends[1] << 32;
    }
    for (size_t i = 0; i < len; i++) {
        to[i] = from[i];
        bytes = bytes << 8 | from[i];
    }
    return bytes | UINT64_C(0x2020202020202020) << (8 * len);
}

/* Copies text and gives the marks of its bytes, each in some place. Ends are copied by steps that
 * overlap. */
static inline sixteen copy_marking(uint8_t *to, pte_bytes text) {
    const uint8_t *from = text.data;
    const size_t len = text.len;
    sixteen bytes;
    if (len < sizeof bytes) {
        uint64_t ends[2];
        if (len < sizeof(uint64_t)) {
            ends[0] = ends[1] = copy_few(to, from, len);
        } else {
            memcpy(&ends[0], from, sizeof ends[0]);
            memcpy(&ends[1], from + len - sizeof ends[1], sizeof ends[1]);
            memcpy(to, &ends[0], sizeof ends[0]);
            memcpy(to + len - sizeof ends[1], &ends[1], sizeof ends[1]);
        }
        memcpy(&bytes, ends, sizeof bytes);
        return marks_of(bytes);
    }
    memcpy(&bytes, from + len - sizeof bytes, sizeof bytes);
    sixteen marks = marks_of(bytes);
    memcpy(to + len - sizeof bytes, &bytes, sizeof bytes);
    for (size_t at = 0; at < len - sizeof bytes; at += sizeof bytes) {
        memcpy(&bytes, from + at, sizeof bytes);
        memcpy(to + at, &bytes, sizeof bytes);
        marks |= marks_of(bytes);
    }
    return marks;
}

/* The text with its escapes, behind the quote that stands there, and the quote at its end. There is
 * room for these and more bytes if nothing needs an escape. */
static bool put_escapes(pt__out *out, pte_bytes text, size_t more) {
    size_t plain = 0; /* from here on nothing is written yet */
    for (size_t i = 0; i < text.len; i++) {
        uint8_t escape = escape_of(text.data[i]);
        if (escape != 0) {
            put_bytes(out, text.data + plain, i - plain);
            plain = i + 1;
            /* This escape, the rest as it is, and the quote. */
            if (!reserve(out, 6 + (text.len - plain) + 1 + more)) {
                return false;
            }
            put_escaped(out, text.data[i], escape);
        }
    }
    put_bytes(out, text.len == 0 ? NULL : text.data + plain, text.len - plain);
    put(out, '"');
    return true;
}

/* The text in quotes, its escapes made; more bytes are to follow. There is room for all of that if
 * nothing needs an escape; false: there is no memory for the escapes. */
static bool put_string(pt__out *out, pte_bytes text, size_t more) {
    put(out, '"');
    uint8_t *to = out->buffer.data + out->buffer.len;
    if (PTE__LIKELY(!has_marks(copy_marking(to, text)))) {
        to[text.len] = '"';
        out->buffer.len += text.len + 1;
        return true;
    }
    return put_escapes(out, text, more);
}

void pt__out_string(pt__out *out, pte_bytes text) {
    if (begin(out, text.len + 2)) {
        (void)put_string(out, text, 0);
    }
}

void pt__out_typed_string(pt__out *out, char type, pte_bytes text) {
    const char head[] = {'{', '"', type, '"', ':'};
    if (begin(out, sizeof head + text.len + 3)) {
        put_bytes(out, head, sizeof head);
        if (put_string(out, text, 1)) {
            put(out, '}');
        }
    }
}

void pt__out_name_bytes(pt__out *out, pte_bytes name) {
    if (begin(out, name.len + 3) && put_string(out, name, 1)) {
        put(out, ':');
    }
}

/* The common case, nothing to escape, is written through one place. */
void pt__out_typed_member(pt__out *out, pte_bytes name, char type, pte_bytes text) {
    const char between[] = {'"', ':', '{', '"', type, '"', ':', '"'};
    size_t before = out->buffer.len;
    if (!begin(out, 1 + name.len + sizeof between + text.len + 2)) {
        return;
    }
    uint8_t *to = out->buffer.data + out->buffer.len;
    *to++ = '"';
    sixteen marks = copy_marking(to, name);
    to += name.len;
    memcpy(to, between, sizeof between);
    to += sizeof between;
    marks |= copy_marking(to, text);
    to += text.len;
    memcpy(to, "\"}", 2);
    if (PTE__LIKELY(!has_marks(marks))) {
        out->buffer.len = (size_t)(to + 2 - out->buffer.data);
        return;
    }
    out->buffer.len = before;
    pt__out_name_bytes(out, name);
    pt__out_typed_string(out, type, text);
}

void pt__out_open_typed(pt__out *out, const char *type, bool object) {
    size_t len = strlen(type);
    if (begin(out, 2 + len + 3)) {
        put_bytes(out, "{\"", 2);
        put_bytes(out, type, len);
        put_bytes(out, object ? "\":{" : "\":[", 3);
    }
}

void pt__out_close_typed(pt__out *out, bool object) {
    if (reserve(out, 2)) {
        put_bytes(out, object ? "}}" : "]}", 2);
    }
}

void pt__out_text(pt__out *out, const char *text) {
    pt__out_string(out, pte_str(text));
}

/* The data as base64 between two texts. */
static void put_base64(pt__out *out, const char *before, pte_bytes data, const char *behind) {
    size_t before_len = strlen(before);
    size_t behind_len = strlen(behind);
    if (data.len > PT__OUT_BYTES_MAX) {
        out->failed = true;
        return;
    }
    size_t len = (data.len + 2) / 3 * 4;
    if (begin(out, before_len + len + behind_len)) {
        put_bytes(out, before, before_len);
        pt__base64_encode(out->buffer.data + out->buffer.len, data);
        out->buffer.len += len;
        put_bytes(out, behind, behind_len);
    }
}

void pt__out_base64(pt__out *out, pte_bytes data) {
    put_base64(out, "\"", data, "\"");
}

void pt__out_typed_base64(pt__out *out, pte_bytes data) {
    put_base64(out, "{\"B\":\"", data, "\"}");
}

void pt__out_integer(pt__out *out, int64_t value) {
    char text[24];
    char *start = text + sizeof text;
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    do {
        *--start = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest != 0);
    if (value < 0) {
        *--start = '-';
    }
    put_value(out, start, (size_t)(text + sizeof text - start));
}

void pt__out_halves(pt__out *out, uint64_t halves) {
    char text[32];
    int len =
        snprintf(text, sizeof text, "%" PRIu64 ".%c", halves / 2, halves % 2 != 0 ? '5' : '0');
    put_value(out, text, (size_t)len);
}

void pt__out_milliseconds(pt__out *out, int64_t ms) {
    char text[40];
    /* The magnitude of INT64_MIN fits too. */
    uint64_t magnitude = ms < 0 ? 0 - (uint64_t)ms : (uint64_t)ms;
    int len = snprintf(text, sizeof text, "%s%" PRIu64 ".%03u", ms < 0 ? "-" : "", magnitude / 1000,
                       (unsigned)(magnitude % 1000));
    put_value(out, text, (size_t)len);
}

void pt__out_boolean(pt__out *out, bool value) {
    put_value(out, value ? "true" : "false", value ? 4 : 5);
}

void pt__out_null(pt__out *out) {
    put_value(out, "null", 4);
}

void pt__out_json(pt__out *out, pte_bytes json) {
    put_value(out, (const char *)json.data, json.len);
}

void pt__out_member_text(pt__out *out, const char *name, const char *text) {
    pt__out_name(out, name);
    pt__out_text(out, text);
}

void pt__out_member_string(pt__out *out, const char *name, pte_bytes text) {
    pt__out_name(out, name);
    pt__out_string(out, text);
}

void pt__out_member_integer(pt__out *out, const char *name, int64_t value) {
    pt__out_name(out, name);
    pt__out_integer(out, value);
}
