/* Tests of status.h and base/error.h. */
#include "support/support.h"

#include "base/error.h"

#include <errno.h>

static void test_status__every_code_has_its_name_and_text(void **state) {
    (void)state;
#define CHECK(name, number, text)                                                                  \
    assert_string_equal("PTE_" #name, pte_status_name(PTE_##name));                                \
    assert_string_equal(text, pte_status_text(PTE_##name));                                        \
    assert_int_equal(number, PTE_##name);
    PTE_STATUS_MAP(CHECK)
#undef CHECK
}

static void test_status__a_number_that_is_no_code_is_said_to_be_none(void **state) {
    (void)state;
    assert_string_equal("PTE_?", pte_status_name((pte_status)9));
    assert_string_equal("unknown status", pte_status_text((pte_status)1000));
}

/* Programs are linked against these numbers. */
static void test_status__numbers_are_unique_and_stay(void **state) {
    (void)state;
    static const int numbers[] = {
#define NUMBER(name, number, text) number,
        PTE_STATUS_MAP(NUMBER)
#undef NUMBER
    };
    for (size_t i = 1; i < sizeof numbers / sizeof *numbers; i++) {
        assert_true(numbers[i - 1] < numbers[i]);
    }
    assert_int_equal(0, PTE_OK);
    assert_int_equal(1, PTE_END);
    assert_int_equal(3, PTE_NOT_FOUND);
    assert_int_equal(10, PTE_INVALID_ARGUMENT);
    assert_int_equal(26, PTE_ITEM_TOO_LARGE);
    assert_int_equal(37, PTE_NAME_TOO_LONG);
    assert_int_equal(38, PTE_START_OUTSIDE);
    assert_int_equal(50, PTE_CONDITION_FAILED);
    assert_int_equal(70, PTE_OUT_OF_MEMORY);
    assert_int_equal(79, PTE_LIMIT);
}

static void test_error__fail_fills_all_of_it(void **state) {
    (void)state;
    pte_error error;
    memset(&error, 0x55, sizeof error);
    assert_int_equal(PTE_KEY_SIZE, pte__fail(&error, PTE_KEY_SIZE, "%d bytes", 7));
    assert_int_equal(PTE_KEY_SIZE, error.status);
    assert_int_equal(0, error.os_error);
    assert_int_equal(0, error.position);
    assert_string_equal("a key attribute is too long: 7 bytes", error.message);
    assert_int_equal(PTE_IO, pte__fail_at(&error, PTE_IO, 12, "x"));
    assert_int_equal(12, error.position);
}

static void test_error__null_is_allowed(void **state) {
    (void)state;
    assert_int_equal(PTE_IO, pte__fail(NULL, PTE_IO, "x"));
    assert_int_equal(PTE_IO, pte__fail_at(NULL, PTE_IO, 1, "x"));
    assert_int_equal(PTE_IO, pte__fail_os(NULL, EIO, "x"));
    assert_int_equal(PTE_OUT_OF_MEMORY, pte__fail_memory(NULL));
}

static void test_error__callers_fill_it_as_the_engine_does(void **state) {
    (void)state;
    pte_error error;
    memset(&error, 0x55, sizeof error);
    assert_int_equal(PTE_CONDITION_FAILED,
                     pte_error_fill(&error, PTE_CONDITION_FAILED, "%s is %d", "age", 7));
    assert_int_equal(PTE_CONDITION_FAILED, error.status);
    assert_int_equal(0, error.os_error);
    assert_int_equal(0, error.position);
    assert_string_equal("the condition does not hold: age is 7", error.message);
    assert_int_equal(PTE_IO, pte_error_fill(NULL, PTE_IO, "x"));
}

static void test_error__a_long_message_is_cut(void **state) {
    (void)state;
    pte_error error;
    char text[2 * PTE_ERROR_MESSAGE_BYTES];
    memset(text, 'x', sizeof text);
    text[sizeof text - 1] = 0;
    assert_int_equal(PTE_IO, pte__fail(&error, PTE_IO, "%s", text));
    assert_int_equal(PTE_ERROR_MESSAGE_BYTES - 1, strlen(error.message));
}

static void test_error__a_message_may_quote_the_error_itself(void **state) {
    (void)state;
    pte_error error;
    assert_int_equal(PTE_IO, pte__fail(&error, PTE_IO, "cause"));
    assert_int_equal(PTE_LIMIT, pte__fail(&error, PTE_LIMIT, "%s", error.message));
    assert_string_equal("a fixed limit of the engine is reached: input/output error: cause",
                        error.message);
}

static void test_error__system_errors_have_their_status(void **state) {
    (void)state;
    static const struct {
        int os_error;
        pte_status status;
    } cases[] = {
        {ENOMEM, PTE_OUT_OF_MEMORY},
        {ENOSPC, PTE_DATABASE_FULL},
        {EDQUOT, PTE_DATABASE_FULL},
        {EFBIG, PTE_DATABASE_FULL},
        {EIO, PTE_IO},
        {EACCES, PTE_IO},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        pte_error error;
        assert_int_equal(cases[i].status, pte__fail_os(&error, cases[i].os_error, "open %d", 3));
        assert_int_equal(cases[i].os_error, error.os_error);
        assert_non_null(strstr(error.message, "open 3: "));
        assert_non_null(strstr(error.message, strerror(cases[i].os_error)));
    }
}

static void test_error__a_long_name_is_shown_in_part(void **state) {
    (void)state;
    char name[300];
    pte_error error;
    memset(name, 'n', sizeof name);
    assert_int_equal(PTE_IO,
                     pte__fail(&error, PTE_IO, "%.*s", PTE__SHOW(pte_view(name, sizeof name))));
    assert_int_equal(strlen("input/output error: ") + 100, strlen(error.message));
    assert_int_equal(PTE_IO, pte__fail(&error, PTE_IO, "%.*s.", PTE__SHOW(pte_view(NULL, 0))));
    assert_string_equal("input/output error: .", error.message);
}

static void test_bytes__order_is_that_of_unsigned_bytes(void **state) {
    (void)state;
    static const pte_bytes ascending[] = {
        {NULL, 0},
        {(const uint8_t *)"\0", 1},
        {(const uint8_t *)"\0a", 2},
        {(const uint8_t *)"a", 1},
        {(const uint8_t *)"a\0", 2},
        {(const uint8_t *)"ab", 2},
        {(const uint8_t *)"\x80", 1},
        {(const uint8_t *)"\xFF", 1},
    };
    const int count = sizeof ascending / sizeof *ascending;
    for (int i = 0; i < count; i++) {
        for (int k = 0; k < count; k++) {
            int order = pte_bytes_compare(ascending[i], ascending[k]);
            assert_int_equal((i > k) - (i < k), (order > 0) - (order < 0));
            assert_int_equal(i == k, pte_bytes_equal(ascending[i], ascending[k]));
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_status__every_code_has_its_name_and_text),
        cmocka_unit_test(test_status__a_number_that_is_no_code_is_said_to_be_none),
        cmocka_unit_test(test_status__numbers_are_unique_and_stay),
        cmocka_unit_test(test_error__fail_fills_all_of_it),
        cmocka_unit_test(test_error__null_is_allowed),
        cmocka_unit_test(test_error__callers_fill_it_as_the_engine_does),
        cmocka_unit_test(test_error__a_long_message_is_cut),
        cmocka_unit_test(test_error__a_message_may_quote_the_error_itself),
        cmocka_unit_test(test_error__system_errors_have_their_status),
        cmocka_unit_test(test_error__a_long_name_is_shown_in_part),
        cmocka_unit_test(test_bytes__order_is_that_of_unsigned_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
