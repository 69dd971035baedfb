/*
 * The report as JSON. Its form is described in REPORT.md; whoever changes it changes that page, and
 * raises WL__REPORT_VERSION when a reader of the old form would be misled. Counts are whole
 * numbers, other numbers have as many digits as it takes to read the same double back; what is not
 * known, not a number or without bound is null. Text that is no UTF-8 has U+FFFD in the place of
 * each byte.
 */
#include "json_escape.h"
#include "workload/figures.h"
#include "workload/html.h"
#include "workload/report_read.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The stream remembers its own failures. */
typedef struct json_writer {
    FILE *file;
    unsigned depth;
    bool first; /* nothing stands in the innermost object or array yet */
} json_writer;

static void put_escaped(FILE *file, pte_bytes text) {
    json_escaping rest = {.text = text};
    for (pte_bytes piece = json_escape_next(&rest); piece.len != 0;
         piece = json_escape_next(&rest)) {
        fwrite(piece.data, 1, piece.len, file);
    }
}

static void put_string(json_writer *writer, const char *text) {
    fputc('"', writer->file);
    while (*text != '\0') {
        size_t len = wl__character(text);
        put_escaped(writer->file, len == 0 ? pte_str("\xEF\xBF\xBD") : pte_view(text, len));
        text += len == 0 ? 1 : len;
    }
    fputc('"', writer->file);
}

/* Begins a member; name NULL: an element. */
static void begin(json_writer *writer, const char *name) {
    fputs(writer->first ? "\n" : ",\n", writer->file);
    writer->first = false;
    fprintf(writer->file, "%*s", (int)(2 * writer->depth), "");
    if (name != NULL) {
        put_string(writer, name);
        fputs(": ", writer->file);
    }
}

static void open(json_writer *writer, const char *name, char bracket) {
    begin(writer, name);
    fputc(bracket, writer->file);
    writer->depth++;
    writer->first = true;
}

static void end(json_writer *writer, char bracket) {
    writer->depth--;
    if (!writer->first) {
        fprintf(writer->file, "\n%*s", (int)(2 * writer->depth), "");
    }
    fputc(bracket, writer->file);
    writer->first = false;
}

static void string(json_writer *writer, const char *name, const char *text) {
    begin(writer, name);
    put_string(writer, text);
}

static void nothing(json_writer *writer, const char *name) {
    begin(writer, name);
    fputs("null", writer->file);
}

static void boolean(json_writer *writer, const char *name, bool value) {
    begin(writer, name);
    fputs(value ? "true" : "false", writer->file);
}

static void whole(json_writer *writer, const char *name, uint64_t value) {
    begin(writer, name);
    fprintf(writer->file, "%llu", (unsigned long long)value);
}

static void number(json_writer *writer, const char *name, double value) {
    enum { DIGITS_ALWAYS_GOOD = 17 };
    char text[40];
    begin(writer, name);
    if (!isfinite(value)) {
        fputs("null", writer->file);
        return;
    }
    for (int digits = 15; digits <= DIGITS_ALWAYS_GOOD; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, value);
        if (strtod(text, NULL) == value) {
            break;
        }
    }
    fputs(text, writer->file);
}

/* ---- patterns ---- */

static void write_latency(json_writer *writer, const char *name, const wl_histogram *times) {
    if (times->count == 0) {
        nothing(writer, name);
        return;
    }
    open(writer, name, '{');
    whole(writer, "count", times->count);
    number(writer, "mean", (double)times->sum_ns / (double)times->count);
    whole(writer, "min", times->min_ns);
    whole(writer, "p50", wl_histogram_quantile(times, 0.5));
    whole(writer, "p95", wl_histogram_quantile(times, 0.95));
    whole(writer, "p99", wl_histogram_quantile(times, 0.99));
    whole(writer, "p99_9", wl_histogram_quantile(times, 0.999));
    whole(writer, "max", times->max_ns);
    end(writer, '}');
}

static void write_failures(json_writer *writer, const wl_pattern_result *pattern) {
    whole(writer, "failure_count", wl__failures_of(pattern));
    open(writer, "failures", '[');
    for (size_t i = 0; i < pattern->failure_count; i++) {
        open(writer, NULL, '{');
        string(writer, "name", pattern->failures[i].name);
        whole(writer, "count", pattern->failures[i].count);
        end(writer, '}');
    }
    end(writer, ']');
}

