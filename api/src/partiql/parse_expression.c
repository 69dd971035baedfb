/*
 * Parsing expressions. From the loosest to the tightest: OR; AND; NOT; comparisons, IS, IN,
 * BETWEEN, LIKE; ||; + -; * / %; signs; terms. The words of refusals are those measured on the
 * service as far as they are known, and where they are not, made in the same manner.
 *
 * Recursive, at most PT__QL_DEPTH_MAX deep.
 */
#include "partiql/syntax.h"

pt__exception pt__ql_node_new(pt__ql_node **node, pt__ql_parser *parser, pt__ql_kind kind) {
    *node = pte__arena_alloc(parser->lexer.arena, sizeof **node);
    if (*node == NULL) {
        return pt__refuse_memory(parser->failure);
    }
    **node = (pt__ql_node){
        .kind = kind,
        .text = parser->lexer.token.text,
        .place = parser->lexer.token.place,
    };
    return PT__OK;
}

void pt__ql_node_add(pt__ql_node *parent, pt__ql_node *child) {
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

pt__exception pt__ql_take_word(bool *taken, pt__ql_parser *parser, const char *keyword) {
    *taken = pt__ql_at_word(parser, keyword);
    return *taken ? pt__ql_lexer_next(&parser->lexer) : PT__OK;
}

pt__exception pt__ql_expect(pt__ql_parser *parser, pt__ql_type type, const char *name) {
    if (pt__ql_at(parser, type)) {
        return pt__ql_lexer_next(&parser->lexer);
    }
    return pt__refuse(parser->failure, PT__VALIDATION,
                      "Statement wasn't well formed, can't be processed: Expected %s", name);
}

static bool at_operator_word(const pt__ql_parser *parser) {
    static const char *const words[] = {"is", "in", "like", "between", "and", "or", NULL};
    size_t i = 0;
    while (words[i] != NULL && !pt__ql_at_word(parser, words[i])) {
        i++;
    }
    return words[i] != NULL;
}

pt__exception pt__ql_refuse_term(pt__ql_parser *parser) {
    if (pt__ql_at(parser, PT__QL_OPERATOR) || at_operator_word(parser)) {
        return pt__ql_refuse(parser->failure, "Unexpected operator");
    }
    return pt__ql_refuse(parser->failure,
                         pt__ql_at(parser, PT__QL_WORD) ? "Unexpected keyword" : "Unexpected term");
}

/* Goes past an operator, behind which something must stand. */
static pt__exception past_infix(pt__ql_parser *parser) {
    pt__exception exception = pt__ql_lexer_next(&parser->lexer);
    bool ends = pt__ql_at(parser, PT__QL_END) || pt__ql_at(parser, PT__QL_SEMICOLON);
    return exception == PT__OK && ends
               ? pt__ql_refuse(parser->failure,
                               "Missing right-hand side expression of infix operator")
               : exception;
}

static pt__exception enter(pt__ql_parser *parser) {
    return ++parser->depth <= PT__QL_DEPTH_MAX ? pt__ql_lexer_next(&parser->lexer)
                                               : pt__ql_refuse(parser->failure, "");
}

static pt__exception leave(pt__ql_parser *parser, pt__ql_type type, const char *name) {
    parser->depth--;
    return pt__ql_expect(parser, type, name);
}

/* ---- paths ---- */

/* .name, ."name", .* */
static pt__exception parse_dot(pt__ql_node *path, pt__ql_parser *parser) {
    pt__ql_node *step;
    pt__exception exception = pt__ql_lexer_next(&parser->lexer);
    if (exception != PT__OK) {
        return exception;
    }
    bool star = pt__ql_at(parser, PT__QL_OPERATOR) &&
                pte_bytes_equal(pt__ql_token_of(parser)->text, pte_str("*"));
    bool named =
        pt__ql_at(parser, PT__QL_QUOTED) ||
        (pt__ql_at(parser, PT__QL_WORD) && !pt__ql_is_reserved(pt__ql_token_of(parser)->text));
    if (!star && !named) {
        return pt__ql_refuse(parser->failure, "Invalid path dot component");
    }
    exception = pt__ql_node_new(&step, parser, star ? PT__QL_WILD : PT__QL_NAME);
    if (exception == PT__OK) {
        pt__ql_node_add(path, step);
        exception = pt__ql_lexer_next(&parser->lexer);
    }
    return exception;
}

/* [0], ['name'], [*]. DynamoDB Local takes a text in brackets for a name. */
static pt__exception parse_bracket(pt__ql_node *path, pt__ql_parser *parser) {
    pt__ql_node *step;
    pt__exception exception = enter(parser);
    if (exception != PT__OK) {
        return exception;
    }
    bool star = pt__ql_at(parser, PT__QL_OPERATOR) &&
                pte_bytes_equal(pt__ql_token_of(parser)->text, pte_str("*"));
    if (star) {
        exception = pt__ql_node_new(&step, parser, PT__QL_WILD);
        if (exception == PT__OK) {
            exception = pt__ql_lexer_next(&parser->lexer);
        }
    } else {
        exception = pt__ql_parse_expression(&step, parser);
        if (exception == PT__OK && step->kind == PT__QL_VALUE_NUMBER) {
            step->kind = PT__QL_INDEX;
        } else if (exception == PT__OK && step->kind == PT__QL_VALUE_STRING) {
            step->kind = PT__QL_NAME;
        } else if (exception == PT__OK) {
            return pt__refuse(parser->failure, PT__VALIDATION,
                              "Unexpected path component" PT__QL_AT_FORMAT, PT__QL_AT_PLACE(step));
        }
    }
    if (exception == PT__OK) {
        pt__ql_node_add(path, step);
        exception = leave(parser, PT__QL_RIGHT_BRACKET, "RIGHT_BRACKET");
    }
    return exception;
}

pt__exception pt__ql_parse_path(pt__ql_node **path, pt__ql_parser *parser) {
    pt__ql_node *step;
    pt__exception exception = pt__ql_node_new(path, parser, PT__QL_PATH);
    if (exception == PT__OK) {
        exception = pt__ql_node_new(&step, parser, PT__QL_NAME);
    }
    if (exception == PT__OK) {
        pt__ql_node_add(*path, step);
        exception = pt__ql_lexer_next(&parser->lexer);
    }
    while (exception == PT__OK &&
           (pt__ql_at(parser, PT__QL_DOT) || pt__ql_at(parser, PT__QL_LEFT_BRACKET))) {
        exception =
            pt__ql_at(parser, PT__QL_DOT) ? parse_dot(*path, parser) : parse_bracket(*path, parser);
    }
    return exception;
}

/* ---- values ---- */

/* Expressions with commas between, up to the token that ends them. */
static pt__exception parse_elements(pt__ql_node *parent, pt__ql_parser *parser, pt__ql_type end,
                                    const char *end_name) {
    pt__exception exception = enter(parser);
    while (exception == PT__OK && !pt__ql_at(parser, end)) {
        pt__ql_node *element;
        exception = pt__ql_parse_expression(&element, parser);
        if (exception == PT__OK) {
            pt__ql_node_add(parent, element);
        }
        if (exception == PT__OK && !pt__ql_at(parser, PT__QL_COMMA)) {
            break;
        }
        if (exception == PT__OK) {
            exception = past_infix(parser);
        }
    }
    return exception == PT__OK ? leave(parser, end, end_name) : exception;
}

static pt__exception parse_struct(pt__ql_node *map, pt__ql_parser *parser) {
    pt__exception exception = enter(parser);
    while (exception == PT__OK && !pt__ql_at(parser, PT__QL_RIGHT_CURLY)) {
        pt__ql_node *name;
        pt__ql_node *value = NULL;
        exception = pt__ql_parse_expression(&name, parser);
        if (exception == PT__OK) {
            exception = pt__ql_expect(parser, PT__QL_COLON, "COLON");
        }
        if (exception == PT__OK) {
            exception = pt__ql_parse_expression(&value, parser);
        }
        if (exception == PT__OK) {
            pt__ql_node_add(map, name);
            pt__ql_node_add(map, value);
        }
        if (exception == PT__OK && !pt__ql_at(parser, PT__QL_COMMA)) {
            break;
        }
        if (exception == PT__OK) {
            exception = past_infix(parser);
        }
    }
    return exception == PT__OK ? leave(parser, PT__QL_RIGHT_CURLY, "RIGHT_CURLY") : exception;
}

/* A name and a parenthesis. */
static pt__exception parse_call(pt__ql_node **call, pt__ql_parser *parser, pt__ql_node *name) {
    name->kind = PT__QL_FUNCTION;
    *call = name;
    pt__ql_lexer before = parser->lexer; /* at the parenthesis */
    pt__exception exception = pt__ql_lexer_next(&parser->lexer);
    bool star = exception == PT__OK && pt__ql_at(parser, PT__QL_OPERATOR) &&
                pte_bytes_equal(pt__ql_token_of(parser)->text, pte_str("*"));
    if (exception == PT__OK && star) {
        pt__ql_node *child;
        exception = pt__ql_node_new(&child, parser, PT__QL_STAR);
        if (exception == PT__OK) {
            pt__ql_node_add(*call, child);
            exception = pt__ql_lexer_next(&parser->lexer);
        }
        return exception == PT__OK ? pt__ql_expect(parser, PT__QL_RIGHT_PAREN, "RIGHT_PAREN")
                                   : exception;
    }
    if (exception != PT__OK) {
        return exception;
    }
    parser->lexer = before;
    return parse_elements(*call, parser, PT__QL_RIGHT_PAREN, "RIGHT_PAREN");
}

static const struct {
    const char *word;
    pt__ql_kind kind;
} CONSTANTS[] = {
    {"true", PT__QL_VALUE_TRUE},
    {"false", PT__QL_VALUE_FALSE},
    {"null", PT__QL_VALUE_NULL},
    {"missing", PT__QL_VALUE_MISSING},
};
enum { CONSTANTS_COUNT = sizeof CONSTANTS / sizeof *CONSTANTS };

/* A reserved word that is a function's name may be called. */
static bool next_is_paren(const pt__ql_parser *parser) {
    pt__ql_lexer ahead = parser->lexer;
    pt__failure ignored = {.arena = parser->failure->arena};
    ahead.failure = &ignored;
    return pt__ql_lexer_next(&ahead) == PT__OK && ahead.token.type == PT__QL_LEFT_PAREN;
}

static pt__exception parse_word(pt__ql_node **node, pt__ql_parser *parser) {
    for (size_t i = 0; i < CONSTANTS_COUNT; i++) {
        if (pt__ql_at_word(parser, CONSTANTS[i].word)) {
            pt__exception exception = pt__ql_node_new(node, parser, CONSTANTS[i].kind);
            return exception == PT__OK ? pt__ql_lexer_next(&parser->lexer) : exception;
        }
    }
    bool calls = !at_operator_word(parser) && next_is_paren(parser);
    if (pt__ql_is_reserved(pt__ql_token_of(parser)->text) && !calls) {
        return pt__ql_refuse_term(parser);
    }
    if (!calls) {
        return pt__ql_parse_path(node, parser);
    }
    pt__ql_node *name;
    pt__exception exception = pt__ql_node_new(&name, parser, PT__QL_FUNCTION);
    if (exception == PT__OK) {
        exception = pt__ql_lexer_next(&parser->lexer);
    }
    return exception == PT__OK ? parse_call(node, parser, name) : exception;
}

/* A token that is a value by itself. */
static pt__exception parse_single(pt__ql_node **node, pt__ql_parser *parser, pt__ql_kind kind) {
    pt__exception exception = pt__ql_node_new(node, parser, kind);
    if (exception == PT__OK && kind == PT__QL_VALUE_PARAMETER) {
        /* The analyzer does not see that running out of memory is a failure. */
        /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference) */
        (*node)->number = parser->parameter_count++;
    }
    return exception == PT__OK ? pt__ql_lexer_next(&parser->lexer) : exception;
}

