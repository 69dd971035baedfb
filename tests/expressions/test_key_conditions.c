/*
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Query.KeyConditionExpressions.html
 * The words, and which of several mistakes is reported, are those of DynamoDB Local, except that a
 * missing key element is named and that a key attribute's parts are told like those of any other,
 * as measured on the service.
 */
#include "bench.h"

typedef struct row {
    const char *expression;
    const char *result;
} row;

static const char NAMES[] = "{'#pk':'pk','#sk':'sk'}";
static const char VALUES[] =
    "{':a':{'N':'1'},':b':{'N':'2'},':s':{'S':'a'},':s2':{'S':'b'},':ss':{'SS':['a']},"
    "':ns':{'NS':['1']},':m':{'M':{}},':l':{'L':[]},':t':{'BOOL':true},':z':{'NULL':true},"
    "':bin':{'B':'YQ=='},':bin2':{'B':'YmI='},':e':{'S':''}}";

static const pte_key_attribute HASH = {{(const uint8_t *)"pk", 2}, PTE_TYPE_S};
static const pte_key_attribute RANGE = {{(const uint8_t *)"sk", 2}, PTE_TYPE_S};
static const pt__key_schema KEY = {&HASH, 1, &RANGE, 1, {NULL, 0}};

static void expect_rows(const pt__key_schema *key, const row *rows, size_t count) {
    bench *b = bench_create(NULL);
    b->names = NAMES;
    b->values = VALUES;
    for (size_t i = 0; i < count; i++) {
        SAME(bench_key_condition(b, rows[i].expression, key), rows[i].result, rows[i].expression);
    }
    bench_destroy(b);
}
#define EXPECT_ROWS(key, rows) expect_rows((key), (rows), sizeof(rows) / sizeof(rows)[0])

/* That the value may stand first is measured on the service. */
static void test_key_conditions__queries(void **state) {
    (void)state;
    static const row rows[] = {
        {"pk = :s", "hash S:a"},
        {":s = #pk", "hash S:a"},
        {"pk = :s AND sk = :s2", "hash S:a = S:b"},
        {"sk = :s2 AND pk = :s", "hash S:a = S:b"},
        {"pk = :s AND sk < :s2", "hash S:a < S:b"},
        {"pk = :s AND sk <= :s2", "hash S:a <= S:b"},
        {"pk = :s AND sk > :s2", "hash S:a > S:b"},
        {"pk = :s AND sk >= :s2", "hash S:a >= S:b"},
        {"pk = :s AND :s2 <= #sk", "hash S:a >= S:b"},
        {"pk = :s AND :s2 < #sk", "hash S:a > S:b"},
        {"pk = :s AND :s2 >= #sk", "hash S:a <= S:b"},
        {"pk = :s AND :s2 > #sk", "hash S:a < S:b"},
        {"pk = :s AND :s2 = #sk", "hash S:a = S:b"},
        {"pk = :s AND sk BETWEEN :s AND :s2", "hash S:a between S:a S:b"},
        {"pk = :s AND begins_with(sk, :s2)", "hash S:a begins_with S:b"},
        {"(pk = :s) AND (sk = :s2)", "hash S:a = S:b"},
        {"(pk = :s AND sk = :s2)", "hash S:a = S:b"},
    };
    EXPECT_ROWS(&KEY, rows);
}

