/*
 * From msgpack to JSON, straight: one visit writes each value as it comes. Values that are not well
 * formed end the visit with CORRUPT, and then out fails.
 */
#include "value/attribute_value.h"

static void on_text(void *ctx, pte_type container, pte_bytes name, pte_type type, pte_bytes text) {
    pt__out *out = ctx;
    char letter = type == PTE_TYPE_S ? 'S' : 'N';
    if (PTE__LIKELY(container == PTE_TYPE_M)) {
        pt__out_typed_member(out, name, letter, text);
    } else if (container == PTE_TYPE_SS || container == PTE_TYPE_NS) {
        pt__out_string(out, text);
    } else {
        pt__out_typed_string(out, letter, text);
    }
}

static void on_scalar(void *ctx, pte_type container, pte_bytes name, const pte_value *value) {
    pt__out *out = ctx;
    if (container == PTE_TYPE_M) {
        pt__out_name_bytes(out, name);
    }
    if (container == PTE_TYPE_BS) {
        pt__out_base64(out, value->bytes);
    } else if (value->type == PTE_TYPE_B) {
        pt__out_typed_base64(out, value->bytes);
    } else {
        pt__out_object(out);
        pt__out_name(out, pte_type_name(value->type));
        pt__out_boolean(out, value->type == PTE_TYPE_NULL || value->boolean);
        pt__out_object_end(out);
    }
}

static void on_begin(void *ctx, pte_type container, pte_bytes name, pte_type type) {
    pt__out *out = ctx;
    if (container == PTE_TYPE_M) {
        pt__out_name_bytes(out, name);
    }
    pt__out_open_typed(out, pte_type_name(type), type == PTE_TYPE_M);
}

static void on_end(void *ctx, pte_type type) {
    pt__out_close_typed(ctx, type == PTE_TYPE_M);
}

static const pte_visitor ENCODER = {on_text, on_scalar, on_begin, on_end};

void pt__value_encode(pt__out *out, const pte_value *value) {
    if (pte_value_visit(value, &ENCODER, out, NULL) != PTE_OK) {
        out->failed = true;
    }
}

void pt__item_encode(pt__out *out, const pte_item *item) {
    pt__out_object(out);
    if (pte_item_visit(item, &ENCODER, out, NULL) != PTE_OK) {
        out->failed = true;
    }
    pt__out_object_end(out);
}
