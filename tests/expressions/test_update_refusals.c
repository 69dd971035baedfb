/*
 * What updates are refused for, before and while they are applied.
 * The words, and which of several mistakes is reported, are those of DynamoDB Local, as the
 * documentation has neither.
 */
#include "bench.h"

#include <stdio.h>

#define EXPECT_ROWS(start, rows)                                                                   \
    bench_expect_refusals(bench_update, (start), (rows), sizeof(rows) / sizeof(rows)[0])

static const bench_row MISTAKES[] = {
    {"", "The expression can not be empty;"},
    {"  ", "Syntax error; token: \"<EOF>\", near: \"  \""},
    {"SET", "Syntax error; token: \"<EOF>\", near: \"SET\""},
    {"SET a", "Syntax error; token: \"<EOF>\", near: \"a\""},
    {"SET a =", "Syntax error; token: \"<EOF>\", near: \"=\""},
    {"SET a = :a,", "Syntax error; token: \"<EOF>\", near: \",\""},
    {"SET a = :a, SET b = :b", "Syntax error; token: \"SET\", near: \", SET b\""},
    {"INVALID SYNTAX", "Syntax error; token: \"INVALID\", near: \"INVALID SYNTAX\""},
    {"SET a = :a foo", "Syntax error; token: \"foo\", near: \":a foo\""},
    {"set n = n * :a", "Syntax error; token: \"*\", near: \"n * :a\""},
    {"set n = n + :a + :b", "Syntax error; token: \"+\", near: \":a + :b\""},
    {"set n = (n + :a) - :b", "Syntax error; token: \"-\", near: \") - :b\""},
    {"set n = -n", "Syntax error; token: \"-\", near: \"= -n\""},
    {"set (q) = :a", "Syntax error; token: \"(\", near: \"set (q\""},
    {"remove n s", "Syntax error; token: \"s\", near: \"n s\""},
    {"remove :a", "Syntax error; token: \":a\", near: \"remove :a\""},
    {"add q n", "Syntax error; token: \"n\", near: \"q n\""},
    {"add q", "Syntax error; token: \"<EOF>\", near: \"q\""},
    {"add q :a + :b", "Syntax error; token: \"+\", near: \":a + :b\""},
    {"set if_not_exists(a,:a) = :b", "Syntax error; token: \"(\", near: \"if_not_exists(a\""},
    {"set q = if_not_exists(n, n + :a)", "Syntax error; token: \"+\", near: \"n + :a\""},
    {"set n = ((n))", "The expression has redundant parentheses;"},
    {"set n = ((n + :a))", "The expression has redundant parentheses;"},
    {"set n = n + ((:a))", "The expression has redundant parentheses;"},
    {"set abort = :a", "Attribute name is a reserved keyword; reserved keyword: abort"},
    {"set q = m.abort", "Attribute name is a reserved keyword; reserved keyword: abort"},
    {"set a[99999999999] = :a",
     "List index is not within the allowable range; index: [99999999999]"},
    {"set q = foo(n)", "Invalid function name; function: foo"},
    {"set q = size(n)", "The function is not allowed in an update expression; function: size"},
    {"set q = IF_NOT_EXISTS(n, :a)", "Invalid function name; function: IF_NOT_EXISTS"},
    {"set q = list_append(list_append(:l, :l), :l)",
     "The function is not allowed to be used this way in an expression; function: list_append"},
    {"set q = list_append(:l, :l) + :a",
     "The function is not allowed to be used this way in an expression; function: list_append"},
    {"SET a = :a SET b = :b", "The \"SET\" section can only be used once in an update expression;"},
    {"REMOVE a REMOVE b", "The \"REMOVE\" section can only be used once in an update expression;"},
    {"ADD q :a ADD w :b", "The \"ADD\" section can only be used once in an update expression;"},
    {"DELETE q :ss DELETE w :ss",
     "The \"DELETE\" section can only be used once in an update expression;"},
    {"set n = :a, n = :b", "Two document paths overlap with each other; must remove or rewrite one "
                           "of these paths; path one: [n], path two: [n]"},
    {"set m.a = :a, m = :b", "Two document paths overlap with each other; must remove or rewrite "
                             "one of these paths; path one: [m, a], path two: [m]"},
    {"set m = :a, m.a = :b", "Two document paths overlap with each other; must remove or rewrite "
                             "one of these paths; path one: [m], path two: [m, a]"},
    {"set m.a = :a, m[0] = :b", "Two document paths conflict with each other; must remove or "
                                "rewrite one of these paths; path one: [m, a], path two: [m, [0]]"},
    {"set n = :a remove n", "Two document paths overlap with each other; must remove or rewrite "
                            "one of these paths; path one: [n], path two: [n]"},
    {"remove l[0], l[1], l", "Two document paths overlap with each other; must remove or rewrite "
                             "one of these paths; path one: [l, [1]], path two: [l]"},
    {"remove m.a.b,m.q[1],m[1]",
     "Two document paths conflict with each other; must remove or rewrite one of these paths; path "
     "one: [m, q, [1]], path two: [m, [1]]"},
    {"set #x = :a",
     "An expression attribute name used in the document path is not defined; attribute name: #x"},
    {"set q = :x",
     "An expression attribute value used in expression is not defined; attribute value: :x"},
    {"set q = if_not_exists(:a, :a)",
     "Operator or function requires a document path; operator or function: if_not_exists"},
    {"set q = if_not_exists(q)", "Incorrect number of operands for operator or function; operator "
                                 "or function: if_not_exists, number of operands: 1"},
    {"set q = if_not_exists(n, n)",
     "The first operand must be distinct from the remaining operands for this operator or "
     "function; operator: if_not_exists, first operand: [n]"},
    {"set q = list_append(l)", "Incorrect number of operands for operator or function; operator or "
                               "function: list_append, number of operands: 1"},
    {"set q = list_append(l, :a)", "Incorrect operand type for operator or function; operator or "
                                   "function: list_append, operand type: N"},
    {"set n = n + :s",
     "Incorrect operand type for operator or function; operator or function: +, operand type: S"},
    {"set n = :z - n", "Incorrect operand type for operator or function; operator or function: -, "
                       "operand type: NULL"},
    {"add n :s", "Incorrect operand type for operator or function; operator: ADD, operand type: "
                 "STRING, typeSet: ALLOWED_FOR_ADD_OPERAND"},
    {"add q :m", "Incorrect operand type for operator or function; operator: ADD, operand type: "
                 "MAP, typeSet: ALLOWED_FOR_ADD_OPERAND"},
    {"delete ss :s", "Incorrect operand type for operator or function; operator: DELETE, operand "
                     "type: STRING, typeSet: ALLOWED_FOR_DELETE_OPERAND"},
    {"delete q :a", "Incorrect operand type for operator or function; operator: DELETE, operand "
                    "type: NUMBER, typeSet: ALLOWED_FOR_DELETE_OPERAND"},
    {"delete ss :bin", "Incorrect operand type for operator or function; operator: DELETE, operand "
                       "type: BINARY, typeSet: ALLOWED_FOR_DELETE_OPERAND"},
};

