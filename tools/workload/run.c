/* The calls of a run in process, with their accounts; see run.h. */
#include "workload/run.h"

#include "workload/heat.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { PROGRESS_CALLS = 64 };

typedef struct runner {
    wl_results *results;
    wl_trace *trace;
    const wl_workload *workload;
    wl_traffic *traffic;
    qp_door *door;
    const wl_run_options *options;
    wl_complaint *complaint;
    wl_caller *caller;
    wl__heat *heat;
    wl__request request;
    wl__answer answer;
    uint64_t start_ns;
} runner;

/* ---- accounts ---- */

static void count_failure(wl_pattern_result *result, const char *name) {
    size_t at = 0;
    while (at < result->failure_count && strcmp(result->failures[at].name, name) != 0) {
        at++;
    }
    if (at >= WL_FAILURES_MAX - 1) {
        at = WL_FAILURES_MAX - 1;
        name = "others";
    }
    if (at >= result->failure_count) {
        result->failure_count = at + 1;
        snprintf(result->failures[at].name, sizeof result->failures[at].name, "%s", name);
    }
    result->failures[at].count++;
}

/* Of the parts that name the place's table, whether the reads are consistent ones. */
static bool reads_strongly(const runner *r, size_t place) {
    const wl_table *table = wl_place_at(r->workload, place).of;
    for (size_t i = 0; i < r->request.part_count; i++) {
        const wl__touch *part = &r->request.parts[i];
        if (part->strong && wl_place_at(r->workload, part->place).of == table) {
            return true;
        }
    }
    return false;
}

static void count_units(runner *r, wl_pattern_result *result) {
    for (size_t i = 0; i < r->answer.charge_count; i++) {
        const wl__charge *taken = &r->answer.charges[i];
        wl_units *of[] = {&result->units[taken->place], &r->results->places[taken->place].units};
        for (size_t j = 0; j < sizeof of / sizeof of[0]; j++) {
            of[j]->read += taken->units.read;
            of[j]->write += taken->units.write;
        }
        if (reads_strongly(r, taken->place)) {
            result->strong.read += taken->units.read;
            result->strong.write += r->request.transacts ? taken->units.write : 0;
        }
    }
}

/* How many items the request has written: those it names as to be written but for those that are to
 * be sent again. */
static uint64_t written(const runner *r) {
    uint64_t count = 0;
    for (size_t i = 0; i < r->request.part_count; i++) {
        wl__touch_kind kind = r->request.parts[i].kind;
        count += kind == WL__WRITE_ITEM || (kind == WL__STATEMENT && r->request.writes);
    }
    return count > r->answer.unprocessed ? count - r->answer.unprocessed : 0;
}

/* A place is read by a request once, however many items that names. */
static void count_queries(runner *r) {
    const wl__request *request = &r->request;
    for (size_t i = 0; i < request->part_count && !request->writes; i++) {
        bool first = true;
        for (size_t j = 0; j < i; j++) {
            first = first && request->parts[j].place != request->parts[i].place;
        }
        r->results->places[request->parts[i].place].queries += first;
    }
}

/* No answer names the table that a condition which failed is charged to; its request does. */
static void count_refused(const runner *r, wl_pattern_result *result) {
    double units = wl__heat_refused(r->heat, &r->request);
    if (units > 0) {
        result->refused += units;
        result->refused_place = r->request.parts[0].place;
    }
}

static void account(runner *r, wl_pattern_result *result, pte_bytes body, pt_reply reply) {
    const wl__answer *answer = &r->answer;
    result->round_trips++;
    result->write_trips += r->request.writes;
    result->write_trips_refused += r->request.writes && reply.status != 200;
    result->request_bytes += body.len;
    result->response_bytes += reply.body.len;
    result->scans = result->scans || r->request.scans;
    result->filters = result->filters || r->request.filters;
    count_queries(r);
    if (reply.status != 200) {
        count_failure(result, answer->exception[0] != '\0' ? answer->exception : "unknown");
        if (strcmp(answer->exception, "ConditionalCheckFailedException") == 0) {
            count_refused(r, result);
        }
        return;
    }
    result->pages += answer->counts;
    result->items_examined += answer->counts ? answer->scanned : answer->returned;
    result->items_returned += answer->returned;
    result->items_written += r->request.writes ? written(r) : 0;
    count_units(r, result);
}

