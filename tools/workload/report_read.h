/*
 * A report read back from its JSON, as the figures that a comparison shows. Immutable once read.
 */
#ifndef WORKLOAD_REPORT_READ_H
#define WORKLOAD_REPORT_READ_H

#include "workload/json_tree.h"

#define WL__REPORT_FORMAT "pocketable bench report"
enum { WL__REPORT_VERSION = 1, WL__FIGURES_MAX = 24 };

typedef enum wl__figure_kind {
    WL__FIGURE_NUMBER,
    WL__FIGURE_BYTES,
    WL__FIGURE_DURATION, /* nanoseconds */
    WL__FIGURE_MONEY,
    WL__FIGURE_PERCENT,
    WL__FIGURE_RATE, /* null is without bound */
} wl__figure_kind;

typedef enum wl__better {
    WL__BETTER_LESS = -1,
    WL__BETTER_NEITHER = 0,
    WL__BETTER_MORE = 1
} wl__better;

/* A figure of a pattern, a place or the whole. */
typedef struct wl__figure {
    const char *label;
    const char *path; /* members, a dot between each two */
    wl__figure_kind kind;
    wl__better better;
    bool per_call; /* the total divided by "calls" */
    bool may_miss; /* it, or what it is in, may be null */
} wl__figure;

/* Each ends with a label of NULL. */
extern const wl__figure wl__pattern_figures[];
extern const wl__figure wl__place_figures[];
extern const wl__figure wl__whole_figures[];

typedef struct wl__subject {
    const char *name;
    double figures[WL__FIGURES_MAX]; /* NAN: not known; HUGE_VAL: without bound */
} wl__subject;

typedef struct wl__summary {
    wl__json_tree tree; /* has the texts */
    const char *path;
    const char *name;
    const char *made_by;
    const char *made_at;
    const char *ended_early; /* why not all was measured; NULL: it was */
    double rate;             /* the cost's; NAN: of a million calls */
    wl__subject whole;
    wl__subject *patterns;
    size_t pattern_count;
    wl__subject *places;
    size_t place_count;
} wl__summary;

/* False: *complaint, and nothing needs to be cleaned up. path: a view as long as the summary. */
bool wl__summary_read(wl__summary *summary, const char *path, wl_complaint *complaint);
void wl__summary_clean_up(wl__summary *summary);

#endif