/* More than one mistake: values and paths are looked at from the last action to the first. */
static const bench_row FIRST[] = {
    {"set n = :a set n = foo(b)", "Invalid function name; function: foo"},
    {"set n = ((:a)), m = abort", "The expression has redundant parentheses;"},
    {"set n = :x set m = :a", "The \"SET\" section can only be used once in an update expression;"},
    {"set n = :x, n = :a", "Two document paths overlap with each other; must remove or rewrite one "
                           "of these paths; path one: [n], path two: [n]"},
    {"set n = :a, n = :b, #x = :a",
     "An expression attribute name used in the document path is not defined; attribute name: #x"},
    {"set #x = :a, n = :a, n = :b", "Two document paths overlap with each other; must remove or "
                                    "rewrite one of these paths; path one: [n], path two: [n]"},
    {"set n = n + :s, s = :x",
     "An expression attribute value used in expression is not defined; attribute value: :x"},
    {"set n = n + :s, q = if_not_exists(n)",
     "Incorrect number of operands for operator or function; operator or function: if_not_exists, "
     "number of operands: 1"},
    {"add n :s set m = :a + :s",
     "Incorrect operand type for operator or function; operator or function: +, operand type: S"},
    {"set m = :a + :s add n :s", "Incorrect operand type for operator or function; operator: ADD, "
                                 "operand type: STRING, typeSet: ALLOWED_FOR_ADD_OPERAND"},
    {"add n :x set m = :y",
     "An expression attribute value used in expression is not defined; attribute value: :y"},
};

