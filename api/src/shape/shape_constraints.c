/*
 * Broken constraints: a walk over a shape's table that writes down each of them, in the table's
 * order and the service's words. Recursion follows the table, which is finite: it does not enter
 * AttributeValues, whose rules are value/'s.
 */
#include "shape/arn.h"
#include "shape/shape_table.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

enum {
    FAULTS_MAX = 10, /* as many as the service lists */
    SHOWN_BYTES_MAX = 100 * 1024,
    REPORT_BYTES_MAX = 32 * 1024 * 1024,
};

/* What has been found so far. */
typedef struct report {
    pt__failure *failure;
    pte_allocator allocator;
    pte__buffer text;
    bool no_memory;
    size_t faults;
    size_t faults_max;
    bool one_word_only;
    bool has_word;
} report;

/* A step of the way to a value, from the request down: a member, or an element by position or by
 * its name in a map. */
typedef struct step {
    const struct step *up;
    pte_bytes name; /* data NULL: by position */
    size_t position;
    bool of_collection;
} step;

/* A value under check. */
typedef struct spot {
    const pt__json *found; /* NULL: nothing */
    const pt__shape *shape;
    unsigned rules;
    const step *way;
} spot;

static void add(report *r, pte_bytes bytes) {
    if (bytes.len == 0 || r->no_memory) {
        return;
    }
    r->no_memory =
        pte__buffer_reserve(&r->text, &r->allocator, bytes.len, REPORT_BYTES_MAX, NULL) != PTE_OK;
    if (!r->no_memory) {
        memcpy(r->text.data + r->text.len, bytes.data, bytes.len);
        r->text.len += bytes.len;
    }
}

static void add_text(report *r, const char *text) {
    add(r, pte_str(text));
}

/* A member's name as Java has it: the first letter is small. */
static void add_member(report *r, pte_bytes name) {
    char first = (char)name.data[0];
    first = (char)(first >= 'A' && first <= 'Z' ? first - 'A' + 'a' : first);
    add(r, pte_view(&first, 1));
    add(r, pte_view(name.data + 1, name.len - 1));
}

static void add_way(report *r, const step *way, bool as_sent) {
    if (way->up != NULL) {
        add_way(r, way->up, as_sent);
        add_text(r, ".");
    }
    if (!way->of_collection) {
        as_sent ? add(r, way->name) : add_member(r, way->name);
        return;
    }
    if (way->name.data != NULL) {
        add(r, way->name);
    } else {
        char position[24];
        snprintf(position, sizeof position, "%zu", way->position);
        add_text(r, position);
    }
    add_text(r, ".member");
}

static void add_shown(report *r, const pt__json *found, const pt__shape *shape, size_t end);

/* The children of a list, map or structure, as "a, b", "k=a, l=b" or "one=a, two=b". */
static void add_children(report *r, const pt__json *found, const pt__shape *shape, size_t end) {
    const char *between = "";
    for (const pt__json *child = found->first; child != NULL && r->text.len < end;
         child = child->next) {
        const pt__shape *of_child = shape->element;
        if (shape->kind == PT__KIND_STRUCT) {
            const pt__row *row = pt__shape_row(shape, child->name);
            if (row == NULL || child->type == PT__JSON_NULL) {
                continue;
            }
            of_child = row->shape;
        }
        add_text(r, between);
        between = ", ";
        if (shape->kind == PT__KIND_STRUCT) {
            add_member(r, child->name);
            add_text(r, "=");
        } else if (shape->kind == PT__KIND_MAP) {
            add(r, child->name);
            add_text(r, "=");
        }
        add_shown(r, child, of_child, end);
    }
}

