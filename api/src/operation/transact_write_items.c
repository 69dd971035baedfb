/*
 * TransactWriteItems.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
 *
 * Everything is one transaction of the engine's, the token's item included. Some failures refuse
 * the request (a ValidationException), others cancel the transaction, each with its reason.
 */
#include "operation/cancellation.h"
#include "operation/operation.h"
#include "operation/transact_write.h"

enum { PAYLOAD_BYTES_MAX = 4 * 1024 * 1024 };

/* ---- reading ---- */

static pt__exception check_payload(pt__call *call, const pt__transaction *t) {
    size_t bytes = 0;
    for (size_t i = 0; i < t->count; i++) {
        bytes += t->actions[i].payload_bytes;
    }
    /* API_TransactWriteItems: "The aggregate size of the items in the transaction cannot exceed
     * 4 MB"; as measured on the service it is that of the request. */
    return bytes <= PAYLOAD_BYTES_MAX
               ? PT__OK
               : pt__refuse(&call->failure, PT__VALIDATION,
                            "Transaction payload size cannot exceed 4MB. Payload Size: %zu", bytes);
}

/* All that can be said without the tables. */
static pt__exception read_request(pt__transaction *t, pt__call *call) {
    const pt__json *items = pt__json_member(call->body, "TransactItems");
    const pt__json *token = pt__json_member(call->body, "ClientRequestToken");
    pt__fingerprint fingerprint = {{0}};
    size_t at = 0;
    t->count = items->count;
    t->actions = pte__arena_alloc(&call->arena, t->count * sizeof *t->actions);
    t->ops = pte__arena_alloc(&call->arena, (t->count + 1) * sizeof *t->ops);
    t->token = token == NULL ? NULL : pte__arena_alloc(&call->arena, sizeof *t->token);
    if (t->actions == NULL || t->ops == NULL || (token != NULL && t->token == NULL)) {
        return pt__refuse_memory(&call->failure);
    }
    for (const pt__json *item = items->first; item != NULL; item = item->next) {
        pt__exception exception =
            pt__transact_action_read(&t->actions[at++], &fingerprint, call, item);
        if (exception != PT__OK) {
            return exception;
        }
    }
    if (t->token != NULL) {
        *t->token = (pt__token){.fingerprint = fingerprint};
    }
    return check_payload(call, t);
}

/* ---- against the tables ---- */

static pt__exception find_tables(pt__transaction *t, pt__call *call) {
    pt__exception exception = PT__OK;
    for (size_t i = 0; i < t->count && exception == PT__OK; i++) {
        pt__transact_action *action = &t->actions[i];
        exception = pt__table_use_find(&action->use, &t->uses, call,
                                       pt__json_string(action->json, "TableName"));
    }
    return exception;
}

/* Keys that do not fit cancel before items are compared and conditions evaluated. */
static pt__exception check_keys(pt__transaction *t, pt__call *call) {
    bool cancelled = false;
    pt__failure *reasons = pt__cancellation_new(call, t->count);
    if (reasons == NULL) {
        return pt__refuse_memory(&call->failure);
    }
    for (size_t i = 0; i < t->count; i++) {
        pt__exception exception = pt__transact_action_check(&t->actions[i], &reasons[i], call);
        if (exception != PT__OK) {
            return exception;
        }
        cancelled = cancelled || reasons[i].exception != PT__OK;
    }
    return cancelled ? pt__cancellation_refuse(call, reasons, t->count)
                     : pt__transaction_check_duplicates(call, t);
}

static pt__exception run(pt__call *call) {
    pt__transaction *t = pte__arena_alloc(&call->arena, sizeof *t);
    if (t == NULL) {
        return pt__refuse_memory(&call->failure);
    }
    *t = (pt__transaction){.count = 0};
    pt__exception exception = read_request(t, call);
    if (exception == PT__OK) {
        exception = find_tables(t, call);
    }
    if (exception == PT__OK) {
        exception = check_keys(t, call);
    }
    return exception == PT__OK ? pt__transaction_leave(t, call) : exception;
}

const pt__operation pt__transact_write_items_operation = {"TransactWriteItems", run,
                                                          pt__transaction_finish};
