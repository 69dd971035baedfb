/* Workloads for tests; see bench_support.h. */
#include "workload/bench_support.h"

#include "workload/recipe.h"

#include <math.h>

static const wl_run_options quietly = {.calls = UINT64_MAX};

#define NEED(call, complaint)                                                                      \
    do {                                                                                           \
        if (!(call)) {                                                                             \
            fail_msg("%s:%zu: %s", (complaint).file, (complaint).line, (complaint).message);       \
        }                                                                                          \
    } while (0)

static void open_workload(bench *b) {
    pte_error error = {0};
    wl_complaint complaint = {0};
    OK(pt_open(&b->database, NULL, NULL, &error));
    OK(qp_door_in_process(&b->door, b->database, "us-east-1", &error));
    NEED(wl_run_tables(b->workload, &b->door, &complaint), complaint);
    NEED(wl_run_load(&b->load_seconds, b->workload, &b->door, &quietly, &complaint), complaint);
}

void bench_open_file(bench *b, const char *path) {
    wl_complaint complaint = {0};
    NEED(wl_workload_read(&b->workload, path, &complaint), complaint);
    open_workload(b);
}

void bench_open_text(bench *b, const char *yaml) {
    wl_complaint complaint = {0};
    NEED(wl__workload_read_text(&b->workload, "test", pte_str(yaml), &complaint), complaint);
    open_workload(b);
}

void bench_close(bench *b) {
    wl_results_clean_up(&b->results);
    qp_door_close(&b->door);
    pt_close(b->database);
    wl_workload_destroy(b->workload);
    *b = (bench){0};
}

void bench_run(bench *b, uint64_t seed, uint64_t calls) {
    wl_complaint complaint = {0};
    wl_run_options options = {.calls = calls};
    if (!b->has_results) {
        assert_true(wl_results_init(&b->results, b->workload));
        b->has_results = true;
    }
    wl_traffic *traffic = wl_traffic_of_mix(b->workload, seed);
    assert_non_null(traffic);
    NEED(wl_run_in_process(&b->results, NULL, traffic, &b->door, b->database, &options, &complaint),
         complaint);
    wl_traffic_destroy(traffic);
}

void bench_measure(bench *b) {
    wl_complaint complaint = {0};
    NEED(wl_run_measure(&b->results, b->database, b->door.region, &quietly, &complaint), complaint);
}

void bench_near(double expected, double found) {
    double error = fabs(expected - found), scale = fabs(expected) + 1;
    if (error > 1e-9 * scale) {
        fail_msg("expected %.9f, found %.9f", expected, found);
    }
}
