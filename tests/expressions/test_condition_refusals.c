/*
 * What conditions are refused for.
 * The words, and which of several mistakes is reported, are those of DynamoDB Local, as the
 * documentation has neither.
 */
#include "bench.h"

#include <stdio.h>

#define EXPECT_ROWS(start, rows)                                                                   \
    bench_expect_refusals(bench_condition, (start), (rows), sizeof(rows) / sizeof(rows)[0])

static const bench_row SYNTAX[] = {
    {"   ", "token: \"<EOF>\", near: \"   \""},
    {"a", "token: \"<EOF>\", near: \"a\""},
    {"a =", "token: \"<EOF>\", near: \"=\""},
    {"a = ", "token: \"<EOF>\", near: \"= \""},
    {"= :a", "token: \"=\", near: \"= :a\""},
    {"a = = :a", "token: \"=\", near: \"= = :a\""},
    {"  = :a", "token: \"=\", near: \"  = :a\""},
    {" a  =  =  :a ", "token: \"=\", near: \"=  =  :a\""},
    {"a = :a  )  ", "token: \")\", near: \":a  )  \""},
    {"(a = :a", "token: \"<EOF>\", near: \":a\""},
    {"a = :a)", "token: \")\", near: \":a)\""},
    {"a = :a and", "token: \"<EOF>\", near: \"and\""},
    {"a = :a and and b = :b", "token: \"and\", near: \"and and b\""},
    {"a @ :a", "token: \"@\", near: \"a @ :a\""},
    {"a = \"x\"", "token: \"\"\", near: \"= \"x\""},
    {"a = 5", "token: \"5\", near: \"= 5\""},
    {"5 = a", "token: \"5\", near: \"5 =\""},
    {"a != :a", "token: \"!\", near: \"a !=\""},
    {"a in :a", "token: \":a\", near: \"in :a\""},
    {"a in ()", "token: \")\", near: \"()\""},
    {"a in (:a,)", "token: \")\", near: \",)\""},
    {"a between :a", "token: \"<EOF>\", near: \":a\""},
    {"a between :a or :b", "token: \"or\", near: \":a or :b\""},
    {"attribute_exists(a", "token: \"<EOF>\", near: \"a\""},
    {"attribute_exists a", "token: \"a\", near: \"attribute_exists a\""},
    {"attribute_exists()", "token: \")\", near: \"()\""},
    {"size() = :a", "token: \")\", near: \"() =\""},
    {"a[0", "token: \"<EOF>\", near: \"0\""},
    {"a[]", "token: \"]\", near: \"[]\""},
    {"a[-1]", "token: \"-\", near: \"[-1\""},
    {"a[x]", "token: \"x\", near: \"[x]\""},
    {"a[01] = :a", "token: \"1\", near: \"01]\""},
    {"a.", "token: \"<EOF>\", near: \".\""},
    {".a", "token: \".\", near: \".a\""},
    {"a..b", "token: \".\", near: \"..b\""},
    {"a.0", "token: \"0\", near: \".0\""},
    {"a.[0] = :a", "token: \"[\", near: \".[0\""},
    {"a[1.5]=:a", "token: \".\", near: \"1.5\""},
    {"_a = :a", "token: \"_\", near: \"_a\""},
    {"a-b = :a", "token: \"-\", near: \"a-b\""},
    {"#a#b = :a", "token: \"#b\", near: \"#a#b =\""},
    {":a", "token: \"<EOF>\", near: \":a\""},
    {"# = :a", "token: \"#\", near: \"# =\""},
    {"a = :", "token: \":\", near: \"= :\""},
    {"a = :a :b", "token: \":b\", near: \":a :b\""},
    {"é = :a", "token: \"é\", near: \"é =\""},
    {"a = é é", "token: \"é\", near: \"= é é\""},
    {"aNd = :a", "token: \"aNd\", near: \"aNd =\""},
    {"SET = :a", "token: \"SET\", near: \"SET =\""},
    {"(a)", "token: \"<EOF>\", near: \")\""},
    {"(a = :a) = :b", "token: \"=\", near: \") = :b\""},
    {"a = (a = :a)", "token: \"=\", near: \"a = :a\""},
    {"size(a = :a)", "token: \"=\", near: \"a = :a\""},
    {"a = not b", "token: \"not\", near: \"= not b\""},
    {"(a,b)", "token: \",\", near: \"a,b\""},
    {"a < > :a", "token: \">\", near: \"< > :a\""},
    {"a =< :a", "token: \"<\", near: \"=< :a\""},
    {"a => :a", "token: \">\", near: \"=> :a\""},
    {"a + :a", "token: \"+\", near: \"a + :a\""},
    {"a = :a = :b", "token: \"=\", near: \":a = :b\""},
    {"foo.bar(a)", "token: \"(\", near: \"bar(a\""},
    {"#a(:a)", "token: \"(\", near: \"#a(:a\""},
    {"a b c", "token: \"b\", near: \"a b c\""},
    {"(a AND b)", "token: \"AND\", near: \"a AND b\""},
    {"a OR", "token: \"OR\", near: \"a OR\""},
    {"not", "token: \"<EOF>\", near: \"not\""},
    {"contains(,b)", "token: \",\", near: \"(,b\""},
};