/* ---- calls ---- */

static bool no_memory(runner *r) {
    return wl__run_fails(r->complaint, r->workload, 0, "no memory");
}

/* A refusal that cannot be meant: the request itself is wrong. */
static bool is_mistake(const wl__answer *answer) {
    static const char *const names[] = {
        "ValidationException",
        "SerializationException",
        "ResourceNotFoundException",
        "UnknownOperationException",
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(answer->exception, names[i]) == 0) {
            return true;
        }
    }
    return false;
}

static bool check_answer(runner *r, size_t pattern, const char *operation) {
    const wl_pattern *of = wl_pattern_at(r->workload, pattern);
    const wl__answer *answer = &r->answer;
    if (answer->table_error[0] != '\0') {
        return wl__run_fails(r->complaint, r->workload, of->line,
                             "pattern \"%.100s\": %s used table %s, which the file does not have",
                             of->name, operation, answer->table_error);
    }
    if (answer->status != 200 && r->results->patterns[pattern].calls == 0 && is_mistake(answer)) {
        return wl__run_fails(r->complaint, r->workload, of->line, "pattern \"%.100s\": %s: %s: %s",
                             of->name, operation, answer->exception, answer->message);
    }
    return true;
}

/* One request: runs it and takes its time, and accounts for it. */
static bool exchange(runner *r, size_t pattern, const char *operation, pte_bytes body,
                     pt_reply *reply, uint64_t *took_ns) {
    pte_error error = {0};
    if (!wl__request_read(&r->request, r->workload, operation, (const char *)body.data)) {
        wl__request_clean_up(&r->request);
        return wl__run_fails(r->complaint, r->workload, wl_pattern_at(r->workload, pattern)->line,
                             "%s: the request is not JSON, or there is no memory", operation);
    }
    wl__heat_before(r->heat, &r->request);
    uint64_t start_ns = wl__now_ns();
    pte_status status = r->door->call(r->door, operation, body, reply, &error);
    *took_ns += wl__now_ns() - start_ns;
    bool fine = status == PTE_OK ||
                wl__run_fails(r->complaint, r->workload, 0, "%s: %s", operation, error.message);
    fine = fine && (wl__answer_read(&r->answer, r->workload, reply, r->request.writes) ||
                    wl__run_fails(r->complaint, r->workload, 0,
                                  "%s: the answer is not JSON, or there is no memory", operation));
    fine = fine && check_answer(r, pattern, operation);
    if (fine) {
        account(r, &r->results->patterns[pattern], body, *reply);
        fine = wl__heat_after(r->heat, &r->request, &r->answer) || no_memory(r);
    }
    wl__request_clean_up(&r->request);
    return fine;
}

/* A call ends with its first refusal. */
static bool make_call(runner *r, size_t pattern) {
    wl_pattern_result *result = &r->results->patterns[pattern];
    const char *operation;
    pte_bytes body, answer = {0};
    uint64_t took_ns = 0;
    bool failed = false, refused = false;
    wl__heat_begin(r->heat);
    while (!refused && wl_caller_next(&operation, &body, &failed, r->caller, answer)) {
        pt_reply reply = {0};
        if (!exchange(r, pattern, operation, body, &reply, &took_ns)) {
            return false;
        }
        answer = reply.body;
        refused = reply.status != 200;
    }
    if (failed) {
        return wl__run_fails(r->complaint, r->workload, wl_pattern_at(r->workload, pattern)->line,
                             "the request could not be made");
    }
    result->calls++;
    r->results->calls++;
    r->results->seconds += (double)took_ns / 1e9;
    wl_histogram_add(&result->in_process, took_ns);
    size_t count;
    const wl_demand *demands = wl__heat_demands(r->heat, &count);
    return r->trace == NULL || wl_trace_add(r->trace, pattern, demands, count) || no_memory(r);
}

