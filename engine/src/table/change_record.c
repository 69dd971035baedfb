/* Records of the change log. */
#include "table/change_record.h"

#include "base/endian.h"

enum { RECORD_VERSION = 1, BY_EXPIRY = 0x80 };

pte_bytes pte__change_key_encode(uint8_t bytes[PTE__CHANGE_KEY_BYTES], const pte__change_key *key) {
    pte__put_u32(bytes, key->stream_id);
    bytes[4] = (uint8_t)key->shard;
    pte__put_u64(bytes + 5, key->sequence);
    return pte_view(bytes, PTE__CHANGE_KEY_BYTES);
}

bool pte__change_key_decode(pte__change_key *key, pte_bytes bytes) {
    if (bytes.len != PTE__CHANGE_KEY_BYTES) {
        return false;
    }
    *key = (pte__change_key){.stream_id = pte__get_u32(bytes.data),
                             .shard = bytes.data[4],
                             .sequence = pte__get_u64(bytes.data + 5)};
    return true;
}

static uint8_t *put_image(uint8_t *to, pte_bytes image) {
    if (image.len != 0) {
        memcpy(to, image.data, image.len);
    }
    return to + image.len;
}

pte_status pte__change_encode(pte_bytes *bytes, pte__arena *arena, const pte__change_record *record,
                              pte_error *error) {
    size_t len = PTE__CHANGE_HEAD_BYTES + record->keys_image.len + record->old_image.len +
                 record->new_image.len;
    uint8_t *start = pte__arena_alloc(arena, len);
    if (start == NULL) {
        return pte__fail_memory(error);
    }
    start[0] = RECORD_VERSION;
    start[1] = (uint8_t)(record->kind | (record->by_expiry ? BY_EXPIRY : 0));
    pte__put_u32(start + 2, record->table_id);
    pte__put_u64(start + 6, (uint64_t)record->time_ms);
    pte__put_u32(start + 14, (uint32_t)record->keys_image.len);
    pte__put_u32(start + 18, (uint32_t)record->old_image.len);
    pte__put_u32(start + 22, (uint32_t)record->new_image.len);
    uint8_t *to = put_image(start + PTE__CHANGE_HEAD_BYTES, record->keys_image);
    to = put_image(to, record->old_image);
    (void)put_image(to, record->new_image);
    *bytes = (pte_bytes){start, len};
    return PTE_OK;
}

static bool take_image(pte_bytes *image, pte_bytes *rest, const uint8_t *len_bytes) {
    size_t len = pte__get_u32(len_bytes);
    if (len > rest->len) {
        return false;
    }
    *image = (pte_bytes){rest->data, len};
    rest->data += len;
    rest->len -= len;
    return true;
}

pte_status pte__change_decode(pte__change_record *record, pte_bytes bytes, pte_error *error) {
    *record = (pte__change_record){0};
    if (bytes.len < PTE__CHANGE_HEAD_BYTES || bytes.data[0] != RECORD_VERSION) {
        return pte__fail(error, PTE_CORRUPT, "a change record has no head");
    }
    unsigned kind = bytes.data[1] & ~(unsigned)BY_EXPIRY;
    pte_bytes rest = {bytes.data + PTE__CHANGE_HEAD_BYTES, bytes.len - PTE__CHANGE_HEAD_BYTES};
    if (kind < PTE_CHANGE_INSERT || kind > PTE_CHANGE_DELETE ||
        !take_image(&record->keys_image, &rest, bytes.data + 14) ||
        !take_image(&record->old_image, &rest, bytes.data + 18) ||
        !take_image(&record->new_image, &rest, bytes.data + 22) || rest.len != 0) {
        return pte__fail(error, PTE_CORRUPT, "a change record's kind or lengths do not fit it");
    }
    record->kind = (pte_change_kind)kind;
    record->by_expiry = (bytes.data[1] & BY_EXPIRY) != 0;
    record->table_id = pte__get_u32(bytes.data + 2);
    record->time_ms = (int64_t)pte__get_u64(bytes.data + 6);
    return PTE_OK;
}
