/* Reading a query or scan page by page, each item and each page's end compared with the model. */
#include "reads_page.h"

#include <stdlib.h>

static pte_status open_query(world *w, const reads_state *state, const reads_pages *pages,
                             const pte_item *after, pte_cursor **cursor, pte_error *error) {
    const model_query *query = pages->query;
    char texts[2 * PTE_KEY_ATTRIBUTES_MAX + 1][MODEL_NUMBER_TEXT_MAX];
    pte_query asked = {
        .table = pte_str(pages->table->name),
        .index = pages->index != NULL ? pte_str(pages->index->name) : pte_view(NULL, 0),
        .hash_count = pages->index != NULL ? pages->index->hash_count : 1,
        .range_count = query->range_count,
        .op = query->op,
        .descending = query->descending,
        .exclusive_start = after,
        .items_max = pages->items_max,
        .bytes_max = pages->bytes_max,
    };
    for (size_t i = 0; i < asked.hash_count; i++) {
        asked.hash[i] = gen_scalar(w, query->hash[i], texts[i]);
    }
    for (size_t i = 0; i < asked.range_count; i++) {
        asked.range[i] = gen_scalar(w, query->range[i], texts[PTE_KEY_ATTRIBUTES_MAX + i]);
    }
    if (query->op == PTE_RANGE_BETWEEN) {
        asked.range_upper = gen_scalar(w, query->upper, texts[2 * PTE_KEY_ATTRIBUTES_MAX]);
    }
    return pte_query_open(cursor, state->read, &asked, error);
}

pte_status reads_pages_open(world *w, const reads_state *state, const reads_pages *pages,
                            const pte_item *after, pte_cursor **cursor, pte_error *error) {
    if (pages->query != NULL) {
        return open_query(w, state, pages, after, cursor, error);
    }
    pte_scan scan = {
        .table = pte_str(pages->table->name),
        .index = pages->index != NULL ? pte_str(pages->index->name) : pte_view(NULL, 0),
        .segment = pages->segment,
        .segment_count = pages->segment_count,
        .exclusive_start = after,
        .items_max = pages->items_max,
        .bytes_max = pages->bytes_max,
    };
    return pte_scan_open(cursor, state->read, &scan, error);
}

/* Whether the expected items at two places are equal as index keys. */
static bool tied(const reads_pages *pages, size_t a, size_t b) {
    return model_range_order(pages->table, pages->index, pages->expected->items[a],
                             pages->expected->items[b]) == 0;
}

/* The model's item of what a query gave as its item number at; brought to that place. */
static model_item *match_query(world *w, reads_pages *pages, size_t at, const pte_item *item) {
    model_list *expected = pages->expected;
    char text[1200];
    for (size_t i = at; i < expected->count && tied(pages, at, i); i++) {
        model_item *shown = model_project(pages->table, pages->index, expected->items[i]);
        bool same = bridge_same(item, shown);
        model_item_release(shown);
        if (same) {
            model_item *found = expected->items[i];
            expected->items[i] = expected->items[at];
            expected->items[at] = found;
            return found;
        }
    }
    model_item *given = bridge_read_item(item);
    model_item_print(text, sizeof text, given);
    model_item_release(given);
    char wanted[1200];
    model_item_print(wanted, sizeof wanted, at < expected->count ? expected->items[at] : NULL);
    world_fail(w,
               "item %zu of %zu of a query of %s %s is not the expected one\n  expected %s\n"
               "  found    %s",
               at, expected->count, pages->table->name,
               pages->index != NULL ? pages->index->name : "", wanted, text);
}

/* The model's item of what a scan gave. */
static model_item *match_scan(world *w, reads_pages *pages, const pte_item *item) {
    model_item *found = bridge_find(pages->table, item);
    if (found == NULL || pages->met_count >= pages->table->count) {
        char text[1600];
        model_item *given = bridge_read_item(item);
        model_item_print(text, sizeof text, given);
        model_item_release(given);
        world_fail(w, "a scan of %s %s gives %s: %s", pages->table->name,
                   pages->index != NULL ? pages->index->name : "",
                   found == NULL ? "an item that is not there" : "too many items", text);
    }
    pages->met[pages->met_count++] = found;
    return found;
}

static size_t shown_size(const reads_pages *pages, model_item *item) {
    model_item *shown = model_project(pages->table, pages->index, item);
    size_t size = model_item_size(shown);
    model_item_release(shown);
    return size;
}

/* Whether a full page is full: its items are as many as allowed, or the next is too large. */
static bool rightly_full(const reads_pages *pages, size_t given, size_t items, size_t bytes) {
    if (pages->items_max > 0 && items == pages->items_max) {
        return true;
    }
    if (pages->bytes_max == 0 || items == 0) {
        return false;
    }
    if (pages->expected == NULL) {
        return true; /* a scan's next item is not known; that nothing is lost is checked later */
    }
    for (size_t i = given; i < pages->expected->count && tied(pages, given, i); i++) {
        if (bytes + shown_size(pages, pages->expected->items[i]) > pages->bytes_max) {
            return true;
        }
    }
    return false;
}

