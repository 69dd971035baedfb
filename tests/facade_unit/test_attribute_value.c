/* Tests of value/attribute_value.h: values in and out. What is refused is in
 * test_attribute_value_refusals.c. */
#include "request.h"

#include "value/attribute_value.h"

#include <stdio.h>

static pte_builder *new_builder(void) {
    pte_error error;
    pte_builder *builder;
    OK(pte_builder_create(&builder, NULL, &error));
    return builder;
}

/* Ends the test unless the item that text is comes out as expected. */
static void expect_item(const char *expected, const char *text) {
    request r;
    request_init(&r, NULL);
    pte_builder *builder = new_builder();
    pt__out out = {.allocator = pte__allocator_of(NULL)};
    pte_item item;
    request_expect(&r, PT__OK, NULL,
                   pt__item_decode(&item, builder, request_read(&r, text), &r.failure));
    pte_error error;
    OK(pte_item_validate(&item, &error));
    pt__item_encode(&out, &item);
    expect_json(&out, expected);
    pt__out_clean_up(&out);
    pte_builder_destroy(builder);
    request_clean_up(&r);
}

/*
 * Maps and sets come out sorted, numbers in their canonical form.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_AttributeValue.html
 */
static void test_attribute_value__every_type_goes_in_and_out(void **state) {
    (void)state;
    static const char *const ROWS[][2] = {
        {"{}", "{}"},
        {"{'a':{'S':'x'}}", NULL},
        {"{'a':{'S':''}}", NULL},
        {"{'a':{'S':'\\u0000\\u001f\\n\xC3\xA9'}}", NULL},
        {"{'a':{'N':'+1.50e1'}}", "{'a':{'N':'15'}}"},
        {"{'a':{'N':'-0.0e10'}}", "{'a':{'N':'0'}}"},
        {"{'a':{'B':'Zm9v'}}", NULL},
        {"{'a':{'B':''}}", NULL},
        {"{'a':{'BOOL':true},'b':{'BOOL':false}}", NULL},
        {"{'a':{'BOOL':'No'},'b':{'BOOL':'1'}}", "{'a':{'BOOL':false},'b':{'BOOL':true}}"},
        {"{'a':{'NULL':true}}", NULL},
        {"{'a':{'NULL':'TRUE'}}", "{'a':{'NULL':true}}"},
        {"{'a':{'SS':['b','','a']}}", "{'a':{'SS':['','a','b']}}"},
        {"{'a':{'NS':['10','9','-1.0']}}", "{'a':{'NS':['-1','9','10']}}"},
        {"{'a':{'BS':['Zm9v','']}}", "{'a':{'BS':['','Zm9v']}}"},
        {"{'a':{'L':[]},'b':{'M':{}}}", NULL},
        {"{'a':{'L':[{'S':'x'},{'L':[{'N':'1'}]},{'NULL':true}]}}", NULL},
        {"{'a':{'M':{'z':{'S':'x'},'b':{'M':{'c':{'BOOL':true}}}}}}",
         "{'a':{'M':{'b':{'M':{'c':{'BOOL':true}}},'z':{'S':'x'}}}}"},
        /* Null members and names that are no type do not count. */
        {"{'a':{'S':'x','N':null,'what':'ever'}}", "{'a':{'S':'x'}}"},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        expect_item(ROWS[i][1] != NULL ? ROWS[i][1] : ROWS[i][0], ROWS[i][0]);
    }
}

/* levels maps or lists around a string, or around a set. */
static const char *deep(char *text, size_t size, int levels, bool maps, const char *leaf) {
    text[0] = '\0';
    for (int i = 0; i < levels; i++) {
        strncat(text, maps ? "{'M':{'n':" : "{'L':[", size - strlen(text) - 1);
    }
    strncat(text, leaf, size - strlen(text) - 1);
    for (int i = 0; i < levels; i++) {
        strncat(text, maps ? "}}" : "]}", size - strlen(text) - 1);
    }
    return text;
}

/*
 * 31 levels of maps or lists, so that the scalar is on the 32nd; measured on the service and the
 * same in DynamoDB Local.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html
 */
static void test_attribute_value__nesting_ends_at_32_levels(void **state) {
    (void)state;
    static const char *const LEAVES[] = {"{'S':'x'}", "{'SS':['x']}"};
    for (int levels = 30; levels <= 34; levels++) {
        for (int kind = 0; kind < 4; kind++) {
            request r;
            request_init(&r, NULL);
            pte_builder *builder = new_builder();
            char inner[1024];
            char text[1100];
            snprintf(text, sizeof text, "{'a':%s}",
                     deep(inner, sizeof inner, levels, kind % 2 == 0, LEAVES[kind / 2]));
            pte_item item;
            pt__exception exception =
                pt__item_decode(&item, builder, request_read(&r, text), &r.failure);
            if (levels <= 31) {
                request_expect(&r, PT__OK, NULL, exception);
                expect_item(text, text);
            } else {
                request_expect(&r, PT__VALIDATION,
                               "Nesting Levels have exceeded supported limits: Attributes in the "
                               "item have nested levels beyond supported limit",
                               exception);
            }
            pte_builder_destroy(builder);
            request_clean_up(&r);
        }
    }
}

