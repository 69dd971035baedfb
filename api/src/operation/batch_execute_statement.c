/*
 * BatchExecuteStatement.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchExecuteStatement.html
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.multiplestatements.batching.html
 *
 * Each statement succeeds or fails by itself: what is wrong with one is told in its place among the
 * responses. A batch that mixes reads and writes, or names an item twice, is refused as a whole.
 */
#include "operation/batch.h"
#include "operation/operation.h"
#include "operation/statement.h"
#include "request/in_flight.h"
#include "value/attribute_value.h"

/* One statement of the batch. */
typedef struct member {
    pt__statement statement;
    pt__failure failure; /* what is wrong with it; exception PT__OK: nothing */
    pt__table_use *use;  /* NULL: its table was not found */
    pt__key key;         /* reads */
    pt__item_write write;
    bool ran;  /* its failure is one of carrying it out: the response names the table */
    size_t op; /* writes: which of the batch's */
} member;

/* A call's state, in the arena from run to finish. */
typedef struct batch {
    pt__call *call;
    member *members;
    size_t count;
    pt__table_uses uses;
    pt__batch_key *keys; /* of the members without a failure */
    size_t key_count;
    pte_op *ops;
    size_t op_count;
    pt__in_flight_id *ids;
} batch;

/* ---- reading ---- */

/* Keeps a failure that is the statement's own; others fail the batch. */
static pt__exception keep(batch *b, member *m, pt__exception exception) {
    bool own = exception == PT__VALIDATION || exception == PT__RESOURCE_NOT_FOUND ||
               exception == PT__DUPLICATE_ITEM || exception == PT__CONDITIONAL_CHECK_FAILED ||
               exception == PT__ACCESS_DENIED;
    if (!own) {
        return exception;
    }
    m->failure = b->call->failure;
    b->call->failure = (pt__failure){.arena = &b->call->arena};
    return PT__OK;
}

static pt__exception read_member(member *m, pt__call *call, const pt__json *json) {
    pt__exception exception = pt__statement_read(&m->statement, call, json);
    if (exception == PT__OK && m->statement.ql.operation == PT__QL_EXISTS) {
        return pt__refuse(&call->failure, PT__VALIDATION,
                          "EXISTS can only be used in ExecuteTransaction write requests.");
    }
    return exception == PT__OK ? pt__statement_compile(&m->statement, call) : exception;
}

static pt__exception make_room(batch *b) {
    pte__arena *arena = &b->call->arena;
    b->members = pte__arena_alloc(arena, b->count * sizeof *b->members);
    b->keys = pte__arena_alloc(arena, b->count * sizeof *b->keys);
    b->ops = pte__arena_alloc(arena, b->count * sizeof *b->ops);
    b->ids = pte__arena_alloc(arena, b->count * sizeof *b->ids);
    return b->members != NULL && b->keys != NULL && b->ops != NULL && b->ids != NULL
               ? PT__OK
               : pt__refuse_memory(&b->call->failure);
}

/* ql-reference.multiplestatements.batching: "The entire batch must consist of either read
 * statements or write statements"; the words are DynamoDB Local's. */
static pt__exception check_mixture(const batch *b) {
    bool reads = false;
    bool writes = false;
    for (size_t i = 0; i < b->count; i++) {
        const member *m = &b->members[i];
        bool known = m->failure.exception == PT__OK;
        reads = reads || (known && pt__ql_reads(&m->statement.ql));
        writes = writes || (known && !pt__ql_reads(&m->statement.ql));
    }
    return reads && writes ? pt__refuse(&b->call->failure, PT__VALIDATION,
                                        "Read and write requests together in the same batch is "
                                        "not supported.")
                           : PT__OK;
}

static pt__exception read_request(batch *b) {
    const pt__json *statements = pt__json_member(b->call->body, "Statements");
    b->count = statements->count;
    pt__exception exception = make_room(b);
    size_t i = 0;
    for (const pt__json *json = statements->first; json != NULL && exception == PT__OK;
         json = json->next) {
        member *m = &b->members[i++];
        *m = (member){.failure = {.arena = &b->call->arena}};
        exception = keep(b, m, read_member(m, b->call, json));
    }
    return exception == PT__OK ? check_mixture(b) : exception;
}

/* ---- against the tables ---- */

