/*
 * TransactGetItems: up to 100 items of one snapshot.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactGetItems.html
 *
 * What is wrong with the request's form refuses it; a key that does not fit its table cancels the
 * transaction, with a reason for each item.
 */
#include "operation/cancellation.h"
#include "operation/operation.h"
#include "request/in_flight.h"
#include "request/key.h"
#include "request/parameters.h"
#include "request/scalar_keys.h"
#include "request/table_uses.h"

enum { ANSWER_BYTES_MAX = 4 * 1024 * 1024 };

static const char *const EXPRESSIONS[] = {"ProjectionExpression", NULL};
static const char *const NO_LEGACY[] = {NULL};
static const pt__parameters PARAMETERS = {EXPRESSIONS, NO_LEGACY};

typedef struct get {
    const pt__json *json; /* what stands under "Get" */
    pt__projection *projection;
    pte_item given;
    pt__key key;
    pt__table_use *use;
    pte_item item; /* as found; encoded.len 0: there is none */
} get;

typedef struct gets {
    get *all;
    size_t count;
    pt__table_uses uses;
} gets;

static pt__exception read_get(get *one, pt__call *call, const pt__json *element, size_t at) {
    pt__expressions expressions;
    *one = (get){.json = pt__json_member(element, "Get")};
    if (one->json == NULL) { /* the element is null, which has no shape to be checked by */
        return pt__refuse(
            &call->failure, PT__VALIDATION,
            "1 validation error detected: Value null at 'transactItems.%zu.member.get' "
            "failed to satisfy constraint: Member must not be null",
            at + 1);
    }
    const pt__json *text = pt__json_member(one->json, "ProjectionExpression");
    pt__exception exception = pt__placeholders_read_in(&expressions, call, one->json, &PARAMETERS);
    if (exception == PT__OK && text != NULL) {
        exception = pt__projection_compile(&one->projection, &expressions, text->text);
    }
    if (exception == PT__OK) {
        exception = pt__expressions_all_used(&expressions);
    }
    return exception == PT__OK
               ? pt__key_item_decode(&one->given, call, pt__json_member(one->json, "Key"))
               : exception;
}

static pt__exception read_request(gets *g, pt__call *call) {
    const pt__json *items = pt__json_member(call->body, "TransactItems");
    *g = (gets){.count = items->count};
    g->all = pte__arena_alloc(&call->arena, g->count * sizeof *g->all);
    if (g->all == NULL) {
        return pt__refuse_memory(&call->failure);
    }
    pt__exception exception = PT__OK;
    size_t at = 0;
    for (const pt__json *item = items->first; item != NULL && exception == PT__OK;
         item = item->next, at++) {
        exception = read_get(&g->all[at], call, item, at);
    }
    return exception;
}

static pt__exception find_tables(gets *g, pt__call *call) {
    pt__exception exception = PT__OK;
    for (size_t i = 0; i < g->count && exception == PT__OK; i++) {
        exception = pt__table_use_find(&g->all[i].use, &g->uses, call,
                                       pt__json_string(g->all[i].json, "TableName"));
    }
    return exception;
}

static pt__exception check_keys(gets *g, pt__call *call) {
    bool cancelled = false;
    pt__failure *reasons = pt__cancellation_new(call, g->count);
    if (reasons == NULL) {
        return pt__refuse_memory(&call->failure);
    }
    for (size_t i = 0; i < g->count; i++) {
        get *one = &g->all[i];
        pt__exception exception = pt__key_check(&one->key, call, &one->use->table, &one->given);
        if (exception == PT__OK) {
            continue;
        }
        const pte_table_spec *spec = &one->use->table.info->spec;
        /* An empty key refuses the request, as measured on the service. */
        if (exception != PT__VALIDATION || pt__key_has_empty(&one->given, &spec->hash, 1) ||
            pt__key_has_empty(&one->given, &spec->range, 1)) {
            return exception;
        }
        reasons[i] = call->failure;
        call->failure = (pt__failure){.arena = &call->arena};
        cancelled = true;
    }
    return cancelled ? pt__cancellation_refuse(call, reasons, g->count) : PT__OK;
}

