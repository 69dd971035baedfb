/*
 * What compiling an expression shares: its placeholders, its messages, and the checks of its words,
 * in the order in which AWS finds what is wrong:
 *
 *   parse_*.c   the shape: size, syntax, redundant parentheses
 *   words.c     names and functions, from left to right
 *   resolve.c   placeholders, numbers and types of operands, inner ones first
 */
#ifndef PT_EXPRESSION_COMPILE_H
#define PT_EXPRESSION_COMPILE_H

#include "expression/expression.h"
#include "expression/syntax.h"
#include "expression/token.h"

/* A name or a value that the request defines. */
struct pt__placeholder {
    pte_bytes key; /* with its marker */
    pte_bytes name;
    pte_value value;
    bool used;
};

typedef struct pt__compile {
    pt__expressions *expressions;
    const char *parameter; /* "ConditionExpression"; NULL: a PartiQL statement, which has none */
} pt__compile;

static inline pte__arena *pt__compile_arena(const pt__compile *compile) {
    return compile->expressions->arena;
}

/* "Invalid <parameter>: " (if there is one) and the text. */
PTE_CHECKED pt__exception pt__invalid(const pt__compile *compile, const char *format, ...)
    PTE_PRINTF(2, 3);

PTE_CHECKED pt__exception pt__compile_memory(const pt__compile *compile);

/* ---- reserved.c ---- */

bool pt__is_reserved(pte_bytes name);

/* ---- words.c ---- */

typedef struct pt__function {
    const char *name;
    uint32_t operand_count;
    bool in_conditions; /* otherwise in updates */
    bool is_test;       /* gives a truth */
    bool is_outermost;  /* stands nowhere but as the whole value of SET */
} pt__function;

/* NULL: there is no such function. Names are in lower case only. */
const pt__function *pt__function_of(pte_bytes name);

/*
 * Reserved words, list indexes, functions' names and whether they may stand where they stand.
 * Fails: VALIDATION.
 */
PTE_CHECKED pt__exception pt__check_condition_words(const pt__compile *compile,
                                                    const pt__node *root);
PTE_CHECKED pt__exception pt__check_update_words(const pt__compile *compile, const pt__node *root);
PTE_CHECKED pt__exception pt__check_path_words(const pt__compile *compile, const pt__node *path);

/* ---- resolve.c ---- */

PTE_CHECKED pt__exception pt__resolve_path(pt__path *path, const pt__compile *compile,
                                           const pt__node *node);
PTE_CHECKED pt__exception pt__resolve_value(pte_value *value, const pt__compile *compile,
                                            const pt__node *node);

bool pt__path_equal(const pt__path *a, const pt__path *b);

/* "[a, [0], b]", in the arena; data NULL: out of memory. */
pte_bytes pt__path_show(const pt__compile *compile, const pt__path *path);

PTE_CHECKED pt__exception pt__refuse_operand_type(const pt__compile *compile, pte_bytes operator_,
                                                  const char *type);
PTE_CHECKED pt__exception pt__refuse_same_operand(const pt__compile *compile, pte_bytes operator_,
                                                  const pt__path *path);
PTE_CHECKED pt__exception pt__check_operand_count(const pt__compile *compile, const pt__node *call);

/* Counts what PT__EXPRESSION_OPERATORS_MAX limits: operators, but no functions. */
PTE_CHECKED pt__exception pt__check_operator_count(const pt__compile *compile,
                                                   const pt__node *root);

#endif
