/* Runs over HTTP: each call once, whoever makes it; and what is said where the way fails. */
#include "workload/bench_support.h"

#include <pocketable/server.h>

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

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_run_http__each_call_is_made_once),
        cmocka_unit_test(test_run_http__ends_when_the_time_is_over),
        cmocka_unit_test(test_run_http__says_that_nobody_is_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
