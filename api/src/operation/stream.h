/*
 * Streams of tables: their names, as ARNs have them, and those of their shards and records. The
 * engine has the streams (pocketable/engine/changes.h); what is AWS's of them is here.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html
 */
#ifndef PT_OPERATION_STREAM_H
#define PT_OPERATION_STREAM_H

#include "request/table.h"

#include <pocketable/engine/changes.h>

enum {
    PT__STREAM_LABEL_ROOM = 64,
    PT__SHARD_ID_ROOM = 40,
    PT__SEQUENCE_DIGITS = 21, /* AWS's are of 21 to 40 */
    /* A new on-demand table has four partitions, and its stream a shard for each:
     * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/burst-adaptive-capacity.html
     */
    PT__STREAM_SHARDS = 4,
};

/* "2015-05-20T20:51:10.252", in UTC. */
void pt__stream_label(char label[PT__STREAM_LABEL_ROOM], int64_t begun_ms);

/* "<ARN of the table>/stream/<label>" in the arena; len 0 without memory. */
pte_bytes pt__stream_arn(pt__call *call, pte_bytes table_name, int64_t begun_ms);

/* "KEYS_ONLY" and so on. Static. */
const char *pt__stream_view_type(pte_change_images images);

/*
 * Finds a stream by its ARN: *info views the call's snapshot, which is opened if need be.
 * Fails: VALIDATION (no ARN of a stream), RESOURCE_NOT_FOUND, INTERNAL.
 */
PTE_CHECKED pt__exception pt__stream_find(pte_stream_info *info, pt__call *call, pte_bytes arn);

/*
 * Splits an ARN of a stream in the call's region and account. begun_ms is -1 if the label is none
 * that a stream can have. Fails: VALIDATION (no ARN of a stream), RESOURCE_NOT_FOUND (another
 * region or account).
 */
PTE_CHECKED pt__exception pt__stream_arn_split(pte_bytes *table_name, int64_t *begun_ms,
                                               pt__call *call, pte_bytes arn);

/* "Requested resource not found: Stream: <ARN> not found". */
PTE_CHECKED pt__exception pt__stream_not_found(pt__call *call, pte_bytes arn);

/* The name of the stream's table without the namespace: a view. */
pte_bytes pt__stream_table_name(const pt__call *call, const pte_stream_info *info);

/* Rising with the shard's number in the order of bytes. */
void pt__stream_shard_id(char id[PT__SHARD_ID_ROOM], const pte_stream_info *info, unsigned shard);

/* A sequence as AWS shows them: digits, as many for each, so that their order is that of texts. */
void pt__stream_sequence(char text[PT__SEQUENCE_DIGITS + 1], uint64_t sequence);
/* False if it is none that was ever given. */
bool pt__stream_sequence_parse(uint64_t *sequence, pte_bytes text);

#endif
