/*
 * ExecuteTransaction.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ExecuteTransaction.html
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.multiplestatements.transactions.html
 *
 * Writes are a transaction like TransactWriteItems', reads one like TransactGetItems'. What a
 * statement says by itself refuses the request ("Validation failed in TransactStatements[0]: ...");
 * what its table or its key says cancels the transaction. So it was measured on the service.
 */
#include "expression/program.h"
#include "operation/cancellation.h"
#include "operation/operation.h"
#include "operation/statement.h"
#include "operation/transact_write.h"
#include "request/in_flight.h"

enum { PAYLOAD_BYTES_MAX = 4 * 1024 * 1024, ANSWER_BYTES_MAX = 4 * 1024 * 1024 };

/* In the call's arena. */
typedef struct execution {
    pt__transaction t; /* first: finish has it as the call's state */
    pt__statement *statements;
    pt__failure *reasons;
    pt__fingerprint fingerprint;
    bool reads;
} execution;

/* ---- reading ---- */

/* Puts the place of a statement before what is wrong with it. */
static pt__exception place(pt__call *call, size_t at, pt__exception exception) {
    if (exception != PT__VALIDATION) {
        return exception;
    }
    pte_bytes message = call->failure.message;
    return pt__refuse(&call->failure, PT__VALIDATION,
                      "Validation failed in TransactStatements[%zu]: %.*s", at, PT__SHOW(message));
}

static pt__exception make_room(execution *e, pt__call *call, size_t count) {
    const pt__json *token = pt__json_member(call->body, "ClientRequestToken");
    pte__arena *arena = &call->arena;
    *e = (execution){.t = {.count = count, .responds = true}};
    e->statements = pte__arena_alloc(arena, count * sizeof *e->statements);
    e->t.actions = pte__arena_alloc(arena, count * sizeof *e->t.actions);
    e->t.ops = pte__arena_alloc(arena, (count + 1) * sizeof *e->t.ops);
    e->t.token = token == NULL ? NULL : pte__arena_alloc(arena, sizeof *e->t.token);
    e->reasons = pt__cancellation_new(call, count);
    bool all = e->statements != NULL && e->t.actions != NULL && e->t.ops != NULL &&
               e->reasons != NULL && (token == NULL || e->t.token != NULL);
    if (!all) {
        return pt__refuse_memory(&call->failure);
    }
    memset(e->t.actions, 0, count * sizeof *e->t.actions);
    return PT__OK;
}

static pt__exception read_one(execution *e, pt__call *call, size_t at) {
    pt__exception exception = pt__statement_parse(&e->statements[at], call);
    return exception == PT__OK ? pt__statement_compile(&e->statements[at], call) : exception;
}

/* What the token stands for: the texts and the parameters' values. */
static void add_meaning(execution *e, const pt__statement *statement, pt__transact_action *action) {
    pte_bytes text = pt__json_string(statement->json, "Statement");
    pt__fingerprint_add(&e->fingerprint, text);
    action->payload_bytes = text.len;
    for (uint32_t i = 0; i < statement->ql.parameter_count; i++) {
        pte_bytes encoded = statement->context.parameters[i].encoded;
        pt__fingerprint_add(&e->fingerprint, encoded);
        action->payload_bytes += encoded.len;
    }
}

/* The parameters of all statements come before any statement, and are told of without a place. */
static pt__exception read_statements(execution *e, pt__call *call, const pt__json *statements) {
    pt__exception exception = PT__OK;
    size_t at = 0;
    for (const pt__json *json = statements->first; json != NULL && exception == PT__OK;
         json = json->next) {
        exception = pt__statement_read_parameters(&e->statements[at++], call, json);
    }
    for (at = 0; at < e->t.count && exception == PT__OK; at++) {
        exception = place(call, at, read_one(e, call, at));
        if (exception == PT__OK) {
            add_meaning(e, &e->statements[at], &e->t.actions[at]);
        }
    }
    return exception;
}

