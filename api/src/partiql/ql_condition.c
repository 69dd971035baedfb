/*
 * WHERE as a program.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-operators.html
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-functions.html
 *
 * Recursive, as deep as the parser allows.
 */
#include "partiql/compile.h"

#include "expression/program.h"

enum { IN_OPERANDS_MAX = 100 }; /* ql-operators: "up to 100 non-key attributes" */

static pt__exception make_test(pt__condition **condition, const pt__ql_context *context,
                               const pt__ql_node *node);

/* ---- operands ---- */

static bool is_condition(const pt__ql_node *node) {
    return (node->kind >= PT__QL_OR && node->kind <= PT__QL_IS) ||
           (node->kind == PT__QL_FUNCTION && !pt__ql_same_word(node->text, "size"));
}

static pt__exception refuse_operator(const pt__ql_context *context, const pt__ql_node *node) {
    pte_bytes name = pt__ql_lower(context, node->text);
    return pt__refuse(context->failure, PT__VALIDATION,
                      "Unsupported operator in Condition Expression. Operator: %.*s",
                      PT__SHOW(name));
}

static pt__exception refuse_function(const pt__ql_context *context, const pt__ql_node *call) {
    pte_bytes name = pt__ql_lower(context, call->text);
    return pt__refuse(context->failure, PT__VALIDATION,
                      "Unrecognized function: %.*s" PT__QL_AT_FORMAT, PT__SHOW(name),
                      PT__QL_AT_PLACE(call));
}

static pt__exception refuse_count(const pt__ql_context *context, pte_bytes name,
                                  const pt__ql_node *call) {
    return pt__refuse(context->failure, PT__VALIDATION,
                      "Incorrect number of operands for operator or function; operator or "
                      "function: %.*s, number of operands: %u",
                      PT__SHOW(name), (unsigned)call->count);
}

static pt__exception refuse_type(const pt__ql_context *context, pte_bytes name, pte_type type) {
    pt__expressions expressions;
    pt__compile compile = pt__ql_compile(&expressions, context);
    return pt__refuse_operand_type(&compile, name, pte_type_name(type));
}

static pt__exception make_operand(pt__operand *operand, const pt__ql_context *context,
                                  const pt__ql_node *node);

static pt__exception make_size(pt__operand *operand, const pt__ql_context *context,
                               const pt__ql_node *call) {
    if (call->count != 1) {
        return refuse_count(context, pte_str("size"), call);
    }
    pt__exception exception = make_operand(operand, context, call->first);
    if (exception != PT__OK) {
        return exception;
    }
    pte_type type = pt__operand_type(operand);
    if (type == PTE_TYPE_N || type == PTE_TYPE_BOOL || type == PTE_TYPE_NULL) {
        return refuse_type(context, pte_str("size"), type);
    }
    operand->size = true;
    return PT__OK;
}

static pt__exception make_operand(pt__operand *operand, const pt__ql_context *context,
                                  const pt__ql_node *node) {
    *operand = (pt__operand){.is_path = node->kind == PT__QL_PATH};
    if (node->kind == PT__QL_PATH) {
        return pt__ql_path(&operand->path, context, node);
    }
    if (node->kind == PT__QL_FUNCTION) {
        return pt__ql_same_word(node->text, "size") ? make_size(operand, context, node)
                                                    : refuse_function(context, node);
    }
    if (!pt__ql_is_value(node)) {
        return refuse_operator(context, node);
    }
    pte_value value;
    pt__exception exception = pt__ql_value(&value, context, node);
    return exception == PT__OK ? pt__operand_of_value(operand, &value, context->failure)
                               : exception;
}

/* The children of node; *operands lies in the arena. */
static pt__exception make_operands(pt__operand **operands, const pt__ql_context *context,
                                   const pt__ql_node *node) {
    *operands = pte__arena_alloc(context->failure->arena, node->count * sizeof **operands);
    if (*operands == NULL) {
        return pt__refuse_memory(context->failure);
    }
    pt__exception exception = PT__OK;
    size_t i = 0;
    for (const pt__ql_node *child = node->first; child != NULL && exception == PT__OK;
         child = child->next) {
        exception = make_operand(&(*operands)[i++], context, child);
    }
    return exception;
}

/* ---- what is wrong with them ---- */

static pt__exception check_distinct(const pt__ql_context *context, pte_bytes name,
                                    const pt__operand *operands, size_t count) {
    pt__expressions expressions;
    pt__compile compile = pt__ql_compile(&expressions, context);
    return pt__operand_repeats(operands, count)
               ? pt__refuse_same_operand(&compile, name, &operands[0].path)
               : PT__OK;
}