/* The value as Java shows it, until the report is end bytes long. Follows the body's nesting. */
static void add_shown(report *r, const pt__json *found, const pt__shape *shape, size_t end) {
    if (found->type == PT__JSON_NULL) {
        add_text(r, "null");
        return;
    }
    switch (shape->kind) {
    case PT__KIND_LIST:
        add_text(r, "[");
        add_children(r, found, shape, end);
        add_text(r, "]");
        return;
    case PT__KIND_MAP:
        add_text(r, "{");
        add_children(r, found, shape, end);
        add_text(r, "}");
        return;
    case PT__KIND_STRUCT:
        add_text(r, shape->type);
        add_text(r, "(");
        add_children(r, found, shape, end);
        add_text(r, ")");
        return;
    case PT__KIND_BOOLEAN:
        add_text(r, pt__json_truth(found) ? "true" : "false");
        return;
    default:
        add(r, found->text);
    }
}

static void fault(report *r, const spot *at, const char *format, ...) PTE_PRINTF(3, 4);

/* "Value 'ab' at 'tableName' failed to satisfy constraint: " and what format makes. */
static void fault(report *r, const spot *at, const char *format, ...) {
    if (r->faults == r->faults_max) {
        return;
    }
    r->faults++;
    bool bare = (at->rules & PT__BARE) != 0 && at->found != NULL;
    add_text(r, r->faults > 1 ? "; Value " : "Value ");
    if (at->found == NULL) {
        add_text(r, "null ");
    } else if (!bare) {
        add_text(r, "'");
        add_shown(r, at->found, at->shape, r->text.len + SHOWN_BYTES_MAX);
        add_text(r, "' ");
    }
    add_text(r, "at '");
    add_way(r, at->way, bare);
    add_text(r, "' failed to satisfy constraint: ");
    char constraint[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(constraint, sizeof constraint, format, arguments);
    va_end(arguments);
    add_text(r, constraint);
}

/* Lengths are Java's: of text in UTF-16. */
static int64_t length_of(const pt__json *found) {
    if (found->type != PT__JSON_STRING) {
        return found->count;
    }
    int64_t units = 0;
    for (size_t i = 0; i < found->text.len; i++) {
        units += (found->text.data[i] & 0xC0) != 0x80; /* a character starts */
        units += found->text.data[i] >= 0xF0;          /* one of two units */
    }
    return units;
}

/* [a-zA-Z0-9_.-]+ */
static bool is_name(pte_bytes text) {
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.data[i];
        bool good = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                    c == '_' || c == '.' || c == '-';
        if (!good) {
            return false;
        }
    }
    return text.len != 0;
}

/* Whether text is one of "A, B". */
static bool is_one_of(pte_bytes text, const char *words) {
    for (const char *word = words; word != NULL;) {
        const char *comma = strstr(word, ", ");
        size_t len = comma == NULL ? strlen(word) : (size_t)(comma - word);
        if (pte_bytes_equal(text, pte_view(word, len))) {
            return true;
        }
        word = comma == NULL ? NULL : comma + 2;
    }
    return false;
}

/* What length_of says is at most the bytes, and at least a third of them. */
static bool is_within(pte_bytes text, int64_t min, int64_t max) {
    return (int64_t)text.len / 3 >= min && (max == 0 || (int64_t)text.len <= max);
}

static void check_length(report *r, const spot *at) {
    if (at->found->type == PT__JSON_STRING &&
        is_within(at->found->text, at->shape->min, at->shape->max)) {
        return;
    }
    int64_t length = length_of(at->found);
    /* https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DescribeTable.html */
    int64_t max = at->shape->or_arn && pt__is_arn(at->found->text) ? 1024 : at->shape->max;
    if (length < at->shape->min) {
        fault(r, at, "Member must have length greater than or equal to %" PRId64, at->shape->min);
    }
    if (max != 0 && length > max) {
        fault(r, at, "Member must have length less than or equal to %" PRId64, max);
    }
}

static void check_name(report *r, const spot *at) {
    bool good = !at->shape->is_name || is_name(at->found->text) ||
                (at->shape->or_arn && pt__is_arn(at->found->text));
    if (!good) {
        fault(r, at, "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+");
    }
}

