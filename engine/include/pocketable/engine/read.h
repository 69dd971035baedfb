/*
 * Reading: snapshots, single items, queries and scans, all in place.
 *
 * A pte_read is a snapshot of the whole database at one moment: every look-up and query made
 * through it sees the same state, and writers never wait for it. What it gives are views into the
 * map, valid until pte_read_end. Keep it for a page of results, not longer: space that writers free
 * meanwhile cannot be used again until it ends. One thread at a time.
 */
#ifndef POCKETABLE_ENGINE_READ_H
#define POCKETABLE_ENGINE_READ_H

#include <pocketable/engine/builder.h>
#include <pocketable/engine/env.h>
#include <pocketable/engine/schema.h>
#include <pocketable/engine/value.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct pte_read pte_read;
typedef struct pte_cursor pte_cursor;

/*
 * Takes a snapshot. The caller ends it with pte_read_end. Pooled: no allocation and no system call
 * once as many have been open at one time. Do not write from a thread that has a snapshot open if
 * map_bytes_max or the address space is tight: the map cannot grow while one is open, and the write
 * then fails with BUSY.
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY, BUSY (readers_max snapshots are open), IO, CORRUPT.
 */
PTE_API PTE_CHECKED pte_status pte_read_begin(pte_read **read, pte_env *env, pte_error *error);

/* Ends the snapshot, its cursors and every view of it. NULL is allowed. */
PTE_API void pte_read_end(pte_read *read);

/*
 * A table key: hash, and range where the table has one (type PTE_TYPE_NONE where not).
 */
typedef struct pte_key {
    pte_scalar hash;
    pte_scalar range;
} pte_key;

/*
 * Looks an item up. Views until pte_read_end.
 * Errors: NOT_FOUND, INVALID_ARGUMENT, TABLE_NOT_FOUND, KEY_MISSING, KEY_TYPE, KEY_SIZE, KEY_EMPTY,
 * NUMBER_*, CORRUPT, IO, OUT_OF_MEMORY.
 */
PTE_API PTE_CHECKED pte_status pte_read_item(pte_item *item, pte_read *read, pte_bytes table,
                                             const pte_key *key, pte_error *error);

/* How the last given range attribute is compared. */
typedef enum pte_range_op {
    PTE_RANGE_ANY = 0, /* no range attribute is given */
    PTE_RANGE_EQ,
    PTE_RANGE_LT,
    PTE_RANGE_LE,
    PTE_RANGE_GT,
    PTE_RANGE_GE,
    PTE_RANGE_BETWEEN,     /* range[range_count - 1] to range_upper, both included */
    PTE_RANGE_BEGINS_WITH, /* S and B only */
} pte_range_op;

/*
 * All items of one partition whose range attributes match, in their order.
 * hash: one value for every hash attribute. range: from the left without gaps; all but the last are
 * compared for equality, the last by op.
 */
typedef struct pte_query {
    pte_bytes table;
    pte_bytes index; /* empty: the table itself */
    pte_scalar hash[PTE_KEY_ATTRIBUTES_MAX];
    size_t hash_count;
    pte_scalar range[PTE_KEY_ATTRIBUTES_MAX];
    size_t range_count;
    pte_range_op op;
    pte_scalar range_upper;
    bool descending;
    const pte_item *exclusive_start; /* an item with the key attributes of the table, and of the
                                        index; other attributes are ignored. NULL: from the start.
                                        Borrowed until the cursor is open */
    size_t items_max;                /* items in the page; 0: no limit */
    size_t bytes_max; /* bytes of items in the page, by size_bytes; 0: no limit. The first item is
                         always given; one that would go above the limit ends the page before it */
} pte_query;

/* All items of a table or index in hash order, or one of segment_count equal parts of it. */
typedef struct pte_scan {
    pte_bytes table;
    pte_bytes index;                 /* empty: the table itself */
    uint32_t segment;                /* from 0 */
    uint32_t segment_count;          /* 0 or 1: everything; at most 1,000,000 */
    const pte_item *exclusive_start; /* as pte_query's, and within the segment */
    size_t items_max;
    size_t bytes_max;
} pte_scan;

/*
 * Opens a cursor before the first item. It ends with its snapshot or by pte_cursor_close.
 * Errors: INVALID_ARGUMENT, TABLE_NOT_FOUND, INDEX_NOT_FOUND, INDEX_BACKFILLING, KEY_MISSING (a
 * hash value, or a key attribute of exclusive_start), KEY_TYPE, KEY_SIZE, KEY_EMPTY,
 * INDEX_KEY_TYPE, INDEX_KEY_SIZE, INDEX_KEY_EMPTY (an index's key attribute of exclusive_start),
 * NUMBER_*, OUT_OF_MEMORY, CORRUPT, IO; of a scan START_OUTSIDE (exclusive_start is of another
 * segment).
 */
PTE_API PTE_CHECKED pte_status pte_query_open(pte_cursor **cursor, pte_read *read,
                                              const pte_query *query, pte_error *error);
PTE_API PTE_CHECKED pte_status pte_scan_open(pte_cursor **cursor, pte_read *read,
                                             const pte_scan *scan, pte_error *error);

/*
 * Gives the next item (for an index: its projection). Views until pte_read_end.
 * Errors: END (nothing is left in the range), PAGE_FULL (a limit is reached; go on in a later page
 * from pte_cursor_key), INVALID_ARGUMENT, CORRUPT, IO, OUT_OF_MEMORY.
 * When items_max is reached the answer is PAGE_FULL even if nothing is left, as on AWS.
 */
PTE_API PTE_CHECKED pte_status pte_cursor_next(pte_item *item, pte_cursor *cursor,
                                               pte_error *error);

/* How many items, and bytes of them by size_bytes, the cursor has given. */
PTE_API size_t pte_cursor_items(const pte_cursor *cursor);
PTE_API size_t pte_cursor_bytes(const pte_cursor *cursor);

/*
 * Writes the key attributes of the last item given into builder (which is reset first): what
 * exclusive_start takes, DynamoDB's LastEvaluatedKey. Take it with pte_builder_item.
 * Errors: INVALID_ARGUMENT, NOT_FOUND (no item was given), CORRUPT.
 */
PTE_API PTE_CHECKED pte_status pte_cursor_key(pte_builder *builder, const pte_cursor *cursor,
                                              pte_error *error);

/* Gives the cursor back before its snapshot ends. NULL is allowed. */
PTE_API void pte_cursor_close(pte_cursor *cursor);

#ifdef __cplusplus
}
#endif
#endif
