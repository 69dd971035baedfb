/*
 * Tests of Query: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Query.html
 * The texts are the service's, which its documentation does not list.
 */
#include "facade_items/facade.h"

#include <stdio.h>
#include <stdlib.h>

#define QUERY(condition, values, more)                                                             \
    "{'TableName':'tab','KeyConditionExpression':'" condition                                      \
    "','ExpressionAttributeValues':{" values "}" more "}"
#define OF_P(more) QUERY("pk = :p", "':p':{'S':'p'}", more)
#define OF_G(more) QUERY("gp = :g", "':g':{'S':'g'}", more)
#define VALUE(name, value) "'" name "':{'S':'" value "'}"

/* Six items p/0 to p/5; ls runs against sk, gs is half of sk. */
static void put_six(facade *f) {
    for (int i = 0; i < 6; i++) {
        facade_does(f, "PutItem",
                    "{'TableName':'tab','Item':{'pk':{'S':'p'},'sk':{'S':'%d'},'ls':{'S':'%d'},"
                    "'gp':{'S':'g'},'gs':{'N':'%d'},'inc':{'N':'%d'},'x':{'N':'%d'}}}",
                    i, 9 - i, i / 2, i, i % 2);
    }
    facade_does(f, "PutItem", "{'TableName':'tab','Item':{'pk':{'S':'o'},'sk':{'S':'0'}}}");
}

/* Expects the sort keys of the answer's items to be these, in this order. */
static void expect_keys(facade *f, const char *keys, const char *body) {
    pt_reply reply = facade_send(f, "Query", "%s", body);
    char found[64] = "";
    for (const char *at = (const char *)reply.body.data;
         (at = strstr(at, "\"sk\":{\"S\":\"")) != NULL; at += 12) {
        char one[2] = {at[11], '\0'};
        strcat(found, one);
    }
    if (reply.status != 200 || strcmp(found, keys) != 0) {
        print_error("expected %s, found %s: %s\n%s\n", keys, found, body,
                    (const char *)reply.body.data);
        fail();
    }
}

static void test_query__key_conditions_select_a_range(void **state) {
    facade *f = *state;
    put_six(f);
#define RANGE(condition, more)                                                                     \
    QUERY("pk = :p AND " condition, VALUE(":p", "p") "," more, ",'ProjectionExpression':'sk'")
    expect_keys(f, "012345", OF_P(""));
    expect_keys(f, "543210", OF_P(",'ScanIndexForward':false"));
    expect_keys(f, "2", RANGE("sk = :s", VALUE(":s", "2")));
    expect_keys(f, "01", RANGE("sk < :s", VALUE(":s", "2")));
    expect_keys(f, "012", RANGE("sk <= :s", VALUE(":s", "2")));
    expect_keys(f, "345", RANGE("sk > :s", VALUE(":s", "2")));
    expect_keys(f, "2345", RANGE("sk >= :s", VALUE(":s", "2")));
    expect_keys(f, "123", RANGE("sk BETWEEN :s AND :t", VALUE(":s", "1") "," VALUE(":t", "3")));
    expect_keys(f, "4", RANGE("begins_with(sk, :s)", VALUE(":s", "4")));
    facade_refuses(f, "Query condition missed key schema element: pk", "Query",
                   QUERY("sk = :p", VALUE(":p", "p"), ""));
    facade_refuses(f,
                   "Either the KeyConditions or KeyConditionExpression parameter must be specified "
                   "in the request.",
                   "Query", "{'TableName':'tab'}");
#undef RANGE
}

