/* The application; see json_app.h. */
#include "quick_photos/json_app.h"

#include "quick_photos/requests.h"

#include <stdio.h>
#include <time.h>

enum {
    ATTEMPTS_MAX = 100,      /* of a batch that makes no headway */
    PATIENCE_MS = 60 * 1000, /* until a table is ACTIVE */
    POLL_PAUSE_MS = 1,
    TRANSCRIPT_INDENT = 0,
    NS_PER_MS = 1000 * 1000,
};

void qp_json_app_clean_up(qp_json_app *app) {
    qp_json_clean_up(&app->answers);
    qp_json_clean_up(&app->transcript);
    qp_json_clean_up(&app->request);
    qp_json_clean_up(&app->keys);
    *app = (qp_json_app){0};
}

/* ---- one request ---- */

static uint64_t now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000U * NS_PER_MS + (uint64_t)now.tv_nsec;
}

static void begin(qp_json_app *app) {
    app->time_ns = 0;
    qp_json_reset(&app->answers);
    qp_json_reset(&app->keys);
}

/* body: a zero stands behind it. */
static void record(qp_json_app *app, const char *title, pte_bytes body) {
    qp_json *to = &app->transcript;
    yajl_val tree = yajl_tree_parse((const char *)body.data, NULL, 0);
    qp_json_raw(to, title);
    qp_json_raw(to, " ");
    qp_json_pretty(to, tree, TRANSCRIPT_INDENT);
    qp_json_raw(to, "\n");
    yajl_tree_free(tree);
}

/* Sends the request at hand; *tree is the caller's to free. A refusal is an answer. */
static pte_status call(qp_json_app *app, const char *operation, qp_answer *answer, yajl_val *tree,
                       pte_error *error) {
    pt_reply reply;
    *tree = NULL;
    if (app->request.failed || app->keys.failed) {
        return qp_refuse(error, PTE_OUT_OF_MEMORY, "%s: the request could not be written",
                         operation);
    }
    uint64_t start_ns = now_ns();
    pte_status status =
        app->door->call(app->door, operation, qp_json_bytes(&app->request), &reply, error);
    app->time_ns += now_ns() - start_ns;
    if (status != PTE_OK) {
        return status;
    }
    qp_json_raw_bytes(&app->answers, reply.body);
    qp_json_raw(&app->answers, "\n");
    if (app->records) {
        char title[32];
        record(app, operation, qp_json_bytes(&app->request));
        snprintf(title, sizeof title, "%d", reply.status);
        record(app, title, reply.body);
    }
    return qp_answer_add(answer, tree, &reply, error);
}

/* Turns a refusal into a failure. */
static pte_status accept(const qp_answer *answer, const char *operation, pte_error *error) {
    return answer->status == 200 ? PTE_OK
                                 : qp_refuse(error, PTE_CALLBACK_FAILED, "%s: %d %s: %s", operation,
                                             answer->status, answer->exception, answer->message);
}

/* Sends the request at hand, which must succeed and whose answer has no more to say. */
static pte_status call_simply(qp_json_app *app, const char *operation, qp_answer *answer,
                              pte_error *error) {
    yajl_val tree;
    pte_status status = call(app, operation, answer, &tree, error);
    yajl_tree_free(tree);
    return status == PTE_OK ? accept(answer, operation, error) : status;
}

/* ---- batches ---- */

/*
 * Sends the batch at hand, and again what of it was left unprocessed, under that name in the
 * answer, until nothing is. (On AWS a pause that doubles stands between the attempts; here nothing
 * is throttled.)
 */
static pte_status call_batch(qp_json_app *app, const char *operation, const char *unprocessed,
                             qp_answer *answer, pte_error *error) {
    for (unsigned attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
        yajl_val tree;
        pte_status status = call(app, operation, answer, &tree, error);
        if (status == PTE_OK) {
            status = accept(answer, operation, error);
        }
        yajl_val left = status == PTE_OK ? qp_answer_member(tree, unprocessed) : NULL;
        if (left != NULL) {
            qp_json again = {0};
            qp_json_tree(&again, left);
            qp_json_reset(&app->request);
            qp_request_batch(&app->request, qp_json_bytes(&again));
            app->request.failed = app->request.failed || again.failed;
            qp_json_clean_up(&again);
        }
        yajl_tree_free(tree);
        if (status != PTE_OK || left == NULL) {
            return status;
        }
    }
    return qp_refuse(error, PTE_CALLBACK_FAILED, "%s: %d attempts left items unprocessed",
                     operation, ATTEMPTS_MAX);
}

pte_status qp_json_load(qp_json_app *app, const pte_item *items, size_t count, qp_answer *answer,
                        pte_error *error) {
    pte_status status = PTE_OK;
    *answer = (qp_answer){0};
    begin(app);
    for (size_t at = 0; status == PTE_OK && at < count; at += QP_BATCH_WRITE_MAX) {
        size_t rest = count - at;
        qp_json_reset(&app->request);
        qp_request_put_batch(&app->request, items + at,
                             rest < QP_BATCH_WRITE_MAX ? rest : QP_BATCH_WRITE_MAX);
        status = call_batch(app, "BatchWriteItem", "UnprocessedItems", answer, error);
    }
    return status;
}

