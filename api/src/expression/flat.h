/*
 * Programs that are one AND or one OR of very many tests, as the legacy filters can be. Most of
 * such tests are about what an item does not have, and what they give then is known beforehand:
 * only those whose path is there are run. A page then costs its items' attributes, not its items
 * times the tests.
 */
#ifndef PT_EXPRESSION_FLAT_H
#define PT_EXPRESSION_FLAT_H

#include "expression/program.h"

/* Immutable. Lies in the arena that it was made in. */
typedef struct pt__flat pt__flat;

/*
 * Makes one of a program whose paths are numbered. *flat is NULL if the program is of another kind:
 * few tests, tests within tests, or a test of two paths. Fails: INTERNAL (memory).
 */
PTE_CHECKED pt__exception pt__flat_make(pt__flat **flat, pte__arena *arena,
                                        const pt__condition *root, pt__failure *failure);

/* Whether it holds for the item of lookup, which has the program's slots. Errors: CORRUPT. */
PTE_CHECKED pte_status pt__flat_holds(bool *holds, const pt__flat *flat, pt__lookup *lookup,
                                      pte_error *error);

#endif
