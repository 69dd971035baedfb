/*
 * Compiling updates. AWS looks at the shape of all sections first, then at all the paths that are
 * changed, then at all values; the latter two from the last action to the first, which shows where
 * more than one thing is wrong.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html
 */
#include "expression/update.h"

static pt__exception check_sections(const pt__compile *compile, const pt__node *root) {
    static const char *const names[] = {"SET", "REMOVE", "ADD", "DELETE"};
    bool seen[4] = {false};
    for (const pt__node *section = root->first; section != NULL; section = section->next) {
        size_t kind = section->kind - PT__NODE_SET;
        if (seen[kind]) {
            return pt__invalid(compile,
                               "The \"%s\" section can only be used once in an update expression;",
                               names[kind]);
        }
        seen[kind] = true;
    }
    return PT__OK;
}

/* ---- terms ---- */

static pt__exception make_term(pt__term **term, const pt__compile *compile, const pt__node *node);

/* The operands left and right. Functions may have more, which are looked at and refused. Recursive,
 * as deep as the parser allows. */
static pt__exception make_operands(pt__term *term, const pt__compile *compile,
                                   const pt__node *node) {
    pt__term *made;
    pt__exception exception = make_term(&made, compile, node->first);
    term->left = term->right = made;
    for (const pt__node *child = node->first->next; child != NULL && exception == PT__OK;
         child = child->next) {
        exception = make_term(&made, compile, child);
        term->right = made;
    }
    return exception;
}

/* Operands that are constants must be of this type. */
static pt__exception check_types(const pt__compile *compile, const pt__term *term, pte_bytes name,
                                 pte_type type) {
    const pt__term *operands[] = {term->left, term->right};
    for (size_t i = 0; i < 2; i++) {
        /* The analyzer does not see that running out of memory is a failure. */
        /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference) */
        if (operands[i]->kind == PT__TERM_VALUE && operands[i]->value.type != type) {
            return pt__refuse_operand_type(compile, name, pte_type_name(operands[i]->value.type));
        }
    }
    return PT__OK;
}

static pt__exception check_if_not_exists(pt__term *term, const pt__compile *compile,
                                         const pt__node *call) {
    /* The analyzer does not see that running out of memory is a failure. */
    /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference) */
    if (term->left->kind == PT__TERM_PATH && term->right->kind == PT__TERM_PATH &&
        pt__path_equal(&term->left->path, &term->right->path)) {
        return pt__refuse_same_operand(compile, call->text, &term->left->path);
    }
    if (term->left->kind != PT__TERM_PATH) {
        return pt__invalid(compile,
                           "Operator or function requires a document path; operator or function: "
                           "%.*s",
                           PT__SHOW(call->text));
    }
    term->path = term->left->path;
    return PT__OK;
}

static pt__exception make_call(pt__term *term, const pt__compile *compile, const pt__node *call) {
    bool appends = pte_bytes_equal(call->text, pte_str("list_append")); /* or if_not_exists */
    term->kind = appends ? PT__TERM_LIST_APPEND : PT__TERM_IF_NOT_EXISTS;
    pt__exception exception = make_operands(term, compile, call);
    if (exception == PT__OK) {
        exception = pt__check_operand_count(compile, call);
    }
    if (exception != PT__OK) {
        return exception;
    }
    return appends ? check_types(compile, term, call->text, PTE_TYPE_L)
                   : check_if_not_exists(term, compile, call);
}

static pt__exception make_sum(pt__term *term, const pt__compile *compile, const pt__node *node) {
    term->kind = node->kind == PT__NODE_PLUS ? PT__TERM_PLUS : PT__TERM_MINUS;
    pt__exception exception = make_operands(term, compile, node);
    return exception != PT__OK ? exception : check_types(compile, term, node->text, PTE_TYPE_N);
}

