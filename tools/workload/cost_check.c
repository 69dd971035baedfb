/*
 * What the file asks for must be made in bounded time and depth: no value is made from itself, no
 * chain of names is long, no item or request takes too many steps. Also here, since all recipes are
 * known: what stands in a text is a text.
 */
#include "workload/inside.h"

typedef struct check {
    wl__reader *reader;
    size_t depth;
} check;

static bool check_recipe(check *c, size_t *cost, size_t *chain, const wl__recipe *recipe,
                         const wl__scope *scope);

static size_t sum(size_t a, size_t b) {
    return a < WL__COST_MAX && b < WL__COST_MAX ? a + b : 2 * (size_t)WL__COST_MAX;
}

static size_t product(size_t a, uint64_t b) {
    return b == 0 ? 0 : a > 2 * (size_t)WL__COST_MAX / b ? 2 * (size_t)WL__COST_MAX : a * (size_t)b;
}

/* ---- values with names ---- */

static bool check_field(check *c, wl__field *field, const wl__scope *scope) {
    wl_complaint *complaint = c->reader->complaint;
    if (field->state == 2) {
        return true;
    }
    if (field->state == 1) {
        return wl__complain(complaint, field->node, "the value %.60s is made from itself",
                            field->name);
    }
    if (c->depth == WL__CHAIN_MAX) {
        return wl__complain(complaint, field->node,
                            "expected at most %d values that are made from one another, found more",
                            WL__CHAIN_MAX);
    }
    field->state = 1;
    c->depth++;
    if (!check_recipe(c, &field->cost, &field->chain, field->recipe, scope)) {
        return false;
    }
    c->depth--;
    field->chain++;
    field->state = 2;
    if (field->chain > WL__CHAIN_MAX) {
        return wl__complain(complaint, field->node,
                            "expected at most %d values that are made from one another, found more",
                            WL__CHAIN_MAX);
    }
    return field->cost <= WL__COST_MAX ||
           wl__complain(complaint, field->node, "the value %.60s takes too many steps or bytes",
                        field->name);
}

static const wl__scope *scope_out(const wl__scope *scope, const wl__ref *ref) {
    for (size_t i = 0; i < ref->frames_out; i++) {
        scope = scope->outer;
    }
    return scope;
}

static wl__field *hop_field(const check *c, const struct wl__hop *hop, const wl__scope **scope) {
    const wl__entity *entity = &c->reader->workload->entities[hop->entity];
    *scope = &entity->scope;
    return hop->number      ? NULL
           : hop->attribute ? &entity->attributes[hop->slot]
                            : &entity->scope.fields[hop->slot];
}

/* What a placeholder ends at; NULL: no value of the file. */
static const wl__field *end_of(const check *c, const wl__ref *ref, const wl__scope *scope) {
    if (ref->hop_count != 0) {
        return hop_field(c, &ref->hops[ref->hop_count - 1], &scope);
    }
    return ref->root == WL__ROOT_LET ? &scope_out(scope, ref)->fields[ref->slot] : NULL;
}

static bool add_field(check *c, size_t *cost, size_t *chain, wl__field *field,
                      const wl__scope *scope) {
    if (!check_field(c, field, scope)) {
        return false;
    }
    *cost = sum(*cost, field->cost);
    *chain = field->chain > *chain ? field->chain : *chain;
    return true;
}

static bool check_ref(check *c, size_t *cost, size_t *chain, const wl__ref *ref,
                      const wl__scope *scope) {
    *cost = sum(*cost, 1);
    if (ref->root == WL__ROOT_LET) {
        const wl__scope *in = scope_out(scope, ref);
        if (!add_field(c, cost, chain, &in->fields[ref->slot], in)) {
            return false;
        }
    }
    for (size_t i = 0; i < ref->hop_count; i++) {
        const wl__scope *in = NULL;
        wl__field *field = hop_field(c, &ref->hops[i], &in);
        if (field != NULL && !add_field(c, cost, chain, field, in)) {
            return false;
        }
    }
    return true;
}

/* ---- texts ---- */

/* The value's chain is checked already, so this ends. */
static bool is_text(const check *c, const wl__recipe *recipe, const wl__scope *scope) {
    if (recipe->kind == WL__REF) {
        const wl__field *field = end_of(c, recipe->ref, scope);
        const wl__scope *in = scope;
        if (recipe->ref->hop_count != 0) {
            hop_field(c, &recipe->ref->hops[recipe->ref->hop_count - 1], &in);
        } else {
            in = scope_out(scope, recipe->ref);
        }
        return field == NULL || is_text(c, field->recipe, in);
    }
    for (size_t i = 0; recipe->kind == WL__CHOICE && i < recipe->count; i++) {
        if (!is_text(c, recipe->inner[i], scope)) {
            return false;
        }
    }
    return !wl__is_compound(recipe);
}

