/* The table, the writes and the reads of Quick Photos. */
#include "quick_photos/patterns.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- the table ---- */

static pte_key_attribute string_attribute(const char *name) {
    return (pte_key_attribute){pte_str(name), PTE_TYPE_S};
}

pte_status qp_table_create(pte_env *env, pte_error *error) {
    pte_table_spec spec = {
        .name = pte_str(QP_TABLE),
        .hash = string_attribute("PK"),
        .range = string_attribute("SK"),
    };
    return pte_table_create(env, &spec, error);
}

pte_status qp_table_load(pte_env *env, const pte_item *items, size_t count, pte_error *error) {
    pte_op *ops = calloc(count != 0 ? count : 1, sizeof *ops);
    if (ops == NULL) {
        return qp_refuse(error, PTE_OUT_OF_MEMORY, "no memory for %zu operations", count);
    }
    for (size_t i = 0; i < count; i++) {
        ops[i].kind = PTE_PUT;
        ops[i].table = pte_str(QP_TABLE);
        ops[i].item = items[i];
    }
    pte_status status = pte_write_batch(env, ops, count, error);
    free(ops);
    return status;
}

pte_status qp_table_add_index(pte_env *env, pte_error *error) {
    pte_index_spec index = {
        .name = pte_str(QP_INDEX),
        .kind = PTE_INDEX_GLOBAL,
        .hash = {string_attribute("SK")},
        .hash_count = 1,
        .range = {string_attribute("PK")},
        .range_count = 1,
        .projection = PTE_PROJECT_ALL,
    };
    pte_table_change change = {.add_index = &index};
    return pte_table_alter(env, pte_str(QP_TABLE), &change, error);
}

/* ---- the application ---- */

pte_status qp_app_init(qp_app *app, pte_env *env, pte_error *error) {
    *app = (qp_app){.env = env};
    for (size_t i = 0; i < QP_OPERATIONS_MAX; i++) {
        pte_status status = pte_builder_create(&app->builders[i], NULL, error);
        if (status != PTE_OK) {
            qp_app_clean_up(app);
            return status;
        }
    }
    return PTE_OK;
}

void qp_app_clean_up(qp_app *app) {
    for (size_t i = 0; i < QP_OPERATIONS_MAX; i++) {
        pte_builder_destroy(app->builders[i]);
    }
    *app = (qp_app){0};
}

static pte_key key_of(const qp_key *pk, const qp_key *sk) {
    return (pte_key){pte_s(pk->text), pte_s(sk->text)};
}

/* Runs the operations as one transaction and remembers how each fared. */
static pte_status write_all(qp_app *app, pte_op *ops, size_t count, pte_error *error) {
    for (size_t i = 0; i < count; i++) {
        ops[i].table = pte_str(QP_TABLE);
    }
    app->found_timestamp[0] = '\0';
    pte_status status = pte_write(app->env, ops, count, error);
    app->operation_count = count;
    for (size_t i = 0; i < count; i++) {
        app->operation_statuses[i] = ops[i].status;
    }
    return status;
}

/* ---- conditions ---- */

/* attribute_not_exists(PK), which in an item's own key means: there is no such item. ctx: the app,
 * which keeps the timestamp of the item in the way. */
static pte_status must_not_exist(void *ctx, const pte_item *old, pte_error *error) {
    qp_app *app = ctx;
    app->found_timestamp[0] = '\0';
    if (old == NULL) {
        return PTE_OK;
    }
    pte_value timestamp;
    pte_status status = pte_item_find(&timestamp, old, pte_str("timestamp"), error);
    if (status != PTE_OK) {
        return status;
    }
    if (timestamp.type == PTE_TYPE_S && timestamp.bytes.len < sizeof app->found_timestamp) {
        memcpy(app->found_timestamp, timestamp.bytes.data, timestamp.bytes.len);
        app->found_timestamp[timestamp.bytes.len] = '\0';
    }
    return qp_refuse(error, PTE_CONDITION_FAILED, "attribute_not_exists does not hold");
}

/* attribute_exists(PK). */
static pte_status must_exist(void *ctx, const pte_item *old, pte_error *error) {
    (void)ctx;
    return old != NULL ? PTE_OK
                       : qp_refuse(error, PTE_CONDITION_FAILED, "attribute_exists does not hold");
}

/* ---- changes ---- */

enum { PATH_MAX_STEPS = 2 };

/* What an update does to one attribute: SET path = text, or SET path = path + by. */
typedef struct attribute_edit {
    pte_builder *builder;
    const char *path[PATH_MAX_STEPS]; /* the second NULL: an attribute of the item itself */
    const char *text;                 /* NULL: add by */
    unsigned by;
} attribute_edit;

