/* Calls: their requests in order, made from answers that the tests write. */
#include "workload/reading.h"

#include "workload/skim.h"

#include <stdlib.h>

static const char before[] =
    "name: test\n"
    "tables:\n"
    "  - TableName: t\n"
    "    BillingMode: PAY_PER_REQUEST\n"
    "    AttributeDefinitions: [{AttributeName: k, AttributeType: S}]\n"
    "    KeySchema: [{AttributeName: k, KeyType: HASH}]\n"
    "entities:\n"
    "  e: {table: t, count: 100, let: {name: 'e-{n}'}, item: {k: '{name}'}}\n"
    "patterns:\n";

/* A workload whose patterns are these lines, a call of the first of them, and its last body. */
typedef struct play {
    wl_workload *workload;
    wl_call *call;
    wl_text body;
    const char *operation;
} play;

static play begin(const char *patterns, uint64_t n) {
    play p = {0};
    size_t size = sizeof before + strlen(patterns);
    char *text = malloc(size);
    assert_non_null(text);
    snprintf(text, size, "%s%s", before, patterns);
    p.workload = reading_take(text);
    free(text);
    p.call = wl_call_new(p.workload);
    assert_non_null(p.call);
    wl_call_begin(p.call, 0, n);
    return p;
}

static void end(play *p) {
    wl_call_destroy(p->call);
    wl_text_clean_up(&p->body);
    wl_workload_destroy(p->workload);
}

/* Both with ' for ". */
static char *quoted(const char *text) {
    char *copy = strdup(text);
    assert_non_null(copy);
    for (char *at = copy; *at != '\0'; at++) {
        *at = *at == '\'' ? '"' : *at;
    }
    return copy;
}

/* Expects that after this answer the call sends this: operation, step, page, and the body without
 * its end. */
static void sends(play *p, const char *answer, const char *operation, size_t step, bool page,
                  const char *body) {
    char *json = quoted(answer), *expected = quoted(body);
    static const char added[] = "\"ReturnConsumedCapacity\":\"INDEXES\"}";
    assert_true(wl_call_next(&p->operation, &p->body, p->call, pte_str(json)));
    size_t len = p->body.len - (sizeof added - 1);
    assert_string_equal(p->body.data + len, added);
    p->body.data[len] = '\0';
    assert_string_equal(p->body.data, expected);
    assert_string_equal(p->operation, operation);
    assert_int_equal(wl_call_step(p->call), step);
    assert_int_equal(wl_call_is_page(p->call), page);
    free(json);
    free(expected);
}

static void ends(play *p, const char *answer) {
    char *json = quoted(answer);
    assert_false(wl_call_next(&p->operation, &p->body, p->call, pte_str(json)));
    assert_false(p->body.failed);
    assert_false(wl_call_next(&p->operation, &p->body, p->call, (pte_bytes){0}));
    free(json);
}

static void test_one_request(void **state) {
    (void)state;
    play p =
        begin("  - name: p\n"
              "    let: {u: {pick: e, by: sequential}}\n"
              "    request: {GetItem: {TableName: t, Key: {k: '{u.name}'}, ConsistentRead: true,"
              " ProjectionExpression: 'a, b'}}\n",
              104);
    sends(&p, "", "GetItem", 0, false,
          "{'TableName':'t','Key':{'k':{'S':'e-4'}},'ConsistentRead':true,"
          "'ProjectionExpression':'a, b',");
    ends(&p, "{'Item':{}}");
    wl_call_begin(p.call, 0, 7); /* used again */
    sends(&p, "", "GetItem", 0, false,
          "{'TableName':'t','Key':{'k':{'S':'e-7'}},'ConsistentRead':true,"
          "'ProjectionExpression':'a, b',");
    end(&p);
}

