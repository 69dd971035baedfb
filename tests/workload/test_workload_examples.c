/*
 * The workloads that are shipped, on a database in this process: its tables are made, its items are
 * taken, and every request of every pattern is answered as it is meant to be.
 */
#include "support/facade.h"
#include "workload/assertions.h"
#include "workload/reading.h"

enum { CALLS = 150 };

typedef struct example {
    const char *path;
    size_t patterns;
    size_t places;
    uint64_t items_hash;
    uint64_t requests_hash;
} example;

static const example examples[] = {
    {WORKLOAD_EXAMPLES "/quick_photos.yaml", 10, 2, 0xb3448d92fa8787b9, 0xb55aac177e02dbd9},
    {WORKLOAD_EXAMPLES "/quick_photos_four_tables.yaml", 10, 6, 0x58805fb4acca4bcf,
     0xf7f967dfa79a1965},
};

static wl_workload *take(const char *path) {
    wl_workload *workload = NULL;
    wl_complaint complaint;
    if (!wl_workload_read(&workload, path, &complaint)) {
        fail_msg("%s:%zu:%zu: %s", path, complaint.line, complaint.column, complaint.message);
    }
    return workload;
}

/* The first workload on the page that teaches them. */
static wl_workload *take_page(void) {
    static char text[64 * 1024];
    FILE *file = fopen(WORKLOAD_PAGE, "rb");
    assert_non_null(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    char *begin = strstr(text, "```yaml\n");
    assert_non_null(begin);
    begin += strlen("```yaml\n");
    char *end = strstr(begin, "```");
    assert_non_null(end);
    *end = '\0';
    return reading_take(begin);
}

static uint64_t load(facade *f, const wl_workload *w) {
    wl_text item = {0};
    uint64_t hash = 0;
    for (size_t i = 0; i < wl_table_count(w); i++) {
        pt_reply made =
            pt_exchange_run(f->exchange, &(pt_request){.operation = pte_str("CreateTable"),
                                                       .body = wl_table_at(w, i)->create_table,
                                                       .region = pte_str("us-east-1")});
        assert_int_equal(made.status, 200);
    }
    for (size_t e = 0; e < wl_entity_count(w); e++) {
        const wl_entity *entity = wl_entity_at(w, e);
        for (uint64_t n = 0; n < entity->count; n++) {
            wl_item_make(&item, w, e, n);
            assert_false(item.failed);
            hash = wl__hash(hash, wl__text_bytes(&item));
            facade_does(f, "PutItem", "{'TableName':'%s','Item':%s}",
                        wl_table_at(w, entity->table)->name, item.data);
        }
    }
    wl_text_clean_up(&item);
    return hash;
}

/* What patterns may be refused by: that somebody has reacted or follows already, by chance. */
static bool is_meant(const wl_pattern *pattern, pt_reply reply) {
    if (reply.status == 200) {
        return true;
    }
    return (pattern->name[0] == '6' || pattern->name[0] == '8') &&
           memmem(reply.body.data, reply.body.len, "TransactionCanceledException", 28) != NULL &&
           memmem(reply.body.data, reply.body.len, "[ConditionalCheckFailed, None", 29) != NULL;
}

static uint64_t play_call(facade *f, wl_call *call, const wl_pattern *pattern, size_t *good) {
    wl_text body = {0};
    const char *operation = NULL;
    pt_reply reply = {0};
    uint64_t hash = 0;
    while (wl_call_next(&operation, &body, call, reply.body)) {
        hash = wl__hash(hash, wl__text_bytes(&body));
        reply = pt_exchange_run(f->exchange, &(pt_request){.operation = pte_str(operation),
                                                           .body = wl__text_bytes(&body),
                                                           .region = pte_str("us-east-1")});
        if (!is_meant(pattern, reply)) {
            fail_msg("%s: %s %s: %.*s", pattern->name, operation, body.data, (int)reply.body.len,
                     (const char *)reply.body.data);
        }
        if (reply.status == 200) {
            assert_non_null(memmem(reply.body.data, reply.body.len, "\"ConsumedCapacity\"", 18));
        }
        *good += reply.status == 200;
    }
    assert_false(body.failed);
    wl_text_clean_up(&body);
    return hash;
}

static void play_example(const example *one) {
    facade f = {0};
    facade_open(&f, NULL);
    wl_workload *w = take(one->path);
    assert_int_equal(wl_pattern_count(w), one->patterns);
    assert_int_equal(wl_place_count(w), one->places);
    uint64_t items = load(&f, w), requests = 0;
    wl_call *call = wl_call_new(w);
    assert_non_null(call);
    for (size_t p = 0; p < wl_pattern_count(w); p++) {
        size_t good = 0;
        for (uint64_t n = 0; n < CALLS; n++) {
            wl_call_begin(call, p, n);
            requests ^= wl__mix(play_call(&f, call, wl_pattern_at(w, p), &good), n);
        }
        assert_true(good > CALLS / 2);
    }
    if (items != one->items_hash || requests != one->requests_hash) {
        fail_msg("%s: the items' hash is 0x%016llx, the requests' 0x%016llx", one->path,
                 (unsigned long long)items, (unsigned long long)requests);
    }
    wl_call_destroy(call);
    wl_workload_destroy(w);
    facade_close(&f);
}

static void test_one_table(void **state) {
    (void)state;
    play_example(&examples[0]);
}

static void test_four_tables(void **state) {
    (void)state;
    play_example(&examples[1]);
}

static void test_the_one_on_the_page(void **state) {
    (void)state;
    facade f = {0};
    size_t good = 0;
    facade_open(&f, NULL);
    wl_workload *w = take_page();
    load(&f, w);
    wl_call *call = wl_call_new(w);
    assert_non_null(call);
    for (size_t p = 0; p < wl_pattern_count(w); p++) {
        for (uint64_t n = 0; n < CALLS; n++) {
            wl_call_begin(call, p, n);
            play_call(&f, call, wl_pattern_at(w, p), &good);
        }
    }
    assert_int_equal(good, CALLS * wl_pattern_count(w));
    wl_call_destroy(call);
    wl_workload_destroy(w);
    facade_close(&f);
}

/* Those of all three are well formed, and name what there is. */
static void test_their_assertions(void **state) {
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        wl_workload *w = i == 2 ? take_page() : take(examples[i].path);
        wl_complaint complaint;
        assert_true(wl_assertion_count(w) != 0);
        for (size_t a = 0; a < wl_assertion_count(w); a++) {
            if (!wl_assertion_check(w, wl_assertion_at(w, a), &complaint)) {
                fail_msg("%s: %s", wl_assertion_at(w, a)->text, complaint.message);
            }
        }
        wl_workload_destroy(w);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_table),
        cmocka_unit_test(test_four_tables),
        cmocka_unit_test(test_the_one_on_the_page),
        cmocka_unit_test(test_their_assertions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
