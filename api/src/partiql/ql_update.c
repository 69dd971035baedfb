/*
 * SET and REMOVE as an update.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.update.html
 * set_add and set_delete are what ADD and DELETE are in update expressions.
 *
 * Recursive, as deep as the parser allows.
 */
#include "partiql/compile.h"

#include "expression/update.h"

static pt__exception make_term(pt__term **term, const pt__ql_context *context,
                               const pt__ql_node *node);

/* ---- terms ---- */

static pt__exception make_operands(pt__term *term, const pt__ql_context *context,
                                   const pt__ql_node *node) {
    pt__term *left = NULL;
    pt__term *right = NULL;
    pt__exception exception = make_term(&left, context, node->first);
    if (exception == PT__OK) {
        exception = make_term(&right, context, node->last);
    }
    term->left = left;
    term->right = right;
    return exception;
}

/* Operands that are constants must be of this type. */
static pt__exception check_types(const pt__ql_context *context, const pt__term *term,
                                 pte_bytes name, pte_type type) {
    const pt__term *operands[] = {term->left, term->right};
    pt__expressions expressions;
    pt__compile compile = pt__ql_compile(&expressions, context);
    for (size_t i = 0; i < 2; i++) {
        if (operands[i]->kind == PT__TERM_LIST_APPEND) { /* of sums; lists are looked at before */
            return pt__refuse_operand_type(&compile, name, pte_type_name(PTE_TYPE_L));
        }
        if (operands[i]->kind == PT__TERM_VALUE && operands[i]->value.type != type) {
            return pt__refuse_operand_type(&compile, name, pte_type_name(operands[i]->value.type));
        }
    }
    return PT__OK;
}

static pt__exception make_sum(pt__term *term, const pt__ql_context *context,
                              const pt__ql_node *node) {
    bool plus = pte_bytes_equal(node->text, pte_str("+"));
    if (!plus && !pte_bytes_equal(node->text, pte_str("-"))) {
        pte_bytes name = pt__ql_lower(context, node->text);
        return pt__refuse(context->failure, PT__VALIDATION,
                          "Unsupported operator in Update Expression. Operator: %.*s",
                          PT__SHOW(name));
    }
    term->kind = plus ? PT__TERM_PLUS : PT__TERM_MINUS;
    pt__exception exception = make_operands(term, context, node);
    return exception == PT__OK ? check_types(context, term, node->text, PTE_TYPE_N) : exception;
}

static bool is_plain(const pt__term *term) {
    return term->kind == PT__TERM_PATH || term->kind == PT__TERM_VALUE ||
           term->kind == PT__TERM_IF_NOT_EXISTS;
}

/* list_append(list, list), if_not_exists(path, value). */
static pt__exception make_call(pt__term *term, const pt__ql_context *context,
                               const pt__ql_node *call) {
    bool appends = pt__ql_same_word(call->text, "list_append");
    pte_bytes name = pt__ql_lower(context, call->text);
    if (pt__ql_same_word(call->text, "size")) {
        return pt__refuse(context->failure, PT__VALIDATION,
                          "The function is not allowed in an update expression; function: size");
    }
    if (!appends && !pt__ql_same_word(call->text, "if_not_exists")) {
        return pt__refuse(context->failure, PT__VALIDATION,
                          "Unrecognized function: %.*s" PT__QL_AT_FORMAT, PT__SHOW(name),
                          PT__QL_AT_PLACE(call));
    }
    if (call->count != 2) {
        return pt__refuse(context->failure, PT__VALIDATION,
                          "Incorrect number of operands for operator or function; operator or "
                          "function: %.*s, number of operands: %u",
                          PT__SHOW(name), (unsigned)call->count);
    }
    term->kind = appends ? PT__TERM_LIST_APPEND : PT__TERM_IF_NOT_EXISTS;
    pt__exception exception = make_operands(term, context, call);
    if (exception != PT__OK) {
        return exception;
    }
    if (!is_plain(term->left) || !is_plain(term->right)) {
        return pt__refuse(context->failure, PT__VALIDATION,
                          "Unsupported operation: %.*s of an expression" PT__QL_AT_FORMAT,
                          PT__SHOW(name), PT__QL_AT_PLACE(call));
    }
    if (appends) {
        return check_types(context, term, name, PTE_TYPE_L);
    }
    if (term->left->kind != PT__TERM_PATH) {
        return pt__refuse(context->failure, PT__VALIDATION,
                          "Operator or function requires a document path; operator or function: "
                          "%.*s",
                          PT__SHOW(name));
    }
    term->path = term->left->path;
    return PT__OK;
}

