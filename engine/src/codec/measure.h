/* One walk over a value: its length, its size by DynamoDB's rule, and how deep it nests. */
#ifndef PTE_CODEC_MEASURE_H
#define PTE_CODEC_MEASURE_H

#include "base/error.h"

#include <pocketable/engine/value.h>

typedef struct pte__measured {
    size_t encoded_bytes;
    size_t size_bytes; /* as pte_value_size_bytes */
    unsigned depth;    /* maps and lists inside one another: 0 for scalars and sets */
    uint32_t count;    /* of the outermost map, list or set */
} pte__measured;

/* What a map or list counts for itself, and for each element besides name and value.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html */
enum { PTE__SIZE_CONTAINER = 3, PTE__SIZE_ELEMENT = 1, PTE__SIZE_FLAG = 1 };

/*
 * Measures the value at the start of bytes; false if it is not well formed, ends early, or nests
 * deeper than depth_max (at most PTE_NESTING_MAX + 1, for an item taken as a map). Iterative.
 */
bool pte__measure(pte__measured *measured, pte_bytes bytes, unsigned depth_max);

#endif
