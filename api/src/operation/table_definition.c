/*
 * Definitions of tables and indexes. First every key is checked against the attribute definitions,
 * then whether a definition is left over, then what else an index has: AWS works in that order, so
 * that a definition too many hides all later mistakes.
 *
 * The texts are AWS's; where a comment names none, the rule is of API_CreateTable.
 */
#include "operation/table_definition.h"

#include "operation/table_throughput.h"

#include <stdio.h>
#include <stdlib.h>

/* No table can use more definitions than this: two key attributes, one of each local index and
 * eight of each global one. */
enum {
    DEFINITIONS_MAX =
        2 + PT__LOCAL_INDEXES_MAX + PT__GLOBAL_INDEXES_MAX * 2 * PTE_KEY_ATTRIBUTES_MAX,
    NAMES_USED_BUCKETS = 16, /* of a Java HashSet made without a size */
};

#define INVALID "One or more parameter values were invalid: "

typedef struct definitions {
    pte_key_attribute list[DEFINITIONS_MAX];
    size_t count;
    bool used[DEFINITIONS_MAX];
    pte_bytes used_names[DEFINITIONS_MAX]; /* in the order of their first use */
    size_t used_count;
} definitions;

static pt__exception refuse(pt__call *call, const char *text) {
    return pt__refuse(&call->failure, PT__VALIDATION, "%s", text);
}

/* ---- names in messages ---- */

/* String.hashCode of Java, of the UTF-16 form, spread as HashMap does. */
static uint32_t java_hash(pte_bytes text) {
    uint32_t hash = 0;
    for (size_t i = 0; i < text.len;) {
        uint8_t lead = text.data[i];
        size_t len = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
        uint32_t c = len == 1 ? lead : lead & (0xFFu >> (len + 1));
        for (size_t j = 1; j < len && i + j < text.len; j++) {
            c = c << 6 | (text.data[i + j] & 0x3Fu);
        }
        if (c >= 0x10000) {
            hash = hash * 31 + (0xD800 + ((c - 0x10000) >> 10));
            c = 0xDC00 + ((c - 0x10000) & 0x3FF);
        }
        hash = hash * 31 + c;
        i += len;
    }
    return hash ^ hash >> 16;
}

void pt__java_order(pte_bytes *names, size_t count, size_t buckets) {
    for (size_t i = 1; i < count; i++) {
        pte_bytes name = names[i];
        size_t bucket = java_hash(name) & (buckets - 1);
        size_t j = i;
        for (; j > 0 && (java_hash(names[j - 1]) & (buckets - 1)) > bucket; j--) {
            names[j] = names[j - 1];
        }
        names[j] = name;
    }
}

/* The buckets of a HashMap that was made for buckets entries and has taken count: it doubles when
 * it is three quarters full. */
static size_t java_buckets(size_t buckets, size_t count) {
    while (count > buckets / 4 * 3 + buckets % 4 * 3 / 4) {
        buckets *= 2;
    }
    return buckets;
}

/* "[a, b]" in the arena, NULL without memory. */
static const char *list_text(pt__call *call, const pte_bytes *names, size_t count) {
    size_t len = 3;
    for (size_t i = 0; i < count; i++) {
        len += names[i].len + 2;
    }
    char *text = pte__arena_alloc(&call->arena, len);
    if (text == NULL) {
        return NULL;
    }
    char *end = text;
    *end++ = '[';
    for (size_t i = 0; i < count; i++) {
        end += snprintf(end, len - (size_t)(end - text), "%s%.*s", i == 0 ? "" : ", ",
                        PT__SHOW(names[i]));
    }
    *end++ = ']';
    *end = '\0';
    return text;
}

static const char *defined_text(pt__call *call, const definitions *d) {
    pte_bytes names[DEFINITIONS_MAX];
    size_t buckets = 1;
    for (size_t i = 0; i < d->count; i++) {
        names[i] = d->list[i].name;
    }
    while (buckets < d->count) {
        buckets *= 2;
    }
    pt__java_order(names, d->count, java_buckets(buckets, d->count));
    return list_text(call, names, d->count);
}

