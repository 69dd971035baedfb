/* Which figures of a report are compared, and how they are found in its JSON. */
#include "workload/report_read.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define LATENCY(way, shown)                                                                          \
    {shown " p50", "latency_ns." way ".p50", WL__FIGURE_DURATION, WL__BETTER_LESS, false, true},     \
        {shown " p95", "latency_ns." way ".p95", WL__FIGURE_DURATION, WL__BETTER_LESS, false, true}, \
        {shown " p99", "latency_ns." way ".p99", WL__FIGURE_DURATION, WL__BETTER_LESS, false, true}, \
    {                                                                                                \
        shown " p99.9", "latency_ns." way ".p99_9", WL__FIGURE_DURATION, WL__BETTER_LESS, false,     \
            true                                                                                     \
    }

const wl__figure wl__pattern_figures[] = {
    {"read units", "read_units", WL__FIGURE_NUMBER, WL__BETTER_LESS, true, false},
    {"write units", "write_units", WL__FIGURE_NUMBER, WL__BETTER_LESS, true, false},
    {"write amplification", "write_amplification", WL__FIGURE_NUMBER, WL__BETTER_LESS, false, true},
    {"round trips", "round_trips", WL__FIGURE_NUMBER, WL__BETTER_LESS, true, false},
    {"pages", "pages", WL__FIGURE_NUMBER, WL__BETTER_LESS, true, false},
    {"items examined", "items_examined", WL__FIGURE_NUMBER, WL__BETTER_LESS, true, false},
    {"items returned", "items_returned", WL__FIGURE_NUMBER, WL__BETTER_NEITHER, true, false},
    {"items written", "items_written", WL__FIGURE_NUMBER, WL__BETTER_NEITHER, true, false},
    {"bytes sent", "request_bytes", WL__FIGURE_BYTES, WL__BETTER_LESS, true, false},
    {"bytes received", "response_bytes", WL__FIGURE_BYTES, WL__BETTER_LESS, true, false},
    {"failures", "failure_count", WL__FIGURE_NUMBER, WL__BETTER_LESS, true, false},
    LATENCY("in_process", "in process"),
    LATENCY("http", "HTTP"),
    {"cost on demand", "on_demand_cost", WL__FIGURE_MONEY, WL__BETTER_LESS, false, false},
    {0},
};

const wl__figure wl__place_figures[] = {
    {"items", "items", WL__FIGURE_NUMBER, WL__BETTER_NEITHER, false, false},
    {"stored", "bytes", WL__FIGURE_BYTES, WL__BETTER_LESS, false, false},
    {"largest item", "largest_item_bytes", WL__FIGURE_BYTES, WL__BETTER_LESS, false, false},
    {"read units of the run", "read_units", WL__FIGURE_NUMBER, WL__BETTER_LESS, false, false},
    {"write units of the run", "write_units", WL__FIGURE_NUMBER, WL__BETTER_LESS, false, false},
    {"cost on demand", "on_demand_cost", WL__FIGURE_MONEY, WL__BETTER_LESS, false, false},
    {"cost provisioned", "provisioned_cost", WL__FIGURE_MONEY, WL__BETTER_LESS, false, true},
    {"cost of storage", "storage_cost", WL__FIGURE_MONEY, WL__BETTER_LESS, false, false},
    {0},
};

