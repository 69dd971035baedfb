/* Changes of one table from several threads: none is lost, though each is made of what was read. */
#include "facade_tables/facade.h"

#include <pthread.h>

enum { ROUNDS = 50 };

static facade f;

/* Raises one part of the warm throughput, which is only ever raised. */
static void *raise_warm(void *ctx) {
    const char *member = ctx;
    for (int i = 1; i <= ROUNDS; i++) {
        char body[256];
        pt_reply reply;
        snprintf(body, sizeof body, "{\"TableName\":\"tab\",\"WarmThroughput\":{\"%s\":%d}}",
                 member, 20000 + i);
        pt_call(&reply, f.database, pte_str("UpdateTable"), pte_str(body));
        assert_int_equal(reply.status, 200);
        pt_reply_clean_up(&reply);
    }
    return NULL;
}

static void *toggle_protection(void *ctx) {
    (void)ctx;
    for (int i = 1; i <= ROUNDS; i++) {
        pt_reply reply;
        pt_call(&reply, f.database, pte_str("UpdateTable"),
                pte_str(i % 2 == 0
                            ? "{\"TableName\":\"tab\",\"DeletionProtectionEnabled\":true}"
                            : "{\"TableName\":\"tab\",\"DeletionProtectionEnabled\":false}"));
        assert_int_equal(reply.status, 200);
        pt_reply_clean_up(&reply);
    }
    return NULL;
}

static void test_table_threads__lose_no_change(void **state) {
    (void)state;
    pthread_t threads[3];
    facade_open(&f, NULL);
    facade_call(&f, "CreateTable", "{" BASE "}");
    assert_int_equal(pthread_create(&threads[0], NULL, raise_warm, "ReadUnitsPerSecond"), 0);
    assert_int_equal(pthread_create(&threads[1], NULL, raise_warm, "WriteUnitsPerSecond"), 0);
    assert_int_equal(pthread_create(&threads[2], NULL, toggle_protection, NULL), 0);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    }
    facade_call(&f, "DescribeTable", "{'TableName':'tab'}");
    facade_shows(&f, "'WarmThroughput':{'ReadUnitsPerSecond':20050,'WriteUnitsPerSecond':20050,");
    facade_shows(&f, "'DeletionProtectionEnabled':true");
    facade_close(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_table_threads__lose_no_change)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
