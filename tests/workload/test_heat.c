/*
 * Which keys a request's units go to, for each kind of request, by hand: a table of two partitions
 * whose items are of different sizes, with a global index that has a number for its key and a local
 * one.
 */
#include "workload/bench_support.h"

#include "workload/answer.h"
#include "workload/heat.h"

static const char yaml[] =
    "name: heat\n"
    "tables:\n"
    "  - TableName: things\n"
    "    BillingMode: PAY_PER_REQUEST\n"
    "    AttributeDefinitions:\n"
    "      - {AttributeName: p, AttributeType: S}\n"
    "      - {AttributeName: s, AttributeType: N}\n"
    "      - {AttributeName: g, AttributeType: N}\n"
    "      - {AttributeName: l, AttributeType: N}\n"
    "    KeySchema: [{AttributeName: p, KeyType: HASH}, {AttributeName: s, KeyType: RANGE}]\n"
    "    GlobalSecondaryIndexes:\n"
    "      - IndexName: byG\n"
    "        KeySchema: [{AttributeName: g, KeyType: HASH}, {AttributeName: s, KeyType: RANGE}]\n"
    "        Projection: {ProjectionType: ALL}\n"
    "    LocalSecondaryIndexes:\n"
    "      - IndexName: byL\n"
    "        KeySchema: [{AttributeName: p, KeyType: HASH}, {AttributeName: l, KeyType: RANGE}]\n"
    "        Projection: {ProjectionType: KEYS_ONLY}\n"
    "  - TableName: blobs\n"
    "    BillingMode: PAY_PER_REQUEST\n"
    "    AttributeDefinitions: [{AttributeName: b, AttributeType: B}]\n"
    "    KeySchema: [{AttributeName: b, KeyType: HASH}]\n"
    "entities:\n"
    "  small: {table: things, count: 3, item: {p: small, s: {N: \"{n}\"}, g: 1, t: x}}\n"
    "  large:\n"
    "    {table: things, count: 3, item: {p: large, s: {N: \"{n}\"}, g: 2, l: 5, t: {text: "
    "9000}}}\n"
    "patterns:\n"
    "  - {name: none, share: 1, request: {GetItem: {TableName: things, Key: {p: x, s: 1}}}}\n";

enum { TABLE, BY_G, BY_L, BLOBS };

typedef struct fixture {
    bench b;
    wl__heat *heat;
    wl__request request;
    wl__answer answer;
} fixture;

static int setup(void **state) {
    fixture *f = calloc(1, sizeof *f);
    bench_open_text(&f->b, yaml);
    assert_true(wl_results_init(&f->b.results, f->b.workload));
    const wl__store store = {
        .env = pt_database_env(f->b.database), .region = "us-east-1", .workload = f->b.workload};
    f->heat = wl__heat_new(&f->b.results, &store);
    assert_non_null(f->heat);
    *state = f;
    return 0;
}

static int teardown(void **state) {
    fixture *f = *state;
    wl__heat_destroy(f->heat);
    bench_close(&f->b);
    free(f);
    return 0;
}

/* Makes a request, written with ' for ", and accounts for its heat. */
static void make(fixture *f, const char *operation, const char *pattern) {
    char body[4096];
    snprintf(body, sizeof body, "{'ReturnConsumedCapacity':'INDEXES',%s", pattern + 1);
    for (char *at = body; *at != '\0'; at++) {
        *at = *at == '\'' ? '"' : *at;
    }
    wl__heat_begin(f->heat);
    assert_true(wl__request_read(&f->request, f->b.workload, operation, body));
    wl__heat_before(f->heat, &f->request);
    pt_request request = {
        .operation = pte_str(operation), .body = pte_str(body), .region = pte_str("us-east-1")};
    pt_reply reply = pt_exchange_run(f->b.door.exchange, &request);
    assert_true(wl__answer_read(&f->answer, f->b.workload, &reply, f->request.writes));
    assert_true(wl__heat_after(f->heat, &f->request, &f->answer));
}

