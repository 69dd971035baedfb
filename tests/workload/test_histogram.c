/* Quantiles stay within the bound that the header promises, merged or not. */
#include "support/support.h"

#include "workload/histogram.h"

#include <stdlib.h>

static int compare(const void *a, const void *b) {
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static void test_histogram__nothing_has_quantile_zero(void **state) {
    (void)state;
    static const wl_histogram none = {0};
    assert_int_equal(0, wl_histogram_quantile(&none, 0.5));
    assert_int_equal(0, wl_histogram_quantile(&none, 1));
}

static void test_histogram__short_durations_are_exact(void **state) {
    (void)state;
    static wl_histogram h;
    for (uint64_t ns = 0; ns < 64; ns++) {
        wl_histogram_add(&h, ns);
    }
    for (uint64_t i = 1; i <= 64; i++) {
        assert_int_equal(i - 1, wl_histogram_quantile(&h, (double)i / 64));
    }
    assert_int_equal(0, h.min_ns);
    assert_int_equal(63, h.max_ns);
    assert_int_equal(63 * 64 / 2, h.sum_ns);
}

static void test_histogram__each_power_of_two_has_its_place(void **state) {
    (void)state;
    for (unsigned power = 0; power <= 40; power++) {
        for (int around = -1; around <= 1; around++) {
            uint64_t ns = ((uint64_t)1 << power) + (uint64_t)around;
            static wl_histogram h;
            h = (wl_histogram){0};
            wl_histogram_add(&h, ns);
            wl_histogram_add(&h, UINT64_MAX); /* so that the longest does not cut the first */
            uint64_t found = wl_histogram_quantile(&h, 0.5);
            uint64_t kept = ns < ((uint64_t)1 << 40) ? ns : (uint64_t)1 << 40;
            assert_true(found >= kept && (double)found <= (double)kept * (1 + 1.0 / 64));
        }
    }
}

static void test_histogram__longer_than_the_longest_counts_as_that(void **state) {
    (void)state;
    static wl_histogram h;
    wl_histogram_add(&h, UINT64_MAX);
    assert_int_equal((uint64_t)1 << 40, h.max_ns);
    assert_int_equal((uint64_t)1 << 40, wl_histogram_quantile(&h, 1));
}

/* Against the sorted durations themselves, in one histogram and merged from three. */
static void test_histogram__quantiles_are_within_the_bound(void **state) {
    (void)state;
    enum { DURATIONS = 20000 };
    static uint64_t durations[DURATIONS];
    static wl_histogram all, parts[3], merged;
    test_random random = {test_seed(7)};
    for (size_t i = 0; i < DURATIONS; i++) {
        durations[i] = test_random_below(&random, (uint64_t)1 << (1 + i % 36));
        wl_histogram_add(&all, durations[i]);
        wl_histogram_add(&parts[i % 3], durations[i]);
    }
    for (size_t i = 0; i < 3; i++) {
        wl_histogram_merge(&merged, &parts[i]);
    }
    qsort(durations, DURATIONS, sizeof durations[0], compare);
    static const double fractions[] = {0.001, 0.1, 0.5, 0.9, 0.95, 0.99, 0.999, 1};
    for (size_t i = 0; i < sizeof fractions / sizeof fractions[0]; i++) {
        size_t rank = (size_t)(fractions[i] * DURATIONS + 0.5);
        uint64_t truth = durations[rank - 1];
        uint64_t found = wl_histogram_quantile(&all, fractions[i]);
        assert_true(found >= truth);
        assert_true((double)found <= (double)truth * (1 + 1.0 / 64));
        assert_int_equal(found, wl_histogram_quantile(&merged, fractions[i]));
    }
    assert_int_equal(all.count, merged.count);
    assert_int_equal(all.sum_ns, merged.sum_ns);
    assert_int_equal(all.min_ns, merged.min_ns);
    assert_int_equal(all.max_ns, merged.max_ns);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_histogram__nothing_has_quantile_zero),
        cmocka_unit_test(test_histogram__short_durations_are_exact),
        cmocka_unit_test(test_histogram__each_power_of_two_has_its_place),
        cmocka_unit_test(test_histogram__longer_than_the_longest_counts_as_that),
        cmocka_unit_test(test_histogram__quantiles_are_within_the_bound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
