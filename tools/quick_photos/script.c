/* The ten steps. */
#include "quick_photos/script.h"

#include <stdio.h>

/* ---- who takes part ---- */

static void cast_star_and_fan(qp_scene *scene) {
    const qp_data *data = scene->data;
    unsigned best = 0;
    for (size_t i = 0; i < QP_USERS; i++) {
        for (size_t j = 0; j < QP_USERS; j++) {
            const qp_user *star = &data->users[i], *fan = &data->users[j];
            unsigned sum = star->followers + fan->following;
            if (i != j && sum > best && !qp_data_follows(data, fan->username, star->username)) {
                best = sum;
                scene->star = star;
                scene->fan = fan;
            }
        }
    }
}

static void cast_favourite(qp_scene *scene) {
    scene->favourite = &scene->data->photos[0];
    for (size_t i = 1; i < QP_PHOTOS; i++) {
        const qp_photo *photo = &scene->data->photos[i];
        if (qp_data_reactions_to(photo) > qp_data_reactions_to(scene->favourite)) {
            scene->favourite = photo;
        }
    }
}

void qp_scene_init(qp_scene *scene, qp_app *app, const qp_data *data) {
    *scene = (qp_scene){.app = app, .data = data, .newcomer = &data->newcomer};
    cast_star_and_fan(scene);
    cast_favourite(scene);
    scene->new_status = "Just arrived. Show me your favourite bridge.";
    scene->new_photo =
        (qp_photo){.owner = scene->star->username, .timestamp = "2026-03-01T07:42:10"};
    scene->reaction = (qp_reaction){
        .user = scene->newcomer->username,
        .type = "heart",
        .owner = scene->favourite->owner,
        .photo_timestamp = scene->favourite->timestamp,
        .timestamp = "2026-03-01T08:00:00",
    };
    scene->friendship = (qp_friendship){
        .followed = scene->star->username,
        .follower = scene->fan->username,
        .timestamp = "2026-03-01T08:05:30",
    };
}

/* ---- tallies ---- */

size_t qp_tally_sum(const qp_tally *tally) {
    size_t sum = 0;
    for (size_t i = 0; i < QP_ENTITIES; i++) {
        sum += tally->items[i];
    }
    return sum;
}

bool qp_tally_equal(const qp_tally *a, const qp_tally *b) {
    return memcmp(a->items, b->items, sizeof a->items) == 0;
}

void qp_tally_write(char *text, size_t size, const qp_tally *tally) {
    static const char *const names[QP_ENTITIES] = {
        [QP_USER] = "user",
        [QP_PHOTO] = "photo",
        [QP_REACTION] = "reaction",
        [QP_FRIENDSHIP] = "friendship",
    };
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; i < QP_ENTITIES; i++) {
        size_t count = tally->items[i];
        if (count != 0 && used < size) {
            used += (size_t)snprintf(text + used, size - used, "%s%zu %s%s", used == 0 ? "" : ", ",
                                     count, names[i], count == 1 ? "" : "s");
        }
    }
}

static pte_status tally_item(qp_tally *tally, const pte_item *item, pte_error *error) {
    qp_entity entity;
    pte_status status = qp_entity_of_item(&entity, item, error);
    if (status == PTE_OK) {
        tally->items[entity]++;
    }
    return status;
}

static pte_status tally_cursor(qp_tally *tally, pte_cursor *cursor, pte_error *error) {
    pte_item item;
    pte_status status;
    while ((status = pte_cursor_next(&item, cursor, error)) == PTE_OK) {
        status = tally_item(tally, &item, error);
        if (status != PTE_OK) {
            return status;
        }
    }
    return status == PTE_END ? PTE_OK : status;
}

/* ---- what must be found after a write ---- */

/* The attribute of an item, or the element of its attribute of type M, is what it should be: a
 * text, or a number if text is NULL. */
