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

static int value_of(char letter) {
    if (letter >= 'A' && letter <= 'Z') {
        return letter - 'A';
    } else if (letter >= 'a' && letter <= 'z') {
        return letter - 'a' + 26;
    } else if (letter >= '0' && letter <= '9') {
        return letter - '0' + 52;
    }
    return letter == '+' ? 62 : letter == '/' ? 63 : -1;
}

bool bench_digest_read(uint8_t *digest, const char *text) {
    uint32_t bits = 0;
    size_t at = 0;
    for (size_t i = 0; i < BENCH_DIGEST_TEXT_BYTES - 2; i++) {
        int value = value_of(text[i]);
        if (value < 0) {
            return false;
        }
        bits = bits << 6 | (uint32_t)value;
        if (i % 4 != 0) { /* every letter but the first of four completes a byte */
            digest[at++] = (uint8_t)(bits >> (6 - i % 4 * 2));
        }
    }
    return memcmp(text + BENCH_DIGEST_TEXT_BYTES - 2, "==", 2) == 0;
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
