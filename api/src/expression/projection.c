/*
 * Projections: written straight from msgpack to JSON. A map or list appears only if something in it
 * was asked for and is there; of a list the elements that are left close up, in their order.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.ProjectionExpressions.html
 */
#include "expression/projection.h"

#include "value/attribute_value.h"

struct pt__projection {
    pt__path_node tree;
};

/* ---- compiling ---- */

/* AWS looks at the paths from the last to the first, which shows where two are wrong. */
static pt__exception add_paths(pt__projection *projection, const pt__compile *compile,
                               const pt__node *root) {
    const pt__node **nodes =
        pte__arena_alloc(pt__compile_arena(compile), root->count * sizeof(pt__node *));
    pt__path *paths = pte__arena_alloc(pt__compile_arena(compile), root->count * sizeof *paths);
    if (nodes == NULL || paths == NULL) {
        return pt__compile_memory(compile);
    }
    size_t count = 0;
    for (const pt__node *node = root->first; node != NULL; node = node->next) {
        nodes[count++] = node;
    }
    pt__exception exception = PT__OK;
    while (count != 0 && exception == PT__OK) {
        count--;
        exception = pt__resolve_path(&paths[count], compile, nodes[count]);
        if (exception == PT__OK) {
            exception = pt__path_tree_add(&projection->tree, compile, &paths[count], NULL);
        }
    }
    return exception;
}

pt__exception pt__projection_compile(pt__projection **projection, pt__expressions *expressions,
                                     pte_bytes text) {
    pt__compile compile = {expressions, "ProjectionExpression"};
    pt__node *root;
    *projection = NULL;
    pt__exception exception = pt__parse_projection(&root, text, expressions->failure);
    if (exception != PT__OK) {
        return exception;
    }
    for (const pt__node *path = root->first; path != NULL && exception == PT__OK;
         path = path->next) {
        exception = pt__check_path_words(&compile, path);
    }
    if (exception != PT__OK) {
        return exception;
    }
    *projection = pte__arena_alloc(expressions->arena, sizeof **projection);
    if (*projection == NULL) {
        return pt__refuse_memory(expressions->failure);
    }
    **projection = (pt__projection){0};
    return add_paths(*projection, &compile, root);
}

pt__exception pt__projection_of_names(pt__projection **projection, pte__arena *arena,
                                      const pte_bytes *names, size_t count, pt__failure *failure) {
    pt__expressions expressions = {.arena = arena, .failure = failure};
    pt__compile compile = {&expressions, "AttributesToGet"};
    *projection = pte__arena_alloc(arena, sizeof **projection);
    pt__path *paths = pte__arena_alloc(arena, count * sizeof *paths);
    pt__path_step *steps = pte__arena_alloc(arena, count * sizeof *steps);
    if (*projection == NULL || paths == NULL || steps == NULL) {
        return pt__refuse_memory(failure);
    }
    **projection = (pt__projection){0};
    pt__exception exception = PT__OK;
    for (size_t i = 0; i < count && exception == PT__OK; i++) {
        if (pt__path_node_child(&(*projection)->tree, names[i]) == NULL) {
            steps[i] = (pt__path_step){.name = names[i]};
            paths[i] = (pt__path){.steps = &steps[i], .count = 1};
            exception = pt__path_tree_add(&(*projection)->tree, &compile, &paths[i], NULL);
        }
    }
    return exception;
}

/* ---- looking ---- */

static pte_status matches(bool *does, const pt__path_node *node, const pte_value *value,
                          pte_error *error);

/* Each child by itself, or, in one walk, many of them. Recursive, as deep as a path. */
static pte_status each_matches(bool *does, const pt__path_node *node, const pte_value *map,
                               pte_error *error) {
    pte_status status = PTE_OK;
    for (size_t i = 0; i < node->child_count && status == PTE_OK && !*does; i++) {
        pte_value found;
        status = pte_value_find(&found, map, node->children[i]->step.name, error);
        if (status == PTE_OK) {
            status = matches(does, node->children[i], &found, error);
        }
    }
    return status;
}

static pte_status map_matches(bool *does, const pt__path_node *node, const pte_value *map,
                              pte_error *error) {
    pte_iter iter;
    pte_bytes name;
    pte_value element;
    enum { FEW = 4 };
    size_t left = node->child_count;
    if (left <= FEW) {
        return each_matches(does, node, map, error);
    }
    pte_status status = pte_value_iterate(&iter, map, error);
    while (status == PTE_OK && left != 0 && !*does) {
        status = pte_iter_next(&iter, &name, &element, error);
        const pt__path_node *child = status == PTE_OK ? pt__path_node_child(node, name) : NULL;
        if (child != NULL) {
            left--;
            status = matches(does, child, &element, error);
        }
    }
    return status == PTE_END ? PTE_OK : status;
}

static pte_status list_matches(bool *does, const pt__path_node *node, const pte_value *list,
                               pte_error *error) {
    pte_iter iter;
    pte_status status = pte_value_iterate(&iter, list, error);
    uint32_t index = 0;
    for (size_t i = 0; i < node->child_count && status == PTE_OK && !*does; i++) {
        pte_value element = {.type = PTE_TYPE_NONE};
        uint32_t wanted = node->children[i]->step.index;
        if (wanted >= list->count) {
            break;
        }
        for (; index <= wanted && status == PTE_OK; index++) {
            status = pte_iter_next(&iter, NULL, &element, error);
        }
        if (status == PTE_OK) {
            status = matches(does, node->children[i], &element, error);
        }
    }
    return status;
}

