/* Tests of json/out.h: JSON that is written. */
#include "request.h"

#include "json/base64.h"

#include <stdio.h>
#include <stdlib.h>

static pt__out new_out(void) {
    return (pt__out){.allocator = pte__allocator_of(NULL)};
}

static void test_out__commas_come_by_themselves(void **state) {
    (void)state;
    pt__out out = new_out();
    pt__out_object(&out);
    pt__out_member_integer(&out, "a", -1);
    pt__out_name(&out, "b");
    pt__out_array(&out);
    pt__out_array(&out);
    pt__out_array_end(&out);
    pt__out_object(&out);
    pt__out_object_end(&out);
    pt__out_null(&out);
    pt__out_boolean(&out, true);
    pt__out_boolean(&out, false);
    pt__out_json(&out, pte_str("{\"x\":1}"));
    pt__out_text(&out, ":[{,");
    pt__out_text(&out, "");
    pt__out_array_end(&out);
    pt__out_name_bytes(&out, pte_str("c\""));
    pt__out_object(&out);
    pt__out_object_end(&out);
    pt__out_member_string(&out, "d", pte_str("e"));
    pt__out_member_text(&out, "f", "g");
    pt__out_object_end(&out);
    expect_json(&out, "{'a':-1,'b':[[],{},null,true,false,{'x':1},':[{,',''],'c\\'':{},'d':'e',"
                      "'f':'g'}");
    pt__out_clean_up(&out);
}

/* Every byte, alone and between others, as RFC 8259 has it; UTF-8 as it is. */
static void test_out__escapes_are_what_json_requires(void **state) {
    (void)state;
    pt__out out = new_out();
    for (unsigned c = 0; c < 128; c++) {
        char expected[16];
        static const char NAMED[] = "\b\f\n\r\t\"\\";
        const char *at = c == 0 ? NULL : strchr(NAMED, (int)c);
        if (at != NULL) {
            snprintf(expected, sizeof expected, "\"x\\%cy\"", "bfnrt\"\\"[at - NAMED]);
        } else if (c < 32) {
            snprintf(expected, sizeof expected, "\"x\\u%04xy\"", c);
        } else {
            snprintf(expected, sizeof expected, "\"x%cy\"", (char)c);
        }
        char text[3] = {'x', (char)c, 'y'};
        pt__out_reset(&out);
        pt__out_string(&out, pte_view(text, 3));
        assert_int_equal(strlen(expected), out.buffer.len);
        assert_memory_equal(expected, out.buffer.data, out.buffer.len);
    }
    pt__out_reset(&out);
    pt__out_text(&out, "\xC3\xA9\xF0\x9F\x98\x80\x7F");
    expect_json(&out, "'\xC3\xA9\xF0\x9F\x98\x80\x7F'");
    pt__out_clean_up(&out);
}

/* The text with x for every byte but the one at place at. */
static pte_bytes text_with(char *room, size_t len, size_t at, unsigned c) {
    memset(room, 'x', len);
    if (at < len) {
        room[at] = (char)c;
    }
    return pte_view(room, len);
}

