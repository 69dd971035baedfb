/*
 * Checking keys. The rules are those of the API reference (API_PutItem, API_GetItem, ...) and of
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html; the texts are
 * the service's, which its documentation does not list. May call the engine's value readers.
 */
#include "request/key.h"

#include "expression/slots.h"
#include "value/attribute_value.h"

#define INVALID "One or more parameter values were invalid: "
#define NOT_VALID "One or more parameter values are not valid. "
#define EMPTY "The AttributeValue for a key attribute cannot contain an empty %s value."

enum { ATTRIBUTES_MAX = 2 }; /* of a table's key */

/* ---- decoding ---- */

pt__exception pt__item_decode_into_call(pte_item *item, pt__call *call, const pt__json *json) {
    pte_builder *builder = pt__call_builder(call);
    if (builder == NULL) {
        return pt__refuse_memory(&call->failure);
    }
    return pt__item_decode(item, builder, json, &call->failure);
}

pt__exception pt__key_item_decode(pte_item *item, pt__call *call, const pt__json *json) {
    pt__exception exception = pt__item_decode(item, call->scratch, json, &call->failure);
    if (exception == PT__OK) {
        item->encoded = pte__arena_copy(&call->arena, item->encoded);
        if (item->encoded.data == NULL) {
            return pt__refuse_memory(&call->failure);
        }
    }
    return exception;
}

pt__exception pt__key_decode(pt__key *key, pt__call *call, const pt__table *table,
                             const pt__json *json) {
    pte_item item;
    pt__exception exception = pt__key_item_decode(&item, call, json);
    return exception == PT__OK ? pt__key_check(key, call, table, &item) : exception;
}

pt__exception pt__put_item_decode(pte_item *item, pt__call *call, const pt__table *table,
                                  const pt__json *json) {
    pt__exception exception = pt__item_decode_into_call(item, call, json);
    if (exception == PT__OK) {
        exception = pt__item_size_check(call, item);
    }
    return exception == PT__OK ? pt__put_item_check(call, table, item) : exception;
}

/* ---- single values ---- */

static pt__exception find(pte_value *value, const pte_item *item, pte_bytes name,
                          pt__failure *failure) {
    pte_error error;
    pte_status status = pte_item_find(value, item, name, &error);
    return status == PTE_OK ? PT__OK : pt__refuse_engine(failure, status, &error);
}

/* Constraints: 2,048 bytes of a partition key, 1,024 of a sort key. Numbers are never too long. */
pt__exception pt__key_size_check(pt__failure *failure, const char *prefix, pte_scalar value,
                                 size_t *range_bytes) {
    if (value.type == PTE_TYPE_N) {
        return PT__OK;
    }
    if (range_bytes == NULL) {
        return value.bytes.len <= PTE_HASH_KEY_BYTES_MAX
                   ? PT__OK
                   : pt__refuse(failure, PT__VALIDATION,
                                "%s" INVALID
                                "Size of hashkey has exceeded the maximum size limit of2048 bytes",
                                prefix);
    }
    *range_bytes += value.bytes.len;
    return *range_bytes <= PTE_RANGE_KEY_BYTES_MAX
               ? PT__OK
               : pt__refuse(failure, PT__VALIDATION,
                            "%s" INVALID "Aggregated size of all range keys has exceeded the size "
                            "limit of 1024 bytes",
                            prefix);
}

static pte_scalar scalar_of(const pte_value *value) {
    return (pte_scalar){value->type, value->bytes};
}

static bool is_empty(const pte_value *value) {
    return value->type != PTE_TYPE_N && value->bytes.len == 0;
}

bool pt__key_has_empty(const pte_item *item, const pte_key_attribute *attributes, size_t count) {
    pte_value value;
    for (size_t i = 0; i < count; i++) {
        if (attributes[i].name.len != 0 &&
            pte_item_find(&value, item, attributes[i].name, NULL) == PTE_OK &&
            value.type == attributes[i].type && is_empty(&value)) {
            return true;
        }
    }
    return false;
}

