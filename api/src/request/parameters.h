/*
 * The two kinds of parameters that item operations have: expressions, and the legacy ones before
 * them, which may not be mixed in one request.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/LegacyConditionalParameters.html
 */
#ifndef PT_REQUEST_PARAMETERS_H
#define PT_REQUEST_PARAMETERS_H

#include "expression/expression.h"
#include "request/call.h"

/* What an operation takes, each list in the order in which messages name it, a NULL at its end. */
typedef struct pt__parameters {
    const char *const *expressions;
    const char *const *legacy;
} pt__parameters;

/* Fails: VALIDATION (both kinds). What legacy parameters say is legacy.h's. */
PTE_CHECKED pt__exception pt__parameters_check(pt__call *call, const pt__parameters *parameters);

/* Says that these of both kinds, lists of names, may not be mixed. Fails always: VALIDATION. */
PTE_CHECKED pt__exception pt__refuse_mixed(pt__call *call, const char *legacy,
                                           const char *expressions);

/* pt__parameters_check of a part of a request that has parameters of its own: an element of a
 * transaction. */
PTE_CHECKED pt__exception pt__parameters_check_in(pt__call *call, const pt__json *body,
                                                  const pt__parameters *parameters);
PTE_CHECKED pt__exception pt__placeholders_read_in(pt__expressions *expressions, pt__call *call,
                                                   const pt__json *body,
                                                   const pt__parameters *parameters);

/* pt__expressions_init of the call's placeholders. Fails: VALIDATION, SERIALIZATION, INTERNAL. */
PTE_CHECKED pt__exception pt__placeholders_read(pt__expressions *expressions, pt__call *call,
                                                const pt__parameters *parameters);

#endif
