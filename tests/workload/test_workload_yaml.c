/* The tree of a YAML file, its marks, its limits. */
#include "workload/reading.h"

#include <stdlib.h>

static const wl__node *parse(wl__arena *arena, const char *yaml) {
    const wl__node *root = NULL;
    wl_complaint complaint = {0};
    if (!wl__yaml_read(&root, arena, pte_str(yaml), "a workload", &complaint)) {
        fail_msg("%zu:%zu: %s", complaint.line, complaint.column, complaint.message);
    }
    return root;
}

static void refuse(const char *yaml, size_t line, size_t column, const char *message) {
    wl__arena arena = {0};
    const wl__node *root = NULL;
    wl_complaint complaint = {0};
    assert_false(wl__yaml_read(&root, &arena, pte_str(yaml), "a workload", &complaint));
    assert_null(root);
    if (complaint.line != line || complaint.column != column ||
        strncmp(complaint.message, message, strlen(message)) != 0) {
        fail_msg("%.60s\nfound    %zu:%zu: %s\nexpected %zu:%zu: %s", yaml, complaint.line,
                 complaint.column, complaint.message, line, column, message);
    }
    wl__arena_clean_up(&arena);
}

/* What a file of no bytes is read as has no address. */
static void test_no_bytes_at_all(void **state) {
    (void)state;
    wl__arena arena = {0};
    const wl__node *root = NULL;
    wl_complaint complaint = {0};
    assert_false(wl__yaml_read(&root, &arena, (pte_bytes){0}, "a workload", &complaint));
    assert_string_equal(complaint.message, "expected a workload, found an empty file");
    wl__arena_clean_up(&arena);
}

static void test_marks_and_aliases(void **state) {
    (void)state;
    wl__arena arena = {0};
    const wl__node *root = parse(&arena, "é: &x {b: [1, '2']}\nc: *x\n\"d\": \"\\0\"\n");
    assert_int_equal(root->count, 3);
    assert_int_equal(root->keys[1]->line, 2);
    assert_int_equal(root->items[0]->column, 4); /* in characters, not bytes */
    assert_ptr_equal(root->items[0], root->items[1]);
    const wl__node *list = wl__member(wl__member(root, "c"), "b");
    assert_int_equal(list->count, 2);
    assert_true(list->items[0]->plain && !list->items[1]->plain);
    assert_int_equal(wl__member(root, "d")->text.len, 1);
    wl__arena_clean_up(&arena);
}

static void test_complaints_of_the_parser(void **state) {
    (void)state;
    refuse("a: [1, 2\nb: 3\n", 2, 2, "not YAML: while parsing a flow sequence");
    refuse("a: b: c\n", 1, 5, "not YAML: mapping values are not allowed");
    refuse("a: \"x\n", 2, 1, "not YAML: while scanning a quoted scalar");
    refuse("a:\n\t- 1\n", 2, 1, "not YAML: ");
    refuse("a: \xFF\n", 1, 1, "not YAML: ");
    refuse("", 0, 0, "expected a workload, found an empty file");
    refuse("# nothing\n", 0, 0, "expected a workload, found an empty file");
    refuse("\xEF\xBB\xBF", 0, 0, "expected a workload, found an empty file");
    refuse("a: 1\n---\nb: 2\n", 2, 1, "expected one document, found a second one");
    refuse("a: *b\n", 1, 4, "expected an anchor &b before its alias, found none");
    refuse("a: &x [*x]\n", 1, 8, "the alias *x stands inside of what it stands for");
    refuse("a: 1\nb: 2\na: 3\n", 3, 1,
           "expected each key once, found \"a\" again (first in line 1)");
    refuse("[a]: 1\n", 1, 1, "expected a text as a key of a mapping, found a list");
    refuse("a: !thing 1\n", 1, 4, "expected no tag, found \"!thing\"");
    refuse("a: SET #b = :c\n", 1, 4, "expected quotes around a text with \" #\" in it");
    refuse("a: é\nb: ü #c\n", 2, 4, "expected quotes around a text with \" #\" in it");
}

/* JSON's pairs of escapes, RFC 8259, 7: what to write instead is said, and is read. */
static void test_escapes_above_the_basic_plane(void **state) {
    (void)state;
    wl__arena arena = {0};
    const wl__node *root = parse(&arena, "{\"\\u00e9\\/\": \"\\U0001F600\", b: \"\\U0010FFFF\"}");
    assert_true(wl__is(root->keys[0], "é/"));
    assert_true(wl__is(root->items[0], "😀"));
    assert_true(wl__is(root->items[1], "\xF4\x8F\xBF\xBF"));
    wl__arena_clean_up(&arena);
    refuse("a: b # c\né: \"é\\ud83d\\uDE00\"\n", 2, 8,
           "expected \"\\U0001F600\", found \"\\ud83d\\uDE00\": YAML has one escape for a");
    refuse("a: \"\\udbff\\udfff\"\n", 1, 7, "expected \"\\U0010FFFF\", found \"\\udbff\\udfff\"");
    const char *none = "expected the escape of a character, found one of none";
    refuse("a: \"\\ud83d\"\n", 1, 7, none);
    refuse("a: \"\\ud83d\\ud83d\"\n", 1, 7, none);
    refuse("a: \"\\ude00\\ud83d\"\n", 1, 7, none);
    refuse("a: \"\\ud83d\\ude0", 1, 7, none);
    refuse("a: \"\\ud83d", 1, 7, none);
    refuse("a: \"\\U00110000\"\n", 1, 7, none);
}

