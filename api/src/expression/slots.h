/*
 * What stands at the paths of a program. A few paths are looked up one by one. The many that a
 * hostile request can have are numbered when they are compiled, each different one once, and one
 * walk over the item finds all of them: looking up costs attributes plus paths, not attributes
 * times paths.
 */
#ifndef PT_EXPRESSION_SLOTS_H
#define PT_EXPRESSION_SLOTS_H

#include "expression/expression.h"

/*
 * The different paths of one program, and room for what stands at them. Lies in the arena that it
 * was made in. Made once, and filled anew for each item, so one thread at a time may look up.
 */
typedef struct pt__slots pt__slots;

/* Fewer paths than these are not worth numbering. */
enum { PT__SLOTS_PATHS_MIN = 8 };

/*
 * Numbers the paths, which are the program's own and borrowed as long as it; the array itself is
 * sorted. *slots is NULL if there are too few. Fails: INTERNAL (memory).
 */
PTE_CHECKED pt__exception pt__slots_make(pt__slots **slots, pte__arena *arena, pt__path **paths,
                                         size_t count, pt__failure *failure);

/* How many different paths there are: slots are 1 to that. */
uint32_t pt__slots_count(const pt__slots *slots);

/* ---- one path by itself ---- */

/* Goes on from the value of a path's attribute. Errors: CORRUPT. */
PTE_CHECKED pte_status pt__path_go_on(pte_value *value, const pt__path *path, pte_error *error);

/* Finds what stands at the path of an item; type NONE: nothing. Errors: CORRUPT. */
PTE_CHECKED static inline pte_status pt__path_find(pte_value *value, const pt__path *path,
                                                   const pte_item *item, pte_error *error) {
    pte_status status = pte_item_find(value, item, path->steps[0].name, error);
    return path->count == 1 || status != PTE_OK ? status : pt__path_go_on(value, path, error);
}

/* Finds the element of a list. type NONE: there is none, or list is no list. Errors: CORRUPT. */
PTE_CHECKED pte_status pt__list_find(pte_value *value, const pte_value *list, uint32_t index,
                                     pte_error *error);

/* ---- the paths of a program ---- */

/* One run of a program on one item. Plain data. */
typedef struct pt__lookup {
    const pte_item *item; /* NULL: there is none */
    pt__slots *slots;     /* NULL: paths are looked up one by one */
    unsigned one_by_one;  /* how many still are, before the slots are filled */
    bool filled;
} pt__lookup;

/* A value found, and what has been worked out of it. */
typedef struct pt__found {
    pte_value value;
    size_t text_length; /* of an S; SIZE_MAX: not known */
    uint32_t slot;
} pt__found;

/* Gives the lookup its slots, if they are worth it for its item. */
void pt__lookup_use(pt__lookup *lookup, pt__slots *slots);

/* Starts a run; slots may be NULL. */
static inline pt__lookup pt__lookup_on(const pte_item *item, pt__slots *slots) {
    pt__lookup lookup = {.item = item};
    if (slots != NULL && item != NULL) {
        pt__lookup_use(&lookup, slots);
    }
    return lookup;
}

/* As pt__lookup_path, of a lookup that has slots. */
PTE_CHECKED pte_status pt__lookup_slot(pte_value *value, pt__found **found, pt__lookup *lookup,
                                       const pt__path *path, pte_error *error);

/*
 * Finds what stands at a path of the program; type NONE: nothing. *found is set to the slot if the
 * path has one. Allocates nothing. Errors: CORRUPT.
 */
PTE_CHECKED static inline pte_status pt__lookup_path(pte_value *value, pt__found **found,
                                                     pt__lookup *lookup, const pt__path *path,
                                                     pte_error *error) {
    if (lookup->slots != NULL) {
        return pt__lookup_slot(value, found, lookup, path, error);
    }
    if (lookup->item != NULL) {
        return pt__path_find(value, path, lookup->item, error);
    }
    *value = (pte_value){.type = PTE_TYPE_NONE};
    return PTE_OK;
}

/* Finds everything that stands at the paths of the program; lookup has slots. Errors: CORRUPT. */
PTE_CHECKED pte_status pt__lookup_all(const pt__found **found, size_t *count, pt__lookup *lookup,
                                      pte_error *error);

/* The number of the fill under way, from 1 on; lookup has filled slots. */
uint64_t pt__lookup_run(const pt__lookup *lookup);

#endif