static const bench_row MISTAKES[] = {
    {"", "The expression can not be empty;"},
    {"((a = :a))", "The expression has redundant parentheses;"},
    {"((a = :a)) and b = :b", "The expression has redundant parentheses;"},
    {"NOT ((a=:a))", "The expression has redundant parentheses;"},
    {"(((a = :a) and (b = :b)))", "The expression has redundant parentheses;"},
    {"((a)) = :a", "The expression has redundant parentheses;"},
    {"a = ((:a))", "The expression has redundant parentheses;"},
    {"a in (((:a)))", "The expression has redundant parentheses;"},
    {"attribute_exists(((a)))", "The expression has redundant parentheses;"},
    {"((attribute_exists(a)))", "The expression has redundant parentheses;"},
    {"abort = :a", "Attribute name is a reserved keyword; reserved keyword: abort"},
    {"Abort = :a", "Attribute name is a reserved keyword; reserved keyword: Abort"},
    {"a.abort = :a", "Attribute name is a reserved keyword; reserved keyword: abort"},
    {"a[99999999999] = :a", "List index is not within the allowable range; index: [99999999999]"},
    {"foo(a)", "Invalid function name; function: foo"},
    {"FOO(a)", "Invalid function name; function: FOO"},
    {"if_not_exists(a,:a)",
     "The function is not allowed in a condition expression; function: if_not_exists"},
    {"list_append(a,:l) = :a",
     "The function is not allowed in a condition expression; function: list_append"},
    {"size(a)", "The function is not allowed to be used this way in an expression; function: size"},
    {"begins_with(a, :a) = :a",
     "The function is not allowed to be used this way in an expression; function: begins_with"},
    {"a = (attribute_exists(a))", "The function is not allowed to be used this way in an "
                                  "expression; function: attribute_exists"},
    {"attribute_exists(attribute_exists(a))", "The function is not allowed to be used this way in "
                                              "an expression; function: attribute_exists"},
    {"#x = :a",
     "An expression attribute name used in the document path is not defined; attribute name: #x"},
    {"a = :x",
     "An expression attribute value used in expression is not defined; attribute value: :x"},
    {"x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x = :a",
     "The document path has too many nesting levels; nesting levels: 33"},
    {"size(a,b) = :a", "Incorrect number of operands for operator or function; operator or "
                       "function: size, number of operands: 2"},
    {"begins_with(a)", "Incorrect number of operands for operator or function; operator or "
                       "function: begins_with, number of operands: 1"},
    {"attribute_exists(a,b)", "Incorrect number of operands for operator or function; operator or "
                              "function: attribute_exists, number of operands: 2"},
    {"attribute_exists(:a)",
     "Operator or function requires a document path; operator or function: attribute_exists"},
    {"attribute_exists(size(a))",
     "Operator or function requires a document path; operator or function: attribute_exists"},
    {"size(:a) = :a", "Incorrect operand type for operator or function; operator or function: "
                      "size, operand type: N"},
    {"size(size(a)) = :a", "Incorrect operand type for operator or function; operator or function: "
                           "size, operand type: N"},
    {"size(:t) = :a", "Incorrect operand type for operator or function; operator or function: "
                      "size, operand type: BOOL"},
    {"size(:z)=:a", "Incorrect operand type for operator or function; operator or function: size, "
                    "operand type: NULL"},
    {"begins_with(a,:a)", "Incorrect operand type for operator or function; operator or function: "
                          "begins_with, operand type: N"},
    {"begins_with(a,:ss)", "Incorrect operand type for operator or function; operator or function: "
                           "begins_with, operand type: SS"},
    {"begins_with(a, size(a))", "Incorrect operand type for operator or function; operator or "
                                "function: begins_with, operand type: N"},
    {"attribute_type(a,:a)", "Incorrect operand type for operator or function; operator or "
                             "function: attribute_type, operand type: N"},
    {"attribute_type(a,:s)",
     "Invalid attribute type name found; type: a, valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}"},
    {"attribute_type(a,b)", "Incorrect operand type for operator or function; operator or "
                            "function: attribute_type, operand type: "
                            "{NULL,SS,S,B,BS,DOUBLE,INTSET,HD,DECIMALSET,DECIMAL,HDS,DOUBLESET,"
                            "BOOL,NS,N,DICT,FLOAT,INT,L,FS,M}"},
    {"contains(a,a)", "The first operand must be distinct from the remaining operands for this "
                      "operator or function; operator: contains, first operand: [a]"},
    {"contains(l[0],l[0])",
     "The first operand must be distinct from the remaining operands for this operator or "
     "function; operator: contains, first operand: [l, [0]]"},
    {"a = a", "The first operand must be distinct from the remaining operands for this operator or "
              "function; operator: =, first operand: [a]"},
    {"a.b = #a.b", "The first operand must be distinct from the remaining operands for this "
                   "operator or function; operator: =, first operand: [a, b]"},
    {"a in (b,a)", "The first operand must be distinct from the remaining operands for this "
                   "operator or function; operator: IN, first operand: [a]"},
    {"a between :a and a", "The first operand must be distinct from the remaining operands for "
                           "this operator or function; operator: BETWEEN, first operand: [a]"},
    {"begins_with(s,s)", "The first operand must be distinct from the remaining operands for this "
                         "operator or function; operator: begins_with, first operand: [s]"},
    {"attribute_type(a,a)",
     "The first operand must be distinct from the remaining operands for this operator or "
     "function; operator: attribute_type, first operand: [a]"},
    {"a < :m",
     "Incorrect operand type for operator or function; operator or function: <, operand type: M"},
    {"a >= :ss",
     "Incorrect operand type for operator or function; operator or function: >=, operand type: SS"},
    {":t > a", "Incorrect operand type for operator or function; operator or function: >, operand "
               "type: BOOL"},
    {"size(a) > :ss",
     "Incorrect operand type for operator or function; operator or function: >, operand type: SS"},
    {"a between :t and :z", "Incorrect operand type for operator or function; operator or "
                            "function: BETWEEN, operand type: BOOL"},
    {"a between :a and :s",
     "The BETWEEN operator requires same data type for lower and upper bounds; lower bound "
     "operand: AttributeValue: {N:1}, upper bound operand: AttributeValue: {S:a}"},
    {"a between :b and :a",
     "The BETWEEN operator requires upper bound to be greater than or equal to lower bound; lower "
     "bound operand: AttributeValue: {N:2}, upper bound operand: AttributeValue: {N:1}"},
    {"a between a and :t", "Incorrect operand type for operator or function; operator or function: "
                           "BETWEEN, operand type: BOOL"},
    /* by the documentation these are reserved, by DynamoDB Local they are not */
    {"size = :a", "Attribute name is a reserved keyword; reserved keyword: size"},
    {"convert = :a", "Attribute name is a reserved keyword; reserved keyword: convert"},
    {"a = zone", "Attribute name is a reserved keyword; reserved keyword: zone"},
    {"a BETWEEN :bin2 AND :bin",
     "The BETWEEN operator requires upper bound to be greater than or equal to lower bound; lower "
     "bound operand: AttributeValue: {B:YmI=}, upper bound operand: AttributeValue: {B:YQ==}"},
};

