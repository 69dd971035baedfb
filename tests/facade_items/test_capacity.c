/*
 * Tests of request/capacity.h through ConsumedCapacity: every case with the units that follow by
 * hand from
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/LSI.html
 */
#include "facade_items/facade.h"

#include <stdio.h>
#include <stdlib.h>

/* An item of table hash with that many bytes: pk, its value k and x take 4. */
static void put_sized(facade *f, int bytes, double units) {
    char *text = facade_repeat('x', (size_t)bytes);
    pt_reply reply = facade_send(f, "PutItem",
                                 "{'TableName':'hash','ReturnConsumedCapacity':'TOTAL',"
                                 "'Item':{'pk':{'S':'k'},'x':{'S':'%.*s'}}}",
                                 bytes - 4, text);
    assert_int_equal(reply.status, 200);
    if (facade_number(reply, "CapacityUnits") != units) {
        print_error("%d bytes: expected %g, got %s\n", bytes, units, (const char *)reply.body.data);
        fail();
    }
    free(text);
}

static void test_capacity__a_write_takes_a_unit_for_each_kb(void **state) {
    static const struct {
        int bytes;
        double units;
    } CASES[] = {{4, 1},    {1024, 1},   {1025, 2},   {2048, 2},
                 {2049, 3}, {10240, 10}, {10241, 11}, {409600, 400}};
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        facade *f = *state;
        facade_does(f, "DeleteItem", "{'TableName':'hash','Key':{'pk':{'S':'k'}}}");
        put_sized(f, CASES[i].bytes, CASES[i].units);
    }
}

/* The larger of the item before and the item after counts. */
static void test_capacity__a_write_is_charged_by_the_larger_image(void **state) {
    facade *f = *state;
    put_sized(f, 5000, 5);
    put_sized(f, 100, 5);
    put_sized(f, 100, 1);
    put_sized(f, 5000, 5);
    facade_gives(f, "{'ConsumedCapacity':{'TableName':'hash','CapacityUnits':5.0}}", "UpdateItem",
                 "{'TableName':'hash','Key':{'pk':{'S':'k'}},'UpdateExpression':'REMOVE x',"
                 "'ReturnConsumedCapacity':'TOTAL'}");
    put_sized(f, 5000, 5);
    facade_gives(f, "{'ConsumedCapacity':{'TableName':'hash','CapacityUnits':5.0}}", "DeleteItem",
                 "{'TableName':'hash','Key':{'pk':{'S':'k'}},'ReturnConsumedCapacity':'TOTAL'}");
    facade_gives(f, "{'ConsumedCapacity':{'TableName':'hash','CapacityUnits':1.0}}", "DeleteItem",
                 "{'TableName':'hash','Key':{'pk':{'S':'k'}},'ReturnConsumedCapacity':'TOTAL'}");
}

static void test_capacity__a_read_takes_a_unit_for_each_4_kb(void **state) {
    facade *f = *state;
    static const struct {
        int bytes;
        double eventual;
    } CASES[] = {{4, 0.5}, {4096, 0.5}, {4097, 1}, {8192, 1}, {8193, 1.5}, {409600, 50}};
    static const char get[] =
        "{'TableName':'hash','Key':{'pk':{'S':'%s'}},'ReturnConsumedCapacity':'TOTAL',"
        "'ConsistentRead':%s,'ProjectionExpression':'pk'}";
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        facade_does(f, "DeleteItem", "{'TableName':'hash','Key':{'pk':{'S':'k'}}}");
        int written = (CASES[i].bytes + 1023) / 1024;
        put_sized(f, CASES[i].bytes, written);
        double units = facade_number(facade_send(f, "GetItem", get, "k", "false"), "CapacityUnits");
        assert_true(units == CASES[i].eventual);
        units = facade_number(facade_send(f, "GetItem", get, "k", "true"), "CapacityUnits");
        assert_true(units == 2 * CASES[i].eventual);
    }
    /* What is not there costs as much as the smallest item. */
    facade_gives(f, "{'ConsumedCapacity':{'TableName':'hash','CapacityUnits':0.5}}", "GetItem", get,
                 "none", "false");
    facade_gives(f, "{'ConsumedCapacity':{'TableName':'hash','CapacityUnits':1.0}}", "GetItem", get,
                 "none", "true");
}

