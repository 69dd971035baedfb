/*
 * Tests of request/key.h: keys and index keys of items that are put, read and deleted.
 * Rules: API_PutItem, API_GetItem, API_DeleteItem, API_UpdateItem, and for the limits
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html. The texts are
 * the service's, which its documentation does not list.
 */
#include "facade_items/facade.h"

#include <stdio.h>
#include <stdlib.h>

#define INVALID "One or more parameter values were invalid: "
#define MISMATCH "The provided key element does not match the schema"
#define EMPTY(kind, name)                                                                          \
    "One or more parameter values are not valid. The AttributeValue for a key attribute cannot "   \
    "contain an empty " kind " value. Key: " name

static void refuse_put(facade *f, const char *message, const char *item) {
    facade_refuses(f, message, "PutItem", "{'TableName':'tab','Item':%s}", item);
}

static void test_item_keys__an_item_must_have_its_keys(void **state) {
    facade *f = *state;
    refuse_put(f, INVALID "Missing the key pk in the item", "{}");
    refuse_put(f, INVALID "Missing the key pk in the item", "{'sk':{'S':'a'}}");
    refuse_put(f, INVALID "Missing the key sk in the item", "{'pk':{'S':'a'}}");
    refuse_put(f, INVALID "Type mismatch for key pk expected: S actual: N",
               "{'pk':{'N':'1'},'sk':{'S':'a'}}");
    refuse_put(f, INVALID "Type mismatch for key sk expected: S actual: SS",
               "{'pk':{'S':'1'},'sk':{'SS':['a']}}");
    refuse_put(f, INVALID "Type mismatch for key sk expected: S actual: NULL",
               "{'pk':{'S':'1'},'sk':{'NULL':true}}");
    refuse_put(f, EMPTY("string", "pk"), "{'pk':{'S':''},'sk':{'S':'a'}}");
    refuse_put(f, EMPTY("string", "sk"), "{'pk':{'S':'a'},'sk':{'S':''}}");
    facade_refuses(f, EMPTY("binary", "sk"), "PutItem",
                   "{'TableName':'num','Item':{'pk':{'N':'0'},'sk':{'B':''}}}");
}

static const char *const KEYED[] = {"GetItem", "DeleteItem", "UpdateItem"};

static void test_item_keys__a_key_must_match_the_schema(void **state) {
    facade *f = *state;
    static const char *const BAD[] = {
        "{}",
        "{'pk':{'S':'a'}}",
        "{'pk':{'S':'a'},'x':{'S':'a'}}",
        "{'pk':{'S':'a'},'sk':{'S':'a'},'x':{'S':'a'}}",
        "{'pk':{'N':'1'},'sk':{'S':'a'}}",
        "{'pk':{'S':'a'},'sk':{'N':'1'}}",
        "{'pk':{'S':'a'},'sk':{'B':'YQ=='}}",
        "{'pk':{'S':'a'},'sk':{'BOOL':true}}",
        "{'pk':{'S':'a'},'sk':{'NULL':true}}",
        "{'pk':{'S':'a'},'sk':{'SS':['a']}}",
        "{'pk':{'S':'a'},'sk':{'M':{}}}",
        "{'pk':{'S':'a'},'sk':{'L':[]}}",
        "{'pk':{'N':'1'},'sk':{'S':''}}",
    };
    for (size_t i = 0; i < sizeof KEYED / sizeof KEYED[0]; i++) {
        for (size_t j = 0; j < sizeof BAD / sizeof BAD[0]; j++) {
            facade_refuses(f, MISMATCH, KEYED[i], "{'TableName':'tab','Key':%s}", BAD[j]);
        }
        facade_refuses(f, EMPTY("string", "pk"), KEYED[i],
                       "{'TableName':'tab','Key':{'pk':{'S':''},'sk':{'S':'a'}}}");
        facade_refuses(f, EMPTY("string", "sk"), KEYED[i],
                       "{'TableName':'tab','Key':{'pk':{'S':'a'},'sk':{'S':''}}}");
    }
}

#define HASH_SIZE INVALID "Size of hashkey has exceeded the maximum size limit of2048 bytes"
#define RANGE_SIZE                                                                                 \
    INVALID "Aggregated size of all range keys has exceeded the size limit of 1024 bytes"

static void test_item_keys__sizes_count_to_the_byte(void **state) {
    facade *f = *state;
    char *hash = facade_repeat('h', 2049);
    char *range = facade_repeat('r', 1025);
    static const char put[] = "{'TableName':'tab','Item':{'pk':{'S':'%.*s'},'sk':{'S':'%.*s'}}}";
    static const char key[] = "{'TableName':'tab','Key':{'pk':{'S':'%.*s'},'sk':{'S':'%.*s'}}}";
    facade_refuses(f, HASH_SIZE, "PutItem", put, 2049, hash, 1, range);
    facade_refuses(f, RANGE_SIZE, "PutItem", put, 1, hash, 1025, range);
    facade_does(f, "PutItem", put, 2048, hash, 1024, range);
    for (size_t i = 0; i < sizeof KEYED / sizeof KEYED[0]; i++) {
        facade_refuses(f, HASH_SIZE, KEYED[i], key, 2049, hash, 1, range);
        facade_refuses(f, RANGE_SIZE, KEYED[i], key, 1, hash, 1025, range);
        facade_does(f, KEYED[i], key, 2048, hash, 1024, range);
    }
    /* Bytes count, not characters: the euro sign has three. */
    facade_refuses(f, HASH_SIZE, "PutItem", "{'TableName':'hash','Item':{'pk':{'S':'%.*s€'}}}",
                   2046, hash);
    facade_does(f, "PutItem", "{'TableName':'hash','Item':{'pk':{'S':'%.*s€'}}}", 2045, hash);
    free(hash);
    free(range);
}

