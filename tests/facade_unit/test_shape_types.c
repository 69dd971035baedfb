/*
 * Tests of shape/shape.h: members of the wrong JSON type. Each kind of member against each type of
 * JSON; the words are the service's, as dynalite's serialization tests have them.
 */
#include "request.h"

#include "operation/operation.h"

#include "shape/shape.h"

#include <stdio.h>

#define AT_OBJECT "Start of structure or map found where not expected"
#define AT_FIELD "Unexpected field type"
#define AT_VALUE "Unexpected value type in payload"
#define CAST                                                                                       \
    "class sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl cannot be cast to class "  \
    "java.lang.Class (sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl and "           \
    "java.lang.Class are in module java.base of loader 'bootstrap')"
#define CLASS(name) ("Unrecognized collection type class " name)
#define MAP(of) ("Unrecognized collection type java.util.Map<java.lang.String, " of ">")
#define NS "com.amazonaws.dynamodb.v20120810."
#define BYTES "only base-64-encoded strings are convertible to bytes"

/* What stands where a value is due. */
enum { STRING, TRUTH, LIE, NUMBER, DECIMAL, LIST, OBJECT, FOUND_COUNT };
static const char *const FOUND[FOUND_COUNT] = {"'23'", "true", "false", "-23", "34.56", "[]", "{}"};

/* What is said to each; NULL: it is right. */
static const char *const IN_STRING[FOUND_COUNT] = {
    NULL,
    "TRUE_VALUE cannot be converted to String",
    "FALSE_VALUE cannot be converted to String",
    "NUMBER_VALUE cannot be converted to String",
    "DECIMAL_VALUE cannot be converted to String",
    CLASS("java.lang.String"),
    AT_OBJECT,
};
static const char *const IN_BOOLEAN[FOUND_COUNT] = {
    "Unexpected token received from parser",
    NULL,
    NULL,
    "NUMBER_VALUE cannot be converted to Boolean",
    "DECIMAL_VALUE cannot be converted to Boolean",
    CLASS("java.lang.Boolean"),
    AT_OBJECT,
};
static const char *const IN_INTEGER[FOUND_COUNT] = {
    "STRING_VALUE cannot be converted to Integer",
    "TRUE_VALUE cannot be converted to Integer",
    "FALSE_VALUE cannot be converted to Integer",
    NULL,
    NULL,
    CLASS("java.lang.Integer"),
    AT_OBJECT,
};
static const char *const IN_LONG[FOUND_COUNT] = {
    "STRING_VALUE cannot be converted to Long",
    "TRUE_VALUE cannot be converted to Long",
    "FALSE_VALUE cannot be converted to Long",
    NULL,
    NULL,
    CLASS("java.lang.Long"),
    AT_OBJECT,
};
static const char *const IN_BLOB[FOUND_COUNT] = {
    "Base64 encoded length is expected a multiple of 4 bytes but found: 2",
    BYTES,
    BYTES,
    BYTES,
    BYTES,
    CLASS("java.nio.ByteBuffer"),
    AT_OBJECT,
};
#define FIVE(text) text, text, text, text, text
static const char *const IN_LIST[FOUND_COUNT] = {FIVE(AT_FIELD), NULL, AT_OBJECT};
static const char *const IN_INNER_LIST[FOUND_COUNT] = {FIVE(CAST), NULL, AT_OBJECT};
#define IN_MAP(of)                                                                                 \
    { FIVE(AT_FIELD), MAP(of), NULL }
#define IN_INNER_MAP(of)                                                                           \
    { FIVE(CAST), MAP(of), NULL }
#define IN_FIELD(of)                                                                               \
    { FIVE(AT_FIELD), CLASS(NS of), NULL }
#define IN_ELEMENT(of)                                                                             \
    { FIVE(AT_VALUE), CLASS(NS of), NULL }

typedef struct place {
    const char *operation;
    const char *body; /* with %s for the value */
    const char *const *said;
} place;

static pt__exception check(request *r, const char *operation, const char *text) {
    const pt__shape *shape = shape_of(pte_str(operation));
    assert_non_null(shape);
    return pt__shape_check_types(shape, request_read(r, text), &r->failure);
}

static void expect_place(const place *at) {
    for (int i = 0; i < FOUND_COUNT; i++) {
        request r;
        request_init(&r, NULL);
        char text[1024];
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        snprintf(text, sizeof text, at->body, FOUND[i]);
#pragma GCC diagnostic pop
        pt__exception exception = check(&r, at->operation, text);
        request_expect(&r, at->said[i] == NULL ? PT__OK : PT__SERIALIZATION, at->said[i],
                       exception);
        request_clean_up(&r);
    }
}

