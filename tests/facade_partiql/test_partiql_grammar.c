/*
 * Statements that are refused, and with which words. Sources: "measured" is an independent suite
 * verified against the service in 2026; "local" is DynamoDB Local 1.25; the rest follows from the
 * developer guide (ql-reference) and says what is done here.
 */
#include "statements.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ILL "Statement wasn't well formed, can't be processed: "
#define LEFTOVER ILL "Unexpected token after expression"
#define TERM ILL "Unexpected term"
#define NO_KEY "Where clause does not contain a mandatory equality on all key attributes"
#define OVERFLOW                                                                                   \
    "Number overflow. Attempting to store a number with magnitude larger than supported range"

typedef struct refusal {
    const char *statement;
    const char *message;
} refusal;

/* Measured. */
static const refusal MEASURED[] = {
    {"SELECT * FROM \"tab\" WHERE pk = 'a' foo", LEFTOVER},
    {"SELECT * FROM \"tab\" WHERE pk = 1 e5", LEFTOVER},
    {"INSERT INTO \"tab\" VALUE {'pk': 'x'} foo", LEFTOVER},
    {"UPDATE \"tab\" SET a = 9 WHERE pk = 'x' foo", LEFTOVER},
    {"DELETE FROM \"tab\" WHERE pk = 'x' foo", LEFTOVER},
    {"SELECT * FROM \"tab\" WHERE pk = 'a')", LEFTOVER},
    {"DELETE FROM \"tab\" WHERE pk = 'x' ORDER BY pk", LEFTOVER},
    {"SELECT * FROM \"tab\" ORDER BY pk WHERE pk = 'x'", LEFTOVER},
    {"SELECT * FROM \"tab\" WHERE pk = 1e2147483648", ILL},
    {"SELECT * FROM \"tab\" WHERE pk = 1e99999999999", ILL},
    {"SELECT * FROM \"tab\" WHERE pk = 1.5e-2147483647", ILL},
    {"SELECT * FROM \"tab\" WHERE pk = 1 # note", ILL},
    {"SELECT * FROM \"tab\" WHERE pk = 1 /* note", ILL},
    {"SELECT * FROM \"tab", ILL},
    {"SELECT * FROM \"tab\" t WHERE pk = 'x'", "Aliasing is not supported"},
    {"SELECT * FROM \"tab\" AS t WHERE pk = 'x'", "Aliasing is not supported"},
    {"UPDATE \"tab\" t SET a = 3 WHERE pk = 'x'", "Aliasing is not supported"},
    {"DELETE FROM \"tab\" t WHERE pk = 'x'", "Aliasing is not supported"},
    {"INSERT INTO \"tab\" t VALUE {'pk': 'x'}", LEFTOVER},
    {"SELECT * FROM \"tab\" WHERE pk = 1e126", OVERFLOW " under root"},
    {"SELECT * FROM \"tab\" WHERE pk = 123456789012345678901234567890123456789",
     "Attempting to store more than 38 significant digits in a Number under root"},
    {"UPDATE \"tab\" SET a = 1e-131 WHERE pk = 'x'",
     "Number underflow. Attempting to store a number with magnitude smaller than supported range "
     "under root"},
    {"INSERT INTO \"tab\" VALUE {'pk': 'x', 'm': {'x': 1e126}}", OVERFLOW " under root.x"},
    {"INSERT INTO \"tab\" VALUE {'pk': 'x', 'l': [1, 1e126]}", OVERFLOW " under root[1]"},
    {"SELECT * FROM \"tab\" WHERE", TERM},
    {"SELECT * FROM \"tab\" WHERE;", TERM},
    {"UPDATE \"tab\" SET a = 1 WHERE", TERM},
    {"DELETE FROM \"tab\" WHERE", TERM},
    {"SELECT * FROM \"tab\" WHERE NOT", TERM},
    {"SELECT * FROM \"tab\" WHERE (", TERM},
    {"SELECT * FROM \"never\" WHERE", TERM},
    {"SELECT * FROM", TERM},
    {"SELECT * FROM \"tab\" WHERE pk = 'p1' AND",
     ILL "Missing right-hand side expression of infix operator"},
    {"SELECT * FROM \"tab\" WHERE pk = 'p1' OR",
     ILL "Missing right-hand side expression of infix operator"},
    {"SELECT * FROM \"tab\" WHERE ORDER BY pk", ILL "Unexpected keyword"},
    {"x IS INT4", "Unsupported operation: IsType"},
    {"x IS DOUBLE PRECISION", "Unsupported operation: IsType"},
    {"SELECT * FROM \"tab\" WHERE pk = 'a' AND x IS FOO", ILL "Expected type name"},
    {"SELECT * FROM \"tab\" WHERE IS NULL", ILL "Unexpected operator"},
    {"SELECT * FROM \"tab\" WHERE pk = LIKE", ILL "Unexpected operator"},
    {"DELETE FROM", ILL "Expected identifier for simple path"},
    {"DELETE FROM;", ILL "Expected identifier for simple path"},
    {"DELETE FROM WHERE pk = 'a'", ILL "Expected identifier for simple path"},
    {"FROM \"tab\" SET c = 1", NO_KEY},
    {"FROM \"tab\" REMOVE a", NO_KEY},
    {"FROM \"tab\" WHERE a = 1 SET c = 1", NO_KEY},
    {"FROM \"tab\" SET c = 1 WHERE pk = 'x'", LEFTOVER},
    {"SLECT * FROM \"tab\" WHERE pk = 'x'", ILL "Expected data manipulation"},
    {"SELECT * FROM \"glob\".\"gsi\".\"extra\" WHERE pk = 'p'",
     "A path may contain at most 2 components in the FROM clause"},
    {"SELECT * FROM \"glob\".\"\" WHERE pk = 'p'", "Path component cannot be an empty string"},
    {"SELECT * FROM \"\" WHERE pk = 'p'", "Path component cannot be an empty string"},
    {"SELECT * FROM \"glob\".\"none\" WHERE pk = 'p'",
     "The table does not have the specified index"},
    {"SELECT * FROM tab WHERE pk = 'x' AND a.inner = 1", ILL "Invalid path dot component"},
    {"SELECT * FROM tab WHERE pk = 'x' AND EXISTS(ss)", "Unrecognized function: exists at 1:38:6"},
    {"SELECT * FROM tab WHERE pk = 'x' AND attribute_exists('ss')",
     "Operator or function requires a document path; operator or function: attribute_exists"},
    {"SELECT * FROM tab WHERE pk = 'x' AND attribute_exists()",
     "Incorrect number of operands for operator or function; operator or function: "
     "attribute_exists, number of operands: 0"},
    {"SELECT attribute_exists(ss) FROM tab", "Unexpected path component at 1:8:16"},
    {"SELECT l[-1] FROM tab",
     "List index is not within the allowable range; index: [-1] at 1:11:1"},
    {"SELECT l[2147483648] FROM tab",
     "List index is not within the allowable range; index: [2147483648] at 1:10:10"},
    {"SELECT * FROM tab WHERE pk = 'x' AND attribute_type(l, 1)",
     "Incorrect operand type for operator or function; operator or function: attribute_type, "
     "operand type: N"},
    {"SELECT * FROM tab WHERE pk = 'x' AND attribute_type(l, 'X')",
     "Invalid attribute type name found; type: X, valid types: {N,BS,L,B,NULL,M,S,SS,NS,BOOL}"},
    {"SELECT * FROM tab WHERE pk = 'x' AND val < true",
     "Incorrect operand type for operator or function; operator or function: <, operand type: "
     "BOOL"},
    {"INSERT INTO tab VALUE {'pk': 'x', 's': <<>>}", "Empty bags are not supported"},
    {"INSERT INTO tab VALUE {'pk': 'x', 's': <<1, 'a'>>}",
     "Unsupported data type in Bag. DynamoDB only supports either numbers or strings in bags"},
    {"INSERT INTO tab VALUE {'pk': 'x', 's': <<'a', 'a'>>}",
     "One or more parameter values were invalid: Input collection [a, a] contains duplicates."},
    {"UPDATE tab SET n = set_add(n, <<2, 2.0>>) WHERE pk = 'x'",
     "One or more parameter values were invalid: Input collection [2, 2.0] contains duplicates! "
     "under root"},
    {"UPDATE tab SET t = set_add(ss, <<'x'>>) WHERE pk = 'x'",
     "The first argument to SET_ADD must equal the assignment value at 1:20:7"},
    {"UPDATE tab\nSET ss = set_add(ss, 'x') WHERE pk = 'x'",
     "The second argument to SET_ADD must be a value with type SET at 2:18:2"},
    {"UPDATE tab SET ss = set_delete(ss) WHERE pk = 'x'",
     "SET_DELETE must have exactly two arguments at 1:21:10"},
    {"INSERT INTO tab VALUE {'pk': 'x', 'ss': set_add(<<'a'>>, <<'b'>>)}",
     "Unsupported data type: set_add under key root at 1:41:7"},
    {"UPDATE tab SET n = 'a' + 1 WHERE pk = 'x'",
     "Incorrect operand type for operator or function; operator or function: +, operand type: S"},
    {"UPDATE tab SET n = n - null WHERE pk = 'x'",
     "Incorrect operand type for operator or function; operator or function: -, operand type: "
     "NULL"},
    {"DELETE FROM tab WHERE pk = 'x' RETURNING MODIFIED OLD *",
     "Invalid returning clause: RETURNING MODIFIED OLD *. Only RETURNING ALL OLD * is allowed in "
     "DELETE statements."},
    {"DELETE FROM tab WHERE pk = 'x' RETURNING ALL NEW *",
     "Invalid returning clause: RETURNING ALL NEW *. Only RETURNING ALL OLD * is allowed in DELETE "
     "statements."},
    {"DELETE FROM tab WHERE name_ = 'x'", NO_KEY},
    {"UPDATE tab SET a = 1 WHERE pk = 'x' AND pk = 'y'",
     "Multiple conditions on same key pk. Only single item Update/Insert/Delete are supported"},
    {"SELECT * FROM tab WHERE pk = 1 OR pk = 'x'",
     "Key attribute's data type should match its data type in table's schema: Key pk"},
    {"SELECT * FROM num WHERE pk = 'x' AND sk IN [1, '2']",
     "Key attribute's data type should match its data type in table's schema: Key sk"},
    {"SELECT * FROM tab WHERE pk IN ['x', 'x']",
     "Overlapping conditions with range keys are not supported in where clause"},
    {"SELECT * FROM num WHERE pk = 'x' AND (sk > 0 OR sk < 5)",
     "Overlapping conditions with range keys are not supported in where clause"},
    {"SELECT * FROM num WHERE pk = 'x' AND (sk = 1 OR flag = 'two')",
     "Overlapping conditions with range keys are not supported in where clause"},
    {"SELECT * FROM num WHERE pk = 'a' AND x <> '1' OR pk = 'a' AND sk = 2",
     "Overlapping conditions with range keys are not supported in where clause"},
    {"EXISTS(SELECT * FROM tab WHERE pk = 'x' AND a IS MISSING)",
     "EXISTS can only be used in ExecuteTransaction write requests."},
    {"SELECT * FROM num ORDER BY sk",
     "Must have WHERE clause in the statement when using ORDER BY clause."},
    {"SELECT * FROM num WHERE pk = 'o' ORDER BY total DESC",
     "Attribute total in ORDER BY clause must be part of the primary key"},
    {"SELECT * FROM num WHERE pk > 'a' ORDER BY sk",
     "Must have at least one non-optional hash key condition in WHERE clause when using ORDER BY "
     "clause."},
    {"SELECT * FROM num WHERE pk IN ['o', 'p'] ORDER BY sk DESC",
     "Must have hash key in ORDER BY clause when more than one hash key condition specified in "
     "WHERE clause."},
};

