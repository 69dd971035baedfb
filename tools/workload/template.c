/* Texts with placeholders: "USER#{owner.name}". */
#include "workload/inside.h"

enum { NAMES_SHOWN_MAX = 512, DIGITS_MAX = 30 };

/* ---- names ---- */

static void show(const char **names, size_t *count, const char *name) {
    if (*count < NAMES_SHOWN_MAX - 1) {
        names[(*count)++] = name;
        names[*count] = NULL;
    }
}

static void show_fields(const char **names, size_t *count, const wl__field *fields,
                        size_t fields_n) {
    for (size_t i = 0; i < fields_n; i++) {
        show(names, count, fields[i].name);
    }
}

/* The placeholder's name as if it stood there alone, so that a complaint shows it. */
static bool complain_name(wl__reader *reader, const wl__node *node, pte_bytes name,
                          const char *what, const char *const *names) {
    wl__node alone = *node;
    char *copy = wl__arena_copy(reader->arena, name);
    if (copy == NULL) {
        return wl__complain_memory(reader->complaint);
    }
    alone.kind = WL__SCALAR;
    alone.text = pte_view(copy, name.len);
    alone.plain = false;
    return wl__complain_unknown(reader->complaint, &alone, what, names);
}

static bool complain_root(wl__reader *reader, const wl__node *node, pte_bytes name,
                          const wl__scope *scope) {
    const char *names[NAMES_SHOWN_MAX];
    size_t count = 0;
    for (; scope != NULL; scope = scope->outer) {
        if (scope->element != NULL) {
            show(names, &count, scope->element);
        }
        show_fields(names, &count, scope->fields, scope->field_count);
        if (scope->answers) {
            show(names, &count, "answer");
        }
    }
    show(names, &count, "n");
    return complain_name(reader, node, name, "name in a placeholder", names);
}

static const wl__field *find_field(const wl__field *fields, size_t count, pte_bytes name,
                                   size_t *slot) {
    for (size_t i = 0; i < count; i++) {
        if (pte_bytes_equal(pte_str(fields[i].name), name)) {
            *slot = i;
            return &fields[i];
        }
    }
    return NULL;
}

/* The part before the next dot; *rest is what comes behind it. */
static pte_bytes take_name(pte_bytes *rest) {
    const uint8_t *dot = rest->len != 0 ? memchr(rest->data, '.', rest->len) : NULL;
    pte_bytes name = *rest;
    if (dot != NULL) {
        name.len = (size_t)(dot - rest->data);
        *rest = pte_view(dot + 1, rest->len - name.len - 1);
    } else {
        *rest = (pte_bytes){0};
    }
    return name;
}

/* ---- what a placeholder means ---- */

typedef struct reading {
    wl__reader *reader;
    const wl__node *node;
    wl__ref *ref;
} reading;

static bool add_hop(const reading *r, size_t entity, pte_bytes name, const wl__field **field) {
    const wl__entity *of = &r->reader->workload->entities[entity];
    struct wl__hop hop = {.entity = entity};
    *field = NULL;
    if (r->ref->hop_count == WL__PATH_MAX) {
        return wl__complain(r->reader->complaint, r->node,
                            "expected at most %d names in a placeholder, found more", WL__PATH_MAX);
    }
    *field = find_field(of->scope.fields, of->scope.field_count, name, &hop.slot);
    if (*field == NULL) {
        *field = find_field(of->attributes, of->attribute_count, name, &hop.slot);
        hop.attribute = *field != NULL;
    }
    hop.number = *field == NULL && pte_bytes_equal(name, pte_str("n"));
    if (*field == NULL && !hop.number) {
        const char *names[NAMES_SHOWN_MAX];
        size_t count = 0;
        char what[120];
        show_fields(names, &count, of->scope.fields, of->scope.field_count);
        show_fields(names, &count, of->attributes, of->attribute_count);
        show(names, &count, "n");
        snprintf(what, sizeof what, "value of the entity %.60s", of->shown.name);
        return complain_name(r->reader, r->node, name, what, names);
    }
    r->ref->hops[r->ref->hop_count++] = hop;
    return true;
}

