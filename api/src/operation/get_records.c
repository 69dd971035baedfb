/*
 * GetRecords: records of a shard as they lie in the engine's log, from the snapshot straight into
 * the answer.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_GetRecords.html
 */
#include "operation/operation.h"
#include "operation/shard_iterator.h"
#include "value/attribute_value.h"

#include <stdio.h>
#include <xxhash.h>

enum { RECORDS_MAX = 1000, PAGE_BYTES_MAX = 1024 * 1024 };

/* The stream that the iterator is of, which may be gone by now, and be trimmed. */
static pt__exception find(pte_stream_info *info, pt__call *call,
                          const pt__shard_iterator *iterator) {
    pt__exception exception = pt__stream_find(info, call, iterator->arn);
    if (exception != PT__OK) {
        return exception;
    }
    if (info->id != iterator->stream_id || iterator->shard >= info->shards) {
        return pt__refuse(&call->failure, PT__VALIDATION, "Invalid ShardIterator");
    }
    if (iterator->after < info->trimmed[iterator->shard]) {
        return pt__refuse(&call->failure, PT__TRIMMED_DATA_ACCESS,
                          "The data you are trying to access has been trimmed");
    }
    return PT__OK;
}

/* Of the same record always the same, of no two the same: 32 hexadecimal digits. */
static void encode_event_id(pt__out *out, const pte_change *change, pte_bytes arn) {
    char text[33];
    XXH128_hash_t of_stream = XXH3_128bits(arn.data, arn.len);
    const uint64_t parts[] = {of_stream.low64, of_stream.high64, change->sequence};
    XXH128_hash_t id = XXH3_128bits(parts, sizeof parts);
    (void)snprintf(text, sizeof text, "%016llx%016llx", (unsigned long long)id.high64,
                   (unsigned long long)id.low64);
    pt__out_member_text(out, "eventID", text);
}

static size_t bytes_of(const pte_change *change) {
    return change->keys.size_bytes + change->old_image.size_bytes + change->new_image.size_bytes;
}

static void encode_image(pt__out *out, const char *name, const pte_item *image) {
    if (image->encoded.len != 0) {
        pt__out_name(out, name);
        pt__item_encode(out, image);
    }
}

/* https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_StreamRecord.html */
static void encode_stream_record(pt__out *out, const pte_change *change,
                                 const pte_stream_info *info) {
    char sequence[PT__SEQUENCE_DIGITS + 1];
    pt__stream_sequence(sequence, change->sequence);
    pt__out_object(out);
    pt__out_member_integer(out, "ApproximateCreationDateTime", change->time_ms / 1000);
    encode_image(out, "Keys", &change->keys);
    encode_image(out, "NewImage", &change->new_image);
    encode_image(out, "OldImage", &change->old_image);
    pt__out_member_text(out, "SequenceNumber", sequence);
    pt__out_member_integer(out, "SizeBytes", (int64_t)bytes_of(change));
    pt__out_member_text(out, "StreamViewType", pt__stream_view_type(info->images));
    pt__out_object_end(out);
}

/* https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/time-to-live-ttl-streams.html */
static void encode_identity(pt__out *out) {
    pt__out_name(out, "userIdentity");
    pt__out_object(out);
    pt__out_member_text(out, "PrincipalId", "dynamodb.amazonaws.com");
    pt__out_member_text(out, "Type", "Service");
    pt__out_object_end(out);
}

/* https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_Record.html */
static void encode(pt__call *call, const pte_change *change, const pte_stream_info *info,
                   pte_bytes arn) {
    static const char *const names[] = {[PTE_CHANGE_INSERT] = "INSERT",
                                        [PTE_CHANGE_MODIFY] = "MODIFY",
                                        [PTE_CHANGE_DELETE] = "REMOVE"};
    pt__out *out = &call->out;
    pt__out_object(out);
    encode_event_id(out, change, arn);
    pt__out_member_text(out, "eventName", names[change->kind]);
    pt__out_member_text(out, "eventVersion", "1.1");
    pt__out_member_text(out, "eventSource", "aws:dynamodb");
    pt__out_member_string(out, "awsRegion", call->region);
    pt__out_name(out, "dynamodb");
    encode_stream_record(out, change, info);
    if (change->by_expiry) {
        encode_identity(out);
    }
    pt__out_object_end(out);
}

/* Writes a page; iterator moves on. *end: there are no more records now. The first is always
 * given; one that would make more than 1 MB begins the next page. */
static pt__exception encode_page(bool *end, pt__shard_iterator *iterator, pt__call *call,
                                 const pte_stream_info *info) {
    int64_t limit = pt__json_integer(call->body, "Limit", RECORDS_MAX);
    size_t bytes = 0;
    *end = false;
    for (int64_t i = 0; i < limit; i++) {
        pte_change change;
        pte_error error;
        pte_status status = pte_stream_change(&change, call->read, info->id, iterator->shard,
                                              iterator->after, &error);
        *end = status == PTE_END;
        if (*end) {
            break;
        }
        if (status != PTE_OK) {
            return pt__refuse_engine(&call->failure, status, &error);
        }
        bytes += bytes_of(&change);
        if (i != 0 && bytes > PAGE_BYTES_MAX) {
            break;
        }
        encode(call, &change, info, iterator->arn);
        iterator->after = change.sequence;
    }
    return PT__OK;
}

static pt__exception run(pt__call *call) {
    pt__out *out = &call->out;
    pt__shard_iterator iterator;
    pte_stream_info info;
    bool end;
    if (pt__json_integer(call->body, "Limit", RECORDS_MAX) > RECORDS_MAX) {
        return pt__refuse(&call->failure, PT__VALIDATION,
                          "One or more parameter values were invalid: Limit should be less than or "
                          "equal to %d",
                          (int)RECORDS_MAX);
    }
    pt__exception exception =
        pt__shard_iterator_decode(&iterator, call, pt__json_string(call->body, "ShardIterator"));
    if (exception == PT__OK) {
        exception = find(&info, call, &iterator);
    }
    if (exception != PT__OK) {
        return exception;
    }
    pt__out_object(out);
    pt__out_name(out, "Records");
    pt__out_array(out);
    exception = encode_page(&end, &iterator, call, &info);
    pt__out_array_end(out);
    if (exception == PT__OK && (info.ended_ms == 0 || !end)) { /* nothing will come of an end */
        pt__shard_iterator_encode(call, "NextShardIterator", iterator);
    }
    pt__out_object_end(out);
    return exception;
}

const pt__operation pt__get_records_operation = {.name = "GetRecords", .run = run};
