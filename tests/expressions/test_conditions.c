/*
 * What conditions mean.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html
 */
#include "bench.h"

#include "expression/program.h"

static const char VALUES[] =
    "{':1':{'N':'1'},':2':{'N':'2'},':5':{'N':'5.0'},':9':{'N':'9'},':10':{'N':'10'},"
    "':a':{'S':'a'},':ab':{'S':'ab'},':bc':{'S':'bc'},':abc':{'S':'abc'},':x':{'S':'x'},"
    "':e':{'S':''},':bin':{'B':'YWI='},':binabc':{'B':'YWJj'},':t':{'BOOL':true},"
    "':f':{'BOOL':false},':z':{'NULL':true},':ss':{'SS':['b','a']},':ns':{'NS':['2','1.0']},"
    "':l':{'L':[{'N':'1'}]},':m':{'M':{'b':{'N':'2'},'a':{'N':'1'}}},':S':{'S':'S'},"
    "':N':{'S':'N'},':M':{'S':'M'},':NULL':{'S':'NULL'},':3':{'N':'3'},':4':{'N':'4'},"
    "':0':{'N':'0'}}";

typedef struct row {
    const char *expression;
    bool holds;
} row;

static void expect_rows(const char *item, const row *rows, size_t count) {
    bench *b = bench_create(NULL);
    b->values = VALUES;
    b->item = item;
    for (size_t i = 0; i < count; i++) {
        SAME(bench_condition(b, rows[i].expression), rows[i].holds ? "true" : "false",
             rows[i].expression);
    }
    bench_destroy(b);
}
#define EXPECT_ROWS(item, rows) expect_rows((item), (rows), sizeof(rows) / sizeof(rows)[0])

static void test_conditions__comparisons(void **state) {
    (void)state;
    static const row rows[] = {
        {"n = :5", true},      {"n <> :5", false},    {"n < :10", true},   {"n > :10", false},
        {"n <= :5", true},     {"n >= :5", true},     {"n < :5", false},   {"n > :5", false},
        {"n = :a", false},     {"n <> :a", true},     {"n < :a", false},   {"n > :a", false},
        {"s < :x", true},      {"s > :ab", true},     {"b > :bin", true},  {"b = :binabc", true},
        {"b = :abc", false},   {"t = :t", true},      {"t = :f", false},   {"z = :z", true},
        {"ss = :ss", true},    {"ns = :ns", true},    {"l[2] = :m", true}, {"m = :m", false},
        {"m.a = l[0]", true},  {":1 < :2", true},     {":5 = n", true},    {":10 > n", true},
        {"m.c[1] = :2", true}, {"l[2].b = :2", true},
    };
    EXPECT_ROWS(BENCH_ITEM, rows);
}

/* A missing attribute is equal to nothing, not even to another one; measured on the service. */
static void test_conditions__missing_attributes(void **state) {
    (void)state;
    static const row rows[] = {
        {"q = :1", false},
        {"q <> :1", true},
        {"q = w", false},
        {"q <> w", true},
        {"q < :1", false},
        {"q >= :1", false},
        {"NOT q = :1", true},
        {"q IN (w, :1)", false},
        {"n IN (q, :5)", true},
        {"n BETWEEN :1 AND q", false},
        {"contains(q, :1)", false},
        {"begins_with(q, :a)", false},
        {"attribute_type(q, :S)", false},
        {"size(q) = :0", false},
        {"size(q) <> :0", true},
        {"n.a = :1", false},
        {"l[3] = :1", false},
        {"m[0] = :1", false},
        {"l.a = :1", false},
        {"contains(l, q)", false},
        {"attribute_not_exists(m.a.b)", true},
        {"attribute_exists(l[2].b)", true},
        {"attribute_exists(l[3])", false},
    };
    EXPECT_ROWS(BENCH_ITEM, rows);
}

static void test_conditions__no_item_is_an_item_without_attributes(void **state) {
    (void)state;
    static const row rows[] = {
        {"attribute_not_exists(pk)", true},
        {"attribute_exists(pk)", false},
        {"n = :5", false},
        {"n <> :5", true},
        {":1 < :2", true},
        {"size(:abc) = :3", true},
    };
    EXPECT_ROWS(NULL, rows);
}

