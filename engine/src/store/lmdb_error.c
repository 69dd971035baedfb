/* LMDB's result codes as statuses of ours. */
#include "store/lmdb_error.h"

#include <errno.h>
#include <lmdb.h>

static pte_status status_of(int rc) {
    switch (rc) {
    case MDB_MAP_FULL:
    case MDB_TXN_FULL:
        return PTE_DATABASE_FULL;
    case MDB_READERS_FULL:
    case MDB_MAP_RESIZED:
        return PTE_BUSY;
    case MDB_CORRUPTED:
    case MDB_PAGE_NOTFOUND:
    case MDB_BAD_VALSIZE:
    case MDB_NOTFOUND:
    case MDB_CURSOR_FULL:
    case MDB_PAGE_FULL:
    case MDB_INCOMPATIBLE:
    case MDB_BAD_TXN: /* an earlier call met damage; after other failures nothing is called */
        return PTE_CORRUPT;
    case MDB_INVALID:
        return PTE_NOT_A_DATABASE;
    case MDB_VERSION_MISMATCH:
        return PTE_WRONG_VERSION;
    default:
        return PTE_IO;
    }
}

static const char *explained(int rc) {
    switch (rc) {
    case MDB_MAP_FULL:
        return "the map has no free page left";
    case MDB_TXN_FULL:
        return "too many changed pages for one transaction";
    case MDB_READERS_FULL:
        return "every reader slot is taken (readers_max)";
    case MDB_BAD_TXN:
        return "damage was met before in this snapshot or transaction";
    case MDB_PANIC:
        return "an earlier write of the file's header failed; close the database and open it again";
    default:
        return mdb_strerror(rc);
    }
}

pte_status pte__fail_lmdb(pte_error *error, int rc, const char *doing) {
    if (rc > 0) {
        return pte__fail_os(error, rc, "%s", doing);
    }
    pte_status status = pte__fail(error, status_of(rc), "%s: %s", doing, explained(rc));
    if (error != NULL) {
        error->os_error = rc;
    }
    return status;
}
