/*
 * PutResourcePolicy, GetResourcePolicy, DeleteResourcePolicy: revisions, ARNs, streams, restarts.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PutResourcePolicy.html; texts
 * as measured on AWS in October 2026, those of revisions also as in moto's tests of the service.
 */
#include "facade_tables/facade.h"

static facade f;

#define ARN "arn:aws:dynamodb:us-east-1:000000000000:table/tab"
#define NOT_FOUND "Resource-based policy not found for the provided ResourceArn: "
#define ROOT "arn:aws:iam::123456789012:root"

/* A document for a request's string, with " for its own quotes. */
#define DOCUMENT(action)                                                                           \
    "{\\'Version\\':\\'2012-10-17\\',\\'Statement\\':[{\\'Effect\\':\\'Allow\\',\\'Principal\\':{" \
    "\\'AWS\\':\\'" ROOT "\\'},\\'Action\\':\\'dynamodb:" action "\\',\\'Resource\\':\\'" ARN      \
    "\\'}]}"
/* The same with other spaces, order and forms. */
#define ANOTHER_FORM                                                                               \
    " { \\'Statement\\' : {\\'Resource\\':[\\'" ARN "\\'], \\'Action\\':[\\'dynamodb:GetItem\\']," \
    "\\n\\'Principal\\':{\\'AWS\\':[\\'123456789012\\',\\'" ROOT                                   \
    "\\']},\\'Effect\\':\\'allow\\'},"                                                             \
    "\\'Version\\':\\'2012-10-17\\' }"

/* The answer's RevisionId; "" if it has none. Good until the next of its calls but one. */
static const char *revision(void) {
    static char texts[2][32];
    static int which;
    which = 1 - which;
    texts[which][0] = '\0';
    const char *at = strstr(f.answer, "\"RevisionId\":\"");
    if (at != NULL) {
        (void)sscanf(at, "\"RevisionId\":\"%31[0-9]\"", texts[which]);
    }
    return texts[which];
}

#define PUT(document) "{'ResourceArn':'" ARN "','Policy':'" document "'}"
#define PUT_EXPECTING(document, id)                                                                \
    "{'ResourceArn':'" ARN "','Policy':'" document "','ExpectedRevisionId':'" id "'}"
static const char OF_TABLE[] = "{'ResourceArn':'" ARN "'}";

static void test_policies__are_put_shown_and_deleted(void **state) {
    (void)state;
    facade_refused(&f, "PolicyNotFoundException", NOT_FOUND ARN, "GetResourcePolicy", OF_TABLE);
    facade_call(&f, "PutResourcePolicy", PUT(DOCUMENT("GetItem")));
    char first[32];
    snprintf(first, sizeof first, "%s", revision());
    assert_string_equal(first, "1795425876608"); /* the clock's */
    facade_call(&f, "GetResourcePolicy", OF_TABLE);
    facade_shows(&f, "{'Policy':'" DOCUMENT("GetItem") "','RevisionId':'1795425876608'}");
    f.now_ms += 5;
    /* The same in other words is no change. */
    facade_call(&f, "PutResourcePolicy", PUT(ANOTHER_FORM));
    assert_string_equal(revision(), first);
    facade_call(&f, "PutResourcePolicy", PUT(DOCUMENT("PutItem")));
    assert_string_equal(revision(), "1795425876613");
    facade_call(&f, "PutResourcePolicy", PUT(DOCUMENT("GetItem"))); /* in the same millisecond */
    assert_string_equal(revision(), "1795425876614");
    facade_call(&f, "DeleteResourcePolicy", OF_TABLE);
    assert_string_equal(revision(), "1795425876614"); /* of what was removed */
    facade_refused(&f, "PolicyNotFoundException", NOT_FOUND ARN, "GetResourcePolicy", OF_TABLE);
    facade_call(&f, "DeleteResourcePolicy", OF_TABLE);
    assert_string_equal(revision(), "1795425876615"); /* of the deletion */
    facade_call(&f, "GetItem", "{'TableName':'tab','Key':{'a':{'S':'x'}}}");
}

