/*
 * The grammar of conditions, filters and key conditions. An operand alone is no condition, but it
 * may stand in parentheses before its operator: "(a) = :a"; which of the two a parenthesis opens
 * shows when it is closed.
 */
#include "expression/parser.h"

static pt__exception parse_or(pt__node **node, pt__parser *parser, bool operand_allowed);

static bool is_operand(const pt__node *node) {
    return node->kind == PT__NODE_PATH || node->kind == PT__NODE_VALUE ||
           node->kind == PT__NODE_FUNCTION;
}

static pt__exception add_operand(pt__node *test, pt__parser *parser) {
    pt__node *operand;
    pt__exception exception = pt__parse_operand(&operand, parser);
    if (exception == PT__OK) {
        pt__node_add(test, operand);
    }
    return exception;
}

static pt__exception parse_bounds(pt__node *test, pt__parser *parser) {
    pt__exception exception = add_operand(test, parser);
    if (exception == PT__OK) {
        exception = pt__parser_expect(parser, PT__TOKEN_AND);
    }
    return exception != PT__OK ? exception : add_operand(test, parser);
}

static pt__exception parse_list(pt__node *test, pt__parser *parser) {
    if (pt__parser_at(parser) != PT__TOKEN_LEFT) {
        return pt__parser_refuse_token(parser);
    }
    pt__exception exception;
    do {
        pt__lexer_advance(&parser->lexer); /* the parenthesis or a comma */
        exception = add_operand(test, parser);
    } while (exception == PT__OK && pt__parser_at(parser) == PT__TOKEN_COMMA);
    return exception != PT__OK ? exception : pt__parser_expect(parser, PT__TOKEN_RIGHT);
}

static bool test_kind(pt__node_kind *kind, pt__token_type type) {
    switch (type) {
    case PT__TOKEN_EQ:
    case PT__TOKEN_NE:
    case PT__TOKEN_LT:
    case PT__TOKEN_LE:
    case PT__TOKEN_GT:
    case PT__TOKEN_GE:
        *kind = PT__NODE_EQ + (type - PT__TOKEN_EQ);
        return true;
    case PT__TOKEN_BETWEEN:
        *kind = PT__NODE_BETWEEN;
        return true;
    case PT__TOKEN_IN:
        *kind = PT__NODE_IN;
        return true;
    default:
        return false;
    }
}

/* The operator and what is right of it. */
static pt__exception parse_test(pt__node **node, pt__parser *parser, pt__node *left,
                                pt__node_kind kind) {
    if (left->redundant) {
        return pt__parser_refuse_parentheses(parser);
    }
    pte_bytes name = parser->lexer.token.text; /* in messages, words are in upper case */
    if (kind == PT__NODE_BETWEEN || kind == PT__NODE_IN) {
        name = pte_str(kind == PT__NODE_IN ? "IN" : "BETWEEN");
    }
    pt__exception exception = pt__parser_node(node, parser, kind, name);
    if (exception != PT__OK) {
        return exception;
    }
    pt__node_add(*node, left);
    pt__lexer_advance(&parser->lexer);
    if (kind == PT__NODE_BETWEEN) {
        return parse_bounds(*node, parser);
    }
    return kind == PT__NODE_IN ? parse_list(*node, parser) : add_operand(*node, parser);
}

/* Recursive, as deep as pt__parser_enter allows. */
static pt__exception parse_parenthesized(pt__node **node, pt__parser *parser) {
    pt__exception exception = pt__parser_enter(parser);
    if (exception != PT__OK) {
        return exception;
    }
    pt__lexer_advance(&parser->lexer);
    exception = parse_or(node, parser, true);
    if (exception == PT__OK) {
        exception = pt__parser_close(parser);
    }
    if (exception != PT__OK) {
        return exception;
    }
    (*node)->redundant = (*node)->parenthesized;
    (*node)->parenthesized = true;
    bool may_lack_operator = (*node)->kind == PT__NODE_PATH || (*node)->kind == PT__NODE_VALUE;
    return (*node)->redundant && !may_lack_operator ? pt__parser_refuse_parentheses(parser)
                                                    : PT__OK;
}

static pt__exception parse_primary(pt__node **node, pt__parser *parser, bool operand_allowed) {
    pt__exception exception = pt__parser_at(parser) == PT__TOKEN_LEFT
                                  ? parse_parenthesized(node, parser)
                                  : pt__parse_plain_operand(node, parser);
    if (exception != PT__OK || !is_operand(*node)) {
        return exception;
    }
    pt__node_kind kind;
    if (test_kind(&kind, pt__parser_at(parser))) {
        return parse_test(node, parser, *node, kind);
    }
    bool alone = operand_allowed && pt__parser_at(parser) == PT__TOKEN_RIGHT;
    return (*node)->kind == PT__NODE_FUNCTION || alone ? PT__OK : pt__parser_refuse_token(parser);
}

static pt__exception parse_not(pt__node **node, pt__parser *parser, bool operand_allowed) {
    uint32_t repeat = 0;
    pte_bytes word = parser->lexer.token.text;
    while (pt__parser_at(parser) == PT__TOKEN_NOT) {
        repeat++;
        pt__lexer_advance(&parser->lexer);
    }
    pt__exception exception = parse_primary(node, parser, operand_allowed && repeat == 0);
    if (exception != PT__OK || repeat == 0) {
        return exception;
    }
    pt__node *negated = *node;
    exception = pt__parser_node(node, parser, PT__NODE_NOT, word);
    if (exception == PT__OK) {
        (*node)->repeat = repeat;
        pt__node_add(*node, negated);
    }
    return exception;
}

static pt__exception parse_part(pt__node **node, pt__parser *parser, pt__node_kind kind,
                                bool operand_allowed);

/* One or more parts with the operator between them. */
static pt__exception parse_joined(pt__node **node, pt__parser *parser, pt__node_kind kind,
                                  bool operand_allowed) {
    pt__token_type token = kind == PT__NODE_OR ? PT__TOKEN_OR : PT__TOKEN_AND;
    pt__exception exception = parse_part(node, parser, kind, operand_allowed);
    if (exception != PT__OK || pt__parser_at(parser) != token) {
        return exception;
    }
    pt__node *first = *node;
    exception = pt__parser_node(node, parser, kind, parser->lexer.token.text);
    if (exception == PT__OK) {
        pt__node_add(*node, first);
    }
    while (exception == PT__OK && pt__parser_at(parser) == token) {
        pt__node *part;
        pt__lexer_advance(&parser->lexer);
        exception = parse_part(&part, parser, kind, false);
        if (exception == PT__OK) {
            pt__node_add(*node, part);
        }
    }
    return exception;
}

static pt__exception parse_part(pt__node **node, pt__parser *parser, pt__node_kind kind,
                                bool operand_allowed) {
    return kind == PT__NODE_OR ? parse_joined(node, parser, PT__NODE_AND, operand_allowed)
                               : parse_not(node, parser, operand_allowed);
}

static pt__exception parse_or(pt__node **node, pt__parser *parser, bool operand_allowed) {
    return parse_joined(node, parser, PT__NODE_OR, operand_allowed);
}

pt__exception pt__parse_condition(pt__node **root, pte_bytes text, const char *parameter,
                                  pt__failure *failure) {
    pt__parser parser;
    *root = NULL;
    pt__exception exception = pt__parser_init(&parser, text, parameter, failure);
    if (exception == PT__OK) {
        exception = parse_or(root, &parser, false);
    }
    return exception != PT__OK ? exception : pt__parser_expect(&parser, PT__TOKEN_END);
}
