/* Catalog rows as schemas: reading a row, numbering the names, ordering images. */
#include "table/schema.h"

#include <stdlib.h>

enum { SCHEMA_BLOCK_BYTES = 1024 };

/* A row being read; the first failure is kept. */
typedef struct parse {
    pte__schema *schema;
    pte_error *error;
    pte_status status;
    pte_bytes *names; /* the slots so far */
    size_t names_max;
} parse;

static void fail(parse *p, pte_status status, const char *what) {
    if (p->status == PTE_OK) {
        p->status = status == PTE_OUT_OF_MEMORY
                        ? pte__fail_memory(p->error)
                        : pte__fail(p->error, status, "the catalog row of table \"%.*s\": %s",
                                    PTE__SHOW(p->schema->info.spec.name), what);
    }
}

static pte_value member(parse *p, const pte_value *map, const char *name, pte_type type) {
    pte_value value = {0};
    if (p->status == PTE_OK) {
        pte_status status = pte_value_find(&value, map, pte_str(name), NULL);
        if (status != PTE_OK || value.type != type) {
            fail(p, PTE_CORRUPT, name);
            value = (pte_value){0};
        }
    }
    return value;
}

static uint64_t number(parse *p, const pte_value *map, const char *name, uint64_t max) {
    pte_value value = member(p, map, name, PTE_TYPE_N);
    uint64_t result = 0;
    for (size_t i = 0; i < value.bytes.len && p->status == PTE_OK; i++) {
        unsigned digit = (unsigned)value.bytes.data[i] - '0';
        if (digit > 9 || digit > max || result > (max - digit) / 10) {
            fail(p, PTE_CORRUPT, name);
            return 0;
        }
        result = result * 10 + digit;
    }
    return result;
}

static pte_bytes bytes(parse *p, const pte_value *map, const char *name, pte_type type) {
    return member(p, map, name, type).bytes;
}

static void *allocate(parse *p, size_t count, size_t size) {
    void *memory = p->status == PTE_OK ? pte__arena_alloc(&p->schema->arena, count * size) : NULL;
    if (memory == NULL) {
        fail(p, PTE_OUT_OF_MEMORY, "");
        return NULL;
    }
    memset(memory, 0, count * size);
    return memory;
}

/* Reads a list of at most max key attributes. */
static size_t attributes(parse *p, const pte_value *map, const char *name, pte_key_attribute *out,
                         size_t max) {
    pte_value list = member(p, map, name, PTE_TYPE_L);
    pte_iter iter;
    pte_value element;
    if (p->status != PTE_OK || pte_value_iterate(&iter, &list, NULL) != PTE_OK ||
        list.count > max) {
        fail(p, PTE_CORRUPT, name);
        return 0;
    }
    for (size_t i = 0; i < list.count && p->status == PTE_OK; i++) {
        if (pte_iter_next(&iter, NULL, &element, NULL) != PTE_OK || element.type != PTE_TYPE_M) {
            fail(p, PTE_CORRUPT, name);
            return 0;
        }
        out[i].name = bytes(p, &element, "name", PTE_TYPE_S);
        out[i].type = (pte_type)number(p, &element, "type", PTE_TYPE_B);
    }
    return list.count;
}

static void includes(parse *p, const pte_value *map, pte_index_spec *spec) {
    pte_value list = member(p, map, "include", PTE_TYPE_L);
    pte_iter iter;
    if (p->status != PTE_OK || pte_value_iterate(&iter, &list, NULL) != PTE_OK ||
        list.count > PTE_INCLUDES_MAX) {
        fail(p, PTE_CORRUPT, "include");
        return;
    }
    pte_bytes *names = allocate(p, list.count, sizeof *names);
    for (size_t i = 0; i < list.count && p->status == PTE_OK; i++) {
        pte_value element;
        if (pte_iter_next(&iter, NULL, &element, NULL) != PTE_OK || element.type != PTE_TYPE_S) {
            fail(p, PTE_CORRUPT, "include");
            return;
        }
        names[i] = element.bytes;
    }
    spec->include = names;
    spec->include_count = list.count;
}

static void index_info(parse *p, const pte_value *map, pte_index_info *info) {
    pte_index_spec *spec = &info->spec;
    spec->name = bytes(p, map, "name", PTE_TYPE_S);
    info->id = (uint32_t)number(p, map, "id", UINT32_MAX);
    spec->kind = (pte_index_kind)number(p, map, "kind", PTE_INDEX_LOCAL);
    info->state = (pte_index_state)number(p, map, "state", PTE_INDEX_CREATING);
    spec->hash_count = attributes(p, map, "hash", spec->hash, PTE_KEY_ATTRIBUTES_MAX);
    spec->range_count = attributes(p, map, "range", spec->range, PTE_KEY_ATTRIBUTES_MAX);
    spec->projection = (pte_projection)number(p, map, "projection", PTE_PROJECT_INCLUDE);
    spec->user_data = bytes(p, map, "user data", PTE_TYPE_B);
    includes(p, map, spec);
}

