/* What builder.c and builder_sort.c share. */
#ifndef PTE_CODEC_BUILDER_INTERNAL_H
#define PTE_CODEC_BUILDER_INTERNAL_H

#include "base/memory.h"

#include <pocketable/engine/builder.h>

enum {
    /* The item, maps and lists inside one another, and a set in the innermost. */
    PTE__BUILDER_FRAMES = 1 + PTE_NESTING_MAX + 1,
};

/*
 * A container that is being filled. Its head is unknown until it is closed: room for the commonest
 * head is left before its elements, which move only if the head turns out to be of another length.
 */
typedef struct pte__frame {
    pte_type type;
    uint32_t count;  /* elements that are complete */
    size_t start;    /* of the room for the head, in out */
    size_t body;     /* of the first element */
    size_t last;     /* content of the newest name (maps) or element (SS, BS); in out */
    size_t last_len; /* so */
    bool started;    /* last is set; for NS last_number is */
    bool sorted;     /* names or elements have ascended so far */
} pte__frame;

struct pte_builder {
    pte_allocator allocator;
    pte__buffer out;        /* the item; at most PTE_BUILDER_BYTES_MAX */
    pte__buffer scratch;    /* for sorting; at most PTE_BUILDER_BYTES_MAX */
    size_t size_bytes;      /* of the item so far, by DynamoDB's rule */
    unsigned depth;         /* of the innermost frame; the item is 0 */
    bool named;             /* a name waits for its value */
    bool closed;            /* the item has been given out */
    pte_status status;      /* the first failure */
    pte_number last_number; /* the newest element of the innermost set, if an NS */
    pte__frame frames[PTE__BUILDER_FRAMES];
    pte_error error; /* of status */
};

/*
 * Brings the elements of frame, the last thing in out, into ascending order. Sorts an order of the
 * elements first and then moves each once; nothing is changed on failure.
 * Errors: DUPLICATE_NAME, DUPLICATE_ELEMENT (*duplicate: the index of the second one), LIMIT,
 * OUT_OF_MEMORY.
 */
PTE_CHECKED pte_status pte__builder_sort(pte_builder *builder, const pte__frame *frame,
                                         uint32_t *duplicate, pte_error *error);

#endif
