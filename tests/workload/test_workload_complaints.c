/*
 * Every complaint about what a workload says, with its line and column. Complaints about YAML are
 * test_workload_yaml's. A case replaces one piece of a good file by a bad one; its place is where
 * the @ in the bad piece stands.
 */
#include "workload/reading.h"

#include <stdlib.h>

static const char good[] =
    "name: test\n"
    "seed: 7\n"
    "rate: 100\n"
    "tables:\n"
    "  - TableName: t\n"
    "    BillingMode: PAY_PER_REQUEST\n"
    "    AttributeDefinitions: [{AttributeName: k, AttributeType: S}]\n"
    "    KeySchema: [{AttributeName: k, KeyType: HASH}]\n"
    "    GlobalSecondaryIndexes:\n"
    "      - IndexName: i\n"
    "        KeySchema: [{AttributeName: k, KeyType: HASH}]\n"
    "        Projection: {ProjectionType: ALL}\n"
    "  - TableName: p\n"
    "    AttributeDefinitions: [{AttributeName: k, AttributeType: S}]\n"
    "    KeySchema: [{AttributeName: k, KeyType: HASH}]\n"
    "    ProvisionedThroughput: {ReadCapacityUnits: 1, WriteCapacityUnits: 2}\n"
    "entities:\n"
    "  user:\n"
    "    table: t\n"
    "    count: 5\n"
    "    let: {name: {words: 1}, born: 1990, friend: {pick: none}}\n"
    "    item: {k: \"{name}\", extra: 1}\n"
    "  none:\n"
    "    table: t\n"
    "    count: 1\n"
    "    item: {k: x}\n"
    "  empty: {table: t, count: 0, item: {k: x}}\n"
    "patterns:\n"
    "  - name: one\n"
    "    share: 1\n"
    "    let: {u: {pick: user, by: zipfian}, list: [1], w: 1}\n"
    "    request:\n"
    "      Query: {TableName: t, IndexName: i, Limit: 5}\n"
    "    pages: all\n"
    "  - name: two\n"
    "    requests:\n"
    "      - GetItem: {TableName: t, Key: {k: y}}\n"
    "      - BatchGetItem: {RequestItems: {t: {Keys: [{k: a}]}}}\n"
    "assert:\n"
    "  - pattern 1 is cheap\n";

typedef struct bad_case {
    const char *instead_of;
    const char *bad;
    const char *message; /* how it begins */
} bad_case;

