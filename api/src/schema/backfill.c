/* A bounded number of the engine's backfill steps. */
#include "schema/backfill.h"

pte_status pt__backfill_piece(bool *finished, pte_env *env, pte_bytes table, size_t items_max,
                              pte_error *error) {
    *finished = false;
    for (size_t items = 0; items < items_max && !*finished; items += PT__BACKFILL_STEP_ITEMS_MAX) {
        pte_backfill_progress progress;
        pte_status status =
            pte_backfill_step(&progress, env, table, PT__BACKFILL_STEP_ITEMS_MAX, error);
        if (status == PTE_TABLE_NOT_FOUND) {
            *finished = true;
            return PTE_OK;
        }
        if (status != PTE_OK) {
            return status;
        }
        *finished = progress.finished;
    }
    return PTE_OK;
}

void pt__backfill_begin(pte_env *env, pte_bytes table, bool upkeep_elsewhere) {
    bool finished;
    size_t items_max = upkeep_elsewhere ? PT__BACKFILL_STEP_ITEMS_MAX : PT__BACKFILL_ITEMS_MAX;
    (void)!pt__backfill_piece(&finished, env, table, items_max, NULL);
}
