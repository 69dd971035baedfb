/*
 * The model's tables: keys, writes and their faults, what an index shows, change records, time to
 * live. Everything is worked out from the items; nothing is kept that could go stale.
 */
#include "model.h"

#include <stdlib.h>

/* Past this much it does not matter how leap days are counted; the histories stay off the edge. */
#define FIVE_YEARS_S ((int64_t)5 * 365 * 24 * 3600)

void model_faults_add(model_faults *faults, pte_status status) {
    if (!model_faults_has(faults, status) && faults->count < MODEL_FAULTS_MAX) {
        faults->list[faults->count++] = status;
    }
}

bool model_faults_has(const model_faults *faults, pte_status status) {
    for (size_t i = 0; i < faults->count; i++) {
        if (faults->list[i] == status) {
            return true;
        }
    }
    return false;
}

void model_copy(model *to, const model *from) {
    *to = *from;
    for (size_t t = 0; t < from->table_count; t++) {
        model_table *table = &to->tables[t];
        table->capacity = table->count;
        table->items = model_alloc(table->count * sizeof(model_item *));
        for (size_t i = 0; i < table->count; i++) {
            table->items[i] = model_item_hold(from->tables[t].items[i]);
        }
    }
    to->change_capacity = from->change_count;
    to->changes = model_alloc(from->change_count * sizeof *to->changes);
    for (size_t i = 0; i < from->change_count; i++) {
        to->changes[i] = from->changes[i];
        (void)model_item_hold(to->changes[i].keys);
        (void)model_item_hold(to->changes[i].old_image);
        (void)model_item_hold(to->changes[i].new_image);
    }
}

void model_table_clear(model_table *table) {
    for (size_t i = 0; i < table->count; i++) {
        model_item_release(table->items[i]);
    }
    free(table->items);
    table->items = NULL;
    table->count = 0;
    table->capacity = 0;
    table->exists = false;
}

static void change_clean_up(model_change *change) {
    model_item_release(change->keys);
    model_item_release(change->old_image);
    model_item_release(change->new_image);
}

void model_clean_up(model *m) {
    for (size_t t = 0; t < m->table_count; t++) {
        model_table_clear(&m->tables[t]);
    }
    for (size_t i = 0; i < m->change_count; i++) {
        change_clean_up(&m->changes[i]);
    }
    free(m->changes);
    *m = (model){0};
}

static int key_order(const model_table *table, const model_item *item, const model_value *hash,
                     const model_value *range) {
    int order = model_value_compare(model_item_find(item, table->hash.name), hash);
    if (order != 0 || table->range.name == NULL) {
        return order;
    }
    return model_value_compare(model_item_find(item, table->range.name), range);
}

int model_item_order(const model_table *table, const model_item *a, const model_item *b) {
    return key_order(table, a, model_item_find(b, table->hash.name),
                     table->range.name == NULL ? NULL : model_item_find(b, table->range.name));
}

static bool of_type(const model_value *value, pte_type type) {
    return value != NULL && value->type == type;
}

/* Where the first item that does not come before the key stands. */
static size_t place_of(const model_table *table, const model_value *hash,
                       const model_value *range) {
    size_t from = 0, to = table->count;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (key_order(table, table->items[middle], hash, range) < 0) {
            from = middle + 1;
        } else {
            to = middle;
        }
    }
    return from;
}

model_item *model_get(const model_table *table, const model_value *hash, const model_value *range) {
    if (!of_type(hash, table->hash.type) ||
        (table->range.name != NULL && !of_type(range, table->range.type))) {
        return NULL;
    }
    size_t at = place_of(table, hash, range);
    bool found = at < table->count && key_order(table, table->items[at], hash, range) == 0;
    return found ? table->items[at] : NULL;
}

static void record(model *m, const model_table *table, const model_item *old_item,
                   const model_item *new_item, int64_t time_ms, bool by_expiry) {
    bool keep_old =
        table->changes == PTE_CHANGES_OLD_IMAGE || table->changes == PTE_CHANGES_NEW_AND_OLD_IMAGES;
    bool keep_new =
        table->changes == PTE_CHANGES_NEW_IMAGE || table->changes == PTE_CHANGES_NEW_AND_OLD_IMAGES;
    m->changes = model_grow(m->changes, m->change_count, &m->change_capacity, sizeof *m->changes);
    m->changes[m->change_count++] = (model_change){
        .time_ms = time_ms,
        .table_id = table->id,
        .kind = old_item == NULL   ? PTE_CHANGE_INSERT
                : new_item == NULL ? PTE_CHANGE_DELETE
                                   : PTE_CHANGE_MODIFY,
        .by_expiry = by_expiry,
        .keys = model_key_item(table, NULL, new_item != NULL ? new_item : old_item),
        .old_image = keep_old && old_item != NULL ? model_item_copy(old_item) : NULL,
        .new_image = keep_new && new_item != NULL ? model_item_copy(new_item) : NULL,
    };
}

