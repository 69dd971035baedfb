/*
 * Running a condition on an item in place. Values are compared as they are stored: the engine's
 * form is canonical, so equal values are equal bytes. Nothing is allocated.
 */
#include "expression/contains.h"
#include "expression/datum.h"
#include "expression/flat.h"

#include <stdio.h>

/* ---- finding ---- */

/* The length of a text in UTF-16 units, as DynamoDB Local has it; the documentation says no more
 * than "the length of the string". */
static size_t text_length(pte_bytes text) {
    size_t length = 0;
    for (size_t i = 0; i < text.len; i++) {
        bool continues = (text.data[i] & 0xC0) == 0x80;
        length += continues ? 0 : 1U + (text.data[i] >= 0xF0);
    }
    return length;
}

/* The text's length, which is kept: a condition may ask for it often. */
static size_t length_of(pt__datum *d) {
    size_t length = d->found != NULL ? d->found->text_length : SIZE_MAX;
    if (length == SIZE_MAX) {
        length = text_length(d->value.bytes);
    }
    if (d->found != NULL) {
        d->found->text_length = length;
    }
    return length;
}

/* https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html
 * (size: B by bytes; sets, lists and maps by elements; nothing but these and S has one) */
static void make_size(pt__datum *d) {
    size_t size = 0;
    switch (d->value.type) {
    case PTE_TYPE_S:
        size = length_of(d);
        break;
    case PTE_TYPE_B:
        size = d->value.bytes.len;
        break;
    case PTE_TYPE_SS:
    case PTE_TYPE_NS:
    case PTE_TYPE_BS:
    case PTE_TYPE_L:
    case PTE_TYPE_M:
        size = d->value.count;
        break;
    default:
        d->value = (pte_value){.type = PTE_TYPE_NONE};
        return;
    }
    int len = snprintf(d->size_text, sizeof d->size_text, "%zu", size);
    d->value = (pte_value){.type = PTE_TYPE_N, .bytes = {(uint8_t *)d->size_text, (size_t)len}};
}

pte_status pt__datum_get(pt__datum *d, const pt__operand *operand, pt__lookup *lookup,
                         pte_error *error) {
    pte_status status = PTE_OK;
    d->constant = NULL;
    d->found = NULL;
    if (operand->is_path) {
        status = pt__lookup_path(&d->value, &d->found, lookup, &operand->path, error);
    } else {
        d->value = operand->value;
        d->constant = operand->value.type == PTE_TYPE_N && !operand->size ? &operand->number : NULL;
    }
    if (status == PTE_OK && operand->size) {
        make_size(d);
    }
    return status;
}

/* ---- comparing ---- */

/* Numbers by their text, which is canonical too, and which a size has as well. */
static bool equal(const pte_value *a, const pte_value *b) {
    if (a->type == PTE_TYPE_NONE || a->type != b->type) {
        return false;
    }
    return a->type == PTE_TYPE_N ? pte_bytes_equal(a->bytes, b->bytes)
                                 : pte_bytes_equal(a->encoded, b->encoded);
}

int pt__value_order(const pte_value *a, const pte_value *b) {
    if (a->type != b->type) {
        return a->type < b->type ? -1 : 1;
    }
    return a->type == PTE_TYPE_N ? pte_bytes_compare(a->bytes, b->bytes)
                                 : pte_bytes_compare(a->encoded, b->encoded);
}

static bool is_ordered(pte_type type) {
    return type == PTE_TYPE_S || type == PTE_TYPE_N || type == PTE_TYPE_B;
}

static pte_status number_of(pte_number *number, const pt__datum *d, pte_error *error) {
    if (d->constant != NULL) {
        *number = *d->constant;
        return PTE_OK;
    }
    return pte_number_parse(number, d->value.bytes, error) == PTE_OK
               ? PTE_OK
               : pte__fail(error, PTE_CORRUPT, "a number in an item is none");
}

