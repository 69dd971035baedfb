/* SELECT: ql-reference.select, ql-operators, ql-functions; and measured on the service. */
#include "statements.h"

#include <stdio.h>
#include <string.h>

static void fill(facade *w) {
    static const char *const items[] = {
        "{'pk':{'S':'a'},'sk':{'N':'1'},'n':{'N':'10'},'s':{'S':'Kirkland'}}",
        "{'pk':{'S':'a'},'sk':{'N':'2'},'n':{'N':'20'},'z':{'NULL':true}}",
        "{'pk':{'S':'a'},'sk':{'N':'3'},'m':{'M':{'k':{'L':[{'S':'c'}]}}}}",
        "{'pk':{'S':'b'},'sk':{'N':'1'},'ss':{'SS':['x','y']}}",
        "{'pk':{'S':'b'},'sk':{'N':'2'},'n':{'N':'10'}}",
    };
    for (size_t i = 0; i < sizeof items / sizeof *items; i++) {
        ql_put(w, "num", items[i]);
    }
}

static int setup(void **state) {
    int status = world_setup(state);
    fill(*state);
    return status;
}

#define A1 "{'pk':{'S':'a'},'sk':{'N':'1'}}"
#define A2 "{'pk':{'S':'a'},'sk':{'N':'2'}}"
#define A3 "{'pk':{'S':'a'},'sk':{'N':'3'}}"
#define B1 "{'pk':{'S':'b'},'sk':{'N':'1'}}"
#define B2 "{'pk':{'S':'b'},'sk':{'N':'2'}}"

static void gives(facade *w, const char *items, const char *where) {
    char text[512];
    snprintf(text, sizeof text, "SELECT pk, sk FROM num WHERE %s", where);
    ql_items(w, items, text);
}

static void test_partiql_select__by_key(void **state) {
    facade *w = *state;
    gives(w, A1 "," A2 "," A3, "pk = 'a'");
    gives(w, A2, "pk = 'a' AND sk = 2");
    gives(w, A2, "2 = sk AND 'a' = pk");
    gives(w, A2 "," A3, "pk = 'a' AND sk > 1");
    gives(w, A1, "pk = 'a' AND 2 > sk");
    gives(w, A2 "," A3, "pk = 'a' AND sk BETWEEN 2 AND 3");
    gives(w, A1 "," A3, "pk = 'a' AND sk <> 2");
    gives(w, A2, "pk = 'a' AND sk > 1 AND sk < 3");
    gives(w, "", "pk = 'a' AND pk = 'b'");
    gives(w, A1 "," A3, "pk = 'a' AND (sk = 3 OR sk = 1)");
    gives(w, A1 "," A2 "," A3, "pk = 'a' AND sk IN [3, 1, 2]");
    gives(w, B1 "," A1, "pk IN ['b', 'a'] AND sk = 1");
    gives(w, A2 "," B1, "(pk = 'a' AND sk = 2) OR (pk = 'b' AND sk = 1)");
    gives(w, A1 "," A2 "," A3, "pk = 'a' AND (sk < 2 OR sk > 2 OR sk = 2)");
    gives(w, A1 "," A2 "," A3, "pk = 'a' AND attribute_exists(pk)");
}

/* As in a query's condition (DynamoDB Local); nowhere laid down for statements. */
static void test_partiql_select__keys_are_not_empty(void **state) {
    facade *w = *state;
    static const char empty[] =
        "One or more parameter values are not valid. The AttributeValue for "
        "a key attribute cannot contain an empty string value. Key: sk";
    static const char *const conditions[] = {
        "sk = ''",
        "sk < ''",
        "sk <= ''",
        "sk > ''",
        "sk >= ''",
        "begins_with(sk, '')",
        "sk BETWEEN '' AND 'x'",
        "'' < sk",
    };
    facade_does(w, "CreateTable",
                "{'TableName':'str','BillingMode':'PAY_PER_REQUEST','AttributeDefinitions':[{"
                "'AttributeName':'pk','AttributeType':'S'},{'AttributeName':'sk','AttributeType':"
                "'S'}],'KeySchema':[{'AttributeName':'pk','KeyType':'HASH'},{'AttributeName':'sk',"
                "'KeyType':'RANGE'}]}");
    for (size_t i = 0; i < sizeof conditions / sizeof *conditions; i++) {
        char text[200];
        snprintf(text, sizeof text, "SELECT * FROM str WHERE pk = 'a' AND %s", conditions[i]);
        ql_refuses(w, empty, text);
    }
    /* A scan's filter is no key's condition. */
    ql_items(w, "", "SELECT * FROM str WHERE sk > ''");
}

