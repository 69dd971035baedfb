/*
 * CreateTable's secondary indexes: keys, projections, counts, throughput.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html
 * The messages were seen on AWS where a comment says no other.
 */
#include "facade_tables/facade.h"
#include "operation/table_definition.h"

#define INVALID "One or more parameter values were invalid: "
#define TABLE                                                                                      \
    "'TableName':'tab','BillingMode':'PAY_PER_REQUEST','KeySchema':[" HASH("pk") "," RANGE("sk") "]"
#define DEFINED(more) ",'AttributeDefinitions':[" S("pk") "," S("sk") more "]"
#define GLOBAL(name, keys, rest) "{'IndexName':'" name "','KeySchema':[" keys "]," rest "}"
#define ALL "'Projection':{'ProjectionType':'ALL'}"

static facade f;

#define REFUSED(message, body)                                                                     \
    facade_refused(&f, "ValidationException", message, "CreateTable", body)

static void expect_order(const char *expected, const char *given, size_t buckets) {
    pte_bytes names[8];
    char copy[64];
    char found[64] = "";
    size_t count = 0;
    snprintf(copy, sizeof copy, "%s", given);
    for (char *name = strtok(copy, " "); name != NULL; name = strtok(NULL, " ")) {
        names[count++] = pte_str(name);
    }
    pt__java_order(names, count, buckets);
    for (size_t i = 0; i < count; i++) {
        size_t len = strlen(found);
        snprintf(found + len, sizeof found - len, "%s%.*s", i == 0 ? "" : " ", (int)names[i].len,
                 (const char *)names[i].data);
    }
    assert_string_equal(found, expected);
}

/* Three lists of names in messages of AWS. */
static void test_create_indexes__lists_names_as_aws_does(void **state) {
    (void)state;
    expect_order("sk a b pk c", "pk sk a b c", 8);
    expect_order("a sk pk", "pk sk a", 16);
    expect_order("my-string my-int my-hash", "my-hash my-string my-int", 4);
    expect_order("\xc3\xa9 \xf0\x90\x80\x80", "\xf0\x90\x80\x80 \xc3\xa9", 8); /* buckets 1 and 3 */
}

static void test_create_indexes__checks_definitions_before_all_else(void **state) {
    (void)state;
    REFUSED(
        INVALID "Some AttributeDefinitions are not used. AttributeDefinitions: [sk, a, b, pk, "
                "c], keys used: [a, sk, pk]",
        "{" TABLE DEFINED("," S("a") "," S("b") "," S("c")) ",'GlobalSecondaryIndexes':[" GLOBAL(
            "gsi", HASH("a"), "'Projection':{}") "]}");
    REFUSED(INVALID "Some index key attributes are not defined in AttributeDefinitions. Keys: [q], "
                    "AttributeDefinitions: [sk, pk]",
            "{" TABLE DEFINED("") ",'GlobalSecondaryIndexes':[" GLOBAL("gsi", HASH("q"), ALL) "]}");
    REFUSED(INVALID "List of GlobalSecondaryIndexes is empty",
            "{" TABLE DEFINED("") ",'GlobalSecondaryIndexes':[]}");
    REFUSED(INVALID "List of LocalSecondaryIndexes is empty",
            "{" TABLE DEFINED("") ",'LocalSecondaryIndexes':[]}");
}

static void test_create_indexes__checks_local_keys(void **state) {
    (void)state;
    REFUSED(INVALID "Table KeySchema does not have a range key, which is required when specifying "
                    "a LocalSecondaryIndex",
            "{" BASE ",'LocalSecondaryIndexes':[" GLOBAL("lsi", HASH("a"), ALL) "]}");
    REFUSED(INVALID "Index KeySchema does not have a range key for index: lsi",
            "{" TABLE DEFINED("") ",'LocalSecondaryIndexes':[" GLOBAL("lsi", HASH("pk"), ALL) "]}");
    REFUSED(INVALID "Index KeySchema does not have the same leading hash key as table KeySchema "
                    "for index: lsi. index hash key: a, table hash key: pk",
            "{" TABLE DEFINED("," S("a")) ",'LocalSecondaryIndexes':[" GLOBAL(
                "lsi", HASH("a") "," RANGE("sk"), ALL) "]}");
    facade_call(&f, "CreateTable",
                "{" TABLE DEFINED("") ",'LocalSecondaryIndexes':[" GLOBAL(
                    "lsi", HASH("pk") "," RANGE("sk"), ALL) "]}");
    facade_shows(&f,
                 "'LocalSecondaryIndexes':[{'IndexName':'lsi','KeySchema':[" HASH("pk") "," RANGE(
                     "sk") "],'Projection':{'ProjectionType':'ALL'},'IndexSizeBytes':0,"
                           "'ItemCount':0,'IndexArn':"
                           "'arn:aws:dynamodb:us-east-1:000000000000:table/tab/index/lsi'}]");
}