static const char *kind_of(const pte_value *value) {
    return value->type == PTE_TYPE_B ? "binary" : "string";
}

pt__exception pt__key_value_check(pt__failure *failure, const char *prefix, pte_bytes name,
                                  const pte_value *value, size_t *range_bytes) {
    if (is_empty(value)) {
        return pt__refuse(failure, PT__VALIDATION, "%s" NOT_VALID EMPTY " Key: %.*s", prefix,
                          kind_of(value), PT__SHOW(name));
    }
    return pt__key_size_check(failure, prefix, scalar_of(value), range_bytes);
}

/* ---- table keys ---- */

static pt__exception refuse_key(pt__failure *failure) {
    return pt__refuse(failure, PT__VALIDATION,
                      "The provided key element does not match the schema");
}

/* The attributes of a Key that is an item. */
static pt__exception take_attributes(pt__given_key *given, pt__call *call, const pte_item *item) {
    pte_iter iter;
    pte_error error;
    pte_bytes name;
    pte_value value;
    given->count = 0;
    pte_status status = pte_item_iterate(&iter, item, &error);
    while (status == PTE_OK && (status = pte_iter_next(&iter, &name, &value, &error)) == PTE_OK) {
        if (given->count < ATTRIBUTES_MAX) {
            given->names[given->count] = name;
            given->values[given->count] = value;
        }
        given->count++;
    }
    return status == PTE_END ? PT__OK : pt__refuse_engine(&call->failure, status, &error);
}

/* Whether an attribute is {"S": "..."}, with nothing that there is more to say of. */
static bool is_string(const pt__json *attribute) {
    const pt__json *content = attribute->first;
    return attribute->count == 1 && content->type == PT__JSON_STRING && content->name.len == 1 &&
           content->name.data[0] == 'S' && attribute->name.len != 0 &&
           attribute->name.len <= PTE_NAME_BYTES_MAX;
}

/* Takes a Key of strings alone, the commonest, as it lies in the request. */
static bool take_strings(pt__given_key *given, const pt__json *json) {
    given->count = 0;
    for (const pt__json *attribute = json->first; attribute != NULL; attribute = attribute->next) {
        if (given->count == ATTRIBUTES_MAX || !is_string(attribute)) {
            return false;
        }
        given->names[given->count] = attribute->name;
        given->values[given->count] =
            (pte_value){.type = PTE_TYPE_S, .bytes = attribute->first->text};
        given->count++;
    }
    return true;
}

pt__exception pt__given_key_decode(pt__given_key *given, pt__call *call, const pt__json *json) {
    pte_item item;
    if (take_strings(given, json)) {
        return PT__OK;
    }
    pt__exception exception = pt__key_item_decode(&item, call, json);
    return exception == PT__OK ? take_attributes(given, call, &item) : exception;
}

/* The attribute of a key that has the right type, or NULL. */
static const pte_value *given_value(const pt__given_key *given,
                                    const pte_key_attribute *attribute) {
    for (size_t i = 0; i < given->count; i++) {
        if (pte_bytes_equal(given->names[i], attribute->name)) {
            return given->values[i].type == attribute->type ? &given->values[i] : NULL;
        }
    }
    return NULL;
}

pt__exception pt__given_key_check(pte_key *key, pt__call *call, const pt__table *table,
                                  const pt__given_key *given) {
    const pte_table_spec *spec = &table->info->spec;
    bool has_range = spec->range.name.len != 0;
    size_t range_bytes = 0;
    *key = (pte_key){0};
    if (given->count != (has_range ? 2 : 1)) {
        return refuse_key(&call->failure);
    }
    const pte_value *hash = given_value(given, &spec->hash);
    const pte_value *range = has_range ? given_value(given, &spec->range) : NULL;
    if (hash == NULL || (has_range && range == NULL)) {
        return refuse_key(&call->failure);
    }
    key->hash = scalar_of(hash);
    pt__exception exception = pt__key_value_check(&call->failure, "", spec->hash.name, hash, NULL);
    if (exception == PT__OK && has_range) {
        key->range = scalar_of(range);
        exception = pt__key_value_check(&call->failure, "", spec->range.name, range, &range_bytes);
    }
    return exception;
}

