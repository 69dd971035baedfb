/*
 * Sets from JSON. What makes a set invalid is found here rather than by the builder, because AWS's
 * texts repeat the elements as they were sent.
 */
#include "value/value_internal.h"

#include "json/base64.h"

#include <stdio.h>
#include <stdlib.h>

enum { PAIRWISE_MAX = 8 }; /* up to here elements are compared each with each, above sorted */

/* An element: as it was sent and, of a binary or number set, what it means. */
typedef struct element {
    pte_bytes bytes;
    pte_number number;
} element;

static pt__exception refuse_empty(pte_type type, pt__failure *failure) {
    /* The blanks are AWS's. */
    const char *text = type == PTE_TYPE_BS   ? "Binary sets should not be empty"
                       : type == PTE_TYPE_NS ? "An number set  may not be empty"
                                             : "An string set  may not be empty";
    return pt__refuse_request(failure, PT__INVALID_PARAMETER "%s", text);
}

/* DynamoDB Local's texts; AWS documents none. */
static pt__exception refuse_null(pte_type type, pt__failure *failure) {
    const char *text = type == PTE_TYPE_BS ? "Binary sets may not contain null or empty values"
                       : type == PTE_TYPE_NS
                           ? "An number set may not have a null number as a member"
                           : "An string set may not have a null string as a member";
    return pt__refuse_request(failure, PT__INVALID_PARAMETER "%s", text);
}

/* "[a, a]", of the elements as they were sent. */
static pt__exception refuse_duplicates(pte_type type, const pt__json *elements,
                                       pt__failure *failure) {
    if (type == PTE_TYPE_NS) {
        return pt__refuse_request(failure, "Input collection contains duplicates");
    }
    size_t len = 2;
    for (const pt__json *e = elements->first; e != NULL; e = e->next) {
        len += e->text.len + 2;
    }
    char *list = pte__arena_alloc(failure->arena, len);
    if (list == NULL) {
        return pt__refuse_memory(failure);
    }
    char *at = list;
    *at++ = '[';
    for (const pt__json *e = elements->first; e != NULL; e = e->next) {
        if (e->text.len != 0) {
            memcpy(at, e->text.data, e->text.len);
            at += e->text.len;
        }
        if (e->next != NULL) {
            *at++ = ',';
            *at++ = ' ';
        }
    }
    *at++ = ']';
    return pt__refuse_request(
        failure, PT__INVALID_PARAMETER "Input collection %.*s%s contains duplicates.",
        PT__SHOW(pte_view(list, (size_t)(at - list))), type == PTE_TYPE_BS ? "of type BS" : "");
}

static int compare_bytes(const void *a, const void *b) {
    return pte_bytes_compare(((const element *)a)->bytes, ((const element *)b)->bytes);
}

static int compare_numbers(const void *a, const void *b) {
    return pte_number_compare(&((const element *)a)->number, &((const element *)b)->number);
}

/* Whether two elements are equal; may change their order. */
static bool has_duplicates(element *elements, size_t count, pte_type type) {
    int (*compare)(const void *, const void *) =
        type == PTE_TYPE_NS ? compare_numbers : compare_bytes;
    size_t reach = count; /* how many followers an element is compared with */
    if (count > PAIRWISE_MAX) {
        qsort(elements, count, sizeof *elements, compare);
        reach = 1;
    }
    for (size_t i = 0; i < count; i++) {
        for (size_t j = i + 1; j < count && j - i <= reach; j++) {
            if (compare(&elements[i], &elements[j]) == 0) {
                return true;
            }
        }
    }
    return false;
}

static pt__exception read_element(element *read, pte_type type, const pt__json *json,
                                  pt__failure *failure) {
    if (json->type == PT__JSON_NULL) {
        return refuse_null(type, failure);
    }
    read->bytes = json->text;
    if (type == PTE_TYPE_NS) {
        return pt__number_read(&read->number, json->text, failure);
    }
    return type == PTE_TYPE_BS ? pt__base64_decode(&read->bytes, json->text, failure) : PT__OK;
}

static void add_elements(pte_builder *builder, pte_type type, const element *elements,
                         size_t count) {
    pte_builder_begin(builder, type);
    for (size_t i = 0; i < count; i++) {
        switch (type) {
        case PTE_TYPE_NS:
            pte_builder_decimal(builder, &elements[i].number);
            break;
        case PTE_TYPE_BS:
            pte_builder_binary(builder, elements[i].bytes);
            break;
        default:
            pte_builder_string(builder, elements[i].bytes);
            break;
        }
    }
    pte_builder_end(builder);
}

pt__exception pt__set_decode(pte_builder *builder, pte_type type, const pt__json *json,
                             pt__failure *failure) {
    if (json->count == 0) {
        return refuse_empty(type, failure);
    }
    element few[PAIRWISE_MAX];
    element *elements = few;
    if (json->count > PAIRWISE_MAX) {
        elements = pte__arena_alloc(failure->arena, json->count * sizeof *elements);
        if (elements == NULL) {
            return pt__refuse_memory(failure);
        }
    }
    size_t count = 0;
    for (const pt__json *e = json->first; e != NULL; e = e->next) {
        pt__exception exception = read_element(&elements[count++], type, e, failure);
        if (exception != PT__OK) {
            return exception;
        }
    }
    if (has_duplicates(elements, count, type)) {
        return refuse_duplicates(type, json, failure);
    }
    add_elements(builder, type, elements, count);
    return PT__OK;
}
