/*
 * GetItem.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_GetItem.html
 * The hot path: the item goes from the map to the answer without a copy between.
 */
#include "operation/operation.h"
#include "request/capacity.h"
#include "request/key.h"
#include "request/legacy.h"
#include "request/parameters.h"
#include "request/scalar_keys.h"

static const char *const EXPRESSIONS[] = {"ProjectionExpression", NULL};
static const char *const LEGACY[] = {"AttributesToGet", NULL};
static const pt__parameters PARAMETERS = {EXPRESSIONS, LEGACY};

/* All that can be said without the table. */
static pt__exception read_request(pt__given_key *key, pt__projection **projection, pt__call *call) {
    const pt__json *text = pt__json_member(call->body, "ProjectionExpression");
    pt__expressions expressions;
    pt__exception exception = pt__parameters_check(call, &PARAMETERS);
    if (exception == PT__OK) {
        exception = pt__placeholders_read(&expressions, call, &PARAMETERS);
    }
    if (exception == PT__OK) {
        exception = pt__given_key_decode(key, call, pt__json_member(call->body, "Key"));
    }
    if (exception == PT__OK && text != NULL) {
        exception = pt__projection_compile(projection, &expressions, text->text);
    } else if (exception == PT__OK) {
        exception = pt__legacy_projection(projection, call, call->body);
    }
    return exception == PT__OK ? pt__expressions_all_used(&expressions) : exception;
}

static pt__exception encode_capacity(pt__call *call, const pt__table *table, size_t bytes) {
    pt__capacity_form form = {.wanted = pt__capacity_wanted_of(call->body)};
    if (form.wanted == PT__CAPACITY_NONE) {
        return PT__OK;
    }
    pt__charge *charge = pt__charge_new(call, table);
    if (charge == NULL) {
        return pt__refuse_memory(&call->failure);
    }
    charge->read_halves =
        pt__read_halves(bytes, pt__json_boolean(call->body, "ConsistentRead", false));
    pt__capacity_encode(&call->out, charge, form);
    return PT__OK;
}

static pt__exception answer(pt__call *call, const pt__table *table, const pte_key *key,
                            const pt__projection *projection) {
    pte_item item = {.size_bytes = 0};
    pte_error error;
    pte_status status = pte_read_item(&item, call->read, table->engine_name, key, &error);
    if (status != PTE_OK && status != PTE_NOT_FOUND) {
        return pt__refuse_engine(&call->failure, status, &error);
    }
    pt__out_object(&call->out);
    if (status == PTE_OK) {
        pt__out_name(&call->out, "Item");
        pt__projection_encode(&call->out, projection, &item);
    }
    pt__exception exception = encode_capacity(call, table, status == PTE_OK ? item.size_bytes : 0);
    pt__out_object_end(&call->out);
    return exception;
}

static pt__exception run(pt__call *call) {
    pt__given_key given;
    pte_key key;
    pt__table table;
    pt__projection *projection = NULL;
    pt__exception exception = read_request(&given, &projection, call);
    if (exception == PT__OK) {
        exception = pt__table_find(&table, call, pt__json_string(call->body, "TableName"));
    }
    if (exception == PT__OK) {
        exception = pt__given_key_check(&key, call, &table, &given);
    }
    if (exception == PT__OK) {
        exception = pt__scalar_keys_in_projection(&call->failure, &table, projection);
    }
    return exception == PT__OK ? answer(call, &table, &key, projection) : exception;
}

const pt__operation pt__get_item_operation = {"GetItem", run, NULL};
