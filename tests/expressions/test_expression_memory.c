/* Every allocation fails once, and from then on: nothing leaks, and the failure says so. */
#include "bench.h"

#include "../unit/fault_allocator.h"

#include <string.h>

typedef const char *(*scenario)(bench *b);

static const char *run_condition(bench *b) {
    return bench_condition(b, "(n = :a OR contains(l, #b)) AND NOT n IN (:a, :a) AND size(s) > :a");
}

static const char *run_projection(bench *b) {
    return bench_projection(b, "l[2].#b, m.c[1], n, s, z, l[0]");
}

static const char *run_update(bench *b) {
    return bench_update(b, "SET n = n + :a, q = list_append(l, l), m.#b = :a REMOVE l[1]");
}

/* So many paths, tests and contains() of one path that each is prepared for. */
static const char *run_long_condition(bench *b) {
    static char text[2048];
    static char more[1024];
    repeated(text, sizeof text, "attribute_exists(s)", " AND ", 32);
    repeated(more, sizeof more, " AND contains(l, :a)", "", 8);
    strcat(text, more);
    return bench_condition(b, text);
}

static const char *run_long_update(bench *b) {
    return bench_update(b, "SET a1 = n, a2 = n + n, a3 = if_not_exists(q, n), a4 = s, a5 = l[0], "
                           "a6 = list_append(l, l), a7 = m");
}

static const char *run_refusal(bench *b) {
    return bench_condition(b, "n BETWEEN :z AND :y");
}

static void expect_no_memory_is_survived(scenario run, bool keep_failing) {
    for (size_t fail_at = 1;; fail_at++) {
        fault_allocator fault = {0};
        pte_allocator allocator = fault_allocator_of(&fault);
        bench *b = bench_create(&allocator);
        b->names = "{'#b':'b'}";
        b->values = "{':a':{'N':'1'},':z':{'B':'YmI='},':y':{'B':'YQ=='}}";
        fault.calls = 0;
        fault.fail_at = fail_at;
        fault.keep_failing = keep_failing;
        (void)run(b);
        bool done = fault.calls < fail_at;
        if (!done) {
            assert_int_equal(bench_exception(b), PT__INTERNAL);
        }
        fault.fail_at = 0;
        bench_destroy(b);
        assert_int_equal(fault.live_bytes, 0);
        if (done) {
            assert_true(fail_at > 1);
            return;
        }
    }
}

static void test_expression_memory__conditions(void **state) {
    (void)state;
    expect_no_memory_is_survived(run_condition, false);
    expect_no_memory_is_survived(run_condition, true);
    expect_no_memory_is_survived(run_long_condition, false);
    expect_no_memory_is_survived(run_long_condition, true);
}

static void test_expression_memory__refusals(void **state) {
    (void)state;
    expect_no_memory_is_survived(run_refusal, false);
}

static void test_expression_memory__updates(void **state) {
    (void)state;
    expect_no_memory_is_survived(run_update, false);
    expect_no_memory_is_survived(run_update, true);
    expect_no_memory_is_survived(run_long_update, false);
    expect_no_memory_is_survived(run_long_update, true);
}

static void test_expression_memory__projections(void **state) {
    (void)state;
    expect_no_memory_is_survived(run_projection, false);
    expect_no_memory_is_survived(run_projection, true);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_expression_memory__conditions),
        cmocka_unit_test(test_expression_memory__refusals),
        cmocka_unit_test(test_expression_memory__updates),
        cmocka_unit_test(test_expression_memory__projections),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
