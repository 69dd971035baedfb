/*
 * Values of statements: constants and parameters.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.data-types.html
 *
 * Messages say where in a value something is wrong: "root" is the value itself, "root.x[1]" the
 * second element of its member x. Recursive, as deep as NESTING_MAX.
 */
#include "partiql/compile.h"

#include "value/value_internal.h"

#include <ctype.h>
#include <stdio.h>

/* Maps and lists inside one another, as for any attribute; one more is refused. */
enum { NESTING_MAX = 31, INDEX_BYTES = 16 };

/* Where a value stands in the one it is part of. */
typedef struct spot {
    const struct spot *parent; /* NULL: the root */
    pte_bytes name;            /* of a member; data NULL: an element */
    uint32_t index;
} spot;

typedef struct literal {
    const pt__ql_context *context;
    pte_builder *builder;
    bool parameters; /* whether a parameter may stand here: not inside of lists and maps */
} literal;

/* ---- places and names ---- */

static size_t spot_length(const spot *at) {
    size_t len = sizeof "root";
    for (; at->parent != NULL; at = at->parent) {
        len += at->name.len + INDEX_BYTES;
    }
    return len;
}

/* Writes from the end to the front, since a spot knows only its parent. */
static pte_bytes show_spot(const literal *l, const spot *at) {
    size_t len = spot_length(at);
    char *text = pte__arena_alloc(l->context->failure->arena, len);
    if (text == NULL) {
        return (pte_bytes){NULL, 0};
    }
    char *to = text + len;
    for (; at->parent != NULL; at = at->parent) {
        if (at->name.data == NULL) {
            char index[INDEX_BYTES];
            size_t count = (size_t)snprintf(index, sizeof index, "[%u]", (unsigned)at->index);
            to -= count;
            memcpy(to, index, count);
            continue;
        }
        to -= at->name.len;
        memcpy(to, at->name.data, at->name.len);
        *--to = '.';
    }
    to -= sizeof "root" - 1;
    memcpy(to, "root", sizeof "root" - 1);
    return pte_view(to, (size_t)(text + len - to));
}

const char *pt__ql_kind_name(const pt__ql_node *node) {
    switch (node->kind) {
    case PT__QL_PATH:
        return node->count == 1 ? "VariableReference" : "Path";
    case PT__QL_VALUE_PARAMETER:
        return "Parameter";
    case PT__QL_VALUE_MISSING:
        return "MISSING";
    case PT__QL_VALUE_NUMBER:
        return memchr(node->text.data, '.', node->text.len) == NULL ? "INT" : "DECIMAL";
    case PT__QL_VALUE_STRING:
        return "STRING";
    case PT__QL_VALUE_ION:
        return "Ion";
    default:
        return "Expression";
    }
}

/* What AWS calls a node that is no value: a function by its name, an operator by its sign. */
static pte_bytes name_of(const pt__ql_node *node) {
    bool own = node->kind == PT__QL_FUNCTION || node->kind == PT__QL_ARITHMETIC ||
               node->kind == PT__QL_COMPARE;
    return own ? node->text : pte_str(pt__ql_kind_name(node));
}

static pt__exception refuse_kind(const literal *l, const spot *at, const pt__ql_node *node) {
    pte_bytes shown = show_spot(l, at);
    pte_bytes name = name_of(node);
    return pt__refuse(
        l->context->failure, PT__VALIDATION, "%s: %.*s under key %.*s" PT__QL_AT_FORMAT,
        node->kind == PT__QL_VALUE_ION ? "Ion Literals are not supported" : "Unsupported data type",
        PT__SHOW(name), PT__SHOW(shown), PT__QL_AT_PLACE(node));
}

/* ---- numbers ---- */

/* Whether AWS's parser can hold the number at all: an exponent, and the scale that it leaves, of
 * 32 bits. What it cannot hold is not well formed. */
