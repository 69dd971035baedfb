/* Recordings: read whole or damaged, turned into workloads, and made again. */
#include "workload/bench_support.h"

#include "workload/recording.h"

#include <unistd.h>

typedef struct fixture {
    char *folder;
    char path[300];
} fixture;

static int setup(void **state) {
    fixture *f = calloc(1, sizeof *f);
    f->folder = test_folder_make();
    snprintf(f->path, sizeof f->path, "%s/calls.jsonl", f->folder);
    *state = f;
    return 0;
}

static int teardown(void **state) {
    fixture *f = *state;
    test_folder_remove(f->folder);
    free(f);
    return 0;
}

static void write_file(const fixture *f, const char *text) {
    FILE *file = fopen(f->path, "w");
    assert_non_null(file);
    for (; *text != '\0'; text++) {
        fputc(*text == '\'' ? '"' : *text, file);
    }
    assert_int_equal(0, fclose(file));
}

#define BEGIN "{'recording':1,'time':'2026-11-30T12:00:00Z'}\n"
#define TABLE                                                                                      \
    "{'us':10,'region':'eu-west-1','operation':'CreateTable','body':{'TableName':'ttt',"           \
    "'BillingMode':'PAY_PER_REQUEST','AttributeDefinitions':[{'AttributeName':'p',"                \
    "'AttributeType':'S'}],'KeySchema':[{'AttributeName':'p','KeyType':'HASH'}]}}\n"
#define INDEX                                                                                      \
    "{'us':11,'region':'eu-west-1','operation':'UpdateTable','body':{'TableName':'ttt',"           \
    "'AttributeDefinitions':[{'AttributeName':'p','AttributeType':'S'},{'AttributeName':'g',"      \
    "'AttributeType':'S'}],'GlobalSecondaryIndexUpdates':[{'Create':{'IndexName':'byG',"           \
    "'KeySchema':[{'AttributeName':'g','KeyType':'HASH'}],'Projection':{'ProjectionType':"         \
    "'ALL'}}}]}}\n"
#define CALL(us, operation, body)                                                                  \
    "{'us':" #us ",'region':'eu-west-1','operation':'" operation "','body':" body "}\n"
#define GET(us) CALL(us, "GetItem", "{'TableName':'ttt','Key':{'p':{'S':'a'}}}")

/* Reads what is expected to be well formed. */
static wl_recording *read_file(const fixture *f, const char *text) {
    wl_recording *recording;
    wl_complaint complaint = {0};
    write_file(f, text);
    if (!wl_recording_read(&recording, f->path, &complaint)) {
        fail_msg("line %zu: %s", complaint.line, complaint.message);
    }
    return recording;
}

static void test_recording__counts_what_is_in_it(void **state) {
    const fixture *f = *state;
    wl_recording *recording = read_file(
        f, BEGIN TABLE GET(1000000) GET(3000000)
               CALL(3000001, "ListTables",
                    "{}") "{'lost_lines':7}\n"
                          "{'us':9,'region':'us-east-1','operation':'GetItem','body':{'TableName':"
                          "'ttt','Key':{}}}\n");
    wl_recording_info info = wl_recording_describe(recording);
    assert_string_equal("eu-west-1", info.region);
    assert_int_equal(2, info.calls);
    assert_int_equal(3, info.left_out); /* CreateTable, ListTables, another region's */
    assert_int_equal(7, info.lost);
    bench_near(2.0, info.seconds);
    wl_recording_destroy(recording);
}