static pte_status must_be(const pte_item *item, const char *name, const char *element,
                          const char *text, size_t number, pte_error *error) {
    pte_value value;
    char digits[24];
    snprintf(digits, sizeof digits, "%zu", number);
    const char *wanted = text != NULL ? text : digits;
    pte_status status = pte_item_find(&value, item, pte_str(name), error);
    if (status == PTE_OK && element != NULL) {
        pte_value map = value;
        status = pte_value_find(&value, &map, pte_str(element), error);
    }
    if (status != PTE_OK) {
        return status;
    }
    if (value.type != (text != NULL ? PTE_TYPE_S : PTE_TYPE_N) ||
        !pte_bytes_equal(value.bytes, pte_str(wanted))) {
        return qp_refuse(error, PTE_CORRUPT, "%s should be %s and is not",
                         element != NULL ? element : name, wanted);
    }
    return PTE_OK;
}

static pte_status verify_user(const qp_scene *scene, const qp_user *user, const char *name,
                              const char *text, size_t number, pte_error *error) {
    pte_read *read = NULL;
    pte_item item;
    pte_status status = pte_read_begin(&read, scene->app->env, error);
    if (status == PTE_OK) {
        status = qp_get_user(&item, read, user->username, error);
    }
    if (status == PTE_OK) {
        status = must_be(&item, name, NULL, text, number, error);
    }
    pte_read_end(read);
    return status;
}

static pte_status verify_photo(const qp_scene *scene, const qp_photo *photo, const char *type,
                               size_t count, pte_error *error) {
    pte_read *read = NULL;
    pte_item item;
    pte_status status = pte_read_begin(&read, scene->app->env, error);
    if (status == PTE_OK) {
        status = qp_get_photo(&item, read, photo->owner, photo->timestamp, error);
    }
    if (status == PTE_OK) {
        status = must_be(&item, "reactions", type, NULL, count, error);
    }
    pte_read_end(read);
    return status;
}

/* The item of a reaction or friendship is there, with this timestamp. */
static pte_status verify_relation(const qp_scene *scene, qp_key pk, qp_key sk,
                                  const char *timestamp, pte_error *error) {
    pte_read *read = NULL;
    pte_item item;
    pte_key key = {pte_s(pk.text), pte_s(sk.text)};
    pte_status status = pte_read_begin(&read, scene->app->env, error);
    if (status == PTE_OK) {
        status = pte_read_item(&item, read, pte_str(QP_TABLE), &key, error);
    }
    if (status == PTE_OK) {
        status = must_be(&item, "timestamp", NULL, timestamp, 0, error);
    }
    pte_read_end(read);
    return status;
}

/* ---- 1 create user profile ---- */

static void describe_create(qp_request *request, const qp_scene *scene) {
    const char *user = scene->newcomer->username;
    snprintf(request->text, sizeof request->text,
             "PutItem  PK USER#%s  SK #METADATA#%s\nif attribute_not_exists(PK)", user, user);
}

static pte_status create(const qp_scene *scene, pte_error *error) {
    return qp_create_user(scene->app, scene->newcomer, error);
}

static pte_status verify_create(const qp_scene *scene, pte_error *error) {
    return verify_user(scene, scene->newcomer, "name", scene->newcomer->name, 0, error);
}

/* ---- 2 update user profile ---- */

static void describe_update(qp_request *request, const qp_scene *scene) {
    const char *user = scene->newcomer->username;
    snprintf(request->text, sizeof request->text,
             "UpdateItem  PK USER#%s  SK #METADATA#%s\n"
             "SET status = :status  if attribute_exists(PK)",
             user, user);
}

static pte_status update(const qp_scene *scene, pte_error *error) {
    return qp_update_status(scene->app, scene->newcomer->username, scene->new_status, error);
}

static pte_status verify_update(const qp_scene *scene, pte_error *error) {
    return verify_user(scene, scene->newcomer, "status", scene->new_status, 0, error);
}

