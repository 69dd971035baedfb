/*
 * Key attributes are scalars, so no path of an expression may go into one, of the table's key or of
 * an index's: "Key attributes must be scalars; list random access '[]' and map lookup '.' are not
 * allowed: Key: pk" (or "IndexKey: gp"). The service says so of the first such attribute in the
 * order of the table's keys and then its indexes, once the table and the request's key are known.
 */
#ifndef PT_REQUEST_SCALAR_KEYS_H
#define PT_REQUEST_SCALAR_KEYS_H

#include "expression/expression.h"
#include "request/table.h"

/* What is compiled may be NULL. Fails: VALIDATION, INTERNAL. */
PTE_CHECKED pt__exception pt__scalar_keys_in_condition(pt__failure *failure, const pt__table *table,
                                                       const pt__condition *condition);
PTE_CHECKED pt__exception pt__scalar_keys_in_projection(pt__failure *failure,
                                                        const pt__table *table,
                                                        const pt__projection *projection);
PTE_CHECKED pt__exception pt__scalar_keys_in_update(pt__failure *failure, const pt__table *table,
                                                    const pt__update *update);

#endif
