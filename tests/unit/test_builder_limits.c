/*
 * Tests of builder.h: limits on both sides, and memory that fails.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
 */
#include "fault_allocator.h"
#include "random_item.h"

#include <stdio.h>
#include <stdlib.h>

/* levels containers inside one another, an attribute's value, with or without a set inside. */
static pte_status build_nested(pte_builder *b, unsigned levels, bool maps, bool set) {
    pte_item item;
    pte_builder_reset(b);
    name_and(b, "deep");
    for (unsigned i = 0; i < levels; i++) {
        pte_builder_begin(b, maps ? PTE_TYPE_M : PTE_TYPE_L);
        if (maps) {
            name_and(b, "x");
        }
    }
    if (set) {
        pte_builder_begin(b, PTE_TYPE_SS);
        pte_builder_string(b, pte_str("x"));
        pte_builder_end(b);
    } else {
        pte_builder_null(b);
    }
    for (unsigned i = 0; i < levels; i++) {
        pte_builder_end(b);
    }
    return pte_builder_item(&item, b, NULL);
}

/* "DynamoDB supports nested attributes up to 32 levels deep":
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html */
static void test_builder__nesting_ends_at_32_levels(void **state) {
    (void)state;
    pte_builder *b = new_builder();
    for (unsigned levels = 31; levels <= 33; levels++) {
        for (int kind = 0; kind < 4; kind++) {
            pte_status expected = levels <= 32 ? PTE_OK : PTE_NESTING_TOO_DEEP;
            assert_int_equal(expected, build_nested(b, levels, kind % 2 != 0, kind / 2 != 0));
            if (expected == PTE_OK) {
                pte_error error;
                pte_item item = built(b);
                OK(pte_item_validate(&item, &error));
            }
        }
    }
    pte_builder_destroy(b);
}

/* The depth of a copied value counts from where it is put. */
static void test_builder__copies_count_towards_nesting(void **state) {
    (void)state;
    pte_error error;
    pte_builder *from = new_builder();
    pte_builder *b = new_builder();
    for (unsigned levels = 0; levels <= 32; levels++) {
        pte_value value;
        assert_int_equal(PTE_OK, build_nested(from, levels, levels % 2 != 0, true));
        pte_item source = built(from);
        OK(pte_item_find(&value, &source, pte_str("deep"), &error));
        for (unsigned above = 0; above <= 32; above++) {
            pte_item item;
            pte_builder_reset(b);
            name_and(b, "x");
            for (unsigned i = 0; i < above; i++) {
                pte_builder_begin(b, PTE_TYPE_L);
            }
            pte_builder_value(b, &value);
            for (unsigned i = 0; i < above; i++) {
                pte_builder_end(b);
            }
            EXPECT(above + levels <= 32 ? PTE_OK : PTE_NESTING_TOO_DEEP,
                   pte_builder_item(&item, b, &error));
        }
        /* A whole item as a map is one level more. */
        pte_item item;
        OK(pte_item_value(&value, &source, &error));
        pte_builder_reset(b);
        name_and(b, "x");
        pte_builder_value(b, &value);
        EXPECT(levels < 32 ? PTE_OK : PTE_NESTING_TOO_DEEP, pte_builder_item(&item, b, &error));
    }
    pte_builder_destroy(b);
    pte_builder_destroy(from);
}

/* Names have at most 65,535 bytes, as measured on the service. */
static void test_builder__names_end_at_65535_bytes(void **state) {
    (void)state;
    pte_error error;
    pte_builder *b = new_builder();
    pte_item item;
    pte_value value;
    char *name = malloc(65536);
    assert_non_null(name);
    memset(name, 'n', 65536);
    pte_builder_name(b, pte_view(name, 65535));
    pte_builder_null(b);
    item = built(b);
    OK(pte_item_validate(&item, &error));
    OK(pte_item_find(&value, &item, pte_view(name, 65535), &error));
    assert_int_equal(PTE_TYPE_NULL, value.type);
    pte_builder_reset(b);
    pte_builder_name(b, pte_view(name, 65536));
    EXPECT(PTE_NAME_TOO_LONG, pte_builder_item(&item, b, &error));
    free(name);
    pte_builder_destroy(b);
}

