/*
 * Describing, listing and deleting tables; names, ARNs and regions; what a reopened database knows.
 * The pages of the API reference are named at each test.
 */
#include "facade_tables/facade.h"

static facade f;

static void create(const char *name) {
    facade_call(&f, "CreateTable",
                "{'TableName':'%s','BillingMode':'PAY_PER_REQUEST','AttributeDefinitions':[" S(
                    "a") "],'KeySchema':[" HASH("a") "]}",
                name);
}

/* Calls in a region; the answer's body must contain the text. */
static void expect_in(const char *region, const char *operation, const char *body,
                      const char *text) {
    pt_exchange *exchange;
    pte_error error;
    OK(pt_exchange_create(&exchange, f.database, &error));
    pt_request request = {
        .operation = pte_str(operation), .body = pte_str(body), .region = pte_str(region)};
    pt_reply reply = pt_exchange_run(exchange, &request);
    if (strstr((const char *)reply.body.data, text) == NULL) {
        fail_msg("expected %s, found %s", text, (const char *)reply.body.data);
    }
    pt_exchange_destroy(exchange);
}

/* API_DescribeTable, API_DeleteTable */
static void test_table_life__says_which_table_is_not_there(void **state) {
    (void)state;
    static const char *const operations[] = {"DescribeTable", "DeleteTable"};
    for (size_t i = 0; i < 2; i++) {
        facade_refused(&f, "ResourceNotFoundException",
                       "Requested resource not found: Table: nope not found", operations[i],
                       "{'TableName':'nope'}");
        facade_refused(&f, "ResourceNotFoundException",
                       "Requested resource not found: Table: nope not found", operations[i],
                       "{'TableName':'arn:aws:dynamodb:us-east-1:000000000000:table/nope'}");
    }
}

/* API_DeleteTable: the description has no keys, no indexes and no time of creation. */
static void test_table_life__deletes_at_once(void **state) {
    (void)state;
    create("tab");
    facade_call(&f, "PutItem", "{'TableName':'tab','Item':{'a':{'S':'x'}}}");
    facade_call(&f, "DescribeTable", "{'TableName':'tab'}");
    facade_shows(&f, "'TableSizeBytes':2,'ItemCount':1");
    facade_call(&f, "DeleteTable", "{'TableName':'tab'}");
    facade_shows(&f, "'TableStatus':'DELETING'");
    facade_shows(&f, "'TableId':");
    facade_hides(&f, "KeySchema");
    facade_hides(&f, "AttributeDefinitions");
    facade_hides(&f, "CreationDateTime");
    facade_refused(&f, "ResourceNotFoundException",
                   "Requested resource not found: Table: tab not found", "DescribeTable",
                   "{'TableName':'tab'}");
    create("tab");
    facade_call(&f, "DescribeTable", "{'TableName':'tab'}");
    facade_shows(&f, "'TableSizeBytes':0,'ItemCount':0");
}

/* API_DescribeTable: TableName may be an ARN. The messages were seen on AWS. */
static void test_table_life__takes_arns(void **state) {
    (void)state;
    create("tab");
    facade_call(&f, "DescribeTable",
                "{'TableName':'arn:aws:dynamodb:us-east-1:000000000000:table/tab'}");
    facade_shows(&f, "'TableName':'tab'");
    facade_refused(&f, "ValidationException",
                   "1 validation error detected: Invalid AWS region in "
                   "'arn:aws:dynamodb:eu-west-1:000000000000:table/tab'",
                   "DescribeTable",
                   "{'TableName':'arn:aws:dynamodb:eu-west-1:000000000000:table/tab'}");
    static const char *const wrong[] = {
        "arn:aws:dynamodb:us-east-1:000000000000:table/tab/index/gsi",
        "arn:aws:dynamodb:us-east-1:000000000000:table/",
        "arn:aws:dynamodb:us-east-1:000000000000:stream/tab",
        "arn:aws:s3:us-east-1:000000000000:table/tab",
        "arn:aws",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        char message[256];
        snprintf(message, sizeof message,
                 "Invalid TableArn: Invalid ResourceArn provided as input %s", wrong[i]);
        facade_refused(&f, "ValidationException", message, "DescribeTable", "{'TableName':'%s'}",
                       wrong[i]);
    }
    /* https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/rbac-cross-account-access.html
     */
    facade_refused(&f, "AccessDeniedException",
                   "User: arn:aws:iam::000000000000:root is not authorized to perform: "
                   "dynamodb:DescribeTable on resource: "
                   "arn:aws:dynamodb:us-east-1:123456789012:table/tab because no resource-based "
                   "policy allows the dynamodb:DescribeTable action",
                   "DescribeTable",
                   "{'TableName':'arn:aws:dynamodb:us-east-1:123456789012:table/tab'}");
    facade_call(&f, "DeleteTable",
                "{'TableName':'arn:aws:dynamodb:us-east-1:000000000000:table/tab'}");
}

