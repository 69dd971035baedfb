/*
 * The words of errors before and after mid-2026 (pt_options.error_style), as measured on the
 * service: which families got the prefix, in which operations. The conformance suite has the same
 * over HTTP.
 */
#include "facade_items/facade.h"

#define PREFIX "1 validation error detected: "

static void open_with(facade *f, pt_error_style style) {
    *f = (facade){.options = {.error_style = style}};
    facade_open(f, NULL);
    facade_does(f, "CreateTable",
                "{'TableName':'hash','BillingMode':'PAY_PER_REQUEST',"
                "'AttributeDefinitions':[{'AttributeName':'pk','AttributeType':'S'}],"
                "'KeySchema':[{'AttributeName':'pk','KeyType':'HASH'}]}");
}

/* Of each family one request, by the operations that tell of it with the prefix. */
static const struct {
    const char *operation;
    const char *body;
    const char *message;
} FAMILIES[] = {
    {"PutItem", "{'TableName':'hash','Item':{'pk':{'S':'a'}},'ConditionExpression':'a ='}",
     "Invalid ConditionExpression: Syntax error; token: \"<EOF>\", near: \"=\""},
    {"PutItem", "{'TableName':'hash','Item':{'pk':{'S':'a'}},'ConditionExpression':''}",
     "Invalid ConditionExpression: The expression can not be empty;"},
    {"PutItem", "{'TableName':'hash','Item':{'pk':{'S':'a'}},'ConditionExpression':'((a = b))'}",
     "Invalid ConditionExpression: The expression has redundant parentheses;"},
    {"PutItem", "{'TableName':'hash','Item':{'pk':{'S':'a'},'s':{'SS':[]}}}",
     "One or more parameter values were invalid: An string set  may not be empty"},
    {"PutItem", "{'TableName':'hash','Item':{'pk':{'S':'a'},'s':{'SS':['x','x']}}}",
     "One or more parameter values were invalid: Input collection [x, x] contains duplicates."},
    {"PutItem", "{'TableName':'hash','Item':{'pk':{'S':'a'},'s':{'NULL':false}}}",
     "One or more parameter values were invalid: Null attribute value types must have the value of "
     "true"},
    {"PutItem", "{'TableName':'hash','Item':{'pk':{'S':'a'}},'ReturnValues':'ALL_NEW'}",
     "ReturnValues can only be ALL_OLD or NONE"},
    {"PutItem",
     "{'TableName':'hash','Item':{'pk':{'S':'a'}},'ConditionExpression':'a = b',"
     "'Expected':{'a':{'Exists':false}}}",
     "Can not use both expression and non-expression parameters in the same request: "
     "Non-expression parameters: {Expected} Expression parameters: {ConditionExpression}"},
    {"DeleteItem",
     "{'TableName':'hash','Key':{'pk':{'S':'a'}},'ConditionExpression':'a = b',"
     "'ExpressionAttributeNames':{'#a':'a'}}",
     "Value provided in ExpressionAttributeNames unused in expressions: keys: {#a}"},
    {"UpdateItem", "{'TableName':'hash','Key':{'pk':{'S':'a'}},'UpdateExpression':'REMOVE a, a.b'}",
     "Invalid UpdateExpression: Two document paths overlap with each other; must remove or rewrite "
     "one of these paths; path one: [a], path two: [a, b]"},
    {"UpdateItem",
     "{'TableName':'hash','Key':{'pk':{'S':'a'}},'UpdateExpression':'REMOVE a',"
     "'ExpressionAttributeValues':{}}",
     "ExpressionAttributeValues must not be empty"},
    {"UpdateItem",
     "{'TableName':'hash','Key':{'pk':{'S':'a'}},'UpdateExpression':'SET a = :v',"
     "'ExpressionAttributeValues':{':v':{'NS':[]}}}",
     "ExpressionAttributeValues contains invalid value: One or more parameter values were invalid: "
     "An number set  may not be empty for key :v"},
    {"BatchGetItem",
     "{'RequestItems':{'hash':{'Keys':[{'pk':{'S':'a'}}],'ProjectionExpression':'a b'}}}",
     "Invalid ProjectionExpression: Syntax error; token: \"b\", near: \"a b\""},
    {"Query",
     "{'TableName':'hash','KeyConditionExpression':'pk = :v','Select':'SPECIFIC_ATTRIBUTES',"
     "'ExpressionAttributeValues':{':v':{'S':'a'}}}",
     "Must specify the AttributesToGet or ProjectionExpression when choosing to get "
     "SPECIFIC_ATTRIBUTES"},
};
enum { FAMILIES_COUNT = sizeof FAMILIES / sizeof FAMILIES[0] };

