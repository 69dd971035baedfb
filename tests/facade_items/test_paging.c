/*
 * Properties of pages: whatever their size, one after the other they give what there is, each item
 * once and in order, in both directions, of tables, indexes and segments. Rules:
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Query.Pagination.html
 * PTE_SEED repeats a run.
 */
#include "facade_items/facade.h"

#include <stdio.h>
#include <stdlib.h>

enum { IDS_MAX = 1000 };

/* The ids of items, in the order in which they were given. */
typedef struct ids {
    int id[IDS_MAX];
    size_t count;
    size_t pages;
} ids;

/* Takes the id of each item of a page. */
static void take_page(ids *all, pt_reply reply) {
    static const char name[] = "\"id\":{\"N\":\"";
    const char *body = (const char *)reply.body.data;
    if (reply.status != 200) {
        fail_msg("%.500s", body);
    }
    size_t before = all->count;
    for (const char *at = body; (at = strstr(at, name)) != NULL; at++) {
        assert_true(all->count < IDS_MAX);
        all->id[all->count++] = atoi(at + sizeof name - 1);
    }
    assert_int_equal(all->count - before, (size_t)facade_number(reply, "Count"));
    all->pages++;
}

/* LastEvaluatedKey's value, which the caller frees; NULL if the reply has none. */
static char *last_key(pt_reply reply) {
    static const char name[] = "\"LastEvaluatedKey\":";
    const char *found = strstr((const char *)reply.body.data, name);
    if (found == NULL) {
        return NULL;
    }
    found += sizeof name - 1;
    const char *end = strstr(found, "}}");
    assert_non_null(end);
    return strndup(found, (size_t)(end + 2 - found));
}

/* All pages of a request, which lacks its closing bracket; random limits up to limit_max, 0: none.
 */
static void read_all(ids *all, facade *f, test_random *random, size_t limit_max,
                     const char *operation, const char *request) {
    char *start = NULL;
    *all = (ids){.count = 0};
    do {
        char limit[40] = "";
        if (limit_max != 0) {
            snprintf(limit, sizeof limit, ",'Limit':%d",
                     1 + (int)test_random_below(random, limit_max));
        }
        pt_reply reply =
            facade_send(f, operation, "%s%s%s%s}", request, limit,
                        start == NULL ? "" : ",'ExclusiveStartKey':", start == NULL ? "" : start);
        free(start);
        take_page(all, reply);
        start = last_key(reply);
        assert_true(all->pages <= IDS_MAX);
    } while (start != NULL);
}

static void expect_same(const ids *a, const ids *b, bool reversed) {
    assert_int_equal(a->count, b->count);
    for (size_t i = 0; i < a->count; i++) {
        assert_int_equal(a->id[i], b->id[reversed ? b->count - 1 - i : i]);
    }
}

/* Items of few partitions, many of them with the same index keys. */
static void put_random(facade *f, test_random *random, int count) {
    for (int i = 0; i < count; i++) {
        facade_does(f, "PutItem",
                    "{'TableName':'tab','Item':{'pk':{'S':'p%d'},'sk':{'S':'%s%d'},"
                    "'ls':{'S':'l%d'},'gp':{'S':'g\\u0000%d'},'gs':{'N':'%d'},'id':{'N':'%d'}}}",
                    (int)test_random_below(random, 3), i % 2 == 0 ? "ä\\u0000" : "a", i,
                    (int)test_random_below(random, 4), (int)test_random_below(random, 2),
                    (int)test_random_below(random, 4) - 2, i);
    }
}

