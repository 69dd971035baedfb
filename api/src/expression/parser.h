/* What the parsers of the grammars share: the place in the text, and operands. */
#ifndef PT_EXPRESSION_PARSER_H
#define PT_EXPRESSION_PARSER_H

#include "expression/syntax.h"
#include "expression/token.h"

typedef struct pt__parser {
    pt__lexer lexer;
    const char *parameter;
    pt__failure *failure;
    unsigned depth; /* of open parentheses and calls */
    bool redundant; /* some of those that were closed within those still open */
} pt__parser;

/* Checks the text's length and stands on its first token. Fails: VALIDATION. */
PTE_CHECKED pt__exception pt__parser_init(pt__parser *parser, pte_bytes text, const char *parameter,
                                          pt__failure *failure);

/* The token at which the parser stands is one that must not stand there. */
PTE_CHECKED pt__exception pt__parser_refuse_token(pt__parser *parser);

/* A redundant pair was closed: refuses it now, or when the outermost pair around it is closed. */
PTE_CHECKED pt__exception pt__parser_refuse_parentheses(pt__parser *parser);

/* Goes past a token of this type, or fails. */
PTE_CHECKED pt__exception pt__parser_expect(pt__parser *parser, pt__token_type type);

static inline pt__token_type pt__parser_at(const pt__parser *parser) {
    return parser->lexer.token.type;
}

/*
 * Nesting of parentheses. Close goes past the one that ends what enter began; after a failure in
 * between it is not called, since the parse is over. It fails with the outermost pair if there are
 * redundant ones within: that none is left open is checked before (so does DynamoDB Local).
 */
PTE_CHECKED pt__exception pt__parser_enter(pt__parser *parser);
PTE_CHECKED pt__exception pt__parser_close(pt__parser *parser);

PTE_CHECKED pt__exception pt__parser_node(pt__node **node, pt__parser *parser, pt__node_kind kind,
                                          pte_bytes text);
void pt__node_add(pt__node *parent, pt__node *child);

PTE_CHECKED pt__exception pt__parse_path(pt__node **path, pt__parser *parser);
PTE_CHECKED pt__exception pt__parse_value(pt__node **value, pt__parser *parser);

/* A path, a value or a function's call, without parentheses around it. */
PTE_CHECKED pt__exception pt__parse_plain_operand(pt__node **operand, pt__parser *parser);

/* The same, or one in parentheses. */
PTE_CHECKED pt__exception pt__parse_operand(pt__node **operand, pt__parser *parser);

#endif
