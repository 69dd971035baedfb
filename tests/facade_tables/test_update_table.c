/*
 * UpdateTable.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTable.html
 * The messages were seen on AWS where a comment says no other.
 */
#include "facade_tables/facade.h"

#define INVALID "One or more parameter values were invalid: "
#define ALL "'Projection':{'ProjectionType':'ALL'}"
#define MADE(name, key, rest)                                                                      \
    "{'Create':{'IndexName':'" name "','KeySchema':[" HASH(key) "]," ALL rest "}}"
#define DROPPED(name) "{'Delete':{'IndexName':'" name "'}}"
#define CHANGED(name, r, w)                                                                        \
    "{'Update':{'IndexName':'" name "','ProvisionedThroughput':" UNITS(r, w) "}}"

static facade f;

#define UPDATE(body) facade_call(&f, "UpdateTable", "{'TableName':'tab'," body "}")
#define REFUSED(message, body)                                                                     \
    facade_refused(&f, "ValidationException", message, "UpdateTable",                              \
                   "{'TableName':'tab'," body "}")
#define REFUSED_BY(type, message, body)                                                            \
    facade_refused(&f, type, message, "UpdateTable", "{'TableName':'tab'," body "}")
#define DESCRIBE() facade_call(&f, "DescribeTable", "{'TableName':'tab'}")

static void test_update_table__wants_something_to_change(void **state) {
    (void)state;
    static const char nothing[] =
        "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, "
        "GlobalSecondaryIndexUpdates, SSESpecification, ReplicaUpdates, MultiAccountReplicaReady, "
        "ReplicaTransitRoleArn, MultiRegionConsistency, DeletionProtectionEnabled, "
        "OnDemandThroughput, WarmThroughput or TableClass is required";
    facade_refused(&f, "ValidationException", nothing, "UpdateTable", "{'TableName':'tab'}");
    facade_refused(&f, "ValidationException", nothing, "UpdateTable", "{'TableName':'none'}");
    REFUSED(nothing, "'GlobalSecondaryIndexUpdates':[]");
    REFUSED(nothing, "'AttributeDefinitions':[" S("a") "]");
    REFUSED(INVALID "List of GlobalSecondaryIndexUpdates is empty",
            "'GlobalSecondaryIndexUpdates':[],'DeletionProtectionEnabled':true");
    facade_refused(&f, "ResourceNotFoundException",
                   "Requested resource not found: Table: none not found", "UpdateTable",
                   "{'TableName':'none','BillingMode':'PAY_PER_REQUEST'}");
    /* The wording for what is not there is ours. */
    REFUSED(INVALID "ReplicaUpdates is not supported by this local database",
            "'ReplicaUpdates':[{'Create':{'RegionName':'eu-west-1'}}]");
}

static void test_update_table__refuses_parts_that_do_not_go_together(void **state) {
    (void)state;
#define ONE_INDEX "'GlobalSecondaryIndexUpdates':[" MADE("gsi", "b", "") "]"
    REFUSED(INVALID "Server-Side Encryption modification must be the only operation in the request",
            "'SSESpecification':{'Enabled':true},'DeletionProtectionEnabled':true");
    REFUSED(INVALID "TableClass modification must be the only operation in the request",
            "'TableClass':'STANDARD'," ONE_INDEX);
    REFUSED(INVALID "DeletionProtection modification must be the only operation in the request",
            "'DeletionProtectionEnabled':true," ONE_INDEX);
    REFUSED(INVALID "Create global secondary index cannot be specified when updating "
                    "WarmThroughput",
            "'WarmThroughput':{'ReadUnitsPerSecond':13000}," ONE_INDEX);
    REFUSED(INVALID "WarmThroughput must be the only operation in the request",
            "'WarmThroughput':{'ReadUnitsPerSecond':13000},'BillingMode':'PAY_PER_REQUEST'");
    REFUSED(INVALID "OnDemandThroughput can only be combined with BillingMode in an UpdateTable "
                    "request",
            "'OnDemandThroughput':{'MaxReadRequestUnits':1}," ONE_INDEX);
    REFUSED(
        INVALID "You cannot modify stream status while updating table IOPS",
        "'ProvisionedThroughput':" UNITS(1, 1) ",'StreamSpecification':{'StreamEnabled':false}");
    REFUSED(INVALID "You cannot create or delete index while updating table IOPS",
            "'ProvisionedThroughput':" UNITS(1, 1) "," ONE_INDEX);
    REFUSED(INVALID "You cannot create or delete index while changing stream status",
            "'StreamSpecification':{'StreamEnabled':false}," ONE_INDEX);
}