static const bad_case cases[] = {
    /* the file */
    {"name: test", "@nam: test", "unknown key of a workload \"nam\"; did you mean \"name\"?"},
    {"name: test\n", "@", "expected \"name\" in a workload, found none"},
    {"name: test", "name: @[a]", "expected a text (the workload's name), found a list"},
    {"name: test", "name: @12",
     "expected a text (the workload's name; in quotes, as it is no text without them), found "
     "\"12\""},
    {"name: test", "name:@ ", "expected a text (the workload's name), found nothing"},
    {"seed: 7", "seed: @x", "expected a whole number from 0 to 18446744073709551615, found \"x\""},
    {"seed: 7", "seed: @-1", "expected a whole number from 0"},
    {"seed: 7", "seed: @1.5", "expected a whole number from 0"},
    {"seed: 7", "seed: @99999999999999999999", "expected a whole number from 0"},
    {"rate: 100", "rate: @0", "expected a number from 1e-06 to 1e+09, found \"0\""},
    {"rate: 100", "rate: @fast", "expected a number from"},
    {"assert:\n  - pattern 1 is cheap", "assert:\n  - @{a: 1}",
     "expected a text (an assertion), found a mapping"},
    {"assert:\n  - pattern 1 is cheap", "assert: @cheap",
     "expected a list of assertions, found \"cheap\""},
    /* tables */
    {"  - TableName: t\n", "  - @TableNam: t\n",
     "unknown key of a table \"TableNam\"; did you mean \"TableName\"?"},
    {"  - TableName: t\n    B", "  - @B", "expected TableName in a table, found none"},
    {"BillingMode: PAY_PER_REQUEST", "BillingMode: @PAY_PER_REQUESTS",
     "unknown BillingMode \"PAY_PER_REQUESTS\"; did you mean \"PAY_PER_REQUEST\"?"},
    {"    BillingMode: PAY_PER_REQUEST\n", "    TableClass: @FAST\n",
     "expected a known TableClass (STANDARD, STANDARD_INFREQUENT_ACCESS), found \"FAST\""},
    {"    ProvisionedThroughput: {ReadCapacityUnits: 1, WriteCapacityUnits: 2}\n", "",
     "expected ProvisionedThroughput in a table whose BillingMode is not PAY_PER_REQUEST, found "
     "none"},
    {"{ReadCapacityUnits: 1, W", "{ReadCapacityUnits: @0, W",
     "expected a whole number from 1 to 1000000000, found \"0\""},
    {"{ReadCapacityUnits: 1, WriteCapacityUnits: 2}", "@{ReadCapacityUnits: 1}",
     "expected WriteCapacityUnits in ProvisionedThroughput, found none"},
    {"  - TableName: p", "  - TableName: @t",
     "expected a name that no other table has, found \"t\""},
    {"[{AttributeName: k, KeyType: HASH}]\n    G", "[{AttributeName: @x, KeyType: HASH}]\n    G",
     "expected the key attribute \"x\" among AttributeDefinitions, where it is not"},
    {"[{AttributeName: k, KeyType: HASH}]\n    G", "[{AttributeName: k, KeyType: @HSH}]\n    G",
     "unknown KeyType \"HSH\"; did you mean \"HASH\"?"},
    {"[{AttributeName: k, KeyType: HASH}]\n    G", "@[{AttributeName: k, KeyType: RANGE}]\n    G",
     "expected a HASH attribute, found none"},
    {"[{AttributeName: k, KeyType: HASH}]\n    G", "@k\n    G",
     "expected a list of key attributes, found \"k\""},
    {"AttributeType: S}]\n    KeySchema: [{AttributeName: k, KeyType: HASH}]\n    G",
     "AttributeType: @T}]\n    KeySchema: [{AttributeName: k, KeyType: HASH}]\n    G",
     "expected a known AttributeType (S, N, B), found \"T\""},
    {"IndexName: i\n", "@IndxName: i\n",
     "unknown key of an index \"IndxName\"; did you mean \"IndexName\"?"},
    {"{ProjectionType: ALL}", "{ProjectionType: @SOME}",
     "expected a known ProjectionType (ALL, KEYS_ONLY, INCLUDE), found \"SOME\""},
    {"        Projection: {ProjectionType: ALL}\n", "        Projection: @ALL\n",
     "expected a mapping (Projection), found \"ALL\""},
    /* entities */
    {"    table: t\n    count: 5", "    table: @tt\n    count: 5",
     "unknown table \"tt\"; did you mean \"t\"?"},
    {"    count: 5\n", "    count: @many\n",
     "expected a whole number from 0 to 10000000000, found \"many\""},
    {"    table: t\n    count: 5\n    let", "    @table: t\n    let",
     "expected \"count\" in an entity, found none"},
    {"    count: 5\n", "    @cnt: 5\n",
     "unknown key of an entity \"cnt\"; did you mean \"count\"?"},
    {"item: {k: \"{name}\", extra: 1}", "item: @{extra: 1}",
     "expected the key attribute \"k\" of the table t in the item, found none"},
    {"item: {k: \"{name}\", extra: 1}", "item: @[a]",
     "expected a mapping (attributes and their values), found a list"},
    {"k: \"{name}\"", "k: @\"{nme}\"",
     "unknown name in a placeholder \"nme\"; did you mean \"name\"?"},
    {"k: \"{name}\"", "k: @\"{friend}\"",
     "friend is an item of the entity none: expected which value of it, as in {friend.name}"},
    {"k: \"{name}\"", "k: @\"{friend.l}\"",
     "expected a known value of the entity none (k, n), found \"l\""},
    {"k: \"{name}\"", "k: @\"{name.first}\"",
     "expected a placeholder that ends at the value name, found \".first\" behind it"},
    {"k: \"{name}\"", "k: @\"{n.x}\"", "expected a placeholder that ends at the value n"},
    {"k: \"{name}\"", "k: @\"{name\"",
     "expected a placeholder as {name} at character 1 of the text, or {{ for a brace"},
    {"k: \"{name}\"", "k: @\"a{}\"", "expected a placeholder as {name} at character 2"},
    {"k: \"{name}\"", "k: @\"{a b}\"", "expected a placeholder as {name} at character 1"},
    {"k: \"{name}\"", "k: @\"{name:8}\"",
     "expected a length from 01 to 030 behind the colon of a placeholder, as in {n:08}, found "
     "\":8\""},
    {"k: \"{name}\"", "k: @\"{name:099}\"", "expected a length from 01 to 030"},
    {"born: 1990", "born: @\"{born}\"", "the value born is made from itself"},
    {"born: 1990", "@n: 1990",
     "expected a name of letters, digits, _ and - that begins with a letter and is not n or answer,"
     " found \"n\""},
    {"born: 1990", "@a.b: 1990", "expected a name of letters"},
    {"friend: {pick: none}", "friend: {pick: @non}",
     "unknown entity \"non\"; did you mean \"none\"?"},
    {"friend: {pick: none}", "friend: {pick: @empty}",
     "expected an entity with items, found empty with a count of 0"},
    {"friend: {pick: none}", "friend: {pick: none, every: @0}",
     "expected a whole number from 1 to 1000000000"},
    {"friend: {pick: none}", "friend: {pick: none, by: zipfian, every: @2}",
     "expected either \"every\" or \"by\", found both"},
    {"friend: {pick: none}", "friend: {new: @none}", "only patterns make new items"},
    {"extra: 1", "extra: @{pick: none}",
     "an item can be picked only in a let, where it gets a name"},
    /* kinds of values */
    {"extra: 1", "extra: {@integr: [1, 2]}",
     "unknown kind of value; a map is written {M: {...}} \"integr\"; did you mean \"integer\"?"},
    {"extra: 1", "extra: {@city: x}",
     "expected a known kind of value; a map is written {M: {...}}"},
    {"extra: 1", "extra: @{}", "expected a kind of value; a map without attributes is {M: {}}"},
    {"extra: 1", "extra: {integer: @[2, 1]}",
     "expected a range from -999999999999999 to 999999999999999, the least first, found 2 to 1"},
    {"extra: 1", "extra: {integer: @x}", "expected [least, most] or one whole number, found \"x\""},
    {"extra: 1", "extra: {integer: [1, @2.5]}",
     "expected a whole number of at most 15 digits, without quotes, found \"2.5\""},
    {"extra: 1", "extra: {integer: [1, 2], @bye: zipfian}",
     "unknown key of kind integer \"bye\"; did you mean \"by\"?"},
    {"extra: 1", "extra: {integer: [1, 2], by: @zipf}",
     "expected a known distribution (uniform, zipfian, latest, sequential), found \"zipf\""},
    {"extra: 1", "extra: {integer: [1, 2], by: @zipfan}",
     "unknown distribution \"zipfan\"; did you mean \"zipfian\"?"},
    {"extra: 1", "extra: {integer: [1, 2], by: {zipfian: @0}}",
     "expected a number from 0.01 to 10, found \"0\""},
    {"extra: 1", "extra: {integer: [1, 2], by: {@uniform: 1}}",
     "expected an exponent only behind zipfian and latest, found one behind uniform"},
    {"extra: 1", "extra: {decimal: [1, @x]}", "expected a number from"},
    {"extra: 1", "extra: {decimal: @5}", "expected [least, most], found \"5\""},
    {"extra: 1", "extra: {decimal: @[5, 4]}", "expected the least number first"},
    {"extra: 1", "extra: {decimal: [1, 2], places: @10}", "expected a whole number from 1 to 9"},
    {"extra: 1", "extra: {choice: @[]}", "expected choices, found none"},
    {"extra: 1", "extra: {choice: [a, b], weights: @[1]}",
     "expected as many weights as choices (2) and no \"by\", found 1"},
    {"extra: 1", "extra: {choice: [a, b], weights: [1, @-1]}", "expected a number from 0 to 1e+09"},
    {"extra: 1", "extra: {choice: [a, b], weights: @[0, 0]}", "expected a weight above 0"},
    {"extra: 1", "extra: {text: @[0, 5]}", "expected a range from 1 to 409600"},
    {"extra: 1", "extra: {text: @500000}", "expected a range from 1 to 409600"},
    {"extra: 1", "extra: {words: @[1, 2], unique: true}",
     "expected one number of words, as they are to be unique, found a list"},
    {"extra: 1", "extra: {words: @5, unique: true}", "expected a range from 1 to 4"},
    {"extra: 1", "extra: {words: 1, unique: @maybe}", "expected true or false, found \"maybe\""},
    {"extra: 1", "extra: {words: 1, join: @[a]}", "expected a text, found a list"},
    {"extra: 1", "extra: {uuid: @7}", "expected a whole number from 4 to 4, found \"7\""},
    {"extra: 1", "extra: {boolean: @2}", "expected a number from 0 to 1, found \"2\""},
    {"extra: 1", "extra: {time: @x}", "expected a mapping (from and step, or from and to)"},
    {"extra: 1", "extra: {time: [2024-01-01, @2024-02-30]}",
     "expected a time as 2024-01-31 or 2024-01-31T12:00:00, found \"2024-02-30\""},
    {"extra: 1", "extra: {time: [2024-01-02, @2024-01-01]}", "expected the earlier time first"},
    {"extra: 1", "extra: {time: @[2024-01-02]}", "expected [from, to], found 1 times"},
    {"extra: 1", "extra: {time: {from: 2024-01-02, step: @5}}",
     "expected a duration as 250ms, 37s, 5m, 2h or 1d, found \"5\""},
    {"extra: 1", "extra: {time: @{from: 2024-01-02}}",
     "expected {from: ..., step: ...} or {from: ..., to: ...}"},
    {"extra: 1", "extra: {time: {from: 2024-01-02, @stp: 5s}}", "unknown key of from and step"},
    {"extra: 1", "extra: {date: [2024-01-02, 2024-01-03], as: @is}",
     "unknown form of a time \"is\"; did you mean \"iso\"?"},
    {"extra: 1", "extra: @{list: a}", "expected how many elements: size: [1, 5]"},
    {"extra: 1", "extra: {set: a, size: @[0, 2]}", "expected a range from 1 to 10000"},
    {"extra: 1", "extra: {set: @[a], size: 2}",
     "expected a text, number or binary as an element of a set, found a list"},
    {"extra: 1", "extra: {N: @x}", "expected a number, found \"x\""},
    {"extra: 1", "extra: {S: @[a]}", "expected a value that is one text, found a list"},
    {"extra: 1", "extra: {BOOL: @1}", "expected true or false, found \"1\""},
    {"extra: 1", "extra: {NULL: @false}", "expected NULL: true, found \"false\""},
    {"extra: 1", "extra: {M: @1}", "expected a mapping (attributes and their values)"},
    {"extra: 1", "extra: {L: @1}", "expected a list of values, found \"1\""},
    {"extra: 1", "extra: {SS: @[]}", "expected at least one element of a set, found none"},
    {"extra: 1", "extra: {NS: [1, @x]}", "expected a number, found \"x\""},
    {"extra: 1", "extra: @{list: {list: {text: 400}, size: 1000}, size: 1000}",
     "the value extra takes too many steps or bytes"},
    /* patterns */
    {"  - name: one\n    share", "  - @share", "expected \"name\" in a pattern, found none"},
    {"  - name: two\n", "  - name: @one\n",
     "expected a name that no other pattern has, found \"one\""},
    {"    share: 1\n", "    @shar: 1\n",
     "unknown key of a pattern \"shar\"; did you mean \"share\"?"},
    {"    share: 1\n", "    share: @0\n", "expected a number from 1e-06"},
    {"    share: 1\n", "    share: 1\n    rate: @5\n", "expected either share or rate, found both"},
    {"    share: 1\n", "    rate: 5\n", "expected a rate in all patterns or in none of them"},
    {"by: zipfian}, list", "by: @zipfians}, list",
     "unknown distribution \"zipfians\"; did you mean \"zipfian\"?"},
    {"    request:\n      Query: {TableName: t, IndexName: i, Limit: 5}\n    pages: all\n", "",
     "expected either \"request\" or \"requests\" in a pattern, found neither"},
    {"      Query: {", "      @Querry: {", "unknown operation \"Querry\"; did you mean \"Query\"?"},
    {"Limit: 5}", "@Limt: 5}", "unknown key of Query \"Limt\"; did you mean \"Limit\"?"},
    {"Limit: 5}", "ReturnConsumedCapacity: @TOTAL}",
     "expected no ReturnConsumedCapacity: it is added to every request"},
    {"Limit: 5}", "ExclusiveStartKey: {k: x}}",
     "expected either pages or ExclusiveStartKey, found both"},
    {"Query: {TableName: t,", "Query: {TableName: @x,",
     "expected a known table (t, p), found \"x\""},
    {"IndexName: i,", "IndexName: @j,", "expected a known index of the table t (i), found \"j\""},
    {"    pages: all\n", "    pages: @some\n",
     "expected \"all\" or a number of pages, found \"some\""},
    {"    pages: all\n", "    pages: @0\n", "expected a whole number from 1"},
    {"      - GetItem: {TableName: t, Key: {k: y}}\n",
     "      - GetItem: {TableName: t, Key: {k: @\"{u}\"}}\n",
     "expected a known name in a placeholder (n), found \"u\""},
    {"      - GetItem: {TableName: t, Key: {k: y}}\n",
     "      - GetItem: {TableName: t, Key: {k: @\"{answer.x}\"}}\n",
     "expected a known name in a placeholder (n), found \"answer\""},
    {"      - GetItem: {TableName: t, Key: {k: y}}\n",
     "      - GetItem: {TableName: t, Key: {k: x}}\n        pages: @2\n",
     "expected no pages: GetItem has none"},
    {"      - GetItem: {TableName: t, Key: {k: y}}\n",
     "      - {GetItem: {TableName: t, Key: {k: x}}, @Query: {TableName: t}}\n",
     "expected one operation in a request, found \"Query\" beside \"GetItem\""},
    {"      - GetItem: {TableName: t, Key: {k: y}}\n", "      - @GetItem\n",
     "expected a mapping (an operation and its request), found \"GetItem\""},
    {"      - GetItem: {TableName: t, Key: {k: y}}\n", "      - @{}\n",
     "expected an operation and its request, found none"},
    {"      - GetItem: {TableName: t, Key: {k: y}}\n", "      - {GetItem: @5}\n",
     "expected a mapping (GetItem), found \"5\""},
    {"{RequestItems: {t:", "{RequestItems: {@q:", "expected a known table (t, p), found \"q\""},
    {"Keys: [{k: a}]", "Keys: @{k: a}", "expected a list of values of attributes, found a mapping"},
    {"Keys: [{k: a}]", "Keys: @{each: Items}", "expected \"make\": what is made for each element"},
    {"Keys: [{k: a}]", "Keys: {each: Items, @mke: {k: a}}",
     "unknown key of each \"mke\"; did you mean \"make\"?"},
    {"Keys: [{k: a}]", "Keys: {repeat: @x, make: {k: a}}",
     "expected a whole number from 0 to 1000, found \"x\""},
    {"Keys: [{k: a}]", "Keys: {each: Items, as: f, make: {k: @\"{g.x}\"}}",
     "expected a known name in a placeholder (f, answer, n), found \"g\""},
    {"Keys: [{k: a}]", "Keys: {each: Items, let: {x: {new: @user}}, make: {k: \"{x.k}\"}}",
     "only patterns make new items"},
    {"      - GetItem: {TableName: t, Key: {k: y}}\n",
     "      - BatchGetItem: {RequestItems: {t: {Keys: {each: @Items, make: {k: a}}}}}\n",
     "expected a step before this one, from whose answer it is made"},
    {"w: 1}", "w: @\"a{list}\"}",
     "expected values that are texts or numbers in it, found a list, map or set"},
    {"w: 1}", "w: {S: @\"{list}\"}}", "expected values that are texts or numbers in it"},
    {"w: 1}", "w: @{set: \"{list}\", size: 2}}", "expected values that are texts or numbers in it"},
};