static const char *used_text(pt__call *call, const definitions *d) {
    pte_bytes names[DEFINITIONS_MAX];
    memcpy(names, d->used_names, d->used_count * sizeof names[0]);
    pt__java_order(names, d->used_count, java_buckets(NAMES_USED_BUCKETS, d->used_count));
    return list_text(call, names, d->used_count);
}

/* ---- attribute definitions ---- */

static pte_type type_of(const pt__json *definition) {
    pte_bytes type = pt__json_string(definition, "AttributeType");
    uint8_t letter = type.len == 1 ? type.data[0] : 0;
    return letter == 'S'   ? PTE_TYPE_S
           : letter == 'N' ? PTE_TYPE_N
           : letter == 'B' ? PTE_TYPE_B
                           : PTE_TYPE_NONE;
}

static const pte_key_attribute *find_definition(const definitions *d, pte_bytes name) {
    for (size_t i = 0; i < d->count; i++) {
        if (pte_bytes_equal(d->list[i].name, name)) {
            return &d->list[i];
        }
    }
    return NULL;
}

static definitions *read_definitions(pt__call *call, const pt__json *json,
                                     pt__exception *exception) {
    definitions *d = pte__arena_alloc(&call->arena, sizeof *d);
    *exception = d == NULL ? pt__refuse_memory(&call->failure) : PT__OK;
    if (d == NULL) {
        return NULL;
    }
    d->count = 0;
    d->used_count = 0;
    for (const pt__json *one = json == NULL ? NULL : json->first; one != NULL; one = one->next) {
        pte_bytes name = pt__json_string(one, "AttributeName");
        if (find_definition(d, name) != NULL) {
            *exception = pt__refuse(&call->failure, PT__VALIDATION,
                                    "Attribute Name is duplicated: %.*s", PT__SHOW(name));
            return NULL;
        }
        if (d->count == DEFINITIONS_MAX) {
            *exception = refuse(call, INVALID "Number of attributes in KeySchema does not exactly "
                                              "match number of attributes defined in "
                                              "AttributeDefinitions");
            return NULL;
        }
        d->used[d->count] = false;
        d->list[d->count++] = (pte_key_attribute){name, type_of(one)};
    }
    return d;
}

static void use(definitions *d, const pte_key_attribute *definition) {
    size_t i = (size_t)(definition - d->list);
    if (!d->used[i]) {
        d->used[i] = true;
        d->used_names[d->used_count++] = definition->name;
    }
}

/* ---- one key schema ---- */

static bool is_hash(const pt__json *element) {
    return pt__json_is(element, "KeyType", "HASH");
}

static pt__exception check_defined(pt__call *call, definitions *d, const pt__json *schema) {
    bool missing = false;
    for (const pt__json *one = schema->first; one != NULL; one = one->next) {
        missing = missing || find_definition(d, pt__json_string(one, "AttributeName")) == NULL;
    }
    if (!missing) {
        return PT__OK;
    }
    pte_bytes *names = pte__arena_alloc(&call->arena, schema->count * sizeof *names);
    size_t count = 0;
    for (const pt__json *one = schema->first; one != NULL && names != NULL; one = one->next) {
        names[count++] = pt__json_string(one, "AttributeName");
    }
    const char *keys = names == NULL ? NULL : list_text(call, names, count);
    const char *defined = defined_text(call, d);
    if (keys == NULL || defined == NULL) {
        return pt__refuse_memory(&call->failure);
    }
    return pt__refuse(&call->failure, PT__VALIDATION,
                      INVALID "Some index key attributes are not defined in AttributeDefinitions. "
                              "Keys: %s, AttributeDefinitions: %s",
                      keys, defined);
}

/* Fact 51: up to four HASH attributes, then up to four RANGE attributes.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.DesignPattern.MultiAttributeKeys.html
 */
