/*
 * One request through all of its stages: find the operation, read the body, check its shape, run,
 * commit what it writes, answer.
 */
#include "database/database.h"
#include "operation/operation.h"
#include "shape/shape.h"
#include "value/attribute_value.h"

#include <stdio.h>

enum {
    REGION_BYTES_MAX = 64,
    /* What the engine leaves before '/' and a table's name. It holds every region of AWS's with an
     * access key of 128 characters, the longest. */
    SPACE_BYTES_MAX = PTE_TABLE_NAME_BYTES_MAX - 255 - 1 - 1,
};

pte_status pt_exchange_create(pt_exchange **exchange, pt_database *database, pte_error *error) {
    if (exchange == NULL || database == NULL) {
        return pte__fail(error, PTE_INVALID_ARGUMENT, "exchange and database must not be NULL");
    }
    *exchange = NULL;
    pte_allocator allocator = pte__allocator_of(database->options.engine.allocator);
    pt_exchange *made = pte__alloc(&allocator, sizeof *made);
    if (made == NULL) {
        return pte__fail_memory(error);
    }
    *made = (pt_exchange){.database = database};
    pte_status status = pt__call_init(&made->call, database->env, &database->options, error);
    if (status != PTE_OK) {
        pte__free(&allocator, made, sizeof *made);
        return status;
    }
    made->call.in_flight = database->in_flight;
    made->call.tokens = &database->tokens;
    *exchange = made;
    return PTE_OK;
}

void pt_exchange_destroy(pt_exchange *exchange) {
    if (exchange == NULL) {
        return;
    }
    pte_allocator allocator = exchange->call.arena.allocator;
    pt__call_clean_up(&exchange->call);
    pte__free(&allocator, exchange, sizeof *exchange);
}

void pt_exchange_rest(pt_exchange *exchange) {
    exchange->reply = (pt_reply){0};
    pt__call_reset(&exchange->call);
    exchange->rested = true;
}

pt_reply pt_exchange_reply(const pt_exchange *exchange) {
    return exchange->reply;
}

static bool is_plain(pte_bytes text) {
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.data[i];
        bool good = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                    c == '-' || c == '_';
        if (!good) {
            return false;
        }
    }
    return true;
}

bool pt_region_is_valid(pte_bytes region) {
    return region.len > 0 && region.len <= REGION_BYTES_MAX && is_plain(region);
}

bool pt_owner_is_valid(pte_bytes owner, pte_bytes region) {
    return owner.len > 0 && owner.len <= SPACE_BYTES_MAX - region.len && is_plain(owner);
}

/* Regions without an owner are the same as ever; '@' is in no region's name. */
static pt__exception join_space(pt__call *call, pte_bytes owner) {
    call->space = call->region;
    if (owner.len == 0) {
        return PT__OK;
    }
    size_t len = call->region.len + 1 + owner.len;
    uint8_t *space = pte__arena_alloc(&call->arena, len);
    if (space == NULL) {
        return pt__refuse_memory(&call->failure);
    }
    memcpy(space, call->region.data, call->region.len);
    space[call->region.len] = '@';
    memcpy(space + call->region.len + 1, owner.data, owner.len);
    call->space = pte_view(space, len);
    return PT__OK;
}

static pt__exception set_space(pt__call *call, const pt_request *request) {
    bool given = request->region.len != 0;
    call->region = given ? request->region : pte_str("us-east-1");
    if (given && !pt_region_is_valid(call->region)) {
        return pt__refuse(&call->failure, PT__VALIDATION,
                          "Region '%.*s': expected up to %d letters, digits, '-' and '_'",
                          PT__SHOW(call->region), REGION_BYTES_MAX);
    }
    if (request->owner.len != 0 && !pt_owner_is_valid(request->owner, call->region)) {
        return pt__refuse(&call->failure, PT__VALIDATION,
                          "Owner '%.*s': expected up to %d letters, digits, '-' and '_'",
                          PT__SHOW(request->owner), (int)(SPACE_BYTES_MAX - call->region.len));
    }
    return join_space(call, request->owner);
}

static pt__exception find_operation(pt__call *call, pte_bytes name) {
    if (call->operation == NULL || !pte_bytes_equal(name, pte_str(call->operation->name))) {
        call->operation = pt__operation_find(&call->shape, name);
    }
    return call->operation != NULL ? PT__OK
                                   : pt__refuse_silently(&call->failure, PT__UNKNOWN_OPERATION);
}

