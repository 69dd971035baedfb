/*
 * The 13 comparison operators: how many values each takes, of which types, and what it means for
 * every type of attribute.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Condition.html
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/LegacyConditionalParameters.Conditions.html
 * The texts are verified against the service by independent suites.
 */
#include "facade_legacy/legacy.h"

#include <stdio.h>
#include <string.h>

enum { OPERATORS = 13, VALUES_MAX = 3 };

/* takes: for each type of TYPE_NAMES whether a value may have it. */
static const struct operator_row {
    const char *name;
    unsigned min;
    unsigned max;
    const char *takes;
} ROWS[OPERATORS] = {
    {"EQ", 1, 1, "++++++++++"},
    {"NE", 1, 1, "++++++++++"},
    {"LE", 1, 1, "+++-------"},
    {"LT", 1, 1, "+++-------"},
    {"GE", 1, 1, "+++-------"},
    {"GT", 1, 1, "+++-------"},
    {"NOT_NULL", 0, 0, ""},
    {"NULL", 0, 0, ""},
    {"CONTAINS", 1, 1, "+++-----++"},
    {"NOT_CONTAINS", 1, 1, "+++-----++"},
    {"BEGINS_WITH", 1, 1, "+-+-------"},
    {"IN", 1, VALUES_MAX, "+++-------"},
    {"BETWEEN", 2, 2, "+++-------"},
};

/* [value, value, ...] */
static const char *list_of(const char *value, unsigned count) {
    static char text[512];
    strcpy(text, "[");
    for (unsigned i = 0; i < count; i++) {
        strcat(text, i == 0 ? "" : ",");
        strcat(text, value);
    }
    return strcat(text, "]");
}

#define SCAN "{'TableName':'hash','ScanFilter':{'a':{'ComparisonOperator':'%s'"
#define QUERY                                                                                      \
    "{'TableName':'hash','KeyConditions':{'pk':{'ComparisonOperator':'EQ',"                        \
    "'AttributeValueList':[{'S':'p'}]}},'QueryFilter':{'a':{'ComparisonOperator':'%s'"
#define EXPECTED                                                                                   \
    "{'TableName':'hash','Key':{'pk':{'S':'p'}},'Expected':{'a':{'ComparisonOperator':'%s'"
#define LIST ",'AttributeValueList':%s}}}"

static void test_legacy_conditions__number_of_values(void **state) {
    facade *f = *state;
    char message[128];
    for (unsigned i = 0; i < OPERATORS; i++) {
        const struct operator_row *row = &ROWS[i];
        snprintf(message, sizeof message,
                 INVALID "Invalid number of argument(s) for the %s ComparisonOperator", row->name);
        for (unsigned count = 0; count <= VALUES_MAX; count++) {
            const char *list = list_of("{'S':'a'}", count);
            if (count >= row->min && count <= row->max) {
                facade_does(f, "Scan", SCAN LIST, row->name, list);
                facade_does(f, "Query", QUERY LIST, row->name, list);
                continue;
            }
            facade_refuses(f, message, "Scan", SCAN LIST, row->name, list);
            facade_refuses(f, message, "Query", QUERY LIST, row->name, list);
            facade_refuses(f, message, "DeleteItem", EXPECTED LIST, row->name, list);
        }
        if (row->min == 0) {
            facade_does(f, "Scan", SCAN "}}}", row->name);
        } else {
            facade_refuses(f, message, "Scan", SCAN "}}}", row->name);
        }
    }
}

static void test_legacy_conditions__types_of_values(void **state) {
    facade *f = *state;
    char message[128];
    for (unsigned i = 0; i < OPERATORS; i++) {
        const struct operator_row *row = &ROWS[i];
        for (unsigned type = 0; type < TYPES && row->min != 0; type++) {
            const char *list = list_of(VALUES[type], row->min);
            snprintf(message, sizeof message,
                     INVALID "ComparisonOperator %s is not valid for %s AttributeValue type",
                     row->name, TYPE_NAMES[type]);
            if (row->takes[type] == '+') {
                facade_does(f, "Scan", SCAN LIST, row->name, list);
                facade_does(f, "Query", QUERY LIST, row->name, list);
            } else {
                facade_refuses(f, message, "Scan", SCAN LIST, row->name, list);
                facade_refuses(f, message, "Query", QUERY LIST, row->name, list);
                facade_refuses(f, message, "DeleteItem", EXPECTED LIST, row->name, list);
            }
        }
    }
}