/* One item of a page: is it the right one, and does it belong in this page? */
static void check_item(world *w, reads_pages *pages, size_t given, const pte_item *item,
                       size_t items, size_t *bytes, model_item **last) {
    *last =
        pages->expected != NULL ? match_query(w, pages, given, item) : match_scan(w, pages, item);
    model_item *shown = model_project(pages->table, pages->index, *last);
    bridge_expect(w, item, shown,
                  pages->query != NULL ? "an item of a query" : "an item of a scan");
    size_t size = model_item_size(shown);
    model_item_release(shown);
    *bytes += size;
    if ((pages->items_max > 0 && items >= pages->items_max) ||
        (pages->bytes_max > 0 && items > 0 && *bytes > pages->bytes_max)) {
        world_fail(w, "a page of at most %zu items and %zu bytes gives item %zu, %zu bytes in all",
                   pages->items_max, pages->bytes_max, items + 1, *bytes);
    }
    w->rows++;
}

/* Reads one page; PAGE_FULL or END. *given counts over all pages, *last is the page's last item. */
static pte_status read_page(world *w, reads_pages *pages, pte_cursor *cursor, size_t *given,
                            model_item **last) {
    pte_error error;
    size_t items = 0, bytes = 0;
    *last = NULL;
    w->pages++;
    for (;;) {
        pte_item item = {0};
        pte_status status = pte_cursor_next(&item, cursor, &error);
        if (status == PTE_OK) {
            check_item(w, pages, *given, &item, items, &bytes, last);
            *given += 1;
            items++;
            continue;
        }
        if (pte_cursor_items(cursor) != items || pte_cursor_bytes(cursor) != bytes) {
            world_fail(w, "a cursor counts %zu items and %zu bytes, not %zu and %zu",
                       pte_cursor_items(cursor), pte_cursor_bytes(cursor), items, bytes);
        }
        if (status == PTE_PAGE_FULL && rightly_full(pages, *given, items, bytes)) {
            return status;
        }
        if (status != PTE_END || (pages->items_max > 0 && items == pages->items_max)) {
            world_fail(w,
                       "a page of at most %zu items and %zu bytes ends with %s after %zu and %zu",
                       pages->items_max, pages->bytes_max, pte_status_name(status), items, bytes);
        }
        return status;
    }
}

/* The key of the page's last item, in a builder that the next page's key does not touch. */
static pte_item page_key(world *w, const reads_pages *pages, const pte_cursor *cursor,
                         const model_item *last) {
    pte_error error;
    pte_item key = {0};
    WORLD_OK(w, pte_cursor_key(w->key_builder, cursor, &error));
    WORLD_OK(w, pte_builder_item(&key, w->key_builder, &error));
    model_item *expected = model_key_item(pages->table, pages->index, last);
    bridge_expect(w, &key, expected, "the key of a page's end");
    model_item_release(expected);
    return key;
}

/* Deletes the page's last item on both sides and takes a new snapshot. */
static void delete_last(world *w, reads_state *state, const reads_pages *pages, model_item *last) {
    pte_error error;
    gen_key_text text;
    pte_key key = gen_key(w, pages->table, last, &text);
    model_table *table = &w->m.tables[pages->table - w->m.tables];
    WORLD_OK(w, pte_delete(w->env, pte_str(table->name), &key, &error));
    model_apply(&w->m, table, last, NULL, w->now_ms, false);
    pte_read_end(state->read);
    WORLD_OK(w, pte_read_begin(&state->read, w->env, &error));
}

void reads_pages_walk(world *w, reads_state *state, reads_pages *pages) {
    pte_error error;
    pte_item start = {0};
    const pte_item *after = NULL;
    size_t given = 0;
    pte_status status;
    if (pages->start != NULL) {
        start = bridge_build(w, w->start_builder, pages->start);
        after = &start;
    }
    do {
        pte_cursor *cursor = NULL;
        model_item *last = NULL;
        WORLD_OK(w, reads_pages_open(w, state, pages, after, &cursor, &error));
        status = read_page(w, pages, cursor, &given, &last);
        if (status == PTE_PAGE_FULL) {
            start = page_key(w, pages, cursor, last);
            after = &start;
        }
        pte_cursor_close(cursor);
        if (pages->deleting && last != NULL) {
            delete_last(w, state, pages, last);
        }
    } while (status == PTE_PAGE_FULL);
    if (pages->expected != NULL && given != pages->expected->count) {
        world_fail(w, "a query of %s %s gives %zu items instead of %zu", pages->table->name,
                   pages->index != NULL ? pages->index->name : "", given, pages->expected->count);
    }
}
