/* Complaints, and the checks of nodes that make them. */
#include "workload/complain.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>

enum { SHOWN_BYTES = 60, NAME_BYTES = 64, LISTED_BYTES = 240 };

bool wl__complain(wl_complaint *complaint, const wl__node *at, const char *format, ...) {
    if (complaint->message[0] != '\0') {
        return false;
    }
    complaint->line = at != NULL ? at->line : 0;
    complaint->column = at != NULL ? at->column : 0;
    va_list args;
    va_start(args, format);
    vsnprintf(complaint->message, sizeof complaint->message, format, args);
    va_end(args);
    return false;
}

bool wl__complain_memory(wl_complaint *complaint) {
    return wl__complain(complaint, NULL, "out of memory");
}

/* What a node is, for people. */
static void describe(char text[SHOWN_BYTES + 40], const wl__node *node) {
    if (node->kind == WL__LIST) {
        snprintf(text, SHOWN_BYTES + 40, "a list");
    } else if (node->kind == WL__MAP) {
        snprintf(text, SHOWN_BYTES + 40, "a mapping");
    } else if (node->plain && node->text.len == 0) {
        snprintf(text, SHOWN_BYTES + 40, "nothing");
    } else {
        bool cut = node->text.len > SHOWN_BYTES;
        snprintf(text, SHOWN_BYTES + 40, "\"%.*s%s\"", cut ? SHOWN_BYTES : (int)node->text.len,
                 (const char *)node->text.data, cut ? "..." : "");
    }
}

bool wl__complain_expected(wl_complaint *complaint, const wl__node *at, const char *expected) {
    char found[SHOWN_BYTES + 40];
    describe(found, at);
    return wl__complain(complaint, at, "expected %s, found %s", expected, found);
}

/* ---- the nearest name ---- */

/* Levenshtein's distance; more than NAME_BYTES counts as far. */
static size_t distance(pte_bytes a, pte_bytes b) {
    size_t row[NAME_BYTES + 1];
    if (a.len > NAME_BYTES || b.len > NAME_BYTES) {
        return SIZE_MAX;
    }
    for (size_t j = 0; j <= b.len; j++) {
        row[j] = j;
    }
    for (size_t i = 1; i <= a.len; i++) {
        size_t corner = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b.len; j++) {
            size_t changed = corner + (a.data[i - 1] != b.data[j - 1]);
            corner = row[j];
            size_t shorter = (row[j] < row[j - 1] ? row[j] : row[j - 1]) + 1;
            row[j] = changed < shorter ? changed : shorter;
        }
    }
    return row[b.len];
}

static const char *nearest(pte_bytes name, const char *const *names) {
    const char *best = NULL;
    size_t best_distance = 2 + name.len / 6;
    for (size_t i = 0; names[i] != NULL; i++) {
        size_t d = distance(name, pte_str(names[i]));
        if (d <= best_distance && d < name.len) {
            best = names[i];
            best_distance = d == 0 ? 0 : d - 1;
        }
    }
    return best;
}

static void list_names(char text[LISTED_BYTES], const char *const *names) {
    size_t len = 0;
    text[0] = '\0';
    for (size_t i = 0; names[i] != NULL && len < LISTED_BYTES; i++) {
        len +=
            (size_t)snprintf(text + len, LISTED_BYTES - len, "%s%s", i == 0 ? "" : ", ", names[i]);
    }
    if (len >= LISTED_BYTES) {
        memcpy(text + LISTED_BYTES - 4, "...", 4);
    }
}

bool wl__complain_unknown(wl_complaint *complaint, const wl__node *at, const char *what,
                          const char *const *names) {
    char found[SHOWN_BYTES + 40], listed[LISTED_BYTES];
    describe(found, at);
    const char *near = at->kind == WL__SCALAR ? nearest(at->text, names) : NULL;
    if (near != NULL) {
        return wl__complain(complaint, at, "unknown %s %s; did you mean \"%s\"?", what, found,
                            near);
    }
    list_names(listed, names);
    return wl__complain(complaint, at, "expected a known %s (%s), found %s", what,
                        listed[0] != '\0' ? listed : "there are none", found);
}

/* ---- nodes ---- */

bool wl__is(const wl__node *scalar, const char *text) {
    return scalar->kind == WL__SCALAR && pte_bytes_equal(scalar->text, pte_str(text));
}

const wl__node *wl__member(const wl__node *map, const char *key) {
    for (size_t i = 0; map->kind == WL__MAP && i < map->count; i++) {
        if (wl__is(map->keys[i], key)) {
            return map->items[i];
        }
    }
    return NULL;
}

static bool is_among(const wl__node *scalar, const char *const *names) {
    while (*names != NULL && !wl__is(scalar, *names)) {
        names++;
    }
    return *names != NULL;
}

