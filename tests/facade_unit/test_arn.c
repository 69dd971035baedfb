/* ARNs taken apart. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html */
#include "shape/arn.h"

#include "support/support.h"

static void expect(pte_bytes part, const char *text) {
    assert_int_equal(part.len, strlen(text));
    assert_true(part.len == 0 || memcmp(part.data, text, part.len) == 0);
}

static void test_arn__is_taken_apart(void **state) {
    (void)state;
    pt__arn arn;
    assert_true(pt__arn_split(
        &arn,
        pte_str("arn:aws-cn:dynamodb:cn-north-1:123:table/t/stream/2015-05-11T21:21:33.291")));
    expect(arn.partition, "aws-cn");
    expect(arn.service, "dynamodb");
    expect(arn.region, "cn-north-1");
    expect(arn.account, "123");
    expect(arn.resource, "table/t/stream/2015-05-11T21:21:33.291");
}

static void test_arn__what_is_missing_is_empty(void **state) {
    (void)state;
    pt__arn arn;
    assert_true(pt__arn_split(&arn, pte_str("arn:")));
    expect(arn.partition, "");
    assert_null(arn.resource.data);
    assert_true(pt__arn_split(&arn, pte_str("arn:aws::r")));
    expect(arn.partition, "aws");
    expect(arn.service, "");
    expect(arn.region, "r");
    expect(arn.account, "");
    assert_null(arn.resource.data);
    /* An empty one is there. */
    assert_true(pt__arn_split(&arn, pte_str("arn:aws:s:r:a:")));
    expect(arn.account, "a");
    expect(arn.resource, "");
    assert_non_null(arn.resource.data);
}

static void test_arn__other_texts_are_none(void **state) {
    (void)state;
    static const char *const texts[] = {"", "arn", "ARN:aws:s:r:a:x", " arn:aws:s:r:a:x", "table"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        pt__arn arn = {.account = pte_str("left")};
        assert_false(pt__is_arn(pte_str(texts[i])));
        assert_false(pt__arn_split(&arn, pte_str(texts[i])));
        expect(arn.account, "");
        assert_null(arn.resource.data);
    }
}

static void test_arn__parts_end_at_separators(void **state) {
    (void)state;
    pte_bytes rest = pte_str("table//x");
    expect(pt__arn_take(&rest, '/'), "table");
    expect(pt__arn_take(&rest, '/'), "");
    expect(rest, "x");
    expect(pt__arn_take(&rest, '/'), "x");
    assert_null(rest.data);
    expect(pt__arn_take(&rest, '/'), "");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_arn__is_taken_apart),
        cmocka_unit_test(test_arn__what_is_missing_is_empty),
        cmocka_unit_test(test_arn__other_texts_are_none),
        cmocka_unit_test(test_arn__parts_end_at_separators),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
