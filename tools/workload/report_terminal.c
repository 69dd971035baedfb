/*
 * The report on a terminal: tables of at most 100 columns, one for each subject, under a heading.
 * Texts from a workload cannot steer the terminal.
 */
#include "workload/figures.h"

#include <math.h>
#include <string.h>

enum { LINE_COLUMNS = 98, INDENT = 2, PATTERN_COLUMNS = 26, PLACE_COLUMNS = 24, KEY_COLUMNS = 30 };

/* A report being printed. */
typedef struct report_printer {
    const wl_report *report;
    const wl_results *results;
    const wl_workload *workload;
    const tool_terminal *terminal;
    size_t pattern_count, place_count;
} report_printer;

#define ROW(...) ((const char *const[]){__VA_ARGS__})

static void print_heading(const report_printer *printer, const char *text) {
    tool_print(printer->terminal, TOOL_BOLD, "\n%s", text);
    fputc('\n', printer->terminal->stream);
}

static void print_table(const report_printer *printer, tool_table *table) {
    if (!tool_table_print(table, printer->terminal, INDENT)) {
        tool_print(printer->terminal, TOOL_RED, "  no memory for this table\n");
    }
    tool_table_clean_up(table);
}

/* Words on lines, the lines behind the first set in by so many columns. */
static void print_wrapped(const report_printer *printer, const char *first, size_t indent,
                          const char *text) {
    wl__name line;
    size_t column = indent;
    tool_print(printer->terminal, TOOL_PLAIN, "%s", first);
    while (*text != '\0') {
        size_t len = strcspn(text, " ");
        char word[sizeof line.text];
        snprintf(word, sizeof word, "%.*s", (int)len, text);
        line = wl__plain(word, LINE_COLUMNS - indent);
        size_t columns = tool_columns(line.text);
        if (column > indent && column + 1 + columns > LINE_COLUMNS) {
            tool_print(printer->terminal, TOOL_PLAIN, "\n%*s", (int)indent, "");
            column = indent;
        }
        tool_print(printer->terminal, TOOL_PLAIN, "%s%s", column > indent ? " " : "", line.text);
        column += columns + (column > indent);
        text += len + strspn(text + len, " ");
    }
    tool_print(printer->terminal, TOOL_PLAIN, "\n");
}

static wl__name pattern_name(const report_printer *printer, size_t number) {
    return wl__plain(wl_pattern_at(printer->workload, number)->name, PATTERN_COLUMNS);
}

static wl__name place_name(const report_printer *printer, size_t number) {
    return wl__place_plain(printer->workload, number, PLACE_COLUMNS);
}

/* ---- patterns ---- */

static void print_head(const report_printer *printer) {
    const wl_results *results = printer->results;
    tool_print(printer->terminal, TOOL_BOLD, "%s",
               wl__plain(wl_workload_name(printer->workload), LINE_COLUMNS).text);
    fprintf(printer->terminal->stream,
            "\n  %s calls in process in %s s, seed %llu; loading took %s s",
            tool_count(results->calls).text, wl__number(results->seconds).text,
            (unsigned long long)results->seed, wl__number(results->load_seconds).text);
    double rate = wl_workload_rate(printer->workload);
    fprintf(printer->terminal->stream, "\n  %s%s%s\n", rate > 0 ? "target: " : "no target rate",
            rate > 0 ? wl__number(rate).text : "", rate > 0 ? " calls a second" : "");
    if (results->ended_early[0] != '\0') {
        char text[sizeof WL_ENDED_EARLY + sizeof results->ended_early];
        snprintf(text, sizeof text, "%s%s", WL_ENDED_EARLY, results->ended_early);
        print_wrapped(printer, "  ", 2, text);
    }
}

