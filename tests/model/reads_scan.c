/* Scans, whole and in segments, and the change log against the model. */
#include "reads_page.h"

#include <stdlib.h>

/* Scans all segments of a table or index into met, in order; segments may be NULL. */
static size_t scan_all(world *w, const reads_state *state, reads_pages pages, uint32_t count,
                       model_item **met, uint32_t *segments) {
    reads_state local = *state;
    pages.met = met;
    pages.segment_count = count;
    for (uint32_t segment = 0; segment < (count == 0 ? 1 : count); segment++) {
        size_t from = pages.met_count;
        pages.segment = segment;
        reads_pages_walk(w, &local, &pages);
        for (size_t i = from; segments != NULL && i < pages.met_count; i++) {
            segments[i] = segment;
        }
    }
    return pages.met_count;
}

/* Everything once and nothing twice. */
static void check_complete(world *w, const reads_pages *pages, const model_list *expected,
                           model_item *const *met, size_t count) {
    const char *index = pages->index != NULL ? pages->index->name : "";
    if (count != expected->count) {
        world_fail(w, "a scan of %s %s gives %zu items instead of %zu", pages->table->name, index,
                   count, expected->count);
    }
    bool *seen = model_alloc(count);
    for (size_t i = 0; i < count; i++) {
        size_t from = 0, to = expected->count;
        while (from < to) {
            size_t middle = from + (to - from) / 2;
            if (model_item_order(pages->table, expected->items[middle], met[i]) < 0) {
                from = middle + 1;
            } else {
                to = middle;
            }
        }
        if (from >= expected->count || expected->items[from] != met[i] || seen[from]) {
            world_fail(w, "a scan of %s %s gives an item twice, or one that does not belong there",
                       pages->table->name, index);
        }
        seen[from] = true;
    }
    free(seen);
}

/* A partition stands in one segment, in one piece (where hashes do not collide), in order. */
static void check_partitions(world *w, const reads_pages *pages, model_item *const *met,
                             const uint32_t *segments, size_t count) {
    const char *index = pages->index != NULL ? pages->index->name : "";
    for (size_t i = 0; i < count; i++) {
        bool apart = false;
        for (size_t j = i + 1; j < count; j++) {
            if (!model_same_partition(pages->table, pages->index, met[i], met[j])) {
                apart = true;
                continue;
            }
            if (apart && !w->weak) {
                world_fail(w, "a scan of %s %s tears a partition apart", pages->table->name, index);
            }
            if (segments[i] != segments[j]) {
                world_fail(w, "a scan of %s %s has a partition in two segments", pages->table->name,
                           index);
            }
            if (model_range_order(pages->table, pages->index, met[i], met[j]) > 0) {
                world_fail(w, "a scan of %s %s gives a partition out of order", pages->table->name,
                           index);
            }
        }
    }
}

/* Items that are in this scan of a table and in its last one stand in the same order. */
static void check_order(world *w, const model_table *table, model_item *const *met, size_t count) {
    world_order *order = &w->orders[table - w->m.tables];
    if (order->table_id == table->id) {
        size_t next = 0; /* where in the last scan the items met so far end */
        for (size_t i = 0; i < count; i++) {
            for (size_t at = 0; at < order->count; at++) {
                if (model_item_order(table, order->items[at], met[i]) == 0) {
                    if (at < next) {
                        world_fail(w, "a scan of %s has another order than the last", table->name);
                    }
                    next = at + 1;
                    break;
                }
            }
        }
    }
    for (size_t i = 0; i < order->count; i++) {
        model_item_release(order->items[i]);
    }
    free(order->items);
    order->items = model_alloc(count * sizeof(model_item *));
    for (size_t i = 0; i < count; i++) {
        order->items[i] = model_item_hold(met[i]);
    }
    order->count = count;
    order->table_id = table->id;
}

/* One scan of everything, and one in segments and pages, which must agree. */
static void scan_both(world *w, const reads_state *state, const model_table *table,
                      const model_index *index) {
    reads_pages pages = {.table = table, .index = index};
    model_list expected;
    model_select_all(&expected, table, index);
    model_item **whole = model_alloc(table->count * sizeof *whole);
    model_item **parts = model_alloc(table->count * sizeof *parts);
    uint32_t *segments = model_alloc(table->count * sizeof *segments);
    size_t count = scan_all(w, state, pages, 0, whole, NULL);
    check_complete(w, &pages, &expected, whole, count);

    uint32_t segment_count = 1 + (uint32_t)world_below(w, world_once_in(w, 8) ? 100 : 7);
    pages.items_max = world_once_in(w, 2) ? 0 : 1 + world_below(w, 20);
    pages.bytes_max = world_once_in(w, 2) ? 0 : 1 + world_below(w, 20000);
    world_log(w, "scan %s %s in %u segments, pages of %zu items, %zu bytes", table->name,
              index != NULL ? index->name : "", segment_count, pages.items_max, pages.bytes_max);
    size_t parts_count = scan_all(w, state, pages, segment_count, parts, segments);
    check_complete(w, &pages, &expected, parts, parts_count);
    if (memcmp(whole, parts, count * sizeof *whole) != 0) {
        world_fail(w, "two scans of %s %s have different orders", table->name,
                   index != NULL ? index->name : "");
    }
    check_partitions(w, &pages, parts, segments, count);
    if (index == NULL && state->m == &w->m) {
        check_order(w, table, whole, count);
    }
    free(segments);
    free(parts);
    free(whole);
    model_list_clean_up(&expected);
}

