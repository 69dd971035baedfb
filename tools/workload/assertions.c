/* Judging assertions: the figures that they name, and whether they keep within the limits. */
#include "workload/assertions.h"

#include "workload/assertion_form.h"

#include <math.h>
#include <string.h>

bool wl_assertion_check(const wl_workload *workload, const wl_assertion *assertion,
                        wl_complaint *complaint) {
    wl__form form;
    complaint->line = assertion->line;
    complaint->column = 0;
    return wl__form_read(&form, workload, assertion->text, complaint->message,
                         sizeof complaint->message);
}

typedef struct judge_data {
    const wl_results *results;
    const wl_cost *cost;
    const wl_pressure *on_demand;   /* may be NULL */
    const wl_pressure *provisioned; /* may be NULL */
} judge_data;

/* A figure that was not measured is NAN. */

static double ratio(double some, double all) {
    return all > 0 ? some / all : (double)NAN;
}

/* ---- patterns ---- */

static double units_per_call(const judge_data *judge, const wl__form *form, bool write) {
    const wl_pattern_result *pattern = &judge->results->patterns[form->pattern];
    double sum = 0;
    for (size_t i = 0; i < wl_place_count(judge->results->workload); i++) {
        if (form->place == SIZE_MAX || form->place == i) {
            sum += write ? pattern->units[i].write : pattern->units[i].read;
        }
    }
    return ratio(sum, (double)pattern->calls);
}

static double failures_of(const wl_pattern_result *pattern) {
    double sum = 0;
    for (size_t i = 0; i < pattern->failure_count; i++) {
        sum += (double)pattern->failures[i].count;
    }
    return sum;
}

/* Whether there was something to be read, or written, and all of it was refused: what is 0 then was
 * not measured. */
static bool all_refused(const wl_pattern_result *pattern, bool writes) {
    double refused = (double)pattern->write_trips_refused;
    double trips = (double)pattern->write_trips;
    if (!writes) {
        refused = failures_of(pattern) - refused;
        trips = (double)pattern->round_trips - trips;
    }
    return trips > 0 && refused == trips;
}

/* Why a figure of a pattern that was called was not measured; NULL: it was. */
static const char *why_not(const wl_pattern_result *pattern, wl__figure figure) {
    switch (figure) {
    case WL__READ_UNITS:
    case WL__PAGES:
    case WL__ITEMS_EXAMINED:
    case WL__ITEMS_RETURNED:
    case WL__EFFICIENCY:
        return all_refused(pattern, false) ? "all its reads were refused" : NULL;
    case WL__WRITE_UNITS:
    case WL__ITEMS_WRITTEN:
        return all_refused(pattern, true) ? "all its writes were refused" : NULL;
    case WL__MONTHLY_COST: /* what conditions that failed cost is known */
        return pattern->refused <= 0 && pattern->round_trips > 0 &&
                       failures_of(pattern) == (double)pattern->round_trips
                   ? "all its requests were refused"
                   : NULL;
    default:
        return NULL;
    }
}

static double latency_of(const wl_pattern_result *pattern, const wl__form *form) {
    const wl_histogram *histogram = form->http ? &pattern->http : &pattern->in_process;
    return histogram->count == 0 ? (double)NAN
                                 : (double)wl_histogram_quantile(histogram, form->quantile);
}

static double of_pattern(const judge_data *judge, const wl__form *form) {
    const wl_pattern_result *pattern = &judge->results->patterns[form->pattern];
    double calls = (double)pattern->calls;
    if (why_not(pattern, form->figure) != NULL) {
        return (double)NAN;
    }
    switch (form->figure) {
    case WL__READ_UNITS:
        return units_per_call(judge, form, false);
    case WL__WRITE_UNITS:
        return units_per_call(judge, form, true);
    case WL__ROUND_TRIPS:
        return ratio((double)pattern->round_trips, calls);
    case WL__PAGES:
        return ratio((double)pattern->pages, calls);
    case WL__ITEMS_EXAMINED:
        return ratio((double)pattern->items_examined, calls);
    case WL__ITEMS_RETURNED:
        return ratio((double)pattern->items_returned, calls);
    case WL__ITEMS_WRITTEN:
        return ratio((double)pattern->items_written, calls);
    case WL__EFFICIENCY:
        return ratio((double)pattern->items_returned, (double)pattern->items_examined);
    case WL__REQUEST_BYTES:
        return ratio((double)pattern->request_bytes, calls);
    case WL__RESPONSE_BYTES:
        return ratio((double)pattern->response_bytes, calls);
    case WL__FAILURES:
        return ratio(failures_of(pattern), (double)pattern->round_trips);
    case WL__LATENCY:
        return latency_of(pattern, form);
    default: /* WL__MONTHLY_COST */
        return judge->cost->rate > 0 ? judge->cost->patterns[form->pattern] : (double)NAN;
    }
}

