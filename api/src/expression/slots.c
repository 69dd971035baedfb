/* Looking up the paths of a program: one by one, and all in one walk. */
#include "expression/slots.h"

#include <stdlib.h>

enum {
    /* So many look-ups of a run are done one by one: it is often decided by then. */
    ONE_BY_ONE = 4,
    /* Of an item so large only one, as a look-up is dear. */
    LARGE = 16 * 1024,
    /* And all are if their number times the item's bytes is less than this. */
    WORTH_FILLING = 8192,
};

/* A step of one or more of the paths. */
typedef struct slot_node {
    pt__path_step step;
    uint32_t slot;              /* of the path that ends here; 0: none does */
    uint32_t name_count;        /* children: first those by name, sorted, */
    uint32_t index_count;       /* then those by index, sorted */
    struct slot_node *children; /* in one block */
} slot_node;

struct pt__slots {
    slot_node root;
    size_t path_count; /* before they were numbered */
    uint32_t count;    /* slots are 1 to count */
    uint32_t *places;  /* by slot: 1 + where in found its value is; 0: there is none */
    pt__found *found;  /* room for count */
    uint32_t found_count;
    uint64_t run; /* how often they were filled */
};

/* ---- one by one ---- */

pte_status pt__list_find(pte_value *value, const pte_value *list, uint32_t index,
                         pte_error *error) {
    pte_iter iter;
    *value = (pte_value){.type = PTE_TYPE_NONE};
    if (list->type != PTE_TYPE_L || index >= list->count) {
        return PTE_OK;
    }
    pte_status status = pte_value_iterate(&iter, list, error);
    for (uint32_t i = 0; status == PTE_OK && i <= index; i++) {
        status = pte_iter_next(&iter, NULL, value, error);
    }
    return status;
}

pte_status pt__path_go_on(pte_value *value, const pt__path *path, pte_error *error) {
    pte_status status = PTE_OK;
    for (size_t i = 1; i < path->count && status == PTE_OK && value->type != PTE_TYPE_NONE; i++) {
        const pt__path_step *step = &path->steps[i];
        pte_value inner = {.type = PTE_TYPE_NONE};
        if (step->is_index) {
            status = pt__list_find(&inner, value, step->index, error);
        } else if (value->type == PTE_TYPE_M) {
            status = pte_value_find(&inner, value, step->name, error);
        }
        *value = inner;
    }
    return status;
}

/* ---- numbering ---- */

/* Names come before indexes. */
static int compare_steps(const pt__path_step *a, const pt__path_step *b) {
    if (a->is_index != b->is_index) {
        return a->is_index ? 1 : -1;
    }
    return a->is_index ? (a->index > b->index) - (a->index < b->index)
                       : pte_bytes_compare(a->name, b->name);
}

/* A path comes before those that go on from it. */
static int compare_paths(const void *a, const void *b) {
    const pt__path *left = *(pt__path *const *)a;
    const pt__path *right = *(pt__path *const *)b;
    int order = 0;
    size_t i = 0;
    while (order == 0 && i < left->count && i < right->count) {
        order = compare_steps(&left->steps[i], &right->steps[i]);
        i++;
    }
    return order != 0 ? order : (left->count > right->count) - (left->count < right->count);
}

/* How many of the sorted paths have the first one's step at depth. */
static size_t group_of(pt__path *const *paths, size_t count, size_t depth) {
    size_t group = 1;
    while (group < count &&
           compare_steps(&paths[group]->steps[depth], &paths[0]->steps[depth]) == 0) {
        group++;
    }
    return group;
}

/* Room for the children of a node: paths are those that go on from it. */
static bool make_children(slot_node *node, pte__arena *arena, pt__path *const *paths, size_t count,
                          size_t depth) {
    for (size_t i = 0; i < count; i += group_of(paths + i, count - i, depth)) {
        *(paths[i]->steps[depth].is_index ? &node->index_count : &node->name_count) += 1;
    }
    size_t children = (size_t)node->name_count + node->index_count;
    node->children = children == 0 ? NULL : pte__arena_alloc(arena, children * sizeof(slot_node));
    return children == 0 || node->children != NULL;
}