static pt__exception check_mixture(execution *e, pt__call *call) {
    size_t reads = 0;
    size_t payload = 0;
    for (size_t i = 0; i < e->t.count; i++) {
        reads += pt__ql_reads(&e->statements[i].ql);
        payload += e->t.actions[i].payload_bytes;
    }
    e->reads = reads != 0;
    if (reads != 0 && reads != e->t.count) {
        return pt__refuse(&call->failure, PT__VALIDATION,
                          "ExecuteTransaction API does not support both read and write operations "
                          "in the same request.");
    }
    /* As of TransactWriteItems. */
    return payload <= PAYLOAD_BYTES_MAX
               ? PT__OK
               : pt__refuse(&call->failure, PT__VALIDATION,
                            "Transaction payload size cannot exceed 4MB. Payload Size: %zu",
                            payload);
}

/* ---- against the tables ---- */

/* Moves a failure to the reasons, where it cancels. */
static pt__exception keep(execution *e, pt__call *call, size_t at, pt__exception exception) {
    if (exception != PT__VALIDATION && exception != PT__RESOURCE_NOT_FOUND) {
        return exception;
    }
    e->reasons[at] = call->failure;
    call->failure = (pt__failure){.arena = &call->arena};
    return PT__OK;
}

static pt__exception check_form(const pt__statement *statement, pt__call *call) {
    if (statement->ql.returning != PT__QL_RETURNING_NONE) {
        return pt__refuse(&call->failure, PT__VALIDATION,
                          "RETURNING clause is not supported in ExecuteTransaction.");
    }
    if (statement->ql.index.len != 0) {
        return pt__refuse(&call->failure, PT__VALIDATION, "%s",
                          pt__ql_reads(&statement->ql)
                              ? "Reads on indices are not supported within transactions."
                              : "Operations on indices are not supported in transactions");
    }
    return PT__OK;
}

/* A table that is missing cancels, but only if no other statement refuses the request. */
static pt__exception find_tables(execution *e, pt__call *call) {
    pt__exception exception = PT__OK;
    for (size_t i = 0; i < e->t.count && exception == PT__OK; i++) {
        pt__transact_action *action = &e->t.actions[i];
        exception = pt__table_use_find(&action->use, &e->t.uses, call, e->statements[i].ql.table);
        exception = keep(e, call, i, exception);
        if (exception == PT__OK && e->reasons[i].exception == PT__OK) {
            exception = place(call, i, check_form(&e->statements[i], call));
        }
    }
    return exception;
}

static pt__exception check_read(execution *e, pt__call *call, size_t at) {
    pt__transact_action *action = &e->t.actions[at];
    pt__statement_target target = {&e->statements[at], &action->use->table, true};
    bool exact = false;
    pt__exception exception = pt__statement_read_key(&action->write.key, &exact, call, &target);
    if (exact || exception != PT__OK) {
        return keep(e, call, at, exception);
    }
    return place(call, at,
                 pt__refuse(&call->failure, PT__VALIDATION,
                            "Select statements within ExecuteTransaction must specify the primary "
                            "key in the where clause."));
}

/* EXISTS with a key alone, or without one, refuses the request. */
static pt__exception check_exists(const pt__statement *statement, const pt__item_write *write,
                                  pt__call *call, pt__exception exception) {
    if (statement->ql.operation != PT__QL_EXISTS) {
        return exception;
    }
    /* Of the existence of the item, and something else. */
    bool more = exception == PT__OK && write->condition->first->next != NULL;
    return more ? PT__OK
                : pt__refuse(&call->failure, PT__VALIDATION,
                             "EXISTS() must contain a single item read with additional condition");
}

static pt__exception check_write(execution *e, pt__call *call, size_t at) {
    pt__transact_action *action = &e->t.actions[at];
    const pt__statement *statement = &e->statements[at];
    pt__statement_target target = {statement, &action->use->table, true};
    pt__exception exception = pt__statement_write(&action->write, call, &target);
    if (exception == PT__INTERNAL) {
        return exception;
    }
    if (statement->ql.operation == PT__QL_EXISTS) {
        return place(call, at, check_exists(statement, &action->write, call, exception));
    }
    return keep(e, call, at, exception);
}

