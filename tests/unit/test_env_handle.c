/* Tests of env.h: what opening a database does and refuses. */
#include "support/support.h"

#include <pocketable/engine.h>

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const pte_env_options READ_ONLY = {.read_only = true};

static pte_table_spec users(void) {
    return (pte_table_spec){.name = pte_str("users"), .hash = {pte_str("PK"), PTE_TYPE_S}};
}

/* LMDB loses its locks when one of two handles in a process is closed. */
static void test_env_handle__refuses_a_second_handle_of_either_kind(void **state) {
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

/* Slots in use, not those that ever were; a pool keeps its own until it is closed. */
static void test_env_handle__counts_the_reader_slots_in_use(void **state) {
    (void)state;
    pte_error error;
    pte_env *env;
    pte_env_info info;
    char *path = test_folder_make();
    int used[2];
    int leave[2];
    char byte;
    assert_int_equal(pipe(used), 0);
    assert_int_equal(pipe(leave), 0);
    pid_t other = fork();
    if (other == 0) {
        pte_read *reads[5];
        bool good =
            read(leave[0], &byte, 1) == 1 && pte_env_open(&env, path, NULL, &error) == PTE_OK;
        for (size_t i = 0; good && i < 5; i++) {
            good = pte_read_begin(&reads[i], env, &error) == PTE_OK;
        }
        good = good && write(used[1], "", 1) == 1 && read(leave[0], &byte, 1) == 1;
        for (size_t i = 0; good && i < 5; i++) {
            pte_read_end(reads[i]);
        }
        pte_env_close(good ? env : NULL);
        _exit(good ? 0 : 1);
    }
    OK(pte_env_open(&env, path, NULL, &error));
    OK(pte_env_describe(&info, env, &error));
    assert_int_equal(info.readers_used, 1);
    assert_int_equal(write(leave[1], "", 1), 1);
    assert_int_equal(read(used[0], &byte, 1), 1);
    OK(pte_env_describe(&info, env, &error));
    assert_int_equal(info.readers_used, 6);
    int status;
    assert_int_equal(write(leave[1], "", 1), 1);
    assert_int_equal(waitpid(other, &status, 0), other);
    assert_int_equal(status, 0);
    OK(pte_env_describe(&info, env, &error));
    assert_int_equal(info.readers_used, 1);
    pte_env_close(env);
    for (size_t i = 0; i < 2; i++) {
        close(used[i]);
        close(leave[i]);
    }
    test_folder_remove(path);
}

/* Cuts the data file of a database with a table off behind its two headers, and opens it. */
static void test_env_handle__reports_a_file_that_was_cut_off(void **state) {
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

/* --- little address space --- */

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { ADDRESS_SPACE_CAN_BE_LIMITED = 0 }; /* the sanitizer itself needs all of it */
#else
enum { ADDRESS_SPACE_CAN_BE_LIMITED = 1 };
#endif

enum { ITEM_BYTES = 300 * 1024, SPACE_BYTES = 40 * 1024 * 1024 };

/* Limits this process's address space to what it has and so many bytes more; 0: no limit. */
static void limit_address_space(size_t more_bytes) {
    struct rlimit limit;
    unsigned long pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    assert_non_null(file);
    assert_int_equal(fscanf(file, "%lu", &pages), 1);
    fclose(file);
    assert_int_equal(getrlimit(RLIMIT_AS, &limit), 0);
    limit.rlim_cur =
        more_bytes != 0 ? pages * (rlim_t)sysconf(_SC_PAGESIZE) + more_bytes : limit.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_AS, &limit), 0);
}

