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
 *   long        layer id (8) | rest <= 495 bytes               value
 *   long        layer id (8) | first 495 bytes of rest | 00    layer id (8)
 *   long        00 x 8                                         next layer id (8)
 *
 * Order stays exact: a whole key that equals the first 503 bytes stands before the marker, all keys
 * under the marker stand between that key and the next one. A layer without entries does not exist,
 * nor does its marker.
 *
 * Results are LMDB's own codes (0, MDB_NOTFOUND, MDB_KEYEXIST, MDB_MAP_FULL, ...); MDB_CORRUPTED
 * where a marker or layer is not as above; MDB_BAD_VALSIZE for a key that is empty or longer than
 * PTE__KEY_MAX. A write that fails leaves the transaction to be aborted.
 */
#ifndef PTE_STORE_TREE_H
#define PTE_STORE_TREE_H

#include <lmdb.h>

#include <pocketable/engine/status.h>

enum {
    PTE__TREE_WHOLE_MAX = 503,
    PTE__TREE_LAYER_ID_BYTES = 8,
    PTE__TREE_REST_MAX = PTE__TREE_WHOLE_MAX - PTE__TREE_LAYER_ID_BYTES, /* 495 */
    /* The longest key of all: an index entry of a string range key of 1,024 zeros (each escaped to
     * two bytes) split over four attributes, and its base key. */
    PTE__KEY_MAX = 4 + 16 + (2 * 1024 + 4 * 2 + 4 * 22) + 16 + 1024,
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
 * Removes up to max keys from lower (included) to upper (not included; empty: no upper end), in
 * order. *deleted says how many; fewer than max means that none is left there.
 */
int pte__tree_delete_range(const pte__tree *tree, pte_bytes lower, pte_bytes upper, size_t max,
                           size_t *deleted);

/*
 * A cursor over one tree. key and value are views until the next move, write or end. key is in the
 * map for a whole key, in the cursor for a long one.
 *
 * Starts as {0}; open binds it to a tree. In a read-only transaction that was reset and renewed it
 * is opened again without allocating (LMDB's cursor is renewed). clean_up of {0} is a no-op; it
 * must come before the end of a write transaction, and may come after the end of a read-only one.
 */
typedef struct pte__tree_cursor {
    pte_bytes key;
    pte_bytes value;
    pte__tree tree; /* private from here on */
    MDB_cursor *base;
    MDB_cursor *layers[PTE__TREE_LAYERS_MAX]; /* one a depth, opened when first needed */
    uint64_t layer_ids[PTE__TREE_LAYERS_MAX];
    unsigned depth; /* 0: in the base tree */
    uint8_t long_key[PTE__KEY_MAX];
} pte__tree_cursor;

int pte__tree_cursor_open(pte__tree_cursor *cursor, const pte__tree *tree);
void pte__tree_cursor_clean_up(pte__tree_cursor *cursor);

/* To the first key >= key, to the last key < key; MDB_NOTFOUND if there is none. An empty key means
 * the very first (seek) and the very last key (seek_before). */
int pte__tree_cursor_seek(pte__tree_cursor *cursor, pte_bytes key);
int pte__tree_cursor_seek_before(pte__tree_cursor *cursor, pte_bytes key);

/* Onward in order, backward; MDB_NOTFOUND at the end. Only after a successful move. */
int pte__tree_cursor_next(pte__tree_cursor *cursor);
int pte__tree_cursor_previous(pte__tree_cursor *cursor);

/*
 * Proves that layers and markers agree: every layer that a marker of the trees names has entries,
 * none is named twice, and every entry of `long` lies in such a layer. Calls on_problem for each
 * disagreement. trees: every tree that shares the layers. *entries: entries in `long`.
 */
int pte__tree_check_layers(const pte__tree *trees, size_t tree_count, uint64_t *entries,
                           void (*on_problem)(void *ctx, const char *problem), void *ctx);

#endif
