/* Shard iterators as text and back. */
#include "operation/shard_iterator.h"

#include "base/endian.h"
#include "json/base64.h"

#include <stdio.h>

enum {
    PLAIN_BYTES = 21,
    ALL_BYTES = PLAIN_BYTES + PTE_SEAL_BYTES,
    /* API_streams_GetShardIterator: "A shard iterator expires 15 minutes after it is returned" */
    LIFETIME_MS = 15 * 60 * 1000,
};

static const char BETWEEN[] = "|1|";

/* The seal is over the plain bytes and then the ARN. */
static bool seal(uint8_t out[PTE_SEAL_BYTES], pt__call *call, const uint8_t *plain, pte_bytes arn) {
    uint8_t *both = pte__arena_alloc(&call->arena, PLAIN_BYTES + arn.len);
    if (both == NULL) {
        return false;
    }
    memcpy(both, plain, PLAIN_BYTES);
    memcpy(both + PLAIN_BYTES, arn.data, arn.len);
    pte_env_seal(out, call->env, pte_view(both, PLAIN_BYTES + arn.len));
    return true;
}

void pt__shard_iterator_encode(pt__call *call, const char *name, pt__shard_iterator iterator) {
    pt__out *out = &call->out;
    uint8_t bytes[ALL_BYTES];
    size_t head_len = iterator.arn.len + sizeof BETWEEN - 1;
    size_t room = head_len + (ALL_BYTES + 2) / 3 * 4;
    pte__put_u32(bytes, iterator.stream_id);
    bytes[4] = (uint8_t)iterator.shard;
    pte__put_u64(bytes + 5, iterator.after);
    pte__put_u64(bytes + 13, (uint64_t)pt__call_now_ms(call));
    uint8_t *text = pte__arena_alloc(&call->arena, room);
    if (text == NULL || !seal(bytes + PLAIN_BYTES, call, bytes, iterator.arn)) {
        out->failed = true;
        return;
    }
    memcpy(text, iterator.arn.data, iterator.arn.len);
    memcpy(text + iterator.arn.len, BETWEEN, sizeof BETWEEN - 1);
    pt__base64_encode(text + head_len, pte_view(bytes, sizeof bytes));
    pt__out_member_string(out, name, pte_view(text, room));
}

static pt__exception invalid(pt__call *call) {
    return pt__refuse(&call->failure, PT__VALIDATION, "Invalid ShardIterator");
}

/* False if it is not of the form. */
static bool split(pte_bytes *arn, pte_bytes *base64, pte_bytes text) {
    const uint8_t *at =
        text.len == 0 ? NULL : memmem(text.data, text.len, BETWEEN, sizeof BETWEEN - 1);
    if (at == NULL) {
        return false;
    }
    size_t head_len = (size_t)(at - text.data) + sizeof BETWEEN - 1;
    *arn = pte_view(text.data, (size_t)(at - text.data));
    *base64 = pte_view(text.data + head_len, text.len - head_len);
    return base64->len == (ALL_BYTES + 2) / 3 * 4;
}

pt__exception pt__shard_iterator_decode(pt__shard_iterator *iterator, pt__call *call,
                                        pte_bytes text) {
    pte_bytes base64;
    pte_bytes bytes;
    uint8_t expected[PTE_SEAL_BYTES];
    *iterator = (pt__shard_iterator){.shard = 0};
    if (!split(&iterator->arn, &base64, text)) {
        return invalid(call);
    }
    pt__exception exception = pt__base64_decode(&bytes, base64, &call->failure);
    if (exception != PT__OK) {
        return exception == PT__SERIALIZATION ? invalid(call) : exception;
    }
    if (bytes.len != ALL_BYTES) {
        return invalid(call);
    }
    if (!seal(expected, call, bytes.data, iterator->arn)) {
        return pt__refuse_memory(&call->failure);
    }
    if (memcmp(expected, bytes.data + PLAIN_BYTES, sizeof expected) != 0) {
        return invalid(call);
    }
    iterator->stream_id = pte__get_u32(bytes.data);
    iterator->shard = bytes.data[4];
    iterator->after = pte__get_u64(bytes.data + 5);
    iterator->given_ms = (int64_t)pte__get_u64(bytes.data + 13);
    /* No source is known for the text. */
    return pt__call_now_ms(call) - iterator->given_ms > LIFETIME_MS
               ? pt__refuse(&call->failure, PT__EXPIRED_ITERATOR, "The shard iterator has expired")
               : PT__OK;
}
