/*
 * Ordered maps with keys of any length up to PTE__KEY_MAX, on LMDB, whose own keys end at 511
 * bytes. Nothing above this module knows of that limit.
 *
 * A trie of B+trees. A key of at most PTE__TREE_WHOLE_MAX bytes is stored whole. A longer one is
 * stored under its first PTE__TREE_WHOLE_MAX bytes plus one marker byte (00), so a marker's LMDB
 * key is longer than any whole key; its value is a layer id (8 bytes, big-endian), and the rest of
 * the key is stored under that layer id in the sub-database `long`, again split if it is long:
 *
 *   base tree   key <= 503 bytes                              value
 *   base tree   first 503 bytes | 00                          layer id (8)
 *   long        layer id (8) | rest, 1 to 495 bytes           value
 *   long        layer id (8) | first 495 bytes of rest | 00   layer id (8)
 *   long        00 x 8                                        next layer id (8)
 *
 * Order stays exact: a whole key that equals the first 503 bytes stands before the marker, all keys
 * under the marker stand between that key and the next one. A layer without entries does not exist,
 * nor does its marker. Layer ids start at 1 and are never used again; the row with the next one is
 * made with the first layer and stays.
 *
 * Results are LMDB's own codes (0, MDB_NOTFOUND, MDB_KEYEXIST, MDB_MAP_FULL, ...); MDB_CORRUPTED
 * where a marker or layer is not as above; MDB_BAD_VALSIZE for a key that is empty or longer than
 * PTE__KEY_MAX (a bound of a cursor or range may be empty). Outputs of a failed call are empty. A
 * write that fails with anything but MDB_NOTFOUND, MDB_KEYEXIST or MDB_BAD_VALSIZE may be half
 * made: the transaction is to be aborted. Keys and values given to a write must not be views into
 * the map. Like the transaction, a tree is used by one thread at a time.
 */
#ifndef PTE_STORE_TREE_H
#define PTE_STORE_TREE_H

#include <lmdb.h>

#include <pocketable/engine/status.h>

enum {
    PTE__TREE_WHOLE_MAX = 503,
    PTE__TREE_LAYER_ID_BYTES = 8,
    PTE__TREE_MARKER_BYTES = PTE__TREE_WHOLE_MAX + 1,
    PTE__TREE_REST_MAX = PTE__TREE_WHOLE_MAX - PTE__TREE_LAYER_ID_BYTES, /* 495 */
    /* The longest key of all: an index entry of a string range key of 1,024 zeros (each escaped to
     * two bytes) split over four attributes, and its base key. */
    PTE__KEY_MAX = 4 + 16 + (2 * 1024 + 4 * 2 + 4 * 22) + 16 + 1024,
    /* Levels of the longest key, the base tree included. */
    PTE__TREE_LAYERS_MAX =
        1 + (PTE__KEY_MAX - PTE__TREE_WHOLE_MAX + PTE__TREE_REST_MAX - 1) / PTE__TREE_REST_MAX,
};

/* One tree in one transaction; plain data. */
typedef struct pte__tree {
    MDB_txn *txn;
    MDB_dbi base;
    MDB_dbi layers; /* `long` */
} pte__tree;

/* Value of a key, a view until the next write or the transaction's end. MDB_NOTFOUND if none. */
int pte__tree_get(const pte__tree *tree, pte_bytes key, pte_bytes *value);

/* Stores value under key. flags: 0, or MDB_NOOVERWRITE for MDB_KEYEXIST where there is one. */
int pte__tree_put(const pte__tree *tree, pte_bytes key, pte_bytes value, unsigned flags);

/* Removes key. MDB_NOTFOUND if it is not there. */
int pte__tree_delete(const pte__tree *tree, pte_bytes key);

/*
 * Removes up to max keys from lower (included; empty: no lower end) to upper (not included; empty:
 * no upper end), in order. *deleted says how many; fewer than max means that none is left there.
 */
