/* What compiling the parts of a statement shares. */
#ifndef PT_PARTIQL_COMPILE_H
#define PT_PARTIQL_COMPILE_H

#include "expression/compile.h"
#include "partiql/statement.h"

/* A constant or a parameter; anything else is refused as of a data type that is not supported.
 * Fails: VALIDATION, INTERNAL. */
PTE_CHECKED pt__exception pt__ql_value(pte_value *value, const pt__ql_context *context,
                                       const pt__ql_node *node);

/* Whether the node is what pt__ql_value takes. */
bool pt__ql_is_value(const pt__ql_node *node);

/* A path of names and indexes. Fails: VALIDATION, INTERNAL. */
PTE_CHECKED pt__exception pt__ql_path(pt__path *path, const pt__ql_context *context,
                                      const pt__ql_node *node);

/* The names of nodes in messages: "VariableReference", "Parameter". Static. */
const char *pt__ql_kind_name(const pt__ql_node *node);

/* A function's name in lower case; in the arena. len 0: without memory. */
pte_bytes pt__ql_lower(const pt__ql_context *context, pte_bytes text);

/* For the expressions' own checks: without a parameter their messages have no "Invalid
 * ...Expression: " before them. expressions is the caller's. */
static inline pt__compile pt__ql_compile(pt__expressions *expressions,
                                         const pt__ql_context *context) {
    *expressions = (pt__expressions){.arena = context->failure->arena, .failure = context->failure};
    return (pt__compile){expressions, NULL};
}

#endif