/* API_ListTables */
static void test_table_life__lists_by_pages(void **state) {
    (void)state;
    facade_call(&f, "ListTables", "{}");
    assert_string_equal(f.answer, "{\"TableNames\":[]}");
    create("bbb");
    create("ccc");
    create("aaa");
    facade_call(&f, "ListTables", "{'Limit':2}");
    assert_string_equal(f.answer,
                        "{\"TableNames\":[\"aaa\",\"bbb\"],\"LastEvaluatedTableName\":\"bbb\"}");
    facade_call(&f, "ListTables", "{'Limit':2,'ExclusiveStartTableName':'bbb'}");
    assert_string_equal(f.answer, "{\"TableNames\":[\"ccc\"]}");
    facade_call(&f, "ListTables", "{'Limit':3}"); /* exactly all: nothing comes after */
    assert_string_equal(f.answer, "{\"TableNames\":[\"aaa\",\"bbb\",\"ccc\"]}");
    facade_call(&f, "ListTables", "{'ExclusiveStartTableName':'abc'}"); /* need not exist */
    assert_string_equal(f.answer, "{\"TableNames\":[\"bbb\",\"ccc\"]}");
}

static void test_table_life__lists_a_hundred_unless_told_otherwise(void **state) {
    (void)state;
    for (int i = 0; i < 101; i++) {
        char name[16];
        snprintf(name, sizeof name, "t%03d", i);
        create(name);
    }
    facade_call(&f, "ListTables", "{}");
    facade_shows(&f, "'t099'],'LastEvaluatedTableName':'t099'}");
    facade_call(&f, "DeleteTable", "{'TableName':'t100'}");
    facade_call(&f, "ListTables", "{}");
    facade_shows(&f, "'t099']}");
}

/* A table of one region does not exist in another. */
static void test_table_life__keeps_regions_apart(void **state) {
    (void)state;
    create("tab");
    expect_in("eu-west-1", "ListTables", "{}", "{\"TableNames\":[]}");
    expect_in("us-east", "ListTables", "{}", "{\"TableNames\":[]}"); /* of which it is a prefix */
    expect_in("eu-west-1", "DescribeTable", "{\"TableName\":\"tab\"}",
              "Requested resource not found: Table: tab not found");
    expect_in("eu-west-1", "CreateTable",
              "{\"TableName\":\"tab\",\"BillingMode\":\"PAY_PER_REQUEST\",\"AttributeDefinitions\":"
              "[{\"AttributeName\":\"k\",\"AttributeType\":\"N\"}],\"KeySchema\":"
              "[{\"AttributeName\":\"k\",\"KeyType\":\"HASH\"}]}",
              "\"TableArn\":\"arn:aws:dynamodb:eu-west-1:000000000000:table/tab\"");
    facade_call(&f, "DescribeTable", "{'TableName':'tab'}");
    facade_shows(&f, "'TableArn':'arn:aws:dynamodb:us-east-1:000000000000:table/tab'");
    facade_shows(&f, S("a"));
    facade_call(&f, "ListTables", "{}");
    assert_string_equal(f.answer, "{\"TableNames\":[\"tab\"]}");
    expect_in("eu-west-1", "ListTables", "{}", "{\"TableNames\":[\"tab\"]}");
}

/* API_DescribeLimits */
static void test_table_life__describes_limits(void **state) {
    (void)state;
    facade_call(&f, "DescribeLimits", "{}");
    assert_string_equal(f.answer, "{\"AccountMaxReadCapacityUnits\":80000,"
                                  "\"AccountMaxWriteCapacityUnits\":80000,"
                                  "\"TableMaxReadCapacityUnits\":40000,"
                                  "\"TableMaxWriteCapacityUnits\":40000}");
}

