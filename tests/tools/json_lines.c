/* A recursive descent with a depth limit, straight into a builder. */
#include "json_lines.h"

#include <stdio.h>

enum { STRING_BYTES_MAX = 4096 };

typedef struct parser {
    pte_bytes line;
    size_t at;
    unsigned depth;
    pte_builder *builder;
    uint8_t string[STRING_BYTES_MAX]; /* the last string read, without its escapes */
    size_t string_len;
} parser;

static bool parse_value(parser *p);

/* The byte at hand, 0 behind the end (a 0 in the line is never JSON). */
static uint8_t peek(const parser *p) {
    return p->at < p->line.len ? p->line.data[p->at] : 0;
}

static void skip_space(parser *p) {
    while (peek(p) == ' ' || peek(p) == '\t' || peek(p) == '\r' || peek(p) == '\n') {
        p->at++;
    }
}

static bool take(parser *p, uint8_t wanted) {
    if (p->at < p->line.len && p->line.data[p->at] == wanted) {
        p->at++;
        return true;
    }
    return false;
}

static bool put(parser *p, unsigned byte) {
    if (p->string_len == STRING_BYTES_MAX) {
        return false;
    }
    p->string[p->string_len++] = (uint8_t)byte;
    return true;
}

static bool put_code_point(parser *p, uint32_t code) {
    if (code < 0x80) {
        return put(p, code);
    }
    if (code < 0x800) {
        return put(p, 0xC0 | code >> 6) && put(p, 0x80 | (code & 0x3F));
    }
    if (code < 0x10000) {
        return put(p, 0xE0 | code >> 12) && put(p, 0x80 | (code >> 6 & 0x3F)) &&
               put(p, 0x80 | (code & 0x3F));
    }
    return put(p, 0xF0 | code >> 18) && put(p, 0x80 | (code >> 12 & 0x3F)) &&
           put(p, 0x80 | (code >> 6 & 0x3F)) && put(p, 0x80 | (code & 0x3F));
}

static bool parse_hex(parser *p, uint32_t *code) {
    *code = 0;
    for (int i = 0; i < 4; i++, p->at++) {
        static const char digits[] = "0123456789abcdef";
        uint8_t byte = peek(p);
        uint8_t lower = byte >= 'A' && byte <= 'F' ? (uint8_t)(byte + 32) : byte;
        const char *digit = lower == 0 ? NULL : strchr(digits, lower);
        if (digit == NULL) {
            return false;
        }
        *code = *code << 4 | (uint32_t)(digit - digits);
    }
    return true;
}

/* Behind "\u": one unit, or a pair of surrogates. */
static bool parse_unicode(parser *p) {
    uint32_t code, low;
    if (!parse_hex(p, &code) || (code >= 0xDC00 && code < 0xE000)) {
        return false;
    }
    if (code < 0xD800 || code >= 0xE000) {
        return put_code_point(p, code);
    }
    if (!take(p, '\\') || !take(p, 'u') || !parse_hex(p, &low) || low < 0xDC00 || low >= 0xE000) {
        return false;
    }
    return put_code_point(p, 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00));
}

static bool parse_escape(parser *p) {
    static const char escapes[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
    if (take(p, 'u')) {
        return parse_unicode(p);
    }
    uint8_t byte = peek(p);
    const char *escape = byte == 0 ? NULL : strchr(escapes, byte);
    if (escape == NULL) {
        return false;
    }
    p->at++;
    return put(p, (unsigned char)meanings[escape - escapes]);
}

static bool parse_string(parser *p) {
    p->string_len = 0;
    if (!take(p, '"')) {
        return false;
    }
    while (!take(p, '"')) {
        if (peek(p) < 0x20) {
            return false;
        }
        if (take(p, '\\') ? !parse_escape(p) : !put(p, p->line.data[p->at++])) {
            return false;
        }
    }
    return true;
}

static bool take_digits(parser *p) {
    size_t before = p->at;
    while (peek(p) >= '0' && peek(p) <= '9') {
        p->at++;
    }
    return p->at != before;
}

static bool parse_number(parser *p) {
    size_t start = p->at;
    take(p, '-');
    if (!take(p, '0') && !take_digits(p)) {
        return false;
    }
    if (take(p, '.') && !take_digits(p)) {
        return false;
    }
    if (take(p, 'e') || take(p, 'E')) {
        if (!take(p, '+')) {
            take(p, '-');
        }
        if (!take_digits(p)) {
            return false;
        }
    }
    pte_builder_number(p->builder, pte_view(p->line.data + start, p->at - start));
    return true;
}

/* "name": value, up to the closing brace; the opening one is behind us. */
static bool parse_members(parser *p) {
    skip_space(p);
    if (take(p, '}')) {
        return true;
    }
    do {
        skip_space(p);
        if (!parse_string(p)) {
            return false;
        }
        pte_builder_name(p->builder, pte_view(p->string, p->string_len));
        skip_space(p);
        if (!take(p, ':') || !parse_value(p)) {
            return false;
        }
        skip_space(p);
    } while (take(p, ','));
    return take(p, '}');
}

static bool parse_elements(parser *p) {
    skip_space(p);
    if (take(p, ']')) {
        return true;
    }
    do {
        if (!parse_value(p)) {
            return false;
        }
        skip_space(p);
    } while (take(p, ','));
    return take(p, ']');
}

static bool parse_container(parser *p, pte_type type) {
    if (p->depth == PTE_NESTING_MAX) {
        return false;
    }
    p->depth++;
    pte_builder_begin(p->builder, type);
    bool parsed = type == PTE_TYPE_M ? parse_members(p) : parse_elements(p);
    pte_builder_end(p->builder);
    p->depth--;
    return parsed;
}

static bool take_word(parser *p, const char *word) {
    size_t len = strlen(word);
    if (p->line.len - p->at < len || memcmp(p->line.data + p->at, word, len) != 0) {
        return false;
    }
    p->at += len;
    return true;
}

static bool parse_value(parser *p) {
    skip_space(p);
    if (peek(p) == '"') {
        bool parsed = parse_string(p);
        pte_builder_string(p->builder, pte_view(p->string, p->string_len));
        return parsed;
    }
    if (take(p, '{')) {
        return parse_container(p, PTE_TYPE_M);
    }
    if (take(p, '[')) {
        return parse_container(p, PTE_TYPE_L);
    }
    if (take_word(p, "null")) {
        pte_builder_null(p->builder);
        return true;
    }
    bool yes = take_word(p, "true");
    if (yes || take_word(p, "false")) {
        pte_builder_boolean(p->builder, yes);
        return true;
    }
    return parse_number(p);
}

pte_status json_line_item(pte_item *item, pte_builder *builder, pte_bytes line, pte_error *error) {
    parser p = {.line = line, .builder = builder};
    *item = (pte_item){0};
    pte_builder_reset(builder);
    skip_space(&p);
    bool parsed = take(&p, '{') && parse_members(&p);
    skip_space(&p);
    if (!parsed || p.at != line.len) {
        if (error != NULL) {
            *error = (pte_error){.status = PTE_INVALID_ARGUMENT, .position = p.at};
            snprintf(error->message, sizeof error->message, "not a JSON object at byte %zu", p.at);
        }
        return PTE_INVALID_ARGUMENT;
    }
    return pte_builder_item(item, builder, error);
}
