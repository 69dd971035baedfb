/*
 * Tests of number.h. What a number may be:
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
 * number_oracle.py compares many more cases with another implementation.
 */
#include "random_item.h"

#include <pocketable/engine/number.h>

#include <stdio.h>
#include <stdlib.h>

#define NINES_38 "99999999999999999999999999999999999999"
#define ZEROS_125                                                                                  \
    "00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000" \
    "000000000000000000000000000000000"

static pte_number parsed(const char *text) {
    pte_error error;
    pte_number number;
    OK(pte_number_parse(&number, pte_str(text), &error));
    return number;
}

static void assert_text(const char *expected, const pte_number *number) {
    char text[PTE_NUMBER_TEXT_MAX + 1];
    text[pte_number_format(number, text)] = 0;
    assert_string_equal(expected, text);
}

/* A random canonical number of any sign, length and exponent. */
static pte_number random_number(test_random *random) {
    pte_number number = {0};
    number.digit_count = (uint8_t)test_random_below(random, PTE_NUMBER_DIGITS_MAX + 1);
    if (number.digit_count == 0) {
        return number;
    }
    for (unsigned i = 0; i < number.digit_count; i++) {
        bool end = i == 0 || i + 1 == number.digit_count;
        number.digits[i] =
            (uint8_t)(end ? 1 + test_random_below(random, 9) : test_random_below(random, 10));
    }
    number.negative = test_random_below(random, 2) != 0;
    number.exponent = (int16_t)((int)test_random_below(random, 256) + PTE_NUMBER_EXPONENT_MIN);
    return number;
}

static void test_number__text_becomes_canonical(void **state) {
    (void)state;
    static const struct {
        const char *text;
        const char *canonical;
    } cases[] = {
        {"0", "0"},
        {"-0", "0"},
        {"-0.00e5", "0"},
        {"000", "0"},
        {"7", "7"},
        {"-12.50", "-12.5"},
        {"0012", "12"},
        {".5", "0.5"},
        {"5.", "5"},
        {"1e3", "1000"},
        {"1.5E+1", "15"},
        {"123e-5", "0.00123"},
        {"1000", "1000"},
        {"100.001", "100.001"},
        /* A leading plus sign is taken and left out, as measured on the service. */
        {"+3", "3"},
        {"1e125", "1" ZEROS_125},
        {"-" NINES_38, "-" NINES_38},
        {"0." ZEROS_125 "00001", "0." ZEROS_125 "00001"},
        {"0.0e126", "0"}, /* as measured on the service; not so 0e126, see below */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        pte_number number = parsed(cases[i].text);
        assert_text(cases[i].canonical, &number);
    }
}

static void test_number__bad_text_is_refused_at_its_byte(void **state) {
    (void)state;
    static const struct {
        const char *text;
        size_t position;
    } cases[] = {
        {"", 0},
        {"-", 1},
        {"+", 1},
        {".", 1},
        {"-.", 2},
        {"e5", 0},
        {".e5", 1},
        {"1e", 2},
        {"1e+", 3},
        {"1.2.3", 3},
        {"12a", 2},
        {"--1", 1},
        {"1e5x", 3},
        {"1e5.0", 3},
        {"NaN", 0},
        {"Infinity", 0},
        /* White space is refused, as measured on the service. */
        {" 1", 0},
        {"1 ", 1},
        {"\t1", 0},
        {"1\n", 1},
        {"- 1", 1},
        {"1,5", 1},
        {"0x1F", 1},
        {"1_000", 1},
        {"1e-", 3},
        {"1e5e5", 3},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        pte_error error;
        pte_number number;
        memset(&number, 1, sizeof number);
        EXPECT(PTE_NUMBER_SYNTAX, pte_number_parse(&number, pte_str(cases[i].text), &error));
        assert_int_equal(cases[i].position, error.position);
        assert_int_equal(0, number.digit_count);
    }
    pte_error error;
    pte_number number;
    EXPECT(PTE_NUMBER_SYNTAX, pte_number_parse(&number,
                                               pte_view("1\0"
                                                        "2",
                                                        3),
                                               &error));
    assert_int_equal(1, error.position);
}

