/* The server in this process: options, refusals, starting and stopping while clients are at work,
 * and life without memory. */
#include "http/client.h"

#include "support/support.h"

#include <pocketable/server.h>

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

static void pause_ms(unsigned ms) {
    const struct timespec time = {.tv_nsec = (long)ms * 1000000};
    nanosleep(&time, NULL);
}

static pt_database *open_database(void) {
    pte_error error;
    pt_database *database;
    OK(pt_open(&database, NULL, NULL, &error));
    return database;
}

static void test_server__starts_and_stops(void **state) {
    (void)state;
    pte_error error;
    pt_database *database = open_database();
    for (int i = 0; i < 10; i++) {
        pt_server *server;
        OK(pt_server_start(&server, database, NULL, &error));
        assert_int_not_equal(pt_server_port(server), 0);
        pt_server_stop(server);
    }
    pt_server_stop(NULL);
    pt_close(database);
}

static void test_server__refuses_what_it_cannot_do(void **state) {
    (void)state;
    pte_error error;
    pt_database *database = open_database();
    pt_server *server = NULL, *other;
    pt_server_options options = {.address = "not an address"};
    EXPECT(PTE_INVALID_ARGUMENT, pt_server_start(NULL, database, NULL, &error));
    EXPECT(PTE_INVALID_ARGUMENT, pt_server_start(&other, NULL, NULL, &error));
    EXPECT(PTE_INVALID_ARGUMENT, pt_server_start(&other, database, &options, &error));
    assert_null(other);
    options = (pt_server_options){.threads = 1000000};
    EXPECT(PTE_INVALID_ARGUMENT, pt_server_start(&other, database, &options, &error));
    options = (pt_server_options){.address = "192.0.2.1"}; /* nobody's (RFC 5737) */
    EXPECT(PTE_IO, pt_server_start(&other, database, &options, &error));
    assert_int_equal(error.os_error, EADDRNOTAVAIL);
    OK(pt_server_start(&server, database, NULL, &error));
    options = (pt_server_options){.port = pt_server_port(server)};
    EXPECT(PTE_IO, pt_server_start(&other, database, &options, &error));
    assert_int_equal(error.os_error, EADDRINUSE);
    assert_null(other);
    assert_int_equal(pt_server_start(&other, database, &options, NULL), PTE_IO);
    pt_server_stop(server);
    /* The port is free again. */
    OK(pt_server_start(&server, database, &options, &error));
    pt_server_stop(server);
    pt_close(database);
}

static void test_server__two_serve_one_database(void **state) {
    (void)state;
    pte_error error;
    pt_database *database = open_database();
    pt_server *servers[2];
    pt_server_options options = {.threads = 1};
    for (size_t i = 0; i < 2; i++) {
        OK(pt_server_start(&servers[i], database, &options, &error));
    }
    for (size_t i = 0; i < 2; i++) {
        client *c = client_new(pt_server_port(servers[i]), NULL);
        assert_non_null(c);
        assert_true(client_call(c, "DescribeEndpoints", "{}"));
        assert_int_equal(c->status, 200);
        client_destroy(c);
        pt_server_stop(servers[i]);
    }
    pt_close(database);
}

/* ---- stopping under load ---- */

typedef struct load {
    uint16_t port;
    _Atomic size_t answered;
    _Atomic size_t wrong;
    _Atomic size_t lost; /* sent while the server was open and never answered */
    _Atomic bool closing;
} load;

static const char *const put = "{\"TableName\":\"things\",\"Item\":{\"k\":{\"S\":\"a\"}}}";

static void *call_until_the_end(void *ctx) {
    load *all = ctx;
    client *c = client_new(all->port, NULL);
    bool more = c != NULL;
    for (unsigned i = 0; more; i++) {
        more =
            i % 2 == 0 ? client_call(c, "PutItem", put) : client_call(c, "DescribeEndpoints", "{}");
        if (!more) {
            atomic_fetch_add(&all->lost, !atomic_load(&all->closing));
            break;
        }
        atomic_fetch_add(&all->answered, 1);
        atomic_fetch_add(&all->wrong, i % 2 == 1 && c->status != 200);
        more = !c->ended;
    }
    client_destroy(c);
    return NULL;
}

