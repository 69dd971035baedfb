/*
 * Applying an update: the old item is walked once along the tree of paths, and the new one is
 * written as it goes. Right sides and list positions are those of the old item throughout.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html
 */
#include "expression/program.h"
#include "expression/update.h"
#include "value/attribute_value.h"

typedef struct apply {
    pt__lookup *base; /* on the old item, or on the key of the one to be made */
    bool is_new;
    bool legacy;
    size_t *copied_bytes; /* so far, of what stands in the item or the request */
    pte_builder *builder;
    pt__failure *failure;
} apply;

static pt__exception refuse_engine(const apply *a, pte_status status, const pte_error *error) {
    return pt__refuse_engine(a->failure, status, error);
}

static pt__exception refuse_path(const apply *a) {
    return pt__refuse(a->failure, PT__VALIDATION,
                      "The document path provided in the update expression is invalid for update");
}

/* ---- writing one value ---- */

static void put_name(const apply *a, const pte_bytes *name) {
    if (name != NULL) {
        pte_builder_name(a->builder, *name);
    }
}

static pt__exception put_elements(const apply *a, const pte_value *list) {
    pte_iter iter;
    pte_value element;
    pte_error error;
    pte_status status = pte_value_iterate(&iter, list, &error);
    while (status == PTE_OK) {
        status = pte_iter_next(&iter, NULL, &element, &error);
        if (status == PTE_OK) {
            pte_builder_value(a->builder, &element);
        }
    }
    return status == PTE_END ? PT__OK : refuse_engine(a, status, &error);
}

/* How many maps and lists are inside one another. Recursive, as deep as an item. */
static pte_status nesting_of(size_t *levels, const pte_value *value, pte_error *error) {
    pte_iter iter;
    pte_value element;
    *levels = 0;
    if (value->type != PTE_TYPE_M && value->type != PTE_TYPE_L) {
        return PTE_OK;
    }
    size_t deepest = 0;
    pte_status status = pte_value_iterate(&iter, value, error);
    while (status == PTE_OK) {
        size_t inner = 0;
        status = pte_iter_next(&iter, NULL, &element, error);
        if (status == PTE_OK) {
            status = nesting_of(&inner, &element, error);
        }
        deepest = inner > deepest ? inner : deepest;
    }
    *levels = deepest + 1;
    return status == PTE_END ? PTE_OK : status;
}

/*
 * An item nests up to 32 levels, itself among them.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
 */
static pt__exception check_nesting(const apply *a, const pt__action *action,
                                   const pte_value *value) {
    size_t levels;
    pte_error error;
    pte_status status = nesting_of(&levels, value, &error);
    if (status != PTE_OK) {
        return refuse_engine(a, status, &error);
    }
    return levels + action->path.count > PTE_NESTING_MAX ? pt__refuse_nesting(a->failure) : PT__OK;
}

static pt__exception set_result(pt__result *result, const apply *a, const pt__action *action) {
    pt__exception exception = pt__term_result(result, action->term, a->base, a->failure);
    if (exception == PT__OK && !result->is_number) {
        exception = check_nesting(a, action, &result->value);
    }
    if (exception == PT__OK && result->is_lists) {
        exception = check_nesting(a, action, &result->rest);
    }
    return exception;
}

/*
 * The new item is measured when it is complete. Before, a value of the old one might have been
 * copied some hundred times; from four times the limit on nothing more is. What a later action
 * would have been refused for is then not said.
 */
static pt__exception check_copied(const apply *a, const pt__result *result) {
    *a->copied_bytes += result->is_number ? 0 : result->value.encoded.len;
    *a->copied_bytes += result->is_lists ? result->rest.encoded.len : 0;
    return *a->copied_bytes <= (size_t)4 * PTE_ITEM_BYTES_MAX
               ? PT__OK
               : pt__refuse(a->failure, PT__VALIDATION,
                            "Item size to update has exceeded the maximum allowed size");
}

