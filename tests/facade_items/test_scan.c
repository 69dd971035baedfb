/*
 * Tests of Scan: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Scan.html
 * The texts are the service's, which its documentation does not list.
 */
#include "facade_items/facade.h"

#include <stdio.h>

static void put_some(facade *f, int count) {
    for (int i = 0; i < count; i++) {
        facade_does(f, "PutItem",
                    "{'TableName':'tab','Item':{'pk':{'S':'p%d'},'sk':{'S':'s'},'ls':{'S':'l'},"
                    "'gp':{'S':'g'},'gs':{'N':'%d'},'inc':{'N':'%d'},'x':{'N':'%d'}}}",
                    i, i, i, i % 2);
    }
}

static void test_scan__everything_is_given(void **state) {
    facade *f = *state;
    facade_gives(f, "{'Items':[],'Count':0,'ScannedCount':0}", "Scan", "{'TableName':'tab'}");
    put_some(f, 1);
    facade_gives(f,
                 "{'Items':[{'pk':{'S':'p0'},'sk':{'S':'s'},'gp':{'S':'g'},'gs':{'N':'0'},"
                 "'inc':{'N':'0'},'ls':{'S':'l'},'x':{'N':'0'}}],'Count':1,'ScannedCount':1}",
                 "Scan", "{'TableName':'tab'}");
    /* API_Scan: a filter may name the key, other than Query's. */
    facade_gives(f, "{'Count':1,'ScannedCount':1}", "Scan",
                 "{'TableName':'tab','Select':'COUNT','FilterExpression':'pk = :p',"
                 "'ExpressionAttributeValues':{':p':{'S':'p0'}}}");
    facade_fails(f, "ResourceNotFoundException", NULL, "Scan", "{'TableName':'nope'}");
}

/* Pagination: "If you set Limit ... LastEvaluatedKey" also where the limit is what there is. */
static void test_scan__a_limit_that_is_reached_leaves_a_key(void **state) {
    facade *f = *state;
    put_some(f, 3);
    for (int limit = 1; limit <= 4; limit++) {
        pt_reply reply =
            facade_send(f, "Scan", "{'TableName':'tab','Select':'COUNT','Limit':%d}", limit);
        assert_int_equal((int)facade_number(reply, "ScannedCount"), limit < 3 ? limit : 3);
        bool has_key = strstr((const char *)reply.body.data, "LastEvaluatedKey") != NULL;
        assert_int_equal(has_key, limit <= 3);
    }
}

static void test_scan__segments_share_the_table(void **state) {
    facade *f = *state;
    put_some(f, 40);
    for (int total = 1; total <= 7; total++) {
        int sum = 0;
        for (int segment = 0; segment < total; segment++) {
            sum += (int)facade_number(
                facade_send(f, "Scan",
                            "{'TableName':'tab','Select':'COUNT','Segment':%d,'TotalSegments':%d}",
                            segment, total),
                "Count");
        }
        assert_int_equal(sum, 40);
    }
}

/* API_Scan, Segment and TotalSegments */
static void test_scan__segment_and_total_go_together(void **state) {
    facade *f = *state;
    facade_refuses(f,
                   "The TotalSegments parameter is required but was not present in the request "
                   "when Segment parameter is present",
                   "Scan", "{'TableName':'tab','Segment':0}");
    facade_refuses(f,
                   "The Segment parameter is required but was not present in the request when "
                   "parameter TotalSegments is present",
                   "Scan", "{'TableName':'tab','TotalSegments':1}");
    facade_refuses(f,
                   "The Segment parameter is zero-based and must be less than parameter "
                   "TotalSegments: Segment: 5 is not less than TotalSegments: 5",
                   "Scan", "{'TableName':'tab','Segment':5,'TotalSegments':5}");
    facade_does(f, "Scan", "{'TableName':'tab','Segment':4,'TotalSegments':5}");
    facade_does(f, "Scan", "{'TableName':'tab','Segment':999999,'TotalSegments':1000000}");
}

static void test_scan__indexes_are_scanned_too(void **state) {
    facade *f = *state;
    put_some(f, 1);
    facade_gives(f,
                 "{'Items':[{'gp':{'S':'g'},'gs':{'N':'0'},'pk':{'S':'p0'},'sk':{'S':'s'}}],"
                 "'Count':1,'ScannedCount':1}",
                 "Scan", "{'TableName':'tab','IndexName':'g_keys'}");
    facade_gives(f, "{'Items':[{'x':{'N':'0'}}],'Count':1,'ScannedCount':1}", "Scan",
                 "{'TableName':'tab','IndexName':'l_keys','ProjectionExpression':'x'}");
    facade_refuses(f,
                   "One or more parameter values were invalid: Select type ALL_ATTRIBUTES is not "
                   "supported for global secondary index g_keys because its projection type is not "
                   "ALL",
                   "Scan", "{'TableName':'tab','IndexName':'g_keys','Select':'ALL_ATTRIBUTES'}");
    facade_refuses(f,
                   "One or more parameter values were invalid: Global secondary index g_keys does "
                   "not project [x]",
                   "Scan", "{'TableName':'tab','IndexName':'g_keys','ProjectionExpression':'x'}");
    facade_refuses(f, "Consistent reads are not supported on global secondary indexes", "Scan",
                   "{'TableName':'tab','IndexName':'g_keys','ConsistentRead':true}");
}