static bool is_readable(pte_bytes text) {
    enum { DIGITS_MAX = 10 };
    const uint8_t *e = memchr(text.data, 'e', text.len);
    e = e == NULL ? memchr(text.data, 'E', text.len) : e;
    if (e == NULL) {
        return true;
    }
    const uint8_t *end = text.data + text.len;
    const uint8_t *point = memchr(text.data, '.', (size_t)(e - text.data));
    int64_t fraction = point == NULL ? 0 : e - point - 1;
    bool negative = e[1] == '-';
    const uint8_t *digit = e + 1 + (e[1] == '-' || e[1] == '+');
    int64_t exponent = 0;
    while (digit < end && *digit == '0') {
        digit++;
    }
    if (end - digit > DIGITS_MAX) {
        return false;
    }
    for (; digit < end; digit++) {
        exponent = exponent * 10 + (*digit - '0');
    }
    exponent = negative ? -exponent : exponent;
    return exponent <= INT32_MAX && exponent >= INT32_MIN && fraction - exponent <= INT32_MAX;
}

static pt__exception read_number(pte_number *number, const literal *l, const spot *at,
                                 const pt__ql_node *node) {
    pt__failure *failure = l->context->failure;
    if (!is_readable(node->text)) {
        return pt__ql_refuse(failure, "");
    }
    pt__exception exception = pt__number_read(number, node->text, failure);
    if (exception != PT__VALIDATION) {
        return exception;
    }
    pte_bytes message = failure->message;
    pte_bytes shown = show_spot(l, at);
    return pt__refuse(failure, PT__VALIDATION, "%.*s under %.*s", PT__SHOW(message),
                      PT__SHOW(shown));
}

/* ---- sets ---- */

/* The elements as JSON, which the sets of requests are read from. NULL without memory. */
static const pt__json *elements_of(const literal *l, const pt__ql_node *bag) {
    pte__arena *arena = l->context->failure->arena;
    pt__json *set = pte__arena_alloc(arena, sizeof *set);
    pt__json *elements = pte__arena_alloc(arena, bag->count * sizeof *elements);
    if (set == NULL || elements == NULL) {
        return NULL;
    }
    size_t i = 0;
    for (const pt__ql_node *node = bag->first; node != NULL; node = node->next, i++) {
        elements[i] = (pt__json){
            .type = PT__JSON_STRING,
            .text = node->text,
            .next = node->next != NULL ? &elements[i + 1] : NULL,
        };
    }
    *set = (pt__json){.type = PT__JSON_ARRAY, .count = bag->count, .first = elements};
    return set;
}

/* "[2, 2.0]" */
static pt__exception refuse_equal_numbers(const literal *l, const spot *at,
                                          const pt__ql_node *bag) {
    size_t len = 2;
    for (const pt__ql_node *node = bag->first; node != NULL; node = node->next) {
        len += node->text.len + 2;
    }
    char *text = pte__arena_alloc(l->context->failure->arena, len + 1);
    if (text == NULL) {
        return pt__refuse_memory(l->context->failure);
    }
    size_t used = 0;
    for (const pt__ql_node *node = bag->first; node != NULL; node = node->next) {
        used += (size_t)snprintf(text + used, len + 1 - used, "%s%.*s",
                                 node == bag->first ? "" : ", ", PT__SHOW(node->text));
    }
    pte_bytes shown = show_spot(l, at);
    return pt__refuse(l->context->failure, PT__VALIDATION,
                      PT__INVALID_PARAMETER
                      "Input collection [%.*s] contains duplicates! under %.*s",
                      (int)used, text, PT__SHOW(shown));
}