/* ---- tables and indexes ---- */

static double hottest(const wl_top *top) {
    wl_top_key key;
    if (top->total <= 0) {
        return (double)NAN;
    }
    return wl_top_heaviest(top, &key, 1) == 0 ? 0 : key.weight / top->total;
}

static double largest_collection(const wl_top *collections) {
    wl_top_key key;
    return wl_top_heaviest(collections, &key, 1) == 0 ? (double)NAN : key.weight;
}

/* Units written to a table and its indexes for each that is written to the table. */
static double amplification(const judge_data *judge, size_t table) {
    const wl_workload *workload = judge->results->workload;
    double all = 0;
    for (size_t i = table; i < wl_place_count(workload) &&
                           wl_place_at(workload, i).of == wl_place_at(workload, table).of;
         i++) {
        all += judge->results->places[i].units.write;
    }
    return ratio(all, judge->results->places[table].units.write);
}

static bool any_calls(const judge_data *judge) {
    for (size_t i = 0; i < wl_pattern_count(judge->results->workload); i++) {
        if (judge->results->patterns[i].calls != 0) {
            return true;
        }
    }
    return false;
}

static double cost_of_place(const judge_data *judge, size_t place, wl__figure figure) {
    const wl_place_cost *cost = &judge->cost->places[place];
    bool on_demand =
        figure == WL__MONTHLY_COST_ON_DEMAND ||
        (figure == WL__MONTHLY_COST && wl_place_at(judge->results->workload, place).of->on_demand);
    double throughput = on_demand ? cost->on_demand_read + cost->on_demand_write
                                  : cost->provisioned_read + cost->provisioned_write;
    return judge->cost->rate > 0 && any_calls(judge) ? throughput + cost->storage : (double)NAN;
}

static double of_place(const judge_data *judge, const wl__form *form) {
    const wl_place_result *place = &judge->results->places[form->place];
    switch (form->figure) {
    case WL__WRITE_AMPLIFICATION:
        return amplification(judge, form->place);
    case WL__HOTTEST_READS:
        return hottest(&place->hot_reads);
    case WL__HOTTEST_WRITES:
        return hottest(&place->hot_writes);
    case WL__LARGEST_ITEM:
        return place->items == 0 ? (double)NAN : (double)place->largest_item_bytes;
    case WL__LARGEST_COLLECTION:
        return largest_collection(&place->collections);
    case WL__ITEMS:
        return (double)place->items;
    case WL__SIZE:
        return (double)place->bytes;
    case WL__QUERIES:
        return (double)place->queries;
    default:
        return cost_of_place(judge, form->place, form->figure);
    }
}

/* ---- the workload ---- */

static double rate_of(const judge_data *judge, const wl_pressure *pressure) {
    return pressure != NULL && any_calls(judge) ? pressure->rate_max : (double)NAN;
}

static double of_workload(const judge_data *judge, const wl__form *form) {
    switch (form->figure) {
    case WL__RATE:
        return rate_of(judge, judge->provisioned != NULL ? judge->provisioned : judge->on_demand);
    case WL__RATE_ON_DEMAND:
        return rate_of(judge, judge->on_demand);
    case WL__RATE_PROVISIONED:
        return rate_of(judge, judge->provisioned);
    default:
        break;
    }
    double sum = 0;
    for (size_t i = 0; i < wl_place_count(judge->results->workload); i++) {
        sum += cost_of_place(judge, i, form->figure);
    }
    return sum;
}

/* ---- verdicts ---- */

/* Figures are sums and quotients: what is equal but for their rounding is equal. */
static bool holds(wl__operator comparison, double found, double limit) {
    double slack = 1e-9 * fmax(fabs(limit), 1e-3);
    switch (comparison) {
    case WL__AT_MOST:
        return found <= limit + slack;
    case WL__BELOW:
        return found < limit - slack;
    case WL__AT_LEAST:
        return found >= limit - slack;
    case WL__ABOVE:
        return found > limit + slack;
    default:
        return fabs(found - limit) <= slack;
    }
}