/* field: what the names so far have led to. */
static bool follow_items(const reading *r, const wl__field *field, pte_bytes rest) {
    while (rest.data != NULL) {
        if (field == NULL || field->picks == SIZE_MAX) {
            return wl__complain(
                r->reader->complaint, r->node,
                "expected a placeholder that ends at the value %.60s, found \".%.*s\""
                " behind it",
                field != NULL ? field->name : "n", (int)rest.len, (const char *)rest.data);
        }
        if (!add_hop(r, field->picks, take_name(&rest), &field)) {
            return false;
        }
    }
    if (field != NULL && field->picks != SIZE_MAX) {
        return wl__complain(
            r->reader->complaint, r->node,
            "%.60s is an item of the entity %.60s: expected which value of it, as in {%.60s.name}",
            field->name, r->reader->workload->entities[field->picks].shown.name, field->name);
    }
    return true;
}

static bool follow_json(const reading *r, pte_bytes rest) {
    while (rest.data != NULL) {
        pte_bytes name = take_name(&rest);
        if (r->ref->name_count == WL__PATH_MAX || name.len == 0) {
            return wl__complain(r->reader->complaint, r->node,
                                "expected 1 to %d names with dots between them in a placeholder",
                                WL__PATH_MAX);
        }
        char *copy = wl__arena_copy(r->reader->arena, name);
        if (copy == NULL) {
            return wl__complain_memory(r->reader->complaint);
        }
        r->ref->names[r->ref->name_count++] = pte_view(copy, name.len);
    }
    return true;
}

static bool read_root(const reading *r, pte_bytes text, const wl__scope *scope) {
    pte_bytes rest = text;
    pte_bytes name = take_name(&rest);
    for (const wl__scope *in = scope; in != NULL; in = in->outer, r->ref->frames_out++) {
        const wl__field *field = find_field(in->fields, in->field_count, name, &r->ref->slot);
        if (field != NULL) {
            r->ref->root = WL__ROOT_LET;
            return follow_items(r, field, rest);
        }
        if (in->element != NULL && pte_bytes_equal(name, pte_str(in->element))) {
            r->ref->root = WL__ROOT_ELEMENT;
            return follow_json(r, rest);
        }
        if (in->answers && pte_bytes_equal(name, pte_str("answer"))) {
            r->ref->root = WL__ROOT_ANSWER;
            return follow_json(r, rest);
        }
    }
    r->ref->frames_out = 0;
    if (pte_bytes_equal(name, pte_str("n"))) {
        r->ref->root = WL__ROOT_NUMBER;
        return follow_items(r, NULL, rest);
    }
    return complain_root(r->reader, r->node, name, scope);
}

/* ":08" at the end. */
static bool take_digits(const reading *r, pte_bytes *text) {
    const uint8_t *colon = text->len != 0 ? memchr(text->data, ':', text->len) : NULL;
    if (colon == NULL) {
        return true;
    }
    size_t len = text->len - (size_t)(colon - text->data);
    size_t digits = 0;
    for (size_t i = 1; i < len; i++) {
        digits = digits > DIGITS_MAX || colon[i] < '0' || colon[i] > '9'
                     ? DIGITS_MAX + 1
                     : 10 * digits + (size_t)(colon[i] - '0');
    }
    if (len < 3 || colon[1] != '0' || digits == 0 || digits > DIGITS_MAX) {
        return wl__complain(
            r->reader->complaint, r->node,
            "expected a length from 01 to 0%d behind the colon of a placeholder, as "
            "in {n:08}, found \"%.*s\"",
            DIGITS_MAX, (int)(len < 40 ? len : 40), (const char *)colon);
    }
    r->ref->digits = digits;
    text->len -= len;
    return true;
}

const wl__ref *wl__read_ref(wl__reader *reader, const wl__node *node, pte_bytes text,
                            const wl__scope *scope) {
    wl__ref *ref = wl__arena_take(reader->arena, sizeof *ref);
    if (ref == NULL) {
        wl__complain_memory(reader->complaint);
        return NULL;
    }
    reading r = {reader, node, ref};
    return take_digits(&r, &text) && read_root(&r, text, scope) ? ref : NULL;
}

