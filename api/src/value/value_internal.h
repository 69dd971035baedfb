/* What attribute_value.c and value_set.c share. */
#ifndef PT_VALUE_VALUE_INTERNAL_H
#define PT_VALUE_VALUE_INTERNAL_H

#include "value/attribute_value.h"

/* What most of AWS's refusals of a value begin with. */
#define PT__INVALID_PARAMETER "One or more parameter values were invalid: "

/* Reads a number. Fails: VALIDATION. */
PTE_CHECKED pt__exception pt__number_read(pte_number *number, pte_bytes text, pt__failure *failure);

/* Adds a set (SS, NS or BS) of the JSON array's elements. Fails: VALIDATION, SERIALIZATION,
 * INTERNAL. */
PTE_CHECKED pt__exception pt__set_decode(pte_builder *builder, pte_type type,
                                         const pt__json *elements, pt__failure *failure);

#endif