static pte_status compare(int *order, const pt__datum *a, const pt__datum *b, pte_error *error) {
    pte_number left;
    pte_number right;
    *order = 0;
    if (a->value.type != PTE_TYPE_N) {
        *order = pte_bytes_compare(a->value.bytes, b->value.bytes);
        return PTE_OK;
    }
    pte_status status = number_of(&left, a, error);
    if (status == PTE_OK) {
        status = number_of(&right, b, error);
    }
    if (status == PTE_OK) {
        *order = pte_number_compare(&left, &right);
    }
    return status;
}

pte_status pt__value_compare(int *order, const pte_value *a, const pte_value *b, pte_error *error) {
    pt__datum left = {.value = *a};
    pt__datum right = {.value = *b};
    return compare(order, &left, &right, error);
}

static pte_status compare_by(bool *holds, pt__test test, const pt__datum *a, const pt__datum *b,
                             pte_error *error) {
    int order;
    *holds = false;
    if (!is_ordered(a->value.type) || a->value.type != b->value.type) {
        return PTE_OK;
    }
    pte_status status = compare(&order, a, b, error);
    if (status == PTE_OK) {
        *holds = (test == PT__TEST_LT && order < 0) || (test == PT__TEST_LE && order <= 0) ||
                 (test == PT__TEST_GT && order > 0) || (test == PT__TEST_GE && order >= 0);
    }
    return status;
}

/* ---- tests ---- */

static bool begins_with(const pte_value *value, const pte_value *prefix) {
    return value->type == prefix->type &&
           (value->type == PTE_TYPE_S || value->type == PTE_TYPE_B) &&
           value->bytes.len >= prefix->bytes.len &&
           pte_bytes_equal(pte_view(value->bytes.data, prefix->bytes.len), prefix->bytes);
}

static bool contains_bytes(pte_bytes whole, pte_bytes part) {
    return part.len == 0 ||
           (whole.len != 0 && memmem(whole.data, whole.len, part.data, part.len) != NULL);
}

static bool has_elements(const pte_value *value) {
    return value->type == PTE_TYPE_L || value->type == PTE_TYPE_SS || value->type == PTE_TYPE_NS ||
           value->type == PTE_TYPE_BS;
}

/* A substring of S or B, an element of a set or list. */
static pte_status contains(bool *holds, const pte_value *value, const pte_value *part,
                           pte_error *error) {
    *holds = false;
    if (value->type == PTE_TYPE_S || value->type == PTE_TYPE_B) {
        *holds = value->type == part->type && contains_bytes(value->bytes, part->bytes);
        return PTE_OK;
    }
    if (!has_elements(value) || part->type == PTE_TYPE_NONE) {
        return PTE_OK;
    }
    pte_iter iter;
    pte_value element;
    pte_status status = pte_value_iterate(&iter, value, error);
    while (status == PTE_OK && !*holds) {
        status = pte_iter_next(&iter, NULL, &element, error);
        *holds = status == PTE_OK && equal(&element, part);
    }
    return status == PTE_END ? PTE_OK : status;
}

static pte_status test_between(bool *holds, const pt__datum *first, const pt__condition *condition,
                               pt__lookup *lookup, pte_error *error) {
    pt__datum bound;
    pte_status status = pt__datum_get(&bound, &condition->operands[1], lookup, error);
    if (status == PTE_OK) {
        status = compare_by(holds, PT__TEST_GE, first, &bound, error);
    }
    if (status == PTE_OK && *holds) {
        status = pt__datum_get(&bound, &condition->operands[2], lookup, error);
    }
    if (status == PTE_OK && *holds) {
        status = compare_by(holds, PT__TEST_LE, first, &bound, error);
    }
    return status;
}

/* Whether one of the sorted constants behind the first operand is equal to value. */
static bool is_among(const pt__condition *condition, const pte_value *value) {
    size_t low = 1;
    size_t high = condition->operand_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = pt__value_order(value, &condition->operands[middle].value);
        if (order == 0) {
            return true;
        }
        low = order < 0 ? low : middle + 1;
        high = order < 0 ? middle : high;
    }
    return false;
}