static pt__exception check_counts(pt__call *call, const pt__json *schema) {
    size_t hashes = 0;
    for (const pt__json *one = schema->first; one != NULL; one = one->next) {
        hashes += is_hash(one);
    }
    bool hash = hashes > PTE_KEY_ATTRIBUTES_MAX;
    if (!hash && schema->count - hashes <= PTE_KEY_ATTRIBUTES_MAX) {
        return PT__OK;
    }
    return pt__refuse(&call->failure, PT__VALIDATION,
                      INVALID "The KeySchema exceeds the maximum allowed number of %s key "
                              "attributes",
                      hash ? "HASH" : "RANGE");
}

static pt__exception check_distinct(pt__call *call, const pt__json *schema) {
    for (const pt__json *a = schema->first; a != NULL; a = a->next) {
        for (const pt__json *b = schema->first; b != a; b = b->next) {
            if (!pte_bytes_equal(pt__json_string(a, "AttributeName"),
                                 pt__json_string(b, "AttributeName"))) {
                continue;
            }
            return schema->count == 2
                       ? refuse(call, "Both the Hash Key and the Range Key element in the "
                                      "KeySchema have the same name")
                       : refuse(call, "The KeySchema contains multiple key attributes with the "
                                      "same name");
        }
    }
    return PT__OK;
}

static pt__exception check_order(pt__call *call, const pt__json *schema, bool global) {
    if (schema->first == NULL || !is_hash(schema->first)) {
        return refuse(call, "Invalid KeySchema: The first KeySchemaElement is not a HASH key type");
    }
    const pt__json *second = schema->first->next;
    if (!global && second != NULL && (is_hash(second) || second->next != NULL)) {
        return refuse(call,
                      "Invalid KeySchema: The second KeySchemaElement is not a RANGE key type");
    }
    for (const pt__json *one = second; one != NULL && one->next != NULL; one = one->next) {
        if (!is_hash(one) && is_hash(one->next)) {
            return refuse(call, INVALID "All HASH key attributes must precede RANGE key attributes "
                                        "in the KeySchema");
        }
    }
    return PT__OK;
}

/* Checks a key schema and fills index's hash and range. global: it may have more than two. */
static pt__exception read_key_schema(pte_index_spec *index, pt__call *call, definitions *d,
                                     const pt__json *schema, bool global) {
    if (schema == NULL) {
        return refuse(call, INVALID "KeySchema must be specified");
    }
    pt__exception exception = check_defined(call, d, schema);
    if (exception == PT__OK) {
        exception = check_counts(call, schema);
    }
    if (exception == PT__OK) {
        exception = check_distinct(call, schema);
    }
    if (exception == PT__OK) {
        exception = check_order(call, schema, global);
    }
    for (const pt__json *one = schema->first; one != NULL && exception == PT__OK; one = one->next) {
        const pte_key_attribute *found = find_definition(d, pt__json_string(one, "AttributeName"));
        use(d, found);
        if (is_hash(one)) {
            index->hash[index->hash_count++] = *found;
        } else {
            index->range[index->range_count++] = *found;
        }
    }
    return exception;
}

/* ---- keys of the table and of its indexes ---- */

static pt__exception read_table_key(pte_table_spec *spec, pt__call *call, definitions *d) {
    const pt__json *schema = pt__json_member(call->body, "KeySchema");
    if (schema == NULL) {
        return refuse(call, "The parameter 'KeySchema' is required but was not present in the "
                            "request");
    }
    if (schema->count > d->count) {
        return refuse(call, "Invalid KeySchema: Some index key attribute have no definition");
    }
    pte_index_spec key = {.hash_count = 0};
    pt__exception exception = read_key_schema(&key, call, d, schema, false);
    spec->hash = key.hash[0];
    spec->range = key.range_count != 0 ? key.range[0] : (pte_key_attribute){{NULL, 0}, 0};
    return exception;
}

