/* The checker on a sound database: what it counts, its progress, and how it is stopped. */
#include "damaged.h"
#include "unit/fault_allocator.h"

#include <stdio.h>

static void test_check__finds_nothing_in_a_sound_database(void **state) {
    (void)state;
    static damaged d;
    damaged_open(&d);
    damaged_check(&d);
    damaged_expect_lines(&d, 0);
    assert_int_equal(4, d.report.tables);
    assert_int_equal(5, d.report.indexes);
    assert_int_equal(SAMPLE_ORDERS + SAMPLE_PLAIN + SAMPLE_LONG + SAMPLE_FILLING, d.report.items);
    assert_int_equal(SAMPLE_WITH_STATUS + 2 * SAMPLE_ORDERS + SAMPLE_LONG + SAMPLE_FILLED,
                     d.report.index_entries);
    assert_int_equal(SAMPLE_WITH_TTL + SAMPLE_LONG, d.report.expiry_entries);
    /* Besides the first put of each: 100 twice, 101 three times. */
    assert_int_equal(SAMPLE_ORDERS + 5 + SAMPLE_PLAIN, d.report.change_records);
    assert_true(d.report.long_keys >= SAMPLE_LONG);
    damaged_close(&d);
}

static void test_check__finds_nothing_in_an_empty_database(void **state) {
    (void)state;
    pte_error error;
    pte_env *env;
    pte_check_report report;
    const pte_env_options options = {.durability = PTE_MEMORY};
    OK(pte_env_open(&env, NULL, &options, &error));
    OK(pte_check(&report, env, NULL, &error));
    const pte_check_report empty = {0};
    assert_memory_equal(&empty, &report, sizeof report);
    pte_env_close(env);
}

static void test_check__refuses_null(void **state) {
    (void)state;
    pte_error error;
    pte_env *env;
    pte_check_report report = {.items = 1};
    const pte_env_options options = {.durability = PTE_MEMORY};
    OK(pte_env_open(&env, NULL, &options, &error));
    EXPECT(PTE_INVALID_ARGUMENT, pte_check(NULL, env, NULL, &error));
    EXPECT(PTE_INVALID_ARGUMENT, pte_check(&report, NULL, NULL, &error));
    assert_int_equal(0, report.items);
    pte_env_close(env);
}

typedef struct progress {
    unsigned calls;
    unsigned stop_at; /* 0: never */
    uint64_t done;
    uint64_t total;
} progress;

static bool on_progress(void *ctx, uint64_t done, uint64_t total) {
    progress *p = ctx;
    assert_true(done >= p->done);
    assert_true(done <= total);
    p->calls++;
    p->done = done;
    p->total = total;
    return p->calls != p->stop_at;
}

static pte_env *make_large(size_t items) {
    pte_error error;
    pte_env *env;
    pte_builder *b;
    const pte_env_options options = {.durability = PTE_MEMORY};
    const pte_table_spec spec = {.name = pte_str("t"), .hash = {pte_str("pk"), PTE_TYPE_N}};
    OK(pte_env_open(&env, NULL, &options, &error));
    OK(pte_table_create(env, &spec, &error));
    OK(pte_builder_create(&b, NULL, &error));
    for (size_t i = 0; i < items; i++) {
        pte_item item;
        char number[24];
        snprintf(number, sizeof number, "%zu", i);
        pte_builder_reset(b);
        pte_builder_add_number(b, "pk", number);
        OK(pte_builder_item(&item, b, &error));
        OK(pte_put(env, pte_str("t"), &item, &error));
    }
    pte_builder_destroy(b);
    return env;
}

static void test_check__tells_progress_and_stops(void **state) {
    (void)state;
    enum { ITEMS = 10000 };
    pte_error error;
    pte_check_report report;
    pte_env *env = make_large(ITEMS);
    progress p = {0};
    const pte_check_options options = {.on_progress = on_progress, .ctx = &p};
    OK(pte_check(&report, env, &options, &error));
    assert_int_equal(ITEMS, report.items);
    assert_int_equal(0, report.problems);
    assert_true(p.calls >= 2);
    assert_true(p.total >= ITEMS && p.total < ITEMS + 100);
    p = (progress){.stop_at = 2};
    EXPECT(PTE_STOPPED, pte_check(&report, env, &options, &error));
    assert_int_equal(2, p.calls);
    assert_int_equal(0, report.items);
    pte_env_close(env);
}

/* Fails the allocation with the number fail_at in a check of the sample; true if there was one. */
static bool check_without_memory(const char *path, size_t fail_at) {
    pte_error error;
    pte_env *env;
    pte_check_report report;
    fault_allocator fault = {0};
    const pte_allocator allocator = fault_allocator_of(&fault);
    pte_env_options options = sample_options();
    options.allocator = &allocator;
    OK(pte_env_open(&env, path, &options, &error));
    fault.calls = 0;
    fault.fail_at = fail_at;
    pte_status status = pte_check(&report, env, NULL, &error);
    bool failed = fault.calls >= fail_at;
    fault.fail_at = 0;
    assert_int_equal(failed ? PTE_OUT_OF_MEMORY : PTE_OK, status);
    assert_int_equal(failed ? 0 : 4, report.tables);
    assert_int_equal(0, report.problems);
    OK(pte_check(&report, env, NULL, &error));
    assert_int_equal(0, report.problems);
    pte_env_close(env);
    assert_int_equal(0, fault.live_bytes);
    return failed;
}

static void test_check__tells_a_lack_of_memory_from_damage(void **state) {
    (void)state;
    sample_ids ids;
    char *path = test_folder_make();
    sample_make(path, &ids);
    size_t fail_at = 1;
    while (check_without_memory(path, fail_at)) {
        fail_at += fail_at < 60 ? 1 : 13; /* the first ones are of every kind */
    }
    assert_true(fail_at > 20);
    test_folder_remove(path);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_check__finds_nothing_in_a_sound_database),
        cmocka_unit_test(test_check__finds_nothing_in_an_empty_database),
        cmocka_unit_test(test_check__refuses_null),
        cmocka_unit_test(test_check__tells_progress_and_stops),
        cmocka_unit_test(test_check__tells_a_lack_of_memory_from_damage),
    };
    return cmocka_run_group_tests(tests, damaged_group_setup, damaged_group_teardown);
}
