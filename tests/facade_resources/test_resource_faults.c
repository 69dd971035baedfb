/*
 * Time to live, tags and policies without memory: allocation N fails, N rising until the operation
 * succeeds. Each failure is an answer, the table is the old one or the new one, nothing leaks.
 */
#include "unit/fault_allocator.h"

#include "facade_tables/facade.h"

#define ARN "arn:aws:dynamodb:us-east-1:000000000000:table/tab"
#define DOCUMENT(action)                                                                           \
    "{\\\"Version\\\":\\\"2012-10-17\\\",\\\"Statement\\\":[{\\\"Effect\\\":\\\"Allow\\\","        \
    "\\\"Principal\\\":{\\\"AWS\\\":\\\"123456789012\\\"},\\\"Action\\\":[\\\"dynamodb:" action    \
    "\\\"],\\\"Resource\\\":\\\"*\\\"}]}"

static const char CREATE[] =
    "{\"TableName\":\"tab\",\"BillingMode\":\"PAY_PER_REQUEST\",\"AttributeDefinitions\":[{"
    "\"AttributeName\":\"a\",\"AttributeType\":\"S\"}],\"KeySchema\":[{\"AttributeName\":\"a\","
    "\"KeyType\":\"HASH\"}],\"Tags\":[{\"Key\":\"k\",\"Value\":\"v\"}],\"ResourcePolicy\":"
    "\"" DOCUMENT("GetItem") "\"}";
static const char ITEM[] =
    "{\"TableName\":\"tab\",\"Item\":{\"a\":{\"S\":\"x\"},\"ttl\":{\"N\":\"1795425800\"}}}";
static const char TABLE[] = "{\"TableName\":\"tab\"}";
static const char RESOURCE[] = "{\"ResourceArn\":\"" ARN "\"}";

typedef struct scenario {
    const char *operation;
    const char *body;
    const char *contained; /* in its answer */
    const char *asked;     /* how to see whether it was done */
    const char *asked_body;
    const char *before; /* in that answer, of the old table and of the new */
    const char *after;
} scenario;

static const scenario SCENARIOS[] = {
    {"CreateTable", CREATE, "CREATING", "DescribeTable", TABLE, "ResourceNotFound", "ACTIVE"},
    {"UpdateTimeToLive",
     "{\"TableName\":\"tab\",\"TimeToLiveSpecification\":{\"Enabled\":true,\"AttributeName\":"
     "\"ttl\"}}",
     "\"Enabled\":true", "DescribeTimeToLive", TABLE, "DISABLED", "\"ttl\""},
    {"DescribeTimeToLive", TABLE, "DISABLED", NULL, NULL, NULL, NULL},
    {"TagResource",
     "{\"ResourceArn\":\"" ARN "\",\"Tags\":[{\"Key\":\"k\",\"Value\":\"other\"},{\"Key\":\"l\","
     "\"Value\":\"w\"}]}",
     "{}", "ListTagsOfResource", RESOURCE, "[{\"Key\":\"k\",\"Value\":\"v\"}]",
     "[{\"Key\":\"k\",\"Value\":\"other\"},{\"Key\":\"l\",\"Value\":\"w\"}]"},
    {"UntagResource", "{\"ResourceArn\":\"" ARN "\",\"TagKeys\":[\"k\"]}", "{}",
     "ListTagsOfResource", RESOURCE, "[{\"Key\":\"k\",\"Value\":\"v\"}]", "[]"},
    {"ListTagsOfResource", RESOURCE, "\"k\"", NULL, NULL, NULL, NULL},
    {"PutResourcePolicy", "{\"ResourceArn\":\"" ARN "\",\"Policy\":\"" DOCUMENT("PutItem") "\"}",
     "RevisionId", "GetResourcePolicy", RESOURCE, "dynamodb:GetItem", "dynamodb:PutItem"},
    {"GetResourcePolicy", RESOURCE, "dynamodb:GetItem", NULL, NULL, NULL, NULL},
    {"DeleteResourcePolicy", RESOURCE, "RevisionId", "GetResourcePolicy", RESOURCE,
     "dynamodb:GetItem", "PolicyNotFound"},
    {"DescribeContinuousBackups", TABLE, "DISABLED", NULL, NULL, NULL, NULL},
};

static fault_allocator fault;
static pte_allocator allocator;
static pt_database *database;

static void open_database(void) {
    pte_error error;
    fault = (fault_allocator){.calls = 0};
    allocator = fault_allocator_of(&fault);
    pt_options options = {.engine.allocator = &allocator};
    OK(pt_open(&database, NULL, &options, &error));
}

static void close_database(void) {
    pt_close(database);
    assert_int_equal(fault.live_bytes, 0);
}

/* Whether the answer has the text; *status may be NULL. */
static bool answers(int *status, const char *operation, const char *body, const char *text) {
    pt_reply reply;
    pt_call(&reply, database, pte_str(operation), pte_str(body));
    assert_int_equal(reply.body.data[reply.body.len], 0);
    bool found = strstr((const char *)reply.body.data, text) != NULL;
    if (status != NULL) {
        *status = reply.status;
    }
    pt_reply_clean_up(&reply);
    return found;
}

/* True: allocation n, and with keep_failing every later one, failed somewhere on the way. */
static bool run_one(const scenario *s, size_t n, bool keep_failing) {
    int status;
    open_database();
    if (strcmp(s->operation, "CreateTable") != 0) {
        assert_true(answers(NULL, "CreateTable", CREATE, "CREATING"));
        assert_true(answers(NULL, "PutItem", ITEM, "{}"));
    }
    fault.calls = 0;
    fault.fail_at = n;
    fault.keep_failing = keep_failing;
    bool good = answers(&status, s->operation, s->body, s->contained);
    bool failed = fault.calls >= n;
    fault.fail_at = 0;
    fault.keep_failing = false;
    assert_true(status == 200 || (status == 500 && failed));
    assert_int_equal(good, status == 200);
    if (s->asked != NULL) {
        bool is_old = answers(NULL, s->asked, s->asked_body, s->before);
        bool is_new = answers(NULL, s->asked, s->asked_body, s->after);
        assert_true(is_old != is_new);
        assert_true(is_new || status != 200);
    }
    close_database();
    return failed;
}

static void test_resource_faults__each_allocation(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof SCENARIOS / sizeof SCENARIOS[0]; i++) {
        for (int keep_failing = 0; keep_failing < 2; keep_failing++) {
            size_t n = 1;
            while (run_one(&SCENARIOS[i], n, keep_failing != 0)) {
                n++;
                assert_true(n < 1000);
            }
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_resource_faults__each_allocation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
