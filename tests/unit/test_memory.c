/* Tests of base/memory.h, base/checked.h and base/endian.h. */
#include "fault_allocator.h"

#include "base/checked.h"
#include "base/endian.h"
#include "base/memory.h"

static void test_memory__allocator_defaults_to_malloc(void **state) {
    (void)state;
    pte_allocator allocator = pte__allocator_of(NULL);
    uint8_t *memory = pte__alloc(&allocator, 10);
    assert_non_null(memory);
    memory[9] = 1;
    memory = allocator.reallocate(allocator.ctx, memory, 10, 20);
    assert_non_null(memory);
    assert_int_equal(1, memory[9]);
    pte__free(&allocator, memory, 20);
    pte__free(&allocator, NULL, 0);

    fault_allocator fault = {0};
    pte_allocator given = fault_allocator_of(&fault);
    assert_ptr_equal(&fault, pte__allocator_of(&given).ctx);
}

static void test_memory__buffer_grows_and_keeps_its_bytes(void **state) {
    (void)state;
    fault_allocator fault = {0};
    pte_allocator allocator = fault_allocator_of(&fault);
    pte__buffer buffer = {0};
    pte_error error;
    for (size_t i = 0; i < 10000; i++) {
        OK(pte__buffer_reserve(&buffer, &allocator, 1, 10000, &error));
        assert_true(buffer.capacity <= 10000);
        buffer.data[buffer.len++] = (uint8_t)i;
    }
    for (size_t i = 0; i < 10000; i++) {
        assert_int_equal((uint8_t)i, buffer.data[i]);
    }
    assert_true(fault.calls < 12); /* it doubles */
    pte__buffer_clean_up(&buffer, &allocator);
    pte__buffer_clean_up(&buffer, &allocator);
    assert_int_equal(0, fault.live_bytes);
}

static void test_memory__buffer_stops_at_its_ceiling(void **state) {
    (void)state;
    fault_allocator fault = {0};
    pte_allocator allocator = fault_allocator_of(&fault);
    pte__buffer buffer = {0};
    pte_error error;
    OK(pte__buffer_reserve(&buffer, &allocator, 1000, 1000, &error));
    buffer.len = 1000;
    uint8_t *data = buffer.data;
    EXPECT(PTE_LIMIT, pte__buffer_reserve(&buffer, &allocator, 1, 1000, &error));
    EXPECT(PTE_LIMIT, pte__buffer_reserve(&buffer, &allocator, SIZE_MAX, SIZE_MAX, &error));
    assert_ptr_equal(data, buffer.data);
    assert_int_equal(1000, buffer.len);
    pte__buffer_clean_up(&buffer, &allocator);
}

static void test_memory__buffer_is_as_before_when_memory_fails(void **state) {
    (void)state;
    fault_allocator fault = {.fail_at = 2};
    pte_allocator allocator = fault_allocator_of(&fault);
    pte__buffer buffer = {0};
    pte_error error;
    OK(pte__buffer_reserve(&buffer, &allocator, 100, 10000, &error));
    memset(buffer.data, 7, 100);
    buffer.len = 100;
    EXPECT(PTE_OUT_OF_MEMORY, pte__buffer_reserve(&buffer, &allocator, 5000, 10000, &error));
    assert_int_equal(100, buffer.len);
    assert_int_equal(7, buffer.data[99]);
    OK(pte__buffer_reserve(&buffer, &allocator, 5000, 10000, &error));
    assert_int_equal(7, buffer.data[99]);
    pte__buffer_clean_up(&buffer, &allocator);
    assert_int_equal(0, fault.live_bytes);
}

static void test_memory__arena_blocks_are_aligned_and_apart(void **state) {
    (void)state;
    fault_allocator fault = {0};
    pte__arena arena = {.allocator = fault_allocator_of(&fault)};
    test_random random = {test_seed(11)};
    uint8_t *blocks[500];
    size_t sizes[500];
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 500; i++) {
            sizes[i] = test_random_below(&random, i % 50 == 0 ? 40000 : 300);
            blocks[i] = pte__arena_alloc(&arena, sizes[i]);
            assert_non_null(blocks[i]);
            assert_int_equal(0, (uintptr_t)blocks[i] % _Alignof(max_align_t));
            memset(blocks[i], i & 0xFF, sizes[i]);
        }
        for (int i = 0; i < 500; i++) {
            for (size_t k = 0; k < sizes[i]; k++) {
                assert_int_equal(i & 0xFF, blocks[i][k]);
            }
        }
        pte__arena_reset(&arena);
    }
    pte__arena_clean_up(&arena);
    pte__arena_clean_up(&arena);
    assert_int_equal(0, fault.live_bytes);
}

