/*
 * What updates make of an item.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html
 */
#include "bench.h"

#include <stdio.h>

static const char VALUES[] =
    "{':1':{'N':'1'},':2':{'N':'2'},':x':{'S':'x'},':l':{'L':[{'N':'8'},{'N':'9'}]},"
    "':e':{'L':[]},':m':{'M':{'k':{'S':'v'}}},':ss':{'SS':['b','c']},':ns':{'NS':['10','2']},"
    "':all':{'SS':['a','b','z']},':bs':{'BS':['YQ==','Yg==']}}";

typedef struct row {
    const char *item;
    const char *expression;
    const char *made;
} row;

static void expect_rows(const row *rows, size_t count) {
    bench *b = bench_create(NULL);
    b->values = VALUES;
    for (size_t i = 0; i < count; i++) {
        b->item = rows[i].item;
        SAME(bench_update(b, rows[i].expression), rows[i].made, rows[i].expression);
    }
    bench_destroy(b);
}
#define EXPECT_ROWS(rows) expect_rows((rows), sizeof(rows) / sizeof(rows)[0])

#define A1 "{'a':{'N':'1'}}"
#define AB "{'a':{'N':'1'},'b':{'S':'x'}}"
#define LIST "{'l':{'L':[{'N':'0'},{'N':'1'},{'N':'2'}]}}"
#define MAP "{'m':{'M':{'a':{'N':'1'},'b':{'L':[{'N':'5'}]}}}}"
#define SET "{'s':{'SS':['a','b']}}"

static void test_updates__set(void **state) {
    (void)state;
    static const row rows[] = {
        {A1, "SET a = :2", "{'a':{'N':'2'}}"},
        {A1, "SET b = :x", AB},
        {AB, "SET a = b, b = a", "{'a':{'S':'x'},'b':{'N':'1'}}"},
        {A1, "SET a = a + :2", "{'a':{'N':'3'}}"},
        {A1, "SET a = :2 - a", "{'a':{'N':'1'}}"},
        {A1, "SET b = a - :2, a = a + a", "{'a':{'N':'2'},'b':{'N':'-1'}}"},
        {A1, "SET a = if_not_exists(a, :2)", A1},
        {A1, "SET b = if_not_exists(b, :2)", "{'a':{'N':'1'},'b':{'N':'2'}}"},
        {A1, "SET b = if_not_exists(b, a) + :2", "{'a':{'N':'1'},'b':{'N':'3'}}"},
        {A1, "SET b = if_not_exists(b, if_not_exists(c, :x))", AB},
        {LIST, "SET l = list_append(l, :l)",
         "{'l':{'L':[{'N':'0'},{'N':'1'},{'N':'2'},{'N':'8'},{'N':'9'}]}}"},
        {LIST, "SET l = list_append(:l, l)",
         "{'l':{'L':[{'N':'8'},{'N':'9'},{'N':'0'},{'N':'1'},{'N':'2'}]}}"},
        {A1, "SET l = list_append(if_not_exists(l, :e), :l)",
         "{'a':{'N':'1'},'l':{'L':[{'N':'8'},{'N':'9'}]}}"},
        {MAP, "SET m.a = :x, m.c = :m",
         "{'m':{'M':{'a':{'S':'x'},'b':{'L':[{'N':'5'}]},'c':{'M':{'k':{'S':'v'}}}}}}"},
        {MAP, "SET m.b[0] = m.a, m.a = m.b[0]",
         "{'m':{'M':{'a':{'N':'5'},'b':{'L':[{'N':'1'}]}}}}"},
        {MAP, "SET m = :x", "{'m':{'S':'x'}}"},
        {A1, "SET a = (a + :2)", "{'a':{'N':'3'}}"},
    };
    EXPECT_ROWS(rows);
}