/* https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html */
static void test_query__the_values_of_a_key_condition_are_as_long_as_keys(void **state) {
    facade *f = *state;
    char *text = facade_repeat('x', 2049);
    static const char hash[] = QUERY("pk = :p", "':p':{'S':'%.*s'}", "");
    static const char between[] = QUERY("pk = :p AND sk BETWEEN :s AND :t",
                                        "':p':{'S':'p'},':s':{'S':'%.*s'},':t':{'S':'%.*s'}", "");
    static const char prefix[] =
        QUERY("pk = :p AND begins_with(sk, :s)", "':p':{'S':'p'},':s':{'S':'%.*s'}", "");
#define HASH_SIZE                                                                                  \
    "One or more parameter values were invalid: Size of hashkey has exceeded the maximum size "    \
    "limit of2048 bytes"
#define RANGE_SIZE                                                                                 \
    "One or more parameter values were invalid: Aggregated size of all range keys has exceeded "   \
    "the size limit of 1024 bytes"
    facade_does(f, "Query", hash, 2048, text);
    facade_refuses(f, HASH_SIZE, "Query", hash, 2049, text);
    facade_refuses(f, NULL, "Query", hash, 0, text);
    facade_does(f, "Query", between, 1023, text, 1024, text);
    facade_refuses(f, RANGE_SIZE, "Query", between, 1024, text, 1025, text);
    facade_does(f, "Query", prefix, 1024, text);
    facade_refuses(f, RANGE_SIZE, "Query", prefix, 1025, text);
    free(text);
}

static void test_query__indexes_have_their_own_order_and_content(void **state) {
    facade *f = *state;
    put_six(f);
    expect_keys(f, "543210", OF_P(",'IndexName':'l_keys'"));
    expect_keys(f, "012345", OF_P(",'IndexName':'l_keys','ScanIndexForward':false"));
    expect_keys(f, "23",
                QUERY("gp = :g AND gs = :s", VALUE(":g", "g") ",':s':{'N':'1'}",
                      ",'IndexName':'g_all','ProjectionExpression':'sk'"));
    facade_gives(f,
                 "{'Items':[{'gp':{'S':'g'},'gs':{'N':'2'},'pk':{'S':'p'},'sk':{'S':'5'}}],"
                 "'Count':1,'ScannedCount':1,'LastEvaluatedKey':{'pk':{'S':'p'},'sk':{'S':'5'},"
                 "'gp':{'S':'g'},'gs':{'N':'2'}}}",
                 "Query", OF_G(",'IndexName':'g_keys','Limit':1,'ScanIndexForward':false"));
    facade_refuses(f, "The table does not have the specified index: nope", "Query",
                   OF_P(",'IndexName':'nope'"));
    facade_refuses(f, "Consistent reads are not supported on global secondary indexes", "Query",
                   OF_G(",'IndexName':'g_all','ConsistentRead':true"));
    facade_does(f, "Query", OF_P(",'IndexName':'l_all','ConsistentRead':true"));
}

/* API_Query, Select */
static void test_query__select_decides_what_is_shown(void **state) {
    facade *f = *state;
    put_six(f);
#define ONE ",'Limit':1,'IndexName':"
    static const char whole[] = "{'pk':{'S':'p'},'sk':{'S':'5'},'gp':{'S':'g'},'gs':{'N':'2'},"
                                "'inc':{'N':'5'},'ls':{'S':'4'},'x':{'N':'1'}}";
    static const char last[] = "'Count':1,'ScannedCount':1,'LastEvaluatedKey':{'pk':{'S':'p'},"
                               "'sk':{'S':'5'},'ls':{'S':'4'}}}";
    char expected[600];
    snprintf(expected, sizeof expected, "{'Items':[%s],%s", whole, last);
    facade_gives(f, expected, "Query", OF_P(ONE "'l_keys','Select':'ALL_ATTRIBUTES'"));
    facade_gives(f, expected, "Query", OF_P(ONE "'l_inc','Select':'ALL_ATTRIBUTES'"));
    snprintf(expected, sizeof expected,
             "{'Items':[{'pk':{'S':'p'},'ls':{'S':'4'},'sk':{'S':'5'}}],%s", last);
    facade_gives(f, expected, "Query", OF_P(ONE "'l_keys','Select':'ALL_PROJECTED_ATTRIBUTES'"));
    facade_gives(f, expected, "Query", OF_P(ONE "'l_keys'"));
    snprintf(expected, sizeof expected, "{%s", last);
    facade_gives(f, expected, "Query", OF_P(ONE "'l_keys','Select':'COUNT'"));
    snprintf(expected, sizeof expected, "{'Items':[{'x':{'N':'1'}}],%s", last);
    facade_gives(f, expected, "Query", OF_P(ONE "'l_keys','ProjectionExpression':'x'"));
    facade_gives(f, expected, "Query",
                 OF_P(ONE "'l_inc','Select':'SPECIFIC_ATTRIBUTES','ProjectionExpression':'x'"));
#undef ONE
}

