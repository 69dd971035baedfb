/*
 * The generator: exact counts, and numbers inside items that agree with the other items, for the
 * usual seed and random ones. Everything is computed from the items, not from the entities.
 */
#include "quick_photos/generator.h"

#include "support/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { SEEDS = 25 };

typedef struct world {
    qp_data *data;
    qp_items *items;
} world;

static world make_world(uint64_t seed) {
    pte_error error = {0};
    world made = {.data = qp_data_new(seed)};
    assert_non_null(made.data);
    OK(qp_items_new(&made.items, made.data, &error));
    return made;
}

static void destroy_world(world *w) {
    qp_items_destroy(w->items);
    qp_data_destroy(w->data);
}

static void for_seeds(void (*check)(const world *w)) {
    test_random random = {test_seed(20190406)};
    for (int i = 0; i < SEEDS; i++) {
        world w = make_world(i == 0 ? 2026 : test_random_next(&random));
        check(&w);
        destroy_world(&w);
    }
}

static pte_value attribute(const pte_item *item, const char *name) {
    pte_error error = {0};
    pte_value value;
    OK(pte_item_find(&value, item, pte_str(name), &error));
    return value;
}

/* The attribute, which must be a string, as a C string that the caller frees. */
static char *text_of(const pte_item *item, const char *name) {
    pte_value value = attribute(item, name);
    assert_int_equal(PTE_TYPE_S, value.type);
    assert_true(value.bytes.len > 0);
    char *text = calloc(1, value.bytes.len + 1);
    assert_non_null(text);
    memcpy(text, value.bytes.data, value.bytes.len);
    return text;
}

static unsigned long number_of(const pte_value *value) {
    assert_int_equal(PTE_TYPE_N, value->type);
    char text[8] = "";
    assert_true(value->bytes.len < sizeof text);
    memcpy(text, value->bytes.data, value->bytes.len);
    return strtoul(text, NULL, 10);
}

static bool same(const pte_value *value, const char *text) {
    return pte_bytes_equal(value->bytes, pte_str(text));
}

static qp_entity entity_of(const pte_item *item) {
    pte_error error = {0};
    qp_entity entity;
    OK(qp_entity_of_item(&entity, item, &error));
    return entity;
}

/* How many items of an entity have these values in two of their attributes. */
static size_t count_where(const world *w, qp_entity entity, const char *name, const char *text,
                          const char *name2, const char *text2) {
    size_t count = 0;
    for (size_t i = 0; i < QP_ITEMS; i++) {
        const pte_item *item = &w->items->items[i];
        if (entity_of(item) == entity) {
            pte_value value = attribute(item, name);
            pte_value value2 = name2 != NULL ? attribute(item, name2) : value;
            count += same(&value, text) && (name2 == NULL || same(&value2, text2));
        }
    }
    return count;
}

/* ---- counts ---- */

static void check_counts(const world *w) {
    pte_error error = {0};
    size_t counts[QP_ENTITIES] = {0}, partition_keys, sort_keys;
    for (size_t i = 0; i < QP_ITEMS; i++) {
        counts[entity_of(&w->items->items[i])]++;
        OK(pte_item_validate(&w->items->items[i], &error));
        size_t size_bytes;
        OK(pte_item_size_bytes(&size_bytes, &w->items->items[i], &error));
        assert_int_equal(size_bytes, w->items->items[i].size_bytes);
    }
    assert_int_equal(20, counts[QP_USER]);
    assert_int_equal(200, counts[QP_PHOTO]);
    assert_int_equal(584, counts[QP_REACTION]);
    assert_int_equal(163, counts[QP_FRIENDSHIP]);
    assert_int_equal(967, QP_ITEMS);
    OK(qp_items_distinct(&partition_keys, w->items, "PK", &error));
    OK(qp_items_distinct(&sort_keys, w->items, "SK", &error));
    assert_int_equal(100, partition_keys);
    assert_int_equal(240, sort_keys);
}

static void test_quick_photos_generator__makes_the_exact_counts(void **state) {
    (void)state;
    for_seeds(check_counts);
}

static void check_keys_differ(const world *w) {
    for (size_t i = 0; i < QP_ITEMS; i++) {
        pte_value pk = attribute(&w->items->items[i], "PK");
        pte_value sk = attribute(&w->items->items[i], "SK");
        for (size_t j = i + 1; j < QP_ITEMS; j++) {
            pte_value other = attribute(&w->items->items[j], "SK");
            if (pte_bytes_equal(sk.bytes, other.bytes)) {
                other = attribute(&w->items->items[j], "PK");
                assert_false(pte_bytes_equal(pk.bytes, other.bytes));
            }
        }
    }
}

