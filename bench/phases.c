#include "phases.h"
#include "answers.h"
#include "engine_side.h"
#include "world.h"
#include "writers.h"

const char *const bench_modes[] = {"memory", "relaxed", "durable", NULL};
const char *const bench_groups[] = {"in process, memory", "in process, disk, relaxed",
                                    "in process, disk, durable"};

enum { DURABLE_ITEMS = 10000, GET_FACTOR = 5, SQLITE_TARGET = 2 };

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const char load_note[] =
    "1,000 items a commit; JSON: BatchWriteItem, 25 items a call and a commit";

static const bench_step load_steps[] = {
    {"load, 1,000 a commit", BENCH_OP_LOAD, BENCH_FOR_LOAD, BENCH_PLAIN, 0, 1, 0, 0, 0, NULL},
    {"load, 1,000 a commit, with index", BENCH_OP_LOAD, BENCH_FOR_LOAD, BENCH_PHOTOS, 0, 1, 1.5, 0,
     SQLITE_TARGET, load_note},
};

static const bench_step read_steps[] = {
    {"get", BENCH_OP_GET, BENCH_FOR_GET, BENCH_PHOTOS, GET_FACTOR, 1, 1.3, 3, SQLITE_TARGET, NULL},
    {"query of ten", BENCH_OP_QUERY, BENCH_FOR_QUERY, BENCH_PHOTOS, 1, 1, 1.5, 4, SQLITE_TARGET,
     NULL},
    {"query of ten, on the index", BENCH_OP_INDEX_QUERY, BENCH_FOR_INDEX_QUERY, BENCH_PHOTOS, 1, 1,
     1.5, 4, SQLITE_TARGET, NULL},
};

/* One page is one row; what is shown is the time of an item. */
static const bench_step scan_step = {"scan, an item of a page of 1 MB",
                                     BENCH_OP_SCAN,
                                     BENCH_FOR_SCAN,
                                     BENCH_PHOTOS,
                                     0,
                                     1,
                                     0,
                                     0,
                                     SQLITE_TARGET,
                                     "pages in the order of the store's own keys"};

static const bench_step plain_steps[] = {
    {"put, insert", BENCH_OP_PUT, BENCH_FOR_INSERT, BENCH_PLAIN, 1, 1, 0, 0, 0, NULL},
    {"put, overwrite", BENCH_OP_PUT, BENCH_FOR_OVERWRITE, BENCH_PLAIN, 1, 1, 0, 0, 0, NULL},
};

/* Also of the durable mode. */
static const bench_step write_steps[] = {
    {"put, insert, with index", BENCH_OP_PUT, BENCH_FOR_INSERT, BENCH_PHOTOS, 1, 1, 1.5, 0,
     SQLITE_TARGET, NULL},
    {"put, overwrite, with index", BENCH_OP_PUT, BENCH_FOR_OVERWRITE, BENCH_PHOTOS, 1, 1, 1.5, 0,
     SQLITE_TARGET, NULL},
    {"update, with index", BENCH_OP_UPDATE, BENCH_FOR_UPDATE, BENCH_PHOTOS, 1, 1, 0, 0,
     SQLITE_TARGET, "SET of a sum and of a value"},
    {"transaction of three, with index", BENCH_OP_TRANSACT, BENCH_FOR_TRANSACT, BENCH_PHOTOS, 1,
     BENCH_TRANSACT_ITEMS, 0, 0, SQLITE_TARGET,
     "a put of a new item provided that it is new, an update, a check that an item is there"},
    {"batch of 25 puts, with index", BENCH_OP_BATCH, BENCH_FOR_INSERT, BENCH_PHOTOS, 1,
     BENCH_BATCH_ITEMS, 0, 0, SQLITE_TARGET, "the time of a batch"},
};

static size_t settling_items(const bench_settings *settings) {
    return (size_t)(settings->items / 20);
}

static bool wanted(const bench_world *w, const char *operation) {
    return w->settings->only == NULL || strstr(operation, w->settings->only) != NULL;
}

/* Of a slice: as many rows as the settings have operations, whatever one takes; at least one. */
static size_t operations_of(const bench_world *w, const bench_step *step) {
    size_t operations = w->settings->operations * step->factor / step->rows;
    return step->factor == 0 || operations > 0 ? operations : 1;
}

