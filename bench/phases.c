#include "phases.h"
#include "answers.h"
#include "engine_side.h"
#include "raw_lmdb.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

const char *const bench_modes[] = {"memory", "relaxed", "durable", NULL};

enum { DURABLE_ITEMS = 10000, GET_FACTOR = 5 };

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* Both sides of one mode, and what they work with. */
typedef struct world {
    const char *mode;
    const bench_settings *settings;
    bench_report *report;
    const volatile int *stop;
    char folder[PATH_MAX / 2];
    bench_maker maker;
    bench_batch batch;
    bench_raw raw;
    bench_engine engine;
} world;

/* One operation, measured on both sides. */
typedef struct comparison {
    const char *operation;
    double target; /* 0: none */
    bench_use use;
    bench_table table;
    size_t factor; /* operations a slice, in units of the settings'; 0: all items over all slices */
    pte_status (*raw)(bench_raw *raw, const bench_batch *batch, pte_error *error);
    pte_status (*engine)(bench_engine *engine, const bench_batch *batch, pte_error *error);
} comparison;

static const comparison load_steps[] = {
    {"load, 1,000 a commit", 0, BENCH_FOR_LOAD, BENCH_PLAIN, 0, bench_raw_load, bench_engine_load},
    {"load, 1,000 a commit, with index", 1.5, BENCH_FOR_LOAD, BENCH_PHOTOS, 0, bench_raw_load,
     bench_engine_load},
};

static const comparison read_steps[] = {
    {"get", 1.3, BENCH_FOR_GET, BENCH_PHOTOS, GET_FACTOR, bench_raw_get, bench_engine_get},
    {"query of ten", 1.5, BENCH_FOR_QUERY, BENCH_PHOTOS, 1, bench_raw_query, bench_engine_query},
    {"query of ten, on the index", 1.5, BENCH_FOR_INDEX_QUERY, BENCH_PHOTOS, 1,
     bench_raw_index_query, bench_engine_index_query},
};

static const comparison write_steps[] = {
    {"put, insert", 0, BENCH_FOR_INSERT, BENCH_PLAIN, 1, bench_raw_put, bench_engine_put},
    {"put, overwrite", 0, BENCH_FOR_OVERWRITE, BENCH_PLAIN, 1, bench_raw_put, bench_engine_put},
    {"put, insert, with index", 1.5, BENCH_FOR_INSERT, BENCH_PHOTOS, 1, bench_raw_put,
     bench_engine_put},
    {"put, overwrite, with index", 1.5, BENCH_FOR_OVERWRITE, BENCH_PHOTOS, 1, bench_raw_put,
     bench_engine_put},
};

static size_t settling_items(const bench_settings *settings) {
    return (size_t)(settings->items / 20);
}

static bool wanted(const world *w, const char *operation) {
    return w->settings->only == NULL || strstr(operation, w->settings->only) != NULL;
}

static pte_status check_stop(const world *w, pte_error *error) {
    return *w->stop == 0 ? PTE_OK : bench_fail(error, PTE_STOPPED, 0, "stopped by a signal");
}

/* One timed slice of one side. */
static pte_status time_raw(world *w, const comparison *step, bench_result *result,
                           pte_error *error) {
    bench_time start = bench_now();
    pte_status status = step->raw(&w->raw, &w->batch, error);
    bench_series_add(&result->raw, start, w->batch.count);
    return status;
}

static pte_status time_engine(world *w, const comparison *step, bench_result *result,
                              pte_error *error) {
    bench_time start = bench_now();
    pte_status status = step->engine(&w->engine, &w->batch, error);
    bench_series_add(&result->engine, start, w->batch.count);
    return status;
}

/* The same batch on both sides; the side that goes first alternates. */
static pte_status time_pair(world *w, const comparison *step, bench_result *result, size_t slice,
                            pte_error *error) {
    bool raw_first = slice % 2 == 0;
    pte_status status =
        raw_first ? time_raw(w, step, result, error) : time_engine(w, step, result, error);
    if (status != PTE_OK) {
        return status;
    }
    w->report->answers_checked += 2 * w->batch.count;
    return raw_first ? time_engine(w, step, result, error) : time_raw(w, step, result, error);
}

static size_t operations_of(const world *w, const comparison *step, size_t slice) {
    uint64_t items = w->settings->items;
    size_t slices = w->settings->slices;
    if (step->factor != 0) {
        return w->settings->operations * step->factor;
    }
    return (size_t)(items * (slice + 1) / slices - items * slice / slices);
}

