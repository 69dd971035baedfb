/*
 * BatchWriteItem.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html
 * Every item and key is checked before anything is written; then all are written together, each on
 * its own. Left unprocessed is only what the machine had no room for, where it had for others.
 */
#include "operation/batch.h"
#include "operation/item_metrics.h"
#include "operation/operation.h"
#include "request/in_flight.h"
#include "request/item_write.h"
#include "value/attribute_value.h"

/* API_BatchWriteItem: "as many as 25 item put or delete operations". */
enum { WRITES_MAX = 25 };

/* A call's state, in the arena from run to finish. */
typedef struct batch {
    pt__call *call;
    pt__table_uses uses;
    pt__item_write *writes;
    pt__batch_key *keys; /* of each write */
    pte_op *ops;
    pt__in_flight_id *ids;
    size_t count;
} batch;

/* ---- what the request says by itself ---- */

static pt__exception count_writes(size_t *count, pt__call *call, const pt__json *tables) {
    *count = 0;
    for (const pt__json *table = tables->first; table != NULL; table = table->next) {
        if (table->count == 0) {
            return pt__refuse(&call->failure, PT__VALIDATION,
                              "The batch write request list for a table cannot be null or empty: "
                              "%.*s",
                              PT__SHOW(table->name));
        }
        *count += table->count;
    }
    return *count <= WRITES_MAX
               ? PT__OK
               : pt__refuse(&call->failure, PT__VALIDATION,
                            "Too many items requested for the BatchWriteItem call");
}

static pt__exception make_room(batch *b, size_t count) {
    pte__arena *arena = &b->call->arena;
    b->writes = pte__arena_alloc(arena, count * sizeof *b->writes);
    b->keys = pte__arena_alloc(arena, count * sizeof *b->keys);
    b->ops = pte__arena_alloc(arena, count * sizeof *b->ops);
    b->ids = pte__arena_alloc(arena, count * sizeof *b->ids);
    return b->writes != NULL && b->keys != NULL && b->ops != NULL && b->ids != NULL
               ? PT__OK
               : pt__refuse_memory(&b->call->failure);
}

/* API_WriteRequest: a put or a delete, "but not both"; the words are the service's. */
static pt__exception read_write(batch *b, const pt__json *request) {
    pt__call *call = b->call;
    const pt__json *put = pt__json_member(request, "PutRequest");
    const pt__json *delete = pt__json_member(request, "DeleteRequest");
    pt__item_write *write = &b->writes[b->count++];
    if ((put == NULL) == (delete == NULL)) {
        return pt__refuse(&call->failure, PT__VALIDATION,
                          "Supplied AttributeValue has more than one datatypes set, must contain "
                          "exactly one of the supported datatypes");
    }
    *write = (pt__item_write){.call = call, .kind = put != NULL ? PTE_PUT : PTE_DELETE};
    if (put == NULL) {
        return pt__key_item_decode(&write->key.item, call, pt__json_member(delete, "Key"));
    }
    pt__exception exception =
        pt__item_decode_into_call(&write->item, call, pt__json_member(put, "Item"));
    return exception == PT__OK ? pt__item_size_check(call, &write->item) : exception;
}

static pt__exception read_request(batch *b) {
    const pt__json *tables = pt__json_member(b->call->body, "RequestItems");
    size_t count;
    pt__exception exception = count_writes(&count, b->call, tables);
    if (exception == PT__OK) {
        exception = make_room(b, count);
    }
    for (const pt__json *table = tables->first; table != NULL && exception == PT__OK;
         table = table->next) {
        for (const pt__json *one = table->first; one != NULL && exception == PT__OK;
             one = one->next) {
            exception = read_write(b, one);
        }
    }
    return exception;
}

/* ---- against the tables ---- */

static bool has_type(pte_scalar value, const pte_key_attribute *attribute) {
    return attribute->name.len == 0 || value.type == attribute->type;
}

/* An item's key is refused in the words for a Key, unlike PutItem's. */
static pt__exception check_put(pte_key *key, batch *b, const pt__item_write *write) {
    const pte_table_spec *spec = &write->table.info->spec;
    pt__exception exception = pt__key_of_item(key, b->call, &write->table, &write->item);
    if (exception != PT__OK) {
        return exception;
    }
    if (!has_type(key->hash, &spec->hash) || !has_type(key->range, &spec->range)) {
        return pt__refuse(&b->call->failure, PT__VALIDATION,
                          "The provided key element does not match the schema");
    }
    return pt__put_item_check(b->call, &write->table, &write->item);
}

static pt__exception check_write(batch *b, size_t at, pt__table_use *use) {
    pt__item_write *write = &b->writes[at];
    pt__batch_key *key = &b->keys[at];
    pt__exception exception = PT__OK;
    write->table = use->table;
    key->use = use;
    if (write->kind == PTE_PUT) {
        exception = check_put(&key->key, b, write);
    } else {
        pte_item item = write->key.item;
        exception = pt__key_check(&write->key, b->call, &write->table, &item);
        key->key = write->key.key;
    }
    if (exception == PT__OK && pt__batch_key_find(b->keys, at, key) != NULL) {
        exception = pt__batch_refuse_duplicates(b->call);
    }
    return exception;
}