static void test_number__limits_hold_on_both_sides(void **state) {
    (void)state;
    static const struct {
        const char *text;
        pte_status status;
    } cases[] = {
        {"9.9999999999999999999999999999999999999E+125", PTE_OK},
        {"-9.9999999999999999999999999999999999999E+125", PTE_OK},
        {"10E125", PTE_NUMBER_OVERFLOW},
        {"1e126", PTE_NUMBER_OVERFLOW},
        {"-1e126", PTE_NUMBER_OVERFLOW},
        {"1e-130", PTE_OK},
        {"-1e-130", PTE_OK},
        {"9.9999999999999999999999999999999999999e-130", PTE_OK},
        {"1e-131", PTE_NUMBER_UNDERFLOW},
        {"0.99e-130", PTE_NUMBER_UNDERFLOW},
        {NINES_38, PTE_OK},
        {NINES_38 "000", PTE_OK},
        {"0000" NINES_38, PTE_OK},
        {NINES_38 "9", PTE_NUMBER_PRECISION},
        {"1.00000000000000000000000000000000000001", PTE_NUMBER_PRECISION},
        {"1.00000000000000000000000000000000000000", PTE_OK},
        {"0e126", PTE_NUMBER_OVERFLOW}, /* as measured on the service */
        {"0e125", PTE_OK},
        {"0e-131", PTE_NUMBER_UNDERFLOW},
        {"1e9223372036854775807", PTE_NUMBER_OVERFLOW},
        {"1e-9223372036854775808", PTE_NUMBER_UNDERFLOW},
        {"1e18446744073709551617", PTE_NUMBER_OVERFLOW},
        {"1e4294967296", PTE_NUMBER_OVERFLOW},
        {"1e00000000000000000000000000000000000005", PTE_OK},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        pte_error error;
        pte_number number;
        EXPECT(cases[i].status, pte_number_parse(&number, pte_str(cases[i].text), &error));
    }
}

/* Zeros do not count, however many there are; the exponent may balance them. */
static void test_number__megabytes_of_zeros_are_read(void **state) {
    (void)state;
    enum { ZEROS = 1 << 20 };
    static const struct {
        const char *before;
        const char *after;
        const char *canonical;
    } cases[] = {
        {"", "12", "12"},        {"-", "12.5", "-12.5"},      {"1.", "", "1"},
        {"1", "e-1048576", "1"}, {"0.", "25e1048577", "2.5"}, {"", "", "0"},
        {"0.", "", "0"},         {"5e", "1", "50"},
    };
    char *text = malloc(ZEROS + 64);
    assert_non_null(text);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t before = strlen(cases[i].before);
        memcpy(text, cases[i].before, before);
        memset(text + before, '0', ZEROS);
        strcpy(text + before + ZEROS, cases[i].after);
        pte_number number = parsed(text);
        assert_text(cases[i].canonical, &number);
    }
    free(text);
}

static void test_number__longest_text_has_room(void **state) {
    (void)state;
    pte_number number = parsed("-" NINES_38 "e-167");
    char text[PTE_NUMBER_TEXT_MAX];
    assert_int_equal(PTE_NUMBER_EXPONENT_MIN, number.exponent);
    assert_int_equal(170, pte_number_format(&number, text));
}

static void test_number__text_round_trips(void **state) {
    (void)state;
    test_random random = {test_seed(21)};
    for (int i = 0; i < 20000; i++) {
        pte_error error;
        pte_number number = random_number(&random);
        pte_number again;
        char text[PTE_NUMBER_TEXT_MAX];
        size_t len = pte_number_format(&number, text);
        OK(pte_number_parse(&again, pte_view(text, len), &error));
        assert_memory_equal(&number, &again, sizeof number);
    }
}

/* The order of the table is that of the values; every pair is compared both ways, by value and by
 * key. */
