/*
 * Charts as SVG; see html_charts.h. Lengths are units of a view box that is CHART_WIDTH wide, which
 * the page scales to its own width. A character of a label is taken to be CHARACTER wide.
 */
#include "workload/html_charts.h"

#include "workload/figures.h"

#include <math.h>
#include <string.h>

enum {
    CHART_WIDTH = 960,
    LEFT = 290,  /* where the scale begins: labels are left of it */
    RIGHT = 840, /* where it ends: notes are right of it */
    LABEL_COLUMNS = 36,
    CHARACTER = 7,
    LEGEND_HEIGHT = 24,
    LIMIT_HEIGHT = 18, /* for the text of a limit above the rows */
    AXIS_HEIGHT = 44,
    ROW_HEIGHT = 28,
    BAR_HEIGHT = 16,
    DOT_ROW_HEIGHT = 40,
    TICKS = 5,
    TICKS_MAX = 16,
};

/* ---- frame ---- */

static void open_chart(FILE *file, const wl__chart *chart, double height) {
    fputs("<figure>\n<figcaption>", file);
    wl__html_text(file, chart->caption);
    fprintf(file,
            "</figcaption>\n<svg viewBox=\"0 0 %d %.0f\" role=\"img\" aria-labelledby=\"%s-t "
            "%s-d\">\n<title id=\"%s-t\">",
            CHART_WIDTH, height, chart->id, chart->id, chart->id);
    wl__html_text(file, chart->caption);
    fprintf(file, "</title>\n<desc id=\"%s-d\">", chart->id);
    wl__html_text(file, chart->description);
    fputs("</desc>\n", file);
}

static void close_chart(FILE *file, size_t left_out) {
    fputs("</svg>\n", file);
    if (left_out != 0) {
        fprintf(file, "<p class=\"soft\">%zu more are in the table only.</p>\n", left_out);
    }
    fputs("</figure>\n", file);
}

static void write_line(FILE *file, const char *kind, double x1, double y1, double x2, double y2) {
    fprintf(file, "<line class=\"%s\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>\n", kind,
            x1, y1, x2, y2);
}

/* anchor: start, middle or end. */
static void write_text(FILE *file, const char *kind, const char *anchor, double x, double y,
                       const char *text) {
    fprintf(file, "<text class=\"%s\" text-anchor=\"%s\" x=\"%.1f\" y=\"%.1f\">", kind, anchor, x,
            y);
    wl__html_text(file, text);
    fputs("</text>\n", file);
}

/* The names of the series, each behind a patch of its colour. Returns the height it took. */
static double write_legend(FILE *file, const wl__chart *chart) {
    double x = 0, y = 14;
    if (chart->series_count < 2) {
        return 4;
    }
    for (size_t i = 0; i < chart->series_count; i++) {
        wl__name name = wl__plain(chart->series[i], LABEL_COLUMNS);
        double width = 16 + (double)(tool_columns(name.text) * CHARACTER) + 20;
        if (x > 0 && x + width > CHART_WIDTH) {
            x = 0;
            y += LEGEND_HEIGHT;
        }
        fprintf(file, "<rect class=\"f%zu\" x=\"%.1f\" y=\"%.1f\" width=\"11\" height=\"11\"/>\n",
                i, x, y - 10);
        write_text(file, "", "start", x + 16, y, name.text);
        x += width;
    }
    return y + 10;
}

/* How high the legend will be. */
static double legend_height(const wl__chart *chart) {
    double x = 0, y = 14;
    for (size_t i = 0; i < chart->series_count; i++) {
        wl__name name = wl__plain(chart->series[i], LABEL_COLUMNS);
        double width = 16 + (double)(tool_columns(name.text) * CHARACTER) + 20;
        if (x > 0 && x + width > CHART_WIDTH) {
            x = 0;
            y += LEGEND_HEIGHT;
        }
        x += width;
    }
    return chart->series_count < 2 ? 4 : y + 10;
}

/* What a label may take at most: capitals and signs are wider than small letters. */
static double width_of(const char *text) {
    enum { WIDE = 10 };
    double width = 0;
    for (; *text != '\0'; text++) {
        bool wide = (*text >= 'A' && *text <= 'Z') || *text == '#' || *text == '@' || *text == '%';
        bool counts = ((unsigned char)*text & 0xC0) != 0x80;
        width += counts ? wide ? WIDE : CHARACTER : 0;
    }
    return width;
}

