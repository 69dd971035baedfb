/*
 * Random statements against the same said with expressions: both must leave the same items and
 * give the same ones. Seeded: PTE_SEED=... runs one again.
 */
#include "statements.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KEYS = 4, ROUNDS = 2000, TEXT = 512 };

/* A condition in both languages. Expressions have names by #, values by :. */
typedef struct both {
    char ql[TEXT];
    char expression[TEXT];
} both;

static const char *const NAMES[] = {"a", "b", "m.x", "l[0]"};
static const char *const PLACEHOLDERS[] = {"#a", "#b", "#m.#x", "#l[0]"};

/* Values in both languages: constants, and the placeholders of VALUES. */
static const char *const CONSTANTS[] = {"1", "2", "'s'", "'st'", "true", "null", "[1]", "<<1, 2>>"};
enum { NAMES_COUNT = 4, CONSTANTS_COUNT = 8, ORDERED_COUNT = 4 };
static const char VALUES[] =
    "'ExpressionAttributeValues':{':0':{'N':'1'},':1':{'N':'2'},':2':{'S':'s'},':3':{'S':'st'},"
    "':4':{'BOOL':true},':5':{'NULL':true},':6':{'L':[{'N':'1'}]},':7':{'NS':['1','2']},"
    "':z':{'S':'NULL'}}";
static const char ATTRIBUTES[] =
    "'ExpressionAttributeNames':{'#a':'a','#b':'b','#m':'m','#x':'x','#l':'l'}";

/* Every placeholder must be used: a part that always holds uses all of them. */
static const char USES[] =
    "(attribute_exists(#a) OR attribute_not_exists(#a) OR #b = :0 OR #b = :1 OR #b = :2 OR #b = :3 "
    "OR #b = :4 OR #b = :5 OR #b = :6 OR #b = :7 OR attribute_type(#m, :z) OR #x = :0 OR #l = :0)";

static size_t pick(test_random *r, size_t count) {
    return (size_t)test_random_below(r, count);
}

static void make_test(both *b, test_random *r) {
    static const char *const comparators[] = {"=", "<>", "<", "<=", ">", ">="};
    size_t name = pick(r, NAMES_COUNT);
    size_t other = pick(r, CONSTANTS_COUNT);
    size_t ordered = pick(r, ORDERED_COUNT);
    const char *path = NAMES[name];
    const char *place = PLACEHOLDERS[name];
    size_t comparator = pick(r, 6);
    switch (pick(r, 8)) {
    case 0:
        snprintf(b->ql, TEXT, "%s IS MISSING", path);
        snprintf(b->expression, TEXT, "attribute_not_exists(%s)", place);
        break;
    case 1:
        snprintf(b->ql, TEXT, "%s IS NOT NULL", path);
        snprintf(b->expression, TEXT, "NOT attribute_type(%s, :z)", place);
        break;
    case 2:
        snprintf(b->ql, TEXT, "begins_with(%s, 's')", path);
        snprintf(b->expression, TEXT, "begins_with(%s, :2)", place);
        break;
    case 3:
        snprintf(b->ql, TEXT, "contains(%s, %s)", path, CONSTANTS[other]);
        snprintf(b->expression, TEXT, "contains(%s, :%zu)", place, other);
        break;
    case 4:
        snprintf(b->ql, TEXT, "size(%s) %s %s", path, comparators[comparator], CONSTANTS[0]);
        snprintf(b->expression, TEXT, "size(%s) %s :0", place, comparators[comparator]);
        break;
    case 5:
        snprintf(b->ql, TEXT, "%s IN [%s, %s]", path, CONSTANTS[other], CONSTANTS[ordered]);
        snprintf(b->expression, TEXT, "%s IN (:%zu, :%zu)", place, other, ordered);
        break;
    case 6:
        snprintf(b->ql, TEXT, "%s BETWEEN 1 AND 2", path);
        snprintf(b->expression, TEXT, "%s BETWEEN :0 AND :1", place);
        break;
    default:
        other = comparator < 2 ? other : ordered;
        snprintf(b->ql, TEXT, "%s %s %s", path, comparators[comparator], CONSTANTS[other]);
        snprintf(b->expression, TEXT, "%s %s :%zu", place, comparators[comparator], other);
        break;
    }
}

