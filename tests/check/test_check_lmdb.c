/* LMDB itself fails below the checker: at every call once, and from every call on. */
#include "sample.h"
#include "support/support.h"

#include <errno.h>
#include <lmdb.h>

/* Linked with --wrap for these three. */
int __real_mdb_get(MDB_txn *txn, MDB_dbi dbi, MDB_val *key, MDB_val *data);
int __real_mdb_cursor_get(MDB_cursor *cursor, MDB_val *key, MDB_val *data, MDB_cursor_op op);
int __real_mdb_cursor_open(MDB_txn *txn, MDB_dbi dbi, MDB_cursor **cursor);
int __wrap_mdb_get(MDB_txn *txn, MDB_dbi dbi, MDB_val *key, MDB_val *data);
int __wrap_mdb_cursor_get(MDB_cursor *cursor, MDB_val *key, MDB_val *data, MDB_cursor_op op);
int __wrap_mdb_cursor_open(MDB_txn *txn, MDB_dbi dbi, MDB_cursor **cursor);

static struct {
    size_t calls;
    size_t fail_at; /* 0: none */
    bool keep_failing;
    int code;
} fault;

static bool fails(void) {
    fault.calls++;
    return fault.fail_at != 0 &&
           (fault.calls == fault.fail_at || (fault.keep_failing && fault.calls > fault.fail_at));
}

int __wrap_mdb_get(MDB_txn *txn, MDB_dbi dbi, MDB_val *key, MDB_val *data) {
    return fails() ? fault.code : __real_mdb_get(txn, dbi, key, data);
}

int __wrap_mdb_cursor_get(MDB_cursor *cursor, MDB_val *key, MDB_val *data, MDB_cursor_op op) {
    return fails() ? fault.code : __real_mdb_cursor_get(cursor, key, data, op);
}

int __wrap_mdb_cursor_open(MDB_txn *txn, MDB_dbi dbi, MDB_cursor **cursor) {
    return fails() ? fault.code : __real_mdb_cursor_open(txn, dbi, cursor);
}

static char *path;

static int setup(void **state) {
    (void)state;
    sample_ids ids;
    path = test_folder_make();
    sample_make(path, &ids);
    return 0;
}

static int teardown(void **state) {
    (void)state;
    test_folder_remove(path);
    return 0;
}

/* Checks the sample with the fault as it is set; how many calls there were in *calls. */
static pte_status check(pte_env *env, pte_check_report *report, size_t *calls, pte_error *error) {
    fault.calls = 0;
    pte_status status = pte_check(report, env, NULL, error);
    *calls = fault.calls;
    fault.fail_at = 0;
    return status;
}

/* Every so manyth call: all of them would take minutes. */
enum { STRIDE = 31 };

static void run_faults(int code, bool keep_failing,
                       void (*expect)(pte_status status, const pte_check_report *report,
                                      const pte_error *error)) {
    pte_error error;
    pte_env *env;
    pte_check_report report;
    size_t calls;
    const pte_env_options options = sample_options();
    OK(pte_env_open(&env, path, &options, &error));
    OK(check(env, &report, &calls, &error));
    assert_int_equal(0, report.problems);
    assert_true(calls > 1000);
    for (size_t at = 1; at <= calls; at += at < 100 ? 1 : STRIDE) {
        size_t made;
        fault.fail_at = at;
        fault.keep_failing = keep_failing;
        fault.code = code;
        pte_status status = check(env, &report, &made, &error);
        expect(status, &report, &error);
    }
    OK(check(env, &report, &calls, &error));
    assert_int_equal(0, report.problems);
    pte_env_close(env);
}

static void expect_io(pte_status status, const pte_check_report *report, const pte_error *error) {
    assert_int_equal(PTE_IO, status);
    assert_int_equal(PTE_IO, error->status);
    assert_int_equal(EIO, error->os_error);
    assert_int_equal(0, report->items);
}

static void expect_done(pte_status status, const pte_check_report *report, const pte_error *error) {
    (void)report;
    (void)error;
    assert_int_equal(PTE_OK, status);
}

static void expect_problems(pte_status status, const pte_check_report *report,
                            const pte_error *error) {
    (void)error;
    assert_int_equal(PTE_OK, status);
    assert_int_not_equal(0, report->problems);
}

static void test_check_lmdb__ends_with_io_where_the_disk_fails(void **state) {
    (void)state;
    run_faults(EIO, false, expect_io);
    run_faults(EIO, true, expect_io);
}

static void test_check_lmdb__goes_on_where_a_page_is_damaged(void **state) {
    (void)state;
    run_faults(MDB_CORRUPTED, false, expect_done);
    run_faults(MDB_PAGE_NOTFOUND, false, expect_done);
}

static void test_check_lmdb__reports_pages_that_are_damaged(void **state) {
    (void)state;
    run_faults(MDB_CORRUPTED, true, expect_problems);
    run_faults(MDB_PAGE_NOTFOUND, true, expect_problems);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_check_lmdb__ends_with_io_where_the_disk_fails),
        cmocka_unit_test(test_check_lmdb__goes_on_where_a_page_is_damaged),
        cmocka_unit_test(test_check_lmdb__reports_pages_that_are_damaged),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
