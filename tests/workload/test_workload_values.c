/* Values: what each kind makes, and that it depends on nothing but file, seed and number. */
#include "workload/reading.h"

#include <stdlib.h>

enum { ITEMS = 2000 };

static const uint64_t GOLDEN_ITEMS = 0xf848f00ccb1747c7;

/* The plain forms of a value and DynamoDB's own. */
static void test_plain_values_have_the_types_that_they_look_like(void **state) {
    (void)state;
    wl_workload *w = reading_entity("    table: t\n"
                                    "    count: 3\n"
                                    "    item:\n"
                                    "      k: \"#{n}\"\n"
                                    "      text: hello \"you\"\n"
                                    "      number: -1.5e3\n"
                                    "      quoted: '12'\n"
                                    "      zeros: 007\n"
                                    "      yes: true\n"
                                    "      nothing: null\n"
                                    "      list: [1, a, [false]]\n"
                                    "      braces: 'a{{b}}c}d'\n"
                                    "      control: \"a\\tb\\\\\\0\"\n"
                                    "      'né\"e': é\n");
    reading_gives(w, 2,
                  "{'k':{'S':'#2'},'text':{'S':'hello \\'you\\''},'number':{'N':'-1.5e3'},"
                  "'quoted':{'S':'12'},'zeros':{'S':'007'},'yes':{'BOOL':true},"
                  "'nothing':{'NULL':true},'list':{'L':[{'N':'1'},{'S':'a'},{'L':[{'BOOL':false}]}"
                  "]},'braces':{'S':'a{b}c}d'},'control':{'S':'a\\u0009b\\\\\\u0000'},"
                  "'né\\'e':{'S':'é'}}");
    wl_workload_destroy(w);
}

static void test_dynamodbs_types(void **state) {
    (void)state;
    wl_workload *w = reading_entity("    table: t\n"
                                    "    count: 3\n"
                                    "    let: {i: {integer: 5}, l: [1]}\n"
                                    "    item:\n"
                                    "      k: {S: 1}\n"
                                    "      s: {S: true}\n"
                                    "      n: {N: \"7\"}\n"
                                    "      made: {N: \"{i}\"}\n"
                                    "      text: {S: \"{i}\"}\n"
                                    "      kept: \"{i}\"\n"
                                    "      whole: \"{l}\"\n"
                                    "      part: \"{i}0\"\n"
                                    "      padded: \"{i:03}\"\n"
                                    "      b: {B: aGk=}\n"
                                    "      bool: {BOOL: false}\n"
                                    "      \"null\": {NULL: true}\n"
                                    "      m: {M: {a: 1, b: {M: {}}}}\n"
                                    "      l: {L: [{S: x}, y]}\n"
                                    "      ss: {SS: [a, b, a]}\n"
                                    "      ns: {NS: [1, 2]}\n"
                                    "      bs: {BS: [aGk=]}\n");
    reading_gives(
        w, 0,
        "{'k':{'S':'1'},'s':{'S':'true'},'n':{'N':'7'},'made':{'N':'5'},'text':{'S':'5'},"
        "'kept':{'N':'5'},'whole':{'L':[{'N':'1'}]},'part':{'S':'50'},'padded':{'S':'005'},"
        "'b':{'B':'aGk='},'bool':{'BOOL':false},'null':{'NULL':true},"
        "'m':{'M':{'a':{'N':'1'},'b':{'M':{}}}},'l':{'L':[{'S':'x'},{'S':'y'}]},"
        "'ss':{'SS':['a','b']},'ns':{'NS':['1','2']},'bs':{'BS':['aGk=']}}");
    wl_workload_destroy(w);
}

