/*
 * CreateTable without indexes: keys, billing, options, and how the table is described.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html
 * The messages were seen on AWS.
 */
#include "facade_tables/facade.h"

#define INVALID "One or more parameter values were invalid: "
#define KEYS "'TableName':'tab','BillingMode':'PAY_PER_REQUEST','AttributeDefinitions':"

static facade f;

#define REFUSED(message, body)                                                                     \
    facade_refused(&f, "ValidationException", message, "CreateTable", body)

/* API_TableDescription */
static void test_create_table__answers_creating_and_is_active_at_once(void **state) {
    (void)state;
    facade_call(&f, "CreateTable", "{" BASE "}");
    facade_shows(&f, "{'TableDescription':{'AttributeDefinitions':[" S(
                         "a") "],'TableName':'tab',"
                              "'KeySchema':[" HASH("a") "],'TableStatus':'CREATING',"
                                                        "'CreationDateTime':1795425876.608,");
    facade_shows(&f, "'ProvisionedThroughput':{'NumberOfDecreasesToday':0,'ReadCapacityUnits':0,"
                     "'WriteCapacityUnits':0},'TableSizeBytes':0,'ItemCount':0,"
                     "'TableArn':'arn:aws:dynamodb:us-east-1:000000000000:table/tab',");
    facade_shows(&f, "'BillingModeSummary':{'BillingMode':'PAY_PER_REQUEST'},");
    facade_shows(&f, "'DeletionProtectionEnabled':false}}");
    facade_hides(&f, "WarmThroughput");
    facade_hides(&f, "SecondaryIndexes");
    facade_hides(&f, "Stream");
    facade_hides(&f, "SSEDescription");
    facade_hides(&f, "TableClassSummary");
    facade_call(&f, "DescribeTable", "{'TableName':'tab'}");
    facade_shows(&f, "{'Table':{");
    facade_shows(&f, "'TableStatus':'ACTIVE'");
    facade_shows(&f, "'BillingModeSummary':{'BillingMode':'PAY_PER_REQUEST',"
                     "'LastUpdateToPayPerRequestDateTime':1795425876.608}");
    facade_shows(&f, "'WarmThroughput':{'ReadUnitsPerSecond':12000,'WriteUnitsPerSecond':4000,"
                     "'Status':'ACTIVE'}");
}

static void test_create_table__gives_each_table_a_uuid(void **state) {
    (void)state;
    static const char before[] = "\"TableId\":\"";
    char first[37] = "";
    for (int i = 0; i < 2; i++) {
        const char *answer = facade_call(
            &f, "CreateTable",
            "{'TableName':'tab%d','BillingMode':"
            "'PAY_PER_REQUEST','AttributeDefinitions':[" S("a") "],'KeySchema':[" HASH("a") "]}",
            i);
        const char *id = strstr(answer, before);
        assert_non_null(id);
        id += sizeof before - 1;
        assert_int_equal(id[36], '"');
        assert_int_equal(id[14], '4');
        assert_true(id[8] == '-' && id[13] == '-' && id[18] == '-' && id[23] == '-');
        assert_memory_not_equal(first, id, 36);
        memcpy(first, id, 36);
        char member[64];
        snprintf(member, sizeof member, "'TableId':'%.36s'", first);
        facade_call(&f, "DescribeTable", "{'TableName':'tab%d'}", i);
        facade_shows(&f, member);
    }
}

static void test_create_table__refuses_a_name_that_is_taken(void **state) {
    (void)state;
    facade_call(&f, "CreateTable", "{" BASE "}");
    facade_refused(&f, "ResourceInUseException", "Table already exists: tab", "CreateTable",
                   "{" BASE "}");
    facade_call(&f, "DeleteTable", "{'TableName':'tab'}");
    facade_call(&f, "CreateTable", "{" BASE "}");
}

static void test_create_table__checks_key_against_definitions(void **state) {
    (void)state;
    /* Fact: an attribute twice in the key, with one definition. */
    REFUSED("Invalid KeySchema: Some index key attribute have no definition",
            "{" KEYS "[" S("a") "],'KeySchema':[" HASH("a") "," RANGE("a") "]}");
    REFUSED("Invalid KeySchema: Some index key attribute have no definition",
            "{" KEYS "[" S("a") "],'KeySchema':[" HASH("a") "," RANGE("c") "]}");
    REFUSED(INVALID "Some index key attributes are not defined in AttributeDefinitions. Keys: "
                    "[q], AttributeDefinitions: [sk, pk]",
            "{" KEYS "[" S("pk") "," S("sk") "],'KeySchema':[" HASH("q") "]}");
    REFUSED(INVALID "Number of attributes in KeySchema does not exactly match number of "
                    "attributes defined in AttributeDefinitions",
            "{" KEYS "[" S("a") "," S("b") "],'KeySchema':[" HASH("a") "]}");
    REFUSED("Attribute Name is duplicated: a",
            "{" KEYS "[" S("a") "," N("a") "],'KeySchema':[" HASH("a") "]}");
}