/* More than one mistake. */
static const bench_row FIRST[] = {
    {"abort = @", "Syntax error; token: \"@\", near: \"= @\""},
    {"((a = :a)) and foo(b) @", "The expression has redundant parentheses;"},
    {"(((f(a)))", "Syntax error; token: \"<EOF>\", near: \")\""}, /* DynamoDB Local: this first */
    {"((a = :a)", "Syntax error; token: \"<EOF>\", near: \")\""},
    {"(((a = :a)) and b = :b", "Syntax error; token: \"<EOF>\", near: \":b\""},
    {"(((a = :a)) and b = :b) and", "The expression has redundant parentheses;"},
    {"((a = :a)) and", "The expression has redundant parentheses;"},
    {"((abort = :a))", "The expression has redundant parentheses;"},
    {"foo(a) and ((b=:b))", "The expression has redundant parentheses;"},
    {"abort = foo(a)", "Attribute name is a reserved keyword; reserved keyword: abort"},
    {"foo(abort)", "Invalid function name; function: foo"},
    {"#x = :a and foo(a)", "Invalid function name; function: foo"},
    {"size(a) and abort = :a",
     "The function is not allowed to be used this way in an expression; function: size"},
    {"abort = :a and size(a)", "Attribute name is a reserved keyword; reserved keyword: abort"},
    {"a = a and abort = :a", "Attribute name is a reserved keyword; reserved keyword: abort"},
    {"abort[99999999999]=:a", "Attribute name is a reserved keyword; reserved keyword: abort"},
    {"a[99999999999] = :a and abort = :a",
     "List index is not within the allowable range; index: [99999999999]"},
    {"x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x = :a and abort = :a",
     "Attribute name is a reserved keyword; reserved keyword: abort"},
    {"x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x = :x",
     "The document path has too many nesting levels; nesting levels: 33"},
    {"#x = :x",
     "An expression attribute name used in the document path is not defined; attribute name: #x"},
    {":x = #x",
     "An expression attribute value used in expression is not defined; attribute value: :x"},
    {"size(a,b) = :x", "Incorrect number of operands for operator or function; operator or "
                       "function: size, number of operands: 2"},
    {"c = :x and size(a,b) = :a",
     "An expression attribute value used in expression is not defined; attribute value: :x"},
    {"a = a and b = :x", "The first operand must be distinct from the remaining operands for this "
                         "operator or function; operator: =, first operand: [a]"},
    {"b = :x and a = a",
     "An expression attribute value used in expression is not defined; attribute value: :x"},
    {"begins_with(a,:a) and c = :x", "Incorrect operand type for operator or function; operator or "
                                     "function: begins_with, operand type: N"},
    {"size(:a,b) = :a", "Incorrect number of operands for operator or function; operator or "
                        "function: size, number of operands: 2"},
    {"attribute_exists(:x)",
     "An expression attribute value used in expression is not defined; attribute value: :x"},
    {"a between :b and a", "The first operand must be distinct from the remaining operands for "
                           "this operator or function; operator: BETWEEN, first operand: [a]"},
    {"a between :b and :a and a = a",
     "The BETWEEN operator requires upper bound to be greater than or equal to lower bound; lower "
     "bound operand: AttributeValue: {N:2}, upper bound operand: AttributeValue: {N:1}"},
    {":ss > size(:a)", "Incorrect operand type for operator or function; operator or function: "
                       "size, operand type: N"},
};

