#include "report.h"

#include <errno.h>
#include <inttypes.h>

#include <lmdb.h>

pte_status bench_report_add(bench_result **result, bench_report *report, const char *group,
                            const char *operation, pte_error *error) {
    *result = NULL;
    if (report->count == BENCH_RESULTS_MAX) {
        return bench_fail(error, PTE_LIMIT, 0, "more than %d results", BENCH_RESULTS_MAX);
    }
    *result = &report->results[report->count++];
    **result = (bench_result){.group = group, .operation = operation};
    return PTE_OK;
}

pte_status bench_report_figure(bench_figure **figure, bench_report *report, const char *group,
                               const char *operation, const char *unit, pte_error *error) {
    *figure = NULL;
    if (report->figure_count == BENCH_RESULTS_MAX) {
        return bench_fail(error, PTE_LIMIT, 0, "more than %d figures", BENCH_RESULTS_MAX);
    }
    *figure = &report->figures[report->figure_count++];
    **figure = (bench_figure){.group = group, .unit = unit};
    snprintf((*figure)->operation, sizeof(*figure)->operation, "%s", operation);
    return PTE_OK;
}

void bench_report_skip(bench_report *report, const char *what, const char *why) {
    if (report->skipped_count < BENCH_SKIPPED_MAX) {
        report->skipped[report->skipped_count][0] = what;
        report->skipped[report->skipped_count++][1] = why;
    }
}

void bench_result_compare(bench_result *result, bench_ratio ratio) {
    if (result->ratio_count < BENCH_RATIOS_MAX) {
        result->ratios[result->ratio_count++] = ratio;
    }
}

/* ---- figures made of slices ---- */

static double divide(double a, double b) {
    return b > 0 ? a / b : 0;
}

static const bench_series *series_to(const bench_result *result, const bench_ratio *ratio) {
    const bench_result *base = ratio->to_result != NULL ? ratio->to_result : result;
    return &base->sides[ratio->to];
}

/* The quotient of what is shown: of times, or of rates, which are the times' inverses. */
static double quotient(const bench_result *result, double of_ns, double to_ns) {
    return result->rates ? divide(to_ns, of_ns) : divide(of_ns, to_ns);
}

static bool is_measured(const bench_result *result, const bench_ratio *ratio) {
    return result->sides[ratio->of].count > 0 && series_to(result, ratio)->count > 0;
}

/*
 * The quantile of the ratios of all rounds. A round is two slices after one another: the order of
 * the sides in one is that of the other reversed, as whoever is first finds the caches cold.
 * Rounds, not all slices, since the times of all sides drift alike as their trees grow.
 */
static double ratio_quantile(const bench_result *result, const bench_ratio *ratio, bool cpu,
                             double fraction) {
    double ratios[BENCH_SLICES_MAX];
    const bench_series *of = &result->sides[ratio->of];
    const bench_series *to = series_to(result, ratio);
    const double *of_ns = cpu ? of->cpu_ns : of->wall_ns;
    const double *to_ns = cpu ? to->cpu_ns : to->wall_ns;
    size_t slices = of->count < to->count ? of->count : to->count;
    size_t rounds = 0;
    for (size_t i = 0; i < slices; i += 2) {
        size_t other = i + 1 < slices ? i + 1 : i;
        ratios[rounds++] = quotient(result, of_ns[i] + of_ns[other], to_ns[i] + to_ns[other]);
    }
    return bench_quantile(ratios, rounds, fraction);
}

