/* What is kept of a table: there and back, and bytes that nobody wrote. */
#include "schema/settings.h"
#include "support/support.h"

#include <stdlib.h>

static pte__arena arena;
static pt__failure failure;
static pte_builder *builder;

static int set_up(void **state) {
    (void)state;
    pte_error error;
    arena = (pte__arena){.allocator = pte__allocator_of(NULL)};
    failure = (pt__failure){.arena = &arena};
    OK(pte_builder_create(&builder, NULL, &error));
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    pte_builder_destroy(builder);
    pte__arena_clean_up(&arena);
    return 0;
}

static const pt__throughput FULL = {1, 2, 3, 4, INT64_MAX, 6, 7, 8, 9};

static pt__table_settings some(void) {
    pt__table_settings settings = {
        .table_id = "01234567-89ab-4cde-8f01-23456789abcd",
        .created_ms = 1795425876608,
        .on_demand = true,
        .on_demand_since_ms = 100,
        .infrequent_access = true,
        .class_given = true,
        .class_changed_ms = 7,
        .deletion_protection = true,
        .kms = true,
        .kms_key_arn = pte_str("arn"),
        .throughput = FULL,
        .tags = pte_str("[]"),
        .resource_policy = {pte_str("{\"a\":1}"), 9},
        .stream_policy = {pte_str("{\"b\":1}"), 10},
        .stream_policy_label_ms = 8,
    };
    pt__throughput empty = {0};
    assert_int_equal(pt__table_settings_set_index(&settings, pte_str("one"), &empty, &failure),
                     PT__OK);
    assert_int_equal(pt__table_settings_set_index(&settings, pte_str("two"), &FULL, &failure),
                     PT__OK);
    return settings;
}

static pte_bytes encoded(const pt__table_settings *settings) {
    pte_bytes data;
    assert_int_equal(pt__table_settings_encode(&data, builder, settings, &failure), PT__OK);
    return pte__arena_copy(&arena, data);
}

static void assert_throughput(const pt__throughput *a, const pt__throughput *b) {
    assert_int_equal(a->read_units, b->read_units);
    assert_int_equal(a->write_units, b->write_units);
    assert_int_equal(a->decreases_today, b->decreases_today);
    assert_int_equal(a->increased_ms, b->increased_ms);
    assert_int_equal(a->decreased_ms, b->decreased_ms);
    assert_int_equal(a->read_units_max, b->read_units_max);
    assert_int_equal(a->write_units_max, b->write_units_max);
    assert_int_equal(a->warm_read_units, b->warm_read_units);
    assert_int_equal(a->warm_write_units, b->warm_write_units);
}

static void test_settings__go_there_and_back(void **state) {
    (void)state;
    pt__table_settings settings = some();
    pt__table_settings back;
    assert_int_equal(pt__table_settings_decode(&back, encoded(&settings), &failure), PT__OK);
    assert_string_equal(back.table_id, settings.table_id);
    assert_int_equal(back.created_ms, settings.created_ms);
    assert_true(back.on_demand && back.infrequent_access && back.class_given);
    assert_true(back.deletion_protection && back.kms);
    assert_int_equal(back.on_demand_since_ms, 100);
    assert_int_equal(back.class_changed_ms, 7);
    assert_true(pte_bytes_equal(back.kms_key_arn, settings.kms_key_arn));
    assert_true(pte_bytes_equal(back.tags, settings.tags));
    assert_true(pte_bytes_equal(back.resource_policy.document, pte_str("{\"a\":1}")));
    assert_int_equal(back.resource_policy.revision_ms, 9);
    assert_true(pte_bytes_equal(back.stream_policy.document, pte_str("{\"b\":1}")));
    assert_int_equal(back.stream_policy.revision_ms, 10);
    assert_int_equal(back.stream_policy_label_ms, 8);
    assert_throughput(&back.throughput, &FULL);
    assert_int_equal(back.index_count, 2);
    pt__throughput one = pt__table_settings_index(&back, pte_str("one"));
    pt__throughput two = pt__table_settings_index(&back, pte_str("two"));
    assert_throughput(&one, &(pt__throughput){0});
    assert_throughput(&two, &FULL);
    /* The same settings are the same bytes. */
    assert_true(pte_bytes_equal(encoded(&back), encoded(&settings)));
}