static void print_calls(const report_printer *printer) {
    tool_table table = {.alignments = "lrrrrrrr"};
    print_heading(printer, "What a call takes");
    tool_table_add(&table, ROW("PATTERN", "CALLS", "TRIPS", "PAGES", "EXAMINED", "RETURNED", "SENT",
                               "RECEIVED"));
    for (size_t i = 0; i < printer->pattern_count; i++) {
        const wl_pattern_result *pattern = &printer->results->patterns[i];
        double calls = pattern->calls == 0 ? 1 : (double)pattern->calls;
        tool_table_add(&table,
                       ROW(pattern_name(printer, i).text, tool_count(pattern->calls).text,
                           wl__number((double)pattern->round_trips / calls).text,
                           wl__number((double)pattern->pages / calls).text,
                           wl__number((double)pattern->items_examined / calls).text,
                           wl__number((double)pattern->items_returned / calls).text,
                           tool_size((uint64_t)((double)pattern->request_bytes / calls)).text,
                           tool_size((uint64_t)((double)pattern->response_bytes / calls)).text));
    }
    print_table(printer, &table);
}

/* A pattern's row of all its places, then one for each place that it used. */
static void add_units(const report_printer *printer, tool_table *table, size_t number) {
    const wl_pattern_result *pattern = &printer->results->patterns[number];
    wl_units all = wl__units_of(printer->results, number);
    double amplification = wl__amplification(printer->results, number);
    tool_table_add(table, ROW(pattern_name(printer, number).text, "all",
                              wl__number(wl__per_call(pattern, all.read)).text,
                              wl__number(wl__per_call(pattern, all.write)).text,
                              wl__number(wl__per_call(pattern, pattern->strong.read)).text,
                              wl__number(amplification).text,
                              wl__money(printer->report->cost->patterns[number]).text));
    for (size_t i = 0; i < printer->place_count; i++) {
        wl_units units = pattern->units[i];
        if (units.read > 0 || units.write > 0) {
            tool_table_add(table,
                           ROW("", place_name(printer, i).text,
                               wl__number(wl__per_call(pattern, units.read)).text,
                               wl__number(wl__per_call(pattern, units.write)).text, "", "", ""));
        }
    }
}

static void print_units(const report_printer *printer) {
    tool_table table = {.alignments = "llrrrrr"};
    print_heading(printer, "Capacity units of a call (RCU, WCU)");
    tool_table_add(&table,
                   ROW("PATTERN", "PLACE", "READ", "WRITE", "STRONG", "AMPLIF.", "ON DEMAND"));
    for (size_t i = 0; i < printer->pattern_count; i++) {
        add_units(printer, &table, i);
    }
    print_table(printer, &table);
    tool_print(
        printer->terminal, TOOL_DIM,
        "  STRONG: read units that ConsistentRead or transactions doubled. AMPLIF.: units that "
        "tables and\n  indexes write for each of the tables' own. ON DEMAND: %s.\n",
        wl__cost_span(printer->report->cost).text);
}

static void print_failures(const report_printer *printer) {
    bool any = false;
    for (size_t i = 0; i < printer->pattern_count; i++) {
        const wl_pattern_result *pattern = &printer->results->patterns[i];
        for (size_t j = 0; j < pattern->failure_count; j++) {
            if (!any) {
                print_heading(printer, "Answers that were errors");
            }
            any = true;
            fprintf(printer->terminal->stream, "  %s: %s %s\n", pattern_name(printer, i).text,
                    tool_count(pattern->failures[j].count).text,
                    wl__plain(pattern->failures[j].name, 64).text);
        }
        if (pattern->refused > 0) {
            fprintf(printer->terminal->stream,
                    "  %s: %s write units for conditions that failed, in no answer but billed\n",
                    pattern_name(printer, i).text, wl__number(pattern->refused).text);
        }
    }
}

