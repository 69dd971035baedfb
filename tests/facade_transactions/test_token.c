/*
 * ClientRequestToken. Source: API_TransactWriteItems, ClientRequestToken; which requests are the
 * same, and what a replay costs, as measured on the service and in DynamoDB Local.
 */
#include "facade_transactions/world.h"

#include <stdio.h>
#include <stdlib.h>

#define W "TransactWriteItems"
#define MISMATCH "IdempotentParameterMismatchException"
#define MINUTE_MS (60 * 1000)

/* Adds 1 to n of an item of tab. */
#define ADD(token)                                                                                 \
    "{'ClientRequestToken':'" token "','TransactItems':[{'Update':{'TableName':'tab',"             \
    "'Key':{'pk':{'S':'a'}},'UpdateExpression':'ADD n :one',"                                      \
    "'ExpressionAttributeValues':{':one':{'N':'1'}}}}]}"

static void expect_n(facade *w, int n) {
    char item[64];
    snprintf(item, sizeof item, "{'pk':{'S':'a'},'n':{'N':'%d'}}", n);
    facade_has(w, "tab", "{'pk':{'S':'a'}}", item);
}

/* How many tokens are kept. */
static uint64_t tokens(facade *w) {
    pte_error error;
    pte_read *read;
    const pte_table_info *info;
    OK(pte_read_begin(&read, pt_database_env(w->database), &error));
    pte_status status = pte_table_describe(&info, read, pte_str("/tokens"), &error);
    uint64_t items = status == PTE_OK ? info->items : 0;
    pte_read_end(read);
    return items;
}

static void test_token__makes_a_transaction_happen_once(void **state) {
    facade *w = *state;
    facade_gives(w, "{}", W, ADD("one"));
    facade_gives(w, "{}", W, ADD("one"));
    expect_n(w, 1);
    facade_gives(w, "{}", W, ADD("two"));
    expect_n(w, 2);
    /* Members in another order, a number written otherwise: the same meaning. */
    facade_gives(w, "{}", W,
                 "{'TransactItems':[{'Update':{'ExpressionAttributeValues':{':one':{'N':'1.0'}},"
                 "'UpdateExpression':'ADD n :one','Key':{'pk':{'S':'a'}},'TableName':'tab'}}],"
                 "'ReturnItemCollectionMetrics':'SIZE','ClientRequestToken':'one'}");
    expect_n(w, 2);
}

/* A transaction without a token leaves none, and no table is made for it. */
static void test_token__costs_nothing_where_there_is_none(void **state) {
    facade *w = *state;
    facade_gives(w, "{}", W,
                 "{'TransactItems':[{'Put':{'TableName':'tab','Item':{'pk':{'S':'a'}}}}]}");
    facade_gives(w, NULL, "ListTables", "{}");
    assert_int_equal(tokens(w), 0);
    facade_gives(w, "{}", W, ADD("one"));
    assert_int_equal(tokens(w), 1);
    /* Nobody sees where it is kept. */
    facade_gives(w, "{'TableNames':['glob','local','num','tab']}", "ListTables", "{}");
}

static void test_token__is_for_one_request_only(void **state) {
    facade *w = *state;
    static const char *const others[] = {
        "{'Update':{'TableName':'tab','Key':{'pk':{'S':'a'}},'UpdateExpression':'ADD n :one',"
        "'ExpressionAttributeValues':{':one':{'N':'2'}}}}",
        "{'Update':{'TableName':'tab','Key':{'pk':{'S':'b'}},'UpdateExpression':'ADD n :one',"
        "'ExpressionAttributeValues':{':one':{'N':'1'}}}}",
        "{'Update':{'TableName':'glob','Key':{'pk':{'S':'a'}},'UpdateExpression':'ADD n :one',"
        "'ExpressionAttributeValues':{':one':{'N':'1'}}}}",
        "{'Update':{'TableName':'tab','Key':{'pk':{'S':'a'}},'UpdateExpression':'ADD #n :one',"
        "'ExpressionAttributeNames':{'#n':'m'},'ExpressionAttributeValues':{':one':{'N':'1'}}}}",
        "{'Update':{'TableName':'tab','Key':{'pk':{'S':'a'}},'UpdateExpression':'ADD n :one',"
        "'ConditionExpression':'attribute_exists(n)',"
        "'ExpressionAttributeValues':{':one':{'N':'1'}}}}",
        "{'Delete':{'TableName':'tab','Key':{'pk':{'S':'a'}}}}",
        "{'Put':{'TableName':'tab','Item':{'pk':{'S':'a'}}}}",
    };
    facade_gives(w, "{}", W, ADD("one"));
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        facade_fails(w, MISMATCH, NULL, W, "{'ClientRequestToken':'one','TransactItems':[%s]}",
                     others[i]);
    }
    expect_n(w, 1);
}