/* DynamoDB Local's. */
static const refusal LOCAL[] = {
    {"SELECT COUNT(*) FROM tab", "Unexpected path component at 1:8:5"},
    {"SELECT n+1 FROM tab", "Unexpected path component at 1:9:1"},
    {"SELECT VALUE n FROM tab", "Select projection doesn't support value or pivot keywords"},
    {"SELECT * FROM tab LIMIT 1", "Unsupported clause: LIMIT at 1:25:1"},
    {"SELECT * FROM tab WHERE pk = 'a' GROUP BY n", "Unsupported clause: GROUP BY"},
    {"SELECT DISTINCT n FROM tab", "Unsupported token in expression: DISTINCT"},
    {"SELECT n AS k FROM tab", "Aliasing is not supported"},
    {"SELECT n, m.n FROM tab", "Duplicate identifiers in select clause: n"},
    {"SELECT * FROM tab, num", "Only select from a single table or index is supported."},
    {"SELECT * FROM tab WHERE a LIKE 'a%'",
     "Unsupported operator in Condition Expression. Operator: like"},
    {"SELECT * FROM tab WHERE a + 1 = 2",
     "Unsupported operator in Condition Expression. Operator: +"},
    {"SELECT * FROM tab WHERE a", "WHERE clause must contain an expression that resolves to a "
                                  "boolean"},
    {"SELECT * FROM tab WHERE size(a)",
     "WHERE clause must contain an expression that resolves to a boolean"},
    {"SELECT * FROM tab WHERE a = MISSING", "MISSING must be compared using IS operator"},
    {"SELECT * FROM tab WHERE a = a",
     "The first operand must be distinct from the remaining operands for this operator or "
     "function; operator: =, first operand: [a]"},
    {"SELECT * FROM tab WHERE a BETWEEN 3 AND 1",
     "The BETWEEN operator requires upper bound to be greater than or equal to lower bound; lower "
     "bound operand: AttributeValue: {N:3}, upper bound operand: AttributeValue: {N:1}"},
    {"SELECT * FROM tab WHERE a IN []",
     "IN operator must have a left hand argument of type Variable Reference and right hand "
     "argument of type Seq with at least one member"},
    {"SELECT pk.a FROM tab WHERE pk = 'x'",
     "Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: "
     "Key: pk"},
    {"SELECT a.* FROM tab", "Changing item's hierarchy while reading isn't supported"},
    {"SELECT * FROM tab WHERE a.*.b = 1",
     "Unpivot path component like a.*.b are not supported at 1:27:1"},
    {"INSERT INTO tab VALUE 'a'",
     "Unsupported format in item expression. Please use struct format {...} to express item values "
     "for insert statement. at 1:23:3"},
    {"INSERT INTO tab VALUE {'pk':'q','pk':'r'}",
     "Duplicate keys in tuple. Key: pk under root at 1:33:4"},
    {"INSERT INTO tab VALUE {pk:'q'}",
     "Tuple keys must be of type String. Actual type: VariableReference under root at 1:24:2"},
    {"INSERT INTO tab VALUE {'v':1}", "Key attribute should be present in the item: Key pk"},
    {"INSERT INTO tab VALUE {'pk':1}",
     "Key attribute's data type should match its data type in table's schema: Key pk"},
    {"INSERT INTO tab VALUE {'pk':''}",
     "One or more parameter values are not valid. The AttributeValue for a key attribute cannot "
     "contain an empty string value. Key: pk"},
    {"INSERT INTO tab VALUE {'pk':'q'} RETURNING ALL OLD *",
     "RETURNING is not supported in INSERT"},
    {"INSERT INTO \"glob\".\"gsi\" VALUE {'pk':'q'}",
     "FROM clause may only contain a single table name in data manipulation statements"},
    {"UPDATE tab SET v = w * 2 WHERE pk = 'a'",
     "Unsupported operator in Update Expression. Operator: *"},
    {"UPDATE tab SET a = a + list_append(l, [4]) WHERE pk = 'a'",
     "Incorrect operand type for operator or function; operator or function: +, operand type: L"},
    {"UPDATE tab SET v = 5, v = 6 WHERE pk = 'a'",
     "Two document paths overlap with each other; must remove or rewrite one of these paths; path "
     "one: [v], path two: [v]"},
    {"UPDATE tab SET pk = 'b' WHERE pk = 'a'",
     "One or more parameter values were invalid: Cannot update attribute pk. This attribute is "
     "part of the key"},
    {"UPDATE tab SET v = size(pk) WHERE pk = 'a'",
     "The function is not allowed in an update expression; function: size"},
    {"UPDATE tab SET v = 1 WHERE pk = 'a' RETURNING ALL NEW v",
     "Expected '*' after ( MODIFIED | ALL ) ( NEW | OLD ) in RETURNING clause"},
    {"UPDATE tab SET v = 1 WHERE pk IN ['a']", NO_KEY},
    {"UPDATE tab SET v = 1 WHERE pk = 'a' OR pk = 'b'", NO_KEY},
    {"UPDATE tab SET v = 1", NO_KEY},
    {"SELECT * FROM tab WHERE pk = ?",
     "Number of parameters in request and statement don't match."},
    {"CREATE TABLE x", "Unsupported operation: CreateTable"},
    {"DROP TABLE tab", "Unsupported operation: DropTable"},
    {"hello", "Unsupported operation: VariableReference"},
};

