#include "json_text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void bench_text_clean_up(bench_text *text) {
    free(text->data);
    *text = (bench_text){0};
}

static bool make_room(bench_text *text, size_t bytes) {
    if (text->failed || bytes > BENCH_TEXT_BYTES_MAX - text->len) {
        text->failed = true;
        return false;
    }
    if (text->len + bytes > text->capacity) {
        size_t capacity = (text->len + bytes) * 2;
        char *data = realloc(text->data, capacity);
        text->failed = data == NULL;
        text->data = data != NULL ? data : text->data;
        text->capacity = data != NULL ? capacity : text->capacity;
    }
    return !text->failed;
}

void bench_text_print(bench_text *text, const char *format, ...) {
    va_list arguments;
    va_list again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int len = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (len >= 0 && make_room(text, (size_t)len + 1)) {
        vsnprintf(text->data + text->len, (size_t)len + 1, format, again);
        text->len += (size_t)len;
    }
    va_end(again);
}

void bench_text_digest(bench_text *text, const uint8_t *digest) {
    char out[BENCH_DIGEST_TEXT_BYTES + 1];
    for (size_t i = 0; i < BENCH_DIGEST_BYTES; i += 3) {
        uint32_t bits = (uint32_t)digest[i] << 16;
        bits |= i + 1 < BENCH_DIGEST_BYTES ? (uint32_t)digest[i + 1] << 8 : 0;
        bits |= i + 2 < BENCH_DIGEST_BYTES ? digest[i + 2] : 0;
        for (size_t part = 0; part < 4; part++) {
            out[i / 3 * 4 + part] = alphabet[bits >> (18 - 6 * part) & 63];
        }
    }
    memcpy(out + BENCH_DIGEST_TEXT_BYTES - 2, "==", 3);
    bench_text_print(text, "%s", out);
}

/* One more than what a letter stands for; 0: it is none. A table, since checking answers is part of
 * every measurement. */
static const uint8_t letters[256] = {
    ['A'] = 1,  ['B'] = 2,  ['C'] = 3,  ['D'] = 4,  ['E'] = 5,  ['F'] = 6,  ['G'] = 7,  ['H'] = 8,
    ['I'] = 9,  ['J'] = 10, ['K'] = 11, ['L'] = 12, ['M'] = 13, ['N'] = 14, ['O'] = 15, ['P'] = 16,
    ['Q'] = 17, ['R'] = 18, ['S'] = 19, ['T'] = 20, ['U'] = 21, ['V'] = 22, ['W'] = 23, ['X'] = 24,
    ['Y'] = 25, ['Z'] = 26, ['a'] = 27, ['b'] = 28, ['c'] = 29, ['d'] = 30, ['e'] = 31, ['f'] = 32,
    ['g'] = 33, ['h'] = 34, ['i'] = 35, ['j'] = 36, ['k'] = 37, ['l'] = 38, ['m'] = 39, ['n'] = 40,
    ['o'] = 41, ['p'] = 42, ['q'] = 43, ['r'] = 44, ['s'] = 45, ['t'] = 46, ['u'] = 47, ['v'] = 48,
    ['w'] = 49, ['x'] = 50, ['y'] = 51, ['z'] = 52, ['0'] = 53, ['1'] = 54, ['2'] = 55, ['3'] = 56,
    ['4'] = 57, ['5'] = 58, ['6'] = 59, ['7'] = 60, ['8'] = 61, ['9'] = 62, ['+'] = 63, ['/'] = 64};

static uint32_t letter_at(const char *text, size_t at) {
    return letters[(uint8_t)text[at]];
}

/* Three bytes from four letters; false if one is none. */
static bool read_four(uint8_t *bytes, const char *text) {
    uint32_t a = letter_at(text, 0), b = letter_at(text, 1);
    uint32_t c = letter_at(text, 2), d = letter_at(text, 3);
    uint32_t bits = (a - 1) << 18 | (b - 1) << 12 | (c - 1) << 6 | (d - 1);
    bytes[0] = (uint8_t)(bits >> 16);
    bytes[1] = (uint8_t)(bits >> 8);
    bytes[2] = (uint8_t)bits;
    return a != 0 && b != 0 && c != 0 && d != 0;
}

_Static_assert(BENCH_DIGEST_BYTES % 3 == 1, "the text's last four end with two =");

bool bench_digest_read(uint8_t *digest, const char *text) {
    const char *last = text + BENCH_DIGEST_TEXT_BYTES - 4;
    const char four[4] = {last[0], last[1], 'A', 'A'};
    uint8_t three[3];
    bool known = true;
    for (; text != last; text += 4, digest += 3) {
        known &= read_four(digest, text);
    }
    known &= read_four(three, four);
    *digest = three[0];
    return known && last[2] == '=' && last[3] == '=';
}

/* The maker's items have a map in them, which has none. */
enum { DEPTH_MAX = 2 };

static void print_value(bench_text *text, const pte_value *value, int depth);

/* {"name":value,...}: an item, or a map in it. */
static void print_members(bench_text *text, pte_iter iter, int depth) {
    pte_bytes name;
    pte_value value;
    pte_error error;
    const char *comma = "";
    pte_status status = PTE_OK;
    bench_text_print(text, "{");
    while ((status = pte_iter_next(&iter, &name, &value, &error)) == PTE_OK) {
        bench_text_print(text, "%s\"%.*s\":", comma, (int)name.len, (const char *)name.data);
        print_value(text, &value, depth);
        comma = ",";
    }
    text->failed |= status != PTE_END;
    bench_text_print(text, "}");
}

/* The maker's texts have nothing that JSON escapes. */
static void print_value(bench_text *text, const pte_value *value, int depth) {
    pte_iter iter;
    pte_error error;
    const char *content = (const char *)value->bytes.data;
    bench_text_print(text, "{\"%s\":", pte_type_name(value->type));
    if (value->type == PTE_TYPE_M && depth < DEPTH_MAX &&
        pte_value_iterate(&iter, value, &error) == PTE_OK) {
        print_members(text, iter, depth + 1);
    } else if (value->type == PTE_TYPE_B && value->bytes.len == BENCH_DIGEST_BYTES) {
        bench_text_print(text, "\"");
        bench_text_digest(text, value->bytes.data);
        bench_text_print(text, "\"");
    } else if (value->type == PTE_TYPE_S || value->type == PTE_TYPE_N) {
        bench_text_print(text, "\"%.*s\"", (int)value->bytes.len, content);
    } else {
        text->failed = true;
    }
    bench_text_print(text, "}");
}

void bench_text_item(bench_text *text, pte_bytes encoded) {
    pte_iter iter;
    pte_error error;
    pte_item item = {.encoded = encoded};
    if (pte_item_iterate(&iter, &item, &error) == PTE_OK) {
        print_members(text, iter, 1);
    } else {
        text->failed = true;
    }
}
