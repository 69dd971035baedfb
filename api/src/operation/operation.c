/* The registry, searched by halves. */
#include "operation/operation.h"

typedef struct row {
    const pt__operation *operation;
    const pt__shape *shape;
} row;

static const row ROWS[] = {
#define PT__OPERATION_ROW(name) {&pt__##name##_operation, &pt__shape_##name},
    PT__OPERATIONS(PT__OPERATION_ROW)
#undef PT__OPERATION_ROW
};

const pt__operation *pt__operation_find(const pt__shape **shape, pte_bytes name) {
    size_t low = 0;
    size_t high = sizeof ROWS / sizeof ROWS[0];
    *shape = NULL;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = pte_bytes_compare(name, pte_str(ROWS[middle].operation->name));
        if (order == 0) {
            *shape = ROWS[middle].shape;
            return ROWS[middle].operation;
        }
        if (order < 0) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return NULL;
}
