/* Checking ExclusiveStartKey. May call the engine's value readers and numbers. */
#include "operation/start_key.h"

#define START_KEY "The provided starting key is invalid"
#define NO_MATCH "The provided key element does not match the schema"

pt__exception pt__start_key_decode(pte_item *item, pt__call *call) {
    const pt__json *json = pt__json_member(call->body, "ExclusiveStartKey");
    *item = (pte_item){{NULL, 0}, 0};
    if (json == NULL) {
        return PT__OK;
    }
    pt__exception exception = pt__key_item_decode(item, call, json);
    if (exception == PT__VALIDATION) {
        pte_bytes message = call->failure.message;
        return pt__refuse(&call->failure, PT__VALIDATION, START_KEY ": %.*s", PT__SHOW(message));
    }
    return exception;
}

/* ---- against the schema ---- */

static pt__exception find(pte_value *value, pt__call *call, const pte_item *item, pte_bytes name) {
    pte_error error;
    pte_status status = pte_item_find(value, item, name, &error);
    return status == PTE_OK ? PT__OK : pt__refuse_engine(&call->failure, status, &error);
}

/* What is said of a key that lacks an attribute or has too many. */
static pt__exception refuse_names(pt__call *call, bool scan_of_table) {
    return pt__refuse(&call->failure, PT__VALIDATION,
                      scan_of_table ? START_KEY ": " NO_MATCH : START_KEY);
}

typedef struct check {
    pt__call *call;
    const pte_item *item;
    const pte_table_spec *table;
    const pte_index_spec *index; /* NULL: none */
    bool scan;
} check;

static bool in_index(const check *c, pte_bytes name) {
    for (size_t i = 0; c->index != NULL && i < c->index->hash_count; i++) {
        if (pte_bytes_equal(c->index->hash[i].name, name)) {
            return true;
        }
    }
    for (size_t i = 0; c->index != NULL && i < c->index->range_count; i++) {
        if (pte_bytes_equal(c->index->range[i].name, name)) {
            return true;
        }
    }
    return false;
}

static pt__exception check_attribute(const check *c, const pte_key_attribute *attribute,
                                     size_t *range_bytes) {
    bool scan_of_table = c->scan && c->index == NULL;
    pte_value value;
    pt__exception exception = find(&value, c->call, c->item, attribute->name);
    if (exception != PT__OK) {
        return exception;
    }
    if (value.type == PTE_TYPE_NONE) {
        return refuse_names(c->call, scan_of_table);
    }
    if (value.type != attribute->type) {
        /* An attribute of the query's own key is told of without the prefix. */
        bool own = c->index == NULL ? !c->scan : in_index(c, attribute->name);
        return pt__refuse(&c->call->failure, PT__VALIDATION,
                          own ? NO_MATCH : START_KEY ": " NO_MATCH);
    }
    return pt__key_value_check(&c->call->failure, START_KEY ": ", attribute->name, &value,
                               range_bytes);
}

static pt__exception check_index(const check *c) {
    size_t range_bytes = 0;
    pt__exception exception = PT__OK;
    for (size_t i = 0; i < c->index->hash_count && exception == PT__OK; i++) {
        exception = check_attribute(c, &c->index->hash[i], NULL);
    }
    for (size_t i = 0; i < c->index->range_count && exception == PT__OK; i++) {
        exception = check_attribute(c, &c->index->range[i], &range_bytes);
    }
    return exception;
}

static bool is_table_key(const pte_table_spec *table, pte_bytes name) {
    return pte_bytes_equal(table->hash.name, name) || pte_bytes_equal(table->range.name, name);
}

/* How many attributes a start key has: those of both keys, each once. */
static size_t expected_count(const check *c) {
    size_t count = c->table->range.name.len != 0 ? 2 : 1;
    for (size_t i = 0; c->index != NULL && i < c->index->hash_count; i++) {
        count += is_table_key(c->table, c->index->hash[i].name) ? 0 : 1;
    }
    for (size_t i = 0; c->index != NULL && i < c->index->range_count; i++) {
        count += is_table_key(c->table, c->index->range[i].name) ? 0 : 1;
    }
    return count;
}

