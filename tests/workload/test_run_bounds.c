/*
 * A run's memory does not grow with its calls: what is allocated after a hundred thousand calls is
 * what was allocated after the first few thousand, and so is what the process has needed at most.
 */
#include "workload/bench_support.h"

#include <malloc.h>
#include <sys/resource.h>

/* Many different keys that are read and rewritten, and none that are added. */
static const char yaml[] =
    "name: bounds\n"
    "rate: 100\n"
    "tables:\n"
    "  - TableName: things\n"
    "    BillingMode: PAY_PER_REQUEST\n"
    "    AttributeDefinitions:\n"
    "      - {AttributeName: p, AttributeType: S}\n"
    "      - {AttributeName: g, AttributeType: S}\n"
    "    KeySchema: [{AttributeName: p, KeyType: HASH}]\n"
    "    GlobalSecondaryIndexes:\n"
    "      - IndexName: byG\n"
    "        KeySchema: [{AttributeName: g, KeyType: HASH}]\n"
    "        Projection: {ProjectionType: ALL}\n"
    "entities:\n"
    "  thing: {table: things, count: 20000, item: {p: \"P#{n}\", g: \"G#{n}\", t: {text: 50}}}\n"
    "patterns:\n"
    "  - name: read\n"
    "    share: 6\n"
    "    let: {t: {pick: thing}}\n"
    "    request: {GetItem: {TableName: things, Key: {p: \"{t.p}\"}}}\n"
    "  - name: query\n"
    "    share: 2\n"
    "    let: {t: {pick: thing}}\n"
    "    request:\n"
    "      Query: {TableName: things, IndexName: byG, KeyConditionExpression: g = :g,\n"
    "              ExpressionAttributeValues: {\":g\": \"{t.g}\"}}\n"
    "  - name: write\n"
    "    share: 2\n"
    "    let: {t: {pick: thing}}\n"
    "    request:\n"
    "      UpdateItem: {TableName: things, Key: {p: \"{t.p}\"}, UpdateExpression: \"SET v = :v\",\n"
    "                   ExpressionAttributeValues: {\":v\": {integer: [0, 1000000]}}}\n"
    "  - name: page\n"
    "    share: 0.05\n"
    "    request: {Scan: {TableName: things, Limit: 200}}\n"
    "  - name: refused\n"
    "    share: 1\n"
    "    let: {t: {pick: thing}}\n"
    "    request:\n"
    "      DeleteItem: {TableName: things, Key: {p: \"{t.p}\"},\n"
    "                   ConditionExpression: attribute_not_exists(p)}\n";

enum { FEW = 20000, MANY = 100000, TRACE_CALLS = 500 };

/* Bytes that are allocated, all in all; 0 where a sanitizer has its own allocator. */
static size_t allocated(void) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    return 0;
#else
    struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
#endif
}

static long most_kb(void) {
    struct rusage usage;
    assert_int_equal(0, getrusage(RUSAGE_SELF, &usage));
    return usage.ru_maxrss;
}

static void run(bench *b, wl_trace *trace, wl_traffic *traffic, uint64_t calls) {
    wl_complaint complaint = {0};
    wl_run_options options = {.calls = calls};
    if (!wl_run_in_process(&b->results, trace, traffic, &b->door, b->database, &options,
                           &complaint)) {
        fail_msg("%zu: %s", complaint.line, complaint.message);
    }
}

static void test_run_bounds__memory_does_not_grow_with_calls(void **state) {
    (void)state;
    bench b = {0};
    bench_open_text(&b, yaml);
    assert_true(wl_results_init(&b.results, b.workload));
    wl_traffic *traffic = wl_traffic_of_mix(b.workload, 1);
    wl_trace *trace = wl_trace_new(TRACE_CALLS);
    run(&b, trace, traffic, FEW);
    size_t before = allocated();
    long most_before_kb = most_kb();
    run(&b, trace, traffic, MANY);
    size_t after = allocated();
    long grown_kb = most_kb() - most_before_kb;
    print_message("allocated: %zu bytes after %d calls, %zu after %d more; peak grown by %ld KB\n",
                  before, FEW, after, MANY, grown_kb);
    /* Less than a byte a call: what is there is the trace's, whose calls differ in length. */
    assert_true(after < before + MANY / 2);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    /* The pages of the database are in it, which are written anew. */
    assert_true(grown_kb < 4096);
#endif
    assert_int_equal(FEW + MANY, b.results.calls);
    assert_true(b.results.places[0].hot_reads.keys_seen > 15000);
    wl_trace_destroy(trace);
    wl_traffic_destroy(traffic);
    bench_close(&b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_run_bounds__memory_does_not_grow_with_calls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