static void makes(fixture *f, const char *operation, const char *pattern) {
    make(f, operation, pattern);
    if (f->answer.status != 200) {
        fail_msg("%s: %s: %s", operation, f->answer.exception, f->answer.message);
    }
    wl__request_clean_up(&f->request);
}

/* The keys of a place with what they have of reads or writes: "large 3, small 1"; "" for none. */
static void expect(const fixture *f, size_t place, bool writes, const char *expected) {
    static wl_top_key keys[WL_TOP_KEYS];
    char found[1024] = "";
    const wl_place_result *result = &f->b.results.places[place];
    const wl_top *top = writes ? &result->hot_writes : &result->hot_reads;
    size_t count = wl_top_heaviest(top, keys, WL_TOP_KEYS), len = 0;
    for (size_t i = 0; i < count; i++) {
        len += (size_t)snprintf(found + len, sizeof found - len, "%s%s %g", i == 0 ? "" : ", ",
                                keys[i].text, keys[i].weight);
    }
    assert_string_equal(expected, found);
}

/* The demands of the call: "place key read/write", with commas between. */
static void demands(fixture *f, const char *expected) {
    char found[1024] = "";
    size_t count, len = 0;
    const wl_demand *all = wl__heat_demands(f->heat, &count);
    for (size_t i = 0; i < count; i++) {
        len +=
            (size_t)snprintf(found + len, sizeof found - len, "%s%zu %s %g/%g", i == 0 ? "" : ", ",
                             all[i].place, all[i].key, all[i].read_units, all[i].write_units);
        assert_int_equal(all[i].key_hash, wl_top_hash(pte_str(all[i].key)));
    }
    assert_string_equal(expected, found);
}

static void test_heat__of_one_item(void **state) {
    fixture *f = *state;
    makes(f, "GetItem", "{'TableName':'things','Key':{'p':{'S':'large'},'s':{'N':'1'}}}");
    demands(f, "0 large 1.5/0");
    expect(f, TABLE, false, "large 1.5");
    makes(f, "GetItem",
          "{'TableName':'things','Key':{'p':{'S':'none'},'s':{'N':'1'}},'ConsistentRead':true}");
    expect(f, TABLE, false, "large 1.5, none 1");
    expect(f, TABLE, true, "");
}

static void test_heat__of_a_query(void **state) {
    fixture *f = *state;
    makes(f, "Query",
          "{'TableName':'things','KeyConditionExpression':'s > :s AND #p=:p',"
          "'ExpressionAttributeNames':{'#p':'p'},"
          "'ExpressionAttributeValues':{':p':{'S':'large'},':s':{'N':'0'}}}");
    expect(f, TABLE, false, "large 2.5"); /* two of 9,000 and some bytes: five of 4 KB */
    makes(f, "Query",
          "{'TableName':'things','KeyConditions':{'p':{'ComparisonOperator':'EQ',"
          "'AttributeValueList':[{'S':'small'}]}}}");
    expect(f, TABLE, false, "large 2.5, small 0.5");
    /* The value on the left; a number however it is written. */
    makes(f, "Query",
          "{'TableName':'things','IndexName':'byG','KeyConditionExpression':':g = g',"
          "'ExpressionAttributeValues':{':g':{'N':'2.0'}}}");
    expect(f, BY_G, false, "2 3.5");
    makes(f, "Query",
          "{'TableName':'things','IndexName':'byL','KeyConditionExpression':'p = :p',"
          "'Select':'ALL_ATTRIBUTES','ExpressionAttributeValues':{':p':{'S':'large'}}}");
    demands(f, "0 large 4.5/0, 2 large 0.5/0");
    expect(f, BY_L, false, "large 0.5");
}

