/* What a pte_env is: the store, the catalog's cache, the committer and what writes need. */
#ifndef PTE_TABLE_ENV_H
#define PTE_TABLE_ENV_H

#include "store/committer.h"
#include "store/store.h"
#include "table/catalog.h"

struct pte__writer; /* the write layer's */

struct pte_env {
    pte__store store;
    pte__catalog catalog;
    pte__committer committer;
    struct pte__writer *writer;
    int64_t (*now_ms)(void *ctx);
    void *now_ctx;
};

#endif
