/* Look-ups, queries and descriptions against the model. Scans are in reads_scan.c. */
#include "reads_page.h"

#include <stdio.h>
#include <stdlib.h>

static pte_scalar scalar_or_none(world *w, const model_value *value,
                                 char text[MODEL_NUMBER_TEXT_MAX]) {
    return value == NULL ? (pte_scalar){0} : gen_scalar(w, value, text);
}

void reads_get(world *w, const reads_state *state, const model_table *table,
               const model_value *hash, const model_value *range) {
    pte_error error;
    gen_key_text text;
    pte_item item = {0};
    pte_key key = {scalar_or_none(w, hash, text.hash), scalar_or_none(w, range, text.range)};
    pte_status status = pte_read_item(&item, state->read, pte_str(table->name), &key, &error);
    model_faults faults = {0};
    if (!table->exists) {
        model_faults_add(&faults, PTE_TABLE_NOT_FOUND);
    } else {
        model_check_key(&faults, table, hash, range);
    }
    model_item *expected = faults.count > 0 ? NULL : model_get(table, hash, range);
    if (faults.count == 0 && expected == NULL) {
        model_faults_add(&faults, PTE_NOT_FOUND);
    }
    if (faults.count > 0 ? !model_faults_has(&faults, status) : status != PTE_OK) {
        char hash_text[400], range_text[400];
        model_value_print(hash_text, sizeof hash_text, hash);
        model_value_print(range_text, sizeof range_text, range);
        world_fail(w, "get from %s of %s / %s: %s instead of %s", table->name, hash_text,
                   range_text, pte_status_name(status),
                   faults.count > 0 ? pte_status_name(faults.list[0]) : "an item");
    }
    if (status == PTE_OK) {
        bridge_expect(w, &item, expected, "an item looked up");
    }
}

static const model_table *any_table(world *w, const reads_state *state) {
    return &state->m->tables[world_below(w, state->m->table_count)];
}

void reads_random_get(world *w, const reads_state *state) {
    const model_table *table = any_table(w, state);
    model_value hash, range;
    gen_key_values(w, table, &hash, &range);
    reads_get(w, state, table, &hash, &range);
    model_value_clean_up(&hash);
    model_value_clean_up(&range);
}

/* An index of the table or NULL; NULL more often where there are few. */
static const model_index *any_index(world *w, const model_table *table) {
    size_t which = world_below(w, table->index_count + 1);
    return which == table->index_count ? NULL : &table->indexes[which];
}

/* Whether the range values given could be too long together, so that they may be refused: in a key
 * of several attributes the engine decides what a number counts. */
static bool may_be_too_long(const model_query *query) {
    size_t bytes = 0;
    for (size_t i = 0; i < query->range_count; i++) {
        const model_value *value = query->range[i];
        bytes += value->type == PTE_TYPE_N ? (size_t)PTE_NUMBER_KEY_MAX : value->bytes.len;
    }
    size_t upper = query->op == PTE_RANGE_BETWEEN && query->upper->type != PTE_TYPE_N
                       ? query->upper->bytes.len
                       : 0;
    return query->range_count > 1 && bytes + upper > PTE_RANGE_KEY_BYTES_MAX;
}

static void random_limits(world *w, reads_pages *pages) {
    pages->items_max = world_once_in(w, 2) ? 0 : 1 + world_below(w, 12);
    pages->bytes_max = world_once_in(w, 2) ? 0 : 1 + world_below(w, 6000);
}

/* Drops the expected items up to and with the start. The start of a table's query may be any key of
 * the partition; that of an index must be an item that ties with no other. */
static void choose_start(world *w, reads_pages *pages, model_item **start) {
    const model_query *query = pages->query;
    model_list *list = pages->expected;
    size_t from = 0;
    if (query->index == NULL) {
        model_value hash, range;
        gen_key_values(w, query->table, &hash, &range);
        model_faults faults = {0};
        model_check_key(&faults, query->table, query->hash[0], &range);
        if (faults.count == 0) {
            *start = model_item_new();
            model_item_set(*start, query->table->hash.name, model_value_copy(query->hash[0]));
            model_item_set(*start, "other", model_boolean(true));
            if (query->table->range.name != NULL) {
                model_item_set(*start, query->table->range.name, model_value_copy(&range));
            }
        }
        model_value_clean_up(&hash);
        model_value_clean_up(&range);
        for (; *start != NULL && from < list->count; from++) {
            int order = model_range_order(query->table, NULL, list->items[from], *start);
            if (query->descending ? order < 0 : order > 0) {
                break;
            }
        }
    } else if (list->count > 0) {
        size_t at = world_below(w, list->count);
        bool lonely =
            (at == 0 || model_range_order(query->table, query->index, list->items[at - 1],
                                          list->items[at]) != 0) &&
            (at + 1 == list->count || model_range_order(query->table, query->index,
                                                        list->items[at + 1], list->items[at]) != 0);
        if (lonely) {
            *start = model_item_hold(list->items[at]);
            from = at + 1;
        }
    }
    list->count -= from;
    memmove(list->items, list->items + from, list->count * sizeof *list->items);
    pages->start = *start;
}