static void test_legacy_conditions__values_together(void **state) {
    facade *f = *state;
    static const struct {
        const char *name;
        const char *list;
        const char *message; /* NULL: none */
    } rows[] = {
        {"IN", "[{'S':'a'},{'N':'1'}]",
         INVALID "AttributeValues inside AttributeValueList must be of same type"},
        {"IN", "[{'S':'a'},{'SS':['a']}]",
         INVALID "ComparisonOperator IN is not valid for SS AttributeValue type"},
        {"IN", "[{'S':'a'},{'S':'a'}]", NULL},
        {"BETWEEN", "[{'S':'a'},{'N':'1'}]",
         INVALID "AttributeValues inside AttributeValueList must be of same type"},
        {"BETWEEN", "[{'S':'b'},{'S':'a'}]",
         "The BETWEEN condition was provided a range where the lower bound is greater than the "
         "upper bound"},
        {"BETWEEN", "[{'N':'10'},{'N':'9'}]",
         "The BETWEEN condition was provided a range where the lower bound is greater than the "
         "upper bound"},
        {"BETWEEN", "[{'N':'9'},{'N':'10'}]", NULL},
        {"BETWEEN", "[{'N':'1'},{'N':'1.0'}]", NULL},
        {"BETWEEN", "[{'B':'/w=='},{'B':'AA=='}]",
         "The BETWEEN condition was provided a range where the lower bound is greater than the "
         "upper bound"},
        {"EQ", "[{'N':'x'},{'N':'1'}]", "The parameter cannot be converted to a numeric value: x"},
        {"EQ", "[{}]",
         "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"},
        {"EQ", "[{'SS':[]}]", INVALID "An string set  may not be empty"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].message == NULL) {
            facade_does(f, "Scan", SCAN LIST, rows[i].name, rows[i].list);
        } else {
            facade_refuses(f, rows[i].message, "Scan", SCAN LIST, rows[i].name, rows[i].list);
        }
    }
}

/* Whether the condition holds for the item whose attribute a is this value ("": missing), asked in
 * each of the three ways; they must agree. */
static bool holds(facade *f, const char *attribute, const char *name, const char *list) {
    facade_does(f, "PutItem", "{'TableName':'hash','Item':{'pk':{'S':'p'}%s%s}}",
                attribute[0] == '\0' ? "" : ",'a':", attribute);
    pt_reply reply = facade_send(f, "Scan", SCAN LIST, name, list);
    assert_int_equal(reply.status, 200);
    bool scanned = facade_number(reply, "Count") == 1;
    reply = facade_send(f, "Query", QUERY LIST, name, list);
    assert_int_equal(reply.status, 200);
    assert_int_equal(scanned, facade_number(reply, "Count") == 1);
    reply = facade_send(f, "DeleteItem", EXPECTED LIST, name, list);
    if (reply.status != 200) {
        assert_non_null(strstr((const char *)reply.body.data, "ConditionalCheckFailedException"));
    }
    assert_int_equal(scanned, reply.status == 200);
    return scanned;
}

/* For an attribute of each type, and a missing one: whether it holds of a value of type S, N, B...
 */
