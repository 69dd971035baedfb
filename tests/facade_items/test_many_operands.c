/*
 * Requests with very many operands on an item with very many attributes. Nothing here measures
 * time: operands times attributes would be some billions of steps for each request, which takes
 * minutes, and the limit on the whole program is two. What is answered is checked as well.
 */
#include "facade_items/facade.h"

enum { ATTRIBUTES = 40000, MEMBERS = 100000 };

/* A request under way: its text so far. */
typedef struct text {
    FILE *to;
    char *bytes;
    size_t len;
} text;

/* t stays where it is until the text is sent. */
static void begin(text *t, const char *start) {
    t->to = open_memstream(&t->bytes, &t->len);
    assert_non_null(t->to);
    fputs(start, t->to);
}

/* count members "<name><number>":<value>, numbers from first on, with commas between. */
static void members(text *t, const char *name, unsigned first, unsigned count, const char *value) {
    for (unsigned i = 0; i < count; i++) {
        fprintf(t->to, "%s\"%s%u\":%s", i == 0 ? "" : ",", name, first + i, value);
    }
}

/* Ends the text, sends it and expects this status; the answer must have shown in it. */
static void send_text(facade *f, text *t, const char *operation, const char *end, int status,
                      const char *shown) {
    fputs(end, t->to);
    fclose(t->to);
    (void)facade_run(f, operation, t->bytes);
    free(t->bytes);
    if (f->status != status) {
        fail_msg("%s: %d %.200s", operation, f->status, f->answer);
    }
    facade_shows(f, shown);
}

#define KEY "\"Key\":{\"pk\":{\"S\":\"p\"}}"

static void put_large(facade *f) {
    text t;
    begin(&t, "{\"TableName\":\"hash\",\"Item\":{\"pk\":{\"S\":\"p\"},");
    members(&t, "z", 0, ATTRIBUTES, "{\"N\":\"1\"}");
    send_text(f, &t, "PutItem", "}}", 200, "{}");
}

/* The attribute m is a map with as many elements. */
static void put_deep(facade *f) {
    text t;
    begin(&t, "{\"TableName\":\"hash\",\"Item\":{\"pk\":{\"S\":\"p\"},\"m\":{\"M\":{");
    members(&t, "z", 0, ATTRIBUTES, "{\"N\":\"1\"}");
    send_text(f, &t, "PutItem", "}}}}", 200, "{}");
}

static void test_many_operands__expected(void **state) {
    facade *f = *state;
    static const char start[] = "{\"TableName\":\"hash\"," KEY ",\"Expected\":{";
    static const char end[] = "},\"AttributeUpdates\":{\"z1\":{\"Value\":{\"N\":\"1\"}}}}";
    put_large(f);
    text t;
    begin(&t, start);
    members(&t, "x", 0, MEMBERS, "{\"Exists\":false}");
    send_text(f, &t, "UpdateItem", end, 200, "{}");
    begin(&t, start);
    members(&t, "z", 0, ATTRIBUTES, "{\"Value\":{\"N\":\"1\"}}");
    send_text(f, &t, "UpdateItem", end, 200, "{}");
    begin(&t, start);
    members(&t, "z", 1, ATTRIBUTES, "{\"Value\":{\"N\":\"1\"}}"); /* one too far */
    send_text(f, &t, "UpdateItem", end, 400, "ConditionalCheckFailedException");
    begin(&t, start);
    members(&t, "z", 1, ATTRIBUTES, "{\"Value\":{\"N\":\"2\"}}");
    send_text(
        f, &t, "UpdateItem",
        "},\"ConditionalOperator\":\"OR\",\"AttributeUpdates\":{\"z1\":{\"Action\":\"DELETE\"}}}",
        400, "ConditionalCheckFailedException");
}

