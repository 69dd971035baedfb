/*
 * Memory through the caller's allocator: single blocks, growable buffers with a ceiling, and an
 * arena for what lives as long as one request.
 */
#ifndef PTE_BASE_MEMORY_H
#define PTE_BASE_MEMORY_H

#include "base/error.h"

/* The allocator to use: *given if it is not NULL, else malloc. */
pte_allocator pte__allocator_of(const pte_allocator *given);

static inline void *pte__alloc(const pte_allocator *allocator, size_t size) {
    return allocator->reallocate(allocator->ctx, NULL, 0, size);
}

static inline void pte__free(const pte_allocator *allocator, void *memory, size_t size) {
    if (memory != NULL) {
        (void)allocator->reallocate(allocator->ctx, memory, size, 0);
    }
}

/* Growable bytes. Starts as {0}; clean_up of {0} is a no-op. One thread at a time. */
typedef struct pte__buffer {
    uint8_t *data;
    size_t len;
    size_t capacity;
} pte__buffer;

/*
 * Makes room for more bytes behind len, not more than ceiling in all.
 * Errors: LIMIT, OUT_OF_MEMORY; the buffer is as before.
 */
PTE_CHECKED pte_status pte__buffer_reserve(pte__buffer *buffer, const pte_allocator *allocator,
                                           size_t more, size_t ceiling, pte_error *error);
void pte__buffer_clean_up(pte__buffer *buffer, const pte_allocator *allocator);

/*
 * An arena: blocks that all end together. Starts as {0} plus allocator. Reset keeps one block to
 * use again. Under AddressSanitizer every allocation is a block of its own, so that a use after
 * reset shows. One thread at a time.
 */
typedef struct pte__arena_block pte__arena_block;
typedef struct pte__arena {
    pte_allocator allocator;
    pte__arena_block *blocks; /* the newest first */
    size_t block_bytes;       /* of an ordinary block; 0: 16 KB */
    size_t used;              /* of the newest */
} pte__arena;

/* Memory aligned for any type, or NULL. size 0 gives a valid pointer. */
void *pte__arena_alloc(pte__arena *arena, size_t size);
/* A copy of bytes in the arena; data is NULL on failure (never for len 0). */
pte_bytes pte__arena_copy(pte__arena *arena, pte_bytes bytes);
void pte__arena_reset(pte__arena *arena);
void pte__arena_clean_up(pte__arena *arena);

#endif