/* https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.DesignPattern.MultiAttributeKeys.html
 */
static void test_create_indexes__takes_four_and_four_attributes(void **state) {
    (void)state;
#define H4 HASH("h1") "," HASH("h2") "," HASH("h3") "," HASH("h4")
#define R4 RANGE("r1") "," RANGE("r2") "," RANGE("r3") "," RANGE("r4")
#define DH4 "," S("h1") "," S("h2") "," S("h3") "," S("h4")
#define DR4 "," N("r1") "," N("r2") "," N("r3") "," N("r4")
    REFUSED(INVALID "The KeySchema exceeds the maximum allowed number of HASH key attributes",
            "{" TABLE DEFINED(DH4) ",'GlobalSecondaryIndexes':[" GLOBAL("gsi", H4 "," HASH("sk"),
                                                                        ALL) "]}");
    REFUSED(INVALID "The KeySchema exceeds the maximum allowed number of RANGE key attributes",
            "{" TABLE DEFINED(DR4) ",'GlobalSecondaryIndexes':[" GLOBAL(
                "gsi", HASH("pk") "," R4 "," RANGE("sk"), ALL) "]}");
    REFUSED(INVALID "All HASH key attributes must precede RANGE key attributes in the KeySchema",
            "{" TABLE DEFINED(DH4) ",'GlobalSecondaryIndexes':[" GLOBAL(
                "gsi", HASH("h1") "," RANGE("h2") "," HASH("h3"), ALL) "]}");
    REFUSED("The KeySchema contains multiple key attributes with the same name",
            "{" TABLE DEFINED(DH4) ",'GlobalSecondaryIndexes':[" GLOBAL(
                "gsi", HASH("h1") "," HASH("h2") "," RANGE("h1"), ALL) "]}");
    REFUSED("Invalid KeySchema: The first KeySchemaElement is not a HASH key type",
            "{" TABLE DEFINED(DH4) ",'GlobalSecondaryIndexes':[" GLOBAL(
                "gsi", RANGE("h1") "," HASH("h2"), ALL) "]}");
    facade_call(&f, "CreateTable",
                "{" TABLE DEFINED(DH4 DR4) ",'GlobalSecondaryIndexes':[" GLOBAL("gsi", H4 "," R4,
                                                                                ALL) "]}");
    facade_shows(&f, "'KeySchema':[" H4 "," R4 "]");
}

/* API_Projection */
static void test_create_indexes__checks_projections(void **state) {
    (void)state;
#define PROJECTED(text)                                                                            \
    "{" TABLE DEFINED("," S("a")) ",'GlobalSecondaryIndexes':[" GLOBAL(                            \
        "gsi", HASH("a"), "'Projection':{" text "}") "]}"
    REFUSED(INVALID "Unknown ProjectionType: null", PROJECTED(""));
    REFUSED(INVALID "ProjectionType is ALL, but NonKeyAttributes is specified",
            PROJECTED("'ProjectionType':'ALL','NonKeyAttributes':['x']"));
    REFUSED(INVALID "ProjectionType is KEYS_ONLY, but NonKeyAttributes is specified",
            PROJECTED("'ProjectionType':'KEYS_ONLY','NonKeyAttributes':['x']"));
    REFUSED(INVALID "ProjectionType is INCLUDE, but NonKeyAttributes is not specified",
            PROJECTED("'ProjectionType':'INCLUDE'"));
    REFUSED(INVALID "Duplicate element in NonKeyAttributes: x",
            PROJECTED("'ProjectionType':'INCLUDE','NonKeyAttributes':['x','y','x']"));
    /* Key attributes may be named too, and all come back sorted. */
    facade_call(&f, "CreateTable",
                PROJECTED("'ProjectionType':'INCLUDE','NonKeyAttributes':['zz','aa','sk']"));
    facade_shows(&f,
                 "'Projection':{'ProjectionType':'INCLUDE','NonKeyAttributes':['aa','sk','zz']}");
}