static void test_partiql_grammar__refuses(void **state) {
    for (size_t i = 0; i < sizeof MEASURED / sizeof *MEASURED; i++) {
        ql_refuses(*state, MEASURED[i].message, MEASURED[i].statement);
    }
    for (size_t i = 0; i < sizeof LOCAL / sizeof *LOCAL; i++) {
        ql_refuses(*state, LOCAL[i].message, LOCAL[i].statement);
    }
}

/* All that follows is read without the table having an item. */
static void test_partiql_grammar__takes(void **state) {
    static const char *const statements[] = {
        "select * from tab where pk='a'",
        "SELECT/**/* FROM \"tab\" -- the table\nWHERE pk/* key */='a' --",
        "SELECT \"pk\", m.x, l[0], m['y'] FROM tab;",
        "SELECT (pk) FROM tab WHERE (pk) = 'a' AND NOT NOT (a = 1 OR b <> 2 AND c != 3)",
        "SELECT * FROM tab WHERE a > -5 AND b < - - 1 AND c BETWEEN - 2 AND +5 AND d IN [- 1, 1]",
        "SELECT * FROM tab WHERE a IN (1, 'b', null, true, [1], {'x': 1}, <<1>>)",
        "SELECT * FROM tab WHERE a NOT IN (1) AND b NOT BETWEEN 1 AND 2 AND NOT contains(c, 'x')",
        "SELECT * FROM tab WHERE a IS NULL OR a IS NOT NULL OR a IS MISSING OR a IS NOT MISSING",
        "SELECT * FROM tab WHERE a IS STRING OR a IS NUMERIC OR a IS BLOB OR a IS BOOLEAN",
        "SELECT * FROM tab WHERE a IS LIST OR a IS STRUCT OR a IS TUPLE",
        "SELECT * FROM tab WHERE attribute_exists(a) = false AND true = begins_with(b, 'x')",
        "SELECT * FROM tab WHERE size(a) > size('abc') AND attribute_type(a, 'N')",
        "SELECT * FROM tab WHERE a = 'it''s' AND \"b\"\"c\" = 1",
        "SELECT * FROM num WHERE pk IN ['a', 'b'] AND sk > 1 ORDER BY pk DESC, sk ASC",
        "DELETE FROM tab WHERE (pk = 'a' AND b = 1)",
        "DELETE FROM tab WHERE 'a' = pk AND pk = 'a' RETURNING ALL OLD *",
    };
    for (size_t i = 0; i < sizeof statements / sizeof *statements; i++) {
        ql_items(*state, "", statements[i]);
    }
}