static void write_units(json_writer *writer, const wl_results *results, size_t number_of) {
    const wl_pattern_result *pattern = &results->patterns[number_of];
    wl_units all = wl__units_of(results, number_of);
    number(writer, "read_units", all.read);
    number(writer, "write_units", all.write);
    number(writer, "strong_read_units", pattern->strong.read);
    number(writer, "refused_write_units", pattern->refused);
    number(writer, "write_amplification", wl__amplification(results, number_of));
    open(writer, "places", '[');
    for (size_t i = 0; i < wl_place_count(results->workload); i++) {
        if (pattern->units[i].read != 0 || pattern->units[i].write != 0) {
            open(writer, NULL, '{');
            string(writer, "place", wl__place_name(results->workload, i).text);
            number(writer, "read_units", pattern->units[i].read);
            number(writer, "write_units", pattern->units[i].write);
            end(writer, '}');
        }
    }
    end(writer, ']');
}

static void write_pattern(json_writer *writer, const wl_report *report, size_t number_of) {
    const wl_pattern *made = wl_pattern_at(report->results->workload, number_of);
    const wl_pattern_result *pattern = &report->results->patterns[number_of];
    open(writer, NULL, '{');
    string(writer, "name", made->name);
    number(writer, "share", made->share);
    number(writer, "target_rate", made->rate > 0 ? made->rate : (double)NAN);
    boolean(writer, "writes", made->writes);
    boolean(writer, "scans", pattern->scans);
    boolean(writer, "filters", pattern->filters);
    whole(writer, "calls", pattern->calls);
    whole(writer, "round_trips", pattern->round_trips);
    whole(writer, "pages", pattern->pages);
    whole(writer, "items_examined", pattern->items_examined);
    whole(writer, "items_returned", pattern->items_returned);
    whole(writer, "items_written", pattern->items_written);
    whole(writer, "request_bytes", pattern->request_bytes);
    whole(writer, "response_bytes", pattern->response_bytes);
    write_units(writer, report->results, number_of);
    write_failures(writer, pattern);
    open(writer, "latency_ns", '{');
    write_latency(writer, "in_process", &pattern->in_process);
    write_latency(writer, "http", &pattern->http);
    end(writer, '}');
    number(writer, "on_demand_cost", report->cost->patterns[number_of]);
    end(writer, '}');
}

/* ---- places ---- */

/* False: no memory. */
static bool write_top(json_writer *writer, const char *name, const wl_top *top) {
    wl_top_key keys[WL__HOT_MAX];
    size_t count = wl_top_heaviest(top, keys, WL__HOT_MAX);
    open(writer, name, '{');
    number(writer, "total", top->total);
    whole(writer, "keys", top->keys_seen);
    open(writer, "heaviest", '[');
    for (size_t i = 0; i < count; i++) {
        open(writer, NULL, '{');
        string(writer, "key", keys[i].text);
        number(writer, "weight", keys[i].weight);
        number(writer, "error", keys[i].error);
        end(writer, '}');
    }
    end(writer, ']');
    end(writer, '}');
    return count != 0 || top->total == 0;
}

static void write_sizes(json_writer *writer, const wl_place_result *place) {
    open(writer, "item_sizes", '[');
    for (size_t i = 0; i < WL_SIZE_STEPS; i++) {
        if (place->sizes[i] != 0) {
            open(writer, NULL, '{');
            number(writer, "up_to_kb", i + 1 < WL_SIZE_STEPS ? (double)(i + 1) : (double)NAN);
            whole(writer, "items", place->sizes[i]);
            end(writer, '}');
        }
    }
    end(writer, ']');
}

static void write_place_cost(json_writer *writer, const wl_place_cost *cost, bool provisioned) {
    double unknown = (double)NAN;
    number(writer, "on_demand_cost", cost->on_demand_read + cost->on_demand_write);
    number(writer, "on_demand_read_cost", cost->on_demand_read);
    number(writer, "on_demand_write_cost", cost->on_demand_write);
    number(writer, "provisioned_cost",
           provisioned ? cost->provisioned_read + cost->provisioned_write : unknown);
    number(writer, "provisioned_read_cost", provisioned ? cost->provisioned_read : unknown);
    number(writer, "provisioned_write_cost", provisioned ? cost->provisioned_write : unknown);
    number(writer, "provisioned_read_units", provisioned ? cost->provision.read_units : unknown);
    number(writer, "provisioned_write_units", provisioned ? cost->provision.write_units : unknown);
    number(writer, "storage_cost", cost->storage);
}

