/*
 * Queries and scans as ranges of bytes: from lower (included) to upper (not included). Everything a
 * query can ask of range attributes comes down to two such ends, because the keys' order is the
 * attributes' order.
 */
#ifndef PTE_READ_RANGE_H
#define PTE_READ_RANGE_H

#include "read/read.h"

typedef struct pte__range {
    pte__key lower;
    pte__key upper;
} pte__range;

/*
 * The range of a query. index NULL: the table itself.
 * Errors: INVALID_ARGUMENT, KEY_MISSING, KEY_TYPE, KEY_SIZE, KEY_EMPTY, NUMBER_*.
 */
PTE_CHECKED pte_status pte__range_of_query(pte__range *range, const pte__schema *schema,
                                           const pte__index *index, const uint8_t *secret,
                                           const pte_query *query, pte_error *error);

/* The range of a segment of a scan; segment is below segment_count. */
void pte__range_of_segment(pte__range *range, uint32_t id, uint32_t segment,
                           uint32_t segment_count);

/*
 * Cuts off what comes up to the item start, in the direction of the cursor.
 * Errors: KEY_MISSING, KEY_TYPE, KEY_SIZE, KEY_EMPTY, INDEX_KEY_*, NUMBER_*, CORRUPT,
 * OUT_OF_MEMORY.
 */
PTE_CHECKED pte_status pte__range_start_after(pte__range *range, pte__arena *arena,
                                              const pte__schema *schema, const pte__index *index,
                                              const uint8_t *secret, const pte_item *start,
                                              bool descending, pte_error *error);

#endif
