/* Reading a recording line by line; see recording_lines.h. */
#include "workload/recording_lines.h"

#include "workload/memory.h"
#include "workload/request.h"

#include <errno.h>
#include <stdarg.h>

enum {
    CHUNK_BYTES = 64 * 1024,
    /* A server reads bodies that nest 256 deep, and yajl frees its trees by recursion. */
    DEPTH_MAX = 300,
};

static int complain(wl__lines *lines, wl_complaint *complaint, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Returns -1. */
static int complain(wl__lines *lines, wl_complaint *complaint, const char *format, ...) {
    va_list arguments;
    *complaint = (wl_complaint){.file = lines->path, .line = lines->number, .column = 1};
    va_start(arguments, format);
    vsnprintf(complaint->message, sizeof complaint->message, format, arguments);
    va_end(arguments);
    return -1;
}

bool wl__lines_open(wl__lines *lines, const char *path, wl_complaint *complaint) {
    *lines = (wl__lines){.path = path};
    lines->file = fopen(path, "re");
    return lines->file != NULL ||
           complain(lines, complaint, "cannot open: %s", strerror(errno)) == 0;
}

void wl__lines_close(wl__lines *lines) {
    if (lines->file != NULL) {
        fclose(lines->file);
    }
    yajl_tree_free(lines->tree);
    wl_text_clean_up(&lines->line);
    *lines = (wl__lines){0};
}

/* 1: a line, without its end; *whole says that it had one; 0: the end; -1 after a complaint. */
static int read_line(wl__lines *lines, bool *whole, wl_complaint *complaint) {
    char chunk[CHUNK_BYTES];
    wl__text_reset(&lines->line);
    lines->number++;
    *whole = false;
    while (!*whole && fgets(chunk, sizeof chunk, lines->file) != NULL) {
        size_t len = strlen(chunk);
        *whole = len != 0 && chunk[len - 1] == '\n';
        wl__text_add(&lines->line, pte_view(chunk, *whole ? len - 1 : len));
        if (lines->line.failed) {
            return complain(lines, complaint, "expected lines of at most %d MB",
                            WL__TEXT_BYTES_MAX / 1024 / 1024);
        }
    }
    if (ferror(lines->file)) {
        return complain(lines, complaint, "cannot read: %s", strerror(errno));
    }
    return *whole || lines->line.len != 0;
}

/* Whether its brackets open deeper than that; those in strings do not count. */
static bool nests_too_deep(const wl_text *line) {
    size_t depth = 0;
    bool quoted = false;
    for (size_t i = 0; i < line->len; i++) {
        char c = line->data[i];
        if (c == '"') {
            quoted = !quoted;
        } else if (quoted) {
            i += c == '\\';
        } else if (c == '{' || c == '[') {
            if (++depth > DEPTH_MAX) {
                return true;
            }
        } else if (c == '}' || c == ']') {
            depth -= depth != 0;
        }
    }
    return false;
}

static double number_of(yajl_val object, const char *name) {
    yajl_val value = wl__yajl_member(object, name);
    return YAJL_IS_INTEGER(value) && YAJL_GET_INTEGER(value) > 0 ? (double)YAJL_GET_INTEGER(value)
                                                                 : 0;
}

/* Where a recording begins, at its first line or behind others. 0, or -1 after a complaint. */
static int begin(wl__lines *lines, yajl_val head, wl_complaint *complaint) {
    yajl_val version = wl__yajl_member(head, "recording");
    static const char expected[] = "expected a recording of version " WL__RECORDING_VERSION;
    if (!YAJL_IS_NUMBER(version)) {
        return complain(lines, complaint, "%s, found one without a version", expected);
    }
    if (strcmp(YAJL_GET_NUMBER(version), WL__RECORDING_VERSION) != 0) {
        return complain(lines, complaint, "%s, found version %.40s", expected,
                        YAJL_GET_NUMBER(version));
    }
    lines->base_s = lines->last_s;
    return 0;
}

/* 1: it is a call; 0: it is a line of another kind; -1 after a complaint. */
static int take_line(wl__lines *lines, wl_complaint *complaint) {
    yajl_val tree = lines->tree;
    if (wl__yajl_member(tree, "recording") != NULL) {
        return begin(lines, tree, complaint);
    }
    if (wl__yajl_member(tree, "lost_lines") != NULL) {
        lines->lost += (uint64_t)number_of(tree, "lost_lines");
        return 0;
    }
    lines->region = wl__yajl_text(tree, "region");
    lines->operation = wl__yajl_text(tree, "operation");
    lines->body = wl__yajl_member(tree, "body");
    if (lines->region == NULL || lines->operation == NULL || !YAJL_IS_OBJECT(lines->body) ||
        wl__yajl_member(tree, "us") == NULL) {
        return complain(lines, complaint,
                        "expected a recorded call, {\"us\":...,\"region\":...,\"operation\":...,"
                        "\"body\":{...}}, found %.60s",
                        lines->line.data);
    }
    lines->at_s = lines->base_s + number_of(tree, "us") / 1e6;
    lines->last_s = lines->at_s > lines->last_s ? lines->at_s : lines->last_s;
    return 1;
}

/* Where a server ended in the midst of a line, the next one's first stands behind it. */
static yajl_val begins_anew(const wl__lines *lines) {
    char what[200];
    static const char head[] = "{\"recording\":";
    const char *at = strstr(lines->line.data, head);
    for (const char *next = at; next != NULL; next = strstr(at + 1, head)) {
        at = next;
    }
    return at == NULL ? NULL : yajl_tree_parse(at, what, sizeof what);
}

int wl__lines_next(wl__lines *lines, wl_complaint *complaint) {
    for (;;) {
        char what[200];
        bool whole;
        yajl_tree_free(lines->tree);
        lines->tree = NULL;
        int read = read_line(lines, &whole, complaint);
        if (read <= 0) {
            return read;
        }
        if (nests_too_deep(&lines->line)) {
            return complain(lines, complaint,
                            "expected values that nest at most %d deep, found deeper ones",
                            DEPTH_MAX);
        }
        lines->tree = yajl_tree_parse(lines->line.data, what, sizeof what);
        if (lines->tree == NULL && !whole) {
            return 0;
        }
        if (lines->tree == NULL) {
            lines->tree = begins_anew(lines);
        }
        if (lines->tree == NULL) {
            what[strcspn(what, "\n")] = '\0';
            return complain(lines, complaint, "expected a line of JSON, found %.60s (%.100s)",
                            lines->line.data, what);
        }
        int taken = take_line(lines, complaint);
        if (taken != 0) {
            return taken;
        }
    }
}
