/* Streams of changes as rows of the catalog. */
#include "table/stream_row.h"

#include "base/endian.h"

enum { ROW_VERSION = 1 };

static uint8_t *put_attribute(uint8_t *to, pte_key_attribute attribute) {
    bool none = attribute.name.len == 0;
    to[0] = none ? 0 : (uint8_t)attribute.type;
    to[1] = (uint8_t)attribute.name.len;
    if (!none) {
        memcpy(to + 2, attribute.name.data, attribute.name.len);
    }
    return to + 2 + attribute.name.len;
}

pte_bytes pte__stream_encode(uint8_t *out, const pte_stream_info *info) {
    out[0] = ROW_VERSION;
    pte__put_u32(out + 1, info->id);
    pte__put_u32(out + 5, info->table_id);
    out[9] = (uint8_t)info->images;
    out[10] = (uint8_t)info->shards;
    pte__put_u64(out + 11, info->begun_after);
    pte__put_u64(out + 19, (uint64_t)info->ended_ms);
    pte__put_u64(out + 27, info->ended_at);
    uint8_t *to = out + PTE__STREAM_HEAD_BYTES;
    for (unsigned i = 0; i < info->shards; i++, to += 8) {
        pte__put_u64(to, info->trimmed[i]);
    }
    to = put_attribute(to, info->hash);
    to = put_attribute(to, info->range);
    return pte_view(out, (size_t)(to - out));
}

static bool take_attribute(pte_key_attribute *attribute, pte_bytes *rest) {
    if (rest->len < 2 || rest->data[1] > rest->len - 2 || rest->data[0] > PTE_TYPE_B ||
        (rest->data[0] == 0) != (rest->data[1] == 0)) {
        return false;
    }
    size_t len = rest->data[1];
    attribute->type = (pte_type)rest->data[0];
    attribute->name = pte_view(len != 0 ? rest->data + 2 : NULL, len);
    *rest = pte_view(rest->data + 2 + len, rest->len - 2 - len);
    return true;
}

static pte_status damaged(pte_stream_info *info, const char *what, pte_error *error) {
    *info = (pte_stream_info){0};
    return pte__fail(error, PTE_CORRUPT, "the row of a stream: %s", what);
}

pte_status pte__stream_decode(pte_stream_info *info, pte_bytes key, pte_bytes row,
                              pte_error *error) {
    *info = (pte_stream_info){0};
    if (key.len < 2 + PTE__STREAM_TIME_BYTES || key.len > PTE__CATALOG_KEY_MAX) {
        return damaged(info, "its key has no name, or one that is too long", error);
    }
    size_t name_len = key.len - 1 - PTE__STREAM_TIME_BYTES;
    if (row.len < PTE__STREAM_HEAD_BYTES || row.data[0] != ROW_VERSION) {
        return damaged(info, "it has no head", error);
    }
    info->table = pte_view(key.data + 1, name_len);
    info->begun_ms = (int64_t)pte__get_u64(key.data + 1 + name_len);
    info->id = pte__get_u32(row.data + 1);
    info->table_id = pte__get_u32(row.data + 5);
    info->images = (pte_change_images)row.data[9];
    info->shards = row.data[10];
    info->begun_after = pte__get_u64(row.data + 11);
    info->ended_ms = (int64_t)pte__get_u64(row.data + 19);
    info->ended_at = pte__get_u64(row.data + 27);
    if (row.data[9] == PTE_CHANGES_OFF || row.data[9] > PTE_CHANGES_NEW_AND_OLD_IMAGES ||
        info->shards == 0 || info->shards > PTE_SHARDS_MAX ||
        row.len < PTE__STREAM_HEAD_BYTES + 8 * (size_t)info->shards) {
        return damaged(info, "its kind or its number of shards", error);
    }
    pte_bytes rest = pte_view(row.data + PTE__STREAM_HEAD_BYTES, row.len - PTE__STREAM_HEAD_BYTES);
    for (unsigned i = 0; i < info->shards; i++) {
        info->trimmed[i] = pte__get_u64(rest.data);
        rest = pte_view(rest.data + 8, rest.len - 8);
    }
    if (!take_attribute(&info->hash, &rest) || info->hash.name.len == 0 ||
        !take_attribute(&info->range, &rest) || rest.len != 0) {
        return damaged(info, "its key attributes", error);
    }
    return PTE_OK;
}

unsigned pte__stream_shard(const uint8_t *partition_hash, unsigned shards) {
    return (unsigned)((uint64_t)pte__get_u32(partition_hash) * shards >> 32);
}