/* API_ConsumedCapacity: INDEXES gives the table's part also where there are no indexes. */
static void test_capacity__indexes_shows_the_table_too(void **state) {
    facade *f = *state;
    facade_gives(f,
                 "{'ConsumedCapacity':{'TableName':'hash','CapacityUnits':0.5,"
                 "'Table':{'CapacityUnits':0.5}}}",
                 "GetItem",
                 "{'TableName':'hash','Key':{'pk':{'S':'k'}},'ReturnConsumedCapacity':'INDEXES'}");
    facade_gives(f, "{}", "GetItem",
                 "{'TableName':'hash','Key':{'pk':{'S':'k'}},'ReturnConsumedCapacity':'NONE'}");
}

/*
 * Each step puts an item of table tab; expected are the units of the table and of each index. Local
 * indexes hold items with ls, global ones those with gp (and gs). big has 2,000 bytes, inc 1,500.
 */
typedef struct step {
    const char *attributes; /* "big" and "inc" as NAME:B */
    int table, g_all, g_keys, g_inc, l_all, l_keys, l_inc;
} step;

static const step STEPS[] = {
    {"", 1, 0, 0, 0, 0, 0, 0},
    {"", 1, 0, 0, 0, 0, 0, 0},                                /* the same again */
    {",'ls':{'S':'1'}", 1, 0, 0, 0, 1, 1, 1},                 /* enters */
    {",'ls':{'S':'2'}", 1, 0, 0, 0, 2, 2, 2},                 /* moves */
    {",'ls':{'S':'2'},'o':{'S':'1'}", 1, 0, 0, 0, 1, 0, 0},   /* only l_all projects o */
    {",'ls':{'S':'2'},'inc':{'S':'1'}", 1, 0, 0, 0, 1, 0, 1}, /* l_inc projects inc */
    {",'ls':{'S':'2'},'inc':{'S':'1'}", 1, 0, 0, 0, 0, 0, 0}, /* the same again */
    {"", 1, 0, 0, 0, 1, 1, 1},                                /* leaves */
    {",'gp':{'S':'g'}", 1, 0, 0, 1, 0, 0, 0},                 /* g_all and g_keys need gs */
    {",'gp':{'S':'g'},'gs':{'N':'1'}", 1, 1, 1, 0, 0, 0, 0},  /* g_inc does not project gs */
    {",'gp':{'S':'g'},'gs':{'N':'2'}", 1, 2, 2, 0, 0, 0, 0},
    {",'gp':{'S':'h'},'gs':{'N':'2'}", 1, 2, 2, 2, 0, 0, 0},
    {",'gp':{'S':'h'},'gs':{'N':'2'},'o':{'S':'BIG'}", 2, 2, 0, 0, 0, 0, 0},
    {",'gp':{'S':'h'},'gs':{'N':'3'},'o':{'S':'BIG'}", 2, 4, 2, 0, 0, 0, 0},
    {",'gp':{'S':'h'},'gs':{'N':'3'}", 2, 2, 0, 0, 0, 0, 0}, /* the larger image */
    {"", 1, 1, 1, 1, 0, 0, 0},
    {",'gp':{'S':'h'},'ls':{'S':'1'},'inc':{'S':'BIG'}", 2, 0, 0, 2, 2, 1, 2},
    {"", 2, 0, 0, 2, 2, 1, 2},
    /* One of two key attributes goes, the other comes: in g_all and g_keys neither before nor after
     * (GSI.html, write capacity units: nothing; DynamoDB Local charges 1). */
    {",'gp':{'S':'h'}", 1, 0, 0, 1, 0, 0, 0},
    {",'gs':{'N':'1'}", 1, 0, 0, 1, 0, 0, 0},
    {",'gp':{'S':'h'}", 1, 0, 0, 1, 0, 0, 0},
};

static int units_of(const char *reply, const char *name) {
    char start[64];
    snprintf(start, sizeof start, "\"%s\":{\"CapacityUnits\":", name);
    const char *found = strstr(reply, start);
    return found == NULL ? 0 : (int)strtod(found + strlen(start), NULL);
}

