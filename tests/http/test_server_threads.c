/*
 * Many clients at once, over HTTP and in process: unconditional and conditional increments,
 * transfers in transactions on overlapping items, scans between them. Totals are exact, and no
 * answer is lost.
 */
#include "http/client.h"

#include "support/support.h"

#include <pocketable/server.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    CLIENTS = 64,
    OVER_HTTP_ROUNDS = 24, /* of each client */
    IN_PROCESS_CLIENTS = 8,
    IN_PROCESS_ROUNDS = 150,
    COUNTERS = 4,
    ACCOUNTS = 6,
    BALANCE = 100,
};

typedef struct world {
    pt_database *database;
    uint16_t port; /* 0: in process */
    size_t rounds;
    uint64_t seed;
    bool transacts;                  /* there is TransactWriteItems */
    _Atomic int64_t added[COUNTERS]; /* what the answers said was added */
    _Atomic size_t refused;
    _Atomic size_t transfers;
    _Atomic size_t cancelled;
    _Atomic size_t scans;
    _Atomic bool failed;
} world;

typedef struct worker {
    world *world;
    client *client;
    test_random random;
    pthread_t thread;
    char body[2048];
} worker;

/* Calls; true for a 200, false if refused with the exception; else the test has failed. */
static bool call(worker *w, const char *operation, const char *exception) {
    if (!client_call(w->client, operation, w->body)) {
        print_error("%s: no answer\n", operation);
        atomic_store(&w->world->failed, true);
        return false;
    }
    bool refused =
        w->client->status == 400 && exception != NULL && strstr(w->client->body, exception) != NULL;
    if (w->client->status != 200 && !refused) {
        print_error("%s: %d %s\n", operation, w->client->status, w->client->body);
        atomic_store(&w->world->failed, true);
    }
    return w->client->status == 200;
}

#define FORMAT(w, ...) snprintf((w)->body, sizeof(w)->body, __VA_ARGS__)

static void add(worker *w) {
    size_t counter = test_random_below(&w->random, COUNTERS);
    FORMAT(w,
           "{\"TableName\":\"things\",\"Key\":{\"k\":{\"S\":\"counter%zu\"}},"
           "\"UpdateExpression\":\"ADD n :one\","
           "\"ExpressionAttributeValues\":{\":one\":{\"N\":\"1\"}}}",
           counter);
    if (call(w, "UpdateItem", NULL)) {
        atomic_fetch_add(&w->world->added[counter], 1);
    }
}

/* Reads, and sets what was read plus one if nobody was faster; again until it succeeds. */
static void increment(worker *w) {
    size_t counter = test_random_below(&w->random, COUNTERS);
    for (;;) {
        size_t count;
        FORMAT(w,
               "{\"TableName\":\"things\",\"Key\":{\"k\":{\"S\":\"counter%zu\"}},"
               "\"ConsistentRead\":true}",
               counter);
        if (!call(w, "GetItem", NULL)) {
            return;
        }
        int64_t old = client_sum(w->client, "n", &count);
        FORMAT(w,
               "{\"TableName\":\"things\",\"Key\":{\"k\":{\"S\":\"counter%zu\"}},"
               "\"UpdateExpression\":\"SET n = :new\",\"ConditionExpression\":\"n = :old\","
               "\"ExpressionAttributeValues\":{\":old\":{\"N\":\"%lld\"},"
               "\":new\":{\"N\":\"%lld\"}}}",
               counter, (long long)old, (long long)old + 1);
        if (call(w, "UpdateItem", "ConditionalCheckFailedException")) {
            atomic_fetch_add(&w->world->added[counter], 1);
            return;
        }
        if (atomic_load(&w->world->failed)) {
            return;
        }
        atomic_fetch_add(&w->world->refused, 1);
    }
}