static void test_settings__of_nobody_are_on_demand(void **state) {
    (void)state;
    pt__table_settings back;
    assert_int_equal(pt__table_settings_decode(&back, (pte_bytes){NULL, 0}, &failure), PT__OK);
    assert_true(back.on_demand);
    assert_int_equal(back.table_id[0], '\0');
    assert_int_equal(back.index_count, 0);
}

static void test_settings__forget_an_index(void **state) {
    (void)state;
    pt__table_settings settings = some();
    pt__table_settings_drop_index(&settings, pte_str("one"));
    pt__table_settings_drop_index(&settings, pte_str("none"));
    assert_int_equal(settings.index_count, 1);
    pt__throughput two = pt__table_settings_index(&settings, pte_str("two"));
    assert_throughput(&two, &FULL);
    pt__throughput gone = pt__table_settings_index(&settings, pte_str("one"));
    assert_throughput(&gone, &(pt__throughput){0});
}

static void expect_damaged(pte_bytes data) {
    pt__table_settings back;
    assert_int_equal(pt__table_settings_decode(&back, data, &failure), PT__INTERNAL);
    assert_int_equal(back.index_count, 0);
}

/* Every prefix is refused, and no changed byte does harm: it is refused, or it is read as some
 * settings that can be written again. */
static void test_settings__survive_damage(void **state) {
    (void)state;
    pt__table_settings settings = some();
    pte_bytes good = encoded(&settings);
    size_t refused = 0;
    for (size_t len = 1; len < good.len; len++) {
        uint8_t *cut = malloc(len); /* of that size, so that reading past it shows */
        assert_non_null(cut);
        memcpy(cut, good.data, len);
        expect_damaged(pte_view(cut, len));
        free(cut);
    }
    test_random random = {test_seed(20261123)};
    for (int i = 0; i < 20000; i++) {
        uint8_t *bad = malloc(good.len);
        assert_non_null(bad);
        memcpy(bad, good.data, good.len);
        bad[test_random_below(&random, good.len)] = (uint8_t)test_random_next(&random);
        pt__table_settings back;
        if (pt__table_settings_decode(&back, pte_view(bad, good.len), &failure) == PT__OK) {
            (void)encoded(&back);
        } else {
            refused++;
        }
        free(bad);
    }
    assert_true(refused > 1000);
}

static void expect_row_damaged(const char *name, pte_type type, const char *text) {
    pte_item item;
    pte_error error;
    pte_builder_reset(builder);
    pte_builder_add_number(builder, "Version", "1");
    pte_builder_name(builder, pte_str(name));
    pte_builder_scalar(builder, (pte_scalar){type, pte_str(text)});
    OK(pte_builder_item(&item, builder, &error));
    expect_damaged(item.encoded);
}

static void test_settings__want_each_member_of_its_type(void **state) {
    (void)state;
    expect_row_damaged("CreatedMs", PTE_TYPE_S, "1");
    expect_row_damaged("CreatedMs", PTE_TYPE_N, "1.5");
    expect_row_damaged("CreatedMs", PTE_TYPE_N, "9223372036854775808");
    expect_row_damaged("OnDemand", PTE_TYPE_N, "1");
    expect_row_damaged("Tags", PTE_TYPE_N, "1");
    expect_row_damaged("TableId", PTE_TYPE_S, "short");
    expect_row_damaged("Indexes", PTE_TYPE_S, "x");
    pte_item item;
    pte_error error;
    pte_builder_reset(builder);
    OK(pte_builder_item(&item, builder, &error));
    expect_damaged(item.encoded); /* no version */
    pte_builder_reset(builder);
    pte_builder_add_number(builder, "Version", "2");
    pte_builder_add_string(builder, "SomethingNew", "x");
    OK(pte_builder_item(&item, builder, &error));
    pt__table_settings back;
    assert_int_equal(pt__table_settings_decode(&back, item.encoded, &failure), PT__OK);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(test_settings__##name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(go_there_and_back), TEST(of_nobody_are_on_demand),      TEST(forget_an_index),
        TEST(survive_damage),    TEST(want_each_member_of_its_type),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
