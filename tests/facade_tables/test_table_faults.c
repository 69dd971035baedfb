/*
 * Operations on tables without memory: allocation N fails, N rising until the operation succeeds.
 * Each failure is an answer, the table is the old one or the new one, and nothing leaks.
 */
#include "unit/fault_allocator.h"

#include "facade_tables/facade.h"

static const char CREATE[] =
    "{\"TableName\":\"tab\",\"BillingMode\":\"PAY_PER_REQUEST\",\"AttributeDefinitions\":[{"
    "\"AttributeName\":\"a\",\"AttributeType\":\"S\"},{\"AttributeName\":\"b\","
    "\"AttributeType\":\"S\"}],\"KeySchema\":[{\"AttributeName\":\"a\",\"KeyType\":\"HASH\"}],"
    "\"GlobalSecondaryIndexes\":[{\"IndexName\":\"gsi\",\"KeySchema\":[{\"AttributeName\":\"b\","
    "\"KeyType\":\"HASH\"}],\"Projection\":{\"ProjectionType\":\"INCLUDE\","
    "\"NonKeyAttributes\":[\"x\"]}}],\"Tags\":[{\"Key\":\"k\",\"Value\":\"v\"}]}";
static const char UPDATE[] =
    "{\"TableName\":\"tab\",\"AttributeDefinitions\":[{\"AttributeName\":\"c\",\"AttributeType\":"
    "\"S\"}],\"GlobalSecondaryIndexUpdates\":[{\"Create\":{\"IndexName\":\"new\",\"KeySchema\":[{"
    "\"AttributeName\":\"c\",\"KeyType\":\"HASH\"}],\"Projection\":{\"ProjectionType\":\"ALL\"}}}]"
    "}";
static const char NAME[] = "{\"TableName\":\"tab\"}";

static fault_allocator fault;
static pte_allocator allocator;
static pt_database *database;

static int set_up(void **state) {
    (void)state;
    pte_error error;
    fault = (fault_allocator){.calls = 0};
    allocator = fault_allocator_of(&fault);
    pt_options options = {.engine.allocator = &allocator};
    OK(pt_open(&database, NULL, &options, &error));
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    pt_close(database);
    assert_int_equal(fault.live_bytes, 0);
    return 0;
}

static int call(const char *operation, const char *body, const char *contained) {
    pt_reply reply;
    pt_call(&reply, database, pte_str(operation), pte_str(body));
    assert_int_equal(reply.body.data[reply.body.len], 0);
    int status = reply.status;
    if (status == 200 && contained != NULL) {
        assert_non_null(strstr((const char *)reply.body.data, contained));
    }
    pt_reply_clean_up(&reply);
    return status;
}

/* Fails each allocation in turn; where the operation is carried out all the same it answers what a
 * second try would: that it was done. Returns how many failed. */
static int run_with_faults(const char *operation, const char *body, const char *contained,
                           int done_status) {
    int failures = 0;
    for (size_t n = 1;; n++) {
        (void)tear_down(NULL); /* or the pooled memory would need no allocation */
        (void)set_up(NULL);
        if (strcmp(operation, "CreateTable") != 0) {
            assert_int_equal(call("CreateTable", CREATE, NULL), 200);
        }
        fault.calls = 0;
        fault.fail_at = n;
        int status = call(operation, body, contained);
        bool failed = fault.calls >= n;
        fault.fail_at = 0;
        if (!failed) {
            assert_int_equal(status, 200);
            return failures;
        }
        failures += status != 200;
        assert_true(status == 200 || status == 500);
        if (status == 500) { /* not done, or done and not told */
            int again = call(operation, body, contained);
            assert_true(again == 200 || again == done_status);
        }
    }
}

static void test_table_faults__create(void **state) {
    (void)state;
    assert_true(run_with_faults("CreateTable", CREATE, "\"CREATING\"", 400) > 3);
}

static void test_table_faults__describe(void **state) {
    (void)state;
    assert_true(run_with_faults("DescribeTable", NAME, "\"ACTIVE\"", 200) > 0);
}

static void test_table_faults__update(void **state) {
    (void)state;
    assert_true(run_with_faults("UpdateTable", UPDATE, "\"UPDATING\"", 400) > 0);
}

static void test_table_faults__delete(void **state) {
    (void)state;
    assert_true(run_with_faults("DeleteTable", NAME, "\"DELETING\"", 400) > 0);
}

static void test_table_faults__list(void **state) {
    (void)state;
    (void)run_with_faults("ListTables", "{}", "\"tab\"", 200);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(test_table_faults__##name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(create), TEST(describe), TEST(update), TEST(delete), TEST(list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
