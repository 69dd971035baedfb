/* The calls of a run over HTTP: a thread and a connection each; see run.h. */
#include "workload/run.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

/* What the connections share. */
typedef struct crowd {
    wl_traffic *traffic;
    uint16_t port;
    const char *region;
    const wl_run_options *options;
    uint64_t start_ns, end_ns;
    _Atomic uint64_t begun;
    _Atomic uint64_t done;
    _Atomic bool stops;
    _Atomic unsigned running;
} crowd;

typedef struct connection {
    crowd *of;
    pthread_t thread;
    bool started;
    wl_histogram *times; /* for each pattern */
    bool failed;
    wl_complaint complaint;
} connection;

static bool fail(connection *c, const char *what) {
    c->failed = true;
    return wl__run_fails(&c->complaint, wl_traffic_workload(c->of->traffic), 0, "over HTTP: %s",
                         what);
}

/* 400 is of what was asked, and an answer that the service gives; others are of the server. */
static bool is_answer(connection *c, const char *operation, int status) {
    if (status == 200 || status == 400) {
        return true;
    }
    c->failed = true;
    return wl__run_fails(&c->complaint, wl_traffic_workload(c->of->traffic), 0,
                         "over HTTP: %s: an answer of status %d", operation, status);
}

static bool make_call(connection *c, wl_caller *caller, qp_door *door, size_t pattern) {
    const char *operation;
    pte_bytes body, answer = {0};
    uint64_t took_ns = 0;
    bool failed = false, refused = false;
    while (!refused && wl_caller_next(&operation, &body, &failed, caller, answer)) {
        pt_reply reply = {0};
        pte_error error = {0};
        uint64_t start_ns = wl__now_ns();
        if (door->call(door, operation, body, &reply, &error) != PTE_OK) {
            return fail(c, error.message);
        }
        took_ns += wl__now_ns() - start_ns;
        if (!is_answer(c, operation, reply.status)) {
            return false;
        }
        answer = reply.body;
        refused = reply.status != 200;
    }
    wl_histogram_add(&c->times[pattern], took_ns);
    return !failed || fail(c, "a request could not be made");
}

static void make_calls(connection *c, wl_caller *caller, qp_door *door) {
    crowd *of = c->of;
    size_t pattern;
    while (!atomic_load(&of->stops) && wl__now_ns() < of->end_ns &&
           atomic_fetch_add(&of->begun, 1) < of->options->calls &&
           wl_caller_begin(&pattern, caller)) {
        wl__run_wait(of->start_ns, wl_caller_due(caller), of->options->speed);
        if (!make_call(c, caller, door, pattern)) {
            return;
        }
        atomic_fetch_add(&of->done, 1);
    }
}

static void *serve(void *ctx) {
    connection *c = ctx;
    qp_door door = {0};
    pte_error error = {0};
    wl_caller *caller = wl_caller_new(c->of->traffic);
    if (caller == NULL) {
        (void)fail(c, "no memory");
    } else if (qp_door_http(&door, c->of->port, c->of->region, &error) != PTE_OK) {
        (void)fail(c, error.message);
    } else {
        make_calls(c, caller, &door);
    }
    if (c->failed) {
        atomic_store(&c->of->stops, true);
    }
    qp_door_close(&door);
    wl_caller_destroy(caller);
    atomic_fetch_sub(&c->of->running, 1);
    return NULL;
}

/* Shows how it goes until the threads are done. */
static void watch(crowd *of) {
    const struct timespec pause = {.tv_nsec = 20 * 1000000L};
    const wl_run_options *options = of->options;
    while (atomic_load(&of->running) != 0) {
        nanosleep(&pause, NULL);
        if (options->stop != NULL && *options->stop != 0) {
            atomic_store(&of->stops, true);
        }
        if (options->on_progress != NULL) {
            uint64_t done = atomic_load(&of->done);
            options->on_progress(options->ctx, "calls over HTTP", done,
                                 wl__run_total(options, of->start_ns, done));
        }
    }
}

static bool start(connection *all, unsigned count, crowd *of, size_t patterns) {
    for (unsigned i = 0; i < count; i++) {
        all[i].of = of;
        all[i].times = calloc(patterns + 1, sizeof *all[i].times);
        if (all[i].times == NULL) {
            return fail(&all[i], "no memory");
        }
        atomic_fetch_add(&of->running, 1);
        all[i].started = pthread_create(&all[i].thread, NULL, serve, &all[i]) == 0;
        if (!all[i].started) {
            atomic_fetch_sub(&of->running, 1);
            return fail(&all[i], "a thread could not be started");
        }
    }
    return true;
}

static void add_times(wl_results *results, const connection *c, size_t patterns) {
    for (size_t i = 0; c->started && i < patterns; i++) {
        wl_histogram_merge(&results->patterns[i].http, &c->times[i]);
    }
}

bool wl_run_http(wl_results *results, wl_traffic *traffic, uint16_t port, const char *region,
                 const wl_run_options *options, wl_complaint *complaint) {
    const wl_workload *workload = wl_traffic_workload(traffic);
    size_t patterns = wl_pattern_count(workload);
    unsigned count = options->connections == 0                   ? 1
                     : options->connections > WL_CONNECTIONS_MAX ? WL_CONNECTIONS_MAX
                                                                 : options->connections;
    crowd of = {.traffic = traffic,
                .port = port,
                .region = region,
                .options = options,
                .start_ns = wl__now_ns()};
    of.end_ns = options->seconds > 0 ? wl__run_after(of.start_ns, options->seconds) : UINT64_MAX;
    connection *all = calloc(count, sizeof *all);
    if (all == NULL) {
        return wl__run_fails(complaint, workload, 0, "no memory");
    }
    if (!start(all, count, &of, patterns)) {
        atomic_store(&of.stops, true);
    }
    watch(&of);
    bool fine = true;
    for (unsigned i = 0; i < count; i++) {
        if (all[i].started) {
            pthread_join(all[i].thread, NULL);
        }
        if (fine && all[i].failed) {
            *complaint = all[i].complaint;
        }
        fine = fine && !all[i].failed;
        add_times(results, &all[i], patterns);
        free(all[i].times);
    }
    free(all);
    if (fine && wl__run_stopped(options, workload, complaint)) {
        return false;
    }
    if (fine && wl_traffic_trouble(traffic) != NULL) {
        *complaint = *wl_traffic_trouble(traffic);
        return false;
    }
    return fine;
}