/* A scan's page has its units by the bytes of the keys it comes to; one demand of its first. */
static void test_heat__of_a_scan(void **state) {
    fixture *f = *state;
    static wl_top_key keys[8];
    makes(f, "Scan",
          "{'TableName':'things','FilterExpression':'p = :no',"
          "'ExpressionAttributeValues':{':no':{'S':'no'}}}");
    const wl_top *top = &f->b.results.places[TABLE].hot_reads;
    assert_int_equal(2, wl_top_heaviest(top, keys, 8));
    assert_string_equal("large", keys[0].text);
    bench_near(3.5, top->total); /* 27,135 bytes and some of the small ones */
    assert_true(keys[0].weight > 3.4 && keys[1].weight > 0 && keys[1].weight < 0.1);
    size_t count;
    const wl_demand *all = wl__heat_demands(f->heat, &count);
    assert_int_equal(1, count);
    bench_near(3.5, all[0].read_units);
    /* From a start key on, to a limit. */
    makes(f, "Scan",
          "{'TableName':'things','Limit':2,'ExclusiveStartKey':{'p':{'S':'large'},'s':{'N':'0'}}}");
    bench_near(3.5 + 2.5, top->total);
    assert_int_equal(2, wl_top_heaviest(top, keys, 8));
    bench_near(3.5 + 2.5, keys[0].weight + keys[1].weight);
    all = wl__heat_demands(f->heat, &count);
    assert_true(count == 1 && strcmp(all[0].key, "large") == 0);
    makes(f, "Scan", "{'TableName':'things','IndexName':'byG'}");
    bench_near(3.5, f->b.results.places[BY_G].hot_reads.total);
}

static void test_heat__of_writes_in_indexes(void **state) {
    fixture *f = *state;
    /* It moves there: each key has its part. */
    makes(f, "UpdateItem",
          "{'TableName':'things','Key':{'p':{'S':'small'},'s':{'N':'1'}},"
          "'UpdateExpression':'SET g = :g','ExpressionAttributeValues':{':g':{'N':'7'}}}");
    expect(f, TABLE, true, "small 1");
    assert_true(f->b.results.places[BY_G].hot_writes.total == 2);
    demands(f, "0 small 0/1, 1 1 0/1, 1 7 0/1");
    /* It stays there and changes: a unit of 1 KB for each of 9,000 and some bytes. */
    makes(f, "UpdateItem",
          "{'TableName':'things','Key':{'p':{'S':'large'},'s':{'N':'1'}},"
          "'UpdateExpression':'SET v = :v','ExpressionAttributeValues':{':v':{'N':'1'}}}");
    demands(f, "0 large 0/9, 1 2 0/9");
    /* It leaves. */
    makes(f, "DeleteItem", "{'TableName':'things','Key':{'p':{'S':'small'},'s':{'N':'2'}}}");
    demands(f, "0 small 0/1, 1 1 0/1");
    /* It is put in, and in the local one, whose key is the table's. */
    makes(f, "PutItem",
          "{'TableName':'things','Item':{'p':{'S':'new'},'s':{'N':'1'},'g':{'N':'1e1'},"
          "'l':{'N':'1'}}}");
    demands(f, "0 new 0/1, 1 10 0/1, 2 new 0/1");
    /* Nothing changes: the indexes are not written. */
    makes(f, "PutItem",
          "{'TableName':'things','Item':{'p':{'S':'new'},'s':{'N':'1'},'g':{'N':'10'},"
          "'l':{'N':'1'}}}");
    demands(f, "0 new 0/1");
}

