/* The three ways; see demo_ways.h. */
#include "demo_ways.h"

const char *const demo_tables[DEMO_WAYS] = {
    [DEMO_ENGINE] = QP_TABLE,
    [DEMO_IN_PROCESS] = "us-east-1/" QP_TABLE,
    [DEMO_HTTP] = "eu-west-1/" QP_TABLE,
};

bool demo_went_well(pte_status status, const pte_error *error, const char *doing) {
    if (status != PTE_OK) {
        tool_complain_of(doing, status, error);
    }
    return status == PTE_OK;
}

/* ---- opening and closing ---- */

bool demo_ways_open(demo_ways *ways, pt_database *database) {
    pte_error error = {0};
    *ways = (demo_ways){.env = pt_database_env(database)};
    for (size_t i = 0; i < DEMO_DOORS; i++) {
        ways->apps[i].door = &ways->doors[i];
    }
    pt_server_options options = {.threads = 1}; /* one connection is all there will be */
    return demo_went_well(pt_server_start(&ways->server, database, &options, &error), &error,
                          "starting a server") &&
           demo_went_well(qp_door_in_process(&ways->doors[0], database, "us-east-1", &error),
                          &error, "in process") &&
           demo_went_well(
               qp_door_http(&ways->doors[1], pt_server_port(ways->server), "eu-west-1", &error),
               &error, "HTTP");
}

void demo_ways_close(demo_ways *ways) {
    for (size_t i = 0; i < DEMO_DOORS; i++) {
        qp_json_app_clean_up(&ways->apps[i]);
        qp_door_close(&ways->doors[i]);
    }
    pt_server_stop(ways->server);
    *ways = (demo_ways){0};
}

/* ---- the tables ---- */

static bool table_is_free(pte_read *read, demo_way way, const char *path) {
    const pte_table_info *info;
    pte_error error = {0};
    pte_status status = pte_table_describe(&info, read, pte_str(demo_tables[way]), &error);
    if (status == PTE_OK) {
        tool_complain("%s: there is a table %s already; name another directory",
                      path != NULL ? path : "memory", demo_tables[way]);
        return false;
    }
    return status == PTE_TABLE_NOT_FOUND || demo_went_well(status, &error, demo_tables[way]);
}

static bool tables_are_free(const demo_ways *ways, const char *path) {
    pte_read *read = NULL;
    pte_error error = {0};
    bool are_free =
        demo_went_well(pte_read_begin(&read, ways->env, &error), &error, "looking for tables");
    for (demo_way way = DEMO_ENGINE; are_free && way < DEMO_WAYS; way++) {
        are_free = table_is_free(read, way, path);
    }
    pte_read_end(read);
    return are_free;
}

/* Something that an app does of which only the time is shown. */
typedef pte_status (*app_fn)(qp_json_app *app, pte_error *error);

/* Does it through each door. */
static bool through_doors(demo_ways *ways, app_fn perform, demo_times *times) {
    for (size_t i = 0; i < DEMO_DOORS; i++) {
        pte_error error = {0};
        if (!demo_went_well(perform(&ways->apps[i], &error), &error, ways->doors[i].name)) {
            return false;
        }
        times->ns[i + 1] = ways->apps[i].time_ns;
    }
    return true;
}

/* The same, and remembers that the tables are there to be dropped. */
static pte_status create_and_await(qp_json_app *app, pte_error *error) {
    pte_status status = qp_json_create_table(app, error);
    uint64_t time_ns = app->time_ns;
    if (status == PTE_OK) {
        status = qp_json_await_active(app, error);
    }
    app->time_ns += time_ns;
    return status;
}

bool demo_ways_create(demo_ways *ways, const char *path, demo_times *times) {
    pte_error error = {0};
    if (!tables_are_free(ways, path)) {
        return false;
    }
    uint64_t start_ns = tool_now_ns();
    if (!demo_went_well(qp_table_create(ways->env, &error), &error, "CreateTable")) {
        return false;
    }
    times->ns[DEMO_ENGINE] = tool_now_ns() - start_ns;
    for (demo_way way = DEMO_ENGINE; way < DEMO_WAYS; way++) {
        ways->made[way] = true; /* none of them was there, so all that is there is the demo's */
    }
    return through_doors(ways, create_and_await, times);
}