/* Left of the scale; one that may not fit is made narrower. */
static void write_label(FILE *file, double y, const char *label) {
    enum { GAP = 10, ROOM = LEFT - GAP };
    wl__name text = wl__plain(label, LABEL_COLUMNS);
    fprintf(file, "<text text-anchor=\"end\" x=\"%d\" y=\"%.1f\"", ROOM, y);
    if (width_of(text.text) > ROOM) {
        fprintf(file, " textLength=\"%d\" lengthAdjust=\"spacingAndGlyphs\"", ROOM);
    }
    fputs(">", file);
    wl__html_text(file, text.text);
    fputs("</text>\n", file);
}

/* ---- scales ---- */

/* From 0 to top in round steps. */
typedef struct linear_scale {
    double top;
    double step;
} linear_scale;

static linear_scale scale_to(double most) {
    if (!(most > 0) || !isfinite(most)) {
        return (linear_scale){1, 1};
    }
    double rough = most / TICKS;
    double power = pow(10, floor(log10(rough)));
    double times = rough / power;
    double step = power * (times <= 1 ? 1 : times <= 2 ? 2 : times <= 5 ? 5 : 10);
    return (linear_scale){ceil(most / step - 1e-9) * step, step};
}

static double across(const linear_scale *scale, double value) {
    return LEFT + value / scale->top * (RIGHT - LEFT);
}

static void write_scale(FILE *file, const wl__chart *chart, const linear_scale *scale, double top,
                        double bottom) {
    for (size_t i = 0; i < TICKS_MAX && (double)i * scale->step <= scale->top * 1.0001; i++) {
        double value = (double)i * scale->step;
        double x = across(scale, value);
        write_line(file, i == 0 ? "axis" : "grid", x, top, x, bottom);
        write_text(file, "soft", "middle", x, bottom + 16, chart->format(value).text);
    }
    write_text(file, "soft", "middle", (LEFT + RIGHT) / 2.0, bottom + 36, chart->axis);
}

/* Powers of ten. */
typedef struct decade_scale {
    double low, high; /* exponents */
} decade_scale;

static decade_scale decades_of(double least, double most) {
    decade_scale decades = {floor(log10(least)), ceil(log10(most))};
    decades.high += decades.high <= decades.low;
    return decades;
}

static double along(const decade_scale *decades, double value) {
    return LEFT + (log10(value) - decades->low) / (decades->high - decades->low) * (RIGHT - LEFT);
}

static void write_decades(FILE *file, const wl__chart *chart, const decade_scale *decades,
                          double top, double bottom) {
    /* Many decades have a text at every second or third only. */
    int every = (int)ceil((decades->high - decades->low) / TICKS_MAX);
    for (int i = 0; i <= (int)(decades->high - decades->low); i++) {
        double value = pow(10, decades->low + i);
        double x = along(decades, value);
        write_line(file, i == 0 ? "axis" : "grid", x, top, x, bottom);
        if (i % every == 0) {
            write_text(file, "soft", "middle", x, bottom + 16, chart->format(value).text);
        }
    }
    write_text(file, "soft", "middle", (LEFT + RIGHT) / 2.0, bottom + 36, chart->axis);
}

/* A line across at x, its text above, on the side where there is room. */
static void write_limit(FILE *file, const wl__chart *chart, double x, double top, double bottom) {
    double width = (double)(tool_columns(chart->limit_text) * CHARACTER);
    bool left = x + width / 2 > CHART_WIDTH;
    write_line(file, "limit", x, top, x, bottom);
    write_text(file, "limit-text", left ? "end" : "middle", left ? x + 4 : x, top - 5,
               chart->limit_text);
}

/* ---- bars ---- */

static double sum_of(const wl__bar *bar, size_t parts) {
    double sum = 0;
    for (size_t i = 0; i < parts; i++) {
        sum += bar->parts[i] > 0 && isfinite(bar->parts[i]) ? bar->parts[i] : 0;
    }
    return sum;
}

static void write_bar(FILE *file, const wl__chart *chart, const linear_scale *scale,
                      const wl__bar *bar, double y) {
    double end = 0;
    write_label(file, y + BAR_HEIGHT - 3, bar->label);
    for (size_t i = 0; i < chart->series_count; i++) {
        if (!(bar->parts[i] > 0) || !isfinite(bar->parts[i])) {
            continue;
        }
        double x = across(scale, end);
        end += bar->parts[i];
        /* The next part begins behind a narrow gap. */
        double width = fmax(across(scale, end) - x - 1, 0.5);
        fprintf(file,
                "<rect class=\"f%zu\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%d\">"
                "<title>",
                i, x, y, width, BAR_HEIGHT);
        wl__html_printf(file, "%s: %s %s", bar->label, chart->series[i],
                        chart->format(bar->parts[i]).text);
        fputs("</title></rect>\n", file);
    }
    write_text(file, "", "start", across(scale, end) + 6, y + BAR_HEIGHT - 3, bar->note);
}