void model_apply(model *m, model_table *table, model_item *old_item, model_item *new_item,
                 int64_t time_ms, bool by_expiry) {
    /* "If you perform a PutItem or UpdateItem operation that does not change any data in an item,
     * DynamoDB Streams does not write a stream record":
     * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html */
    if (model_item_equal(old_item, new_item)) {
        return;
    }
    if (table->changes != PTE_CHANGES_OFF) {
        record(m, table, old_item, new_item, time_ms, by_expiry);
    }
    model_item *any = new_item != NULL ? new_item : old_item;
    size_t at =
        place_of(table, model_item_find(any, table->hash.name),
                 table->range.name == NULL ? NULL : model_item_find(any, table->range.name));
    (void)model_item_hold(new_item);
    if (old_item == NULL) {
        table->items =
            model_grow(table->items, table->count, &table->capacity, sizeof(model_item *));
        memmove(&table->items[at + 1], &table->items[at],
                (table->count - at) * sizeof(model_item *));
        table->items[at] = new_item;
        table->count++;
        return;
    }
    if (new_item == NULL) {
        table->count--;
        memmove(&table->items[at], &table->items[at + 1],
                (table->count - at) * sizeof(model_item *));
    } else {
        table->items[at] = new_item;
    }
    model_item_release(old_item);
}

static void check_key_attribute(model_faults *faults, const model_key *key,
                                const model_value *value, size_t bytes_max) {
    if (value == NULL || value->type == PTE_TYPE_NONE) {
        model_faults_add(faults, PTE_KEY_MISSING);
    } else if (value->type != key->type) {
        model_faults_add(faults, PTE_KEY_TYPE);
    } else if (value->type != PTE_TYPE_N && value->bytes.len == 0) {
        model_faults_add(faults, PTE_KEY_EMPTY);
    } else if (value->type != PTE_TYPE_N && value->bytes.len > bytes_max) {
        model_faults_add(faults, PTE_KEY_SIZE);
    }
}

void model_check_key(model_faults *faults, const model_table *table, const model_value *hash,
                     const model_value *range) {
    check_key_attribute(faults, &table->hash, hash, PTE_HASH_KEY_BYTES_MAX);
    if (table->range.name != NULL) {
        check_key_attribute(faults, &table->range, range, PTE_RANGE_KEY_BYTES_MAX);
    }
}

/* Adds what keeps the item out of the index; an attribute that is simply absent is no fault. */
static bool check_index_keys(model_faults *faults, const model_item *item, const model_key *keys,
                             size_t count, bool together) {
    bool all = true;
    size_t bytes = 0;
    for (size_t i = 0; i < count; i++) {
        const model_value *value = model_item_find(item, keys[i].name);
        if (value == NULL) {
            all = false;
            continue;
        }
        if (value->type != keys[i].type) {
            model_faults_add(faults, PTE_INDEX_KEY_TYPE);
            continue;
        }
        if (value->type == PTE_TYPE_N) {
            continue; /* histories keep numbers away from the edge of the sum */
        }
        if (value->bytes.len == 0) {
            model_faults_add(faults, PTE_INDEX_KEY_EMPTY);
        }
        bytes = together ? bytes + value->bytes.len : value->bytes.len;
        if (bytes > (together ? (size_t)PTE_RANGE_KEY_BYTES_MAX : (size_t)PTE_HASH_KEY_BYTES_MAX)) {
            model_faults_add(faults, PTE_INDEX_KEY_SIZE);
        }
    }
    return all;
}

bool model_index_takes(const model_index *index, const model_item *item) {
    model_faults faults = {0};
    bool hash = check_index_keys(&faults, item, index->hash, index->hash_count, false);
    bool range = check_index_keys(&faults, item, index->range, index->range_count, true);
    return hash && range && faults.count == 0;
}

