/*
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.ExpressionAttributeNames.html
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
 */
#include "bench.h"

#include <stdio.h>

typedef struct row {
    const char *names;
    const char *values;
    const char *expression;
    const char *message;
} row;

static const row ROWS[] = {
    {"{'#a':'n'}", "{':a':{'N':'5'}}", "#a = :a", ""},
    {"{'#1':'n','#_':'s'}", "{':0':{'N':'5'}}", "#1 = :0 OR #_ = :0", ""},
    {"{}", NULL, "a = a", "ExpressionAttributeNames must not be empty"},
    {NULL, "{}", "a = a", "ExpressionAttributeValues must not be empty"},
    {"{'a':'n'}", NULL, "n = n",
     "ExpressionAttributeNames contains invalid key: Syntax error; key: \"a\""},
    {"{'#':'n'}", NULL, "n = n",
     "ExpressionAttributeNames contains invalid key: Syntax error; key: \"#\""},
    {"{'#a-b':'n'}", NULL, "n = n",
     "ExpressionAttributeNames contains invalid key: Syntax error; key: \"#a-b\""},
    {"{':a':'n'}", NULL, "n = n",
     "ExpressionAttributeNames contains invalid key: Syntax error; key: \":a\""},
    {"{'':'n'}", NULL, "n = n",
     "ExpressionAttributeNames contains invalid key: The expression attribute map contains an "
     "empty key;"},
    {"{'#a':''}", NULL, "n = n",
     "ExpressionAttributeNames contains invalid value: Empty attribute name for key #a"},
    {NULL, "{'a':{'N':'1'}}", "n = n",
     "ExpressionAttributeValues contains invalid key: Syntax error; key: \"a\""},
    {NULL, "{':a':{'N':'x'}}", "n = :a",
     "ExpressionAttributeValues contains invalid value: The parameter cannot be converted to a "
     "numeric value: x for key :a"},
    {NULL, "{':a':{'SS':[]}}", "n = :a",
     "ExpressionAttributeValues contains invalid value: One or more parameter values were "
     "invalid: An string set  may not be empty for key :a"},
    {"{'#a':'n','#b':'m','#c':'s'}", NULL, "attribute_exists(#b)",
     "Value provided in ExpressionAttributeNames unused in expressions: keys: {#a, #c}"},
    {NULL, "{':a':{'N':'1'},':b':{'N':'2'}}", "n = :b",
     "Value provided in ExpressionAttributeValues unused in expressions: keys: {:a}"},
    {"{'#a':'n'}", "{':a':{'N':'1'}}", "attribute_exists(n)",
     "Value provided in ExpressionAttributeNames unused in expressions: keys: {#a}"},
};

static void test_placeholders__rows(void **state) {
    (void)state;
    bench *b = bench_create(NULL);
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        b->names = ROWS[i].names;
        b->values = ROWS[i].values;
        SAME(bench_unused(b, ROWS[i].expression), ROWS[i].message, ROWS[i].expression);
    }
    bench_destroy(b);
}

static void test_placeholders__without_expressions(void **state) {
    (void)state;
    bench *b = bench_create(NULL);
    pt__json map = {.type = PT__JSON_OBJECT};
    pt__expressions expressions = {
        .arena = &b->arena, .failure = &b->failure, .scratch = b->scratch};
    pt__placeholders_given given = {.names = &map, .values = &map};
    given.absent_values = "ConditionExpression is null";
    assert_int_equal(pt__expressions_init(&expressions, &given), PT__VALIDATION);
    assert_true(pte_bytes_equal(
        b->failure.message,
        pte_str("ExpressionAttributeNames can only be specified when using expressions")));
    given.names = NULL;
    given.any_expression = true;
    assert_int_equal(pt__expressions_init(&expressions, &given), PT__VALIDATION);
    assert_true(pte_bytes_equal(b->failure.message,
                                pte_str("ExpressionAttributeValues can only be specified when "
                                        "using expressions: ConditionExpression is null")));
    given.values = NULL;
    assert_int_equal(pt__expressions_init(&expressions, &given), PT__OK);
    bench_destroy(b);
}

/* ---- limits, both sides ---- */

static char json[2 * 1024 * 1024 + 4096];

static const char *name_of(unsigned key_bytes, unsigned name_bytes) {
    int len =
        snprintf(json, sizeof json, "{'#%0*u':'%0*u'}", (int)key_bytes - 1, 1, (int)name_bytes, 1);
    assert_true(len > 0 && (size_t)len < sizeof json);
    return json;
}

static void test_placeholders__sizes(void **state) {
    (void)state;
    bench *b = bench_create(NULL);
    b->names = name_of(255, 1);
    assert_non_null(strstr(bench_unused(b, "n = n.a"), "unused in expressions"));
    b->names = name_of(256, 1);
    SAME(bench_unused(b, "n = n.a"),
         "ExpressionAttributeNames contains invalid key: The expression attribute map contains a "
         "key that is too long; size of key: 256",
         "256 bytes");
    b->names = name_of(2, 65535);
    assert_non_null(strstr(bench_unused(b, "n = n.a"), "unused in expressions"));
    b->names = name_of(2, 65536);
    SAME(bench_unused(b, "n = n.a"),
         "ExpressionAttributeNames contains invalid value: Attribute name is too large, must be "
         "less than 65536 bytes for key #1",
         "65,536 bytes");
    bench_destroy(b);
}

/* The sum of all placeholders and values is at most 2 MB. */
static void test_placeholders__sum(void **state) {
    (void)state;
    bench *b = bench_create(NULL);
    for (int over = 0; over <= 1; over++) {
        int bytes = 2 * 1024 * 1024 - 2 + over;
        int len = snprintf(json, sizeof json, "{':a':{'S':'%0*d'}}", bytes, 1);
        assert_true(len > bytes && (size_t)len < sizeof json);
        b->values = json;
        SAME(bench_unused(b, "n = :a"), over ? "ExpressionAttributeValues exceeds max size" : "",
             over ? "over" : "at");
    }
    bench_destroy(b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_placeholders__rows),
        cmocka_unit_test(test_placeholders__without_expressions),
        cmocka_unit_test(test_placeholders__sizes),
        cmocka_unit_test(test_placeholders__sum),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