/* The order of actions, and placeholders' names that change places, are another meaning. */
static void test_token__tells_swapped_parts_apart(void **state) {
    facade *w = *state;
    static const char swap[] =
        "{'ClientRequestToken':'t','TransactItems':[{'Update':{'TableName':'tab',"
        "'Key':{'pk':{'S':'a'}},'UpdateExpression':'SET #a = :v, #b = :w',"
        "'ExpressionAttributeNames':{'#a':'%s','#b':'%s'},"
        "'ExpressionAttributeValues':{':v':{'S':'%s'},':w':{'S':'%s'}}}}]}";
    facade_gives(w, "{}", W, swap, "x", "y", "1", "2");
    facade_gives(w, "{}", W, swap, "x", "y", "1", "2");
    facade_fails(w, MISMATCH, NULL, W, swap, "y", "x", "1", "2");
    facade_fails(w, MISMATCH, NULL, W, swap, "x", "y", "2", "1");
    static const char order[] = "{'ClientRequestToken':'o','TransactItems':["
                                "{'Put':{'TableName':'tab','Item':{'pk':{'S':'%s'}}}},"
                                "{'Put':{'TableName':'tab','Item':{'pk':{'S':'%s'}}}}]}";
    facade_gives(w, "{}", W, order, "1", "2");
    facade_fails(w, MISMATCH, NULL, W, order, "2", "1");
}

static void test_token__of_a_cancelled_transaction_is_free(void **state) {
    facade *w = *state;
    static const char check[] =
        "{'ClientRequestToken':'c','TransactItems':[{'ConditionCheck':{'TableName':'tab',"
        "'Key':{'pk':{'S':'%s'}},'ConditionExpression':'attribute_exists(pk)'}}]}";
    facade_fails(w, "TransactionCanceledException", NULL, W, check, "b");
    assert_int_equal(tokens(w), 0);
    facade_gives(w, "{}", "PutItem", "{'TableName':'tab','Item':{'pk':{'S':'a'}}}");
    facade_gives(w, "{}", W, check, "a");
    assert_int_equal(tokens(w), 1);
}

/* A replay is not decided by conditions that no longer hold. */
static void test_token__replays_though_conditions_fail_by_now(void **state) {
    facade *w = *state;
    static const char put[] = "{'ClientRequestToken':'p','ReturnConsumedCapacity':'%s',"
                              "'TransactItems':[{'Put':{'TableName':'glob','Item':{'pk':{'S':'a'},"
                              "'gp':{'S':'b'},'v':{'S':'%s'}},"
                              "'ConditionExpression':'attribute_not_exists(pk)'}}]}";
    char *value = facade_repeat('x', 4096);
    facade_gives(w,
                 "{'ConsumedCapacity':[{'TableName':'glob','CapacityUnits':15.0,"
                 "'WriteCapacityUnits':15.0}]}",
                 W, put, "TOTAL", value);
    /* Two reads of the item, each of 4 KB units; the index is not read. */
    facade_gives(w,
                 "{'ConsumedCapacity':[{'TableName':'glob','CapacityUnits':4.0,"
                 "'ReadCapacityUnits':4.0,'Table':{'CapacityUnits':4.0,'ReadCapacityUnits':4.0}}]}",
                 W, put, "INDEXES", value);
    facade_gives(w, "{}", "DeleteItem", "{'TableName':'glob','Key':{'pk':{'S':'a'}}}");
    facade_gives(w,
                 "{'ConsumedCapacity':[{'TableName':'glob','CapacityUnits':2.0,"
                 "'ReadCapacityUnits':2.0}]}",
                 W, put, "TOTAL", value);
    facade_has(w, "glob", "{'pk':{'S':'a'}}", NULL);
    free(value);
}