/* The slices of one operation. */
static pte_status run_slices(world *w, const comparison *step, bench_result *result,
                             pte_error *error) {
    pte_status status = PTE_OK;
    for (size_t slice = 0; status == PTE_OK && slice < w->settings->slices; slice++) {
        status = check_stop(w, error);
        if (status == PTE_OK) {
            status = bench_batch_fill(&w->batch, &w->maker, step->use, step->table,
                                      operations_of(w, step, slice), error);
        }
        if (status == PTE_OK) {
            status = time_pair(w, step, result, slice, error);
        }
    }
    return status;
}

static pte_status run_step(world *w, const comparison *step, pte_error *error) {
    bench_result *result;
    uint64_t before;
    uint64_t after;
    pte_status status = bench_report_add(&result, w->report, w->mode, step->operation, error);
    if (status == PTE_OK) {
        status = bench_engine_commits(&before, &w->engine, error);
    }
    if (status != PTE_OK) {
        return status;
    }
    result->target = step->target;
    result->operations = operations_of(w, step, 0);
    fprintf(stderr, "%s: %s\n", w->mode, step->operation);
    status = run_slices(w, step, result, error);
    if (status == PTE_OK) {
        status = bench_engine_commits(&after, &w->engine, error);
    }
    if (status == PTE_OK && after > before) {
        size_t slices = w->settings->slices;
        uint64_t writes = step->factor == 0 ? w->settings->items : result->operations * slices;
        result->per_commit = (double)writes / (double)(after - before);
    }
    return status;
}

/* What making an item costs, apart from storing it. */
static pte_status run_builder(world *w, pte_error *error) {
    static const char operation[] = "build an item (pte_builder)";
    bench_result *result;
    pte_item item;
    if (!wanted(w, operation)) {
        return PTE_OK;
    }
    pte_status status = bench_report_add(&result, w->report, w->mode, operation, error);
    if (status != PTE_OK) {
        return status;
    }
    result->kind = BENCH_COST_ALONE;
    result->operations = w->settings->operations;
    for (size_t slice = 0; status == PTE_OK && slice < w->settings->slices; slice++) {
        status = bench_batch_fill(&w->batch, &w->maker, BENCH_FOR_GET, BENCH_PLAIN,
                                  result->operations, error);
        bench_time start = bench_now();
        for (size_t i = 0; status == PTE_OK && i < w->batch.count; i++) {
            status = bench_maker_build(&item, &w->maker, &w->batch.rows[i], error);
        }
        bench_series_add(&result->engine, start, w->batch.count);
    }
    return status;
}

/* Reads everything on both sides and compares: the check of all writes, and it warms both. */
static pte_status verify(world *w, pte_error *error) {
    fprintf(stderr, "%s: checking every item and index entry\n", w->mode);
    pte_status status = check_stop(w, error);
    if (status == PTE_OK) {
        status = bench_raw_verify(&w->raw, &w->maker, error);
    }
    if (status == PTE_OK) {
        status = bench_engine_verify(&w->engine, &w->maker, error);
    }
    w->report->answers_checked +=
        2 * (w->maker.counts[BENCH_PLAIN] + 2 * w->maker.counts[BENCH_PHOTOS]);
    return status;
}

/*
 * Puts some items one by one, unmeasured. The last big commits of a load leave a long list of free
 * pages, which LMDB writes anew at each small commit until new items have used them up: a cost of
 * the load, and as large as the load's commits were, that must not count as a put's.
 */
static pte_status settle(world *w, pte_error *error) {
    size_t rest = settling_items(w->settings);
    pte_status status = PTE_OK;
    fprintf(stderr, "%s: settling\n", w->mode);
    while (status == PTE_OK && rest > 0) {
        size_t part = rest < w->batch.capacity ? rest : w->batch.capacity;
        rest -= part;
        status = check_stop(w, error);
        if (status == PTE_OK) {
            status =
                bench_batch_fill(&w->batch, &w->maker, BENCH_FOR_INSERT, BENCH_PHOTOS, part, error);
        }
        if (status == PTE_OK) {
            status = bench_raw_put(&w->raw, &w->batch, error);
        }
        if (status == PTE_OK) {
            status = bench_engine_put(&w->engine, &w->batch, error);
        }
    }
    return status;
}

static pte_status run_steps(world *w, const comparison *steps, size_t count, pte_error *error) {
    pte_status status = PTE_OK;
    for (size_t i = 0; status == PTE_OK && i < count; i++) {
        if (wanted(w, steps[i].operation)) {
            status = run_step(w, &steps[i], error);
        }
    }
    return status;
}

static pte_status run_single_threaded(world *w, pte_error *error) {
    pte_status status = PTE_OK;
    for (size_t i = 0; status == PTE_OK && i < COUNT(load_steps); i++) {
        status = run_step(w, &load_steps[i], error);
    }
    if (status == PTE_OK) {
        status = verify(w, error);
    }
    if (status == PTE_OK) {
        status = run_steps(w, read_steps, COUNT(read_steps), error);
    }
    if (status == PTE_OK) {
        status = settle(w, error);
    }
    if (status == PTE_OK) {
        status = run_steps(w, write_steps, COUNT(write_steps), error);
    }
    if (status == PTE_OK) {
        status = run_builder(w, error);
    }
    return status != PTE_OK ? status : verify(w, error);
}

