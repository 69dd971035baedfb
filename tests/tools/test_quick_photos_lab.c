/*
 * The access patterns on the 967 items of the lab that Quick Photos comes from, where somebody has
 * put them beside the source tree; skipped where not. The answers are those that the lab, AWS's
 * "Design a Database for a Mobile App with Amazon DynamoDB", gives for these items.
 */
#include "json_lines.h"
#include "quick_photos/patterns.h"

#include "support/support.h"

#include <stdio.h>
#include <stdlib.h>

typedef struct lab {
    pte_env *env;
    pte_builder *builders[QP_ITEMS];
    pte_item items[QP_ITEMS];
    size_t count;
} lab;

/* Each line an item, one builder each to hold it. */
static void read_items(lab *l, FILE *file) {
    pte_error error = {0};
    char *line = NULL;
    size_t capacity = 0;
    ssize_t len;
    while ((len = getline(&line, &capacity, file)) > 0) {
        assert_true(l->count < QP_ITEMS);
        pte_builder **builder = &l->builders[l->count];
        OK(pte_builder_create(builder, NULL, &error));
        OK(json_line_item(&l->items[l->count], *builder, pte_view(line, (size_t)len), &error));
        l->count++;
    }
    free(line);
}

static int make_lab(void **state) {
    pte_error error = {0};
    pte_env_options options = {.durability = PTE_MEMORY};
    *state = NULL;
    FILE *file = fopen(LAB_ITEMS, "r");
    if (file == NULL) {
        printf("no %s: the tests on the lab's data are skipped\n", LAB_ITEMS);
        return 0;
    }
    lab *l = calloc(1, sizeof *l);
    assert_non_null(l);
    read_items(l, file);
    fclose(file);
    OK(pte_env_open(&l->env, NULL, &options, &error));
    OK(qp_table_create(l->env, &error));
    OK(qp_table_load(l->env, l->items, l->count, &error));
    OK(qp_table_add_index(l->env, &error));
    OK(pte_backfill(l->env, pte_str(QP_TABLE), NULL, NULL, &error));
    *state = l;
    return 0;
}

static int end_lab(void **state) {
    lab *l = *state;
    if (l != NULL) {
        pte_env_close(l->env);
        for (size_t i = 0; i < l->count; i++) {
            pte_builder_destroy(l->builders[i]);
        }
        free(l);
    }
    return 0;
}

static lab *lab_of(void **state) {
    if (*state == NULL) {
        skip();
    }
    return *state;
}

/* How many items the cursor gives, and which entity the first is. */
static size_t walk(pte_cursor *cursor, qp_entity *first) {
    pte_error error = {0};
    pte_item item;
    pte_status status;
    while ((status = pte_cursor_next(&item, cursor, &error)) == PTE_OK) {
        if (pte_cursor_items(cursor) == 1) {
            OK(qp_entity_of_item(first, &item, &error));
        }
    }
    EXPECT(PTE_END, status);
    return pte_cursor_items(cursor);
}

static void test_quick_photos_lab__has_the_known_counts(void **state) {
    lab *l = lab_of(state);
    pte_error error = {0};
    size_t counts[QP_ENTITIES] = {0};
    for (size_t i = 0; i < l->count; i++) {
        qp_entity entity;
        OK(qp_entity_of_item(&entity, &l->items[i], &error));
        counts[entity]++;
    }
    assert_int_equal(QP_USERS, counts[QP_USER]);
    assert_int_equal(QP_PHOTOS, counts[QP_PHOTO]);
    assert_int_equal(QP_REACTIONS, counts[QP_REACTION]);
    assert_int_equal(QP_FRIENDSHIPS, counts[QP_FRIENDSHIP]);
}

static void test_quick_photos_lab__gives_the_known_answers(void **state) {
    lab *l = lab_of(state);
    pte_error error = {0};
    pte_read *read;
    pte_cursor *cursor;
    qp_entity first = QP_ENTITIES;
    OK(pte_read_begin(&read, l->env, &error));
    OK(qp_open_user_and_photos(&cursor, read, "jacksonjason", &error));
    assert_int_equal(16, walk(cursor, &first));
    assert_int_equal(QP_USER, first);
    OK(qp_open_photo_and_reactions(&cursor, read, "david25", "2019-03-02T09:11:30", &error));
    assert_int_equal(6, walk(cursor, &first));
    assert_int_equal(QP_REACTION, first);
    OK(qp_open_followed(&cursor, read, "haroldwatkins", &error));
    assert_int_equal(10, walk(cursor, &first));
    assert_int_equal(QP_FRIENDSHIP, first);
    pte_read_end(read);
}

static void test_quick_photos_lab__every_item_comes_back_as_it_was(void **state) {
    lab *l = lab_of(state);
    pte_error error = {0};
    pte_read *read;
    OK(pte_read_begin(&read, l->env, &error));
    for (size_t i = 0; i < l->count; i++) {
        pte_value pk, sk;
        pte_item item;
        OK(pte_item_find(&pk, &l->items[i], pte_str("PK"), &error));
        OK(pte_item_find(&sk, &l->items[i], pte_str("SK"), &error));
        pte_key key = {{PTE_TYPE_S, pk.bytes}, {PTE_TYPE_S, sk.bytes}};
        OK(pte_read_item(&item, read, pte_str(QP_TABLE), &key, &error));
        assert_true(pte_bytes_equal(l->items[i].encoded, item.encoded));
    }
    pte_read_end(read);
}

static void test_quick_photos_lab__the_checker_finds_nothing(void **state) {
    lab *l = lab_of(state);
    pte_error error = {0};
    pte_check_report report;
    OK(pte_check(&report, l->env, NULL, &error));
    assert_int_equal(0, report.problems);
    assert_int_equal(QP_ITEMS, report.items);
    assert_int_equal(QP_ITEMS, report.index_entries);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_quick_photos_lab__has_the_known_counts),
        cmocka_unit_test(test_quick_photos_lab__gives_the_known_answers),
        cmocka_unit_test(test_quick_photos_lab__every_item_comes_back_as_it_was),
        cmocka_unit_test(test_quick_photos_lab__the_checker_finds_nothing),
    };
    return cmocka_run_group_tests(tests, make_lab, end_lab);
}
