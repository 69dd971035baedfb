/* How the demo's page looks: 80 columns, the three ways' times side by side. */
#ifndef TOOL_DEMO_PRINT_H
#define TOOL_DEMO_PRINT_H

#include "terminal.h"

/* The three ways to the same tables. */
typedef enum demo_way {
    DEMO_ENGINE = 0,
    DEMO_IN_PROCESS,
    DEMO_HTTP,
    DEMO_WAYS,
} demo_way;

extern const char *const demo_way_names[DEMO_WAYS]; /* "engine", "in process", "HTTP" */

typedef struct demo_times {
    uint64_t ns[DEMO_WAYS];
} demo_times;

/* A blank line and the text in bold. */
void demo_say_heading(const tool_terminal *terminal, const char *text);
/* A line with one time at its right end. */
void demo_say_timed(const tool_terminal *terminal, const char *text, uint64_t time_ns);
/* Each line of the text, indented and dim. */
void demo_say_request(const tool_terminal *terminal, const char *text);

/* Rows with a column for each way: the heading, and one row. */
void demo_say_columns(const tool_terminal *terminal, const char *heading);
void demo_say_row(const tool_terminal *terminal, const char *text, const demo_times *times);

/* A line "engine ... in process ... HTTP ..." and at its end what the request costs. */
void demo_say_times(const tool_terminal *terminal, const demo_times *times, const char *cost);

#endif