pt__exception pt__key_check(pt__key *key, pt__call *call, const pt__table *table,
                            const pte_item *item) {
    pt__given_key given;
    *key = (pt__key){.item = *item};
    pt__exception exception = take_attributes(&given, call, item);
    return exception == PT__OK ? pt__given_key_check(&key->key, call, table, &given) : exception;
}

pt__exception pt__key_of_item(pte_key *key, pt__call *call, const pt__table *table,
                              const pte_item *item) {
    const pte_table_spec *spec = &table->info->spec;
    pte_value hash;
    pte_value range = {.type = PTE_TYPE_NONE};
    pt__exception exception = find(&hash, item, spec->hash.name, &call->failure);
    if (exception == PT__OK && spec->range.name.len != 0) {
        exception = find(&range, item, spec->range.name, &call->failure);
    }
    *key = (pte_key){scalar_of(&hash), scalar_of(&range)};
    return exception;
}

/* ---- items to put ---- */

/* https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html: 400 KB. */
pt__exception pt__item_size_check(pt__call *call, const pte_item *item) {
    return item->size_bytes <= PTE_ITEM_BYTES_MAX
               ? PT__OK
               : pt__refuse(&call->failure, PT__VALIDATION,
                            "Item size has exceeded the maximum allowed size");
}

static pt__exception put_attribute(pt__call *call, const pte_item *item,
                                   const pte_key_attribute *attribute, size_t *range_bytes) {
    pte_value value;
    pt__exception exception = find(&value, item, attribute->name, &call->failure);
    if (exception != PT__OK) {
        return exception;
    }
    if (value.type == PTE_TYPE_NONE) {
        return pt__refuse(&call->failure, PT__VALIDATION,
                          INVALID "Missing the key %.*s in the item", PT__SHOW(attribute->name));
    }
    if (value.type != attribute->type) {
        return pt__refuse(&call->failure, PT__VALIDATION,
                          INVALID "Type mismatch for key %.*s expected: %s actual: %s",
                          PT__SHOW(attribute->name), pte_type_name(attribute->type),
                          pte_type_name(value.type));
    }
    return pt__key_value_check(&call->failure, "", attribute->name, &value, range_bytes);
}

pt__exception pt__put_item_check(pt__call *call, const pt__table *table, const pte_item *item) {
    const pte_table_spec *spec = &table->info->spec;
    size_t range_bytes = 0;
    pt__exception exception = put_attribute(call, item, &spec->hash, NULL);
    if (exception == PT__OK && spec->range.name.len != 0) {
        exception = put_attribute(call, item, &spec->range, &range_bytes);
    }
    if (exception == PT__OK) {
        exception = pt__index_keys_check(&call->failure, table, item, false);
    }
    return exception;
}

/* ---- index keys ---- */

/* The item whose index keys are checked, and their attributes as paths where these are many. */
typedef struct key_values {
    pt__failure *failure;
    const pte_item *item;
    pt__lookup *lookup;
    const pt__path *paths; /* NULL: few; otherwise in the order in which they are looked at */
    size_t *next;
} key_values;

static pt__exception value_of(pte_value *value, const key_values *values,
                              const pte_key_attribute *attribute) {
    pt__found *found;
    pte_error error;
    if (values->paths == NULL) {
        return find(value, values->item, attribute->name, values->failure);
    }
    pte_status status =
        pt__lookup_path(value, &found, values->lookup, &values->paths[(*values->next)++], &error);
    return status == PTE_OK ? PT__OK : pt__refuse_engine(values->failure, status, &error);
}

static size_t count_attributes(const pte_table_info *info) {
    size_t count = 0;
    for (size_t i = 0; i < info->index_count; i++) {
        count += info->indexes[i].spec.hash_count + info->indexes[i].spec.range_count;
    }
    return count;
}