static void add_times(tool_table *table, const char *pattern, const char *way,
                      const wl_histogram *times) {
    if (times->count != 0) {
        tool_table_add(table,
                       ROW(pattern, way, tool_duration(wl_histogram_quantile(times, 0.5)).text,
                           tool_duration(wl_histogram_quantile(times, 0.95)).text,
                           tool_duration(wl_histogram_quantile(times, 0.99)).text,
                           tool_duration(wl_histogram_quantile(times, 0.999)).text,
                           tool_duration(times->max_ns).text));
    }
}

static void print_latency(const report_printer *printer) {
    tool_table table = {.alignments = "llrrrrr"};
    print_heading(printer, "How long a call takes");
    tool_table_add(&table, ROW("PATTERN", "WAY", "P50", "P95", "P99", "P99.9", "LONGEST"));
    for (size_t i = 0; i < printer->pattern_count; i++) {
        const wl_pattern_result *pattern = &printer->results->patterns[i];
        wl__name name = pattern_name(printer, i);
        add_times(&table, name.text, "in process", &pattern->in_process);
        add_times(&table, pattern->in_process.count == 0 ? name.text : "", "HTTP", &pattern->http);
    }
    print_table(printer, &table);
}

/* ---- places ---- */

static void print_places(const report_printer *printer) {
    tool_table table = {.alignments = "lrrrrrrr"};
    bool target = wl_workload_rate(printer->workload) > 0;
    print_heading(printer, "Tables and indexes");
    tool_table_add(&table, ROW("PLACE", "ITEMS", "BYTES", "LARGEST", "OF 400 KB",
                               target ? "RCU/S" : "RCU", target ? "WCU/S" : "WCU", "READS"));
    for (size_t i = 0; i < printer->place_count; i++) {
        const wl_place_result *place = &printer->results->places[i];
        double read = place->units.read, write = place->units.write;
        double large = (double)place->largest_item_bytes * 100 / WL__ITEM_BYTES_MAX;
        tool_table_add(
            &table, ROW(place_name(printer, i).text, tool_count(place->items).text,
                        tool_size(place->bytes).text, tool_size(place->largest_item_bytes).text,
                        wl__percent(large).text,
                        wl__number(target ? wl__per_second(printer->results, read) : read).text,
                        wl__number(target ? wl__per_second(printer->results, write) : write).text,
                        tool_count(place->queries).text));
    }
    print_table(printer, &table);
    tool_print(printer->terminal, TOOL_DIM,
               "  Index write amplification of the whole mix: %s. READS: requests that read it.\n",
               wl__number(wl__amplification(printer->results, SIZE_MAX)).text);
}

/* Items of the steps from (KB, not included) to to (included), in percent of all. */
static tool_text size_share(const wl_place_result *place, size_t from, size_t to) {
    double some = 0;
    for (size_t i = from; i < to; i++) {
        some += (double)place->sizes[i];
    }
    return wl__percent(place->items == 0 ? (double)NAN : some * 100 / (double)place->items);
}

static void print_sizes(const report_printer *printer) {
    tool_table table = {.alignments = "lrrrrrrr"};
    print_heading(printer,
                  "Item sizes: a write unit for each 1 KB, a strong read unit for each 4 KB");
    tool_table_add(&table,
                   ROW("PLACE", "TO 1 KB", "2 KB", "4 KB", "8 KB", "16 KB", "64 KB", "ABOVE"));
    for (size_t i = 0; i < printer->place_count; i++) {
        const wl_place_result *place = &printer->results->places[i];
        tool_table_add(&table, ROW(place_name(printer, i).text, size_share(place, 0, 1).text,
                                   size_share(place, 1, 2).text, size_share(place, 2, 4).text,
                                   size_share(place, 4, 8).text, size_share(place, 8, 16).text,
                                   size_share(place, 16, 64).text,
                                   size_share(place, 64, WL_SIZE_STEPS).text));
    }
    print_table(printer, &table);
}

/* ---- heat ---- */

