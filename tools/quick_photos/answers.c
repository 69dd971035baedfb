/* Reading answers; see answers.h. */
#include "quick_photos/answers.h"

#include "quick_photos/requests.h"

#include <stdio.h>

/* Whose texts lead to a value: "Item", "PK", "S". NULL ends them. */
#define PATH(...) ((const char *[]){__VA_ARGS__, NULL})

static yajl_val find(yajl_val tree, const char **path) {
    return tree != NULL ? yajl_tree_get(tree, path, yajl_t_any) : NULL;
}

/* The text at the end of a path; NULL: there is none. */
static const char *text_at(yajl_val tree, const char **path) {
    return YAJL_GET_STRING(find(tree, path));
}

static size_t elements_of(yajl_val array) {
    return YAJL_IS_ARRAY(array) ? YAJL_GET_ARRAY(array)->len : 0;
}

/* ---- items ---- */

static pte_status tally_item(qp_tally *tally, yajl_val item, pte_error *error) {
    qp_entity entity;
    const char *pk = text_at(item, PATH("PK", "S")), *sk = text_at(item, PATH("SK", "S"));
    if (pk == NULL || sk == NULL) {
        return qp_refuse(error, PTE_CORRUPT, "an item without PK and SK of type S");
    }
    pte_status status = qp_entity_of_keys(&entity, pte_str(pk), pte_str(sk), error);
    if (status == PTE_OK) {
        tally->items[entity]++;
    }
    return status;
}

static pte_status tally_items(qp_tally *tally, yajl_val items, pte_error *error) {
    pte_status status = PTE_OK;
    for (size_t i = 0; status == PTE_OK && i < elements_of(items); i++) {
        status = tally_item(tally, YAJL_GET_ARRAY(items)->values[i], error);
    }
    return status;
}

/* GetItem has one Item, Query has Items, BatchGetItem has Responses of tables. */
static pte_status tally_all(qp_tally *tally, yajl_val tree, pte_error *error) {
    yajl_val item = find(tree, PATH("Item"));
    pte_status status = item != NULL ? tally_item(tally, item, error) : PTE_OK;
    if (status == PTE_OK) {
        status = tally_items(tally, find(tree, PATH("Items")), error);
    }
    if (status == PTE_OK) {
        status = tally_items(tally, find(tree, PATH("Responses", QP_TABLE)), error);
    }
    return status;
}

void qp_answer_followed_keys(qp_json *keys, yajl_val tree) {
    yajl_val items = find(tree, PATH("Items"));
    for (size_t i = 0; i < elements_of(items); i++) {
        const char *followed = text_at(YAJL_GET_ARRAY(items)->values[i], PATH("followedUser", "S"));
        if (followed == NULL || strlen(followed) >= QP_USERNAME_BYTES) {
            keys->failed = true;
            return;
        }
        qp_json_raw(keys, keys->len != 0 ? "," : "");
        qp_request_user_key(keys, followed);
    }
}

/* ---- capacity ---- */

static void add_units(qp_answer *answer, yajl_val capacity) {
    yajl_val units = find(capacity, PATH("CapacityUnits"));
    if (YAJL_IS_DOUBLE(units) || YAJL_IS_INTEGER(units)) {
        double value =
            YAJL_IS_INTEGER(units) ? (double)YAJL_GET_INTEGER(units) : YAJL_GET_DOUBLE(units);
        answer->half_units += (size_t)(value * 2 + 0.25);
        answer->costs = true;
    }
}

/* One table's ConsumedCapacity, or a list where there may be several tables. */
static void add_capacity(qp_answer *answer, yajl_val capacity) {
    if (!YAJL_IS_ARRAY(capacity)) {
        add_units(answer, capacity);
    }
    for (size_t i = 0; i < elements_of(capacity); i++) {
        add_units(answer, YAJL_GET_ARRAY(capacity)->values[i]);
    }
}

/* ---- refusals ---- */

static void copy_text(char *to, size_t size, const char *from) {
    snprintf(to, size, "%s", from != NULL ? from : "");
}

static pte_status read_refusal(qp_answer *answer, yajl_val tree, pte_error *error) {
    const char *type = text_at(tree, PATH("__type"));
    const char *message = text_at(tree, PATH("message"));
    if (type == NULL) {
        return qp_refuse(error, PTE_CORRUPT, "status %d without __type", answer->status);
    }
    const char *sharp = strchr(type, '#');
    copy_text(answer->exception, sizeof answer->exception, sharp != NULL ? sharp + 1 : type);
    copy_text(answer->message, sizeof answer->message,
              message != NULL ? message : text_at(tree, PATH("Message")));
    const char *timestamp = text_at(tree, PATH("Item", "timestamp", "S"));
    yajl_val reasons = find(tree, PATH("CancellationReasons"));
    answer->reason_count = elements_of(reasons);
    for (size_t i = 0; i < answer->reason_count && i < QP_OPERATIONS_MAX; i++) {
        yajl_val reason = YAJL_GET_ARRAY(reasons)->values[i];
        copy_text(answer->reasons[i], sizeof answer->reasons[i], text_at(reason, PATH("Code")));
        const char *found = text_at(reason, PATH("Item", "timestamp", "S"));
        timestamp = timestamp != NULL ? timestamp : found;
    }
    copy_text(answer->found_timestamp, sizeof answer->found_timestamp, timestamp);
    return PTE_OK;
}

/* ---- all of an answer ---- */

pte_status qp_answer_add(qp_answer *answer, yajl_val *tree, const pt_reply *reply,
                         pte_error *error) {
    char problem[128] = "";
    *tree = yajl_tree_parse((const char *)reply->body.data, problem, sizeof problem);
    if (!YAJL_IS_OBJECT(*tree)) {
        return qp_refuse(error, PTE_CORRUPT, "an answer that is no JSON object: %s", problem);
    }
    answer->status = reply->status;
    answer->exception[0] = answer->message[0] = answer->found_timestamp[0] = '\0';
    answer->reason_count = 0;
    if (reply->status != 200) {
        return read_refusal(answer, *tree, error);
    }
    add_capacity(answer, find(*tree, PATH("ConsumedCapacity")));
    return tally_all(&answer->tally, *tree, error);
}

static bool is_active(yajl_val tree, const char *name) {
    const char *status = text_at(tree, PATH(name));
    return status != NULL && strcmp(status, "ACTIVE") == 0;
}

bool qp_answer_is_active(yajl_val tree) {
    yajl_val table = find(tree, PATH("Table"));
    yajl_val indexes = find(table, PATH("GlobalSecondaryIndexes"));
    bool active = is_active(table, "TableStatus");
    for (size_t i = 0; i < elements_of(indexes); i++) {
        active = active && is_active(YAJL_GET_ARRAY(indexes)->values[i], "IndexStatus");
    }
    return active;
}

yajl_val qp_answer_member(yajl_val tree, const char *name) {
    yajl_val member = find(tree, PATH(name));
    return YAJL_IS_OBJECT(member) && YAJL_GET_OBJECT(member)->len != 0 ? member : NULL;
}
