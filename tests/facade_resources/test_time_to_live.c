/*
 * UpdateTimeToLive, DescribeTimeToLive, and what expires when. Texts and states as measured on AWS
 * in October 2026; which values count as the developer guide says:
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/howitworks-ttl.html
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/time-to-live-ttl-before-you-start.html
 */
#include "facade_tables/facade.h"

#include <pocketable/engine/changes.h>
#include <pocketable/engine/write.h>

static facade f;

#define ON(name)                                                                                   \
    "{'TableName':'tab','TimeToLiveSpecification':{'Enabled':true,'AttributeName':'" name "'}}"
#define OFF(name)                                                                                  \
    "{'TableName':'tab','TimeToLiveSpecification':{'Enabled':false,'AttributeName':'" name "'}}"

static void expect_state(const char *description) {
    facade_call(&f, "DescribeTimeToLive", "{'TableName':'tab'}");
    facade_shows(&f, description);
}

static void upkeep(void) {
    bool more = true;
    pte_error error;
    for (int i = 0; i < 1000 && more; i++) {
        OK(pt_upkeep(&more, f.database, &error));
    }
    assert_false(more);
}

static void put(const char *key, const char *value) {
    facade_call(&f, "PutItem", "{'TableName':'tab','Item':{'a':{'S':'%s'},'ttl':%s}}", key, value);
}

static int64_t now_s(void) {
    return f.now_ms / 1000;
}

static void put_time(const char *key, int64_t seconds) {
    char value[64];
    snprintf(value, sizeof value, "{'N':'%lld'}", (long long)seconds);
    put(key, value);
}

static void expect_there(const char *key, bool there) {
    facade_call(&f, "GetItem", "{'TableName':'tab','Key':{'a':{'S':'%s'}}}", key);
    (there ? facade_shows : facade_hides)(&f, "'Item'");
}

static void test_time_to_live__goes_on_and_off(void **state) {
    (void)state;
    expect_state("{'TimeToLiveDescription':{'TimeToLiveStatus':'DISABLED'}}");
    facade_call(&f, "UpdateTimeToLive", ON("ttl"));
    facade_shows(&f, "{'TimeToLiveSpecification':{'Enabled':true,'AttributeName':'ttl'}}");
    expect_state("{'TimeToLiveDescription':{'TimeToLiveStatus':'ENABLED','AttributeName':'ttl'}}");
    facade_refused(&f, "ValidationException", "TimeToLive is already enabled", "UpdateTimeToLive",
                   ON("ttl"));
    facade_refused(&f, "ValidationException",
                   "TimeToLive is active on a different AttributeName: current AttributeName is "
                   "ttl",
                   "UpdateTimeToLive", ON("other"));
    facade_refused(&f, "ValidationException",
                   "TimeToLive is active on a different AttributeName: current AttributeName is "
                   "ttl",
                   "UpdateTimeToLive", OFF("other"));
    facade_call(&f, "UpdateTimeToLive", OFF("ttl"));
    facade_shows(&f, "{'TimeToLiveSpecification':{'Enabled':false,'AttributeName':'ttl'}}");
    /* The attribute is forgotten, and another may follow at once: see time_to_live.c. */
    expect_state("{'TimeToLiveDescription':{'TimeToLiveStatus':'DISABLED'}}");
    facade_refused(&f, "ValidationException", "TimeToLive is already disabled", "UpdateTimeToLive",
                   OFF("ttl"));
    facade_call(&f, "UpdateTimeToLive", ON("other"));
    /* A key attribute is taken. */
    facade_call(&f, "UpdateTimeToLive", OFF("other"));
    facade_call(&f, "UpdateTimeToLive", ON("a"));
}

