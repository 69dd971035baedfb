/*
 * A run's accounts: equal to the sum of ReturnConsumedCapacity that another client asks for the
 * same requests, and to units computed by hand. The other client shares nothing with the run but
 * the calls: it reads whole answers as trees.
 */
#include "workload/bench_support.h"

enum { CALLS = 3000 };

/* ---- another client ---- */

/* Sums of a pattern. */
typedef struct sums {
    double total; /* CapacityUnits of TOTAL */
    double *places;
    uint64_t calls, requests, refused;
} sums;

static double number_of(yajl_val object, const char *name) {
    const char *path[] = {name, NULL};
    yajl_val value = yajl_tree_get(object, path, yajl_t_number);
    return value == NULL ? 0 : YAJL_GET_DOUBLE(value);
}

static void add_place(sums *sum, const wl_workload *workload, const char *table, const char *index,
                      double units) {
    size_t place;
    pte_bytes of = index != NULL ? pte_str(index) : (pte_bytes){0};
    assert_true(wl_place_find(&place, workload, pte_str(table), of));
    sum->places[place] += units;
}

static void add_indexes(sums *sum, const wl_workload *workload, yajl_val entry, const char *table,
                        const char *kind) {
    const char *path[] = {kind, NULL};
    yajl_val indexes = yajl_tree_get(entry, path, yajl_t_object);
    for (size_t i = 0; YAJL_IS_OBJECT(indexes) && i < YAJL_GET_OBJECT(indexes)->len; i++) {
        add_place(sum, workload, table, YAJL_GET_OBJECT(indexes)->keys[i],
                  number_of(YAJL_GET_OBJECT(indexes)->values[i], "CapacityUnits"));
    }
}

static void add_entry(sums *sum, const wl_workload *workload, yajl_val entry) {
    const char *name_path[] = {"TableName", NULL}, *table_path[] = {"Table", NULL};
    const char *table = YAJL_GET_STRING(yajl_tree_get(entry, name_path, yajl_t_string));
    yajl_val of_table = yajl_tree_get(entry, table_path, yajl_t_object);
    sum->total += number_of(entry, "CapacityUnits");
    if (of_table != NULL) {
        add_place(sum, workload, table, NULL, number_of(of_table, "CapacityUnits"));
    }
    add_indexes(sum, workload, entry, table, "GlobalSecondaryIndexes");
    add_indexes(sum, workload, entry, table, "LocalSecondaryIndexes");
}

static void add_answer(sums *sum, const wl_workload *workload, pt_reply reply) {
    char what[200];
    const char *path[] = {"ConsumedCapacity", NULL};
    sum->requests++;
    sum->refused += reply.status != 200;
    yajl_val tree = yajl_tree_parse((const char *)reply.body.data, what, sizeof what);
    assert_non_null(tree);
    yajl_val one = yajl_tree_get(tree, path, yajl_t_object);
    yajl_val list = yajl_tree_get(tree, path, yajl_t_array);
    assert_true(reply.status != 200 || one != NULL || list != NULL);
    if (one != NULL) {
        add_entry(sum, workload, one);
    }
    for (size_t i = 0; YAJL_IS_ARRAY(list) && i < YAJL_GET_ARRAY(list)->len; i++) {
        add_entry(sum, workload, YAJL_GET_ARRAY(list)->values[i]);
    }
    yajl_tree_free(tree);
}

/* The body that asks for TOTAL where the run asks for INDEXES. */
static void ask_for_total(pte_bytes body) {
    static const char asked[] = "\"INDEXES\"";
    char *at = strstr((char *)(uintptr_t)body.data, asked);
    assert_non_null(at);
    memcpy(at, "\"TOTAL\"  ", sizeof asked - 1);
}

