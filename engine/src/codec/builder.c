/*
 * The builder: writes an item front to back into one buffer, checking each call against the
 * container that is open, and closes containers by putting their heads in place. What sorting needs
 * is in builder_sort.c.
 *
 * Invariants while status is OK: frames 0 to depth are open, each inside the one before; out ends
 * with the newest complete element, or with a name if one waits for its value (named).
 */
#include "codec/builder_internal.h"

#include "base/utf8.h"
#include "codec/measure.h"
#include "codec/wire.h"

enum {
    /* Room left for a head: that of up to 15 elements; for sets an ext head of up to 255 bytes and
     * an array head. */
    ROOM_CONTAINER = 1,
    ROOM_SET = 4,
    CONTAINER_HEAD_MAX = 2 * PTE__HEAD_MAX,
};

/* --- state --- */

static pte__frame *top_of(pte_builder *b) {
    return &b->frames[b->depth];
}

static bool is_set(pte_type type) {
    return type == PTE_TYPE_SS || type == PTE_TYPE_NS || type == PTE_TYPE_BS;
}

static bool is_working(const pte_builder *b) {
    return b != NULL && b->status == PTE_OK;
}

/* Keeps a failure whose detail is in b->error. The position is the attribute of the item that is
 * being built; inside it too, as the item's count goes up when an attribute is complete. */
static void keep(pte_builder *b, pte_status status) {
    b->status = status;
    b->error.position = b->frames[0].count;
}

static void misuse(pte_builder *b, const char *what) {
    keep(b, pte__fail(&b->error, PTE_INVALID_ARGUMENT, "%s", what));
}

/* Room for more bytes and the longest head; false (the failure kept) if there is none. */
static bool make_room(pte_builder *b, size_t more) {
    if (PTE__LIKELY(more <= PTE_BUILDER_BYTES_MAX &&
                    b->out.capacity - b->out.len >= more + CONTAINER_HEAD_MAX)) {
        return true;
    }
    size_t needed = more <= PTE_BUILDER_BYTES_MAX ? more + CONTAINER_HEAD_MAX : more;
    pte_status status =
        pte__buffer_reserve(&b->out, &b->allocator, needed, PTE_BUILDER_BYTES_MAX, &b->error);
    if (status != PTE_OK) {
        keep(b, status);
    }
    return status == PTE_OK;
}

static uint8_t *end_of(pte_builder *b) {
    return b->out.data + b->out.len;
}

static void append(pte_builder *b, pte_bytes bytes) {
    if (bytes.len != 0) {
        memcpy(end_of(b), bytes.data, bytes.len);
        b->out.len += bytes.len;
    }
}

static bool is_view(pte_builder *b, pte_bytes bytes) {
    if (bytes.data == NULL && bytes.len != 0) {
        misuse(b, "bytes are NULL");
        return false;
    }
    return true;
}

static void open_frame(pte_builder *b, unsigned depth, pte_type type) {
    size_t room = is_set(type) ? ROOM_SET : ROOM_CONTAINER;
    b->depth = depth;
    b->frames[depth] = (pte__frame){
        .type = type,
        .start = b->out.len,
        .body = b->out.len + room,
        .sorted = true,
    };
    b->out.len += room;
}

/* --- making and ending --- */

void pte_builder_reset(pte_builder *b) {
    if (b == NULL) {
        return;
    }
    b->out.len = 0;
    b->scratch.len = 0;
    b->size_bytes = 0;
    b->named = false;
    b->closed = false;
    b->status = PTE_OK;
    open_frame(b, 0, PTE_TYPE_M);
}