/* The index of an item whose key attribute is also named in NonKeyAttributes has it once. */
static void test_create_indexes__projects_a_named_key_attribute_once(void **state) {
    (void)state;
    facade_call(&f, "CreateTable",
                PROJECTED("'ProjectionType':'INCLUDE','NonKeyAttributes':['a','pk','x']"));
    facade_call(&f, "PutItem",
                "{'TableName':'tab','Item':{'pk':{'S':'1'},'sk':{'S':'2'},"
                "'a':{'S':'3'},'x':{'S':'4'},'y':{'S':'5'}}}");
    facade_call(&f, "Scan", "{'TableName':'tab','IndexName':'gsi'}");
    facade_shows(&f, "'Count':1,'ScannedCount':1");
    facade_shows(&f, "'a':{'S':'3'}");
    facade_shows(&f, "'x':{'S':'4'}");
    facade_hides(&f, "'y'");
    const char *once = strstr(f.answer, "\"pk\"");
    assert_non_null(once);
    assert_null(strstr(once + 1, "\"pk\""));
}

/* Writes count indexes with names from i00 and so many included attributes each. */
static void write_indexes(char *text, size_t size, int from, int count, int included,
                          const char *keys) {
    size_t len = 0;
    for (int i = from; i < from + count; i++) {
        len += (size_t)snprintf(text + len, size - len,
                                "%s{'IndexName':'i%02d','KeySchema':[%s],'Projection':"
                                "{'ProjectionType':'%s'",
                                i == from ? "" : ",", i, keys, included ? "INCLUDE" : "ALL");
        for (int j = 0; j < included; j++) {
            len += (size_t)snprintf(text + len, size - len, "%s'x%d'%s",
                                    j == 0 ? ",'NonKeyAttributes':[" : ",", j,
                                    j == included - 1 ? "]" : "");
        }
        len += (size_t)snprintf(text + len, size - len, "}}");
    }
}

/* https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html */
static void test_create_indexes__counts_them(void **state) {
    (void)state;
    static char text[65536];
    write_indexes(text, sizeof text, 0, 21, 0, HASH("sk"));
    facade_refused(&f, "ValidationException",
                   INVALID "GlobalSecondaryIndex count exceeds the per-table limit of 20",
                   "CreateTable", "{" TABLE DEFINED("") ",'GlobalSecondaryIndexes':[%s]}", text);
    write_indexes(text, sizeof text, 0, 200, 0, HASH("sk"));
    facade_refused(&f, "ValidationException",
                   INVALID "GlobalSecondaryIndex count exceeds the per-table limit of 20",
                   "CreateTable", "{" TABLE DEFINED("") ",'GlobalSecondaryIndexes':[%s]}", text);
    write_indexes(text, sizeof text, 0, 6, 0, HASH("pk") "," RANGE("sk"));
    facade_refused(&f, "ValidationException",
                   INVALID "Number of LocalSecondaryIndexes exceeds per-table limit of 5",
                   "CreateTable", "{" TABLE DEFINED("") ",'LocalSecondaryIndexes':[%s]}", text);
    static char local[8192];
    write_indexes(text, sizeof text, 0, 20, 0, HASH("sk"));
    write_indexes(local, sizeof local, 20, 5, 0, HASH("pk") "," RANGE("sk"));
    facade_call(&f, "CreateTable",
                "{" TABLE DEFINED("") ",'GlobalSecondaryIndexes':[%s],"
                                      "'LocalSecondaryIndexes':[%s]}",
                text, local);
    facade_shows(&f, "'IndexName':'i19'");
    facade_shows(&f, "'IndexName':'i24'");
}

/* API_Projection: 100 attributes over all indexes. */
static void test_create_indexes__counts_included_attributes_over_all(void **state) {
    (void)state;
    static char text[65536];
    static char one[4096];
    write_indexes(text, sizeof text, 0, 5, 20, HASH("sk"));
    write_indexes(one, sizeof one, 5, 1, 1, HASH("sk"));
    facade_refused(&f, "ValidationException",
                   INVALID "The number of NonKeyAttributes over all secondary indexes exceeds the "
                           "per-table limit of 100",
                   "CreateTable", "{" TABLE DEFINED("") ",'GlobalSecondaryIndexes':[%s,%s]}", text,
                   one);
    facade_call(&f, "CreateTable", "{" TABLE DEFINED("") ",'GlobalSecondaryIndexes':[%s]}", text);
}

