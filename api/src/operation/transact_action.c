/*
 * Reading actions. The order of checks is the service's as far as it is known: of an action its
 * expressions, then its values; of the request all actions, then its size, then tables and keys.
 */
#include "operation/transact_action.h"

#include "expression/expression.h"
#include "request/parameters.h"
#include "request/scalar_keys.h"
#include "value/attribute_value.h"

typedef struct action_kind {
    const char *name;
    pte_op_kind op;
    const char *given; /* the member that has the item or the key */
    pt__parameters parameters;
} action_kind;

static const char *const CONDITION[] = {"ConditionExpression", NULL};
static const char *const UPDATE[] = {"UpdateExpression", "ConditionExpression", NULL};
static const char *const NO_LEGACY[] = {NULL};

static const action_kind KINDS[] = {
    {"ConditionCheck", PTE_CHECK, "Key", {CONDITION, NO_LEGACY}},
    {"Put", PTE_PUT, "Item", {CONDITION, NO_LEGACY}},
    {"Delete", PTE_DELETE, "Key", {CONDITION, NO_LEGACY}},
    {"Update", PTE_UPDATE, "Key", {UPDATE, NO_LEGACY}},
};
enum { KINDS_COUNT = sizeof KINDS / sizeof KINDS[0] };

/* API_TransactWriteItem; the words are DynamoDB Local's, the documentation has none. */
static pt__exception find_kind(const action_kind **kind, pt__call *call, const pt__json *element) {
    size_t given = 0;
    for (size_t i = 0; i < KINDS_COUNT; i++) {
        if (pt__json_member(element, KINDS[i].name) != NULL) {
            *kind = &KINDS[i];
            given++;
        }
    }
    if (given == 0) {
        return pt__refuse(&call->failure, PT__VALIDATION,
                          "Invalid Request: TransactWriteRequest should contain Delete or Put or "
                          "Update request");
    }
    return given == 1 ? PT__OK
                      : pt__refuse(&call->failure, PT__VALIDATION,
                                   "TransactItems can only contain one of Check, Put, Update or "
                                   "Delete");
}

/* ---- expressions ---- */

static pt__exception read_expressions(pt__transact_action *action, pt__call *call,
                                      const action_kind *kind) {
    const pt__json *update = pt__json_member(action->json, "UpdateExpression");
    const pt__json *condition = pt__json_member(action->json, "ConditionExpression");
    pt__expressions expressions;
    pt__exception exception =
        pt__placeholders_read_in(&expressions, call, action->json, &kind->parameters);
    if (exception == PT__OK && kind->op == PTE_UPDATE && update != NULL) {
        exception = pt__update_compile(&action->write.update, &expressions, update->text);
    }
    if (exception == PT__OK && condition != NULL) {
        exception = pt__condition_compile(&action->write.condition, &expressions, condition->text,
                                          "ConditionExpression");
    }
    return exception == PT__OK ? pt__expressions_all_used(&expressions) : exception;
}

static pt__exception read_given(pt__transact_action *action, pt__call *call,
                                const action_kind *kind) {
    const pt__json *json = pt__json_member(action->json, kind->given);
    if (kind->op != PTE_PUT) {
        return pt__key_item_decode(&action->given, call, json);
    }
    pt__exception exception = pt__item_decode_into_call(&action->given, call, json);
    return exception == PT__OK ? pt__item_size_check(call, &action->given) : exception;
}

/* ---- what it means, and how much it is ---- */

/* The placeholders' values, in the engine's form, in which equal values are equal bytes. */
static pt__exception add_values(pt__transact_action *action, pt__fingerprint *fingerprint,
                                pt__call *call) {
    const pt__json *json = pt__json_member(action->json, "ExpressionAttributeValues");
    pte_item values = {.size_bytes = 0};
    if (json == NULL) {
        pt__fingerprint_add(fingerprint, values.encoded);
        return PT__OK;
    }
    pt__exception exception = pt__item_decode(&values, call->scratch, json, &call->failure);
    if (exception != PT__OK) {
        return exception;
    }
    pt__fingerprint_add(fingerprint, values.encoded);
    action->payload_bytes += values.size_bytes;
    for (const pt__json *value = json->first; value != NULL; value = value->next) {
        action->payload_bytes -= value->name.len;
    }
    return PT__OK;
}

