/* Reading assertions: word by word, by the grammar in assertion_form.h. */
#include "workload/assertion_form.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

typedef struct figure_words {
    const char *words;
    unsigned subjects;
    wl__figure figure;
    wl__unit unit;
} figure_words;

enum { OF_PLACE = WL__OF_TABLE | WL__OF_INDEX, OF_COST = OF_PLACE | WL__OF_WORKLOAD };

/* Where one begins with another's words the longer stands first. */
static const figure_words figures[] = {
    {"read units", WL__OF_PATTERN, WL__READ_UNITS, WL__RCU},
    {"write units", WL__OF_PATTERN, WL__WRITE_UNITS, WL__WCU},
    {"costs", WL__OF_PATTERN, WL__COSTS, WL__NUMBER},
    {"round trips", WL__OF_PATTERN, WL__ROUND_TRIPS, WL__NUMBER},
    {"pages", WL__OF_PATTERN, WL__PAGES, WL__NUMBER},
    {"items examined", WL__OF_PATTERN, WL__ITEMS_EXAMINED, WL__NUMBER},
    {"items returned", WL__OF_PATTERN, WL__ITEMS_RETURNED, WL__NUMBER},
    {"items written", WL__OF_PATTERN, WL__ITEMS_WRITTEN, WL__NUMBER},
    {"efficiency", WL__OF_PATTERN, WL__EFFICIENCY, WL__SHARE},
    {"request bytes", WL__OF_PATTERN, WL__REQUEST_BYTES, WL__BYTES},
    {"response bytes", WL__OF_PATTERN, WL__RESPONSE_BYTES, WL__BYTES},
    {"failures", WL__OF_PATTERN, WL__FAILURES, WL__SHARE},
    {"monthly cost on demand", OF_COST, WL__MONTHLY_COST_ON_DEMAND, WL__DOLLARS},
    {"monthly cost provisioned", OF_COST, WL__MONTHLY_COST_PROVISIONED, WL__DOLLARS},
    {"monthly cost", OF_COST | WL__OF_PATTERN, WL__MONTHLY_COST, WL__DOLLARS},
    {"write amplification", WL__OF_TABLE, WL__WRITE_AMPLIFICATION, WL__NUMBER},
    {"hottest key share of reads", OF_PLACE, WL__HOTTEST_READS, WL__SHARE},
    {"hottest key share of writes", OF_PLACE, WL__HOTTEST_WRITES, WL__SHARE},
    {"largest item", OF_PLACE, WL__LARGEST_ITEM, WL__BYTES},
    {"largest collection", OF_PLACE, WL__LARGEST_COLLECTION, WL__BYTES},
    {"items", OF_PLACE, WL__ITEMS, WL__NUMBER},
    {"size", OF_PLACE, WL__SIZE, WL__BYTES},
    {"queries", OF_PLACE, WL__QUERIES, WL__NUMBER},
    {"rate without throttling on demand", WL__OF_WORKLOAD, WL__RATE_ON_DEMAND, WL__PER_SECOND},
    {"rate without throttling provisioned", WL__OF_WORKLOAD, WL__RATE_PROVISIONED, WL__PER_SECOND},
    {"rate without throttling", WL__OF_WORKLOAD, WL__RATE, WL__PER_SECOND},
};

static const struct operator_words {
    const char *words;
    wl__operator comparison;
} operators[] = {
    {"<=", WL__AT_MOST},  {"at most", WL__AT_MOST},   {"<", WL__BELOW}, {"below", WL__BELOW},
    {">=", WL__AT_LEAST}, {"at least", WL__AT_LEAST}, {">", WL__ABOVE}, {"above", WL__ABOVE},
    {"==", WL__EXACTLY},  {"exactly", WL__EXACTLY},
};