static void test_shape_types__every_kind_of_member(void **state) {
    (void)state;
    static const char *const MAP_OF_VALUES[] = IN_MAP(NS "AttributeValue");
    static const char *const INNER_MAP_OF_VALUES[] = IN_INNER_MAP(NS "AttributeValue");
    static const char *const MAP_OF_STRINGS[] = IN_MAP("java.lang.String");
    static const char *const MAP_OF_EXPECTED[] = IN_MAP(NS "ExpectedAttributeValue");
    static const char *const MAP_OF_CONDITIONS[] = IN_MAP(NS "Condition");
    static const char *const MAP_OF_KEYS[] = IN_MAP(NS "KeysAndAttributes");
    static const char *const MAP_OF_WRITES[] = IN_MAP("java.util.List<" NS "WriteRequest>");
    static const char *const VALUE[] = IN_ELEMENT("AttributeValue");
    static const char *const VALUE_FIELD[] = IN_FIELD("AttributeValue");
    static const char *const EXPECTED[] = IN_ELEMENT("ExpectedAttributeValue");
    static const char *const THROUGHPUT[] = IN_FIELD("ProvisionedThroughput");
    static const char *const KEY[] = IN_ELEMENT("KeySchemaElement");
    static const char *const KEYS[] = IN_ELEMENT("KeysAndAttributes");
    static const char *const WRITE[] = IN_ELEMENT("WriteRequest");
    static const char *const PUT[] = IN_FIELD("PutRequest");
    const place PLACES[] = {
        {"PutItem", "{'TableName':%s}", IN_STRING},
        {"PutItem", "{'Item':%s}", MAP_OF_VALUES},
        {"PutItem", "{'Item':{'a':%s}}", VALUE},
        {"PutItem", "{'Item':{'a':{'S':%s}}}", IN_STRING},
        {"PutItem", "{'Item':{'a':{'N':%s}}}", IN_STRING},
        {"PutItem", "{'Item':{'a':{'B':%s}}}", IN_BLOB},
        {"PutItem", "{'Item':{'a':{'BOOL':%s}}}", IN_BOOLEAN},
        {"PutItem", "{'Item':{'a':{'NULL':%s}}}", IN_BOOLEAN},
        {"PutItem", "{'Item':{'a':{'SS':%s}}}", IN_LIST},
        {"PutItem", "{'Item':{'a':{'SS':[%s]}}}", IN_STRING},
        {"PutItem", "{'Item':{'a':{'NS':[%s]}}}", IN_STRING},
        {"PutItem", "{'Item':{'a':{'BS':[%s]}}}", IN_BLOB},
        {"PutItem", "{'Item':{'a':{'L':%s}}}", IN_LIST},
        {"PutItem", "{'Item':{'a':{'L':[%s]}}}", VALUE},
        {"PutItem", "{'Item':{'a':{'L':[{'BS':[%s]}]}}}", IN_BLOB},
        {"PutItem", "{'Item':{'a':{'M':%s}}}", MAP_OF_VALUES},
        {"PutItem", "{'Item':{'a':{'M':{'b':%s}}}}", VALUE},
        {"PutItem", "{'Item':{'a':{'M':{'b':{'BS':%s}}}}}", IN_LIST},
        {"PutItem", "{'Expected':%s}", MAP_OF_EXPECTED},
        {"PutItem", "{'Expected':{'a':%s}}", EXPECTED},
        {"PutItem", "{'Expected':{'a':{'Exists':%s}}}", IN_BOOLEAN},
        {"PutItem", "{'Expected':{'a':{'Value':%s}}}", VALUE_FIELD},
        {"UpdateItem", "{'AttributeUpdates':{'a':{'Value':%s}}}", VALUE_FIELD},
        {"UpdateItem", "{'AttributeUpdates':{'a':{'Action':%s}}}", IN_STRING},
        {"DeleteItem", "{'ExpressionAttributeNames':%s}", MAP_OF_STRINGS},
        {"DeleteItem", "{'ExpressionAttributeNames':{'#a':%s}}", IN_STRING},
        {"GetItem", "{'ConsistentRead':%s}", IN_BOOLEAN},
        {"GetItem", "{'AttributesToGet':%s}", IN_LIST},
        {"GetItem", "{'AttributesToGet':[%s]}", IN_STRING},
        {"Query", "{'Limit':%s}", IN_INTEGER},
        {"Query", "{'KeyConditions':%s}", MAP_OF_CONDITIONS},
        {"Query", "{'KeyConditions':{'a':{'AttributeValueList':[%s]}}}", VALUE},
        {"Scan", "{'Segment':%s}", IN_INTEGER},
        {"CreateTable", "{'ProvisionedThroughput':%s}", THROUGHPUT},
        {"CreateTable", "{'ProvisionedThroughput':{'ReadCapacityUnits':%s}}", IN_LONG},
        {"CreateTable", "{'KeySchema':%s}", IN_LIST},
        {"CreateTable", "{'KeySchema':[%s]}", KEY},
        {"CreateTable", "{'LocalSecondaryIndexes':[{'KeySchema':[%s]}]}", KEY},
        {"CreateTable", "{'GlobalSecondaryIndexes':[{'Projection':{'NonKeyAttributes':%s}}]}",
         IN_LIST},
        {"UpdateTable", "{'GlobalSecondaryIndexUpdates':[{'Create':{'IndexName':%s}}]}", IN_STRING},
        {"BatchGetItem", "{'RequestItems':%s}", MAP_OF_KEYS},
        {"BatchGetItem", "{'RequestItems':{'t':%s}}", KEYS},
        {"BatchGetItem", "{'RequestItems':{'t':{'Keys':%s}}}", IN_LIST},
        {"BatchGetItem", "{'RequestItems':{'t':{'Keys':[%s]}}}", INNER_MAP_OF_VALUES},
        {"BatchWriteItem", "{'RequestItems':%s}", MAP_OF_WRITES},
        {"BatchWriteItem", "{'RequestItems':{'t':%s}}", IN_INNER_LIST},
        {"BatchWriteItem", "{'RequestItems':{'t':[%s]}}", WRITE},
        {"BatchWriteItem", "{'RequestItems':{'t':[{'PutRequest':%s}]}}", PUT},
        {"TransactWriteItems", "{'TransactItems':[{'Put':{'Item':{'a':{'S':%s}}}}]}", IN_STRING},
        {"TransactGetItems", "{'TransactItems':[{'Get':{'TableName':%s}}]}", IN_STRING},
        {"ListTables", "{'Limit':%s}", IN_INTEGER},
        {"DescribeTable", "{'TableName':%s}", IN_STRING},
        {"DeleteTable", "{'TableName':%s}", IN_STRING},
    };
    for (size_t i = 0; i < sizeof PLACES / sizeof *PLACES; i++) {
        expect_place(&PLACES[i]);
    }
}

