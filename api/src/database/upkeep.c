/* The work beside requests, in bounded steps. */
#include "database/database.h"

#include <pocketable/engine/upkeep.h>

enum { RECLAIM_ENTRIES_MAX = 1000 };

pte_status pt_upkeep(bool *more, pt_database *database, pte_error *error) {
    size_t reclaimed = 0;
    *more = false;
    pte_status status = pte_reclaim(&reclaimed, database->env, RECLAIM_ENTRIES_MAX, error);
    *more = status == PTE_OK && reclaimed == RECLAIM_ENTRIES_MAX;
    return status;
}