static void scan_refused(world *w, const reads_state *state, const model_table *table,
                         const model_index *index, pte_status expected) {
    pte_error error;
    pte_cursor *cursor = NULL;
    reads_pages pages = {.table = table, .index = index};
    WORLD_EXPECT(w, expected, reads_pages_open(w, state, &pages, NULL, &cursor, &error));
}

static void scan(world *w, const reads_state *state, const model_table *table,
                 const model_index *index) {
    if (!table->exists) {
        scan_refused(w, state, table, index, PTE_TABLE_NOT_FOUND);
    } else if (index != NULL && index->creating) {
        scan_refused(w, state, table, index, PTE_INDEX_BACKFILLING);
    } else {
        scan_both(w, state, table, index);
    }
}

void reads_random_scan(world *w, const reads_state *state) {
    const model_table *table = &state->m->tables[world_below(w, state->m->table_count)];
    size_t which = table->exists ? world_below(w, table->index_count + 1) : 0;
    bool indexed = table->exists && which < table->index_count;
    scan(w, state, table, indexed ? &table->indexes[which] : NULL);
    if (table->exists && world_once_in(w, 10)) {
        model_index absent = {.name = "no-such-index"};
        scan_refused(w, state, table, &absent, PTE_INDEX_NOT_FOUND);
    }
}

void reads_table(world *w, const reads_state *state, const model_table *table) {
    reads_describe(w, state, table);
    scan(w, state, table, NULL);
    for (size_t i = 0; table->exists && i < table->index_count; i++) {
        scan(w, state, table, &table->indexes[i]);
    }
}

static void expect_image(world *w, const pte_item *image, const model_item *expected,
                         const char *what) {
    if (expected == NULL && image->encoded.len != 0) {
        world_fail(w, "%s is kept that should not be", what);
    }
    if (expected != NULL && image->encoded.len == 0) {
        world_fail(w, "%s is missing", what);
    }
    if (expected != NULL) {
        bridge_expect(w, image, expected, what);
    }
}

static void check_change(world *w, model *m, model_change *expected, const pte_change *change) {
    bool known = expected->sequence != 0;
    if (known ? change->sequence != expected->sequence : change->sequence <= m->last_sequence) {
        world_fail(w, "a change has sequence %llu, the model %llu, the last was %llu",
                   (unsigned long long)change->sequence, (unsigned long long)expected->sequence,
                   (unsigned long long)m->last_sequence);
    }
    if (change->kind != expected->kind || change->by_expiry != expected->by_expiry ||
        change->table_id != expected->table_id || change->time_ms != expected->time_ms) {
        world_fail(w,
                   "change %llu: kind %d, by expiry %d, table %u, time %lld instead of %d, %d, %u, "
                   "%lld",
                   (unsigned long long)change->sequence, (int)change->kind, change->by_expiry,
                   (unsigned)change->table_id, (long long)change->time_ms, (int)expected->kind,
                   expected->by_expiry, (unsigned)expected->table_id, (long long)expected->time_ms);
    }
    bridge_expect(w, &change->keys, expected->keys, "the keys of a change");
    expect_image(w, &change->old_image, expected->old_image, "the old image of a change");
    expect_image(w, &change->new_image, expected->new_image, "the new image of a change");
    expected->sequence = change->sequence;
    if (change->sequence > m->last_sequence) {
        m->last_sequence = change->sequence;
    }
}

void reads_changes(world *w, const reads_state *state, bool all) {
    pte_error error;
    pte_change change;
    model *m = state->m;
    uint64_t after = all ? 0 : m->last_sequence;
    size_t at = 0;
    pte_status status;
    while (!all && at < m->change_count && m->changes[at].sequence != 0) {
        at++;
    }
    while ((status = pte_change_next(&change, state->read, after, &error)) == PTE_OK) {
        if (at == m->change_count) {
            world_fail(w, "the change log has a record too many: sequence %llu, table %u, kind %d",
                       (unsigned long long)change.sequence, (unsigned)change.table_id,
                       (int)change.kind);
        }
        check_change(w, m, &m->changes[at++], &change);
        after = change.sequence;
    }
    WORLD_EXPECT(w, PTE_END, status);
    if (at != m->change_count) {
        world_fail(w, "the change log lacks %zu records", m->change_count - at);
    }
    uint64_t last = 0;
    WORLD_OK(w, pte_change_last(&last, state->read, &error));
    if (last != m->last_sequence) {
        world_fail(w, "the last sequence is %llu instead of %llu", (unsigned long long)last,
                   (unsigned long long)m->last_sequence);
    }
}
