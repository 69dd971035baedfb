/*
 * What `pocketable bench` is made of: measuring, and telling what was measured.
 */
#ifndef TOOL_BENCH_PARTS_H
#define TOOL_BENCH_PARTS_H

#include "command.h"
#include "database.h"
#include "terminal.h"
#include "workload/cost.h"
#include "workload/recording.h"
#include "workload/run.h"

typedef struct bench_options {
    const char *file;   /* a workload; NULL: a recording is replayed */
    const char *replay; /* NULL: the file's mix is run */
    tool_database_options database;
    pte_durability durability;
    bool keep;
    uint16_t endpoint_port; /* of a server elsewhere; 0: one is started */
    bool no_http;
    bool has_seed;
    uint64_t seed;
    double rate; /* 0: as the file says */
    wl_run_options run;
    uint64_t http_calls; /* UINT64_MAX: not said */

    const char *json, *html, *prices; /* files; NULL: none */
    bool check;                       /* only the assertions' verdicts */
    bool no_colour;
} bench_options;

/* A run and all that it holds. Zeros before bench_measure. */
typedef struct bench_run {
    const bench_options *options;
    wl_prices prices;
    wl_recording *recording; /* NULL: the file's mix */
    wl_workload *workload;
    pt_database *database;
    qp_door door;
    wl_traffic *traffic;
    wl_results results;
    wl_trace *trace;
    tool_progress progress;
} bench_run;

/* Opens the workload or recording, and the prices; returns an exit status, after a complaint if it
 * is not 0. */
int bench_open(bench_run *run, const bench_options *options);
/* Runs it: in process, then over HTTP. False after a complaint, but where it is the way over HTTP
 * that fails: what was measured can be told then, and results.ended_early says why it is not all.
 */
bool bench_measure(bench_run *run);
void bench_close(bench_run *run);

/* Says what was measured; returns an exit status: an assertion that fails is TOOL_FAILED, and so is
 * a run that ended early. */
int bench_tell(bench_run *run);

/* Complains of a file: its name, line and column. */
void bench_complain(const wl_complaint *as_made);
/* For wl_run_options; ctx is the bench_run. */
void bench_show(void *ctx, const char *what, uint64_t done, uint64_t total);

#endif