static pt__exception make_term(pt__term **term, const pt__compile *compile, const pt__node *node) {
    *term = pte__arena_alloc(pt__compile_arena(compile), sizeof **term);
    if (*term == NULL) {
        return pt__compile_memory(compile);
    }
    **term = (pt__term){.kind = PT__TERM_PATH};
    switch (node->kind) {
    case PT__NODE_PATH:
        return pt__resolve_path(&(*term)->path, compile, node);
    case PT__NODE_VALUE:
        (*term)->kind = PT__TERM_VALUE;
        return pt__resolve_value(&(*term)->value, compile, node);
    case PT__NODE_FUNCTION:
        return make_call(*term, compile, node);
    default:
        return make_sum(*term, compile, node);
    }
}

/* ---- actions ---- */

static const char *long_type_name(pte_type type) {
    static const char *const names[] = {
        [PTE_TYPE_NONE] = "",         [PTE_TYPE_S] = "STRING",      [PTE_TYPE_N] = "NUMBER",
        [PTE_TYPE_B] = "BINARY",      [PTE_TYPE_BOOL] = "BOOLEAN",  [PTE_TYPE_NULL] = "NULL",
        [PTE_TYPE_M] = "MAP",         [PTE_TYPE_L] = "LIST",        [PTE_TYPE_SS] = "STRING_SET",
        [PTE_TYPE_NS] = "NUMBER_SET", [PTE_TYPE_BS] = "BINARY_SET",
    };
    return names[type];
}

static pt__exception make_operand(pt__action *action, const pt__compile *compile,
                                  const pt__node *node) {
    if (action->kind == PT__ACTION_REMOVE) {
        return PT__OK;
    }
    if (action->kind == PT__ACTION_SET) {
        return make_term(&action->term, compile, node->last);
    }
    pt__exception exception = pt__resolve_value(&action->value, compile, node->last);
    if (exception != PT__OK) {
        return exception;
    }
    bool adds = action->kind == PT__ACTION_ADD;
    pte_type type = action->value.type;
    bool is_set = type == PTE_TYPE_SS || type == PTE_TYPE_NS || type == PTE_TYPE_BS;
    if (is_set || (adds && type == PTE_TYPE_N)) {
        return PT__OK;
    }
    const char *name = adds ? "ADD" : "DELETE";
    return pt__invalid(compile,
                       "Incorrect operand type for operator or function; operator: %s, operand "
                       "type: %s, typeSet: ALLOWED_FOR_%s_OPERAND",
                       name, long_type_name(type), name);
}

/* The actions' nodes in the text's order; NULL: out of memory. */
static const pt__node **list_actions(pt__update *update, const pt__compile *compile,
                                     const pt__node *root) {
    size_t count = 0;
    for (const pt__node *section = root->first; section != NULL; section = section->next) {
        count += section->count;
    }
    const pt__node **nodes =
        pte__arena_alloc(pt__compile_arena(compile), count * sizeof(pt__node *));
    update->actions = pte__arena_alloc(pt__compile_arena(compile), count * sizeof *update->actions);
    if (nodes == NULL || update->actions == NULL) {
        return NULL;
    }
    for (const pt__node *section = root->first; section != NULL; section = section->next) {
        for (const pt__node *action = section->first; action != NULL; action = action->next) {
            update->actions[update->action_count] =
                (pt__action){.kind = PT__ACTION_SET + (section->kind - PT__NODE_SET)};
            nodes[update->action_count++] = action;
        }
    }
    return nodes;
}

static pt__exception make_actions(pt__update *update, const pt__compile *compile,
                                  const pt__node *root) {
    const pt__node **nodes = list_actions(update, compile, root);
    if (nodes == NULL) {
        return pt__compile_memory(compile);
    }
    pt__exception exception = PT__OK;
    for (size_t i = update->action_count; i > 0 && exception == PT__OK; i--) {
        pt__action *action = &update->actions[i - 1];
        exception = pt__resolve_path(&action->path, compile, nodes[i - 1]->first);
        if (exception == PT__OK) {
            exception = pt__path_tree_add(&update->tree, compile, &action->path, action);
        }
    }
    for (size_t i = update->action_count; i > 0 && exception == PT__OK; i--) {
        exception = make_operand(&update->actions[i - 1], compile, nodes[i - 1]);
    }
    return exception;
}

