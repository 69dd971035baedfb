/* Tokens as bytes. */
#include "operation/next_token.h"

#include "request/key.h"
#include "json/base64.h"

#include <xxhash.h>

enum {
    VERSION = 1,
    BRANCH_AT = 1 + PT__FINGERPRINT_BYTES,
    KEY_AT = BRANCH_AT + 4,
    HASH_BYTES = 8,
};

static void put_big_endian(uint8_t *to, uint64_t value, size_t bytes) {
    for (size_t i = 0; i < bytes; i++) {
        to[i] = (uint8_t)(value >> (8 * (bytes - 1 - i)));
    }
}

pt__exception pt__next_token_encode(pt__call *call, const pt__next_token *token) {
    size_t hashed = KEY_AT + token->key.encoded.len;
    uint8_t *bytes = pte__arena_alloc(&call->arena, hashed + HASH_BYTES);
    if (bytes == NULL) {
        return pt__refuse_memory(&call->failure);
    }
    bytes[0] = VERSION;
    memcpy(bytes + 1, token->fingerprint.bytes, PT__FINGERPRINT_BYTES);
    put_big_endian(bytes + BRANCH_AT, token->branch, 4);
    memcpy(bytes + KEY_AT, token->key.encoded.data, token->key.encoded.len);
    put_big_endian(bytes + hashed, XXH3_64bits(bytes, hashed), HASH_BYTES);
    pt__out_base64(&call->out, pte_view(bytes, hashed + HASH_BYTES));
    return PT__OK;
}

pt__exception pt__next_token_refuse(pt__call *call) {
    return pt__refuse(&call->failure, PT__VALIDATION, "Invalid NextToken");
}

pt__exception pt__next_token_decode(pt__next_token *token, pt__call *call, pte_bytes text,
                                    const pt__fingerprint *fingerprint) {
    pte_bytes bytes;
    uint8_t hash[HASH_BYTES];
    pt__exception exception = pt__base64_decode(&bytes, text, &call->failure);
    if (exception != PT__OK) {
        return exception == PT__INTERNAL ? exception : pt__next_token_refuse(call);
    }
    if (bytes.len < KEY_AT + HASH_BYTES || bytes.data[0] != VERSION) {
        return pt__next_token_refuse(call);
    }
    size_t hashed = bytes.len - HASH_BYTES;
    put_big_endian(hash, XXH3_64bits(bytes.data, hashed), HASH_BYTES);
    *token = (pt__next_token){.key.encoded = pte_view(bytes.data + KEY_AT, hashed - KEY_AT)};
    if (memcmp(hash, bytes.data + hashed, HASH_BYTES) != 0 ||
        pte_item_validate(&token->key, NULL) != PTE_OK) {
        return pt__next_token_refuse(call);
    }
    memcpy(token->fingerprint.bytes, bytes.data + 1, PT__FINGERPRINT_BYTES);
    for (size_t i = 0; i < 4; i++) {
        token->branch = token->branch << 8 | bytes.data[BRANCH_AT + i];
    }
    if (memcmp(token->fingerprint.bytes, fingerprint->bytes, PT__FINGERPRINT_BYTES) != 0) {
        return pt__refuse(&call->failure, PT__VALIDATION, "NextToken does not match request");
    }
    return PT__OK;
}

/* ---- keys ---- */

/* Once, though both keys may have it. */
static pt__exception add(pt__call *call, const pte_item *item, pte_bytes name) {
    pte_value value;
    pte_error error;
    pte_status status = pte_item_find(&value, item, name, &error);
    if (status != PTE_OK) {
        return pt__refuse_engine(&call->failure, status, &error);
    }
    pte_builder_name(call->scratch, name);
    pte_builder_value(call->scratch, &value);
    return PT__OK;
}

pt__exception pt__next_token_key(pte_item *key, pt__call *call, const pt__table *table,
                                 const pte_index_info *index, const pte_item *item) {
    const pte_table_spec *spec = &table->info->spec;
    pte_error error;
    pte_builder_reset(call->scratch);
    pt__exception exception = add(call, item, spec->hash.name);
    if (exception == PT__OK && spec->range.name.len != 0) {
        exception = add(call, item, spec->range.name);
    }
    for (size_t i = 0; index != NULL && exception == PT__OK &&
                       i < index->spec.hash_count + index->spec.range_count;
         i++) {
        bool hash = i < index->spec.hash_count;
        pte_bytes name =
            hash ? index->spec.hash[i].name : index->spec.range[i - index->spec.hash_count].name;
        if (!pt__key_has(table, NULL, name)) {
            exception = add(call, item, name);
        }
    }
    if (exception != PT__OK) {
        return exception;
    }
    pte_status status = pte_builder_item(key, call->scratch, &error);
    if (status != PTE_OK) {
        return pt__refuse_engine(&call->failure, status, &error);
    }
    key->encoded = pte__arena_copy(&call->arena, key->encoded);
    return key->encoded.data != NULL ? PT__OK : pt__refuse_memory(&call->failure);
}
