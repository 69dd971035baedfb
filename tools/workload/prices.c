/*
 * Prices of a user's file: one mapping of the names below to plain values, each once. The built-in
 * ones are prices.yaml, which has this form; the build makes code of it (prices_built_in.c.in).
 */
#include "workload/cost.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

enum { FILE_BYTES_MAX = 64 * 1024 };

/* A name of the file; texts have room for size bytes with the zero, numbers have size 0. */
typedef struct price_field {
    const char *name;
    size_t offset;
    size_t size;
} price_field;

#define TEXT(name)                                                                                 \
    { #name, offsetof(wl_prices, name), sizeof((wl_prices *)0)->name }
#define NUMBER(name)                                                                               \
    { #name, offsetof(wl_prices, name), 0 }

static const price_field fields[] = {
    TEXT(source),
    TEXT(date),
    TEXT(region),
    NUMBER(read_million),
    NUMBER(write_million),
    NUMBER(read_unit_hour),
    NUMBER(write_unit_hour),
    NUMBER(storage_gb_month),
    NUMBER(storage_free_gb),
    NUMBER(infrequent_read_million),
    NUMBER(infrequent_write_million),
    NUMBER(infrequent_read_unit_hour),
    NUMBER(infrequent_write_unit_hour),
    NUMBER(infrequent_storage_gb_month),
    NUMBER(hours_month),
};

enum { FIELD_COUNT = sizeof fields / sizeof *fields };

typedef struct price_reader {
    yaml_parser_t parser;
    yaml_event_t event; /* the present one; empty after it has been deleted */
    wl_prices prices;
    bool seen[FIELD_COUNT];
    wl_complaint *complaint;
} price_reader;

static bool complain(wl_complaint *complaint, yaml_mark_t at, const char *format, ...)
    __attribute__((__format__(__printf__, 3, 4)));

static bool complain(wl_complaint *complaint, yaml_mark_t at, const char *format, ...) {
    complaint->line = at.line + 1;
    complaint->column = at.column + 1;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(complaint->message, sizeof complaint->message, format, arguments);
    va_end(arguments);
    return false;
}

/* Reads the next event into the reading. */
static bool next(price_reader *reading) {
    yaml_event_delete(&reading->event);
    if (yaml_parser_parse(&reading->parser, &reading->event) == 1) {
        return true;
    }
    const char *problem = reading->parser.problem;
    return complain(reading->complaint, reading->parser.problem_mark,
                    "expected YAML, found what cannot be read: %s",
                    problem != NULL ? problem : "no memory");
}

static bool expect(price_reader *reading, yaml_event_type_t type, const char *what) {
    if (!next(reading)) {
        return false;
    }
    return reading->event.type == type || complain(reading->complaint, reading->event.start_mark,
                                                   "expected %s, found something else", what);
}

/* The field of the present event; FIELD_COUNT after a complaint. */
static size_t field_of(price_reader *reading) {
    const char *name = (const char *)reading->event.data.scalar.value;
    size_t i = 0;
    while (i < FIELD_COUNT && strcmp(name, fields[i].name) != 0) {
        i++;
    }
    if (i == FIELD_COUNT) {
        (void)complain(reading->complaint, reading->event.start_mark,
                       "expected the name of a price, such as read_million, found \"%.60s\"", name);
    } else if (reading->seen[i]) {
        (void)complain(reading->complaint, reading->event.start_mark,
                       "expected each name once, found \"%s\" again", name);
        return FIELD_COUNT;
    }
    return i;
}

static bool set_text(price_reader *reading, const price_field *field) {
    const char *text = (const char *)reading->event.data.scalar.value;
    size_t len = reading->event.data.scalar.length;
    if (len == 0 || len >= field->size || strlen(text) != len) {
        return complain(reading->complaint, reading->event.start_mark,
                        "expected a text of 1 to %zu bytes for %s, found %zu", field->size - 1,
                        field->name, len);
    }
    memcpy((char *)&reading->prices + field->offset, text, len + 1);
    return true;
}

static bool set_number(price_reader *reading, const price_field *field) {
    const char *text = (const char *)reading->event.data.scalar.value;
    bool plain =
        text[0] >= '0' && text[0] <= '9' && strspn(text, "0123456789.eE+-") == strlen(text);
    char *end = NULL;
    double number = plain ? strtod(text, &end) : -1;
    if (!plain || *end != '\0' || !isfinite(number)) {
        return complain(reading->complaint, reading->event.start_mark,
                        "expected a number that is not negative for %s, found \"%.60s\"",
                        field->name, text);
    }
    memcpy((char *)&reading->prices + field->offset, &number, sizeof number);
    return true;
}

static bool read_fields(price_reader *reading) {
    for (;;) {
        if (!next(reading)) {
            return false;
        }
        if (reading->event.type == YAML_MAPPING_END_EVENT) {
            return true;
        }
        if (reading->event.type != YAML_SCALAR_EVENT) {
            return complain(reading->complaint, reading->event.start_mark,
                            "expected the name of a price, found a list or a mapping");
        }
        size_t which = field_of(reading);
        if (which == FIELD_COUNT || !expect(reading, YAML_SCALAR_EVENT, "one plain value")) {
            return false;
        }
        const price_field *field = &fields[which];
        if (field->size > 0 ? !set_text(reading, field) : !set_number(reading, field)) {
            return false;
        }
        reading->seen[which] = true;
    }
}

static bool read_document(price_reader *reading) {
    if (!expect(reading, YAML_STREAM_START_EVENT, "YAML") ||
        !expect(reading, YAML_DOCUMENT_START_EVENT, "a mapping of prices") ||
        !expect(reading, YAML_MAPPING_START_EVENT, "a mapping of prices") ||
        !read_fields(reading)) {
        return false;
    }
    yaml_mark_t end = reading->event.start_mark;
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        if (!reading->seen[i]) {
            return complain(reading->complaint, end, "expected %s, found the end", fields[i].name);
        }
    }
    return expect(reading, YAML_DOCUMENT_END_EVENT, "the end") &&
           expect(reading, YAML_STREAM_END_EVENT, "the end, not a second document");
}

/* Into memory first, so that the size is bounded and a failing disk is told from bad YAML. */
static bool read_file(char *text, size_t *len, const char *path, wl_complaint *complaint) {
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        snprintf(complaint->message, sizeof complaint->message, "cannot be read: %s",
                 strerror(errno));
        return false;
    }
    *len = fread(text, 1, FILE_BYTES_MAX + 1, file);
    bool good = ferror(file) == 0 && *len <= FILE_BYTES_MAX;
    if (!good) {
        snprintf(complaint->message, sizeof complaint->message, "%s",
                 *len > FILE_BYTES_MAX ? "expected at most 64 KB, found more"
                                       : "cannot be read to its end");
    }
    fclose(file);
    return good;
}

bool wl_prices_read(wl_prices *prices, const char *path, wl_complaint *complaint) {
    *complaint = (wl_complaint){.file = path};
    char *text = malloc(FILE_BYTES_MAX + 1);
    price_reader reading = {.complaint = complaint};
    if (text == NULL || yaml_parser_initialize(&reading.parser) == 0) {
        snprintf(complaint->message, sizeof complaint->message, "no memory");
        free(text);
        return false;
    }
    size_t len = 0;
    bool good = read_file(text, &len, path, complaint);
    if (good) {
        yaml_parser_set_input_string(&reading.parser, (const unsigned char *)text, len);
        good = read_document(&reading);
    }
    if (good) {
        *prices = reading.prices;
    }
    yaml_event_delete(&reading.event);
    yaml_parser_delete(&reading.parser);
    free(text);
    return good;
}
