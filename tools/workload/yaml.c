/* A YAML file as a tree of nodes, from libyaml's events. */
#include "workload/complain.h"

#include <stdlib.h>

#include <yaml.h>

enum { NAMES_MAX = 1000, FIRST_OPEN = 64 };

/* A list or mapping that has begun. */
typedef struct level {
    wl__node *node;
    size_t begin; /* of its children among those that wait */
} level;

typedef struct anchor {
    pte_bytes name;
    const wl__node *node;
} anchor;

typedef struct tree {
    yaml_parser_t parser;
    wl__arena *arena;
    wl_complaint *complaint;
    level levels[WL__DEPTH_MAX];
    size_t depth;
    const wl__node **waiting; /* children of what has begun; a mapping's keys and items in turn */
    size_t waiting_count, waiting_capacity;
    anchor anchors[NAMES_MAX];
    size_t anchor_count;
    size_t weight; /* of all nodes, aliases expanded */
    pte_bytes yaml;
    size_t seen_characters, seen_bytes; /* how far behind has come */
    const wl__node *root;
} tree;

static wl__node mark_of(const yaml_mark_t *mark) {
    return (wl__node){.line = mark->line + 1, .column = mark->column + 1};
}

/* ---- finished nodes ---- */

static bool wait_for_parent(tree *t, const wl__node *node) {
    if (t->waiting_count == t->waiting_capacity) {
        size_t capacity = t->waiting_capacity != 0 ? 2 * t->waiting_capacity : FIRST_OPEN;
        const wl__node **grown = realloc(t->waiting, capacity * sizeof(void *));
        if (grown == NULL) {
            return wl__complain_memory(t->complaint);
        }
        t->waiting = grown;
        t->waiting_capacity = capacity;
    }
    t->waiting[t->waiting_count++] = node;
    return true;
}

/* Hands a complete node to what it stands in. at: where it stands, which for an alias is not where
 * it was written. */
static bool hand_over(tree *t, const wl__node *node, const wl__node *at) {
    if (node->height + t->depth > WL__DEPTH_MAX) {
        return wl__complain(t->complaint, at, "expected at most %d levels, found more",
                            WL__DEPTH_MAX);
    }
    if (t->depth == 0) {
        t->root = node;
        return true;
    }
    const level *in = &t->levels[t->depth - 1];
    bool key = in->node->kind == WL__MAP && (t->waiting_count - in->begin) % 2 == 0;
    if (key && node->kind != WL__SCALAR) {
        return wl__complain_expected(t->complaint, at, "a text as a key of a mapping");
    }
    return wait_for_parent(t, node);
}

static bool add_weight(tree *t, size_t weight, const wl__node *at) {
    if (weight > WL__NODES_MAX - t->weight) {
        return wl__complain(t->complaint, at,
                            "expected at most %d values, aliases counted as what they stand for, "
                            "found more",
                            WL__NODES_MAX);
    }
    t->weight += weight;
    return true;
}

/* ---- anchors ---- */

static anchor *find_anchor(tree *t, const yaml_char_t *name) {
    pte_bytes wanted = pte_str((const char *)name);
    for (size_t i = t->anchor_count; i > 0; i--) {
        if (pte_bytes_equal(t->anchors[i - 1].name, wanted)) {
            return &t->anchors[i - 1];
        }
    }
    return NULL;
}

/* The node that is beginning has a name. A name that stands again means the new node from then on.
 */
static bool set_anchor(tree *t, const yaml_char_t *name, const wl__node *node) {
    if (name == NULL) {
        return true;
    }
    if (t->anchor_count == NAMES_MAX) {
        return wl__complain(t->complaint, node, "expected at most %d anchors, found more",
                            NAMES_MAX);
    }
    char *copy = wl__arena_copy(t->arena, pte_str((const char *)name));
    if (copy == NULL) {
        return wl__complain_memory(t->complaint);
    }
    t->anchors[t->anchor_count++] = (anchor){pte_str(copy), node};
    return true;
}

static bool take_alias(tree *t, const yaml_event_t *event) {
    wl__node at = mark_of(&event->start_mark);
    const char *name = (const char *)event->data.alias.anchor;
    const anchor *found = find_anchor(t, event->data.alias.anchor);
    if (found == NULL) {
        return wl__complain(t->complaint, &at,
                            "expected an anchor &%s before its alias, found none", name);
    }
    if (found->node->open) {
        return wl__complain(t->complaint, &at, "the alias *%s stands inside of what it stands for",
                            name);
    }
    return add_weight(t, found->node->weight, &at) && hand_over(t, found->node, &at);
}

/* ---- nodes ---- */