/* ---- the table ---- */

static void pause_a_moment(void) {
    const struct timespec pause = {.tv_nsec = POLL_PAUSE_MS * (long)NS_PER_MS};
    nanosleep(&pause, NULL);
}

/* Asks for the table until it is as wanted: ACTIVE, or gone. The time is all that it takes. */
static pte_status await(qp_json_app *app, bool gone, pte_error *error) {
    uint64_t start_ns = now_ns();
    qp_json_reset(&app->request);
    qp_request_of_table(&app->request);
    while (now_ns() - start_ns < (uint64_t)PATIENCE_MS * NS_PER_MS) {
        qp_answer answer = {0};
        yajl_val tree;
        qp_json_reset(&app->answers);
        pte_status status = call(app, "DescribeTable", &answer, &tree, error);
        bool is_gone = strcmp(answer.exception, "ResourceNotFoundException") == 0;
        if (status == PTE_OK && !(gone && is_gone)) {
            status = accept(&answer, "DescribeTable", error);
        }
        bool done = status == PTE_OK && (gone ? is_gone : qp_answer_is_active(tree));
        yajl_tree_free(tree);
        if (status != PTE_OK || done) {
            app->time_ns = now_ns() - start_ns;
            return status;
        }
        pause_a_moment();
    }
    return qp_refuse(error, PTE_CALLBACK_FAILED, "DescribeTable: after a minute still not %s",
                     gone ? "gone" : "ACTIVE");
}

static pte_status send(qp_json_app *app, const char *operation, void (*write)(qp_json *json),
                       pte_error *error) {
    qp_answer answer = {0};
    begin(app);
    qp_json_reset(&app->request);
    write(&app->request);
    return call_simply(app, operation, &answer, error);
}

pte_status qp_json_create_table(qp_json_app *app, pte_error *error) {
    return send(app, "CreateTable", qp_request_create_table, error);
}

pte_status qp_json_add_index(qp_json_app *app, pte_error *error) {
    return send(app, "UpdateTable", qp_request_add_index, error);
}

pte_status qp_json_await_active(qp_json_app *app, pte_error *error) {
    begin(app);
    return await(app, false, error);
}

pte_status qp_json_delete_table(qp_json_app *app, pte_error *error) {
    pte_status status = send(app, "DeleteTable", qp_request_of_table, error);
    uint64_t time_ns = app->time_ns;
    if (status == PTE_OK) {
        status = await(app, true, error);
    }
    app->time_ns = time_ns;
    return status;
}

/* ---- the steps ---- */

/* Puts ExclusiveStartKey into a body, before its closing brace. */
static void start_after(qp_json *request, yajl_val key) {
    request->len--;
    qp_json_raw(request, ",\"ExclusiveStartKey\":");
    qp_json_tree(request, key);
    qp_json_raw(request, "}");
}

/* Sends the step page by page. Collects the keys of followed users, of which only the last step's
 * items have any. */
static pte_status call_pages(qp_json_app *app, const qp_scene *scene, size_t step,
                             qp_answer *answer, pte_error *error) {
    const qp_json_step *how = &qp_json_steps[step];
    bool more = true;
    yajl_val last = NULL; /* the answer whose last key the next request begins after */
    pte_status status = PTE_OK;
    while (status == PTE_OK && more) {
        yajl_val tree;
        qp_json_reset(&app->request);
        how->write(&app->request, scene);
        if (last != NULL) {
            start_after(&app->request, qp_answer_member(last, "LastEvaluatedKey"));
        }
        yajl_tree_free(last);
        status = call(app, how->operation, answer, &tree, error);
        last = tree;
        more = status == PTE_OK && qp_answer_member(tree, "LastEvaluatedKey") != NULL;
        if (status == PTE_OK && step == QP_STEPS - 1) {
            qp_answer_followed_keys(&app->keys, tree);
        }
    }
    yajl_tree_free(last);
    return status;
}

/* BatchGetItem of the users whose keys were collected: far fewer than QP_BATCH_GET_MAX. */
static pte_status get_followed(qp_json_app *app, qp_answer *answer, pte_error *error) {
    qp_json items = {0};
    qp_json_fill(&items, "{'" QP_TABLE "':{'Keys':[", QP_VALUES(NULL));
    qp_json_raw_bytes(&items, qp_json_bytes(&app->keys));
    qp_json_raw(&items, "]}}");
    qp_json_reset(&app->request);
    qp_request_batch(&app->request, qp_json_bytes(&items));
    app->request.failed = app->request.failed || items.failed;
    qp_json_clean_up(&items);
    return call_batch(app, "BatchGetItem", "UnprocessedKeys", answer, error);
}

pte_status qp_json_perform(qp_json_app *app, const qp_scene *scene, size_t step, qp_answer *answer,
                           pte_error *error) {
    *answer = (qp_answer){0};
    begin(app);
    pte_status status = call_pages(app, scene, step, answer, error);
    if (status == PTE_OK && answer->status == 200 && app->keys.len != 0) {
        status = get_followed(app, answer, error);
    }
    return status;
}