/* ---- 3 get user profile ---- */

static void describe_get(qp_request *request, const qp_scene *scene) {
    const char *user = scene->newcomer->username;
    snprintf(request->text, sizeof request->text, "GetItem  PK USER#%s  SK #METADATA#%s", user,
             user);
}

static pte_status read_user(const qp_scene *scene, qp_tally *tally, pte_error *error) {
    pte_read *read = NULL;
    pte_item item;
    pte_status status = pte_read_begin(&read, scene->app->env, error);
    if (status == PTE_OK) {
        status = qp_get_user(&item, read, scene->newcomer->username, error);
    }
    if (status == PTE_OK) {
        status = tally_item(tally, &item, error);
    }
    pte_read_end(read);
    return status;
}

static void expect_user(const qp_scene *scene, qp_tally *tally) {
    (void)scene;
    tally->items[QP_USER] = 1;
}

/* ---- 4 upload photo ---- */

static void describe_upload(qp_request *request, const qp_scene *scene) {
    const qp_photo *photo = &scene->new_photo;
    snprintf(request->text, sizeof request->text, "PutItem  PK USER#%s  SK PHOTO#%s#%s",
             photo->owner, photo->owner, photo->timestamp);
}

static pte_status upload(const qp_scene *scene, pte_error *error) {
    return qp_upload_photo(scene->app, &scene->new_photo, error);
}

static pte_status verify_upload(const qp_scene *scene, pte_error *error) {
    return verify_photo(scene, &scene->new_photo, "heart", 0, error);
}

/* ---- 5 view recent photos for user ---- */

static void describe_photos(qp_request *request, const qp_scene *scene) {
    const char *user = scene->star->username;
    snprintf(request->text, sizeof request->text,
             "Query quick-photos\nPK = USER#%s AND SK BETWEEN #METADATA#%s AND PHOTO$", user, user);
}

static pte_status read_photos(const qp_scene *scene, qp_tally *tally, pte_error *error) {
    pte_read *read = NULL;
    pte_cursor *cursor;
    pte_status status = pte_read_begin(&read, scene->app->env, error);
    if (status == PTE_OK) {
        status = qp_open_user_and_photos(&cursor, read, scene->star->username, error);
    }
    if (status == PTE_OK) {
        status = tally_cursor(tally, cursor, error);
    }
    pte_read_end(read);
    return status;
}

static void expect_photos(const qp_scene *scene, qp_tally *tally) {
    tally->items[QP_USER] = 1;
    tally->items[QP_PHOTO] = qp_data_photos_of(scene->data, scene->star->username) + 1;
}

/* ---- 6 react to a photo ---- */

static void describe_react(qp_request *request, const qp_scene *scene) {
    const qp_reaction *reaction = &scene->reaction;
    snprintf(request->text, sizeof request->text,
             "TransactWriteItems\n"
             "1 Put  PK REACTION#%s#%s\n"
             "       SK PHOTO#%s#%s\n"
             "       if attribute_not_exists(SK)\n"
             "2 Update that photo  SET reactions.%s = reactions.%s + 1",
             reaction->user, reaction->type, reaction->owner, reaction->photo_timestamp,
             reaction->type, reaction->type);
}

static pte_status react(const qp_scene *scene, pte_error *error) {
    return qp_react(scene->app, &scene->reaction, error);
}

static pte_status verify_react(const qp_scene *scene, pte_error *error) {
    const qp_reaction *reaction = &scene->reaction;
    size_t before = 0;
    for (size_t i = 0; i < QP_REACTION_TYPES; i++) {
        if (strcmp(qp_reaction_types[i], scene->reaction.type) == 0) {
            before = scene->favourite->reactions[i];
        }
    }
    pte_status status = verify_photo(scene, scene->favourite, reaction->type, before + 1, error);
    if (status != PTE_OK) {
        return status;
    }
    return verify_relation(scene, qp_key_reaction(reaction->user, reaction->type),
                           qp_key_photo(reaction->owner, reaction->photo_timestamp),
                           reaction->timestamp, error);
}

