/* Damaged catalogs: rows, owners, ids. */
#include "damaged.h"

#include "base/endian.h"
#include "table/schema.h"

static void put_owner(damaged *d, uint32_t id, const char *kind_and_table) {
    raw_put_id(d, PTE__DB_CATALOG, "o", id, pte_str(kind_and_table));
}

static void test_check_catalog__reports_a_row_cut_at_every_length(void **state) {
    (void)state;
    static damaged d;
    raw_entry row;
    damaged_open(&d);
    raw_find(&d, PTE__DB_CATALOG, pte_str("tplain"), "", &row);
    while (row.value_len > 0) {
        row.value_len -= row.value_len < 7 ? 1 : 7;
        raw_store(&d, PTE__DB_CATALOG, &row);
        damaged_check(&d);
        damaged_expect(&d, "catalog, table \"plain\": ", NULL);
        damaged_expect_lines(&d, 1); /* and not what follows from it */
        damaged_reopen(&d);
    }
    damaged_check(&d);
    damaged_close(&d);
}

static void test_check_catalog__reports_a_table_with_the_ids_of_another(void **state) {
    (void)state;
    static damaged d;
    raw_entry row;
    damaged_open(&d);
    raw_find(&d, PTE__DB_CATALOG, pte_str("torders"), "", &row);
    raw_put(&d, PTE__DB_CATALOG, pte_str("tcopy"), pte_view(row.value, row.value_len));
    damaged_check(&d);
    damaged_expect(&d, "catalog, table \"copy\": the owner row of id",
                   "names another kind or table (\"torders\")", NULL);
    damaged_expect(&d, "catalog, table \"copy\", index \"some\": the owner row of id", NULL);
    damaged_expect(&d, "catalog, table \"copy\", time to live: the owner row of id", NULL);
    damaged_expect(&d, "catalog, table \"copy\": the row of its stream, id ", "missing", NULL);
    damaged_expect_lines(&d, 6);
    damaged_close(&d);
}

static void test_check_catalog__reports_stray_rows(void **state) {
    (void)state;
    static const char *const KEYS[] = {"x", "o", "r", "o12345", "nosuch"};
    static damaged d;
    damaged_open(&d);
    for (size_t i = 0; i < 5; i++) {
        raw_put(&d, PTE__DB_CATALOG, pte_str(KEYS[i]), pte_str("t"));
    }
    damaged_check(&d);
    damaged_expect(&d, "catalog, key 0x78: there is no such row (\"x\")", NULL);
    damaged_expect(&d, "there is no such row (\"nosuch\")", NULL);
    damaged_expect_lines(&d, 5);
    damaged_close(&d);
}

static void test_check_catalog__reports_names_that_no_table_has(void **state) {
    (void)state;
    static damaged d;
    raw_entry row;
    uint8_t name[1 + PTE_TABLE_NAME_BYTES_MAX + 1];
    memset(name, 't', sizeof name);
    damaged_open(&d);
    raw_find(&d, PTE__DB_CATALOG, pte_str("tplain"), "", &row);
    const size_t lens[] = {1, sizeof name};
    for (size_t i = 0; i < 2; i++) {
        raw_put(&d, PTE__DB_CATALOG, pte_view(name, lens[i]), pte_view(row.value, row.value_len));
    }
    damaged_check(&d);
    damaged_expect(&d, "catalog: ", "a table's name of 0 bytes", NULL);
    damaged_expect(&d, "catalog, table \"ttt", "a table's name of 401 bytes", NULL);
    damaged_expect_lines(&d, 2);
    damaged_close(&d);
}

static void test_check_catalog__reports_owners_without_a_table(void **state) {
    (void)state;
    static damaged d;
    damaged_open(&d);
    put_owner(&d, d.ids->unknown, "tnobody");
    put_owner(&d, d.ids->unknown + 1, "iorders");
    put_owner(&d, d.ids->unknown + 2, "xorders");
    put_owner(&d, d.ids->unknown + 3, "");
    damaged_check(&d);
    damaged_expect(&d, "catalog, key 0x6f000003e7: the owner of id 999 is no table that has it",
                   NULL);
    damaged_expect_lines(&d, 4);
    damaged_close(&d);
}

