/*
 * Paths, and what SELECT shows: each path's value under a name of its own, so that m.x is shown as
 * "x" (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.select.html).
 */
#include "partiql/compile.h"

#include "expression/program.h"
#include "value/attribute_value.h"

#include <stdio.h>

/* API_Constraints: 32 levels. */
enum { STEPS_MAX = 32, INDEX_BYTES = 16 };

/* ---- paths ---- */

static pt__exception read_index(uint32_t *index, const pt__ql_context *context,
                                const pt__ql_node *node) {
    pte_bytes digits = node->text;
    uint64_t value = 0;
    bool negative = digits.len != 0 && digits.data[0] == '-';
    bool whole = true;
    for (size_t i = negative; i < digits.len && whole; i++) {
        whole = digits.data[i] >= '0' && digits.data[i] <= '9';
        value = value > INT32_MAX ? value : value * 10 + (uint64_t)(digits.data[i] - '0');
    }
    if (!whole || value > INT32_MAX || (negative && value != 0)) {
        return pt__refuse(
            context->failure, PT__VALIDATION,
            "List index is not within the allowable range; index: [%.*s]" PT__QL_AT_FORMAT,
            PT__SHOW(digits), PT__QL_AT_PLACE(node));
    }
    *index = (uint32_t)value;
    return PT__OK;
}

static pt__exception make_step(pt__path_step *step, const pt__ql_context *context,
                               const pt__ql_node *node) {
    *step = (pt__path_step){.name = node->text};
    if (node->kind == PT__QL_INDEX) {
        *step = (pt__path_step){.is_index = true};
        return read_index(&step->index, context, node);
    }
    if (node->kind == PT__QL_WILD) {
        return pt__refuse(context->failure, PT__VALIDATION,
                          "Unpivot path component like a.*.b are not supported" PT__QL_AT_FORMAT,
                          PT__QL_AT_PLACE(node));
    }
    return node->text.len != 0 ? PT__OK
                               : pt__refuse(context->failure, PT__VALIDATION,
                                            "Path component cannot be an empty string");
}

pt__exception pt__ql_path(pt__path *path, const pt__ql_context *context, const pt__ql_node *node) {
    *path = (pt__path){.count = node->count};
    if (node->count > STEPS_MAX) {
        return pt__refuse(context->failure, PT__VALIDATION,
                          "The document path has too many nesting levels; nesting levels: %u",
                          (unsigned)node->count);
    }
    path->steps = pte__arena_alloc(context->failure->arena, node->count * sizeof *path->steps);
    if (path->steps == NULL) {
        return pt__refuse_memory(context->failure);
    }
    pt__exception exception = PT__OK;
    size_t i = 0;
    for (const pt__ql_node *step = node->first; step != NULL && exception == PT__OK;
         step = step->next) {
        exception = make_step(&path->steps[i++], context, step);
    }
    return exception;
}

/* ---- columns ---- */

/* The last name of the path, and the indexes behind it. */
static pt__exception name_column(pt__ql_column *column, const pt__ql_context *context) {
    const pt__path *path = &column->path;
    size_t last = path->count - 1;
    /* The analyzer does not see that running out of memory is a failure. */
    /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference) */
    while (last > 0 && path->steps[last].is_index) {
        last--;
    }
    column->name = path->steps[last].name;
    if (last == path->count - 1) {
        return PT__OK;
    }
    size_t size = column->name.len + (path->count - last) * INDEX_BYTES;
    char *text = pte__arena_alloc(context->failure->arena, size);
    if (text == NULL) {
        return pt__refuse_memory(context->failure);
    }
    memcpy(text, column->name.data, column->name.len);
    size_t used = column->name.len;
    for (size_t i = last + 1; i < path->count; i++) {
        used += (size_t)snprintf(text + used, size - used, "[%u]", (unsigned)path->steps[i].index);
    }
    column->name = pte_view(text, used);
    return PT__OK;
}

