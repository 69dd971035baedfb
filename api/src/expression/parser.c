/* The parts of the grammars that are the same everywhere: paths, values, calls, parentheses. */
#include "expression/parser.h"

#include "expression/expression.h"

#include <string.h>

/*
 * What is too long is told apart by parameter: those that test say how long it is.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
 * ("the maximum length of any expression string is 4 KB")
 */
pt__exception pt__parser_init(pt__parser *parser, pte_bytes text, const char *parameter,
                              pt__failure *failure) {
    *parser = (pt__parser){.parameter = parameter, .failure = failure};
    if (text.len == 0) {
        return pt__refuse_request(failure, "Invalid %s: The expression can not be empty;",
                                  parameter);
    }
    if (text.len > PT__EXPRESSION_BYTES_MAX) {
        bool says_size = strcmp(parameter, "UpdateExpression") != 0 &&
                         strcmp(parameter, "ProjectionExpression") != 0;
        return says_size ? pt__refuse_request(
                               failure,
                               "Invalid %s: Expression size has exceeded the maximum allowed "
                               "size; expression size: %zu",
                               parameter, text.len)
                         : pt__refuse_request(
                               failure,
                               "Invalid %s: Expression size has exceeded the maximum allowed "
                               "size;",
                               parameter);
    }
    pt__lexer_init(&parser->lexer, text);
    return PT__OK;
}

pt__exception pt__parser_refuse_token(pt__parser *parser) {
    pte_bytes token = pt__lexer_shown(&parser->lexer);
    pte_bytes near = pt__lexer_near(&parser->lexer);
    return pt__refuse_request(parser->failure,
                              "Invalid %s: Syntax error; token: \"%.*s\", near: \"%.*s\"",
                              parser->parameter, PT__SHOW(token), PT__SHOW(near));
}

pt__exception pt__parser_refuse_parentheses(pt__parser *parser) {
    if (parser->depth != 0) {
        parser->redundant = true;
        return PT__OK;
    }
    return pt__refuse_request(parser->failure,
                              "Invalid %s: The expression has redundant parentheses;",
                              parser->parameter);
}

pt__exception pt__parser_expect(pt__parser *parser, pt__token_type type) {
    if (pt__parser_at(parser) != type) {
        return pt__parser_refuse_token(parser);
    }
    pt__lexer_advance(&parser->lexer);
    return PT__OK;
}

pt__exception pt__parser_enter(pt__parser *parser) {
    if (parser->depth == PT__SYNTAX_DEPTH_MAX) {
        /* Whatever else is wrong with it, so deep an expression has too many operators. */
        return pt__refuse_request(
            parser->failure,
            "Invalid %s: The expression contains too many operators; operator "
            "count: %d",
            parser->parameter, PT__EXPRESSION_OPERATORS_MAX + 1);
    }
    parser->depth++;
    return PT__OK;
}

pt__exception pt__parser_close(pt__parser *parser) {
    parser->depth--;
    pt__exception exception = pt__parser_expect(parser, PT__TOKEN_RIGHT);
    return exception == PT__OK && parser->redundant ? pt__parser_refuse_parentheses(parser)
                                                    : exception;
}

pt__exception pt__parser_node(pt__node **node, pt__parser *parser, pt__node_kind kind,
                              pte_bytes text) {
    *node = pte__arena_alloc(parser->failure->arena, sizeof **node);
    if (*node == NULL) {
        return pt__refuse_memory(parser->failure);
    }
    **node = (pt__node){.kind = kind, .text = text};
    return PT__OK;
}

void pt__node_add(pt__node *parent, pt__node *child) {
    /* The analyzer does not see that running out of memory is a failure. */
    /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference) */
    if (parent->last == NULL) {
        parent->first = child;
    } else {
        parent->last->next = child;
    }
    parent->last = child;
    parent->count++;
}

static pt__exception add_step(pt__node *path, pt__parser *parser, pt__node_kind kind) {
    pt__node *step;
    pt__exception exception = pt__parser_node(&step, parser, kind, parser->lexer.token.text);
    if (exception == PT__OK) {
        pt__node_add(path, step);
        pt__lexer_advance(&parser->lexer);
    }
    return exception;
}

