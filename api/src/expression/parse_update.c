/* The grammars of projections and updates. */
#include "expression/parser.h"

static pt__exception parse_path_action(pt__node **action, pt__parser *parser) {
    pt__node *path;
    pt__exception exception =
        pt__parser_node(action, parser, PT__NODE_ACTION, parser->lexer.token.text);
    if (exception == PT__OK) {
        exception = pt__parse_path(&path, parser);
    }
    if (exception == PT__OK) {
        pt__node_add(*action, path);
    }
    return exception;
}

static pt__exception parse_sum(pt__node **value, pt__parser *parser, pt__node *left) {
    bool plus = pt__parser_at(parser) == PT__TOKEN_PLUS;
    pt__exception exception = pt__parser_node(value, parser, plus ? PT__NODE_PLUS : PT__NODE_MINUS,
                                              parser->lexer.token.text);
    if (exception != PT__OK) {
        return exception;
    }
    pt__node_add(*value, left);
    pt__lexer_advance(&parser->lexer);
    pt__node *right;
    exception = pt__parse_operand(&right, parser);
    if (exception == PT__OK) {
        pt__node_add(*value, right);
    }
    return exception;
}

static pt__exception parse_set_value(pt__node **value, pt__parser *parser);

/* Recursive, as deep as pt__parser_enter allows. */
static pt__exception parse_parenthesized(pt__node **value, pt__parser *parser) {
    pt__exception exception = pt__parser_enter(parser);
    if (exception != PT__OK) {
        return exception;
    }
    pt__lexer_advance(&parser->lexer);
    exception = parse_set_value(value, parser);
    if (exception == PT__OK) {
        exception = pt__parser_close(parser);
    }
    if (exception == PT__OK && (*value)->parenthesized) {
        return pt__parser_refuse_parentheses(parser);
    }
    if (exception == PT__OK) {
        (*value)->parenthesized = true;
    }
    return exception;
}

/*
 * operand [(+ | -) operand]; one pair of parentheses may stand around all of it. What a parenthesis
 * opened, an operand or the whole sum, shows when it is closed.
 */
static pt__exception parse_set_value(pt__node **value, pt__parser *parser) {
    pt__exception exception = pt__parser_at(parser) == PT__TOKEN_LEFT
                                  ? parse_parenthesized(value, parser)
                                  : pt__parse_plain_operand(value, parser);
    if (exception != PT__OK) {
        return exception;
    }
    bool is_sum = (*value)->kind == PT__NODE_PLUS || (*value)->kind == PT__NODE_MINUS;
    bool sign = pt__parser_at(parser) == PT__TOKEN_PLUS || pt__parser_at(parser) == PT__TOKEN_MINUS;
    return sign && !is_sum ? parse_sum(value, parser, *value) : PT__OK;
}

static pt__exception parse_action(pt__node **action, pt__parser *parser, pt__node_kind section) {
    pt__exception exception = parse_path_action(action, parser);
    if (exception != PT__OK || section == PT__NODE_REMOVE) {
        return exception;
    }
    pt__node *value;
    if (section == PT__NODE_SET) {
        exception = pt__parser_expect(parser, PT__TOKEN_EQ);
        if (exception == PT__OK) {
            exception = parse_set_value(&value, parser);
        }
    } else {
        exception = pt__parse_value(&value, parser);
    }
    if (exception == PT__OK) {
        pt__node_add(*action, value);
    }
    return exception;
}

static pt__exception parse_section(pt__node **section, pt__parser *parser, pt__node_kind kind) {
    pt__exception exception = pt__parser_node(section, parser, kind, parser->lexer.token.text);
    while (exception == PT__OK) {
        pt__node *action;
        pt__lexer_advance(&parser->lexer); /* the section's word or a comma */
        exception = parse_action(&action, parser, kind);
        if (exception == PT__OK) {
            pt__node_add(*section, action);
        }
        if (pt__parser_at(parser) != PT__TOKEN_COMMA) {
            break;
        }
    }
    return exception;
}

pt__exception pt__parse_update(pt__node **root, pte_bytes text, pt__failure *failure) {
    pt__parser parser;
    *root = NULL;
    pt__exception exception = pt__parser_init(&parser, text, "UpdateExpression", failure);
    if (exception == PT__OK) {
        exception = pt__parser_node(root, &parser, PT__NODE_UPDATE, text);
    }
    while (exception == PT__OK) {
        pt__token_type type = pt__parser_at(&parser);
        if (type < PT__TOKEN_SET || type > PT__TOKEN_DELETE) {
            return type == PT__TOKEN_END && (*root)->count != 0 ? PT__OK
                                                                : pt__parser_refuse_token(&parser);
        }
        pt__node *section;
        exception = parse_section(&section, &parser, PT__NODE_SET + (type - PT__TOKEN_SET));
        if (exception == PT__OK) {
            pt__node_add(*root, section);
        }
    }
    return exception;
}

pt__exception pt__parse_projection(pt__node **root, pte_bytes text, pt__failure *failure) {
    pt__parser parser;
    *root = NULL;
    pt__exception exception = pt__parser_init(&parser, text, "ProjectionExpression", failure);
    if (exception == PT__OK) {
        exception = pt__parser_node(root, &parser, PT__NODE_PROJECTION, text);
    }
    while (exception == PT__OK) {
        pt__node *path;
        exception = pt__parse_path(&path, &parser);
        if (exception == PT__OK) {
            pt__node_add(*root, path);
        }
        if (exception != PT__OK || pt__parser_at(&parser) != PT__TOKEN_COMMA) {
            break;
        }
        pt__lexer_advance(&parser.lexer);
    }
    return exception != PT__OK ? exception : pt__parser_expect(&parser, PT__TOKEN_END);
}
