/* Items in the database; see stored.h. */
#include "workload/stored.h"

#include "workload/memory.h"
#include "workload/request.h"

#include <stdio.h>

enum { KEY_BYTES_MAX = PTE_HASH_KEY_BYTES_MAX };

pte_bytes wl__stored_name(char name[WL__STORED_NAME_BYTES], const wl__store *store,
                          const wl_table *table) {
    int len = snprintf(name, WL__STORED_NAME_BYTES, "%s/%s", store->region, table->name);
    return pte_view(name, len > 0 && len < WL__STORED_NAME_BYTES ? (size_t)len : 0);
}

/* ---- base64: RFC 4648, section 4 ---- */

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static void add_base64(wl_text *text, pte_bytes data) {
    for (size_t i = 0; i < data.len; i += 3) {
        size_t left = data.len - i;
        uint32_t bits = (uint32_t)data.data[i] << 16;
        bits |= left > 1 ? (uint32_t)data.data[i + 1] << 8 : 0;
        bits |= left > 2 ? data.data[i + 2] : 0;
        char four[4] = {alphabet[bits >> 18], alphabet[bits >> 12 & 63],
                        left > 1 ? alphabet[bits >> 6 & 63] : '=',
                        left > 2 ? alphabet[bits & 63] : '='};
        wl__text_add(text, pte_view(four, sizeof four));
    }
}

/* Decodes at most size bytes; what is no base64 ends it. */
static size_t decode_base64(uint8_t *data, size_t size, const char *text) {
    uint32_t bits = 0;
    unsigned count = 0;
    size_t len = 0;
    for (; *text != '\0' && *text != '=' && len < size; text++) {
        const char *at = strchr(alphabet, *text);
        if (at == NULL) {
            break;
        }
        bits = bits << 6 | (uint32_t)(at - alphabet);
        count += 6;
        if (count >= 8) {
            count -= 8;
            data[len++] = (uint8_t)(bits >> count);
        }
    }
    return len;
}

/* ---- keys ---- */

/* A key attribute's value in JSON. bytes: room for a binary one. */
static bool scalar_of(pte_scalar *scalar, uint8_t bytes[KEY_BYTES_MAX], yajl_val value) {
    const char *text;
    if ((text = wl__yajl_text(value, "S")) != NULL) {
        *scalar = pte_s(text);
    } else if ((text = wl__yajl_text(value, "N")) != NULL) {
        *scalar = pte_n(text);
    } else if ((text = wl__yajl_text(value, "B")) != NULL) {
        *scalar = pte_b(bytes, decode_base64(bytes, KEY_BYTES_MAX, text));
    } else {
        return false;
    }
    return true;
}

bool wl__stored_item(pte_item *item, pte_read *read, const wl__store *store, const wl_table *table,
                     yajl_val key) {
    char name[WL__STORED_NAME_BYTES];
    uint8_t hash[KEY_BYTES_MAX], range[KEY_BYTES_MAX];
    pte_key found = {0};
    if (table->hash.count == 0 ||
        !scalar_of(&found.hash, hash, wl__yajl_member(key, table->hash.names[0])) ||
        (table->range.count != 0 &&
         !scalar_of(&found.range, range, wl__yajl_member(key, table->range.names[0])))) {
        return false;
    }
    return pte_read_item(item, read, wl__stored_name(name, store, table), &found, NULL) == PTE_OK;
}

static bool has_attributes(const wl_key *key, const pte_item *item) {
    pte_value value;
    for (size_t i = 0; i < key->count; i++) {
        if (pte_item_find(&value, item, pte_str(key->names[i]), NULL) != PTE_OK ||
            value.type == PTE_TYPE_NONE) {
            return false;
        }
    }
    return true;
}

bool wl__stored_key(wl_text *text, wl_place place, const pte_item *item) {
    const wl_key *hash = wl__hash_of(place);
    if (!has_attributes(hash, item) ||
        (place.index != NULL && !has_attributes(&place.index->range, item))) {
        return false;
    }
    for (size_t i = 0; i < hash->count; i++) {
        pte_value value;
        if (pte_item_find(&value, item, pte_str(hash->names[i]), NULL) != PTE_OK) {
            return false;
        }
        wl__text_raw(text, i == 0 ? "" : " | ");
        if (value.type == PTE_TYPE_B) {
            add_base64(text, value.bytes);
        } else {
            wl__key_value(text, value.type, value.bytes);
        }
    }
    return hash->count != 0;
}

