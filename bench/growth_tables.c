/*
 * One database with many tables next to one with few, both in memory: the same ten thousand items,
 * all in one table of many, and spread over all of them; gets in slices that alternate.
 */
#include "answers.h"
#include "growth.h"
#include "json_side.h"

#include <stdlib.h>

#include <pocketable/engine/read.h>
#include <pocketable/engine/table.h>
#include <pocketable/engine/write.h>

const char bench_growth_of_tables[] = "growth, tables";

enum { ITEMS = BENCH_GROWTH_ITEMS_MIN, SIZES_MAX = 8, NAME_BYTES = 24, KINDS = 2 };

/* What a slice reads. */
typedef enum kind { IN_ONE = 0, SPREAD } kind;
static const char *const kind_names[KINDS] = {"get in one of", "get spread over"};

typedef struct database {
    pt_database *handle;
    pt_exchange *exchange;
    uint64_t tables; /* that the items are spread over; "one" is another */
} database;

typedef struct tables_growth {
    bench_report *report;
    const bench_growth_settings *settings;
    const volatile sig_atomic_t *stop;
    bench_maker maker; /* of table PLAIN; both databases hold the same items */
    bench_batch batch;
    bench_text bodies;
    size_t *ends;
    database few;
    database many;
} tables_growth;

/* The engine's name of a table: "us-east-1/" and the facade's. */
static void name_table(char *text, uint64_t number) {
    snprintf(text, NAME_BYTES, "us-east-1/t%07u", (unsigned)number);
}

static const char *facade_name(const char *text) {
    return strchr(text, '/') + 1;
}

static void name_table_of(char *text, const database *d, kind k, uint64_t item) {
    if (k == IN_ONE) {
        snprintf(text, NAME_BYTES, "us-east-1/one");
    } else {
        name_table(text, item % d->tables);
    }
}

/* ---- making them ---- */

static pte_status create_table(pte_env *env, const char *name, pte_error *error) {
    pte_table_spec spec = {.name = pte_str(name),
                           .hash = {pte_str("PK"), PTE_TYPE_S},
                           .range = {pte_str("SK"), PTE_TYPE_S}};
    return pte_table_create(env, &spec, error);
}

static pte_status create_tables(tables_growth *g, database *d, pte_error *error) {
    char name[NAME_BYTES];
    pte_env *env = pt_database_env(d->handle);
    pte_status status = create_table(env, "us-east-1/one", error);
    for (uint64_t i = 0; status == PTE_OK && i < d->tables; i++) {
        name_table(name, i);
        status = *g->stop == 0 ? create_table(env, name, error)
                               : bench_fail(error, PTE_STOPPED, 0, "stopped by a signal");
    }
    return status;
}

/* Puts each item twice: into "one" and where it belongs. */
static pte_status fill_tables(tables_growth *g, database *d, pte_error *error) {
    pte_status status = PTE_OK;
    g->maker.counts[BENCH_PLAIN] = 0;
    status = bench_batch_fill(&g->batch, &g->maker, BENCH_FOR_LOAD, BENCH_PLAIN, ITEMS, error);
    for (size_t i = 0; status == PTE_OK && i < KINDS * (size_t)ITEMS; i++) {
        char name[NAME_BYTES];
        const bench_row *row = &g->batch.rows[i / KINDS];
        pte_item item = {pte_view(row->stored + BENCH_HEADER_BYTES, g->maker.encoded_bytes),
                         row->size_bytes};
        name_table_of(name, d, (kind)(i % KINDS), row->number);
        status = pte_put(pt_database_env(d->handle), pte_str(name), &item, error);
    }
    return status;
}

static void database_close(database *d) {
    pt_exchange_destroy(d->exchange);
    pt_close(d->handle);
    *d = (database){0};
}