static void test_updates__lists(void **state) {
    (void)state;
    static const row rows[] = {
        {LIST, "SET l[1] = :x", "{'l':{'L':[{'N':'0'},{'S':'x'},{'N':'2'}]}}"},
        {LIST, "SET l[3] = :x", "{'l':{'L':[{'N':'0'},{'N':'1'},{'N':'2'},{'S':'x'}]}}"},
        /* behind the end they are appended in the order of their positions */
        {LIST, "SET l[90] = :x, l[7] = :1, l[8] = :2",
         "{'l':{'L':[{'N':'0'},{'N':'1'},{'N':'2'},{'N':'1'},{'N':'2'},{'S':'x'}]}}"},
        {LIST, "REMOVE l[0]", "{'l':{'L':[{'N':'1'},{'N':'2'}]}}"},
        {LIST, "REMOVE l[0], l[2]", "{'l':{'L':[{'N':'1'}]}}"},
        {LIST, "REMOVE l[1], l[0], l[2]", "{'l':{'L':[]}}"},
        {LIST, "REMOVE l[9]", LIST},
        {LIST, "SET l[1] = :x REMOVE l[0]", "{'l':{'L':[{'S':'x'},{'N':'2'}]}}"},
        {LIST, "SET l[5] = :x REMOVE l[2]", "{'l':{'L':[{'N':'0'},{'N':'1'},{'S':'x'}]}}"},
        {LIST, "SET l[0] = l[2], l[2] = l[0]", "{'l':{'L':[{'N':'2'},{'N':'1'},{'N':'0'}]}}"},
        {LIST, "ADD l[0] :2, l[9] :ss DELETE l[8] :ss",
         "{'l':{'L':[{'N':'2'},{'N':'1'},{'N':'2'},{'SS':['b','c']}]}}"},
    };
    EXPECT_ROWS(rows);
}

static void test_updates__remove_add_and_delete(void **state) {
    (void)state;
    static const row rows[] = {
        {AB, "REMOVE a", "{'b':{'S':'x'}}"},
        {AB, "REMOVE a, b, c", "{}"},
        {MAP, "REMOVE m.a", "{'m':{'M':{'b':{'L':[{'N':'5'}]}}}}"},
        {MAP, "REMOVE m.q", MAP},
        {A1, "ADD a :2", "{'a':{'N':'3'}}"},
        {A1, "ADD c :2", "{'a':{'N':'1'},'c':{'N':'2'}}"},
        {SET, "ADD s :ss", "{'s':{'SS':['a','b','c']}}"},
        {A1, "ADD s :ss", "{'a':{'N':'1'},'s':{'SS':['b','c']}}"},
        {"{'s':{'NS':['3','2']}}", "ADD s :ns", "{'s':{'NS':['2','3','10']}}"},
        {"{'s':{'NS':['3','2','10','11']}}", "DELETE s :ns", "{'s':{'NS':['3','11']}}"},
        {"{'s':{'BS':['Yg==','Yw==']}}", "ADD s :bs", "{'s':{'BS':['YQ==','Yg==','Yw==']}}"},
        {SET, "DELETE s :ss", "{'s':{'SS':['a']}}"},
        {SET, "DELETE s :all", "{}"},
        {SET, "DELETE q :all", SET},
        {"{'l':{'L':[{'SS':['a']},{'N':'1'}]}}", "DELETE l[0] :all", "{'l':{'L':[{'N':'1'}]}}"},
        {AB, "SET a = :2 REMOVE b ADD c :1 DELETE d :ss", "{'a':{'N':'2'},'c':{'N':'1'}}"},
    };
    EXPECT_ROWS(rows);
}

/* Measured on the service: an update that only removes makes no item; removing from one that is
 * not there is no mistake, whatever the path. */
static void test_updates__no_item(void **state) {
    (void)state;
    static const row rows[] = {
        {NULL, "REMOVE a", "nothing"},
        {NULL, "REMOVE a.b, c[1]", "nothing"},
        {NULL, "DELETE a :ss", "nothing"},
        {NULL, "SET a = :1", "{'a':{'N':'1'},'pk':{'S':'a'},'sk':{'S':'b'}}"},
        {NULL, "SET a = pk REMOVE b.c", "{'a':{'S':'a'},'pk':{'S':'a'},'sk':{'S':'b'}}"},
        {NULL, "ADD a :1", "{'a':{'N':'1'},'pk':{'S':'a'},'sk':{'S':'b'}}"},
        {NULL, "SET a = a",
         "The provided expression refers to an attribute that does not exist in the item"},
        {NULL, "SET a.b = :1",
         "The document path provided in the update expression is invalid for update"},
    };
    EXPECT_ROWS(rows);
}

