/*
 * The change log: what was changed in tables that ask for it (pte_table_spec.changes), written in
 * the transaction of the change.
 *
 * Changes of a table go to a stream, which begins when they are turned on and ends when they are
 * turned off or the table is dropped, in the same transaction. What has ended stays readable until
 * it is trimmed. A stream has one or more shards; the changes of one partition key are all in one
 * shard. In a shard they are in the order of the commits, and so they are over all streams, by
 * sequence.
 */
#ifndef POCKETABLE_ENGINE_CHANGES_H
#define POCKETABLE_ENGINE_CHANGES_H

#include <pocketable/engine/read.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum pte_change_kind {
    PTE_CHANGE_INSERT = 1,
    PTE_CHANGE_MODIFY,
    PTE_CHANGE_DELETE,
} pte_change_kind;

typedef struct pte_change {
    uint64_t sequence; /* from 1, rising over all tables, never used twice */
    int64_t time_ms;   /* when it was made, by the clock of pte_env_options */
    uint32_t table_id; /* pte_table_info.id; the table may be gone */
    uint32_t stream_id;
    unsigned shard; /* of the stream, from 0 */
    pte_change_kind kind;
    bool by_expiry;     /* deleted by pte_expire, not by a caller */
    pte_item keys;      /* always */
    pte_item old_image; /* encoded.len 0 where not kept or absent */
    pte_item new_image;
} pte_change;

typedef struct pte_stream_info {
    uint32_t id; /* never used again */
    uint32_t table_id;
    pte_bytes table; /* its name; it may be gone, or another may have the name */
    pte_key_attribute hash;
    pte_key_attribute range; /* empty name: none */
    pte_change_images images;
    unsigned shards;      /* the n-th has the n-th of as many equal parts of the partition hash */
    int64_t begun_ms;     /* later than that of every stream before under this name of a table */
    int64_t ended_ms;     /* 0: it goes on */
    uint64_t begun_after; /* the newest sequence of all when it began */
    uint64_t ended_at;    /* the newest sequence of all when it ended; 0: it goes on */
    uint64_t trimmed[PTE_SHARDS_MAX]; /* by shard: the newest record of it that was trimmed, or
                                         begun_after */
} pte_stream_info;

/*
 * Describes the stream of a table of this name that began at begun_ms. Views until pte_read_end.
 * Errors: NOT_FOUND, INVALID_ARGUMENT, CORRUPT, IO.
 */
PTE_API PTE_CHECKED pte_status pte_stream_find(pte_stream_info *info, pte_read *read,
                                               pte_bytes table, int64_t begun_ms, pte_error *error);

/*
 * Describes the first stream after the one of that name and time, or END: by name, then time, in
 * their bytes' order (a name of another's bytes and more comes behind all of that one's streams).
 * "" and 0 give the first. Views until pte_read_end. Errors: END, INVALID_ARGUMENT, CORRUPT, IO.
 */
PTE_API PTE_CHECKED pte_status pte_stream_next(pte_stream_info *info, pte_read *read,
                                               pte_bytes table, int64_t begun_ms, pte_error *error);

/*
 * The first record of a stream's shard whose sequence is above after, or END. One look-up, whatever
 * there is of other streams and shards. Views until pte_read_end.
 * Errors: END, INVALID_ARGUMENT, CORRUPT, IO.
 */
PTE_API PTE_CHECKED pte_status pte_stream_change(pte_change *change, pte_read *read,
                                                 uint32_t stream_id, unsigned shard, uint64_t after,
                                                 pte_error *error);

/*
 * The first record of all streams whose sequence is above after, or END. Two look-ups for each
 * shard that has records. Views until pte_read_end.
 * Errors: END, INVALID_ARGUMENT, CORRUPT, IO.
 */
PTE_API PTE_CHECKED pte_status pte_change_next(pte_change *change, pte_read *read, uint64_t after,
                                               pte_error *error);

/* The sequence of the newest change ever made in the snapshot, 0 before the first. Trimming does
 * not lower it. Errors: INVALID_ARGUMENT, CORRUPT, IO. */
PTE_API PTE_CHECKED pte_status pte_change_last(uint64_t *sequence, pte_read *read,
                                               pte_error *error);

/*
 * Removes records older than before_ms, oldest first, at most records_max of them in one commit
 * (in several where room is short), and forgets streams that ended before it and have no records
 * left. *trimmed says how many records, also where it fails; after a success fewer than records_max
 * means that none is left to trim.
 * Errors: INVALID_ARGUMENT, READ_ONLY, DATABASE_FULL, BUSY, IO, OUT_OF_MEMORY, CORRUPT. Any thread.
 */
PTE_API PTE_CHECKED pte_status pte_changes_trim(size_t *trimmed, pte_env *env, int64_t before_ms,
                                                size_t records_max, pte_error *error);

#ifdef __cplusplus
}
#endif
#endif
