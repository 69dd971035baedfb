/* The demo's JSON: what it writes, and what it reads out of answers. */
#include "quick_photos/answers.h"
#include "quick_photos/requests.h"

#include "support/support.h"

static void test_quick_photos_json__escapes_what_json_must_escape(void **state) {
    (void)state;
    qp_json json = {0};
    qp_json_string(&json, pte_view("a\"\\\n\x01\0\xC3\xA9", 8));
    assert_false(json.failed);
    assert_string_equal("\"a\\\"\\\\\\n\\u0001\\u0000\xC3\xA9\"", json.text);
    qp_json_clean_up(&json);
}

static void test_quick_photos_json__fills_a_template_in_order(void **state) {
    (void)state;
    qp_json json = {0};
    qp_json_fill(&json, "{'a':?,'b':[?]}", QP_VALUES("it's", "?"));
    assert_string_equal("{\"a\":\"it's\",\"b\":[\"?\"]}", json.text);
    qp_json_reset(&json);
    assert_string_equal("", json.text);
    qp_json_clean_up(&json);
}

static void test_quick_photos_json__writes_an_item(void **state) {
    (void)state;
    qp_json json = {0};
    pte_error error = {0};
    pte_builder *builder;
    pte_item item;
    OK(pte_builder_create(&builder, NULL, &error));
    qp_photo photo = {.owner = "ann", .timestamp = "2024-05-17T18:03:59", .reactions = {1, 2}};
    OK(qp_item_of_photo(&item, builder, &photo, &error));
    qp_json_item(&json, &item);
    assert_false(json.failed);
    assert_non_null(strstr(json.text, "\"PK\":{\"S\":\"USER#ann\"}"));
    assert_non_null(strstr(json.text, "\"reactions\":{\"M\":{\"+1\":{\"N\":\"1\"},"));
    yajl_val tree = yajl_tree_parse(json.text, NULL, 0);
    assert_non_null(tree);
    yajl_tree_free(tree);

    /* What it cannot write is a failure, not half an item. */
    qp_json_reset(&json);
    pte_builder_reset(builder);
    pte_builder_add_string(builder, "PK", "x");
    pte_builder_name(builder, pte_str("flag"));
    pte_builder_boolean(builder, true);
    OK(pte_builder_item(&item, builder, &error));
    qp_json_item(&json, &item);
    assert_true(json.failed);
    pte_builder_destroy(builder);
    qp_json_clean_up(&json);
}

static void test_quick_photos_json__lays_out_for_people(void **state) {
    (void)state;
    static const char text[] =
        "{\"short\":{\"S\":\"x\"},\"n\":1.5,\"none\":[],\"yes\":true,\"long\":"
        "[\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\",\"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\"]}";
    qp_json json = {0};
    yajl_val tree = yajl_tree_parse(text, NULL, 0);
    assert_non_null(tree);
    qp_json_tree(&json, tree);
    assert_string_equal(text, json.text);
    qp_json_reset(&json);
    qp_json_pretty(&json, tree, 0);
    assert_string_equal("{\n"
                        "  \"short\": {\"S\": \"x\"},\n"
                        "  \"n\": 1.5,\n"
                        "  \"none\": [],\n"
                        "  \"yes\": true,\n"
                        "  \"long\": [\n"
                        "    \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\",\n"
                        "    \"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\"\n"
                        "  ]\n"
                        "}",
                        json.text);
    yajl_tree_free(tree);
    qp_json_clean_up(&json);
}

/* ---- answers ---- */

static pte_status read_answer(qp_answer *answer, int status, const char *body, pte_error *error) {
    yajl_val tree;
    pt_reply reply = {status, pte_str(body)};
    pte_status outcome = qp_answer_add(answer, &tree, &reply, error);
    yajl_tree_free(tree);
    return outcome;
}