static void test_attribute_value__one_value_lies_in_the_arena(void **state) {
    (void)state;
    request r;
    request_init(&r, NULL);
    pte_builder *scratch = new_builder();
    pte_value first;
    pte_value second;
    request_expect(&r, PT__OK, NULL,
                   pt__value_decode_into(&first, scratch,
                                         request_read(&r, "{'M':{'k':{'NS':['2','1']}}}"),
                                         &r.failure));
    request_expect(
        &r, PT__OK, NULL,
        pt__value_decode_into(&second, scratch, request_read(&r, "{'S':'other'}"), &r.failure));
    pte_builder_destroy(scratch);
    pt__out out = {.allocator = pte__allocator_of(NULL)};
    pt__out_array(&out);
    pt__value_encode(&out, &first);
    pt__value_encode(&out, &second);
    pt__out_array_end(&out);
    expect_json(&out, "[{'M':{'k':{'NS':['1','2']}}},{'S':'other'}]");
    pt__out_clean_up(&out);
    request_clean_up(&r);
}

/* A value goes where one is due, among others. */
static void test_attribute_value__values_go_into_a_builder(void **state) {
    (void)state;
    request r;
    request_init(&r, NULL);
    pte_builder *builder = new_builder();
    pte_builder_name(builder, pte_str("l"));
    pte_builder_begin(builder, PTE_TYPE_L);
    request_expect(&r, PT__OK, NULL,
                   pt__value_decode(builder, request_read(&r, "{'N':'1'}"), &r.failure));
    request_expect(&r, PT__OK, NULL,
                   pt__value_decode(builder, request_read(&r, "{'BS':['Zm9v']}"), &r.failure));
    pte_builder_end(builder);
    pte_item item;
    pte_error error;
    OK(pte_builder_item(&item, builder, &error));
    pt__out out = {.allocator = pte__allocator_of(NULL)};
    pt__item_encode(&out, &item);
    expect_json(&out, "{'l':{'L':[{'N':'1'},{'BS':['Zm9v']}]}}");
    pt__out_clean_up(&out);
    pte_builder_destroy(builder);
    request_clean_up(&r);
}

/* Bytes that no builder makes. */
static void test_attribute_value__damage_makes_the_output_fail(void **state) {
    (void)state;
    static const struct {
        const char *bytes;
        size_t len;
    } ROWS[] = {
        {"", 0},
        {"\x81", 1},
        {"\x81\xA1", 2},
        {"\x81\xA1"
         "a\xA5x",
         5},
        {"\x81\xA1"
         "a\x92\xC0",
         5},
        {"\xC1", 1},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        pt__out out = {.allocator = pte__allocator_of(NULL)};
        pte_item item = {pte_view(ROWS[i].bytes, ROWS[i].len), 0};
        pt__item_encode(&out, &item);
        assert_true(out.failed);
        pt__out_clean_up(&out);
    }
    pt__out out = {.allocator = pte__allocator_of(NULL)};
    pt__value_encode(&out, &(pte_value){.type = PTE_TYPE_NONE});
    assert_true(out.failed);
    pt__out_clean_up(&out);
}

static void test_attribute_value__failed_allocations_are_reported(void **state) {
    (void)state;
    const char *text = "{'a':{'M':{'b':{'B':'Zm9vZm9v'},'s':{'SS':['1','2','3','4','5','6','7','8',"
                       "'9','10']}}},'c':{'BS':['Zm9v']}}";
    size_t failures = 0;
    for (size_t at = 1;; at++) {
        request r;
        request_init(&r, NULL);
        const pt__json *root = request_read(&r, text);
        fault_allocator fault = {.fail_at = at};
        pte_allocator allocator = fault_allocator_of(&fault);
        pte__arena arena = {.allocator = allocator};
        pt__failure failure = {.arena = &arena};
        pte_builder *builder = NULL;
        pt__exception exception = PT__INTERNAL;
        pte_item item;
        if (pte_builder_create(&builder, &allocator, NULL) == PTE_OK) {
            exception = pt__item_decode(&item, builder, root, &failure);
        }
        pte_builder_destroy(builder);
        pte__arena_clean_up(&arena);
        request_clean_up(&r);
        assert_int_equal(0, fault.live_bytes);
        if (exception == PT__OK) {
            break;
        }
        assert_int_equal(PT__INTERNAL, exception);
        failures++;
    }
    assert_true(failures > 2);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_attribute_value__every_type_goes_in_and_out),
        cmocka_unit_test(test_attribute_value__nesting_ends_at_32_levels),
        cmocka_unit_test(test_attribute_value__one_value_lies_in_the_arena),
        cmocka_unit_test(test_attribute_value__values_go_into_a_builder),
        cmocka_unit_test(test_attribute_value__damage_makes_the_output_fail),
        cmocka_unit_test(test_attribute_value__failed_allocations_are_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
