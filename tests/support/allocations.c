/* The linker leads the allocations here; see tests/CMakeLists.txt. */
#include "support/allocations.h"

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *memory, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *memory, size_t size);

static size_t fail_at; /* 0: none fails */
static size_t calls;
static bool keep_failing, failed;

static bool fails(void) {
    if (fail_at == 0) {
        return false;
    }
    calls++;
    bool now = calls == fail_at || (keep_failing && calls > fail_at);
    failed = failed || now;
    return now;
}

void *__wrap_malloc(size_t size) {
    return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size) {
    return fails() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *memory, size_t size) {
    return fails() ? NULL : __real_realloc(memory, size);
}

void test_allocations_fail(size_t at, bool keep) {
    fail_at = at;
    calls = 0;
    keep_failing = keep;
    failed = false;
}

bool test_allocations_succeed(void) {
    fail_at = 0;
    return failed;
}
