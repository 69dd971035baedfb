/* Tests of env.h: what opening a database does and refuses. */
#include "support/support.h"

#include <pocketable/engine.h>

static const pte_env_options READ_ONLY = {.read_only = true};

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

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_env__refuses_a_second_handle_of_either_kind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