typedef struct figure_text {
    char text[100];
} figure_text;

static figure_text show(double value, wl__unit unit) {
    static const struct {
        double factor;
        const char *format;
    } formats[] = {
        [WL__NUMBER] = {1, "%.6g"},   [WL__RCU] = {1, "%.6g RCU"},
        [WL__WCU] = {1, "%.6g WCU"},  [WL__SHARE] = {100, "%.4g %%"},
        [WL__BYTES] = {1, "%.10g B"}, [WL__NANOSECONDS] = {1e-6, "%.6g ms"},
        [WL__DOLLARS] = {1, "$%.2f"}, [WL__PER_SECOND] = {1, "%.6g a second"},
    };
    figure_text shown;
    if (value == HUGE_VAL) {
        snprintf(shown.text, sizeof shown.text, "no limit found");
    } else {
        snprintf(shown.text, sizeof shown.text, formats[unit].format, value * formats[unit].factor);
    }
    return shown;
}

static const char *const comparisons[] = {[WL__AT_MOST] = "at most",
                                          [WL__BELOW] = "below",
                                          [WL__AT_LEAST] = "at least",
                                          [WL__ABOVE] = "above",
                                          [WL__EXACTLY] = "exactly"};

/* "$4.81"; a sum over tables that are billed in two ways says what it is made of. */
static figure_text show_found(const judge_data *judge, const wl__form *form, double found) {
    figure_text shown = show(found, form->unit), parts;
    if (form->subject != WL__OF_WORKLOAD || form->figure != WL__MONTHLY_COST ||
        !judge->cost->mixed) {
        return shown;
    }
    double on_demand = 0;
    for (size_t i = 0; i < wl_place_count(judge->results->workload); i++) {
        bool counts = wl_place_at(judge->results->workload, i).of->on_demand;
        on_demand += counts ? cost_of_place(judge, i, WL__MONTHLY_COST) : 0;
    }
    snprintf(parts.text, sizeof parts.text, "%.20s (%.20s on demand, %.20s provisioned)",
             shown.text, show(on_demand, form->unit).text,
             show(found - on_demand, form->unit).text);
    return parts;
}

static const char *why_not_measured(const judge_data *judge, const wl__form *form) {
    const char *why = form->subject != WL__OF_PATTERN
                          ? NULL
                          : why_not(&judge->results->patterns[form->pattern], form->figure);
    return why != NULL ? why : "";
}

static wl_verdict judge_one(const judge_data *judge, const wl_assertion *assertion) {
    wl_verdict verdict = {.assertion = assertion};
    wl__form form;
    if (!wl__form_read(&form, judge->results->workload, assertion->text, verdict.text,
                       sizeof verdict.text)) {
        return verdict;
    }
    double found = form.subject == WL__OF_PATTERN    ? of_pattern(judge, &form)
                   : form.subject == WL__OF_WORKLOAD ? of_workload(judge, &form)
                                                     : of_place(judge, &form);
    verdict.limit = form.limit;
    if (isnan(found)) {
        const char *why = why_not_measured(judge, &form);
        snprintf(verdict.text, sizeof verdict.text, "%.140s: not measured%s%s", assertion->text,
                 *why != '\0' ? ", " : "", why);
        return verdict;
    }
    verdict.found = found;
    verdict.holds = holds(form.comparison, found, form.limit);
    snprintf(verdict.text, sizeof verdict.text, "%.120s: %s, %s %s", assertion->text,
             show_found(judge, &form, found).text, comparisons[form.comparison],
             show(form.limit, form.unit).text);
    return verdict;
}

void wl_assertions_judge(wl_verdict *verdicts, const wl_results *results, const wl_cost *cost,
                         const wl_pressure *on_demand, const wl_pressure *provisioned) {
    judge_data judge = {
        .results = results, .cost = cost, .on_demand = on_demand, .provisioned = provisioned};
    for (size_t i = 0; i < wl_assertion_count(results->workload); i++) {
        verdicts[i] = judge_one(&judge, wl_assertion_at(results->workload, i));
    }
}
