/* Compiling conditions and filters: from the tree of the grammar to a program. */
#include "expression/condition.h"

static pt__exception make_test(pt__condition **condition, const pt__compile *compile,
                               const pt__node *node);

/* ---- operands ---- */

static pt__exception make_operand(pt__operand *operand, const pt__compile *compile,
                                  const pt__node *node);

/* https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html
 * (size) */
/* Recursive, as deep as the parser allows. */
static pt__exception make_size(pt__operand *operand, const pt__compile *compile,
                               const pt__node *call) {
    pt__exception exception = PT__OK;
    for (const pt__node *node = call->first; node != NULL && exception == PT__OK;
         node = node->next) {
        exception = make_operand(operand, compile, node); /* more than one is refused below */
    }
    if (exception == PT__OK) {
        exception = pt__check_operand_count(compile, call);
    }
    if (exception != PT__OK) {
        return exception;
    }
    pte_type type = pt__operand_type(operand);
    if (type == PTE_TYPE_N || type == PTE_TYPE_BOOL || type == PTE_TYPE_NULL) {
        return pt__refuse_operand_type(compile, call->text, pte_type_name(type));
    }
    operand->size = true;
    return PT__OK;
}

static pt__exception make_operand(pt__operand *operand, const pt__compile *compile,
                                  const pt__node *node) {
    *operand = (pt__operand){.is_path = node->kind == PT__NODE_PATH};
    if (node->kind == PT__NODE_PATH) {
        return pt__resolve_path(&operand->path, compile, node);
    }
    if (node->kind == PT__NODE_FUNCTION) {
        return make_size(operand, compile, node); /* words.c has refused all others */
    }
    pte_value value;
    pt__exception exception = pt__resolve_value(&value, compile, node);
    return exception != PT__OK
               ? exception
               : pt__operand_of_value(operand, &value, compile->expressions->failure);
}

/* ---- what is wrong with them ---- */

static pt__exception check_distinct(const pt__compile *compile, const pt__node *node,
                                    const pt__operand *operands) {
    return pt__operand_repeats(operands, node->count)
               ? pt__refuse_same_operand(compile, node->text, &operands[0].path)
               : PT__OK;
}

/* The operands whose type is known must be of the types in the list, which ends with NONE. */
static pt__exception check_types(const pt__compile *compile, const pt__node *node,
                                 const pt__operand *operands, const pte_type *allowed) {
    for (size_t i = 0; i < node->count; i++) {
        pte_type type = pt__operand_type(&operands[i]);
        size_t k = 0;
        while (allowed[k] != PTE_TYPE_NONE && allowed[k] != type) {
            k++;
        }
        if (type != PTE_TYPE_NONE && allowed[k] == PTE_TYPE_NONE) {
            return pt__refuse_operand_type(compile, node->text, pte_type_name(type));
        }
    }
    return PT__OK;
}

/* "AttributeValue: {S:a}"; bytes as their base64. */
static pt__exception show_bound(pte_bytes *shown, const pt__compile *compile,
                                const pte_value *value) {
    *shown = value->bytes;
    if (value->type != PTE_TYPE_B) {
        return PT__OK;
    }
    pt__out out = {.allocator = pt__compile_arena(compile)->allocator};
    pt__out_base64(&out, value->bytes);
    pte_bytes quoted = {out.buffer.data, out.buffer.len};
    bool failed = out.failed;
    if (!failed) {
        *shown =
            pte__arena_copy(pt__compile_arena(compile), pte_view(quoted.data + 1, quoted.len - 2));
        failed = shown->data == NULL;
    }
    pt__out_clean_up(&out);
    return failed ? pt__compile_memory(compile) : PT__OK;
}

static pt__exception refuse_bounds(const pt__compile *compile, const char *requirement,
                                   const pte_value *lower, const pte_value *upper) {
    pte_bytes low;
    pte_bytes high;
    pt__exception exception = show_bound(&low, compile, lower);
    if (exception == PT__OK) {
        exception = show_bound(&high, compile, upper);
    }
    if (exception != PT__OK) {
        return exception;
    }
    return pt__invalid(compile,
                       "The BETWEEN operator requires %s; lower bound operand: AttributeValue: "
                       "{%s:%.*s}, upper bound operand: AttributeValue: {%s:%.*s}",
                       requirement, pte_type_name(lower->type), PT__SHOW(low),
                       pte_type_name(upper->type), PT__SHOW(high));
}

