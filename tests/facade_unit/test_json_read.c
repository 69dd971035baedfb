/* Tests of json/json.h: what is JSON, and the tree that comes of it. RFC 8259. */
#include "request.h"

#include <stdio.h>
#include <stdlib.h>

/* From memory that ends where the body does, so that nothing behind it is looked at unseen. */
static pt__exception read_bytes(request *r, pte_bytes body) {
    const pt__json *root;
    uint8_t *copy = malloc(body.len + 1);
    assert_non_null(copy);
    memcpy(copy + 1, body.data, body.len);
    pt__exception exception =
        pt__json_read(&root, pte_view(copy + 1, body.len), &r->arena, &r->failure);
    assert_true((exception == PT__OK) == (root != NULL));
    free(copy);
    return exception;
}

static void expect_text(const char *expected, pte_bytes text) {
    assert_true(pte_bytes_equal(pte_str(expected), text));
}

static void test_json_read__a_tree_has_what_the_text_has(void **state) {
    (void)state;
    request r;
    request_init(&r, NULL);
    const pt__json *root = request_read(
        &r, " {'a' : [1, -2.50e+3, true, false, null, 's', {}], 'b':{'c':'d'}}\r\n\t ");
    assert_int_equal(PT__JSON_OBJECT, root->type);
    assert_int_equal(2, root->count);
    const pt__json *at = root->first;
    expect_text("a", at->name);
    assert_int_equal(PT__JSON_ARRAY, at->type);
    assert_int_equal(7, at->count);
    const pt__json *element = at->first;
    assert_int_equal(PT__JSON_NUMBER, element->type);
    expect_text("1", element->text);
    element = element->next;
    expect_text("-2.50e+3", element->text);
    element = element->next;
    assert_true(element->type == PT__JSON_BOOLEAN && element->boolean);
    element = element->next;
    assert_true(element->type == PT__JSON_BOOLEAN && !element->boolean);
    element = element->next;
    assert_int_equal(PT__JSON_NULL, element->type);
    element = element->next;
    assert_int_equal(PT__JSON_STRING, element->type);
    expect_text("s", element->text);
    element = element->next;
    assert_true(element->type == PT__JSON_OBJECT && element->count == 0 && element->first == NULL);
    assert_null(element->next);
    expect_text("d", pt__json_string(pt__json_member(root, "b"), "c"));
    request_clean_up(&r);
}

static void test_json_read__escapes_become_utf8(void **state) {
    (void)state;
    static const struct {
        const char *json;
        const char *text;
        size_t len;
    } ROWS[] = {
        {"{\"a\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"}", "\"\\/\b\f\n\r\t", 8},
        {"{\"a\":\"\\u0000x\"}", "\0x", 2},
        {"{\"a\":\"\\u00e9\\u20AC\"}", "\xC3\xA9\xE2\x82\xAC", 5},
        {"{\"a\":\"\\ud83d\\ude00!\"}", "\xF0\x9F\x98\x80!", 5},
        {"{\"a\":\"\\\\ud800\"}", "\\ud800", 6},
        {"{\"\\u0061\":\"b\"}", "b", 1},
        {"{\"a\":\"\"}", "", 0},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        request r;
        request_init(&r, NULL);
        const pt__json *root;
        assert_int_equal(PT__OK, pt__json_read(&root, pte_str(ROWS[i].json), &r.arena, &r.failure));
        pte_bytes text = pt__json_string(root, "a");
        assert_int_equal(ROWS[i].len, text.len);
        assert_memory_equal(ROWS[i].text, text.data, text.len);
        request_clean_up(&r);
    }
}

/* The answer to a body that cannot be read has no message, as dynalite's tests of connections have
 * it from the service. */