static pt__exception check_local_key(pt__call *call, const pte_table_spec *spec,
                                     const pte_index_spec *index) {
    if (index->range_count == 0) {
        return pt__refuse(&call->failure, PT__VALIDATION,
                          INVALID "Index KeySchema does not have a range key for index: %.*s",
                          PT__SHOW(index->name));
    }
    if (!pte_bytes_equal(index->hash[0].name, spec->hash.name)) {
        return pt__refuse(&call->failure, PT__VALIDATION,
                          INVALID "Index KeySchema does not have the same leading hash key as "
                                  "table KeySchema for index: %.*s. index hash key: %.*s, table "
                                  "hash key: %.*s",
                          PT__SHOW(index->name), PT__SHOW(index->hash[0].name),
                          PT__SHOW(spec->hash.name));
    }
    return PT__OK;
}

/* A list of indexes: their names and keys, into indexes. */
static pt__exception read_index_keys(pte_index_spec *indexes, pt__call *call, definitions *d,
                                     const pte_table_spec *spec, const pt__json *list,
                                     pte_index_kind kind) {
    bool global = kind == PTE_INDEX_GLOBAL;
    if (list != NULL && list->count == 0) {
        return pt__refuse(&call->failure, PT__VALIDATION,
                          INVALID "List of %sSecondaryIndexes is empty",
                          global ? "Global" : "Local");
    }
    if (list != NULL && !global && spec->range.name.len == 0) { /* fact 11 */
        return refuse(call, INVALID "Table KeySchema does not have a range key, which is required "
                                    "when specifying a LocalSecondaryIndex");
    }
    for (const pt__json *one = list == NULL ? NULL : list->first; one != NULL; one = one->next) {
        pte_index_spec *index = indexes++;
        *index = (pte_index_spec){.name = pt__json_string(one, "IndexName"), .kind = kind};
        pt__exception exception =
            read_key_schema(index, call, d, pt__json_member(one, "KeySchema"), global);
        if (exception == PT__OK && !global) {
            exception = check_local_key(call, spec, index);
        }
        if (exception != PT__OK) {
            return exception;
        }
    }
    return PT__OK;
}

static pt__exception check_all_used(pt__call *call, const definitions *d, bool indexes) {
    if (d->used_count == d->count) {
        return PT__OK;
    }
    if (!indexes) {
        return refuse(call, INVALID "Number of attributes in KeySchema does not exactly match "
                                    "number of attributes defined in AttributeDefinitions");
    }
    const char *defined = defined_text(call, d);
    const char *used = used_text(call, d);
    if (defined == NULL || used == NULL) {
        return pt__refuse_memory(&call->failure);
    }
    return pt__refuse(&call->failure, PT__VALIDATION,
                      INVALID "Some AttributeDefinitions are not used. AttributeDefinitions: %s, "
                              "keys used: %s",
                      defined, used);
}

/* ---- projections ---- */

static int compare_names(const void *a, const void *b) {
    return pte_bytes_compare(*(const pte_bytes *)a, *(const pte_bytes *)b);
}

/* Sorted, as AWS describes them. */
static pt__exception read_included(pte_index_spec *index, pt__call *call, const pt__json *list) {
    pte_bytes *names = pte__arena_alloc(&call->arena, list->count * sizeof *names);
    size_t count = 0;
    if (names == NULL) {
        return pt__refuse_memory(&call->failure);
    }
    for (const pt__json *one = list->first; one != NULL; one = one->next) {
        names[count++] = one->text;
    }
    qsort(names, count, sizeof *names, compare_names);
    for (size_t i = 1; i < count; i++) {
        if (pte_bytes_equal(names[i], names[i - 1])) {
            return pt__refuse(&call->failure, PT__VALIDATION,
                              INVALID "Duplicate element in NonKeyAttributes: %.*s",
                              PT__SHOW(names[i]));
        }
    }
    index->include = names;
    index->include_count = count;
    return PT__OK;
}