static void test_many_operands__attribute_updates(void **state) {
    facade *f = *state;
    static const char start[] = "{\"TableName\":\"hash\"," KEY ",\"AttributeUpdates\":{";
    put_large(f);
    text t;
    begin(&t, start);
    members(&t, "x", 0, ATTRIBUTES / 2, "{\"Action\":\"DELETE\"}");
    send_text(f, &t, "UpdateItem", "},\"ReturnValues\":\"UPDATED_OLD\"}", 200, "{}");
    begin(&t, start);
    members(&t, "z", 0, ATTRIBUTES / 2, "{\"Action\":\"DELETE\"}");
    send_text(f, &t, "UpdateItem", "},\"ReturnValues\":\"UPDATED_OLD\"}", 200,
              "\"z19999\":{\"N\":\"1\"}");
    assert_null(strstr(f->answer, "z20000"));
}

static void test_many_operands__filters(void **state) {
    facade *f = *state;
    put_large(f);
    for (unsigned i = 0; i < 300; i++) {
        facade_does(f, "PutItem", "{'TableName':'hash','Item':{'pk':{'S':'q%u'},'a':{'N':'%u'}}}",
                    i, i);
    }
    static const char start[] = "{\"TableName\":\"hash\",\"Select\":\"COUNT\",\"ScanFilter\":{";
    text t;
    begin(&t, start);
    members(&t, "x", 0, MEMBERS, "{\"ComparisonOperator\":\"NULL\"}");
    send_text(f, &t, "Scan", "}}", 200, "{\"Count\":301,\"ScannedCount\":301}");
    begin(&t, start);
    members(&t, "z", 0, MEMBERS, "{\"ComparisonOperator\":\"NOT_NULL\"}");
    send_text(f, &t, "Scan", "},\"ConditionalOperator\":\"OR\"}", 200,
              "{\"Count\":1,\"ScannedCount\":301}");
    begin(&t, "{\"TableName\":\"hash\",\"Select\":\"COUNT\",\"ScanFilter\":{\"a\":"
              "{\"ComparisonOperator\":\"IN\",\"AttributeValueList\":[");
    for (unsigned i = 0; i < MEMBERS; i++) {
        fprintf(t.to, "%s{\"N\":\"%u\"}", i == 0 ? "" : ",", MEMBERS + 99 - i);
    }
    send_text(f, &t, "Scan", "]}}}", 200, "{\"Count\":200,\"ScannedCount\":301}");
}

/* Within AWS's limits of 4 KB and 300 operators: conditions, updates and statements. */
static void test_many_operands__expressions(void **state) {
    facade *f = *state;
    put_deep(f);
    for (unsigned round = 0; round < 200; round++) {
        text t;
        begin(&t, "{\"TableName\":\"hash\"," KEY ",\"ConditionExpression\":\"");
        for (unsigned i = 0; i < 150; i++) {
            fprintf(t.to, "%sm.zz%u=m.zzz%u", i == 0 ? "" : " OR ", i, i);
        }
        send_text(f, &t, "DeleteItem", "\"}", 400, "ConditionalCheckFailedException");
    }
    for (unsigned round = 0; round < 200; round++) {
        text t;
        begin(&t, "{\"TableName\":\"hash\"," KEY ",\"ReturnValues\":\"UPDATED_NEW\","
                  "\"UpdateExpression\":\"SET ");
        for (unsigned i = 0; i < 200; i++) {
            fprintf(t.to, "%sr%u=m.z%u", i == 0 ? "" : ",", i, 39799 + i);
        }
        send_text(f, &t, "UpdateItem", "\"}", 200, "\"r199\":{\"N\":\"1\"}");
    }
    for (unsigned round = 0; round < 100; round++) {
        text t;
        begin(&t, "{\"Statement\":\"SELECT ");
        for (unsigned i = 0; i < 500; i++) {
            fprintf(t.to, "%sm.z%u", i == 0 ? "" : ",", 39000 + i);
        }
        send_text(f, &t, "ExecuteStatement", " FROM hash WHERE pk='p'\"}", 200,
                  "\"z39499\":{\"N\":\"1\"}");
    }
}

