/* Tests of value.h's visits: the calls and their order, agreement with iteration, damaged bytes. */
#include "random_item.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- a visitor that writes down what it is told ---- */

typedef struct notes {
    char text[1024];
    size_t len;
} notes;

static void note(notes *n, const char *container, pte_bytes name, const char *what) {
    n->len += (size_t)snprintf(n->text + n->len, sizeof n->text - n->len, "%s %.*s %s\n", container,
                               (int)name.len, (const char *)name.data, what);
    assert_true(n->len < sizeof n->text);
}

static void note_text(void *ctx, pte_type container, pte_bytes name, pte_type type,
                      pte_bytes text) {
    char what[64];
    snprintf(what, sizeof what, "%s=%.*s", pte_type_name(type), (int)text.len,
             (const char *)text.data);
    note(ctx, pte_type_name(container), name, what);
}

static void note_scalar(void *ctx, pte_type container, pte_bytes name, const pte_value *value) {
    char what[64];
    snprintf(what, sizeof what, "%s=%d", pte_type_name(value->type), value->boolean);
    note(ctx, pte_type_name(container), name, what);
}

static void note_begin(void *ctx, pte_type container, pte_bytes name, pte_type type) {
    char what[64];
    snprintf(what, sizeof what, "%s(", pte_type_name(type));
    note(ctx, pte_type_name(container), name, what);
}

static void note_end(void *ctx, pte_type type) {
    note(ctx, pte_type_name(type), (pte_bytes){NULL, 0}, ")");
}

static const pte_visitor NOTES = {note_text, note_scalar, note_begin, note_end};

static void test_visit__calls_come_in_the_order_of_the_bytes(void **state) {
    (void)state;
    pte_builder *b = new_builder();
    pte_builder_name(b, pte_str("a"));
    pte_builder_begin(b, PTE_TYPE_L);
    pte_builder_string(b, pte_str("first"));
    pte_builder_begin(b, PTE_TYPE_M);
    pte_builder_add_number(b, "deep", "-1.5");
    pte_builder_end(b);
    pte_builder_begin(b, PTE_TYPE_L);
    pte_builder_end(b);
    pte_builder_null(b);
    pte_builder_end(b);
    pte_builder_name(b, pte_str("b"));
    pte_builder_boolean(b, true);
    pte_builder_name(b, pte_str("c"));
    pte_builder_begin(b, PTE_TYPE_NS);
    pte_builder_number(b, pte_str("1"));
    pte_builder_number(b, pte_str("22"));
    pte_builder_end(b);
    pte_builder_add_string(b, "d", "");
    pte_item item = built(b);
    notes n = {.len = 0};
    assert_int_equal(PTE_OK, pte_item_visit(&item, &NOTES, &n, NULL));
    assert_string_equal("M a L(\nL  S=first\nL  M(\nM deep N=-1.5\nM  )\nL  L(\nL  )\nL  NULL=0\n"
                        "L  )\nM b BOOL=1\nM c NS(\nNS  N=1\nNS  N=22\nNS  )\nM d S=\n",
                        n.text);
    pte_value value;
    assert_int_equal(PTE_OK, pte_item_find(&value, &item, pte_str("c"), NULL));
    n = (notes){.len = 0};
    assert_int_equal(PTE_OK, pte_value_visit(&value, &NOTES, &n, NULL));
    assert_string_equal("NONE  NS(\nNS  N=1\nNS  N=22\nNS  )\n", n.text);
    assert_int_equal(PTE_OK, pte_item_find(&value, &item, pte_str("d"), NULL));
    n = (notes){.len = 0};
    assert_int_equal(PTE_OK, pte_value_visit(&value, &NOTES, &n, NULL));
    assert_string_equal("NONE  S=\n", n.text);
    pte_builder_destroy(b);
}

/* ---- a visitor that builds what it sees ---- */

static void build_text(void *ctx, pte_type container, pte_bytes name, pte_type type,
                       pte_bytes text) {
    if (container == PTE_TYPE_M) {
        pte_builder_name(ctx, name);
    }
    pte_builder_scalar(ctx, (pte_scalar){type, text});
}

static void build_scalar(void *ctx, pte_type container, pte_bytes name, const pte_value *value) {
    if (container == PTE_TYPE_M) {
        pte_builder_name(ctx, name);
    }
    free(exact_copy(value->encoded)); /* reads every byte of the views */
    rebuild_value(ctx, value);
}

static void build_begin(void *ctx, pte_type container, pte_bytes name, pte_type type) {
    if (container == PTE_TYPE_M) {
        pte_builder_name(ctx, name);
    }
    pte_builder_begin(ctx, type);
}

static void build_end(void *ctx, pte_type type) {
    (void)type;
    pte_builder_end(ctx);
}

static const pte_visitor BUILDER = {build_text, build_scalar, build_begin, build_end};

static void test_visit__an_item_is_built_again_from_its_visit(void **state) {
    (void)state;
    test_random random = {test_seed(31)};
    pte_builder *b = new_builder();
    pte_builder *again = new_builder();
    for (int round = 0; round < 500; round++) {
        pte_builder_reset(b);
        pte_builder_reset(again);
        random_item_add(b, &random, 12, 5);
        pte_item item = built(b);
        assert_int_equal(PTE_OK, pte_item_visit(&item, &BUILDER, again, NULL));
        pte_item twin = built(again);
        assert_true(pte_bytes_equal(item.encoded, twin.encoded));
    }
    pte_builder_destroy(b);
    pte_builder_destroy(again);
}