/* Durable: raw with one writer, the engine with one, the engine with many. */

/* Loads a few items into both, so that a put has a tree to go into. */
static pte_status load_some(world *w, pte_error *error) {
    pte_status status = PTE_OK;
    uint64_t items = w->settings->items < DURABLE_ITEMS ? w->settings->items : DURABLE_ITEMS;
    status = bench_batch_fill(&w->batch, &w->maker, BENCH_FOR_LOAD, BENCH_PLAIN, items, error);
    if (status == PTE_OK) {
        status = bench_raw_load(&w->raw, &w->batch, error);
    }
    return status != PTE_OK ? status : bench_engine_load(&w->engine, &w->batch, error);
}

/* The three results of this mode. */
typedef struct durable_results {
    bench_result *one;  /* raw and engine, a commit each */
    bench_result *many; /* raw with as many a commit as there are writers, engine's writers */
    bench_result *speedup;
} durable_results;

static pte_status add_durable_results(durable_results *results, world *w, pte_error *error) {
    *results = (durable_results){0};
    bench_report *report = w->report;
    pte_status status = bench_report_add(&results->one, report, w->mode, "put, 1 writer", error);
    if (status == PTE_OK) {
        status = bench_report_add(&results->many, report, w->mode,
                                  "put, 8 writers (raw: 8 a commit)", error);
    }
    if (status == PTE_OK) {
        status = bench_report_add(&results->speedup, report, w->mode, "8 writers (raw: engine's 1)",
                                  error);
    }
    if (status == PTE_OK) {
        results->one->operations = w->settings->durable_operations;
        results->many->operations = w->settings->durable_operations * BENCH_WRITERS;
        results->speedup->operations = results->many->operations;
        results->speedup->kind = BENCH_SPEEDUP;
        results->speedup->target = 6;
    }
    return status;
}

static pte_status time_engine_writers(world *w, bench_result *many, pte_error *error) {
    bench_time start = bench_now();
    pte_status status = bench_engine_put_threads(&w->engine, &w->batch, BENCH_WRITERS, error);
    bench_series_add(&many->engine, start, many->operations);
    return status;
}

/* Raw LMDB, which has no group commit, puts what they put at about the same time into one. */
static pte_status time_raw_groups(world *w, bench_result *many, pte_error *error) {
    bench_time start = bench_now();
    pte_status status = bench_raw_put_shares(&w->raw, &w->batch, BENCH_WRITERS, error);
    bench_series_add(&many->raw, start, many->operations);
    return status;
}

/* A slice of many writers; the side that goes first alternates. */
static pte_status time_writers(world *w, bench_result *many, size_t slice, pte_error *error) {
    bool raw_first = slice % 2 == 0;
    pte_status status = bench_batch_fill(&w->batch, &w->maker, BENCH_FOR_INSERT, BENCH_PLAIN,
                                         many->operations, error);
    if (status == PTE_OK) {
        status = raw_first ? time_raw_groups(w, many, error) : time_engine_writers(w, many, error);
    }
    if (status == PTE_OK) {
        status = raw_first ? time_engine_writers(w, many, error) : time_raw_groups(w, many, error);
    }
    return status;
}

static pte_status run_durable_slices(world *w, const durable_results *results, pte_error *error) {
    static const comparison put = {
        "put", 0, BENCH_FOR_INSERT, BENCH_PLAIN, 0, bench_raw_put, bench_engine_put};
    uint64_t commits = 0;
    pte_status status = PTE_OK;
    for (size_t slice = 0; status == PTE_OK && slice < w->settings->slices; slice++) {
        uint64_t before = 0;
        uint64_t after = 0;
        status = check_stop(w, error);
        if (status == PTE_OK) {
            status = bench_batch_fill(&w->batch, &w->maker, BENCH_FOR_INSERT, BENCH_PLAIN,
                                      results->one->operations, error);
        }
        if (status == PTE_OK) {
            status = time_pair(w, &put, results->one, slice, error);
        }
        if (status == PTE_OK) {
            status = bench_engine_commits(&before, &w->engine, error);
        }
        if (status == PTE_OK) {
            status = time_writers(w, results->many, slice, error);
        }
        if (status == PTE_OK) {
            status = bench_engine_commits(&after, &w->engine, error);
        }
        commits += after - before;
    }
    if (commits > 0) {
        size_t writes = results->many->operations * w->settings->slices;
        results->many->per_commit = (double)writes / (double)commits;
    }
    return status;
}