/* Operands whose type is known must be S, N (unless texts_only) or B. */
static pt__exception check_types(const pt__ql_context *context, pte_bytes name,
                                 const pt__operand *operands, size_t count, bool texts_only) {
    for (size_t i = 0; i < count; i++) {
        pte_type type = pt__operand_type(&operands[i]);
        bool fits = type == PTE_TYPE_NONE || type == PTE_TYPE_S || type == PTE_TYPE_B ||
                    (type == PTE_TYPE_N && !texts_only);
        if (!fits) {
            return refuse_type(context, name, type);
        }
    }
    return PT__OK;
}

/* Bounds in messages: their text; of bytes no more than the type is known to be shown. */
static pt__exception refuse_bounds(const pt__ql_context *context, const char *requirement,
                                   const pte_value *lower, const pte_value *upper) {
    pte_bytes low = lower->type == PTE_TYPE_B ? (pte_bytes){NULL, 0} : lower->bytes;
    pte_bytes high = upper->type == PTE_TYPE_B ? (pte_bytes){NULL, 0} : upper->bytes;
    return pt__refuse(context->failure, PT__VALIDATION,
                      "The BETWEEN operator requires %s; lower bound operand: AttributeValue: "
                      "{%s:%.*s}, upper bound operand: AttributeValue: {%s:%.*s}",
                      requirement, pte_type_name(lower->type), PT__SHOW(low),
                      pte_type_name(upper->type), PT__SHOW(high));
}

static pt__exception check_bounds(const pt__ql_context *context, const pt__operand *operands) {
    const char *requirement;
    pt__exception exception = pt__operand_bounds_fault(&requirement, operands, context->failure);
    return exception == PT__OK && requirement != NULL
               ? refuse_bounds(context, requirement, &operands[1].value, &operands[2].value)
               : exception;
}

/* ---- tests ---- */

static pt__exception test(pt__condition **condition, const pt__ql_context *context, pt__test kind,
                          const pt__operand *operands, size_t count) {
    return pt__condition_test(condition, context->failure->arena, kind, operands, count,
                              context->failure);
}

static pt__exception negate(pt__condition **condition, const pt__ql_context *context) {
    pt__condition *inner = *condition;
    return pt__condition_join(condition, context->failure->arena, PT__TEST_NOT, &inner, 1,
                              context->failure);
}

static pt__exception make_between(pt__condition **condition, const pt__ql_context *context,
                                  const pt__ql_node *node) {
    static const pte_bytes name = {(const uint8_t *)"BETWEEN", 7};
    pt__operand *operands;
    pt__exception exception = make_operands(&operands, context, node);
    if (exception == PT__OK) {
        exception = check_types(context, name, operands, 3, false);
    }
    if (exception == PT__OK) {
        exception = check_distinct(context, name, operands, 3);
    }
    if (exception == PT__OK) {
        exception = check_bounds(context, operands);
    }
    return exception == PT__OK ? test(condition, context, PT__TEST_BETWEEN, operands, 3)
                               : exception;
}

static pt__exception make_in(pt__condition **condition, const pt__ql_context *context,
                             const pt__ql_node *node) {
    pt__operand *operands;
    if (node->number == 0 || node->count < 2) {
        return pt__refuse(context->failure, PT__VALIDATION,
                          "IN operator must have a left hand argument of type Variable Reference "
                          "and right hand argument of type Seq with at least one member");
    }
    pt__exception exception = make_operands(&operands, context, node);
    if (exception == PT__OK && node->count - 1 > IN_OPERANDS_MAX) {
        return pt__refuse(context->failure, PT__VALIDATION,
                          "The IN operator is provided with too many operands; number of operands: "
                          "%u",
                          (unsigned)node->count - 1);
    }
    if (exception == PT__OK) {
        exception = check_distinct(context, pte_str("IN"), operands, node->count);
    }
    return exception == PT__OK ? test(condition, context, PT__TEST_IN, operands, node->count)
                               : exception;
}

static const struct {
    const char *word;
    pte_type type; /* NONE: MISSING */
} IS_TYPES[] = {
    {"missing", PTE_TYPE_NONE}, {"null", PTE_TYPE_NULL}, {"boolean", PTE_TYPE_BOOL},
    {"blob", PTE_TYPE_B},       {"string", PTE_TYPE_S},  {"numeric", PTE_TYPE_N},
    {"struct", PTE_TYPE_M},     {"tuple", PTE_TYPE_M},   {"list", PTE_TYPE_L},
};
enum { IS_TYPES_COUNT = sizeof IS_TYPES / sizeof *IS_TYPES };

