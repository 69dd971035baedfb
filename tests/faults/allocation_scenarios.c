#include "faults/allocation_scenarios.h"

#include <pocketable/engine/changes.h>
#include <pocketable/engine/check.h>
#include <pocketable/engine/upkeep.h>

#include <stdio.h>
#include <unistd.h>

static const int64_t FAR_S = 1020;           /* half of the items are due */
static const int64_t FAR_MS = 1800000000000; /* after all change records */

static pte_bytes table(void) {
    return pte_str(DATABASE_TABLE);
}

/* --- definitions --- */

static pte_status create(allocation_world *w, pte_error *error) {
    return pte_table_create(w->env, database_table(), error);
}

static pte_status drop(allocation_world *w, pte_error *error) {
    return pte_table_drop(w->env, table(), error);
}

static pte_status add_index(allocation_world *w, pte_error *error) {
    pte_table_change change = {.add_index = database_late_index()};
    return pte_table_alter(w->env, table(), &change, error);
}

static pte_status alter_everything(allocation_world *w, pte_error *error) {
    pte_table_change change = {
        .drop_index = pte_str("by-b"),
        .add_index = database_late_index(),
        .set_user_data = true,
        .user_data = pte_str("new"),
        .set_changes = true,
        .changes = PTE_CHANGES_OFF,
        .set_ttl_attribute = true,
        .ttl_attribute = pte_str("n"),
        .user_data_index = pte_str("by-a"),
        .index_user_data = pte_str("new too"),
    };
    return pte_table_alter(w->env, table(), &change, error);
}

static pte_status describe(allocation_world *w, pte_error *error) {
    const pte_table_info *info = (const pte_table_info *)w;
    pte_status status = pte_table_describe(&info, w->read, table(), error);
    if (status == PTE_OK) {
        assert_int_equal(info->items, ALLOCATION_ITEMS + 1);
        assert_int_equal(info->index_count, 4);
    } else {
        assert_null(info);
    }
    return status;
}

static pte_status next_table(allocation_world *w, pte_error *error) {
    pte_bytes name = table();
    pte_status status = pte_table_next(&name, w->read, (pte_bytes){0}, error);
    assert_int_equal(name.len, status == PTE_OK ? strlen(DATABASE_TABLE) : 0);
    return status;
}

/* --- writes --- */

static pte_op *add_op(allocation_world *w, pte_op_kind kind, database_item item) {
    pte_op *op = &w->ops[w->op_count];
    *op = (pte_op){.kind = kind, .table = table()};
    w->items[w->op_count] = database_make(w->builders[w->op_count], &item);
    if (kind == PTE_PUT) {
        op->item = w->items[w->op_count];
    } else {
        op->key = database_key(w->texts[w->op_count], &item);
        op->ctx = &w->items[w->op_count];
    }
    w->op_count++;
    return op;
}

static pte_status replace(void *ctx, const pte_item *old, pte_item *item, pte_change_result *result,
                          pte_error *error) {
    (void)old;
    (void)error;
    *item = *(const pte_item *)ctx;
    *result = PTE_CHANGE_REPLACE;
    return PTE_OK;
}

static pte_status is_there(void *ctx, const pte_item *old, pte_error *error) {
    (void)ctx;
    (void)error;
    return old != NULL ? PTE_OK : PTE_CONDITION_FAILED;
}

static void one_new(allocation_world *w) {
    add_op(w, PTE_PUT, (database_item){.number = 100, .content_bytes = 50});
}

static void one_over(allocation_world *w) {
    add_op(w, PTE_PUT, (database_item){.number = 3, .version = 1, .content_bytes = 60});
}

static void one_long(allocation_world *w) {
    add_op(w, PTE_PUT, (database_item){.number = 101, .content_bytes = 50, .long_keys = true});
}

static void one_large(allocation_world *w) {
    add_op(w, PTE_PUT, (database_item){.number = 102, .content_bytes = 150000});
}

static void one_update(allocation_world *w) {
    add_op(w, PTE_UPDATE, (database_item){.number = 4, .version = 2, .content_bytes = 30})->change =
        replace;
}

static void one_delete(allocation_world *w) {
    add_op(w, PTE_DELETE, (database_item){.number = 5});
}

static void one_long_delete(allocation_world *w) {
    add_op(w, PTE_DELETE, (database_item){.number = ALLOCATION_ITEMS, .long_keys = true});
}

static void several(allocation_world *w) {
    add_op(w, PTE_CHECK, (database_item){.number = 1})->condition = is_there;
    one_over(w);
    one_long(w);
    one_update(w);
    one_long_delete(w);
    one_delete(w);
}

