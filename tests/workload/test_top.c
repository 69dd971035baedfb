/* The heaviest keys of streams, against exact sums. */
#include "support/support.h"

#include "workload/top.h"

#include <stdio.h>
#include <stdlib.h>

static pte_bytes key_of(char text[32], unsigned number) {
    return pte_view(text, (size_t)snprintf(text, 32, "USER#%u", number));
}

static void test_top__few_keys_are_exact(void **state) {
    (void)state;
    wl_top top = {0};
    wl_top_key keys[8];
    assert_int_equal(0, wl_top_heaviest(&top, keys, 8));
    assert_true(wl_top_add(&top, pte_str("a"), 1));
    assert_true(wl_top_add(&top, pte_str("b"), 2.5));
    assert_true(wl_top_add(&top, pte_str("a"), 0.5));
    assert_true(wl_top_add(&top, pte_str("c"), 9));
    assert_int_equal(3, wl_top_heaviest(&top, keys, 8));
    assert_string_equal("c", keys[0].text);
    assert_string_equal("b", keys[1].text);
    assert_string_equal("a", keys[2].text);
    assert_true(keys[2].weight == 1.5 && keys[2].error == 0);
    assert_true(keys[2].hash == wl_top_hash(pte_str("a")));
    assert_true(top.total == 13);
    assert_int_equal(3, top.keys_seen);
    assert_int_equal(1, wl_top_heaviest(&top, keys, 1));
    wl_top_clean_up(&top);
}

/* The theorem of the paper: each weight is between the truth and the truth plus its error, no error
 * is above total / WL_TOP_KEYS, and no key heavier than that is missing. */
static void check_stream(unsigned key_count, unsigned adds, bool skewed) {
    double *truth = calloc(key_count, sizeof *truth);
    wl_top_key *keys = calloc(WL_TOP_KEYS, sizeof *keys);
    wl_top top = {0};
    char text[32];
    test_random random = {test_seed(key_count)};
    for (unsigned i = 0; i < adds; i++) {
        unsigned number = (unsigned)test_random_below(&random, key_count);
        number = skewed ? number % (1 + (unsigned)test_random_below(&random, key_count)) : number;
        double weight = 0.5 * (double)(1 + test_random_below(&random, 4));
        truth[number] += weight;
        assert_true(wl_top_add(&top, key_of(text, number), weight));
    }
    size_t count = wl_top_heaviest(&top, keys, WL_TOP_KEYS), heavy = 0, found = 0, seen = 0;
    for (unsigned i = 0; i < key_count; i++) {
        heavy += truth[i] > top.total / WL_TOP_KEYS;
        seen += truth[i] > 0;
    }
    for (size_t i = 0; i < count; i++) {
        double true_weight = truth[strtoul(keys[i].text + 5, NULL, 10)];
        assert_true(keys[i].weight >= true_weight);
        assert_true(keys[i].weight - keys[i].error <= true_weight);
        assert_true(keys[i].error <= top.total / WL_TOP_KEYS);
        assert_true(i == 0 || keys[i - 1].weight >= keys[i].weight);
        found += true_weight > top.total / WL_TOP_KEYS;
    }
    assert_int_equal(heavy, found);
    assert_true((double)top.keys_seen > 0.95 * (double)seen);
    assert_true((double)top.keys_seen < 1.05 * (double)seen);
    wl_top_clean_up(&top);
    free(keys);
    free(truth);
}

static void test_top__heavy_keys_are_never_missing(void **state) {
    (void)state;
    check_stream(900, 20000, false);
    check_stream(1000, 20000, false);
    check_stream(1001, 20000, true);
    check_stream(5000, 200000, true);
    check_stream(100000, 400000, true);
    check_stream(100000, 400000, false);
}

static void test_top__keys_that_come_once_are_kept_exactly(void **state) {
    (void)state;
    enum { KEYS = 20000 };
    static wl_top_key keys[WL_TOP_KEYS];
    wl_top top = {0};
    char text[32];
    for (unsigned i = 0; i < KEYS; i++) {
        /* 7,919 is prime: every weight below KEYS once, in a mixed order. */
        assert_true(wl_top_add_once(&top, key_of(text, i), (double)(i * 7919u % KEYS)));
    }
    assert_int_equal(WL_TOP_KEYS, wl_top_heaviest(&top, keys, WL_TOP_KEYS));
    for (unsigned i = 0; i < WL_TOP_KEYS; i++) {
        assert_true(keys[i].weight == KEYS - 1 - i && keys[i].error == 0);
    }
    assert_int_equal(KEYS, top.keys_seen);
    wl_top_clean_up(&top);
}

static void test_top__texts_are_for_people(void **state) {
    (void)state;
    char text[WL_TOP_KEY_BYTES], full[WL_TOP_KEY_BYTES + 1];
    wl_top_text(text, pte_view("a\0b\n\x7F", 5));
    assert_string_equal("a?b??", text);
    memset(full, 'x', sizeof full);
    wl_top_text(text, pte_view(full, WL_TOP_KEY_BYTES - 1));
    assert_int_equal(WL_TOP_KEY_BYTES - 1, strlen(text));
    assert_null(strstr(text, "..."));
    wl_top_text(text, pte_view(full, WL_TOP_KEY_BYTES));
    assert_int_equal(WL_TOP_KEY_BYTES - 1, strlen(text));
    assert_string_equal("...", text + WL_TOP_KEY_BYTES - 4);
    /* A character of two bytes across the cut goes as a whole. */
    memcpy(full + WL_TOP_KEY_BYTES - 5, "\xC3\xA4", 2);
    wl_top_text(text, pte_view(full, sizeof full));
    assert_int_equal(WL_TOP_KEY_BYTES - 2, strlen(text));
    assert_string_equal("x...", text + WL_TOP_KEY_BYTES - 6);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_top__few_keys_are_exact),
        cmocka_unit_test(test_top__heavy_keys_are_never_missing),
        cmocka_unit_test(test_top__keys_that_come_once_are_kept_exactly),
        cmocka_unit_test(test_top__texts_are_for_people),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
