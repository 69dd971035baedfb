/* Printing for people. */
#include "terminal.h"

#include <assert.h>
#include <stdarg.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

tool_terminal tool_terminal_of(FILE *stream, bool no_colour) {
    tool_terminal terminal = {.stream = stream, .interactive = isatty(fileno(stream)) == 1};
    const char *refused = getenv("NO_COLOR");
    const char *kind = getenv("TERM");
    bool dumb = kind == NULL || strcmp(kind, "dumb") == 0;
    terminal.colour =
        terminal.interactive && !no_colour && !dumb && (refused == NULL || refused[0] == '\0');
    return terminal;
}

void tool_print(const tool_terminal *terminal, tool_style style, const char *format, ...) {
    static const char *const codes[TOOL_STYLES] = {
        [TOOL_PLAIN] = "",         [TOOL_BOLD] = "\033[1m", [TOOL_DIM] = "\033[2m",
        [TOOL_GREEN] = "\033[32m", [TOOL_RED] = "\033[31m", [TOOL_CYAN] = "\033[36m",
    };
    bool colour = terminal->colour && style != TOOL_PLAIN;
    if (colour) {
        fputs(codes[style], terminal->stream);
    }
    va_list arguments;
    va_start(arguments, format);
    vfprintf(terminal->stream, format, arguments);
    va_end(arguments);
    if (colour) {
        fputs("\033[0m", terminal->stream);
    }
}

bool tool_flush(const tool_terminal *terminal) {
    return fflush(terminal->stream) == 0 && ferror(terminal->stream) == 0;
}

enum { PROGRESS_EVERY_NS = 100 * 1000 * 1000 };

tool_progress tool_progress_start(const char *what) {
    return (tool_progress){
        .what = what,
        .terminal = tool_terminal_of(stderr, true),
        .next_ns = tool_now_ns() + PROGRESS_EVERY_NS,
    };
}

void tool_progress_show(tool_progress *progress, uint64_t done, uint64_t total) {
    if (!progress->terminal.interactive || tool_now_ns() < progress->next_ns) {
        return;
    }
    double percent = total == 0 ? 100.0 : (double)done * 100.0 / (double)total;
    fprintf(progress->terminal.stream, "\r%s: %s of %s (%.0f %%)", progress->what,
            tool_count(done).text, tool_count(total).text, percent);
    fflush(progress->terminal.stream);
    progress->shown = true;
    progress->next_ns = tool_now_ns() + PROGRESS_EVERY_NS;
}

void tool_progress_end(tool_progress *progress) {
    if (progress->shown) {
        fputs("\r\033[K", progress->terminal.stream);
        fflush(progress->terminal.stream);
        progress->shown = false;
    }
}

