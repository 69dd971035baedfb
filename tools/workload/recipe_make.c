/* Values and requests made from recipes. Recursion is as deep as the file and its names, which the
 * reader has limited. */
#include "workload/skim.h"

#include "workload/inside.h"

bool wl__is_compound(const wl__recipe *recipe) {
    return recipe->kind >= WL__VALUES_OF;
}

/* A value as a part of a text. A list or map of an answer is none; the reader refuses those of the
 * file. */
static pte_bytes text_of(const wl__value *value) {
    return value->type == WL__READY || value->type == WL__JSON ? (pte_bytes){0} : value->text;
}

wl__frame wl__frame_of(wl__kitchen *kitchen, const wl__scope *scope, uint64_t number) {
    return (wl__frame){
        .scope = scope,
        .number = number,
        .values = wl__arena_array(&kitchen->arena, scope->field_count + 1, sizeof(wl__value))};
}

/* ---- placeholders ---- */

static wl__value make_number(wl__kitchen *kitchen, uint64_t number) {
    char text[24];
    int len = snprintf(text, sizeof text, "%llu", (unsigned long long)number);
    return (wl__value){.type = WL__N, .text = wl__keep(kitchen, pte_view(text, (size_t)len))};
}

/* A value with a name is made once in a frame, with the frame's own salt. */
static wl__value make_field(wl__kitchen *kitchen, const wl__frame *frame, size_t slot) {
    if (frame->values == NULL) {
        return (wl__value){0};
    }
    wl__value *value = &frame->values[slot];
    if (!value->known) {
        wl__frame own = *frame;
        own.salt = frame->base_salt;
        *value = wl__make(kitchen, &own, frame->scope->fields[slot].recipe);
        value->known = true;
    }
    return *value;
}

/* A picked item's values, some of them made already; NULL without memory. */
static wl__value *look_at(wl__kitchen *kitchen, size_t entity, uint64_t number) {
    for (size_t i = 0; i < WL__LOOKED_MAX; i++) {
        const struct wl__looked *looked = &kitchen->looked[i];
        if (looked->values != NULL && looked->number == number && looked->entity == entity) {
            return looked->values;
        }
    }
    const wl__entity *of = &kitchen->workload->entities[entity];
    wl__value *values = wl__arena_array(
        &kitchen->arena, of->scope.field_count + of->attribute_count + 1, sizeof *values);
    kitchen->looked[kitchen->looked_next] = (struct wl__looked){entity, number, values};
    kitchen->looked_next = (kitchen->looked_next + 1) % WL__LOOKED_MAX;
    return values;
}

static wl__value make_hop(wl__kitchen *kitchen, const wl__value *item, const struct wl__hop *hop) {
    const wl__entity *entity = &kitchen->workload->entities[hop->entity];
    if (hop->number) {
        return make_number(kitchen, item->number);
    }
    wl__frame frame = {.scope = &entity->scope,
                       .number = item->number,
                       .values = look_at(kitchen, hop->entity, item->number)};
    if (!hop->attribute || frame.values == NULL) {
        return make_field(kitchen, &frame, hop->slot);
    }
    wl__value *value = &frame.values[entity->scope.field_count + hop->slot];
    if (!value->known) {
        *value = wl__make(kitchen, &frame, entity->attributes[hop->slot].recipe);
        value->known = true;
    }
    return *value;
}

static wl__value make_names(pte_bytes json, const wl__ref *ref) {
    for (size_t i = 0; i < ref->name_count && json.data != NULL; i++) {
        pte_bytes member = wl__skim_member(json, ref->names[i]);
        if (member.data == NULL) {
            /* An attribute that is a map: {"M": {...}}. */
            member = wl__skim_member(wl__skim_member(json, pte_str("M")), ref->names[i]);
        }
        json = member;
    }
    return wl__skim_value(json);
}

static wl__value pad(wl__kitchen *kitchen, wl__value value, size_t digits) {
    if (value.text.len >= digits || value.type == WL__READY || value.type == WL__JSON) {
        return value;
    }
    char text[32];
    memset(text, '0', sizeof text);
    if (value.text.len != 0) {
        memcpy(text + digits - value.text.len, value.text.data, value.text.len);
    }
    return (wl__value){.type = WL__S, .text = wl__keep(kitchen, pte_view(text, digits))};
}

