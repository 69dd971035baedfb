/* Measuring: the database, its tables, the calls in process and over HTTP; see bench_parts.h. */
#include "bench_parts.h"

#include "workload/assertions.h"

#include <pocketable/server.h>

enum {
    TRACE_CALLS = 20000, /* of a run that the simulation is fed with */
    HTTP_CALLS_USUAL = 20000,
};

static const char region_usual[] = "us-east-1";

/* What a file has may be meant for the terminal that shows it. */
static wl_complaint without_controls(const wl_complaint *complaint) {
    wl_complaint plain = *complaint;
    for (char *at = plain.message; *at != '\0'; at++) {
        unsigned char byte = (unsigned char)*at;
        *at = byte < ' ' || byte == 127 ? '?' : *at;
    }
    return plain;
}

void bench_complain(const wl_complaint *as_made) {
    wl_complaint plain = without_controls(as_made), *complaint = &plain;
    if (complaint->file == NULL) {
        tool_complain("bench: %s", complaint->message);
    } else if (complaint->line == 0) {
        tool_complain("bench: %s: %s", complaint->file, complaint->message);
    } else if (complaint->column == 0) {
        tool_complain("bench: %s:%zu: %s", complaint->file, complaint->line, complaint->message);
    } else {
        tool_complain("bench: %s:%zu:%zu: %s", complaint->file, complaint->line, complaint->column,
                      complaint->message);
    }
}

/* The report says it too, if there is one: where it is over HTTP that the way fails. */
static bool complained(bench_run *run, const wl_complaint *complaint) {
    wl_complaint plain = without_controls(complaint);
    snprintf(run->results.ended_early, sizeof run->results.ended_early, "%s", plain.message);
    bench_complain(complaint);
    return false;
}

static bool failed(bench_run *run, const char *what, const pte_error *error) {
    wl_complaint complaint = {0};
    snprintf(complaint.message, sizeof complaint.message, "%s%s", what, error->message);
    return complained(run, &complaint);
}

void bench_show(void *ctx, const char *what, uint64_t done, uint64_t total) {
    bench_run *run = ctx;
    if (run->progress.what != what) {
        tool_progress_end(&run->progress);
        run->progress = tool_progress_start(what);
    }
    tool_progress_show(&run->progress, done, total);
}

/* ---- opening ---- */

static bool check_assertions(const wl_workload *workload) {
    for (size_t i = 0; i < wl_assertion_count(workload); i++) {
        wl_complaint complaint = {0};
        const wl_assertion *assertion = wl_assertion_at(workload, i);
        if (!wl_assertion_check(workload, assertion, &complaint)) {
            complaint.file = wl_workload_path(workload);
            complaint.line = assertion->line;
            bench_complain(&complaint);
            return false;
        }
    }
    return true;
}

int bench_open(bench_run *run, const bench_options *options) {
    wl_complaint complaint = {0};
    *run = (bench_run){
        .options = options, .prices = wl_prices_built_in(), .progress = tool_progress_start("")};
    if (options->prices != NULL && !wl_prices_read(&run->prices, options->prices, &complaint)) {
        bench_complain(&complaint);
        return TOOL_USAGE;
    }
    if (options->replay != NULL) {
        if (!wl_recording_read(&run->recording, options->replay, &complaint)) {
            bench_complain(&complaint);
            return TOOL_USAGE;
        }
        return TOOL_DONE;
    }
    if (!wl_workload_read(&run->workload, options->file, &complaint)) {
        bench_complain(&complaint);
        return TOOL_USAGE;
    }
    if (options->has_seed) {
        wl_workload_set_seed(run->workload, options->seed);
    }
    if (options->rate > 0) {
        wl_workload_set_rate(run->workload, options->rate);
    }
    return check_assertions(run->workload) ? TOOL_DONE : TOOL_USAGE;
}