/* ---- 7 view photo and reactions ---- */

static void describe_reactions(qp_request *request, const qp_scene *scene) {
    snprintf(
        request->text, sizeof request->text,
        "Query quick-photos/InvertedIndex\nSK = PHOTO#%s#%s\nAND PK BETWEEN REACTION# AND USER$",
        scene->favourite->owner, scene->favourite->timestamp);
}

static pte_status read_reactions(const qp_scene *scene, qp_tally *tally, pte_error *error) {
    pte_read *read = NULL;
    pte_cursor *cursor;
    pte_status status = pte_read_begin(&read, scene->app->env, error);
    if (status == PTE_OK) {
        status = qp_open_photo_and_reactions(&cursor, read, scene->favourite->owner,
                                             scene->favourite->timestamp, error);
    }
    if (status == PTE_OK) {
        status = tally_cursor(tally, cursor, error);
    }
    pte_read_end(read);
    return status;
}

static void expect_reactions(const qp_scene *scene, qp_tally *tally) {
    tally->items[QP_PHOTO] = 1;
    tally->items[QP_REACTION] = qp_data_reactions_to(scene->favourite) + 1;
}

/* ---- 8 follow user ---- */

static void describe_follow(qp_request *request, const qp_scene *scene) {
    const char *followed = scene->friendship.followed, *follower = scene->friendship.follower;
    snprintf(request->text, sizeof request->text,
             "TransactWriteItems\n"
             "1 Put  PK USER#%s  SK #FRIEND#%s\n"
             "       if attribute_not_exists(SK)\n"
             "2 Update USER#%s  SET followers = followers + 1\n"
             "3 Update USER#%s  SET following = following + 1",
             followed, follower, followed, follower);
}

static pte_status follow(const qp_scene *scene, pte_error *error) {
    return qp_follow(scene->app, &scene->friendship, error);
}

static pte_status verify_follow(const qp_scene *scene, pte_error *error) {
    const qp_friendship *friendship = &scene->friendship;
    pte_status status =
        verify_user(scene, scene->star, "followers", NULL, scene->star->followers + 1, error);
    if (status != PTE_OK) {
        return status;
    }
    status = verify_user(scene, scene->fan, "following", NULL, scene->fan->following + 1, error);
    if (status != PTE_OK) {
        return status;
    }
    return verify_relation(scene, qp_key_user(friendship->followed),
                           qp_key_friend(friendship->follower), friendship->timestamp, error);
}

/* ---- 9 view followers for user ---- */

static void describe_followers(qp_request *request, const qp_scene *scene) {
    snprintf(request->text, sizeof request->text,
             "Query quick-photos\nPK = USER#%s AND begins_with(SK, #FRIEND#)",
             scene->star->username);
}

static pte_status read_followers(const qp_scene *scene, qp_tally *tally, pte_error *error) {
    pte_read *read = NULL;
    pte_cursor *cursor;
    pte_status status = pte_read_begin(&read, scene->app->env, error);
    if (status == PTE_OK) {
        status = qp_open_followers(&cursor, read, scene->star->username, error);
    }
    if (status == PTE_OK) {
        status = tally_cursor(tally, cursor, error);
    }
    pte_read_end(read);
    return status;
}

static void expect_followers(const qp_scene *scene, qp_tally *tally) {
    tally->items[QP_FRIENDSHIP] = scene->star->followers + 1;
}

/* ---- 10 view followed for user ---- */

static void describe_followed(qp_request *request, const qp_scene *scene) {
    snprintf(request->text, sizeof request->text,
             "Query quick-photos/InvertedIndex\n"
             "SK = #FRIEND#%s\n"
             "then BatchGetItem of the %u users found",
             scene->fan->username, scene->fan->following + 1);
}

