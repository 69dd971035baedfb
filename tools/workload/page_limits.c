/* Sections of a report's page about what a design bears and costs: throttling and money. */
#include "workload/report_html.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- throttling ---- */

/* The rates of a search, and the target's where it is none of them, rising. */
static size_t take_points(wl__point points[WL_RATES_MAX + 1], const wl_pressure *pressure) {
    size_t count = 0;
    bool target_taken = pressure->at_target.rate <= 0;
    for (size_t i = 0; i <= pressure->rate_count; i++) {
        double rate = i < pressure->rate_count ? pressure->rates[i].rate : HUGE_VAL;
        if (!target_taken && pressure->at_target.rate < rate) {
            const wl_rate_result *target = &pressure->at_target;
            points[count++] = (wl__point){target->rate, wl__throttled_percent(target)};
        }
        target_taken = target_taken || pressure->at_target.rate <= rate;
        if (i < pressure->rate_count) {
            points[count++] = (wl__point){rate, wl__throttled_percent(&pressure->rates[i])};
        }
        if (count != 0 && isnan(points[count - 1].y)) {
            count--;
        }
    }
    return count;
}

static void write_rates(const wl__page *page, const wl__chart *chart,
                        const wl__point *const *points, const size_t *counts) {
    wl__html_table(page->file, "Share of the calls that throttle, by rate", "lrr",
                   WL__CELLS("Billing mode", "Calls a second", "Throttled"));
    for (size_t i = 0; i < chart->series_count; i++) {
        for (size_t j = 0; j < counts[i]; j++) {
            wl__html_row(page->file, "lrr",
                         WL__CELLS(chart->series[i], wl__number(points[i][j].x).text,
                                   wl__percent(points[i][j].y).text));
        }
    }
    wl__html_table_end(page->file);
}

static void write_target(FILE *file, const wl_rate_result *target) {
    if (target->rate > 0) {
        fprintf(file, "<p class=\"%s\">", target->throttled == 0 ? "good" : "bad");
        wl__html_printf(file, "At the target of %s calls a second: %s of %s throttled (%s).",
                        wl__number(target->rate).text, tool_count(target->throttled).text,
                        tool_count(target->admitted + target->throttled).text,
                        wl__percent(wl__throttled_percent(target)).text);
        fputs("</p>\n", file);
    }
}

bool wl__page_throttling(const wl__page *page) {
    const wl_pressure *pressures[2] = {page->report->on_demand, page->report->provisioned};
    wl__point points[2][WL_RATES_MAX + 1];
    const wl__point *lines[2];
    size_t counts[2];
    double target = wl_workload_rate(page->workload);
    wl__chart chart = {
        .id = "chart-throttling",
        .caption = "Share of the calls that throttle, by rate",
        .description = "For each billing mode a line of the throttled share of calls at the rates "
                       "that were simulated. The figures are in the table below.",
        .axis = "calls a second",
        .format = wl__number,
        .limit = target,
        .limit_text = "target",
    };
    wl__html_section(page->file, "throttling", "Throttling, simulated");
    for (size_t i = 0; i < 2; i++) {
        if (pressures[i] != NULL) {
            size_t at = chart.series_count++;
            chart.series[at] = wl__mode_text(pressures[i]->mode);
            counts[at] = take_points(points[at], pressures[i]);
            lines[at] = points[at];
            fputs("<h3>", page->file);
            wl__html_text(page->file, i == 0 ? "On demand" : "Provisioned");
            fputs("</h3>\n", page->file);
            wl__html_paragraph(page->file, "plain",
                               wl__pressure_text(pressures[i], page->workload).text);
            write_target(page->file, &pressures[i]->at_target);
        }
    }
    if (chart.series_count != 0) {
        wl__chart_lines(page->file, &chart, lines, counts);
        write_rates(page, &chart, lines, counts);
    } else {
        wl__html_paragraph(page->file, "soft", "Nothing was simulated.");
    }
    wl__html_section_end(page->file);
    return true;
}

/* ---- money ---- */