static pt__exception make_is(pt__condition **condition, const pt__ql_context *context,
                             const pt__ql_node *node) {
    pt__operand operand;
    size_t i = 0;
    while (i < IS_TYPES_COUNT && !pt__ql_same_word(node->text, IS_TYPES[i].word)) {
        i++;
    }
    if (i == IS_TYPES_COUNT) {
        return pt__refuse(context->failure, PT__VALIDATION,
                          "Unsupported data type for IS operator: %.*s. Supported data types are "
                          "[MISSING, NULL, BOOLEAN, BLOB, STRING, NUMERIC, STRUCT, TUPLE, LIST]",
                          PT__SHOW(node->text));
    }
    if (node->first->kind != PT__QL_PATH && !pt__ql_is_value(node->first)) {
        return pt__refuse(context->failure, PT__VALIDATION,
                          "The left hand side argument to IS must be a Variable Reference, "
                          "Literal, or Path");
    }
    pt__exception exception = make_operand(&operand, context, node->first);
    if (exception == PT__OK) {
        pte_type type = IS_TYPES[i].type;
        exception = test(condition, context,
                         type == PTE_TYPE_NONE ? PT__TEST_NOT_EXISTS : PT__TEST_TYPE, &operand, 1);
        if (exception == PT__OK) {
            (*condition)->type = type;
        }
    }
    return exception;
}

/* ---- comparisons ---- */

static const struct {
    const char *symbol;
    pt__test test;
    const char *name;
} COMPARISONS[] = {
    {"=", PT__TEST_EQ, "="},   {"<>", PT__TEST_NE, "<>"}, {"!=", PT__TEST_NE, "<>"},
    {"<", PT__TEST_LT, "<"},   {"<=", PT__TEST_LE, "<="}, {">", PT__TEST_GT, ">"},
    {">=", PT__TEST_GE, ">="},
};

static size_t comparison_of(const pt__ql_node *node) {
    size_t i = 0;
    while (!pte_bytes_equal(node->text, pte_str(COMPARISONS[i].symbol))) {
        i++;
    }
    return i;
}

static bool is_truth(const pt__ql_node *node) {
    return node->kind == PT__QL_VALUE_TRUE || node->kind == PT__QL_VALUE_FALSE;
}

/* A condition compared with TRUE or FALSE is that condition, or its opposite; the service compares
 * conditions with other things too, which is not done here. */
static pt__exception make_truth(pt__condition **condition, const pt__ql_context *context,
                                const pt__ql_node *inner, const pt__ql_node *truth, pt__test kind) {
    if (!is_truth(truth)) {
        return pt__refuse(context->failure, PT__VALIDATION,
                          "The arguments to AND/OR must be Expressions");
    }
    if (kind != PT__TEST_EQ && kind != PT__TEST_NE) {
        return refuse_type(context, pte_str(COMPARISONS[3 + (kind - PT__TEST_LT)].name),
                           PTE_TYPE_BOOL);
    }
    pt__exception exception = make_test(condition, context, inner);
    bool opposite = (truth->kind == PT__QL_VALUE_TRUE) != (kind == PT__TEST_EQ);
    return exception == PT__OK && opposite ? negate(condition, context) : exception;
}

static pt__exception make_comparison(pt__condition **condition, const pt__ql_context *context,
                                     const pt__ql_node *node) {
    size_t which = comparison_of(node);
    pt__test kind = COMPARISONS[which].test;
    pte_bytes name = pte_str(COMPARISONS[which].name);
    pt__operand *operands;
    if (is_condition(node->first)) {
        return make_truth(condition, context, node->first, node->last, kind);
    }
    if (is_condition(node->last)) {
        return make_truth(condition, context, node->last, node->first, kind);
    }
    pt__exception exception = make_operands(&operands, context, node);
    if (exception == PT__OK && kind >= PT__TEST_LT) {
        exception = check_types(context, name, operands, 2, false);
    }
    if (exception == PT__OK) {
        exception = check_distinct(context, name, operands, 2);
    }
    return exception == PT__OK ? test(condition, context, kind, operands, 2) : exception;
}

/* ---- functions ---- */

static const struct {
    const char *name;
    uint32_t operands;
    pt__test test;
} FUNCTIONS[] = {
    {"attribute_exists", 1, PT__TEST_EXISTS}, {"attribute_not_exists", 1, PT__TEST_NOT_EXISTS},
    {"attribute_type", 2, PT__TEST_TYPE},     {"begins_with", 2, PT__TEST_BEGINS_WITH},
    {"contains", 2, PT__TEST_CONTAINS},
};
enum { FUNCTIONS_COUNT = sizeof FUNCTIONS / sizeof *FUNCTIONS };

