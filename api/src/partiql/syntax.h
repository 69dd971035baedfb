/*
 * Statements as trees, and what the parsers of statements and of expressions share.
 */
#ifndef PT_PARTIQL_SYNTAX_H
#define PT_PARTIQL_SYNTAX_H

#include "partiql/lexer.h"

typedef enum pt__ql_kind {
    PT__QL_VALUE_NUMBER = 0, /* text with its sign */
    PT__QL_VALUE_STRING,
    PT__QL_VALUE_TRUE,
    PT__QL_VALUE_FALSE,
    PT__QL_VALUE_NULL,
    PT__QL_VALUE_MISSING,
    PT__QL_VALUE_ION,
    PT__QL_VALUE_PARAMETER, /* number: which, from 0 */
    PT__QL_VALUE_LIST,
    PT__QL_VALUE_BAG,
    PT__QL_VALUE_STRUCT, /* children: a name, its value, a name, ... */

    PT__QL_PATH,  /* children: steps */
    PT__QL_NAME,  /* of a path */
    PT__QL_INDEX, /* of a path; text: digits, perhaps with a sign */
    PT__QL_WILD,  /* of a path: .* or [*] */

    PT__QL_FUNCTION,  /* text: its name */
    PT__QL_STAR,      /* the star in COUNT(*) */
    PT__QL_OR,        /* 2 children or more */
    PT__QL_AND,       /* 2 or more */
    PT__QL_NOT,       /* 1 */
    PT__QL_COMPARE,   /* 2; text: the operator */
    PT__QL_BETWEEN,   /* 3 */
    PT__QL_IN,        /* 1, then the operands; number: 1 if they were a list */
    PT__QL_IS,        /* 1; text: the type */
    PT__QL_ARITHMETIC /* 2; text: the operator */
} pt__ql_kind;

/* A node; in the arena. place is that of the token which messages point at. */
typedef struct pt__ql_node {
    pt__ql_kind kind;
    pte_bytes text;
    pt__ql_place place;
    uint32_t number;
    uint32_t count; /* children */
    struct pt__ql_node *first;
    struct pt__ql_node *last;
    struct pt__ql_node *next;
} pt__ql_node;

/* Parentheses, calls, lists, maps and bags that may be open at a time. A statement's 8,192
 * characters (API_ExecuteStatement) could open more; the service's own limit is not known. */
enum { PT__QL_DEPTH_MAX = 128 };

typedef struct pt__ql_parser {
    pt__ql_lexer lexer;
    pt__failure *failure;
    uint32_t parameter_count; /* question marks so far */
    unsigned depth;
} pt__ql_parser;

static inline const pt__ql_token *pt__ql_token_of(const pt__ql_parser *parser) {
    return &parser->lexer.token;
}

static inline bool pt__ql_at(const pt__ql_parser *parser, pt__ql_type type) {
    return parser->lexer.token.type == type;
}

static inline bool pt__ql_at_word(const pt__ql_parser *parser, const char *keyword) {
    return pt__ql_token_is(&parser->lexer.token, keyword);
}

PTE_CHECKED pt__exception pt__ql_node_new(pt__ql_node **node, pt__ql_parser *parser,
                                          pt__ql_kind kind);
void pt__ql_node_add(pt__ql_node *parent, pt__ql_node *child);

/* Goes past the token if it is this keyword; *taken says so. */
PTE_CHECKED pt__exception pt__ql_take_word(bool *taken, pt__ql_parser *parser, const char *keyword);

/* Goes past a token that must stand there, or says "Expected <name>". */
PTE_CHECKED pt__exception pt__ql_expect(pt__ql_parser *parser, pt__ql_type type, const char *name);

/* What stands where a term should begin, in the service's words. Fails always. */
PTE_CHECKED pt__exception pt__ql_refuse_term(pt__ql_parser *parser);

/* A whole expression: a condition or a value. Fails: VALIDATION, INTERNAL. */
PTE_CHECKED pt__exception pt__ql_parse_expression(pt__ql_node **node, pt__ql_parser *parser);

/* A sum, a value or a path, without comparisons: the right side of SET. */
PTE_CHECKED pt__exception pt__ql_parse_path(pt__ql_node **path, pt__ql_parser *parser);

/* " at 1:8:5" behind AWS's messages: the format and its arguments. */
#define PT__QL_AT_FORMAT " at %u:%u:%u"
#define PT__QL_AT_PLACE(node) (node)->place.line, (node)->place.column, (node)->place.length

#endif
