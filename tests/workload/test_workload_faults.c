/*
 * Allocations that fail, of the reader's, of libyaml's, and of what makes items and calls: the
 * first, the second, and so on until all get through, once each and from then on. Leaks are the
 * sanitizer's to find.
 */
#include "support/allocations.h"
#include "workload/reading.h"

#include <stdlib.h>

static const char lines[] =
    "    table: t\n"
    "    count: 3\n"
    "    let: {f: {pick: g, by: zipfian}}\n"
    "    item:\n"
    "      k: \"a{f.name}\"\n"
    "      e: {text: [20000, 40000]}\n"
    "      g: {words: 3, unique: true, join: ', '}\n"
    "      i: {binary: [1, 50]}\n"
    "      j: {list: {choice: [1, x, [true]]}, size: [1, 4]}\n"
    "      l: {set: {integer: [1, 50]}, size: [1, 9]}\n"
    "      m: {M: {a: {choice: [a, b], weights: [3, 2]}}}\n"
    "  g: {table: t, count: 9, let: {name: {words: 1}}, item: {k: \"{name}!\"}}\n"
    "assert: [a, b]\n";

static void test_reading(void **state) {
    (void)state;
    char *text = reading_entity_text(lines);
    for (int keep = 0; keep < 2; keep++) {
        bool hit = true;
        size_t at = 1;
        for (; hit; at++) {
            wl_workload *w = NULL;
            wl_complaint complaint;
            test_allocations_fail(at, keep != 0);
            bool read = wl__workload_read_text(&w, "x.yaml", pte_str(text), &complaint);
            hit = test_allocations_succeed();
            assert_int_equal(read, !hit);
            assert_int_equal(w != NULL, read);
            assert_string_equal(complaint.message, hit ? "out of memory" : "");
            wl_workload_destroy(w);
        }
        assert_true(at > 20);
    }
    free(text);
}

static void test_items(void **state) {
    (void)state;
    wl_workload *w = reading_entity(lines);
    wl_text expected = {0};
    wl_item_make(&expected, w, 0, 1);
    assert_false(expected.failed);
    for (int keep = 0; keep < 2; keep++) {
        bool hit = true;
        size_t at = 1;
        for (; hit; at++) {
            wl_text json = {0};
            test_allocations_fail(at, keep != 0);
            wl_item_make(&json, w, 0, 1);
            hit = test_allocations_succeed();
            assert_int_equal(json.failed, hit);
            wl_item_make(&json, w, 0, 1);
            assert_true(pte_bytes_equal(wl__text_bytes(&json), wl__text_bytes(&expected)));
            wl_text_clean_up(&json);
        }
        assert_true(at > 5);
    }
    wl_text_clean_up(&expected);
    wl_workload_destroy(w);
}

static const char stepping[] =
    "name: x\n"
    "tables:\n"
    "- {TableName: t, BillingMode: PAY_PER_REQUEST,\n"
    "   AttributeDefinitions: [{AttributeName: k, AttributeType: S}],\n"
    "   KeySchema: [{AttributeName: k, KeyType: HASH}]}\n"
    "patterns:\n"
    "- name: p\n"
    "  let: {u: {text: 20000}}\n"
    "  requests:\n"
    "  - {Query: {TableName: t, Select: 'x{u}'}, pages: 2}\n"
    "  - BatchGetItem: {RequestItems: {t: {Keys: {each: Items, as: f, make: {k: 'a{f.k}'}}}}}\n"
    "  - PutItem: {TableName: t, Item: {k: 'x{answer.a.S}'}}\n";

static const char answer[] = "{\"Items\":[{\"k\":{\"S\":\"a\"}},{\"k\":{\"S\":\"b\"}}],"
                             "\"LastEvaluatedKey\":{\"k\":{\"S\":\"b\"}}}";

/* Sums up a call's requests; false: memory was short. */
static bool play(uint64_t *hash, wl_call *call) {
    wl_text body = {0};
    const char *operation = NULL;
    *hash = 0;
    wl_call_begin(call, 0, 1);
    while (wl_call_next(&operation, &body, call, pte_str(answer))) {
        *hash = wl__hash(*hash, wl__text_bytes(&body));
    }
    bool good = !body.failed;
    wl_text_clean_up(&body);
    return good;
}

static void test_calls(void **state) {
    (void)state;
    wl_workload *w = reading_take(stepping);
    wl_call *whole = wl_call_new(w);
    uint64_t expected = 0, hash = 0;
    assert_non_null(whole);
    assert_true(play(&expected, whole));
    wl_call_destroy(whole);
    for (int keep = 0; keep < 2; keep++) {
        bool hit = true;
        size_t at = 1;
        for (; hit; at++) {
            test_allocations_fail(at, keep != 0);
            wl_call *call = wl_call_new(w);
            bool good = call != NULL && play(&hash, call);
            hit = test_allocations_succeed();
            assert_int_equal(good, !hit);
            assert_true(call == NULL || play(&hash, call));
            assert_true(call == NULL || hash == expected);
            wl_call_destroy(call);
        }
        assert_true(at > 10);
    }
    wl_workload_destroy(w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reading),
        cmocka_unit_test(test_items),
        cmocka_unit_test(test_calls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