/* A server that was ended in the midst of a line, and servers that wrote to one file in turn. */
static void test_recording__goes_on_after_a_server_ended(void **state) {
    const fixture *f = *state;
    static const struct {
        const char *text;
        uint64_t calls;
        double seconds;
    } cases[] = {
        {BEGIN GET(1000000) "{'us':2000000,'region':'eu-w", 1, 0},
        {BEGIN GET(1000000) GET(2000000) BEGIN GET(500000), 3, 1.5},
        {BEGIN GET(1000000) "{'us':2000000,'reg" BEGIN GET(500000), 2, 0.5},
        {BEGIN GET(1000000) "{'recording':1,'ti" BEGIN GET(500000), 2, 0.5},
        {BEGIN GET(1000000), 1, 0},
        {GET(7), 1, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        wl_recording *recording = read_file(f, cases[i].text);
        wl_recording_info info = wl_recording_describe(recording);
        assert_int_equal(cases[i].calls, info.calls);
        bench_near(cases[i].seconds, info.seconds);
        wl_recording_destroy(recording);
    }
}

static void test_recording__complains_with_the_line(void **state) {
    const fixture *f = *state;
    static const struct {
        const char *text;
        size_t line;
        const char *message;
    } cases[] = {
        {"", 0, "expected calls on items, found none"},
        {"{'recording':2,'time':'2026-11-30T12:00:00Z'}\n" GET(7), 1,
         "expected a recording of version 1, found version 2"},
        {BEGIN GET(7) "{'recording':11}\n", 3,
         "expected a recording of version 1, found version 11"},
        {BEGIN GET(7) "{'us':2000000,'reg{'recording':2}\n", 3,
         "expected a recording of version 1, found version 2"},
        {"{'recording':'1'}\n" GET(7), 1,
         "expected a recording of version 1, found one without a version"},
        {BEGIN TABLE, 0, "expected calls on items, found none"},
        {BEGIN GET(1) "nonsense\n" GET(2), 3, "expected a line of JSON, found nonsense"},
        {BEGIN GET(1) "{'us':1}\n", 3, "expected a recorded call"},
        {BEGIN "{'us':1,'region':'r','operation':'GetItem','body':[]}\n", 2,
         "expected a recorded call"},
        {BEGIN "[]\n", 2, "expected a recorded call"},
        {"\n" GET(1), 1, "expected a line of JSON"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        wl_recording *recording;
        wl_complaint complaint = {0};
        write_file(f, cases[i].text);
        assert_false(wl_recording_read(&recording, f->path, &complaint));
        assert_null(recording);
        assert_int_equal(cases[i].line, complaint.line);
        assert_string_equal(f->path, complaint.file);
        assert_ptr_equal(complaint.message, strstr(complaint.message, cases[i].message));
    }
    wl_recording *recording;
    wl_complaint complaint = {0};
    assert_false(wl_recording_read(&recording, "/no/such/file", &complaint));
    assert_non_null(strstr(complaint.message, "cannot open"));
}

/* Deeper than any body that a server reads is refused; brackets within strings nest nothing. */
static void test_recording__nests_only_so_deep(void **state) {
    enum { DEEP = 2000000 };
    const fixture *f = *state;
    char *brackets = malloc(DEEP + 1), *text = NULL;
    assert_non_null(brackets);
    memset(brackets, '[', DEEP);
    brackets[DEEP] = '\0';
    assert_true(asprintf(&text, CALL(1, "GetItem", "{'TableName':'ttt','Note':'\\\\\\'%s'}"),
                         brackets) > 0);
    wl_recording_destroy(read_file(f, text));
    free(text);
    wl_recording *recording;
    wl_complaint complaint = {0};
    write_file(f, brackets);
    free(brackets);
    assert_false(wl_recording_read(&recording, f->path, &complaint));
    assert_int_equal(1, complaint.line);
    assert_string_equal("expected values that nest at most 300 deep, found deeper ones",
                        complaint.message);
}

/* ---- as workloads ---- */

/* A recording in a database of its own. */
typedef struct replay {
    wl_recording *recording;
    bench b;
} replay;

static bool open_replay(replay *r, wl_recording *recording, wl_complaint *complaint) {
    pte_error error = {0};
    *r = (replay){.recording = recording};
    OK(pt_open(&r->b.database, NULL, NULL, &error));
    OK(qp_door_in_process(&r->b.door, r->b.database, wl_recording_describe(recording).region,
                          &error));
    return wl_recording_make_tables(recording, &r->b.door, complaint) &&
           wl_recording_workload(&r->b.workload, recording, &r->b.door, 0, complaint);
}

/* The same where it must succeed. */
static void must_open(replay *r, wl_recording *recording) {
    wl_complaint complaint = {0};
    if (!open_replay(r, recording, &complaint)) {
        fail_msg("line %zu: %s", complaint.line, complaint.message);
    }
}

static void run_replay(replay *r, double speed) {
    wl_complaint complaint = {0};
    wl_run_options options = {.calls = UINT64_MAX, .speed = speed};
    wl_traffic *traffic = wl_traffic_of_recording(r->recording, r->b.workload, &complaint);
    assert_non_null(traffic);
    assert_true(wl_results_init(&r->b.results, r->b.workload));
    if (!wl_run_in_process(&r->b.results, NULL, traffic, &r->b.door, r->b.database, &options,
                           &complaint)) {
        fail_msg("%s", complaint.message);
    }
    wl_traffic_destroy(traffic);
    bench_measure(&r->b);
}

static void close_replay(replay *r) {
    bench_close(&r->b);
    wl_recording_destroy(r->recording);
}

static void test_recording__patterns_are_operations_on_places(void **state) {
    const fixture *f = *state;
    static const char *const names[] = {
        "PutItem ttt",      "GetItem ttt",        "Query ttt byG",
        "BatchGetItem ttt", "BatchWriteItem ttt", "TransactWriteItems ttt",
        "Scan ttt",
    };
    replay r;
    wl_recording *recording = read_file(
        f,
        BEGIN TABLE INDEX CALL(1000000, "PutItem",
                               "{'TableName':'ttt','Item':{'p':{'S':'a'},'g':{'S':'x\\\"y'}},"
                               "'ReturnConsumedCapacity':'NONE'}") GET(1000001) GET(1000002)
            CALL(1000003, "Query",
                 "{'TableName':'ttt','IndexName':'byG','KeyConditionExpression':'g = :g',"
                 "'ExpressionAttributeValues':{':g':{'S':'x\\\"y'}}}")
                CALL(1000004, "BatchGetItem", "{'RequestItems':{'ttt':{'Keys':[{'p':{'S':'a'}}]}}}")
                    CALL(1000005, "BatchWriteItem",
                         "{'RequestItems':{'ttt':[{'PutRequest':{'Item':{'p':{'S':'b'}}}}]}}")
                        CALL(1000006, "TransactWriteItems",
                             "{'TransactItems':[{'Delete':{'TableName':'ttt','Key':{'p':{'S':'b'}"
                             "}}}]}") CALL(1000007, "Scan", "{'TableName':'ttt'}")
                            CALL(2000000, "GetItem", "{'TableName':'unknown','Key':{}}"));
    must_open(&r, recording);
    assert_int_equal(sizeof names / sizeof names[0], wl_pattern_count(r.b.workload));
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        assert_string_equal(names[i], wl_pattern_at(r.b.workload, i)->name);
    }
    bench_near(2.0 / 8, wl_pattern_at(r.b.workload, 1)->share);
    /* The call on a table that is not there is left out of the calls, not out of the time. */
    bench_near(8.0, wl_workload_rate(r.b.workload));
    assert_int_equal(8, wl_recording_describe(recording).calls);
    assert_int_equal(3, wl_recording_describe(recording).left_out);
    assert_int_equal(2, wl_place_count(r.b.workload));
    run_replay(&r, 0);
    assert_int_equal(8, r.b.results.calls);
    assert_true(r.b.results.patterns[0].units[0].write == 1); /* though NONE was asked for */
    assert_true(r.b.results.patterns[0].units[1].write == 1);
    assert_true(r.b.results.patterns[1].units[0].read == 1);
    assert_true(r.b.results.patterns[2].units[1].read == 0.5);
    assert_int_equal(1, r.b.results.patterns[2].items_returned);
    assert_true(r.b.results.patterns[5].units[0].write == 2);
    assert_int_equal(1, r.b.results.places[0].items);
    close_replay(&r);
}

static void test_recording__needs_its_tables(void **state) {
    const fixture *f = *state;
    replay r;
    wl_complaint complaint = {0};
    assert_false(open_replay(&r, read_file(f, BEGIN GET(1) GET(2)), &complaint));
    assert_non_null(strstr(complaint.message, "does not make the tables that it uses"));
    close_replay(&r);
}

static void test_recording__keeps_its_times(void **state) {
    const fixture *f = *state;
    replay r;
    must_open(&r, read_file(f, BEGIN TABLE GET(100) GET(200000) GET(400100)));
    uint64_t start_ns = wl__now_ns();
    run_replay(&r, 2);
    double took_s = (double)(wl__now_ns() - start_ns) / 1e9;
    assert_true(took_s >= 0.2 && took_s < 5);
    start_ns = wl__now_ns();
    wl_results_clean_up(&r.b.results);
    run_replay(&r, 0);
    assert_true((double)(wl__now_ns() - start_ns) / 1e9 < 0.15);
    close_replay(&r);
}

/* ---- what is recorded is what was run ---- */

/* A door that records what goes through it. */
typedef struct recording_door {
    qp_door door; /* first */
    qp_door *inner;
    FILE *file;
    unsigned us;
} recording_door;

static pte_status call_recorded(qp_door *door, const char *operation, pte_bytes body,
                                pt_reply *reply, pte_error *error) {
    recording_door *r = (recording_door *)door;
    fprintf(r->file, "{\"us\":%u,\"region\":\"%s\",\"operation\":\"%s\",\"body\":%.*s}\n",
            r->us += 1000, door->region, operation, (int)body.len, (const char *)body.data);
    return r->inner->call(r->inner, operation, body, reply, error);
}

static void test_recording__made_again_costs_the_same(void **state) {
    const fixture *f = *state;
    static const wl_run_options options = {.calls = 1500};
    wl_complaint complaint = {0};
    pte_error error = {0};
    double seconds;
    bench b = {0};
    replay r;
    assert_true(wl_workload_read(&b.workload, EXAMPLES "/quick_photos.yaml", &complaint));
    OK(pt_open(&b.database, NULL, NULL, &error));
    OK(qp_door_in_process(&b.door, b.database, "eu-central-1", &error));
    recording_door recorded = {
        .door = {.name = "recorded", .region = b.door.region, .call = call_recorded},
        .inner = &b.door,
        .file = fopen(f->path, "w")};
    assert_non_null(recorded.file);
    wl_traffic *traffic = wl_traffic_of_mix(b.workload, 3);
    assert_true(wl_results_init(&b.results, b.workload));
    assert_true(wl_run_tables(b.workload, &recorded.door, &complaint) &&
                wl_run_load(&seconds, b.workload, &recorded.door, &options, &complaint) &&
                wl_run_in_process(&b.results, NULL, traffic, &recorded.door, b.database, &options,
                                  &complaint));
    wl_traffic_destroy(traffic);
    assert_int_equal(0, fclose(recorded.file));
    bench_measure(&b);

    wl_recording *recording;
    assert_true(wl_recording_read(&recording, f->path, &complaint));
    must_open(&r, recording);
    run_replay(&r, 0);
    assert_int_equal(wl_place_count(b.workload), wl_place_count(r.b.workload));
    for (size_t i = 0; i < wl_place_count(b.workload); i++) {
        const wl_place_result *x = &b.results.places[i], *y = &r.b.results.places[i];
        assert_int_equal(x->items, y->items);
        assert_int_equal(x->bytes, y->bytes);
        assert_int_equal(x->queries, y->queries);
        assert_true(x->units.read > 0 && x->units.read == y->units.read);
        /* Those of loading are recorded, too. */
        assert_true(x->units.write < y->units.write);
        bench_near(x->hot_reads.total, y->hot_reads.total);
    }
    close_replay(&r);
    bench_close(&b);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_recording__counts_what_is_in_it),
        TEST(test_recording__goes_on_after_a_server_ended),
        TEST(test_recording__complains_with_the_line),
        TEST(test_recording__nests_only_so_deep),
        TEST(test_recording__patterns_are_operations_on_places),
        TEST(test_recording__needs_its_tables),
        TEST(test_recording__keeps_its_times),
        TEST(test_recording__made_again_costs_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