static pt__exception parse_container(pt__ql_node **node, pt__ql_parser *parser, pt__ql_kind kind) {
    pt__exception exception = pt__ql_node_new(node, parser, kind);
    if (exception != PT__OK) {
        return exception;
    }
    switch (kind) {
    case PT__QL_VALUE_STRUCT:
        return parse_struct(*node, parser);
    case PT__QL_VALUE_LIST:
        return parse_elements(*node, parser, PT__QL_RIGHT_BRACKET, "RIGHT_BRACKET");
    default:
        return parse_elements(*node, parser, PT__QL_RIGHT_BAG, "RIGHT_DOUBLE_ANGLE_BRACKET");
    }
}

/* (expression), or (a, b), which is a list. */
static pt__exception parse_parens(pt__ql_node **node, pt__ql_parser *parser) {
    pt__ql_node *list;
    pt__exception exception = pt__ql_node_new(&list, parser, PT__QL_VALUE_LIST);
    if (exception == PT__OK) {
        exception = parse_elements(list, parser, PT__QL_RIGHT_PAREN, "RIGHT_PAREN");
    }
    if (exception == PT__OK && list->count == 0) {
        return pt__ql_refuse(parser->failure, "Unexpected term");
    }
    *node = exception == PT__OK && list->count == 1 ? list->first : list;
    return exception;
}

