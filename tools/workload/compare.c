/* Two reports side by side: pairs, differences, and the form on a terminal. */
#include "workload/compare.h"

#include "workload/html.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- pairs ---- */

bool wl__pairs_of(wl__pair **pairs, size_t *count, const wl__subject *a, size_t a_count,
                  const wl__subject *b, size_t b_count) {
    wl__pair *list = calloc(a_count + b_count + 1, sizeof *list);
    bool *taken = calloc(b_count + 1, sizeof *taken);
    *count = 0;
    *pairs = NULL;
    if (list == NULL || taken == NULL) {
        free(list);
        free(taken);
        return false;
    }
    for (size_t i = 0; i < a_count; i++) {
        wl__pair pair = {.a = &a[i]};
        for (size_t j = 0; j < b_count && pair.b == NULL; j++) {
            if (!taken[j] && strcmp(a[i].name, b[j].name) == 0) {
                taken[j] = true;
                pair.b = &b[j];
            }
        }
        list[(*count)++] = pair;
    }
    for (size_t j = 0; j < b_count; j++) {
        if (!taken[j]) {
            list[(*count)++] = (wl__pair){.b = &b[j]};
        }
    }
    free(taken);
    *pairs = list;
    return true;
}

const char *wl__pair_name(const wl__pair *pair) {
    return pair->a != NULL ? pair->a->name : pair->b != NULL ? pair->b->name : "";
}

/* ---- differences ---- */

static wl__verdict_of_two verdict_of(const wl__figure *figure, double a, double b) {
    if (isnan(a) || isnan(b) || a == b) {
        return WL__SAME;
    }
    if (figure->better == WL__BETTER_NEITHER) {
        return WL__DIFFERENT;
    }
    return (b < a) == (figure->better == WL__BETTER_LESS) ? WL__B_BETTER : WL__B_WORSE;
}

wl__difference wl__difference_of(const wl__figure *figure, double a, double b) {
    wl__difference difference = {.a = a,
                                 .b = b,
                                 .absolute = (double)NAN,
                                 .percent = (double)NAN,
                                 .verdict = verdict_of(figure, a, b)};
    if (isfinite(a) && isfinite(b)) {
        difference.absolute = b - a;
        difference.percent = a != 0 ? (b - a) * 100 / fabs(a) : (double)NAN;
    }
    difference.worth_showing = (!isnan(a) && a != 0) || (!isnan(b) && b != 0);
    return difference;
}

wl__difference wl__pair_difference(const wl__figure *figures, size_t n, const wl__pair *pair) {
    return wl__difference_of(&figures[n], pair->a == NULL ? (double)NAN : pair->a->figures[n],
                             pair->b == NULL ? (double)NAN : pair->b->figures[n]);
}

bool wl__priced_differently(const wl__summary *a, const wl__summary *b) {
    return !(a->rate == b->rate || (isnan(a->rate) && isnan(b->rate)));
}

/* ---- texts ---- */

tool_text wl__figure_text(const wl__figure *figure, double value) {
    if (isnan(value)) {
        return wl__number(value);
    }
    if (isinf(value)) {
        return wl__rate_text(value);
    }
    switch (figure->kind) {
    case WL__FIGURE_BYTES:
        return tool_size((uint64_t)llround(fabs(value)));
    case WL__FIGURE_DURATION:
        return tool_duration((uint64_t)llround(fabs(value)));
    case WL__FIGURE_MONEY:
        return wl__money(value);
    case WL__FIGURE_PERCENT:
        return wl__percent(value);
    case WL__FIGURE_RATE:
    case WL__FIGURE_NUMBER:
        break;
    }
    return wl__number(value);
}

tool_text wl__difference_text(const wl__figure *figure, const wl__difference *difference) {
    tool_text text;
    double size = fabs(difference->absolute);
    if (isnan(size)) {
        return (tool_text){""};
    }
    if (size == 0) {
        return (tool_text){"="};
    }
    snprintf(text.text, sizeof text.text, "%s%.150s", difference->absolute < 0 ? "-" : "+",
             wl__figure_text(figure, size).text);
    return text;
}

tool_text wl__difference_percent(const wl__difference *difference) {
    tool_text text = {""};
    if (!isnan(difference->percent) && difference->absolute != 0) {
        snprintf(text.text, sizeof text.text, "%s%.150s", difference->percent < 0 ? "-" : "+",
                 wl__percent(fabs(difference->percent)).text);
    }
    return text;
}

const char *wl__verdict_text(wl__verdict_of_two verdict) {
    static const char *const texts[] = {[WL__SAME] = "",
                                        [WL__DIFFERENT] = "",
                                        [WL__B_BETTER] = "B better",
                                        [WL__B_WORSE] = "A better"};
    return texts[verdict];
}

