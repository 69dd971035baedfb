/* Tests of GetItem: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_GetItem.html
 */
#include "facade_items/facade.h"

#include <stdio.h>

#define GET(more) "{'TableName':'hash','Key':{'pk':{'S':'k'}}" more "}"

static void test_get_item__every_type_comes_back_as_it_went(void **state) {
    facade *f = *state;
    static const char item[] =
        "{'pk':{'S':'k'},'b':{'B':'AAEC'},'bool':{'BOOL':false},'bs':{'BS':['AA==','AQ==']},"
        "'l':{'L':[{'S':''},{'N':'-0.5'},{'L':[]}]},'m':{'M':{'x':{'NULL':true},'y':{'M':{}}}},"
        "'n':{'N':'12345678901234567890123456789012345678'},'ns':{'NS':['-1','0','2']},"
        "'s':{'S':'\\\"\\\\ä\\u0000'},'ss':{'SS':['','a']}}";
    char expected[600];
    facade_does(f, "PutItem", "{'TableName':'hash','Item':%s}", item);
    snprintf(expected, sizeof expected, "{'Item':%s}", item);
    facade_gives(f, expected, "GetItem", GET(""));
    facade_gives(f, expected, "GetItem", GET(",'ConsistentRead':true"));
}

static void test_get_item__what_is_not_there_is_an_empty_answer(void **state) {
    facade *f = *state;
    facade_gives(f, "{}", "GetItem", GET(""));
    facade_fails(f, "ResourceNotFoundException", "Requested resource not found", "GetItem",
                 "{'TableName':'nope','Key':{}}");
}

static void test_get_item__a_projection_gives_what_it_names(void **state) {
    facade *f = *state;
    facade_does(f, "PutItem",
                "{'TableName':'hash','Item':{'pk':{'S':'k'},'a':{'N':'1'},'b':{'N':'2'}}}");
    facade_gives(f, "{'Item':{'a':{'N':'1'}}}", "GetItem", GET(",'ProjectionExpression':'a'"));
    facade_gives(f, "{'Item':{'b':{'N':'2'}}}", "GetItem",
                 GET(",'ProjectionExpression':'#b, zz','ExpressionAttributeNames':{'#b':'b'}"));
    /* An item is there, though nothing of it is. */
    facade_gives(f, "{'Item':{}}", "GetItem", GET(",'ProjectionExpression':'zz'"));
}

static void test_get_item__parameters_are_checked_before_the_table(void **state) {
    facade *f = *state;
    facade_refuses(f,
                   "Can not use both expression and non-expression parameters in the same request: "
                   "Non-expression parameters: {AttributesToGet} Expression parameters: "
                   "{ProjectionExpression}",
                   "GetItem",
                   "{'TableName':'nope','Key':{},'AttributesToGet':['a'],"
                   "'ProjectionExpression':'a'}");
    facade_gives(f, "{}", "GetItem", GET(",'AttributesToGet':['a']"));
    facade_refuses(f, "ExpressionAttributeNames can only be specified when using expressions",
                   "GetItem", GET(",'ExpressionAttributeNames':{'#a':'a'}"));
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, facade_setup, facade_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_get_item__every_type_comes_back_as_it_went),
        TEST(test_get_item__what_is_not_there_is_an_empty_answer),
        TEST(test_get_item__a_projection_gives_what_it_names),
        TEST(test_get_item__parameters_are_checked_before_the_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
