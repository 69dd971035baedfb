/*
 * The access patterns, through the code that the demo runs, held against a computation of its own:
 * a plain list of all keys, searched from end to end and sorted byte by byte.
 */
#include "quick_photos/script.h"

#include "support/support.h"

#include <stdio.h>
#include <stdlib.h>

enum { SEEDS = 4, ROWS_MAX = QP_ITEMS + QP_ITEMS_ADDED };

typedef struct row {
    char pk[QP_KEY_BYTES];
    char sk[QP_KEY_BYTES];
} row;

typedef struct world {
    pte_env *env;
    qp_data *data;
    qp_items *items;
    qp_app app;
    row rows[ROWS_MAX]; /* what the table should hold */
    size_t row_count;
} world;

static void copy_text(char to[QP_KEY_BYTES], const pte_item *item, const char *name) {
    pte_error error = {0};
    pte_value value;
    OK(pte_item_find(&value, item, pte_str(name), &error));
    assert_int_equal(PTE_TYPE_S, value.type);
    assert_true(value.bytes.len < QP_KEY_BYTES);
    memcpy(to, value.bytes.data, value.bytes.len);
    to[value.bytes.len] = '\0';
}

static row row_of(const pte_item *item) {
    row made;
    copy_text(made.pk, item, "PK");
    copy_text(made.sk, item, "SK");
    return made;
}

static void add_row(world *w, qp_key pk, qp_key sk) {
    assert_true(w->row_count < ROWS_MAX);
    memcpy(w->rows[w->row_count].pk, pk.text, sizeof pk.text);
    memcpy(w->rows[w->row_count].sk, sk.text, sizeof sk.text);
    w->row_count++;
}

/* A table in memory with the items, but not the index yet. */
static world *make_loaded_world(uint64_t seed) {
    pte_error error = {0};
    pte_env_options options = {.durability = PTE_MEMORY};
    world *w = calloc(1, sizeof *w);
    assert_non_null(w);
    w->data = qp_data_new(seed);
    assert_non_null(w->data);
    OK(qp_items_new(&w->items, w->data, &error));
    OK(pte_env_open(&w->env, NULL, &options, &error));
    OK(qp_table_create(w->env, &error));
    OK(qp_table_load(w->env, w->items->items, QP_ITEMS, &error));
    OK(qp_app_init(&w->app, w->env, &error));
    for (size_t i = 0; i < QP_ITEMS; i++) {
        w->rows[w->row_count++] = row_of(&w->items->items[i]);
    }
    return w;
}

static world *make_world(uint64_t seed) {
    pte_error error = {0};
    world *w = make_loaded_world(seed);
    OK(qp_table_add_index(w->env, &error));
    OK(pte_backfill(w->env, pte_str(QP_TABLE), NULL, NULL, &error));
    return w;
}

/* Ends the world; whatever happened in it, the checker finds nothing wrong. */
static void end_world(world *w) {
    pte_error error = {0};
    pte_check_report report;
    OK(pte_check(&report, w->env, NULL, &error));
    assert_int_equal(0, report.problems);
    assert_int_equal(w->row_count, report.items);
    qp_app_clean_up(&w->app);
    pte_env_close(w->env);
    qp_items_destroy(w->items);
    qp_data_destroy(w->data);
    free(w);
}

/* ---- the computation to compare with ---- */

/* Keys from one end of a range to the other, both included, of one partition. */
typedef struct key_range {
    bool inverted; /* the index: partition by SK, order by PK */
    const char *partition;
    const char *from, *to;
} key_range;

static int compare_rows(const void *a, const void *b) {
    const row *x = a, *y = b;
    int order = strcmp(x->pk, y->pk);
    return order != 0 ? order : strcmp(x->sk, y->sk);
}

/* In one partition all rows agree in one of the two keys, so the order of both is the right one. */
static size_t find_rows(row *found, const world *w, const key_range *range) {
    size_t count = 0;
    for (size_t i = 0; i < w->row_count; i++) {
        const row *at = &w->rows[i];
        const char *partition = range->inverted ? at->sk : at->pk;
        const char *sort = range->inverted ? at->pk : at->sk;
        if (strcmp(partition, range->partition) == 0 && strcmp(sort, range->from) >= 0 &&
            strcmp(sort, range->to) <= 0) {
            found[count++] = *at;
        }
    }
    qsort(found, count, sizeof found[0], compare_rows);
    return count;
}