static pt__exception check_keys(execution *e, pt__call *call) {
    bool cancelled = false;
    for (size_t i = 0; i < e->t.count; i++) {
        pt__exception exception = PT__OK;
        if (e->reasons[i].exception == PT__OK) {
            exception = e->reads ? check_read(e, call, i) : check_write(e, call, i);
        }
        if (exception != PT__OK) {
            return exception;
        }
        cancelled = cancelled || e->reasons[i].exception != PT__OK;
    }
    return cancelled ? pt__cancellation_refuse(call, e->reasons, e->t.count)
                     : pt__transaction_check_duplicates(call, &e->t);
}

/* ---- reads ---- */

/* Items that a write under way is about, where conflicts are asked for. */
static pt__exception check_conflicts(const execution *e, pt__call *call) {
    bool conflict = false;
    if (call->in_flight == NULL) {
        return PT__OK;
    }
    bool *in_the_way = pte__arena_alloc(&call->arena, e->t.count * sizeof *in_the_way);
    if (in_the_way == NULL) {
        return pt__refuse_memory(&call->failure);
    }
    for (size_t i = 0; i < e->t.count; i++) {
        const pt__transact_action *action = &e->t.actions[i];
        pt__in_flight_id id = pt__in_flight_item(&action->use->table, &action->write.key.key);
        in_the_way[i] = pt__in_flight_written(call, id);
        conflict = conflict || in_the_way[i];
    }
    return conflict ? pt__cancellation_conflicts(call, in_the_way, e->t.count) : PT__OK;
}

static pt__exception encode_read(execution *e, pt__call *call, size_t at, size_t *bytes) {
    const pt__transact_action *action = &e->t.actions[at];
    pte_item item = {.size_bytes = 0};
    pte_error error;
    pte_status status = pte_read_item(&item, call->read, action->use->table.engine_name,
                                      &action->write.key.key, &error);
    if (status != PTE_OK && status != PTE_NOT_FOUND) {
        return pt__refuse_engine(&call->failure, status, &error);
    }
    size_t size = status == PTE_OK ? item.size_bytes : 0;
    *bytes += size;
    /* In a transaction all counts twice. */
    action->use->charge->read_halves += 2 * pt__read_halves(size, true);
    pt__out_object(&call->out);
    if (status == PTE_OK) {
        pt__out_name(&call->out, "Item");
        pt__ql_columns_encode(&call->out, &e->statements[at].columns, &item);
    }
    pt__out_object_end(&call->out);
    return PT__OK;
}

static pt__exception answer_reads(execution *e, pt__call *call) {
    size_t bytes = 0;
    pt__exception exception = check_conflicts(e, call);
    if (exception != PT__OK) {
        return exception;
    }
    pt__out_object(&call->out);
    pt__out_name(&call->out, "Responses");
    pt__out_array(&call->out);
    for (size_t i = 0; i < e->t.count && exception == PT__OK; i++) {
        exception = encode_read(e, call, i, &bytes);
    }
    pt__out_array_end(&call->out);
    pt__table_uses_encode_capacity(call, &e->t.uses, true);
    pt__out_object_end(&call->out);
    /* As of TransactGetItems. */
    return exception != PT__OK || bytes <= ANSWER_BYTES_MAX
               ? exception
               : pt__refuse(&call->failure, PT__VALIDATION,
                            "Transaction payload size cannot exceed 4MB");
}

static pt__exception run(pt__call *call) {
    const pt__json *statements = pt__json_member(call->body, "TransactStatements");
    execution *e = pte__arena_alloc(&call->arena, sizeof *e);
    if (e == NULL) {
        return pt__refuse_memory(&call->failure);
    }
    pt__exception exception = make_room(e, call, statements->count);
    if (exception == PT__OK) {
        exception = read_statements(e, call, statements);
    }
    if (exception == PT__OK) {
        exception = check_mixture(e, call);
    }
    if (exception == PT__OK) {
        exception = find_tables(e, call);
    }
    if (exception == PT__OK) {
        exception = check_keys(e, call);
    }
    if (exception != PT__OK) {
        return exception;
    }
    if (e->t.token != NULL) {
        *e->t.token = (pt__token){.fingerprint = e->fingerprint};
    }
    return e->reads ? answer_reads(e, call) : pt__transaction_leave(&e->t, call);
}

const pt__operation pt__execute_transaction_operation = {"ExecuteTransaction", run,
                                                         pt__transaction_finish};
