/* PutItem's, UpdateItem's and DeleteItem's common way. */
#include "operation/single_write.h"

#include "request/in_flight.h"
#include "request/legacy.h"
#include "request/scalar_keys.h"
#include "value/attribute_value.h"

pt__exception pt__single_write_new(pt__single_write **state, pt__call *call, pte_op_kind kind,
                                   const pt__parameters *parameters) {
    pt__call_prefix_errors(call, true);
    pt__exception exception = pt__parameters_check(call, parameters);
    if (exception != PT__OK) {
        return exception;
    }
    pt__single_write *made = pte__arena_alloc(&call->arena, sizeof *made);
    if (made == NULL) {
        return pt__refuse_memory(&call->failure);
    }
    made->write = (pt__item_write){.call = call, .kind = kind};
    *state = made;
    call->state = made;
    return pt__placeholders_read(&made->expressions, call, parameters);
}

/* API_PutItem and API_DeleteItem: "The values returned are" of NONE and ALL_OLD only. */
pt__exception pt__return_values_check(pt__call *call) {
    pte_bytes wanted = pt__json_string(call->body, "ReturnValues");
    if (wanted.len == 0 || pte_bytes_equal(wanted, pte_str("NONE")) ||
        pte_bytes_equal(wanted, pte_str("ALL_OLD"))) {
        return PT__OK;
    }
    return pt__refuse_request(&call->failure, "ReturnValues can only be ALL_OLD or NONE");
}

pt__exception pt__single_write_condition(pt__single_write *state, pt__call *call) {
    const pt__json *text = pt__json_member(call->body, "ConditionExpression");
    pt__exception exception = PT__OK;
    if (text != NULL) {
        exception = pt__condition_compile(&state->write.condition, &state->expressions, text->text,
                                          "ConditionExpression");
    } else {
        exception = pt__legacy_expected(&state->write.condition, call);
    }
    return exception == PT__OK ? pt__expressions_all_used(&state->expressions) : exception;
}

/* For those whom a transaction under way must tell of a conflict. */
static pt__exception enter(pt__call *call, const pt__item_write *write) {
    pte_key key = write->key.key;
    pt__exception exception = PT__OK;
    if (call->in_flight == NULL) {
        return PT__OK;
    }
    if (write->kind == PTE_PUT) {
        exception = pt__key_of_item(&key, call, &write->table, &write->item);
    }
    return exception == PT__OK ? pt__in_flight_enter_write(call, &write->table, &key) : exception;
}

pt__exception pt__single_write_leave(pt__single_write *state, pt__call *call) {
    const pt__json *body = call->body;
    pt__item_write *write = &state->write;
    write->old_wanted = pt__json_is(body, "ReturnValues", "ALL_OLD") ||
                        pt__json_is(body, "ReturnValues", "UPDATED_OLD") ||
                        (write->kind == PTE_UPDATE && write->update == NULL &&
                         pt__json_is(body, "ReturnValues", "ALL_NEW"));
    write->old_wanted_on_failure =
        pt__json_is(body, "ReturnValuesOnConditionCheckFailure", "ALL_OLD");
    pt__exception exception =
        pt__scalar_keys_in_condition(&call->failure, &write->table, write->condition);
    if (exception == PT__OK) {
        exception = pt__item_write_op(&state->op, write);
    }
    if (exception == PT__OK) {
        exception = enter(call, write);
    }
    if (exception == PT__OK) {
        call->ops = &state->op;
        call->op_count = 1;
    }
    return exception;
}

/* ---- the answer ---- */

static void encode_item(pt__out *out, const pte_item *item) {
    if (item->encoded.len != 0) {
        pt__out_name(out, "Attributes");
        pt__item_encode(out, item);
    }
}

static void encode_changed(pt__out *out, const pt__update *update, const pte_item *item) {
    bool empty = true;
    size_t before = out->buffer.len;
    if (update == NULL || item->encoded.len == 0) {
        return;
    }
    pt__out_name(out, "Attributes");
    pt__update_encode_changed(out, &empty, update, item);
    if (empty) {
        out->buffer.len = before;
    }
}

/* API_UpdateItem, ReturnValues */
static void encode_attributes(pt__out *out, pte_bytes wanted, const pt__item_write *write) {
    if (pte_bytes_equal(wanted, pte_str("ALL_OLD"))) {
        encode_item(out, &write->old_item);
    } else if (pte_bytes_equal(wanted, pte_str("ALL_NEW"))) {
        encode_item(out, &write->new_item);
    } else if (pte_bytes_equal(wanted, pte_str("UPDATED_OLD"))) {
        encode_changed(out, write->update, &write->old_item);
    } else if (pte_bytes_equal(wanted, pte_str("UPDATED_NEW"))) {
        encode_changed(out, write->update, &write->new_item);
    }
}

pt__exception pt__single_write_run_by_key(pt__call *call, pt__single_write_read_fn read_request) {
    pt__single_write *state = NULL;
    pte_item key;
    pt__exception exception = read_request(&state, &key, call);
    if (exception != PT__OK) {
        return exception;
    }
    pt__item_write *write = &state->write;
    exception = pt__table_find(&write->table, call, pt__json_string(call->body, "TableName"));
    if (exception == PT__OK) {
        exception = pt__key_check(&write->key, call, &write->table, &key);
    }
    return exception == PT__OK ? pt__single_write_leave(state, call) : exception;
}

pt__exception pt__single_write_finish(pt__call *call, pte_status status, const pte_error *error) {
    const pt__single_write *state = call->state;
    const pt__item_write *write = &state->write;
    pt__out *out = &call->out;
    if (status != PTE_OK) {
        return pt__item_write_failure(&call->failure, write, status, error);
    }
    pt__out_object(out);
    encode_attributes(out, pt__json_string(call->body, "ReturnValues"), write);
    pt__exception exception = pt__item_write_encode_capacity(call, write);
    if (exception != PT__OK) {
        return exception;
    }
    if (pt__json_is(call->body, "ReturnItemCollectionMetrics", "SIZE") &&
        pt__item_collections(&write->table)) {
        pt__out_name(out, "ItemCollectionMetrics");
        pt__item_collection_encode(out, &write->table, pt__item_write_key(write));
    }
    pt__out_object_end(out);
    return PT__OK;
}