static pt__exception parse_term(pt__ql_node **node, pt__ql_parser *parser) {
    switch (pt__ql_token_of(parser)->type) {
    case PT__QL_WORD:
        return parse_word(node, parser);
    case PT__QL_QUOTED:
        return pt__ql_parse_path(node, parser);
    case PT__QL_STRING:
        return parse_single(node, parser, PT__QL_VALUE_STRING);
    case PT__QL_NUMBER:
        return parse_single(node, parser, PT__QL_VALUE_NUMBER);
    case PT__QL_ION:
        return parse_single(node, parser, PT__QL_VALUE_ION);
    case PT__QL_PARAMETER:
        return parse_single(node, parser, PT__QL_VALUE_PARAMETER);
    case PT__QL_LEFT_BRACKET:
        return parse_container(node, parser, PT__QL_VALUE_LIST);
    case PT__QL_LEFT_BAG:
        return parse_container(node, parser, PT__QL_VALUE_BAG);
    case PT__QL_LEFT_CURLY:
        return parse_container(node, parser, PT__QL_VALUE_STRUCT);
    case PT__QL_LEFT_PAREN:
        return parse_parens(node, parser);
    default:
        return pt__ql_refuse_term(parser);
    }
}

/* ---- operators ---- */

static bool at_symbol(const pt__ql_parser *parser, const char *symbol) {
    return pt__ql_at(parser, PT__QL_OPERATOR) &&
           pte_bytes_equal(pt__ql_token_of(parser)->text, pte_str(symbol));
}