static pt__exception check_bounds(const pt__compile *compile, const pt__operand *operands) {
    const char *requirement;
    pt__exception exception =
        pt__operand_bounds_fault(&requirement, operands, compile->expressions->failure);
    return exception == PT__OK && requirement != NULL
               ? refuse_bounds(compile, requirement, &operands[1].value, &operands[2].value)
               : exception;
}

static pt__exception check_in(const pt__compile *compile, const pt__node *node) {
    enum { IN_OPERANDS_MAX = 100 };
    unsigned count = node->count - 1;
    return count <= IN_OPERANDS_MAX
               ? PT__OK
               : pt__invalid(compile,
                             "The IN operator is provided with too many operands; number of "
                             "operands: %u",
                             count);
}

static pt__exception check_operator(const pt__compile *compile, const pt__node *node,
                                    const pt__operand *operands) {
    static const pte_type ordered[] = {PTE_TYPE_S, PTE_TYPE_N, PTE_TYPE_B, PTE_TYPE_NONE};
    pt__exception exception = node->kind == PT__NODE_IN ? check_in(compile, node) : PT__OK;
    if (exception == PT__OK && node->kind >= PT__NODE_LT && node->kind <= PT__NODE_BETWEEN) {
        exception = check_types(compile, node, operands, ordered);
    }
    if (exception == PT__OK) {
        exception = check_distinct(compile, node, operands);
    }
    if (exception == PT__OK && node->kind == PT__NODE_BETWEEN) {
        exception = check_bounds(compile, operands);
    }
    return exception;
}

/* ---- functions ---- */

static pt__exception check_function(const pt__compile *compile, const pt__node *call,
                                    const pt__operand *operands) {
    static const pte_type texts[] = {PTE_TYPE_S, PTE_TYPE_B, PTE_TYPE_NONE};
    pt__exception exception = pt__check_operand_count(compile, call);
    if (exception == PT__OK) {
        exception = check_distinct(compile, call, operands);
    }
    if (exception != PT__OK) {
        return exception;
    }
    if (call->count == 1 && (!operands[0].is_path || operands[0].size)) {
        return pt__invalid(compile,
                           "Operator or function requires a document path; operator or function: "
                           "%.*s",
                           PT__SHOW(call->text));
    }
    return pte_bytes_equal(call->text, pte_str("begins_with"))
               ? check_types(compile, call, operands, texts)
               : PT__OK;
}

/* The type that attribute_type asks for: its second operand must name one. */
static pt__exception read_type(pte_type *type, const pt__compile *compile, const pt__node *call,
                               const pt__operand *operand) {
    pte_type is = pt__operand_type(operand);
    if (is == PTE_TYPE_NONE) {
        return pt__refuse_operand_type(compile, call->text,
                                       "{NULL,SS,S,B,BS,DOUBLE,INTSET,HD,DECIMALSET,DECIMAL,HDS,"
                                       "DOUBLESET,BOOL,NS,N,DICT,FLOAT,INT,L,FS,M}");
    }
    if (is != PTE_TYPE_S) {
        return pt__refuse_operand_type(compile, call->text, pte_type_name(is));
    }
    for (*type = PTE_TYPE_S; *type <= PTE_TYPE_BS; (*type)++) {
        if (pte_bytes_equal(operand->value.bytes, pte_str(pte_type_name(*type)))) {
            return PT__OK;
        }
    }
    return pt__invalid(compile,
                       "Invalid attribute type name found; type: %.*s, valid types: "
                       "{B,NULL,SS,BOOL,L,BS,N,NS,S,M}",
                       PT__SHOW(operand->value.bytes));
}

static pt__test function_test(pte_bytes name) {
    static const struct {
        const char *name;
        pt__test test;
    } tests[] = {
        {"attribute_exists", PT__TEST_EXISTS}, {"attribute_not_exists", PT__TEST_NOT_EXISTS},
        {"attribute_type", PT__TEST_TYPE},     {"begins_with", PT__TEST_BEGINS_WITH},
        {"contains", PT__TEST_CONTAINS},
    };
    size_t i = 0;
    while (!pte_bytes_equal(name, pte_str(tests[i].name))) {
        i++;
    }
    return tests[i].test;
}