/* Two tests, joined and negated. */
static void make_condition(both *b, test_random *r) {
    both one;
    both two;
    const char *joint = pick(r, 2) == 0 ? "AND" : "OR";
    const char *not = pick(r, 3) == 0 ? "NOT " : "";
    make_test(&one, r);
    make_test(&two, r);
    snprintf(b->ql, TEXT, "%s(%.200s %s %.200s)", not, one.ql, joint, two.ql);
    snprintf(b->expression, TEXT, "%s(%.200s %s %.200s)", not, one.expression, joint,
             two.expression);
}

/* ---- items ---- */

static void put_random(facade *w, test_random *r, size_t key) {
    static const char *const values[] = {"{'N':'1'}",         "{'N':'2'}",       "{'S':'s'}",
                                         "{'S':'stone'}",     "{'NULL':true}",   "{'BOOL':true}",
                                         "{'L':[{'N':'1'}]}", "{'NS':['1','2']}"};
    char item[TEXT];
    char parts[4][96] = {"", "", "", ""};
    const char *formats[] = {",'a':%s", ",'b':%s", ",'m':{'M':{'x':%s}}", ",'l':{'L':[%s]}"};
    for (size_t i = 0; i < 4; i++) {
        if (pick(r, 3) != 0) {
            snprintf(parts[i], sizeof parts[i], formats[i], /* NOLINT: they are above */
                     values[pick(r, 8)]);
        }
    }
    for (int table = 0; table < 2; table++) {
        snprintf(item, sizeof item, "{'pk':{'S':'%s'},'sk':{'N':'%zu'}%s%s%s%s}",
                 table == 0 ? "ql" : "ex", key, parts[0], parts[1], parts[2], parts[3]);
        ql_put(w, "num", item);
    }
}

/* The item without its hash attribute, which tells the two sides apart; the caller frees it. */
static char *stripped(const char *answer) {
    char *text = strdup(answer);
    for (char *found = text; (found = strstr(found, "\"pk\":{\"S\":\"")) != NULL;) {
        found += strlen("\"pk\":{\"S\":\"");
        memcpy(found, "--", 2);
    }
    return text;
}

/* Items of an answer of Query, as ExecuteStatement has them. */
static void compare(facade *w, const char *ql_answer, const char *statement, const char *said) {
    char *left = stripped(ql_answer);
    char *right = stripped(w->answer);
    char *count = strstr(right, ",\"Count\"");
    if (count != NULL) {
        strcpy(count, "}");
    }
    if (strcmp(left, right) != 0) {
        fail_msg("%s\n%s\n%s\n%s", statement, said, left, right);
    }
    free(left);
    free(right);
}

static void check_select(facade *w, test_random *r) {
    both b;
    char text[2 * TEXT];
    make_condition(&b, r);
    snprintf(text, sizeof text, "SELECT * FROM num WHERE pk = 'ql' AND %s", b.ql);
    ql_run(w, text, NULL);
    char *answer = strdup(w->answer);
    char *body = facade_body("{'TableName':'num','KeyConditionExpression':'pk = :pk',"
                             "'FilterExpression':'%s AND %s',%s,%s}",
                             b.expression, USES, ATTRIBUTES, VALUES);
    /* The key's own value goes with the others. */
    char *values = strstr(body, "\":z\"");
    char *whole = NULL;
    assert_true(
        asprintf(&whole, "%.*s\":pk\":{\"S\":\"ex\"},%s", (int)(values - body), body, values) > 0);
    (void)facade_run(w, "Query", whole);
    compare(w, answer, text, whole);
    free(whole);
    free(body);
    free(answer);
}

typedef struct change {
    const char *ql;
    const char *expression;
} change;

