/* Every pointer argument NULL in turn, and numbers that are no member of their enum. */
#include "faults/database.h"

#include <pocketable/engine/changes.h>
#include <pocketable/engine/check.h>
#include <pocketable/engine/upkeep.h>

/* With and without a place for the detail. */
#define REFUSED(call)                                                                              \
    do {                                                                                           \
        pte_error detail;                                                                          \
        pte_error *error = &detail;                                                                \
        test_expect_at(PTE_INVALID_ARGUMENT, (call), error, #call, __FILE__, __LINE__);            \
        assert_int_equal(detail.status, PTE_INVALID_ARGUMENT);                                     \
        error = NULL;                                                                              \
        assert_int_equal((call), PTE_INVALID_ARGUMENT);                                            \
    } while (0)

typedef struct fixture {
    pte_env *env;
    pte_read *read;
    pte_builder *builder;
} fixture;

static const pte_bytes NO_NAME = {0};

static int set_up(void **state) {
    static fixture f;
    pte_error error;
    pte_env_options options = database_options(PTE_MEMORY, NULL);
    OK(pte_env_open(&f.env, NULL, &options, &error));
    database_create_table(f.env);
    database_put(f.env, &(database_item){.number = 1, .content_bytes = 10});
    OK(pte_read_begin(&f.read, f.env, &error));
    OK(pte_builder_create(&f.builder, NULL, &error));
    *state = &f;
    return 0;
}

static int tear_down(void **state) {
    fixture *f = *state;
    pte_builder_destroy(f->builder);
    pte_read_end(f->read);
    pte_env_close(f->env);
    return 0;
}

static void test_arguments__of_environments(void **state) {
    fixture *f = *state;
    pte_env_info info;
    pte_check_report report;
    unsigned freed;
    REFUSED(pte_env_open(NULL, NULL, NULL, error));
    REFUSED(pte_env_sync(NULL, error));
    REFUSED(pte_env_describe(NULL, f->env, error));
    REFUSED(pte_env_describe(&info, NULL, error));
    REFUSED(pte_env_copy(NULL, "/tmp/x", NULL, error));
    REFUSED(pte_env_copy(f->env, NULL, NULL, error));
    REFUSED(pte_env_free_stale_readers(NULL, f->env, error));
    REFUSED(pte_env_free_stale_readers(&freed, NULL, error));
    REFUSED(pte_check(NULL, f->env, NULL, error));
    REFUSED(pte_check(&report, NULL, NULL, error));
    pte_env_close(NULL);
}

static void test_arguments__of_tables(void **state) {
    fixture *f = *state;
    pte_table_change change = {0};
    const pte_table_info *info;
    pte_bytes name;
    pte_bytes table = pte_str(DATABASE_TABLE);
    REFUSED(pte_table_create(NULL, database_table(), error));
    REFUSED(pte_table_create(f->env, NULL, error));
    REFUSED(pte_table_drop(NULL, table, error));
    REFUSED(pte_table_alter(NULL, table, &change, error));
    REFUSED(pte_table_alter(f->env, table, NULL, error));
    REFUSED(pte_table_describe(NULL, f->read, table, error));
    REFUSED(pte_table_describe(&info, NULL, table, error));
    REFUSED(pte_table_definition(NULL, f->read, table, error));
    REFUSED(pte_table_definition(&info, NULL, table, error));
    REFUSED(pte_table_next(NULL, f->read, NO_NAME, error));
    REFUSED(pte_table_next(&name, NULL, NO_NAME, error));
}

static void test_arguments__of_reads(void **state) {
    fixture *f = *state;
    pte_bytes table = pte_str(DATABASE_TABLE);
    pte_read *read;
    pte_item item;
    pte_key key = {pte_s("p"), pte_s("s")};
    pte_cursor *cursor;
    pte_error opening;
    pte_query query = {.table = table, .hash = {pte_s("p")}, .hash_count = 1};
    pte_scan scan = {.table = table};
    REFUSED(pte_read_begin(NULL, f->env, error));
    REFUSED(pte_read_begin(&read, NULL, error));
    REFUSED(pte_read_item(NULL, f->read, table, &key, error));
    REFUSED(pte_read_item(&item, NULL, table, &key, error));
    REFUSED(pte_read_item(&item, f->read, table, NULL, error));
    REFUSED(pte_query_open(NULL, f->read, &query, error));
    REFUSED(pte_query_open(&cursor, NULL, &query, error));
    REFUSED(pte_query_open(&cursor, f->read, NULL, error));
    REFUSED(pte_scan_open(NULL, f->read, &scan, error));
    REFUSED(pte_scan_open(&cursor, NULL, &scan, error));
    REFUSED(pte_scan_open(&cursor, f->read, NULL, error));
    assert_int_equal(pte_scan_open(&cursor, f->read, &scan, &opening), PTE_OK);
    REFUSED(pte_cursor_next(NULL, cursor, error));
    REFUSED(pte_cursor_next(&item, NULL, error));
    REFUSED(pte_cursor_key(NULL, cursor, error));
    REFUSED(pte_cursor_key(f->builder, NULL, error));
    assert_int_equal(pte_cursor_items(NULL), 0);
    assert_int_equal(pte_cursor_bytes(NULL), 0);
    pte_cursor_close(cursor);
    pte_cursor_close(NULL);
    pte_read_end(NULL);
}

static void test_arguments__numbers_of_reads(void **state) {
    fixture *f = *state;
    pte_bytes table = pte_str(DATABASE_TABLE);
    pte_cursor *cursor;
    pte_query query = {.table = table, .hash = {pte_s("p")}, .hash_count = 1};
    pte_scan scan = {.table = table};
    query.op = (pte_range_op)(PTE_RANGE_BEGINS_WITH + 1);
    REFUSED(pte_query_open(&cursor, f->read, &query, error));
    query.op = PTE_RANGE_EQ; /* but no range value */
    REFUSED(pte_query_open(&cursor, f->read, &query, error));
    query.op = PTE_RANGE_ANY;
    query.hash_count = PTE_KEY_ATTRIBUTES_MAX + 1;
    REFUSED(pte_query_open(&cursor, f->read, &query, error));
    query.hash_count = 1;
    query.range_count = SIZE_MAX;
    query.op = PTE_RANGE_EQ;
    REFUSED(pte_query_open(&cursor, f->read, &query, error));
    scan.segment_count = 1000001;
    REFUSED(pte_scan_open(&cursor, f->read, &scan, error));
    scan.segment_count = 3;
    scan.segment = 3;
    REFUSED(pte_scan_open(&cursor, f->read, &scan, error));
    assert_null(cursor);
}

static pte_status fine(void *ctx, const pte_item *old, pte_error *error) {
    (void)ctx;
    (void)old;
    (void)error;
    return PTE_OK;
}

static pte_status change_nothing(void *ctx, const pte_item *old, pte_item *item,
                                 pte_change_result *result, pte_error *error) {
    (void)old;
    (void)item;
    (void)error;
    *result = ctx != NULL ? (pte_change_result)7 : PTE_CHANGE_NONE;
    return PTE_OK;
}

static void test_arguments__of_writes(void **state) {
    fixture *f = *state;
    pte_bytes table = pte_str(DATABASE_TABLE);
    pte_error outcome;
    pte_item item = database_make(f->builder, &(database_item){.number = 1, .content_bytes = 10});
    pte_key key = {pte_s("p"), pte_s("s")};
    pte_op op = {.kind = PTE_PUT, .table = table, .item = item};
    REFUSED(pte_write(NULL, &op, 1, error));
    REFUSED(pte_write(f->env, NULL, 1, error));
    REFUSED(pte_write(f->env, &op, SIZE_MAX, error));
    REFUSED(pte_write_batch(NULL, &op, 1, error));
    REFUSED(pte_write_batch(f->env, NULL, 1, error));
    REFUSED(pte_put(NULL, table, &item, error));
    REFUSED(pte_put(f->env, table, NULL, error));
    REFUSED(pte_delete(NULL, table, &key, error));
    REFUSED(pte_delete(f->env, table, NULL, error));
    assert_int_equal(pte_write(f->env, NULL, 0, &outcome), PTE_OK);
    assert_int_equal(pte_write_batch(f->env, NULL, 0, &outcome), PTE_OK);
    op.kind = (pte_op_kind)0;
    REFUSED(pte_write(f->env, &op, 1, error));
    op.kind = (pte_op_kind)5;
    REFUSED(pte_write(f->env, &op, 1, error));
    op = (pte_op){.kind = PTE_UPDATE, .table = table, .key = key}; /* without change */
    REFUSED(pte_write(f->env, &op, 1, error));
    op.kind = PTE_CHECK; /* without condition */
    REFUSED(pte_write(f->env, &op, 1, error));
    op.change = change_nothing;
    op.condition = fine;
    REFUSED(pte_write(f->env, &op, 1, error));
    op.kind = PTE_DELETE;
    REFUSED(pte_write(f->env, &op, 1, error));
    op.kind = PTE_UPDATE;
    assert_int_equal(pte_write(f->env, &op, 1, &outcome), PTE_OK);
    op.ctx = f;
    assert_int_equal(pte_write(f->env, &op, 1, &outcome), PTE_CALLBACK_FAILED);
}

static void test_arguments__of_upkeep(void **state) {
    fixture *f = *state;
    pte_bytes table = pte_str(DATABASE_TABLE);
    pte_backfill_progress progress;
    pte_change change;
    uint64_t sequence;
    size_t done;
    REFUSED(pte_backfill_step(NULL, f->env, table, 1, error));
    REFUSED(pte_backfill_step(&progress, NULL, table, 1, error));
    REFUSED(pte_backfill_step(&progress, f->env, table, 0, error));
    REFUSED(pte_backfill(NULL, table, NULL, NULL, error));
    REFUSED(pte_expire(NULL, f->env, 1, 1, error));
    REFUSED(pte_expire(&done, NULL, 1, 1, error));
    REFUSED(pte_expire(&done, f->env, 1, 0, error));
    REFUSED(pte_reclaim(NULL, f->env, 1, error));
    REFUSED(pte_reclaim(&done, NULL, 1, error));
    REFUSED(pte_reclaim(&done, f->env, 0, error));
    REFUSED(pte_changes_trim(NULL, f->env, 1, 1, error));
    REFUSED(pte_changes_trim(&done, NULL, 1, 1, error));
    REFUSED(pte_changes_trim(&done, f->env, 1, 0, error));
    REFUSED(pte_change_next(NULL, f->read, 0, error));
    REFUSED(pte_change_next(&change, NULL, 0, error));
    REFUSED(pte_stream_change(NULL, f->read, 1, 0, 0, error));
    REFUSED(pte_stream_change(&change, NULL, 1, 0, 0, error));
    REFUSED(pte_stream_change(&change, f->read, 1, PTE_SHARDS_MAX, 0, error));
    pte_stream_info stream;
    static const uint8_t LONG_NAME[PTE_TABLE_NAME_BYTES_MAX + 1] = {'x'};
    pte_bytes name = pte_view(LONG_NAME, sizeof LONG_NAME);
    REFUSED(pte_stream_find(NULL, f->read, pte_str("a"), 1, error));
    REFUSED(pte_stream_find(&stream, NULL, pte_str("a"), 1, error));
    REFUSED(pte_stream_find(&stream, f->read, name, 1, error));
    REFUSED(pte_stream_find(&stream, f->read, pte_str("a"), -1, error));
    REFUSED(pte_stream_next(NULL, f->read, pte_str("a"), 1, error));
    REFUSED(pte_stream_next(&stream, NULL, pte_str("a"), 1, error));
    REFUSED(pte_stream_next(&stream, f->read, name, 1, error));
    REFUSED(pte_change_last(NULL, f->read, error));
    REFUSED(pte_change_last(&sequence, NULL, error));
}

static void test_arguments__of_builders(void **state) {
    fixture *f = *state;
    pte_item item;
    pte_allocator none = {NULL, NULL};
    pte_builder *builder;
    REFUSED(pte_builder_create(NULL, NULL, error));
    REFUSED(pte_builder_create(&builder, &none, error));
    REFUSED(pte_builder_item(NULL, f->builder, error));
    REFUSED(pte_builder_item(&item, NULL, error));
    pte_builder_destroy(NULL);
    pte_builder_reset(NULL);
    pte_builder_reset(f->builder);
    pte_builder_name(f->builder, pte_str("n"));
    pte_builder_begin(f->builder, PTE_TYPE_S);
    REFUSED(pte_builder_item(&item, f->builder, error));
    pte_builder_reset(f->builder);
    pte_builder_name(f->builder, pte_str("n"));
    pte_builder_value(f->builder, NULL);
    REFUSED(pte_builder_item(&item, f->builder, error));
    assert_int_equal(item.encoded.len, 0);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_arguments__of_environments), TEST(test_arguments__of_tables),
        TEST(test_arguments__of_reads),        TEST(test_arguments__numbers_of_reads),
        TEST(test_arguments__of_writes),       TEST(test_arguments__of_upkeep),
        TEST(test_arguments__of_builders),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
