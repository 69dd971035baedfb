/*
 * Stored images: how an item lies in `items`, in `index` and in change records.
 *
 *   byte 0      image version, 1
 *   bytes 1-3   size by DynamoDB's rule, big-endian
 *   then        one msgpack map: the key attributes first (for an index: its hash and range
 *               attributes, then those of its table), the rest by name
 *
 * Keys first, so that a reader compares the partition key without looking for it.
 */
#ifndef PTE_TABLE_IMAGE_H
#define PTE_TABLE_IMAGE_H

#include "table/extract.h"

enum { PTE__IMAGE_HEAD_BYTES = 4, PTE__IMAGE_VERSION = 1 };

/* The whole item, leading's attributes first. Made in the arena. Errors: OUT_OF_MEMORY. */
PTE_CHECKED pte_status pte__image_all(pte_bytes *image, pte__arena *arena,
                                      const pte__extract *extract, const pte__leading *leading,
                                      pte_error *error);

/* Only leading's attributes and those of other slots that are there. Errors: OUT_OF_MEMORY,
 * CORRUPT. */
PTE_CHECKED pte_status pte__image_some(pte_bytes *image, pte__arena *arena,
                                       const pte__extract *extract, const pte__leading *leading,
                                       const uint16_t *others, size_t other_count,
                                       pte_error *error);

/* What index projects of the item. Errors: OUT_OF_MEMORY, CORRUPT. */
PTE_CHECKED pte_status pte__image_projected(pte_bytes *image, pte__arena *arena,
                                            const pte__extract *extract, const pte__index *index,
                                            pte_error *error);

/* The size of what index projects of the item; makes no image. Errors: CORRUPT. */
PTE_CHECKED pte_status pte__image_projected_bytes(size_t *size_bytes, const pte__extract *extract,
                                                  const pte__index *index, pte_error *error);

/* The size that an image states, without a look at the rest of it. */
static inline size_t pte__image_size_bytes(pte_bytes image) {
    return (size_t)image.data[1] << 16 | (size_t)image.data[2] << 8 | image.data[3];
}

/* What is not an image: CORRUPT. */
PTE_CHECKED pte_status pte__image_refuse(pte_item *item, pte_bytes image, pte_error *error);

/* The item that an image holds, a view of it. Inline: every item that is read comes through here.
 * Errors: CORRUPT (not an image). */
PTE_CHECKED static inline pte_status pte__image_item(pte_item *item, pte_bytes image,
                                                     pte_error *error) {
    if (PTE__UNLIKELY(image.len <= PTE__IMAGE_HEAD_BYTES || image.data[0] != PTE__IMAGE_VERSION)) {
        return pte__image_refuse(item, image, error);
    }
    item->encoded =
        (pte_bytes){image.data + PTE__IMAGE_HEAD_BYTES, image.len - PTE__IMAGE_HEAD_BYTES};
    item->size_bytes = pte__image_size_bytes(image);
    return PTE_OK;
}

/*
 * Whether the first count attributes of an item have these values, names unseen (the schema gives
 * their order). values: S, B content or canonical N text. False also if the bytes are damaged.
 * *prefix, unless prefix is NULL: the bytes of these attributes, a view of the item.
 */
bool pte__image_begins_with(const pte_item *item, const pte_bytes *values, size_t count,
                            pte_bytes *prefix);

/* Whether an item's first attributes are these bytes: quicker for the items after the first.
 * Inline: queries look at every item so. */
static inline bool pte__image_has_prefix(const pte_item *item, pte_bytes prefix) {
    enum { FIXMAP = 0x80, FIXMAP_MASK = 0xF0, MAP_16 = 0xDE, MAP_16_HEAD_BYTES = 3 };
    const uint8_t *data = item->encoded.data;
    size_t head = PTE__LIKELY((data[0] & FIXMAP_MASK) == FIXMAP) ? 1
                  : data[0] == MAP_16                            ? MAP_16_HEAD_BYTES
                                                                 : 0;
    return head != 0 && item->encoded.len >= head + prefix.len &&
           memcmp(data + head, prefix.data, prefix.len) == 0;
}

#endif
