/* The values of conditions on keys: what expressions and the legacy KeyConditions say of them. */
#ifndef PT_EXPRESSION_KEY_VALUES_H
#define PT_EXPRESSION_KEY_VALUES_H

#include "expression/expression.h"

/* "Condition parameter type does not match schema type" Fails: VALIDATION. */
PTE_CHECKED pt__exception pt__key_value_type(const pte_value *value,
                                             const pte_key_attribute *attribute,
                                             pt__failure *failure);

/* Takes a value that has the attribute's type and is not empty; *scalar views it.
 * Fails: VALIDATION. */
PTE_CHECKED pt__exception pt__key_value_take(pte_scalar *scalar, const pt__key_schema *key,
                                             const pte_key_attribute *attribute,
                                             const pte_value *value, pt__failure *failure);

#endif