static void test_json_read__what_is_not_json_is_refused_without_a_message(void **state) {
    (void)state;
    static const char *const TEXTS[] = {
        "",
        " ",
        "{",
        "}",
        "[]",
        "\"x\"",
        "12",
        "null",
        "true",
        "{} x",
        "{}{}",
        "{}]",
        "[{}]",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{,}",
        "{\"a\":1 \"b\":2}",
        "{a:1}",
        "{'a':1}",
        "{\"a\":01}",
        "{\"a\":-}",
        "{\"a\":+1}",
        "{\"a\":.5}",
        "{\"a\":1.}",
        "{\"a\":1e}",
        "{\"a\":NaN}",
        "{\"a\":tru}",
        "{\"a\":True}",
        "{\"a\":\"x",
        "{\"a\":\"\t\"}",
        "{\"a\":\"\\x\"}",
        "{\"a\":\"\\u12\"}",
        "{/**/}",
        "{}//",
        "[1,]",
        "{\"a\":[1,]}",
        "{\"a\":[1}",
        "\xEF\xBB\xBF{}",
        /* Behind the object a string that does not end, or ends within an escape. */
        "{}\"",
        "{} \"x",
        "{}\"}",
        "{}\"\\",
        "{}\"\\u",
        "{}\"\\u1",
        "{}\"\\ud800",
        /* Halves of surrogate pairs, alone or wrongly put together. */
        "{\"a\":\"\\ud800\"}",
        "{\"a\":\"\\ud800x\"}",
        "{\"a\":\"\\udc00\"}",
        "{\"a\":\"\\ud800\\u0041\"}",
        "{\"a\":\"\\ud800\\ud800\"}",
        "{\"a\":\"\\udc00\\ud800\"}",
        "{\"\\ud800\":1}",
        /* Not UTF-8: a bare continuation, an overlong form, a surrogate, above U+10FFFF. */
        "{\"a\":\"\x80\"}",
        "{\"a\":\"\xC0\x80\"}",
        "{\"a\":\"\xED\xA0\x80\"}",
        "{\"a\":\"\xF4\x90\x80\x80\"}",
        "{\"a\":\"\xC3\"}",
    };
    for (size_t i = 0; i < sizeof TEXTS / sizeof *TEXTS; i++) {
        request r;
        request_init(&r, NULL);
        pt__exception exception = read_bytes(&r, pte_str(TEXTS[i]));
        if (exception != PT__SERIALIZATION) {
            fail_msg("was read: %s", TEXTS[i]);
        }
        request_expect(&r, PT__SERIALIZATION, NULL, exception);
        request_clean_up(&r);
    }
}

/* One parser reads many bodies; what one leaves behind, good or bad, whole or cut off in any
 * place, is nothing to the next. */
static void test_json_parse__a_parser_reads_one_body_after_another(void **state) {
    (void)state;
    static const char *const BAD[] = {
        "{} \"",    "{} \"x",   "{} \"}",         "{}12",     "{} 1",  "{} -",       "{} 1.",
        "{} tru",   "{} nul",   "{} [",           "{} {",     "{}[]",  "{} 1 ",      "{}{}",
        "{} \"x\"", "{} ,",     "1 {}",           "\"a\"{}",  "[] {}", "{\"a\":\"x", "{\"a",
        "{\"a\":1", "{\"a\":[", "{\"a\":\"\\u00", "\xC3\x28", " ",     "x",
    };
    static const char GOOD[] = " {\"k\":[\"v\\n\",12,{\"l\":null}],\"m\":\"w\"}\n ";
    pt__json_parser parser = {.memory = {.allocator = pte__allocator_of(NULL)}};
    for (size_t i = 0; i < 3 * (sizeof BAD / sizeof *BAD); i++) {
        const pt__json *root;
        request r;
        request_init(&r, NULL);
        for (size_t again = 0; again < i % 3; again++) {
            assert_int_equal(PT__OK,
                             pt__json_parse(&root, &parser, pte_str(GOOD), &r.arena, &r.failure));
            assert_int_equal(2, root->count);
            expect_text("v\n", pt__json_member(root, "k")->first->text);
            expect_text("w", pt__json_string(root, "m"));
        }
        pt__exception exception =
            pt__json_parse(&root, &parser, pte_str(BAD[i / 3]), &r.arena, &r.failure);
        if (exception != PT__SERIALIZATION) {
            fail_msg("was read: %s", BAD[i / 3]);
        }
        assert_null(root);
        request_clean_up(&r);
    }
    pt__json_parser_clean_up(&parser);
}

