/* Blocks, buffers and arenas. */
#include "base/memory.h"

#include "base/checked.h"

#include <stdlib.h>

#if defined(__SANITIZE_ADDRESS__)
#define PTE__ARENA_BLOCKS_APART 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define PTE__ARENA_BLOCKS_APART 1
#endif
#endif
#ifndef PTE__ARENA_BLOCKS_APART
#define PTE__ARENA_BLOCKS_APART 0
#endif

enum { ARENA_BLOCK_BYTES = 16 * 1024, BUFFER_BYTES_MIN = 256 };

struct pte__arena_block {
    pte__arena_block *older;
    size_t capacity;
    max_align_t memory[];
};

static void *malloc_reallocate(void *ctx, void *memory, size_t old_size, size_t new_size) {
    (void)ctx;
    (void)old_size;
    if (new_size == 0) {
        free(memory);
        return NULL;
    }
    return realloc(memory, new_size);
}

pte_allocator pte__allocator_of(const pte_allocator *given) {
    return given != NULL ? *given : (pte_allocator){malloc_reallocate, NULL};
}

pte_status pte__buffer_reserve(pte__buffer *buffer, const pte_allocator *allocator, size_t more,
                               size_t ceiling, pte_error *error) {
    size_t needed;
    if (!pte__add(&needed, buffer->len, more) || needed > ceiling) {
        return pte__fail(error, PTE_LIMIT,
                         "a buffer of %zu bytes cannot take %zu more (at most %zu)", buffer->len,
                         more, ceiling);
    }
    if (needed <= buffer->capacity) {
        return PTE_OK;
    }
    size_t capacity = buffer->capacity < BUFFER_BYTES_MIN ? BUFFER_BYTES_MIN : buffer->capacity;
    while (capacity < needed) {
        capacity = capacity > ceiling / 2 ? ceiling : capacity * 2;
    }
    uint8_t *data = allocator->reallocate(allocator->ctx, buffer->data, buffer->capacity, capacity);
    if (data == NULL) {
        return pte__fail_memory(error);
    }
    buffer->data = data;
    buffer->capacity = capacity;
    return PTE_OK;
}

void pte__buffer_clean_up(pte__buffer *buffer, const pte_allocator *allocator) {
    pte__free(allocator, buffer->data, buffer->capacity);
    *buffer = (pte__buffer){0};
}

static size_t block_size(const pte__arena_block *block) {
    return sizeof *block + block->capacity;
}

static size_t ordinary_bytes(const pte__arena *arena) {
    return arena->block_bytes != 0 ? arena->block_bytes : ARENA_BLOCK_BYTES;
}

static bool add_block(pte__arena *arena, size_t capacity) {
    size_t size;
    if (!pte__add(&size, sizeof(pte__arena_block), capacity)) {
        return false;
    }
    pte__arena_block *block = pte__alloc(&arena->allocator, size);
    if (block == NULL) {
        return false;
    }
    block->older = arena->blocks;
    block->capacity = capacity;
    arena->blocks = block;
    arena->used = 0;
    return true;
}

void *pte__arena_alloc(pte__arena *arena, size_t size) {
    const size_t unit = sizeof(max_align_t);
    size_t rounded;
    if (!pte__add(&rounded, size == 0 ? 1 : size, unit - 1)) {
        return NULL;
    }
    rounded -= rounded % unit;
    bool fits = !PTE__ARENA_BLOCKS_APART && arena->blocks != NULL &&
                rounded <= arena->blocks->capacity - arena->used;
    if (!fits) {
        size_t ordinary = ordinary_bytes(arena);
        bool small = rounded < ordinary && !PTE__ARENA_BLOCKS_APART;
        if (!add_block(arena, small ? ordinary : rounded)) {
            return NULL;
        }
    }
    void *memory = (uint8_t *)arena->blocks->memory + arena->used;
    arena->used += rounded;
    return memory;
}

pte_bytes pte__arena_copy(pte__arena *arena, pte_bytes bytes) {
    uint8_t *copy = pte__arena_alloc(arena, bytes.len);
    if (copy == NULL) {
        return (pte_bytes){NULL, 0};
    }
    if (bytes.len != 0) {
        memcpy(copy, bytes.data, bytes.len);
    }
    return (pte_bytes){copy, bytes.len};
}

static void free_blocks(pte__arena *arena, pte__arena_block *kept) {
    while (arena->blocks != kept) {
        pte__arena_block *block = arena->blocks;
        arena->blocks = block->older;
        pte__free(&arena->allocator, block, block_size(block));
    }
}

void pte__arena_reset(pte__arena *arena) {
    pte__arena_block *oldest = arena->blocks;
    while (oldest != NULL && oldest->older != NULL) {
        oldest = oldest->older;
    }
    /* The oldest block is kept if it is of the ordinary size. */
    bool keep =
        oldest != NULL && oldest->capacity == ordinary_bytes(arena) && !PTE__ARENA_BLOCKS_APART;
    free_blocks(arena, keep ? oldest : NULL);
    arena->used = 0;
}

void pte__arena_clean_up(pte__arena *arena) {
    free_blocks(arena, NULL);
    arena->used = 0;
}