static void test_time_to_live__checks_requests(void **state) {
    (void)state;
    facade_refused(&f, "ValidationException",
                   "The parameter 'TableName' is required but was not present in the request",
                   "UpdateTimeToLive", "{}");
    facade_refused(&f, "ValidationException",
                   "1 validation error detected: Value null at 'timeToLiveSpecification' failed to "
                   "satisfy constraint: Member must not be null",
                   "UpdateTimeToLive", "{'TableName':'tab'}");
    facade_refused(&f, "ValidationException",
                   "2 validation errors detected: Value null at "
                   "'timeToLiveSpecification.attributeName' failed to satisfy constraint: Member "
                   "must not be null; Value null at 'timeToLiveSpecification.enabled' failed to "
                   "satisfy constraint: Member must not be null",
                   "UpdateTimeToLive", "{'TableName':'tab','TimeToLiveSpecification':{}}");
    facade_refused(&f, "ValidationException",
                   "1 validation error detected: Value '' at "
                   "'timeToLiveSpecification.attributeName' failed to satisfy constraint: Member "
                   "must have length greater than or equal to 1",
                   "UpdateTimeToLive", ON(""));
    char name[257];
    memset(name, 'x', 256);
    name[256] = '\0';
    char message[512];
    snprintf(message, sizeof message,
             "1 validation error detected: Value '%s' at 'timeToLiveSpecification.attributeName' "
             "failed to satisfy constraint: Member must have length less than or equal to 255",
             name);
    facade_refused(&f, "ValidationException", message, "UpdateTimeToLive", ON("%s"), name);
    name[255] = '\0';
    facade_call(&f, "UpdateTimeToLive", ON("%s"), name);
    facade_refused(&f, "ResourceNotFoundException",
                   "Requested resource not found: Table: none not found", "UpdateTimeToLive",
                   "{'TableName':'none','TimeToLiveSpecification':{'Enabled':true,"
                   "'AttributeName':'x'}}");
    facade_refused(&f, "ResourceNotFoundException",
                   "Requested resource not found: Table: none not found", "DescribeTimeToLive",
                   "{'TableName':'none'}");
    facade_call(&f, "DescribeTimeToLive",
                "{'TableName':'arn:aws:dynamodb:us-east-1:000000000000:table/tab'}");
}

static void test_time_to_live__expires_by_the_clock_of_the_options(void **state) {
    (void)state;
    facade_call(&f, "UpdateTimeToLive", ON("ttl"));
    put_time("later", now_s() + 100);
    put_time("now", now_s());
    put_time("past", now_s() - 1);
    expect_there("past", true); /* until it is removed, as on AWS */
    upkeep();
    expect_there("past", false);
    expect_there("now", true); /* "less than the current time" */
    f.now_ms += 1000;
    upkeep();
    expect_there("now", false);
    expect_there("later", true);
    f.now_ms += 100 * 1000;
    upkeep();
    expect_there("later", false);
}

static void test_time_to_live__counts_only_some_values(void **state) {
    (void)state;
    static const int64_t five_years_s = 5LL * 365 * 24 * 3600;
    facade_call(&f, "UpdateTimeToLive", ON("ttl"));
    put_time("five years", now_s() - five_years_s);
    put_time("more", now_s() - five_years_s - 1);
    put("text", "{'S':'1795425800'}");
    put("list", "{'L':[{'N':'1795425800'}]}");
    put("set", "{'NS':['1795425800']}");
    put("zero", "{'N':'0'}");
    put("negative", "{'N':'-1795425800'}");
    put("huge", "{'N':'1E+100'}");
    put("milliseconds", "{'N':'1795425800000'}");
    put("fraction", "{'N':'1795425800.5'}");
    put("exponent", "{'N':'17954258E+2'}");
    facade_call(&f, "PutItem", "{'TableName':'tab','Item':{'a':{'S':'none'}}}");
    upkeep();
    static const char *const stay[] = {"more",     "text", "list",         "set", "zero",
                                       "negative", "huge", "milliseconds", "none"};
    for (size_t i = 0; i < sizeof stay / sizeof stay[0]; i++) {
        expect_there(stay[i], true);
    }
    expect_there("five years", false);
    expect_there("fraction", false);
    expect_there("exponent", false);
}

static void test_time_to_live__follows_updates(void **state) {
    (void)state;
    facade_call(&f, "UpdateTimeToLive", ON("ttl"));
    put_time("saved", now_s() + 1);
    put_time("doomed", now_s() + 100);
    facade_call(&f, "UpdateItem",
                "{'TableName':'tab','Key':{'a':{'S':'saved'}},'UpdateExpression':'REMOVE #t',"
                "'ExpressionAttributeNames':{'#t':'ttl'}}");
    put_time("doomed", now_s() - 1);
    f.now_ms += 10 * 1000;
    upkeep();
    expect_there("saved", true);
    expect_there("doomed", false);
}