static pt__exception put_set(const apply *a, const pt__action *action, const pte_bytes *name) {
    pt__result result;
    pt__exception exception = set_result(&result, a, action);
    if (exception == PT__OK) {
        exception = check_copied(a, &result);
    }
    if (exception != PT__OK) {
        return exception;
    }
    put_name(a, name);
    if (result.is_number) {
        pte_builder_decimal(a->builder, &result.number);
    } else if (!result.is_lists) {
        pte_builder_value(a->builder, &result.value);
    } else {
        pte_builder_begin(a->builder, PTE_TYPE_L);
        exception = put_elements(a, &result.value);
        if (exception == PT__OK) {
            exception = put_elements(a, &result.rest);
        }
        pte_builder_end(a->builder);
    }
    return exception;
}

static pt__exception put_sum(const apply *a, const pte_value *old, const pte_value *operand,
                             const pte_bytes *name) {
    pte_number number;
    pte_number more;
    pte_error error;
    pte_status status = pte_number_parse(&number, old->bytes, &error);
    if (status == PTE_OK) {
        status = pte_number_parse(&more, operand->bytes, &error);
    }
    if (status == PTE_OK) {
        status = pte_number_add(&number, &number, &more, &error);
    }
    if (status != PTE_OK) {
        return pt__refuse_arithmetic(a->failure, status, &error);
    }
    put_name(a, name);
    pte_builder_decimal(a->builder, &number);
    return PT__OK;
}

/* ---- sets ---- */

/* A walk over two sets together; both are sorted in one order. */
typedef struct pair {
    pte_iter iters[2];
    pte_value values[2]; /* type NONE: at the end */
} pair;

static pte_status pair_next(pair *p, size_t which, pte_error *error) {
    pte_status status = pte_iter_next(&p->iters[which], NULL, &p->values[which], error);
    if (status == PTE_END) {
        p->values[which] = (pte_value){.type = PTE_TYPE_NONE};
        return PTE_OK;
    }
    return status;
}

static pte_status pair_begin(pair *p, const pte_value *old, const pte_value *operand,
                             pte_error *error) {
    const pte_value *sets[] = {old, operand};
    pte_status status = PTE_OK;
    for (size_t i = 0; i < 2 && status == PTE_OK; i++) {
        status = pte_value_iterate(&p->iters[i], sets[i], error);
        if (status == PTE_OK) {
            status = pair_next(p, i, error);
        }
    }
    return status;
}

/* Below 0: the old set's element comes first; above 0: the operand's; 0: they are the same. */
static pte_status pair_order(int *order, const pair *p, pte_error *error) {
    if (p->values[0].type == PTE_TYPE_NONE || p->values[1].type == PTE_TYPE_NONE) {
        *order = p->values[0].type == PTE_TYPE_NONE ? 1 : -1;
        return PTE_OK;
    }
    return pt__value_compare(order, &p->values[0], &p->values[1], error);
}

/*
 * Gives the elements of the union, or of the old set without the operand's, one after the other.
 * type NONE: there are no more.
 */
static pte_status pair_element(pte_value *element, pair *p, bool join, pte_error *error) {
    *element = (pte_value){.type = PTE_TYPE_NONE};
    pte_status status = PTE_OK;
    while (status == PTE_OK && element->type == PTE_TYPE_NONE &&
           (p->values[0].type != PTE_TYPE_NONE || (join && p->values[1].type != PTE_TYPE_NONE))) {
        int order;
        status = pair_order(&order, p, error);
        if (status != PTE_OK) {
            break;
        }
        if (order < 0 || (order == 0 && join)) {
            *element = p->values[0];
        } else if (order > 0 && join) {
            *element = p->values[1];
        }
        if (order <= 0) {
            status = pair_next(p, 0, error);
        }
        if (order >= 0 && status == PTE_OK) {
            status = pair_next(p, 1, error);
        }
    }
    return status;
}

/* An empty set is none: then nothing is written, not even the name. */
static pt__exception put_set_elements(const apply *a, const pte_value *old,
                                      const pte_value *operand, bool join, const pte_bytes *name) {
    pair p;
    pte_value element;
    pte_error error;
    bool any = false;
    pte_status status = pair_begin(&p, old, operand, &error);
    while (status == PTE_OK) {
        status = pair_element(&element, &p, join, &error);
        if (status != PTE_OK || element.type == PTE_TYPE_NONE) {
            break;
        }
        if (!any) {
            any = true;
            put_name(a, name);
            pte_builder_begin(a->builder, old->type);
        }
        pte_builder_value(a->builder, &element);
    }
    if (any) {
        pte_builder_end(a->builder);
    }
    return status == PTE_OK ? PT__OK : refuse_engine(a, status, &error);
}

