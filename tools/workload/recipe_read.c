/* Values as they stand in items: plain ones, kinds, and DynamoDB's own {S: ...}. */
#include "workload/inside.h"

static const char *const types[] = {"S", "N",  "B",  "BOOL", "NULL", "M",
                                    "L", "SS", "NS", "BS",   NULL};

wl__recipe *wl__recipe_new(wl__reader *reader, wl__recipe_kind kind, const wl__node *node) {
    wl__recipe *recipe = wl__arena_take(reader->arena, sizeof *recipe);
    if (recipe == NULL) {
        wl__complain_memory(reader->complaint);
        return NULL;
    }
    recipe->kind = kind;
    recipe->at = node;
    recipe->entity = SIZE_MAX;
    recipe->stream = wl__mix(reader->stream, reader->drawn++);
    return recipe;
}

const wl__recipe **wl__room_for(wl__reader *reader, size_t count) {
    const wl__recipe **room = wl__arena_array(reader->arena, count + 1, sizeof(void *));
    if (room == NULL) {
        wl__complain_memory(reader->complaint);
    }
    return room;
}

static const wl__recipe *literal(wl__reader *reader, const wl__node *node, wl__type type) {
    wl__recipe *recipe = wl__recipe_new(reader, WL__LITERAL, node);
    if (recipe != NULL) {
        recipe->type = type;
        recipe->text = type == WL__NULL ? pte_str("true") : node->text;
    }
    return recipe;
}

static const wl__recipe *read_scalar(wl__reader *reader, const wl__node *node,
                                     const wl__scope *scope) {
    if (wl__is_number(node)) {
        return literal(reader, node, WL__N);
    }
    if (wl__is_true(node) || wl__is_false(node)) {
        return literal(reader, node, WL__BOOL);
    }
    if (wl__is_null(node)) {
        return literal(reader, node, WL__NULL);
    }
    return wl__read_template(reader, node, scope, false);
}

/* ---- of several parts ---- */

static bool make_room(const wl__recipe ***inner, pte_bytes **names, wl__reader *reader,
                      wl__recipe *recipe, size_t count) {
    *inner = wl__room_for(reader, count);
    *names = wl__arena_array(reader->arena, count + 1, sizeof **names);
    if (*inner == NULL || *names == NULL) {
        return wl__complain_memory(reader->complaint);
    }
    recipe->inner = *inner;
    recipe->names = *names;
    recipe->count = count;
    return true;
}

bool wl__escape(pte_bytes *name, wl__reader *reader, pte_bytes text) {
    wl_text escaped = {0};
    wl__text_escaped(&escaped, text);
    char *copy = escaped.failed ? NULL : wl__arena_copy(reader->arena, wl__text_bytes(&escaped));
    *name = pte_view(copy, copy != NULL ? escaped.len : 0);
    wl_text_clean_up(&escaped);
    return copy != NULL || wl__complain_memory(reader->complaint);
}

/* The items of a list or mapping, each read by read. */
static const wl__recipe *read_parts(wl__reader *reader, const wl__node *node,
                                    const wl__scope *scope, wl__recipe_kind kind) {
    const wl__recipe **inner = NULL;
    pte_bytes *names = NULL;
    wl__recipe *recipe = wl__recipe_new(reader, kind, node);
    if (recipe == NULL || !make_room(&inner, &names, reader, recipe, node->count)) {
        return NULL;
    }
    uint64_t stream = reader->stream, drawn = reader->drawn;
    for (size_t i = 0; i < node->count; i++) {
        if (node->kind == WL__MAP) {
            if (!wl__escape(&names[i], reader, node->keys[i]->text)) {
                return NULL;
            }
            /* An attribute's draws depend on its name, so others can be added beside it. */
            reader->stream = wl__hash(wl__mix(stream, drawn), names[i]);
            reader->drawn = 0;
        }
        inner[i] = wl__read_value(reader, node->items[i], scope);
        if (inner[i] == NULL) {
            return NULL;
        }
    }
    if (node->kind == WL__MAP) {
        reader->stream = stream;
        reader->drawn = drawn + 1;
    }
    return recipe;
}

