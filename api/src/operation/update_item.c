/*
 * UpdateItem.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateItem.html
 */
#include "operation/operation.h"
#include "operation/single_write.h"
#include "request/legacy.h"

static const char *const EXPRESSIONS[] = {"UpdateExpression", "ConditionExpression", NULL};
static const char *const LEGACY[] = {"AttributeUpdates", "Expected", "ConditionalOperator", NULL};
static const pt__parameters PARAMETERS = {EXPRESSIONS, LEGACY};

/* All that can be said without the table. */
static pt__exception read_request(pt__single_write **state, pte_item *key, pt__call *call) {
    const pt__json *text = pt__json_member(call->body, "UpdateExpression");
    pt__exception exception = pt__single_write_new(state, call, PTE_UPDATE, &PARAMETERS);
    if (exception == PT__OK) {
        exception = pt__key_item_decode(key, call, pt__json_member(call->body, "Key"));
    }
    if (exception == PT__OK && text != NULL) {
        exception = pt__update_compile(&(*state)->write.update, &(*state)->expressions, text->text);
    } else if (exception == PT__OK) {
        exception = pt__legacy_update(&(*state)->write.update, call);
    }
    return exception == PT__OK ? pt__single_write_condition(*state, call) : exception;
}

static pt__exception run(pt__call *call) {
    return pt__single_write_run_by_key(call, read_request);
}

const pt__operation pt__update_item_operation = {"UpdateItem", run, pt__single_write_finish};
