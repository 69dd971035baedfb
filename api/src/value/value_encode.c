/*
 * From msgpack to JSON, straight. The walk's depth is the engine's: an iteration over a value that
 * is not well formed ends with CORRUPT, and then out fails.
 */
#include "value/attribute_value.h"

enum { DEPTH_MAX = PTE_NESTING_MAX + 1 }; /* the containers of a value, and a set in them */

static bool encode_value(pt__out *out, const pte_value *value, int depth);

/* What iter walks: members of a map (named), or elements of a list. */
static bool encode_children(pt__out *out, pte_iter *iter, bool named, int depth) {
    pte_bytes name;
    pte_value child;
    pte_status status;
    while ((status = pte_iter_next(iter, &name, &child, NULL)) == PTE_OK) {
        if (named) {
            pt__out_name_bytes(out, name);
        }
        if (!encode_value(out, &child, depth)) {
            return false;
        }
    }
    return status == PTE_END;
}

static bool encode_set(pt__out *out, pte_iter *iter) {
    pte_value element;
    pte_status status;
    while ((status = pte_iter_next(iter, NULL, &element, NULL)) == PTE_OK) {
        if (element.type == PTE_TYPE_B) {
            pt__out_base64(out, element.bytes);
        } else {
            pt__out_string(out, element.bytes);
        }
    }
    return status == PTE_END;
}

static bool encode_container(pt__out *out, const pte_value *value, int depth) {
    pte_iter iter;
    if (depth == DEPTH_MAX || pte_value_iterate(&iter, value, NULL) != PTE_OK) {
        return false;
    }
    bool whole;
    if (value->type == PTE_TYPE_M) {
        pt__out_object(out);
        whole = encode_children(out, &iter, true, depth + 1);
        pt__out_object_end(out);
        return whole;
    }
    pt__out_array(out);
    whole = value->type == PTE_TYPE_L ? encode_children(out, &iter, false, depth + 1)
                                      : encode_set(out, &iter);
    pt__out_array_end(out);
    return whole;
}

static bool encode_content(pt__out *out, const pte_value *value, int depth) {
    switch (value->type) {
    case PTE_TYPE_B:
        pt__out_base64(out, value->bytes);
        return true;
    case PTE_TYPE_BOOL:
        pt__out_boolean(out, value->boolean);
        return true;
    case PTE_TYPE_NULL:
        pt__out_boolean(out, true);
        return true;
    case PTE_TYPE_NONE:
        return false;
    default:
        return encode_container(out, value, depth);
    }
}

static bool encode_value(pt__out *out, const pte_value *value, int depth) {
    if (value->type == PTE_TYPE_S || value->type == PTE_TYPE_N) {
        pt__out_typed_string(out, value->type == PTE_TYPE_S ? 'S' : 'N', value->bytes);
        return true;
    }
    pt__out_object(out);
    pt__out_name(out, pte_type_name(value->type));
    bool whole = encode_content(out, value, depth);
    pt__out_object_end(out);
    return whole;
}

void pt__value_encode(pt__out *out, const pte_value *value) {
    if (!encode_value(out, value, 0)) {
        out->failed = true;
    }
}

void pt__item_encode(pt__out *out, const pte_item *item) {
    pte_iter iter;
    if (pte_item_iterate(&iter, item, NULL) != PTE_OK) {
        out->failed = true;
        return;
    }
    pt__out_object(out);
    if (!encode_children(out, &iter, true, 0)) {
        out->failed = true;
    }
    pt__out_object_end(out);
}
