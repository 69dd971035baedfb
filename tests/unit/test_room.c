/*
 * Tests of store/room.h: a database in memory never uses a page that was not allocated, which would
 * be a SIGBUS on a full file system.
 */
#include "support/support.h"

#include <pocketable/engine.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

enum { ITEMS = 500, CONTENT_BYTES = 400 * 1024, KEY_BYTES = 12 };

static size_t allocated_bytes;
static size_t bytes_max = SIZE_MAX; /* of the file system */
static bool refused;

int __wrap_posix_fallocate(int fd, off_t from, off_t len);

/* A file system that is nearly full: never more than what is needed, which is asked for second. */
int __wrap_posix_fallocate(int fd, off_t from, off_t len) {
    (void)fd;
    refused = !refused;
    if (refused || (size_t)(from + len) > bytes_max) {
        refused = refused && (size_t)(from + len) <= bytes_max;
        return ENOSPC;
    }
    allocated_bytes = (size_t)(from + len);
    return 0;
}

static void expect_allocated(pte_env *env) {
    pte_error error;
    pte_env_info info;
    OK(pte_env_describe(&info, env, &error));
    assert_in_range(info.used_bytes, 1, allocated_bytes);
}

static pte_key key_of(char text[KEY_BYTES], unsigned number) {
    snprintf(text, KEY_BYTES, "%u", number);
    return (pte_key){.hash = pte_s(text)};
}

static void put_large_items(pte_env *env, pte_bytes table) {
    pte_error error;
    pte_builder *builder;
    uint8_t *content = calloc(1, CONTENT_BYTES);
    assert_non_null(content);
    OK(pte_builder_create(&builder, NULL, &error));
    for (unsigned i = 0; i < ITEMS; i++) {
        char text[KEY_BYTES];
        pte_item item;
        pte_builder_reset(builder);
        pte_builder_name(builder, pte_str("PK"));
        pte_builder_scalar(builder, key_of(text, i).hash);
        pte_builder_name(builder, pte_str("content"));
        pte_builder_binary(builder, pte_view(content, CONTENT_BYTES - 64));
        OK(pte_builder_item(&item, builder, &error));
        OK(pte_put(env, table, &item, &error));
    }
    pte_builder_destroy(builder);
    free(content);
}

/* The list of the pages that become free is itself a hundred pages long. */
static void test_room__is_made_for_the_list_of_free_pages(void **state) {
    (void)state;
    static char texts[ITEMS][KEY_BYTES];
    static pte_op ops[ITEMS];
    pte_error error;
    pte_env *env;
    pte_env_options options = {.durability = PTE_MEMORY};
    pte_table_spec table = {.name = pte_str("table"), .hash = {pte_str("PK"), PTE_TYPE_S}};
    char *path = test_folder_make();
    OK(pte_env_open(&env, path, &options, &error));
    OK(pte_table_create(env, &table, &error));
    put_large_items(env, table.name);
    expect_allocated(env);
    for (unsigned i = 0; i < ITEMS; i++) {
        ops[i] = (pte_op){.kind = PTE_DELETE, .table = table.name, .key = key_of(texts[i], i)};
    }
    OK(pte_write(env, ops, ITEMS, &error));
    expect_allocated(env);
    pte_env_close(env);
    test_folder_remove(path);
}

/* Puts an item of one page's third, so that it needs no page of its own. */
static pte_status put_small_item(pte_env *env, pte_bytes table, unsigned number,
                                 pte_builder *builder, pte_error *error) {
    static const uint8_t content[1000];
    char text[KEY_BYTES];
    pte_item item;
    pte_builder_reset(builder);
    pte_builder_name(builder, pte_str("PK"));
    pte_builder_scalar(builder, key_of(text, number).hash);
    pte_builder_name(builder, pte_str("content"));
    pte_builder_binary(builder, pte_view(content, sizeof content));
    pte_status status = pte_builder_item(&item, builder, error);
    return status == PTE_OK ? pte_put(env, table, &item, error) : status;
}

static unsigned put_until_full(pte_env *env, pte_bytes table, pte_builder *builder) {
    pte_error error;
    unsigned count = 0;
    pte_status status;
    while ((status = put_small_item(env, table, count, builder, &error)) == PTE_OK) {
        expect_allocated(env);
        count++;
    }
    assert_int_equal(status, PTE_DATABASE_FULL);
    return count;
}

/* What deletions and drops free is used again, though the file system has no room. */
static void test_room__is_found_inside_a_full_file(void **state) {
    (void)state;
    pte_error error;
    pte_env *env;
    pte_builder *builder;
    pte_env_options options = {.durability = PTE_MEMORY};
    pte_table_spec table = {.name = pte_str("table"), .hash = {pte_str("PK"), PTE_TYPE_S}};
    char *path = test_folder_make();
    bytes_max = 4 << 20;
    OK(pte_builder_create(&builder, NULL, &error));
    OK(pte_env_open(&env, path, &options, &error));
    OK(pte_table_create(env, &table, &error));
    unsigned count = put_until_full(env, table.name, builder);
    assert_in_range(count, 1000, 4000);
    for (unsigned round = 0; round < 3; round++) {
        for (unsigned i = 0; i < count; i++) {
            char text[KEY_BYTES];
            pte_key key = key_of(text, i);
            OK(pte_delete(env, table.name, &key, &error));
            expect_allocated(env);
        }
        /* Not to the last page, as the commits' own need is reckoned anew each time. */
        for (unsigned i = 0; i < count / 2; i++) {
            OK(put_small_item(env, table.name, i, builder, &error));
            expect_allocated(env);
        }
        (void)put_until_full(env, table.name, builder);
        OK(pte_table_drop(env, table.name, &error));
        OK(pte_table_create(env, &table, &error));
        for (size_t reclaimed = 1; reclaimed != 0;) {
            OK(pte_reclaim(&reclaimed, env, 50, &error));
            expect_allocated(env);
        }
        OK(put_small_item(env, table.name, 0, builder, &error));
    }
    pte_env_close(env);
    pte_builder_destroy(builder);
    bytes_max = SIZE_MAX;
    test_folder_remove(path);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_room__is_made_for_the_list_of_free_pages),
        cmocka_unit_test(test_room__is_found_inside_a_full_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
