/*
 * Paths as a tree, each step a node: what projections keep and updates change. No path of a tree
 * overlaps another one (one a part of the other, or both the same) or conflicts with it (one takes
 * a value for a list, the other for a map).
 */
#ifndef PT_EXPRESSION_PATH_TREE_H
#define PT_EXPRESSION_PATH_TREE_H

#include "expression/compile.h"

/* Starts as {0}, the item itself. Once the last path is added only the marks change. */
typedef struct pt__path_node {
    pt__path_step step;
    const pt__path *path;            /* of a leaf: the path that ends here; NULL otherwise */
    const void *payload;             /* of a leaf: what the path was added with */
    struct pt__path_node **children; /* sorted by name or index; all are of one kind */
    size_t child_count;
    size_t child_capacity;
    bool met; /* a mark of who walks over an item along the tree */
} pt__path_node;

static inline bool pt__path_node_is_leaf(const pt__path_node *node) {
    return node->path != NULL;
}

static inline bool pt__path_node_of_list(const pt__path_node *node) {
    return node->child_count != 0 && node->children[0]->step.is_index;
}

/* Adds a path, which is borrowed as long as the tree lives. Fails: VALIDATION, INTERNAL. */
PTE_CHECKED pt__exception pt__path_tree_add(pt__path_node *root, const pt__compile *compile,
                                            const pt__path *path, const void *payload);

/* The child for an attribute of a map, or NULL. */
pt__path_node *pt__path_node_child(const pt__path_node *node, pte_bytes name);

#endif
