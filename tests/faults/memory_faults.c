#include "faults/memory_faults.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>

static atomic_bool armed;
static atomic_size_t calls;
static atomic_bool failed;
static memory_fault current;
static atomic_size_t live_bytes;

/* Whether this call is to fail. */
static bool fails(memory_source source) {
    if (!armed || source != current.source) {
        return false;
    }
    size_t call = ++calls;
    bool now = call == current.fail_at || (current.keep_failing && call > current.fail_at);
    if (now) {
        failed = true;
    }
    return now;
}

void memory_arm(const memory_fault *fault) {
    current = *fault;
    calls = 0;
    failed = false;
    armed = true;
}

bool memory_disarm(void) {
    armed = false;
    return failed;
}

size_t memory_live_bytes(void) {
    return live_bytes;
}

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *memory, size_t size);
int __real_posix_memalign(void **memory, size_t alignment, size_t size);
char *__real_strdup(const char *text);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *memory, size_t size);
int __wrap_posix_memalign(void **memory, size_t alignment, size_t size);
char *__wrap_strdup(const char *text);

/* Every block begins with its size, so that the engine's idea of it can be checked. */
typedef union header {
    size_t size;
    max_align_t aligned;
} header;

static void *reallocate(void *ctx, void *memory, size_t old_size, size_t new_size) {
    (void)ctx;
    header *block = memory != NULL ? (header *)memory - 1 : NULL;
    assert_int_equal(old_size, block != NULL ? block->size : 0);
    if (new_size == 0) {
        live_bytes -= old_size;
        free(block);
        return NULL;
    }
    if (fails(MEMORY_OF_ENGINE)) {
        return NULL;
    }
    header *moved = __real_malloc(sizeof *moved + new_size);
    if (moved == NULL) {
        return NULL;
    }
    moved->size = new_size;
    if (block != NULL) {
        memcpy(moved + 1, memory, old_size < new_size ? old_size : new_size);
        free(block);
    }
    live_bytes += new_size - old_size;
    return moved + 1;
}

const pte_allocator *memory_allocator(void) {
    static const pte_allocator allocator = {reallocate, NULL};
    return &allocator;
}

static bool refuses(void) {
    if (fails(MEMORY_OF_LMDB)) {
        errno = ENOMEM;
        return true;
    }
    return false;
}

void *__wrap_malloc(size_t size) {
    return refuses() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size) {
    return refuses() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *memory, size_t size) {
    return refuses() ? NULL : __real_realloc(memory, size);
}

int __wrap_posix_memalign(void **memory, size_t alignment, size_t size) {
    return refuses() ? ENOMEM : __real_posix_memalign(memory, alignment, size);
}

char *__wrap_strdup(const char *text) {
    return refuses() ? NULL : __real_strdup(text);
}
