/* Updates that no expression was written for: changes of whole attributes (AttributeUpdates). */
#include "expression/update.h"

/* What a change of one attribute takes. */
typedef struct made {
    pt__path_step step;
    pt__term term;
} made;

static void make_action(pt__action *action, made *parts, const pt__change *change) {
    parts->step = (pt__path_step){.name = change->name};
    parts->term = (pt__term){.kind = PT__TERM_VALUE, .value = change->value};
    *action = (pt__action){
        .kind = change->kind,
        .path = {.steps = &parts->step, .count = 1},
        .term = &parts->term,
        .value = change->value,
    };
}

pt__exception pt__update_of_changes(pt__update **update, pte__arena *arena,
                                    const pt__change *changes, size_t count, pt__failure *failure) {
    pt__expressions expressions = {.arena = arena, .failure = failure};
    pt__compile compile = {&expressions, "AttributeUpdates"};
    *update = NULL;
    pt__update *result = pte__arena_alloc(arena, sizeof *result);
    pt__action *actions = pte__arena_alloc(arena, count * sizeof *actions);
    made *parts = pte__arena_alloc(arena, count * sizeof *parts);
    if (result == NULL || actions == NULL || parts == NULL) {
        return pt__refuse_memory(failure);
    }
    *result = (pt__update){.actions = actions, .action_count = count, .legacy = true};
    pt__exception exception = PT__OK;
    for (size_t i = 0; i < count && exception == PT__OK; i++) {
        make_action(&actions[i], &parts[i], &changes[i]);
        exception = pt__path_tree_add(&result->tree, &compile, &actions[i].path, &actions[i]);
    }
    if (exception == PT__OK) {
        *update = result;
    }
    return exception;
}

bool pt__update_is_expression(const pt__update *update) {
    return !update->legacy;
}