static pte_status database_open(tables_growth *g, database *d, uint64_t tables, double *create_ns,
                                pte_error *error) {
    *d = (database){.tables = tables};
    pte_status status = pt_open(&d->handle, NULL, NULL, error);
    if (status == PTE_OK) {
        status = pt_exchange_create(&d->exchange, d->handle, error);
    }
    bench_time start = bench_now();
    if (status == PTE_OK) {
        status = create_tables(g, d, error);
    }
    *create_ns = (bench_now().wall_ns - start.wall_ns) / (double)(tables + 1);
    return status != PTE_OK ? status : fill_tables(g, d, error);
}

/* ---- reading ---- */

static pte_status get_typed(const tables_growth *g, const database *d, kind k, pte_error *error) {
    for (size_t i = 0; i < g->batch.count; i++) {
        char name[NAME_BYTES];
        const bench_row *row = &g->batch.rows[i];
        pte_key key = {{PTE_TYPE_S, pte_view(row->pk, BENCH_PK_BYTES)},
                       {PTE_TYPE_S, pte_view(row->sk, BENCH_SK_BYTES)}};
        pte_read *read = NULL;
        pte_item item = {0};
        name_table_of(name, d, k, row->number);
        pte_status status = pte_read_begin(&read, pt_database_env(d->handle), error);
        if (status == PTE_OK) {
            status = pte_read_item(&item, read, pte_str(name), &key, error);
        }
        bool right = status == PTE_OK && bench_answer_is(&g->batch, row, item.encoded);
        pte_read_end(read);
        if (!right) {
            return status > PTE_NOT_FOUND ? status : bench_wrong(error, "get", row->number);
        }
    }
    return PTE_OK;
}

static pte_status prepare_json(tables_growth *g, const database *d, kind k, pte_error *error) {
    g->bodies.len = 0;
    for (size_t i = 0; i < g->batch.count; i++) {
        char name[NAME_BYTES];
        const bench_row *row = &g->batch.rows[i];
        name_table_of(name, d, k, row->number);
        bench_text_print(&g->bodies,
                         "{\"TableName\":\"%s\","
                         "\"Key\":{\"PK\":{\"S\":\"%.*s\"},\"SK\":{\"S\":\"%.*s\"}}}",
                         facade_name(name), BENCH_PK_BYTES, (const char *)row->pk, BENCH_SK_BYTES,
                         (const char *)row->sk);
        g->ends[i] = g->bodies.len;
    }
    return g->bodies.failed ? bench_fail(error, PTE_OUT_OF_MEMORY, 0, "no memory for requests")
                            : PTE_OK;
}

/* Whether an answer of GetItem ends in the item's digest, its last attribute. */
static bool is_answer(pt_reply reply, const bench_row *row) {
    static const char end[] = "\"}}}";
    size_t tail = BENCH_DIGEST_TEXT_BYTES + sizeof end - 1;
    uint8_t digest[BENCH_DIGEST_BYTES];
    if (reply.status != 200 || reply.body.len < tail) {
        return false;
    }
    const char *text = (const char *)reply.body.data + reply.body.len - tail;
    return memcmp(text + BENCH_DIGEST_TEXT_BYTES, end, sizeof end - 1) == 0 &&
           bench_digest_read(digest, text) && memcmp(digest, row->digest, sizeof digest) == 0;
}

static pte_status get_json(const tables_growth *g, const database *d, pte_error *error) {
    size_t start = 0;
    for (size_t i = 0; i < g->batch.count; i++) {
        pt_request request = {.operation = pte_str("GetItem"),
                              .body = pte_view(g->bodies.data + start, g->ends[i] - start)};
        start = g->ends[i];
        pt_reply reply = pt_exchange_run(d->exchange, &request);
        if (!is_answer(reply, &g->batch.rows[i])) {
            return bench_fail(error, PTE_CORRUPT, 0, "GetItem: wrong answer, %d: %.200s",
                              reply.status, (const char *)reply.body.data);
        }
    }
    return PTE_OK;
}

