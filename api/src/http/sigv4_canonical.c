/*
 * The canonical form of a request, and its signature.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
#include "http/sigv4.h"

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- text ---- */

/* Far beyond what becomes of a head of 16 KB, unless one names a long header again and again. */
enum { TEXT_BYTES_MAX = 256 * 1024 };

static void put(pt__sigv4_text *text, const void *bytes, size_t len) {
    if (text->failed || len == 0) {
        return;
    }
    if (len > TEXT_BYTES_MAX - text->len) {
        text->failed = text->too_long = true;
        return;
    }
    if (text->len + len > text->capacity) {
        size_t capacity = text->capacity < 1024 ? 1024 : text->capacity;
        while (capacity < text->len + len) {
            capacity *= 2;
        }
        char *data = realloc(text->data, capacity);
        if (data == NULL) {
            text->failed = true;
            return;
        }
        text->data = data;
        text->capacity = capacity;
    }
    memcpy(text->data + text->len, bytes, len);
    text->len += len;
}

static void put_byte(pt__sigv4_text *text, char byte) {
    put(text, &byte, 1);
}

/* AWS's UriEncode: all but the unreserved characters of RFC 3986. */
static void put_encoded(pt__sigv4_text *text, pte_bytes bytes) {
    static const char digits[] = "0123456789ABCDEF";
    for (size_t i = 0; i < bytes.len; i++) {
        uint8_t c = bytes.data[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                     c == '-' || c == '_' || c == '.' || c == '~';
        const char encoded[3] = {'%', digits[c >> 4], digits[c & 15]};
        put(text, plain ? (const char *)&c : encoded, plain ? 1 : 3);
    }
}

static void put_lower(pt__sigv4_text *text, pte_bytes bytes) {
    for (size_t i = 0; i < bytes.len; i++) {
        char c = (char)bytes.data[i];
        put_byte(text, c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c);
    }
}

/* ---- the path ---- */

/* Without empty and dot segments, and encoded once more than it is in the URL already, as every
 * service but S3 has it. */
static void put_path(pt__sigv4_text *text, pte_bytes path) {
    size_t start = text->len;
    bool ends_in_slash = path.len > 0 && path.data[path.len - 1] == '/';
    if (path.len == 0 || path.data[0] != '/') {
        put_encoded(text, path); /* none of a service's: "*", or for a proxy */
        return;
    }
    while (path.len > 0) {
        pte_bytes segment = pt__sigv4_take(&path, '/');
        if (segment.len == 0 || pte_bytes_equal(segment, pte_str("."))) {
            continue;
        }
        if (pte_bytes_equal(segment, pte_str(".."))) {
            while (text->len > start && text->data[--text->len] != '/') {
            }
        } else {
            put_byte(text, '/');
            put_encoded(text, segment);
        }
    }
    if (text->len == start || ends_in_slash) {
        put_byte(text, '/');
    }
}

/* ---- the query ---- */

static int compare_pairs(const void *a, const void *b) {
    const pt__sigv4_pair *left = a, *right = b;
    int order = pte_bytes_compare(left->name, right->name);
    return order != 0 ? order : pte_bytes_compare(left->value, right->value);
}

/* As it was before the URL's encoding, then encoded in AWS's way; its length. */
static size_t put_recoded(pt__sigv4_text *text, char *scratch, pte_bytes raw) {
    size_t before = text->len;
    put_encoded(text, pt__sigv4_decode(scratch, raw));
    return text->len - before;
}

static void put_sorted(pt__sigv4_text *text, pt__sigv4_pair *pairs, size_t count) {
    qsort(pairs, count, sizeof *pairs, compare_pairs);
    for (size_t i = 0; i < count; i++) {
        put(text, "&", i > 0);
        put(text, pairs[i].name.data, pairs[i].name.len);
        put_byte(text, '=');
        put(text, pairs[i].value.data, pairs[i].value.len);
    }
}

/* Encodes the parameters but the signature into recoded, where pairs then view them. */
static size_t recode(pt__sigv4_text *recoded, pt__sigv4_pair *pairs, char *scratch,
                     const pt__sigv4_request *request) {
    size_t count = 0, at = 0;
    for (size_t i = 0; i < request->query_count; i++) {
        const pt__sigv4_pair *raw = &request->query[i];
        if (!pte_bytes_equal(raw->name, pte_str("X-Amz-Signature"))) {
            pairs[count].name.len = put_recoded(recoded, scratch, raw->name);
            pairs[count++].value.len = put_recoded(recoded, scratch, raw->value);
        }
    }
    /* The text does not move any more. */
    for (size_t i = 0; i < count; i++) {
        pairs[i].name = pte_view(recoded->data + at, pairs[i].name.len);
        at += pairs[i].name.len;
        pairs[i].value = pte_view(recoded->data + at, pairs[i].value.len);
        at += pairs[i].value.len;
    }
    return count;
}

static void put_query(pt__sigv4_text *text, const pt__sigv4_request *request) {
    if (request->query_count == 0) {
        return;
    }
    size_t longest = 1;
    for (size_t i = 0; i < request->query_count; i++) {
        const pt__sigv4_pair *raw = &request->query[i];
        longest = raw->name.len > longest ? raw->name.len : longest;
        longest = raw->value.len > longest ? raw->value.len : longest;
    }
    pt__sigv4_text recoded = {.data = NULL};
    pt__sigv4_pair *pairs = calloc(request->query_count, sizeof *pairs);
    char *scratch = malloc(longest);
    put_byte(&recoded, 0); /* it has memory even if all names are empty */
    recoded.len = 0;
    if (pairs != NULL && scratch != NULL && !recoded.failed) {
        size_t count = recode(&recoded, pairs, scratch, request);
        if (!recoded.failed) {
            put_sorted(text, pairs, count);
        }
    }
    text->failed = text->failed || recoded.failed || pairs == NULL || scratch == NULL;
    free(scratch);
    free(pairs);
    free(recoded.data);
}

/* ---- the headers ---- */

static pte_bytes trimmed(pte_bytes value) {
    while (value.len > 0 && value.data[0] == ' ') {
        value = pte_view(value.data + 1, value.len - 1);
    }
    while (value.len > 0 && value.data[value.len - 1] == ' ') {
        value.len--;
    }
    return value;
}

static void put_value(pt__sigv4_text *text, pte_bytes value) {
    value = trimmed(value);
    for (size_t i = 0; i < value.len; i++) {
        if (value.data[i] != ' ' || value.data[i - 1] != ' ') {
            put_byte(text, (char)value.data[i]);
        }
    }
}

static void put_header(pt__sigv4_text *text, const pt__sigv4_request *request, pte_bytes name) {
    put_lower(text, name);
    put_byte(text, ':');
    bool first = true;
    for (size_t i = 0; i < request->header_count; i++) {
        if (pt__sigv4_is_name(request->headers[i].name, name)) {
            put(text, ",", !first);
            put_value(text, request->headers[i].value);
            first = false;
        }
    }
    put_byte(text, '\n');
}

static void put_headers(pt__sigv4_text *text, const pt__sigv4_request *request,
                        pte_bytes signed_headers) {
    pte_bytes rest = signed_headers;
    while (rest.len > 0) {
        put_header(text, request, pt__sigv4_take(&rest, ';'));
    }
    put_byte(text, '\n');
    put_lower(text, signed_headers);
    put_byte(text, '\n');
}

/* ---- hashes ---- */

static void write_hex(char *text, const uint8_t *bytes) {
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < PT__SHA256_BYTES; i++) {
        text[2 * i] = digits[bytes[i] >> 4];
        text[2 * i + 1] = digits[bytes[i] & 15];
    }
}