static const char *const QUERIES[] = {
    "{'TableName':'tab','KeyConditionExpression':'pk = :p',"
    "'ExpressionAttributeValues':{':p':{'S':'p1'}}",
    "{'TableName':'tab','KeyConditionExpression':'pk = :p AND sk > :s',"
    "'ExpressionAttributeValues':{':p':{'S':'p0'},':s':{'S':'a3'}}",
    "{'TableName':'tab','IndexName':'l_all','KeyConditionExpression':'pk = :p',"
    "'ExpressionAttributeValues':{':p':{'S':'p1'}}",
    "{'TableName':'tab','IndexName':'l_keys','KeyConditionExpression':'pk = :p',"
    "'Select':'ALL_ATTRIBUTES','ExpressionAttributeValues':{':p':{'S':'p2'}}",
    "{'TableName':'tab','IndexName':'g_all','KeyConditionExpression':'gp = :g',"
    "'ExpressionAttributeValues':{':g':{'S':'g\\u00001'}}",
    "{'TableName':'tab','IndexName':'g_all','KeyConditionExpression':'gp = :g AND gs = :s',"
    "'ExpressionAttributeValues':{':g':{'S':'g\\u00001'},':s':{'N':'-1'}}",
};

static void test_paging__pages_of_a_query_make_the_whole(void **state) {
    facade *f = *state;
    test_random random = {test_seed(11)};
    static ids whole;
    static ids paged;
    put_random(f, &random, 120);
    for (size_t i = 0; i < sizeof QUERIES / sizeof QUERIES[0]; i++) {
        char backward[500];
        snprintf(backward, sizeof backward, "%s,'ScanIndexForward':false", QUERIES[i]);
        read_all(&whole, f, &random, 0, "Query", QUERIES[i]);
        assert_true(whole.count > 3 && whole.pages == 1);
        for (size_t limit = 1; limit <= 64; limit *= 4) {
            read_all(&paged, f, &random, limit, "Query", QUERIES[i]);
            expect_same(&paged, &whole, false);
            read_all(&paged, f, &random, limit, "Query", backward);
            expect_same(&paged, &whole, true);
        }
    }
}

static int compare_ids(const void *a, const void *b) {
    return *(const int *)a - *(const int *)b;
}

static void test_paging__pages_of_segments_make_the_whole(void **state) {
    facade *f = *state;
    test_random random = {test_seed(12)};
    static const char *const INDEXES[] = {"", ",'IndexName':'g_all'", ",'IndexName':'l_all'"};
    static ids all;
    static ids one;
    put_random(f, &random, 120);
    for (size_t i = 0; i < 9; i++) {
        int total = 1 + (int)test_random_below(&random, 5);
        all = (ids){.count = 0};
        for (int segment = 0; segment < total; segment++) {
            char request[200];
            snprintf(request, sizeof request,
                     "{'TableName':'tab','TotalSegments':%d,'Segment':%d%s", total, segment,
                     INDEXES[i % 3]);
            read_all(&one, f, &random, 7, "Scan", request);
            memcpy(all.id + all.count, one.id, one.count * sizeof one.id[0]);
            all.count += one.count;
        }
        assert_int_equal(all.count, 120);
        qsort(all.id, all.count, sizeof all.id[0], compare_ids);
        for (int id = 0; id < 120; id++) {
            assert_int_equal(all.id[id], id);
        }
    }
}

/* A filter changes what is shown, not where pages end. */
static void test_paging__a_filter_leaves_pages_as_they_are(void **state) {
    facade *f = *state;
    test_random random = {test_seed(13)};
    static ids paged;
    static ids whole;
    put_random(f, &random, 60);
    static const char filtered[] =
        "{'TableName':'tab','IndexName':'l_all','KeyConditionExpression':'pk = :p',"
        "'FilterExpression':'id < :n',"
        "'ExpressionAttributeValues':{':p':{'S':'p1'},':n':{'N':'30'}}";
    read_all(&whole, f, &random, 0, "Query", filtered);
    read_all(&paged, f, &random, 1, "Query", filtered);
    expect_same(&paged, &whole, false);
    assert_true(paged.pages > whole.count + 1); /* a page for each item that was read */
}

/* ---- 1 MB ---- */

