/*
 * ListStreams: those of the region, or of one table's name, also streams that have ended and are
 * not trimmed yet. By table, then age; AWS names no order.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_ListStreams.html
 */
#include "operation/operation.h"
#include "operation/stream.h"

enum { STREAMS_MAX = 100 };

/* Where the list goes on, and what is in it. */
typedef struct list {
    pte_bytes prefix; /* of names in the engine: "<region>/" */
    pte_bytes table;  /* in the engine, len 0: any */
    pte_bytes after;  /* the engine's name of a table, and when its stream began */
    int64_t after_ms;
} list;

static bool belongs(const list *l, const pte_stream_info *info) {
    return l->table.len != 0 ? pte_bytes_equal(info->table, l->table)
                             : info->table.len > l->prefix.len &&
                                   memcmp(info->table.data, l->prefix.data, l->prefix.len) == 0;
}

/* Rows of a name may have those of longer names between them, and none of theirs behind. */
static bool may_follow(const list *l, const pte_stream_info *info) {
    pte_bytes prefix = l->table.len != 0 ? l->table : l->prefix;
    return info->table.len >= prefix.len && memcmp(info->table.data, prefix.data, prefix.len) == 0;
}

static pt__exception next(bool *more, pte_stream_info *info, list *l, pt__call *call) {
    pte_error error;
    pte_status status;
    do {
        status = pte_stream_next(info, call->read, l->after, l->after_ms, &error);
        l->after = info->table;
        l->after_ms = info->begun_ms;
    } while (status == PTE_OK && !belongs(l, info) && may_follow(l, info));
    *more = status == PTE_OK && belongs(l, info);
    return status == PTE_OK || status == PTE_END
               ? PT__OK
               : pt__refuse_engine(&call->failure, status, &error);
}

/* An ARN need not be of a stream that is still there: the place in the order counts. */
static pt__exception begin(list *l, pt__call *call) {
    pte_bytes start = pt__json_string(call->body, "ExclusiveStartStreamArn");
    pte_bytes table = pt__json_string(call->body, "TableName");
    pte_bytes name;
    pt__exception exception = pt__call_in_region(&l->prefix, call, (pte_bytes){NULL, 0});
    if (exception == PT__OK && table.len != 0) {
        exception = pt__table_engine_name(&l->table, call, table);
    }
    l->after = l->table.len != 0 ? l->table : l->prefix;
    if (exception == PT__OK && start.len != 0) {
        exception = pt__stream_arn_split(&name, &l->after_ms, call, start);
        if (exception == PT__OK && l->after_ms < 0) {
            exception = pt__refuse(&call->failure, PT__VALIDATION, "Invalid StreamArn");
        }
        if (exception == PT__OK) {
            exception = pt__call_in_region(&l->after, call, name);
        }
    }
    if (exception == PT__OK && pte_bytes_compare(l->after, l->table) < 0) { /* another table's */
        l->after = l->table;
        l->after_ms = 0;
    }
    if (exception == PT__OK && l->after.len > PTE_TABLE_NAME_BYTES_MAX) {
        exception = pt__refuse(&call->failure, PT__VALIDATION, "Invalid StreamArn");
    }
    return exception == PT__OK ? pt__call_read(call) : exception;
}

static void encode(pt__call *call, pte_bytes name, int64_t begun_ms, pte_bytes arn) {
    pt__out *out = &call->out;
    char label[PT__STREAM_LABEL_ROOM];
    pt__stream_label(label, begun_ms);
    pt__out_object(out);
    pt__out_member_string(out, "StreamArn", arn);
    pt__out_member_string(out, "TableName", name);
    pt__out_member_text(out, "StreamLabel", label);
    pt__out_object_end(out);
    out->failed = out->failed || arn.len == 0;
}

static pt__exception run(pt__call *call) {
    pt__out *out = &call->out;
    list l = {.after_ms = 0};
    pte_stream_info info;
    bool more = true;
    pte_bytes last = {NULL, 0};
    int64_t limit = pt__json_integer(call->body, "Limit", STREAMS_MAX);
    if (limit > STREAMS_MAX) { /* in DynamoDB Local's words, as in the other operations */
        return pt__refuse(&call->failure, PT__VALIDATION,
                          "One or more parameter values were invalid: Limit cannot be greater than "
                          "the maximum allowed size: %d",
                          (int)STREAMS_MAX);
    }
    pt__exception exception = begin(&l, call);
    if (exception != PT__OK) {
        return exception;
    }
    pt__out_object(out);
    pt__out_name(out, "Streams");
    pt__out_array(out);
    exception = next(&more, &info, &l, call);
    for (int64_t i = 0; exception == PT__OK && more && i < limit; i++) {
        pte_bytes name = pt__stream_table_name(call, &info);
        last = pt__stream_arn(call, name, info.begun_ms);
        encode(call, name, info.begun_ms, last);
        exception = next(&more, &info, &l, call);
    }
    pt__out_array_end(out);
    if (more && last.len != 0) { /* only where something comes after it */
        pt__out_member_string(out, "LastEvaluatedStreamArn", last);
    }
    pt__out_object_end(out);
    return exception;
}

const pt__operation pt__list_streams_operation = {.name = "ListStreams", .run = run};
