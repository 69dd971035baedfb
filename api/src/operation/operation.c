/* The registry. */
#include "operation/operation.h"

static const pt__operation *const OPERATIONS[] = {
#define PT__OPERATION_ROW(name) &pt__##name##_operation,
    PT__OPERATIONS(PT__OPERATION_ROW)
#undef PT__OPERATION_ROW
};

const pt__operation *pt__operation_find(pte_bytes name) {
    for (size_t i = 0; i < sizeof OPERATIONS / sizeof OPERATIONS[0]; i++) {
        if (pte_bytes_equal(name, pte_str(OPERATIONS[i]->name))) {
            return OPERATIONS[i];
        }
    }
    return NULL;
}