pte_status pte_builder_create(pte_builder **builder, const pte_allocator *allocator,
                              pte_error *error) {
    if (builder == NULL) {
        return pte__fail(error, PTE_INVALID_ARGUMENT, "builder is NULL");
    }
    *builder = NULL;
    if (allocator != NULL && allocator->reallocate == NULL) {
        return pte__fail(error, PTE_INVALID_ARGUMENT, "an allocator needs its function");
    }
    pte_allocator used = pte__allocator_of(allocator);
    pte_builder *b = pte__alloc(&used, sizeof *b);
    if (b == NULL) {
        return pte__fail_memory(error);
    }
    *b = (pte_builder){.allocator = used};
    pte_status status =
        pte__buffer_reserve(&b->out, &used, CONTAINER_HEAD_MAX, PTE_BUILDER_BYTES_MAX, error);
    if (status != PTE_OK) {
        pte_builder_destroy(b);
        return status;
    }
    pte_builder_reset(b);
    *builder = b;
    return PTE_OK;
}

void pte_builder_destroy(pte_builder *b) {
    if (b != NULL) {
        pte_allocator allocator = b->allocator;
        pte__buffer_clean_up(&b->out, &allocator);
        pte__buffer_clean_up(&b->scratch, &allocator);
        pte__free(&allocator, b, sizeof *b);
    }
}

/* --- names and elements --- */

static void keep_duplicate(pte_builder *b, const pte__frame *top, pte_status duplicate,
                           pte_bytes name) {
    keep(b, duplicate == PTE_DUPLICATE_NAME
                ? pte__fail(&b->error, duplicate, "\"%.*s\"", PTE__SHOW(name))
                : pte__fail(&b->error, duplicate, "element %u of a set", top->count));
}

/* Takes note of a name or of an element of SS or BS whose content is the last len bytes of out, and
 * of its order. False (the failure kept) if it equals the one before it. */
static bool note_order(pte_builder *b, pte__frame *top, size_t len, pte_status duplicate) {
    size_t at = b->out.len - len;
    pte_bytes now = pte_view(b->out.data + at, len);
    if (top->started && top->sorted) {
        int order = pte_bytes_compare(pte_view(b->out.data + top->last, top->last_len), now);
        if (order == 0) {
            keep_duplicate(b, top, duplicate, now);
            return false;
        }
        top->sorted = order < 0;
    }
    top->last = at;
    top->last_len = len;
    top->started = true;
    return true;
}

static bool may_name(pte_builder *b, pte_bytes name) {
    if (b->closed) {
        misuse(b, "the item is closed; reset the builder first");
    } else if (top_of(b)->type != PTE_TYPE_M) {
        misuse(b, "a name outside an item or map");
    } else if (b->named) {
        misuse(b, "a name without a value");
    } else if (!is_view(b, name)) {
        return false;
    } else if (name.len > PTE_NAME_BYTES_MAX) {
        keep(b, pte__fail(&b->error, PTE_NAME_TOO_LONG, "%zu bytes", name.len));
    } else if (!pte__utf8_valid(name)) {
        keep(b, pte__fail(&b->error, PTE_INVALID_UTF8, "an attribute name"));
    }
    return b->status == PTE_OK;
}

void pte_builder_name(pte_builder *b, pte_bytes name) {
    if (!is_working(b) || !may_name(b, name) || !make_room(b, name.len)) {
        return;
    }
    b->out.len += pte__wire_put_str(end_of(b), (uint32_t)name.len);
    append(b, name);
    b->size_bytes += name.len;
    b->named = note_order(b, top_of(b), name.len, PTE_DUPLICATE_NAME);
}

/* Whether a value of a type may come now; the failure kept if not. */
static bool may_add(pte_builder *b, pte_type type) {
    const pte__frame *top = top_of(b);
    if (b->closed) {
        misuse(b, "the item is closed; reset the builder first");
    } else if (top->type == PTE_TYPE_M) {
        if (!b->named) {
            misuse(b, "a value without a name");
        }
    } else if (top->type != PTE_TYPE_L && pte__wire_element_type(top->type) != type) {
        keep(b, pte__fail(&b->error, PTE_INVALID_ARGUMENT, "a value of type %s in a set of type %s",
                          pte_type_name(type), pte_type_name(top->type)));
    }
    return b->status == PTE_OK;
}

