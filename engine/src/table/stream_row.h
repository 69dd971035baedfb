/*
 * Streams of changes as rows of the catalog. The key is 's' | table name | begun (8), milliseconds
 * since 1970; the row:
 *
 *   byte 0        row version, 1
 *   bytes 1-4     stream id
 *   bytes 5-8     table id
 *   byte 9        what images it keeps, pte_change_images
 *   byte 10       shards
 *   bytes 11-18   newest sequence of all when it began
 *   bytes 19-26   milliseconds since 1970 when it ended, 0: it goes on
 *   bytes 27-34   newest sequence of all when it ended, 0: it goes on
 *   then          for each shard (8): the newest sequence of it that was trimmed, or bytes 11-18
 *   then          hash and range attribute: type (1, 0: none) | length of the name (1) | name
 */
#ifndef PTE_TABLE_STREAM_ROW_H
#define PTE_TABLE_STREAM_ROW_H

#include "table/catalog.h"

#include <pocketable/engine/changes.h>

enum {
    PTE__STREAM_HEAD_BYTES = 35,
    PTE__STREAM_ROW_MAX = PTE__STREAM_HEAD_BYTES + 8 * PTE_SHARDS_MAX + 2 * (2 + UINT8_MAX),
};

/* Makes the row in out, which has PTE__STREAM_ROW_MAX bytes. */
pte_bytes pte__stream_encode(uint8_t *out, const pte_stream_info *info);

/* Reads a row and its key; info views both. Errors: CORRUPT. */
PTE_CHECKED pte_status pte__stream_decode(pte_stream_info *info, pte_bytes key, pte_bytes row,
                                          pte_error *error);

/* The shard that a partition hash falls into. */
unsigned pte__stream_shard(const uint8_t *partition_hash, unsigned shards);

#endif
