/* Pools of key values at the boundaries; items with good and faulty attributes; schemas. */
#include "generate.h"

#include <stdio.h>
#include <stdlib.h>

/* Lengths at which something changes: limits of DynamoDB's, and LMDB keys of 503 and of 503 + 495
 * bytes (4 bytes of id and 16 of hash stand before a table's sort key). */
static const size_t range_lengths[] = {1,   2,   5,   100, 440, 481, 482, 483,  484, 485,
                                       486, 503, 504, 824, 977, 978, 979, 1023, 1024};
static const size_t hash_lengths[] = {1, 2, 10, 255, 503, 2047, 2048};
static const size_t attribute_lengths[] = {1, 3, 50, 199, 200, 201, 300};

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

/* Attributes that indexes may have as keys. s0 and b0 may be long; histories keep them out of range
 * keys that also have a number, whose share of the 1,024 bytes is the engine's own affair. */
static const model_key attributes[WORLD_ATTRIBUTES] = {
    {"s0", PTE_TYPE_S}, {"s1", PTE_TYPE_S}, {"s2", PTE_TYPE_S}, {"n0", PTE_TYPE_N},
    {"n1", PTE_TYPE_N}, {"b0", PTE_TYPE_B}, {"b1", PTE_TYPE_B},
};
static const char *const others[] = {"p0", "p1", "p2", "p3", "exp"};

static const char *const numbers[] = {
    "0",
    "1",
    "-1",
    "10",
    "100",
    "1.5",
    "-1.5",
    "2",
    "0.5",
    "99.99",
    "-100",
    "1e-130",
    "-1e-130",
    "9.9999999999999999999999999999999999999e125",
    "-9.9999999999999999999999999999999999999e125",
    "12345678901234567890123456789012345678",
    "0.12345678901234567890123456789012345678",
    "12345678901234567890123456789012345679",
    "1.0000000000000000000000000000000000001",
    "-12345678901234567890123456789012345678",
};

/* Bytes that share long beginnings: one byte again and again, and a few that differ at the end or
 * at a boundary. Strings stay valid UTF-8. */
static void fill(world *w, pte_type type, uint8_t *out, size_t len) {
    static const uint8_t text_bytes[] = {0x00, 0x01, 'a', 'b', 0x7F};
    static const uint8_t binary_bytes[] = {0x00, 0x01, 'a', 0xFE, 0xFF};
    static const size_t places[] = {0, 480, 482, 483, 484, 502, 977, 978};
    const uint8_t *alphabet = type == PTE_TYPE_S ? text_bytes : binary_bytes;
    memset(out, alphabet[world_below(w, 5)], len);
    size_t ends = world_below(w, 4);
    for (size_t i = 0; i < ends && i < len; i++) {
        out[len - 1 - i] = alphabet[world_below(w, 5)];
    }
    if (world_once_in(w, 3)) {
        size_t at = places[world_below(w, COUNT_OF(places))];
        if (at < len) {
            out[at] = alphabet[world_below(w, 5)];
        }
    }
    if (type == PTE_TYPE_S && len >= 4 && world_once_in(w, 4)) {
        memcpy(out + len - 4, "\xF4\x8F\xBF\xBF", 4); /* U+10FFFF */
    }
}

static model_value make_bytes(world *w, pte_type type, size_t len) {
    uint8_t *bytes = model_alloc(len);
    fill(w, type, bytes, len);
    model_value value = model_scalar(type, pte_view(bytes, len));
    free(bytes);
    return value;
}

static model_value make_number(world *w) {
    char text[48];
    if (!world_once_in(w, 3)) {
        return model_scalar(PTE_TYPE_N, pte_str(numbers[world_below(w, COUNT_OF(numbers))]));
    }
    int whole = (int)world_below(w, 2000) - 1000;
    snprintf(text, sizeof text, "%d.%02d", whole, (int)world_below(w, 100));
    return model_scalar(PTE_TYPE_N, pte_str(text));
}

