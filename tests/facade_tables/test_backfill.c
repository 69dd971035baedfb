/*
 * New indexes of tables with items: UpdateTable takes in 10,000 items itself, the rest comes with
 * DescribeTable or with pt_upkeep. Meanwhile the table is as AWS has it while an index is made.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.OnlineOps.html
 * The messages were seen on AWS.
 */
#include "facade_tables/facade.h"

#include <pocketable/engine/builder.h>
#include <pocketable/engine/write.h>

#define ALL "'Projection':{'ProjectionType':'ALL'}"
#define MAKE_INDEX                                                                                 \
    "{'TableName':'tab','AttributeDefinitions':[" N(                                               \
        "n") "],'GlobalSecondaryIndexUpdates':["                                                   \
             "{'Create':{'IndexName':'gsi','KeySchema':[" HASH("n") "]," ALL "}}]}"

enum { BATCH = 1000 };

static facade f;

static void put_items(int count) {
    pte_error error;
    pte_builder *builders[BATCH];
    pte_op ops[BATCH];
    for (int i = 0; i < BATCH; i++) {
        OK(pte_builder_create(&builders[i], NULL, &error));
    }
    for (int done = 0; done < count; done += BATCH) {
        for (int i = 0; i < BATCH; i++) {
            char text[16];
            pte_item item;
            snprintf(text, sizeof text, "%d", done + i);
            pte_builder_reset(builders[i]);
            pte_builder_add_string(builders[i], "a", text);
            pte_builder_add_number(builders[i], "n", text);
            OK(pte_builder_item(&item, builders[i], &error));
            ops[i] = (pte_op){.kind = PTE_PUT, .table = pte_str("us-east-1/tab"), .item = item};
        }
        OK(pte_write_batch(pt_database_env(f.database), ops, BATCH, &error));
    }
    for (int i = 0; i < BATCH; i++) {
        pte_builder_destroy(builders[i]);
    }
}

static void open_with(int count, bool upkeep_elsewhere) {
    f = (facade){.options = {.upkeep_elsewhere = upkeep_elsewhere}};
    facade_open(&f, NULL);
    facade_call(&f, "CreateTable", "{" BASE "}");
    put_items(count);
}

static void describe(void) {
    facade_call(&f, "DescribeTable", "{'TableName':'tab'}");
}

static void expect_active(int count) {
    char entries[64];
    describe();
    snprintf(entries, sizeof entries, "'ItemCount':%d,'IndexArn'", count);
    facade_shows(&f, "'IndexStatus':'ACTIVE'");
    facade_shows(&f, entries);
    facade_hides(&f, "Backfilling");
    facade_call(&f, "Query",
                "{'TableName':'tab','IndexName':'gsi','KeyConditionExpression':"
                "'n = :n','ExpressionAttributeValues':{':n':{'N':'%d'}}}",
                count - 1);
    facade_shows(&f, "'Count':1");
}

static void expect_filling(void) {
    describe();
    facade_shows(&f, "'TableStatus':'ACTIVE'");
    facade_shows(&f, "'IndexStatus':'CREATING','Backfilling':true");
}

static void test_backfill__of_a_small_table_is_done_with_the_answer(void **state) {
    (void)state;
    open_with(10000, false);
    facade_call(&f, "UpdateTable", MAKE_INDEX);
    facade_shows(&f, "'IndexStatus':'CREATING','Backfilling':false");
    expect_active(10000);
}

/* Where somebody does upkeep, others wait for the thread of the request; one step is what it does.
 */
static void test_backfill__begins_with_one_step_where_there_is_upkeep(void **state) {
    (void)state;
    open_with(1000, true);
    facade_call(&f, "UpdateTable", MAKE_INDEX);
    expect_active(1000);
    facade_close(&f);
    open_with(2000, true);
    facade_call(&f, "UpdateTable", MAKE_INDEX);
    expect_filling();
    pte_error error;
    bool more;
    OK(pt_upkeep(&more, f.database, &error));
    expect_active(2000);
}

static void test_backfill__comes_with_each_describe_table(void **state) {
    (void)state;
    open_with(25000, false);
    facade_call(&f, "UpdateTable", MAKE_INDEX);
    facade_shows(&f, "'TableStatus':'UPDATING'");
    expect_filling(); /* 20,000 */
    expect_active(25000);
}