static void test_query__select_and_other_parameters_must_agree(void **state) {
    facade *f = *state;
    facade_refuses(f, "ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName",
                   "Query", OF_P(",'Select':'ALL_PROJECTED_ATTRIBUTES'"));
    facade_refuses(f,
                   "Must specify the AttributesToGet or ProjectionExpression when choosing to get "
                   "SPECIFIC_ATTRIBUTES",
                   "Query", OF_P(",'Select':'SPECIFIC_ATTRIBUTES'"));
    facade_refuses(f, "Cannot specify the ProjectionExpression when choosing to get only the Count",
                   "Query", OF_P(",'Select':'COUNT','ProjectionExpression':'a'"));
    facade_refuses(f, "Cannot specify the ProjectionExpression when choosing to get ALL_ATTRIBUTES",
                   "Query", OF_P(",'Select':'ALL_ATTRIBUTES','ProjectionExpression':'a'"));
    facade_refuses(f,
                   "One or more parameter values were invalid: Select type ALL_ATTRIBUTES is not "
                   "supported for global secondary index g_keys because its projection type is not "
                   "ALL",
                   "Query", OF_G(",'IndexName':'g_keys','Select':'ALL_ATTRIBUTES'"));
    facade_does(f, "Query", OF_G(",'IndexName':'g_all','Select':'ALL_ATTRIBUTES'"));
    facade_refuses(f,
                   "One or more parameter values were invalid: Global secondary index g_inc does "
                   "not project [x, y]",
                   "Query",
                   OF_G(",'IndexName':'g_inc','ProjectionExpression':'x, inc, pk, gp, y'"));
    facade_refuses(f,
                   "One or more parameter values were invalid: Secondary index l_keys does not "
                   "project one or more filter attributes: [x]",
                   "Query", OF_P(",'IndexName':'l_keys','FilterExpression':'attribute_exists(x)'"));
    facade_does(f, "Query", OF_P(",'IndexName':'l_inc','FilterExpression':'inc = :p'"));
}

static void test_query__a_filter_takes_away_after_reading(void **state) {
    facade *f = *state;
    put_six(f);
    facade_gives(f, "{'Count':3,'ScannedCount':6}", "Query",
                 QUERY("pk = :p", VALUE(":p", "p") ",':x':{'N':'1'}",
                       ",'FilterExpression':'x = :x','Select':'COUNT'"));
    facade_gives(f,
                 "{'Items':[],'Count':0,'ScannedCount':2,'LastEvaluatedKey':{'pk':{'S':'p'},"
                 "'sk':{'S':'1'}}}",
                 "Query", OF_P(",'FilterExpression':'attribute_exists(nothing)','Limit':2"));
}

/* API_Query, FilterExpression: "does not allow key attributes" */
static void test_query__a_filter_must_not_name_the_key(void **state) {
    facade *f = *state;
#define REFUSED                                                                                    \
    "Filter Expression can only contain non-primary key attributes: Primary key "                  \
    "attribute: "
    facade_refuses(f, REFUSED "pk", "Query", OF_P(",'FilterExpression':'pk = :p'"));
    facade_refuses(f, REFUSED "sk", "Query", OF_P(",'FilterExpression':'sk = :p'"));
    facade_refuses(f, REFUSED "ls", "Query",
                   OF_P(",'IndexName':'l_all','FilterExpression':'ls = :p'"));
    facade_refuses(f, REFUSED "gs", "Query",
                   OF_G(",'IndexName':'g_all','FilterExpression':'gs = :g'"));
    /* Of an index's query the index's key counts. */
    facade_does(f, "Query", OF_P(",'FilterExpression':'ls = :p'"));
    facade_does(f, "Query", OF_P(",'IndexName':'l_all','FilterExpression':'sk = :p'"));
    facade_does(f, "Query", OF_G(",'IndexName':'g_all','FilterExpression':'pk = :g'"));
#undef REFUSED
}