static void test_check_catalog__reports_a_missing_owner(void **state) {
    (void)state;
    static damaged d;
    damaged_open(&d);
    raw_delete_id(&d, PTE__DB_CATALOG, "o", d.ids->by_day);
    damaged_check(&d);
    damaged_expect(&d, "catalog, table \"orders\", index \"by-day\": id", "has no owner row", NULL);
    damaged_expect(&d, "index, key 0x", "is neither that of a table nor retired", NULL);
    damaged_expect_lines(&d, 2);
    damaged_close(&d);
}

static void test_check_catalog__reports_an_owner_of_another_kind(void **state) {
    (void)state;
    static damaged d;
    damaged_open(&d);
    put_owner(&d, d.ids->orders_ttl, "iorders");
    damaged_check(&d);
    damaged_expect(&d, "catalog, table \"orders\", time to live: the owner row of id",
                   "(\"iorders\")", NULL);
    damaged_expect(&d, "the owner of id", "is no table that has it", NULL);
    damaged_expect(&d, "expiry, key 0x", "is neither", NULL);
    damaged_expect_lines(&d, 3);
    damaged_close(&d);
}

static void test_check_catalog__reports_retired_rows_that_cannot_be(void **state) {
    (void)state;
    static damaged d;
    damaged_open(&d);
    raw_put_id(&d, PTE__DB_CATALOG, "r", d.ids->gone, pte_str("x"));
    raw_put_id(&d, PTE__DB_CATALOG, "r", d.ids->plain, pte_str("t"));
    raw_put_id(&d, PTE__DB_CATALOG, "r", d.ids->unknown, pte_str("e"));
    damaged_check(&d);
    damaged_expect(&d, "retired id", "is of no known kind", NULL);
    damaged_expect(&d, "is retired and has an owner", NULL);
    damaged_expect(&d, "retired id 999 was never given, the last one is", NULL);
    damaged_expect_lines(&d, 3);
    damaged_close(&d);
}

static void test_check_catalog__reports_a_generation_and_ids_that_were_never_given(void **state) {
    (void)state;
    static damaged d;
    damaged_open(&d);
    raw_put(&d, PTE__DB_META, pte_str("generation"), pte_view("\0\0\0\0\0\0\0\1", 8));
    raw_put(&d, PTE__DB_META, pte_str("last id"), pte_view("\0\0\0\0\0\0\0\1", 8));
    damaged_check(&d);
    damaged_expect(&d, "catalog, table \"plain\": its version is", "above the generation 1", NULL);
    damaged_expect(&d, "catalog, table \"orders\", index \"by-day\": id", "was never given", NULL);
    damaged_expect(&d, "changes, key 0x", "which was never given", NULL);
    damaged_close(&d);
}

/* ---- Rows that are well formed and say what no definition can ---- */

/* A definition as the row of a table has it, to be changed and stored again. */
typedef struct definition {
    pte__schema *schema;
    pte_table_info info;
    pte_index_info indexes[4];
    uint32_t ttl_id;
} definition;

static void definition_read(definition *def, damaged *d, const char *table) {
    raw_entry row;
    uint8_t key[64] = "t";
    pte_error error;
    const pte_bytes name = pte_str(table);
    const pte_allocator allocator = pte__allocator_of(NULL);
    memcpy(key + 1, name.data, name.len);
    raw_find(d, PTE__DB_CATALOG, pte_view(key, 1 + name.len), "", &row);
    OK(pte__schema_parse(&def->schema, &allocator, name, pte_view(row.value, row.value_len),
                         &error));
    def->info = def->schema->info;
    assert_true(def->info.index_count <= 4);
    for (size_t i = 0; i < def->info.index_count; i++) {
        def->indexes[i] = def->info.indexes[i];
    }
    def->info.indexes = def->indexes;
    def->ttl_id = def->schema->ttl_id;
}

static void definition_store(const definition *def, damaged *d) {
    pte_error error;
    pte_builder *b;
    pte_bytes row;
    uint8_t key[64] = "t";
    const pte_bytes name = def->info.spec.name;
    memcpy(key + 1, name.data, name.len);
    OK(pte_builder_create(&b, NULL, &error));
    OK(pte__schema_row(&row, b, &def->info, def->ttl_id, &error));
    raw_put(d, PTE__DB_CATALOG, pte_view(key, 1 + name.len), row);
    pte_builder_destroy(b);
    pte__schema_release(def->schema);
}

