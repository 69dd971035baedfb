/*
 * GetShardIterator.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_GetShardIterator.html
 * The texts on SequenceNumber are DynamoDB Local's.
 */
#include "operation/operation.h"
#include "operation/shard_iterator.h"

static pt__exception refuse(pt__call *call, const char *text) {
    return pt__refuse(&call->failure, PT__VALIDATION, "%s", text);
}

/* Whether the type goes with a sequence number, and the number with the type. */
static pt__exception check_request(bool *numbered, pt__call *call) {
    bool given = pt__json_member(call->body, "SequenceNumber") != NULL;
    *numbered = pt__json_is(call->body, "ShardIteratorType", "AT_SEQUENCE_NUMBER") ||
                pt__json_is(call->body, "ShardIteratorType", "AFTER_SEQUENCE_NUMBER");
    if (*numbered && !given) {
        return refuse(call, "One or more parameter values were invalid: Invalid SequenceNumber");
    }
    if (!*numbered && given) {
        return refuse(call, "One or more parameter values were invalid: SequenceNumber should not "
                            "be passed for this iterator type");
    }
    return PT__OK;
}

static pt__exception find_shard(unsigned *shard, pt__call *call, const pte_stream_info *info) {
    pte_bytes wanted = pt__json_string(call->body, "ShardId");
    for (*shard = 0; *shard < info->shards; (*shard)++) {
        char id[PT__SHARD_ID_ROOM];
        pt__stream_shard_id(id, info, *shard);
        if (pte_bytes_equal(wanted, pte_str(id))) {
            return PT__OK;
        }
    }
    return pt__refuse(&call->failure, PT__RESOURCE_NOT_FOUND,
                      "Requested resource not found: Shard does not exist");
}

/* The newest sequence that a record of the stream can have. */
static pt__exception newest(uint64_t *sequence, pt__call *call, const pte_stream_info *info) {
    pte_error error;
    *sequence = info->ended_at;
    if (info->ended_ms != 0) {
        return PT__OK;
    }
    pte_status status = pte_change_last(sequence, call->read, &error);
    return status == PTE_OK ? PT__OK : pt__refuse_engine(&call->failure, status, &error);
}

/* Of a record that is gone, or of none that ever was. The numbers of other shards' records count
 * as places of this one too. */
static pt__exception place_of_number(uint64_t *after, pt__call *call, const pte_stream_info *info,
                                     unsigned shard, uint64_t last) {
    uint64_t sequence;
    bool at = pt__json_is(call->body, "ShardIteratorType", "AT_SEQUENCE_NUMBER");
    if (!pt__stream_sequence_parse(&sequence, pt__json_string(call->body, "SequenceNumber")) ||
        sequence < info->begun_after || sequence > last) {
        return refuse(call, "Invalid SequenceNumber for the shard");
    }
    /* Nothing has the number that the stream begins behind: at it is where the shard begins. */
    *after = at && sequence > info->begun_after ? sequence - 1 : sequence;
    if (*after < info->trimmed[shard]) {
        return pt__refuse(&call->failure, PT__TRIMMED_DATA_ACCESS,
                          "The data you are trying to access has been trimmed");
    }
    return PT__OK;
}

static pt__exception run(pt__call *call) {
    pt__out *out = &call->out;
    pte_stream_info info;
    uint64_t last = 0;
    bool numbered;
    pt__shard_iterator iterator = {.arn = pt__json_string(call->body, "StreamArn")};
    pt__exception exception = check_request(&numbered, call);
    if (exception == PT__OK) {
        exception = pt__stream_find(&info, call, iterator.arn);
    }
    if (exception == PT__OK) {
        exception = find_shard(&iterator.shard, call, &info);
    }
    if (exception == PT__OK) {
        exception = newest(&last, call, &info);
    }
    if (exception == PT__OK && numbered) {
        exception = place_of_number(&iterator.after, call, &info, iterator.shard, last);
    }
    if (exception != PT__OK) {
        return exception;
    }
    if (!numbered) {
        bool latest = pt__json_is(call->body, "ShardIteratorType", "LATEST");
        iterator.after = latest ? last : info.trimmed[iterator.shard];
    }
    iterator.stream_id = info.id;
    pt__out_object(out);
    pt__shard_iterator_encode(call, "ShardIterator", iterator);
    pt__out_object_end(out);
    return PT__OK;
}

const pt__operation pt__get_shard_iterator_operation = {.name = "GetShardIterator", .run = run};