static void print_heat(const report_printer *printer, bool write) {
    wl__hot_key keys[WL__HOT_MAX];
    size_t count = wl__hottest(keys, printer->results, write ? WL__HOT_WRITES : WL__HOT_READS);
    double most = write ? WL__WRITE_UNITS_MAX : WL__READ_UNITS_MAX;
    tool_table table = {.alignments = "llrrr"};
    if (count == 0) {
        return;
    }
    print_heading(printer, write ? "Hottest partition keys: writes, at the target rate"
                                 : "Hottest partition keys: reads, at the target rate");
    tool_table_add(&table, ROW("KEY", "PLACE", write ? "WCU/S" : "RCU/S",
                               write ? "OF 1,000" : "OF 3,000", "OF PLACE"));
    for (size_t i = 0; count != SIZE_MAX && i < count; i++) {
        tool_table_add(&table, ROW(wl__plain(keys[i].key.text, KEY_COLUMNS).text,
                                   place_name(printer, keys[i].place).text,
                                   wl__number(keys[i].per_second).text,
                                   wl__percent(keys[i].per_second * 100 / most).text,
                                   wl__percent(keys[i].share * 100).text));
    }
    table.failed = table.failed || count == SIZE_MAX;
    print_table(printer, &table);
}

static void print_collections(const report_printer *printer) {
    wl__hot_key keys[WL__HOT_MAX];
    size_t count = wl__hottest(keys, printer->results, WL__LARGE_COLLECTIONS);
    tool_table table = {.alignments = "llrr"};
    if (count == 0) {
        return;
    }
    print_heading(printer, "Largest item collections (10 GB at most with local indexes)");
    tool_table_add(&table, ROW("KEY", "PLACE", "BYTES", "OF 10 GB"));
    for (size_t i = 0; count != SIZE_MAX && i < count; i++) {
        double bytes = keys[i].key.weight;
        tool_table_add(&table,
                       ROW(wl__plain(keys[i].key.text, KEY_COLUMNS).text,
                           place_name(printer, keys[i].place).text, tool_size((uint64_t)bytes).text,
                           wl__percent(bytes * 100 / WL__COLLECTION_BYTES_MAX).text));
    }
    table.failed = table.failed || count == SIZE_MAX;
    print_table(printer, &table);
}

/* ---- throttling ---- */

static void print_pressure(const report_printer *printer, const wl_pressure *pressure) {
    if (pressure == NULL) {
        return;
    }
    tool_print(printer->terminal, TOOL_BOLD, "  %s\n", wl__mode_text(pressure->mode));
    print_wrapped(printer, "    ", 4, wl__pressure_text(pressure, printer->workload).text);
    const wl_rate_result *target = &pressure->at_target;
    if (target->rate > 0) {
        tool_print(printer->terminal, target->throttled == 0 ? TOOL_GREEN : TOOL_RED,
                   "    At the target of %s calls a second: %s of %s throttled (%s).\n",
                   wl__number(target->rate).text, tool_count(target->throttled).text,
                   tool_count(target->admitted + target->throttled).text,
                   wl__percent(wl__throttled_percent(target)).text);
    } else if (printer->report->cost->rate > 0) {
        tool_print(printer->terminal, TOOL_RED,
                   "    The target of %s calls a second is beyond those that are simulated.\n",
                   wl__number(printer->report->cost->rate).text);
    }
}

static void print_throttling(const report_printer *printer) {
    if (printer->report->on_demand != NULL || printer->report->provisioned != NULL) {
        print_heading(printer, "Throttling, simulated");
        print_pressure(printer, printer->report->on_demand);
        print_pressure(printer, printer->report->provisioned);
    }
}

/* ---- money ---- */

