/* Both directions between model and engine, by the engine's public calls alone. */
#include "bridge.h"

#include <stdlib.h>

/* Elements of maps and sets may be given in any order; this walks them in a random one. */
static void shuffle(world *w, size_t *order, size_t count) {
    for (size_t i = 0; i < count; i++) {
        size_t other = world_below(w, i + 1);
        order[i] = order[other];
        order[other] = i;
    }
}

static void build_value(world *w, pte_builder *builder, const model_value *value);

static void build_elements(world *w, pte_builder *builder, const model_value *value) {
    size_t *order = model_alloc(value->count * sizeof *order);
    shuffle(w, order, value->count);
    for (size_t i = 0; i < value->count; i++) {
        size_t at = value->type == PTE_TYPE_L ? i : order[i];
        if (value->type == PTE_TYPE_M) {
            pte_builder_name(builder, value->names[at]);
        }
        build_value(w, builder, &value->elements[at]);
    }
    free(order);
}

static void build_value(world *w, pte_builder *builder, const model_value *value) {
    char text[MODEL_NUMBER_TEXT_MAX];
    switch (value->type) {
    case PTE_TYPE_S:
        pte_builder_string(builder, value->bytes);
        break;
    case PTE_TYPE_N:
        pte_builder_number(builder, gen_scalar(w, value, text).bytes);
        break;
    case PTE_TYPE_B:
        pte_builder_binary(builder, value->bytes);
        break;
    case PTE_TYPE_BOOL:
        pte_builder_boolean(builder, value->boolean);
        break;
    case PTE_TYPE_NULL:
        pte_builder_null(builder);
        break;
    default:
        pte_builder_begin(builder, value->type);
        build_elements(w, builder, value);
        pte_builder_end(builder);
        break;
    }
}

pte_item bridge_build(world *w, pte_builder *builder, const model_item *item) {
    pte_error error;
    pte_item built = {0};
    pte_builder_reset(builder);
    build_elements(w, builder, &item->map);
    WORLD_OK(w, pte_builder_item(&built, builder, &error));
    return built;
}

bool bridge_read_value(model_value *out, const pte_value *value) {
    switch (value->type) {
    case PTE_TYPE_S:
    case PTE_TYPE_N:
    case PTE_TYPE_B:
        *out = model_scalar(value->type, value->bytes);
        return true;
    case PTE_TYPE_BOOL:
        *out = model_boolean(value->boolean);
        return true;
    case PTE_TYPE_NULL:
        *out = model_null();
        return true;
    case PTE_TYPE_NONE:
        return false;
    default:
        break;
    }
    *out = model_container(value->type);
    pte_iter iter;
    pte_status status = pte_value_iterate(&iter, value, NULL);
    while (status == PTE_OK) {
        pte_bytes name;
        pte_value element;
        model_value copy;
        status = pte_iter_next(&iter, &name, &element, NULL);
        if (status == PTE_OK &&
            (!bridge_read_value(&copy, &element) || !model_value_add(out, name, copy))) {
            status = PTE_CORRUPT;
        }
    }
    if (status != PTE_END || out->count != value->count) {
        model_value_clean_up(out);
        return false;
    }
    return true;
}

model_item *bridge_read_item(const pte_item *item) {
    pte_value map;
    model_item *copy = model_item_new();
    if (pte_item_value(&map, item, NULL) != PTE_OK || !bridge_read_value(&copy->map, &map)) {
        model_item_release(copy);
        return NULL;
    }
    return copy;
}

/* Inside the item everything stands in the canonical order: maps by name, sets by value. */
static bool same_value(const pte_value *value, const model_value *expected) {
    if (value->type != expected->type || value->count != expected->count) {
        return false;
    }
    switch (value->type) {
    case PTE_TYPE_S:
    case PTE_TYPE_N:
    case PTE_TYPE_B:
        return pte_bytes_equal(value->bytes, expected->bytes);
    case PTE_TYPE_BOOL:
        return value->boolean == expected->boolean;
    case PTE_TYPE_NULL:
        return true;
    default:
        break;
    }
    pte_iter iter;
    if (pte_value_iterate(&iter, value, NULL) != PTE_OK) {
        return false;
    }
    pte_bytes name;
    pte_value element;
    for (size_t i = 0; i < expected->count; i++) {
        if (pte_iter_next(&iter, &name, &element, NULL) != PTE_OK ||
            (value->type == PTE_TYPE_M && !pte_bytes_equal(name, expected->names[i])) ||
            !same_value(&element, &expected->elements[i])) {
            return false;
        }
    }
    return pte_iter_next(&iter, &name, &element, NULL) == PTE_END;
}

