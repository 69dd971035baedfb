/* The words of an expression: reserved ones, list indexes, and functions and where they may stand.
 */
#include "expression/compile.h"

#include <string.h>

/* What surrounds a node that may be a function's call. */
typedef enum place {
    PLACE_TEST,      /* a condition is due */
    PLACE_OPERAND,   /* a condition's operand is due */
    PLACE_SET_VALUE, /* the value of SET */
    PLACE_SET_INNER, /* an operand in it */
} place;

/* https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html
 */
static const pt__function functions[] = {
    {"attribute_exists", 1, true, true, false}, {"attribute_not_exists", 1, true, true, false},
    {"attribute_type", 2, true, true, false},   {"begins_with", 2, true, true, false},
    {"contains", 2, true, true, false},         {"size", 1, true, false, false},
    {"if_not_exists", 2, false, false, false},  {"list_append", 2, false, false, true},
};

const pt__function *pt__function_of(pte_bytes name) {
    for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++) {
        if (pte_bytes_equal(name, pte_str(functions[i].name))) {
            return &functions[i];
        }
    }
    return NULL;
}

static pt__exception check_call(const pt__compile *compile, pte_bytes name, place where) {
    const pt__function *function = pt__function_of(name);
    bool in_condition = where == PLACE_TEST || where == PLACE_OPERAND;
    if (function == NULL) {
        return pt__invalid(compile, "Invalid function name; function: %.*s", PT__SHOW(name));
    }
    if (function->in_conditions != in_condition) {
        return pt__invalid(compile, "The function is not allowed in %s expression; function: %s",
                           in_condition ? "a condition" : "an update", function->name);
    }
    bool fits = in_condition ? function->is_test == (where == PLACE_TEST)
                             : !function->is_outermost || where == PLACE_SET_VALUE;
    return fits ? PT__OK
                : pt__invalid(compile,
                              "The function is not allowed to be used this way in an expression; "
                              "function: %s",
                              function->name);
}

static pt__exception check_index(const pt__compile *compile, pte_bytes digits) {
    /* 2,147,483,647 is the last one that DynamoDB Local takes. */
    const char *last = "2147483647";
    size_t last_len = strlen(last);
    bool fits = digits.len < last_len ||
                (digits.len == last_len && memcmp(digits.data, last, last_len) <= 0);
    return fits
               ? PT__OK
               : pt__invalid(compile, "List index is not within the allowable range; index: [%.*s]",
                             PT__SHOW(digits));
}

pt__exception pt__check_path_words(const pt__compile *compile, const pt__node *path) {
    pt__exception exception = PT__OK;
    for (const pt__node *step = path->first; step != NULL && exception == PT__OK;
         step = step->next) {
        if (step->kind == PT__NODE_NAME && pt__is_reserved(step->text)) {
            exception =
                pt__invalid(compile, "Attribute name is a reserved keyword; reserved keyword: %.*s",
                            PT__SHOW(step->text));
        } else if (step->kind == PT__NODE_INDEX) {
            exception = check_index(compile, step->text);
        }
    }
    return exception;
}

/* Recursive, as deep as the parser allows. */
static pt__exception check(const pt__compile *compile, const pt__node *node, place where) {
    if (node->kind == PT__NODE_PATH) {
        return pt__check_path_words(compile, node);
    }
    pt__exception exception = PT__OK;
    if (node->kind == PT__NODE_FUNCTION) {
        exception = check_call(compile, node->text, where);
    }
    place inside = PLACE_OPERAND;
    if (where == PLACE_SET_VALUE || where == PLACE_SET_INNER) {
        inside = PLACE_SET_INNER;
    } else if (node->kind == PT__NODE_AND || node->kind == PT__NODE_OR ||
               node->kind == PT__NODE_NOT) {
        inside = PLACE_TEST;
    }
    for (const pt__node *child = node->first; child != NULL && exception == PT__OK;
         child = child->next) {
        exception = check(compile, child, inside);
    }
    return exception;
}

pt__exception pt__check_condition_words(const pt__compile *compile, const pt__node *root) {
    return check(compile, root, PLACE_TEST);
}

pt__exception pt__check_update_words(const pt__compile *compile, const pt__node *root) {
    pt__exception exception = PT__OK;
    for (const pt__node *section = root->first; section != NULL; section = section->next) {
        for (const pt__node *action = section->first; action != NULL && exception == PT__OK;
             action = action->next) {
            exception = pt__check_path_words(compile, action->first);
            if (exception == PT__OK && action->count == 2) {
                exception = check(compile, action->last, PLACE_SET_VALUE);
            }
        }
    }
    return exception;
}
