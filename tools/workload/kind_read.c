/* Values that are made: {integer: [1, 6], by: zipfian} and the like. One function for each kind. */
#include "workload/inside.h"

#include <math.h>

typedef struct kind_reading {
    wl__reader *reader;
    const wl__node *map;
    const wl__node *argument; /* behind the kind's name */
    const wl__scope *scope;
    wl__recipe *recipe;
} kind_reading;

typedef struct kind {
    const char *name;
    wl__recipe_kind makes;
    const char *options[5];
    bool (*read)(const kind_reading *r);
} kind;

static const double exponent_usual = 0.99; /* as YCSB's */

/* ---- distributions ---- */

static bool read_exponent(double *exponent, const char *const *names, wl__reader *reader,
                          const wl__node *by, const wl__node **name) {
    *name = by;
    if (by->kind != WL__MAP || by->count != 1) {
        return true;
    }
    *name = by->keys[0];
    if (!wl__is(by->keys[0], names[1]) && !wl__is(by->keys[0], names[2])) {
        return true;
    }
    return wl__need_number(exponent, reader->complaint, by->items[0], 0.01, 10);
}

bool wl__read_by(wl__reader *reader, wl__recipe *recipe, const wl__node *map, uint64_t count) {
    static const char *const names[] = {"uniform", "zipfian", "latest", "sequential", NULL};
    const wl__node *by = wl__member(map, "by");
    wl__distribution_kind shape = WL__UNIFORM;
    double exponent = exponent_usual;
    if (by != NULL) {
        const wl__node *name = NULL;
        if (!read_exponent(&exponent, names, reader, by, &name)) {
            return false;
        }
        size_t i = 0;
        while (names[i] != NULL && !wl__is(name, names[i])) {
            i++;
        }
        if (names[i] == NULL) {
            return wl__complain_unknown(reader->complaint, name, "distribution", names);
        }
        if (by->kind == WL__MAP && i != WL__ZIPFIAN && i != WL__LATEST) {
            return wl__complain(reader->complaint, name,
                                "expected an exponent only behind zipfian and latest, found one "
                                "behind %s",
                                names[i]);
        }
        shape = (wl__distribution_kind)i;
    }
    wl__distribution_init(&recipe->by, shape, count, exponent);
    return true;
}

/* ---- ranges ---- */

/* [min, max], both whole. */
static bool read_range(const kind_reading *r, const wl__node *node, int64_t min, int64_t max) {
    wl_complaint *complaint = r->reader->complaint;
    int64_t low = 0, high = 0;
    if (node->kind == WL__LIST && node->count == 2) {
        if (!wl__need_integer(&low, complaint, node->items[0]) ||
            !wl__need_integer(&high, complaint, node->items[1])) {
            return false;
        }
    } else if (wl__is_number(node)) {
        if (!wl__need_integer(&low, complaint, node)) {
            return false;
        }
        high = low;
    } else {
        return wl__complain_expected(complaint, node, "[least, most] or one whole number");
    }
    if (low > high || low < min || high > max) {
        return wl__complain(complaint, node,
                            "expected a range from %lld to %lld, the least first, found %lld to "
                            "%lld",
                            (long long)min, (long long)max, (long long)low, (long long)high);
    }
    r->recipe->min = low;
    return wl__read_by(r->reader, r->recipe, r->map, (uint64_t)(high - low) + 1);
}

static bool read_integer(const kind_reading *r) {
    return read_range(r, r->argument, -WL__INTEGER_MAX, WL__INTEGER_MAX);
}

/* Whole numbers of the smallest step: 0.00 to 9.99 are 0 to 999. */
static bool read_decimal(const kind_reading *r) {
    wl_complaint *complaint = r->reader->complaint;
    const wl__node *places = wl__member(r->map, "places");
    uint64_t digits = 2;
    double ends[2];
    if (places != NULL && !wl__need_whole(&digits, complaint, places, 1, 9)) {
        return false;
    }
    if (r->argument->kind != WL__LIST || r->argument->count != 2) {
        return wl__complain_expected(complaint, r->argument, "[least, most]");
    }
    double scale = pow(10, (double)digits);
    for (size_t i = 0; i < 2; i++) {
        double most = (double)WL__INTEGER_MAX / scale;
        if (!wl__need_number(&ends[i], complaint, r->argument->items[i], -most, most)) {
            return false;
        }
        ends[i] = round(ends[i] * scale);
    }
    if (ends[0] > ends[1]) {
        return wl__complain(complaint, r->argument, "expected the least number first");
    }
    r->recipe->step = (int64_t)digits;
    r->recipe->min = (int64_t)ends[0];
    return wl__read_by(r->reader, r->recipe, r->map, (uint64_t)(ends[1] - ends[0]) + 1);
}

