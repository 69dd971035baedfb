/* What the two forms of a comparison share: pairs of subjects, and texts of figures. */
#ifndef WORKLOAD_COMPARE_H
#define WORKLOAD_COMPARE_H

#include "workload/figures.h"
#include "workload/report_read.h"

/* The same pattern or place of both reports; NULL: one has none of the name. */
typedef struct wl__pair {
    const wl__subject *a;
    const wl__subject *b;
} wl__pair;

/* Those of a in their order, each with b's of the same name (the first that is left), then the rest
 * of b's. The caller frees pairs. False: no memory. */
bool wl__pairs_of(wl__pair **pairs, size_t *count, const wl__subject *a, size_t a_count,
                  const wl__subject *b, size_t b_count);

const char *wl__pair_name(const wl__pair *pair);

typedef enum wl__verdict_of_two {
    WL__SAME,
    WL__DIFFERENT,
    WL__B_BETTER,
    WL__B_WORSE
} wl__verdict_of_two;

/* A figure of both. */
typedef struct wl__difference {
    double a, b;     /* NAN: not known; HUGE_VAL: without bound */
    double absolute; /* b - a; NAN where one is not known or both are without bound */
    double percent;  /* of a; NAN where that is 0, not known or without bound */
    wl__verdict_of_two verdict;
    bool worth_showing; /* one is known, and not both are 0 */
} wl__difference;

wl__difference wl__difference_of(const wl__figure *figure, double a, double b);
/* Of figure number n of a pair. */
wl__difference wl__pair_difference(const wl__figure *figures, size_t n, const wl__pair *pair);

/* Their costs are not of the same rate, so that they cannot be compared. */
bool wl__priced_differently(const wl__summary *a, const wl__summary *b);
#define WL__PRICED_DIFFERENTLY "The costs of A and B are of different target rates."

tool_text wl__figure_text(const wl__figure *figure, double value);
tool_text wl__difference_text(const wl__figure *figure, const wl__difference *difference);
tool_text wl__difference_percent(const wl__difference *difference);
const char *wl__verdict_text(wl__verdict_of_two verdict); /* "B better", "" */

/* False: no memory, or not all could be written (errno). */
bool wl__compare_html(FILE *file, const wl__summary *a, const wl__summary *b);

#endif
