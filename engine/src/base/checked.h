/* Arithmetic on sizes from input or disk: false where the result does not fit. */
#ifndef PTE_BASE_CHECKED_H
#define PTE_BASE_CHECKED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

static inline bool pte__add(size_t *sum, size_t a, size_t b) {
    *sum = a + b;
    return *sum >= a;
}

static inline bool pte__multiply(size_t *product, size_t a, size_t b) {
    *product = a * b;
    return a == 0 || *product / a == b;
}

#endif
