/*
 * Single keys of a tree, and deleting ranges of them. A key of at most PTE__TREE_WHOLE_MAX bytes is
 * one LMDB call; a long one is followed marker by marker.
 */
#include "store/tree_levels.h"

/* The empty key is not whole either, so one comparison sorts out both ends. */
static inline bool is_whole(pte_bytes key) {
    return key.len - 1 < PTE__TREE_WHOLE_MAX;
}

static inline bool is_long(pte_bytes key) {
    return key.len > PTE__TREE_WHOLE_MAX && key.len <= PTE__KEY_MAX;
}

static MDB_dbi dbi_of(const pte__tree *tree, unsigned depth) {
    return depth == 0 ? tree->base : tree->layers;
}

/* 0 if a layer has entries, else MDB_NOTFOUND. */
static int layer_probe(const pte__tree *tree, uint64_t layer_id) {
    MDB_cursor *cursor;
    int result = mdb_cursor_open(tree->txn, tree->layers, &cursor);
    if (result == 0) {
        MDB_val key;
        MDB_val value;
        result = pte__tree_layer_first(cursor, layer_id, &key, &value);
        mdb_cursor_close(cursor);
    }
    return result;
}

/* What a key that is not in the level of depth means: a level that is a layer must have others. */
static int absent(const pte__tree *tree, unsigned depth, uint64_t layer_id) {
    if (depth == 0) {
        return MDB_NOTFOUND;
    }
    int result = layer_probe(tree, layer_id);
    return result == 0 ? MDB_NOTFOUND : result == MDB_NOTFOUND ? MDB_CORRUPTED : result;
}

/* From the layer of depth that key is in to the one below. MDB_NOTFOUND if there is no marker. */
static int follow(const pte__tree *tree, pte_bytes key, unsigned depth, uint64_t *layer_id) {
    uint8_t room[PTE__TREE_MARKER_BYTES];
    MDB_val marker = pte__tree_level_key(room, key, depth, *layer_id);
    MDB_val value;
    int result = mdb_get(tree->txn, dbi_of(tree, depth), &marker, &value);
    return result == 0 ? pte__tree_read_layer_id(&value, layer_id) : result;
}

static int get_long(const pte__tree *tree, pte_bytes key, MDB_val *value) {
    uint8_t room[PTE__TREE_MARKER_BYTES];
    uint64_t layer_id = 0;
    unsigned last = pte__tree_last_level(key.len);
    for (unsigned depth = 0; depth < last; depth++) {
        int result = follow(tree, key, depth, &layer_id);
        if (result != 0) {
            return result == MDB_NOTFOUND ? absent(tree, depth, layer_id) : result;
        }
    }
    MDB_val end = pte__tree_level_key(room, key, last, layer_id);
    int result = mdb_get(tree->txn, tree->layers, &end, value);
    return result == MDB_NOTFOUND ? absent(tree, last, layer_id) : result;
}

int pte__tree_get(const pte__tree *tree, pte_bytes key, pte_bytes *value) {
    MDB_val found;
    int result = MDB_BAD_VALSIZE;
    if (PTE__LIKELY(is_whole(key))) {
        MDB_val whole = {key.len, (void *)key.data};
        result = mdb_get(tree->txn, tree->base, &whole, &found);
    } else if (is_long(key)) {
        result = get_long(tree, key, &found);
    }
    *value = result == 0 ? (pte_bytes){found.mv_data, found.mv_size} : (pte_bytes){NULL, 0};
    return result;
}

/* Reads the next layer id. A row that is missing or behind would join two layers into one. */
static int read_next_layer_id(MDB_cursor *cursor, MDB_val row, uint64_t *next) {
    MDB_val key;
    MDB_val value;
    int result = mdb_cursor_get(cursor, &key, &value, MDB_LAST);
    if (result != 0) {
        *next = 1;
        return result == MDB_NOTFOUND ? 0 : result;
    }
    if (key.mv_size < PTE__TREE_LAYER_ID_BYTES) {
        return MDB_CORRUPTED;
    }
    uint64_t highest = pte__get_u64(key.mv_data);
    result = mdb_cursor_get(cursor, &row, &value, MDB_SET);
    if (result != 0) {
        return result == MDB_NOTFOUND ? MDB_CORRUPTED : result;
    }
    if (pte__tree_read_layer_id(&value, next) != 0 || *next <= highest || *next == UINT64_MAX) {
        return MDB_CORRUPTED;
    }
    return 0;
}

