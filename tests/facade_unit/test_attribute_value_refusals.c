/*
 * Tests of value/attribute_value.h: what is refused, and in which words. They are the service's as
 * dynalite's tests have them, those of null members and of names DynamoDB Local's.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_AttributeValue.html
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
 */
#include "request.h"

#include "value/attribute_value.h"

#include <stdio.h>
#include <stdlib.h>

#define INVALID "One or more parameter values were invalid: "
#define NOT_A_NUMBER "The parameter cannot be converted to a numeric value"
#define EMPTY                                                                                      \
    "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"
#define SEVERAL                                                                                    \
    "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the "    \
    "supported datatypes"
#define OVERFLOW                                                                                   \
    "Number overflow. Attempting to store a number with magnitude larger than supported range"
#define UNDERFLOW                                                                                  \
    "Number underflow. Attempting to store a number with magnitude smaller than supported range"
#define PRECISION "Attempting to store more than 38 significant digits in a Number"
#define DIGITS_38 "12345678901234567890123456789012345678"

static void expect_refused(pt__exception expected, const char *message, const char *text) {
    request r;
    request_init(&r, NULL);
    pte_error error;
    pte_builder *builder;
    OK(pte_builder_create(&builder, NULL, &error));
    pte_item item;
    request_expect(&r, expected, message,
                   pt__item_decode(&item, builder, request_read(&r, text), &r.failure));
    assert_true((expected == PT__OK) == (item.encoded.len != 0));
    pte_builder_destroy(builder);
    request_clean_up(&r);
}

static void test_refusals__types(void **state) {
    (void)state;
    expect_refused(PT__VALIDATION, EMPTY, "{'a':{}}");
    expect_refused(PT__VALIDATION, EMPTY, "{'a':{'a':''}}");
    expect_refused(PT__VALIDATION, EMPTY, "{'a':{'S':null}}");
    expect_refused(PT__VALIDATION, EMPTY, "{'a':{'s':'x'}}");
    expect_refused(PT__VALIDATION, EMPTY, "{'a':{'M':{'a':{}}}}");
    expect_refused(PT__VALIDATION, EMPTY, "{'a':{'L':[{'S':'x'},{}]}}");
    expect_refused(PT__VALIDATION, SEVERAL, "{'a':{'S':'a','N':'1'}}");
    expect_refused(PT__VALIDATION, SEVERAL, "{'a':{'L':[{'S':'a','BOOL':true}]}}");
    /* The values are looked at before their number. */
    expect_refused(PT__VALIDATION, NOT_A_NUMBER ": b", "{'a':{'S':'a','N':'b'}}");
    expect_refused(PT__VALIDATION, "The supplied Item contains a null AttributeValue: a is null",
                   "{'a':null}");
    expect_refused(PT__VALIDATION, "The supplied Item contains a null AttributeValue: b is null",
                   "{'a':{'M':{'b':null}}}");
    expect_refused(PT__VALIDATION, "The supplied Item contains a null AttributeValue",
                   "{'a':{'L':[null]}}");
    expect_refused(PT__VALIDATION, INVALID "Null attribute value types must have the value of true",
                   "{'a':{'NULL':false}}");
    expect_refused(PT__VALIDATION, INVALID "Null attribute value types must have the value of true",
                   "{'a':{'NULL':'no'}}");
}

static void test_refusals__numbers(void **state) {
    (void)state;
    expect_refused(PT__VALIDATION, NOT_A_NUMBER, "{'a':{'N':''}}");
    static const char *const TEXTS[] = {"b", " 1", "1 ", "NaN", "0x1", "1e", "--1", "1,0", "."};
    for (size_t i = 0; i < sizeof TEXTS / sizeof *TEXTS; i++) {
        char text[64];
        char message[128];
        snprintf(text, sizeof text, "{'a':{'N':'%s'}}", TEXTS[i]);
        snprintf(message, sizeof message, NOT_A_NUMBER ": %s", TEXTS[i]);
        expect_refused(PT__VALIDATION, message, text);
        snprintf(text, sizeof text, "{'a':{'NS':['1','%s']}}", TEXTS[i]);
        expect_refused(PT__VALIDATION, message, text);
    }
    expect_refused(PT__OK, NULL, "{'a':{'N':'" DIGITS_38 "'}}");
    expect_refused(PT__VALIDATION, PRECISION, "{'a':{'N':'" DIGITS_38 "9'}}");
    expect_refused(PT__VALIDATION, PRECISION, "{'a':{'N':'-0." DIGITS_38 "9'}}");
    expect_refused(PT__OK, NULL, "{'a':{'N':'9.9e125'}}");
    expect_refused(PT__VALIDATION, OVERFLOW, "{'a':{'N':'1e126'}}");
    expect_refused(PT__VALIDATION, OVERFLOW, "{'a':{'N':'-1e126'}}");
    expect_refused(PT__VALIDATION, OVERFLOW, "{'a':{'N':'0e126'}}");
    expect_refused(PT__OK, NULL, "{'a':{'N':'0.0e126'}}");
    expect_refused(PT__OK, NULL, "{'a':{'N':'1e-130'}}");
    expect_refused(PT__VALIDATION, UNDERFLOW, "{'a':{'N':'1e-131'}}");
    expect_refused(PT__VALIDATION, UNDERFLOW, "{'a':{'N':'-1e-131'}}");
}