static void indexes_info(parse *p, const pte_value *row) {
    pte_value list = member(p, row, "indexes", PTE_TYPE_L);
    pte_iter iter;
    if (p->status != PTE_OK || pte_value_iterate(&iter, &list, NULL) != PTE_OK ||
        list.count > PTE_INDEXES_MAX) {
        fail(p, PTE_CORRUPT, "indexes");
        return;
    }
    pte_index_info *infos = allocate(p, list.count, sizeof *infos);
    for (size_t i = 0; i < list.count && p->status == PTE_OK; i++) {
        pte_value element;
        if (pte_iter_next(&iter, NULL, &element, NULL) != PTE_OK || element.type != PTE_TYPE_M) {
            fail(p, PTE_CORRUPT, "indexes");
            return;
        }
        index_info(p, &element, &infos[i]);
    }
    p->schema->info.indexes = infos;
    p->schema->info.index_count = list.count;
}

static void table_info(parse *p, const pte_value *row) {
    pte_table_info *info = &p->schema->info;
    info->id = (uint32_t)number(p, row, "id", UINT32_MAX);
    info->version = number(p, row, "version", UINT64_MAX);
    if (attributes(p, row, "hash", &info->spec.hash, 1) != 1) {
        fail(p, PTE_CORRUPT, "hash");
    }
    (void)attributes(p, row, "range", &info->spec.range, 1);
    info->spec.changes =
        (pte_change_images)number(p, row, "changes", PTE_CHANGES_NEW_AND_OLD_IMAGES);
    info->stream_id = (uint32_t)number(p, row, "stream id", UINT32_MAX);
    info->spec.change_shards = (unsigned)number(p, row, "stream shards", PTE_SHARDS_MAX);
    info->stream_begun_ms = (int64_t)number(p, row, "stream begun", INT64_MAX);
    info->spec.ttl_attribute = bytes(p, row, "ttl attribute", PTE_TYPE_S);
    p->schema->ttl_id = (uint32_t)number(p, row, "ttl id", UINT32_MAX);
    info->ttl_state = (pte_index_state)number(p, row, "ttl state", PTE_INDEX_CREATING);
    info->spec.user_data = bytes(p, row, "user data", PTE_TYPE_B);
    indexes_info(p, row);
}

/* The slot of a name, a new one if it has none yet. */
static uint16_t slot_for(parse *p, pte_bytes name) {
    pte__schema *schema = p->schema;
    if ((schema->name_mask & pte__name_bit(name)) != 0) {
        for (size_t i = 0; i < schema->name_count; i++) {
            if (pte_bytes_equal(p->names[i], name)) {
                return (uint16_t)i;
            }
        }
    }
    schema->name_mask |= pte__name_bit(name);
    p->names[schema->name_count] = name;
    return (uint16_t)schema->name_count++;
}

static void lead_with(pte__leading *leading, uint16_t slot) {
    for (size_t i = 0; i < leading->count; i++) {
        if (leading->slots[i] == slot) {
            return;
        }
    }
    leading->slots[leading->count++] = slot;
}

static void include_slots(parse *p, pte__index *index) {
    const pte_index_spec *spec = &index->info->spec;
    uint16_t *slots = allocate(p, spec->include_count, sizeof *slots);
    if (slots == NULL) {
        return;
    }
    for (size_t i = 0; i < spec->include_count; i++) {
        uint16_t slot = slot_for(p, spec->include[i]);
        bool leads = false;
        for (size_t j = 0; j < index->leading.count; j++) {
            leads = leads || index->leading.slots[j] == slot;
        }
        /* Sorted by insertion; a name that stands twice counts once. */
        size_t at = index->include_count;
        while (at > 0 && !leads &&
               pte_bytes_compare(p->names[slots[at - 1]], spec->include[i]) >= 0) {
            leads = slots[at - 1] == slot;
            at--;
        }
        if (!leads) {
            memmove(slots + at + 1, slots + at, (index->include_count - at) * sizeof *slots);
            slots[at] = slot;
            index->include_count++;
        }
    }
    index->include_slots = slots;
}

static void index_slots(parse *p, pte__index *index, const pte_index_info *info) {
    index->info = info;
    for (size_t i = 0; i < info->spec.hash_count; i++) {
        index->hash_slots[i] = slot_for(p, info->spec.hash[i].name);
        lead_with(&index->leading, index->hash_slots[i]);
    }
    for (size_t i = 0; i < info->spec.range_count; i++) {
        index->range_slots[i] = slot_for(p, info->spec.range[i].name);
        lead_with(&index->leading, index->range_slots[i]);
    }
    for (size_t i = 0; i < p->schema->leading.count; i++) {
        lead_with(&index->leading, p->schema->leading.slots[i]);
    }
    include_slots(p, index);
}