static bool write_place(json_writer *writer, const wl_report *report, size_t number_of) {
    wl_place made = wl_place_at(report->results->workload, number_of);
    const wl_place_result *place = &report->results->places[number_of];
    open(writer, NULL, '{');
    string(writer, "name", wl__place_name(report->results->workload, number_of).text);
    string(writer, "table", made.of->name);
    if (made.index == NULL) {
        nothing(writer, "index");
    } else {
        string(writer, "index", made.index->name);
    }
    boolean(writer, "local", made.index != NULL && made.index->local);
    whole(writer, "items", place->items);
    whole(writer, "bytes", place->bytes);
    whole(writer, "largest_item_bytes", place->largest_item_bytes);
    write_sizes(writer, place);
    number(writer, "read_units", place->units.read);
    number(writer, "write_units", place->units.write);
    whole(writer, "read_requests", place->queries);
    bool enough = write_top(writer, "collections", &place->collections);
    enough = write_top(writer, "hot_reads", &place->hot_reads) && enough;
    enough = write_top(writer, "hot_writes", &place->hot_writes) && enough;
    write_place_cost(writer, &report->cost->places[number_of], report->cost->rate > 0);
    end(writer, '}');
    return enough;
}

/* ---- throttling ---- */

static const char *const reasons[] = {
    [WL_THROTTLE_NONE] = "none",           [WL_THROTTLE_TABLE] = "provisioned",
    [WL_THROTTLE_PARTITION] = "partition", [WL_THROTTLE_ON_DEMAND] = "on_demand",
    [WL_THROTTLE_INDEX] = "index",
};

static void write_throttle(json_writer *writer, const char *name, const wl_throttle *throttle,
                           const wl_workload *workload) {
    if (throttle->reason == WL_THROTTLE_NONE) {
        nothing(writer, name);
        return;
    }
    open(writer, name, '{');
    string(writer, "reason", reasons[throttle->reason]);
    string(writer, "limit", reasons[throttle->limit]);
    number(writer, "rate", throttle->rate);
    number(writer, "time_s", throttle->time_s);
    string(writer, "place", wl__place_name(workload, throttle->place).text);
    string(writer, "pattern", wl_pattern_at(workload, throttle->pattern)->name);
    boolean(writer, "write", throttle->write);
    string(writer, "key", throttle->key);
    end(writer, '}');
}

static void write_rate(json_writer *writer, const char *name, const wl_rate_result *rate,
                       const wl_workload *workload) {
    open(writer, name, '{');
    number(writer, "rate", rate->rate);
    whole(writer, "admitted", rate->admitted);
    whole(writer, "throttled", rate->throttled);
    number(writer, "throttled_percent", wl__throttled_percent(rate));
    write_throttle(writer, "first", &rate->first, workload);
    end(writer, '}');
}

static void write_pressure(json_writer *writer, const char *name, const wl_pressure *pressure,
                           const wl_workload *workload) {
    if (pressure == NULL) {
        nothing(writer, name);
        return;
    }
    open(writer, name, '{');
    number(writer, "rate_max", pressure->rate_max);
    write_throttle(writer, "first", &pressure->first, workload);
    if (pressure->at_target.rate > 0) {
        write_rate(writer, "at_target", &pressure->at_target, workload);
    } else {
        nothing(writer, "at_target");
    }
    open(writer, "rates", '[');
    for (size_t i = 0; i < pressure->rate_count; i++) {
        write_rate(writer, NULL, &pressure->rates[i], workload);
    }
    end(writer, ']');
    end(writer, '}');
}

/* ---- money and words ---- */

static void write_cost(json_writer *writer, const wl_cost *cost) {
    open(writer, "cost", '{');
    number(writer, "rate", cost->rate > 0 ? cost->rate : (double)NAN);
    number(writer, "on_demand", cost->on_demand);
    number(writer, "provisioned", cost->rate > 0 ? cost->provisioned : (double)NAN);
    number(writer, "as_billed", cost->rate > 0 ? cost->billed : (double)NAN);
    number(writer, "storage", cost->storage);
    end(writer, '}');
}

static void write_prices(json_writer *writer, const wl_prices *prices) {
    open(writer, "prices", '{');
    string(writer, "source", prices->source);
    string(writer, "date", prices->date);
    string(writer, "region", prices->region);
    number(writer, "read_million", prices->read_million);
    number(writer, "write_million", prices->write_million);
    number(writer, "read_unit_hour", prices->read_unit_hour);
    number(writer, "write_unit_hour", prices->write_unit_hour);
    number(writer, "storage_gb_month", prices->storage_gb_month);
    number(writer, "storage_free_gb", prices->storage_free_gb);
    number(writer, "infrequent_read_million", prices->infrequent_read_million);
    number(writer, "infrequent_write_million", prices->infrequent_write_million);
    number(writer, "infrequent_read_unit_hour", prices->infrequent_read_unit_hour);
    number(writer, "infrequent_write_unit_hour", prices->infrequent_write_unit_hour);
    number(writer, "infrequent_storage_gb_month", prices->infrequent_storage_gb_month);
    number(writer, "hours_month", prices->hours_month);
    end(writer, '}');
}

