/*
 * Reads compared with the model. Each takes a snapshot and the model as it was then, so that the
 * same checks serve the newest state and snapshots held open across writes.
 */
#ifndef TESTS_MODEL_READS_H
#define TESTS_MODEL_READS_H

#include "bridge.h"

/* A state of the database on both sides. */
typedef struct reads_state {
    pte_read *read;
    model *m;
} reads_state;

/* One look-up; the key may have faults and the table be absent. */
void reads_get(world *w, const reads_state *state, const model_table *table,
               const model_value *hash, const model_value *range);

/* One random step of each kind. */
void reads_random_get(world *w, const reads_state *state);
void reads_random_query(world *w, const reads_state *state);
void reads_random_scan(world *w, const reads_state *state);
/* A query whose pages are read in snapshots of their own, while the items given are deleted. */
void reads_query_deleting(world *w);

/* Everything of one table: description, scans of it and of its indexes. */
void reads_table(world *w, const reads_state *state, const model_table *table);
/* The names of all tables, and everything of every table. */
void reads_everything(world *w, const reads_state *state);
/* The description of a table. */
void reads_describe(world *w, const reads_state *state, const model_table *table);

/* The change log: what is new since the last look, or all of it. */
void reads_changes(world *w, const reads_state *state, bool all);

#endif