static void test_update_table__changes_provisioned_throughput(void **state) {
    (void)state;
    UPDATE("'BillingMode':'PROVISIONED','ProvisionedThroughput':" UNITS(5, 5));
    REFUSED("The provisioned throughput for the table will not change. The requested value equals "
            "the current value. Current ReadCapacityUnits provisioned for the table: 5. Requested "
            "ReadCapacityUnits: 5. Current WriteCapacityUnits provisioned for the table: 5. "
            "Requested WriteCapacityUnits: 5. Refer to the Amazon DynamoDB Developer Guide for "
            "current limits and how to request higher limits.",
            "'ProvisionedThroughput':" UNITS(5, 5));
    f.now_ms += 1000;
    UPDATE("'ProvisionedThroughput':" UNITS(6, 5));
    facade_shows(&f, "'TableStatus':'UPDATING'");
    facade_shows(&f, "'ReadCapacityUnits':5,'WriteCapacityUnits':5}");
    DESCRIBE();
    facade_shows(&f, "'TableStatus':'ACTIVE'");
    facade_shows(&f, "'ProvisionedThroughput':{'LastIncreaseDateTime':1795425877.608,"
                     "'NumberOfDecreasesToday':0,'ReadCapacityUnits':6,'WriteCapacityUnits':5}");
    f.now_ms += 1000;
    UPDATE("'ProvisionedThroughput':" UNITS(6, 4));
    DESCRIBE();
    facade_shows(&f, "'ProvisionedThroughput':{'LastIncreaseDateTime':1795425877.608,"
                     "'LastDecreaseDateTime':1795425878.608,"
                     "'NumberOfDecreasesToday':1,'ReadCapacityUnits':6,'WriteCapacityUnits':4}");
    /* On demand it was first, so that much stays warm. */
    facade_shows(&f, "'WarmThroughput':{'ReadUnitsPerSecond':12000,'WriteUnitsPerSecond':4000");
}

/* https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html: four
 * decreases a UTC day, and one for each hour without any. */
static void test_update_table__limits_decreases(void **state) {
    (void)state;
    UPDATE("'BillingMode':'PROVISIONED','ProvisionedThroughput':" UNITS(9, 9));
    for (int units = 8; units >= 5; units--) {
        facade_call(&f, "UpdateTable",
                    "{'TableName':'tab','ProvisionedThroughput':"
                    "{'ReadCapacityUnits':%d,'WriteCapacityUnits':9}}",
                    units);
    }
    f.now_ms += 3600 * 1000 - 1;
    REFUSED_BY("LimitExceededException",
               "Subscriber limit exceeded: Provisioned throughput decreases are limited within a "
               "given UTC day. After the first 4 decreases, each subsequent decrease in the same "
               "UTC day can be performed at most once every 3600 seconds. Number of decreases "
               "today: 4. Last decrease at Monday, November 23, 2026 at 9:24:36 AM Coordinated "
               "Universal Time. Next decrease can be made at Monday, November 23, 2026 at 10:24:36 "
               "AM Coordinated Universal Time",
               "'ProvisionedThroughput':" UNITS(4, 9));
    UPDATE("'ProvisionedThroughput':" UNITS(5, 10)); /* more is not less */
    f.now_ms += 1;
    UPDATE("'ProvisionedThroughput':" UNITS(4, 10));
    DESCRIBE();
    facade_shows(&f, "'NumberOfDecreasesToday':5");
    f.now_ms = 1795478400000; /* midnight */
    DESCRIBE();
    facade_shows(&f, "'NumberOfDecreasesToday':0");
    UPDATE("'ProvisionedThroughput':" UNITS(3, 10));
    UPDATE("'ProvisionedThroughput':" UNITS(2, 10));
    DESCRIBE();
    facade_shows(&f, "'NumberOfDecreasesToday':2");
}