static bool read_text(const kind_reading *r) {
    return read_range(r, r->argument, 1, WL__TEXT_VALUE_MAX);
}

static bool read_true(bool *value, const kind_reading *r, const char *name) {
    const wl__node *node = wl__member(r->map, name);
    *value = node != NULL && wl__is_true(node);
    if (node != NULL && !*value && !wl__is_false(node)) {
        return wl__complain_expected(r->reader->complaint, node, "true or false");
    }
    return true;
}

static bool read_words(const kind_reading *r) {
    const wl__node *join = wl__member(r->map, "join");
    r->recipe->text = pte_str(" ");
    if (join != NULL) {
        if (join->kind != WL__SCALAR) {
            return wl__complain_expected(r->reader->complaint, join, "a text");
        }
        if (!wl__escape(&r->recipe->text, r->reader, join->text)) {
            return false;
        }
    }
    if (!read_true(&r->recipe->unique, r, "unique")) {
        return false;
    }
    if (r->recipe->unique && !wl__is_number(r->argument)) {
        return wl__complain_expected(r->reader->complaint, r->argument,
                                     "one number of words, as they are to be unique");
    }
    return read_range(r, r->argument, 1, r->recipe->unique ? WL__UNIQUE_WORDS_MAX : WL__WORDS_MAX);
}

static bool read_uuid(const kind_reading *r) {
    uint64_t version = 0;
    return wl__need_whole(&version, r->reader->complaint, r->argument, 4, 4);
}

static bool read_boolean(const kind_reading *r) {
    return wl__need_number(&r->recipe->probability, r->reader->complaint, r->argument, 0, 1);
}

/* ---- choices ---- */

static bool read_weights(const kind_reading *r, size_t count) {
    const wl__node *node = wl__member(r->map, "weights");
    if (node == NULL) {
        return true;
    }
    if (!wl__need_list(r->reader->complaint, node, "weights", WL__SIZE_MAX)) {
        return false;
    }
    if (node->count != count || wl__member(r->map, "by") != NULL) {
        return wl__complain(r->reader->complaint, node,
                            "expected as many weights as choices (%zu) and no \"by\", found %zu",
                            count, node->count);
    }
    double *weights = wl__arena_array(r->reader->arena, count, sizeof *weights);
    if (weights == NULL) {
        return wl__complain_memory(r->reader->complaint);
    }
    double sum = 0;
    for (size_t i = 0; i < count; i++) {
        double weight = 0;
        if (!wl__need_number(&weight, r->reader->complaint, node->items[i], 0, 1e9)) {
            return false;
        }
        weights[i] = sum += weight;
    }
    r->recipe->weights = weights;
    return sum > 0 || wl__complain(r->reader->complaint, node, "expected a weight above 0");
}

static bool read_choice(const kind_reading *r) {
    const wl__node *choices = r->argument;
    if (!wl__need_list(r->reader->complaint, choices, "choices", WL__SIZE_MAX)) {
        return false;
    }
    if (choices->count == 0) {
        return wl__complain(r->reader->complaint, choices, "expected choices, found none");
    }
    const wl__recipe **inner = wl__room_for(r->reader, choices->count);
    if (inner == NULL) {
        return false;
    }
    for (size_t i = 0; i < choices->count; i++) {
        inner[i] = wl__read_value(r->reader, choices->items[i], r->scope);
        if (inner[i] == NULL) {
            return false;
        }
    }
    r->recipe->inner = inner;
    r->recipe->count = choices->count;
    return read_weights(r, choices->count) &&
           wl__read_by(r->reader, r->recipe, r->map, choices->count);
}

/* ---- lists and sets ---- */

