/*
 * Memory of transactions: wherever it runs out there is an answer, nothing leaks, nothing is done
 * by halves, and the token tells afterwards whether it was done.
 */
#include "facade_transactions/transactions.h"

#include <stdio.h>

static const char WRITE[] =
    "{'ClientRequestToken':'t%zu','ReturnConsumedCapacity':'INDEXES',"
    "'ReturnItemCollectionMetrics':'SIZE','TransactItems':["
    "{'Update':{'TableName':'hash','Key':{'pk':{'S':'a'}},'UpdateExpression':'ADD #n :n',"
    "'ExpressionAttributeNames':{'#n':'n'},'ExpressionAttributeValues':{':n':{'N':'1'}}}},"
    "{'Update':{'TableName':'hash','Key':{'pk':{'S':'b'}},'UpdateExpression':'ADD n :n',"
    "'ConditionExpression':'attribute_not_exists(zero)',"
    "'ExpressionAttributeValues':{':n':{'N':'1'}}}},"
    "{'Put':{'TableName':'tab','Item':{'pk':{'S':'p'},'sk':{'S':'s'},'ls':{'S':'l'}}}}]}";

static const char CANCELLED[] =
    "{'ClientRequestToken':'c%zu','TransactItems':["
    "{'Put':{'TableName':'hash','Item':{'pk':{'S':'c'}}}},"
    "{'Delete':{'TableName':'hash','Key':{'pk':{'S':'a'}},'ConditionExpression':"
    "'attribute_not_exists(pk)','ReturnValuesOnConditionCheckFailure':'ALL_OLD'}}]}";

static const char READ[] = "{'ReturnConsumedCapacity':'TOTAL','TransactItems':["
                           "{'Get':{'TableName':'hash','Key':{'pk':{'S':'a'}},"
                           "'ProjectionExpression':'n'}},"
                           "{'Get':{'TableName':'hash','Key':{'pk':{'S':'%zu'}}}}]}";

/* body: a format for the number of the allocation that fails. */
static pt_reply send_failing(facade *f, fault_allocator *fault, size_t at, const char *operation,
                             const char *body) {
    char *text = facade_body(body, at); /* NOLINT: the formats are above */
    pt_reply reply = facade_run_failing(f, fault, at, operation, text);
    free(text);
    return reply;
}

static void check_writes(facade *f, fault_allocator *fault) {
    double n = 0;
    size_t at = 1;
    bool whole = false;
    for (bool more = true; more; at++) {
        assert_true(at < 1000);
        whole = send_failing(f, fault, at, "TransactWriteItems", WRITE).status == 200;
        more = fault->calls >= at; /* it came to the one that fails */
        double a = transactions_n(f, "a");
        assert_true(a == transactions_n(f, "b"));
        assert_true(whole ? a == n + 1 : a == n || a == n + 1 || (n == 0 && a == -1));
        /* The same again: replayed if it was done, done if it was not; nothing is held. */
        facade_does(f, "TransactWriteItems", WRITE, at);
        n++;
        assert_true(transactions_n(f, "a") == n);
        assert_true(transactions_n(f, "b") == n);
    }
    assert_true(whole && at > 10);
}

static void check(facade *f, fault_allocator *fault, const char *operation, const char *body,
                  int expected) {
    size_t at = 1;
    while (true) {
        pt_reply reply = send_failing(f, fault, at, operation, body);
        bool more = fault->calls >= at;
        assert_true(reply.status == expected || (more && reply.status == 500));
        if (!more) {
            break;
        }
        assert_true(++at < 1000);
    }
    assert_true(at > 1);
}

static void test_transact_memory__runs_out_without_harm(void **state) {
    (void)state;
    for (int i = 0; i < 4; i++) {
        fault_allocator fault = {.keep_failing = i % 2 == 0};
        pte_allocator allocator = fault_allocator_of(&fault);
        facade f = {
            .options = {.engine = {.allocator = &allocator}, .transaction_conflicts = i >= 2}};
        transactions_open(&f);
        check_writes(&f, &fault);
        check(&f, &fault, "TransactWriteItems", CANCELLED, 400);
        assert_true(transactions_n(&f, "c") == -1);
        check(&f, &fault, "TransactGetItems", READ, 200);
        facade_close(&f);
        assert_int_equal(fault.live_bytes, 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_transact_memory__runs_out_without_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
