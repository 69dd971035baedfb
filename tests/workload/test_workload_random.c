/* Distributions: their frequencies are within bounds that chance leaves once in a billion runs, and
 * the seeds are fixed. */
#include "workload/reading.h"

#include <math.h>

enum { DRAWS = 400000, FEW = 20 };

static const double deviations = 6; /* standard ones */

/* The share that Zipf's distribution gives to each rank. */
static void take_zipfian(double *shares, size_t count, double exponent) {
    double sum = 0;
    for (size_t i = 0; i < count; i++) {
        shares[i] = pow((double)(i + 1), -exponent);
        sum += shares[i];
    }
    for (size_t i = 0; i < count; i++) {
        shares[i] /= sum;
    }
}

static void expect_near(size_t found, double share, const char *what, size_t rank) {
    double expected = share * DRAWS;
    double bound = deviations * sqrt(expected * (1 - share)) + 1;
    if (fabs((double)found - expected) > bound) {
        fail_msg("%s, number %zu: %zu of %d draws, expected %.0f, at most %.0f away", what, rank,
                 found, DRAWS, expected, bound);
    }
}

static void count_draws(size_t *found, size_t few, const wl__distribution *d, uint64_t seed) {
    wl__random random = {seed};
    for (size_t i = 0; i < DRAWS; i++) {
        uint64_t drawn = wl__distribution_draw(d, &random, i);
        assert_true(drawn < d->count);
        if (drawn < few) {
            found[drawn]++;
        }
    }
}

static void test_zipfian_has_zipfs_frequencies(void **state) {
    (void)state;
    static const double exponents[] = {0.5, 0.99, 1, 1.2, 2, 3.5};
    static double shares[100000];
    uint64_t seed = test_seed(11);
    for (size_t e = 0; e < sizeof exponents / sizeof *exponents; e++) {
        for (size_t count = 1; count <= 100000; count *= 10) {
            size_t found[FEW] = {0};
            char what[60];
            wl__distribution d;
            size_t few = count < FEW ? count : FEW;
            wl__distribution_init(&d, WL__ZIPFIAN, count, exponents[e]);
            count_draws(found, few, &d, seed);
            take_zipfian(shares, count, exponents[e]);
            snprintf(what, sizeof what, "exponent %g of %zu", exponents[e], count);
            for (size_t i = 0; i < few; i++) {
                expect_near(found[i], shares[i], what, i);
            }
        }
    }
}

static void test_latest_is_zipfian_from_the_end(void **state) {
    (void)state;
    wl__distribution zipfian, latest;
    wl__distribution_init(&zipfian, WL__ZIPFIAN, 1000, 0.99);
    wl__distribution_init(&latest, WL__LATEST, 1000, 0.99);
    wl__random a = {5}, b = {5};
    for (size_t i = 0; i < 1000; i++) {
        assert_int_equal(wl__distribution_draw(&zipfian, &a, i),
                         999 - wl__distribution_draw(&latest, &b, i));
    }
}

static void test_uniform_has_equal_frequencies(void **state) {
    (void)state;
    size_t found[FEW] = {0};
    wl__distribution d;
    wl__distribution_init(&d, WL__UNIFORM, FEW, 1);
    count_draws(found, FEW, &d, test_seed(12));
    for (size_t i = 0; i < FEW; i++) {
        expect_near(found[i], 1.0 / FEW, "uniform", i);
    }
}

static void test_sequential_goes_round(void **state) {
    (void)state;
    wl__distribution d;
    wl__random random = {1};
    wl__distribution_init(&d, WL__SEQUENTIAL, 7, 1);
    for (uint64_t i = 0; i < 30; i++) {
        assert_int_equal(wl__distribution_draw(&d, &random, i), i % 7);
    }
}

/* Counts far above what a table could hold. */
static void test_zipfian_of_ten_billion(void **state) {
    (void)state;
    wl__distribution d;
    wl__random random = {test_seed(13)};
    size_t low = 0;
    wl__distribution_init(&d, WL__ZIPFIAN, 10000000000, 0.99);
    for (size_t i = 0; i < DRAWS; i++) {
        uint64_t drawn = wl__distribution_draw(&d, &random, i);
        assert_true(drawn < d.count);
        low += drawn == 0;
    }
    /* 1 / zeta(10^10, 0.99): the sum by Euler and Maclaurin, (n^0.01 - 1) / 0.01 + 0.5772 + ... */
    double zeta = (pow(1e10, 0.01) - 1) / 0.01 + 0.5772 + 0.0007;
    expect_near(low, 1 / zeta, "ten billion", 0);
}

static void test_shuffle_meets_every_number_once(void **state) {
    (void)state;
    static bool met[1 << 16];
    for (uint64_t key = 0; key < 5; key++) {
        memset(met, 0, sizeof met);
        for (uint64_t i = 0; i < 1 << 16; i++) {
            uint64_t shuffled = wl__shuffle(i, 16, key);
            assert_true(shuffled < 1 << 16);
            assert_false(met[shuffled]);
            met[shuffled] = true;
        }
    }
}

static void test_below_is_even(void **state) {
    (void)state;
    wl__random random = {test_seed(14)};
    size_t high = 0;
    uint64_t bound = (uint64_t)3 << 62; /* 2^64 modulo it is as large as a third of it */
    for (size_t i = 0; i < DRAWS; i++) {
        high += wl__random_below(&random, bound) >= (uint64_t)1 << 63;
    }
    expect_near(high, 1.0 / 3, "upper third", 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_zipfian_has_zipfs_frequencies),
        cmocka_unit_test(test_latest_is_zipfian_from_the_end),
        cmocka_unit_test(test_uniform_has_equal_frequencies),
        cmocka_unit_test(test_sequential_goes_round),
        cmocka_unit_test(test_zipfian_of_ten_billion),
        cmocka_unit_test(test_shuffle_meets_every_number_once),
        cmocka_unit_test(test_below_is_even),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
