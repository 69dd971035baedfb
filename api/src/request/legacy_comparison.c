/*
 * Comparisons: an attribute, one of the 13 operators, and its values.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Condition.html
 */
#include "request/legacy.h"

#include "value/attribute_value.h"

#include <assert.h>

#define BIT(type) (1U << PTE_TYPE_##type)
enum {
    ANY_TYPE = -1,
    ORDERED = BIT(S) | BIT(N) | BIT(B),
    TEXTS = BIT(S) | BIT(B),
    ELEMENTS = ORDERED | BIT(BOOL) | BIT(NULL), /* no set, map or list */
};

/* The numbers of values and their types are API_Condition's, ComparisonOperator. */
static const pt__comparison_operator OPERATORS[] = {
    {"EQ", PT__TEST_EQ, 1, 1, (uint32_t)ANY_TYPE, true, PTE_RANGE_EQ},
    {"NE", PT__TEST_NE, 1, 1, (uint32_t)ANY_TYPE, false, PTE_RANGE_ANY},
    {"LE", PT__TEST_LE, 1, 1, ORDERED, true, PTE_RANGE_LE},
    {"LT", PT__TEST_LT, 1, 1, ORDERED, true, PTE_RANGE_LT},
    {"GE", PT__TEST_GE, 1, 1, ORDERED, true, PTE_RANGE_GE},
    {"GT", PT__TEST_GT, 1, 1, ORDERED, true, PTE_RANGE_GT},
    {"NOT_NULL", PT__TEST_EXISTS, 0, 0, 0, false, PTE_RANGE_ANY},
    {"NULL", PT__TEST_NOT_EXISTS, 0, 0, 0, false, PTE_RANGE_ANY},
    {"CONTAINS", PT__TEST_CONTAINS, 1, 1, ELEMENTS, false, PTE_RANGE_ANY},
    {"NOT_CONTAINS", PT__TEST_NOT_CONTAINS, 1, 1, ELEMENTS, false, PTE_RANGE_ANY},
    {"BEGINS_WITH", PT__TEST_BEGINS_WITH, 1, 1, TEXTS, true, PTE_RANGE_BEGINS_WITH},
    {"IN", PT__TEST_IN, 1, UINT32_MAX, ORDERED, false, PTE_RANGE_ANY},
    {"BETWEEN", PT__TEST_BETWEEN, 2, 2, ORDERED, true, PTE_RANGE_BETWEEN},
};

/* The request's shape has checked that it is one of them. */
static const pt__comparison_operator *operator_of(pte_bytes name) {
    const pt__comparison_operator *op = OPERATORS;
    while (!pte_bytes_equal(name, pte_str(op->name))) {
        op++;
        assert(op < OPERATORS + sizeof OPERATORS / sizeof *OPERATORS);
    }
    return op;
}

pt__exception pt__legacy_name_check(pt__call *call, pte_bytes name) {
    if (name.len == 0) {
        return pt__refuse(&call->failure, PT__VALIDATION, "Empty attribute name");
    }
    return name.len <= PTE_NAME_BYTES_MAX
               ? PT__OK
               : pt__refuse(&call->failure, PT__VALIDATION,
                            "Attribute name is too large, must be less than %d bytes",
                            PTE_NAME_BYTES_MAX + 1);
}

static pt__exception read_values(pt__comparison *comparison, pt__call *call,
                                 const pt__json *values) {
    pt__exception exception = pt__operand_of_name(&comparison->operands[0], &call->arena,
                                                  comparison->name, &call->failure);
    size_t count = 0;
    for (const pt__json *json = values;
         json != NULL && count < comparison->value_count && exception == PT__OK;
         json = json->next) {
        pte_value value;
        exception = pt__value_decode_into(&value, call->scratch, json, &call->failure);
        if (exception == PT__OK) {
            exception =
                pt__operand_of_value(&comparison->operands[++count], &value, &call->failure);
        }
    }
    return exception;
}

/* One after the other, as DynamoDB Local does: which of a wrong and a different type is told. */
static pt__exception check_types(const pt__comparison *comparison, pt__call *call) {
    for (size_t i = 1; i <= comparison->value_count; i++) {
        pte_type type = comparison->operands[i].value.type;
        if ((comparison->op->types & (1U << type)) == 0) {
            return pt__refuse(&call->failure, PT__VALIDATION,
                              PT__LEGACY_INVALID
                              "ComparisonOperator %s is not valid for %s AttributeValue type",
                              comparison->op->name, pte_type_name(type));
        }
        if (type != comparison->operands[1].value.type) {
            return pt__refuse(&call->failure, PT__VALIDATION,
                              PT__LEGACY_INVALID
                              "AttributeValues inside AttributeValueList must be of same type");
        }
    }
    return PT__OK;
}

static pt__exception check_bounds(const pt__comparison *comparison, pt__call *call) {
    const char *requirement; /* of their order: their types are the same by now */
    pt__exception exception =
        pt__operand_bounds_fault(&requirement, comparison->operands, &call->failure);
    return exception == PT__OK && requirement != NULL
               ? pt__refuse(&call->failure, PT__VALIDATION,
                            "The BETWEEN condition was provided a range where the lower bound is "
                            "greater than the upper bound")
               : exception;
}

/* Values are decoded before they are counted, as on the service. */
pt__exception pt__comparison_read(pt__comparison *comparison, pt__call *call, pte_bytes name,
                                  pte_bytes op, const pt__json *values, size_t value_count) {
    *comparison = (pt__comparison){
        .name = name,
        .op = operator_of(op),
        .operands = pte__arena_alloc(&call->arena, (value_count + 1) * sizeof(pt__operand)),
        .value_count = value_count,
    };
    if (comparison->operands == NULL) {
        return pt__refuse_memory(&call->failure);
    }
    pt__exception exception = read_values(comparison, call, values);
    if (exception != PT__OK) {
        return exception;
    }
    if (value_count < comparison->op->values_min || value_count > comparison->op->values_max) {
        return pt__refuse(&call->failure, PT__VALIDATION,
                          PT__LEGACY_INVALID
                          "Invalid number of argument(s) for the %s ComparisonOperator",
                          comparison->op->name);
    }
    exception = check_types(comparison, call);
    return exception == PT__OK && comparison->op->test == PT__TEST_BETWEEN
               ? check_bounds(comparison, call)
               : exception;
}

pt__exception pt__comparison_of_condition(pt__comparison *comparison, pt__call *call,
                                          const pt__json *member) {
    if (member->type == PT__JSON_NULL) { /* DynamoDB Local's text */
        return pt__refuse(&call->failure, PT__VALIDATION,
                          "The filter condition for an attribute cannot be null: %.*s",
                          PT__SHOW(member->name));
    }
    pt__exception exception = pt__legacy_name_check(call, member->name);
    const pt__json *list = pt__json_member(member, "AttributeValueList");
    if (exception != PT__OK) {
        return exception;
    }
    return pt__comparison_read(comparison, call, member->name,
                               pt__json_string(member, "ComparisonOperator"),
                               list != NULL ? list->first : NULL, list != NULL ? list->count : 0);
}

pt__exception pt__comparison_test(pt__condition **condition, pt__call *call,
                                  const pt__comparison *comparison) {
    return pt__condition_test(condition, &call->arena, comparison->op->test, comparison->operands,
                              comparison->value_count + 1, &call->failure);
}