static void test_conditions__between_and_in(void **state) {
    (void)state;
    static const row rows[] = {
        {"n BETWEEN :5 AND :5", true},
        {"n BETWEEN :1 AND :9", true},
        {"n BETWEEN :9 AND :10", false},
        {"n BETWEEN :1 AND :2", false},
        {"s BETWEEN :ab AND :x", true},
        {"s BETWEEN :1 AND :9", false},
        {"n IN (:1, :2, :5)", true},
        {"n IN (:1)", false},
        {"l[2] IN (:l, :m)", true},
        {":1 BETWEEN m.a AND n", true},
        {"n BETWEEN :1 AND :9 AND s = :abc", true},
    };
    EXPECT_ROWS(BENCH_ITEM, rows);
}

static void test_conditions__functions(void **state) {
    (void)state;
    static const row rows[] = {
        {"begins_with(s, :ab)", true},      {"begins_with(s, :bc)", false},
        {"begins_with(s, :e)", true},       {"begins_with(s, :abc)", true},
        {"begins_with(b, :bin)", true},     {"begins_with(s, :bin)", false},
        {"begins_with(n, :a)", false},      {"begins_with(:abc, s)", true},
        {"contains(s, :bc)", true},         {"contains(s, :x)", false},
        {"contains(s, :e)", true},          {"contains(b, :bin)", true},
        {"contains(b, :ab)", false},        {"contains(ss, :a)", true},
        {"contains(ss, :ab)", false},       {"contains(ns, :2)", true},
        {"contains(ns, :5)", false},        {"contains(l, :x)", true},
        {"contains(l, :m)", true},          {"contains(l, :2)", false},
        {"contains(m, :a)", false},         {"contains(ss, :ss)", false},
        {"contains(n, :5)", false},         {"contains(:abc, s)", true},
        {"attribute_type(n, :N)", true},    {"attribute_type(m, :M)", true},
        {"attribute_type(z, :NULL)", true}, {"attribute_type(s, :N)", false},
    };
    EXPECT_ROWS(BENCH_ITEM, rows);
}

static void test_conditions__size(void **state) {
    (void)state;
    static const row rows[] = {
        {"size(s) = :3", true},          {"size(b) = :3", true},
        {"size(ss) = :2", true},         {"size(ns) = :2", true},
        {"size(l) = :3", true},          {"size(m) = :2", true},
        {"size(n) = :1", false},         {"size(t) = :1", false},
        {"size(z) = :1", false},         {"size(s) < n", true},
        {"size(s) = size(b)", true},     {"size(s) = :abc", false},
        {"size(:e) = :0", true},         {"n > size(m.c)", true},
        {"contains(ns, size(m))", true}, {"size(s) BETWEEN :1 AND n", true},
    };
    EXPECT_ROWS(BENCH_ITEM, rows);
    /* DynamoDB Local: 1 for each of two letters of two and three bytes, 2 for one of four. */
    static const row wide[] = {{"size(s) = :4", true}, {"size(s) = :9", false}};
    EXPECT_ROWS("{'s':{'S':'\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80'}}", wide);
}

static void test_conditions__joined(void **state) {
    (void)state;
    static const row rows[] = {
        {"n = :5 OR n = :1 AND n = :2", true},
        {"(n = :5 OR n = :1) AND n = :2", false},
        {"NOT n = :5 OR s = :abc", true},
        {"NOT (n = :5 OR s = :abc)", false},
        {"NOT NOT n = :5", true},
        {"NOT NOT NOT n = :5", false},
        {"n = :5 aNd s = :abc", true},
        {"n = :1 or s = :x or t = :t", true},
        {"n = :5 AND s = :abc AND t = :f", false},
        {"(n) = (:5)", true},
        {"NOT (n) = :5", false},
        {"(attribute_exists(n)) AND ((n = :5) OR t = :f)", true},
        {"NOT contains(q, :1)", true},
        {"\tn\r\n=:5", true},
    };
    EXPECT_ROWS(BENCH_ITEM, rows);
}

/* ---- programs that are made without an expression ---- */

static pt__condition *legacy(bench *b, pt__test test, const char *name, const char *text) {
    pt__operand operands[2];
    pt__condition *condition;
    pte_error error;
    pte_value value;
    pte_item item;
    pte_builder_reset(b->scratch);
    pte_builder_add_string(b->scratch, "v", text);
    OK(pte_builder_item(&item, b->scratch, &error));
    OK(pte_item_find(&value, &item, pte_str("v"), &error));
    assert_int_equal(pt__operand_of_name(&operands[0], &b->arena, pte_str(name), &b->failure),
                     PT__OK);
    assert_int_equal(pt__operand_of_value(&operands[1], &value, &b->failure), PT__OK);
    assert_int_equal(pt__condition_test(&condition, &b->arena, test, operands, 2, &b->failure),
                     PT__OK);
    return condition;
}