const wl__recipe *wl__read_attributes(wl__reader *reader, const wl__node *node,
                                      const wl__scope *scope) {
    if (!wl__need_map(reader->complaint, node, "attributes and their values", NULL)) {
        return NULL;
    }
    return read_parts(reader, node, scope, WL__ATTRIBUTES);
}

/* ---- DynamoDB's types ---- */

static const wl__recipe *cast(wl__reader *reader, const wl__node *node, wl__type type,
                              const wl__recipe *from) {
    wl__recipe *recipe = from != NULL ? wl__recipe_new(reader, WL__CAST, node) : NULL;
    const wl__recipe **inner = recipe != NULL ? wl__room_for(reader, 1) : NULL;
    if (inner == NULL) {
        return NULL;
    }
    inner[0] = from;
    recipe->type = type;
    recipe->inner = inner;
    recipe->count = 1;
    return recipe;
}

/* {S: ...}, {N: ...}, {B: ...}: a text or a kind whose text it takes. */
static const wl__recipe *read_text_as(wl__reader *reader, const wl__node *node,
                                      const wl__scope *scope, wl__type type) {
    if (node->kind != WL__SCALAR) {
        const wl__recipe *from = wl__read_value(reader, node, scope);
        if (from != NULL && wl__is_compound(from)) {
            wl__complain_expected(reader->complaint, node, "a value that is one text");
            return NULL;
        }
        return cast(reader, node, type, from);
    }
    const wl__recipe *text = wl__read_template(reader, node, scope, true);
    wl__node unquoted = *node;
    unquoted.plain = true;
    if (text != NULL && type == WL__N && text->kind == WL__LITERAL && !wl__is_number(&unquoted)) {
        wl__complain_expected(reader->complaint, node, "a number");
        return NULL;
    }
    return type == WL__S ? text : cast(reader, node, type, text);
}

static const wl__recipe *read_true_or(wl__reader *reader, const wl__node *node,
                                      const wl__scope *scope, wl__type type) {
    if (wl__is_true(node) || (wl__is_false(node) && type == WL__BOOL)) {
        return literal(reader, node, type);
    }
    if (type == WL__BOOL && node->kind == WL__MAP) {
        return cast(reader, node, type, wl__read_value(reader, node, scope));
    }
    wl__complain_expected(reader->complaint, node,
                          type == WL__BOOL ? "true or false" : "NULL: true");
    return NULL;
}

static const wl__recipe *read_set(wl__reader *reader, const wl__node *node, const wl__scope *scope,
                                  wl__type type) {
    if (!wl__need_list(reader->complaint, node, "elements of a set", WL__SIZE_MAX)) {
        return NULL;
    }
    if (node->count == 0) {
        wl__complain(reader->complaint, node, "expected at least one element of a set, found none");
        return NULL;
    }
    const wl__recipe **inner = NULL;
    pte_bytes *names = NULL;
    wl__recipe *recipe = wl__recipe_new(reader, WL__SET_OF, node);
    if (recipe == NULL || !make_room(&inner, &names, reader, recipe, node->count)) {
        return NULL;
    }
    recipe->type = type;
    for (size_t i = 0; i < node->count; i++) {
        inner[i] = read_text_as(reader, node->items[i], scope, type);
        if (inner[i] == NULL) {
            return NULL;
        }
    }
    return recipe;
}

static const wl__recipe *read_typed(wl__reader *reader, const wl__node *key, const wl__node *node,
                                    const wl__scope *scope) {
    static const wl__type by_type[] = {WL__S, WL__N, WL__B, WL__BOOL, WL__NULL};
    size_t i = 0;
    while (!wl__is(key, types[i])) {
        i++;
    }
    switch (i) {
    case 0:
    case 1:
    case 2:
        return read_text_as(reader, node, scope, by_type[i]);
    case 3:
    case 4:
        return read_true_or(reader, node, scope, by_type[i]);
    case 5:
        return wl__need_map(reader->complaint, node, "attributes and their values", NULL)
                   ? read_parts(reader, node, scope, WL__MEMBERS_OF)
                   : NULL;
    case 6:
        return wl__need_list(reader->complaint, node, "values", WL__SIZE_MAX)
                   ? read_parts(reader, node, scope, WL__VALUES_OF)
                   : NULL;
    default:
        return read_set(reader, node, scope, by_type[i - 7]);
    }
}

