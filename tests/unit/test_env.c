/* Tests of env.h: what opening a database does and refuses. */
#include "support/support.h"

#include <pocketable/engine.h>

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const pte_env_options READ_ONLY = {.read_only = true};

static pte_table_spec users(void) {
    return (pte_table_spec){.name = pte_str("users"), .hash = {pte_str("PK"), PTE_TYPE_S}};
}

/* LMDB loses its locks when one of two handles in a process is closed. */
static void test_env__refuses_a_second_handle_of_either_kind(void **state) {
    (void)state;
    pte_error error;
    pte_env *env;
    pte_env *second;
    const pte_env_options *kinds[] = {NULL, &READ_ONLY};
    char *path = test_folder_make();
    OK(pte_env_open(&env, path, NULL, &error));
    pte_env_close(env);
    for (size_t first = 0; first < 2; first++) {
        OK(pte_env_open(&env, path, kinds[first], &error));
        for (size_t i = 0; i < 2; i++) {
            EXPECT(PTE_BUSY, pte_env_open(&second, path, kinds[i], &error));
            assert_null(second);
        }
        pte_env_close(env);
    }
    test_folder_remove(path);
}

/* Cuts the data file of a database with a table off behind its two headers, and opens it. */
static void test_env__reports_a_file_that_was_cut_off(void **state) {
    (void)state;
    pte_error error;
    pte_env *env;
    pte_table_spec table = users();
    pte_env_info info;
    char *path = test_folder_make();
    char file[256];
    OK(pte_env_open(&env, path, NULL, &error));
    OK(pte_table_create(env, &table, &error));
    OK(pte_env_describe(&info, env, &error));
    pte_env_close(env);
    snprintf(file, sizeof file, "%s/data.mdb", path);
    assert_int_equal(truncate(file, (off_t)(2 * info.page_bytes)), 0);
    EXPECT(PTE_CORRUPT, pte_env_open(&env, path, NULL, &error));
    struct stat found;
    assert_int_equal(stat(file, &found), 0);
    assert_int_equal(found.st_size, info.used_bytes);
    test_folder_remove(path);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_env__refuses_a_second_handle_of_either_kind),
        cmocka_unit_test(test_env__reports_a_file_that_was_cut_off),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