static void test_policies__of_a_table_without_one(void **state) {
    (void)state;
    facade_call(&f, "DeleteResourcePolicy", OF_TABLE);
    facade_shows(&f, "{}");
    static const char text[] =
        NOT_FOUND "Requested update for policy with revision id 123, but table tab has no "
                  "associated policy.";
    facade_refused(&f, "PolicyNotFoundException", text, "DeleteResourcePolicy",
                   "{'ResourceArn':'" ARN "','ExpectedRevisionId':'123'}");
    facade_refused(&f, "PolicyNotFoundException", text, "PutResourcePolicy",
                   PUT_EXPECTING(DOCUMENT("GetItem"), "123"));
    facade_call(&f, "PutResourcePolicy", PUT_EXPECTING(DOCUMENT("GetItem"), "NO_POLICY"));
}

static void test_policies__expect_revisions(void **state) {
    (void)state;
    facade_call(&f, "PutResourcePolicy", PUT(DOCUMENT("GetItem")));
    facade_refused(&f, "PolicyNotFoundException",
                   NOT_FOUND "Requested policy update expecting none to be present for table tab, "
                             "but a policy exists with revision id 1795425876608.",
                   "PutResourcePolicy", PUT_EXPECTING(DOCUMENT("GetItem"), "NO_POLICY"));
    static const char mismatch[] =
        NOT_FOUND "Requested update for policy with revision id 1, but the policy associated to "
                  "target table tab has revision id 1795425876608.";
    facade_refused(&f, "PolicyNotFoundException", mismatch, "PutResourcePolicy",
                   PUT_EXPECTING(DOCUMENT("PutItem"), "1"));
    facade_refused(&f, "PolicyNotFoundException", mismatch, "DeleteResourcePolicy",
                   "{'ResourceArn':'" ARN "','ExpectedRevisionId':'1'}");
    facade_call(&f, "PutResourcePolicy", PUT_EXPECTING(DOCUMENT("PutItem"), "1795425876608"));
    assert_string_equal(revision(), "1795425876609");
    facade_call(&f, "DeleteResourcePolicy",
                "{'ResourceArn':'" ARN "','ExpectedRevisionId':'1795425876609'}");
    facade_refused(&f, "PolicyNotFoundException",
                   NOT_FOUND "Requested update for policy with revision id 1795425876609, but the "
                             "policy associated to target table tab has revision id 1795425876610.",
                   "DeleteResourcePolicy",
                   "{'ResourceArn':'" ARN "','ExpectedRevisionId':'1795425876609'}");
    facade_refused(&f, "ValidationException",
                   "1 validation error detected: Value '' at 'expectedRevisionId' failed to "
                   "satisfy constraint: Member must have length greater than or equal to 1",
                   "DeleteResourcePolicy", "{'ResourceArn':'" ARN "','ExpectedRevisionId':''}");
}

static void all_refuse(const char *type, const char *message, const char *arn) {
    facade_refused(&f, type, message, "PutResourcePolicy",
                   "{'ResourceArn':'%s','Policy':'" DOCUMENT("GetItem") "'}", arn);
    facade_refused(&f, type, message, "GetResourcePolicy", "{'ResourceArn':'%s'}", arn);
    facade_refused(&f, type, message, "DeleteResourcePolicy", "{'ResourceArn':'%s'}", arn);
}

