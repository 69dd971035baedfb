#include "tree_store.h"

#include <stdio.h>

static void open_env(tree_store *store) {
    assert_int_equal(0, mdb_env_create(&store->env));
    assert_int_equal(0, mdb_env_set_maxdbs(store->env, 3));
    assert_int_equal(0, mdb_env_set_mapsize(store->env, (size_t)1 << 30));
    assert_int_equal(0, mdb_env_open(store->env, store->folder, MDB_NOSYNC | MDB_NOTLS, 0600));
    MDB_txn *txn = tree_store_begin(store, 0);
    assert_int_equal(0, mdb_dbi_open(txn, "base", MDB_CREATE, &store->bases[0]));
    assert_int_equal(0, mdb_dbi_open(txn, "base2", MDB_CREATE, &store->bases[1]));
    assert_int_equal(0, mdb_dbi_open(txn, "long", MDB_CREATE, &store->layers));
    assert_int_equal(0, mdb_txn_commit(txn));
}

void tree_store_make(tree_store *store) {
    store->folder = test_folder_make();
    open_env(store);
}

void tree_store_remove(tree_store *store) {
    mdb_env_close(store->env);
    test_folder_remove(store->folder);
}

void tree_store_reopen(tree_store *store) {
    mdb_env_close(store->env);
    open_env(store);
}

MDB_txn *tree_store_begin(const tree_store *store, unsigned flags) {
    MDB_txn *txn;
    assert_int_equal(0, mdb_txn_begin(store->env, NULL, flags, &txn));
    return txn;
}

static void note_problem(void *ctx, const char *problem) {
    tree_problems *problems = ctx;
    size_t used = strlen(problems->all);
    snprintf(problems->all + used, sizeof problems->all - used, "%s\n", problem);
    problems->count++;
}

uint64_t tree_store_check(const tree_store *store, MDB_txn *txn, tree_problems *problems) {
    pte__tree trees[] = {tree_store_tree(store, 0, txn), tree_store_tree(store, 1, txn)};
    uint64_t long_keys;
    *problems = (tree_problems){0};
    assert_int_equal(0, pte__tree_check_layers(trees, 2, &long_keys, note_problem, problems));
    return long_keys;
}

uint64_t tree_store_check_sound(const tree_store *store, MDB_txn *txn) {
    tree_problems problems;
    uint64_t long_keys = tree_store_check(store, txn, &problems);
    if (problems.count != 0) {
        fail_msg("%u problems:\n%s", problems.count, problems.all);
    }
    return long_keys;
}

size_t tree_store_entries(MDB_txn *txn, MDB_dbi dbi) {
    MDB_stat stat;
    assert_int_equal(0, mdb_stat(txn, dbi, &stat));
    return stat.ms_entries;
}
