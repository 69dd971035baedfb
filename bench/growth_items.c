/*
 * One table with its inverted index that grows tenfold, again and again, and next to it one that
 * stays as small as the first was: get, query and put on both in slices that alternate. Both are on
 * disk, relaxed, and are typed into and asked in JSON through one handle. What makes it grow is the
 * bulk load that is measured too.
 */
#include "answers.h"
#include "engine_side.h"
#include "growth.h"
#include "json_side.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

const char bench_growth_of_items[] = "growth, items";
const char bench_growth_load[] = "growth, bulk load";

enum { LOAD_ROWS = 10000, SIZES_MAX = 8, OPERATIONS = 3 };

/* A database that both sides work on. */
typedef struct store {
    char folder[4096]; /* empty: none was made */
    bench_maker maker;
    void *json;
    bench_engine engine;
} store;

typedef struct items_growth {
    bench_report *report;
    const bench_growth_settings *settings;
    const volatile sig_atomic_t *stop;
    bench_batch batch;
    store small;
    store grown;
} items_growth;

/* What is measured at each size. */
static const struct {
    const char *name;
    bench_op op;
    bench_use use;
} operations[OPERATIONS] = {{"get,", BENCH_OP_GET, BENCH_FOR_GET},
                            {"query of ten,", BENCH_OP_QUERY, BENCH_FOR_QUERY},
                            {"put, overwrite,", BENCH_OP_PUT, BENCH_FOR_OVERWRITE}};

/* Names that the report borrows. */
typedef struct names {
    char text[SIZES_MAX][OPERATIONS][64];
} names;

/* ---- stores ---- */

static pte_status store_open(store *s, const bench_growth_settings *settings, uint64_t items_max,
                             pte_error *error) {
    snprintf(s->folder, sizeof s->folder, "%s/growth-XXXXXX", settings->folder);
    if (mkdtemp(s->folder) == NULL) {
        int code = errno;
        s->folder[0] = 0;
        return bench_fail(error, PTE_IO, code, "cannot make a folder in %s", settings->folder);
    }
    pte_status status = bench_maker_init(&s->maker, settings->seed, items_max, error);
    if (status == PTE_OK) {
        status = bench_json_side.open(&s->json, s->folder, PTE_RELAXED, error);
    }
    if (status == PTE_OK) {
        bench_json *json = s->json;
        status = bench_engine_attach(&s->engine, pt_database_env(json->database),
                                     pte_str("us-east-1/photos"), error);
    }
    return status;
}

static void store_close(store *s) {
    bench_engine_detach(&s->engine);
    bench_json_side.close(s->json);
    bench_maker_clean_up(&s->maker);
    if (s->folder[0] != 0) {
        bench_remove_folder(s->folder);
    }
}

static pte_status check_stop(const items_growth *g, pte_error *error) {
    return *g->stop == 0 ? PTE_OK : bench_fail(error, PTE_STOPPED, 0, "stopped by a signal");
}

/* ---- the bulk load ---- */

typedef struct load_cost {
    double wall_ns;
    double cpu_ns;
    uint64_t memory_bytes; /* the most that anonymous memory grew by */
} load_cost;

/* Loads a store up to a number of items, a thousand in each call. */
static pte_status load_to(load_cost *cost, items_growth *g, store *s, uint64_t items,
                          pte_error *error) {
    pte_status status = PTE_OK;
    uint64_t before = bench_memory_bytes("RssAnon");
    *cost = (load_cost){0};
    while (status == PTE_OK && s->maker.counts[BENCH_PHOTOS] < items) {
        uint64_t rest = items - s->maker.counts[BENCH_PHOTOS];
        size_t rows = rest < LOAD_ROWS ? (size_t)rest : LOAD_ROWS;
        status = check_stop(g, error);
        if (status == PTE_OK) {
            status =
                bench_batch_fill(&g->batch, &s->maker, BENCH_FOR_LOAD, BENCH_PHOTOS, rows, error);
        }
        bench_time start = bench_now();
        if (status == PTE_OK) {
            status = bench_engine_side.run[BENCH_OP_LOAD](&s->engine, &g->batch, error);
        }
        bench_time end = bench_now();
        uint64_t now = bench_memory_bytes("RssAnon");
        cost->wall_ns += end.wall_ns - start.wall_ns;
        cost->cpu_ns += end.cpu_ns - start.cpu_ns;
        cost->memory_bytes = now > before + cost->memory_bytes ? now - before : cost->memory_bytes;
    }
    return status;
}

static pte_status add_figure(items_growth *g, const char *name, uint64_t items, const char *unit,
                             double value, pte_error *error) {
    bench_figure *figure;
    char text[64];
    bench_growth_name(text, sizeof text, name, items, "items");
    pte_status status =
        bench_report_figure(&figure, g->report, bench_growth_load, text, unit, error);
    if (status == PTE_OK) {
        figure->more = strcmp(unit, "1/s") == 0;
        figure->values[BENCH_GROWN_ENGINE] = value;
    }
    return status;
}