static void test_policies__want_an_arn(void **state) {
    (void)state;
#define INVALID "One or more parameter values were invalid: "
#define OF(partition, place) "arn:" partition ":dynamodb:" place ":table/tab"
    all_refuse("ValidationException", INVALID "ARNs must start with 'arn:': tab", "tab");
    all_refuse("ResourceNotFoundException", "Requested resource not found: Table: tabx not found",
               ARN "x");
    all_refuse("ValidationException",
               "This action is only supported by accounts that match the resource "
               "owner\xE2\x80\x99s account.",
               OF("aws", "us-east-1:123456789012"));
    all_refuse("ValidationException",
               INVALID "Invalid resource Arn: " OF("aws", "eu-west-1:000000000000"),
               OF("aws", "eu-west-1:000000000000"));
    all_refuse("ValidationException",
               INVALID "Invalid resource Arn: " OF("aws-cn", "us-east-1:000000000000"),
               OF("aws-cn", "us-east-1:000000000000"));
    all_refuse("ValidationException",
               INVALID "Invalid resource arn provided, only table or stream is accepted. Provided "
                       "resource arn: " ARN "/index/gsi",
               ARN "/index/gsi");
    all_refuse("ValidationException",
               INVALID "Provided Arn is not a DynamoDB resource arn: " ARN "/backup/0170",
               ARN "/backup/0170");
    facade_refused(&f, "ResourceNotFoundException",
                   "Requested resource not found: Stream: 2000-01-01T00:00:00.000 not found for "
                   "Table: tab",
                   "GetResourcePolicy", "{'ResourceArn':'" ARN "/stream/2000-01-01T00:00:00.000'}");
    facade_refused(&f, "ValidationException",
                   "1 validation error detected: Value null at 'resourceArn' failed to satisfy "
                   "constraint: Member must not be null",
                   "GetResourcePolicy", "{}");
    facade_refused(&f, "ValidationException",
                   "2 validation errors detected: Value null at 'resourceArn' failed to satisfy "
                   "constraint: Member must not be null; Value null at 'policy' failed to satisfy "
                   "constraint: Member must not be null",
                   "PutResourcePolicy", "{}");
}

/* A stream's policy is one of its own. */
static void test_policies__of_streams(void **state) {
    (void)state;
#define STREAM_ON                                                                                  \
    "{'TableName':'tab','StreamSpecification':{'StreamEnabled':true,'StreamViewType':"             \
    "'KEYS_ONLY'}}"
#define OF_STREAM ARN "/stream/2026-11-23T09:24:36.608"
#define STREAM_DOCUMENT                                                                            \
    "{\\'Version\\':\\'2012-10-17\\',\\'Statement\\':[{\\'Effect\\':\\'Allow\\',\\'Principal\\':{" \
    "\\'AWS\\':\\'" ROOT                                                                           \
    "\\'},\\'Action\\':\\'dynamodb:GetRecords\\',\\'Resource\\':\\'" OF_STREAM "\\'}]}"
    facade_call(&f, "UpdateTable", STREAM_ON);
    facade_refused(&f, "PolicyNotFoundException", NOT_FOUND OF_STREAM, "GetResourcePolicy",
                   "{'ResourceArn':'" OF_STREAM "'}");
    facade_call(&f, "PutResourcePolicy",
                "{'ResourceArn':'" OF_STREAM "','Policy':'" STREAM_DOCUMENT "'}");
    facade_call(&f, "GetResourcePolicy", "{'ResourceArn':'" OF_STREAM "'}");
    facade_shows(&f, "'Policy':'" STREAM_DOCUMENT "'");
    facade_refused(&f, "PolicyNotFoundException", NOT_FOUND ARN, "GetResourcePolicy", OF_TABLE);
    facade_call(&f, "PutResourcePolicy", PUT(DOCUMENT("GetItem")));
    facade_call(&f, "DeleteResourcePolicy", "{'ResourceArn':'" OF_STREAM "'}");
    facade_call(&f, "GetResourcePolicy", OF_TABLE);
    /* The next stream does not inherit it. */
    facade_call(&f, "PutResourcePolicy",
                "{'ResourceArn':'" OF_STREAM "','Policy':'" STREAM_DOCUMENT "'}");
    facade_call(&f, "UpdateTable",
                "{'TableName':'tab','StreamSpecification':{'StreamEnabled':false}}");
    f.now_ms += 1000;
    facade_call(&f, "UpdateTable", STREAM_ON);
    facade_refused(&f, "PolicyNotFoundException", NOT_FOUND ARN "/stream/2026-11-23T09:24:37.608",
                   "GetResourcePolicy", "{'ResourceArn':'" ARN "/stream/2026-11-23T09:24:37.608'}");
}

