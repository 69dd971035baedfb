/* Visiting all that is in an item or value, every head read once. Trusts nothing but the length of
 * what it is given; iterative. */
#include <pocketable/engine/value.h>

#include "codec/wire.h"

/* A container that is open. */
typedef struct level {
    pte_type type;
    uint32_t remaining;
    const uint8_t *end; /* of a set, whose head says it; else NULL */
} level;

typedef struct visit {
    const pte_visitor *visitor;
    void *ctx;
    pte_bytes rest;
    size_t depth;
    level levels[PTE_NESTING_MAX + 2]; /* the item, what nests in it, and a set within that */
} visit;

static bool has_elements(pte_type type) {
    return pte__wire_is_container(type) || pte__wire_element_type(type) != PTE_TYPE_NONE;
}

/* A value without elements, at the start of bytes. */
static inline void visit_scalar(const visit *v, pte_type container, pte_bytes name,
                                const pte__head *head, pte_bytes bytes) {
    if (PTE__LIKELY(head->type == PTE_TYPE_S || head->type == PTE_TYPE_N)) {
        v->visitor->text(v->ctx, container, name, head->type,
                         pte_view(bytes.data + head->head_bytes, head->payload_bytes));
        return;
    }
    const pte_value value = {
        .type = head->type,
        .boolean = head->boolean,
        .bytes = pte_view(bytes.data + head->head_bytes, head->payload_bytes),
        .encoded = pte_view(bytes.data, head->head_bytes + head->payload_bytes),
    };
    v->visitor->scalar(v->ctx, container, name, &value);
}

/* A container's or set's head has been read at the start of the rest. */
static bool enter(visit *v, pte_type container, pte_bytes name, const pte__head *head) {
    bool set = !pte__wire_is_container(head->type);
    size_t levels_max = PTE_NESTING_MAX + (set ? 2 : 1);
    v->visitor->begin(v->ctx, container, name, head->type);
    v->rest = pte__wire_behind(v->rest, head->head_bytes);
    if (v->depth == levels_max) {
        return false;
    }
    v->levels[v->depth++] = (level){
        .type = head->type,
        .remaining = head->count,
        .end = set ? v->rest.data + head->payload_bytes : NULL,
    };
    return true;
}

/* Elements of the innermost container, up to its end or into the next one that has elements. */
static bool visit_run(visit *v, level *of) {
    const pte_type container = of->type;
    const pte_type element = pte__wire_element_type(container);
    pte_bytes rest = v->rest;
    uint32_t remaining = of->remaining;
    while (remaining != 0) {
        pte__head head;
        pte_bytes name = {NULL, 0};
        size_t used = 0;
        remaining--;
        if (container == PTE_TYPE_M && PTE__UNLIKELY(!pte__wire_name(&name, &used, rest))) {
            return false;
        }
        rest = pte__wire_behind(rest, used);
        if (PTE__UNLIKELY(!pte__wire_head(&head, rest)) ||
            (element != PTE_TYPE_NONE && head.type != element)) {
            return false;
        }
        if (has_elements(head.type)) {
            v->rest = rest;
            of->remaining = remaining;
            return enter(v, container, name, &head);
        }
        visit_scalar(v, container, name, &head, rest);
        rest = pte__wire_behind(rest, head.head_bytes + head.payload_bytes);
    }
    v->rest = rest;
    of->remaining = 0;
    return true;
}

/* All elements of the containers that are open, down to the first. */
static bool visit_levels(visit *v) {
    while (v->depth != 0) {
        level *innermost = &v->levels[v->depth - 1];
        if (innermost->remaining != 0) {
            if (!visit_run(v, innermost)) {
                return false;
            }
            continue;
        }
        if (innermost->end != NULL && innermost->end != v->rest.data) {
            return false;
        }
        v->depth--;
        if (v->depth != 0) {
            v->visitor->end(v->ctx, innermost->type);
        }
    }
    return v->rest.len == 0;
}

pte_status pte_item_visit(const pte_item *item, const pte_visitor *visitor, void *ctx,
                          pte_error *error) {
    visit v; /* levels are set as they are opened */
    uint32_t count;
    size_t used;
    v.visitor = visitor;
    v.ctx = ctx;
    v.depth = 1;
    bool whole = pte__wire_map(&count, &used, item->encoded);
    if (whole) {
        v.rest = pte__wire_behind(item->encoded, used);
        v.levels[0] = (level){PTE_TYPE_M, count, NULL};
        whole = visit_levels(&v);
    }
    return whole ? PTE_OK : pte__fail(error, PTE_CORRUPT, "an item is not well formed");
}

pte_status pte_value_visit(const pte_value *value, const pte_visitor *visitor, void *ctx,
                           pte_error *error) {
    static const pte_bytes no_name = {NULL, 0};
    pte__head head;
    visit v;
    v.visitor = visitor;
    v.ctx = ctx;
    v.rest = value->encoded;
    v.depth = 1; /* around the value, as an item is around its attributes */
    v.levels[0] = (level){PTE_TYPE_NONE, 0, NULL};
    bool whole = pte__wire_head(&head, v.rest);
    if (whole && has_elements(head.type)) {
        whole = enter(&v, PTE_TYPE_NONE, no_name, &head) && visit_levels(&v);
    } else if (whole) {
        visit_scalar(&v, PTE_TYPE_NONE, no_name, &head, v.rest);
        whole = v.rest.len == head.head_bytes + head.payload_bytes;
    }
    return whole ? PTE_OK : pte__fail(error, PTE_CORRUPT, "a value is not well formed");
}