/* Makes what is below a node of the sorted paths that lead to it. false: out of memory. Recursive,
 * as deep as a path. */
static bool build(pt__slots *slots, slot_node *node, pte__arena *arena, pt__path **paths,
                  size_t count, size_t depth) {
    size_t at = 0;
    if (depth != 0 && count != 0 && paths[0]->count == depth) {
        node->slot = ++slots->count;
    }
    for (; at < count && paths[at]->count == depth; at++) {
        paths[at]->slot = node->slot;
    }
    if (!make_children(node, arena, paths + at, count - at, depth)) {
        return false;
    }
    for (slot_node *child = node->children; at < count; child++) {
        size_t group = group_of(paths + at, count - at, depth);
        *child = (slot_node){.step = paths[at]->steps[depth]};
        if (!build(slots, child, arena, paths + at, group, depth + 1)) {
            return false;
        }
        at += group;
    }
    return true;
}

pt__exception pt__slots_make(pt__slots **slots, pte__arena *arena, pt__path **paths, size_t count,
                             pt__failure *failure) {
    *slots = NULL;
    if (count < PT__SLOTS_PATHS_MIN) {
        return PT__OK;
    }
    qsort(paths, count, sizeof(pt__path *), compare_paths);
    pt__slots *made = pte__arena_alloc(arena, sizeof *made);
    if (made == NULL) {
        return pt__refuse_memory(failure);
    }
    *made = (pt__slots){.path_count = count};
    if (!build(made, &made->root, arena, paths, count, 0)) {
        return pt__refuse_memory(failure);
    }
    size_t places_bytes = (made->count + (size_t)1) * sizeof *made->places;
    made->places = pte__arena_alloc(arena, places_bytes);
    made->found = pte__arena_alloc(arena, made->count * sizeof *made->found);
    if (made->places == NULL || made->found == NULL) {
        return pt__refuse_memory(failure);
    }
    memset(made->places, 0, places_bytes);
    *slots = made;
    return PT__OK;
}

uint32_t pt__slots_count(const pt__slots *slots) {
    return slots->count;
}

/* ---- filling ---- */

/*
 * The child by name, or NULL. *gap: the first child whose name is not below the last that was asked
 * for; attributes mostly come in order, so it rarely has to be searched for.
 */
static const slot_node *child_of(const slot_node *node, uint32_t *gap, pte_bytes name) {
    const slot_node *children = node->children;
    uint32_t count = node->name_count;
    uint32_t low = 0;
    uint32_t high = count;
    if (*gap < count) {
        int order = pte_bytes_compare(name, children[*gap].step.name);
        if (order == 0) {
            return &children[(*gap)++];
        }
        low = order < 0 ? 0 : *gap + 1;
        high = order < 0 ? *gap : count;
    }
    if (high != 0 && low == 0 && pte_bytes_compare(children[high - 1].step.name, name) < 0) {
        *gap = high;
        return NULL;
    }
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = pte_bytes_compare(name, children[middle].step.name);
        if (order == 0) {
            *gap = middle + 1;
            return &children[middle];
        }
        low = order < 0 ? low : middle + 1;
        high = order < 0 ? middle : high;
    }
    *gap = low;
    return NULL;
}

static pte_status take(pt__slots *slots, const slot_node *node, const pte_value *value,
                       pte_error *error);

static pte_status fill_map(pt__slots *slots, const slot_node *node, const pte_value *map,
                           pte_error *error) {
    pte_iter iter;
    pte_bytes name;
    pte_value value;
    uint32_t gap = 0;
    uint32_t left = node->name_count;
    pte_status status = pte_value_iterate(&iter, map, error);
    while (status == PTE_OK && left != 0) {
        status = pte_iter_next(&iter, &name, &value, error);
        const slot_node *child = status == PTE_OK ? child_of(node, &gap, name) : NULL;
        if (child != NULL) {
            left--;
            status = take(slots, child, &value, error);
        }
    }
    return status == PTE_END ? PTE_OK : status;
}