/* A value is complete. */
static void added(pte_builder *b, size_t size_bytes) {
    pte__frame *top = top_of(b);
    bool nested = b->depth != 0 && !is_set(top->type);
    b->size_bytes += size_bytes + (nested ? PTE__SIZE_ELEMENT : 0);
    b->named = false;
    top->count++;
}

/* --- values --- */

void pte_builder_string(pte_builder *b, pte_bytes text) {
    if (!is_working(b) || !may_add(b, PTE_TYPE_S) || !is_view(b, text) || !make_room(b, text.len)) {
        return;
    }
    if (!pte__utf8_valid(text)) {
        keep(b, pte__fail(&b->error, PTE_INVALID_UTF8, "a string"));
        return;
    }
    b->out.len += pte__wire_put_str(end_of(b), (uint32_t)text.len);
    append(b, text);
    if (top_of(b)->type != PTE_TYPE_SS ||
        note_order(b, top_of(b), text.len, PTE_DUPLICATE_ELEMENT)) {
        added(b, text.len);
    }
}

void pte_builder_binary(pte_builder *b, pte_bytes data) {
    if (!is_working(b) || !may_add(b, PTE_TYPE_B) || !is_view(b, data) || !make_room(b, data.len)) {
        return;
    }
    b->out.len += pte__wire_put_bin(end_of(b), (uint32_t)data.len);
    append(b, data);
    if (top_of(b)->type != PTE_TYPE_BS ||
        note_order(b, top_of(b), data.len, PTE_DUPLICATE_ELEMENT)) {
        added(b, data.len);
    }
}

/* As note_order, for the elements of an NS. */
static bool note_number_order(pte_builder *b, pte__frame *top, const pte_number *number) {
    if (top->started && top->sorted) {
        int order = pte_number_compare(&b->last_number, number);
        if (order == 0) {
            keep_duplicate(b, top, PTE_DUPLICATE_ELEMENT, (pte_bytes){0});
            return false;
        }
        top->sorted = order < 0;
    }
    b->last_number = *number;
    top->started = true;
    return true;
}

static void add_number(pte_builder *b, const pte_number *number) {
    char text[PTE_NUMBER_TEXT_MAX];
    size_t len = pte_number_format(number, text);
    if (!make_room(b, len) ||
        (top_of(b)->type == PTE_TYPE_NS && !note_number_order(b, top_of(b), number))) {
        return;
    }
    b->out.len += pte__wire_put_ext(end_of(b), (uint32_t)len, PTE__EXT_N);
    append(b, pte_view(text, len));
    added(b, pte_number_size_bytes(number));
}

void pte_builder_number(pte_builder *b, pte_bytes text) {
    if (!is_working(b) || !may_add(b, PTE_TYPE_N) || !is_view(b, text)) {
        return;
    }
    pte_number number;
    pte_status status = pte_number_parse(&number, text, &b->error);
    if (status != PTE_OK) {
        keep(b, status);
        return;
    }
    add_number(b, &number);
}

static bool is_canonical(const pte_number *number) {
    if (number->digit_count == 0) {
        return !number->negative && number->exponent == 0;
    }
    if (number->digit_count > PTE_NUMBER_DIGITS_MAX || number->exponent < PTE_NUMBER_EXPONENT_MIN ||
        number->exponent > PTE_NUMBER_EXPONENT_MAX) {
        return false;
    }
    for (unsigned i = 0; i < number->digit_count; i++) {
        if (number->digits[i] > 9) {
            return false;
        }
    }
    return number->digits[0] != 0 && number->digits[number->digit_count - 1] != 0;
}