static void expect_backfilling(world *w, const reads_state *state, const reads_pages *pages) {
    pte_error error;
    pte_cursor *cursor = NULL;
    WORLD_EXPECT(w, PTE_INDEX_BACKFILLING,
                 reads_pages_open(w, state, pages, NULL, &cursor, &error));
}

static void log_query(world *w, const model_query *query, const reads_pages *pages) {
    char operand[64] = "";
    if (query->range_count > 0) {
        model_value_print(operand, sizeof operand, query->range[query->range_count - 1]);
    }
    world_log(w, "query %s %s op %d of %zu (%s)%s, pages of %zu items, %zu bytes%s%s",
              query->table->name, query->index != NULL ? query->index->name : "", (int)query->op,
              query->range_count, operand, query->descending ? " down" : "", pages->items_max,
              pages->bytes_max, pages->start != NULL ? ", from the middle" : "",
              pages->deleting ? ", deleting" : "");
}

/* Runs the query unless it may be refused, and in that case only sees that it may. */
static void run_query(world *w, reads_state *state, reads_pages *pages) {
    pte_error error;
    if (may_be_too_long(pages->query)) {
        pte_cursor *cursor = NULL;
        pte_status status = reads_pages_open(w, state, pages, NULL, &cursor, &error);
        pte_cursor_close(cursor);
        if (status == PTE_KEY_SIZE) {
            return;
        }
    }
    reads_pages_walk(w, state, pages);
}

void reads_random_query(world *w, const reads_state *state) {
    const model_table *table = any_table(w, state);
    model_query query;
    model_list list = {0};
    model_item *start = NULL;
    const model_index *index = table->exists ? any_index(w, table) : NULL;
    if (!table->exists || !gen_query(w, table, index, &query)) {
        return;
    }
    reads_pages pages = {.table = table, .index = index, .query = &query, .expected = &list};
    if (index != NULL && index->creating) {
        expect_backfilling(w, state, &pages);
        return;
    }
    model_select(&list, &query);
    random_limits(w, &pages);
    if (world_once_in(w, 4)) {
        choose_start(w, &pages, &start);
    }
    log_query(w, &query, &pages);
    reads_state local = *state;
    run_query(w, &local, &pages);
    model_item_release(start);
    model_list_clean_up(&list);
}

/* The query's values stand in items that are about to go: holds every item of the table. */
void reads_query_deleting(world *w) {
    pte_error error;
    reads_state state = {.m = &w->m};
    const model_table *table = any_table(w, &state);
    const model_index *index = table->exists ? any_index(w, table) : NULL;
    model_query query;
    model_list list = {0}, all = {0};
    if (!table->exists || (index != NULL && index->creating) ||
        !gen_query(w, table, index, &query) || may_be_too_long(&query)) {
        return;
    }
    model_select_all(&all, table, NULL);
    for (size_t i = 0; i < all.count; i++) {
        (void)model_item_hold(all.items[i]);
    }
    model_select(&list, &query);
    reads_pages pages = {.table = table,
                         .index = index,
                         .query = &query,
                         .expected = &list,
                         .items_max = 1 + world_below(w, 4),
                         .deleting = true};
    log_query(w, &query, &pages);
    WORLD_OK(w, pte_read_begin(&state.read, w->env, &error));
    reads_pages_walk(w, &state, &pages);
    pte_read_end(state.read);
    for (size_t i = 0; i < all.count; i++) {
        model_item_release(all.items[i]);
    }
    model_list_clean_up(&all);
    model_list_clean_up(&list);
}

static bool same_key(const pte_key_attribute *found, const model_key *expected) {
    if (expected->name == NULL) {
        return found->name.len == 0;
    }
    return found->type == expected->type && pte_bytes_equal(found->name, pte_str(expected->name));
}

static bool same_keys(const pte_key_attribute *found, size_t found_count, const model_key *expected,
                      size_t count) {
    if (found_count != count) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        if (!same_key(&found[i], &expected[i])) {
            return false;
        }
    }
    return true;
}