/* Nothing else is wrong with these than the item. */
static const bench_row AT_RUN_TIME[] = {
    {"set q.w = :a", "The document path provided in the update expression is invalid for update"},
    {"set n.w = :a", "The document path provided in the update expression is invalid for update"},
    {"set n[0] = :a", "The document path provided in the update expression is invalid for update"},
    {"set m[0] = :a", "The document path provided in the update expression is invalid for update"},
    {"set l.x = :a", "The document path provided in the update expression is invalid for update"},
    {"set l[5].x = :a",
     "The document path provided in the update expression is invalid for update"},
    {"remove q.w", "The document path provided in the update expression is invalid for update"},
    {"remove n.w", "The document path provided in the update expression is invalid for update"},
    {"remove m[0]", "The document path provided in the update expression is invalid for update"},
    {"remove l.x", "The document path provided in the update expression is invalid for update"},
    {"remove l[5].x", "The document path provided in the update expression is invalid for update"},
    {"add m.q.w :a", "The document path provided in the update expression is invalid for update"},
    {"delete m.q.w :ss",
     "The document path provided in the update expression is invalid for update"},
    {"set l[0].a = :a, l[1] = :a",
     "The document path provided in the update expression is invalid for update"},
    {"set n = q", "The provided expression refers to an attribute that does not exist in the item"},
    {"set n = m.q",
     "The provided expression refers to an attribute that does not exist in the item"},
    {"set n = l[9]",
     "The provided expression refers to an attribute that does not exist in the item"},
    {"set n = n + q",
     "The provided expression refers to an attribute that does not exist in the item"},
    {"set q = :a, w = q",
     "The provided expression refers to an attribute that does not exist in the item"},
    {"set q = if_not_exists(q, w)",
     "The provided expression refers to an attribute that does not exist in the item"},
    {"set q = list_append(w, l)",
     "The provided expression refers to an attribute that does not exist in the item"},
    {"set n = n + s", "An operand in the update expression has an incorrect data type"},
    {"set n = s - n", "An operand in the update expression has an incorrect data type"},
    {"set q = if_not_exists(q, :s) + :a",
     "An operand in the update expression has an incorrect data type"},
    {"set q = list_append(l, n)", "An operand in the update expression has an incorrect data type"},
    {"set q = list_append(n, l)", "An operand in the update expression has an incorrect data type"},
    {"add s :a", "An operand in the update expression has an incorrect data type"},
    {"add s :ss", "An operand in the update expression has an incorrect data type"},
    {"add ns :a", "An operand in the update expression has an incorrect data type"},
    {"add ss :ns", "An operand in the update expression has an incorrect data type"},
    {"delete ss :ns", "An operand in the update expression has an incorrect data type"},
    {"delete n :ss", "An operand in the update expression has an incorrect data type"},
    {"delete m.a :ss", "An operand in the update expression has an incorrect data type"},
};

static void test_update_refusals__mistakes(void **state) {
    (void)state;
    EXPECT_ROWS("Invalid UpdateExpression: ", MISTAKES);
}

static void test_update_refusals__the_first_of_several(void **state) {
    (void)state;
    EXPECT_ROWS("Invalid UpdateExpression: ", FIRST);
}

static void test_update_refusals__at_run_time(void **state) {
    (void)state;
    EXPECT_ROWS("", AT_RUN_TIME);
}