/* https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Projection.html */
static pt__exception read_projection(pte_index_spec *index, pt__call *call, const pt__json *json) {
    const pt__json *projection = pt__json_member(json, "Projection");
    const pt__json *type = pt__json_member(projection, "ProjectionType");
    const pt__json *names = pt__json_member(projection, "NonKeyAttributes");
    if (type == NULL) {
        return refuse(call, INVALID "Unknown ProjectionType: null");
    }
    bool include = pt__json_is(projection, "ProjectionType", "INCLUDE");
    if (!include && names != NULL) {
        return pt__refuse(&call->failure, PT__VALIDATION,
                          INVALID "ProjectionType is %.*s, but NonKeyAttributes is specified",
                          PT__SHOW(type->text));
    }
    if (include && (names == NULL || names->count == 0)) {
        return refuse(call, INVALID "ProjectionType is INCLUDE, but NonKeyAttributes is not "
                                    "specified");
    }
    if (include) {
        index->projection = PTE_PROJECT_INCLUDE;
        return read_included(index, call, names);
    }
    index->projection =
        pt__json_is(projection, "ProjectionType", "ALL") ? PTE_PROJECT_ALL : PTE_PROJECT_KEYS_ONLY;
    return PT__OK;
}

/* No AWS text for this is known; the rule is of API_Projection. */
static pt__exception check_included_total(pt__call *call, size_t count) {
    return count <= PT__NON_KEY_ATTRIBUTES_MAX
               ? PT__OK
               : refuse(call, INVALID "The number of NonKeyAttributes over all secondary indexes "
                                      "exceeds the per-table limit of 100");
}

/* ---- CreateTable ---- */

/* What is left to check of an index when its key is good. */
static pt__exception read_index_rest(pte_index_spec *indexes, size_t i, pt__call *call,
                                     const pt__json *json, pt__table_settings *settings) {
    pt__throughput throughput;
    pte_index_spec *index = &indexes[i];
    pt__exception exception = read_projection(index, call, json);
    if (exception == PT__OK && index->kind == PTE_INDEX_GLOBAL) {
        exception =
            pt__throughput_of_new_index(&throughput, call, json, index->name, settings->on_demand);
    }
    for (size_t j = 0; j < i && exception == PT__OK; j++) {
        if (pte_bytes_equal(indexes[j].name, index->name)) { /* fact 12 */
            exception = pt__refuse(&call->failure, PT__VALIDATION,
                                   INVALID "Duplicate index name: %.*s", PT__SHOW(index->name));
        }
    }
    if (exception == PT__OK && index->kind == PTE_INDEX_GLOBAL) {
        exception =
            pt__table_settings_set_index(settings, index->name, &throughput, &call->failure);
    }
    return exception;
}

/* https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html */
static pt__exception check_index_counts(pt__call *call, size_t locals, size_t globals) {
    if (locals > PT__LOCAL_INDEXES_MAX) {
        return refuse(call, INVALID "Number of LocalSecondaryIndexes exceeds per-table limit of 5");
    }
    if (globals > PT__GLOBAL_INDEXES_MAX) {
        return refuse(call, INVALID "GlobalSecondaryIndex count exceeds the per-table limit of 20");
    }
    return PT__OK;
}

static pt__exception read_indexes(pte_table_spec *spec, pt__table_settings *settings,
                                  pt__call *call, definitions *d) {
    const pt__json *local = pt__json_member(call->body, "LocalSecondaryIndexes");
    const pt__json *global = pt__json_member(call->body, "GlobalSecondaryIndexes");
    size_t locals = local == NULL ? 0 : local->count;
    size_t globals = global == NULL ? 0 : global->count;
    if (locals + globals > PTE_INDEXES_MAX) { /* before it costs anything */
        return check_index_counts(call, locals, globals);
    }
    pte_index_spec *indexes = pte__arena_alloc(&call->arena, (locals + globals) * sizeof *indexes);
    if (indexes == NULL) {
        return pt__refuse_memory(&call->failure);
    }
    pt__exception exception = read_index_keys(indexes, call, d, spec, local, PTE_INDEX_LOCAL);
    if (exception == PT__OK) {
        exception = read_index_keys(indexes + locals, call, d, spec, global, PTE_INDEX_GLOBAL);
    }
    if (exception == PT__OK) {
        exception = check_all_used(call, d, local != NULL || global != NULL);
    }
    size_t included = 0;
    const pt__json *one = locals != 0 ? local->first : globals != 0 ? global->first : NULL;
    for (size_t i = 0; one != NULL && exception == PT__OK; i++) {
        exception = read_index_rest(indexes, i, call, one, settings);
        included += indexes[i].include_count;
        one = i + 1 == locals && globals != 0 ? global->first : one->next;
    }
    if (exception == PT__OK) {
        exception = check_index_counts(call, locals, globals);
    }
    spec->indexes = indexes;
    spec->index_count = locals + globals;
    return exception == PT__OK ? check_included_total(call, included) : exception;
}