static void test_comments_are_not_cut_texts(void **state) {
    (void)state;
    wl__arena arena = {0};
    parse(&arena, "\xEF\xBB\xBF"
                  "a: b # c\nb: \"x #y\" #z\nc: d ###\ne: f#g\nh:\r\n- ü # i\r\n- j\r\n#k\r\n");
    wl__arena_clean_up(&arena);
}

/* ---- limits, on both sides ---- */

static void test_depth(void **state) {
    (void)state;
    char text[2 * WL__DEPTH_MAX + 8];
    size_t levels = WL__DEPTH_MAX - 1; /* the scalar is one */
    memset(text, '[', levels);
    text[levels] = 'x';
    memset(text + levels + 1, ']', levels);
    text[2 * levels + 1] = '\0';
    wl__arena arena = {0};
    assert_int_equal(parse(&arena, text)->height, WL__DEPTH_MAX);
    wl__arena_clean_up(&arena);
    levels++;
    memset(text, '[', levels);
    text[levels] = 'x';
    memset(text + levels + 1, ']', levels);
    text[2 * levels + 1] = '\0';
    refuse(text, 1, WL__DEPTH_MAX + 1, "expected at most 64 levels, found more");
}

/* Aliases of aliases make a small file deep and large. */
static void test_aliases_are_as_large_as_what_they_stand_for(void **state) {
    (void)state;
    char text[4096];
    size_t len = (size_t)snprintf(text, sizeof text, "a0: &a0 [x,x,x,x,x,x,x,x,x]\n");
    for (int i = 1; i < 9; i++) {
        len += (size_t)snprintf(text + len, sizeof text - len, "a%d: &a%d [", i, i);
        for (int j = 0; j < 9; j++) {
            len +=
                (size_t)snprintf(text + len, sizeof text - len, "%s*a%d", j == 0 ? "" : ",", i - 1);
        }
        len += (size_t)snprintf(text + len, sizeof text - len, "]\n");
    }
    wl__arena arena = {0};
    const wl__node *root = NULL;
    wl_complaint complaint = {0};
    assert_false(wl__yaml_read(&root, &arena, pte_str(text), "a workload", &complaint));
    assert_non_null(strstr(complaint.message, "aliases counted as what they stand for"));
    assert_in_range(complaint.line, 4, 7);
    wl__arena_clean_up(&arena);

    len = (size_t)snprintf(text, sizeof text, "a0: &a0 x\n");
    for (int i = 1; i < 80; i++) {
        len += (size_t)snprintf(text + len, sizeof text - len, "a%d: &a%d [*a%d]\n", i, i, i - 1);
    }
    complaint = (wl_complaint){0};
    assert_false(wl__yaml_read(&root, &arena, pte_str(text), "a workload", &complaint));
    assert_int_equal(complaint.line, WL__DEPTH_MAX);
    wl__arena_clean_up(&arena);
}

static void test_keys_of_one_mapping(void **state) {
    (void)state;
    static char text[32 * 1024];
    size_t len = 0;
    for (int i = 0; i < WL__KEYS_MAX; i++) {
        len += (size_t)snprintf(text + len, sizeof text - len, "k%d: 1\n", i);
    }
    wl__arena arena = {0};
    assert_int_equal(parse(&arena, text)->count, WL__KEYS_MAX);
    wl__arena_clean_up(&arena);
    snprintf(text + len, sizeof text - len, "more: 1\n");
    refuse(text, 1, 1, "expected at most 1000 keys, found 1001");
}

static void test_numbers(void **state) {
    (void)state;
    static const struct {
        const char *text;
        bool number;
    } cases[] = {{"0", true},       {"-0", true},   {"10", true},   {"1.5", true}, {"1e5", true},
                 {"-1.5E-3", true}, {"01", false},  {"1.", false},  {".5", false}, {"+1", false},
                 {"1e", false},     {"0x1", false}, {"1 2", false}, {"-", false},  {"", false},
                 {"1e+", false},    {"1_0", false}, {"nan", false}, {"inf", false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        wl__node node = {.kind = WL__SCALAR, .text = pte_str(cases[i].text), .plain = true};
        assert_int_equal(wl__is_number(&node), cases[i].number);
        node.plain = false;
        assert_false(wl__is_number(&node));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_bytes_at_all),
        cmocka_unit_test(test_marks_and_aliases),
        cmocka_unit_test(test_complaints_of_the_parser),
        cmocka_unit_test(test_escapes_above_the_basic_plane),
        cmocka_unit_test(test_comments_are_not_cut_texts),
        cmocka_unit_test(test_depth),
        cmocka_unit_test(test_aliases_are_as_large_as_what_they_stand_for),
        cmocka_unit_test(test_keys_of_one_mapping),
        cmocka_unit_test(test_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