void pte_builder_decimal(pte_builder *b, const pte_number *number) {
    if (!is_working(b) || !may_add(b, PTE_TYPE_N)) {
        return;
    }
    if (number == NULL || !is_canonical(number)) {
        misuse(b, "a number that is NULL or not canonical");
        return;
    }
    add_number(b, number);
}

void pte_builder_boolean(pte_builder *b, bool value) {
    if (is_working(b) && may_add(b, PTE_TYPE_BOOL) && make_room(b, 0)) {
        b->out.len += pte__wire_put_bool(end_of(b), value);
        added(b, PTE__SIZE_FLAG);
    }
}

void pte_builder_null(pte_builder *b) {
    if (is_working(b) && may_add(b, PTE_TYPE_NULL) && make_room(b, 0)) {
        b->out.len += pte__wire_put_nil(end_of(b));
        added(b, PTE__SIZE_FLAG);
    }
}

void pte_builder_scalar(pte_builder *b, pte_scalar scalar) {
    switch (scalar.type) {
    case PTE_TYPE_S:
        pte_builder_string(b, scalar.bytes);
        break;
    case PTE_TYPE_N:
        pte_builder_number(b, scalar.bytes);
        break;
    case PTE_TYPE_B:
        pte_builder_binary(b, scalar.bytes);
        break;
    default:
        if (is_working(b)) {
            misuse(b, "a scalar is not of type S, N or B");
        }
    }
}

/* Copies a value's bytes as they are. */
static void copy_encoded(pte_builder *b, const pte_value *value) {
    pte__measured measured;
    if (!pte__measure(&measured, value->encoded, PTE_NESTING_MAX + 1) ||
        measured.encoded_bytes != value->encoded.len) {
        keep(b, pte__fail(&b->error, PTE_CORRUPT, "a copied value is not well formed"));
        return;
    }
    if (b->depth + measured.depth > PTE_NESTING_MAX) {
        keep(b, pte__fail(&b->error, PTE_NESTING_TOO_DEEP,
                          "a copied value of %u levels at level %u", measured.depth, b->depth));
        return;
    }
    if (make_room(b, value->encoded.len)) {
        append(b, value->encoded);
        added(b, measured.size_bytes);
    }
}

void pte_builder_value(pte_builder *b, const pte_value *value) {
    if (!is_working(b)) {
        return;
    }
    if (value == NULL || value->type == PTE_TYPE_NONE) {
        misuse(b, "no value to copy");
    } else if (may_add(b, value->type) && is_view(b, value->encoded)) {
        if (is_set(top_of(b)->type)) {
            /* One at a time into a set, as their order counts. */
            pte_builder_scalar(b, (pte_scalar){value->type, value->bytes});
        } else {
            copy_encoded(b, value);
        }
    }
}

void pte_builder_add_string(pte_builder *b, const char *name, const char *text) {
    if (is_working(b)) {
        if (name == NULL || text == NULL) {
            misuse(b, "name or text is NULL");
            return;
        }
        pte_builder_name(b, pte_str(name));
        pte_builder_string(b, pte_str(text));
    }
}

void pte_builder_add_number(pte_builder *b, const char *name, const char *text) {
    if (is_working(b)) {
        if (name == NULL || text == NULL) {
            misuse(b, "name or text is NULL");
            return;
        }
        pte_builder_name(b, pte_str(name));
        pte_builder_number(b, pte_str(text));
    }
}

/* --- containers --- */

void pte_builder_begin(pte_builder *b, pte_type container) {
    if (!is_working(b)) {
        return;
    }
    bool set = is_set(container);
    if (!set && !pte__wire_is_container(container)) {
        misuse(b, "a container is not of type M, L, SS, NS or BS");
        return;
    }
    if (!may_add(b, container) || !make_room(b, ROOM_SET)) {
        return;
    }
    if (!set && b->depth == PTE_NESTING_MAX) {
        keep(b, pte__fail(&b->error, PTE_NESTING_TOO_DEEP, "a container at level %u", b->depth));
        return;
    }
    b->named = false;
    b->size_bytes += set ? 0 : PTE__SIZE_CONTAINER;
    open_frame(b, b->depth + 1, container);
}