const wl__figure wl__whole_figures[] = {
    {"cost on demand", "cost.on_demand", WL__FIGURE_MONEY, WL__BETTER_LESS, false, false},
    {"cost provisioned", "cost.provisioned", WL__FIGURE_MONEY, WL__BETTER_LESS, false, true},
    {"cost of storage in both", "cost.storage", WL__FIGURE_MONEY, WL__BETTER_LESS, false, false},
    {"write amplification", "run.write_amplification", WL__FIGURE_NUMBER, WL__BETTER_LESS, false,
     true},
    {"highest rate on demand", "throttling.on_demand.rate_max", WL__FIGURE_RATE, WL__BETTER_MORE,
     false, true},
    {"throttled at target, on demand", "throttling.on_demand.at_target.throttled_percent",
     WL__FIGURE_PERCENT, WL__BETTER_LESS, false, true},
    {"highest rate provisioned", "throttling.provisioned.rate_max", WL__FIGURE_RATE,
     WL__BETTER_MORE, false, true},
    {"throttled at target, provisioned", "throttling.provisioned.at_target.throttled_percent",
     WL__FIGURE_PERCENT, WL__BETTER_LESS, false, true},
    {"assertions that fail", "assertions_failed", WL__FIGURE_NUMBER, WL__BETTER_LESS, false, false},
    {"calls", "run.calls", WL__FIGURE_NUMBER, WL__BETTER_NEITHER, false, false},
    {0},
};

#define COUNT(figures) (sizeof(figures) / sizeof(figures)[0])
_Static_assert(COUNT(wl__pattern_figures) <= WL__FIGURES_MAX, "a subject has room");
_Static_assert(COUNT(wl__place_figures) <= WL__FIGURES_MAX, "a subject has room");
_Static_assert(COUNT(wl__whole_figures) <= WL__FIGURES_MAX, "a subject has room");

/* ---- finding ---- */

static bool complain(wl_complaint *complaint, const wl__json *at, const char *format, ...)
    __attribute__((__format__(__printf__, 3, 4)));

static bool complain(wl_complaint *complaint, const wl__json *at, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(complaint->message, sizeof complaint->message, format, arguments);
    va_end(arguments);
    complaint->line = at->line;
    complaint->column = at->column;
    return false;
}

/* The member, of this kind. NULL: *complaint. */
static const wl__json *need(const wl__json *object, const char *name, wl__json_kind kind,
                            wl_complaint *complaint) {
    const wl__json *member = wl__json_member(object, name);
    if (member == NULL) {
        complain(complaint, object, "expected \"%s\" in %s, found none", name,
                 object->kind == WL__JSON_OBJECT ? "this object"
                                                 : wl__json_kind_text(object->kind));
    } else if (member->kind != kind) {
        complain(complaint, member, "expected %s as \"%s\", found %s", wl__json_kind_text(kind),
                 name, wl__json_kind_text(member->kind));
        member = NULL;
    }
    return member;
}

static bool need_text(const char **text, const wl__json *object, const char *name,
                      wl_complaint *complaint) {
    const wl__json *member = need(object, name, WL__JSON_STRING, complaint);
    *text = member == NULL ? NULL : member->text;
    return member != NULL;
}

/* NAN where null is allowed and stands; HUGE_VAL where it says that a rate has no bound. */
static bool read_figure(double *value, const wl__json *object, const wl__figure *figure,
                        wl_complaint *complaint) {
    char name[64];
    const char *path = figure->path;
    *value = (double)NAN;
    for (;;) {
        size_t len = strcspn(path, ".");
        bool last = path[len] == '\0';
        snprintf(name, sizeof name, "%.*s", (int)len, path);
        const wl__json *member = wl__json_member(object, name);
        if (figure->may_miss && member != NULL && member->kind == WL__JSON_NULL) {
            *value = last && figure->kind == WL__FIGURE_RATE ? HUGE_VAL : (double)NAN;
            return true;
        }
        member = need(object, name, last ? WL__JSON_NUMBER : WL__JSON_OBJECT, complaint);
        if (member == NULL) {
            return false;
        }
        if (last) {
            *value = member->number;
            return true;
        }
        object = member;
        path += len + 1;
    }
}

static bool read_subject(wl__subject *subject, const wl__json *object, const wl__figure *figures,
                         wl_complaint *complaint) {
    for (size_t i = 0; figures[i].label != NULL; i++) {
        if (!read_figure(&subject->figures[i], object, &figures[i], complaint)) {
            return false;
        }
        if (figures[i].per_call) {
            const wl__json *calls = need(object, "calls", WL__JSON_NUMBER, complaint);
            if (calls == NULL) {
                return false;
            }
            subject->figures[i] =
                calls->number > 0 ? subject->figures[i] / calls->number : (double)NAN;
        }
    }
    return true;
}