static pte_status matches(bool *does, const pt__path_node *node, const pte_value *value,
                          pte_error *error) {
    *does = false;
    if (value->type == PTE_TYPE_NONE) {
        return PTE_OK;
    }
    if (pt__path_node_is_leaf(node)) {
        *does = true;
        return PTE_OK;
    }
    if (pt__path_node_of_list(node)) {
        return value->type == PTE_TYPE_L ? list_matches(does, node, value, error) : PTE_OK;
    }
    return value->type == PTE_TYPE_M ? map_matches(does, node, value, error) : PTE_OK;
}

pte_status pt__tree_matches(bool *does, const pt__path_node *root, const pte_item *item,
                            pte_error *error) {
    pte_value map;
    *does = false;
    pte_status status = pte_item_value(&map, item, error);
    return status != PTE_OK ? status : map_matches(does, root, &map, error);
}

/* ---- writing ---- */

static pte_status encode(pt__out *out, const pt__path_node *node, const pte_value *value);

/* The part of an element that the node asks for, if there is one. Recursive, as deep as a path. */
static pte_status encode_element(pt__out *out, const pt__path_node *node, const pte_bytes *name,
                                 const pte_value *element) {
    bool does = true;
    pte_error error;
    if (!pt__path_node_is_leaf(node)) {
        pte_status status = matches(&does, node, element, &error);
        if (status != PTE_OK || !does) {
            return status;
        }
    }
    if (name != NULL) {
        pt__out_name_bytes(out, *name);
    }
    return encode(out, node, element);
}

static pte_status encode_map(pt__out *out, const pt__path_node *node, const pte_value *map) {
    pte_iter iter;
    pte_bytes name;
    pte_value element;
    pt__out_object(out);
    pte_status status = pte_value_iterate(&iter, map, NULL);
    while (status == PTE_OK) {
        status = pte_iter_next(&iter, &name, &element, NULL);
        const pt__path_node *child = status == PTE_OK ? pt__path_node_child(node, name) : NULL;
        if (child != NULL) {
            status = encode_element(out, child, &name, &element);
        }
    }
    pt__out_object_end(out);
    return status == PTE_END ? PTE_OK : status;
}

static pte_status encode_list(pt__out *out, const pt__path_node *node, const pte_value *list) {
    pte_iter iter;
    pte_value element;
    pt__out_array(out);
    pte_status status = pte_value_iterate(&iter, list, NULL);
    size_t child = 0;
    for (uint32_t index = 0; status == PTE_OK && child < node->child_count; index++) {
        status = pte_iter_next(&iter, NULL, &element, NULL);
        if (status == PTE_OK && node->children[child]->step.index == index) {
            status = encode_element(out, node->children[child++], NULL, &element);
        }
    }
    pt__out_array_end(out);
    return status == PTE_END ? PTE_OK : status;
}

static pte_status encode(pt__out *out, const pt__path_node *node, const pte_value *value) {
    if (pt__path_node_is_leaf(node)) {
        pt__value_encode(out, value);
        return PTE_OK;
    }
    pt__out_object(out);
    pt__out_name(out, pte_type_name(value->type));
    pte_status status =
        value->type == PTE_TYPE_L ? encode_list(out, node, value) : encode_map(out, node, value);
    pt__out_object_end(out);
    return status;
}

void pt__tree_encode(pt__out *out, const pt__path_node *root, const pte_item *item) {
    pte_value map;
    pte_status status = pte_item_value(&map, item, NULL);
    if (status == PTE_OK) {
        status = encode_map(out, root, &map);
    }
    if (status != PTE_OK) {
        out->failed = true;
    }
}

void pt__projection_encode(pt__out *out, const pt__projection *projection, const pte_item *item) {
    if (projection == NULL) {
        pt__item_encode(out, item);
    } else {
        pt__tree_encode(out, &projection->tree, item);
    }
}

bool pt__name_search_on(void *ctx, pte_bytes name) {
    pt__name_search *search = ctx;
    search->found = search->found || pte_bytes_equal(search->name, name);
    return !search->found;
}

void pt__tree_names(const pt__path_node *root, pt__name_fn on_name, void *ctx) {
    for (size_t i = 0; i < root->child_count; i++) {
        if (!on_name(ctx, root->children[i]->step.name)) {
            return;
        }
    }
}

void pt__projection_names(const pt__projection *projection, pt__name_fn on_name, void *ctx) {
    pt__tree_names(&projection->tree, on_name, ctx);
}

void pt__projection_inner_names(const pt__projection *projection, pt__name_fn on_name, void *ctx) {
    for (size_t i = 0; i < projection->tree.child_count; i++) {
        const pt__path_node *child = projection->tree.children[i];
        if (!pt__path_node_is_leaf(child) && !on_name(ctx, child->step.name)) {
            return;
        }
    }
}
