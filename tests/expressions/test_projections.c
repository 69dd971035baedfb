/*
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.ProjectionExpressions.html
 * Lists close up in ascending order and paths into one element merge: measured on the service.
 */
#include "bench.h"

static const char *const ROWS[][2] = {
    {"n", "{'n':{'N':'5'}}"},
    {"s, n", "{'n':{'N':'5'},'s':{'S':'abc'}}"},
    {"#p, n", "{'n':{'N':'5'},'pk':{'S':'a'}}"},
    {"q", "{}"},
    {"q.x, n.x, l.x, m[0]", "{}"},
    {"m.q", "{}"},
    {"m.a", "{'m':{'M':{'a':{'N':'1'}}}}"},
    {"m.c, m.a", "{'m':{'M':{'a':{'N':'1'},'c':{'L':[{'N':'1'},{'N':'2'},{'N':'3'}]}}}}"},
    {"l[2], l[0]", "{'l':{'L':[{'N':'1'},{'M':{'a':{'N':'1'},'b':{'N':'2'}}}]}}"},
    {"l[2].a, l[2].b", "{'l':{'L':[{'M':{'a':{'N':'1'},'b':{'N':'2'}}}]}}"},
    {"l[0].a, l[0].b", "{}"},
    {"l[2].a, l[1]", "{'l':{'L':[{'S':'x'},{'M':{'a':{'N':'1'}}}]}}"},
    {"l[9]", "{}"},
    {"m.c[2], m.c[0], n", "{'m':{'M':{'c':{'L':[{'N':'1'},{'N':'3'}]}}},'n':{'N':'5'}}"},
    {"l[2147483647]", "{}"},
    /* refused */
    {"", "Invalid ProjectionExpression: The expression can not be empty;"},
    {"n,", "Invalid ProjectionExpression: Syntax error; token: \"<EOF>\", near: \",\""},
    {"size(n)", "Invalid ProjectionExpression: Syntax error; token: \"(\", near: \"size(n\""},
    {":a", "Invalid ProjectionExpression: Syntax error; token: \":a\", near: \":a\""},
    {"m.name", "Invalid ProjectionExpression: Attribute name is a reserved keyword; reserved "
               "keyword: name"},
    {"n.#x", "Invalid ProjectionExpression: An expression attribute name used in the document path "
             "is not defined; attribute name: #x"},
    {"l[2147483648]", "Invalid ProjectionExpression: List index is not within the allowable range; "
                      "index: [2147483648]"},
    {"m.a, m", "Invalid ProjectionExpression: Two document paths overlap with each other; must "
               "remove or rewrite one of these paths; path one: [m, a], path two: [m]"},
    {"n, #p, #p", "Invalid ProjectionExpression: Two document paths overlap with each other; must "
                  "remove or rewrite one of these paths; path one: [pk], path two: [pk]"},
    {"l[0], l[1], l", "Invalid ProjectionExpression: Two document paths overlap with each other; "
                      "must remove or rewrite one of these paths; path one: [l, [1]], path two: "
                      "[l]"},
    {"m.a, m[0]", "Invalid ProjectionExpression: Two document paths conflict with each other; must "
                  "remove or rewrite one of these paths; path one: [m, a], path two: [m, [0]]"},
    /* the last path is looked at first */
    {"n, n, #x", "Invalid ProjectionExpression: An expression attribute name used in the document "
                 "path is not defined; attribute name: #x"},
};

static void test_projections__rows(void **state) {
    (void)state;
    bench *b = bench_create(NULL);
    b->names = "{'#p':'pk'}";
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        SAME(bench_projection(b, ROWS[i][0]), ROWS[i][1], ROWS[i][0]);
    }
    bench_destroy(b);
}

/* https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html */
static void test_projections__depth_and_size(void **state) {
    (void)state;
    static char text[8192];
    bench *b = bench_create(NULL);
    SAME(bench_projection(b, repeated(text, sizeof text, "x", ".", 32)), "{}", "32 levels");
    SAME(bench_projection(b, repeated(text, sizeof text, "x", ".", 33)),
         "Invalid ProjectionExpression: The document path has too many nesting levels; nesting "
         "levels: 33",
         "33 levels");
    SAME(bench_projection(b, repeated(text, sizeof text, "x", "", 4096)), "{}", "4,096 bytes");
    SAME(bench_projection(b, repeated(text, sizeof text, "x", "", 4097)),
         "Invalid ProjectionExpression: Expression size has exceeded the maximum allowed size;",
         "4,097 bytes");
    bench_destroy(b);
}

static void test_projections__of_names(void **state) {
    (void)state;
    bench *b = bench_create(NULL);
    pte_bytes names[] = {pte_str("s"), pte_str("n"), pte_str("n"), pte_str("q")};
    pt__projection *projection;
    pte_item item;
    pte_error error;
    pte_builder_add_string(b->items, "s", "abc");
    pte_builder_add_number(b->items, "n", "5");
    pte_builder_add_number(b->items, "m", "6");
    OK(pte_builder_item(&item, b->items, &error));
    assert_int_equal(pt__projection_of_names(&projection, &b->arena, names, 4, &b->failure),
                     PT__OK);
    pt__projection_encode(&b->out, projection, &item);
    assert_false(b->out.failed);
    assert_true(b->out.buffer.len < sizeof b->text);
    assert_int_equal(b->out.buffer.len, strlen("{\"n\":{\"N\":\"5\"},\"s\":{\"S\":\"abc\"}}"));
    bench_destroy(b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_projections__rows),
        cmocka_unit_test(test_projections__depth_and_size),
        cmocka_unit_test(test_projections__of_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
