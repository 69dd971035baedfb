/* Sections of a report's page about patterns: how long they take, what they do, their capacity. */
#include "workload/report_html.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- latency ---- */

static const double fractions[WL__DOTS] = {0.5, 0.95, 0.99, 0.999};

static void take_times(double values[WL__DOTS], const wl_histogram *times) {
    for (size_t i = 0; times->count != 0 && i < WL__DOTS; i++) {
        /* A scale of powers of ten has no 0. */
        values[i] = fmax(1, (double)wl_histogram_quantile(times, fractions[i]));
    }
}

static void write_times(FILE *file, const char *name, const char *way, const wl_histogram *times) {
    if (times->count == 0) {
        return;
    }
    tool_text cells[WL__DOTS];
    for (size_t i = 0; i < WL__DOTS; i++) {
        cells[i] = tool_duration(wl_histogram_quantile(times, fractions[i]));
    }
    wl__html_row(file, "llrrrrrr",
                 WL__CELLS(name, way, tool_count(times->count).text, cells[0].text, cells[1].text,
                           cells[2].text, cells[3].text, tool_duration(times->max_ns).text));
}

static void write_latency_table(const wl__page *page) {
    wl__html_table(page->file, "Latency of a call", "llrrrrrr",
                   WL__CELLS("Pattern", "Way", "Calls", "p50", "p95", "p99", "p99.9", "Longest"));
    for (size_t i = 0; i < page->pattern_count; i++) {
        const wl_pattern_result *pattern = &page->results->patterns[i];
        const char *name = wl_pattern_at(page->workload, i)->name;
        write_times(page->file, name, "in process", &pattern->in_process);
        write_times(page->file, name, "HTTP", &pattern->http);
    }
    wl__html_table_end(page->file);
}

static bool write_latency(const wl__page *page) {
    static const wl__chart chart = {
        .id = "chart-latency",
        .caption = "Latency of a call, p50 to p99.9, in process and over HTTP",
        .description =
            "For each pattern a line from the 50th to the 99.9th percentile with marks at "
            "the 50th, 95th, 99th and 99.9th, one in process and one over HTTP, on a "
            "scale of powers of ten. The figures are in the table below.",
        .axis = "duration of a call (dot p50; strokes p95, p99 and p99.9)",
        .format = wl__page_duration,
        .series = {"in process", "HTTP"},
        .series_count = 2,
    };
    wl__dots *rows = calloc(page->pattern_count + 1, sizeof *rows);
    if (rows == NULL) {
        return false;
    }
    for (size_t i = 0; i < page->pattern_count; i++) {
        wl__page_pattern_label(rows[i].label, page, i);
        take_times(rows[i].values[0], &page->results->patterns[i].in_process);
        take_times(rows[i].values[1], &page->results->patterns[i].http);
    }
    wl__html_section(page->file, "latency", "Latency");
    wl__chart_dots(page->file, &chart, rows, page->pattern_count);
    write_latency_table(page);
    wl__html_section_end(page->file);
    free(rows);
    return true;
}

/* ---- what a call does ---- */

static void write_calls(const wl__page *page) {
    static const char columns[] = "lrrrrrrr";
    wl__html_table(page->file, "What a call does, on average", columns,
                   WL__CELLS("Pattern", "Calls", "Round trips", "Pages", "Examined", "Returned",
                             "Sent", "Received"));
    for (size_t i = 0; i < page->pattern_count; i++) {
        const wl_pattern_result *pattern = &page->results->patterns[i];
        double sent = wl__per_call(pattern, (double)pattern->request_bytes);
        double received = wl__per_call(pattern, (double)pattern->response_bytes);
        wl__html_row(
            page->file, columns,
            WL__CELLS(wl_pattern_at(page->workload, i)->name, tool_count(pattern->calls).text,
                      wl__number(wl__per_call(pattern, (double)pattern->round_trips)).text,
                      wl__number(wl__per_call(pattern, (double)pattern->pages)).text,
                      wl__number(wl__per_call(pattern, (double)pattern->items_examined)).text,
                      wl__number(wl__per_call(pattern, (double)pattern->items_returned)).text,
                      tool_size((uint64_t)sent).text, tool_size((uint64_t)received).text));
    }
    wl__html_table_end(page->file);
}

static void write_failures(const wl__page *page) {
    for (size_t i = 0; i < page->pattern_count; i++) {
        const wl_pattern_result *pattern = &page->results->patterns[i];
        for (size_t j = 0; j < pattern->failure_count; j++) {
            fputs("<p>", page->file);
            wl__html_printf(page->file, "%s: %s answers were %s.",
                            wl_pattern_at(page->workload, i)->name,
                            tool_count(pattern->failures[j].count).text, pattern->failures[j].name);
            fputs("</p>\n", page->file);
        }
        if (pattern->refused > 0) {
            fputs("<p>", page->file);
            wl__html_printf(
                page->file,
                "%s: %s write units for conditions that failed, in no answer but billed.",
                wl_pattern_at(page->workload, i)->name, wl__number(pattern->refused).text);
            fputs("</p>\n", page->file);
        }
    }
}

/* ---- capacity ---- */

/* The places that have a colour of their own; all others share the last. */
typedef struct place_legend {
    size_t places[WL__SERIES_MAX];
    size_t count;
    bool others;
    wl__name names[WL__SERIES_MAX];
} place_legend;

static double units_at(const wl__page *page, size_t pattern, size_t place, bool write) {
    const wl_units *units = &page->results->patterns[pattern].units[place];
    return write ? units->write : units->read;
}

