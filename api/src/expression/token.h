/*
 * Tokens of the expression grammars, read one after the other with one looked ahead: a syntax error
 * shows the token and its neighbours.
 */
#ifndef PT_EXPRESSION_TOKEN_H
#define PT_EXPRESSION_TOKEN_H

#include <pocketable/engine/status.h>

typedef enum pt__token_type {
    PT__TOKEN_END = 0,
    PT__TOKEN_NAME,
    PT__TOKEN_NAME_PLACEHOLDER,  /* #n */
    PT__TOKEN_VALUE_PLACEHOLDER, /* :v */
    PT__TOKEN_INTEGER,           /* 0, or digits that do not begin with 0 */
    PT__TOKEN_EQ,
    PT__TOKEN_NE,
    PT__TOKEN_LT,
    PT__TOKEN_LE,
    PT__TOKEN_GT,
    PT__TOKEN_GE,
    PT__TOKEN_PLUS,
    PT__TOKEN_MINUS,
    PT__TOKEN_LEFT,  /* ( */
    PT__TOKEN_RIGHT, /* ) */
    PT__TOKEN_LEFT_BRACKET,
    PT__TOKEN_RIGHT_BRACKET,
    PT__TOKEN_DOT,
    PT__TOKEN_COMMA,
    PT__TOKEN_AND, /* the words, in any case */
    PT__TOKEN_OR,
    PT__TOKEN_NOT,
    PT__TOKEN_BETWEEN,
    PT__TOKEN_IN,
    PT__TOKEN_SET,
    PT__TOKEN_REMOVE,
    PT__TOKEN_ADD,
    PT__TOKEN_DELETE,
    PT__TOKEN_UNKNOWN, /* one character that no token begins with */
} pt__token_type;

typedef struct pt__token {
    pt__token_type type;
    pte_bytes text; /* views the expression; END: empty, at its end */
} pt__token;

typedef struct pt__lexer {
    pte_bytes text;
    pt__token previous; /* text.data NULL: there is none */
    pt__token token;
    pt__token next;
} pt__lexer;

/* Stands on the first token. The text is borrowed. */
void pt__lexer_init(pt__lexer *lexer, pte_bytes text);

/* Goes to the next token; behind the last one it stays. */
void pt__lexer_advance(pt__lexer *lexer);

/* What a syntax error calls the token, and the text from the previous token to the next one. */
pte_bytes pt__lexer_shown(const pt__lexer *lexer);
pte_bytes pt__lexer_near(const pt__lexer *lexer);

/* Whether the bytes are marker ('#' or ':') and at least one letter, digit or underscore. */
bool pt__is_placeholder(pte_bytes text, char marker);

#endif