static void test_create_indexes__wants_names_once(void **state) {
    (void)state;
    REFUSED(INVALID "Duplicate index name: same",
            "{" TABLE DEFINED("") ",'GlobalSecondaryIndexes':[" GLOBAL(
                "same", HASH("sk"), ALL) "," GLOBAL("same", HASH("pk"), ALL) "]}");
    REFUSED(INVALID "Duplicate index name: same",
            "{" TABLE DEFINED("") ",'GlobalSecondaryIndexes':[" GLOBAL(
                "same", HASH("sk"),
                ALL) "],'LocalSecondaryIndexes':[" GLOBAL("same", HASH("pk") "," RANGE("sk"),
                                                          ALL) "]}");
    /* Like the table it may be named. */
    facade_call(
        &f, "CreateTable",
        "{" TABLE DEFINED("") ",'GlobalSecondaryIndexes':[" GLOBAL("tab", HASH("sk"), ALL) "]}");
}

static void test_create_indexes__wants_throughput_that_fits(void **state) {
    (void)state;
#define PROVISIONED                                                                                \
    "{'TableName':'tab','KeySchema':[" HASH("pk") "," RANGE("sk") "]" DEFINED(                     \
        "") ",'ProvisionedThroughput':" UNITS(1, 1) ",'GlobalSecondaryIndexes':["
    REFUSED(INVALID "ProvisionedThroughput should not be specified for index: gsi when BillingMode "
                    "is PAY_PER_REQUEST",
            "{" TABLE DEFINED("") ",'GlobalSecondaryIndexes':[" GLOBAL(
                "gsi", HASH("sk"), ALL ",'ProvisionedThroughput':" UNITS(1, 1)) "]}");
    REFUSED(INVALID "ProvisionedThroughput is not specified for index: gsi",
            PROVISIONED GLOBAL("gsi", HASH("sk"), ALL) "]}");
    REFUSED(INVALID "Requested MaxReadRequestUnits for OnDemandThroughput for index : gsi is "
                    "outside of valid range",
            "{" TABLE DEFINED("") ",'GlobalSecondaryIndexes':[" GLOBAL(
                "gsi", HASH("sk"), ALL ",'OnDemandThroughput':{'MaxReadRequestUnits':-1}") "]}");
    facade_call(
        &f, "CreateTable",
        PROVISIONED GLOBAL("gsi", HASH("sk"), ALL ",'ProvisionedThroughput':" UNITS(2, 3)) "]}");
    facade_shows(&f, "'IndexStatus':'CREATING','ProvisionedThroughput':{'NumberOfDecreasesToday':0,"
                     "'ReadCapacityUnits':2,'WriteCapacityUnits':3},'IndexSizeBytes':0,"
                     "'ItemCount':0,'IndexArn':"
                     "'arn:aws:dynamodb:us-east-1:000000000000:table/tab/index/gsi'");
    facade_hides(&f, "Backfilling");
    facade_call(&f, "DescribeTable", "{'TableName':'tab'}");
    facade_shows(&f, "'IndexStatus':'ACTIVE','ProvisionedThroughput'");
    facade_shows(&f, "'WarmThroughput':{'ReadUnitsPerSecond':2,'WriteUnitsPerSecond':3,"
                     "'Status':'ACTIVE'}");
}

int main(void) {
#define TEST(name)                                                                                 \
    cmocka_unit_test_prestate_setup_teardown(test_create_indexes__##name, facade_setup_anew,       \
                                             facade_teardown_anew, &f)
    const struct CMUnitTest tests[] = {
        TEST(lists_names_as_aws_does),
        TEST(checks_definitions_before_all_else),
        TEST(checks_local_keys),
        TEST(takes_four_and_four_attributes),
        TEST(checks_projections),
        TEST(projects_a_named_key_attribute_once),
        TEST(counts_them),
        TEST(counts_included_attributes_over_all),
        TEST(wants_names_once),
        TEST(wants_throughput_that_fits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