/* The same for a number however it is written. */
static uint64_t scalar_hash(pte_type type, pte_bytes bytes) {
    pte_number number;
    char canonical[PTE_NUMBER_TEXT_MAX];
    if (type == PTE_TYPE_N && pte_number_parse(&number, bytes, NULL) == PTE_OK) {
        bytes = pte_view(canonical, pte_number_format(&number, canonical));
    }
    return wl_top_hash(bytes);
}

uint64_t wl__stored_sort_hash(wl_place place, const pte_item *item) {
    const wl_key *range = place.index != NULL ? &place.index->range : &place.of->range;
    uint64_t hash = 0;
    for (size_t i = 0; i < range->count; i++) {
        pte_value value;
        if (pte_item_find(&value, item, pte_str(range->names[i]), NULL) == PTE_OK) {
            hash = hash * 31 + scalar_hash(value.type, value.bytes);
        }
    }
    return hash;
}

uint64_t wl__json_sort_hash(wl_place place, yajl_val item) {
    pte_scalar scalar;
    uint8_t bytes[KEY_BYTES_MAX];
    if (place.of->range.count == 0 ||
        !scalar_of(&scalar, bytes, wl__yajl_member(item, place.of->range.names[0]))) {
        return 0;
    }
    return scalar_hash(scalar.type, scalar.bytes);
}

bool wl__stored_start(pte_item *item, pte_builder *builder, yajl_val start) {
    pte_builder_reset(builder);
    if (!YAJL_IS_OBJECT(start)) {
        return false;
    }
    for (size_t i = 0; i < YAJL_GET_OBJECT(start)->len; i++) {
        pte_scalar scalar;
        uint8_t bytes[KEY_BYTES_MAX];
        if (!scalar_of(&scalar, bytes, YAJL_GET_OBJECT(start)->values[i])) {
            return false;
        }
        pte_builder_name(builder, pte_str(YAJL_GET_OBJECT(start)->keys[i]));
        pte_builder_scalar(builder, scalar);
    }
    return pte_builder_item(item, builder, NULL) == PTE_OK;
}

/* ---- sizes ---- */

static size_t value_bytes(yajl_val value, unsigned depth);

/* Names and values of an object of AttributeValues. It and value_bytes call each other, at most
 * PTE_NESTING_MAX deep. */
static size_t members_bytes(yajl_val members, size_t each, unsigned depth) {
    size_t bytes = 0;
    for (size_t i = 0; YAJL_IS_OBJECT(members) && i < YAJL_GET_OBJECT(members)->len; i++) {
        bytes += each + strlen(YAJL_GET_OBJECT(members)->keys[i]) +
                 value_bytes(YAJL_GET_OBJECT(members)->values[i], depth);
    }
    return bytes;
}

/* A string, number or binary of the type that its name begins with. */
static size_t scalar_bytes(char type, yajl_val value) {
    const char *text = YAJL_IS_STRING(value) ? YAJL_GET_STRING(value) : "";
    pte_number number;
    if (type == 'N') {
        return pte_number_parse(&number, pte_str(text), NULL) == PTE_OK
                   ? pte_number_size_bytes(&number)
                   : 0;
    }
    return type == 'B' ? strcspn(text, "=") * 6 / 8 : strlen(text);
}

/* https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html */
static size_t value_bytes(yajl_val value, unsigned depth) {
    if (!YAJL_IS_OBJECT(value) || YAJL_GET_OBJECT(value)->len != 1 || depth > PTE_NESTING_MAX) {
        return 0;
    }
    const char *type = YAJL_GET_OBJECT(value)->keys[0];
    yajl_val of = YAJL_GET_OBJECT(value)->values[0];
    size_t count = YAJL_IS_ARRAY(of) ? YAJL_GET_ARRAY(of)->len : 0;
    size_t bytes = 3;
    if (strcmp(type, "M") == 0) {
        return bytes + members_bytes(of, 1, depth + 1);
    }
    if (strcmp(type, "L") == 0) {
        for (size_t i = 0; i < count; i++) {
            bytes += 1 + value_bytes(YAJL_GET_ARRAY(of)->values[i], depth + 1);
        }
        return bytes;
    }
    if (strcmp(type, "BOOL") == 0 || strcmp(type, "NULL") == 0) {
        return 1;
    }
    if (!YAJL_IS_ARRAY(of)) {
        return scalar_bytes(type[0], of);
    }
    bytes = 0;
    for (size_t i = 0; i < count; i++) {
        bytes += scalar_bytes(type[0], YAJL_GET_ARRAY(of)->values[i]);
    }
    return bytes;
}

size_t wl__json_item_bytes(yajl_val item) {
    return members_bytes(item, 0, 0);
}
