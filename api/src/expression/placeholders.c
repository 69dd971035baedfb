/*
 * ExpressionAttributeNames and ExpressionAttributeValues: reading them and finding what is unused.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.ExpressionAttributeNames.html
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
 */
#include "expression/compile.h"
#include "value/attribute_value.h"

#include <stdlib.h>

enum {
    KEY_BYTES_MAX = 255,             /* of a placeholder */
    SUM_BYTES_MAX = 2 * 1024 * 1024, /* of all placeholders and what they stand for */
};

pt__exception pt__invalid(const pt__compile *compile, const char *format, ...) {
    pt__failure *failure = compile->expressions->failure;
    va_list arguments;
    va_start(arguments, format);
    pte_bytes text = pt__format(failure->arena, format, arguments);
    va_end(arguments);
    if (text.data == NULL) {
        return pt__refuse_memory(failure);
    }
    return compile->parameter == NULL
               ? pt__refuse(failure, PT__VALIDATION, "%s", (const char *)text.data)
               : pt__refuse_request(failure, "Invalid %s: %s", compile->parameter,
                                    (const char *)text.data);
}

pt__exception pt__compile_memory(const pt__compile *compile) {
    return pt__refuse_memory(compile->expressions->failure);
}

/* ---- reading ---- */

static pt__exception check_key(pt__failure *failure, const char *map, pte_bytes key, char marker) {
    if (key.len == 0) {
        return pt__refuse_request(
            failure,
            "%s contains invalid key: The expression attribute map contains an "
            "empty key;",
            map);
    }
    if (key.len > KEY_BYTES_MAX) {
        return marker == '#'
                   ? pt__refuse_request(failure,
                                        "%s contains invalid key: The expression attribute map "
                                        "contains a key that is too long; size of key: %zu",
                                        map, key.len)
                   : pt__refuse_request(failure,
                                        "%s contains invalid key: The expression attribute map "
                                        "contains a key that is too long;",
                                        map);
    }
    if (!pt__is_placeholder(key, marker)) {
        return pt__refuse_request(failure, "%s contains invalid key: Syntax error; key: \"%.*s\"",
                                  map, PT__SHOW(key));
    }
    return PT__OK;
}

static pt__exception read_name(pt__placeholder *placeholder, pt__expressions *expressions,
                               const pt__json *member) {
    if (member->text.len == 0) {
        return pt__refuse_request(
            expressions->failure,
            "ExpressionAttributeNames contains invalid value: Empty attribute name "
            "for key %.*s",
            PT__SHOW(member->name));
    }
    if (member->text.len > PTE_NAME_BYTES_MAX) {
        return pt__refuse_request(
            expressions->failure,
            "ExpressionAttributeNames contains invalid value: Attribute name is too "
            "large, must be less than 65536 bytes for key %.*s",
            PT__SHOW(member->name));
    }
    placeholder->name = member->text;
    return PT__OK;
}

static pt__exception read_value(pt__placeholder *placeholder, pt__expressions *expressions,
                                const pt__json *member) {
    pt__failure *failure = expressions->failure;
    pt__failure inner = {.arena = failure->arena};
    pt__exception exception =
        pt__value_decode_into(&placeholder->value, expressions->scratch, member, &inner);
    if (exception == PT__OK) {
        return PT__OK;
    }
    pte_bytes said = inner.message;
    if (exception != PT__VALIDATION) {
        return pt__refuse_bytes(failure, exception, said);
    }
    if (failure->prefixed && inner.whole) {
        return pt__refuse_request(failure, "%.*s", PT__SHOW(said));
    }
    return pt__refuse_request(failure,
                              "ExpressionAttributeValues contains invalid value: %.*s for key %.*s",
                              PT__SHOW(said), PT__SHOW(member->name));
}

static pt__exception check_sum(const pt__expressions *expressions,
                               const pt__placeholder *placeholders, size_t count, const char *map) {
    size_t sum = 0;
    for (size_t i = 0; i < count; i++) {
        size_t value_bytes = 0;
        pte_error error;
        if (placeholders[i].value.type != PTE_TYPE_NONE) {
            pte_status status = pte_value_size_bytes(&value_bytes, &placeholders[i].value, &error);
            if (status != PTE_OK) {
                return pt__refuse_engine(expressions->failure, status, &error);
            }
        }
        sum += placeholders[i].key.len + placeholders[i].name.len + value_bytes;
        if (sum > SUM_BYTES_MAX) {
            return pt__refuse_request(expressions->failure, "%s exceeds max size", map);
        }
    }
    return PT__OK;
}

static int compare_keys(const void *a, const void *b) {
    const pt__placeholder *left = *(pt__placeholder *const *)a;
    const pt__placeholder *right = *(pt__placeholder *const *)b;
    return pte_bytes_compare(left->key, right->key);
}

