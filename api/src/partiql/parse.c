/* Parsing statements. */
#include "partiql/statement.h"

const char *pt__ql_returning_text(pt__ql_returning returning) {
    static const char *const texts[] = {"", "ALL OLD *", "MODIFIED OLD *", "ALL NEW *",
                                        "MODIFIED NEW *"};
    return texts[returning];
}

/* A statement under way, and the first thing that is refused once all of it is known to be well
 * formed. */
typedef struct parse {
    pt__ql_parser parser;
    pt__ql_statement *statement;
    const char *refusal;
} parse;

static void refuse_later(parse *p, const char *text) {
    if (p->refusal == NULL) {
        p->refusal = text;
    }
}

static pt__exception next(parse *p) {
    return pt__ql_lexer_next(&p->parser.lexer);
}

static pt__exception ill_formed(parse *p, const char *detail) {
    return pt__ql_refuse(p->parser.failure, detail);
}

static pt__exception expect_word(parse *p, const char *word, const char *detail) {
    bool taken;
    pt__exception exception = pt__ql_take_word(&taken, &p->parser, word);
    return exception == PT__OK && !taken ? ill_formed(p, detail) : exception;
}

/* ---- tables ---- */

static bool at_name(const parse *p) {
    return pt__ql_at(&p->parser, PT__QL_QUOTED) ||
           (pt__ql_at(&p->parser, PT__QL_WORD) && !pt__ql_is_reserved(p->parser.lexer.token.text));
}

/* The words are the service's. */
static void check_source(parse *p, const pt__ql_node *path, bool selects) {
    for (const pt__ql_node *step = path->first; step != NULL; step = step->next) {
        if (step->kind == PT__QL_INDEX) {
            refuse_later(p, "Invalid list expression in source.");
        } else if (step->kind == PT__QL_WILD) {
            refuse_later(p, "Invalid path dot component in this operation, expecting either an "
                            "IDENTIFIER or STAR.");
        } else if (step->text.len == 0) {
            refuse_later(p, "Path component cannot be an empty string");
        }
    }
    if (!selects && path->count > 1) {
        refuse_later(p, "FROM clause may only contain a single table name in data manipulation "
                        "statements");
    } else if (path->count > 2) {
        refuse_later(p, "A path may contain at most 2 components in the FROM clause");
    }
}

static pt__exception parse_source(parse *p, bool selects) {
    pt__ql_node *path;
    if (!at_name(p)) {
        return selects ? pt__ql_refuse_term(&p->parser)
                       : ill_formed(p, "Expected identifier for simple path");
    }
    pt__exception exception = pt__ql_parse_path(&path, &p->parser);
    if (exception != PT__OK) {
        return exception;
    }
    check_source(p, path, selects);
    p->statement->table = path->first->text;
    p->statement->index = path->count > 1 ? path->first->next->text : (pte_bytes){NULL, 0};
    return PT__OK;
}

/* [AS] name, [AT name] */
static pt__exception parse_alias(parse *p) {
    bool as;
    pt__exception exception = pt__ql_take_word(&as, &p->parser, "as");
    if (exception == PT__OK && !as) {
        exception = pt__ql_take_word(&as, &p->parser, "at");
    }
    if (exception == PT__OK && (as || at_name(p))) {
        refuse_later(p, "Aliasing is not supported");
        exception = at_name(p) ? next(p) : ill_formed(p, "Expected identifier for alias");
    }
    return exception;
}

static pt__exception parse_where(parse *p) {
    bool taken;
    pt__ql_node *where = NULL;
    pt__exception exception = pt__ql_take_word(&taken, &p->parser, "where");
    if (exception == PT__OK && taken) {
        exception = pt__ql_parse_expression(&where, &p->parser);
        p->statement->where = where;
    }
    return exception;
}

/* ---- SELECT ---- */

static bool at_star(const parse *p) {
    return pt__ql_at(&p->parser, PT__QL_OPERATOR) &&
           pte_bytes_equal(p->parser.lexer.token.text, pte_str("*"));
}