/* Makes the store grow and reports what that took. */
static pte_status grow_to(items_growth *g, uint64_t items, double *total_ns, uint64_t *memory_bytes,
                          pte_error *error) {
    load_cost cost;
    uint64_t before = g->grown.maker.counts[BENCH_PHOTOS];
    fprintf(stderr, "growth: loading to %llu items\n", (unsigned long long)items);
    pte_status status = load_to(&cost, g, &g->grown, items, error);
    double disk = (double)bench_folder_bytes(g->grown.folder);
    double added = (double)(items - before);
    *total_ns += cost.wall_ns;
    *memory_bytes = cost.memory_bytes > *memory_bytes ? cost.memory_bytes : *memory_bytes;
    if (status == PTE_OK) {
        status =
            add_figure(g, "load with index, to", items, "1/s", added * 1e9 / cost.wall_ns, error);
    }
    if (status == PTE_OK) {
        status = add_figure(g, "time of the load, to", items, "ms", *total_ns / 1e6, error);
    }
    if (status == PTE_OK) {
        status = add_figure(g, "on disk with index,", items, "bytes", disk, error);
    }
    if (status == PTE_OK) {
        status = add_figure(g, "memory that the load took, to", items, "bytes",
                            (double)*memory_bytes, error);
    }
    return status;
}

/* ---- what it costs then ---- */

static pte_status time_one(items_growth *g, store *s, bool json, size_t operation,
                           bench_series *series, bench_result *result, pte_error *error) {
    bench_op op = operations[operation].op;
    pte_status status = bench_batch_fill(&g->batch, &s->maker, operations[operation].use,
                                         BENCH_PHOTOS, g->settings->operations, error);
    if (status == PTE_OK && json) {
        status = bench_json_side.prepare(s->json, op, &g->batch, error);
    }
    bench_time start = bench_now();
    if (status == PTE_OK) {
        status = json ? bench_json_side.run[op](s->json, &g->batch, error)
                      : bench_engine_side.run[op](&s->engine, &g->batch, error);
    }
    bench_series_add(series, start, bench_now(), g->batch.count);
    result->checked += g->batch.count;
    return status;
}

/* A slice on both stores and both sides; their order turns from slice to slice. */
static pte_status time_slice(items_growth *g, size_t operation, bench_result *result, size_t slice,
                             pte_error *error) {
    pte_status status = check_stop(g, error);
    for (size_t i = 0; status == PTE_OK && i < 4; i++) {
        size_t side = slice % 2 == 0 ? i : 3 - i;
        bool json = side == BENCH_GROWN_JSON || side == BENCH_SMALL_JSON;
        bool grown = side == BENCH_GROWN_ENGINE || side == BENCH_GROWN_JSON;
        status = time_one(g, grown ? &g->grown : &g->small, json, operation, &result->sides[side],
                          result, error);
    }
    return status;
}

/* The first slices find what the load has left: caches full of other things, free pages. */
static pte_status warm_up(items_growth *g, size_t operation, pte_error *error) {
    bench_result ignored = {0};
    return time_slice(g, operation, &ignored, 0, error);
}

static pte_status measure_at(items_growth *g, uint64_t items, char (*texts)[64], pte_error *error) {
    pte_status status = PTE_OK;
    for (size_t i = 0; status == PTE_OK && i < OPERATIONS; i++) {
        bench_result *result;
        bench_growth_name(texts[i], sizeof texts[i], operations[i].name, items, "items");
        status = bench_report_add(&result, g->report, bench_growth_of_items, texts[i], error);
        if (status == PTE_OK) {
            result->operations = g->settings->operations;
            bench_growth_compare(result, operations[i].op == BENCH_OP_GET ? 2 : 0);
            status = warm_up(g, i, error);
        }
        for (size_t slice = 0; status == PTE_OK && slice < g->settings->slices; slice++) {
            status = time_slice(g, i, result, slice, error);
        }
        g->report->answers_checked += status == PTE_OK ? result->checked : 0;
    }
    return status;
}

static pte_status grow(items_growth *g, names *texts, pte_error *error) {
    load_cost ignored;
    double total_ns = 0;
    uint64_t memory_bytes = 0;
    size_t size = 0;
    pte_status status = load_to(&ignored, g, &g->small, BENCH_GROWTH_ITEMS_MIN, error);
    for (uint64_t items = BENCH_GROWTH_ITEMS_MIN;
         status == PTE_OK && items <= g->settings->items_max && size < SIZES_MAX; items *= 10) {
        status = grow_to(g, items, &total_ns, &memory_bytes, error);
        if (status == PTE_OK) {
            status = measure_at(g, items, texts->text[size++], error);
        }
    }
    if (status == PTE_OK) {
        fprintf(stderr, "growth: checking every item and index entry\n");
        status = bench_engine_side.verify(&g->grown.engine, &g->grown.maker, error);
    }
    if (status == PTE_OK) {
        status = bench_engine_side.verify(&g->small.engine, &g->small.maker, error);
    }
    g->report->answers_checked +=
        2 * (g->grown.maker.counts[BENCH_PHOTOS] + g->small.maker.counts[BENCH_PHOTOS]);
    return status;
}

pte_status bench_grow_items(bench_report *report, const bench_growth_settings *settings,
                            const volatile sig_atomic_t *stop, pte_error *error) {
    static names texts; /* the report's until the program ends */
    items_growth *g = calloc(1, sizeof *g);
    if (g == NULL) {
        return bench_fail(error, PTE_OUT_OF_MEMORY, 0, "no memory");
    }
    g->report = report;
    g->settings = settings;
    g->stop = stop;
    size_t rows = settings->operations > LOAD_ROWS ? settings->operations : LOAD_ROWS;
    pte_status status = bench_batch_init(&g->batch, rows, error);
    if (status == PTE_OK) {
        status = store_open(&g->small, settings, BENCH_GROWTH_ITEMS_MIN, error);
    }
    if (status == PTE_OK) {
        status = store_open(&g->grown, settings, settings->items_max, error);
    }
    if (status == PTE_OK) {
        status = grow(g, &texts, error);
    }
    store_close(&g->grown);
    store_close(&g->small);
    bench_batch_clean_up(&g->batch);
    free(g);
    return status;
}