static bool read_sized(const kind_reading *r) {
    const wl__node *size = wl__member(r->map, "size");
    const wl__recipe **inner = wl__room_for(r->reader, 1);
    if (inner == NULL) {
        return false;
    }
    inner[0] = wl__read_value(r->reader, r->argument, r->scope);
    r->recipe->inner = inner;
    r->recipe->count = 1;
    if (inner[0] == NULL) {
        return false;
    }
    bool set = r->recipe->kind == WL__SET_MADE;
    if (set && wl__is_compound(inner[0])) {
        return wl__complain_expected(r->reader->complaint, r->argument,
                                     "a text, number or binary as an element of a set");
    }
    if (size == NULL) {
        return wl__complain(r->reader->complaint, r->map,
                            "expected how many elements: size: [1, 5]");
    }
    return read_range(r, size, set ? 1 : 0, WL__SIZE_MAX);
}

/* ---- times ---- */

static bool read_moment(int64_t *time_ms, const kind_reading *r, const wl__node *node) {
    if (node->kind != WL__SCALAR || !wl__time_parse(time_ms, node->text)) {
        return wl__complain_expected(r->reader->complaint, node,
                                     "a time as 2024-01-31 or 2024-01-31T12:00:00");
    }
    return true;
}

static bool read_form(const kind_reading *r) {
    static const char *const forms[] = {"iso", "date", "seconds", "milliseconds", NULL};
    const wl__node *as = wl__member(r->map, "as");
    r->recipe->form = wl__member(r->map, "date") != NULL ? WL__TIME_DATE : WL__TIME_ISO;
    if (as == NULL) {
        return true;
    }
    for (size_t i = 0; forms[i] != NULL; i++) {
        if (wl__is(as, forms[i])) {
            r->recipe->form = (wl__time_form)i;
            return true;
        }
    }
    return wl__complain_unknown(r->reader->complaint, as, "form of a time", forms);
}

static bool read_step(const kind_reading *r, const wl__node *from, const wl__node *step) {
    if (!read_moment(&r->recipe->min, r, from)) {
        return false;
    }
    if (step->kind != WL__SCALAR || !wl__duration_parse(&r->recipe->step, step->text)) {
        return wl__complain_expected(r->reader->complaint, step,
                                     "a duration as 250ms, 37s, 5m, 2h or 1d");
    }
    r->recipe->by_number = true;
    return wl__read_by(r->reader, r->recipe, r->map, 1);
}

static bool read_span(const kind_reading *r, const wl__node *from, const wl__node *to) {
    int64_t end = 0;
    if (!read_moment(&r->recipe->min, r, from) || !read_moment(&end, r, to)) {
        return false;
    }
    r->recipe->step = r->recipe->form == WL__TIME_DATE ? 86400000 : 1000;
    if (end < r->recipe->min) {
        return wl__complain(r->reader->complaint, to, "expected the earlier time first");
    }
    return wl__read_by(r->reader, r->recipe, r->map,
                       (uint64_t)((end - r->recipe->min) / r->recipe->step) + 1);
}

static bool read_time(const kind_reading *r) {
    static const char *const keys[] = {"from", "step", "to", NULL};
    const wl__node *range = r->argument;
    if (!read_form(r)) {
        return false;
    }
    if (range->kind == WL__LIST && range->count == 2) {
        return read_span(r, range->items[0], range->items[1]);
    }
    if (range->kind == WL__LIST) {
        return wl__complain(r->reader->complaint, range, "expected [from, to], found %zu times",
                            range->count);
    }
    if (!wl__need_map(r->reader->complaint, range, "from and step, or from and to", keys)) {
        return false;
    }
    const wl__node *from = wl__member(range, "from");
    const wl__node *step = wl__member(range, "step");
    const wl__node *to = wl__member(range, "to");
    if (from == NULL || (step == NULL) == (to == NULL)) {
        return wl__complain(r->reader->complaint, range,
                            "expected {from: ..., step: ...} or {from: ..., to: ...}");
    }
    return step != NULL ? read_step(r, from, step) : read_span(r, from, to);
}

/* ---- items of entities ---- */

static bool read_entity(const kind_reading *r, wl__entity **entity) {
    wl__recipe *recipe = r->recipe;
    recipe->entity = r->argument->kind == WL__SCALAR
                         ? wl__find_entity(r->reader->workload, r->argument->text)
                         : SIZE_MAX;
    if (recipe->entity == SIZE_MAX) {
        wl__complain_entity(r->reader, r->argument);
        return false;
    }
    *entity = &r->reader->workload->entities[recipe->entity];
    return true;
}