/* API_PutItem; https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html */
static void test_item_keys__index_keys_of_an_item_are_checked(void **state) {
    facade *f = *state;
    char *text = facade_repeat('x', 2049);
    static const char put[] =
        "{'TableName':'tab','Item':{'pk':{'S':'a'},'sk':{'S':'b'},'%s':{'%s':'%.*s'}}}";
    facade_refuses(f,
                   INVALID "Type mismatch for Index Key ls Expected: S Actual: N IndexName: "
                           "l_all",
                   "PutItem", put, "ls", "N", 1, "1");
    facade_refuses(f,
                   INVALID "Type mismatch for Index Key gs Expected: N Actual: S IndexName: "
                           "g_all",
                   "PutItem", put, "gs", "S", 1, "1");
    facade_refuses(f,
                   "One or more parameter values are not valid. A value specified for a secondary "
                   "index key is not supported. The AttributeValue for a key attribute cannot "
                   "contain an empty string value. IndexName: g_all, IndexKey: gp",
                   "PutItem", put, "gp", "S", 0, "");
    facade_refuses(f, HASH_SIZE, "PutItem", put, "gp", "S", 2049, text);
    facade_does(f, "PutItem", put, "gp", "S", 2048, text);
    facade_refuses(f, RANGE_SIZE, "PutItem", put, "ls", "S", 1025, text);
    facade_does(f, "PutItem", put, "ls", "S", 1024, text);
    free(text);
}

/* Keys of other bytes than letters (here zeros, and one letter in two encodings) find their items
 * again, and only theirs. */
static void test_item_keys__zeros_and_unicode_are_kept_apart(void **state) {
    facade *f = *state;
    static const char *const KEYS[] = {"a",        "a\\u0000",  "a\\u0000\\u0000", "\\u0000a",
                                       "\xc3\xa4", "a\xcc\x88", "\U0001F600",      "\\u0000"};
    size_t count = sizeof KEYS / sizeof KEYS[0];
    for (size_t i = 0; i < count; i++) {
        facade_does(f, "PutItem",
                    "{'TableName':'tab','Item':{'pk':{'S':'%s'},'sk':{'S':'%s'},'n':{'N':'%zu'}}}",
                    KEYS[i], KEYS[count - 1 - i], i);
    }
    for (size_t i = 0; i < count; i++) {
        char expected[64];
        snprintf(expected, sizeof expected, "{'Item':{'n':{'N':'%zu'}}}", i);
        facade_gives(f, expected, "GetItem",
                     "{'TableName':'tab','ProjectionExpression':'n',"
                     "'Key':{'pk':{'S':'%s'},'sk':{'S':'%s'}}}",
                     KEYS[i], KEYS[count - 1 - i]);
    }
}

/* https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
 * Numbers are values, whatever way they are written. */
static void test_item_keys__numbers_are_equal_by_value(void **state) {
    facade *f = *state;
    facade_does(f, "PutItem",
                "{'TableName':'num','Item':{'pk':{'N':'1000'},'sk':{'B':'AAE='},'v':{'S':'x'}}}");
    static const char *const SAME[] = {"1000", "1e3", "1000.00", "+1000", "0001E+3"};
    for (size_t i = 0; i < sizeof SAME / sizeof SAME[0]; i++) {
        facade_gives(f, "{'Item':{'v':{'S':'x'}}}", "GetItem",
                     "{'TableName':'num','Key':{'pk':{'N':'%s'},'sk':{'B':'AAE='}},"
                     "'ProjectionExpression':'v'}",
                     SAME[i]);
    }
    facade_gives(f, "{}", "GetItem",
                 "{'TableName':'num','Key':{'pk':{'N':'-1000'},'sk':{'B':'AAE='}}}");
    facade_refuses(f, NULL, "GetItem",
                   "{'TableName':'num','Key':{'pk':{'N':'x'},'sk':{'B':'AAE='}}}");
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, facade_setup, facade_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_item_keys__an_item_must_have_its_keys),
        TEST(test_item_keys__a_key_must_match_the_schema),
        TEST(test_item_keys__sizes_count_to_the_byte),
        TEST(test_item_keys__index_keys_of_an_item_are_checked),
        TEST(test_item_keys__zeros_and_unicode_are_kept_apart),
        TEST(test_item_keys__numbers_are_equal_by_value),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
