/*
 * Requests: JSON as DynamoDB has it, in which values of attributes may be written as in items, and
 * arrays may be made from answers or by repeating.
 */
#include "workload/inside.h"

/* What a place of a request holds. */
typedef enum holds {
    JSON,
    NAMED,          /* names that are the user's, then JSON */
    ATTRIBUTES,     /* an item or key */
    ATTRIBUTE_MAPS, /* an array of them */
    ATTRIBUTE_VALUE,
    ATTRIBUTE_VALUES /* an array */
} holds;

static const struct {
    const char *name;
    holds holds;
} members[] = {
    {"AttributeUpdates", NAMED},
    {"AttributeValueList", ATTRIBUTE_VALUES},
    {"ExclusiveStartKey", ATTRIBUTES},
    {"Expected", NAMED},
    {"ExpressionAttributeNames", NAMED},
    {"ExpressionAttributeValues", ATTRIBUTES},
    {"Item", ATTRIBUTES},
    {"Key", ATTRIBUTES},
    {"KeyConditions", NAMED},
    {"Keys", ATTRIBUTE_MAPS},
    {"Parameters", ATTRIBUTE_VALUES},
    {"QueryFilter", NAMED},
    {"RequestItems", NAMED},
    {"ScanFilter", NAMED},
    {"Value", ATTRIBUTE_VALUE},
};

static holds holds_of(holds outer, const wl__node *key) {
    for (size_t i = 0; outer == JSON && i < sizeof members / sizeof *members; i++) {
        if (wl__is(key, members[i].name)) {
            return members[i].holds;
        }
    }
    return JSON;
}

static holds element_of(holds outer) {
    return outer == ATTRIBUTE_MAPS     ? ATTRIBUTES
           : outer == ATTRIBUTE_VALUES ? ATTRIBUTE_VALUE
                                       : JSON;
}

static const wl__recipe *read(wl__reader *reader, const wl__node *node, const wl__scope *scope,
                              holds as);

/* ---- objects and arrays ---- */

static const wl__recipe *read_parts(wl__reader *reader, const wl__node *node,
                                    const wl__scope *scope, holds as) {
    bool object = node->kind == WL__MAP;
    wl__recipe *recipe = wl__recipe_new(reader, object ? WL__OBJECT : WL__ARRAY, node);
    const wl__recipe **inner = wl__room_for(reader, node->count);
    pte_bytes *names = wl__arena_array(reader->arena, node->count + 1, sizeof *names);
    if (recipe == NULL || inner == NULL || names == NULL) {
        wl__complain_memory(reader->complaint);
        return NULL;
    }
    for (size_t i = 0; i < node->count; i++) {
        inner[i] = read(reader, node->items[i], scope,
                        object ? holds_of(as, node->keys[i]) : element_of(as));
        if (inner[i] == NULL || (object && !wl__escape(&names[i], reader, node->keys[i]->text))) {
            return NULL;
        }
    }
    recipe->inner = inner;
    recipe->names = names;
    recipe->count = node->count;
    return recipe;
}

static const wl__recipe *read_attribute(wl__reader *reader, const wl__node *node,
                                        const wl__scope *scope) {
    const wl__recipe **inner = wl__room_for(reader, 1);
    wl__recipe *recipe = wl__recipe_new(reader, WL__ATTRIBUTE, node);
    if (inner == NULL || recipe == NULL) {
        wl__complain_memory(reader->complaint);
        return NULL;
    }
    inner[0] = wl__read_value(reader, node, scope);
    recipe->inner = inner;
    recipe->count = 1;
    return inner[0] != NULL ? recipe : NULL;
}

/* ---- each and repeat ---- */

/* A scope inside of the given one, with a let of its own. */
static wl__scope *open_scope(wl__reader *reader, const wl__node *map, const wl__scope *outer) {
    wl__scope *scope = wl__arena_take(reader->arena, sizeof *scope);
    if (scope == NULL) {
        wl__complain_memory(reader->complaint);
        return NULL;
    }
    scope->outer = outer;
    return wl__read_let(reader, scope, wl__member(map, "let")) ? scope : NULL;
}

/* What is made again and again, in recipe's scope. */
static bool read_make(wl__reader *reader, wl__recipe *recipe, const wl__node *map, holds as) {
    const wl__node *make = wl__member(map, "make");
    if (make == NULL) {
        return wl__complain(reader->complaint, map,
                            "expected \"make\": what is made for each element");
    }
    const wl__recipe **inner = wl__room_for(reader, 1);
    if (inner == NULL) {
        return false;
    }
    if (!wl__read_fields(reader, recipe->scope)) {
        return false;
    }
    inner[0] = read(reader, make, recipe->scope, element_of(as));
    recipe->inner = inner;
    recipe->count = 1;
    return inner[0] != NULL;
}