/* The objects of the array that has this name. */
static bool read_subjects(wl__subject **subjects, size_t *count, const wl__json *root,
                          const char *name, const wl__figure *figures, wl_complaint *complaint) {
    const wl__json *array = need(root, name, WL__JSON_ARRAY, complaint);
    if (array == NULL) {
        return false;
    }
    size_t len = 0;
    for (const wl__json *at = array->first; at != NULL; at = at->next) {
        len++;
    }
    *subjects = calloc(len + 1, sizeof **subjects);
    if (*subjects == NULL) {
        return complain(complaint, array, "no memory");
    }
    for (const wl__json *at = array->first; at != NULL; at = at->next) {
        wl__subject *subject = &(*subjects)[*count];
        if (at->kind != WL__JSON_OBJECT) {
            return complain(complaint, at, "expected an object in \"%s\", found %s", name,
                            wl__json_kind_text(at->kind));
        }
        if (!need_text(&subject->name, at, "name", complaint) ||
            !read_subject(subject, at, figures, complaint)) {
            return false;
        }
        (*count)++;
    }
    return true;
}

/* ---- reading ---- */

static bool read_head(wl__summary *summary, const wl__json *root, wl_complaint *complaint) {
    const char *format;
    if (root->kind != WL__JSON_OBJECT) {
        return complain(complaint, root, "expected an object, found %s",
                        wl__json_kind_text(root->kind));
    }
    if (!need_text(&format, root, "format", complaint)) {
        return false;
    }
    if (strcmp(format, WL__REPORT_FORMAT) != 0) {
        return complain(complaint, wl__json_member(root, "format"),
                        "expected \"" WL__REPORT_FORMAT "\" as \"format\", found \"%.100s\"",
                        format);
    }
    const wl__json *version = need(root, "version", WL__JSON_NUMBER, complaint);
    if (version == NULL) {
        return false;
    }
    if (version->number != WL__REPORT_VERSION) {
        return complain(complaint, version, "expected version %d, found %.40s", WL__REPORT_VERSION,
                        version->text);
    }
    const wl__json *workload = need(root, "workload", WL__JSON_OBJECT, complaint);
    return workload != NULL && need_text(&summary->name, workload, "name", complaint) &&
           need_text(&summary->made_by, root, "made_by", complaint) &&
           need_text(&summary->made_at, root, "made_at", complaint);
}

/* Reports that were made before there was this member do not have it. */
static const char *ended_early(const wl__json *root) {
    const wl__json *run = wl__json_member(root, "run");
    const wl__json *why = run != NULL ? wl__json_member(run, "ended_early") : NULL;
    return why != NULL && why->kind == WL__JSON_STRING ? why->text : NULL;
}

static bool read_all(wl__summary *summary, wl_complaint *complaint) {
    static const wl__figure rate = {.path = "cost.rate", .may_miss = true};
    const wl__json *root = summary->tree.root;
    summary->ended_early = ended_early(root);
    return read_head(summary, root, complaint) &&
           read_figure(&summary->rate, root, &rate, complaint) &&
           read_subject(&summary->whole, root, wl__whole_figures, complaint) &&
           read_subjects(&summary->patterns, &summary->pattern_count, root, "patterns",
                         wl__pattern_figures, complaint) &&
           read_subjects(&summary->places, &summary->place_count, root, "places", wl__place_figures,
                         complaint);
}

bool wl__summary_read(wl__summary *summary, const char *path, wl_complaint *complaint) {
    *summary = (wl__summary){.path = path};
    if (!wl__json_read(&summary->tree, path, complaint)) {
        return false;
    }
    bool good = read_all(summary, complaint);
    if (!good) {
        wl__summary_clean_up(summary);
    }
    return good;
}

void wl__summary_clean_up(wl__summary *summary) {
    free(summary->patterns);
    free(summary->places);
    wl__json_clean_up(&summary->tree);
    *summary = (wl__summary){0};
}