static pte_status run_steps(bench_world *w, const bench_step *steps, size_t count,
                            pte_error *error) {
    pte_status status = PTE_OK;
    for (size_t i = 0; status == PTE_OK && i < count; i++) {
        if (wanted(w, steps[i].operation)) {
            status = bench_world_run(w, &steps[i], operations_of(w, &steps[i]), error);
        }
    }
    return status;
}

/* The whole table over all slices, or what takes as long as other steps. */
static pte_status run_scan(bench_world *w, pte_error *error) {
    size_t page_items = 1024 * 1024 / w->maker.size_bytes;
    size_t pages = w->settings->operations * GET_FACTOR / page_items + 1;
    return wanted(w, scan_step.operation) ? bench_world_run(w, &scan_step, pages, error) : PTE_OK;
}

/* What making an item costs, apart from storing it. */
static pte_status run_builder(bench_world *w, pte_error *error) {
    static const char operation[] = "build an item (pte_builder)";
    bench_result *result;
    pte_item item;
    if (!wanted(w, operation)) {
        return PTE_OK;
    }
    pte_status status = bench_report_add(&result, w->report, w->group, operation, error);
    if (status != PTE_OK) {
        return status;
    }
    result->operations = w->settings->operations;
    for (size_t slice = 0; status == PTE_OK && slice < w->settings->slices; slice++) {
        status = bench_batch_fill(&w->batch, &w->maker, BENCH_FOR_GET, BENCH_PHOTOS,
                                  result->operations, error);
        bench_time start = bench_now();
        for (size_t i = 0; status == PTE_OK && i < w->batch.count; i++) {
            status = bench_maker_build(&item, &w->maker, &w->batch.rows[i], error);
        }
        bench_series_add(&result->sides[BENCH_ENGINE], start, bench_now(), w->batch.count);
    }
    return status;
}

/* Fills the batch and runs it on all sides, unmeasured. */
static pte_status run_unmeasured(bench_world *w, bench_op op, bench_use use, size_t rows,
                                 pte_error *error) {
    bench_result ignored = {0};
    bench_step step = {"", op, use, BENCH_PHOTOS, 1, 1, 0, 0, 0, NULL};
    return bench_world_slice(w, &step, rows, &ignored, 0, error);
}

/*
 * Puts some items one by one, unmeasured. The last big commits of a load leave a long list of free
 * pages, which LMDB writes anew at each small commit until new items have used them up: a cost of
 * the load, and as large as the load's commits were, that must not count as a put's.
 */
static pte_status settle(bench_world *w, pte_error *error) {
    size_t rest = settling_items(w->settings);
    pte_status status = PTE_OK;
    fprintf(stderr, "%s: settling\n", w->group);
    while (status == PTE_OK && rest > 0) {
        size_t part = rest < w->settings->operations ? rest : w->settings->operations;
        rest -= part;
        status = run_unmeasured(w, BENCH_OP_PUT, BENCH_FOR_INSERT, part, error);
    }
    return status;
}

static pte_status run_single_threaded(bench_world *w, pte_error *error) {
    pte_status status = PTE_OK;
    for (size_t i = 0; status == PTE_OK && i < COUNT(load_steps); i++) {
        status = bench_world_run(w, &load_steps[i], 0, error);
    }
    if (status == PTE_OK) {
        status = bench_world_verify(w, error);
    }
    if (status == PTE_OK) {
        status = run_steps(w, read_steps, COUNT(read_steps), error);
    }
    if (status == PTE_OK) {
        status = run_scan(w, error);
    }
    if (status == PTE_OK) {
        status = settle(w, error);
    }
    if (status == PTE_OK) {
        status = run_steps(w, plain_steps, COUNT(plain_steps), error);
    }
    if (status == PTE_OK) {
        status = run_steps(w, write_steps, COUNT(write_steps), error);
    }
    if (status == PTE_OK) {
        status = run_builder(w, error);
    }
    return status != PTE_OK ? status : bench_world_verify(w, error);
}

/* ---- durable: writers at once, next to the disk ---- */

