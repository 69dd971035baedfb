/*
 * TagResource, UntagResource, ListTagsOfResource.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Tagging.html; texts and limits
 * as measured on AWS in October 2026, missing members as in dynalite's tests of the service.
 */
#include "facade_tables/facade.h"

static facade f;

#define ARN "arn:aws:dynamodb:us-east-1:000000000000:table/tab"

static int set_up(void **state) {
    (void)facade_setup_anew(state);
    facade_call(&f, "CreateTable", "{" BASE ",'Tags':[{'Key':'first','Value':'1'}]}");
    return 0;
}

static void expect_tags(const char *tags) {
    facade_call(&f, "ListTagsOfResource", "{'ResourceArn':'" ARN "'}");
    char whole[4096];
    snprintf(whole, sizeof whole, "{'Tags':[%s]}", tags);
    facade_shows(&f, whole);
}

#define TAGGED(key, value)                                                                         \
    "{'ResourceArn':'" ARN "','Tags':[{'Key':'" key "','Value':'" value "'}]}"

static void test_tags__are_put_and_removed(void **state) {
    (void)state;
    expect_tags("{'Key':'first','Value':'1'}");
    facade_call(&f, "TagResource",
                "{'ResourceArn':'" ARN "','Tags':[{'Key':'second','Value':''},"
                "{'Key':'first','Value':'new'},{'Key':'First','Value':'other'}]}");
    facade_shows(&f, "{}");
    expect_tags("{'Key':'first','Value':'new'},{'Key':'second','Value':''},"
                "{'Key':'First','Value':'other'}");
    facade_call(&f, "UntagResource", "{'ResourceArn':'" ARN "','TagKeys':['none','first']}");
    expect_tags("{'Key':'second','Value':''},{'Key':'First','Value':'other'}");
    facade_call(&f, "UntagResource", "{'ResourceArn':'" ARN "','TagKeys':['none']}");
    facade_call(&f, "UntagResource", "{'ResourceArn':'" ARN "','TagKeys':['second','First']}");
    expect_tags("");
    facade_call(&f, "UntagResource", "{'ResourceArn':'" ARN "','TagKeys':['none']}");
    facade_call(&f, "TagResource", TAGGED("again", "x"));
    expect_tags("{'Key':'again','Value':'x'}");
    facade_call(&f, "DeleteTable", "{'TableName':'tab'}");
    facade_call(&f, "CreateTable", "{" BASE "}");
    expect_tags("");
}

static void test_tags__stay_through_other_changes(void **state) {
    (void)state;
    facade_call(&f, "UpdateTable", "{'TableName':'tab','DeletionProtectionEnabled':true}");
    facade_call(&f, "UpdateTimeToLive",
                "{'TableName':'tab','TimeToLiveSpecification':{'Enabled':true,"
                "'AttributeName':'x'}}");
    expect_tags("{'Key':'first','Value':'1'}");
    facade_call(&f, "TagResource", TAGGED("k", "v"));
    facade_call(&f, "DescribeTable", "{'TableName':'tab'}");
    facade_shows(&f, "'DeletionProtectionEnabled':true");
}

static void refused(const char *message, const char *key, const char *value) {
    facade_refused(&f, "ValidationException", message, "TagResource", TAGGED("%s", "%s"), key,
                   value);
}

static char *repeat(char *into, const char *character, int count) {
    *into = '\0';
    for (int i = 0; i < count; i++) {
        strcat(into, character);
    }
    return into;
}

/* Characters, not bytes; a letter of another script has two or three here. */
static void test_tags__count_characters(void **state) {
    (void)state;
    char text[2048];
    char message[2200];
    facade_call(&f, "TagResource", TAGGED("%s", "v"), repeat(text, "\xD0\xB6", 128));
    repeat(text, "k", 129);
    snprintf(message, sizeof message, "The Tag Key provided is invalid, Key: %s", text);
    refused(message, text, "v");
    facade_refused(&f, "ValidationException", message, "UntagResource",
                   "{'ResourceArn':'" ARN "','TagKeys':['%s']}", text);
    facade_call(&f, "TagResource", TAGGED("k", "%s"), repeat(text, "\xE8\xA1\xA8", 256));
    repeat(text, "\xE8\xA1\xA8", 257);
    snprintf(message, sizeof message, "The Tag Value provided is invalid, Value: %s", text);
    refused(message, "k", text);
}