static void expect_rows(const world *w, pte_cursor *cursor, const key_range *range) {
    pte_error error = {0};
    static row found[ROWS_MAX];
    size_t count = find_rows(found, w, range);
    pte_item item;
    for (size_t i = 0; i < count; i++) {
        OK(pte_cursor_next(&item, cursor, &error));
        row given = row_of(&item);
        assert_string_equal(found[i].pk, given.pk);
        assert_string_equal(found[i].sk, given.sk);
    }
    EXPECT(PTE_END, pte_cursor_next(&item, cursor, &error));
}

static key_range photos_of(const qp_key *pk) {
    return (key_range){false, pk->text, "#METADATA#", "PHOTO$"};
}

static key_range reactions_to(const qp_key *sk) {
    return (key_range){true, sk->text, "REACTION#", "USER$"};
}

static key_range followers_of(const qp_key *pk) {
    return (key_range){false, pk->text, "#FRIEND#", "#FRIEND$"};
}

static key_range followed_by(const qp_key *sk) {
    return (key_range){true, sk->text, "", "\x7f"};
}

/* ---- the four queries, for everybody and every photo ---- */

static void check_queries_of_user(const world *w, const char *username) {
    pte_error error = {0};
    pte_read *read;
    pte_cursor *cursor;
    qp_key pk = qp_key_user(username), friend_sk = qp_key_friend(username);
    key_range photos = photos_of(&pk), followers = followers_of(&pk),
              followed = followed_by(&friend_sk);
    OK(pte_read_begin(&read, w->env, &error));
    OK(qp_open_user_and_photos(&cursor, read, username, &error));
    expect_rows(w, cursor, &photos);
    OK(qp_open_followers(&cursor, read, username, &error));
    expect_rows(w, cursor, &followers);
    OK(qp_open_followed(&cursor, read, username, &error));
    expect_rows(w, cursor, &followed);
    pte_read_end(read);
}

static void check_query_of_photo(const world *w, const qp_photo *photo) {
    pte_error error = {0};
    pte_read *read;
    pte_cursor *cursor;
    qp_key sk = qp_key_photo(photo->owner, photo->timestamp);
    key_range reactions = reactions_to(&sk);
    OK(pte_read_begin(&read, w->env, &error));
    OK(qp_open_photo_and_reactions(&cursor, read, photo->owner, photo->timestamp, &error));
    expect_rows(w, cursor, &reactions);
    pte_read_end(read);
}

static void test_quick_photos_patterns__queries_find_what_a_full_search_finds(void **state) {
    (void)state;
    test_random random = {test_seed(42)};
    for (int i = 0; i < SEEDS; i++) {
        world *w = make_world(test_random_next(&random));
        for (size_t j = 0; j < QP_USERS; j++) {
            check_queries_of_user(w, w->data->users[j].username);
        }
        for (size_t j = 0; j < QP_PHOTOS; j++) {
            check_query_of_photo(w, &w->data->photos[j]);
        }
        check_queries_of_user(w, "nobody");
        end_world(w);
    }
}

/* ---- the script, step by step ---- */

/* What a read step must give, by the full search. */
static qp_tally search_for_step(const world *w, const qp_scene *scene, size_t step) {
    static row found[ROWS_MAX];
    qp_tally tally = {0};
    qp_key star = qp_key_user(scene->star->username), fan = qp_key_friend(scene->fan->username);
    qp_key photo = qp_key_photo(scene->favourite->owner, scene->favourite->timestamp);
    key_range range = step == 5   ? photos_of(&star)
                      : step == 7 ? reactions_to(&photo)
                      : step == 9 ? followers_of(&star)
                                  : followed_by(&fan);
    if (step == 3) {
        tally.items[QP_USER] = 1;
        return tally;
    }
    size_t count = find_rows(found, w, &range);
    for (size_t i = 0; i < count; i++) {
        const char *pk = found[i].pk, *sk = found[i].sk;
        qp_entity entity = strncmp(pk, "REACTION#", 9) == 0     ? QP_REACTION
                           : strncmp(sk, "#METADATA#", 10) == 0 ? QP_USER
                           : strncmp(sk, "#FRIEND#", 8) == 0    ? QP_FRIENDSHIP
                                                                : QP_PHOTO;
        tally.items[entity]++;
    }
    if (step == 10) {
        tally.items[QP_USER] = count;
    }
    return tally;
}