/* From one account to another, unless the first has too little. */
static void transfer(worker *w) {
    if (!w->world->transacts) {
        return;
    }
    size_t from = test_random_below(&w->random, ACCOUNTS);
    size_t to = (from + 1 + test_random_below(&w->random, ACCOUNTS - 1)) % ACCOUNTS;
    unsigned amount = 1 + (unsigned)test_random_below(&w->random, BALANCE);
    FORMAT(w,
           "{\"TransactItems\":["
           "{\"Update\":{\"TableName\":\"things\",\"Key\":{\"k\":{\"S\":\"account%zu\"}},"
           "\"UpdateExpression\":\"SET balance = balance - :a\","
           "\"ConditionExpression\":\"balance >= :a\","
           "\"ExpressionAttributeValues\":{\":a\":{\"N\":\"%u\"}}}},"
           "{\"Update\":{\"TableName\":\"things\",\"Key\":{\"k\":{\"S\":\"account%zu\"}},"
           "\"UpdateExpression\":\"SET balance = balance + :a\","
           "\"ExpressionAttributeValues\":{\":a\":{\"N\":\"%u\"}}}}]}",
           from, amount, to, amount);
    if (call(w, "TransactWriteItems", "TransactionCanceledException")) {
        atomic_fetch_add(&w->world->transfers, 1);
    } else {
        atomic_fetch_add(&w->world->cancelled, 1);
    }
}

/* A page is a snapshot: the sum of all accounts is what it always is. */
static void scan(worker *w) {
    size_t count;
    FORMAT(w, "{\"TableName\":\"things\",\"ConsistentRead\":true}");
    if (!call(w, "Scan", NULL)) {
        return;
    }
    int64_t sum = client_sum(w->client, "balance", &count);
    if (sum != (int64_t)ACCOUNTS * BALANCE || count != ACCOUNTS) {
        print_error("%zu accounts with %lld\n", count, (long long)sum);
        atomic_store(&w->world->failed, true);
    }
    atomic_fetch_add(&w->world->scans, 1);
}

static void *work(void *ctx) {
    worker *w = ctx;
    void (*const does[])(worker *) = {add, add, increment, transfer, transfer, scan};
    for (size_t i = 0; i < w->world->rounds && !atomic_load(&w->world->failed); i++) {
        does[test_random_below(&w->random, sizeof does / sizeof does[0])](w);
    }
    return NULL;
}

static void make_table(worker *w) {
    FORMAT(w, "{}");
    assert_true(client_call(w->client, "TransactWriteItems", w->body));
    w->world->transacts = strstr(w->client->body, "UnknownOperationException") == NULL;
    FORMAT(w, "{\"TableName\":\"things\",\"BillingMode\":\"PAY_PER_REQUEST\","
              "\"AttributeDefinitions\":[{\"AttributeName\":\"k\",\"AttributeType\":\"S\"}],"
              "\"KeySchema\":[{\"AttributeName\":\"k\",\"KeyType\":\"HASH\"}]}");
    assert_true(call(w, "CreateTable", NULL));
    for (size_t i = 0; i < ACCOUNTS; i++) {
        FORMAT(w,
               "{\"TableName\":\"things\",\"Item\":{\"k\":{\"S\":\"account%zu\"},"
               "\"balance\":{\"N\":\"%d\"}}}",
               i, BALANCE);
        assert_true(call(w, "PutItem", NULL));
    }
    for (size_t i = 0; i < COUNTERS; i++) {
        FORMAT(w,
               "{\"TableName\":\"things\",\"Item\":{\"k\":{\"S\":\"counter%zu\"},\"n\":{\"N\":"
               "\"0\"}}}",
               i);
        assert_true(call(w, "PutItem", NULL));
    }
}

static void check_totals(worker *w) {
    size_t count;
    for (size_t i = 0; i < COUNTERS; i++) {
        FORMAT(w, "{\"TableName\":\"things\",\"Key\":{\"k\":{\"S\":\"counter%zu\"}}}", i);
        assert_true(call(w, "GetItem", NULL));
        assert_int_equal(client_sum(w->client, "n", &count), atomic_load(&w->world->added[i]));
        assert_int_equal(count, 1);
    }
    scan(w);
    assert_false(atomic_load(&w->world->failed));
}