static void test_update_table__switches_billing(void **state) {
    (void)state;
    REFUSED(INVALID "ProvisionedThroughput must be specified when BillingMode is PROVISIONED",
            "'BillingMode':'PROVISIONED'");
    REFUSED(INVALID "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when "
                    "BillingMode is PAY_PER_REQUEST",
            "'ProvisionedThroughput':" UNITS(1, 1));
    REFUSED(INVALID "ProvisionedThroughput cannot be specified when BillingMode is PAY_PER_REQUEST",
            "'BillingMode':'PAY_PER_REQUEST','ProvisionedThroughput':" UNITS(1, 1));
    UPDATE("'OnDemandThroughput':{'MaxReadRequestUnits':7}");
    facade_shows(&f, "'TableStatus':'ACTIVE'");
    facade_shows(&f, "'OnDemandThroughput':{'MaxReadRequestUnits':7}");
    UPDATE("'AttributeDefinitions':[" S("b") "],'GlobalSecondaryIndexUpdates':[" MADE("gsi", "b",
                                                                                      "") "]");
    REFUSED(INVALID "The only Updates for index: gsi when TableThroughputMode is PAY_PER_REQUEST "
                    "can be to OnDemandThroughput, WarmThroughput",
            "'GlobalSecondaryIndexUpdates':[" CHANGED("gsi", 1, 1) "]");
    REFUSED(INVALID "ProvisionedThroughput must be specified for index: gsi",
            "'BillingMode':'PROVISIONED','ProvisionedThroughput':" UNITS(5, 6));
    UPDATE("'BillingMode':'PROVISIONED','ProvisionedThroughput':" UNITS(
        5, 6) ",'GlobalSecondaryIndexUpdates':[" CHANGED("gsi", 7, 8) "]");
    DESCRIBE();
    facade_shows(&f, "'ReadCapacityUnits':5,'WriteCapacityUnits':6}");
    facade_shows(&f, "'ReadCapacityUnits':7,'WriteCapacityUnits':8}");
    facade_shows(&f, "'BillingModeSummary':{'BillingMode':'PROVISIONED',"
                     "'LastUpdateToPayPerRequestDateTime':1795425876.608}");
    facade_hides(&f, "OnDemandThroughput");
    f.now_ms += 5000;
    UPDATE("'BillingMode':'PAY_PER_REQUEST'");
    DESCRIBE();
    facade_shows(&f, "'BillingModeSummary':{'BillingMode':'PAY_PER_REQUEST',"
                     "'LastUpdateToPayPerRequestDateTime':1795425881.608}");
    facade_hides(&f, "'ReadCapacityUnits':7");
    UPDATE("'BillingMode':'PAY_PER_REQUEST'"); /* again: nothing happens */
}

static void test_update_table__changes_streams(void **state) {
    (void)state;
    REFUSED("Table has no stream to disable: TableName: tab",
            "'StreamSpecification':{'StreamEnabled':false}");
    REFUSED(INVALID "If stream is being enabled then UpdateViewType is required",
            "'StreamSpecification':{'StreamEnabled':true}");
    UPDATE("'StreamSpecification':{'StreamEnabled':true,'StreamViewType':'OLD_IMAGE'}");
    facade_shows(&f, "'StreamViewType':'OLD_IMAGE'");
    facade_shows(&f, "'LatestStreamLabel':'2026-11-23T09:24:36.608'");
    REFUSED("Table already has an enabled stream: TableName: tab",
            "'StreamSpecification':{'StreamEnabled':true,'StreamViewType':'NEW_IMAGE'}");
    REFUSED(INVALID "If stream is being disabled, then UpdateViewType must not be specified",
            "'StreamSpecification':{'StreamEnabled':false,'StreamViewType':'OLD_IMAGE'}");
    UPDATE("'StreamSpecification':{'StreamEnabled':false}");
    DESCRIBE();
    facade_hides(&f, "StreamSpecification");
    facade_shows(&f, "'LatestStreamLabel':'2026-11-23T09:24:36.608'");
    /* In the same millisecond, and yet another label. */
    UPDATE("'StreamSpecification':{'StreamEnabled':true,'StreamViewType':'NEW_IMAGE'}");
    facade_shows(&f, "'LatestStreamLabel':'2026-11-23T09:24:36.609'");
}