static void test_create_table__checks_the_order_of_the_key(void **state) {
    (void)state;
    REFUSED("Both the Hash Key and the Range Key element in the KeySchema have the same name",
            "{" KEYS "[" S("a") "," S("b") "],'KeySchema':[" HASH("a") "," RANGE("a") "]}");
    REFUSED("Invalid KeySchema: The first KeySchemaElement is not a HASH key type",
            "{" KEYS "[" S("a") "," S("b") "],'KeySchema':[" RANGE("a") "," HASH("b") "]}");
    REFUSED("Invalid KeySchema: The first KeySchemaElement is not a HASH key type",
            "{" KEYS "[" S("a") "],'KeySchema':[" RANGE("a") "]}");
    REFUSED("Invalid KeySchema: The second KeySchemaElement is not a RANGE key type",
            "{" KEYS "[" S("a") "," S("b") "],'KeySchema':[" HASH("a") "," HASH("b") "]}");
    facade_call(&f, "CreateTable",
                "{" KEYS "[" S("z") "," N("b") "],'KeySchema':[" HASH("z") "," RANGE("b") "]}");
    /* AttributeDefinitions come back by name. */
    facade_shows(&f, "'AttributeDefinitions':[" N("b") "," S("z") "]");
    facade_shows(&f, "'KeySchema':[" HASH("z") "," RANGE("b") "]");
}

/* API_CreateTable, BillingMode and ProvisionedThroughput */
static void test_create_table__wants_throughput_that_fits_the_billing_mode(void **state) {
    (void)state;
    static const char keys[] =
        "'TableName':'tab','AttributeDefinitions':[" S("a") "],'KeySchema':[" HASH("a") "]";
    static const char both[] = INVALID "ReadCapacityUnits and WriteCapacityUnits must both be "
                                       "specified when BillingMode is PROVISIONED";
    facade_refused(&f, "ValidationException", both, "CreateTable", "{%s}", keys);
    facade_refused(&f, "ValidationException", both, "CreateTable",
                   "{%s,'BillingMode':'PROVISIONED'}", keys);
    REFUSED(INVALID "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when "
                    "BillingMode is PAY_PER_REQUEST",
            "{" BASE ",'ProvisionedThroughput':" UNITS(1, 1) "}");
    facade_refused(&f, "ValidationException",
                   "Given value 1000000000001 for WriteCapacityUnits is out of bounds",
                   "CreateTable", "{%s,'ProvisionedThroughput':" UNITS(1, 1000000000001) "}", keys);
    /* ServiceQuotas.html; the words are DynamoDB Local's. */
    static const char quota[] =
        "Cannot increase provisioned throughput to more than 40,000 units per table";
    facade_refused(&f, "ValidationException", quota, "CreateTable",
                   "{%s,'ProvisionedThroughput':" UNITS(40001, 1) "}", keys);
    facade_refused(&f, "ValidationException", quota, "CreateTable",
                   "{%s,'ProvisionedThroughput':" UNITS(1, 1000000000000) "}", keys);
    facade_call(&f, "CreateTable", "{%s,'ProvisionedThroughput':" UNITS(5, 40000) "}", keys);
    facade_shows(&f, "'ReadCapacityUnits':5,'WriteCapacityUnits':40000}");
    facade_refused(&f, "ValidationException", quota, "UpdateTable",
                   "{'TableName':'tab','ProvisionedThroughput':" UNITS(5, 40001) "}");
    facade_hides(&f, "BillingModeSummary");
    facade_call(&f, "DescribeTable", "{'TableName':'tab'}");
    facade_hides(&f, "BillingModeSummary");
    facade_shows(&f, "'WarmThroughput':{'ReadUnitsPerSecond':5,'WriteUnitsPerSecond':40000,"
                     "'Status':'ACTIVE'}");
}