/* ---- tests ---- */

static pt__exception make_operands(pt__operand **operands, const pt__compile *compile,
                                   const pt__node *node) {
    *operands = pte__arena_alloc(pt__compile_arena(compile), node->count * sizeof **operands);
    if (*operands == NULL) {
        return pt__compile_memory(compile);
    }
    pt__exception exception = PT__OK;
    size_t i = 0;
    for (const pt__node *child = node->first; child != NULL && exception == PT__OK;
         child = child->next) {
        exception = make_operand(&(*operands)[i++], compile, child);
    }
    return exception;
}

static pt__exception make_of_operands(pt__condition **condition, const pt__compile *compile,
                                      const pt__node *node) {
    pt__operand *operands;
    bool is_function = node->kind == PT__NODE_FUNCTION;
    pt__exception exception = make_operands(&operands, compile, node);
    if (exception == PT__OK) {
        exception = is_function ? check_function(compile, node, operands)
                                : check_operator(compile, node, operands);
    }
    if (exception != PT__OK) {
        return exception;
    }
    pte_type type = PTE_TYPE_NONE;
    pt__test test =
        is_function ? function_test(node->text) : PT__TEST_EQ + (node->kind - PT__NODE_EQ);
    size_t count = node->count;
    if (test == PT__TEST_TYPE) {
        exception = read_type(&type, compile, node, &operands[1]);
        count = 1;
    }
    if (exception == PT__OK) {
        exception = pt__condition_test(condition, pt__compile_arena(compile), test, operands, count,
                                       compile->expressions->failure);
    }
    if (exception == PT__OK) {
        (*condition)->type = type;
    }
    return exception;
}

/* Recursive, as deep as the parser allows. */
static pt__exception make_joined(pt__condition **condition, const pt__compile *compile,
                                 const pt__node *node) {
    pt__condition **children =
        pte__arena_alloc(pt__compile_arena(compile), node->count * sizeof(pt__condition *));
    if (children == NULL) {
        return pt__compile_memory(compile);
    }
    pt__exception exception = PT__OK;
    size_t count = 0;
    for (const pt__node *child = node->first; child != NULL && exception == PT__OK;
         child = child->next) {
        exception = make_test(&children[count++], compile, child);
    }
    if (exception != PT__OK) {
        return exception;
    }
    if (node->kind == PT__NODE_NOT && node->repeat % 2 == 0) {
        *condition = children[0];
        return PT__OK;
    }
    pt__test test = node->kind == PT__NODE_AND  ? PT__TEST_ALL
                    : node->kind == PT__NODE_OR ? PT__TEST_ANY
                                                : PT__TEST_NOT;
    return pt__condition_join(condition, pt__compile_arena(compile), test, children, count,
                              compile->expressions->failure);
}

static pt__exception make_test(pt__condition **condition, const pt__compile *compile,
                               const pt__node *node) {
    bool joins =
        node->kind == PT__NODE_AND || node->kind == PT__NODE_OR || node->kind == PT__NODE_NOT;
    return joins ? make_joined(condition, compile, node)
                 : make_of_operands(condition, compile, node);
}

pt__exception pt__condition_compile_tree(pt__condition **condition, const pt__compile *compile,
                                         const pt__node *root) {
    *condition = NULL;
    pt__exception exception = pt__check_condition_words(compile, root);
    if (exception == PT__OK) {
        exception = make_test(condition, compile, root);
    }
    return exception != PT__OK ? exception : pt__check_operator_count(compile, root);
}

pt__exception pt__condition_compile(pt__condition **condition, pt__expressions *expressions,
                                    pte_bytes text, const char *parameter) {
    pt__compile compile = {expressions, parameter};
    pt__node *root;
    *condition = NULL;
    pt__exception exception = pt__parse_condition(&root, text, parameter, expressions->failure);
    if (exception == PT__OK) {
        exception = pt__condition_compile_tree(condition, &compile, root);
    }
    return exception != PT__OK
               ? exception
               : pt__condition_seal(*condition, expressions->arena, expressions->failure);
}
