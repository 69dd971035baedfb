/*
 * Shard iterators: where GetRecords goes on, whole in one text, so that nothing is kept of them:
 *
 *   <ARN of the stream>|1|<base64 of the following>
 *
 *   bytes 0-3     stream id
 *   byte 4        shard
 *   bytes 5-12    the sequence that it goes on behind
 *   bytes 13-20   when it was given, milliseconds since 1970
 *   bytes 21-36   seal of the database over the ARN and what comes before (pte_env_seal)
 */
#ifndef PT_OPERATION_SHARD_ITERATOR_H
#define PT_OPERATION_SHARD_ITERATOR_H

#include "operation/stream.h"

typedef struct pt__shard_iterator {
    pte_bytes arn;
    uint32_t stream_id;
    unsigned shard;
    uint64_t after;
    int64_t given_ms;
} pt__shard_iterator;

/* Writes it as a member of the answer, given now. */
void pt__shard_iterator_encode(pt__call *call, const char *name, pt__shard_iterator iterator);

/*
 * Reads one: arn views text. Fails: VALIDATION (not made by this database, as it is),
 * EXPIRED_ITERATOR, INTERNAL.
 */
PTE_CHECKED pt__exception pt__shard_iterator_decode(pt__shard_iterator *iterator, pt__call *call,
                                                    pte_bytes text);

#endif