/* ---- one action ---- */

/* Of expressions and of the legacy AttributeUpdates other words; both are the service's. */
static pt__exception refuse_type(const apply *a) {
    return a->legacy
               ? pt__refuse(a->failure, PT__VALIDATION, "Type mismatch for attribute to update")
               : pt__refuse_update_operand(a->failure);
}

/* The legacy ADD of a list appends its elements. */
static pt__exception put_appended(const apply *a, const pte_value *old, const pte_value *operand,
                                  const pte_bytes *name) {
    put_name(a, name);
    pte_builder_begin(a->builder, PTE_TYPE_L);
    pt__exception exception = put_elements(a, old);
    if (exception == PT__OK) {
        exception = put_elements(a, operand);
    }
    pte_builder_end(a->builder);
    return exception;
}

static pt__exception put_add(const apply *a, const pt__action *action, const pte_value *old,
                             const pte_bytes *name) {
    if (old->type == PTE_TYPE_NONE) {
        put_name(a, name);
        pte_builder_value(a->builder, &action->value);
        return PT__OK;
    }
    if (old->type != action->value.type) {
        return refuse_type(a);
    }
    if (old->type == PTE_TYPE_L) {
        return put_appended(a, old, &action->value, name);
    }
    return old->type == PTE_TYPE_N ? put_sum(a, old, &action->value, name)
                                   : put_set_elements(a, old, &action->value, true, name);
}

static pt__exception put_delete(const apply *a, const pt__action *action, const pte_value *old,
                                const pte_bytes *name) {
    if (old->type == PTE_TYPE_NONE) {
        return PT__OK;
    }
    return old->type == action->value.type ? put_set_elements(a, old, &action->value, false, name)
                                           : refuse_type(a);
}

/* Writes what the action makes of the old value (type NONE: there is none). */
static pt__exception put_action(const apply *a, const pt__action *action, const pte_value *old,
                                const pte_bytes *name) {
    switch (action->kind) {
    case PT__ACTION_SET:
        return put_set(a, action, name);
    case PT__ACTION_ADD:
        return put_add(a, action, old, name);
    case PT__ACTION_DELETE:
        return put_delete(a, action, old, name);
    default:
        return PT__OK;
    }
}

/* ---- the walk ---- */

static pt__exception put(const apply *a, const pt__path_node *node, const pte_value *old,
                         const pte_bytes *name);

/* Recursive, as deep as a path. */
static bool only_removes(const pt__path_node *node) {
    if (pt__path_node_is_leaf(node)) {
        const pt__action *action = node->payload;
        return action->kind == PT__ACTION_REMOVE || action->kind == PT__ACTION_DELETE;
    }
    for (size_t i = 0; i < node->child_count; i++) {
        if (!only_removes(node->children[i])) {
            return false;
        }
    }
    return true;
}

/* The attributes that were not there before. */
static pt__exception put_new_attributes(const apply *a, const pt__path_node *node) {
    static const pte_value none = {.type = PTE_TYPE_NONE};
    pt__exception exception = PT__OK;
    for (size_t i = 0; i < node->child_count && exception == PT__OK; i++) {
        if (!node->children[i]->met) {
            exception = put(a, node->children[i], &none, &node->children[i]->step.name);
        }
    }
    return exception;
}

static void meet_none(const pt__path_node *node) {
    for (size_t i = 0; i < node->child_count; i++) {
        node->children[i]->met = false;
    }
}

static pt__exception put_attributes(const apply *a, const pt__path_node *node,
                                    const pte_value *map) {
    pte_iter iter;
    pte_bytes name;
    pte_value value;
    pte_error error;
    pt__exception exception = PT__OK;
    pte_status status = pte_value_iterate(&iter, map, &error);
    meet_none(node);
    while (status == PTE_OK && exception == PT__OK) {
        status = pte_iter_next(&iter, &name, &value, &error);
        if (status != PTE_OK) {
            break;
        }
        pt__path_node *child = pt__path_node_child(node, name);
        if (child != NULL) {
            child->met = true;
            exception = put(a, child, &value, &name);
        } else {
            pte_builder_name(a->builder, name);
            pte_builder_value(a->builder, &value);
        }
    }
    if (exception == PT__OK && status != PTE_END) {
        return refuse_engine(a, status, &error);
    }
    return exception != PT__OK ? exception : put_new_attributes(a, node);
}