/* A line to a dot: on a scale of powers of ten a length says nothing, only where it ends. */
static void write_stick(FILE *file, const wl__chart *chart, const decade_scale *decades,
                        const wl__bar *bar, double y) {
    double value = sum_of(bar, chart->series_count);
    double x = value > 0 ? along(decades, value) : LEFT;
    double middle = y + BAR_HEIGHT / 2.0;
    write_label(file, y + BAR_HEIGHT - 3, bar->label);
    write_line(file, "s0", LEFT, middle, x, middle);
    fprintf(file, "<circle class=\"f0\" cx=\"%.1f\" cy=\"%.1f\" r=\"6\"/>\n", x, middle);
    write_text(file, "", "start", x + 11, y + BAR_HEIGHT - 3, bar->note);
}

/* Bars of one series that a limit would dwarf. */
static void write_sticks(FILE *file, const wl__chart *chart, const wl__bar *bars, size_t count,
                         double top, double bottom) {
    double least = chart->limit;
    for (size_t i = 0; i < count; i++) {
        double value = sum_of(&bars[i], chart->series_count);
        least = value > 0 ? fmin(least, value) : least;
    }
    decade_scale decades = decades_of(least, chart->limit);
    write_decades(file, chart, &decades, top, bottom);
    for (size_t i = 0; i < count; i++) {
        write_stick(file, chart, &decades, &bars[i], top + 8 + (double)i * ROW_HEIGHT);
    }
    write_limit(file, chart, along(&decades, chart->limit), top, bottom);
}

static void write_bars(FILE *file, const wl__chart *chart, const wl__bar *bars, size_t count,
                       double most, double top, double bottom) {
    linear_scale scale = scale_to(fmax(most, chart->limit));
    write_scale(file, chart, &scale, top, bottom);
    for (size_t i = 0; i < count; i++) {
        write_bar(file, chart, &scale, &bars[i], top + 8 + (double)i * ROW_HEIGHT);
    }
    if (chart->limit > 0) {
        write_limit(file, chart, across(&scale, chart->limit), top, bottom);
    }
}

void wl__chart_bars(FILE *file, const wl__chart *chart, const wl__bar *bars, size_t count) {
    enum { DWARFED = 5 };
    size_t shown = count < WL__CHART_ROWS_MAX ? count : WL__CHART_ROWS_MAX;
    double most = 0;
    for (size_t i = 0; i < shown; i++) {
        most = fmax(most, sum_of(&bars[i], chart->series_count));
    }
    double top = legend_height(chart) + (chart->limit > 0 ? LIMIT_HEIGHT : 0);
    double bottom = top + (double)shown * ROW_HEIGHT + 6;
    open_chart(file, chart, bottom + AXIS_HEIGHT);
    write_legend(file, chart);
    if (chart->series_count == 1 && chart->limit > DWARFED * most) {
        write_sticks(file, chart, bars, shown, top, bottom);
    } else {
        write_bars(file, chart, bars, shown, most, top, bottom);
    }
    close_chart(file, count - shown);
}

/* ---- dots ---- */

static void write_dots(FILE *file, const wl__chart *chart, const decade_scale *decades,
                       const wl__dots *row, size_t series, double y) {
    static const char *const names[WL__DOTS] = {"p50", "p95", "p99", "p99.9"};
    const double *values = row->values[series];
    if (!(values[0] > 0)) {
        return;
    }
    fprintf(file, "<line class=\"s%zu\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>\n",
            series, along(decades, values[0]), y, along(decades, values[WL__DOTS - 1]), y);
    for (size_t i = 0; i < WL__DOTS; i++) {
        double x = along(decades, values[i]);
        double half = 8.0 - 2 * (double)i; /* of a stroke's height */
        if (i == 0) {
            fprintf(file, "<circle class=\"f%zu\" cx=\"%.1f\" cy=\"%.1f\" r=\"6\">", series, x, y);
        } else {
            fprintf(file, "<rect class=\"f%zu\" x=\"%.1f\" y=\"%.1f\" width=\"3\" height=\"%.1f\">",
                    series, x - 1.5, y - half, 2 * half);
        }
        fputs("<title>", file);
        wl__html_printf(file, "%s, %s: %s %s", row->label, chart->series[series], names[i],
                        chart->format(values[i]).text);
        fprintf(file, "</title></%s>\n", i == 0 ? "circle" : "rect");
    }
}

