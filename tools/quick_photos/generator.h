/*
 * Makes the data of Quick Photos from a seed: the same seed, the same 967 items, anywhere.
 *
 * What always holds: the counts below; every user has photos, follows somebody and is followed;
 * every user has used every type of reaction, at most once a photo and never on their own; the
 * numbers inside users and photos are those of the friendship and reaction items.
 */
#ifndef QUICK_PHOTOS_GENERATOR_H
#define QUICK_PHOTOS_GENERATOR_H

#include "quick_photos/entities.h"

enum {
    QP_USERS = 20,
    QP_PHOTOS = 200,
    QP_REACTIONS = 584,
    QP_FRIENDSHIPS = 163,
    QP_ITEMS = QP_USERS + QP_PHOTOS + QP_REACTIONS + QP_FRIENDSHIPS,
    QP_PARTITION_KEYS = QP_USERS + QP_USERS * QP_REACTION_TYPES,
    QP_SORT_KEYS = QP_USERS + QP_PHOTOS + QP_USERS,
};

typedef struct qp_data {
    qp_user users[QP_USERS];
    qp_photo photos[QP_PHOTOS]; /* one user's after another's, oldest first */
    qp_reaction reactions[QP_REACTIONS];
    qp_friendship friendships[QP_FRIENDSHIPS];
    qp_user newcomer; /* one more user, who has not joined: in none of the items */
} qp_data;

/* Makes the data; returns owned, NULL if there is no memory. Entities view one another's names. */
qp_data *qp_data_new(uint64_t seed);
/* NULL is allowed. */
void qp_data_destroy(qp_data *data);

/* How many photos the user has, and how many reactions (of all types) the photo has. */
size_t qp_data_photos_of(const qp_data *data, const char *username);
size_t qp_data_reactions_to(const qp_photo *photo);
/* Whether follower follows followed. */
bool qp_data_follows(const qp_data *data, const char *follower, const char *followed);

/* The items of the data in one block of memory: users, photos, reactions, friendships. */
typedef struct qp_items {
    pte_item items[QP_ITEMS];
    uint8_t *bytes; /* private: what the items view */
} qp_items;

/*
 * Makes the items; returns owned. Errors: OUT_OF_MEMORY.
 */
PTE_CHECKED pte_status qp_items_new(qp_items **items, const qp_data *data, pte_error *error);
/* How many different values the items have in an attribute. Errors: CORRUPT. */
PTE_CHECKED pte_status qp_items_distinct(size_t *count, const qp_items *items, const char *name,
                                         pte_error *error);

/* NULL is allowed. */
void qp_items_destroy(qp_items *items);

#endif