static void test_number__order_is_by_value(void **state) {
    (void)state;
    static const char *const ascending[] = {"-9.9999999999999999999999999999999999999e125",
                                            "-1e125",
                                            "-1000.5",
                                            "-1000",
                                            "-999.9",
                                            "-10.1",
                                            "-10",
                                            "-1.5",
                                            "-1.05",
                                            "-1",
                                            "-0.5",
                                            "-1e-130",
                                            "0",
                                            "1e-130",
                                            "1.5e-130",
                                            "0.05",
                                            "0.5",
                                            "1",
                                            "1.00000000001",
                                            "1.05",
                                            "1.5",
                                            "2",
                                            "9",
                                            "10",
                                            "10.1",
                                            "99",
                                            "100",
                                            "1e125",
                                            "9.9999999999999999999999999999999999999e125"};
    const int count = sizeof ascending / sizeof *ascending;
    for (int i = 0; i < count; i++) {
        for (int k = 0; k < count; k++) {
            pte_number a = parsed(ascending[i]);
            pte_number b = parsed(ascending[k]);
            uint8_t a_key[PTE_NUMBER_KEY_MAX];
            uint8_t b_key[PTE_NUMBER_KEY_MAX];
            int order = pte_number_compare(&a, &b);
            int key_order = pte_bytes_compare(pte_view(a_key, pte_number_encode_key(&a, a_key)),
                                              pte_view(b_key, pte_number_encode_key(&b, b_key)));
            assert_int_equal((i > k) - (i < k), (order > 0) - (order < 0));
            assert_int_equal((i > k) - (i < k), (key_order > 0) - (key_order < 0));
        }
    }
}

static void test_number__sums_are_exact(void **state) {
    (void)state;
    static const struct {
        const char *a;
        const char *b;
        const char *sum; /* or NULL for status */
        pte_status status;
    } cases[] = {
        {"1", "2", "3", PTE_OK},
        {"0", "-5", "-5", PTE_OK},
        {"7", "0", "7", PTE_OK},
        {"0", "0", "0", PTE_OK},
        {"5", "-5", "0", PTE_OK},
        {"0.1", "0.2", "0.3", PTE_OK},
        {"999", "1", "1000", PTE_OK},
        {"1000", "-1", "999", PTE_OK},
        {"-1000", "1", "-999", PTE_OK},
        {"1", "-1000", "-999", PTE_OK},
        {NINES_38, "1", "100000000000000000000000000000000000000", PTE_OK},
        {"1e37", "1", "10000000000000000000000000000000000001", PTE_OK},
        {"1e38", "1", NULL, PTE_NUMBER_PRECISION},
        {"1e38", "-1", NINES_38, PTE_OK},
        {"1e39", "-1", NULL, PTE_NUMBER_PRECISION},
        {"1e125", "1e-130", NULL, PTE_NUMBER_PRECISION},
        {"9e125", "1e125", NULL, PTE_NUMBER_OVERFLOW},
        {"-9e125", "-1e125", NULL, PTE_NUMBER_OVERFLOW},
        {"9.9999999999999999999999999999999999999e125", "1e88", NULL, PTE_NUMBER_OVERFLOW},
        {"1.1e-130", "-1e-130", NULL, PTE_NUMBER_UNDERFLOW},
        {"1e-130", "1e-130", "0." ZEROS_125 "00002", PTE_OK},
        {"1.0000000000000000000000000000000000001e-130", "-1e-130", NULL, PTE_NUMBER_UNDERFLOW},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        pte_error error;
        pte_number a = parsed(cases[i].a);
        pte_number b = parsed(cases[i].b);
        pte_number sum;
        EXPECT(cases[i].status, pte_number_add(&sum, &a, &b, &error));
        assert_text(cases[i].sum != NULL ? cases[i].sum : "0", &sum);
    }
}

static void test_number__the_result_may_be_an_operand(void **state) {
    (void)state;
    pte_error error;
    pte_number a = parsed("12.5");
    pte_number b = parsed("-0.5");
    OK(pte_number_add(&a, &a, &b, &error));
    assert_text("12", &a);
    OK(pte_number_subtract(&b, &a, &b, &error));
    assert_text("12.5", &b);
    OK(pte_number_subtract(&b, &b, &b, &error));
    assert_text("0", &b);
    OK(pte_number_subtract(&b, &b, &b, &error));
    assert_false(b.negative);
    a = parsed("-3");
    OK(pte_number_subtract(&b, &b, &a, &error));
    assert_text("3", &b);
}