static void check_string(report *r, const spot *at) {
    const pt__shape *shape = at->shape;
    if (shape->is_name_first) {
        check_name(r, at);
    }
    check_length(r, at);
    if (!shape->is_name_first) {
        check_name(r, at);
    }
    if (shape->words == NULL || is_one_of(at->found->text, shape->words) ||
        (r->one_word_only && r->has_word)) {
        return;
    }
    r->has_word = true;
    fault(r, at, "Member must satisfy enum value set: [%s]", shape->words);
}

static void check_range(report *r, const spot *at) {
    int64_t value = pt__json_whole(at->found);
    if (value < at->shape->min) {
        fault(r, at, "Member must have value greater than or equal to %" PRId64, at->shape->min);
    }
    if (value > at->shape->max) {
        fault(r, at, "Member must have value less than or equal to %" PRId64, at->shape->max);
    }
}

/* A map's names, and the lengths of the lists in it, are reported at the map. */
static void check_map(report *r, const spot *at) {
    const pt__shape *key = at->shape->key;
    const pt__shape *element = at->shape->element;
    bool good_keys = true;
    bool good_lengths = true;
    if (key == NULL && element->kind != PT__KIND_LIST) {
        return;
    }
    for (const pt__json *child = at->found->first; child != NULL; child = child->next) {
        good_keys = good_keys && (key == NULL || pt__is_arn(child->name) ||
                                  (is_name(child->name) && (int64_t)child->name.len <= key->max));
        good_lengths =
            good_lengths &&
            (element->kind != PT__KIND_LIST || element->max == 0 || child->type == PT__JSON_NULL ||
             (child->count >= element->min && child->count <= element->max));
    }
    if (!good_keys) {
        fault(r, at,
              "Map keys must satisfy constraint: [Member must have length less than or equal to "
              "%" PRId64 ", Member must have length greater than or equal to %" PRId64
              ", Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+]",
              key->max, key->min);
    }
    if (!good_lengths) {
        fault(r, at,
              "Map value must satisfy constraint: [Member must have length less than or equal to "
              "%" PRId64 ", Member must have length greater than or equal to %" PRId64 "]",
              element->max, element->min);
    }
}

static void check(report *r, const spot *at);

static void check_elements(report *r, const spot *at) {
    const pt__shape *element = at->shape->element;
    size_t position = 0;
    for (const pt__json *child = at->found->first; child != NULL; child = child->next) {
        step down = {at->way, {NULL, 0}, ++position, true};
        if (at->shape->kind == PT__KIND_MAP) {
            down.name = child->name.len == 0 ? pte_str("") : child->name;
        }
        if (child->type != PT__JSON_NULL) {
            check(r, &(spot){child, element, 0, &down});
        }
    }
}

/* The members of a structure; way is NULL for the request itself. */
static void check_rows(report *r, const pt__json *const *members, const pt__shape *shape,
                       const step *way) {
    for (size_t i = 0; i < shape->row_count; i++) {
        const pt__row *row = &shape->rows[i];
        /* What is reported alone has been looked at, and is good. */
        bool due =
            members[i] != NULL ? (row->rules & PT__ALONE) == 0 : (row->rules & PT__REQUIRED) != 0;
        if (!due) {
            continue;
        }
        step down = {way, row->name, 0, false};
        spot at = {members[i], row->shape, row->rules, &down};
        if (at.found != NULL) {
            check(r, &at);
        } else {
            fault(r, &at, "Member must not be null");
        }
    }
}

static void check_structure(report *r, const spot *at) {
    const pt__json *members[PT__ROWS_MAX];
    pt__shape_place(members, at->shape, at->found);
    check_rows(r, members, at->shape, at->way);
}