static void test_all_pages(void **state) {
    (void)state;
    play p = begin("  - name: p\n"
                   "    request: {Query: {TableName: t, Limit: '{n}'}}\n"
                   "    pages: all\n",
                   3);
    sends(&p, "", "Query", 0, false, "{'TableName':'t','Limit':3,");
    sends(&p, "{'Items':[],'LastEvaluatedKey':{'k':{'S':'a}\\'b'}}}", "Query", 0, true,
          "{'TableName':'t','Limit':3,'ExclusiveStartKey':{'k':{'S':'a}\\'b'}},");
    sends(&p, "{ 'LastEvaluatedKey' : {'k':{'S':'c'}} }", "Query", 0, true,
          "{'TableName':'t','Limit':3,'ExclusiveStartKey':{'k':{'S':'c'}},");
    ends(&p, "{'Items':[{'LastEvaluatedKey':{'S':'x'}}]}");
    end(&p);
}

static void test_some_pages(void **state) {
    (void)state;
    play p = begin("  - name: p\n"
                   "    request: {ExecuteStatement: {Statement: 'SELECT * FROM t'}}\n"
                   "    pages: 2\n",
                   3);
    sends(&p, "", "ExecuteStatement", 0, false, "{'Statement':'SELECT * FROM t',");
    sends(&p, "{'Items':[],'NextToken':'abc'}", "ExecuteStatement", 0, true,
          "{'Statement':'SELECT * FROM t','NextToken':'abc',");
    ends(&p, "{'Items':[],'NextToken':'abd'}");
    end(&p);
}

static void test_a_page_is_one_unless_said(void **state) {
    (void)state;
    play p = begin("  - name: p\n    request: {Scan: {TableName: t}}\n", 3);
    sends(&p, "", "Scan", 0, false, "{'TableName':'t',");
    ends(&p, "{'Items':[],'LastEvaluatedKey':{'k':{'S':'a'}}}");
    end(&p);
}

static const char followed[] =
    "  - name: p\n"
    "    requests:\n"
    "      - {Query: {TableName: t}, pages: all}\n"
    "      - BatchGetItem:\n"
    "          RequestItems:\n"
    "            t: {Keys: {each: Items, as: f, make: {k: 'U#{f.who}', m: '{f.m.x}'}}}\n"
    "      - PutItem: {TableName: t, Item: {k: '{answer.Responses.t}', got: '{answer.none.S}'}}\n";

static void test_a_step_from_all_pages_of_the_one_before(void **state) {
    (void)state;
    play p = begin(followed, 0);
    sends(&p, "", "Query", 0, false, "{'TableName':'t',");
    sends(&p,
          "{'Items':[{'who':{'S':'a'},'m':{'M':{'x':{'N':'5'}}}},{'who':{'S':'b'}}],"
          "'LastEvaluatedKey':{'k':{'S':'b'}}}",
          "Query", 0, true, "{'TableName':'t','ExclusiveStartKey':{'k':{'S':'b'}},");
    /* An equal key stands once. */
    sends(&p, "{'Items':[{'who':{'S':'c\\u0041'}},{'who':{'S':'b'}}]}", "BatchGetItem", 1, false,
          "{'RequestItems':{'t':{'Keys':[{'k':{'S':'U#a'},'m':{'N':'5'}},"
          "{'k':{'S':'U#b'},'m':{'S':''}},{'k':{'S':'U#c\\u0041'},'m':{'S':''}}]}},");
    sends(&p, "{'Responses':{'t':[]},'UnprocessedKeys':{'t':{'Keys':[{'k':{'S':'U#b'}}]}}}",
          "BatchGetItem", 1, true, "{'RequestItems':{'t':{'Keys':[{'k':{'S':'U#b'}}]}},");
    sends(&p, "{'Responses':{'t':[{'k':{'S':'x'}}]},'UnprocessedKeys':{}}", "PutItem", 2, false,
          "{'TableName':'t','Item':{'k':[{'k':{'S':'x'}}],'got':{'S':''}},");
    ends(&p, "{}");
    end(&p);
}

static void test_a_step_from_nothing_is_not_sent(void **state) {
    (void)state;
    play p = begin(followed, 0);
    sends(&p, "", "Query", 0, false, "{'TableName':'t',");
    ends(&p, "{'Items':[],'Count':0}");
    wl_call_begin(p.call, 0, 1);
    sends(&p, "", "Query", 0, false, "{'TableName':'t',");
    ends(&p, "{'__type':'x#ResourceNotFoundException','message':'no'}");
    end(&p);
}