static wl__node *begin_node(tree *t, const yaml_event_t *event, wl__node_kind kind,
                            const yaml_char_t *tag) {
    wl__node at = mark_of(&event->start_mark);
    if (tag != NULL) {
        wl__complain(t->complaint, &at, "expected no tag, found \"%.60s\"", (const char *)tag);
        return NULL;
    }
    if (!add_weight(t, 1, &at)) {
        return NULL;
    }
    wl__node *node = wl__arena_take(t->arena, sizeof *node);
    if (node == NULL) {
        wl__complain_memory(t->complaint);
        return NULL;
    }
    *node = at;
    node->kind = kind;
    node->weight = 1;
    node->height = 1;
    return node;
}

/* The bytes behind an event; marks count characters and come in rising order. */
static pte_bytes behind(tree *t, const yaml_mark_t *mark) {
    while (t->seen_characters < mark->index && t->seen_bytes < t->yaml.len) {
        do {
            t->seen_bytes++;
        } while (t->seen_bytes < t->yaml.len && (t->yaml.data[t->seen_bytes] & 0xC0) == 0x80);
        t->seen_characters++;
    }
    return pte_view(t->yaml.data + t->seen_bytes, t->yaml.len - t->seen_bytes);
}

/* "SET #a = :a" without quotes ends before the #, which surely nobody means. */
static bool refuse_cut(tree *t, const yaml_event_t *event, const wl__node *node) {
    pte_bytes rest = behind(t, &event->end_mark);
    size_t spaces = 0;
    while (spaces < rest.len && rest.data[spaces] == ' ') {
        spaces++;
    }
    const uint8_t *at = rest.data + spaces;
    bool cut = spaces != 0 && rest.len - spaces >= 2 && at[0] == '#' && at[1] != ' ' &&
               at[1] != '#' && at[1] != '\n' && at[1] != '\r';
    return !cut || !node->plain || node->text.len == 0 ||
           wl__complain(t->complaint, node,
                        "expected quotes around a text with \" #\" in it, since a comment begins "
                        "there; a comment needs a space behind the #");
}

static bool take_scalar(tree *t, const yaml_event_t *event) {
    wl__node *node = begin_node(t, event, WL__SCALAR, event->data.scalar.tag);
    if (node == NULL) {
        return false;
    }
    size_t len = event->data.scalar.length;
    char *copy = wl__arena_copy(t->arena, pte_view(event->data.scalar.value, len));
    if (copy == NULL) {
        return wl__complain_memory(t->complaint);
    }
    node->text = pte_view(copy, len);
    node->plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    return refuse_cut(t, event, node) && set_anchor(t, event->data.scalar.anchor, node) &&
           hand_over(t, node, node);
}

static bool open_level(tree *t, const yaml_event_t *event, wl__node_kind kind,
                       const yaml_char_t *tag, const yaml_char_t *name) {
    wl__node *node = begin_node(t, event, kind, tag);
    if (node == NULL) {
        return false;
    }
    if (t->depth == WL__DEPTH_MAX) {
        return wl__complain(t->complaint, node, "expected at most %d levels, found more",
                            WL__DEPTH_MAX);
    }
    t->levels[t->depth++] = (level){node, t->waiting_count};
    node->open = true;
    return set_anchor(t, name, node);
}

static bool refuse_duplicates(const tree *t, const wl__node *map) {
    for (size_t i = 1; i < map->count; i++) {
        for (size_t j = 0; j < i; j++) {
            if (pte_bytes_equal(map->keys[i]->text, map->keys[j]->text)) {
                return wl__complain(t->complaint, map->keys[i],
                                    "expected each key once, found \"%.60s\" again (first in line "
                                    "%zu)",
                                    (const char *)map->keys[i]->text.data, map->keys[j]->line);
            }
        }
    }
    return true;
}

/* Gives a list or mapping the children that have waited for it. */
static bool adopt(tree *t, wl__node *node, const wl__node *const *children, size_t count) {
    size_t each = node->kind == WL__MAP ? 2 : 1;
    const wl__node **copies = wl__arena_array(t->arena, count + 1, sizeof(void *));
    if (copies == NULL) {
        return wl__complain_memory(t->complaint);
    }
    node->count = count / each;
    node->items = copies;
    node->keys = each == 2 ? copies + node->count : NULL;
    if (each == 2 && node->count > WL__KEYS_MAX) {
        return wl__complain(t->complaint, node, "expected at most %d keys, found %zu", WL__KEYS_MAX,
                            node->count);
    }
    for (size_t i = 0; i < node->count; i++) {
        const wl__node *item = children[each * i + each - 1];
        copies[i] = item;
        if (each == 2) {
            copies[node->count + i] = children[2 * i];
        }
        node->weight += item->weight + each - 1;
        node->height = item->height >= node->height ? item->height + 1 : node->height;
    }
    return node->kind != WL__MAP || refuse_duplicates(t, node);
}

static bool close_level(tree *t) {
    level closed = t->levels[--t->depth];
    size_t count = t->waiting_count - closed.begin;
    if (!adopt(t, closed.node, count != 0 ? t->waiting + closed.begin : NULL, count)) {
        return false;
    }
    t->waiting_count = closed.begin;
    closed.node->open = false;
    return hand_over(t, closed.node, closed.node);
}