pt__exception pt__start_key_check(pt__call *call, const pt__table *table,
                                  const pte_index_info *index, const pte_item *item, bool scan) {
    check c = {call, item, &table->info->spec, index != NULL ? &index->spec : NULL, scan};
    pte_value all;
    size_t range_bytes = 0;
    pte_error error;
    pte_status status = pte_item_value(&all, item, &error);
    if (status != PTE_OK) {
        return pt__refuse_engine(&call->failure, status, &error);
    }
    if (all.count != expected_count(&c)) {
        return refuse_names(call, scan && index == NULL);
    }
    pt__exception exception = index != NULL ? check_index(&c) : PT__OK;
    if (exception == PT__OK) {
        exception = check_attribute(&c, &c.table->hash, NULL);
    }
    if (exception == PT__OK && c.table->range.name.len != 0) {
        exception = check_attribute(&c, &c.table->range, &range_bytes);
    }
    return exception;
}

/* ---- against the query ---- */

/* The order of two values of one type; numbers have been parsed before. */
static int compare(pte_scalar a, pte_scalar b) {
    pte_number x;
    pte_number y;
    if (a.type != PTE_TYPE_N) {
        return pte_bytes_compare(a.bytes, b.bytes);
    }
    if (pte_number_parse(&x, a.bytes, NULL) != PTE_OK ||
        pte_number_parse(&y, b.bytes, NULL) != PTE_OK) {
        return pte_bytes_compare(a.bytes, b.bytes);
    }
    return pte_number_compare(&x, &y);
}

static bool begins_with(pte_bytes bytes, pte_bytes prefix) {
    return bytes.len >= prefix.len && pte_bytes_equal(pte_view(bytes.data, prefix.len), prefix);
}

static bool last_matches(const pte_query *query, pte_scalar value) {
    pte_scalar wanted = query->range[query->range_count - 1];
    int order = compare(value, wanted);
    switch (query->op) {
    case PTE_RANGE_EQ:
        return order == 0;
    case PTE_RANGE_LT:
        return order < 0;
    case PTE_RANGE_LE:
        return order <= 0;
    case PTE_RANGE_GT:
        return order > 0;
    case PTE_RANGE_GE:
        return order >= 0;
    case PTE_RANGE_BETWEEN:
        return order >= 0 && compare(value, query->range_upper) <= 0;
    case PTE_RANGE_BEGINS_WITH:
        return begins_with(value.bytes, wanted.bytes);
    case PTE_RANGE_ANY:
        break;
    }
    return true;
}

/* Whether the start key's attributes equal the given values. */
static pt__exception equal(bool *all, pt__call *call, const pte_item *item,
                           const pte_key_attribute *attributes, const pte_scalar *values,
                           size_t count) {
    *all = true;
    for (size_t i = 0; i < count && *all; i++) {
        pte_value value;
        pt__exception exception = find(&value, call, item, attributes[i].name);
        if (exception != PT__OK) {
            return exception;
        }
        *all = compare((pte_scalar){value.type, value.bytes}, values[i]) == 0;
    }
    return PT__OK;
}

static pt__exception range_matches(bool *matches, pt__call *call, const pte_item *item,
                                   const pte_key_attribute *range, const pte_query *query) {
    size_t last = query->range_count - 1;
    pte_value value;
    pt__exception exception = equal(matches, call, item, range, query->range, last);
    if (exception != PT__OK || !*matches) {
        return exception;
    }
    exception = find(&value, call, item, range[last].name);
    *matches = exception == PT__OK && last_matches(query, (pte_scalar){value.type, value.bytes});
    return exception;
}

pt__exception pt__start_key_in_query(pt__call *call, const pte_item *item,
                                     const pte_key_attribute *hash, const pte_key_attribute *range,
                                     const pte_query *query) {
    bool matches = true;
    bool ranged = query->range_count != 0;
    pt__exception exception = ranged ? range_matches(&matches, call, item, range, query) : PT__OK;
    if (exception == PT__OK && !matches) {
        return pt__refuse(&call->failure, PT__VALIDATION,
                          "The provided starting key does not match the range key predicate");
    }
    if (exception == PT__OK) {
        exception = equal(&matches, call, item, hash, query->hash, query->hash_count);
    }
    if (exception == PT__OK && !matches) {
        return pt__refuse(&call->failure, PT__VALIDATION,
                          ranged ? "The query can return at most one row and cannot be restarted"
                                 : "The provided starting key is outside query boundaries based "
                                   "on provided conditions");
    }
    return exception;
}
