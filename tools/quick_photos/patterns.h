/*
 * Quick Photos as an application of the engine: its table, its index and its ten access patterns.
 * Beside each stands the DynamoDB request that it is. Written to be read: this is how a program
 * uses the engine.
 *
 * Key design, in five strategies:
 *   - one table holds several types of entity, told apart by the beginnings of their keys;
 *   - composite keys hold many-to-many relations (who follows whom, who reacted to what) as items;
 *   - an inverted index (SK, PK) answers the reverse question of each relation;
 *   - partial normalization: a relation item names the other entity instead of repeating it;
 *   - transactions keep a relation and the counters that it moves together.
 */
#ifndef QUICK_PHOTOS_PATTERNS_H
#define QUICK_PHOTOS_PATTERNS_H

#include "quick_photos/generator.h"

#include <pocketable/engine.h>

#define QP_TABLE "quick-photos"
#define QP_INDEX "InvertedIndex"

/* ---- the table ---- */

/* CreateTable: PK (S) HASH, SK (S) RANGE; no index yet. Errors: as pte_table_create. */
PTE_CHECKED pte_status qp_table_create(pte_env *env, pte_error *error);

/* BatchWriteItem of all. Errors: as pte_write_batch, OUT_OF_MEMORY. */
PTE_CHECKED pte_status qp_table_load(pte_env *env, const pte_item *items, size_t count,
                                     pte_error *error);

/* UpdateTable: adds InvertedIndex, SK HASH, PK RANGE, projection ALL; pte_backfill fills it.
 * Errors: as pte_table_alter. */
PTE_CHECKED pte_status qp_table_add_index(pte_env *env, pte_error *error);

/* ---- writes ---- */

enum { QP_OPERATIONS_MAX = 3 };

/*
 * An application's hold on an open database: where it makes its items, and how its last write
 * fared. Init borrows env until clean_up. One thread at a time.
 */
typedef struct qp_app {
    pte_env *env;
    pte_builder *builders[QP_OPERATIONS_MAX]; /* one for each item that a transaction makes */
    size_t operation_count;                   /* of the last write */
    pte_status operation_statuses[QP_OPERATIONS_MAX];
    /* The timestamp of the item that made the last write's condition fail, "" if none did or it has
     * none: what DynamoDB gives back for ReturnValuesOnConditionCheckFailure ALL_OLD. */
    char found_timestamp[QP_TIMESTAMP_BYTES];
} qp_app;

/* Errors: OUT_OF_MEMORY. On failure the app is as after clean_up. */
PTE_CHECKED pte_status qp_app_init(qp_app *app, pte_env *env, pte_error *error);
/* {0} is allowed. */
void qp_app_clean_up(qp_app *app);

/* The writes below have the errors of pte_write and those that they name. */

/* 1. PutItem, attribute_not_exists(PK). Errors: CONDITION_FAILED (the name is taken). */
PTE_CHECKED pte_status qp_create_user(qp_app *app, const qp_user *user, pte_error *error);

/* 2. UpdateItem SET status = :status, attribute_exists(PK). Errors: CONDITION_FAILED (no such
 * user). */
PTE_CHECKED pte_status qp_update_status(qp_app *app, const char *username, const char *text,
                                        pte_error *error);

/* 4. PutItem. */
PTE_CHECKED pte_status qp_upload_photo(qp_app *app, const qp_photo *photo, pte_error *error);

/*
 * 6. TransactWriteItems: Put the reaction, attribute_not_exists(SK); Update the photo SET
 * reactions.#t = reactions.#t + :i. Errors: TRANSACTION_CANCELLED (they have reacted so before; or
 * there is no such photo).
 */
PTE_CHECKED pte_status qp_react(qp_app *app, const qp_reaction *reaction, pte_error *error);

/*
 * 8. TransactWriteItems: Put the friendship, attribute_not_exists(SK); Update the followed SET
 * followers = followers + :i; Update the follower SET following = following + :i. Errors:
 * TRANSACTION_CANCELLED (they follow already; or there is no such user).
 */
PTE_CHECKED pte_status qp_follow(qp_app *app, const qp_friendship *friendship, pte_error *error);

/* ---- reads: each through a snapshot of the caller's ---- */

/* 3. GetItem; also one part of a BatchGetItem. Views until the snapshot ends. Errors: as
 * pte_read_item. */
PTE_CHECKED pte_status qp_get_user(pte_item *item, pte_read *read, const char *username,
                                   pte_error *error);

/* The same for one photo. */
PTE_CHECKED pte_status qp_get_photo(pte_item *item, pte_read *read, const char *owner,
                                    const char *timestamp, pte_error *error);

/* The four queries open a cursor. Errors: as pte_query_open. */

/* 5. Query PK = USER#<u> AND SK BETWEEN #METADATA#<u> AND PHOTO$: the user, then the photos, oldest
 * first. "$" is the byte after "#", so PHOTO$ ends all that begin with PHOTO#. */
PTE_CHECKED pte_status qp_open_user_and_photos(pte_cursor **cursor, pte_read *read,
                                               const char *username, pte_error *error);

/* 7. Query InvertedIndex SK = PHOTO#<u>#<ts> AND PK BETWEEN REACTION# AND USER$: the reactions,
 * then the photo. */
PTE_CHECKED pte_status qp_open_photo_and_reactions(pte_cursor **cursor, pte_read *read,
                                                   const char *owner, const char *timestamp,
                                                   pte_error *error);

/* 9. Query PK = USER#<u> AND begins_with(SK, #FRIEND#): friendships by name of follower. */
PTE_CHECKED pte_status qp_open_followers(pte_cursor **cursor, pte_read *read, const char *username,
                                         pte_error *error);

/* 10. Query InvertedIndex SK = #FRIEND#<u>: friendships by name of followed. */
PTE_CHECKED pte_status qp_open_followed(pte_cursor **cursor, pte_read *read, const char *username,
                                        pte_error *error);

#endif