/* Where both results exist, (a + b) - b is a, and a + b is b + a. */
static void test_number__subtraction_undoes_addition(void **state) {
    (void)state;
    test_random random = {test_seed(22)};
    int checked = 0;
    for (int i = 0; i < 200000; i++) {
        pte_number a = random_number(&random);
        pte_number b = random_number(&random);
        pte_number sum;
        pte_number other;
        if (b.digit_count != 0) {
            b.exponent = (int16_t)(a.exponent + b.exponent % 20);
        }
        if (b.exponent < PTE_NUMBER_EXPONENT_MIN || b.exponent > PTE_NUMBER_EXPONENT_MAX ||
            pte_number_add(&sum, &a, &b, NULL) != PTE_OK ||
            pte_number_subtract(&other, &sum, &b, NULL) != PTE_OK) {
            continue;
        }
        assert_memory_equal(&a, &other, sizeof a);
        assert_int_equal(PTE_OK, pte_number_add(&other, &b, &a, NULL));
        assert_memory_equal(&sum, &other, sizeof sum);
        checked++;
    }
    assert_true(checked > 10000);
}

/* The bytes are a format on disk. */
static void test_number__key_bytes_are_as_documented(void **state) {
    (void)state;
    static const struct {
        const char *text;
        const char *key;
        size_t len;
    } cases[] = {
        {"0", "\x02", 1},
        {"1", "\x03\x82\x0B\x00", 4},
        {"-1", "\x01\x7D\xF4\xFF", 4},
        {"12", "\x03\x83\x0D\x00", 4},
        {"120.5", "\x03\x84\x0D\x06\x00", 5},
        {"-120.5", "\x01\x7B\xF2\xF9\xFF", 5},
        {"1e-130", "\x03\x00\x0B\x00", 4},
        {"-1e-130", "\x01\xFF\xF4\xFF", 4},
        {"99e124", "\x03\xFF\x64\x00", 4},
        {"-99e124", "\x01\x00\x9B\xFF", 4},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        pte_number number = parsed(cases[i].text);
        uint8_t key[PTE_NUMBER_KEY_MAX];
        assert_int_equal(cases[i].len, pte_number_encode_key(&number, key));
        assert_memory_equal(cases[i].key, key, cases[i].len);
    }
    pte_number longest = parsed("-" NINES_38);
    uint8_t key[PTE_NUMBER_KEY_MAX];
    assert_int_equal(PTE_NUMBER_KEY_MAX, pte_number_encode_key(&longest, key));
}

static void test_number__key_round_trips_and_is_no_prefix(void **state) {
    (void)state;
    test_random random = {test_seed(23)};
    for (int i = 0; i < 20000; i++) {
        pte_error error;
        pte_number number = random_number(&random);
        pte_number again;
        uint8_t key[PTE_NUMBER_KEY_MAX + 3];
        size_t used;
        size_t len = pte_number_encode_key(&number, key);
        test_random_fill(&random, key + len, 3);
        OK(pte_number_decode_key(&again, &used, pte_view(key, len + 3), &error));
        assert_int_equal(len, used);
        assert_memory_equal(&number, &again, sizeof number);
        for (size_t cut = 0; cut < len; cut++) {
            uint8_t *exact = exact_copy(pte_view(key, cut));
            EXPECT(PTE_CORRUPT, pte_number_decode_key(&again, &used, pte_view(exact, cut), &error));
            assert_int_equal(0, used);
            free(exact);
        }
    }
}