static void test_key_conditions__refusals(void **state) {
    (void)state;
    static const row rows[] = {
        {"", "Invalid KeyConditionExpression: The expression can not be empty;"},
        {"pk", "Invalid KeyConditionExpression: Syntax error; token: \"<EOF>\", near: \"pk\""},
        {"pk == :s", "Invalid KeyConditionExpression: Syntax error; token: \"=\", near: \"== :s\""},
        {"pk = :s or sk = :s", "Invalid operator used in KeyConditionExpression: OR"},
        {"not pk = :s", "Invalid operator used in KeyConditionExpression: NOT"},
        {"pk <> :s", "Invalid operator used in KeyConditionExpression: <>"},
        {"pk in (:s)", "Invalid operator used in KeyConditionExpression: IN"},
        {"pk = :s and contains(sk,:s)",
         "Invalid operator used in KeyConditionExpression: contains"},
        {"attribute_exists(pk)",
         "Invalid operator used in KeyConditionExpression: attribute_exists"},
        {"pk = :s and attribute_type(sk,:s)",
         "Invalid KeyConditionExpression: Invalid attribute type name found; type: a, valid types: "
         "{B,NULL,SS,BOOL,L,BS,N,NS,S,M}"},
        {"pk < :s", "Query key condition not supported"},
        {"pk between :s and :s", "Query key condition not supported"},
        {"begins_with(pk,:s)", "Query key condition not supported"},
        {":s < pk", "Query key condition not supported"},
        {"pk = :s and pk = :s", "KeyConditionExpressions must only contain one condition per key"},
        {"pk = :s and sk > :s and sk < :s2",
         "KeyConditionExpressions must only contain one condition per key"},
        {"pk = :s and sk = :s and n = :a", "Conditions can be of length 1 or 2 only"},
        {"pk = :a", "One or more parameter values were invalid: Condition parameter type does not "
                    "match schema type"},
        {"pk = :s and sk = :a", "One or more parameter values were invalid: Condition parameter "
                                "type does not match schema type"},
        {"pk = :s and sk between :a and :b", "One or more parameter values were invalid: Condition "
                                             "parameter type does not match schema type"},
        {"pk = :s and begins_with(sk,:a)",
         "Invalid KeyConditionExpression: Incorrect operand type for operator or function; "
         "operator or function: begins_with, operand type: N"},
        {"pk = :s and begins_with(:s,sk)",
         "Invalid condition in KeyConditionExpression: begins_with operator must have the key "
         "attribute as its first operand"},
        {"pk = :s and :s between sk and :s2",
         "Invalid condition in KeyConditionExpression: BETWEEN operator must have the key "
         "attribute as its first operand"},
        {"pk = :s and size(sk) = :a", "KeyConditionExpressions cannot contain nested operations"},
        {"pk = sk", "Invalid condition in KeyConditionExpression: Multiple attribute names used in "
                    "one condition"},
        {"pk = pk",
         "Invalid KeyConditionExpression: The first operand must be distinct from the remaining "
         "operands for this operator or function; operator: =, first operand: [pk]"},
        {":s = :s", "Invalid condition in KeyConditionExpression: No key attribute specified"},
        {"pk.a = :s", "KeyConditionExpressions cannot have conditions on nested attributes"},
        {"pk = :s and sk[0] > :s",
         "KeyConditionExpressions cannot have conditions on nested attributes"},
        {"n.q = :s and pk.a = :s",
         "KeyConditionExpressions cannot have conditions on nested attributes"},
        {"pk = :s and n.q = :s",
         "KeyConditionExpressions cannot have conditions on nested attributes"},
        {"pk.a <> :s", "Invalid operator used in KeyConditionExpression: <>"},
        {"n.a <> :s", "Invalid operator used in KeyConditionExpression: <>"},
        {"n.a = size(n)", "KeyConditionExpressions cannot have conditions on nested attributes"},
        {"size(n) = n.a", "KeyConditionExpressions cannot contain nested operations"},
        {"begins_with(:s,n.q)", "Invalid condition in KeyConditionExpression: begins_with operator "
                                "must have the key attribute as its first operand"},
        {"pk = :s and sk between :s2 and :s",
         "Invalid KeyConditionExpression: The BETWEEN operator requires upper bound to be greater "
         "than or equal to lower bound; lower bound operand: AttributeValue: {S:b}, upper bound "
         "operand: AttributeValue: {S:a}"},
        {"pk = :e", "One or more parameter values are not valid. The AttributeValue for a key "
                    "attribute cannot contain an empty string value. Key: pk"},
        {"pk = :s and sk > :e",
         "One or more parameter values are not valid. The AttributeValue for a key attribute "
         "cannot contain an empty string value. Key: sk"},
        {"pk > :s and n = :a", "Query key condition not supported"},
        {"pk > :s and sk = :a", "Query key condition not supported"},
        {"pk > :a and sk = :s", "One or more parameter values were invalid: Condition parameter "
                                "type does not match schema type"},
        {"pk = :a and n = :a", "One or more parameter values were invalid: Condition parameter "
                               "type does not match schema type"},
        {"sk = :s", "Query condition missed key schema element: pk"},
        {"n = :a AND s = :s", "Query condition missed key schema element: pk"},
        {"pk = :s AND n = :a", "Query condition missed key schema element: sk"},
    };
    EXPECT_ROWS(&KEY, rows);
}

