/* Operands: what their placeholders stand for, and what is wrong with a number or type of them. */
#include "expression/compile.h"

#include <stdio.h>

enum { PATH_STEPS_MAX = 32 };

static pt__placeholder *find_sorted(pt__placeholder **by_key, size_t count, pte_bytes key) {
    size_t low = 0;
    size_t high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = pte_bytes_compare(key, by_key[middle]->key);
        if (order == 0) {
            by_key[middle]->used = true;
            return by_key[middle];
        }
        low = order < 0 ? low : middle + 1;
        high = order < 0 ? middle : high;
    }
    return NULL;
}

/* by_key, where it is not NULL, are the same in the order of their keys. */
static pt__placeholder *find(pt__placeholder *placeholders, pt__placeholder **by_key, size_t count,
                             pte_bytes key) {
    if (by_key != NULL) {
        return find_sorted(by_key, count, key);
    }
    for (size_t i = 0; i < count; i++) {
        if (pte_bytes_equal(placeholders[i].key, key)) {
            placeholders[i].used = true;
            return &placeholders[i];
        }
    }
    return NULL;
}

static uint32_t read_index(pte_bytes digits) {
    uint32_t index = 0; /* words.c has checked that it fits */
    for (size_t i = 0; i < digits.len; i++) {
        index = index * 10 + (uint32_t)(digits.data[i] - '0');
    }
    return index;
}

static pt__exception resolve_step(pt__path_step *step, const pt__compile *compile,
                                  const pt__node *node) {
    pt__expressions *expressions = compile->expressions;
    *step = (pt__path_step){.name = node->text};
    if (node->kind == PT__NODE_INDEX) {
        *step = (pt__path_step){.is_index = true, .index = read_index(node->text)};
    } else if (node->kind == PT__NODE_NAME_PLACEHOLDER) {
        pt__placeholder *name = find(expressions->names, expressions->names_by_key,
                                     expressions->name_count, node->text);
        if (name == NULL) {
            return pt__invalid(compile,
                               "An expression attribute name used in the document path is not "
                               "defined; attribute name: %.*s",
                               PT__SHOW(node->text));
        }
        step->name = name->name;
    }
    return PT__OK;
}

pt__exception pt__resolve_path(pt__path *path, const pt__compile *compile, const pt__node *node) {
    *path = (pt__path){.count = node->count};
    /* https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html (32 levels)
     */
    if (node->count > PATH_STEPS_MAX) {
        return pt__invalid(compile,
                           "The document path has too many nesting levels; nesting levels: %u",
                           (unsigned)node->count);
    }
    path->steps = pte__arena_alloc(pt__compile_arena(compile), node->count * sizeof *path->steps);
    if (path->steps == NULL) {
        return pt__compile_memory(compile);
    }
    pt__exception exception = PT__OK;
    size_t i = 0;
    for (const pt__node *step = node->first; step != NULL && exception == PT__OK;
         step = step->next) {
        exception = resolve_step(&path->steps[i++], compile, step);
    }
    return exception;
}

pt__exception pt__resolve_value(pte_value *value, const pt__compile *compile,
                                const pt__node *node) {
    pt__expressions *expressions = compile->expressions;
    pt__placeholder *found =
        find(expressions->values, expressions->values_by_key, expressions->value_count, node->text);
    if (found == NULL) {
        return pt__invalid(compile,
                           "An expression attribute value used in expression is not defined; "
                           "attribute value: %.*s",
                           PT__SHOW(node->text));
    }
    *value = found->value;
    return PT__OK;
}

bool pt__path_equal(const pt__path *a, const pt__path *b) {
    bool equal = a->count == b->count;
    for (size_t i = 0; i < a->count && equal; i++) {
        equal = a->steps[i].is_index == b->steps[i].is_index &&
                a->steps[i].index == b->steps[i].index &&
                pte_bytes_equal(a->steps[i].name, b->steps[i].name);
    }
    return equal;
}

pte_bytes pt__path_show(const pt__compile *compile, const pt__path *path) {
    enum { INDEX_BYTES = 16 }; /* "[2147483647]" and ", " */
    size_t len = 2;
    for (size_t i = 0; i < path->count; i++) {
        len += path->steps[i].name.len + INDEX_BYTES;
    }
    char *text = pte__arena_alloc(pt__compile_arena(compile), len);
    if (text == NULL) {
        return (pte_bytes){0};
    }
    char *to = text;
    *to++ = '[';
    for (size_t i = 0; i < path->count; i++) {
        if (i != 0) {
            *to++ = ',';
            *to++ = ' ';
        }
        const pt__path_step *step = &path->steps[i];
        if (step->is_index) {
            to += snprintf(to, INDEX_BYTES, "[%u]", (unsigned)step->index);
        } else if (step->name.len != 0) {
            memcpy(to, step->name.data, step->name.len);
            to += step->name.len;
        }
    }
    *to++ = ']';
    return pte_view(text, (size_t)(to - text));
}

pt__exception pt__refuse_operand_type(const pt__compile *compile, pte_bytes operator_,
                                      const char *type) {
    return pt__invalid(compile,
                       "Incorrect operand type for operator or function; operator or function: "
                       "%.*s, operand type: %s",
                       PT__SHOW(operator_), type);
}

pt__exception pt__refuse_same_operand(const pt__compile *compile, pte_bytes operator_,
                                      const pt__path *path) {
    pte_bytes shown = pt__path_show(compile, path);
    return pt__invalid(compile,
                       "The first operand must be distinct from the remaining operands for this "
                       "operator or function; operator: %.*s, first operand: %.*s",
                       PT__SHOW(operator_), PT__SHOW(shown));
}

pt__exception pt__check_operand_count(const pt__compile *compile, const pt__node *call) {
    if (call->count == pt__function_of(call->text)->operand_count) {
        return PT__OK;
    }
    return pt__invalid(compile,
                       "Incorrect number of operands for operator or function; operator or "
                       "function: %.*s, number of operands: %u",
                       PT__SHOW(call->text), (unsigned)call->count);
}

/* Recursive, as deep as the parser allows. */
static size_t count_operators(const pt__node *node) {
    size_t count = 0;
    if (node->kind == PT__NODE_AND || node->kind == PT__NODE_OR) {
        count = node->count - 1;
    } else if (node->kind == PT__NODE_NOT) {
        count = node->repeat;
    } else if (node->kind >= PT__NODE_EQ && node->kind <= PT__NODE_MINUS) {
        count = 1;
    }
    for (const pt__node *child = node->first; child != NULL; child = child->next) {
        count += count_operators(child);
    }
    return count;
}

/* https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html: at most 300
 * operators; measured on the service, functions are none. However many there are, the message says
 * one more than the most. */
pt__exception pt__check_operator_count(const pt__compile *compile, const pt__node *root) {
    if (count_operators(root) <= PT__EXPRESSION_OPERATORS_MAX) {
        return PT__OK;
    }
    return pt__invalid(compile, "The expression contains too many operators; operator count: %d",
                       PT__EXPRESSION_OPERATORS_MAX + 1);
}