static bool read_list_name(wl__reader *reader, wl__recipe *recipe, const wl__node *node,
                           const wl__scope *scope) {
    const char *path = NULL;
    char text[200];
    while (scope != NULL && !scope->answers) {
        scope = scope->outer;
    }
    if (scope == NULL) {
        return wl__complain(reader->complaint, node,
                            "expected a step before this one, from whose answer it is made");
    }
    if (!wl__need_text(&path, reader->complaint, node, "a list in the answer, as Items")) {
        return false;
    }
    snprintf(text, sizeof text, "answer.%.180s", path);
    recipe->ref = wl__read_ref(reader, node, pte_str(text), scope);
    return recipe->ref != NULL;
}

static const wl__recipe *read_each(wl__reader *reader, const wl__node *map, const wl__scope *outer,
                                   holds as) {
    static const char *const keys[] = {"each", "as", "let", "make", NULL};
    wl__recipe *recipe = NULL;
    if (!wl__need_map(reader->complaint, map, "each", keys) ||
        (recipe = wl__recipe_new(reader, WL__EACH, map)) == NULL ||
        !read_list_name(reader, recipe, wl__member(map, "each"), outer)) {
        return NULL;
    }
    if (reader->each_count++ != 0) {
        wl__complain(reader->complaint, map, "expected one \"each\" in a step, found a second one");
        return NULL;
    }
    wl__scope *scope = open_scope(reader, map, outer);
    const wl__node *as_node = wl__member(map, "as");
    if (scope == NULL) {
        return NULL;
    }
    recipe->scope = scope;
    scope->element = "element";
    if (as_node != NULL &&
        !wl__need_text(&scope->element, reader->complaint, as_node, "a name for each element")) {
        return NULL;
    }
    uint64_t repeats = reader->repeats;
    reader->repeats = 0; /* how many elements there will be is not known */
    bool good = read_make(reader, recipe, map, as);
    reader->repeats = repeats;
    return good ? recipe : NULL;
}

static bool read_times(wl__reader *reader, wl__recipe *recipe, const wl__node *node) {
    uint64_t least = 0, most = 0;
    bool range = node->kind == WL__LIST && node->count == 2;
    const wl__node *first = range ? node->items[0] : node;
    if (!wl__need_whole(&least, reader->complaint, first, 0, WL__REPEATS_MAX)) {
        return false;
    }
    most = least;
    if (range &&
        !wl__need_whole(&most, reader->complaint, node->items[1], least, WL__REPEATS_MAX)) {
        return false;
    }
    recipe->min = (int64_t)least;
    wl__distribution_init(&recipe->by, WL__UNIFORM, most - least + 1, 1);
    return true;
}

static const wl__recipe *read_repeat(wl__reader *reader, const wl__node *map,
                                     const wl__scope *outer, holds as) {
    static const char *const keys[] = {"repeat", "let", "make", NULL};
    wl__recipe *recipe = NULL;
    if (!wl__need_map(reader->complaint, map, "repeat", keys) ||
        (recipe = wl__recipe_new(reader, WL__REPEAT, map)) == NULL ||
        !read_times(reader, recipe, wl__member(map, "repeat")) ||
        (recipe->scope = open_scope(reader, map, outer)) == NULL) {
        return NULL;
    }
    uint64_t repeats = reader->repeats;
    uint64_t most = (uint64_t)recipe->min + recipe->by.count - 1;
    if (most != 0 && repeats > (uint64_t)WL__REPEATS_MAX / most) {
        wl__complain(reader->complaint, map, "expected at most %d repetitions, found more",
                     WL__REPEATS_MAX);
        return NULL;
    }
    reader->repeats = repeats * most;
    bool good = read_make(reader, recipe, map, as);
    reader->repeats = repeats;
    return good ? recipe : NULL;
}

/* ---- any part ---- */

static const wl__recipe *read(wl__reader *reader, const wl__node *node, const wl__scope *scope,
                              holds as) {
    bool list = as == JSON || as == ATTRIBUTE_MAPS || as == ATTRIBUTE_VALUES;
    if (as == ATTRIBUTE_VALUE) {
        return read_attribute(reader, node, scope);
    }
    if (node->kind == WL__SCALAR) {
        return wl__read_value(reader, node, scope);
    }
    if (list && wl__member(node, "each") != NULL) {
        return read_each(reader, node, scope, as);
    }
    if (list && wl__member(node, "repeat") != NULL) {
        return read_repeat(reader, node, scope, as);
    }
    if (as == ATTRIBUTES) {
        return wl__read_attributes(reader, node, scope);
    }
    if (as == ATTRIBUTE_MAPS || as == ATTRIBUTE_VALUES) {
        if (!wl__need_list(reader->complaint, node, "values of attributes", WL__SIZE_MAX)) {
            return NULL;
        }
    }
    return read_parts(reader, node, scope, as);
}

const wl__recipe *wl__read_request(wl__reader *reader, const wl__node *node,
                                   const wl__scope *scope) {
    return wl__need_map(reader->complaint, node, "members of a request", NULL)
               ? read_parts(reader, node, scope, JSON)
               : NULL;
}