static void test_update_table__changes_protection_class_and_encryption(void **state) {
    (void)state;
    UPDATE("'DeletionProtectionEnabled':true");
    facade_shows(&f, "'DeletionProtectionEnabled':true");
    facade_refused(&f, "ValidationException",
                   "Resource cannot be deleted as it is currently protected against deletion. "
                   "Disable deletion protection first.",
                   "DeleteTable", "{'TableName':'tab'}");
    UPDATE("'TableClass':'STANDARD_INFREQUENT_ACCESS'");
    DESCRIBE();
    facade_shows(&f, "'TableClassSummary':{'TableClass':'STANDARD_INFREQUENT_ACCESS',"
                     "'LastUpdateDateTime':1795425876.608}");
    REFUSED(INVALID "Table is already encrypted by default",
            "'SSESpecification':{'Enabled':false}");
    UPDATE("'SSESpecification':{'Enabled':true}");
    REFUSED(INVALID "Table is already encrypted with given KMSMasterKeyId. Use KMSMasterKeyId "
                    "parameter if you want to change Master Key",
            "'SSESpecification':{'Enabled':true}");
    DESCRIBE();
    facade_shows(&f, "'SSEDescription':{'Status':'ENABLED','SSEType':'KMS','KMSMasterKeyArn':");
    UPDATE("'SSESpecification':{'Enabled':false}");
    DESCRIBE();
    facade_hides(&f, "SSEDescription");
    UPDATE("'DeletionProtectionEnabled':false");
    facade_call(&f, "DeleteTable", "{'TableName':'tab'}");
}

static void test_update_table__raises_warm_throughput_only(void **state) {
    (void)state;
    REFUSED(INVALID "Requested WriteUnitsPerSecond for WarmThroughput for table is lower than "
                    "current WarmThroughput, decreasing WarmThroughput is not supported",
            "'WarmThroughput':{'WriteUnitsPerSecond':3999}");
    UPDATE("'WarmThroughput':{'WriteUnitsPerSecond':4000}");
    UPDATE("'WarmThroughput':{'WriteUnitsPerSecond':4001}");
    DESCRIBE();
    facade_shows(&f, "'WarmThroughput':{'ReadUnitsPerSecond':12000,'WriteUnitsPerSecond':4001,");
    REFUSED(INVALID "Requested MaxReadRequestUnits for OnDemandThroughput for table is outside of "
                    "valid range",
            "'OnDemandThroughput':{'MaxReadRequestUnits':0}");
    UPDATE("'OnDemandThroughput':{'MaxReadRequestUnits':1,'MaxWriteRequestUnits':2}");
    UPDATE("'OnDemandThroughput':{'MaxReadRequestUnits':-1}"); /* taken off again */
    DESCRIBE();
    facade_shows(&f, "'OnDemandThroughput':{'MaxWriteRequestUnits':2}");
}