static void test_condition_refusals__syntax(void **state) {
    (void)state;
    EXPECT_ROWS("Invalid ConditionExpression: Syntax error; ", SYNTAX);
}

static void test_condition_refusals__mistakes(void **state) {
    (void)state;
    EXPECT_ROWS("Invalid ConditionExpression: ", MISTAKES);
}

static void test_condition_refusals__the_first_of_several(void **state) {
    (void)state;
    EXPECT_ROWS("Invalid ConditionExpression: ", FIRST);
}

/* ---- limits, both sides ---- */

static char text[16384];
static char whole[16384];

static const char *after(const char *start, const char *end) {
    int len = snprintf(whole, sizeof whole, "%s%s%s", start, text, end);
    assert_true(len > 0 && (size_t)len < sizeof whole);
    return whole;
}

static const char TOO_MANY[] =
    "Invalid ConditionExpression: The expression contains too many operators; operator count: 301";

/* https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html: at most 300
 * operators; measured on the service, functions are none. */
static void test_condition_refusals__operators(void **state) {
    (void)state;
    bench *b = bench_create(NULL);
    b->values = BENCH_VALUES;
    repeated(text, sizeof text, "a=:a", " or ", 150);
    SAME(bench_condition(b, text), "false", "299 operators");
    SAME(bench_condition(b, after("", " or attribute_exists(n)")), "true", "300 operators");
    SAME(bench_condition(b, after("not ", "")), "true", "300 operators and NOT");
    SAME(bench_condition(b, after("not ", " or attribute_exists(n)")), TOO_MANY, "301 operators");
    SAME(bench_condition(b, after("", " or a=:a")), TOO_MANY, "301 operators");
    repeated(text, sizeof text, "contains(s,:s)", " or ", 200);
    SAME(bench_condition(b, text), "true", "199 operators and 200 functions");
    repeated(text, sizeof text, "NOT ", "", 299);
    SAME(bench_condition(b, after("", "a = :a")), "true", "300 operators, most of them NOT");
    SAME(bench_condition(b, after("not ", "a = :a")), TOO_MANY, "301 operators, most of them NOT");
    bench_destroy(b);
}