static const change CHANGES[] = {
    {"SET c = 1", "SET c = :0"},
    {"SET c = 1 REMOVE a", "SET c = :0 REMOVE #a"},
    {"SET a = b", "SET #a = #b"},
    {"SET a = a + 1", "SET #a = #a + :0"},
    {"SET a = 2 - a", "SET #a = :1 - #a"},
    {"SET m.x = 's', b = 1", "SET #m.#x = :2, #b = :0"},
    {"SET l = list_append(l, [1])", "SET #l = list_append(#l, :6)"},
    {"SET l[3] = true", "SET #l[3] = :4"},
    {"REMOVE l[0] REMOVE m.x", "REMOVE #l[0], #m.#x"},
    {"SET a = if_not_exists(a, 1)", "SET #a = if_not_exists(#a, :0)"},
    {"SET a = set_add(a, <<1, 2>>)", "ADD #a :7"},
    {"SET a = set_delete(a, <<1, 2>>)", "DELETE #a :7"},
};
enum { CHANGES_COUNT = sizeof CHANGES / sizeof *CHANGES };

/* The outcome of a write: its status, and the message or the item. */
static void check_update(facade *w, test_random *r) {
    both b;
    char text[2 * TEXT];
    size_t key = pick(r, KEYS + 1); /* the last one has no item */
    const change *c = &CHANGES[pick(r, CHANGES_COUNT)];
    make_condition(&b, r);
    snprintf(text, sizeof text, "UPDATE num %s WHERE pk = 'ql' AND sk = %zu AND %s", c->ql, key,
             b.ql);
    ql_run(w, text, NULL);
    int status = w->status;
    char *answer = strdup(status == 200 ? "{}" : w->answer);
    char *body = facade_body("{'TableName':'num','Key':{'pk':{'S':'ex'},'sk':{'N':'%zu'}},"
                             "'UpdateExpression':'%s','ConditionExpression':"
                             "'attribute_exists(pk) AND %s AND %s',%s,%s}",
                             key, c->expression, b.expression, USES, ATTRIBUTES, VALUES);
    (void)facade_run(w, "UpdateItem", body);
    if (w->status != status) {
        fail_msg("%s\n%s\n%s\n%s", text, answer, body, w->answer);
    }
    compare(w, answer, text, body);
    free(body);
    free(answer);
}

static void check_items(facade *w) {
    char *sides[2];
    for (int i = 0; i < 2; i++) {
        facade_gives(w, NULL, "Query",
                     "{'TableName':'num','KeyConditionExpression':'pk = :p',"
                     "'ExpressionAttributeValues':{':p':{'S':'%s'}}}",
                     i == 0 ? "ql" : "ex");
        sides[i] = stripped(w->answer);
    }
    assert_string_equal(sides[0], sides[1]);
    free(sides[0]);
    free(sides[1]);
}

static void check_delete(facade *w, test_random *r) {
    size_t key = pick(r, KEYS);
    char text[TEXT];
    snprintf(text, sizeof text, "DELETE FROM num WHERE pk = 'ql' AND sk = %zu RETURNING ALL OLD *",
             key);
    ql_run(w, text, NULL);
    assert_int_equal(w->status, 200);
    facade_gives(w, NULL, "DeleteItem",
                 "{'TableName':'num','Key':{'pk':{'S':'ex'},'sk':{'N':'%zu'}}}", key);
}

static void test_partiql_random__equals_expressions(void **state) {
    facade *w = *state;
    test_random r = {test_seed(20261130)};
    size_t updated = 0;
    size_t found = 0;
    for (int i = 0; i < ROUNDS; i++) {
        if (i % 20 == 0) {
            for (size_t key = 0; key < KEYS; key++) {
                put_random(w, &r, key);
            }
        }
        check_select(w, &r);
        found += strstr(w->answer, "\"Count\":0") == NULL;
        check_update(w, &r);
        updated += w->status == 200;
        if (pick(&r, 10) == 0) {
            check_delete(w, &r);
        }
        check_items(w);
    }
    /* It was about something. */
    assert_true(found > ROUNDS / 4 && updated > ROUNDS / 50);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_partiql_random__equals_expressions),
    };
    return cmocka_run_group_tests(tests, world_setup, facade_teardown);
}