void tool_complain(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fputs("pocketable: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
}

void tool_complain_of(const char *doing, pte_status status, const pte_error *error) {
    bool detailed = error->status == status && error->message[0] != '\0';
    tool_complain("%s: %s (%s)", doing, detailed ? error->message : pte_status_text(status),
                  pte_status_name(status));
}

tool_text tool_size(uint64_t bytes) {
    static const char *const units[] = {"B", "KB", "MB", "GB", "TB", "PB"};
    tool_text size;
    double shown = (double)bytes;
    size_t unit = 0;
    /* 1023.95 and above would be shown as 1024.0. */
    while (shown >= 1023.95 && unit + 1 < sizeof units / sizeof units[0]) {
        shown /= 1024.0;
        unit++;
    }
    snprintf(size.text, sizeof size.text, unit == 0 ? "%.0f %s" : "%.1f %s", shown, units[unit]);
    return size;
}

tool_text tool_count(uint64_t count) {
    tool_text plain, grouped;
    int len = snprintf(plain.text, sizeof plain.text, "%llu", (unsigned long long)count);
    size_t at = 0;
    for (int i = 0; i < len; i++) {
        if (i != 0 && (len - i) % 3 == 0) {
            grouped.text[at++] = ',';
        }
        grouped.text[at++] = plain.text[i];
    }
    grouped.text[at] = '\0';
    return grouped;
}

tool_text tool_duration(uint64_t time_ns) {
    static const char *const units[] = {"ns", "µs", "ms", "s"};
    tool_text duration;
    double shown = (double)time_ns;
    size_t unit = 0;
    while (shown >= 999.5 && unit + 1 < sizeof units / sizeof units[0]) {
        shown /= 1000.0;
        unit++;
    }
    int decimals = unit == 0 || shown >= 99.95 ? 0 : shown >= 9.995 ? 1 : 2;
    snprintf(duration.text, sizeof duration.text, "%.*f %s", decimals, shown, units[unit]);
    return duration;
}

tool_text tool_name(pte_bytes name) {
    enum { CHARACTERS_MAX = 30, ROOM = 8 };
    tool_text shown;
    size_t at = 0, characters = 0;
    for (size_t i = 0; i < name.len; i++) {
        uint8_t byte = name.data[i];
        bool continues = (byte & 0xC0) == 0x80;
        if ((characters >= CHARACTERS_MAX && !continues) || at + ROOM > sizeof shown.text) {
            memcpy(shown.text + at, "…", sizeof "…" - 1);
            at += sizeof "…" - 1;
            break;
        }
        characters += !continues;
        if (byte < 0x20 || byte == 0x7F) {
            at += (size_t)snprintf(shown.text + at, sizeof shown.text - at, "\\x%02X", byte);
        } else {
            shown.text[at++] = (char)byte;
        }
    }
    shown.text[at] = '\0';
    return shown;
}

size_t tool_columns(const char *text) {
    size_t columns = 0;
    for (; *text != '\0'; text++) {
        columns += ((unsigned char)*text & 0xC0) != 0x80;
    }
    return columns;
}

uint64_t tool_now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* ---- tables ---- */

static bool reserve(tool_table *table, size_t more) {
    if (table->count + more <= table->capacity) {
        return true;
    }
    size_t capacity = table->capacity == 0 ? 64 : table->capacity * 2;
    if (capacity > (size_t)TOOL_TABLE_ROWS_MAX * TOOL_TABLE_COLUMNS_MAX) {
        return false;
    }
    char **cells = realloc(table->cells, capacity * sizeof table->cells[0]);
    if (cells == NULL) {
        return false;
    }
    table->cells = cells;
    table->capacity = capacity;
    return true;
}

void tool_table_add(tool_table *table, const char *const *cells) {
    size_t columns = strlen(table->alignments);
    assert(columns > 0 && columns <= TOOL_TABLE_COLUMNS_MAX);
    if (table->failed || !reserve(table, columns)) {
        table->failed = true;
        return;
    }
    for (size_t i = 0; i < columns; i++) {
        char *copy = strdup(cells[i]);
        table->failed = table->failed || copy == NULL;
        table->cells[table->count++] = copy;
    }
}

static void print_row(const tool_table *table, const tool_terminal *terminal, size_t row,
                      const size_t *widths) {
    size_t columns = strlen(table->alignments);
    tool_style style = row == 0 ? TOOL_BOLD : TOOL_PLAIN;
    for (size_t i = 0; i < columns; i++) {
        const char *cell = table->cells[row * columns + i];
        int padding = (int)(widths[i] - tool_columns(cell));
        bool right = table->alignments[i] == 'r';
        bool last = i + 1 == columns;
        tool_print(terminal, style, "%*s%s%*s", right ? padding : 0, "", cell,
                   right || last ? 0 : padding, "");
        fputs(last ? "\n" : "  ", terminal->stream);
    }
}

bool tool_table_print(const tool_table *table, const tool_terminal *terminal, unsigned indent) {
    size_t columns = strlen(table->alignments);
    size_t widths[TOOL_TABLE_COLUMNS_MAX] = {0};
    if (table->failed) {
        return false;
    }
    for (size_t i = 0; i < table->count; i++) {
        size_t width = tool_columns(table->cells[i]);
        widths[i % columns] = width > widths[i % columns] ? width : widths[i % columns];
    }
    for (size_t row = 0; row < table->count / columns; row++) {
        fprintf(terminal->stream, "%*s", (int)indent, "");
        print_row(table, terminal, row, widths);
    }
    return true;
}

void tool_table_clean_up(tool_table *table) {
    for (size_t i = 0; i < table->count; i++) {
        free(table->cells[i]);
    }
    free(table->cells);
    table->cells = NULL;
    table->count = table->capacity = 0;
}