static pt__exception check_projections(const gets *g, pt__call *call) {
    pt__exception exception = PT__OK;
    for (size_t i = 0; i < g->count && exception == PT__OK; i++) {
        const get *one = &g->all[i];
        exception =
            pt__scalar_keys_in_projection(&call->failure, &one->use->table, one->projection);
    }
    return exception;
}

/* API_TransactGetItems: each item at most once, as measured on the service. */
static pt__exception check_duplicates(const gets *g, pt__call *call) {
    for (size_t i = 1; i < g->count; i++) {
        for (size_t j = 0; j < i; j++) {
            const get *a = &g->all[i], *b = &g->all[j];
            if (a->use == b->use && pt__key_equal(&a->key.key, &b->key.key)) {
                return pt__refuse(&call->failure, PT__VALIDATION,
                                  "Transaction request cannot include multiple operations on one "
                                  "item");
            }
        }
    }
    return PT__OK;
}

/* Items that a write under way is about, where conflicts are asked for. */
static pt__exception check_conflicts(const gets *g, pt__call *call) {
    bool conflict = false;
    if (call->in_flight == NULL) {
        return PT__OK;
    }
    bool *in_the_way = pte__arena_alloc(&call->arena, g->count * sizeof *in_the_way);
    if (in_the_way == NULL) {
        return pt__refuse_memory(&call->failure);
    }
    for (size_t i = 0; i < g->count; i++) {
        const get *one = &g->all[i];
        in_the_way[i] =
            pt__in_flight_written(call, pt__in_flight_item(&one->use->table, &one->key.key));
        conflict = conflict || in_the_way[i];
    }
    return conflict ? pt__cancellation_conflicts(call, in_the_way, g->count) : PT__OK;
}

/* API_TransactGetItems: "The aggregate size of the items in the transaction exceeded 4 MB" is among
 * the reasons for refusing the request. */
static pt__exception look_up(gets *g, pt__call *call) {
    size_t bytes = 0;
    for (size_t i = 0; i < g->count; i++) {
        get *one = &g->all[i];
        pte_error error;
        pte_status status = pte_read_item(&one->item, call->read, one->use->table.engine_name,
                                          &one->key.key, &error);
        if (status == PTE_NOT_FOUND) {
            one->item = (pte_item){.size_bytes = 0};
        } else if (status != PTE_OK) {
            return pt__refuse_engine(&call->failure, status, &error);
        }
        bytes += one->item.size_bytes;
        /* In a transaction all counts twice. */
        one->use->charge->read_halves += 2 * pt__read_halves(one->item.size_bytes, true);
    }
    return bytes <= ANSWER_BYTES_MAX ? PT__OK
                                     : pt__refuse(&call->failure, PT__VALIDATION,
                                                  "Transaction payload size cannot exceed 4MB");
}

static void encode_responses(const gets *g, pt__call *call) {
    pt__out *out = &call->out;
    pt__out_name(out, "Responses");
    pt__out_array(out);
    for (size_t i = 0; i < g->count; i++) {
        const get *one = &g->all[i];
        pt__out_object(out);
        if (one->item.encoded.len != 0) {
            pt__out_name(out, "Item");
            pt__projection_encode(out, one->projection, &one->item);
        }
        pt__out_object_end(out);
    }
    pt__out_array_end(out);
}

static pt__exception run(pt__call *call) {
    gets g;
    pt__exception exception = read_request(&g, call);
    if (exception == PT__OK) {
        exception = find_tables(&g, call);
    }
    if (exception == PT__OK) {
        exception = check_keys(&g, call);
    }
    if (exception == PT__OK) {
        exception = check_projections(&g, call);
    }
    if (exception == PT__OK) {
        exception = check_duplicates(&g, call);
    }
    if (exception == PT__OK) {
        exception = check_conflicts(&g, call);
    }
    if (exception == PT__OK) {
        exception = look_up(&g, call);
    }
    if (exception == PT__OK) {
        pt__out_object(&call->out);
        pt__table_uses_encode_capacity(call, &g.uses, true);
        encode_responses(&g, call);
        pt__out_object_end(&call->out);
    }
    return exception;
}

const pt__operation pt__transact_get_items_operation = {"TransactGetItems", run, NULL};