/* ---- texts ---- */

/* What stands at "{": the name up to "}", which is at most as long as the rest. */
static bool placeholder_at(pte_bytes *name, wl__reader *reader, const wl__node *node, size_t at) {
    const uint8_t *begin = node->text.data + at + 1;
    size_t left = node->text.len - at - 1;
    const uint8_t *end = left != 0 ? memchr(begin, '}', left) : NULL;
    *name = pte_view(begin, end != NULL ? (size_t)(end - begin) : 0);
    for (size_t i = 0; i < name->len; i++) {
        if (begin[i] <= ' ' || begin[i] == '{' || begin[i] == '"' || begin[i] == '\'') {
            name->len = 0;
        }
    }
    if (name->len == 0) {
        return wl__complain(reader->complaint, node,
                            "expected a placeholder as {name} at character %zu of the text, or {{ "
                            "for a brace",
                            at + 1);
    }
    return true;
}

typedef struct pieces {
    wl__part *parts;
    size_t count;
    wl_text text; /* the one before the next placeholder */
} pieces;

static bool end_part(pieces *p, wl__reader *reader, const wl__ref *ref) {
    char *copy = wl__arena_copy(reader->arena, wl__text_bytes(&p->text));
    if (copy == NULL || p->text.failed) {
        return wl__complain_memory(reader->complaint);
    }
    p->parts[p->count++] = (wl__part){pte_view(copy, p->text.len), ref};
    wl__text_reset(&p->text);
    return true;
}

static bool split(pieces *p, wl__reader *reader, const wl__node *node, const wl__scope *scope) {
    const uint8_t *text = node->text.data;
    size_t len = node->text.len;
    for (size_t i = 0; i < len; i++) {
        bool twice = i + 1 < len && text[i + 1] == text[i];
        if (text[i] == '{' && !twice) {
            pte_bytes name;
            const wl__ref *ref = placeholder_at(&name, reader, node, i)
                                     ? wl__read_ref(reader, node, name, scope)
                                     : NULL;
            if (ref == NULL || !end_part(p, reader, ref)) {
                return false;
            }
            i += name.len + 1;
            continue;
        }
        wl__text_escaped(&p->text, pte_view(text + i, 1));
        i += (text[i] == '{' || text[i] == '}') && twice;
    }
    bool rest = p->text.len != 0 || p->text.failed || p->count == 0;
    return !rest || end_part(p, reader, NULL);
}

static size_t count_braces(pte_bytes text) {
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++) {
        count += text.data[i] == '{';
    }
    return count;
}

static const wl__recipe *finish(const pieces *p, wl__reader *reader, const wl__node *node,
                                bool forced) {
    bool literal = p->count == 1 && p->parts[0].ref == NULL;
    bool alone = p->count == 1 && p->parts[0].ref != NULL && p->parts[0].text.len == 0;
    wl__recipe *recipe = wl__recipe_new(reader,
                                        literal            ? WL__LITERAL
                                        : alone && !forced ? WL__REF
                                                           : WL__TEMPLATE,
                                        node);
    if (recipe != NULL) {
        recipe->type = WL__S;
        recipe->text = p->parts[0].text;
        recipe->ref = p->parts[0].ref;
        recipe->parts = p->parts;
        recipe->part_count = p->count;
    }
    return recipe;
}

const wl__recipe *wl__read_template(wl__reader *reader, const wl__node *node,
                                    const wl__scope *scope, bool forced) {
    pieces p = {0};
    p.parts = wl__arena_array(reader->arena, count_braces(node->text) + 1, sizeof *p.parts);
    if (p.parts == NULL) {
        wl__complain_memory(reader->complaint);
        return NULL;
    }
    const wl__recipe *recipe =
        split(&p, reader, node, scope) ? finish(&p, reader, node, forced) : NULL;
    wl_text_clean_up(&p.text);
    return recipe;
}