static void test_condition_refusals__bytes(void **state) {
    (void)state;
    bench *b = bench_create(NULL);
    b->values = BENCH_VALUES;
    repeated(text, sizeof text, " ", "", 4096 - 6);
    SAME(bench_condition(b, after("n = :a", "")), "false", "4,096 bytes");
    SAME(bench_condition(b, after("n = :a", " ")),
         "Invalid ConditionExpression: Expression size has exceeded the maximum allowed size; "
         "expression size: 4097",
         "4,097 bytes");
    bench_destroy(b);
}

static void test_condition_refusals__in_operands(void **state) {
    (void)state;
    bench *b = bench_create(NULL);
    b->values = BENCH_VALUES;
    repeated(text, sizeof text, ":a", ",", 100);
    SAME(bench_condition(b, after("n IN (", ")")), "false", "100 operands");
    SAME(bench_condition(b, after("n IN (:a,", ")")),
         "Invalid ConditionExpression: The IN operator is provided with too many operands; number "
         "of operands: 101",
         "101 operands");
    bench_destroy(b);
}

/* https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ReservedWords.html: the first
 * and last of every few letters, in any case, and neighbours that are none. */
static void test_condition_refusals__reserved_words(void **state) {
    (void)state;
    static const char *const words[] = {
        "ABORT", "ascii",          "Block",  "by",      "CUBE",      "date",  "DYNAMIC",
        "zone",  "EACH",           "FREE",   "GET",     "hash",      "INTO",  "join",
        "KEY",   "LOWER",          "MAP",    "name",    "OBJECT",    "path",  "quorum",
        "ROWS",  "SQLWARNING",     "status", "TTL",     "USING",     "value", "WRITE",
        "YEAR",  "localtimestamp", "size",   "convert", "timestamp", "ROLE",  "Region"};
    static const char *const others[] = {
        "abor",  "aborts", "a",  "zones",           "zon",    "names1", "title", "email", "id",
        "price", "pk",     "sk", "localtimestamps", "x_name", "AAA",    "zzz"};
    bench *b = bench_create(NULL);
    b->values = BENCH_VALUES;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        char message[128];
        snprintf(whole, sizeof whole, "%s = :a", words[i]);
        snprintf(message, sizeof message,
                 "Invalid ConditionExpression: Attribute name is a reserved keyword; reserved "
                 "keyword: %s",
                 words[i]);
        SAME(bench_condition(b, whole), message, whole);
    }
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        snprintf(whole, sizeof whole, "%s = :a", others[i]);
        SAME(bench_condition(b, whole), "false", whole);
    }
    bench_destroy(b);
}

/* However deep, the stack is not. */
static void test_condition_refusals__nesting(void **state) {
    (void)state;
    bench *b = bench_create(NULL);
    b->values = BENCH_VALUES;
    char *end = whole + 8192;
    repeated(text, sizeof text, "(not ", "", 299);
    repeated(end, 4096, ")", "", 299);
    char closed[8192];
    int len = snprintf(closed, sizeof closed, "%sn = :a%s", text, end);
    assert_true(len > 0 && (size_t)len < sizeof closed);
    SAME(bench_condition(b, closed), "true", "300 levels");
    static const char *const units[] = {"(", "(not ", "size(", "(not((", "a=("};
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        repeated(text, sizeof text, units[i], "", (unsigned)(4096 / strlen(units[i])));
        const char *message = bench_condition(b, text);
        assert_non_null(strstr(message, "Invalid ConditionExpression: "));
    }
    bench_destroy(b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_condition_refusals__syntax),
        cmocka_unit_test(test_condition_refusals__mistakes),
        cmocka_unit_test(test_condition_refusals__the_first_of_several),
        cmocka_unit_test(test_condition_refusals__operators),
        cmocka_unit_test(test_condition_refusals__bytes),
        cmocka_unit_test(test_condition_refusals__in_operands),
        cmocka_unit_test(test_condition_refusals__reserved_words),
        cmocka_unit_test(test_condition_refusals__nesting),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