static pt__exception check_name(const pt__ql_columns *columns, const pt__ql_column *column,
                                const pt__ql_context *context) {
    for (size_t i = 0; i < columns->count; i++) {
        if (pte_bytes_equal(columns->columns[i].name, column->name)) {
            return pt__refuse(context->failure, PT__VALIDATION,
                              "Duplicate identifiers in select clause: %.*s",
                              PT__SHOW(column->name));
        }
    }
    return PT__OK;
}

static pt__exception add_column(pt__ql_columns *columns, const pt__ql_context *context,
                                const pt__ql_node *node) {
    pt__ql_column *column = &columns->columns[columns->count];
    if (node->kind != PT__QL_PATH) {
        return pt__refuse(context->failure, PT__VALIDATION,
                          "Unexpected path component" PT__QL_AT_FORMAT, PT__QL_AT_PLACE(node));
    }
    if (node->last->kind == PT__QL_WILD) {
        return pt__refuse(context->failure, PT__VALIDATION,
                          "Changing item's hierarchy while reading isn't supported");
    }
    pt__exception exception = pt__ql_path(&column->path, context, node);
    if (exception == PT__OK) {
        exception = name_column(column, context);
    }
    if (exception == PT__OK) {
        exception = check_name(columns, column, context);
    }
    columns->count++;
    return exception;
}

static pt__exception number_columns(pt__ql_columns *columns, pt__failure *failure) {
    if (columns->count < PT__SLOTS_PATHS_MIN) {
        return PT__OK;
    }
    pt__path **paths = pte__arena_alloc(failure->arena, columns->count * sizeof(pt__path *));
    if (paths == NULL) {
        return pt__refuse_memory(failure);
    }
    for (size_t i = 0; i < columns->count; i++) {
        paths[i] = &columns->columns[i].path;
    }
    return pt__slots_make(&columns->slots, failure->arena, paths, columns->count, failure);
}

pt__exception pt__ql_columns_make(pt__ql_columns *columns, const pt__ql_context *context,
                                  const pt__ql_statement *statement) {
    const pt__ql_node *list = statement->columns;
    *columns = (pt__ql_columns){.count = 0};
    if (list == NULL) {
        return PT__OK;
    }
    columns->columns =
        pte__arena_alloc(context->failure->arena, list->count * sizeof *columns->columns);
    if (columns->columns == NULL) {
        return pt__refuse_memory(context->failure);
    }
    pt__exception exception = PT__OK;
    for (const pt__ql_node *node = list->first; node != NULL && exception == PT__OK;
         node = node->next) {
        exception = add_column(columns, context, node);
    }
    return exception == PT__OK ? number_columns(columns, context->failure) : exception;
}

pt__exception pt__ql_columns_projection(pt__projection **projection, const pt__ql_columns *columns,
                                        pt__failure *failure) {
    *projection = NULL;
    if (columns->count == 0) {
        return PT__OK;
    }
    pte_bytes *names = pte__arena_alloc(failure->arena, columns->count * sizeof *names);
    if (names == NULL) {
        return pt__refuse_memory(failure);
    }
    for (size_t i = 0; i < columns->count; i++) {
        names[i] = columns->columns[i].path.steps[0].name;
    }
    return pt__projection_of_names(projection, failure->arena, names, columns->count, failure);
}

void pt__ql_columns_encode(pt__out *out, const pt__ql_columns *columns, const pte_item *item) {
    if (columns->count == 0) {
        pt__item_encode(out, item);
        return;
    }
    pt__lookup lookup = pt__lookup_on(item, columns->slots);
    pt__out_object(out);
    for (size_t i = 0; i < columns->count; i++) {
        pte_value value;
        pt__found *found;
        const pt__path *path = &columns->columns[i].path;
        if (pt__lookup_path(&value, &found, &lookup, path, NULL) != PTE_OK) {
            out->failed = true;
            return;
        }
        if (value.type != PTE_TYPE_NONE) {
            pt__out_name_bytes(out, columns->columns[i].name);
            pt__value_encode(out, &value);
        }
    }
    pt__out_object_end(out);
}
