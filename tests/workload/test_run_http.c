/* Runs over HTTP: each call once, whoever makes it; and what is said where the way fails. */
#include "workload/bench_support.h"

#include <netinet/in.h>
#include <pocketable/server.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

static uint64_t calls_over_http(const bench *b) {
    uint64_t calls = 0;
    for (size_t i = 0; i < wl_pattern_count(b->workload); i++) {
        calls += b->results.patterns[i].http.count;
    }
    return calls;
}

static void run_http(bench *b, uint16_t port, wl_run_options options) {
    wl_complaint complaint = {0};
    wl_traffic *traffic = wl_traffic_of_mix(b->workload, 9);
    if (!wl_run_http(&b->results, traffic, port, "us-east-1", &options, &complaint)) {
        fail_msg("%s", complaint.message);
    }
    wl_traffic_destroy(traffic);
}

static void test_run_http__each_call_is_made_once(void **state) {
    (void)state;
    pte_error error = {0};
    pt_server *server = NULL;
    bench b = {0}, same = {0};
    bench_open_file(&b, EXAMPLES "/quick_photos.yaml");
    bench_open_file(&same, EXAMPLES "/quick_photos.yaml");
    assert_true(wl_results_init(&b.results, b.workload));
    OK(pt_server_start(&server, b.database, NULL, &error));
    run_http(&b, pt_server_port(server), (wl_run_options){.calls = 400, .connections = 1});
    assert_int_equal(400, calls_over_http(&b));
    run_http(&b, pt_server_port(server), (wl_run_options){.calls = 600, .connections = 7});
    assert_int_equal(1000, calls_over_http(&b));
    /* The same calls are of the same patterns, and nothing is in the accounts. */
    bench_run(&same, 9, 600);
    for (size_t i = 0; i < wl_pattern_count(b.workload); i++) {
        assert_true(b.results.patterns[i].http.count >= same.results.patterns[i].calls);
        assert_int_equal(0, b.results.patterns[i].calls);
        assert_int_equal(0, b.results.patterns[i].units[0].write);
    }
    pt_server_stop(server);
    bench_close(&same);
    bench_close(&b);
}

/* However slow the machine is: never before its time, in which there are calls if it is long
 * enough, and without one if it is over at once. */
static void test_run_http__ends_when_the_time_is_over(void **state) {
    (void)state;
    pte_error error = {0};
    pt_server *server = NULL;
    wl_run_options options = {.calls = UINT64_MAX, .seconds = 1e-9, .connections = 2};
    bench b = {0};
    bench_open_file(&b, EXAMPLES "/quick_photos.yaml");
    assert_true(wl_results_init(&b.results, b.workload));
    OK(pt_server_start(&server, b.database, NULL, &error));
    run_http(&b, pt_server_port(server), options);
    assert_int_equal(0, calls_over_http(&b));
    options.seconds = 0.05;
    while (calls_over_http(&b) == 0) {
        uint64_t start_ns = wl__now_ns();
        options.seconds *= 2;
        run_http(&b, pt_server_port(server), options);
        assert_true((double)(wl__now_ns() - start_ns) >= options.seconds * 1e9);
    }
    pt_server_stop(server);
    bench_close(&b);
}

static void test_run_http__says_that_nobody_is_there(void **state) {
    (void)state;
    pte_error error = {0};
    pt_server *server = NULL;
    wl_complaint complaint = {0};
    wl_run_options options = {.calls = 10, .connections = 3};
    bench b = {0};
    bench_open_file(&b, EXAMPLES "/quick_photos.yaml");
    assert_true(wl_results_init(&b.results, b.workload));
    OK(pt_server_start(&server, b.database, NULL, &error));
    uint16_t port = pt_server_port(server);
    pt_server_stop(server);
    wl_traffic *traffic = wl_traffic_of_mix(b.workload, 9);
    assert_false(wl_run_http(&b.results, traffic, port, "us-east-1", &options, &complaint));
    assert_non_null(strstr(complaint.message, "over HTTP: connecting to 127.0.0.1"));
    wl_traffic_destroy(traffic);
    bench_close(&b);
}

/* Takes a request and answers it with a status of the server's own. */
static void *answer_500(void *ctx) {
    static const char answer[] = "HTTP/1.1 500 No\r\nContent-Length: 2\r\n\r\n{}";
    char request[64 * 1024];
    int connection = accept(*(int *)ctx, NULL, NULL);
    assert_true(connection >= 0);
    assert_true(recv(connection, request, sizeof request, 0) > 0);
    assert_int_equal(sizeof answer - 1, send(connection, answer, sizeof answer - 1, MSG_NOSIGNAL));
    while (recv(connection, request, sizeof request, 0) > 0) {
    }
    close(connection);
    return NULL;
}

static void test_run_http__times_no_answer_of_another_status(void **state) {
    (void)state;
    wl_complaint complaint = {0};
    wl_run_options options = {.calls = 10, .connections = 1};
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t address_bytes = sizeof address;
    pthread_t thread;
    bench b = {0};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(0, bind(listener, (struct sockaddr *)&address, sizeof address));
    assert_int_equal(0, listen(listener, 1));
    assert_int_equal(0, getsockname(listener, (struct sockaddr *)&address, &address_bytes));
    bench_open_file(&b, EXAMPLES "/quick_photos.yaml");
    assert_true(wl_results_init(&b.results, b.workload));
    wl_traffic *traffic = wl_traffic_of_mix(b.workload, 9);
    assert_int_equal(0, pthread_create(&thread, NULL, answer_500, &listener));
    assert_false(wl_run_http(&b.results, traffic, ntohs(address.sin_port), "us-east-1", &options,
                             &complaint));
    assert_non_null(strstr(complaint.message, "an answer of status 500"));
    assert_int_equal(0, calls_over_http(&b));
    pthread_join(thread, NULL);
    close(listener);
    wl_traffic_destroy(traffic);
    bench_close(&b);
}

static pte_status answer_nothing(qp_door *door, const char *operation, pte_bytes body,
                                 pt_reply *reply, pte_error *error) {
    static char answer[] = "{}";
    (void)door;
    (void)operation;
    (void)body;
    (void)error;
    *reply = (pt_reply){500, {(uint8_t *)answer, sizeof answer - 1}};
    return PTE_OK;
}

static void test_run_http__says_the_status_where_no_error_is_named(void **state) {
    (void)state;
    wl_complaint complaint = {0};
    qp_door door = {.call = answer_nothing};
    bench b = {0};
    bench_open_file(&b, EXAMPLES "/quick_photos.yaml");
    assert_false(wl_run_tables(b.workload, &door, &complaint));
    assert_non_null(strstr(complaint.message, "an answer of status 500 that names no error"));
    bench_close(&b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_run_http__each_call_is_made_once),
        cmocka_unit_test(test_run_http__ends_when_the_time_is_over),
        cmocka_unit_test(test_run_http__says_that_nobody_is_there),
        cmocka_unit_test(test_run_http__times_no_answer_of_another_status),
        cmocka_unit_test(test_run_http__says_the_status_where_no_error_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
