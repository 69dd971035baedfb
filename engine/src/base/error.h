/*
 * Filling a caller's pte_error. Every helper returns the status it is given, so that a failing
 * function ends in one line. error may be NULL everywhere.
 */
#ifndef PTE_BASE_ERROR_H
#define PTE_BASE_ERROR_H

#include <pocketable/engine/status.h>

#if defined(__GNUC__) || defined(__clang__)
#define PTE__LIKELY(condition) __builtin_expect(!!(condition), 1)
#define PTE__UNLIKELY(condition) __builtin_expect(!!(condition), 0)
#else
#define PTE__LIKELY(condition) (condition)
#define PTE__UNLIKELY(condition) (condition)
#endif

/* Message: the status's own text and ": " before the formatted one. Returns status. */
pte_status pte__fail(pte_error *error, pte_status status, const char *format, ...) PTE_PRINTF(3, 4);

/* The same with a position. */
pte_status pte__fail_at(pte_error *error, pte_status status, size_t position, const char *format,
                        ...) PTE_PRINTF(4, 5);

/* A system call failed with errno number os_error while doing what the message says. The status
 * follows from the number: OUT_OF_MEMORY, DATABASE_FULL, or IO. */
pte_status pte__fail_os(pte_error *error, int os_error, const char *format, ...) PTE_PRINTF(3, 4);

/* No memory; needs none itself. */
pte_status pte__fail_memory(pte_error *error);

#ifdef __clang_analyzer__
/* The analyzer sees one source file at a time; this tells it that the helpers return failures. */
#define pte__fail(error, status, ...) ((void)pte__fail(error, status, __VA_ARGS__), (status))
#define pte__fail_at(error, status, position, ...)                                                 \
    ((void)pte__fail_at(error, status, position, __VA_ARGS__), (status))
#define pte__fail_os(error, os_error, ...)                                                         \
    ((void)pte__fail_os(error, os_error, __VA_ARGS__), PTE_IO)
#define pte__fail_memory(error) ((void)pte__fail_memory(error), PTE_OUT_OF_MEMORY)
#endif

/*
 * Whether a failure is the machine's or the file's rather than the caller's. LMDB takes no more
 * calls in a transaction that met one.
 */
static inline bool pte__is_of_machine(pte_status status) {
    return status == PTE_OUT_OF_MEMORY || status == PTE_IO || status == PTE_DATABASE_FULL ||
           status == PTE_BUSY || status == PTE_CORRUPT;
}

/* How many bytes of a name to print ("%.*s"), so that a message stays one readable line. */
static inline int pte__shown(pte_bytes name) {
    return name.len < 100 ? (int)name.len : 100;
}
#define PTE__SHOW(name)                                                                            \
    pte__shown(name), (const char *)((name).len ? (name).data : (const uint8_t *)"")

#endif