/* ---- on the terminal ---- */

enum { NAME_COLUMNS = 90, INDENT = 2 };

#define ROW(...) ((const char *const[]){__VA_ARGS__})

static bool print_pair(const tool_terminal *terminal, const char *name, const wl__figure *figures,
                       const wl__pair *pair) {
    tool_table table = {.alignments = "lrrrrl"};
    tool_print(terminal, TOOL_CYAN, "\n%s", wl__plain(name, NAME_COLUMNS).text);
    tool_print(terminal, TOOL_DIM, "%s\n",
               pair->a == NULL   ? " (only B)"
               : pair->b == NULL ? " (only A)"
                                 : "");
    tool_table_add(&table, ROW("FIGURE", "A", "B", "DIFFERENCE", "PERCENT", ""));
    for (size_t i = 0; figures[i].label != NULL; i++) {
        wl__difference difference = wl__pair_difference(figures, i, pair);
        if (difference.worth_showing) {
            tool_table_add(&table,
                           ROW(figures[i].label, wl__figure_text(&figures[i], difference.a).text,
                               wl__figure_text(&figures[i], difference.b).text,
                               wl__difference_text(&figures[i], &difference).text,
                               wl__difference_percent(&difference).text,
                               wl__verdict_text(difference.verdict)));
        }
    }
    bool printed = tool_table_print(&table, terminal, INDENT);
    tool_table_clean_up(&table);
    return printed;
}

static bool print_pairs(const tool_terminal *terminal, const char *heading,
                        const wl__figure *figures, const wl__pair *pairs, size_t count) {
    tool_print(terminal, TOOL_BOLD, "\n%s\n", heading);
    bool printed = true;
    for (size_t i = 0; printed && i < count; i++) {
        printed = print_pair(terminal, wl__pair_name(&pairs[i]), figures, &pairs[i]);
    }
    return printed;
}

static void print_side(const tool_terminal *terminal, char side, const wl__summary *summary) {
    tool_print(terminal, TOOL_BOLD, "%c  %s\n", side, wl__plain(summary->name, NAME_COLUMNS).text);
    tool_print(terminal, TOOL_DIM, "   %s, made at %s\n", wl__plain(summary->path, 60).text,
               wl__plain(summary->made_at, 30).text);
    if (summary->ended_early != NULL) {
        tool_print(terminal, TOOL_RED, "   %s%s\n", WL_ENDED_EARLY,
                   wl__plain(summary->ended_early, NAME_COLUMNS).text);
    }
}

static bool print(const tool_terminal *terminal, const wl__summary *a, const wl__summary *b) {
    wl__pair *patterns = NULL, *places = NULL;
    size_t pattern_count = 0, place_count = 0;
    wl__pair whole = {&a->whole, &b->whole};
    bool good =
        wl__pairs_of(&patterns, &pattern_count, a->patterns, a->pattern_count, b->patterns,
                     b->pattern_count) &&
        wl__pairs_of(&places, &place_count, a->places, a->place_count, b->places, b->place_count);
    if (good) {
        print_side(terminal, 'A', a);
        print_side(terminal, 'B', b);
        if (wl__priced_differently(a, b)) {
            tool_print(terminal, TOOL_RED, "   %s\n", WL__PRICED_DIFFERENTLY);
        }
        good = print_pair(terminal, "The whole design", wl__whole_figures, &whole) &&
               print_pairs(terminal, "Patterns, of a call", wl__pattern_figures, patterns,
                           pattern_count) &&
               print_pairs(terminal, "Tables and indexes", wl__place_figures, places, place_count);
    }
    free(patterns);
    free(places);
    return good;
}

/* ---- both ---- */

static bool complain(wl_complaint *complaint, const char *file, const char *message) {
    *complaint = (wl_complaint){.file = file};
    snprintf(complaint->message, sizeof complaint->message, "%s", message);
    return false;
}

bool wl_compare(const char *path_a, const char *path_b, const tool_terminal *terminal, FILE *html,
                wl_complaint *complaint) {
    wl__summary a = {0}, b = {0};
    bool good = wl__summary_read(&a, path_a, complaint) && wl__summary_read(&b, path_b, complaint);
    if (good && !print(terminal, &a, &b)) {
        good = complain(complaint, path_a, "no memory");
    }
    if (good && !tool_flush(terminal)) {
        good = complain(complaint, "the terminal", strerror(errno));
    }
    if (good && html != NULL && !wl__compare_html(html, &a, &b)) {
        good = complain(complaint, "the page", strerror(errno));
    }
    wl__summary_clean_up(&a);
    wl__summary_clean_up(&b);
    return good;
}