pt__exception pt__table_definition_read(pte_table_spec *spec, pt__table_settings *settings,
                                        pt__call *call) {
    pt__exception exception;
    definitions *d =
        read_definitions(call, pt__json_member(call->body, "AttributeDefinitions"), &exception);
    if (exception == PT__OK) {
        exception = read_table_key(spec, call, d);
    }
    return exception == PT__OK ? read_indexes(spec, settings, call, d) : exception;
}

/* ---- UpdateTable ---- */

static pt__exception check_type(pt__call *call, pte_key_attribute old, pte_key_attribute new) {
    if (!pte_bytes_equal(old.name, new.name) || old.type == new.type) {
        return PT__OK;
    }
    /* No AWS text for this is known; the rule is that an attribute has one definition. */
    return pt__refuse(&call->failure, PT__VALIDATION,
                      INVALID "Attribute %.*s is defined with type %s in the table and %s in "
                              "AttributeDefinitions",
                      PT__SHOW(new.name), pte_type_name(old.type), pte_type_name(new.type));
}

static pt__exception check_type_in(pt__call *call, const pte_key_attribute *olds, size_t count,
                                   const pte_index_spec *index) {
    pt__exception exception = PT__OK;
    for (size_t i = 0; i < count && exception == PT__OK; i++) {
        for (size_t j = 0; j < index->hash_count && exception == PT__OK; j++) {
            exception = check_type(call, olds[i], index->hash[j]);
        }
        for (size_t j = 0; j < index->range_count && exception == PT__OK; j++) {
            exception = check_type(call, olds[i], index->range[j]);
        }
    }
    return exception;
}

/* That the new index calls its attributes what the table and its other indexes call them. */
static pt__exception check_types(pt__call *call, const pte_table_info *table,
                                 const pte_index_spec *index, size_t *included) {
    pt__exception exception = check_type_in(call, &table->spec.hash, 1, index);
    if (exception == PT__OK) {
        exception = check_type_in(call, &table->spec.range, 1, index);
    }
    for (size_t i = 0; i < table->index_count && exception == PT__OK; i++) {
        const pte_index_spec *other = &table->indexes[i].spec;
        *included += other->include_count;
        exception = check_type_in(call, other->hash, other->hash_count, index);
        if (exception == PT__OK) {
            exception = check_type_in(call, other->range, other->range_count, index);
        }
    }
    return exception;
}

/* Fact 52: the key attributes are defined in the same request, even if the table knows them;
 * definitions that are not used are ignored here. */
pt__exception pt__index_definition_read(pte_index_spec *index, pt__call *call,
                                        const pt__json *create, const pte_table_info *table) {
    const pt__json *given = pt__json_member(call->body, "AttributeDefinitions");
    *index = (pte_index_spec){.name = pt__json_string(create, "IndexName")};
    if (given == NULL || given->count == 0) {
        return pt__refuse(&call->failure, PT__VALIDATION,
                          INVALID "AttributeDefinitions is not specified for index: %.*s",
                          PT__SHOW(index->name));
    }
    pt__exception exception;
    size_t included = 0;
    definitions *d = read_definitions(call, given, &exception);
    if (exception == PT__OK) {
        exception = read_key_schema(index, call, d, pt__json_member(create, "KeySchema"), true);
    }
    if (exception == PT__OK) {
        exception = check_types(call, table, index, &included);
    }
    if (exception == PT__OK) {
        exception = read_projection(index, call, create);
    }
    return exception == PT__OK ? check_included_total(call, included + index->include_count)
                               : exception;
}