/* Quoted, a reserved word is a name; unquoted, it is none. */
static void test_partiql_grammar__reserved_words(void **state) {
    static const char *const words[] = {"absolute", "date", "index", "size", "user", "zone"};
    char text[128];
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        snprintf(text, sizeof text, "SELECT \"%s\" FROM tab", words[i]);
        ql_items(*state, "", text);
        snprintf(text, sizeof text, "SELECT %s FROM tab", words[i]);
        ql_refuses(*state, ILL "Unexpected keyword", text);
    }
    ql_items(*state, "", "SELECT data, name, status, type, year FROM tab");
}

static char *repeated(const char *before, const char *open, const char *middle, const char *close,
                      const char *after, size_t times) {
    char *text = calloc(1, strlen(before) + strlen(middle) + strlen(after) +
                               times * (strlen(open) + strlen(close)) + 1);
    assert_non_null(text);
    strcat(text, before);
    for (size_t i = 0; i < times; i++) {
        strcat(text, open);
    }
    strcat(text, middle);
    for (size_t i = 0; i < times; i++) {
        strcat(text, close);
    }
    return strcat(text, after);
}

/* Constraints: 32 levels; measured: how it is said. */
static void test_partiql_grammar__depth(void **state) {
    char *path = repeated("", ".a", "", "", "", 32);
    char *message = NULL;
    char *text = repeated("UPDATE tab SET d = ", "{'a':", "1", "}", " WHERE pk = 'x'", 32);
    assert_true(
        asprintf(&message, "Nesting Levels have exceeded supported limits under root%s", path) > 0);
    ql_refuses(*state, message, text);
    free(text);
    text = repeated("INSERT INTO tab VALUE {'pk':'deep','d':", "[", "1", "]", "}", 31);
    ql_items(*state, "", text);
    free(text);
    text = repeated("SELECT * FROM tab WHERE ", "(", "pk = 'a'", ")", "", 100);
    ql_items(*state, "", text);
    free(text);
    text = repeated("SELECT * FROM tab WHERE ", "(", "pk = 'a'", ")", "", 2000);
    ql_refuses(*state, ILL, text);
    free(text);
    text = repeated("UPDATE tab SET n = 1", " + 1", "", "", " WHERE pk = 'x'", 1000);
    ql_refuses(*state, ILL, text);
    free(text);
    free(path);
    free(message);
}