static pte_status run_durable(world *w, pte_error *error) {
    durable_results results;
    pte_status status = load_some(w, error);
    if (status == PTE_OK) {
        status = add_durable_results(&results, w, error);
    }
    if (status != PTE_OK) {
        return status;
    }
    fprintf(stderr, "%s: puts\n", w->mode);
    status = run_durable_slices(w, &results, error);
    results.speedup->raw = results.one->engine;
    results.speedup->engine = results.many->engine;
    return status != PTE_OK ? status : verify(w, error);
}

/* Folders and life of a world. */

static const char *path_in(char *path, size_t bytes, const world *w, const char *name) {
    snprintf(path, bytes, "%s/%s", w->folder, name);
    return path;
}

static void remove_database(const world *w, const char *name) {
    static const char *const files[] = {"data.mdb", "lock.mdb"};
    char path[PATH_MAX];
    for (size_t i = 0; i < 2; i++) {
        snprintf(path, sizeof path, "%s/%s/%s", w->folder, name, files[i]);
        (void)unlink(path);
    }
    (void)rmdir(path_in(path, sizeof path, w, name));
}

static pte_status make_folders(world *w, const char *parent, pte_error *error) {
    char path[PATH_MAX];
    int len = snprintf(w->folder, sizeof w->folder, "%s/engine-bench-XXXXXX", parent);
    if (len < 0 || (size_t)len >= sizeof w->folder) {
        return bench_fail(error, PTE_INVALID_ARGUMENT, 0, "folder name too long");
    }
    if (mkdtemp(w->folder) == NULL) {
        int code = errno;
        w->folder[0] = 0;
        return bench_fail(error, PTE_IO, code, "cannot make a folder in %s", parent);
    }
    if (mkdir(path_in(path, sizeof path, w, "raw"), 0700) != 0 ||
        mkdir(path_in(path, sizeof path, w, "engine"), 0700) != 0) {
        return bench_fail(error, PTE_IO, errno, "cannot make %s", path);
    }
    return PTE_OK;
}

/* Opens the engine as its users do, and raw LMDB with as large a map as the engine took. */
static pte_status open_sides(world *w, pte_durability durability, pte_error *error) {
    char path[PATH_MAX];
    pte_env_info info;
    pte_status status =
        bench_engine_open(&w->engine, path_in(path, sizeof path, w, "engine"), durability, error);
    if (status == PTE_OK) {
        status = pte_env_describe(&info, w->engine.env, error);
    }
    if (status != PTE_OK) {
        return status;
    }
    return bench_raw_open(&w->raw, path_in(path, sizeof path, w, "raw"), durability, info.map_bytes,
                          error);
}

static size_t batch_capacity(const bench_settings *settings) {
    size_t most = (size_t)(settings->items / settings->slices) + 1;
    size_t others[] = {settings->operations * GET_FACTOR,
                       settings->durable_operations * BENCH_WRITERS, DURABLE_ITEMS};
    for (size_t i = 0; i < COUNT(others); i++) {
        most = others[i] > most ? others[i] : most;
    }
    return most;
}

static pte_status open_world(world *w, pte_durability durability, pte_error *error) {
    const bench_settings *settings = w->settings;
    size_t slice = settings->operations + settings->durable_operations * (BENCH_WRITERS + 1);
    uint64_t items_max = settings->items + settling_items(settings) + slice * settings->slices;
    pte_status status = bench_maker_init(&w->maker, settings->seed, items_max, error);
    if (status == PTE_OK) {
        status = bench_batch_init(&w->batch, batch_capacity(settings), error);
    }
    if (status == PTE_OK) {
        bool memory = durability == PTE_MEMORY;
        status = make_folders(w, memory ? settings->memory_folder : settings->folder, error);
    }
    return status != PTE_OK ? status : open_sides(w, durability, error);
}

static void close_world(world *w) {
    bench_engine_close(&w->engine);
    bench_raw_close(&w->raw);
    bench_batch_clean_up(&w->batch);
    bench_maker_clean_up(&w->maker);
    if (w->folder[0] != 0) {
        remove_database(w, "raw");
        remove_database(w, "engine");
        (void)rmdir(w->folder);
    }
}

pte_status bench_run_mode(bench_report *report, const char *mode, const bench_settings *settings,
                          const volatile int *stop, pte_error *error) {
    world w = {.mode = mode, .settings = settings, .report = report, .stop = stop};
    bool durable = strcmp(mode, "durable") == 0;
    pte_durability durability = durable                       ? PTE_DURABLE
                                : strcmp(mode, "memory") == 0 ? PTE_MEMORY
                                                              : PTE_RELAXED;
    pte_status status = open_world(&w, durability, error);
    if (status == PTE_OK) {
        status = durable ? run_durable(&w, error) : run_single_threaded(&w, error);
    }
    close_world(&w);
    return status;
}
