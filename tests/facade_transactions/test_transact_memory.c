/*
 * Memory of transactions: wherever it runs out there is an answer, nothing leaks, nothing is done
 * by halves, and the token tells afterwards whether it was done.
 */
#include "facade_transactions/transactions.h"

#include <stdio.h>

/* Fails at the allocation numbered fail_at (0: never), and at those after it unless once is set.
 * Single thread. */
typedef struct counter {
    size_t count;
    size_t fail_at;
    bool once;
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
    if (c->fail_at != 0 && (c->once ? c->count == c->fail_at : c->count >= c->fail_at)) {
        return NULL;
    }
    void *moved = realloc(memory, new_size);
    if (moved != NULL) {
        c->live_bytes += new_size - old_size;
    }
    return moved;
}

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

/* Sends it by a fresh exchange, so that every buffer is allocated anew. */
static pt_reply send_failing(facade *f, counter *c, size_t at, const char *operation,
                             const char *body) {
    pte_error error;
    pt_exchange_destroy(f->exchange);
    OK(pt_exchange_create(&f->exchange, f->database, &error));
    char *text = NULL;
    assert_true(asprintf(&text, body, at) >= 0); /* NOLINT: the formats are above */
    c->count = 0;
    c->fail_at = at;
    pt_reply reply = facade_send(f, operation, "%s", text);
    c->fail_at = 0;
    free(text);
    if (reply.status == 500) {
        transactions_shows(reply, 500, "InternalServerError");
    }
    return reply;
}

static void check_writes(facade *f, counter *c) {
    double n = 0;
    size_t at = 1;
    bool whole = false;
    for (bool more = true; more; at++) {
        assert_true(at < 1000);
        whole = send_failing(f, c, at, "TransactWriteItems", WRITE).status == 200;
        more = c->count >= at; /* it came to the one that fails */
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

static void check(facade *f, counter *c, const char *operation, const char *body, int expected) {
    size_t at = 1;
    while (true) {
        pt_reply reply = send_failing(f, c, at, operation, body);
        bool more = c->count >= at;
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
        counter c = {.once = i % 2 != 0};
        pte_allocator allocator = {count_reallocate, &c};
        facade f = {
            .options = {.engine = {.allocator = &allocator}, .transaction_conflicts = i >= 2}};
        transactions_open(&f);
        check_writes(&f, &c);
        check(&f, &c, "TransactWriteItems", CANCELLED, 400);
        assert_true(transactions_n(&f, "c") == -1);
        check(&f, &c, "TransactGetItems", READ, 200);
        facade_close(&f);
        assert_int_equal(c.live_bytes, 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_transact_memory__runs_out_without_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