/* A slice of one kind on one side. */
static pte_status time_one(tables_growth *g, kind k, size_t side, bench_result *result,
                           pte_error *error) {
    bool json = side == BENCH_GROWN_JSON || side == BENCH_SMALL_JSON;
    bool grown = side == BENCH_GROWN_ENGINE || side == BENCH_GROWN_JSON;
    const database *d = grown ? &g->many : &g->few;
    pte_status status = bench_batch_fill(&g->batch, &g->maker, BENCH_FOR_GET, BENCH_PLAIN,
                                         g->settings->operations, error);
    if (status == PTE_OK && json) {
        status = prepare_json(g, d, k, error);
    }
    bench_time start = bench_now();
    if (status == PTE_OK) {
        status = json ? get_json(g, d, error) : get_typed(g, d, k, error);
    }
    bench_series_add(&result->sides[side], start, bench_now(), g->batch.count);
    result->checked += g->batch.count;
    return status;
}

static pte_status measure(tables_growth *g, kind k, char *text, size_t bytes, pte_error *error) {
    bench_result *result;
    bench_growth_name(text, bytes, kind_names[k], g->many.tables, "tables");
    pte_status status = bench_report_add(&result, g->report, bench_growth_of_tables, text, error);
    if (status != PTE_OK) {
        return status;
    }
    result->operations = g->settings->operations;
    bench_growth_compare(result, 1.2);
    for (size_t slice = 0; status == PTE_OK && slice < g->settings->slices; slice++) {
        for (size_t i = 0; status == PTE_OK && i < 4; i++) {
            status = time_one(g, k, slice % 2 == 0 ? i : 3 - i, result, error);
        }
    }
    g->report->answers_checked += result->checked;
    return status;
}

static pte_status measure_at(tables_growth *g, uint64_t tables, char (*texts)[64],
                             pte_error *error) {
    double create_ns = 0;
    char text[64];
    bench_figure *figure = NULL;
    fprintf(stderr, "growth: %llu tables\n", (unsigned long long)tables);
    pte_status status = database_open(g, &g->many, tables, &create_ns, error);
    bench_growth_name(text, sizeof text, "create a table, up to", tables, "tables");
    if (status == PTE_OK) {
        status = bench_report_figure(&figure, g->report, bench_growth_of_tables, text, "us", error);
    }
    if (status == PTE_OK) {
        figure->values[BENCH_GROWN_ENGINE] = create_ns / 1000;
    }
    for (size_t k = 0; status == PTE_OK && k < KINDS; k++) {
        status = measure(g, (kind)k, texts[k], sizeof texts[k], error);
    }
    database_close(&g->many);
    return status;
}

pte_status bench_grow_tables(bench_report *report, const bench_growth_settings *settings,
                             const volatile sig_atomic_t *stop, pte_error *error) {
    static char texts[SIZES_MAX][KINDS][64]; /* the report's until the program ends */
    tables_growth g = {.report = report, .settings = settings, .stop = stop};
    double ignored;
    size_t rows = settings->operations > ITEMS ? settings->operations : ITEMS;
    pte_status status = bench_maker_init(&g.maker, settings->seed, ITEMS, error);
    if (status == PTE_OK) {
        status = bench_batch_init(&g.batch, rows, error);
    }
    g.ends = calloc(rows, sizeof *g.ends);
    if (status == PTE_OK && g.ends == NULL) {
        status = bench_fail(error, PTE_OUT_OF_MEMORY, 0, "no memory");
    }
    if (status == PTE_OK) {
        status = database_open(&g, &g.few, 1, &ignored, error);
    }
    uint64_t tables = 1;
    for (size_t i = 0; status == PTE_OK && tables <= settings->tables_max && i < SIZES_MAX; i++) {
        status = measure_at(&g, tables, texts[i], error);
        tables *= 10;
    }
    database_close(&g.few);
    bench_text_clean_up(&g.bodies);
    free(g.ends);
    bench_batch_clean_up(&g.batch);
    bench_maker_clean_up(&g.maker);
    return status;
}