static bool read_pick(const kind_reading *r) {
    wl__entity *entity = NULL;
    const wl__node *every = wl__member(r->map, "every");
    if (!read_entity(r, &entity)) {
        return false;
    }
    if (entity->shown.count == 0) {
        return wl__complain(r->reader->complaint, r->argument,
                            "expected an entity with items, found %.60s with a count of 0",
                            entity->shown.name);
    }
    if (every != NULL && wl__member(r->map, "by") != NULL) {
        return wl__complain(r->reader->complaint, every,
                            "expected either \"every\" or \"by\", found both");
    }
    if (every != NULL &&
        !wl__need_whole(&r->recipe->every, r->reader->complaint, every, 1, 1000000000)) {
        return false;
    }
    return wl__read_by(r->reader, r->recipe, r->map, entity->shown.count);
}

static bool read_new(const kind_reading *r) {
    wl__entity *entity = NULL;
    if (!read_entity(r, &entity)) {
        return false;
    }
    if (r->reader->repeats == 0) {
        return wl__complain(r->reader->complaint, r->argument,
                            "only patterns make new items; expected pick");
    }
    r->recipe->offset = entity->makers;
    entity->makers += r->reader->repeats;
    return true;
}

/* ---- all of them ---- */

static const kind kinds[] = {
    {"integer", WL__INTEGER, {"by"}, read_integer},
    {"decimal", WL__DECIMAL, {"by", "places"}, read_decimal},
    {"choice", WL__CHOICE, {"by", "weights"}, read_choice},
    {"text", WL__TEXT, {"by"}, read_text},
    {"words", WL__WORDS, {"by", "unique", "join"}, read_words},
    {"uuid", WL__UUID, {NULL}, read_uuid},
    {"time", WL__TIME, {"by", "as"}, read_time},
    {"date", WL__TIME, {"by", "as"}, read_time},
    {"boolean", WL__BOOLEAN, {NULL}, read_boolean},
    {"binary", WL__BINARY, {"by"}, read_text},
    {"list", WL__LIST_MADE, {"by", "size"}, read_sized},
    {"set", WL__SET_MADE, {"by", "size"}, read_sized},
    {"pick", WL__PICK, {"by", "every"}, read_pick},
    {"new", WL__NEW, {NULL}, read_new},
};
enum { KINDS = sizeof kinds / sizeof *kinds };

static const kind *find_kind(const wl__node *map, const wl__node **argument) {
    for (size_t i = 0; i < KINDS; i++) {
        *argument = wl__member(map, kinds[i].name);
        if (*argument != NULL) {
            return &kinds[i];
        }
    }
    return NULL;
}

static bool complain_kind(wl__reader *reader, const wl__node *map) {
    const char *names[KINDS + 1] = {NULL};
    for (size_t i = 0; i < KINDS; i++) {
        names[i] = kinds[i].name;
    }
    if (map->count == 0) {
        return wl__complain(reader->complaint, map,
                            "expected a kind of value; a map without attributes is {M: {}}");
    }
    return wl__complain_unknown(reader->complaint, map->keys[0],
                                "kind of value; a map is written {M: {...}}", names);
}

static bool check_options(wl__reader *reader, const wl__node *map, const kind *found) {
    const char *known[8] = {found->name};
    char what[80];
    snprintf(what, sizeof what, "kind %s", found->name);
    for (size_t i = 0; found->options[i] != NULL; i++) {
        known[i + 1] = found->options[i];
    }
    return wl__need_map(reader->complaint, map, what, known);
}

const wl__recipe *wl__read_kind(wl__reader *reader, const wl__node *node, const wl__scope *scope) {
    kind_reading r = {.reader = reader, .map = node, .scope = scope};
    const kind *found = find_kind(node, &r.argument);
    if (found == NULL) {
        complain_kind(reader, node);
        return NULL;
    }
    r.recipe = wl__recipe_new(reader, found->makes, node);
    if (r.recipe == NULL || !check_options(reader, node, found) || !found->read(&r)) {
        return NULL;
    }
    return r.recipe;
}