static void test_update_table__makes_and_drops_an_index(void **state) {
    (void)state;
#define MAKE(name, key) "'GlobalSecondaryIndexUpdates':[" MADE(name, key, "") "]"
    REFUSED(INVALID "AttributeDefinitions is not specified for index: gsi", MAKE("gsi", "b"));
    REFUSED(INVALID "Some index key attributes are not defined in AttributeDefinitions. Keys: [b], "
                    "AttributeDefinitions: [x]",
            "'AttributeDefinitions':[" S("x") "]," MAKE("gsi", "b"));
    /* Definitions that nothing uses are ignored here. */
    UPDATE("'AttributeDefinitions':[" S("b") "," N("x") "]," MAKE("gsi", "b"));
    facade_shows(&f, "'AttributeDefinitions':[" S("a") "," S("b") "]");
    facade_shows(&f, "'TableStatus':'UPDATING'");
    facade_shows(&f, "'IndexStatus':'CREATING','Backfilling':false");
    DESCRIBE();
    facade_shows(&f, "'IndexStatus':'ACTIVE','ProvisionedThroughput'");
    facade_hides(&f, "Backfilling");
    REFUSED("Attempting to create an index which already exists", MAKE("gsi", "c"));
    /* The wording is ours. */
    REFUSED(INVALID "Attribute b is defined with type S in the table and N in AttributeDefinitions",
            "'AttributeDefinitions':[" N("b") "]," MAKE("gsi2", "b"));
    UPDATE("'GlobalSecondaryIndexUpdates':[" DROPPED("gsi") "]");
    facade_shows(&f, "'IndexStatus':'DELETING'");
    facade_shows(&f, "'AttributeDefinitions':[" S("a") "," S("b") "]");
    DESCRIBE();
    facade_hides(&f, "SecondaryIndexes");
    facade_shows(&f, "'AttributeDefinitions':[" S("a") "],");
    /* Now the attribute may have another type. */
    UPDATE("'AttributeDefinitions':[" N("b") "]," MAKE("gsi2", "b"));
}

static void test_update_table__checks_each_change_of_an_index(void **state) {
    (void)state;
    static const char one_online[] = "Subscriber limit exceeded: Only 1 online index can be "
                                     "created or deleted simultaneously per table";
#define CHANGES(list) "'AttributeDefinitions':[" S("b") "],'GlobalSecondaryIndexUpdates':[" list "]"
    REFUSED(INVALID "One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, "
                    "GlobalSecondaryIndexUpdate.Delete must not be null",
            CHANGES("{}"));
    REFUSED(INVALID "Only one global secondary index action is allowed per "
                    "GlobalSecondaryIndexUpdate object",
            CHANGES("{'Delete':{'IndexName':'gsi'},'Update':{'IndexName':'gsi'}}"));
    REFUSED(INVALID "Only one global secondary index update per index is allowed simultaneously. "
                    "Index: gsi",
            CHANGES(DROPPED("gsi") "," MADE("gsi", "b", "")));
    REFUSED_BY("LimitExceededException", one_online,
               CHANGES(MADE("gs1", "b", "") "," MADE("gs2", "b", "")));
    REFUSED_BY("ResourceNotFoundException", "Requested resource not found: Index gsi for table tab",
               CHANGES(DROPPED("gsi")));
    REFUSED_BY("ResourceNotFoundException", "Requested resource not found: Index gsi for table tab",
               CHANGES(CHANGED("gsi", 1, 1)));
    facade_call(
        &f, "CreateTable",
        "{'TableName':'loc','BillingMode':'PAY_PER_REQUEST','AttributeDefinitions':[" S("a") "," S(
            "b") "],'KeySchema':[" HASH("a") "," RANGE("b") "],"
                                                            "'LocalSecondaryIndexes':[{'IndexName':"
                                                            "'lsi','KeySchema':[" HASH(
                                                                "a") "," RANGE("b") "]," ALL "}]}");
    facade_refused(&f, "ValidationException",
                   "Cannot delete an index that is not a GlobalSecondaryIndex: lsi", "UpdateTable",
                   "{'TableName':'loc','GlobalSecondaryIndexUpdates':[" DROPPED("lsi") "]}");
    facade_refused(&f, "ValidationException",
                   "Cannot update an index that is not a GlobalSecondaryIndex: lsi", "UpdateTable",
                   "{'TableName':'loc','GlobalSecondaryIndexUpdates':[" CHANGED("lsi", 1, 1) "]}");
}

