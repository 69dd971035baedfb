/*
 * Expected, QueryFilter and ScanFilter: comparisons, all of which or any of which must hold.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/LegacyConditionalParameters.Conditions.html
 */
#include "request/legacy.h"

/* Makes the test of one member. */
typedef pt__exception (*read_fn)(pt__condition **condition, pt__call *call, const pt__json *member);

/* ---- members ---- */

static pt__exception read_filter(pt__condition **condition, pt__call *call,
                                 const pt__json *member) {
    pt__comparison comparison;
    pt__exception exception = pt__comparison_of_condition(&comparison, call, member);
    return exception == PT__OK ? pt__comparison_test(condition, call, &comparison) : exception;
}

/* An ExpectedAttributeValue's members. */
typedef struct expected {
    pte_bytes name;
    const pt__json *op;
    const pt__json *list;
    const pt__json *value;
    const pt__json *exists;
} expected;

static pt__exception refuse_expected(pt__call *call, const expected *e, const char *what) {
    return pt__refuse(&call->failure, PT__VALIDATION, PT__LEGACY_INVALID "%s for Attribute: %.*s",
                      what, PT__SHOW(e->name));
}

static pt__exception check_operator(pt__call *call, const expected *e) {
    if (e->exists != NULL) {
        return refuse_expected(call, e, "Exists and ComparisonOperator cannot be used together");
    }
    bool takes_values = !pte_bytes_equal(e->op->text, pte_str("NULL")) &&
                        !pte_bytes_equal(e->op->text, pte_str("NOT_NULL"));
    if (takes_values && e->list == NULL && e->value == NULL) {
        return pt__refuse(&call->failure, PT__VALIDATION,
                          PT__LEGACY_INVALID "Value or AttributeValueList must be used with "
                                             "ComparisonOperator: %.*s for Attribute: %.*s",
                          PT__SHOW(e->op->text), PT__SHOW(e->name));
    }
    return PT__OK;
}

/* API_ExpectedAttributeValue: which members go together. Verified against the service. */
static pt__exception check_members(pt__call *call, const expected *e) {
    if (e->list != NULL && e->value != NULL) {
        return refuse_expected(call, e, "Value and AttributeValueList cannot be used together");
    }
    if (e->op != NULL) {
        return check_operator(call, e);
    }
    if (e->list != NULL) {
        return refuse_expected(call, e,
                               "AttributeValueList can only be used with a ComparisonOperator");
    }
    bool exists = e->exists == NULL || pt__json_truth(e->exists);
    if (exists && e->value == NULL) {
        return refuse_expected(call, e,
                               e->exists == NULL ? "Value must be provided when Exists is null"
                                                 : "Value must be provided when Exists is true");
    }
    return exists || e->value == NULL
               ? PT__OK
               : refuse_expected(call, e, "Value cannot be used when Exists is false");
}

static pt__exception read_expected(pt__condition **condition, pt__call *call,
                                   const pt__json *member) {
    expected e = {
        .name = member->name,
        .op = pt__json_member(member, "ComparisonOperator"),
        .list = pt__json_member(member, "AttributeValueList"),
        .value = pt__json_member(member, "Value"),
        .exists = pt__json_member(member, "Exists"),
    };
    if (member->type == PT__JSON_NULL) { /* DynamoDB Local's text */
        return refuse_expected(call, &e, "ExpectedAttributeValue must not be null");
    }
    pt__exception exception = pt__legacy_name_check(call, e.name);
    if (exception == PT__OK) {
        exception = check_members(call, &e);
    }
    if (exception != PT__OK) {
        return exception;
    }
    pt__comparison comparison;
    bool absent = e.op == NULL && e.value == NULL; /* Exists is false */
    pte_bytes op = e.op != NULL ? e.op->text : pte_str(absent ? "NULL" : "EQ");
    const pt__json *values = e.list != NULL ? e.list->first : e.value;
    size_t count = e.list != NULL ? e.list->count : e.value != NULL;
    exception = pt__comparison_read(&comparison, call, e.name, op, values, count);
    return exception == PT__OK ? pt__comparison_test(condition, call, &comparison) : exception;
}

/* ---- the whole ---- */

static pt__exception check_count(pt__call *call, size_t count) {
    if (count == 0) {
        return pt__refuse(&call->failure, PT__VALIDATION,
                          "ConditionalOperator cannot be used without Filter or Expected");
    }
    return count > 1 ? PT__OK
                     : pt__refuse(&call->failure, PT__VALIDATION,
                                  "ConditionalOperator can only be used when Filter or Expected "
                                  "has two or more elements");
}

static pt__exception read_members(pt__condition **tests, pt__call *call, const pt__json *members,
                                  read_fn read) {
    pt__exception exception = PT__OK;
    for (const pt__json *member = members->first; member != NULL && exception == PT__OK;
         member = member->next) {
        exception = read(tests++, call, member);
    }
    return exception;
}

/* A map without members asks for nothing. */
static pt__exception read_condition(pt__condition **condition, pt__call *call,
                                    const pt__json *members, read_fn read) {
    size_t count = members != NULL ? members->count : 0;
    pt__condition **tests = NULL;
    pt__exception exception = PT__OK;
    *condition = NULL;
    if (count != 0) {
        tests = pte__arena_alloc(&call->arena, count * sizeof(pt__condition *));
        exception = tests != NULL ? read_members(tests, call, members, read)
                                  : pt__refuse_memory(&call->failure);
    }
    if (exception == PT__OK && pt__json_member(call->body, "ConditionalOperator") != NULL) {
        exception = check_count(call, count);
    }
    if (exception != PT__OK || count == 0) {
        return exception;
    }
    bool any = pt__json_is(call->body, "ConditionalOperator", "OR");
    exception = pt__condition_join(condition, &call->arena, any ? PT__TEST_ANY : PT__TEST_ALL,
                                   tests, count, &call->failure);
    return exception == PT__OK ? pt__condition_seal(*condition, &call->arena, &call->failure)
                               : exception;
}

pt__exception pt__legacy_expected(pt__condition **condition, pt__call *call) {
    return read_condition(condition, call, pt__json_member(call->body, "Expected"), read_expected);
}

pt__exception pt__legacy_filter(pt__condition **condition, pt__call *call, const char *parameter) {
    return read_condition(condition, call, pt__json_member(call->body, parameter), read_filter);
}