static bool at_any_symbol(const pt__ql_parser *parser, const char *const *symbols) {
    size_t i = 0;
    while (symbols[i] != NULL && !at_symbol(parser, symbols[i])) {
        i++;
    }
    return symbols[i] != NULL;
}

/* Negates the text of a number. */
static pt__exception negate(pt__ql_node *number, pt__ql_parser *parser) {
    if (number->text.len != 0 && number->text.data[0] == '-') {
        number->text = (pte_bytes){number->text.data + 1, number->text.len - 1};
        return PT__OK;
    }
    uint8_t *text = pte__arena_alloc(parser->lexer.arena, number->text.len + 1);
    if (text == NULL) {
        return pt__refuse_memory(parser->failure);
    }
    text[0] = '-';
    memcpy(text + 1, number->text.data, number->text.len);
    number->text = (pte_bytes){text, number->text.len + 1};
    return PT__OK;
}

/* Signs stand before numbers only, as measured on the service; with what words others are refused
 * is not known. */
static pt__exception parse_signed(pt__ql_node **node, pt__ql_parser *parser) {
    bool negative = false;
    bool any = false;
    pt__exception exception = PT__OK;
    while (exception == PT__OK && (at_symbol(parser, "-") || at_symbol(parser, "+"))) {
        negative = negative != at_symbol(parser, "-");
        any = true;
        exception = pt__ql_lexer_next(&parser->lexer);
    }
    if (exception == PT__OK) {
        exception = parse_term(node, parser);
    }
    if (exception != PT__OK || !any || *node == NULL) { /* never NULL, which the analyzer misses */
        return exception;
    }
    if ((*node)->kind != PT__QL_VALUE_NUMBER) {
        return pt__refuse(parser->failure, PT__VALIDATION,
                          "Unsupported operation: sign" PT__QL_AT_FORMAT, PT__QL_AT_PLACE(*node));
    }
    return negative ? negate(*node, parser) : PT__OK;
}

