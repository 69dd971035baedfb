/*
 * Memory of item operations: a warm exchange allocates nothing for GetItem and PutItem; and where
 * memory runs out, at any allocation, a request fails with an answer and leaves nothing behind.
 */
#include "facade_items/facade.h"

#include <stdlib.h>

/* Counts allocations, and fails from the one numbered fail_at on (0: never). Single thread. */
typedef struct counter {
    size_t count;
    size_t fail_at;
    size_t live_bytes;
} counter;

static void *count_reallocate(void *ctx, void *memory, size_t old_size, size_t new_size) {
    counter *c = ctx;
    if (new_size == 0) {
        c->live_bytes -= old_size;
        free(memory);
        return NULL;
    }
    c->count++;
    if (c->fail_at != 0 && c->count >= c->fail_at) {
        return NULL;
    }
    void *moved = realloc(memory, new_size);
    if (moved != NULL) {
        c->live_bytes += new_size - old_size;
    }
    return moved;
}

static const char PUT[] = "{'TableName':'tab','Item':{'pk':{'S':'a'},'sk':{'S':'%d'},"
                          "'ls':{'S':'l'},'gp':{'S':'g'},'gs':{'N':'1'},'x':{'L':[{'S':'y'}]}}}";
static const char GET[] = "{'TableName':'tab','Key':{'pk':{'S':'a'},'sk':{'S':'%d'}}}";

static void test_item_memory__warm_gets_and_puts_allocate_nothing(void **state) {
    (void)state;
#if defined(__SANITIZE_ADDRESS__)
    skip(); /* there every allocation in an arena is one of its own */
#endif
    counter c = {0};
    pte_allocator allocator = {count_reallocate, &c};
    facade f;
    facade_open_items(&f, &allocator);
    for (int i = 0; i < 20; i++) {
        facade_does(&f, "PutItem", PUT, i);
        facade_does(&f, "GetItem", GET, i);
    }
    size_t before = c.count;
    for (int i = 0; i < 20; i++) {
        facade_does(&f, "GetItem", GET, i);
    }
    assert_int_equal(c.count - before, 0);
    for (int i = 0; i < 20; i++) {
        facade_does(&f, "PutItem", PUT, i);
    }
    assert_int_equal(c.count - before, 0);
    facade_close(&f);
    assert_int_equal(c.live_bytes, 0);
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

/* A fresh exchange each time, so that every buffer must be allocated anew. */
static bool run_failing(facade *f, counter *c, size_t at, size_t i) {
    pte_error error;
    pt_exchange_destroy(f->exchange);
    OK(pt_exchange_create(&f->exchange, f->database, &error));
    c->count = 0;
    c->fail_at = at;
    pt_reply reply = facade_send(f, REQUESTS[i].operation, "%s", REQUESTS[i].body);
    c->fail_at = 0;
    if (reply.status != 200) {
        assert_int_equal(reply.status, 500);
        assert_non_null(strstr((const char *)reply.body.data, "InternalServerError"));
    }
    return reply.status == 200;
}

static void test_item_memory__running_out_anywhere_is_an_answer(void **state) {
    (void)state;
    counter c = {0};
    pte_allocator allocator = {count_reallocate, &c};
    facade f;
    facade_open_items(&f, &allocator);
    facade_does(&f, "PutItem", "%s",
                "{'TableName':'tab','Item':{'pk':{'S':'a'},'sk':{'S':'1'},'ls':{'S':'l'},"
                "'n':{'N':'5'}}}");
    for (size_t i = 0; i < sizeof REQUESTS / sizeof REQUESTS[0]; i++) {
        size_t at = 1;
        while (!run_failing(&f, &c, at, i)) {
            at++;
            assert_true(at < 1000);
        }
        assert_true(at > 1);
    }
    facade_close(&f);
    assert_int_equal(c.live_bytes, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_item_memory__warm_gets_and_puts_allocate_nothing),
        cmocka_unit_test(test_item_memory__running_out_anywhere_is_an_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
