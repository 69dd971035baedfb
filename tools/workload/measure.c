/* What is stored when a run has ended; see run.h. Calls the engine. */
#include "workload/memory.h"
#include "workload/run.h"
#include "workload/stored.h"

enum { KB = 1024, PROGRESS_ITEMS = 1024 };

typedef struct walk {
    wl_results *results;
    wl__store store;
    pte_read *read;
    const wl_run_options *options;
    wl_text key;  /* of the collection under way */
    wl_text next; /* of the item that has come */
    double bytes; /* of the collection so far */
    bool open;
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

static bool end_collection(walk *w, wl_place_result *result) {
    bool enough =
        !w->open || wl_top_add_once(&result->collections, wl__text_bytes(&w->key), w->bytes);
    w->open = false;
    w->bytes = 0;
    return enough;
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
    while (status == PTE_OK && enough &&
           (status = pte_cursor_next(&item, cursor, &error)) == PTE_OK) {
        enough = take_item(w, result, place, &item);
    }
    pte_cursor_close(cursor);
    if (!enough || (status == PTE_END && !end_collection(w, result))) {
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
    return fine;
}