/* Whatever one byte of a key becomes, it is refused or another number with just these bytes. */
static void test_number__every_other_key_is_refused(void **state) {
    (void)state;
    test_random random = {test_seed(24)};
    for (int i = 0; i < 300; i++) {
        pte_number number = random_number(&random);
        uint8_t key[PTE_NUMBER_KEY_MAX];
        size_t len = pte_number_encode_key(&number, key);
        for (size_t at = 0; at < len; at++) {
            uint8_t original = key[at];
            for (unsigned change = 1; change < 256; change++) {
                pte_number other;
                uint8_t other_key[PTE_NUMBER_KEY_MAX];
                size_t used;
                key[at] = (uint8_t)(original ^ change);
                if (pte_number_decode_key(&other, &used, pte_view(key, len), NULL) == PTE_OK) {
                    assert_int_equal(used, pte_number_encode_key(&other, other_key));
                    assert_memory_equal(key, other_key, used);
                    assert_int_not_equal(0, pte_number_compare(&number, &other));
                }
            }
            key[at] = original;
        }
    }
}

static void test_number__keys_that_are_not_canonical_are_refused(void **state) {
    (void)state;
    static const struct {
        const char *key;
        size_t len;
    } cases[] = {
        {"", 0},                     /* nothing */
        {"\x00", 1},                 /* no sign */
        {"\x04\x82\x0B\x00", 4},     /* no sign */
        {"\x03", 1},                 /* cut */
        {"\x03\x82\x00", 3},         /* no digits */
        {"\x03\x82\x0B", 3},         /* no end */
        {"\x03\x82\x0B\x01\x00", 5}, /* last pair 00 */
        {"\x03\x82\x02\x00", 4},     /* first digit 0 */
        {"\x03\x82\x65\x00", 4},     /* pair above 99 */
        {"\x01\x7D\xFE\xFF", 4},     /* pair 00 */
        {"\x01\x7D\xF4\x00", 4},     /* the end of a positive number */
        {"\x03\x82\x0B\xFF", 4},     /* the end of a negative one */
        {"\x03\x82\x0B\x0B\x0B\x0B\x0B\x0B\x0B\x0B\x0B\x0B\x0B\x0B\x0B\x0B\x0B\x0B\x0B\x0B\x0B\x0B"
         "\x00",
         23}, /* 20 pairs */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        pte_error error;
        pte_number number;
        size_t used;
        EXPECT(PTE_CORRUPT,
               pte_number_decode_key(&number, &used, pte_view(cases[i].key, cases[i].len), &error));
    }
}

/*
 * As measured on the service: 1, a byte for every two significant digits before the point and
 * behind it, 1 for the sign. The documentation ("approximately ... 1 byte per two significant
 * digits + 1 byte") gives the idea:
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
 */
static void test_number__sizes_are_as_measured(void **state) {
    (void)state;
    static const struct {
        const char *text;
        size_t size;
    } cases[] = {
        {"0", 1},
        {"1", 2},
        {"-1", 3},
        {"12", 2},
        {"123", 3},
        {"1000", 2},
        {"1001", 3},
        {"0.1", 2},
        {"0.001", 2},
        {"0.0012", 2},
        {"1.5", 3},
        {"-1.5", 4},
        {"10.01", 3},
        {"100.5", 4},
        {"1.005", 4},
        {NINES_38, 20},
        {"1e125", 2},
        {"-" NINES_38, 21},
        {"-" NINES_38 "e-37", 22},
        {"1e-130", 2},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        pte_number number = parsed(cases[i].text);
        assert_int_equal(cases[i].size, pte_number_size_bytes(&number));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_number__text_becomes_canonical),
        cmocka_unit_test(test_number__bad_text_is_refused_at_its_byte),
        cmocka_unit_test(test_number__limits_hold_on_both_sides),
        cmocka_unit_test(test_number__megabytes_of_zeros_are_read),
        cmocka_unit_test(test_number__longest_text_has_room),
        cmocka_unit_test(test_number__text_round_trips),
        cmocka_unit_test(test_number__order_is_by_value),
        cmocka_unit_test(test_number__sums_are_exact),
        cmocka_unit_test(test_number__the_result_may_be_an_operand),
        cmocka_unit_test(test_number__subtraction_undoes_addition),
        cmocka_unit_test(test_number__key_bytes_are_as_documented),
        cmocka_unit_test(test_number__key_round_trips_and_is_no_prefix),
        cmocka_unit_test(test_number__every_other_key_is_refused),
        cmocka_unit_test(test_number__keys_that_are_not_canonical_are_refused),
        cmocka_unit_test(test_number__sizes_are_as_measured),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
