/*
 * The operations on streams.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Operations_Amazon_DynamoDB_Streams.html
 *
 * No source is known for the order in which the service lists broken constraints; that of the words
 * is the one in which Kinesis, from which the interface comes, lists the same words. The greatest
 * limits are not constraints of the shapes but texts of the operations.
 */
#include "shape/shape_table.h"

static const pt__shape STREAM_ARN = {.kind = PT__KIND_STRING, .min = 37, .max = 1024};
static const pt__shape TABLE_NAME = {
    .kind = PT__KIND_STRING, .min = 3, .max = 255, .is_name = true};
static const pt__shape SHARD_ID = {.kind = PT__KIND_STRING, .min = 28, .max = 65};
static const pt__shape SEQUENCE_NUMBER = {.kind = PT__KIND_STRING, .min = 21, .max = 40};
static const pt__shape SHARD_ITERATOR = {.kind = PT__KIND_STRING, .min = 1, .max = 2048};
static const pt__shape LIMIT = {.kind = PT__KIND_INTEGER, .min = 1, .max = INT64_MAX};
static const pt__shape ITERATOR_TYPE =
    PT__WORDS("AFTER_SEQUENCE_NUMBER, LATEST, AT_SEQUENCE_NUMBER, TRIM_HORIZON");
static const pt__shape FILTER_TYPE = PT__WORDS("CHILD_SHARDS");

/* clang-format off */

/* API_streams_ListStreams.html */
static const pt__row LIST_STREAMS_ROWS[] = {
    PT__ROW("ExclusiveStartStreamArn", STREAM_ARN, 0),
    PT__ROW("TableName",               TABLE_NAME, PT__ALONE),
    PT__ROW("Limit",                   LIMIT,      0),
};
const pt__shape pt__shape_list_streams = PT__STRUCT("ListStreams", LIST_STREAMS_ROWS);

/* API_streams_DescribeStream.html, API_streams_ShardFilter.html */
static const pt__row FILTER_ROWS[] = {
    PT__ROW("Type",    FILTER_TYPE, 0),
    PT__ROW("ShardId", SHARD_ID,    0),
};
static const pt__shape FILTER = PT__STRUCT("ShardFilter", FILTER_ROWS);
static const pt__row DESCRIBE_STREAM_ROWS[] = {
    PT__ROW("StreamArn",             STREAM_ARN, PT__REQUIRED),
    PT__ROW("ExclusiveStartShardId", SHARD_ID,   0),
    PT__ROW("Limit",                 LIMIT,      0),
    PT__ROW("ShardFilter",           FILTER,     0),
};
const pt__shape pt__shape_describe_stream = PT__STRUCT("DescribeStream", DESCRIBE_STREAM_ROWS);

/* API_streams_GetShardIterator.html */
static const pt__row GET_SHARD_ITERATOR_ROWS[] = {
    PT__ROW("StreamArn",         STREAM_ARN,      PT__REQUIRED),
    PT__ROW("ShardId",           SHARD_ID,        PT__REQUIRED),
    PT__ROW("ShardIteratorType", ITERATOR_TYPE,   PT__REQUIRED),
    PT__ROW("SequenceNumber",    SEQUENCE_NUMBER, 0),
};
const pt__shape pt__shape_get_shard_iterator =
    PT__STRUCT("GetShardIterator", GET_SHARD_ITERATOR_ROWS);

/* API_streams_GetRecords.html */
static const pt__row GET_RECORDS_ROWS[] = {
    PT__ROW("ShardIterator", SHARD_ITERATOR, PT__REQUIRED),
    PT__ROW("Limit",         LIMIT,          0),
};
const pt__shape pt__shape_get_records = PT__STRUCT("GetRecords", GET_RECORDS_ROWS);

/* clang-format on */