static pt__exception add_set(const literal *l, const spot *at, const pt__ql_node *bag) {
    pt__failure *failure = l->context->failure;
    if (bag->count == 0) {
        return pt__refuse(failure, PT__VALIDATION, "Empty bags are not supported");
    }
    pt__ql_kind kind = bag->first->kind;
    for (const pt__ql_node *node = bag->first; node != NULL; node = node->next) {
        if (node->kind != kind || (kind != PT__QL_VALUE_NUMBER && kind != PT__QL_VALUE_STRING)) {
            return pt__refuse(failure, PT__VALIDATION,
                              "Unsupported data type in Bag. DynamoDB only supports either "
                              "numbers or strings in bags");
        }
        pte_number ignored;
        pt__exception exception =
            kind == PT__QL_VALUE_NUMBER ? read_number(&ignored, l, at, node) : PT__OK;
        if (exception != PT__OK) {
            return exception;
        }
    }
    const pt__json *elements = elements_of(l, bag);
    if (elements == NULL) {
        return pt__refuse_memory(failure);
    }
    bool numbers = kind == PT__QL_VALUE_NUMBER;
    pt__exception exception =
        pt__set_decode(l->builder, numbers ? PTE_TYPE_NS : PTE_TYPE_SS, elements, failure);
    return exception == PT__VALIDATION && numbers ? refuse_equal_numbers(l, at, bag) : exception;
}

/* ---- values ---- */

static pt__exception add(const literal *l, const spot *at, const pt__ql_node *node, int depth);

static pt__exception add_elements(const literal *l, const spot *at, const pt__ql_node *list,
                                  int depth) {
    spot element = {.parent = at};
    pt__exception exception = PT__OK;
    for (const pt__ql_node *node = list->first; node != NULL && exception == PT__OK;
         node = node->next, element.index++) {
        exception = add(l, &element, node, depth);
    }
    return exception;
}

/* A member's name: a text, not empty, that none before it has. */
static pt__exception check_name(const literal *l, const spot *at, const pt__ql_node *map,
                                const pt__ql_node *name) {
    pt__failure *failure = l->context->failure;
    if (name->kind != PT__QL_VALUE_STRING) {
        pte_bytes shown = show_spot(l, at);
        return pt__refuse(
            failure, PT__VALIDATION,
            "Tuple keys must be of type String. Actual type: %s under %.*s" PT__QL_AT_FORMAT,
            pt__ql_kind_name(name), PT__SHOW(shown), PT__QL_AT_PLACE(name));
    }
    if (name->text.len == 0) {
        return pt__refuse(failure, PT__VALIDATION, "Path component cannot be an empty string");
    }
    for (const pt__ql_node *other = map->first; other != name; other = other->next->next) {
        if (pte_bytes_equal(other->text, name->text)) {
            pte_bytes shown = show_spot(l, at);
            return pt__refuse(failure, PT__VALIDATION,
                              "Duplicate keys in tuple. Key: %.*s under %.*s" PT__QL_AT_FORMAT,
                              PT__SHOW(name->text), PT__SHOW(shown), PT__QL_AT_PLACE(name));
        }
    }
    return PT__OK;
}

static pt__exception add_members(const literal *l, const spot *at, const pt__ql_node *map,
                                 int depth) {
    pt__exception exception = PT__OK;
    for (const pt__ql_node *name = map->first; name != NULL && exception == PT__OK;
         name = name->next->next) {
        spot member = {.parent = at, .name = name->text};
        exception = check_name(l, at, map, name);
        if (exception == PT__OK) {
            pte_builder_name(l->builder, name->text);
            exception = add(l, &member, name->next, depth);
        }
    }
    return exception;
}

static pt__exception refuse_depth(const literal *l, const spot *at, const pt__ql_node *node) {
    spot inner = {.parent = at};
    if (node->kind == PT__QL_VALUE_STRUCT && node->first != NULL) {
        inner.name = node->first->text;
    }
    pte_bytes shown = show_spot(l, node->first != NULL ? &inner : at);
    return pt__refuse(l->context->failure, PT__VALIDATION,
                      "Nesting Levels have exceeded supported limits under %.*s", PT__SHOW(shown));
}

static pt__exception add_container(const literal *l, const spot *at, const pt__ql_node *node,
                                   int depth) {
    literal inner = *l;
    inner.parameters = false;
    if (depth == NESTING_MAX) {
        return refuse_depth(l, at, node);
    }
    bool list = node->kind == PT__QL_VALUE_LIST;
    pte_builder_begin(l->builder, list ? PTE_TYPE_L : PTE_TYPE_M);
    pt__exception exception =
        list ? add_elements(&inner, at, node, depth + 1) : add_members(&inner, at, node, depth + 1);
    pte_builder_end(l->builder);
    return exception;
}