static void run_step(facade *f, const step *s, size_t number) {
    char *big = facade_repeat('x', 2000);
    const char *rest = strstr(s->attributes, "BIG");
    int before = rest == NULL ? (int)strlen(s->attributes) : (int)(rest - s->attributes);
    pt_reply reply =
        facade_send(f, "PutItem",
                    "{'TableName':'tab','ReturnConsumedCapacity':'INDEXES',"
                    "'Item':{'pk':{'S':'a'},'sk':{'S':'b'}%.*s%s%s}}",
                    before, s->attributes, rest == NULL ? "" : big, rest == NULL ? "" : rest + 3);
    const char *body = (const char *)reply.body.data;
    int total = s->table + s->g_all + s->g_keys + s->g_inc + s->l_all + s->l_keys + s->l_inc;
    const char *first = strstr(body, "\"CapacityUnits\":");
    bool good = reply.status == 200 && units_of(body, "Table") == s->table &&
                units_of(body, "g_all") == s->g_all && units_of(body, "g_keys") == s->g_keys &&
                units_of(body, "g_inc") == s->g_inc && units_of(body, "l_all") == s->l_all &&
                units_of(body, "l_keys") == s->l_keys && units_of(body, "l_inc") == s->l_inc &&
                (int)strtod(first + 16, NULL) == total;
    if (!good) {
        print_error("step %zu (%s): %.600s\n", number, s->attributes, body);
        fail();
    }
    free(big);
}

static void test_capacity__indexes_are_charged_for_what_happens_to_their_entries(void **state) {
    for (size_t i = 0; i < sizeof STEPS / sizeof STEPS[0]; i++) {
        run_step(*state, &STEPS[i], i);
    }
}

static void test_capacity__the_answer_has_the_services_shape(void **state) {
    facade *f = *state;
    facade_gives(f,
                 "{'ConsumedCapacity':{'TableName':'tab','CapacityUnits':7.0,"
                 "'Table':{'CapacityUnits':1.0},"
                 "'GlobalSecondaryIndexes':{'g_all':{'CapacityUnits':1.0},"
                 "'g_keys':{'CapacityUnits':1.0},'g_inc':{'CapacityUnits':1.0}},"
                 "'LocalSecondaryIndexes':{'l_all':{'CapacityUnits':1.0},"
                 "'l_keys':{'CapacityUnits':1.0},'l_inc':{'CapacityUnits':1.0}}}}",
                 "PutItem",
                 "{'TableName':'tab','ReturnConsumedCapacity':'INDEXES','Item':{'pk':{'S':'a'},"
                 "'sk':{'S':'b'},'ls':{'S':'l'},'gp':{'S':'g'},'gs':{'N':'1'}}}");
}

/* ---- pages ---- */

static void put_row(facade *f, int i, int bytes) {
    char *text = facade_repeat('x', (size_t)bytes);
    facade_does(f, "PutItem",
                "{'TableName':'tab','Item':{'pk':{'S':'p'},'sk':{'S':'%02d'},'ls':{'S':'%02d'},"
                "'gp':{'S':'g'},'gs':{'N':'%d'},'x':{'S':'%s'}}}",
                i, i, i, text);
    free(text);
}

static void expect_page(facade *f, double table, const char *index, double index_units,
                        const char *operation, const char *parameters) {
    pt_reply reply = facade_send(
        f, operation, "{'TableName':'tab','ReturnConsumedCapacity':'INDEXES'%s}", parameters);
    const char *body = (const char *)reply.body.data;
    const char *capacity = strstr(body, "\"ConsumedCapacity\"");
    char expected[300];
    char part[100] = "";
    if (index != NULL) {
        snprintf(part, sizeof part, ",\"%s\":{\"%s\":{\"CapacityUnits\":%.1f}}",
                 index[0] == 'g' ? "GlobalSecondaryIndexes" : "LocalSecondaryIndexes", index,
                 index_units);
    }
    snprintf(expected, sizeof expected,
             "\"ConsumedCapacity\":{\"TableName\":\"tab\",\"CapacityUnits\":%.1f,"
             "\"Table\":{\"CapacityUnits\":%.1f}%s}}",
             table + index_units, table, part);
    if (capacity == NULL || strcmp(capacity, expected) != 0) {
        print_error("%s %s\nexpected %s\ngot      %.400s\n", operation, parameters, expected,
                    capacity == NULL ? body : capacity);
        fail();
    }
}

#define OF_P ",'KeyConditionExpression':'pk = :p','ExpressionAttributeValues':{':p':{'S':'p'}}"
#define OF_G ",'KeyConditionExpression':'gp = :g','ExpressionAttributeValues':{':g':{'S':'g'}}"