/* The good file with one piece changed; *line and *column are where the @ was, 0 without one. */
static char *spoil(const bad_case *c, size_t *line, size_t *column) {
    const char *at = strstr(good, c->instead_of);
    if (at == NULL) {
        fail_msg("no such piece: %s", c->instead_of);
    }
    size_t size = sizeof good + strlen(c->bad);
    char *text = malloc(size);
    assert_non_null(text);
    snprintf(text, size, "%.*s%s%s", (int)(at - good), good, c->bad, at + strlen(c->instead_of));
    char *mark = strchr(text, '@');
    *line = mark != NULL;
    *column = 0;
    for (char *before = text; mark != NULL && before < mark; before++) {
        *column = *before == '\n' ? 0 : *column + 1;
        *line += *before == '\n';
    }
    if (mark != NULL) {
        memmove(mark, mark + 1, strlen(mark));
        (*column)++;
    }
    return text;
}

static void test_each_complaint_has_its_place(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t line = 0, column = 0;
        char *text = spoil(&cases[i], &line, &column);
        wl_workload *workload = NULL;
        wl_complaint complaint;
        if (wl__workload_read_text(&workload, "bad.yaml", pte_str(text), &complaint)) {
            fail_msg("accepted: %s", cases[i].bad);
        }
        assert_null(workload);
        assert_string_equal(complaint.file, "bad.yaml");
        if (strncmp(complaint.message, cases[i].message, strlen(cases[i].message)) != 0 ||
            (line != 0 && (complaint.line != line || complaint.column != column)) ||
            complaint.line == 0) {
            fail_msg("%s\nfound    %zu:%zu: %s\nexpected %zu:%zu: %s", cases[i].bad, complaint.line,
                     complaint.column, complaint.message, line, column, cases[i].message);
        }
        free(text);
    }
}