static void test_check_catalog__reports_definitions_that_cannot_be(void **state) {
    (void)state;
    static damaged d;
    definition orders;
    definition plain;
    damaged_open(&d);
    definition_read(&orders, &d, "orders");
    orders.indexes[0].spec.range[0].type = PTE_TYPE_NONE;
    definition_store(&orders, &d);
    definition_read(&plain, &d, "plain");
    plain.info.spec.range = plain.info.spec.hash;
    definition_store(&plain, &d);
    damaged_check(&d);
    damaged_expect(&d, "catalog, table \"orders\": ", "key attribute \"amount\" is of type", NULL);
    damaged_expect(&d, "catalog, table \"plain\": ", "are both named \"pk\"", NULL);
    damaged_expect_lines(&d, 2);
    damaged_close(&d);
}

static void test_check_catalog__reports_indexes_that_clash(void **state) {
    (void)state;
    static damaged d;
    definition orders;
    damaged_open(&d);
    definition_read(&orders, &d, "orders");
    orders.indexes[1].spec.name = pte_str("some");
    orders.indexes[0].id = orders.indexes[2].id;
    definition_store(&orders, &d);
    damaged_check(&d);
    damaged_expect(&d, "catalog, table \"orders\": two indexes are named \"some\"", NULL);
    damaged_expect(&d, "catalog, table \"orders\", index \"some\": its id",
                   "is also that of index \"by-status\"", NULL);
    damaged_close(&d);
}

static void test_check_catalog__reports_time_to_live_without_a_name(void **state) {
    (void)state;
    static damaged d;
    definition orders;
    damaged_open(&d);
    definition_read(&orders, &d, "orders");
    orders.info.spec.ttl_attribute = (pte_bytes){0};
    definition_store(&orders, &d);
    damaged_check(&d);
    damaged_expect(&d, "catalog, table \"orders\": time to live has", "an id and no name", NULL);
    damaged_expect_lines(&d, 1);
    damaged_close(&d);
}

static void test_check_catalog__reports_what_does_not_belong_into_a_row(void **state) {
    (void)state;
    static damaged d;
    raw_entry row;
    pte_error error;
    pte_builder *b;
    pte_iter iter;
    pte_bytes name;
    pte_value value;
    damaged_open(&d);
    raw_find(&d, PTE__DB_CATALOG, pte_str("tplain"), "", &row);
    const pte_item item = {.encoded = pte_view(row.value, row.value_len)};
    OK(pte_builder_create(&b, NULL, &error));
    OK(pte_item_iterate(&iter, &item, &error));
    while (pte_iter_next(&iter, &name, &value, &error) == PTE_OK) {
        pte_builder_name(b, name);
        pte_builder_value(b, &value);
    }
    pte_builder_add_string(b, "extra", "x");
    pte_item larger;
    OK(pte_builder_item(&larger, b, &error));
    raw_put(&d, PTE__DB_CATALOG, pte_str("tplain"), larger.encoded);
    damaged_check(&d);
    damaged_expect(&d, "catalog, table \"plain\": its row holds more than a definition", NULL);
    damaged_expect_lines(&d, 1);
    pte_builder_destroy(b);
    damaged_close(&d);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_check_catalog__reports_a_row_cut_at_every_length),
        cmocka_unit_test(test_check_catalog__reports_a_table_with_the_ids_of_another),
        cmocka_unit_test(test_check_catalog__reports_stray_rows),
        cmocka_unit_test(test_check_catalog__reports_names_that_no_table_has),
        cmocka_unit_test(test_check_catalog__reports_owners_without_a_table),
        cmocka_unit_test(test_check_catalog__reports_a_missing_owner),
        cmocka_unit_test(test_check_catalog__reports_an_owner_of_another_kind),
        cmocka_unit_test(test_check_catalog__reports_retired_rows_that_cannot_be),
        cmocka_unit_test(test_check_catalog__reports_a_generation_and_ids_that_were_never_given),
        cmocka_unit_test(test_check_catalog__reports_definitions_that_cannot_be),
        cmocka_unit_test(test_check_catalog__reports_indexes_that_clash),
        cmocka_unit_test(test_check_catalog__reports_time_to_live_without_a_name),
        cmocka_unit_test(test_check_catalog__reports_what_does_not_belong_into_a_row),
    };
    return cmocka_run_group_tests(tests, damaged_group_setup, damaged_group_teardown);
}
