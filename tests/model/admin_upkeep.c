/* Expiry, reclaiming and trimming on both sides. */
#include "admin.h"

#include <stdlib.h>

static int64_t now_s(const world *w) {
    return w->now_ms / 1000;
}

static size_t count_due(const world *w, bool sure_only) {
    size_t due = 0;
    for (size_t t = 0; t < w->m.table_count; t++) {
        const model_table *table = &w->m.tables[t];
        for (size_t i = 0; i < table->count; i++) {
            bool sure = !table->ttl_creating || !sure_only;
            due += sure && model_expires(table, table->items[i], now_s(w)) ? 1 : 0;
        }
    }
    return due;
}

static model_table *table_of_id(world *w, uint32_t id) {
    for (size_t t = 0; t < w->m.table_count; t++) {
        if (w->m.tables[t].exists && w->m.tables[t].id == id) {
            return &w->m.tables[t];
        }
    }
    return NULL;
}

static void expire_in_model(world *w, model_table *table, model_item *item) {
    if (!model_expires(table, item, now_s(w))) {
        char text[1600];
        model_item_print(text, sizeof text, item);
        world_fail(w, "%s: expired, but not due at %lld: %s", table->name, (long long)now_s(w),
                   text);
    }
    model_apply(&w->m, table, item, NULL, w->now_ms, true);
}

/* Which item goes first is the engine's choice: the change log tells it for tables that have one.
 */
static size_t expire_by_changes(world *w, pte_read *read) {
    pte_error error;
    pte_change change;
    size_t count = 0;
    uint64_t after = w->m.last_sequence;
    pte_status status;
    while ((status = pte_change_next(&change, read, after, &error)) == PTE_OK) {
        model_table *table = table_of_id(w, change.table_id);
        model_item *item = table != NULL ? bridge_find(table, &change.keys) : NULL;
        if (item == NULL || table->changes == PTE_CHANGES_OFF) {
            world_fail(w, "expiry made change %llu of an item that is not there",
                       (unsigned long long)change.sequence);
        }
        expire_in_model(w, table, item);
        after = change.sequence;
        count++;
    }
    WORLD_EXPECT(w, PTE_END, status);
    return count;
}

/* In tables without a log, what is gone must have been due. */
static size_t expire_by_looking(world *w, pte_read *read, model_table *table) {
    pte_error error;
    size_t count = 0;
    for (size_t i = table->count; i-- > 0;) {
        gen_key_text text;
        pte_item found;
        pte_key key = gen_key(w, table, table->items[i], &text);
        pte_status status = pte_read_item(&found, read, pte_str(table->name), &key, &error);
        if (status == PTE_NOT_FOUND) {
            expire_in_model(w, table, table->items[i]);
            count++;
        } else {
            WORLD_OK(w, status);
        }
    }
    return count;
}

void admin_expire(world *w) {
    pte_error error;
    size_t max = 1 + world_below(w, world_once_in(w, 3) ? 500 : 10);
    size_t expired = 0, found = 0;
    size_t due = count_due(w, false), sure = count_due(w, true);
    reads_state state = {.m = &w->m};
    WORLD_OK(w, pte_read_begin(&state.read, w->env, &error));
    reads_changes(w, &state, false);
    pte_read_end(state.read);
    world_log(w, "expire at most %zu of %zu due at %lld", max, due, (long long)now_s(w));
    WORLD_OK(w, pte_expire(&expired, w->env, now_s(w), max, &error));
    if (expired > max || expired > due || expired < (sure < max ? sure : max)) {
        world_fail(w, "expired %zu of %zu (%zu of them for sure), at most %zu", expired, due, sure,
                   max);
    }
    WORLD_OK(w, pte_read_begin(&state.read, w->env, &error));
    found = expire_by_changes(w, state.read);
    for (size_t t = 0; t < w->m.table_count; t++) {
        model_table *table = &w->m.tables[t];
        if (table->exists && table->changes == PTE_CHANGES_OFF) {
            found += expire_by_looking(w, state.read, table);
        }
    }
    if (found != expired) {
        world_fail(w, "expired %zu by its own account, %zu in fact", expired, found);
    }
    reads_changes(w, &state, false);
    pte_read_end(state.read);
}

void admin_trim(world *w) {
    pte_error error;
    size_t trimmed = 0;
    size_t max = 1 + world_below(w, world_once_in(w, 3) ? 5000 : 50);
    int64_t before_ms = w->now_ms - (int64_t)world_below(w, 60000) + 1;
    reads_state state = {.m = &w->m};
    WORLD_OK(w, pte_read_begin(&state.read, w->env, &error));
    reads_changes(w, &state, false); /* learns the sequences before records go */
    pte_read_end(state.read);
    world_log(w, "trim at most %zu of %zu changes", max, w->m.change_count);
    WORLD_OK(w, pte_changes_trim(&trimmed, w->env, before_ms, max, &error));
    size_t expected = model_trim(&w->m, before_ms, max);
    if (trimmed != expected) {
        world_fail(w, "trimmed %zu changes instead of %zu", trimmed, expected);
    }
    WORLD_OK(w, pte_read_begin(&state.read, w->env, &error));
    reads_changes(w, &state, w->m.change_count < 300);
    pte_read_end(state.read);
}

/* Only when nothing is retired and nothing is being backfilled are the sums known. */
static void compare_info(world *w) {
    pte_error error;
    pte_env_info info;
    uint64_t tables = 0, items = 0, entries = 0;
    for (size_t t = 0; t < w->m.table_count; t++) {
        const model_table *table = &w->m.tables[t];
        tables += table->exists ? 1 : 0;
        items += table->count;
        for (size_t i = 0; table->exists && i < table->index_count; i++) {
            uint64_t count, size_bytes;
            if (table->indexes[i].creating) {
                return;
            }
            model_index_totals(table, &table->indexes[i], &count, &size_bytes);
            entries += count;
        }
    }
    WORLD_OK(w, pte_env_describe(&info, w->env, &error));
    if (info.tables != tables || info.items != items || info.index_entries != entries ||
        info.change_records != w->m.change_count || info.retired != 0) {
        world_fail(w,
                   "the environment has %llu tables, %llu items, %llu index entries, %llu changes "
                   "and %llu retired instead of %llu, %llu, %llu, %zu and 0",
                   (unsigned long long)info.tables, (unsigned long long)info.items,
                   (unsigned long long)info.index_entries, (unsigned long long)info.change_records,
                   (unsigned long long)info.retired, (unsigned long long)tables,
                   (unsigned long long)items, (unsigned long long)entries, w->m.change_count);
    }
}

void admin_reclaim(world *w, bool all) {
    pte_error error;
    size_t reclaimed, max, rounds = 0;
    world_log(w, "reclaim %s", all ? "everything" : "a little");
    do {
        reclaimed = 0;
        max = 1 + world_below(w, all ? 500 : 20);
        WORLD_OK(w, pte_reclaim(&reclaimed, w->env, max, &error));
        if (reclaimed > max || ++rounds > 1000000) {
            world_fail(w, "reclaimed %zu entries, at most %zu, in round %zu", reclaimed, max,
                       rounds);
        }
    } while (all && reclaimed == max);
    if (reclaimed < max) {
        compare_info(w);
    }
}