static pt__exception read_type(pte_type *type, const pt__ql_context *context,
                               const pt__operand *operand) {
    pte_type is = pt__operand_type(operand);
    if (is != PTE_TYPE_S) {
        return refuse_type(context, pte_str("attribute_type"), is);
    }
    for (*type = PTE_TYPE_S; *type <= PTE_TYPE_BS; (*type)++) {
        if (pte_bytes_equal(operand->value.bytes, pte_str(pte_type_name(*type)))) {
            return PT__OK;
        }
    }
    return pt__refuse(context->failure, PT__VALIDATION,
                      "Invalid attribute type name found; type: %.*s, valid types: "
                      "{N,BS,L,B,NULL,M,S,SS,NS,BOOL}",
                      PT__SHOW(operand->value.bytes));
}

static pt__exception check_call(const pt__ql_context *context, size_t which,
                                const pt__ql_node *call, const pt__operand *operands) {
    pte_bytes name = pte_str(FUNCTIONS[which].name);
    if (call->count != FUNCTIONS[which].operands) {
        return refuse_count(context, name, call);
    }
    pt__exception exception = check_distinct(context, name, operands, call->count);
    bool needs_path = FUNCTIONS[which].operands == 1;
    if (exception == PT__OK && needs_path && (!operands[0].is_path || operands[0].size)) {
        return pt__refuse(context->failure, PT__VALIDATION,
                          "Operator or function requires a document path; operator or function: "
                          "%.*s",
                          PT__SHOW(name));
    }
    return exception == PT__OK && FUNCTIONS[which].test == PT__TEST_BEGINS_WITH
               ? check_types(context, name, operands, 2, true)
               : exception;
}

static pt__exception make_call(pt__condition **condition, const pt__ql_context *context,
                               const pt__ql_node *call) {
    pt__operand *operands;
    pte_type type = PTE_TYPE_NONE;
    size_t which = 0;
    while (which < FUNCTIONS_COUNT && !pt__ql_same_word(call->text, FUNCTIONS[which].name)) {
        which++;
    }
    if (which == FUNCTIONS_COUNT && pt__ql_same_word(call->text, "size")) {
        return pt__refuse(context->failure, PT__VALIDATION,
                          "WHERE clause must contain an expression that resolves to a boolean");
    }
    if (which == FUNCTIONS_COUNT) {
        return refuse_function(context, call);
    }
    pt__exception exception = make_operands(&operands, context, call);
    if (exception == PT__OK) {
        exception = check_call(context, which, call, operands);
    }
    pt__test kind = FUNCTIONS[which].test;
    size_t count = FUNCTIONS[which].operands;
    if (exception == PT__OK && kind == PT__TEST_TYPE) {
        exception = read_type(&type, context, &operands[1]);
        count = 1;
    }
    if (exception == PT__OK) {
        exception = test(condition, context, kind, operands, count);
    }
    if (exception == PT__OK) {
        (*condition)->type = type;
    }
    return exception;
}

/* ---- all together ---- */

static pt__exception make_joined(pt__condition **condition, const pt__ql_context *context,
                                 const pt__ql_node *node) {
    pt__condition **children =
        pte__arena_alloc(context->failure->arena, node->count * sizeof(pt__condition *));
    if (children == NULL) {
        return pt__refuse_memory(context->failure);
    }
    pt__exception exception = PT__OK;
    size_t count = 0;
    for (const pt__ql_node *child = node->first; child != NULL && exception == PT__OK;
         child = child->next) {
        exception = make_test(&children[count++], context, child);
    }
    if (exception != PT__OK) {
        return exception;
    }
    pt__test kind = node->kind == PT__QL_AND  ? PT__TEST_ALL
                    : node->kind == PT__QL_OR ? PT__TEST_ANY
                                              : PT__TEST_NOT;
    return pt__condition_join(condition, context->failure->arena, kind, children, count,
                              context->failure);
}

static pt__exception make_test(pt__condition **condition, const pt__ql_context *context,
                               const pt__ql_node *node) {
    switch (node->kind) {
    case PT__QL_AND:
    case PT__QL_OR:
    case PT__QL_NOT:
        return make_joined(condition, context, node);
    case PT__QL_COMPARE:
        return make_comparison(condition, context, node);
    case PT__QL_BETWEEN:
        return make_between(condition, context, node);
    case PT__QL_IN:
        return make_in(condition, context, node);
    case PT__QL_IS:
        return make_is(condition, context, node);
    case PT__QL_FUNCTION:
        return make_call(condition, context, node);
    case PT__QL_ARITHMETIC:
        return refuse_operator(context, node);
    default:
        return pt__refuse(context->failure, PT__VALIDATION,
                          "WHERE clause must contain an expression that resolves to a boolean");
    }
}

pt__exception pt__ql_condition(pt__condition **condition, const pt__ql_context *context,
                               const pt__ql_node *where) {
    *condition = NULL;
    pt__exception exception = make_test(condition, context, where);
    return exception == PT__OK
               ? pt__condition_seal(*condition, context->failure->arena, context->failure)
               : exception;
}
