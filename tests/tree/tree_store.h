/* An LMDB environment with two trees that share their layers, for the tests of the tree. */
#ifndef TESTS_TREE_STORE_H
#define TESTS_TREE_STORE_H

#include "support/support.h"

#include "store/tree.h"

typedef struct tree_store {
    char *folder; /* owned */
    MDB_env *env; /* owned */
    MDB_dbi bases[2];
    MDB_dbi layers;
} tree_store;

/* Each of these ends the test on failure. */
void tree_store_make(tree_store *store);
void tree_store_remove(tree_store *store);
/* Closes and opens the environment. */
void tree_store_reopen(tree_store *store);
/* Begins a transaction; flags: 0 or MDB_RDONLY. */
MDB_txn *tree_store_begin(const tree_store *store, unsigned flags);

/* The tree with a number, 0 or 1, in a transaction. */
static inline pte__tree tree_store_tree(const tree_store *store, unsigned number, MDB_txn *txn) {
    return (pte__tree){txn, store->bases[number], store->layers};
}

/* What check_layers said. */
typedef struct tree_problems {
    unsigned count;
    char all[4096]; /* a line each, as far as they fit */
} tree_problems;
/* Checks both trees; returns the number of keys that end in `long`. */
uint64_t tree_store_check(const tree_store *store, MDB_txn *txn, tree_problems *problems);
/* The same, ending the test with the problems if there are any. */
uint64_t tree_store_check_sound(const tree_store *store, MDB_txn *txn);

/* How many entries a sub-database has. */
size_t tree_store_entries(MDB_txn *txn, MDB_dbi dbi);

#endif