static void test_times(void **state) {
    (void)state;
    wl_workload *w =
        reading_entity("    table: t\n"
                       "    count: 3\n"
                       "    item:\n"
                       "      k: {time: {from: 2024-02-28T23:59:58, step: 1s}}\n"
                       "      ms: {time: {from: 2024-12-31T23:59:59, step: 250ms}}\n"
                       "      day: {date: {from: 1999-12-30, step: 1d}}\n"
                       "      s: {time: {from: 1970-01-01, step: 1m}, as: seconds}\n"
                       "      epoch: {time: {from: 1970-01-01T00:01, step: 2h}, as: milliseconds}\n"
                       "      before: {time: {from: 1900-03-01, step: 1d}, as: date}\n");
    reading_gives(w, 2,
                  "{'k':{'S':'2024-02-29T00:00:00Z'},'ms':{'S':'2024-12-31T23:59:59.500Z'},"
                  "'day':{'S':'2000-01-01'},'s':{'N':'120'},'epoch':{'N':'14460000'},"
                  "'before':{'S':'1900-03-03'}}");
    /* 1900 is no leap year, 2000 is: 36,525 days from 1900-03-01 are 2000-03-01. */
    char *day = reading_attribute(w, 36525, "before");
    assert_string_equal(day, "2000-03-01");
    free(day);
    wl_workload_destroy(w);
}

/* ---- ranges ---- */

static double number_of(const wl_workload *w, uint64_t n, const char *name) {
    char *text = reading_attribute(w, n, name);
    double number = strtod(text, NULL);
    free(text);
    return number;
}

static size_t length_of(const wl_workload *w, uint64_t n, const char *name) {
    char *text = reading_attribute(w, n, name);
    size_t len = strlen(text);
    free(text);
    return len;
}

static void test_kinds_keep_to_their_ranges(void **state) {
    (void)state;
    wl_workload *w = reading_entity("    table: t\n"
                                    "    count: 3\n"
                                    "    item:\n"
                                    "      k: {uuid: 4}\n"
                                    "      i: {integer: [-2, 2]}\n"
                                    "      d: {decimal: [-0.5, 0.5], places: 1}\n"
                                    "      t: {text: [3, 9]}\n"
                                    "      b: {binary: [1, 4]}\n"
                                    "      w: {words: [1, 2], join: _}\n"
                                    "      yes: {boolean: 0.25}\n"
                                    "      c: {choice: [a, b], weights: [1, 0]}\n"
                                    "      day: {date: [2024-02-28, 2024-03-01]}\n");
    bool met_i[5] = {false}, met_t[10] = {false}, met_d[11] = {false}, met_b[9] = {false};
    size_t days[3] = {0}, yes = 0;
    for (uint64_t n = 0; n < ITEMS; n++) {
        int i = (int)number_of(w, n, "i") + 2;
        int d = (int)(number_of(w, n, "d") * 10 + 5.5);
        size_t t = length_of(w, n, "t"), b = length_of(w, n, "b");
        assert_in_range(i, 0, 4);
        assert_in_range(d, 0, 10);
        assert_in_range(t, 3, 9);
        assert_true(b == 4 || b == 8);
        met_i[i] = met_t[t] = met_d[d] = met_b[b] = true;
        char *word = reading_attribute(w, n, "w"), *c = reading_attribute(w, n, "c");
        char *day = reading_attribute(w, n, "day"), *truth = reading_attribute(w, n, "yes");
        char *id = reading_attribute(w, n, "k");
        assert_null(strchr(word, ' '));
        assert_string_equal(c, "a");
        days[strcmp(day, "2024-02-29") < 0 ? 0 : strcmp(day, "2024-02-29") == 0 ? 1 : 2]++;
        yes += strcmp(truth, "true") == 0;
        assert_int_equal(strlen(id), 36);
        assert_int_equal(id[14], '4');
        assert_non_null(strchr("89ab", id[19]));
        free(word);
        free(c);
        free(day);
        free(truth);
        free(id);
    }
    for (size_t i = 0; i < 5; i++) {
        assert_true(met_i[i]);
    }
    for (size_t t = 3; t < 10; t++) {
        assert_true(met_t[t]);
    }
    for (size_t d = 0; d < 11; d++) {
        assert_true(met_d[d]);
    }
    assert_true(met_b[4] && met_b[8]);
    assert_true(days[0] > 500 && days[1] > 500 && days[2] > 500);
    assert_in_range(yes, 380, 620);
    wl_workload_destroy(w);
}

