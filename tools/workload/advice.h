/*
 * What a run's results suggest: each piece names the pattern or place, the figures it rests on, and
 * what to do; the most expensive first.
 */
#ifndef WORKLOAD_ADVICE_H
#define WORKLOAD_ADVICE_H

#include "workload/cost.h"
#include "workload/pressure.h"

typedef enum wl_advice_kind {
    WL_ADVICE_SCAN = 0,
    WL_ADVICE_FILTER, /* throws most of what it reads away */
    WL_ADVICE_UNUSED_INDEX,
    WL_ADVICE_PROJECTION, /* costs more than it gives */
    WL_ADVICE_HOT_KEY,
    WL_ADVICE_LARGE_ITEM, /* near 400 KB, or a step of 1 KB or 4 KB that few bytes would save */
    WL_ADVICE_COLLECTION, /* near 10 GB */
    WL_ADVICE_EVENTUAL,   /* strong reads that could be eventual */
    WL_ADVICE_BILLING,    /* the other billing mode is cheaper */
    WL_ADVICE_KINDS,
} wl_advice_kind;

enum { WL_ADVICE_MAX = 64 };

typedef struct wl_advice_piece {
    wl_advice_kind kind;
    size_t pattern; /* SIZE_MAX: none */
    size_t place;   /* SIZE_MAX: none */
    double saves;   /* dollars a month at most; 0: not said in money */
    char text[400]; /* one or two sentences with their figures */
} wl_advice_piece;

typedef struct wl_advice {
    wl_advice_piece pieces[WL_ADVICE_MAX];
    size_t count;
} wl_advice;

void wl_advice_of(wl_advice *advice, const wl_results *results, const wl_cost *cost,
                  const wl_pressure *pressure);

#endif