/* ---- bytes that are not well formed ---- */

static void ignore_text(void *ctx, pte_type container, pte_bytes name, pte_type type,
                        pte_bytes text) {
    (void)ctx;
    (void)container;
    (void)type;
    free(exact_copy(name));
    free(exact_copy(text));
}

static void ignore_scalar(void *ctx, pte_type container, pte_bytes name, const pte_value *value) {
    (void)ctx;
    (void)container;
    free(exact_copy(name));
    free(exact_copy(value->bytes));
}

static void ignore_begin(void *ctx, pte_type container, pte_bytes name, pte_type type) {
    (void)ctx;
    (void)container;
    (void)type;
    free(exact_copy(name));
}

static void ignore_end(void *ctx, pte_type type) {
    (void)ctx;
    (void)type;
}

static const pte_visitor IGNORE = {ignore_text, ignore_scalar, ignore_begin, ignore_end};

/* Whether iteration comes to the end of the value and of all in it. Recursive, as deep as levels
 * are allowed. */
static bool iterates(const pte_value *value) {
    pte_iter iter;
    pte_value element;
    pte_status status = PTE_OK;
    if (pte_value_iterate(&iter, value, NULL) != PTE_OK) {
        return true; /* a scalar */
    }
    while (status == PTE_OK) {
        status = pte_iter_next(&iter, NULL, &element, NULL);
        if (status == PTE_OK && !iterates(&element)) {
            return false;
        }
    }
    return status == PTE_END;
}

/* Visits and iterates over a copy of exactly these bytes: both must think the same of them. */
static bool both_read(pte_bytes bytes) {
    uint8_t *copy = exact_copy(bytes);
    pte_item item = {pte_view(copy, bytes.len), 0};
    pte_value value;
    bool visited = pte_item_visit(&item, &IGNORE, NULL, NULL) == PTE_OK;
    bool iterated = pte_item_value(&value, &item, NULL) == PTE_OK && iterates(&value);
    assert_int_equal(iterated, visited);
    if (pte_value_decode(&value, item.encoded, NULL) == PTE_OK) {
        visited = pte_value_visit(&value, &IGNORE, NULL, NULL) == PTE_OK;
        assert_int_equal(iterates(&value), visited);
    }
    free(copy);
    return visited;
}

static void test_visit__damaged_bytes_are_found_as_by_iteration(void **state) {
    (void)state;
    test_random random = {test_seed(32)};
    pte_builder *b = new_builder();
    size_t well = 0;
    size_t badly = 0;
    for (int round = 0; round < 300; round++) {
        pte_builder_reset(b);
        random_item_add(b, &random, 6, 4);
        pte_item item = built(b);
        uint8_t *copy = exact_copy(item.encoded);
        for (int change = 0; change < 40; change++) {
            size_t at = (size_t)test_random_below(&random, item.encoded.len);
            uint8_t before = copy[at];
            copy[at] = (uint8_t)test_random_below(&random, 256);
            size_t len = change % 4 == 0 ? at : item.encoded.len;
            *(both_read(pte_view(copy, len)) ? &well : &badly) += 1;
            copy[at] = before;
        }
        free(copy);
    }
    assert_true(well > 100);
    assert_true(badly > 1000);
    pte_builder_destroy(b);
}

/* So many lists in one another, a set in the innermost, as the one attribute of an item. */
static pte_bytes nested_lists(uint8_t *room, unsigned levels) {
    static const uint8_t set[] = {0xC7, 3, 2, 0x91, 0xA1, 'x'}; /* SS of "x" */
    uint8_t *to = room;
    *to++ = 0x81;
    *to++ = 0xA1;
    *to++ = 'a';
    memset(to, 0x91, levels);
    to += levels;
    memcpy(to, set, sizeof set);
    return pte_view(room, (size_t)(to - room) + sizeof set);
}

/* DynamoDB's limit:
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
 * ("Nested attribute depth"). */
static void test_visit__nesting_is_followed_to_32_levels(void **state) {
    (void)state;
    for (unsigned levels = 31; levels <= 33; levels++) {
        uint8_t room[64];
        pte_item item = {nested_lists(room, levels), 0};
        pte_status expected = levels <= PTE_NESTING_MAX ? PTE_OK : PTE_CORRUPT;
        pte_error error;
        assert_int_equal(expected, pte_item_visit(&item, &IGNORE, NULL, &error));
        pte_value value = {.encoded = pte_view(item.encoded.data + 3, item.encoded.len - 3)};
        assert_int_equal(expected, pte_value_visit(&value, &IGNORE, NULL, &error));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_visit__calls_come_in_the_order_of_the_bytes),
        cmocka_unit_test(test_visit__an_item_is_built_again_from_its_visit),
        cmocka_unit_test(test_visit__damaged_bytes_are_found_as_by_iteration),
        cmocka_unit_test(test_visit__nesting_is_followed_to_32_levels),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