/* Puts items from number first on, until one is refused; returns that status. */
static pte_status put_items(pte_env *env, unsigned first, unsigned count) {
    pte_error error;
    pte_builder *builder;
    pte_status status = PTE_OK;
    uint8_t *content = calloc(1, ITEM_BYTES);
    assert_non_null(content);
    OK(pte_builder_create(&builder, NULL, &error));
    for (unsigned i = first; i < first + count && status == PTE_OK; i++) {
        pte_item item;
        char key[16];
        snprintf(key, sizeof key, "%u", i);
        pte_builder_reset(builder);
        pte_builder_add_string(builder, "PK", key);
        pte_builder_name(builder, pte_str("content"));
        pte_builder_binary(builder, pte_view(content, ITEM_BYTES));
        OK(pte_builder_item(&item, builder, &error));
        status = pte_put(env, pte_str("users"), &item, &error);
    }
    pte_builder_destroy(builder);
    free(content);
    return status;
}

static pte_status read_item(pte_env *env, const char *name) {
    pte_error error;
    pte_read *read;
    pte_item item;
    pte_key key = {.hash = pte_s(name)};
    pte_status status = pte_read_begin(&read, env, &error);
    if (status == PTE_OK) {
        OK(pte_read_item(&item, read, pte_str("users"), &key, &error));
        pte_read_end(read);
    }
    return status;
}

static pte_env *open_with_little_space(const char *path) {
    pte_error error;
    pte_env *env;
    pte_env_options options = {.durability = PTE_RELAXED};
    pte_table_spec table = users();
    limit_address_space(SPACE_BYTES);
    OK(pte_env_open(&env, path, &options, &error));
    OK(pte_table_create(env, &table, &error));
    OK(put_items(env, 0, 1));
    return env;
}

/* A map that cannot be made larger stays as it is, and grows when it can. */
static void test_env_handle__keeps_its_map_where_there_is_no_room_for_a_larger(void **state) {
    (void)state;
    pte_error error;
    if (!ADDRESS_SPACE_CAN_BE_LIMITED) {
        skip();
    }
    char *path = test_folder_make();
    pte_env *env = open_with_little_space(path);
    EXPECT(PTE_DATABASE_FULL, put_items(env, 1, 2 * SPACE_BYTES / ITEM_BYTES));
    OK(read_item(env, "0"));
    limit_address_space(0);
    OK(put_items(env, 1, 2 * SPACE_BYTES / ITEM_BYTES));
    OK(read_item(env, "200"));
    pte_env_close(env);
    test_folder_remove(path);
}

/* The same where another process's map has grown. */
static void test_env_handle__follows_another_process_as_far_as_there_is_room(void **state) {
    (void)state;
    pte_error error;
    if (!ADDRESS_SPACE_CAN_BE_LIMITED) {
        skip();
    }
    char *path = test_folder_make();
    int begin[2];
    assert_int_equal(pipe(begin), 0);
    pid_t other = fork();
    if (other == 0) {
        char byte;
        pte_env *env;
        bool good = read(begin[0], &byte, 1) == 1 &&
                    pte_env_open(&env, path, &(pte_env_options){.durability = PTE_RELAXED},
                                 &error) == PTE_OK &&
                    put_items(env, 1, 2 * SPACE_BYTES / ITEM_BYTES) == PTE_OK;
        _exit(good ? 0 : 1);
    }
    pte_env *env = open_with_little_space(path);
    int status;
    assert_int_equal(write(begin[1], "", 1), 1);
    assert_int_equal(waitpid(other, &status, 0), other);
    assert_int_equal(status, 0);
    EXPECT(PTE_OUT_OF_MEMORY, read_item(env, "0"));
    EXPECT(PTE_OUT_OF_MEMORY, put_items(env, 0, 1));
    limit_address_space(0);
    OK(read_item(env, "200"));
    OK(put_items(env, 0, 1));
    pte_env_close(env);
    close(begin[0]);
    close(begin[1]);
    test_folder_remove(path);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_env_handle__refuses_a_second_handle_of_either_kind),
        cmocka_unit_test(test_env_handle__counts_the_reader_slots_in_use),
        cmocka_unit_test(test_env_handle__reports_a_file_that_was_cut_off),
        cmocka_unit_test(test_env_handle__keeps_its_map_where_there_is_no_room_for_a_larger),
        cmocka_unit_test(test_env_handle__follows_another_process_as_far_as_there_is_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