bool demo_ways_load(demo_ways *ways, const pte_item *items, size_t count, demo_times *times,
                    qp_answer *cost) {
    pte_error error = {0};
    qp_answer costs[DEMO_DOORS];
    uint64_t start_ns = tool_now_ns();
    if (!demo_went_well(qp_table_load(ways->env, items, count, &error), &error, "BatchWriteItem")) {
        return false;
    }
    times->ns[DEMO_ENGINE] = tool_now_ns() - start_ns;
    for (size_t i = 0; i < DEMO_DOORS; i++) {
        qp_json_app *app = &ways->apps[i];
        if (!demo_went_well(qp_json_load(app, items, count, &costs[i], &error), &error,
                            ways->doors[i].name)) {
            return false;
        }
        times->ns[i + 1] = app->time_ns;
    }
    *cost = costs[0];
    if (costs[0].half_units != costs[1].half_units) {
        tool_complain("BatchWriteItem costs more one way than the other");
        return false;
    }
    return true;
}

static bool show_backfill(void *ctx, const pte_backfill_progress *now) {
    tool_progress *progress = ctx;
    tool_progress_show(progress, now->items_done, now->items_total);
    return true;
}

/* At once, before the server's upkeep finds that there is something to do. */
static bool fill_engines(demo_ways *ways, demo_times *times) {
    pte_error error = {0};
    tool_progress progress = tool_progress_start("  filling the index");
    uint64_t start_ns = tool_now_ns();
    pte_status status =
        pte_backfill(ways->env, pte_str(QP_TABLE), show_backfill, &progress, &error);
    times->ns[DEMO_ENGINE] = tool_now_ns() - start_ns;
    tool_progress_end(&progress);
    return demo_went_well(status, &error, "backfill");
}

bool demo_ways_add_index(demo_ways *ways, demo_times *adding, demo_times *filling) {
    pte_error error = {0};
    uint64_t start_ns = tool_now_ns();
    if (!demo_went_well(qp_table_add_index(ways->env, &error), &error, "UpdateTable")) {
        return false;
    }
    adding->ns[DEMO_ENGINE] = tool_now_ns() - start_ns;
    return fill_engines(ways, filling) && through_doors(ways, qp_json_add_index, adding) &&
           through_doors(ways, qp_json_await_active, filling);
}

/* ---- comparing ---- */

static pte_status describe_table(demo_table_state *state, bool *indexed, pte_read *read,
                                 demo_way way, pte_error *error) {
    const pte_table_info *info;
    *state = (demo_table_state){0};
    *indexed = false;
    pte_status status = pte_table_describe(&info, read, pte_str(demo_tables[way]), error);
    if (status == PTE_OK) {
        state->items = info->items;
        state->size_bytes = info->size_bytes;
        if (info->index_count == 1) {
            state->index_entries = info->indexes[0].entries;
            *indexed = info->indexes[0].state == PTE_INDEX_ACTIVE;
        }
    }
    return status;
}

static bool holds(pte_read *read, demo_way way, uint64_t items, bool indexed,
                  demo_table_state *state) {
    pte_error error = {0};
    bool is_indexed;
    if (!demo_went_well(describe_table(state, &is_indexed, read, way, &error), &error,
                        demo_tables[way])) {
        return false;
    }
    uint64_t entries = indexed ? items : 0;
    if (state->items != items || is_indexed != indexed || state->index_entries != entries) {
        tool_complain("%s has %llu items and %llu index entries, not %llu and %llu",
                      demo_tables[way], (unsigned long long)state->items,
                      (unsigned long long)state->index_entries, (unsigned long long)items,
                      (unsigned long long)entries);
        return false;
    }
    return true;
}

