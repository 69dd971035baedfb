/*
 * Many paths looked up in one walk over an item: what they find must be what each finds by itself.
 * Random paths on random items; PTE_SEED=... repeats a run.
 */
#include "bench.h"
#include "expression/program.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROUNDS = 1000, ITEMS = 4, PATHS_MAX = 300, STEPS = 4, NAMES = 40, ELEMENTS_MAX = 24 };

/* Names of different lengths, some the beginnings of others. */
static pte_bytes random_name(test_random *random) {
    static char text[NAMES][16];
    unsigned i = (unsigned)test_random_below(random, NAMES);
    snprintf(text[i], sizeof text[i], "%.*s%u", (int)(i % 4), "aaa", i / 4);
    return pte_str(text[i]);
}

static void add_value(pte_builder *builder, test_random *random, unsigned levels);

static void add_map(pte_builder *builder, test_random *random, unsigned levels, unsigned most) {
    bool used[NAMES] = {false};
    unsigned count = (unsigned)test_random_below(random, most + 1);
    for (unsigned i = 0; i < count; i++) {
        pte_bytes name = random_name(random);
        unsigned number = (unsigned)strtoul((const char *)name.data + (name.len - 1), NULL, 10);
        unsigned at = number * 4 + (unsigned)name.len - 1; /* numbers have one digit */
        if (!used[at]) {
            used[at] = true;
            pte_builder_name(builder, name);
            add_value(builder, random, levels);
        }
    }
}

/* Recursive, levels deep. */
static void add_value(pte_builder *builder, test_random *random, unsigned levels) {
    unsigned kind = (unsigned)test_random_below(random, levels == 0 ? 2 : 6);
    if (kind == 0) {
        pte_builder_string(builder, pte_str("some text"));
    } else if (kind == 1) {
        pte_builder_number(builder, pte_str("12.5"));
    } else if (kind < 4) {
        pte_builder_begin(builder, PTE_TYPE_L);
        unsigned count = (unsigned)test_random_below(random, ELEMENTS_MAX);
        for (unsigned i = 0; i < count; i++) {
            add_value(builder, random, levels - 1);
        }
        pte_builder_end(builder);
    } else {
        pte_builder_begin(builder, PTE_TYPE_M);
        add_map(builder, random, levels - 1, ELEMENTS_MAX);
        pte_builder_end(builder);
    }
}

/* Large enough for its slots to be filled. */
static void make_item(pte_item *item, pte_builder *builder, test_random *random) {
    static char padding[2048];
    pte_error error;
    memset(padding, 'x', sizeof padding);
    pte_builder_reset(builder);
    add_map(builder, random, 2, NAMES);
    pte_builder_name(builder, pte_str("padding"));
    pte_builder_string(builder, pte_view(padding, sizeof padding));
    OK(pte_builder_item(item, builder, &error));
}

static void make_path(pt__path *path, pt__path_step *steps, test_random *random) {
    path->steps = steps;
    path->count = 1 + (size_t)test_random_below(random, STEPS);
    for (size_t i = 0; i < path->count; i++) {
        bool is_index = i != 0 && test_random_below(random, 2) == 0;
        steps[i] = is_index ? (pt__path_step){.is_index = true,
                                              .index = (uint32_t)test_random_below(random, 30)}
                            : (pt__path_step){.name = random_name(random)};
    }
}

static void expect_same(pt__lookup *lookup, const pt__path *path, unsigned *found_count) {
    pte_value alone;
    pte_value together;
    pt__found *found;
    pte_error error;
    OK(pt__path_find(&alone, path, lookup->item, &error));
    OK(pt__lookup_path(&together, &found, lookup, path, &error));
    assert_int_equal(together.type, alone.type);
    assert_ptr_equal(together.encoded.data, alone.encoded.data);
    assert_int_equal(together.encoded.len, alone.encoded.len);
    assert_int_equal(together.count, alone.count);
    *found_count += alone.type != PTE_TYPE_NONE;
}