static void test_partiql_select__filters(void **state) {
    facade *w = *state;
    gives(w, A1, "pk = 'a' AND n = 10");
    gives(w, A1, "pk = 'a' AND contains(s, 'Kirk')");
    gives(w, B1, "pk = 'b' AND size(ss) = 2");
    gives(w, A2, "pk = 'a' AND z IS NULL");
    gives(w, A1 "," A3, "pk = 'a' AND z IS NOT NULL");
    gives(w, A3, "pk = 'a' AND n IS MISSING");
    gives(w, A1 "," A2, "pk = 'a' AND n IS NOT MISSING");
    gives(w, A3, "pk = 'a' AND m.k[0] = 'c'");
    gives(w, A3, "pk = 'a' AND n NOT IN [10, 20]");
    gives(w, A1, "pk = 'a' AND n IS NUMERIC AND n <= 10");
    gives(w, A2 "," A3, "pk = 'a' AND attribute_exists(s) = false");
    gives(w, "", "pk = 'a' AND n = '10'");
    gives(w, B1, "pk IN ['a', 'b'] AND ss = <<'y', 'x'>>");
}

/* Measured. */
static void test_partiql_select__orders(void **state) {
    facade *w = *state;
    gives(w, A3 "," A2 "," A1, "pk = 'a' ORDER BY sk DESC");
    gives(w, A1 "," A2 "," A3, "pk = 'a' ORDER BY sk");
    gives(w, A3 "," A2 "," A1, "pk = 'a' ORDER BY pk ASC");
    gives(w, B1 "," B2 "," A1 "," A2 "," A3, "pk IN ['a', 'b'] ORDER BY pk DESC, sk ASC");
    gives(w, B2 "," B1 "," A3 "," A2 "," A1, "pk IN ['a', 'b'] ORDER BY pk DESC");
    gives(w, A3 "," A1, "pk = 'a' AND sk IN [1, 3] ORDER BY sk DESC");
}

/* Measured: a path is shown under its last name and the indexes behind it. */
static void test_partiql_select__columns(void **state) {
    facade *w = *state;
    ql_items(w, "{'k[0]':{'S':'c'}}", "SELECT m.k[0] FROM num WHERE pk = 'a' AND sk = 3");
    ql_items(w, "{'k':{'L':[{'S':'c'}]},'sk':{'N':'3'}}",
             "SELECT m.k, sk FROM num WHERE pk = 'a' AND sk = 3");
    ql_items(w, "{}", "SELECT m.none, q FROM num WHERE pk = 'a' AND sk = 3");
    ql_items(w, "{'pk':{'S':'b'},'sk':{'N':'2'},'n':{'N':'10'}}",
             "SELECT * FROM num WHERE pk = 'b' AND sk = 2");
    ql_items(w, "", "SELECT l[-0], l[2147483647] FROM tab");
}

static void test_partiql_select__indexes(void **state) {
    facade *w = *state;
    ql_put(w, "glob", "{'pk':{'S':'1'},'gp':{'S':'g'},'v':{'N':'1'}}");
    ql_put(w, "glob", "{'pk':{'S':'2'}}");
    ql_items(w, "{'pk':{'S':'1'}}", "SELECT pk FROM \"glob\".\"gsi\" WHERE gp = 'g' AND v = 1");
    ql_items(w, "{'pk':{'S':'1'}}", "SELECT pk FROM glob.gsi");
    ql_items(w, "", "SELECT pk FROM glob.gsi WHERE gp = 'h'");
    ql_fails(w, "ValidationException",
             "Strongly consistent read is not supported on Global Secondary Indexes",
             "SELECT pk FROM glob.gsi WHERE gp = 'g'", "'ConsistentRead':true");
    facade_gives(
        w, NULL, "CreateTable",
        "{'TableName':'proj','BillingMode':'PAY_PER_REQUEST','AttributeDefinitions':[{"
        "'AttributeName':'pk','AttributeType':'S'},{'AttributeName':'g','AttributeType':'S'"
        "},{'AttributeName':'h','AttributeType':'S'}],'KeySchema':[{'AttributeName':'pk',"
        "'KeyType':'HASH'}],'GlobalSecondaryIndexes':[{'IndexName':'inc','KeySchema':[{"
        "'AttributeName':'g','KeyType':'HASH'}],'Projection':{'ProjectionType':'INCLUDE',"
        "'NonKeyAttributes':['p']}},{'IndexName':'two','KeySchema':[{'AttributeName':'g',"
        "'KeyType':'HASH'},{'AttributeName':'h','KeyType':'HASH'}],'Projection':{"
        "'ProjectionType':'ALL'}}]}");
    ql_put(w, "proj", "{'pk':{'S':'p'},'g':{'S':'y'},'p':{'S':'p1'},'np':{'S':'n1'}}");
    /* Measured, all of them. */
    ql_refuses(
        w,
        "One or more parameter values were invalid: Secondary index inc does not project one "
        "or more filter attributes: [np]",
        "SELECT pk FROM proj.inc WHERE g = 'y' AND NOT (np = 'n1' OR p = 'x')");
    ql_refuses(
        w,
        "One or more parameter values were invalid: Secondary index inc does not project one "
        "or more filter attributes: [zz, aa, mm]",
        "SELECT pk FROM proj.inc WHERE g = 'y' AND (zz = '1' OR aa = '2' OR mm = '3')");
    ql_refuses(w,
               "One or more parameter values were invalid: Global secondary index inc does not "
               "project [np]",
               "SELECT np FROM proj.inc WHERE g = 'y'");
    ql_items(w, "{'pk':{'S':'p'}}",
             "SELECT pk FROM proj.inc WHERE g = 'y' AND (p = 'p1' OR p = 'p2')");
    ql_items(w, "", "SELECT pk FROM proj.inc WHERE np = 'n1'");
    ql_items(w, "{'pk':{'S':'p'}}", "SELECT pk FROM proj.inc WHERE NOT np = 'n1'");
    ql_refuses(w,
               "PartiQL statements cannot be executed on tables with multi-attribute HASH keys or "
               "multi-attribute RANGE keys.",
               "SELECT * FROM proj.two WHERE g = 'y'");
    ql_items(w, "{'pk':{'S':'p'}}", "SELECT pk FROM proj WHERE pk = 'p'");
}