void model_check_item(model_faults *faults, const model_table *table, const model_item *item) {
    model_check_key(faults, table, model_item_find(item, table->hash.name),
                    table->range.name == NULL ? NULL : model_item_find(item, table->range.name));
    for (size_t i = 0; i < table->index_count; i++) {
        const model_index *index = &table->indexes[i];
        (void)check_index_keys(faults, item, index->hash, index->hash_count, false);
        (void)check_index_keys(faults, item, index->range, index->range_count, true);
    }
    if (model_item_size(item) > PTE_ITEM_BYTES_MAX) {
        model_faults_add(faults, PTE_ITEM_TOO_LARGE);
    }
}

bool model_may_collide(const model_table *table, const model_value *hash,
                       const model_value *range) {
    for (size_t i = 0; i < table->count; i++) {
        const model_item *item = table->items[i];
        bool same_sort = table->range.name == NULL ||
                         model_value_compare(model_item_find(item, table->range.name), range) == 0;
        if (same_sort && model_value_compare(model_item_find(item, table->hash.name), hash) != 0) {
            return true;
        }
    }
    return false;
}

model_index *model_index_named(model_table *table, const char *name) {
    for (size_t i = 0; i < table->index_count; i++) {
        if (strcmp(table->indexes[i].name, name) == 0) {
            return &table->indexes[i];
        }
    }
    return NULL;
}

static void copy_attribute(model_item *to, const model_item *from, const char *name) {
    const model_value *value = model_item_find(from, name);
    if (value != NULL) {
        model_item_set(to, name, model_value_copy(value));
    }
}

model_item *model_key_item(const model_table *table, const model_index *index,
                           const model_item *item) {
    model_item *key = model_item_new();
    copy_attribute(key, item, table->hash.name);
    if (table->range.name != NULL) {
        copy_attribute(key, item, table->range.name);
    }
    for (size_t i = 0; index != NULL && i < index->hash_count; i++) {
        copy_attribute(key, item, index->hash[i].name);
    }
    for (size_t i = 0; index != NULL && i < index->range_count; i++) {
        copy_attribute(key, item, index->range[i].name);
    }
    return key;
}

model_item *model_project(const model_table *table, const model_index *index, model_item *item) {
    if (index == NULL || index->projection == PTE_PROJECT_ALL) {
        return model_item_hold(item);
    }
    model_item *shown = model_key_item(table, index, item);
    for (size_t i = 0; i < index->include_count; i++) {
        copy_attribute(shown, item, index->include[i]);
    }
    return shown;
}

void model_index_totals(const model_table *table, const model_index *index, uint64_t *entries,
                        uint64_t *size_bytes) {
    *entries = 0;
    *size_bytes = 0;
    for (size_t i = 0; i < table->count; i++) {
        if (index == NULL || model_index_takes(index, table->items[i])) {
            model_item *shown = model_project(table, index, table->items[i]);
            *entries += 1;
            *size_bytes += model_item_size(shown);
            model_item_release(shown);
        }
    }
}

static model_decimal decimal_of(int64_t number) {
    char text[24];
    model_decimal decimal;
    int len = 0;
    uint64_t rest = number < 0 ? (uint64_t)-number : (uint64_t)number;
    do {
        text[sizeof text - 1 - (size_t)len++] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    model_decimal_parse(&decimal, pte_view(text + sizeof text - (size_t)len, (size_t)len));
    decimal.negative = number < 0;
    return decimal;
}

/* https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/howitworks-ttl.html */
bool model_expires(const model_table *table, const model_item *item, int64_t now_s) {
    const model_value *value = table->ttl == NULL ? NULL : model_item_find(item, table->ttl);
    if (!of_type(value, PTE_TYPE_N) || value->number.negative || value->number.count == 0) {
        return false;
    }
    model_decimal now = decimal_of(now_s);
    model_decimal oldest = decimal_of(now_s - FIVE_YEARS_S);
    return model_decimal_compare(&value->number, &now) < 0 &&
           model_decimal_compare(&value->number, &oldest) >= 0;
}

size_t model_trim(model *m, int64_t before_ms, size_t max) {
    size_t count = 0;
    while (count < max && count < m->change_count && m->changes[count].time_ms < before_ms) {
        change_clean_up(&m->changes[count++]);
    }
    m->change_count -= count;
    memmove(m->changes, m->changes + count, m->change_count * sizeof *m->changes);
    return count;
}
