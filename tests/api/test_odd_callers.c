/*
 * Callers who do what they may do, but what nobody expects: definitions that say one thing twice,
 * items of very many attributes, callbacks of few words, and several processes that begin the same
 * thing at one moment.
 */
#include "support/process.h"
#include "support/support.h"

#include <pocketable/engine.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

enum {
    MANY_NAMES = 60000, /* as many as an item of 400 KB can have, or nearly */
    OPENERS = 6,
    ROUNDS = 30,
    PATH_BYTES = 4200,
};

static const char TABLE[] = "table";

static pte_env *open_memory(void) {
    pte_error error;
    pte_env *env = NULL;
    pte_env_options options = {.durability = PTE_MEMORY};
    OK(pte_env_open(&env, NULL, &options, &error));
    return env;
}

static pte_env *open_with_table(void) {
    pte_error error;
    pte_env *env = open_memory();
    pte_table_spec spec = {.name = pte_str(TABLE),
                           .hash = {pte_str("PK"), PTE_TYPE_S},
                           .range = {pte_str("SK"), PTE_TYPE_S}};
    OK(pte_table_create(env, &spec, &error));
    return env;
}

static void expect_sound(pte_env *env) {
    pte_error error;
    pte_check_report report;
    OK(pte_check(&report, env, NULL, &error));
    assert_int_equal(report.problems, 0);
}

/* ---- definitions ---- */

/* The hash attribute that a local index leaves out is part of its key all the same. */
static void test_odd_callers__local_index_on_the_hash_attribute_is_refused(void **state) {
    (void)state;
    pte_error error;
    pte_env *env = open_memory();
    pte_index_spec index = {.name = pte_str("local"),
                            .kind = PTE_INDEX_LOCAL,
                            .range = {{pte_str("PK"), PTE_TYPE_S}},
                            .range_count = 1};
    pte_table_spec spec = {.name = pte_str(TABLE),
                           .hash = {pte_str("PK"), PTE_TYPE_S},
                           .range = {pte_str("SK"), PTE_TYPE_S},
                           .indexes = &index,
                           .index_count = 1};
    EXPECT(PTE_INVALID_SCHEMA, pte_table_create(env, &spec, &error));
    index.range[0].type = PTE_TYPE_N;
    EXPECT(PTE_INVALID_SCHEMA, pte_table_create(env, &spec, &error));
    spec.index_count = 0;
    OK(pte_table_create(env, &spec, &error));
    index.range[0].type = PTE_TYPE_S;
    pte_table_change change = {.add_index = &index};
    EXPECT(PTE_INVALID_SCHEMA, pte_table_alter(env, pte_str(TABLE), &change, &error));
    index.range[0].name = pte_str("SK");
    OK(pte_table_alter(env, pte_str(TABLE), &change, &error));
    expect_sound(env);
    pte_env_close(env);
}

/* ---- items ---- */

/* Stored, its key attributes stand before names that sort before them. */
static void test_odd_callers__item_of_very_many_attributes_is_checked_soon(void **state) {
    (void)state;
    pte_error error;
    pte_env *env = open_with_table();
    pte_builder *builder = NULL;
    pte_item item;
    OK(pte_builder_create(&builder, NULL, &error));
    pte_builder_add_string(builder, "PK", "p");
    pte_builder_add_string(builder, "SK", "s");
    for (int i = 0; i < MANY_NAMES; i++) {
        char name[16];
        snprintf(name, sizeof name, "%d", i);
        pte_builder_name(builder, pte_str(name));
        pte_builder_null(builder);
    }
    OK(pte_builder_item(&item, builder, &error));
    OK(pte_put(env, pte_str(TABLE), &item, &error));
    int64_t start_us = test_now_us();
    expect_sound(env);
    /* Compared in pairs it takes 20 seconds and more, and under sanitizers twice that. */
    assert_true(test_now_us() - start_us < 3 * 1000 * 1000);
    pte_builder_destroy(builder);
    pte_env_close(env);
}

/* ---- callbacks ---- */

static pte_status refuse_silently(void *ctx, const pte_item *old, pte_error *error) {
    (void)old;
    (void)error;
    return *(const pte_status *)ctx;
}

static pte_status change_silently(void *ctx, const pte_item *old, pte_item *item,
                                  pte_change_result *result, pte_error *error) {
    (void)item;
    (void)result;
    return refuse_silently(ctx, old, error);
}