static void test_backfill__comes_with_upkeep(void **state) {
    (void)state;
    pte_error error;
    bool more = true;
    open_with(25000, true);
    for (int i = 0; i < 3; i++) { /* around it in order, with nothing to do */
        static const char *const names[] = {"aaa", "taa", "zzz"};
        facade_call(&f, "CreateTable",
                    "{'TableName':'%s','BillingMode':'PAY_PER_REQUEST','AttributeDefinitions':[" S(
                        "a") "],'KeySchema':[" HASH("a") "]}",
                    names[i]);
    }
    facade_call(&f, "UpdateTable", MAKE_INDEX);
    for (int i = 0; i < 3; i++) {
        expect_filling(); /* describing does nothing for it */
    }
    OK(pt_upkeep(&more, f.database, &error));
    assert_true(more);
    expect_filling();
    int calls = 1;
    for (; more && calls < 20; calls++) {
        OK(pt_upkeep(&more, f.database, &error));
    }
    assert_false(more);
    assert_in_range(calls, 2, 5);
    expect_active(25000);
    OK(pt_upkeep(&more, f.database, &error));
    assert_false(more);
}

static void test_backfill__keeps_other_changes_of_indexes_out(void **state) {
    (void)state;
    static const char one_online[] = "Subscriber limit exceeded: Only 1 online index can be "
                                     "created or deleted simultaneously per table";
    open_with(25000, true);
    facade_call(
        &f, "UpdateTable",
        "{'TableName':'tab','AttributeDefinitions':[" S(
            "x") "],"
                 "'GlobalSecondaryIndexUpdates':[{'Create':{'IndexName':'old','KeySchema':[" HASH(
                     "x") "]," ALL "}}]}");
    pte_error error;
    for (bool more = true; more;) {
        OK(pt_upkeep(&more, f.database, &error));
    }
    facade_call(&f, "UpdateTable", MAKE_INDEX);
    facade_refused(&f, "ResourceInUseException",
                   "Attempt to change a resource which is still in use: Cannot delete table while "
                   "indexes are being created, updated, or deleted.",
                   "DeleteTable", "{'TableName':'tab'}");
    facade_refused(
        &f, "LimitExceededException", one_online, "UpdateTable",
        "{'TableName':'tab','AttributeDefinitions':[" S(
            "y") "],"
                 "'GlobalSecondaryIndexUpdates':[{'Create':{'IndexName':'new','KeySchema':[" HASH(
                     "y") "]," ALL "}}]}");
    facade_refused(&f, "LimitExceededException", one_online, "UpdateTable",
                   "{'TableName':'tab','GlobalSecondaryIndexUpdates':[{'Delete':"
                   "{'IndexName':'old'}}]}");
    facade_refused(&f, "ResourceInUseException",
                   "Attempt to change a resource which is still in use: Index is being created. "
                   "Table: tab Index: gsi",
                   "UpdateTable", MAKE_INDEX);
    facade_refused(&f, "ResourceInUseException",
                   "Attempt to change a resource which is still in use: OnDemandThroughput cannot "
                   "be updated while index creation is in progress for indexes: [gsi]",
                   "UpdateTable",
                   "{'TableName':'tab','OnDemandThroughput':{'MaxReadRequestUnits':1}}");
    facade_call(&f, "UpdateTable", "{'TableName':'tab','DeletionProtectionEnabled':false}");
    /* It may be dropped itself while it is filled. */
    facade_call(&f, "UpdateTable",
                "{'TableName':'tab','GlobalSecondaryIndexUpdates':[{'Delete':"
                "{'IndexName':'gsi'}}]}");
    facade_shows(&f, "'IndexStatus':'DELETING'");
    facade_call(&f, "DeleteTable", "{'TableName':'tab'}");
}

/* Who asks to delete again and again gets there too. */
static void test_backfill__comes_with_each_delete_table(void **state) {
    (void)state;
    open_with(25000, false);
    facade_call(&f, "UpdateTable", MAKE_INDEX);
    facade_refused(&f, "ResourceInUseException",
                   "Attempt to change a resource which is still in use: Cannot delete table while "
                   "indexes are being created, updated, or deleted.",
                   "DeleteTable", "{'TableName':'tab'}");
    facade_call(&f, "DeleteTable", "{'TableName':'tab'}");
    pte_error error;
    pte_env_info info;
    int calls = 0;
    for (bool more = true; more; calls++) {
        OK(pt_upkeep(&more, f.database, &error));
    }
    assert_in_range(calls, 10, 51); /* 50,000 entries, 1,000 a call, some by other writes */
    OK(pte_env_describe(&info, pt_database_env(f.database), &error));
    assert_int_equal(info.retired, 0);
}

int main(void) {
#define TEST(name)                                                                                 \
    cmocka_unit_test_prestate_setup_teardown(test_backfill__##name, NULL, facade_teardown_anew, &f)
    const struct CMUnitTest tests[] = {
        TEST(of_a_small_table_is_done_with_the_answer),
        TEST(begins_with_one_step_where_there_is_upkeep),
        TEST(comes_with_each_describe_table),
        TEST(comes_with_upkeep),
        TEST(keeps_other_changes_of_indexes_out),
        TEST(comes_with_each_delete_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