static pte_status write_sum(const attribute_edit *edit, const pte_value *old, pte_error *error) {
    pte_number number, by;
    char text[16];
    snprintf(text, sizeof text, "%u", edit->by);
    pte_status status = pte_number_parse(&number, old->bytes, error);
    if (status != PTE_OK) {
        return status;
    }
    status = pte_number_parse(&by, pte_str(text), error);
    if (status != PTE_OK) {
        return status;
    }
    status = pte_number_add(&number, &number, &by, error);
    if (status == PTE_OK) {
        pte_builder_decimal(edit->builder, &number);
    }
    return status;
}

static pte_status copy_edited(const attribute_edit *edit, size_t step, const pte_value *map,
                              pte_error *error);

/* Writes what takes the place of the value that the path names at this step. */
static pte_status write_edited(const attribute_edit *edit, size_t step, const pte_value *old,
                               pte_error *error) {
    bool last = step + 1 == PATH_MAX_STEPS || edit->path[step + 1] == NULL;
    if (last && edit->text != NULL) {
        pte_builder_string(edit->builder, pte_str(edit->text));
        return PTE_OK;
    }
    if (last && old->type == PTE_TYPE_N) {
        return write_sum(edit, old, error);
    }
    if (last || old->type != PTE_TYPE_M) {
        return qp_refuse(error, PTE_CALLBACK_FAILED, "%s is of type %s", edit->path[step],
                         pte_type_name(old->type));
    }
    pte_builder_begin(edit->builder, PTE_TYPE_M);
    pte_status status = copy_edited(edit, step + 1, old, error);
    pte_builder_end(edit->builder);
    return status;
}

/* Copies the elements of an item or map, all but the one that the path names as they are. It and
 * write_edited call each other, once for each step of the path at most. */
static pte_status copy_edited(const attribute_edit *edit, size_t step, const pte_value *map,
                              pte_error *error) {
    pte_iter iter;
    pte_bytes name;
    pte_value value;
    bool met = false;
    pte_status status = pte_value_iterate(&iter, map, error);
    if (status != PTE_OK) {
        return status;
    }
    while ((status = pte_iter_next(&iter, &name, &value, error)) == PTE_OK) {
        pte_builder_name(edit->builder, name);
        if (!pte_bytes_equal(name, pte_str(edit->path[step]))) {
            pte_builder_value(edit->builder, &value);
            continue;
        }
        met = true;
        status = write_edited(edit, step, &value, error);
        if (status != PTE_OK) {
            return status;
        }
    }
    if (status == PTE_END && !met) {
        return qp_refuse(error, PTE_CALLBACK_FAILED, "the item has no attribute %s",
                         edit->path[step]);
    }
    return status == PTE_END ? PTE_OK : status;
}

/* A pte_change_fn; ctx: the edit. It may run again, so it starts with a reset. */
static pte_status apply_edit(void *ctx, const pte_item *old, pte_item *item,
                             pte_change_result *result, pte_error *error) {
    const attribute_edit *edit = ctx;
    pte_value whole;
    if (old == NULL) {
        return qp_refuse(error, PTE_CALLBACK_FAILED, "there is no item to update");
    }
    pte_status status = pte_item_value(&whole, old, error);
    if (status != PTE_OK) {
        return status;
    }
    pte_builder_reset(edit->builder);
    status = copy_edited(edit, 0, &whole, error);
    if (status != PTE_OK) {
        return status;
    }
    *result = PTE_CHANGE_REPLACE;
    return pte_builder_item(item, edit->builder, error);
}

/* ---- writes ---- */

pte_status qp_create_user(qp_app *app, const qp_user *user, pte_error *error) {
    pte_op op = {.kind = PTE_PUT, .condition = must_not_exist, .ctx = app};
    pte_status status = qp_item_of_user(&op.item, app->builders[0], user, error);
    return status == PTE_OK ? write_all(app, &op, 1, error) : status;
}

pte_status qp_update_status(qp_app *app, const char *username, const char *text, pte_error *error) {
    qp_key pk = qp_key_user(username), sk = qp_key_metadata(username);
    attribute_edit set = {.builder = app->builders[0], .path = {"status"}, .text = text};
    pte_op op = {
        .kind = PTE_UPDATE,
        .key = key_of(&pk, &sk),
        .condition = must_exist,
        .change = apply_edit,
        .ctx = &set,
    };
    return write_all(app, &op, 1, error);
}

pte_status qp_upload_photo(qp_app *app, const qp_photo *photo, pte_error *error) {
    pte_op op = {.kind = PTE_PUT};
    pte_status status = qp_item_of_photo(&op.item, app->builders[0], photo, error);
    return status == PTE_OK ? write_all(app, &op, 1, error) : status;
}

