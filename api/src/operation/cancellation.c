/* Cancellation reasons as JSON, and their codes in the message. */
#include "operation/cancellation.h"

#include "value/attribute_value.h"

pt__failure *pt__cancellation_new(pt__call *call, size_t count) {
    pt__failure *reasons = pte__arena_alloc(&call->arena, count * sizeof *reasons);
    for (size_t i = 0; i < count && reasons != NULL; i++) {
        reasons[i] = (pt__failure){.arena = &call->arena};
    }
    return reasons;
}

/* API_TransactWriteItems, TransactionCanceledException: the codes. */
static const char *code_of(pt__exception exception) {
    switch (exception) {
    case PT__OK:
        return "None";
    case PT__CONDITIONAL_CHECK_FAILED:
        return "ConditionalCheckFailed";
    case PT__ITEM_COLLECTION_SIZE:
        return "ItemCollectionSizeLimitExceeded";
    case PT__TRANSACTION_CONFLICT:
        return "TransactionConflict";
    case PT__DUPLICATE_ITEM: /* of ExecuteTransaction; API_BatchStatementError has the name */
        return "DuplicateItem";
    case PT__RESOURCE_NOT_FOUND: /* of ExecuteTransaction, as measured on the service */
        return "ResourceNotFound";
    default:
        return "ValidationError";
    }
}

/* A walk over the reasons that leaves out what is not told. */
typedef struct walk {
    bool validation_told;
} walk;

static pt__exception told(walk *w, const pt__failure *reason) {
    bool validation = reason->exception == PT__VALIDATION;
    bool hidden = validation && w->validation_told;
    w->validation_told = w->validation_told || validation;
    return hidden ? PT__OK : reason->exception;
}

static void encode_reason(pt__out *out, const pt__failure *reason, pt__exception exception) {
    pt__out_object(out);
    pt__out_member_text(out, "Code", code_of(exception));
    if (exception != PT__OK && reason->item.encoded.len != 0) {
        pt__out_name(out, "Item");
        pt__item_encode(out, &reason->item);
    }
    if (exception != PT__OK && reason->message.data != NULL) {
        pt__out_member_string(out, "Message", reason->message);
    }
    pt__out_object_end(out);
}

static void encode_reasons(pt__out *out, const pt__failure *reasons, size_t count) {
    walk w = {.validation_told = false};
    pt__out_reset(out);
    pt__out_array(out);
    for (size_t i = 0; i < count; i++) {
        encode_reason(out, &reasons[i], told(&w, &reasons[i]));
    }
    pt__out_array_end(out);
}

static const char BEGINNING[] =
    "Transaction cancelled, please refer cancellation reasons for specific reasons [";

/* The message in the arena; data NULL without memory. */
static pte_bytes make_message(pt__call *call, const pt__failure *reasons, size_t count) {
    static const char longest[] = "ItemCollectionSizeLimitExceeded, ";
    char *text = pte__arena_alloc(&call->arena, sizeof BEGINNING + count * sizeof longest + 1);
    walk w = {.validation_told = false};
    if (text == NULL) {
        return (pte_bytes){NULL, 0};
    }
    char *end = text + sizeof BEGINNING - 1;
    memcpy(text, BEGINNING, sizeof BEGINNING);
    for (size_t i = 0; i < count; i++) {
        const char *code = code_of(told(&w, &reasons[i]));
        end = stpcpy(stpcpy(end, i == 0 ? "" : ", "), code);
    }
    *end++ = ']';
    return pte_view(text, (size_t)(end - text));
}

pt__exception pt__cancellation_refuse(pt__call *call, const pt__failure *reasons, size_t count) {
    pte_bytes message = make_message(call, reasons, count);
    encode_reasons(&call->out, reasons, count);
    pte_bytes json = {NULL, 0};
    if (!call->out.failed) {
        const pte__buffer *buffer = &call->out.buffer;
        json = pte__arena_copy(&call->arena, pte_view(buffer->data, buffer->len));
    }
    pt__out_reset(&call->out);
    if (message.data == NULL || json.data == NULL) {
        return pt__refuse_memory(&call->failure);
    }
    pt__exception exception = pt__refuse_bytes(&call->failure, PT__TRANSACTION_CANCELED, message);
    call->failure.reasons = exception == PT__TRANSACTION_CANCELED ? json : (pte_bytes){NULL, 0};
    return exception;
}

pt__exception pt__cancellation_conflicts(pt__call *call, const bool *in_the_way, size_t count) {
    pt__failure *reasons = pt__cancellation_new(call, count);
    if (reasons == NULL) {
        return pt__refuse_memory(&call->failure);
    }
    for (size_t i = 0; i < count; i++) {
        /* API_TransactWriteItems, "Transaction Conflict" */
        if (in_the_way[i] &&
            pt__refuse(&reasons[i], PT__TRANSACTION_CONFLICT,
                       "Transaction is ongoing for the item") != PT__TRANSACTION_CONFLICT) {
            return pt__refuse_memory(&call->failure);
        }
    }
    return pt__cancellation_refuse(call, reasons, count);
}