static void batch_of_puts(allocation_world *w) {
    for (unsigned i = 0; i < ALLOCATION_OPS; i++) {
        add_op(w, PTE_PUT,
               (database_item){.number = 200 + i, .content_bytes = 50, .long_keys = i % 3 == 0});
    }
}

static pte_status write_all(allocation_world *w, pte_error *error) {
    pte_status status = pte_write(w->env, w->ops, w->op_count, error);
    for (size_t i = 0; i < w->op_count; i++) {
        assert_true((w->ops[i].status == PTE_OK) == (status == PTE_OK));
    }
    return status;
}

/* Each operation fares as its own status says. */
static pte_status write_batch(allocation_world *w, pte_error *error) {
    pte_status status = pte_write_batch(w->env, w->ops, w->op_count, error);
    size_t failed = 0;
    for (size_t i = w->op_count; i-- > 0;) {
        if (w->ops[i].status != PTE_OK) {
            assert_int_equal(w->ops[i].status, PTE_OUT_OF_MEMORY);
            failed++;
        }
    }
    assert_true((failed == 0) == (status == PTE_OK));
    return status;
}

static void count_done(pte_submission *submission) {
    ++*(size_t *)submission->ctx;
}

/* Submits the operations with effects, which an operation that failed has none of. */
static pte_status submit(allocation_world *w, bool batch, pte_error *error) {
    pte_effects effects[ALLOCATION_OPS];
    size_t done = 0;
    pte_submission submission = {
        .ops = w->ops, .count = w->op_count, .batch = batch, .done = count_done, .ctx = &done};
    for (size_t i = 0; i < w->op_count; i++) {
        w->ops[i].effects = &effects[i];
    }
    pte_status status = pte_submit(w->env, &submission, error);
    assert_int_equal(status, PTE_OK); /* it allocates nothing */
    pte_run_submitted(w->env);
    assert_int_equal(done, 1);
    size_t failed = 0;
    for (size_t i = 0; i < w->op_count; i++) {
        bool well = w->ops[i].status == PTE_OK;
        assert_true(well || w->ops[i].status == PTE_OUT_OF_MEMORY);
        assert_int_equal(effects[i].index_count, well && w->ops[i].kind != PTE_CHECK ? 4 : 0);
        assert_true(well || effects[i].new_bytes == 0);
        failed += well ? 0 : 1;
    }
    assert_true((failed == 0) == (submission.status == PTE_OK));
    *error = submission.error;
    return submission.status;
}

static pte_status submit_all(allocation_world *w, pte_error *error) {
    return submit(w, false, error);
}

static pte_status submit_batch(allocation_world *w, pte_error *error) {
    return submit(w, true, error);
}

/* --- reads --- */

static pte_status begin_read(allocation_world *w, pte_error *error) {
    pte_read *read = (pte_read *)w;
    pte_read *second = (pte_read *)w;
    pte_status status = pte_read_begin(&read, w->env, error);
    if (status != PTE_OK) {
        assert_null(read);
        return status;
    }
    status = pte_read_begin(&second, w->env, error);
    assert_true(status == PTE_OK || second == NULL);
    pte_read_end(second);
    pte_read_end(read);
    return status;
}

static pte_status get_of(allocation_world *w, database_item item, pte_error *error) {
    char texts[2][DATABASE_KEY_BYTES_MAX + 1];
    pte_item found = {table(), 1};
    pte_key key = database_key(texts, &item);
    pte_status status = pte_read_item(&found, w->read, table(), &key, error);
    assert_true((found.encoded.len != 0) == (status == PTE_OK));
    return status;
}

static pte_status get(allocation_world *w, pte_error *error) {
    return get_of(w, (database_item){.number = 6}, error);
}

static pte_status get_long(allocation_world *w, pte_error *error) {
    return get_of(w, (database_item){.number = ALLOCATION_ITEMS, .long_keys = true}, error);
}

/* All items of a cursor that was to be opened. */
static pte_status walk(pte_cursor *cursor, pte_status status, size_t items_min, pte_error *error) {
    pte_item item;
    if (status != PTE_OK) {
        assert_null(cursor);
        return status;
    }
    while ((status = pte_cursor_next(&item, cursor, error)) == PTE_OK) {
        assert_true(item.encoded.len != 0);
    }
    assert_int_equal(item.encoded.len, 0);
    if (status == PTE_END) {
        assert_true(pte_cursor_items(cursor) >= items_min);
        status = PTE_OK;
    }
    pte_cursor_close(cursor);
    return status;
}

