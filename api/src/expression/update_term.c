/* The values of SET's right sides, worked out from the old item. */
#include "expression/program.h"
#include "expression/update.h"

pt__exception pt__refuse_update_operand(pt__failure *failure) {
    return pt__refuse(failure, PT__VALIDATION,
                      "An operand in the update expression has an incorrect data type");
}

static pt__exception refuse_missing(pt__failure *failure) {
    return pt__refuse(
        failure, PT__VALIDATION,
        "The provided expression refers to an attribute that does not exist in the item");
}

/* Measured on the service: a result of more than 38 digits counts as an overflow. */
pt__exception pt__refuse_arithmetic(pt__failure *failure, pte_status status,
                                    const pte_error *error) {
    switch (status) {
    case PTE_NUMBER_OVERFLOW:
    case PTE_NUMBER_PRECISION:
        return pt__refuse(failure, PT__VALIDATION,
                          "Number overflow. Attempting to store a number with magnitude larger "
                          "than supported range");
    case PTE_NUMBER_UNDERFLOW:
        return pt__refuse(failure, PT__VALIDATION,
                          "Number underflow. Attempting to store a number with magnitude smaller "
                          "than supported range");
    default:
        return pt__refuse_engine(failure, status, error);
    }
}

static pt__exception find(pte_value *value, const pt__path *path, pt__lookup *old,
                          pt__failure *failure) {
    pt__found *found;
    pte_error error;
    pte_status status = pt__lookup_path(value, &found, old, path, &error);
    return status == PTE_OK ? PT__OK : pt__refuse_engine(failure, status, &error);
}

/* An operand's value: of a path, of a constant or of if_not_exists. */
static pt__exception operand_value(pte_value *value, const pt__term *term, pt__lookup *old,
                                   pt__failure *failure) {
    while (term->kind == PT__TERM_IF_NOT_EXISTS) {
        pt__exception exception = find(value, &term->path, old, failure);
        if (exception != PT__OK || value->type != PTE_TYPE_NONE) {
            return exception;
        }
        term = term->right;
    }
    if (term->kind == PT__TERM_VALUE) {
        *value = term->value;
        return PT__OK;
    }
    pt__exception exception = find(value, &term->path, old, failure);
    return exception == PT__OK && value->type == PTE_TYPE_NONE ? refuse_missing(failure)
                                                               : exception;
}

static pt__exception operand_of_type(pte_value *value, const pt__term *term, pte_type type,
                                     pt__lookup *old, pt__failure *failure) {
    pt__exception exception = operand_value(value, term, old, failure);
    return exception == PT__OK && value->type != type ? pt__refuse_update_operand(failure)
                                                      : exception;
}

static pt__exception sum(pte_number *number, const pt__term *term, pt__lookup *old,
                         pt__failure *failure);

/* A number, or a sum within a sum, which only PartiQL's statements have. */
static pt__exception number_of(pte_number *number, const pt__term *term, pt__lookup *old,
                               pt__failure *failure) {
    pte_value value;
    pte_error error;
    if (term->kind == PT__TERM_PLUS || term->kind == PT__TERM_MINUS) {
        return sum(number, term, old, failure);
    }
    pt__exception exception = operand_of_type(&value, term, PTE_TYPE_N, old, failure);
    if (exception != PT__OK) {
        return exception;
    }
    pte_status status = pte_number_parse(number, value.bytes, &error);
    return status == PTE_OK ? PT__OK : pt__refuse_arithmetic(failure, status, &error);
}

/* Recursive, as deep as the parser allows. */
static pt__exception sum(pte_number *number, const pt__term *term, pt__lookup *old,
                         pt__failure *failure) {
    pte_number operand;
    pte_error error;
    pt__exception exception = number_of(number, term->left, old, failure);
    if (exception == PT__OK) {
        exception = number_of(&operand, term->right, old, failure);
    }
    if (exception != PT__OK) {
        return exception;
    }
    pte_status status = (term->kind == PT__TERM_PLUS ? pte_number_add : pte_number_subtract)(
        number, number, &operand, &error);
    return status == PTE_OK ? PT__OK : pt__refuse_arithmetic(failure, status, &error);
}

pt__exception pt__term_result(pt__result *result, const pt__term *term, pt__lookup *old,
                              pt__failure *failure) {
    result->is_number = result->is_lists = false;
    if (term->kind == PT__TERM_PLUS || term->kind == PT__TERM_MINUS) {
        result->is_number = true;
        return sum(&result->number, term, old, failure);
    }
    if (term->kind != PT__TERM_LIST_APPEND) {
        return operand_value(&result->value, term, old, failure);
    }
    result->is_lists = true;
    pt__exception exception = operand_of_type(&result->value, term->left, PTE_TYPE_L, old, failure);
    return exception != PT__OK
               ? exception
               : operand_of_type(&result->rest, term->right, PTE_TYPE_L, old, failure);
}

/* ---- sealing ---- */

/* Lists the paths that are looked up, or counts them only where paths is NULL. Recursive, as deep
 * as the parser allows. */
static size_t list_paths(pt__path **paths, size_t count, pt__term *term) {
    if (term->kind == PT__TERM_VALUE) {
        return count;
    }
    if (term->kind == PT__TERM_PATH || term->kind == PT__TERM_IF_NOT_EXISTS) {
        if (paths != NULL) {
            paths[count] = &term->path;
        }
        count++;
    } else {
        count = list_paths(paths, count, term->left);
    }
    return term->kind == PT__TERM_PATH ? count : list_paths(paths, count, term->right);
}

static size_t list_all(pt__path **paths, pt__update *update) {
    size_t count = 0;
    for (size_t i = 0; i < update->action_count; i++) {
        if (update->actions[i].kind == PT__ACTION_SET) {
            count = list_paths(paths, count, update->actions[i].term);
        }
    }
    return count;
}

pt__exception pt__update_seal(pt__update *update, pte__arena *arena, pt__failure *failure) {
    size_t count = list_all(NULL, update);
    if (count < PT__SLOTS_PATHS_MIN) {
        return PT__OK;
    }
    pt__path **paths = pte__arena_alloc(arena, count * sizeof(pt__path *));
    if (paths == NULL) {
        return pt__refuse_memory(failure);
    }
    return pt__slots_make(&update->slots, arena, paths, list_all(paths, update), failure);
}