static void test_quick_photos_generator__gives_every_item_a_key_of_its_own(void **state) {
    (void)state;
    world w = make_world(2026);
    check_keys_differ(&w);
    destroy_world(&w);
}

/* ---- agreement ---- */

static void check_user(const world *w, const pte_item *user) {
    char *username = text_of(user, "username");
    pte_value followers = attribute(user, "followers"), following = attribute(user, "following");
    pte_value interests = attribute(user, "interests");
    size_t followed_by = count_where(w, QP_FRIENDSHIP, "followedUser", username, NULL, NULL);
    size_t follows = count_where(w, QP_FRIENDSHIP, "followingUser", username, NULL, NULL);
    assert_int_equal(followed_by, number_of(&followers));
    assert_int_equal(follows, number_of(&following));
    assert_in_range(followed_by, 1, QP_USERS - 1);
    assert_in_range(follows, 1, QP_USERS - 1);
    assert_int_equal(PTE_TYPE_L, interests.type);
    assert_in_range(interests.count, 2, QP_INTERESTS_MAX);
    char *pinned = text_of(user, "pinnedImage");
    assert_int_equal(1, count_where(w, QP_PHOTO, "SK", pinned, "username", username));
    for (size_t i = 0; i < QP_REACTION_TYPES; i++) {
        assert_true(count_where(w, QP_REACTION, "reactingUser", username, "reactionType",
                                qp_reaction_types[i]) > 0);
    }
    free(pinned);
    free(username);
}

static void check_photo(const world *w, const pte_item *photo) {
    pte_error error = {0};
    char *sk = text_of(photo, "SK");
    pte_value reactions = attribute(photo, "reactions");
    assert_int_equal(PTE_TYPE_M, reactions.type);
    assert_int_equal(QP_REACTION_TYPES, reactions.count);
    for (size_t i = 0; i < QP_REACTION_TYPES; i++) {
        pte_value count;
        OK(pte_value_find(&count, &reactions, pte_str(qp_reaction_types[i]), &error));
        assert_int_equal(
            count_where(w, QP_REACTION, "SK", sk, "reactionType", qp_reaction_types[i]),
            number_of(&count));
    }
    free(sk);
}

static void test_quick_photos_generator__users_and_photos_agree_with_the_rest(void **state) {
    (void)state;
    world w = make_world(2026);
    for (size_t i = 0; i < QP_ITEMS; i++) {
        qp_entity entity = entity_of(&w.items->items[i]);
        if (entity == QP_USER) {
            check_user(&w, &w.items->items[i]);
        } else if (entity == QP_PHOTO) {
            check_photo(&w, &w.items->items[i]);
        }
    }
    destroy_world(&w);
}

static void check_relations(const world *w) {
    for (size_t i = 0; i < QP_REACTIONS; i++) {
        const qp_reaction *reaction = &w->data->reactions[i];
        assert_string_not_equal(reaction->user, reaction->owner);
        assert_true(strcmp(reaction->photo_timestamp, reaction->timestamp) < 0);
        for (size_t j = 0; j < i; j++) {
            const qp_reaction *other = &w->data->reactions[j];
            assert_false(other->user == reaction->user &&
                         other->photo_timestamp == reaction->photo_timestamp);
        }
    }
    for (size_t i = 0; i < QP_FRIENDSHIPS; i++) {
        const qp_friendship *friendship = &w->data->friendships[i];
        assert_string_not_equal(friendship->follower, friendship->followed);
        assert_true(qp_data_follows(w->data, friendship->follower, friendship->followed));
    }
    for (size_t i = 0; i < QP_USERS; i++) {
        const char *username = w->data->users[i].username;
        assert_true(qp_data_photos_of(w->data, username) > 0);
        assert_string_not_equal(w->data->newcomer.username, username);
        assert_false(qp_data_follows(w->data, username, username));
        for (size_t j = 0; j < i; j++) {
            assert_string_not_equal(w->data->users[j].username, username);
        }
    }
}

static void test_quick_photos_generator__relations_make_sense(void **state) {
    (void)state;
    for_seeds(check_relations);
}