static int compare_names(const pte_bytes *a, const pte_bytes *b) {
    if (a->len != b->len) {
        return a->len < b->len ? -1 : 1;
    }
    return a->len == 0 ? 0 : memcmp(a->data, b->data, a->len);
}

static void sort_names(parse *p) {
    pte__schema *schema = p->schema;
    uint16_t *by_name = allocate(p, schema->name_count, sizeof *by_name);
    for (size_t i = 0; i < schema->name_count && by_name != NULL; i++) {
        size_t at = i;
        while (at > 0 && compare_names(&p->names[by_name[at - 1]], &p->names[i]) > 0) {
            by_name[at] = by_name[at - 1];
            at--;
        }
        by_name[at] = (uint16_t)i;
    }
    schema->by_name = by_name;
    schema->names = p->names;
}

static void assign_slots(parse *p) {
    pte__schema *schema = p->schema;
    const pte_table_info *info = &schema->info;
    size_t names_max = 3;
    for (size_t i = 0; i < info->index_count; i++) {
        names_max += 2 * PTE_KEY_ATTRIBUTES_MAX + info->indexes[i].spec.include_count;
    }
    p->names = allocate(p, names_max, sizeof *p->names);
    pte__index *indexes = allocate(p, info->index_count, sizeof *indexes);
    if (p->status != PTE_OK) {
        return;
    }
    lead_with(&schema->leading, slot_for(p, info->spec.hash.name));
    if (info->spec.range.name.len != 0) {
        lead_with(&schema->leading, slot_for(p, info->spec.range.name));
    }
    for (size_t i = 0; i < info->index_count && p->status == PTE_OK; i++) {
        index_slots(p, &indexes[i], &info->indexes[i]);
    }
    schema->ttl_slot = PTE__SLOT_NONE;
    if (info->spec.ttl_attribute.len != 0) {
        schema->ttl_slot = slot_for(p, info->spec.ttl_attribute);
    }
    schema->indexes = indexes;
    sort_names(p);
}

pte_status pte__schema_parse(pte__schema **out, const pte_allocator *allocator, pte_bytes name,
                             pte_bytes row, pte_error *error) {
    /* Thousands of them are kept in the catalog's cache. */
    pte__arena arena = {.allocator = *allocator, .block_bytes = SCHEMA_BLOCK_BYTES};
    *out = NULL;
    pte__schema *schema = pte__arena_alloc(&arena, sizeof *schema);
    if (schema == NULL) {
        pte__arena_clean_up(&arena);
        return pte__fail_memory(error);
    }
    *schema = (pte__schema){.arena = arena};
    atomic_init(&schema->references, 1);
    schema->row = pte__arena_copy(&schema->arena, row);
    schema->info.spec.name = pte__arena_copy(&schema->arena, name);
    parse p = {.schema = schema, .error = error};
    pte_value map = {0};
    pte_item item = {.encoded = schema->row};
    if (schema->row.data == NULL || schema->info.spec.name.data == NULL) {
        fail(&p, PTE_OUT_OF_MEMORY, "");
    } else if (pte_item_value(&map, &item, NULL) != PTE_OK) {
        fail(&p, PTE_CORRUPT, "not an item");
    } else {
        table_info(&p, &map);
    }
    if (p.status == PTE_OK) {
        assign_slots(&p);
    }
    if (p.status != PTE_OK) {
        pte__schema_release(schema);
        return p.status;
    }
    *out = schema;
    return PTE_OK;
}

pte__schema *pte__schema_reference(pte__schema *schema) {
    atomic_fetch_add_explicit(&schema->references, 1, memory_order_relaxed);
    return schema;
}

void pte__schema_release(pte__schema *schema) {
    if (schema != NULL &&
        atomic_fetch_sub_explicit(&schema->references, 1, memory_order_acq_rel) == 1) {
        pte__arena arena = schema->arena; /* the schema lies in it */
        pte__arena_clean_up(&arena);
    }
}

uint16_t pte__schema_slot(const pte__schema *schema, pte_bytes name) {
    if ((schema->name_mask & pte__name_bit(name)) == 0) {
        return PTE__SLOT_NONE;
    }
    size_t low = 0;
    size_t high = schema->name_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = compare_names(&schema->names[schema->by_name[middle]], &name);
        if (order == 0) {
            return schema->by_name[middle];
        }
        if (order < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return PTE__SLOT_NONE;
}

const pte__index *pte__schema_index(const pte__schema *schema, pte_bytes name) {
    for (size_t i = 0; i < schema->info.index_count; i++) {
        if (pte_bytes_equal(schema->info.indexes[i].spec.name, name)) {
            return &schema->indexes[i];
        }
    }
    return NULL;
}
