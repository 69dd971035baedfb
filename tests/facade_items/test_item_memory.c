/*
 * Memory of item operations: a warm exchange allocates nothing for GetItem and PutItem; and where
 * memory runs out, at any allocation, a request fails with an answer and leaves nothing behind.
 */
#include "facade_items/facade.h"

static const char PUT[] = "{'TableName':'tab','Item':{'pk':{'S':'a'},'sk':{'S':'%d'},"
                          "'ls':{'S':'l'},'gp':{'S':'g'},'gs':{'N':'1'},'x':{'L':[{'S':'y'}]}}}";
static const char GET[] = "{'TableName':'tab','Key':{'pk':{'S':'a'},'sk':{'S':'%d'}}}";

static void test_item_memory__warm_gets_and_puts_allocate_nothing(void **state) {
    (void)state;
#if defined(__SANITIZE_ADDRESS__)
    skip(); /* there every allocation in an arena is one of its own */
#endif
    fault_allocator fault = {.keep_failing = true};
    pte_allocator allocator = fault_allocator_of(&fault);
    facade f;
    facade_open_items(&f, &allocator);
    for (int i = 0; i < 20; i++) {
        facade_does(&f, "PutItem", PUT, i);
        facade_does(&f, "GetItem", GET, i);
    }
    size_t before = fault.calls;
    for (int i = 0; i < 20; i++) {
        facade_does(&f, "GetItem", GET, i);
    }
    assert_int_equal(fault.calls - before, 0);
    for (int i = 0; i < 20; i++) {
        facade_does(&f, "PutItem", PUT, i);
    }
    assert_int_equal(fault.calls - before, 0);
    facade_close(&f);
    assert_int_equal(fault.live_bytes, 0);
}

/* What a large answer took is given back when its exchange rests, not when it is used again. */
static void test_item_memory__a_resting_exchange_is_small(void **state) {
    enum { KEPT_BYTES_MAX = 1100 * 1024, ANSWER_BYTES_MIN = 3000000 };
    (void)state;
    fault_allocator fault = {0};
    pte_allocator allocator = fault_allocator_of(&fault);
    facade f;
    facade_open_items(&f, &allocator);
    char *large = facade_repeat('x', 390000);
    for (int i = 0; i < 9; i++) {
        facade_does(&f, "PutItem",
                    "{'TableName':'tab','Item':{'pk':{'S':'a'},'sk':{'S':'%d'},'n':{'S':'%s'}}}", i,
                    large);
    }
    pt_exchange_rest(f.exchange);
    size_t before = fault.live_bytes;
    facade_does(&f, "BatchGetItem", "%s",
                "{'RequestItems':{'tab':{'Keys':[{'pk':{'S':'a'},'sk':{'S':'0'}},"
                "{'pk':{'S':'a'},'sk':{'S':'1'}},{'pk':{'S':'a'},'sk':{'S':'2'}},"
                "{'pk':{'S':'a'},'sk':{'S':'3'}},{'pk':{'S':'a'},'sk':{'S':'4'}},"
                "{'pk':{'S':'a'},'sk':{'S':'5'}},{'pk':{'S':'a'},'sk':{'S':'6'}},"
                "{'pk':{'S':'a'},'sk':{'S':'7'}},{'pk':{'S':'a'},'sk':{'S':'8'}}]}}}");
    assert_true(fault.live_bytes > before + ANSWER_BYTES_MIN);
    pt_exchange_rest(f.exchange);
    assert_true(fault.live_bytes <= before + KEPT_BYTES_MAX);
    assert_null(pt_exchange_reply(f.exchange).body.data);
    free(large);
    facade_close(&f);
    assert_int_equal(fault.live_bytes, 0);
}

static const struct {
    const char *operation;
    const char *body;
} REQUESTS[] = {
    {"PutItem", "{'TableName':'tab','Item':{'pk':{'S':'a'},'sk':{'S':'1'},'n':{'N':'5'}},"
                "'ReturnValues':'ALL_OLD','ConditionExpression':'n = :n',"
                "'ExpressionAttributeValues':{':n':{'N':'5'}},"
                "'ReturnConsumedCapacity':'INDEXES','ReturnItemCollectionMetrics':'SIZE'}"},
    {"UpdateItem", "{'TableName':'tab','Key':{'pk':{'S':'a'},'sk':{'S':'1'}},"
                   "'UpdateExpression':'SET n = :n','ExpressionAttributeValues':{':n':{'N':'5'}},"
                   "'ReturnValues':'ALL_NEW','ReturnConsumedCapacity':'TOTAL'}"},
    {"GetItem", "{'TableName':'tab','Key':{'pk':{'S':'a'},'sk':{'S':'1'}},"
                "'ProjectionExpression':'n','ReturnConsumedCapacity':'TOTAL'}"},
    {"Query", "{'TableName':'tab','IndexName':'l_keys','Select':'ALL_ATTRIBUTES','Limit':1,"
              "'KeyConditionExpression':'pk = :p','ExpressionAttributeValues':{':p':{'S':'a'}},"
              "'ReturnConsumedCapacity':'INDEXES'}"},
    {"Scan", "{'TableName':'tab','Limit':1,'FilterExpression':'attribute_exists(n)',"
             "'ExclusiveStartKey':{'pk':{'S':'z'},'sk':{'S':'z'}}}"},
};

static bool succeeds(facade *f, fault_allocator *fault, size_t n, size_t i) {
    char *body = facade_body("%s", REQUESTS[i].body);
    pt_reply reply = facade_run_failing(f, fault, n, REQUESTS[i].operation, body);
    free(body);
    assert_int_not_equal(reply.status, 400);
    return reply.status == 200;
}

static void test_item_memory__running_out_anywhere_is_an_answer(void **state) {
    (void)state;
    fault_allocator fault = {.keep_failing = true};
    pte_allocator allocator = fault_allocator_of(&fault);
    facade f;
    facade_open_items(&f, &allocator);
    facade_does(&f, "PutItem", "%s",
                "{'TableName':'tab','Item':{'pk':{'S':'a'},'sk':{'S':'1'},'ls':{'S':'l'},"
                "'n':{'N':'5'}}}");
    for (size_t i = 0; i < sizeof REQUESTS / sizeof REQUESTS[0]; i++) {
        size_t at = 1;
        while (!succeeds(&f, &fault, at, i)) {
            at++;
            assert_true(at < 1000);
        }
        assert_true(at > 1);
    }
    facade_close(&f);
    assert_int_equal(fault.live_bytes, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_item_memory__a_resting_exchange_is_small),
        cmocka_unit_test(test_item_memory__warm_gets_and_puts_allocate_nothing),
        cmocka_unit_test(test_item_memory__running_out_anywhere_is_an_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