static bool is_typed(const wl__node *map) {
    for (size_t i = 0; map->count == 1 && types[i] != NULL; i++) {
        if (wl__is(map->keys[0], types[i])) {
            return true;
        }
    }
    return false;
}

const wl__recipe *wl__read_value(wl__reader *reader, const wl__node *node, const wl__scope *scope) {
    bool let = reader->let;
    reader->let = false; /* what stands inside of it has no name */
    const wl__recipe *recipe = NULL;
    if (node->kind == WL__SCALAR) {
        recipe = read_scalar(reader, node, scope);
    } else if (node->kind == WL__LIST) {
        recipe = read_parts(reader, node, scope, WL__VALUES_OF);
    } else if (is_typed(node)) {
        recipe = read_typed(reader, node->keys[0], node->items[0], scope);
    } else {
        recipe = wl__read_kind(reader, node, scope);
    }
    if (recipe != NULL && !let && recipe->entity != SIZE_MAX) {
        wl__complain(reader->complaint, node,
                     "an item can be picked only in a let, where it gets a name");
        return NULL;
    }
    return recipe;
}

/* ---- let ---- */

static bool is_name(const wl__node *key) {
    bool good = key->text.len != 0 && key->text.len <= 60;
    for (size_t i = 0; good && i < key->text.len; i++) {
        uint8_t c = key->text.data[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
        good = letter || (i != 0 && ((c >= '0' && c <= '9') || c == '-'));
    }
    return good && !wl__is(key, "n") && !wl__is(key, "answer");
}

static bool read_name(wl__reader *reader, wl__field *field, const wl__node *key,
                      const wl__node *node) {
    if (!is_name(key)) {
        return wl__complain_expected(reader->complaint, key,
                                     "a name of letters, digits, _ and - that begins with a letter "
                                     "and is not n or answer");
    }
    *field = (wl__field){.name = (const char *)key->text.data, .node = node, .picks = SIZE_MAX};
    const wl__node *entity = wl__member(node, "pick");
    entity = entity != NULL ? entity : wl__member(node, "new");
    if (entity == NULL) {
        return true;
    }
    field->picks =
        entity->kind == WL__SCALAR ? wl__find_entity(reader->workload, entity->text) : SIZE_MAX;
    if (field->picks == SIZE_MAX) {
        wl__complain_entity(reader, entity);
        return false;
    }
    return true;
}

bool wl__read_let(wl__reader *reader, wl__scope *scope, const wl__node *let) {
    if (let == NULL) {
        return true;
    }
    if (!wl__need_map(reader->complaint, let, "names and their values", NULL)) {
        return false;
    }
    if (let->count > WL__LET_MAX) {
        return wl__complain(reader->complaint, let, "expected at most %d names, found %zu",
                            WL__LET_MAX, let->count);
    }
    scope->fields = wl__arena_array(reader->arena, let->count + 1, sizeof *scope->fields);
    if (scope->fields == NULL) {
        return wl__complain_memory(reader->complaint);
    }
    for (size_t i = 0; i < let->count; i++) {
        if (!read_name(reader, &scope->fields[i], let->keys[i], let->items[i])) {
            return false;
        }
    }
    scope->field_count = let->count;
    return true;
}

bool wl__read_fields(wl__reader *reader, const wl__scope *scope) {
    uint64_t stream = reader->stream, drawn = reader->drawn;
    for (size_t i = 0; i < scope->field_count; i++) {
        wl__field *field = &scope->fields[i];
        /* A value's draws depend on its name alone, so others can be added before it. */
        reader->stream = wl__hash(wl__mix(stream, drawn), pte_str(field->name));
        reader->drawn = 0;
        reader->let = true;
        field->recipe = wl__read_value(reader, field->node, scope);
        reader->let = false;
        if (field->recipe == NULL) {
            return false;
        }
    }
    reader->stream = stream;
    reader->drawn = drawn + 1;
    return true;
}
