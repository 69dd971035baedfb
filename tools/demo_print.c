/* The demo's page; see demo_print.h. */
#include "demo_print.h"

#include <string.h>

enum {
    LINE_COLUMNS = 78,
    FIRST_COLUMNS = 54,
    NEXT_COLUMNS = 12,
    TIMES_INDENT = 6,
    TIME_COLUMNS = 9
};

const char *const demo_way_names[DEMO_WAYS] = {
    [DEMO_ENGINE] = "engine", [DEMO_IN_PROCESS] = "in process", [DEMO_HTTP] = "HTTP"};

/* The text at the right end of so many columns, which begin behind those that are used. */
static void print_right(const tool_terminal *terminal, tool_style style, const char *text,
                        size_t used, size_t columns) {
    size_t taken = used + tool_columns(text);
    tool_print(terminal, TOOL_PLAIN, "%*s", taken < columns ? (int)(columns - taken) : 1, "");
    tool_print(terminal, style, "%s", text);
}

void demo_say_heading(const tool_terminal *terminal, const char *text) {
    fputc('\n', terminal->stream);
    tool_print(terminal, TOOL_BOLD, "%s", text);
    fputc('\n', terminal->stream);
}

void demo_say_timed(const tool_terminal *terminal, const char *text, uint64_t time_ns) {
    tool_print(terminal, TOOL_PLAIN, "%s", text);
    print_right(terminal, TOOL_CYAN, tool_duration(time_ns).text, tool_columns(text), LINE_COLUMNS);
    fputc('\n', terminal->stream);
}

void demo_say_request(const tool_terminal *terminal, const char *text) {
    while (*text != '\0') {
        size_t len = strcspn(text, "\n");
        tool_print(terminal, TOOL_DIM, "      %.*s", (int)len, text);
        fputc('\n', terminal->stream);
        text += len + (text[len] == '\n');
    }
}

void demo_say_columns(const tool_terminal *terminal, const char *heading) {
    fputc('\n', terminal->stream);
    tool_print(terminal, TOOL_BOLD, "%s", heading);
    for (size_t i = 0; i < DEMO_WAYS; i++) {
        print_right(terminal, TOOL_BOLD, demo_way_names[i], i == 0 ? tool_columns(heading) : 0,
                    i == 0 ? FIRST_COLUMNS : NEXT_COLUMNS);
    }
    fputc('\n', terminal->stream);
}

void demo_say_row(const tool_terminal *terminal, const char *text, const demo_times *times) {
    tool_print(terminal, TOOL_PLAIN, "%s", text);
    for (size_t i = 0; i < DEMO_WAYS; i++) {
        print_right(terminal, TOOL_CYAN, tool_duration(times->ns[i]).text,
                    i == 0 ? tool_columns(text) : 0, i == 0 ? FIRST_COLUMNS : NEXT_COLUMNS);
    }
    fputc('\n', terminal->stream);
}

void demo_say_times(const tool_terminal *terminal, const demo_times *times, const char *cost) {
    size_t used = TIMES_INDENT;
    tool_print(terminal, TOOL_PLAIN, "%*s", TIMES_INDENT, "");
    for (size_t i = 0; i < DEMO_WAYS; i++) {
        tool_print(terminal, TOOL_PLAIN, "%s%s", i == 0 ? "" : "    ", demo_way_names[i]);
        print_right(terminal, TOOL_CYAN, tool_duration(times->ns[i]).text, 0, TIME_COLUMNS);
        used += (i == 0 ? 0 : 4) + strlen(demo_way_names[i]) + TIME_COLUMNS;
    }
    print_right(terminal, TOOL_PLAIN, cost, used, LINE_COLUMNS);
    fputc('\n', terminal->stream);
}