static void test_made_lists_and_sets(void **state) {
    (void)state;
    wl_workload *w = reading_entity("    table: t\n"
                                    "    count: 3\n"
                                    "    item:\n"
                                    "      k: x\n"
                                    "      l: {list: {integer: [0, 9]}, size: [0, 3]}\n"
                                    "      s: {set: {choice: [a, b, c]}, size: [2, 5]}\n"
                                    "      n: {set: {integer: [1, 1000]}, size: 3}\n");
    size_t lengths[4] = {0};
    bool different = false;
    for (uint64_t n = 0; n < ITEMS; n++) {
        pte_bytes item = pte_str(reading_item(w, "e", n));
        const char *l = strstr((const char *)item.data, "\"l\":");
        const char *s = strstr(l, ",\"s\":");
        size_t count = 0;
        for (const char *at = l; at < s; at++) {
            count += *at == 'N';
        }
        assert_in_range(count, 0, 3);
        lengths[count]++;
        /* Each member of a set once. */
        const char *end = strstr(s, "]}");
        const char *first = strstr(s, "\"a\"");
        if (first != NULL && first < end) {
            const char *second = strstr(first + 1, "\"a\"");
            assert_true(second == NULL || second > end);
        }
        assert_non_null(strstr(end, "{\"NS\":[\""));
        different = different || (count == 2 && l[16] != l[26]);
    }
    assert_true(lengths[0] > 300 && lengths[1] > 300 && lengths[2] > 300 && lengths[3] > 300);
    assert_true(different);
    wl_workload_destroy(w);
}

/* ---- names ---- */