wl__value wl__make_ref(wl__kitchen *kitchen, wl__frame *frame, const wl__ref *ref) {
    const wl__frame *in = frame;
    for (size_t i = 0; i < ref->frames_out && in->outer != NULL; i++) {
        in = in->outer;
    }
    wl__value value = {0};
    switch (ref->root) {
    case WL__ROOT_NUMBER:
        value = make_number(kitchen, frame->number);
        break;
    case WL__ROOT_LET:
        value = make_field(kitchen, in, ref->slot);
        break;
    case WL__ROOT_ELEMENT:
        value = make_names(in->element, ref);
        break;
    default:
        value = make_names(kitchen->answer, ref);
        break;
    }
    for (size_t i = 0; i < ref->hop_count; i++) {
        value = make_hop(kitchen, &value, &ref->hops[i]);
    }
    return ref->digits != 0 ? pad(kitchen, value, ref->digits) : value;
}

/* ---- values ---- */

static wl__value make_template(wl__kitchen *kitchen, wl__frame *frame, const wl__recipe *recipe) {
    wl_text text = {0};
    for (size_t i = 0; i < recipe->part_count; i++) {
        wl__text_add(&text, recipe->parts[i].text);
        if (recipe->parts[i].ref != NULL) {
            wl__value value = wl__make_ref(kitchen, frame, recipe->parts[i].ref);
            wl__text_add(&text, text_of(&value));
        }
    }
    kitchen->arena.failed = kitchen->arena.failed || text.failed;
    wl__value value = {.type = WL__S, .text = wl__keep(kitchen, wl__text_bytes(&text))};
    wl_text_clean_up(&text);
    return value;
}

static wl__value make_choice(wl__kitchen *kitchen, wl__frame *frame, const wl__recipe *recipe) {
    wl__random random = wl__random_of(kitchen, frame, recipe);
    size_t i = 0;
    if (recipe->weights != NULL) {
        double drawn = wl__random_fraction(&random) * recipe->weights[recipe->count - 1];
        while (i + 1 < recipe->count && drawn >= recipe->weights[i]) {
            i++;
        }
    } else {
        i = (size_t)wl__distribution_draw(&recipe->by, &random, frame->number);
    }
    return wl__make(kitchen, frame, recipe->inner[i]);
}

static wl__value make_compound(wl__kitchen *kitchen, wl__frame *frame, const wl__recipe *recipe) {
    wl_text text = {0};
    wl__write_attribute(&text, kitchen, frame, recipe);
    kitchen->arena.failed = kitchen->arena.failed || text.failed;
    wl__value value = {.type = WL__READY, .text = wl__keep(kitchen, wl__text_bytes(&text))};
    wl_text_clean_up(&text);
    return value;
}

wl__value wl__make(wl__kitchen *kitchen, wl__frame *frame, const wl__recipe *recipe) {
    wl__value value = {0};
    switch (recipe->kind) {
    case WL__LITERAL:
        return (wl__value){.type = recipe->type, .text = recipe->text};
    case WL__TEMPLATE:
        return make_template(kitchen, frame, recipe);
    case WL__REF:
        return wl__make_ref(kitchen, frame, recipe->ref);
    case WL__CAST:
        value = wl__make(kitchen, frame, recipe->inner[0]);
        return (wl__value){.type = recipe->type, .text = text_of(&value)};
    case WL__CHOICE:
        return make_choice(kitchen, frame, recipe);
    default:
        return wl__is_compound(recipe) ? make_compound(kitchen, frame, recipe)
                                       : wl__make_kind(kitchen, frame, recipe);
    }
}

/* ---- AttributeValues ---- */

static void write_value(wl_text *json, const wl__value *value) {
    static const char *const before[] = {[WL__S] = "{\"S\":\"",
                                         [WL__N] = "{\"N\":\"",
                                         [WL__B] = "{\"B\":\"",
                                         [WL__BOOL] = "{\"BOOL\":",
                                         [WL__NULL] = "{\"NULL\":"};
    switch (value->type) {
    case WL__S:
    case WL__N:
    case WL__B:
        wl__text_raw(json, before[value->type]);
        wl__text_add(json, value->text);
        wl__text_raw(json, "\"}");
        break;
    case WL__BOOL:
    case WL__NULL:
        wl__text_raw(json, before[value->type]);
        wl__text_add(json, value->text);
        wl__text_raw(json, "}");
        break;
    case WL__READY:
    case WL__JSON:
        wl__text_add(json, value->text);
        break;
    default:
        wl__text_raw(json, "{\"S\":\"\"}"); /* an answer had nothing there */
        break;
    }
}

static void write_name(wl_text *json, bool first, pte_bytes name) {
    wl__text_raw(json, first ? "\"" : ",\"");
    wl__text_add(json, name);
    wl__text_raw(json, "\":");
}

static void write_members(wl_text *json, wl__kitchen *kitchen, wl__frame *frame,
                          const wl__recipe *recipe) {
    wl__text_raw(json, "{");
    for (size_t i = 0; i < recipe->count; i++) {
        write_name(json, i == 0, recipe->names[i]);
        wl__write_attribute(json, kitchen, frame, recipe->inner[i]);
    }
    wl__text_raw(json, "}");
}