static pt__exception find_tables(batch *b) {
    const pt__json *tables = pt__json_member(b->call->body, "RequestItems");
    pt__exception exception = PT__OK;
    size_t at = 0;
    for (const pt__json *table = tables->first; table != NULL && exception == PT__OK;
         table = table->next) {
        pt__table_use *use = NULL;
        exception = pt__table_use_find(&use, &b->uses, b->call, table->name);
        for (size_t end = at + table->count; at < end && exception == PT__OK; at++) {
            exception = check_write(b, at, use);
        }
    }
    return exception;
}

/* Transactions are told of the batch; nothing is in a batch's own way. */
static pt__exception leave(batch *b) {
    pt__call *call = b->call;
    pt__exception exception = PT__OK;
    bool conflict = false;
    for (size_t i = 0; i < b->count && exception == PT__OK; i++) {
        exception = pt__item_write_op(&b->ops[i], &b->writes[i]);
        b->ids[i] = pt__in_flight_item(&b->writes[i].table, &b->keys[i].key);
    }
    if (exception == PT__OK) {
        exception =
            pt__in_flight_enter(&conflict, NULL, call, PT__IN_FLIGHT_BATCH, b->ids, b->count);
    }
    if (exception == PT__OK) {
        call->ops = b->ops;
        call->op_count = b->count;
        call->batch = true;
    }
    return exception;
}

static pt__exception run(pt__call *call) {
    batch *b = pte__arena_alloc(&call->arena, sizeof *b);
    if (b == NULL) {
        return pt__refuse_memory(&call->failure);
    }
    *b = (batch){.call = call};
    call->state = b;
    pt__exception exception = read_request(b);
    if (exception == PT__OK) {
        exception = find_tables(b);
    }
    return exception == PT__OK ? leave(b) : exception;
}

/* ---- what was not written ---- */

/* API_BatchWriteItem, UnprocessedItems: what failed for "the table's provisioned throughput" or "an
 * internal processing failure"; here the latter. */
static bool is_of_the_machine(pte_status status) {
    return status == PTE_DATABASE_FULL || status == PTE_IO || status == PTE_BUSY ||
           status == PTE_OUT_OF_MEMORY;
}

/* "If none of the items can be processed", the request fails; so it does here where one cannot for
 * another reason, as because its table is gone. */
static bool is_partial(const batch *b) {
    size_t written = 0;
    for (size_t i = 0; i < b->count; i++) {
        if (b->ops[i].status != PTE_OK && !is_of_the_machine(b->ops[i].status)) {
            return false;
        }
        written += b->ops[i].status == PTE_OK;
    }
    return written != 0 && written < b->count;
}

static void encode_request(pt__out *out, const pt__item_write *write) {
    bool put = write->kind == PTE_PUT;
    pt__out_object(out);
    pt__out_name(out, put ? "PutRequest" : "DeleteRequest");
    pt__out_object(out);
    pt__out_name(out, put ? "Item" : "Key");
    pt__item_encode(out, put ? &write->item : &write->key.item);
    pt__out_object_end(out);
    pt__out_object_end(out);
}

/* As they were asked for, so that they can be sent again. */
static void encode_unprocessed(const batch *b) {
    pt__out *out = &b->call->out;
    const pt__json *tables = pt__json_member(b->call->body, "RequestItems");
    size_t at = 0;
    pt__out_name(out, "UnprocessedItems");
    pt__out_object(out);
    for (const pt__json *table = tables->first; table != NULL; table = table->next) {
        bool named = false;
        for (size_t end = at + table->count; at < end; at++) {
            if (b->ops[at].status == PTE_OK) {
                continue;
            }
            if (!named) {
                pt__out_name_bytes(out, table->name);
                pt__out_array(out);
                named = true;
            }
            encode_request(out, &b->writes[at]);
        }
        if (named) {
            pt__out_array_end(out);
        }
    }
    pt__out_object_end(out);
}

/* ---- the answer ---- */

/* API_BatchWriteItem: "A list of tables that were processed by BatchWriteItem and, for each table,
 * information about any item collections that were affected". */
static pt__exception encode_metrics(const batch *b) {
    pt__item_metrics metrics;
    pt__exception exception = pt__item_metrics_init(&metrics, b->call, b->count);
    if (exception == PT__OK) {
        for (size_t i = 0; i < b->count; i++) {
            if (b->ops[i].status != PTE_OK) {
                continue;
            }
            pt__item_metrics_add(&metrics, b->keys[i].use, pt__item_write_key(&b->writes[i]));
        }
        pt__item_metrics_encode(&b->call->out, &metrics);
    }
    return exception;
}

static pt__exception finish(pt__call *call, pte_status status, const pte_error *error) {
    const batch *b = call->state;
    pt__out *out = &call->out;
    if (status != PTE_OK && !is_partial(b)) {
        return pt__refuse_write(&call->failure, status, error);
    }
    for (size_t i = 0; i < b->count; i++) {
        if (b->ops[i].status == PTE_OK) {
            pt__item_write_charge(b->keys[i].use->charge, &b->writes[i], 1);
        }
    }
    pt__out_object(out);
    encode_unprocessed(b);
    pt__exception exception = encode_metrics(b);
    if (exception == PT__OK) {
        pt__table_uses_encode_capacity(call, &b->uses, false);
        pt__out_object_end(out);
    }
    return exception;
}

const pt__operation pt__batch_write_item_operation = {"BatchWriteItem", run, finish};
