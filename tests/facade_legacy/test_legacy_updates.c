/*
 * AttributeUpdates.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_AttributeValueUpdate.html
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/LegacyConditionalParameters.AttributeUpdates.html
 * The texts are verified against the service by independent suites.
 */
#include "facade_legacy/legacy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define UPDATE "{'TableName':'hash','Key':{'pk':{'S':'p'}},'AttributeUpdates':%s"
#define GET "{'TableName':'hash','Key':{'pk':{'S':'p'}}}"

static void test_legacy_updates__which_values_an_action_takes(void **state) {
    facade *f = *state;
    static const struct {
        const char *action;
        const char *takes;
        const char *message; /* and the type's name behind it */
    } rows[] = {
        {"PUT", "++++++++++", ""},
        {"ADD", "-+-++++---", INVALID "ADD action is not supported for the type "},
        {"DELETE", "---+++----", INVALID "DELETE action with value is not supported for the type "},
    };
    char text[160];
    char message[160];
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        for (unsigned type = 0; type < TYPES; type++) {
            snprintf(text, sizeof text, "{'a%u%u':{'Action':'%s','Value':%s}}", (unsigned)i, type,
                     rows[i].action, VALUES[type]);
            snprintf(message, sizeof message, "%s%s", rows[i].message, TYPE_NAMES[type]);
            if (rows[i].takes[type] == '+') {
                facade_does(f, "UpdateItem", UPDATE "}", text);
            } else {
                facade_refuses(f, message, "UpdateItem", UPDATE "}", text);
            }
        }
    }
}

static void test_legacy_updates__refusals(void **state) {
    facade *f = *state;
    static const char only[] =
        INVALID "Only DELETE action is allowed when no attribute value is specified";
    static const struct {
        const char *updates;
        const char *message;
    } rows[] = {
        {"{'a':{}}", only},
        {"{'a':{'Action':'PUT'}}", only},
        {"{'a':{'Action':'ADD'}}", only},
        {"{'a':{'Value':{'N':'x'}}}", "The parameter cannot be converted to a numeric value: x"},
        {"{'a':{'Action':'ADD','Value':{'NS':['1','1.0']}}}",
         "Input collection contains duplicates"},
        {"{'':{'Action':'DELETE'}}", "Empty attribute name"},
        {"{'pk':{'Value':{'S':'q'}}}",
         INVALID "Cannot update attribute pk. This attribute is part of the key"},
        {"{'pk':{'Action':'DELETE'}}",
         INVALID "Cannot update attribute pk. This attribute is part of the key"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        facade_refuses(f, rows[i].message, "UpdateItem", UPDATE "}", rows[i].updates);
    }
    /* Key, then updates, then conditions. */
    facade_refuses(f, "The parameter cannot be converted to a numeric value: k", "UpdateItem",
                   "{'TableName':'hash','Key':{'pk':{'N':'k'}},'AttributeUpdates':{'a':{}}}");
    facade_refuses(f, only, "UpdateItem", UPDATE ",'Expected':{'a':{}}}", "{'a':{}}");
}

/* What the item that has {n: 5, s: {x, y}, l: [1], t: "text"} becomes. */
static void test_legacy_updates__what_they_do(void **state) {
    facade *f = *state;
    static const struct {
        const char *updates;
        const char *old;     /* UPDATED_OLD */
        const char *changed; /* UPDATED_NEW */
        const char *failure; /* or why not */
    } rows[] = {
        {"{'t':{'Value':{'N':'1'}}}", "{'t':{'S':'text'}}", "{'t':{'N':'1'}}", NULL},
        {"{'t':{'Action':'DELETE'}}", "{'t':{'S':'text'}}", "", NULL},
        {"{'q':{'Action':'DELETE'}}", "", "", NULL},
        {"{'q':{'Action':'DELETE','Value':{'SS':['x']}}}", "", "", NULL},
        {"{'n':{'Action':'ADD','Value':{'N':'2.5'}}}", "{'n':{'N':'5'}}", "{'n':{'N':'7.5'}}",
         NULL},
        {"{'q':{'Action':'ADD','Value':{'N':'-2'}}}", "", "{'q':{'N':'-2'}}", NULL},
        {"{'q':{'Action':'ADD','Value':{'SS':['b','a']}}}", "", "{'q':{'SS':['a','b']}}", NULL},
        {"{'s':{'Action':'ADD','Value':{'SS':['z','x']}}}", "{'s':{'SS':['x','y']}}",
         "{'s':{'SS':['x','y','z']}}", NULL},
        {"{'s':{'Action':'DELETE','Value':{'SS':['z','x']}}}", "{'s':{'SS':['x','y']}}",
         "{'s':{'SS':['y']}}", NULL},
        {"{'s':{'Action':'DELETE','Value':{'SS':['y','x']}}}", "{'s':{'SS':['x','y']}}", "", NULL},
        {"{'l':{'Action':'ADD','Value':{'L':[{'N':'1'},{'S':'a'}]}}}", "{'l':{'L':[{'N':'1'}]}}",
         "{'l':{'L':[{'N':'1'},{'N':'1'},{'S':'a'}]}}", NULL},
        {"{'q':{'Action':'ADD','Value':{'L':[{'N':'1'}]}}}", "", "{'q':{'L':[{'N':'1'}]}}", NULL},
        {"{'t':{'Action':'DELETE'},'n':{'Action':'ADD','Value':{'N':'1'}},'q':{'Value':{'L':[]}}}",
         "{'n':{'N':'5'},'t':{'S':'text'}}", "{'n':{'N':'6'},'q':{'L':[]}}", NULL},
        {"{'t':{'Action':'ADD','Value':{'N':'1'}}}", NULL, NULL,
         "Type mismatch for attribute to update"},
        {"{'n':{'Action':'ADD','Value':{'L':[]}}}", NULL, NULL,
         "Type mismatch for attribute to update"},
        {"{'s':{'Action':'ADD','Value':{'NS':['1']}}}", NULL, NULL,
         "Type mismatch for attribute to update"},
        {"{'s':{'Action':'DELETE','Value':{'NS':['1']}}}", NULL, NULL,
         "Type mismatch for attribute to update"},
        {"{'n':{'Action':'DELETE','Value':{'SS':['1']}}}", NULL, NULL,
         "Type mismatch for attribute to update"},
        {"{'n':{'Action':'ADD','Value':{'N':'1e-100'}}}", NULL, NULL,
         "Number overflow. Attempting to store a number with magnitude larger than supported "
         "range"},
    };
    static const char put[] = "{'TableName':'hash','Item':{'pk':{'S':'p'},'n':{'N':'5'},"
                              "'s':{'SS':['x','y']},'l':{'L':[{'N':'1'}]},'t':{'S':'text'}}}";
    char answer[256];
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        for (unsigned new_item = 0; new_item < 2; new_item++) {
            const char *wanted = new_item ? "UPDATED_NEW" : "UPDATED_OLD";
            const char *expected = new_item ? rows[i].changed : rows[i].old;
            facade_does(f, "PutItem", "%s", put);
            if (rows[i].failure != NULL) {
                facade_refuses(f, rows[i].failure, "UpdateItem", UPDATE ",'ReturnValues':'%s'}",
                               rows[i].updates, wanted);
                continue;
            }
            snprintf(answer, sizeof answer, expected[0] != '\0' ? "{'Attributes':%s}" : "{}",
                     expected);
            facade_gives(f, answer, "UpdateItem", UPDATE ",'ReturnValues':'%s'}", rows[i].updates,
                         wanted);
        }
    }
}

