/* An allocator that counts, checks what it is told, and fails where a test wants it to. */
#ifndef TESTS_FAULT_ALLOCATOR_H
#define TESTS_FAULT_ALLOCATOR_H

#include "support/support.h"

typedef struct fault_allocator {
    size_t calls;      /* that ask for memory */
    size_t fail_at;    /* the call that fails, from 1; 0 for none */
    bool keep_failing; /* every later one too */
    size_t live_bytes; /* allocated and not freed */
} fault_allocator;

/* Ends the test if a block is resized or freed with another size than it was allocated with. */
pte_allocator fault_allocator_of(fault_allocator *fault);

#endif
