/* Writing JSON; see json.h. */
#include "quick_photos/json.h"

#include "json_escape.h"

#include <assert.h>
#include <stdlib.h>

enum {
    DEPTH_MAX = 2 * PTE_NESTING_MAX + 16, /* a nested value is two levels of JSON */
    LINE_COLUMNS = 78,
    INDENT = 2,
    FIRST_CAPACITY = 1024,
};

/* ---- the text ---- */

static bool reserve(qp_json *json, size_t more) {
    if (json->failed || more > QP_JSON_BYTES_MAX - json->len) {
        json->failed = true;
        return false;
    }
    size_t needed = json->len + more + 1;
    size_t capacity = json->capacity != 0 ? json->capacity : FIRST_CAPACITY;
    while (capacity < needed) {
        capacity *= 2;
    }
    if (capacity != json->capacity) {
        char *text = realloc(json->text, capacity);
        if (text == NULL) {
            json->failed = true;
            return false;
        }
        json->text = text;
        json->capacity = capacity;
    }
    return true;
}

void qp_json_raw_bytes(qp_json *json, pte_bytes text) {
    if (text.len != 0 && reserve(json, text.len)) {
        memcpy(json->text + json->len, text.data, text.len);
        json->len += text.len;
        json->text[json->len] = '\0';
    }
}

void qp_json_raw(qp_json *json, const char *text) {
    qp_json_raw_bytes(json, pte_str(text));
}

void qp_json_reset(qp_json *json) {
    json->len = 0;
    json->failed = false;
    if (json->text != NULL) {
        json->text[0] = '\0';
    }
}

void qp_json_clean_up(qp_json *json) {
    free(json->text);
    *json = (qp_json){0};
}

pte_bytes qp_json_bytes(const qp_json *json) {
    return pte_view(json->text != NULL ? json->text : "", json->len);
}

/* ---- strings and templates ---- */

void qp_json_string(qp_json *json, pte_bytes text) {
    json_escaping rest = {.text = text};
    qp_json_raw(json, "\"");
    for (pte_bytes piece = json_escape_next(&rest); piece.len != 0;
         piece = json_escape_next(&rest)) {
        qp_json_raw_bytes(json, piece);
    }
    qp_json_raw(json, "\"");
}

void qp_json_fill(qp_json *json, const char *pattern, const char *const *values) {
    while (*pattern != '\0') {
        size_t plain = strcspn(pattern, "'?");
        qp_json_raw_bytes(json, pte_view(pattern, plain));
        pattern += plain;
        if (*pattern == '\'') {
            qp_json_raw(json, "\"");
        } else if (*pattern == '?') {
            assert(*values != NULL);
            qp_json_string(json, pte_str(*values));
            values++;
        }
        pattern += *pattern != '\0';
    }
    assert(*values == NULL);
}

/* ---- items ---- */

static void write_value(qp_json *json, const pte_value *value);

/* The elements of a map, an item or a list between brackets. It and write_value call each other;
 * values nest PTE_NESTING_MAX times at most. */
static void write_elements(qp_json *json, pte_iter iter, bool named) {
    pte_bytes name;
    pte_value element;
    pte_status status;
    bool first = true;
    qp_json_raw(json, named ? "{" : "[");
    while ((status = pte_iter_next(&iter, &name, &element, NULL)) == PTE_OK) {
        qp_json_raw(json, first ? "" : ",");
        first = false;
        if (named) {
            qp_json_string(json, name);
            qp_json_raw(json, ":");
        }
        write_value(json, &element);
    }
    json->failed = json->failed || status != PTE_END;
    qp_json_raw(json, named ? "}" : "]");
}

static void write_value(qp_json *json, const pte_value *value) {
    pte_iter iter;
    qp_json_raw(json, "{\"");
    qp_json_raw(json, pte_type_name(value->type));
    qp_json_raw(json, "\":");
    if (value->type == PTE_TYPE_S || value->type == PTE_TYPE_N) {
        qp_json_string(json, value->bytes);
    } else if ((value->type == PTE_TYPE_M || value->type == PTE_TYPE_L) &&
               pte_value_iterate(&iter, value, NULL) == PTE_OK) {
        write_elements(json, iter, value->type == PTE_TYPE_M);
    } else {
        json->failed = true;
    }
    qp_json_raw(json, "}");
}

