/*
 * PutItem.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PutItem.html
 * The order of checks is the service's: what the request says by itself, then the table, then the
 * item against the table.
 */
#include "operation/operation.h"
#include "operation/single_write.h"

static const char *const EXPRESSIONS[] = {"ConditionExpression", NULL};
static const char *const LEGACY[] = {"Expected", "ConditionalOperator", NULL};
static const pt__parameters PARAMETERS = {EXPRESSIONS, LEGACY};

/* All that can be said without the table. */
static pt__exception read_request(pt__single_write **state, pt__call *call) {
    pt__exception exception = pt__single_write_new(state, call, PTE_PUT, &PARAMETERS);
    if (exception == PT__OK) {
        exception = pt__item_decode_into_call(&(*state)->write.item, call,
                                              pt__json_member(call->body, "Item"));
    }
    if (exception == PT__OK) {
        exception = pt__return_values_check(call);
    }
    if (exception == PT__OK) {
        exception = pt__item_size_check(call, &(*state)->write.item);
    }
    return exception == PT__OK ? pt__single_write_condition(*state, call) : exception;
}

static pt__exception run(pt__call *call) {
    pt__single_write *state = NULL;
    pt__exception exception = read_request(&state, call);
    if (exception != PT__OK) {
        return exception;
    }
    pt__item_write *write = &state->write;
    exception = pt__table_find(&write->table, call, pt__json_string(call->body, "TableName"));
    if (exception == PT__OK) {
        exception = pt__put_item_check(call, &write->table, &write->item);
    }
    return exception == PT__OK ? pt__single_write_leave(state, call) : exception;
}

const pt__operation pt__put_item_operation = {"PutItem", run, pt__single_write_finish};