/* Measured on the service: what needs more than 38 digits overflows too. */
static void test_update_refusals__numbers(void **state) {
    (void)state;
    static const char overflow[] = "Number overflow. Attempting to store a number with magnitude "
                                   "larger than supported range";
    static const char underflow[] = "Number underflow. Attempting to store a number with magnitude "
                                    "smaller than supported range";
    bench *b = bench_create(NULL);
    b->values = "{':big':{'N':'9.9999999999999999999999999999999999999E+125'},':1':{'N':'1'},"
                "':38':{'N':'1e38'},':low':{'N':'1.5e-130'},':lower':{'N':'1e-130'},"
                "':9':{'N':'99999999999999999999999999999999999999'}}";
    SAME(bench_update(b, "set n = :big + :big"), overflow, "magnitude");
    SAME(bench_update(b, "set n = :38 + :1"), overflow, "39 digits");
    SAME(bench_update(b, "set n = :low - :lower"), underflow, "magnitude");
    SAME(bench_update(b, "add n :big"), overflow, "ADD");
    b->item = "{'n':{'N':'1'}}";
    SAME(bench_update(b, "set n = :9 - n"), "{'n':{'N':'99999999999999999999999999999999999998'}}",
         "38 digits");
    bench_destroy(b);
}

/* https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html: 32 levels, the
 * item among them */
static void test_update_refusals__nesting(void **state) {
    (void)state;
    static const char refused[] = "Nesting Levels have exceeded supported limits: Attributes in "
                                  "the item have nested levels beyond supported limit";
    static char open[1024];
    static char close[1024];
    static char values[4096];
    bench *b = bench_create(NULL);
    b->item = "{'m':{'M':{'m':{'M':{}}}}}";
    b->values = values;
    repeated(open, sizeof open, "{'L':[", "", 30);
    repeated(close, sizeof close, "]}", "", 30);
    int len = snprintf(values, sizeof values, "{':v':%s{'N':'1'}%s}", open, close);
    assert_true(len > 0 && (size_t)len < sizeof values);
    assert_int_equal(bench_update(b, "set m.q = :v")[0], '{');
    assert_int_equal(bench_update(b, "set m.q = list_append(:v, :v), r = :v")[0], '{');
    SAME(bench_update(b, "set m.m.q = :v"), refused, "33 levels");
    SAME(bench_update(b, "set m.m.q = list_append(:v, :v)"), refused, "33 levels of a list");
    char item[4096];
    len = snprintf(item, sizeof item, "{'m':{'M':{'m':{'M':{}}}},'v':%s{'N':'1'}%s}", open, close);
    assert_true(len > 0 && (size_t)len < sizeof item);
    b->item = item;
    b->values = NULL;
    assert_int_equal(bench_update(b, "set m.q = v")[0], '{');
    SAME(bench_update(b, "set m.m.q = v"), refused, "33 levels of an old value");
    bench_destroy(b);
}

static void test_update_refusals__limits(void **state) {
    (void)state;
    static char text[8192];
    static char whole[8192];
    bench *b = bench_create(NULL);
    b->values = BENCH_VALUES;
    char *to = text;
    for (unsigned i = 0; i < 301; i++) {
        to += snprintf(to, sizeof text - (size_t)(to - text), "%sa%u=:a+:b", i ? "," : "", i);
    }
    snprintf(whole, sizeof whole, "set %s", text);
    SAME(bench_update(b, whole),
         "Invalid UpdateExpression: The expression contains too many operators; operator count: "
         "301",
         "301 operators");
    whole[strlen(whole) - strlen(",a300=:a+:b")] = '\0';
    assert_int_equal(bench_update(b, whole)[0], '{');
    repeated(text, sizeof text, " ", "", 4096 - 10);
    snprintf(whole, sizeof whole, "set n = :a%s", text);
    assert_int_equal(bench_update(b, whole)[0], '{');
    snprintf(whole, sizeof whole, "set n = :a %s", text);
    SAME(bench_update(b, whole),
         "Invalid UpdateExpression: Expression size has exceeded the maximum allowed size;",
         "4,097 bytes");
    bench_destroy(b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_update_refusals__mistakes),
        cmocka_unit_test(test_update_refusals__the_first_of_several),
        cmocka_unit_test(test_update_refusals__at_run_time),
        cmocka_unit_test(test_update_refusals__numbers),
        cmocka_unit_test(test_update_refusals__nesting),
        cmocka_unit_test(test_update_refusals__limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