/* API_Scan, ExclusiveStartKey */
static void test_scan__a_start_key_must_match_the_keys(void **state) {
    facade *f = *state;
#define START "The provided starting key is invalid"
#define MISMATCH "The provided key element does not match the schema"
    static const char scan[] = "{'TableName':'tab','ExclusiveStartKey':%s%s}";
    static const char of_g[] = ",'IndexName':'g_all'";
    facade_does(f, "Scan", scan, "{'pk':{'S':'a'},'sk':{'S':'a'}}", "");
    facade_refuses(f, START ": " MISMATCH, "Scan", scan, "{}", "");
    facade_refuses(f, START ": " MISMATCH, "Scan", scan, "{'pk':{'S':'a'},'sk':{'N':'1'}}", "");
    facade_refuses(f, START ": " MISMATCH, "Scan", scan, "{'pk':{'S':'a'},'zz':{'S':'a'}}", "");
    facade_refuses(f, START, "Scan", scan, "{'pk':{'S':'a'},'sk':{'S':'a'}}", of_g);
    facade_refuses(f, MISMATCH, "Scan", scan,
                   "{'pk':{'S':'a'},'sk':{'S':'a'},'gp':{'N':'1'},'gs':{'N':'1'}}", of_g);
    facade_refuses(f, START ": " MISMATCH, "Scan", scan,
                   "{'pk':{'N':'1'},'sk':{'S':'a'},'gp':{'S':'1'},'gs':{'N':'1'}}", of_g);
    facade_refuses(f,
                   START ": One or more parameter values are not valid. The AttributeValue for a "
                         "key attribute cannot contain an empty string value. Key: sk",
                   "Scan", scan, "{'pk':{'S':'a'},'sk':{'S':''}}", "");
    facade_does(f, "Scan", scan, "{'pk':{'S':'a'},'sk':{'S':'a'},'gp':{'S':'1'},'gs':{'N':'1'}}",
                of_g);
}

/* Verified against the service by independent suites. */
static void test_scan__a_start_key_must_be_of_the_segment(void **state) {
    facade *f = *state;
    static const char *const more[] = {"", ",'IndexName':'g_all'"};
    static const char *const keys[] = {"{'pk':{'S':'p%d'},'sk':{'S':'s'}}",
                                       "{'pk':{'S':'p'},'sk':{'S':'s'},'gp':{'S':'g%d'},"
                                       "'gs':{'N':'1'}}"};
    for (int kind = 0; kind < 2; kind++) {
        for (int i = 0; i < 20; i++) { /* each key, of no item, lies in one segment of three */
            int taken = 0;
            char key[128];
            snprintf(key, sizeof key, keys[kind], i);
            for (int segment = 0; segment < 3; segment++) {
                pt_reply reply = facade_send(f, "Scan",
                                             "{'TableName':'tab','Segment':%d,'TotalSegments':3,"
                                             "'ExclusiveStartKey':%s%s}",
                                             segment, key, more[kind]);
                char said[256];
                snprintf(said, sizeof said,
                         "'message':'" START
                         ": Invalid ExclusiveStartKey. Please use ExclusiveStartKey with "
                         "correct Segment. TotalSegments: 3 Segment: %d'",
                         segment);
                taken += reply.status == 200;
                if (reply.status != 200) {
                    facade_shows(f, said);
                }
            }
            assert_int_equal(taken, 1);
            facade_does(f, "Scan",
                        "{'TableName':'tab','Segment':0,'TotalSegments':1,"
                        "'ExclusiveStartKey':%s%s}",
                        key, more[kind]);
        }
    }
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, facade_setup, facade_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_scan__everything_is_given),
        TEST(test_scan__a_limit_that_is_reached_leaves_a_key),
        TEST(test_scan__segments_share_the_table),
        TEST(test_scan__segment_and_total_go_together),
        TEST(test_scan__indexes_are_scanned_too),
        TEST(test_scan__a_start_key_must_match_the_keys),
        TEST(test_scan__a_start_key_must_be_of_the_segment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