static void test_key_conditions__key_of_an_index(void **state) {
    (void)state;
    static const pt__key_schema key = {&HASH, 1, &RANGE, 1, {(const uint8_t *)"ix", 2}};
    static const row rows[] = {
        {"pk = :s and sk > :s2", "hash S:a > S:b"},
        {"pk = :e", "One or more parameter values are not valid. A value specified for a secondary "
                    "index key is not supported. The AttributeValue for a key attribute cannot "
                    "contain an empty string value. IndexName: ix, IndexKey: pk"},
        {"pk = :s and sk > :e",
         "One or more parameter values are not valid. A value specified for a secondary index key "
         "is not supported. The AttributeValue for a key attribute cannot contain an empty string "
         "value. IndexName: ix, IndexKey: sk"},
    };
    EXPECT_ROWS(&key, rows);
}

static void test_key_conditions__hash_key_only(void **state) {
    (void)state;
    static const pt__key_schema key = {&HASH, 1, NULL, 0, {NULL, 0}};
    static const row rows[] = {
        {"pk = :s", "hash S:a"},
        {"pk = :s AND sk = :s", "Query key condition not supported"},
        {"sk = :s", "Query condition missed key schema element: pk"},
    };
    EXPECT_ROWS(&key, rows);
}

static void test_key_conditions__number(void **state) {
    (void)state;
    static const pte_key_attribute range = {{(const uint8_t *)"sk", 2}, PTE_TYPE_N};
    static const pt__key_schema key = {&HASH, 1, &range, 1, {NULL, 0}};
    static const row rows[] = {
        {"pk = :s AND sk > :a", "hash S:a > N:1"},
        {"pk = :s AND sk BETWEEN :a AND :b", "hash S:a between N:1 N:2"},
        {"pk = :s AND begins_with(sk, :s)",
         "One or more parameter values were invalid: Condition parameter type does not match "
         "schema type"},
    };
    EXPECT_ROWS(&key, rows);
}

/*
 * Keys of several attributes: "=" for every hash attribute, range attributes from the left without
 * gaps, another comparison only on the last one given.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.DesignPattern.MultiAttributeKeys.html
 */
static void test_key_conditions__several_attributes(void **state) {
    (void)state;
    static const pte_key_attribute hash[] = {{{(const uint8_t *)"h1", 2}, PTE_TYPE_S},
                                             {{(const uint8_t *)"h2", 2}, PTE_TYPE_N}};
    static const pte_key_attribute range[] = {{{(const uint8_t *)"r1", 2}, PTE_TYPE_S},
                                              {{(const uint8_t *)"r2", 2}, PTE_TYPE_N},
                                              {{(const uint8_t *)"r3", 2}, PTE_TYPE_S}};
    static const pt__key_schema key = {hash, 2, range, 3, {NULL, 0}};
    static const row rows[] = {
        {"h1 = :s AND h2 = :a", "hash S:a N:1"},
        {"r1 > :s2 AND h2 = :a AND h1 = :s", "hash S:a N:1 > S:b"},
        {"h1 = :s AND h2 = :a AND r1 = :s AND r2 = :b", "hash S:a N:1 = S:a = N:2"},
        {"h1 = :s AND h2 = :a AND r1 = :s AND r2 = :b AND begins_with(r3, :s2)",
         "hash S:a N:1 = S:a = N:2 begins_with S:b"},
        {"h1 = :s AND h2 = :a AND r1 = :s AND r2 BETWEEN :a AND :b",
         "hash S:a N:1 = S:a between N:1 N:2"},
        {"h1 = :s", "Query condition missed key schema element: h2"},
        {"h2 = :a AND r1 = :s", "Query condition missed key schema element: h1"},
        {"h1 = :s AND h2 > :a", "Query key condition not supported"},
        {"h1 = :s AND h2 = :a AND r2 = :b", "Query condition missed key schema element: r1"},
        {"h1 = :s AND h2 = :a AND r1 = :s AND r3 = :s",
         "Query condition missed key schema element: r2"},
        {"h1 = :s AND h2 = :a AND r1 > :s AND r2 = :b", "Query key condition not supported"},
        {"h1 = :s AND h2 = :a AND r1 = :s AND r2 = :b AND r3 = :s AND q = :s",
         "Query key condition not supported"},
        {"h1 = :s AND h2 = :a AND r1 = :s AND r1 = :s",
         "KeyConditionExpressions must only contain one condition per key"},
    };
    EXPECT_ROWS(&key, rows);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_key_conditions__queries),
        cmocka_unit_test(test_key_conditions__refusals),
        cmocka_unit_test(test_key_conditions__key_of_an_index),
        cmocka_unit_test(test_key_conditions__hash_key_only),
        cmocka_unit_test(test_key_conditions__number),
        cmocka_unit_test(test_key_conditions__several_attributes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