static void put_sized(facade *f, const char *table, const char *pk, int id, size_t bytes) {
    /* pk and its value, sk and its value of two, id and its number (1 + 1), x. */
    size_t rest = 2 + strlen(pk) + 2 + 2 + 2 + (id == 0 ? 1 : 2) + 1;
    char *text = facade_repeat('x', bytes - rest);
    facade_does(f, "PutItem",
                "{'TableName':'%s','Item':{'pk':{'S':'%s'},'sk':{'S':'%02d'},'id':{'N':'%d'},"
                "'x':{'S':'%s'}}}",
                table, pk, id, id, text);
    free(text);
}

typedef struct page_case {
    size_t bytes[6]; /* of the items, 0: no more */
    int first_page;  /* items in it */
    bool more;       /* it has a LastEvaluatedKey */
} page_case;

enum { QUARTER = 256 * 1024 };

/* Pagination: "1 MB"; DynamoDB Local: the item that reaches it belongs to the page, and a key is
 * given only if there is another item. */
static void test_paging__a_page_ends_with_the_item_that_reaches_1_mb(void **state) {
    static const page_case CASES[] = {
        {{QUARTER, QUARTER, QUARTER, QUARTER, QUARTER}, 4, true},
        {{QUARTER, QUARTER, QUARTER, QUARTER}, 4, false},
        {{QUARTER, QUARTER, QUARTER, QUARTER - 1, 100, 100}, 5, true},
        {{QUARTER, QUARTER, QUARTER, QUARTER + 1, 100, 100}, 4, true},
        {{QUARTER, QUARTER, QUARTER, QUARTER + 1}, 4, false},
        {{QUARTER, QUARTER, QUARTER, QUARTER - 1, 100}, 5, false},
    };
    facade *f = *state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        char pk[8];
        snprintf(pk, sizeof pk, "p%zu", i);
        for (int id = 0; id < 6 && CASES[i].bytes[id] != 0; id++) {
            put_sized(f, "tab", pk, id, CASES[i].bytes[id]);
        }
        pt_reply reply = facade_send(f, "Query",
                                     "{'TableName':'tab','KeyConditionExpression':'pk = :p',"
                                     "'ReturnConsumedCapacity':'TOTAL','Select':'COUNT',"
                                     "'ExpressionAttributeValues':{':p':{'S':'%s'}}}",
                                     pk);
        assert_int_equal((int)facade_number(reply, "Count"), CASES[i].first_page);
        bool more = strstr((const char *)reply.body.data, "LastEvaluatedKey") != NULL;
        assert_int_equal(more, CASES[i].more);
    }
}

static void test_paging__pages_of_1_mb_make_the_whole(void **state) {
    facade *f = *state;
    test_random random = {test_seed(14)};
    static ids paged;
    for (int id = 0; id < 24; id++) {
        put_sized(f, "tab", "p", id, 1000 + test_random_below(&random, 400000));
    }
    static const char query[] = "{'TableName':'tab','KeyConditionExpression':'pk = :p',"
                                "'ExpressionAttributeValues':{':p':{'S':'p'}}";
    read_all(&paged, f, &random, 0, "Query", query);
    assert_int_equal(paged.count, 24);
    assert_true(paged.pages > 2);
    for (int id = 0; id < 24; id++) {
        assert_int_equal(paged.id[id], id);
    }
    char backward[300];
    snprintf(backward, sizeof backward, "%s,'ScanIndexForward':false", query);
    read_all(&paged, f, &random, 20, "Query", backward);
    for (int id = 0; id < 24; id++) {
        assert_int_equal(paged.id[id], 23 - id);
    }
    read_all(&paged, f, &random, 0, "Scan", "{'TableName':'tab'");
    assert_int_equal(paged.count, 24);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, facade_setup, facade_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_paging__pages_of_a_query_make_the_whole),
        TEST(test_paging__pages_of_segments_make_the_whole),
        TEST(test_paging__a_filter_leaves_pages_as_they_are),
        TEST(test_paging__a_page_ends_with_the_item_that_reaches_1_mb),
        TEST(test_paging__pages_of_1_mb_make_the_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