/* ---- the file ---- */

/* The four hexadecimal digits at a place; -1: there are none. */
static long hex4(pte_bytes bytes, size_t at) {
    char digits[5] = "";
    if (bytes.len < 4 || at > bytes.len - 4) {
        return -1;
    }
    memcpy(digits, bytes.data + at, 4);
    return strspn(digits, "0123456789abcdefABCDEF") == 4 ? strtol(digits, NULL, 16) : -1;
}

/*
 * JSON writes a character above U+FFFF as two escapes (RFC 8259, 7), "\ud83d\ude00". An escape of
 * YAML's is a character (YAML 1.1 and 1.2.2, 5.7), which half of such a pair is not, so libyaml
 * refuses it, at its digits.
 */
static bool complain_escape(tree *t, const wl__node *at) {
    pte_bytes digits = behind(t, &t->parser.problem_mark);
    long high = hex4(digits, 0);
    bool pairs = digits.len >= 6 && memcmp(digits.data + 4, "\\u", 2) == 0;
    long low = pairs ? hex4(digits, 6) : -1;
    if (high >= 0xD800 && high < 0xDC00 && low >= 0xDC00 && low < 0xE000) {
        return wl__complain(
            t->complaint, at,
            "expected \"\\U%08lX\", found \"\\u%.4s\\u%.4s\": YAML has one escape for "
            "a character, JSON two for one above U+FFFF",
            0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00), (const char *)digits.data,
            (const char *)digits.data + 6);
    }
    return wl__complain(t->complaint, at,
                        "expected the escape of a character, found one of none: "
                        "those end at U+10FFFF, without U+D800 to U+DFFF");
}

static bool complain_parser(tree *t) {
    const yaml_parser_t *p = &t->parser;
    wl__node at = mark_of(&p->problem_mark);
    if (p->error == YAML_MEMORY_ERROR) {
        return wl__complain_memory(t->complaint);
    }
    if (p->error == YAML_READER_ERROR) {
        at = mark_of(&p->mark);
    }
    if (p->problem != NULL && strstr(p->problem, "invalid Unicode character escape") != NULL) {
        return complain_escape(t, &at);
    }
    return wl__complain(t->complaint, &at, "not YAML: %s%s%s", p->context != NULL ? p->context : "",
                        p->context != NULL ? ", " : "",
                        p->problem != NULL ? p->problem : "something is wrong");
}

static bool take(tree *t, const yaml_event_t *event) {
    wl__node at = mark_of(&event->start_mark);
    switch (event->type) {
    case YAML_DOCUMENT_START_EVENT:
        return t->root == NULL ||
               wl__complain(t->complaint, &at, "expected one document, found a second one");
    case YAML_ALIAS_EVENT:
        return take_alias(t, event);
    case YAML_SCALAR_EVENT:
        return take_scalar(t, event);
    case YAML_SEQUENCE_START_EVENT:
        return open_level(t, event, WL__LIST, event->data.sequence_start.tag,
                          event->data.sequence_start.anchor);
    case YAML_MAPPING_START_EVENT:
        return open_level(t, event, WL__MAP, event->data.mapping_start.tag,
                          event->data.mapping_start.anchor);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        return close_level(t);
    default:
        return true;
    }
}

static bool read_events(tree *t) {
    bool good = true;
    yaml_event_type_t type = YAML_NO_EVENT;
    while (good && type != YAML_STREAM_END_EVENT) {
        yaml_event_t event;
        if (yaml_parser_parse(&t->parser, &event) == 0) {
            return complain_parser(t);
        }
        type = event.type;
        good = take(t, &event);
        yaml_event_delete(&event);
    }
    return good;
}

bool wl__yaml_read(const wl__node **root, wl__arena *arena, pte_bytes yaml, const char *what,
                   wl_complaint *complaint) {
    *root = NULL;
    tree *t = calloc(1, sizeof *t);
    if (t == NULL || yaml_parser_initialize(&t->parser) == 0) {
        free(t);
        return wl__complain_memory(complaint);
    }
    t->arena = arena;
    t->complaint = complaint;
    bool marked = yaml.len >= 3 && memcmp(yaml.data, "\xEF\xBB\xBF", 3) == 0; /* BOM */
    t->yaml = marked ? pte_view(yaml.data + 3, yaml.len - 3) : yaml;
    if (t->yaml.len == 0) { /* libyaml asserts that there is an address */
        t->yaml = pte_view("", 0);
    }
    yaml_parser_set_input_string(&t->parser, t->yaml.data, t->yaml.len);
    yaml_parser_set_encoding(&t->parser, YAML_UTF8_ENCODING);
    bool good = read_events(t);
    if (good && t->root == NULL) {
        good = wl__complain(complaint, NULL, "expected %s, found an empty file", what);
    }
    *root = good ? t->root : NULL;
    yaml_parser_delete(&t->parser);
    free(t->waiting);
    free(t);
    return good;
}