static void write_values(wl_text *json, wl__kitchen *kitchen, wl__frame *frame,
                         const wl__recipe *recipe) {
    wl__text_raw(json, "{\"L\":[");
    for (size_t i = 0; i < recipe->count; i++) {
        wl__text_raw(json, i == 0 ? "" : ",");
        wl__write_attribute(json, kitchen, frame, recipe->inner[i]);
    }
    wl__text_raw(json, "]}");
}

/* A frame for element i of something that is made several times. */
static wl__frame element_frame(const wl__frame *frame, uint64_t i) {
    wl__frame element = *frame;
    element.salt = wl__mix(frame->salt, i + 1) | 1;
    return element;
}

static uint64_t draw_size(const wl__kitchen *kitchen, const wl__frame *frame,
                          const wl__recipe *recipe) {
    wl__random random = wl__random_of(kitchen, frame, recipe);
    return (uint64_t)recipe->min + wl__distribution_draw(&recipe->by, &random, frame->number);
}

static void write_list_made(wl_text *json, wl__kitchen *kitchen, wl__frame *frame,
                            const wl__recipe *recipe) {
    uint64_t size = draw_size(kitchen, frame, recipe);
    wl__text_raw(json, "{\"L\":[");
    for (uint64_t i = 0; i < size; i++) {
        wl__frame element = element_frame(frame, i);
        wl__text_raw(json, i == 0 ? "" : ",");
        wl__write_attribute(json, kitchen, &element, recipe->inner[0]);
    }
    wl__text_raw(json, "]}");
}

/* A set under way: each element once. */
typedef struct set {
    pte_bytes *elements;
    size_t count;
    wl__type type;
} set;

static void add_element(set *s, const wl__value *value) {
    if (s->count == 0) {
        s->type = value->type;
    }
    for (size_t i = 0; i < s->count; i++) {
        if (pte_bytes_equal(s->elements[i], value->text)) {
            return;
        }
    }
    s->elements[s->count++] = value->text;
}

static void write_set(wl_text *json, const set *s) {
    wl__text_raw(json, s->type == WL__N   ? "{\"NS\":["
                       : s->type == WL__B ? "{\"BS\":["
                                          : "{\"SS\":[");
    for (size_t i = 0; i < s->count; i++) {
        wl__text_raw(json, i == 0 ? "\"" : ",\"");
        wl__text_add(json, s->elements[i]);
        wl__text_raw(json, "\"");
    }
    wl__text_raw(json, "]}");
}

static void make_set(wl_text *json, wl__kitchen *kitchen, wl__frame *frame,
                     const wl__recipe *recipe) {
    bool made = recipe->kind == WL__SET_MADE;
    uint64_t size = made ? draw_size(kitchen, frame, recipe) : recipe->count;
    set s = {.elements = wl__arena_array(&kitchen->arena, (size_t)size, sizeof *s.elements)};
    for (uint64_t i = 0; i < size && s.elements != NULL; i++) {
        wl__frame element = made ? element_frame(frame, i) : *frame;
        wl__value value = wl__make(kitchen, &element, recipe->inner[made ? 0 : i]);
        add_element(&s, &value);
    }
    write_set(json, &s);
}

void wl__write_attribute(wl_text *json, wl__kitchen *kitchen, wl__frame *frame,
                         const wl__recipe *recipe) {
    wl__value value;
    switch (recipe->kind) {
    case WL__MEMBERS_OF:
        wl__text_raw(json, "{\"M\":");
        write_members(json, kitchen, frame, recipe);
        wl__text_raw(json, "}");
        break;
    case WL__VALUES_OF:
        write_values(json, kitchen, frame, recipe);
        break;
    case WL__LIST_MADE:
        write_list_made(json, kitchen, frame, recipe);
        break;
    case WL__SET_MADE:
    case WL__SET_OF:
        make_set(json, kitchen, frame, recipe);
        break;
    default:
        value = wl__make(kitchen, frame, recipe);
        write_value(json, &value);
        break;
    }
}

/* ---- requests ---- */

static void write_plain(wl_text *json, const wl__value *value) {
    bool quotes = value->type == WL__S || value->type == WL__B || value->type == WL__ABSENT;
    wl__text_raw(json, quotes ? "\"" : "");
    wl__text_add(json, value->type == WL__NULL ? pte_str("null") : value->text);
    wl__text_raw(json, quotes ? "\"" : "");
}

/* An array under way; what is equal to something in it is taken back, since DynamoDB refuses keys
 * that stand twice. */
typedef struct array {
    wl_text *json;
    size_t *ends; /* of its elements; the first is its beginning */
    size_t count;
} array;

