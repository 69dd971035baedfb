/*
 * What a request may look like: for each operation a shape, from which both kinds of AWS's early
 * errors follow: a member of the wrong JSON type is a SerializationException, one that breaks a
 * constraint (required, length, range, pattern, enumeration) is listed in a ValidationException
 * ("2 validation errors detected: Value ... at ... failed to satisfy constraint: ...").
 */
#ifndef PT_SHAPE_SHAPE_H
#define PT_SHAPE_SHAPE_H

#include "json/json.h"

/* Of an operation's input: pt__shape_<operation>, as the API reference's request syntax has it.
 * Which there are says operation/operation.h. */
typedef struct pt__shape pt__shape;

/* Fails: SERIALIZATION, with AWS's text for what was found where. */
PTE_CHECKED pt__exception pt__shape_check_types(const pt__shape *shape, const pt__json *body,
                                                pt__failure *failure);

/* Fails: VALIDATION, with every constraint that is broken, in AWS's order and words. */
PTE_CHECKED pt__exception pt__shape_check_constraints(const pt__shape *shape, const pt__json *body,
                                                      pt__failure *failure);

#endif