static int compare(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Beyond the 65,536 pairs of words, too. */
static void test_unique_words_are_unique(void **state) {
    (void)state;
    enum { NAMES = 140000 };
    wl_workload *w = reading_entity("    table: t\n"
                                    "    count: 3\n"
                                    "    item: {k: {words: 2, unique: true}}\n");
    static char *names[NAMES];
    for (size_t n = 0; n < NAMES; n++) {
        names[n] = reading_attribute(w, n, "k");
    }
    qsort(names, NAMES, sizeof *names, compare);
    for (size_t n = 1; n < NAMES; n++) {
        assert_string_not_equal(names[n - 1], names[n]);
    }
    for (size_t n = 0; n < NAMES; n++) {
        free(names[n]);
    }
    wl_workload_destroy(w);
}

static const char two_entities[] = "    table: t\n"
                                   "    count: 10\n"
                                   "    let:\n"
                                   "      of: {pick: other, by: latest}\n"
                                   "      mine: {integer: [0, 99]}\n"
                                   "    item:\n"
                                   "      k: \"{of.name}|{of.k}|{of.n}|{of.deep.name}|{mine}\"\n"
                                   "  other:\n"
                                   "    table: t\n"
                                   "    count: 1000\n"
                                   "    let:\n"
                                   "      name: \"o{n:04}\"\n"
                                   "      deep: {pick: third, every: 100}\n"
                                   "    item: {k: \"{name}!\"}\n"
                                   "  third:\n"
                                   "    table: t\n"
                                   "    count: 10\n"
                                   "    let: {name: \"third-{n}\"}\n"
                                   "    item: {k: \"{name}\"}\n";

static void test_items_of_other_entities_are_what_they_are_there(void **state) {
    (void)state;
    wl_workload *w = reading_entity(two_entities);
    for (uint64_t n = 0; n < 50; n++) {
        char name[40], key[40], expected[120];
        unsigned number = 0, third = 0, mine = 0;
        char *text = reading_attribute(w, n, "k");
        assert_int_equal(
            sscanf(text, "%39[^|]|%39[^|]|%u|third-%u|%u", name, key, &number, &third, &mine), 5);
        snprintf(expected, sizeof expected, "{\"k\":{\"S\":\"%s\"}}", key);
        assert_string_equal(reading_item(w, "other", number), expected);
        snprintf(expected, sizeof expected, "o%04u", number);
        assert_string_equal(name, expected);
        assert_int_equal(third, number / 100);
        free(text);
    }
    wl_workload_destroy(w);
}

/* ---- functions of file, seed and number ---- */

static uint64_t hash_items(const wl_workload *w, const char *entity, uint64_t from, uint64_t to) {
    uint64_t hash = 0;
    for (uint64_t n = from; n < to; n++) {
        hash = wl__hash(hash, pte_str(reading_item(w, entity, n)));
    }
    return hash;
}

static const char everything[] = "    table: t\n"
                                 "    count: 3\n"
                                 "    let: {when: {time: {from: 2024-01-01, step: 37s}}}\n"
                                 "    item:\n"
                                 "      k: \"{when}\"\n"
                                 "      a: {uuid: 4}\n"
                                 "      b: {integer: [-1000, 1000]}\n"
                                 "      c: {integer: [1, 1000000], by: {zipfian: 1.1}}\n"
                                 "      d: {decimal: [0, 100], places: 3, by: latest}\n"
                                 "      e: {text: [10, 40], by: zipfian}\n"
                                 "      f: {words: [1, 5]}\n"
                                 "      g: {words: 3, unique: true, join: '-'}\n"
                                 "      h: {boolean: 0.5}\n"
                                 "      i: {binary: [1, 50]}\n"
                                 "      j: {list: {choice: [1, x, [true]]}, size: [0, 4]}\n"
                                 "      l: {set: {integer: [1, 50]}, size: [1, 9]}\n"
                                 "      m: {choice: [a, b, c], weights: [3, 2, 1]}\n"
                                 "      o: {date: [1950-01-01, 2005-12-31]}\n";

/* Golden: a change of what a seed gives makes old reports incomparable, and must be meant. */
static void test_the_same_seed_gives_the_same_bytes(void **state) {
    (void)state;
    wl_workload *w = reading_entity(everything);
    uint64_t hash = hash_items(w, "e", 0, ITEMS);
    if (hash != GOLDEN_ITEMS) {
        fail_msg("the items' hash is 0x%016llx", (unsigned long long)hash);
    }
    wl_workload_set_seed(w, 8);
    assert_int_not_equal(hash_items(w, "e", 0, ITEMS), hash);
    wl_workload_destroy(w);
}

static void test_an_item_does_not_depend_on_those_made_before(void **state) {
    (void)state;
    wl_workload *w = reading_entity(everything);
    wl_workload *again = reading_entity(everything);
    char *text = strdup(reading_item(w, "e", 1234));
    assert_non_null(text);
    for (uint64_t n = ITEMS; n > 0; n--) {
        reading_item(again, "e", n - 1);
    }
    assert_string_equal(reading_item(again, "e", 1234), text);
    free(text);
    wl_workload_destroy(w);
    wl_workload_destroy(again);
}

static void test_a_value_does_not_depend_on_its_neighbours(void **state) {
    (void)state;
    wl_workload *w = reading_entity(everything);
    wl_workload *fewer = reading_entity("    table: t\n"
                                        "    count: 3\n"
                                        "    item:\n"
                                        "      k: x\n"
                                        "      f: {words: [1, 5]}\n"
                                        "      a: {uuid: 4}\n");
    char *a = reading_attribute(w, 5, "a"), *b = reading_attribute(fewer, 5, "a");
    char *c = reading_attribute(w, 5, "f"), *d = reading_attribute(fewer, 5, "f");
    assert_string_equal(a, b);
    assert_string_equal(c, d);
    free(a);
    free(b);
    free(c);
    free(d);
    wl_workload_destroy(w);
    wl_workload_destroy(fewer);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain_values_have_the_types_that_they_look_like),
        cmocka_unit_test(test_dynamodbs_types),
        cmocka_unit_test(test_times),
        cmocka_unit_test(test_kinds_keep_to_their_ranges),
        cmocka_unit_test(test_made_lists_and_sets),
        cmocka_unit_test(test_unique_words_are_unique),
        cmocka_unit_test(test_items_of_other_entities_are_what_they_are_there),
        cmocka_unit_test(test_the_same_seed_gives_the_same_bytes),
        cmocka_unit_test(test_an_item_does_not_depend_on_those_made_before),
        cmocka_unit_test(test_a_value_does_not_depend_on_its_neighbours),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