static pte_status query_of(allocation_world *w, const pte_query *query, size_t items_min,
                           pte_error *error) {
    pte_cursor *cursor = (pte_cursor *)w;
    pte_status status = pte_query_open(&cursor, w->read, query, error);
    return walk(cursor, status, items_min, error);
}

static pte_status query_table(allocation_world *w, pte_error *error) {
    pte_query query = {.table = table(),
                       .hash = {pte_s("p000002")},
                       .hash_count = 1,
                       .range = {pte_s("s")},
                       .range_count = 1,
                       .op = PTE_RANGE_BEGINS_WITH,
                       .descending = true};
    return query_of(w, &query, 3, error);
}

static void start_item(allocation_world *w) {
    add_op(w, PTE_PUT, (database_item){.number = 1, .content_bytes = 40});
}

static pte_status query_index(allocation_world *w, pte_error *error) {
    pte_query query = {.table = table(),
                       .index = pte_str("by-a-and-b"),
                       .hash = {pte_s("a000001"), pte_b("b000001", 7)},
                       .hash_count = 2,
                       .exclusive_start = &w->items[0]};
    return query_of(w, &query, 1, error);
}

static pte_status query_local(allocation_world *w, pte_error *error) {
    char texts[2][DATABASE_KEY_BYTES_MAX + 1];
    pte_key key =
        database_key(texts, &(database_item){.number = ALLOCATION_ITEMS, .long_keys = true});
    pte_query query = {.table = table(),
                       .index = pte_str("local"),
                       .hash = {key.hash},
                       .hash_count = 1,
                       .range = {pte_n("1")},
                       .range_count = 1,
                       .op = PTE_RANGE_GT};
    return query_of(w, &query, 1, error);
}

static pte_status scan_table(allocation_world *w, pte_error *error) {
    pte_cursor *cursor = (pte_cursor *)w;
    pte_scan scan = {.table = table()};
    pte_status status = pte_scan_open(&cursor, w->read, &scan, error);
    return walk(cursor, status, ALLOCATION_ITEMS + 1, error);
}

static pte_status scan_index(allocation_world *w, pte_error *error) {
    pte_cursor *cursor = (pte_cursor *)w;
    pte_scan scan = {.table = table(), .index = pte_str("by-b"), .segment_count = 1};
    pte_status status = pte_scan_open(&cursor, w->read, &scan, error);
    return walk(cursor, status, ALLOCATION_ITEMS + 1, error);
}

static pte_status changes(allocation_world *w, pte_error *error) {
    pte_change change;
    pte_status status = PTE_OK;
    uint64_t after = 0;
    while (status == PTE_OK) {
        status = pte_change_next(&change, w->read, after, error);
        assert_true((change.keys.encoded.len != 0) == (status == PTE_OK));
        after = change.sequence;
    }
    return status == PTE_END ? PTE_OK : status;
}

/* --- upkeep --- */

static void late_index(allocation_world *w) {
    pte_error error;
    OK(add_index(w, &error));
}

static void late_ttl(allocation_world *w) {
    pte_error error;
    pte_table_change change = {.set_ttl_attribute = true, .ttl_attribute = pte_str("n")};
    OK(pte_table_alter(w->env, table(), &change, &error));
}

static pte_status backfill_step(allocation_world *w, pte_error *error) {
    pte_backfill_progress progress = {1, 1, true};
    pte_status status = pte_backfill_step(&progress, w->env, table(), 10, error);
    assert_int_equal(progress.items_done, status == PTE_OK ? 10 : 0);
    return status;
}

static pte_status backfill(allocation_world *w, pte_error *error) {
    return pte_backfill(w->env, table(), NULL, NULL, error);
}

static pte_status expire(allocation_world *w, pte_error *error) {
    size_t expired = 99;
    pte_status status = pte_expire(&expired, w->env, FAR_S, 10, error);
    assert_int_equal(expired, status == PTE_OK ? 10 : 0);
    return status;
}

/* Bigger than what one write reclaims by itself. */
static void dropped(allocation_world *w) {
    pte_error error;
    OK(pte_table_drop(w->env, table(), &error));
}

static pte_status reclaim(allocation_world *w, pte_error *error) {
    size_t reclaimed = 1;
    pte_status status = pte_reclaim(&reclaimed, w->env, 20, error);
    assert_true((reclaimed != 0) == (status == PTE_OK));
    return status;
}

static pte_status trim(allocation_world *w, pte_error *error) {
    size_t trimmed = 99;
    pte_status status = pte_changes_trim(&trimmed, w->env, FAR_MS, 15, error);
    assert_int_equal(trimmed, status == PTE_OK ? 15 : 0);
    return status;
}

/* --- the whole --- */