/* Each item of a batch or transaction has what it would have taken alone. */
static void test_heat__of_several_items(void **state) {
    fixture *f = *state;
    makes(f, "BatchGetItem",
          "{'RequestItems':{'things':{'Keys':[{'p':{'S':'large'},'s':{'N':'1'}},"
          "{'p':{'S':'small'},'s':{'N':'1'}},{'p':{'S':'none'},'s':{'N':'1'}}]},"
          "'blobs':{'Keys':[{'b':{'B':'AAEC'}}],'ConsistentRead':true}}}");
    expect(f, TABLE, false, "large 1.5, none 0.5, small 0.5");
    expect(f, BLOBS, false, "AAEC 1");
    makes(f, "TransactGetItems",
          "{'TransactItems':[{'Get':{'TableName':'things','Key':{'p':{'S':'large'},'s':{'N':'1'}}}}"
          ",{'Get':{'TableName':'things','Key':{'p':{'S':'small'},'s':{'N':'1'}}}}]}");
    demands(f, "0 large 6/0, 0 small 2/0");
    makes(f, "BatchWriteItem",
          "{'RequestItems':{'things':[{'DeleteRequest':{'Key':{'p':{'S':'large'},'s':{'N':'2'}}}},"
          "{'PutRequest':{'Item':{'p':{'S':'tiny'},'s':{'N':'1'},'g':{'N':'3'}}}}],"
          "'blobs':[{'PutRequest':{'Item':{'b':{'B':'/+8='}}}}]}}");
    expect(f, TABLE, true, "large 9, tiny 1");
    expect(f, BY_G, true, "2 9, 3 1");
    expect(f, BY_L, true, "large 1");
    expect(f, BLOBS, true, "/+8= 1");
    makes(f, "TransactWriteItems",
          "{'TransactItems':[{'Delete':{'TableName':'things','Key':{'p':{'S':'large'},'s':{'N':'1'}"
          "}}},{'ConditionCheck':{'TableName':'things','Key':{'p':{'S':'small'},'s':{'N':'1'}},"
          "'ConditionExpression':'attribute_exists(p)'}}]}");
    demands(f, "0 large 0/18, 0 small 0/2, 1 2 0/9, 2 large 0/1");
}

/* A collection has what lies in local indexes, too; only the large items are in this one. */
static void test_heat__collections_have_their_local_indexes(void **state) {
    fixture *f = *state;
    static wl_top_key keys[4];
    bench_measure(&f->b);
    const wl_place_result *table = &f->b.results.places[TABLE];
    const wl_place_result *local = &f->b.results.places[BY_L];
    assert_int_equal(6, table->items);
    assert_int_equal(3, local->items);
    assert_int_equal(2, wl_top_heaviest(&table->collections, keys, 4));
    assert_string_equal("large", keys[0].text);
    assert_string_equal("small", keys[1].text);
    assert_true(table->collections.total == (double)(table->bytes + local->bytes));
    /* p, s and its value, g, t; the number 0 has one byte, as others of one digit have two. */
    assert_true(keys[1].weight == 3 * (1 + 5 + 1 + 2 + 1 + 2 + 1 + 1) - 1);
    assert_int_equal(table->largest_item_bytes, 9000 + 1 + 5 + 1 + 2 + 1 + 2 + 1 + 2 + 1);
    assert_int_equal(3, table->sizes[0]);
    assert_int_equal(3, table->sizes[8]);
    assert_true(f->b.results.places[BLOBS].items == 0);
    assert_true(f->b.results.places[BLOBS].collections.total == 0);
}