static pt__exception find_read_key(member *m, pt__call *call, pte_key *key) {
    pt__statement_target target = {&m->statement, &m->use->table, false};
    bool exact = false;
    pt__exception exception = PT__OK;
    if (m->statement.ql.index.len == 0) {
        exception = pt__statement_read_key(&m->key, &exact, call, &target);
    }
    if (exception == PT__OK && !exact) {
        return pt__refuse(&call->failure, PT__VALIDATION,
                          "Select statements within BatchExecuteStatement must specify the "
                          "primary key in the where clause.");
    }
    *key = m->key.key;
    return exception;
}

static pt__exception find_write_key(member *m, pt__call *call, pte_key *key) {
    pt__statement_target target = {&m->statement, &m->use->table, false};
    pt__exception exception = pt__statement_write(&m->write, call, &target);
    if (exception == PT__OK) {
        pt__statement_keep(&m->write, &m->statement);
        exception = pt__statement_write_key(key, call, &m->write);
    }
    return exception;
}

static pt__exception find_member(batch *b, member *m, pte_key *key) {
    pt__exception exception = pt__table_use_find(&m->use, &b->uses, b->call, m->statement.ql.table);
    if (exception != PT__OK) {
        return exception;
    }
    return pt__ql_reads(&m->statement.ql) ? find_read_key(m, b->call, key)
                                          : find_write_key(m, b->call, key);
}

static pt__exception find_tables(batch *b) {
    pt__exception exception = PT__OK;
    for (size_t i = 0; i < b->count && exception == PT__OK; i++) {
        member *m = &b->members[i];
        pt__batch_key key = {.use = NULL};
        if (m->failure.exception != PT__OK) {
            continue;
        }
        exception = keep(b, m, find_member(b, m, &key.key));
        if (exception != PT__OK || m->failure.exception != PT__OK) {
            continue;
        }
        key.use = m->use;
        if (pt__batch_key_find(b->keys, b->key_count, &key) != NULL) {
            return pt__batch_refuse_duplicates(b->call);
        }
        b->keys[b->key_count++] = key;
    }
    return exception;
}

/* ---- the answer ---- */

/* API_BatchStatementError: the codes. */
static const char *code_of(pt__exception exception) {
    switch (exception) {
    case PT__CONDITIONAL_CHECK_FAILED:
        return "ConditionalCheckFailed";
    case PT__DUPLICATE_ITEM:
        return "DuplicateItem";
    case PT__RESOURCE_NOT_FOUND:
        return "ResourceNotFound";
    case PT__TRANSACTION_CONFLICT:
        return "TransactionConflict";
    case PT__ITEM_COLLECTION_SIZE:
        return "ItemCollectionSizeLimitExceeded";
    case PT__ACCESS_DENIED:
        return "AccessDenied";
    case PT__INTERNAL:
        return "InternalServerError";
    default:
        return "ValidationError";
    }
}

static void encode_error(pt__out *out, const pt__failure *failure) {
    pt__out_name(out, "Error");
    pt__out_object(out);
    pt__out_member_text(out, "Code", code_of(failure->exception));
    if (failure->item.encoded.len != 0) {
        pt__out_name(out, "Item");
        pt__item_encode(out, &failure->item);
    }
    pt__out_member_string(out, "Message", failure->message);
    pt__out_object_end(out);
}

static pt__exception encode_read(const member *m, pt__call *call) {
    pte_item item = {.size_bytes = 0};
    pte_error error;
    pte_status status =
        pte_read_item(&item, call->read, m->use->table.engine_name, &m->key.key, &error);
    if (status != PTE_OK && status != PTE_NOT_FOUND) {
        return pt__refuse_engine(&call->failure, status, &error);
    }
    size_t size = status == PTE_OK ? item.size_bytes : 0;
    m->use->charge->read_halves +=
        pt__read_halves(size, pt__json_boolean(m->statement.json, "ConsistentRead", false));
    if (status == PTE_OK) {
        pt__out_name(&call->out, "Item");
        pt__ql_columns_encode(&call->out, &m->statement.columns, &item);
    }
    return PT__OK;
}

static void encode_written(const member *m, pt__out *out) {
    size_t before = out->buffer.len;
    bool any = false;
    if (m->statement.ql.returning == PT__QL_RETURNING_NONE) {
        return;
    }
    pt__out_name(out, "Item");
    pt__statement_encode_returned(out, &any, &m->statement, &m->write);
    if (!any) {
        out->buffer.len = before;
    }
}