/* A key value of a length from the list, or a short one. */
static model_value make_key(world *w, pte_type type, const size_t *lengths, size_t count,
                            bool is_short) {
    if (type == PTE_TYPE_N) {
        return make_number(w);
    }
    size_t len = is_short ? 1 + world_below(w, 8) : lengths[world_below(w, count)];
    return make_bytes(w, type, len);
}

static bool short_key(world *w) {
    return w->history->keys == WORLD_KEYS_SHORT ||
           (w->history->keys == WORLD_KEYS_MIXED && world_below(w, 2) == 0);
}

static const pte_type key_types[] = {PTE_TYPE_S, PTE_TYPE_N, PTE_TYPE_B};

void gen_pools(world *w) {
    for (size_t t = 0; t < 3; t++) {
        for (size_t i = 0; i < WORLD_HASHES; i++) {
            w->hashes[t][i] = make_key(w, key_types[t], hash_lengths, COUNT_OF(hash_lengths),
                                       short_key(w) || i % 2 == 0);
        }
        for (size_t i = 0; i < WORLD_RANGES; i++) {
            w->ranges[t][i] =
                make_key(w, key_types[t], range_lengths, COUNT_OF(range_lengths), short_key(w));
        }
    }
    for (size_t a = 0; a < WORLD_ATTRIBUTES; a++) {
        bool is_long = a == 0 || a == 5;
        for (size_t i = 0; i < WORLD_ATTRIBUTE_VALUES; i++) {
            w->attributes[a][i] = make_key(
                w, attributes[a].type, is_long ? range_lengths : attribute_lengths,
                is_long ? COUNT_OF(range_lengths) : COUNT_OF(attribute_lengths), short_key(w));
        }
    }
}

void gen_pools_clean_up(world *w) {
    for (size_t t = 0; t < 3; t++) {
        for (size_t i = 0; i < WORLD_HASHES; i++) {
            model_value_clean_up(&w->hashes[t][i]);
        }
        for (size_t i = 0; i < WORLD_RANGES; i++) {
            model_value_clean_up(&w->ranges[t][i]);
        }
    }
    for (size_t a = 0; a < WORLD_ATTRIBUTES; a++) {
        for (size_t i = 0; i < WORLD_ATTRIBUTE_VALUES; i++) {
            model_value_clean_up(&w->attributes[a][i]);
        }
    }
}

static size_t pool_of(pte_type type) {
    return type == PTE_TYPE_S ? 0 : type == PTE_TYPE_N ? 1 : 2;
}

/* A value with a fault as a key attribute of that type; each fault is as likely. */
static model_value make_faulty(world *w, pte_type type, size_t bytes_max) {
    switch (world_below(w, 4)) {
    case 0: /* of another type */
        return type == PTE_TYPE_N ? make_bytes(w, PTE_TYPE_S, 3) : make_number(w);
    case 1:
        return model_null();
    case 2: /* empty */
        return type == PTE_TYPE_N ? model_boolean(true) : model_scalar(type, pte_view(NULL, 0));
    default: /* too long */
        return type == PTE_TYPE_N
                   ? make_bytes(w, PTE_TYPE_B, 1)
                   : make_bytes(w, type, bytes_max + 1 + (world_once_in(w, 2) ? 0 : 500));
    }
}

void gen_key_values(world *w, const model_table *table, model_value *hash, model_value *range) {
    pte_type hash_type = table->hash.name != NULL ? table->hash.type : PTE_TYPE_S;
    size_t spread = table->hash.name != NULL && table->range.name == NULL ? WORLD_RANGES : 0;
    /* A table with a hash key alone draws from the larger pool, so that it holds a few dozen. */
    *hash = model_value_copy(spread > 0 && !world_once_in(w, 4)
                                 ? &w->ranges[pool_of(hash_type)][world_below(w, spread)]
                                 : &w->hashes[pool_of(hash_type)][world_below(w, WORLD_HASHES)]);
    *range = (model_value){0};
    if (table->range.name != NULL) {
        *range =
            model_value_copy(&w->ranges[pool_of(table->range.type)][world_below(w, WORLD_RANGES)]);
    }
    if (world_once_in(w, 60)) {
        model_value *faulty = table->range.name != NULL && world_once_in(w, 2) ? range : hash;
        model_value_clean_up(faulty);
        if (!world_once_in(w, 5)) { /* else missing */
            *faulty = faulty == hash ? make_faulty(w, hash_type, PTE_HASH_KEY_BYTES_MAX)
                                     : make_faulty(w, table->range.type, PTE_RANGE_KEY_BYTES_MAX);
        }
    }
}

