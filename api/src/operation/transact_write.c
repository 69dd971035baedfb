/* What TransactWriteItems and ExecuteTransaction do with actions whose tables are known. */
#include "operation/transact_write.h"

#include "operation/cancellation.h"
#include "operation/item_metrics.h"
#include "request/in_flight.h"

/* ---- against the tables ---- */

static bool same_item(const pt__transact_action *a, const pt__transact_action *b) {
    pte_key one = pt__transact_action_key(a);
    pte_key other = pt__transact_action_key(b);
    return a->use == b->use && pt__key_equal(&one, &other);
}

/* API_TransactWriteItems: "no two actions can target the same item". */
pt__exception pt__transaction_check_duplicates(pt__call *call, const pt__transaction *t) {
    for (size_t i = 1; i < t->count; i++) {
        for (size_t j = 0; j < i; j++) {
            if (same_item(&t->actions[i], &t->actions[j])) {
                return pt__refuse(&call->failure, PT__VALIDATION,
                                  "Transaction request cannot include multiple operations on one "
                                  "item");
            }
        }
    }
    return PT__OK;
}

/* ---- leaving the write ---- */

/* An update that names an attribute of the key cancels too. */
static pt__exception make_ops(pt__transaction *t, pt__call *call) {
    bool cancelled = false;
    pt__failure *reasons = pt__cancellation_new(call, t->count);
    if (reasons == NULL) {
        return pt__refuse_memory(&call->failure);
    }
    for (size_t i = 0; i < t->count; i++) {
        pt__exception exception = pt__item_write_op(&t->ops[i], &t->actions[i].write);
        if (exception == PT__VALIDATION) {
            reasons[i] = call->failure;
            call->failure = (pt__failure){.arena = &call->arena};
            cancelled = true;
        } else if (exception != PT__OK) {
            return exception;
        }
    }
    if (cancelled) {
        return pt__cancellation_refuse(call, reasons, t->count);
    }
    return t->token == NULL ? PT__OK
                            : pt__token_op(&t->ops[t->count], t->token, call,
                                           pt__json_string(call->body, "ClientRequestToken"));
}

/* Where conflicts are asked for: all items, and the token behind them, or none. */
static pt__exception enter(const pt__transaction *t, pt__call *call) {
    size_t count = t->count + (t->token != NULL);
    bool conflict = false;
    if (call->in_flight == NULL) {
        return PT__OK;
    }
    pt__in_flight_id *ids = pte__arena_alloc(&call->arena, count * sizeof *ids);
    bool *in_the_way = pte__arena_alloc(&call->arena, count * sizeof *in_the_way);
    if (ids == NULL || in_the_way == NULL) {
        return pt__refuse_memory(&call->failure);
    }
    for (size_t i = 0; i < t->count; i++) {
        pte_key key = pt__transact_action_key(&t->actions[i]);
        ids[i] = pt__in_flight_item(&t->actions[i].use->table, &key);
    }
    if (t->token != NULL) {
        ids[t->count] = pt__in_flight_token(t->token->key);
    }
    pt__exception exception =
        pt__in_flight_enter(&conflict, in_the_way, call, PT__IN_FLIGHT_TRANSACTION, ids, count);
    if (exception != PT__OK || !conflict) {
        return exception;
    }
    /* API_TransactWriteItems, TransactionInProgressException */
    return t->token != NULL && in_the_way[t->count]
               ? pt__refuse(&call->failure, PT__TRANSACTION_IN_PROGRESS,
                            "The transaction with the given request token is already in progress.")
               : pt__cancellation_conflicts(call, in_the_way, t->count);
}

pt__exception pt__transaction_leave(pt__transaction *t, pt__call *call) {
    pt__exception exception = make_ops(t, call);
    if (exception == PT__OK) {
        exception = enter(t, call);
    }
    if (exception == PT__OK) {
        call->ops = t->ops;
        call->op_count = t->count + (t->token != NULL);
        call->state = t;
    }
    return exception;
}

/* ---- the answer ---- */

