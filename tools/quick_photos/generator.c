/*
 * The generator: people first, then their photos, then who follows whom, then the reactions; the
 * numbers inside users and photos are counted as the friendships and reactions are made.
 */
#include "quick_photos/generator.h"

#include "quick_photos/words.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum {
    PHOTOS_MIN = 4, /* of a user */
    DAY_S = 24 * 60 * 60,
    POPULARITY_MAX = 9,
};

/* 2023-01-01 and 2026-01-01: photos are taken between the two. */
static const int64_t first_s = 1672531200, last_s = 1767225600;

/* What is drawn from and marked while the data is made. */
typedef struct work {
    uint64_t random;
    qp_data *data;
    unsigned photo_counts[QP_USERS];
    int64_t photo_times_s[QP_PHOTOS];
    unsigned photo_owners[QP_PHOTOS];
    unsigned photo_popularity[QP_PHOTOS]; /* 1 to POPULARITY_MAX */
    unsigned user_popularity[QP_USERS];
    bool reacted[QP_USERS][QP_PHOTOS];
    bool follows[QP_USERS][QP_USERS]; /* follower, followed */
} work;

/* Splitmix64. */
static uint64_t next(work *w) {
    uint64_t mixed = w->random += 0x9E3779B97F4A7C15u;
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9u;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBu;
    return mixed ^ (mixed >> 31);
}

static unsigned below(work *w, unsigned bound) {
    return bound != 0 ? (unsigned)(next(w) % bound) : 0;
}

/* A random order of the numbers below count. */
static void shuffle(work *w, unsigned *order, unsigned count) {
    for (unsigned i = 0; i < count; i++) {
        unsigned j = below(w, i + 1);
        order[i] = order[j];
        order[j] = i;
    }
}

static void write_timestamp(char text[QP_TIMESTAMP_BYTES], int64_t time_s) {
    time_t time = (time_t)time_s;
    struct tm parts;
    size_t len = 0;
    if (gmtime_r(&time, &parts) != NULL) {
        len = strftime(text, QP_TIMESTAMP_BYTES, "%Y-%m-%dT%H:%M:%S", &parts);
    }
    assert(len == QP_TIMESTAMP_BYTES - 1);
    (void)len;
}

/* ---- users ---- */

static void write_username(work *w, char text[QP_USERNAME_BYTES], const qp_name *first,
                           const qp_name *last) {
    switch (below(w, 4)) {
    case 0:
        snprintf(text, QP_USERNAME_BYTES, "%s%u", first->plain, 10 + below(w, 90));
        break;
    case 1:
        snprintf(text, QP_USERNAME_BYTES, "%c%s", first->plain[0], last->plain);
        break;
    case 2:
        snprintf(text, QP_USERNAME_BYTES, "%s.%c", first->plain, last->plain[0]);
        break;
    default:
        snprintf(text, QP_USERNAME_BYTES, "%s%u", last->plain, 1 + below(w, 9));
        break;
    }
}

static void choose_interests(work *w, qp_user *user) {
    unsigned order[QP_INTERESTS];
    shuffle(w, order, QP_INTERESTS);
    user->interest_count = 2 + below(w, QP_INTERESTS_MAX - 1);
    for (size_t i = 0; i < user->interest_count; i++) {
        user->interests[i] = qp_interests[order[i]];
    }
}

/* First and last names stand once each, so no two usernames of the shapes above are the same. */
static void make_user(work *w, qp_user *user, const qp_name *first, const qp_name *last) {
    write_username(w, user->username, first, last);
    snprintf(user->name, sizeof user->name, "%s %s", first->shown, last->shown);
    snprintf(user->email, sizeof user->email, "%s@%s", user->username,
             qp_mail_hosts[below(w, QP_MAIL_HOSTS)]);
    /* One draw a statement: C leaves the order of evaluation inside one open. */
    unsigned year = 1950 + below(w, 57);
    unsigned month = 1 + below(w, 12);
    unsigned day = 1 + below(w, 28);
    snprintf(user->birthdate, sizeof user->birthdate, "%04u-%02u-%02u", year, month, day);
    unsigned house = 1 + below(w, 240);
    const char *street = qp_streets[below(w, QP_STREETS)];
    const char *town = qp_towns[below(w, QP_TOWNS)];
    snprintf(user->address, sizeof user->address, "%u %s\n%s %05u", house, street, town,
             10000 + below(w, 89999));
    choose_interests(w, user);
}

static void make_users(work *w) {
    unsigned first[QP_FIRST_NAMES], last[QP_LAST_NAMES], status[QP_STATUSES];
    shuffle(w, first, QP_FIRST_NAMES);
    shuffle(w, last, QP_LAST_NAMES);
    shuffle(w, status, QP_STATUSES);
    for (unsigned i = 0; i <= QP_USERS; i++) {
        qp_user *user = i < QP_USERS ? &w->data->users[i] : &w->data->newcomer;
        make_user(w, user, &qp_first_names[first[i]], &qp_last_names[last[i]]);
        user->status = qp_statuses[status[i]];
    }
    for (unsigned i = 0; i < QP_USERS; i++) {
        w->user_popularity[i] = 1 + below(w, POPULARITY_MAX);
    }
}