static void test_refusals__sets(void **state) {
    (void)state;
    expect_refused(PT__VALIDATION, INVALID "An string set  may not be empty", "{'a':{'SS':[]}}");
    expect_refused(PT__VALIDATION, INVALID "An number set  may not be empty", "{'a':{'NS':[]}}");
    expect_refused(PT__VALIDATION, INVALID "Binary sets should not be empty", "{'a':{'BS':[]}}");
    expect_refused(PT__VALIDATION, INVALID "Input collection [a, a] contains duplicates.",
                   "{'a':{'SS':['a','a']}}");
    expect_refused(PT__VALIDATION, INVALID "Input collection [b, , c, ] contains duplicates.",
                   "{'a':{'SS':['b','','c','']}}");
    expect_refused(PT__VALIDATION,
                   INVALID "Input collection [Yg==, Yg==]of type BS contains duplicates.",
                   "{'a':{'BS':['Yg==','Yg==']}}");
    expect_refused(PT__VALIDATION, "Input collection contains duplicates",
                   "{'a':{'NS':['1','2','1.0']}}");
    expect_refused(PT__VALIDATION, INVALID "An string set may not have a null string as a member",
                   "{'a':{'SS':['a',null]}}");
    expect_refused(PT__SERIALIZATION, "Invalid Base64 character: '!'", "{'a':{'BS':['!AAA']}}");
    expect_refused(PT__SERIALIZATION, "Invalid Base64 character: '!'", "{'a':{'B':'!AAA'}}");
}

/* Whether a set of count elements, of which two are equal if twin is not 0, is refused. */
static void expect_set(size_t count, size_t twin) {
    char *text = malloc(64 + count * 16);
    assert_non_null(text);
    char *at = text + sprintf(text, "{'a':{'NS':[");
    for (size_t i = 0; i < count; i++) {
        at += sprintf(at, "%s'%zu'", i == 0 ? "" : ",", i == twin ? 0 : i * 7919 % 100003);
    }
    strcpy(at, "]}}");
    expect_refused(twin == 0 ? PT__OK : PT__VALIDATION, "Input collection contains duplicates",
                   text);
    free(text);
}

/* Around the size above which elements are sorted, and far above it. */
static void test_refusals__twins_are_found_in_sets_of_any_size(void **state) {
    (void)state;
    for (size_t count = 2; count <= 12; count++) {
        for (size_t twin = 0; twin < count; twin++) {
            expect_set(count, twin);
        }
    }
    expect_set(30000, 0);
    expect_set(30000, 29999);
}

static void expect_name(size_t len, bool nested) {
    char *text = malloc(len + 64);
    assert_non_null(text);
    char *at = text + sprintf(text, nested ? "{'a':{'M':{'" : "{'");
    memset(at, 'x', len);
    strcpy(at + len, nested ? "':{'S':'y'}}}}" : "':{'S':'y'}}");
    if (len == 0) {
        expect_refused(PT__VALIDATION, "Empty attribute name", text);
    } else if (len > PTE_NAME_BYTES_MAX) {
        expect_refused(PT__VALIDATION, "Attribute name is too large, must be less than 65536 bytes",
                       text);
    } else {
        expect_refused(PT__OK, NULL, text);
    }
    free(text);
}

static void test_refusals__names(void **state) {
    (void)state;
    for (int nested = 0; nested < 2; nested++) {
        expect_name(0, nested != 0);
        expect_name(1, nested != 0);
        expect_name(PTE_NAME_BYTES_MAX, nested != 0);
        expect_name(PTE_NAME_BYTES_MAX + 1, nested != 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refusals__types),
        cmocka_unit_test(test_refusals__numbers),
        cmocka_unit_test(test_refusals__sets),
        cmocka_unit_test(test_refusals__twins_are_found_in_sets_of_any_size),
        cmocka_unit_test(test_refusals__names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