/* Many are looked up by halving: there may be some 100,000, and a thousand uses of them. */
static pt__exception sort_map(pt__placeholder ***by_key, const pt__expressions *expressions,
                              pt__placeholder *placeholders, size_t count) {
    enum { FEW = 32 };
    if (count <= FEW) {
        return PT__OK;
    }
    pt__placeholder **sorted =
        pte__arena_alloc(expressions->arena, count * sizeof(pt__placeholder *));
    if (sorted == NULL) {
        return pt__refuse_memory(expressions->failure);
    }
    for (size_t i = 0; i < count; i++) {
        sorted[i] = &placeholders[i];
    }
    qsort(sorted, count, sizeof(pt__placeholder *), compare_keys);
    *by_key = sorted;
    return PT__OK;
}

static pt__exception read_map(pt__placeholder **placeholders, size_t *count,
                              pt__expressions *expressions, const pt__json *map, char marker) {
    const char *parameter =
        marker == '#' ? "ExpressionAttributeNames" : "ExpressionAttributeValues";
    pt__exception exception = PT__OK;
    if (map->count == 0) {
        return pt__refuse_request(expressions->failure, "%s must not be empty", parameter);
    }
    *placeholders = pte__arena_alloc(expressions->arena, map->count * sizeof **placeholders);
    if (*placeholders == NULL) {
        return pt__refuse_memory(expressions->failure);
    }
    for (const pt__json *member = map->first; member != NULL && exception == PT__OK;
         member = member->next) {
        pt__placeholder *placeholder = &(*placeholders)[*count];
        *placeholder = (pt__placeholder){.key = member->name};
        exception = check_key(expressions->failure, parameter, member->name, marker);
        if (exception == PT__OK) {
            exception = marker == '#' ? read_name(placeholder, expressions, member)
                                      : read_value(placeholder, expressions, member);
        }
        *count += exception == PT__OK;
    }
    return exception != PT__OK ? exception
                               : check_sum(expressions, *placeholders, *count, parameter);
}

pt__exception pt__expressions_init(pt__expressions *expressions,
                                   const pt__placeholders_given *given) {
    pt__exception exception = PT__OK;
    expressions->names = expressions->values = NULL;
    expressions->name_count = expressions->value_count = 0;
    expressions->names_by_key = expressions->values_by_key = NULL;
    if (given->names != NULL && !given->any_expression) {
        return pt__refuse_request(
            expressions->failure,
            "ExpressionAttributeNames can only be specified when using expressions");
    }
    if (given->values != NULL && !given->values_usable) {
        return pt__refuse_request(
            expressions->failure,
            "ExpressionAttributeValues can only be specified when using expressions: %s",
            given->absent_values);
    }
    if (given->names != NULL) {
        exception =
            read_map(&expressions->names, &expressions->name_count, expressions, given->names, '#');
    }
    if (exception == PT__OK && given->values != NULL) {
        exception = read_map(&expressions->values, &expressions->value_count, expressions,
                             given->values, ':');
    }
    if (exception == PT__OK) {
        exception = sort_map(&expressions->names_by_key, expressions, expressions->names,
                             expressions->name_count);
    }
    return exception == PT__OK ? sort_map(&expressions->values_by_key, expressions,
                                          expressions->values, expressions->value_count)
                               : exception;
}

/* ---- what is left ---- */

static pt__exception check_used(const pt__expressions *expressions,
                                const pt__placeholder *placeholders, size_t count,
                                const char *map) {
    size_t len = 0;
    for (size_t i = 0; i < count; i++) {
        len += placeholders[i].used ? 0 : placeholders[i].key.len + 2;
    }
    if (len == 0) {
        return PT__OK;
    }
    char *keys = pte__arena_alloc(expressions->arena, len);
    if (keys == NULL) {
        return pt__refuse_memory(expressions->failure);
    }
    len = 0;
    for (size_t i = 0; i < count; i++) {
        if (!placeholders[i].used) {
            memcpy(keys + len, placeholders[i].key.data, placeholders[i].key.len);
            len += placeholders[i].key.len;
            memcpy(keys + len, ", ", 2);
            len += 2;
        }
    }
    pte_bytes shown = pte_view(keys, len - 2);
    return pt__refuse_request(expressions->failure,
                              "Value provided in %s unused in expressions: keys: {%.*s}", map,
                              PT__SHOW(shown));
}

pt__exception pt__expressions_all_used(const pt__expressions *expressions) {
    pt__exception exception = check_used(expressions, expressions->names, expressions->name_count,
                                         "ExpressionAttributeNames");
    return exception != PT__OK ? exception
                               : check_used(expressions, expressions->values,
                                            expressions->value_count, "ExpressionAttributeValues");
}