static void test_shape_types__the_first_in_the_document_is_reported(void **state) {
    (void)state;
    request r;
    request_init(&r, NULL);
    request_expect(&r, PT__SERIALIZATION, "NUMBER_VALUE cannot be converted to String",
                   check(&r, "GetItem", "{'ConsistentRead':true,'TableName':5,'Key':5}"));
    request_expect(&r, PT__SERIALIZATION, AT_FIELD,
                   check(&r, "GetItem", "{'Key':5,'TableName':5}"));
    request_clean_up(&r);
}

static void test_shape_types__nulls_and_strangers_pass(void **state) {
    (void)state;
    request r;
    request_init(&r, NULL);
    static const char *const TEXTS[] = {
        "{}",
        "{'TableName':null,'Key':null,'AttributesToGet':[null]}",
        "{'Key':{'a':null,'b':{'S':null,'L':[null],'what':5}}}",
        "{'Unknown':{'deep':[1,2]},'tablename':5}",
        "{'ConsistentRead':'TRUE'}",
        "{'ConsistentRead':'no'}",
    };
    for (size_t i = 0; i < sizeof TEXTS / sizeof *TEXTS; i++) {
        assert_int_equal(PT__OK, check(&r, "GetItem", TEXTS[i]));
    }
    assert_int_equal(PT__OK, check(&r, "DescribeLimits", "{'TableName':5}"));
    assert_null(shape_of(pte_str("GetItems")));
    assert_null(shape_of(pte_str("")));
    /* They are searched by halves: one that stands in the wrong place would not be found. */
#define FOUND(which)                                                                               \
    const pt__shape *which##_shape;                                                                \
    assert_ptr_equal(pt__operation_find(&which##_shape, pte_str(pt__##which##_operation.name)),    \
                     &pt__##which##_operation);                                                    \
    assert_ptr_equal(which##_shape, &pt__shape_##which);
    PT__OPERATIONS(FOUND)
#undef FOUND
    assert_int_equal(PT__OK, pt__shape_check_types(NULL, request_read(&r, "{}"), &r.failure));
    request_clean_up(&r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shape_types__every_kind_of_member),
        cmocka_unit_test(test_shape_types__the_first_in_the_document_is_reported),
        cmocka_unit_test(test_shape_types__nulls_and_strangers_pass),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