/* 400 KB is refused where items are written, not here. */
static void test_builder__an_item_of_400_kb_is_built(void **state) {
    (void)state;
    pte_error error;
    pte_builder *b = new_builder();
    char *text = malloc(PTE_ITEM_BYTES_MAX);
    assert_non_null(text);
    memset(text, 't', PTE_ITEM_BYTES_MAX);
    for (size_t over = 0; over < 2; over++) {
        pte_value value;
        pte_builder_reset(b);
        pte_builder_add_string(b, "pk", "key");
        name_and(b, "text");
        pte_builder_string(b, pte_view(text, PTE_ITEM_BYTES_MAX - 9 + over));
        pte_item item = built(b);
        assert_int_equal(PTE_ITEM_BYTES_MAX + over, item.size_bytes);
        OK(pte_item_validate(&item, &error));
        OK(pte_item_find(&value, &item, pte_str("text"), &error));
        assert_int_equal(PTE_ITEM_BYTES_MAX - 9 + over, value.bytes.len);
    }
    free(text);
    pte_builder_destroy(b);
}

static void test_builder__it_stops_at_its_ceiling(void **state) {
    (void)state;
    enum { PIECE = 4 << 20 };
    pte_error error;
    pte_item item;
    pte_builder *b = new_builder();
    char *data = calloc(1, PIECE);
    assert_non_null(data);
    name_and(b, "x");
    pte_builder_begin(b, PTE_TYPE_L);
    for (int i = 0; i < PTE_BUILDER_BYTES_MAX / PIECE - 1; i++) {
        pte_builder_binary(b, pte_view(data, PIECE));
    }
    pte_builder_end(b);
    assert_true(built(b).encoded.len < PTE_BUILDER_BYTES_MAX);
    pte_builder_reset(b);
    name_and(b, "x");
    pte_builder_begin(b, PTE_TYPE_L);
    for (int i = 0; i < PTE_BUILDER_BYTES_MAX / PIECE; i++) {
        pte_builder_binary(b, pte_view(data, PIECE));
    }
    pte_builder_end(b);
    EXPECT(PTE_LIMIT, pte_builder_item(&item, b, &error));
    pte_builder_reset(b);
    name_and(b, "x");
    pte_builder_binary(b, pte_view(data, SIZE_MAX));
    EXPECT(PTE_LIMIT, pte_builder_item(&item, b, &error));
    free(data);
    pte_builder_destroy(b);
}

/* --- memory --- */

/* Something of everything: every call, long enough to grow, out of order on all levels. */
static void add_everything(pte_builder *b, const pte_value *copied) {
    char text[600];
    memset(text, 't', sizeof text);
    pte_builder_add_string(b, "z", "x");
    pte_builder_add_number(b, "y", "1.5");
    name_and(b, "x");
    pte_builder_begin(b, PTE_TYPE_M);
    name_and(b, "z");
    pte_builder_binary(b, pte_view(text, sizeof text));
    name_and(b, "a");
    pte_builder_begin(b, PTE_TYPE_NS);
    for (int i = 40; i > 0; i--) {
        int len = snprintf(text, sizeof text, "%d", i);
        pte_builder_number(b, pte_view(text, (size_t)len));
    }
    pte_builder_end(b);
    pte_builder_end(b);
    name_and(b, "w");
    pte_builder_begin(b, PTE_TYPE_L);
    for (int i = 0; i < 300; i++) {
        pte_builder_boolean(b, i % 2 != 0);
        pte_builder_null(b);
        pte_builder_value(b, copied);
    }
    pte_builder_end(b);
}

static pte_status build_everything(pte_builder **b, fault_allocator *fault, pte_item *item) {
    pte_value copied = {.type = PTE_TYPE_S, .encoded = pte_str("\xA5value")};
    pte_allocator allocator = fault_allocator_of(fault);
    pte_status status = pte_builder_create(b, &allocator, NULL);
    if (status == PTE_OK) {
        add_everything(*b, &copied);
        status = pte_builder_item(item, *b, NULL);
    }
    return status;
}

/* Fails every allocation in turn, once and from then on. A builder that lived through it is reset
 * and makes the same item as one that never failed. */