static pte_status describe_env(allocation_world *w, pte_error *error) {
    pte_env_info info = {.items = 1};
    pte_status status = pte_env_describe(&info, w->env, error);
    assert_int_equal(info.items, status == PTE_OK ? ALLOCATION_ITEMS + 1 : 0);
    return status;
}

static pte_status check(allocation_world *w, pte_error *error) {
    pte_check_report report = {.problems = 7};
    pte_status status = pte_check(&report, w->env, NULL, error);
    assert_int_equal(report.problems, 0);
    return status;
}

static pte_status copy_with(allocation_world *w, const pte_copy_options *options,
                            pte_error *error) {
    char path[4096];
    char file[4200];
    snprintf(path, sizeof path, "%s/copy", w->home);
    snprintf(file, sizeof file, "%s/data.mdb", path);
    pte_status status = pte_env_copy(w->env, path, options, error);
    assert_true((access(file, F_OK) == 0) == (status == PTE_OK));
    assert_true((access(path, F_OK) == 0) == (status == PTE_OK));
    return status;
}

static pte_status copy(allocation_world *w, pte_error *error) {
    return copy_with(w, NULL, error);
}

static pte_status copy_compact(allocation_world *w, pte_error *error) {
    return copy_with(w, &(pte_copy_options){.compact = true}, error);
}

const allocation_scenario ALLOCATION_SCENARIOS[] = {
    {.name = "create", .run = create, .empty = true},
    {.name = "create durable", .run = create, .empty = true, .durable = true},
    {.name = "drop", .run = drop},
    {.name = "add index", .run = add_index},
    {.name = "alter everything", .run = alter_everything, .durable = true},
    {.name = "describe", .run = describe, .reads = true, .durable = true},
    {.name = "next table", .run = next_table, .reads = true},
    {.name = "put", .prepare = one_new, .run = write_all},
    {.name = "put, nothing cached", .prepare = one_new, .run = write_all, .durable = true},
    {.name = "put over", .prepare = one_over, .run = write_all},
    {.name = "put with long keys", .prepare = one_long, .run = write_all},
    {.name = "put a large one", .prepare = one_large, .run = write_all},
    {.name = "update", .prepare = one_update, .run = write_all},
    {.name = "delete", .prepare = one_delete, .run = write_all},
    {.name = "delete with long keys", .prepare = one_long_delete, .run = write_all},
    {.name = "transaction", .prepare = several, .run = write_all},
    {.name = "batch", .prepare = batch_of_puts, .run = write_batch, .in_parts = true},
    {.name = "submitted transaction", .prepare = several, .run = submit_all},
    {.name = "submitted batch", .prepare = batch_of_puts, .run = submit_batch, .in_parts = true},
    {.name = "transaction, in a file", .prepare = several, .run = write_all, .durable = true},
    {.name = "large, in a file", .prepare = one_large, .run = write_all, .durable = true},
    {.name = "begin a read", .run = begin_read, .durable = true},
    {.name = "get", .run = get, .reads = true, .durable = true},
    {.name = "get with long keys", .run = get_long, .reads = true, .durable = true},
    {.name = "query", .run = query_table, .reads = true, .durable = true},
    {.name = "query an index",
     .prepare = start_item,
     .run = query_index,
     .reads = true,
     .durable = true},
    {.name = "query a local index", .run = query_local, .reads = true},
    {.name = "scan", .run = scan_table, .reads = true, .durable = true},
    {.name = "scan an index", .run = scan_index, .reads = true},
    {.name = "changes", .run = changes, .reads = true},
    {.name = "backfill a step", .prepare = late_index, .run = backfill_step},
    {.name = "backfill", .prepare = late_index, .run = backfill, .in_parts = true},
    {.name = "backfill time to live", .prepare = late_ttl, .run = backfill, .in_parts = true},
    {.name = "expire", .run = expire},
    {.name = "reclaim", .prepare = dropped, .run = reclaim},
    {.name = "trim", .run = trim},
    {.name = "backfill, in a file",
     .prepare = late_index,
     .run = backfill,
     .durable = true,
     .in_parts = true},
    {.name = "expire, in a file", .run = expire, .durable = true},
    {.name = "reclaim, in a file", .prepare = dropped, .run = reclaim, .durable = true},
    {.name = "describe the database", .run = describe_env, .durable = true},
    {.name = "check", .run = check, .durable = true},
    {.name = "copy", .run = copy},
    {.name = "copy, compact", .run = copy_compact},
};
const size_t ALLOCATION_SCENARIO_COUNT =
    sizeof ALLOCATION_SCENARIOS / sizeof ALLOCATION_SCENARIOS[0];
