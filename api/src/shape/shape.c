/* Looking members up. */
#include "shape/shape_table.h"

const pt__row *pt__shape_row(const pt__shape *structure, pte_bytes name) {
    const pt__row *end = structure->rows + structure->row_count;
    for (const pt__row *row = structure->rows; row < end; row++) {
        if (pte_bytes_equal(row->name, name)) {
            return row;
        }
    }
    return NULL;
}

void pt__shape_place(const pt__json **members, const pt__shape *structure, const pt__json *found) {
    for (size_t i = 0; i < structure->row_count; i++) {
        members[i] = NULL;
    }
    for (const pt__json *member = found->first; member != NULL; member = member->next) {
        const pt__row *row = pt__shape_row(structure, member->name);
        if (row != NULL && member->type != PT__JSON_NULL) {
            members[row - structure->rows] = member;
        }
    }
}