/* Elements times contains(), which are no operators, and 200 of which fit. */
static void test_many_operands__contains(void **state) {
    facade *f = *state;
    text t;
    begin(&t, "{\"TableName\":\"hash\",\"Item\":{\"pk\":{\"S\":\"p\"},\"l\":{\"L\":[");
    for (unsigned i = 0; i < 300000; i++) {
        fputs(i == 0 ? "{\"NULL\":true}" : ",{\"NULL\":true}", t.to);
    }
    send_text(f, &t, "PutItem", "]}}}", 400, "Item size has exceeded");
    begin(&t, "{\"TableName\":\"hash\",\"Item\":{\"pk\":{\"S\":\"p\"},\"l\":{\"L\":[");
    for (unsigned i = 0; i < 200000; i++) {
        fputs(i == 0 ? "{\"NULL\":true}" : ",{\"NULL\":true}", t.to);
    }
    send_text(f, &t, "PutItem", "]}}}", 200, "{}");
    for (unsigned round = 0; round < 100; round++) {
        begin(&t, "{\"TableName\":\"hash\"," KEY ",\"ConditionExpression\":\"");
        for (unsigned i = 0; i < 200; i++) {
            fprintf(t.to, "%scontains(l,:%c)", i == 0 ? "" : " OR ", 'a' + i % 2);
        }
        send_text(f, &t, "DeleteItem",
                  "\",\"ExpressionAttributeValues\":{\":a\":{\"N\":\"1\"},\":b\":{\"S\":\"x\"}}}",
                  400, "ConditionalCheckFailedException");
    }
    for (unsigned round = 0; round < 30; round++) { /* copies of the list, 32 MB together */
        begin(&t, "{\"TableName\":\"hash\"," KEY ",\"UpdateExpression\":\"SET ");
        for (unsigned i = 0; i < 160; i++) {
            fprintf(t.to, "%sa%u=l", i == 0 ? "" : ",", i);
        }
        send_text(f, &t, "UpdateItem", "\"}", 400,
                  "Item size to update has exceeded the maximum allowed size");
    }
}

/* Three local and three global indexes, eleven key attributes together. */
static void test_many_operands__index_keys(void **state) {
    facade *f = *state;
    for (unsigned wrong = 0; wrong < 2; wrong++) {
        text t;
        begin(&t, "{\"TableName\":\"tab\",\"Item\":{\"pk\":{\"S\":\"p\"},\"sk\":{\"S\":\"s\"},"
                  "\"ls\":{\"S\":\"l\"},\"gp\":{\"S\":\"g\"},\"gs\":");
        fputs(wrong ? "{\"S\":\"5\"}," : "{\"N\":\"5\"},", t.to);
        members(&t, "z", 0, 10000, "{\"N\":\"1\"}");
        send_text(f, &t, "PutItem", "}}", wrong ? 400 : 200,
                  wrong ? "Type mismatch for Index Key gs Expected: N Actual: S IndexName: g_all"
                        : "{}");
    }
    facade_shows(f, "ValidationException");
}

/* Many names defined, all of them used but one. */
static void test_many_operands__placeholders(void **state) {
    facade *f = *state;
    for (unsigned round = 0; round < 20; round++) {
        text t;
        begin(&t, "{\"TableName\":\"hash\"," KEY ",\"ExpressionAttributeNames\":{");
        members(&t, "#x", 0, MEMBERS, "\"a\"");
        fputs("},\"ProjectionExpression\":\"", t.to);
        for (unsigned i = 0; i < 300; i++) {
            fprintf(t.to, "%s#x%u[%u]", i == 0 ? "" : ",", 90000 + i, 299 - i);
        }
        send_text(f, &t, "GetItem", "\"}", 400,
                  "Value provided in ExpressionAttributeNames unused in expressions: keys: {#x0, "
                  "#x1, #x2, ");
        assert_null(strstr(f->answer, "#x90000,"));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_many_operands__expected, facade_setup,
                                        facade_teardown),
        cmocka_unit_test_setup_teardown(test_many_operands__attribute_updates, facade_setup,
                                        facade_teardown),
        cmocka_unit_test_setup_teardown(test_many_operands__filters, facade_setup, facade_teardown),
        cmocka_unit_test_setup_teardown(test_many_operands__expressions, facade_setup,
                                        facade_teardown),
        cmocka_unit_test_setup_teardown(test_many_operands__contains, facade_setup,
                                        facade_teardown),
        cmocka_unit_test_setup_teardown(test_many_operands__index_keys, facade_setup,
                                        facade_teardown),
        cmocka_unit_test_setup_teardown(test_many_operands__placeholders, facade_setup,
                                        facade_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
