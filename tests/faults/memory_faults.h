/*
 * Memory that fails where a test wants it to: that of the engine's allocator, or LMDB's own
 * (malloc and its relatives, which the linker leads here: see CMakeLists.txt). One fault at a time,
 * for the whole program.
 */
#ifndef TESTS_FAULTS_MEMORY_FAULTS_H
#define TESTS_FAULTS_MEMORY_FAULTS_H

#include "support/support.h"

typedef enum memory_source {
    MEMORY_OF_ENGINE,
    MEMORY_OF_LMDB,
} memory_source;

typedef struct memory_fault {
    memory_source source;
    size_t fail_at;    /* the call that fails, from 1 */
    bool keep_failing; /* every later one too */
} memory_fault;

/* The allocator to give to the engine. It ends the test if it is told a wrong size of a block. */
const pte_allocator *memory_allocator(void);
/* Bytes that the engine has allocated and not freed. */
size_t memory_live_bytes(void);

/* From now on calls are counted, and fail as the fault says. */
void memory_arm(const memory_fault *fault);
/* Stops that and says whether a call failed. */
bool memory_disarm(void);

#endif