static pte_status fill_list(pt__slots *slots, const slot_node *node, const pte_value *list,
                            pte_error *error) {
    pte_iter iter;
    pte_value element;
    const slot_node *child = node->children + node->name_count;
    const slot_node *end = child + node->index_count;
    pte_status status = pte_value_iterate(&iter, list, error);
    for (uint32_t index = 0; status == PTE_OK && child < end; index++) {
        status = pte_iter_next(&iter, NULL, &element, error);
        if (status == PTE_OK && child->step.index == index) {
            status = take(slots, child, &element, error);
            child++;
        }
    }
    return status == PTE_END ? PTE_OK : status;
}

/* Keeps the value that stands where the node is, and goes into it. Recursive, as deep as a path. */
static pte_status take(pt__slots *slots, const slot_node *node, const pte_value *value,
                       pte_error *error) {
    if (node->slot != 0 && slots->places[node->slot] == 0) { /* a damaged item may have it twice */
        slots->found[slots->found_count] = (pt__found){*value, SIZE_MAX, node->slot};
        slots->places[node->slot] = ++slots->found_count;
    }
    if (value->type == PTE_TYPE_M && node->name_count != 0) {
        return fill_map(slots, node, value, error);
    }
    return value->type == PTE_TYPE_L && node->index_count != 0
               ? fill_list(slots, node, value, error)
               : PTE_OK;
}

/* Only what the run before has found is to be forgotten: of many slots few are in an item. */
static pte_status fill(pt__lookup *lookup, pte_error *error) {
    pt__slots *slots = lookup->slots;
    pte_value map;
    for (uint32_t i = 0; i < slots->found_count; i++) {
        slots->places[slots->found[i].slot] = 0;
    }
    slots->found_count = 0;
    slots->run++;
    pte_status status = pte_item_value(&map, lookup->item, error);
    if (status == PTE_OK) {
        status = fill_map(slots, &slots->root, &map, error);
    }
    lookup->filled = status == PTE_OK;
    lookup->one_by_one = 0;
    return status;
}

/* ---- looking up ---- */

void pt__lookup_use(pt__lookup *lookup, pt__slots *slots) {
    size_t item_bytes = lookup->item->encoded.len;
    lookup->slots = item_bytes >= WORTH_FILLING / slots->path_count ? slots : NULL;
    lookup->one_by_one = item_bytes >= LARGE ? 1 : ONE_BY_ONE;
}

pte_status pt__lookup_all(const pt__found **found, size_t *count, pt__lookup *lookup,
                          pte_error *error) {
    pte_status status = lookup->filled ? PTE_OK : fill(lookup, error);
    *found = lookup->slots->found;
    *count = status == PTE_OK ? lookup->slots->found_count : 0;
    return status;
}

uint64_t pt__lookup_run(const pt__lookup *lookup) {
    return lookup->slots->run;
}

pte_status pt__lookup_slot(pte_value *value, pt__found **found, pt__lookup *lookup,
                           const pt__path *path, pte_error *error) {
    if (path->slot == 0 || lookup->one_by_one != 0) {
        lookup->one_by_one -= lookup->one_by_one != 0;
        return pt__path_find(value, path, lookup->item, error);
    }
    pte_status status = lookup->filled ? PTE_OK : fill(lookup, error);
    if (status != PTE_OK) {
        return status;
    }
    uint32_t place = lookup->slots->places[path->slot];
    if (place == 0) {
        *value = (pte_value){.type = PTE_TYPE_NONE};
        return PTE_OK;
    }
    *found = &lookup->slots->found[place - 1];
    *value = (*found)->value;
    return PTE_OK;
}