/* Makes the calls of a mix, asking for totals or for indexes. */
static void make_calls(sums *all, bench *b, bool total) {
    wl_traffic *traffic = wl_traffic_of_mix(b->workload, 42);
    wl_caller *caller = wl_caller_new(traffic);
    for (uint64_t i = 0; i < CALLS; i++) {
        size_t pattern;
        const char *operation;
        pte_bytes body, answer = {0};
        bool failed, refused = false;
        assert_true(wl_caller_begin(&pattern, caller));
        all[pattern].calls++;
        while (!refused && wl_caller_next(&operation, &body, &failed, caller, answer)) {
            pt_reply reply;
            if (total) {
                ask_for_total(body);
            }
            pt_request request = {
                .operation = pte_str(operation), .body = body, .region = pte_str(b->door.region)};
            reply = pt_exchange_run(b->door.exchange, &request);
            add_answer(&all[pattern], b->workload, reply);
            answer = reply.body;
            refused = reply.status != 200;
        }
        assert_false(failed);
    }
    wl_caller_destroy(caller);
    wl_traffic_destroy(traffic);
}

static sums *sums_new(const wl_workload *workload) {
    size_t patterns = wl_pattern_count(workload);
    sums *all = calloc(patterns, sizeof *all);
    for (size_t i = 0; i < patterns; i++) {
        all[i].places = calloc(wl_place_count(workload), sizeof(double));
    }
    return all;
}

static void sums_destroy(sums *all, const wl_workload *workload) {
    for (size_t i = 0; i < wl_pattern_count(workload); i++) {
        free(all[i].places);
    }
    free(all);
}

/* ---- Quick Photos ---- */

static void test_run__accounts_are_what_another_client_is_told(void **state) {
    (void)state;
    for (int total = 0; total < 2; total++) {
        bench ours = {0}, theirs = {0};
        bench_open_file(&ours, EXAMPLES "/quick_photos.yaml");
        bench_open_file(&theirs, EXAMPLES "/quick_photos.yaml");
        bench_run(&ours, 42, CALLS);
        sums *all = sums_new(theirs.workload);
        make_calls(all, &theirs, total != 0);
        uint64_t refused = 0, ours_refused = 0;
        for (size_t i = 0; i < wl_pattern_count(ours.workload); i++) {
            const wl_pattern_result *result = &ours.results.patterns[i];
            double sum = 0;
            assert_true(result->calls >= 1);
            assert_int_equal(all[i].calls, result->calls);
            assert_int_equal(all[i].requests, result->round_trips);
            for (size_t j = 0; j < wl_place_count(ours.workload); j++) {
                sum += result->units[j].read + result->units[j].write;
                assert_true(total != 0 ||
                            all[i].places[j] == result->units[j].read + result->units[j].write);
            }
            assert_true(sum > 0 && all[i].total == sum);
            refused += all[i].refused;
            for (size_t j = 0; j < result->failure_count; j++) {
                ours_refused += result->failures[j].count;
            }
        }
        assert_int_equal(refused, ours_refused);
        sums_destroy(all, theirs.workload);
        bench_close(&theirs);
        bench_close(&ours);
    }
}

/* What is known of the run as a whole must agree with what is known of its parts. */
static void test_run__parts_add_up(void **state) {
    (void)state;
    bench b = {0};
    bench_open_file(&b, EXAMPLES "/quick_photos.yaml");
    bench_run(&b, 7, CALLS);
    bench_measure(&b);
    uint64_t calls = 0;
    for (size_t i = 0; i < wl_pattern_count(b.workload); i++) {
        const wl_pattern_result *result = &b.results.patterns[i];
        calls += result->calls;
        assert_int_equal(result->calls, result->in_process.count);
        assert_true(result->request_bytes > 0 && result->response_bytes > 0);
    }
    assert_int_equal(CALLS, calls);
    assert_int_equal(CALLS, b.results.calls);
    for (size_t j = 0; j < wl_place_count(b.workload); j++) {
        const wl_place_result *place = &b.results.places[j];
        wl_units sum = {0};
        for (size_t i = 0; i < wl_pattern_count(b.workload); i++) {
            sum.read += b.results.patterns[i].units[j].read;
            sum.write += b.results.patterns[i].units[j].write;
        }
        assert_true(sum.read == place->units.read && sum.write == place->units.write);
        /* All units are some key's. */
        bench_near(place->units.read, place->hot_reads.total);
        bench_near(place->units.write, place->hot_writes.total);
        assert_true((double)place->bytes == place->collections.total);
        uint64_t stepped = 0;
        for (size_t i = 0; i < WL_SIZE_STEPS; i++) {
            stepped += place->sizes[i];
        }
        assert_int_equal(place->items, stepped);
    }
    /* An index that has all of each item has as many as the table: each has PK and SK. */
    assert_int_equal(b.results.places[0].items, b.results.places[1].items);
    assert_int_equal(b.results.places[0].bytes, b.results.places[1].bytes);
    bench_close(&b);
}