/* A second @ would be a mistake of the table; and the file they spoil is good, but for {u} of two.
 */
static void test_the_file_without_faults_is_read(void **state) {
    (void)state;
    wl_workload *w = reading_take(good);
    assert_int_equal(wl_table_count(w), 2);
    assert_int_equal(wl_place_count(w), 3);
    assert_int_equal(wl_entity_count(w), 3);
    assert_int_equal(wl_pattern_count(w), 2);
    assert_int_equal(wl_assertion_count(w), 1);
    assert_true(wl_pattern_at(w, 0)->share == 0.5 && wl_pattern_at(w, 1)->rate == 50);
    size_t place = 9;
    assert_true(wl_place_find(&place, w, pte_str("t"), pte_str("i")));
    assert_int_equal(place, 1);
    assert_true(wl_place_find(&place, w, pte_str("p"), (pte_bytes){0}));
    assert_int_equal(place, 2);
    assert_false(wl_place_find(&place, w, pte_str("p"), pte_str("i")));
    wl_workload_destroy(w);
}

static void test_a_file_that_is_not_there(void **state) {
    (void)state;
    wl_workload *workload = NULL;
    wl_complaint complaint;
    assert_false(wl_workload_read(&workload, "/nowhere/at-all.yaml", &complaint));
    assert_int_equal(complaint.line, 0);
    assert_string_equal(complaint.message, "cannot open: No such file or directory");
    assert_false(wl_workload_read(&workload, "/", &complaint));
    assert_string_equal(complaint.message, "cannot read: Is a directory");
}

