/* Tables: CreateTable requests in YAML, their JSON, and what a report must know of them. */
#include "workload/inside.h"

static const char *const table_keys[] = {"AttributeDefinitions",
                                         "BillingMode",
                                         "DeletionProtectionEnabled",
                                         "GlobalSecondaryIndexes",
                                         "GlobalTableSettingsReplicationMode",
                                         "KeySchema",
                                         "LocalSecondaryIndexes",
                                         "OnDemandThroughput",
                                         "ProvisionedThroughput",
                                         "ResourcePolicy",
                                         "SSESpecification",
                                         "StreamSpecification",
                                         "TableClass",
                                         "TableName",
                                         "Tags",
                                         "WarmThroughput",
                                         NULL};
static const char *const index_keys[] = {
    "IndexName",      "KeySchema",          "Projection", "ProvisionedThroughput",
    "WarmThroughput", "OnDemandThroughput", NULL};
static const char *const throughput_keys[] = {"ReadCapacityUnits", "WriteCapacityUnits", NULL};
static const char *const schema_keys[] = {"AttributeName", "KeyType", NULL};
static const char *const definition_keys[] = {"AttributeName", "AttributeType", NULL};
static const char *const projection_keys[] = {"NonKeyAttributes", "ProjectionType", NULL};

/* ---- YAML as JSON ---- */

/* As deep as the file. */
static void write_json(wl_text *json, const wl__node *node) {
    if (node->kind == WL__SCALAR) {
        bool bare = wl__is_number(node) || wl__is_true(node) || wl__is_false(node);
        bool null = wl__is_null(node);
        wl__text_raw(json, bare ? "" : null ? "null" : "\"");
        if (bare) {
            wl__text_add(json, node->text);
        } else if (!null) {
            wl__text_escaped(json, node->text);
        }
        wl__text_raw(json, bare || null ? "" : "\"");
        return;
    }
    wl__text_raw(json, node->kind == WL__MAP ? "{" : "[");
    for (size_t i = 0; i < node->count; i++) {
        wl__text_raw(json, i == 0 ? "" : ",");
        if (node->kind == WL__MAP) {
            wl__text_raw(json, "\"");
            wl__text_escaped(json, node->keys[i]->text);
            wl__text_raw(json, "\":");
        }
        write_json(json, node->items[i]);
    }
    wl__text_raw(json, node->kind == WL__MAP ? "}" : "]");
}

static bool keep_json(wl__reader *reader, wl_table *table, const wl__node *node) {
    wl_text json = {0};
    write_json(&json, node);
    char *copy = json.failed ? NULL : wl__arena_copy(reader->arena, wl__text_bytes(&json));
    table->create_table = pte_view(copy, copy != NULL ? json.len : 0);
    wl_text_clean_up(&json);
    return copy != NULL || wl__complain_memory(reader->complaint);
}

/* ---- members ---- */

static const wl__node *need_member(wl__reader *reader, const wl__node *map, const char *name,
                                   const char *what) {
    const wl__node *found = wl__member(map, name);
    if (found == NULL) {
        wl__complain(reader->complaint, map, "expected %s in %s, found none", name, what);
    }
    return found;
}

/* One of the names; its number. */
static bool need_one_of(size_t *number, wl__reader *reader, const wl__node *node, const char *what,
                        const char *const *names) {
    for (*number = 0; names[*number] != NULL; (*number)++) {
        if (wl__is(node, names[*number])) {
            return true;
        }
    }
    return wl__complain_unknown(reader->complaint, node, what, names);
}

static bool read_throughput(wl__reader *reader, wl_throughput *throughput, const wl__node *map) {
    const wl__node *node = wl__member(map, "ProvisionedThroughput");
    uint64_t units[2];
    if (node == NULL) {
        return true;
    }
    if (!wl__need_map(reader->complaint, node, "ProvisionedThroughput", throughput_keys)) {
        return false;
    }
    for (size_t i = 0; i < 2; i++) {
        const wl__node *member =
            need_member(reader, node, throughput_keys[i], "ProvisionedThroughput");
        if (member == NULL ||
            !wl__need_whole(&units[i], reader->complaint, member, 1, 1000000000)) {
            return false;
        }
    }
    *throughput = (wl_throughput){(double)units[0], (double)units[1]};
    return true;
}

static bool is_defined(const wl__node *definitions, const char *name) {
    for (size_t i = 0; i < definitions->count; i++) {
        const wl__node *defined = wl__member(definitions->items[i], "AttributeName");
        if (defined != NULL && wl__is(defined, name)) {
            return true;
        }
    }
    return false;
}