int pte__tree_delete_range(const pte__tree *tree, pte_bytes lower, pte_bytes upper, size_t max,
                           size_t *deleted);

/*
 * A cursor over one tree. key and value are views until the next move, write or end. key is in the
 * map for a whole key, in the cursor for a long one. A write to any tree of the same layers ends
 * the position: seek again before the next step.
 *
 * Starts as {0}; open binds it to a tree, also when it was bound before. In a read-only transaction
 * it is opened again without allocating (LMDB's cursors are renewed, the deeper ones when they are
 * needed). clean_up of {0} is a no-op; it must come before the end of a write transaction, and may
 * come after the end of a read-only one.
 */
typedef struct pte__tree_cursor {
    pte_bytes key;
    pte_bytes value;
    /* Private from here on. */
    pte__tree tree;
    MDB_cursor *levels[PTE__TREE_LAYERS_MAX]; /* [0] of the base tree, the others of `long` */
    uint64_t layer_ids[PTE__TREE_LAYERS_MAX]; /* where each of them stands; [0] is not used */
    unsigned bound; /* how many of levels are bound to tree.txn as it is now */
    unsigned depth; /* the level that holds the current key; those above stand on its markers */
    uint8_t long_key[PTE__KEY_MAX];
} pte__tree_cursor;

int pte__tree_cursor_open(pte__tree_cursor *cursor, const pte__tree *tree);
void pte__tree_cursor_clean_up(pte__tree_cursor *cursor);

/* To the first key >= key, to the last key < key; MDB_NOTFOUND if there is none. An empty key means
 * the very first (seek) and the very last key (seek_before). */
int pte__tree_cursor_seek(pte__tree_cursor *cursor, pte_bytes key);
int pte__tree_cursor_seek_before(pte__tree_cursor *cursor, pte_bytes key);

/* Onward in order, backward; MDB_NOTFOUND at the end. Only after a successful move, or after one
 * that ended with MDB_CORRUPTED: it then goes on behind the entry that was met. */
static inline int pte__tree_cursor_next(pte__tree_cursor *cursor);
int pte__tree_cursor_previous(pte__tree_cursor *cursor);

/* Where a step onward has come to, in every case but the commonest: LMDB's answer and its entry. */
int pte__tree_cursor_next_any(pte__tree_cursor *cursor, int result, MDB_val found, MDB_val value);

/* Inline for the commonest: from whole key to whole key, one step of LMDB's. */
static inline int pte__tree_cursor_next(pte__tree_cursor *cursor) {
    MDB_val found = {0, NULL};
    MDB_val value = {0, NULL};
    int result = mdb_cursor_get(cursor->levels[cursor->depth], &found, &value, MDB_NEXT);
    if (result != 0 || cursor->depth != 0 || found.mv_size > PTE__TREE_WHOLE_MAX) {
        return pte__tree_cursor_next_any(cursor, result, found, value);
    }
    cursor->key = (pte_bytes){found.mv_data, found.mv_size};
    cursor->value = (pte_bytes){value.mv_data, value.mv_size};
    return 0;
}

/*
 * Proves that layers and markers agree: every layer that a marker of the trees names has entries,
 * none is named twice, every entry of `long` lies in a layer that is reached from a tree, and the
 * next layer id is above all. Calls on_problem for each disagreement, with one line that is a view
 * until it returns; 0 means that the walk was made, not that nothing was found.
 *
 * trees: every tree that shares the layers. *long_keys: how many keys end in `long`.
 * Memory: at most 8 MiB. Cost: a walk through `long` and the trees, a second one where keys of more
 * than 998 bytes are stored, and one more for every 524,288 layers. Errors: LMDB's own, ENOMEM.
 */
int pte__tree_check_layers(const pte__tree *trees, size_t tree_count, uint64_t *long_keys,
                           void (*on_problem)(void *ctx, const char *problem), void *ctx);

#endif