/* The item that a write step adds. */
static void add_row_of_step(world *w, const qp_scene *scene, size_t step) {
    const char *newcomer = scene->newcomer->username, *star = scene->star->username;
    switch (step) {
    case 1:
        add_row(w, qp_key_user(newcomer), qp_key_metadata(newcomer));
        break;
    case 4:
        add_row(w, qp_key_user(star), qp_key_photo(star, scene->new_photo.timestamp));
        break;
    case 6:
        add_row(w, qp_key_reaction(newcomer, "heart"),
                qp_key_photo(scene->favourite->owner, scene->favourite->timestamp));
        break;
    case 8:
        add_row(w, qp_key_user(star), qp_key_friend(scene->fan->username));
        break;
    default:
        break;
    }
}

static void check_write(world *w, const qp_scene *scene, size_t step) {
    pte_error error = {0};
    const qp_step *at = &qp_steps[step - 1];
    assert_int_not_equal(PTE_OK, at->verify(scene, &error)); /* so the step is what makes it so */
    OK(at->write(scene, &error));
    OK(at->verify(scene, &error));
    add_row_of_step(w, scene, step);
    if (at->refused_again) {
        bool alone = w->app.operation_count == 1;
        EXPECT(alone ? PTE_CONDITION_FAILED : PTE_TRANSACTION_CANCELLED, at->write(scene, &error));
        assert_int_equal(0, error.position);
        assert_int_equal(PTE_CONDITION_FAILED, w->app.operation_statuses[0]);
        for (size_t i = 1; i < w->app.operation_count; i++) {
            assert_int_equal(PTE_OK, w->app.operation_statuses[i]);
        }
        assert_string_equal(step == 6   ? scene->reaction.timestamp
                            : step == 8 ? scene->friendship.timestamp
                                        : "",
                            w->app.found_timestamp);
        OK(at->verify(scene, &error));
    }
    for (size_t i = 0; i < QP_OPERATIONS_MAX; i++) {
        assert_int_equal(i < w->app.operation_count, at->operations[i] != NULL);
    }
}

static void check_read(const world *w, const qp_scene *scene, size_t step) {
    pte_error error = {0};
    const qp_step *at = &qp_steps[step - 1];
    qp_tally tally = {0}, expected = {0}, searched = search_for_step(w, scene, step);
    OK(at->read(scene, &tally, &error));
    at->expect(scene, &expected);
    assert_true(qp_tally_sum(&tally) > 0);
    assert_true(qp_tally_equal(&searched, &tally));
    assert_true(qp_tally_equal(&searched, &expected));
}

static void test_quick_photos_patterns__every_step_gives_what_the_items_say(void **state) {
    (void)state;
    test_random random = {test_seed(43)};
    for (int i = 0; i < SEEDS; i++) {
        world *w = make_world(test_random_next(&random));
        qp_scene scene;
        qp_scene_init(&scene, &w->app, w->data);
        for (size_t step = 1; step <= QP_STEPS; step++) {
            if (qp_steps[step - 1].write != NULL) {
                check_write(w, &scene, step);
            } else {
                check_read(w, &scene, step);
            }
        }
        assert_int_equal(ROWS_MAX, w->row_count);
        check_queries_of_user(w, scene.star->username);
        check_queries_of_user(w, scene.newcomer->username);
        check_query_of_photo(w, scene.favourite);
        end_world(w);
    }
}

/* ---- what is refused ---- */

/* The index is added after the data, so until it is filled nothing may be read from it. */
static void test_quick_photos_patterns__the_index_answers_only_when_it_is_full(void **state) {
    (void)state;
    pte_error error = {0};
    pte_read *read;
    pte_cursor *cursor;
    world *w = make_loaded_world(1);
    const char *username = w->data->users[0].username;
    OK(pte_read_begin(&read, w->env, &error));
    EXPECT(PTE_INDEX_NOT_FOUND, qp_open_followed(&cursor, read, username, &error));
    pte_read_end(read);
    OK(qp_table_add_index(w->env, &error));
    OK(pte_read_begin(&read, w->env, &error));
    EXPECT(PTE_INDEX_BACKFILLING, qp_open_followed(&cursor, read, username, &error));
    pte_read_end(read);
    OK(pte_backfill(w->env, pte_str(QP_TABLE), NULL, NULL, &error));
    check_queries_of_user(w, username);
    end_world(w);
}