/* Of statements only the first table or index is seen, and whether a partition key is named. */
static void test_heat__of_partiql(void **state) {
    fixture *f = *state;
    static const struct {
        const char *statement;
        size_t place;
        bool writes, scans;
    } cases[] = {
        {"SELECT * FROM things WHERE p = 'small'", TABLE, false, false},
        {"select * from \\\"things\\\".\\\"byG\\\" where g = 1", BY_G, false, false},
        {"SELECT * FROM \\\"things\\\"", TABLE, false, true},
        {"SELECT b FROM blobs WHERE other = 1", BLOBS, false, true},
        {"INSERT INTO things VALUE {'p': 'x', 's': 1}", TABLE, true, false},
        {"UPDATE \\\"blobs\\\" SET x = 1 WHERE b = ?", BLOBS, true, false},
        {"DELETE FROM things WHERE p = 'x' AND s = 1", TABLE, true, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char body[300];
        snprintf(body, sizeof body, "{\"Statement\":\"%s\"}", cases[i].statement);
        assert_true(wl__request_read(&f->request, f->b.workload, "ExecuteStatement", body));
        assert_int_equal(1, f->request.part_count);
        assert_int_equal(WL__STATEMENT, f->request.parts[0].kind);
        assert_int_equal(cases[i].place, f->request.parts[0].place);
        assert_int_equal(cases[i].writes, f->request.writes);
        assert_int_equal(cases[i].scans, f->request.scans);
        wl__request_clean_up(&f->request);
    }
}

/* The existing item counts, else the one that was to be put. Fact 40 of what is easily got wrong.
 */
static void test_heat__of_conditions_that_fail(void **state) {
    fixture *f = *state;
    make(f, "PutItem",
         "{'TableName':'things','Item':{'p':{'S':'large'},'s':{'N':'1'}},"
         "'ConditionExpression':'attribute_not_exists(p)'}");
    assert_string_equal("ConditionalCheckFailedException", f->answer.exception);
    assert_true(wl__heat_refused(f->heat, &f->request) == 9);
    demands(f, "0 large 0/9");
    wl__request_clean_up(&f->request);
    char text[3000], body[4000];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    snprintf(body, sizeof body,
             "{'TableName':'things','Item':{'p':{'S':'absent'},'s':{'N':'1'},'t':{'L':[{'S':'%s'},"
             "{'M':{'a':{'SS':['b','c']},'n':{'NULL':true}}}]}},"
             "'ConditionExpression':'attribute_exists(p)'}",
             text);
    make(f, "PutItem", body);
    assert_true(wl__heat_refused(f->heat, &f->request) == 3);
    wl__request_clean_up(&f->request);
    make(f, "DeleteItem",
         "{'TableName':'things','Key':{'p':{'S':'absent'},'s':{'N':'1'}},"
         "'ConditionExpression':'attribute_exists(p)'}");
    assert_true(wl__heat_refused(f->heat, &f->request) == 1);
    wl__request_clean_up(&f->request);
    expect(f, TABLE, true, "large 9, absent 4");
    expect(f, BY_G, true, "");
}

/* Sizes of items in JSON are those that the engine finds when they are put. */
static void test_heat__sizes_of_json_are_those_of_items(void **state) {
    fixture *f = *state;
    static const char *const items[] = {
        "{\"b\":{\"B\":\"AAEC\"}}",
        "{\"b\":{\"B\":\"AA==\"},\"n\":{\"N\":\"-123.450\"},\"s\":{\"S\":\"\xC3\xA4\"}}",
        "{\"b\":{\"B\":\"AAE=\"},\"m\":{\"M\":{\"a\":{\"L\":[{\"BOOL\":true},{\"NULL\":true}]},"
        "\"e\":{\"M\":{}}}}}",
        "{\"b\":{\"B\":\"AAEB\"},\"x\":{\"SS\":[\"aa\",\"b\"]},\"y\":{\"NS\":[\"1\",\"1000\"]},"
        "\"z\":{\"BS\":[\"AA==\",\"AAEC\"]}}",
    };
    for (size_t i = 0; i < sizeof items / sizeof items[0]; i++) {
        char body[512], what[100];
        pte_read *read = NULL;
        pte_item item;
        pte_error error = {0};
        snprintf(body, sizeof body, "{\"TableName\":\"blobs\",\"Item\":%s}", items[i]);
        pt_request request = {
            .operation = pte_str("PutItem"), .body = pte_str(body), .region = pte_str("us-east-1")};
        assert_int_equal(200, pt_exchange_run(f->b.door.exchange, &request).status);
        yajl_val tree = yajl_tree_parse(items[i], what, sizeof what);
        const wl__store store = {.env = pt_database_env(f->b.database),
                                 .region = "us-east-1",
                                 .workload = f->b.workload};
        OK(pte_read_begin(&read, store.env, &error));
        assert_true(wl__stored_item(&item, read, &store, wl_table_at(f->b.workload, 1), tree));
        assert_int_equal(item.size_bytes, wl__json_item_bytes(tree));
        pte_read_end(read);
        yajl_tree_free(tree);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_heat__of_one_item),
        TEST(test_heat__of_a_query),
        TEST(test_heat__of_a_scan),
        TEST(test_heat__of_writes_in_indexes),
        TEST(test_heat__of_several_items),
        TEST(test_heat__of_partiql),
        TEST(test_heat__collections_have_their_local_indexes),
        TEST(test_heat__of_conditions_that_fail),
        TEST(test_heat__sizes_of_json_are_those_of_items),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
