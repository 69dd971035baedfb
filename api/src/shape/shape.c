/* Looking members up. */
#include "shape/shape_table.h"

#include <assert.h>

const pt__row *pt__shape_row(const pt__shape *structure, pte_bytes name) {
    for (size_t i = 0; i < structure->row_count; i++) {
        if (pte_bytes_equal(structure->rows[i].name, name)) {
            return &structure->rows[i];
        }
    }
    return NULL;
}

void pt__shape_place(const pt__json **members, const pt__shape *structure, const pt__json *found) {
    assert(structure->row_count <= PT__ROWS_MAX);
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
