/* Making programs. Running them is in evaluate.c. */
#include "expression/compile.h"
#include "expression/contains.h"
#include "expression/flat.h"

#include <stdlib.h>

pt__exception pt__operand_of_value(pt__operand *operand, const pte_value *value,
                                   pt__failure *failure) {
    pte_error error;
    *operand = (pt__operand){.value = *value};
    if (value->type == PTE_TYPE_N) {
        pte_status status = pte_number_parse(&operand->number, value->bytes, &error);
        if (status != PTE_OK) {
            return pt__refuse_engine(failure, status, &error);
        }
    }
    return PT__OK;
}

pte_type pt__operand_type(const pt__operand *operand) {
    if (operand->size) {
        return PTE_TYPE_N;
    }
    return operand->is_path ? PTE_TYPE_NONE : operand->value.type;
}

static bool is_plain_path(const pt__operand *operand) {
    return operand->is_path && !operand->size;
}

bool pt__operand_repeats(const pt__operand *operands, size_t count) {
    for (size_t i = 1; i < count && is_plain_path(&operands[0]); i++) {
        if (is_plain_path(&operands[i]) && pt__path_equal(&operands[0].path, &operands[i].path)) {
            return true;
        }
    }
    return false;
}

pt__exception pt__operand_bounds_fault(const char **requirement, const pt__operand *operands,
                                       pt__failure *failure) {
    const pte_value *lower = &operands[1].value;
    const pte_value *upper = &operands[2].value;
    pte_error error;
    int order;
    *requirement = NULL;
    if (operands[1].is_path || operands[1].size || operands[2].is_path || operands[2].size) {
        return PT__OK;
    }
    if (lower->type != upper->type) {
        *requirement = "same data type for lower and upper bounds";
        return PT__OK;
    }
    pte_status status = pt__value_compare(&order, lower, upper, &error);
    if (status != PTE_OK) {
        return pt__refuse_engine(failure, status, &error);
    }
    *requirement = order > 0 ? "upper bound to be greater than or equal to lower bound" : NULL;
    return PT__OK;
}

pt__exception pt__operand_of_name(pt__operand *operand, pte__arena *arena, pte_bytes name,
                                  pt__failure *failure) {
    *operand = (pt__operand){.is_path = true};
    operand->path.steps = pte__arena_alloc(arena, sizeof *operand->path.steps);
    if (operand->path.steps == NULL) {
        return pt__refuse_memory(failure);
    }
    operand->path.steps[0] = (pt__path_step){.name = name};
    operand->path.count = 1;
    return PT__OK;
}

pt__exception pt__condition_test(pt__condition **condition, pte__arena *arena, pt__test test,
                                 const pt__operand *operands, size_t count, pt__failure *failure) {
    *condition = pte__arena_alloc(arena, sizeof **condition);
    pt__operand *copies = pte__arena_alloc(arena, count * sizeof *copies);
    if (*condition == NULL || copies == NULL) {
        return pt__refuse_memory(failure);
    }
    memcpy(copies, operands, count * sizeof *copies);
    **condition =
        (pt__condition){.test = test, .operands = copies, .operand_count = (uint32_t)count};
    return PT__OK;
}

pt__exception pt__condition_join(pt__condition **condition, pte__arena *arena, pt__test test,
                                 pt__condition *const *children, size_t count,
                                 pt__failure *failure) {
    *condition = pte__arena_alloc(arena, sizeof **condition);
    if (*condition == NULL) {
        return pt__refuse_memory(failure);
    }
    for (size_t i = 1; i < count; i++) {
        children[i - 1]->next = children[i];
    }
    children[count - 1]->next = NULL;
    **condition = (pt__condition){.test = test, .first = children[0]};
    return PT__OK;
}

/* Recursive, as deep as the parser allows. */
static bool visit_names(const pt__condition *condition, size_t steps_min, pt__name_fn on_name,
                        void *ctx) {
    for (size_t i = 0; i < condition->operand_count; i++) {
        const pt__path *path = &condition->operands[i].path;
        if (condition->operands[i].is_path && path->count >= steps_min &&
            !on_name(ctx, path->steps[0].name)) {
            return false;
        }
    }
    for (const pt__condition *child = condition->first; child != NULL; child = child->next) {
        if (!visit_names(child, steps_min, on_name, ctx)) {
            return false;
        }
    }
    return true;
}

void pt__condition_names(const pt__condition *condition, pt__name_fn on_name, void *ctx) {
    (void)visit_names(condition, 1, on_name, ctx);
}

void pt__condition_inner_names(const pt__condition *condition, pt__name_fn on_name, void *ctx) {
    (void)visit_names(condition, 2, on_name, ctx);
}

/* ---- sealing ---- */

/* More than expressions and statements may have; those keep the order that they were given in. */
enum { SORTED_MIN = 101 };

static int compare_constants(const void *a, const void *b) {
    return pt__value_order(&((const pt__operand *)a)->value, &((const pt__operand *)b)->value);
}

/* Sorts the values of an IN if they are very many, for looking among them by halving. */
static void sort_constants(pt__condition *condition) {
    bool sorts = condition->test == PT__TEST_IN && condition->operand_count > SORTED_MIN;
    for (size_t i = 1; i < condition->operand_count && sorts; i++) {
        sorts = !condition->operands[i].is_path && !condition->operands[i].size;
    }
    if (sorts) {
        qsort(condition->operands + 1, condition->operand_count - 1, sizeof *condition->operands,
              compare_constants);
        condition->sorted = true;
    }
}

/* Sorts what is to be, and counts the paths. Recursive, as deep as the parser allows. */
static size_t prepare(pt__condition *condition) {
    size_t count = 0;
    sort_constants(condition);
    for (size_t i = 0; i < condition->operand_count; i++) {
        count += condition->operands[i].is_path;
    }
    for (pt__condition *child = condition->first; child != NULL; child = child->next) {
        count += prepare(child);
    }
    return count;
}

/* Recursive, as deep as the parser allows. */
static void list_paths(pt__path **paths, size_t *count, pt__condition *condition) {
    for (size_t i = 0; i < condition->operand_count; i++) {
        if (condition->operands[i].is_path) {
            paths[(*count)++] = &condition->operands[i].path;
        }
    }
    for (pt__condition *child = condition->first; child != NULL; child = child->next) {
        list_paths(paths, count, child);
    }
}

pt__exception pt__condition_seal(pt__condition *condition, pte__arena *arena,
                                 pt__failure *failure) {
    if (condition->first == NULL && condition->operand_count < PT__SLOTS_PATHS_MIN) {
        return PT__OK;
    }
    size_t count = prepare(condition);
    if (count < PT__SLOTS_PATHS_MIN) {
        return PT__OK;
    }
    pt__path **paths = pte__arena_alloc(arena, count * sizeof(pt__path *));
    if (paths == NULL) {
        return pt__refuse_memory(failure);
    }
    count = 0;
    list_paths(paths, &count, condition);
    pt__exception exception = pt__slots_make(&condition->slots, arena, paths, count, failure);
    if (exception == PT__OK) {
        exception = pt__contains_gather(condition, arena, failure);
    }
    return exception == PT__OK ? pt__flat_make(&condition->flat, arena, condition, failure)
                               : exception;
}
