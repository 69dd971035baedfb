/* Tests of table/schema.h: catalog rows that say what no definition says are refused. */
#include "support/support.h"

#include "table/schema.h"

/* Makes the row of a table with these numbers in it, and reads it. */
static pte_status parse(pte_builder *builder, pte_change_images changes, pte_index_state ttl_state,
                        pte_type type) {
    pte_error error;
    pte_bytes row;
    pte__schema *schema;
    pte_allocator allocator = pte__allocator_of(NULL);
    pte_table_info info = {
        .spec = {.hash = {pte_str("PK"), type}, .changes = changes},
        .id = 1,
        .version = 1,
        .ttl_state = ttl_state,
    };
    OK(pte__schema_row(&row, builder, &info, 0, &error));
    pte_status status = pte__schema_parse(&schema, &allocator, pte_str("users"), row, &error);
    pte__schema_release(schema);
    return status;
}

static void test_schema__numbers_end_at_their_greatest(void **state) {
    (void)state;
    pte_error error;
    pte_builder *b;
    OK(pte_builder_create(&b, NULL, &error));
    OK(parse(b, PTE_CHANGES_NEW_AND_OLD_IMAGES, PTE_INDEX_CREATING, PTE_TYPE_B));
    for (int above = 1; above < 20; above++) {
        EXPECT(PTE_CORRUPT, parse(b, (pte_change_images)(PTE_CHANGES_NEW_AND_OLD_IMAGES + above),
                                  PTE_INDEX_ACTIVE, PTE_TYPE_S));
        EXPECT(PTE_CORRUPT, parse(b, PTE_CHANGES_OFF, (pte_index_state)(PTE_INDEX_CREATING + above),
                                  PTE_TYPE_S));
        EXPECT(PTE_CORRUPT,
               parse(b, PTE_CHANGES_OFF, PTE_INDEX_ACTIVE, (pte_type)(PTE_TYPE_B + above)));
    }
    pte_builder_destroy(b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_schema__numbers_end_at_their_greatest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