static pt__exception parse_element(pt__node *path, pt__parser *parser) {
    if (pt__parser_at(parser) == PT__TOKEN_NAME) {
        return add_step(path, parser, PT__NODE_NAME);
    }
    if (pt__parser_at(parser) == PT__TOKEN_NAME_PLACEHOLDER) {
        return add_step(path, parser, PT__NODE_NAME_PLACEHOLDER);
    }
    return pt__parser_refuse_token(parser);
}

static pt__exception parse_index(pt__node *path, pt__parser *parser) {
    pt__lexer_advance(&parser->lexer);
    if (pt__parser_at(parser) != PT__TOKEN_INTEGER) {
        return pt__parser_refuse_token(parser);
    }
    pt__exception exception = add_step(path, parser, PT__NODE_INDEX);
    return exception != PT__OK ? exception : pt__parser_expect(parser, PT__TOKEN_RIGHT_BRACKET);
}

pt__exception pt__parse_path(pt__node **path, pt__parser *parser) {
    pt__exception exception =
        pt__parser_node(path, parser, PT__NODE_PATH, parser->lexer.token.text);
    if (exception == PT__OK) {
        exception = parse_element(*path, parser);
    }
    while (exception == PT__OK) {
        if (pt__parser_at(parser) == PT__TOKEN_DOT) {
            pt__lexer_advance(&parser->lexer);
            exception = parse_element(*path, parser);
        } else if (pt__parser_at(parser) == PT__TOKEN_LEFT_BRACKET) {
            exception = parse_index(*path, parser);
        } else {
            break;
        }
    }
    return exception;
}

pt__exception pt__parse_value(pt__node **value, pt__parser *parser) {
    if (pt__parser_at(parser) != PT__TOKEN_VALUE_PLACEHOLDER) {
        return pt__parser_refuse_token(parser);
    }
    pt__exception exception =
        pt__parser_node(value, parser, PT__NODE_VALUE, parser->lexer.token.text);
    pt__lexer_advance(&parser->lexer);
    return exception;
}

/* Recursive, as deep as pt__parser_enter allows. */
static pt__exception parse_call(pt__node **call, pt__parser *parser) {
    pt__exception exception =
        pt__parser_node(call, parser, PT__NODE_FUNCTION, parser->lexer.token.text);
    if (exception == PT__OK) {
        exception = pt__parser_enter(parser);
    }
    if (exception != PT__OK) {
        return exception;
    }
    pt__lexer_advance(&parser->lexer); /* the name; what follows is a parenthesis or a comma */
    do {
        pt__lexer_advance(&parser->lexer);
        pt__node *operand;
        exception = pt__parse_operand(&operand, parser);
        if (exception == PT__OK) {
            pt__node_add(*call, operand);
        }
    } while (exception == PT__OK && pt__parser_at(parser) == PT__TOKEN_COMMA);
    return exception != PT__OK ? exception : pt__parser_close(parser);
}

pt__exception pt__parse_plain_operand(pt__node **operand, pt__parser *parser) {
    if (pt__parser_at(parser) == PT__TOKEN_VALUE_PLACEHOLDER) {
        return pt__parse_value(operand, parser);
    }
    if (pt__parser_at(parser) == PT__TOKEN_NAME && parser->lexer.next.type == PT__TOKEN_LEFT) {
        return parse_call(operand, parser);
    }
    return pt__parse_path(operand, parser);
}

pt__exception pt__parse_operand(pt__node **operand, pt__parser *parser) {
    if (pt__parser_at(parser) != PT__TOKEN_LEFT) {
        return pt__parse_plain_operand(operand, parser);
    }
    pt__exception exception = pt__parser_enter(parser);
    if (exception != PT__OK) {
        return exception;
    }
    pt__lexer_advance(&parser->lexer);
    exception = pt__parse_operand(operand, parser);
    if (exception == PT__OK) {
        exception = pt__parser_close(parser);
    }
    if (exception == PT__OK && (*operand)->parenthesized) {
        return pt__parser_refuse_parentheses(parser);
    }
    if (exception == PT__OK) {
        (*operand)->parenthesized = true;
    }
    return exception;
}
