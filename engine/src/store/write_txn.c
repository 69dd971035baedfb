/* A write transaction as the layers above see it. */
#include "store/write_txn.h"

#include "base/endian.h"
#include "store/lmdb_error.h"
#include "store/store_format.h"

/*
 * The most pages one change can make in one tree: the path from the root copied, every page on it
 * split, and a new root. LMDB's trees are at most this deep in a file of 2^48 pages with the
 * smallest branch factor that 511-byte keys allow, and usually 3 to 5.
 */
enum { TREE_PAGES = 2 * 12 + 1 };

static size_t pages_of_change(const pte__write_txn *txn, size_t key_len, size_t value_len) {
    size_t layers = 1 + key_len / PTE__TREE_REST_MAX; /* a long key changes a tree per layer */
    return layers * TREE_PAGES + (value_len + 64) / txn->store->page_bytes + 1;
}

static pte_status claim_room(pte__write_txn *txn, size_t key_len, size_t value_len,
                             pte_error *error) {
    txn->changes++;
    if (!txn->store->room.needed) {
        return PTE_OK;
    }
    return pte__room_claim(&txn->store->room, pages_of_change(txn, key_len, value_len), error);
}

pte_status pte__txn_get(pte_bytes *value, const pte__write_txn *txn, pte__db db, pte_bytes key,
                        pte_error *error) {
    pte__tree tree = pte__store_tree(txn->store, txn->lmdb, db);
    int rc = pte__tree_get(&tree, key, value);
    if (rc == MDB_NOTFOUND) {
        return PTE_NOT_FOUND;
    }
    return rc == 0 ? PTE_OK : pte__fail_lmdb(error, rc, "reading");
}

pte_status pte__txn_put(pte__write_txn *txn, pte__db db, pte_bytes key, pte_bytes value,
                        pte_error *error) {
    pte_status status = claim_room(txn, key.len, value.len, error);
    if (status != PTE_OK) {
        return status;
    }
    pte__tree tree = pte__store_tree(txn->store, txn->lmdb, db);
    int rc = pte__tree_put(&tree, key, value, 0);
    return rc == 0 ? PTE_OK : pte__fail_lmdb(error, rc, "writing");
}

pte_status pte__txn_delete(bool *found, pte__write_txn *txn, pte__db db, pte_bytes key,
                           pte_error *error) {
    pte_status status = claim_room(txn, key.len, 0, error);
    if (status != PTE_OK) {
        return status;
    }
    pte__tree tree = pte__store_tree(txn->store, txn->lmdb, db);
    int rc = pte__tree_delete(&tree, key);
    if (found != NULL) {
        *found = rc == 0;
    }
    return rc == 0 || rc == MDB_NOTFOUND ? PTE_OK : pte__fail_lmdb(error, rc, "deleting");
}

pte_status pte__txn_delete_range(size_t *deleted, pte__write_txn *txn, pte__db db, pte_bytes lower,
                                 pte_bytes upper, size_t max, pte_error *error) {
    *deleted = 0;
    /* In steps: only as much room is claimed as a few deletions need. */
    while (*deleted < max) {
        enum { STEP = 16 };
        size_t step = max - *deleted < STEP ? max - *deleted : STEP;
        txn->changes++;
        pte_status status =
            pte__room_claim(&txn->store->room, step * pages_of_change(txn, PTE__KEY_MAX, 0), error);
        if (status != PTE_OK) {
            return status;
        }
        pte__tree tree = pte__store_tree(txn->store, txn->lmdb, db);
        size_t done = 0;
        int rc = pte__tree_delete_range(&tree, lower, upper, step, &done);
        *deleted += done;
        if (rc != 0) {
            return pte__fail_lmdb(error, rc, "deleting");
        }
        if (done < step) {
            break;
        }
    }
    return PTE_OK;
}

pte_status pte__txn_number(uint64_t *number, const pte__write_txn *txn, const char *name,
                           pte_error *error) {
    return pte__meta_number(number, txn->store, txn->lmdb, name, error);
}

pte_status pte__txn_put_number(pte__write_txn *txn, const char *name, uint64_t number,
                               pte_error *error) {
    uint8_t value[8];
    pte__put_u64(value, number);
    return pte__txn_put(txn, PTE__DB_META, pte_str(name), pte_view(value, sizeof value), error);
}