static int issue_layer_id(const pte__tree *tree, uint64_t *layer_id) {
    uint8_t zeros[PTE__TREE_LAYER_ID_BYTES] = {0};
    uint8_t following[PTE__TREE_LAYER_ID_BYTES];
    MDB_val row = {sizeof zeros, zeros};
    MDB_cursor *cursor;
    int result = mdb_cursor_open(tree->txn, tree->layers, &cursor);
    if (result != 0) {
        return result;
    }
    result = read_next_layer_id(cursor, row, layer_id);
    if (result == 0) {
        pte__put_u64(following, *layer_id + 1);
        MDB_val value = {sizeof following, following};
        result = mdb_cursor_put(cursor, &row, &value, 0);
    }
    mdb_cursor_close(cursor);
    return result;
}

/* Makes key's marker in the level of depth with a new layer, whose id replaces *layer_id. */
static int make_marker(const pte__tree *tree, pte_bytes key, unsigned depth, uint64_t *layer_id) {
    uint8_t room[PTE__TREE_MARKER_BYTES];
    uint8_t id[PTE__TREE_LAYER_ID_BYTES];
    MDB_val marker = pte__tree_level_key(room, key, depth, *layer_id);
    int result = issue_layer_id(tree, layer_id);
    if (result != 0) {
        return result;
    }
    pte__put_u64(id, *layer_id);
    MDB_val value = {sizeof id, id};
    return mdb_put(tree->txn, dbi_of(tree, depth), &marker, &value, MDB_NOOVERWRITE);
}

static int put_long(const pte__tree *tree, pte_bytes key, MDB_val value, unsigned flags) {
    uint8_t room[PTE__TREE_MARKER_BYTES];
    uint64_t layer_id = 0;
    unsigned last = pte__tree_last_level(key.len);
    unsigned depth = 0;
    int result = 0;
    while (depth < last && (result = follow(tree, key, depth, &layer_id)) == 0) {
        depth++;
    }
    if (result != 0 && result != MDB_NOTFOUND) {
        return result;
    }
    if (depth > 0) {
        result = layer_probe(tree, layer_id);
        if (result != 0) {
            return result == MDB_NOTFOUND ? MDB_CORRUPTED : result;
        }
    }
    for (; depth < last; depth++) {
        result = make_marker(tree, key, depth, &layer_id);
        if (result != 0) {
            return result;
        }
    }
    MDB_val end = pte__tree_level_key(room, key, last, layer_id);
    return mdb_put(tree->txn, tree->layers, &end, &value, flags);
}

int pte__tree_put(const pte__tree *tree, pte_bytes key, pte_bytes value, unsigned flags) {
    MDB_val stored = {value.len, (void *)value.data};
    if (PTE__LIKELY(is_whole(key))) {
        MDB_val whole = {key.len, (void *)key.data};
        return mdb_put(tree->txn, tree->base, &whole, &stored, flags);
    }
    return is_long(key) ? put_long(tree, key, stored, flags) : MDB_BAD_VALSIZE;
}

static int delete_long(const pte__tree *tree, pte_bytes key) {
    uint8_t room[PTE__TREE_MARKER_BYTES];
    uint64_t layer_ids[PTE__TREE_LAYERS_MAX] = {0};
    unsigned last = pte__tree_last_level(key.len);
    for (unsigned depth = 0; depth < last; depth++) {
        uint64_t layer_id = layer_ids[depth];
        int result = follow(tree, key, depth, &layer_id);
        if (result != 0) {
            return result == MDB_NOTFOUND ? absent(tree, depth, layer_ids[depth]) : result;
        }
        layer_ids[depth + 1] = layer_id;
    }
    MDB_val gone = pte__tree_level_key(room, key, last, layer_ids[last]);
    int result = mdb_del(tree->txn, tree->layers, &gone, NULL);
    if (result != 0) {
        return result == MDB_NOTFOUND ? absent(tree, last, layer_ids[last]) : result;
    }
    for (unsigned depth = last; depth > 0; depth--) {
        result = layer_probe(tree, layer_ids[depth]);
        if (result != MDB_NOTFOUND) {
            return result;
        }
        gone = pte__tree_level_key(room, key, depth - 1, layer_ids[depth - 1]);
        result = mdb_del(tree->txn, dbi_of(tree, depth - 1), &gone, NULL);
        if (result != 0) {
            return result == MDB_NOTFOUND ? MDB_CORRUPTED : result;
        }
    }
    return 0;
}

