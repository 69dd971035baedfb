/*
 * Charts as SVG within a page: each a <figure> with a caption, and with a title and a description
 * for who cannot see it; the figures themselves stand in a table beside it, which is the caller's.
 * Colours are the style's of html.c. Labels are escaped, and cut where they would not fit.
 */
#ifndef WORKLOAD_HTML_CHARTS_H
#define WORKLOAD_HTML_CHARTS_H

#include "terminal.h"
#include "workload/html.h"

enum { WL__SERIES_MAX = 8, WL__CHART_ROWS_MAX = 60, WL__DOTS = 4 };

/* What a chart says besides its data; all but format borrowed literals or texts. */
typedef struct wl__chart {
    const char *id; /* a literal; unique in its page */
    const char *caption;
    const char *description;
    const char *axis;         /* what its numbers are */
    const char *axis_grouped; /* of columns of four steps each */
    tool_text (*format)(double value);
    const char *series[WL__SERIES_MAX]; /* names, for the legend */
    size_t series_count;
    double limit; /* a line across; 0: none */
    const char *limit_text;
} wl__chart;

/* A bar of parts that stand on each other. */
typedef struct wl__bar {
    char label[400];
    char note[64]; /* behind it */
    double parts[WL__SERIES_MAX];
} wl__bar;

/* Bars, one below the other; where a limit is far beyond all of one series, sticks on a scale of
 * powers of ten. More than WL__CHART_ROWS_MAX are left out, which the chart says. */
void wl__chart_bars(FILE *file, const wl__chart *chart, const wl__bar *bars, size_t count);

/* Points on a scale of powers of ten, such as percentiles: of each row so many series. */
typedef struct wl__dots {
    char label[400];
    double values[2][WL__DOTS]; /* rising; the first 0: this series has none */
} wl__dots;

void wl__chart_dots(FILE *file, const wl__chart *chart, const wl__dots *rows, size_t count);

/*
 * Columns of a histogram: counts[i] of what is above i and up to i + 1. Each fourth step has a
 * line; where there are more than 64 steps a column is of four. They end with the last that is not
 * empty.
 */
void wl__chart_columns(FILE *file, const wl__chart *chart, const uint64_t *counts, size_t count);

typedef struct wl__point {
    double x;
    double y; /* percent */
} wl__point;

/* Lines of rising x, on a scale of powers of ten; the limit is one of x. */
void wl__chart_lines(FILE *file, const wl__chart *chart, const wl__point *const *points,
                     const size_t *counts);

#endif
