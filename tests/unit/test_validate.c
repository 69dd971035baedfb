/* Tests of pte_item_validate: it accepts what a builder makes and nothing else. */
#include "random_item.h"

#include "codec/wire.h"

#include <stdio.h>
#include <stdlib.h>

static void test_validate__built_items_are_accepted(void **state) {
    (void)state;
    test_random random = {test_seed(61)};
    pte_builder *b = new_builder();
    for (int i = 0; i < 2000; i++) {
        pte_error error;
        pte_builder_reset(b);
        random_item_add(b, &random, 8, 3);
        pte_item item = built(b);
        uint8_t *exact = exact_copy(item.encoded);
        pte_item copy = {pte_view(exact, item.encoded.len), 0};
        OK(pte_item_validate(&copy, &error));
        free(exact);
    }
    pte_builder_destroy(b);
}

/* One attribute a = value, so a value's position is 3 more than in itself. */
static void test_validate__other_forms_are_refused_at_their_byte(void **state) {
    (void)state;
    static const struct {
        const char *bytes;
        size_t len;
        size_t position;
    } cases[] = {
        {"", 0, 0},
        {"\xC0", 1, 0},
        {"\x80\xC0", 2, 1},         /* bytes behind the item */
        {"\x81\xC0\xC0", 3, 1},     /* the name is no string */
        {"\x81\xA1\xFF\xC0", 4, 1}, /* nor UTF-8 */
        {"\x81\xA1"
         "a\xC1",
         4, 3}, /* no value */
        {"\x81\xA1"
         "a\xA1\xFF",
         5, 4}, /* not UTF-8 */
        {"\x81\xD9\x01"
         "a\xC0",
         5, 1}, /* not the shortest head */
        {"\x81\xA1"
         "a\xD5\x01"
         "01",
         7, 5}, /* number: leading zero */
        {"\x81\xA1"
         "a\xD5\x01"
         "+1",
         7, 5}, /* plus sign */
        {"\x81\xA1"
         "a\xC7\x03\x01"
         "1.0",
         9, 6}, /* trailing zero */
        {"\x81\xA1"
         "a\xC7\x03\x01"
         "1e1",
         9, 6}, /* exponent */
        {"\x81\xA1"
         "a\xD5\x01"
         "-0",
         7, 5}, /* negative zero */
        {"\x81\xA1"
         "a\xD5\x01"
         ".5",
         7, 5}, /* no digit before the point */
        {"\x81\xA1"
         "a\xD4\x01"
         "x",
         6, 5}, /* no number */
        {"\x81\xA1"
         "a\xD4\x02\x90",
         6, 3}, /* empty set */
        {"\x81\xA1"
         "a\xC7\x05\x02\x92\xA1"
         "b\xA1"
         "a",
         11, 9}, /* SS out of order */
        {"\x81\xA1"
         "a\xC7\x05\x02\x92\xA1"
         "b\xA1"
         "b",
         11, 9}, /* SS with a duplicate */
        {"\x81\xA1"
         "a\xC7\x07\x04\x92\xC4\x01"
         "b\xC4\x01"
         "a",
         13, 10}, /* BS so */
        {"\x81\xA1"
         "a\xC7\x07\x03\x92\xD4\x01"
         "9\xD4\x01"
         "8",
         13, 10}, /* NS so */
        {"\x81\xA1"
         "a\xC7\x09\x03\x92\xC7\x02\x01"
         "10\xD4\x01"
         "9",
         15, 7}, /* NS: long head */
        {"\x81\xA1"
         "a\xC7\x0F\x03\x93\xD5\x01"
         "-1\xD5\x01"
         "-2\xC7\x03\x01"
         "1.5",
         21, 11},
        {"\x81\xA1"
         "a\xD5\x02\x91\xC0",
         7, 6}, /* SS of a NULL */
        {"\x81\xA1"
         "a\xD6\x02\x91\xA1\xFF\xA0",
         9, 6}, /* SS not in UTF-8 */
        {"\x81\xA1"
         "a\xD6\x02\x91\xA1"
         "aa",
         9, 8}, /* bytes behind an SS */
        {"\x82\xA1"
         "a\xC0\xA1"
         "a\xC0",
         7, 4}, /* a name twice */
        {"\x83\xA1"
         "b\xC0\xA1"
         "a\xC0\xA1"
         "b\xC0",
         10, 7}, /* and not side by side */
        {"\x81\xA1"
         "a\x82\xA1"
         "b\xC0\xA1"
         "a\xC0",
         10, 7}, /* a nested map out of order */
        {"\x81\xA1"
         "a\x82\xA1"
         "b\xC0\xA1"
         "b\xC0",
         10, 7}, /* or a name twice in it */
        {"\x81\xA1"
         "a\x91\x81\xA1"
         "b\xA1\xFF",
         9, 8}, /* deep inside */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        pte_error error;
        uint8_t *exact = exact_copy(pte_view(cases[i].bytes, cases[i].len));
        pte_item item = {pte_view(exact, cases[i].len), 0};
        EXPECT(PTE_CORRUPT, pte_item_validate(&item, &error));
        if (cases[i].position != error.position) {
            fail_msg("case %zu: position %zu", i, error.position);
        }
        assert_int_equal(PTE_CORRUPT, pte_item_validate(&item, NULL));
        free(exact);
    }
}