void qp_json_item(qp_json *json, const pte_item *item) {
    pte_iter iter;
    if (pte_item_iterate(&iter, item, NULL) != PTE_OK) {
        json->failed = true;
        return;
    }
    write_elements(json, iter, true);
}

/* ---- trees ---- */

/* How a tree is laid out: on one line, or over many from a column on. */
typedef struct layout {
    bool spaced; /* for people: a blank behind each comma and colon */
    bool broken; /* an element a line where it does not fit */
    unsigned indent;
    unsigned column; /* where the value begins: behind its name */
    unsigned depth;
} layout;

static void write_tree(qp_json *json, yajl_val tree, layout at);

static void new_line(qp_json *json, unsigned indent) {
    qp_json_raw(json, "\n");
    for (unsigned i = 0; i < indent; i++) {
        qp_json_raw(json, " ");
    }
}

/* The members of an object or the elements of an array. It and write_tree call each other,
 * DEPTH_MAX times at most. */
static void write_members(qp_json *json, yajl_val tree, layout at) {
    bool object = YAJL_IS_OBJECT(tree);
    size_t count = object ? YAJL_GET_OBJECT(tree)->len : YAJL_GET_ARRAY(tree)->len;
    layout inner = at;
    inner.depth++;
    inner.indent += INDENT;
    qp_json_raw(json, object ? "{" : "[");
    for (size_t i = 0; i < count; i++) {
        qp_json_raw(json, i == 0 ? "" : at.spaced && !at.broken ? ", " : ",");
        if (at.broken) {
            new_line(json, inner.indent);
        }
        size_t start = json->len;
        if (object) {
            qp_json_string(json, pte_str(YAJL_GET_OBJECT(tree)->keys[i]));
            qp_json_raw(json, at.spaced ? ": " : ":");
        }
        inner.column = inner.indent + (unsigned)(json->len - start);
        write_tree(json,
                   object ? YAJL_GET_OBJECT(tree)->values[i] : YAJL_GET_ARRAY(tree)->values[i],
                   inner);
    }
    if (at.broken && count != 0) {
        new_line(json, at.indent);
    }
    qp_json_raw(json, object ? "}" : "]");
}

static bool is_container(yajl_val tree) {
    return YAJL_IS_OBJECT(tree) || YAJL_IS_ARRAY(tree);
}

static void write_tree(qp_json *json, yajl_val tree, layout at) {
    if (tree == NULL || at.depth > DEPTH_MAX) {
        json->failed = true;
    } else if (is_container(tree) && at.broken) {
        /* On one line if it fits, with room for a comma. */
        size_t start = json->len;
        layout line = at;
        line.broken = false;
        write_members(json, tree, line);
        if (!json->failed && at.column + (json->len - start) + 1 > LINE_COLUMNS) {
            json->len = start;
            write_members(json, tree, at);
        }
    } else if (is_container(tree)) {
        write_members(json, tree, at);
    } else if (YAJL_IS_STRING(tree)) {
        qp_json_string(json, pte_str(YAJL_GET_STRING(tree)));
    } else if (YAJL_IS_NUMBER(tree)) {
        qp_json_raw(json, YAJL_GET_NUMBER(tree));
    } else {
        qp_json_raw(json, YAJL_IS_TRUE(tree) ? "true" : YAJL_IS_FALSE(tree) ? "false" : "null");
    }
}

void qp_json_tree(qp_json *json, yajl_val tree) {
    write_tree(json, tree, (layout){0});
}

void qp_json_pretty(qp_json *json, yajl_val tree, unsigned indent) {
    write_tree(json, tree,
               (layout){.spaced = true, .broken = true, .indent = indent, .column = indent});
}