/* Writes the head of a frame whose elements take body_len bytes; returns its length. */
static size_t put_head(uint8_t *head, const pte__frame *frame, size_t body_len) {
    uint8_t array[PTE__HEAD_MAX];
    uint8_t ext = frame->type == PTE_TYPE_SS   ? PTE__EXT_SS
                  : frame->type == PTE_TYPE_NS ? PTE__EXT_NS
                                               : PTE__EXT_BS;
    if (frame->type == PTE_TYPE_M) {
        return pte__wire_put_map(head, frame->count);
    }
    size_t array_len = pte__wire_put_array(array, frame->count);
    if (frame->type == PTE_TYPE_L) {
        memcpy(head, array, array_len);
        return array_len;
    }
    size_t ext_len = pte__wire_put_ext(head, (uint32_t)(array_len + body_len), ext);
    memcpy(head + ext_len, array, array_len);
    return ext_len + array_len;
}

/* Puts a frame's head before its elements. False (the failure kept) if there is no room. */
static bool place_head(pte_builder *b, const pte__frame *frame) {
    uint8_t head[CONTAINER_HEAD_MAX];
    size_t body_len = b->out.len - frame->body;
    size_t head_len = put_head(head, frame, body_len);
    size_t room = frame->body - frame->start;
    if (head_len != room) {
        if (!make_room(b, 0)) {
            return false;
        }
        memmove(b->out.data + frame->start + head_len, b->out.data + frame->body, body_len);
        b->out.len = frame->start + head_len + body_len;
    }
    memcpy(b->out.data + frame->start, head, head_len);
    return true;
}

/* Sorts a frame if it needs it. False (the failure kept) on failure. */
static bool put_in_order(pte_builder *b, const pte__frame *frame) {
    uint32_t duplicate;
    if (PTE__LIKELY(frame->sorted)) {
        return true;
    }
    pte_status status = pte__builder_sort(b, frame, &duplicate, &b->error);
    if (status == PTE_OK) {
        return true;
    }
    keep(b, status);
    if (status == PTE_DUPLICATE_NAME && frame == &b->frames[0]) {
        b->error.position = duplicate;
    }
    return false;
}

void pte_builder_end(pte_builder *b) {
    if (!is_working(b)) {
        return;
    }
    const pte__frame *frame = top_of(b);
    if (b->depth == 0) {
        misuse(b, "an end without a begin");
    } else if (b->named) {
        misuse(b, "a name without a value");
    } else if (is_set(frame->type) && frame->count == 0) {
        keep(b, pte__fail(&b->error, PTE_EMPTY_SET, "of type %s", pte_type_name(frame->type)));
    } else if (put_in_order(b, frame) && place_head(b, frame)) {
        b->depth--;
        added(b, 0);
    }
}

static void close_item(pte_builder *b) {
    if (b->depth != 0) {
        misuse(b, "a container is left open");
    } else if (b->named) {
        misuse(b, "a name without a value");
    } else if (put_in_order(b, &b->frames[0])) {
        b->closed = place_head(b, &b->frames[0]);
    }
}

pte_status pte_builder_item(pte_item *item, pte_builder *b, pte_error *error) {
    if (item != NULL) {
        *item = (pte_item){0};
    }
    if (item == NULL || b == NULL) {
        return pte__fail(error, PTE_INVALID_ARGUMENT, "item or builder is NULL");
    }
    if (b->status == PTE_OK && !b->closed) {
        close_item(b);
    }
    if (b->status != PTE_OK) {
        if (error != NULL) {
            *error = b->error;
        }
        return b->status;
    }
    *item = (pte_item){{b->out.data, b->out.len}, b->size_bytes};
    return PTE_OK;
}