pte_status qp_react(qp_app *app, const qp_reaction *reaction, pte_error *error) {
    qp_key pk = qp_key_user(reaction->owner);
    qp_key sk = qp_key_photo(reaction->owner, reaction->photo_timestamp);
    attribute_edit count = {
        .builder = app->builders[1], .path = {"reactions", reaction->type}, .by = 1};
    pte_op ops[] = {
        {.kind = PTE_PUT, .condition = must_not_exist, .ctx = app},
        {.kind = PTE_UPDATE, .key = key_of(&pk, &sk), .change = apply_edit, .ctx = &count},
    };
    pte_status status = qp_item_of_reaction(&ops[0].item, app->builders[0], reaction, error);
    return status == PTE_OK ? write_all(app, ops, sizeof ops / sizeof ops[0], error) : status;
}

pte_status qp_follow(qp_app *app, const qp_friendship *friendship, pte_error *error) {
    const char *followed = friendship->followed, *follower = friendship->follower;
    qp_key followed_pk = qp_key_user(followed), followed_sk = qp_key_metadata(followed);
    qp_key follower_pk = qp_key_user(follower), follower_sk = qp_key_metadata(follower);
    attribute_edit followers = {.builder = app->builders[1], .path = {"followers"}, .by = 1};
    attribute_edit following = {.builder = app->builders[2], .path = {"following"}, .by = 1};
    pte_op ops[] = {
        {.kind = PTE_PUT, .condition = must_not_exist, .ctx = app},
        {
            .kind = PTE_UPDATE,
            .key = key_of(&followed_pk, &followed_sk),
            .change = apply_edit,
            .ctx = &followers,
        },
        {
            .kind = PTE_UPDATE,
            .key = key_of(&follower_pk, &follower_sk),
            .change = apply_edit,
            .ctx = &following,
        },
    };
    pte_status status = qp_item_of_friendship(&ops[0].item, app->builders[0], friendship, error);
    return status == PTE_OK ? write_all(app, ops, sizeof ops / sizeof ops[0], error) : status;
}

/* ---- reads ---- */

static pte_status get(pte_item *item, pte_read *read, const qp_key *pk, const qp_key *sk,
                      pte_error *error) {
    pte_key key = key_of(pk, sk);
    return pte_read_item(item, read, pte_str(QP_TABLE), &key, error);
}

pte_status qp_get_user(pte_item *item, pte_read *read, const char *username, pte_error *error) {
    qp_key pk = qp_key_user(username), sk = qp_key_metadata(username);
    return get(item, read, &pk, &sk, error);
}

pte_status qp_get_photo(pte_item *item, pte_read *read, const char *owner, const char *timestamp,
                        pte_error *error) {
    qp_key pk = qp_key_user(owner), sk = qp_key_photo(owner, timestamp);
    return get(item, read, &pk, &sk, error);
}

pte_status qp_open_user_and_photos(pte_cursor **cursor, pte_read *read, const char *username,
                                   pte_error *error) {
    qp_key pk = qp_key_user(username), metadata = qp_key_metadata(username);
    pte_query query = {
        .table = pte_str(QP_TABLE),
        .hash = {pte_s(pk.text)},
        .hash_count = 1,
        .range = {pte_s(metadata.text)},
        .range_count = 1,
        .op = PTE_RANGE_BETWEEN,
        .range_upper = pte_s("PHOTO$"),
    };
    return pte_query_open(cursor, read, &query, error);
}

pte_status qp_open_photo_and_reactions(pte_cursor **cursor, pte_read *read, const char *owner,
                                       const char *timestamp, pte_error *error) {
    qp_key sk = qp_key_photo(owner, timestamp);
    pte_query query = {
        .table = pte_str(QP_TABLE),
        .index = pte_str(QP_INDEX),
        .hash = {pte_s(sk.text)},
        .hash_count = 1,
        .range = {pte_s("REACTION#")},
        .range_count = 1,
        .op = PTE_RANGE_BETWEEN,
        .range_upper = pte_s("USER$"),
    };
    return pte_query_open(cursor, read, &query, error);
}

pte_status qp_open_followers(pte_cursor **cursor, pte_read *read, const char *username,
                             pte_error *error) {
    qp_key pk = qp_key_user(username);
    pte_query query = {
        .table = pte_str(QP_TABLE),
        .hash = {pte_s(pk.text)},
        .hash_count = 1,
        .range = {pte_s("#FRIEND#")},
        .range_count = 1,
        .op = PTE_RANGE_BEGINS_WITH,
    };
    return pte_query_open(cursor, read, &query, error);
}

pte_status qp_open_followed(pte_cursor **cursor, pte_read *read, const char *username,
                            pte_error *error) {
    qp_key sk = qp_key_friend(username);
    pte_query query = {
        .table = pte_str(QP_TABLE),
        .index = pte_str(QP_INDEX),
        .hash = {pte_s(sk.text)},
        .hash_count = 1,
    };
    return pte_query_open(cursor, read, &query, error);
}