static void describe_index(world *w, const model_table *table, const model_index *index,
                           const pte_index_info *info) {
    const pte_index_spec *spec = &info->spec;
    bool includes = spec->include_count == index->include_count;
    for (size_t i = 0; includes && i < index->include_count; i++) {
        includes = pte_bytes_equal(spec->include[i], pte_str(index->include[i]));
    }
    bool local_short = index->kind == PTE_INDEX_LOCAL && spec->hash_count == 0;
    if (spec->kind != index->kind || spec->projection != index->projection || !includes ||
        (!local_short &&
         !same_keys(spec->hash, spec->hash_count, index->hash, index->hash_count)) ||
        !same_keys(spec->range, spec->range_count, index->range, index->range_count)) {
        world_fail(w, "%s %s is not described as it was made", table->name, index->name);
    }
    if (info->state != (index->creating ? PTE_INDEX_CREATING : PTE_INDEX_ACTIVE)) {
        world_fail(w, "%s %s is in state %d", table->name, index->name, (int)info->state);
    }
    uint64_t entries, size_bytes;
    model_index_totals(table, index, &entries, &size_bytes);
    bool exact = !index->creating;
    if (exact ? info->entries != entries || info->size_bytes != size_bytes
              : info->entries > entries || info->size_bytes > size_bytes) {
        world_fail(w, "%s %s%s: %llu entries of %llu bytes instead of %llu of %llu", table->name,
                   index->name, exact ? "" : " (being backfilled)",
                   (unsigned long long)info->entries, (unsigned long long)info->size_bytes,
                   (unsigned long long)entries, (unsigned long long)size_bytes);
    }
}

void reads_describe(world *w, const reads_state *state, const model_table *table) {
    pte_error error;
    const pte_table_info *info = NULL;
    pte_bytes name = pte_str(table->name);
    if (!table->exists) {
        WORLD_EXPECT(w, PTE_TABLE_NOT_FOUND, pte_table_describe(&info, state->read, name, &error));
        return;
    }
    WORLD_OK(w, pte_table_describe(&info, state->read, name, &error));
    const pte_table_spec *spec = &info->spec;
    pte_bytes ttl = table->ttl != NULL ? pte_str(table->ttl) : pte_view(NULL, 0);
    if (!pte_bytes_equal(spec->name, name) || !same_key(&spec->hash, &table->hash) ||
        !same_key(&spec->range, &table->range) || spec->changes != table->changes ||
        !pte_bytes_equal(spec->ttl_attribute, ttl) || info->id != table->id ||
        !pte_bytes_equal(spec->user_data, pte_str(table->user_data)) ||
        info->index_count != table->index_count) {
        world_fail(w, "%s is not described as it was made", table->name);
    }
    if (table->ttl != NULL && (info->ttl_state == PTE_INDEX_CREATING) != table->ttl_creating) {
        world_fail(w, "time to live of %s is in state %d", table->name, (int)info->ttl_state);
    }
    uint64_t items, size_bytes;
    model_index_totals(table, NULL, &items, &size_bytes);
    if (info->items != items || info->size_bytes != size_bytes) {
        world_fail(w, "%s: %llu items of %llu bytes instead of %llu of %llu", table->name,
                   (unsigned long long)info->items, (unsigned long long)info->size_bytes,
                   (unsigned long long)items, (unsigned long long)size_bytes);
    }
    for (size_t i = 0; i < info->index_count; i++) {
        char index_name[MODEL_NAME_MAX] = "";
        pte_bytes found = info->indexes[i].spec.name;
        if (found.len < sizeof index_name) {
            memcpy(index_name, found.data, found.len);
        }
        const model_index *index = model_index_named((model_table *)(uintptr_t)table, index_name);
        if (index == NULL) {
            world_fail(w, "%s has an index \"%s\" that was not made", table->name, index_name);
        }
        describe_index(w, table, index, &info->indexes[i]);
    }
}

void reads_everything(world *w, const reads_state *state) {
    pte_error error;
    size_t count = 0, expected = 0;
    pte_bytes name = pte_view(NULL, 0);
    pte_status status;
    while ((status = pte_table_next(&name, state->read, name, &error)) == PTE_OK) {
        bool known = false;
        for (size_t i = 0; i < state->m->table_count; i++) {
            const model_table *table = &state->m->tables[i];
            known = known || (table->exists && pte_bytes_equal(name, pte_str(table->name)));
        }
        if (!known) {
            world_fail(w, "pte_table_next gives \"%.*s\"", (int)name.len, (const char *)name.data);
        }
        count++;
    }
    WORLD_EXPECT(w, PTE_END, status);
    for (size_t i = 0; i < state->m->table_count; i++) {
        expected += state->m->tables[i].exists ? 1 : 0;
        reads_table(w, state, &state->m->tables[i]);
    }
    if (count != expected) {
        world_fail(w, "pte_table_next gives %zu tables of %zu", count, expected);
    }
}
