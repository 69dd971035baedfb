/*
 * Records of the change log, in `changes` under stream id (4) | shard (1) | sequence (8):
 *
 *   byte 0        record version, 1
 *   byte 1        pte_change_kind, plus 80 (hex) if expiry made the change
 *   bytes 2-5     table id
 *   bytes 6-13    milliseconds since 1970
 *   bytes 14-25   lengths of the three images (4 each), 0 where there is none
 *   then          images: keys, old, new
 */
#ifndef PTE_TABLE_CHANGE_RECORD_H
#define PTE_TABLE_CHANGE_RECORD_H

#include "base/memory.h"

#include <pocketable/engine/changes.h>

enum { PTE__CHANGE_KEY_BYTES = 13, PTE__CHANGE_HEAD_BYTES = 26 };

/* Where a record lies. */
typedef struct pte__change_key {
    uint32_t stream_id;
    unsigned shard; /* at most 255 */
    uint64_t sequence;
} pte__change_key;
pte_bytes pte__change_key_encode(uint8_t bytes[PTE__CHANGE_KEY_BYTES], const pte__change_key *key);
/* False if the bytes are not as long as a key. */
bool pte__change_key_decode(pte__change_key *key, pte_bytes bytes);

typedef struct pte__change_record {
    pte_change_kind kind;
    bool by_expiry;
    uint32_t table_id;
    int64_t time_ms;
    pte_bytes keys_image;
    pte_bytes old_image; /* len 0: not kept */
    pte_bytes new_image;
} pte__change_record;

/* Makes a record in the arena. Errors: OUT_OF_MEMORY. */
PTE_CHECKED pte_status pte__change_encode(pte_bytes *bytes, pte__arena *arena,
                                          const pte__change_record *record, pte_error *error);

/* Reads one in place. Errors: CORRUPT. */
PTE_CHECKED pte_status pte__change_decode(pte__change_record *record, pte_bytes bytes,
                                          pte_error *error);

#endif