static pt__exception make_term(pt__term **term, const pt__ql_context *context,
                               const pt__ql_node *node) {
    pt__term *made = pte__arena_alloc(context->failure->arena, sizeof *made);
    if (made == NULL) {
        return pt__refuse_memory(context->failure);
    }
    *made = (pt__term){.kind = PT__TERM_PATH};
    *term = made;
    if (node->kind == PT__QL_PATH) {
        return pt__ql_path(&made->path, context, node);
    }
    if (node->kind == PT__QL_FUNCTION) {
        return make_call(made, context, node);
    }
    if (node->kind == PT__QL_ARITHMETIC) {
        return make_sum(made, context, node);
    }
    if (node->kind == PT__QL_IS) {
        return pt__refuse(context->failure, PT__VALIDATION,
                          "IS operator is not supported in update expressions");
    }
    made->kind = PT__TERM_VALUE;
    return pt__ql_value(&made->value, context, node);
}

/* ---- sets ---- */

static bool is_set(pte_type type) {
    return type == PTE_TYPE_SS || type == PTE_TYPE_NS || type == PTE_TYPE_BS;
}

/* path = set_add(path, set), path = set_delete(path, set). */
static pt__exception make_set_change(pt__action *action, const pt__ql_context *context,
                                     const pt__ql_node *call, bool adds) {
    const char *name = adds ? "ADD" : "DELETE";
    pt__failure *failure = context->failure;
    pt__path first;
    if (call->count != 2) {
        return pt__refuse(failure, PT__VALIDATION,
                          "SET_%s must have exactly two arguments" PT__QL_AT_FORMAT, name,
                          PT__QL_AT_PLACE(call));
    }
    bool is_path = call->first->kind == PT__QL_PATH;
    pt__exception exception = is_path ? pt__ql_path(&first, context, call->first) : PT__OK;
    if (exception != PT__OK) {
        return exception;
    }
    if (!is_path || !pt__path_equal(&first, &action->path)) {
        return pt__refuse(
            failure, PT__VALIDATION,
            "The first argument to SET_%s must equal the assignment value" PT__QL_AT_FORMAT, name,
            PT__QL_AT_PLACE(call));
    }
    bool is_value = pt__ql_is_value(call->last);
    exception = is_value ? pt__ql_value(&action->value, context, call->last) : PT__OK;
    if (exception == PT__OK && (!is_value || !is_set(action->value.type))) {
        /* The place told is the first argument's. */
        return pt__refuse(
            failure, PT__VALIDATION,
            "The second argument to SET_%s must be a value with type SET" PT__QL_AT_FORMAT, name,
            PT__QL_AT_PLACE(call->first));
    }
    action->kind = adds ? PT__ACTION_ADD : PT__ACTION_DELETE;
    return exception;
}

/* ---- actions ---- */

static pt__exception make_action(pt__action *action, const pt__ql_context *context,
                                 const pt__ql_assignment *assignment) {
    const pt__ql_node *value = assignment->value;
    *action = (pt__action){.kind = value == NULL ? PT__ACTION_REMOVE : PT__ACTION_SET};
    pt__exception exception = pt__ql_path(&action->path, context, assignment->path);
    if (exception != PT__OK || value == NULL) {
        return exception;
    }
    bool calls = value->kind == PT__QL_FUNCTION;
    if (calls && pt__ql_same_word(value->text, "set_add")) {
        return make_set_change(action, context, value, true);
    }
    if (calls && pt__ql_same_word(value->text, "set_delete")) {
        return make_set_change(action, context, value, false);
    }
    return make_term(&action->term, context, value);
}

pt__exception pt__ql_update(pt__update **update, const pt__ql_context *context,
                            const pt__ql_statement *statement) {
    size_t count = 0;
    for (const pt__ql_assignment *a = statement->assignments; a != NULL; a = a->next) {
        count++;
    }
    *update = NULL;
    pt__action *actions = pte__arena_alloc(context->failure->arena, count * sizeof *actions);
    if (actions == NULL) {
        return pt__refuse_memory(context->failure);
    }
    pt__exception exception = PT__OK;
    size_t i = 0;
    for (const pt__ql_assignment *a = statement->assignments; a != NULL && exception == PT__OK;
         a = a->next) {
        exception = make_action(&actions[i++], context, a);
    }
    return exception == PT__OK ? pt__update_of_actions(update, context->failure->arena, actions,
                                                       count, context->failure)
                               : exception;
}