typedef pt__exception (*parse_fn)(pt__ql_node **node, pt__ql_parser *parser);

/* Left-associative operators of two operands. */
static pt__exception parse_infix(pt__ql_node **node, pt__ql_parser *parser, parse_fn operand,
                                 const char *const *symbols) {
    pt__exception exception = operand(node, parser);
    unsigned entered = 0;
    while (exception == PT__OK && at_any_symbol(parser, symbols)) {
        pt__ql_node *sum;
        pt__ql_node *right = NULL;
        /* Each makes the tree one level deeper. */
        entered++;
        exception = ++parser->depth > PT__QL_DEPTH_MAX
                        ? pt__ql_refuse(parser->failure, "")
                        : pt__ql_node_new(&sum, parser, PT__QL_ARITHMETIC);
        if (exception == PT__OK) {
            exception = past_infix(parser);
        }
        if (exception == PT__OK) {
            exception = operand(&right, parser);
        }
        if (exception == PT__OK) {
            pt__ql_node_add(sum, *node);
            pt__ql_node_add(sum, right);
            *node = sum;
        }
    }
    parser->depth -= entered;
    return exception;
}

static pt__exception parse_product(pt__ql_node **node, pt__ql_parser *parser) {
    static const char *const symbols[] = {"*", "/", "%", NULL};
    return parse_infix(node, parser, parse_signed, symbols);
}

static pt__exception parse_sum(pt__ql_node **node, pt__ql_parser *parser) {
    static const char *const symbols[] = {"+", "-", NULL};
    return parse_infix(node, parser, parse_product, symbols);
}

static pt__exception parse_joined_texts(pt__ql_node **node, pt__ql_parser *parser) {
    static const char *const symbols[] = {"||", NULL};
    return parse_infix(node, parser, parse_sum, symbols);
}

/* ---- comparisons ---- */

/* Goes past the operator and parses the operand behind it. */
static pt__exception parse_right(pt__ql_node *parent, pt__ql_parser *parser) {
    pt__ql_node *right;
    pt__exception exception = past_infix(parser);
    if (exception == PT__OK) {
        exception = parse_joined_texts(&right, parser);
    }
    if (exception == PT__OK) {
        pt__ql_node_add(parent, right);
    }
    return exception;
}

static pt__exception parse_between(pt__ql_node *between, pt__ql_parser *parser) {
    pt__exception exception = parse_right(between, parser);
    if (exception == PT__OK && !pt__ql_at_word(parser, "and")) {
        return pt__ql_refuse(parser->failure, "Expected AND");
    }
    return exception == PT__OK ? parse_right(between, parser) : exception;
}