static void add_paths(pt__path *paths, pt__path_step *steps, size_t *at,
                      const pte_key_attribute *attributes, size_t count) {
    for (size_t i = 0; i < count; i++, (*at)++) {
        steps[*at] = (pt__path_step){.name = attributes[i].name};
        paths[*at] = (pt__path){.steps = &steps[*at], .count = 1};
    }
}

/* There may be 200 attributes of keys, and 40,000 of the item. */
static pt__exception number_attributes(key_values *values, const pte_table_info *info,
                                       size_t count) {
    pte__arena *arena = values->failure->arena;
    pt__path *paths = pte__arena_alloc(arena, count * sizeof *paths);
    pt__path_step *steps = pte__arena_alloc(arena, count * sizeof *steps);
    pt__path **listed = pte__arena_alloc(arena, count * sizeof(pt__path *));
    size_t at = 0;
    if (paths == NULL || steps == NULL || listed == NULL) {
        return pt__refuse_memory(values->failure);
    }
    for (size_t i = 0; i < info->index_count; i++) {
        const pte_index_spec *spec = &info->indexes[i].spec;
        add_paths(paths, steps, &at, spec->hash, spec->hash_count);
        add_paths(paths, steps, &at, spec->range, spec->range_count);
    }
    for (size_t i = 0; i < count; i++) {
        listed[i] = &paths[i];
    }
    pt__slots *slots;
    pt__exception exception = pt__slots_make(&slots, arena, listed, count, values->failure);
    if (exception == PT__OK) {
        *values->lookup = pt__lookup_on(values->item, slots);
        values->paths = paths;
    }
    return exception;
}

/*
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html: an index key attribute
 * that is there must have the type in AttributeDefinitions; API_PutItem: it must not be empty.
 */
static pt__exception index_attribute(const key_values *values, const pte_index_spec *index,
                                     const pte_key_attribute *attribute, size_t *range_bytes,
                                     bool update) {
    pt__failure *failure = values->failure;
    pte_value value;
    pt__exception exception = value_of(&value, values, attribute);
    if (exception != PT__OK || value.type == PTE_TYPE_NONE) {
        return exception;
    }
    if (value.type != attribute->type) {
        return pt__refuse(failure, PT__VALIDATION,
                          INVALID "Type mismatch for Index Key %.*s Expected: %s Actual: %s "
                                  "IndexName: %.*s",
                          PT__SHOW(attribute->name), pte_type_name(attribute->type),
                          pte_type_name(value.type), PT__SHOW(index->name));
    }
    if (is_empty(&value) && update) {
        return pt__refuse(failure, PT__VALIDATION,
                          NOT_VALID "The update expression attempted to update a secondary index "
                                    "key to a value that is not supported. " EMPTY,
                          kind_of(&value));
    }
    if (is_empty(&value)) {
        return pt__refuse(failure, PT__VALIDATION,
                          NOT_VALID "A value specified for a secondary index key is not "
                                    "supported. " EMPTY " IndexName: %.*s, IndexKey: %.*s",
                          kind_of(&value), PT__SHOW(index->name), PT__SHOW(attribute->name));
    }
    return pt__key_size_check(failure, "", scalar_of(&value), range_bytes);
}

pt__exception pt__index_keys_check(pt__failure *failure, const pt__table *table,
                                   const pte_item *item, bool update) {
    enum { LARGE = 16 * 1024 };
    pt__lookup lookup;
    size_t next = 0;
    key_values values = {.failure = failure, .item = item, .lookup = &lookup, .next = &next};
    size_t count = item->encoded.len < LARGE ? 0 : count_attributes(table->info);
    if (count >= PT__SLOTS_PATHS_MIN) {
        pt__exception exception = number_attributes(&values, table->info, count);
        if (exception != PT__OK) {
            return exception;
        }
    }
    for (size_t i = 0; i < table->info->index_count; i++) {
        const pte_index_spec *index = &table->info->indexes[i].spec;
        size_t range_bytes = 0;
        pt__exception exception = PT__OK;
        for (size_t j = 0; j < index->hash_count && exception == PT__OK; j++) {
            exception = index_attribute(&values, index, &index->hash[j], NULL, update);
        }
        for (size_t j = 0; j < index->range_count && exception == PT__OK; j++) {
            exception = index_attribute(&values, index, &index->range[j], &range_bytes, update);
        }
        if (exception != PT__OK) {
            return exception;
        }
    }
    return PT__OK;
}