static void write_advice(json_writer *writer, const wl_advice *advice,
                         const wl_workload *workload) {
    static const char *const kinds[WL_ADVICE_KINDS] = {
        [WL_ADVICE_SCAN] = "scan",
        [WL_ADVICE_FILTER] = "filter",
        [WL_ADVICE_UNUSED_INDEX] = "unused_index",
        [WL_ADVICE_PROJECTION] = "projection",
        [WL_ADVICE_HOT_KEY] = "hot_key",
        [WL_ADVICE_LARGE_ITEM] = "large_item",
        [WL_ADVICE_COLLECTION] = "collection",
        [WL_ADVICE_EVENTUAL] = "eventual",
        [WL_ADVICE_BILLING] = "billing",
    };
    open(writer, "advice", '[');
    for (size_t i = 0; i < advice->count; i++) {
        const wl_advice_piece *piece = &advice->pieces[i];
        open(writer, NULL, '{');
        string(writer, "kind", kinds[piece->kind]);
        if (piece->pattern == SIZE_MAX) {
            nothing(writer, "pattern");
        } else {
            string(writer, "pattern", wl_pattern_at(workload, piece->pattern)->name);
        }
        if (piece->place == SIZE_MAX) {
            nothing(writer, "place");
        } else {
            string(writer, "place", wl__place_name(workload, piece->place).text);
        }
        number(writer, "saves", piece->saves);
        string(writer, "text", piece->text);
        end(writer, '}');
    }
    end(writer, ']');
}

static void write_verdicts(json_writer *writer, const wl_report *report) {
    size_t failed = 0;
    for (size_t i = 0; i < report->verdict_count; i++) {
        failed += !report->verdicts[i].holds;
    }
    whole(writer, "assertions_failed", failed);
    open(writer, "assertions", '[');
    for (size_t i = 0; i < report->verdict_count; i++) {
        const wl_verdict *verdict = &report->verdicts[i];
        open(writer, NULL, '{');
        string(writer, "assertion", verdict->assertion->text);
        whole(writer, "line", verdict->assertion->line);
        boolean(writer, "holds", verdict->holds);
        number(writer, "found", verdict->found);
        number(writer, "limit", verdict->limit);
        string(writer, "text", verdict->text);
        end(writer, '}');
    }
    end(writer, ']');
}

static void write_head(json_writer *writer, const wl_report *report) {
    const wl_results *results = report->results;
    double rate = wl_workload_rate(results->workload);
    string(writer, "format", WL__REPORT_FORMAT);
    whole(writer, "version", WL__REPORT_VERSION);
    string(writer, "made_by", report->made_by);
    string(writer, "made_at", report->made_at);
    open(writer, "workload", '{');
    string(writer, "name", wl_workload_name(results->workload));
    string(writer, "path", wl_workload_path(results->workload));
    number(writer, "target_rate", rate > 0 ? rate : (double)NAN);
    end(writer, '}');
    open(writer, "run", '{');
    whole(writer, "seed", results->seed);
    whole(writer, "calls", results->calls);
    number(writer, "seconds", results->seconds);
    number(writer, "load_seconds", results->load_seconds);
    if (results->ended_early[0] == '\0') {
        nothing(writer, "ended_early");
    } else {
        string(writer, "ended_early", results->ended_early);
    }
    number(writer, "write_amplification", wl__amplification(results, SIZE_MAX));
    end(writer, '}');
}

bool wl_report_write_json(const wl_report *report, FILE *file) {
    const wl_workload *workload = report->results->workload;
    json_writer writer = {.file = file, .depth = 1, .first = true};
    bool enough = true;
    fputc('{', file);
    write_head(&writer, report);
    open(&writer, "patterns", '[');
    for (size_t i = 0; i < wl_pattern_count(workload); i++) {
        write_pattern(&writer, report, i);
    }
    end(&writer, ']');
    open(&writer, "places", '[');
    for (size_t i = 0; i < wl_place_count(workload); i++) {
        enough = write_place(&writer, report, i) && enough;
    }
    end(&writer, ']');
    open(&writer, "throttling", '{');
    write_pressure(&writer, "on_demand", report->on_demand, workload);
    write_pressure(&writer, "provisioned", report->provisioned, workload);
    end(&writer, '}');
    write_cost(&writer, report->cost);
    write_prices(&writer, report->prices);
    write_advice(&writer, report->advice, workload);
    write_verdicts(&writer, report);
    end(&writer, '}');
    fputc('\n', file);
    return wl__written(file, enough);
}