void wl__chart_dots(FILE *file, const wl__chart *chart, const wl__dots *rows, size_t count) {
    size_t shown = count < WL__CHART_ROWS_MAX ? count : WL__CHART_ROWS_MAX;
    double least = HUGE_VAL, most = 0;
    for (size_t i = 0; i < shown; i++) {
        for (size_t j = 0; j < chart->series_count; j++) {
            if (rows[i].values[j][0] > 0) {
                least = fmin(least, rows[i].values[j][0]);
                most = fmax(most, rows[i].values[j][WL__DOTS - 1]);
            }
        }
    }
    if (most == 0) {
        return;
    }
    decade_scale decades = decades_of(least, most);
    double top = legend_height(chart);
    double bottom = top + (double)shown * DOT_ROW_HEIGHT + 6;
    open_chart(file, chart, bottom + AXIS_HEIGHT);
    write_legend(file, chart);
    write_decades(file, chart, &decades, top, bottom);
    for (size_t i = 0; i < shown; i++) {
        double y = top + 6 + (double)i * DOT_ROW_HEIGHT;
        write_label(file, y + DOT_ROW_HEIGHT / 2.0 + 2, rows[i].label);
        for (size_t j = 0; j < chart->series_count; j++) {
            write_dots(file, chart, &decades, &rows[i], j, y + 11 + 16 * (double)j);
        }
    }
    close_chart(file, count - shown);
}

/* ---- columns ---- */

enum {
    COLUMNS_HEIGHT = 180,
    COLUMNS_LEFT = 80,
    COLUMNS_RIGHT = CHART_WIDTH - 20,
    STEPS_ALONE_MAX = 64
};

static void write_counts(FILE *file, const linear_scale *scale, double top, double bottom) {
    for (size_t i = 0; i < TICKS_MAX && (double)i * scale->step <= scale->top * 1.0001; i++) {
        double value = (double)i * scale->step;
        double y = bottom - value / scale->top * (bottom - top);
        write_line(file, i == 0 ? "axis" : "grid", COLUMNS_LEFT, y, COLUMNS_RIGHT, y);
        write_text(file, "soft", "end", COLUMNS_LEFT - 8, y + 4, wl__number(value).text);
    }
}

/* Columns of one step each, or of four where there are many steps. */
typedef struct columns_shape {
    size_t steps;   /* a multiple of a column's */
    size_t grouped; /* steps of a column */
    double width;   /* of a step */
    double top, bottom;
    linear_scale scale;
} columns_shape;

static uint64_t count_of(const uint64_t *counts, size_t count, size_t from, size_t steps) {
    uint64_t sum = 0;
    for (size_t i = from; i < from + steps && i < count; i++) {
        sum += counts[i];
    }
    return sum;
}

/* Texts stand at each step, or at a multiple of four of them. */
static void write_steps(FILE *file, const columns_shape *shape) {
    size_t between = shape->steps <= 16 ? 1 : 4;
    while (shape->steps / between > 16) {
        between *= 2;
    }
    for (size_t i = 0; i <= shape->steps; i++) {
        double x = COLUMNS_LEFT + (double)i * shape->width;
        if (i % 4 == 0 && shape->grouped == 1) {
            write_line(file, "strong-grid", x, shape->top, x, shape->bottom);
        }
        if (i % between == 0) {
            tool_text text;
            snprintf(text.text, sizeof text.text, "%zu", i);
            write_text(file, "soft", "middle", x, shape->bottom + 16, text.text);
        }
    }
}

static void write_columns(FILE *file, const columns_shape *shape, const uint64_t *counts,
                          size_t count) {
    for (size_t i = 0; i < shape->steps; i += shape->grouped) {
        uint64_t items = count_of(counts, count, i, shape->grouped);
        if (items == 0) {
            continue;
        }
        double width = shape->width * (double)shape->grouped;
        /* What is few among many still shows. */
        double height = fmax((double)items / shape->scale.top * (shape->bottom - shape->top), 3);
        fprintf(file,
                "<rect class=\"f0\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"><title>"
                "%zu to %zu KB: %llu</title></rect>\n",
                COLUMNS_LEFT + (double)i * shape->width + 0.5, shape->bottom - height, width - 1,
                height, i, i + shape->grouped, (unsigned long long)items);
    }
}

