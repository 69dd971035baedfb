#include "expression/path_tree.h"

static int compare_steps(const pt__path_step *a, const pt__path_step *b) {
    return a->is_index ? (a->index > b->index) - (a->index < b->index)
                       : pte_bytes_compare(a->name, b->name);
}

/* Where the step is among the children, or where it belongs. */
static size_t find_place(const pt__path_node *node, const pt__path_step *step, bool *found) {
    size_t low = 0;
    size_t high = node->child_count;
    *found = false;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = compare_steps(step, &node->children[middle]->step);
        if (order == 0) {
            *found = true;
            return middle;
        }
        if (order < 0) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return low;
}

pt__path_node *pt__path_node_child(const pt__path_node *node, pte_bytes name) {
    pt__path_step step = {.name = name};
    bool found;
    if (pt__path_node_of_list(node)) {
        return NULL;
    }
    size_t at = find_place(node, &step, &found);
    return found ? node->children[at] : NULL;
}

/* Any path below the node: all of them disagree with the new one. */
static const pt__path *path_below(const pt__path_node *node) {
    while (node->path == NULL) {
        node = node->children[node->child_count - 1];
    }
    return node->path;
}

static pt__exception refuse(const pt__compile *compile, const char *what, const pt__path *path,
                            const pt__path *other) {
    pte_bytes one = pt__path_show(compile, path);
    pte_bytes two = pt__path_show(compile, other);
    return pt__invalid(compile,
                       "Two document paths %s with each other; must remove or rewrite one of these "
                       "paths; path one: %.*s, path two: %.*s",
                       what, PT__SHOW(one), PT__SHOW(two));
}

static pt__exception make_room(pt__path_node *node, const pt__compile *compile) {
    if (node->child_count < node->child_capacity) {
        return PT__OK;
    }
    size_t capacity = node->child_capacity == 0 ? 2 : node->child_capacity * 2;
    pt__path_node **children =
        pte__arena_alloc(pt__compile_arena(compile), capacity * sizeof(pt__path_node *));
    if (children == NULL) {
        return pt__compile_memory(compile);
    }
    if (node->child_count != 0) {
        memcpy(children, node->children, node->child_count * sizeof(pt__path_node *));
    }
    node->children = children;
    node->child_capacity = capacity;
    return PT__OK;
}

/* The node for the step below node, made if there is none. */
static pt__exception step_down(pt__path_node **child, pt__path_node *node,
                               const pt__compile *compile, const pt__path_step *step) {
    bool found;
    size_t at = find_place(node, step, &found);
    if (found) {
        /* The analyzer does not see that running out of memory is a failure. */
        *child = node->children[at]; /* NOLINT(clang-analyzer-core.NullDereference) */
        return PT__OK;
    }
    pt__exception exception = make_room(node, compile);
    if (exception != PT__OK) {
        return exception;
    }
    *child = pte__arena_alloc(pt__compile_arena(compile), sizeof **child);
    if (*child == NULL) {
        return pt__compile_memory(compile);
    }
    **child = (pt__path_node){.step = *step};
    /* NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker) */
    memmove(&node->children[at + 1], &node->children[at],
            (node->child_count - at) * sizeof(pt__path_node *));
    node->children[at] = *child;
    node->child_count++;
    return PT__OK;
}

pt__exception pt__path_tree_add(pt__path_node *root, const pt__compile *compile,
                                const pt__path *path, const void *payload) {
    pt__path_node *node = root;
    for (size_t i = 0; i < path->count; i++) {
        if (pt__path_node_is_leaf(node)) {
            return refuse(compile, "overlap", path, node->path);
        }
        if (node->child_count != 0 && pt__path_node_of_list(node) != path->steps[i].is_index) {
            return refuse(compile, "conflict", path, path_below(node));
        }
        pt__exception exception = step_down(&node, node, compile, &path->steps[i]);
        if (exception != PT__OK) {
            return exception;
        }
    }
    if (pt__path_node_is_leaf(node) || node->child_count != 0) {
        return refuse(compile, "overlap", path, path_below(node));
    }
    node->path = path;
    node->payload = payload;
    return PT__OK;
}