static pt__exception parse_columns(parse *p) {
    pt__ql_node *columns;
    pt__exception exception = PT__OK;
    if (pt__ql_at_word(&p->parser, "distinct")) {
        refuse_later(p, "Unsupported token in expression: DISTINCT");
        exception = next(p);
    } else if (pt__ql_at_word(&p->parser, "value") || pt__ql_at_word(&p->parser, "pivot")) {
        refuse_later(p, "Select projection doesn't support value or pivot keywords");
        exception = next(p);
    }
    if (exception == PT__OK && at_star(p)) {
        return next(p);
    }
    if (exception == PT__OK) {
        exception = pt__ql_node_new(&columns, &p->parser, PT__QL_VALUE_LIST);
    }
    for (bool more = true; exception == PT__OK && more;) {
        pt__ql_node *column;
        exception = pt__ql_parse_expression(&column, &p->parser);
        if (exception == PT__OK) {
            pt__ql_node_add(columns, column);
            p->statement->columns = columns;
            exception = parse_alias(p);
        }
        more = exception == PT__OK && pt__ql_at(&p->parser, PT__QL_COMMA);
        if (more) {
            exception = next(p);
        }
    }
    return exception;
}

/* GROUP BY, HAVING, LIMIT: known to PartiQL, not to DynamoDB. The words are DynamoDB Local's. */
static pt__exception parse_unsupported(parse *p) {
    pt__ql_node *node;
    if (pt__ql_at_word(&p->parser, "group")) {
        return pt__refuse(p->parser.failure, PT__VALIDATION, "Unsupported clause: GROUP BY");
    }
    if (pt__ql_at_word(&p->parser, "having")) {
        return pt__refuse(p->parser.failure, PT__VALIDATION, "Unsupported clause: HAVING");
    }
    if (!pt__ql_at_word(&p->parser, "limit")) {
        return PT__OK;
    }
    pt__exception exception = next(p);
    if (exception == PT__OK) {
        exception = pt__ql_parse_expression(&node, &p->parser);
    }
    return exception != PT__OK
               ? exception
               : pt__refuse(p->parser.failure, PT__VALIDATION,
                            "Unsupported clause: LIMIT" PT__QL_AT_FORMAT, PT__QL_AT_PLACE(node));
}

static pt__exception parse_order(parse *p, pt__ql_order ***end) {
    pt__ql_node *node;
    pt__exception exception = pt__ql_parse_expression(&node, &p->parser);
    if (exception != PT__OK) {
        return exception;
    }
    if (node->kind != PT__QL_PATH || node->count != 1) {
        refuse_later(p, node->kind == PT__QL_PATH
                            ? "Argument to ORDER BY must be of type VariableReference. Type: PATH"
                            : "Argument to ORDER BY must be of type VariableReference.");
    }
    pt__ql_order *order = pte__arena_alloc(p->parser.lexer.arena, sizeof *order);
    if (order == NULL) {
        return pt__refuse_memory(p->parser.failure);
    }
    *order = (pt__ql_order){.name = node->kind == PT__QL_PATH ? node->first->text : node->text};
    **end = order;
    *end = &order->next;
    bool ascending;
    exception = pt__ql_take_word(&ascending, &p->parser, "asc");
    if (exception == PT__OK && !ascending) {
        exception = pt__ql_take_word(&order->descending, &p->parser, "desc");
    }
    return exception;
}

static pt__exception parse_orders(parse *p) {
    pt__ql_order *first = NULL;
    pt__ql_order **end = &first;
    bool more;
    pt__exception exception = pt__ql_take_word(&more, &p->parser, "order");
    if (exception != PT__OK || !more) {
        return exception;
    }
    exception = expect_word(p, "by", "Expected BY");
    while (exception == PT__OK && more) {
        exception = parse_order(p, &end);
        more = exception == PT__OK && pt__ql_at(&p->parser, PT__QL_COMMA);
        if (more) {
            exception = next(p);
        }
    }
    p->statement->orders = first;
    return exception;
}