static const struct unit_words {
    const char *words;
    wl__unit unit;
    double factor;
} units[] = {
    {"RCU", WL__RCU, 1},
    {"WCU", WL__WCU, 1},
    {"%", WL__SHARE, 0.01},
    {"B", WL__BYTES, 1},
    {"KB", WL__BYTES, 1024},
    {"MB", WL__BYTES, 1024.0 * 1024},
    {"GB", WL__BYTES, 1024.0 * 1024 * 1024},
    {"ns", WL__NANOSECONDS, 1},
    {"us", WL__NANOSECONDS, 1e3},
    {"ms", WL__NANOSECONDS, 1e6},
    {"s", WL__NANOSECONDS, 1e9},
    {"$", WL__DOLLARS, 1},
    {"a second", WL__PER_SECOND, 1},
};

#define COUNT(array) (sizeof(array) / sizeof *(array))

typedef struct form_reader {
    const char *next; /* never at a space */
    const wl_workload *workload;
    wl__form *form;
    char *message;
    size_t message_size;
} form_reader;

static bool fail(form_reader *reader, const char *format, ...)
    __attribute__((__format__(__printf__, 2, 3)));

/* "expected <...>, found <the rest>". */
static bool fail(form_reader *reader, const char *format, ...) {
    char expected[360];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(expected, sizeof expected, format, arguments);
    va_end(arguments);
    if (*reader->next == '\0') {
        snprintf(reader->message, reader->message_size, "expected %s, found the end", expected);
    } else {
        snprintf(reader->message, reader->message_size, "expected %s, found \"%.60s\"", expected,
                 reader->next);
    }
    return false;
}

static bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void skip_spaces(form_reader *reader) {
    while (is_space(*reader->next)) {
        reader->next++;
    }
}

/* A word ends at a space, the end, or a sign of comparison. */
static size_t word_len(const char *text) {
    return strcspn(text, " \t\n\r<>=");
}

/* Takes these words, with any spaces between them, or nothing. */
static bool take_words(form_reader *reader, const char *words) {
    const char *at = reader->next;
    for (;;) {
        size_t len = strcspn(words, " ");
        bool sign = strchr("<>=", words[0]) != NULL;
        if (strncmp(at, words, len) != 0 || (!sign && word_len(at) != len)) {
            return false;
        }
        at += len;
        words += len;
        if (*words == '\0') {
            break;
        }
        words++;
        while (is_space(*at)) {
            at++;
        }
    }
    reader->next = at;
    skip_spaces(reader);
    return true;
}

/* A name: one word, or what stands in quotes. Empty: there was none. */
static pte_bytes take_name(form_reader *reader) {
    const char *start = reader->next;
    size_t len;
    if (*start == '"' || *start == '\'') {
        const char *end = strchr(start + 1, *start);
        if (end == NULL) {
            return (pte_bytes){0};
        }
        start++;
        len = (size_t)(end - start);
        reader->next = end + 1;
    } else {
        len = word_len(start);
        reader->next = start + len;
    }
    skip_spaces(reader);
    return pte_view(start, len);
}

/* ---- subjects ---- */

static bool is_pattern(const char *name, pte_bytes asked) {
    return pte_bytes_equal(pte_str(name), asked) ||
           pte_bytes_equal(pte_view(name, strcspn(name, " ")), asked);
}

static bool read_pattern(form_reader *reader, size_t *number) {
    const char *start = reader->next;
    pte_bytes name = take_name(reader);
    size_t found = 0;
    for (size_t i = 0; name.len > 0 && i < wl_pattern_count(reader->workload); i++) {
        if (is_pattern(wl_pattern_at(reader->workload, i)->name, name)) {
            *number = i;
            found++;
        }
    }
    if (found == 1) {
        return true;
    }
    reader->next = start;
    return fail(reader, found == 0 ? "the first word of a pattern's name, or its name in quotes"
                                   : "the name of one pattern, in quotes (there are several)");
}

static bool read_table(form_reader *reader, size_t *place) {
    const char *start = reader->next;
    pte_bytes name = take_name(reader);
    if (name.len > 0 && wl_place_find(place, reader->workload, name, (pte_bytes){0})) {
        return true;
    }
    reader->next = start;
    return fail(reader, "the name of a table of the workload");
}