/* Up to where the operation has read what it needs: OK with the answer written, or a write left. */
static pt__exception begin(pt__call *call, const pt_request *request) {
    pt__exception exception = set_space(call, request);
    if (exception == PT__OK) {
        exception = find_operation(call, request->operation);
    }
    if (exception == PT__OK) {
        exception =
            pt__json_parse(&call->body, &call->parser, request->body, &call->arena, &call->failure);
    }
    if (exception == PT__OK) {
        exception = pt__shape_check_types(call->shape, call->body, &call->failure);
    }
    if (exception == PT__OK) {
        exception = pt__shape_check_constraints(call->shape, call->body, &call->failure);
    }
    if (exception == PT__OK) {
        exception = call->operation->run(call);
    }
    return exception;
}

static void write_failure(pt__call *call) {
    pt__out *out = &call->out;
    const pt__failure *failure = &call->failure;
    char type[128];
    snprintf(type, sizeof type, "%s%s", pt__exception_namespace(failure->exception),
             pt__exception_type(failure->exception));
    pt__out_reset(out);
    pt__out_object(out);
    pt__out_member_text(out, "__type", type);
    if (failure->message.data != NULL) {
        pt__out_member_string(out, "message", failure->message);
    }
    if (failure->item.encoded.len != 0) {
        pt__out_name(out, "Item");
        pt__item_encode(out, &failure->item);
    }
    if (failure->reasons.len != 0) {
        pt__out_name(out, "CancellationReasons");
        pt__out_json(out, failure->reasons);
    }
    pt__out_object_end(out);
}

/* Makes the reply of what the call has come to. */
static void answer(pt_exchange *exchange, pt__exception exception) {
    pt__call *call = &exchange->call;
    pt__call_let_go(call);
    pt__in_flight_release(call);
    if (exception == PT__OK && call->out.failed) {
        exception = pt__refuse_memory(&call->failure);
    }
    if (exception != PT__OK) {
        write_failure(call);
    }
    pte__buffer *buffer = &call->out.buffer;
    if (call->out.failed || pte__buffer_reserve(buffer, &call->out.allocator, 1,
                                                PT__OUT_BYTES_MAX + 1, NULL) != PTE_OK) {
        exchange->reply = (pt_reply){500, pte_str(pt__out_of_memory_body)};
        return;
    }
    buffer->data[buffer->len] = 0;
    exchange->reply = (pt_reply){pt__exception_http_status(exception), {buffer->data, buffer->len}};
}

/* Runs a request up to its write; true: it is answered. */
static bool start(pt_exchange *exchange, const pt_request *request) {
    pt__call *call = &exchange->call;
    exchange->reply = (pt_reply){0};
    if (!exchange->rested) {
        pt__call_reset(call);
    }
    exchange->rested = false;
    pt__exception exception = begin(call, request);
    if (exception == PT__OK && call->op_count != 0) {
        pt__call_end_read(call);
        return false;
    }
    answer(exchange, exception);
    return true;
}

static void finish(pt_exchange *exchange, pte_status status, const pte_error *error) {
    pt__call *call = &exchange->call;
    answer(exchange, call->operation->finish(call, status, error));
}

pt_reply pt_exchange_run(pt_exchange *exchange, const pt_request *request) {
    if (!start(exchange, request)) {
        pt__call *call = &exchange->call;
        pte_error error = {0};
        pte_status status = call->batch
                                ? pte_write_batch(call->env, call->ops, call->op_count, &error)
                                : pte_write(call->env, call->ops, call->op_count, &error);
        finish(exchange, status, &error);
    }
    return exchange->reply;
}

static void on_submitted(pte_submission *submission) {
    pt_exchange *exchange = submission->ctx;
    finish(exchange, submission->status, &submission->error);
    if (exchange->done != NULL) {
        exchange->done(exchange->done_ctx);
    }
}

bool pt_exchange_start(pt_exchange *exchange, const pt_request *request, void (*done)(void *ctx),
                       void *ctx) {
    if (start(exchange, request)) {
        return true;
    }
    pt__call *call = &exchange->call;
    exchange->done = done;
    exchange->done_ctx = ctx;
    pte_submission *submission = &exchange->submission;
    submission->ops = call->ops;
    submission->count = call->op_count;
    submission->batch = call->batch;
    submission->done = on_submitted;
    submission->ctx = exchange;
    pte_error error;
    pte_status status = pte_submit(call->env, submission, &error);
    if (status != PTE_OK) {
        finish(exchange, status, &error);
        return true;
    }
    return false;
}

void pt_run_queued(pt_database *database) {
    pte_run_submitted(database->env);
}