/* Numbers sort by value, not by their text. */
static void test_validate__number_sets_are_ordered_by_value(void **state) {
    (void)state;
    pte_error error;
    static const char ascending[] = "\x81\xA1"
                                    "a\xD7\x03\x92\xD4\x01"
                                    "9\xD5\x01"
                                    "10";
    pte_item item = {pte_view(ascending, sizeof ascending - 1), 0};
    OK(pte_item_validate(&item, &error));
    static const char descending[] = "\x81\xA1"
                                     "a\xD7\x03\x92\xD5\x01"
                                     "10\xD4\x01"
                                     "9";
    item = (pte_item){pte_view(descending, sizeof descending - 1), 0};
    EXPECT(PTE_CORRUPT, pte_item_validate(&item, &error));
}

/* An item of count attributes in the given order; the name of one is that of another if twin is
 * below count. */
static size_t shuffled_item(uint8_t *out, uint32_t count, uint32_t at, uint32_t twin,
                            test_random *random) {
    uint32_t order[300];
    for (uint32_t i = 0; i < count; i++) {
        uint32_t other = (uint32_t)test_random_below(random, i + 1);
        order[i] = order[other];
        order[other] = i;
    }
    if (twin < count) {
        order[at] = order[twin];
    }
    size_t len = pte__wire_put_map(out, count);
    for (uint32_t i = 0; i < count; i++) {
        char name[8];
        int name_len = snprintf(name, sizeof name, "n%03u", order[i]);
        len += pte__wire_put_str(out + len, (uint32_t)name_len);
        memcpy(out + len, name, (size_t)name_len);
        len += (size_t)name_len;
        /* Values of several heads, as the search for duplicates has to step over them. */
        len += i % 3 == 0 ? pte__wire_put_bool(out + len, true) : pte__wire_put_array(out + len, 0);
    }
    return len;
}

/* An item's own names may stand in any order, but not twice, whether few (their list) or many. */
static void test_validate__own_names_may_stand_in_any_order(void **state) {
    (void)state;
    static const uint32_t counts[] = {2, 3, 10, 63, 64, 65, 66, 130, 300};
    test_random random = {test_seed(62)};
    for (int i = 0; i < 2000; i++) {
        pte_error error;
        uint8_t bytes[300 * 6 + 8];
        uint32_t count = counts[test_random_below(&random, sizeof counts / sizeof *counts)];
        uint32_t at = (uint32_t)test_random_below(&random, count);
        uint32_t twin = (at + 1 + (uint32_t)test_random_below(&random, count - 1)) % count;
        size_t len = shuffled_item(bytes, count, 0, UINT32_MAX, &random);
        pte_item item = {pte_view(bytes, len), 0};
        OK(pte_item_validate(&item, &error));
        len = shuffled_item(bytes, count, at, twin, &random);
        item = (pte_item){pte_view(bytes, len), 0};
        EXPECT(PTE_CORRUPT, pte_item_validate(&item, &error));
    }
}

/* What is accepted is canonical: every value, taken apart and built again, is the same bytes. Most
 * changed items are refused, and those that are not show that the changes are small enough. */
static void test_validate__accepted_items_are_canonical(void **state) {
    (void)state;
    test_random random = {test_seed(63)};
    pte_builder *b = new_builder();
    pte_builder *again = new_builder();
    int accepted = 0;
    int refused = 0;
    for (int i = 0; i < 40000; i++) {
        pte_error error;
        if (i % 40 == 0) {
            pte_builder_reset(b);
            random_item_add(b, &random, 4, 2);
        }
        pte_item item = built(b);
        uint8_t *exact = exact_copy(item.encoded);
        exact[test_random_below(&random, item.encoded.len)] ^=
            (uint8_t)(1u << test_random_below(&random, 8));
        pte_item changed = {pte_view(exact, item.encoded.len), 0};
        if (pte_item_validate(&changed, NULL) == PTE_OK) {
            pte_iter iter;
            pte_bytes name;
            pte_value value;
            pte_value rebuilt;
            accepted++;
            OK(pte_item_iterate(&iter, &changed, &error));
            while (pte_iter_next(&iter, &name, &value, &error) == PTE_OK) {
                pte_builder_reset(again);
                pte_builder_name(again, name);
                rebuild_value(again, &value);
                pte_item alone = built(again);
                OK(pte_item_find(&rebuilt, &alone, name, &error));
                assert_true(pte_bytes_equal(value.encoded, rebuilt.encoded));
            }
        } else {
            refused++;
        }
        free(exact);
    }
    assert_true(accepted > 1000);
    assert_true(refused > 1000);
    pte_builder_destroy(again);
    pte_builder_destroy(b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_validate__built_items_are_accepted),
        cmocka_unit_test(test_validate__other_forms_are_refused_at_their_byte),
        cmocka_unit_test(test_validate__number_sets_are_ordered_by_value),
        cmocka_unit_test(test_validate__own_names_may_stand_in_any_order),
        cmocka_unit_test(test_validate__accepted_items_are_canonical),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
