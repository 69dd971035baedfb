/*
 * Allocations that fail: malloc, calloc and realloc of whoever is linked with test_allocations, in
 * the program's own code and in archives. One thread at a time.
 */
#ifndef TESTS_ALLOCATIONS_H
#define TESTS_ALLOCATIONS_H

#include <stdbool.h>
#include <stddef.h>

/* Has the allocation with this number fail, from 1 on, counted from here. keep: and all after it.
 */
void test_allocations_fail(size_t at, bool keep);
/* From here on all succeed again. Whether one has failed. */
bool test_allocations_succeed(void);

#endif
