/* Tests of table/image.h and extract.h: bytes that a damaged file may hold are never read past
 * their end. */
#include "support/support.h"

#include "table/image.h"

#include <stdlib.h>

/* An item of exactly these bytes, so that a sanitizer sees a byte read behind them. */
static pte_item copy_of(const void *bytes, size_t len) {
    uint8_t *copy = malloc(len);
    assert_non_null(copy);
    memcpy(copy, bytes, len);
    return (pte_item){.encoded = {copy, len}};
}

static bool has_prefix(const void *bytes, size_t len, pte_bytes prefix) {
    pte_item item = copy_of(bytes, len);
    bool has = pte__image_has_prefix(&item, prefix);
    free((void *)(uintptr_t)item.encoded.data);
    return has;
}

static void test_image__has_prefix_ends_with_the_bytes(void **state) {
    (void)state;
    const uint8_t short_head[] = {0x81, 0xA1, 'k', 0xA1, 'v'};
    const uint8_t long_head[] = {0xDE, 0x00, 0x10, 0xA1, 'k', 0xA1, 'v'};
    pte_bytes prefix = pte_view(short_head + 1, sizeof short_head - 1);
    assert_true(has_prefix(short_head, sizeof short_head, prefix));
    assert_true(has_prefix(long_head, sizeof long_head, prefix));
    for (size_t len = 1; len < sizeof short_head; len++) {
        assert_false(has_prefix(short_head, len, prefix));
    }
    for (size_t len = 1; len < sizeof long_head; len++) {
        assert_false(has_prefix(long_head, len, prefix));
    }
}

/* ---- what a write needs of the item as it is stored ---- */

/* The schema of a table with the keys PK and SK and an index on "by". */
static pte__schema *new_schema(pte_builder *builder) {
    pte_error error;
    pte_bytes row;
    pte__schema *schema;
    pte_allocator allocator = pte__allocator_of(NULL);
    pte_index_info index = {
        .spec = {.name = pte_str("i"),
                 .kind = PTE_INDEX_GLOBAL,
                 .hash = {{pte_str("by"), PTE_TYPE_S}},
                 .hash_count = 1},
        .id = 2,
    };
    pte_table_info info = {
        .spec = {.hash = {pte_str("PK"), PTE_TYPE_S}, .range = {pte_str("SK"), PTE_TYPE_S}},
        .id = 1,
        .version = 1,
        .index_count = 1,
        .indexes = &index,
    };
    OK(pte__schema_row(&row, builder, &info, 0, &error));
    OK(pte__schema_parse(&schema, &allocator, pte_str("users"), row, &error));
    return schema;
}

/* {"PK":"p","SK":"s"[,"by":"x"],"z":"z"} and, behind that, bytes that are no value. */
static size_t stored_item(uint8_t *room, bool indexed) {
    static const char keys[] = "\xA2PK\xA1p\xA2SK\xA1s";
    static const char by[] = "\xA2"
                             "by\xA1x";
    static const char end[] = "\xA1z\xA1z\xA1y\xC1";
    uint8_t *to = room;
    *to++ = indexed ? 0x85 : 0x84;
    memcpy(to, keys, sizeof keys - 1);
    to += sizeof keys - 1;
    if (indexed) {
        memcpy(to, by, sizeof by - 1);
        to += sizeof by - 1;
    }
    memcpy(to, end, sizeof end - 1);
    return (size_t)(to - room) + sizeof end - 1;
}

/* With the last attribute that matters the walk ends; where one is absent, with the item, or with
 * what is damaged in it. */
static void test_extract__the_walk_of_a_stored_item_ends_early(void **state) {
    (void)state;
    pte_error error;
    pte_builder *builder;
    OK(pte_builder_create(&builder, NULL, &error));
    pte__schema *schema = new_schema(builder);
    pte__arena arena = {.allocator = pte__allocator_of(NULL)};
    uint8_t room[64];
    pte__extract extract;
    pte_item item = copy_of(room, stored_item(room, true));
    item.size_bytes = 1;
    OK(pte__extract_stored(&extract, &arena, schema, &item, &error));
    assert_true(pte_bytes_equal(pte_str("p"), extract.slots[PTE__SLOT_HASH].value.bytes));
    uint16_t by = pte__schema_slot(schema, pte_str("by"));
    assert_true(pte_bytes_equal(pte_str("x"), extract.slots[by].value.bytes));
    EXPECT(PTE_CORRUPT, pte__extract_item(&extract, &arena, schema, &item, &error));
    free((void *)(uintptr_t)item.encoded.data);

    item = copy_of(room, stored_item(room, false));
    item.size_bytes = 1;
    EXPECT(PTE_CORRUPT, pte__extract_stored(&extract, &arena, schema, &item, &error));
    item.encoded.len -= 3; /* without what is damaged */
    *(uint8_t *)(uintptr_t)item.encoded.data = 0x83;
    OK(pte__extract_stored(&extract, &arena, schema, &item, &error));
    assert_int_equal(0, extract.slots[by].encoded.len);
    free((void *)(uintptr_t)item.encoded.data);

    static const char twice[] = "\x83\xA2PK\xA1p\xA2PK\xA1q\xA2SK\xA1s";
    item = copy_of(twice, sizeof twice - 1);
    item.size_bytes = 1;
    EXPECT(PTE_CORRUPT, pte__extract_stored(&extract, &arena, schema, &item, &error));
    free((void *)(uintptr_t)item.encoded.data);
    pte__arena_clean_up(&arena);
    pte__schema_release(schema);
    pte_builder_destroy(builder);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_image__has_prefix_ends_with_the_bytes),
        cmocka_unit_test(test_extract__the_walk_of_a_stored_item_ends_early),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
