/*
 * What a request may look like: for each operation a shape, from which both kinds of AWS's early
 * errors follow: a member of the wrong JSON type is a SerializationException, one that breaks a
 * constraint (required, length, range, pattern, enumeration) is listed in a ValidationException
 * ("2 validation errors detected: Value ... at ... failed to satisfy constraint: ...").
 */
#ifndef PT_SHAPE_SHAPE_H
#define PT_SHAPE_SHAPE_H

#include "json/json.h"

typedef struct pt__shape pt__shape;

/*
 * The shape of an operation's input, by name ("PutItem"); NULL if there is none. Static.
 * Shapes follow the API reference's request syntax.
 */
const pt__shape *pt__shape_of(pte_bytes operation);

/* Fails: SERIALIZATION, with AWS's text for what was found where. */
PTE_CHECKED pt__exception pt__shape_check_types(const pt__shape *shape, const pt__json *body,
                                                pt__failure *failure);

/* Fails: VALIDATION, with every constraint that is broken, in AWS's order and words. */
PTE_CHECKED pt__exception pt__shape_check_constraints(const pt__shape *shape, const pt__json *body,
                                                      pt__failure *failure);

#endif