/* A statement that was refused before it was carried out does not name its table. */
static pt__exception encode_member(const member *m, pt__call *call) {
    pt__out *out = &call->out;
    pt__exception exception = PT__OK;
    bool failed = m->failure.exception != PT__OK;
    pt__out_object(out);
    if (failed) {
        encode_error(out, &m->failure);
    }
    if (!failed || m->ran) {
        pt__out_member_string(out, "TableName", m->use->table.name);
    }
    if (!failed && pt__ql_reads(&m->statement.ql)) {
        exception = encode_read(m, call);
    } else if (!failed) {
        encode_written(m, out);
    }
    pt__out_object_end(out);
    return exception;
}

static pt__exception answer(batch *b) {
    pt__out *out = &b->call->out;
    pt__exception exception = PT__OK;
    pt__out_object(out);
    pt__out_name(out, "Responses");
    pt__out_array(out);
    for (size_t i = 0; i < b->count && exception == PT__OK; i++) {
        exception = encode_member(&b->members[i], b->call);
    }
    pt__out_array_end(out);
    pt__table_uses_encode_capacity(b->call, &b->uses, false);
    pt__out_object_end(out);
    return exception;
}

/* ---- writes ---- */

static bool writes(const member *m) {
    return m->failure.exception == PT__OK && !pt__ql_reads(&m->statement.ql);
}

static pt__exception leave(batch *b) {
    pt__call *call = b->call;
    pt__exception exception = PT__OK;
    bool conflict = false;
    for (size_t i = 0, key = 0; i < b->count && exception == PT__OK; i++) {
        member *m = &b->members[i];
        if (!writes(m)) {
            continue;
        }
        b->ids[b->op_count] = pt__in_flight_item(&m->use->table, &b->keys[key++].key);
        exception = keep(b, m, pt__item_write_op(&b->ops[b->op_count], &m->write));
        m->op = b->op_count;
        b->op_count += exception == PT__OK && m->failure.exception == PT__OK;
    }
    if (exception == PT__OK && b->op_count != 0) {
        exception =
            pt__in_flight_enter(&conflict, NULL, call, PT__IN_FLIGHT_BATCH, b->ids, b->op_count);
    }
    if (exception == PT__OK && b->op_count != 0) {
        call->ops = b->ops;
        call->op_count = b->op_count;
        call->batch = true;
        call->state = b;
        return PT__OK;
    }
    return exception == PT__OK ? answer(b) : exception;
}

static pt__exception run(pt__call *call) {
    batch *b = pte__arena_alloc(&call->arena, sizeof *b);
    bool any_write = false;
    if (b == NULL) {
        return pt__refuse_memory(&call->failure);
    }
    *b = (batch){.call = call};
    pt__exception exception = read_request(b);
    if (exception == PT__OK) {
        exception = find_tables(b);
    }
    for (size_t i = 0; i < b->count && exception == PT__OK; i++) {
        any_write = any_write || writes(&b->members[i]);
    }
    if (exception != PT__OK) {
        return exception;
    }
    return any_write ? leave(b) : answer(b);
}

/* Why one write failed, in its place; what is no matter of its own fails the batch. */
static pt__exception take_outcome(batch *b, member *m, const pte_error *error) {
    pte_status status = b->ops[m->op].status;
    pte_error other;
    if (status == PTE_OK) {
        return PT__OK;
    }
    /* The engine's words are those of the first failure. */
    (void)pte_error_fill(&other, status, "statement %zu", m->op);
    m->ran = true;
    return keep(b, m,
                pt__item_write_failure(&b->call->failure, &m->write, status,
                                       error->position == m->op ? error : &other));
}

static pt__exception finish(pt__call *call, pte_status status, const pte_error *error) {
    batch *b = call->state;
    pt__exception exception = PT__OK;
    (void)status; /* that of the first write that failed; each has its own */
    for (size_t i = 0; i < b->count && exception == PT__OK; i++) {
        member *m = &b->members[i];
        if (writes(m)) {
            exception = take_outcome(b, m, error);
            pt__item_write_charge(m->use->charge, &m->write, 1);
        }
    }
    return exception == PT__OK ? answer(b) : exception;
}

const pt__operation pt__batch_execute_statement_operation = {"BatchExecuteStatement", run, finish};