static const struct {
    unsigned writers;
    const char *operation;
} crowds[] = {{1, "put, 1 writer"}, {8, "put, 8 writers"}, {BENCH_WRITERS_MAX, "put, 64 writers"}};

static size_t crowd_rows(const bench_settings *settings, size_t crowd) {
    return settings->durable_operations * crowds[crowd].writers;
}

static pte_status time_writers(bench_world *w, size_t crowd, size_t side, bench_result *result,
                               pte_error *error) {
    unsigned writers = crowds[crowd].writers;
    const bench_side *s = bench_sides[side];
    pte_status status = PTE_OK;
    if (s->prepare_writers != NULL) {
        status = s->prepare_writers(w->stores[side], writers, error);
    }
    if (status == PTE_OK && s->prepare != NULL) {
        status = s->prepare(w->stores[side], BENCH_OP_PUT, &w->batch, error);
    }
    if (status != PTE_OK) {
        return status;
    }
    bench_time start = bench_now();
    status = s->put_at_once(w->stores[side], &w->batch, writers, error);
    bench_series_add(&result->sides[side], start, bench_now(), w->batch.count);
    result->checked += w->batch.count;
    return status;
}

static pte_status time_disk(bench_world *w, bench_result *result, pte_error *error) {
    size_t count = w->settings->durable_operations;
    bench_time start = bench_now();
    pte_status status = bench_disk_commit(&w->disk, count, error);
    bench_series_add(&result->sides[BENCH_DISK], start, bench_now(), count);
    return status;
}

/* A slice of a crowd on all sides, whose order turns from slice to slice. */
static pte_status run_crowd_slice(bench_world *w, size_t crowd, bench_result *result, size_t slice,
                                  pte_error *error) {
    uint64_t before = 0;
    uint64_t after = 0;
    pte_status status = bench_batch_fill(&w->batch, &w->maker, BENCH_FOR_INSERT, BENCH_PHOTOS,
                                         crowd_rows(w->settings, crowd), error);
    if (status == PTE_OK) {
        status = bench_engine_commits(&before, w->stores[BENCH_ENGINE], error);
    }
    for (size_t i = 0; status == PTE_OK && i <= BENCH_STORES; i++) {
        size_t side = slice % 2 == 0 ? i : BENCH_STORES - i;
        if (side == BENCH_DISK) {
            status = time_disk(w, result, error);
        } else if (bench_sides[side] != NULL) {
            status = time_writers(w, crowd, side, result, error);
        }
    }
    if (status == PTE_OK) {
        status = bench_engine_commits(&after, w->stores[BENCH_ENGINE], error);
    }
    result->per_commit += (double)(after - before); /* commits, until all slices are done */
    return status;
}

static void compare_crowd(bench_result *result, const bench_result *one, size_t crowd) {
    static const char note[] = "LMDB: as many puts a commit as there are writers; disk: a page "
                               "overwritten, and fdatasync, by one writer";
    bench_ratio ratios[] = {
        {.of = BENCH_ENGINE, .to = BENCH_LMDB, .at_least = true},
        {.of = BENCH_ENGINE, .to = BENCH_SQLITE, .target = SQLITE_TARGET, .at_least = true},
        {.of = BENCH_JSON, .to = BENCH_SQLITE, .at_least = true},
        {.of = BENCH_ENGINE, .to = BENCH_DISK, .at_least = true},
        {.of = BENCH_ENGINE,
         .to = BENCH_ENGINE,
         .at_least = true,
         .to_result = one,
         .to_name = "engine's 1"},
    };
    ratios[4].target = crowds[crowd].writers == 8 ? 6 : 0;
    result->note = note;
    result->rates = true;
    for (size_t i = 0; i < COUNT(ratios) - (crowd == 0); i++) {
        bench_result_compare(result, ratios[i]);
    }
}

static pte_status run_crowd_slices(bench_world *w, bench_result **results, pte_error *error) {
    pte_status status = PTE_OK;
    for (size_t slice = 0; status == PTE_OK && slice < w->settings->slices; slice++) {
        status = bench_world_check_stop(w, error);
        for (size_t crowd = 0; status == PTE_OK && crowd < COUNT(crowds); crowd++) {
            status = run_crowd_slice(w, crowd, results[crowd], slice, error);
        }
    }
    return status;
}

