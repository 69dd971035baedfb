/*
 * Expected: which members go together, and the writes that it allows.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ExpectedAttributeValue.html
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/LegacyConditionalParameters.Expected.html
 * The texts are verified against the service by independent suites.
 */
#include "facade_legacy/legacy.h"

#include <string.h>

#define DELETE "{'TableName':'hash','Key':{'pk':{'S':'p'}},'Expected':{'a':%s}}"

static void test_legacy_expected__members_that_do_not_go_together(void **state) {
    facade *f = *state;
    static const struct {
        const char *expected;
        const char *message;
    } rows[] = {
        {"{}", INVALID "Value must be provided when Exists is null for Attribute: a"},
        {"{'Exists':true}", INVALID "Value must be provided when Exists is true for Attribute: a"},
        {"{'Exists':false,'Value':{'S':'x'}}",
         INVALID "Value cannot be used when Exists is false for Attribute: a"},
        {"{'AttributeValueList':[]}",
         INVALID "AttributeValueList can only be used with a ComparisonOperator for Attribute: a"},
        {"{'Exists':true,'AttributeValueList':[{'S':'x'}]}",
         INVALID "AttributeValueList can only be used with a ComparisonOperator for Attribute: a"},
        {"{'Value':{'S':'x'},'AttributeValueList':[]}",
         INVALID "Value and AttributeValueList cannot be used together for Attribute: a"},
        {"{'ComparisonOperator':'EQ','Value':{'S':'x'},'AttributeValueList':[{'S':'x'}]}",
         INVALID "Value and AttributeValueList cannot be used together for Attribute: a"},
        {"{'ComparisonOperator':'EQ','Exists':true,'Value':{'S':'x'}}",
         INVALID "Exists and ComparisonOperator cannot be used together for Attribute: a"},
        {"{'ComparisonOperator':'NULL','Exists':false}",
         INVALID "Exists and ComparisonOperator cannot be used together for Attribute: a"},
        {"{'ComparisonOperator':'LT'}",
         INVALID "Value or AttributeValueList must be used with ComparisonOperator: LT for "
                 "Attribute: a"},
        {"{'ComparisonOperator':'NULL','Value':{'S':'x'}}",
         INVALID "Invalid number of argument(s) for the NULL ComparisonOperator"},
        {"{'ComparisonOperator':'BETWEEN','Value':{'S':'x'}}",
         INVALID "Invalid number of argument(s) for the BETWEEN ComparisonOperator"},
        {"{'ComparisonOperator':'LT','Value':{'BOOL':true}}",
         INVALID "ComparisonOperator LT is not valid for BOOL AttributeValue type"},
        {"{'Value':{'N':'x'}}", "The parameter cannot be converted to a numeric value: x"},
        {"{'Value':{}}",
         "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"},
        /* DynamoDB Local; not documented */
        {"null", INVALID "ExpectedAttributeValue must not be null for Attribute: a"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        facade_refuses(f, rows[i].message, "DeleteItem", DELETE, rows[i].expected);
        facade_refuses(f, rows[i].message, "PutItem",
                       "{'TableName':'hash','Item':{'pk':{'S':'p'}},'Expected':{'a':%s}}",
                       rows[i].expected);
        facade_refuses(f, rows[i].message, "UpdateItem", DELETE, rows[i].expected);
    }
    facade_refuses(f, "Empty attribute name", "DeleteItem",
                   "{'TableName':'hash','Key':{'pk':{'S':'p'}},'Expected':{'':{'Exists':false}}}");
}

static void expect_condition(facade *f, const char *expected, bool holds) {
    if (holds) {
        facade_does(f, "UpdateItem", DELETE, expected);
    } else {
        facade_fails(f, "ConditionalCheckFailedException", "The conditional request failed",
                     "UpdateItem", DELETE, expected);
    }
}

/* API_ExpectedAttributeValue, Exists and Value. */
static void test_legacy_expected__exists_and_value(void **state) {
    facade *f = *state;
    for (unsigned there = 0; there < 2; there++) {
        bool has = there == 1;
        facade_does(f, "PutItem", "{'TableName':'hash','Item':{'pk':{'S':'p'}%s}}",
                    has ? ",'a':{'N':'5'}" : "");
        expect_condition(f, "{'Exists':false}", !has);
        expect_condition(f, "{'Exists':'false'}", !has);
        expect_condition(f, "{'Value':{'N':'5'}}", has);
        expect_condition(f, "{'Value':{'N':'5.00'},'Exists':true}", has);
        expect_condition(f, "{'Value':{'N':'6'}}", false);
        expect_condition(f, "{'Value':{'S':'5'}}", false);
        expect_condition(f, "{'ComparisonOperator':'GT','Value':{'N':'4'}}", has);
        expect_condition(f, "{'ComparisonOperator':'NE','Value':{'N':'4'}}", true);
        expect_condition(f, "{'ComparisonOperator':'NULL'}", !has);
        expect_condition(f, "{'ComparisonOperator':'NOT_NULL'}", has);
    }
}

/* On an item that is not there, all attributes are missing. */
static void test_legacy_expected__of_no_item(void **state) {
    facade *f = *state;
    facade_fails(
        f, "ConditionalCheckFailedException", NULL, "PutItem",
        "{'TableName':'hash','Item':{'pk':{'S':'p'}},'Expected':{'a':{'Value':{'N':'1'}}}}");
    facade_fails(f, "ConditionalCheckFailedException", NULL, "PutItem",
                 "{'TableName':'hash','Item':{'pk':{'S':'p'}},'Expected':{'a':"
                 "{'ComparisonOperator':'NOT_CONTAINS','Value':{'N':'1'}}}}");
    facade_does(f, "PutItem",
                "{'TableName':'hash','Item':{'pk':{'S':'p'}},'Expected':{'pk':{'Exists':false}}}");
    facade_fails(f, "ConditionalCheckFailedException", NULL, "PutItem",
                 "{'TableName':'hash','Item':{'pk':{'S':'p'}},'Expected':{'pk':{'Exists':false}}}");
    facade_gives(f, "{'Attributes':{'pk':{'S':'p'}}}", "DeleteItem",
                 "{'TableName':'hash','Key':{'pk':{'S':'p'}},'ReturnValues':'ALL_OLD',"
                 "'Expected':{'pk':{'Value':{'S':'p'}}}}");
    facade_gives(f, "{}", "DeleteItem",
                 "{'TableName':'hash','Key':{'pk':{'S':'p'}},'Expected':{}}");
}

/* API_PutItem: what a failed condition shows and costs does not depend on its kind. */
static void test_legacy_expected__shows_and_costs_as_expressions_do(void **state) {
    facade *f = *state;
    facade_gives(f, "{'ConsumedCapacity':{'TableName':'hash','CapacityUnits':1.0}}", "PutItem",
                 "{'TableName':'hash','Item':{'pk':{'S':'p'},'a':{'N':'1'}},"
                 "'ReturnConsumedCapacity':'TOTAL','Expected':{'a':{'Exists':false}}}");
    pt_reply reply = facade_send(f, "PutItem",
                                 "{'TableName':'hash','Item':{'pk':{'S':'p'}},"
                                 "'ReturnValuesOnConditionCheckFailure':'ALL_OLD',"
                                 "'Expected':{'a':{'Exists':false}}}");
    assert_int_equal(reply.status, 400);
    assert_non_null(strstr((const char *)reply.body.data,
                           "\"Item\":{\"pk\":{\"S\":\"p\"},\"a\":{\"N\":\"1\"}}"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, facade_setup, facade_teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_legacy_expected__members_that_do_not_go_together),
        TEST(test_legacy_expected__exists_and_value),
        TEST(test_legacy_expected__of_no_item),
        TEST(test_legacy_expected__shows_and_costs_as_expressions_do),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