static void test_token__is_good_for_ten_minutes(void **state) {
    facade *w = *state;
    facade_gives(w, "{}", W, ADD("one"));
    w->now_ms += 10 * MINUTE_MS - 1;
    facade_gives(w, "{}", W, ADD("one"));
    expect_n(w, 1);
    w->now_ms += 1;
    facade_gives(w, "{}", W, ADD("one"));
    expect_n(w, 2);
    /* That began ten minutes of its own. */
    w->now_ms += 10 * MINUTE_MS - 1;
    facade_gives(w, "{}", W, ADD("one"));
    expect_n(w, 2);
}

/* A token of one region is unknown in another. */
static void test_token__belongs_to_its_region(void **state) {
    facade *w = *state;
    pte_error error;
    pt_exchange *exchange;
    pte_table_spec spec = {.name = pte_str("eu-west-1/tab"), .hash = {pte_str("pk"), PTE_TYPE_S}};
    OK(pte_table_create(pt_database_env(w->database), &spec, &error));
    OK(pt_exchange_create(&exchange, w->database, &error));
    facade_gives(w, "{}", W, ADD("one"));
    char *body = facade_body("{'ClientRequestToken':'one','TransactItems':["
                             "{'Put':{'TableName':'tab','Item':{'pk':{'S':'a'}}}}]}");
    pt_request request = {
        .operation = pte_str(W), .body = pte_str(body), .region = pte_str("eu-west-1")};
    assert_int_equal(pt_exchange_run(exchange, &request).status, 200);
    request.region = pte_str("us-east-1");
    assert_int_equal(pt_exchange_run(exchange, &request).status, 400);
    free(body);
    pt_exchange_destroy(exchange);
}

/* Kept with the writes, so it is there when they are. */
static void test_token__outlives_the_database_handle(void **state) {
    (void)state;
    char *folder = test_folder_make();
    facade w = {.now_ms = 0};
    world_open(&w, folder);
    facade_gives(&w, "{}", W, ADD("one"));
    facade_close(&w);
    w.now_ms += 9 * MINUTE_MS;
    world_open(&w, folder);
    facade_gives(&w, "{}", W, ADD("one"));
    expect_n(&w, 1);
    facade_fails(&w, MISMATCH, NULL, W,
                 "{'ClientRequestToken':'one','TransactItems':["
                 "{'Put':{'TableName':'tab','Item':{'pk':{'S':'b'}}}}]}");
    facade_close(&w);
    test_folder_remove(folder);
}

/* By pt_upkeep, or on the way of requests where nobody calls that. */
static void test_token__is_forgotten_in_the_end(void **state) {
    (void)state;
    for (int elsewhere = 0; elsewhere < 2; elsewhere++) {
        facade w = {.options = {.upkeep_elsewhere = elsewhere == 1}};
        world_open(&w, NULL);
        facade_gives(&w, "{}", W, ADD("one"));
        facade_gives(&w, "{}", W, ADD("two"));
        assert_int_equal(tokens(&w), 2);
        w.now_ms += 12 * MINUTE_MS;
        facade_gives(&w, "{}", W, ADD("three"));
        assert_int_equal(tokens(&w), elsewhere == 1 ? 3 : 1);
        pte_error error;
        bool more;
        OK(pt_upkeep(&more, w.database, &error));
        assert_int_equal(tokens(&w), 1);
        facade_gives(&w, "{}", W, ADD("three"));
        expect_n(&w, 3);
        facade_close(&w);
    }
}

/* API_TransactWriteItems: 1 to 36 characters. */
static void test_token__has_36_characters_at_most(void **state) {
    facade *w = *state;
    facade_gives(w, "{}", W, ADD("123456789012345678901234567890123456"));
    facade_fails(w, "ValidationException", NULL, W, ADD("1234567890123456789012345678901234567"));
    facade_fails(w, "ValidationException", NULL, W, ADD(""));
    expect_n(w, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_token__##name, world_setup, facade_teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(makes_a_transaction_happen_once),
        TEST(costs_nothing_where_there_is_none),
        TEST(is_for_one_request_only),
        TEST(tells_swapped_parts_apart),
        TEST(of_a_cancelled_transaction_is_free),
        TEST(replays_though_conditions_fail_by_now),
        TEST(is_good_for_ten_minutes),
        TEST(belongs_to_its_region),
        cmocka_unit_test(test_token__outlives_the_database_handle),
        cmocka_unit_test(test_token__is_forgotten_in_the_end),
        TEST(has_36_characters_at_most),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
