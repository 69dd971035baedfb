/*
 * Pages of a query or scan: what each must give, given what the model expects of the whole.
 */
#ifndef TESTS_MODEL_READS_PAGE_H
#define TESTS_MODEL_READS_PAGE_H

#include "reads.h"

typedef struct reads_pages {
    const model_table *table;
    const model_index *index; /* NULL: the table */
    size_t items_max;         /* of each page */
    size_t bytes_max;
    const model_item *start; /* NULL, or an item with the key to start after */
    /* Only a query: the items in order, ties next to each other. The walk puts those of a tie in
     * the order it meets them. */
    const model_query *query;
    model_list *expected;
    /* Only a scan: its segment, and the items in the order met (room for the whole table). */
    uint32_t segment;
    uint32_t segment_count;
    model_item **met;
    size_t met_count;
    /* Delete an item once its page is over, and read the next page in a new snapshot. */
    bool deleting;
} reads_pages;

/* Reads all pages. state->read is replaced if the pages are deleting. */
void reads_pages_walk(world *w, reads_state *state, reads_pages *pages);

/* Opens a page after the item given, or from the start. */
pte_status reads_pages_open(world *w, const reads_state *state, const reads_pages *pages,
                            const pte_item *after, pte_cursor **cursor, pte_error *error);

#endif