static pt__exception add_names(pt__transact_action *action, pt__fingerprint *fingerprint,
                               pt__call *call) {
    const pt__json *json = pt__json_member(action->json, "ExpressionAttributeNames");
    pte_item names;
    pte_error error;
    pte_builder_reset(call->scratch);
    for (const pt__json *name = json == NULL ? NULL : json->first; name != NULL;
         name = name->next) {
        pte_builder_name(call->scratch, name->name);
        pte_builder_string(call->scratch, name->text);
        action->payload_bytes += name->text.len;
    }
    pte_status status = pte_builder_item(&names, call->scratch, &error);
    if (status != PTE_OK) {
        return pt__refuse_engine(&call->failure, status, &error);
    }
    pt__fingerprint_add(fingerprint, names.encoded);
    return PT__OK;
}

/* API_TransactWriteItems: the token stands for the same request; what is asked for of its answer
 * (capacity, metrics) does not count, in DynamoDB Local too. */
static pt__exception add_meaning(pt__transact_action *action, pt__fingerprint *fingerprint,
                                 pt__call *call) {
    uint8_t kind = (uint8_t)action->write.kind;
    pte_bytes update = pt__json_string(action->json, "UpdateExpression");
    pte_bytes condition = pt__json_string(action->json, "ConditionExpression");
    action->payload_bytes = action->given.size_bytes + update.len + condition.len;
    pt__fingerprint_add(fingerprint, pte_view(&kind, 1));
    pt__fingerprint_add(fingerprint, pt__json_string(action->json, "TableName"));
    pt__fingerprint_add(fingerprint, action->given.encoded);
    pt__fingerprint_add(fingerprint, update);
    pt__fingerprint_add(fingerprint, condition);
    pt__exception exception = add_names(action, fingerprint, call);
    return exception == PT__OK ? add_values(action, fingerprint, call) : exception;
}

pt__exception pt__transact_action_read(pt__transact_action *action, pt__fingerprint *fingerprint,
                                       pt__call *call, const pt__json *element) {
    const action_kind *kind = NULL;
    pt__exception exception = find_kind(&kind, call, element);
    if (exception != PT__OK) {
        return exception;
    }
    memset(action, 0, sizeof *action);
    action->json = pt__json_member(element, kind->name);
    action->write.call = call;
    action->write.kind = kind->op;
    action->write.old_wanted_on_failure =
        pt__json_is(action->json, "ReturnValuesOnConditionCheckFailure", "ALL_OLD");
    exception = read_expressions(action, call, kind);
    if (exception == PT__OK) {
        exception = read_given(action, call, kind);
    }
    return exception == PT__OK ? add_meaning(action, fingerprint, call) : exception;
}

/* ---- against the table ---- */

/* Whether an attribute of the table's key, or of an index's for an item to put, is empty: that
 * refuses the request, as measured on the service, where other bad keys cancel the transaction. */
static bool has_empty_key(const pt__transact_action *action) {
    const pte_table_info *info = action->use->table.info;
    const pte_item *item = &action->given;
    bool empty = pt__key_has_empty(item, &info->spec.hash, 1) ||
                 pt__key_has_empty(item, &info->spec.range, 1);
    for (size_t i = 0; i < info->index_count && action->write.kind == PTE_PUT; i++) {
        const pte_index_spec *index = &info->indexes[i].spec;
        empty = empty || pt__key_has_empty(item, index->hash, index->hash_count) ||
                pt__key_has_empty(item, index->range, index->range_count);
    }
    return empty;
}

pt__exception pt__transact_action_check(pt__transact_action *action, pt__failure *reason,
                                        pt__call *call) {
    pt__item_write *write = &action->write;
    write->table = action->use->table;
    pt__exception exception;
    if (write->kind == PTE_PUT) {
        write->item = action->given;
        exception = pt__put_item_check(call, &write->table, &write->item);
        if (exception == PT__OK) {
            exception = pt__key_of_item(&write->key.key, call, &write->table, &write->item);
        }
    } else {
        exception = pt__key_check(&write->key, call, &write->table, &action->given);
    }
    if (exception == PT__OK) {
        /* In DynamoDB Local too, this refuses the request. */
        return pt__scalar_keys_in_condition(&call->failure, &write->table, write->condition);
    }
    if (exception != PT__VALIDATION || has_empty_key(action)) {
        return exception;
    }
    if (reason->exception == PT__OK) {
        *reason = call->failure;
    }
    call->failure = (pt__failure){.arena = &call->arena};
    return PT__OK;
}

pte_key pt__transact_action_key(const pt__transact_action *action) {
    return action->write.key.key;
}