static void test_memory__arena_copies(void **state) {
    (void)state;
    fault_allocator fault = {0};
    pte__arena arena = {.allocator = fault_allocator_of(&fault)};
    char text[] = "abc";
    pte_bytes copy = pte__arena_copy(&arena, pte_str(text));
    text[0] = 'x';
    assert_true(pte_bytes_equal(pte_str("abc"), copy));
    pte_bytes empty = pte__arena_copy(&arena, pte_view(NULL, 0));
    assert_non_null(empty.data);
    assert_int_equal(0, empty.len);
    pte__arena_clean_up(&arena);
}

static void test_memory__arena_survives_failed_allocations(void **state) {
    (void)state;
    for (int keep_failing = 0; keep_failing < 2; keep_failing++) {
        fault_allocator fault = {.fail_at = 1, .keep_failing = keep_failing != 0};
        pte__arena arena = {.allocator = fault_allocator_of(&fault)};
        assert_null(pte__arena_alloc(&arena, 10));
        fault.fail_at = 3;
        assert_non_null(pte__arena_alloc(&arena, 100000));
        assert_null(pte__arena_copy(&arena, pte_view(arena.blocks, 50000)).data);
        assert_null(pte__arena_alloc(&arena, SIZE_MAX));
        assert_null(pte__arena_alloc(&arena, SIZE_MAX - 20));
        fault.fail_at = 0;
        assert_non_null(pte__arena_alloc(&arena, 100000));
        pte__arena_clean_up(&arena);
        assert_int_equal(0, fault.live_bytes);
    }
}

static void test_checked__results_that_do_not_fit_are_refused(void **state) {
    (void)state;
    size_t result;
    assert_true(pte__add(&result, SIZE_MAX - 1, 1));
    assert_true(result == SIZE_MAX);
    assert_false(pte__add(&result, SIZE_MAX, 1));
    assert_false(pte__add(&result, SIZE_MAX, SIZE_MAX));
    assert_true(pte__multiply(&result, SIZE_MAX / 2, 2));
    assert_true(result == SIZE_MAX - 1);
    assert_false(pte__multiply(&result, SIZE_MAX / 2 + 1, 2));
    assert_true(pte__multiply(&result, 0, SIZE_MAX));
    assert_int_equal(0, result);
}

static void test_endian__bytes_stand_most_significant_first(void **state) {
    (void)state;
    uint8_t bytes[8];
    pte__put_u64(bytes, 0x0102030405060708u);
    for (uint8_t i = 0; i < 8; i++) {
        assert_int_equal(i + 1, bytes[i]);
    }
    assert_true(pte__get_u64(bytes) == 0x0102030405060708u);
    assert_int_equal(0x0102, pte__get_u16(bytes));
    assert_true(pte__get_u32(bytes) == 0x01020304u);
    pte__put_u32(bytes, UINT32_MAX);
    assert_true(pte__get_u32(bytes) == UINT32_MAX);
    pte__put_u16(bytes, 0xFE01);
    assert_int_equal(0xFE01, pte__get_u16(bytes));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_memory__allocator_defaults_to_malloc),
        cmocka_unit_test(test_memory__buffer_grows_and_keeps_its_bytes),
        cmocka_unit_test(test_memory__buffer_stops_at_its_ceiling),
        cmocka_unit_test(test_memory__buffer_is_as_before_when_memory_fails),
        cmocka_unit_test(test_memory__arena_blocks_are_aligned_and_apart),
        cmocka_unit_test(test_memory__arena_copies),
        cmocka_unit_test(test_memory__arena_survives_failed_allocations),
        cmocka_unit_test(test_checked__results_that_do_not_fit_are_refused),
        cmocka_unit_test(test_endian__bytes_stand_most_significant_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
