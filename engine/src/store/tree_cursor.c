/*
 * Cursors over a tree: seeking, stepping, and passing from level to level.
 *
 * One LMDB cursor a level. While the cursor stands on a key that ends in the level `depth`, the
 * levels above stand on the markers that lead there, so a step that leaves a layer goes on from
 * its marker. A level below `depth` stands anywhere. No walk is longer than the data: descending
 * ends at PTE__TREE_LAYERS_MAX, whatever the markers say, and every other move is onward in LMDB's
 * own order.
 */
#include "store/tree_levels.h"

_Static_assert(PTE__TREE_WHOLE_MAX + (PTE__TREE_LAYERS_MAX - 2) * PTE__TREE_REST_MAX < PTE__KEY_MAX,
               "the prefixes of all markers fit into long_key");
_Static_assert(PTE__TREE_WHOLE_MAX + (PTE__TREE_LAYERS_MAX - 1) * PTE__TREE_REST_MAX >=
                   PTE__KEY_MAX,
               "the levels have room for the longest key");

/* Makes the LMDB cursor of a level belong to the tree's transaction as it is now. */
static int bind_level(pte__tree_cursor *cursor, unsigned depth) {
    MDB_cursor **level = &cursor->levels[depth];
    MDB_dbi dbi = depth == 0 ? cursor->tree.base : cursor->tree.layers;
    if (*level != NULL) {
        /* LMDB renews only from one read-only transaction to another. */
        if (mdb_cursor_dbi(*level) == dbi && mdb_cursor_renew(cursor->tree.txn, *level) == 0) {
            cursor->bound = depth + 1;
            return 0;
        }
        mdb_cursor_close(*level);
        *level = NULL;
    }
    int result = mdb_cursor_open(cursor->tree.txn, dbi, level);
    if (result == 0) {
        cursor->bound = depth + 1;
    }
    return result;
}

int pte__tree_cursor_open(pte__tree_cursor *cursor, const pte__tree *tree) {
    cursor->key = (pte_bytes){NULL, 0};
    cursor->value = (pte_bytes){NULL, 0};
    cursor->tree = *tree;
    cursor->bound = 0;
    cursor->depth = 0;
    return bind_level(cursor, 0);
}

void pte__tree_cursor_clean_up(pte__tree_cursor *cursor) {
    for (unsigned depth = 0; depth < PTE__TREE_LAYERS_MAX; depth++) {
        if (cursor->levels[depth] != NULL) {
            mdb_cursor_close(cursor->levels[depth]);
            cursor->levels[depth] = NULL;
        }
    }
    cursor->key = (pte_bytes){NULL, 0};
    cursor->value = (pte_bytes){NULL, 0};
    cursor->bound = 0;
}

int pte__tree_layer_first(MDB_cursor *cursor, uint64_t layer_id, MDB_val *key, MDB_val *value) {
    uint8_t lower[PTE__TREE_LAYER_ID_BYTES];
    pte__put_u64(lower, layer_id);
    *key = (MDB_val){sizeof lower, lower};
    int result = mdb_cursor_get(cursor, key, value, MDB_SET_RANGE);
    return result == 0 && !pte__tree_in_layer(key, layer_id) ? MDB_NOTFOUND : result;
}

/* The same with the last entry. */
static int layer_last(MDB_cursor *cursor, uint64_t layer_id, MDB_val *key, MDB_val *value) {
    uint8_t upper[PTE__TREE_LAYER_ID_BYTES];
    pte__put_u64(upper, layer_id + 1);
    *key = (MDB_val){sizeof upper, upper};
    int result =
        layer_id == UINT64_MAX ? MDB_NOTFOUND : mdb_cursor_get(cursor, key, value, MDB_SET_RANGE);
    if (result == 0 || result == MDB_NOTFOUND) {
        result = mdb_cursor_get(cursor, key, value, result == 0 ? MDB_PREV : MDB_LAST);
    }
    return result == 0 && !pte__tree_in_layer(key, layer_id) ? MDB_NOTFOUND : result;
}

/* From the marker that the level of depth stands on into its layer; the new level stands nowhere.
 */