static bool read_definitions(wl__reader *reader, const wl__node *definitions) {
    static const char *const types[] = {"S", "N", "B", NULL};
    if (!wl__need_list(reader->complaint, definitions, "AttributeDefinitions", 200)) {
        return false;
    }
    for (size_t i = 0; i < definitions->count; i++) {
        const wl__node *one = definitions->items[i];
        const wl__node *type = NULL;
        size_t number = 0;
        if (!wl__need_map(reader->complaint, one, "AttributeDefinitions", definition_keys) ||
            need_member(reader, one, "AttributeName", "AttributeDefinitions") == NULL ||
            (type = need_member(reader, one, "AttributeType", "AttributeDefinitions")) == NULL ||
            !need_one_of(&number, reader, type, "AttributeType", types)) {
            return false;
        }
    }
    return true;
}

/* One element of a KeySchema. */
static bool read_key(wl__reader *reader, wl_key *hash, wl_key *range, const wl__node *one,
                     const wl__node *definitions) {
    static const char *const types[] = {"HASH", "RANGE", NULL};
    const wl__node *name = NULL, *type = NULL;
    const char *text = NULL;
    size_t number = 0;
    if (!wl__need_map(reader->complaint, one, "KeySchema", schema_keys) ||
        (name = need_member(reader, one, "AttributeName", "KeySchema")) == NULL ||
        !wl__need_text(&text, reader->complaint, name, "an attribute's name") ||
        (type = need_member(reader, one, "KeyType", "KeySchema")) == NULL ||
        !need_one_of(&number, reader, type, "KeyType", types)) {
        return false;
    }
    if (!is_defined(definitions, text)) {
        return wl__complain(reader->complaint, name,
                            "expected the key attribute \"%.60s\" among AttributeDefinitions, "
                            "where it is not",
                            text);
    }
    wl_key *key = number == 0 ? hash : range;
    if (key->count == WL_KEY_ATTRIBUTES_MAX) {
        return wl__complain(reader->complaint, one, "expected at most %d %s attributes, found more",
                            WL_KEY_ATTRIBUTES_MAX, types[number]);
    }
    key->names[key->count++] = text;
    return true;
}

static bool read_keys(wl__reader *reader, wl_key *hash, wl_key *range, const wl__node *of,
                      const wl__node *definitions, const char *what) {
    const wl__node *schema = need_member(reader, of, "KeySchema", what);
    if (schema == NULL ||
        !wl__need_list(reader->complaint, schema, "key attributes", 2 * WL_KEY_ATTRIBUTES_MAX)) {
        return false;
    }
    for (size_t i = 0; i < schema->count; i++) {
        if (!read_key(reader, hash, range, schema->items[i], definitions)) {
            return false;
        }
    }
    return hash->count != 0 ||
           wl__complain(reader->complaint, schema, "expected a HASH attribute, found none");
}

/* ---- indexes ---- */

static bool read_projection(wl__reader *reader, wl_index *index, const wl__node *node) {
    static const char *const types[] = {"ALL", "KEYS_ONLY", "INCLUDE", NULL};
    const wl__node *projection = need_member(reader, node, "Projection", "an index");
    const wl__node *type = NULL;
    size_t number = 0;
    if (projection == NULL ||
        !wl__need_map(reader->complaint, projection, "Projection", projection_keys) ||
        (type = need_member(reader, projection, "ProjectionType", "Projection")) == NULL ||
        !need_one_of(&number, reader, type, "ProjectionType", types)) {
        return false;
    }
    index->projection = (wl_projection)number;
    return true;
}

static bool read_index(wl__reader *reader, wl_table *table, const wl__node *node,
                       const wl__node *definitions, bool local) {
    wl_index *index = &table->indexes[table->index_count];
    const wl__node *name = NULL;
    index->local = local;
    if (!wl__need_map(reader->complaint, node, "an index", index_keys) ||
        (name = need_member(reader, node, "IndexName", "an index")) == NULL ||
        !wl__need_text(&index->name, reader->complaint, name, "an index's name") ||
        !read_keys(reader, &index->hash, &index->range, node, definitions, "an index") ||
        !read_projection(reader, index, node) ||
        !read_throughput(reader, &index->provisioned, node)) {
        return false;
    }
    for (size_t i = 0; i < table->index_count; i++) {
        if (strcmp(table->indexes[i].name, index->name) == 0) {
            return wl__complain_expected(reader->complaint, name,
                                         "a name that no other index of the table has");
        }
    }
    table->index_count++;
    return true;
}