/* Memory for a long text with escapes is not kept. */
static void test_json_parse__a_parser_stays_small(void **state) {
    (void)state;
    enum { LONG = 1000 * 1000 };
    fault_allocator fault = {0};
    pte_allocator allocator = fault_allocator_of(&fault);
    pt__json_parser parser = {.memory = {.allocator = allocator}};
    request r;
    request_init(&r, NULL);
    char *text = malloc(LONG);
    assert_non_null(text);
    memset(text, 'n', LONG);
    memcpy(text, "{\"a\":\"\\", 7);
    memcpy(text + LONG - 2, "\"}", 2);
    const pt__json *root;
    assert_int_equal(PT__OK,
                     pt__json_parse(&root, &parser, pte_view(text, LONG), &r.arena, &r.failure));
    assert_int_equal(LONG - 9, pt__json_string(root, "a").len);
    assert_int_equal(0, fault.live_bytes);
    assert_int_equal(PT__OK, pt__json_parse(&root, &parser, pte_str("{}"), &r.arena, &r.failure));
    assert_in_range(fault.live_bytes, 1, 8192);
    free(text);
    pt__json_parser_clean_up(&parser);
    assert_int_equal(0, fault.live_bytes);
    request_clean_up(&r);
}

/* A text of levels arrays in one object. */
static pte_bytes nested(pte__arena *arena, size_t levels) {
    char *text = pte__arena_alloc(arena, 2 * levels + 6);
    memcpy(text, "{\"a\":", 5);
    memset(text + 5, '[', levels);
    memset(text + 5 + levels, ']', levels);
    text[5 + 2 * levels] = '}';
    return pte_view(text, 2 * levels + 6);
}

static void test_json_read__depth_has_a_limit(void **state) {
    (void)state;
    request r;
    request_init(&r, NULL);
    assert_int_equal(PT__OK, read_bytes(&r, nested(&r.arena, PT__JSON_DEPTH_MAX - 1)));
    assert_int_equal(PT__SERIALIZATION, read_bytes(&r, nested(&r.arena, PT__JSON_DEPTH_MAX)));
    assert_int_equal(PT__SERIALIZATION, read_bytes(&r, nested(&r.arena, 1000 * 1000)));
    request_clean_up(&r);
}

static void test_json_read__length_has_a_limit(void **state) {
    (void)state;
    request r;
    request_init(&r, NULL);
    size_t len = PT__JSON_BYTES_MAX;
    char *text = malloc(len + 1);
    assert_non_null(text);
    memset(text, ' ', len + 1);
    memcpy(text, "{}", 2);
    assert_int_equal(PT__OK, read_bytes(&r, pte_view(text, len)));
    assert_int_equal(PT__SERIALIZATION, read_bytes(&r, pte_view(text, len + 1)));
    free(text);
    request_clean_up(&r);
}

/* Objects of count members, of which each modulus-th has the name of an earlier one. */
static void expect_last_of_twins(size_t count, size_t modulus) {
    request r;
    request_init(&r, NULL);
    char text[4096] = "{";
    for (size_t i = 0; i < count; i++) {
        snprintf(text + strlen(text), 64, "%s\"n%zu\":%zu", i == 0 ? "" : ",", i * 7 % modulus, i);
    }
    const pt__json *root = request_read(&r, strcat(text, "}"));
    size_t names = count < modulus ? count : modulus;
    assert_int_equal(names, root->count);
    size_t due = count - names; /* the last members are those that count, in their order */
    for (const pt__json *member = root->first; member != NULL; member = member->next) {
        assert_int_equal(due, pt__json_whole(member));
        char name[32];
        snprintf(name, sizeof name, "n%zu", due * 7 % modulus);
        expect_text(name, member->name);
        due++;
    }
    assert_int_equal(count, due);
    request_clean_up(&r);
}