/* API_CreateTable, ResourcePolicy; its revision is the time of the creation. */
static void test_policies__come_with_new_tables(void **state) {
    (void)state;
    facade_call(&f, "DeleteTable", "{'TableName':'tab'}");
    facade_refused(&f, "ValidationException",
                   "One or more parameter values were invalid: Invalid policy document: Syntax "
                   "error at position (1,3)",
                   "CreateTable", "{" BASE ",'ResourcePolicy':'{}'}");
    facade_refused(&f, "ValidationException",
                   "One or more parameter values were invalid: Invalid policy document: This "
                   "policy contains invalid Json",
                   "CreateTable", "{" BASE ",'ResourcePolicy':''}");
    facade_call(&f, "CreateTable", "{" BASE ",'ResourcePolicy':'" ANOTHER_FORM "'}");
    facade_hides(&f, "olicy");
    facade_call(&f, "DescribeTable", "{'TableName':'tab'}");
    facade_hides(&f, "olicy");
    facade_call(&f, "GetResourcePolicy", OF_TABLE);
    facade_shows(&f, "{'Policy':'" DOCUMENT("GetItem") "','RevisionId':'1795425876608'}");
    facade_call(&f, "DeleteTable", "{'TableName':'tab'}");
    facade_call(&f, "CreateTable", "{" BASE "}");
    facade_refused(&f, "PolicyNotFoundException", NOT_FOUND ARN, "GetResourcePolicy", OF_TABLE);
}

static void test_policies__may_lock_out_if_it_is_confirmed(void **state) {
    (void)state;
#define DENY(action)                                                                               \
    "{\\'Statement\\':{\\'Effect\\':\\'Deny\\',\\'Principal\\':\\'*\\',\\'Action\\':\\'"           \
    "dynamodb:" action "\\',\\'Resource\\':\\'*\\'}}"
    static const char text[] =
        "The new resource policy will not allow you to update the resource policy in the future.";
    facade_refused(&f, "AccessDeniedException", text, "PutResourcePolicy", PUT(DENY("*")));
    facade_refused(&f, "AccessDeniedException", text, "PutResourcePolicy",
                   PUT(DENY("putresourcepolicy")));
    facade_refused(&f, "AccessDeniedException", text, "PutResourcePolicy",
                   "{'ResourceArn':'" ARN
                   "','ConfirmRemoveSelfResourceAccess':false,'Policy':'" DENY("Put*") "'}");
    facade_call(&f, "PutResourcePolicy", PUT(DENY("DeleteResourcePolicy")));
    facade_call(&f, "PutResourcePolicy",
                "{'ResourceArn':'" ARN
                "','ConfirmRemoveSelfResourceAccess':true,'Policy':'" DENY("*") "'}");
    /* It is kept, not enforced. */
    facade_call(&f, "PutResourcePolicy", PUT(DOCUMENT("GetItem")));
}

int main(void) {
#define TEST(name)                                                                                 \
    cmocka_unit_test_prestate_setup_teardown(test_policies__##name, facade_setup_tab,              \
                                             facade_teardown_anew, &f)
    const struct CMUnitTest tests[] = {
        TEST(are_put_shown_and_deleted),
        TEST(of_a_table_without_one),
        TEST(expect_revisions),
        TEST(want_an_arn),
        TEST(of_streams),
        TEST(come_with_new_tables),
        TEST(may_lock_out_if_it_is_confirmed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
