/*
 * The ten access patterns as a play: who does what to whom, in DynamoDB's words, and what must come
 * of it by the generator's knowledge. The demo performs it, the tests hold it against a computation
 * of their own.
 */
#ifndef QUICK_PHOTOS_SCRIPT_H
#define QUICK_PHOTOS_SCRIPT_H

#include "quick_photos/patterns.h"

/* Who takes part. Views the data and the app; every step is to be run once, in order. */
typedef struct qp_scene {
    qp_app *app;
    const qp_data *data;
    const qp_user *newcomer;   /* creates a profile, updates it, reacts */
    const qp_user *star;       /* uploads a photo, gains a follower */
    const qp_user *fan;        /* starts to follow the star */
    const qp_photo *favourite; /* the photo with the most reactions; gets one more */
    const char *new_status;
    qp_photo new_photo;
    qp_reaction reaction;
    qp_friendship friendship;
} qp_scene;

/* Casts the play from the data. star and fan: of all pairs where fan does not follow star, the one
 * with the most followers and followed, so that the lists are long. */
void qp_scene_init(qp_scene *scene, qp_app *app, const qp_data *data);

/* How many items of each entity a read gave. */
typedef struct qp_tally {
    size_t items[QP_ENTITIES];
} qp_tally;

size_t qp_tally_sum(const qp_tally *tally);
bool qp_tally_equal(const qp_tally *a, const qp_tally *b);
/* "1 user, 17 photos". */
void qp_tally_write(char *text, size_t size, const qp_tally *tally);

typedef struct qp_request {
    char text[400]; /* the request in DynamoDB's terms, lines separated by \n */
} qp_request;

typedef struct qp_step {
    const char *title;
    const char *strategy; /* what of the design it shows, NULL if nothing new */
    void (*describe)(qp_request *request, const qp_scene *scene);

    /* Writes: what the operations of the transaction are called; the first NULL for a read. */
    const char *operations[QP_OPERATIONS_MAX];
    pte_status (*write)(const qp_scene *scene, pte_error *error);
    unsigned items_added; /* to the table */
    bool refused_again;   /* a second run fails by its condition and changes nothing */
    /* Proves by reading that the write is there, once; CORRUPT if not. */
    pte_status (*verify)(const qp_scene *scene, pte_error *error);

    /* Reads: through a snapshot of their own. */
    pte_status (*read)(const qp_scene *scene, qp_tally *tally, pte_error *error);
    void (*expect)(const qp_scene *scene, qp_tally *tally);
} qp_step;

enum { QP_STEPS = 10 };
extern const qp_step qp_steps[QP_STEPS];

/* What the ten steps add to the table. */
enum { QP_ITEMS_ADDED = 4 };

#endif