/* 250 elements are three requests: BatchGetItem takes 100 keys. */
static void test_a_step_from_many_elements_is_sent_in_parts(void **state) {
    (void)state;
    play p = begin(followed, 0);
    wl_text answer = {0};
    wl__text_raw(&answer, "{\"Items\":[");
    for (int i = 0; i < 250; i++) {
        char item[60];
        snprintf(item, sizeof item, "%s{\"who\":{\"S\":\"%d\"}}", i == 0 ? "" : ",", i);
        wl__text_raw(&answer, item);
    }
    wl__text_raw(&answer, "]}");
    sends(&p, "", "Query", 0, false, "{'TableName':'t',");
    size_t keys = 0;
    for (size_t part = 0; part < 3; part++) {
        assert_true(wl_call_next(&p.operation, &p.body, p.call,
                                 part == 0 ? wl__text_bytes(&answer) : pte_str("{}")));
        assert_string_equal(p.operation, "BatchGetItem");
        assert_int_equal(wl_call_is_page(p.call), part != 0);
        size_t here = 0;
        for (const char *at = p.body.data; (at = strstr(at, "U#")) != NULL; at++, here++) {
            assert_int_equal(strtol(at + 2, NULL, 10), keys + here);
        }
        assert_int_equal(here, part == 2 ? 50 : 100);
        keys += here;
    }
    sends(&p, "{}", "PutItem", 2, false, "{'TableName':'t','Item':{'k':{'S':''},'got':{'S':''}},");
    wl_text_clean_up(&answer);
    end(&p);
}

static void test_repeat_makes_new_items_that_no_other_call_makes(void **state) {
    (void)state;
    play p = begin("  - name: p\n"
                   "    request:\n"
                   "      BatchWriteItem:\n"
                   "        RequestItems:\n"
                   "          t: {repeat: 3, let: {x: {new: e}}, make: {PutRequest: {Item: {k: "
                   "'{x.name}'}}}}\n"
                   "  - name: q\n"
                   "    let: {x: {new: e}}\n"
                   "    request: {PutItem: {TableName: t, Item: {k: '{x.name}'}}}\n",
                   5);
    sends(&p, "", "BatchWriteItem", 0, false,
          "{'RequestItems':{'t':[{'PutRequest':{'Item':{'k':{'S':'e-120'}}}},"
          "{'PutRequest':{'Item':{'k':{'S':'e-121'}}}},{'PutRequest':{'Item':{'k':{'S':'e-122'}}}}"
          "]},");
    wl_call_begin(p.call, 1, 5);
    sends(&p, "", "PutItem", 0, false, "{'TableName':'t','Item':{'k':{'S':'e-123'}},");
    end(&p);
}

static void test_repeat_draws_anew_and_leaves_out_what_is_equal(void **state) {
    (void)state;
    play p = begin("  - name: p\n"
                   "    request:\n"
                   "      BatchGetItem: {RequestItems: {t: {Keys: {repeat: 40,\n"
                   "        let: {x: {pick: e, by: {zipfian: 2}}}, make: {k: '{x.name}'}}}}}\n",
                   0);
    assert_true(wl_call_next(&p.operation, &p.body, p.call, (pte_bytes){0}));
    size_t keys = 0;
    for (const char *at = p.body.data; (at = strstr(at, "\"e-")) != NULL; at++, keys++) {
        const char *close = strchr(at + 1, '"');
        assert_null(memmem(close, strlen(close), at, (size_t)(close - at) + 1));
    }
    assert_in_range(keys, 3, 25);
    end(&p);
}