/* Behind SELECT. */
static pt__exception parse_select(parse *p) {
    p->statement->operation = PT__QL_SELECT;
    pt__exception exception = parse_columns(p);
    if (exception == PT__OK) {
        exception = expect_word(p, "from", "Expected FROM");
    }
    if (exception == PT__OK) {
        exception = parse_source(p, true);
    }
    if (exception == PT__OK) {
        exception = parse_alias(p);
    }
    if (exception == PT__OK && pt__ql_at(&p->parser, PT__QL_COMMA)) {
        return pt__refuse(p->parser.failure, PT__VALIDATION,
                          "Only select from a single table or index is supported.");
    }
    if (exception == PT__OK) {
        exception = parse_where(p);
    }
    if (exception == PT__OK) {
        exception = parse_orders(p);
    }
    return exception == PT__OK ? parse_unsupported(p) : exception;
}

static pt__exception parse_exists(parse *p) {
    pt__exception exception = pt__ql_expect(&p->parser, PT__QL_LEFT_PAREN, "LEFT_PAREN");
    if (exception == PT__OK) {
        exception = expect_word(p, "select", "Unexpected term");
    }
    if (exception == PT__OK) {
        exception = parse_select(p);
    }
    p->statement->operation = PT__QL_EXISTS;
    return exception == PT__OK ? pt__ql_expect(&p->parser, PT__QL_RIGHT_PAREN, "RIGHT_PAREN")
                               : exception;
}

/* ---- RETURNING ---- */

static pt__exception parse_returning(parse *p) {
    bool taken;
    bool all;
    bool modified = false;
    bool old = false;
    bool new = false;
    pt__exception exception = pt__ql_take_word(&taken, &p->parser, "returning");
    if (exception != PT__OK || !taken) {
        return exception;
    }
    exception = pt__ql_take_word(&all, &p->parser, "all");
    if (exception == PT__OK && !all) {
        exception = pt__ql_take_word(&modified, &p->parser, "modified");
    }
    if (exception == PT__OK) {
        exception = pt__ql_take_word(&old, &p->parser, "old");
    }
    if (exception == PT__OK && !old) {
        exception = pt__ql_take_word(&new, &p->parser, "new");
    }
    if (exception != PT__OK) {
        return exception;
    }
    if ((!all && !modified) || (!old && !new) || pt__ql_at(&p->parser, PT__QL_END)) {
        return ill_formed(p, "Expected returning elements");
    }
    if (!at_star(p)) {
        return pt__refuse(p->parser.failure, PT__VALIDATION,
                          "Expected '*' after ( MODIFIED | ALL ) ( NEW | OLD ) in RETURNING "
                          "clause");
    }
    p->statement->returning = PT__QL_RETURNING_ALL_OLD + (modified ? 1 : 0) + (new ? 2 : 0);
    exception = next(p);
    if (exception == PT__OK && pt__ql_at(&p->parser, PT__QL_COMMA)) {
        return pt__refuse(p->parser.failure, PT__VALIDATION,
                          "Invalid syntax with multiple returning elements in RETURNING clause");
    }
    return exception;
}

/* ---- INSERT ---- */

/* Behind INSERT. Several items (VALUES, or no keyword at all) are PartiQL, but not DynamoDB's. */
static pt__exception parse_insert(parse *p) {
    pt__ql_node *item = NULL;
    bool one = false;
    bool several = false;
    p->statement->operation = PT__QL_INSERT;
    pt__exception exception = expect_word(p, "into", "Expected INTO");
    if (exception == PT__OK) {
        exception = parse_source(p, false);
    }
    if (exception == PT__OK) {
        exception = pt__ql_take_word(&one, &p->parser, "value");
    }
    if (exception == PT__OK && !one) {
        exception = pt__ql_take_word(&several, &p->parser, "values");
    }
    if (exception == PT__OK && !one && at_name(p)) {
        return ill_formed(p, "Unexpected token after expression");
    }
    if (exception == PT__OK) {
        exception = pt__ql_parse_expression(&item, &p->parser);
    }
    if (exception == PT__OK && !one) {
        refuse_later(p, "Unsupported operation: Inserting multiple items in a single statement is "
                        "not supported, use \"INSERT INTO tableName VALUE item\" instead");
    }
    if (exception == PT__OK && pt__ql_at_word(&p->parser, "returning")) {
        refuse_later(p, "RETURNING is not supported in INSERT");
        exception = parse_returning(p);
    }
    p->statement->item = item;
    return exception;
}

