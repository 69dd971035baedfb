/*
 * The grammars: an expression's text as a tree of nodes in an arena. What depends on nothing but
 * the text's shape is decided here: syntax, redundant parentheses, length. What the words mean is
 * checked in words.c, what the placeholders stand for in resolve.c.
 *
 *   condition   or     := and (OR and)*              and := not (AND not)*
 *               not    := NOT* test
 *               test   := operand (= | <> | < | <= | > | >=) operand
 *                       | operand BETWEEN operand AND operand | operand IN '(' operand, ... ')'
 *                       | function | '(' or ')'
 *   operand     path | value | function | '(' operand ')'
 *   function    name '(' operand, ... ')'
 *   path        element ('.' element | '[' integer ']')*     element := name | #name
 *   projection  path, ...
 *   update      (SET (path = operand [(+ | -) operand]), ... | REMOVE path, ...
 *                | ADD (path value), ... | DELETE (path value), ...)*
 */
#ifndef PT_EXPRESSION_SYNTAX_H
#define PT_EXPRESSION_SYNTAX_H

#include "failure/failure.h"

/*
 * Parentheses and calls inside one another. Each pair that is not redundant holds an operator, of
 * which there may be 300, or is one of a function's, which are shorter than this in 4 KB.
 */
enum { PT__SYNTAX_DEPTH_MAX = 320 };

typedef enum pt__node_kind {
    PT__NODE_PATH = 0, /* children: the steps */
    PT__NODE_NAME,     /* steps: text is the name, the placeholder or the digits */
    PT__NODE_NAME_PLACEHOLDER,
    PT__NODE_INDEX,
    PT__NODE_VALUE,    /* text is the placeholder */
    PT__NODE_FUNCTION, /* text is the name; children: the operands */
    PT__NODE_EQ,       /* children of all operators: the operands */
    PT__NODE_NE,
    PT__NODE_LT,
    PT__NODE_LE,
    PT__NODE_GT,
    PT__NODE_GE,
    PT__NODE_BETWEEN,
    PT__NODE_IN,
    PT__NODE_AND,
    PT__NODE_OR,
    PT__NODE_NOT, /* repeat: how many stand one before the other */
    PT__NODE_PLUS,
    PT__NODE_MINUS,
    PT__NODE_PROJECTION, /* children: the paths */
    PT__NODE_UPDATE,     /* children: the sections */
    PT__NODE_SET,        /* sections; children: the actions */
    PT__NODE_REMOVE,
    PT__NODE_ADD,
    PT__NODE_DELETE,
    PT__NODE_ACTION, /* children: the path, and the operand where there is one */
} pt__node_kind;

typedef struct pt__node {
    pt__node_kind kind;
    bool parenthesized;
    bool redundant; /* parenthesized twice */
    uint32_t count; /* of children */
    uint32_t repeat;
    pte_bytes text; /* views the expression */
    struct pt__node *first;
    struct pt__node *last;
    struct pt__node *next;
} pt__node;

/*
 * Parses an expression. parameter stands in the messages ("ConditionExpression"). The nodes lie in
 * the arena of failure and view the text. Fails: VALIDATION, INTERNAL.
 */
PTE_CHECKED pt__exception pt__parse_condition(pt__node **root, pte_bytes text,
                                              const char *parameter, pt__failure *failure);
PTE_CHECKED pt__exception pt__parse_projection(pt__node **root, pte_bytes text,
                                               pt__failure *failure);
PTE_CHECKED pt__exception pt__parse_update(pt__node **root, pte_bytes text, pt__failure *failure);

#endif
