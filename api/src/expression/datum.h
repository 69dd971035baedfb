/* What an operand of a condition is for one item. */
#ifndef PT_EXPRESSION_DATUM_H
#define PT_EXPRESSION_DATUM_H

#include "expression/program.h"

enum { PT__SIZE_TEXT_BYTES = 24 };

/* An operand's value for one item; type NONE: missing. A size's value views the datum itself. */
typedef struct pt__datum {
    pte_value value;
    const pte_number *constant; /* the number, where it is known already */
    pt__found *found;           /* where the value is kept; NULL: nowhere */
    char size_text[PT__SIZE_TEXT_BYTES];
} pt__datum;

/* Errors: CORRUPT. */
PTE_CHECKED pte_status pt__datum_get(pt__datum *d, const pt__operand *operand, pt__lookup *lookup,
                                     pte_error *error);

#endif