static void test_legacy_conditions__what_they_mean(void **state) {
    facade *f = *state;
    static const struct {
        const char *name;
        const char *list;
        const char *holds; /* for each type of attribute, then for a missing one */
    } rows[] = {
        {"EQ", "[{'S':'abc'}]", "+----------"},
        {"EQ", "[{'N':'5.0'}]", "-+---------"},
        {"EQ", "[{'B':'YWJj'}]", "--+--------"},
        {"EQ", "[{'SS':['x','abc']}]", "---+-------"},
        {"EQ", "[{'NS':['6','5']}]", "----+------"},
        {"EQ", "[{'L':[{'N':'5'},{'S':'abc'}]}]", "------+----"},
        {"EQ", "[{'M':{'a':{'N':'5'}}}]", "-------+---"},
        {"EQ", "[{'BOOL':true}]", "--------+--"},
        {"EQ", "[{'BOOL':false}]", "-----------"},
        {"EQ", "[{'NULL':true}]", "---------+-"},
        {"NE", "[{'S':'abc'}]", "-++++++++++"},
        {"NE", "[{'N':'5'}]", "+-+++++++++"},
        {"NE", "[{'L':[]}]", "+++++++++++"},
        {"LT", "[{'S':'abd'}]", "+----------"},
        {"LT", "[{'N':'5'}]", "-----------"},
        {"LE", "[{'N':'5'}]", "-+---------"},
        {"GE", "[{'B':'YQ=='}]", "--+--------"},
        {"GT", "[{'N':'4'}]", "-+---------"},
        {"GT", "[{'S':''}]", "+----------"},
        {"NOT_NULL", "[]", "++++++++++-"},
        {"NULL", "[]", "----------+"},
        {"CONTAINS", "[{'S':'abc'}]", "+--+--+----"},
        {"CONTAINS", "[{'S':'b'}]", "+----------"},
        {"CONTAINS", "[{'N':'5'}]", "----+-+----"},
        {"CONTAINS", "[{'B':'YWJj'}]", "--+--+-----"},
        {"CONTAINS", "[{'BOOL':true}]", "-----------"},
        {"NOT_CONTAINS", "[{'S':'abc'}]", "-++-++-+++-"},
        {"NOT_CONTAINS", "[{'N':'5'}]", "++++-+-+++-"},
        {"BEGINS_WITH", "[{'S':'ab'}]", "+----------"},
        {"BEGINS_WITH", "[{'S':''}]", "+----------"},
        {"BEGINS_WITH", "[{'B':'YWI='}]", "--+--------"},
        {"IN", "[{'S':'x'},{'S':'abc'}]", "+----------"},
        {"IN", "[{'N':'6'},{'N':'5'}]", "-+---------"},
        {"IN", "[{'N':'6'}]", "-----------"},
        {"BETWEEN", "[{'S':'abc'},{'S':'abc'}]", "+----------"},
        {"BETWEEN", "[{'N':'4'},{'N':'10'}]", "-+---------"},
        {"BETWEEN", "[{'N':'6'},{'N':'10'}]", "-----------"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        for (unsigned type = 0; type <= TYPES; type++) {
            const char *attribute = type == TYPES ? "" : VALUES[type];
            bool expected = rows[i].holds[type] == '+';
            if (holds(f, attribute, rows[i].name, rows[i].list) != expected) {
                fail_msg("%s %s of %s: expected %d", rows[i].name, rows[i].list, attribute,
                         expected);
            }
        }
    }
}

static void test_legacy_conditions__conditional_operator(void **state) {
    facade *f = *state;
    static const char without[] = "ConditionalOperator cannot be used without Filter or Expected";
    static const char one[] =
        "ConditionalOperator can only be used when Filter or Expected has two "
        "or more elements";
    facade_refuses(f, without, "Scan", "{'TableName':'hash','ConditionalOperator':'OR'}");
    facade_refuses(f, without, "Scan",
                   "{'TableName':'hash','ConditionalOperator':'AND','ScanFilter':{}}");
    facade_refuses(f, without, "PutItem",
                   "{'TableName':'hash','Item':{'pk':{'S':'p'}},'ConditionalOperator':'AND'}");
    facade_refuses(f, without, "UpdateItem",
                   "{'TableName':'hash','Key':{'pk':{'S':'p'}},'ConditionalOperator':'AND'}");
    /* verified: before the missing KeyConditions are told */
    facade_refuses(f, without, "Query", "{'TableName':'hash','ConditionalOperator':'AND'}");
    facade_refuses(f, one, "Scan",
                   "{'TableName':'hash','ConditionalOperator':'AND',"
                   "'ScanFilter':{'a':{'ComparisonOperator':'NULL'}}}");
    facade_refuses(f, one, "DeleteItem",
                   "{'TableName':'hash','Key':{'pk':{'S':'p'}},'ConditionalOperator':'OR',"
                   "'Expected':{'a':{'Exists':false}}}");
    facade_does(f, "PutItem", "{'TableName':'hash','Item':{'pk':{'S':'p'},'a':{'N':'1'}}}");
    static const struct {
        const char *first;
        const char *second;
        const char *word;
        unsigned count;
    } rows[] = {
        {"NOT_NULL", "NULL", ",'ConditionalOperator':'OR'", 1},
        {"NULL", "NULL", ",'ConditionalOperator':'OR'", 1},
        {"NULL", "NOT_NULL", ",'ConditionalOperator':'OR'", 0},
        {"NOT_NULL", "NOT_NULL", ",'ConditionalOperator':'AND'", 0},
        {"NOT_NULL", "NULL", ",'ConditionalOperator':'AND'", 1},
        {"NOT_NULL", "NOT_NULL", "", 0}, /* AND is the default */
        {"NULL", "NULL", "", 0},
        {"NOT_NULL", "NULL", "", 1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        pt_reply reply = facade_send(f, "Scan",
                                     "{'TableName':'hash','ScanFilter':{'a':{'ComparisonOperator':"
                                     "'%s'},'b':{'ComparisonOperator':'%s'}}%s}",
                                     rows[i].first, rows[i].second, rows[i].word);
        assert_int_equal(reply.status, 200);
        assert_int_equal((int)facade_number(reply, "Count"), rows[i].count);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, facade_setup, facade_teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_legacy_conditions__number_of_values),
        TEST(test_legacy_conditions__types_of_values),
        TEST(test_legacy_conditions__values_together),
        TEST(test_legacy_conditions__what_they_mean),
        TEST(test_legacy_conditions__conditional_operator),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
