/*
 * The four entities of Quick Photos and how they stand in its one table:
 *
 *   entity      PK                    SK
 *   user        USER#<user>           #METADATA#<user>
 *   photo       USER#<owner>          PHOTO#<owner>#<timestamp>
 *   reaction    REACTION#<user>#<type>  PHOTO#<owner>#<timestamp>
 *   friendship  USER#<followed>       #FRIEND#<follower>
 *
 * Timestamps are "2024-05-17T18:03:59", so their text order is their order in time. Everything here
 * is pure; text members are views unless they are arrays.
 */
#ifndef QUICK_PHOTOS_ENTITIES_H
#define QUICK_PHOTOS_ENTITIES_H

#include <pocketable/engine/builder.h>
#include <pocketable/engine/value.h>

enum {
    QP_USERNAME_BYTES = 32, /* with the final zero, as all sizes of text here */
    QP_TIMESTAMP_BYTES = 20,
    QP_KEY_BYTES = 96,
    QP_INTERESTS_MAX = 4,
    QP_REACTION_TYPES = 4,
};

/* "+1", "smiley", "sunglasses", "heart". */
extern const char *const qp_reaction_types[QP_REACTION_TYPES];

typedef struct qp_user {
    char username[QP_USERNAME_BYTES];
    char name[64];
    char email[64];
    char birthdate[11]; /* 1987-02-28 */
    char address[128];  /* two lines */
    const char *status;
    const char *interests[QP_INTERESTS_MAX];
    size_t interest_count;
    char pinned_timestamp[QP_TIMESTAMP_BYTES]; /* of a photo of their own; "": none is pinned */
    unsigned followers;
    unsigned following;
} qp_user;

typedef struct qp_photo {
    const char *owner;
    char timestamp[QP_TIMESTAMP_BYTES];
    unsigned reactions[QP_REACTION_TYPES]; /* how many of each type */
} qp_photo;

typedef struct qp_reaction {
    const char *user;
    const char *type;
    const char *owner; /* of the photo */
    const char *photo_timestamp;
    char timestamp[QP_TIMESTAMP_BYTES];
} qp_reaction;

typedef struct qp_friendship {
    const char *followed;
    const char *follower;
    char timestamp[QP_TIMESTAMP_BYTES];
} qp_friendship;

/* The text of a key, by value. Asserts that it fits: usernames are ours. */
typedef struct qp_key {
    char text[QP_KEY_BYTES];
} qp_key;

qp_key qp_key_user(const char *username);                       /* USER#<user> */
qp_key qp_key_metadata(const char *username);                   /* #METADATA#<user> */
qp_key qp_key_photo(const char *owner, const char *timestamp);  /* PHOTO#<owner>#<timestamp> */
qp_key qp_key_reaction(const char *username, const char *type); /* REACTION#<user>#<type> */
qp_key qp_key_friend(const char *follower);                     /* #FRIEND#<follower> */

/*
 * Make the item of an entity in builder, which is reset first; *item is a view until the builder's
 * next reset. Errors: as pte_builder_item.
 */
PTE_CHECKED pte_status qp_item_of_user(pte_item *item, pte_builder *builder, const qp_user *user,
                                       pte_error *error);
PTE_CHECKED pte_status qp_item_of_photo(pte_item *item, pte_builder *builder, const qp_photo *photo,
                                        pte_error *error);
PTE_CHECKED pte_status qp_item_of_reaction(pte_item *item, pte_builder *builder,
                                           const qp_reaction *reaction, pte_error *error);
PTE_CHECKED pte_status qp_item_of_friendship(pte_item *item, pte_builder *builder,
                                             const qp_friendship *friendship, pte_error *error);

typedef enum qp_entity {
    QP_USER = 0,
    QP_PHOTO,
    QP_REACTION,
    QP_FRIENDSHIP,
    QP_ENTITIES,
} qp_entity;

/* Which entity an item is, by the beginnings of its keys. Errors: CORRUPT (none of the four). */
PTE_CHECKED pte_status qp_entity_of_keys(qp_entity *entity, pte_bytes pk, pte_bytes sk,
                                         pte_error *error);
PTE_CHECKED pte_status qp_entity_of_item(qp_entity *entity, const pte_item *item, pte_error *error);

/* Fills error with a message of this program's; returns status. */
pte_status qp_refuse(pte_error *error, pte_status status, const char *format, ...)
#if defined(__GNUC__) || defined(__clang__)
    __attribute__((__format__(__printf__, 3, 4)))
#endif
    ;

#endif