static bool is_used(const wl__page *page, size_t place) {
    bool used = false;
    for (size_t i = 0; i < page->pattern_count && !used; i++) {
        const wl_units *units = &page->results->patterns[i].units[place];
        used = units->read > 0 || units->write > 0;
    }
    return used;
}

/* The first places that are used, so that each has its colour in both charts; more than there are
 * colours share one. */
static void choose(place_legend *legend, const wl__page *page) {
    size_t used = 0;
    *legend = (place_legend){0};
    for (size_t i = 0; i < page->place_count; i++) {
        used += is_used(page, i);
    }
    size_t most = used > WL__SERIES_MAX ? WL__SERIES_MAX - 1 : WL__SERIES_MAX;
    for (size_t i = 0; i < page->place_count && legend->count < most; i++) {
        if (is_used(page, i)) {
            legend->names[legend->count] = wl__place_name(page->workload, i);
            legend->places[legend->count++] = i;
        }
    }
    legend->others = used > legend->count;
    if (legend->others) {
        snprintf(legend->names[legend->count].text, sizeof legend->names[0].text, "other places");
    }
}

static void fill_bar(wl__bar *bar, const wl__page *page, const place_legend *legend, size_t number,
                     bool write) {
    const wl_pattern_result *pattern = &page->results->patterns[number];
    wl_units all = wl__units_of(page->results, number);
    double total = wl__per_call(pattern, write ? all.write : all.read);
    double rest = total;
    wl__page_pattern_label(bar->label, page, number);
    snprintf(bar->note, sizeof bar->note, "%.40s", wl__number(total).text);
    for (size_t i = 0; i < legend->count; i++) {
        bar->parts[i] = wl__per_call(pattern, units_at(page, number, legend->places[i], write));
        rest -= bar->parts[i];
    }
    if (legend->others) {
        bar->parts[legend->count] = fmax(rest, 0);
    }
}

static bool write_capacity_chart(const wl__page *page, bool write) {
    wl__chart chart = {
        .id = write ? "chart-wcu" : "chart-rcu",
        .caption = write ? "Write units of a call, by table and index"
                         : "Read units of a call, by table and index",
        .description = "For each pattern a bar of the capacity units that a call uses on average, "
                       "in parts by table and index. The figures are in the table below.",
        .axis =
            write ? "write capacity units (WCU) of a call" : "read capacity units (RCU) of a call",
        .format = wl__number,
    };
    place_legend legend;
    choose(&legend, page);
    chart.series_count = legend.count + legend.others;
    for (size_t i = 0; i < chart.series_count; i++) {
        chart.series[i] = legend.names[i].text;
    }
    wl__bar *bars = calloc(page->pattern_count + 1, sizeof *bars);
    if (bars == NULL) {
        return false;
    }
    size_t count = 0;
    for (size_t i = 0; i < page->pattern_count; i++) {
        wl_units all = wl__units_of(page->results, i);
        if ((write ? all.write : all.read) > 0) {
            fill_bar(&bars[count++], page, &legend, i, write);
        }
    }
    if (count != 0) {
        wl__chart_bars(page->file, &chart, bars, count);
    }
    free(bars);
    return true;
}

static void write_units_rows(const wl__page *page, size_t number, const char *columns) {
    const wl_pattern_result *pattern = &page->results->patterns[number];
    const char *name = wl_pattern_at(page->workload, number)->name;
    wl_units all = wl__units_of(page->results, number);
    wl__html_row(page->file, columns,
                 WL__CELLS(name, "all", wl__number(wl__per_call(pattern, all.read)).text,
                           wl__number(wl__per_call(pattern, all.write)).text,
                           wl__number(wl__per_call(pattern, pattern->strong.read)).text,
                           wl__number(wl__amplification(page->results, number)).text,
                           wl__money(page->report->cost->patterns[number]).text));
    for (size_t i = 0; i < page->place_count; i++) {
        const wl_units *units = &pattern->units[i];
        if (units->read > 0 || units->write > 0) {
            wl__html_row(page->file, columns,
                         WL__CELLS(name, wl__place_name(page->workload, i).text,
                                   wl__number(wl__per_call(pattern, units->read)).text,
                                   wl__number(wl__per_call(pattern, units->write)).text, "", "",
                                   ""));
        }
    }
}

static bool write_capacity(const wl__page *page) {
    static const char columns[] = "llrrrrr";
    wl__html_section(page->file, "capacity", "What a call does and its capacity");
    write_calls(page);
    write_failures(page);
    if (!write_capacity_chart(page, false) || !write_capacity_chart(page, true)) {
        return false;
    }
    wl__html_table(page->file, "Capacity units of a call", columns,
                   WL__CELLS("Pattern", "Table or index", "RCU", "WCU", "Strong RCU",
                             "Amplification", "On demand"));
    for (size_t i = 0; i < page->pattern_count; i++) {
        write_units_rows(page, i, columns);
    }
    wl__html_table_end(page->file);
    fputs("<p class=\"soft\">", page->file);
    wl__html_printf(
        page->file,
        "Strong: read units that ConsistentRead or transactions doubled. "
        "Amplification: units that tables and indexes write for each of the tables' own. "
        "On demand: the cost %s.",
        wl__cost_span(page->report->cost).text);
    fputs("</p>\n", page->file);
    wl__html_section_end(page->file);
    return true;
}

bool wl__page_patterns(const wl__page *page) {
    return write_latency(page) && write_capacity(page);
}