static bool read_index(form_reader *reader, size_t *place) {
    const char *start = reader->next;
    pte_bytes name = take_name(reader);
    size_t table = SIZE_MAX;
    if (take_words(reader, "of") && !read_table(reader, &table)) {
        return false;
    }
    size_t found = 0;
    for (size_t i = 0; name.len > 0 && i < wl_place_count(reader->workload); i++) {
        wl_place at = wl_place_at(reader->workload, i);
        bool here = table == SIZE_MAX || at.of == wl_place_at(reader->workload, table).of;
        if (here && at.index != NULL && pte_bytes_equal(pte_str(at.index->name), name)) {
            *place = i;
            found++;
        }
    }
    if (found == 1) {
        return true;
    }
    reader->next = start;
    return fail(reader, found == 0 ? "the name of an index of the workload"
                                   : "the index's table too, as in \"by-date of photos\"");
}

static bool read_place(form_reader *reader, wl__subject *subject, size_t *place) {
    if (take_words(reader, "table")) {
        *subject = WL__OF_TABLE;
        return read_table(reader, place);
    }
    if (take_words(reader, "index")) {
        *subject = WL__OF_INDEX;
        return read_index(reader, place);
    }
    return fail(reader, "table or index");
}

static bool read_subject(form_reader *reader) {
    wl__form *form = reader->form;
    form->place = SIZE_MAX;
    if (take_words(reader, "workload")) {
        form->subject = WL__OF_WORKLOAD;
        return true;
    }
    if (take_words(reader, "pattern")) {
        form->subject = WL__OF_PATTERN;
        return read_pattern(reader, &form->pattern);
    }
    if (strncmp(reader->next, "table", 5) != 0 && strncmp(reader->next, "index", 5) != 0) {
        return fail(reader, "pattern, table, index or workload");
    }
    return read_place(reader, &form->subject, &form->place);
}

/* ---- figures ---- */

static bool fail_figure(form_reader *reader) {
    char list[320] = "";
    size_t len = 0;
    for (size_t i = 0; i < COUNT(figures); i++) {
        if ((figures[i].subjects & reader->form->subject) != 0) {
            len += (size_t)snprintf(list + len, sizeof list - len, "%s%s", len > 0 ? ", " : "",
                                    figures[i].words);
        }
    }
    return fail(reader, "one of: %s%s", list,
                reader->form->subject == WL__OF_PATTERN ? ", p99 in process, p99 over HTTP" : "");
}

/* "p99.9", "in process" or "over HTTP". */
static bool read_latency(form_reader *reader) {
    const char *start = reader->next;
    char *end = NULL;
    double percent = strtod(start + 1, &end);
    if (percent <= 0 || percent > 100 || (size_t)(end - start) != word_len(start)) {
        return fail(reader, "a quantile from p0 to p100, as p99.9");
    }
    reader->next = end;
    skip_spaces(reader);
    reader->form->figure = WL__LATENCY;
    reader->form->unit = WL__NANOSECONDS;
    reader->form->quantile = percent / 100;
    reader->form->http = take_words(reader, "over HTTP");
    return reader->form->http || take_words(reader, "in process") ||
           fail(reader, "in process or over HTTP");
}

static bool read_figure(form_reader *reader) {
    wl__form *form = reader->form;
    const char *at = reader->next;
    if (form->subject == WL__OF_PATTERN && at[0] == 'p' && at[1] >= '0' && at[1] <= '9') {
        return read_latency(reader);
    }
    const figure_words *found = NULL;
    for (size_t i = 0; i < COUNT(figures) && found == NULL; i++) {
        if ((figures[i].subjects & form->subject) != 0 && take_words(reader, figures[i].words)) {
            found = &figures[i];
        }
    }
    if (found == NULL) {
        return fail_figure(reader);
    }
    form->figure = found->figure;
    form->unit = found->unit;
    if (form->subject != WL__OF_PATTERN) {
        return true;
    }
    if (found->figure < WL__EFFICIENCY || found->figure == WL__REQUEST_BYTES ||
        found->figure == WL__RESPONSE_BYTES) {
        (void)take_words(reader, "per call");
    }
    wl__subject kind;
    bool on_place = found->figure <= WL__COSTS && take_words(reader, "on");
    return !on_place || read_place(reader, &kind, &form->place);
}