/* A value that is there. */
static void check(report *r, const spot *at) {
    switch (at->shape->kind) {
    case PT__KIND_STRING:
        check_string(r, at);
        return;
    case PT__KIND_INTEGER:
    case PT__KIND_LONG:
        check_range(r, at);
        return;
    case PT__KIND_STRUCT:
        if (at->shape != &pt__shape_value) {
            check_structure(r, at);
        }
        return;
    case PT__KIND_MAP:
        check_map(r, at);
        break;
    case PT__KIND_LIST:
        /* In a map of lists it has been reported at the map. */
        if (at->way == NULL || !at->way->of_collection) {
            check_length(r, at);
        }
        break;
    default:
        return;
    }
    const pt__shape *element = at->shape->element;
    if (element != &pt__shape_value && element != &pt__shape_string) {
        check_elements(r, at);
    }
}

/* The report as a ValidationException; OK if there is nothing in it. */
static pt__exception finish(report *r) {
    pt__exception exception = PT__OK;
    if (r->faults == 0) {
        return PT__OK;
    }
    if (r->no_memory) {
        exception = pt__refuse_memory(r->failure);
    } else {
        char start[64];
        snprintf(start, sizeof start, "%zu validation error%s detected: ", r->faults,
                 r->faults == 1 ? "" : "s");
        size_t len = strlen(start) + r->text.len;
        char *message = pte__arena_alloc(r->failure->arena, len);
        if (message == NULL) {
            exception = pt__refuse_memory(r->failure);
        } else {
            memcpy(message, start, strlen(start));
            memcpy(message + strlen(start), r->text.data, r->text.len);
            exception = pt__refuse_bytes(r->failure, PT__VALIDATION, pte_view(message, len));
        }
    }
    pte__buffer_clean_up(&r->text, &r->allocator);
    return exception;
}

static report new_report(const pt__shape *shape, pt__failure *failure, size_t faults_max) {
    return (report){.failure = failure,
                    .allocator = failure->arena->allocator,
                    .faults_max = faults_max,
                    .one_word_only = shape->one_word_only};
}

/* What is reported before, and without, anything else. */
static pt__exception check_alone(const pt__shape *shape, const pt__json *found, const pt__row *row,
                                 pt__failure *failure) {
    if (found == NULL) {
        return (row->rules & PT__NEEDED) == 0
                   ? PT__OK
                   : pt__refuse(failure, PT__VALIDATION,
                                "The parameter '%.*s' is required but was not present in the "
                                "request",
                                PT__SHOW(row->name));
    }
    if ((row->rules & PT__FILLED) != 0 && found->count == 0) {
        return pt__refuse(failure, PT__VALIDATION, "The %c%.*s parameter is required for %s",
                          row->name.data[0] - 'A' + 'a', (int)row->name.len - 1,
                          (const char *)row->name.data + 1, shape->type);
    }
    if ((row->rules & PT__ALONE) == 0) {
        return PT__OK;
    }
    report r = new_report(shape, failure, 1);
    step way = {NULL, row->name, 0, false};
    check(&r, &(spot){found, row->shape, row->rules, &way});
    return finish(&r);
}

pt__exception pt__shape_check_constraints(const pt__shape *shape, const pt__json *body,
                                          pt__failure *failure) {
    if (shape == NULL) {
        return PT__OK;
    }
    const pt__json *members[PT__ROWS_MAX];
    pt__shape_place(members, shape, body);
    pt__exception exception = PT__OK;
    for (size_t i = 0; i < shape->row_count && exception == PT__OK; i++) {
        if ((shape->rows[i].rules & (PT__NEEDED | PT__ALONE | PT__FILLED)) != 0) {
            exception = check_alone(shape, members[i], &shape->rows[i], failure);
        }
    }
    if (exception != PT__OK) {
        return exception;
    }
    report r = new_report(shape, failure, FAULTS_MAX);
    check_rows(&r, members, shape, NULL);
    return finish(&r);
}