static pte_status test_in(bool *holds, const pt__datum *first, const pt__condition *condition,
                          pt__lookup *lookup, pte_error *error) {
    pte_status status = PTE_OK;
    *holds = false;
    if (condition->sorted) {
        *holds = is_among(condition, &first->value);
        return PTE_OK;
    }
    for (size_t i = 1; i < condition->operand_count && status == PTE_OK && !*holds; i++) {
        pt__datum other;
        status = pt__datum_get(&other, &condition->operands[i], lookup, error);
        *holds = status == PTE_OK && equal(&first->value, &other.value);
    }
    return status;
}

/* The tests of two operands. */
static pte_status test_two(bool *holds, const pt__datum *first, const pt__condition *condition,
                           pt__lookup *lookup, pte_error *error) {
    pt__datum second;
    if (condition->contains != NULL && first->found != NULL && has_elements(&first->value)) {
        return pt__contains_holds(holds, condition->contains, condition, &first->value, lookup,
                                  error);
    }
    pte_status status = pt__datum_get(&second, &condition->operands[1], lookup, error);
    if (status != PTE_OK) {
        return status;
    }
    switch (condition->test) {
    case PT__TEST_EQ:
    case PT__TEST_NE:
        *holds = equal(&first->value, &second.value) == (condition->test == PT__TEST_EQ);
        return PTE_OK;
    case PT__TEST_BEGINS_WITH:
        *holds = begins_with(&first->value, &second.value);
        return PTE_OK;
    case PT__TEST_CONTAINS:
        return contains(holds, &first->value, &second.value, error);
    case PT__TEST_NOT_CONTAINS:
        status = contains(holds, &first->value, &second.value, error);
        *holds = !*holds && first->value.type != PTE_TYPE_NONE;
        return status;
    default:
        return compare_by(holds, condition->test, first, &second, error);
    }
}

pte_status pt__test_holds(bool *holds, const pt__condition *condition, pt__lookup *lookup,
                          pte_error *error) {
    pt__datum first;
    pte_status status = pt__datum_get(&first, &condition->operands[0], lookup, error);
    if (status != PTE_OK) {
        return status;
    }
    switch (condition->test) {
    case PT__TEST_EXISTS:
        *holds = first.value.type != PTE_TYPE_NONE;
        return PTE_OK;
    case PT__TEST_NOT_EXISTS:
        *holds = first.value.type == PTE_TYPE_NONE;
        return PTE_OK;
    case PT__TEST_TYPE:
        *holds = first.value.type == condition->type;
        return PTE_OK;
    case PT__TEST_BETWEEN:
        return test_between(holds, &first, condition, lookup, error);
    case PT__TEST_IN:
        return test_in(holds, &first, condition, lookup, error);
    default:
        return test_two(holds, &first, condition, lookup, error);
    }
}

/* Recursive, as deep as the parser allows. */
static pte_status holds_for(bool *holds, const pt__condition *condition, pt__lookup *lookup,
                            pte_error *error) {
    *holds = false;
    if (condition->test > PT__TEST_NOT) {
        return pt__test_holds(holds, condition, lookup, error);
    }
    pte_status status = PTE_OK;
    bool stops_at = condition->test == PT__TEST_ANY; /* the answer that settles it */
    const pt__condition *child = condition->first;
    do {
        status = holds_for(holds, child, lookup, error);
        child = child->next;
    } while (status == PTE_OK && child != NULL && *holds != stops_at);
    if (condition->test == PT__TEST_NOT) {
        *holds = status == PTE_OK && !*holds;
    }
    return status;
}

pte_status pt__condition_holds(bool *holds, const pt__condition *condition, const pte_item *item,
                               pte_error *error) {
    pt__lookup lookup = pt__lookup_on(item, condition->slots);
    return condition->flat != NULL && lookup.slots != NULL
               ? pt__flat_holds(holds, condition->flat, &lookup, error)
               : holds_for(holds, condition, &lookup, error);
}