static void test_attribute_values_in_every_place_of_requests(void **state) {
    (void)state;
    play p = begin(
        "  - name: p\n"
        "    requests:\n"
        "      - ExecuteStatement: {Statement: 'INSERT INTO t VALUE {{x: ?}', Parameters: [a, 1]}\n"
        "      - TransactWriteItems:\n"
        "          ClientRequestToken: '{n}x'\n"
        "          TransactItems:\n"
        "            - Update: {TableName: t, Key: {k: a}, UpdateExpression: 'SET #Key = :v',\n"
        "                       ExpressionAttributeNames: {'#Key': Key},\n"
        "                       ExpressionAttributeValues: {':v': {SS: [a]}}}\n"
        "      - UpdateItem: {TableName: t, Key: {k: a}, AttributeUpdates: {Key: {Value: 1}}}\n"
        "      - Scan: {TableName: t, ExclusiveStartKey: {k: a}, Segment: 0, TotalSegments: 2}\n",
        4);
    sends(&p, "", "ExecuteStatement", 0, false,
          "{'Statement':'INSERT INTO t VALUE {x: ?}','Parameters':[{'S':'a'},{'N':'1'}],");
    sends(&p, "{}", "TransactWriteItems", 1, false,
          "{'ClientRequestToken':'4x','TransactItems':[{'Update':{'TableName':'t','Key':{'k':{'S':"
          "'a'}},'UpdateExpression':'SET #Key = :v','ExpressionAttributeNames':{'#Key':'Key'},"
          "'ExpressionAttributeValues':{':v':{'SS':['a']}}}}],");
    sends(&p, "{}", "UpdateItem", 2, false,
          "{'TableName':'t','Key':{'k':{'S':'a'}},'AttributeUpdates':{'Key':{'Value':{'N':'1'}}},");
    sends(&p, "{}", "Scan", 3, false,
          "{'TableName':'t','ExclusiveStartKey':{'k':{'S':'a'}},'Segment':0,'TotalSegments':2,");
    ends(&p, "{}");
    assert_true(wl_pattern_at(p.workload, 0)->writes);
    end(&p);
}

static void test_skimming(void **state) {
    (void)state;
    pte_bytes json = pte_str(" { \"a\" : \"x\\\"}\" , \"b\":[1,{\"a\":2}], \"c\":{\"M\":{}} } ");
    pte_bytes a = wl__skim_member(json, pte_str("a")), b = wl__skim_member(json, pte_str("b"));
    assert_true(pte_bytes_equal(a, pte_str("\"x\\\"}\"")));
    assert_true(pte_bytes_equal(b, pte_str("[1,{\"a\":2}]")));
    assert_null(wl__skim_member(json, pte_str("d")).data);
    assert_null(wl__skim_member(b, pte_str("a")).data);
    size_t at = 0;
    assert_true(pte_bytes_equal(wl__skim_element(b, &at), pte_str("1")));
    assert_true(pte_bytes_equal(wl__skim_element(b, &at), pte_str("{\"a\":2}")));
    assert_null(wl__skim_element(b, &at).data);
    at = 0;
    assert_null(wl__skim_element(pte_str("[ ]"), &at).data);
    static const char *const broken[] = {
        "", "{", "{\"", "{\"a", "{\"a\"", "{\"a\":", "{\"a\":\"", "{\"a\":\"\\", "[", "{\"b\":1,"};
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        at = 0;
        wl__skim_value(wl__skim_member(pte_str(broken[i]), pte_str("a")));
        wl__skim_element(pte_str(broken[i]), &at);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_request),
        cmocka_unit_test(test_all_pages),
        cmocka_unit_test(test_some_pages),
        cmocka_unit_test(test_a_page_is_one_unless_said),
        cmocka_unit_test(test_a_step_from_all_pages_of_the_one_before),
        cmocka_unit_test(test_a_step_from_nothing_is_not_sent),
        cmocka_unit_test(test_a_step_from_many_elements_is_sent_in_parts),
        cmocka_unit_test(test_repeat_makes_new_items_that_no_other_call_makes),
        cmocka_unit_test(test_repeat_draws_anew_and_leaves_out_what_is_equal),
        cmocka_unit_test(test_attribute_values_in_every_place_of_requests),
        cmocka_unit_test(test_skimming),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
