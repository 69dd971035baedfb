/*
 * The tokens of PartiQL statements.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.html
 *
 * Names in double quotes and texts in single ones have their doubled quotes made single; comments
 * (two dashes to the end of the line, slash and star to star and slash) and white space are passed
 * over.
 */
#ifndef PT_PARTIQL_LEXER_H
#define PT_PARTIQL_LEXER_H

#include "failure/failure.h"

typedef enum pt__ql_type {
    PT__QL_END = 0,
    PT__QL_WORD,   /* a name without quotes, or a keyword */
    PT__QL_QUOTED, /* "name" */
    PT__QL_STRING, /* 'text' */
    PT__QL_NUMBER, /* without a sign */
    PT__QL_ION,    /* `...`, which is refused where values are made */
    PT__QL_PARAMETER,
    PT__QL_OPERATOR, /* = <> != < <= > >= + - * / % || */
    PT__QL_LEFT_PAREN,
    PT__QL_RIGHT_PAREN,
    PT__QL_LEFT_BRACKET,
    PT__QL_RIGHT_BRACKET,
    PT__QL_LEFT_CURLY,
    PT__QL_RIGHT_CURLY,
    PT__QL_LEFT_BAG,
    PT__QL_RIGHT_BAG,
    PT__QL_COMMA,
    PT__QL_COLON,
    PT__QL_SEMICOLON,
    PT__QL_DOT,
    PT__QL_AT,
} pt__ql_type;

/* Where a token stands, as messages tell it: counted in characters, lines and columns from 1. */
typedef struct pt__ql_place {
    uint32_t line;
    uint32_t column;
    uint32_t length;
} pt__ql_place;

typedef struct pt__ql_token {
    pt__ql_type type;
    pte_bytes text; /* of names and texts without quotes; views the statement or the arena */
    pt__ql_place place;
} pt__ql_token;

/* One thread at a time. */
typedef struct pt__ql_lexer {
    const uint8_t *at;
    const uint8_t *end;
    uint32_t line;
    uint32_t column;
    pt__ql_token token; /* the one at which it stands */
    pte__arena *arena;
    pt__failure *failure;
} pt__ql_lexer;

/* Stands before the first token. text is borrowed as long as the tokens are. */
void pt__ql_lexer_init(pt__ql_lexer *lexer, pte_bytes text, pt__failure *failure);

/* Goes to the next token. Fails: VALIDATION (what is no token; AWS says no more of it than that the
 * statement was not well formed), INTERNAL. */
PTE_CHECKED pt__exception pt__ql_lexer_next(pt__ql_lexer *lexer);

/* "Statement wasn't well formed, can't be processed: " and the detail. Fails always. */
PTE_CHECKED pt__exception pt__ql_refuse(pt__failure *failure, const char *detail);

/* Whether the token is this keyword, in any case. */
bool pt__ql_token_is(const pt__ql_token *token, const char *keyword);

/* The same of bytes and any word in lower case. */
bool pt__ql_same_word(pte_bytes text, const char *word);

/* Whether PartiQL reserves the word, which must then be quoted to be a name. */
bool pt__ql_is_reserved(pte_bytes word);

#endif