static bool hash(char hex[PT__SHA256_HEX], pte_bytes bytes) {
    uint8_t digest[PT__SHA256_BYTES];
    const void *data = bytes.len == 0 ? "" : (const void *)bytes.data;
    bool good = gnutls_hash_fast(GNUTLS_DIG_SHA256, data, bytes.len, digest) == 0;
    if (good) {
        write_hex(hex, digest);
    }
    return good;
}

void pt__sigv4_canonical(pt__sigv4_text *text, const pt__sigv4_request *request,
                         pte_bytes signed_headers) {
    char payload[PT__SHA256_HEX];
    put(text, request->method.data, request->method.len);
    put_byte(text, '\n');
    put_path(text, request->path);
    put_byte(text, '\n');
    put_query(text, request);
    put_byte(text, '\n');
    put_headers(text, request, signed_headers);
    /* Always of the body itself: DynamoDB takes no UNSIGNED-PAYLOAD. */
    if (request->sent_sha256 != NULL) {
        write_hex(payload, request->sent_sha256);
    } else if (!hash(payload, request->body)) {
        text->failed = true;
    }
    put(text, payload, text->failed ? 0 : sizeof payload);
}

static bool hmac(uint8_t mac[PT__SHA256_BYTES], const void *key, size_t key_len, pte_bytes bytes) {
    const void *data = bytes.len == 0 ? "" : (const void *)bytes.data;
    return gnutls_hmac_fast(GNUTLS_MAC_SHA256, key, key_len, data, bytes.len, mac) == 0;
}

/* The key of a day, a region and a service; scope: "date/region/service/aws4_request". */
static bool derive(uint8_t key[PT__SHA256_BYTES], const char *secret, pte_bytes scope) {
    static const char before[] = "AWS4";
    uint8_t first[sizeof before - 1 + PT_SERVER_SECRET_BYTES_MAX], next[PT__SHA256_BYTES];
    size_t secret_len = strlen(secret), len = sizeof before - 1 + secret_len;
    if (secret_len > PT_SERVER_SECRET_BYTES_MAX) {
        return false;
    }
    memcpy(first, before, sizeof before - 1);
    memcpy(first + sizeof before - 1, secret, secret_len);
    bool good = hmac(key, first, len, pt__sigv4_take(&scope, '/'));
    while (good && scope.len > 0) {
        good = hmac(next, key, PT__SHA256_BYTES, pt__sigv4_take(&scope, '/'));
        memcpy(key, next, sizeof next);
    }
    gnutls_memset(first, 0, sizeof first);
    gnutls_memset(next, 0, sizeof next);
    return good;
}

bool pt__sigv4_sign(char signature[PT__SHA256_HEX], pte_bytes canonical, const char *time,
                    pte_bytes scope, const char *secret) {
    uint8_t key[PT__SHA256_BYTES], mac[PT__SHA256_BYTES];
    char hex[PT__SHA256_HEX];
    pt__sigv4_text text = {.data = NULL};
    put(&text, "AWS4-HMAC-SHA256\n", sizeof "AWS4-HMAC-SHA256\n" - 1);
    put(&text, time, PT__SIGV4_TIME_CHARACTERS);
    put_byte(&text, '\n');
    put(&text, scope.data, scope.len);
    put_byte(&text, '\n');
    bool good = hash(hex, canonical);
    put(&text, hex, good ? sizeof hex : 0);
    good = good && !text.failed && derive(key, secret, scope) &&
           hmac(mac, key, sizeof key, pte_view(text.data, text.len));
    if (good) {
        write_hex(signature, mac);
    }
    gnutls_memset(key, 0, sizeof key);
    free(text.data);
    return good;
}
