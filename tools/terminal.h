/*
 * What the commands print with: colour where it is wanted, tables, progress, sizes and durations
 * that people can read. Output is UTF-8. One thread at a time.
 */
#ifndef TOOL_TERMINAL_H
#define TOOL_TERMINAL_H

#include <pocketable/engine/status.h>

#include <stdio.h>

#if defined(__GNUC__) || defined(__clang__)
#define TOOL_PRINTF(text, first) __attribute__((__format__(__printf__, text, first)))
#else
#define TOOL_PRINTF(text, first)
#endif

typedef enum tool_style {
    TOOL_PLAIN = 0,
    TOOL_BOLD,
    TOOL_DIM,
    TOOL_GREEN,
    TOOL_RED,
    TOOL_CYAN,
    TOOL_STYLES,
} tool_style;

typedef struct tool_terminal {
    FILE *stream;
    bool interactive; /* a person is looking: progress is shown */
    bool colour;
} tool_terminal;

/* Colour: only on a terminal, not a dumb one, without NO_COLOR (https://no-color.org) and unless
 * no_colour. */
tool_terminal tool_terminal_of(FILE *stream, bool no_colour);

void tool_print(const tool_terminal *terminal, tool_style style, const char *format, ...)
    TOOL_PRINTF(3, 4);

/* Everything printed has arrived; false if not (a full disk, a closed pipe). */
bool tool_flush(const tool_terminal *terminal);

/*
 * A line on stderr that is written over as work goes on, a few times a second, so that showing it
 * takes no time of the work's; nothing at all unless a person is looking and the work takes long.
 */
typedef struct tool_progress {
    const char *what;
    tool_terminal terminal;
    uint64_t next_ns; /* when to write again */
    bool shown;
} tool_progress;

/* what: a view until the end. */
tool_progress tool_progress_start(const char *what);
void tool_progress_show(tool_progress *progress, uint64_t done, uint64_t total);
/* Erases the line; it may be shown again. */
void tool_progress_end(tool_progress *progress);

/* "pocketable: <message>" on stderr. */
void tool_complain(const char *format, ...) TOOL_PRINTF(1, 2);
/* What was being done, and what the engine said about it. */
void tool_complain_of(const char *doing, pte_status status, const pte_error *error);

/* Short texts by value, for the arguments of a print. */
typedef struct tool_text {
    char text[160];
} tool_text;

tool_text tool_size(uint64_t bytes);       /* "967 B", "186.4 KB" (1,024 bytes each) */
tool_text tool_count(uint64_t count);      /* "1,234,567" */
tool_text tool_duration(uint64_t time_ns); /* "840 ns", "3.21 µs", "12.4 ms", "1.05 s" */
/* A name from a database, unprintable bytes as \xNN, cut after some 30 characters. */
tool_text tool_name(pte_bytes name);

/* How many columns UTF-8 text takes, a character one column. */
size_t tool_columns(const char *text);

uint64_t tool_now_ns(void); /* monotonic */

/* A table: add rows, print it once; cells are copied. */
enum { TOOL_TABLE_COLUMNS_MAX = 8, TOOL_TABLE_ROWS_MAX = 1000000 };

typedef struct tool_table {
    const char *alignments; /* 'l' or 'r' for each column; views a literal */
    char **cells;           /* private from here on */
    size_t count;
    size_t capacity;
    bool failed;
} tool_table;

/* The first row is the heading. cells: one text for each alignment. */
void tool_table_add(tool_table *table, const char *const *cells);
/* Prints with this indent; false if there was no memory for a row. */
bool tool_table_print(const tool_table *table, const tool_terminal *terminal, unsigned indent);
void tool_table_clean_up(tool_table *table);

#endif