static void test_time_to_live__takes_existing_items_in(void **state) {
    (void)state;
    for (int i = 0; i < 20; i++) {
        char key[8];
        snprintf(key, sizeof key, "%d", i);
        put_time(key, now_s() - 1);
    }
    upkeep();
    expect_there("3", true); /* off */
    facade_call(&f, "UpdateTimeToLive", ON("ttl"));
    upkeep();
    facade_call(&f, "Scan", "{'TableName':'tab'}");
    facade_shows(&f, "'Count':0");
    /* Off again: nothing that was in the list fires. */
    put_time("x", now_s() + 1);
    facade_call(&f, "UpdateTimeToLive", OFF("ttl"));
    f.now_ms += 10 * 1000;
    upkeep();
    expect_there("x", true);
}

/* More than one step of backfill: ENABLING until somebody brings it forward. */
static void test_time_to_live__is_enabling_while_it_fills(void **state) {
    (void)state;
    facade_close(&f);
    f.options.upkeep_elsewhere = true;
    facade_open(&f, NULL);
    facade_call(&f, "CreateTable", "{" BASE "}");
    pte_builder *builder;
    pte_error error;
    OK(pte_builder_create(&builder, NULL, &error));
    for (int i = 0; i < 2500; i++) {
        char key[16];
        pte_item item;
        snprintf(key, sizeof key, "%d", i);
        pte_builder_reset(builder);
        pte_builder_add_string(builder, "a", key);
        pte_builder_add_number(builder, "ttl", "1795425800");
        OK(pte_builder_item(&item, builder, &error));
        pte_op op = {.kind = PTE_PUT, .table = pte_str("us-east-1/tab"), .item = item};
        OK(pte_write(pt_database_env(f.database), &op, 1, &error));
    }
    pte_builder_destroy(builder);
    facade_call(&f, "UpdateTimeToLive", ON("ttl"));
    expect_state("{'TimeToLiveDescription':{'TimeToLiveStatus':'ENABLING','AttributeName':'ttl'}}");
    facade_refused(&f, "ValidationException", "TimeToLive is already enabled", "UpdateTimeToLive",
                   ON("ttl"));
    upkeep();
    expect_state("'TimeToLiveStatus':'ENABLED'");
    facade_call(&f, "Scan", "{'TableName':'tab','Select':'COUNT'}");
    facade_shows(&f, "'Count':0");
}

static void test_time_to_live__empties_indexes_too(void **state) {
    (void)state;
    facade_call(&f, "DeleteTable", "{'TableName':'tab'}");
    facade_call(
        &f, "CreateTable",
        "{'TableName':'tab','BillingMode':'PAY_PER_REQUEST','AttributeDefinitions':[" S("a") "," S(
            "b") "," N("ttl") "],'KeySchema':[" HASH("a") "," RANGE("b") "],"
                                                                         "'LocalSecondaryIndexes':["
                                                                         "{'IndexName':'local','"
                                                                         "KeySchema':[" HASH("a") "," RANGE(
                                                                             "ttl") "],'Projection'"
                                                                                    ":{'"
                                                                                    "ProjectionType"
                                                                                    "':'KEYS_ONLY'}"
                                                                                    "}],"
                                                                                    "'GlobalSeconda"
                                                                                    "ryIndexes':[{'"
                                                                                    "IndexName':'"
                                                                                    "global','"
                                                                                    "KeySchema':"
                                                                                    "[" HASH(
                                                                                        "b") "],'"
                                                                                             "Proje"
                                                                                             "ction"
                                                                                             "':{'"
                                                                                             "Proje"
                                                                                             "ction"
                                                                                             "Type'"
                                                                                             ":'"
                                                                                             "ALL'}"
                                                                                             "}]}");
    facade_call(&f, "UpdateTimeToLive", ON("ttl"));
    facade_call(&f, "PutItem",
                "{'TableName':'tab','Item':{'a':{'S':'x'},'b':{'S':'y'},'ttl':{'N':'%lld'}}}",
                (long long)now_s() - 5);
    facade_call(&f, "Scan", "{'TableName':'tab','IndexName':'local'}");
    facade_shows(&f, "'Count':1");
    upkeep();
    static const char *const indexes[] = {"", ",'IndexName':'local'", ",'IndexName':'global'"};
    for (size_t i = 0; i < 3; i++) {
        facade_call(&f, "Scan", "{'TableName':'tab'%s}", indexes[i]);
        facade_shows(&f, "'Count':0");
    }
}