/* The item stands in the other table, and is equal: equal items are equal bytes (builder.h). */
static pte_status is_in(pte_read *read, demo_way way, const pte_item *item, pte_error *error) {
    pte_value pk, sk;
    pte_item other;
    pte_status status = pte_item_find(&pk, item, pte_str("PK"), error);
    if (status == PTE_OK) {
        status = pte_item_find(&sk, item, pte_str("SK"), error);
    }
    if (status != PTE_OK) {
        return status;
    }
    pte_key key = {{pk.type, pk.bytes}, {sk.type, sk.bytes}};
    status = pte_read_item(&other, read, pte_str(demo_tables[way]), &key, error);
    if (status == PTE_NOT_FOUND ||
        (status == PTE_OK && (other.size_bytes != item->size_bytes ||
                              !pte_bytes_equal(other.encoded, item->encoded)))) {
        return qp_refuse(error, PTE_CORRUPT, "item %.*s, %.*s is not as in %s", (int)pk.bytes.len,
                         (const char *)pk.bytes.data, (int)sk.bytes.len,
                         (const char *)sk.bytes.data, demo_tables[DEMO_ENGINE]);
    }
    return status;
}

/* Every item of the engine's table stands in the others. */
static bool items_agree(pte_read *read) {
    pte_error error = {0};
    pte_cursor *cursor;
    pte_item item;
    pte_scan scan = {.table = pte_str(demo_tables[DEMO_ENGINE])};
    if (!demo_went_well(pte_scan_open(&cursor, read, &scan, &error), &error, "Scan")) {
        return false;
    }
    pte_status status;
    while ((status = pte_cursor_next(&item, cursor, &error)) == PTE_OK) {
        for (demo_way way = DEMO_IN_PROCESS; way < DEMO_WAYS; way++) {
            if (!demo_went_well(is_in(read, way, &item, &error), &error, demo_tables[way])) {
                return false;
            }
        }
    }
    return status == PTE_END || demo_went_well(status, &error, "Scan");
}

bool demo_ways_agree(const demo_ways *ways, uint64_t items, bool indexed, demo_table_state *state) {
    pte_read *read = NULL;
    pte_error error = {0};
    demo_table_state states[DEMO_WAYS] = {{0}};
    bool agree = demo_went_well(pte_read_begin(&read, ways->env, &error), &error, "comparing");
    for (demo_way way = DEMO_ENGINE; agree && way < DEMO_WAYS; way++) {
        agree = holds(read, way, items, indexed, &states[way]);
    }
    agree = agree && items_agree(read);
    for (demo_way way = DEMO_IN_PROCESS; agree && way < DEMO_WAYS; way++) {
        agree = states[way].size_bytes == states[DEMO_ENGINE].size_bytes;
        if (!agree) {
            tool_complain("%s has another size than %s", demo_tables[way],
                          demo_tables[DEMO_ENGINE]);
        }
    }
    pte_read_end(read);
    if (state != NULL) {
        *state = states[DEMO_ENGINE];
    }
    return agree;
}

/* ---- dropping ---- */

static bool drop_engines(demo_ways *ways, demo_times *times) {
    pte_error error = {0};
    uint64_t start_ns = tool_now_ns();
    pte_status status = pte_table_drop(ways->env, pte_str(QP_TABLE), &error);
    times->ns[DEMO_ENGINE] = tool_now_ns() - start_ns;
    return demo_went_well(status, &error, "DeleteTable");
}

/* Whether the table is there: an earlier failure may have kept it from being made. */
static bool is_there(const demo_ways *ways, demo_way way) {
    pte_read *read = NULL;
    const pte_table_info *info;
    bool there = pte_read_begin(&read, ways->env, NULL) == PTE_OK &&
                 pte_table_describe(&info, read, pte_str(demo_tables[way]), NULL) == PTE_OK;
    pte_read_end(read);
    return there;
}

bool demo_ways_drop(demo_ways *ways, demo_times *times) {
    bool dropped = true;
    for (demo_way way = DEMO_ENGINE; way < DEMO_WAYS; way++) {
        pte_error error = {0};
        if (!ways->made[way] || !is_there(ways, way)) {
            continue;
        }
        if (way == DEMO_ENGINE) {
            dropped = drop_engines(ways, times) && dropped;
        } else {
            qp_json_app *app = &ways->apps[way - 1];
            dropped = demo_went_well(qp_json_delete_table(app, &error), &error,
                                     ways->doors[way - 1].name) &&
                      dropped;
            times->ns[way] = app->time_ns;
        }
        if (dropped && is_there(ways, way)) {
            tool_complain("DeleteTable: %s is still there", demo_tables[way]);
            dropped = false;
        }
    }
    return dropped;
}
