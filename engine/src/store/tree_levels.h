/*
 * What the files of the tree share: how a key is cut into levels, what a marker is, and the moves
 * inside a cursor that deleting a range needs. Private to engine/src/store/tree*.c.
 *
 * Level 0 is the base tree; a key of n levels has markers in the first n - 1 and ends in the last.
 */
#ifndef PTE_STORE_TREE_LEVELS_H
#define PTE_STORE_TREE_LEVELS_H

#include "store/tree.h"

#include "base/endian.h"
#include "base/error.h"

/* How many bytes of a long key stand in the levels above depth. */
static inline size_t pte__tree_level_start(unsigned depth) {
    return depth == 0 ? 0 : PTE__TREE_WHOLE_MAX + (size_t)(depth - 1) * PTE__TREE_REST_MAX;
}

/* The level in which a key of len bytes ends. */
static inline unsigned pte__tree_last_level(size_t len) {
    return len <= PTE__TREE_WHOLE_MAX
               ? 0
               : (unsigned)((len - PTE__TREE_WHOLE_MAX + PTE__TREE_REST_MAX - 1) /
                            PTE__TREE_REST_MAX);
}

/*
 * The LMDB key of key in the level depth, which it reaches: its marker, or its end. layer_id: of
 * that level. A view of key or room.
 */
static inline MDB_val pte__tree_level_key(uint8_t room[PTE__TREE_MARKER_BYTES], pte_bytes key,
                                          unsigned depth, uint64_t layer_id) {
    if (PTE__LIKELY(depth == 0 && key.len <= PTE__TREE_WHOLE_MAX)) {
        return (MDB_val){key.len, (void *)key.data};
    }
    size_t id_len = depth == 0 ? 0 : PTE__TREE_LAYER_ID_BYTES;
    size_t start = pte__tree_level_start(depth);
    size_t here_max = PTE__TREE_WHOLE_MAX - id_len;
    bool marker = key.len - start > here_max;
    size_t here = marker ? here_max : key.len - start;
    if (depth != 0) {
        pte__put_u64(room, layer_id);
    }
    memcpy(room + id_len, key.data + start, here);
    if (marker) {
        room[PTE__TREE_WHOLE_MAX] = 0;
    }
    return (MDB_val){id_len + here + marker, room};
}

/* Whether an LMDB key of `long` lies in a layer. */
static inline bool pte__tree_in_layer(const MDB_val *key, uint64_t layer_id) {
    return key->mv_size >= PTE__TREE_LAYER_ID_BYTES && pte__get_u64(key->mv_data) == layer_id;
}

/* Whether an LMDB key that is longer than a whole one is a marker. */
static inline bool pte__tree_is_marker(const MDB_val *key) {
    return key->mv_size == PTE__TREE_MARKER_BYTES &&
           ((const uint8_t *)key->mv_data)[PTE__TREE_WHOLE_MAX] == 0;
}

/* Reads a marker's value. MDB_CORRUPTED if it cannot be a layer id. */
static inline int pte__tree_read_layer_id(const MDB_val *value, uint64_t *layer_id) {
    *layer_id = value->mv_size == PTE__TREE_LAYER_ID_BYTES ? pte__get_u64(value->mv_data) : 0;
    return *layer_id != 0 ? 0 : MDB_CORRUPTED;
}

/* Moves a cursor of `long` to the first entry of a layer. MDB_NOTFOUND if it has none. */
int pte__tree_layer_first(MDB_cursor *cursor, uint64_t layer_id, MDB_val *key, MDB_val *value);

/*
 * The level of depth stands on the entry (found, value); makes the tree's cursor stand on the first
 * key (op MDB_NEXT) or the last (MDB_PREV) of what is there, which is the entry itself unless it is
 * a marker.
 */
int pte__tree_cursor_land(pte__tree_cursor *cursor, MDB_val found, MDB_val value, MDB_cursor_op op);

/* Whether what the level of depth found still belongs to where it stands. */
static inline bool pte__tree_cursor_inside(const pte__tree_cursor *cursor, const MDB_val *found) {
    return cursor->depth == 0 || pte__tree_in_layer(found, cursor->layer_ids[cursor->depth]);
}

#endif