static model_value make_set(world *w, pte_type type) {
    model_value set = model_container(type);
    size_t count = 1 + world_below(w, 5);
    for (size_t i = 0; i < count; i++) {
        model_value element =
            type == PTE_TYPE_NS
                ? make_number(w)
                : make_bytes(w, type == PTE_TYPE_SS ? PTE_TYPE_S : PTE_TYPE_B, world_below(w, 6));
        (void)model_value_add(&set, pte_view(NULL, 0), element);
    }
    return set;
}

model_value gen_value(world *w, unsigned depth) {
    static const pte_type kinds[] = {PTE_TYPE_S,    PTE_TYPE_N,  PTE_TYPE_B,  PTE_TYPE_BOOL,
                                     PTE_TYPE_NULL, PTE_TYPE_SS, PTE_TYPE_NS, PTE_TYPE_BS,
                                     PTE_TYPE_M,    PTE_TYPE_L};
    pte_type type = kinds[world_below(w, depth < 3 ? COUNT_OF(kinds) : 5)];
    switch (type) {
    case PTE_TYPE_S:
    case PTE_TYPE_B:
        return make_bytes(w, type,
                          world_once_in(w, 30) ? world_below(w, 5000) : world_below(w, 40));
    case PTE_TYPE_N:
        return make_number(w);
    case PTE_TYPE_BOOL:
        return model_boolean(world_once_in(w, 2));
    case PTE_TYPE_NULL:
        return model_null();
    case PTE_TYPE_SS:
    case PTE_TYPE_NS:
    case PTE_TYPE_BS:
        return make_set(w, type);
    default:
        break;
    }
    model_value container = model_container(type);
    size_t count = world_below(w, 4);
    for (size_t i = 0; i < count; i++) {
        char name[8];
        snprintf(name, sizeof name, "m%u", (unsigned)world_below(w, 20));
        (void)model_value_add(&container, pte_str(name), gen_value(w, depth + 1));
    }
    return container;
}

/* A time to live: soon, lately, long ago, never, or no time at all. */
static model_value make_ttl(world *w) {
    char text[48];
    long long now_s = (long long)(w->now_ms / 1000);
    long long near = now_s - 200 + (long long)world_below(w, 400);
    switch (world_below(w, 12)) {
    case 0:
        snprintf(text, sizeof text, "%lld", now_s - 200000000); /* more than five years ago */
        break;
    case 1:
        snprintf(text, sizeof text, "%lld.%d", near, (int)world_below(w, 10));
        break;
    case 2:
        return make_number(w);
    case 3:
        return make_bytes(w, PTE_TYPE_S, 4);
    default:
        snprintf(text, sizeof text, "%lld", near);
        break;
    }
    return model_scalar(PTE_TYPE_N, pte_str(text));
}

/* Makes the item's size 409,600 bytes, or one more. */
static void make_large(world *w, model_item *item) {
    model_item_unset(item, "p3");
    size_t size = model_item_size(item) + 2;
    size_t wanted = (size_t)PTE_ITEM_BYTES_MAX + world_below(w, 2);
    if (size < wanted) {
        model_item_set(item, "p3", make_bytes(w, PTE_TYPE_B, wanted - size));
    }
}

