/* The change log: its order, its records, and that the images of a record belong together. */
#include "upkeep/check.h"

#include "codec/wire.h"
#include "table/change_record.h"
#include "table/image.h"

/* Proves that an image is an item of the size that it states. */
static bool check_image(pte__check *check, const pte__check_place *place, const char *which,
                        pte_bytes image) {
    pte_item item;
    pte_error cause;
    size_t size_bytes = 0;
    pte_status status = pte__image_item(&item, image, &cause);
    if (status == PTE_OK) {
        status = pte_item_validate(&item, &cause);
    }
    if (status == PTE_OK) {
        status = pte_item_size_bytes(&size_bytes, &item, &cause);
    }
    if (status != PTE_OK) {
        pte__check_problem(check, place, "the %s image: %s", which, cause.message);
        return false;
    }
    if (size_bytes != item.size_bytes) {
        pte__check_problem(check, place,
                           "the %s image: the size stated is %zu bytes, by the rule it is %zu",
                           which, item.size_bytes, size_bytes);
    }
    return true;
}

/* The attributes of a valid image. */
static pte_bytes attributes_of(uint32_t *count, pte_bytes image) {
    pte_bytes map = {image.data + PTE__IMAGE_HEAD_BYTES, image.len - PTE__IMAGE_HEAD_BYTES};
    size_t used;
    if (!pte__wire_map(count, &used, map)) {
        *count = 0;
        return (pte_bytes){0};
    }
    return pte_view(map.data + used, map.len - used);
}

/* A full image begins with the attributes of the keys' image: key attributes stand first. */
static void check_same_key(pte__check *check, const pte__check_place *place, const char *which,
                           pte_bytes keys_image, pte_bytes image) {
    uint32_t key_count;
    uint32_t count;
    pte_bytes keys = attributes_of(&key_count, keys_image);
    pte_bytes all = attributes_of(&count, image);
    if (count < key_count || all.len < keys.len ||
        !pte_bytes_equal(pte_view(all.data, keys.len), keys)) {
        pte__check_problem(check, place, "the %s image is of an item with another key", which);
    }
}

static void check_images(pte__check *check, const pte__check_place *place,
                         const pte__change_record *record) {
    const struct {
        const char *name;
        pte_bytes image;
        pte_change_kind not_of;
    } images[] = {
        {"old", record->old_image, PTE_CHANGE_INSERT},
        {"new", record->new_image, PTE_CHANGE_DELETE},
    };
    bool keys_good = check_image(check, place, "key", record->keys_image);
    if (keys_good) {
        uint32_t count;
        (void)attributes_of(&count, record->keys_image);
        keys_good = count == 1 || count == 2;
        if (!keys_good) {
            pte__check_problem(check, place, "a key has 1 or 2 attributes, %u were found",
                               (unsigned)count);
        }
    }
    for (size_t i = 0; i < sizeof images / sizeof images[0]; i++) {
        if (images[i].image.len == 0) {
            continue;
        }
        if (record->kind == images[i].not_of) {
            pte__check_problem(check, place, "a change of kind %d has no %s image",
                               (int)record->kind, images[i].name);
        }
        if (check_image(check, place, images[i].name, images[i].image) && keys_good) {
            check_same_key(check, place, images[i].name, record->keys_image, images[i].image);
        }
    }
}

/* A record lies in a shard of a stream of its table, between what was trimmed and the end. */
static void check_stream(pte__check *check, const pte__check_place *place,
                         const pte__change_key *where, const pte__change_record *record) {
    const pte_stream_info *stream = pte__check_stream_find(check, where->stream_id);
    if (stream == NULL || where->shard >= stream->shards) {
        pte__check_problem(check, place, "there is no shard %u of a stream with id %u",
                           where->shard, (unsigned)where->stream_id);
        return;
    }
    if (record->table_id != stream->table_id) {
        pte__check_problem(check, place, "it is of table id %u, its stream of %u",
                           (unsigned)record->table_id, (unsigned)stream->table_id);
    }
    if (where->sequence <= stream->trimmed[where->shard] ||
        (stream->ended_ms != 0 && where->sequence > stream->ended_at)) {
        pte__check_problem(check, place, "its sequence %llu is outside of its stream",
                           (unsigned long long)where->sequence);
    }
}

static pte_status visit_record(void *ctx, pte_bytes key, pte_bytes bytes) {
    pte__check *check = ctx;
    pte__change_record record;
    pte_error cause;
    pte__check_place place = {.db = "changes", .key = key};
    check->report->change_records++;
    pte__change_key where;
    if (!pte__change_key_decode(&where, key)) {
        pte__check_problem(check, &place, "a key of %d bytes was expected, %zu were found",
                           (int)PTE__CHANGE_KEY_BYTES, key.len);
        return PTE_OK;
    }
    uint64_t sequence = where.sequence;
    if (sequence == 0 || sequence > check->sequence) {
        pte__check_problem(check, &place, "a sequence of 1 to %llu was expected, %llu was found",
                           (unsigned long long)check->sequence, (unsigned long long)sequence);
    }
    if (pte__change_decode(&record, bytes, &cause) != PTE_OK) {
        pte__check_problem(check, &place, "%s", cause.message);
        return PTE_OK;
    }
    if (record.table_id == 0 || record.table_id > check->last_id) {
        pte__check_problem(check, &place, "it is of table id %u, which was never given",
                           (unsigned)record.table_id);
    }
    if (record.by_expiry && record.kind != PTE_CHANGE_DELETE) {
        pte__check_problem(check, &place, "expiry deletes, a change of kind %d was found",
                           (int)record.kind);
    }
    check_stream(check, &place, &where, &record);
    check_images(check, &place, &record);
    return PTE_OK;
}

pte_status pte__check_changes(pte__check *check) {
    return pte__check_rows(check, PTE__DB_CHANGES, visit_record, check);
}