/* The operands behind IN: a list in brackets or parentheses. What else stands there is refused
 * when the condition is compiled. */
static pt__exception parse_in(pt__ql_node *in, pt__ql_parser *parser) {
    pt__exception exception = past_infix(parser);
    bool list = exception == PT__OK &&
                (pt__ql_at(parser, PT__QL_LEFT_BRACKET) || pt__ql_at(parser, PT__QL_LEFT_BAG));
    if (exception == PT__OK && pt__ql_at(parser, PT__QL_LEFT_PAREN)) {
        in->number = 1;
        return parse_elements(in, parser, PT__QL_RIGHT_PAREN, "RIGHT_PAREN");
    }
    if (list) {
        in->number = 1;
        bool bag = pt__ql_at(parser, PT__QL_LEFT_BAG);
        return parse_elements(in, parser, bag ? PT__QL_RIGHT_BAG : PT__QL_RIGHT_BRACKET,
                              bag ? "RIGHT_DOUBLE_ANGLE_BRACKET" : "RIGHT_BRACKET");
    }
    pt__ql_node *other;
    if (exception == PT__OK) {
        exception = parse_joined_texts(&other, parser);
    }
    return exception;
}

/* The types that IS may name; "x IS INT4" is read by the service, and refused later. */
static const char *const TYPES[] = {
    "any",       "bag",     "bigint",   "blob",     "bool",     "boolean", "char",    "character",
    "clob",      "date",    "decimal",  "double",   "float",    "int",     "int2",    "int4",
    "int8",      "integer", "integer2", "integer4", "integer8", "list",    "missing", "null",
    "numeric",   "real",    "sexp",     "smallint", "string",   "struct",  "symbol",  "time",
    "timestamp", "tuple",   "varchar",  NULL};

static pt__exception parse_is(pt__ql_node *is, pt__ql_parser *parser) {
    size_t i = 0;
    while (TYPES[i] != NULL && !pt__ql_at_word(parser, TYPES[i])) {
        i++;
    }
    if (TYPES[i] == NULL) {
        return pt__ql_refuse(parser->failure, "Expected type name");
    }
    is->text = pt__ql_token_of(parser)->text;
    pt__exception exception = pt__ql_lexer_next(&parser->lexer);
    bool two = pt__ql_same_word(is->text, "double") || pt__ql_same_word(is->text, "character");
    bool taken = false;
    if (exception == PT__OK && two) { /* DOUBLE PRECISION, CHARACTER VARYING */
        exception = pt__ql_take_word(&taken, parser, "precision");
    }
    if (exception == PT__OK && two && !taken) {
        exception = pt__ql_take_word(&taken, parser, "varying");
    }
    return exception;
}

/* Wraps *node into a new node of this kind. */
static pt__exception wrap(pt__ql_node **node, pt__ql_parser *parser, pt__ql_kind kind) {
    pt__ql_node *outer;
    pt__exception exception = pt__ql_node_new(&outer, parser, kind);
    if (exception == PT__OK) {
        pt__ql_node_add(outer, *node);
        *node = outer;
    }
    return exception;
}

/* BETWEEN, IN, LIKE; NOT stands before them. */
static pt__exception parse_keyed(pt__ql_node **node, pt__ql_parser *parser) {
    if (pt__ql_at_word(parser, "between")) {
        pt__exception exception = wrap(node, parser, PT__QL_BETWEEN);
        return exception == PT__OK ? parse_between(*node, parser) : exception;
    }
    if (pt__ql_at_word(parser, "in")) {
        pt__exception exception = wrap(node, parser, PT__QL_IN);
        return exception == PT__OK ? parse_in(*node, parser) : exception;
    }
    pt__exception exception = wrap(node, parser, PT__QL_ARITHMETIC);
    return exception == PT__OK ? parse_right(*node, parser) : exception;
}