/* ---- limits ---- */

static bool read_operator(form_reader *reader) {
    for (size_t i = 0; i < COUNT(operators); i++) {
        if (take_words(reader, operators[i].words)) {
            reader->form->comparison = operators[i].comparison;
            return true;
        }
    }
    return fail(reader, "<=, <, >=, >, ==, at most, below, at least, above or exactly");
}

/* The unit behind a number, if any, which need not be parted from it by a space. */
static const struct unit_words *take_unit(form_reader *reader) {
    for (size_t i = 0; i < COUNT(units); i++) {
        if (take_words(reader, units[i].words)) {
            return &units[i];
        }
    }
    return NULL;
}

static const char *unit_names(wl__unit unit) {
    switch (unit) {
    case WL__RCU:
        return "RCU or nothing behind the number";
    case WL__WCU:
        return "WCU or nothing behind the number";
    case WL__SHARE:
        return "% or nothing behind the number";
    case WL__BYTES:
        return "B, KB, MB, GB or nothing behind the number";
    case WL__NANOSECONDS:
        return "ns, us, ms or s behind the number";
    case WL__DOLLARS:
        return "$ or nothing with the number";
    case WL__PER_SECOND:
        return "\"a second\" or nothing behind the number";
    default:
        return "nothing behind the number";
    }
}

/* "costs at most 1.5 RCU": the unit says which figure is meant. */
static bool settle_costs(form_reader *reader, const struct unit_words *unit) {
    wl__form *form = reader->form;
    wl__unit said = unit == NULL ? WL__NUMBER : unit->unit;
    if (said == WL__DOLLARS && form->place == SIZE_MAX) {
        form->figure = WL__MONTHLY_COST;
    } else if (said == WL__RCU || said == WL__WCU) {
        form->figure = said == WL__RCU ? WL__READ_UNITS : WL__WRITE_UNITS;
    } else {
        return fail(reader, "RCU, WCU or $ with the number");
    }
    form->unit = said;
    return true;
}

static bool read_limit(form_reader *reader) {
    wl__form *form = reader->form;
    const char *start = reader->next;
    bool dollars = *reader->next == '$';
    reader->next += dollars ? 1 : 0;
    char *end = NULL;
    bool digit = (*reader->next >= '0' && *reader->next <= '9') || *reader->next == '.';
    form->limit = digit ? strtod(reader->next, &end) : -1;
    if (!digit || end == reader->next || !isfinite(form->limit)) {
        reader->next = start;
        return fail(reader, "a number that is not negative");
    }
    reader->next = end;
    skip_spaces(reader);
    const char *behind = reader->next;
    const struct unit_words *unit = dollars ? &units[COUNT(units) - 2] : take_unit(reader);
    if (*reader->next != '\0') {
        return fail(reader, "%s",
                    form->figure == WL__COSTS ? "RCU, WCU or $ and then the end"
                                              : unit_names(form->unit));
    }
    reader->next = dollars ? start : behind;
    if (form->figure == WL__COSTS && !settle_costs(reader, unit)) {
        return false;
    }
    bool unit_needed = form->unit == WL__NANOSECONDS;
    if (unit == NULL ? unit_needed : unit->unit != form->unit) {
        return fail(reader, "%s", unit_names(form->unit));
    }
    form->limit *= unit != NULL ? unit->factor : 1;
    return true;
}

bool wl__form_read(wl__form *form, const wl_workload *workload, const char *text, char *message,
                   size_t message_size) {
    *form = (wl__form){0};
    form_reader reader = {.next = text,
                          .workload = workload,
                          .form = form,
                          .message = message,
                          .message_size = message_size};
    skip_spaces(&reader);
    return read_subject(&reader) && read_figure(&reader) && read_operator(&reader) &&
           read_limit(&reader);
}