bool wl__need_map(wl_complaint *complaint, const wl__node *node, const char *what,
                  const char *const *keys) {
    char expected[120];
    if (node->kind != WL__MAP) {
        snprintf(expected, sizeof expected, "a mapping (%s)", what);
        return wl__complain_expected(complaint, node, expected);
    }
    snprintf(expected, sizeof expected, "key of %s", what);
    for (size_t i = 0; keys != NULL && i < node->count; i++) {
        if (!is_among(node->keys[i], keys)) {
            return wl__complain_unknown(complaint, node->keys[i], expected, keys);
        }
    }
    return true;
}

bool wl__need_list(wl_complaint *complaint, const wl__node *node, const char *what,
                   size_t count_max) {
    if (node->kind != WL__LIST) {
        char expected[120];
        snprintf(expected, sizeof expected, "a list of %s", what);
        return wl__complain_expected(complaint, node, expected);
    }
    if (node->count > count_max) {
        return wl__complain(complaint, node->items[count_max], "expected at most %zu %s, found %zu",
                            count_max, what, node->count);
    }
    return true;
}

bool wl__need_text(const char **text, wl_complaint *complaint, const wl__node *node,
                   const char *what) {
    bool plain_other =
        node->kind == WL__SCALAR && node->text.len != 0 &&
        (wl__is_number(node) || wl__is_null(node) || wl__is_true(node) || wl__is_false(node));
    if (node->kind != WL__SCALAR || plain_other || node->text.len == 0 ||
        memchr(node->text.data, '\0', node->text.len) != NULL) {
        char expected[120];
        snprintf(expected, sizeof expected, "a text (%s%s)", what,
                 plain_other ? "; in quotes, as it is no text without them" : "");
        return wl__complain_expected(complaint, node, expected);
    }
    *text = (const char *)node->text.data;
    return true;
}

bool wl__is_null(const wl__node *node) {
    return node->kind == WL__SCALAR && node->plain &&
           (node->text.len == 0 || wl__is(node, "null") || wl__is(node, "~"));
}

bool wl__is_true(const wl__node *node) {
    return node->plain && wl__is(node, "true");
}

bool wl__is_false(const wl__node *node) {
    return node->plain && wl__is(node, "false");
}

static size_t skip_digits(const char *text, size_t at) {
    while (text[at] >= '0' && text[at] <= '9') {
        at++;
    }
    return at;
}

/* RFC 8259, section 6. */
bool wl__is_number(const wl__node *node) {
    if (node->kind != WL__SCALAR || !node->plain || node->text.len == 0) {
        return false;
    }
    const char *text = (const char *)node->text.data;
    size_t begin = text[0] == '-' ? 1 : 0;
    size_t at = skip_digits(text, begin);
    if (at == begin || (text[begin] == '0' && at > begin + 1)) {
        return false;
    }
    if (text[at] == '.') {
        begin = at + 1;
        at = skip_digits(text, begin);
        if (at == begin) {
            return false;
        }
    }
    if (text[at] == 'e' || text[at] == 'E') {
        at++;
        begin = text[at] == '+' || text[at] == '-' ? at + 1 : at;
        at = skip_digits(text, begin);
        if (at == begin) {
            return false;
        }
    }
    return at == node->text.len;
}

bool wl__need_integer(int64_t *number, wl_complaint *complaint, const wl__node *node) {
    char *end = NULL;
    errno = 0;
    bool whole = wl__is_number(node);
    *number = whole ? strtoll((const char *)node->text.data, &end, 10) : 0;
    if (!whole || *end != '\0' || errno != 0 || *number < -WL__INTEGER_MAX ||
        *number > WL__INTEGER_MAX) {
        return wl__complain_expected(complaint, node,
                                     "a whole number of at most 15 digits, without quotes");
    }
    return true;
}

bool wl__need_whole(uint64_t *number, wl_complaint *complaint, const wl__node *node, uint64_t min,
                    uint64_t max) {
    char *end = NULL;
    errno = 0;
    bool whole = wl__is_number(node) && node->text.data[0] != '-';
    *number = whole ? strtoull((const char *)node->text.data, &end, 10) : 0;
    if (!whole || *end != '\0' || errno != 0 || *number < min || *number > max) {
        char expected[120];
        snprintf(expected, sizeof expected, "a whole number from %llu to %llu",
                 (unsigned long long)min, (unsigned long long)max);
        return wl__complain_expected(complaint, node, expected);
    }
    return true;
}

bool wl__need_number(double *number, wl_complaint *complaint, const wl__node *node, double min,
                     double max) {
    *number = wl__is_number(node) ? strtod((const char *)node->text.data, NULL) : NAN;
    if (!(*number >= min && *number <= max)) {
        char expected[120];
        snprintf(expected, sizeof expected, "a number from %g to %g", min, max);
        return wl__complain_expected(complaint, node, expected);
    }
    return true;
}
