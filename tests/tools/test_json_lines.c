/* The reader of JSON lines that the lab's data goes through. */
#include "json_lines.h"

#include "support/support.h"

static pte_status read_line(pte_item *item, pte_builder *builder, const char *line) {
    pte_error error;
    return json_line_item(item, builder, pte_str(line), &error);
}

static void test_json_lines__makes_the_item_that_the_line_says(void **state) {
    (void)state;
    pte_error error = {0};
    pte_builder *builder, *wanted;
    pte_item item, other;
    OK(pte_builder_create(&builder, NULL, &error));
    OK(pte_builder_create(&wanted, NULL, &error));
    pte_builder_add_string(wanted, "s", "a\n\"\\/\xC3\xA9\xF0\x9F\x8D\x9E");
    pte_builder_add_number(wanted, "n", "-12.5");
    pte_builder_name(wanted, pte_str("l"));
    pte_builder_begin(wanted, PTE_TYPE_L);
    pte_builder_boolean(wanted, true);
    pte_builder_boolean(wanted, false);
    pte_builder_null(wanted);
    pte_builder_begin(wanted, PTE_TYPE_L);
    pte_builder_end(wanted);
    pte_builder_end(wanted);
    pte_builder_name(wanted, pte_str("m"));
    pte_builder_begin(wanted, PTE_TYPE_M);
    pte_builder_add_number(wanted, "+1", "0");
    pte_builder_end(wanted);
    OK(pte_builder_item(&other, wanted, &error));
    const char *line = " {\"s\": \"a\\n\\\"\\\\\\/\\u00e9\\ud83c\\udf5e\", \"n\":-1.25E+1,"
                       "\"l\":[true,false , null,[]],\"m\":{\"+1\":0}}\n";
    OK(json_line_item(&item, builder, pte_str(line), &error));
    assert_true(pte_bytes_equal(item.encoded, other.encoded));
    pte_builder_destroy(builder);
    pte_builder_destroy(wanted);
}

static void test_json_lines__refuses_what_is_not_json(void **state) {
    (void)state;
    static const char *const lines[] = {
        "",
        "[]",
        "{",
        "{}x",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{'a':1}",
        "{\"a\":01}",
        "{\"a\":1.}",
        "{\"a\":.5}",
        "{\"a\":+1}",
        "{\"a\":1e}",
        "{\"a\":tru}",
        "{\"a\":[1,]}",
        "{\"a\":[1}",
        "{\"a\":\"\t\"}",
        "{\"a\":\"\\x\"}",
        "{\"a\":\"\\u12g4\"}",
        "{\"a\":\"\\ud800\"}",
        "{\"a\":\"\\udc00\"}",
        "{\"a\":\"b}",
        "{\"a\":1,\"a\":2}",
    };
    pte_error error = {0};
    pte_builder *builder;
    pte_item item;
    OK(pte_builder_create(&builder, NULL, &error));
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        if (read_line(&item, builder, lines[i]) == PTE_OK) {
            fail_msg("accepted: %s", lines[i]);
        }
    }
    assert_int_equal(PTE_OK, read_line(&item, builder, "{}"));
    pte_builder_destroy(builder);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_json_lines__makes_the_item_that_the_line_says),
        cmocka_unit_test(test_json_lines__refuses_what_is_not_json),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