model_item *gen_item(world *w, const model_table *table, const model_value *hash,
                     const model_value *range) {
    model_item *item = model_item_new();
    const char *hash_name = table->hash.name != NULL ? table->hash.name : "h";
    for (size_t a = 0; a < WORLD_ATTRIBUTES; a++) {
        if (world_below(w, 10) < 7) {
            model_item_set(
                item, attributes[a].name,
                model_value_copy(&w->attributes[a][world_below(w, WORLD_ATTRIBUTE_VALUES)]));
        } else if (world_once_in(w, 12)) {
            model_item_set(item, attributes[a].name,
                           make_faulty(w, attributes[a].type,
                                       world_once_in(w, 2) ? PTE_RANGE_KEY_BYTES_MAX
                                                           : PTE_HASH_KEY_BYTES_MAX));
        }
    }
    for (size_t i = 0; i < 4; i++) {
        if (world_once_in(w, 3)) {
            model_item_set(item, others[i], gen_value(w, 0));
        }
    }
    if (world_below(w, 4) > 0) {
        model_item_set(item, "exp", make_ttl(w));
    }
    if (hash->type != PTE_TYPE_NONE) {
        model_item_set(item, hash_name, model_value_copy(hash));
    }
    if (table->range.name != NULL && range->type != PTE_TYPE_NONE) {
        model_item_set(item, table->range.name, model_value_copy(range));
    }
    if (world_once_in(w, 1500)) {
        make_large(w, item);
    }
    return item;
}

pte_scalar gen_scalar(world *w, const model_value *value, char text[MODEL_NUMBER_TEXT_MAX]) {
    if (value->type != PTE_TYPE_N) {
        return (pte_scalar){value->type, value->bytes};
    }
    unsigned way = world_once_in(w, 2) ? 0 : (unsigned)world_below(w, MODEL_WAYS);
    return (pte_scalar){PTE_TYPE_N, pte_view(text, model_decimal_write(&value->number, way, text))};
}

pte_key gen_key(world *w, const model_table *table, const model_item *item, gen_key_text *text) {
    pte_key key = {.hash = gen_scalar(w, model_item_find(item, table->hash.name), text->hash)};
    if (table->range.name != NULL) {
        key.range = gen_scalar(w, model_item_find(item, table->range.name), text->range);
    }
    return key;
}

static bool is_long(const model_key *key) {
    return key->name[1] == '\0' || (key->name[0] != 'n' && key->name[1] == '0');
}

/* Keeps long attributes and numbers apart in range keys of several attributes. */
static void separate(model_index *index) {
    bool has_long = false, has_number = false;
    for (size_t i = 0; i < index->range_count; i++) {
        has_number = has_number || index->range[i].type == PTE_TYPE_N;
        has_long = has_long || is_long(&index->range[i]);
    }
    if (has_long && has_number) {
        index->range_count = 1;
    }
}

static bool is_key_of(const model_key *keys, size_t count, const char *name) {
    for (size_t i = 0; i < count; i++) {
        if (keys[i].name != NULL && strcmp(keys[i].name, name) == 0) {
            return true;
        }
    }
    return false;
}

static void choose_includes(world *w, model_index *index) {
    static const char *const names[] = {"p0", "exp", "n1", "s2", "p1", "b1"};
    size_t from = world_below(w, COUNT_OF(names));
    size_t wanted = 1 + world_below(w, 3);
    for (size_t i = 0; i < COUNT_OF(names) && index->include_count < wanted; i++) {
        const char *name = names[(from + i) % COUNT_OF(names)];
        if (!is_key_of(index->hash, index->hash_count, name) &&
            !is_key_of(index->range, index->range_count, name)) {
            index->include[index->include_count++] = name;
        }
    }
}

