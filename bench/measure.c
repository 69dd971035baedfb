#include "measure.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <lmdb.h>

pte_status bench_fail(pte_error *error, pte_status status, int os_error, const char *format, ...) {
    va_list arguments;
    error->status = status;
    error->os_error = os_error;
    error->position = 0;
    va_start(arguments, format);
    int len = vsnprintf(error->message, sizeof error->message, format, arguments);
    va_end(arguments);
    if (os_error != 0 && len >= 0 && (size_t)len < sizeof error->message) {
        snprintf(error->message + len, sizeof error->message - (size_t)len, ": %s",
                 mdb_strerror(os_error));
    }
    return status;
}

static double read_clock(clockid_t clock) {
    struct timespec time;
    clock_gettime(clock, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

bench_time bench_now(void) {
    return (bench_time){read_clock(CLOCK_MONOTONIC), read_clock(CLOCK_PROCESS_CPUTIME_ID)};
}

void bench_series_add(bench_series *series, bench_time start, size_t operations) {
    bench_time now = bench_now();
    if (series->count < BENCH_SLICES_MAX && operations > 0) {
        series->wall_ns[series->count] = (now.wall_ns - start.wall_ns) / (double)operations;
        series->cpu_ns[series->count] = (now.cpu_ns - start.cpu_ns) / (double)operations;
        series->count++;
    }
}

static int compare_doubles(const void *a, const void *b) {
    const double *left = a;
    const double *right = b;
    return (*left > *right) - (*left < *right);
}

double bench_quantile(const double *values, size_t count, double fraction) {
    double sorted[BENCH_SLICES_MAX];
    if (count == 0 || count > BENCH_SLICES_MAX) {
        return 0;
    }
    memcpy(sorted, values, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, compare_doubles);
    double place = fraction * (double)(count - 1);
    size_t below = (size_t)place;
    size_t above = below + 1 < count ? below + 1 : below;
    return sorted[below] + (sorted[above] - sorted[below]) * (place - (double)below);
}

static double median(const double *values, size_t count) {
    return bench_quantile(values, count, 0.5);
}

pte_status bench_report_add(bench_result **result, bench_report *report, const char *mode,
                            const char *operation, pte_error *error) {
    *result = NULL;
    if (report->count == BENCH_RESULTS_MAX) {
        return bench_fail(error, PTE_LIMIT, 0, "more than %d results", BENCH_RESULTS_MAX);
    }
    *result = &report->results[report->count++];
    **result = (bench_result){.mode = mode, .operation = operation};
    return PTE_OK;
}

static double divide(double a, double b) {
    return b > 0 ? a / b : 0;
}

/* engine over raw, or base over engine. */
static double compare_sides(const bench_result *result, double raw, double engine) {
    return result->kind == BENCH_SPEEDUP ? divide(raw, engine) : divide(engine, raw);
}

/*
 * The quantile of the ratios of all rounds. A round is two slices after one another: each side was
 * the first in one of them, and the first finds the caches cold. Rounds, not all slices, since both
 * sides' times drift alike as their trees grow.
 */
static double ratio_quantile(const bench_result *result, const double *raw, const double *engine,
                             double fraction) {
    double ratios[BENCH_SLICES_MAX];
    size_t rounds = 0;
    size_t slices =
        result->raw.count < result->engine.count ? result->raw.count : result->engine.count;
    for (size_t i = 0; i < slices; i += 2) {
        size_t other = i + 1 < slices ? i + 1 : i;
        ratios[rounds++] = compare_sides(result, raw[i] + raw[other], engine[i] + engine[other]);
    }
    return bench_quantile(ratios, rounds, fraction);
}

static double wall_ratio(const bench_result *result, double fraction) {
    return ratio_quantile(result, result->raw.wall_ns, result->engine.wall_ns, fraction);
}

static double cpu_ratio(const bench_result *result) {
    return ratio_quantile(result, result->raw.cpu_ns, result->engine.cpu_ns, 0.5);
}

static double sum(const bench_series *series) {
    double total = 0;
    for (size_t i = 0; i < series->count; i++) {
        total += series->wall_ns[i];
    }
    return total;
}

/* The ratio of all slices together: noise counts in full, but so does a cost that comes in lumps,
 * such as making a file larger, which no median shows. */
static double total_ratio(const bench_result *result) {
    return compare_sides(result, sum(&result->raw), sum(&result->engine));
}

double bench_result_ratio(const bench_result *result) {
    return wall_ratio(result, 0.5);
}

static bool target_met(const bench_result *result) {
    double ratio = bench_result_ratio(result);
    return result->kind == BENCH_SPEEDUP ? ratio >= result->target : ratio <= result->target;
}

static void print_microseconds(const bench_series *series, FILE *out) {
    if (series->count == 0) {
        fprintf(out, "%11s", "-");
    } else {
        fprintf(out, "%11.3f", median(series->wall_ns, series->count) / 1000);
    }
}

static void print_result(const bench_result *result, FILE *out) {
    fprintf(out, "  %-34s", result->operation);
    print_microseconds(&result->raw, out);
    print_microseconds(&result->engine, out);
    if (result->kind == BENCH_COST_ALONE) {
        fprintf(out, "%8s\n", "-");
        return;
    }
    fprintf(out, "%8.2f  %6.2f to %5.2f", bench_result_ratio(result), wall_ratio(result, 0.25),
            wall_ratio(result, 0.75));
    fprintf(out, "%7.2f%7.2f", total_ratio(result), cpu_ratio(result));
    if (result->target > 0) {
        fprintf(out, "  %s %.1f  %s", result->kind == BENCH_SPEEDUP ? ">=" : "<=", result->target,
                target_met(result) ? "met" : "MISSED");
    }
    fputc('\n', out);
}

/* How many writes the engine put into a commit, where a caller asked for many at once. */
static void print_commits(const bench_result *result, FILE *out) {
    if (result->per_commit > 1.005) {
        fprintf(out, "  %-34s%11s%11.1f writes a commit of the engine's\n", "", "",
                result->per_commit);
    }
}

void bench_report_print(const bench_report *report, const char *mode, FILE *out) {
    bool any = false;
    for (size_t i = 0; i < report->count; i++) {
        const bench_result *result = &report->results[i];
        if (strcmp(result->mode, mode) != 0) {
            continue;
        }
        if (!any) {
            fprintf(out, "\n  %-34s%11s%11s%8s  %15s%7s%7s  %s\n", mode, "raw us", "engine us",
                    "ratio", "middle half", "total", "cpu", "target");
        }
        any = true;
        print_result(result, out);
        print_commits(result, out);
    }
}

void bench_report_print_rates(const bench_report *report, const char *mode, FILE *out) {
    for (size_t i = 0; i < report->count; i++) {
        const bench_result *result = &report->results[i];
        if (strcmp(result->mode, mode) == 0 && result->kind != BENCH_SPEEDUP) {
            double raw = median(result->raw.wall_ns, result->raw.count);
            double engine = median(result->engine.wall_ns, result->engine.count);
            fprintf(out, "  %-34s%9.0f/s%9.0f/s\n", result->operation, divide(1e9, raw),
                    divide(1e9, engine));
        }
    }
}

/* JSON */

static void write_string(FILE *out, const char *text) {
    fputc('"', out);
    for (; *text != 0; text++) {
        unsigned char byte = (unsigned char)*text;
        if (byte == '"' || byte == '\\') {
            fprintf(out, "\\%c", byte);
        } else if (byte < 0x20) {
            fprintf(out, "\\u%04x", byte);
        } else {
            fputc(byte, out);
        }
    }
    fputc('"', out);
}

static void write_member(FILE *out, const char *name, const char *text) {
    fprintf(out, "    \"%s\": ", name);
    if (text == NULL) {
        fputs("null", out);
    } else {
        write_string(out, text);
    }
}

static void write_values(FILE *out, const char *name, const double *values, size_t count) {
    fprintf(out, "\"%s\": [", name);
    for (size_t i = 0; i < count; i++) {
        fprintf(out, "%s%.1f", i == 0 ? "" : ", ", values[i]);
    }
    fputc(']', out);
}

static void write_series(FILE *out, const char *name, const bench_series *series) {
    if (series->count == 0) {
        fprintf(out, "      \"%s\": null,\n", name);
        return;
    }
    fprintf(out, "      \"%s\": {\"median_ns\": %.1f, \"cpu_median_ns\": %.1f, ", name,
            median(series->wall_ns, series->count), median(series->cpu_ns, series->count));
    write_values(out, "slices_ns", series->wall_ns, series->count);
    fprintf(out, ", ");
    write_values(out, "cpu_slices_ns", series->cpu_ns, series->count);
    fprintf(out, "},\n");
}

static void write_result(FILE *out, const bench_result *result) {
    static const char *const kinds[] = {"engine/raw", "alone", "speedup"};
    fprintf(out, "    {\n      \"mode\": ");
    write_string(out, result->mode);
    fprintf(out, ",\n      \"operation\": ");
    write_string(out, result->operation);
    fprintf(out, ",\n      \"compared\": \"%s\",\n", kinds[result->kind]);
    fprintf(out, "      \"operations_per_slice\": %zu,\n", result->operations);
    fprintf(out, "      \"engine_writes_per_commit\": %.2f,\n", result->per_commit);
    write_series(out, result->kind == BENCH_SPEEDUP ? "base" : "raw", &result->raw);
    write_series(out, "engine", &result->engine);
    if (result->kind == BENCH_COST_ALONE) {
        fprintf(out, "      \"ratio\": null\n    }");
        return;
    }
    fprintf(out, "      \"ratio\": %.3f,\n      \"ratio_quartiles\": [%.3f, %.3f],\n",
            bench_result_ratio(result), wall_ratio(result, 0.25), wall_ratio(result, 0.75));
    fprintf(out, "      \"total_ratio\": %.3f,\n      \"cpu_ratio\": %.3f,\n", total_ratio(result),
            cpu_ratio(result));
    if (result->target > 0) {
        fprintf(out, "      \"target\": %.2f,\n      \"met\": %s\n    }", result->target,
                target_met(result) ? "true" : "false");
    } else {
        fprintf(out, "      \"target\": null,\n      \"met\": null\n    }");
    }
}

static void write_settings(FILE *out, const bench_settings *settings) {
    char machine[256];
    bench_machine(machine, sizeof machine);
    fprintf(out, "  \"settings\": {\n");
    fprintf(out, "    \"items\": %" PRIu64 ",\n    \"operations\": %zu,\n", settings->items,
            settings->operations);
    fprintf(out, "    \"slices\": %zu,\n    \"durable_operations\": %zu,\n", settings->slices,
            settings->durable_operations);
    fprintf(out, "    \"seed\": %" PRIu64 ",\n", settings->seed);
    write_member(out, "modes", settings->modes);
    fprintf(out, ",\n");
    write_member(out, "only", settings->only);
    fprintf(out, ",\n");
    write_member(out, "folder", settings->folder);
    fprintf(out, ",\n");
    write_member(out, "memory_folder", settings->memory_folder);
    fprintf(out, "\n  },\n  \"built_with\": {\n");
    write_member(out, "lmdb", mdb_version(NULL, NULL, NULL));
    fprintf(out, ",\n");
    write_member(out, "compiler", __VERSION__);
    fprintf(out, "\n  },\n  \"machine\": {\n");
    write_member(out, "processor", machine);
    fprintf(out, "\n  },\n");
}

pte_status bench_report_write(const bench_report *report, const bench_settings *settings,
                              pte_error *error) {
    FILE *out = fopen(settings->json, "w");
    if (out == NULL) {
        return bench_fail(error, PTE_IO, errno, "%s", settings->json);
    }
    fprintf(out, "{\n  \"program\": \"engine_bench\",\n");
    write_settings(out, settings);
    fprintf(out, "  \"answers_checked\": %" PRIu64 ",\n  \"answers_wrong\": 0,\n",
            report->answers_checked);
    fprintf(out, "  \"results\": [\n");
    for (size_t i = 0; i < report->count; i++) {
        write_result(out, &report->results[i]);
        fprintf(out, i + 1 < report->count ? ",\n" : "\n");
    }
    fprintf(out, "  ]\n}\n");
    bool failed = ferror(out) != 0;
    if (fclose(out) != 0 || failed) {
        return bench_fail(error, PTE_IO, errno, "%s", settings->json);
    }
    return PTE_OK;
}

void bench_machine(char *text, size_t bytes) {
    char line[256];
    char name[160] = "unknown processor";
    FILE *file = fopen("/proc/cpuinfo", "r");
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        if (sscanf(line, "model name : %159[^\n]", name) == 1) {
            break;
        }
    }
    if (file != NULL) {
        fclose(file);
    }
    snprintf(text, bytes, "%s x %ld", name, sysconf(_SC_NPROCESSORS_ONLN));
}
