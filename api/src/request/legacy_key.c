/*
 * KeyConditions: comparisons of the attributes of a key.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/LegacyConditionalParameters.KeyConditions.html
 */
#include "request/legacy.h"

#include "expression/key_values.h"

static pt__exception refuse_length(pt__call *call) {
    return pt__refuse(&call->failure, PT__VALIDATION, "Conditions can be of length 1 or 2 only");
}

static pt__exception refuse_unsupported(pt__call *call) {
    return pt__refuse(&call->failure, PT__VALIDATION, "Query key condition not supported");
}

/* A key of several attributes takes more than two conditions, and only global indexes have such
 * keys; the documentation, which is older, does not say whether KeyConditions may be used there. */
pt__exception pt__key_comparisons_read(pt__key_comparisons *comparisons, pt__call *call,
                                       const pt__json *conditions) {
    *comparisons = (pt__key_comparisons){0};
    if (conditions->count == 0) {
        return refuse_length(call);
    }
    comparisons->items =
        pte__arena_alloc(&call->arena, conditions->count * sizeof *comparisons->items);
    if (comparisons->items == NULL) {
        return pt__refuse_memory(&call->failure);
    }
    pt__exception exception = PT__OK;
    for (const pt__json *member = conditions->first; member != NULL && exception == PT__OK;
         member = member->next) {
        exception =
            pt__comparison_of_condition(&comparisons->items[comparisons->count++], call, member);
    }
    bool on_table = pt__json_member(call->body, "IndexName") == NULL;
    return exception == PT__OK && on_table && comparisons->count > 2 ? refuse_length(call)
                                                                     : exception;
}

static const pt__comparison *find(const pt__key_comparisons *comparisons, pte_bytes name) {
    for (size_t i = 0; i < comparisons->count; i++) {
        if (pte_bytes_equal(comparisons->items[i].name, name)) {
            return &comparisons->items[i];
        }
    }
    return NULL;
}

static pt__exception refuse_missing(pt__call *call, const pte_key_attribute *attribute) {
    return pt__refuse(&call->failure, PT__VALIDATION,
                      "Query condition missed key schema element: %.*s", PT__SHOW(attribute->name));
}

static pt__exception check_operator(pt__call *call, const pt__comparison *comparison) {
    return comparison->op->in_keys
               ? PT__OK
               : pt__refuse(&call->failure, PT__VALIDATION,
                            "Attempted conditional constraint is not an indexable operation");
}

/* The order of the checks is verified against the service. */
static pt__exception fill_hash(pte_query *query, pt__call *call,
                               const pt__key_comparisons *comparisons, const pt__key_schema *key) {
    pt__exception exception = PT__OK;
    for (size_t i = 0; i < key->hash_count && exception == PT__OK; i++) {
        const pte_key_attribute *attribute = &key->hash[i];
        const pt__comparison *found = find(comparisons, attribute->name);
        if (found == NULL) {
            return refuse_missing(call, attribute);
        }
        exception = check_operator(call, found);
        if (exception == PT__OK) {
            exception = pt__key_value_type(&found->operands[1].value, attribute, &call->failure);
        }
        if (exception == PT__OK && found->op->key_op != PTE_RANGE_EQ) {
            return refuse_unsupported(call);
        }
        if (exception == PT__OK) {
            exception = pt__key_value_take(&query->hash[query->hash_count++], key, attribute,
                                           &found->operands[1].value, &call->failure);
        }
    }
    return exception;
}

/* From the left without gaps, and only the last by anything but equality. */
static pt__exception fill_range(pte_query *query, pt__call *call,
                                const pt__key_comparisons *comparisons, const pt__key_schema *key) {
    size_t count = comparisons->count - key->hash_count;
    pt__exception exception = PT__OK;
    for (size_t i = 0; i < count && exception == PT__OK; i++) {
        const pte_key_attribute *attribute = &key->range[i];
        const pt__comparison *found = find(comparisons, attribute->name);
        if (found == NULL) {
            return refuse_missing(call, attribute);
        }
        exception = check_operator(call, found);
        if (exception == PT__OK && i + 1 < count && found->op->key_op != PTE_RANGE_EQ) {
            return refuse_unsupported(call);
        }
        if (exception == PT__OK) {
            query->op = found->op->key_op;
            exception = pt__key_value_take(&query->range[query->range_count++], key, attribute,
                                           &found->operands[1].value, &call->failure);
        }
        if (exception == PT__OK && query->op == PTE_RANGE_BETWEEN) {
            exception = pt__key_value_take(&query->range_upper, key, attribute,
                                           &found->operands[2].value, &call->failure);
        }
    }
    return exception;
}

pt__exception pt__key_comparisons_fill(pte_query *query, pt__call *call,
                                       const pt__key_comparisons *comparisons,
                                       const pt__key_schema *key) {
    bool composite = key->hash_count > 1 || key->range_count > 1;
    query->hash_count = query->range_count = 0;
    query->op = PTE_RANGE_ANY;
    query->range_upper = (pte_scalar){PTE_TYPE_NONE, {NULL, 0}};
    if (!composite && comparisons->count > 2) {
        return refuse_length(call);
    }
    if (comparisons->count > key->hash_count + key->range_count) {
        return refuse_unsupported(call);
    }
    pt__exception exception = fill_hash(query, call, comparisons, key);
    return exception == PT__OK ? fill_range(query, call, comparisons, key) : exception;
}