static void test_quick_photos_answers__adds_items_and_capacity(void **state) {
    (void)state;
    qp_answer answer = {0};
    pte_error error = {0};
    OK(read_answer(&answer, 200,
                   "{\"Items\":[{\"PK\":{\"S\":\"USER#a\"},\"SK\":{\"S\":\"#METADATA#a\"}},"
                   "{\"PK\":{\"S\":\"USER#a\"},\"SK\":{\"S\":\"PHOTO#a#1\"}}],"
                   "\"ConsumedCapacity\":{\"CapacityUnits\":0.5}}",
                   &error));
    OK(read_answer(&answer, 200,
                   "{\"Responses\":{\"quick-photos\":"
                   "[{\"PK\":{\"S\":\"USER#a\"},\"SK\":{\"S\":\"#FRIEND#b\"}}]},"
                   "\"ConsumedCapacity\":[{\"CapacityUnits\":2},{\"CapacityUnits\":1.5}]}",
                   &error));
    assert_true(answer.costs);
    assert_int_equal(8, answer.half_units);
    assert_int_equal(1, answer.tally.items[QP_USER]);
    assert_int_equal(1, answer.tally.items[QP_PHOTO]);
    assert_int_equal(0, answer.tally.items[QP_REACTION]);
    assert_int_equal(1, answer.tally.items[QP_FRIENDSHIP]);
}

/* API_TransactWriteItems, TransactionCanceledException: a reason for each item, in their order. */
static void test_quick_photos_answers__reads_why_a_transaction_was_cancelled(void **state) {
    (void)state;
    qp_answer answer = {0};
    pte_error error = {0};
    OK(read_answer(
        &answer, 400,
        "{\"__type\":\"com.amazonaws.dynamodb.v20120810#TransactionCanceledException\","
        "\"Message\":\"cancelled\",\"CancellationReasons\":["
        "{\"Code\":\"ConditionalCheckFailed\",\"Item\":{\"timestamp\":{\"S\":\"2026\"}}},"
        "{\"Code\":\"None\"}]}",
        &error));
    assert_int_equal(400, answer.status);
    assert_string_equal("TransactionCanceledException", answer.exception);
    assert_string_equal("cancelled", answer.message);
    assert_int_equal(2, answer.reason_count);
    assert_string_equal("ConditionalCheckFailed", answer.reasons[0]);
    assert_string_equal("None", answer.reasons[1]);
    assert_string_equal("2026", answer.found_timestamp);
    assert_int_equal(0, qp_tally_sum(&answer.tally));
}

static void test_quick_photos_answers__refuses_what_makes_no_sense(void **state) {
    (void)state;
    qp_answer answer = {0};
    pte_error error = {0};
    EXPECT(PTE_CORRUPT, read_answer(&answer, 200, "{\"Items\":", &error));
    EXPECT(PTE_CORRUPT, read_answer(&answer, 200, "[]", &error));
    EXPECT(PTE_CORRUPT, read_answer(&answer, 500, "{}", &error));
    EXPECT(PTE_CORRUPT,
           read_answer(&answer, 200, "{\"Item\":{\"PK\":{\"S\":\"USER#a\"}}}", &error));
    EXPECT(PTE_CORRUPT,
           read_answer(&answer, 200, "{\"Item\":{\"PK\":{\"S\":\"a\"},\"SK\":{\"S\":\"b\"}}}",
                       &error));
}

static void test_quick_photos_answers__knows_when_all_is_active(void **state) {
    (void)state;
    static const struct {
        const char *text;
        bool active;
    } cases[] = {
        {"{\"Table\":{\"TableStatus\":\"ACTIVE\"}}", true},
        {"{\"Table\":{\"TableStatus\":\"CREATING\"}}", false},
        {"{\"Table\":{\"TableStatus\":\"ACTIVE\",\"GlobalSecondaryIndexes\":"
         "[{\"IndexStatus\":\"ACTIVE\"},{\"IndexStatus\":\"CREATING\"}]}}",
         false},
        {"{}", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        yajl_val tree = yajl_tree_parse(cases[i].text, NULL, 0);
        assert_non_null(tree);
        assert_int_equal(cases[i].active, qp_answer_is_active(tree));
        yajl_tree_free(tree);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_quick_photos_json__escapes_what_json_must_escape),
        cmocka_unit_test(test_quick_photos_json__fills_a_template_in_order),
        cmocka_unit_test(test_quick_photos_json__writes_an_item),
        cmocka_unit_test(test_quick_photos_json__lays_out_for_people),
        cmocka_unit_test(test_quick_photos_answers__adds_items_and_capacity),
        cmocka_unit_test(test_quick_photos_answers__reads_why_a_transaction_was_cancelled),
        cmocka_unit_test(test_quick_photos_answers__refuses_what_makes_no_sense),
        cmocka_unit_test(test_quick_photos_answers__knows_when_all_is_active),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
