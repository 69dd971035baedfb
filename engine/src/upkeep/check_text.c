/* Problem lines: where, then what; always one printable line of bounded length. */
#include "upkeep/check.h"

#include <stdarg.h>
#include <stdio.h>

enum {
    LINE_BYTES = 1600,
    VALUE_BYTES_SHOWN = 48, /* of a name or value */
};

typedef struct line {
    size_t len;
    char text[LINE_BYTES];
} line;

static void add(line *l, const char *format, ...) PTE_PRINTF(2, 3);

/* After formatting behind the line's end, with the length that there was to write. */
static void lengthen(line *l, int len) {
    size_t room = sizeof l->text - l->len;
    if (len > 0) {
        l->len += (size_t)len < room ? (size_t)len : room - 1;
    }
}

static void add(line *l, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    lengthen(l, vsnprintf(l->text + l->len, sizeof l->text - l->len, format, arguments));
    va_end(arguments);
}

pte__check_quoted pte__check_quote(pte_bytes bytes) {
    pte__check_quoted quoted;
    size_t len = 0;
    size_t shown = bytes.len < VALUE_BYTES_SHOWN ? bytes.len : VALUE_BYTES_SHOWN;
    quoted.text[len++] = '"';
    for (size_t i = 0; i < shown; i++) {
        uint8_t byte = bytes.data[i];
        if (byte == '"' || byte == '\\') {
            quoted.text[len++] = '\\';
            quoted.text[len++] = (char)byte;
        } else if (byte >= 0x20 && byte < 0x7F) {
            quoted.text[len++] = (char)byte;
        } else {
            static const char DIGITS[] = "0123456789abcdef";
            quoted.text[len++] = '\\';
            quoted.text[len++] = 'x';
            quoted.text[len++] = DIGITS[byte >> 4];
            quoted.text[len++] = DIGITS[byte & 15];
        }
    }
    memcpy(quoted.text + len, "\"...", sizeof "\"...");
    if (shown == bytes.len) {
        quoted.text[len + 1] = '\0';
    }
    return quoted;
}

_Static_assert(sizeof((pte__check_quoted *)NULL)->text >= 4 * VALUE_BYTES_SHOWN + 6,
               "the longest escaped text fits");

static void add_hex(line *l, pte_bytes bytes) {
    size_t shown = bytes.len < VALUE_BYTES_SHOWN ? bytes.len : VALUE_BYTES_SHOWN;
    add(l, "0x");
    for (size_t i = 0; i < shown; i++) {
        add(l, "%02x", bytes.data[i]);
    }
    add(l, "%s", shown < bytes.len ? "..." : "");
}

static void add_value(line *l, const pte_value *value) {
    switch (value->type) {
    case PTE_TYPE_NONE:
        add(l, "absent");
        break;
    case PTE_TYPE_N:
        add(l, "%.*s", PTE__SHOW(value->bytes));
        break;
    case PTE_TYPE_B:
        add_hex(l, value->bytes);
        break;
    case PTE_TYPE_S:
        add(l, "%s", pte__check_quote(value->bytes).text);
        break;
    default:
        add(l, "of type %s", pte_type_name(value->type));
    }
}

static void add_item(line *l, const pte__extract *item) {
    const pte__leading *keys = &item->schema->leading;
    for (size_t i = 0; i < keys->count; i++) {
        add(l, "%s%s: ", i == 0 ? "{" : ", ",
            pte__check_quote(item->schema->names[keys->slots[i]]).text);
        add_value(l, &item->slots[keys->slots[i]].value);
    }
    add(l, "}");
}

static void add_place(line *l, const pte__check_place *place) {
    const char *between = "";
    if (place->db != NULL) {
        add(l, "%s", place->db);
        between = ", ";
    }
    if (place->table.len != 0) {
        add(l, "%stable %s", between, pte__check_quote(place->table).text);
        between = ", ";
    }
    if (place->index.len != 0) {
        add(l, "%sindex %s", between, pte__check_quote(place->index).text);
        between = ", ";
    }
    if (place->expiry) {
        add(l, "%stime to live", between);
        between = ", ";
    }
    if (place->item != NULL) {
        add(l, "%sitem ", between);
        add_item(l, place->item);
        between = ", ";
    }
    if (place->key.len != 0) {
        add(l, "%skey ", between);
        add_hex(l, place->key);
    }
    add(l, ": ");
}

/* Causes quote names as they are, and those of a damaged row may be anything. */
static void make_printable(line *l) {
    for (size_t i = 0; i < l->len; i++) {
        if (l->text[i] < 0x20 || l->text[i] > 0x7E) {
            l->text[i] = '?';
        }
    }
}

void pte__check_problem(pte__check *check, const pte__check_place *place, const char *format, ...) {
    check->report->problems++;
    if (check->options.on_problem == NULL) {
        return;
    }
    line l;
    l.len = 0;
    add_place(&l, place);
    va_list arguments;
    va_start(arguments, format);
    lengthen(&l, vsnprintf(l.text + l.len, sizeof l.text - l.len, format, arguments));
    va_end(arguments);
    make_printable(&l);
    check->options.on_problem(check->options.ctx, l.text);
}