pt__exception pt__update_compile(pt__update **update, pt__expressions *expressions,
                                 pte_bytes text) {
    pt__compile compile = {expressions, "UpdateExpression"};
    pt__node *root;
    *update = NULL;
    pt__exception exception = pt__parse_update(&root, text, expressions->failure);
    if (exception == PT__OK) {
        exception = pt__check_update_words(&compile, root);
    }
    if (exception == PT__OK) {
        exception = check_sections(&compile, root);
    }
    if (exception != PT__OK) {
        return exception;
    }
    pt__update *made = pte__arena_alloc(expressions->arena, sizeof *made);
    if (made == NULL) {
        return pt__refuse_memory(expressions->failure);
    }
    *made = (pt__update){0};
    exception = make_actions(made, &compile, root);
    if (exception == PT__OK) {
        exception = pt__check_operator_count(&compile, root);
    }
    if (exception == PT__OK) {
        exception = pt__update_seal(made, expressions->arena, expressions->failure);
    }
    if (exception == PT__OK) {
        *update = made;
    }
    return exception;
}

pt__exception pt__update_of_actions(pt__update **update, pte__arena *arena, pt__action *actions,
                                    size_t count, pt__failure *failure) {
    pt__expressions expressions = {.arena = arena, .failure = failure};
    pt__compile compile = {&expressions, NULL};
    pt__update *made = pte__arena_alloc(arena, sizeof *made);
    *update = NULL;
    if (made == NULL) {
        return pt__refuse_memory(failure);
    }
    *made = (pt__update){.actions = actions, .action_count = count};
    pt__exception exception = PT__OK;
    for (size_t i = count; i > 0 && exception == PT__OK; i--) {
        exception = pt__path_tree_add(&made->tree, &compile, &actions[i - 1].path, &actions[i - 1]);
    }
    if (exception == PT__OK) {
        exception = pt__update_seal(made, arena, failure);
    }
    if (exception == PT__OK) {
        *update = made;
    }
    return exception;
}

/* ---- what callers ask ---- */

void pt__update_names(const pt__update *update, pt__name_fn on_name, void *ctx) {
    pt__tree_names(&update->tree, on_name, ctx);
}

/* Recursive, as deep as the parser allows. */
static bool visit_inner_names(const pt__term *term, pt__name_fn on_name, void *ctx) {
    bool has_path = term->kind == PT__TERM_PATH || term->kind == PT__TERM_IF_NOT_EXISTS;
    if (has_path && term->path.count > 1 && !on_name(ctx, term->path.steps[0].name)) {
        return false;
    }
    return term->kind == PT__TERM_PATH || term->kind == PT__TERM_VALUE ||
           ((has_path || visit_inner_names(term->left, on_name, ctx)) &&
            visit_inner_names(term->right, on_name, ctx));
}

void pt__update_inner_names(const pt__update *update, pt__name_fn on_name, void *ctx) {
    for (size_t i = 0; i < update->action_count; i++) {
        const pt__action *action = &update->actions[i];
        if (action->path.count > 1 && !on_name(ctx, action->path.steps[0].name)) {
            return;
        }
        if (action->kind == PT__ACTION_SET && !visit_inner_names(action->term, on_name, ctx)) {
            return;
        }
    }
}

/* Measured on the service: max(item, item - keys + 3 + 19 per write action + 2 per remove) must not
 * be more than 400 KB. */
size_t pt__update_gate_bytes(const pt__update *update) {
    enum { WRITE_BYTES = 19, REMOVE_BYTES = 2 };
    size_t bytes = 0;
    for (size_t i = 0; i < update->action_count; i++) {
        bytes += update->actions[i].kind == PT__ACTION_REMOVE ? REMOVE_BYTES : WRITE_BYTES;
    }
    return bytes;
}