/* ---- the engine's refusals ---- */

pt__exception pt__refuse_write(pt__failure *failure, pte_status status, const pte_error *error) {
    switch (status) {
    case PTE_TABLE_NOT_FOUND:
        return pt__refuse(failure, PT__RESOURCE_NOT_FOUND, "Requested resource not found");
    case PTE_ITEM_TOO_LARGE:
        return pt__refuse(failure, PT__VALIDATION,
                          "Item size has exceeded the maximum allowed size");
    case PTE_KEY_MISSING:
    case PTE_KEY_TYPE:
    case PTE_KEY_SIZE:
    case PTE_KEY_EMPTY:
    case PTE_KEY_CHANGED:
        return refuse_key(failure);
    case PTE_INDEX_KEY_TYPE:
    case PTE_INDEX_KEY_SIZE:
    case PTE_INDEX_KEY_EMPTY:
        return pt__refuse(failure, PT__VALIDATION, INVALID "%s", error->message);
    default:
        return pt__refuse_engine(failure, status, error);
    }
}

/* ---- keys in answers ---- */

static void encode_attribute(pt__out *out, pte_bytes name, const pte_item *item) {
    pte_value value;
    if (pte_item_find(&value, item, name, NULL) != PTE_OK || value.type == PTE_TYPE_NONE) {
        out->failed = true;
        return;
    }
    pt__out_name_bytes(out, name);
    pt__value_encode(out, &value);
}

static bool is_table_key(const pte_table_spec *spec, pte_bytes name) {
    return pte_bytes_equal(spec->hash.name, name) || pte_bytes_equal(spec->range.name, name);
}

static bool is_among(const pte_key_attribute *attributes, size_t count, pte_bytes name) {
    for (size_t i = 0; i < count; i++) {
        if (pte_bytes_equal(attributes[i].name, name)) {
            return true;
        }
    }
    return false;
}

bool pt__key_has(const pt__table *table, const pte_index_info *index, pte_bytes name) {
    if (is_table_key(&table->info->spec, name)) {
        return true;
    }
    return index != NULL && (is_among(index->spec.hash, index->spec.hash_count, name) ||
                             is_among(index->spec.range, index->spec.range_count, name));
}

static void encode_more(pt__out *out, const pte_table_spec *spec,
                        const pte_key_attribute *attributes, size_t count, const pte_item *item) {
    for (size_t i = 0; i < count; i++) {
        if (!is_table_key(spec, attributes[i].name)) {
            encode_attribute(out, attributes[i].name, item);
        }
    }
}

void pt__key_encode(pt__out *out, const pt__table *table, const pte_index_info *index,
                    const pte_item *item) {
    const pte_table_spec *spec = &table->info->spec;
    pt__out_object(out);
    encode_attribute(out, spec->hash.name, item);
    if (spec->range.name.len != 0) {
        encode_attribute(out, spec->range.name, item);
    }
    if (index != NULL) {
        encode_more(out, spec, index->spec.hash, index->spec.hash_count, item);
        encode_more(out, spec, index->spec.range, index->spec.range_count, item);
    }
    pt__out_object_end(out);
}

static bool scalar_equal(const pte_scalar *a, const pte_scalar *b) {
    return a->type == b->type && pte_bytes_equal(a->bytes, b->bytes);
}

bool pt__key_equal(const pte_key *a, const pte_key *b) {
    return scalar_equal(&a->hash, &b->hash) && scalar_equal(&a->range, &b->range);
}