static void start(facade *f, const char *message, const char *key, const char *query) {
    char *body = NULL;
    assert_true(asprintf(&body, "%s,'ExclusiveStartKey':%s}", query, key) >= 0);
    if (message == NULL) {
        facade_does(f, "Query", "%s", body);
    } else {
        facade_refuses(f, message, "Query", "%s", body);
    }
    free(body);
}

/* API_Query, ExclusiveStartKey */
static void test_query__a_start_key_must_be_one_of_the_query(void **state) {
    facade *f = *state;
#define START "The provided starting key is invalid"
#define MISMATCH "The provided key element does not match the schema"
    static const char of_p[] = "{'TableName':'tab','KeyConditionExpression':'pk = :p',"
                               "'ExpressionAttributeValues':{':p':{'S':'p'}}";
    static const char after[] = "{'TableName':'tab','KeyConditionExpression':'pk = :p AND sk > :s',"
                                "'ExpressionAttributeValues':{':p':{'S':'p'},':s':{'S':'2'}}";
    static const char of_g[] = "{'TableName':'tab','IndexName':'g_all',"
                               "'KeyConditionExpression':'gp = :g',"
                               "'ExpressionAttributeValues':{':g':{'S':'g'}}";
    static const char of_gs[] = "{'TableName':'tab','IndexName':'g_all',"
                                "'KeyConditionExpression':'gp = :g AND gs = :s',"
                                "'ExpressionAttributeValues':{':g':{'S':'g'},':s':{'N':'1'}}";
#define OUTSIDE "The provided starting key is outside query boundaries based on provided conditions"
#define PREDICATE "The provided starting key does not match the range key predicate"
    start(f, NULL, "{'pk':{'S':'p'},'sk':{'S':'not there'}}", of_p);
    start(f, START, "{}", of_p);
    start(f, START, "{'pk':{'S':'p'}}", of_p);
    start(f, START, "{'pk':{'S':'p'},'zz':{'S':'a'}}", of_p);
    start(f, START, "{'pk':{'S':'p'},'sk':{'S':'a'},'zz':{'S':'a'}}", of_p);
    start(f, MISMATCH, "{'pk':{'S':'p'},'sk':{'N':'1'}}", of_p);
    start(f, OUTSIDE, "{'pk':{'S':'q'},'sk':{'S':'a'}}", of_p);
    start(f, NULL, "{'pk':{'S':'p'},'sk':{'S':'3'}}", after);
    start(f, PREDICATE, "{'pk':{'S':'p'},'sk':{'S':'2'}}", after);
    start(f, PREDICATE, "{'pk':{'S':'q'},'sk':{'S':'1'}}", after);
    start(f, "The query can return at most one row and cannot be restarted",
          "{'pk':{'S':'q'},'sk':{'S':'3'}}", after);
    start(f, START, "{'pk':{'S':'p'},'sk':{'S':'a'}}", of_g);
    start(f, START, "{'gp':{'S':'g'},'gs':{'N':'1'}}", of_g);
    start(f, NULL, "{'gp':{'S':'g'},'gs':{'N':'1'},'pk':{'S':'p'},'sk':{'S':'a'}}", of_g);
    start(f, OUTSIDE, "{'gp':{'S':'h'},'gs':{'N':'1'},'pk':{'S':'p'},'sk':{'S':'a'}}", of_g);
    start(f, MISMATCH, "{'gp':{'S':'g'},'gs':{'S':'1'},'pk':{'S':'p'},'sk':{'S':'a'}}", of_g);
    start(f, START ": " MISMATCH, "{'gp':{'S':'g'},'gs':{'N':'1'},'pk':{'N':'1'},'sk':{'S':'a'}}",
          of_g);
    /* Numbers are compared by value. */
    start(f, NULL, "{'gp':{'S':'g'},'gs':{'N':'1.0'},'pk':{'S':'p'},'sk':{'S':'a'}}", of_gs);
    start(f, PREDICATE, "{'gp':{'S':'g'},'gs':{'N':'2'},'pk':{'S':'p'},'sk':{'S':'a'}}", of_gs);
    start(f, "The query can return at most one row and cannot be restarted",
          "{'gp':{'S':'h'},'gs':{'N':'1'},'pk':{'S':'p'},'sk':{'S':'a'}}", of_gs);
    facade_refuses(f, NULL, "Query", "%s,'ExclusiveStartKey':{'pk':{'SS':[]}}}", of_p);
}

