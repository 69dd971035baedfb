/* Telling what was measured: simulation, cost, advice, verdicts, reports; see bench_parts.h. */
#include "bench_parts.h"

#include "workload/report.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>

/* Longer than the 300 s of unused capacity that a table may keep. */
#define SIMULATED_S 600.0
/* What part of provisioned units is meant to be used: auto scaling's usual target.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/AutoScaling.html */
#define UTILIZATION 0.7

typedef struct telling {
    bench_run *run;
    wl_cost cost;
    wl_pressure on_demand, provisioned;
    bool has_provisioned;
    wl_advice advice;
    wl_verdict *verdicts;
    size_t verdict_count;
    char made_at[40];
} telling;

/* ---- what follows from the results ---- */

static bool is_provisioned(const wl_workload *workload) {
    for (size_t i = 0; i < wl_table_count(workload); i++) {
        if (!wl_table_at(workload, i)->on_demand) {
            return true;
        }
    }
    return false;
}

static void show_rate(void *ctx, double rate) {
    (void)rate;
    uint64_t *rates = ctx;
    (*rates)++;
}

static bool simulate(telling *t) {
    uint64_t rates = 0;
    bench_run *run = t->run;
    t->has_provisioned = is_provisioned(run->workload);
    bench_show(run, "simulating", 0, 1);
    return wl_pressure_find(&t->on_demand, &run->results, run->trace, WL_ON_DEMAND, SIMULATED_S,
                            show_rate, &rates) &&
           (!t->has_provisioned ||
            wl_pressure_find(&t->provisioned, &run->results, run->trace, WL_PROVISIONED,
                             SIMULATED_S, show_rate, &rates));
}

static bool conclude(telling *t) {
    const wl_results *results = &t->run->results;
    const wl_pressure *provisioned = t->has_provisioned ? &t->provisioned : NULL;
    t->verdict_count = wl_assertion_count(t->run->workload);
    t->verdicts = calloc(t->verdict_count + 1, sizeof *t->verdicts);
    if (t->verdicts == NULL || !wl_cost_of(&t->cost, results, &t->run->prices, UTILIZATION)) {
        return false;
    }
    wl_advice_of(&t->advice, results, &t->cost, provisioned != NULL ? provisioned : &t->on_demand);
    wl_assertions_judge(t->verdicts, results, &t->cost, &t->on_demand, provisioned);
    return true;
}

/* ---- where it is told ---- */

typedef bool (*write_fn)(const wl_report *report, FILE *file);

static bool write_file(const wl_report *report, const char *path, write_fn writes) {
    if (path == NULL) {
        return true;
    }
    FILE *file = strcmp(path, "-") == 0 ? stdout : fopen(path, "we");
    bool written = file != NULL && writes(report, file) && fflush(file) == 0;
    int error = errno;
    if (file != NULL && file != stdout) {
        written = fclose(file) == 0 && written;
    }
    if (!written) {
        tool_complain("bench: %s: %s", path, strerror(error));
    }
    return written;
}

static size_t count_failed(const telling *t) {
    size_t failed = 0;
    for (size_t i = 0; i < t->verdict_count; i++) {
        failed += !t->verdicts[i].holds;
    }
    return failed;
}

/* For CI: a line for each assertion. */
static void print_verdicts(const telling *t, const tool_terminal *terminal) {
    for (size_t i = 0; i < t->verdict_count; i++) {
        const wl_verdict *verdict = &t->verdicts[i];
        tool_print(terminal, verdict->holds ? TOOL_GREEN : TOOL_RED, "%s",
                   verdict->holds ? "holds  " : "FAILS  ");
        tool_print(terminal, TOOL_PLAIN, "%s\n", verdict->text);
    }
    if (t->verdict_count == 0) {
        tool_print(terminal, TOOL_PLAIN, "%s asserts nothing\n",
                   wl_workload_path(t->run->workload));
    }
    if (t->run->results.ended_early[0] != '\0') {
        tool_print(terminal, TOOL_RED, "%s%s\n", WL_ENDED_EARLY, t->run->results.ended_early);
    }
}

static bool report_all(telling *t) {
    const bench_options *options = t->run->options;
    bool to_output = (options->json != NULL && strcmp(options->json, "-") == 0) ||
                     (options->html != NULL && strcmp(options->html, "-") == 0);
    const wl_report report = {
        .results = &t->run->results,
        .prices = &t->run->prices,
        .cost = &t->cost,
        .on_demand = &t->on_demand,
        .provisioned = t->has_provisioned ? &t->provisioned : NULL,
        .advice = &t->advice,
        .verdicts = t->verdicts,
        .verdict_count = t->verdict_count,
        .made_by = "pocketable " POCKETABLE_VERSION,
        .made_at = t->made_at,
    };
    tool_terminal terminal = tool_terminal_of(to_output ? stderr : stdout, options->no_colour);
    if (options->check) {
        print_verdicts(t, &terminal);
    } else {
        wl_report_print(&report, &terminal);
    }
    if (!tool_flush(&terminal)) {
        tool_complain("bench: the report cannot be printed");
        return false;
    }
    return write_file(&report, options->json, wl_report_write_json) &&
           write_file(&report, options->html, wl_report_write_html);
}

int bench_tell(bench_run *run) {
    telling *t = calloc(1, sizeof *t);
    struct tm parts;
    time_t now = time(NULL);
    if (t == NULL) {
        tool_complain("bench: no memory");
        return TOOL_FAILED;
    }
    t->run = run;
    gmtime_r(&now, &parts);
    (void)strftime(t->made_at, sizeof t->made_at, "%Y-%m-%d %H:%M UTC", &parts);
    int exit_status = TOOL_DONE;
    if (!simulate(t) || !conclude(t)) {
        tool_complain("bench: no memory");
        exit_status = TOOL_FAILED;
    }
    tool_progress_end(&run->progress);
    if (exit_status == TOOL_DONE &&
        (!report_all(t) || count_failed(t) != 0 || run->results.ended_early[0] != '\0')) {
        exit_status = TOOL_FAILED;
    }
    wl_cost_clean_up(&t->cost);
    free(t->verdicts);
    free(t);
    return exit_status;
}