/* A number that is not negative, as far as there are such. */
static uint64_t whole_of(double number) {
    return number < 0x1p64 ? (uint64_t)number : UINT64_MAX;
}

uint64_t wl__run_after(uint64_t start_ns, double seconds) {
    uint64_t ns = whole_of(seconds * 1e9);
    return ns < UINT64_MAX - start_ns ? start_ns + ns : UINT64_MAX;
}

void wl__run_wait(uint64_t start_ns, double due_s, double speed) {
    if (speed <= 0 || due_s <= 0) {
        return;
    }
    uint64_t due_ns = wl__run_after(start_ns, due_s / speed);
    struct timespec until = {.tv_sec = (time_t)(due_ns / 1000000000),
                             .tv_nsec = (long)(due_ns % 1000000000)};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == EINTR) {
    }
}

bool wl__run_stopped(const wl_run_options *options, const wl_workload *workload,
                     wl_complaint *complaint) {
    if (options->stop == NULL || *options->stop == 0) {
        return false;
    }
    (void)wl__run_fails(complaint, workload, 0, "interrupted");
    return true;
}

/* The whole where only the time is bounded: as many as at the rate so far. */
uint64_t wl__run_total(const wl_run_options *options, uint64_t start_ns, uint64_t done) {
    double elapsed_s = (double)(wl__now_ns() - start_ns) / 1e9;
    if (options->calls != UINT64_MAX || options->seconds <= 0 || elapsed_s <= 0) {
        return options->calls != UINT64_MAX ? options->calls : done;
    }
    return whole_of((double)done * options->seconds / elapsed_s);
}

static void show(const runner *r, uint64_t made) {
    if (r->options->on_progress != NULL && made % PROGRESS_CALLS == 0) {
        r->options->on_progress(r->options->ctx, "calls in process", made,
                                wl__run_total(r->options, r->start_ns, made));
    }
}

static bool make_calls(runner *r) {
    const wl_run_options *options = r->options;
    uint64_t end_ns =
        options->seconds > 0 ? wl__run_after(r->start_ns, options->seconds) : UINT64_MAX;
    size_t pattern;
    for (uint64_t made = 0; made < options->calls && wl__now_ns() < end_ns; made++) {
        if (!wl_caller_begin(&pattern, r->caller)) {
            const wl_complaint *trouble = wl_traffic_trouble(r->traffic);
            if (trouble != NULL) {
                *r->complaint = *trouble;
            }
            return trouble == NULL;
        }
        wl__run_wait(r->start_ns, wl_caller_due(r->caller), options->speed);
        if (!make_call(r, pattern) || wl__run_stopped(options, r->workload, r->complaint)) {
            return false;
        }
        show(r, made);
    }
    return true;
}

bool wl_run_in_process(wl_results *results, wl_trace *trace, wl_traffic *traffic, qp_door *door,
                       pt_database *database, const wl_run_options *options,
                       wl_complaint *complaint) {
    const wl_workload *workload = wl_traffic_workload(traffic);
    const wl__store store = {
        .env = pt_database_env(database), .region = door->region, .workload = workload};
    runner *r = calloc(1, sizeof *r);
    if (r == NULL) {
        return wl__run_fails(complaint, workload, 0, "no memory");
    }
    *r = (runner){.results = results,
                  .trace = trace,
                  .workload = workload,
                  .traffic = traffic,
                  .door = door,
                  .options = options,
                  .complaint = complaint,
                  .caller = wl_caller_new(traffic),
                  .heat = wl__heat_new(results, &store),
                  .start_ns = wl__now_ns()};
    bool fine = r->caller != NULL && r->heat != NULL ? make_calls(r) : no_memory(r);
    wl__heat_destroy(r->heat);
    wl_caller_destroy(r->caller);
    free(r);
    return fine;
}
