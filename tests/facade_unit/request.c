/* A request's memory and failure. */
#include "request.h"

#include "operation/operation.h"

#include <stdio.h>

void request_init(request *r, const pte_allocator *allocator) {
    *r = (struct request){.arena.allocator = pte__allocator_of(allocator)};
    r->failure.arena = &r->arena;
}

void request_clean_up(request *r) {
    pte__arena_clean_up(&r->arena);
}

const pt__shape *shape_of(pte_bytes operation) {
    const pt__shape *shape;
    (void)pt__operation_find(&shape, operation);
    return shape;
}

/* text with double quotes for single ones. */
static pte_bytes with_quotes(pte__arena *arena, const char *text) {
    pte_bytes copy = pte__arena_copy(arena, pte_str(text));
    assert_non_null(copy.data);
    for (uint8_t *at = (uint8_t *)copy.data; at < copy.data + copy.len; at++) {
        *at = *at == '\'' ? '"' : *at;
    }
    return copy;
}

const pt__json *request_read(request *r, const char *text) {
    const pt__json *root;
    pte_bytes body = with_quotes(&r->arena, text);
    if (pt__json_read(&root, body, &r->arena, &r->failure) != PT__OK) {
        fail_msg("cannot be read: %s", text);
    }
    return root;
}

void request_expect(const request *r, pt__exception expected, const char *message,
                    pt__exception exception) {
    const pte_bytes *said = &r->failure.message;
    if (exception != PT__OK && message != NULL && !pte_bytes_equal(pte_str(message), *said)) {
        fail_msg("expected: %s\nfound: %.*s", message, PT__SHOW(*said));
    }
    assert_int_equal(expected, exception);
    if (exception != PT__OK) {
        assert_int_equal(expected, r->failure.exception);
        assert_true((message == NULL) == (said->data == NULL));
    }
}

void expect_json(const pt__out *out, const char *text) {
    pte__arena arena = {.allocator = pte__allocator_of(NULL)};
    pte_bytes expected = with_quotes(&arena, text);
    assert_false(out->failed);
    if (!pte_bytes_equal(expected, pte_view(out->buffer.data, out->buffer.len))) {
        fail_msg("expected: %.*s\nfound: %.*s", PT__SHOW(expected),
                 PT__SHOW(pte_view(out->buffer.data, out->buffer.len)));
    }
    pte__arena_clean_up(&arena);
}
