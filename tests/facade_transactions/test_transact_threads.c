/*
 * Transactions from eight threads on the same few items: transfers keep the total, each token
 * counts once though every transfer is sent twice, and reads see whole transactions only.
 */
#include "facade_transactions/world.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

enum { THREADS = 8, ACCOUNTS = 6, ROUNDS = 120, START = 1000 };

typedef struct worker {
    facade *w;
    test_random random;
    int number;
    int done; /* transfers that were carried out */
    int conflicts;
} worker;

/* cmocka may not be used on other threads; a worker that meets what it does not expect says so. */
static bool is(pt_reply reply, const char *exception) {
    return reply.status == 400 && strstr((const char *)reply.body.data, exception) != NULL;
}

static void complain(pt_reply reply) {
    fprintf(stderr, "unexpected: %d %s\n", reply.status, (const char *)reply.body.data);
    abort();
}

/* One unit from one account to another, if it has any. 1: carried out, 0: not, -1: try again. */
static int transfer(worker *k, int round, int from, int to) {
    static const char action[] =
        "{'Update':{'TableName':'tab','Key':{'pk':{'S':'%d'}},'UpdateExpression':'ADD n :d',"
        "'ConditionExpression':'n > :z',"
        "'ExpressionAttributeValues':{':d':{'N':'%d'},':z':{'N':'0'}}}}";
    char out[400];
    char in[400];
    pt_reply reply;
    snprintf(out, sizeof out, action, from, -1);
    snprintf(in, sizeof in, action, to, 1);
    char *body = facade_body("{'ClientRequestToken':'%d.%d','TransactItems':[%s,%s]}", k->number,
                             round, out, in);
    pt_call(&reply, k->w->database, pte_str("TransactWriteItems"), pte_str(body));
    free(body);
    int result = reply.status == 200 ? 1 : 0;
    if (is(reply, "TransactionConflict") || is(reply, "TransactionInProgress")) {
        k->conflicts++;
        result = -1;
    } else if (result == 0 && !is(reply, "ConditionalCheckFailed")) {
        complain(reply);
    }
    pt_reply_clean_up(&reply);
    return result;
}

static int transfer_in_the_end(worker *k, int round, int from, int to) {
    int result;
    while ((result = transfer(k, round, from, to)) < 0) {
    }
    return result;
}

/* The sum of all accounts in one transactional read; -1: try again. */
static long sum(worker *k) {
    char body[ACCOUNTS * 80 + 80] = "{'TransactItems':[";
    pt_reply reply;
    for (int i = 0; i < ACCOUNTS; i++) {
        size_t len = strlen(body);
        snprintf(body + len, sizeof body - len,
                 "%s{'Get':{'TableName':'tab','Key':{'pk':{'S':'%d'}}}}", i == 0 ? "" : ",", i);
    }
    char *text = facade_body("%s]}", body);
    pt_call(&reply, k->w->database, pte_str("TransactGetItems"), pte_str(text));
    free(text);
    long total = is(reply, "TransactionConflict") ? -1 : 0;
    if (total == 0 && reply.status != 200) {
        complain(reply);
    }
    const char *at = (const char *)reply.body.data;
    while (total >= 0 && (at = strstr(at, "\"N\":\"")) != NULL) {
        at += 5;
        total += strtol(at, NULL, 10);
    }
    pt_reply_clean_up(&reply);
    return total;
}

static void *work(void *ctx) {
    worker *k = ctx;
    for (int round = 0; round < ROUNDS; round++) {
        int from = (int)test_random_below(&k->random, ACCOUNTS);
        int to = (from + 1 + (int)test_random_below(&k->random, ACCOUNTS - 1)) % ACCOUNTS;
        int done = transfer_in_the_end(k, round, from, to);
        /* Sent again it must not be carried out again. */
        if (done == 1 && transfer_in_the_end(k, round, from, to) != 1) {
            abort();
        }
        k->done += done;
        long total = round % 4 == 0 ? sum(k) : -1;
        if (total >= 0 && total != (long)ACCOUNTS * START) {
            fprintf(stderr, "a read saw a sum of %ld\n", total);
            abort();
        }
    }
    return NULL;
}

static void run(bool conflicts) {
    static worker workers[THREADS];
    pthread_t threads[THREADS];
    uint64_t seed = test_seed(20261123);
    facade w = {.options = {.transaction_conflicts = conflicts}};
    world_open(&w, NULL);
    for (int i = 0; i < ACCOUNTS; i++) {
        facade_gives(&w, "{}", "PutItem",
                     "{'TableName':'tab','Item':{'pk':{'S':'%d'},'n':{'N':'%d'}}}", i, START);
    }
    for (int i = 0; i < THREADS; i++) {
        workers[i] = (worker){.w = &w, .random = {seed + (uint64_t)i}, .number = i};
        assert_int_equal(pthread_create(&threads[i], NULL, work, &workers[i]), 0);
    }
    int done = 0;
    for (int i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        done += workers[i].done;
    }
    assert_int_equal(done, THREADS * ROUNDS); /* nobody ever runs out */
    assert_int_equal(sum(&workers[0]), ACCOUNTS * START);
    facade_close(&w);
}

static void test_transact_threads__keep_the_total(void **state) {
    (void)state;
    run(false);
}

static void test_transact_threads__keep_the_total_in_conflict(void **state) {
    (void)state;
    run(true);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_transact_threads__keep_the_total),
        cmocka_unit_test(test_transact_threads__keep_the_total_in_conflict),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