static void test_odd_callers__a_status_without_a_message_gets_one(void **state) {
    (void)state;
    static const pte_status STATUSES[] = {PTE_END, PTE_NOT_FOUND, PTE_NUMBER_OVERFLOW,
                                          PTE_CONDITION_FAILED, PTE_CALLBACK_FAILED};
    pte_env *env = open_with_table();
    for (size_t i = 0; i < 2 * sizeof STATUSES / sizeof STATUSES[0]; i++) {
        pte_status status = STATUSES[i / 2];
        pte_op op = {.kind = i % 2 != 0 ? PTE_UPDATE : PTE_CHECK,
                     .table = pte_str(TABLE),
                     .key = {pte_s("p"), pte_s("s")},
                     .condition = i % 2 != 0 ? NULL : refuse_silently,
                     .change = i % 2 != 0 ? change_silently : NULL,
                     .ctx = &status};
        pte_error error = {.status = PTE_IO, .os_error = 5, .message = "of an earlier call"};
        EXPECT(status, pte_write(env, &op, 1, &error));
        assert_int_equal(op.status, status);
        assert_int_equal(error.status, status);
        assert_int_equal(error.os_error, 0);
        assert_non_null(strstr(error.message, pte_status_text(status)));
    }
    pte_env_close(env);
}

/* ---- several at once ---- */

/* Room is reserved for each reader, so too many fill the disk. */
static void test_odd_callers__too_many_readers_are_refused(void **state) {
    (void)state;
    pte_error error;
    char *folder = test_folder_make();
    char path[PATH_BYTES];
    pte_env *env = NULL;
    pte_env_options options = {.readers_max = PTE_READERS_MAX + 1};
    snprintf(path, sizeof path, "%s/new", folder);
    EXPECT(PTE_INVALID_ARGUMENT, pte_env_open(&env, path, &options, &error));
    assert_null(env);
    assert_int_not_equal(access(path, F_OK), 0);
    test_folder_remove(folder);
}

static void opener(const char *folder, const char *table) {
    pte_error error;
    pte_env *env = NULL;
    pte_table_spec spec = {.name = pte_str(table), .hash = {pte_str("PK"), PTE_TYPE_S}};
    pte_status status = pte_env_open(&env, folder, NULL, &error);
    if (status == PTE_OK) {
        status = pte_table_create(env, &spec, &error);
    }
    if (status != PTE_OK) {
        fprintf(stderr, "%s: %s\n", table, error.message);
    }
    pte_env_close(env);
    exit(status != PTE_OK);
}

/* Whichever of them makes the database, the others find it whole. */
static void test_odd_callers__processes_make_one_database_at_once(void **state) {
    (void)state;
    pte_error error;
    for (int round = 0; round < ROUNDS; round++) {
        char *folder = test_folder_make();
        test_process openers[OPENERS] = {0};
        int failed = 0;
        for (int i = 0; i < OPENERS; i++) {
            char table[16];
            snprintf(table, sizeof table, "table%d", i);
            const char *arguments[] = {"opener", folder, table, NULL};
            test_process_start(&openers[i], arguments);
        }
        for (int i = 0; i < OPENERS; i++) {
            failed += test_process_wait(&openers[i]) != 0;
        }
        assert_int_equal(failed, 0);
        pte_env *env = NULL;
        pte_env_info info;
        OK(pte_env_open(&env, folder, NULL, &error));
        OK(pte_env_describe(&info, env, &error));
        assert_int_equal(info.tables, OPENERS);
        pte_env_close(env);
        test_folder_remove(folder);
    }
}

/* A copy has its partial file locked; another to the same place leaves it alone. */
static void test_odd_callers__one_copy_at_a_time_to_one_place(void **state) {
    (void)state;
    pte_error error;
    pte_env *env = open_with_table();
    char *folder = test_folder_make();
    char partial[PATH_BYTES];
    snprintf(partial, sizeof partial, "%s/data.mdb.partial", folder);
    int fd = open(partial, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, "begun", 5), 5);
    assert_int_equal(flock(fd, LOCK_EX), 0);
    EXPECT(PTE_BUSY, pte_env_copy(env, folder, NULL, &error));
    char content[8];
    assert_int_equal(pread(fd, content, sizeof content, 0), 5);
    assert_int_equal(access(partial, F_OK), 0);
    close(fd); /* as if it had been killed */
    OK(pte_env_copy(env, folder, NULL, &error));
    assert_int_not_equal(access(partial, F_OK), 0);
    EXPECT(PTE_INVALID_ARGUMENT, pte_env_copy(env, folder, NULL, &error)); /* it is not empty */
    test_folder_remove(folder);
    pte_env_close(env);
}

int main(int argc, char **argv) {
    if (argc == 4 && strcmp(argv[1], "opener") == 0) {
        test_process_bind();
        opener(argv[2], argv[3]);
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_odd_callers__local_index_on_the_hash_attribute_is_refused),
        cmocka_unit_test(test_odd_callers__item_of_very_many_attributes_is_checked_soon),
        cmocka_unit_test(test_odd_callers__a_status_without_a_message_gets_one),
        cmocka_unit_test(test_odd_callers__too_many_readers_are_refused),
        cmocka_unit_test(test_odd_callers__processes_make_one_database_at_once),
        cmocka_unit_test(test_odd_callers__one_copy_at_a_time_to_one_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