static void check_families(pt_error_style style, const char *prefix) {
    facade f;
    open_with(&f, (pt_error_style)style);
    for (int i = 0; i < FAMILIES_COUNT; i++) {
        char message[1024];
        snprintf(message, sizeof message, "%s%s", prefix, FAMILIES[i].message);
        facade_refuses(&f, message, FAMILIES[i].operation, "%s", FAMILIES[i].body);
    }
    facade_close(&f);
}

static void test_error_style__families_with_the_prefix(void **state) {
    (void)state;
    check_families(PT_ERRORS_2026_05, "");
    check_families(PT_ERRORS_2026_08, PREFIX);
}

/* A NULL that is none: since then without the placeholder that has it. */
static void test_error_style__null_of_a_placeholder(void **state) {
    (void)state;
    static const char said[] = "One or more parameter values were invalid: Null attribute value "
                               "types must have the value of true";
    for (int style = PT_ERRORS_2026_05; style <= PT_ERRORS_2026_08; style++) {
        char message[512];
        facade f;
        open_with(&f, (pt_error_style)style);
        bool newer = style == PT_ERRORS_2026_08;
        snprintf(message, sizeof message, "%s%s%s",
                 newer ? PREFIX : "ExpressionAttributeValues contains invalid value: ", said,
                 newer ? "" : " for key :v");
        facade_refuses(&f, message, "UpdateItem",
                       "{'TableName':'hash','Key':{'pk':{'S':'a'}},'UpdateExpression':'SET a = :v',"
                       "'ExpressionAttributeValues':{':v':{'NULL':false}}}");
        facade_close(&f);
    }
}

/* What stayed as it was: other operations, and other families of the same ones. */
static void test_error_style__told_as_ever(void **state) {
    (void)state;
    static const char syntax[] = "Syntax error; token: \"<EOF>\", near: \"=\"";
    for (int style = PT_ERRORS_2026_05; style <= PT_ERRORS_2026_08; style++) {
        char message[512];
        facade f;
        open_with(&f, (pt_error_style)style);
        snprintf(message, sizeof message, "Invalid FilterExpression: %s", syntax);
        facade_refuses(&f, message, "Scan", "{'TableName':'hash','FilterExpression':'a ='}");
        snprintf(message, sizeof message, "Invalid ConditionExpression: %s", syntax);
        facade_refuses(&f, message, "TransactWriteItems",
                       "{'TransactItems':[{'Put':{'TableName':'hash','Item':{'pk':{'S':'a'}},"
                       "'ConditionExpression':'a ='}}]}");
        facade_refuses(&f,
                       "Must specify the AttributesToGet or ProjectionExpression when choosing to "
                       "get SPECIFIC_ATTRIBUTES",
                       "Scan", "{'TableName':'hash','Select':'SPECIFIC_ATTRIBUTES'}");
        facade_refuses(&f, "Query condition missed key schema element: pk", "Query",
                       "{'TableName':'hash','KeyConditionExpression':'a = :v','Select':'COUNT',"
                       "'ExpressionAttributeValues':{':v':{'S':'a'}}}");
        facade_refuses(&f,
                       "One or more parameter values were invalid: Type mismatch for key pk "
                       "expected: S actual: N",
                       "PutItem", "{'TableName':'hash','Item':{'pk':{'N':'1'}}}");
        facade_does(&f, "PutItem", "{'TableName':'hash','Item':{'pk':{'S':'a'}}}");
        facade_refuses(
            &f,
            "The provided expression refers to an attribute that does not exist in the "
            "item",
            "UpdateItem",
            "{'TableName':'hash','Key':{'pk':{'S':'a'}},'UpdateExpression':'SET a = b'}");
        facade_close(&f);
    }
}

static void test_error_style__another_is_refused(void **state) {
    (void)state;
    pt_database *database;
    pte_error error;
    pt_options options = {.error_style = (pt_error_style)7};
    EXPECT(PTE_INVALID_ARGUMENT, pt_open(&database, NULL, &options, &error));
    assert_null(database);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_error_style__families_with_the_prefix),
        cmocka_unit_test(test_error_style__null_of_a_placeholder),
        cmocka_unit_test(test_error_style__told_as_ever),
        cmocka_unit_test(test_error_style__another_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