static void test_run__the_same_seed_gives_the_same_accounts(void **state) {
    (void)state;
    bench a = {0}, b = {0};
    bench_open_file(&a, EXAMPLES "/quick_photos.yaml");
    bench_open_file(&b, EXAMPLES "/quick_photos.yaml");
    bench_run(&a, 5, CALLS);
    bench_run(&b, 5, CALLS);
    for (size_t i = 0; i < wl_pattern_count(a.workload); i++) {
        const wl_pattern_result *x = &a.results.patterns[i], *y = &b.results.patterns[i];
        assert_int_equal(x->calls, y->calls);
        assert_int_equal(x->response_bytes, y->response_bytes);
        assert_memory_equal(x->units, y->units, wl_place_count(a.workload) * sizeof(wl_units));
    }
    bench_close(&b);
    bench_close(&a);
}

/* ---- by hand ---- */

/* One table with both kinds of index; items of 8,000 bytes and a little. */
static const char hand_made[] =
    "name: by hand\n"
    "tables:\n"
    "  - TableName: things\n"
    "    BillingMode: PAY_PER_REQUEST\n"
    "    AttributeDefinitions:\n"
    "      - {AttributeName: p, AttributeType: S}\n"
    "      - {AttributeName: s, AttributeType: N}\n"
    "      - {AttributeName: g, AttributeType: S}\n"
    "      - {AttributeName: l, AttributeType: N}\n"
    "    KeySchema: [{AttributeName: p, KeyType: HASH}, {AttributeName: s, KeyType: RANGE}]\n"
    "    GlobalSecondaryIndexes:\n"
    "      - IndexName: byG\n"
    "        KeySchema: [{AttributeName: g, KeyType: HASH}]\n"
    "        Projection: {ProjectionType: KEYS_ONLY}\n"
    "    LocalSecondaryIndexes:\n"
    "      - IndexName: byL\n"
    "        KeySchema: [{AttributeName: p, KeyType: HASH}, {AttributeName: l, KeyType: RANGE}]\n"
    "        Projection: {ProjectionType: KEYS_ONLY}\n"
    "entities:\n"
    "  thing:\n"
    "    table: things\n"
    "    count: 10\n"
    "    item: {p: one, s: {N: \"{n}\"}, g: old, l: 1, text: {text: 8000}}\n"
    "patterns:\n"
    "%s";

static void open_by_hand(bench *b, const char *patterns) {
    char *text = NULL;
    assert_true(asprintf(&text, hand_made, patterns) > 0);
    bench_open_text(b, text);
    free(text);
}

/* One pattern, run so many times, and what a call of it takes of table, byG and byL. */
static void check_units(const char *patterns, uint64_t calls, const wl_units expected[3]) {
    bench b = {0};
    open_by_hand(&b, patterns);
    bench_run(&b, 1, calls);
    for (size_t i = 0; i < 3; i++) {
        wl_units found = b.results.patterns[0].units[i];
        if (found.read != expected[i].read * (double)calls ||
            found.write != expected[i].write * (double)calls) {
            fail_msg("place %zu: expected %g and %g a call, found %g and %g in %d calls of\n%s", i,
                     expected[i].read, expected[i].write, found.read, found.write, (int)calls,
                     patterns);
        }
    }
    assert_int_equal(0, b.results.patterns[0].failure_count);
    bench_close(&b);
}