static void test_builder__failed_allocations_are_survived(void **state) {
    (void)state;
    pte_value copied = {.type = PTE_TYPE_S, .encoded = pte_str("\xA5value")};
    fault_allocator never = {0};
    pte_builder *expected_builder;
    pte_item expected;
    assert_int_equal(PTE_OK, build_everything(&expected_builder, &never, &expected));
    size_t failures = 0;
    for (int keep_failing = 0; keep_failing < 2; keep_failing++) {
        for (size_t at = 1;; at++) {
            fault_allocator fault = {.fail_at = at, .keep_failing = keep_failing != 0};
            pte_builder *b = (pte_builder *)&fault;
            pte_item item = {0};
            pte_status status = build_everything(&b, &fault, &item);
            if (status == PTE_OK) {
                assert_true(fault.calls < at);
                pte_builder_destroy(b);
                break;
            }
            failures++;
            assert_int_equal(PTE_OUT_OF_MEMORY, status);
            assert_null(item.encoded.data);
            if (b != NULL) {
                fault.fail_at = 0;
                pte_builder_reset(b);
                add_everything(b, &copied);
                assert_true(pte_bytes_equal(expected.encoded, built(b).encoded));
            }
            pte_builder_destroy(b);
            assert_int_equal(0, fault.live_bytes);
        }
    }
    assert_true(failures >= 2 * 5); /* the builder, its buffer and its growth, the scratch */
    pte_builder_destroy(expected_builder);
    assert_int_equal(0, never.live_bytes);
}

/* Pads an item so that memory runs out at every byte of it, the place where a longer head moves its
 * elements included. */
static void test_builder__memory_may_fail_at_every_byte(void **state) {
    (void)state;
    static const char padding[300];
    size_t failures = 0;
    for (size_t pad = 0; pad < sizeof padding; pad++) {
        fault_allocator fault = {.fail_at = 3}; /* the builder, its buffer, its first growth */
        pte_allocator allocator = fault_allocator_of(&fault);
        pte_error error;
        pte_builder *b;
        pte_item item;
        OK(pte_builder_create(&b, &allocator, &error));
        name_and(b, "a");
        pte_builder_binary(b, pte_view(padding, pad));
        name_and(b, "b");
        for (int level = 0; level < 2; level++) {
            pte_builder_begin(b, PTE_TYPE_L);
            for (int i = 0; i < 16; i++) {
                pte_builder_null(b);
            }
        }
        pte_builder_end(b);
        pte_builder_end(b);
        pte_status status = pte_builder_item(&item, b, &error);
        if (status != PTE_OK) {
            failures++;
            assert_int_equal(PTE_OUT_OF_MEMORY, status);
            assert_int_equal(3, fault.calls);
        } else {
            OK(pte_item_validate(&item, &error));
        }
        pte_builder_destroy(b);
        assert_int_equal(0, fault.live_bytes);
    }
    assert_true(failures > 0 && failures < sizeof padding);
}

/* Reset keeps the memory, so the second item needs none; names in order need nothing for sorting.
 */
static void test_builder__memory_is_kept_and_not_wasted(void **state) {
    (void)state;
    pte_error error;
    fault_allocator fault = {0};
    pte_allocator allocator = fault_allocator_of(&fault);
    pte_builder *b;
    OK(pte_builder_create(&b, &allocator, &error));
    size_t created = fault.calls;
    pte_builder_add_string(b, "a", "in");
    pte_builder_add_string(b, "b", "order");
    (void)built(b);
    assert_int_equal(created, fault.calls);
    pte_builder_reset(b);
    pte_builder_add_string(b, "b", "not in");
    pte_builder_add_string(b, "a", "order");
    (void)built(b);
    size_t sorted = fault.calls;
    assert_true(sorted > created);
    for (int i = 0; i < 3; i++) {
        pte_builder_reset(b);
        pte_builder_add_string(b, "b", "not in");
        pte_builder_add_string(b, "a", "order");
        (void)built(b);
        assert_int_equal(sorted, fault.calls);
    }
    pte_builder_destroy(b);
    assert_int_equal(0, fault.live_bytes);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_builder__nesting_ends_at_32_levels),
        cmocka_unit_test(test_builder__copies_count_towards_nesting),
        cmocka_unit_test(test_builder__names_end_at_65535_bytes),
        cmocka_unit_test(test_builder__an_item_of_400_kb_is_built),
        cmocka_unit_test(test_builder__it_stops_at_its_ceiling),
        cmocka_unit_test(test_builder__failed_allocations_are_survived),
        cmocka_unit_test(test_builder__memory_may_fail_at_every_byte),
        cmocka_unit_test(test_builder__memory_is_kept_and_not_wasted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