/* API_ExecuteStatement: 1 to 8,192 characters. */
static void test_partiql_grammar__length(void **state) {
    facade *w = *state;
    char *spaces = facade_repeat(' ', 8192 - 17);
    char *text = NULL;
    assert_true(asprintf(&text, "SELECT * FROM tab%s", spaces) == 8192);
    ql_run(w, text, NULL);
    assert_int_equal(w->status, 200);
    char *more = NULL;
    assert_true(asprintf(&more, "%s ", text) == 8193);
    ql_run(w, more, NULL);
    assert_int_equal(w->status, 400);
    assert_non_null(strstr(w->answer, "at 'statement' failed to satisfy constraint: Member must "
                                      "have length less than or equal to 8192"));
    ql_run(w, "", NULL);
    assert_non_null(strstr(w->answer, "at 'statement' failed to satisfy constraint: Member must "
                                      "have length greater than or equal to 1"));
    free(more);
    free(text);
    free(spaces);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_partiql_grammar__refuses),
        cmocka_unit_test(test_partiql_grammar__takes),
        cmocka_unit_test(test_partiql_grammar__reserved_words),
        cmocka_unit_test(test_partiql_grammar__depth),
        cmocka_unit_test(test_partiql_grammar__length),
    };
    return cmocka_run_group_tests(tests, world_setup, facade_teardown);
}
