/* The report as one page: its head, what matters most, assertions and advice. The sections with
 * charts are in page_*.c. */
#include "workload/report_html.h"

#include <math.h>
#include <string.h>

tool_text wl__page_duration(double time_ns) {
    return tool_duration((uint64_t)llround(time_ns));
}

void wl__page_pattern_label(char label[400], const wl__page *page, size_t number) {
    snprintf(label, 400, "%.190s", wl__plain(wl_pattern_at(page->workload, number)->name, 45).text);
}

static void write_card(FILE *file, const char *what, const char *kind, const char *figure) {
    fputs("<li>", file);
    wl__html_text(file, what);
    fprintf(file, "<strong class=\"%s\">", kind);
    wl__html_text(file, figure);
    fputs("</strong></li>\n", file);
}

static void write_pressure_card(const wl__page *page, const wl_pressure *pressure) {
    tool_text what;
    if (pressure == NULL) {
        return;
    }
    snprintf(what.text, sizeof what.text, "Calls a second before throttling, %s",
             wl__mode_text(pressure->mode));
    bool short_of =
        pressure->at_target.throttled > 0 || pressure->rate_max < page->report->cost->rate;
    write_card(page->file, what.text, short_of ? "bad" : "plain",
               wl__rate_text(pressure->rate_max).text);
}

static void write_cards(const wl__page *page) {
    const wl_report *report = page->report;
    const wl_cost *cost = report->cost;
    size_t holding = 0;
    for (size_t i = 0; i < report->verdict_count; i++) {
        holding += report->verdicts[i].holds;
    }
    fputs("<ul class=\"cards\">\n", page->file);
    write_card(page->file, cost->rate > 0 ? "A month on demand" : "A million calls on demand",
               "plain", wl__money(cost->on_demand).text);
    if (cost->rate > 0) {
        write_card(page->file, "A month provisioned", "plain", wl__money(cost->provisioned).text);
    }
    write_pressure_card(page, report->on_demand);
    write_pressure_card(page, report->provisioned);
    write_card(page->file, "Write amplification of indexes", "plain",
               wl__number(wl__amplification(page->results, SIZE_MAX)).text);
    if (report->verdict_count != 0) {
        tool_text verdicts;
        snprintf(verdicts.text, sizeof verdicts.text, "%zu of %zu", holding, report->verdict_count);
        write_card(page->file, "Assertions that hold",
                   holding == report->verdict_count ? "good" : "bad", verdicts.text);
    }
    fputs("</ul>\n", page->file);
}

static void write_head(const wl__page *page) {
    const wl_results *results = page->results;
    double rate = wl_workload_rate(page->workload);
    fputs("<p>", page->file);
    wl__html_printf(page->file, "%s calls in process in %s s, seed %llu; loading took %s s. ",
                    tool_count(results->calls).text, wl__number(results->seconds).text,
                    (unsigned long long)results->seed, wl__number(results->load_seconds).text);
    if (rate > 0) {
        wl__html_printf(page->file, "Target: %s calls a second.", wl__number(rate).text);
    } else {
        wl__html_printf(page->file, "The workload sets no target rate.");
    }
    fputs("</p>\n", page->file);
    if (results->ended_early[0] != '\0') {
        fputs("<p class=\"bad\">", page->file);
        wl__html_printf(page->file, WL_ENDED_EARLY "%s", results->ended_early);
        fputs("</p>\n", page->file);
    }
    fputs("<p class=\"soft\">", page->file);
    wl__html_printf(page->file, "Workload: %s", wl_workload_path(page->workload));
    fputs("</p>\n<nav aria-label=\"Sections\">", page->file);
    if (page->report->verdict_count != 0) {
        fputs("<a href=\"#assertions\">Assertions</a>", page->file);
    }
    if (page->report->advice->count != 0) {
        fputs("<a href=\"#advice\">Advice</a>", page->file);
    }
    fputs("<a href=\"#latency\">Latency</a><a href=\"#capacity\">Capacity</a>"
          "<a href=\"#heat\">Heat</a><a href=\"#sizes\">Item sizes</a>"
          "<a href=\"#throttling\">Throttling</a><a href=\"#cost\">Money</a></nav>\n",
          page->file);
    write_cards(page);
}

static void write_verdicts(const wl__page *page) {
    FILE *file = page->file;
    if (page->report->verdict_count == 0) {
        return;
    }
    wl__html_section(file, "assertions", "Assertions");
    fputs("<ul>\n", file);
    for (size_t i = 0; i < page->report->verdict_count; i++) {
        const wl_verdict *verdict = &page->report->verdicts[i];
        fprintf(file, "<li><span class=\"%s\">%s</span> ", verdict->holds ? "good" : "bad",
                verdict->holds ? "holds" : "fails");
        wl__html_text(file, verdict->text);
        fprintf(file, " <span class=\"soft\">(line %zu)", verdict->assertion->line);
        fputs("</span></li>\n", file);
    }
    fputs("</ul>\n", file);
    wl__html_section_end(file);
}

static void write_advice(const wl__page *page) {
    const wl_advice *advice = page->report->advice;
    FILE *file = page->file;
    if (advice->count == 0) {
        return;
    }
    wl__html_section(file, "advice", "Advice");
    fputs("<ul>\n", file);
    for (size_t i = 0; i < advice->count; i++) {
        fputs("<li>", file);
        wl__html_text(file, advice->pieces[i].text);
        if (advice->pieces[i].saves > 0) {
            fputs(" <span class=\"good\">", file);
            wl__html_printf(file, "Saves up to %s %s.", wl__money(advice->pieces[i].saves).text,
                            page->report->cost->rate > 0 ? "a month" : "a million calls");
            fputs("</span>", file);
        }
        fputs("</li>\n", file);
    }
    fputs("</ul>\n", file);
    wl__html_section_end(file);
}

bool wl_report_write_html(const wl_report *report, FILE *file) {
    const wl_workload *workload = report->results->workload;
    wl__page page = {.file = file,
                     .report = report,
                     .results = report->results,
                     .workload = workload,
                     .pattern_count = wl_pattern_count(workload),
                     .place_count = wl_place_count(workload)};
    wl__html_page(file, wl_workload_name(workload),
                  "What a workload of DynamoDB requests takes, costs and bears");
    write_head(&page);
    write_verdicts(&page);
    write_advice(&page);
    bool enough = wl__page_patterns(&page) && wl__page_heat(&page) && wl__page_sizes(&page) &&
                  wl__page_throttling(&page) && wl__page_cost(&page);
    wl__html_page_end(file, report->made_by, report->made_at);
    return wl__written(file, enough);
}