/* Measured: 50 queries at most, 100 values of IN. */
static void test_partiql_select__many_values(void **state) {
    facade *w = *state;
    static const char reads[] = "Too many decomposed read operations for a given query.";
    char values[2048] = "'v0'";
    size_t used = strlen(values);
    for (int i = 1; i < 101; i++) {
        if (i == 50) {
            char text[2200];
            snprintf(text, sizeof text, "SELECT * FROM num WHERE pk IN [%s]", values);
            ql_items(w, "", text);
            snprintf(text, sizeof text, "SELECT * FROM num WHERE pk IN [%s, 'more']", values);
            ql_refuses(w, reads, text);
            snprintf(text, sizeof text, "SELECT * FROM num WHERE pk IN [%s] AND sk IN [1, 2]",
                     values);
            ql_refuses(w, reads, text);
            snprintf(text, sizeof text, "SELECT * FROM num WHERE pk IN [%s, 'm'] OR n = 77",
                     values);
            ql_items(w, "", text);
        }
        if (i == 100) {
            char text[2200];
            snprintf(text, sizeof text, "SELECT * FROM num WHERE pk = 'a' AND n IN [%s]", values);
            ql_items(w, "", text);
        }
        used += (size_t)snprintf(values + used, sizeof values - used, ", 'v%d'", i);
    }
    char text[2200];
    snprintf(text, sizeof text, "SELECT * FROM num WHERE pk = 'a' AND n IN [%s]", values);
    ql_refuses(w, "The IN operator is provided with too many operands; number of operands: 101",
               text);
}

/* CapacityUnitCalculations: each query is a read by itself, a scan one. */
static void test_partiql_select__capacity(void **state) {
    facade *w = *state;
    ql_gives(w, "{'Items':[],'ConsumedCapacity':{'TableName':'num','CapacityUnits':0.5}}",
             "SELECT * FROM num WHERE pk = 'none' AND sk = 1", "'ReturnConsumedCapacity':'TOTAL'");
    ql_gives(w,
             "{'Items':[],'ConsumedCapacity':{'TableName':'num','CapacityUnits':2.0,'Table':{"
             "'CapacityUnits':2.0}}}",
             "SELECT * FROM num WHERE pk IN ['none', 'nor']",
             "'ReturnConsumedCapacity':'INDEXES','ConsistentRead':true");
    ql_gives(w, "{'Items':[],'ConsumedCapacity':{'TableName':'num','CapacityUnits':0.5}}",
             "SELECT * FROM num WHERE pk = 'none' OR n = 77", "'ReturnConsumedCapacity':'TOTAL'");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_partiql_select__by_key),
        cmocka_unit_test(test_partiql_select__keys_are_not_empty),
        cmocka_unit_test(test_partiql_select__filters),
        cmocka_unit_test(test_partiql_select__orders),
        cmocka_unit_test(test_partiql_select__columns),
        cmocka_unit_test(test_partiql_select__indexes),
        cmocka_unit_test(test_partiql_select__many_values),
        cmocka_unit_test(test_partiql_select__capacity),
    };
    return cmocka_run_group_tests(tests, setup, facade_teardown);
}