static void test_tags__have_letters_digits_and_few_signs(void **state) {
    (void)state;
    static const char *const good[] = {
        " lead",
        "a+b-c=d.e_f:g/h@i",
        "\xD0\xBA\xD0\xBB\xD1\x8E\xD1\x87",
        "caf\xC3\xA9",
        "\xE8\xA1\xA8",
        "a\xC2\xA0z",
        "a\xE3\x80\x80z",
        "sp ace",
        "myaws:foo",
    };
    static const char *const bad[] = {
        "\xF0\x9F\x94\x91",
        "100%",
        "a,b",
        "(x)",
        "a&b",
        "a*b",
        "a;b",
        "a?b",
        "a|b",
        "<a>",
        "~a",
        "bad#char",
        "a\xE2\x80\x94z",
    };
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        facade_call(&f, "TagResource", TAGGED("%s", "%s"), good[i], good[i]);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        char message[128];
        snprintf(message, sizeof message, "The Tag Key provided is invalid, Key: %s", bad[i]);
        refused(message, bad[i], "v");
        snprintf(message, sizeof message, "The Tag Value provided is invalid, Value: %s", bad[i]);
        refused(message, "k", bad[i]);
    }
}

static void test_tags__are_refused(void **state) {
    (void)state;
    refused("The Tag Key provided is invalid, Key: ", "", "v");
    refused("Tag Key cannot be prefixed with aws:, Key: aws:foo", "aws:foo", "v");
    refused("Tag Key cannot be prefixed with aws:, Key: AWS:foo", "AWS:foo", "v");
    static const struct {
        const char *operation;
        const char *members;
        const char *message;
    } cases[] = {
        {"TagResource", "'Tags':[{}]", "The Tag Key provided is invalid, Key: null"},
        {"TagResource", "'Tags':[{'Value':'v'}]", "The Tag Key provided is invalid, Key: null"},
        {"TagResource", "'Tags':[{'Key':'k'}]", "The Tag Value provided is invalid, Value: null"},
        {"TagResource", "'Tags':[]", "Atleast one Tag needs to be provided as Input."},
        {"TagResource", "'Tags':[{'Key':'dup','Value':'1'},{'Key':'dup','Value':'1'}]",
         "Duplicate Tag Keys provided as input: Duplicate Tag Key found dup"},
        {"TagResource", "'Tags':null",
         "1 validation error detected: Value null at 'tags' failed to satisfy constraint: Member "
         "must not be null"},
        {"TagResource", "'Tags':[{'Key':'good','Value':'v'},{'Key':'aws:zzz','Value':'v'}]",
         "Tag Key cannot be prefixed with aws:, Key: aws:zzz"},
        {"UntagResource", "'TagKeys':[]", "Atleast one Tag Key needs to be provided as Input."},
        {"UntagResource", "'TagKeys':['']", "The Tag Key provided is invalid, Key: "},
        {"UntagResource", "'TagKeys':['aws:foo']",
         "Tag Key cannot be prefixed with aws:, Key: aws:foo"},
        {"UntagResource", "'Other':1",
         "1 validation error detected: Value null at 'tagKeys' failed to satisfy constraint: "
         "Member "
         "must not be null"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        facade_refused(&f, "ValidationException", cases[i].message, cases[i].operation,
                       "{'ResourceArn':'" ARN "',%s}", cases[i].members);
    }
    expect_tags("{'Key':'first','Value':'1'}"); /* all or nothing */
}

/* Tags [from, to) as JSON. */
static char *many(int from, int to) {
    static char text[8192];
    size_t len = 0;
    for (int i = from; i < to; i++) {
        len += (size_t)snprintf(text + len, sizeof text - len, "%s{'Key':'k%02d','Value':'v'}",
                                i == from ? "" : ",", i);
    }
    return text;
}

/* The limit holds for what would be there then; all fifty come in one page, without NextToken. */
static void test_tags__are_fifty_at_most(void **state) {
    (void)state;
    static const char too_many[] =
        "Number of Tags exceed the current limit for the provided ResourceArn";
    facade_call(&f, "TagResource", "{'ResourceArn':'" ARN "','Tags':[%s]}", many(0, 49));
    facade_call(&f, "ListTagsOfResource", "{'ResourceArn':'" ARN "'}");
    facade_shows(&f, "'k48'");
    facade_hides(&f, "NextToken");
    refused(too_many, "one more", "v");
    facade_refused(&f, "ValidationException", too_many, "TagResource",
                   "{'ResourceArn':'" ARN "','Tags':[%s]}", many(0, 51));
    facade_call(&f, "TagResource", "{'ResourceArn':'" ARN "','Tags':[%s]}", many(0, 49));
    facade_call(&f, "UntagResource", "{'ResourceArn':'" ARN "','TagKeys':['k00']}");
    facade_call(&f, "TagResource", TAGGED("one more", "v"));
    char keys[1024] = "";
    for (int i = 0; i < 51; i++) {
        snprintf(keys + strlen(keys), sizeof keys - strlen(keys), "%s'k%d'", i == 0 ? "" : ",", i);
    }
    facade_refused(&f, "ValidationException", too_many, "UntagResource",
                   "{'ResourceArn':'" ARN "','TagKeys':[%s]}", keys);
}

static void all_refuse(const char *type, const char *message, const char *arn) {
    facade_refused(&f, type, message, "TagResource",
                   "{'ResourceArn':'%s','Tags':[{'Key':'k','Value':'v'}]}", arn);
    facade_refused(&f, type, message, "UntagResource", "{'ResourceArn':'%s','TagKeys':['k']}", arn);
    facade_refused(&f, type, message, "ListTagsOfResource", "{'ResourceArn':'%s'}", arn);
}

static void test_tags__want_the_arn_of_a_table(void **state) {
    (void)state;
#define INVALID "One or more parameter values were invalid: "
#define OF(place) "arn:aws:dynamodb:" place ":table/tab"
    static const char *const operations[] = {"TagResource", "UntagResource", "ListTagsOfResource"};
    for (size_t i = 0; i < 3; i++) {
        facade_refused(&f, "ValidationException", "Invalid TableArn", operations[i], "{}");
    }
    all_refuse("ValidationException", INVALID "ARNs must start with 'arn:': tab", "tab");
    all_refuse("ValidationException", INVALID "ARNs must start with 'arn:': ", "");
    all_refuse("ValidationException",
               INVALID "Provided Arn is not a DynamoDB resource arn: arn:aws:s3:::bucket",
               "arn:aws:s3:::bucket");
    all_refuse("ValidationException",
               INVALID "Provided Arn is not a DynamoDB resource arn: " ARN "/backup/0170",
               ARN "/backup/0170");
    all_refuse("ValidationException",
               INVALID "Invalid resource arn provided, only table or stream is accepted. Provided "
                       "resource arn: " ARN "/index/gsi",
               ARN "/index/gsi");
    all_refuse(
        "ValidationException",
        "Invalid TableArn: Invalid ResourceArn provided as input " OF("eu-west-1:000000000000"),
        OF("eu-west-1:000000000000"));
    facade_refused(&f, "AccessDeniedException",
                   "User: arn:aws:iam::000000000000:root is not authorized to perform: "
                   "dynamodb:TagResource on resource: " OF("us-east-1:123456789012"),
                   "TagResource",
                   "{'ResourceArn':'" OF("us-east-1:123456789012") "','Tags':[{"
                                                                   "'Key':'k','Value':'v'}]}");
}

/* A well-formed ARN of no table: a listing is denied, a change finds nothing. */
static void test_tags__of_no_table(void **state) {
    (void)state;
    facade_refused(&f, "AccessDeniedException",
                   "User: arn:aws:iam::000000000000:root is not authorized to perform: "
                   "dynamodb:ListTagsOfResource on resource: " ARN "none",
                   "ListTagsOfResource", "{'ResourceArn':'" ARN "none'}");
    facade_refused(&f, "ResourceNotFoundException",
                   "Requested resource not found: ResourceArn: " ARN "none not found",
                   "TagResource", "{'ResourceArn':'" ARN "none','Tags':[{'Key':'k','Value':'v'}]}");
    facade_refused(&f, "ResourceNotFoundException",
                   "Requested resource not found: ResourceArn: " ARN "none not found",
                   "UntagResource", "{'ResourceArn':'" ARN "none','TagKeys':['k']}");
    facade_refused(&f, "ValidationException", "Invalid NextToken: x", "ListTagsOfResource",
                   "{'ResourceArn':'" ARN "','NextToken':'x'}");
}

int main(void) {
#define TEST(name)                                                                                 \
    cmocka_unit_test_prestate_setup_teardown(test_tags__##name, set_up, facade_teardown_anew, &f)
    const struct CMUnitTest tests[] = {
        TEST(are_put_and_removed),
        TEST(stay_through_other_changes),
        TEST(count_characters),
        TEST(have_letters_digits_and_few_signs),
        TEST(are_refused),
        TEST(are_fifty_at_most),
        TEST(want_the_arn_of_a_table),
        TEST(of_no_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