static const model_value *find_named(const model_item *item, pte_bytes name) {
    for (size_t i = 0; i < item->map.count; i++) {
        if (pte_bytes_equal(item->map.names[i], name)) {
            return &item->map.elements[i];
        }
    }
    return NULL;
}

bool bridge_same(const pte_item *item, const model_item *expected) {
    pte_iter iter;
    pte_bytes name;
    pte_value value;
    pte_status status = pte_item_iterate(&iter, item, NULL);
    size_t count = 0;
    while (status == PTE_OK && (status = pte_iter_next(&iter, &name, &value, NULL)) == PTE_OK) {
        const model_value *mine = find_named(expected, name);
        if (mine == NULL || !same_value(&value, mine)) {
            return false;
        }
        count++;
    }
    return status == PTE_END && count == expected->map.count;
}

void bridge_expect(world *w, const pte_item *item, const model_item *expected, const char *what) {
    pte_error error;
    size_t size = 0;
    if (!bridge_same(item, expected)) {
        char found_text[1600], expected_text[1600];
        model_item *found = bridge_read_item(item);
        model_item_print(found_text, sizeof found_text, found);
        model_item_print(expected_text, sizeof expected_text, expected);
        model_item_release(found);
        world_fail(w, "%s is not the model's item\n  expected %s\n  found    %s", what,
                   expected_text, found_text);
    }
    WORLD_OK(w, pte_item_validate(item, &error));
    WORLD_OK(w, pte_item_size_bytes(&size, item, &error));
    if (size != model_item_size(expected) || (item->size_bytes != 0 && item->size_bytes != size)) {
        world_fail(w, "%s: size is %zu by the model, %zu by pte_item_size_bytes, %zu in size_bytes",
                   what, model_item_size(expected), size, item->size_bytes);
    }
}

static bool read_attribute(model_value *out, const pte_item *item, const char *name) {
    pte_value value;
    return pte_item_find(&value, item, pte_str(name), NULL) == PTE_OK &&
           bridge_read_value(out, &value);
}

model_item *bridge_find(const model_table *table, const pte_item *item) {
    model_value hash = {0}, range = {0};
    model_item *found = NULL;
    if (read_attribute(&hash, item, table->hash.name) &&
        (table->range.name == NULL || read_attribute(&range, item, table->range.name))) {
        found = model_get(table, &hash, &range);
    }
    model_value_clean_up(&hash);
    model_value_clean_up(&range);
    return found;
}

pte_key_attribute bridge_key(const model_key *key) {
    pte_key_attribute none = {0};
    return key->name == NULL ? none : (pte_key_attribute){pte_str(key->name), key->type};
}

pte_index_spec bridge_index(const model_index *index, bridge_index_space *space) {
    pte_index_spec spec = {
        .name = pte_str(index->name),
        .kind = index->kind,
        .hash_count = index->hash_count,
        .range_count = index->range_count,
        .projection = index->projection,
        .include = space->include,
        .include_count = index->include_count,
    };
    for (size_t i = 0; i < index->hash_count; i++) {
        spec.hash[i] = bridge_key(&index->hash[i]);
    }
    for (size_t i = 0; i < index->range_count; i++) {
        spec.range[i] = bridge_key(&index->range[i]);
    }
    for (size_t i = 0; i < index->include_count; i++) {
        space->include[i] = pte_str(index->include[i]);
    }
    return spec;
}

pte_table_spec bridge_table(const model_table *table, bridge_table_space *space) {
    for (size_t i = 0; i < table->index_count; i++) {
        space->indexes[i] = bridge_index(&table->indexes[i], &space->includes[i]);
    }
    return (pte_table_spec){
        .name = pte_str(table->name),
        .hash = bridge_key(&table->hash),
        .range = bridge_key(&table->range),
        .indexes = space->indexes,
        .index_count = table->index_count,
        .changes = table->changes,
        .change_shards = (unsigned)(strlen(table->name) + table->changes) % 6,
        .ttl_attribute = table->ttl != NULL ? pte_str(table->ttl) : pte_view(NULL, 0),
        .user_data = pte_str(table->user_data),
    };
}