/* Reads the user that a friendship names as followed. */
static pte_status tally_followed_user(qp_tally *tally, pte_read *read, const pte_item *friendship,
                                      pte_error *error) {
    pte_value name;
    pte_item user;
    char username[QP_USERNAME_BYTES];
    pte_status status = pte_item_find(&name, friendship, pte_str("followedUser"), error);
    if (status != PTE_OK) {
        return status;
    }
    if (name.type != PTE_TYPE_S || name.bytes.len >= sizeof username) {
        return qp_refuse(error, PTE_CORRUPT, "followedUser is not a username");
    }
    memcpy(username, name.bytes.data, name.bytes.len);
    username[name.bytes.len] = '\0';
    status = qp_get_user(&user, read, username, error);
    return status == PTE_OK ? tally_item(tally, &user, error) : status;
}

static pte_status read_followed(const qp_scene *scene, qp_tally *tally, pte_error *error) {
    pte_read *read = NULL;
    pte_cursor *cursor;
    pte_item friendship;
    pte_status status = pte_read_begin(&read, scene->app->env, error);
    if (status == PTE_OK) {
        status = qp_open_followed(&cursor, read, scene->fan->username, error);
    }
    while (status == PTE_OK) {
        status = pte_cursor_next(&friendship, cursor, error);
        if (status == PTE_OK) {
            status = tally_item(tally, &friendship, error);
        }
        if (status == PTE_OK) {
            status = tally_followed_user(tally, read, &friendship, error);
        }
    }
    pte_read_end(read);
    return status == PTE_END ? PTE_OK : status;
}

static void expect_followed(const qp_scene *scene, qp_tally *tally) {
    tally->items[QP_FRIENDSHIP] = scene->fan->following + 1;
    tally->items[QP_USER] = scene->fan->following + 1;
}

/* ---- all of them ---- */

const qp_step qp_steps[QP_STEPS] = {
    {
        .title = "Create a user profile",
        .describe = describe_create,
        .operations = {"Put the user"},
        .write = create,
        .items_added = 1,
        .refused_again = true,
        .verify = verify_create,
    },
    {
        .title = "Update a user profile",
        .describe = describe_update,
        .operations = {"Update the user"},
        .write = update,
        .verify = verify_update,
    },
    {
        .title = "Get a user profile",
        .describe = describe_get,
        .read = read_user,
        .expect = expect_user,
    },
    {
        .title = "Upload a photo",
        .describe = describe_upload,
        .operations = {"Put the photo"},
        .write = upload,
        .items_added = 1,
        .verify = verify_upload,
    },
    {
        .title = "View a user and their recent photos",
        .strategy = "one table for all; a user and their photos are one range.",
        .describe = describe_photos,
        .read = read_photos,
        .expect = expect_photos,
    },
    {
        .title = "React to a photo",
        .strategy = "a transaction keeps the reaction and the photo's count together.",
        .describe = describe_react,
        .operations = {"Put the reaction", "Update the photo"},
        .write = react,
        .items_added = 1,
        .refused_again = true,
        .verify = verify_react,
    },
    {
        .title = "View a photo and its reactions",
        .strategy = "an inverted index reads a relation from its other end.",
        .describe = describe_reactions,
        .read = read_reactions,
        .expect = expect_reactions,
    },
    {
        .title = "Follow a user",
        .strategy = "composite keys; the key of a friendship names both users.",
        .describe = describe_follow,
        .operations = {"Put the friendship", "Update the followed", "Update the follower"},
        .write = follow,
        .items_added = 1,
        .refused_again = true,
        .verify = verify_follow,
    },
    {
        .title = "View the followers of a user",
        .describe = describe_followers,
        .read = read_followers,
        .expect = expect_followers,
    },
    {
        .title = "View whom a user follows",
        .strategy = "partial normalization; a friendship only names its users.",
        .describe = describe_followed,
        .read = read_followed,
        .expect = expect_followed,
    },
};
