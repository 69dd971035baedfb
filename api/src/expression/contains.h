/*
 * Many contains() of one list or set, which 4 KB have room for 200 of: its elements are walked once
 * for all of them, when the first is asked for.
 */
#ifndef PT_EXPRESSION_CONTAINS_H
#define PT_EXPRESSION_CONTAINS_H

#include "expression/program.h"

/* The tests of one path. Lies in an arena; its marks are of the run under way. */
typedef struct pt__contains pt__contains;

/* Gives those tests of a program whose paths are numbered their pt__contains, where several are of
 * one path. Fails: INTERNAL (memory). */
PTE_CHECKED pt__exception pt__contains_gather(pt__condition *root, pte__arena *arena,
                                              pt__failure *failure);

/*
 * Whether container, a list or set, has what the test asks for, which is one of contains'. lookup
 * has filled slots. Errors: CORRUPT.
 */
PTE_CHECKED pte_status pt__contains_holds(bool *holds, pt__contains *contains,
                                          const pt__condition *test, const pte_value *container,
                                          pt__lookup *lookup, pte_error *error);

#endif