/* Chains across entities are as bounded as those within one. */
static void test_values_that_need_each_other(void **state) {
    (void)state;
    static const char lines[] = "    table: t\n    count: 3\n"
                                "    let: {b: {pick: f}, x: \"{b.y}\"}\n"
                                "    item: {k: \"{x}\"}\n"
                                "  f:\n    table: t\n    count: 3\n"
                                "    let: {a: {pick: e}, y: \"{a.x}\"}\n"
                                "    item: {k: \"{y}\"}\n";
    char *text = reading_entity_text(lines);
    wl_workload *workload = NULL;
    wl_complaint complaint;
    assert_false(wl__workload_read_text(&workload, "a", pte_str(text), &complaint));
    assert_string_equal(complaint.message, "the value x is made from itself");
    free(text);
}

/* a1: "{a0}{a0}", a2: "{a1}{a1}", ...: exponential in what it would take. */
static void test_values_that_double(void **state) {
    (void)state;
    char lines[4000];
    size_t len = (size_t)snprintf(lines, sizeof lines,
                                  "    table: t\n    count: 3\n    let:\n"
                                  "      a0: x\n");
    for (int i = 1; i < 31; i++) {
        len += (size_t)snprintf(lines + len, sizeof lines - len, "      a%d: \"{a%d}{a%d}\"\n", i,
                                i - 1, i - 1);
    }
    snprintf(lines + len, sizeof lines - len, "    item: {k: \"{a30}\"}\n");
    char *text = reading_entity_text(lines);
    wl_workload *workload = NULL;
    wl_complaint complaint;
    assert_false(wl__workload_read_text(&workload, "a", pte_str(text), &complaint));
    assert_non_null(strstr(complaint.message, "takes too many steps or bytes"));
    free(text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_complaint_has_its_place),
        cmocka_unit_test(test_the_file_without_faults_is_read),
        cmocka_unit_test(test_a_file_that_is_not_there),
        cmocka_unit_test(test_values_that_need_each_other),
        cmocka_unit_test(test_values_that_double),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
