#include "fault_allocator.h"

#include <stdlib.h>

/* Every block begins with its size, so that the caller's idea of it can be checked. */
typedef union header {
    size_t size;
    max_align_t aligned;
} header;

static void *reallocate(void *ctx, void *memory, size_t old_size, size_t new_size) {
    fault_allocator *fault = ctx;
    header *block = memory != NULL ? (header *)memory - 1 : NULL;
    assert_int_equal(old_size, block != NULL ? block->size : 0);
    if (new_size == 0) {
        fault->live_bytes -= old_size;
        free(block);
        return NULL;
    }
    fault->calls++;
    if (fault->fail_at != 0 && (fault->calls == fault->fail_at ||
                                (fault->keep_failing && fault->calls > fault->fail_at))) {
        return NULL;
    }
    /* Always a new block, so that whoever keeps an old pointer is found out. */
    header *moved = malloc(sizeof *moved + new_size);
    if (moved == NULL) {
        return NULL;
    }
    moved->size = new_size;
    if (block != NULL) {
        memcpy(moved + 1, memory, old_size < new_size ? old_size : new_size);
        free(block);
    }
    fault->live_bytes += new_size - old_size;
    return moved + 1;
}

pte_allocator fault_allocator_of(fault_allocator *fault) {
    return (pte_allocator){reallocate, fault};
}
