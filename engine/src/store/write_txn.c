/* A write transaction as the layers above see it. */
#include "store/write_txn.h"

#include "base/endian.h"
#include "store/lmdb_error.h"
#include "store/store_format.h"

/*
 * The most pages one change can make in the trees: the path from the root copied, every page on it
 * split, and a new root; in each layer that a long key goes through.
 */
static size_t tree_pages_of_change(const pte__write_txn *txn, pte__db db, size_t key_len,
                                   bool remove) {
    MDB_stat stat = {0};
    (void)mdb_stat(txn->lmdb, txn->store->dbi[db], &stat);
    size_t pages = 2 * ((size_t)stat.ms_depth + 1) + 1;
    if (key_len > PTE__TREE_WHOLE_MAX) {
        (void)mdb_stat(txn->lmdb, txn->store->dbi[PTE__DB_LONG], &stat);
        if (remove && stat.ms_entries == 0) {
            return pages; /* there is no long key to remove */
        }
        pages += (1 + key_len / PTE__TREE_REST_MAX) * (2 * ((size_t)stat.ms_depth + 1) + 1);
    }
    return pages;
}

/* All pages of all trees, as they are now. */
static size_t live_pages(const pte__write_txn *txn) {
    size_t pages = 0;
    for (int db = 0; db < PTE__DB_COUNT; db++) {
        MDB_stat stat = {0};
        (void)mdb_stat(txn->lmdb, txn->store->dbi[db], &stat);
        pages += stat.ms_branch_pages + stat.ms_leaf_pages;
    }
    return pages;
}

/* Whether a change may use the slack of a full file system: one that frees something, and the small
 * rows that go with it. */
static bool frees(pte__db db, bool remove) {
    return remove || db == PTE__DB_META || db == PTE__DB_CATALOG;
}

/* Counts a change, and makes room for several such. */
static pte_status claim_room(pte__write_txn *txn, pte__db db, size_t changes, size_t key_len,
                             const pte_bytes *value, pte_error *error) {
    enum { NODE_HEAD_BYTES = 64 };
    txn->changes++;
    pte__room *room = &txn->store->room;
    if (!room->needed) {
        return PTE_OK;
    }
    pte__room_claim claim = {.tree_pages =
                                 changes * tree_pages_of_change(txn, db, key_len, value == NULL),
                             .frees = frees(db, value == NULL)};
    if (value != NULL && value->len >= room->page_bytes / 4) {
        claim.overflow_pages = (value->len + NODE_HEAD_BYTES) / room->page_bytes + 1;
    }
    if (pte__room_has(room, &claim)) {
        return PTE_OK;
    }
    claim.live_pages = live_pages(txn);
    claim.alone = pte__gate_is_alone(&txn->store->gate);
    return pte__room_make(room, txn->lmdb, &claim, error);
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
    pte_status status = claim_room(txn, db, 1, key.len, &value, error);
    if (status != PTE_OK) {
        return status;
    }
    pte__tree tree = pte__store_tree(txn->store, txn->lmdb, db);
    int rc = pte__tree_put(&tree, key, value, 0);
    return rc == 0 ? PTE_OK : pte__fail_lmdb(error, rc, "writing");
}

pte_status pte__txn_delete(bool *found, pte__write_txn *txn, pte__db db, pte_bytes key,
                           pte_error *error) {
    pte_status status = claim_room(txn, db, 1, key.len, NULL, error);
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
        enum { STEP = 4 };
        size_t step = max - *deleted < STEP ? max - *deleted : STEP;
        txn->changes++;
        pte_status status = claim_room(txn, db, step, PTE__KEY_MAX, NULL, error);
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