/* ---- UPDATE and DELETE ---- */

static pt__exception add_assignment(parse *p, pt__ql_assignment ***end, bool sets) {
    pt__ql_node *path;
    pt__ql_node *value = NULL;
    if (!at_name(p)) {
        return ill_formed(p, "Expected identifier for simple path");
    }
    pt__exception exception = pt__ql_parse_path(&path, &p->parser);
    bool equals = exception == PT__OK && pt__ql_at(&p->parser, PT__QL_OPERATOR) &&
                  pte_bytes_equal(p->parser.lexer.token.text, pte_str("="));
    if (exception == PT__OK && sets && !equals) {
        return ill_formed(p, "Expected EQ");
    }
    if (exception == PT__OK && sets) {
        exception = next(p);
    }
    if (exception == PT__OK && sets) {
        exception = pt__ql_parse_expression(&value, &p->parser);
    }
    if (exception != PT__OK) {
        return exception;
    }
    pt__ql_assignment *made = pte__arena_alloc(p->parser.lexer.arena, sizeof *made);
    if (made == NULL) {
        return pt__refuse_memory(p->parser.failure);
    }
    *made = (pt__ql_assignment){.path = path, .value = value};
    **end = made;
    *end = &made->next;
    return PT__OK;
}

/* SET path = value, path = value ...; REMOVE path. Any number of them. */
static pt__exception parse_assignments(parse *p) {
    pt__ql_assignment **end = &p->statement->assignments;
    pt__exception exception = PT__OK;
    while (exception == PT__OK &&
           (pt__ql_at_word(&p->parser, "set") || pt__ql_at_word(&p->parser, "remove"))) {
        bool sets = pt__ql_at_word(&p->parser, "set");
        bool more = true;
        exception = next(p);
        while (exception == PT__OK && more) {
            exception = add_assignment(p, &end, sets);
            more = exception == PT__OK && sets && pt__ql_at(&p->parser, PT__QL_COMMA);
            if (more) {
                exception = next(p);
            }
        }
    }
    return exception == PT__OK && p->statement->assignments == NULL
               ? ill_formed(p, "Expected data manipulation")
               : exception;
}

/* Behind UPDATE. */
static pt__exception parse_update(parse *p) {
    p->statement->operation = PT__QL_UPDATE;
    pt__exception exception = parse_source(p, false);
    if (exception == PT__OK) {
        exception = parse_alias(p);
    }
    if (exception == PT__OK) {
        exception = parse_assignments(p);
    }
    if (exception == PT__OK) {
        exception = parse_where(p);
    }
    return exception == PT__OK ? parse_returning(p) : exception;
}

/* Behind FROM: FROM table WHERE ... SET ..., PartiQL's other way to write UPDATE. */
static pt__exception parse_from(parse *p) {
    p->statement->operation = PT__QL_UPDATE;
    pt__exception exception = parse_source(p, false);
    if (exception == PT__OK) {
        exception = parse_alias(p);
    }
    if (exception == PT__OK) {
        exception = parse_where(p);
    }
    if (exception == PT__OK) {
        exception = parse_assignments(p);
    }
    return exception == PT__OK ? parse_returning(p) : exception;
}