/* What out has written: before, the text with that byte's escape, and behind. */
static void expect_around(const pt__out *out, const char *before, size_t len, size_t at,
                          const char *escape, const char *behind) {
    char expected[256];
    size_t head = at < len ? at : len;
    int written =
        snprintf(expected, sizeof expected, "%s%.*s%s%.*s%s", before, (int)head,
                 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
                 at < len ? escape : "", (int)(at < len ? len - at - 1 : 0),
                 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", behind);
    assert_true(written > 0 && (size_t)written < sizeof expected);
    assert_int_equal(written, out->buffer.len);
    assert_memory_equal(expected, out->buffer.data, out->buffer.len);
}

/* Bytes are looked at in steps of sixteen, eight and fewer: every length up to some of these, and
 * in them bytes of every kind at every place. RFC 8259, section 7, has what must be escaped. */
static void test_out__escapes_are_found_at_every_place(void **state) {
    (void)state;
    enum { LEN_MAX = 50 };
    static const struct {
        unsigned c;
        const char *escape;
    } BYTES[] = {{0, "\\u0000"}, {0x1F, "\\u001f"}, {' ', " "},     {'!', "!"},     {'"', "\\\""},
                 {'#', "#"},     {'[', "["},        {'\\', "\\\\"}, {']', "]"},     {0x7F, "\x7F"},
                 {0x80, "\x80"}, {0x9F, "\x9F"},    {0xA2, "\xA2"}, {0xDC, "\xDC"}, {0xFF, "\xFF"}};
    for (size_t len = 0; len <= LEN_MAX; len++) {
        for (size_t at = 0; at <= len; at++) {
            for (size_t i = 0; i < sizeof BYTES / sizeof *BYTES; i++) {
                char room[LEN_MAX + 1];
                pt__out out = new_out(); /* its buffer is the smallest, so that more is asked for */
                pte_bytes text = text_with(room, len, at, BYTES[i].c);
                pt__out_string(&out, text);
                expect_around(&out, "\"", len, at, BYTES[i].escape, "\"");
                pt__out_reset(&out);
                pt__out_typed_member(&out, text, 'S', pte_str("value"));
                expect_around(&out, "\"", len, at, BYTES[i].escape, "\":{\"S\":\"value\"}");
                pt__out_reset(&out);
                pt__out_typed_member(&out, pte_str("name"), 'N', text);
                expect_around(&out, "\"name\":{\"N\":\"", len, at, BYTES[i].escape, "\"}");
                pt__out_clean_up(&out);
            }
        }
    }
}

static void test_out__a_typed_string_is_an_attribute_value(void **state) {
    (void)state;
    pt__out out = new_out();
    pt__out_object(&out);
    pt__out_name(&out, "a");
    pt__out_typed_string(&out, 'S', pte_str("\"x\""));
    pt__out_typed_member(&out, pte_str("b"), 'N', pte_str("1"));
    pt__out_typed_member(&out, pte_str("\"c"), 'S', pte_str("x\n"));
    pt__out_typed_member(&out, pte_str("d"), 'S', pte_str(""));
    pt__out_object_end(&out);
    expect_json(&out, "{'a':{'S':'\\'x\\''},'b':{'N':'1'},'\\'c':{'S':'x\\n'},'d':{'S':''}}");
    pt__out_clean_up(&out);
}

/* What is written is read back as it was. */
static void test_out__strings_are_read_back(void **state) {
    (void)state;
    test_random random = {test_seed(11)};
    for (int round = 0; round < 300; round++) {
        request r;
        request_init(&r, NULL);
        pt__out out = new_out();
        uint8_t text[200];
        size_t len = (size_t)test_random_below(&random, sizeof text);
        test_random_fill(&random, text, len);
        for (size_t i = 0; i < len; i++) {
            text[i] &= round % 2 == 0 ? 0x1F : 0x7F;
        }
        pt__out_object(&out);
        pt__out_member_string(&out, "t", pte_view(text, len));
        pt__out_name_bytes(&out, pte_view(text, len));
        pt__out_integer(&out, 1);
        pt__out_object_end(&out);
        const pt__json *root;
        assert_int_equal(PT__OK, pt__json_read(&root, pte_view(out.buffer.data, out.buffer.len),
                                               &r.arena, &r.failure));
        assert_true(pte_bytes_equal(pte_view(text, len), pt__json_string(root, "t")));
        assert_non_null(pt__json_member_bytes(root, pte_view(text, len)));
        pt__out_clean_up(&out);
        request_clean_up(&r);
    }
}

static void test_out__numbers_have_their_forms(void **state) {
    (void)state;
    pt__out out = new_out();
    pt__out_array(&out);
    pt__out_integer(&out, 0);
    pt__out_integer(&out, INT64_MAX);
    pt__out_integer(&out, INT64_MIN);
    pt__out_halves(&out, 0);
    pt__out_halves(&out, 1);
    pt__out_halves(&out, 7);
    pt__out_halves(&out, 200);
    pt__out_milliseconds(&out, 0);
    pt__out_milliseconds(&out, 1234567890123);
    pt__out_milliseconds(&out, -5);
    pt__out_milliseconds(&out, INT64_MIN);
    pt__out_array_end(&out);
    expect_json(&out, "[0,9223372036854775807,-9223372036854775808,0.0,0.5,3.5,100.0,0.000,"
                      "1234567890.123,-0.005,-9223372036854775.808]");
    pt__out_clean_up(&out);
}

/* RFC 4648, section 10. */
static void test_out__base64_is_the_standards(void **state) {
    (void)state;
    static const char *const ROWS[][2] = {
        {"", "''"},
        {"f", "'Zg=='"},
        {"fo", "'Zm8='"},
        {"foo", "'Zm9v'"},
        {"foob", "'Zm9vYg=='"},
        {"fooba", "'Zm9vYmE='"},
        {"foobar", "'Zm9vYmFy'"},
    };
    pt__out out = new_out();
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        pt__out_reset(&out);
        pt__out_base64(&out, pte_str(ROWS[i][0]));
        expect_json(&out, ROWS[i][1]);
    }
    pt__out_reset(&out);
    pt__out_base64(&out, pte_view("\xFB\xEF\xBE\xFF\xFF\xFF", 6));
    expect_json(&out, "'++++////'");
    pt__out_clean_up(&out);
}