/* A real calendar day: mktime leaves it as it is. */
static void assert_is_day(const char *text) {
    int year, month, day, used = 0;
    assert_int_equal(3, sscanf(text, "%4d-%2d-%2d%n", &year, &month, &day, &used));
    assert_int_equal(10, used);
    struct tm parts = {.tm_year = year - 1900, .tm_mon = month - 1, .tm_mday = day, .tm_hour = 12};
    assert_true(timegm(&parts) != (time_t)-1 || year < 1970);
    assert_int_equal(day, parts.tm_mday);
    assert_int_equal(month - 1, parts.tm_mon);
}

static void check_dates(const world *w) {
    for (size_t i = 0; i < QP_USERS; i++) {
        assert_is_day(w->data->users[i].birthdate);
        assert_true(strcmp(w->data->users[i].birthdate, "2010") < 0);
        assert_non_null(strchr(w->data->users[i].address, '\n'));
        assert_non_null(strstr(w->data->users[i].email, "@example."));
    }
    for (size_t i = 0; i < QP_PHOTOS; i++) {
        const qp_photo *photo = &w->data->photos[i];
        assert_is_day(photo->timestamp);
        assert_int_equal('T', photo->timestamp[10]);
        assert_int_equal(QP_TIMESTAMP_BYTES - 1, strlen(photo->timestamp));
        if (i > 0 && w->data->photos[i - 1].owner == photo->owner) {
            assert_true(strcmp(w->data->photos[i - 1].timestamp, photo->timestamp) < 0);
        }
    }
}

static void test_quick_photos_generator__dates_are_real(void **state) {
    (void)state;
    for_seeds(check_dates);
}

/* ---- determinism ---- */

static bool same_items(const world *a, const world *b) {
    for (size_t i = 0; i < QP_ITEMS; i++) {
        if (!pte_bytes_equal(a->items->items[i].encoded, b->items->items[i].encoded)) {
            return false;
        }
    }
    return true;
}

static void test_quick_photos_generator__the_seed_decides(void **state) {
    (void)state;
    world a = make_world(7), again = make_world(7), other = make_world(8);
    assert_true(same_items(&a, &again));
    assert_false(same_items(&a, &other));
    destroy_world(&a);
    destroy_world(&again);
    destroy_world(&other);
}

/* FNV-1a, the final zero included. */
static void hash_text(uint64_t *hash, const char *text) {
    for (size_t i = 0; i <= strlen(text); i++) {
        *hash = (*hash ^ (unsigned char)text[i]) * 0x100000001B3u;
    }
}

static uint64_t hash_data(const qp_data *data) {
    uint64_t hash = 0xCBF29CE484222325u;
    for (size_t i = 0; i < QP_USERS; i++) {
        hash_text(&hash, data->users[i].username);
        hash_text(&hash, data->users[i].birthdate);
        hash_text(&hash, data->users[i].address);
        hash_text(&hash, data->users[i].interests[0]);
    }
    for (size_t i = 0; i < QP_REACTIONS; i++) {
        hash_text(&hash, data->reactions[i].user);
        hash_text(&hash, data->reactions[i].type);
        hash_text(&hash, data->reactions[i].photo_timestamp);
        hash_text(&hash, data->reactions[i].timestamp);
    }
    for (size_t i = 0; i < QP_FRIENDSHIPS; i++) {
        hash_text(&hash, data->friendships[i].follower);
        hash_text(&hash, data->friendships[i].followed);
        hash_text(&hash, data->friendships[i].timestamp);
    }
    return hash;
}

/* Pins the data itself, so that a seed means the same with every compiler and on every machine. If
 * the generator is changed on purpose, so is this number. */
static void test_quick_photos_generator__a_seed_means_the_same_everywhere(void **state) {
    (void)state;
    world w = make_world(2026);
    assert_int_equal(0x94F11C81A17C9C57u, hash_data(w.data));
    destroy_world(&w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_quick_photos_generator__makes_the_exact_counts),
        cmocka_unit_test(test_quick_photos_generator__gives_every_item_a_key_of_its_own),
        cmocka_unit_test(test_quick_photos_generator__users_and_photos_agree_with_the_rest),
        cmocka_unit_test(test_quick_photos_generator__relations_make_sense),
        cmocka_unit_test(test_quick_photos_generator__dates_are_real),
        cmocka_unit_test(test_quick_photos_generator__the_seed_decides),
        cmocka_unit_test(test_quick_photos_generator__a_seed_means_the_same_everywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