/* DYNAMODB.md's facts 39 to 42, on items of 8,000 bytes and 30: two units of 4 KB, eight of 1 KB.
 */
static void test_run__units_are_those_computed_by_hand(void **state) {
    (void)state;
    check_units("- {name: a, share: 1, request: {GetItem: {TableName: things, Key: {p: one, s: 3},"
                " ConsistentRead: true}}}",
                10, (wl_units[3]){{.read = 2}});
    check_units(
        "- {name: a, share: 1, request: {GetItem: {TableName: things, Key: {p: one, s: 3}}}}", 10,
        (wl_units[3]){{.read = 1}});
    check_units(
        "- {name: a, share: 1, request: {GetItem: {TableName: things, Key: {p: no, s: 3}}}}", 4,
        (wl_units[3]){{.read = 0.5}});
    /* Ten items are 80,000 bytes and some: 20 units of 4 KB, half of that. */
    check_units(
        "- {name: a, share: 1, request: {Query: {TableName: things, KeyConditionExpression: "
        "'p = :p', ExpressionAttributeValues: {':p': one}}}}",
        3, (wl_units[3]){{.read = 10}});
    /* Keys of ten items in the index are one unit. */
    check_units("- {name: a, share: 1, request: {Query: {TableName: things, IndexName: byG, "
                "KeyConditionExpression: 'g = :g', ExpressionAttributeValues: {':g': old}}}}",
                3, (wl_units[3]){{.read = 0}, {.read = 0.5}});
    /* Through a local index with what it does not hold: each item of the table beside it. */
    check_units("- {name: a, share: 1, request: {Query: {TableName: things, IndexName: byL, "
                "KeyConditionExpression: 'p = :p', ExpressionAttributeValues: {':p': one}, "
                "Select: ALL_ATTRIBUTES}}}",
                2, (wl_units[3]){{.read = 10}, {.read = 0}, {.read = 0.5}});
    check_units(
        "- {name: a, share: 1, request: {TransactGetItems: {TransactItems: [{Get: {TableName: "
        "things, Key: {p: one, s: 3}}}, {Get: {TableName: things, Key: {p: one, s: 4}}}]}}}",
        2, (wl_units[3]){{.read = 8}});
    /* The item changes and its entries do not. */
    check_units(
        "- {name: a, share: 1, let: {v: {uuid: 4}}, request: {UpdateItem: {TableName: things,"
        " Key: {p: one, s: 3}, UpdateExpression: 'SET v = :v', ExpressionAttributeValues: "
        "{':v': '{v}'}}}}",
        5, (wl_units[3]){{.write = 8}});
    /* It moves in one index: one removal and one put; the local one has no part of it. */
    check_units(
        "- {name: a, share: 1, let: {v: {uuid: 4}}, request: {UpdateItem: {TableName: things,"
        " Key: {p: one, s: 3}, UpdateExpression: 'SET g = :v', ExpressionAttributeValues: "
        "{':v': '{v}'}}}}",
        5, (wl_units[3]){{.write = 8}, {.write = 2}});
    /* New items of a small size: one unit each in the table and in both indexes. */
    check_units("- {name: a, share: 1, let: {v: {uuid: 4}}, request: {PutItem: {TableName: things, "
                "Item: {p: '{v}', s: 1, g: '{v}', l: 7}}}}",
                5, (wl_units[3]){{.write = 1}, {.write = 1}, {.write = 1}});
    /* In a transaction the table counts twice, its indexes do not. */
    check_units(
        "- {name: a, share: 1, let: {v: {uuid: 4}}, request: {TransactWriteItems: "
        "{TransactItems: [{Put: {TableName: things, Item: {p: '{v}', s: 1, g: '{v}', l: 7}}}"
        "]}}}",
        5, (wl_units[3]){{.write = 2}, {.write = 1}, {.write = 1}});
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_run__accounts_are_what_another_client_is_told),
        cmocka_unit_test(test_run__parts_add_up),
        cmocka_unit_test(test_run__the_same_seed_gives_the_same_accounts),
        cmocka_unit_test(test_run__units_are_those_computed_by_hand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