/* Behind DELETE. */
static pt__exception parse_delete(parse *p) {
    p->statement->operation = PT__QL_DELETE;
    pt__exception exception = expect_word(p, "from", "Expected FROM");
    if (exception == PT__OK) {
        exception = parse_source(p, false);
    }
    if (exception == PT__OK) {
        exception = parse_alias(p);
    }
    if (exception == PT__OK) {
        exception = parse_where(p);
    }
    if (exception == PT__OK) {
        exception = parse_returning(p);
    }
    pt__ql_returning returning = p->statement->returning;
    if (exception == PT__OK && returning > PT__QL_RETURNING_ALL_OLD) {
        return pt__refuse(p->parser.failure, PT__VALIDATION,
                          "Invalid returning clause: RETURNING %s. Only RETURNING ALL OLD * is "
                          "allowed in DELETE statements.",
                          pt__ql_returning_text(returning));
    }
    return exception;
}

/* ---- anything else ---- */

/* An expression by itself is well formed, and refused. */
static pt__exception parse_other(parse *p) {
    static const char *const names[] = {
        [PT__QL_PATH] = "VariableReference",
        [PT__QL_IS] = "IsType",
        [PT__QL_ARITHMETIC] = "",
    };
    pt__ql_node *node;
    pt__exception exception = pt__ql_parse_expression(&node, &p->parser);
    if (exception == PT__VALIDATION && pt__ql_at_word(&p->parser, "from")) {
        return ill_formed(p, "Expected data manipulation");
    }
    if (exception != PT__OK) {
        return exception;
    }
    if (!pt__ql_at(&p->parser, PT__QL_END)) {
        return ill_formed(p, "Unexpected token after expression");
    }
    bool named = node->kind == PT__QL_PATH || node->kind == PT__QL_IS;
    return pt__refuse(p->parser.failure, PT__VALIDATION, "Unsupported operation: %s",
                      named ? names[node->kind] : "Expression");
}

/* CREATE and DROP of TABLE and INDEX, by DynamoDB Local's names. */
static pt__exception refuse_definition(parse *p, const char *verb) {
    pt__exception exception = next(p);
    if (exception != PT__OK) {
        return exception;
    }
    bool index = pt__ql_at_word(&p->parser, "index");
    if (!index && !pt__ql_at_word(&p->parser, "table")) {
        return ill_formed(p, "Unexpected token after expression");
    }
    return pt__refuse(p->parser.failure, PT__VALIDATION, "Unsupported operation: %s%s", verb,
                      index ? "Index" : "Table");
}

static const struct {
    const char *word;
    pt__exception (*parse)(parse *p);
} STATEMENTS[] = {
    {"select", parse_select}, {"insert", parse_insert}, {"update", parse_update},
    {"delete", parse_delete}, {"exists", parse_exists}, {"from", parse_from},
};
enum { STATEMENTS_COUNT = sizeof STATEMENTS / sizeof *STATEMENTS };

static pt__exception parse_statement(parse *p) {
    for (size_t i = 0; i < STATEMENTS_COUNT; i++) {
        if (pt__ql_at_word(&p->parser, STATEMENTS[i].word)) {
            pt__exception exception = next(p);
            return exception == PT__OK ? STATEMENTS[i].parse(p) : exception;
        }
    }
    if (pt__ql_at_word(&p->parser, "create")) {
        return refuse_definition(p, "Create");
    }
    return pt__ql_at_word(&p->parser, "drop") ? refuse_definition(p, "Drop") : parse_other(p);
}

pt__exception pt__ql_parse(pt__ql_statement *statement, pte_bytes text, pt__failure *failure) {
    parse p = {.parser = {.failure = failure}, .statement = statement};
    *statement = (pt__ql_statement){.operation = PT__QL_SELECT};
    pt__ql_lexer_init(&p.parser.lexer, text, failure);
    pt__exception exception = next(&p);
    if (exception == PT__OK) {
        exception = parse_statement(&p);
    }
    if (exception == PT__OK && pt__ql_at(&p.parser, PT__QL_SEMICOLON)) {
        exception = next(&p);
    }
    if (exception == PT__OK && !pt__ql_at(&p.parser, PT__QL_END)) {
        exception = ill_formed(&p, "Unexpected token after expression");
    }
    if (exception == PT__OK && p.refusal != NULL) {
        return pt__refuse(failure, PT__VALIDATION, "%s", p.refusal);
    }
    statement->parameter_count = p.parser.parameter_count;
    return exception;
}