int pte__tree_delete(const pte__tree *tree, pte_bytes key) {
    if (PTE__LIKELY(is_whole(key))) {
        MDB_val whole = {key.len, (void *)key.data};
        return mdb_del(tree->txn, tree->base, &whole, NULL);
    }
    return is_long(key) ? delete_long(tree, key) : MDB_BAD_VALSIZE;
}

/*
 * Up from a layer that has been passed to its marker, and removes that if nothing is left below.
 * The marker is looked up again: where levels share `long`, nothing then depends on how LMDB moves
 * one cursor when another deletes.
 */
static int leave_layer(pte__tree_cursor *cursor) {
    uint8_t room[PTE__TREE_MARKER_BYTES];
    MDB_val found;
    MDB_val value;
    unsigned depth = cursor->depth - 1;
    int left = pte__tree_layer_first(cursor->levels[depth + 1], cursor->layer_ids[depth + 1],
                                     &found, &value);
    if (left != 0 && left != MDB_NOTFOUND) {
        return left;
    }
    cursor->depth = depth;
    /* One byte more than stands in and above this level, so that its key here is the marker. */
    pte_bytes through = {cursor->long_key, pte__tree_level_start(depth + 1) + 1};
    MDB_val marker = pte__tree_level_key(room, through, depth, cursor->layer_ids[depth]);
    int result = mdb_cursor_get(cursor->levels[depth], &marker, &value, MDB_SET);
    if (result == 0 && left == MDB_NOTFOUND) {
        result = mdb_cursor_del(cursor->levels[depth], 0);
    }
    return result == MDB_NOTFOUND ? MDB_CORRUPTED : result;
}

/*
 * Removes the key that the cursor stands on, and every layer that it passes emptied, and moves to
 * the next key. LMDB's MDB_NEXT after a deletion gives the entry that took its place.
 */
static int delete_and_move(pte__tree_cursor *cursor) {
    int result = mdb_cursor_del(cursor->levels[cursor->depth], 0);
    while (result == 0) {
        MDB_val found;
        MDB_val value;
        result = mdb_cursor_get(cursor->levels[cursor->depth], &found, &value, MDB_NEXT);
        if (PTE__LIKELY(result == 0 && pte__tree_cursor_inside(cursor, &found))) {
            return pte__tree_cursor_land(cursor, found, value, MDB_NEXT);
        }
        if (cursor->depth == 0 || (result != 0 && result != MDB_NOTFOUND)) {
            return result;
        }
        result = leave_layer(cursor);
    }
    return result == MDB_NOTFOUND ? MDB_CORRUPTED : result;
}

int pte__tree_delete_range(const pte__tree *tree, pte_bytes lower, pte_bytes upper, size_t max,
                           size_t *deleted) {
    pte__tree_cursor cursor;
    memset(&cursor, 0, offsetof(pte__tree_cursor, long_key));
    size_t count = 0;
    *deleted = 0;
    if (upper.len > PTE__KEY_MAX) {
        return MDB_BAD_VALSIZE;
    }
    int result = pte__tree_cursor_open(&cursor, tree);
    if (result == 0) {
        result = pte__tree_cursor_seek(&cursor, lower);
    }
    while (result == 0 && count < max &&
           (upper.len == 0 || pte_bytes_compare(cursor.key, upper) < 0)) {
        result = delete_and_move(&cursor);
        count++;
    }
    pte__tree_cursor_clean_up(&cursor);
    if (result == MDB_NOTFOUND) {
        result = 0;
    }
    *deleted = result == 0 ? count : 0;
    return result;
}
