/*
 * DescribeStream. A shard here is never split, so none has a parent or children.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_DescribeStream.html
 */
#include "operation/operation.h"
#include "operation/stream.h"

enum { SHARDS_MAX = 100 };

static void encode_shard(pt__out *out, const pte_stream_info *info, const char *id) {
    char sequence[PT__SEQUENCE_DIGITS + 1];
    pt__out_object(out);
    pt__out_member_text(out, "ShardId", id);
    pt__out_name(out, "SequenceNumberRange");
    pt__out_object(out);
    pt__stream_sequence(sequence, info->begun_after);
    pt__out_member_text(out, "StartingSequenceNumber", sequence);
    if (info->ended_ms != 0) {
        pt__stream_sequence(sequence, info->ended_at);
        pt__out_member_text(out, "EndingSequenceNumber", sequence);
    }
    pt__out_object_end(out);
    pt__out_object_end(out);
}

/* The id that the list begins behind need not be one that there is. */
static void encode_shards(pt__call *call, const pte_stream_info *info) {
    pt__out *out = &call->out;
    pte_bytes after = pt__json_string(call->body, "ExclusiveStartShardId");
    int64_t limit = pt__json_integer(call->body, "Limit", SHARDS_MAX);
    /* The only filter there is asks for the children of a shard. */
    bool filtered = pt__json_member(call->body, "ShardFilter") != NULL;
    char last[PT__SHARD_ID_ROOM] = "";
    bool more = false;
    pt__out_name(out, "Shards");
    pt__out_array(out);
    for (unsigned shard = 0; shard < info->shards && !filtered && !more; shard++) {
        char id[PT__SHARD_ID_ROOM];
        pt__stream_shard_id(id, info, shard);
        if (pte_bytes_compare(pte_str(id), after) <= 0) {
            continue;
        }
        more = limit-- == 0;
        if (!more) {
            encode_shard(out, info, id);
            memcpy(last, id, sizeof last);
        }
    }
    pt__out_array_end(out);
    if (more) {
        pt__out_member_text(out, "LastEvaluatedShardId", last);
    }
}

static void encode_key(pt__out *out, pte_key_attribute attribute, const char *type) {
    if (attribute.name.len != 0) {
        pt__out_object(out);
        pt__out_member_string(out, "AttributeName", attribute.name);
        pt__out_member_text(out, "KeyType", type);
        pt__out_object_end(out);
    }
}

static pt__exception run(pt__call *call) {
    pt__out *out = &call->out;
    pte_stream_info info;
    pte_bytes arn = pt__json_string(call->body, "StreamArn");
    if (pt__json_integer(call->body, "Limit", SHARDS_MAX) > SHARDS_MAX) {
        return pt__refuse(&call->failure, PT__VALIDATION,
                          "One or more parameter values were invalid: Limit cannot be greater than "
                          "the maximum: %d",
                          (int)SHARDS_MAX);
    }
    pt__exception exception = pt__stream_find(&info, call, arn);
    if (exception != PT__OK) {
        return exception;
    }
    char label[PT__STREAM_LABEL_ROOM];
    pt__stream_label(label, info.begun_ms);
    pt__out_object(out);
    pt__out_name(out, "StreamDescription");
    pt__out_object(out);
    pt__out_member_string(out, "StreamArn", arn);
    pt__out_member_text(out, "StreamLabel", label);
    pt__out_member_text(out, "StreamStatus", info.ended_ms == 0 ? "ENABLED" : "DISABLED");
    pt__out_member_text(out, "StreamViewType", pt__stream_view_type(info.images));
    pt__out_name(out, "CreationRequestDateTime");
    pt__out_milliseconds(out, info.begun_ms);
    pt__out_member_string(out, "TableName", pt__stream_table_name(call, &info));
    pt__out_name(out, "KeySchema");
    pt__out_array(out);
    encode_key(out, info.hash, "HASH");
    encode_key(out, info.range, "RANGE");
    pt__out_array_end(out);
    encode_shards(call, &info);
    pt__out_object_end(out);
    pt__out_object_end(out);
    return PT__OK;
}

const pt__operation pt__describe_stream_operation = {.name = "DescribeStream", .run = run};
