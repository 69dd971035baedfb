/* What is stored when a run has ended; see run.h. Calls the engine. */
#include "workload/memory.h"
#include "workload/run.h"
#include "workload/stored.h"

enum { KB = 1024, PROGRESS_ITEMS = 1024 };

/* A local index that is walked beside its table, whose partitions it has in the same order. */
typedef struct beside {
    wl_place place;
    pte_cursor *cursor;
    pte_item item;
    bool there; /* item is one that has not been counted */
} beside;

typedef struct walk {
    wl_results *results;
    wl__store store;
    pte_read *read;
    const wl_run_options *options;
    wl_text key;  /* of the collection under way */
    wl_text next; /* of the item that has come */
    wl_text beside_key;
    double bytes; /* of the collection so far */
    bool open;
    beside locals[WL_INDEXES_MAX];
    size_t local_count;
    uint64_t done, total;
    wl_complaint *complaint;
} walk;

static bool no_memory(walk *w) {
    return wl__run_fails(w->complaint, w->store.workload, 0, "no memory");
}

/* ---- one place ---- */

static void count_item(wl_place_result *result, size_t bytes) {
    size_t step = bytes == 0 ? 0 : (bytes - 1) / KB;
    result->items++;
    result->bytes += bytes;
    result->largest_item_bytes =
        bytes > result->largest_item_bytes ? bytes : result->largest_item_bytes;
    result->sizes[step < WL_SIZE_STEPS - 1 ? step : WL_SIZE_STEPS - 1]++;
}

static void next_beside(beside *local) {
    local->there = pte_cursor_next(&local->item, local->cursor, NULL) == PTE_OK;
}

/* The bytes that the collection has in local indexes. */
static double bytes_beside(walk *w) {
    double bytes = 0;
    for (size_t i = 0; i < w->local_count; i++) {
        beside *local = &w->locals[i];
        for (; local->there; next_beside(local)) {
            wl__text_reset(&w->beside_key);
            if (!wl__stored_key(&w->beside_key, local->place, &local->item) ||
                !pte_bytes_equal(wl__text_bytes(&w->beside_key), wl__text_bytes(&w->key))) {
                break;
            }
            bytes += (double)local->item.size_bytes;
        }
    }
    return bytes;
}

/*
 * A collection has the items of a partition key in the table and in its local indexes.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/LSI.html#LSI.ItemCollections
 */
static bool end_collection(walk *w, wl_place_result *result) {
    bool enough = !w->open || wl_top_add_once(&result->collections, wl__text_bytes(&w->key),
                                              w->bytes + bytes_beside(w));
    w->open = false;
    w->bytes = 0;
    return enough;
}

/* Begins to walk over the local indexes of a table. */
static void open_beside(walk *w, size_t table_place, pte_bytes name) {
    const wl_table *table = wl_place_at(w->store.workload, table_place).of;
    w->local_count = 0;
    for (size_t i = 0; i < table->index_count; i++) {
        beside *local = &w->locals[w->local_count];
        pte_scan scan = {.table = name, .index = pte_str(table->indexes[i].name)};
        *local = (beside){.place = wl_place_at(w->store.workload, table_place + 1 + i)};
        if (table->indexes[i].local &&
            pte_scan_open(&local->cursor, w->read, &scan, NULL) == PTE_OK) {
            w->local_count++;
            next_beside(local);
        }
    }
}

static void close_beside(walk *w) {
    for (size_t i = 0; i < w->local_count; i++) {
        pte_cursor_close(w->locals[i].cursor);
    }
    w->local_count = 0;
}

/* The items of a partition key come one after the other. */
static bool take_item(walk *w, wl_place_result *result, wl_place place, const pte_item *item) {
    wl__text_reset(&w->next);
    (void)wl__stored_key(&w->next, place, item);
    bool same = w->open && pte_bytes_equal(wl__text_bytes(&w->key), wl__text_bytes(&w->next));
    if (!same) {
        if (!end_collection(w, result)) {
            return false;
        }
        wl_text was = w->key;
        w->key = w->next;
        w->next = was;
        w->open = true;
    }
    w->bytes += (double)item->size_bytes;
    count_item(result, item->size_bytes);
    if (++w->done % PROGRESS_ITEMS == 0 && w->options->on_progress != NULL) {
        w->options->on_progress(w->options->ctx, "measuring", w->done, w->total);
    }
    return !w->key.failed && !w->next.failed;
}

static bool measure_place(walk *w, size_t number) {
    char name[WL__STORED_NAME_BYTES];
    pte_cursor *cursor = NULL;
    pte_item item;
    pte_error error = {0};
    bool enough = true;
    wl_place place = wl_place_at(w->store.workload, number);
    wl_place_result *result = &w->results->places[number];
    pte_scan scan = {.table = wl__stored_name(name, &w->store, place.of),
                     .index = pte_str(place.index == NULL ? "" : place.index->name)};
    pte_status status = pte_scan_open(&cursor, w->read, &scan, &error);
    if (place.index == NULL) {
        open_beside(w, number, scan.table);
    }
    while (status == PTE_OK && enough &&
           (status = pte_cursor_next(&item, cursor, &error)) == PTE_OK) {
        enough = take_item(w, result, place, &item);
    }
    enough = enough && (status != PTE_END || end_collection(w, result));
    close_beside(w);
    pte_cursor_close(cursor);
    if (!enough) {
        return no_memory(w);
    }
    return status == PTE_END ||
           wl__run_fails(w->complaint, w->store.workload, 0, "reading table %s: %s", place.of->name,
                         error.message);
}

bool wl_run_measure(wl_results *results, pt_database *database, const char *region,
                    const wl_run_options *options, wl_complaint *complaint) {
    pte_error error = {0};
    walk w = {.results = results,
              .store = {.env = pt_database_env(database),
                        .region = region,
                        .workload = results->workload},
              .options = options,
              .complaint = complaint};
    if (pte_read_begin(&w.read, w.store.env, &error) != PTE_OK) {
        return wl__run_fails(complaint, results->workload, 0, "%s", error.message);
    }
    pte_env_info info = {0};
    if (pte_env_describe(&info, w.store.env, NULL) == PTE_OK) {
        w.total = info.items + info.index_entries;
    }
    bool fine = true;
    for (size_t i = 0; fine && i < wl_place_count(results->workload); i++) {
        fine = measure_place(&w, i);
    }
    pte_read_end(w.read);
    wl_text_clean_up(&w.key);
    wl_text_clean_up(&w.next);
    wl_text_clean_up(&w.beside_key);
    return fine;
}
