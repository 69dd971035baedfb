/*
 * The model's values against the engine's codec, before any history relies on them: what one writes
 * the other reads, with the same order and size, however it is written.
 */
#include "bridge.h"

#include <stdlib.h>

enum { ITEMS = 4000, NUMBERS = 20000 };

/* A world without a database. */
static world *make_world(uint64_t seed) {
    static const world_history history = {.name = "bridge", .keys = WORLD_KEYS_MIXED};
    world *w = model_alloc(sizeof *w);
    w->history = &history;
    w->seed = seed;
    w->random.state = seed;
    w->now_ms = (int64_t)1700000000 * 1000;
    gen_pools(w);
    return w;
}

static void test_model__items_go_through_the_builder_and_back(void **state) {
    (void)state;
    pte_error error;
    world *w = make_world(test_seed(7));
    model_table table = {.hash = {"h", PTE_TYPE_S}, .range = {"r", PTE_TYPE_N}};
    OK(pte_builder_create(&w->builders[0], NULL, &error));
    OK(pte_builder_create(&w->builders[1], NULL, &error));
    for (w->step = 0; w->step < ITEMS; w->step++) {
        model_value hash, range;
        gen_key_values(w, &table, &hash, &range);
        model_item *item = gen_item(w, &table, &hash, &range);
        pte_item built = bridge_build(w, w->builders[0], item);
        bridge_expect(w, &built, item, "a built item");
        assert_int_equal(built.size_bytes, model_item_size(item));
        model_item *back = bridge_read_item(&built);
        assert_true(model_item_equal(back, item));
        pte_item again = bridge_build(w, w->builders[1], back);
        assert_true(pte_bytes_equal(built.encoded, again.encoded)); /* equal items, equal bytes */
        model_item_set(back, "p1", gen_value(w, 0));
        bool same = model_item_equal(back, item);
        assert_true(bridge_same(&built, back) == same);
        model_item_release(back);
        model_item_release(item);
        model_value_clean_up(&hash);
        model_value_clean_up(&range);
    }
    pte_builder_destroy(w->builders[0]);
    pte_builder_destroy(w->builders[1]);
    gen_pools_clean_up(w);
    free(w);
}

static int sign(int order) {
    return (order > 0) - (order < 0);
}

static void test_model__numbers_agree_however_they_are_written(void **state) {
    (void)state;
    pte_error error;
    world *w = make_world(test_seed(8));
    const model_value *pools[] = {w->hashes[1], w->ranges[1]};
    for (size_t i = 0; i < NUMBERS; i++) {
        char text_a[MODEL_NUMBER_TEXT_MAX], text_b[MODEL_NUMBER_TEXT_MAX];
        char format[PTE_NUMBER_TEXT_MAX];
        pte_number a, b;
        const model_value *value_a = &pools[0][world_below(w, WORLD_HASHES)];
        const model_value *value_b = &pools[1][world_below(w, WORLD_RANGES)];
        OK(pte_number_parse(&a, gen_scalar(w, value_a, text_a).bytes, &error));
        OK(pte_number_parse(&b, gen_scalar(w, value_b, text_b).bytes, &error));
        size_t len = pte_number_format(&a, format);
        assert_true(pte_bytes_equal(pte_view(format, len), value_a->bytes));
        assert_int_equal(sign(pte_number_compare(&a, &b)),
                         sign(model_value_compare(value_a, value_b)));
        assert_int_equal(pte_number_size_bytes(&a), model_value_size(value_a));
    }
    gen_pools_clean_up(w);
    free(w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_model__items_go_through_the_builder_and_back),
        cmocka_unit_test(test_model__numbers_agree_however_they_are_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