static int descend(pte__tree_cursor *cursor, const MDB_val *marker, const MDB_val *value) {
    unsigned depth = cursor->depth;
    uint64_t layer_id;
    if (depth + 1 == PTE__TREE_LAYERS_MAX || !pte__tree_is_marker(marker) ||
        pte__tree_read_layer_id(value, &layer_id) != 0) {
        return MDB_CORRUPTED;
    }
    size_t id_len = depth == 0 ? 0 : PTE__TREE_LAYER_ID_BYTES;
    memcpy(cursor->long_key + pte__tree_level_start(depth),
           (const uint8_t *)marker->mv_data + id_len, PTE__TREE_WHOLE_MAX - id_len);
    if (depth + 1 >= cursor->bound) {
        int result = bind_level(cursor, depth + 1);
        if (result != 0) {
            return result;
        }
    }
    cursor->layer_ids[depth + 1] = layer_id;
    cursor->depth = depth + 1;
    return 0;
}

/* The key ends in the entry that the level of depth, not the base tree, stands on. */
static int take_long(pte__tree_cursor *cursor, const MDB_val *found, const MDB_val *value) {
    size_t start = pte__tree_level_start(cursor->depth);
    size_t rest = found->mv_size - PTE__TREE_LAYER_ID_BYTES;
    if (rest == 0 || rest > PTE__KEY_MAX - start) {
        return MDB_CORRUPTED;
    }
    memcpy(cursor->long_key + start, (const uint8_t *)found->mv_data + PTE__TREE_LAYER_ID_BYTES,
           rest);
    cursor->key = (pte_bytes){cursor->long_key, start + rest};
    cursor->value = (pte_bytes){value->mv_data, value->mv_size};
    return 0;
}

/* The key is whole and stands in the base tree; what nearly every move of nearly every tree is. */
static inline int take_whole(pte__tree_cursor *cursor, const MDB_val *found, const MDB_val *value) {
    cursor->key = (pte_bytes){found->mv_data, found->mv_size};
    cursor->value = (pte_bytes){value->mv_data, value->mv_size};
    return 0;
}

static inline bool is_whole(const pte__tree_cursor *cursor, const MDB_val *found) {
    return PTE__LIKELY(cursor->depth == 0 && found->mv_size <= PTE__TREE_WHOLE_MAX);
}

int pte__tree_cursor_land(pte__tree_cursor *cursor, MDB_val found, MDB_val value,
                          MDB_cursor_op op) {
    while (found.mv_size > PTE__TREE_WHOLE_MAX) {
        int result = descend(cursor, &found, &value);
        if (result != 0) {
            return result;
        }
        MDB_cursor *level = cursor->levels[cursor->depth];
        uint64_t layer_id = cursor->layer_ids[cursor->depth];
        result = op == MDB_NEXT ? pte__tree_layer_first(level, layer_id, &found, &value)
                                : layer_last(level, layer_id, &found, &value);
        if (result != 0) {
            return result == MDB_NOTFOUND ? MDB_CORRUPTED : result;
        }
    }
    return cursor->depth == 0 ? take_whole(cursor, &found, &value)
                              : take_long(cursor, &found, &value);
}

/* What a step (MDB_NEXT or MDB_PREV) of the level of depth has come to; out of layers that end. */
static int take_step(pte__tree_cursor *cursor, int result, MDB_val found, MDB_val value,
                     MDB_cursor_op op) {
    for (;;) {
        if (result == 0 && is_whole(cursor, &found)) {
            return take_whole(cursor, &found, &value);
        }
        if (result == 0 && pte__tree_cursor_inside(cursor, &found)) {
            return pte__tree_cursor_land(cursor, found, value, op);
        }
        if (cursor->depth == 0 || (result != 0 && result != MDB_NOTFOUND)) {
            return result;
        }
        cursor->depth--;
        result = mdb_cursor_get(cursor->levels[cursor->depth], &found, &value, op);
    }
}

static int step(pte__tree_cursor *cursor, MDB_cursor_op op) {
    MDB_val found;
    MDB_val value;
    int result = mdb_cursor_get(cursor->levels[cursor->depth], &found, &value, op);
    return take_step(cursor, result, found, value, op);
}

/*
 * The end of both seeks: the key's own place is in the level of depth, and LMDB's answer to
 * MDB_SET_RANGE for it was `result`, with the entry (found, value) where that is 0.
 */