static pt__exception encode_metrics(const pt__transaction *t, pt__call *call) {
    pt__item_metrics metrics;
    pt__exception exception = pt__item_metrics_init(&metrics, call, t->count);
    for (size_t i = 0; i < t->count && exception == PT__OK; i++) {
        const pt__transact_action *action = &t->actions[i];
        if (action->write.kind != PTE_CHECK) {
            pt__item_metrics_add(&metrics, action->use, pt__item_write_key(&action->write));
        }
    }
    if (exception == PT__OK) {
        pt__item_metrics_encode(&call->out, &metrics);
    }
    return exception;
}

/* ExecuteTransaction's writes respond nothing, in a list. */
static void begin(const pt__transaction *t, pt__call *call) {
    pt__out_object(&call->out);
    if (t->responds) {
        pt__out_name(&call->out, "Responses");
        pt__out_array(&call->out);
        pt__out_array_end(&call->out);
    }
}

static pt__exception answer(const pt__transaction *t, pt__call *call) {
    for (size_t i = 0; i < t->count; i++) {
        pt__item_write_charge(t->actions[i].use->charge, &t->actions[i].write, 2);
    }
    begin(t, call);
    pt__table_uses_encode_capacity(call, &t->uses, true);
    pt__exception exception = encode_metrics(t, call);
    pt__out_object_end(&call->out);
    return exception;
}

/* API_TransactWriteItems, ClientRequestToken: a replay is told the read units of the items, which
 * count twice as all in a transaction. It changes no item, so there are no metrics. */
static pt__exception answer_replay(const pt__transaction *t, pt__call *call) {
    for (size_t i = 0; i < t->count; i++) {
        const pt__transact_action *action = &t->actions[i];
        action->use->charge->read_halves +=
            2 * pt__read_halves(action->write.effects.old_bytes, true);
    }
    begin(t, call);
    pt__table_uses_encode_capacity(call, &t->uses, true);
    pt__out_object_end(&call->out);
    return PT__OK;
}

/* Why one action failed; *whole: that is no matter of this action. */
static pt__exception reason_of(pt__failure *reason, bool *whole, pt__transact_action *action,
                               pte_status status, const pte_error *error) {
    pt__exception exception = pt__item_write_failure(reason, &action->write, status, error);
    *whole = exception != PT__VALIDATION && exception != PT__CONDITIONAL_CHECK_FAILED &&
             exception != PT__DUPLICATE_ITEM;
    return exception;
}

static pt__exception refuse(pt__transaction *t, pt__call *call, pte_status status,
                            const pte_error *error) {
    bool any = false;
    pt__failure *reasons = pt__cancellation_new(call, t->count);
    if (reasons == NULL) {
        return pt__refuse_memory(&call->failure);
    }
    for (size_t i = 0; i < t->count; i++) {
        pte_status own = t->ops[i].status;
        pte_error other;
        bool whole;
        if (own == PTE_OK) {
            continue;
        }
        /* The engine's words are those of the first failure. */
        (void)pte_error_fill(&other, own, "action %zu", i);
        bool is_first = error->position == i &&
                        (error->status == own || error->status == PTE_TRANSACTION_CANCELLED);
        const pte_error *told = is_first ? error : &other;
        pt__exception exception = reason_of(&reasons[i], &whole, &t->actions[i], own, told);
        if (whole) {
            call->failure = reasons[i];
            return exception;
        }
        any = true;
    }
    return any ? pt__cancellation_refuse(call, reasons, t->count)
               : pt__refuse_engine(&call->failure, status, error);
}

pt__exception pt__transaction_finish(pt__call *call, pte_status status, const pte_error *error) {
    pt__transaction *t = call->state;
    if (status == PTE_OK) {
        return answer(t, call);
    }
    bool known = t->token != NULL && t->ops[t->count].status == PTE_CALLBACK_FAILED;
    if (known && t->token->outcome == PT__TOKEN_REPLAY) {
        return answer_replay(t, call);
    }
    if (known && t->token->outcome == PT__TOKEN_MISMATCH) {
        /* API_TransactWriteItems, IdempotentParameterMismatchException */
        return pt__refuse(&call->failure, PT__IDEMPOTENT_MISMATCH,
                          "The token was used for a request with other parameters");
    }
    return refuse(t, call, status, error);
}