static pte_status run_crowds(bench_world *w, pte_error *error) {
    bench_result *results[COUNT(crowds)];
    pte_status status = PTE_OK;
    for (size_t i = 0; status == PTE_OK && i < COUNT(crowds); i++) {
        status = bench_report_add(&results[i], w->report, w->group, crowds[i].operation, error);
        if (status == PTE_OK) {
            results[i]->operations = crowd_rows(w->settings, i);
            compare_crowd(results[i], results[0], i);
        }
    }
    if (status != PTE_OK) {
        return status;
    }
    fprintf(stderr, "%s: writers at once\n", w->group);
    status = run_crowd_slices(w, results, error);
    for (size_t i = 0; i < COUNT(crowds); i++) {
        double rows = (double)(results[i]->operations * w->settings->slices);
        bool known = status == PTE_OK && results[i]->per_commit > 0;
        results[i]->per_commit = known ? rows / results[i]->per_commit : 0;
        w->report->answers_checked += results[i]->checked;
    }
    return status;
}

/* They are measured together, so one name is enough. */
static bool crowds_wanted(const bench_world *w) {
    bool any = false;
    for (size_t i = 0; i < COUNT(crowds); i++) {
        any = any || wanted(w, crowds[i].operation);
    }
    return any;
}

static pte_status run_durable(bench_world *w, pte_error *error) {
    const bench_settings *settings = w->settings;
    size_t items = settings->items < DURABLE_ITEMS ? (size_t)settings->items : DURABLE_ITEMS;
    pte_status status = run_unmeasured(w, BENCH_OP_LOAD, BENCH_FOR_LOAD, items, error);
    if (status == PTE_OK) {
        status = bench_disk_open(&w->disk, w->folder, error);
    }
    if (status == PTE_OK && crowds_wanted(w)) {
        status = run_crowds(w, error);
    }
    for (size_t i = 0; status == PTE_OK && i < COUNT(write_steps); i++) {
        if (wanted(w, write_steps[i].operation)) {
            status = bench_world_run(w, &write_steps[i], settings->durable_operations, error);
        }
    }
    return status != PTE_OK ? status : bench_world_verify(w, error);
}

/* ---- a mode ---- */

static size_t most(const size_t *values, size_t count) {
    size_t result = 0;
    for (size_t i = 0; i < count; i++) {
        result = values[i] > result ? values[i] : result;
    }
    return result;
}

static size_t batch_capacity(const bench_settings *settings) {
    size_t wanted_rows[] = {(size_t)(settings->items / settings->slices) + 1,
                            settings->operations * GET_FACTOR,
                            BENCH_BATCH_ITEMS,
                            settings->durable_operations * BENCH_WRITERS_MAX,
                            settings->durable_operations * BENCH_BATCH_ITEMS,
                            DURABLE_ITEMS};
    return most(wanted_rows, COUNT(wanted_rows));
}

/* The most numbers that a table may come to have: all that every step puts into it. */
static uint64_t items_max(const bench_settings *settings) {
    size_t once = settings->operations + BENCH_BATCH_ITEMS;
    size_t slice = 3 * once + settings->durable_operations * (BENCH_WRITERS_MAX + 9 + 1 + 1 + 25);
    return settings->items + settling_items(settings) + slice * settings->slices;
}

pte_status bench_run_mode(bench_report *report, size_t mode, const bench_settings *settings,
                          const volatile sig_atomic_t *stop, pte_error *error) {
    static const pte_durability durabilities[] = {PTE_MEMORY, PTE_RELAXED, PTE_DURABLE};
    pte_durability durability = durabilities[mode];
    bench_world w = {
        .group = bench_groups[mode], .settings = settings, .report = report, .stop = stop};
    pte_status status =
        bench_world_open(&w, durability, batch_capacity(settings), items_max(settings), error);
    if (status == PTE_OK) {
        status =
            durability == PTE_DURABLE ? run_durable(&w, error) : run_single_threaded(&w, error);
    }
    bench_world_close(&w);
    return status;
}