/* https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.DesignPattern.MultiAttributeKeys.html
 * All hash attributes are given; a start key has the attributes of both keys. */
static void test_query__several_attributes_make_an_index_key(void **state) {
    facade *f = *state;
    for (int i = 0; i < 8; i++) {
        facade_does(f, "PutItem",
                    "{'TableName':'multi','Item':{'pk':{'S':'%d'},'h1':{'S':'h'},'h2':{'N':'%d'},"
                    "'r1':{'S':'%c'},'r2':{'N':'%d'}}}",
                    i, i % 2, 'a' + i / 4, i);
    }
    static const char query[] = "{'TableName':'multi','IndexName':'multi_g','Select':'COUNT',"
                                "'KeyConditionExpression':'h1 = :h AND h2 = :n%s',"
                                "'ExpressionAttributeValues':{':h':{'S':'h'},':n':{'N':'1'}%s}%s}";
    facade_gives(f, "{'Count':4,'ScannedCount':4}", "Query", query, "", "", "");
    facade_gives(f, "{'Count':2,'ScannedCount':2}", "Query", query, " AND r1 = :a",
                 ",':a':{'S':'b'}", "");
    facade_gives(f, "{'Count':1,'ScannedCount':1}", "Query", query, " AND r1 = :a AND r2 > :b",
                 ",':a':{'S':'b'},':b':{'N':'5'}", "");
    facade_gives(f,
                 "{'Count':1,'ScannedCount':1,'LastEvaluatedKey':{'pk':{'S':'1'},'h1':{'S':'h'},"
                 "'h2':{'N':'1'},'r1':{'S':'a'},'r2':{'N':'1'}}}",
                 "Query", query, "", "", ",'Limit':1");
    facade_gives(f, "{'Count':3,'ScannedCount':3}", "Query", query, "", "",
                 ",'ExclusiveStartKey':{'pk':{'S':'1'},'h1':{'S':'h'},'h2':{'N':'1'},"
                 "'r1':{'S':'a'},'r2':{'N':'1'}}");
    facade_refuses(f, START, "Query", query, "", "",
                   ",'ExclusiveStartKey':{'pk':{'S':'1'},'h1':{'S':'h'},'h2':{'N':'1'},"
                   "'r1':{'S':'a'}}");
}

/* https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.OnlineOps.html */
static void test_query__an_index_that_is_being_filled_is_refused(void **state) {
    facade *f = *state;
    pte_error error;
    facade_does(f, "PutItem", "{'TableName':'hash','Item':{'pk':{'S':'a'},'v':{'S':'x'}}}");
    pte_index_spec index = {
        .name = pte_str("late"), .hash = {{pte_str("v"), PTE_TYPE_S}}, .hash_count = 1};
    OK(pte_table_alter(pt_database_env(f->database), pte_str("us-east-1/hash"),
                       &(pte_table_change){.add_index = &index}, &error));
    static const char query[] = "{'TableName':'hash','IndexName':'late','Select':'COUNT',"
                                "'KeyConditionExpression':'v = :v',"
                                "'ExpressionAttributeValues':{':v':{'S':'x'}}}";
    facade_refuses(f, "Cannot read from backfilling global secondary index: late", "Query", query);
    OK(pte_backfill(pt_database_env(f->database), pte_str("us-east-1/hash"), NULL, NULL, &error));
    facade_gives(f, "{'Count':1,'ScannedCount':1}", "Query", query);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, facade_setup, facade_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_query__key_conditions_select_a_range),
        TEST(test_query__the_values_of_a_key_condition_are_as_long_as_keys),
        TEST(test_query__indexes_have_their_own_order_and_content),
        TEST(test_query__select_decides_what_is_shown),
        TEST(test_query__select_and_other_parameters_must_agree),
        TEST(test_query__a_filter_takes_away_after_reading),
        TEST(test_query__a_filter_must_not_name_the_key),
        TEST(test_query__a_start_key_must_be_one_of_the_query),
        TEST(test_query__several_attributes_make_an_index_key),
        TEST(test_query__an_index_that_is_being_filled_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
