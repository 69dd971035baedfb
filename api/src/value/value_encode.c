/*
 * From msgpack to JSON, straight: one visit writes each value as it comes. Values that are not well
 * formed end the visit with CORRUPT, and then out fails.
 */
#include "value/attribute_value.h"

/* {"BOOL":true}, or in a set the element alone. */
static void encode_binary(pt__out *out, pte_type container, const pte_value *value) {
    bool typed = container != PTE_TYPE_BS;
    if (typed) {
        pt__out_object(out);
        pt__out_name(out, "B");
    }
    pt__out_base64(out, value->bytes);
    if (typed) {
        pt__out_object_end(out);
    }
}

static void encode_text(pt__out *out, pte_type container, pte_bytes name, const pte_value *value) {
    char type = value->type == PTE_TYPE_S ? 'S' : 'N';
    if (PTE__LIKELY(container == PTE_TYPE_M)) {
        pt__out_typed_member(out, name, type, value->bytes);
    } else if (container == PTE_TYPE_SS || container == PTE_TYPE_NS) {
        pt__out_string(out, value->bytes);
    } else {
        pt__out_typed_string(out, type, value->bytes);
    }
}

static void on_scalar(void *ctx, pte_type container, pte_bytes name, const pte_value *value) {
    pt__out *out = ctx;
    if (PTE__LIKELY(value->type == PTE_TYPE_S || value->type == PTE_TYPE_N)) {
        encode_text(out, container, name, value);
        return;
    }
    if (container == PTE_TYPE_M) {
        pt__out_name_bytes(out, name);
    }
    if (value->type == PTE_TYPE_B) {
        encode_binary(out, container, value);
        return;
    }
    pt__out_object(out);
    pt__out_name(out, pte_type_name(value->type));
    pt__out_boolean(out, value->type == PTE_TYPE_NULL || value->boolean);
    pt__out_object_end(out);
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

static const pte_visitor ENCODER = {on_scalar, on_begin, on_end};

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