/* A table that was made through the engine has the settings of an on-demand one. */
static void test_table_life__describes_tables_of_the_engine(void **state) {
    (void)state;
    pte_error error;
    pte_table_spec spec = {.name = pte_str("us-east-1/own"),
                           .hash = {pte_str("k"), PTE_TYPE_B},
                           .range = {pte_str("r"), PTE_TYPE_N}};
    OK(pte_table_create(pt_database_env(f.database), &spec, &error));
    facade_call(&f, "DescribeTable", "{'TableName':'own'}");
    facade_shows(&f, "'TableStatus':'ACTIVE'");
    facade_shows(&f, "'TableId':'00000000-0000-4000-8000-0");
    facade_shows(&f, "'BillingModeSummary':{'BillingMode':'PAY_PER_REQUEST'}");
    facade_call(&f, "UpdateTable", "{'TableName':'own','DeletionProtectionEnabled':true}");
    facade_call(&f, "DescribeTable", "{'TableName':'own'}");
    facade_shows(&f, "'DeletionProtectionEnabled':true");
}

static void test_table_life__says_that_settings_are_damaged(void **state) {
    (void)state;
    pte_error error;
    create("tab");
    pte_table_change change = {.set_user_data = true, .user_data = pte_str("not an item")};
    OK(pte_table_alter(pt_database_env(f.database), pte_str("us-east-1/tab"), &change, &error));
    pt_reply reply;
    pt_call(&reply, f.database, pte_str("DescribeTable"), pte_str("{\"TableName\":\"tab\"}"));
    assert_int_equal(reply.status, 500);
    assert_non_null(strstr((const char *)reply.body.data, "damaged"));
    pt_reply_clean_up(&reply);
    /* Its items can be had all the same. */
    facade_call(&f, "PutItem", "{'TableName':'tab','Item':{'a':{'S':'x'}}}");
}

static void test_table_life__knows_it_all_when_opened_again(void **state) {
    (void)state;
    char *folder = test_folder_make();
    facade one = {.now_ms = 0};
    facade_open(&one, folder);
    facade_call(
        &one, "CreateTable",
        "{'TableName':'tab','AttributeDefinitions':[" S("a") "," N("b") "],'KeySchema':[" HASH(
            "a") "],'ProvisionedThroughput':" UNITS(5,
                                                    6) ",'GlobalSecondaryIndexes':["
                                                       "{'IndexName':'gsi','KeySchema':[" HASH(
                                                           "b") "],'Projection':{'ProjectionType':"
                                                                "'INCLUDE','NonKeyAttributes':['x']"
                                                                "},'ProvisionedThroughput':" UNITS(
                                                                    7, 8) "}],"
                                                                          "'StreamSpecification':{'"
                                                                          "StreamEnabled':true,'"
                                                                          "StreamViewType':'KEYS_"
                                                                          "ONLY'},"
                                                                          "'Tags':[{'Key':'k','"
                                                                          "Value':'v'}],'"
                                                                          "TableClass':'STANDARD',"
                                                                          "'SSESpecification':{'"
                                                                          "Enabled':true},'"
                                                                          "DeletionProtectionEnable"
                                                                          "d':true}");
    facade_call(&one, "UpdateTable", "{'TableName':'tab','ProvisionedThroughput':" UNITS(4, 9) "}");
    char *before = strdup(facade_call(&one, "DescribeTable", "{'TableName':'tab'}"));
    facade_close(&one);
    facade_open(&one, folder);
    assert_string_equal(facade_call(&one, "DescribeTable", "{'TableName':'tab'}"), before);
    free(before);
    facade_close(&one);
    test_folder_remove(folder);
}

int main(void) {
#define TEST(name)                                                                                 \
    cmocka_unit_test_prestate_setup_teardown(test_table_life__##name, facade_setup_anew,           \
                                             facade_teardown_anew, &f)
    const struct CMUnitTest tests[] = {
        TEST(says_which_table_is_not_there),
        TEST(deletes_at_once),
        TEST(takes_arns),
        TEST(lists_by_pages),
        TEST(lists_a_hundred_unless_told_otherwise),
        TEST(keeps_regions_apart),
        TEST(describes_limits),
        TEST(describes_tables_of_the_engine),
        TEST(says_that_settings_are_damaged),
        TEST(knows_it_all_when_opened_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