static void test_quick_photos_patterns__a_taken_name_is_refused(void **state) {
    (void)state;
    pte_error error = {0};
    world *w = make_world(2);
    qp_user usurper = w->data->newcomer;
    memcpy(usurper.username, w->data->users[3].username, sizeof usurper.username);
    EXPECT(PTE_CONDITION_FAILED, qp_create_user(&w->app, &usurper, &error));
    assert_string_equal("", w->app.found_timestamp);
    pte_read *read;
    pte_item item;
    row name;
    OK(pte_read_begin(&read, w->env, &error));
    OK(qp_get_user(&item, read, usurper.username, &error));
    copy_text(name.pk, &item, "name");
    assert_string_equal(w->data->users[3].name, name.pk);
    pte_read_end(read);
    end_world(w);
}

static void test_quick_photos_patterns__an_update_makes_no_user(void **state) {
    (void)state;
    pte_error error = {0};
    world *w = make_world(3);
    EXPECT(PTE_CONDITION_FAILED, qp_update_status(&w->app, "nobody", "Here?", &error));
    end_world(w); /* counts the items */
}

/* An update changes what it names and nothing else. */
static void test_quick_photos_patterns__an_update_keeps_the_other_attributes(void **state) {
    (void)state;
    pte_error error = {0};
    world *w = make_world(4);
    qp_user user = w->data->users[5];
    pte_read *read;
    pte_builder *builder;
    pte_item item, wanted;
    OK(qp_update_status(&w->app, user.username, "Elsewhere.", &error));
    user.status = "Elsewhere.";
    OK(pte_builder_create(&builder, NULL, &error));
    OK(qp_item_of_user(&wanted, builder, &user, &error));
    OK(pte_read_begin(&read, w->env, &error));
    OK(qp_get_user(&item, read, user.username, &error));
    assert_true(pte_bytes_equal(wanted.encoded, item.encoded));
    pte_read_end(read);
    pte_builder_destroy(builder);
    end_world(w);
}

/* All or none: where the photo is missing, there is no reaction either. */
static void test_quick_photos_patterns__a_failed_update_takes_the_put_with_it(void **state) {
    (void)state;
    pte_error error = {0};
    world *w = make_world(5);
    qp_reaction reaction = w->data->reactions[0];
    reaction.photo_timestamp = "1999-12-31T23:59:59";
    EXPECT(PTE_TRANSACTION_CANCELLED, qp_react(&w->app, &reaction, &error));
    assert_int_equal(2, w->app.operation_count);
    assert_int_equal(1, error.position);
    assert_int_equal(PTE_OK, w->app.operation_statuses[0]);
    assert_int_equal(PTE_CALLBACK_FAILED, w->app.operation_statuses[1]);
    qp_friendship friendship = {.followed = w->data->users[0].username, .follower = "nobody"};
    EXPECT(PTE_TRANSACTION_CANCELLED, qp_follow(&w->app, &friendship, &error));
    assert_int_equal(2, error.position);
    assert_int_equal(PTE_CALLBACK_FAILED, w->app.operation_statuses[2]);
    check_queries_of_user(w, friendship.followed);
    end_world(w);
}

/* A count that is no number, and a type of reaction that the photo does not count. */
static void test_quick_photos_patterns__only_numbers_are_counted_up(void **state) {
    (void)state;
    pte_error error = {0};
    world *w = make_world(6);
    qp_reaction reaction = w->data->reactions[0];
    reaction.type = "confetti";
    EXPECT(PTE_TRANSACTION_CANCELLED, qp_react(&w->app, &reaction, &error));
    assert_int_equal(PTE_CALLBACK_FAILED, w->app.operation_statuses[1]);
    assert_non_null(strstr(error.message, "confetti"));
    end_world(w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_quick_photos_patterns__queries_find_what_a_full_search_finds),
        cmocka_unit_test(test_quick_photos_patterns__every_step_gives_what_the_items_say),
        cmocka_unit_test(test_quick_photos_patterns__the_index_answers_only_when_it_is_full),
        cmocka_unit_test(test_quick_photos_patterns__a_taken_name_is_refused),
        cmocka_unit_test(test_quick_photos_patterns__an_update_makes_no_user),
        cmocka_unit_test(test_quick_photos_patterns__an_update_keeps_the_other_attributes),
        cmocka_unit_test(test_quick_photos_patterns__a_failed_update_takes_the_put_with_it),
        cmocka_unit_test(test_quick_photos_patterns__only_numbers_are_counted_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
