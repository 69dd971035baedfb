/* Streams for tests: a table with one, its shards, iterators, and all of its records in turn. */
#ifndef TESTS_FACADE_STREAMS_STREAMS_H
#define TESTS_FACADE_STREAMS_STREAMS_H

#include "support/facade.h"

enum {
    STREAM_SHARDS = 4, /* that a stream has here */
    MINUTE_MS = 60 * 1000,
    HOUR_MS = 60 * MINUTE_MS,
};

/* Makes a table with the hash key pk (S) and a stream of this type. */
void streams_make(facade *f, const char *table, const char *view_type);
/* Turns the stream of a table on, or (NULL) off. */
void streams_turn(facade *f, const char *table, const char *view_type);

/* The text of the first member of that name in the last answer; the caller frees it. */
char *streams_text(const facade *f, const char *member);

/* The ARN of the table's latest stream; the caller frees it. */
char *streams_arn(facade *f, const char *table);

/* The id of a shard, from 0; the caller frees it. */
char *streams_shard(facade *f, const char *arn, int shard);

/* An iterator; sequence is NULL for the types without one. The caller frees it. */
char *streams_iterator(facade *f, const char *arn, int shard, const char *type,
                       const char *sequence);

/* The next page behind *iterator, which is replaced by the next one (NULL: there is none).
 * Returns how many records the last answer has. */
int streams_page(facade *f, char **iterator, int limit);

/* Reads every shard from its beginning and gives each record, as JSON text, to visit. */
void streams_each(facade *f, const char *arn,
                  void (*visit)(void *ctx, int shard, const char *record), void *ctx);
/* How many records that finds. */
int streams_count(facade *f, const char *arn);

/* The shard in which the only record of the stream is. */
int streams_shard_of_one(facade *f, const char *arn);

/* pt_upkeep until there is nothing more to do. */
void streams_upkeep(facade *f);

#endif