/* API_OnDemandThroughput, API_WarmThroughput */
static void test_create_table__checks_maxima_and_warm_throughput(void **state) {
    (void)state;
    REFUSED(INVALID "Requested MaxReadRequestUnits for OnDemandThroughput for table is outside of "
                    "valid range",
            "{" BASE ",'OnDemandThroughput':{'MaxReadRequestUnits':0}}");
    REFUSED(INVALID "Requested MaxWriteRequestUnits for OnDemandThroughput for table is outside "
                    "of valid range",
            "{" BASE ",'OnDemandThroughput':{'MaxReadRequestUnits':1,'MaxWriteRequestUnits':-1}}");
    REFUSED(INVALID "Requested ReadUnitsPerSecond for WarmThroughput for table is lower than "
                    "initial throughput for OnDemand. See: https://docs.aws.amazon.com/"
                    "amazondynamodb/latest/developerguide/on-demand-capacity-mode.html"
                    "#on-demand-capacity-mode-initial",
            "{" BASE ",'WarmThroughput':{'ReadUnitsPerSecond':11999}}");
    REFUSED(INVALID "Requested WriteUnitsPerSecond for WarmThroughput for table is lower than "
                    "WriteCapacityUnits of ProvisionedThroughput",
            "{'TableName':'tab','AttributeDefinitions':[" S("a") "],'KeySchema':[" HASH(
                "a") "],"
                     "'ProvisionedThroughput':" UNITS(
                         5, 5) ",'WarmThroughput':{'WriteUnitsPerSecond':4}}");
    REFUSED(INVALID "MaxReadRequestUnits for OnDemandThroughput cannot be specified when the table "
                    "BillingMode is PROVISIONED",
            "{'TableName':'tab','AttributeDefinitions':[" S("a") "],'KeySchema':[" HASH(
                "a") "],"
                     "'ProvisionedThroughput':" UNITS(5, 5) ",'OnDemandThroughput':"
                                                            "{'MaxReadRequestUnits':1}}");
    facade_call(&f, "CreateTable",
                "{" BASE ",'WarmThroughput':{'ReadUnitsPerSecond':12001},"
                "'OnDemandThroughput':{'MaxWriteRequestUnits':1}}");
    facade_shows(&f, "'OnDemandThroughput':{'MaxWriteRequestUnits':1},'WarmThroughput':"
                     "{'ReadUnitsPerSecond':12001,'WriteUnitsPerSecond':4000,'Status':'ACTIVE'}");
}

/* API_StreamSpecification */
static void test_create_table__checks_the_stream(void **state) {
    (void)state;
    REFUSED(INVALID "Table is being created with a stream enabled, UpdateViewType is required",
            "{" BASE ",'StreamSpecification':{'StreamEnabled':true}}");
    REFUSED(INVALID "Table is being created with a stream disabled, UpdateViewType should not be "
                    "specified",
            "{" BASE
            ",'StreamSpecification':{'StreamEnabled':false,'StreamViewType':'KEYS_ONLY'}}");
    facade_call(&f, "CreateTable",
                "{" BASE ",'StreamSpecification':{'StreamEnabled':true,"
                "'StreamViewType':'NEW_AND_OLD_IMAGES'}}");
    facade_shows(&f, "'StreamSpecification':{'StreamEnabled':true,"
                     "'StreamViewType':'NEW_AND_OLD_IMAGES'},"
                     "'LatestStreamLabel':'2026-11-23T09:24:36.608',"
                     "'LatestStreamArn':'arn:aws:dynamodb:us-east-1:000000000000:table/tab/stream/"
                     "2026-11-23T09:24:36.608'");
    pte_read *read;
    const pte_table_info *info;
    pte_error error;
    OK(pte_read_begin(&read, pt_database_env(f.database), &error));
    OK(pte_table_describe(&info, read, pte_str("us-east-1/tab"), &error));
    assert_int_equal(info->spec.changes, PTE_CHANGES_NEW_AND_OLD_IMAGES);
    pte_read_end(read);
}

/* API_SSESpecification, API_CreateTable */
static void test_create_table__keeps_encryption_class_and_protection(void **state) {
    (void)state;
    REFUSED(INVALID "SSEType can not be specified if Enabled is false",
            "{" BASE ",'SSESpecification':{'Enabled':false,'SSEType':'KMS'}}");
    REFUSED(INVALID "KMSMasterKeyId can not be specified if Enabled is false",
            "{" BASE ",'SSESpecification':{'KMSMasterKeyId':'k'}}");
    REFUSED(INVALID "SSEType AES256 is not supported",
            "{" BASE ",'SSESpecification':{'Enabled':true,'SSEType':'AES256'}}");
    REFUSED(INVALID "SSEType KMS is required if KMSMasterKeyId is specified",
            "{" BASE ",'SSESpecification':{'Enabled':true,'KMSMasterKeyId':'k'}}");
    REFUSED(INVALID "VectorIndexes is not supported by this local database",
            "{" BASE ",'VectorIndexes':[]}");
    facade_call(&f, "CreateTable",
                "{" BASE ",'SSESpecification':{'Enabled':true,'SSEType':'KMS','KMSMasterKeyId':"
                "'arn:aws:kms:x:1:key/k'},'TableClass':'STANDARD_INFREQUENT_ACCESS',"
                "'DeletionProtectionEnabled':true}");
    facade_shows(&f, "'SSEDescription':{'Status':'ENABLED','SSEType':'KMS',"
                     "'KMSMasterKeyArn':'arn:aws:kms:x:1:key/k'},"
                     "'TableClassSummary':{'TableClass':'STANDARD_INFREQUENT_ACCESS'},"
                     "'DeletionProtectionEnabled':true");
    facade_refused(&f, "ValidationException",
                   "Resource cannot be deleted as it is currently protected against deletion. "
                   "Disable deletion protection first.",
                   "DeleteTable", "{'TableName':'tab'}");
}