/* Positions are the old ones. What is set behind the end is appended, in the order of positions. */
static pt__exception put_list(const apply *a, const pt__path_node *node, const pte_value *list) {
    static const pte_value none = {.type = PTE_TYPE_NONE};
    pte_iter iter;
    pte_value element;
    pte_error error;
    size_t child = 0;
    pt__exception exception = PT__OK;
    pte_status status = pte_value_iterate(&iter, list, &error);
    for (uint32_t index = 0; status == PTE_OK && exception == PT__OK; index++) {
        status = pte_iter_next(&iter, NULL, &element, &error);
        if (status != PTE_OK) {
            break;
        }
        if (child < node->child_count && node->children[child]->step.index == index) {
            exception = put(a, node->children[child++], &element, NULL);
        } else {
            pte_builder_value(a->builder, &element);
        }
    }
    if (exception == PT__OK && status != PTE_END) {
        return refuse_engine(a, status, &error);
    }
    for (; child < node->child_count && exception == PT__OK; child++) {
        exception = put(a, node->children[child], &none, NULL);
    }
    return exception;
}

/* Writes what becomes of the old value (type NONE: there is none) at the node. */
static pt__exception put(const apply *a, const pt__path_node *node, const pte_value *old,
                         const pte_bytes *name) {
    if (pt__path_node_is_leaf(node)) {
        return put_action(a, node->payload, old, name);
    }
    bool of_list = pt__path_node_of_list(node);
    if (old->type != (of_list ? PTE_TYPE_L : PTE_TYPE_M)) {
        /* Removing from an item that is not there is no mistake, whatever the path. */
        bool ignored = a->is_new && old->type == PTE_TYPE_NONE && only_removes(node);
        return ignored ? PT__OK : refuse_path(a);
    }
    put_name(a, name);
    pte_builder_begin(a->builder, old->type);
    pt__exception exception = of_list ? put_list(a, node, old) : put_attributes(a, node, old);
    pte_builder_end(a->builder);
    return exception;
}

static pt__exception take_item(pte_item *item, const apply *a) {
    pte_error error;
    pte_status status = pte_builder_item(item, a->builder, &error);
    if (status == PTE_NESTING_TOO_DEEP) {
        return pt__refuse_nesting(a->failure);
    }
    return status == PTE_OK ? PT__OK : refuse_engine(a, status, &error);
}

pt__exception pt__update_apply(pte_item *item, bool *removed_nothing, const pt__update *update,
                               const pte_item *old, const pte_item *key, pte_builder *builder,
                               pt__failure *failure) {
    const pte_item *base = old != NULL ? old : key;
    pt__lookup lookup = pt__lookup_on(base, update->slots);
    size_t copied_bytes = 0;
    apply a = {.base = &lookup,
               .is_new = old == NULL,
               .legacy = update->legacy,
               .copied_bytes = &copied_bytes,
               .builder = builder,
               .failure = failure};
    pte_value map;
    pte_error error;
    *item = (pte_item){0};
    *removed_nothing = a.is_new && only_removes(&update->tree);
    pte_builder_reset(builder);
    if (*removed_nothing) {
        return PT__OK;
    }
    pte_status status = pte_item_value(&map, base, &error);
    if (status != PTE_OK) {
        return refuse_engine(&a, status, &error);
    }
    pt__exception exception = put_attributes(&a, &update->tree, &map);
    return exception != PT__OK ? exception : take_item(item, &a);
}

/* Measured on the service: both are only the fragments at the paths that the update names, at the
 * positions that they have in the item before or after. */
void pt__update_encode_changed(pt__out *out, bool *empty, const pt__update *update,
                               const pte_item *item) {
    bool matches = false;
    pte_error error;
    if (pt__tree_matches(&matches, &update->tree, item, &error) != PTE_OK) {
        out->failed = true;
    }
    *empty = !matches;
    if (matches) {
        pt__tree_encode(out, &update->tree, item);
    }
}