/* Measured on the service: UPDATED_OLD and UPDATED_NEW give only the fragments at the paths. */
static void test_updates__changed(void **state) {
    (void)state;
    static const struct {
        const char *item;
        const char *expression;
        const char *before;
        const char *after;
    } rows[] = {
        {AB, "SET a = :2", "{'a':{'N':'1'}}", "{'a':{'N':'2'}}"},
        {A1, "SET b = :x", "", "{'b':{'S':'x'}}"},
        {AB, "REMOVE b", "{'b':{'S':'x'}}", ""},
        {MAP, "SET m.a = :2", "{'m':{'M':{'a':{'N':'1'}}}}", "{'m':{'M':{'a':{'N':'2'}}}}"},
        {LIST, "SET l[100] = :x", "", ""},
        {LIST, "REMOVE l[1]", "{'l':{'L':[{'N':'1'}]}}", "{'l':{'L':[{'N':'2'}]}}"},
        {LIST, "REMOVE l[2]", "{'l':{'L':[{'N':'2'}]}}", ""},
        {LIST, "SET l[2] = :x, l[0] = :1", "{'l':{'L':[{'N':'0'},{'N':'2'}]}}",
         "{'l':{'L':[{'N':'1'},{'S':'x'}]}}"},
    };
    bench *b = bench_create(NULL);
    b->values = VALUES;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        b->item = rows[i].item;
        SAME(bench_changed(b, rows[i].expression, false), rows[i].before, rows[i].expression);
        SAME(bench_changed(b, rows[i].expression, true), rows[i].after, rows[i].expression);
    }
    bench_destroy(b);
}

static void test_updates__gate_bytes(void **state) {
    (void)state;
    bench *b = bench_create(NULL);
    pt__expressions expressions = {
        .arena = &b->arena, .failure = &b->failure, .scratch = b->scratch};
    pt__update *update;
    assert_int_equal(
        pt__update_compile(&update, &expressions, pte_str("SET a = b, c = d REMOVE e, f, g")),
        PT__OK);
    assert_int_equal(pt__update_gate_bytes(update), 2 * 19 + 3 * 2);
    bench_destroy(b);
}

static bool collect(void *ctx, pte_bytes name) {
    char *names = ctx;
    strncat(names, (const char *)name.data, name.len);
    return true;
}

static void test_updates__names(void **state) {
    (void)state;
    bench *b = bench_create(NULL);
    pt__expressions expressions = {
        .arena = &b->arena, .failure = &b->failure, .scratch = b->scratch};
    pt__update *update;
    pt__projection *projection;
    char names[16] = "";
    assert_int_equal(pt__update_compile(&update, &expressions,
                                        pte_str("SET b.x = c.d + e, a = if_not_exists(f[0], g.h) "
                                                "REMOVE i.j")),
                     PT__OK);
    pt__update_names(update, collect, names);
    assert_string_equal(names, "abi");
    names[0] = '\0';
    pt__update_inner_names(update, collect, names);
    assert_string_equal(names, "bcfgi");
    names[0] = '\0';
    assert_int_equal(
        pt__projection_compile(&projection, &expressions, pte_str("c, b.x, a[1], a[0]")), PT__OK);
    pt__projection_inner_names(projection, collect, names);
    assert_string_equal(names, "ab");
    bench_destroy(b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_updates__set),
        cmocka_unit_test(test_updates__lists),
        cmocka_unit_test(test_updates__remove_add_and_delete),
        cmocka_unit_test(test_updates__no_item),
        cmocka_unit_test(test_updates__changed),
        cmocka_unit_test(test_updates__gate_bytes),
        cmocka_unit_test(test_updates__names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