static void stop_under_load(pte_durability durability, unsigned threads) {
    enum { CLIENTS = 16 };
    pte_error error;
    pt_database *database;
    pt_server *server;
    char *path = durability == PTE_MEMORY ? NULL : test_folder_make();
    pt_options options = {.engine.durability = durability};
    pt_server_options server_options = {.threads = threads};
    pthread_t clients[CLIENTS];
    load all = {0};
    OK(pt_open(&database, path, &options, &error));
    OK(pt_server_start(&server, database, &server_options, &error));
    all.port = pt_server_port(server);
    client *c = client_new(all.port, NULL);
    assert_non_null(c);
    assert_true(
        client_call(c, "CreateTable",
                    "{\"TableName\":\"things\",\"BillingMode\":\"PAY_PER_REQUEST\","
                    "\"AttributeDefinitions\":[{\"AttributeName\":\"k\",\"AttributeType\":\"S\"}],"
                    "\"KeySchema\":[{\"AttributeName\":\"k\",\"KeyType\":\"HASH\"}]}"));
    client_destroy(c);
    for (size_t i = 0; i < CLIENTS; i++) {
        assert_int_equal(pthread_create(&clients[i], NULL, call_until_the_end, &all), 0);
    }
    while (atomic_load(&all.answered) < 200) {
        pause_ms(1);
    }
    atomic_store(&all.closing, true);
    pt_server_stop(server);
    for (size_t i = 0; i < CLIENTS; i++) {
        pthread_join(clients[i], NULL);
    }
    pt_close(database);
    if (path != NULL) {
        test_folder_remove(path);
    }
    assert_int_equal(atomic_load(&all.lost), 0);
    assert_int_equal(atomic_load(&all.wrong), 0);
}

static void test_server__stops_under_load(void **state) {
    (void)state;
    for (unsigned threads = 1; threads <= 3; threads++) {
        stop_under_load(PTE_MEMORY, threads);
        stop_under_load(PTE_DURABLE, threads);
    }
}

/* ---- without memory ---- */

typedef struct rationed {
    _Atomic int64_t left; /* allocations that still succeed; below zero: all */
} rationed;

static void *reallocate(void *ctx, void *memory, size_t old_size, size_t new_size) {
    rationed *ration = ctx;
    (void)old_size;
    if (new_size == 0) {
        free(memory);
        return NULL;
    }
    int64_t left = atomic_load(&ration->left);
    if (left == 0) {
        return NULL;
    }
    if (left > 0) {
        atomic_fetch_sub(&ration->left, 1);
    }
    return realloc(memory, new_size);
}

/* Each request in turn finds memory for a few allocations more; the server outlives all. */
static void test_server__outlives_a_lack_of_memory(void **state) {
    (void)state;
    enum { ALLOCATIONS = 60 };
    pte_error error;
    rationed ration = {-1};
    pte_allocator allocator = {reallocate, &ration};
    pt_options options = {.engine.allocator = &allocator};
    pt_database *database;
    pt_server *server;
    size_t refused = 0;
    OK(pt_open(&database, NULL, &options, &error));
    OK(pt_server_start(&server, database, NULL, &error));
    for (int64_t allowed = 0; allowed < ALLOCATIONS; allowed++) {
        client *c = client_new(pt_server_port(server), NULL);
        assert_non_null(c);
        atomic_store(&ration.left, allowed);
        bool answered = client_call(c, allowed % 2 == 0 ? "ListTables" : "DescribeEndpoints", "{}");
        refused += !answered || c->status == 500;
        atomic_store(&ration.left, -1);
        client_destroy(c);
    }
    assert_true(refused > 0);
    client *c = client_new(pt_server_port(server), NULL);
    assert_non_null(c);
    assert_true(client_call(c, "DescribeEndpoints", "{}"));
    assert_int_equal(c->status, 200);
    client_destroy(c);
    pt_server_stop(server);
    pt_close(database);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_server__starts_and_stops),
        cmocka_unit_test(test_server__refuses_what_it_cannot_do),
        cmocka_unit_test(test_server__two_serve_one_database),
        cmocka_unit_test(test_server__stops_under_load),
        cmocka_unit_test(test_server__outlives_a_lack_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