/* Ten items of about 2,020 bytes: 20,200 bytes are 5 units of 4 KB, rounded once; an entry of keys
 * takes about 20 bytes. */
static void test_capacity__a_page_is_summed_and_rounded_once(void **state) {
    facade *f = *state;
    for (int i = 0; i < 10; i++) {
        put_row(f, i, 2000);
    }
    expect_page(f, 2.5, NULL, 0, "Query", OF_P);
    expect_page(f, 5, NULL, 0, "Query", OF_P ",'ConsistentRead':true");
    expect_page(f, 1, NULL, 0, "Query", OF_P ",'Limit':4"); /* 8,080 bytes */
    expect_page(f, 1.5, NULL, 0, "Query", OF_P ",'Limit':5");
    /* Neither a filter nor a projection nor a count takes anything off. */
    expect_page(f, 2.5, NULL, 0, "Query", OF_P ",'FilterExpression':'attribute_exists(nothing)'");
    expect_page(f, 2.5, NULL, 0, "Query", OF_P ",'ProjectionExpression':'pk'");
    expect_page(f, 2.5, NULL, 0, "Query", OF_P ",'Select':'COUNT'");
    expect_page(f, 2.5, NULL, 0, "Scan", "");
    expect_page(f, 5, NULL, 0, "Scan", ",'ConsistentRead':true");
    /* An index costs by what it holds. */
    expect_page(f, 0, "g_all", 2.5, "Query", OF_G ",'IndexName':'g_all'");
    expect_page(f, 0, "g_keys", 0.5, "Query", OF_G ",'IndexName':'g_keys'");
    expect_page(f, 0, "l_all", 2.5, "Query", OF_P ",'IndexName':'l_all'");
    expect_page(f, 0, "l_keys", 1, "Query", OF_P ",'IndexName':'l_keys','ConsistentRead':true");
    expect_page(f, 0, "g_keys", 0.5, "Scan", ",'IndexName':'g_keys'");
    /* Nothing found costs the least there is. */
    expect_page(f, 0.5, NULL, 0, "Query",
                ",'KeyConditionExpression':'pk = :p','ExpressionAttributeValues':{':p':{'S':"
                "'none'}}");
}

/* LSI, "Read capacity units": what is fetched from the table is rounded item by item. */
static void test_capacity__fetching_from_the_table_costs_a_read_an_item(void **state) {
    facade *f = *state;
    for (int i = 0; i < 10; i++) {
        put_row(f, i, i < 3 ? 5000 : 100); /* three of two units, seven of one */
    }
    expect_page(f, 6.5, "l_keys", 0.5, "Query",
                OF_P ",'IndexName':'l_keys','Select':'ALL_ATTRIBUTES'");
    expect_page(f, 13, "l_keys", 1, "Query",
                OF_P ",'IndexName':'l_keys','Select':'ALL_ATTRIBUTES','ConsistentRead':true");
    expect_page(f, 6.5, "l_inc", 0.5, "Query",
                OF_P ",'IndexName':'l_inc','ProjectionExpression':'x'");
    /* What is projected is not fetched. */
    expect_page(f, 0, "l_inc", 0.5, "Query",
                OF_P ",'IndexName':'l_inc','ProjectionExpression':'inc, pk, ls'");
    expect_page(f, 0, "l_keys", 0.5, "Query",
                OF_P ",'IndexName':'l_keys','Select':'ALL_PROJECTED_ATTRIBUTES'");
    expect_page(f, 0, "l_keys", 0.5, "Query", OF_P ",'IndexName':'l_keys','Select':'COUNT'");
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, facade_setup, facade_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_capacity__a_write_takes_a_unit_for_each_kb),
        TEST(test_capacity__a_write_is_charged_by_the_larger_image),
        TEST(test_capacity__a_read_takes_a_unit_for_each_4_kb),
        TEST(test_capacity__indexes_shows_the_table_too),
        TEST(test_capacity__indexes_are_charged_for_what_happens_to_their_entries),
        TEST(test_capacity__the_answer_has_the_services_shape),
        TEST(test_capacity__a_page_is_summed_and_rounded_once),
        TEST(test_capacity__fetching_from_the_table_costs_a_read_an_item),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
