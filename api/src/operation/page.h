/*
 * A page of Query's and Scan's results: what is to be read and shown, and the walk that reads,
 * filters, counts, charges and writes it.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Query.Pagination.html
 */
#ifndef PT_OPERATION_PAGE_H
#define PT_OPERATION_PAGE_H

#include "operation/start_key.h"
#include "request/capacity.h"
#include "request/parameters.h"

/* A page ends with the item that brings it to 1 MB. */
enum { PT__PAGE_BYTES_MAX = 1024 * 1024 };

/* Writes what a page shows of an item, where that is not its projection. */
typedef void (*pt__page_encode_fn)(pt__out *out, const void *ctx, const pte_item *item);

/* One request's, on the stack of the operation's run. */
typedef struct pt__page {
    pt__call *call;
    pt__expressions expressions;
    pt__table table;
    const pte_index_info *index; /* NULL: the table itself */
    pte_item start_key;          /* encoded.len 0: none */
    pt__projection *projection;  /* NULL: everything that is there */
    pt__condition *filter;       /* NULL: none */
    bool consistent;
    bool count_only;
    bool fetch_filtered; /* the filter needs what a local index lacks */
    bool fetch;          /* the index is a local one, and what it lacks is read from the table */
    pt__page_encode_fn encode; /* NULL: by projection, which else only says what is shown */
    const void *encode_ctx;
} pt__page;

/* A walk over the items of a page, by one cursor or several after each other. */
typedef struct pt__walk {
    const pt__page *page;
    size_t limit; /* 0: none */
    size_t scanned;
    size_t count;
    size_t bytes;         /* read from the table or index, which is what is charged */
    size_t fetched_bytes; /* read from the table besides */
    uint64_t fetched_halves;
    pte_item last; /* the last one read; views the snapshot */
    bool more;     /* the page ends before the range does, as far as it knows */
} pt__walk;

/* Reads what the request says by itself: which parameters there are, placeholders, the start key's
 * values, filter and projection; scans: for Scan. Fails: VALIDATION, SERIALIZATION, INTERNAL. */
PTE_CHECKED pt__exception pt__page_read_request(pt__page *page, pt__call *call,
                                                const pt__parameters *parameters, bool scans);

/* Then: which values of Select go with which other parameters. Fails: VALIDATION. */
PTE_CHECKED pt__exception pt__page_check_select(const pt__page *page);

/* Finds the table and the index. Fails: RESOURCE_NOT_FOUND, VALIDATION, INTERNAL. */
PTE_CHECKED pt__exception pt__page_find(pt__page *page);

/* Filter and projection may not go into key attributes (request/scalar_keys.h). Fails: VALIDATION,
 * INTERNAL. */
PTE_CHECKED pt__exception pt__page_check_paths(const pt__page *page);

/* Decides what is shown of an index that does not project everything; filters: whether the filter
 * may name only what is projected. Fails: VALIDATION, INTERNAL. */
PTE_CHECKED pt__exception pt__page_select(pt__page *page, bool filters);

/* Reads from the cursor (which ends with the snapshot) and writes the items that the page shows.
 * Fails: INTERNAL. */
PTE_CHECKED pt__exception pt__page_walk(pt__walk *walk, pte_cursor *cursor);

/* Writes the member "ConsumedCapacity", if it is wanted: halves for what was read of the table or
 * index. Fails: INTERNAL. */
PTE_CHECKED pt__exception pt__page_encode_capacity(const pt__walk *walk, uint64_t halves);

/* Reads from the cursor (which ends with the snapshot) and writes the whole answer.
 * Fails: INTERNAL. */
PTE_CHECKED pt__exception pt__page_answer(const pt__page *page, pte_cursor *cursor);

/* What the engine said when the cursor was opened. Fails always. */
PTE_CHECKED pt__exception pt__page_refuse(const pt__page *page, pte_status status,
                                          const pte_error *error);

#endif
