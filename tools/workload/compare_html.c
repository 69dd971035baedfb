/* Two reports side by side as a page. */
#include "workload/compare.h"
#include "workload/html_charts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char columns[] = "lrrrrl";

/* A page being written. */
typedef struct compared {
    FILE *file;
    const wl__summary *a, *b;
} compared;

/* ---- tables ---- */

static void write_verdict_row(FILE *file, const wl__figure *figure,
                              const wl__difference *difference) {
    static const char *const kinds[] = {[WL__SAME] = "soft",
                                        [WL__DIFFERENT] = "soft",
                                        [WL__B_BETTER] = "good",
                                        [WL__B_WORSE] = "bad"};
    wl__html_row_marked(file, columns, kinds[difference->verdict],
                        WL__CELLS(figure->label, wl__figure_text(figure, difference->a).text,
                                  wl__figure_text(figure, difference->b).text,
                                  wl__difference_text(figure, difference).text,
                                  wl__difference_percent(difference).text,
                                  wl__verdict_text(difference->verdict)));
}

static void write_pair(FILE *file, const char *name, const wl__figure *figures,
                       const wl__pair *pair) {
    char caption[800];
    snprintf(caption, sizeof caption, "%.700s%s", name,
             pair->a == NULL   ? " (only B)"
             : pair->b == NULL ? " (only A)"
                               : "");
    wl__html_table(file, caption, columns,
                   WL__CELLS("Figure", "A", "B", "Difference", "Percent", "Better"));
    for (size_t i = 0; figures[i].label != NULL; i++) {
        wl__difference difference = wl__pair_difference(figures, i, pair);
        if (difference.worth_showing) {
            write_verdict_row(file, &figures[i], &difference);
        }
    }
    wl__html_table_end(file);
}

/* ---- charts ---- */

static void fill_bar(wl__bar *bar, const char *name, const wl__figure *figure, double value,
                     size_t side) {
    snprintf(bar->label, sizeof bar->label, "%.150s · %c", wl__plain(name, 32).text,
             side == 0 ? 'A' : 'B');
    bar->parts[side] = value;
    snprintf(bar->note, sizeof bar->note, "%.60s", wl__figure_text(figure, value).text);
}

/* Two bars for each pair that has the figure. False: no memory. */
static bool write_chart(FILE *file, const wl__chart *chart, const wl__figure *figures, size_t n,
                        const wl__pair *pairs, size_t count) {
    wl__bar *bars = calloc(2 * count + 1, sizeof *bars);
    size_t bar_count = 0;
    if (bars == NULL) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        wl__difference difference = wl__pair_difference(figures, n, &pairs[i]);
        if (difference.worth_showing) {
            const char *name = wl__pair_name(&pairs[i]);
            if (!isnan(difference.a)) {
                fill_bar(&bars[bar_count++], name, &figures[n], difference.a, 0);
            }
            if (!isnan(difference.b)) {
                fill_bar(&bars[bar_count++], name, &figures[n], difference.b, 1);
            }
        }
    }
    if (bar_count != 0) {
        wl__chart_bars(file, chart, bars, bar_count);
    }
    free(bars);
    return true;
}

static tool_text duration(double time_ns) {
    return tool_duration((uint64_t)llround(time_ns));
}

/* The figure's place in its list. */
static size_t find(const wl__figure *figures, const char *path) {
    size_t n = 0;
    while (figures[n].label != NULL && strcmp(figures[n].path, path) != 0) {
        n++;
    }
    return n;
}

static bool write_pattern_charts(FILE *file, const wl__pair *pairs, size_t count) {
    static const struct {
        const char *path;
        wl__chart chart;
    } charts[] = {
        {"read_units",
         {.id = "chart-rcu",
          .caption = "Read units of a call",
          .axis = "RCU",
          .format = wl__number}},
        {"write_units",
         {.id = "chart-wcu",
          .caption = "Write units of a call",
          .axis = "WCU",
          .format = wl__number}},
        {"latency_ns.in_process.p50",
         {.id = "chart-latency",
          .caption = "Latency of a call in process, p50",
          .axis = "duration",
          .format = duration}},
        {"on_demand_cost",
         {.id = "chart-cost", .caption = "Cost on demand", .axis = "dollars", .format = wl__money}},
    };
    for (size_t i = 0; i < sizeof charts / sizeof charts[0]; i++) {
        wl__chart chart = charts[i].chart;
        chart.description =
            "For each pattern a bar of A and one of B. The figures are in the tables "
            "below.";
        chart.series[0] = "A";
        chart.series[1] = "B";
        chart.series_count = 2;
        if (!write_chart(file, &chart, wl__pattern_figures,
                         find(wl__pattern_figures, charts[i].path), pairs, count)) {
            return false;
        }
    }
    return true;
}

/* ---- the page ---- */

static void write_side(FILE *file, char side, const wl__summary *summary) {
    fputs("<p><strong>", file);
    wl__html_printf(file, "%c: %.300s", side, summary->name);
    fputs("</strong> <span class=\"soft\">", file);
    wl__html_printf(file, "%.500s, made by %.100s, %.100s", summary->path, summary->made_by,
                    summary->made_at);
    fputs("</span></p>\n", file);
    if (summary->ended_early != NULL) {
        fputs("<p class=\"bad\">", file);
        wl__html_printf(file, WL_ENDED_EARLY "%.500s", summary->ended_early);
        fputs("</p>\n", file);
    }
}

static bool write_sections(const compared *sides, const wl__pair *patterns, size_t pattern_count,
                           const wl__pair *places, size_t place_count) {
    FILE *file = sides->file;
    wl__pair whole = {&sides->a->whole, &sides->b->whole};
    write_side(file, 'A', sides->a);
    write_side(file, 'B', sides->b);
    if (wl__priced_differently(sides->a, sides->b)) {
        wl__html_paragraph(file, "bad", WL__PRICED_DIFFERENTLY);
    }
    wl__html_section(file, "whole", "The whole design");
    write_pair(file, "Costs and limits", wl__whole_figures, &whole);
    wl__html_section_end(file);
    wl__html_section(file, "patterns", "Patterns, of a call");
    if (!write_pattern_charts(file, patterns, pattern_count)) {
        return false;
    }
    for (size_t i = 0; i < pattern_count; i++) {
        write_pair(file, wl__pair_name(&patterns[i]), wl__pattern_figures, &patterns[i]);
    }
    wl__html_section_end(file);
    wl__html_section(file, "places", "Tables and indexes");
    for (size_t i = 0; i < place_count; i++) {
        write_pair(file, wl__pair_name(&places[i]), wl__place_figures, &places[i]);
    }
    wl__html_section_end(file);
    return true;
}

bool wl__compare_html(FILE *file, const wl__summary *a, const wl__summary *b) {
    compared sides = {file, a, b};
    wl__pair *patterns = NULL, *places = NULL;
    size_t pattern_count = 0, place_count = 0;
    char title[700];
    snprintf(title, sizeof title, "%.300s and %.300s compared", a->name, b->name);
    wl__html_page(file, title, "Two workloads of DynamoDB requests side by side");
    bool enough =
        wl__pairs_of(&patterns, &pattern_count, a->patterns, a->pattern_count, b->patterns,
                     b->pattern_count) &&
        wl__pairs_of(&places, &place_count, a->places, a->place_count, b->places, b->place_count) &&
        write_sections(&sides, patterns, pattern_count, places, place_count);
    wl__html_page_end(file, b->made_by, b->made_at);
    free(patterns);
    free(places);
    return wl__written(file, enough);
}