/* ---- photos ---- */

static void share_out_photos(work *w) {
    for (unsigned i = 0; i < QP_USERS; i++) {
        w->photo_counts[i] = PHOTOS_MIN;
    }
    for (unsigned given = PHOTOS_MIN * QP_USERS; given < QP_PHOTOS;) {
        unsigned user = below(w, QP_USERS);
        if (below(w, POPULARITY_MAX) < w->user_popularity[user]) {
            w->photo_counts[user]++;
            given++;
        }
    }
}

static int compare_times(const void *a, const void *b) {
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* count different times, ascending. */
static void choose_times(work *w, int64_t *times_s, unsigned count) {
    bool distinct;
    do {
        for (unsigned i = 0; i < count; i++) {
            times_s[i] = first_s + (int64_t)below(w, (unsigned)(last_s - first_s));
        }
        qsort(times_s, count, sizeof times_s[0], compare_times);
        distinct = true;
        for (unsigned i = 1; i < count; i++) {
            distinct = distinct && times_s[i] != times_s[i - 1];
        }
    } while (!distinct);
}

static void make_photos(work *w) {
    share_out_photos(w);
    unsigned photo = 0;
    for (unsigned owner = 0; owner < QP_USERS; owner++) {
        qp_user *user = &w->data->users[owner];
        unsigned first = photo, count = w->photo_counts[owner];
        choose_times(w, &w->photo_times_s[first], count);
        for (; photo < first + count; photo++) {
            w->data->photos[photo].owner = user->username;
            write_timestamp(w->data->photos[photo].timestamp, w->photo_times_s[photo]);
            w->photo_owners[photo] = owner;
            w->photo_popularity[photo] = 1 + below(w, POPULARITY_MAX);
        }
        const qp_photo *pinned = &w->data->photos[first + below(w, count)];
        memcpy(user->pinned_timestamp, pinned->timestamp, QP_TIMESTAMP_BYTES);
    }
    assert(photo == QP_PHOTOS);
}

/* ---- friendships ---- */

static void befriend(work *w, unsigned *made, unsigned follower, unsigned followed) {
    assert(*made < QP_FRIENDSHIPS && !w->follows[follower][followed]);
    qp_friendship *friendship = &w->data->friendships[(*made)++];
    w->follows[follower][followed] = true;
    w->data->users[follower].following++;
    w->data->users[followed].followers++;
    friendship->follower = w->data->users[follower].username;
    friendship->followed = w->data->users[followed].username;
    write_timestamp(friendship->timestamp,
                    first_s + (int64_t)below(w, (unsigned)(last_s - first_s)));
}

/* A ring, so that everybody follows and is followed; then by popularity. */
static void make_friendships(work *w) {
    unsigned made = 0;
    for (unsigned i = 0; i < QP_USERS; i++) {
        befriend(w, &made, i, (i + 1) % QP_USERS);
    }
    while (made < QP_FRIENDSHIPS) {
        unsigned follower = below(w, QP_USERS), followed = below(w, QP_USERS);
        if (follower != followed && !w->follows[follower][followed] &&
            below(w, POPULARITY_MAX) < w->user_popularity[followed]) {
            befriend(w, &made, follower, followed);
        }
    }
}

/* ---- reactions ---- */

static bool may_react(work *w, unsigned user, unsigned photo) {
    return w->photo_owners[photo] != user && !w->reacted[user][photo] &&
           below(w, POPULARITY_MAX) < w->photo_popularity[photo];
}

static void react(work *w, unsigned index, unsigned user, unsigned type) {
    unsigned photo;
    do {
        photo = below(w, QP_PHOTOS);
    } while (!may_react(w, user, photo));
    qp_reaction *reaction = &w->data->reactions[index];
    qp_photo *to = &w->data->photos[photo];
    w->reacted[user][photo] = true;
    to->reactions[type]++;
    reaction->user = w->data->users[user].username;
    reaction->type = qp_reaction_types[type];
    reaction->owner = to->owner;
    reaction->photo_timestamp = to->timestamp;
    write_timestamp(reaction->timestamp, w->photo_times_s[photo] + 60 + below(w, 14 * DAY_S));
}

/* Every type by every user once; then as it comes, hearts and thumbs most. */
static void make_reactions(work *w) {
    static const uint8_t likely_types[] = {0, 0, 0, 1, 1, 2, 3, 3, 3, 3};
    for (unsigned i = 0; i < QP_REACTIONS; i++) {
        if (i < QP_USERS * QP_REACTION_TYPES) {
            react(w, i, i / QP_REACTION_TYPES, i % QP_REACTION_TYPES);
        } else {
            unsigned user = below(w, QP_USERS);
            react(w, i, user, likely_types[below(w, (unsigned)sizeof likely_types)]);
        }
    }
}

qp_data *qp_data_new(uint64_t seed) {
    qp_data *data = calloc(1, sizeof *data);
    work *w = calloc(1, sizeof *w);
    if (data == NULL || w == NULL) {
        free(data);
        free(w);
        return NULL;
    }
    w->random = seed;
    w->data = data;
    make_users(w);
    make_photos(w);
    make_friendships(w);
    make_reactions(w);
    free(w);
    return data;
}

void qp_data_destroy(qp_data *data) {
    free(data);
}

size_t qp_data_photos_of(const qp_data *data, const char *username) {
    size_t count = 0;
    for (size_t i = 0; i < QP_PHOTOS; i++) {
        count += strcmp(data->photos[i].owner, username) == 0;
    }
    return count;
}

size_t qp_data_reactions_to(const qp_photo *photo) {
    size_t count = 0;
    for (size_t i = 0; i < QP_REACTION_TYPES; i++) {
        count += photo->reactions[i];
    }
    return count;
}

bool qp_data_follows(const qp_data *data, const char *follower, const char *followed) {
    for (size_t i = 0; i < QP_FRIENDSHIPS; i++) {
        const qp_friendship *friendship = &data->friendships[i];
        if (strcmp(friendship->follower, follower) == 0 &&
            strcmp(friendship->followed, followed) == 0) {
            return true;
        }
    }
    return false;
}

/* ---- items ---- */

/* The item at place index: users, then photos, reactions, friendships. */
static pte_status make_item(pte_item *item, pte_builder *builder, const qp_data *data, size_t index,
                            pte_error *error) {
    if (index < QP_USERS) {
        return qp_item_of_user(item, builder, &data->users[index], error);
    }
    index -= QP_USERS;
    if (index < QP_PHOTOS) {
        return qp_item_of_photo(item, builder, &data->photos[index], error);
    }
    index -= QP_PHOTOS;
    if (index < QP_REACTIONS) {
        return qp_item_of_reaction(item, builder, &data->reactions[index], error);
    }
    return qp_item_of_friendship(item, builder, &data->friendships[index - QP_REACTIONS], error);
}

/* Makes all items; copies them to bytes if that is not NULL. *total: bytes that all need. */
static pte_status make_items(qp_items *items, uint8_t *bytes, size_t *total, pte_builder *builder,
                             const qp_data *data, pte_error *error) {
    *total = 0;
    for (size_t i = 0; i < QP_ITEMS; i++) {
        pte_item item;
        pte_status status = make_item(&item, builder, data, i, error);
        if (status != PTE_OK) {
            return status;
        }
        if (bytes != NULL) {
            memcpy(bytes + *total, item.encoded.data, item.encoded.len);
            items->items[i] = item;
            items->items[i].encoded.data = bytes + *total;
        }
        *total += item.encoded.len;
    }
    return PTE_OK;
}

pte_status qp_items_new(qp_items **items, const qp_data *data, pte_error *error) {
    pte_builder *builder = NULL;
    size_t total = 0;
    *items = NULL;
    qp_items *made = calloc(1, sizeof *made);
    if (made == NULL) {
        return qp_refuse(error, PTE_OUT_OF_MEMORY, "no memory for the items");
    }
    pte_status status = pte_builder_create(&builder, NULL, error);
    if (status != PTE_OK) {
        goto out;
    }
    status = make_items(made, NULL, &total, builder, data, error);
    if (status != PTE_OK) {
        goto out;
    }
    made->bytes = malloc(total);
    if (made->bytes == NULL) {
        status = qp_refuse(error, PTE_OUT_OF_MEMORY, "no memory for the items");
        goto out;
    }
    status = make_items(made, made->bytes, &total, builder, data, error);
    if (status == PTE_OK) {
        *items = made;
        made = NULL;
    }
out:
    pte_builder_destroy(builder);
    qp_items_destroy(made);
    return status;
}

static int compare_bytes(const void *a, const void *b) {
    return pte_bytes_compare(*(const pte_bytes *)a, *(const pte_bytes *)b);
}

pte_status qp_items_distinct(size_t *count, const qp_items *items, const char *name,
                             pte_error *error) {
    pte_bytes values[QP_ITEMS];
    *count = 0;
    for (size_t i = 0; i < QP_ITEMS; i++) {
        pte_value value;
        pte_status status = pte_item_find(&value, &items->items[i], pte_str(name), error);
        if (status != PTE_OK) {
            return status;
        }
        values[i] = value.bytes;
    }
    qsort(values, QP_ITEMS, sizeof values[0], compare_bytes);
    for (size_t i = 0; i < QP_ITEMS; i++) {
        *count += i == 0 || !pte_bytes_equal(values[i], values[i - 1]);
    }
    return PTE_OK;
}

void qp_items_destroy(qp_items *items) {
    if (items != NULL) {
        free(items->bytes);
        free(items);
    }
}