/* https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/LegacyConditionalParameters.Conditions.html
 * measured on the service: NOT_CONTAINS of a missing attribute does not hold, NE does. */
static void test_conditions__legacy_not_contains(void **state) {
    (void)state;
    static const struct {
        pt__test test;
        const char *name;
        const char *text;
        bool holds;
    } rows[] = {
        {PT__TEST_NOT_CONTAINS, "s", "b", false},
        {PT__TEST_NOT_CONTAINS, "s", "q", true},
        {PT__TEST_NOT_CONTAINS, "q", "b", false},
        {PT__TEST_NE, "q", "b", true},
    };
    bench *b = bench_create(NULL);
    pte_item item;
    pte_error error;
    pte_builder_add_string(b->items, "s", "abc");
    OK(pte_builder_item(&item, b->items, &error));
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        bool holds;
        pt__condition *made = legacy(b, rows[i].test, rows[i].name, rows[i].text);
        OK(pt__condition_holds(&holds, made, &item, &error));
        assert_int_equal(holds, rows[i].holds);
    }
    bench_destroy(b);
}

static void test_conditions__joined_without_an_expression(void **state) {
    (void)state;
    bench *b = bench_create(NULL);
    pt__operand operands[2];
    pt__condition *parts[2];
    pt__condition *joined;
    pte_error error;
    static const char *const names[] = {"s", "q"};
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(
            pt__operand_of_name(&operands[i], &b->arena, pte_str(names[i]), &b->failure), PT__OK);
    }
    pte_item item;
    pte_builder_add_string(b->items, "s", "abc");
    OK(pte_builder_item(&item, b->items, &error));
    for (pt__test test = PT__TEST_ALL; test <= PT__TEST_ANY; test++) {
        bool holds;
        for (size_t i = 0; i < 2; i++) {
            assert_int_equal(pt__condition_test(&parts[i], &b->arena, PT__TEST_EXISTS, &operands[i],
                                                1, &b->failure),
                             PT__OK);
        }
        assert_int_equal(pt__condition_join(&joined, &b->arena, test, parts, 2, &b->failure),
                         PT__OK);
        OK(pt__condition_holds(&holds, joined, &item, &error));
        assert_int_equal(holds, test == PT__TEST_ANY);
    }
    bench_destroy(b);
}

static bool collect(void *ctx, pte_bytes name) {
    char *names = ctx;
    strncat(names, (const char *)name.data, name.len);
    return strlen(names) < 4;
}

static void test_conditions__names_are_the_top_level_ones(void **state) {
    (void)state;
    bench *b = bench_create(NULL);
    pt__expressions expressions = {
        .arena = &b->arena, .failure = &b->failure, .scratch = b->scratch};
    pt__placeholders_given given = {.any_expression = true};
    pt__condition *condition;
    char names[16] = "";
    assert_int_equal(pt__expressions_init(&expressions, &given), PT__OK);
    assert_int_equal(pt__condition_compile(&condition, &expressions,
                                           pte_str("a.b = c[1] AND (NOT d < size(e) OR f = g)"),
                                           "FilterExpression"),
                     PT__OK);
    pt__condition_names(condition, collect, names);
    assert_string_equal(names, "acde"); /* collect stops the walk */
    names[0] = '\0';
    pt__condition_inner_names(condition, collect, names);
    assert_string_equal(names, "ac");
    bench_destroy(b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_conditions__comparisons),
        cmocka_unit_test(test_conditions__missing_attributes),
        cmocka_unit_test(test_conditions__no_item_is_an_item_without_attributes),
        cmocka_unit_test(test_conditions__between_and_in),
        cmocka_unit_test(test_conditions__functions),
        cmocka_unit_test(test_conditions__size),
        cmocka_unit_test(test_conditions__joined),
        cmocka_unit_test(test_conditions__legacy_not_contains),
        cmocka_unit_test(test_conditions__joined_without_an_expression),
        cmocka_unit_test(test_conditions__names_are_the_top_level_ones),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