/* Without a target rate there is nothing to provision for. */
static void add_cost(const report_printer *printer, tool_table *table, size_t number) {
    const wl_place_cost *place = &printer->report->cost->places[number];
    bool target = printer->report->cost->rate > 0;
    double unknown = (double)NAN;
    tool_text units;
    snprintf(units.text, sizeof units.text, "%.40s/%.40s",
             wl__number(target ? place->provision.read_units : unknown).text,
             wl__number(target ? place->provision.write_units : unknown).text);
    tool_table_add(table,
                   ROW(place_name(printer, number).text, wl__money(place->on_demand_read).text,
                       wl__money(place->on_demand_write).text,
                       wl__money(target ? place->provisioned_read : unknown).text,
                       wl__money(target ? place->provisioned_write : unknown).text, units.text,
                       wl__money(place->storage).text));
}

static void print_cost(const report_printer *printer) {
    const wl_cost *cost = printer->report->cost;
    tool_table table = {.alignments = "lrrrrrr"};
    print_heading(printer, "Money");
    tool_print(printer->terminal, TOOL_DIM, "  %s, prices of %s (%s)\n", wl__cost_span(cost).text,
               wl__plain(printer->report->prices->date, 16).text,
               wl__plain(printer->report->prices->region, 32).text);
    tool_table_add(&table, ROW("PLACE", "READS", "WRITES", "PROV. READ", "PROV. WRITE", "UNITS R/W",
                               "STORAGE"));
    for (size_t i = 0; i < printer->place_count; i++) {
        add_cost(printer, &table, i);
    }
    print_table(printer, &table);
    tool_print(printer->terminal, TOOL_BOLD, "  all: on demand %s, provisioned %s",
               wl__money(cost->on_demand).text,
               wl__money(cost->rate > 0 ? cost->provisioned : (double)NAN).text);
    if (cost->rate > 0 && cost->mixed) {
        tool_print(printer->terminal, TOOL_BOLD, ", as billed %s", wl__money(cost->billed).text);
    }
    tool_print(printer->terminal, TOOL_PLAIN, " (%s of each for storage)\n",
               wl__money(cost->storage).text);
}

/* ---- words ---- */

static void print_advice(const report_printer *printer) {
    const wl_advice *advice = printer->report->advice;
    if (advice->count != 0) {
        print_heading(printer, "Advice");
    }
    for (size_t i = 0; i < advice->count; i++) {
        print_wrapped(printer, "  - ", 4, advice->pieces[i].text);
        if (advice->pieces[i].saves > 0) {
            tool_print(printer->terminal, TOOL_CYAN, "    saves up to %s %s\n",
                       wl__money(advice->pieces[i].saves).text,
                       printer->report->cost->rate > 0 ? "a month" : "a million calls");
        }
    }
}

static void print_verdicts(const report_printer *printer) {
    if (printer->report->verdict_count != 0) {
        print_heading(printer, "Assertions");
    }
    for (size_t i = 0; i < printer->report->verdict_count; i++) {
        const wl_verdict *verdict = &printer->report->verdicts[i];
        tool_print(printer->terminal, verdict->holds ? TOOL_GREEN : TOOL_RED, "%s",
                   verdict->holds ? "  holds  " : "  FAILS  ");
        print_wrapped(printer, "", 9, verdict->text);
        if (!verdict->holds) {
            tool_print(printer->terminal, TOOL_DIM, "         %s:%zu\n",
                       wl__plain(wl_workload_path(printer->workload), 60).text,
                       verdict->assertion->line);
        }
    }
}

void wl_report_print(const wl_report *report, const tool_terminal *terminal) {
    const wl_workload *workload = report->results->workload;
    report_printer printer = {.report = report,
                              .results = report->results,
                              .workload = workload,
                              .terminal = terminal,
                              .pattern_count = wl_pattern_count(workload),
                              .place_count = wl_place_count(workload)};
    print_head(&printer);
    print_calls(&printer);
    print_units(&printer);
    print_failures(&printer);
    print_latency(&printer);
    print_places(&printer);
    print_sizes(&printer);
    print_heat(&printer, false);
    print_heat(&printer, true);
    print_collections(&printer);
    print_throttling(&printer);
    print_cost(&printer);
    print_advice(&printer);
    print_verdicts(&printer);
}
