/*
 * ExecuteStatement.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ExecuteStatement.html
 */
#include "operation/operation.h"
#include "operation/statement.h"
#include "request/in_flight.h"

/* A write, in the call's arena from run to finish. */
typedef struct execution {
    pt__statement statement;
    pt__item_write write;
    pte_op op;
} execution;

static pt__exception leave(execution *e, pt__call *call) {
    pte_key key;
    pt__exception exception = pt__item_write_op(&e->op, &e->write);
    if (exception == PT__OK) {
        exception = pt__statement_write_key(&key, call, &e->write);
    }
    if (exception == PT__OK && call->in_flight != NULL) {
        exception = pt__in_flight_enter_write(call, &e->write.table, &key);
    }
    if (exception == PT__OK) {
        call->ops = &e->op;
        call->op_count = 1;
        call->state = e;
    }
    return exception;
}

static pt__exception write(execution *e, pt__call *call) {
    pt__table table;
    pt__exception exception = pt__table_find(&table, call, e->statement.ql.table);
    pt__statement_target target = {&e->statement, &table, false};
    if (exception == PT__OK) {
        exception = pt__statement_write(&e->write, call, &target);
    }
    if (exception != PT__OK) {
        return exception;
    }
    pt__statement_keep(&e->write, &e->statement);
    return leave(e, call);
}

static pt__exception run(pt__call *call) {
    execution *e = pte__arena_alloc(&call->arena, sizeof *e);
    if (e == NULL) {
        return pt__refuse_memory(&call->failure);
    }
    pt__exception exception = pt__statement_read(&e->statement, call, call->body);
    if (exception == PT__OK && e->statement.ql.operation == PT__QL_EXISTS) {
        return pt__refuse(&call->failure, PT__VALIDATION,
                          "EXISTS can only be used in ExecuteTransaction write requests.");
    }
    if (exception == PT__OK) {
        exception = pt__statement_compile(&e->statement, call);
    }
    if (exception != PT__OK) {
        return exception;
    }
    return pt__ql_reads(&e->statement.ql) ? pt__statement_select(call, &e->statement)
                                          : write(e, call);
}

/* ---- the answer to a write ---- */

static pt__exception finish(pt__call *call, pte_status status, const pte_error *error) {
    const execution *e = call->state;
    bool any;
    if (status != PTE_OK) {
        return pt__item_write_failure(&call->failure, &e->write, status, error);
    }
    pt__out_object(&call->out);
    pt__out_name(&call->out, "Items");
    pt__out_array(&call->out);
    pt__statement_encode_returned(&call->out, &any, &e->statement, &e->write);
    pt__out_array_end(&call->out);
    pt__exception exception = pt__item_write_encode_capacity(call, &e->write);
    pt__out_object_end(&call->out);
    return exception;
}

const pt__operation pt__execute_statement_operation = {"ExecuteStatement", run, finish};