static void fill_cost(wl__bar *bar, const wl__page *page, size_t number, bool provisioned) {
    const wl_place_cost *cost = &page->report->cost->places[number];
    wl__name name = wl__place_plain(page->workload, number, 23);
    snprintf(bar->label, sizeof bar->label, "%.150s, %s", name.text,
             provisioned ? "provisioned" : "on demand");
    bar->parts[0] = provisioned ? cost->provisioned_read : cost->on_demand_read;
    bar->parts[1] = provisioned ? cost->provisioned_write : cost->on_demand_write;
    bar->parts[2] = cost->storage;
    snprintf(bar->note, sizeof bar->note, "%.60s",
             wl__money(bar->parts[0] + bar->parts[1] + bar->parts[2]).text);
}

static bool write_cost_chart(const wl__page *page) {
    wl__chart chart = {
        .id = "chart-cost",
        .caption = "Cost by table and index, on demand and provisioned",
        .description =
            "For each table and index a bar of its cost on demand and one of its cost "
            "provisioned, in parts for reads, writes and storage. The figures are in the "
            "table below.",
        .axis = page->report->cost->rate > 0 ? "dollars a month"
                                             : "dollars for a million calls; storage a month",
        .format = wl__money,
        .series = {"reads", "writes", "storage"},
        .series_count = 3,
    };
    bool target = page->report->cost->rate > 0;
    wl__bar *bars = calloc(2 * page->place_count + 1, sizeof *bars);
    size_t count = 0;
    if (bars == NULL) {
        return false;
    }
    for (size_t i = 0; i < page->place_count; i++) {
        fill_cost(&bars[count++], page, i, false);
        if (target) {
            fill_cost(&bars[count++], page, i, true);
        }
    }
    wl__chart_bars(page->file, &chart, bars, count);
    free(bars);
    return true;
}

static void write_cost_row(const wl__page *page, size_t number, const char *columns) {
    const wl_place_cost *cost = &page->report->cost->places[number];
    bool target = page->report->cost->rate > 0;
    double unknown = (double)NAN;
    tool_text units;
    snprintf(units.text, sizeof units.text, "%.60s / %.60s",
             wl__number(target ? cost->provision.read_units : unknown).text,
             wl__number(target ? cost->provision.write_units : unknown).text);
    wl__html_row(page->file, columns,
                 WL__CELLS(wl__place_name(page->workload, number).text,
                           wl__money(cost->on_demand_read).text,
                           wl__money(cost->on_demand_write).text,
                           wl__money(target ? cost->provisioned_read : unknown).text,
                           wl__money(target ? cost->provisioned_write : unknown).text, units.text,
                           wl__money(cost->storage).text));
}

static void write_cost_table(const wl__page *page) {
    static const char columns[] = "lrrrrrr";
    const wl_cost *cost = page->report->cost;
    wl__html_table(page->file, "Cost by table and index", columns,
                   WL__CELLS("Table or index", "Reads on demand", "Writes on demand",
                             "Reads provisioned", "Writes provisioned", "Units R/W", "Storage"));
    for (size_t i = 0; i < page->place_count; i++) {
        write_cost_row(page, i, columns);
    }
    wl__html_table_end(page->file);
    fputs("<p><strong>", page->file);
    wl__html_printf(page->file, "All: on demand %s", wl__money(cost->on_demand).text);
    if (cost->rate > 0) {
        wl__html_printf(page->file, ", provisioned %s", wl__money(cost->provisioned).text);
    }
    if (cost->rate > 0 && cost->mixed) {
        wl__html_printf(page->file, ", as the tables are billed %s", wl__money(cost->billed).text);
    }
    fputs("</strong> ", page->file);
    wl__html_printf(page->file, "%s, storage of %s included.", wl__cost_span(cost).text,
                    wl__money(cost->storage).text);
    fputs("</p>\n", page->file);
}

bool wl__page_cost(const wl__page *page) {
    const wl_prices *prices = page->report->prices;
    wl__html_section(page->file, "cost", "Money");
    if (!write_cost_chart(page)) {
        return false;
    }
    write_cost_table(page);
    fputs("<p class=\"soft\">", page->file);
    wl__html_printf(
        page->file,
        "Prices of %s in %s, from %s: a million read units %s, a million write units %s, "
        "a read unit hour %s, a write unit hour %s, a GB of storage a month %s.",
        prices->date, prices->region, prices->source, wl__price(prices->read_million).text,
        wl__price(prices->write_million).text, wl__price(prices->read_unit_hour).text,
        wl__price(prices->write_unit_hour).text, wl__price(prices->storage_gb_month).text);
    fputs("</p>\n", page->file);
    wl__html_section_end(page->file);
    return true;
}