static const char *region_of(const bench_run *run) {
    return run->recording != NULL ? wl_recording_describe(run->recording).region : region_usual;
}

/* ---- tables ---- */

/* Makes what calls are made of, through a door. */
static bool prepare(bench_run *run, qp_door *door, double *load_seconds) {
    wl_complaint complaint = {0};
    if (run->recording != NULL) {
        *load_seconds = 0;
        return wl_recording_make_tables(run->recording, door, &complaint) ||
               complained(run, &complaint);
    }
    if (!wl_run_tables(run->workload, door, &complaint)) {
        return complained(run, &complaint);
    }
    if (!wl_run_load(load_seconds, run->workload, door, &run->options->run, &complaint)) {
        wl_run_drop(run->workload, door);
        return complained(run, &complaint);
    }
    return true;
}

/* The calls from the first on. */
static wl_traffic *new_traffic(bench_run *run) {
    wl_complaint complaint = {.message = "no memory"};
    wl_traffic *traffic = run->recording != NULL
                              ? wl_traffic_of_recording(run->recording, run->workload, &complaint)
                              : wl_traffic_of_mix(run->workload, wl_workload_seed(run->workload));
    if (traffic == NULL) {
        (void)complained(run, &complaint);
    }
    return traffic;
}

static void tell_of_recording(const bench_run *run) {
    wl_recording_info info = wl_recording_describe(run->recording);
    if (info.left_out != 0) {
        fprintf(stderr,
                "pocketable: bench: %s: %s calls are left out: of other regions, not on items, or "
                "on tables that are not there\n",
                run->options->replay, tool_count(info.left_out).text);
    }
    if (info.lost != 0) {
        fprintf(stderr, "pocketable: bench: %s: the recording has lost %s calls\n",
                run->options->replay, tool_count(info.lost).text);
    }
}

/* ---- in process ---- */

static bool open_in_process(bench_run *run) {
    pte_error error = {0};
    run->database = tool_database_open(&run->options->database, run->options->durability);
    if (run->database == NULL) {
        return false;
    }
    pte_status status = qp_door_in_process(&run->door, run->database, region_of(run), &error);
    if (status != PTE_OK) {
        tool_complain_of("bench", status, &error);
    }
    return status == PTE_OK;
}

/* The workload of a recording is known when its tables are there. */
static bool describe_recording(bench_run *run) {
    wl_complaint complaint = {0};
    if (run->recording == NULL) {
        return true;
    }
    if (!wl_recording_workload(&run->workload, run->recording, &run->door, run->options->rate,
                               &complaint)) {
        return complained(run, &complaint);
    }
    tell_of_recording(run);
    return true;
}

static bool run_in_process(bench_run *run) {
    wl_complaint complaint = {0};
    wl_run_options options = run->options->run;
    if (run->recording != NULL && options.calls == UINT64_MAX) {
        options.calls = wl_recording_describe(run->recording).calls;
    }
    run->traffic = new_traffic(run);
    run->trace = wl_trace_new(TRACE_CALLS);
    if (run->traffic == NULL || run->trace == NULL) {
        return false;
    }
    return (wl_run_in_process(&run->results, run->trace, run->traffic, &run->door, run->database,
                              &options, &complaint) &&
            wl_run_measure(&run->results, run->database, region_of(run), &options, &complaint)) ||
           complained(run, &complaint);
}

/* ---- over HTTP ---- */

static wl_run_options http_options(const bench_run *run) {
    wl_run_options options = run->options->run;
    uint64_t made = run->results.calls;
    uint64_t usual = run->recording != NULL || made < HTTP_CALLS_USUAL ? made : HTTP_CALLS_USUAL;
    options.calls = run->options->http_calls != UINT64_MAX ? run->options->http_calls : usual;
    return options;
}

static bool run_http(bench_run *run, wl_traffic *traffic, uint16_t port) {
    wl_complaint complaint = {0};
    wl_run_options options = http_options(run);
    return wl_run_http(&run->results, traffic, port, region_of(run), &options, &complaint) ||
           complained(run, &complaint);
}

