/*
 * The parameters that expressions have replaced, compiled into the programs of expressions:
 * Expected, QueryFilter, ScanFilter with ConditionalOperator; AttributeUpdates; AttributesToGet;
 * KeyConditions. Whoever calls has checked that they are not mixed with expressions
 * (parameters.h). A parameter that is not given leaves its program NULL.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/LegacyConditionalParameters.html
 *
 *   legacy_comparison.c   a ComparisonOperator and its values
 *   legacy_condition.c    Expected and the filters
 *   legacy_key.c          KeyConditions
 *   legacy_update.c       AttributeUpdates and AttributesToGet
 *
 * Texts and their order are those that independent suites verified against the service; where they
 * say nothing, DynamoDB Local's.
 */
#ifndef PT_REQUEST_LEGACY_H
#define PT_REQUEST_LEGACY_H

#include "expression/program.h"
#include "expression/update.h"
#include "request/call.h"

#define PT__LEGACY_INVALID "One or more parameter values were invalid: "

/* ---- comparisons ---- */

/* A ComparisonOperator. Static and immutable. */
typedef struct pt__comparison_operator {
    const char *name;
    pt__test test;
    uint32_t values_min;
    uint32_t values_max;
    uint32_t types;      /* bits 1 << pte_type of those that its values may have */
    bool in_keys;        /* whether KeyConditions may use it */
    pte_range_op key_op; /* if so */
} pt__comparison_operator;

/* One attribute compared. All in the arena. */
typedef struct pt__comparison {
    pte_bytes name;
    const pt__comparison_operator *op;
    pt__operand *operands; /* the attribute, then the values */
    size_t value_count;
} pt__comparison;

/*
 * Reads the comparison of member's name: op is the operator's name, values the elements' first
 * (and their siblings), value_count of them. Fails: VALIDATION, SERIALIZATION, INTERNAL.
 */
PTE_CHECKED pt__exception pt__comparison_read(pt__comparison *comparison, pt__call *call,
                                              pte_bytes name, pte_bytes op, const pt__json *values,
                                              size_t value_count);

/* The comparison of a member of a filter or of KeyConditions (a Condition). Fails likewise. */
PTE_CHECKED pt__exception pt__comparison_of_condition(pt__comparison *comparison, pt__call *call,
                                                      const pt__json *member);

/* The test that a comparison asks. Fails: INTERNAL. */
PTE_CHECKED pt__exception pt__comparison_test(pt__condition **condition, pt__call *call,
                                              const pt__comparison *comparison);

/* Refuses names that no attribute can have. Fails: VALIDATION. */
PTE_CHECKED pt__exception pt__legacy_name_check(pt__call *call, pte_bytes name);

/* ---- programs ---- */

/* Fail: VALIDATION, SERIALIZATION, INTERNAL. parameter: "QueryFilter" or "ScanFilter". */
PTE_CHECKED pt__exception pt__legacy_expected(pt__condition **condition, pt__call *call);
PTE_CHECKED pt__exception pt__legacy_filter(pt__condition **condition, pt__call *call,
                                            const char *parameter);
PTE_CHECKED pt__exception pt__legacy_update(pt__update **update, pt__call *call);

/* body: the request, or a table's part of a batch. Fails: VALIDATION, INTERNAL. */
PTE_CHECKED pt__exception pt__legacy_projection(pt__projection **projection, pt__call *call,
                                                const pt__json *body);

/* ---- KeyConditions ---- */

typedef struct pt__key_comparisons {
    pt__comparison *items; /* in the arena */
    size_t count;
} pt__key_comparisons;

/* Reads what can be said without the table. Fails: VALIDATION, SERIALIZATION, INTERNAL. */
PTE_CHECKED pt__exception pt__key_comparisons_read(pt__key_comparisons *comparisons, pt__call *call,
                                                   const pt__json *conditions);

/* Fills query's hash, range, op and range_upper, as pt__key_condition_compile does.
 * Fails: VALIDATION. */
PTE_CHECKED pt__exception pt__key_comparisons_fill(pte_query *query, pt__call *call,
                                                   const pt__key_comparisons *comparisons,
                                                   const pt__key_schema *key);

#endif