void gen_index(world *w, const model_table *table, model_index *index, pte_index_kind kind) {
    model_key candidates[WORLD_ATTRIBUTES + 2];
    size_t count = WORLD_ATTRIBUTES;
    memcpy(candidates, attributes, sizeof attributes);
    if (kind == PTE_INDEX_GLOBAL && world_once_in(w, 3)) {
        candidates[count++] = table->hash;
        if (table->range.name != NULL) {
            candidates[count++] = table->range;
        }
    }
    for (size_t i = count - 1; i > 0; i--) {
        size_t other = world_below(w, i + 1);
        model_key key = candidates[i];
        candidates[i] = candidates[other];
        candidates[other] = key;
    }
    *index = (model_index){.kind = kind, .hash_count = 1, .range_count = 1};
    index->hash[0] = table->hash;
    if (kind == PTE_INDEX_GLOBAL) {
        index->hash_count = world_below(w, 5) < 3 ? 1 : 1 + world_below(w, 4);
        index->range_count = world_once_in(w, 4) ? world_below(w, 5) : world_below(w, 2);
        if (index->hash_count + index->range_count > count) {
            index->range_count = count - index->hash_count;
        }
        memcpy(index->hash, candidates, index->hash_count * sizeof(model_key));
    }
    memcpy(index->range, candidates + (kind == PTE_INDEX_GLOBAL ? index->hash_count : 0),
           index->range_count * sizeof(model_key));
    separate(index);
    index->projection = (pte_projection)world_below(w, 3);
    if (index->projection == PTE_PROJECT_INCLUDE) {
        choose_includes(w, index);
    }
}

void gen_schema(world *w, model_table *table) {
    table->hash = (model_key){"h", key_types[world_below(w, 3)]};
    table->range = (model_key){0};
    if (world_below(w, 4) > 0) {
        table->range = (model_key){"r", key_types[world_below(w, 3)]};
    }
    table->changes = world_once_in(w, 2) ? PTE_CHANGES_OFF : (pte_change_images)world_below(w, 5);
    table->ttl = world_once_in(w, 3) ? "exp" : NULL;
    table->ttl_creating = false;
    snprintf(table->user_data, MODEL_NAME_MAX, "%u", (unsigned)world_below(w, 1000));
    table->index_count = world_below(w, 4);
    for (size_t i = 0; i < table->index_count; i++) {
        bool local = table->range.name != NULL && world_once_in(w, 3);
        gen_index(w, table, &table->indexes[i], local ? PTE_INDEX_LOCAL : PTE_INDEX_GLOBAL);
        snprintf(table->indexes[i].name, MODEL_NAME_MAX, "index-%u", (unsigned)i % 100);
    }
}

/* A value to compare a range attribute with: mostly one that stands in the table. */
static const model_value *range_operand(world *w, const model_list *list, const model_key *key) {
    const model_value *value = NULL;
    if (!world_once_in(w, 6)) {
        value = model_item_find(list->items[world_below(w, list->count)], key->name);
    }
    return value != NULL ? value : &w->ranges[pool_of(key->type)][world_below(w, WORLD_RANGES)];
}

bool gen_query(world *w, const model_table *table, const model_index *index, model_query *query) {
    model_list list;
    model_select_all(&list, table, index);
    *query = (model_query){.table = table, .index = index, .descending = world_once_in(w, 2)};
    if (list.count == 0) {
        model_list_clean_up(&list);
        return false;
    }
    const model_item *example = list.items[world_below(w, list.count)];
    const model_key *hash = index != NULL ? index->hash : &table->hash;
    const model_key *range = index != NULL ? index->range : &table->range;
    size_t hash_count = index != NULL ? index->hash_count : 1;
    size_t range_count = index != NULL ? index->range_count : table->range.name != NULL ? 1 : 0;
    for (size_t i = 0; i < hash_count; i++) {
        query->hash[i] = model_item_find(example, hash[i].name);
    }
    query->range_count = range_count == 0 ? 0 : world_below(w, range_count + 1);
    for (size_t i = 0; i < query->range_count; i++) {
        query->range[i] = model_item_find(example, range[i].name);
    }
    if (query->range_count > 0) {
        const model_key *last = &range[query->range_count - 1];
        query->op = (pte_range_op)(1 + world_below(w, last->type == PTE_TYPE_N ? 6 : 7));
        query->range[query->range_count - 1] = range_operand(w, &list, last);
        query->upper = range_operand(w, &list, last);
        if (query->op == PTE_RANGE_BETWEEN &&
            model_value_compare(query->range[query->range_count - 1], query->upper) > 0) {
            const model_value *lower = query->upper;
            query->upper = query->range[query->range_count - 1];
            query->range[query->range_count - 1] = lower;
        }
    }
    model_list_clean_up(&list);
    return true;
}
