/* Where memory runs out, at any allocation, a request with legacy parameters fails with an answer,
 * leaves nothing behind, and the item as it was or as it should be. */
#include "facade_legacy/legacy.h"

static const char ITEM[] =
    "{'TableName':'tab','Item':{'pk':{'S':'a'},'sk':{'S':'1'},'n':{'N':'5'}}}";
#define KEY "'TableName':'tab','Key':{'pk':{'S':'a'},'sk':{'S':'1'}}"
static const struct {
    const char *operation;
    const char *body;
} REQUESTS[] = {
    {"PutItem", "{'TableName':'tab','Item':{'pk':{'S':'a'},'sk':{'S':'1'},'n':{'N':'5'}},"
                "'ReturnValues':'ALL_OLD','ConditionalOperator':'OR','Expected':{"
                "'n':{'Value':{'N':'5'}},'a':{'Exists':false},"
                "'b':{'ComparisonOperator':'IN','AttributeValueList':[{'S':'x'},{'S':'y'}]}}}"},
    {"UpdateItem", "{" KEY ",'AttributeUpdates':{'n':{'Value':{'N':'5'}},"
                   "'l':{'Action':'ADD','Value':{'L':[{'S':'x'}]}},'q':{'Action':'DELETE'},"
                   "'s':{'Action':'DELETE','Value':{'SS':['z']}}},'ReturnValues':'UPDATED_NEW',"
                   "'Expected':{'n':{'ComparisonOperator':'BETWEEN',"
                   "'AttributeValueList':[{'N':'4'},{'N':'6'}]}}}"},
    {"GetItem", "{" KEY ",'AttributesToGet':['n','a','b','c']}"},
    {"BatchGetItem", "{'RequestItems':{'tab':{'Keys':[{'pk':{'S':'a'},'sk':{'S':'1'}}],"
                     "'AttributesToGet':['n','a']}}}"},
    {"Query", "{'TableName':'tab','KeyConditions':{'pk':{'ComparisonOperator':'EQ',"
              "'AttributeValueList':[{'S':'a'}]},'sk':{'ComparisonOperator':'BETWEEN',"
              "'AttributeValueList':[{'S':'0'},{'S':'2'}]}},'QueryFilter':{'n':"
              "{'ComparisonOperator':'NOT_CONTAINS','AttributeValueList':[{'S':'x'}]}},"
              "'AttributesToGet':['n','sk']}"},
    {"Scan", "{'TableName':'tab','ConditionalOperator':'AND','ScanFilter':{'n':"
             "{'ComparisonOperator':'NOT_NULL'},'x':{'ComparisonOperator':'NULL'}},"
             "'AttributesToGet':['n']}"},
    {"DeleteItem", "{" KEY ",'Expected':{'n':{'Exists':true,'Value':{'N':'5'}}}}"},
};

static bool succeeds(facade *f, fault_allocator *fault, size_t n, size_t i) {
    char *body = facade_body("%s", REQUESTS[i].body);
    pt_reply reply = facade_run_failing(f, fault, n, REQUESTS[i].operation, body);
    free(body);
    assert_int_not_equal(reply.status, 400);
    return reply.status == 200;
}

/* A delete may be done although there was no room to say so. */
static void expect_old_or_new(facade *f) {
    pt_reply reply = facade_send(f, "GetItem", "{" KEY ",'ProjectionExpression':'n'}");
    bool there = strcmp((const char *)reply.body.data, "{\"Item\":{\"n\":{\"N\":\"5\"}}}") == 0;
    assert_true(there || strcmp((const char *)reply.body.data, "{}") == 0);
    if (!there) {
        facade_does(f, "PutItem", "%s", ITEM);
    }
}

static void test_legacy_memory__running_out_anywhere_is_an_answer(void **state) {
    (void)state;
    fault_allocator fault = {.keep_failing = true};
    pte_allocator allocator = fault_allocator_of(&fault);
    facade f = {0};
    facade_open_items(&f, &allocator);
    facade_does(&f, "PutItem", "%s", ITEM);
    for (size_t i = 0; i < sizeof REQUESTS / sizeof REQUESTS[0]; i++) {
        size_t at = 1;
        while (!succeeds(&f, &fault, at, i)) {
            expect_old_or_new(&f);
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
        cmocka_unit_test(test_legacy_memory__running_out_anywhere_is_an_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