static pt__exception add_number(const literal *l, const spot *at, const pt__ql_node *node) {
    pte_number number;
    pt__exception exception = read_number(&number, l, at, node);
    if (exception == PT__OK) {
        pte_builder_decimal(l->builder, &number);
    }
    return exception;
}

static pt__exception add(const literal *l, const spot *at, const pt__ql_node *node, int depth) {
    switch (node->kind) {
    case PT__QL_VALUE_NUMBER:
        return add_number(l, at, node);
    case PT__QL_VALUE_STRING:
        pte_builder_string(l->builder, node->text);
        return PT__OK;
    case PT__QL_VALUE_TRUE:
    case PT__QL_VALUE_FALSE:
        pte_builder_boolean(l->builder, node->kind == PT__QL_VALUE_TRUE);
        return PT__OK;
    case PT__QL_VALUE_NULL:
        pte_builder_null(l->builder);
        return PT__OK;
    case PT__QL_VALUE_LIST:
    case PT__QL_VALUE_STRUCT:
        return add_container(l, at, node, depth);
    case PT__QL_VALUE_BAG:
        return add_set(l, at, node);
    case PT__QL_VALUE_PARAMETER:
        if (l->parameters) {
            pte_builder_value(l->builder, &l->context->parameters[node->number]);
            return PT__OK;
        }
        return refuse_kind(l, at, node);
    default:
        return refuse_kind(l, at, node);
    }
}

bool pt__ql_is_value(const pt__ql_node *node) {
    return node->kind <= PT__QL_VALUE_STRUCT;
}

pt__exception pt__ql_value(pte_value *value, const pt__ql_context *context,
                           const pt__ql_node *node) {
    static const spot root;
    literal l = {context, context->scratch, true};
    if (node->kind == PT__QL_VALUE_PARAMETER) {
        *value = context->parameters[node->number];
        return PT__OK;
    }
    if (node->kind == PT__QL_VALUE_MISSING) {
        return pt__refuse(context->failure, PT__VALIDATION,
                          "MISSING must be compared using IS operator");
    }
    pte_builder_reset(context->scratch);
    pte_builder_name(context->scratch, pte_str("v"));
    pt__exception exception = add(&l, &root, node, 0);
    return exception == PT__OK ? pt__value_take(value, context->scratch, context->failure)
                               : exception;
}

/* ---- items ---- */

pt__exception pt__ql_item(pte_item *item, pte_builder *builder, const pt__ql_context *context,
                          const pt__ql_statement *statement) {
    static const spot root;
    literal l = {context, builder, true};
    const pt__ql_node *map = statement->item;
    pte_error error;
    if (map->kind != PT__QL_VALUE_STRUCT) {
        return pt__refuse(context->failure, PT__VALIDATION,
                          "Unsupported format in item expression. Please use struct format {...} "
                          "to express item values for insert statement." PT__QL_AT_FORMAT,
                          PT__QL_AT_PLACE(map));
    }
    pte_builder_reset(builder);
    pt__exception exception = PT__OK;
    for (const pt__ql_node *name = map->first; name != NULL && exception == PT__OK;
         name = name->next->next) {
        exception = check_name(&l, &root, map, name);
        if (exception == PT__OK) {
            pte_builder_name(builder, name->text);
            exception = add(&l, &root, name->next, 0); /* each attribute is a root of its own */
        }
    }
    if (exception != PT__OK) {
        return exception;
    }
    pte_status status = pte_builder_item(item, builder, &error);
    return status == PTE_OK ? PT__OK : pt__refuse_engine(context->failure, status, &error);
}

/* ---- names ---- */

pte_bytes pt__ql_lower(const pt__ql_context *context, pte_bytes text) {
    uint8_t *lower = pte__arena_alloc(context->failure->arena, text.len);
    for (size_t i = 0; i < text.len && lower != NULL; i++) {
        lower[i] = (uint8_t)tolower(text.data[i]);
    }
    return lower != NULL ? (pte_bytes){lower, text.len} : (pte_bytes){NULL, 0};
}