static void run_workers(world *all, size_t count) {
    worker *workers = calloc(count, sizeof *workers);
    assert_non_null(workers);
    for (size_t i = 0; i < count; i++) {
        workers[i].world = all;
        workers[i].random.state = all->seed + i;
        workers[i].client = client_new(all->port, all->database);
        assert_non_null(workers[i].client);
    }
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
    }
    for (size_t i = 0; i < count; i++) {
        pthread_join(workers[i].thread, NULL);
        client_destroy(workers[i].client);
    }
    free(workers);
}

/* Runs the clients on a database of this durability. */
static void run_world(pte_durability durability, bool over_http, size_t clients, size_t rounds) {
    pte_error error;
    world all = {.rounds = rounds, .seed = test_seed(20261123)};
    pt_server *server = NULL;
    char *path = durability == PTE_MEMORY ? NULL : test_folder_make();
    pt_options options = {.engine.durability = durability, .upkeep_elsewhere = over_http};
    OK(pt_open(&all.database, path, &options, &error));
    if (over_http) {
        OK(pt_server_start(&server, all.database, NULL, &error));
        all.port = pt_server_port(server);
    }
    worker *first = calloc(1, sizeof *first);
    assert_non_null(first);
    first->world = &all;
    first->client = client_new(all.port, all.database);
    assert_non_null(first->client);
    make_table(first);
    pte_env_info before, after;
    OK(pte_env_describe(&before, pt_database_env(all.database), &error));
    run_workers(&all, clients);
    assert_false(atomic_load(&all.failed));
    check_totals(first);
    print_message("refused %zu, transfers %zu, cancelled %zu, scans %zu\n",
                  atomic_load(&all.refused), atomic_load(&all.transfers),
                  atomic_load(&all.cancelled), atomic_load(&all.scans));
    assert_int_equal(all.transacts, atomic_load(&all.transfers) > 0);
    assert_int_equal(all.transacts, atomic_load(&all.cancelled) > 0);
    OK(pte_env_describe(&after, pt_database_env(all.database), &error));
    client_destroy(first->client);
    free(first);
    pt_server_stop(server);
    pt_close(all.database);
    if (path != NULL) {
        test_folder_remove(path);
    }
    if (durability == PTE_DURABLE && over_http) {
        uint64_t groups = after.groups - before.groups;
        uint64_t writes = after.grouped_writes - before.grouped_writes;
        print_message("%llu writes in %llu commits\n", (unsigned long long)writes,
                      (unsigned long long)groups);
        /* Writes that wait at one time share a commit; how many, the disk and the clients say. */
        assert_true(groups * 5 < writes * 4);
    }
}

static void test_server_threads__totals_are_exact_over_http_in_memory(void **state) {
    (void)state;
    run_world(PTE_MEMORY, true, CLIENTS, OVER_HTTP_ROUNDS);
}

static void test_server_threads__totals_are_exact_over_http_on_disk(void **state) {
    (void)state;
    run_world(PTE_DURABLE, true, CLIENTS, OVER_HTTP_ROUNDS);
}

static void test_server_threads__totals_are_exact_in_process(void **state) {
    (void)state;
    run_world(PTE_MEMORY, false, IN_PROCESS_CLIENTS, IN_PROCESS_ROUNDS);
    run_world(PTE_RELAXED, false, IN_PROCESS_CLIENTS, IN_PROCESS_ROUNDS);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_server_threads__totals_are_exact_over_http_in_memory),
        cmocka_unit_test(test_server_threads__totals_are_exact_over_http_on_disk),
        cmocka_unit_test(test_server_threads__totals_are_exact_in_process),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
