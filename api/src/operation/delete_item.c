/*
 * DeleteItem.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DeleteItem.html
 */
#include "operation/operation.h"
#include "operation/single_write.h"

static const char *const EXPRESSIONS[] = {"ConditionExpression", NULL};
static const char *const LEGACY[] = {"Expected", "ConditionalOperator", NULL};
static const pt__parameters PARAMETERS = {EXPRESSIONS, LEGACY};

/* All that can be said without the table. */
static pt__exception read_request(pt__single_write **state, pte_item *key, pt__call *call) {
    pt__exception exception = pt__single_write_new(state, call, PTE_DELETE, &PARAMETERS);
    if (exception == PT__OK) {
        exception = pt__key_item_decode(key, call, pt__json_member(call->body, "Key"));
    }
    if (exception == PT__OK) {
        exception = pt__return_values_check(call);
    }
    return exception == PT__OK ? pt__single_write_condition(*state, call) : exception;
}

static pt__exception run(pt__call *call) {
    return pt__single_write_run_by_key(call, read_request);
}

const pt__operation pt__delete_item_operation = {"DeleteItem", run, pt__single_write_finish};
