/*
 * The workloads that are shipped, on a database in this process: its tables are made, its items are
 * taken, and every request of every pattern is answered as it is meant to be.
 */
#include "support/facade.h"
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
    {WORKLOAD_EXAMPLES "/quick_photos.yaml", 10, 2, 0x1012bce607231678, 0xe069dae913a87961},
    {WORKLOAD_EXAMPLES "/quick_photos_four_tables.yaml", 10, 6, 0xb8b2ed99bc01bc62,
     0x0f2be64675db1d7b},
};

static wl_workload *take(const char *path) {
    wl_workload *workload = NULL;
    wl_complaint complaint;
    if (!wl_workload_read(&workload, path, &complaint)) {
        fail_msg("%s:%zu:%zu: %s", path, complaint.line, complaint.column, complaint.message);
    }
    return workload;
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

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_table),
        cmocka_unit_test(test_four_tables),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
