/*
 * Files of workloads, and answers to their calls. What is read makes items and requests that are
 * JSON, the same ones each time. Input: "A" and an answer for a workload that is made from answers,
 * or a file.
 */
#include "fuzz.h"

#include "workload/inside.h"

#include <yajl/yajl_tree.h>

enum { REQUESTS_MAX = 40, LOOKED_AT = 3 };

static const char from_answers[] =
    "name: x\n"
    "tables:\n"
    "- {TableName: t, BillingMode: PAY_PER_REQUEST,\n"
    "   AttributeDefinitions: [{AttributeName: k, AttributeType: S}],\n"
    "   KeySchema: [{AttributeName: k, KeyType: HASH}]}\n"
    "patterns:\n"
    "- name: p\n"
    "  requests:\n"
    "  - {Query: {TableName: t}, pages: all}\n"
    "  - BatchGetItem: {RequestItems: {t: {Keys: {each: Items, as: f,\n"
    "      make: {k: '{f.k}', l: 'x{f.m.x}', m: '{f.l}'}}}}}\n"
    "  - PutItem: {TableName: t, Item: {k: '{answer.Responses.t}', l: 'x{answer.a.S}'}}\n";

static void must_be_json(const wl_text *text) {
    char error[200];
    MUST(!text->failed && text->len != 0);
    yajl_val tree = yajl_tree_parse(text->data, error, sizeof error);
    MUST(tree != NULL);
    yajl_tree_free(tree);
}

/* checked: the answers are the database's, so requests made from them are JSON. */
static void play(const wl_workload *w, size_t pattern, uint64_t n, pte_bytes answer, bool checked) {
    wl_call *call = wl_call_new(w);
    wl_text body = {0};
    const char *operation = NULL;
    MUST(call != NULL);
    wl_call_begin(call, pattern, n);
    for (int i = 0; i < REQUESTS_MAX && wl_call_next(&operation, &body, call, answer); i++) {
        MUST(operation != NULL);
        if (checked) {
            must_be_json(&body);
        }
    }
    wl_text_clean_up(&body);
    wl_call_destroy(call);
}

static void make_items(const wl_workload *w, size_t entity, uint64_t n) {
    wl_text first = {0}, second = {0};
    wl_item_make(&first, w, entity, n);
    wl_item_make(&second, w, entity, n);
    must_be_json(&first);
    MUST(pte_bytes_equal(wl__text_bytes(&first), wl__text_bytes(&second)));
    wl_text_clean_up(&first);
    wl_text_clean_up(&second);
}

static void use(const wl_workload *w) {
    static const char answer[] =
        "{\"Items\":[{\"k\":{\"S\":\"a\\\"\"},\"m\":{\"M\":{\"x\":{\"N\":\"1\"}}}},{}],"
        "\"LastEvaluatedKey\":{\"k\":{\"S\":\"a\"}},\"UnprocessedKeys\":{}}";
    static const uint64_t numbers[] = {0, 1, 12345678901};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        for (size_t e = 0; e < wl_entity_count(w) && e < LOOKED_AT; e++) {
            make_items(w, e, numbers[i]);
        }
        for (size_t p = 0; p < wl_pattern_count(w) && p < LOOKED_AT; p++) {
            play(w, p, numbers[i], pte_str(answer), true);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    bool is_answer = size != 0 && data[0] == 'A';
    wl_workload *w = NULL;
    wl_complaint complaint;
    pte_bytes yaml = is_answer ? pte_str(from_answers) : pte_view(data, size);
    bool read = wl__workload_read_text(&w, "fuzz", yaml, &complaint);
    MUST(read == (w != NULL) && read == (complaint.message[0] == '\0'));
    if (is_answer) {
        MUST(read);
        play(w, 0, 1, pte_view(data + 1, size - 1), false);
    } else if (read) {
        use(w);
    }
    wl_workload_destroy(w);
    return 0;
}