void wl__chart_columns(FILE *file, const wl__chart *chart, const uint64_t *counts, size_t count) {
    columns_shape shape = {.top = 12, .bottom = 12 + COLUMNS_HEIGHT};
    double most = 0;
    for (size_t i = 0; i < count; i++) {
        shape.steps = counts[i] != 0 ? i + 1 : shape.steps;
    }
    if (shape.steps == 0) {
        return;
    }
    shape.steps = (shape.steps + 3) / 4 * 4;
    shape.grouped = shape.steps > STEPS_ALONE_MAX ? 4 : 1;
    shape.width = (double)(COLUMNS_RIGHT - COLUMNS_LEFT) / (double)shape.steps;
    for (size_t i = 0; i < shape.steps; i += shape.grouped) {
        most = fmax(most, (double)count_of(counts, count, i, shape.grouped));
    }
    shape.scale = scale_to(most);
    open_chart(file, chart, shape.bottom + AXIS_HEIGHT);
    write_counts(file, &shape.scale, shape.top, shape.bottom);
    write_steps(file, &shape);
    write_columns(file, &shape, counts, count);
    write_text(file, "soft", "middle", (COLUMNS_LEFT + COLUMNS_RIGHT) / 2.0, shape.bottom + 36,
               shape.grouped == 1 ? chart->axis : chart->axis_grouped);
    close_chart(file, 0);
}

/* ---- lines ---- */

enum { LINES_HEIGHT = 220 };

static void write_series(FILE *file, const wl__chart *chart, const decade_scale *decades,
                         size_t series, const wl__point *points, size_t count,
                         const linear_scale *scale, double top, double bottom) {
    double height = bottom - top;
    fprintf(file, "<polyline class=\"s%zu\" points=\"", series);
    for (size_t i = 0; i < count; i++) {
        fprintf(file, "%.1f,%.1f ", along(decades, points[i].x),
                bottom - points[i].y / scale->top * height);
    }
    fputs("\"/>\n", file);
    for (size_t i = 0; i < count; i++) {
        fprintf(file, "<circle class=\"f%zu edge\" cx=\"%.1f\" cy=\"%.1f\" r=\"4.5\"><title>",
                series, along(decades, points[i].x), bottom - points[i].y / scale->top * height);
        wl__html_printf(file, "%s: %s throttled at %s", chart->series[series],
                        wl__percent(points[i].y).text, chart->format(points[i].x).text);
        fputs("</title></circle>\n", file);
    }
}

void wl__chart_lines(FILE *file, const wl__chart *chart, const wl__point *const *points,
                     const size_t *counts) {
    double least = chart->limit > 0 ? chart->limit : HUGE_VAL, most = chart->limit, high = 0;
    for (size_t i = 0; i < chart->series_count; i++) {
        for (size_t j = 0; j < counts[i]; j++) {
            least = fmin(least, points[i][j].x);
            most = fmax(most, points[i][j].x);
            high = fmax(high, points[i][j].y);
        }
    }
    if (!(most > 0)) {
        return;
    }
    decade_scale decades = decades_of(least, most);
    linear_scale scale = scale_to(fmax(high * 1.05, 1));
    double top = legend_height(chart) + LIMIT_HEIGHT, bottom = top + LINES_HEIGHT;
    open_chart(file, chart, bottom + AXIS_HEIGHT);
    write_legend(file, chart);
    write_decades(file, chart, &decades, top, bottom);
    for (size_t i = 0; i < TICKS_MAX && (double)i * scale.step <= scale.top * 1.0001; i++) {
        double value = (double)i * scale.step;
        double y = bottom - value / scale.top * LINES_HEIGHT;
        write_line(file, i == 0 ? "axis" : "grid", LEFT, y, RIGHT, y);
        write_text(file, "soft", "end", LEFT - 10, y + 4, wl__percent(value).text);
    }
    for (size_t i = 0; i < chart->series_count; i++) {
        write_series(file, chart, &decades, i, points[i], counts[i], &scale, top, bottom);
    }
    if (chart->limit > 0) {
        write_limit(file, chart, along(&decades, chart->limit), top, bottom);
    }
    close_chart(file, 0);
}