static bool at_keyed(const pt__ql_parser *parser) {
    return pt__ql_at_word(parser, "between") || pt__ql_at_word(parser, "in") ||
           pt__ql_at_word(parser, "like");
}

/* IS [NOT] type */
static pt__exception parse_is_after(pt__ql_node **node, pt__ql_parser *parser) {
    bool not = false;
    pt__exception exception = wrap(node, parser, PT__QL_IS);
    pt__ql_node *is = exception == PT__OK ? *node : NULL;
    if (exception == PT__OK) {
        exception = past_infix(parser);
    }
    if (exception == PT__OK) {
        exception = pt__ql_take_word(&not, parser, "not");
    }
    if (exception == PT__OK) {
        exception = parse_is(is, parser);
    }
    return exception == PT__OK && not ? wrap(node, parser, PT__QL_NOT) : exception;
}

static pt__exception parse_comparison(pt__ql_node **node, pt__ql_parser *parser) {
    static const char *const symbols[] = {"=", "<>", "!=", "<", "<=", ">", ">=", NULL};
    pt__exception exception = parse_joined_texts(node, parser);
    if (exception != PT__OK) {
        return exception;
    }
    if (at_any_symbol(parser, symbols)) {
        exception = wrap(node, parser, PT__QL_COMPARE);
        return exception == PT__OK ? parse_right(*node, parser) : exception;
    }
    if (pt__ql_at_word(parser, "is")) {
        return parse_is_after(node, parser);
    }
    bool not = false;
    exception = pt__ql_take_word(&not, parser, "not");
    if (exception == PT__OK && at_keyed(parser)) {
        exception = parse_keyed(node, parser);
    } else if (exception == PT__OK && not ) {
        return pt__ql_refuse(parser->failure, "Unexpected token after expression");
    }
    return exception == PT__OK && not ? wrap(node, parser, PT__QL_NOT) : exception;
}

static pt__exception parse_not(pt__ql_node **node, pt__ql_parser *parser) {
    pt__ql_node *not = NULL;
    pt__exception exception = PT__OK;
    bool negated = false;
    while (exception == PT__OK && pt__ql_at_word(parser, "not")) {
        negated = !negated;
        if (not == NULL) {
            exception = pt__ql_node_new(&not, parser, PT__QL_NOT);
        }
        if (exception == PT__OK) {
            exception = pt__ql_lexer_next(&parser->lexer);
        }
    }
    if (exception == PT__OK) {
        exception = parse_comparison(node, parser);
    }
    if (exception == PT__OK && negated) {
        pt__ql_node_add(not, *node);
        *node = not ;
    }
    return exception;
}

/* Operands with a keyword between, all children of one node. */
static pt__exception parse_chain(pt__ql_node **node, pt__ql_parser *parser, parse_fn operand,
                                 pt__ql_kind kind, const char *keyword) {
    pt__exception exception = operand(node, parser);
    pt__ql_node *chain = NULL;
    while (exception == PT__OK && pt__ql_at_word(parser, keyword)) {
        pt__ql_node *right = NULL;
        if (chain == NULL) {
            exception = wrap(node, parser, kind);
            chain = exception == PT__OK ? *node : NULL;
        }
        if (exception == PT__OK) {
            exception = past_infix(parser);
        }
        if (exception == PT__OK) {
            exception = operand(&right, parser);
        }
        if (exception == PT__OK) {
            pt__ql_node_add(chain, right);
        }
    }
    return exception;
}

static pt__exception parse_and(pt__ql_node **node, pt__ql_parser *parser) {
    return parse_chain(node, parser, parse_not, PT__QL_AND, "and");
}

pt__exception pt__ql_parse_expression(pt__ql_node **node, pt__ql_parser *parser) {
    return parse_chain(node, parser, parse_and, PT__QL_OR, "or");
}