static void test_update_table__changes_throughput_of_indexes(void **state) {
    (void)state;
    UPDATE("'BillingMode':'PROVISIONED','ProvisionedThroughput':" UNITS(5, 5));
    REFUSED(INVALID "Both ReadCapacityUnits and WriteCapacityUnits must be specified for index: "
                    "gsi",
            CHANGES(MADE("gsi", "b", "")));
    UPDATE(CHANGES(MADE("gsi", "b", ",'ProvisionedThroughput':" UNITS(3, 4))));
    facade_shows(&f, "'ReadCapacityUnits':3,'WriteCapacityUnits':4}");
    REFUSED("The provisioned throughput for the index gsi will not change. The requested value "
            "equals the current value. Current ReadCapacityUnits provisioned for the index: 3. "
            "Requested ReadCapacityUnits: 3. Current WriteCapacityUnits provisioned for the index: "
            "4. Requested WriteCapacityUnits: 4. Refer to the Amazon DynamoDB Developer Guide for "
            "current limits and how to request higher limits.",
            CHANGES(CHANGED("gsi", 3, 4)));
    UPDATE(CHANGES(CHANGED("gsi", 4, 4)));
    facade_shows(&f, "'TableStatus':'ACTIVE'");
    facade_shows(&f, "'IndexStatus':'UPDATING'");
    facade_shows(&f, "'ReadCapacityUnits':3,'WriteCapacityUnits':4}");
    DESCRIBE();
    facade_shows(&f, "'ReadCapacityUnits':4,'WriteCapacityUnits':4}");
    UPDATE("'BillingMode':'PAY_PER_REQUEST'");
    REFUSED(INVALID "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified for index: "
                    "gs2 when BillingMode is PAY_PER_REQUEST",
            CHANGES(MADE("gs2", "b", ",'ProvisionedThroughput':" UNITS(3, 4))));
}

static void test_update_table__adds_up_to_twenty_global_indexes(void **state) {
    (void)state;
    for (int i = 0; i < 20; i++) {
        facade_call(&f, "UpdateTable",
                    "{'TableName':'tab','AttributeDefinitions':[" S(
                        "b") "],"
                             "'GlobalSecondaryIndexUpdates':[{'Create':{'IndexName':'i%02d','"
                             "KeySchema':[" HASH("b") "]," ALL "}}]}",
                    i);
    }
    REFUSED_BY("LimitExceededException",
               "Subscriber limit exceeded: Number of global secondary indexes exceeds per-table "
               "limit of 20",
               CHANGES(MADE("i20", "b", "")));
}

/* API_Projection: the 100 attributes count what the table has already. */
static void test_update_table__counts_included_attributes(void **state) {
    (void)state;
    for (int i = 0; i < 6; i++) {
        char names[512] = "";
        for (int j = 0; j < 20; j++) {
            size_t len = strlen(names);
            snprintf(names + len, sizeof names - len, "%s'x%d'", j == 0 ? "" : ",", j);
        }
        static const char body[] = "{'TableName':'tab','AttributeDefinitions':[" S(
            "b") "],"
                 "'GlobalSecondaryIndexUpdates':[{'Create':{'IndexName':'i%02d','KeySchema':[" HASH(
                     "b") "],'Projection':{'ProjectionType':'INCLUDE','NonKeyAttributes':[%s]}}}]}";
        if (i < 5) {
            facade_call(&f, "UpdateTable", body, i, names);
        } else {
            facade_refused(&f, "ValidationException",
                           INVALID "The number of NonKeyAttributes over all secondary indexes "
                                   "exceeds the per-table limit of 100",
                           "UpdateTable", body, i, "'x'");
        }
    }
}

int main(void) {
#define TEST(name)                                                                                 \
    cmocka_unit_test_prestate_setup_teardown(test_update_table__##name, facade_setup_tab,          \
                                             facade_teardown_anew, &f)
    const struct CMUnitTest tests[] = {
        TEST(wants_something_to_change),
        TEST(refuses_parts_that_do_not_go_together),
        TEST(changes_provisioned_throughput),
        TEST(limits_decreases),
        TEST(switches_billing),
        TEST(changes_streams),
        TEST(changes_protection_class_and_encryption),
        TEST(raises_warm_throughput_only),
        TEST(makes_and_drops_an_index),
        TEST(checks_each_change_of_an_index),
        TEST(changes_throughput_of_indexes),
        TEST(adds_up_to_twenty_global_indexes),
        TEST(counts_included_attributes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