/* The mix goes on where it was, in the same database, by a server in this process. */
static bool run_own_server(bench_run *run, pt_database *database, wl_traffic *traffic) {
    pt_server *server = NULL;
    pte_error error = {0};
    pte_status status = pt_server_start(&server, database, NULL, &error);
    if (status != PTE_OK) {
        return failed(run, "starting a server: ", &error);
    }
    bool fine = run_http(run, traffic, pt_server_port(server));
    pt_server_stop(server);
    return fine;
}

/* A recording begins anew, in a database of its own. */
static bool replay_own_server(bench_run *run) {
    double seconds;
    pte_error error = {0};
    qp_door door = {0};
    wl_traffic *traffic = NULL;
    tool_database_options memory = {.upkeep_elsewhere = true};
    pt_database *database = tool_database_open(&memory, PTE_MEMORY);
    bool fine = database != NULL;
    if (fine && qp_door_in_process(&door, database, region_of(run), &error) != PTE_OK) {
        fine = failed(run, "", &error);
    }
    fine = fine && prepare(run, &door, &seconds) && (traffic = new_traffic(run)) != NULL;
    qp_door_close(&door);
    fine = fine && run_own_server(run, database, traffic);
    wl_traffic_destroy(traffic);
    pt_close(database);
    return fine;
}

/* Everything from the first call on, with tables of its own there. */
static bool run_elsewhere(bench_run *run) {
    double seconds;
    pte_error error = {0};
    qp_door door = {0};
    uint16_t port = run->options->endpoint_port;
    if (qp_door_http(&door, port, region_of(run), &error) != PTE_OK) {
        return failed(run, "over HTTP: ", &error);
    }
    bool fine = prepare(run, &door, &seconds);
    if (fine) {
        wl_traffic *traffic = new_traffic(run);
        fine = traffic != NULL && run_http(run, traffic, port);
        wl_traffic_destroy(traffic);
        if (run->recording == NULL && !run->options->keep) {
            wl_run_drop(run->workload, &door);
        }
    }
    qp_door_close(&door);
    return fine;
}

static bool measure_http(bench_run *run) {
    if (run->options->no_http) {
        return true;
    }
    if (run->options->endpoint_port != 0) {
        return run_elsewhere(run);
    }
    if (run->recording == NULL) {
        return run_own_server(run, run->database, run->traffic);
    }
    /* Its writes have been made in that database, and it has no other to begin with. */
    return run->options->database.path != NULL || replay_own_server(run);
}

/* ---- all of it ---- */

bool bench_measure(bench_run *run) {
    double load_seconds = 0;
    bool made = open_in_process(run) && prepare(run, &run->door, &load_seconds);
    bool fine = made && describe_recording(run);
    if (fine && !wl_results_init(&run->results, run->workload)) {
        tool_complain("bench: no memory");
        fine = false;
    }
    run->results.load_seconds = load_seconds;
    fine = fine && run_in_process(run);
    if (fine && !measure_http(run) && run->results.ended_early[0] == '\0') {
        (void)failed(run, "over HTTP: it could not begin", &(pte_error){0});
    }
    fine = fine && !wl__run_stopped(&run->options->run, run->workload, &(wl_complaint){0});
    if (made && run->recording == NULL && !run->options->keep) {
        wl_run_drop(run->workload, &run->door);
    }
    tool_progress_end(&run->progress);
    return fine;
}

void bench_close(bench_run *run) {
    wl_results_clean_up(&run->results);
    wl_trace_destroy(run->trace);
    wl_traffic_destroy(run->traffic);
    qp_door_close(&run->door);
    pt_close(run->database);
    wl_workload_destroy(run->workload);
    wl_recording_destroy(run->recording);
    *run = (bench_run){0};
}