/* Below and above the size from which members are sorted. */
static void test_json_read__of_twins_the_last_counts(void **state) {
    (void)state;
    for (size_t count = 1; count < 100; count++) {
        expect_last_of_twins(count, 1);
        expect_last_of_twins(count, 5);
        expect_last_of_twins(count, 23);
    }
}

/* AWS takes a member that is null for an absent one. */
static void test_json__members_are_found(void **state) {
    (void)state;
    request r;
    request_init(&r, NULL);
    const pt__json *root = request_read(&r, "{'s':'t','n':null,'b':true,'y':'YES','i':-12,'d':2.9,"
                                            "'big':99999999999999999999,'e':1e3,'huge':-1e99}");
    assert_null(pt__json_member(root, "n"));
    assert_null(pt__json_member(root, "x"));
    assert_null(pt__json_member(NULL, "s"));
    assert_null(pt__json_member(pt__json_member(root, "s"), "s"));
    assert_int_equal(0, pt__json_string(root, "i").len);
    assert_true(pt__json_is(root, "s", "t"));
    assert_false(pt__json_is(root, "s", "tt"));
    assert_false(pt__json_is(root, "b", "true"));
    assert_true(pt__json_boolean(root, "b", false));
    assert_true(pt__json_boolean(root, "y", false));
    assert_true(pt__json_boolean(root, "n", true));
    assert_int_equal(-12, pt__json_integer(root, "i", 5));
    assert_int_equal(2, pt__json_integer(root, "d", 5));
    assert_int_equal(1000, pt__json_integer(root, "e", 5));
    assert_int_equal(5, pt__json_integer(root, "n", 5));
    assert_true(pt__json_integer(root, "big", 5) == INT64_MAX);
    assert_true(pt__json_integer(root, "huge", 5) == INT64_MIN);
    request_clean_up(&r);
}

/* yajl does not look at what its allocator gives it. */
static void test_json_read__failed_allocations_are_reported(void **state) {
    (void)state;
    const char *text =
        "{\"a\":{\"b\":[[[1,2,{\"c\":\"\\u00e9\\n\"}]]],\"d\":\"e\"},\"a\":1,\"k1\":1,"
        "\"k2\":1,\"k3\":1,\"k4\":1,\"k5\":1,\"k6\":1,\"k7\":1,\"k8\":1,\"k9\":1,"
        "\"k10\":1,\"k11\":1,\"k12\":1,\"k13\":1,\"k14\":1,\"k15\":1,\"k16\":1}";
    size_t failures = 0;
    for (size_t at = 1;; at++) {
        fault_allocator fault = {.fail_at = at};
        pte_allocator allocator = fault_allocator_of(&fault);
        request r;
        request_init(&r, &allocator);
        pt__exception exception = read_bytes(&r, pte_str(text));
        request_clean_up(&r);
        assert_int_equal(0, fault.live_bytes);
        if (exception == PT__OK) {
            break;
        }
        assert_int_equal(PT__INTERNAL, exception);
        failures++;
    }
    assert_true(failures > 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_json_read__a_tree_has_what_the_text_has),
        cmocka_unit_test(test_json_read__escapes_become_utf8),
        cmocka_unit_test(test_json_read__what_is_not_json_is_refused_without_a_message),
        cmocka_unit_test(test_json_parse__a_parser_reads_one_body_after_another),
        cmocka_unit_test(test_json_parse__a_parser_stays_small),
        cmocka_unit_test(test_json_read__depth_has_a_limit),
        cmocka_unit_test(test_json_read__length_has_a_limit),
        cmocka_unit_test(test_json_read__of_twins_the_last_counts),
        cmocka_unit_test(test_json__members_are_found),
        cmocka_unit_test(test_json_read__failed_allocations_are_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