static bool need_text(const check *c, const wl__recipe *part, const wl__recipe *in,
                      const wl__scope *scope) {
    return is_text(c, part, scope) ||
           wl__complain(
               c->reader->complaint, in->at,
               "expected values that are texts or numbers in it, found a list, map or set");
}

static bool check_texts(const check *c, const wl__recipe *recipe, const wl__scope *scope) {
    bool inner =
        recipe->kind == WL__CAST || recipe->kind == WL__SET_MADE || recipe->kind == WL__SET_OF;
    for (size_t i = 0; inner && i < recipe->count; i++) {
        if (!need_text(c, recipe->inner[i], recipe, scope)) {
            return false;
        }
    }
    for (size_t i = 0; recipe->kind == WL__TEMPLATE && i < recipe->part_count; i++) {
        const wl__recipe part = {.kind = WL__REF, .ref = recipe->parts[i].ref};
        if (part.ref != NULL && !need_text(c, &part, recipe, scope)) {
            return false;
        }
    }
    return true;
}

/* ---- recipes ---- */

/* How much one making costs, beside what is inside. */
static size_t own_cost(const wl__recipe *recipe) {
    uint64_t most = (uint64_t)recipe->min + recipe->by.count;
    switch (recipe->kind) {
    case WL__TEXT:
    case WL__BINARY:
        return (size_t)(most / 16) + 1;
    case WL__WORDS:
        return (size_t)most;
    case WL__LITERAL:
        return recipe->text.len / 16 + 1;
    default:
        return 1;
    }
}

static uint64_t times(const wl__recipe *recipe) {
    switch (recipe->kind) {
    case WL__LIST_MADE:
    case WL__SET_MADE:
    case WL__REPEAT:
        return (uint64_t)recipe->min + recipe->by.count - 1;
    default:
        return 1;
    }
}

static bool check_recipe(check *c, size_t *cost, size_t *chain, const wl__recipe *recipe,
                         const wl__scope *scope) {
    const wl__scope *in = recipe->scope != NULL ? recipe->scope : scope;
    size_t inner = 0;
    *cost = own_cost(recipe);
    if (recipe->kind == WL__REF && !check_ref(c, cost, chain, recipe->ref, scope)) {
        return false;
    }
    for (size_t i = 0; recipe->kind == WL__TEMPLATE && i < recipe->part_count; i++) {
        const wl__part *part = &recipe->parts[i];
        *cost = sum(*cost, part->text.len / 16);
        if (part->ref != NULL && !check_ref(c, cost, chain, part->ref, scope)) {
            return false;
        }
    }
    for (size_t i = 0; recipe->scope != NULL && i < in->field_count; i++) {
        if (!check_field(c, &in->fields[i], in)) {
            return false;
        }
    }
    for (size_t i = 0; i < recipe->count; i++) {
        size_t one = 0;
        if (!check_recipe(c, &one, chain, recipe->inner[i], in)) {
            return false;
        }
        inner = sum(inner, one);
    }
    *cost = sum(*cost, product(inner, times(recipe)));
    return check_texts(c, recipe, scope);
}

static bool check_fields(check *c, wl__field *fields, size_t count, const wl__scope *scope) {
    for (size_t i = 0; i < count; i++) {
        if (!check_field(c, &fields[i], scope)) {
            return false;
        }
    }
    return true;
}

static bool check_whole(check *c, const wl__recipe *recipe, const wl__scope *scope) {
    size_t cost = 0, chain = 0;
    return check_recipe(c, &cost, &chain, recipe, scope) &&
           (cost <= WL__COST_MAX ||
            wl__complain(c->reader->complaint, recipe->at, "it takes too many steps or bytes"));
}

bool wl__check_costs(wl__reader *reader) {
    check c = {.reader = reader};
    const wl_workload *w = reader->workload;
    for (size_t i = 0; i < w->entity_count; i++) {
        const wl__entity *e = &w->entities[i];
        if (!check_fields(&c, e->scope.fields, e->scope.field_count, &e->scope) ||
            !check_fields(&c, e->attributes, e->attribute_count, &e->scope) ||
            !check_whole(&c, e->item, &e->scope)) {
            return false;
        }
    }
    for (size_t i = 0; i < w->pattern_count; i++) {
        const wl__pattern *p = &w->patterns[i];
        if (!check_fields(&c, p->scope.fields, p->scope.field_count, &p->scope)) {
            return false;
        }
        for (size_t s = 0; s < p->shown.step_count; s++) {
            if (!check_whole(&c, p->steps[s].request, s == 0 ? &p->scope : &p->after)) {
                return false;
            }
        }
    }
    return true;
}