static bool begin_array(array *a, wl_text *json, wl__kitchen *kitchen, size_t most) {
    wl__text_raw(json, "[");
    a->json = json;
    a->count = 0;
    a->ends = wl__arena_array(&kitchen->arena, most + 1, sizeof *a->ends);
    if (a->ends != NULL) {
        a->ends[0] = json->len;
    }
    return a->ends != NULL;
}

static void end_element(array *a) {
    wl_text *json = a->json;
    size_t begin = a->ends[a->count] + (a->count != 0);
    for (size_t i = 0; i < a->count && !json->failed; i++) {
        size_t earlier = a->ends[i] + (i != 0);
        if (pte_bytes_equal(pte_view(json->data + earlier, a->ends[i + 1] - earlier),
                            pte_view(json->data + begin, json->len - begin))) {
            json->len = a->ends[a->count];
            return;
        }
    }
    a->ends[++a->count] = json->len;
}

static wl__frame inner_frame(wl__kitchen *kitchen, const wl__frame *frame, const wl__recipe *recipe,
                             uint64_t i) {
    wl__frame inner = wl__frame_of(kitchen, recipe->scope, frame->number);
    inner.outer = frame;
    inner.base_salt = inner.salt = wl__mix(frame->salt, i + 1) | 1;
    return inner;
}

static void write_each(wl_text *json, wl__kitchen *kitchen, wl__frame *frame,
                       const wl__recipe *recipe) {
    array a;
    if (!begin_array(&a, json, kitchen, kitchen->element_most)) {
        return;
    }
    size_t i = kitchen->element_next;
    for (; i < kitchen->element_count && a.count < kitchen->element_most; i++) {
        wl__frame inner = inner_frame(kitchen, frame, recipe, i);
        inner.index = frame->index;
        inner.element = kitchen->elements[i];
        wl__text_raw(json, a.count == 0 ? "" : ",");
        wl__write_json(json, kitchen, &inner, recipe->inner[0]);
        end_element(&a);
    }
    kitchen->element_next = i;
    wl__text_raw(json, "]");
}

static void write_repeat(wl_text *json, wl__kitchen *kitchen, wl__frame *frame,
                         const wl__recipe *recipe) {
    array a;
    uint64_t most = (uint64_t)recipe->min + recipe->by.count - 1;
    uint64_t size = draw_size(kitchen, frame, recipe);
    if (!begin_array(&a, json, kitchen, (size_t)size)) {
        return;
    }
    for (uint64_t i = 0; i < size; i++) {
        wl__frame inner = inner_frame(kitchen, frame, recipe, i);
        inner.index = frame->index * most + i;
        wl__text_raw(json, a.count == 0 ? "" : ",");
        wl__write_json(json, kitchen, &inner, recipe->inner[0]);
        end_element(&a);
    }
    wl__text_raw(json, "]");
}

static void write_object(wl_text *json, wl__kitchen *kitchen, wl__frame *frame,
                         const wl__recipe *recipe) {
    bool names = recipe->kind == WL__OBJECT;
    wl__text_raw(json, names ? "{" : "[");
    for (size_t i = 0; i < recipe->count; i++) {
        if (names) {
            write_name(json, i == 0, recipe->names[i]);
        } else {
            wl__text_raw(json, i == 0 ? "" : ",");
        }
        wl__write_json(json, kitchen, frame, recipe->inner[i]);
    }
    wl__text_raw(json, names ? "}" : "]");
}

void wl__write_json(wl_text *json, wl__kitchen *kitchen, wl__frame *frame,
                    const wl__recipe *recipe) {
    wl__value value;
    switch (recipe->kind) {
    case WL__ATTRIBUTES:
        write_members(json, kitchen, frame, recipe);
        break;
    case WL__ATTRIBUTE:
        wl__write_attribute(json, kitchen, frame, recipe->inner[0]);
        break;
    case WL__OBJECT:
    case WL__ARRAY:
        write_object(json, kitchen, frame, recipe);
        break;
    case WL__EACH:
        write_each(json, kitchen, frame, recipe);
        break;
    case WL__REPEAT:
        write_repeat(json, kitchen, frame, recipe);
        break;
    default:
        value = wl__make(kitchen, frame, recipe);
        write_plain(json, &value);
        break;
    }
}

void wl_item_make(wl_text *json, const wl_workload *workload, size_t entity, uint64_t n) {
    const wl__entity *of = &workload->entities[entity];
    wl__kitchen kitchen = {.workload = workload, .arena = {.bytes_max = WL__ARENA_BYTES_MAX}};
    wl__text_reset(json);
    wl__frame frame = wl__frame_of(&kitchen, &of->scope, n);
    wl__write_json(json, &kitchen, &frame, of->item);
    json->failed = json->failed || kitchen.arena.failed;
    wl__arena_clean_up(&kitchen.arena);
}