static void test_base64__is_read_back(void **state) {
    (void)state;
    test_random random = {test_seed(12)};
    for (size_t len = 0; len < 100; len++) {
        request r;
        request_init(&r, NULL);
        pt__out out = new_out();
        uint8_t bytes[100];
        test_random_fill(&random, bytes, len);
        pt__out_base64(&out, pte_view(bytes, len));
        pte_bytes back;
        assert_int_equal(PT__OK,
                         pt__base64_decode(&back, pte_view(out.buffer.data + 1, out.buffer.len - 2),
                                           &r.failure));
        assert_true(pte_bytes_equal(pte_view(bytes, len), back));
        pt__out_clean_up(&out);
        request_clean_up(&r);
    }
}

/* The service's texts, from dynalite's serialization tests. */
static void test_base64__what_is_none_is_refused(void **state) {
    (void)state;
    static const char *const ROWS[][2] = {
        {"23456", "Base64 encoded length is expected a multiple of 4 bytes but found: 5"},
        {"YQ", "Base64 encoded length is expected a multiple of 4 bytes but found: 2"},
        {"=+/=", "Invalid last non-pad Base64 character dectected"},
        {"+/+=", "Invalid last non-pad Base64 character dectected"},
        {"YR==", "Invalid last non-pad Base64 character dectected"},
        {"YI==", "Invalid last non-pad Base64 character dectected"},
        {"YWF=", "Invalid last non-pad Base64 character dectected"},
        {"Y$==", "Invalid Base64 character: '$'"},
        {"Y Q=", "Invalid Base64 character: ' '"},
        {"YQ==YQ==", "Invalid Base64 character: '='"},
        {"====", "Invalid Base64 character: '='"},
        {"A-_A", "Invalid Base64 character: '-'"},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        request r;
        request_init(&r, NULL);
        pte_bytes data;
        request_expect(&r, PT__SERIALIZATION, ROWS[i][1],
                       pt__base64_decode(&data, pte_str(ROWS[i][0]), &r.failure));
        request_clean_up(&r);
    }
}

static void test_out__a_failed_allocation_is_kept(void **state) {
    (void)state;
    size_t failures = 0;
    for (size_t at = 1;; at++) {
        fault_allocator fault = {.fail_at = at};
        pt__out out = {.allocator = fault_allocator_of(&fault)};
        pt__out_array(&out);
        for (int i = 0; i < 40; i++) {
            pt__out_text(&out, "\"escaped\" and long enough to make the buffer grow\n");
            pt__out_base64(&out, pte_str("some bytes"));
            pt__out_integer(&out, i);
        }
        pt__out_array_end(&out);
        bool failed = out.failed;
        pt__out_reset(&out);
        assert_false(out.failed);
        pt__out_clean_up(&out);
        assert_int_equal(0, fault.live_bytes);
        if (!failed) {
            break;
        }
        failures++;
    }
    assert_true(failures > 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_out__commas_come_by_themselves),
        cmocka_unit_test(test_out__escapes_are_what_json_requires),
        cmocka_unit_test(test_out__escapes_are_found_at_every_place),
        cmocka_unit_test(test_out__a_typed_string_is_an_attribute_value),
        cmocka_unit_test(test_out__strings_are_read_back),
        cmocka_unit_test(test_out__numbers_have_their_forms),
        cmocka_unit_test(test_out__base64_is_the_standards),
        cmocka_unit_test(test_base64__is_read_back),
        cmocka_unit_test(test_base64__what_is_none_is_refused),
        cmocka_unit_test(test_out__a_failed_allocation_is_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
