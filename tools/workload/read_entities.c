/* Entities: first all their names, so that each can refer to any, then their values. */
#include "workload/inside.h"

static const char *const keys[] = {"table", "count", "let", "item", NULL};
static const uint64_t count_max = 10000000000;

size_t wl__find_entity(const wl_workload *workload, pte_bytes name) {
    for (size_t i = 0; i < workload->entity_count; i++) {
        if (pte_bytes_equal(pte_str(workload->entities[i].shown.name), name)) {
            return i;
        }
    }
    return SIZE_MAX;
}

bool wl__complain_entity(wl__reader *reader, const wl__node *node) {
    const char *names[WL_ENTITIES_MAX + 1] = {NULL};
    for (size_t i = 0; i < reader->workload->entity_count; i++) {
        names[i] = reader->workload->entities[i].shown.name;
    }
    return wl__complain_unknown(reader->complaint, node, "entity", names);
}

static bool need_members(wl__reader *reader, const wl__node *node) {
    static const char *const needed[] = {"table", "count", "item", NULL};
    for (size_t i = 0; needed[i] != NULL; i++) {
        if (wl__member(node, needed[i]) == NULL) {
            return wl__complain(reader->complaint, node, "expected \"%s\" in an entity, found none",
                                needed[i]);
        }
    }
    return true;
}

static bool read_heads(wl__reader *reader, wl__entity *entity, const wl__node *key,
                       const wl__node *node) {
    if (!wl__need_text(&entity->shown.name, reader->complaint, key, "an entity's name") ||
        !wl__need_map(reader->complaint, node, "an entity", keys) || !need_members(reader, node)) {
        return false;
    }
    entity->node = node;
    entity->shown.line = key->line;
    return wl__need_table(&entity->shown.table, reader, wl__member(node, "table")) &&
           wl__need_whole(&entity->shown.count, reader->complaint, wl__member(node, "count"), 0,
                          count_max);
}

/* The names of its let and of its attributes. */
static bool read_names(wl__reader *reader, wl__entity *entity) {
    const wl__node *item = wl__member(entity->node, "item");
    if (!wl__read_let(reader, &entity->scope, wl__member(entity->node, "let")) ||
        !wl__need_map(reader->complaint, item, "attributes and their values", NULL)) {
        return false;
    }
    entity->attributes = wl__arena_array(reader->arena, item->count + 1, sizeof(wl__field));
    if (entity->attributes == NULL) {
        return wl__complain_memory(reader->complaint);
    }
    for (size_t i = 0; i < item->count; i++) {
        entity->attributes[i] = (wl__field){.name = (const char *)item->keys[i]->text.data,
                                            .node = item->items[i],
                                            .picks = SIZE_MAX};
    }
    entity->attribute_count = item->count;
    return true;
}

static bool need_key(wl__reader *reader, const wl__entity *entity, const wl_key *key) {
    const wl__node *item = wl__member(entity->node, "item");
    for (size_t i = 0; i < key->count; i++) {
        if (wl__member(item, key->names[i]) == NULL) {
            return wl__complain(reader->complaint, item,
                                "expected the key attribute \"%.60s\" of the table %.60s in the "
                                "item, found none",
                                key->names[i], reader->workload->tables[entity->shown.table].name);
        }
    }
    return true;
}

static bool read_values(wl__reader *reader, wl__entity *entity) {
    const wl_table *table = &reader->workload->tables[entity->shown.table];
    reader->stream = wl__hash(1, pte_str(entity->shown.name));
    reader->drawn = 0;
    reader->repeats = 0;
    if (!need_key(reader, entity, &table->hash) || !need_key(reader, entity, &table->range) ||
        !wl__read_fields(reader, &entity->scope)) {
        return false;
    }
    entity->item = wl__read_attributes(reader, wl__member(entity->node, "item"), &entity->scope);
    for (size_t i = 0; entity->item != NULL && i < entity->attribute_count; i++) {
        entity->attributes[i].recipe = entity->item->inner[i];
    }
    return entity->item != NULL;
}

bool wl__read_entities(wl__reader *reader, const wl__node *node) {
    wl_workload *w = reader->workload;
    if (node == NULL) {
        return true;
    }
    if (!wl__need_map(reader->complaint, node, "entities by their names", NULL)) {
        return false;
    }
    if (node->count > WL_ENTITIES_MAX) {
        return wl__complain(reader->complaint, node, "expected at most %d entities, found %zu",
                            WL_ENTITIES_MAX, node->count);
    }
    w->entities = wl__arena_array(reader->arena, node->count + 1, sizeof *w->entities);
    if (w->entities == NULL) {
        return wl__complain_memory(reader->complaint);
    }
    for (; w->entity_count < node->count; w->entity_count++) {
        size_t i = w->entity_count;
        if (!read_heads(reader, &w->entities[i], node->keys[i], node->items[i])) {
            return false;
        }
    }
    for (size_t i = 0; i < w->entity_count; i++) {
        if (!read_names(reader, &w->entities[i])) {
            return false;
        }
    }
    for (size_t i = 0; i < w->entity_count; i++) {
        if (!read_values(reader, &w->entities[i])) {
            return false;
        }
    }
    return true;
}