static void test_slots__find_what_each_path_finds(void **state) {
    (void)state;
    test_random random = {test_seed(0x51075107U)};
    bench *b = bench_create(NULL);
    pt__path *paths = calloc(PATHS_MAX, sizeof *paths);
    pt__path_step(*steps)[STEPS] = calloc(PATHS_MAX, sizeof *steps);
    pt__path *listed[PATHS_MAX];
    unsigned found = 0;
    for (unsigned round = 0; round < ROUNDS; round++) {
        size_t count = PT__SLOTS_PATHS_MIN + (size_t)test_random_below(&random, 20 + round % 200);
        for (size_t i = 0; i < count; i++) {
            make_path(&paths[i], steps[i], &random);
            paths[i].slot = 0;
            listed[i] = &paths[i];
        }
        pt__slots *slots;
        assert_int_equal(pt__slots_make(&slots, &b->arena, listed, count, &b->failure), PT__OK);
        for (unsigned i = 0; i < ITEMS; i++) { /* what an item has must not be found in the next */
            pte_item item;
            make_item(&item, b->items, &random);
            pt__lookup lookup = pt__lookup_on(&item, slots);
            assert_non_null(lookup.slots);
            for (size_t k = 0; k < count; k++) {
                expect_same(&lookup, &paths[k], &found);
            }
            assert_true(lookup.filled);
        }
        pte__arena_reset(&b->arena);
    }
    assert_true(found > ROUNDS);
    free(steps);
    free(paths);
    bench_destroy(b);
}

/* A damaged item is refused or has something else in it; nothing is read past its end. */
static void test_slots__bear_damaged_items(void **state) {
    (void)state;
    test_random random = {test_seed(0xDA11A6EDU)};
    bench *b = bench_create(NULL);
    pt__path paths[60];
    pt__path_step steps[60][STEPS];
    pt__path *listed[60];
    unsigned refused = 0;
    for (size_t i = 0; i < 60; i++) {
        paths[i].slot = 0;
        make_path(&paths[i], steps[i], &random);
        listed[i] = &paths[i];
    }
    pt__slots *slots;
    assert_int_equal(pt__slots_make(&slots, &b->arena, listed, 60, &b->failure), PT__OK);
    for (unsigned round = 0; round < ROUNDS * 4; round++) {
        pte_item item;
        make_item(&item, b->items, &random);
        uint8_t *copy = malloc(item.encoded.len);
        memcpy(copy, item.encoded.data, item.encoded.len);
        copy[test_random_below(&random, item.encoded.len)] ^=
            (uint8_t)(1U << test_random_below(&random, 8));
        pte_item damaged = {{copy, item.encoded.len}, 0};
        pt__lookup lookup = pt__lookup_on(&damaged, slots);
        const pt__found *found;
        size_t count;
        pte_error error;
        pte_status status = pt__lookup_all(&found, &count, &lookup, &error);
        assert_true(status == PTE_OK || status == PTE_CORRUPT);
        assert_true(count <= pt__slots_count(slots));
        refused += status != PTE_OK;
        free(copy);
    }
    assert_true(refused != 0);
    bench_destroy(b);
}

static void test_slots__are_not_made_for_few_paths(void **state) {
    (void)state;
    bench *b = bench_create(NULL);
    test_random random = {1};
    pt__path paths[PT__SLOTS_PATHS_MIN];
    pt__path_step steps[PT__SLOTS_PATHS_MIN][STEPS];
    pt__path *listed[PT__SLOTS_PATHS_MIN];
    for (size_t i = 0; i < PT__SLOTS_PATHS_MIN; i++) {
        make_path(&paths[i], steps[i], &random);
        listed[i] = &paths[i];
    }
    pt__slots *slots;
    size_t few = PT__SLOTS_PATHS_MIN - 1;
    assert_int_equal(pt__slots_make(&slots, &b->arena, listed, few, &b->failure), PT__OK);
    assert_null(slots);
    assert_int_equal(pt__slots_make(&slots, &b->arena, listed, few + 1, &b->failure), PT__OK);
    assert_non_null(slots);
    bench_destroy(b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_slots__find_what_each_path_finds),
        cmocka_unit_test(test_slots__bear_damaged_items),
        cmocka_unit_test(test_slots__are_not_made_for_few_paths),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
