/* Keys and items of the four entities. */
#include "quick_photos/entities.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

const char *const qp_reaction_types[QP_REACTION_TYPES] = {"+1", "smiley", "sunglasses", "heart"};

static qp_key join(const char *prefix, const char *first, const char *second) {
    qp_key key;
    int len = snprintf(key.text, sizeof key.text, "%s%s%s%s", prefix, first,
                       second != NULL ? "#" : "", second != NULL ? second : "");
    assert(len > 0 && (size_t)len < sizeof key.text);
    (void)len;
    return key;
}

qp_key qp_key_user(const char *username) {
    return join("USER#", username, NULL);
}

qp_key qp_key_metadata(const char *username) {
    return join("#METADATA#", username, NULL);
}

qp_key qp_key_photo(const char *owner, const char *timestamp) {
    return join("PHOTO#", owner, timestamp);
}

qp_key qp_key_reaction(const char *username, const char *type) {
    return join("REACTION#", username, type);
}

qp_key qp_key_friend(const char *follower) {
    return join("#FRIEND#", follower, NULL);
}

static void begin(pte_builder *builder, qp_key pk, qp_key sk) {
    pte_builder_reset(builder);
    pte_builder_add_string(builder, "PK", pk.text);
    pte_builder_add_string(builder, "SK", sk.text);
}

static void add_count(pte_builder *builder, const char *name, unsigned count) {
    char text[16];
    snprintf(text, sizeof text, "%u", count);
    pte_builder_add_number(builder, name, text);
}

pte_status qp_item_of_user(pte_item *item, pte_builder *builder, const qp_user *user,
                           pte_error *error) {
    begin(builder, qp_key_user(user->username), qp_key_metadata(user->username));
    pte_builder_add_string(builder, "username", user->username);
    pte_builder_add_string(builder, "name", user->name);
    pte_builder_add_string(builder, "email", user->email);
    pte_builder_add_string(builder, "birthdate", user->birthdate);
    pte_builder_add_string(builder, "address", user->address);
    pte_builder_add_string(builder, "status", user->status);
    pte_builder_name(builder, pte_str("interests"));
    pte_builder_begin(builder, PTE_TYPE_L);
    for (size_t i = 0; i < user->interest_count; i++) {
        pte_builder_string(builder, pte_str(user->interests[i]));
    }
    pte_builder_end(builder);
    add_count(builder, "followers", user->followers);
    add_count(builder, "following", user->following);
    if (user->pinned_timestamp[0] != '\0') {
        qp_key pinned = qp_key_photo(user->username, user->pinned_timestamp);
        pte_builder_add_string(builder, "pinnedImage", pinned.text);
    }
    return pte_builder_item(item, builder, error);
}

pte_status qp_item_of_photo(pte_item *item, pte_builder *builder, const qp_photo *photo,
                            pte_error *error) {
    char location[QP_KEY_BYTES];
    snprintf(location, sizeof location, "s3://quick-photos/%s/%s.jpg", photo->owner,
             photo->timestamp);
    begin(builder, qp_key_user(photo->owner), qp_key_photo(photo->owner, photo->timestamp));
    pte_builder_add_string(builder, "username", photo->owner);
    pte_builder_add_string(builder, "timestamp", photo->timestamp);
    pte_builder_add_string(builder, "location", location);
    pte_builder_name(builder, pte_str("reactions"));
    pte_builder_begin(builder, PTE_TYPE_M);
    for (size_t i = 0; i < QP_REACTION_TYPES; i++) {
        add_count(builder, qp_reaction_types[i], photo->reactions[i]);
    }
    pte_builder_end(builder);
    return pte_builder_item(item, builder, error);
}

pte_status qp_item_of_reaction(pte_item *item, pte_builder *builder, const qp_reaction *reaction,
                               pte_error *error) {
    qp_key photo = qp_key_photo(reaction->owner, reaction->photo_timestamp);
    begin(builder, qp_key_reaction(reaction->user, reaction->type), photo);
    pte_builder_add_string(builder, "reactingUser", reaction->user);
    pte_builder_add_string(builder, "photo", photo.text);
    pte_builder_add_string(builder, "reactionType", reaction->type);
    pte_builder_add_string(builder, "timestamp", reaction->timestamp);
    return pte_builder_item(item, builder, error);
}

pte_status qp_item_of_friendship(pte_item *item, pte_builder *builder,
                                 const qp_friendship *friendship, pte_error *error) {
    begin(builder, qp_key_user(friendship->followed), qp_key_friend(friendship->follower));
    pte_builder_add_string(builder, "followedUser", friendship->followed);
    pte_builder_add_string(builder, "followingUser", friendship->follower);
    pte_builder_add_string(builder, "timestamp", friendship->timestamp);
    return pte_builder_item(item, builder, error);
}

static bool begins_with(pte_bytes text, const char *prefix) {
    size_t len = strlen(prefix);
    return text.len >= len && memcmp(text.data, prefix, len) == 0;
}

pte_status qp_entity_of_keys(qp_entity *entity, pte_bytes pk, pte_bytes sk, pte_error *error) {
    static const struct {
        const char *pk, *sk;
    } beginnings[QP_ENTITIES] = {
        [QP_USER] = {"USER#", "#METADATA#"},
        [QP_PHOTO] = {"USER#", "PHOTO#"},
        [QP_REACTION] = {"REACTION#", "PHOTO#"},
        [QP_FRIENDSHIP] = {"USER#", "#FRIEND#"},
    };
    for (int i = 0; i < QP_ENTITIES; i++) {
        if (begins_with(pk, beginnings[i].pk) && begins_with(sk, beginnings[i].sk)) {
            *entity = (qp_entity)i;
            return PTE_OK;
        }
    }
    return qp_refuse(error, PTE_CORRUPT, "an item is no user, photo, reaction or friendship");
}

pte_status qp_entity_of_item(qp_entity *entity, const pte_item *item, pte_error *error) {
    pte_value pk, sk;
    pte_status status = pte_item_find(&pk, item, pte_str("PK"), error);
    if (status != PTE_OK) {
        return status;
    }
    status = pte_item_find(&sk, item, pte_str("SK"), error);
    if (status != PTE_OK) {
        return status;
    }
    if (pk.type != PTE_TYPE_S || sk.type != PTE_TYPE_S) {
        return qp_refuse(error, PTE_CORRUPT, "an item without PK and SK of type S");
    }
    return qp_entity_of_keys(entity, pk.bytes, sk.bytes, error);
}

pte_status qp_refuse(pte_error *error, pte_status status, const char *format, ...) {
    if (error != NULL) {
        va_list arguments;
        va_start(arguments, format);
        error->status = status;
        error->os_error = 0;
        error->position = 0;
        vsnprintf(error->message, sizeof error->message, format, arguments);
        va_end(arguments);
    }
    return status;
}