static int settle(pte__tree_cursor *cursor, int result, MDB_val found, MDB_val value,
                  MDB_cursor_op op) {
    bool at_or_after = result == 0 && pte__tree_cursor_inside(cursor, &found);
    if (op == MDB_NEXT && at_or_after) {
        return pte__tree_cursor_land(cursor, found, value, op);
    }
    if (op == MDB_NEXT && cursor->depth == 0) {
        return result;
    }
    result = mdb_cursor_get(cursor->levels[cursor->depth], &found, &value,
                            result == 0 ? MDB_PREV : MDB_LAST);
    if (result != 0 && result != MDB_NOTFOUND) {
        return result;
    }
    bool before = result == 0 && pte__tree_cursor_inside(cursor, &found);
    if (op == MDB_PREV && before) {
        return pte__tree_cursor_land(cursor, found, value, op);
    }
    if (cursor->depth == 0) {
        return MDB_NOTFOUND;
    }
    if (!at_or_after && !before) {
        return MDB_CORRUPTED; /* a layer without entries */
    }
    cursor->depth--;
    return step(cursor, op);
}

static int seek(pte__tree_cursor *cursor, pte_bytes key, MDB_cursor_op op) {
    uint8_t room[PTE__TREE_MARKER_BYTES];
    MDB_val value = {0, NULL};
    cursor->depth = 0;
    for (;;) {
        unsigned depth = cursor->depth;
        MDB_val sought = pte__tree_level_key(room, key, depth, cursor->layer_ids[depth]);
        MDB_val found = sought;
        int result = mdb_cursor_get(cursor->levels[depth], &found, &value, MDB_SET_RANGE);
        if (result == 0 && op == MDB_NEXT && is_whole(cursor, &found)) {
            return take_whole(cursor, &found, &value);
        }
        if (result != 0 && result != MDB_NOTFOUND) {
            return result;
        }
        bool own_marker = result == 0 && sought.mv_size > PTE__TREE_WHOLE_MAX &&
                          found.mv_size == sought.mv_size &&
                          memcmp(found.mv_data, sought.mv_data, sought.mv_size) == 0;
        if (!own_marker) {
            return settle(cursor, result, found, value, op);
        }
        result = descend(cursor, &found, &value);
        if (result != 0) {
            return result;
        }
    }
}

/* To the very first or the very last key. */
static int seek_end(pte__tree_cursor *cursor, MDB_cursor_op end, MDB_cursor_op op) {
    MDB_val found;
    MDB_val value;
    cursor->depth = 0;
    int result = mdb_cursor_get(cursor->levels[0], &found, &value, end);
    return result == 0 ? pte__tree_cursor_land(cursor, found, value, op) : result;
}

/* What every move ends with: on failure the outputs are empty. */
static inline int finish(pte__tree_cursor *cursor, int result) {
    if (PTE__UNLIKELY(result != 0)) {
        cursor->key = (pte_bytes){NULL, 0};
        cursor->value = (pte_bytes){NULL, 0};
    }
    return result;
}

int pte__tree_cursor_seek(pte__tree_cursor *cursor, pte_bytes key) {
    if (key.len > PTE__KEY_MAX) {
        return finish(cursor, MDB_BAD_VALSIZE);
    }
    return finish(cursor, key.len == 0 ? seek_end(cursor, MDB_FIRST, MDB_NEXT)
                                       : seek(cursor, key, MDB_NEXT));
}

int pte__tree_cursor_seek_before(pte__tree_cursor *cursor, pte_bytes key) {
    if (key.len > PTE__KEY_MAX) {
        return finish(cursor, MDB_BAD_VALSIZE);
    }
    return finish(cursor, key.len == 0 ? seek_end(cursor, MDB_LAST, MDB_PREV)
                                       : seek(cursor, key, MDB_PREV));
}

int pte__tree_cursor_next_any(pte__tree_cursor *cursor, int result, MDB_val found, MDB_val value) {
    return finish(cursor, take_step(cursor, result, found, value, MDB_NEXT));
}

int pte__tree_cursor_previous(pte__tree_cursor *cursor) {
    return finish(cursor, step(cursor, MDB_PREV));
}
