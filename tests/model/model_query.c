/* What a query or scan must answer, worked out by looking at every item. */
#include "model.h"

#include <stdlib.h>

void model_list_clean_up(model_list *list) {
    free(list->items);
    *list = (model_list){0};
}

/* The range attributes of the index, or of the table. */
static size_t range_keys(const model_key **keys, const model_table *table,
                         const model_index *index) {
    *keys = index != NULL ? index->range : &table->range;
    return index != NULL ? index->range_count : table->range.name != NULL ? 1 : 0;
}

static size_t hash_keys(const model_key **keys, const model_table *table,
                        const model_index *index) {
    *keys = index != NULL ? index->hash : &table->hash;
    return index != NULL ? index->hash_count : 1;
}

int model_range_order(const model_table *table, const model_index *index, const model_item *a,
                      const model_item *b) {
    const model_key *keys;
    size_t count = range_keys(&keys, table, index);
    int order = 0;
    for (size_t i = 0; i < count && order == 0; i++) {
        order =
            model_value_compare(model_item_find(a, keys[i].name), model_item_find(b, keys[i].name));
    }
    return order;
}

bool model_same_partition(const model_table *table, const model_index *index, const model_item *a,
                          const model_item *b) {
    const model_key *keys;
    size_t count = hash_keys(&keys, table, index);
    for (size_t i = 0; i < count; i++) {
        if (model_value_compare(model_item_find(a, keys[i].name),
                                model_item_find(b, keys[i].name)) != 0) {
            return false;
        }
    }
    return true;
}

static bool begins_with(const model_value *value, const model_value *prefix) {
    return value->bytes.len >= prefix->bytes.len &&
           memcmp(value->bytes.data, prefix->bytes.data, prefix->bytes.len) == 0;
}

static bool compares(const model_query *query, const model_value *value) {
    const model_value *operand = query->range[query->range_count - 1];
    int order = model_value_compare(value, operand);
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
        return order >= 0 && model_value_compare(value, query->upper) <= 0;
    case PTE_RANGE_BEGINS_WITH:
        return begins_with(value, operand);
    case PTE_RANGE_ANY:
        break;
    }
    return true;
}

static bool matches(const model_query *query, const model_item *item) {
    const model_key *keys;
    if (query->index != NULL && !model_index_takes(query->index, item)) {
        return false;
    }
    size_t count = hash_keys(&keys, query->table, query->index);
    for (size_t i = 0; i < count; i++) {
        if (model_value_compare(model_item_find(item, keys[i].name), query->hash[i]) != 0) {
            return false;
        }
    }
    (void)range_keys(&keys, query->table, query->index);
    for (size_t i = 0; i < query->range_count; i++) {
        const model_value *value = model_item_find(item, keys[i].name);
        if (i + 1 == query->range_count ? !compares(query, value)
                                        : model_value_compare(value, query->range[i]) != 0) {
            return false;
        }
    }
    return true;
}

void model_select(model_list *list, const model_query *query) {
    const model_table *table = query->table;
    *list = (model_list){.items = model_alloc(table->count * sizeof(model_item *))};
    for (size_t i = 0; i < table->count; i++) {
        model_item *item = table->items[i];
        if (!matches(query, item)) {
            continue;
        }
        size_t at = list->count++;
        for (; at > 0; at--) {
            int order = model_range_order(table, query->index, item, list->items[at - 1]);
            if (query->descending ? order <= 0 : order >= 0) {
                break;
            }
            list->items[at] = list->items[at - 1];
        }
        list->items[at] = item;
    }
}

void model_select_all(model_list *list, const model_table *table, const model_index *index) {
    *list = (model_list){.items = model_alloc(table->count * sizeof(model_item *))};
    for (size_t i = 0; i < table->count; i++) {
        if (index == NULL || model_index_takes(index, table->items[i])) {
            list->items[list->count++] = table->items[i];
        }
    }
}