static bool read_indexes(wl__reader *reader, wl_table *table, const wl__node *node,
                         const wl__node *definitions, bool local) {
    const wl__node *list =
        wl__member(node, local ? "LocalSecondaryIndexes" : "GlobalSecondaryIndexes");
    if (list == NULL) {
        return true;
    }
    if (!wl__need_list(reader->complaint, list, local ? "local indexes" : "global indexes",
                       local ? 5 : 20)) {
        return false;
    }
    for (size_t i = 0; i < list->count; i++) {
        if (!read_index(reader, table, list->items[i], definitions, local)) {
            return false;
        }
    }
    return true;
}

/* ---- tables ---- */

static bool read_modes(wl__reader *reader, wl_table *table, const wl__node *node) {
    static const char *const billing[] = {"PROVISIONED", "PAY_PER_REQUEST", NULL};
    static const char *const classes[] = {"STANDARD", "STANDARD_INFREQUENT_ACCESS", NULL};
    const wl__node *mode = wl__member(node, "BillingMode");
    const wl__node *class = wl__member(node, "TableClass");
    size_t number = 0;
    if (mode != NULL && !need_one_of(&number, reader, mode, "BillingMode", billing)) {
        return false;
    }
    table->on_demand = number == 1;
    number = 0;
    if (class != NULL && !need_one_of(&number, reader, class, "TableClass", classes)) {
        return false;
    }
    table->infrequent_access = number == 1;
    if (!table->on_demand &&
        need_member(reader, node, "ProvisionedThroughput",
                    "a table whose BillingMode is not PAY_PER_REQUEST") == NULL) {
        return false;
    }
    return true;
}

static bool read_table(wl__reader *reader, const wl__node *node) {
    wl_workload *w = reader->workload;
    wl_table *table = &w->tables[w->table_count];
    const wl__node *name = NULL, *definitions = NULL;
    if (!wl__need_map(reader->complaint, node, "a table", table_keys) ||
        (name = need_member(reader, node, "TableName", "a table")) == NULL ||
        !wl__need_text(&table->name, reader->complaint, name, "a table's name") ||
        (definitions = need_member(reader, node, "AttributeDefinitions", "a table")) == NULL ||
        !read_definitions(reader, definitions) ||
        !read_keys(reader, &table->hash, &table->range, node, definitions, "a table") ||
        !read_modes(reader, table, node) || !read_throughput(reader, &table->provisioned, node) ||
        !read_indexes(reader, table, node, definitions, false) ||
        !read_indexes(reader, table, node, definitions, true)) {
        return false;
    }
    for (size_t i = 0; i < w->table_count; i++) {
        if (strcmp(w->tables[i].name, table->name) == 0) {
            return wl__complain_expected(reader->complaint, name, "a name that no other table has");
        }
    }
    w->table_count++;
    return keep_json(reader, table, node);
}

static bool number_places(wl__reader *reader) {
    wl_workload *w = reader->workload;
    size_t count = w->table_count;
    for (size_t t = 0; t < w->table_count; t++) {
        count += w->tables[t].index_count;
    }
    w->places = wl__arena_array(reader->arena, count, sizeof *w->places);
    if (w->places == NULL) {
        return wl__complain_memory(reader->complaint);
    }
    for (size_t t = 0; t < w->table_count; t++) {
        const wl_table *table = &w->tables[t];
        w->places[w->place_count++] = (wl_place){.table = t, .of = table};
        for (size_t i = 0; i < table->index_count; i++) {
            w->places[w->place_count++] = (wl_place){t, table, &table->indexes[i]};
        }
    }
    return true;
}

bool wl__read_tables(wl__reader *reader, const wl__node *node) {
    if (!wl__need_list(reader->complaint, node, "tables", WL_TABLES_MAX)) {
        return false;
    }
    if (node->count == 0) {
        return wl__complain(reader->complaint, node, "expected at least one table, found none");
    }
    for (size_t i = 0; i < node->count; i++) {
        if (!read_table(reader, node->items[i])) {
            return false;
        }
    }
    return number_places(reader);
}

bool wl__need_table(size_t *table, wl__reader *reader, const wl__node *node) {
    const char *names[WL_TABLES_MAX + 1] = {NULL};
    const wl_workload *w = reader->workload;
    for (size_t i = 0; i < w->table_count; i++) {
        names[i] = w->tables[i].name;
    }
    return need_one_of(table, reader, node, "table", names);
}