/* Records say by whom;
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/time-to-live-ttl-streams.html */
static void test_time_to_live__says_so_in_the_change_log(void **state) {
    (void)state;
    facade_call(&f, "UpdateTable",
                "{'TableName':'tab','StreamSpecification':{'StreamEnabled':true,"
                "'StreamViewType':'NEW_AND_OLD_IMAGES'}}");
    facade_call(&f, "UpdateTimeToLive", ON("ttl"));
    put_time("expires", now_s() - 1);
    put_time("deleted", now_s() - 1);
    facade_call(&f, "DeleteItem", "{'TableName':'tab','Key':{'a':{'S':'deleted'}}}");
    upkeep();
    pte_read *read;
    pte_error error;
    pte_change change = {.sequence = 0};
    int by_expiry = 0;
    int deletions = 0;
    OK(pte_read_begin(&read, pt_database_env(f.database), &error));
    while (pte_change_next(&change, read, change.sequence, &error) == PTE_OK) {
        pte_value key;
        OK(pte_item_find(&key, &change.keys, pte_str("a"), &error));
        deletions += change.kind == PTE_CHANGE_DELETE;
        by_expiry += change.by_expiry;
        assert_int_equal(change.by_expiry, change.kind == PTE_CHANGE_DELETE &&
                                               pte_bytes_equal(key.bytes, pte_str("expires")));
        assert_true(change.kind != PTE_CHANGE_DELETE || change.old_image.encoded.len != 0);
    }
    pte_read_end(read);
    assert_int_equal(by_expiry, 1);
    assert_int_equal(deletions, 2);
}

static void test_time_to_live__survives_a_restart_and_dies_with_its_table(void **state) {
    (void)state;
    char folder[] = "/tmp/test_time_to_live_XXXXXX";
    assert_non_null(mkdtemp(folder));
    facade_close(&f);
    facade_open(&f, folder);
    facade_call(&f, "CreateTable", "{" BASE "}");
    facade_call(&f, "UpdateTimeToLive", ON("ttl"));
    put_time("x", now_s() + 1);
    int64_t now_ms = f.now_ms;
    facade_close(&f);
    f.now_ms = now_ms;
    facade_open(&f, folder);
    expect_state("'TimeToLiveStatus':'ENABLED','AttributeName':'ttl'");
    f.now_ms += 5000;
    upkeep();
    expect_there("x", false);
    put_time("y", now_s() + 1);
    facade_call(&f, "DeleteTable", "{'TableName':'tab'}");
    facade_call(&f, "CreateTable", "{" BASE "}");
    expect_state("{'TimeToLiveDescription':{'TimeToLiveStatus':'DISABLED'}}");
    put_time("y", now_s() + 1);
    f.now_ms += 5000;
    upkeep();
    expect_there("y", true);
    facade_close(&f);
    char command[128];
    snprintf(command, sizeof command, "rm -r %s", folder);
    assert_int_equal(system(command), 0);
    facade_open(&f, NULL);
}

/* Not with time to live, but asked in the same breath: what AWS says of a table nobody backs up.
 * API_DescribeContinuousBackups */
static void test_time_to_live__backups_are_described(void **state) {
    (void)state;
    facade_call(&f, "DescribeContinuousBackups", "{'TableName':'tab'}");
    facade_shows(&f, "{'ContinuousBackupsDescription':{'ContinuousBackupsStatus':'ENABLED',"
                     "'PointInTimeRecoveryDescription':{'PointInTimeRecoveryStatus':'DISABLED'}}}");
    facade_refused(&f, "TableNotFoundException", "Table not found: none",
                   "DescribeContinuousBackups", "{'TableName':'none'}");
}

int main(void) {
#define TEST(name)                                                                                 \
    cmocka_unit_test_prestate_setup_teardown(test_time_to_live__##name, facade_setup_tab,          \
                                             facade_teardown_anew, &f)
    const struct CMUnitTest tests[] = {
        TEST(goes_on_and_off),
        TEST(checks_requests),
        TEST(expires_by_the_clock_of_the_options),
        TEST(counts_only_some_values),
        TEST(follows_updates),
        TEST(takes_existing_items_in),
        TEST(is_enabling_while_it_fills),
        TEST(empties_indexes_too),
        TEST(says_so_in_the_change_log),
        TEST(survives_a_restart_and_dies_with_its_table),
        TEST(backups_are_described),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
