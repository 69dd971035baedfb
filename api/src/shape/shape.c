/* Looking members up. */
#include "shape/shape_table.h"

const pt__row *pt__shape_row(const pt__shape *structure, pte_bytes name) {
    for (size_t i = 0; i < structure->row_count; i++) {
        if (pte_bytes_equal(structure->rows[i].name, name)) {
            return &structure->rows[i];
        }
    }
    return NULL;
}