static double wall_ratio(const bench_result *result, const bench_ratio *ratio, double fraction) {
    return ratio_quantile(result, ratio, false, fraction);
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
static double total_ratio(const bench_result *result, const bench_ratio *ratio) {
    return quotient(result, sum(&result->sides[ratio->of]), sum(series_to(result, ratio)));
}

static bool is_met(const bench_result *result, const bench_ratio *ratio) {
    double value = wall_ratio(result, ratio, 0.5);
    return ratio->at_least ? value >= ratio->target : value <= ratio->target;
}

/* What is shown for a side: microseconds, or operations a second. */
static double shown(const bench_result *result, const bench_series *series) {
    double median_ns = bench_median(series->wall_ns, series->count);
    return result->rates ? divide(1e9, median_ns) : median_ns / 1000;
}

/* ---- the table ---- */

static void print_heading(const bench_report *report, const char *group, FILE *out) {
    fprintf(out, "\n  %-34s", group);
    for (size_t side = 0; side < BENCH_SIDES_MAX; side++) {
        if (report->side_names[side] != NULL) {
            fprintf(out, "%13s", report->side_names[side]);
        }
    }
    fprintf(out, "  %-25s%8s  %15s%7s%7s  %s\n", "ratio of", "ratio", "middle half", "total", "cpu",
            "target");
}

static void print_ratio(const bench_report *report, const bench_result *result,
                        const bench_ratio *ratio, FILE *out) {
    char names[64];
    snprintf(names, sizeof names, "%s to %s", report->side_names[ratio->of],
             ratio->to_name != NULL ? ratio->to_name : report->side_names[ratio->to]);
    fprintf(out, "  %-25s%8.2f  %6.2f to %5.2f", names, wall_ratio(result, ratio, 0.5),
            wall_ratio(result, ratio, 0.25), wall_ratio(result, ratio, 0.75));
    fprintf(out, "%7.2f%7.2f", total_ratio(result, ratio),
            ratio_quantile(result, ratio, true, 0.5));
    if (ratio->target > 0) {
        fprintf(out, "  %s %.1f  %s", ratio->at_least ? ">=" : "<=", ratio->target,
                is_met(result, ratio) ? "met" : "MISSED");
    }
}

static void print_result(const bench_report *report, const bench_result *result, FILE *out) {
    int width = 34;
    fprintf(out, "  %-34s", result->operation);
    for (size_t side = 0; side < BENCH_SIDES_MAX; side++) {
        if (report->side_names[side] == NULL) {
            continue;
        }
        width += 13;
        if (result->sides[side].count == 0) {
            fprintf(out, "%13s", "-");
        } else {
            fprintf(out, "%13.*f", result->rates ? 0 : 3, shown(result, &result->sides[side]));
        }
    }
    bool first = true;
    for (size_t i = 0; i < result->ratio_count; i++) {
        if (is_measured(result, &result->ratios[i])) {
            if (!first) {
                fprintf(out, "\n  %*s", width, "");
            }
            print_ratio(report, result, &result->ratios[i], out);
            first = false;
        }
    }
    fputc('\n', out);
    if (result->per_commit > 1.005) {
        fprintf(out, "  %-34s%13s%13.1f writes a commit of the engine's\n", "", "",
                result->per_commit);
    }
}

static void print_figure(const bench_report *report, const bench_figure *figure, FILE *out) {
    fprintf(out, "  %-48s", figure->operation);
    for (size_t side = 0; side < BENCH_SIDES_MAX; side++) {
        if (report->side_names[side] != NULL && figure->values[side] > 0) {
            fprintf(out, "  %s %.*f %s", report->side_names[side],
                    figure->values[side] < 1000 ? 3 : 0, figure->values[side], figure->unit);
        }
    }
    if (figure->target > 0) {
        fprintf(out, "  <= %.0f  %s", figure->target,
                figure->values[figure->target_side] <= figure->target ? "met" : "MISSED");
    }
    fputc('\n', out);
}

void bench_report_print(const bench_report *report, const char *group, FILE *out) {
    bool any = false;
    bool rates = false;
    for (size_t i = 0; i < report->count; i++) {
        const bench_result *result = &report->results[i];
        if (strcmp(result->group, group) != 0) {
            continue;
        }
        if (!any || rates != result->rates) {
            print_heading(report, group, out);
            fprintf(out, "  %-34s%s\n", "",
                    result->rates ? "operations a second" : "microseconds an operation");
        }
        any = true;
        rates = result->rates;
        print_result(report, result, out);
    }
    for (size_t i = 0; i < report->figure_count; i++) {
        if (strcmp(report->figures[i].group, group) == 0) {
            if (!any) {
                fprintf(out, "\n  %s\n", group);
            }
            any = true;
            print_figure(report, &report->figures[i], out);
        }
    }
}

/* ---- JSON ---- */

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
    fprintf(out, "\"%s\": ", name);
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

static void write_names(FILE *out, const char *group, const char *operation, const char *unit,
                        bool more) {
    fprintf(out, "    {");
    write_member(out, "group", group);
    fprintf(out, ", ");
    write_member(out, "operation", operation);
    fprintf(out, ",\n     ");
    write_member(out, "unit", unit);
    fprintf(out, ", ");
    write_member(out, "better", more ? "more" : "less");
    fprintf(out, ",\n");
}

static void write_ratio(FILE *out, const bench_report *report, const bench_result *result,
                        const bench_ratio *ratio) {
    fprintf(out, "{");
    write_member(out, "of", report->side_names[ratio->of]);
    fprintf(out, ", ");
    write_member(out, "to",
                 ratio->to_name != NULL ? ratio->to_name : report->side_names[ratio->to]);
    fprintf(out, ", \"value\": %.3f, \"low\": %.3f, \"high\": %.3f", wall_ratio(result, ratio, 0.5),
            wall_ratio(result, ratio, 0.25), wall_ratio(result, ratio, 0.75));
    fprintf(out, ", \"total\": %.3f, \"cpu\": %.3f", total_ratio(result, ratio),
            ratio_quantile(result, ratio, true, 0.5));
    if (ratio->target > 0) {
        fprintf(out, ", \"target\": %.2f, \"bound\": \"%s\", \"met\": %s", ratio->target,
                ratio->at_least ? "at least" : "at most", is_met(result, ratio) ? "true" : "false");
    }
    fputc('}', out);
}

static void write_sides(FILE *out, const bench_report *report, const bench_result *result) {
    const char *comma = "";
    fprintf(out, "     \"sides\": {");
    for (size_t side = 0; side < BENCH_SIDES_MAX; side++) {
        if (result->sides[side].count > 0) {
            fprintf(out, "%s\"%s\": %.3f", comma, report->side_names[side],
                    shown(result, &result->sides[side]));
            comma = ", ";
        }
    }
    fprintf(out, "},\n     \"ratios\": [");
    comma = "";
    for (size_t i = 0; i < result->ratio_count; i++) {
        if (is_measured(result, &result->ratios[i])) {
            fputs(comma, out);
            write_ratio(out, report, result, &result->ratios[i]);
            comma = ",\n                ";
        }
    }
    fprintf(out, "],\n");
}

static void write_slices(FILE *out, const bench_report *report, const bench_result *result) {
    const char *comma = "";
    fprintf(out, "     \"slices_ns\": {");
    for (size_t side = 0; side < BENCH_SIDES_MAX; side++) {
        const bench_series *series = &result->sides[side];
        if (series->count > 0) {
            fputs(comma, out);
            write_values(out, report->side_names[side], series->wall_ns, series->count);
            comma = ", ";
        }
    }
    fprintf(out, "},\n     \"cpu_slices_ns\": {");
    comma = "";
    for (size_t side = 0; side < BENCH_SIDES_MAX; side++) {
        const bench_series *series = &result->sides[side];
        if (series->count > 0) {
            fputs(comma, out);
            write_values(out, report->side_names[side], series->cpu_ns, series->count);
            comma = ", ";
        }
    }
    fprintf(out, "}");
}

static void write_result(FILE *out, const bench_report *report, const bench_result *result) {
    write_names(out, result->group, result->operation, result->rates ? "1/s" : "us", result->rates);
    write_sides(out, report, result);
    fprintf(out, "     \"checked\": %" PRIu64 ", \"operations_per_slice\": %zu,\n", result->checked,
            result->operations);
    if (result->per_commit > 0) {
        fprintf(out, "     \"engine_writes_per_commit\": %.2f,\n", result->per_commit);
    }
    if (result->note != NULL) {
        fprintf(out, "     ");
        write_member(out, "note", result->note);
        fprintf(out, ",\n");
    }
    write_slices(out, report, result);
    fputc('}', out);
}

static void write_figure(FILE *out, const bench_report *report, const bench_figure *figure) {
    const char *comma = "";
    write_names(out, figure->group, figure->operation, figure->unit, figure->more);
    fprintf(out, "     \"sides\": {");
    for (size_t side = 0; side < BENCH_SIDES_MAX; side++) {
        if (report->side_names[side] != NULL && figure->values[side] > 0) {
            fprintf(out, "%s\"%s\": %.3f", comma, report->side_names[side], figure->values[side]);
            comma = ", ";
        }
    }
    fprintf(out, "},\n     \"ratios\": [");
    if (figure->target > 0) {
        double value = figure->values[figure->target_side];
        fprintf(out,
                "{\"of\": \"%s\", \"to\": \"the limit of %.0f %s\", \"value\": %.3f, "
                "\"target\": 1, \"bound\": \"at most\", \"met\": %s}",
                report->side_names[figure->target_side], figure->target, figure->unit,
                value / figure->target, value <= figure->target ? "true" : "false");
    }
    fprintf(out, "]}");
}

static void write_settings(FILE *out, const bench_setting *settings, size_t count) {
    char machine[256];
    bench_machine(machine, sizeof machine);
    fprintf(out, "  \"settings\": {\n");
    for (size_t i = 0; i < count; i++) {
        fprintf(out, "    ");
        if (settings[i].text != NULL) {
            write_member(out, settings[i].name, settings[i].text);
        } else {
            fprintf(out, "\"%s\": %" PRIu64, settings[i].name, settings[i].number);
        }
        fprintf(out, ",\n");
    }
    fprintf(out, "    ");
    write_member(out, "lmdb", mdb_version(NULL, NULL, NULL));
    fprintf(out, ",\n    ");
    write_member(out, "compiler", __VERSION__);
    fprintf(out, ",\n    ");
    write_member(out, "machine", machine);
    fprintf(out, "\n  },\n");
}

static void write_all(FILE *out, const bench_report *report) {
    size_t total = report->count + report->figure_count;
    fprintf(out, "  \"answers_checked\": %" PRIu64 ",\n  \"results\": [\n",
            report->answers_checked);
    for (size_t i = 0; i < total; i++) {
        if (i < report->count) {
            write_result(out, report, &report->results[i]);
        } else {
            write_figure(out, report, &report->figures[i - report->count]);
        }
        fprintf(out, i + 1 < total ? ",\n" : "\n");
    }
    fprintf(out, "  ],\n  \"skipped\": [");
    for (size_t i = 0; i < report->skipped_count; i++) {
        fprintf(out, i == 0 ? "{" : ", {");
        write_member(out, "what", report->skipped[i][0]);
        fprintf(out, ", ");
        write_member(out, "why", report->skipped[i][1]);
        fputc('}', out);
    }
    fprintf(out, "]\n}\n");
}

pte_status bench_report_write(const bench_report *report, const char *path,
                              const bench_setting *settings, size_t setting_count,
                              pte_error *error) {
    FILE *out = fopen(path, "w");
    if (out == NULL) {
        return bench_fail(error, PTE_IO, errno, "%s", path);
    }
    fprintf(out, "{\n  ");
    write_member(out, "part", report->part);
    fprintf(out, ",\n");
    write_settings(out, settings, setting_count);
    write_all(out, report);
    bool failed = ferror(out) != 0;
    if (fclose(out) != 0 || failed) {
        return bench_fail(error, PTE_IO, errno, "%s", path);
    }
    return PTE_OK;
}
