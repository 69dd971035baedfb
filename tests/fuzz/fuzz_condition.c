/* Conditions and filters. Input: the expression. What compiles runs on every item and on none. */
#include "expression_world.h"

static bool count(void *ctx, pte_bytes name) {
    MUST(name.len != 0);
    ++*(size_t *)ctx;
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    world w;
    world_init(&w);
    pt__condition *condition;
    pt__exception exception = pt__condition_compile(&condition, &w.expressions,
                                                    pte_view(data, size), "ConditionExpression");
    if (exception != PT__OK) {
        world_must_be_refused(&w, exception);
    } else {
        bool holds;
        size_t names = 0;
        for (size_t i = 0; i < WORLD_ITEMS; i++) {
            MUST(pt__condition_holds(&holds, condition, &w.items[i], NULL) == PTE_OK);
        }
        MUST(pt__condition_holds(&holds, condition, NULL, NULL) == PTE_OK);
        pt__condition_names(condition, count, &names);
        MUST(names <= size);
    }
    world_clean_up(&w);
    return 0;
}