/* Verified: an empty update makes the item, one that only removes does not. */
static void test_legacy_updates__of_no_item(void **state) {
    facade *f = *state;
    static const struct {
        const char *updates;
        const char *made; /* NULL: nothing */
    } rows[] = {
        {"{}", "{'Item':{'pk':{'S':'p'}}}"},
        {"{'a':{'Action':'DELETE'}}", NULL},
        {"{'a':{'Action':'DELETE','Value':{'SS':['x']}},'b':{'Action':'DELETE'}}", NULL},
        {"{'a':{'Action':'DELETE'},'b':{'Value':{'N':'1'}}}",
         "{'Item':{'pk':{'S':'p'},'b':{'N':'1'}}}"},
        {"{'a':{'Action':'ADD','Value':{'N':'3'}}}", "{'Item':{'pk':{'S':'p'},'a':{'N':'3'}}}"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        facade_does(f, "DeleteItem", GET);
        facade_does(f, "UpdateItem", UPDATE "}", rows[i].updates);
        facade_gives(f, rows[i].made != NULL ? rows[i].made : "{}", "GetItem", GET);
    }
    facade_does(f, "DeleteItem", GET);
    facade_gives(f, "{'Attributes':{'a':{'N':'3'},'pk':{'S':'p'}}}", "UpdateItem",
                 UPDATE ",'ReturnValues':'ALL_NEW'}", "{'a':{'Action':'ADD','Value':{'N':'3'}}}");
}

static void test_legacy_updates__index_keys(void **state) {
    facade *f = *state;
    static const char update[] = "{'TableName':'tab','Key':{'pk':{'S':'p'},'sk':{'S':'s'}},"
                                 "'AttributeUpdates':{'ls':{'Value':%s}}}";
    facade_refuses(f,
                   INVALID "Type mismatch for Index Key ls Expected: S Actual: N IndexName: l_all",
                   "UpdateItem", update, "{'N':'1'}");
    facade_refuses(f,
                   "One or more parameter values are not valid. A value specified for a secondary "
                   "index key is not supported. The AttributeValue for a key attribute cannot "
                   "contain an empty string value. IndexName: l_all, IndexKey: ls",
                   "UpdateItem", update, "{'S':''}");
    facade_does(f, "UpdateItem", update, "{'S':'x'}");
    facade_gives(f, "{'Count':1,'ScannedCount':1}", "Query",
                 "{'TableName':'tab','IndexName':'l_keys','Select':'COUNT','KeyConditions':"
                 "{'pk':{'ComparisonOperator':'EQ','AttributeValueList':[{'S':'p'}]},"
                 "'ls':{'ComparisonOperator':'BEGINS_WITH','AttributeValueList':[{'S':'x'}]}}}");
}

/* Names are sorted before they become a tree: any number of them is no work. */
static void test_legacy_updates__many_attributes(void **state) {
    facade *f = *state;
    enum { MANY = 10000 };
    char *text = malloc(MANY * 64);
    assert_non_null(text);
    size_t len = (size_t)sprintf(text, "{");
    for (unsigned i = MANY; i > 0; i--) {
        len += (size_t)sprintf(text + len, "%s'a%u':{'Value':{'N':'1'}}", i == MANY ? "" : ",", i);
    }
    sprintf(text + len, "}");
    facade_does(f, "UpdateItem", UPDATE "}", text);
    pt_reply reply = facade_send(f, "GetItem", GET);
    assert_non_null(strstr((const char *)reply.body.data, "\"a10000\":{\"N\":\"1\"}"));
    free(text);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, facade_setup, facade_teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_legacy_updates__which_values_an_action_takes),
        TEST(test_legacy_updates__refusals),
        TEST(test_legacy_updates__what_they_do),
        TEST(test_legacy_updates__of_no_item),
        TEST(test_legacy_updates__index_keys),
        TEST(test_legacy_updates__many_attributes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