static char *repeated(const char *text, int count) {
    size_t len = strlen(text);
    char *all = test_malloc(len * (size_t)count + 1);
    for (int i = 0; i < count; i++) {
        memcpy(all + len * (size_t)i, text, len);
    }
    all[len * (size_t)count] = '\0';
    return all;
}

/* https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Tagging.html */
static void test_create_table__checks_tags_by_characters(void **state) {
    (void)state;
    char *key128 = repeated("\xc3\xa9", 128);
    char *key129 = repeated("\xc3\xa9", 129);
    char *value256 = repeated("v", 256);
    char *value257 = repeated("v", 257);
    char message[512];
    snprintf(message, sizeof message, "The Tag Key provided is invalid, Key: %s", key129);
    facade_refused(&f, "ValidationException", message, "CreateTable",
                   "{" BASE ",'Tags':[{'Key':'%s','Value':''}]}", key129);
    snprintf(message, sizeof message, "The Tag Value provided is invalid, Value: %s", value257);
    facade_refused(&f, "ValidationException", message, "CreateTable",
                   "{" BASE ",'Tags':[{'Key':'k','Value':'%s'}]}", value257);
    REFUSED("The Tag Key provided is invalid, Key: ", "{" BASE ",'Tags':[{'Key':'','Value':''}]}");
    REFUSED("The Tag Key provided is invalid, Key: null", "{" BASE ",'Tags':[{}]}");
    REFUSED("The Tag Value provided is invalid, Value: null", "{" BASE ",'Tags':[{'Key':'k'}]}");
    REFUSED("The Tag Value provided is invalid, Value: a|b",
            "{" BASE ",'Tags':[{'Key':'k','Value':'a|b'}]}");
    REFUSED("Tag Key cannot be prefixed with aws:, Key: aws:k",
            "{" BASE ",'Tags':[{'Key':'aws:k','Value':''}]}");
    REFUSED("Duplicate Tag Keys provided as input: Duplicate Tag Key found k",
            "{" BASE ",'Tags':[{'Key':'k','Value':'1'},{'Key':'k','Value':'2'}]}");
    facade_call(&f, "CreateTable", "{" BASE ",'Tags':[{'Key':'%s','Value':'%s'}]}", key128,
                value256);
    facade_hides(&f, "Tag");
    test_free(key128);
    test_free(key129);
    test_free(value256);
    test_free(value257);
}

static void test_create_table__takes_fifty_tags(void **state) {
    (void)state;
    char tags[4096] = "";
    for (int i = 0; i < 50; i++) {
        size_t len = strlen(tags);
        snprintf(tags + len, sizeof tags - len, ",{'Key':'k%d','Value':''}", i);
    }
    facade_refused(&f, "ValidationException",
                   "Number of Tags exceed the current limit for the provided ResourceArn",
                   "CreateTable", "{" BASE ",'Tags':[{'Key':'k','Value':''}%s]}", tags);
    facade_call(&f, "CreateTable", "{" BASE ",'Tags':[%s]}", tags + 1);
}

int main(void) {
#define TEST(name)                                                                                 \
    cmocka_unit_test_prestate_setup_teardown(test_create_table__##name, facade_setup_anew,         \
                                             facade_teardown_anew, &f)
    const struct CMUnitTest tests[] = {
        TEST(answers_creating_and_is_active_at_once),
        TEST(gives_each_table_a_uuid),
        TEST(refuses_a_name_that_is_taken),
        TEST(checks_key_against_definitions),
        TEST(checks_the_order_of_the_key),
        TEST(wants_throughput_that_fits_the_billing_mode),
        TEST(checks_maxima_and_warm_throughput),
        TEST(checks_the_stream),
        TEST(keeps_encryption_class_and_protection),
        TEST(checks_tags_by_characters),
        TEST(takes_fifty_tags),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
